"""The periods of the water year: months, quarters, halves, January-to-month, years."""

from __future__ import annotations

import datetime as dt

import pandas as pd

MONTHS = 12
LENGTHS = {"month": 1, "quarter": 3, "half": 6, "year": 12}
LETTERS = {"quarter": "Q", "half": "H"}


def periods_until(first_year: int, as_of: dt.date) -> pd.DataFrame:
    """List every period that has begun by `as_of`, from January of `first_year`.

    Returns
    -------
    periods
        period (2021M03, 2021Q1, 2021H1, 2021C06 = January to June, 2021), period_kind month | quarter |
        half | cumulative | year, year, first_month, last_month, end (last day), judged_on (`end`, or
        `as_of` while it runs), provisional (`end` is after `as_of`).
    """
    rows = [row for year in range(first_year, as_of.year + 1) for row in _of_year(year)]
    periods = pd.DataFrame(rows, columns=["period", "period_kind", "year", "first_month", "last_month"])
    begun, to_month = (
        pd.to_datetime(periods[["year"]].assign(month=periods[column], day=1))
        for column in ("first_month", "last_month")
    )
    last, end = pd.Timestamp(as_of), to_month + pd.offsets.MonthEnd(0)
    periods = periods.assign(end=end, judged_on=end.where(end <= last, last), provisional=end > last)
    running = periods["period_kind"].eq("cumulative") & (to_month > last)
    return periods[(begun <= last) & ~running].reset_index(drop=True)


def _of_year(year: int) -> list[tuple[str, str, int, int, int]]:
    rows = []
    for kind, length in LENGTHS.items():
        for serial in range(1, MONTHS // length + 1):
            name = {"month": f"{year}M{serial:02d}", "year": f"{year}"}.get(
                kind, f"{year}{LETTERS.get(kind, '')}{serial}"
            )
            rows.append((name, kind, year, (serial - 1) * length + 1, serial * length))
    rows += [(f"{year}C{month:02d}", "cumulative", year, 1, month) for month in range(1, MONTHS + 1)]
    return rows
