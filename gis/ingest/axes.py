"""What coordinates look like, against what their CRS says: degrees or metres, zone, order of axes."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import numpy.typing as npt
from pyproj import CRS, Transformer

from gis.base.geo import FIRST_PREFIXED, FIRST_ZONE, LAST_ZONE, STORED, ZONE_WIDTH, zone_crs
from gis.base.messages import Message
from gis.ingest.phrases import phrase

MERIDIAN, EASTING = "Longitude of natural origin", "False easting"
NORTHING, SCALE = "False northing", "Scale factor at natural origin"
Extent = tuple[float, float, float, float]

MARGIN = 1.0
ZONE_HALF_WIDTH = 450_000.0
HALF_TURN, QUARTER_TURN, FULL_TURN = 180.0, 90.0, 360.0
HALF_WORLD = 20_040_000.0  # metres: no coordinate without a zone before it is beyond it
NOWHERE = 0.5
FEWEST, BULK, FAR, WIDE = 3, 0.75, 5.0, 10.0
METRES_OF_DEGREE = 111_000.0
SWAPPED = {
    True: phrase("degrees_swapped"),
    False: phrase("metres_swapped"),
}
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
    elif (plane := plane_of(crs)) is None:
        fits = ~degrees & (size <= HALF_WORLD).all(axis=1)
    else:
        fits = ~degrees & (np.abs(bounds[:, [0, 2]] - plane[EASTING]) <= ZONE_HALF_WIDTH).all(axis=1)
    return np.asarray(fits)


def plane_of(crs: CRS) -> dict[str, float] | None:
    """Give the parameters of a transverse Mercator by their names in PROJ, or None."""
    operation = crs.coordinate_operation
    if operation is None or "transverse mercator" not in operation.method_name.lower().replace("_", " "):
        return None
    nothing = {MERIDIAN: 0.0, EASTING: 0.0, NORTHING: 0.0, SCALE: 1.0}
    return nothing | {one.name: float(one.value) for one in operation.params}


def contradiction(x: float, y: float, crs: CRS, extent: Extent | None) -> Message:
    """Say what is wrong with coordinates that cannot be of this CRS, or not of this county."""
    name = crs_name(crs)
    if near_origin(np.array([[x, y, x, y]]), crs)[0]:
        return phrase("at_origin")
    degrees = abs(x) <= HALF_TURN and abs(y) <= HALF_TURN
    if degrees and not crs.is_geographic:
        return phrase("degrees_for_metres", name=name)
    if crs.is_geographic and not degrees:
        return phrase("metres_for_degrees", name=name)
    seen = guess(x, y, extent)
    if (seen is not None and seen[1]) or (crs.is_geographic and abs(y) > QUARTER_TURN >= abs(x)):
        return SWAPPED[crs.is_geographic]
    plane = plane_of(crs)
    if plane is not None and (mine := _prefix(x)) != (theirs := _prefix(plane[EASTING])):
        return _zones(mine, theirs, name)
    outside = phrase("outside_extent", name=name)
    return outside if extent else phrase("far_from_others")


def _zones(mine: int, theirs: int, name: str) -> Message:
    if not theirs:
        return phrase("zone_not_expected", mine=mine, name=name)
    if not mine:
        return phrase("zone_expected", theirs=theirs, name=name)
    return phrase("zone_other", mine=mine, theirs=theirs, name=name)


def near_origin(bounds: npt.NDArray[np.float64], crs: CRS) -> npt.NDArray[np.bool_]:
    """Say which bounds (n, 4) lie where a failed digitising or an empty cell puts them: at longitude and latitude 0."""
    return np.asarray((np.abs(bounds) <= NOWHERE).all(axis=1) & crs.is_geographic)


def strays(bounds: npt.NDArray[np.float64], crs: CRS) -> npt.NDArray[np.bool_]:
    """Say which bounds (n, 4) lie at 0, 0 or far from where three quarters of the others are.

    Far is more than 5 degrees and ten times as far from the middle as the three quarters reach, so that
    the islands of a country are none.
    """
    lost = near_origin(bounds, crs)
    here = np.isfinite(bounds).all(axis=1) & ~lost
    if here.sum() < FEWEST:
        return lost
    unit = 1.0 if crs.is_geographic else METRES_OF_DEGREE / crs.axis_info[0].unit_conversion_factor
    middles = (bounds[here, :2] + bounds[here, 2:]) / 2 / unit
    away = np.abs(middles - np.median(middles, axis=0)).max(axis=1)
    reach = float(np.quantile(away, BULK, method="lower"))
    lost[here] = away > max(FAR, WIDE * reach)
    return lost


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
    if not FIRST_ZONE <= round(lon / ZONE_WIDTH) <= LAST_ZONE:
        return []
    return [zone_crs(lon), SIX_DEGREE_PLAIN + int(lon // 6) + 1 - SIX_ZONES[0]]


@cache
def to_stored(wkt: str) -> Transformer:
    """Give the transformation of a CRS to EPSG:4490, longitude first; kept once made."""
    return Transformer.from_crs(wkt, STORED, always_xy=True)
