"""As of which day and under which editions a result of a desk stands."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

import pandas as pd

from gis.base.calendar import as_of_note, day_of
from gis.base.errors import UsageError
from gis.base.last_day import last_date
from gis.base.messages import Doubt, Message
from gis.base.tables import Assessment, Tables
from gis.desk.phrases import phrase, refusal
from gis.standards import Editions, ids_of

RECORDS = Message("条记录", "records")
OF_DATA = Message("数据中的最后日期", "the last date in the data")
TODAY = Message("今天：数据没有日期", "today: the data has no date")


class Day(NamedTuple):
    """The day that a result is as of, and why where nobody named it."""

    last: dt.date
    why: Message | None = None

    @property
    def note(self) -> Message:
        """Say it."""
        if self.why is None:
            return as_of_note(self.last)
        return Message("截至 {last}（{why}）", "as of {last} ({why})", last=self.last, why=self.why)


def day(tables: Tables, said: dt.date | str | None, *, or_today: bool = False) -> Day:
    """Give the day to judge as of: the one said, else the last in the data.

    Raises
    ------
    UsageError
        Nobody names a day and the data has none, unless `or_today`.
    """
    named = day_of(said)
    if named is not None:
        return Day(named)
    try:
        return Day(last_date(tables), OF_DATA)
    except UsageError:
        if not or_today:
            raise
        return Day(dt.datetime.now().astimezone().date(), TODAY)


def until(table: pd.DataFrame, dates: pd.Series, last: dt.date) -> tuple[pd.DataFrame, list[Message]]:
    """Leave aside the rows dated after `last`, and say how many.

    Raises
    ------
    UsageError
        No row is left.
    """
    later = dates > pd.Timestamp(last) + pd.Timedelta(days=1) - pd.Timedelta(microseconds=1)
    if later.all():
        raise refusal(UsageError, "all_later", last=last)
    if not later.any():
        return table, []
    return table[~later], [phrase("rows_later", n=int(later.sum()), last=last)]


def used_of(known: Editions, used: pd.Series) -> list[str]:
    """Give the ids of the editions that a column names, in the order of the editions."""
    ids = {id_ for cell in used.unique() for id_ in ids_of(cell)}
    return [one.id for one in known.all if one.id in ids]


def unsure(known: Editions, used: pd.Series) -> list[Message]:
    """Say which editions a table used and, as doubts, what is not sure in them."""
    notes: list[Message] = []
    for one in map(known.get, used_of(known, used)):
        unseen = "" if one.verified else Message("，未核对原文", ", not checked against the text")
        notes.append(phrase("edition_used", id=one.id, standard=one.standard, unseen=unseen))
        notes += [Doubt("{zh}", "{en}", **note) for note in one.unsure]
    return notes


def not_audited(n: int, things: Message) -> Message:
    """Say how many records or days are not audited."""
    return Message("未经审核：{n:,} {things}", "not audited: {n:,} {things}", n=n, things=things)


def table(made: Assessment, name: str, what: str) -> pd.DataFrame:
    """Give a table of an assessment.

    Parameters
    ----------
    what
        The name of what was read.

    Raises
    ------
    UsageError
        The records give none: no station or section has a value in a period.
    """
    if name not in made.tables or not len(made.tables[name]):
        raise refusal(UsageError, "nothing_assessed", what)
    return made.tables[name]
