"""Figures of plain records: farmland cases, the water bank, and the double agreement."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from gis.base.figures import Finding, finding, rows_of
from gis.base.tables import Tables
from gis.land.events import position_of
from gis.land.ledger import Ledger
from gis.land.periods import Period


def records(tables: Tables, book: Ledger | None, county: str, periods: Sequence[Period]) -> Iterator[Finding]:
    """Make the figures of farmland_cases, water_bank and supplied parcels, for each period.

    A case closed on the last day is closed; one without an opening date lowers the coverage. The
    double agreement is weighed by the legal area of parcels first supplied in the period.
    """
    supplied = None if book is None else _supplied(book)
    for period in periods:
        if "farmland_cases" in tables:
            yield from _cases(tables["farmland_cases"], county, period)
        if "water_bank" in tables:
            yield from _water(tables["water_bank"], county, period)
        if supplied is not None:
            yield from _agreements(supplied[supplied["on"].between(period.start, period.end)], county, period)


def _cases(cases: pd.DataFrame, county: str, period: Period) -> Iterator[Finding]:
    if not (cases["opened"] <= period.end).any():
        return
    coverage = float(cases["opened"].notna().mean())
    known = cases[cases["opened"] <= period.end]
    still_open = known[~(known["closed"] <= period.end)]
    closed = known[known["closed"].between(period.start, period.end)]
    for indicator, rows in (("open", still_open), ("closed", closed)):
        yield finding(f"land.farmland_cases_{indicator}", period.name, county, len(rows), n=len(rows),
                      coverage=coverage, evidence=[rows_of("farmland_cases", rows, 1.0)])  # fmt: skip


def _water(bank: pd.DataFrame, county: str, period: Period) -> Iterator[Finding]:
    rows = bank[bank["date"].between(period.start, period.end)]
    if not len(rows):
        return
    sign = rows["kind"].map({"compensated": 1.0, "occupied": -1.0}).astype("float64")
    signed = (rows["area_m2"].abs() * sign).dropna()
    value = float(signed.sum()) if len(signed) else None
    yield finding("land.water_area_balance", period.name, county, value, n=len(signed),
                  coverage=len(signed) / len(rows),
                  evidence=[rows_of("water_bank", rows.loc[signed.index], signed)])  # fmt: skip


def _supplied(book: Ledger) -> pd.DataFrame:
    """Give the parcels that were supplied, with the first day."""
    events = book.events[book.events["event"] == "supplied"]
    at = position_of(events["parcel_id"], book.parcels["parcel_id"])
    first, row = np.unique(at, return_index=True)
    columns = ["area_legal_m2", "contract_no", "supervision_no", "source", "source_row"]
    known = first >= 0
    return (
        pd.DataFrame(book.parcels[columns])
        .iloc[first[known]]
        .assign(on=events["date"].array.take(row[known]))
    )


def _agreements(rows: pd.DataFrame, county: str, period: Period) -> Iterator[Finding]:
    area = rows["area_legal_m2"]
    total = float(area.sum())
    if total > 0:
        double = rows["contract_no"].notna() & rows["supervision_no"].notna()
        part = 100 * area.where(double, 0.0) / total
        yield finding("land.double_agreement_rate", period.name, county, float(part.sum()), n=int(area.notna().sum()),
                      coverage=float(area.notna().mean()), evidence=[rows_of("parcels", rows, part)])  # fmt: skip
