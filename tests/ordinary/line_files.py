"""Ordinary files of control lines, towns, cases of farmland and land cover."""

import geopandas as gpd
import numpy as np
import rasterio
from rasterio import Affine

from tests.ordinary.land_files import CODES
from tests.ordinary.making import (
    EAST,
    NORTH,
    PLOTS,
    TOWNS,
    Asked,
    Count,
    Said,
    Total,
    box,
    layer,
    legal_m2,
    legal_mu,
    ordinary,
    parcels,
    shapes,
    text,
)

LINE = box(-50, -50, 100, 300)  # the left half of the first parcel
HALF = legal_m2(box(0, 0, 50, 66.6667))


def lines_of(**columns):
    far = box(5_000, 5_000, 900, 700)
    return gpd.GeoDataFrame(columns, geometry=[LINE, far], crs=4528)


def conflicts(folder, lines, right=HALF):
    frame = parcels(图斑编号=CODES, 乡镇=list(TOWNS))
    path = shapes(folder / "更新地块.shp", frame)
    return Asked(["land", "conflicts", path, "--lines", lines], [Count(1), Total("area_m2", right, tol=0.5)])


@ordinary
def red_lines_gdb_with_official_heads(folder):
    frame = lines_of(
        YSDM=["2090010100"] * 2,
        HXBM=["320581001", "320581002"],
        HXMC=["示例湿地", "示例水源地"],
        HXLX=["生物多样性维护", "水源涵养"],
        XJXZQDM=["320581"] * 2,
        XJXZQMC=["常熟市"] * 2,
        MJ=[legal_m2(LINE), legal_m2(box(5_000, 5_000, 900, 700))],
    )
    return conflicts(folder, layer(folder / "规划成果.gdb", frame, "STBHHX", "OpenFileGDB"))


@ordinary
def basic_farmland_shp(folder):
    frame = lines_of(
        BSM=["1", "2"],
        YSDM=["2005010300"] * 2,
        YJJBNTTBBH=["0001", "0002"],
        DLBM=["0101"] * 2,
        DLMC=["水田"] * 2,
        ZLDWDM=["320581101201"] * 2,
        ZLDWMC=["某村"] * 2,
        YJJBNTTBMJ=[round(legal_m2(LINE), 2), round(legal_m2(box(5_000, 5_000, 900, 700)), 2)],
        YJJBNTMJ=[round(legal_m2(LINE), 2), round(legal_m2(box(5_000, 5_000, 900, 700)), 2)],
    )
    return conflicts(folder, shapes(folder / "YJJBNTBHTB.shp", frame, cpg=False))


@ordinary
def growth_boundary_gpkg(folder):
    frame = gpd.GeoDataFrame(
        {
            "BSM": ["1"],
            "YSDM": ["2090030100"],
            "XZQDM": ["320581"],
            "XZQMC": ["常熟市"],
            "GHFQDM": ["1"],
            "GHFQMC": ["城镇集中建设区"],
            "MJ": [0.0],
        },
        geometry=[box(50, -50, 1_000, 1_000)],
        crs=4528,
    )
    frame["MJ"] = [round(legal_m2(one), 2) for one in frame.geometry]
    outside = HALF + legal_m2(box(0, 400, 50, 60))
    asked = conflicts(folder, f"{layer(folder / '开发边界.gpkg', frame, 'CZKFBJ')}:CZKFBJ=growth_boundary")
    asked.right[:] = [Count(2), Total("area_m2", outside, tol=0.5)]
    return asked


@ordinary
def control_areas_geojson(folder):
    lines_of(编码=["G1", "G2"], 名称=["示例公园", "示例河清水通道"], 类型=["森林公园", "清水通道"]).to_crs(
        4490
    ).to_file(folder / "生态空间管控区域.geojson", driver="GeoJSON")
    return conflicts(folder, f"{folder / '生态空间管控区域.geojson'}=control_area")


@ordinary
def red_lines_of_two_years_compared(folder):
    old = gpd.GeoDataFrame({"HXBM": ["1"], "HXMC": ["甲"]}, geometry=[box(0, 0, 1_000, 500)], crs=4528)
    new = gpd.GeoDataFrame({"HXBM": ["1"], "HXMC": ["甲"]}, geometry=[box(0, 0, 1_100, 500)], crs=4528)
    words = [
        "land",
        "compare",
        shapes(folder / "红线2018.shp", old),
        shapes(folder / "红线2021.shp", new, cpg=False),
    ]
    return Asked(
        words,
        [
            Total("area_m2", legal_m2(box(0, 0, 1_000, 500)), {"change": "kept"}, 1),
            Total("area_m2", legal_m2(box(1_000, 0, 100, 500)), {"change": "gained"}, 1),
        ],
    )


@ordinary
def land_cover_before_and_after(folder):
    frame = parcels(图斑编号=CODES)
    for year, code in ((2020, 40), (2025, 50)):
        grid = np.full((120, 120), code, "uint8")
        with rasterio.open(
            folder / f"土地覆盖{year}.tif",
            "w",
            driver="GTiff",
            width=120,
            height=120,
            count=1,
            dtype="uint8",
            crs="EPSG:4528",
            transform=Affine(10, 0, EAST - 100, 0, -10, NORTH + 1_000),
        ) as made:
            made.write(grid, 1)
    words = [
        "land",
        "cover",
        shapes(folder / "地块.shp", frame),
        "--before",
        folder / "土地覆盖2020.tif",
        "--after",
        folder / "土地覆盖2025.tif",
    ]
    return Asked(words, [Count(5)])


@ordinary
def town_boundaries(folder):
    frame = gpd.GeoDataFrame(
        {"XZQDM": ["320581101", "320581102"], "XZQMC": ["梅李镇", "海虞镇"], "DCMJ": [1e6, 1e6]},
        geometry=[box(0, 0, 1_000, 1_000), box(1_000, 0, 1_000, 1_000)],
        crs=4528,
    )
    return Asked(["check", shapes(folder / "XZQ.shp", frame)], [Said("kept 2")], writes=False)


@ordinary
def farmland_cases_geojson(folder):
    frame = gpd.GeoDataFrame(
        {
            "案件编号": ["A1", "A2"],
            "乡镇": ["梅李镇", "海虞镇"],
            "立案日期": ["2021-03-01", "2021-05-01"],
            "销号日期": ["2021-08-01", None],
            "占用耕地面积(亩)": [0.5, 1.2],
        },
        geometry=[box(0, 0, 20, 16), box(100, 0, 20, 40)],
        crs=4528,
    )
    frame.to_crs(4490).to_file(folder / "农村乱占耕地建房.geojson", driver="GeoJSON")
    return Asked(["check", folder / "农村乱占耕地建房.geojson"], [Said("kept 2")], writes=False)


@ordinary
def parcels_wkt_csv(folder):
    rows = [["图斑编号", "乡镇", "WKT"]]
    rows += [[code, town, f'"{shape.wkt}"'] for code, town, shape in zip(CODES, TOWNS, PLOTS, strict=True)]
    path = text(folder / "地块.csv", rows, "utf-8-sig")
    return Asked(
        ["land", "area", path, "--crs", "EPSG:4528"], [Count(5), Total("area_legal_mu", legal_mu(*PLOTS))]
    )
