"""Figures of the ledger: area counted and declared, parcels, by county, town and unknown place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from gis.base.figures import Behind, Finding, figures_of, finding, rows_of
from gis.base.units import to_mu
from gis.land.area import Ints
from gis.land.counting import REVERSED
from gis.land.events import position_of
from gis.land.ledger import Ledger
from gis.land.periods import Period
from gis.land.summary import NO_CATEGORY
from gis.standards.editions import Edition

BY_CATEGORY = "land.renewed_area_of"
EVENT = ["parcel_id", "event", "date", "document_no", "source", "source_row"]


def renewal(
    book: Ledger, county: str, periods: Sequence[Period], edition: Edition, planned: int
) -> Iterator[Finding]:
    """Make land.renewed_area (legal, declared, as the documents say, by category) and land.renewal_parcels.

    The county is the sum of its towns and of what lies in no known town; a parcel in several towns is
    one of the town that holds most of it, its area is split. A period has figures from
    the first counted event on, or from the year `planned` on once the ledger has any event: there
    nothing counted is 0, before it is no data.
    """
    if not len(book.events):
        return
    starts = [max(book.events["date"].min(), pd.Timestamp(planned, 1, 1)), book.counted["date"].min()]
    begun = min(day for day in starts if pd.notna(day))
    counted, parcels = _counted(book), rows_of("parcels", book.parcels)
    homes = book.parcels["place"].to_numpy()
    dates = book.counted["date"].to_numpy()
    places = sorted({*homes, *counted.places})
    for period in periods:
        if period.end < begun:
            continue
        within = np.flatnonzero((dates >= np.datetime64(period.start)) & (dates <= np.datetime64(period.end)))
        done = np.flatnonzero(counted.net(within, len(homes)) > 0)
        for place in [county, *places]:
            where, whole = (period.name, place), place == county
            rows = within if whole else within[counted.at_place(within, place)]
            yield _area(counted, rows, where, (edition, parcels), _unmatched(book, period) if whole else 0)
            yield _beside(counted, rows, where, "declared")
            yield _beside(counted, rows, where, "document")
            yield from _by_category(counted, rows, where, edition, whole=whole)
            mine = done if whole else done[homes[done] == place]
            yield finding("land.renewal_parcels", *where, len(mine), n=len(mine),
                          evidence=[parcels.at(mine, 1.0)])  # fmt: skip


class _Counted(NamedTuple):
    """What counts, as arrays of which each figure picks its rows, by position.

    Attributes
    ----------
    columns
        The areas, and whether the ground was measured.
    event, parcel
        The number of the event that a row is of, and the position of its parcel.
    kind, place, table
        The number of the category, the place and the table of each row, of those named beside, sorted.
    """

    columns: dict[str, npt.NDArray[Any]]
    event: Ints
    parcel: Ints
    kind: Ints
    place: Ints
    table: Ints
    kinds: list[str]
    places: list[str]
    tables: list[str]
    every: Behind

    def at_place(self, rows: Ints, place: str) -> npt.NDArray[np.bool_]:
        return self.place[rows] == (self.places.index(place) if place in self.places else -1)

    def net(self, rows: Ints, parcels: int) -> npt.NDArray[np.float64]:
        """Sum the area of each parcel, m²."""
        sums = np.bincount(self.parcel[rows], self.columns["area_m2"][rows], minlength=parcels)
        return np.asarray(sums.round(2), dtype="float64")

    def events(self, rows: Ints) -> int:
        return int(np.count_nonzero(np.bincount(self.event[rows])))  # a hash of many takes ten times as long

    def behind(self, rows: Ints, area: str) -> list[Behind]:
        """Give the rows of each table with their part of an area."""
        some = [(table, rows[self.table[rows] == at]) for at, table in enumerate(self.tables)]
        part = self.columns[area]
        return [self.every._replace(table=table).at(own, part[own]) for table, own in some]


def _counted(book: Ledger) -> _Counted:
    counted = book.counted
    areas = ["area_m2", "area_mu", "declared_mu", "document_mu", "measured"]
    parcel = position_of(counted["parcel_id"], book.parcels["parcel_id"])
    told = (counted["category"].fillna(NO_CATEGORY), counted["place"], counted["table"])
    (kind, kinds), (place, places), (table, tables) = (pd.factorize(one, sort=True) for one in told)
    event = counted.assign(parcel_id=parcel).groupby(EVENT, dropna=False, sort=False).ngroup()
    return _Counted(
        {name: counted[name].to_numpy() for name in areas},
        np.asarray(event, dtype="int64"),
        parcel, kind, place, table, [*kinds], [*places], [*tables],
        rows_of("", counted),
    )  # fmt: skip


def _area(
    counted: _Counted, rows: Ints, where: tuple[str, str], about: tuple[Edition, Behind], lost: int
) -> Finding:
    edition, parcels = about
    _, first = np.unique(counted.event[rows], return_index=True)
    total, measured = len(first) + lost, int(counted.columns["measured"][rows][first].sum())
    listed = rows[np.array(counted.tables, dtype="object")[counted.table[rows]] != "parcels"]
    return finding(
        "land.renewed_area", *where, float(to_mu(np.nansum(counted.columns["area_m2"][rows]))), n=len(first),
        coverage=measured / total if total else None, edition=edition.id, clause=edition.cited,
        evidence=[*counted.behind(rows, "area_mu"), parcels.at(np.unique(counted.parcel[listed]))],
    )  # fmt: skip


def _beside(counted: _Counted, rows: Ints, where: tuple[str, str], area: str) -> Finding:
    column = f"{area}_mu"
    areas = counted.columns[column]
    known = rows[~np.isnan(areas[rows])]
    value = float(areas[known].sum()) if len(known) else None
    n, total = counted.events(known), counted.events(rows)
    return finding(f"land.renewed_area_{area}", *where, value, n=n, coverage=n / total if total else None,
                   evidence=counted.behind(known, column))  # fmt: skip


def _by_category(
    counted: _Counted, rows: Ints, where: tuple[str, str], edition: Edition, *, whole: bool
) -> Iterator[Finding]:
    """Part the area of a place by category; that of the whole county rests on that of its towns."""
    area = counted.columns["area_m2"]
    for at, kind in enumerate(counted.kinds):
        name, (period, _) = f"{BY_CATEGORY}.{kind.replace('.', '·')}", where
        some = rows[counted.kind[rows] == at]
        if not len(some):
            continue
        behind = counted.behind(some, "area_mu")
        if whole:
            towns = pd.Series(area[some]).groupby(counted.place[some]).sum()
            ids = [f"{name}.{period}.{counted.places[town]}" for town in towns.index]
            behind = [figures_of(ids, to_mu(towns).tolist())]
        yield finding(name, *where, float(to_mu(np.nansum(area[some]))), n=counted.events(some), edition=edition.id,
                      clause=edition.cited, evidence=behind)  # fmt: skip


def _unmatched(book: Ledger, period: Period) -> int:
    events = book.unmatched[book.unmatched["date"].between(period.start, period.end)]
    return int((events["event"].isin(book.counted["event"].unique()) & (events["event"] != REVERSED)).sum())
