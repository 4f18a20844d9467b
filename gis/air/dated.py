"""Which day an hour belongs to."""

from __future__ import annotations

import pandas as pd

MINUTE = pd.Timedelta(minutes=1)


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
