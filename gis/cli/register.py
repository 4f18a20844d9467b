"""What `gis land ledger` counts and prints, from any file: on the ground, or on paper without geometry."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import geopandas as gpd
import pandas as pd

from gis.base.errors import ColumnError
from gis.base.messages import Message
from gis.base.units import to_m2
from gis.catalogue import Catalogue, layer_files
from gis.catalogue.model import Place, Words
from gis.cli import project
from gis.cli.console import Doubt
from gis.ingest import read_layer
from gis.land import summary
from gis.land.counting import BY_CATEGORY, Counting, counting_of
from gis.land.events import events_of
from gis.land.ledger import Ledger, ledger
from gis.standards import Edition
from gis.store.ledger_book import LedgerBook

PAPER_DIGITS = 4
ON_PAPER = Message(
    "没有图形：按申报/验收面积计入，椭球面积未知，重叠未查",
    "no geometry: counted by declared or accepted area, legal area unknown, overlaps not checked",
)
NO_AREA = Message(
    "没有图形，也没有认出面积列，无法计入面积",
    "has no geometry, and no column was recognised as an area: nothing can be counted",
)
AREA_FIX = Message(
    "用 --column area_declared_mu=表头 指明面积列", "--column area_declared_mu=HEAD names the area"
)
USUAL = Doubt(
    "批而未供按供地、闲置土地按处置计入，未见文件依据",
    "批而未供 counts when supplied, 闲置土地 when disposed of; no document seen",
)


class Register(NamedTuple):
    """A counted ledger, how it was counted, and what a reader must know of it."""

    book: Ledger
    counting: Counting
    known: Catalogue | None
    not_counted: pd.DataFrame
    notes: list[Message]


def counted(
    parcels: gpd.GeoDataFrame,
    listed: pd.DataFrame | None,
    edition: Edition,
    last: dt.date,
    layers: Path | None,
) -> Register:
    """Count measured parcels under the county's targets, or as usual outside any project.

    Without any geometry the declared area, or the accepted if more, takes the place of the legal one
    while counting; the legal area stays unknown.

    Raises
    ------
    ColumnError
        Neither geometry nor any area is there: 0 亩 would be a figure that nobody wrote.
    """
    known = project.catalogue_of(layers)
    counting = counting_of(known.targets) if known else Counting()
    paper = bool(parcels.geometry.isna().all())
    on = parcels
    if paper:
        on = parcels.assign(area_legal_m2=summary.on_paper(parcels, events_of(parcels, listed)))
        if on["area_legal_m2"].isna().all():
            raise ColumnError(NO_AREA, file=str(parcels["source"].iloc[0]).partition("#")[0], fix=AREA_FIX)
    book = ledger(
        on, listed, edition, last, towns=project.towns(layers, parcels["town"]), zones=_zones(known, parcels),
        boundaries=_boundaries(known, parcels), counting=counting,
    )  # fmt: skip
    left_out = summary.not_counted(book, counting)
    if paper:
        book = _unmeasured(book)
    notes: list[Message] = [ON_PAPER] if paper else []
    if counting.by_category == BY_CATEGORY and parcels["category"].isin(BY_CATEGORY).any():
        notes.append(USUAL)
    return Register(book, counting, known, left_out, notes)


def stamps(known: Catalogue | None, files: Sequence[Path], events: Path | None) -> dict[str, str]:
    """Give what the ledger of these files must carry: sample data, 内部资料, where they are of a catalogue."""
    entries = [project.entry_of(known, file, "parcels") for file in files]
    if events is not None:
        entries.append(project.entry_of(known, events, "ledger_events"))
    return project.stamps_of(known, entries)


def workbook(
    one: Register, title: str, last: dt.date, notes: list[str], stamps: Mapping[str, str]
) -> LedgerBook:
    """Lay a counted ledger out as the 台账."""
    book, known = one.book, one.known
    years = book.counted["year"].dropna()
    begun = known.county.plan_years[0] if known else int(years.min()) if len(years) else last.year
    names: Mapping[str, str] = {}
    areas = summary.areas_beside(book)
    unmeasured = not book.counted["measured"].any()
    return LedgerBook(
        title=f"{known.county.name.zh}{title}" if known and stamps else title,
        as_of=last,
        register=summary.register(book, names),
        by_town=summary.by_place(book, names, last, begun, "town"),
        by_zone=summary.by_place(book, names, last, begun, "zone"),
        by_category=summary.by_key(book, "category", last, begun),
        by_owner=summary.by_key(book, "owner_unit", last, begun),
        areas=areas.assign(area_legal_mu=float("nan")) if unmeasured else areas,
        overlaps=book.overlaps,
        not_counted=one.not_counted,
        out_of_tolerance=summary.out_of_tolerance(book.parcels),
        notes=notes,
        stamps=stamps,
    )


def _unmeasured(book: Ledger) -> Ledger:
    """Take the legal area away again, and undo the rounding of 亩 on paper to 0.01 m²."""
    area = book.counted["area_mu"].round(PAPER_DIGITS)
    return book._replace(
        parcels=book.parcels.assign(
            area_legal_m2=float("nan"), counted_mu=book.parcels["counted_mu"].round(PAPER_DIGITS)
        ),
        pivot=book.pivot.assign(
            area_legal_mu=float("nan"), counted_mu=book.pivot["counted_mu"].round(PAPER_DIGITS)
        ),
        counted=book.counted.assign(measured=False, area_mu=area, area_m2=to_m2(area, "mu")),
    )


def _zones(known: Catalogue | None, parcels: pd.DataFrame) -> list[Place]:
    if known is not None:
        return [
            Place(code=one.name.zh, name=one.name, aliases=[one.code, *one.aliases])
            for one in known.county.zones
        ]
    names = parcels["zone"].dropna().map(lambda name: "".join(str(name).split())).unique()
    return [Place(code=name, name=Words(zh=name, en=name)) for name in names if name]


def _boundaries(known: Catalogue | None, parcels: gpd.GeoDataFrame) -> gpd.GeoDataFrame | None:
    """Read the county's boundaries where a parcel needs them, their codes being names as at a desk."""
    if known is None or parcels["town"].notna().all() or parcels.geometry.isna().all():
        return None
    layers = [one for one in known.of_kind("boundaries") if layer_files(one, known.folder)]
    if not layers:
        return None
    found = pd.concat([read_layer(one, known).table for one in layers], ignore_index=True)
    return gpd.GeoDataFrame(found.assign(place_code=found["name"]), geometry="geometry", crs="EPSG:4490")
