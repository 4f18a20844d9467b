"""The door of the room: land tables → measured parcels, ledger, pieces, tax, figures, evidence."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence

import geopandas as gpd
import pandas as pd
import shapely

from gis.base.door import admitted
from gis.base.figures import Finding, assessment, finding, rows_of
from gis.base.geo import STORED
from gis.base.lineage import Layers, recorded, stepped
from gis.base.tables import Assessment, Tables, conform, join
from gis.base.units import to_mu
from gis.catalogue.model import Catalogue, County
from gis.engine import Engine
from gis.land.area import measure, round_parcels
from gis.land.conflicts import conflict_area
from gis.land.counting import counting_of
from gis.land.disjoint import own_area
from gis.land.events import events_of
from gis.land.images import IMAGE, image_figures, image_parcels, image_patches
from gis.land.ledger import Ledger, ledger
from gis.land.line_editions import approvals, in_headline, judged, newest
from gis.land.pace import pace_tables
from gis.land.periods import Period, first_year, periods_of
from gis.land.records import records
from gis.land.renewal import renewal
from gis.land.summary import areas_beside, out_of_tolerance
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
        parcels, ledger_events, control_lines, boundaries, tax, farmland_cases, water_bank, and what was
        read of land cover (land_cover_changes, _seen, _built); each may be missing. Rows after `as_of` are ignored.

    Raises
    ------
    CrsError
        A layer is not in EPSG:4490.
    ProofError
        The pieces of an overlay do not add up.
    """
    return join(_assessed(tables, catalogue, editions, as_of, engine))


def _assessed(
    tables: Tables, catalogue: Catalogue, editions: Editions, as_of: dt.date, engine: Engine
) -> list[Assessment]:
    """Take the steps; the ledger, which is as much as all evidence, is given up before they are joined."""
    edition = editions.in_force("parcel_area", as_of)
    county, first = catalogue.county, catalogue.county.plan_years[0]
    read = recorded(admitted(tables))
    some = {name: frame for name, frame in read.tables.items() if len(frame) and name in _READ}
    given = read.over({name: conform(frame, name) for name, frame in some.items()})
    with read.notes.step() as counting:
        book = _ledger(given, catalogue, edition, as_of, engine)
    with read.notes.step() as dating:
        periods = periods_of(first_year(first, _dates(given, book)), as_of)
    with read.notes.step() as lining:
        lines = _in_force(given, as_of)
    counted, lined = counting.read, lining.read
    dated = counted | dating.read
    steps: list[tuple[Layers, Callable[[], Assessment]]] = [
        (counted, lambda: assessment(_listed(given, book, catalogue, as_of), [])),
        (dated, lambda: assessment({}, _renewed(book, county, periods, edition))),
        (lined, lambda: assessment({}, _lines(lines, county.adcode, as_of, edition, engine))),
        (counted | lined, lambda: _cut(book, lines, catalogue, (edition, as_of, engine))),
        (lined, lambda: _seen(given, read, lines, (county, editions, as_of, engine))),
        (frozenset(), lambda: _taxed(given, county, as_of)),
        (dated, lambda: assessment({}, records(given, book, county.adcode, periods))),
    ]
    return [stepped(read, step, before) for before, step in steps]


def _dates(given: Tables, book: Ledger | None) -> list[pd.Series]:
    dates = [given[table][column] for table, column in _DATED if table in given]
    return dates + ([book.counted["date"]] if book is not None else [])


def _listed(given: Tables, book: Ledger | None, catalogue: Catalogue, as_of: dt.date) -> Frames:
    if book is not None:
        pace = pace_tables(book.counted, catalogue.targets, catalogue.county.adcode, as_of)
        return _tables(book) | pace
    return _lone(given["ledger_events"], as_of) if "ledger_events" in given else {}


def _renewed(
    book: Ledger | None, county: County, periods: Sequence[Period], edition: Edition
) -> Iterable[Finding]:
    return [] if book is None else renewal(book, county.adcode, periods, edition, county.plan_years[0])


def _cut(
    book: Ledger | None,
    lines: gpd.GeoDataFrame | None,
    catalogue: Catalogue,
    how: tuple[Edition, dt.date, Engine],
) -> Assessment:
    """Cut the parcels by the lines and judge what they touch."""
    edition, as_of, engine = how
    if lines is None or book is None:
        return Assessment()
    approved = approvals(book.events, as_of)
    cut = judged(book.parcels, lines, approved, catalogue.rules, engine, edition)
    found = _conflicts(cut.pieces, book, lines, catalogue.county.adcode, edition, as_of)
    return assessment({"pieces": cut.pieces, "contacts": cut.contacts, "area_proof": cut.proof}, found)


def _seen(
    given: Tables,
    tables: Tables,
    lines: gpd.GeoDataFrame | None,
    how: tuple[County, Editions, dt.date, Engine],
) -> Assessment:
    """Judge what land cover shows of the parcels and of new building inside lines."""
    county, editions, as_of, engine = how
    if "parcels" not in given or "land_cover_changes" not in tables:
        return Assessment()
    area, image = editions.in_force("parcel_area", as_of), editions.in_force(IMAGE, as_of)
    seen = _image(given, tables, lines, engine, (area, image))
    return assessment(seen, image_figures(seen, county.adcode, as_of, image))


def _taxed(given: Tables, county: County, as_of: dt.date) -> Assessment:
    if "tax" not in given:
        return Assessment()
    taxed = tax_by_place(given["tax"][~(given["tax"]["year"] > as_of.year)], county)
    return assessment({"tax_by_place": taxed.by_place, "tax_left_out": taxed.left_out}, tax_figures(taxed))


_READ = {"parcels", "ledger_events", "control_lines", "boundaries", "tax", "farmland_cases", "water_bank"}
_DATED = (("farmland_cases", "opened"), ("water_bank", "date"))


def _ledger(
    given: Tables, catalogue: Catalogue, edition: Edition, as_of: dt.date, engine: Engine
) -> Ledger | None:
    if "parcels" not in given:
        return None
    return ledger(
        measure(_placed(given["parcels"]), edition, engine), given.get("ledger_events"), edition, as_of,
        towns=catalogue.county.towns, zones=catalogue.county.zones,
        boundaries=_placed(given["boundaries"]) if "boundaries" in given else None,
        counting=counting_of(catalogue.targets), engine=engine,
    )  # fmt: skip


def _placed(frame: pd.DataFrame) -> gpd.GeoDataFrame:
    """Give the frame a geometry column, null where it has none, in the CRS it has, else the stored."""
    rows = frame.reset_index(drop=True)
    geometry = rows["geometry"] if "geometry" in rows else [None] * len(rows)
    return gpd.GeoDataFrame(pd.DataFrame(rows), geometry=geometry, crs=getattr(frame, "crs", None) or STORED)


def _tables(book: Ledger) -> Frames:
    return {
        "parcels": book.parcels,
        "ledger": book.pivot,
        "counted": book.counted,
        "overlaps": book.overlaps,
        "undated": book.undated,
        "unmatched_events": book.unmatched,
        "renewal_areas": areas_beside(book),
        "out_of_tolerance": out_of_tolerance(book.parcels),
    }


def _image(
    given: Tables,
    tables: Tables,
    lines: gpd.GeoDataFrame | None,
    engine: Engine,
    texts: tuple[Edition, Edition],
) -> Frames:
    area, image = texts
    made: Frames = {"land_cover_parcels": image_parcels(given["parcels"], tables, image)}
    if lines is not None:
        towns = _placed(given["boundaries"]) if "boundaries" in given else None
        made["land_cover_patches"] = image_patches(tables, newest(lines), towns, engine, area, image)
    return made


def _lone(listed: pd.DataFrame, as_of: dt.date) -> Frames:
    """List the events of a ledger that comes without parcels."""
    events = events_of(conform(pd.DataFrame(), "parcels"), listed)
    events = events[~(events["date"] > pd.Timestamp(as_of))]
    return {"undated": events[events["date"].isna()], "unmatched_events": events}


def _in_force(given: Tables, as_of: dt.date) -> gpd.GeoDataFrame | None:
    if "control_lines" not in given:
        return None
    lines = _placed(given["control_lines"])
    lines = lines[~(lines["effective_from"] > pd.Timestamp(as_of))].reset_index(drop=True)
    return lines if len(lines) else None


def _lines(
    lines: gpd.GeoDataFrame | None, county: str, as_of: dt.date, edition: Edition, engine: Engine
) -> Iterator[Finding]:
    """Measure the newest edition of each type of line, ground under several of them once; count what is mapped."""
    if lines is None:
        return
    last = newest(lines)
    area = own_area(last, edition, engine)
    for kind, rows in last.groupby("line_type"):
        yield finding(f"land.line_area.{kind}", str(as_of.year), county, float(to_mu(area[rows.index].sum())),
                      n=len(rows), edition=edition.id, clause=edition.cited,
                      evidence=[rows_of("control_lines", rows, pd.Series(to_mu(area[rows.index])))])  # fmt: skip
    asked = lines["line_type"].isin(["red_line", "control_area"])
    mapped = lines[asked & (shapely.area(lines.geometry.to_numpy()) > 0)]
    first = first_year(as_of.year, [mapped["effective_from"]])
    for period in periods_of(first, as_of) if asked.any() else []:
        rows = mapped[mapped["effective_from"].isna() | (mapped["effective_from"] <= period.end)]
        share = 1 / rows.groupby("line_type")["line_type"].transform("size")
        yield finding("land.lines_mapped", period.name, county, rows["line_type"].nunique(), n=len(rows),
                      evidence=[rows_of("control_lines", rows, share)])  # fmt: skip


def _conflicts(
    pieces: gpd.GeoDataFrame, book: Ledger, lines: pd.DataFrame, county: str, edition: Edition, as_of: dt.date
) -> Iterator[Finding]:
    columns = ["line_type", "parcel", "parcel_id", "area_m2", "sliver", "geometry"]
    areas = conflict_area(pieces.loc[in_headline(pieces), columns], edition, book.turn)
    areas["area_m2"] = round_parcels(areas["area_m2"], edition)
    parcels = pd.DataFrame(book.parcels[["source", "source_row"]])
    for kind in lines["line_type"].dropna().unique():
        rows = areas[areas["line_type"] == kind]
        behind = parcels.iloc[rows["parcel"].astype("int64")]
        yield finding(f"land.conflict_area.{kind}", str(as_of.year), county, float(to_mu(rows["area_m2"].sum())),
                      n=len(rows), edition=edition.id, clause=edition.cited,
                      evidence=[rows_of("parcels", behind, pd.Series(to_mu(rows["area_m2"])))])  # fmt: skip
        yield finding(f"land.conflict_parcels.{kind}", str(as_of.year), county, len(rows), n=len(rows),
                      evidence=[rows_of("parcels", behind, 1.0)])  # fmt: skip
