"""Which coordinate systems can be brought to CGCS2000, by their names and by what they say of themselves."""

from __future__ import annotations

import re

from pyproj import CRS

from gis.base.errors import CrsError
from gis.base.messages import Message, Text
from gis.ingest.axes import EASTING, MERIDIAN, NORTHING, SCALE, crs_name, plane_of
from gis.ingest.model import finding
from gis.ingest.phrases import phrase
from gis.ingest.refusals import refusal
from gis.ingest.survey import ASK, MILLION, PREFIXED, ZONES, other_datum

BEIJING, XIAN = Message("北京54", "Beijing 1954"), Message("西安80", "Xian 1980")
OLD_DATUMS = (
    (re.compile(r"beijing|krass?ov?sky|krassowsky|pulkovo", re.IGNORECASE), BEIJING),
    (re.compile(r"xi'?an|iag.?1975|iugg.?1975", re.IGNORECASE), XIAN),
)
ELLIPSOIDS = (
    (6_378_245.0, 298.3, BEIJING, "Krassovsky 6378245 / 298.3"),
    (6_378_140.0, 298.257, XIAN, "IAG-75 6378140 / 298.257"),
)
WEB_MERCATOR = (3857, 900913)
UTM_SCALE, MIDDLE = 0.9996, 500_000.0
LEAST_SURE = 25
OURS, NEAR_M, NEAR_RATIO = 6_378_137.0, 0.5, 0.01
_UNDEFINED = re.compile(r"undefined|local_?cs|^unknown (?:crs|srs)?$|^unknown$|arbitrary", re.IGNORECASE)
_NAMELESS = re.compile(r"unknown|unnamed|not.?specified|user.?defined|custom", re.IGNORECASE)
_ZONE = re.compile(r"zone[_ ]?(\d{1,2})(?!\d)", re.IGNORECASE)
_GAUSS = re.compile(r"gauss|_gk_|3.degree|6.degree|cgcs", re.IGNORECASE)
_MERIDIAN = re.compile(r"cm[_ ]?(\d{2,3})(?:e|_|$)", re.IGNORECASE)


def undefined(crs: CRS) -> bool:
    """Tell a reference system that says it is none: local, engineering, "Undefined" of a GeoPackage."""
    if crs.is_engineering or crs.geodetic_crs is None:
        return True
    return bool(_UNDEFINED.search(crs.name)) and (crs.name.lower() != "unknown" or crs.datum is None)


def refuse_datum(crs: CRS, file: str) -> None:
    """Stop where coordinates cannot be brought to CGCS2000.

    Beijing 1954 and Xian 1980 are known by a name or by their ellipsoid, GCJ-02 and BD-09 by a name.

    Raises
    ------
    CrsError
        What was found and whom to ask.
    """
    geodetic = crs.geodetic_crs
    datum, ellipsoid = (geodetic.datum, geodetic.ellipsoid) if geodetic is not None else (None, None)
    names = " ".join(str(part.name) for part in (crs, geodetic, datum, ellipsoid) if part is not None)
    for pattern, title in OLD_DATUMS:
        if pattern.search(names):
            raise _old(title, crs_name(crs), file)
    if ellipsoid is not None:
        # PROJ would move the ground of a datum that no registry knows by nothing
        unknown = geodetic is not None and geodetic.to_authority("EPSG", min_confidence=LEAST_SURE) is None
        nameless = datum is None or _NAMELESS.search(datum.name) is not None or unknown
        axis, flattening = float(ellipsoid.semi_major_metre), float(ellipsoid.inverse_flattening)
        _check_ellipsoid(axis, flattening, crs, file, nameless=nameless)
    if (other := other_datum(names)) is not None:
        raise refusal(CrsError, "datum_shifted", file, found=crs.name, fix=ASK, name=other)


def _old(title: Message, found: Text, file: str) -> CrsError:
    return refusal(CrsError, "datum_old", file, found=found, title=title)


def _check_ellipsoid(axis: float, flattening: float, crs: CRS, file: str, *, nameless: bool) -> None:
    for a, rf, title, name in ELLIPSOIDS:
        if abs(axis - a) < NEAR_M and abs(flattening - rf) < NEAR_RATIO:
            found = phrase("ellipsoid", crs=crs_name(crs), name=name)
            raise _old(title, found, file)
    sphere = not flattening or flattening > 1e6  # noqa: PLR2004  that of raster products, no datum of surveys
    if nameless and not sphere and abs(axis - OURS) >= NEAR_M:
        raise refusal(
            CrsError, "datum_unknown", file, found=f"{crs_name(crs)}: a = {axis:.0f}, 1/f = {flattening:.3f}"
        )


def local_plane(crs: CRS) -> tuple[str, str] | None:
    """Tell a transverse Mercator that is no zone of China: a local system, or a slip in the file."""
    said = plane_of(crs)
    if said is None:
        return None
    meridian, east, scale = said[MERIDIAN], said[EASTING], said[SCALE]
    utm = scale == UTM_SCALE and meridian % 6 == 3  # noqa: PLR2004
    gauss = meridian % 3 == 0 and east % MILLION == MIDDLE and scale == 1.0 and not said[NORTHING]
    if gauss or utm:
        return None
    return finding("crs_local", meridian=meridian, east=east, scale=scale)


def web_map(crs: CRS) -> tuple[str, str] | None:
    """Tell that coordinates are those of web maps, whose ground may be shifted."""
    if crs.to_epsg() not in WEB_MERCATOR:
        return None
    return finding("web_map")


def check_plane(crs: CRS, file: str) -> None:
    """Stop where the parameters of a Gauss-Krüger plane are not what its name and its false easting say.

    Raises
    ------
    CrsError
        Both values.
    """
    said = plane_of(crs)
    if said is None or "utm" in crs.name.lower():
        return
    meridian, east, scale = said[MERIDIAN], said[EASTING], said[SCALE]
    wanted = [*_by_name(crs.name), *_by_easting(east)]
    for why, meridians in wanted:
        if meridians and all(abs(meridian - known) > NEAR_RATIO for known in meridians):
            found = Message("中央子午线 {m:g}°", "central meridian {m:g}°", m=meridian)
            raise _contradicts(crs, found, why, " / ".join(f"{known:g}°" for known in meridians), file)
    if wanted and scale != 1.0:
        found = Message("比例因子 {k:g}", "scale factor {k:g}", k=scale)
        raise _contradicts(crs, found, wanted[0][0], "1", file)
    if wanted and east % MILLION != MIDDLE:
        found = Message("东偏 {e:.0f}", "false easting {e:.0f}", e=east)
        raise _contradicts(crs, found, wanted[0][0], f"{east // MILLION:.0f}{MIDDLE:.0f}".lstrip("0"), file)


def _contradicts(crs: CRS, found: Message, why: str, wanted: str, file: str) -> CrsError:
    return refusal(
        CrsError, "projection_contradicts", file, name=crs.name, said=found, why=why, wanted=wanted
    )


def _by_name(name: str) -> list[tuple[str, list[float]]]:
    if not _GAUSS.search(name):
        return []
    if found := _MERIDIAN.search(name):
        return [(found[0].rstrip("_"), [float(found[1])])]
    if found := _ZONE.search(name):
        return [(found[0], _meridians(int(found[1])))]
    return [("Gauss-Kruger", [])]


def _by_easting(east: float) -> list[tuple[str, list[float]]]:
    if east < PREFIXED:
        return []
    return [(f"{east:.0f}", _meridians(int(east // MILLION)) or [float("nan")])]


def _meridians(zone: int) -> list[float]:
    """Give the central meridian of a zone by its number: 3 × zone of 3 degrees, 6 × zone - 3 of 6."""
    named = {3: 3.0 * zone, 6: 6.0 * zone - 3}
    return [meridian for wide, meridian in named.items() if ZONES[wide][0] <= zone <= ZONES[wide][1]]
