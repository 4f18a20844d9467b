"""Boundary points in text files (standards.md C6): read as they are met, written, and read again."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gis.base.errors import CrsError, FileError, UsageError
from gis.base.messages import shown
from gis.ingest import Ingested, Options, read_file
from gis.ingest.points import is_points, polygon_of, read_points
from gis.store.points import write

HEAD = """[属性描述]
格式版本号=1.01版本
坐标系=2000国家大地坐标系
几度分带=3
投影类型=高斯克吕格
计量单位=米
带号=40
精度=0.001
转换参数=0,0,0,0,0,0,0
[地块坐标]
"""
EAST, NORTH = 40_571_000, 3_503_000
SQUARE = "5,{area},{id},地块一,面,,工业用地,0601,@"
CODES = ["gb18030", "utf-8", "utf-8-sig", "utf-16"]


def corners(x: float = 0, y: float = 0, size: float = 100, ring: int = 1, *, closed: bool = True) -> str:
    pairs = [(x, y), (x, y + size), (x + size, y + size), (x + size, y)]
    pairs += pairs[:1] if closed else []
    return "".join(
        f"J{at % 4 + 1},{ring},{NORTH + b:.3f},{EAST + a:.3f}\n" for at, (a, b) in enumerate(pairs)
    )


def parcel(name: str, points: str, area: str = "1.0000") -> str:
    return SQUARE.format(id=name, area=area) + "\n" + points


def read(folder: Path, text: str, codec: str = "gb18030", newline: str = "\r\n", **said) -> Ingested:
    path = folder / "界址点.txt"
    path.write_bytes(text.replace("\n", newline).encode(codec))
    return read_file(path, Options(kind="parcels", layer="界址点", **said))


def codes(found: Ingested) -> set[str]:
    return set(found.findings["code"]) - {"crs_transformed"}


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("codec", CODES)
def test_c6_every_encoding_and_line_end_gives_the_parcel_with_its_names(tmp_path, codec, newline):
    found = read(tmp_path, HEAD + parcel("P1", corners()), codec, newline)
    row = found.table.iloc[0]
    assert [row["parcel_id"], row["name"], row["land_use_after"]] == ["P1", "地块一", "工业用地"]
    assert row["area_declared_mu"] == pytest.approx(15.0)
    assert found.own["地类编码"].tolist() == ["0601"]
    assert row["source_row"] == 11
    assert codes(found) == set()
    raw = read_points(tmp_path / "界址点.txt", Options(kind="parcels", layer=""))
    assert raw.frame.crs.to_epsg() == 4528
    assert raw.frame.geometry[0].equals(shapely.box(EAST, NORTH, EAST + 100, NORTH + 100))


def test_c6_full_width_brackets_and_twelve_fields(tmp_path):
    text = (HEAD + parcel("P1", corners())).replace("[", "【").replace("]", "】")
    found = read(tmp_path, text.replace("0601,@", "0601,,,甲,乙,@"))
    assert found.own[["字段11", "字段12"]].to_numpy().tolist() == [["甲", "乙"]]
    assert len(found.table) == 1


def test_c6_a_further_ring_inside_is_a_hole_and_beside_it_a_part(tmp_path):
    rings = corners() + corners(20, 20, 10, 2) + corners(300, 0, 50, 3) + corners(22, 22, 2, 4)
    shape = read(tmp_path, HEAD + parcel("P1", rings, "1.2404")).table.geometry[0]
    assert [len(part.interiors) for part in shape.geoms] == [1, 0, 0]


def test_rings_of_one_number_end_where_they_meet_their_start(tmp_path):
    shape = read(tmp_path, HEAD + parcel("P1", corners() + corners(300, 0), "2.0000")).table.geometry[0]
    assert len(shape.geoms) == 2


def test_a_ring_that_crosses_itself_or_stands_twice_raises_nothing():
    bow = np.array([(0, 0), (2, 2), (2, 0), (0, 2), (0, 0)], dtype=float)
    box = shapely.get_coordinates(shapely.box(0.1, 0.5, 0.2, 0.6))
    assert polygon_of([bow, box, box]).geom_type in {"Polygon", "MultiPolygon"}


def test_c6_an_open_ring_is_closed_and_reported_and_a_wrong_count_only_warned_of(tmp_path):
    found = read(tmp_path, HEAD + parcel("P1", corners(closed=False)) + parcel("P2", corners(200)))
    assert codes(found) == {"points_open", "points_count"}
    assert found.table.geometry.is_valid.all()
    assert "11: 5 ≠ 4" in found.findings.set_index("code")["message"]["points_count"]


def test_c6_an_eight_digit_number_that_begins_with_the_zone_is_the_easting(tmp_path):
    def swapped(line: str) -> str:
        cells = line.split(",")
        return ",".join([*cells[:2], cells[3], cells[2]]) if line.startswith("J") else line

    text = HEAD + parcel("P1", corners())
    right, wrong = read(tmp_path, text), read(tmp_path, "\n".join(map(swapped, text.splitlines())))
    assert codes(wrong) == {"points_turned"}
    assert wrong.table.geometry[0].equals(right.table.geometry[0])


def test_c6_eastings_without_prefix_lie_in_the_zone_of_the_head(tmp_path):
    with_prefix = read(tmp_path, HEAD + parcel("P1", corners()))
    without = read(tmp_path, HEAD + parcel("P1", corners()).replace(",405", ",5"))
    assert without.table.geometry[0].equals_exact(with_prefix.table.geometry[0], 1e-10)
    assert without.sources["crs_found"].tolist() == ["EPSG:4549"]


@pytest.mark.parametrize("datum", ["1980西安坐标系", "80国家大地坐标系", "1954北京坐标系", "WGS84坐标系"])
def test_c6_only_cgcs2000_is_accepted(tmp_path, datum):
    with pytest.raises(CrsError) as told:
        read(tmp_path, (HEAD + parcel("P1", corners())).replace("2000国家大地坐标系", datum), crs="EPSG:4528")
    assert str(told.value) == (
        "界址点.txt: the coordinates are not on CGCS2000\n"
        f"  found  坐标系={datum}\n"
        "  fix    ask the sender for the file in CGCS2000; no public formula converts other datums"
    )


def test_without_a_datum_the_person_says_the_crs(tmp_path):
    text = (HEAD + parcel("P1", corners())).replace("坐标系=2000国家大地坐标系\n", "")
    with pytest.raises(CrsError, match="does not say 坐标系"):
        read(tmp_path, text)
    assert codes(read(tmp_path, text, crs="EPSG:4528")) == {"crs_missing"}


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ("带号=40", "带号=39", "found  带号=39; eastings begin with 40"),
        ("带号=40", "带号=四十", "ok"),
        ("几度分带=3", "几度分带=5", "几度分带 is not 3 or 6"),
        ("计量单位=米", "计量单位=千米", "计量单位 is not 米"),
        ("高斯克吕格", "墨卡托", "投影类型 is not 高斯克吕格"),
    ],
)
def test_a_head_that_contradicts_the_coordinates_is_refused(tmp_path, before, after, says):
    text = (HEAD + parcel("P1", corners())).replace(before, after)
    if says == "ok":
        assert len(read(tmp_path, text).table) == 1
        return
    with pytest.raises(CrsError, match=says):
        read(tmp_path, text)


@pytest.mark.parametrize(
    ("area", "mu"), [("1.0000", 15.0), ("10000.00", 15.0), ("1.0", 15.0), ("15.00", 15.0), ("", None)]
)
def test_c6_the_unit_of_the_area_is_found_by_the_coordinates(tmp_path, area, mu):
    found = read(tmp_path, HEAD + parcel("P1", corners(), area)).table["area_declared_mu"][0]
    assert found == pytest.approx(mu) if mu else np.isnan(found)


def test_c6_an_area_that_fits_no_unit_is_refused_with_both_numbers(tmp_path):
    found = read(tmp_path, HEAD + parcel("P1", corners(), "13.00"))
    assert not len(found.table)
    assert found.rejects.loc[0, ["field", "source_row"]].tolist() == ["地块面积", 11]
    assert shown(found.rejects["text"][0]) == "13.00; coordinates 10,000.00 m²"
    assert shown(found.rejects["fix"][0]).endswith("the coordinates give 1.0000 ha")


def test_a_parcel_in_another_unit_than_its_file_is_refused_and_one_with_a_wrong_area_kept(tmp_path):
    text = (
        HEAD
        + parcel("P1", corners())
        + parcel("P2", corners(200), "10000.0")
        + parcel("P3", corners(400), "1.3")
    )
    found = read(tmp_path, text)
    assert found.table["parcel_id"].tolist() == ["P1", "P3"]
    assert "不同" in found.rejects["reason"][0]


@pytest.mark.parametrize(
    ("bad", "row"),
    [
        ("J2,1,3503100.000", 13),
        ("J2,1,三五〇,40571000.000", 13),
        ("J2,1,3503100.000,nan", 13),
        ("J2,1,3503100.000,3503100.000", 13),
        ("J2,1,3503100.000,39571000.000", 13),
    ],
)
def test_a_broken_line_costs_its_parcel_only_and_names_the_line(tmp_path, bad, row):
    broken = parcel("P1", corners()).splitlines()
    broken[2] = bad
    found = read(tmp_path, HEAD + "\n".join(broken) + "\n" + parcel("P2", corners(200)))
    assert found.table["parcel_id"].tolist() == ["P2"]
    assert found.rejects["source_row"].tolist() == [row]
    assert found.rejects["source"].tolist() == ["界址点.txt"]
    assert "J1,1,3503000.000" in shown(found.rejects["fix"][0]) or "check" in shown(found.rejects["fix"][0])
    assert '"地块编号": "P1"' in found.rejects["record"][0]
    assert found.sources["rows_read"].tolist() == [2]


@pytest.mark.parametrize(
    "text",
    [
        "J1,1,3503000.000,40571000.000\n",
        "5,1,@\n",
        parcel("P9", corners()).replace("面", "线"),
        parcel("P9", ""),
    ],
)
def test_a_parcel_that_is_none_is_a_row_of_the_rejects(tmp_path, text):
    found = read(tmp_path, HEAD + text + parcel("P1", corners()))
    assert found.table["parcel_id"].tolist() == ["P1"]
    assert len(found.rejects) == 1


def test_a_file_without_a_parcel_says_what_one_looks_like(tmp_path):
    with pytest.raises(FileError, match="a parcel is a line that ends in ,@"):
        read(tmp_path, HEAD)


def test_shift_parameters_are_told_and_not_applied(tmp_path):
    text = HEAD + parcel("P1", corners())
    assert codes(read(tmp_path, text.replace("=0,0,0,0,0,0,0", "=12.5,0,0,0,0,0,0"))) == {"points_shift"}
    assert codes(read(tmp_path, text.replace("=0,0,0,0,0,0,0", "=,,,,,,"))) == set()
    assert codes(read(tmp_path, text.replace("精度=0.001", "精度=1").replace("00.000", "00.125"))) == {
        "points_digits"
    }


def test_another_text_file_is_no_file_of_points(tmp_path):
    (tmp_path / "a.txt").write_text("图斑编号,面积(亩)\nA,1\n", encoding="utf-8")
    assert not is_points(tmp_path / "a.txt")


def _shape(holes: list[int], parts: int, x: float, y: float) -> shapely.Geometry:
    """Squares of 0.001° side by side, the first with a hole in each of the places named."""

    def box(a: float, b: float, size: float) -> shapely.Polygon:
        return shapely.box(120.7 + a, 31.6 + b, 120.7 + a + size, 31.6 + b + size)

    first = box(x, y, 0.001)
    for place in holes:
        first = first.difference(box(x + 1e-4 + 3e-4 * (place % 3), y + 1e-4 + 3e-4 * (place // 3), 1.7e-4))
    return shapely.MultiPolygon([first, *(box(x + 0.002 * at, y, 0.0007) for at in range(1, parts))])


SHAPES = st.builds(
    _shape,
    st.lists(st.integers(0, 8), max_size=4, unique=True),
    st.integers(1, 4),
    st.floats(-0.3, 0.3),
    st.floats(-0.3, 0.3),
)


@settings(max_examples=25, deadline=None)
@given(st.lists(SHAPES, min_size=1, max_size=4), st.integers(2, 5))
def test_round_trip_is_exact_to_the_written_digits(tmp_path_factory, shapes, decimals):
    folder = tmp_path_factory.mktemp("points")
    names = [f"P{at}" for at in range(len(shapes))]
    first = gpd.GeoDataFrame({"parcel_id": names, "name": "甲,乙"}, geometry=shapes, crs="EPSG:4490")
    write(first, folder / "a.txt", decimals=decimals)
    again = read_file(folder / "a.txt", Options(kind="parcels", layer="a"))
    assert not len(again.rejects)
    assert again.table["name"].tolist() == ["甲，乙"] * len(shapes)
    write(again.table, folder / "b.txt", decimals=decimals)
    assert (folder / "b.txt").read_bytes() == (folder / "a.txt").read_bytes()
    near = 0.8 * 10.0**-decimals
    pairs = zip(again.table.to_crs(4528).geometry, first.to_crs(4528).geometry, strict=True)
    assert all(shapely.hausdorff_distance(one, other) < near for one, other in pairs)


def test_the_bytes_are_those_of_the_form(tmp_path):
    square = gpd.GeoDataFrame(
        {"parcel_id": ["1"], "name": ["地块一"], "land_use_after": ["工业用地"], "地类编码": ["0601"]},
        geometry=[shapely.box(EAST, NORTH, EAST + 100, NORTH + 66.667, ccw=False)], crs="EPSG:4528",
    ).to_crs(4490)  # fmt: skip
    write(square, tmp_path / "a.txt", producer="示例")
    lines = (tmp_path / "a.txt").read_bytes().decode("gb18030").split("\r\n")
    assert lines[0] == "[属性描述]"
    assert "带号=40" in lines
    assert "精度=0.001" in lines
    assert lines[11:] == [
        "[地块坐标]", "5,0.6667,1,地块一,面,,工业用地,0601,@",
        "J1,1,3503000.000,40571000.000", "J2,1,3503066.667,40571000.000", "J3,1,3503066.667,40571100.000",
        "J4,1,3503000.000,40571100.000", "J1,1,3503000.000,40571000.000", "",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("shapes", "says"),
    [
        ([shapely.box(117, 31, 117.01, 31.01), shapely.box(123, 31, 123.01, 31.01)], "several zones"),
        ([shapely.box(120.7, 31, 120.70000000001, 31.00000000001)], "a ring vanishes at 3 decimals"),
        ([shapely.box(120.7, 31, 120.71, 31.01), None], "row 2: a row has no polygon to write"),
    ],
)
def test_what_the_form_cannot_hold_is_not_written(tmp_path, shapes, says):
    with pytest.raises(UsageError, match=says):
        write(gpd.GeoDataFrame(geometry=shapes, crs="EPSG:4490"), tmp_path / "a.txt")
    assert not (tmp_path / "a.txt").exists()
