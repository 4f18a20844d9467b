"""What coordinates look like, against what their CRS says: degrees or metres, zone, order of axes."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import numpy.typing as npt
from pyproj import CRS, Transformer

from gis.base.geo import FIRST_PREFIXED, FIRST_ZONE, LAST_ZONE, STORED, zone_crs

Extent = tuple[float, float, float, float]

MARGIN = 1.0
ZONE_HALF_WIDTH = 450_000.0
HALF_TURN, QUARTER_TURN, FULL_TURN = 180.0, 90.0, 360.0
CHINA: Extent = (73.0, 3.0, 136.0, 54.0)
SIX_DEGREE_PREFIXED, SIX_DEGREE_PLAIN, SIX_ZONES = 4491, 4502, (13, 23)


def crs_name(crs: CRS) -> str:
    """Give "EPSG:4528" where the CRS has a code, otherwise its name."""
    code = crs.to_authority(min_confidence=70)
    return ":".join(code) if code else crs.name


def in_domain(bounds: npt.NDArray[np.float64], crs: CRS) -> npt.NDArray[np.bool_]:
    """Say which bounds (n, 4) can be coordinates of this CRS at all: degrees, metres, its zone."""
    size = np.abs(bounds)
    degrees = (size <= [HALF_TURN, QUARTER_TURN, HALF_TURN, QUARTER_TURN]).all(axis=1)
    if crs.is_geographic:
        fits = degrees
    elif (east := _false_easting(crs)) is None:
        fits = ~degrees
    else:
        fits = ~degrees & (np.abs(bounds[:, [0, 2]] - east) <= ZONE_HALF_WIDTH).all(axis=1)
    return np.asarray(fits)


def _false_easting(crs: CRS) -> float | None:
    operation = crs.coordinate_operation
    if operation is None or "transverse mercator" not in operation.method_name.lower().replace("_", " "):
        return None
    return next((float(one.value) for one in operation.params if one.name == "False easting"), None)


def contradiction(x: float, y: float, crs: CRS, extent: Extent | None) -> tuple[str, str]:
    """Say in Chinese and in English what is wrong with coordinates that cannot be of this CRS."""
    name = crs_name(crs)
    if not crs.is_geographic and abs(x) <= HALF_TURN and abs(y) <= HALF_TURN:
        return f"坐标是度, 文件却为 {name} (米)", f"coordinates are degrees, but the CRS is {name} (metres)"
    if crs.is_geographic and max(abs(x), abs(y)) > FULL_TURN:
        return f"坐标是米, 文件却为 {name} (度)", f"coordinates are metres, but the CRS is {name} (degrees)"
    seen = guess(x, y, extent)
    if (seen is not None and seen[1]) or (crs.is_geographic and abs(y) > QUARTER_TURN >= abs(x)):
        zh, en = (
            ("经度与纬度", "longitude and latitude")
            if crs.is_geographic
            else ("东坐标与北坐标", "easting and northing")
        )
        return f"{zh}颠倒", f"{en} are swapped"
    east = _false_easting(crs)
    if east is not None and (mine := _prefix(x)) != (theirs := _prefix(east)):
        return _zones(mine, theirs, name)
    return "位于县域范围之外", f"lies outside the county under {name}"


def _zones(mine: int, theirs: int, name: str) -> tuple[str, str]:
    if not theirs:
        return (
            f"东坐标带有带号 {mine}, {name} 却没有",
            f"eastings carry the zone prefix {mine}, but {name} has none",
        )
    if not mine:
        return (
            f"东坐标没有带号, {name} 却有带号 {theirs}",
            f"eastings carry no zone prefix, but {name} has the prefix {theirs}",
        )
    return (
        f"东坐标属于 {mine} 带, {name} 却是 {theirs} 带",
        f"eastings are of zone {mine}, but {name} is zone {theirs}",
    )


def _prefix(easting: float) -> int:
    return int(easting // 1_000_000) if easting > 0 else 0


def guess(x: float, y: float, extent: Extent | None) -> tuple[int, bool] | None:
    """Find the CRS under which a point falls near the county (or in China); for a hint, never for use.

    Parameters
    ----------
    x, y
        Coordinates in the order of the file.
    extent
        The county, degrees; a point up to 1° outside still fits.

    Returns
    -------
    epsg, swapped
        `swapped` says that it fits only with x and y exchanged; None where nothing fits.
    """
    if not (math.isfinite(x) and math.isfinite(y)):
        return None
    west, south, east, north = extent or CHINA
    for first, second, swapped in ((x, y, False), (y, x, True)):
        for code in _codes(first, extent):
            lon, lat = to_stored(CRS(code).to_wkt()).transform(first, second)
            if west - MARGIN <= lon <= east + MARGIN and south - MARGIN <= lat <= north + MARGIN:
                return code, swapped
    return None


def _codes(x: float, extent: Extent | None) -> list[int]:
    if abs(x) <= HALF_TURN:
        return [4490]
    prefix = _prefix(x)
    if FIRST_ZONE <= prefix <= LAST_ZONE:
        return [FIRST_PREFIXED + prefix - FIRST_ZONE]
    if SIX_ZONES[0] <= prefix <= SIX_ZONES[1]:
        return [SIX_DEGREE_PREFIXED + prefix - SIX_ZONES[0]]
    if prefix or extent is None:
        return []
    lon = (extent[0] + extent[2]) / 2
    return [zone_crs(lon), SIX_DEGREE_PLAIN + int(lon // 6) + 1 - SIX_ZONES[0]]


@cache
def to_stored(wkt: str) -> Transformer:
    """Give the transformation of a CRS to EPSG:4490, longitude first; kept once made."""
    return Transformer.from_crs(wkt, STORED, always_xy=True)
