"""Small whole files of every format and layout that offices send: what the mutations start from."""

from __future__ import annotations

import datetime as dt
import gzip
import json
import os
import re
import warnings
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pyogrio
import rasterio
import shapely
import xlwt
from rasterio.transform import from_origin

from fuzz.arrangements import FORMS, tables, write_page, write_spreadsheet, write_table

EAST, NORTH = 40_571_000, 3_503_000
WATER_HEADS = [
    "断面名称",
    "采样日期",
    "水温(℃)",
    "pH",
    "溶解氧(mg/L)",
    "高锰酸盐指数",
    "氨氮",
    "总磷",
    "水质类别",
]
AIR_HEADS = ["站点名称", "日期", "PM2.5", "PM10", "SO2", "NO2", "CO(mg/m³)", "O3-8h", "AQI"]
SECTIONS = [["甲港桥", "河流", "国考", "Ⅲ"], ["乙湖心", "湖库", "省考", "Ⅳ"], ["丙断面", "河流", "市考", "Ⅲ"]]
NAMES = ["甲港桥", "乙湖心", "丙断面"]
ROWS = 12
DAY, CURRENT = (2021, 1, 1, 0, 0, 0), "2021-01-01T00:00:00.000Z"
_WRITTEN = re.compile(rb">20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ<")


@dataclass(frozen=True)
class Seed:
    """A file with the commands it is given to; `{}` stands for it, other files lie beside it."""

    name: str
    label: str
    commands: tuple[tuple[str, ...], ...]


LAND = (
    ("check", "{}"),
    ("land", "area", "{}", "-o", "out.csv"),
    ("land", "area", "{}", "-o", "out.txt"),
    ("land", "ledger", "{}", "--events", "events.xlsx", "-o", "out.xlsx"),
    ("land", "conflicts", "{}", "--lines", "lines.gpkg", "-o", "out.gpkg"),
    ("land", "compare", "{}", "parcels.gpkg", "-o", "out.html"),
)
PAPER = (("check", "{}"), ("land", "ledger", "{}", "-o", "out.xlsx"))
EVENTS = (("check", "{}"), ("land", "ledger", "parcels.gpkg", "--events", "{}", "-o", "out.csv"))
LINES = (("check", "{}"), ("land", "conflicts", "parcels.gpkg", "--lines", "{}", "-o", "out.csv"))
WATER = (
    ("check", "{}"),
    ("water", "classify", "{}", "--sections", "sections.xlsx", "-o", "out.csv"),
    ("water", "classify", "{}", "-o", "out.xlsx"),
    ("water", "assess", "{}", "--sections", "sections.xlsx", "-o", "out.xlsx"),
    ("water", "trend", "{}", "-o", "out.csv"),
)
LISTS = (("check", "{}"), ("water", "assess", "samples.csv", "--sections", "{}", "-o", "out.csv"))
AIR = (
    ("check", "{}"),
    ("air", "aqi", "{}", "-o", "out.csv"),
    ("air", "assess", "{}", "-o", "out.xlsx"),
)
CHECK = (("check", "{}"),)
COVER = (
    ("check", "{}"),
    ("land", "cover", "parcels.gpkg", "--before", "{}", "--after", "cover.tif", "-o", "out.csv"),
)


def write(folder: Path) -> list[Seed]:
    """Write every seed into a folder and list them."""
    parcels = _parcels()
    seeds: list[Seed] = []
    warnings.simplefilter("ignore")
    os.environ["OGR_CURRENT_DATE"] = CURRENT

    def add(
        name: str, label: str, commands: Iterable[tuple[str, ...]], make: Callable[[Path], object]
    ) -> None:
        make(folder / name)
        seeds.append(Seed(name, label, tuple(commands)))

    _layers(add, parcels)
    _texts_of_land(add, parcels)
    _water(add)
    _air(add)
    _others(add)
    _arranged(add, parcels)
    for path in (*folder.glob("*.xlsx"), *folder.glob("*.zip")):
        _settle(path)
    return seeds


def _settle(path: Path) -> None:
    """Take the hour of writing out of an archive, so that a case is the same on every day."""
    with zipfile.ZipFile(path) as bundle:
        members = [(info.filename, bundle.read(info)) for info in bundle.infolist()]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name, data in members:
            bundle.writestr(
                zipfile.ZipInfo(name, DAY),
                _WRITTEN.sub(rb">2021-01-01T00:00:00Z<", data),
                zipfile.ZIP_DEFLATED,
            )


def _parcels() -> gpd.GeoDataFrame:
    shapes = [
        shapely.box(EAST + 150 * at, NORTH, EAST + 150 * at + 100, NORTH + 100 + at) for at in range(ROWS)
    ]
    shapes[3] = shapely.difference(shapes[3], shapely.box(EAST + 470, NORTH + 20, EAST + 480, NORTH + 30))
    shapes[5] = shapely.MultiPolygon(
        [shapes[5], shapely.box(EAST + 750, NORTH + 300, EAST + 790, NORTH + 340)]
    )
    table = {
        "图斑编号": [f"CS-{at}" for at in range(ROWS)],
        "乡镇": ["梅李镇", "海虞镇"] * (ROWS // 2),
        "地块名称": ["示例地块"] * ROWS,
        "面积(亩)": [round(15 + at * 0.15, 2) for at in range(ROWS)],
        "盘活类型": ["批而未供", "闲置土地"] * (ROWS // 2),
        "批准日期": ["2021-03-05"] * ROWS,
    }
    return gpd.GeoDataFrame(table, geometry=shapes, crs="EPSG:4528")


def _lines() -> gpd.GeoDataFrame:
    half = shapely.box(EAST - 100, NORTH - 100, EAST + 500, NORTH + 60)
    return gpd.GeoDataFrame({"HXBM": ["H1"], "HXMC": ["示例红线"]}, geometry=[half], crs="EPSG:4528")


def _database(frame: gpd.GeoDataFrame, path: Path, layer: str) -> None:
    pyogrio.write_dataframe(frame, path, layer=layer, driver="OpenFileGDB", promote_to_multi=True)


def _layers(add: Callable[..., None], parcels: gpd.GeoDataFrame) -> None:
    def gbk(path: Path) -> None:
        pyogrio.write_dataframe(parcels, path, driver="ESRI Shapefile", encoding="GBK")
        path.with_suffix(".cpg").unlink()

    def zipped(path: Path) -> None:
        inside = path.with_name("parcels_in_zip.shp")
        pyogrio.write_dataframe(parcels, inside, driver="ESRI Shapefile", encoding="UTF-8")
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as bundle:
            for one in sorted(path.parent.glob("parcels_in_zip.*")):
                bundle.write(one, one.name)
                one.unlink()

    degrees = parcels.to_crs(4490)
    add("parcels.shp", "shp", LAND, gbk)
    add("parcels.dbf", "dbf", LAND[:2], lambda _: None)
    add("parcels_in.zip", "zip", LAND, zipped)
    add("parcels.gpkg", "gpkg", LAND, lambda path: parcels.to_file(path, driver="GPKG"))
    add("parcels.gdb", "gdb", LAND, partial(_database, parcels, layer="parcels"))
    add("parcels.geojson", "geojson", LAND, lambda path: degrees.to_file(path, driver="GeoJSON"))
    add("parcels.fgb", "fgb", LAND, lambda path: parcels.to_file(path, driver="FlatGeobuf"))
    add("parcels.parquet", "parquet", LAND, parcels.to_parquet)
    add("lines.gpkg", "gpkg lines", LINES, lambda path: _lines().to_file(path, layer="STBHHX", driver="GPKG"))
    add("lines.gdb", "gdb lines", LINES, partial(_database, _lines(), layer="STBHHX"))
    add("cover.tif", "tif", COVER, _cover)


def _cover(path: Path) -> None:
    cells = np.random.default_rng(1).choice(np.array([10, 20, 30, 40, 50], dtype="uint8"), (64, 64))
    west, north = 120.744, 31.655
    about = {"driver": "GTiff", "width": 64, "height": 64, "count": 1, "dtype": "uint8", "crs": "EPSG:4326"}
    with rasterio.open(
        path, "w", transform=from_origin(west, north, 1e-3, 1e-3), nodata=0, **about
    ) as raster:
        raster.write(cells, 1)


def _texts_of_land(add: Callable[..., None], parcels: gpd.GeoDataFrame) -> None:
    plain = pd.DataFrame(parcels.drop(columns="geometry"))

    def wkt(path: Path) -> None:
        plain.assign(WKT=parcels.to_crs(4490).geometry.to_wkt()).to_csv(path, index=False, encoding="gbk")

    def points(path: Path) -> None:
        lines = [
            "[属性描述]",
            "坐标系=2000国家大地坐标系",
            "几度分带=3",
            "带号=40",
            "计量单位=米",
            "[地块坐标]",
        ]
        for at, shape in enumerate(parcels.geometry[:3]):
            lines.append(f"5,1.0000,P{at},地块{at},面,,工业用地,0601,@")
            lines += [f"J{n + 1},1,{y:.3f},{x:.3f}" for n, (x, y) in enumerate(shape.exterior.coords)]
        path.write_bytes("\r\n".join(lines).encode("gb18030"))

    def events(path: Path) -> None:
        heads = ["图斑编号", "环节", "日期", "文号", "面积(亩)", "登记人"]
        rows = [
            [f"CS-{at}", "验收", f"2021-0{at % 8 + 1}-15", f"常资〔2021〕{at}号", 15, "示例"]
            for at in range(ROWS)
        ]
        _book(path, {"2021年": [["常熟市盘活台账"], heads, *rows, ["合计", None, None, None, 180, None]]})

    add("parcels_wkt.csv", "csv wkt", LAND, wkt)
    add("points.txt", "txt points", LAND, points)
    add("ledger.xlsx", "xlsx ledger", PAPER, lambda path: plain.to_excel(path, index=False, startrow=1))
    add("events.xlsx", "xlsx events", EVENTS, events)


def _records() -> list[list[object]]:
    rows: list[list[object]] = []
    for at in range(ROWS):
        day = dt.date(2021, at // 3 + 1, 5)
        rows.append([NAMES[at % 3], day.isoformat(), 12.5, 7.6, 8.1, 3.2, "<0.025", 0.08 + at / 100, "Ⅱ"])
    return rows


def _water(add: Callable[..., None]) -> None:
    frame = pd.DataFrame(_records(), columns=WATER_HEADS)

    def book(path: Path) -> None:
        title, units = (
            "常熟市2021年{}月地表水手工监测结果",
            [None, None, "℃", None, "mg/L", "mg/L", "mg/L", "mg/L", None],
        )
        tail = [["平均值", None, 12.5], ["Ⅲ类标准", None, None, "6~9"], ["注：未检出按检出限一半计"]]
        pages = {
            f"{month}月": [
                [title.format(month)],
                WATER_HEADS,
                units,
                *_records()[3 * month - 3 : 3 * month],
                *tail,
            ]
            for month in (1, 2, 3)
        }
        _book(path, pages, merged=("A1:I1", "A2:A3", "B2:B3"))

    def old(path: Path) -> None:
        _old_book(path, [["2021年监测结果"], WATER_HEADS, *_records()])

    def published(path: Path) -> None:
        rows = [
            [f"<span title='省份：江苏'>{row[0]}</span>", "04-01 12:00", f"<span title='原始值：{row[6]}1'>0.03</span>",
             "0.1", "<b>Ⅱ</b>"]
            for row in _records()
        ]  # fmt: skip
        heads = ["断面名称", "监测时间", "<span>氨氮</span><br/>(mg/L)", "总磷(mg/L)", "水质类别"]
        path.write_text(json.dumps({"thead": heads, "tbody": rows}, ensure_ascii=False), "utf-8")

    def long(path: Path) -> None:
        lines = [
            [row[0], row[1], name, row[at], "mg/L", 0.025]
            for row in _records()
            for name, at in (("氨氮", 6), ("总磷", 7), ("高锰酸盐指数", 5))
        ]
        _book(path, {"数据": [["断面名称", "采样日期", "监测项目", "监测结果", "单位", "检出限"], *lines]})

    def turned(path: Path) -> None:
        rows = [
            ["2021年3月监测结果"],
            ["项目", "单位", *NAMES],
            ["采样日期", None, "3月5日", "3月6日", "3月6日"],
        ]
        rows += [[name, "mg/L", 0.3, "<0.025", 0.4] for name in ("氨氮", "总磷", "高锰酸盐指数", "溶解氧")]
        _book(path, {"Sheet1": rows})

    def packed(path: Path) -> None:
        path.write_bytes(gzip.compress(frame.to_csv(index=False).encode(), mtime=0))

    sources = pd.DataFrame({"断面名称": NAMES, "采样日期": "2021-04-05", "氨氮": 0.2, "锰(mg/L)": [0.05, 0.2, 0.1],
                            "硝酸盐(以N计)(mg/L)": 1.2, "苯并(a)芘(μg/L)": "<0.004"})  # fmt: skip
    add("samples.csv", "csv water", WATER, lambda path: frame.to_csv(path, index=False, encoding="gb18030"))
    add("samples.csv.gz", "csv.gz water", WATER, packed)
    add("samples.tsv", "tsv water", WATER, lambda path: frame.to_csv(path, index=False, sep="\t"))
    add("months.xlsx", "xlsx water", WATER, book)
    add("records.xls", "xls water", WATER, old)
    add("published.json", "json published", WATER, published)
    add("long.xlsx", "xlsx long", WATER, long)
    add("turned.xlsx", "xlsx turned", WATER, turned)
    add("sources.csv", "csv sources", WATER, lambda path: sources.to_csv(path, index=False))
    heads = ["断面名称", "水体类型", "断面级别", "水质目标"]
    add(
        "sections.xlsx",
        "xlsx sections",
        LISTS,
        lambda path: _book(path, {"2021年": [["断面清单"], heads, *SECTIONS]}),
    )


def _air(add: Callable[..., None]) -> None:
    days = [
        [station, f"2021-01-{at + 1:02d}", 35 + at, 50, 10, 20, 0.5, 80, None]
        for station in ("甲站", "乙站")
        for at in range(ROWS)
    ]
    hours = [
        [station, f"2026-02-28 {at:02d}:00", 75, 60 + at, 5, 30, 0.6, 90]
        for station in ("甲站", "乙站")
        for at in range(24)
    ]
    hour_heads = ["站点名称", "时间", "PM2.5", "PM10", "SO2", "NO2", "CO", "O3"]
    frame = pd.DataFrame(hours, columns=hour_heads)
    add("days.xlsx", "xlsx air", AIR, lambda path: _book(path, {"日均值": [["空气日报"], AIR_HEADS, *days]}))
    add("days.xls", "xls air", AIR, lambda path: _old_book(path, [AIR_HEADS, *days]))
    add("hours.csv", "csv air", AIR, lambda path: frame.to_csv(path, index=False))
    add(
        "hours.csv.gz",
        "csv.gz air",
        AIR,
        lambda path: path.write_bytes(gzip.compress(frame.to_csv(index=False).encode(), mtime=0)),
    )


def _arranged(add: Callable[..., None], parcels: gpd.GeoDataFrame) -> None:
    commands = {"air": AIR, "water": WATER}
    for name, (kind, rows) in tables().items():
        add(name, f"layout {kind}", commands[kind], partial(write_table, rows))
    for name, make in FORMS.items():
        add(
            name,
            Path(name).suffix[1:] if name != "corners.xlsx" else "xlsx points",
            LAND,
            partial(make, parcels),
        )
    records = [WATER_HEADS, *_records()]
    add("page.xls", "html as xls", WATER, partial(write_page, records))
    add("spreadsheet.xls", "xml as xls", WATER, partial(write_spreadsheet, records))


def _others(add: Callable[..., None]) -> None:
    tax = [
        ["2020年税收情况（单位：万元、亩）"],
        ["企业名称", "入库税收", "自有面积"],
        ["示例甲", "1,234.5", 30],
        ["示例乙", 5, 3],
    ]
    outfalls = pd.DataFrame(
        {
            "排污口编码": ["P1", "P2"],
            "名称": ["示例口", "示例二口"],
            "经度": [120.75, "120°42′36″"],
            "纬度": [31.65, 31.7],
        }
    )
    stations = pd.DataFrame(
        {"站点编码": ["1", "2"], "站点名称": ["甲站", "乙站"], "经度": [120.75, 120.8], "纬度": [31.6, 31.7]}
    )
    actions = pd.DataFrame(
        {
            "事项编号": ["A1", "A2"],
            "事项类型": ["river_reinforced", "river_dredged"],
            "乡镇": "梅李镇",
            "完工": "2021-05-01",
        }
    )
    add("tax.xlsx", "xlsx tax", CHECK, lambda path: _book(path, {"2020年": tax}, merged=("A1:C1",)))
    add(
        "outfalls.csv", "csv outfalls", CHECK, lambda path: outfalls.to_csv(path, index=False, encoding="gbk")
    )
    add("stations.csv", "csv stations", CHECK, lambda path: stations.to_csv(path, index=False))
    add(
        "actions.csv",
        "csv actions",
        CHECK,
        lambda path: actions.to_csv(path, index=False, encoding="utf-8-sig"),
    )


def _book(path: Path, pages: dict[str, list[list[object]]], merged: Iterable[str] = ()) -> None:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in pages.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
        for area in merged:
            sheet.merge_cells(area)
    book.save(path)


def _old_book(path: Path, rows: list[list[object]]) -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("Sheet1")
    for at, row in enumerate(rows):
        for column, cell in enumerate(row):
            if cell is not None:
                sheet.write(at, column, cell)
    sheet.merge(0, 0, 0, 3) if len(rows[0]) == 1 else None
    book.save(str(path))
