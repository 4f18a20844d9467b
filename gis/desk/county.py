"""What a county's folder knows, for verbs that also work without one: how it judges, its towns, rules and layers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import geopandas as gpd
import pandas as pd

from gis import standards
from gis.base.errors import UsageError
from gis.base.messages import Message, language
from gis.catalogue import Catalogue, County, Layer, Rule, layer_files, load, stamps
from gis.catalogue.model import SUBJECTS, Place, Words
from gis.desk.phrases import phrase, refusal
from gis.ingest import read_layer
from gis.standards import Editions

JUDGED_BY = ("water_statistics", "flagged_values", "dust")
WORLD = (-180.0, -90.0, 180.0, 90.0)


class Judging(NamedTuple):
    """The rules that judge, the subject they judge, and what must be said of both."""

    rules: Sequence[Rule]
    subject: str | None
    note: Message | None


def catalogue_of(layers: Path | None) -> Catalogue | None:
    """Give the catalogue of a county's folder, or None where none is named.

    Raises
    ------
    CatalogueError
        The folder describes no county, or something in it is wrong.
    """
    return None if layers is None else load(layers, check_files=False)


def editions(layers: Path | None, forced: Iterable[str] = ()) -> Editions:
    """Give the shipped editions, those of a county's `standards/`, and those forced for the series, one a family.

    Raises
    ------
    UsageError
        There is no such folder.
    EditionError
        An id is unknown.
    """
    if layers is not None and not layers.is_dir():
        raise refusal(UsageError, "no_such_folder", str(layers))
    return standards.load([] if layers is None else [layers / "standards"]).force_all(forced)


def forced(layers: Path | None, family: str, edition: str | None) -> Editions:
    """Give the same with one edition of a family forced.

    Raises
    ------
    EditionError
        The id is unknown, or of another family.
    """
    known = editions(layers)
    return known if edition is None else known.force(family, edition)


def nowhere(layers: Path | None = None, stations: Iterable[str] = ()) -> Catalogue:
    """Give a catalogue of no layers for files outside any project, with what a county says of how it judges.

    Parameters
    ----------
    layers
        A county's folder: its `water_statistics`, `flagged_values` and `dust` hold here too.
    stations
        The stations of air that count; all when empty.
    """
    known = catalogue_of(layers)
    judged = {name: getattr(known.county, name) for name in JUDGED_BY} if known is not None else {}
    place = County(
        adcode="000000", name=Words(zh="", en=""), extent=WORLD, plan_years=(dt.MINYEAR, dt.MAXYEAR),
        air_stations=tuple(stations), **judged,
    )  # fmt: skip
    return Catalogue(folder=Path(), county=place, layers=())


def named(places: Iterable[Place]) -> tuple[Place, ...]:
    """Give places of the county by their full name, their codes among the other names."""
    return tuple(Place(code=one.name.zh, name=one.name, aliases=[one.code, *one.aliases]) for one in places)


def as_found(names: pd.Series) -> tuple[Place, ...]:
    """Give the places that a column names, as they stand there."""
    found = names.dropna().map(lambda name: "".join(str(name).split())).unique()
    return tuple(Place(code=name, name=Words(zh=name, en=name)) for name in found if name)


def boundaries(known: Catalogue | None) -> gpd.GeoDataFrame | None:
    """Read the boundaries of the county, None where it has none."""
    drawn = [one for one in known.of_kind("boundaries") if layer_files(one, known.folder)] if known else []
    if known is None or not drawn:
        return None
    found = pd.concat([read_layer(one, known).table for one in drawn], ignore_index=True)
    return gpd.GeoDataFrame(found, geometry="geometry", crs="EPSG:4490")


def judging(known: Catalogue | None, subject: str | None, files: Sequence[Path] = ()) -> Judging:
    """Give the rules of the county's folder, and the subject they judge.

    A file that is a layer of the county is judged by the rules about that layer; else the subjects of
    the rules are offered.

    Raises
    ------
    UsageError
        A subject is named that no rule has, or there is no folder.
    """
    note = None
    subjects = list(dict.fromkeys(rule.subject for rule in known.rules)) if known else []
    if subject is None and known is not None:
        entries = {entry.id if (entry := entry_of(known, file, "parcels")) else None for file in files}
        (subject,) = entries if len(entries) == 1 and entries <= set(subjects) else (None,)
        if subject is not None:
            note = phrase("judged_as_layer", subject=subject)
    if subject is None:
        return Judging((), None, _offer(subjects))
    if known is None:
        raise refusal(UsageError, "no_rules")
    if subject not in subjects:
        raise refusal(UsageError, "subject_without_rule", subject=subject, subjects=", ".join(subjects))
    return Judging(known.rules, subject, note)


def _offer(subjects: Sequence[str]) -> Message:
    """Say that areas stand without a verdict, and which subjects the rules would judge."""
    known = SUBJECTS if language() == "zh" else {}
    words = (f"{subject}（{known[subject].zh}）" if subject in known else subject for subject in subjects)
    hint = f"--subject {' | '.join(words)}" if subjects else "--layers DIR --subject NAME"
    return phrase("no_verdict", hint=hint)


def stamps_of(known: Catalogue | None, entries: Iterable[Layer | None]) -> dict[str, str]:
    """Give what must be said of a table made of catalogue layers: sample data, 内部资料 with their names."""
    used = [entry for entry in entries if entry is not None]
    return stamps(known.county, used) if known is not None and used else {}


def entry_of(known: Catalogue | None, file: Path, kind: str, part: str | None = None) -> Layer | None:
    """Give the layer of the catalogue that a file belongs to, or None for a file of a desk."""
    if known is None:
        return None
    for layer in known.of_kind(kind):
        same = file.resolve() in [one.resolve() for one in layer_files(layer, known.folder)]
        if same and (layer.part is None or part in (None, layer.part)):
            return layer
    return None
