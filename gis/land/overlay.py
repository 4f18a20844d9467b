"""Parcels × control lines: pieces with legal area, and the proof that they add up to the parcel."""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from geopandas.array import from_shapely

from gis.base.errors import GeometryError, ProofError
from gis.base.geo import STORED
from gis.base.units import to_mu
from gis.engine import Engine
from gis.land.area import legal_areas, require_stored, to_degrees, to_plane, zones_of
from gis.land.meet import Flags, Floats, Ints, Shapes, distinct, in_blocks, meet, pairs, prove
from gis.standards.editions import Edition

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
    found = []
    for zone in np.unique(zones):
        found += _in_zone(shapes, lines, known[zones == zone], int(zone), engine)
    for kind, one in found:
        residual[kind][one.at] = one.residual
    cuts = [one for _, one in found]
    pieces = _pieces(parcels, lines, cuts, engine, edition)
    real = pieces["area_m2"] >= NOTICED * 10.0 ** -edition.data["method"]["decimals_m2"]
    contacts = [_named(parcels, lines, *one.contacts) for one in cuts] + [pieces.loc[~real, [*_NAMES]]]
    return Overlay(
        pieces[real].reset_index(drop=True),
        pd.concat(contacts, ignore_index=True),
        _proof(residual, known, parcels, edition),
    )


class _Cuts(NamedTuple):
    """The cuts of one type of line in one zone, in its plane; positions of parcels and lines.

    `at` are the parcels that could be touched and `residual` what their proof leaves; `contacts` are
    pairs of parcel and line without common ground.
    """

    zone: int
    parcel: Ints
    line: Ints
    whole: Flags
    shape: Shapes
    contacts: tuple[Ints, Ints]
    at: Ints
    residual: Floats


def _in_zone(
    shapes: Shapes, lines: gpd.GeoDataFrame, here: Ints, zone: int, engine: Engine
) -> list[tuple[str, _Cuts]]:
    """Cut the parcels `here`, all of one zone; they are brought to its plane once for all types of line."""
    drawn, kinds = lines.geometry.to_numpy(), lines["line_type"].to_numpy()
    line, parcel = _near(shapes[here], drawn, engine)
    asked = {}
    used = np.zeros(len(shapes), dtype=bool)
    for kind in lines["line_type"].dropna().unique():
        of_kind = kinds[line] == kind
        at = here if kind == OUTSIDE else here[distinct(parcel[of_kind], len(here))[0]]
        asked[kind] = distinct(line[of_kind], len(drawn))[0], at
        used[at] = True
    ground = np.full(len(shapes), None, dtype=object)
    ground[used] = in_blocks(engine, partial(to_plane, zones=zone), shapes[used])
    found = []
    for kind, (near, at) in asked.items():
        made = _of_kind(ground[at], to_plane(drawn[near], zone), kind == OUTSIDE, zone, engine)
        first = near if kind != OUTSIDE else np.flatnonzero(kinds == kind)
        moved = made._replace(parcel=at[made.parcel], line=first[made.line], at=at)
        found.append((kind, moved._replace(contacts=(at[made.contacts[0]], near[made.contacts[1]]))))
    return found


def _of_kind(ground: Shapes, drawn: Shapes, outside: bool, zone: int, engine: Engine) -> _Cuts:
    """Cut parcels with lines of one type in the plane; positions are those of the arrays given."""
    try:
        met = meet(ground, drawn, engine)
        rest, residual = prove(ground, met, engine)
    except shapely.GEOSException as error:
        raise GeometryError(
            "a parcel or a control line crosses itself",
            found=str(error),
            fix="repair it first: gis check names it, reading a layer repairs it",
        ) from None
    flat = ~met.whole & (shapely.area(met.shape) == 0)
    contacts = (met.parcel[flat], met.line[flat])
    if not outside:
        real = np.flatnonzero(~flat)
        parcel, line, whole, shape = met.parcel[real], met.line[real], met.whole[real], met.shape[real]
        return _Cuts(zone, parcel, line, whole, shape, contacts, real[:0], residual)
    out = np.flatnonzero(shapely.area(rest) > 0)
    untouched = np.ones(len(ground), dtype=bool)
    untouched[met.parcel[~flat]] = False
    return _Cuts(zone, out, np.zeros_like(out), untouched[out], rest[out], contacts, out[:0], residual)


def _near(shapes: Shapes, drawn: Shapes, engine: Engine) -> tuple[Ints, Ints]:
    """Give the pairs of line and parcel whose boxes come near each other, by line."""
    boxes, reach = shapely.bounds(shapes), shapely.bounds(drawn)
    stray = STRAY * (_span(reach) ** 2 + np.max(_span(boxes), initial=0.0) ** 2) + ROUND
    return pairs(shapes, shapely.box(*(reach + stray[:, None] * np.array([-1, -1, 1, 1])).T), engine)


def _span(boxes: Floats) -> Floats:
    return np.hypot(boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1])


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
    none = np.array([], dtype="int64")
    parcel, line = (np.concatenate([none, *(one[at] for one in cuts)]) for at in (1, 2))
    whole = np.concatenate([none.astype(bool), *(one.whole for one in cuts)])
    shape = np.concatenate([none.astype(object), *(one.shape for one in cuts)])
    zone = np.concatenate([none, *(np.full(len(one.parcel), one.zone) for one in cuts)])
    for at in np.flatnonzero(shapely.get_type_id(shape) == shapely.GeometryType.GEOMETRYCOLLECTION):
        parts = shapely.get_parts(shape[at])
        shape[at] = shapely.multipolygons(parts[shapely.get_dimensions(parts) == AREAL])
    edge = shapely.length(shape)
    width = np.divide(2 * shapely.area(shape), edge, out=np.zeros(len(edge)), where=edge > 0)
    given, cut = parcels.geometry.to_numpy(), np.flatnonzero(~whole)
    drawn = given[parcel]
    drawn[cut] = in_blocks(engine, to_degrees, shape[cut], zone[cut])
    measured = partial(legal_areas, edition=edition)
    which, own = distinct(parcel, len(given))
    legal = in_blocks(engine, measured, given[which])[own]
    area = legal.copy()
    area[cut] = in_blocks(engine, measured, drawn[cut])
    if "area_legal_m2" in parcels:
        legal = parcels["area_legal_m2"].to_numpy()[parcel]
    share = np.divide(area, legal, out=np.full(len(area), np.nan), where=legal > 0)
    named = _named(parcels, lines, parcel, line)
    named = named.assign(width_m=width, area_m2=area, area_mu=to_mu(area), share=np.minimum(share, 1.0))
    return gpd.GeoDataFrame(named, geometry=from_shapely(drawn, crs=STORED))


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
