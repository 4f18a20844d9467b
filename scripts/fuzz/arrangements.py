"""Further arrangements and forms of the same data: heads that are stations, hours or months, drawings, web pages."""

from __future__ import annotations

import html
import zipfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import geopandas as gpd
import openpyxl

Row = Sequence[object]
SECTIONS, STATIONS = ["甲港桥", "乙湖心", "丙断面"], ["甲站", "乙站", "丙站"]
HOURS, DAYS, MONTHS = range(24), range(1, 11), range(1, 13)


def tables() -> dict[str, tuple[str, list[Row]]]:
    """Give sheets of measurements by the name of their file: whether of water or air, and the rows."""
    day = "2021-03-05"
    archive = [
        [20210305, hour, item, 30 + hour, 40, 50] for hour in HOURS for item in ("PM2.5", "PM10", "AQI")
    ]
    classes = [[name, *["Ⅱ", "Ⅲ", "劣Ⅴ", "断流"] * 3] for name in SECTIONS]
    return {
        "站点为表头.xlsx": ("air", [
            ["PM2.5小时浓度（μg/m3）"], ["时间", *STATIONS],
            *([f"{day} {hour:02d}:00", 30 + hour, 40, "—"] for hour in HOURS),
        ]),
        "小时为表头.xlsx": ("air", [
            ["2021年3月PM2.5小时浓度"], ["日期", "站点名称", *(f"{hour}时" for hour in range(1, 25))],
            *([f"2021-03-{at:02d}", name, *range(20, 44)] for at in DAYS for name in STATIONS[:2]),
        ]),
        "china_sites_20210305.csv": ("air", [["date", "hour", "type", "9001A", "9002A", "9003A"], *archive]),
        "日期和小时.csv": ("air", [
            ["站点名称", "日期", "小时", "PM2.5", "PM10"], *([STATIONS[0], day, hour + 1, 30, 50] for hour in HOURS),
        ]),
        "日历.xlsx": ("air", [
            ["2021年甲站空气质量指数（AQI）日历"], ["日", *(f"{month}月" for month in MONTHS)],
            *([at, *(40 + month for month in MONTHS)] for at in range(1, 29)),
        ]),
        "月份为表头.xlsx": ("water", [
            ["2021年氨氮（mg/L）"], ["断面名称", *(f"{month}月" for month in MONTHS)],
            *([name, *[0.3, "<0.025", 0.4] * 4] for name in SECTIONS),
        ]),
        "类别.xlsx": ("water", [
            ["2021年各断面水质类别"], ["断面名称", *(f"{month}月" for month in MONTHS)], *classes,
        ]),
        "年月日.csv": ("water", [
            ["断面名称", "年", "月", "日", "氨氮", "总磷"],
            *([name, 2021, at, 5, 0.3, 0.1] for name in SECTIONS for at in MONTHS),
        ]),
        "两行表头.xlsx": ("water", [
            ["断面名称", "2021年1月", None, "2021年2月", None], [None, "氨氮", "总磷", "氨氮", "总磷"],
            *([name, 0.3, 0.1, 0.4, 0.2] for name in SECTIONS),
        ]),
    }  # fmt: skip


def write_table(rows: Sequence[Row], path: Path) -> None:
    """Write rows as .csv or .xlsx, by the name of the file."""
    if path.suffix == ".csv":
        lines = [",".join("" if cell is None else str(cell) for cell in row) for row in rows]
        path.write_text("\n".join(lines) + "\n", "utf-8")
        return
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(list(row))
    book.save(path)


def write_page(rows: Sequence[Row], path: Path) -> None:
    """Write rows as the table of a web page that calls itself a workbook."""
    lines = ["".join(f"<td>{_escaped(cell)}</td>" for cell in row) for row in rows]
    body = "".join(f"<tr>{line}</tr>" for line in lines)
    path.write_bytes(
        f'<html><meta charset="gbk"><table border=1>{body}</table></html>'.encode("gbk", "replace")
    )


def _escaped(cell: object) -> str:
    return "" if cell is None else html.escape(str(cell))


def write_spreadsheet(rows: Sequence[Row], path: Path) -> None:
    """Write rows as XML Spreadsheet 2003."""
    cell = '<Cell><Data ss:Type="String">{}</Data></Cell>'
    lines = ["".join(cell.format(_escaped(one)) for one in row) for row in rows]
    body = "".join(f"<Row>{line}</Row>" for line in lines)
    schema = "urn:schemas-microsoft-com:office:spreadsheet"
    names = f'xmlns="{schema}" xmlns:ss="{schema}"'
    text = f'<?xml version="1.0"?><Workbook {names}><Worksheet ss:Name="S"><Table>{body}</Table></Worksheet></Workbook>'
    path.write_text(text, "utf-8")


def write_drawing(parcels: gpd.GeoDataFrame, path: Path) -> None:
    """Write the outlines of parcels as closed lines of a drawing, each with its number as a text in it."""
    codes: list[tuple[int, object]] = [(0, "SECTION"), (2, "ENTITIES")]
    for shape, name in zip(parcels.geometry, parcels["图斑编号"], strict=True):
        corners = [corner for part in shapes_of(shape) for corner in part]
        codes += [(0, "LWPOLYLINE"), (8, "JZD"), (90, len(corners)), (70, 1)]
        codes += [pair for x, y in corners for pair in ((10, f"{x:.3f}"), (20, f"{y:.3f}"))]
        at = shape.representative_point()
        codes += [(0, "TEXT"), (8, "ZJ"), (10, f"{at.x:.3f}"), (20, f"{at.y:.3f}"), (40, 2), (1, name)]
    codes += [(0, "ENDSEC"), (0, "EOF")]
    path.write_text("".join(f"{code}\n{value}\n" for code, value in codes), "gb18030")


def shapes_of(shape: object) -> Iterable[list[tuple[float, float]]]:
    """Give the corners of the outer ring of the first part, not closed."""
    part = next(iter(getattr(shape, "geoms", [shape])))
    yield list(part.exterior.coords)[:-1]


def write_map(parcels: gpd.GeoDataFrame, path: Path) -> None:
    """Write parcels as KML, packed where the name says .kmz."""
    marks = []
    for shape, name in zip(parcels.to_crs(4490).geometry, parcels["图斑编号"], strict=True):
        ring = " ".join(f"{x},{y},0" for corners in shapes_of(shape) for x, y in [*corners, corners[0]])
        outline = (
            f"<outerBoundaryIs><LinearRing><coordinates>{ring}</coordinates></LinearRing></outerBoundaryIs>"
        )
        marks.append(f"<Placemark><name>{name}</name><Polygon>{outline}</Polygon></Placemark>")
    body = f'<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{"".join(marks)}</Document></kml>'
    text = f'<?xml version="1.0" encoding="UTF-8"?>{body}'
    if path.suffix == ".kmz":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as bundle:
            bundle.writestr(zipfile.ZipInfo("doc.kml", (2021, 1, 1, 0, 0, 0)), text)
    else:
        path.write_text(text, "utf-8")


def write_points(parcels: gpd.GeoDataFrame, path: Path) -> None:
    """Write the boundary points of parcels as a sheet: parcel, ring, point, X to the north, Y to the east."""
    rows: list[Row] = [["地块编号", "圈号", "点号", "X", "Y"]]
    for shape, name in zip(parcels.geometry, parcels["图斑编号"], strict=True):
        for corners in shapes_of(shape):
            rows += [[name, 1, f"J{at}", round(y, 3), round(x, 3)] for at, (x, y) in enumerate(corners, 1)]
    write_table(rows, path)


FORMS: dict[str, Callable[[gpd.GeoDataFrame, Path], None]] = {
    "drawing.dxf": write_drawing, "map.kml": write_map, "map.kmz": write_map, "corners.xlsx": write_points,
}  # fmt: skip
