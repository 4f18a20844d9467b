"""Figures of the ledger: area counted and declared, parcels, by county, town and unknown place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from gis.base.figures import Behind, Finding, figures_of, finding, rows_of
from gis.base.units import to_mu
from gis.land.counting import REVERSED
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
    known = pd.DataFrame(book.parcels[["parcel_id", "place", "source", "source_row"]])
    plots = known.drop_duplicates("parcel_id", keep="last").set_index("parcel_id")
    counted = _counted(book.counted, plots.index)
    parcels, homes = rows_of("parcels", plots), plots["place"].to_numpy()
    dates = book.counted["date"].to_numpy()
    places = sorted({*book.parcels["place"].unique(), *book.counted["place"].unique()})
    at_place = {place: book.counted["place"].eq(place).to_numpy(dtype=bool) for place in places}
    for period in periods:
        if period.end < begun:
            continue
        within = (dates >= np.datetime64(period.start)) & (dates <= np.datetime64(period.end))
        net = book.counted[within].groupby("parcel_id")["area_m2"].sum().round(2)
        done = np.sort(plots.index.get_indexer(net.index[net > 0]))
        done, towns = done[done >= 0], _of_towns(book.counted[within])
        for place in [county, *places]:
            where, whole = (period.name, place), place == county
            rows = within if whole else within & at_place[place]
            yield _area(counted, rows, where, (edition, parcels), _unmatched(book, period) if whole else 0)
            yield _beside(counted, rows, where, "declared")
            yield _beside(counted, rows, where, "document")
            yield from _by_category(counted, rows, where, edition, towns if whole else None)
            mine = done if whole else done[homes[done] == place]
            yield finding("land.renewal_parcels", *where, len(mine), n=len(mine),
                          evidence=[parcels.at(mine, 1.0)])  # fmt: skip


class _Counted(NamedTuple):
    """What counts, as arrays of which each figure picks its rows.

    Attributes
    ----------
    columns
        The areas, and whether the ground was measured.
    event, plot
        The number of the event that a row is of, and the position of the parcel that a list names, else -1.
    kinds, tables
        The rows of each category and of each table.
    """

    columns: dict[str, npt.NDArray[Any]]
    event: npt.NDArray[Any]
    plot: npt.NDArray[Any]
    kinds: dict[str, npt.NDArray[np.bool_]]
    tables: dict[str, npt.NDArray[np.bool_]]
    every: Behind

    def events(self, rows: npt.NDArray[np.bool_]) -> int:
        return len(np.unique(self.event[rows]))

    def behind(self, rows: npt.NDArray[np.bool_], area: str) -> list[Behind]:
        """Give the rows of each table with their part of an area."""
        some = [(table, rows & of_table) for table, of_table in self.tables.items()]
        part = self.columns[area]
        return [self.every._replace(table=table).at(own, part[own]) for table, own in some]


def _counted(counted: pd.DataFrame, plots: pd.Index) -> _Counted:
    names, kinds = counted["table"].to_numpy(), counted["category"].fillna(NO_CATEGORY)
    areas = ["area_m2", "area_mu", "declared_mu", "document_mu", "measured"]
    return _Counted(
        {name: counted[name].to_numpy() for name in areas},
        counted.groupby(EVENT, dropna=False).ngroup().to_numpy(),
        np.where(names == "parcels", -1, plots.get_indexer(pd.Index(counted["parcel_id"]))),
        {kind: kinds.eq(kind).to_numpy(dtype=bool) for kind in sorted(kinds.unique())},
        {str(table): names == table for table in sorted(set(names))},
        rows_of("", counted),
    )


def _area(
    counted: _Counted,
    rows: npt.NDArray[np.bool_],
    where: tuple[str, str],
    about: tuple[Edition, Behind],
    lost: int,
) -> Finding:
    edition, parcels = about
    _, first = np.unique(counted.event[rows], return_index=True)
    total, measured = len(first) + lost, int(counted.columns["measured"][rows][first].sum())
    plots = np.unique(counted.plot[rows])
    return finding(
        "land.renewed_area", *where, float(to_mu(np.nansum(counted.columns["area_m2"][rows]))), n=len(first),
        coverage=measured / total if total else None, edition=edition.id, clause=edition.clause,
        evidence=[*counted.behind(rows, "area_mu"), parcels.at(plots[plots >= 0])],
    )  # fmt: skip


def _beside(counted: _Counted, rows: npt.NDArray[np.bool_], where: tuple[str, str], area: str) -> Finding:
    column = f"{area}_mu"
    areas = counted.columns[column]
    known = rows & ~np.isnan(areas)
    value = float(areas[known].sum()) if known.any() else None
    n, total = counted.events(known), counted.events(rows)
    return finding(f"land.renewed_area_{area}", *where, value, n=n, coverage=n / total if total else None,
                   evidence=counted.behind(known, column))  # fmt: skip


def _of_towns(rows: pd.DataFrame) -> pd.Series:
    """Sum the area of each category (NO_CATEGORY for none) in each town."""
    return rows.groupby([rows["category"].fillna(NO_CATEGORY), "place"])["area_m2"].sum()


def _by_category(
    counted: _Counted,
    rows: npt.NDArray[np.bool_],
    where: tuple[str, str],
    edition: Edition,
    towns: pd.Series | None,
) -> Iterator[Finding]:
    """Part the area of a place by category; the county's rests on that of its `towns`."""
    for kind, of_kind in counted.kinds.items():
        name, (period, _) = f"{BY_CATEGORY}.{kind.replace('.', '·')}", where
        some = rows & of_kind
        if not some.any():
            continue
        if towns is None:
            behind = counted.behind(some, "area_mu")
        else:
            ids = [f"{name}.{period}.{town}" for town in towns[kind].index]
            behind = [figures_of(ids, to_mu(towns[kind]).tolist())]
        area = float(to_mu(np.nansum(counted.columns["area_m2"][some])))
        yield finding(name, *where, area, n=counted.events(some), edition=edition.id, clause=edition.clause,
                      evidence=behind)  # fmt: skip


def _unmatched(book: Ledger, period: Period) -> int:
    events = book.unmatched[book.unmatched["date"].between(period.start, period.end)]
    return int((events["event"].isin(book.counted["event"].unique()) & (events["event"] != REVERSED)).sum())
