"""A workbook of Excel 97 to 2003 → the cells of its sheets, and what their looks mean."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import xlrd

from gis.base.messages import Message
from gis.ingest.characters import beside, visible
from gis.ingest.number_formats import shown_by
from gis.ingest.values import is_blank
from gis.ingest.xlsx import MANY, MOST_SHEETS, DamagedError, Sheet, letters

LOWERED = 2  # what xlrd calls a subscript


def xls_sheets(data: bytes, wanted: str | None = None) -> Iterator[Sheet]:
    """Read the sheets of an .xls one by one; of a hidden one the name only, unless it is the one wanted.

    Raises
    ------
    DamagedError
        No workbook, damaged, or past a limit.
    """
    try:
        book = xlrd.open_workbook(
            file_contents=data, formatting_info=True, ragged_rows=True, logfile=io.StringIO()
        )
    except Exception as error:
        raise DamagedError(Message("{why}", "{why}", why=str(error) or type(error).__name__)) from error
    if sum(not sheet.visibility for sheet in book.sheets()) > MOST_SHEETS:
        raise DamagedError(MANY)
    for sheet in book.sheets():
        if sheet.visibility and sheet.name != wanted:
            yield Sheet(sheet.name, visible=False)
        else:
            yield _sheet(sheet, book)


def _sheet(sheet: Any, book: Any) -> Sheet:
    found = Sheet(sheet.name)
    found.areas = [(left + 1, top + 1, right, bottom) for top, bottom, left, right in sheet.merged_cells]
    found.hidden_rows = {at + 1 for at, row in sheet.rowinfo_map.items() if row.hidden or row.height == 0}
    found.hidden_columns = {at + 1 for at, column in sheet.colinfo_map.items() if column.hidden}
    for at in range(sheet.nrows):
        kinds = sheet.row_types(at)
        cells = [
            (column, _cell(sheet, book, found, (at, column)))
            for column in range(len(kinds))
            if kinds[column] not in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK)
        ]
        if held := [(column + 1, value) for column, value in cells if not is_blank(value)]:
            found.rows[at + 1] = held
    found.notes = {f"{letters(column + 1)}{at + 1}": visible(note.text).strip()
                   for (at, column), note in sheet.cell_note_map.items()}  # fmt: skip
    return found


def _cell(sheet: Any, book: Any, found: Sheet, place: tuple[int, int]) -> Any:
    """Give the value of a cell as it is shown, and note whether it is struck out."""
    kind, value = sheet.cell_type(*place), sheet.cell_value(*place)
    try:
        style = book.xf_list[sheet.cell_xf_index(*place)]
        struck: bool | None = bool(book.font_list[style.font_index].struck_out)
    except IndexError:
        style, struck, found.unstyled = book.xf_list[0], False, True
    name = f"{letters(place[1] + 1)}{place[0] + 1}"
    if kind == xlrd.XL_CELL_TEXT:
        value, struck = _text(value, bool(struck), sheet.rich_text_runlist_map.get(place, ()), book)
        if struck is None:
            found.corrected.append(name)
    elif kind == xlrd.XL_CELL_NUMBER:
        value = _number(value, book.format_map.get(style.format_key), found, name)
    else:
        value = _other(kind, value, book.datemode)
    if struck and not is_blank(value):
        found.struck.setdefault(place[0] + 1, []).append(place[1] + 1)
    return value


def _text(text: str, struck: bool, runs: Any, book: Any) -> tuple[str, bool | None]:
    """Leave out what is struck out of a text; None where that is a part of it."""
    fonts = [(at, book.font_list[font]) for at, font in runs if font < len(book.font_list)]
    starts = [(0, struck, 0), *((at, bool(font.struck_out), font.escapement) for at, font in fonts)]
    ends = [*(at for at, _, _ in starts[1:]), len(text)]
    rest = ""
    for (at, gone, raised), end in zip(starts, ends, strict=True):
        piece = "" if gone else text[at:end]
        rest += beside(rest, piece, lowered=raised == LOWERED) if raised else piece
    if not rest.strip():
        return visible(text), True
    return visible(rest), None if len(rest.strip()) < len(text.strip()) else False


def _number(value: float, form: Any, found: Sheet, name: str) -> Any:
    shown = shown_by(form.format_str) if form is not None else None
    text = shown(value) if shown is not None else None
    if text == "":
        found.unshown.append(name)
        return value or None
    return value if text is None else text


def _other(kind: int, value: Any, datemode: int) -> Any:
    if kind == xlrd.XL_CELL_DATE:
        try:
            return xlrd.xldate_as_datetime(value, datemode)
        except (ValueError, OverflowError):
            return value
    if kind == xlrd.XL_CELL_ERROR:
        return xlrd.error_text_from_code.get(value, "#N/A")
    return None if kind in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK) else value
