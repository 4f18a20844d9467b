"""Changes of a workbook as a person makes them: cells, rows, merges, sheets."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import openpyxl
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from fuzz.hostile import hostile

MOST_MOVED = 100_000  # cells: openpyxl makes each anew, gigabytes where a change before wrote at the end


def sheet_cells(path: Path, rng: random.Random, _others: list[Path], canary: str) -> None:
    """Put hostile cells and formats into a sheet."""
    book = openpyxl.load_workbook(path)
    sheet = rng.choice(book.worksheets)
    for _ in range(rng.randint(1, 6)):
        cell = sheet.cell(rng.randint(1, sheet.max_row), rng.randint(1, sheet.max_column))
        value = rng.choice(hostile(canary))
        value = value[:32_000] if isinstance(value, str) else value
        try:
            cell.value = value
        except (ValueError, AttributeError):
            continue
        if rng.random() < 0.2:  # noqa: PLR2004  one in five
            cell.number_format = rng.choice(
                ("@", "0.00%", "yyyy-mm-dd", "[h]:mm", '0.00"L"', "General", "mmm", '"<"0.00')
            )
    book.save(path)


def sheet_shape(path: Path, rng: random.Random, *_: object) -> None:
    """Insert, delete, swap, double and hide rows and columns."""
    book = openpyxl.load_workbook(path)
    sheet = rng.choice(book.worksheets)
    for area in list(sheet.merged_cells.ranges):
        sheet.unmerge_cells(str(area))
    for _ in range(rng.randint(1, 3)):
        if sheet.max_row * sheet.max_column > MOST_MOVED:
            break
        row, column = rng.randint(1, sheet.max_row), rng.randint(1, sheet.max_column)
        _shaped(sheet, row, column, rng)
    book.save(path)


def _shaped(sheet: Worksheet, row: int, column: int, rng: random.Random) -> None:
    letter, other = get_column_letter(column), rng.randint(1, sheet.max_column)
    changes: tuple[Callable[[], object], ...] = (
        lambda: sheet.insert_rows(row, 2), lambda: sheet.insert_rows(row, 40), lambda: sheet.insert_cols(column),
        lambda: sheet.delete_rows(row), lambda: sheet.delete_cols(column), lambda: _swapped(sheet, column, other),
        lambda: setattr(sheet.row_dimensions[row], "hidden", True),
        lambda: setattr(sheet.column_dimensions[letter], "hidden", True),
        lambda: sheet.append([cell.value for cell in sheet[row]]),
    )  # fmt: skip
    rng.choice(changes)()


def _swapped(sheet: Worksheet, column: int, other: int) -> None:
    for at in range(1, sheet.max_row + 1):
        one, two = sheet.cell(at, column), sheet.cell(at, other)
        one.value, two.value = two.value, one.value


def sheet_merges(path: Path, rng: random.Random, *_: object) -> None:
    """Merge cells, whole columns and whole rows."""
    book = openpyxl.load_workbook(path)
    sheet = rng.choice(book.worksheets)
    letter = get_column_letter(rng.randint(1, sheet.max_column + 2))
    row = rng.randint(1, sheet.max_row)
    areas = (
        [f"{letter}{row}:{letter}{row + rng.randint(1, 6)}"],
        [f"A{row}:{get_column_letter(sheet.max_column)}{row}"],
        [
            f"{get_column_letter(at)}1:{get_column_letter(at)}1048576"
            for at in range(sheet.max_column + 1, sheet.max_column + 6)
        ],
        [f"A{row}:XFD{row}"],
        [f"{letter}{at}:{letter}{at + 1}" for at in range(1, 400, 2)],
    )
    for area in rng.choice(areas):
        sheet.merged_cells.add(area)
    book.save(path)


def whole_sheets(path: Path, rng: random.Random, *_: object) -> None:
    """Copy, add, hide and name sheets."""
    book = openpyxl.load_workbook(path)
    sheet = rng.choice(book.worksheets)
    how = rng.choice(("copy", "empty", "hidden", "many", "name", "twice"))
    if how in ("copy", "twice"):
        for _ in range(1 if how == "copy" else 3):
            book.copy_worksheet(sheet)
    elif how in ("empty", "many"):
        for _ in range(1 if how == "empty" else 120):
            book.create_sheet()
    elif how == "hidden":
        sheet.sheet_state = rng.choice(("hidden", "veryHidden"))
    else:
        sheet.title = rng.choice(("[bold]", "2021年13月", "'", "１月", "{n}", "=1", "<b>"))
    book.save(path)


def far_cell(path: Path, rng: random.Random, *_: object) -> None:
    """Write a cell far away from the table."""
    book = openpyxl.load_workbook(path)
    sheet = rng.choice(book.worksheets)
    at = rng.choice(("XFD1", "A1048576", "XFD1048576", "Z90", "AA3000"))
    sheet[at] = rng.choice(("x", 1, " ", None))
    sheet[at].number_format = "0.00"
    book.save(path)
