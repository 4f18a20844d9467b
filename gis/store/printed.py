"""Sheets to print and sign: a title, a line of facts, heads on every page, one page wide, footers with numbers."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import xlsxwriter
from xlsxwriter.exceptions import XlsxFileError
from xlsxwriter.worksheet import Worksheet

from gis.base.messages import Message, shown
from gis.store.whole import atomically, writing
from gis.store.write import EXCEL_ROWS, OPTIONS, letters_of, require_room

SIGNED = ("制表人", "审核人", "负责人", "日期")
A3 = 8
HEAD_ROW = 2
LEAST_COLUMNS, NOTE_COLUMNS, NOTE_WIDTH = 4, 4, 40
NARROW, WIDE = 8, 36
Forms = dict[str, Any]
FORMS: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 18, "align": "center", "valign": "vcenter"},
    "note": {"italic": True, "text_wrap": True, "valign": "top"},
    "head": {"bold": True, "border": 1, "bg_color": "#EEF2F5", "align": "center", "text_wrap": True},
    "text": {"border": 1, "text_wrap": True, "valign": "top"},
    "date": {"border": 1, "num_format": "yyyy-mm-dd", "valign": "top"},
    "area": {"border": 1, "num_format": "#,##0.00", "valign": "top"},
    "sum": {"border": 1, "bold": True, "num_format": "#,##0.00", "bg_color": "#F7F4E8"},
    "word": {"border": 1, "bold": True, "bg_color": "#F7F4E8"},
    "sign": {"align": "left"},
}


class Heading(NamedTuple):
    """The title of a sheet, and the line under it: unit, day, stamps."""

    title: str
    under: str


class Listing(NamedTuple):
    """A sheet of rows; its columns are the heads, in the order to be printed.

    `sums` are the positions of rows that sum others; a sheet that is signed has the places to sign.
    """

    name: str
    rows: pd.DataFrame
    sums: Collection[int] = ()
    signed: bool = False


def write_listings(
    listings: Sequence[Listing], heading: Heading, notes: Sequence[str], path: Path, known: pd.DataFrame,
    basis: Listing | None = None,
) -> None:  # fmt: skip
    """Write a workbook of listings, the sheet 说明 of notes, 字段 and 依据, whole or not at all.

    Parameters
    ----------
    known
        What the columns mean, a row a head.
    basis
        What the numbers rest on.

    Raises
    ------
    UsageError
        More rows than a sheet of Excel holds.
    """
    fix = Message("改写 .parquet、.gpkg 或 .csv", "write .parquet, .gpkg or .csv")
    require_room((one.rows for one in listings), EXCEL_ROWS - HEAD_ROW - len(SIGNED), path, fix)
    beside = [Listing("字段", known), *([basis] if basis is not None else [])]
    atomically(path, lambda target: _write(listings, heading, notes, target, beside))


@contextmanager
def workbook(target: Path, title: str) -> Iterator[tuple[xlsxwriter.Workbook, Forms]]:
    """Open a workbook to print, with its forms."""
    with writing(target, XlsxFileError), xlsxwriter.Workbook(target, OPTIONS) as book:
        book.set_properties({"title": title})
        yield book, {name: book.add_format(form) for name, form in FORMS.items()}


def _write(
    listings: Sequence[Listing], heading: Heading, notes: Sequence[str], target: Path, beside: Sequence[Listing]
) -> None:  # fmt: skip
    with workbook(target, heading.title) as (book, forms):
        for at, one in enumerate(listings):
            title = heading.title if at == 0 else f"{heading.title}（{one.name}）"
            sheet = sheet_of(book, one.name, heading._replace(title=title), forms, len(one.rows.columns))
            _listing(sheet, one, forms)
        noted(book, heading._replace(title=f"{heading.title}（说明）"), notes, forms)
        for one in beside:
            plain_sheet(book, one, forms)


def sheet_of(book: xlsxwriter.Workbook, name: str, heading: Heading, forms: Forms, columns: int) -> Worksheet:
    """Add a sheet with its heading, landscape on A3, one page wide, its heads repeated."""
    sheet = book.add_worksheet(name)
    last = max(columns, LEAST_COLUMNS) - 1
    sheet.merge_range(0, 0, 0, last, heading.title, forms["title"])
    sheet.set_row(0, 30)
    sheet.merge_range(1, 0, 1, last, heading.under, forms["sign"])
    sheet.set_landscape()
    sheet.set_paper(A3)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0, HEAD_ROW)
    sheet.freeze_panes(HEAD_ROW + 1, 0)
    sheet.set_column(0, last, 16)
    sheet.set_footer("&L" + heading.title.replace("&", "&&") + "&R第 &P 页 / 共 &N 页")
    return sheet


def noted(book: xlsxwriter.Workbook, heading: Heading, notes: Sequence[str], forms: Forms) -> None:
    """Add the sheet 说明: a note a row."""
    sheet = sheet_of(book, "说明", heading, forms, NOTE_COLUMNS)
    sheet.set_column(0, NOTE_COLUMNS - 1, NOTE_WIDTH)
    for at, note in enumerate(notes, start=HEAD_ROW):
        sheet.merge_range(at, 0, at, NOTE_COLUMNS - 1, shown(note), forms["note"])


def cell(sheet: Worksheet, row: int, at: int, value: Any, forms: Forms, form: str | None = None) -> None:
    """Write a value by its kind: areas to 0.01, dates as days, null as an empty cell with its border."""
    if pd.isna(value):
        sheet.write_blank(row, at, None, forms[form or "text"])
    elif isinstance(value, pd.Timestamp):
        sheet.write_datetime(row, at, value.to_pydatetime(), forms[form or "date"])
    elif isinstance(value, float):
        sheet.write_number(row, at, value, forms["sum" if form else "area"])
    elif isinstance(value, str):
        sheet.write_string(row, at, shown(value), forms[form or "text"])
    else:
        sheet.write_number(row, at, int(value), forms[form or "text"])


def plain_sheet(book: xlsxwriter.Workbook, one: Listing, forms: Forms) -> None:
    """Add a sheet of rows alone, its heads in the first row."""
    sheet = book.add_worksheet(one.name)
    _listing(sheet, one, forms, top=0)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(len(one.rows), 1), max(len(one.rows.columns) - 1, 0))


def _listing(sheet: Worksheet, one: Listing, forms: Forms, *, top: int = HEAD_ROW) -> None:
    for at, head in enumerate(map(str, one.rows.columns)):
        sheet.write_string(top, at, head, forms["head"])
        sheet.set_column(at, at, _width(head, one.rows.iloc[:, at]))
    sums = set(one.sums)
    for row, values in enumerate(one.rows.itertuples(index=False, name=None)):
        for at, value in enumerate(values):
            cell(sheet, top + 1 + row, at, value, forms, "word" if row in sums else None)
    if one.signed:
        places_to_sign(sheet, top + len(one.rows) + 2, forms)


def places_to_sign(sheet: Worksheet, row: int, forms: Forms) -> None:
    """Write who signs, one beside the other."""
    for at, word in enumerate(SIGNED):
        sheet.write_string(row, 1 + 3 * at, f"{word}：", forms["sign"])


def _width(head: str, cells: pd.Series) -> float:
    """Give the width that most cells need, in characters, a Chinese one two wide."""
    texts = [head, *(value for value in cells.dropna().unique()[:200] if isinstance(value, str))]
    longest = max(map(letters_of, texts))
    return float(min(max(longest + 2, NARROW if cells.dtype.kind not in "fM" else 12), WIDE))
