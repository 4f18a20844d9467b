"""Yearly tables of targets as offices lay them out: read whole, or each bad row quarantined with its reason."""

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest
import xlsxwriter

from gis import ingest
from gis.base.messages import restored
from gis.catalogue import YearlyTarget, load
from gis.catalogue.targets_table import with_yearly_targets
from gis.ingest import guess_kind

COUNTY = """
[county]
adcode = "320581"
name = { zh = "常熟市", en = "Changshu" }
extent = [120.55, 31.50, 121.05, 31.83]
plan_years = [2021, 2025]
towns = [
  { code = "320581001", name = { zh = "虞山街道", en = "Yushan" }, aliases = ["虞山"] },
  { code = "320581104", name = { zh = "古里镇", en = "Guli" }, aliases = ["古里"] },
]

[[layer]]
id = "yearly_targets"
kind = "yearly_targets"
title = { zh = "年度目标任务分解表", en = "Yearly targets" }
files = ["data/*.xlsx"]
group = "actions"
about = { source = "test" }
"""
QUARTERS = ["一季度", "二季度", "三季度", "四季度"]
MONTHS = [f"{month}月" for month in range(1, 13)]
HEADS = ["指标", "目标值", "单位", "乡镇", "责任单位"]
LAND = ["盘活存量建设用地", 1000, "亩", "全市", "资规局"]
EVEN = {3: 250, 6: 500, 9: 750, 12: 1000}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "layers" / "data").mkdir(parents=True)
    (tmp_path / "layers" / "county.toml").write_text(COUNTY, encoding="utf-8")
    return tmp_path / "layers"


def book(folder: Path, *sheets: tuple[str, list[list]], name: str = "年度目标任务分解表_2025.xlsx") -> Path:
    path = folder / "data" / name
    with xlsxwriter.Workbook(path) as made:
        share = made.add_format({"num_format": "0%"})
        for title, rows in sheets:
            sheet = made.add_worksheet(title)
            for at, row in enumerate(rows):
                for column, cell in enumerate(row):
                    if isinstance(cell, tuple):
                        sheet.write_number(at, column, cell[0], share)
                    elif cell is not None:
                        sheet.write(at, column, cell)
    return path


def read(folder: Path) -> ingest.Ingested:
    catalogue = load(folder)
    return ingest.read_layer(catalogue.layers[0], catalogue)


def targets(folder: Path) -> list[YearlyTarget]:
    planned = with_yearly_targets(load(folder), read(folder).table, 2030)
    return [one for one in planned.targets if isinstance(one, YearlyTarget)]


LAYOUTS = {
    "quarters that add up": [[*HEADS, *QUARTERS], [*LAND, 250, 250, 250, 250]],
    "quarters so far": [[*HEADS, *QUARTERS], [*LAND, 250, 500, 750, 1000]],
    "per cent as text": [[*HEADS, *QUARTERS], [*LAND, "25%", "50%", "75%", "100%"]],
    "per cent by the cell's format": [[*HEADS, *QUARTERS], [*LAND, (0.25,), (0.5,), (0.75,), (1.0,)]],
    "a title and a running number": [
        ["常熟市2025年度目标任务分解表"],
        ["序号", *HEADS, *QUARTERS],
        [1, *LAND, 250, 250, 250, 250],
    ],
    "two rows of heads": [
        ["2025年度目标任务分解表"],
        [*HEADS, "时序进度", "时序进度", "时序进度", "时序进度"],
        [None, None, None, None, None, *QUARTERS],
        [*LAND, 250, 500, 750, 1000],
    ],
    "other words": [
        ["序号", "任务名称", "年度目标", "计量单位", "板块", "牵头单位", "第一季度", "第二季度", "第三季度",
         "第四季度", "备注"],
        [1, "力争盘活存量用地", "1,000亩", None, "常熟市", "资规局", 250, 500, 750, 1000, "略"],
    ],
    "ends of months": [
        [*HEADS, "3月底", "6月底", "9月底", "12月底"],
        ["盘活存量建设用地面积", "≥1000", "亩", None, "资规局", 250, 500, 750, 1000],
    ],
    "spans from January": [[*HEADS, "1-3月", "1-6月", "1-9月", "1-12月"], [*LAND, 250, 500, 750, 1000]],
    "what was done stands beside": [
        [*HEADS, "一季度", "一季度完成", "二季度", "二季度完成", "三季度", "四季度"],
        [*LAND, 250, 300, 500, 400, 750, 1000],
    ],
}  # fmt: skip


@pytest.mark.parametrize("layout", LAYOUTS)
def test_an_ordinary_table_is_read_whole_whatever_its_layout(folder, layout):
    book(folder, ("2025年", LAYOUTS[layout]))
    made = targets(folder)
    assert [(one.indicator, one.period, one.goal.value) for one in made] == [
        ("land.renewed_area", "2025", 1000)
    ]
    assert made[0].due == pytest.approx(EVEN)
    assert made[0].owner == "资规局"
    assert not len(read(folder).rejects)


def test_months_count_where_quarters_stand_beside_them(folder):
    sums = [100 * month for month in range(1, 12)] + [1000]
    book(
        folder,
        (
            "2025",
            [[*HEADS, *MONTHS, *QUARTERS], [*LAND[:1], 1000, *LAND[2:], *sums[:10], 1000, 1000, 1, 2, 3, 4]],
        ),
    )
    assert targets(folder)[0].due[10] == 1000


def test_a_sheet_a_year_and_towns_below_the_county(folder):
    sheets = [
        (f"{year}年", [[*HEADS, *QUARTERS], LAND, ["盘活存量建设用地", 400, "亩", "其中：虞山", "虞山办事处"],
                      ["盘活存量建设用地", 600, "亩", "古里", "古里镇政府"], ["合计", 1000, "亩"]])
        for year in (2024, 2025)
    ]  # fmt: skip
    book(folder, *sheets, name="分解表.xlsx")
    made = targets(folder)
    assert [(one.period, one.place, one.goal.value) for one in made] == [
        ("2024", None, 1000), ("2024", "320581001", 400), ("2024", "320581104", 600),
        ("2025", None, 1000), ("2025", "320581001", 400), ("2025", "320581104", 600),
    ]  # fmt: skip
    assert made[0].title.zh == "盘活存量建设用地 1000 亩"
    assert made[4].title.zh == "虞山街道：盘活存量建设用地 400 亩"


def test_a_column_of_years(folder):
    book(folder, ("分解", [["年度", *HEADS], ["2024年", *LAND], [2025, *LAND]]), name="分解表.xlsx")
    assert [one.period for one in targets(folder)] == ["2024", "2025"]


BAD = [
    (["群众满意度", 90, "分", "全市", None, None, None, None, None], "indicator", "not known"),
    (["盘活存量建设用地", 120, "亩", "王市镇", None, None, None, None, None], "town", 'no town "王市镇"'),
    (
        ["盘活存量建设用地", "完成上级任务", "亩", "虞山", None, None, None, None, None],
        "goal",
        "not one number",
    ),
    (
        ["盘活存量建设用地", 100, "平方", "虞山", None, None, None, None, None],
        "unit",
        "not that of the indicator",
    ),
    (["盘活存量建设用地", 100, "亩", "虞山", None, 10, 20, 30, 20], "timetable", "neither ends at the goal"),
    (
        ["盘活存量用地", 900, "亩", "常熟市", None, None, None, None, None],
        "indicator",
        "the same target as in row 2",
    ),
    (["盘活存量建设用地", None, "亩", "虞山", None, None, None, None, None], "goal", "is empty"),
]


@pytest.mark.parametrize(("bad", "field", "told"), BAD, ids=[f"{one[1]}-{at}" for at, one in enumerate(BAD)])
def test_a_bad_row_is_quarantined_with_its_reason_and_the_others_stay(folder, bad, field, told):
    book(folder, ("2025", [[*HEADS, *QUARTERS], [*LAND, 250, 500, 750, 1000], bad]))
    found = read(folder)
    assert len(found.table) == 1
    reject = found.rejects.iloc[0]
    assert (reject["field"], reject["source_row"]) == (field, 3)
    assert told in restored(reject["reason"]).en
    assert restored(reject["fix"]).zh
    assert "2025" in reject["source"]
    sources = found.sources.iloc[0]
    assert (sources["rows_read"], sources["rows_kept"], sources["rows_quarantined"]) == (2, 1, 1)


def test_rates_and_means_are_rows_and_not_summaries(folder):
    names = ["国省考断面达标率", "断面水质达标率", "PM2.5年均值", "空气质量优良率", "优Ⅲ比例"]
    rows = [[name, 90, "微克/立方米" if "PM" in name else "%", "全市", "生态环境局"] for name in names]
    book(folder, ("2025", [HEADS, *rows]))
    found = read(folder)
    assert found.table["indicator"].tolist() == [names[0], *names[2:]]
    assert restored(found.rejects["reason"].item()).en == "the same target as in row 2"


def test_the_kind_of_such_a_file_is_told_from_its_heads(folder):
    path = book(folder, ("2025", [[*HEADS, *QUARTERS], [*LAND, 250, 500, 750, 1000]]))
    assert guess_kind(path) == "yearly_targets"
    frame = pd.DataFrame(
        {"指标": ["green"], "地区": ["常熟市"], "年度": [2024], "数值": [43.2], "单位": ["%"]}
    )
    frame.to_excel(folder / "data" / "统计.xlsx", index=False)
    assert guess_kind(folder / "data" / "统计.xlsx") == "statistics"


def test_a_day_of_the_sample_is_judged_by_its_own_table(sample_layers):
    catalogue = load(sample_layers)
    layer = catalogue.of_kind("yearly_targets")[0]
    found = ingest.read_layer(layer, catalogue)
    planned = with_yearly_targets(catalogue, found.table, dt.date(2025, 10, 31).year)
    own = [one for one in planned.targets if isinstance(one, YearlyTarget)]
    assert {one.period for one in own} == {"2022", "2023", "2024", "2025"}
    assert len(found.rejects) == 4
    towns = sum(
        one.goal.value
        for one in own
        if one.indicator == "land.renewed_area" and one.place and one.period == "2025"
    )
    assert towns == 2400
