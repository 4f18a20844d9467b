"""Hours or days of air of a desk: the AQI of each, and the periods of the city."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from gis import air
from gis.air import aqi as judge
from gis.air import published
from gis.air.statistics import COLUMNS
from gis.base.agreement import UNEXPLAINED, agreement, told
from gis.base.calendar import as_of_note
from gis.base.door import one_of
from gis.base.errors import FormatError, UsageError
from gis.base.messages import Message, listed
from gis.base.tables import Assessment, Tables
from gis.catalogue.model import Dust
from gis.desk import behind, county
from gis.desk.basis import Basis
from gis.desk.intake import air_kinds, taken_in
from gis.desk.judged import RECORDS, Day, day, not_audited, table, unsure, until
from gis.desk.phrases import phrase, refusal
from gis.desk.sources import Read, Source, Tell
from gis.engine import Threads
from gis.standards import Editions

DAYS = Message("天", "days")


class Rated(NamedTuple):
    """Hours or days with their AQI, up to a day."""

    read: Read
    records: pd.DataFrame
    added: pd.DataFrame
    editions: Editions
    day: Day
    later: list[Message]

    @property
    def headline(self) -> Message:
        """Say how many records are of each category, in the order of the standard."""
        rated = self.added.dropna(subset=["category"])
        counts = rated.groupby("category")["aqi"].agg(["size", "min"]).sort_values("min")
        listed = " · ".join(f"{name} {row['size']:,.0f}" for name, row in counts.iterrows())
        return phrase("records_by_category", n=len(self.added), listed=listed or "–")

    @property
    def notes(self) -> list[Message]:
        """Say as of when, what is not audited or not rated, how published values agree, and by which editions."""
        added, notes = self.added, [as_of_note(self.day.last)]
        if added["unaudited"].any():
            notes.append(not_audited(int(added["unaudited"].sum()), RECORDS))
        if unrated := int(added["aqi"].isna().sum()):
            notes.append(Message("无值可评：{n:,} 条记录", "no value to rate: {n:,} records", n=unrated))
        if "valid" in added and (
            lacking := int((added["aqi"].notna() & ~added["valid"].fillna(value=True)).sum())
        ):
            notes.append(phrase("days_lacking_items", n=lacking))
        if added["aqi_differs"].notna().any():
            notes.append(phrase("published_aqi", agreement=_agreement(self.records, added)))
        return [*notes, *unsure(self.editions, added["edition"])]

    def basis(self) -> Basis:
        """Rest the count of each category on its records."""
        texts = behind.named(self.added["edition"], self.editions)
        words = (self.added["category"], self.added["aqi"])
        return behind.words(words, self.read.found.kind, self.records, texts, self.day.last)


class Assessed(NamedTuple):
    """The air of a city assessed as of a day."""

    tables: Tables
    made: Assessment
    editions: Editions
    day: Day
    name: str
    dust: Dust

    @property
    def periods(self) -> pd.DataFrame:
        """Months, 1–N月累计 and years.

        Raises
        ------
        UsageError
            There is none.
        """
        return table(self.made, "air_periods", self.name)

    @property
    def city(self) -> pd.DataFrame:
        """The days of the city.

        Raises
        ------
        UsageError
            There is none.
        """
        return table(self.made, "air_city_days", self.name)

    @property
    def statistics(self) -> pd.DataFrame:
        """Means and percentiles by HJ 663."""
        return self.made.tables.get("air_statistics", pd.DataFrame(columns=COLUMNS))

    @property
    def headline(self) -> Message | None:
        """Say the good days of the last year; None where its rate is not known."""
        years = self.periods[self.periods["period_kind"] == "year"].sort_values("period")
        if not len(years) or pd.isna(years.iloc[-1]["good_day_rate"]):
            return None
        row = years.iloc[-1]
        return phrase(
            "good_days", year=row["period"], good=row["good_days"], valid=row["valid_days"],
            rate=float(row["good_day_rate"]),
        )  # fmt: skip

    @property
    def notes(self) -> list[Message]:
        """Say as of when, which days were taken over or are not audited, and by which editions."""
        city, notes = self.city, [as_of_note(self.day.last)]
        if taken := int(city["taken_over"].sum()):
            notes.append(
                Message("照录公布的 AQI，未经计算：{n:,} 天", "published AQI taken over: {n:,} days", n=taken)
            )
        if city["unaudited"].any():
            notes.append(not_audited(int(city["unaudited"].sum()), DAYS))
        for used in (city["edition"], self.statistics["edition"], self.statistics["rules"]):
            notes += [one for one in unsure(self.editions, used) if one not in notes]
        return notes

    def basis(self) -> Basis:
        """Rest the last year on its days and records."""
        years = self.periods.loc[self.periods["period_kind"] == "year", "period"]
        return behind.periods(self.made, behind.YEARLY, str(years.max()), self.tables, self.day.last)


def one_kind(
    records: Source, said: Mapping[str, Any], tell: Tell, kind: str | None = None, **more: Any
) -> Read:
    """Read hours or days, whichever the heads say.

    Parameters
    ----------
    tell
        Called with what was read.

    Raises
    ------
    FormatError
        A file holds no air records, or one hours and another days.
    """
    kinds = air_kinds(records, said, kind)
    if len(kinds) > 1:
        named = {path.name: kind for kind, paths in kinds.items() for path in paths}
        raise refusal(
            FormatError, "hours_and_days", str(listed(named)),
            found=listed(f"{name} {kind}" for name, kind in named.items()),
        )  # fmt: skip
    ((found, source),) = kinds.items()
    read = taken_in(source, found, said, **more)
    tell(read)
    return read


def each_kind(records: Source, said: Mapping[str, Any], tell: Tell, kind: str | None = None) -> list[Read]:
    """Read hours and days, a table of each kind."""
    reads = []
    for found, source in air_kinds(records, said, kind).items():
        reads.append(taken_in(source, found, said))
        tell(reads[-1])
    return reads


def rated(read: Read, editions: Editions, as_of: dt.date | str | None) -> Rated:
    """Rate hours or days up to a day, the last of the records when nobody names one.

    Raises
    ------
    UsageError
        Every record is later.
    """
    found = read.found
    hours = found.kind == "air_hours"
    at = day({found.kind: found.table}, as_of)
    days = found.table["time"] - pd.Timedelta(minutes=1) if hours else found.table["date"]
    records, later = until(found.table, days, at.last)
    added = (judge.hourly if hours else judge.daily)(records, editions)
    return Rated(read, records, added.assign(unaudited=_unaudited(records)), editions, at, later)


def assessed(
    reads: Iterable[Read], editions: Editions, stations: Iterable[str], layers: Path | None,
    as_of: dt.date | str | None,
) -> Assessed:  # fmt: skip
    """Assess the city as of a day, the last of the records when nobody names one.

    Parameters
    ----------
    stations
        Those whose mean stands for the city, by name or code; all when empty.

    Raises
    ------
    UsageError
        The records hold nothing of one of them.
    """
    given, named = list(reads), tuple(stations)
    _require_stations(given, named)
    tables = {one.found.kind: one.found.table for one in given}
    at = day(tables, as_of)
    about = county.nowhere(layers, named)
    made = air.assess(tables, about, editions, at.last, Threads())
    return Assessed(tables, made, editions, at, str(listed(one.name for one in given)), about.county.dust)


def _require_stations(reads: Iterable[Read], stations: Iterable[str]) -> None:
    found = [one.found.table[name].dropna() for one in reads for name in ("station", "station_id")]
    known = pd.concat(found).astype("str").unique().tolist()
    for station in stations:
        if station not in known:
            raise refusal(UsageError, "no_such_station", fix=one_of(station, known), station=station)


def _unaudited(records: pd.DataFrame) -> pd.Series:
    """Mark records that say so, and hours that do not say they are audited: hours are published unaudited."""
    return ~records["audited"].astype("boolean").fillna(value="time" not in records)


def _agreement(records: pd.DataFrame, added: pd.DataFrame) -> Message:
    if "time" in records:
        cause = published.disagreements(records, added)["cause"]
    else:
        cause = pd.Series(UNEXPLAINED, added.index[added["aqi_differs"].fillna(value=False)])
    stated = records["published_aqi"].where(added["aqi_differs"].notna())
    return told(agreement(stated, added["aqi_differs"], cause), published.CAUSES)
