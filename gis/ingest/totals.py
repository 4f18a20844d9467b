"""Rows that repeat what others hold: totals of any column, parts of the row above (其中), notes below a table."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from gis.base.messages import Message
from gis.ingest.characters import visible
from gis.ingest.distinct import Distinct, those
from gis.ingest.patterns import patterns
from gis.ingest.values import is_blank, number, numbers

_SAYS = patterns("totals")
EXACT = re.compile(r"小计|合计|总计|共计")
PART = re.compile(r"[#*]?其中[::,、]?.*")
OF_WHICH = re.compile("其中")
NOTE_LENGTH, LEAST_COLUMNS = 6, 3
CLOSE = 1e-6
MOST_ROWS, LEADING = 20_000, 4
NO_PARTS_IN = frozenset(("statistics", "yearly_targets"))  # their rows are items, and 其中 tells one of them
NAMED_AS_RESULTS = frozenset(("yearly_targets",))  # its rows are called 达标率, 均值
PART_REASON = Message("其中项，已含在上一行内", "a part of the row above, which holds it")


Columns = Callable[[Any], Distinct]


def totals(frame: pd.DataFrame, columns: Columns) -> npt.NDArray[np.bool_]:
    """Find rows whose leading texts, or any cell of its own, call them a total.

    Parameters
    ----------
    columns
        `distinct.by_column` of the frame.
    """
    found = np.zeros(len(frame), dtype=bool)
    names = list(frame.columns if len(frame) <= MOST_ROWS else frame.columns[:LEADING])
    for at in _with(frame, names, columns, _SAYS["hint"]):
        found[at] = _is_total(list(frame.iloc[at]))
    return found


def _with(frame: pd.DataFrame, names: Sequence[Any], columns: Columns, sign: re.Pattern[str]) -> list[int]:
    """Give the positions of the rows of which a text holds a sign."""
    held = np.zeros(len(frame), dtype=bool)
    for name in names:
        if not pd.api.types.is_numeric_dtype(frame[name].dtype):
            held |= those(columns(name), lambda cell: isinstance(cell, str) and sign.search(cell) is not None)
    return [int(at) for at in np.flatnonzero(held)]


def _is_total(row: Sequence[Any]) -> bool:
    leading = True
    for at, cell in enumerate(row):
        text = _plain(cell)
        if EXACT.fullmatch(text) or (leading and _SAYS["total"].fullmatch(text)):
            return True
        leading = leading and (at == 0 or is_blank(cell) or number(cell).mark == "suspect")
    return False


def _plain(cell: Any) -> str:
    if not isinstance(cell, str):
        return ""
    return "".join(unicodedata.normalize("NFKC", visible(cell)).lower().split())


def parts(frame: pd.DataFrame, columns: Columns, above: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Find rows that are parts of the row above: 其中：…, the indented ones after it, and those that complete its sum.

    Parameters
    ----------
    columns
        `distinct.by_column` of the frame.
    above
        Rows that are no records for another reason, a total among them, may have parts too.
    """
    found = np.zeros(len(frame), dtype=bool)
    begins = _with(frame, list(frame.columns[:LEADING]), columns, OF_WHICH)
    if not begins:
        return found
    labels = [_label(row) for row in frame.itertuples(index=False)]
    for at in begins:
        if at == 0 or found[at] or not PART.fullmatch(_plain(labels[at])):
            continue
        end, flush = at + 1, not labels[at - 1][:1].isspace()
        while end < len(frame) and (
            PART.fullmatch(_plain(labels[end])) or (flush and labels[end][:1].isspace())
        ):
            end += 1
        found[at : max(end, _completing(frame, at, above))] = True
    return found


def _label(row: Sequence[Any]) -> str:
    texts = (cell for cell in row if isinstance(cell, str) and cell.strip())
    return next((text for text in texts if number(text).mark == "suspect"), "")


def _completing(frame: pd.DataFrame, first: int, above: npt.NDArray[np.bool_]) -> int:
    """Give the end of the rows from `first` on whose sum is what the row above them holds; `first` where none is."""
    for name in frame.columns[1:]:
        values = numbers(frame[name].iloc[first - 1 :].reset_index(drop=True)).value
        if len(values) < LEAST_COLUMNS or not np.isfinite(values[0]) or values[0] <= 0:
            continue
        stops = np.flatnonzero(above[first:])
        values = values[: 1 + int(stops[0])] if len(stops) else values
        sums = np.cumsum(np.nan_to_num(values[1:]))
        full = np.flatnonzero(np.abs(sums - values[0]) <= CLOSE * values[0])
        if len(full):
            return first + int(full[0]) + 1
    return first


def notes(frame: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Find lines of text below the last row of a table: one text and no more, alone or merged over the columns."""
    found = np.zeros(len(frame), dtype=bool)
    if len(frame.columns) < LEAST_COLUMNS:
        return found
    for at in range(len(frame) - 1, -1, -1):
        cells = [cell for cell in frame.iloc[at] if not is_blank(cell)]
        if not cells:
            continue
        alone = isinstance(cells[0], str) and len({str(cell).strip() for cell in cells}) == 1
        if not alone or len(re.findall(r"[\u4e00-\u9fff]", _plain(cells[0]))) < NOTE_LENGTH:
            break
        found[at] = True
    return found
