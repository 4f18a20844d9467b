"""Pairs of coordinates as surveyors write them: which of the two is the north one, and of which zone."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from gis.base.errors import CrsError
from gis.base.geo import FIRST_PLAIN, FIRST_ZONE, LAST_ZONE
from gis.ingest.axes import CHINA, HALF_TURN
from gis.ingest.model import Findings, finding
from gis.ingest.patterns import patterns
from gis.ingest.phrases import phrase
from gis.ingest.refusals import refusal

Numbers = npt.NDArray[np.float64]

PREFIXED, PLAIN, MILLION = 1e7, 1e6, 1_000_000
ZONES = {3: (25, 45, 4513, 4534), 6: (13, 23, 4491, 4502)}
"""By width in degrees: first and last zone, EPSG of the first with its number in the easting, and without."""


class Pairs(NamedTuple):
    """Coordinates with the easting (longitude) first.

    Attributes
    ----------
    east, north
        NaN where a pair is neither metres nor degrees of China.
    turned
        Which pairs had the north one first.
    """

    east: Numbers
    north: Numbers
    turned: npt.NDArray[np.bool_]


def east_first(first: Numbers, second: Numbers) -> Pairs:
    """Tell the easting of each pair from the northing by its size.

    In China a northing has 7 digits, an easting 6, or 8 with its zone; a longitude is above 73°, a
    latitude below 54°: no number can be both.
    """
    a, b = np.asarray(first, "float64"), np.asarray(second, "float64")
    straight, turned = is_pair(a, b), is_pair(b, a)
    east = np.where(straight, a, np.where(turned, b, np.nan))
    north = np.where(straight, b, np.where(turned, a, np.nan))
    return Pairs(east, north, turned)


def is_pair(east: Numbers, north: Numbers) -> npt.NDArray[np.bool_]:
    """Say which pairs can be an easting and a northing, or a longitude and a latitude, of China."""
    west, south, far_east, far_north = CHINA
    with np.errstate(invalid="ignore"):
        metres = (north >= PLAIN) & (north < PREFIXED) & ((east >= PREFIXED) | ((east > 0) & (east < PLAIN)))
        degrees = (west <= east) & (east <= far_east) & (south <= north) & (north <= far_north)
    return np.asarray(metres | degrees)


def prefix(east: float) -> int | None:
    """Give the number of the zone that an easting begins with, or None."""
    return int(east // MILLION) if east >= PREFIXED else None


def zone_code(number: int) -> int | None:
    """Give the EPSG code of a CGCS2000 zone by the number its eastings begin with; the ranges do not meet."""
    for first, last, prefixed, _ in ZONES.values():
        if first <= number <= last:
            return prefixed + number - first
    return None


def plane_crs(
    east: Numbers, texts: Iterable[str], file: str, said: str | None
) -> tuple[str | None, Findings]:
    """Find the zone of metres whose file names no CRS.

    Parameters
    ----------
    east
        Eastings; NaN where a pair is none.
    texts
        Titles and notes of the file: one may state the central meridian.
    said
        What a person said; then nothing is found here.

    Returns
    -------
    crs, findings
        The CGCS2000 zone that the eastings begin with, else that of the central meridian, and how it was
        found; None where neither is there.

    Raises
    ------
    CrsError
        The eastings are of several zones, or of none of China.
    """
    if said:
        return None, []
    if (crs := _by_prefix(east, file)) is not None:
        return crs, [finding("zone_by_prefix", crs=crs)]
    if (crs := _by_meridian(texts)) is not None:
        return crs, [finding("zone_by_meridian", crs=crs)]
    return None, []


def _by_prefix(east: Numbers, file: str) -> str | None:
    metres = east[np.isfinite(east) & (np.abs(east) > HALF_TURN)]
    zones = np.unique(np.where(metres >= PREFIXED, metres // MILLION, 0)).astype(int)
    if not len(zones) or (len(zones) == 1 and not zones[0]):
        return None
    code = zone_code(int(zones[0])) if len(zones) == 1 else None
    if code is None:
        raise refusal(CrsError, "eastings_zones", file, zones=", ".join(map(str, zones)))
    return f"EPSG:{code}"


def _by_meridian(texts: Iterable[str]) -> str | None:
    for text in texts:
        if found := _MERIDIAN.search(text):
            zone, rest = divmod(int(found[1]), 3)
            if not rest and FIRST_ZONE <= zone <= LAST_ZONE:
                return f"EPSG:{FIRST_PLAIN + zone - FIRST_ZONE}"
    return None


def told_turned(many: int) -> tuple[str, str]:
    """Tell that X was the north one."""
    return finding("points_turned.surveyed", n=many)


_OTHER_DATUMS = patterns("datums")
_MERIDIAN = re.compile(r"中央(?:子午线|经线|经度)\s*(?:为|是|[:：=])?\s*(?:东经|E)?\s*(\d{2,3})(?!\d)")
_CONVERTED = re.compile(r"转换?[为到至成]|转\s*(?:2000|CGCS|国家)|convert", re.IGNORECASE)


def other_datum(text: str) -> str | None:
    """Give the datum other than CGCS2000 that a title, a head or a note names, or None.

    A note of a conversion (由西安80转换为2000) names none.
    """
    if _CONVERTED.search(text):
        return None
    return next((name for name, pattern in _OTHER_DATUMS.items() if pattern.search(text)), None)


def refuse_other_datum(texts: Iterable[str], file: str) -> None:
    """Stop where a text of the file says that its coordinates are on another datum.

    Raises
    ------
    CrsError
        The text and what to ask for.
    """
    for text in texts:
        if (name := other_datum(text)) is not None:
            raise refusal(CrsError, "datum_other", file, found=text[:80], fix=ASK, name=name)


ASK = phrase("ask_for_cgcs2000")
