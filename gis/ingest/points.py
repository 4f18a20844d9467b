"""Text files of boundary points (界址点坐标 TXT of 勘测定界 and 报备): head, parcels, rings."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from gis.base.errors import CrsError, EncodingError, FileError
from gis.base.messages import Message
from gis.base.units import M2_PER
from gis.ingest.encoding import text_encoding
from gis.ingest.model import Findings, Options, Raw, finding
from gis.ingest.phrases import fault, phrase
from gis.ingest.points_text import FIELDS, PARCELS, SHAPE, Parcel, Point, taken_apart
from gis.ingest.refusals import refusal
from gis.ingest.sheet_shape import set_aside
from gis.ingest.survey import ASK, ZONES, east_first, prefix

ABOUT = "属性描述"
DATUM = "2000国家大地坐标系"
AREA = FIELDS[1]
UNITS = {"公顷": M2_PER["ha"], "平方米": M2_PER["m2"], "亩": M2_PER["mu"]}
UNIT = "面积单位"
SNIFFED = 4096
FITS_SHARE, FITS_M2 = 0.01, 1.0
CORNERS = 3
DEGREES = 1000.0


def is_points(path: Path) -> bool:
    """Tell whether a text file is one of boundary points, by the titles of its blocks."""
    with path.open("rb") as file:
        start = file.read(SNIFFED)
    codecs = ("utf-8", "gb18030", "utf-16-le", "utf-16-be")
    return any(title.encode(codec) in start for title in (ABOUT, PARCELS) for codec in codecs)


def read_points(path: Path, options: Options) -> Raw:
    """Read a text file of boundary points as it stands.

    Parameters
    ----------
    path
        GB18030 or UTF-8; brackets of either width; X is the northing, Y the easting.
    options
        `crs` is used where the file names no 坐标系; a unit said for `area_declared_mu` is believed.

    Returns
    -------
    raw
        A row a parcel: the fields of its head under their names (the area with the unit that agrees
        with the coordinates), polygons in the Gauss-Krüger zone of the file. `rows` is the line of
        the parcel's head; a parcel that cannot be used is in `rejects` with the line at fault.

    Raises
    ------
    FileError
        There is no parcel in it.
    EncodingError
        No encoding fits the text.
    CrsError
        The datum is not CGCS2000, or zone and coordinates contradict each other.
    """
    codec, reason, text = _decoded(path, options.encoding)
    about, parcels = taken_apart(text)
    if not parcels:
        raise refusal(FileError, "points_no_parcel", path, title=PARCELS)
    findings: Findings = []
    points = _turned(parcels, findings)
    crs = _crs(about, parcels, options, path.name)
    shapes = _shapes(parcels, points, findings)
    _told(about, parcels, findings)
    unit = _unit(about, parcels, shapes, options, findings)
    frame = _frame(parcels, shapes, unit, crs)
    lines = pd.Series([parcel.line for parcel in parcels], index=frame.index, dtype="Int64")
    bad = np.array([parcel.fault is not None for parcel in parcels])
    return Raw(
        path=path, part="", frame=frame[~bad], rows=lines[~bad], reader="points", encoding=codec,
        encoding_reason=reason, findings=tuple(findings),
        rejects=_rejects(parcels, frame[bad], path.name, options.layer),
    )  # fmt: skip


def polygon_of(rings: Sequence[npt.NDArray[np.float64]]) -> shapely.Geometry:
    """Put closed rings together: one inside another is its hole, one beside it a further part.

    Parameters
    ----------
    rings
        Shape (k, 2) each, in any order; a ring inside a hole is a part again.

    Returns
    -------
    shape
        A Polygon, or a MultiPolygon; parts and holes in the order of the rings.
    """
    shapes = np.array([shapely.Polygon(one) for one in rings], dtype=object)
    if len(shapes) == 1:
        return shapes[0]
    area = shapely.area(shapes)
    shapely.prepare(shapes)
    inside = shapely.contains(shapes[:, None], shapes[None, :]) & (area[:, None] > area[None, :])
    hole = inside.sum(axis=0) % 2 == 1
    hole &= inside[~hole].any(axis=0)
    holes: dict[int, list[npt.NDArray[np.float64]]] = {int(at): [] for at in np.flatnonzero(~hole)}
    for at in np.flatnonzero(hole):
        around = np.flatnonzero(inside[:, at] & ~hole)
        holes[int(around[np.argmin(area[around])])].append(rings[int(at)])
    parts = [shapely.Polygon(rings[at], own) for at, own in holes.items()]
    return parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)


def _decoded(path: Path, said: str | None) -> tuple[str, str, str]:
    data = path.read_bytes()
    given = Message("用户指定（{said}）", "given by the user ({said})", said=said).stored
    codec, reason = (said, given) if said else text_encoding(data, path.name)
    try:
        return codec, reason, data.decode(codec)
    except (LookupError, UnicodeDecodeError) as error:
        raise refusal(EncodingError, "points_codec_wrong", path, found=str(error), codec=codec) from None


def _turned(parcels: Sequence[Parcel], findings: Findings) -> list[list[Point]]:
    """Give the points with the easting first; an easting has eight digits, or six without its zone."""
    out, turned = [], []
    for parcel in parcels:
        mine = []
        xy = np.array([point[2:] for point in parcel.points], dtype="float64").reshape(-1, 2)
        pairs = east_first(xy[:, 1], xy[:, 0])
        metres = np.abs(xy).min(axis=1, initial=np.inf) >= DEGREES
        for at, point in enumerate(parcel.points):
            if metres[at] and np.isfinite(pairs.east[at]):
                mine.append(point._replace(first=float(pairs.east[at]), second=float(pairs.north[at])))
                turned += [point.line] if pairs.turned[at] else []
            else:
                pair = f"{point.first},{point.second}"
                parcel.spoil(point.line, "coordinates", pair, *fault("digits_wrong"))
        out.append(mine)
    if turned:
        findings.append(finding("points_turned", n=len(turned), line=turned[0]))
    return out


def _crs(about: dict[str, str], parcels: Sequence[Parcel], options: Options, file: str) -> str | None:
    """Give the EPSG code of the file's zone; the eastings must begin with 带号 where they have a prefix."""
    datum = about.get("坐标系", "").replace(" ", "")
    if not _is_cgcs2000(datum):
        raise refusal(CrsError, "points_not_cgcs2000", file, found=f"坐标系={datum}", fix=ASK)
    _check_plane(about, file)
    if not datum:
        if options.crs:
            return None
        raise refusal(CrsError, "points_no_crs", file, found=", ".join(about), title=ABOUT, datum=DATUM)
    first, last, prefixed, plain = _width(about, file)
    said = _whole(about.get("带号", ""))
    seen = Counter(_zone(point) for parcel in parcels for point in parcel.points)
    common = seen.most_common(1)[0][0] if seen else None
    zone = said if said is not None else common
    if zone is None or not first <= zone <= last or common not in (None, zone):
        seen_as = common or Message("没有带号", "no zone")
        zones: dict[str, Any] = {
            "first": first, "last": last, "width": about.get("几度分带", "3"), "title": ABOUT,
        }  # fmt: skip
        raise refusal(
            CrsError, "points_zones_differ", file, said=about.get("带号", ""), seen=seen_as, **zones
        )
    _other_zones(parcels, common)
    return f"EPSG:{(plain if common is None else prefixed) + zone - first}"


def _is_cgcs2000(datum: str) -> bool:
    bare = re.sub(r"[()（）]|坐标系?|国家|大地", "", datum).upper()
    return datum in ("", DATUM) or bare in ("2000", "CGCS2000", "2000CGCS2000")


def _check_plane(about: dict[str, str], file: str) -> None:
    for key, good in (("投影类型", "高斯克吕格"), ("计量单位", "米")):
        if re.sub(r"[\s·•-]", "", about.get(key, good)) not in (good, f"{good}投影", ""):
            raise refusal(CrsError, "points_attribute", file, found=f"{key}={about[key]}", key=key, good=good)


def _other_zones(parcels: Sequence[Parcel], common: int | None) -> None:
    for parcel in parcels:
        odd = next((point for point in parcel.points if _zone(point) != common), None)
        if odd is not None:
            why = fault("zone_differs", zone=common or Message("无", "none"))
            parcel.spoil(odd.line, "coordinates", f"{odd.first},{odd.second}", *why)


def _width(about: dict[str, str], file: str) -> tuple[int, int, int, int]:
    width = about.get("几度分带") or "3"
    known = ZONES.get(_whole(width.removesuffix("带").removesuffix("分").removesuffix("度")) or 0)
    if known is None:
        raise refusal(CrsError, "points_zone_width", file, found=f"几度分带={width}")
    return known


def _zone(point: Point) -> int | None:
    return prefix(max(point.first, point.second))


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() else None


def _shapes(
    parcels: Sequence[Parcel], points: Sequence[list[Point]], findings: Findings
) -> npt.NDArray[np.object_]:
    shapes = np.full(len(parcels), None, dtype=object)
    opened, counted = [], []
    for at, (parcel, mine) in enumerate(zip(parcels, points, strict=True)):
        if parcel.fault:
            continue
        kind = parcel.fields[4] if len(parcel.fields) > FIELDS.index(SHAPE) else ""
        rings, closed = rings_of(mine)
        if kind not in ("面", "") or not rings or min(len(set(map(tuple, one))) for one in rings) < CORNERS:
            text = f"{SHAPE}={kind}, {len(mine)} 点"
            parcel.spoil(parcel.line, "coordinates", text, *fault("no_polygon"))
            continue
        shapes[at] = polygon_of(rings)
        if closed < len(rings):
            opened.append(parcel.line)
        said = _whole(parcel.fields[0])
        if said is not None and said not in (len(mine), len(mine) - closed):
            counted.append(f"{parcel.line}: {said} ≠ {len(mine)}")
    if opened:
        findings.append(finding("points_open", n=len(opened), lines=", ".join(map(str, opened[:10]))))
    if counted:
        findings.append(finding("points_count", n=len(counted), lines="; ".join(counted[:10])))
    return shapes


def rings_of(points: Sequence[Point]) -> tuple[list[npt.NDArray[np.float64]], int]:
    """Give the rings of a parcel closed, and how many were; one ends with its 圈号 or where it meets its start."""
    rings: list[list[tuple[float, float]]] = []
    number, closed = None, True
    count = 0
    for point in points:
        if closed or point.ring != number:
            rings.append([])
        rings[-1].append((point.first, point.second))
        number = point.ring
        closed = len(rings[-1]) > CORNERS and rings[-1][0] == rings[-1][-1]
        count += closed
    return [np.array(ring if ring[0] == ring[-1] else [*ring, ring[0]]) for ring in rings], count


def _told(about: dict[str, str], parcels: Sequence[Parcel], findings: Findings) -> None:
    shift = about.get("转换参数", "").strip(",")
    if any(part.strip(" 0.") for part in shift.split(",")):
        findings.append(finding("points_shift", shift=shift))
    digits = about.get("精度", "")
    scale = _whole(digits) if _whole(digits) is not None else _decimals(digits)
    held = max((_decimals(repr(point.first)) for parcel in parcels for point in parcel.points), default=0)
    if digits and scale is not None and held > scale:
        findings.append(finding("points_digits", digits=digits))


def _decimals(text: str) -> int:
    return len(text.partition(".")[2].rstrip() if not text.endswith(".0") else "")


def _unit(
    about: dict[str, str],
    parcels: Sequence[Parcel],
    shapes: npt.NDArray[np.object_],
    options: Options,
    findings: Findings,
) -> str | None:
    """Find the unit of the areas by the coordinates; a parcel whose area is in no unit is spoiled.

    Where the unit of the file is settled by other parcels, one that is far off in all stays: its
    area is wrong, not its unit, and measuring lists it.
    """
    asked = _with_area(parcels, shapes)
    if options.columns.get("area_declared_mu", ("", None))[1]:
        return None
    fits = {
        name: [_agrees(parcel.fields[1], float(factor), measured) for parcel, measured in asked]
        for name, factor in UNITS.items()
    }
    said = about.get(UNIT, "").strip()
    unit = max(UNITS, key=lambda name: (sum(fits[name]), name == said))
    settled = any(fits[unit])
    if settled and said in UNITS and said != unit:
        findings.append(finding("points_unit", said=said, unit=unit))
    for at, (parcel, measured) in enumerate(asked):
        if not settled or (not fits[unit][at] and any(near[at] for near in fits.values())):
            text = phrase("area_beside", said=parcel.fields[1], area=measured)
            name = "area_in_other_unit" if settled else "area_in_no_unit"
            parcel.spoil(parcel.line, AREA, text.stored, *fault(name, unit=unit, ha=measured / 10_000))
    return unit


def _with_area(parcels: Sequence[Parcel], shapes: npt.NDArray[np.object_]) -> list[tuple[Parcel, float]]:
    asked = []
    for parcel, shape in zip(parcels, shapes, strict=True):
        text = "" if parcel.fault else parcel.fields[1]
        if text and _number(text) is None:
            parcel.spoil(parcel.line, AREA, text, *fault("area_no_number"))
        elif text:
            asked.append((parcel, shape.area))
    return asked


def _agrees(text: str, factor: float, measured: float) -> bool:
    near = max(FITS_M2, FITS_SHARE * measured, factor / 2 / 10 ** _decimals(text))
    return abs(float(text) * factor - measured) <= near


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _frame(
    parcels: Sequence[Parcel], shapes: npt.NDArray[np.object_], unit: str | None, crs: str | None
) -> gpd.GeoDataFrame:
    width = max(len(FIELDS), *(len(parcel.fields) for parcel in parcels))
    heads = [*FIELDS, *(f"字段{number + 1}" for number in range(len(FIELDS), width))]
    rows = [[cell or None for cell in [*parcel.fields, *[""] * width][:width]] for parcel in parcels]
    table = pd.DataFrame(rows, columns=heads, dtype="object")
    for name in FIELDS[:2]:
        table[name] = pd.to_numeric(table[name], errors="coerce").astype("float64")
    table = table.drop(columns=[head for head in heads[len(FIELDS) :] if table[head].isna().all()])
    table = table.rename(columns={AREA: f"{AREA}({unit})" if unit else AREA})
    return gpd.GeoDataFrame(table, geometry=gpd.GeoSeries(shapes, crs=crs), crs=crs)


def _rejects(parcels: Sequence[Parcel], bad: pd.DataFrame, source: str, layer: str) -> pd.DataFrame:
    names = ["source_row", "field", "text", "reason", "fix"]
    faults = pd.DataFrame([parcel.fault for parcel in parcels if parcel.fault], columns=names)
    return set_aside(
        pd.DataFrame(bad.drop(columns="geometry")), (source, layer), **{name: faults[name] for name in names}
    )
