"""A county with a layer of every kind, a word of its own in the rows of each."""

# ruff: noqa: E501  a row of a file stands on one line

import json
from pathlib import Path

import numpy as np
import rasterio

COUNTY = """[county]
adcode = "320581"
name = { zh = "小县", en = "Small county" }
extent = [120.0, 31.0, 121.5, 32.0]
plan_years = [2021, 2025]
air_stations = ["一号站"]
towns = [{ code = "320581101", name = { zh = "东镇", en = "East" } }]

[alerts]
below_target = true
pm25_above_path = 0

[[rule]]
id = "renewal_in_red_line"
subject = "renewal_parcels"
line = "red_line"
verdict = "forbidden"
severity = "high"
clause = "测试"

[[rule]]
id = "renewal_in_farmland"
subject = "renewal_parcels"
line = "basic_farmland"
verdict = "forbidden"
severity = "high"
clause = "测试"

[[target]]
id = "pm25_2021"
title = { zh = "PM2.5 低于 75", en = "PM2.5 under 75" }
group = "air"
indicator = "air.pm25_mean"
period = "2021"
goal = { comparator = "<", value = 75, unit = "µg/m³" }
plan = { document = "测试", sentence = "PM2.5 低于 75" }

[[target]]
id = "renewal_2021"
title = { zh = "盘活 10 亩", en = "Renew 10 mu" }
group = "land"
indicator = "land.renewed_area"
period = "2021"
counting_event = "accepted"
goal = { comparator = ">=", value = 10, unit = "亩" }
plan = { document = "测试", sentence = "盘活 10 亩以上" }
"""
LAYER = """
[[layer]]
id = "{id}"
kind = "{kind}"
title = {{ zh = "{title}", en = "{id}" }}
files = ["data/{file}"]
group = "{group}"
{more}
[layer.about]
source = "test"
"密级" = "{secrecy}"
{withheld}
"""
# id: kind, group, file, more
LAYERS: dict[str, tuple[str, str, str, str]] = {
    "towns": ("boundaries", "base", "乡镇.geojson", ""),
    "rivers": ("waters", "base", "河流.geojson", ""),
    "red_lines": ("control_lines", "lines", "红线.geojson", 'line_type = "red_line"'),
    "farmland": ("control_lines", "lines", "基本农田.geojson", 'line_type = "basic_farmland"'),
    "parcels": ("parcels", "land", "地块.geojson", ""),
    "ledger": ("ledger_events", "land", "台账.csv", ""),
    "cases": ("farmland_cases", "land", "占耕.csv", ""),
    "tax": ("tax", "land", "税收.csv", ""),
    "bank": ("water_bank", "land", "水域.csv", ""),
    "cover_before": ("land_cover", "land", "覆盖_2020.tif", "date = 2020-12-31"),
    "cover_after": ("land_cover", "land", "覆盖_2021.tif", "date = 2021-10-31"),
    "picture_before": ("imagery", "land", "影像_2020.tif", "date = 2020-12-31"),
    "picture_after": ("imagery", "land", "影像_2021.tif", "date = 2021-10-31"),
    "sections": ("sections", "water", "断面.csv", ""),
    "manual": ("samples", "water", "手工.csv", 'constants = { method = "manual" }'),
    "outfalls": ("outfalls", "water", "排污口.csv", ""),
    "stations": ("stations", "air", "站点.csv", ""),
    "days": ("air_days", "air", "空气.csv", ""),
    "projects": ("actions", "actions", "行动.csv", ""),
    "yearbook": ("statistics", "actions", "统计.csv", 'fields = { indicator = "指标", place = "地区", value = "数值" }'),
    "asked": ("yearly_targets", "actions", "年度目标任务分解表_2021.csv", ""),
    "area": ("features", "air", "示范区.geojson", ""),
}  # fmt: skip
RASTERS = {
    "cover_before": 40,
    "cover_after": 50,
    "picture_before": 60,
    "picture_after": 120,
}  # layer: value of its cells
CLASSES = """
[layer.classes]
40 = { zh = "耕地", en = "Cropland" }
50 = { zh = "建设用地", en = "Built-up" }
"""


def word(layer: str) -> str:
    """Give the word that stands in the rows of a layer and nowhere else."""
    return f"暗号{sorted(LAYERS).index(layer):02d}号"


def title(layer: str) -> str:
    """Give the Chinese title of a layer."""
    return f"图层之{layer}"


def county(folder: Path, secret: dict[str, str], withheld: dict[str, list[str]] | None = None) -> Path:
    """Write the county's folder; `secret` gives the 密级 of layers that are not public."""
    (folder / "data").mkdir(parents=True)
    entries = []
    for id_, (kind, group, file, more) in LAYERS.items():
        hidden = (withheld or {}).get(id_)
        entry = LAYER.format(
            id=id_, kind=kind, title=title(id_), file=file, group=group, more=more, secrecy=secret.get(id_, "公开"),
            withheld=f'"不公开字段" = {json.dumps(hidden, ensure_ascii=False)}' if hidden else "",
        )  # fmt: skip
        entries.append(entry + (CLASSES if kind == "land_cover" else ""))
    (folder / "county.toml").write_text("".join([COUNTY, *entries]), encoding="utf-8")
    for name, text in _texts().items():
        (folder / "data" / name).write_text(text, encoding="utf-8")
    for id_, code in RASTERS.items():
        raster(folder, id_, np.full((80, 100), code, "uint8"))
    return folder


def _texts() -> dict[str, str]:
    west, south = 120.70, 31.60
    days = [
        f"2021-{1 + at // 28:02d}-{1 + at % 28:02d},一号站,{20 + at % 70},100,10,40,0.8,90"
        for at in range(300)
    ]
    samples = [
        f"一号桥,2021-{month:02d}-05,7.5,8.0,0.{month:02d},0.1,3.0,{word('manual')}" for month in range(1, 11)
    ]
    parcels = [
        ({"图斑编号": f"A{at}", "地块名称": f"{word('parcels')}{at}", "乡镇": "东镇", "验收日期": "2021-05-01"},
         _box(west + 0.004 * at, south, 0.002))
        for at in range(6)
    ]  # fmt: skip
    return {
        "乡镇.geojson": _shapes([({"行政区划代码": "320581101", "名称": "东镇", "级别": "乡镇", "备注": word("towns")}, _box(120.6, 31.5, 0.4))]),
        "河流.geojson": _shapes([({"编号": "H1", "名称": f"长河{word('rivers')}"}, {"type": "LineString", "coordinates": [[120.6, 31.65], [120.9, 31.65]]})]),
        "红线.geojson": _shapes([({"编号": "R1", "名称": word("red_lines")}, _box(west, south, 0.003))]),
        "基本农田.geojson": _shapes([({"编号": "F1", "名称": word("farmland")}, _box(west + 0.008, south, 0.006))]),
        "地块.geojson": _shapes(parcels),
        "台账.csv": _csv("图斑编号,事件,日期,文号,面积(亩)", [f"A{at},验收,2021-06-0{at + 1},{word('ledger')}{at},20" for at in range(4)]),
        "占耕.csv": _csv("案件编号,乡镇,名称,立案日期,销号日期,面积(平方米)", [f"N1,东镇,{word('cases')},2021-02-01,2021-05-04,533"]),
        "税收.csv": _csv("纳税人识别号,企业名称,乡镇,年度,税收(万元),自有土地(亩)",
                       [f"SL{at},{word('tax')}{at},东镇,2020,{1000 + at}.5,{50 * (at > 0)}" for at in range(4)]),
        "水域.csv": _csv("记录编号,项目名称,乡镇,类型,日期,文号,水域面积(平方米)", [f"Y1,{word('bank')},东镇,占用,2021-02-08,文1,3884"]),
        "断面.csv": _csv("断面编码,断面名称,所在水体,水体类型,断面级别,水质目标,河长,经度,纬度", [f"S1,一号桥,长河,河流,国考,Ⅱ,{word('sections')},120.75,31.65"]),
        "手工.csv": _csv("断面名称,采样日期,pH,溶解氧,氨氮,总磷,高锰酸盐指数,备注", samples),
        "排污口.csv": _csv("排污口编码,名称,类型,乡镇,经度,纬度", [f"P1,{word('outfalls')},工业排污口,东镇,120.72,31.62"]),
        "站点.csv": _csv("站点编码,站点名称,级别,乡镇,点位长,经度,纬度", [f"D1,一号站,国控,东镇,{word('stations')},120.74,31.64"]),
        "空气.csv": _csv("日期,站点名称,PM2.5,PM10,SO2,NO2,CO,O3-8h", [*days, f"2021-10-27,{word('days')},30,90,10,40,0.8,90"]),
        "行动.csv": _csv("事项编号,事项类型,名称,乡镇,状态,开工日期,完工日期,数量,单位", [f"Q1,河道清淤,{word('projects')},东镇,已完工,2021-02-03,2021-06-24,399,米"]),
        "统计.csv": _csv("指标,指标名称,地区,年度,数值,单位,文件", [f"new_energy_bus_share,新能源公交车占比,小县,{year},62,%,{word('yearbook')}" for year in (2020, 2021)]),
        "年度目标任务分解表_2021.csv": _csv("序号,指标,目标值,单位,乡镇(街道),责任单位,一季度,二季度,三季度,四季度", [f"1,盘活存量建设用地,30,亩,全市,{word('asked')},5,10,20,30"]),
        "示范区.geojson": _shapes([({"编号": "T1", "名称": word("area")}, _box(120.75, 31.7, 0.01))]),
    }  # fmt: skip


def _csv(heads: str, rows: list[str]) -> str:
    return "\n".join([heads, *rows, ""])


def _box(west: float, south: float, side: float) -> dict[str, object]:
    east, north = west + side, south + side
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def _shapes(rows: list[tuple[dict[str, str], dict[str, object]]]) -> str:
    features = [{"type": "Feature", "properties": row, "geometry": shape} for row, shape in rows]
    return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False)


def raster(folder: Path, id_: str, cells: np.ndarray) -> None:
    """Write a raster layer: classes in one band, a picture in three."""
    kind, _, name, _ = LAYERS[id_]
    bands = 3 if kind == "imagery" else 1
    with rasterio.open(
        folder / "data" / name,
        "w",
        driver="GTiff",
        width=100,
        height=80,
        count=bands,
        dtype="uint8",
        crs="EPSG:4326",
        transform=rasterio.Affine(0.0005, 0, 120.69, 0, -0.0005, 31.62),
    ) as file:
        file.write(np.repeat(cells[None], bands, axis=0))
