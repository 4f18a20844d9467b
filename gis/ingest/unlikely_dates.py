"""Dates that a slip of the pen made: they may neither count nor push the day that a result is as of."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from gis.base.last_day import SUBJECTS
from gis.base.messages import Message
from gis.base.tables import TABLES
from gis.ingest.model import Findings, Options, Raw, finding
from gis.ingest.questions import ask, question
from gis.ingest.times import FIRST_DAY, MEASURED, latest_day

EVENTS = frozenset(SUBJECTS["land"]["parcels"])
LEAST_OTHERS, LONG, SHARE = 8, pd.Timedelta(days=400), 0.02
Found = tuple[pd.Series, Findings]


def believable(dates: pd.Series, name: str, raw: Raw, options: Options) -> Found:
    """Take dates of a column that cannot be, and say so; ask about one that stands far after all others.

    Parameters
    ----------
    dates
        On the index of `raw.frame`.

    Raises
    ------
    Question
        A single day of readings lies more than a year after all others.
    """
    if options.kind == "parcels" and name in EVENTS:
        return _possible(dates, name, raw)
    if options.kind in MEASURED:
        return _together(dates, name, raw, options), []
    return dates, []


def _possible(dates: pd.Series, name: str, raw: Raw) -> Found:
    """Blank the dates of events before 1980; one in the future is a plan, which does not count yet."""
    title = TABLES["parcels"][name]
    findings = []
    early, ahead = dates < pd.Timestamp(FIRST_DAY), dates > pd.Timestamp(latest_day())
    for here, zh, en in (
        (early, "早于 1980 年，按未填", "before 1980, taken as empty"),
        (ahead, "晚于今天，尚未发生，不计入", "after today: not yet done, does not count"),
    ):
        if here.any():
            day, row = dates[here].iloc[0].date().isoformat(), raw.rows[here].iloc[0]
            about = {"name": Message(title.zh, title.en), "what": Message(zh, en)}
            findings.append(finding("unlikely_dates", n=int(here.sum()), day=day, row=row, **about))
    return dates.mask(early), findings


def _together(dates: pd.Series, name: str, raw: Raw, options: Options) -> pd.Series:
    """Ask whether one day that lies more than a year after all others is right."""
    known = dates.dropna()
    known = known[known.dt.date <= latest_day()]
    if len(known) <= LEAST_OTHERS:
        return dates
    days = known.dt.normalize()
    last = days.max()
    here, before = days.index[days == last], days[days < last]
    if len(before) < LEAST_OTHERS or last - before.max() < LONG or len(here) > max(1, SHARE * len(known)):
        return dates
    title = Message(TABLES[options.kind][name].zh, TABLES[options.kind][name].en)
    day: dt.date = last.date()
    shown = [f"第 {raw.rows[at]} 行 {dates[at]:%Y-%m-%d}" for at in (here[0], before.index[-1])]
    asked = question("day_late", {"wrong": shown}, name=title, day=day.isoformat())
    answer = ask(options, f"date:{day.isoformat()}", *asked, file=raw.path.name, heads=raw.frame.columns)
    return dates.mask(dates.index.isin(here)) if answer == "wrong" else dates
