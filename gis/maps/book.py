"""Everything a page reads; pages compute nothing of their own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import pandas as pd

from gis.base.pictures import Picture
from gis.base.tables import Tables
from gis.catalogue.model import Catalogue
from gis.standards import Editions


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

    def of(self, subject: str) -> Book:
        """Give the book as of the own day of land, water or air."""
        return replace(self, as_of=self.days.get(subject, self.as_of), days={})
