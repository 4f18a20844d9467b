"""Shapes spelled in a column of a table (WKT), as QGIS and databases export them."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gis.base.geo import STORED
from gis.base.tables import TABLES
from gis.ingest.axes import HALF_TURN
from gis.ingest.model import Options, Raw
from gis.ingest.shapes import flatten, misfits, rejected

_WKT = re.compile(
    r"(?:SRID=(\d{1,9});)?\s*(?:MULTI)?(?:POINT|LINESTRING|POLYGON|CURVE|SURFACE)\b.*",
    re.IGNORECASE | re.DOTALL,
)


def with_shapes(raw: Raw, options: Options) -> Raw:
    """Read a column of WKT as the geometry of a table that has none.

    Returns
    -------
    raw
        As it came where the kind needs no geometry or no column spells it. Else a GeoDataFrame: the CRS
        is that of an SRID before the WKT; degrees without one are taken as EPSG:4490 and that is told;
        metres without one have none. Rows whose shape cannot be used are in `rejects`.
    """
    if isinstance(raw.frame, gpd.GeoDataFrame) or "geometry" not in TABLES[options.kind]:
        return raw
    head = next((name for name in raw.frame if _is_spelled(raw.frame[name])), None)
    if head is None:
        return raw
    cells = [cell.strip() if isinstance(cell, str) else "" for cell in raw.frame[head]]
    srids = {found[1] for cell in cells if (found := _WKT.fullmatch(cell)) and found[1]}
    bare = [cell.rpartition(";")[2] or None for cell in cells]
    shapes = gpd.GeoSeries(shapely.from_wkt(bare, on_invalid="ignore"), index=raw.frame.index)
    crs, told = _crs(srids, shapes, options)
    frame = gpd.GeoDataFrame(raw.frame.drop(columns=head), geometry=shapes, crs=crs)
    flat, dropped = flatten(frame)
    bad = misfits(flat.geometry, options.kind)
    source = f"{raw.path.name}#{raw.part}" if raw.part else raw.path.name
    lost = rejected(bad, flat, raw.rows, options.layer, source)
    message = f"图形取自“{head}”列 (WKT) · the shapes come from the column {head} (WKT)"
    return replace(
        raw, frame=flat.drop(index=bad.index), rows=raw.rows.drop(bad.index),
        findings=(*raw.findings, ("shapes_from_text", message), *told, *dropped),
        rejects=pd.concat([raw.rejects, lost], ignore_index=True),
    )  # fmt: skip


def _is_spelled(cells: Any) -> bool:
    texts = [cell for cell in cells.head(50) if isinstance(cell, str) and cell.strip()]
    return bool(texts) and all(_WKT.fullmatch(text.strip()) for text in texts)


def _crs(
    srids: set[str], shapes: gpd.GeoSeries, options: Options
) -> tuple[str | None, list[tuple[str, str]]]:
    if len(srids) == 1:
        return f"EPSG:{srids.pop()}", []
    bounds = shapes.total_bounds
    if options.crs or not np.isfinite(bounds).all() or np.abs(bounds).max() > HALF_TURN:
        return None, []
    message = f"WKT 未注明坐标系，是度，按 {STORED} · the WKT names no CRS; its degrees are taken as {STORED}"
    return STORED, [("crs_assumed", message)]
