"""Land cover before and after, in parcels and inside control lines, from two rasters."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import geopandas as gpd
import pandas as pd

from gis.base.errors import UsageError
from gis.base.messages import Message, listed, of_text
from gis.base.units import to_mu
from gis.desk import behind, county, ground
from gis.desk.basis import Basis
from gis.desk.intake import crs_text, files_at, taken_in
from gis.desk.judged import Day, day, unsure
from gis.desk.land import FAMILY
from gis.desk.lines import Lines
from gis.desk.phrases import refusal
from gis.desk.sources import Read, Source, Tell, areal
from gis.desk.wording import word
from gis.engine import Threads
from gis.ingest.zones import coverage, new_built, open_pair
from gis.land import landcover
from gis.land.line_editions import newest
from gis.standards import Edition, Editions

EVIDENCE = "land_cover_evidence"


class Rasters(NamedTuple):
    """Two rasters of class codes, and the CRS of one that says none."""

    before: Path
    after: Path
    crs: str | None = None


class Seen(NamedTuple):
    """What two rasters show of parcels.

    Attributes
    ----------
    added
        On the index of the parcels: shares of each cover before and after, and whether they support what
        is declared.
    matrix, by_parcel
        Ground by cover before and after, of all and of each parcel.
    patches
        New built-up ground inside lines, None without lines.
    findings
        What was found of the rasters; then which lines overlapped.
    verdicts
        The columns of `added` that judge.
    """

    read: Read
    day: Day
    editions: Editions
    edition: Edition
    added: pd.DataFrame
    matrix: pd.DataFrame
    by_parcel: pd.DataFrame
    patches: gpd.GeoDataFrame | None
    findings: list[Message]
    verdicts: list[str]

    @property
    def headline(self) -> Message:
        """Say how many parcels the images support."""
        counts = self.added["image_verdict"].value_counts()
        verdicts = [
            Message("{zh}：{n:,} 宗", "{en}: {n:,} parcels", zh=word("image_verdict", code), en=code, n=n)
            for code, n in counts.items()
        ]
        return listed(verdicts, "；", "; ")

    @property
    def notes(self) -> list[Message]:
        """The edition and what is not sure in it."""
        return unsure(self.editions, pd.Series([self.edition.id]))

    def basis(self) -> Basis:
        """Rest the parcels of each verdict on their rows."""
        return behind.cover(self.added, self.read.found.table, self.edition, self.day.last)


def parcels_of(parcels: Source, declared: str | None, said: Mapping[str, Any], tell: Tell) -> Read:
    """Read the parcels that images are to be compared with.

    Raises
    ------
    UsageError
        No row has a polygon, or nothing is declared by such a word.
    """
    if declared not in (None, *landcover.DECLARATIONS):
        raise refusal(
            UsageError, "no_such_declaration", declared=declared, words=" | ".join(landcover.DECLARATIONS)
        )
    read = taken_in(parcels, "parcels", said)
    tell(read)
    if not areal(read.found.table).any():
        raise refusal(UsageError, "nothing_seen", read.name)
    return read


def rasters_of(before: object, after: object, crs: object) -> Rasters:
    """Give two rasters that are there.

    Raises
    ------
    UsageError, FileError
        One is no file.
    """
    first, second = (files_at(one).paths[0] for one in (before, after))
    return Rasters(first, second, crs_text(crs))


def seen(
    read: Read, rasters: Rasters, lines: Lines | None, declared: str | None, layers: Path | None,
    as_of: dt.date | str | None,
) -> Seen:  # fmt: skip
    """Compare parcels with two rasters, as of a day, today when nobody names one.

    Parameters
    ----------
    declared
        renewal or reclamation for every parcel; by its category when None.
    """
    editions, at = county.editions(layers), day({}, as_of, or_today=True)
    edition = editions.in_force(EVIDENCE, at.last)
    fresh, parcels = None, read.found.table
    with open_pair(*rasters) as pair:
        findings = [of_text(message) for _, message in pair.findings]
        covered = coverage(pair, parcels.geometry)
        if lines is not None:
            drawn = lines.table[lines.table["line_type"].isin(edition.data["patches"]["lines"])]
            fresh = new_built(pair, edition.data["groups"]["built"], drawn.geometry)
    shares = landcover.shares(covered.cover, len(parcels), edition)
    shares = shares.assign(valid_share=covered.valid_share, pixels=covered.pixels)
    kind = landcover.declared(parcels["category"].reset_index(drop=True), edition)
    if declared:
        kind = pd.Series(declared, index=shares.index, dtype="str")
    verdicts = landcover.verdicts(shares, kind, edition)
    added = pd.concat([shares, verdicts.assign(declared=kind)], axis=1).set_index(parcels.index)
    named = covered.cover.assign(parcel_id=parcels["parcel_id"].to_numpy()[covered.cover["parcel"]])
    each = landcover.matrix(named, ["parcel", "parcel_id"]).drop(columns="parcel")
    patches = None
    if lines is not None and fresh is not None:
        areas = editions.in_force(FAMILY, at.last)
        drawn, overlaps = ground.parted(newest(lines.table), areas)
        findings += overlaps
        towns = county.boundaries(county.catalogue_of(layers))
        patches = landcover.patches(fresh, drawn, towns, Threads(), areas, edition)
    whole = landcover.matrix(covered.cover)
    return Seen(
        read, at, editions, edition, added, _grouped(whole, edition), _grouped(each, edition), patches, findings,
        [str(name) for name in verdicts],
    )  # fmt: skip


def _grouped(matrix: pd.DataFrame, edition: Edition) -> pd.DataFrame:
    groups = {code: name for name, codes in edition.data["groups"].items() for code in codes}
    before, after = (matrix[side].map(groups) for side in ("before", "after"))
    return matrix.assign(area_mu=to_mu(matrix["area_m2"]), group_before=before, group_after=after)
