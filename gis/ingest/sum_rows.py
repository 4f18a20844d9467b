"""Rows of a ledger whose area is the sum of the rows beside them: totals, whatever they are called."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from gis.base.messages import listed
from gis.base.tables import conform
from gis.ingest.measures import is_area
from gis.ingest.model import Options, Raw
from gis.ingest.phrases import phrase
from gis.ingest.questions import ask, question
from gis.ingest.sheet_shape import RECORD_FIX, set_aside
from gis.ingest.values import is_missing

LEAST_TOLD, LEAST_ALONE = 2, 3  # rows that a sum is of, with and without another sign that it is one
ROUNDED, ROUNDED_TO_TENTHS, SHOWN = 0.0051, 0.0501, 2
MOST_ROWS = 20_000
REASON = phrase("sum_of_rows")
COUNT = re.compile(r"\D{0,4}\d+\s*(?:宗|个|块|户|家|处|项|条|幅|笔)\D{0,4}")
Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.intp]


def sum_rows(columns: dict[str, pd.Series], raw: Raw, options: Options, source: str) -> pd.DataFrame:
    """Find the totals of a ledger by their areas.

    Parameters
    ----------
    columns
        Canonical columns of the part, on the index of `raw.frame`.

    Returns
    -------
    rejects
        Rows set aside, with their index in the column `at`.

    Raises
    ------
    Question
        A row is the sum of the others and looks like one of them.
    """
    frame = pd.DataFrame(raw.frame)
    nothing = conform(pd.DataFrame(), "rejects").assign(at=pd.Series(dtype="int64"))
    if "geometry" in frame or not LEAST_TOLD < len(frame) <= MOST_ROWS:
        return nothing
    areas = [area.to_numpy("float64") for name, area in columns.items() if is_area(options.kind, name)]
    found = next((rows for area in areas if len(rows := _sums(area))), None)
    if found is None:
        return nothing
    told = [_is_told(frame, columns.get("parcel_id"), int(at), found) for at in found]
    of_each = (len(frame) - len(found)) / len(found)
    if not all(told) and (of_each < LEAST_ALONE or not _is_total(frame, raw, found, options)):
        return nothing
    at = frame.index[found]
    return set_aside(
        frame.loc[at], (source, options.layer), source_row=raw.rows.loc[at].to_numpy(), at=at,
        text=[_label(frame.iloc[row]) for row in found], reason=REASON.stored, fix=RECORD_FIX.stored,
    )  # fmt: skip


def _sums(values: Floats) -> Rows:
    """Give the rows that part the table into blocks and are each the sum of its block, a grand total with them."""
    none = np.array([], dtype=np.intp)
    if np.isfinite(values).sum() <= LEAST_TOLD or np.nansum(values) <= 0:
        return none
    whole = np.nan_to_num(values)
    for grand in (0, len(whole) - 1):
        rest = np.delete(whole, grand)
        if _equal(whole[grand], rest.sum(), len(rest)):
            return np.array([grand], dtype=np.intp)
        if _equal(whole[grand] * 2, rest.sum(), len(rest)) and len(inner := _blocks(rest)):
            return np.sort(
                np.append(np.where(inner >= grand, inner + 1, inner) if grand == 0 else inner, grand)
            )
    return _blocks(whole)


def _blocks(values: Floats) -> Rows:
    above = _heads(values)
    if len(above):
        return above
    below = _heads(values[::-1])
    return np.sort(len(values) - 1 - below)


def _heads(values: Floats) -> Rows:
    """Give the rows that are each the sum of the rows until the next of them, where they part the whole table."""
    found, at = [], 0
    while at < len(values):
        sums = np.cumsum(values[at + 1 :])
        hits = np.flatnonzero(_equal(values[at], sums, np.arange(1, len(sums) + 1)))
        hits = hits[hits + 1 >= LEAST_TOLD]
        if values[at] <= 0 or not len(hits):
            return np.array([], dtype=np.intp)
        found.append(at)
        at += int(hits[-1]) + 2
    return np.array(found, dtype=np.intp) if len(found) > 1 else np.array([], dtype=np.intp)


def _equal(total: Any, sums: Any, n: Any) -> Any:
    """Say whether a total of one or two decimals is a sum of so many numbers rounded to two."""
    own = ROUNDED_TO_TENTHS if np.round(total, 1) == total else 0.0
    allowed = np.minimum(np.maximum(ROUNDED * np.sqrt(n), own), 1e-3 * np.abs(total))
    return (np.abs(total - sums) <= allowed) & (total > 0)


def _is_told(frame: pd.DataFrame, ids: pd.Series | None, at: int, found: Rows) -> bool:
    """Say whether a row looks unlike the others: a cell that only it lacks, a count, an id of another form."""
    row, rest = frame.iloc[at], frame.drop(index=frame.index[found])
    if any(is_missing(row[name]) and not rest[name].map(is_missing).any() for name in frame.columns):
        return True
    if any(isinstance(cell, str) and COUNT.fullmatch(cell.strip()) for cell in row):
        return True
    if ids is None:
        return False
    forms = ids.astype(str).map(_form)
    return bool(forms.iloc[at] not in set(forms.drop(index=forms.index[found])))


def _form(text: str) -> str:
    return re.sub(r"[A-Za-z]+", "A", re.sub(r"\d+", "0", re.sub(r"[\u4e00-\u9fff]+", "字", text)))


def _is_total(frame: pd.DataFrame, raw: Raw, found: Rows, options: Options) -> bool:
    rows = raw.rows.iloc[found]
    shown = tuple(
        f"第 {number} 行 " + "  ".join(str(cell) for cell in frame.iloc[at] if not is_missing(cell))
        for number, at in zip(rows[:SHOWN], found[:SHOWN], strict=True)
    )
    asked = question("total", {"total": shown}, rows=listed(rows))
    return ask(options, "row:total", *asked, file=raw.path.name, heads=frame.columns) == "total"


def _label(row: pd.Series) -> str:
    return next((cell for cell in row if isinstance(cell, str) and cell.strip()), "")
