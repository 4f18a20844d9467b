"""Layers that lie as GCJ-02 maps do (高德, 腾讯), against each other or by their source; reported, never moved."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import permutations

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from gis.base.geo import METRES_A_DEGREE
from gis.base.messages import Message
from gis.base.tables import conform
from gis.ingest.crs import gcj02_like
from gis.ingest.model import Ingested
from gis.ingest.patterns import patterns
from gis.ingest.phrases import phrase

CODE = "gcj02_offset"
LEAST, SHARE, LEFT = 3, 0.01, 0.1

_SERVICES = patterns("sources")["service"]


def offsets_told(layers: Sequence[Ingested], about: Mapping[str, str] | None = None) -> list[Ingested]:
    """Tell which layers seem shifted: boundaries that disagree, places beyond the border, maps of the web.

    Parameters
    ----------
    layers
        Counties are compared by code or name; a county and its towns as wholes. Places are compared
        with the first layer that has the county.
    about
        The words of the catalogue about where a layer comes from, by its id.

    Returns
    -------
    layers
        As they came, a finding `gcj02_offset` added where a layer lies 300 to 600 m east to
        south-east of another on all sides, where a layer's places lie outside the county and would not
        without such a shift, or where its source is a map service of the web.
    """
    found = list(layers)
    covers = {
        at: one.table for at, one in enumerate(found) if one.kind == "boundaries" and _polygons(one.table)
    }
    for at, other in permutations(covers, 2):
        if message := gcj02_like(gpd.GeoDataFrame(covers[at]), gpd.GeoDataFrame(covers[other])):
            text = Message("{told}（{other}）", "{told} ({other})", told=message, other=found[other].layer)
            found[at] = _with(found[at], text)
    counties = (cover[cover["level"] == "county"] for cover in covers.values())
    county = next((shapely.union_all(rows.geometry.to_numpy()) for rows in counties if len(rows)), None)
    for at, one in enumerate(found):
        hint = _of_service(one, (about or {}).get(one.layer, ""))
        if hint is None and county is not None and one.kind != "boundaries":
            hint = _spills(one.table, county)
        if hint is not None:
            found[at] = _with(one, hint)
    return found


def typical_shift(lon: float, lat: float) -> tuple[float, float]:
    """Give about how far GCJ-02 lies from CGCS2000 somewhere in China, metres east and north; for hints only.

    Examples
    --------
    >>> [round(side, -1) for side in typical_shift(120.75, 31.65)]
    [420.0, -210.0]
    """
    x, y = lon - 105.0, lat - 35.0
    wave = 20 * math.sin(6 * x * math.pi) + 20 * math.sin(2 * x * math.pi)
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * math.sqrt(abs(x)) + wave * 2 / 3
    north += (20 * math.sin(y * math.pi) + 40 * math.sin(y / 3 * math.pi)) * 2 / 3
    north += (160 * math.sin(y / 12 * math.pi) + 320 * math.sin(y * math.pi / 30)) * 2 / 3
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * math.sqrt(abs(x)) + wave * 2 / 3
    east += (20 * math.sin(x * math.pi) + 40 * math.sin(x / 3 * math.pi)) * 2 / 3
    east += (150 * math.sin(x / 12 * math.pi) + 300 * math.sin(x / 30 * math.pi)) * 2 / 3
    return east, north


def _with(layer: Ingested, message: Message) -> Ingested:
    source = layer.table["source"].iloc[0] if len(layer.table) else None
    told = pd.DataFrame([{"layer": layer.layer, "source": source, "code": CODE, "message": message.stored}])
    return replace(layer, findings=pd.concat([layer.findings, conform(told, "findings")], ignore_index=True))


def _polygons(cover: pd.DataFrame) -> bool:
    if not isinstance(cover, gpd.GeoDataFrame):
        return False
    types = cover.geometry.dropna().geom_type
    return len(types) > 0 and bool(types.str.contains("Polygon").all())


def _of_service(layer: Ingested, about: str) -> Message | None:
    """Tell a layer whose source, file or layer names a map service of the web."""
    if not isinstance(layer.table, gpd.GeoDataFrame) or layer.table.geometry.isna().all():
        return None
    words = [about, *layer.table["source"].dropna().astype(str).unique()]
    said = next((found[0] for word in words if (found := _SERVICES.search(word))), None)
    if said is None:
        return None
    west, south, east, north = layer.table.total_bounds
    dx, dy = typical_shift((west + east) / 2, (south + north) / 2)
    return phrase("of_web_map", said=said, dx=dx, dy=-dy)


def _spills(table: pd.DataFrame, county: shapely.Geometry) -> Message | None:
    """Tell a layer whose places lie outside the county, but inside once the shift is taken off, or put on."""
    if not isinstance(table, gpd.GeoDataFrame):
        return None
    bounds = table.geometry.bounds.to_numpy(dtype="float64")
    bounds = bounds[np.isfinite(bounds).all(axis=1)]
    if len(bounds) < LEAST:
        return None
    middle = (bounds[:, :2] + bounds[:, 2:]) / 2
    lon, lat = middle.mean(axis=0)
    dx, dy = typical_shift(lon, lat)
    step = np.array([dx / (METRES_A_DEGREE * math.cos(math.radians(lat))), dy / 110_950.0])
    shapely.prepare(county)
    now = _outside(county, middle)
    if now < max(LEAST, SHARE * len(middle)):
        return None
    for sign, zh, en in ((-1, "本图层", "this layer"), (1, "市域界线", "the border")):
        if _outside(county, middle + sign * step) <= LEFT * now:
            return phrase("spills", n=now, which=Message(zh, en), dx=dx, dy=-dy)
    return None


def _outside(county: shapely.Geometry, spots: npt.NDArray[np.float64]) -> int:
    return int((~shapely.contains_xy(county, spots[:, 0], spots[:, 1])).sum())
