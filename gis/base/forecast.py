"""Forecasts from history: what the rest of a year may sum to, and how good forecasts of past cases were."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
EVEN = 0.5
TENTHS = 10
FARTHEST = 20.0  # e^20 times the usual is as far as any mean is told from another
EARLIER, LEFT_OUT = "earlier", "leave_one_out"
REACHABLE, AT_RISK, LOST, MADE = "reachable", "at_risk", "lost", "made"
WORDS = {
    REACHABLE: ("可达标", "within reach"),
    AT_RISK: ("有风险", "at risk"),
    LOST: ("已无法达标", "out of reach"),
    MADE: ("已达标", "made"),
}


class Skill(NamedTuple):
    """How forecasts of past cases came out.

    Attributes
    ----------
    hit_rate
        Share of cases whose likelier side came true (0.5 counts as yes); NaN without a case.
    brier
        Mean squared difference of probability and outcome: 0 is perfect, 0.25 is a coin.
    n
        Number of cases.
    """

    hit_rate: float
    brier: float
    n: int


class Bin(NamedTuple):
    """Forecasts between two tenths: how many, what was told on average, and the share that came true."""

    told_from: float
    told_to: float
    n: int
    told: float
    came: float


class _Fits(NamedTuple):
    """How the rest of past years followed their beginning, one row a (carry, drift).

    `share`, `centre`, `squares` and `carry` have the shape (rows, items), `deviations` (rows, years, items), `n`
    (items,).
    """

    carry: Floats
    share: Floats
    centre: Floats
    deviations: Floats
    squares: Floats
    n: Integers


def generator(seed: int, *names: object) -> np.random.Generator:
    """Give a generator of its own for a thing that bears these names, the same in every run.

    What is drawn for one section does not depend on which other sections are in the file.
    """
    marks = [zlib.crc32(str(name).encode()) for name in names]
    return np.random.default_rng([seed, *marks])


def drawn_rest(
    now: Floats,
    past: Floats,
    left: Integers,
    rules: Mapping[str, Any],
    random: np.random.Generator,
    spare: float | Floats = 0.0,
) -> Floats:
    """Draw what the steps to come may sum to, from how past years went on.

    The level of a part of a year is the log of its sum over the sum of the same steps of the mean year.
    With a the level so far and b that of the rest, b is told from this year's a by b = w·a + (1 − w)·g·t + c:
    w of `carry` says how much of the anomaly stays, g of `drift` how much the level moves in a year (t
    counts the years, 0 is this one). Each pair (w, g) has the weight its residuals in the n past years give
    it, Σr² ^ (−(n − 1)/2) times the weights of the rules; c is drawn from a t with n − 1 degrees of freedom
    about the mean residual, √(1 + 1/n) as wide, because four or five years tell neither mean nor spread.
    Items move together as their residuals did.

    Parameters
    ----------
    now
        Shape (steps, items), this year; steps of `left` are not read, missing is NaN.
    past
        Shape (years, steps, items), oldest first.
    left
        Steps to come, ascending, at least one.
    rules
        `draws`, `history` and `level` of the outlook.
    spare
        Added to both sums of a level, for counts that may be 0; one for all items or one each.

    Returns
    -------
    sums
        Shape (draws, items), 0 or more; NaN for an item with fewer than `least_training_years` usable years.
    """
    seen = np.delete(np.arange(len(now)), left)
    usual = _mean_year(past)
    before, after = (_levels(past[:, part], usual[part], spare) for part in (seen, left))
    fits = _fits(before, after, rules)
    so_far = np.nan_to_num(_levels(now[seen], usual[seen], spare))
    level = _drawn_levels(fits, so_far, rules["draws"]["number"], rules["level"]["least_spread"], random)
    whole = usual[left].sum(axis=0) + spare
    sums = (np.exp(level.clip(-FARTHEST, FARTHEST)) * whole - spare).clip(min=0)
    known = (fits.n >= rules["history"]["least_training_years"]) & np.isfinite(whole)
    return np.asarray(np.where(known, sums, np.nan))


def _mean_year(past: Floats) -> Floats:
    """Average each step over the years; a step that no year has is as the others are."""
    usual = share(past)
    return np.asarray(np.where(np.isfinite(usual), usual, share(usual)))


def _levels(values: Floats, usual: Floats, spare: float | Floats) -> Floats:
    """Give log(sum / sum of the mean year over the steps that are there); NaN where either is not positive."""
    there = np.isfinite(values) & np.isfinite(usual)
    sums = np.where(there, values, 0.0).sum(axis=-2) + spare
    wanted = np.where(there, usual, 0.0).sum(axis=-2) + spare
    known = there.any(axis=-2) & (sums > 0) & (wanted > 0)
    return np.asarray(
        np.where(known, np.log(np.where(known, sums, 1.0) / np.where(known, wanted, 1.0)), np.nan)
    )


def _fits(before: Floats, after: Floats, rules: Mapping[str, Any]) -> _Fits:
    level = rules["level"]
    carry, drift = (one.ravel() for one in np.meshgrid(level["carry"], level["drift"], indexing="ij"))
    prior = np.outer(level["carry_weight"], level["drift_weight"]).ravel()
    ok = np.isfinite(before) & np.isfinite(after)
    n = ok.sum(axis=0)
    years = np.arange(len(before))[None, :, None] - len(before)
    moved = ((1 - carry) * drift)[:, None, None] * years
    residuals = np.where(ok, after - carry[:, None, None] * before - moved, 0.0)
    centre = residuals.sum(axis=1) / np.maximum(n, 1)
    deviations = np.where(ok, residuals - centre[:, None], 0.0)
    free = np.maximum(n - 1, 0)
    squares = np.square(deviations).sum(axis=1) + free * level["least_spread"] ** 2
    weight = np.log(prior)[:, None] - free / 2 * np.log(np.where(free > 0, squares, 1.0))
    weight = np.exp(weight - weight.max(axis=0))
    return _Fits(carry, weight / weight.sum(axis=0), centre, deviations, squares, n)


def _drawn_levels(
    fits: _Fits, so_far: Floats, draws: int, least_spread: float, random: np.random.Generator
) -> Floats:
    """Draw the level of the rest: a pair (w, g) by its weight, then a Student deviation about its centre."""
    items, years = np.arange(len(so_far)), fits.deviations.shape[1]
    position = random.random(draws)
    below = np.cumsum(fits.share, axis=0)
    rows = np.column_stack([np.searchsorted(below[:, one], position) for one in items])
    rows = rows.clip(max=len(fits.carry) - 1)
    free = np.maximum(fits.n - 1, 1)
    by_item = fits.deviations.transpose(0, 2, 1)[rows, items]
    together = np.einsum("dy,diy->di", random.standard_normal((draws, years)), by_item)
    alone = least_spread * np.sqrt(free) * random.standard_normal((draws, len(items)))
    chi = np.square(random.standard_normal((draws, max(years - 1, 1)))).cumsum(axis=1)[:, free - 1]
    wide = np.sqrt((1 + 1 / np.maximum(fits.n, 1)) / chi)
    return np.asarray(fits.centre[rows, items] + fits.carry[rows] * so_far + (together + alone) * wide)


def never_sure(shares: Floats, years: Floats | Integers | int, weight: float) -> Floats:
    """Draw a share of draws in from 0 and 1: (n·p + a) / (n + 2a), n the past years it rests on.

    A sample of a few years can say neither never nor always.
    """
    return np.asarray((years * shares + weight) / (years + 2 * weight))


def skill(probability: npt.ArrayLike, outcome: npt.ArrayLike) -> Skill:
    """Score forecasts against what came (Brier 1950, for one event).

    Parameters
    ----------
    probability, outcome
        Shape (n,); outcome 1 or 0. A pair with a missing side is left out.
    """
    told, came = _pairs(probability, outcome)
    if not len(told):
        return Skill(np.nan, np.nan, 0)
    hits = (told >= EVEN) == (came >= EVEN)
    return Skill(float(hits.mean()), float(np.square(told - came).mean()), len(told))


def reliability(probability: npt.ArrayLike, outcome: npt.ArrayLike) -> list[Bin]:
    """Count, in each tenth of what was told, what came true; tenths without a forecast are left out.

    Parameters
    ----------
    probability, outcome
        Shape (n,); outcome 0 to 1. A pair with a missing side is left out.
    """
    told, came = _pairs(probability, outcome)
    tenth = np.minimum((told * TENTHS).astype("int64"), TENTHS - 1)
    return [
        Bin(
            at / TENTHS, (at + 1) / TENTHS, int(here.sum()), float(told[here].mean()),
            float(came[here].mean()),
        )
        for at in range(TENTHS)
        if (here := tenth == at).any()
    ]  # fmt: skip


def reliability_table(tests: Iterable[tuple[npt.ArrayLike, npt.ArrayLike]]) -> pd.DataFrame:
    """Pool the back-tests of all places and years: a row a tenth with told_from, told_to, n, told and came."""
    pairs = list(tests)
    told, came = (np.concatenate([[], *(np.ravel(pair[side]) for pair in pairs)]) for side in (0, 1))
    return pd.DataFrame(reliability(told, came), columns=list(Bin._fields))


def state_of(
    words: Mapping[str, Any], *, possible: bool, left: int, probability: float, as_so_far: bool
) -> str:
    """Give the word of a goal: lost and made are reckoned, the others go by probability.

    Parameters
    ----------
    words
        `reachable`: the least probability of 可达标.
    left
        Steps to come.
    probability
        NaN where past years are too few: then the year going on as it was decides (`as_so_far`).
    """
    if not possible:
        return LOST
    if not left:
        return MADE
    fine = probability >= words["reachable"] if np.isfinite(probability) else as_so_far
    return REACHABLE if fine else AT_RISK


def _pairs(probability: npt.ArrayLike, outcome: npt.ArrayLike) -> tuple[Floats, Floats]:
    told = np.asarray(probability, dtype="float64").ravel()
    came = np.asarray(outcome, dtype="float64").ravel()
    known = np.isfinite(told) & np.isfinite(came)
    return told[known], came[known]


def past_cases(years: int, history: Mapping[str, Any]) -> tuple[list[tuple[int, Integers]], str]:
    """List the past years that a back-test forecasts, each with the years it may be forecast from.

    Parameters
    ----------
    years
        Number of past years, oldest first.
    history
        `least_training_years` behind a forecast, `least_cases` that make a test.

    Returns
    -------
    cases, how
        Positions of year and training years. `earlier`: from the years before it, where that gives
        enough cases; else `leave_one_out`: from all others. None where there are too few years.
    """
    least = history["least_training_years"]
    every = np.arange(years)
    if years - least >= history["least_cases"]:
        return [(year, every[:year]) for year in range(least, years)], EARLIER
    return [(year, np.delete(every, year)) for year in range(years if years > least else 0)], LEFT_OUT


def share(outcomes: npt.NDArray[np.float64]) -> Floats:
    """Average over the first axis without what is missing; NaN where there is nothing."""
    count = np.isfinite(outcomes).sum(axis=0)
    return np.asarray(np.where(count > 0, np.nansum(outcomes, axis=0) / np.maximum(count, 1), np.nan))
