"""Lines of a text with a sign between its cells → the cells of a page, within limits, and how many each line has."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from gis.base.errors import FileError
from gis.ingest.refusals import refusal
from gis.ingest.workbook import CELLS_FREELY, MOST_CELLS_A_VALUE, MOST_COLUMNS, Page, even, too_wide

SAMPLE_LINES = 40
FIRST_LINES = 500  # taken apart by themselves: title, heads, and enough below to see a layout
SIGNS = ",\t;|"
BYTES_AT_ONCE, LINES_AT_ONCE = 2**20, 10_000
LONGEST_CELL, SHOWN_OF_IT = 32_767, 100  # of Excel
MOST_UNPAIRED, LONGEST_FIELD = 100, 2**31 - 1
UNPAIRED, OVERLONG = (
    -1,
    -2,
)  # widths of lines whose quotes do not pair, and that have a cell beyond all measure
APART = "\x1f"  # no text holds it: signs that nobody sees are taken away before
# last bytes in UTF-8 of signs that `str.rstrip` takes away
BLANK_ENDS = tuple({f"{chr(code)}".encode()[-1] for code in range(0x3001) if chr(code).isspace()})
_QUOTED = re.compile(r'"[^"]*"')
_SHAPE = re.compile(
    r'\s*(?:(?:SRID=\d+;)?\s*(?:MULTI|POLYGON|LINE|CURVE|GEOMETRY)|0[01][0-9A-F]{8}|\{"type)', re.IGNORECASE
)


class _Lines(NamedTuple):
    """The lines of a text in UTF-8: where each begins and ends, its line feed left out."""

    data: bytes
    starts: npt.NDArray[np.int64]
    ends: npt.NDArray[np.int64]

    @classmethod
    def of(cls, data: bytes) -> _Lines:
        data = data if data.endswith(b"\n") else data + b"\n"
        ends = _places(data, "\n")
        return cls(data, np.append(0, ends[:-1] + 1), ends)

    def __len__(self) -> int:
        return len(self.ends)

    def line(self, at: int) -> str:
        return self.data[self.starts[at] : self.ends[at]].decode()

    def some(self, start: int, stop: int) -> list[str]:
        stop = min(stop, len(self))
        whole = self.data[self.starts[start] : self.ends[stop - 1]].decode() if start < stop else ""
        return whole.split("\n") if start < stop else []

    def counts(self, sign: str) -> npt.NDArray[np.int64]:
        """Count a sign in each line."""
        edges, counts = np.append(self.starts, len(self.data)), []
        for at in range(0, len(self), LINES_AT_ONCE):
            here = edges[at : at + LINES_AT_ONCE + 1]
            places = _places(self.data, sign, int(here[0]), int(here[-1]))
            counts.append(np.diff(np.searchsorted(places, here)))
        return np.concatenate(counts)

    def having(self, sign: str) -> npt.NDArray[np.int64]:
        """Give the lines that hold a sign."""
        return np.flatnonzero(self.counts(sign))

    def last_signs(self) -> npt.NDArray[np.uint8]:
        """Give the last byte of each line, a line feed where it is empty."""
        signs = np.frombuffer(self.data, np.uint8)[self.ends - 1]
        return np.where(self.ends > self.starts, signs, np.uint8(ord("\n")))

    def replaced(
        self, lines: Mapping[int, str], before: bytes = b"", after: bytes = b"", without: bytes = b""
    ) -> _Lines:
        """Put other lines in place of some, and in all others one sign for another, and none of a third."""
        table, pieces, done = bytes.maketrans(before, after), [], 0
        for at, line in lines.items():
            pieces += [self.data[done : self.starts[at]].translate(table, without), line.encode(), b"\n"]
            done = int(self.ends[at]) + 1
        return _Lines.of(b"".join([*pieces, self.data[done:].translate(table, without)]))


def _places(data: bytes, sign: str, start: int = 0, stop: int | None = None) -> npt.NDArray[np.int64]:
    """Give the places of a sign, part by part: memory that is new to the process costs more than the search."""
    signs, stop = np.frombuffer(data, np.uint8), len(data) if stop is None else stop
    found = [
        np.flatnonzero(signs[at : min(at + BYTES_AT_ONCE, stop)] == ord(sign)) + at
        for at in range(start, stop, BYTES_AT_ONCE)
    ]
    return np.concatenate(found) if found else np.array([], np.int64)


class _Rows(NamedTuple):
    """Rows of cells, the line each begins in, and its width as written."""

    cells: list[list[str]]
    numbers: list[int]
    widths: list[int]


def page_of(text: str, file: str) -> Page:
    """Part a text into lines and cells, the most of it in bulk.

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
    lines = _Lines.of(text.replace("\r\n", "\n").replace("\r", "\n").encode())
    delimiter = _delimiter(lines.some(0, SAMPLE_LINES))
    lines = _without_empty_end(lines, delimiter)
    quoted = '"' in text
    if quoted:
        plain = _unquoted(lines, delimiter)
        if plain is None:
            as_written = io.StringIO(text, newline="").readlines()[: len(lines)]
            return _page(_quoted(as_written, delimiter, file), file)
        lines, delimiter = plain, APART
    widths = lines.counts(delimiter) + 1
    cut = {}
    for at in np.flatnonzero(lines.ends - lines.starts >= LONGEST_CELL):
        line = lines.line(int(at))
        if len(line) >= LONGEST_CELL and (shorter := _shortened(_cells(line, delimiter))):
            cut[int(at)], widths[at] = delimiter.join(shorter), OVERLONG
    lines = lines.replaced(cut) if cut else lines
    filled = _filled(lines, delimiter, quoted=quoted)
    used = _width(filled, file)
    top = [line.split(delimiter)[:used] for line in lines.some(0, FIRST_LINES)]
    top = [[*row, *[""] * (used - len(row))] for row in top]
    rest = _rest(lines, delimiter, used, int(widths[FIRST_LINES:].max(initial=0)))
    return Page("", top, None, rest, _written(widths, filled, used))


def _without_empty_end(lines: _Lines, delimiter: str) -> _Lines:
    kept = len(lines)
    while kept > 1 and not lines.line(kept - 1).strip(f"\t {delimiter}"):
        kept -= 1
    end = int(lines.ends[kept - 1])
    return _Lines(lines.data[: end + 1], lines.starts[:kept], lines.ends[:kept])


def _unquoted(lines: _Lines, delimiter: str) -> _Lines | None:
    """Part the cells of lines by `APART`, so that no quotes are needed; None where a line is no row of its own."""
    held = lines.having('"')
    held = held[~_plainly_quoted(lines, delimiter, held)]
    csv.field_size_limit(LONGEST_FIELD)
    try:
        rows = list(csv.reader((lines.line(int(at)) + "\n" for at in held), delimiter=delimiter, strict=True))
    except csv.Error:
        return None
    if len(rows) != len(held) or (lines.starts == lines.ends).any():
        return None
    plain = {int(at): APART.join(row) for at, row in zip(held, rows, strict=True)}
    return lines.replaced(plain, delimiter.encode(), APART.encode(), b'"')


def _plainly_quoted(lines: _Lines, delimiter: str, held: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Say of which lines the quotes stand round whole cells without a delimiter or a quote in them."""
    found = [
        _plain_quotes(lines, delimiter, held[at : at + LINES_AT_ONCE])
        for at in range(0, len(held), LINES_AT_ONCE)
    ]
    return np.concatenate(found) if found else np.array([], dtype=bool)


def _plain_quotes(lines: _Lines, delimiter: str, held: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    signs, sign = np.frombuffer(lines.data, np.uint8), ord(delimiter)
    starts, ends = lines.starts[held], lines.ends[held]
    quotes = _places(lines.data, '"', int(starts[0]), int(ends[-1]))
    line = np.searchsorted(ends, quotes)
    rank = np.arange(len(quotes)) - np.searchsorted(quotes, starts)[line]
    opens = rank % 2 == 0
    begins = (quotes == starts[line]) | (signs[quotes - 1] == sign)
    closes = (quotes + 1 == ends[line]) | (signs[quotes + 1] == sign)
    cells = np.searchsorted(_places(lines.data, delimiter, int(starts[0]), int(ends[-1])), quotes)
    parted = np.append(cells[1:] != cells[:-1], True) & opens
    wrong = np.where(opens, ~begins | parted, ~closes)
    last = np.append(line[1:] != line[:-1], True)
    return np.bincount(line, wrong | (last & opens), len(held)) == 0


def _filled(lines: _Lines, delimiter: str, *, quoted: bool) -> npt.NDArray[np.int64]:
    """Count the cells of each line up to its last filled one, in a text with quotes the last that is not blank."""
    filled = lines.counts(delimiter) + 1
    for at in np.flatnonzero(np.isin(lines.last_signs(), [*BLANK_ENDS, ord(delimiter)])):
        line = lines.line(int(at))
        bare = line.rstrip() if quoted else line.rstrip(delimiter)
        filled[at] = bare.count(delimiter) + 1 if bare or not quoted else 0
    return filled


def _rest(lines: _Lines, delimiter: str, used: int, widest: int) -> pd.DataFrame | None:
    """Read the lines below the first ones in bulk, texts as they stand; equal texts are one object."""
    if len(lines) <= FIRST_LINES:
        return None
    return pd.read_csv(
        io.BytesIO(lines.data[lines.starts[FIRST_LINES] :]), header=None, names=range(used), dtype="object",
        na_filter=False, sep=delimiter, quoting=csv.QUOTE_NONE, skip_blank_lines=False, index_col=False,
        low_memory=False, usecols=range(used) if widest > used else None,
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


def _written(widths: npt.NDArray[np.int64], filled: npt.ArrayLike, used: int) -> npt.NDArray[np.int64]:
    """Give the widths as written, but empty cells behind the last column of the page do not count."""
    return np.where(widths < 0, widths, np.maximum(np.minimum(widths, used), filled))


def _used(row: Sequence[str]) -> int:
    return next((at for at in range(len(row), 0, -1) if row[at - 1].strip()), 0)


def _width(used: npt.ArrayLike, file: str) -> int:
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
    raise refusal(FileError, "quotes_unpaired", file, row=rows.numbers[-1])


def _add(rows: _Rows, row: list[Any], start: int, width: int) -> None:
    rows.cells.append(row)
    rows.numbers.append(start + 1)
    rows.widths.append(width)
