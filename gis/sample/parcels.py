"""Renewal parcels and their ledger, with the faults that real deliveries have."""

from __future__ import annotations

import datetime as dt
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import Geod
from shapely.affinity import translate
from shapely.geometry.base import BaseGeometry

from gis.base.units import to_mu
from gis.sample.county import PLANE, STORED, County, generator
from gis.sample.lines import plane, red_lines, town_of

AS_OF = dt.date(2025, 10, 31)
PARCELS = {2021: 170, 2022: 80, 2023: 70, 2024: 55, 2025: 45}
ACCEPTED_2021_MU = 10_318.0
APART_M = 480.0
HECTARE_M2 = 10_000.0
ROUNDS = 40
LATE, STOPPED, NOTCHED = 0.10, 0.06, 0.35  # shares of the parcels
LAND = Geod(ellps="GRS80")
TOWN_REUSE = ("低效用地再开发", "闲置土地处置", "批而未供", "老旧工业区改造")
RURAL_REUSE = ("土地复垦", "增减挂钩")
STEPS = ("认定", "批准", "清理", "供地", "验收", "入库")


def renewal(county: County) -> tuple[dict[int, gpd.GeoDataFrame], dict[int, pd.DataFrame]]:
    """Make the parcels of each plan year (EPSG:4528, heads of the dbf) and the ledger of each year."""
    rng = generator(4)
    parcels = _describe(_sites(county, rng), county, rng)
    events = _events(parcels, rng)
    parcels = _sized(parcels, events, rng)
    events["面积(亩)"] = events["图斑编号"].map(to_mu_of(parcels)).round(2)
    _number(parcels, events)
    return _delivered(parcels), _ledger(events)


def to_mu_of(parcels: gpd.GeoDataFrame) -> dict[str, float]:
    """Measure each parcel on the ellipsoid, in 亩, by its id."""
    shapes = parcels.to_crs(STORED).geometry
    area = np.array([abs(LAND.geometry_area_perimeter(shape)[0]) for shape in shapes])
    return dict(zip(parcels["图斑编号"], to_mu(area), strict=True))


def _sites(county: County, rng: np.random.Generator) -> gpd.GeoDataFrame:
    """Scatter centres that keep APART_M: on red lines, in built-up land, in the countryside."""
    built = county.built.to_crs(PLANE).union_all()
    edges = red_lines(county)
    flat = gpd.GeoSeries([county.outline - county.yangtze, county.lakes.union_all(), county.hill], crs=STORED)
    land, lakes, hill = flat.to_crs(PLANE)
    country = land.buffer(-300) - built - lakes.buffer(250) - hill.buffer(250)
    rims = shapely.union_all([edges.geometry.iloc[i].boundary for i in (0, 2, 5)]).intersection(land)
    total, chosen = sum(PARCELS.values()), np.empty((0, 2))
    for where, until in ((rims, 14), (built.buffer(-250) - lakes.buffer(250), total - 105), (country, total)):
        chosen = _scatter(where, until, chosen, rng)
    rural = np.arange(total) >= total - 105
    order = rng.permutation(total)
    years = np.repeat(list(PARCELS), list(PARCELS.values()))
    return gpd.GeoDataFrame(
        {"计划年度": years, "rural": rural[order]}, geometry=shapely.points(chosen[order]), crs=PLANE
    )


def _scatter(where: BaseGeometry, until: int, chosen: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    west, south, east, north = where.bounds
    shapely.prepare(where)
    for _ in range(ROUNDS):
        if where.area > 0:
            tries = rng.uniform((west, south), (east, north), (2000, 2))
            tries = tries[shapely.contains_xy(where, tries[:, 0], tries[:, 1])]
        else:
            spots = shapely.line_interpolate_point(
                shapely.get_parts(where), rng.random(len(shapely.get_parts(where))), normalized=True
            )
            tries = shapely.get_coordinates(rng.permutation(spots))
        for spot in tries:
            if len(chosen) == until:
                return chosen
            if not len(chosen) or np.hypot(*(chosen - spot).T).min() > APART_M:
                chosen = np.vstack([chosen, spot])
    raise ValueError(f"no room for {until} parcels")


def _describe(sites: gpd.GeoDataFrame, county: County, rng: np.random.Generator) -> gpd.GeoDataFrame:
    n = len(sites)
    serial = sites.groupby("计划年度").cumcount() + 1
    ids = [f"CS-{year}-{i:04d}" for year, i in zip(sites["计划年度"], serial, strict=True)]
    category = np.where(
        sites["rural"], rng.choice(RURAL_REUSE, n), rng.choice(TOWN_REUSE, n, p=[0.45, 0.15, 0.15, 0.25])
    )
    towns = town_of(sites.geometry, county)
    zones = sites[["geometry"]].sjoin(county.zones.to_crs(PLANE)[["name", "geometry"]], how="left")
    zones = zones[~zones.index.duplicated()]["name"]
    return sites.assign(
        图斑编号=ids,
        地块名称=[f"{town}{kind}地块{i}" for town, kind, i in zip(towns, category, serial, strict=True)],
        乡镇=towns,
        园区=zones.where(zones.notna(), None),
        盘活类型=category,
        批次=[f"第{'一二三四'[i]}批" for i in rng.integers(0, 4, n)],
        责任单位=[f"{town}人民政府" if town.endswith("镇") else f"{town}办事处" for town in towns],
        原地类=np.where(
            sites["rural"], rng.choice(["0702", "0602"], n), rng.choice(["0601", "0508"], n, p=[0.85, 0.15])
        ),
        现地类=np.where(sites["rural"], "0101", rng.choice(["0601", "0701", "05H1"], n, p=[0.75, 0.1, 0.15])),
    )


def _events(parcels: gpd.GeoDataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Walk every parcel through the steps up to AS_OF; some stop on the way."""
    rows: list[dict[str, Any]] = []
    for parcel_id, year, rural in zip(
        parcels["图斑编号"], parcels["计划年度"], parcels["rural"], strict=True
    ):
        late = rng.random() < LATE
        accepted = dt.date(int(year) + late, 3 if not late else 1, 15) + dt.timedelta(
            int(rng.integers(0, 285))
        )
        gaps = rng.integers([20, 20, 20, 20], [60, 50, 50, 60])
        dates = [accepted - dt.timedelta(int(gap)) for gap in np.cumsum(gaps)]
        walk = dict(zip(STEPS, [*reversed(dates), accepted, accepted + dt.timedelta(25)], strict=True))
        stop = STEPS.index("批准") + int(rng.integers(0, 3)) if rng.random() < STOPPED else len(STEPS)
        rows += [
            {"图斑编号": parcel_id, "事件": step, "日期": day}
            for step, day in list(walk.items())[:stop]
            if day <= AS_OF and not (rural and step == "供地")
        ]
    events = pd.DataFrame(rows)
    booked = events[(events["事件"] == "入库") & (events["图斑编号"].str.startswith("CS-2022"))].iloc[[5, 17]]
    back = booked.assign(事件="核减", 日期=[day + dt.timedelta(200) for day in booked["日期"]])
    return pd.concat([events, back], ignore_index=True)


def _sized(parcels: gpd.GeoDataFrame, events: pd.DataFrame, rng: np.random.Generator) -> gpd.GeoDataFrame:
    """Draw the parcels so that what was accepted in 2021 sums to ACCEPTED_2021_MU."""
    n = len(parcels)
    mu = np.clip(rng.lognormal(np.log(60), 0.55, n), 6, 120)
    first = min(PARCELS)
    happened = np.array([day.year for day in events["日期"]])
    accepted = events[(events["事件"] == "验收").to_numpy() & (happened == first)]
    counted = parcels["图斑编号"].isin(accepted["图斑编号"]).to_numpy()
    mu *= np.where(parcels["计划年度"] == first, ACCEPTED_2021_MU / mu[counted].sum(), 1.0)
    centres = shapely.get_coordinates(parcels.geometry.to_numpy())
    shapes = [_plot(centre, area / 0.0015, rng) for centre, area in zip(centres, mu, strict=True)]
    return plane(parcels.set_geometry(shapes, crs=PLANE))


def _plot(centre: np.ndarray, area_m2: float, rng: np.random.Generator) -> BaseGeometry:
    ratio, turn, notch = rng.uniform(1.0, 1.6), rng.uniform(0, np.pi), rng.random() < NOTCHED
    ring = np.array([[-ratio, -1], [ratio, -1], [ratio, 1], [-ratio, 1]]) + rng.uniform(-0.12, 0.12, (4, 2))
    if notch:
        ring = np.vstack([ring[:2], [[ratio, 0.1], [0.2 * ratio, 0.1], [0.2 * ratio, 1]], ring[3:]])
    turned = ring @ np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    shape = shapely.Polygon(turned)
    scale = np.sqrt(area_m2 / shape.area)
    return shapely.Polygon(centre + scale * turned)


def _number(parcels: gpd.GeoDataFrame, events: pd.DataFrame) -> None:
    """Give documents to the events, and to the parcels the numbers of what has happened to them."""
    serial = events.groupby("事件").cumcount() + 1
    organ = {
        "认定": "常资规认", "批准": "常政复", "清理": "常资规清", "供地": "常土让", "验收": "常资规验",
        "入库": "常资规库", "核减": "常资规减",
    }  # fmt: skip
    events["文号"] = [
        f"{organ[event]}〔{day.year}〕{i}号（示例）"
        for event, day, i in zip(events["事件"], events["日期"], serial, strict=True)
    ]
    events["登记人"] = ["示例登记员" + "甲乙丙"[i % 3] for i in range(len(events))]
    known = {event: rows.set_index("图斑编号")["文号"] for event, rows in events.groupby("事件")}
    ids = parcels["图斑编号"]
    parcels["批准文号"] = ids.map(known["批准"])
    supplied = ids.isin(known["供地"].index)
    rows = list(zip(ids, supplied, strict=True))
    parcels["供地合同"] = [f"3205812{id_[4:7]}CR{id_[-4:]}" if has else None for id_, has in rows]
    parcels["监管协议"] = [f"常工监{id_[3:]}" if has else None for id_, has in rows]
    parcels["面积(公顷)"] = (ids.map(to_mu_of(parcels)) / 15).round(4)
    parcels["备注"] = "示例数据"


def _delivered(parcels: gpd.GeoDataFrame) -> dict[int, gpd.GeoDataFrame]:
    """Split by plan year and put the known faults in; see defects.toml."""
    heads = ["图斑编号", "地块名称", "乡镇", "园区", "盘活类型", "批次", "计划年度", "责任单位", "原地类",
             "现地类", "批准文号", "供地合同", "监管协议", "面积(公顷)", "备注", "geometry"]  # fmt: skip
    years = {
        year: plane(parcels[parcels["计划年度"] == year])[heads].reset_index(drop=True) for year in PARCELS
    }
    again = years[2021].iloc[[40]]
    moved = again.assign(geometry=again.scale(1.01, 1.01), 备注="示例数据，2022年复测", 批次="复测")
    wrong = years[2021].iloc[[-1]].to_crs(STORED).geometry.to_numpy()
    years[2021] = _with(years[2021], {
        (_first(years[2021], "梅李镇"), "乡镇"): "梅李", (_first(years[2021], "虞山街道"), "乡镇"): "虞山街道办事处",
        (12, "地块名称"): "<script>alert('示例')</script>", (20, "备注"): '=HYPERLINK("http://example.com","示例")',
        (27, "面积(公顷)"): round(years[2021].loc[27, "面积(公顷)"] * 1.1, 4),
        (33, "面积(公顷)"): round(years[2021].loc[33, "面积(公顷)"] * 15, 4),
    }, extra={"图斑编号": "CS-2021-0999", "地块名称": "坐标为经纬度的地块"}, shape=wrong[0])  # fmt: skip
    years[2022] = _with(years[2022], {}, extra={"图斑编号": "CS-2022-0999", "地块名称": "县域外的地块"},
                        shape=translate(years[2022].geometry.iloc[0], 90_000, -120_000))  # fmt: skip
    years[2022] = pd.concat([years[2022], moved], ignore_index=True)
    years[2023].loc[6, "监管协议"] = None
    years[2023].loc[10, "geometry"] = _bow_tie(years[2023].geometry.iloc[10])
    over = years[2022].geometry.iloc[30]
    years[2024].loc[20, "geometry"] = translate(over, 60.0, 35.0)
    years[2025].loc[len(years[2025]) - 1, "geometry"] = None
    return years


def _with(
    frame: gpd.GeoDataFrame, cells: dict[tuple[int, str], Any], extra: dict[str, str], shape: BaseGeometry
) -> gpd.GeoDataFrame:
    """Put cells in, and add a copy of the first row under another id with another shape."""
    frame = pd.concat([frame, frame.iloc[[0]].assign(**extra, geometry=[shape])], ignore_index=True)
    for (row, head), value in cells.items():
        frame.loc[row, head] = value
    return frame


def _first(frame: gpd.GeoDataFrame, town: str) -> int:
    return int(frame.index[frame["乡镇"] == town][0])


def _bow_tie(shape: BaseGeometry) -> BaseGeometry:
    """Let the two sides at the second corner cross shortly before they meet."""
    before, corner, after, *rest = shapely.get_coordinates(shape)
    crossed = [before, corner + 0.1 * (after - corner), corner + 0.1 * (before - corner), after, *rest]
    return shapely.Polygon(crossed)


def _ledger(events: pd.DataFrame) -> dict[int, pd.DataFrame]:
    heads = ["图斑编号", "事件", "日期", "文号", "面积(亩)", "登记人"]
    ordered = events.sort_values(["日期", "图斑编号"], kind="stable")
    years = np.array([max(day.year, min(PARCELS)) for day in ordered["日期"]])
    sheets = {
        year: ordered.loc[years == year, heads].reset_index(drop=True).astype(object) for year in PARCELS
    }
    sheets[2021].loc[100, "日期"] = None
    sheets[2023].loc[8, "图斑编号"] = "CS-2023-9999"
    return sheets
