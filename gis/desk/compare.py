"""Two editions of a layer from any files or frames: ground gained, lost and kept; whether the area shrank."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import Any, NamedTuple

import geopandas as gpd
import pandas as pd

from gis.base.errors import UsageError
from gis.base.messages import Message
from gis.base.stored_words import words_of
from gis.desk import behind, county, ground
from gis.desk.basis import Basis
from gis.desk.intake import taken_in
from gis.desk.judged import day, unsure
from gis.desk.land import FAMILY
from gis.desk.lines import parsed
from gis.desk.phrases import phrase, refusal
from gis.desk.sources import Read, Source, Tell, areal
from gis.land.compare import Comparison
from gis.land.compare import compare as compared
from gis.standards import Edition, Editions

WORDS = {change: zh for change, (zh, _) in words_of("change").items()}
KEPT = Message("面积不减少", "not reduced")
LESS = Message("面积减少", "REDUCED")


class Layer(NamedTuple):
    """The rows of a source that have polygons, and how many have none."""

    read: Read
    table: gpd.GeoDataFrame
    notes: list[Message]


class Layers(NamedTuple):
    """Two editions of a layer, and the towns of the areas by town."""

    before: Layer
    after: Layer
    towns: gpd.GeoDataFrame | None


class Changes(NamedTuple):
    """What changed between two editions, in the words of the answer."""

    given: Layers
    made: Comparison
    editions: Editions
    edition: Edition
    overlaps: list[Message]

    @property
    def headline(self) -> Message:
        """Say whether the area shrank."""
        verdict = self.made.verdict.iloc[0]
        return phrase(
            "area_of_place", word=KEPT if verdict["not_reduced"] else LESS, before=verdict["area_before_mu"],
            after=verdict["area_after_mu"], change=verdict["change_mu"],
        )  # fmt: skip

    @property
    def notes(self) -> list[Message]:
        """Say what was gained, lost and kept, the answer first."""
        return [self.headline, *_pieces(self.made), *unsure(self.editions, pd.Series([self.edition.id]))]

    def basis(self) -> Basis:
        """Rest the change on the polygons of both editions."""
        return behind.changes(self.made, self.given.before.table, self.given.after.table, self.edition)


def layers_of(
    before: Source, after: Source, towns: Source | None, said: Mapping[str, Any], tell: Tell
) -> Layers:
    """Read two editions, each a frame, a file or FILE:LAYER, and the towns.

    Parameters
    ----------
    tell
        Called with each source that was read.

    Raises
    ------
    UsageError
        No row of a source has a polygon.
    """
    old, new = (polygons(one, "features", said, tell) for one in (before, after))
    return Layers(old, new, None if towns is None else _towns(polygons(towns, "boundaries", {}, tell).table))


def compare(given: Layers, layers: Path | None, as_of: dt.date | str | None) -> Changes:
    """Compare two editions under the edition of the method in force on a day, today when nobody names one."""
    editions = county.editions(layers)
    edition = editions.in_force(FAMILY, day({}, as_of, or_today=True).last)
    overlaps = [told for one in given[:2] for told in ground.overlaps(one.table, edition)]
    made = compared(given.before.table, given.after.table, edition, given.towns)
    return Changes(given, made, editions, edition, overlaps)


def polygons(source: Source, kind: str, said: Mapping[str, Any], tell: Tell) -> Layer:
    """Read the rows of a source that have polygons, and say how many have none.

    Raises
    ------
    UsageError
        None has.
    """
    name, told = source, said
    if isinstance(source, str | PathLike):
        file, part, _ = parsed(str(source))
        name, told = file, {**said, "part": part} if part else said
    read = taken_in(name, kind, told)
    tell(read)
    table = read.found.table
    own = areal(table)
    text = str(source) if isinstance(source, str | PathLike) else read.name
    if not own.any():
        raise refusal(UsageError, "nothing_to_compare", text)
    left = phrase("without_polygon", text=text, n=int((~own).sum()))
    kept = gpd.GeoDataFrame(table[own].reset_index(drop=True))
    return Layer(read, kept, [] if own.all() else [left])


def _pieces(made: Comparison) -> list[Message]:
    notes = []
    for name, word in WORDS.items():
        pieces = getattr(made, name)
        thin = pieces[pieces["sliver"]]
        notes.append(phrase(
            "pieces_compared", word=word, name=name, mu=pieces["area_mu"].sum(), n=len(pieces),
            slivers=len(thin), m2=thin["area_m2"].sum(),
        ))  # fmt: skip
    if made.unlisted["pieces"].any():
        notes.append(
            phrase("pieces_not_listed", n=made.unlisted["pieces"].sum(), m2=made.unlisted["area_m2"].sum())
        )
    return notes


def _towns(found: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Give the rows of level town where levels are told."""
    town = found["level"] == "town"
    return gpd.GeoDataFrame(found[town].reset_index(drop=True)) if town.any() else found
