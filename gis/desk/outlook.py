"""What the rest of a year must bring: for the class of a section, and for the good days and the PM2.5 of a city."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from difflib import get_close_matches
from typing import NamedTuple

import pandas as pd

from gis.air.budget import GOOD, PM25, Aim
from gis.air.budget import budget as reckon_budget
from gis.base.calendar import as_of_note
from gis.base.errors import UsageError
from gis.base.forecast import WORDS
from gis.base.messages import Message, listed, parts
from gis.desk import air, behind, water
from gis.desk.basis import Basis
from gis.desk.judged import unsure
from gis.desk.phrases import phrase, refusal
from gis.water.outlook import outlook as reckon

RULES, NEAR = "outlook", 6
ALL = "all"
GOALS = {
    "target": Message("水质目标", "target"),
    "good": Message("优良", "good"),
    "asked": Message("所问类别", "class asked for"),
}
BUDGETED = {
    "good_days": Message("优良天数", "good days"),
    "pm25": Message("PM2.5", "PM2.5"),
    "both": Message("两项", "both"),
}
OTHER_YEAR = Message("--as-of 写有记录的年份中的一天", "--as-of with a day of a year with records")


class Expected(NamedTuple):
    """What the remaining months must bring for a section to make its classes.

    Attributes
    ----------
    rows
        The goals of the section, a row an indicator, and one of all together.
    reliability
        What came true of what was told of past years, of all sections.
    """

    of: water.Assessed
    rows: pd.DataFrame
    reliability: pd.DataFrame

    @property
    def used(self) -> pd.Series:
        """The ids of the editions that judged."""
        return _used(self.rows, self.of)

    @property
    def headline(self) -> Message:
        """Say of each goal whether it can be made."""
        numerals = self.of.editions.get(self.rows["edition"].iloc[0]).data["evaluation"]["numerals"]
        told = [
            phrase(
                "goal_of_section", goal=GOALS[row["goal"]], numeral=numerals[row["goal_class"] - 1],
                word=Message(*WORDS[row["state"]]),
            )
            for row in self.rows[self.rows["indicator"] == ALL].to_dict("records")
        ]  # fmt: skip
        return listed(told, "；", "; ")

    @property
    def notes(self) -> list[Message]:
        """Say as of when, how a year is judged, and by which editions."""
        return [*_notes(self.rows, self.of.day.last), *unsure(self.of.editions, self.used)]

    def basis(self) -> Basis:
        """Rest the outlook on the records of the section."""
        samples = self.of.tables["samples"]
        return behind.outlook(self.rows, samples, self.of.editions, self.of.day.last)


class Budgeted(NamedTuple):
    """The bad days still allowed and the PM2.5 that the remaining days must keep to."""

    of: air.Assessed
    rows: pd.DataFrame
    reliability: pd.DataFrame

    @property
    def used(self) -> pd.Series:
        """The ids of the editions that judged."""
        return _used(self.rows, self.of)

    @property
    def headline(self) -> Message:
        """Say of each goal whether it can be made."""
        told = [
            Message("{goal}：{word}", "{goal}: {word}", goal=BUDGETED[row["goal"]], word=Message(*WORDS[row["state"]]))
            for row in self.rows.to_dict("records")
        ]  # fmt: skip
        return listed(told, "；", "; ")

    @property
    def told(self) -> list[Message]:
        """Say as of when, and what is noted of the goals."""
        noted = dict.fromkeys(note for cell in self.rows["note"].dropna() for note in parts(cell))
        return [as_of_note(self.of.day.last), *noted]

    @property
    def notes(self) -> list[Message]:
        """Say the same, and by which editions."""
        return [*self.told, *unsure(self.of.editions, self.used)]

    def basis(self) -> Basis:
        """Rest it on the days of the year, and these on their records."""
        return behind.budget(self.rows, self.of.made, self.of.tables, self.of.editions, self.of.day.last)


def _used(rows: pd.DataFrame, of: water.Assessed | air.Assessed) -> pd.Series:
    return pd.Series([*rows["edition"].unique(), of.editions.in_force(RULES, of.day.last).id])


def outlook(of: water.Assessed, section: str, asked: str | int | None) -> Expected:
    """Say whether a section can make its class and what the remaining months must bring.

    Parameters
    ----------
    section
        By name or code, blanks left aside.
    asked
        A class to ask for (Ⅲ, III, 3) instead of the target and Ⅲ.

    Raises
    ------
    UsageError
        No such section has a record, or none of this year; the nearest names are given.
    """
    goal, last = class_of(asked), of.day.last
    periods = of.periods
    periods = periods.assign(
        key=periods["section_id"].astype("object").fillna(periods["name"].astype("object"))
    )
    key = _found(periods, section, last)
    every = reckon(periods, of.editions, last, goal)
    own = every.rows[every.rows["key"] == key].drop(columns="key")
    if not len(own):
        raise refusal(UsageError, "section_without_value", fix=OTHER_YEAR, section=section, year=last.year)
    return Expected(of, own, every.reliability)


def aims_of(good_rate: float | None, pm25: float | None) -> list[Aim]:
    """Give the aims of a year: good days of at least so many per cent, PM2.5 of at most so many µg/m³.

    Raises
    ------
    UsageError
        Neither is named.
    """
    for name, value, most in (("good_rate", good_rate, 100.0), ("pm25", pm25, float("inf"))):
        if value is not None and not (isinstance(value, int | float) and 0 <= value <= most):
            raise refusal(UsageError, "no_such_aim", name=name, value=value)
    aims = [Aim(GOOD, ">=", good_rate)] if good_rate is not None else []
    aims += [Aim(PM25, "<=", pm25)] if pm25 is not None else []
    if not aims:
        raise refusal(UsageError, "no_aim")
    return aims


def budget(of: air.Assessed, aims: Sequence[Aim]) -> Budgeted:
    """Say what the year has left for its aims, sand-dust days as the county declares.

    Raises
    ------
    UsageError
        There is no day of the year.
    """
    last = of.day.last
    rows, reliability = reckon_budget(of.city, aims, of.editions, last, of.dust)
    if not len(rows):
        raise refusal(UsageError, "no_day_of_year", fix=OTHER_YEAR, year=last.year)
    return Budgeted(of, rows, reliability)


def class_of(text: str | int | None) -> int | None:
    """Read a class as people write it: Ⅲ, III, 3, 三类."""
    from gis.ingest.values import plain, words

    if text is None:
        return None
    found = words("water_class").get(plain(str(text)))
    if found is None or not found.isdigit() or not 1 <= int(found) <= 5:  # noqa: PLR2004  劣Ⅴ is no goal
        raise refusal(UsageError, "no_such_class", text=text)
    return int(found)


def _found(periods: pd.DataFrame, section: str, last: dt.date) -> str:
    """Find the key of the section that is meant, by code or name, blanks left aside."""
    from gis.water.sections import plain

    wanted = "".join(section.split())
    known = periods.drop_duplicates("key")
    hits = known[(known["section_id"] == wanted) | (plain(known["name"]) == wanted)]
    if len(hits) == 1:
        return str(hits["key"].iloc[0])
    if len(hits):
        codes = ", ".join(hits["key"].astype(str))
        raise refusal(UsageError, "sections_of_one_name", section=section, codes=codes)
    names = list(dict.fromkeys([*known["name"].dropna(), *known["section_id"].dropna()]))
    near = get_close_matches(wanted, names, NEAR, cutoff=0.3)
    near = near or [name for name in names if set(wanted) & set(name)] or names
    raise refusal(UsageError, "no_such_section", section=section, last=last, names=listed(near, most=NEAR))


def _notes(own: pd.DataFrame, last: dt.date) -> list[Message]:
    notes = [as_of_note(last), phrase("year_of_months")]
    goals: Sequence[str] = list(own["goal"].unique())
    if "target" not in goals and "asked" not in goals:
        notes.append(
            Message("无水质目标，只列Ⅲ类：--sections 或 --class", "no target is known: --sections or --class")
        )
    return notes
