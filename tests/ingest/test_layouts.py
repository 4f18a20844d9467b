"""Tables that are no rows of records: matrices, calendars, blocks, split times, and what is asked about them."""

import datetime as dt

import openpyxl
import pytest

from gis.base.errors import ColumnError, Question
from gis.ingest import Options, guess_kind, read_file
from tests.ingest.accounts import adds_up

STAMP = "%Y-%m-%d %H:%M"


def book(path, sheets, merged=()):
    file = openpyxl.Workbook()
    file.remove(file.active)
    for name, rows in sheets.items():
        sheet = file.create_sheet(name)
        for row in rows:
            sheet.append(row)
        for area in merged:
            sheet.merge_cells(area)
    file.save(path)
    return path


def text(path, lines):
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def read(path, kind, **more):
    assert guess_kind(path) == kind
    found = read_file(path, Options(kind=kind, layer="x", **more))
    assert adds_up(found)
    return found


def told(found, place, time, *items):
    table = found.table
    rows = table[[place, time, *items]].assign(**{time: table[time].dt.strftime(STAMP)})
    return rows.to_numpy().tolist()


def codes(found):
    return set(found.findings["code"])


def test_the_archive_of_the_national_stations_gives_plain_values_as_hours_and_no_moving_mean(tmp_path):
    lines = ["date,hour,type,1160A,1161A", "20250503,0,AQI,50,60", "20250503,0,PM2.5,26,31",
             "20250503,0,PM2.5_24h,99,98", "20250503,0,O3,143,40", "20250503,0,O3_8h,12,13",
             "20250503,1,PM2.5,27,", "20250503,1,PM2.5_24h,99,98"]  # fmt: skip
    found = read(text(tmp_path / "china_sites_20250503.csv", lines), "air_hours")
    assert told(found, "station_id", "time", "pm25", "o3", "published_aqi")[:2] == [
        ["1160A", "2025-05-03 00:00", 26.0, 143.0, 50], ["1161A", "2025-05-03 00:00", 31.0, 40.0, 60],
    ]  # fmt: skip
    assert told(found, "station_id", "time", "pm25")[2] == ["1160A", "2025-05-03 01:00", 27.0]
    assert set(found.own) >= {"PM2.5_24h", "O3_8h"}


def test_a_record_names_the_cell_it_begins_at_and_the_rows_add_up(tmp_path):
    rows = [
        ["2025年断面氨氮浓度", None, None],
        ["断面", "1月", "2月"],
        ["甲桥", 0.3, 0.4],
        ["乙桥", None, 0.6],
    ]
    found = read(book(tmp_path / "a.xlsx", {"Sheet": rows}), "samples")
    assert found.table[["source", "source_row"]].to_numpy().tolist() == [
        ["a.xlsx#Sheet!B", 3], ["a.xlsx#Sheet!C", 3], ["a.xlsx#Sheet!C", 4],
    ]  # fmt: skip
    assert found.sources[["rows_read", "rows_kept"]].to_numpy().tolist() == [[3, 3]]


def test_a_mark_stays_with_the_cell_it_was_made_at(tmp_path):
    rows = [["2025年断面氨氮浓度", None, None], ["断面", "1月", "2月"], ["甲桥", "<0.025", 0.4]]
    found = read(book(tmp_path / "a.xlsx", {"Sheet": rows}), "samples")
    assert found.marks[["source", "source_row", "indicator"]].to_numpy().tolist() == [
        ["a.xlsx#Sheet!B", 3, "nh3n"]
    ]


@pytest.mark.parametrize(
    ("heads", "times"),
    [
        (["0时", "1时", "23时"], ["2025-05-03 00:00", "2025-05-03 01:00", "2025-05-03 23:00"]),
        ([1, 2, 24], ["2025-05-03 01:00", "2025-05-03 02:00", "2025-05-04 00:00"]),
        (["00:00", "01:00", "24:00"], ["2025-05-03 00:00", "2025-05-03 01:00", "2025-05-04 00:00"]),
        ([dt.time(1), dt.time(2), dt.time(3)], ["2025-05-03 01:00", "2025-05-03 02:00", "2025-05-03 03:00"]),
        (["0-1时", "1-2时", "23-24时"], ["2025-05-03 01:00", "2025-05-03 02:00", "2025-05-04 00:00"]),
    ],
)
def test_hours_as_heads_are_times_of_day_and_24_is_midnight_of_the_next(tmp_path, heads, times):
    rows = [["站点", "日期", "项目", *heads], ["甲站", "2025-05-03", "PM2.5", 10, 20, 30],
            ["甲站", "2025-05-03", "SO2", 5, 6, 7]]  # fmt: skip
    found = read(book(tmp_path / "a.xlsx", {"Sheet": rows}), "air_hours")
    assert told(found, "station", "time", "pm25", "so2") == [
        ["甲站", time, pm, so]
        for time, pm, so in zip(times, (10.0, 20.0, 30.0), (5.0, 6.0, 7.0), strict=True)
    ]


def test_two_rows_of_heads_tell_station_and_item(tmp_path):
    rows = [["时间", "甲站", None, "乙站", None], [None, "PM2.5", "PM10", "PM2.5", "PM10"],
            ["2025-05-03 08:00", 1, 2, 3, 4], ["2025-05-03 09:00", 5, 6, 7, 8]]  # fmt: skip
    for merged in ([], ["A1:A2", "B1:C1", "D1:E1"]):
        found = read(book(tmp_path / "a.xlsx", {"Sheet": rows}, merged), "air_hours")
        assert told(found, "station", "time", "pm25", "pm10")[:2] == [
            ["甲站", "2025-05-03 08:00", 1.0, 2.0], ["乙站", "2025-05-03 08:00", 3.0, 4.0],
        ]  # fmt: skip


def test_an_item_a_sheet_makes_one_record(tmp_path):
    sheets = {
        item: [["日期", "甲站", "乙站"], ["2025-05-03", low, low + 1]]
        for item, low in (("PM2.5", 10), ("PM10", 50))
    }
    found = read(book(tmp_path / "a.xlsx", sheets), "air_days")
    assert told(found, "station", "date", "pm25", "pm10") == [
        ["甲站", "2025-05-03 00:00", 10.0, 50.0], ["乙站", "2025-05-03 00:00", 11.0, 51.0],
    ]  # fmt: skip
    assert found.sources["rows_kept"].tolist() == [2, 2]


def test_a_calendar_of_aqi_has_no_february_30(tmp_path):
    rows = [
        ["2025年AQI日历", None, None],
        ["日", "1月", "2月"],
        *([day, day + 10, day + 20 if day < 29 else None] for day in range(1, 32)),
    ]
    found = read(book(tmp_path / "日历.xlsx", {"Sheet": rows}), "air_days")
    assert len(found.table) == 31 + 28
    assert found.table.set_index("date").loc["2025-02-28", "published_aqi"] == 48


def test_classes_are_published_ones_and_a_dry_river_is_a_gap(tmp_path):
    rows = [
        ["2025年1-3月断面水质类别", None, None, None],
        ["断面名称", "1月", "2月", "3月"],
        ["甲桥", "Ⅲ", "断流", "劣Ⅴ类"],
    ]
    found = read(book(tmp_path / "a.xlsx", {"Sheet": rows}), "samples")
    assert found.table["published_class"].fillna(0).tolist() == [3, 0, 6]
    assert found.own["水质类别"].tolist() == ["Ⅲ", "断流", "劣Ⅴ类"]


def test_tables_below_each_other_are_told_apart_by_their_titles(tmp_path):
    rows = []
    for item, low in (("PM2.5", 10), ("SO2", 5)):
        rows += [
            [f"甲站{item}", None, None],
            ["日期", "1时", "2时"],
            ["2025-05-03", low, low + 1],
            [None] * 3,
        ]
    found = read(book(tmp_path / "a.xlsx", {"甲站": rows}), "air_hours")
    assert told(found, "station", "time", "pm25", "so2") == [
        ["甲站", "2025-05-03 01:00", 10.0, 5.0], ["甲站", "2025-05-03 02:00", 11.0, 6.0],
    ]  # fmt: skip


def test_columns_of_means_are_no_records_and_said(tmp_path):
    rows = [["断面", "项目", "2025年1月", "2025年2月", "均值", "同比"], ["甲桥", "氨氮", 0.2, 0.4, 0.3, 0.1]]
    found = read(book(tmp_path / "a.xlsx", {"Sheet": rows}), "samples")
    assert len(found.table) == 2
    assert "columns_aside" in codes(found)


@pytest.mark.parametrize(
    "title",
    ["2025年1-10月均值", "2025年1—10月各断面均值", "2025年前三季度水质", "2025年上半年", "2025年均值"],
)
def test_a_mean_of_a_period_is_no_record(tmp_path, title):
    path = book(tmp_path / "a.xlsx", {"Sheet": [[title, None], ["断面名称", "氨氮"], ["甲桥", 0.3]]})
    with pytest.raises(ColumnError, match="period") as error:
        read_file(path, Options(kind="samples", layer="x"))
    assert "--date" in error.value.message("en")
    found = read_file(path, Options(kind="samples", layer="x", date=dt.date(2025, 10, 31)))
    assert found.table["sampled_at"].dt.strftime("%Y-%m-%d").tolist() == ["2025-10-31"]


def test_a_month_in_the_title_is_no_day_of_air(tmp_path):
    path = book(
        tmp_path / "a.xlsx", {"Sheet": [["2025年5月各站点均值", None], ["站点", "PM2.5"], ["甲站", 30]]}
    )
    with pytest.raises(ColumnError, match="period"):
        read_file(path, Options(kind="air_days", layer="x"))


def test_a_year_that_nothing_tells_is_asked_for(tmp_path):
    path = book(
        tmp_path / "a.xlsx",
        {"Sheet": [["断面氨氮浓度", None, None], ["断面", "1月", "2月"], ["甲桥", 0.3, 0.4]]},
    )
    with pytest.raises(Question) as question:
        read_file(path, Options(kind="samples", layer="x"))
    assert "--date" in question.value.message("en")
    found = read_file(path, Options(kind="samples", layer="x", date=dt.date(2024, 12, 31)))
    assert found.table["sampled_at"].dt.strftime("%Y-%m").tolist() == ["2024-01", "2024-02"]


def test_many_values_for_one_item_of_one_record_are_asked_about(tmp_path):
    lines = [
        "断面,日期,项目,结果",
        *(f"甲桥,2025-01-0{day},氨氮,{value}" for day in (1, 2, 3, 4) for value in (0.1, 0.9)),
    ]
    with pytest.raises(Question, match="another value"):
        read_file(text(tmp_path / "a.csv", lines), Options(kind="samples", layer="x"))


def test_hours_far_below_the_first_rows_are_seen(tmp_path):
    lines = [
        "时间,站点,PM2.5",
        *(f"2025-05-03 {hour:02d}:00,站{at},{at}" for hour in range(3) for at in range(100)),
    ]
    assert guess_kind(text(tmp_path / "a.csv", lines)) == "air_hours"


def test_midnight_all_the_way_down_is_a_day(tmp_path):
    lines = ["日期,站点,PM2.5", *(f"2025-05-{day:02d} 00:00:00,甲站,{day}" for day in range(1, 30))]
    assert guess_kind(text(tmp_path / "a.csv", lines)) == "air_days"


@pytest.mark.parametrize(
    "cell",
    ["2021/1/5 下午 2:30", "2021-01-05 PM 2:30", "2021年1月5日 星期二 14时30分", "二〇二一年一月五日下午2点半",
     1609828200, "1609828200000", "44201.6041666667", "2021-01-05T06:30:00Z", "20210105143000"],
)  # fmt: skip
def test_times_as_people_write_them(tmp_path, cell):
    rows = [["断面名称", "采样时间", "氨氮"], ["甲桥", cell, 0.3]]
    found = read_file(book(tmp_path / "a.xlsx", {"Sheet": rows}), Options(kind="samples", layer="x"))
    assert found.table["sampled_at"].dt.strftime(STAMP).tolist() == ["2021-01-05 14:30"]


@pytest.mark.parametrize("cell", ["2021年1月上旬", "2021年第一季度", "1/5/2021", "2021年1-10月"])
def test_a_period_or_a_day_that_may_be_a_month_is_no_time(tmp_path, cell):
    rows = [["断面名称", "采样时间", "氨氮"], ["甲桥", cell, 0.3], ["乙桥", "2021-01-05", 0.3]]
    found = read_file(book(tmp_path / "a.xlsx", {"Sheet": rows}), Options(kind="samples", layer="x"))
    assert found.table["section"].tolist() == ["乙桥"]
    assert found.rejects["text"].tolist() == [cell]


def test_fractions_of_a_day_end_with_one_at_midnight(tmp_path):
    rows = [
        ["站点", "日期", "时间", "PM2.5"],
        *(["甲站", "2025-05-03", hour / 24, hour] for hour in (1, 12, 23, 24)),
    ]
    found = read_file(book(tmp_path / "a.xlsx", {"Sheet": rows}), Options(kind="air_hours", layer="x"))
    assert found.table["time"].dt.strftime(STAMP).tolist() == [
        "2025-05-03 01:00", "2025-05-03 12:00", "2025-05-03 23:00", "2025-05-04 00:00",
    ]  # fmt: skip


def test_tables_headed_by_bare_hours_and_nothing_at_the_left_end_where_the_next_begins(tmp_path):
    heads = [
        [hour for hour in range(24) for _ in range(4)],
        ["PM10", "PM10", "PM2.5", "PM2.5"] * 24,
        ["示例一站", "示例二站"] * 48,
    ]
    rows = [
        row
        for day in (1, 24, 25, 26)
        for row in ([f"2024年1月{day}日示例县环境空气小时值"], *heads, [float(day + at) for at in range(96)])
    ]
    found = read(book(tmp_path / "监测数据.xlsx", {"Sheet1": rows}), "air_hours")
    assert len(found.table) == 4 * 48
    assert ["示例二站", "2024-01-24 01:00", 29.0, 31.0] in told(found, "station", "time", "pm10", "pm25")


@pytest.mark.parametrize(
    ("lines", "kind", "dates", "values"),
    [
        (["2025年9月示例县地表水监测结果", "断面：样本闸", "监测项目,12号,14号,均值", "氨氮,1.5,1.6,1.55",
          "注：数据未经审核", "2025年9月示例县地表水监测结果", "断面：示范口", "项目,12号,14号,均值",
          "氨氮,0.5,0.6,0.55"],
         "samples", ["09-12", "09-14", "09-12", "09-14"], [1.5, 1.6, 0.5, 0.6]),
        (["2025年7月示例县地表水监测结果", "监测项目,19号,均值", ",西示例桥,", "氨氮,1.5,1.5", "总磷,0.1,0.1",
          "2025年8月示例县地表水监测结果", "项目,19号,均值", ",西示例桥,", "氨氮,1.7,1.7"],
         "samples", ["07-19", "08-19"], [1.5, 1.7]),
        (["示例县地表水监测结果（氨氮）", "断面：样本闸", "年份,月份,15日", "2025,2,0.34",
          "示例县地表水监测结果（氨氮）", "断面：示范口", "年,月,15日", "2025,2,0.57"],
         "samples", ["02-15", "02-15"], [0.34, 0.57]),
        (["2025年6月示例县空气日均值（CO）", "示例一站", "7日,22日", "0.3,0.4",
          "2025年6月示例县空气日均值（CO）", "示例二站", "5日", "0.8",
          "2025年6月示例县空气日均值（CO）", "示例三站", "28日,27日", "8,9"],
         "air_days", ["06-07", "06-22", "06-05", "06-28", "06-27"], [0.3, 0.4, 0.8, 8.0, 9.0]),
        (["2025年12月示例县空气日均值", "序号,示例一站,,,", ",CO,,O3-8h,", ",15,16,15,16", "1,0.3,0.4,97,21"],
         "air_days", ["12-15", "12-16"], [0.3, 0.4]),
    ],
)  # fmt: skip
def test_tables_of_a_row_or_two_are_tables(tmp_path, lines, kind, dates, values):
    found = read(text(tmp_path / "导出结果.csv", lines), kind)
    time, item = ("sampled_at", "nh3n") if kind == "samples" else ("date", "co")
    read_as = zip(found.table[time].dt.strftime("%m-%d"), found.table[item], strict=True)
    assert sorted(read_as) == sorted(zip(dates, values, strict=True))


def test_a_first_table_that_is_narrower_than_the_next_ones_ends_where_they_begin(tmp_path):
    """The first day lacks an hour: its 24 cells beside 25 of the others cost the second day."""
    lines = []
    for month, day, first in ((1, 1, 1), (1, 2, 0), (2, 1, 0), (2, 2, 0)):
        hours = range(first, 24)
        lines += [f"2019年{month}月{day}日示例县环境空气小时值（PM2.5）", "站点：示例一站"]
        lines += [",".join([*(f"{hour}时" for hour in hours), "均值"])]
        lines += [",".join([*(str(20 * day + hour) for hour in hours), "31"])]
    path = tmp_path / "监测数据.csv"
    path.write_text("\n".join(lines), "utf-8")
    found = read_file(path, Options(kind="air_hours", layer="x"))
    assert len(found.table) == 23 + 3 * 24
    assert len(found.rejects) == 0


def test_tables_below_titles_end_where_heads_that_tell_the_same_stand_below_the_next_title(tmp_path):
    """The first has one day and the next two others: no word stands again, and the first was read to the end."""
    lines = []
    for item, days in (("总磷", (19,)), ("高锰酸盐指数", (1, 20))):
        lines += [
            f"2019年1月示例县地表水监测结果（{item}）",
            ",".join([*(f"{day}日" for day in days), "均值"]),
        ]
        lines += [",".join([*("东示例桥" for _ in days), "均值"])]
        lines += [",".join([*(str(day / 100) for day in days), "0.3"])]
    path = tmp_path / "监测数据.csv"
    path.write_text("\n".join(lines), "utf-8")
    assert guess_kind(path) == "samples"
    found = read_file(path, Options(kind="samples", layer="x")).table
    assert found["tp"].dropna().tolist() == [0.19]
    assert found["codmn"].dropna().tolist() == [0.01, 0.2]


def test_a_place_above_heads_of_bare_numbers_heads_a_table_of_its_own(tmp_path):
    """It was asked whether it is the place of the rows below."""
    path = tmp_path / "2019年1月.csv"
    table = "示例县地表水监测结果\n断面：{}\n1,2,3\npH,pH,pH\n6.39,6.42,6.45\n"
    path.write_text(table.format("东示例桥") + table.format("西示例桥"), "utf-8")
    found = read_file(path, Options(kind="samples", layer="x")).table
    assert found["section"].value_counts().to_dict() == {"东示例桥": 3, "西示例桥": 3}


def test_a_first_table_of_one_column_is_no_title_of_the_next(tmp_path):
    """Its value was lost, and the station above it got the values of the next."""
    path = tmp_path / "2019年1月.csv"
    path.write_text(
        "示例县环境空气日均值\n站点：示例一站\nSO2\n1日\n31\n"
        "示例县环境空气日均值\n站点：实验小学\nSO2,PM10,PM2.5\n1日,1日,1日\n36,34,33\n",
        "utf-8",
    )
    found = read_file(path, Options(kind="air_days", layer="x")).table
    assert found[["station", "so2"]].to_numpy().tolist() == [["示例一站", 31.0], ["实验小学", 36.0]]


def test_the_station_of_a_table_not_known_is_not_that_of_the_next(tmp_path):
    path = tmp_path / "2019年1月.csv"
    path.write_text(
        "示例县噪声日均值\n站点：示例一站\n噪声\n1日\n55\n"
        "示例县环境空气日均值\n站点：实验小学\nSO2,PM10,PM2.5\n1日,1日,1日\n36,34,33\n",
        "utf-8",
    )
    found = read_file(path, Options(kind="air_days", layer="x"))
    assert found.table["station"].tolist() == ["实验小学"]
    assert found.rejects["source_row"].tolist() == [5]


def test_a_table_whose_month_nothing_tells_is_not_lost_above_those_that_tell_it(tmp_path):
    path = tmp_path / "2019年.csv"
    path.write_text(
        "示例县环境空气日均值\n站点：示例一站\nPM2.5\n1日\n28\n"
        "示例县环境空气日均值（2月）\n站点：实验小学\nO3-8h,PM10,PM2.5\n1日,1日,1日\n8,152,121\n",
        "utf-8",
    )
    found = read_file(path, Options(kind="air_days", layer="x"))
    assert found.table[["station", "pm25"]].to_numpy().tolist() == [["实验小学", 121.0]]
    assert found.rejects["source_row"].tolist() == [5]


def test_numbers_of_columns_above_the_heads_are_no_values(tmp_path):
    path = tmp_path / "监测数据.csv"
    path.write_text("1,2,3\n站点,日期,PM2.5\n示例一站,2019-01-01,28\n", "utf-8")
    assert read_file(path, Options(kind="air_days", layer="x")).rejects.empty


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("PM2.5\n1日\n28", "O3-8h,PM10,PM2.5\n1日,1日,1日\n8,152,121"),
        (",1日\nPM2.5,28", ",1日\nO3-8h,8\nPM10,152\nPM2.5,121"),
        ("日期,PM2.5\n1,28", "日期,O3-8h,PM10,PM2.5\n1,8,152,121"),
    ],
)
def test_days_whose_first_table_has_fewer_items_than_the_next_are_no_hours(tmp_path, first, second):
    """The value 8 below 1日 was the hour 8 of a table that has more items."""
    path = tmp_path / "2019年1月.csv"
    path.write_text(f"站点：示例一站\n{first}\n站点：实验小学\n{second}\n", "utf-8")
    assert guess_kind(path) == "air_days"
    found = read_file(path, Options(kind="air_days", layer="x")).table
    assert found.set_index("station")["pm25"].to_dict() == {"示例一站": 28.0, "实验小学": 121.0}
    assert found["o3_8h"].dropna().tolist() == [8.0]
