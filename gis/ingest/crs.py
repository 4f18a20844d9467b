"""Where a layer lies: its CRS against its coordinates; reported, never guessed in silence."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
from pyproj import CRS
from pyproj.exceptions import CRSError as UnknownCrs

from gis.base.errors import CrsError
from gis.base.geo import STORED
from gis.base.tables import empty
from gis.ingest.axes import FULL_TURN, contradiction, crs_name, guess, in_domain, to_stored
from gis.ingest.model import Options, Raw
from gis.ingest.shapes import rejected

Pairs = npt.NDArray[np.float64]

NEAR, FAR = 0.1, 1.0
PLAIN_EASTINGS = (100_000.0, 900_000.0)
CONTEXT_KINDS = frozenset(("boundaries", "waters", "features"))
OLD_DATUMS = (
    (re.compile(r"beijing|krass?ov?sky|krassowsky|pulkovo", re.IGNORECASE), "Beijing 1954 (北京54)"),
    (re.compile(r"xi'?an|iag.?1975|iugg.?1975", re.IGNORECASE), "Xian 1980 (西安80)"),
)


@dataclass(frozen=True)
class Placed:
    """A layer brought to EPSG:4490.

    Attributes
    ----------
    frame
        The rows that lie where they should, EPSG:4490, longitude first; index as it came.
    crs_found, crs_used
        What the file says (None where it says nothing), and what its numbers were read as.
    findings
        (code, message) for what a person must know.
    rejects
        Rows that contradict the CRS or lie outside the county.
    """

    frame: gpd.GeoDataFrame
    crs_found: str | None
    crs_used: str
    findings: tuple[tuple[str, str], ...] = ()
    rejects: pd.DataFrame = field(default_factory=lambda: empty("rejects"))


def place(frame: gpd.GeoDataFrame, raw: Raw, options: Options) -> Placed:
    """Check a layer's CRS against its coordinates and bring it to EPSG:4490.

    Parameters
    ----------
    frame
        Shape (n,), any columns, index out of `raw.frame.index`; its CRS is the file's, or none.
        A column `source`, where there is one, names the source in the rejects.
    raw
        Gives row numbers, the records for the rejects and the file's name.
    options
        `crs` is used where the file has none, and instead of the file's where both speak;
        `extent` is the county's (west, south, east, north) in degrees.

    Returns
    -------
    placed
        The rows kept; single rows that lie elsewhere are in `rejects`. A row without geometry stays.

    Raises
    ------
    CrsError
        No CRS at all, a datum that only an official conversion can bring to CGCS2000 (Beijing 1954,
        Xian 1980), or most rows contradict the CRS; the fix is the line to write in the catalogue.
    """
    said = frame.crs
    used, findings = crs_of(said, options.crs, raw.path.name)
    if used is None:
        raise _missing(frame, raw, options)
    bounds = frame.geometry.bounds.to_numpy(dtype="float64")
    here = np.isfinite(bounds).all(axis=1)
    good = ~here | _fits(bounds, used, options)
    wrong = np.flatnonzero(~good)
    if len(wrong) and 2 * len(wrong) > here.sum():
        raise _whole_file(bounds[wrong[0]], used, raw, options)
    rejects = _rejects(frame, bounds, wrong, used, raw, options) if len(wrong) else empty("rejects")
    kept, more = _to_stored(frame[good], used)
    found = crs_name(said) if said is not None else None
    return Placed(kept, found, crs_name(used), (*findings, *more), rejects)


def offset_from(frame: gpd.GeoDataFrame, reference: gpd.GeoDataFrame) -> tuple[float, float]:
    """Measure how far a layer lies from a reference of the same things.

    Parameters
    ----------
    frame, reference
        EPSG:4490. Features of the same `place_code` or `name` are compared where there are any,
        otherwise the two layers as wholes.

    Returns
    -------
    dx_m, dy_m
        Metres east and north; median over the sides of the bounds of all features compared.
    """
    shifts = _shifts(frame, reference)
    dx, dy = np.median(shifts[:, [0, 2]]), np.median(shifts[:, [1, 3]])
    return float(dx), float(dy)


def gcj02_like(frame: gpd.GeoDataFrame, reference: gpd.GeoDataFrame) -> str | None:
    """Say that a layer seems shifted as GCJ-02 (高德, 腾讯) shifts eastern China, or None.

    Parameters
    ----------
    frame, reference
        EPSG:4490, the same things, as two editions of a county boundary.

    Returns
    -------
    message
        Where all sides lie 300 to 600 m away, east to south-east, and agree within 100 m.
    """
    shifts = _shifts(frame, reference)
    dx, dy = offset_from(frame, reference)
    distance, azimuth = math.hypot(dx, dy), math.degrees(math.atan2(dx, dy))
    spread = np.abs(shifts - np.array([dx, dy, dx, dy])).max(axis=1)
    if not (300 <= distance <= 600 and 90 <= azimuth <= 150 and np.median(spread) <= 100):  # noqa: PLR2004
        return None
    return (
        f"比参照边界整体偏东 {dx:.0f} 米、偏南 {-dy:.0f} 米, 疑似 GCJ-02 (高德、腾讯) 坐标, 未作改动 · "
        f"lies {dx:.0f} m east and {-dy:.0f} m south of the reference, as GCJ-02 maps do; nothing was moved"
    )


def _shifts(frame: gpd.GeoDataFrame, reference: gpd.GeoDataFrame) -> Pairs:
    mine, theirs = _bounds_by_name(frame, reference)
    lat = math.radians(float(np.nanmean(theirs[:, [1, 3]])))
    metres = np.array([111_320.0 * math.cos(lat), 110_950.0] * 2)
    return (mine - theirs) * metres


def _bounds_by_name(frame: gpd.GeoDataFrame, reference: gpd.GeoDataFrame) -> tuple[Pairs, Pairs]:
    for key in ("place_code", "name"):
        if key in frame and key in reference:
            ours = frame.dropna(subset=key).drop_duplicates(key).set_index(key)
            others = reference.dropna(subset=key).drop_duplicates(key).set_index(key)
            if len(same := ours.index.intersection(others.index)):
                return ours.loc[same].geometry.bounds.to_numpy(), others.loc[same].geometry.bounds.to_numpy()
    return np.array([frame.total_bounds]), np.array([reference.total_bounds])


def crs_of(said: CRS | None, text: str | None, file: str) -> tuple[CRS | None, list[tuple[str, str]]]:
    """Choose between what a file says and what the catalogue says; the catalogue wins, and it is told.

    Returns
    -------
    crs, findings
        None where neither speaks; (code, message) where the catalogue spoke.

    Raises
    ------
    CrsError
        The catalogue's word is no CRS, or one of them is Beijing 1954 or Xian 1980.
    """
    given = _parsed(text, file) if text else None
    if said is not None and said.is_compound:
        said = said.sub_crs_list[0]
    for crs in (given, said):
        if crs is not None:
            _refuse_old(crs, file)
    if given is None:
        return said, []
    if said is None:
        name = crs_name(given)
        message = f"文件没有坐标系, 按目录采用 {name} · the file has no CRS; {name} from the catalogue"
        return given, [("crs_missing", message)]
    if crs_name(said) != crs_name(given) and not said.equals(given, ignore_axis_order=True):
        message = (
            f"文件坐标系为 {crs_name(said)}, 按目录改用 {crs_name(given)} · "
            f"the file says {crs_name(said)}; {crs_name(given)} from the catalogue is used"
        )
        return given, [("crs_overridden", message)]
    return given, []


def _parsed(text: str, file: str) -> CRS:
    try:
        return CRS(text)
    except UnknownCrs as error:
        raise CrsError(
            f'"{text}" is no CRS that is known', file=file, fix='write it as "EPSG:4528"'
        ) from error


def _refuse_old(crs: CRS, file: str) -> None:
    geodetic = crs.geodetic_crs
    datum, ellipsoid = (geodetic.datum, geodetic.ellipsoid) if geodetic is not None else (None, None)
    names = " ".join(str(part.name) for part in (crs, datum, ellipsoid) if part is not None)
    for pattern, title in OLD_DATUMS:
        if pattern.search(names):
            raise CrsError(
                f"the coordinates are on {title}; no public formula brings them to CGCS2000",
                file=file,
                found=crs_name(crs),
                fix="ask the natural-resources bureau for the official conversion to CGCS2000 (EPSG:4528)",
            )


def _missing(frame: gpd.GeoDataFrame, raw: Raw, options: Options) -> CrsError:
    bounds = frame.geometry.bounds.to_numpy(dtype="float64")
    bounds = bounds[np.isfinite(bounds).all(axis=1)]
    x, y = _middle(bounds[0]) if len(bounds) else (math.nan, math.nan)
    return CrsError(
        "the file says no coordinate system (CRS)",
        file=raw.path.name,
        found=_example(x, y),
        fix=_fix(guess(x, y, options.extent), options, "add the .prj") + _zone_unknown(x, y),
    )


def _zone_unknown(x: float, y: float) -> str:
    plain = PLAIN_EASTINGS[0] < x < PLAIN_EASTINGS[1] < y
    told = "; the eastings carry no zone number: a central meridian of 120° is EPSG:4549, of 117° EPSG:4548"
    return told if plain else ""


def _whole_file(box: Pairs, used: CRS, raw: Raw, options: Options) -> CrsError:
    x, y = _middle(box)
    seen = guess(x, y, options.extent)
    return CrsError(
        contradiction(x, y, used, options.extent)[1],
        file=raw.path.name,
        found=_example(x, y),
        fix=_elsewhere(options)
        if seen == (used.to_epsg(), False)
        else _fix(seen, options, "correct the .prj"),
    )


def _elsewhere(options: Options) -> str:
    return f"check that the file is of this county, whose extent is {options.extent} (layers/county.toml)"


def _fix(seen: tuple[int, bool] | None, options: Options, other: str) -> str:
    if seen is None:
        return (
            f'ask the sender for the CRS; then --crs EPSG:…, or crs = "EPSG:…" for "{options.layer}"'
            f" in layers/*.toml, or {other}"
        )
    code, swapped = seen
    if swapped:
        return f"export the layer again with x = east (longitude) first; turned, it reads as EPSG:{code}"
    return (
        f'--crs EPSG:{code}, or crs = "EPSG:{code}" for "{options.layer}" in layers/*.toml, if the sender confirms it '
        f"(it puts the file in its place), or {other}"
    )


def _fits(bounds: Pairs, crs: CRS, options: Options) -> npt.NDArray[np.bool_]:
    with np.errstate(invalid="ignore"):
        plausible = in_domain(bounds, crs)
        if options.extent is None or not plausible.any():
            return plausible
        lon, lat = to_stored(crs.to_wkt()).transform(bounds[:, [0, 0, 2, 2]], bounds[:, [1, 3, 1, 3]])
        lon, lat = np.asarray(lon), np.asarray(lat)
        margin = FAR if options.kind in CONTEXT_KINDS else NEAR
        west, south, east, north = options.extent
        return (
            plausible
            & (lon.min(axis=1) <= east + margin)
            & (lon.max(axis=1) >= west - margin)
            & (lat.min(axis=1) <= north + margin)
            & (lat.max(axis=1) >= south - margin)
        )


def _rejects(
    frame: gpd.GeoDataFrame, bounds: Pairs, wrong: npt.NDArray[np.intp], used: CRS, raw: Raw, options: Options
) -> pd.DataFrame:
    source = f"{raw.path.name}#{raw.part}" if raw.part else raw.path.name
    if "source" in frame:
        source = str(frame["source"].iloc[0])
    rows = []
    for at in wrong:
        x, y = _middle(bounds[at])
        zh, en = contradiction(x, y, used, options.extent)
        fix = f"核对该图形的坐标 · check the coordinates of this feature{_hint(guess(x, y, options.extent), used)}"
        rows.append((_example(x, y), f"{zh} · {en}", fix))
    bad = pd.DataFrame(rows, columns=["text", "reason", "fix"], index=frame.index[wrong])
    return rejected(bad, raw.frame, raw.rows, options.layer, source)


def _hint(seen: tuple[int, bool] | None, used: CRS) -> str:
    if seen is None or seen == (used.to_epsg(), False):
        return ""
    return f"; read as EPSG:{seen[0]}{' with x and y exchanged' if seen[1] else ''} it lies near the county"


def _to_stored(frame: gpd.GeoDataFrame, used: CRS) -> tuple[gpd.GeoDataFrame, list[tuple[str, str]]]:
    if used.equals(CRS(STORED), ignore_axis_order=True):
        return frame.set_crs(STORED, allow_override=True), []
    findings = []
    datum = used.geodetic_crs.datum if used.geodetic_crs is not None else None
    if datum is not None and re.search(r"WGS.?(19)?84|World Geodetic System 1984", datum.name):
        message = "WGS 84 按 CGCS2000 使用 (相差厘米至分米) · WGS 84 is taken as CGCS2000 (they agree to decimetres)"
        findings.append(("wgs84_as_cgcs2000", message))
        if used.is_geographic:
            return frame.set_crs(STORED, allow_override=True), findings
    message = (
        f"由 {crs_name(used)} ({used.name}) 转换到 {STORED} · transformed from {crs_name(used)} to {STORED}"
    )
    findings.append(("crs_transformed", message))
    return frame.set_crs(used, allow_override=True).to_crs(STORED), findings


def _middle(box: Pairs) -> tuple[float, float]:
    return float(box[0] + box[2]) / 2, float(box[1] + box[3]) / 2


def _example(x: float, y: float) -> str:
    digits = 4 if max(abs(x), abs(y)) <= FULL_TURN else 1
    return f"x = {x:.{digits}f}, y = {y:.{digits}f}"
