"""Where a layer lies: its CRS against its coordinates; reported, never guessed in silence."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError as UnknownCrs
from pyproj.exceptions import ProjError

from gis.base.errors import CrsError
from gis.base.geo import METRES_A_DEGREE, STORED
from gis.base.messages import Message, listed
from gis.base.tables import empty
from gis.ingest.axes import FULL_TURN, contradiction, crs_name, guess, in_domain, strays, to_stored
from gis.ingest.datum import check_plane, local_plane, refuse_datum, undefined, web_map
from gis.ingest.model import Findings, Options, Raw, finding
from gis.ingest.phrases import phrase
from gis.ingest.refusals import refusal
from gis.ingest.shapes import rejected

Pairs = npt.NDArray[np.float64]

NEAR, FAR, REGION = 0.1, 1.0, 5.0
PLAIN_EASTINGS = (100_000.0, 900_000.0)
KEPT_OUTSIDE = frozenset(("stations", "sections"))
MARGINS = dict.fromkeys(("boundaries", "waters", "features"), FAR) | dict.fromkeys(KEPT_OUTSIDE, REGION)
SHOWN = 10
FOREIGN = re.compile(r"\+init|grids=(?!@null)|://|PARAMETERFILE\[\"(?!@null)", re.IGNORECASE)
NO_NUMBERS = Message("坐标不是有限的数", "its coordinates are no finite numbers")


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
    used, findings = crs_of(frame.crs, options.crs, raw.path.name)
    if used is None:
        raise _missing(frame, raw, options)
    try:
        return _placed(frame, used, findings, raw, options)
    except ProjError as error:
        raise refusal(CrsError, "crs_not_convertible", raw.path, found=crs_name(used)) from error


def _placed(frame: gpd.GeoDataFrame, used: CRS, findings: Findings, raw: Raw, options: Options) -> Placed:
    said, shapes = frame.crs, frame.geometry.to_numpy()
    bounds = frame.geometry.bounds.to_numpy(dtype="float64")
    here = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    good = ~here | _fits(bounds, used, options)
    wrong = np.flatnonzero(~good)
    if len(wrong) and 2 * len(wrong) > here.sum():
        raise _whole_file(bounds[wrong[0]], used, raw, options)
    rejects = _rejects(frame, bounds, wrong, used, raw, options) if len(wrong) else empty("rejects")
    kept, more = _to_stored(frame[good], used)
    found = crs_name(said) if said is not None else None
    return Placed(kept, found, crs_name(used), (*findings, *more, *_outside(kept, options)), rejects)


def _outside(kept: gpd.GeoDataFrame, options: Options) -> Findings:
    """Name the stations and sections beyond the county; they are kept."""
    if options.extent is None or options.kind not in KEPT_OUTSIDE:
        return []
    inside = _within(kept.geometry.bounds.to_numpy(dtype="float64"), options.extent, 0.0)
    out = kept[~inside & kept.geometry.notna().to_numpy()]
    if out.empty:
        return []
    names = out["name"] if "name" in out else out.index.to_series() + 1
    shown = listed(names.dropna().astype(str), most=SHOWN)
    return [finding("outside_county", n=len(out), names=shown)]


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


def gcj02_like(frame: gpd.GeoDataFrame, reference: gpd.GeoDataFrame) -> Message | None:
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
    return phrase("like_gcj02", dx=dx, dy=-dy)


def _shifts(frame: gpd.GeoDataFrame, reference: gpd.GeoDataFrame) -> Pairs:
    mine, theirs = _bounds_by_name(frame, reference)
    lat = math.radians(float(np.nanmean(theirs[:, [1, 3]])))
    metres = np.array([METRES_A_DEGREE * math.cos(lat), 110_950.0] * 2)
    return (mine - theirs) * metres


def _bounds_by_name(frame: gpd.GeoDataFrame, reference: gpd.GeoDataFrame) -> tuple[Pairs, Pairs]:
    for key in ("place_code", "name"):
        if key in frame and key in reference:
            ours = frame.dropna(subset=key).drop_duplicates(key).set_index(key)
            others = reference.dropna(subset=key).drop_duplicates(key).set_index(key)
            if len(same := ours.index.intersection(others.index)):
                return ours.loc[same].geometry.bounds.to_numpy(), others.loc[same].geometry.bounds.to_numpy()
    return np.array([frame.total_bounds]), np.array([reference.total_bounds])


def crs_of(said: CRS | None, text: str | None, file: str) -> tuple[CRS | None, Findings]:
    """Choose between what a file says and what the catalogue says; the catalogue wins, and it is told.

    Returns
    -------
    crs, findings
        None where neither speaks, or the file only that it is undefined; (code, message) where the
        catalogue spoke.

    Raises
    ------
    CrsError
        The catalogue's word is no CRS, or one of them cannot be brought to CGCS2000 (`refuse_datum`).
    """
    given = _parsed(text, file) if text else None
    if said is not None and said.is_compound:
        said = said.sub_crs_list[0]
    if said is not None and undefined(said):
        said = None
    for crs in filter(None, (given, said)):
        if FOREIGN.search(crs.to_wkt()):  # it would have PROJ open a file that it names
            raise refusal(CrsError, "crs_refers", file, found=crs_name(crs))
        refuse_datum(crs, file)
    used = given or said
    if used is not None:
        check_plane(used, file)
    if given is None:
        return said, []
    name = crs_name(given)
    if said is None:
        return given, [finding("crs_missing", name=name)]
    if crs_name(said) != name and not said.equals(given, ignore_axis_order=True):
        return given, [finding("crs_overridden", said=crs_name(said), name=name)]
    return given, []


def _parsed(text: str, file: str) -> CRS:
    try:
        crs = None if FOREIGN.search(text) else CRS(text)
    except UnknownCrs:
        crs = None
    if crs is None:
        raise refusal(CrsError, "crs_unknown", file, text=text[:80], example='"EPSG:4528"')
    return crs


def _missing(frame: gpd.GeoDataFrame, raw: Raw, options: Options) -> CrsError:
    bounds = frame.geometry.bounds.to_numpy(dtype="float64")
    bounds = bounds[np.isfinite(bounds).all(axis=1)]
    x, y = _middle(bounds[0]) if len(bounds) else (math.nan, math.nan)
    zone = phrase("no_zone_number")
    fix = _fix(guess(x, y, options.extent), options, Message("补上 .prj", "add the .prj"))
    plain = PLAIN_EASTINGS[0] < x < PLAIN_EASTINGS[1] < y
    fix = listed([fix, zone], "", "") if plain else fix
    return refusal(CrsError, "crs_missing", raw.path, found=_example(x, y), fix=fix)


def _whole_file(box: Pairs, used: CRS, raw: Raw, options: Options) -> CrsError:
    x, y = _middle(box)
    seen = guess(x, y, options.extent)
    if seen == (used.to_epsg(), False):
        fix = phrase("of_another_county", extent=options.extent)
    else:
        fix = _fix(seen, options, Message("改正 .prj", "correct the .prj"))
    return CrsError(
        contradiction(x, y, used, options.extent), file=raw.path.name, found=_example(x, y), fix=fix
    )


def _fix(seen: tuple[int, bool] | None, options: Options, other: Message) -> Message:
    if seen is None:
        return phrase("ask_for_crs", layer=options.layer, other=other)
    code, swapped = seen
    if swapped:
        return phrase("export_east_first", code=code)
    return phrase("confirm_crs", code=code, layer=options.layer, other=other)


def _fits(bounds: Pairs, crs: CRS, options: Options) -> npt.NDArray[np.bool_]:
    with np.errstate(invalid="ignore"):
        plausible = np.isfinite(bounds).all(axis=1) & in_domain(bounds, crs)
        if options.extent is None or not plausible.any():
            return plausible & ~strays(bounds, crs)
        lon, lat = to_stored(crs.to_wkt()).transform(bounds[:, [0, 0, 2, 2]], bounds[:, [1, 3, 1, 3]])
        lon, lat = np.asarray(lon), np.asarray(lat)
        degrees = np.stack([lon.min(axis=1), lat.min(axis=1), lon.max(axis=1), lat.max(axis=1)], axis=1)
        return plausible & _within(degrees, options.extent, MARGINS.get(options.kind, NEAR))


def _within(bounds: Pairs, extent: tuple[float, float, float, float], margin: float) -> npt.NDArray[np.bool_]:
    west, south, east, north = extent
    with np.errstate(invalid="ignore"):
        reach = (bounds[:, 0] <= east + margin) & (bounds[:, 2] >= west - margin)
        return np.asarray(reach & (bounds[:, 1] <= north + margin) & (bounds[:, 3] >= south - margin))


def _rejects(
    frame: gpd.GeoDataFrame, bounds: Pairs, wrong: npt.NDArray[np.intp], used: CRS, raw: Raw, options: Options
) -> pd.DataFrame:
    source = raw.source
    if "source" in frame:
        source = str(frame["source"].iloc[0])
    rows = []
    for at in wrong:
        x, y = _middle(bounds[at])
        reason = contradiction(x, y, used, options.extent) if np.isfinite(bounds[at]).all() else NO_NUMBERS
        fix = phrase("check_feature", hint=_hint(guess(x, y, options.extent), used))
        rows.append((str(_example(x, y)), reason.stored, fix.stored))
    bad = pd.DataFrame(rows, columns=["text", "reason", "fix"], index=frame.index[wrong])
    return rejected(bad, raw.frame, raw.rows, options.layer, source)


def _hint(seen: tuple[int, bool] | None, used: CRS) -> Message:
    if seen is None or seen == (used.to_epsg(), False):
        return Message("", "")
    if seen[1]:
        return phrase("lies_near_swapped", code=seen[0])
    return phrase("lies_near", code=seen[0])


def _to_stored(frame: gpd.GeoDataFrame, used: CRS) -> tuple[gpd.GeoDataFrame, Findings]:
    if used.equals(CRS(STORED), ignore_axis_order=True):
        return frame.set_crs(STORED, allow_override=True), []
    findings = []
    datum = used.geodetic_crs.datum if used.geodetic_crs is not None else None
    if datum is not None and re.search(r"WGS.?(19)?84|World Geodetic System 1984", datum.name):
        findings.append(finding("wgs84_as_cgcs2000"))
        if used.is_geographic:
            return frame.set_crs(STORED, allow_override=True), findings
    findings.append(finding("crs_transformed", used=crs_name(used), name=used.name, stored=STORED))
    findings += [told for told in (local_plane(used), web_map(used)) if told is not None]
    return frame.set_crs(used, allow_override=True).to_crs(STORED), findings


def _middle(box: Pairs) -> tuple[float, float]:
    return float(box[0] + box[2]) / 2, float(box[1] + box[3]) / 2


def _example(x: float, y: float) -> str:
    digits = 4 if max(abs(x), abs(y)) <= FULL_TURN else 1
    return f"x = {x:.{digits}f}, y = {y:.{digits}f}"
