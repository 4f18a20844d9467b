"""Parcels × control lines: pieces with legal area, and the proof that they add up to the parcel."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from geopandas.array import from_shapely

from gis.base.errors import ProofError
from gis.base.geo import STORED
from gis.base.units import to_mu
from gis.engine import Engine, in_blocks
from gis.land.area import legal_measures, require_stored, zones_of_boxes
from gis.land.meet import Flags, Floats, Ints, Met, Pairs, Shapes, cut, distinct, joined, prove, sort_out
from gis.land.phrases import refusal
from gis.land.sound import ROUND, areal, crossing, strayed, tolerance, valid_degrees, valid_plane
from gis.standards.editions import Edition

NOTICED = 0.5  # of the last decimal of an area
PORTION = 16_384  # parcels cut at a time
OUTSIDE = "growth_boundary"


class Overlay(NamedTuple):
    """Pieces, contacts without area, and the proof, a row a line type."""

    pieces: gpd.GeoDataFrame
    contacts: pd.DataFrame
    proof: pd.DataFrame


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
        pieces, by parcel and line in their order: parcel (position), parcel_id, line_id, line_type, line_name,
        area_m2 and area_mu (legal), share of the parcel (exactly 1 where the piece is all of it), width_m = 2 × area /
        perimeter, geometry EPSG:4490; contacts: pairs that touch without an area that 0.01 m² could
        show; proof: line_type,
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
    boxes = in_blocks(engine, shapely.bounds, shapes)
    known = np.flatnonzero(np.isfinite(boxes[:, 0]))
    kinds = list(lines["line_type"].dropna().unique())
    off = {kind: _Off(np.zeros(len(parcels)), np.zeros(len(parcels))) for kind in kinds}
    found = []
    for zone, here, met in _portions(shapes, boxes, known, lines, engine):
        for kind in kinds:
            one, rest, residual = _of_kind(met, shapes, here, lines, kind, zone, engine)
            found.append(one)
            off[kind].residual[here] = residual
            off[kind].edge[here] = _edge(met.ground, rest, residual, edition)
    pieces = _pieces(parcels, lines, found, engine, edition)
    parcel, line = (
        np.concatenate(side) for side in zip(*(one.contacts for one in [_no_cuts(), *found]), strict=True)
    )
    order = np.lexsort((line, parcel))
    contacts = _named(parcels, lines, parcel[order], line[order])
    real = pieces["area_m2"] >= NOTICED * 10.0 ** -edition.data["method"]["decimals_m2"]
    return Overlay(
        pieces[real].reset_index(drop=True),
        pd.concat([contacts, pieces.loc[~real, [*_NAMES]]], ignore_index=True),
        _proof(off, known, parcels, edition),
    )


def _portions(
    shapes: Shapes, boxes: Floats, known: Ints, lines: gpd.GeoDataFrame, engine: Engine
) -> Iterator[tuple[int, Ints, _InPlane]]:
    """Give zone, positions and what is cut of some parcels at a time.

    Their shapes in the plane are most of the memory of an overlay; what may cross is found for a zone at once.
    """
    zones, drawn = zones_of_boxes(boxes[known]), lines.geometry.to_numpy()
    for zone in np.unique(zones).tolist():
        mine, plane = known[zones == zone], np.full(len(lines), None, dtype=object)
        most = np.max(strayed(boxes[mine]), initial=0.0)
        pairs = sort_out(shapes[mine], drawn, engine, partial(slack, most))
        for start in range(0, len(mine), PORTION):
            here = mine[start : start + PORTION]
            near, inside = (_of_portion(some, start) for some in pairs)
            yield zone, here, _met(shapes[here], (drawn, plane), near, inside, zone, engine)


def slack(most: float, boxes: Floats) -> Floats:
    """Give how far lines and parcels may stray together in the plane, degrees."""
    return strayed(boxes) + most + ROUND


def _of_portion(pairs: Pairs, start: int) -> Pairs:
    own = (pairs.parcel >= start) & (pairs.parcel < start + PORTION)
    return Pairs(pairs.line[own], pairs.parcel[own] - start)


class _InPlane(NamedTuple):
    """What parcels and lines of one zone share; `ground` are the parcels in its plane, null far from a line."""

    met: Met
    ground: Shapes


class _Off(NamedTuple):
    """What the proof of one type of line leaves of each parcel, m², and the edges it was cut along, m."""

    residual: Floats
    edge: Floats


class _Cuts(NamedTuple):
    """The pieces of one type of line in one zone, in its plane, null where it is the whole parcel.

    Positions of parcels and lines; `contacts` are pairs without common ground.
    """

    parcel: Ints
    line: Ints
    zone: Ints
    whole: Flags
    shape: Shapes
    contacts: tuple[Ints, Ints]


def _met(
    shapes: Shapes, lines: tuple[Shapes, Shapes], near: Pairs, inside: Pairs, zone: int, engine: Engine
) -> _InPlane:
    """Bring the parcels that a side of a line may cross to the plane, once for all lines, and cut them.

    `lines` are those in degrees and those in the plane, null until one is needed.
    """
    drawn, plane = lines
    ground = np.full(len(shapes), None, dtype=object)
    for of_plane, given, at in ((ground, shapes, near.parcel), (plane, drawn, near.line)):
        used = distinct(at, len(given))[0]
        used = used[shapely.is_missing(of_plane[used])]
        of_plane[used] = in_blocks(engine, partial(valid_plane, zones=zone), given[used])
    try:
        met = cut(ground, plane, near, engine)
    except shapely.GEOSException as error:
        raise crossing(error) from None
    nothing = np.full(len(inside.line), None, dtype=object)
    yes = np.ones(len(nothing), dtype=bool)
    whole = Met(inside.parcel, inside.line, yes, nothing, nothing, nothing)
    return _InPlane(joined([whole, met]), ground)


def _of_kind(
    found: _InPlane, shapes: Shapes, here: Ints, lines: gpd.GeoDataFrame, kind: str, zone: int, engine: Engine
) -> tuple[_Cuts, Shapes, Floats]:
    """Prove the pairs of one type of line; give its pieces, the remainders, and what the proof leaves."""
    of_kind = (lines["line_type"] == kind).to_numpy()
    met = Met(*(side[of_kind[found.met.line]] for side in found.met))
    try:
        rest, residual = prove(found.ground, met, engine)
    except shapely.GEOSException as error:
        raise crossing(error) from None
    flat = ~met.whole & (shapely.area(met.shape) == 0)
    contacts = here[met.parcel[flat]], met.line[flat]
    if kind != OUTSIDE:
        parcel, line, whole, shape = (side[~flat] for side in (met.parcel, met.line, met.whole, met.shape))
    else:
        untouched = np.ones(len(here), dtype=bool)
        untouched[met.parcel[~flat]] = False
        area = np.where(untouched, shapely.area(shapes[here]), shapely.area(rest))
        parcel = np.flatnonzero(area > 0)
        line = np.full(len(parcel), np.flatnonzero(of_kind)[0])
        whole, shape = untouched[parcel], rest[parcel]
    return _Cuts(here[parcel], line, np.full(len(parcel), zone), whole, shape, contacts), rest, residual


_NAMES = ("parcel", "parcel_id", "line_id", "line_type", "line_name")


def _named(parcels: gpd.GeoDataFrame, lines: gpd.GeoDataFrame, parcel: Ints, line: Ints) -> pd.DataFrame:
    return pd.DataFrame({
        "parcel": parcel,
        "parcel_id": parcels["parcel_id"].array.take(parcel),
        "line_id": lines["line_id"].array.take(line),
        "line_type": lines["line_type"].array.take(line),
        "line_name": lines["name"].array.take(line),
    })  # fmt: skip


def _pieces(
    parcels: gpd.GeoDataFrame, lines: gpd.GeoDataFrame, cuts: list[_Cuts], engine: Engine, edition: Edition
) -> gpd.GeoDataFrame:
    """Name and measure the pieces, without stray lines and points, in degrees.

    A piece that is the whole parcel is the parcel as given, without the way there and back.
    """
    parcel, line, zone, whole, shape = _joined(cuts)
    for at in np.flatnonzero(shapely.get_type_id(shape) == shapely.GeometryType.GEOMETRYCOLLECTION):
        shape[at] = areal(shape[at])
    given, cut_ones = parcels.geometry.to_numpy(), np.flatnonzero(~whole)
    drawn = given[parcel]
    drawn[cut_ones] = in_blocks(engine, valid_degrees, shape[cut_ones], zone[cut_ones])
    measure = partial(legal_measures, edition=edition)
    legal = np.asarray(parcels["area_legal_m2"])[parcel] if "area_legal_m2" in parcels else None
    asked = np.ones(len(parcel), dtype=bool) if legal is None else whole
    which, own = distinct(parcel[asked], len(given))
    measured = np.zeros((len(parcel), 2))
    measured[asked] = in_blocks(engine, measure, given[which])[own]
    legal = measured[:, 0].copy() if legal is None else legal
    measured[cut_ones] = in_blocks(engine, measure, drawn[cut_ones])
    area, edge = measured.T
    width = _ratio(2 * area, edge)
    all_of_it = whole | (legal - area < NOTICED * 10.0 ** -edition.data["method"]["decimals_m2"])
    share = np.where(all_of_it, 1.0, _ratio(area, legal))
    named = _named(parcels, lines, parcel, line).assign(
        width_m=np.nan_to_num(width), area_m2=area, area_mu=to_mu(area), share=share
    )
    return gpd.GeoDataFrame(named, geometry=from_shapely(drawn, crs=STORED))


def _joined(cuts: list[_Cuts]) -> tuple[Ints, Ints, Ints, Flags, Shapes]:
    sides = [np.concatenate(side) for side in list(zip(*[*cuts, _no_cuts()], strict=True))[:5]]
    order = np.lexsort(sides[1::-1])  # by parcel, then by line
    parcel, line, zone, whole, shape = (side[order] for side in sides)
    return parcel, line, zone, whole, shape


def _no_cuts() -> _Cuts:
    nothing = np.array([], dtype="int64")
    return _Cuts(nothing, nothing, nothing, nothing.astype(bool), nothing.astype(object), (nothing, nothing))


def _ratio(part: Floats, of: Floats) -> Floats:
    return np.divide(part, of, out=np.full(len(part), np.nan), where=of > 0)


def _edge(ground: Shapes, rest: Shapes, residual: Floats, edition: Edition) -> Floats:
    """Give the length of the edges of each parcel and its remainder, m, where the proof asks for it."""
    edge = np.zeros(len(ground))
    at = np.flatnonzero(np.abs(residual) > tolerance(edition, 0.0))
    edge[at] = shapely.length(ground[at]) + shapely.length(rest[at])
    return edge


def _proof(off: dict[str, _Off], known: Ints, parcels: gpd.GeoDataFrame, edition: Edition) -> pd.DataFrame:
    rows = []
    for kind, (residual, edge) in off.items():
        over = np.abs(residual) - tolerance(edition, edge)
        if not np.max(over, initial=-np.inf) <= 0:
            at = int(np.argmax(over))
            raise refusal(
                ProofError, "remainder_off", kind=kind, parcel=parcels["parcel_id"].iloc[at],
                off=abs(residual[at]), limit=tolerance(edition, edge[at]),
            )  # fmt: skip
        rows.append((kind, len(known), float(np.max(np.abs(residual), initial=0.0))))
    return pd.DataFrame(rows, columns=["line_type", "parcels", "max_residual_m2"])
