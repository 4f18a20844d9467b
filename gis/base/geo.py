"""The Gauss-Krüger zone that planar work in China uses (GB/T 22021; EPSG 4534 to 4554)."""

from __future__ import annotations

from gis.base.errors import CrsError

FIRST_ZONE, LAST_ZONE, ZONE_WIDTH = 25, 45, 3
FIRST_PLAIN, FIRST_PREFIXED = 4534, 4513
STORED = "EPSG:4490"


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
        raise CrsError(
            "no 3-degree Gauss-Krüger zone of China covers this longitude",
            found=f"longitude {lon:.4f}",
            fix="longitudes from 73.5 to 136.5 degrees east; check the CRS of the file",
        )
    return FIRST_PLAIN + zone - FIRST_ZONE
