"""Forecasts from history: blocks drawn from past years, and how good forecasts of past cases were."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
EVEN = 0.5
EARLIER, LEFT_OUT = "earlier", "leave_one_out"


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


def generator(seed: int, *names: object) -> np.random.Generator:
    """Give a generator of its own for a thing that bears these names, the same in every run.

    What is drawn for one section does not depend on which other sections are in the file.
    """
    marks = [zlib.crc32(str(name).encode()) for name in names]
    return np.random.default_rng([seed, *marks])


def block_choices(size: int, length: int, among: int, draws: int, random: np.random.Generator) -> Integers:
    """Draw the source of each of `size` consecutive positions in blocks (block bootstrap).

    Neighbours keep their dependence because a block comes from one source as a whole; the first
    block starts at a random phase, so that no position is always a border.

    Parameters
    ----------
    size
        Positions to fill, 0 or more.
    length
        Positions of a block, 1 or more.
    among
        Number of sources.
    draws
        Number of series.

    Returns
    -------
    choices
        Shape (draws, size), 0 to among - 1.
    """
    phase = random.integers(0, length, (draws, 1))
    block = (np.arange(size)[None, :] + phase) // length
    sources = random.integers(0, among, (draws, size // length + 2))
    return np.take_along_axis(sources, block, axis=1)


def skill(probability: npt.ArrayLike, outcome: npt.ArrayLike) -> Skill:
    """Score forecasts against what came (Brier 1950, for one event).

    Parameters
    ----------
    probability, outcome
        Shape (n,); outcome 1 or 0. A pair with a missing side is left out.
    """
    told = np.asarray(probability, dtype="float64").ravel()
    came = np.asarray(outcome, dtype="float64").ravel()
    known = np.isfinite(told) & np.isfinite(came)
    told, came = told[known], came[known]
    if not len(told):
        return Skill(np.nan, np.nan, 0)
    hits = (told >= EVEN) == (came >= EVEN)
    return Skill(float(hits.mean()), float(np.square(told - came).mean()), len(told))


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


def carried(now: Floats, then: Floats, damping: float) -> tuple[Floats, Floats]:
    """Give how much this year's anomaly moves a past year: a factor, and an amount.

    Of n values that both have, the anomaly is carried on with the weight n / (n + damping): a few
    values say little about the rest of the year.

    Parameters
    ----------
    now
        Shape (steps, ...), this year so far; missing is NaN.
    then
        Shape (years, steps, ...), the same steps of past years.

    Returns
    -------
    factor, amount
        Shape (years, ...): (mean now / mean then) ^ weight, 1 where either is not positive; and weight
        x (mean now - mean then), 0 without a common value.
    """
    common = np.isfinite(now)[None] & np.isfinite(then)
    n = common.sum(axis=1)
    mean_now = np.where(common, now[None], 0.0).sum(axis=1) / np.maximum(n, 1)
    mean_then = np.where(common, then, 0.0).sum(axis=1) / np.maximum(n, 1)
    weight = n / (n + damping)
    known = (mean_now > 0) & (mean_then > 0)
    ratio = np.where(known, mean_now, 1.0) / np.where(known, mean_then, 1.0)
    return np.asarray(ratio**weight), np.asarray(weight * (mean_now - mean_then))
