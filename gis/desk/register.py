"""The ledger of any parcels: on the ground, or on paper without geometry; counted, told and laid out as the 台账."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import geopandas as gpd
import pandas as pd

from gis.base.messages import Message
from gis.base.units import to_mu
from gis.catalogue import Catalogue
from gis.desk import county
from gis.desk.phrases import phrase
from gis.land import summary
from gis.land.counting import ACCEPTED, REVERSED, Counting, counting_of
from gis.land.events import EVENT_WORDS
from gis.land.ledger import Ledger, ledger
from gis.land.paper import is_paper, on_ground_or_paper, unmeasured
from gis.land.places import UNKNOWN, town_of
from gis.standards import Edition
from gis.store.ledger_book import LedgerBook

ON_PAPER = phrase("ledger_on_paper")
NO_COUNTY = Message("（未给 --layers）", " (no --layers)")
OTHERWISE = {"supplied": "批而未供", "disposed": "闲置土地"}
FILED = re.compile(r"备案(?:编)?号|报备(?:编)?号|备案系统编号")


class Register(NamedTuple):
    """A counted ledger, how it was counted, and what a reader must know of it."""

    book: Ledger
    counting: Counting
    known: Catalogue | None
    not_counted: pd.DataFrame
    notes: list[Message]
    last: dt.date

    @property
    def rule(self) -> Message:
        """Name the counting rule and whose it is."""
        if self.known is None:
            return Message("{words}{none}", "{words}{none}", words=self.counting.words, none=NO_COUNTY)
        name = self.known.county.name
        return phrase("ledger_rule", zh=name.zh, en=name.en, words=self.counting.words)

    @property
    def headline(self) -> Message:
        """Say what counts, this year's part, by which rule, and this year's events that have no parcel."""
        counted, year = self.book.counted, self.last.year
        this = counted.loc[counted["year"] == year, "area_m2"].sum()
        lost = summary.unmatched(self.book.unmatched, self.counting, year=year)
        none = Message("", "")
        if len(lost):
            none = phrase(
                "events_without_parcel", year=year, n=int(lost["n"].sum()), mu=float(lost["area_mu"].sum())
            )
        return phrase(
            "counted_as_of", last=self.last, mu=float(self.book.parcels["counted_mu"].sum()), year=year,
            this=float(to_mu(this)), rule=self.rule, none=none,
        )  # fmt: skip


def counted(
    parcels: gpd.GeoDataFrame,
    listed: pd.DataFrame | None,
    edition: Edition,
    last: dt.date,
    known: Catalogue | None,
    *,
    own: bool = False,
) -> Register:
    """Count measured parcels by the county's rule, or outside any project by acceptance (验收).

    Without any geometry the declared area, or the accepted if more, takes the place of the legal one
    while counting; the legal area stays unknown.

    Parameters
    ----------
    known
        The county whose towns, zones, boundaries and targets hold; the names that parcels bear when None.
    own
        The events are what a 台账 of this tool counted: each counts as it stands.

    Raises
    ------
    ColumnError
        Neither geometry nor any area is there: 0 亩 would be a figure that nobody wrote.
    """
    counting = counting_of(known.targets) if known else Counting()
    paper = is_paper(parcels)
    if own and listed is not None:
        listed = _as_counted(parcels, listed, counting)
    on = on_ground_or_paper(parcels, listed, needs_area=not own)
    towns = (
        county.named((*known.county.towns, *known.county.zones))
        if known
        else county.as_found(parcels["town"])
    )
    zones = county.named(known.county.zones) if known else county.as_found(parcels["zone"])
    book = ledger(
        on, listed, edition, last, towns=towns, zones=zones, boundaries=_boundaries(known, parcels), counting=counting,
    )  # fmt: skip
    left_out = summary.not_counted(book, counting, last.year)
    if paper:
        book = unmeasured(book)
    notes: list[Message] = [ON_PAPER] if paper and not own else []
    return Register(book, counting, known, left_out, [*notes, *_otherwise(book, counting)], last)


def filed(own: pd.DataFrame) -> pd.Series | None:
    """Give the numbers of the parcels' filing (备案号) as a file writes them, None where it has none."""
    heads = [name for name in own.columns if FILED.fullmatch("".join(str(name).split()))]
    return own[heads[0]].map(lambda cell: None if pd.isna(cell) else str(cell)) if heads else None


def _as_counted(parcels: pd.DataFrame, events: pd.DataFrame, counting: Counting) -> pd.DataFrame:
    category = parcels.drop_duplicates("parcel_id").set_index("parcel_id")["category"]
    wanted = counting.event_of(category).reindex(events["parcel_id"]).set_axis(events.index)
    return events.assign(event=events["event"].where(events["event"] == REVERSED, wanted.astype("str")))


def _otherwise(book: Ledger, counting: Counting) -> list[Message]:
    """Say how much 批而未供 and 闲置土地 is supplied or disposed of and counts nothing for want of acceptance."""
    notes = []
    standing = book.parcels["counted_mu"].fillna(0) > 0
    wanted = counting.event_of(book.parcels["category"])
    for event, word in OTHERWISE.items():
        done = book.parcels["parcel_id"].isin(book.events.loc[book.events["event"] == event, "parcel_id"])
        mine = book.parcels["category"].astype("str").str.contains(word, na=False) & (wanted == ACCEPTED)
        rows = book.parcels[done & mine & ~standing]
        if len(rows):
            area = rows["area_legal_mu"].fillna(rows["area_declared_mu"]).sum()
            notes.append(phrase(
                "supplied_not_accepted", word=word, n=len(rows), mu=float(area), zh=EVENT_WORDS[event],
                en=event,
            ))  # fmt: skip
    return notes


def towns_of(parcels: gpd.GeoDataFrame, known: Catalogue | None) -> tuple[pd.Series, gpd.GeoDataFrame | None]:
    """Give the town of each parcel by its column, else by the county's boundaries, and those boundaries.

    Without either it is 未知.
    """
    named = parcels["town"].astype("object")
    ground = _ground(known)
    if known is not None:
        places = town_of(parcels, county.named(known.county.towns), ground)[0].astype("object")
        named = places.mask(places == UNKNOWN, named)
    return named.where(named.notna(), summary.UNKNOWN_ZH), ground


def stamps(known: Catalogue | None, files: Sequence[Path], events: Sequence[Path]) -> dict[str, str]:
    """Give what the ledger of these files must carry: sample data, 内部资料, where they are of a catalogue."""
    entries = [county.entry_of(known, file, "parcels") for file in files]
    entries += [county.entry_of(known, file, "ledger_events") for file in events]
    return county.stamps_of(known, entries)


def workbook(one: Register, title: str, notes: list[str], stamps: Mapping[str, str]) -> LedgerBook:
    """Lay a counted ledger out as the 台账."""
    book, known, last = one.book, one.known, one.last
    years = book.counted["year"].dropna()
    begun = known.county.plan_years[0] if known else int(years.min()) if len(years) else last.year
    names: Mapping[str, str] = {}
    areas = summary.areas_beside(book)
    unmeasured = not book.counted["measured"].any()
    blocks = {
        f"{year} 年" + ("（本年至今）" if year == last.year else ""): summary.by_town_and_category(
            book, names, year
        )
        for year in sorted({last.year, *years}, reverse=True)
    }
    return LedgerBook(
        title=f"{known.county.name.zh}{title}" if known and stamps else title,
        as_of=last,
        rule=one.rule.zh,
        register=summary.register(book, names),
        by_town_and_category={**blocks, "历年合计": summary.by_town_and_category(book, names, None)},
        by_town=summary.by_place(book, names, last, begun, "town"),
        by_zone=summary.by_place(book, names, last, begun, "zone"),
        by_category=summary.by_key(book, "category", last, begun),
        by_owner=summary.by_key(book, "owner_unit", last, begun),
        areas=areas.assign(area_legal_mu=float("nan")) if unmeasured else areas,
        overlaps=book.overlaps,
        not_counted=one.not_counted,
        unmatched=summary.unmatched(book.unmatched, one.counting),
        out_of_tolerance=summary.out_of_tolerance(book.parcels),
        detail=summary.detail(book),
        notes=notes,
        stamps=stamps,
    )


def _boundaries(known: Catalogue | None, parcels: gpd.GeoDataFrame) -> gpd.GeoDataFrame | None:
    """Read the county's boundaries where a parcel needs them, their codes being names as at a desk."""
    if parcels["town"].notna().all() or parcels.geometry.isna().all():
        return None
    return _ground(known)


def _ground(known: Catalogue | None) -> gpd.GeoDataFrame | None:
    found = county.boundaries(known)
    return None if found is None else gpd.GeoDataFrame(found.assign(place_code=found["name"]))
