"""Excel workbooks of any make → the cells of their visible sheets, merged areas filled."""

from __future__ import annotations

import io
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import xlrd

from gis.base.errors import FileError
from gis.base.messages import Message
from gis.ingest.markup_books import is_markup, markup_sheets
from gis.ingest.values import is_blank
from gis.ingest.xlsx import MOST_SHEETS, DamagedError, Sheet, sheets_of

ZIP_START, OLE_START = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
WORKBOOKS = frozenset((".xlsx", ".xlsm", ".xls"))
MOST_FILE_BYTES = 2**29
MOST_BLANK_ROWS, MOST_BLANK_COLUMNS = 1000, 100
CELLS_FREELY, MOST_CELLS_A_VALUE = 4_000_000, 30
NAMED = 5
SAVE_AGAIN = Message(
    "用 Excel 或 WPS 打开，取消密码，另存为 .xlsx",
    "open it in Excel or WPS, take off a password, and save it as .xlsx",
)
FETCH_AGAIN = Message("重新下载或导出该文件", "fetch or export the file again")

Findings = list[tuple[str, str]]


class Page(NamedTuple):
    """One sheet: its name and its rows, merged cells filled; `rest` holds the rows below the first lines.

    Attributes
    ----------
    numbers
        The row of each line of `grid` as the user sees it; 1 to n when None.
    widths
        How many cells each line has in the file, those of `rest` included; None where lines are of one length.
    """

    name: str
    grid: list[list[Any]]
    numbers: np.ndarray | None = None
    rest: str | None = None
    delimiter: str = ","
    widths: np.ndarray | None = None


def workbook(path: Path) -> tuple[list[Page], Findings] | None:
    """Read the visible sheets of a workbook; what it is is told from its first bytes, not from its name.

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
        raise _too_large(path)
    data = path.read_bytes()
    if not data:
        raise FileError(Message("是空文件（0 字节）", "is empty (0 bytes)"), file=path.name, fix=FETCH_AGAIN)
    if data.startswith(ZIP_START):
        pages, findings, true = *_pages(sheets_of(data), path), ".xlsx"
    elif data.startswith(OLE_START):
        if ENCRYPTED in data:
            raise FileError(
                Message("有密码保护", "is protected by a password"), file=path.name,
                fix=Message(
                    "用 Excel 或 WPS 打开，取消密码后重新保存",
                    "open it in Excel or WPS, take off the password, and save it again",
                ),
            )  # fmt: skip
        pages, findings, true = *_pages(_xls(path, data), path), ".xls"
    elif is_markup(data):
        true, sheets = markup_sheets(data, path.name)
        pages, findings = _pages(sheets, path)
        return pages, [*findings, named_otherwise(path, true)]
    elif b"\0" in data:
        raise _broken(
            path, Message("开头字节既不是 .xlsx 也不是 .xls", "neither .xlsx nor .xls by its first bytes")
        )
    else:
        return None
    if (true == ".xls") != (path.suffix.lower() == ".xls"):
        findings.append(named_otherwise(path, true))
    return pages, findings


def named_otherwise(path: Path, true: str) -> tuple[str, str]:
    """Tell that a file is not what its name says."""
    message = Message(
        "文件名以 {suffix} 结尾，内容是 {true}",
        "named {suffix}, but it is {true}",
        suffix=path.suffix,
        true=true,
    )
    return "name_differs", message.stored


def even(rows: Sequence[Sequence[Any]]) -> list[list[Any]]:
    """Bring rows to one length."""
    width = max((len(row) for row in rows), default=0)
    return [[*row, *[None] * (width - len(row))] for row in rows]


def _pages(sheets: Iterable[Sheet], path: Path) -> tuple[list[Page], Findings]:
    pages: list[Page] = []
    findings: Findings = []
    try:
        for sheet in sheets:
            if sheet.visible:
                pages.append(_page(sheet, path))
                findings += _uncomputed(sheet)
            else:
                message = Message(
                    "隐藏工作表“{name}”未读", "the hidden sheet {name} is not read", name=sheet.name
                )
                findings.append(("hidden_sheet", message.stored))
    except DamagedError as error:
        raise _broken(path, error.message) from error
    return pages, findings


def _page(sheet: Sheet, path: Path) -> Page:
    """Lay the cells that hold something out as a grid; long runs of blank rows and columns are left out of it."""
    columns = _lines({at for cells in sheet.rows.values() for at, _ in cells}, MOST_BLANK_COLUMNS)
    rows = _lines(sheet.rows, MOST_BLANK_ROWS)
    values = sum(map(len, sheet.rows.values()))
    if len(rows) * len(columns) > CELLS_FREELY + MOST_CELLS_A_VALUE * values:
        raise FileError(
            Message("工作表“{name}”的单元格散布太远", 'the cells of sheet "{name}" stand far apart', name=sheet.name),
            file=path.name,
            found=Message(
                "{rows:,} 行、{columns:,} 列里只有 {values:,} 格有内容",
                "{values:,} cells with something in them over {rows:,} rows and {columns:,} columns",
                rows=len(rows), columns=len(columns), values=values,
            ),
            fix=Message("删去远处多余的单元格后保存", "delete the stray cells and save the file"),
        )  # fmt: skip
    place = {column: at for at, column in enumerate(columns)}
    grid: list[list[Any]] = [[None] * len(columns) for _ in rows]
    for line, row in zip(grid, rows, strict=True):
        for column, value in sheet.rows.get(row, ()):
            line[place[column]] = value
    _fill(grid, sheet, rows, columns, path)
    whole = len(rows) == (rows[-1] if rows else 0)
    return Page(sheet.name, grid, None if whole else np.array(rows))


def _lines(used: Iterable[int], most: int) -> list[int]:
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


def _uncomputed(sheet: Sheet) -> Findings:
    if not sheet.uncomputed:
        return []
    places = ", ".join(sheet.uncomputed[:NAMED]) + (" …" if len(sheet.uncomputed) > NAMED else "")
    message = Message(
        "工作表“{name}”有 {n:,} 格公式没有保存计算结果 ({places})，按空值；用 Excel 打开并保存后再读",
        "{n:,} formulas of sheet {name} have no saved result ({places}), taken as empty: open the file in Excel,"
        " save it, read it again",
        name=sheet.name, n=len(sheet.uncomputed), places=places,
    )  # fmt: skip
    return [("formula_without_value", message.stored)]


def _xls(path: Path, data: bytes) -> Iterable[Sheet]:
    quiet = io.StringIO()
    try:
        book = xlrd.open_workbook(file_contents=data, formatting_info=True, ragged_rows=True, logfile=quiet)
    except Exception as error:
        raise _broken(path, Message("{why}", "{why}", why=str(error) or type(error).__name__)) from error
    if sum(not sheet.visibility for sheet in book.sheets()) > MOST_SHEETS:
        raise _broken(path, Message("工作表太多", "has too many sheets"))
    for sheet in book.sheets():
        if sheet.visibility:
            yield Sheet(sheet.name, visible=False)
            continue
        areas = [(left + 1, top + 1, right, bottom) for top, bottom, left, right in sheet.merged_cells]
        yield Sheet(sheet.name, rows=_xls_rows(sheet, book.datemode), areas=areas)


def _xls_rows(sheet: Any, datemode: int) -> dict[int, list[tuple[int, Any]]]:
    found = {}
    for at in range(sheet.nrows):
        cells = zip(sheet.row_types(at), sheet.row_values(at), strict=True)
        values = [
            (column, _xls_value(kind, value, datemode)) for column, (kind, value) in enumerate(cells, 1)
        ]
        if held := [(column, value) for column, value in values if not is_blank(value)]:
            found[at + 1] = held
    return found


def _xls_value(kind: int, value: Any, datemode: int) -> Any:
    if kind == xlrd.XL_CELL_DATE:
        try:
            return xlrd.xldate_as_datetime(value, datemode)
        except (ValueError, OverflowError):
            return value
    if kind == xlrd.XL_CELL_ERROR:
        return xlrd.error_text_from_code.get(value, "#N/A")
    return None if kind in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK) else value


def _too_large(path: Path) -> FileError:
    return FileError(
        Message("大于 {mib:,} MiB", "is larger than {mib:,} MiB", mib=MOST_FILE_BYTES // 2**20), file=path.name,
        fix=Message("按年或按月拆成几个文件", "split it into files of a year or a month"),
    )  # fmt: skip


def _broken(path: Path, found: Message) -> FileError:
    return FileError(
        Message("不能作为工作簿读取", "cannot be read as a workbook"),
        file=path.name,
        found=found,
        fix=SAVE_AGAIN,
    )
