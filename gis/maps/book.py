"""Everything a page reads; pages compute nothing of their own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, cast, get_args

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from gis.base.figures import figure_ids, indicator
from gis.base.lineage import FIGURES, Layers, Lineage, Notes, Recorded, noted_tuple
from gis.base.messages import Message
from gis.base.pictures import Picture
from gis.base.tables import Tables, file_of, files_of
from gis.catalogue.model import Catalogue, Kind, Layer
from gis.land.area import zones_of, zones_of_boxes
from gis.standards import Editions

Pair = tuple[str, str]


TARGETS = "targets:"
POINTS = "parcels{}.txt"  # the corners of the parcels (界址点)


@dataclass(frozen=True)
class Book:
    """One edition of the monitor, ready to be drawn.

    Attributes
    ----------
    tables
        Ingested and computed tables by name (layers of one kind are concatenated, column `layer`).
    figures, evidence, targets
        Canonical tables; `targets` is judged.
    edition
        `<date>-<hash8>`, the folder the pages stand in; `index.html` stands beside that folder.
    years
        Years that have figures, oldest first; the pages open on the last one.
    withheld
        Ids of the layers left out by `--public`.
    pictures
        Imagery and land cover round the parcels that have a page of a conflict, by parcel_id, each kind oldest first.
    days
        The day that each subject is judged as of.
    lineage
        Ids of the layers that each table (by name), the figures of each indicator (`figures:<indicator>`), the
        targets of each subject (`targets:<subject>`) and the pictures are made of.
    pages
        The same of each page, once it is drawn.
    emptied
        Table → its columns that are not public and hold nothing in this copy.
    """

    catalogue: Catalogue
    editions: Editions
    tables: Tables
    figures: pd.DataFrame
    evidence: pd.DataFrame
    targets: pd.DataFrame
    sources: pd.DataFrame
    findings: pd.DataFrame
    as_of: dt.date
    edition: str
    years: tuple[int, ...]
    public: bool = False
    withheld: tuple[str, ...] = field(default_factory=tuple)
    pictures: Mapping[str, tuple[Picture, ...]] = field(default_factory=dict)
    days: Mapping[str, dt.date] = field(default_factory=dict)
    lineage: Lineage = field(default_factory=dict)
    pages: Lineage = field(default_factory=dict)
    emptied: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def of(self, subject: str) -> Book:
        """Give the book as of the own day of land, water or air."""
        return replace(self, as_of=self.days.get(subject, self.as_of), days={})

    def figures_of(self, indicators: Iterable[str]) -> pd.DataFrame:
        """Give the figures of some indicators."""
        at = [self._by_indicator[one] for one in dict.fromkeys(indicators) if one in self._by_indicator]
        return self.figures.iloc[np.sort(np.concatenate(at))] if at else self.figures.iloc[:0]

    @cached_property
    def _by_indicator(self) -> dict[Any, npt.NDArray[np.int64]]:
        groups: dict[Any, Any] = dict(self.figures.groupby("indicator").indices)
        return groups

    def targets_of(self, group: str) -> pd.DataFrame:
        """Give the targets of land, water, air or actions."""
        return self.targets[self.targets["group"] == group]

    @property
    def every_layer(self) -> Layers:
        """Ids of all layers that are shown."""
        return frozenset(layer.id for layer in self.catalogue.layers if layer.id not in self.withheld)

    def layers_of(self, name: str) -> Layers:
        """Give the layers behind a table, the figures of an indicator or the targets of a subject.

        A table of a kind that nobody speaks of is made of the layers of that kind; anything else of all there are.
        """
        if name in self.lineage:
            return self.lineage[name]
        if name in get_args(Kind):
            return self.every_layer & {layer.id for layer in self.catalogue.of_kind(name)}
        return self.every_layer

    @property
    def layers_read(self) -> Layers:
        """What was read of the book: of one that notes nothing, all there is."""
        return self.every_layer


class Noted:
    """A book for one page, that notes the layers behind what the page reads of it."""

    _PLAIN = frozenset(
        {"editions", "as_of", "days", "edition", "years", "public", "withheld", "every_layer", "layers_of"}
    )  # made of no rows: what stands here is on every page

    def __init__(self, book: Book) -> None:
        self._book, self._notes = book, Notes()
        self.tables = Recorded(book.tables, book.layers_of, self._notes)
        targets = noted_tuple(book.catalogue.targets, lambda: self._see(["yearly_targets"]))
        self.catalogue = book.catalogue.model_copy(update={"targets": targets})

    def of(self, subject: str) -> Noted:
        """Give the book as of the own day of a subject; what is read of it is noted here too."""
        other = copy(self)
        other._book = self._book.of(subject)
        return other

    def __getattr__(self, name: str) -> Any:
        if name not in self._PLAIN:
            raise AttributeError(f"no page reads {name} of a book without noting it")
        return getattr(self._book, name)

    def _see(self, names: Iterable[str]) -> None:
        for name in names:
            self._notes.add(self._book.layers_of(name))

    def _rows(self, frame: pd.DataFrame, prefix: str) -> pd.DataFrame:
        """Note the layers behind rows of figures or targets, by what they measure."""
        measured = frame["indicator"].dropna().astype("str").unique().tolist()
        if prefix == TARGETS:
            measured = [one.partition(".")[0] for one in measured]
        self._see(f"{prefix}{one}" for one in measured)
        return frame

    @property
    def figures(self) -> pd.DataFrame:
        """All figures."""
        return self._rows(self._book.figures, FIGURES)

    @property
    def targets(self) -> pd.DataFrame:
        """All targets."""
        return self._rows(self._book.targets, TARGETS)

    def figures_of(self, indicators: Iterable[str]) -> pd.DataFrame:
        """Give the figures of some indicators."""
        return self._rows(self._book.figures_of(indicators), FIGURES)

    def targets_of(self, group: str) -> pd.DataFrame:
        """Give the targets of land, water, air or actions."""
        return self._rows(self._book.targets_of(group), TARGETS)

    @property
    def evidence(self) -> pd.DataFrame:
        """What every figure is made of."""
        self._notes.add(self._book.every_layer)
        return self._book.evidence

    @property
    def sources(self) -> pd.DataFrame:
        """What was read of each file."""
        self._notes.add(self._book.every_layer)
        return self._book.sources

    @property
    def pictures(self) -> Mapping[str, tuple[Picture, ...]]:
        """Imagery and land cover round parcels."""
        self._see(["pictures"] if self._book.pictures else [])
        return self._book.pictures

    @property
    def layers_read(self) -> Layers:
        """The layers behind everything that the page has read so far."""
        return self._notes.read


def held(book: Book, kind: str | None = None) -> dict[str, Pair]:
    """Give the layers, or those of a kind, whose records stay out of pages: id → what is said in their place."""
    return {
        one.id: (
            f"记录不上页、不下载（知悉范围：{one.about.known_to or one.about.secrecy_word.zh}）",
            f"records stay out of pages and downloads (known to: {one.about.known_to or one.about.secrecy_word.en})",
        )
        for one in book.catalogue.layers
        if one.about.is_held and kind in (None, one.kind) and one.id not in book.withheld
    }


def held_lines(book: Book) -> set[str | None]:
    """Give the types of control lines whose records stay out of pages."""
    few = held(book, "control_lines")
    return {one.line_type for one in book.catalogue.layers if one.id in few}


def noted(book: Book) -> Book:
    """Give a book that notes what a page reads of it; one that notes already stays."""
    return book if isinstance(book, Noted) else cast("Book", Noted(book))


def county_zone(book: Book) -> int:
    """Give the 3-degree zone of the middle of the county."""
    return int(zones_of_boxes(np.array([book.catalogue.county.extent]))[0])


def points_of(book: Book, parcels: pd.DataFrame | None) -> dict[str, tuple[gpd.GeoDataFrame, int]]:
    """Part the parcels that have a polygon into files of corners, each with its 3-degree zone.

    One file in the county's zone, also for those that lie in the next; one a zone where some lie farther.
    """
    if not isinstance(parcels, gpd.GeoDataFrame):
        return {}
    shaped = parcels[
        parcels.geometry.geom_type.isin(["Polygon", "MultiPolygon"]) & ~parcels.geometry.is_empty
    ]
    if not len(shaped):
        return {}
    zones, own = zones_of(shaped.geometry.to_numpy()), county_zone(book)
    if np.ptp([*zones, own]) <= 1:
        return {file_of(POINTS.format(""), parcels): (shaped, own)}
    parts = {zone: shaped[zones == zone] for zone in np.unique(zones).tolist()}
    return {file_of(POINTS.format(f"-{zone}"), part): (part, zone) for zone, part in parts.items()}


def zone_note(book: Book, parcels: pd.DataFrame | None) -> Pair | None:
    """Say in which zone the corners stand, where some parcels lie in the next; None where all lie in it."""
    files, own = points_of(book, parcels), county_zone(book)
    near = sum(int((zones_of(part.geometry.to_numpy()) != own).sum()) for part, _ in files.values())
    if len(files) != 1 or not near:
        return None
    return (f"界址点 TXT 全县统一用第 {own} 带（中央子午线 {3 * own}°E），含 {near} 块在邻带的",
            f"corners (TXT) of the whole county in zone {own} (central meridian {3 * own}° E), {near} of them in the "
            "next one")  # fmt: skip


def rows_of(book: Book, table: str) -> pd.DataFrame | None:
    """Give a table that has rows; None where there is none."""
    found = book.tables.get(table)
    return None if found is None or not len(found) else found


def files_with(book: Book, table: str) -> tuple[str, ...]:
    """Name the files of the edition that hold a table."""
    return files_of(table, book.tables[table])


def among(book: Book, layers: Iterable[str]) -> list[Layer]:
    """Give the layers of these ids in the order of the catalogue."""
    ids = set(layers)
    return [layer for layer in book.catalogue.layers if layer.id in ids]


def place_words(book: Book, place: Any, name: Any = None) -> Pair:
    """Name a town or zone, found by its code or Chinese name, in both languages."""
    if missing(place) or place == "unknown":
        return "未知", "unknown"
    county = book.catalogue.county
    for one in (*county.towns, *county.zones):
        if place in (one.code, one.name.zh):
            return one.name.zh, one.name.en
    told = str(place if missing(name) else name)
    return told, told


def year_words(book: Book, year: int) -> Pair:
    """Write a year of the edition, with its mark where it has not ended."""
    return (f"{year}（累计）", f"{year} so far") if so_far(book, year) else (str(year), str(year))


def year_said(book: Book, year: int) -> Pair:
    """Write a year of the edition as a sentence says it, with its mark where it has not ended."""
    return f"{year} 年{'（累计）' if so_far(book, year) else ''}", year_words(book, year)[1]


def so_far(book: Book, year: int) -> bool:
    """Tell whether a year has not ended by the as-of date."""
    return year == book.as_of.year and (book.as_of.month, book.as_of.day) != (12, 31)


def yearly(book: Book, periods: pd.DataFrame | None) -> pd.DataFrame:
    """Keep the rows of whole years and of January to the as-of month, newest first."""
    if periods is None or not len(periods):
        return pd.DataFrame()
    same = periods["period"].str.endswith(f"C{book.as_of.month:02d}")
    kept = periods[periods["period_kind"].eq("year") | same]
    return pd.DataFrame(kept.sort_values("period", ascending=False))


def figure_of(book: Book, name: str, period: str, place: str | None = None) -> float | None:
    """Look a figure up by its id, that of an edition forced for the series first; None where not made."""
    known = book.figures_of([name])
    for id_ in figure_ids(name, period, place or book.catalogue.county.adcode, book.editions.forced):
        found = known.loc[known["figure_id"] == id_, "value"].dropna()
        if len(found):
            return float(found.iloc[0])
    return None


def of_series(book: Book, figures: pd.DataFrame) -> pd.Series:
    """Tell which figures are those of the series: under an edition forced for it, else plain ones."""
    plain = figures["indicator"] + "." + figures["period"] + "." + figures["place"]
    forced = figures["indicator"].map(lambda one: book.editions.forced.get(indicator(one).family or "", ""))
    chosen = plain + "." + forced
    return figures["figure_id"] == chosen.where(chosen.isin(figures["figure_id"]), plain)


def missing(value: Any) -> bool:
    """Tell whether a value of a row is not there."""
    return value is None or bool(pd.isna(value))


def standard_names(book: Book) -> dict[str, Message]:
    """Give the name of each edition's standard by its id: gb3838-2002 → GB 3838-2002."""
    return {one.id: one.name for one in book.editions.all}
