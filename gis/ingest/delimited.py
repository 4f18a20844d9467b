"""Lines of a text with a sign between its cells → the cells of a page, within limits, and how many each line has."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from itertools import islice
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from gis.base.errors import FileError
from gis.base.messages import Message
from gis.ingest.workbook import CELLS_FREELY, MOST_CELLS_A_VALUE, Page, even
from gis.ingest.xlsx import MOST_COLUMNS

SAMPLE_LINES = 40
SIGNS = ",\t;|"
LONGEST_CELL = 2**31 - 1
MOST_UNPAIRED = 100
UNPAIRED = -1  # the width of a line whose quotes do not pair


class _Rows(NamedTuple):
    """Rows of cells, the line each begins in, and its width as written."""

    cells: list[list[str]]
    numbers: list[int]
    widths: list[int]


def page_of(text: str, file: str) -> Page:
    """Part a text into lines and cells.

    Returns
    -------
    page
        `rest` holds the lines below the first ones where no cell is quoted; `widths` counts the cells that
        each line has in the file, -1 where its quotes do not pair.

    Raises
    ------
    FileError
        The quotes of very many lines do not pair.
    """
    lines = io.StringIO(text, newline="").readlines()
    delimiter = max(SIGNS, key=lambda sign: sum(line.count(sign) for line in lines[:SAMPLE_LINES]))
    if '"' in text:
        rows = _quoted(lines, delimiter, file)
        used = _width([_used(row) for row in rows.cells])
        return Page(
            "", even([row[:used] for row in rows.cells]), np.array(rows.numbers), widths=np.array(rows.widths)
        )  # fmt: skip
    widths = np.array([line.count(delimiter) + 1 for line in lines])
    used = _width([line.rstrip(f"\r\n{delimiter}").count(delimiter) + 1 for line in lines])
    top = [
        (line.rstrip("\r\n").split(delimiter, used)[:used] + [""] * used)[:used]
        for line in lines[:SAMPLE_LINES]
    ]
    return Page("", top, None, "".join(lines[SAMPLE_LINES:]), delimiter, widths)


def _used(row: Sequence[str]) -> int:
    return next((at for at in range(len(row), 0, -1) if row[at - 1].strip()), 0)


def _width(used: Sequence[int]) -> int:
    """Give the width of the page: that of the widest line, but a line beyond all measure does not count."""
    counts: npt.NDArray[np.int64] = np.array([at for at in used if at <= MOST_COLUMNS], dtype="int64")
    if not len(counts):
        return min(max(used, default=0), MOST_COLUMNS)
    most = CELLS_FREELY + MOST_CELLS_A_VALUE * int(counts.sum())
    fitting = counts[counts * len(used) <= most]
    return int(fitting.max(initial=1))


def _quoted(lines: list[str], delimiter: str, file: str) -> _Rows:
    csv.field_size_limit(LONGEST_CELL)
    rows, at = _Rows([], [], []), 0
    for _ in range(MOST_UNPAIRED):
        start, reader = at, csv.reader(islice(lines, at, None), delimiter=delimiter, strict=True)
        try:
            for row in reader:
                _add(rows, row, start, len(row))
                start = at + reader.line_num
        except csv.Error as error:
            alone = start + 1 == at + reader.line_num and "end of data" not in str(error)
            row = next(csv.reader([lines[start]], delimiter=delimiter), [])
            _add(rows, row, start, len(row) if alone else UNPAIRED)
            at = start + 1
        else:
            return rows
    raise FileError(
        Message("引号不成对的行太多", "has too many lines whose quotes do not pair"), file=file, row=rows.numbers[-1],
        fix=Message("用 Excel 或 WPS 打开后另存为 .xlsx", "open it in Excel or WPS and save it as .xlsx"),
    )  # fmt: skip


def _add(rows: _Rows, row: list[Any], start: int, width: int) -> None:
    rows.cells.append(row)
    rows.numbers.append(start + 1)
    rows.widths.append(width)
