"""Shapes spelled in a column of a table (WKT, WKB in hexadecimal, GeoJSON), as QGIS and databases export them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError as UnknownCrs

from gis.base.errors import CrsError
from gis.base.geo import STORED
from gis.base.tables import TABLES
from gis.ingest.axes import HALF_TURN
from gis.ingest.model import Findings, Options, Raw, finding
from gis.ingest.refusals import refusal
from gis.ingest.shapes import flatten, misfits, rejected
from gis.ingest.survey import plane_crs

LOOKED_AT = 50
_WKT = re.compile(
    r"(?:SRID=(\d{1,9});)?\s*(?:MULTI)?(?:POINT|LINESTRING|POLYGON|CURVE|SURFACE)\b.*",
    re.IGNORECASE | re.DOTALL,
)
_WKB = re.compile(r"(?:\\\\?x|0x)?(0[01](?:[0-9A-Fa-f]{2}){8,})")
_JSON = re.compile(r"\{\s*\"(?:type|coordinates)\"\s*:.*\"coordinates\"?.*\}", re.DOTALL)


def with_shapes(raw: Raw, options: Options) -> Raw:
    """Read a column of spelled shapes as the geometry of a table that has none.

    Returns
    -------
    raw
        As it came where the kind needs no geometry or no column spells it. Else a GeoDataFrame: the CRS
        is that of the SRID in the shapes; without one degrees are taken as EPSG:4490 and metres as the
        zone that the eastings begin with, and that is told; other metres have none. Rows whose shape
        cannot be used are in `rejects`.

    Raises
    ------
    CrsError
        The shapes have several SRIDs, or one that is no EPSG code.
    """
    if isinstance(raw.frame, gpd.GeoDataFrame) or "geometry" not in TABLES[options.kind]:
        return raw
    head = next((name for name in raw.frame if _is_spelled(raw.frame[name])), None)
    if head is None:
        return raw
    found, srids = _read(raw.frame[head].tolist())
    shapes = gpd.GeoSeries(found, index=raw.frame.index)
    crs, plane = _crs(srids, shapes, raw, options)
    frame = gpd.GeoDataFrame(raw.frame.drop(columns=head), geometry=shapes, crs=crs)
    flat, dropped = flatten(frame)
    bad = misfits(flat.geometry, options.kind)
    source = raw.source
    lost = rejected(bad, flat, raw.rows, options.layer, source)
    taken = finding("shapes_from_text", head=head)
    return replace(
        raw, frame=flat.drop(index=bad.index), rows=raw.rows.drop(bad.index),
        findings=(*raw.findings, taken, *plane, *dropped),
        rejects=pd.concat([raw.rejects, lost], ignore_index=True),
    )  # fmt: skip


def _is_spelled(cells: Any) -> bool:
    full = [cell for cell in cells.head(LOOKED_AT) if cell is not None and cell == cell and str(cell).strip()]  # noqa: PLR0124
    return bool(full) and all(_is_shape(cell) for cell in full)


def _is_shape(cell: Any) -> bool:
    if isinstance(cell, bytes):
        return cell[:1] in (b"\0", b"\1") and len(cell) > 8  # noqa: PLR2004  order of bytes and type
    text = cell.strip() if isinstance(cell, str) else ""
    return any(form.fullmatch(text) for form in (_WKT, _WKB, _JSON))


def _read(cells: Sequence[Any]) -> tuple[npt.NDArray[np.object_], set[int]]:
    """Read each cell in its form; a cell in none is None."""
    texts = [cell.strip() if isinstance(cell, str) else "" for cell in cells]
    binary = [
        found[1] if (found := _WKB.fullmatch(text)) else cell if isinstance(cell, bytes) else None
        for text, cell in zip(texts, cells, strict=True)
    ]
    words = [text.rpartition(";")[2] if _WKT.fullmatch(text) else None for text in texts]
    objects = [text if _JSON.fullmatch(text) else None for text in texts]
    shapes = shapely.from_wkt(words, on_invalid="ignore")
    for read, spelled in ((shapely.from_wkb, binary), (shapely.from_geojson, objects)):
        shapes = np.where(shapely.is_missing(shapes), read(spelled, on_invalid="ignore"), shapes)
    srids = {int(found[1]) for text in texts if (found := _WKT.match(text)) and found[1]}
    srids |= {int(srid) for srid in np.unique(shapely.get_srid(shapes))}
    return shapely.set_srid(shapes, 0), {srid for srid in srids if srid > 0}


def _crs(srids: set[int], shapes: gpd.GeoSeries, raw: Raw, options: Options) -> tuple[str | None, Findings]:
    if len(srids) > 1:
        raise refusal(CrsError, "srids_several", raw.path, found=", ".join(map(str, sorted(srids))))
    if srids:
        return _known(srids.pop(), raw.path.name), []
    bounds = shapes.total_bounds
    if options.crs or not np.isfinite(bounds).all():
        return None, []
    if np.abs(bounds).max() > HALF_TURN:
        return plane_crs(shapes.bounds["minx"].to_numpy(), [raw.title, raw.part], raw.path.name, options.crs)
    return STORED, [finding("crs_assumed.shapes", crs=STORED)]


def _known(srid: int, file: str) -> str:
    try:
        CRS(srid)
    except UnknownCrs as error:
        raise refusal(CrsError, "srid_unknown", file, srid=srid) from error
    return f"EPSG:{srid}"
