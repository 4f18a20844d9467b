"""A column of numbers → canonical units, and what its cells say beside the number."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from gis.base.tables import TABLES
from gis.ingest.angles import degrees
from gis.ingest.heads import Taken
from gis.ingest.measures import canonical_unit, factor
from gis.ingest.phrases import TEXTS, phrase
from gis.ingest.readings import in_unit, several
from gis.ingest.values import Numbers, is_missing, numbers

ANY_SIGN = frozenset(("water_temp", "lon", "lat", "value", "quantity"))
AIR, CODES_FOR_NOTHING = frozenset(("air_hours", "air_days")), (999.0, 9999.0, 99999.0)
PLACES = frozenset(("lon", "lat"))
MEASURED = frozenset(("samples", "source_items"))
BELOW = phrase("below_limit").stored
NO_LIMIT = phrase("not_detected").stored
NO_BOUND = phrase("no_bound").stored
SEVERAL = phrase("several_readings").stored
NO_UNIT = phrase("no_unit").stored
REASONS = {name: text.stored for name, text in TEXTS.parts("readings").items()}


class Mark(NamedTuple):
    """A cell that is not a plain number: its position in the part, its column, what was done and why."""

    at: int
    indicator: str
    mark: str
    text: str
    detection_limit: float
    reason: str


class Amounts(NamedTuple):
    """A column read: values in the canonical unit, marks, positions of cells that state their own unit."""

    found: npt.NDArray[np.float64]
    marks: list[Mark]
    converted: npt.NDArray[np.intp]


def amounts(name: str, cells: pd.Series, taken: Taken, kind: str, units: pd.Series | None = None) -> Amounts:
    """Read a column of numbers.

    Parameters
    ----------
    name, kind
        The canonical column and its table.
    cells
        Shape (n,), as found.
    taken
        `unit` is that of the head; a unit in a cell (3.5公顷) goes before it.
    units
        Shape (n,), where the unit changes from row to row.

    Returns
    -------
    amounts
        A number that cannot be (below zero, broken where whole numbers stand, below a detection limit
        where nothing is measured, 999 for air) is null and marked ``suspect``.
    """
    if units is not None:
        return _read(name, cells, taken, kind, units)
    codes, distinct = pd.factorize(cells.astype("object"), use_na_sentinel=True)
    each = _read(name, pd.Series([*distinct, None], dtype="object"), taken, kind)
    codes = np.where(codes < 0, len(distinct), codes)
    by_code = {mark.at: mark for mark in each.marks}
    marked = np.flatnonzero(np.isin(codes, [*by_code]))
    marks = [by_code[int(codes[at])]._replace(at=int(at), text=str(cells.iloc[at])) for at in marked]
    return Amounts(each.found[codes], marks, np.flatnonzero(np.isin(codes, each.converted)))


def _read(name: str, cells: pd.Series, taken: Taken, kind: str, units: pd.Series | None = None) -> Amounts:
    whole = TABLES[kind][name].kind == "i"
    if whole:
        cells = cells.map({cell: _without_year_word(cell) for cell in cells.dropna().unique()})
    into = canonical_unit(kind, name)
    value, mark, limit = _possible(numbers(cells), name, kind, whole)
    unknown = np.zeros(len(cells), dtype=bool)
    if units is not None and into is not None:
        times = _factors(units, into)
        unknown = np.isnan(times) & np.isfinite(value)
        value, limit = _scaled(value, times), _scaled(limit, times)
        mark = np.where(unknown, "suspect", mark)
    elif taken.unit and into is not None and (ratio := factor(taken.unit, into)):
        value, limit = _scaled(value, ratio), _scaled(limit, ratio)
    doubtful = np.flatnonzero((mark == "suspect") & ~unknown)
    if len(doubtful):
        alone = pd.Series(into or taken.unit, index=cells.index)
        wanted = units if units is not None and into is None else alone
        own = _possible(_own(cells.iloc[doubtful], wanted.iloc[doubtful], name), name, kind, whole)
        value[doubtful], mark[doubtful], limit[doubtful] = own
    marks = [
        Mark(
            int(at), name, mark[at], str(cells.iloc[at]), limit[at],
            NO_UNIT if unknown[at] else _reason(mark[at], value[at], limit[at], str(cells.iloc[at])),
        )
        for at in np.flatnonzero(mark.astype(bool))
    ]  # fmt: skip
    return Amounts(value, marks, doubtful[mark[doubtful] != "suspect"])


def _own(cells: pd.Series, wanted: pd.Series, name: str) -> Numbers:
    """Read cells that are no plain numbers: angles, and numbers with a unit of their own."""
    if name in PLACES:
        angles = np.array([degrees(cell) for cell in cells], dtype="float64")
        marks = np.array(["suspect" if np.isnan(angle) else None for angle in angles], dtype=object)
        return Numbers(angles, marks, np.full(len(cells), np.nan))
    keys = [
        (str(cell), None if is_missing(unit) else str(unit)) for cell, unit in zip(cells, wanted, strict=True)
    ]
    read = {key: in_unit(*key) for key in dict.fromkeys(keys)}
    value, mark, limit = zip(*(read[key] for key in keys), strict=True)
    return Numbers(np.array(value, "float64"), np.array(mark, object), np.array(limit, "float64"))


def _factors(units: pd.Series, into: str) -> npt.NDArray[np.float64]:
    """Give the factor of each row; nan where its unit is not known and the others differ."""
    codes, words = pd.factorize(units.map(lambda cell: None if is_missing(cell) else str(cell).strip()))
    known = [factor(word, into) or np.nan for word in words]
    alone = known[0] if len(set(known)) == 1 else np.nan
    return np.array([*known, alone], dtype="float64")[codes]


def _possible(read: Numbers, name: str, kind: str, whole: bool) -> Numbers:
    wrong = (read.value < 0) & (name not in ANY_SIGN)
    if whole:
        wrong |= ~np.isnan(read.value) & (read.value % 1 != 0)
    if kind in AIR:
        wrong |= np.isin(read.value, CODES_FOR_NOTHING)
    if kind not in MEASURED:
        wrong |= (read.mark == "non_detect") | ((read.mark == "above_range") & (kind not in AIR))
    nothing = np.where(wrong, np.nan, 1.0)
    return Numbers(read.value * nothing, np.where(wrong, "suspect", read.mark), read.limit * nothing)


def _scaled(
    value: npt.NDArray[np.float64], times: npt.NDArray[np.float64] | float
) -> npt.NDArray[np.float64]:
    """Convert so that 700 µg/L is 0.7 mg/L and not the next number above it, which may pass a limit."""
    return np.where(times >= 1, value * times, value / (1 / times))


def _reason(mark: str, value: float, limit: float, text: str) -> str:
    if mark == "non_detect":
        return NO_LIMIT if np.isnan(limit) else BELOW
    if mark == "above_range" and np.isnan(value):
        return NO_BOUND
    return SEVERAL if mark == "suspect" and several(text) else REASONS[mark]


def _without_year_word(cell: Any) -> Any:
    return cell.strip().removesuffix("年度").removesuffix("年") if isinstance(cell, str) else cell
