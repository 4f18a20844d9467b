"""Records of water of a desk: each rated, and the periods of their sections assessed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from gis import water
from gis.base.agreement import agreement, told
from gis.base.calendar import as_of_note
from gis.base.messages import Message, Text, listed, of_text
from gis.base.tables import Assessment, Tables, empty
from gis.desk import behind, county
from gis.desk.basis import Basis
from gis.desk.intake import answers_of, only_answers, taken_in
from gis.desk.judged import RECORDS, Day, day, not_audited, table, unsure, until
from gis.desk.phrases import phrase
from gis.desk.sources import Read, Source, Tell
from gis.desk.wording import period_word, word
from gis.engine import Threads
from gis.standards import Editions
from gis.water.doubtful_names import settled, unlisted
from gis.water.limits import LIMITS
from gis.water.methods import recognised, with_methods
from gis.water.published import CAUSES, disagreements
from gis.water.records import rated_records
from gis.water.sections import keyed_sections, keys_of, kinds_of, with_stated
from gis.water.sources import source_limits

PERIODS = Message("个时段", "periods")
OF_TABLES = {"sample_flags": "water_suspects", "source_limits": "drinking_water_sources"}
OF_PERIODS = ("surface_water_evaluation", "surface_water_statistics")
WORST = phrase("worst_indicator")


class Monitored(NamedTuple):
    """Records and the list of their sections, and what was settled of names and methods."""

    read: Read
    sections: pd.DataFrame
    findings: list[Message]

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """The tables that an assessment takes."""
        found = self.read.found
        return {
            "samples": found.table, "sample_marks": found.marks, "source_items": found.source_items,
            "sections": self.sections,
        }  # fmt: skip


class Rated(NamedTuple):
    """Records up to a day with their classes.

    Attributes
    ----------
    added
        Columns of each record, on its index.
    tables
        `sample_flags` and `source_limits`, where there is something in them.
    """

    given: Monitored
    samples: pd.DataFrame
    kinds: pd.Series
    added: pd.DataFrame
    tables: dict[str, pd.DataFrame]
    editions: Editions
    day: Day
    later: list[Message]

    @property
    def headline(self) -> Message:
        """Say how many records are of each class, or were published so where nothing was measured."""
        added, published = self.added, self.samples["published_class"]
        if published.notna().any() and not added[["water_class", "class_as_river"]].notna().any(axis=None):
            return phrase(
                "published_classes", n=len(added), classes=_each(published.value_counts().sort_index())
            )
        open_ = int((added["water_class"].isna() & added["undecidable"].notna()).sum())
        more = Message(" · 不能定类 {n:,}", " · undecidable {n:,}", n=open_) if open_ else ""
        return phrase(
            "records_by_class", n=len(added),
            classes=_each(added["water_class"].value_counts().sort_index()) or "–", more=more,
        )  # fmt: skip

    @property
    def used(self) -> pd.Series:
        """The ids of the editions that judged."""
        return _texts_used(self.added["edition"], self.editions, self.day.last, self.tables)

    @property
    def notes(self) -> list[Message]:
        """Say as of when, what is not rated or suspect, and by which editions."""
        return [
            as_of_note(self.day.last), *self._unrated(), *self._doubts(), *unsure(self.editions, self.used),
        ]  # fmt: skip

    def _unrated(self) -> list[Message]:
        """Say how many records are not audited, of unknown kind, not rated, and differ from the published class."""
        added, notes = self.added, []
        if added["unaudited"].any():
            notes.append(not_audited(int(added["unaudited"].sum()), RECORDS))
        if unknown := int(self.kinds.isna().sum()):
            notes.append(phrase("kind_unknown", n=unknown))
        bare = added["water_class"].isna() & added["class_as_river"].isna() & added["undecidable"].isna()
        if unrated := int(bare.sum()):
            notes.append(phrase("no_rated_indicator", n=unrated))
        ours = added[["water_class", "class_as_river"]].notna().any(axis=1)
        published = self.samples["published_class"]
        if (published.notna() & ours).any():
            limits = self.editions.get(added["edition"].dropna().iloc[0])
            listed = disagreements(self.samples.assign(**added), limits, self.kinds)
            found = agreement(published.where(ours), added["published_differs"], listed["cause"])
            notes.append(
                Message("公布类别 {agreement}", "published class {agreement}", agreement=told(found, CAUSES))
            )
        return notes

    def _doubts(self) -> list[Message]:
        """Say what is suspect or undecidable, and which limits of a drinking-water source are not met."""
        added, notes = self.added, []
        if added["suspect"].any():
            notes.append(phrase("suspect_values", n=int(added["suspect"].sum())))
        if added["undecidable"].notna().any():
            notes.append(phrase("undecidable_records", n=int(added["undecidable"].notna().sum())))
        judged = self.tables.get("source_limits")
        if judged is not None:
            missed = dict.fromkeys(judged.loc[judged["met"].eq(other=False), "indicator"])
            notes.append(
                phrase(
                    "source_items", n=len(judged), over=listed([of_text(item) for item in missed] or ["–"])
                )
            )
        return notes

    def basis(self) -> Basis:
        """Rest the count of each class on its records."""
        classes = self.added["water_class"]
        words = classes.map(lambda one: word("water_class", one), na_action="ignore")
        texts = behind.named(self.added["edition"], self.editions)
        return behind.words((words, classes), "samples", self.samples, texts, self.day.last, WORST)


class Assessed(NamedTuple):
    """The sections of records assessed as of a day."""

    tables: Tables
    made: Assessment
    editions: Editions
    day: Day
    name: str

    @property
    def periods(self) -> pd.DataFrame:
        """Every section and period.

        Raises
        ------
        UsageError
            There is none.
        """
        return table(self.made, "section_periods", self.name)

    @property
    def rates(self) -> pd.DataFrame:
        """The rates over the national and provincial sections."""
        return self.made.tables.get("water_rates", pd.DataFrame())

    @property
    def last_rates(self) -> pd.Series:
        """The rates of the last year, or of the last period."""
        years = self.rates[self.rates["period_kind"] == "year"]
        rows = years if len(years) else self.rates[self.rates["period_kind"] != "week"]
        return rows.sort_values("period").iloc[-1]

    @property
    def headline(self) -> Message | None:
        """Say the last rates, None without any."""
        if not len(self.rates):
            return None
        row = self.last_rates
        shares = {
            name: "–" if pd.isna(row[name]) else f"{float(row[name]):.1f} %"
            for name in ("attainment_rate", "good_share", "worse_share")
        }
        return phrase("rates_of_period", period=period_word(row["period"]), n=row["n_assessed"], **shares)

    @property
    def used(self) -> pd.Series:
        """The ids of the editions that judged."""
        return _texts_used(
            self.periods["edition"], self.editions, self.day.last, self.made.tables, *OF_PERIODS
        )

    @property
    def notes(self) -> list[Text]:
        """Say as of when, what hangs on rounding or on doubtful values, and by which editions."""
        notes: list[Text] = [as_of_note(self.day.last), *_told_of_periods(self.periods)]
        if self.periods["unaudited"].any():
            notes.append(Message("未经审核：含自动监测记录", "not audited: automatic records are among them"))
        return [*notes, *unsure(self.editions, self.used)]

    def basis(self) -> Basis:
        """Rest the last rates, or the classes of the sections, on the records."""
        if not len(self.rates):
            classes = ["water.section_at_target", "water.section_class"]
            return behind.periods(self.made, classes, None, self.tables, self.day.last)
        period = str(self.last_rates["period"])
        return behind.periods(self.made, behind.RATES, period, self.tables, self.day.last)


def monitored(
    samples: Source, sections: Source | None, said: Mapping[str, Any], tell: Tell, **more: Any
) -> Monitored:
    """Read records and the list of sections; a doubtful name of a section is settled or asked about.

    Records without a method get one where their times tell it.

    Parameters
    ----------
    tell
        Called with each source that was read.
    more
        `every_reading`: the records are rated one by one.

    Raises
    ------
    Question
        A record may be of a section of the list, or of a station, and nobody said so.
    """
    read = taken_in(samples, "samples", said, **more)
    tell(read)
    listed = empty("sections")
    if sections is not None:
        given = taken_in(sections, "sections", only_answers(said))
        tell(given)
        listed = given.found.table
    answers = answers_of(said)
    named = settled(read.found.table, listed, answers)
    rows = with_methods(named, answers, asks=not more.get("every_reading"))
    findings = [one for one in (recognised(named, rows), unlisted(named, listed)) if one]
    return Monitored(read._replace(found=replace(read.found, table=rows)), listed, findings)


def rated(given: Monitored, editions: Editions, as_of: dt.date | str | None) -> Rated:
    """Rate each record up to a day, the last of the records when nobody names one.

    Raises
    ------
    UsageError
        Every record is later, or no edition is in force on their days.
    """
    found = given.read.found
    at = day({"samples": found.table}, as_of)
    samples, later = until(found.table, found.table["sampled_at"], at.last)
    listed = keyed_sections(given.sections)
    samples = samples.assign(key=keys_of(samples, listed))
    listed = with_stated(listed, samples)
    kinds = kinds_of(samples["key"], listed)
    added, flagged = rated_records(samples, kinds, found.marks, editions, Threads())
    limits = source_limits(found.source_items, samples.reset_index(drop=True), listed, editions)
    tables = {"sample_flags": flagged, "source_limits": limits}
    filled = {name: frame for name, frame in tables.items() if len(frame)}
    return Rated(given, samples, kinds, added, filled, editions, at, later)


def assessed(
    given: Monitored, editions: Editions, layers: Path | None, as_of: dt.date | str | None
) -> Assessed:
    """Assess the sections as of a day, the last of the records when nobody names one."""
    at = day(given.tables, as_of)
    made = water.assess(given.tables, county.nowhere(layers), editions, at.last, Threads())
    return Assessed(given.tables, made, editions, at, given.read.name)


def editions_of(layers: Path | None, edition: str | None) -> Editions:
    """Give the editions, one of the limits forced where a person names it."""
    return county.forced(layers, LIMITS, edition)


def _texts_used(
    limits: pd.Series, editions: Editions, last: dt.date, tables: Tables, *families: str
) -> pd.Series:
    """Give the ids of the editions behind a result, those of its further tables and of `families` too."""
    more = [family for name, family in OF_TABLES.items() if name in tables and len(tables[name])]
    ids = [editions.in_force(family, last).id for family in (*families, *more)]
    return pd.concat([limits, pd.Series(ids, dtype="str")])


def _each(counts: pd.Series) -> str:
    return " · ".join(f"{word('water_class', number)} {n:,}" for number, n in counts.items())


def _told_of_periods(periods: pd.DataFrame) -> list[Message]:
    """Say how many verdicts hang on rounding or on flagged values, and how many periods are not assessed."""
    other = periods["water_class_all"].fillna(0) != periods["water_class_unflagged"].fillna(0)
    counts = {
        Message("修约影响类别（water_class_unrounded）", "class depends on rounding (water_class_unrounded)"):
            periods["verdict_depends_on_rounding"],
        Message("可疑值影响类别（water_class_unflagged）", "class depends on flagged values (water_class_unflagged)"):
            other,
        Message("待核（to_check）", "to be checked (to_check)"): periods["to_check"].notna(),
        Message("自测，仅供参考", "own measurements, for reference only"): periods["issue_note"].notna(),
        Message("有效性不足", "too few valid days"): periods["validity"].notna(),
        Message("不评价，见 not_assessed", "not assessed, see not_assessed"): periods["not_assessed"].notna(),
    }  # fmt: skip
    told_of = {words: int(rows.fillna(value=False).sum()) for words, rows in counts.items()}
    return [
        Message("{words}：{n:,} {periods}", "{words}: {n:,} {periods}", words=words, n=n, periods=PERIODS)
        for words, n in told_of.items()
        if n
    ]
