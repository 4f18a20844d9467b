"""Legal ellipsoidal area of parcels (国土调查办发〔2008〕32号) beside planar, geodesic and declared."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from typing import Literal, NamedTuple

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from numpy.polynomial import chebyshev
from pyproj import Geod, Transformer

from gis.base.errors import CrsError, GeometryError
from gis.base.geo import STORED, ZONE_WIDTH, plane_of
from gis.base.messages import Message
from gis.base.units import to_mu
from gis.engine import BLOCK, Engine, in_blocks
from gis.standards.editions import Edition

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Rounding = Literal["survey"] | None

APPROACH = 0.97  # sides shorter than this share of the limit cannot reach it in the Gauss plane
SECONDS = 3600.0
AT_ONCE = 2_000_000  # points between vertices
MOST_PIECES, MOST_A_SIDE = 10_000_000, 20
NOWHERE = 40  # the zone of 常熟, for a layer without any coordinates
WIDE = 12.0  # degrees; a layer that reaches farther holds a stray shape, and is worked where most of it lies
POLE, HALF_TURN, TURN = 90.0, 180.0, 360.0
LONG, FAR_NORTH = 500.0, 75.0  # m and degrees; up to them the area under a side is true to 1e-6 m²


class Rings(NamedTuple):
    """All rings of all parcels: vertices in degrees, ring of each; owner and sign (hole -1) of each ring."""

    xy: Floats
    ring: Ints
    owner: Ints
    sign: Floats


class Sides(NamedTuple):
    """From each vertex to the next, 0 where that begins another ring.

    Metres to the east and north, the trapezoid between the side and the meridian of its ring's first
    vertex (m², signed), how far the meridians at its ends converge (radians), and the longitude of that
    first vertex.
    """

    east: Floats
    north: Floats
    trapezoid: Floats
    converge: Floats
    reference: Floats


def legal_area(geometry: gpd.GeoSeries, edition: Edition, *, rounding: Rounding = None) -> pd.Series:
    """Measure the legal ellipsoidal area (椭球面积) of each polygon (国土调查办发〔2008〕32号, 公式(2)).

    Parameters
    ----------
    geometry
        Shape (n,), Polygon or MultiPolygon, EPSG:4490 in degrees, any ring order; Z is ignored.
    edition
        An edition of the family `parcel_area`.
    rounding
        None computes in full precision; "survey" rounds plane coordinates, seconds and the area as
        survey programs do, to compare with a delivered TBMJ.

    Returns
    -------
    area
        Shape (n,), index of `geometry`, m²; holes taken off, empty = 0, missing = null.

    Raises
    ------
    CrsError
        The CRS is missing or is not EPSG:4490, or the coordinates are no degrees.
    GeometryError
        A polygon crosses the meridian of 180° without being parted there.
    """
    require_stored(geometry)
    shapes = geometry.to_numpy()
    return pd.Series(legal_areas(shapes, edition, rounding), index=geometry.index, name="area_legal_m2")


def legal_areas(shapes: npt.NDArray[np.object_], edition: Edition, rounding: Rounding = None) -> Floats:
    """Measure as `legal_area`, from shapes that are known to be in EPSG:4490."""
    return np.ascontiguousarray(legal_measures(shapes, edition, rounding)[:, 0])


def three_areas(shapes: npt.NDArray[np.object_], zones: Ints, edition: Edition) -> Floats:
    """Give the legal, planar and geodesic area, m², of shapes in EPSG:4490; shape (n, 3), missing = null."""
    rings = _rings(shapes)
    sides = _sides(rings, edition)
    area = np.column_stack([
        _legal(rings, sides, zones, edition, None), _planar(rings, zones), _geodesic(shapes, rings, sides)
    ])  # fmt: skip
    area[shapely.is_missing(shapes)] = np.nan
    return area


def legal_measures(shapes: npt.NDArray[np.object_], edition: Edition, rounding: Rounding = None) -> Floats:
    """Measure the legal area, m², and the length of all rings on the ellipsoid, m, of shapes in EPSG:4490.

    Shape (n, 2). A side is measured with the radii of curvature in its middle: 1e-9 off at 1 km.
    """
    zones = zones_of(shapes)
    out = np.zeros((len(shapes), 2))
    for start in range(0, len(shapes), BLOCK):
        block = slice(start, start + BLOCK)
        rings = _rings(shapes[block])
        sides = _sides(rings, edition)
        length = np.bincount(rings.ring[:-1], np.hypot(sides.east, sides.north), minlength=len(rings.owner))
        out[block, 0] = _legal(rings, sides, zones[block], edition, rounding)
        out[block, 1] = np.bincount(rings.owner, length, minlength=len(zones[block]))
    if rounding == "survey":
        out[:, 0] = _half_up(out[:, 0], edition.data["method"]["decimals_m2"])
    out[shapely.is_missing(shapes)] = np.nan
    return out


def measure(frame: gpd.GeoDataFrame, edition: Edition, engine: Engine) -> gpd.GeoDataFrame:
    """Put legal, planar and geodesic area beside the declared one, with the difference.

    Parameters
    ----------
    frame
        Polygons in EPSG:4490; `area_declared_mu` may be missing.

    Returns
    -------
    measured
        `frame` with area_legal_m2 (rounded to 0.01 m², half to even) and area_legal_mu,
        area_planar_m2 (Gauss-Krüger), area_geodesic_m2, difference_mu = declared - legal,
        within_tolerance (null where nothing is declared) and area_check: agree, check or reject.

    Raises
    ------
    CrsError
        As `legal_area`.
    """
    require_stored(frame.geometry)
    shapes = frame.geometry.to_numpy()
    three = in_blocks(engine, partial(three_areas, edition=edition), shapes, zones_of(shapes))
    legal = round_parcels(pd.Series(three[:, 0], index=frame.index), edition)
    out = frame.assign(
        area_legal_m2=legal,
        area_legal_mu=to_mu(legal),
        area_planar_m2=three[:, 1],
        area_geodesic_m2=three[:, 2],
    )
    declared = frame.get("area_declared_mu", pd.Series(np.nan, index=frame.index)).astype("float64")
    tolerance = edition.data["tolerance"]
    off = (declared - out["area_legal_mu"]).abs()
    allowed = np.maximum(to_mu(tolerance["check_m2"]), tolerance["check_share"] * out["area_legal_mu"])
    within = (off <= allowed).astype("boolean").mask(declared.isna() | legal.isna())
    near = off <= tolerance["reject_share"] * out["area_legal_mu"]
    check = pd.Series(np.select([off <= allowed, near], ["agree", "check"], "reject"), index=frame.index)
    return out.assign(
        difference_mu=declared - out["area_legal_mu"],
        within_tolerance=within,
        area_check=check.astype("str").where(off.notna()),
    )


def round_parcels(area_m2: pd.Series, edition: Edition) -> pd.Series:
    """Round each parcel to the decimals of the database field (0.01 m², half to even, GB/T 8170)."""
    return area_m2.round(edition.data["method"]["decimals_m2"])


def zones_of(shapes: npt.NDArray[np.object_]) -> Ints:
    """Give the number of the 3-degree zone (-60 to 60, 40 is 常熟's) that holds the middle of each shape's box.

    Shapes without coordinates (missing, empty) get the first zone found, or 40.

    Raises
    ------
    CrsError
        The coordinates are no degrees.
    GeometryError
        A polygon crosses the meridian of 180° without being parted there.
    """
    boxes = shapely.bounds(shapes)
    for at in np.flatnonzero(boxes[:, 2] - boxes[:, 0] > HALF_TURN):
        boxes[at, [0, 2]] = _parted_at_180(shapes[at], int(at) + 1)
    return zones_of_boxes(boxes)


def zones_of_boxes(boxes: Floats) -> Ints:
    """Give the zones as `zones_of`, from boxes in degrees, shape (n, 4)."""
    known = np.isfinite(boxes).all(axis=1)
    some = boxes[known]
    _require_degrees(some, np.flatnonzero(known))
    zones = np.rint((some[:, 0] + some[:, 2]) / 2 / ZONE_WIDTH).astype("int64")
    out = np.full(len(boxes), zones[0] if len(zones) else NOWHERE)
    out[known] = zones
    return out


def _require_degrees(boxes: Floats, at: Ints) -> None:
    far = (np.abs(boxes[:, [1, 3]]) > POLE).any(axis=1) | (np.abs(boxes[:, [0, 2]]) > TURN).any(axis=1)
    if far.any():
        first = int(np.argmax(far))
        raise CrsError(
            Message(
                "第 {n:,} 个图形的坐标不是经纬度", "the coordinates of shape {n:,} are no degrees", n=int(at[first]) + 1
            ),
            found=f"x = {boxes[first, 0]:.4f}, y = {boxes[first, 1]:.4f}",
            fix=Message("请核对文件的坐标系，或用 --crs 指明", "check the CRS of the file, or give --crs"),
        )  # fmt: skip


def _parted_at_180(shape: shapely.Geometry, number: int) -> tuple[float, float]:
    """Give the west and east of a shape whose parts lie on both sides of the meridian of 180°, beyond it.

    Raises
    ------
    GeometryError
        One part alone is wider than half a turn, so that nobody can tell which way round it goes.
    """
    west, _, east, _ = shapely.bounds(shapely.get_parts(shape)).T
    if (east - west > HALF_TURN).any():
        raise GeometryError(
            Message(
                "第 {n:,} 个图形跨 180° 经线或宽于半个地球，无法量算",
                "shape {n:,} crosses the meridian of 180° or is wider than half the globe: it cannot be measured",
                n=number,
            ),
            found=Message("经度 {west:.4f} 至 {east:.4f}", "longitudes {west:.4f} to {east:.4f}",
                          west=float(west.min()), east=float(east.max())),
            fix=Message("请沿 180° 经线把图形分成两部分", "part it along the meridian of 180°"),
        )  # fmt: skip
    beyond = np.where(east <= 0, TURN, 0.0)
    return float((west + beyond).min()), float((east + beyond).max())


def zone_of(frame: gpd.GeoDataFrame) -> int:
    """Give the zone that holds the middle of a layer, for work on all of it in one plane."""
    boxes = frame.geometry.bounds.to_numpy()
    known = boxes[np.isfinite(boxes).all(axis=1)]
    if not len(known):
        return NOWHERE
    whole = np.concatenate([known[:, :2].min(axis=0), known[:, 2:].max(axis=0)])
    if whole[2] - whole[0] > WIDE:
        whole = np.median(known, axis=0)
    return int(zones_of_boxes(whole[None, :])[0])


def to_plane(shapes: npt.NDArray[np.object_], zones: Ints | int | None = None) -> npt.NDArray[np.object_]:
    """Project shapes in EPSG:4490 to the Gauss-Krüger zone of each, or to the zones given."""
    return _moved(shapes, zones_of(shapes) if zones is None else zones)


def to_degrees(shapes: npt.NDArray[np.object_], zones: Ints | int) -> npt.NDArray[np.object_]:
    """Bring shapes back from the Gauss-Krüger zone of each to EPSG:4490."""
    return _moved(shapes, zones, back=True)


def _geodesic(shapes: npt.NDArray[np.object_], rings: Rings, sides: Sides) -> Floats:
    """Add what a geodesic bends off the chord of its trapezoid: converge × (east² + 3 north²) / 12.

    In longitude and belt, where areas are true, it is an arc of the curvature at its middle; for a
    shape with a long side or near a pole GeographicLib works it out.
    """
    bent = sides.trapezoid - sides.converge * (sides.east**2 + 3 * sides.north**2) / 12
    area = _of_shapes(rings, bent, len(shapes))
    far = (np.hypot(sides.east, sides.north) > LONG) | (np.abs(rings.xy[:-1, 1]) > FAR_NORTH)
    at = np.unique(rings.owner[rings.ring[:-1][far]])
    geod, turned = Geod(ellps="GRS80"), shapely.orient_polygons(shapely.force_2d(shapes[at]))
    area[at] = [abs(geod.geometry_area_perimeter(one)[0]) for one in turned]
    return area


def _planar(rings: Rings, zones: Ints) -> Floats:
    """Give the area of each shape in the plane of its zone."""
    zone, plane = zones[rings.owner][rings.ring], np.empty_like(rings.xy)
    for one in np.unique(zone):
        at = zone == one
        plane[at] = _pairs(_projection(int(one)), rings.xy[at])
    x, y = plane.T
    x = x - _of_first(x, rings)
    trapezoid = np.where(_is_side(rings), (x[:-1] + x[1:]) / 2 * np.diff(y), 0.0)
    return _of_shapes(rings, trapezoid, len(zones))


def require_stored(geometry: gpd.GeoSeries) -> None:
    """Refuse any CRS but EPSG:4490.

    Raises
    ------
    CrsError
        The CRS is missing or another.
    """
    if geometry.crs is None or geometry.crs.to_epsg() != int(STORED.split(":")[1]):
        raise CrsError(
            Message(
                "面积按 EPSG:4490（CGCS2000 经纬度）量算",
                "areas are measured on EPSG:4490 (CGCS2000, degrees)",
            ),
            found=str(geometry.crs),
            fix=Message(
                '在图层目录中写明 crs = "EPSG:…"，或用 --crs 指明；读入时自动转换',
                'set crs = "EPSG:…" of the layer in the catalogue, or give --crs; reading converts it',
            ),
        )


def _moved(
    shapes: npt.NDArray[np.object_], zones: Ints | int, *, back: bool = False
) -> npt.NDArray[np.object_]:
    out, zones = shapes.copy(), np.broadcast_to(zones, shapes.shape)
    for zone in np.unique(zones):
        move = partial(_pairs, _projection(int(zone)), back=back)
        at = np.flatnonzero(zones == zone)
        for start in range(0, len(at), BLOCK):
            block = at[start : start + BLOCK]
            out[block] = _transformed(shapes[block], move)
    return out


def _transformed(
    shapes: npt.NDArray[np.object_], move: Callable[[Floats], Floats]
) -> npt.NDArray[np.object_]:
    """Move all vertices; polygons without holes, the usual case, are drawn anew, which is faster."""
    if not _plain(shapes).all():
        return np.asarray(shapely.transform(shapes, move))
    xy, owner = shapely.get_coordinates(shapes, return_index=True)
    ends = np.append(np.flatnonzero(np.diff(owner, prepend=-1)), len(xy))
    return np.asarray(
        shapely.from_ragged_array(shapely.GeometryType.POLYGON, move(xy), (ends, np.arange(len(ends))))
    )


@cache
def _projection(zone: int) -> Transformer:
    return Transformer.from_crs(STORED, plane_of(zone), always_xy=True)


def _pairs(to: Transformer, xy: Floats, *, back: bool = False) -> Floats:
    x, y = to.transform(xy[:, 0], xy[:, 1], direction="INVERSE" if back else "FORWARD")
    return np.column_stack([x, y])


def _of_shapes(rings: Rings, trapezoids: Floats, count: int) -> Floats:
    """Add up the trapezoids of the rings of each shape, holes off."""
    sums = np.bincount(rings.ring[:-1], trapezoids, minlength=len(rings.owner))
    return np.bincount(rings.owner, rings.sign * np.abs(sums), minlength=count).astype("float64", copy=False)


def _of_first(values: Floats, rings: Rings) -> Floats:
    """Give each vertex the value of the first one of its ring."""
    first = np.flatnonzero(np.diff(rings.ring, prepend=-1))
    return np.repeat(values[first], np.diff(first, append=len(values)))


def _is_side(rings: Rings) -> npt.NDArray[np.bool_]:
    return np.asarray(rings.ring[1:] == rings.ring[:-1])


def _sides(rings: Rings, edition: Edition) -> Sides:
    """Measure each side with the radii of curvature in its middle.

    Formula (2) with 2 sin(k ΔB/2) cos(k Bm) written as sin(k B2) - sin(k B1), so that a vertex is
    worked once.
    """
    (a, e2), (lon, lat) = _ellipsoid(edition), rings.xy.T
    side, reference = _is_side(rings), _of_first(lon, rings)
    east, north = np.radians(lon - reference), np.radians(lat)
    turn = np.where(side, np.diff(east), 0.0)
    sine = np.sin((north[:-1] + north[1:]) / 2)
    square = sine * sine
    root = np.sqrt(1 - e2 * square)
    return Sides(
        a * turn * np.sqrt(1 - square) / root,
        np.where(side, a * np.diff(north) * (1 - e2) / (root * root * root), 0.0),
        np.where(side, (east[:-1] + east[1:]) / 2 * np.diff(_belt(lat, edition)), 0.0),
        turn * sine,
        reference,
    )


def _ellipsoid(edition: Edition) -> tuple[float, float]:
    """Give the larger half axis, m, and the square of the eccentricity."""
    flattening = 1 / edition.data["ellipsoid"]["inv_f"]
    return edition.data["ellipsoid"]["a"], flattening * (2 - flattening)


def _rings(shapes: npt.NDArray[np.object_]) -> Rings:
    """Take the rings apart; a polygon without holes, the usual case, needs no ring of its own."""
    plain = _plain(shapes)
    at, rest = np.flatnonzero(plain), np.flatnonzero(~plain)
    xy, ring = shapely.get_coordinates(shapes[at], return_index=True)
    parts, owner = shapely.get_parts(shapes[rest], return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    more_xy, more = shapely.get_coordinates(rings, return_index=True)
    outer = np.diff(part, prepend=-1) != 0
    return Rings(
        np.concatenate([xy, more_xy]),
        np.concatenate([ring, more + len(at)]),
        np.concatenate([at, rest[owner[part]]]),
        np.concatenate([np.ones(len(at)), np.where(outer, 1.0, -1.0)]),
    )


def _plain(shapes: npt.NDArray[np.object_]) -> npt.NDArray[np.bool_]:
    """Tell which shapes are polygons without holes."""
    polygon = shapely.get_type_id(shapes) == shapely.GeometryType.POLYGON
    return np.asarray(polygon & (shapely.get_num_interior_rings(shapes) == 0) & ~shapely.is_empty(shapes))


def _legal(rings: Rings, sides: Sides, zones: Ints, edition: Edition, rounding: Rounding) -> Floats:
    """Add up the trapezoids, those of long sides split along the straight line of the Gauss plane."""
    area, limit = sides.trapezoid.copy(), edition.data["method"]["densify_over_m"]
    asked = np.hypot(sides.east, sides.north) > limit * APPROACH if rounding is None else _is_side(rings)
    long = np.flatnonzero(asked)
    zone = zones[rings.owner][rings.ring[long]]
    for one in np.unique(zone):
        at = long[zone == one]
        ends = (rings.xy[at], rings.xy[at + 1], sides.reference[at])
        area[at] = _split(*ends, _projection(int(one)), edition, rounding)
    return _of_shapes(rings, area, len(zones))


def _belt(lat: Floats, edition: Edition) -> Floats:
    """Give the area from the equator to each latitude under one radian of longitude, m².

    (-1)^n sin (2n+1)B is the Chebyshev polynomial T(2n+1) of sin B: A, B, C, D, E are its odd terms.
    """
    a, e2 = _ellipsoid(edition)
    series = [0.0]
    for terms in edition.data["coefficient"].values():
        series += [sum(top / bottom * e2**power for power, (top, bottom) in enumerate(terms)), 0.0]
    odd = chebyshev.cheb2poly(series)[1::2]
    sine = np.sin(np.radians(lat))
    square = sine * sine
    total = np.full_like(sine, odd[-1])
    for factor in odd[-2::-1]:
        total *= square
        total += factor
    return np.asarray(a * a * (1 - e2) * total * sine)


def _split(
    first: Floats, last: Floats, reference: Floats, to: Transformer, edition: Edition, rounding: Rounding
) -> Floats:
    """Split sides evenly along the straight line of the Gauss plane; give the trapezoid of each, m²."""
    start, end = _pairs(to, first), _pairs(to, last)
    survey = edition.data["survey"]
    if rounding:
        start, end = (_half_up(one, survey["decimals_plane_m"]) for one in (start, end))
    length = np.hypot(*(end - start).T)
    limit = edition.data["method"]["densify_over_m"]
    pieces = np.where(length > limit, length // limit, 0).astype("int64") + 1
    if pieces.sum() > MOST_PIECES + MOST_A_SIDE * len(pieces):
        raise _endless(float(length.sum()))
    if (parts := np.flatnonzero(np.diff(np.cumsum(pieces) // AT_ONCE)) + 1).size:
        cut = zip(np.split(first, parts), np.split(last, parts), np.split(reference, parts), strict=True)
        return np.concatenate([_split(*sides, to, edition, rounding) for sides in cut])
    side = np.repeat(np.arange(len(pieces)), pieces)
    step = np.arange(len(side)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    count = pieces[side]
    ends = []
    for at, given, near in ((step, first, 0), (step + 1, last, count)):
        share = (at / count)[:, None]
        plane = start[side] * (1 - share) + end[side] * share
        if rounding:
            plane = _half_up(plane, survey["decimals_inserted_m"])
            degrees = _half_up(_pairs(to, plane, back=True) * SECONDS, survey["decimals_seconds"]) / SECONDS
        else:
            degrees = np.where((at == near)[:, None], given[side], _pairs(to, plane, back=True))
        ends.append(degrees)
    (lon1, lat1), (lon2, lat2) = ends[0].T, ends[1].T
    east = np.radians((_turned(lon1 - reference[side]) + _turned(lon2 - reference[side])) / 2)
    sums = np.bincount(side, east * (_belt(lat2, edition) - _belt(lat1, edition)), minlength=len(pieces))
    return np.asarray(sums, dtype="float64")


def _endless(metres: float) -> GeometryError:
    return GeometryError(
        Message("图形的边合计 {km:,.0f} 公里，远超一个县", "the sides are {km:,.0f} km long, far beyond any county",
                km=metres / 1000),
        fix=Message("核对坐标和坐标系：多半有顶点丢失或错位",
                    "check the coordinates and their system: vertices are lost or misplaced"),
    )  # fmt: skip


def _turned(lon: Floats) -> Floats:
    """Bring differences of longitude that the way back from the plane took round the globe within half a turn."""
    return np.asarray(np.where(np.abs(lon) > HALF_TURN, lon - np.copysign(TURN, lon), lon))


def _half_up(values: Floats, decimals: int) -> Floats:
    scale = 10.0**decimals
    return np.asarray(np.copysign(np.floor(np.abs(values) * scale + 0.5), values) / scale)
