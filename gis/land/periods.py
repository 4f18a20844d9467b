"""The periods of the figures: years, and the same months of each year while one is running."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import NamedTuple

import pandas as pd


class Period(NamedTuple):
    """A name such as 2021 or 2021C06, and its first and last day."""

    name: str
    start: pd.Timestamp
    end: pd.Timestamp


def periods_of(first: int, as_of: dt.date) -> list[Period]:
    """List the years up to `as_of`, and unless it ends one, January to its month of each."""
    out: list[Period] = []
    for year in range(first, as_of.year + 1):
        start, end = pd.Timestamp(year, 1, 1), pd.Timestamp(year, 12, 31)
        out.append(Period(str(year), start, min(end, pd.Timestamp(as_of))))
        if (as_of.month, as_of.day) != (12, 31):
            last = start + pd.DateOffset(months=as_of.month, days=-1)
            out.append(Period(f"{year}C{as_of.month:02d}", start, min(last, pd.Timestamp(as_of))))
    return out


def first_year(planned: int, dates: Iterable[pd.Series]) -> int:
    """Give the earlier of the plan's first year and the first year in the data."""
    years = [int(known.min().year) for one in dates if len(known := one.dropna())]
    return min([planned, *years])
