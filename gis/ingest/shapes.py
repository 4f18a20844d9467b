"""Which geometry a kind of layer needs, and what is taken off before it is stored."""

from __future__ import annotations

import json
from collections.abc import Iterable

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gis.base.messages import Message, listed
from gis.base.tables import TABLES, conform
from gis.ingest.model import finding
from gis.ingest.phrases import fault

POINTS, LINES, POLYGONS = frozenset((0, 4)), frozenset((1, 2, 5)), frozenset((3, 6))
NEEDED = {
    **dict.fromkeys(("parcels", "control_lines", "farmland_cases", "boundaries"), POLYGONS),
    "waters": LINES | POLYGONS,
    **dict.fromkeys(("stations", "sections", "outfalls"), POINTS),
}
FAULTY = ["text", "reason", "fix"]
WORDS = {
    POLYGONS: Message("面", "polygons"),
    POINTS: Message("点", "points"),
    LINES | POLYGONS: Message("线或面", "lines or polygons"),
}
COLLECTION = 7
SHOWN = 10
OPTIONAL = frozenset(("actions", "water_bank"))


def flatten(frame: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, tuple[tuple[str, str], ...]]:
    """Drop Z and M, and turn multipoints of one point into points.

    Parameters
    ----------
    frame
        Shape (n,), any geometry and CRS.

    Returns
    -------
    frame, findings
        The frame in two dimensions, and (code, message) for what was dropped.
    """
    shapes = frame.geometry.to_numpy()
    raised = shapely.has_z(shapes) | shapely.has_m(shapes)
    findings: tuple[tuple[str, str], ...] = ()
    if raised.any():
        findings = (finding("z_or_m_dropped", n=int(raised.sum())),)
        shapes = shapely.force_2d(shapes)
    single = (shapely.get_type_id(shapes) == 4) & (shapely.get_num_geometries(shapes) == 1)  # noqa: PLR2004
    if single.any():
        shapes = np.where(single, shapely.get_geometry(shapes, 0), shapes)
    if not raised.any() and not single.any():
        return frame, findings
    return frame.set_geometry(gpd.GeoSeries(shapes, index=frame.index, crs=frame.crs)), findings


def fitting(
    frame: gpd.GeoDataFrame, kind: str, rows: pd.Series
) -> tuple[gpd.GeoDataFrame, tuple[tuple[str, str], ...]]:
    """Keep of each collection the parts that a layer of this kind takes: of polygon and line the polygon.

    Parameters
    ----------
    frame
        Shape (n,), in two dimensions.
    kind
        A canonical table; one that takes any geometry keeps its collections.
    rows
        The row numbers as the user sees them, index of `frame`.

    Returns
    -------
    frame, findings
        Polygons before lines where a layer takes both; a collection without a part that fits stays.
    """
    shapes, needed = frame.geometry.to_numpy(), NEEDED.get(kind)
    mixed = np.flatnonzero(shapely.get_type_id(shapes) == COLLECTION)
    if needed is None or not len(mixed):
        return frame, ()
    shapes, taken = shapes.copy(), []
    for at in mixed:
        parts = _parts(shapes[at])
        fit = parts[np.isin(shapely.get_type_id(parts), list(needed))]
        fit = fit[shapely.get_dimensions(fit) == shapely.get_dimensions(fit).max(initial=0)]
        if len(fit):
            shapes[at] = fit[0] if len(fit) == 1 else shapely.union_all(fit)
            taken.append(f"{rows.iloc[at]}")
    if not taken:
        return frame, ()
    rows_taken = listed(taken, most=SHOWN)
    parted = finding("collection_parted", n=len(taken), words=WORDS[needed], rows=rows_taken)
    return frame.set_geometry(gpd.GeoSeries(shapes, index=frame.index, crs=frame.crs)), (parted,)


def _parts(shape: shapely.Geometry) -> np.ndarray:
    """Give the parts of a collection, those of a collection in it too."""
    parts = shapely.get_parts(shape)
    while (shapely.get_type_id(parts) == COLLECTION).any():
        parts = shapely.get_parts(parts)
    return parts[~shapely.is_empty(parts)]


def misfits(geometry: gpd.GeoSeries, kind: str) -> pd.DataFrame:
    """Find the rows whose geometry a layer of this kind cannot use.

    Parameters
    ----------
    geometry
        Shape (n,), any geometry; missing is None.
    kind
        A canonical table; one without geometry, and one where it may be missing, takes any row.

    Returns
    -------
    frame
        A row for each misfit, index of `geometry`; columns text, reason, fix.
    """
    if "geometry" not in TABLES.get(kind, {}):
        return pd.DataFrame(columns=FAULTY)
    types = shapely.get_type_id(geometry.to_numpy())
    nothing = (types < 0) | shapely.is_empty(geometry.to_numpy())
    needed = NEEDED.get(kind)
    wrong = ~np.isin(types, list(needed)) & ~nothing if needed else np.zeros(len(types), bool)
    if kind in OPTIONAL:
        nothing = np.zeros(len(types), bool)
    bad = nothing | wrong
    words = WORDS[needed] if needed else Message("", "")
    why = zip(fault("no_geometry"), fault("other_geometry", words=words), strict=True)
    told = [np.where(nothing[bad], lacks.stored, other.stored) for lacks, other in why]
    texts = np.where(types < 0, "", geometry.geom_type.to_numpy())[bad]
    return pd.DataFrame(dict(zip(FAULTY, (texts, *told), strict=True)), index=geometry.index[bad])


def faulty(index: pd.Index, texts: Iterable[str], why: Iterable[tuple[Message, Message]]) -> pd.DataFrame:
    """Give rows as `rejected` takes them: the text of each, its reason and the fix."""
    rows = [(text, reason.stored, fix.stored) for text, (reason, fix) in zip(texts, why, strict=True)]
    return pd.DataFrame(rows, columns=FAULTY, index=index)


def rejected(
    bad: pd.DataFrame, frame: pd.DataFrame, rows: pd.Series, layer: str, source: str
) -> pd.DataFrame:
    """Make rows of the table `rejects`: `bad` has text, reason and fix by the index of `frame`.

    The record keeps the file's own values as JSON, without the geometry.
    """
    geometry = frame.geometry.name if isinstance(frame, gpd.GeoDataFrame) else None
    own = frame.loc[bad.index].drop(columns=[geometry] if geometry else [])
    cells = [
        {key: None if pd.isna(cell) else cell for key, cell in row.items()} for row in own.to_dict("records")
    ]
    listed = bad.assign(
        layer=layer, source=source, source_row=rows.loc[bad.index].to_numpy(), field="geometry",
        record=[json.dumps(row, ensure_ascii=False, default=str) for row in cells],
    )  # fmt: skip
    return conform(listed.reset_index(drop=True), "rejects")
