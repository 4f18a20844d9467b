"""Parcels × control lines: pieces with legal area, and the proof that they add up to the parcel.

Large lines are prepared one a part of the work; a parcel wholly inside needs no intersection, and a
crossing one meets only the part of the line in its box.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from gis.base.errors import GeometryError, ProofError
from gis.base.geo import STORED
from gis.base.units import to_mu
from gis.engine import Engine
from gis.land.area import BLOCK, legal_area, require_stored, to_degrees, to_plane, zones_of
from gis.standards.editions import Edition

Shapes = npt.NDArray[np.object_]
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
LARGE = 300  # vertices from which a line is cut to the parcel's box first
BATCH = 400  # small lines in one part of the work
FEW = 64  # lines whose boxes are compared one by one rather than by a tree
ROUND = 1e-6  # degrees, far above what projecting rounds
STRAY = 0.01  # per degree of length: at least three times how far a straight side strays in the plane
AREAL = 2  # the dimension of a polygon
NOTICED = 0.5  # of the last decimal of an area
OUTSIDE = "growth_boundary"


class Overlay(NamedTuple):
    """Pieces, contacts without area, and the proof, a row a line type."""

    pieces: gpd.GeoDataFrame
    contacts: pd.DataFrame
    proof: pd.DataFrame


class Met(NamedTuple):
    """Pairs of parcel and line (positions), and their common ground in the plane."""

    parcel: Ints
    line: Ints
    shape: Shapes


def overlay(parcels: gpd.GeoDataFrame, lines: gpd.GeoDataFrame, engine: Engine, edition: Edition) -> Overlay:
    """Cut parcels with control lines; for the growth boundary the piece is the part outside.

    Parameters
    ----------
    parcels
        Polygons, EPSG:4490, with parcel_id and area_legal_m2 (measured where missing).
    lines
        Polygons, EPSG:4490, with line_id, line_type, name.
    edition
        Of the family `parcel_area`; holds the tolerance of the proof.

    Returns
    -------
    overlay
        pieces: parcel (position), parcel_id, line_id, line_type, line_name, area_m2 and area_mu
        (legal), share of the parcel, width_m = 2 × area / perimeter, geometry EPSG:4490;
        contacts: pairs that touch without an area that 0.01 m² could show; proof: line_type,
        parcels, max_residual_m2.

    Raises
    ------
    CrsError
        A frame is not in EPSG:4490.
    GeometryError
        A parcel or a line crosses itself.
    ProofError
        Inside and remainder differ from the parcel by more than the tolerance.
    """
    require_stored(parcels.geometry)
    require_stored(lines.geometry)
    lines = lines[~(lines.geometry.isna() | lines.geometry.is_empty)]
    shapes = parcels.geometry.to_numpy()
    known = np.flatnonzero(~(shapely.is_missing(shapes) | shapely.is_empty(shapes)))
    zones = zones_of(shapes[known])
    residual: dict[str, Floats] = {
        kind: np.zeros(len(parcels)) for kind in lines["line_type"].dropna().unique()
    }
    pieces, contacts = [], []
    for zone in np.unique(zones):
        here = known[zones == zone]
        for kind in residual:
            found = _in_zone(parcels, lines[lines["line_type"] == kind], here, int(zone), engine)
            residual[kind][here] = found.residual
            pieces.append(found.pieces)
            contacts.append(found.contacts)
    proof = _proof(residual, known, parcels, edition)
    measured = _measured(parcels, pieces, edition)
    real = measured["area_m2"] >= NOTICED * 10.0 ** -edition.data["method"]["decimals_m2"]
    contacts.append(measured.loc[~real, [*_NAMES]])
    return Overlay(measured[real].reset_index(drop=True), pd.concat(contacts, ignore_index=True), proof)


def meet(parcels: Shapes, lines: Shapes, engine: Engine) -> Met:
    """Find the common ground of every parcel and line that touch, in one plane."""
    tree = shapely.STRtree(parcels)
    tree.query(shapely.Point(0, 0))
    large = shapely.get_num_coordinates(lines) >= LARGE
    small = np.flatnonzero(~large)
    parts = [np.array([one]) for one in np.flatnonzero(large)]
    parts += [small[at : at + BATCH] for at in range(0, len(small), BATCH)]

    def one_part(which: Ints) -> Met:
        return _cut(parcels, lines, tree, which)

    return engine.combine(engine.map(one_part, parts), _joined)


def prove(parcels: Shapes, met: Met, engine: Engine) -> tuple[Shapes, Shapes, Floats]:
    """Give the ground inside (each counted once), the remainder, and parcel - inside - remainder, m²."""
    inside = np.full(len(parcels), shapely.Polygon(), dtype=object)
    order = np.argsort(met.parcel, kind="stable")
    parcel, shape = met.parcel[order], met.shape[order]
    which, first, count = np.unique(parcel, return_index=True, return_counts=True)
    inside[which[count == 1]] = shape[first[count == 1]]
    for at, start, number in zip(which[count > 1], first[count > 1], count[count > 1], strict=True):
        inside[at] = shapely.union_all(shape[start : start + number])
    rest = parcels.copy()
    whole = np.array([inside[at] is parcels[at] for at in which], dtype=bool)
    rest[which[whole]] = shapely.Polygon()
    cut = which[~whole]
    rest[cut] = _in_blocks(engine, shapely.difference, parcels[cut], inside[cut])
    return inside, rest, shapely.area(parcels) - shapely.area(inside) - shapely.area(rest)


def _in_blocks(engine: Engine, work: Callable[..., Shapes], *arrays: Shapes) -> Shapes:
    parts = [[one[at : at + BLOCK] for one in arrays] for at in range(0, len(arrays[0]), BLOCK)]
    done = engine.map(lambda part: work(*part), parts)
    return engine.combine([*done, np.array([], dtype=object)], np.concatenate)


def _cut(parcels: Shapes, lines: Shapes, tree: shapely.STRtree, which: Ints) -> Met:
    mine = shapely.from_wkb(shapely.to_wkb(lines[which]))
    shapely.prepare(mine)
    at, parcel = tree.query(mine, predicate="intersects")
    shape = parcels[parcel].copy()
    crossing = ~shapely.contains_properly(mine[at], shape)
    cut = mine[at[crossing]]
    boxes = shapely.bounds(shape[crossing])
    heavy = shapely.get_num_coordinates(cut) >= LARGE
    cut[heavy] = _clipped(cut[heavy], boxes[heavy])
    shape[crossing] = shapely.intersection(shape[crossing], cut)
    return Met(parcel, which[at], shape)


def _clipped(shapes: Shapes, boxes: Floats) -> Shapes:
    """Cut each shape to a box a little larger than the parcel's, so that no edge is shared."""
    made = [shapely.clip_by_rect(one, x - 1, y - 1, u + 1, v + 1)
            for one, (x, y, u, v) in zip(shapes, boxes, strict=True)]  # fmt: skip
    out = np.empty(len(made), dtype=object)
    out[:] = made
    valid = shapely.is_valid(out)
    out[~valid] = shapes[~valid]
    return out


def _joined(found: list[Met]) -> Met:
    if not found:
        nothing = np.array([], dtype="int64")
        return Met(nothing, nothing, np.array([], dtype=object))
    return Met(*(np.concatenate(sides) for sides in zip(*found, strict=True)))


class _Found(NamedTuple):
    pieces: pd.DataFrame
    contacts: pd.DataFrame
    residual: Floats


def _in_zone(
    parcels: gpd.GeoDataFrame, lines: gpd.GeoDataFrame, here: Ints, zone: int, engine: Engine
) -> _Found:
    """Overlay the parcels `here`, all of one zone, with the lines of one type that come near them."""
    outside = bool((lines["line_type"] == OUTSIDE).any())
    shapes, drawn = parcels.geometry.to_numpy()[here], lines.geometry.to_numpy()
    near, at = _near(shapes, drawn)
    if outside:
        at = np.arange(len(here))
    ground = _in_blocks(engine, partial(to_plane, zones=zone), shapes[at])
    residual = np.zeros(len(here))
    try:
        met = meet(ground, to_plane(drawn[near], zone), engine)
        _, rest, residual[at] = prove(ground, met, engine)
    except shapely.GEOSException as error:
        raise GeometryError(
            "a parcel or a control line crosses itself",
            found=str(error),
            fix="repair it first: gis check names it, reading a layer repairs it",
        ) from None
    flat = shapely.area(met.shape) == 0
    contacts = _named(parcels, lines, here[at[met.parcel[flat]]], near[met.line[flat]])
    if outside:
        out = np.flatnonzero(shapely.area(rest) > 0)
        found = Met(out, np.zeros(len(out), "int64"), rest[out])
    else:
        found = Met(met.parcel[~flat], near[met.line[~flat]], met.shape[~flat])
    cut = _cut_ones(found, ground)
    found = found._replace(parcel=here[at[found.parcel]])
    return _Found(
        _pieces(parcels, lines, found, cut, partial(to_degrees, zones=zone), engine), contacts, residual
    )


def _near(shapes: Shapes, drawn: Shapes) -> tuple[Ints, Ints]:
    """Give the lines and the parcels whose boxes come near each other; for few lines without a tree."""
    boxes, reach = shapely.bounds(shapes), shapely.bounds(drawn)
    stray = STRAY * (_span(reach) ** 2 + np.max(_span(boxes), initial=0.0) ** 2) + ROUND
    reach = reach + stray[:, None] * np.array([-1, -1, 1, 1])
    if len(reach) > FEW:
        line, parcel = shapely.STRtree(shapes).query(shapely.box(*reach.T))
        return np.unique(line), np.flatnonzero(np.bincount(parcel, minlength=len(shapes)))
    west, south, east, north = (np.ascontiguousarray(side) for side in boxes.T)
    lines, parcels = [], np.zeros(len(shapes), dtype=bool)
    for number, (left, low, right, high) in enumerate(reach):
        met = (west <= right) & (east >= left) & (south <= high) & (north >= low)
        if met.any():
            lines.append(number)
            parcels |= met
    return np.array(lines, dtype="int64"), np.flatnonzero(parcels)


def _span(boxes: Floats) -> Floats:
    return np.hypot(boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1])


def _cut_ones(found: Met, ground: Shapes) -> Ints:
    """Give the pieces that are not the whole parcel."""
    pairs = zip(found.shape, ground[found.parcel], strict=True)
    return np.flatnonzero(
        np.fromiter((piece is not parcel for piece, parcel in pairs), bool, len(found.shape))
    )


_NAMES = ("parcel", "parcel_id", "line_id", "line_type", "line_name")


def _named(parcels: gpd.GeoDataFrame, lines: gpd.GeoDataFrame, parcel: Ints, line: Ints) -> pd.DataFrame:
    return pd.DataFrame({
        "parcel": parcel,
        "parcel_id": parcels["parcel_id"].to_numpy()[parcel],
        "line_id": lines["line_id"].to_numpy()[line],
        "line_type": lines["line_type"].to_numpy()[line],
        "line_name": lines["name"].to_numpy()[line],
    })  # fmt: skip


def _pieces(
    parcels: gpd.GeoDataFrame,
    lines: gpd.GeoDataFrame,
    met: Met,
    cut: Ints,
    back: Callable[[Shapes], Shapes],
    engine: Engine,
) -> pd.DataFrame:
    """Name the pieces, keep their ground without stray lines and points, and bring it to degrees.

    A piece that is the whole parcel is the parcel as given, without the way there and back.
    """
    shape = met.shape.copy()
    mixed = np.flatnonzero(shapely.get_type_id(shape) == shapely.GeometryType.GEOMETRYCOLLECTION)
    for at in mixed:
        parts = shapely.get_parts(shape[at])
        shape[at] = shapely.multipolygons(parts[shapely.get_dimensions(parts) == AREAL])
    edge = shapely.length(shape)
    width = np.divide(2 * shapely.area(shape), edge, out=np.zeros(len(edge)), where=edge > 0)
    geometry = parcels.geometry.to_numpy()[met.parcel]
    geometry[cut] = _in_blocks(engine, back, shape[cut])
    return _named(parcels, lines, met.parcel, met.line).assign(width_m=width, geometry=geometry)


def _measured(parcels: gpd.GeoDataFrame, pieces: list[pd.DataFrame], edition: Edition) -> gpd.GeoDataFrame:
    nothing = pd.DataFrame(
        {name: pd.Series(dtype="str") for name in (*_NAMES, "width_m", "geometry")}
    ).astype({"parcel": "int64", "width_m": "float64"})
    every = pd.concat([one for one in pieces if len(one)] or [nothing], ignore_index=True)
    out = gpd.GeoDataFrame(every.drop(columns="geometry"), geometry=every["geometry"].to_list(), crs=STORED)
    area = legal_area(out.geometry, edition)
    whole = parcels["area_legal_m2"] if "area_legal_m2" in parcels else legal_area(parcels.geometry, edition)
    share = area / whole.to_numpy()[out["parcel"].to_numpy()]
    return out.assign(area_m2=area, area_mu=to_mu(area), share=share.clip(upper=1.0))


def _proof(
    residual: dict[str, Floats], known: Ints, parcels: gpd.GeoDataFrame, edition: Edition
) -> pd.DataFrame:
    limit, rows = edition.data["proof"]["tolerance_m2"], []
    for kind, off in residual.items():
        worst = float(np.max(np.abs(off), initial=0.0))
        if not worst <= limit:
            which = parcels["parcel_id"].iloc[int(np.argmax(np.abs(off)))]
            raise ProofError(
                f"pieces inside {kind} and the remainder do not add up to parcel {which}",
                found=f"a residual of {worst:.6f} m²; the tolerance is {limit} m²",
                fix="repair the geometry of the parcel or of the line",
            )
        rows.append((kind, len(known), worst))
    return pd.DataFrame(rows, columns=["line_type", "parcels", "max_residual_m2"])
