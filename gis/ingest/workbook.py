"""Excel workbooks of any make → the cells of their visible sheets, merged areas filled."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import openpyxl
import xlrd
from openpyxl.worksheet.worksheet import Worksheet

from gis.base.errors import FileError, FormatError
from gis.ingest.values import is_blank

ZIP_START, OLE_START = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
WORKBOOKS = frozenset((".xlsx", ".xlsm", ".xls"))
MOST_CELLS = 40_000_000
NAMED = 5

Findings = list[tuple[str, str]]


class Page(NamedTuple):
    """One sheet: its name and its rows, merged cells filled; `rest` holds the rows below the first lines."""

    name: str
    grid: list[list[Any]]
    numbers: np.ndarray | None = None
    rest: str | None = None
    delimiter: str = ","


def workbook(path: Path) -> tuple[list[Page], Findings] | None:
    """Read the visible sheets of a workbook; what it is is told from its first bytes, not from its name.

    Returns
    -------
    pages, findings
        None where the bytes are plain text: an export that only calls itself a workbook.

    Raises
    ------
    FileError
        The file is empty, damaged or protected by a password.
    FormatError
        The file is a web page that calls itself a workbook.
    """
    data = path.read_bytes()
    if not data:
        raise FileError("is empty (0 bytes)", file=path.name, fix="fetch or export the file again")
    if data.startswith(ZIP_START):
        pages, findings, true = *_xlsx(path, data), ".xlsx"
    elif data.startswith(OLE_START):
        if ENCRYPTED in data:
            raise FileError(
                "is protected by a password", file=path.name,
                fix="open it in Excel or WPS, take off the password, and save it again",
            )  # fmt: skip
        pages, findings, true = *_xls(path, data), ".xls"
    elif data.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<"):
        raise FormatError(
            f"is a web page or XML, only its name ends in {path.suffix}", file=path.name,
            fix="open it in Excel or WPS and save it as .xlsx",
        )  # fmt: skip
    elif b"\0" in data:
        raise _broken(path, "neither .xlsx nor .xls by its first bytes")
    else:
        return None
    if (true == ".xls") != (path.suffix.lower() == ".xls"):
        findings.append(named_otherwise(path, true))
    return pages, findings


def named_otherwise(path: Path, true: str) -> tuple[str, str]:
    """Tell that a file is not what its name says."""
    return (
        "name_differs",
        f"文件名以 {path.suffix} 结尾，内容是 {true} · named {path.suffix}, but it is {true}",
    )


def even(rows: Sequence[Sequence[Any]]) -> list[list[Any]]:
    """Bring rows to one length."""
    width = max((len(row) for row in rows), default=0)
    return [[*row, *[None] * (width - len(row))] for row in rows]


def _xlsx(path: Path, data: bytes) -> tuple[list[Page], Findings]:
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
        spelled = openpyxl.load_workbook(io.BytesIO(data)) if _has_formulas(data) else None
    except Exception as error:
        raise _broken(path, str(error) or type(error).__name__) from error
    pages: list[Page] = []
    findings: Findings = []
    for sheet in book.worksheets:
        if sheet.sheet_state != "visible":
            findings.append(("hidden_sheet", f"隐藏工作表“{sheet.title}”未读 · hidden sheet not read"))
            continue
        grid = _grid(sheet, path)
        if spelled is not None:
            findings += _uncomputed(sheet, spelled[sheet.title])
        for area in sheet.merged_cells.ranges:
            left, top, right, bottom = area.bounds
            _fill(grid, top - 1, bottom, left - 1, right)
        pages.append(Page(sheet.title, grid))
    return pages, findings


def _grid(sheet: Worksheet, path: Path) -> list[list[Any]]:
    """Take the cells that hold something: a sheet may be formatted far beyond its table."""
    cells = sheet._cells.items()
    filled = {at: cell.value for at, cell in cells if not is_blank(cell.value)}
    height = max((row for row, _ in filled), default=0)
    width = max((column for _, column in filled), default=0)
    if height * width > MOST_CELLS:
        raise FileError(
            f'a single cell of sheet "{sheet.title}" stands far away from the table', file=path.name,
            found=f"{height:,} rows and {width:,} columns", fix="delete the stray cell and save the file",
        )  # fmt: skip
    grid: list[list[Any]] = [[None] * width for _ in range(height)]
    for (row, column), value in filled.items():
        grid[row - 1][column - 1] = value
    return grid


def _has_formulas(data: bytes) -> bool:
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        sheets = [book.read(name) for name in book.namelist() if name.startswith("xl/worksheets/")]
    return any(b"<f>" in sheet or b"<f " in sheet for sheet in sheets)


def _uncomputed(sheet: Worksheet, spelled: Worksheet) -> Findings:
    cells = spelled._cells.items()
    bare = [
        cell.coordinate
        for (row, column), cell in sorted(cells)
        if cell.data_type == "f" and sheet.cell(row, column).value is None
    ]
    if not bare:
        return []
    some = ", ".join(bare[:NAMED]) + (" …" if len(bare) > NAMED else "")
    message = (
        f"工作表“{sheet.title}”有 {len(bare)} 格公式没有保存计算结果 ({some})，按空值；用 Excel 打开并保存后再读"
        " · formulas without a saved result, taken as empty: open the file in Excel, save it, read it again"
    )
    return [("formula_without_value", message)]


def _xls(path: Path, data: bytes) -> tuple[list[Page], Findings]:
    try:
        book = xlrd.open_workbook(file_contents=data, formatting_info=True)
    except Exception as error:
        raise _broken(path, str(error) or type(error).__name__) from error
    pages: list[Page] = []
    findings: Findings = []
    for sheet in book.sheets():
        if sheet.visibility:
            findings.append(("hidden_sheet", f"隐藏工作表“{sheet.name}”未读 · hidden sheet not read"))
            continue
        grid = [[_xls_cell(cell, book.datemode) for cell in sheet.row(at)] for at in range(sheet.nrows)]
        for top, bottom, left, right in sheet.merged_cells:
            _fill(grid, top, bottom, left, right)
        pages.append(Page(sheet.name, even(grid)))
    return pages, findings


def _xls_cell(cell: Any, datemode: int) -> Any:
    if cell.ctype == xlrd.XL_CELL_DATE:
        return xlrd.xldate_as_datetime(cell.value, datemode)
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return xlrd.error_text_from_code.get(cell.value, "#N/A")
    return None if cell.ctype in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK) else cell.value


def _fill(grid: list[list[Any]], top: int, bottom: int, left: int, right: int) -> None:
    if top >= len(grid) or left >= len(grid[top]):
        return
    value = grid[top][left]
    for row in grid[top:bottom]:
        row[left:right] = [value] * len(row[left:right])


def _broken(path: Path, found: str) -> FileError:
    return FileError(
        "cannot be read as a workbook", file=path.name, found=found,
        fix="open it in Excel or WPS, take off a password, and save it as .xlsx",
    )  # fmt: skip
