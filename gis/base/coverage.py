"""How much of each cell of a grid a polygon covers, exactly."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import shapely

CELLS_AT_ONCE = 2_000_000
NOISE = 1e-8  # of a cell: what coordinates in degrees leave over where a side lies on the edge of a cell

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


class Covered(NamedTuple):
    """Cells that polygons cover, one polygon after the other: its position, row, column, part of the cell."""

    polygon: Ints
    row: Ints
    column: Ints
    part: Floats


def covered(
    polygons: npt.NDArray[np.object_], corner: tuple[float, float], cell: tuple[float, float],
    size: tuple[int, int],
) -> Iterator[Covered]:  # fmt: skip
    """Give the cells of a grid that polygons cover, some polygons at a time.

    A side covers what lies between it and the right edge of the grid; the sides that go down add it, those that
    go up take it away. So only the cells that a side passes are measured, and the others counted up from the left.

    Parameters
    ----------
    polygons
        Valid, of one part or many; what lies outside the grid counts for nothing.
    corner
        The upper left one, in the coordinates of the polygons.
    cell
        Width and height, both positive, in their unit.
    size
        Rows and columns.
    """
    boxes = np.nan_to_num(shapely.bounds(polygons))
    left, right = (np.clip((boxes[:, at] - corner[0]) / cell[0], 0, size[1]) for at in (0, 2))
    top, low = (np.clip((corner[1] - boxes[:, at]) / cell[1], 0, size[0]) for at in (3, 1))
    first = np.floor(np.column_stack([top, left])).astype("int64")
    span = np.ceil(np.column_stack([low, right])).astype("int64") - first
    blocks = np.cumsum(span.prod(axis=1)) // CELLS_AT_ONCE
    for some in np.split(np.arange(len(polygons)), np.flatnonzero(np.diff(blocks)) + 1):
        x, y, of = _sides(polygons[some])
        rows, columns = (first[some][of, at, None] for at in (0, 1))
        x, y = (x - corner[0]) / cell[0] - columns, (corner[1] - y) / cell[1] - rows
        which, row, column, part = _counted_up(
            *_by_column(*_by_row(x, y, of, span[some]), span[some]), span[some]
        )
        yield Covered(some[which], row + first[some][which, 0], column + first[some][which, 1], part)


def _sides(polygons: npt.NDArray[np.object_]) -> tuple[Floats, Floats, Ints]:
    """Give x and y of both ends of each side, shape (sides, 2), shells one way round and holes the other."""
    parts, whose = shapely.get_parts(polygons, return_index=True)
    rings, part = shapely.get_rings(shapely.orient_polygons(parts), return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    start = np.flatnonzero(ring[1:] == ring[:-1])
    ends = np.column_stack([start, start + 1])
    return xy[ends, 0], xy[ends, 1], whose[part[ring[start]]]


def _each(first: Ints, last: Ints) -> tuple[Ints, Ints]:
    """Count from each first to its last: whose it is, and the number."""
    many = last - first + 1
    whose = np.repeat(np.arange(len(many)), many)
    return whose, np.arange(len(whose)) - (np.cumsum(many) - many - first)[whose]


def _by_row(x: Floats, y: Floats, of: Ints, span: Ints) -> tuple[Floats, Floats, Ints, Ints]:
    """Cut sides at the rows: x of both ends, the fall (down is positive), the row, whose it is."""
    low, high = np.clip(np.sort(y, axis=1).T, 0, span[of, 0])
    met = np.flatnonzero(high > low)
    side, row = _each(np.floor(low[met]).astype("int64"), np.ceil(high[met]).astype("int64") - 1)
    side = met[side]
    a, b = np.maximum(low[side], row), np.minimum(high[side], row + 1)
    (x0, x1), (y0, y1) = x[side].T, y[side].T
    at = np.stack([x0 + (one - y0) / (y1 - y0) * (x1 - x0) for one in (a, b)])
    return np.clip(at, np.minimum(x0, x1), np.maximum(x0, x1)), (b - a) * np.sign(y1 - y0), row, of[side]


def _by_column(
    x: Floats, fall: Floats, row: Ints, of: Ints, span: Ints
) -> tuple[Floats, Floats, Ints, Ints, Ints]:
    """Cut what lies in a row at the columns, -1 and the one after the last being all that lies outside."""
    low, high, columns = x.min(axis=0), x.max(axis=0), span[of, 1]
    start = np.clip(np.floor(low), -1, columns).astype("int64")
    piece, column = _each(start, np.maximum(np.clip(np.ceil(high) - 1, -1, columns).astype("int64"), start))
    low, high, columns, fall = low[piece], high[piece], columns[piece], fall[piece]
    left = np.where(column < 0, low, np.maximum(low, column))
    right = np.where(column >= columns, high, np.minimum(high, column + 1))
    fall = fall * np.divide(right - left, high - low, out=np.ones_like(fall), where=high > low)
    outside = (column < 0) | (column >= columns)
    beside = np.where(outside, 0.0, (left + right) / 2 - column)
    return fall, beside, row[piece], np.clip(column, 0, columns), of[piece]


def _counted_up(
    fall: Floats, beside: Floats, row: Ints, column: Ints, of: Ints, span: Ints
) -> tuple[Ints, Ints, Ints, Floats]:
    """Sum from the left, each row of each polygon with one more column, in which its sum is nothing again."""
    wide = span[:, 1] + 1
    many = span[:, 0] * wide
    start = np.cumsum(many) - many
    at, total = start[of] + row * wide[of] + column, int(many.sum()) + 1
    steps = np.bincount(at, fall * (1 - beside), total) + np.bincount(at + 1, fall * beside, total)
    parts = np.cumsum(steps)
    found = np.flatnonzero(parts > NOISE)
    which = np.repeat(np.arange(len(span)), many)[found]
    return which, *np.divmod(found - start[which], wide[which]), parts[found]
