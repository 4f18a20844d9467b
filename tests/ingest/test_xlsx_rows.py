"""Rows taken in bulk say the same as the parser, whatever stands among them."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Font

from gis.ingest import xlsx

SHARED = Path(__file__).parents[2].parent / "shared"
SPREADSHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
ODD = [
    '<c r="B{row}"><f>A1+1</f><v>2</v></c>',
    '<c r="B{row}"><f>A1+1</f></c>',
    '<c r="B{row}" s="1"/>',
    '<c r="B{row}"></c>',
    '<c r="B{row}" t="inlineStr"><is><t xml:space="preserve"> 甲&amp;乙&#10;丙 </t></is></c>',
    '<c r="B{row}" t="inlineStr"><is><t></t></is></c>',
    '<c r="B{row}" t="str"><v>甲&nbsp;乙</v></c>',
    '<c r="B{row}" t="inlineStr"><is><r><t>甲</t></r><r><t>乙</t></r></is></c>',
    '<c r="B{row}" t="str"><v>文字_x000D_</v></c>',
    '<c r="B{row}" t="b"><v>1</v></c>',
    '<c r="B{row}" t="e"><v>#DIV/0!</v></c>',
    '<c r="B{row}" t="d"><v>2025-03-01T00:00:00</v></c>',
    '<c r="B{row}"><v>3201059900000000001</v></c>',
    '<c r="B{row}"><v>1E-3</v></c>',
    '<c r="$B{row}"><v>5</v></c>',
    "<c><v>6</v></c>",
    '<c r="B9"><v>7</v></c>',
    '<c r="B{row}"><!-- <c r="C1"><v>9</v></c> --><v>8</v></c>',
    '<c r="B{row}" t="str"><v><![CDATA[甲<乙]]></v></c>',
    '<c r="B{row}" s="2"><v>0.06</v></c>',
    '<c r="B{row}" s="3"><v>45000</v></c>',
    '<c r="B{row}" s="4"><v>12</v></c>',
    '<c r="B{row}" t="s"><v>0</v></c>',
    '<c r="B{row}" t="s"><v>1</v></c>',
    '<c r="B{row}" t="s"><v>2</v></c>',
    '<c t="s" r="B{row}"><v>0</v></c>',
]
ROWS = ["", ' hidden="1"', ' ht="0" customHeight="1"', ' spans="1:3" x:dyDescent="0.25"', ' s="4"']


def book_of(body: str) -> bytes:
    """Make a workbook with styles and texts of every sort round a sheet that is written by hand."""
    made = Workbook()
    sheet = made.active
    assert sheet is not None
    sheet["A1"].number_format = '0.00"L"'
    sheet["A2"].number_format = "yyyy-mm-dd"
    sheet["A3"].font = Font(strike=True)
    sheet["B1"], sheet["B2"] = "文字", CellRichText("留", TextBlock(InlineFont(strike=True), "去"))
    sheet["B3"] = "   "
    sheet["A4"] = 1
    stream, out = io.BytesIO(), io.BytesIO()
    made.save(stream)
    with zipfile.ZipFile(stream) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            text = f'<worksheet xmlns="{SPREADSHEET}" xmlns:x="x">{body}</worksheet>'
            new.writestr(name, text if name == "xl/worksheets/sheet1.xml" else old.read(name))
    return out.getvalue()


def both(data: bytes) -> tuple[object, object]:
    """Read by both ways; an error is an answer too."""

    def read() -> object:
        try:
            return list(xlsx.sheets_of(data))
        except xlsx.DamagedError:
            return "damaged"

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(xlsx, "plain_rows", lambda *_: None)
        parsed = read()
    return read(), parsed


@given(st.lists(st.tuples(st.sampled_from(ROWS), st.lists(st.sampled_from(ODD), max_size=2)), max_size=8))
def test_bulk_and_parser_agree(rows: list[tuple[str, list[str]]]) -> None:
    lines = [
        f'<row r="{at}"{given}><c r="A{at}" s="0"><v>{at}.5</v></c>{"".join(odd).format(row=at)}</row>'
        for at, (given, odd) in enumerate(rows, 1)
    ]
    taken, parsed = both(book_of(f"<sheetData>{''.join(lines)}</sheetData>"))
    assert taken == parsed


@pytest.mark.parametrize(
    "form", ['<sheetFormatPr zeroHeight="1"/>', '<cols><col min="1" max="1" hidden="1"/></cols>']
)
def test_what_stands_before_the_rows_counts(form: str) -> None:
    taken, parsed = both(book_of(f'{form}<sheetData><row r="1"><c r="A1"><v>1</v></c></row></sheetData>'))
    assert taken == parsed


def test_plain_rows_do_not_reach_the_parser(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(xlsx._Cells, "_cell", refuse)
    rows = "".join(
        f'<row r="{at}"><c r="A{at}"><v>{at}</v></c><c r="B{at}" s="1"/></row>' for at in range(1, 50_001)
    )
    sheet = next(iter(xlsx.sheets_of(book_of(f"<sheetData>{rows}</sheetData>"))))
    assert (len(sheet.rows), sheet.rows[50_000]) == (50_000, [(1, 50_000)])


def test_dates_stay_dates() -> None:
    made = Workbook()
    sheet = made.active
    assert sheet is not None
    for at in range(1, 4):
        sheet.append([dt.datetime(2025, 3, at, at), dt.date(2025, 3, at), dt.time(at, 30), "甲", at, at / 7])  # noqa: DTZ001
    stream = io.BytesIO()
    made.save(stream)
    taken, parsed = both(stream.getvalue())
    assert taken == parsed


@pytest.mark.skipif(not SHARED.is_dir(), reason="shared data is not here")
def test_the_workbooks_of_offices() -> None:
    books = [path for path in SHARED.rglob("*.xlsx") if path.stat().st_size < 2**20]
    assert books
    for path in books:
        taken, parsed = both(path.read_bytes())
        assert taken == parsed, path.name
