"""Files that are ordinary and hide something: each was a silent wrong number or a needless stop once."""

import datetime as dt
import json

import openpyxl
import pandas as pd
import pytest
import shapely

from tests.ordinary.air_files import ITEMS, aqi, day_of
from tests.ordinary.making import PLOTS, TO_DEGREES, legal_mu, parcels, shapes, sheet, text
from tests.ordinary.water_files import RECORDS, SECTIONS, WITH_UNIT, register

CODES = [f"CS-{number:03}" for number in range(1, 6)]
MAY = dt.date(2021, 5, 10)


def test_a_ledger_without_any_area_stops(run, tmp_path):
    rows = [["图斑编号", "批准用量", "验收日期"], ["A", 3.2, dt.date(2021, 3, 1)]]
    code, said, _ = run("land", "ledger", sheet(tmp_path / "台账.xlsx", rows))
    assert code == 2
    assert "--column area_declared_mu" in said


def test_events_that_name_no_parcel_stop(run, tmp_path):
    path = shapes(tmp_path / "地块.shp", parcels(图斑编号=CODES))
    events = text(tmp_path / "台账.csv", [["图斑编号", "事件", "日期"], ["ZJ-9", "验收", "2021-03-01"]])
    code, said, _ = run("land", "ledger", path, "--events", events)
    assert code == 2
    assert "ZJ-9" in said


def test_a_code_written_as_a_decimal_is_the_parcel(run, tmp_path):
    path = shapes(tmp_path / "地块.shp", parcels(图斑编号=["101", "102", "103", "104", "105"]))
    events = text(tmp_path / "台账.csv", [["图斑编号", "事件", "日期"], ["101.0", "验收", "2021-03-01"]])
    _, _, made = run("land", "ledger", path, "--events", events)
    assert made["counted_mu"].sum() == pytest.approx(legal_mu(PLOTS[0]), abs=0.02)


@pytest.mark.parametrize("head", ["测点", "点位名称", "样品编号", "左右岸"])
def test_samples_of_several_points_are_each_a_sample(run, tmp_path, head):
    rows = [["断面名称", head, "采样日期", *WITH_UNIT]]
    rows += [
        [name, point, MAY, 8, 3, value, 0.1]
        for name in SECTIONS
        for point, value in zip("左中右", (0.2, 0.4, 0.9), strict=True)
    ]
    code, said, made = run(
        "water", "assess", sheet(tmp_path / "采样.xlsx", rows), "--sections", register(tmp_path)
    )
    assert code == 0, said
    assert made.loc[made["period"] == "2021M05", "nh3n"].tolist() == pytest.approx([0.5] * 4)


def test_a_misspelt_section_that_fills_a_missing_month_is_asked_about(run, tmp_path):
    rows = [["断面名称", "采样日期", *WITH_UNIT]]
    rows += [
        [name, dt.date(2021, month, 8), *RECORDS["虞河桥"][:4]]
        for name, month in (("虞河桥", 4), ("虞何桥", 5))
    ]
    code, said, _ = run(
        "water", "assess", sheet(tmp_path / "采样.xlsx", rows), "--sections", register(tmp_path)
    )
    assert code == 2
    assert "section:虞何桥" in said


def test_ammonia_counted_as_another_ion_rates_nothing_and_is_told(run, tmp_path):
    rows = [["断面名称", "采样日期", "溶解氧(mg/L)", "氨氮(以NH4+计)(mg/L)"], ["虞河桥", MAY, 8, 1.2]]
    _, said, made = run(
        "water", "classify", sheet(tmp_path / "采样.xlsx", rows), "--sections", register(tmp_path)
    )
    assert made["water_class"].tolist() == [1]
    assert "氨氮(以NH4+计)" in said.split("took")[0]


@pytest.mark.parametrize(
    "written", ["10-May-21", "2021年5月10-11日", "2021-05-10~2021-05-11", "2021.5.10、11"]
)
def test_a_day_written_in_another_way_loses_no_record(run, tmp_path, written):
    rows = [["断面名称", "采样日期", *WITH_UNIT], ["虞河桥", written, *RECORDS["虞河桥"][:4]]]
    _, said, made = run(
        "water", "assess", text(tmp_path / "采样.csv", rows), "--sections", register(tmp_path)
    )
    assert made.loc[made["period"] == "2021M05", "n_samples"].sum() == 1, said


@pytest.mark.parametrize("written", ["2021-01-01~2021-05-31", "2021年1-5月"])
def test_a_period_is_no_day(run, tmp_path, written):
    rows = [["断面名称", "采样日期", *WITH_UNIT], ["虞河桥", written, *RECORDS["虞河桥"][:4]]]
    code, _, _ = run("water", "assess", text(tmp_path / "采样.csv", rows), "--sections", register(tmp_path))
    assert code == 2


@pytest.mark.parametrize("words", ["日均值", "日均浓度", "24小时平均", "浓度"])
@pytest.mark.parametrize("ozone", ["臭氧日最大8小时平均", "O3日最大8小时滑动平均", "臭氧8小时"])
def test_items_with_the_words_of_an_office_are_taken(run, tmp_path, words, ozone):
    heads = [*(f"{item}{words}" for item in ITEMS[:4]), f"CO{words}(mg/m³)", ozone]
    rows = [
        ["站点名称", "日期", *heads],
        *(["兴福子站", f"2021-03-{day:02}", *day_of(day).values()] for day in (1, 2)),
    ]
    _, said, made = run("air", "aqi", text(tmp_path / "日均.csv", rows))
    assert made["aqi"].tolist() == [aqi(day_of(1)), aqi(day_of(2))], said


def angle(value: float) -> str:
    return f"{int(value)}°{int(value % 1 * 60):02}′{value * 60 % 1 * 60:.5f}″"


def test_points_in_degrees_minutes_and_seconds_make_parcels(run, tmp_path):
    rows = [["地块", "点号", "经度", "纬度"]]
    for code, shape in zip(CODES, PLOTS, strict=True):
        corners = shapely.get_coordinates(shapely.transform(shape, TO_DEGREES.transform, interleaved=False))
        rows += [[code, at + 1, angle(x), angle(y)] for at, (x, y) in enumerate(corners)]
    _, said, made = run("land", "area", sheet(tmp_path / "界址点.xlsx", rows))
    assert made["area_legal_mu"].sum() == pytest.approx(legal_mu(*PLOTS), abs=0.05), said


def test_a_sheet_of_points_under_a_merged_title_is_a_parcel(run, tmp_path):
    corners = shapely.get_coordinates(PLOTS[0])
    rows = [
        ["点号", "X坐标", "Y坐标"],
        *([f"J{at + 1}", round(y, 3), round(x, 3)] for at, (x, y) in enumerate(corners)),
    ]
    _, said, made = run("land", "area", sheet(tmp_path / "某地块.xlsx", rows, title="界址点成果表"))
    assert made["area_legal_mu"].tolist() == pytest.approx([legal_mu(PLOTS[0])], abs=0.02), said


def test_a_datum_of_nobody_on_another_ellipsoid_is_refused(run, tmp_path):
    path = shapes(tmp_path / "地块.shp", parcels(编号=CODES))
    text_ = path.with_suffix(".prj").read_text()
    start, end = text_.index("DATUM["), text_.index("PRIMEM[")
    datum = 'DATUM["D_x",SPHEROID["Clarke_1866",6378206.4,294.978698]],'
    named = text_[:start].replace("GCS_China_Geodetic_Coordinate_System_2000", "x")
    path.with_suffix(".prj").write_text(named + datum + text_[end:])
    code, said, _ = run("land", "area", path)
    assert code == 2
    assert "6378206" in said


@pytest.mark.parametrize(
    "label", ["共2宗", "累计", "总和", "汇总", "合计面积", "Total", "Σ", "总计2个地块", "合计（2宗）"]
)
def test_a_total_with_a_date_counts_nothing(run, tmp_path, label):
    rows = [["图斑编号", "乡镇", "面积（亩）", "验收日期"]]
    rows += [[code, "梅李镇", area, MAY] for code, area in (("A", 10), ("B", 23))] + [[label, None, 33, MAY]]
    _, said, made = run("land", "ledger", sheet(tmp_path / "台账.xlsx", rows))
    assert made["counted_mu"].sum() == pytest.approx(33), said


def test_a_row_of_the_whole_city_is_no_station_among_stations(run, tmp_path):
    rows = [["站点名称", "日期", *ITEMS]]
    for day in range(1, 32):
        rows += [[name, f"2021-03-{day:02}", *day_of(day).values()] for name in ("甲站", "乙站")]
        rows.append(["全市", f"2021-03-{day:02}", *(0 for _ in ITEMS)])
    _, said, made = run("air", "assess", text(tmp_path / "日均.csv", rows))
    mean = sum(day_of(day)["PM2.5"] for day in range(1, 32)) / 31
    assert made.loc[made["period"] == "2021M03", "pm25_mean"].tolist() == pytest.approx([mean]), said


def test_a_file_of_the_whole_city_alone_is_its_record(run, tmp_path):
    rows = [
        ["站点名称", "日期", *ITEMS],
        *(["全市", f"2021-03-0{day}", *day_of(day).values()] for day in (1, 2)),
    ]
    _, said, made = run("air", "aqi", text(tmp_path / "日均.csv", rows))
    assert made["aqi"].tolist() == [aqi(day_of(1)), aqi(day_of(2))], said


def test_a_column_of_the_whole_city_is_no_station(run, tmp_path):
    rows = [["日期", "甲站", "乙站", "全市"], *([dt.date(2021, 3, day), 30, 40, 0] for day in range(1, 11))]
    _, said, made = run("air", "aqi", sheet(tmp_path / "日均.xlsx", rows, title="PM2.5日均浓度（μg/m³）"))
    assert len(made) == 20, said


@pytest.mark.parametrize("head", ["PM2.5月均", "PM2.5(μg/m³)", "PM2.5"])
def test_a_ranking_of_a_month_is_no_table_of_hours(run, tmp_path, head):
    rows = [["序号", "区域", head], *([at + 1, name, 30 + at] for at, name in enumerate(SECTIONS))]
    code, _, _ = run("air", "aqi", sheet(tmp_path / "2021年3月.xlsx", rows, title="2021年3月各镇PM2.5排名"))
    assert code == 2


def _one_reading(tmp_path, ammonia):
    rows = [["断面名称", "采样日期", *WITH_UNIT], ["虞河桥", MAY, 8, 3, ammonia, 0.1]]
    return sheet(tmp_path / "采样.xlsx", rows)


@pytest.mark.parametrize("written", [">2.0", "＞2.0", "大于2.0", ">10", "2.00+"])
def test_a_reading_above_a_range_beyond_the_last_limit_is_worse_than_v(run, tmp_path, written):
    path = _one_reading(tmp_path, written)
    _, said, made = run("water", "classify", path, "--sections", register(tmp_path))
    assert made["water_class"].tolist() == [6], said
    _, said, made = run("water", "assess", path, "--sections", register(tmp_path))
    assert made.loc[made["period"].eq("2021M05") & made["name"].eq("虞河桥"), "water_class"].tolist() == [6]


@pytest.mark.parametrize(
    "written", [">1.2", "1.2以上", "≥2.0", "2.0以上", "超量程", "溢出", "OVER", "＞量程"]
)
def test_a_reading_above_a_range_that_may_be_worse_gives_no_class(run, tmp_path, written):
    path = _one_reading(tmp_path, written)
    _, said, made = run("water", "classify", path, "--sections", register(tmp_path))
    assert made["water_class"].isna().all(), said
    assert said.startswith("NOTE")
    assert made["undecidable"].str.contains("Ammonia nitrogen").all()
    _, said, made = run("water", "assess", path, "--sections", register(tmp_path))
    month = made[made["period"].eq("2021M05") & made["name"].eq("虞河桥")].iloc[0]
    assert pd.isna(month["at_target"])
    assert pd.notna(month["to_check"]) or pd.notna(month["not_assessed"])


def test_oxygen_above_a_range_is_class_one(run, tmp_path):
    rows = [["断面名称", "采样日期", *WITH_UNIT], ["虞河桥", MAY, ">20", 1, 0.1, 0.01]]
    _, said, made = run(
        "water", "classify", sheet(tmp_path / "采样.xlsx", rows), "--sections", register(tmp_path)
    )
    assert made["water_class"].tolist() == [1], said


@pytest.mark.parametrize("written", [">500", "超量程"])
def test_a_reading_of_air_above_a_range_is_asked_about(run, tmp_path, written):
    rows = [["站点名称", "日期", *ITEMS], ["兴福子站", "2021-03-01", *day_of(1).values()]]
    rows[1][3] = written
    code, said, _ = run("air", "aqi", text(tmp_path / "日均.csv", rows))
    assert code == 2
    assert "above:" in said


LEDGER = ["图斑编号", "乡镇", "面积（亩）", "状态", "批准日期", "验收日期"]


def _ledger(tmp_path, change=lambda rows: rows, heads=LEDGER):
    rows = [
        [f"CS-{at}", "梅李镇", 10.0 + at, "已验收", dt.date(2020, 3, at + 1), dt.date(2021, 3, at + 1)]
        for at in range(6)
    ]
    return sheet(tmp_path / "台账.xlsx", [heads, *change(rows)])


def _with(rows, at, column, cell):
    rows[at][column] = cell
    return rows


@pytest.mark.parametrize("year", [2031, 2205, 1921])
def test_a_year_that_cannot_be_neither_counts_nor_tells_the_day(run, tmp_path, year):
    path = _ledger(tmp_path, lambda rows: _with(rows, 2, 5, dt.date(year, 3, 4)))
    code, said, made = run("land", "ledger", path)
    assert code == 0, said
    assert said.startswith("NOTE")
    assert "as of 2021-03-06" in said
    assert made["counted_mu"].sum() == pytest.approx(63)


@pytest.mark.parametrize("year", [2031, 2205, 1921])
def test_a_reading_of_a_year_that_cannot_be_is_quarantined(run, tmp_path, year):
    rows = [["断面名称", "采样日期", *WITH_UNIT]]
    rows += [["虞河桥", dt.date(2021, month, 8), 8, 3, 0.1, 0.1] for month in range(1, 13)]
    rows[3][1] = dt.date(year, 3, 8)
    code, said, made = run("water", "classify", sheet(tmp_path / "采样.xlsx", rows))
    assert code == 0, said
    assert len(made) == 11
    assert "as of 2021-12-08" in said


def test_a_day_years_after_all_others_is_asked_about(run, tmp_path):
    rows = [["断面名称", "采样日期", *WITH_UNIT]]
    rows += [["虞河桥", dt.date(2021, month, 8), 8, 3, 0.1, 0.1] for month in range(1, 13)]
    rows[3][1] = dt.date(2025, 3, 8)
    path = sheet(tmp_path / "采样.xlsx", rows)
    code, said, _ = run("water", "classify", path)
    assert code == 2
    assert "date:2025-03-08" in said
    _, said, made = run("water", "classify", path, "--answer", "date:2025-03-08=wrong")
    assert len(made) == 11, said


def test_ids_that_differ_by_lost_zeros_are_asked_about(run, tmp_path):
    def numbered(rows):
        for at, row in enumerate(rows):
            row[0] = f"{at + 10:04}"
        return _with(_with(rows, 2, 0, "12"), 3, 0, "0012")

    path = _ledger(tmp_path, numbered)
    code, said, _ = run("land", "ledger", path)
    assert code == 2
    assert "0012" in said
    key = next(word for word in said.split() if word.startswith("zeros:")).split("=")[0]
    _, said, made = run("land", "ledger", path, "--answer", f"{key}=apart")
    assert made["counted_mu"].sum() == pytest.approx(75), said


@pytest.mark.parametrize(
    "line",
    [
        ["6宗", None, "S", "已验收", None, dt.date(2021, 12, 31)],
        ["全镇", None, "S", "已验收", None, dt.date(2021, 12, 31)],
        ["常熟市", "常熟市", "S", "已验收", dt.date(2020, 1, 1), dt.date(2021, 12, 31)],
        ["一、梅李镇", "梅李镇", "S", "已验收", None, dt.date(2021, 12, 31)],
        ["Ⅰ", "梅李镇", "S", "已验收", None, dt.date(2021, 12, 31)],
        [None, None, "S", None, None, dt.date(2021, 12, 31)],
    ],
)
@pytest.mark.parametrize("first", [True, False])
def test_a_row_that_is_the_sum_of_the_others_does_not_count(run, tmp_path, line, first):
    def summed(rows):
        own = [sum(row[2] for row in rows) if cell == "S" else cell for cell in line]
        return [own, *rows] if first else [*rows, own]

    code, said, made = run("land", "ledger", _ledger(tmp_path, summed))
    assert code == 0, said
    assert made["counted_mu"].sum() == pytest.approx(75)


def test_sums_of_towns_and_of_the_county_do_not_count(run, tmp_path):
    def by_town(rows):
        first = ["一、梅李镇", "梅李镇", 33.0, "已验收", None, None]
        second = ["二、海虞镇", "海虞镇", 42.0, "已验收", None, None]
        whole = ["常熟市", None, 75.0, "已验收", None, dt.date(2021, 12, 31)]
        return [whole, first, *rows[:3], second, *rows[3:]]

    code, said, made = run("land", "ledger", _ledger(tmp_path, by_town))
    assert code == 0, said
    assert made["counted_mu"].sum() == pytest.approx(75)


def test_a_row_that_is_the_sum_and_looks_like_a_parcel_is_asked_about(run, tmp_path):
    path = _ledger(tmp_path, lambda rows: _with(rows, 5, 2, sum(row[2] for row in rows[:5])))
    code, said, _ = run("land", "ledger", path)
    assert code == 2
    assert "row:total" in said
    _, said, made = run("land", "ledger", path, "--answer", "row:total=parcel")
    assert made["counted_mu"].sum() == pytest.approx(120), said


@pytest.mark.parametrize(("written", "mu"), [("10亩5分", 10.5), ("3亩2分5厘", 3.25), ("5分", 0.5)])
def test_areas_in_mu_fen_and_li_are_read(run, tmp_path, written, mu):
    heads = ["图斑编号", "乡镇", "面积", *LEDGER[3:]]

    def spelled(rows):
        for row in rows:
            row[2] = f"{row[2]:g}亩"
        return _with(rows, 0, 2, written)

    _, said, made = run("land", "ledger", _ledger(tmp_path, spelled, heads))
    assert made["counted_mu"].sum() == pytest.approx(65 + mu), said


def test_rows_that_a_dbf_marks_as_deleted_are_told(run, tmp_path):
    path = shapes(tmp_path / "地块.shp", parcels(图斑编号=CODES))
    dbf = path.with_suffix(".dbf")
    raw = bytearray(dbf.read_bytes())
    start, stride = int.from_bytes(raw[8:10], "little"), int.from_bytes(raw[10:12], "little")
    raw[start + stride] = ord("*")
    dbf.write_bytes(bytes(raw))
    code, said, made = run("land", "area", path)
    assert code == 0, said
    assert len(made) == 4
    assert "marked as deleted" in said
    assert "read 5 = kept 4 + set aside 1" in said


def test_a_formula_without_a_result_stands_first(run, tmp_path):
    path = _ledger(tmp_path, lambda rows: _with(rows, 1, 2, "=10+1"))
    code, said, _ = run("land", "ledger", path)
    assert code == 0
    assert said.startswith("NOTE")
    code, _, _ = run("land", "ledger", path, "--strict")
    assert code == 1


@pytest.mark.parametrize("wrap", ["bare", "code", "rows", "list"])
def test_records_of_a_service_are_read(run, tmp_path, wrap):
    records = [
        dict(
            zip(
                ("断面名称", "采样日期", *WITH_UNIT, "水体类型"),
                (name, "2021-05-10", *cells, "河流"),
                strict=True,
            )
        )
        for name, cells in (("虞河桥", (8, 3, 0.1, 0.1)), ("元和桥", (6.4, 5.1, 1.8, 0.16)))
    ]
    page = {
        "bare": records,
        "code": {"code": 200, "msg": "ok", "data": records},
        "rows": {"code": 0, "result": {"rows": records, "total": 2}},
        "list": {"success": True, "data": {"list": records, "pageNum": 1}},
    }[wrap]
    path = tmp_path / "水质.json"
    path.write_text(json.dumps(page, ensure_ascii=False), "utf-8")
    code, said, made = run("water", "classify", path)
    assert code == 0, said
    assert made["water_class"].tolist() == [2, 5]


@pytest.mark.parametrize(("word", "water_class"), [("湖库", 4), ("河流", 2)])
@pytest.mark.parametrize("where", ["title", "sheet"])
def test_river_or_lake_in_a_title_or_the_name_of_a_sheet_gives_one_class(
    run, tmp_path, word, water_class, where
):
    book = openpyxl.Workbook()
    book.remove(book.active)
    rows = [["断面名称", "采样日期", *WITH_UNIT], ["尚湖中心", MAY, 8.5, 3, 0.1, 0.06]]
    title = f"2021年5月{word}监测结果" if where == "title" else None
    path = sheet(tmp_path / "采样.xlsx", rows, title=title, of=(book, word if where == "sheet" else "五月"))
    _, said, made = run("water", "classify", path)
    assert made["water_class"].tolist() == [water_class], said


def test_one_page_of_several_is_told_first(run, tmp_path):
    record = dict(
        zip(("断面名称", "采样日期", *WITH_UNIT), ("虞河桥", "2021-05-10", 8, 3, 0.1, 0.1), strict=True)
    )
    path = tmp_path / "水质.json"
    path.write_text(
        json.dumps({"code": 0, "data": {"total": 230, "rows": [record]}}, ensure_ascii=False), "utf-8"
    )
    code, said, _ = run("water", "classify", path)
    assert code == 0, said
    assert said.startswith("NOTE  the file says that there are 230 records")
