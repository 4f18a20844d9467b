"""Legal ellipsoidal area of parcels (国土调查办发〔2008〕32号) beside planar, geodesic and declared."""

from __future__ import annotations

from functools import partial
from typing import Literal, NamedTuple

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from pyproj import Geod, Transformer

from gis.base.errors import CrsError
from gis.base.geo import STORED, ZONE_WIDTH, zone_crs
from gis.base.units import to_mu
from gis.standards.editions import Edition

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Rounding = Literal["survey"] | None

APPROACH = 0.97  # sides shorter than this share of the limit cannot reach it in the Gauss plane
SECONDS = 3600.0
NOWHERE = 40  # the zone of 常熟, for a layer without any coordinates


class Walk(NamedTuple):
    """The sides of all rings of all parcels: ends in degrees, ring of each, zone of each."""

    start: Floats
    end: Floats
    ring: Ints
    zone: Ints


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
        The CRS is missing or is not EPSG:4490, or a parcel lies in no zone of China.
    """
    require_stored(geometry)
    shapes = shapely.force_2d(geometry.to_numpy())
    parts, owner = shapely.get_parts(shapes, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    area = np.zeros(len(shapes))
    if len(rings):
        owner_of_ring = owner[part]
        sign = np.where(np.diff(part, prepend=-1) != 0, 1.0, -1.0)
        zones = zones_of(shapes)
        walk = _split(_walk(rings, zones[owner_of_ring]), edition, rounding)
        sums = np.bincount(walk.ring, _trapezoids(walk, edition, rounding), minlength=len(rings))
        area += np.bincount(owner_of_ring, sign * np.abs(sums), minlength=len(shapes))
    if rounding == "survey":
        area = _half_up(area, edition.data["method"]["decimals_m2"])
    area[shapely.is_missing(shapes)] = np.nan
    return pd.Series(area, index=geometry.index, name="area_legal_m2")


def measure(frame: gpd.GeoDataFrame, edition: Edition) -> gpd.GeoDataFrame:
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
    legal = round_parcels(legal_area(frame.geometry, edition), edition)
    out = frame.assign(
        area_legal_m2=legal,
        area_legal_mu=to_mu(legal),
        area_planar_m2=planar_area(frame.geometry),
        area_geodesic_m2=geodesic_area(frame.geometry),
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


def planar_area(geometry: gpd.GeoSeries) -> pd.Series:
    """Measure the area in the Gauss-Krüger plane of the zone that holds each parcel, m²."""
    plane = to_plane(geometry.to_numpy())
    return pd.Series(shapely.area(plane), index=geometry.index).mask(geometry.isna())


def zones_of(shapes: npt.NDArray[np.object_]) -> Ints:
    """Give the number of the 3-degree zone (25 to 45) that holds the middle of each shape's box.

    Shapes without coordinates (missing, empty) get the first zone found, or 40.

    Raises
    ------
    CrsError
        A shape lies in no zone of China.
    """
    bounds = shapely.bounds(shapes)
    lon = (bounds[:, 0] + bounds[:, 2]) / 2
    known = np.isfinite(lon)
    zones = np.rint(lon[known] / ZONE_WIDTH).astype("int64")
    for zone in np.unique(zones):
        zone_crs(float(zone) * ZONE_WIDTH)
    out = np.full(len(shapes), zones[0] if len(zones) else NOWHERE)
    out[known] = zones
    return out


def zone_of(frame: gpd.GeoDataFrame) -> int:
    """Give the zone that holds the middle of a layer, for work on all of it in one plane."""
    return int(zones_of(np.array([shapely.box(*frame.total_bounds)]))[0])


def to_plane(shapes: npt.NDArray[np.object_], zones: Ints | int | None = None) -> npt.NDArray[np.object_]:
    """Project shapes in EPSG:4490 to the Gauss-Krüger zone of each, or to the zones given."""
    return _moved(shapes, zones_of(shapes) if zones is None else zones)


def to_degrees(shapes: npt.NDArray[np.object_], zones: Ints | int) -> npt.NDArray[np.object_]:
    """Bring shapes back from the Gauss-Krüger zone of each to EPSG:4490."""
    return _moved(shapes, zones, back=True)


def geodesic_area(geometry: gpd.GeoSeries) -> pd.Series:
    """Measure the area inside geodesics between the vertices (GeographicLib), m²."""
    geod = Geod(ellps="GRS80")
    shapes = shapely.orient_polygons(shapely.force_2d(geometry.to_numpy()))
    known = np.flatnonzero(~(shapely.is_missing(shapes) | shapely.is_empty(shapes)))
    area = np.where(shapely.is_missing(shapes), np.nan, 0.0)
    area[known] = [abs(geod.geometry_area_perimeter(one)[0]) for one in shapes[known]]
    return pd.Series(area, index=geometry.index)


def require_stored(geometry: gpd.GeoSeries) -> None:
    """Refuse any CRS but EPSG:4490.

    Raises
    ------
    CrsError
        The CRS is missing or another.
    """
    if geometry.crs is None or geometry.crs.to_epsg() != int(STORED.split(":")[1]):
        raise CrsError(
            "areas are measured on EPSG:4490 (CGCS2000, degrees)",
            found=str(geometry.crs),
            fix='set crs = "EPSG:…" of the layer in the catalogue, or give --crs; reading converts it',
        )


def _moved(
    shapes: npt.NDArray[np.object_], zones: Ints | int, *, back: bool = False
) -> npt.NDArray[np.object_]:
    out, zones = shapes.copy(), np.broadcast_to(zones, shapes.shape)
    for zone in np.unique(zones):
        at = zones == zone
        out[at] = shapely.transform(shapes[at], partial(_pairs, _projection(int(zone)), back=back))
    return out


def _projection(zone: int) -> Transformer:
    return Transformer.from_crs(STORED, zone_crs(zone * ZONE_WIDTH), always_xy=True)


def _pairs(to: Transformer, xy: Floats, *, back: bool = False) -> Floats:
    x, y = to.transform(xy[:, 0], xy[:, 1], direction="INVERSE" if back else "FORWARD")
    return np.column_stack([x, y])


def _walk(rings: npt.NDArray[np.object_], zones: Ints) -> Walk:
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    same = ring[1:] == ring[:-1]
    ring = ring[:-1][same]
    return Walk(xy[:-1][same], xy[1:][same], ring, zones[ring])


def _split(walk: Walk, edition: Edition, rounding: Rounding) -> Walk:
    limit = edition.data["method"]["densify_over_m"]
    near = np.ones(len(walk.ring), bool) if rounding else _length(walk, edition) > limit * APPROACH
    done = [Walk(*(side[~near] for side in walk))]
    for zone in np.unique(walk.zone[near]):
        at = near & (walk.zone == zone)
        done.append(_split_in(Walk(*(side[at] for side in walk)), int(zone), edition, rounding))
    return Walk(*(np.concatenate(sides) for sides in zip(*done, strict=True)))


def _length(walk: Walk, edition: Edition) -> Floats:
    """Give at least the length of each side, on a sphere of the larger radius of curvature."""
    radius = edition.data["ellipsoid"]["a"] / (1 - 1 / edition.data["ellipsoid"]["inv_f"])
    turn = np.radians(walk.end - walk.start)
    middle = np.radians(walk.start[:, 1] + walk.end[:, 1]) / 2
    return np.asarray(radius * np.hypot(turn[:, 0] * np.cos(middle), turn[:, 1]))


def _split_in(walk: Walk, zone: int, edition: Edition, rounding: Rounding) -> Walk:
    """Split long sides evenly along the straight line of the Gauss plane."""
    to = _projection(zone)
    start, end = _pairs(to, walk.start), _pairs(to, walk.end)
    survey = edition.data["survey"]
    if rounding:
        start, end = (_half_up(one, survey["decimals_plane_m"]) for one in (start, end))
    length = np.hypot(*(end - start).T)
    limit = edition.data["method"]["densify_over_m"]
    pieces = np.where(length > limit, (length / limit).astype("int64"), 0) + 1
    side = np.repeat(np.arange(len(pieces)), pieces)
    step = np.arange(len(side)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    count = pieces[side]
    ends = []
    for at, given, near in ((step, walk.start, 0), (step + 1, walk.end, count)):
        share = (at / count)[:, None]
        plane = start[side] * (1 - share) + end[side] * share
        if rounding:
            plane = _half_up(plane, survey["decimals_inserted_m"])
            degrees = _half_up(_pairs(to, plane, back=True) * SECONDS, survey["decimals_seconds"]) / SECONDS
        else:
            degrees = np.where((at == near)[:, None], given[side], _pairs(to, plane, back=True))
        ends.append(degrees)
    return Walk(ends[0], ends[1], walk.ring[side], walk.zone[side])


def _trapezoids(walk: Walk, edition: Edition, rounding: Rounding) -> Floats:
    """Give by formula (2) the trapezoid between each side and the reference meridian, m², signed."""
    ellipsoid = edition.data["ellipsoid"]
    flattening = 1 / ellipsoid["inv_f"]
    e2 = flattening * (2 - flattening)
    b = ellipsoid["a"] * (1 - flattening)
    meridian = edition.data["survey"]["reference_meridian"] if rounding else walk.zone * float(ZONE_WIDTH)
    lon = np.radians((walk.start[:, 0] + walk.end[:, 0]) / 2 - meridian)
    south, north = np.radians(walk.start[:, 1]), np.radians(walk.end[:, 1])
    half, middle = (north - south) / 2, (north + south) / 2
    total = np.zeros(len(lon))
    for order, terms in enumerate(edition.data["coefficient"].values()):
        factor = sum(top / bottom * e2**power for power, (top, bottom) in enumerate(terms))
        odd = 2 * order + 1
        total += (-1) ** order * factor * np.sin(odd * half) * np.cos(odd * middle)
    return np.asarray(2 * b * b * lon * total)


def _half_up(values: Floats, decimals: int) -> Floats:
    scale = 10.0**decimals
    return np.asarray(np.copysign(np.floor(np.abs(values) * scale + 0.5), values) / scale)
