"""Months, years and January-to-month periods: good-day rate, mean PM2.5, and whether data suffice."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from gis.base.calendar import MONTHS, Period
from gis.base.errors import EditionError
from gis.standards import Editions, cell_of

FEBRUARY = 2
SUMMED = ["date", "valid", "good", "dust", "pm25", "taken_over", "edition"]
KINDS: dict[str, Any] = {
    "start": "datetime64[us]",
    "end": "datetime64[us]",
    "good_day_rate": "float64",
    "good_day_rate_dust_removed": "float64",
    "sufficient": "boolean",
    "pm25_sufficient": "boolean",
}


def air_periods(
    city: pd.DataFrame, periods: Iterable[Period], as_of: dt.date, editions: Editions
) -> pd.DataFrame:
    """Sum city days up to periods (HJ 663; GB 3095-2012 table 4).

    Parameters
    ----------
    city
        From `city_days`, no day after `as_of`.

    Returns
    -------
    periods
        A row a period that has data. good_day_rate = good days / valid days × 100, %, dust days kept;
        good_day_rate_dust_removed leaves out the dust days over AQI 100. pm25_mean = mean of the daily
        city means, µg/m³; pm25_mean_dust_removed without dust days. coverage = valid days / days passed.
        sufficient and pm25_sufficient: the days that the data file asks of a month or year (null for
        cumulative periods and before the period ends). taken_over_days: of the valid days those whose AQI is
        the published one. provisional: not ended by `as_of`. edition:
        of HJ 633, both where the period crosses a change.
    """
    city = city[[name for name in SUMMED if name in city]]
    rows = [_row(within(city, one), one, as_of, editions) for one in periods]
    frame = pd.DataFrame([row for row in rows if row])
    return frame.astype({name: kind for name, kind in KINDS.items() if name in frame})


def period_editions(city: pd.DataFrame, periods: Iterable[Period]) -> pd.DataFrame:
    """Give the good-day rate of each period apart by the edition in force on the day.

    Returns
    -------
    rates
        period, period_kind, year, edition, good_days, valid_days, good_day_rate (%).
    """
    valid = city.loc[city["valid"] & city["edition"].notna(), ["date", "edition", "good"]]
    good, every = valid["good"].to_numpy(dtype="bool"), valid["edition"].to_numpy("object")
    rows = []
    for one in periods:
        inside = _inside(valid["date"].to_numpy(), one)
        for edition in sorted(set(every[inside])):
            days = good[inside & (every == edition)]
            rows.append({
                "period": one.id, "period_kind": one.kind, "year": one.year, "edition": edition,
                "good_days": int(days.sum()), "valid_days": len(days),
                "good_day_rate": _share(int(days.sum()), len(days)),
            })  # fmt: skip
    return pd.DataFrame(rows)


def within(city: pd.DataFrame, period: Period) -> pd.DataFrame:
    """Keep the rows whose date lies in the period."""
    return city[_inside(city["date"].to_numpy(), period)]


def _inside(dates: npt.NDArray[np.datetime64], period: Period) -> npt.NDArray[np.bool_]:
    return (dates >= np.datetime64(period.start)) & (dates <= np.datetime64(period.end))


def enough_days(dates: pd.Series, period: Period, as_of: dt.date, editions: Editions) -> bool | None:
    """Tell whether a month or year has the daily means it needs (GB 3095-2012 table 4, 6.4).

    Parameters
    ----------
    dates
        Dates with a valid value.

    Returns
    -------
    enough
        None for a cumulative period, before the period ends, or where no edition is in force.
    """
    return enough(np.bincount(dates.dt.month, minlength=MONTHS + 1), period, as_of, editions)


def enough(
    by_month: npt.NDArray[np.int64], period: Period, as_of: dt.date, editions: Editions
) -> bool | None:
    """Tell the same from the number of days with a value in month 0 (none) to 12, shape (13,)."""
    if period.kind == "cumulative" or as_of < period.end:
        return None
    try:
        rules = editions.in_force("air_assessment", period.end).data["valid"]
    except EditionError:
        return None
    need = np.full(MONTHS + 1, rules["month"]["days"])
    need[[0, FEBRUARY]] = 0, rules["month"]["february"]
    if period.kind == "month":
        return bool(by_month.sum() >= need[period.start.month])
    return bool(by_month.sum() >= rules["year"]["days"] and (by_month >= need).all())


def _row(days: pd.DataFrame, period: Period, as_of: dt.date, editions: Editions) -> dict[str, Any]:
    if not len(days):
        return {}
    valid, pm25 = days[days["valid"]], days[days["pm25"].notna()]
    good, passed = int(valid["good"].sum()), period.days_until(as_of)
    clear = valid[~(valid["dust"] & ~valid["good"])]
    return {
        "period": period.id,
        "period_kind": period.kind,
        "year": period.year,
        "start": pd.Timestamp(period.start),
        "end": pd.Timestamp(period.end),
        "good_days": good,
        "valid_days": len(valid),
        "bad_days": len(valid) - good,
        "invalid_days": len(days) - len(valid),
        "days_passed": passed,
        "taken_over_days": int(valid["taken_over"].sum()) if "taken_over" in valid else 0,
        "dust_days": int(days["dust"].sum()),
        "good_day_rate": _share(good, len(valid)),
        "good_day_rate_dust_removed": _share(good, len(clear)),
        "pm25_mean": pm25["pm25"].mean(),
        "pm25_mean_dust_removed": pm25.loc[~pm25["dust"], "pm25"].mean(),
        "pm25_days": len(pm25),
        "coverage": len(valid) / passed,
        "sufficient": enough_days(valid["date"], period, as_of, editions),
        "pm25_sufficient": enough_days(pm25["date"], period, as_of, editions),
        "provisional": period.provisional(as_of),
        "edition": cell_of(days["edition"].dropna().unique()),
    }


def _share(part: int, whole: int) -> float | None:
    return 100.0 * part / whole if whole else None
