"""Excel workbooks of any make → the cells of their visible sheets, merged areas filled."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from gis.base.errors import FileError
from gis.base.messages import Message, listed
from gis.base.own_sheets import about_the_book
from gis.ingest.markup_books import is_markup, markup_sheets
from gis.ingest.model import Findings, finding
from gis.ingest.patterns import patterns
from gis.ingest.phrases import phrase
from gis.ingest.refusals import refusal
from gis.ingest.values import is_blank
from gis.ingest.xls import xls_sheets
from gis.ingest.xlsx import DamagedError, Sheet, letters, sheets_of

ZIP_START, OLE_START = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
WORKBOOKS = frozenset((".xlsx", ".xlsm", ".xls"))
MOST_FILE_BYTES = 2**29
MOST_BLANK_ROWS, MOST_BLANK_COLUMNS = 1000, 100
CELLS_FREELY, MOST_CELLS_A_VALUE = 4_000_000, 30
MOST_COLUMNS = 5_000  # a table of every station of the country has 2,000
NAMED, LONGEST_NOTE = 5, 40
LEGEND_ROWS, LONGEST_LEGEND = 40, 60
COLOURED = patterns("legends")["colour"]
SAVE_AGAIN = phrase("save_again")
FETCH_AGAIN = Message("重新下载或导出该文件", "fetch or export the file again")
SPLIT = Message("按年或按月拆成几个文件", "split it into files of a year or a month")


class Looks(NamedTuple):
    """What the looks of a sheet say: hidden rows, hidden columns and struck cells by their place in the grid.

    Attributes
    ----------
    hidden_columns
        Place → letters of the column.
    struck
        Row → places.
    """

    hidden_rows: frozenset[int]
    hidden_columns: dict[int, str]
    struck: dict[int, list[int]]


class Page(NamedTuple):
    """One sheet: its name and its rows, merged cells filled; `rest` holds the rows of a text below the first lines.

    Attributes
    ----------
    numbers
        The row of each line of `grid` as the user sees it; 1 to n when None.
    widths
        How many cells each line has in the file, those of `rest` included; None where lines are of one length.
    looks
        None where nothing is hidden or struck out.
    sheet
        The name of the sheet, where this is one table of several in it.
    """

    name: str
    grid: list[list[Any]]
    numbers: np.ndarray | None = None
    rest: pd.DataFrame | None = None
    widths: np.ndarray | None = None
    looks: Looks | None = None
    sheet: str | None = None


def taken_apart(page: Page) -> Page:
    """Give a page with the rows of a long text, which were read in bulk, taken apart too."""
    if page.rest is None:
        return page
    return page._replace(grid=page.grid + page.rest.to_numpy().tolist(), rest=None)


def workbook(path: Path, wanted: str | None = None) -> tuple[list[Page], Findings] | None:
    """Read the visible sheets of a workbook; what it is is told from its first bytes, not from its name.

    Parameters
    ----------
    wanted
        The name of a sheet that is read though it is hidden.

    Returns
    -------
    pages, findings
        None where the bytes are plain text: an export that only calls itself a workbook.

    Raises
    ------
    FileError
        The file is empty, damaged, protected by a password or past what a workbook can hold.
    EncodingError
        A web page that calls itself a workbook is in no known encoding.
    """
    if path.stat().st_size > MOST_FILE_BYTES:
        raise refusal(FileError, "book_too_large", path, fix=SPLIT, mib=MOST_FILE_BYTES // 2**20)
    data = path.read_bytes()
    if not data:
        raise refusal(FileError, "file_empty", path, fix=FETCH_AGAIN)
    if data.startswith(ZIP_START):
        pages, findings, true = *_pages(sheets_of(data, wanted), path, wanted), ".xlsx"
    elif data.startswith(OLE_START):
        if ENCRYPTED in data:
            raise refusal(FileError, "book_password", path)
        pages, findings, true = *_pages(xls_sheets(data, wanted), path), ".xls"
    elif is_markup(data):
        true, sheets = markup_sheets(data, path.name)
        pages, findings = _pages(sheets, path)
        return pages, [*findings, named_otherwise(path, true)]
    elif b"\0" in data:
        found = Message("开头字节既不是 .xlsx 也不是 .xls", "neither .xlsx nor .xls by its first bytes")
        raise _broken(path, found)
    else:
        return None
    if (true == ".xls") != (path.suffix.lower() == ".xls"):
        findings.append(named_otherwise(path, true))
    return pages, findings


def named_otherwise(path: Path, true: str) -> tuple[str, str]:
    """Tell that a file is not what its name says."""
    return finding("name_differs", suffix=path.suffix, true=true)


def even(rows: Sequence[Sequence[Any]]) -> list[list[Any]]:
    """Bring rows to one length."""
    width = max((len(row) for row in rows), default=0)
    return [[*row, *[None] * (width - len(row))] for row in rows]


def _pages(sheets: Iterable[Sheet], path: Path, wanted: str | None = None) -> tuple[list[Page], Findings]:
    pages: list[Page] = []
    findings: Findings = []
    try:
        for sheet in sheets:
            if sheet.visible:
                pages.append(_page(sheet, path))
                findings += _noted(sheet)
            else:
                findings.append(finding("hidden_sheet", name=sheet.name))
    except DamagedError as error:
        raise _broken(path, error.message) from error
    explains = about_the_book(
        [page.name for page in pages], [page.grid[0] if page.grid else [] for page in pages]
    )
    kept = [page for page, idle in zip(pages, explains, strict=True) if not idle or page.name == wanted]
    return kept, findings


def _page(sheet: Sheet, path: Path) -> Page:
    """Lay the cells that hold something out as a grid; long runs of blank rows and columns are left out of it."""
    columns = lines_used({at for cells in sheet.rows.values() for at, _ in cells}, MOST_BLANK_COLUMNS)
    if len(columns) > MOST_COLUMNS:
        raise too_wide(path.name, len(columns))
    rows = lines_used(sheet.rows, MOST_BLANK_ROWS)
    values = sum(map(len, sheet.rows.values()))
    if len(rows) * len(columns) > CELLS_FREELY + MOST_CELLS_A_VALUE * values:
        sizes: dict[str, Any] = {"rows": len(rows), "columns": len(columns), "values": values}
        raise refusal(FileError, "cells_apart", path, name=sheet.name, **sizes)
    place = {column: at for at, column in enumerate(columns)}
    grid: list[list[Any]] = [[None] * len(columns) for _ in rows]
    for line, row in zip(grid, rows, strict=True):
        for column, value in sheet.rows.get(row, ()):
            line[place[column]] = value
    _fill(grid, sheet, rows, columns, path)
    whole = len(rows) == (rows[-1] if rows else 0)
    return Page(sheet.name, grid, None if whole else np.array(rows), looks=_looks(sheet, place))


def _looks(sheet: Sheet, place: dict[int, int]) -> Looks | None:
    hidden_rows = frozenset(sheet.hidden_rows & sheet.rows.keys())
    hidden_columns = {place[at]: letters(at) for at in sorted(sheet.hidden_columns & place.keys())}
    if not (hidden_rows or hidden_columns or sheet.struck):
        return None
    struck = {row: [place[at] for at in columns] for row, columns in sheet.struck.items()}
    return Looks(hidden_rows, hidden_columns, struck)


def too_wide(file: str, columns: int) -> FileError:
    """Tell that a table has more columns than any table of an office."""
    return refusal(FileError, "columns_too_many", file, most=MOST_COLUMNS, n=columns)


def lines_used(used: Iterable[int], most: int) -> list[int]:
    """Count rows or columns from 1 to the last one used; of a long run of blank ones, the first stay."""
    found: list[int] = []
    last = 0
    for at in sorted(used):
        found += range(last + 1, min(at, last + 1 + most))
        found.append(at)
        last = at
    return found


def _fill(grid: list[list[Any]], sheet: Sheet, rows: list[int], columns: list[int], path: Path) -> None:
    """Write the value of a merged area into all its cells of the grid."""
    left_to_fill = len(rows) * len(columns)
    for left, top, right, bottom in sheet.areas:
        first, last = bisect_left(rows, top), bisect_right(rows, bottom)
        begin, end = bisect_left(columns, left), bisect_right(columns, right)
        if first >= last or begin >= end or rows[first] != top or columns[begin] != left:
            continue
        value = grid[first][begin]
        if is_blank(value):
            continue
        left_to_fill -= (last - first) * (end - begin)
        if left_to_fill < 0:
            raise _broken(path, Message("合并区域互相重叠", "merged areas overlap"))
        for line in grid[first:last]:
            line[begin:end] = [value] * (end - begin)


def _noted(sheet: Sheet) -> Findings:
    """Tell of formulas without a result, texts struck out in part, numbers not shown, colours and comments."""
    rows = sheet.rows.items() if sheet.notes else ()
    held = {f"{letters(column)}{row}" for row, cells in rows for column, _ in cells}
    notes = [_quoted(place, note) for place, note in sheet.notes.items() if place in held]
    findings = [
        finding(code, name=sheet.name, n=len(places), places=listed(places, most=NAMED))
        for code, places in (
            ("formula_without_value", sheet.uncomputed),
            ("struck_in_part", sheet.corrected),
            ("not_shown", sheet.unshown),
            ("suspect_cells.colours", [_quoted(place, text) for place, text in _of_colours(sheet)]),
            ("comments", notes),
        )
        if places
    ]
    if sheet.unstyled:
        findings.append(finding("styles_broken"))
    return findings


def _quoted(place: str, text: str) -> str:
    return f"{place} “{' '.join(text.split())[:LONGEST_NOTE]}”"


def _of_colours(sheet: Sheet) -> Iterator[tuple[str, str]]:
    """Give the cells that say what a colour of other cells means: 红色为已核减, 标黄为待定."""
    numbers = [*sheet.rows]
    for row in dict.fromkeys([*numbers[:LEGEND_ROWS], *numbers[-LEGEND_ROWS:]]):
        for column, cell in sheet.rows[row]:
            if isinstance(cell, str) and len(cell) <= LONGEST_LEGEND and COLOURED.search(cell):
                yield f"{letters(column)}{row}", cell


def _broken(path: Path, found: Message) -> FileError:
    what = Message("不能作为工作簿读取", "cannot be read as a workbook")
    return FileError(what, file=path.name, found=found, fix=SAVE_AGAIN)
