"""Read the data files of the standards and choose the edition in force on a date.

A file `<id>.toml` has a table `[meta]` with family, standard, title = { zh, en }, from, and where
known to, source, official = { address, sha256 }, verified = false and unsure = [{ zh, en }, ...];
the rest is the legal table.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from gis.base.errors import EditionError, StandardError
from gis.base.messages import Message, enumerated, keys_of, ready
from gis.base.phrases import refusal

Rows = npt.NDArray[np.bool_]
DAY = np.timedelta64(1, "D")
META_KEYS = {
    "family", "standard", "title", "from", "to", "source", "verified", "unsure", "clause", "official",
}  # fmt: skip


@dataclass(frozen=True)
class Edition:
    """One dated legal text.

    Attributes
    ----------
    id
        The name of its file without `.toml`.
    start, end
        First and last day in force; `end` is None while it is in force.
    verified
        False where no copy of the text was seen.
    unsure
        What is not known, each as {zh, en}; pages that use the edition show it.
    data
        The legal tables as written in the file, without `[meta]`.
    standard, clause
        Its number or name, and what of it judges; `_en` in English, the same unless the file says otherwise.
    official
        `address` of the official print, and its `sha256` where it is known; nobody here has seen the file itself.
    """

    id: str
    family: str
    standard: str
    title: Mapping[str, str]
    start: date
    end: date | None
    clause: str
    source: str
    verified: bool
    unsure: tuple[Mapping[str, str], ...]
    data: Mapping[str, Any]
    official: Mapping[str, str] = field(default_factory=dict)
    standard_en: str = ""
    clause_en: str = ""

    @property
    def name(self) -> Message:
        """The number or name of the standard."""
        return Message("{zh}", "{en}", zh=self.standard, en=self.standard_en or self.standard)

    @property
    def cited(self) -> str:
        """The standard and the clause that judged, as a stored message."""
        clause = ready(self.clause, self.clause_en or self.clause)
        told = Message("{name} {clause}", "{name} {clause}", name=self.name, clause=clause)
        return told.stored if self.clause else self.name.stored


@dataclass(frozen=True)
class Editions:
    """All editions at hand, and those forced for a whole series."""

    all: tuple[Edition, ...]
    forced: Mapping[str, str] = field(default_factory=dict)

    def get(self, id_: str) -> Edition:
        """Find an edition by its id.

        Raises
        ------
        EditionError
            There is none; the fix lists the known ids.
        """
        for edition in self.all:
            if edition.id == id_:
                return edition
        known = ", ".join(edition.id for edition in self.all)
        raise refusal(EditionError, "no_such_edition", id_=id_, known=known)

    def family(self, family: str) -> list[Edition]:
        """List the editions of a family, oldest first."""
        return sorted((one for one in self.all if one.family == family), key=lambda one: one.start)

    def in_force(self, family: str, on: date) -> Edition:
        """Give the edition of `family` in force on a day, or the one forced for the series.

        The last hour of a day is named 00:00 of the next: pass the day the hour belongs to.

        Raises
        ------
        EditionError
            The family is unknown, or none of its editions covers the day.
        """
        if family in self.forced:
            return self.get(self.forced[family])
        candidates = self.family(family)
        for edition in reversed(candidates):
            if edition.start <= on and (edition.end is None or on <= edition.end):
                return edition
        spans = "; ".join(f"{one.id} {one.start}–{one.end or ''}" for one in candidates)
        raise refusal(EditionError, "none_in_force", found=spans or None, family=family, on=on)

    def force(self, family: str, id_: str) -> Editions:
        """Judge a whole series under one edition."""
        if self.get(id_).family != family:
            known = ", ".join(one.id for one in self.family(family))
            raise refusal(EditionError, "edition_of_another_family", id_=id_, family=family, known=known)
        return replace(self, forced={**self.forced, family: id_})

    def force_all(self, ids: Iterable[str]) -> Editions:
        """Judge a whole series under some editions; the family of each is that of its file.

        Raises
        ------
        EditionError
            An id is unknown, or two of them are of one family.
        """
        chosen = self
        for id_ in ids:
            family = self.get(id_).family
            if chosen.forced.get(family, id_) != id_:
                other = chosen.forced[family]
                raise refusal(EditionError, "two_of_a_family", id_=id_, other=other, family=family)
            chosen = chosen.force(family, id_)
        return chosen


def by_edition(days: pd.Series, family: str, editions: Editions) -> list[tuple[Edition, Rows]]:
    """Part rows by the edition in force on their day (or the one forced for the series).

    Parameters
    ----------
    days
        Shape (n,), dates.
    family
        Of the editions, as `aqi`.

    Returns
    -------
    parts
        Edition and boolean rows of shape (n,), oldest edition first. Rows without a date, or on a
        day that no edition covers, are in none of them.

    Raises
    ------
    EditionError
        The family is unknown.
    """
    values = days.to_numpy("datetime64[us]")
    dated = ~np.isnat(values)
    forced = editions.forced.get(family)
    found = editions.family(family) if forced is None else [editions.get(forced)]
    if dated.any() and not found:
        editions.in_force(family, days[dated].iloc[0].date())
    chosen = np.full(len(values), -1)
    for position, edition in enumerate(found):
        within = values >= np.datetime64(edition.start)
        within &= values < np.datetime64(edition.end) + DAY if edition.end else True
        chosen[dated if forced is not None else within] = position
    parts = [(edition, chosen == position) for position, edition in enumerate(found)]
    return [(edition, rows) for edition, rows in parts if rows.any()]


def cell_of(ids: Iterable[str]) -> str:
    """Store the ids of editions in one cell of a table, as `ids_of` gives them back; a single one as it stands."""
    told = list(ids)
    return (enumerated((id_, id_) for id_ in told) if len(told) > 1 else None) or "".join(told)


def ids_of(cell: Any) -> list[str]:
    """Give the ids of the editions that a cell of a table names; none where it is empty or missing."""
    return [] if pd.isna(cell) or not cell else keys_of(cell) or [str(cell)]


def load(folders: Iterable[Path] = ()) -> Editions:
    """Read the shipped editions and those of further folders (a county's `layers/standards/`).

    Raises
    ------
    StandardError
        A file is not TOML, lacks a key of `[meta]`, has an unknown one, or repeats an id.
    """
    paths: list[Any] = [path for path in files("gis.standards").iterdir() if path.name.endswith(".toml")]
    for folder in folders:
        paths += sorted(Path(folder).glob("*.toml"))
    found: dict[str, Edition] = {}
    for path in sorted(paths, key=lambda one: one.name):
        edition = _read(path.name, path.read_text(encoding="utf-8"))
        if edition.id in found:
            raise refusal(StandardError, "edition_twice", path.name, id_=edition.id)
        found[edition.id] = edition
    return Editions(tuple(found.values()))


def _read(name: str, text: str) -> Edition:
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise refusal(StandardError, "not_toml", name, error=error) from None
    meta = data.pop("meta", {})
    missing = [key for key in ("family", "standard", "title", "from") if key not in meta]
    unknown = sorted(set(meta) - META_KEYS)
    if missing or unknown:
        why, keys = "meta_incomplete" if missing else "meta_unknown", ", ".join(sorted(META_KEYS))
        raise refusal(StandardError, why, name, found=", ".join(missing or unknown), keys=keys)
    standard, clause = (
        one if isinstance(one, dict) else {"zh": one} for one in (meta["standard"], meta.get("clause", ""))
    )
    return Edition(
        id=name.removesuffix(".toml"),
        family=meta["family"],
        standard=standard["zh"],
        title=meta["title"],
        start=meta["from"],
        end=meta.get("to"),
        clause=clause["zh"],
        source=meta.get("source", ""),
        verified=meta.get("verified", True),
        unsure=tuple(meta.get("unsure", ())),
        data=data,
        official=meta.get("official", {}),
        standard_en=standard.get("en", ""),
        clause_en=clause.get("en", ""),
    )
