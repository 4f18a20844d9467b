"""Workbooks that are no workbooks: web pages named .xls, pages saved by Excel, and XML spreadsheets of 2003."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any, NamedTuple
from xml.etree import ElementTree as ET

from openpyxl.styles.numbers import is_date_format

from gis.base.errors import FileError
from gis.base.messages import Message
from gis.ingest.characters import visible
from gis.ingest.html_tables import page_text, tables_of
from gis.ingest.markup import local, parsed
from gis.ingest.number_formats import Shown, shown_by
from gis.ingest.refusals import refusal
from gis.ingest.xlsx import Sheet

STARTS = (b"<", b"mime-version:", b"content-type: multipart", b"from: <saved")
BOMS = b"\xef\xbb\xbf\xff\xfe \r\n\t\0"
SPREADSHEET = b"urn:schemas-microsoft-com:office:spreadsheet"
NAMESPACE = "{urn:schemas-microsoft-com:office:spreadsheet}"
MOST_COLUMNS, MOST_ROWS = 2**14, 2**20
NAMED_TABLES = 2
NAMED_FORMATS = {
    "Percent": "0.00%",
    "Fixed": "0.00",
    "Standard": "#,##0.00",
    "Currency": "¥#,##0.00",
    "Scientific": "0.00E+00",
}


def is_markup(data: bytes) -> bool:
    """Tell by its first bytes whether a file is a web page, a page saved as one file, or XML."""
    return data[:64].lstrip(BOMS).lower().startswith(STARTS)


def markup_sheets(data: bytes, file: str) -> tuple[str, list[Sheet]]:
    """Read the tables of a page or the sheets of an XML spreadsheet.

    Returns
    -------
    name, sheets
        What it is, "HTML" or "XML"; spans are areas.

    Raises
    ------
    FileError
        There is no table in it, it is damaged, or it has a DTD of its own.
    EncodingError
        No encoding fits.
    """
    plain = data[:4096].replace(b"\0", b"")
    if SPREADSHEET in plain and b"<html" not in plain.lower():
        return "XML", list(_spreadsheet(parsed(data, file)))
    text, _ = page_text(data, file)
    sheets = list(_tables(text))
    if not sheets:
        linked = "frameset" in text.lower() or "<frame" in text.lower()
        found = Message("表格在同名的 .files 文件夹里", "its tables are in the folder .files beside it")
        raise refusal(FileError, "html_no_table", file, found=found if linked else None)
    return "HTML", sheets


def _tables(text: str) -> Iterator[Sheet]:
    tables = tables_of(text)
    for number, table in enumerate(tables, start=1):
        lines, deep = [[title] for title in table.titles] + table.rows, len(table.titles)
        name = "" if len(tables) < NAMED_TABLES else f"表{number}"
        yield Sheet(
            name, rows={
                at: [(column, visible(cell)) for column, cell in enumerate(row, start=1) if cell]
                for at, row in enumerate(lines, start=1) if any(row)
            },
            areas=[(left, top + deep, right, bottom + deep) for left, top, right, bottom in table.areas],
            hidden_rows={row + deep for row in table.hidden},
        )  # fmt: skip


class _Look(NamedTuple):
    """What a style shows a number as, and whether it strikes out."""

    shown: Shown | None
    struck: bool


def _looks(root: ET.Element) -> dict[str, _Look]:
    """Give what the styles mean, by their id."""
    looks = {}
    for style in (element for element in root.iter() if local(element) == "Style"):
        inner = {local(element): element for element in style}
        code = _given(inner["NumberFormat"], "Format") if "NumberFormat" in inner else ""
        struck = "Font" in inner and _given(inner["Font"], "StrikeThrough") == "1"
        shown = shown_by(NAMED_FORMATS.get(code, code)) if not is_date_format(code) else None
        if shown is not None or struck:
            looks[_given(style, "ID")] = _Look(shown, struck)
    return looks


def _given(element: ET.Element, name: str) -> str:
    return element.get(f"{NAMESPACE}{name}", "")


def _number(element: ET.Element, name: str) -> int:
    text = _given(element, name)
    return int(text) if text.isascii() and text.isdigit() else 0


def _inside(element: ET.Element, name: str) -> Iterator[ET.Element]:
    return (part for part in element if local(part) == name)


def _spreadsheet(root: ET.Element) -> Iterator[Sheet]:
    looks = _looks(root)
    for element in _inside(root, "Worksheet"):
        hidden = any(
            local(part) == "Visible" and (part.text or "").startswith("SheetHidden")
            for part in element.iter()
        )
        sheet = Sheet(_given(element, "Name"), visible=not hidden)
        if (table := next(_inside(element, "Table"), None)) is not None:
            _hide_columns(sheet, table)
            row = 0
            for line in _inside(table, "Row"):
                row = _number(line, "Index") or row + 1
                if _given(line, "Hidden") == "1":
                    sheet.hidden_rows.add(row)
                _fill_row(sheet, line, row, looks)
                row += _number(line, "Span")
        yield sheet


def _hide_columns(sheet: Sheet, table: ET.Element) -> None:
    column = 0
    for element in _inside(table, "Column"):
        first = _number(element, "Index") or column + 1
        column = min(first + _number(element, "Span"), MOST_COLUMNS)
        if _given(element, "Hidden") == "1":
            sheet.hidden_columns.update(range(first, column + 1))


def _fill_row(sheet: Sheet, line: ET.Element, row: int, looks: dict[str, _Look]) -> None:
    column = 0
    for cell in _inside(line, "Cell"):
        column = _number(cell, "Index") or column + 1
        across, down = _number(cell, "MergeAcross"), _number(cell, "MergeDown")
        if row > MOST_ROWS or column + across > MOST_COLUMNS:
            continue
        look = looks.get(_given(cell, "StyleID"))
        value = _seen(_value(cell), look)
        if value is not None:
            if look is not None and look.struck:
                sheet.struck.setdefault(row, []).append(column)
            sheet.rows.setdefault(row, []).append((column, value))
        if across or down:
            sheet.areas.append((column, row, column + across, row + down))
        column += across


def _seen(value: Any, look: _Look | None) -> Any:
    """Give a number as its format shows it, and a text without signs that nobody sees."""
    if isinstance(value, str):
        return visible(value)
    if look is None or look.shown is None or isinstance(value, bool) or not isinstance(value, (int, float)):
        return value
    return look.shown(value) or value


def _value(cell: ET.Element) -> Any:
    data = next(_inside(cell, "Data"), None)
    if data is None:
        return None
    text = "".join(data.itertext())
    kind = data.get(f"{NAMESPACE}Type", "String")
    try:
        if kind == "Number":
            value = float(text)
            return int(value) if value.is_integer() else value
        if kind == "DateTime":
            return dt.datetime.fromisoformat(text)
    except (ValueError, OverflowError):
        return text
    return {"1": True, "0": False}.get(text, text) if kind == "Boolean" else text or None
