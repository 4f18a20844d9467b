"""`gis land ledger`: one counting rule that is named, files of several years together, its own workbook read again."""

import re
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

COUNTED = re.compile(
    r"as of [\d-]+: ([\d,.]+) mu counted, ([\d,.]+) of them in (\d{4}); (.*), overlaps once(.*)"
)
LOST = re.compile(r"; (\d+) more events of \d{4}, ([\d,.]+) mu, have no parcel and do not count")
HEADS = ["图斑编号", "乡镇", "盘活类型", "申报面积(亩)", "项目名称", "备案号"]


def counted(result):
    """Total and this year's part, 亩, the rule, and the rest of the headline."""
    assert result.exit_code == 0, result.output
    total, year, _, rule, rest = COUNTED.search(result.stdout).groups()
    return float(total.replace(",", "")), float(year.replace(",", "")), rule, rest


def desk(folder: Path) -> None:
    """Two years of parcels, and the events of both; D was never drawn."""
    for year, rows in (
        (
            2021,
            [["A", "梅李镇", "低效用地", 10, "甲项目", "备1"], ["B", "海虞镇", "批而未供", 20, None, None]],
        ),
        (2022, [["C", "梅李镇", "低效用地", 40, "丙项目", "备3"]]),
    ):
        pd.DataFrame(rows, columns=HEADS).to_excel(folder / f"地块_{year}.xlsx", index=False)
    events = [
        ["A", "批准", "2021-01-02", "批1", None], ["A", "验收", "2021-05-01", "验1", 10],
        ["A", "入库", "2021-06-01", "库1", None], ["B", "供地", "2021-07-01", "供1", None],
        ["C", "验收", "2022-03-01", "验3", 40], ["C", "核减", "2022-06-30", "减3", 2],
        ["D", "批准", "2022-01-01", "批4", None], ["D", "验收", "2022-04-01", "验4", 5],
    ]  # fmt: skip
    listed = pd.DataFrame(events, columns=["图斑编号", "事件", "日期", "文号", "面积(亩)"])
    for year, rows in listed.groupby(listed["日期"].str[:4]):
        rows.to_excel(folder / f"事件_{year}.xlsx", index=False)


@pytest.fixture
def book(gis, tmp_path):
    desk(tmp_path)
    words = ["land", "ledger", "地块_2021.xlsx", "地块_2022.xlsx"]
    result = gis(*words, "--events", "事件_2021.xlsx", "--events", "事件_2022.xlsx", "-o", "台账.xlsx")
    return result, openpyxl.load_workbook("台账.xlsx", data_only=True)


def rows_of(sheet):
    return [list(row) for row in sheet.iter_rows(values_only=True)]


def test_files_and_events_of_several_years_count_together_by_acceptance_without_a_county(book):
    result, _ = book
    total, year, rule, rest = counted(result)
    assert (total, year) == (48.0, 38.0)
    assert rule == "by accepted (no --layers)"
    assert LOST.match(rest).groups() == ("1", "5.00")
    assert "批而未供: 1 parcels, 20.00 mu, are supplied and not accepted, and do not count" in result.stdout


def test_one_file_of_a_year_says_in_numbers_what_the_others_hold(gis, tmp_path):
    desk(tmp_path)
    result = gis(
        "land", "ledger", "地块_2021.xlsx", "--events", "事件_2021.xlsx", "--events", "事件_2022.xlsx"
    )
    total, year, _, rest = counted(result)
    assert (total, year) == (10.0, 0.0)
    assert LOST.match(rest).groups() == ("3", "43.00")  # 40 and 5 accepted, 2 taken back


def test_every_sheet_names_the_rule_and_this_year_by_town_stands_on_top(book):
    _, made = book
    for name in made.sheetnames:
        if name not in ("说明", "字段", "依据"):
            assert "计入规则：按验收（未给 --layers）" in made[name]["A2"].value, name
    rows = rows_of(made["按乡镇和类型"])
    assert rows[2][0] == "2022 年（本年至今）"
    assert rows[3][:4] == ["乡镇", "低效用地", "批而未供", "合计"]
    assert rows[4:7] == [["梅李镇", 38, 0, 38], ["海虞镇", 0, 0, 0], ["合计", 38, 0, 38]]
    titles = [row[0] for row in rows if row[0] and str(row[0]).startswith(("20", "历年"))]
    assert titles == ["2022 年（本年至今）", "2021 年", "历年合计"]
    assert rows[-1][0] == "合计"
    assert rows[-1][1:4] == pytest.approx([48, 0, 48])


def test_the_register_has_name_approval_entry_and_filing_number_as_read(book):
    _, made = book
    heads, *rows = rows_of(made["台账"])[2:]
    found = {row[1]: dict(zip(heads, row, strict=True)) for row in rows if row[0]}
    one = found["A"]
    assert [str(one[head])[:10] for head in ("项目名称", "批准日期", "批准文号", "入库日期", "备案号")] == [
        "甲项目", "2021-01-02", "批1", "2021-06-01", "备1",
    ]  # fmt: skip


def test_events_without_a_parcel_are_numbers_and_only_this_years_are_listed(book):
    _, made = book
    rows = rows_of(made["未计入"])
    assert [row[0] for row in rows[3:] if row[-1] == "no such parcel"] == ["D"]
    at = next(at for at, row in enumerate(rows) if row[0] == "没有图斑的事件")
    assert rows[at + 1][:4] == ["年度", "事件", "件数", "面积(亩)"]
    assert rows[at + 2][:4] == [2022, "验收", 1, 5]


def test_the_own_workbook_reads_back_to_the_same_total_and_year_also_twice(gis, book):
    total, year, *_ = counted(book[0])
    again = gis("land", "ledger", "台账.xlsx", "-o", "再.xlsx")
    assert counted(again)[:2] == (total, year)
    assert "NOTE" not in again.stdout
    assert counted(gis("land", "ledger", "再.xlsx"))[:2] == (total, year)


def test_desk_run_and_page_give_the_same_number(gis, sample_run):
    data = sample_run.layers / "data"
    result = gis("land", "ledger", *sorted(data.glob("更新地块_*.shp")), "--events", data / "更新台账.xlsx",
                 "--layers", sample_run.layers)  # fmt: skip
    total, year, rule, rest = counted(result)
    figures = sample_run.table("figures")
    of_run = figures[figures["figure_id"].str.match(r"land\.renewed_area\.\d{4}\.320581$")]["value"]
    assert total == pytest.approx(of_run.sum(), abs=0.01)
    assert year == pytest.approx(of_run.iloc[-1], abs=0.01)
    assert rule == "as Changshu counts: by accepted"
    page = (sample_run.edition / "land.html").read_text(encoding="utf-8")
    n, mu = LOST.match(rest).groups()
    assert f"计入 {year:,.2f} 亩，按验收，重叠只计一次；另有 {n} 件、{mu} 亩没有图斑，未计入" in page


def test_the_own_workbook_of_the_sample_reads_back_to_the_same_total(gis, sample_layers):
    data = sample_layers / "data"
    made = gis("land", "ledger", *sorted(data.glob("更新地块_*.shp")), "--events", data / "更新台账.xlsx",
               "-o", "台账.xlsx")  # fmt: skip
    assert counted(gis("land", "ledger", "台账.xlsx"))[:2] == counted(made)[:2]
