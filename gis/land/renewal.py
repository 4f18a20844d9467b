"""Figures of the ledger: area counted and declared, parcels, by county, town and unknown place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from gis.base.figures import Finding, figures_of, finding, rows_of
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
    for period in periods:
        if period.end < begun:
            continue
        within = book.counted[book.counted["date"].between(period.start, period.end)]
        net = within.groupby("parcel_id")["area_m2"].sum().round(2)
        counted = _plots(plots, net.index[net > 0])
        for place in [county, *sorted({*book.parcels["place"], *book.counted["place"]})]:
            rows = within if place == county else within[within["place"] == place]
            lost = _unmatched(book, period) if place == county else 0
            yield _area(plots, rows, (period.name, place), edition, lost)
            yield _beside(rows, (period.name, place), "declared")
            yield _beside(rows, (period.name, place), "document")
            yield from _by_category(rows, (period.name, place), edition, county=place == county)
            mine = counted if place == county else counted[counted["place"] == place]
            yield finding("land.renewal_parcels", period.name, place, len(mine), n=len(mine),
                          evidence=[rows_of("parcels", mine, 1.0)])  # fmt: skip


def _area(
    plots: pd.DataFrame, rows: pd.DataFrame, where: tuple[str, str], edition: Edition, lost: int
) -> Finding:
    events = rows[~rows.duplicated(EVENT)]
    listed = rows[rows["table"] != "parcels"]
    total, measured = len(events) + lost, int(events["measured"].sum())
    return finding(
        "land.renewed_area", *where, float(to_mu(rows["area_m2"].sum())), n=len(events),
        coverage=measured / total if total else None, edition=edition.id, clause=edition.clause,
        evidence=[*_events(rows, rows["area_mu"]), rows_of("parcels", _plots(plots, listed["parcel_id"]))],
    )  # fmt: skip


def _beside(rows: pd.DataFrame, where: tuple[str, str], area: str) -> Finding:
    known = rows[rows[f"{area}_mu"].notna()]
    value = float(known[f"{area}_mu"].sum()) if len(known) else None
    n, total = ((~frame.duplicated(EVENT)).sum() for frame in (known, rows))
    return finding(f"land.renewed_area_{area}", *where, value, n=int(n), coverage=n / total if total else None,
                   evidence=_events(known, known[f"{area}_mu"]))  # fmt: skip


def _by_category(
    rows: pd.DataFrame, where: tuple[str, str], edition: Edition, *, county: bool
) -> Iterator[Finding]:
    """Part the area of a place by category; the county's rests on that of its towns."""
    kinds = rows["category"].astype("object").where(rows["category"].notna(), NO_CATEGORY)
    for kind, some in rows.groupby(kinds, sort=True):
        name, (period, _) = f"{BY_CATEGORY}.{str(kind).replace('.', '·')}", where
        towns = some.groupby("place")["area_m2"].sum()
        behind = (
            [figures_of([f"{name}.{period}.{town}" for town in towns.index], to_mu(towns).tolist())]
            if county
            else _events(some, some["area_mu"])
        )
        yield finding(name, *where, float(to_mu(some["area_m2"].sum())), n=int((~some.duplicated(EVENT)).sum()),
                      edition=edition.id, clause=edition.clause, evidence=behind)  # fmt: skip


def _events(rows: pd.DataFrame, part: pd.Series) -> list[pd.DataFrame]:
    return [rows_of(str(table), some, part[some.index]) for table, some in rows.groupby("table")]


def _plots(plots: pd.DataFrame, ids: pd.Series | pd.Index) -> pd.DataFrame:
    """Give the rows of some parcels in the order of the layer, from rows that are indexed by parcel_id."""
    at = plots.index.get_indexer(pd.Index(ids.unique()))
    return plots.iloc[np.sort(at[at >= 0])]


def _unmatched(book: Ledger, period: Period) -> int:
    events = book.unmatched[book.unmatched["date"].between(period.start, period.end)]
    return int((events["event"].isin(book.counted["event"].unique()) & (events["event"] != REVERSED)).sum())
