"""Figures of plain records: farmland cases, the water bank, and the double agreement."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from gis.base.figures import Finding, finding, rows_of

Period = tuple[str, pd.Timestamp, pd.Timestamp]


def records(tables: Mapping[str, pd.DataFrame], county: str, periods: list[Period]) -> Iterator[Finding]:
    """Make the figures of farmland_cases, water_bank and supplied parcels, for each period."""
    for period in periods:
        if "farmland_cases" in tables:
            yield from _cases(tables["farmland_cases"], county, period)
        if "water_bank" in tables:
            yield from _water(tables["water_bank"], county, period)
        if "parcels" in tables:
            yield from _agreements(tables["parcels"], tables.get("ledger_events"), county, period)


def _cases(cases: pd.DataFrame, county: str, period: Period) -> Iterator[Finding]:
    name, start, end = period
    still_open = cases[(cases["opened"] <= end) & ~(cases["closed"] <= end)]
    closed = cases[cases["closed"].between(start, end)]
    for indicator, rows in (("open", still_open), ("closed", closed)):
        yield finding(f"land.farmland_cases_{indicator}", name, county, len(rows), n=len(rows),
                      evidence=[rows_of("farmland_cases", rows, 1.0)])  # fmt: skip


def _water(bank: pd.DataFrame, county: str, period: Period) -> Iterator[Finding]:
    name, start, end = period
    rows = bank[bank["date"].between(start, end)]
    if len(rows):
        signed = rows["area_m2"].where(rows["kind"] == "compensated", -rows["area_m2"])
        yield finding("land.water_area_balance", name, county, float(signed.sum()), n=len(rows),
                      evidence=[rows_of("water_bank", rows, signed)])  # fmt: skip


def _agreements(
    parcels: pd.DataFrame, events: pd.DataFrame | None, county: str, period: Period
) -> Iterator[Finding]:
    name, start, end = period
    on = parcels["supplied_on"]
    if events is not None:
        listed = events[events["event"] == "supplied"].groupby("parcel_id")["date"].min()
        on = on.fillna(pd.Series(listed.reindex(parcels["parcel_id"]).to_numpy(), index=parcels.index))
    rows = parcels[on.between(start, end)]
    if len(rows) and rows["area_legal_m2"].sum() > 0:
        double = rows["contract_no"].notna() & rows["supervision_no"].notna()
        area = rows["area_legal_m2"]
        yield finding("land.double_agreement_rate", name, county, 100 * float(area[double].sum() / area.sum()),
                      n=len(rows), evidence=[rows_of("parcels", rows, area.where(double, 0.0))])  # fmt: skip
