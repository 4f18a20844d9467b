"""The door of the room: land tables → measured parcels, ledger, pieces, tax, figures, evidence."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import geopandas as gpd
import pandas as pd

from gis.base.figures import Finding, assessment, finding, rows_of
from gis.base.tables import Assessment, Tables, conform
from gis.base.units import to_mu
from gis.catalogue.model import Catalogue
from gis.engine import Engine
from gis.land.area import legal_area, measure, round_parcels
from gis.land.conflicts import conflicts
from gis.land.ledger import Ledger, ledger
from gis.land.overlay import overlay
from gis.land.records import records
from gis.land.tax import tax_by_place
from gis.standards.editions import Edition, Editions

Frames = dict[str, pd.DataFrame]
Period = tuple[str, pd.Timestamp, pd.Timestamp]


def assess(
    tables: Tables, catalogue: Catalogue, editions: Editions, as_of: dt.date, engine: Engine
) -> Assessment:
    """Measure, count, overlay and tax the land of the county (国土调查办发〔2008〕32号).

    Parameters
    ----------
    tables
        parcels, ledger_events, control_lines, boundaries, tax, farmland_cases, water_bank; each may
        be missing. Rows after `as_of` are ignored.

    Raises
    ------
    CrsError
        A layer is not in EPSG:4490.
    ProofError
        The pieces of an overlay do not add up.
    """
    edition = editions.in_force("parcel_area", as_of)
    county = catalogue.county.adcode
    made: Frames = {}
    found: list[Finding] = []
    given = {name: conform(frame, name) for name, frame in tables.items() if len(frame) and name in _READ}
    periods = periods_of(catalogue.county.plan_years[0], as_of)
    if "parcels" in given:
        book = _ledger(given, catalogue, edition, as_of)
        made |= {
            "parcels": book.parcels,
            "ledger": book.pivot,
            "overlaps": book.overlaps,
            "undated": book.undated,
        }
        found += _counted(book, county, periods, edition)
    if "control_lines" in given:
        lines = given["control_lines"]
        found += _lines(lines, county, as_of, edition)
        if "parcels" in made:
            cut = overlay(made["parcels"], lines, engine, edition)  # type: ignore[arg-type]
            pieces = conflicts(cut.pieces, made["parcels"], catalogue.rules)
            made |= {"pieces": pieces, "contacts": cut.contacts, "area_proof": cut.proof}
            found += _conflicts(made, lines, county, as_of, edition)
    if "tax" in given:
        tax = given["tax"][given["tax"]["year"] <= as_of.year]
        made["tax_by_place"] = tax_by_place(tax, county)
        found += _tax(tax, made["tax_by_place"], county)
    found += records({**given, **made}, county, periods)
    return assessment(made, found)


_READ = {"parcels", "ledger_events", "control_lines", "boundaries", "tax", "farmland_cases", "water_bank"}


def periods_of(first: int, as_of: dt.date) -> list[Period]:
    """List the years up to `as_of`, and unless it ends one, January to its month of each."""
    out: list[Period] = []
    for year in range(first, as_of.year + 1):
        start, end = pd.Timestamp(year, 1, 1), pd.Timestamp(year, 12, 31)
        out.append((str(year), start, min(end, pd.Timestamp(as_of))))
        if (as_of.month, as_of.day) != (12, 31):
            last = start + pd.DateOffset(months=as_of.month, days=-1)
            out.append((f"{year}C{as_of.month:02d}", start, min(last, pd.Timestamp(as_of))))
    return out


def _ledger(given: Frames, catalogue: Catalogue, edition: Edition, as_of: dt.date) -> Ledger:
    counting = {
        category: str(target.counting_event)
        for target in catalogue.targets
        if target.indicator == "land.renewed_area" and target.counting_event
        for category in target.categories
    }
    parcels = gpd.GeoDataFrame(given["parcels"].reset_index(drop=True), crs="EPSG:4490")
    bounds = given.get("boundaries")
    return ledger(
        measure(parcels, edition), given.get("ledger_events"), edition, as_of,
        towns=catalogue.county.towns, boundaries=bounds, counting=counting,  # type: ignore[arg-type]
    )  # fmt: skip


def _counted(book: Ledger, county: str, periods: list[Period], edition: Edition) -> Iterator[Finding]:
    every = book.parcels
    for period, start, end in periods:
        within = every[every["counted_on"].between(start, end)]
        within = within[~(within["reversed_from"] <= end)]
        for place in [county, *sorted(every["place"].unique())]:
            rows = within if place == county else within[within["place"] == place]
            events = book.events.merge(rows[["parcel_id", "counted_on"]], on="parcel_id")
            events = events[(events["date"] == events["counted_on"]) & (events["table"] == "ledger_events")]
            proof = [rows_of("parcels", rows, rows["counted_mu"]), rows_of("ledger_events", events)]
            common = {"n": len(rows), "edition": edition.id, "clause": edition.clause}
            value = float(to_mu(rows["counted_m2"].sum()))
            yield finding("land.renewed_area", period, place, value, **common, evidence=proof)  # type: ignore[arg-type]
            yield finding("land.renewed_area_declared", period, place, float(rows["area_declared_mu"].sum()),
                          n=len(rows), evidence=[rows_of("parcels", rows, rows["area_declared_mu"])])  # fmt: skip
            yield finding("land.renewal_parcels", period, place, len(rows), n=len(rows),
                          evidence=[rows_of("parcels", rows, 1.0)])  # fmt: skip


def _lines(lines: pd.DataFrame, county: str, as_of: dt.date, edition: Edition) -> Iterator[Finding]:
    area = round_parcels(legal_area(gpd.GeoSeries(lines["geometry"], crs="EPSG:4490"), edition), edition)
    for kind, rows in lines.groupby("line_type"):
        yield finding(f"land.line_area.{kind}", str(as_of.year), county, float(to_mu(area[rows.index].sum())),
                      n=len(rows), edition=edition.id, clause=edition.clause,
                      evidence=[rows_of("control_lines", rows, pd.Series(to_mu(area[rows.index])))])  # fmt: skip
    mapped = lines[lines["line_type"].isin(["red_line", "control_area"]) & (area > 0)]
    first = mapped["effective_from"].dt.year.min()
    for year in range(int(first) if pd.notna(first) else as_of.year, as_of.year + 1):
        end = min(pd.Timestamp(year, 12, 31), pd.Timestamp(as_of))
        rows = mapped[mapped["effective_from"].isna() | (mapped["effective_from"] <= end)]
        yield finding("land.lines_mapped", str(year), county, rows["line_type"].nunique(), n=len(rows),
                      evidence=[rows_of("control_lines", rows)])  # fmt: skip


def _conflicts(
    made: Frames, lines: pd.DataFrame, county: str, as_of: dt.date, edition: Edition
) -> Iterator[Finding]:
    for kind in lines["line_type"].dropna().unique():
        rows = made["pieces"][made["pieces"]["line_type"] == kind]
        behind = made["parcels"].iloc[rows["parcel"].astype("int64")]
        value = float(to_mu(round_parcels(rows["area_m2"], edition).sum()))
        yield finding(f"land.conflict_area.{kind}", str(as_of.year), county, value, n=len(rows),
                      edition=edition.id, clause=edition.clause,
                      evidence=[rows_of("parcels", behind, rows["area_mu"])])  # fmt: skip
        real = made["parcels"].iloc[rows.loc[~rows["sliver"], "parcel"].astype("int64").unique()]
        yield finding(f"land.conflict_parcels.{kind}", str(as_of.year), county, len(real), n=len(real),
                      evidence=[rows_of("parcels", real, 1.0)])  # fmt: skip


def _tax(tax: pd.DataFrame, by_place: pd.DataFrame, county: str) -> Iterator[Finding]:
    whole = by_place[by_place["level"] == "county"].set_index("year")["tax_per_mu"]
    for year, value in whole.items():
        rows = tax[tax["year"] == year]
        proof = [rows_of("tax", rows, rows["tax_yuan"])]
        yield finding("land.tax_per_mu", str(year), county, value / 10_000, n=len(rows), evidence=proof)
        if year - 1 in whole.index:
            both = tax[tax["year"].isin([year - 1, year])]
            growth = (value / whole[year - 1] - 1) * 100
            yield finding("land.tax_per_mu_growth", str(year), county, growth, n=len(rows),
                          evidence=[rows_of("tax", both, both["tax_yuan"])])  # fmt: skip
