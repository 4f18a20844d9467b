"""Words, signs and names in ordinary files that change a number in silence, or once did."""

import datetime as dt
from pathlib import Path

import geopandas as gpd
import openpyxl
import pytest
from pyproj import CRS

from gis.water.doubtful_names import is_near
from tests.ordinary.making import PLOTS, parcels, shapes, sheet, text
from tests.ordinary.water_files import HEADS, RECORDS, WITH_UNIT, register

MAY = dt.date(2021, 5, 10)


def test_phosphate_and_a_species_in_the_bracket_of_the_unit_are_no_phosphorus(run, tmp_path):
    rows = [["断面名称", "采样日期", "溶解氧(mg/L)", "总磷(以PO4计，mg/L)"], ["虞河桥", MAY, 8, 0.6]]
    _, said, made = run(
        "water", "classify", sheet(tmp_path / "采样.xlsx", rows), "--sections", register(tmp_path)
    )
    assert made["water_class"].tolist() == [1]
    assert "总磷(以PO4计，mg/L)" in said.split("took")[0]


def test_a_comma_that_may_be_a_decimal_one_is_asked_about_once_a_file(run, tmp_path):
    lines = ["断面名称;采样日期;溶解氧(mg/L);氨氮(mg/L);总磷(mg/L)", "虞河桥;2021-05-08;8,2;1,4;0,08"]
    file = tmp_path / "采样.csv"
    file.write_text("\n".join(lines), encoding="utf-8")
    code, said, _ = run("water", "classify", file, "--sections", register(tmp_path))
    assert code == 2
    assert "comma=decimal" in said
    _, _, made = run("water", "classify", file, "--sections", register(tmp_path), "--answer", "comma=decimal")
    assert made["water_class"].tolist() == [4]


@pytest.mark.parametrize("word", ["撤销验收", "退库", "取消"])
def test_an_acceptance_that_is_taken_back_does_not_count(run, tmp_path, word):
    rows = [["图斑编号", "事项", "日期", "面积(亩)"], ["CS-1", "验收", "2021-03-01", 15],
            ["CS-1", word, "2021-06-01", 15]]  # fmt: skip
    parcels = text(
        tmp_path / "地块.csv",
        [["图斑编号", "面积(亩)", "乡镇"], ["CS-1", 15, "梅李镇"], ["CS-2", 5, "梅李镇"]],
    )
    _, said, made = run("land", "ledger", parcels, "--events", text(tmp_path / "台账.csv", rows))
    assert made["counted_mu"].fillna(0).sum() == 0, said


def test_a_row_that_could_not_be_used_stands_first_and_strict_fails(run, tmp_path):
    rows = [["断面名称", "采样日期", *WITH_UNIT], ["虞河桥", MAY, *RECORDS["虞河桥"][:4]],
            ["虞河桥", "不明", *RECORDS["虞河桥"][:4]]]  # fmt: skip
    words = ("water", "classify", text(tmp_path / "采样.csv", rows), "--sections", register(tmp_path))
    code, said, _ = run(*words)
    assert code == 0
    assert "1 rows quarantined" in said.split("records")[0]
    assert run(*words, "--strict")[0] == 1


def test_the_folder_in_which_one_stands_tells_no_date(run, tmp_path, monkeypatch):
    folder = tmp_path / "2019年"
    folder.mkdir()
    rows = [["断面名称", "采样日期", *WITH_UNIT], ["虞河桥", MAY, *RECORDS["虞河桥"][:4]]]
    text(folder / "采样.csv", rows)
    listed = register(folder)
    monkeypatch.chdir(folder)
    _, said, made = run("water", "classify", Path("采样.csv"), "--sections", Path(listed.name))
    assert "2019" not in said
    assert len(made) == 1


def test_two_signs_alike_are_a_slip_and_the_water_before_the_name_is_a_spelling():
    assert is_near("张桥", "张乔")
    assert is_near("张桥", "某塘张桥")
    assert not is_near("张桥", "李桥")


@pytest.mark.parametrize("head", ["采样点", "监测点位", "测点"])
def test_points_across_a_river_are_one_sample_and_not_editions_of_it(run, tmp_path, head):
    rows = [["断面名称", head, "采样日期", *WITH_UNIT]]
    rows += [
        ["虞河桥", point, MAY, 8, 3, value, 0.1] for point, value in (("左", 0.5), ("中", 1.0), ("右", 2.4))
    ]
    _, said, made = run(
        "water", "assess", sheet(tmp_path / "采样.xlsx", rows), "--sections", register(tmp_path)
    )
    assert made.loc[made["period"] == "2021M05", "nh3n"].dropna().tolist() == pytest.approx([1.3]), said


@pytest.mark.parametrize("word", ["全程序空白", "W3-加标样", "质控样", "标样1"])
def test_blanks_and_reference_samples_are_of_no_water(run, tmp_path, word):
    rows = [["断面名称", "样品编号", "采样日期", *WITH_UNIT], ["虞河桥", "W1", MAY, 8, 3, 0.9, 0.1],
            ["虞河桥", "W1平行", MAY, 8, 3, 1.3, 0.1], ["虞河桥", word, MAY, 0, 0, 0.01, 0]]  # fmt: skip
    _, said, made = run(
        "water", "assess", sheet(tmp_path / "采样.xlsx", rows), "--sections", register(tmp_path)
    )
    assert made.loc[made["period"] == "2021M05", "nh3n"].dropna().tolist() == pytest.approx([1.1]), said
    assert "set aside" in said


def test_a_name_with_a_sign_of_a_blank_in_it_is_a_section(run, tmp_path):
    rows = [["断面名称", "采样日期", *WITH_UNIT], ["虞河桥", MAY, *RECORDS["虞河桥"][:4]],
            ["空白塘桥", MAY, *RECORDS["虞河桥"][:4]]]  # fmt: skip
    _, _, made = run(
        "water", "classify", sheet(tmp_path / "采样.xlsx", rows), "--sections", register(tmp_path)
    )
    assert len(made) == 2


@pytest.mark.parametrize("target", ["地表水Ⅲ类", "Ⅲ类标准", "Ⅲ类及以上", "地表水III类标准"])
def test_a_target_in_the_words_of_an_office_is_one(run, tmp_path, target):
    listed = sheet(
        tmp_path / "断面清单.xlsx",
        [
            ["断面名称", "所在河流", "水质目标", "断面级别", "水体类型"],
            ["虞河桥", "虞河", target, "国、省考", "入湖河流"],
        ],
    )
    rows = [["断面名称", "采样日期", *WITH_UNIT], ["虞河桥", MAY, 8, 3, 1.4, 0.1]]
    _, said, made = run("water", "assess", sheet(tmp_path / "采样.xlsx", rows), "--sections", listed)
    month = made[made["period"] == "2021M05"].iloc[0]
    assert (month["target_class"], month["level"], month["water_class"]) == (3, "national", 4), said


def test_an_acceptance_without_its_area_is_told_first(run, tmp_path):
    rows = [["图斑编号", "乡镇", "项目面积(亩)", "验收面积(亩)", "验收日期"], ["A1", "梅李镇", 20, 12.5, MAY],
            ["A2", "海虞镇", 10, None, MAY]]  # fmt: skip
    _, said, made = run("land", "ledger", sheet(tmp_path / "台账.xlsx", rows))
    assert made["counted_mu"].sum() == 22.5
    assert "without an accepted area" in said.split("counted")[0]


def test_areas_below_one_head_are_told_apart(run, tmp_path):
    file = tmp_path / "台账.xlsx"
    book = openpyxl.Workbook()
    page = book.active
    for row in (["图斑编号", "乡镇", "面积(亩)", None, "验收日期"], [None, None, "申报", "验收", None],
                ["A1", "梅李镇", 12.5, 12, MAY], ["A2", "海虞镇", 8.5, 8, MAY]):  # fmt: skip
        page.append(row)
    for area in ("A1:A2", "B1:B2", "C1:D1", "E1:E2"):
        page.merge_cells(area)
    book.save(file)
    _, said, made = run("land", "ledger", file)
    assert made["counted_mu"].sum() == 20, said


def test_colours_that_mean_something_are_told_first(run, tmp_path):
    rows = [
        ["图斑编号", "乡镇", "面积(亩)", "验收日期"],
        ["A1", "绿色食品厂", 12.5, MAY],
        ["A2", "海虞镇", 8.5, MAY],
    ]
    _, said, _ = run("land", "ledger", sheet(tmp_path / "无色.xlsx", rows))
    assert "colours" not in said
    _, said, _ = run("land", "ledger", sheet(tmp_path / "有色.xlsx", [*rows, ["红色为已核减"]]))
    assert "红色为已核减" in said.split("counted")[0]


def test_a_turned_table_is_refused(run, tmp_path):
    rows = zip(
        ["图斑编号", "乡镇", "面积(亩)", "验收日期"],
        ["A1", "梅李镇", 12.5, MAY],
        ["A2", "海虞镇", 8.5, MAY],
        strict=True,
    )
    code, said, _ = run("land", "ledger", sheet(tmp_path / "台账.xlsx", [*map(list, rows)]))
    assert code == 2
    assert "transposed" in said


def test_control_lines_of_which_none_can_be_used_stop(run, tmp_path):
    plots = shapes(tmp_path / "地块.shp", parcels(图斑编号=["A", "B"]))
    ring = gpd.GeoDataFrame({"名称": ["R"]}, geometry=[PLOTS[0].boundary], crs="EPSG:4528")
    ring.to_file(tmp_path / "红线.gpkg")
    code, said, _ = run("land", "conflicts", plots, "--lines", f"{tmp_path / '红线.gpkg'}=red_line")
    assert code == 2
    assert "no row is left" in said


def test_a_class_stands_beside_its_day_where_the_day_is_in_the_title(run, tmp_path):
    file = tmp_path / "断面.xlsx"
    book = openpyxl.Workbook()
    for name, ammonia in (("1月", 0.4), ("2月", 1.8)):
        page = book.create_sheet(name)
        page.append([f"2025年{name}断面监测结果（mg/L）"])
        page.append(["断面名称", *HEADS])
        page.append(["虞河桥", 8, 3, ammonia, 0.08])
    del book["Sheet"]
    book.save(file)
    _, said, made = run("water", "classify", file, "--sections", register(tmp_path))
    assert made[["sampled_at", "water_class"]].to_numpy().tolist() == [
        ["2025-01-01", 2],
        ["2025-02-01", 5],
    ], said


def test_the_year_in_the_head_of_the_time_is_that_of_its_rows(run, tmp_path):
    rows = [["时间（2025年）", "站点名称", "PM2.5(μg/m³)", "PM10(μg/m³)", "SO2(μg/m³)", "NO2(μg/m³)",
             "O3(μg/m³)", "CO(mg/m³)"], ["5月3日8时", "甲站", 84, 90, 10, 30, 60, 0.8]]  # fmt: skip
    _, said, made = run("air", "aqi", sheet(tmp_path / "空气.xlsx", rows))
    assert made[["time", "aqi"]].to_numpy().tolist() == [["2025-05-03 08:00", 112]], said


def test_days_that_lack_an_item_are_told(run, tmp_path):
    rows = [["日期", "站点名称", "PM2.5(μg/m³)", "PM10(μg/m³)", "SO2(μg/m³)", "NO2(μg/m³)", "CO(mg/m³)",
             "O3-8h(μg/m³)"], [MAY, "甲站", None, None, 8, 35, 0.8, 90],
            [MAY + dt.timedelta(1), "甲站", 34, 60, 8, 35, 0.8, 90]]  # fmt: skip
    _, said, _ = run("air", "aqi", sheet(tmp_path / "空气.xlsx", rows))
    assert "1 days lack an item" in said


def test_hours_below_a_day_that_stands_once_are_of_that_day(run, tmp_path):
    heads = ["日期", "小时", "站点名称", "PM2.5(μg/m³)", "PM10(μg/m³)"]
    rows = [
        [dt.date(2025, 5, 3 + at // 2) if at % 2 == 0 else None, at % 2, "甲站", 84, 90] for at in range(4)
    ]
    _, said, made = run("air", "aqi", sheet(tmp_path / "空气.xlsx", [heads, *rows]))
    assert made["aqi"].tolist() == [112] * 4, said
    back = [heads, [dt.date(2025, 5, 3), 8, "甲站", 84, 90], [None, 7, "甲站", 84, 90]]
    _, said, made = run("air", "aqi", sheet(tmp_path / "倒退.xlsx", back))
    assert len(made) == 1
    assert "quarantined 1" in said


def test_metres_with_a_zone_before_them_are_no_web_mercator(run, tmp_path):
    file = shapes(tmp_path / "地块.shp", parcels(图斑编号=list("ABCDE")))
    file.with_suffix(".prj").write_text(CRS(3857).to_wkt("WKT1_ESRI"))
    code, said, _ = run("land", "area", file)
    assert code == 2
    assert "EPSG:4528" in said


@pytest.mark.parametrize("method", ["水站自动监测", "在线监测数据", "某种方式"])
def test_a_method_in_other_words_is_automatic_or_told_by_its_times(run, tmp_path, method):
    rows = [["断面名称", "监测时间", "监测方式", *WITH_UNIT]]
    rows += [
        ["虞河桥", f"2021-07-{day:02} {4 * at:02}:00", method, 8, 3, 0.4 if day < 16 else 0.9, 0.1]
        for day in range(1, 31)
        for at in range(6 if day < 16 else 2)
    ]
    _, said, made = run(
        "water", "assess", sheet(tmp_path / "自动.xlsx", rows), "--sections", register(tmp_path)
    )
    month = made[(made["period"] == "2021M07") & (made["name"] == "虞河桥")]
    assert month["nh3n"].tolist() == pytest.approx([0.65]), said


@pytest.mark.parametrize("blank", [None, "〃", "同上"])
@pytest.mark.parametrize("at", [0, 1])
def test_a_name_or_a_day_that_stands_once_is_that_of_the_rows_below(run, tmp_path, blank, at):
    heads = [["断面名称", "采样日期"], ["采样日期", "断面名称"]][at]
    pairs = [
        ("虞河桥", MAY),
        ("虞河桥", MAY + dt.timedelta(31)),
        ("元和桥", MAY),
        ("元和桥", MAY + dt.timedelta(31)),
    ]
    firsts = pairs if at == 0 else sorted(((day, name) for name, day in pairs), key=lambda pair: pair[0])
    rows = [[one[0] if row % 2 == 0 else blank, one[1], 8, 3, 0.4, 0.08] for row, one in enumerate(firsts)]
    _, said, made = run(
        "water", "classify", sheet(tmp_path / "采样.xlsx", [[*heads, *WITH_UNIT], *rows]),
        "--sections", register(tmp_path),
    )  # fmt: skip
    assert made["water_class"].tolist() == [2] * 4, said


def test_a_name_that_one_row_lacks_is_not_lent(run, tmp_path):
    rows = [[None if day == 7 else "虞河桥", MAY + dt.timedelta(day), 8, 3, 0.4, 0.08] for day in range(9)]
    _, said, made = run(
        "water", "classify", sheet(tmp_path / "采样.xlsx", [["断面名称", "采样日期", *WITH_UNIT], *rows]),
        "--sections", register(tmp_path),
    )  # fmt: skip
    assert len(made) == 8
    assert "quarantined 1" in said
