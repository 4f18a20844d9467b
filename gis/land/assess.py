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
from gis.land.counting import counting_of
from gis.land.events import events_of
from gis.land.ledger import Ledger, ledger
from gis.land.overlay import overlay
from gis.land.periods import first_year, periods_of
from gis.land.records import records
from gis.land.renewal import renewal
from gis.land.tax import tax_by_place, tax_figures
from gis.standards.editions import Edition, Editions

Frames = dict[str, pd.DataFrame]


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
    county = catalogue.county
    made: Frames = {}
    found: list[Finding] = []
    given = {name: conform(frame, name) for name, frame in tables.items() if len(frame) and name in _READ}
    periods = periods_of(_first_year(given, county.plan_years[0]), as_of)
    book = _ledger(given, catalogue, edition, as_of)
    if book is not None:
        made |= {
            "parcels": book.parcels,
            "ledger": book.pivot,
            "counted": book.counted,
            "overlaps": book.overlaps,
            "undated": book.undated,
            "unmatched_events": book.unmatched,
        }
        found += renewal(book, county.adcode, periods, edition)
    elif "ledger_events" in given:
        lone = events_of(conform(pd.DataFrame(), "parcels"), given["ledger_events"])
        lone = lone[~(lone["date"] > pd.Timestamp(as_of))]
        made |= {"undated": lone[lone["date"].isna()], "unmatched_events": lone}
    if "control_lines" in given:
        lines = given["control_lines"]
        lines = lines[~(lines["effective_from"] > pd.Timestamp(as_of))]
        found += _lines(lines, county.adcode, as_of, edition)
        if book is not None:
            cut = overlay(book.parcels, lines, engine, edition)
            pieces = conflicts(cut.pieces, book.parcels, catalogue.rules)
            made |= {"pieces": pieces, "contacts": cut.contacts, "area_proof": cut.proof}
            found += _conflicts(made, lines, county.adcode, as_of, edition)
    if "tax" in given:
        taxed = tax_by_place(given["tax"][~(given["tax"]["year"] > as_of.year)], county)
        made |= {"tax_by_place": taxed.by_place, "tax_left_out": taxed.left_out}
        found += tax_figures(taxed)
    found += records(given, book, county.adcode, periods)
    return assessment(made, found)


_READ = {"parcels", "ledger_events", "control_lines", "boundaries", "tax", "farmland_cases", "water_bank"}
_DATED = (
    ("ledger_events", "date"),
    ("farmland_cases", "opened"),
    ("water_bank", "date"),
    ("parcels", "accepted_on"),
)


def _first_year(given: Frames, planned: int) -> int:
    return first_year(planned, [given[table][column] for table, column in _DATED if table in given])


def _ledger(given: Frames, catalogue: Catalogue, edition: Edition, as_of: dt.date) -> Ledger | None:
    if "parcels" not in given:
        return None
    parcels = gpd.GeoDataFrame(given["parcels"].reset_index(drop=True), crs="EPSG:4490")
    bounds = given.get("boundaries")
    return ledger(
        measure(parcels, edition), given.get("ledger_events"), edition, as_of,
        towns=catalogue.county.towns, boundaries=bounds, counting=counting_of(catalogue.targets),
    )  # fmt: skip


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
