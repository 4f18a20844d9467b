"""Parcels of a desk: measured, counted in the ledger, cut by control lines."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import geopandas as gpd
import pandas as pd

from gis.base.errors import UsageError
from gis.base.messages import Message, listed
from gis.base.units import rounded, shown_sum, to_mu
from gis.catalogue import Catalogue
from gis.desk import behind, county, ground, own_book, register
from gis.desk.basis import Basis
from gis.desk.intake import answers_of, only_answers, taken_in
from gis.desk.judged import Day, day, unsure
from gis.desk.lines import Lines
from gis.desk.phrases import phrase, refusal
from gis.desk.sources import Read, Source, Tell, areal
from gis.engine import Threads
from gis.land.area import measure, round_parcels
from gis.land.conflicts import ground as ground_of
from gis.land.disjoint import own_area
from gis.land.events import events_of
from gis.land.line_editions import approvals, in_headline, judged
from gis.land.links import linked
from gis.land.overlay import Overlay
from gis.standards import Edition, Editions

FAMILY = "parcel_area"
MU_DIGITS, NAMED, LEAST_M2 = 2, 5, 0.01


class Plots(NamedTuple):
    """Parcels as they were read, the events listed apart, and how ids were joined."""

    read: Read
    listed: pd.DataFrame | None = None
    joined: tuple[str, ...] = ()
    own: bool = False

    @property
    def dated(self) -> dict[str, pd.DataFrame]:
        """The table whose last date is the day that the parcels are judged as of."""
        return {"ledger_events": events_of(self.read.found.table, self.listed)}


class Measured(NamedTuple):
    """Parcels with their areas, and the edition they are measured under."""

    plots: Plots
    parcels: gpd.GeoDataFrame
    editions: Editions
    edition: Edition
    day: Day

    @property
    def notes(self) -> list[Message]:
        """The edition and what is not sure in it."""
        return unsure(self.editions, pd.Series([self.edition.id]))

    @property
    def total_m2(self) -> float:
        """The ground of all parcels, each spot once."""
        plain = self.parcels.assign(line_type="", edition=None, effective_from=pd.NaT, category=None)
        rows, total = self.rows_m2, float(own_area(plain, self.edition, Threads()).sum())
        return rows if rows - total < LEAST_M2 else total

    @property
    def rows_m2(self) -> float:
        """What the areas of the rows add up to."""
        return float(self.parcels["area_legal_m2"].sum())


class Areas(NamedTuple):
    """The areas of parcels, and their ground together."""

    one: Measured
    total: float
    notes: list[Message]

    @property
    def headline(self) -> Message:
        """Say the ground together."""
        return phrase("total_area", m2=self.total, mu=float(to_mu(self.total)))

    def basis(self) -> Basis:
        """Rest the total on the parcels."""
        return behind.area(self.one.parcels, self.total, self.one.edition, self.one.day.last)


class Touches(NamedTuple):
    """The pieces that control lines touch, judged by the rules about a subject."""

    one: Measured
    lines: gpd.GeoDataFrame
    cut: Overlay
    judging: county.Judging
    overlaps: Sequence[Message]
    notes: list[Message]

    @property
    def touched_m2(self) -> pd.Series:
        """The ground of each parcel that counts as touched, each spot once, on the index of the parcels."""
        pieces = self.cut.pieces
        counts = gpd.GeoDataFrame(pieces[in_headline(pieces)].assign(line_type="all"))
        areas = ground_of(counts, self.one.edition)
        by_parcel = pd.Series(round_parcels(areas["area_m2"], self.one.edition)).set_axis(areas["parcel"])
        found = by_parcel.reindex(range(len(self.one.parcels))).fillna(0.0).astype("float64")
        return found.set_axis(self.one.parcels.index)

    def basis(self) -> Basis:
        """Rest what each kind of line is touched by on parcels and lines."""
        return behind.touches(self.cut, self.one.parcels, self.lines, self.one.edition, self.one.day.last)


def plots_of(
    parcels: Source, events: Source | None, said: Mapping[str, Any], known: Catalogue | None, tell: Tell
) -> Plots:
    """Read parcels and their events, each joined to the parcel that it means.

    Ground outside the extent of a county that is known is quarantined, as in a run. A 台账 that
    `gis land ledger` wrote counts as it stands.

    Parameters
    ----------
    tell
        Called with each source that was read.

    Raises
    ------
    GisError
        A source cannot be read, or an event may mean several parcels.
    """
    if events is None and (file := own_book.own_file(parcels)) is not None:
        read, listed = own_book.read(file, said)
        tell(read)
        return Plots(read, listed, own=True)
    extent = {"extent": known.county.extent} if known else {}
    read = taken_in(parcels, "parcels", said, **extent)
    tell(read)
    if events is None:
        return Plots(read)
    given = taken_in(events, "ledger_events", only_answers(said))
    tell(given)
    listed, findings = linked(given.found.table, read.found.table, answers_of(said))
    return Plots(read, listed, tuple(message for _, message in findings))


def measured(plots: Plots, layers: Path | None, at: Day) -> Measured:
    """Measure parcels under the edition in force on a day; those on paper have no area."""
    editions = county.editions(layers)
    edition = editions.in_force(FAMILY, at.last)
    parcels = measure(plots.read.found.table, edition, Threads()).assign(edition=edition.id)
    return Measured(plots, gpd.GeoDataFrame(parcels), editions, edition, at)


def on_ground(plots: Plots, layers: Path | None, as_of: dt.date | str | None) -> Measured:
    """Measure parcels as of a day: the last of their dates when nobody names one, else today.

    Raises
    ------
    UsageError
        No row has a polygon.
    """
    if not areal(plots.read.found.table).any():
        raise refusal(UsageError, "nothing_measured", plots.read.name)
    return measured(plots, layers, day(plots.dated, as_of, or_today=True))


def areas(one: Measured) -> Areas:
    """Add up the ground of measured parcels, each spot once, and compare what is declared."""
    total, rows = one.total_m2, one.rows_m2
    notes = [*_declared(one.parcels)]
    if total != rows:
        notes.append(phrase("parcels_overlap", mu=float(to_mu(rows)), over=float(to_mu(rows - total))))
    else:
        notes += of_rounding(one.parcels["area_legal_mu"], float(to_mu(total)))
    return Areas(one, total, [*notes, *one.notes])


def counted(
    plots: Plots, known: Catalogue | None, layers: Path | None, as_of: dt.date | str | None
) -> tuple[Measured, register.Register]:
    """Count the parcels of a ledger as of a day: the last of its dates when nobody names one.

    Raises
    ------
    UsageError
        Nothing is dated.
    ColumnError
        Neither geometry nor any area is there.
    """
    one = measured(plots, layers, day(plots.dated, as_of))
    filed = one.parcels.assign(filing_no=register.filed(plots.read.found.own))
    made = register.counted(filed, plots.listed, one.edition, one.day.last, known, own=plots.own)
    rounding = of_rounding(made.book.parcels["counted_mu"], float(made.book.parcels["counted_mu"].sum()))
    return one, made._replace(notes=[*made.notes, *rounding, *one.notes])


def touches(one: Measured, lines: Lines, judging: county.Judging) -> Touches:
    """Cut measured parcels by the lines in force, each spot of ground given to one line of its kind.

    Each parcel is judged by the edition of a line in force on its approval date, of the events or its own.
    """
    later = lines.table["effective_from"] > pd.Timestamp(one.day.last)
    known, overlaps = ground.parted(lines.table[~later].reset_index(drop=True), one.edition)
    dates = approvals(events_of(one.parcels, one.plots.listed), one.day.last)
    cut = judged(one.parcels, known, dates, judging.rules, Threads(), one.edition, judging.subject)
    notes = [
        *ground.touched(cut.pieces, one.edition),
        *ground.unsaid(cut.pieces, one.parcels, judging.rules, judging.subject),
    ]
    if cut.pieces["sliver"].any():
        notes.append(phrase("slivers_listed", n=int(cut.pieces["sliver"].sum())))
    if later.any():
        notes.append(phrase("lines_later", n=int(later.sum()), last=one.day.last))
    return Touches(one, known, cut, judging, overlaps, [*notes, *one.notes])


def of_rounding(mu: pd.Series, total: float) -> list[Message]:
    """Say what the 亩 as shown add up to, where that is not the total, which is converted once."""
    added = shown_sum(mu, MU_DIGITS)
    if rounded(added, MU_DIGITS) == rounded(total, MU_DIGITS):
        return []
    return [phrase("sum_of_rounded", added=added)]


def _declared(parcels: pd.DataFrame) -> list[Message]:
    """Say how the declared areas agree with the measured ones, and which do not."""
    checks = parcels.get("area_check")
    if checks is None or not checks.notna().any():
        return []
    counts = checks.value_counts()
    off = parcels.loc[checks.eq("reject"), "parcel_id"].astype("str").dropna()
    named = listed(off, most=NAMED)
    return [
        phrase(
            "declared_areas", **{name: int(counts.get(name, 0)) for name in ("agree", "check", "reject")},
            which=Message("（{named}）", " ({named})", named=named) if named else "",
        )
    ]  # fmt: skip
