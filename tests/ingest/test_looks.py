"""What the looks of a workbook mean: formats, hidden and struck-out rows, comments, totals, notes."""

import openpyxl
import pytest
import xlwt
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.comments import Comment
from openpyxl.styles import Font

from gis.base.errors import Question
from gis.catalogue.model import Answer
from gis.ingest import Options, read_file
from tests.ingest.accounts import adds_up

HEADS = ["断面名称", "采样日期", "pH", "溶解氧(mg/L)", "氨氮(mg/L)", "石油类(mg/L)"]
PARCELS = ["图斑编号", "乡镇", "盘活类型", "面积（亩）", "验收日期"]


def book(path, change=lambda _sheet: None):
    file = openpyxl.Workbook()
    sheet = file.active
    sheet.title = "表1"
    sheet.append(HEADS)
    for month in range(1, 5):
        sheet.append(["示例桥", f"2021-0{month}-10", 7.5, 8, 0.4, 0.06])
    change(sheet)
    file.save(path)
    return path


def read(path, kind="samples", answers=(), **more):
    given = {key: Answer(value=value) for key, value in dict(answers).items()}
    found = read_file(path, Options(kind=kind, layer="x", answers=given, **more))
    assert adds_up(found)
    return found


def told(found, code):
    return found.findings.loc[found.findings["code"] == code, "message"].str.cat()


def test_what_a_format_shows_is_what_is_read(tmp_path):
    def change(sheet):
        for row, code in ((2, '0.00"L"'), (3, '[<0.1]"<0.1";0.00'), (4, '0.00"mg/L"')):
            sheet.cell(row, 6).number_format = code

    found = read(book(tmp_path / "a.xlsx", change))
    assert found.table["petroleum"].tolist() == [0.03, 0.05, 0.06, 0.06]
    assert found.marks["mark"].tolist() == ["non_detect"] * 2


def test_hidden_rows_and_columns_count_and_are_named(tmp_path):
    def change(sheet):
        sheet.row_dimensions[3].hidden = True
        sheet.column_dimensions["E"].hidden = True

    path = book(tmp_path / "a.xlsx", change)
    found = read(path)
    assert found.table["nh3n"].tolist() == [0.4] * 4
    assert "(3)" in told(found, "hidden_rows")
    assert "氨氮" in told(found, "hidden_columns")
    for left_out in (read(path, hidden="leave_out"), read(path, answers={"hidden": "leave_out"})):
        assert left_out.table["source_row"].tolist() == [2, 4, 5]
        assert left_out.rejects["source_row"].tolist() == [3]
        assert left_out.table["nh3n"].isna().all()


def test_a_hidden_sheet_is_read_where_it_is_asked_for(tmp_path):
    def change(sheet):
        other = sheet.parent.create_sheet("旧表")
        other.append(HEADS)
        other.append(["示例桥", "2020-01-10", 7.5, 8, 0.4, 0.06])
        other.sheet_state = "hidden"

    path = book(tmp_path / "a.xlsx", change)
    assert "旧表" in told(read(path), "hidden_sheet")
    assert len(read(path, part="旧表").table) == 1


def test_struck_rows_are_asked_about(tmp_path):
    def change(sheet):
        for cell in sheet[3]:
            cell.font = Font(strike=True)
        sheet["E4"].font = Font(strike=True)

    path = book(tmp_path / "a.xlsx", change)
    with pytest.raises(Question, match="struck:表1"):
        read(path)
    assert len(read(path, answers={"struck:表1": "count"}).table) == 4
    found = read(path, answers={"struck:表1": "leave_out"})
    assert found.table["source_row"].tolist() == [2, 4, 5]
    assert found.table["nh3n"].isna().tolist() == [False, True, False]


def test_a_text_struck_out_in_part_is_what_is_left(tmp_path):
    def change(sheet):
        sheet["E4"] = CellRichText(TextBlock(InlineFont(strike=True), "1.2"), TextBlock(InlineFont(), "0.5"))

    found = read(book(tmp_path / "a.xlsx", change))
    assert found.table["nh3n"].tolist() == [0.4, 0.4, 0.5, 0.4]
    assert "E4" in told(found, "struck_in_part")


def test_comments_and_numbers_that_are_not_shown_are_told(tmp_path):
    def change(sheet):
        sheet["E3"].comment = Comment("数据存疑，剔除", "张三")
        sheet["E4"] = 0
        sheet["E4"].number_format = "0.00;-0.00;;@"
        sheet["E5"].number_format = ";;;"

    found = read(book(tmp_path / "a.xlsx", change))
    assert "E3 “数据存疑，剔除”" in told(found, "comments")
    assert "E4, E5" in told(found, "not_shown")
    assert found.table["nh3n"].isna().tolist() == [False, False, True, False]


def test_an_old_workbook_tells_the_same(tmp_path):
    file = xlwt.Workbook(encoding="utf-8")
    sheet = file.add_sheet("表1")
    for column, head in enumerate(HEADS):
        sheet.write(0, column, head)
    styles = {(2, 5): 'num_format_str: 0.00"L"', (4, 4): "font: struck_out on"}
    formats = {(2, 5): xlwt.easyxf(num_format_str='0.00"L"'), (4, 4): xlwt.easyxf(styles[4, 4])}
    for row in range(1, 5):
        for column, value in enumerate(["示例桥\u200b", f"2021-0{row}-10", 7.5, 8, 0.4, 0.06]):
            sheet.write(row, column, value, formats.get((row, column), xlwt.Style.default_style))
    sheet.row(3).hidden = True
    file.save(tmp_path / "a.xls")
    found = read(tmp_path / "a.xls", answers={"struck:表1": "leave_out"})
    assert found.table["petroleum"].tolist() == [0.06, 0.03, 0.06, 0.06]
    assert found.table["nh3n"].isna().tolist() == [False, False, False, True]
    assert "(4)" in told(found, "hidden_rows")
    assert found.table["section"].unique().tolist() == ["示例桥"]


@pytest.mark.parametrize(
    ("after", "extra"),
    [
        (4, [["", "", "小计", 100]]), (2, [["梅李镇小计", "", "", 30]]), (4, [["总计：4宗", "", "", 100]]),
        (4, [["", "", "", 100, "合计"]]), (2, [["", "梅李镇", "计", 30]]), (4, [["合 计", "", "", 100]]),
        (1, [["其中：耕地", "", "", 4], ["其中：园地", "", "", 6]]),
        (2, [["", "其中：耕地", "", 8], ["", "　　园地", "", 12]]),
        (4, [["合计", "", "", 100], ["其中：土地复垦", "", "", 60], ["增减挂钩", "", "", 40]]),
        (4, [["以上面积由自然资源局提供，仅供内部使用"]]),
        (4, [["1. 本表面积按国家2000坐标系计算；"], ["制表：张三  审核：李四"]]),
    ],
)  # fmt: skip
def test_rows_that_repeat_what_others_hold_are_set_aside(tmp_path, after, extra):
    file = openpyxl.Workbook()
    rows = [
        [f"CS-{at}", ["梅李镇", "海虞镇"][at % 2], "土地复垦", 10.0 * at, f"2021-0{at}-10"]
        for at in range(1, 5)
    ]
    for row in [PARCELS, *rows[:after], *extra, *rows[after:]]:
        file.active.append(row)
    file.save(tmp_path / "a.xlsx")
    found = read(tmp_path / "a.xlsx", "parcels")
    assert found.table["parcel_id"].tolist() == ["CS-1", "CS-2", "CS-3", "CS-4"]
    assert len(found.rejects) == len(extra)


def test_digits_that_stand_raised_behind_a_number_are_no_digits_of_it(tmp_path):
    raised = InlineFont(vertAlign="superscript")

    def change(sheet):
        sheet["E3"] = CellRichText("1.2", TextBlock(raised, "2"))
        sheet["F3"] = CellRichText("6×10", TextBlock(raised, "-2"))

    found = read(book(tmp_path / "a.xlsx", change))
    assert found.table["nh3n"].isna().tolist() == [False, True, False, False]
    assert found.table["petroleum"].tolist() == [0.06] * 4


def test_a_web_page_named_xls_tells_its_hidden_rows_and_raised_digits(tmp_path):
    head = "".join(f"<td>{name}</td>" for name in ("断面名称", "采样日期", "氨氮(mg/L)"))
    rows = [
        "<td>示例桥</td><td>2021-01-10</td><td>1.2<sup>2</sup></td>",
        "<td>示例桥</td><td>2021-02-10</td><td>0.3</td>",
    ]
    text = f"<html><table><tr>{head}</tr><tr>{rows[0]}</tr><tr style='display: none'>{rows[1]}</tr></table></html>"
    (tmp_path / "a.xls").write_text(text)
    found = read(tmp_path / "a.xls")
    assert found.table["nh3n"].isna().tolist() == [True, False]
    assert "(3)" in told(found, "hidden_rows")


def test_an_xml_spreadsheet_tells_its_formats_and_what_is_hidden_or_struck(tmp_path):
    def cell(value, kind="String", style=""):
        return f'<Cell{style}><Data ss:Type="{kind}">{value}</Data></Cell>'

    heads = "".join(map(cell, ("断面名称", "采样日期", "氨氮(mg/L)", "石油类(mg/L)")))

    def row(month, style="", own=""):
        return (f"<Row{own}>" + cell("示例桥") + cell(f"2021-0{month}-10")
                + cell(0.4, "Number") + cell(0.06, "Number", style) + "</Row>")  # fmt: skip

    space = "urn:schemas-microsoft-com:office:spreadsheet"
    styles = (
        '<Styles><Style ss:ID="s1"><NumberFormat ss:Format="0.00&quot;L&quot;"/></Style>'
        '<Style ss:ID="s2"><Font ss:StrikeThrough="1"/></Style></Styles>'
    )
    body = row(1, ' ss:StyleID="s1"') + row(2, own=' ss:Hidden="1"') + row(3, ' ss:StyleID="s2"')
    table = f'<Worksheet ss:Name="表1"><Table><Row>{heads}</Row>{body}</Table></Worksheet>'
    text = f'<?xml version="1.0"?><Workbook xmlns="{space}" xmlns:ss="{space}">{styles}{table}</Workbook>'
    (tmp_path / "a.xls").write_text(text)
    found = read(tmp_path / "a.xls", answers={"struck:表1": "leave_out"})
    assert found.table["petroleum"].fillna(-1).tolist() == [0.03, 0.06, -1]
    assert "(3)" in told(found, "hidden_rows")
