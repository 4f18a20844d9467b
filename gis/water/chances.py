"""What the remaining months may bring, from the past years of the section itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from gis.base.calendar import MONTHS
from gis.base.forecast import Skill, drawn_rest, generator, never_sure, past_cases, share, skill
from gis.water.averages import NOISE_DIGITS
from gis.water.limits import Floats

Booleans = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Course:
    """The month means of one section, additive ones: this year and the past years, by rated indicator.

    Attributes
    ----------
    now
        Shape (12, items), missing is NaN; months of `left` are not read.
    past
        Shape (years, 12, items), oldest first.
    left
        Months still to come, 0 to 11, ascending.
    """

    now: Floats
    past: Floats
    left: npt.NDArray[np.int64]

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
        return Course(self.now, self.past[years], self.left)

    def of_past(self, year: int, training: npt.NDArray[np.int64]) -> Course:
        """Give the course as it was in a past year, with only the years of `training` behind it."""
        return Course(self.past[year], self.past[training], self.left)


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
    told, came
        Of all together, one a year: what was told and whether it came (1 or 0); missing is NaN.
    """

    skills: Sequence[Skill]
    climatology: Sequence[Skill]
    how: str
    told: Floats
    came: Floats


def year_means(course: Course, rules: Mapping[str, Any], random: np.random.Generator) -> Floats:
    """Draw year means: the months so far as they are, the remaining ones by `drawn_rest`.

    The year mean is the mean of all months that have the indicator, every remaining one among them. An
    indicator with too few past years is held at its mean so far.

    Returns
    -------
    means
        Shape (draws, items), additive.
    """
    now = course.now[course.seen]
    rest = drawn_rest(course.now, course.past, course.left, rules, random)
    total, count = np.nansum(now, axis=0), np.isfinite(now).sum(axis=0)
    held = np.where(count > 0, total / np.maximum(count, 1), np.nan)
    return np.asarray(np.where(np.isfinite(rest), (total + rest) / (count + len(course.left)), held))


def whole_year(months: Floats) -> Floats:
    """Average the months that there are: shape (…, 12, items) → (…, items), NaN where there is none."""
    return share(np.moveaxis(months, -2, 0))


def chances(means: Floats, bounds: Bounds, years: npt.NDArray[np.int64], rules: Mapping[str, Any]) -> Floats:
    """Give the share of draws that keep each bound and, last, all of them, never 0 or 1: shape (items + 1,).

    Parameters
    ----------
    years
        Past years behind each indicator and, last, behind all, shape (items + 1,).
    """
    kept = bounds.kept(means)
    shares = np.where(np.isfinite(means).any(axis=0), kept.mean(axis=0), np.nan)
    told = np.append(shares, kept.all(axis=1).mean())
    return never_sure(told, years, rules["level"]["shrink"])


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
        years = np.append(then.usable.sum(axis=0), len(training))
        told = np.append(years[:-1] >= least, True) & np.append(course.usable[year], True)
        for at, bounds in enumerate(goals):
            forecasts[at].append(np.where(told, chances(means, bounds, years, rules), np.nan))
            trivial[at].append(np.where(told, share(came[at][training]), np.nan))
            outcomes[at].append(came[at][year])
    return [
        BackTest(
            _skills(forecasts[at], outcomes[at]), _skills(trivial[at], outcomes[at]), how,
            np.array([one[-1] for one in forecasts[at]]), np.array([one[-1] for one in outcomes[at]]),
        )
        for at in range(len(goals))
    ]  # fmt: skip


def _came(bounds: Bounds, actual: Floats) -> Floats:
    kept = np.where(np.isfinite(actual), bounds.kept(actual), np.nan)
    together = np.where(np.isfinite(actual).any(axis=1), bounds.kept(actual).all(axis=1), np.nan)
    return np.column_stack([kept, together])


def _skills(told: Sequence[Floats], came: Sequence[Floats]) -> Sequence[Skill]:
    if not told:
        return []
    forecasts, outcomes = np.array(told), np.array(came)
    return [skill(forecasts[:, at], outcomes[:, at]) for at in range(forecasts.shape[1])]
