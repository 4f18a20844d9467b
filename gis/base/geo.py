"""The Gauss-Krüger zone that planar work in China uses (GB/T 22021; EPSG 4534 to 4554)."""

from __future__ import annotations

from gis.base.errors import CrsError
from gis.base.phrases import refusal

FIRST_ZONE, LAST_ZONE, ZONE_WIDTH = 25, 45, 3
FIRST_PLAIN, FIRST_PREFIXED = 4534, 4513
STORED = "EPSG:4490"
METRES_A_DEGREE = 111_320.0  # of longitude on the equator


def zone_crs(lon: float) -> int:
    """Give the EPSG code of the CGCS2000 3-degree Gauss-Krüger zone, easting without zone prefix.

    Parameters
    ----------
    lon
        Longitude in degrees, 73.5 to 136.5 (zones 25 to 45); a meridian between two zones belongs
        to the even one.

    Returns
    -------
    epsg
        4534 (central meridian 75° E) to 4554 (135° E).

    Raises
    ------
    CrsError
        The longitude lies outside the zones of China.

    Examples
    --------
    >>> zone_crs(120.75)
    4549
    """
    zone = round(lon / ZONE_WIDTH) if abs(lon) <= 180 else 0  # noqa: PLR2004  half a turn
    if not FIRST_ZONE <= zone <= LAST_ZONE:
        raise refusal(CrsError, "longitude_outside", lon=lon)
    return FIRST_PLAIN + zone - FIRST_ZONE


def plane_of(zone: int) -> str:
    """Give the plane of a 3-degree Gauss-Krüger zone anywhere on earth, central meridian 3 × zone.

    Inside China it is the EPSG code of CGCS2000, elsewhere the same projection of the same ellipsoid.

    Examples
    --------
    >>> plane_of(40)
    'EPSG:4549'
    >>> plane_of(-25)
    '+proj=tmerc +lat_0=0 +lon_0=-75 +k=1 +x_0=500000 +y_0=0 +ellps=GRS80 +units=m +type=crs'
    """
    if FIRST_ZONE <= zone <= LAST_ZONE:
        return f"EPSG:{FIRST_PLAIN + zone - FIRST_ZONE}"
    meridian = zone * ZONE_WIDTH
    return f"+proj=tmerc +lat_0=0 +lon_0={meridian} +k=1 +x_0=500000 +y_0=0 +ellps=GRS80 +units=m +type=crs"
