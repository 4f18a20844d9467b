"""Figures of the ledger: area counted and declared, parcels, by county, town and unknown place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pandas as pd

from gis.base.figures import Finding, finding, rows_of
from gis.base.units import to_mu
from gis.land.counting import REVERSED
from gis.land.ledger import Ledger
from gis.land.periods import Period
from gis.standards.editions import Edition


def renewal(
    book: Ledger, county: str, periods: Sequence[Period], edition: Edition, planned: int
) -> Iterator[Finding]:
    """Make land.renewed_area, land.renewed_area_declared and land.renewal_parcels.

    The county is the sum of its towns and of what lies in no known town. A period has figures from
    the first counted event on, or from the year `planned` on once the ledger has any event: there
    nothing counted is 0, before it is no data.
    """
    if not len(book.events):
        return
    starts = [max(book.events["date"].min(), pd.Timestamp(planned, 1, 1)), book.counted["date"].min()]
    begun = min(day for day in starts if pd.notna(day))
    for period in periods:
        if period.end < begun:
            continue
        within = book.counted[book.counted["date"].between(period.start, period.end)]
        for place in [county, *sorted(book.parcels["place"].unique())]:
            rows = within if place == county else within[within["place"] == place]
            lost = _unmatched(book, period) if place == county else 0
            yield _area(book, rows, (period.name, place), edition, lost)
            yield _declared(rows, (period.name, place))
            yield _parcels(book, rows, (period.name, place))


def _area(book: Ledger, rows: pd.DataFrame, where: tuple[str, str], edition: Edition, lost: int) -> Finding:
    total, measured = len(rows) + lost, int(rows["measured"].sum())
    return finding(
        "land.renewed_area", *where, float(to_mu(rows["area_m2"].sum())), n=len(rows),
        coverage=measured / total if total else None, edition=edition.id, clause=edition.clause,
        evidence=[*_events(rows, rows["area_mu"]), _plots(book, rows[rows["table"] != "parcels"])],
    )  # fmt: skip


def _declared(rows: pd.DataFrame, where: tuple[str, str]) -> Finding:
    known = rows[rows["declared_mu"].notna()]
    value = float(known["declared_mu"].sum()) if len(known) else None
    coverage = len(known) / len(rows) if len(rows) else None
    return finding("land.renewed_area_declared", *where, value, n=len(known), coverage=coverage,
                   evidence=_events(known, known["declared_mu"]))  # fmt: skip


def _parcels(book: Ledger, rows: pd.DataFrame, where: tuple[str, str]) -> Finding:
    net = rows.groupby("parcel_id")["area_m2"].sum().round(2)
    ids = net.index[net > 0]
    behind = _plots(book, rows[rows["parcel_id"].isin(ids)])
    return finding("land.renewal_parcels", *where, len(ids), n=len(ids), evidence=[behind.assign(part=1.0)])


def _events(rows: pd.DataFrame, part: pd.Series) -> list[pd.DataFrame]:
    return [rows_of(str(table), some, part[some.index]) for table, some in rows.groupby("table")]


def _plots(book: Ledger, rows: pd.DataFrame) -> pd.DataFrame:
    plots = book.parcels[book.parcels["parcel_id"].isin(rows["parcel_id"])]
    return rows_of("parcels", plots.drop_duplicates("parcel_id", keep="last"))


def _unmatched(book: Ledger, period: Period) -> int:
    events = book.unmatched[book.unmatched["date"].between(period.start, period.end)]
    return int((events["event"].isin(book.counted["event"]) & (events["event"] != REVERSED)).sum())
