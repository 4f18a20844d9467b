"""Workbooks that are no workbooks: web pages named .xls, pages saved by Excel, and XML spreadsheets of 2003."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree as ET

from gis.base.errors import FileError
from gis.base.messages import Message
from gis.ingest.html_tables import page_text, tables_of
from gis.ingest.markup import local, parsed
from gis.ingest.xlsx import Sheet

STARTS = (b"<", b"mime-version:", b"content-type: multipart", b"from: <saved")
BOMS = b"\xef\xbb\xbf\xff\xfe \r\n\t\0"
SPREADSHEET = b"urn:schemas-microsoft-com:office:spreadsheet"
NAMESPACE = "{urn:schemas-microsoft-com:office:spreadsheet}"
MOST_COLUMNS, MOST_ROWS = 2**14, 2**20
NAMED_TABLES = 2


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
    text, _ = page_text(data)
    sheets = list(_tables(text))
    if not sheets:
        linked = "frameset" in text.lower() or "<frame" in text.lower()
        raise FileError(
            Message("网页里没有表格", "is a web page without a table"), file=file,
            found=Message(
                "表格在同名的 .files 文件夹里", "its tables are in the folder .files beside it"
            ) if linked else None,
            fix=Message("用 Excel 或 WPS 打开，另存为 .xlsx", "open it in Excel or WPS and save it as .xlsx"),
        )  # fmt: skip
    return "HTML", sheets


def _tables(text: str) -> Iterator[Sheet]:
    tables = tables_of(text)
    for number, table in enumerate(tables, start=1):
        lines, deep = [[title] for title in table.titles] + table.rows, len(table.titles)
        name = "" if len(tables) < NAMED_TABLES else f"表{number}"
        yield Sheet(
            name, rows={
                at: [(column, cell) for column, cell in enumerate(row, start=1) if cell]
                for at, row in enumerate(lines, start=1) if any(row)
            },
            areas=[(left, top + deep, right, bottom + deep) for left, top, right, bottom in table.areas],
        )  # fmt: skip


def _spreadsheet(root: ET.Element) -> Iterator[Sheet]:
    for element in root:
        if local(element) != "Worksheet":
            continue
        hidden = any(
            local(one) == "Visible" and (one.text or "").startswith("SheetHidden") for one in element.iter()
        )
        sheet = Sheet(element.get(f"{NAMESPACE}Name", ""), visible=not hidden)
        table = next((one for one in element if local(one) == "Table"), None)
        if table is not None:
            _fill(sheet, table)
        yield sheet


def _fill(sheet: Sheet, table: ET.Element) -> None:
    row = 0
    for line in table:
        if local(line) != "Row":
            continue
        row = _number(line, "Index") or row + 1
        column = 0
        for cell in line:
            if local(cell) != "Cell":
                continue
            column = _number(cell, "Index") or column + 1
            across, down = _number(cell, "MergeAcross"), _number(cell, "MergeDown")
            if row > MOST_ROWS or column + across > MOST_COLUMNS:
                continue
            value = _value(cell)
            if value is not None:
                sheet.rows.setdefault(row, []).append((column, value))
            if across or down:
                sheet.areas.append((column, row, column + across, row + down))
            column += across
        row += _number(line, "Span")


def _number(element: ET.Element, name: str) -> int:
    text = element.get(f"{NAMESPACE}{name}", "0")
    return int(text) if text.isascii() and text.isdigit() else 0


def _value(cell: ET.Element) -> Any:
    data = next((one for one in cell if local(one) == "Data"), None)
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
