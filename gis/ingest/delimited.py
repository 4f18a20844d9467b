"""Lines of a text with a sign between its cells → the cells of a page, within limits, and how many each line has."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Sequence
from itertools import islice
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from gis.base.errors import FileError
from gis.base.messages import Message
from gis.ingest.workbook import CELLS_FREELY, MOST_CELLS_A_VALUE, MOST_COLUMNS, Page, even, too_wide

SAMPLE_LINES = 40
FIRST_LINES = 500  # taken apart by themselves: title, heads, and enough below to see a layout
SIGNS = ",\t;|"
LONGEST_CELL, SHOWN_OF_IT = 32_767, 100  # of Excel
MOST_UNPAIRED, LONGEST_FIELD = 100, 2**31 - 1
UNPAIRED, OVERLONG = (
    -1,
    -2,
)  # widths of lines whose quotes do not pair, and that have a cell beyond all measure
APART = "\x1f"  # no text holds it: signs that nobody sees are taken away before
_QUOTED = re.compile(r'"[^"]*"')
_SHAPE = re.compile(
    r'\s*(?:(?:SRID=\d+;)?\s*(?:MULTI|POLYGON|LINE|CURVE|GEOMETRY)|0[01][0-9A-F]{8}|\{"type)', re.IGNORECASE
)


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
        `rest` holds the rows below the first ones where each line is a row; `widths` counts the cells that
        each line has in the file, below 0 where it cannot be used: `UNPAIRED`, `OVERLONG`.

    Raises
    ------
    FileError
        The quotes of very many lines do not pair.
    """
    lines = io.StringIO(text, newline="").readlines()
    delimiter = _delimiter(lines[:SAMPLE_LINES])
    while len(lines) > 1 and not lines[-1].strip(f"\r\n\t {delimiter}"):
        lines.pop()
    quoted = '"' in text
    if quoted:
        plain = _unquoted(lines, delimiter)
        if plain is None:
            return _page(_quoted(lines, delimiter, file), file)
        lines, delimiter = plain, APART
    widths = np.array([line.count(delimiter) + 1 for line in lines])
    for at, line in enumerate(lines if max(map(len, lines), default=0) > LONGEST_CELL else ()):
        if len(line) > LONGEST_CELL and (shorter := _shortened(_cells(line, delimiter))):
            lines[at], widths[at] = delimiter.join(shorter) + "\n", OVERLONG
    if quoted:
        filled = [bare.count(delimiter) + 1 if (bare := line.rstrip()) else 0 for line in lines]
    else:
        filled = [line.rstrip(f"\r\n{delimiter}").count(delimiter) + 1 for line in lines]
    used = _width(filled, file)
    top = [line.rstrip("\r\n").split(delimiter)[:used] for line in lines[:FIRST_LINES]]
    top = [[*row, *[""] * (used - len(row))] for row in top]
    rest = _rest(lines[FIRST_LINES:], delimiter, used, int(widths[FIRST_LINES:].max(initial=0)))
    return Page("", top, None, rest, _written(widths, filled, used))


def _unquoted(lines: Sequence[str], delimiter: str) -> list[str] | None:
    """Part the cells of lines by `APART`, so that no quotes are needed; None where a line is no row of its own."""
    held = [at for at, line in enumerate(lines) if '"' in line]
    csv.field_size_limit(LONGEST_FIELD)
    try:
        rows = list(csv.reader((lines[at] for at in held), delimiter=delimiter, strict=True))
    except csv.Error:
        return None
    if len(rows) != len(held) or (
        min(map(len, lines), default=0) <= len("\r\n") and not all(map(_is_filled, lines))
    ):
        return None
    plain = [line.replace(delimiter, APART) for line in lines]
    for at, row in zip(held, rows, strict=True):
        plain[at] = APART.join(row) + "\n"
    return plain


def _is_filled(line: str) -> bool:
    return bool(line.strip("\r\n"))


def _rest(lines: Sequence[str], delimiter: str, used: int, widest: int) -> pd.DataFrame | None:
    """Read the lines below the first ones in bulk, texts as they stand; equal texts are one object."""
    if not lines:
        return None
    return pd.read_csv(
        io.BytesIO("".join(lines).encode()), header=None, names=range(used), dtype="object", na_filter=False,
        sep=delimiter, quoting=csv.QUOTE_NONE, skip_blank_lines=False, index_col=False, low_memory=False,
        usecols=range(used) if widest > used else None,
    )  # fmt: skip


def _delimiter(lines: Sequence[str]) -> str:
    """Choose the sign that stands equally often in most lines, quoted cells left out."""
    bare = [_QUOTED.sub("", line) for line in lines]

    def alike(sign: str) -> tuple[int, int]:
        counts = Counter(n for line in bare if (n := line.count(sign)))
        times, lines_alike = max(counts.items(), key=lambda item: (item[1], item[0]), default=(0, 0))
        return lines_alike, times

    return max(SIGNS, key=alike)


def _page(rows: _Rows, file: str) -> Page:
    for at, row in enumerate(rows.cells):
        if shorter := _shortened(row):
            rows.cells[at], rows.widths[at] = shorter, OVERLONG
    filled = [_used(row) for row in rows.cells]
    used = _width(filled, file)
    cells = even([row[:used] for row in rows.cells])
    return Page("", cells, np.array(rows.numbers), widths=_written(np.array(rows.widths), filled, used))


def _cells(line: str, delimiter: str) -> list[str]:
    return line.rstrip("\r\n").split(delimiter, MOST_COLUMNS + 1)


def _shortened(row: list[str]) -> list[str] | None:
    """Cut cells that are longer than any cell of a table and are no shape, and a row of too many; None for others."""
    if len(row) > MOST_COLUMNS + 1:
        return [f"{cell[:SHOWN_OF_IT]}…" for cell in row[:SHOWN_OF_IT]]
    bad = [len(cell) > LONGEST_CELL and not _SHAPE.match(cell) for cell in row]
    return (
        [f"{cell[:SHOWN_OF_IT]}…" if cut else cell for cell, cut in zip(row, bad, strict=True)]
        if any(bad)
        else None
    )


def _written(widths: npt.NDArray[np.int64], filled: Sequence[int], used: int) -> npt.NDArray[np.int64]:
    """Give the widths as written, but empty cells behind the last column of the page do not count."""
    return np.where(widths < 0, widths, np.maximum(np.minimum(widths, used), filled))


def _used(row: Sequence[str]) -> int:
    return next((at for at in range(len(row), 0, -1) if row[at - 1].strip()), 0)


def _width(used: Sequence[int], file: str) -> int:
    """Give the width of the page: that of the widest line, but a line beyond all measure does not count."""
    counts: npt.NDArray[np.int64] = np.array(used, dtype="int64")
    if 2 * (counts > MOST_COLUMNS).sum() > (counts > 0).sum():
        raise too_wide(file, int(counts.max()))
    most = CELLS_FREELY + MOST_CELLS_A_VALUE * int(np.minimum(counts, MOST_COLUMNS).sum())
    fitting = counts[(counts <= MOST_COLUMNS) & (counts * len(counts) <= most)]
    return int(fitting.max(initial=1))


def _quoted(lines: list[str], delimiter: str, file: str) -> _Rows:
    csv.field_size_limit(LONGEST_FIELD)
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
