"""The periods of the water year as a frame."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from gis.base.calendar import Period, periods_until


def calendar_of(first_year: int, as_of: dt.date) -> pd.DataFrame:
    """List every period that has begun by `as_of`, from January of `first_year`.

    Returns
    -------
    periods
        period (2021M03, 2021Q1, 2021H1, 2021C06 = January to June, 2021), period_kind month | quarter |
        half | cumulative | year, year, first_month, last_month, end (last day), judged_on (`end`, or
        `as_of` while it runs), provisional (`end` is after `as_of`).
    """
    rows = [_row(period, as_of) for period in periods_until(first_year, as_of)]
    return pd.DataFrame(rows).astype({"end": "datetime64[us]", "judged_on": "datetime64[us]"})


def _row(period: Period, as_of: dt.date) -> dict[str, object]:
    return {
        "period": period.id,
        "period_kind": period.kind,
        "year": period.year,
        "first_month": period.start.month,
        "last_month": period.end.month,
        "end": pd.Timestamp(period.end),
        "judged_on": pd.Timestamp(min(period.end, as_of)),
        "provisional": period.provisional(as_of),
    }
