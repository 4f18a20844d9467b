"""Points of a sheet: degrees, or metres as surveyors write them, X north and Y east."""

from __future__ import annotations

import re

import geopandas as gpd
import numpy as np

from gis.base.geo import STORED
from gis.ingest.axes import HALF_TURN
from gis.ingest.canon import Rows
from gis.ingest.heads import Match, plain
from gis.ingest.model import Findings, Options, Raw
from gis.ingest.survey import east_first, plane_crs, refuse_other_datum, told_turned

_AXES = re.compile(r"^(坐标)?[xy](坐标|轴|\d)?|^[纵横]坐标")


def points(rows: Rows, raw: Raw, taken: Match, options: Options) -> tuple[gpd.GeoDataFrame, Findings] | None:
    """Make points of the columns lon and lat.

    Parameters
    ----------
    rows
        The columns as numbers, in the order of the heads.
    taken
        Heads called X and Y hold either axis; 经度 and 纬度 are believed.
    options
        `crs` is that of metres; without it the zone that the eastings begin with, or a central meridian
        in the title.

    Returns
    -------
    frame, findings
        Index of `raw.frame`, None where a row has not both; CRS None for metres of an unknown zone. None
        where a column is not there.

    Raises
    ------
    CrsError
        A head or the title names another datum, or the eastings are of several zones.
    """
    if "lon" not in rows.columns or "lat" not in rows.columns:
        return None
    heads = [str(taken.columns[name].head) for name in ("lon", "lat") if name in taken.columns]
    refuse_other_datum([*heads, raw.title, raw.part], raw.path.name)
    x, y = rows.columns["lon"].to_numpy("float64"), rows.columns["lat"].to_numpy("float64")
    both = np.isfinite(x) & np.isfinite(y)
    metres = bool(both.any() and np.median(np.abs(x[both])) > HALF_TURN)
    either = metres or (bool(heads) and all(_AXES.match(plain(head)) for head in heads))
    pairs = east_first(x, y)
    findings: Findings = []
    if either and pairs.turned.any():
        x, y = np.where(pairs.turned, y, x), np.where(pairs.turned, x, y)
        findings.append(told_turned(int(pairs.turned.sum())))
    crs: str | None = STORED
    if metres:
        zone, plane = plane_crs(pairs.east, [raw.title, raw.part, *heads], raw.path.name, options.crs)
        crs = options.crs or zone
        findings += plane
    shapes = gpd.GeoSeries(gpd.points_from_xy(x, y), index=raw.frame.index).where(both)
    return gpd.GeoDataFrame(index=raw.frame.index, geometry=shapes, crs=crs), findings


def in_degrees(table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Bring the columns lon and lat to the points of a table in EPSG:4490."""
    here = table.geometry.notna()
    return table.assign(
        lon=table["lon"].astype("float64").where(~here, table.geometry.x),
        lat=table["lat"].astype("float64").where(~here, table.geometry.y),
    )
