"""A column of numbers → canonical units, and what its cells say beside the number."""

from __future__ import annotations

from functools import partial
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from gis.base.messages import Message
from gis.base.tables import TABLES
from gis.ingest.heads import Taken
from gis.ingest.measures import canonical_unit, factor
from gis.ingest.values import Numbers, degrees, is_missing, numbers, with_unit

ANY_SIGN = frozenset(("water_temp", "lon", "lat", "value", "quantity"))
AIR, CODES_FOR_NOTHING = frozenset(("air_hours", "air_days")), (999.0, 9999.0, 99999.0)
PLACES = frozenset(("lon", "lat"))
MEASURED = frozenset(("samples", "source_items"))
BELOW = Message(
    "未检出，按检出限一半参与计算（环办监测函〔2020〕82号第7条）", "below the limit, half of it is used"
).stored
NO_LIMIT = Message("未检出且未注明检出限，不参与评价", "not detected, no limit stated, not rated").stored
NO_UNIT = Message("单位不明，按空值", "the unit is not known, taken as empty").stored
REASONS = {
    "missing": Message("缺测", "missing").stored,
    "suspect": Message("读不懂，按空值", "not understood, taken as empty").stored,
    "above_range": Message(
        "超出量程，按所注上限参与计算", "above the range, the bound written is used"
    ).stored,
}


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
    whole = TABLES[kind][name].kind == "i"
    if whole:
        cells = cells.map(_without_year_word)
    into = canonical_unit(kind, name)
    value, mark, limit = _possible(numbers(cells), name, kind, whole)
    unknown = np.zeros(len(cells), dtype=bool)
    if units is not None and into is not None:
        times = _factors(units, into)
        unknown = np.isnan(times) & np.isfinite(value)
        value, limit = _scaled(value, times), _scaled(limit, times)
        mark = np.where(unknown, "suspect", mark)
    elif taken.unit and into is not None and (one := factor(taken.unit, into)) not in (None, 1.0):
        value, limit = _scaled(value, np.full(len(cells), one)), _scaled(limit, np.full(len(cells), one))
    doubtful = np.flatnonzero((mark == "suspect") & ~unknown)
    spelled = degrees if name in PLACES else partial(with_unit, into=into) if into else _nothing
    own = [spelled(cells.iloc[at]) for at in doubtful]
    converted = doubtful[np.isfinite(own)] if len(doubtful) else doubtful
    value[converted] = [one for one in own if np.isfinite(one)]
    mark[converted] = None
    marks = [
        Mark(
            int(at), name, mark[at], str(cells.iloc[at]), limit[at],
            NO_UNIT if unknown[at] else _reason(mark[at], limit[at]),
        )
        for at in np.flatnonzero(mark.astype(bool))
    ]  # fmt: skip
    return Amounts(value, marks, converted)


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
        wrong |= (read.mark == "non_detect") | (read.mark == "above_range")
    nothing = np.where(wrong, np.nan, 1.0)
    return Numbers(read.value * nothing, np.where(wrong, "suspect", read.mark), read.limit * nothing)


def _scaled(value: npt.NDArray[np.float64], times: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Convert so that 700 µg/L is 0.7 mg/L and not the next number above it, which may pass a limit."""
    return np.where(times >= 1, value * times, value / (1 / times))


def _nothing(_cell: Any) -> float:
    return np.nan


def _reason(mark: str, limit: float) -> str:
    if mark == "non_detect":
        return NO_LIMIT if np.isnan(limit) else BELOW
    return REASONS[mark]


def _without_year_word(cell: Any) -> Any:
    return cell.strip().removesuffix("年度").removesuffix("年") if isinstance(cell, str) else cell
