"""Control lines of the sample: red lines, basic farmland, growth boundary, control areas."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from gis.sample.county import PLANE, County, blob, generator

FARMLAND_PLOTS = 250
LATTICE_M = 1050.0
HECTARE_M2 = 10_000


def plane(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Project a frame to EPSG:4528, coordinates to the millimetre."""
    moved = frame.to_crs(PLANE)
    return moved.set_geometry(shapely.set_precision(moved.geometry.to_numpy(), 0.001), crs=PLANE)


def town_of(shapes: gpd.GeoSeries, county: County) -> list[str]:
    """Name the town in which a point inside each shape lies; outside the county the nearest one."""
    points = gpd.GeoDataFrame(geometry=shapes.representative_point(), crs=shapes.crs).to_crs(PLANE)
    found = points.sjoin_nearest(county.towns.to_crs(PLANE)[["name", "geometry"]])
    return found[~found.index.duplicated()]["name"].tolist()


def red_lines(county: County) -> gpd.GeoDataFrame:
    """Draw the ecological red lines with the fields of `STBHHX`; EPSG:4528, MJ in hectares."""
    flat = _parts(county)
    rows = [
        ("虞山国家级森林公园", "森林公园", flat["虞山"]),
        ("尚湖饮用水水源保护区", "饮用水水源保护区", flat["尚湖"]),
        ("昆承湖重要湿地", "重要湿地", _half(flat["昆承湖"])),
        ("沙家浜国家湿地公园", "湿地公园", flat["沙家浜芦苇荡"].buffer(650) - flat["张家港河"].buffer(40)),
        ("长江（常熟市）重要湿地", "重要湿地", flat["长江"].buffer(-350)),
        ("望虞河（常熟市）清水通道维护区", "清水通道维护区", flat["望虞河"].buffer(110, cap_style="flat")),
    ]
    names, types, shapes = zip(*rows, strict=True)
    codes, kinds = _numbered("CS-HX-", len(rows)), _numbered("", len(rows))
    columns = {"HXBM": codes, "HXMC": names, "HXLX": types, "LXBM": kinds}
    frame = _official("STBHHX", "2090020310", shapes, columns)
    return frame.assign(MJ=lambda f: (f.area / HECTARE_M2).round(4), BZ="示例数据")


def control_areas(county: County) -> gpd.GeoDataFrame:
    """Draw the ecological-space control areas (生态空间管控区域); EPSG:4528, area in hectares."""
    flat = _parts(county)
    rows = [
        (
            "虞山—尚湖风景名胜区",
            "风景名胜区",
            shapely.union(flat["虞山"].buffer(350), flat["尚湖"].buffer(300)),
        ),
        ("昆承湖重要湿地", "重要湿地", flat["昆承湖"].buffer(350)),
        ("南湖荡重要湿地", "重要湿地", flat["南湖荡"].buffer(450)),
        ("嘉菱荡重要湿地", "重要湿地", flat["嘉菱荡"].buffer(300)),
        ("沙家浜—昆承湖重要湿地", "重要湿地", flat["沙家浜芦苇荡"].buffer(1300)),
        ("望虞河（常熟市）清水通道维护区", "清水通道维护区", flat["望虞河"].buffer(500, cap_style="flat")),
        ("七浦塘（常熟市）清水通道维护区", "清水通道维护区", flat["七浦塘"].buffer(180, cap_style="flat")),
        ("长江（常熟市）重要湿地", "重要湿地", flat["长江"].buffer(60)),
    ]
    names, types, shapes = zip(*rows, strict=True)
    frame = gpd.GeoDataFrame(
        {"编号": _numbered("CS-GK-", len(rows)), "名称": names, "类型": types},
        geometry=[shape.intersection(flat["常熟市"]) for shape in shapes], crs=PLANE,
    )  # fmt: skip
    return plane(frame).assign(**{"面积(公顷)": lambda f: (f.area / HECTARE_M2).round(4)})


def growth_boundary(county: County) -> gpd.GeoDataFrame:
    """Draw the urban growth boundary round the built-up blobs, fields of `CZKFBJ`; EPSG:4528."""
    flat = _parts(county)
    water = shapely.union_all([flat[name] for name in ("虞山", "尚湖", "昆承湖", "南湖荡", "长江")])
    built = county.built.to_crs(PLANE).dissolve("name", as_index=False)
    shapes = [shape.buffer(120, quad_segs=2) - water.buffer(60) for shape in built.geometry]
    columns = {"GHFQDM": _numbered("", len(built), 3), "GHFQMC": built["name"]}
    frame = _official("CZKFBJ", "2090020320", _without_overlap(shapes), columns)
    return frame.assign(MJ=lambda f: (f.area / HECTARE_M2).round(4), BZ="示例数据")


def basic_farmland(county: County) -> gpd.GeoDataFrame:
    """Draw plots of permanent basic farmland outside the boundary, fields of `YJJBNTBHTB`, MJ in m²."""
    flat, rng = _parts(county), generator(2)
    taken = shapely.union_all(
        [
            growth_boundary(county).union_all(),
            red_lines(county).union_all(),
            *[flat[name] for name in county.lakes["name"]],
            *[flat[name].buffer(40) for name in county.rivers["name"]],
        ]
    )
    plots = _lattice(flat["常熟市"].buffer(-150), rng)
    shapely.prepare(taken)
    free = plots[~shapely.intersects(taken, plots)]
    chosen = np.sort(rng.choice(len(free), FARMLAND_PLOTS, replace=False))
    towns = town_of(gpd.GeoSeries(free[chosen], crs=PLANE), county)
    columns = {
        "YJJBNTTBBH": _numbered("CS-JBNT-", len(towns), 4), "DLBM": "0101", "DLMC": "水田",
        "ZLDWMC": [f"{town}示例{1 + i % 9}村" for i, town in enumerate(towns)],
    }  # fmt: skip
    frame = _official("YJJBNT", "2005010300", free[chosen], columns)
    return frame.assign(
        YJJBNTTBMJ=lambda f: f.area.round(2), YJJBNTMJ=lambda f: f.area.round(2), BZ="示例数据"
    )


def _official(
    table: str, element: str, shapes: Sequence[BaseGeometry] | np.ndarray, columns: dict[str, Any]
) -> gpd.GeoDataFrame:
    """Lay shapes out with the fields that every table of the plan's database begins with."""
    about = {
        "BSM": _numbered(f"320581{table}", len(shapes), 6),
        "YSDM": element,
        "XZQDM": "320581",
        "XZQMC": "常熟市",
    }
    return plane(gpd.GeoDataFrame({**about, **columns}, geometry=list(shapes), crs=PLANE))


def _numbered(start: str, many: int, digits: int = 2) -> list[str]:
    return [f"{start}{i:0{digits}d}" for i in range(1, many + 1)]


def _parts(county: County) -> dict[str, BaseGeometry]:
    named = {"常熟市": county.outline, "虞山": county.hill, "长江": county.yangtze}
    for frame in (county.rivers, county.lakes):
        named |= dict(zip(frame["name"], frame.geometry, strict=True))
    flat = gpd.GeoSeries(list(named.values()), crs="EPSG:4490").to_crs(PLANE)
    return dict(zip(named, flat, strict=True))


def _half(lake: BaseGeometry) -> BaseGeometry:
    west, south, east, north = lake.bounds
    return lake.intersection(shapely.box(west, south, east, south + 0.55 * (north - south)))


def _without_overlap(shapes: list[BaseGeometry]) -> list[BaseGeometry]:
    free: list[BaseGeometry] = []
    for shape in shapes:
        free.append(shape - shapely.union_all(free))
    return free


def _lattice(within: BaseGeometry, rng: np.random.Generator) -> np.ndarray:
    west, south, east, north = within.bounds
    x, y = np.meshgrid(np.arange(west, east, LATTICE_M), np.arange(south, north, LATTICE_M))
    centres = np.column_stack([x.ravel(), y.ravel()]) + rng.uniform(-150, 150, (x.size, 2))
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]])
    half = rng.uniform(170, 400, (len(centres), 1, 2))
    rings = centres[:, None, :] + corners * half + rng.uniform(-40, 40, (len(centres), 4, 2))
    plots = np.array([shapely.Polygon(ring) for ring in rings])
    return plots[shapely.within(plots, within)]


def demo_area(county: County) -> gpd.GeoDataFrame:
    """Draw the air management demonstration area round two stations; EPSG:4490."""
    rng = generator(3)
    centres = gpd.GeoSeries.from_xy([120.752, 120.950], [31.655, 31.735], crs="EPSG:4490").to_crs(PLANE)
    shapes = [blob(np.array([p.x, p.y]), r, rng) for p, r in zip(centres, (2500, 1800), strict=True)]
    frame = gpd.GeoDataFrame(
        {
            "编号": ["CS-DQ-01", "CS-DQ-02"],
            "名称": ["城区大气管理示范区（示例）", "沿江大气管理示范区（示例）"],
        },
        geometry=shapes,
        crs=PLANE,
    ).to_crs("EPSG:4490")
    frame.geometry = frame.geometry.intersection(county.outline)
    return frame.assign(类型="大气管理示范区", 乡镇=["虞山街道", "碧溪街道"])
