"""What the remaining days may bring, from the same season of past years."""

from __future__ import annotations

from calendar import isleap
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from gis.air.aqi import daily
from gis.air.statistics import REMOVED
from gis.base.forecast import Floats, Integers, drawn_rest
from gis.catalogue.model import Dust
from gis.standards import Editions, by_edition

DAYS = 366
LEAP_DAY = 59


@dataclass(frozen=True)
class Course:
    """City days of one year so far and of whole past years, by the days of a leap year.

    Attributes
    ----------
    good_now, pm25_now
        Shape (366,), 1 or 0 and µg/m³; missing, invalid or not yet come is NaN.
    good
        Shape (rulings, years, 366): each past day as each edition in question judges it.
    ruling
        Shape (366,): which of them is in force on that day of the running year.
    pm25
        Shape (years, 366), µg/m³.
    left
        Days to come, 0 to 365, ascending.
    """

    good_now: Floats
    pm25_now: Floats
    good: Floats
    ruling: Integers
    pm25: Floats
    left: Integers
    seen: Integers

    @property
    def asked(self) -> Floats:
        """Past days as the editions of this year judge them, shape (years, 366)."""
        return np.asarray(self.good[self.ruling, :, np.arange(DAYS)].T)

    def of_past(self, year: int, training: Integers) -> Course:
        """Give the course as it was in a past year, with only the years of `training` behind it."""
        return replace(
            self, good_now=self.asked[year], pm25_now=self.pm25[year], good=self.good[:, training],
            pm25=self.pm25[training],
        )  # fmt: skip

    def until(self, day: int) -> Course:
        """Give the course as if the first days of the year, as many as this, had passed and no more."""
        days = np.sort(np.concatenate([self.seen, self.left]))
        return replace(self, seen=days[:day], left=days[day:])

    def cut_to(self, years: npt.NDArray[np.bool_]) -> Course:
        """Keep these past years."""
        return replace(self, good=self.good[:, years], pm25=self.pm25[years])


def course_of(city: pd.DataFrame, editions: Editions, as_of: pd.Timestamp, dust: Dust) -> Course:
    """Lay city days out by year and day.

    Parameters
    ----------
    city
        From `city_days`; days after `as_of` are left aside.
    editions
        Those that judge the running year: by date, or one forced.
    dust
        Whether bad sand-dust days and the PM2.5 of sand-dust days are taken off, as the figures do.

    Notes
    -----
    29 February of a past year without one is taken to be its 28th.
    """
    calendar = pd.date_range(f"{as_of.year}-01-01", f"{as_of.year}-12-31")
    rulings = by_edition(pd.Series(calendar), "aqi", editions)
    days, past = city[city["date"] <= as_of], city[city["date"].dt.year < as_of.year]
    running = days[days["date"].dt.year == as_of.year]
    ruling = np.zeros(DAYS, dtype="int64")
    for at, (_, here) in enumerate(rulings):
        ruling[_columns(pd.Series(calendar[here]))] = at
    return Course(
        good_now=_first(running, judged_good(running, editions, dust)),
        pm25_now=_first(running, _pm25(running, dust)),
        good=np.array(
            [_laid_out(past, judged_good(past, editions.force("aqi", one.id), dust)) for one, _ in rulings]
        ),
        ruling=ruling,
        pm25=_laid_out(past, _pm25(past, dust)),
        left=_columns(pd.Series(calendar[calendar > as_of])),
        seen=_columns(pd.Series(calendar[calendar <= as_of])),
    )


def judged_good(days: pd.DataFrame, editions: Editions, dust: Dust) -> pd.Series:
    """Tell good from bad days, 1 or 0; null where invalid, and a bad sand-dust day that is taken off."""
    good = daily(days, editions)["good"].astype("float64")
    return good.mask(good.eq(0) & days["dust"].astype("bool")) if dust.good_days == REMOVED else good


def _pm25(days: pd.DataFrame, dust: Dust) -> pd.Series:
    return days["pm25"].mask(days["dust"].astype("bool")) if dust.concentrations == REMOVED else days["pm25"]


def _first(days: pd.DataFrame, values: pd.Series) -> Floats:
    return _laid_out(days, values)[0] if len(days) else np.full(DAYS, np.nan)


def _columns(dates: pd.Series) -> Integers:
    ordinal = dates.dt.day_of_year.to_numpy(dtype="int64") - 1
    return np.asarray(ordinal + (~dates.dt.is_leap_year & (ordinal >= LEAP_DAY)))


def _laid_out(days: pd.DataFrame, values: pd.Series) -> Floats:
    years = days["date"].dt.year
    if not len(days):
        return np.empty((0, DAYS))
    first, last = int(years.min()), int(years.max())
    out = np.full((last - first + 1, DAYS), np.nan)
    out[(years - first).to_numpy(), _columns(days["date"])] = values.to_numpy("float64", na_value=np.nan)
    short = [not isleap(year) for year in range(first, last + 1)]
    out[short, LEAP_DAY] = out[short, LEAP_DAY - 1]
    return out


def year_values(
    course: Course, rules: Mapping[str, Any], random: np.random.Generator
) -> tuple[Floats, Floats]:
    """Draw years: the days so far as they are, the sums of the remaining ones by `drawn_rest`.

    Bad days and PM2.5 move together as they did in past years. Every remaining day is taken to be valid.

    Returns
    -------
    good_day_rate, pm25_mean
        Shape (draws,), % of valid days and µg/m³, over the whole year; NaN where past years tell nothing.
    """
    left = len(course.left)
    now = np.column_stack([1 - course.good_now, course.pm25_now])
    past = np.stack([1 - course.asked, course.pm25], axis=-1)
    spare = np.array([rules["air"]["half_day"], 0.0])
    bad, pm25 = drawn_rest(now, past, course.left, rules, random, spare).T
    so_far = now[course.seen]
    (bad_days, total), (valid, days) = np.nansum(so_far, axis=0), np.isfinite(so_far).sum(axis=0)
    bad = np.rint(bad).clip(max=left)
    return 100 * (1 - (bad_days + bad) / (valid + left)), (total + pm25) / (days + left)
