"""What the remaining months may bring, from the past years of the section itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from gis.base.calendar import MONTHS
from gis.base.forecast import Skill, block_choices, carried, generator, past_cases, share, skill
from gis.water.averages import NOISE_DIGITS
from gis.water.limits import Floats

Booleans = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Course:
    """The month means of one section: this year and the past years, by rated indicator.

    Attributes
    ----------
    now
        Shape (12, items), missing is NaN; months of `left` are not read.
    past
        Shape (years, 12, items), oldest first.
    left
        Months still to come, 0 to 11, ascending.
    shifted
        Shape (items,): an anomaly is added (pH, dissolved oxygen), not multiplied.
    """

    now: Floats
    past: Floats
    left: npt.NDArray[np.int64]
    shifted: Booleans

    @cached_property
    def seen(self) -> npt.NDArray[np.int64]:
        """Months that are over or measured, 0 to 11."""
        return np.delete(np.arange(MONTHS), self.left)

    @cached_property
    def usable(self) -> Booleans:
        """Whether a past year has the indicator before and after the cut, shape (years, items)."""
        seen = np.isfinite(self.past[:, self.seen]).any(axis=1) | (len(self.seen) == 0)
        return np.asarray(seen & np.isfinite(self.past[:, self.left]).any(axis=1))

    def cut_to(self, years: Booleans) -> Course:
        """Keep these past years."""
        return Course(self.now, self.past[years], self.left, self.shifted)

    def of_past(self, year: int, training: npt.NDArray[np.int64]) -> Course:
        """Give the course as it was in a past year, with only the years of `training` behind it."""
        return Course(self.past[year], self.past[training], self.left, self.shifted)


@dataclass(frozen=True)
class Bounds:
    """What the year mean of each indicator must keep to, shape (items,); open sides are infinite."""

    low: Floats
    high: Floats

    def of(self, items: npt.NDArray[np.int64]) -> Bounds:
        """Keep the bounds of these items."""
        return Bounds(self.low[items], self.high[items])

    def kept(self, means: Floats) -> Booleans:
        """Tell which means keep to them; a missing mean breaks none."""
        plain = np.round(means, NOISE_DIGITS)
        return np.asarray(np.isnan(plain) | ((plain >= self.low) & (plain <= self.high)))


@dataclass(frozen=True)
class BackTest:
    """The same forecast made for past years at the same month.

    Attributes
    ----------
    skills, climatology
        One an indicator and, last, one for all together; climatology forecasts the share of the
        training years that kept the bounds.
    how
        `earlier`: each year from the years before it; `leave_one_out`: from all others.
    """

    skills: Sequence[Skill]
    climatology: Sequence[Skill]
    how: str


def year_means(course: Course, rules: Mapping[str, Any], random: np.random.Generator) -> Floats:
    """Draw year means: blocks of the remaining months of past years, moved by this year's anomaly.

    The remaining months are filled block by block (`block_months` consecutive calendar months of one
    past year, all indicators together, so that season, persistence and the link between indicators
    stay). Before that each past year is moved to this year's level: its months are multiplied by
    (mean so far / its mean of the same months)^w, for pH and dissolved oxygen shifted by w times the
    difference, with w = n / (n + damping_months) for n common months. The year mean is the mean of
    all months that have the indicator.

    Returns
    -------
    means
        Shape (draws, items); NaN where neither this year nor the drawn months have the indicator.
    """
    water = rules["water"]
    seen, left = course.seen, course.left
    now, before, after = course.now[seen], course.past[:, seen], course.past[:, left]
    factor, amount = carried(now, before, water["damping_months"])
    moved = np.where(course.shifted, after + amount[:, None], after * factor[:, None]).clip(min=0)
    chosen = block_choices(
        len(left), water["block_months"], len(course.past), rules["draws"]["number"], random
    )
    drawn = moved[chosen, np.arange(len(left))]
    total = np.nansum(now, axis=0) + np.nansum(drawn, axis=1)
    count = np.isfinite(now).sum(axis=0) + np.isfinite(drawn).sum(axis=1)
    return np.asarray(np.where(count > 0, total / np.maximum(count, 1), np.nan))


def whole_year(months: Floats) -> Floats:
    """Average the months that there are: shape (…, 12, items) → (…, items), NaN where there is none."""
    return share(np.moveaxis(months, -2, 0))


def chances(means: Floats, bounds: Bounds) -> Floats:
    """Give the share of draws that keep each bound and, last, all of them: shape (items + 1,)."""
    kept = bounds.kept(means)
    shares = np.where(np.isfinite(means).any(axis=0), kept.mean(axis=0), np.nan)
    return np.append(shares, kept.all(axis=1).mean())


def back_test(
    course: Course, goals: Sequence[Bounds], rules: Mapping[str, Any], name: str
) -> Sequence[BackTest]:
    """Forecast every past year at the same month and compare with what came.

    See `past_cases` for the years each is forecast from.

    Parameters
    ----------
    course
        Its past years are all usable for some indicator.
    goals
        Bounds to be tested, with the same draws.

    Returns
    -------
    tests
        One a goal.
    """
    cases, how = past_cases(len(course.past), rules["history"])
    least = rules["history"]["least_training_years"]
    forecasts: list[list[Floats]] = [[] for _ in goals]
    trivial: list[list[Floats]] = [[] for _ in goals]
    outcomes: list[list[Floats]] = [[] for _ in goals]
    came = [_came(bounds, whole_year(course.past)) for bounds in goals]
    for year, training in cases:
        then = course.of_past(year, training)
        means = year_means(then, rules, generator(rules["draws"]["seed"], name, year))
        told = np.append(then.usable.sum(axis=0) >= least, True) & np.append(course.usable[year], True)
        for at, bounds in enumerate(goals):
            forecasts[at].append(np.where(told, chances(means, bounds), np.nan))
            trivial[at].append(np.where(told, share(came[at][training]), np.nan))
            outcomes[at].append(came[at][year])
    return [
        BackTest(_skills(forecasts[at], outcomes[at]), _skills(trivial[at], outcomes[at]), how)
        for at in range(len(goals))
    ]


def _came(bounds: Bounds, actual: Floats) -> Floats:
    kept = np.where(np.isfinite(actual), bounds.kept(actual), np.nan)
    together = np.where(np.isfinite(actual).any(axis=1), bounds.kept(actual).all(axis=1), np.nan)
    return np.column_stack([kept, together])


def _skills(told: Sequence[Floats], came: Sequence[Floats]) -> Sequence[Skill]:
    if not told:
        return []
    forecasts, outcomes = np.array(told), np.array(came)
    return [skill(forecasts[:, at], outcomes[:, at]) for at in range(forecasts.shape[1])]
