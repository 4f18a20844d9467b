"""Ordinary files of water: sheets of hand sampling, section × item, months, automatic stations, registers."""

import datetime as dt

import openpyxl
import pandas as pd

from tests.ordinary.making import Asked, Count, Said, Total, Values, ordinary, sheet, text

SECTIONS = ("虞河桥", "元和桥", "张家港闸", "白茆塘口")
# Dissolved oxygen, CODMn, ammonia, phosphorus of a river, and the class of GB 3838-2002 table 1 that they have.
RECORDS = {
    "虞河桥": (8.1, 3.2, 0.12, 0.08, 2),
    "元和桥": (6.4, 5.1, 0.62, 0.16, 3),
    "张家港闸": (4.2, 7.5, 1.21, 0.24, 4),
    "白茆塘口": (2.6, 11.2, 1.85, 0.35, 5),
}
CLASSES = [one[-1] for one in RECORDS.values()]
ROMAN = {1: "Ⅰ", 2: "Ⅱ", 3: "Ⅲ", 4: "Ⅳ", 5: "Ⅴ", 6: "劣Ⅴ"}
HEADS = ["溶解氧", "高锰酸盐指数", "氨氮", "总磷"]
WITH_UNIT = [f"{one}（mg/L）" for one in HEADS]
DAY = dt.date(2021, 5, 10)


def register(folder):
    rows = [
        ["序号", "断面名称", "所在河流", "水体类型", "断面级别", "水质目标", "乡镇", "河长", "经度", "纬度"]
    ]
    rows += [
        [at + 1, name, f"{name[:2]}河", "河流", "省考", "Ⅲ类", "梅李镇", "李四", 120.75 + at / 100, 31.65]
        for at, name in enumerate(SECTIONS)
    ]
    return sheet(folder / "断面清单.xlsx", rows, title="常熟市地表水断面清单")


def classify(folder, path, *right):
    return Asked(
        ["water", "classify", path, "--sections", register(folder)],
        list(right) or [Values("water_class", CLASSES)],
    )


def rows_of(heads=("断面名称", "采样日期", *WITH_UNIT), when=DAY, *more):
    return [list(heads), *([name, when, *values[:4], *more] for name, values in RECORDS.items())]


@ordinary
def samples_xlsx(folder):
    return classify(
        folder,
        sheet(
            folder / "手工监测.xlsx",
            rows_of(),
            title="2021年5月地表水手工监测结果",
            notes=["注：“L”表示低于检出限。"],
        ),
    )


@ordinary
def samples_csv_gbk(folder):
    return classify(folder, text(folder / "手工监测.csv", rows_of()))


@ordinary
def samples_unit_under_the_heads(folder):
    rows = rows_of(("监测断面", "监测日期", "溶解氧", "高锰酸盐指数", "氨氮", "总磷"))
    rows.insert(1, [None, None, "mg/L", "mg/L", "mg/L", "mg/L"])
    return classify(folder, sheet(folder / "监测结果.xlsx", rows))


@ordinary
def samples_unit_in_the_title(folder):
    rows = rows_of(("断面", "采样时间", *HEADS))
    return classify(
        folder,
        sheet(
            folder / "水质监测.xlsx", rows, title="2021年5月水质监测结果", under=["单位：mg/L（pH无量纲）"]
        ),
    )


@ordinary
def samples_plain_heads_with_ph_and_temperature(folder):
    rows = [["断面名称", "采样日期", "水温", "pH", *HEADS]]
    rows += [[name, DAY, 21.5, 7.6, *values[:4]] for name, values in RECORDS.items()]
    return classify(folder, sheet(folder / "手工监测结果表.xlsx", rows))


@ordinary
def samples_with_published_class(folder):
    rows = [["断面名称", "采样日期", *WITH_UNIT, "水质类别", "主要污染指标(超标倍数)"]]
    rows += [[name, DAY, *values[:4], ROMAN[values[4]], None] for name, values in RECORDS.items()]
    return classify(
        folder,
        sheet(folder / "水质月报.xlsx", rows, title="地表水水质月报（2021年5月）"),
        Values("water_class", CLASSES),
        Values("published_differs", [False] * 4),
    )


@ordinary
def samples_below_detection(folder):
    rows = [["断面名称", "采样日期", *WITH_UNIT, "石油类（mg/L）", "挥发酚（mg/L）"]]
    rows += [[name, DAY, *values[:4], "0.01L", "0.0003L"] for name, values in RECORDS.items()]
    return classify(folder, sheet(folder / "检测结果.xlsx", rows))


@ordinary
def samples_long_by_item(folder):
    rows = [["样品编号", "断面名称", "采样日期", "监测项目", "监测结果", "单位"]]
    for at, (name, values) in enumerate(RECORDS.items()):
        rows += [[f"W{at}{to}", name, DAY, item, values[to], "mg/L"] for to, item in enumerate(HEADS)]
    return classify(folder, sheet(folder / "实验室结果.xlsx", rows), Values("water_class", CLASSES))


@ordinary
def samples_items_down_sections_across(folder):
    rows = [
        ["项目", *SECTIONS],
        *([item, *(RECORDS[name][at] for name in SECTIONS)] for at, item in enumerate(WITH_UNIT)),
    ]
    return classify(
        folder,
        sheet(folder / "断面对比.xlsx", rows, title="2021年5月各断面监测结果"),
        Values("water_class", CLASSES),
    )


@ordinary
def samples_sheet_per_month(folder):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for month in (4, 5, 6):
        rows = rows_of(("断面名称", "采样日期", *WITH_UNIT), dt.date(2021, month, 8))
        sheet(folder / "2021年二季度.xlsx", rows, title=f"2021年{month}月监测结果", of=(book, f"{month}月"))
    return classify(folder, folder / "2021年二季度.xlsx", Count(12), Values("water_class", CLASSES * 3))


@ordinary
def samples_sheet_per_section(folder):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, values in RECORDS.items():
        rows = [["采样日期", *WITH_UNIT], *([dt.date(2021, month, 8), *values[:4]] for month in (4, 5))]
        sheet(folder / "分断面结果.xlsx", rows, of=(book, name))
    return classify(
        folder,
        folder / "分断面结果.xlsx",
        Count(8),
        Values("water_class", [one for one in CLASSES for _ in (4, 5)]),
    )


def assessed(folder, path, *right):
    return Asked(["water", "assess", path, "--sections", register(folder)], list(right))


def monthly(name, item, month):
    """Values that change by month, so that a mean tells which months it is of."""
    return round(RECORDS[name][item] * (1 + month / 100), 3)


def mean(name, item, months):
    return sum(monthly(name, item, month) for month in months) / len(months)


@ordinary
def months_long(folder):
    rows = [["断面名称", "月份", *WITH_UNIT]]
    rows += [
        [name, f"2021年{month}月", *(monthly(name, at, month) for at in range(4))]
        for name in SECTIONS
        for month in range(1, 7)
    ]
    return assessed(
        folder,
        sheet(folder / "上半年水质.xlsx", rows),
        Total("nh3n", mean("元和桥", 2, range(1, 7)), {"name": "元和桥", "period": "2021C06"}, 0.006),
    )


@ordinary
def months_as_heads_of_one_item(folder):
    rows = [["断面名称", *(f"{month}月" for month in range(1, 13))]]
    rows += [[name, *(monthly(name, 2, month) for month in range(1, 13))] for name in SECTIONS]
    return assessed(
        folder,
        sheet(folder / "氨氮逐月.xlsx", rows, title="2021年各断面氨氮浓度逐月均值（mg/L）"),
        Total("nh3n", monthly("张家港闸", 2, 9), {"name": "张家港闸", "period": "2021M09"}, 0.006),
    )


@ordinary
def year_and_month_columns(folder):
    rows = [["年", "月", "断面名称", *WITH_UNIT]]
    rows += [
        [2021, month, name, *(monthly(name, at, month) for at in range(4))]
        for month in (1, 2, 3)
        for name in SECTIONS
    ]
    return assessed(
        folder,
        text(folder / "一季度.csv", rows, "utf-8-sig"),
        Total("tp", monthly("白茆塘口", 3, 2), {"name": "白茆塘口", "period": "2021M02"}, 0.006),
    )


@ordinary
def section_by_item_and_month_in_two_row_heads(folder):
    top, under = ["断面名称"], [None]
    for month in (1, 2, 3):
        top += [f"2021年{month}月", None, None]
        under += ["高锰酸盐指数", "氨氮", "总磷"]
    rows = [
        top,
        under,
        *(
            [name, *(monthly(name, at, month) for month in (1, 2, 3) for at in (1, 2, 3))]
            for name in SECTIONS
        ),
    ]
    return assessed(
        folder,
        sheet(folder / "季度.xlsx", rows, merges=["A1:A2", "B1:D1", "E1:G1", "H1:J1"]),
        Total("codmn", monthly("虞河桥", 1, 3), {"name": "虞河桥", "period": "2021M03"}, 0.06),
    )


@ordinary
def automatic_station_hours(folder):
    hours = pd.date_range("2021-07-01 00:00", "2021-07-03 20:00", freq="4h")
    rows = [
        [
            "断面名称",
            "监测时间",
            "水温(℃)",
            "pH(无量纲)",
            "溶解氧(mg/L)",
            "电导率(μS/cm)",
            "浊度(NTU)",
            "高锰酸盐指数(mg/L)",
            "氨氮(mg/L)",
            "总磷(mg/L)",
            "总氮(mg/L)",
            "站点情况",
        ]
    ]
    rows += [
        ["虞河桥", f"{hour:%Y-%m-%d %H:%M}", 27.1, 7.8, 6.2, 512.3, 18.2, 3.6, 0.31, 0.09, 1.92, "正常"]
        for hour in hours
    ]
    return classify(
        folder,
        text(folder / "自动站.csv", rows, "utf-8-sig"),
        Count(len(hours)),
        Total("water_class", 2 * len(hours)),
    )


@ordinary
def national_week(folder):
    rows = [
        [
            "省份",
            "流域",
            "断面名称",
            "监测时间",
            "水质类别",
            "水温(℃)",
            "pH(无量纲)",
            "溶解氧(mg/L)",
            "电导率(μS/cm)",
            "浊度(NTU)",
            "高锰酸盐指数(mg/L)",
            "氨氮(mg/L)",
            "总磷(mg/L)",
            "总氮(mg/L)",
            "叶绿素α(mg/L)",
            "藻密度(cells/L)",
            "站点情况",
        ]
    ]
    for name, (oxygen, codmn, ammonia, phosphorus, cls) in RECORDS.items():
        rows.append(
            [
                "江苏省",
                "太湖流域",
                name,
                "2021-05-10 08:00",
                ROMAN[cls],
                21.2,
                7.5,
                oxygen,
                480,
                20.1,
                codmn,
                ammonia,
                phosphorus,
                2.1,
                "*",
                "*",
                "正常",
            ]
        )
    rows.append(
        [
            "江苏省",
            "太湖流域",
            "虞河桥",
            "2021-05-10 12:00",
            "*",
            "*",
            "*",
            "*",
            "*",
            "*",
            "*",
            "*",
            "*",
            "*",
            "*",
            "*",
            "维护",
        ]
    )
    return classify(
        folder, text(folder / "国控水质.csv", rows), Values("water_class", CLASSES, {"站点情况": "正常"})
    )


@ordinary
def sections_with_kind_of_their_own(folder):
    rows = [
        ["断面名称", "水体类型", "采样日期", *WITH_UNIT],
        ["尚湖中心", "湖库", DAY, 8.5, 3.0, 0.1, 0.06],
        ["虞河桥", "河流", DAY, 8.5, 3.0, 0.1, 0.06],
    ]
    path = sheet(folder / "湖库与河流.xlsx", rows)
    return Asked(["water", "classify", path], [Values("water_class", [4, 2])])


@ordinary
def register_checked(folder):
    return Asked(["check", register(folder)], [Said("kept 4")], writes=False)


@ordinary
def outfalls(folder):
    rows = [
        ["序号", "排污口编码", "排污口名称", "类型", "乡镇", "受纳水体", "经度", "纬度"],
        [1, "JS-1", "某污水厂排口", "城镇污水处理厂", "梅李镇", "虞河", 120.81, 31.71],
        [2, "JS-2", "某企业排口", "工业", "海虞镇", "元和塘", 120.82, 31.73],
    ]
    return Asked(
        ["check", sheet(folder / "入河排污口名录.xlsx", rows, title="入河排污口名录")],
        [Said("kept 2")],
        writes=False,
    )


@ordinary
def samples_with_river_and_date_split(folder):
    rows = [["序号", "河流名称", "断面名称", "采样日期", "采样时间", "水温℃", "pH值", *WITH_UNIT, "备注"]]
    rows += [
        [at + 1, f"{name[:2]}河", name, "2021/5/10", "9:30", 20.1, 7.4, *values[:4], None]
        for at, (name, values) in enumerate(RECORDS.items())
    ]
    return classify(folder, sheet(folder / "采样记录.xlsx", rows))


@ordinary
def samples_with_mean_row(folder):
    rows = rows_of()
    rows.append(
        ["平均值", None, *(round(sum(one[at] for one in RECORDS.values()) / 4, 3) for at in range(4))]
    )
    return classify(folder, sheet(folder / "五月.xlsx", rows, title="五月监测"))
