"""A column of dates or times: the year from elsewhere, the time of day from another column, odd dates."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from gis.base.messages import Message, Text
from gis.base.tables import TABLES
from gis.ingest.distinct import those
from gis.ingest.heads import TIMES, Match, several
from gis.ingest.model import Findings, Raw, finding
from gis.ingest.moments import BEIJING, FIRST_YEAR, LAST_YEAR, clock, moments
from gis.ingest.values import is_missing, numbers, plain

FIRST_DAY = dt.date(1980, 1, 1)
MONTH_DIGITS = 2
IN_HEAD = re.compile(r"(?<!\d)((?:19|20)\d\d)\s*年")
DECIMAL = re.compile(r"[01](?:\.\d+)?|\d\.\d+e-\d+")
NO_YEAR = Message("只有月日，没有年份", "have no year")
NO_DATE = Message("不是日期", "are no dates")
TITLE = Message("标题或名称", "title or name")
DATED = {
    "samples": "sampled_at", "air_hours": "time", "air_days": "date", "ledger_events": "date",
    "water_bank": "date", "farmland_cases": "opened",
}  # fmt: skip


MEASURED = frozenset(("samples", "air_hours", "air_days"))


class Times(NamedTuple):
    """A column read: cells it was read from, values, cells that are no date, dates that cannot be.

    `yearless` says that all cells that are no date have a month and a day, and lack a year only.
    """

    cells: pd.Series
    found: pd.Series
    wrong: pd.Series
    odd: pd.Series
    yearless: bool
    findings: Findings


def last_day() -> dt.date:
    """Give the last date that a record can have: the end of next year, so that it changes once a year."""
    return dt.date(dt.datetime.now(BEIJING).year + 1, 12, 31)


def latest_day() -> dt.date:
    """Give the last day that something measured can be of: tomorrow, since clocks differ."""
    return dt.datetime.now(BEIJING).date() + dt.timedelta(days=1)


def times(name: str, raw: Raw, match: Match, kind: str) -> Times:
    """Read a column of dates or times of a raw part.

    Parameters
    ----------
    name, kind
        The canonical column and its table. `time` and `sampled_at` may stand in two columns, a day
        and a time of day.

    Returns
    -------
    times
        On the index of `raw.frame`; `odd` says which are before 1980, or ahead: what was measured after
        tomorrow, other records after `last_day`.
    """
    by_month = name not in match.columns and "_month" in match.columns
    cells, hours, findings = (
        (_months(name, raw, match), None, []) if by_month else _day_and_clock(name, raw, match)
    )
    references, parts, lender = _references(name, raw, match)
    values = moments(cells, references, parts)
    alone = moments(cells, pd.Series(None, index=cells.index, dtype="object"))
    if lent := int((values.notna() & alone.isna()).sum()):
        findings.append(finding("year_elsewhere", name=name, n=lent, lender=lender))
    wrong = values.isna() & cells.notna() & ~those(cells, is_missing)
    yearless = False
    if wrong.any():
        year = pd.Series(dt.date(last_day().year - 1, 1, 1), index=cells[wrong].index, dtype="object")
        yearless = bool(moments(cells[wrong], year).notna().all())
        cell, lack = str(cells[wrong].iloc[0]), NO_YEAR if yearless else NO_DATE
        findings.append(finding("suspect_cells.times", name=name, n=int(wrong.sum()), lack=lack, cell=cell))
    if hours is not None:
        values = values + hours.fillna(pd.Timedelta(0))
    day = values.dt.normalize()
    last = latest_day() if kind in MEASURED else last_day()
    odd = (day < pd.Timestamp(FIRST_DAY)) | (day > pd.Timestamp(last))
    if DATED.get(kind) != name:
        odd = pd.Series(False, index=cells.index)
    return Times(cells, day if TABLES[kind][name].kind == "d" else values, wrong, odd, yearless, findings)


def _references(name: str, raw: Raw, match: Match) -> tuple[pd.Series, int, Text]:
    index = raw.frame.index
    if "_year" in match.columns:
        head = match.columns["_year"].head
        years = numbers(raw.frame[head]).value
        found = [dt.date(int(year), 1, 1) if FIRST_YEAR <= year <= LAST_YEAR else None for year in years]
        return pd.Series(found, index=index, dtype="object"), 1, head
    if name in match.columns and (said := IN_HEAD.search(match.columns[name].head)):  # 时间（2025年）
        year = pd.Series(dt.date(int(said[1]), 1, 1), index=index, dtype="object")
        return year, 1, match.columns[name].head
    references = pd.Series(raw.date, index=index, dtype="object")
    if "_file_date" not in match.columns:
        return references, raw.date_parts, TITLE
    head = match.columns["_file_date"].head
    return moments(raw.frame[head], references).dt.date.astype("object"), 3, head


def _months(name: str, raw: Raw, match: Match) -> pd.Series:
    """Write a column of months, and one of days beside it, as texts such as 3月5日."""
    months = raw.frame[match.columns["_month"].head].astype("object")
    days = raw.frame[match.columns["_monthday"].head] if "_monthday" in match.columns else [1] * len(months)
    read = [_month_day(month, day) for month, day in zip(months, days, strict=True)]
    return pd.Series(read, index=months.index, dtype="object", name=name)


def _month_day(month: Any, day: Any) -> Any:
    if is_missing(day):
        return None
    if is_missing(month) or isinstance(month, dt.date):
        return month
    spelled, at = plain(month).removesuffix(".0"), plain(day).removesuffix(".0").rstrip("日号")
    if len(spelled) <= MONTH_DIGITS and not spelled.endswith("月"):
        spelled += "月"
    return f"{spelled}{at}日" if spelled.endswith("月") else month


def _day_and_clock(name: str, raw: Raw, match: Match) -> tuple[pd.Series, pd.Series | None, Findings]:
    others = match.others.get(name, ())
    spare = [match.columns[one].head for one in ("_day", "_clock") if name in TIMES and one in match.columns]
    main = [match.columns[name].head] if name in match.columns else []
    heads = [*main, *others, *spare]
    cells = raw.frame[heads[0]].astype("object")
    if len(heads) == 1:
        return cells, None, []
    references = pd.Series(raw.date, index=cells.index, dtype="object")
    read = {head: moments(raw.frame[head], references, raw.date_parts) for head in heads}
    day = max(heads, key=lambda head: int(read[head].notna().sum()))
    midnight = (read[day].dropna().dt.normalize() == read[day].dropna()).all()
    for head in heads:
        hours = _hours(raw.frame[head]) if head != day and midnight else None
        if hours is not None:
            parted = finding("date_and_time", name=name, day=day, head=head)
            days, filled = _filled_down(name, raw.frame[day].astype("object"), hours)
            return days, hours, [parted, *filled]
    left = [several(name, day, [head for head in (*main, *others) if head != day])] if others else []
    return raw.frame[day].astype("object"), None, left


def _filled_down(name: str, days: pd.Series, hours: pd.Series) -> tuple[pd.Series, Findings]:
    """Give the hours below a day that stands once that day, as long as they do not go back."""
    blank = pd.Series(those(days, lambda cell: not is_missing(cell)), days.index).eq(other=False)
    if not blank.any() or blank.all():
        return days, []
    block = (~blank).cumsum()
    falls = hours.groupby(block).diff().lt(pd.Timedelta(0)) | hours.isna()
    lent = blank & (block > 0) & ~falls.groupby(block).transform("any")
    if not lent.any():
        return days, []
    return days.where(~lent, days.where(~blank).ffill()), [finding("day_above", name=name, n=int(lent.sum()))]


def _hours(cells: pd.Series) -> pd.Series | None:
    """Give times of day where every cell with something in it is one, else None."""
    codes, uniques = pd.factorize(cells.astype("object"), use_na_sentinel=True)
    filled = [None if is_missing(cell) else clock(cell) for cell in uniques]
    if _are_fractions(uniques):
        filled = [
            passed if is_missing(cell) or float(cell) != 1 else pd.Timedelta(days=1)
            for passed, cell in zip(filled, uniques, strict=True)
        ]
    strange = any(
        passed is None and not is_missing(cell) for passed, cell in zip(filled, uniques, strict=True)
    )
    if strange or all(passed is None for passed in filled):
        return None
    passed = np.array([*filled, None], dtype="timedelta64[us]")[codes]
    return pd.Series(passed, index=cells.index)


def _are_fractions(cells: Iterable[Any]) -> bool:
    """Say whether times of day are written as fractions of a day: there 1 is midnight and no one o'clock."""
    full = [cell for cell in cells if not is_missing(cell)]
    if not all(isinstance(cell, (int, float)) or (isinstance(cell, str) and DECIMAL.fullmatch(cell.strip()))
               for cell in full):  # fmt: skip
        return False
    parts = [float(cell) for cell in full]
    return max(parts, default=2.0) <= 1 and any(0 < part < 1 for part in parts)
