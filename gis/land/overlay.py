"""Parcels × control lines: pieces with legal area, and the proof that they add up to the parcel.

Large lines are prepared one a part of the work; a parcel wholly inside needs no intersection, and a
crossing one meets only the part of the line in its box.
"""

from __future__ import annotations

from typing import NamedTuple

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from gis.base.errors import ProofError
from gis.base.geo import STORED, ZONE_WIDTH
from gis.base.units import to_mu
from gis.engine import Engine
from gis.land.area import legal_area, require_stored, to_degrees, to_plane
from gis.standards.editions import Edition

Shapes = npt.NDArray[np.object_]
LARGE = 300  # vertices from which a line is cut to the parcel's box first
BATCH = 400  # small lines in one part of the work
OUTSIDE = "growth_boundary"


class Overlay(NamedTuple):
    """Pieces, contacts without area, and the proof, a row a line type."""

    pieces: gpd.GeoDataFrame
    contacts: pd.DataFrame
    proof: pd.DataFrame


class Met(NamedTuple):
    """Pairs of parcel and line (positions), and their common ground in the plane."""

    parcel: npt.NDArray[np.int64]
    line: npt.NDArray[np.int64]
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
        contacts: pairs that touch without area; proof: line_type, parcels, max_residual_m2.

    Raises
    ------
    CrsError
        A frame is not in EPSG:4490.
    ProofError
        Inside and remainder differ from the parcel by more than the tolerance.
    """
    require_stored(parcels.geometry)
    require_stored(lines.geometry)
    zone = _zone(parcels)
    ground, cuts = (to_plane(one.geometry.to_numpy(), zone) for one in (parcels, lines))
    pieces, contacts, proofs = [], [], []
    for kind in lines["line_type"].dropna().unique():
        at = np.flatnonzero((lines["line_type"] == kind).to_numpy())
        met = meet(ground, cuts[at], engine)
        _, rest, residual = prove(ground, met)
        worst = float(np.max(np.abs(residual), initial=0.0))
        _require_proof(str(kind), worst, edition, parcels, residual)
        proofs.append((kind, len(ground), worst))
        has_area = shapely.area(met.shape) > 0
        contacts.append(_named(parcels, lines.iloc[at], met.parcel[~has_area], met.line[~has_area]))
        if kind == OUTSIDE:
            out = np.flatnonzero(shapely.area(rest) > 0)
            name = lines.iloc[at].iloc[:1]
            pieces.append(_pieces(parcels, name, Met(out, np.zeros(len(out), "int64"), rest[out])))
        else:
            kept = Met(met.parcel[has_area], met.line[has_area], met.shape[has_area])
            pieces.append(_pieces(parcels, lines.iloc[at], kept))
    proof = pd.DataFrame(proofs, columns=["line_type", "parcels", "max_residual_m2"])
    return Overlay(_measured(parcels, pieces, zone, edition), pd.concat([_NO_PAIRS, *contacts]), proof)


def meet(parcels: Shapes, lines: Shapes, engine: Engine) -> Met:
    """Find the common ground of every parcel and line that touch, in one plane."""
    tree = shapely.STRtree(parcels)
    tree.query(shapely.Point(0, 0))
    large = shapely.get_num_coordinates(lines) >= LARGE
    small = np.flatnonzero(~large)
    parts = [np.array([one]) for one in np.flatnonzero(large)]
    parts += [small[at : at + BATCH] for at in range(0, len(small), BATCH)]

    def one_part(which: npt.NDArray[np.int64]) -> Met:
        return _cut(parcels, lines, tree, which)

    return engine.combine(engine.map(one_part, parts), _joined)


def prove(parcels: Shapes, met: Met) -> tuple[Shapes, Shapes, npt.NDArray[np.float64]]:
    """Give the ground inside (each counted once), the remainder, and parcel - inside - remainder, m²."""
    inside = np.full(len(parcels), shapely.Polygon(), dtype=object)
    order = np.argsort(met.parcel, kind="stable")
    parcel, shape = met.parcel[order], met.shape[order]
    which, first, count = np.unique(parcel, return_index=True, return_counts=True)
    inside[which[count == 1]] = shape[first[count == 1]]
    for at, start, number in zip(which[count > 1], first[count > 1], count[count > 1], strict=True):
        inside[at] = shapely.union_all(shape[start : start + number])
    rest = parcels.copy()
    rest[which] = shapely.difference(parcels[which], inside[which])
    return inside, rest, shapely.area(parcels) - shapely.area(inside) - shapely.area(rest)


def _cut(parcels: Shapes, lines: Shapes, tree: shapely.STRtree, which: npt.NDArray[np.int64]) -> Met:
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


def _clipped(shapes: Shapes, boxes: npt.NDArray[np.float64]) -> Shapes:
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


def _zone(parcels: gpd.GeoDataFrame) -> int:
    x = parcels.total_bounds[[0, 2]]
    return int(np.rint(np.nanmean(x) / ZONE_WIDTH)) if np.isfinite(x).all() else 40


_NO_PAIRS = pd.DataFrame(
    {name: pd.Series(dtype="str") for name in ("parcel_id", "line_id", "line_type", "line_name")}
)


def _named(
    parcels: gpd.GeoDataFrame,
    lines: gpd.GeoDataFrame,
    parcel: npt.NDArray[np.int64],
    line: npt.NDArray[np.int64],
) -> pd.DataFrame:
    return pd.DataFrame({
        "parcel": parcel,
        "parcel_id": parcels["parcel_id"].to_numpy()[parcel],
        "line_id": lines["line_id"].to_numpy()[line],
        "line_type": lines["line_type"].to_numpy()[line],
        "line_name": lines["name"].to_numpy()[line],
    })  # fmt: skip


def _pieces(parcels: gpd.GeoDataFrame, lines: gpd.GeoDataFrame, met: Met) -> pd.DataFrame:
    edge = shapely.length(met.shape)
    width = np.divide(2 * shapely.area(met.shape), edge, out=np.zeros(len(edge)), where=edge > 0)
    return _named(parcels, lines, met.parcel, met.line).assign(width_m=width, geometry=met.shape)


def _measured(
    parcels: gpd.GeoDataFrame, pieces: list[pd.DataFrame], zone: int, edition: Edition
) -> gpd.GeoDataFrame:
    found = [one for one in pieces if len(one)]
    columns = ["parcel", *_NO_PAIRS.columns, "width_m", "geometry"]
    every = pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=columns)
    shapes = to_degrees(every["geometry"].to_numpy(), zone) if found else []
    out = gpd.GeoDataFrame(every.drop(columns="geometry"), geometry=list(shapes), crs=STORED)
    area = legal_area(out.geometry, edition)
    whole = parcels["area_legal_m2"] if "area_legal_m2" in parcels else legal_area(parcels.geometry, edition)
    parcel = whole.to_numpy()[out["parcel"].astype("int64").to_numpy()]
    return out.assign(area_m2=area, area_mu=to_mu(area), share=np.minimum(area / parcel, 1.0))


def _require_proof(
    kind: str, worst: float, edition: Edition, parcels: gpd.GeoDataFrame, residual: npt.NDArray[np.float64]
) -> None:
    limit = edition.data["proof"]["tolerance_m2"]
    if worst > limit:
        which = parcels["parcel_id"].iloc[int(np.argmax(np.abs(residual)))]
        raise ProofError(
            f"pieces inside {kind} and the remainder do not add up to parcel {which}",
            found=f"a residual of {worst:.6f} m²; the tolerance is {limit} m²",
            fix="repair the geometry of the parcel or of the line",
        )
