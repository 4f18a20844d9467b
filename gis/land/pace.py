"""The pace of a renewal target: the plan's path, what is needed a month, and where today's pace leads."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import NamedTuple

import pandas as pd

from gis.base.units import UNIT_WORDS, to_m2, to_mu
from gis.catalogue.model import Target, YearlyTarget

INDICATORS = {
    "land.renewed_area": "area_mu",
    "land.renewed_area_declared": "declared_mu",
    "land.renewed_area_document": "document_mu",
}
CURVE = ["target_id", "period", "month", "counted_mu", "expected_mu"]
PACE = [
    "target_id", "period", "goal", "counted", "remaining", "months_left", "needed_per_month", "pace_per_month",
    "reached_on", "outlook",
]  # fmt: skip
YEAR = 12
LAST_YEAR = 2100


class Pace(NamedTuple):
    """Where a target stands on a day; areas in 亩, paces in 亩 a month.

    Attributes
    ----------
    needed_per_month
        What is left by the months left; null once reached or when the period is over.
    pace_per_month
        Mean of the last 12 months up to the day, or to the end of the period.
    reached_on
        The day it was reached, or that on which today's pace reaches it; null: never.
    outlook
        reached, in_time, late, never, or missed once the period is over.
    """

    goal: float
    counted: float
    remaining: float
    months_left: float
    needed_per_month: float | None
    pace_per_month: float
    reached_on: dt.date | None
    outlook: str


def pace(signed: pd.Series, goal: float, start: dt.date, end: dt.date, as_of: dt.date) -> Pace:
    """Judge the pace towards `goal` 亩 between two days, as of a third.

    Parameters
    ----------
    signed
        Counted areas, 亩, reversals negative; index: their dates.
    """
    last = min(as_of, end)
    known = signed[signed.index <= pd.Timestamp(last)].sort_index()
    within = known[known.index >= pd.Timestamp(start)]
    counted = float(within.sum())
    remaining = max(goal - counted, 0.0)
    recent = known[known.index > pd.Timestamp(last) - pd.DateOffset(months=YEAR)]
    per_month = float(recent.sum()) / YEAR
    left = months_between(max(as_of, start - dt.timedelta(days=1)), end)
    needed = remaining / left if remaining and left else None
    if not remaining:
        return Pace(goal, counted, 0.0, left, None, per_month, _reached(within, goal), "reached")
    if as_of >= end:
        return Pace(goal, counted, remaining, 0.0, None, per_month, None, "missed")
    on = _after(as_of, remaining / per_month) if per_month > 0 else None
    outlook = "never" if on is None else "in_time" if on <= end else "late"
    return Pace(goal, counted, remaining, left, needed, per_month, on, outlook)


def months_between(day: dt.date, end: dt.date) -> float:
    """Count the months after `day` up to `end`, parts of a month by its days; 0 once `end` is past."""
    if day >= end:
        return 0.0
    return (end.year - day.year) * YEAR + end.month - day.month + _elapsed(end) - _elapsed(day)


def curve(signed: pd.Series, goal: float, start: dt.date, end: dt.date, as_of: dt.date) -> pd.DataFrame:
    """Give month by month what was counted since `start`, 亩, beside an even path to `goal` at `end`.

    Returns
    -------
    curve
        month (its last day; null counted_mu after `as_of`), counted_mu, expected_mu.
    """
    months = pd.date_range(start, end, freq="ME")
    within = signed[(signed.index >= pd.Timestamp(start)) & (signed.index <= pd.Timestamp(min(as_of, end)))]
    counted = [float(within[within.index <= month].sum()) for month in months]
    begun = [month - pd.offsets.MonthBegin() <= pd.Timestamp(as_of) for month in months]
    return pd.DataFrame({
        "month": months.astype("datetime64[us]"),
        "counted_mu": pd.Series(counted, dtype="float64").where(pd.Series(begun, dtype="bool")),
        "expected_mu": [goal * (at + 1) / len(months) for at in range(len(months))],
    })  # fmt: skip


def pace_tables(
    counted: pd.DataFrame, targets: Iterable[Target], county: str, as_of: dt.date
) -> dict[str, pd.DataFrame]:
    """Make renewal_pace and renewal_curve of the targets that ask for at least an area of renewal.

    Parameters
    ----------
    counted
        The signed rows of the ledger with date, place and area_mu, declared_mu, document_mu.
    """
    paces, curves = [], []
    for target in targets:
        column, unit = INDICATORS.get(target.measured_by), UNIT_WORDS.get(target.goal.unit)
        if column is None or unit is None or target.goal.comparator not in (">", ">="):
            continue
        rows = counted if target.place in (None, county) else counted[counted["place"] == target.place]
        signed = pd.Series(rows[column].fillna(0.0).to_numpy(), index=pd.DatetimeIndex(rows["date"]))
        goal = float(to_mu(to_m2(target.goal.value, unit)))
        first = int(target.period)
        last = max(first, as_of.year) if target.carried_forward else first
        for year in range(first, last + 1):
            when = (dt.date(year, 1, 1), dt.date(year, YEAR, 31), as_of)
            own = {"target_id": target.id, "period": str(year)}
            paces.append({**own, **pace(signed, goal, *when)._asdict()})
            path = curve(signed, goal, *when).assign(**own)[CURVE]
            curves.append(_by_timetable(path, target, goal))
    if not paces:
        return {}
    made = pd.DataFrame(paces, columns=PACE)
    made["reached_on"] = pd.to_datetime(made["reached_on"]).astype("datetime64[us]")
    made["needed_per_month"] = made["needed_per_month"].astype("float64")
    return {"renewal_pace": made, "renewal_curve": pd.concat(curves, ignore_index=True)}


def _by_timetable(path: pd.DataFrame, target: Target, goal: float) -> pd.DataFrame:
    """Put the target's own timetable in place of the even path: between its dates the last one holds."""
    if not isinstance(target, YearlyTarget) or not target.due:
        return path
    dates = pd.Series(target.due).reindex(range(1, YEAR + 1)).ffill().fillna(0.0)
    share = dates / target.goal.value
    return path.assign(expected_mu=[goal * share[month.month] for month in path["month"]])


def _elapsed(day: dt.date) -> float:
    return day.day / pd.Timestamp(day).days_in_month


def _reached(within: pd.Series, goal: float) -> dt.date | None:
    sums = within.groupby(level=0).sum().cumsum()
    short = sums.index[sums < goal]
    since = sums.index[sums.index > short.max()] if len(short) else sums.index
    return since[0].date() if len(since) else None


def _after(day: dt.date, months: float) -> dt.date | None:
    if day.year + months / YEAR > LAST_YEAR:
        return None
    whole = pd.Timestamp(day) + pd.DateOffset(months=int(months))
    return (whole + pd.Timedelta(days=round((months - int(months)) * whole.days_in_month))).date()
