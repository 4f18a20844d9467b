"""The periods of the figures: years, and the same months of each year while one is running."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import NamedTuple

import pandas as pd

from gis.base.calendar import figure_periods


class Period(NamedTuple):
    """A name such as 2021 or 2021C06, and its first and last day."""

    name: str
    start: pd.Timestamp
    end: pd.Timestamp


def periods_of(first: int, as_of: dt.date) -> list[Period]:
    """List the years up to `as_of`, and unless it ends one, January to its month of each."""
    last = pd.Timestamp(as_of)
    return [
        Period(one.id, pd.Timestamp(one.start), min(pd.Timestamp(one.end), last))
        for one in figure_periods(first, as_of)
    ]


def first_year(planned: int, dates: Iterable[pd.Series]) -> int:
    """Give the earlier of the plan's first year and the first year in the data."""
    years = [int(known.min().year) for one in dates if len(known := one.dropna())]
    return min([planned, *years])
