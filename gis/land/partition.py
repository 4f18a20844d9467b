"""Parcels in partitions of neighbours: along a Hilbert curve, those that share ground in one."""

from __future__ import annotations

from collections.abc import Iterator

import geopandas as gpd
import numpy as np
import shapely

from gis.engine import Engine
from gis.land.area import Ints
from gis.land.counting import common_ground, near_pairs
from gis.land.overlay import slack
from gis.land.sound import Shapes, strayed, valid_plane
from gis.standards.editions import Edition

MOST = 100_000  # parcels in a partition, as many as leave a worker well below 2 GB
SURELY = 0.5  # of the common ground from which the ledger takes two parcels for overlapping


def neighbours(parcels: gpd.GeoDataFrame, engine: Engine) -> Ints:
    """Give the partition of each parcel, of as many as the engine wants: equal runs of a Hilbert curve."""
    parts, number = engine.partitions(len(parcels), MOST), np.zeros(len(parcels), dtype="int64")
    known = np.flatnonzero(~(parcels.geometry.isna() | parcels.geometry.is_empty))
    if parts > 1 and len(known):
        curve = parcels.geometry.iloc[known].hilbert_distance().to_numpy()
        number[known[np.argsort(curve, kind="stable")]] = np.arange(len(known)) * parts // len(known)
    return number


def together(number: Ints, parcels: gpd.GeoDataFrame, zone: int, edition: Edition) -> Ints:
    """Move parcels that share ground into one partition, the first of theirs.

    Parameters
    ----------
    number
        Shape (n,), from `neighbours`.
    zone
        The 3-degree zone in whose plane the ledger looks for common ground.
    """
    shapes, number = parcels.geometry.to_numpy(), number.copy()
    known = np.flatnonzero(~(shapely.is_missing(shapes) | shapely.is_empty(shapes)))
    one, two = known[near_pairs(shapes[known])] if number.any() else np.zeros((2, 0), dtype="int64")
    least = SURELY * edition.data["proof"]["tolerance_m2"]
    untried, shared = np.ones(len(one), dtype=bool), np.zeros(len(one), dtype=bool)
    while (asked := np.flatnonzero(untried & (number[one] != number[two]))).size:
        untried[asked] = False
        before, after = (valid_plane(shapes[side[asked]], zone) for side in (one, two))
        shared[asked[common_ground(before, after, least)[0]]] = True
        first, second = one[shared], two[shared]
        while (number[first] != number[second]).any():
            low = np.minimum(number[first], number[second])
            np.minimum.at(number, first, low)
            np.minimum.at(number, second, low)
    return number


def members(number: Ints) -> Iterator[Ints]:
    """Give the positions of the parcels of each partition that has any, in order; of the first in any case."""
    order = np.argsort(number, kind="stable")
    yield from np.split(order, np.flatnonzero(np.diff(number[order])) + 1)


def pruned(lines: gpd.GeoDataFrame, parcels: Shapes) -> gpd.GeoDataFrame:
    """Put its box in the place of every line that no parcel comes near: no row of the lines is lost.

    Types and editions of lines are those of all lines, whichever parcels are looked at.
    """
    drawn, boxes = lines.geometry.to_numpy(), shapely.bounds(parcels)
    boxes = boxes[np.isfinite(boxes[:, 0])]
    reach = shapely.bounds(drawn)
    most, wide = np.max(strayed(boxes), initial=0.0), np.array([-1, -1, 1, 1])
    low, high = np.split(reach + slack(most, reach)[:, None] * wide, 2, axis=1)
    least, last = boxes[:, :2].min(axis=0, initial=np.inf), boxes[:, 2:].max(axis=0, initial=-np.inf)
    near = (low <= last).all(axis=1) & (high >= least).all(axis=1)
    far = np.isfinite(reach[:, 0]) & ~near
    drawn = drawn.copy()
    drawn[far] = shapely.box(*reach[far].T)
    return lines.set_geometry(gpd.GeoSeries(drawn, index=lines.index, crs=lines.crs))
