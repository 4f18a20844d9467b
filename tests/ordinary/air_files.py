"""Ordinary files of air: days, hours in several layouts, calendars, bulletins."""

import datetime as dt
import math

import openpyxl
import pandas as pd

from tests.ordinary.making import Asked, Count, Said, Total, Values, ordinary, sheet, text

# HJ 633-2012 table 1: the bounds of each item of a day at sub-index 0, 50, 100, 150, 200, 300.
STEPS = (0, 50, 100, 150, 200, 300)
BOUNDS = {
    "PM2.5": (0, 35, 75, 115, 150, 250),
    "PM10": (0, 50, 150, 250, 350, 420),
    "SO2": (0, 50, 150, 475, 800, 1600),
    "NO2": (0, 40, 80, 180, 280, 565),
    "CO": (0, 2, 4, 14, 24, 36),
    "O3-8h": (0, 100, 160, 215, 265, 800),
}
HOURLY = {
    **BOUNDS,
    "SO2": (0, 150, 500, 650, 800),
    "NO2": (0, 100, 200, 700, 1200, 2340),
    "CO": (0, 5, 10, 35, 60, 90),
    "O3": (0, 160, 200, 300, 400, 800),
}
ITEMS = list(BOUNDS)
DAYS = [dt.date(2021, 3, 1) + dt.timedelta(days=at) for at in range(31)]


def sub_index(value, bounds):
    for low, high, under, over in zip(bounds, bounds[1:], STEPS, STEPS[1:], strict=False):
        if value <= high:
            return math.ceil(round((over - under) / (high - low) * (value - low) + under, 6))
    raise ValueError(value)


def aqi(values, table=BOUNDS):
    return max(sub_index(values[item], table[item]) for item in values)


def day_of(at, shift=0):
    """Give the six items of a day; PM2.5 decides on every third day."""
    return {
        "PM2.5": 28 + (at * 7 + shift) % 71,
        "PM10": 55 + (at * 11 + shift) % 90,
        "SO2": 6 + at % 5,
        "NO2": 22 + (at * 3 + shift) % 40,
        "CO": round(0.5 + at % 6 / 10, 1),
        "O3-8h": 70 + (at * 13 + shift) % 110,
    }


HEADS = ["PM2.5(μg/m³)", "PM10(μg/m³)", "SO2(μg/m³)", "NO2(μg/m³)", "CO(mg/m³)", "O3-8h(μg/m³)"]
RIGHT = [aqi(day_of(at)) for at in range(31)]
GOOD = sum(one <= 100 for one in RIGHT)
PM25 = sum(day_of(at)["PM2.5"] for at in range(31)) / 31


def aqi_of(path, *right):
    return Asked(["air", "aqi", path], list(right))


def month_of(path):
    return Asked(
        ["air", "assess", path],
        [Total("good_days", GOOD, {"period": "2021M03"}), Total("pm25_mean", PM25, {"period": "2021M03"})],
    )


def days(heads=HEADS, first=("日期",)):
    return [[*first, *heads], *([when, *day_of(at).values()] for at, when in enumerate(DAYS))]


@ordinary
def days_xlsx(folder):
    rows = [
        ["序号", "监测点位", "日期", *HEADS],
        *([at + 1, "兴福子站", when, *day_of(at).values()] for at, when in enumerate(DAYS)),
    ]
    return aqi_of(
        sheet(folder / "空气日均值.xlsx", rows, title="2021年3月环境空气日均值"),
        Count(31),
        Values("aqi", RIGHT),
    )


@ordinary
def days_csv_plain_heads(folder):
    rows = [
        ["站点名称", "日期", *ITEMS],
        *(["兴福子站", when, *day_of(at).values()] for at, when in enumerate(DAYS)),
    ]
    return aqi_of(text(folder / "日均值.csv", rows, "utf-8-sig"), Count(31), Values("aqi", RIGHT))


@ordinary
def city_days_published(folder):
    grade = {True: "优", False: "良"}
    rows = [["城市", "日期", "AQI", "质量等级", "首要污染物", "PM2.5", "PM10", "SO2", "NO2", "CO", "O3_8h"]]
    for at, when in enumerate(DAYS):
        rows.append(
            [
                "常熟市",
                f"{when:%Y-%m-%d}",
                RIGHT[at],
                "轻度污染" if RIGHT[at] > 100 else grade[RIGHT[at] <= 50],
                "-",
                *day_of(at).values(),
            ]
        )
    return month_of(text(folder / "常熟市空气质量日报.csv", rows))


@ordinary
def days_unit_in_the_line_above(folder):
    rows = days(["PM2.5", "PM10", "SO2", "NO2", "CO", "O3-8h"])
    return month_of(
        sheet(
            folder / "市区日均.xlsx",
            rows,
            title="常熟市区2021年3月空气质量日均值",
            under=["单位：μg/m³（CO为mg/m³）"],
        )
    )


@ordinary
def days_chinese_heads(folder):
    rows = days(
        [
            "细颗粒物(PM2.5)",
            "可吸入颗粒物(PM10)",
            "二氧化硫",
            "二氧化氮",
            "一氧化碳(mg/m³)",
            "臭氧日最大8小时平均",
        ],
        ("监测日期",),
    )
    rows.append(["月均值", *(round(sum(day_of(at)[item] for at in range(31)) / 31, 1) for item in ITEMS)])
    return month_of(
        sheet(folder / "三月.xlsx", rows, title="2021年3月空气质量", notes=["数据未经审核，仅供参考"])
    )


HOURS = [pd.Timestamp("2021-06-01 01:00") + pd.Timedelta(hours=at) for at in range(48)]
STATIONS = ("兴福子站", "海虞子站", "菱塘子站")
HOUR_ITEMS = ["PM2.5", "PM10", "SO2", "NO2", "CO", "O3"]


def hour_of(at, station=0):
    one = day_of(at, 5 * station)
    one["O3"] = one.pop("O3-8h")
    return {item: one[item] for item in HOUR_ITEMS}


def pm25_sum(n_stations=3, hours=48):
    return sum(
        sub_index(hour_of(at, station)["PM2.5"], BOUNDS["PM2.5"])
        for station in range(n_stations)
        for at in range(hours)
    )


@ordinary
def hours_long(folder):
    rows = [["站点名称", "时间", *HOUR_ITEMS]]
    rows += [
        [name, f"{hour:%Y-%m-%d %H:%M:%S}", *hour_of(at, to).values()]
        for to, name in enumerate(STATIONS)
        for at, hour in enumerate(HOURS)
    ]
    right = [aqi(hour_of(at, to), HOURLY) for to in range(3) for at in range(48)]
    return aqi_of(text(folder / "空气小时值.csv", rows), Count(144), Values("aqi", right))


@ordinary
def hours_by_item_in_rows(folder):
    rows = [["时间", "监测点", "监测因子", "浓度", "单位"]]
    for to, name in enumerate(STATIONS[:2]):
        for at, hour in enumerate(HOURS[:12]):
            rows += [
                [f"{hour:%Y/%m/%d %H:%M}", name, item, value, "mg/m³" if item == "CO" else "μg/m³"]
                for item, value in hour_of(at, to).items()
            ]
    return aqi_of(sheet(folder / "小时报表.xlsx", rows), Count(24), Total("iaqi_pm25", pm25_sum(2, 12)))


@ordinary
def hours_station_by_item(folder):
    top, under = ["时间"], [None]
    for name in STATIONS[:2]:
        top += [name, *[None] * 5]
        under += HOUR_ITEMS
    rows = [
        top,
        under,
        *(
            [hour.to_pydatetime(), *(one for to in (0, 1) for one in hour_of(at, to).values())]
            for at, hour in enumerate(HOURS)
        ),
    ]
    return aqi_of(
        sheet(folder / "多站小时.xlsx", rows, title="2021年6月1日至2日小时值", merges=["B2:G2", "H2:M2"]),
        Count(96),
        Total("iaqi_pm25", pm25_sum(2)),
    )


@ordinary
def hours_stations_as_heads(folder):
    rows = [
        ["时间", *STATIONS],
        *(
            [f"{hour:%Y-%m-%d %H:%M}", *(hour_of(at, to)["PM2.5"] for to in range(3))]
            for at, hour in enumerate(HOURS)
        ),
    ]
    return aqi_of(
        sheet(folder / "PM2.5小时.xlsx", rows, title="各站点PM2.5小时浓度（μg/m³）"),
        Count(144),
        Total("iaqi_pm25", pm25_sum()),
    )


@ordinary
def archive_of_national_stations(folder):
    rows = [["date", "hour", "type", "1160A", "1161A", "1162A"]]
    for at in range(24):
        for item in ["AQI", *HOUR_ITEMS]:
            values = [
                aqi(hour_of(at, to), HOURLY) if item == "AQI" else hour_of(at, to)[item] for to in range(3)
            ]
            rows.append(["20210601", at, item, *values])
    return aqi_of(
        text(folder / "china_sites_20210601.csv", rows, "utf-8"),
        Count(72),
        Total("iaqi_pm25", pm25_sum(hours=24)),
    )


@ordinary
def hours_1_to_24_as_heads(folder):
    rows = [["站点", "日期", "项目", *(f"{hour}时" for hour in range(1, 25))]]
    for to, name in enumerate(STATIONS):
        rows += [
            [name, dt.date(2021, 6, 1), item, *(hour_of(at, to)[item] for at in range(24))]
            for item in HOUR_ITEMS
        ]
    return aqi_of(sheet(folder / "小时矩阵.xlsx", rows), Count(72), Total("iaqi_pm25", pm25_sum(hours=24)))


@ordinary
def hours_0_to_23_as_heads(folder):
    rows = [["日期", *(f"{hour}:00" for hour in range(24))]]
    rows += [
        [dt.date(2021, 6, 1 + row), *(hour_of(24 * row + at)["PM2.5"] for at in range(24))] for row in (0, 1)
    ]
    return aqi_of(
        sheet(folder / "兴福子站.xlsx", rows, title="兴福子站2021年6月PM2.5小时值（μg/m³）"),
        Count(48),
        Total("iaqi_pm25", pm25_sum(1)),
    )


@ordinary
def hours_with_date_and_hour_columns(folder):
    rows = [["站点名称", "日期", "小时", *HOUR_ITEMS]]
    rows += [
        [
            STATIONS[0],
            hour.date() if hour.hour else (hour - pd.Timedelta(days=1)).date(),
            hour.hour or 24,
            *hour_of(at).values(),
        ]
        for at, hour in enumerate(HOURS)
    ]
    return aqi_of(
        text(folder / "小时数据.csv", rows),
        Count(48),
        Values("aqi", [aqi(hour_of(at), HOURLY) for at in range(48)]),
    )


def calendar(months=3):
    rows = [["日期", *(f"{month}月" for month in range(1, months + 1))]]
    right = []
    for day in range(1, 32):
        row = [day]
        for month in range(1, months + 1):
            if month == 2 and day > 28:
                row.append(None)
            else:
                right.append(40 + (day * 7 + month * 13) % 90)
                row.append(right[-1])
        rows.append(row)
    return rows, right


@ordinary
def aqi_calendar_days_down(folder):
    rows, right = calendar()
    return aqi_of(
        sheet(folder / "AQI日历.xlsx", rows, title="2021年常熟市AQI日历"), Count(90), Total("aqi", sum(right))
    )


@ordinary
def aqi_calendar_days_across(folder):
    rows, right = calendar()
    turned = [
        ["月份", *(f"{day}日" for day in range(1, 32))],
        *([f"{month}月", *(row[month] for row in rows[1:])] for month in (1, 2, 3)),
    ]
    return aqi_of(
        sheet(folder / "AQI逐日.xlsx", turned, title="2021年AQI逐日统计表"),
        Count(90),
        Total("aqi", sum(right)),
    )


@ordinary
def days_sheet_per_month(folder):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for month in (1, 2, 3):
        last = (dt.date(2021, month + 1, 1) - dt.timedelta(days=1)).day
        rows = [
            ["日期", *HEADS],
            *([dt.date(2021, month, day), *day_of(day - 1).values()] for day in range(1, last + 1)),
        ]
        sheet(folder / "一季度日均.xlsx", rows, title=f"2021年{month}月日均值", of=(book, f"{month}月"))
    return month_of(folder / "一季度日均.xlsx")


@ordinary
def days_with_missing_and_dashes(folder):
    rows = [
        ["站点名称", "日期", *HEADS],
        *(["兴福子站", when, *day_of(at).values()] for at, when in enumerate(DAYS)),
    ]
    rows[5][2:] = ["—"] * 6
    rows[9][3] = None
    left = {item: value for item, value in day_of(8).items() if item != "PM10"}
    right = [aqi(left) if at == 8 else one for at, one in enumerate(RIGHT) if at != 4]
    return aqi_of(sheet(folder / "日均值（有缺测）.xlsx", rows), Values("aqi", right))


@ordinary
def station_register(folder):
    rows = [
        ["站点编码", "站点名称", "级别", "乡镇", "点位长", "经度", "纬度"],
        ["1160A", "兴福子站", "国控", "虞山街道", "王五", 120.7303, 31.6628],
        ["1161A", "海虞子站", "国控", "海虞镇", "赵六", 120.7458, 31.6492],
    ]
    return Asked(["check", text(folder / "空气站点.csv", rows)], [Said("kept 2")], writes=False)


@ordinary
def yearly_statistics(folder):
    rows = [
        ["指标", "地区", "年度", "数值", "单位", "文件"],
        ["单位GDP建设用地使用面积下降率", "常熟市", 2021, 4.5, "%", "常政发〔2022〕1号"],
        ["耕地保有量", "常熟市", 2021, 41.2, "万亩", "常政发〔2022〕1号"],
    ]
    return Asked(
        ["check", sheet(folder / "年度统计.xlsx", rows), "--kind", "statistics"],
        [Said("kept 2")],
        writes=False,
    )
