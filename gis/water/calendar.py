"""The periods of the water year as a frame."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from gis.base.calendar import Period, periods_until, weeks_until


def calendar_of(first_year: int, as_of: dt.date) -> pd.DataFrame:
    """List every period that has begun by `as_of`, from January of `first_year`.

    Returns
    -------
    periods
        period (2021M03, 2021Q1, 2021H1, 2021C06 = January to June, 2021), period_kind month | quarter |
        half | cumulative | year, year, first_month, last_month, end (last day), judged_on (`end`, or
        `as_of` while it runs), provisional (`end` is after `as_of`).
    """
    periods = periods_until(first_year, as_of)
    return _laid_out(periods, [(one.year, one.start.month, one.end.month) for one in periods], as_of)


def _laid_out(periods: list[Period], spans: list[tuple[int, int, int]], as_of: dt.date) -> pd.DataFrame:
    """Lay periods out by their year and first and last month, or number of the week."""
    rows = [
        {
            "period": period.id, "period_kind": period.kind, "year": year, "first_month": first, "last_month": last,
            "end": pd.Timestamp(period.end), "judged_on": pd.Timestamp(min(period.end, as_of)),
            "provisional": period.provisional(as_of),
        }
        for period, (year, first, last) in zip(periods, spans, strict=True)
    ]  # fmt: skip
    return pd.DataFrame(rows).astype({"end": "datetime64[us]", "judged_on": "datetime64[us]"})


def weeks_of(samples: pd.DataFrame, as_of: dt.date) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Give records by week, and the weeks that hold any.

    Parameters
    ----------
    samples
        Records up to `as_of`.

    Returns
    -------
    samples, weeks
        The records with year and month of their week (ISO year and number), so that means are made of
        weeks as they are of months; and the weeks as `calendar_of` gives periods.
    """
    iso = samples["sampled_at"].dt.isocalendar()
    labelled = samples.assign(year=iso["year"].astype("int64"), month=iso["week"].astype("int64"))
    if not len(samples):
        return labelled, calendar_of(as_of.year, as_of).iloc[:0]
    held = set(labelled[["year", "month"]].drop_duplicates().itertuples(index=False, name=None))
    weeks = weeks_until(samples["sampled_at"].min().date(), as_of)
    numbered = {week: tuple(week.start.isocalendar())[:2] for week in weeks}
    known = {
        week: (year, number, number) for week, (year, number) in numbered.items() if (year, number) in held
    }
    return labelled, _laid_out([*known], [*known.values()], as_of)
