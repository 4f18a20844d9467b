"""Which day an hour belongs to, and which edition judges which rows."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from gis.base.errors import EditionError
from gis.standards import Edition, Editions

MINUTE = pd.Timedelta(minutes=1)

Rows = npt.NDArray[np.bool_]


def day_of_hour(time: pd.Series) -> pd.Series:
    """Give the day an hour belongs to: hours are named by their end, a day is 01:00 to 24:00.

    Parameters
    ----------
    time
        Shape (n,), end of the hour, Beijing time; 00:00 is the last hour of the day before.

    Returns
    -------
    day
        Shape (n,), same index, midnight of the day; missing stays missing.
    """
    return (time - MINUTE).dt.normalize()


def by_edition(days: pd.Series, family: str, editions: Editions) -> list[tuple[Edition, Rows]]:
    """Part rows by the edition in force on their day (or the one forced for the series).

    Parameters
    ----------
    days
        Shape (n,), dates.
    family
        `aqi`, `air_limits` or `air_assessment`.

    Returns
    -------
    parts
        Edition and boolean rows of shape (n,), oldest edition first. Rows without a date, or on a
        day that no edition covers, are in none of them.
    """
    codes, unique = pd.factorize(days.dt.normalize())
    of_day = np.full(len(unique) + 1, -1)
    known: dict[str, int] = {}
    found: list[Edition] = []
    for position, day in enumerate(unique):
        try:
            edition = editions.in_force(family, day.date())
        except EditionError:
            if not editions.family(family):
                raise
            continue
        if edition.id not in known:
            known[edition.id] = len(found)
            found.append(edition)
        of_day[position] = known[edition.id]
    chosen = of_day[codes]
    order = sorted(range(len(found)), key=lambda one: found[one].start)
    return [(found[one], chosen == one) for one in order]
