"""`gis land ledger FILE -o x.xlsx`: the 台账 itself, from a wide sheet and from polygons with a long table."""

import datetime as dt
from pathlib import Path

import geopandas as gpd
import openpyxl
import pandas as pd
import pytest
import shapely
from typer.testing import CliRunner

from gis import standards
from gis.base.tables import conform
from gis.catalogue.model import Place, Words
from gis.cli.app import app
from gis.desk.register import Register, workbook
from gis.engine import Threads
from gis.land.area import measure
from gis.land.counting import Counting
from gis.land.ledger import ledger
from gis.land.summary import areas_beside, by_key, by_place, not_counted, out_of_tolerance
from gis.store.ledger_book import write_ledger

EDITION = standards.load().get("area-2008-32")
WIDE = {
    "图斑编号": ["A1", "A2", "A3", "B1", "B2"],
    "乡镇": ["梅李镇", "梅李镇", "梅李镇", "海虞镇", None],
    "园区": ["高新区", None, None, "高新区", None],
    "盘活类型": ["低效用地", "低效用地", "批而未供", "闲置土地", "低效用地"],
    "责任单位": ["甲", "乙", "甲", "甲", "乙"],
    "申报面积(亩)": [10.0, 20.0, 7.0, 5.0, 9.0],
    "供地日期": [None, None, "2022-03-01", None, None],
    "供地合同号": [None, None, "合1", None, None],
    "验收日期": ["2021-05-01", "2021-09-01", "2021-09-01", "2021-09-01", None],
    "验收文号": ["验1", "验2", "验3", "验4", "验5"],
    "验收面积(亩)": [None, 4.5, None, None, None],
}


@pytest.fixture
def made(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    pd.DataFrame(WIDE).to_excel("台账源.xlsx", index=False)
    result = CliRunner().invoke(
        app, ["land", "ledger", "台账源.xlsx", "--as-of", "2022-06-30", "-o", "o.xlsx"]
    )
    assert result.exit_code == 0, result.output
    return result.stdout, openpyxl.load_workbook("o.xlsx"), openpyxl.load_workbook("o.xlsx", data_only=True)


def rows_of(sheet):
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def test_a_sheet_without_polygons_counts_by_paper_and_says_that_legal_areas_are_unknown(made):
    said, _, book = made
    assert "no geometry" in said
    assert "as of 2022-06-30: 26.50 mu counted, 0.00 of them in 2022; by accepted (no --layers)" in said
    rows = {row[1]: row for row in rows_of(book["台账"])[3:] if isinstance(row[0], int)}
    assert {one: row[17] for one, row in rows.items()} == {
        "A1": pytest.approx(10), "A2": pytest.approx(4.5), "A3": pytest.approx(7), "B1": pytest.approx(5), "B2": None
    }  # fmt: skip
    assert {row[15] for row in rows.values()} == {None}


def test_the_ledger_has_title_unit_day_heads_subtotals_total_and_the_places_to_sign(made):
    _, formulas, book = made
    sheet = book["台账"]
    rows = rows_of(sheet)
    assert rows[0][0] == "台账源台账"
    assert "单位：亩" in rows[1][0]
    assert "截至 2022-06-30" in rows[1][0]
    assert "计入规则：按验收（未给 --layers）" in rows[1][0]
    assert rows[2] == [
        "序号", "图斑编号", "项目名称", "乡镇", "园区", "盘活类型", "责任单位", "状态", "批准日期", "批准文号",
        "验收日期", "验收文号", "入库日期", "备案号", "申报面积", "椭球面积", "验收面积", "计入面积", "备注",
    ]  # fmt: skip
    words = [row[1] for row in rows[3:] if row[1] and not row[0]]
    assert {"低效用地 小计", "批而未供 小计", "梅李镇 小计", "未知 小计", "合计"} <= set(words)
    signed = [cell for row in rows for cell in row if isinstance(cell, str) and cell.endswith("：")]
    assert signed == ["制表人：", "审核人：", "负责人：", "日期："]
    assert [row[3] for row in rows if row[0] and row[1] == "B2"] == ["未知"]
    printed = formulas["台账"]
    assert (printed.page_setup.orientation, printed.page_setup.paperSize) == ("landscape", 8)
    assert printed.print_title_rows == "$1:$3"
    assert printed.freeze_panes == "A4"
    assert "&P" in printed.oddFooter.right.text


def test_totals_are_formulas_whose_stored_value_is_the_sum_of_the_rows(made):
    _, formulas, book = made
    values = rows_of(book["台账"])
    total = next(at for at, row in enumerate(values) if row[1] == "合计")
    for column in (14, 16, 17):
        rows = [row[column] or 0 for row in values[3:total] if row[0]]
        assert values[total][column] == pytest.approx(sum(rows))
    cell = formulas["台账"].cell(total + 1, 18).value
    assert cell == f"=SUBTOTAL(9,R4:R{total})"
    town = rows_of(book["按乡镇"])
    assert rows_of(formulas["按乡镇"])[6][1] == "=SUM(B4:B6)"
    lines = town[3:6]
    assert town[6][:3] == ["合计", 0, pytest.approx(26.5)]
    assert [sum(row[at] for row in lines) for at in (1, 2)] == [0, pytest.approx(26.5)]


def test_by_town_has_this_year_the_plan_and_each_year_the_unknown_town_last_and_zones_below(made):
    _, _, book = made
    rows = rows_of(book["按乡镇"])
    assert rows[2][:5] == ["乡镇", "本年至今", "规划以来", "2021", "2022"]
    assert rows[4][:5] == ["海虞镇", 0, 5, 5, 0]
    assert [row[0] for row in rows[3:7]][-2:] == ["未知", "合计"]
    zones = {row[0]: row[2] for row in rows[8:]}
    assert zones == {
        "园区": "规划以来",
        "高新区": 15,
        "非园区": pytest.approx(11.5),
        "合计": pytest.approx(26.5),
    }


def test_by_category_and_year_and_the_three_areas_beside(made):
    _, _, book = made
    rows = rows_of(book["按类型"])
    assert rows[2][:4] == ["盘活类型", "2021", "2022", "合计"]
    sums = {row[0]: row[3] for row in rows[3:7]}
    assert sums == {
        "低效用地": pytest.approx(14.5),
        "批而未供": 7,
        "闲置土地": 5,
        "合计": pytest.approx(26.5),
    }
    total = next(row for row in rows[8:] if row[0] == "合计")
    assert total[1] is None
    assert total[3] == pytest.approx(26.5)


def test_by_owner_unit_and_year_the_lines_add_to_what_is_counted(made):
    _, _, book = made
    rows = rows_of(book["按责任单位"])
    assert rows[2][:4] == ["责任单位", "2021", "2022", "合计"]
    lines = {row[0]: row[3] for row in rows[3:] if row[0]}
    assert lines.pop("合计") == pytest.approx(26.5)
    assert lines == {"甲": 22.0, "乙": 4.5}


def test_what_does_not_count_is_listed_with_its_reason(made):
    _, _, book = made
    listed = {(row[0], row[-1]) for row in rows_of(book["未计入"])[3:]}
    assert listed == {("B2", "no date: counts in no period")}


def parcels(**columns):
    shapes = [shapely.box(120.75 + at * 0.003, 31.65, 120.751 + at * 0.003, 31.651) for at in range(3)]
    own = {"parcel_id": list("abc"), "town": "梅李镇", "source": "p", "source_row": [1, 2, 3], **columns}
    return measure(conform(gpd.GeoDataFrame(own, geometry=shapes, crs=4490), "parcels"), EDITION, Threads(2))


def test_declared_outside_tolerance_is_sorted_by_the_difference_in_mu():
    book = ledger(parcels(area_declared_mu=[16.5, 15.8, 12.0]), None, EDITION, dt.date(2021, 12, 31))
    listed = out_of_tolerance(book.parcels)
    assert listed["parcel_id"].tolist()[:2] == ["c", "a"]
    assert listed["difference_mu"].abs().is_monotonic_decreasing


def test_sums_by_town_zone_category_and_area_add_to_what_is_counted():
    given = parcels(area_declared_mu=[16.5, None, 12.0], category=["低效用地", None, "闲置土地"],
                    zone=["高新区", None, None], accepted_on=pd.to_datetime(["2021-05-01", "2022-02-01", "2022-03-01"]),
                    disposed_on=pd.to_datetime([None, None, "2022-04-01"]))  # fmt: skip
    zones = [Place(code="z", name=Words(zh="高新区", en="z"))]
    as_of = dt.date(2022, 6, 30)
    book = ledger(given, None, EDITION, as_of, zones=zones)
    whole = book.counted["area_mu"].sum()
    for level in ("town", "zone"):
        sums = by_place(book, {"z": "高新区"}, as_of, 2022, level)
        assert sums[["2021", "2022"]].sum().sum() == pytest.approx(whole)
        assert sums["since_begun"].tolist() == sums["this_year"].tolist() == sums["2022"].tolist()
    for key in ("category", "owner_unit"):
        assert by_key(book, key, as_of, 2021).set_index(key).sum().sum() == pytest.approx(whole)
    assert areas_beside(book).set_index("year").loc["total", "area_legal_mu"] == pytest.approx(whole)
    assert len(not_counted(book, Counting(), 2022)) == 0
    by_disposal = Counting(by_category={"闲置土地": "disposed"})
    assert not_counted(book, by_disposal, 2022)["parcel_id"].tolist() == ["c"]


def test_other_suffixes_keep_the_rows_of_the_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    pd.DataFrame(WIDE).to_csv("源.csv", index=False)
    result = CliRunner().invoke(app, ["land", "ledger", "源.csv", "--as-of", "2022-06-30", "-o", "o.csv"])
    assert result.exit_code == 0, result.output
    rows = pd.read_csv(Path("o.csv"))
    assert rows["counted_mu"].sum() == pytest.approx(26.5)
    assert list(rows.columns[:3]) == list(WIDE)[:3]


def test_heads_of_two_rows_keep_the_accepted_area_apart_from_the_declared(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    book = openpyxl.Workbook()
    for row in (
        ["常熟市存量建设用地盘活台账（单位：亩）"],
        ["图斑编号", "乡镇", "申报面积", "批准", None, "验收", None, None],
        [None, None, None, "日期", "文号", "日期", "文号", "面积"],
        ["A1", "梅李镇", 10, "2021-01-02", "批1", "2021-05-06", "验1", 4],
        ["A2", "梅李镇", 20, "2021-01-02", "批2", None, None, None],
    ):
        book.active.append(row)
    for cells in ("A1:H1", "D2:E2", "F2:H2"):
        book.active.merge_cells(cells)
    book.save("台账.xlsx")
    result = CliRunner().invoke(app, ["land", "ledger", "台账.xlsx", "--as-of", "2021-12-31", "-o", "o.xlsx"])
    assert result.exit_code == 0, result.output
    rows = {row[1]: row for row in rows_of(openpyxl.load_workbook("o.xlsx")["台账"])[3:] if row[0]}
    assert (rows["A1"][14], rows["A1"][16], rows["A1"][17]) == (10, 4, 4)
    assert (rows["A2"][7], rows["A2"][9], rows["A2"][17]) == ("批准", "批2", None)
    assert str(rows["A2"][8]) == "2021-01-02 00:00:00"


def test_the_workbook_of_a_sample_county_says_so_on_every_sheet(tmp_path):
    counted = ledger(parcels(), None, EDITION, dt.date(2021, 12, 31))
    last = dt.date(2021, 12, 31)
    one = Register(counted, Counting(), None, not_counted(counted, Counting(), 2021), [], last)
    sample = {"data_note": "示例数据 sample data"}
    made = workbook(one, "示例", ["未见文件"], sample)
    write_ledger(made, tmp_path / "o.xlsx")
    book = openpyxl.load_workbook(tmp_path / "o.xlsx")
    assert book.sheetnames == [
        "台账", "按乡镇和类型", "按乡镇", "按类型", "按责任单位", "重叠", "未计入", "超限差", "计入明细", "说明",
        "字段",
    ]  # fmt: skip
    assert all("示例数据" in book[name]["A2"].value for name in book.sheetnames[:-1])
    assert rows_of(book["说明"])[-1][0] == "未见文件"
