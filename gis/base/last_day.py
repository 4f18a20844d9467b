"""The last day of each subject in the data: what its figures are as of when nobody names a day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import pandas as pd

from gis.base.errors import UsageError
from gis.base.phrases import refusal

SUBJECTS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "land": {
        "ledger_events": ("date",),
        "parcels": (
            "identified_on", "approved_on", "cleared_on", "supplied_on", "disposed_on", "accepted_on",
            "recorded_on", "reversed_on",
        ),
        "control_lines": ("effective_from",),
    },
    "water": {"samples": ("sampled_at",)},
    "air": {"air_days": ("date",), "air_hours": ("time",)},
}  # fmt: skip
EVENTS = frozenset(("parcels", "ledger_events", "control_lines"))  # may hold what is only planned
DATES = {"samples": "sampled_at", "air_days": "date", "air_hours": "time", "ledger_events": "date"}


def last_days(tables: Mapping[str, pd.DataFrame], today: dt.date) -> dict[str, dt.date]:
    """Give the last day of every subject that has a date.

    Parameters
    ----------
    tables
        Canonical tables, each may be missing.
    today
        Dates of parcels, events and lines after it are plans and count for nothing.

    Returns
    -------
    days
        land, water, air; an hour belongs to the day that it ends.
    """
    found = {
        subject: [
            day
            for table, columns in dated.items()
            for column in columns
            if table in tables and column in tables[table]
            for day in _last(tables[table][column], today if table in EVENTS else None)
        ]
        for subject, dated in SUBJECTS.items()
    }
    return {subject: max(days) for subject, days in found.items() if days}


def _last(dates: pd.Series, until: dt.date | None) -> list[dt.date]:
    known = pd.to_datetime(dates).dropna()
    known = known - pd.Timedelta(minutes=1) if dates.name == "time" else known
    kept = known if until is None else known[known < pd.Timestamp(until) + pd.Timedelta(days=1)]
    return [kept.max().date()] if len(kept) else []


def days_of(tables: Mapping[str, pd.DataFrame], as_of: dt.date | None) -> tuple[dt.date, dict[str, dt.date]]:
    """Give the day that a run is as of, and that of each subject: its own last one where nobody names a day.

    Raises
    ------
    UsageError
        No table holds a date.
    """
    if as_of is not None:
        return as_of, dict.fromkeys(SUBJECTS, as_of)
    days = last_days(tables, dt.datetime.now().astimezone().date())
    last = max(days.values()) if days else last_date(tables)
    return last, {subject: days.get(subject, last) for subject in SUBJECTS}


def last_date(tables: Mapping[str, pd.DataFrame]) -> dt.date:
    """Give the last date in the data: the day that figures are about when nobody names one.

    Raises
    ------
    UsageError
        No table holds a date.
    """
    today = pd.Timestamp(dt.datetime.now().astimezone().date()) + pd.Timedelta(days=1)
    dates = [
        tables[table][column] - pd.Timedelta(minutes=1 if column == "time" else 0)
        for table, column in DATES.items()
        if table in tables and len(tables[table])
    ]
    last = [one.max() if pd.isna(past := one[one <= today].max()) else past for one in dates]
    known = [one for one in last if not pd.isna(one)]
    if not known:
        raise refusal(UsageError, "no_dated_record")
    return max(known).date()
