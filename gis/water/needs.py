"""What the remaining months must keep to, whether that binds, and which indicator is the one that matters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from gis.base.forecast import AT_RISK, LOST, state_of
from gis.water.averages import NOISE_DIGITS, PH
from gis.water.chances import Booleans, Bounds, Course
from gis.water.limits import Floats, Item

NEUTRAL = 7.0
ORDER = {LOST: 0, AT_RISK: 1}


class Needs(NamedTuple):
    """Of each indicator, additive, shape (items,).

    Attributes
    ----------
    mean, low, high
        The mean so far, and what the mean of the months to come must lie between; an open side is infinite,
        NaN where no month is left.
    possible
        Whether a mean can lie there; without a month left, whether the year kept its bounds.
    as_so_far
        Whether the year keeps its bounds if it goes on as it was.
    beyond_record
        Whether it keeps them even if every month to come were as bad as the worst on record.
    """

    mean: Floats
    low: Floats
    high: Floats
    possible: Booleans
    as_so_far: Booleans
    beyond_record: Booleans


def of_ions(items: Sequence[Item]) -> Booleans:
    """Tell the items whose mean is that of their ions: pH."""
    return np.array([item.key == PH for item in items])


def additive(values: Floats, items: Sequence[Item]) -> Floats:
    """Give values whose arithmetic mean is the mean of the indicator: pH as 10^(7 − pH), others as they are."""
    ions = of_ions(items)
    if not ions.any():
        return values
    return np.where(ions, np.power(10.0, NEUTRAL - np.where(ions, values, NEUTRAL)), values)


def readable(values: Floats, items: Sequence[Item]) -> Floats:
    """Turn additive values back into the indicators; nothing or less is as much as can be."""
    ions = of_ions(items)
    if not ions.any():
        return values
    positive = np.where(ions & ~(values <= 0), values, 1.0)
    return np.where(ions, np.where(values <= 0, np.inf, NEUTRAL - np.log10(positive)), values)


def additive_bounds(bounds: Bounds, items: Sequence[Item]) -> Bounds:
    """Give the bounds of additive means: low and high of pH change places."""
    return turned(Bounds(additive(bounds.low, items), additive(bounds.high, items)), items)


def turned(bounds: Bounds, items: Sequence[Item]) -> Bounds:
    """Let the bounds of pH change places: more ions are a lower value."""
    ions = of_ions(items)
    return Bounds(np.where(ions, bounds.high, bounds.low), np.where(ions, bounds.low, bounds.high))


def needs_of(course: Course, bounds: Bounds, items: Sequence[Item], rules: Mapping[str, Any]) -> Needs:
    """Reckon what the mean of the months to come must keep to: (limit × (n + m) − Σ) / m.

    Parameters
    ----------
    bounds
        Additive, of means that round to the limit.
    rules
        Of the outlook: what a mean can be at all, and months that make a record.
    """
    seen, left = course.now[course.seen], len(course.left)
    n, total = np.isfinite(seen).sum(axis=0), np.nansum(seen, axis=0)
    mean = np.where(n > 0, total / np.maximum(n, 1), np.nan)
    kept = bounds.kept(mean)
    if not left:
        nothing = np.full(len(items), np.nan)
        return Needs(mean, nothing, nothing, kept, kept, np.zeros(len(items), dtype=bool))
    least, most = _physical(items, rules["water"]["physical"])
    low, high = ((side * (n + left) - total) / left for side in (bounds.low, bounds.high))
    possible = (np.round(high, NOISE_DIGITS) >= least) & (np.round(low, NOISE_DIGITS) <= most)
    low, high = np.where(low <= least, -np.inf, low), np.where(high >= most, np.inf, high)
    record = np.concatenate([seen, course.past.reshape(-1, len(items))])
    enough = np.isfinite(record).sum(axis=0) >= rules["words"]["least_months"]
    beyond = enough & (np.nanmax(record, axis=0) <= high) & (np.nanmin(record, axis=0) >= low)
    return Needs(mean, low, high, possible, kept, beyond)


def _physical(items: Sequence[Item], told: Mapping[str, Any]) -> tuple[Floats, Floats]:
    ends = np.array([told.get(one.key, [0.0, np.inf]) for one in items])
    bounds = additive_bounds(Bounds(ends[:, 0], ends[:, 1]), items)
    return bounds.low, bounds.high


def verdicts(needs: Needs, chance: Floats, left: int, rules: Mapping[str, Any]) -> tuple[list[str], Booleans]:
    """Give the word of each indicator, and whether what it needs binds.

    Without a probability the word rests on the mean so far, and a bound beyond the worst month on record
    binds nobody.

    Parameters
    ----------
    chance
        Shape (items,), NaN where past years are too few.
    """
    words = [
        state_of(
            rules["words"], possible=bool(possible), left=left, probability=float(one), as_so_far=bool(kept)
        )
        for possible, one, kept in zip(needs.possible, chance, needs.as_so_far, strict=True)
    ]
    risky = np.array([one == AT_RISK for one in words])
    free = np.where(np.isfinite(chance), chance >= rules["words"]["free"], needs.beyond_record)
    open_ = np.isinf(needs.low) & np.isinf(needs.high)
    return words, np.asarray(needs.possible & (left > 0) & ~open_ & (risky | ~free))


def opened(needs: Needs, most: Needs, items: Booleans) -> Needs:
    """Say what is known where a mean so far is a lower bound: no control value, and possible where it may be.

    Parameters
    ----------
    needs, most
        With the readings above their range at their least and at their most.
    items
        Which means are lower bounds.
    """
    low, high = (np.where(items, side, own) for side, own in ((-np.inf, needs.low), (np.inf, needs.high)))
    possible = np.where(items, needs.possible | most.possible, needs.possible)
    as_so_far = np.where(items, needs.as_so_far & most.as_so_far, needs.as_so_far)
    return needs._replace(low=low, high=high, possible=possible, as_so_far=as_so_far)


def as_either(words: Sequence[str], most: Sequence[str], items: Booleans) -> list[str]:
    """Keep a word that readings above their range cannot change; 有风险 where they can."""
    return [
        one if not open_ or one == other else AT_RISK
        for one, other, open_ in zip(words, most, items, strict=True)
    ]


def ranked(words: Sequence[str], chance: Floats, needs: Needs, bounds: Bounds) -> npt.NDArray[np.int64]:
    """Order the indicators: lost ones by how far they are over, then the least likely, then the least room."""
    some = needs.possible & np.isfinite(needs.mean) & ~(np.isnan(needs.low) & np.isnan(needs.high))
    low, high = np.where(some, needs.low, bounds.low), np.where(some, needs.high, bounds.high)
    mean = np.where(needs.mean > 0, needs.mean, np.nan)
    room = np.fmin(
        np.where(high > 0, high, 0.0) / mean, np.where(low > 0, mean / np.where(low > 0, low, 1.0), np.inf)
    )
    order = np.array([ORDER.get(one, len(ORDER)) for one in words])
    return np.lexsort((np.nan_to_num(room, nan=np.inf), np.nan_to_num(chance, nan=1.0), order))
