"""Files as county offices really send them: layouts, heads, units, dates and names of files."""

import datetime as dt

import geopandas as gpd
import openpyxl
import pandas as pd
import pytest
from shapely.geometry import box

from gis.base.errors import GisError, Question
from gis.ingest import Options, guess_kind, read_file
from gis.ingest.angles import degrees
from gis.ingest.moments import moment
from gis.ingest.values import number
from tests.ingest.accounts import adds_up

DAY = "%Y-%m-%d"
HEADS = ["断面名称", "采样日期", "氨氮", "总磷"]


def book(path, rows, merged=(), sheet="S"):
    file = openpyxl.Workbook()
    file.active.title = sheet
    for row in rows:
        file.active.append(row)
    for area in merged:
        file.active.merge_cells(area)
    file.save(path)
    return path


def read(path, kind="samples", **more):
    found = read_file(path, Options(kind=kind, layer="x", **more))
    assert adds_up(found)
    return found


def codes(found):
    return set(found.findings["code"])


def values(found, *names):
    return found.table[list(names)].to_numpy().tolist()


def test_a_second_table_below_with_other_heads_is_read_by_its_own_heads(tmp_path):
    rows = [HEADS, ["甲", "2021-01-05", 0.3, 0.1], [None] * 4,
            ["断面名称", "采样日期", "总磷", "氨氮"], ["甲", "2021-02-05", 0.1, 0.6]]  # fmt: skip
    found = read(book(tmp_path / "a.xlsx", rows))
    assert values(found, "nh3n", "tp", "source_row") == [[0.3, 0.1, 2], [0.6, 0.1, 5]]


def test_a_second_table_below_is_dated_by_its_own_title(tmp_path):
    rows = [["2021年1月水质", None], ["断面名称", "氨氮"], ["甲", 0.3],
            ["注：无", None], ["2021年2月水质", None], ["断面名称", "氨氮"], ["甲", 0.6]]  # fmt: skip
    found = read(book(tmp_path / "a.xlsx", rows, ["A1:B1", "A5:B5"]))
    assert found.table["sampled_at"].dt.strftime(DAY).tolist() == ["2021-01-01", "2021-02-01"]
    assert values(found, "nh3n") == [[0.3], [0.6]]
    assert not len(found.superseded)


def test_heads_printed_again_on_each_page_stay_one_table(tmp_path):
    rows = [HEADS, ["甲", "2021-01-05", 0.3, 0.1], HEADS, ["乙", "2021-01-05", 0.6, 0.1]]
    found = read(book(tmp_path / "a.xlsx", rows))
    assert found.sources["rows_kept"].tolist() == [2]
    assert found.rejects["source_row"].tolist() == [3]


def test_tables_side_by_side_are_put_below_each_other(tmp_path):
    rows = [[*HEADS[:3], None, *HEADS[:3]], ["甲", "2021-01-05", 0.3, None, "乙", "2021-01-05", 0.2]]
    found = read(book(tmp_path / "a.xlsx", rows))
    assert values(found, "section", "nh3n", "source_row") == [["甲", 0.3, 2], ["乙", 0.2, 2]]
    assert "tables_side_by_side" in codes(found)


def test_a_head_that_stands_twice_is_told(tmp_path):
    path = book(tmp_path / "a.xlsx", [[*HEADS[:3], "氨氮"], ["甲", "2021-01-05", 0.3, 0.4]])
    with pytest.raises(Question, match="differ"):
        read(path)
    same = read(book(tmp_path / "b.xlsx", [[*HEADS[:3], "氨氮"], ["甲", "2021-01-05", 0.3, 0.3]]))
    assert values(same, "nh3n") == [[0.3]]
    assert {"heads_repeated", "columns_unused"} <= codes(same)


def test_a_table_with_indicators_as_rows_is_turned(tmp_path):
    rows = [["2021年3月监测结果", None, None, None], ["项目", "单位", "甲", "乙"],
            ["采样日期", None, "3月5日", "3月6日"],
            ["氨氮", "mg/L", 0.3, "<0.025"], ["铅", "μg/L", 5, 6], ["总磷", "mg/L", 0.1, 0.2]]  # fmt: skip
    path = book(tmp_path / "a.xlsx", rows, ["A1:D1"])
    assert guess_kind(path) == "samples"
    found = read(path)
    assert values(found, "section", "nh3n", "lead", "tp") == [
        ["甲", 0.3, 0.005, 0.1], ["乙", 0.0125, 0.006, 0.2],
    ]  # fmt: skip
    assert found.table["sampled_at"].dt.strftime(DAY).tolist() == ["2021-03-05", "2021-03-06"]
    assert "layout" in codes(found)


def test_a_long_table_gives_one_record_for_each_section_and_time(tmp_path):
    lines = [["甲", "2021-03-05", "氨氮", 0.3, "mg/L", None], ["甲", "2021-03-05", "铅", 5, "μg/L", None],
             ["乙", "2021-03-05", "氨氮", "未检出", "mg/L", 0.025], ["乙", "2021-03-05", "铅", 6, "μg/L", None],
             ["乙", "2021-03-05", "铅", 7, "μg/L", None], ["丙", "2021-03-05", "铅", None, "μg/L", None]]  # fmt: skip
    rows = [["断面名称", "采样日期", "监测项目", "监测结果", "单位", "检出限"], *lines]
    found = read(book(tmp_path / "a.xlsx", rows))
    table = found.table.set_index("section")
    assert table["nh3n"].dropna().to_dict() == {"甲": 0.3, "乙": 0.0125}
    assert table["lead"].dropna().to_dict() == {"甲": 0.005, "乙": 0.007}
    assert found.rejects["source_row"].tolist() == [5]
    assert table.loc["丙", "source_row"] == 7


def test_a_long_table_that_begins_with_the_indicator_is_not_turned(tmp_path):
    rows = [
        ["项目", "断面", "日期", "结果"],
        *([name, "甲", "2021-03-05", 1] for name in ("氨氮", "总磷", "铅", "铜")),
    ]
    found = read(book(tmp_path / "a.xlsx", rows))
    assert values(found, "section", "nh3n", "copper") == [["甲", 1.0, 1.0]]


def test_names_of_indicators_in_cells_are_no_heads(tmp_path):
    rows = [["断面", "日期", "氨氮", "总磷", "超标因子1", "超标因子2"],
            ["甲", dt.date(2021, 3, 5), 3, 1, "氨氮", "总磷"],
            ["乙", "2021-03-06", None, None, "氨氮", "总磷"]]  # fmt: skip
    found = read(book(tmp_path / "a.xlsx", rows))
    assert found.table["section"].tolist() == ["甲", "乙"]
    assert not len(found.rejects)


def test_a_table_without_a_measured_column_is_refused(tmp_path):
    path = book(tmp_path / "a.xlsx", [["断面名称", "采样日期", "1时", "2时"], ["甲", "2021-03-05", 1, 2]])
    with pytest.raises(GisError, match="something measured"):
        read(path)


@pytest.mark.parametrize(
    ("head", "column", "cell", "value"),
    [
        ("总磷（以P计）mg/L", "tp", 0.08, 0.08),
        ("铜μg/L", "copper", 5, 0.005),
        ("氨氮（以N计）", "nh3n", 0.3, 0.3),
        ("ｐＨ值（无量纲）", "ph", 7.5, 7.5),
        ("铬(六价)(mg/L)", "chromium6", "0.004L", 0.002),
        ("粪大肠菌群（个/L）", "fecal_coliform", "1.1×10⁴", 11000.0),
    ],
)
def test_heads_with_units_in_every_place(tmp_path, head, column, cell, value):
    found = read(book(tmp_path / "a.xlsx", [["断面", "日期", head], ["甲", dt.date(2021, 3, 5), cell]]))
    assert values(found, column) == [[pytest.approx(value)]]


@pytest.mark.parametrize("cell", ["0.3①", "0.3²", "0.3(1)", "5₂"])
def test_a_footnote_never_becomes_a_digit(cell):
    assert number(cell).mark == "suspect"


@pytest.mark.parametrize(
    ("cell", "time"),
    [
        ("2021-01-05T00:00:00Z", dt.datetime(2021, 1, 5, 8)),  # noqa: DTZ001
        ("2021-01-05T08:00:00+08:00", dt.datetime(2021, 1, 5, 8)),  # noqa: DTZ001
        ("2021-01-05 08时", dt.datetime(2021, 1, 5, 8)),  # noqa: DTZ001
        (2021.1, None),
        (1.1, None),
        (2021.11, dt.datetime(2021, 11, 1)),  # noqa: DTZ001
    ],
)
def test_offsets_count_and_a_number_that_lost_its_zero_is_no_date(cell, time):
    assert moment(cell, dt.date(2021, 1, 1), 1) == time


def test_year_month_and_day_in_columns_of_their_own(tmp_path):
    rows = [["断面", "年", "月", "日", "氨氮"], ["甲", 2021, 3, 5, 0.3], ["乙", 2021, "12月", None, 0.3]]
    found = read(book(tmp_path / "a.xlsx", rows))
    assert found.table["sampled_at"].dt.strftime(DAY).tolist() == ["2021-03-05"]
    assert found.rejects["source_row"].tolist() == [3]


def test_a_column_of_months_takes_the_year_of_the_name(tmp_path):
    rows = [["断面", "月份", "氨氮"], ["甲", 1, 0.3], ["甲", "10月", 0.4], ["甲", "2020年4月", 0.4]]
    found = read(book(tmp_path / "水质2021.xlsx", rows))
    assert found.table["sampled_at"].dt.strftime(DAY).tolist() == ["2021-01-01", "2021-10-01", "2020-04-01"]


def test_a_class_in_the_second_column_costs_no_row_but_a_row_of_limits_is_none(tmp_path):
    rows = [["断面名称", "水质类别", "氨氮"], ["甲", "Ⅱ类", 0.3], ["执行标准", "Ⅲ类", 1.0], ["方法检出限", None, 0.025],
            ["1-3月均值", None, 0.2], ["是否达标", None, 1]]  # fmt: skip
    found = read(book(tmp_path / "2021年1月.xlsx", rows))
    assert values(found, "section", "published_class") == [["甲", 2]]
    assert found.rejects["source_row"].tolist() == [3, 4, 5, 6]


def test_a_mean_named_in_the_third_column_is_no_record(tmp_path):
    rows = [["序号", "河流", "断面", "氨氮"], [1, "望虞河", "甲", 0.3], [None, "望虞河", "均值", 0.3]]
    path = book(tmp_path / "2021年1月.xlsx", rows)
    assert guess_kind(path) == "samples"
    assert values(read(path), "section") == [["甲"]]


def test_verticals_of_one_section_and_time_are_all_kept(tmp_path):
    rows = [
        ["断面", "垂线", "日期", "氨氮"],
        ["甲", "左", "2021-01-05", 0.3],
        ["甲", "右", "2021-01-05", 0.5],
    ]
    assert values(read(book(tmp_path / "a.xlsx", rows)), "nh3n") == [[0.3], [0.5]]


def test_a_sheet_of_one_section_is_named_by_sheet_and_title(tmp_path):
    rows = [["甲港桥2021年监测数据", None], ["采样日期", "氨氮"], ["1月5日", 0.3]]
    path = book(tmp_path / "a.xlsx", rows, sheet="甲港桥")
    assert guess_kind(path) == "samples"
    assert values(read(path), "section") == [["甲港桥"]]
    with pytest.raises(GisError, match="section"):
        read(book(tmp_path / "b.xlsx", rows, sheet="汇总"))


def test_formulas_without_a_saved_result_are_told(tmp_path):
    found = read(book(tmp_path / "a.xlsx", [HEADS, ["甲", "2021-01-05", "=0.1+0.2", 0.1]]))
    assert found.table["nh3n"].isna().tolist() == [True]
    (message,) = found.findings.loc[found.findings["code"] == "formula_without_value", "message"]
    assert "(C2)" in message


def test_a_sheet_formatted_far_beyond_its_table_is_read_at_once(tmp_path):
    path = book(tmp_path / "a.xlsx", [HEADS, ["甲", "2021-01-05", 0.3, 0.1]])
    file = openpyxl.load_workbook(path)
    file.active["XFD20000"] = " "
    file.save(path)
    assert read(path).sources["rows_read"].tolist() == [1]


def test_a_file_is_what_its_bytes_say(tmp_path):
    book(tmp_path / "a.xlsx", [HEADS, ["甲", "2021-01-05", 0.3, 0.1]]).rename(tmp_path / "a.xls")
    (tmp_path / "b.xls").write_bytes("断面名称\t采样日期\t氨氮\n甲\t2021-01-05\t0.3\n".encode("gbk"))
    for name in ("a.xls", "b.xls"):
        found = read(tmp_path / name)
        assert values(found, "nh3n") == [[0.3]]
        assert "name_differs" in codes(found)


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("a.xls", b"<html><table></table></html>", "web page"),
        ("a.xlsx", b"", "empty"),
        ("a.csv", b"\n", "no text"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), "password"),
        ("a.xlsx", b"PK\x03\x04garbage", "cannot be read"),
        ("a.ods", b"x", "not read here"),
    ],
)
def test_what_cannot_be_read_says_why(tmp_path, name, data, says):
    (tmp_path / name).write_bytes(data)
    with pytest.raises(GisError, match=says) as error:
        guess_kind(tmp_path / name)
    assert error.value.fix


def test_a_unit_in_the_title_counts_for_heads_without_one(tmp_path):
    rows = [
        ["2020年税收情况（单位：万元、亩）", None, None],
        ["企业名称", "入库税收", "自有面积"],
        ["甲", "1,234.5", 30],
    ]
    found = read(book(tmp_path / "a.xlsx", rows, ["A1:C1"]), "tax")
    assert values(found, "year", "tax_yuan", "land_own_mu") == [[2020, 12_345_000.0, 30.0]]
    assert "unit_from_title" in codes(found)


def test_air_tables_of_offices(tmp_path):
    rows = [["监测点位", "日期", "PM₂.₅", "CO", "O₃-8h", "细颗粒"], ["甲", "2021-01-01", 35, 800, 90, 1],
            ["甲", "2021-01-02", 999, 900, "—", 1], ["甲", "2021-01-03", -99, 700, 91, 1]]  # fmt: skip
    path = book(tmp_path / "a.xlsx", rows)
    assert guess_kind(path) == "air_days"
    found = read(path, "air_days")
    assert found.table["pm25"].dropna().tolist() == [35.0]
    assert found.table["co"].tolist() == [0.8, 0.9, 0.7]
    assert {"unit_by_size", "suspect_cells", "columns_unused"} <= codes(found)


def test_words_of_section_lists(tmp_path):
    rows = [
        ["断面名称", "断面性质", "水质目标"],
        ["甲", "国控/省考", "Ⅲ类水"],
        ["乙", "市控", "三类"],
        ["丙", "省考", 3],
    ]
    found = read(book(tmp_path / "a.xlsx", rows), "sections")
    assert values(found, "level", "target_class") == [["national", 3], ["municipal", 3], ["provincial", 3]]


def parcels(crs):
    shapes = [box(40565000, 3500000, 40565100, 3500100)]
    return gpd.GeoDataFrame({"图斑编号": ["A"], "面积亩": [15.0]}, geometry=shapes, crs=4528).to_crs(crs)


def test_a_column_of_wkt_is_the_geometry(tmp_path):
    for crs, name in ((4490, "a.csv"), (4528, "b.csv")):
        frame = parcels(crs)
        text = frame.assign(WKT=frame.geometry.to_wkt()).drop(columns="geometry")
        pd.DataFrame(text).to_csv(tmp_path / name, index=False, encoding="gbk")
    degrees_ = read(tmp_path / "a.csv", "parcels")
    assert degrees_.table.geometry.iloc[0].centroid.x == pytest.approx(120.6856, abs=1e-3)
    assert {"shapes_from_text", "crs_assumed"} <= codes(degrees_)
    assert values(degrees_, "area_declared_mu") == [[15.0]]
    assert "zone_by_prefix" in codes(read(tmp_path / "b.csv", "parcels"))
    metres = read(tmp_path / "b.csv", "parcels", crs="EPSG:4528")
    assert metres.table.geometry.iloc[0].equals_exact(degrees_.table.geometry.iloc[0], 1e-6)


def test_coordinates_in_metres_and_in_degrees_minutes_and_seconds(tmp_path):
    rows = [["排污口编码", "X坐标", "Y坐标"], ["P", 40565050, 3500050]]
    path = book(tmp_path / "a.xlsx", rows)
    assert "zone_by_prefix" in codes(read(path, "outfalls"))
    assert read(path, "outfalls", crs="EPSG:4528").table.geometry.x.iloc[0] == pytest.approx(
        120.6856, abs=1e-3
    )
    assert degrees("东经120度42分36秒") == pytest.approx(120.71)
    assert pd.isna(degrees("120°60′00″"))
