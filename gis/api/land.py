"""Parcels at the public face: measured, counted, cut by control lines; layers and images compared."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from gis.api.checked import Day, Folder, checked, folder_of
from gis.base.messages import shown
from gis.desk.results import beside_own, heard, heard_shapes, result, warn_of
from gis.desk.sources import Result, Source

AREAS = (
    "area_legal_m2", "area_legal_mu", "area_planar_m2", "area_geodesic_m2", "area_declared_mu", "difference_mu",
    "within_tolerance", "area_check",
)  # fmt: skip
COUNTED = ("place", "state", "area_legal_m2", "area_legal_mu", "counted_on", "counted_year", "counted_mu")


@checked
def area(parcels: Source, *, as_of: Day = None, layers: Folder = None, **said: Any) -> Result:
    """Measure the legal ellipsoidal area of polygons (国土调查办发〔2008〕32号).

    Parameters
    ----------
    parcels
        Polygons in any CRS. A declared area, if there is one, is compared.
    as_of
        The day whose edition of the method counts; the last date of the data when None, else today.
    layers
        A county's folder, for its extent and its editions.
    said
        What `parcels` do not say themselves, as `read` takes it.

    Returns
    -------
    result
        `frame` has area_legal_m2 (m², two decimals), area_legal_mu (亩), area_planar_m2, area_geodesic_m2, and
        where an area is declared difference_mu, within_tolerance and area_check (agree, check, reject);
        `figures` the total, ground under several polygons once.

    Raises
    ------
    UsageError
        No row has a polygon.
    CrsError
        The CRS is missing or contradicts the coordinates.

    Examples
    --------
    >>> import geopandas as gpd, shapely
    >>> plots = gpd.GeoDataFrame({"图斑编号": ["A"]}, crs=4528,
    ...     geometry=[shapely.box(40_571_000, 3_503_000, 40_571_100, 3_503_100)])
    >>> found = area(plots)
    >>> found.frame["area_legal_m2"].tolist(), found.figures.loc["total", "value"]
    ([9998.76], np.float64(9998.76))
    """
    from gis.desk import county, land

    folder = folder_of(layers)
    plots = land.plots_of(parcels, None, said, county.catalogue_of(folder), heard)
    made = land.areas(land.on_ground(plots, folder, as_of))
    one = made.one
    columns = [name for name in AREAS if name in one.parcels and one.parcels[name].notna().any()]
    frame = beside_own(plots.read, one.parcels[columns])
    return result(plots.read, frame, [one.edition.id], {}, [made.headline, *made.notes], made.basis)


@checked
def ledger(
    parcels: Source, events: Source | None = None, *, as_of: Day = None, layers: Folder = None, **said: Any
) -> Result:
    """Count the 亩 of each parcel that stands accepted, each spot of ground once, in the year of its acceptance.

    Parameters
    ----------
    parcels
        Polygons, or a table with declared or accepted areas, with dates (验收日期) or without; or the 台账 that
        `gis land ledger -o x.xlsx` wrote.
    events
        A long table: 图斑编号, 事项, 日期 and more.
    as_of
        Later events do not count; the last date of the data when None.
    layers
        A county's folder, for its towns, its rule of counting and its editions.
    said
        What `parcels` do not say themselves, as `read` takes it; `answers` also how events name parcels.

    Returns
    -------
    result
        `frame` has state, counted_on, counted_year and counted_mu; `tables["pivot"]` adds them up by place,
        category, state and year, `tables["unmatched"]` holds events without a parcel, `tables["not_counted"]`
        what counts nothing and why; `figures` the area counted, of all years and of this.

    Raises
    ------
    UsageError
        Nothing is dated.
    ColumnError
        Neither geometry nor an area is there, or no event names a parcel.
    Question
        An event may mean several parcels.

    Examples
    --------
    >>> rows = {"图斑编号": ["A", "B"], "面积(亩)": [12.5, 8], "验收日期": ["2025-03-01", None]}
    >>> ledger(pd.DataFrame(rows)).frame["counted_mu"].sum()
    np.float64(12.5)
    """
    from gis.desk import behind, county, land

    folder = folder_of(layers)
    known = county.catalogue_of(folder)
    plots = land.plots_of(parcels, events, said, known, heard)
    one, made = land.counted(plots, known, folder, as_of)
    book = made.book
    frame = beside_own(plots.read, book.parcels[[name for name in COUNTED if name in book.parcels]])
    tables = {
        "pivot": book.pivot, "unmatched": book.unmatched, "overlaps": book.overlaps, "undated": book.undated,
        "not_counted": made.not_counted,
    }  # fmt: skip
    basis = functools.partial(behind.ledger, made, plots.listed, one.edition)
    found = result(plots.read, frame, [one.edition.id], tables, [made.headline, *made.notes], basis)
    return _joined(found, plots.joined)


@checked
def conflicts(
    parcels: Source,
    lines: Source | Mapping[str, Source],
    events: Source | None = None,
    *,
    line_type: str | None = None,
    subject: str | None = None,
    as_of: Day = None,
    layers: Folder = None,
    **said: Any,
) -> Result:
    """Cut parcels with control lines; for the growth boundary the piece is the part outside.

    Each parcel is judged by the edition of a line in force on its approval date, of the events or its own.

    Parameters
    ----------
    parcels
        Polygons in any CRS.
    lines
        Polygons, or {line_type: polygons}; a file as `gis land conflicts --lines` takes it (FILE, FILE:LAYER, …).
    events
        A long table of events, of which the approvals count.
    line_type
        red_line, basic_farmland, growth_boundary or control_area, where `lines` do not say it.
    subject
        What the parcels are by the rules of `layers` (renewal_parcels …); no verdict when None.
    as_of
        Lines in force later are left aside; the last date of the parcels and events when None, else today.
    layers
        A county's folder, for its rules and its editions.
    said
        What `parcels` do not say themselves, as `read` takes it.

    Returns
    -------
    result
        `frame` has a row a parcel, with touched_m2 and touched_mu of all kinds, each spot of its ground once;
        `tables` holds `pieces` (parcel_id, line_type, area_m2, area_mu, share, verdict, severity, clause,
        geometry), `contacts` and the `proof` that the pieces and the rest are the parcel; `figures` the 亩 of
        each kind of line and of all.

    Raises
    ------
    UsageError
        No row has a polygon, the kind of a line is not known, no line is in force, or no rule is about `subject`.
    ProofError
        Pieces and remainder do not add up.

    Examples
    --------
    >>> import geopandas as gpd, shapely
    >>> plot = gpd.GeoDataFrame({"图斑编号": ["A"]}, crs=4528,
    ...     geometry=[shapely.box(40_571_000, 3_503_000, 40_571_100, 3_503_100)])
    >>> line = gpd.GeoDataFrame({"名称": ["R"]}, crs=4528,
    ...     geometry=[shapely.box(40_571_050, 3_503_000, 40_571_300, 3_503_100)])
    >>> found = conflicts(plot, line, line_type="red_line")
    >>> found.frame["touched_m2"].round(1).tolist()
    [4999.4]
    >>> found.figures["value"].round(4).to_dict()
    {'red_line': 7.4991}
    """
    from gis.base.units import to_mu
    from gis.desk import county, land
    from gis.desk.lines import lines_of

    folder = folder_of(layers)
    known = county.catalogue_of(folder)
    plots = land.plots_of(parcels, events, said, known, heard)
    one = land.on_ground(plots, folder, as_of)
    given = lines.items() if isinstance(lines, Mapping) else [(line_type, lines)]
    drawn = lines_of(
        [(source, kind) for kind, source in given],
        known,
        {name: said[name] for name in said if name == "answers"},
    )
    for each in drawn.reads:
        warn_of(each)
    files = plots.read.source if isinstance(plots.read.source, tuple) else ()
    judging = county.judging(known, subject, files)
    made = land.touches(one, drawn, judging)
    touched = pd.DataFrame({"touched_m2": made.touched_m2, "touched_mu": to_mu(made.touched_m2)})
    tables = {"pieces": made.cut.pieces, "contacts": made.cut.contacts, "proof": made.cut.proof}
    notes = [*made.notes, *drawn.notes, judging.note if known else None, *made.overlaps]
    found = result(plots.read, beside_own(plots.read, touched), [one.edition.id], tables, notes, made.basis)
    return _joined(found, plots.joined)


@checked
def compare(
    before: Source, after: Source, towns: Source | None = None, *, as_of: Day = None, layers: Folder = None,
    **said: Any,
) -> Result:  # fmt: skip
    """Compare two editions of a layer: ground gained, lost and kept, and whether the area shrank (面积不减少).

    Parameters
    ----------
    before, after
        Polygons in any CRS; a file may be named with its layer, FILE:LAYER.
    towns
        Polygons of towns, for the areas by town.
    as_of
        The day whose edition of the method counts; today when None.
    layers
        A county's folder, for its editions.
    said
        What `before` and `after` do not say themselves, as `read` takes it.

    Returns
    -------
    result
        `frame` has a row a piece: change (gained, lost, kept), area_m2, area_mu, width_m, sliver, geometry;
        `tables` holds `by_town`, the `verdict` (not_reduced) and the `proof`; `figures` both areas and the change.

    Raises
    ------
    UsageError
        No row of one of them has a polygon.
    ProofError
        What is kept, gained and lost does not add up.

    Examples
    --------
    >>> import geopandas as gpd, shapely
    >>> old, new = (gpd.GeoDataFrame(geometry=[shapely.box(40_571_000, 3_503_000, 40_571_000 + side, 3_503_100)],
    ...     crs=4528) for side in (100, 80))
    >>> found = compare(old, new)
    >>> found.figures["value"].round(2).to_dict(), found.tables["verdict"]["not_reduced"].tolist()
    ({'change': -3.0, 'before': 15.0, 'after': 12.0}, [False])
    """
    from gis.desk.compare import compare as compared
    from gis.desk.compare import layers_of

    given = layers_of(before, after, towns, said, heard_shapes)
    changes = compared(given, folder_of(layers), as_of)
    made = changes.made
    tables = {
        "by_town": made.by_town,
        "verdict": made.verdict,
        "proof": made.proof,
        "unlisted": made.unlisted,
    }
    notes = [*changes.notes, *given.before.notes, *given.after.notes, *changes.overlaps]
    return result(given.after.read, made.pieces, [changes.edition.id], tables, notes, changes.basis)


@checked
def cover(  # noqa: PLR0913  parcels, two images, lines, and what is declared
    parcels: Source,
    before: str | Path,
    after: str | Path,
    lines: Source | Mapping[str, Source] | None = None,
    *,
    declared: str | None = None,
    raster_crs: str | int | None = None,
    as_of: Day = None,
    layers: Folder = None,
    **said: Any,
) -> Result:
    """Compare land cover before and after in parcels, and new built-up ground inside control lines.

    Parameters
    ----------
    parcels
        Polygons in any CRS.
    before, after
        Rasters of class codes of the baseline and of today.
    lines
        As `conflicts` takes them.
    declared
        renewal or reclamation for every parcel; by its category when None.
    raster_crs
        EPSG:4490 or 4490, where a raster says none.
    as_of
        The day whose editions count; today when None.
    layers
        A county's folder, for its towns and its editions.
    said
        What `parcels` do not say themselves, as `read` takes it.

    Returns
    -------
    result
        `frame` has the share of each group of cover before and after, valid_share, and image_verdict (supported,
        not_supported, unclear); `tables` holds `matrix`, `by_parcel`, and with lines `patches`.

    Raises
    ------
    UsageError
        No row has a polygon, or nothing is declared by such a word.
    FileError, CrsError
        A raster cannot be used, or no parcel meets it.

    Examples
    --------
    >>> import tempfile, numpy as np, geopandas as gpd, rasterio, shapely
    >>> folder = Path(tempfile.mkdtemp())
    >>> for name, code in (("2020.tif", 40), ("2025.tif", 50)):
    ...     with rasterio.open(folder / name, "w", driver="GTiff", width=30, height=30, count=1, dtype="uint8",
    ...             crs="EPSG:4528", transform=rasterio.Affine(10, 0, 40_571_000, 0, -10, 3_503_300)) as raster:
    ...         raster.write(np.full((1, 30, 30), code, "uint8"))
    >>> plot = gpd.GeoDataFrame({"图斑编号": ["A"]}, crs=4528,
    ...     geometry=[shapely.box(40_571_050, 3_503_050, 40_571_150, 3_503_150)])
    >>> found = cover(plot, folder / "2020.tif", folder / "2025.tif", declared="renewal")
    >>> found.tables["matrix"][["before", "after"]].values.tolist()
    [[40, 50]]
    """
    from gis.desk import county
    from gis.desk.cover import parcels_of, rasters_of, seen
    from gis.desk.lines import lines_of

    plots = parcels_of(parcels, declared, said, heard)
    given = lines.items() if isinstance(lines, Mapping) else [(None, lines)]
    folder = folder_of(layers)
    drawn = None
    if lines is not None:
        drawn = lines_of(
            [(source, kind) for kind, source in given if source is not None], county.catalogue_of(folder), {}
        )
    rasters = rasters_of(before, after, raster_crs)
    made = seen(plots, rasters, drawn, declared, folder, as_of)
    tables = {"matrix": made.matrix, "by_parcel": made.by_parcel}
    tables |= {} if made.patches is None else {"patches": made.patches}
    notes = [made.headline, *made.notes, *made.findings]
    return result(plots, beside_own(plots, made.added), [made.edition.id], tables, notes, made.basis)


def _joined(found: Result, messages: Iterable[str]) -> Result:
    """Put how ids of events were joined to those of parcels behind the findings."""
    return replace(found, findings=(*found.findings, *(str(shown(one)) for one in messages)))
