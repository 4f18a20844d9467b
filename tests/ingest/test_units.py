"""The unit of a column: where offices write it, what shows it, and what is asked."""

import datetime as dt

import geopandas as gpd
import openpyxl
import pytest
from shapely.geometry import box

from gis.base.errors import ColumnError, Question
from gis.base.messages import shown
from gis.catalogue.model import Answer
from gis.ingest import Options, read_file
from gis.ingest.heads import take_apart
from gis.ingest.measures import factor, is_unit

SIZES = ((100, 100), (80, 100), (60, 100), (50, 40))
AIR = ["日期", "站点名称", "PM2.5", "PM10", "SO2", "NO2", "CO", "O3-8h"]


def book(folder, *rows):
    file = openpyxl.Workbook()
    for row in rows:
        file.active.append(row)
    file.save(folder / "表.xlsx")
    return folder / "表.xlsx"


def layer(folder, head, values, name="地块.gpkg"):
    shapes = [
        box(40567000 + i * 300, 3510000, 40567000 + i * 300 + w, 3510000 + h)
        for i, (w, h) in enumerate(SIZES)
    ]
    listed = values if isinstance(values, list) else [round(one.area * values, 4) for one in shapes]
    frame = gpd.GeoDataFrame({"编号": list("ABCD"), head: listed}, geometry=shapes, crs=4528)
    frame.to_file(folder / name)
    return folder / name


def read(path, kind="parcels", **more):
    return read_file(path, Options(kind=kind, layer="x", **more))


def declared(found):
    return found.table["area_declared_mu"].round(2).tolist()


def codes(found):
    return set(found.findings["code"])


@pytest.mark.parametrize(
    ("text", "into", "times"),
    [
        ("mg·L-1", "mg/L", 1),
        ("mg·L⁻¹", "mg/L", 1),
        ("毫克每升", "mg/L", 1),
        ("ppb", "mg/L", 0.001),
        ("μg/m?", "µg/m³", 1),
        ("?g/m?", "µg/m³", 1),
        ("微克/立方米", "µg/m³", 1),
        ("μg·m-3", "µg/m³", 1),
        ("㎡", "亩", 0.0015),
        ("m?", "亩", 0.0015),
        ("万元", "元", 10_000),
        ("ppb", "µg/m³", None),
        ("%", "mg/L", None),
    ],
)
def test_spellings_of_units(text, into, times):
    assert factor(text, into) == (None if times is None else pytest.approx(times))
    assert is_unit(text)


@pytest.mark.parametrize(
    "head",
    [
        "总磷（以P计，mg/L）", "总磷(以P计)(mg/L)", "总磷 mg/L", "总磷mg/L", "总磷/(mg·L-1)", "总磷,mg/L",
        "ρ(总磷)/(mg·L-1)",
        "总磷（单位：mg/L）", "总磷(mg/L,以P计)", "总磷_mg/L", "总磷[mg/l]", "总磷(mg L⁻¹)",
    ],
)  # fmt: skip
def test_a_unit_in_a_head_is_found_and_the_name_is_left(head):
    apart = take_apart(head)
    assert factor(apart.unit, "mg/L") == 1
    assert "总磷" in apart.keys


@pytest.mark.parametrize(
    ("head", "per_m2"), [("面积", 1.0), ("面积", 0.0015), ("MJ", 1e-4), ("面积", 0.00162)]
)
def test_the_ground_shows_the_unit_that_no_head_states(tmp_path, head, per_m2):
    found = read(layer(tmp_path, head, per_m2))
    about = {1.0: 1.0, 0.0015: 1.0, 1e-4: 1.0, 0.00162: 1.08}[per_m2]
    assert found.table["area_declared_mu"].tolist() == pytest.approx(
        [about * mu for mu in (15, 12, 9, 3)], rel=1e-3
    )
    assert "unit_by_ground" in codes(found)


@pytest.mark.parametrize("head", ["面积(平方米)", "面积（平方米）", "申报面积(平方米)", "用地面积(㎡)"])
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_unit_lost_with_the_end_of_a_head_is_found_again(tmp_path, head, encoding):
    path = layer(tmp_path, "面积", 1.0)
    frame = gpd.read_file(path).rename(columns={"面积": head})
    with pytest.warns(RuntimeWarning):
        frame.to_file(tmp_path / "a.shp", encoding=encoding)
    assert declared(read(tmp_path / "a.shp")) == [15.0, 12.0, 9.0, 3.0]


def test_one_row_typed_in_another_unit_does_not_hide_the_unit_of_the_others(tmp_path):
    assert declared(read(layer(tmp_path, "面积", [15.0, 12.0, 9.0, 2000.0]))) == [15, 12, 9, 2000]


def test_a_column_of_mixed_units_stops(tmp_path):
    with pytest.raises(ColumnError, match="mixes units"):
        read(layer(tmp_path, "面积", [15.0, 12.0, 6000.0, 2000.0]))


@pytest.mark.parametrize(("head", "per_m2"), [("面积(亩)", 1.0), ("面积_ha", 0.0015), ("TBMJ", 0.0015)])
def test_a_unit_that_the_whole_ground_contradicts_is_asked_about(tmp_path, head, per_m2):
    path = layer(tmp_path, head, per_m2)
    with pytest.raises(Question) as asked:
        read(path)
    assert asked.value.key == f"unit:{head}"
    first = asked.value.choices[0]
    assert "15 亩" in " ".join(first.examples)
    answer = Answer(value=first.value, layout=None, date=dt.date(2026, 1, 1), by="甲")
    assert declared(read(path, answers={asked.value.key: answer})) == [15.0, 12.0, 9.0, 3.0]


def test_an_official_name_has_its_unit(tmp_path):
    found = read(book(tmp_path, ["BSM", "DLBM", "TBMJ"], ["1", "0601", 10_000.0]))
    assert declared(found) == [15.0]
    assert "unit_official" in codes(found)


@pytest.mark.parametrize(
    ("rows", "mu"),
    [
        ([["更新台账", "", "单位：公顷"], ["图斑编号", "面积", "验收日期"], ["1", 2, "2024-03-05"]], 30),
        ([["台账（面积单位：公顷）"], ["图斑编号", "面积", "验收日期"], ["1", 2, "2024-03-05"]], 30),
        ([["图斑编号", "面积", "验收日期"], ["", "公顷", ""], ["1", 2, "2024-03-05"]], 30),
        ([["图斑编号", "面积", "验收日期"], ["1", 2000, "2024-03-05"], ["注：面积单位为平方米"]], 3),
        ([["图斑编号", "面积", "单位"], ["1", 2, "公顷"]], 30),
        ([["图斑编号", "面积", "验收日期"], ["1", 20_010, "2024-03-05"]], 30.02),
    ],
)
def test_where_a_table_without_shapes_states_its_unit(tmp_path, rows, mu):
    assert declared(read(book(tmp_path, *rows))) == [pytest.approx(mu)]


def test_a_column_of_units_counts_row_by_row_and_a_blank_among_several_is_no_number(tmp_path):
    rows = [["1", 1, "亩"], ["2", 1, "公顷"], ["3", 1000, "平方米"], ["4", 1, None]]
    found = read(book(tmp_path, ["图斑编号", "面积", "单位"], *rows))
    assert found.table["area_declared_mu"].tolist()[:3] == pytest.approx([1, 15, 1.5])
    assert found.table["area_declared_mu"].isna().tolist() == [False, False, False, True]


def test_an_area_that_nothing_tells_is_asked_about_and_the_flag_answers(tmp_path):
    path = book(tmp_path, ["图斑编号", "面积", "单位"], ["1", 10.5, "某公司"])
    with pytest.raises(Question) as asked:
        read(path)
    assert "--column area_declared_mu=面积[m2]" in str(asked.value)
    assert declared(read(path, columns={"area_declared_mu": ("面积[公顷]", None)})) == [157.5]


def test_an_area_is_in_the_unit_of_the_others_of_its_table_where_it_is_as_large(tmp_path):
    path = book(tmp_path, ["图斑编号", "申报面积(亩)", "验收面积"], ["1", 10.5, 9])
    assert read(path).table["accepted_area_mu"].tolist() == [9]
    with pytest.raises(Question):
        read(book(tmp_path, ["图斑编号", "申报面积(亩)", "验收面积"], ["1", 10.5, 7000]))


@pytest.mark.parametrize(
    ("head", "values", "yuan"),
    [("税收(万元)", [1.5], [15_000]), ("税收", [12_345_678, 2_345_678], [12_345_678, 2_345_678])],
)
def test_money_in_its_unit(tmp_path, head, values, yuan):
    rows = [[f"企{i}", 2024, value] for i, value in enumerate(values)]
    assert read(book(tmp_path, ["企业名称", "年度", head], *rows), "tax").table["tax_yuan"].tolist() == yuan


def test_money_that_could_be_either_is_asked_about(tmp_path):
    with pytest.raises(Question, match="yuan or 10,000 yuan"):
        read(book(tmp_path, ["企业名称", "年度", "税收"], ["甲", 2024, 123.45]), "tax")


@pytest.mark.parametrize(
    ("heads", "row"),
    [
        (AIR, [0.084, 0.152, 0.016, 0.077, 0.6, 0.144]),
        (AIR, [84, 152, 16, 77, 600, 144]),
        ([*AIR[:2], *(f"{one}(μg/m³)" for one in AIR[2:])], [84, 152, 16, 77, 0.6, 144]),
        ([*AIR[:2], *(f"{one}(mg/m³)" for one in AIR[2:])], [84, 152, 16, 77, 0.6, 144]),
    ],
)
def test_air_in_the_only_unit_that_is_possible_and_it_is_said(tmp_path, heads, row):
    found = read(book(tmp_path, heads, ["2025-06-01", "甲", *row]), "air_days")
    columns = ["pm25", "pm10", "so2", "no2", "co", "o3_8h"]
    assert found.table[columns].iloc[0].tolist() == pytest.approx([84, 152, 16, 77, 0.6, 144])
    assert "unit_by_size" in codes(found)


def test_clean_air_keeps_the_unit_of_its_head(tmp_path):
    heads = ["日期", "站点名称", "PM2.5(μg/m³)", "SO2(μg/m³)"]
    assert read(book(tmp_path, heads, ["2025-06-01", "甲", 8, 0.7]), "air_days").table["so2"].tolist() == [
        0.7
    ]


@pytest.mark.parametrize(("head", "value"), [("氨氮", 350), ("砷", 1.2)])
def test_water_far_above_all_classes_under_a_head_without_unit_is_asked_about(tmp_path, head, value):
    with pytest.raises(Question, match="implausible"):
        read(book(tmp_path, ["断面名称", "采样日期", head], ["甲", "2025-06-01", value]), "samples")


@pytest.mark.parametrize("head", ["溶解氧(%)", "DO%", "溶解氧"])
def test_oxygen_in_percent_is_asked_about_and_then_rates_nothing(tmp_path, head):
    path = book(tmp_path, ["断面名称", "采样日期", head, "氨氮"], ["甲", "2025-06-01", 88, 0.3])
    with pytest.raises(Question) as asked:
        read(path, "samples")
    answer = Answer(value="skip", layout=None, date=dt.date(2026, 1, 1), by="甲")
    found = read(path, "samples", answers={asked.value.key: answer})
    assert found.table["dissolved_oxygen"].isna().all()
    assert "unit_not_read" in codes(found)


def test_oxygen_in_mg_goes_before_oxygen_in_percent(tmp_path):
    heads = ["断面名称", "采样日期", "溶解氧(%)", "溶解氧(mg/L)"]
    found = read(book(tmp_path, heads, ["甲", "2025-06-01", 88, 7.2]), "samples")
    assert found.table["dissolved_oxygen"].tolist() == [7.2]


def test_an_indicator_in_two_units_of_a_long_table_is_one_column(tmp_path):
    rows = [["甲", "氨氮", 0.5, "mg/L"], ["乙", "氨氮", 500, "μg/L"]]
    path = book(
        tmp_path,
        ["断面名称", "监测项目", "结果", "单位", "采样日期"],
        *([*row, "2025-06-01"] for row in rows),
    )
    found = read(path, "samples")
    assert sorted(found.table["nh3n"]) == [0.5, 0.5]
    assert "分列在几个单位下" in " ".join(shown(text, "zh") for text in found.findings["message"])
