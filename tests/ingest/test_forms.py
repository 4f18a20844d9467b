"""Forms in which offices hand over ground: placemarks, points, packs, spelled shapes, web tables."""

import shutil
import zipfile
from pathlib import Path

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pytest
import rasterio
import shapely
from rasterio import Affine

from gis.base.errors import CrsError, FileError
from gis.base.messages import shown
from gis.ingest import guess_kind
from gis.ingest.files import files_of
from tests.ingest.forms import EAST, NORTH, areas, codes, read


def ring(x=0.0, size=0.001):
    west, south = 120.7 + x, 31.71
    corners = [
        (west, south),
        (west + size, south),
        (west + size, south + size),
        (west, south + size),
        (west, south),
    ]
    return " ".join(f"{lon},{lat},0" for lon, lat in corners)


def side(name, coordinates):
    return f"<{name}><LinearRing><coordinates>{coordinates}</coordinates></LinearRing></{name}>"


def polygon(x=0.0, *holes):
    inner = "".join(side("innerBoundaryIs", one) for one in holes)
    return f"<Polygon>{side('outerBoundaryIs', ring(x))}{inner}</Polygon>"


def placemark(name, shape, more=""):
    return f"<Placemark><name>{name}</name>{more}{shape}</Placemark>"


def kml(path: Path, *marks, codec="utf-8", head='<?xml version="1.0" encoding="UTF-8"?>') -> Path:
    space = 'xmlns="http://www.opengis.net/kml/2.2"'
    text = (
        f"{head}<kml {space}><Document><Folder><name>梅李镇</name>{''.join(marks)}</Folder></Document></kml>"
    )
    path.write_bytes(text.encode(codec))
    return path


SQUARE_M2 = 10_511.5


@pytest.mark.parametrize(
    ("codec", "said"), [("utf-8", "UTF-8"), ("gb18030", "GB2312"), ("gb18030", "UTF-8"), ("utf-16", "UTF-16")]
)
def test_a_placemark_is_a_parcel_of_its_name(tmp_path, codec, said):
    head = f'<?xml version="1.0" encoding="{said}"?>'
    found = read(
        kml(
            tmp_path / "a.kml",
            placemark("地块一", polygon()),
            placemark("地块二", polygon(0.002)),
            codec=codec,
            head=head,
        )
    )
    assert found.table["parcel_id"].tolist() == ["地块一", "地块二"]
    assert found.table["town"].tolist() == ["梅李镇", "梅李镇"]
    assert areas(found) == pytest.approx([SQUARE_M2] * 2, abs=1)
    assert "kml_may_be_shifted" in codes(found)


@pytest.mark.parametrize(
    ("more", "column"),
    [
        ("<ExtendedData><Data name='图斑编号'><value>CS-1</value></Data></ExtendedData>", "CS-1"),
        (
            "<ExtendedData><SchemaData schemaUrl='#a'><SimpleData name='TBBH'>CS-1</SimpleData></SchemaData>"
            "</ExtendedData>",
            "CS-1",
        ),
        (
            "<description><![CDATA[<table><tr><td>图斑编号</td><td>CS-1</td></tr></table>]]></description>",
            "CS-1",
        ),
        ("<description>图斑编号：CS-1&lt;br&gt;乡镇：梅李镇</description>", "CS-1"),
        ("<description>梅李镇</description>", "名称"),
    ],
)
def test_what_a_placemark_says_is_columns(tmp_path, more, column):
    found = read(kml(tmp_path / "a.kml", placemark("名称", polygon(), more)))
    assert found.table["parcel_id"].tolist() == [column]


def test_parts_holes_and_closed_lines_of_placemarks(tmp_path):
    label = "<Point><coordinates>120.7,31.7</coordinates></Point>"
    many = f"<MultiGeometry>{label}{polygon()}{polygon(0.002)}</MultiGeometry>"
    hole = polygon(0.004, ring(0.0042, 0.0002))
    drawn = f"<LineString><coordinates>{ring(0.006)}</coordinates></LineString>"
    found = read(kml(tmp_path / "a.kml", placemark("A", many), placemark("B", hole), placemark("C", drawn)))
    assert areas(found) == pytest.approx([2 * SQUARE_M2, 0.96 * SQUARE_M2, SQUARE_M2], abs=2)


def test_names_that_stand_twice_are_no_numbers(tmp_path):
    found = read(
        kml(tmp_path / "a.kml", placemark("未命名面", polygon()), placemark("未命名面", polygon(0.002)))
    )
    assert len(found.table) == 2
    assert "kml_names" in codes(found)


@pytest.mark.parametrize(
    "text",
    [
        '<!DOCTYPE kml [<!ENTITY a "aaaa">]><kml><Placemark><name>&a;</name></Placemark></kml>',
        "<kml><NetworkLink><Link><href>http://a.cn/b.kml</href></Link></NetworkLink></kml>",
        "<kml><Placemark>",
    ],
)
def test_a_kml_that_declares_links_or_breaks_off_is_refused(tmp_path, text):
    (tmp_path / "a.kml").write_text(text, encoding="utf-8")
    with pytest.raises(FileError):
        read(tmp_path / "a.kml")


# tables of points

HEADS = ["地块编号", "圈号", "点号", "X坐标", "Y坐标"]


def corners(x=0, y=0, size=100):
    return [(NORTH + y + b * size, EAST + x + a * size) for a, b in ((0, 0), (0, 1), (1, 1), (1, 0))]


def points(name, pairs, number=1):
    return [[name, number, f"J{at}", north, east] for at, (north, east) in enumerate(pairs, start=1)]


def sheet(folder: Path, *rows) -> Path:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(folder / "界址点.xlsx")
    book.close()
    return folder / "界址点.xlsx"


def test_rows_of_points_are_parcels_with_their_holes(tmp_path):
    path = sheet(
        tmp_path,
        HEADS,
        *points("A", corners()),
        *points("B", corners(200)),
        *points("B", corners(220, 20, 20), 2),
    )
    found = read(path)
    assert found.table["parcel_id"].tolist() == ["A", "B"]
    assert areas(found) == [10_000, 9_600]
    assert {"points_turned", "zone_by_prefix"} <= codes(found)
    assert guess_kind(path) == "parcels"


@pytest.mark.parametrize(
    "change",
    [
        lambda row: [row[0], row[1], row[2], row[4], row[3]],
        lambda row: [row[0] if row[2] == "J1" else None, *row[1:]],
        lambda row: [*row[:3], f"{row[3]:,.3f}", f"{row[4]:.3f}"],
        lambda row: [row[0], None, row[2], row[3], row[4]],
    ],
)
def test_points_are_read_in_either_order_with_merged_names_and_as_text(tmp_path, change):
    rows = [change(row) for row in (*points("A", corners()), *points("B", corners(200)))]
    assert areas(read(sheet(tmp_path, HEADS, *rows))) == [10_000, 10_000]


def test_a_sheet_without_a_column_of_parcels_is_one(tmp_path):
    rows = [
        ["J1", *corners()[0], None],
        *([f"J{at}", *pair, 100 + at] for at, pair in enumerate(corners()[1:], start=2)),
    ]
    found = read(sheet(tmp_path, ["宗地号：CS-7"], ["点号", "X(m)", "Y(m)", "边长"], *rows))
    assert found.table["parcel_id"].tolist() == ["CS-7"]
    assert {"one_parcel", "point_columns"} <= codes(found)


def test_a_point_that_is_none_costs_its_parcel_only(tmp_path):
    rows = points("A", corners()) + points("B", corners(200))
    rows[5][3] = "读不清"
    found = read(sheet(tmp_path, HEADS, *rows))
    assert found.table["parcel_id"].tolist() == ["A"]
    assert found.rejects["source_row"].tolist() == [7]


def test_parcels_with_a_point_each_are_no_boundary_points(tmp_path):
    rows = [[at, f"T{at}", 15, NORTH + at * 100, EAST] for at in range(1, 6)]
    found = read(sheet(tmp_path, ["序号", "图斑编号", "面积(亩)", "X", "Y"], *rows))
    assert len(found.table) == 5
    assert found.table.geometry.isna().all()


@pytest.mark.parametrize(
    ("title", "outcome"),
    [
        ("1980西安坐标系", "西安80"),
        ("由西安80转换为2000国家大地坐标系 中央子午线：120°", 4549),
        ("2000国家大地坐标系", "no coordinate system"),
    ],
)
def test_metres_without_a_zone_need_a_central_meridian_in_the_title(tmp_path, title, outcome):
    rows = [[*row[:4], row[4] - 40_000_000] for row in points("A", corners())]
    path = sheet(tmp_path, [title], HEADS, *rows)
    if isinstance(outcome, int):
        assert read(path).sources["crs_found"].tolist() == [f"EPSG:{outcome}"]
        return
    with pytest.raises(CrsError, match=outcome):
        read(path)


def test_x_is_north_on_any_table_of_points(tmp_path):
    path = sheet(
        tmp_path,
        ["编号", "排污口名称", "X坐标", "Y坐标"],
        *([f"P{at}", f"口{at}", *pair] for at, pair in enumerate(corners())),
    )
    found = read(path, "outfalls")
    xy = shapely.get_coordinates(found.table.geometry.to_crs(4528).to_numpy())
    assert xy[0] == pytest.approx([EAST, NORTH], abs=1e-3)
    assert found.table["lon"].tolist() == found.table.geometry.x.tolist()
    assert "4528" in shown(found.findings.set_index("code")["message"]["zone_by_prefix"])
    degrees = sheet(
        tmp_path, ["编号", "排污口名称", "X", "Y"], ["P1", "口", 31.7, 120.7], ["P2", "口二", 31.8, 120.8]
    )
    assert read(degrees, "outfalls").table.geometry.x.tolist() == [120.7, 120.8]


# shapes in a column


@pytest.mark.parametrize(
    "spelled",
    [
        lambda shape: shapely.to_wkb(shapely.set_srid(shape, 4490), hex=True, include_srid=True),
        lambda shape: shapely.to_wkb(shape, hex=True),
        lambda shape: "\\x" + shapely.to_wkb(shape, hex=True).lower(),
        lambda shape: f"SRID=4490;{shape.wkt}",
        shapely.to_geojson,
    ],
)
def test_a_column_may_spell_the_shapes(tmp_path, spelled):
    shape = shapely.box(120.7, 31.7, 120.701, 31.701)
    pd.DataFrame({"图斑编号": ["A"], "geom": [spelled(shape)]}).to_csv(tmp_path / "a.csv", index=False)
    found = read(tmp_path / "a.csv")
    assert found.table.geometry[0].equals_exact(shape, 1e-12)


def test_several_srids_are_refused(tmp_path):
    shapes = [f"SRID={code};POINT (120.7 31.7)" for code in (4490, 4326)]
    pd.DataFrame({"名称": ["甲", "乙"], "geom": shapes}).to_csv(tmp_path / "a.csv", index=False)
    with pytest.raises(CrsError, match="several SRIDs"):
        read(tmp_path / "a.csv", "outfalls")


# packs


@pytest.fixture
def database(tmp_path) -> Path:
    frame = gpd.GeoDataFrame(
        {"TBBH": ["A"], "PZWH": ["苏政地〔2021〕1号"]},
        geometry=[shapely.box(EAST, NORTH, EAST + 100, NORTH + 100)],
        crs=4528,
    )
    frame.to_file(tmp_path / "成果.gdb", layer="DK", driver="OpenFileGDB")
    return tmp_path / "成果.gdb"


def pack(path: Path, members) -> Path:
    with zipfile.ZipFile(path, "w") as bundle:
        for name, source in members:
            bundle.writestr(name, source if isinstance(source, bytes) else source.read_bytes())
    return path


@pytest.mark.parametrize("folder", ["", "成果/", "成果.gdb/"])
def test_a_database_is_found_in_a_pack_with_its_folder_or_without(tmp_path, database, folder):
    found = read(pack(tmp_path / "上报.zip", [(folder + one.name, one) for one in database.iterdir()]))
    assert areas(found) == [10_000]


def test_a_database_without_its_suffix_is_read_and_not_touched(tmp_path, database):
    bare = Path(shutil.move(database, tmp_path / "三条控制线"))
    before = {one.name: one.read_bytes() for one in bare.iterdir()}
    assert areas(read(bare)) == [10_000]
    assert {one.name: one.read_bytes() for one in bare.iterdir()} == before
    assert guess_kind(bare, ["parcels"]) == "parcels"


def test_a_pack_in_a_pack_is_opened_to_a_depth(tmp_path):
    inner = pack(tmp_path / "地块.zip", [("地块.kml", kml(tmp_path / "a.kml", placemark("A", polygon())))])
    outer = pack(tmp_path / "外.zip", [("镇/地块.zip", inner), ("说明.txt", "请查收".encode())])
    found = read(outer)
    assert found.sources["source"].tolist() == ["外.zip#镇/地块.zip/地块.kml"]
    assert "member_skipped" in codes(found)
    for depth in range(3):
        outer = pack(tmp_path / f"{depth}.zip", [("外.zip", outer)])
    with pytest.raises(FileError, match="zips in zips"):
        read(outer)


def test_of_a_pack_the_shapes_are_read_and_the_tables_named(tmp_path):
    shape = kml(tmp_path / "a.kml", placemark("A", polygon()))
    found = read(pack(tmp_path / "a.zip", [("图.kml", shape), ("台账.csv", "图斑编号\nA\n".encode())]))
    assert "台账.csv" in shown(found.findings.set_index("code")["message"]["member_skipped"])


# web tables, texts and rasters

ROW = "<tr><td>示例断面</td><td>2021-05-10</td><td>7.5</td><td>0.4</td></tr>"
HEAD = "<tr><th>断面名称</th><th>采样日期</th><th>pH</th><th>氨氮(mg/L)</th></tr>"
SHEET_2003 = (
    '<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"'
    ' xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="a"><Table>'
    + "".join(
        "<Row>" + "".join(f'<Cell><Data ss:Type="String">{cell}</Data></Cell>' for cell in row) + "</Row>"
        for row in (["断面名称", "采样日期", "pH", "氨氮(mg/L)"], ["示例断面", "2021-05-10", "7.5", "0.4"])
    )
    + "</Table></Worksheet></Workbook>"
)


@pytest.mark.parametrize(
    "data",
    [
        f"<table>{HEAD}{ROW}</table>".encode("gb18030"),
        f'<html><head><meta charset="gb2312"></head><table>{HEAD}{ROW}</table></html>'.encode("gb18030"),
        f"<!DOCTYPE html><html><table>{HEAD}{ROW}</table></html>".encode("utf-16-le"),
        f"<table>{HEAD}</table><table>{ROW}</table>".encode(),
        f"<h2>月报</h2><table><tr><td>导出人</td></tr></table><table>{HEAD}{ROW}</table>".encode(),
        f"<table>{HEAD}{ROW}</table>".replace("</td>", "").replace("</tr>", "").encode(),
        f"<table><tr><td>导航</td><td><table>{HEAD}{ROW}</table></td></tr></table>".encode(),
        SHEET_2003.encode(),
        b'MIME-Version: 1.0\nContent-Type: multipart/related; boundary="b"\n\n--b\nContent-Type: text/html\n\n'
        + f"<table>{HEAD}{ROW}</table>".encode() + b"\n--b--\n",
    ],
)  # fmt: skip
def test_a_page_named_xls_is_read_as_its_table(tmp_path, data):
    (tmp_path / "手工监测.xls").write_bytes(data)
    found = read(tmp_path / "手工监测.xls", "samples")
    assert found.table[["section", "ph", "nh3n"]].to_numpy().tolist() == [["示例断面", 7.5, 0.4]]
    assert "name_differs" in codes(found)


def test_spans_of_a_page_are_merged_cells(tmp_path):
    rows = (
        "<tr><th rowspan=2>断面名称<th rowspan=2>采样日期<th colspan=2>指标</tr><tr><th>pH<th>氨氮(mg/L)</tr>"
        "<tr><td rowspan=2>示例断面<td>2021-05-10<td>7.5<td>0.4</tr><tr><td>2021-06-10<td>7.6<td>0.5</tr>"
    )
    (tmp_path / "a.xls").write_text(f"<table>{rows}</table>", encoding="utf-8")
    found = read(tmp_path / "a.xls", "samples")
    assert found.table[["section", "nh3n"]].to_numpy().tolist() == [["示例断面", 0.4], ["示例断面", 0.5]]


def test_an_xml_with_entities_is_refused(tmp_path):
    (tmp_path / "a.xls").write_text(
        SHEET_2003.replace("?><W", '?><!DOCTYPE a [<!ENTITY b "c">]><W'), encoding="utf-8"
    )
    with pytest.raises(FileError, match="DTD"):
        read(tmp_path / "a.xls", "samples")


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_utf16_without_a_mark_is_read(tmp_path, codec):
    (tmp_path / "a.csv").write_bytes("断面名称,采样日期,氨氮(mg/L)\n一一断面,2021-05-10,0.4\n".encode(codec))
    assert read(tmp_path / "a.csv", "samples").table["section"].tolist() == ["一一断面"]


def test_a_raster_from_south_to_north_is_the_one_from_north_to_south(tmp_path):
    classes = np.random.default_rng(1).integers(1, 4, (40, 30)).astype("uint8")
    grid = Affine(0.001, 0, 120.5, 0, -0.001, 31.9)
    flipped = Affine(0.001, 0, 120.5, 0, 0.001, 31.9 - 0.04)
    for name, values, place in (("north", classes, grid), ("south", classes[::-1], flipped)):
        with rasterio.open(
            tmp_path / f"{name}.tif", "w", driver="GTiff", width=30, height=40, count=1, dtype="uint8",
            crs="EPSG:4490", transform=place,
        ) as file:  # fmt: skip
            file.write(values, 1)
    north, south = (read(tmp_path / f"{name}.tif", "land_cover") for name in ("north", "south"))
    assert south.table["area_mu"].tolist() == north.table["area_mu"].tolist()
    assert codes(south) - codes(north) == {"south_up"}


# files


def test_folders_and_patterns_stand_for_their_files_once_in_natural_order(tmp_path, database, monkeypatch):
    for name in ("10.csv", "2.csv", "说明.pdf", "~$2.csv", "a.shp", "a.dbf", "a.prj"):
        (tmp_path / name).write_bytes(b"")
    monkeypatch.chdir(tmp_path)
    found = files_of(["."])
    assert [path.as_posix() for path in found.paths] == ["2.csv", "10.csv", "a.shp", "成果.gdb"]
    assert found.skipped == ["说明.pdf"]
    assert [path.as_posix() for path in files_of(["*.csv", "2.csv", "./2.csv"]).paths] == ["2.csv", "10.csv"]
    for lacking in ("*.xlsx", "没有.csv", "https://a.cn/b.csv"):
        with pytest.raises(FileError):
            files_of([lacking])
