"""Parcels × lines in one plane: the common ground of each pair that touches, and what remains of the parcel.

A parcel wholly inside a line needs no intersection, a plain pair needs none of GEOS, and any other
meets only the part of a large line in its box.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import shapely

from gis.engine import Engine
from gis.land.clip import clip

Shapes = npt.NDArray[np.object_]
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
LARGE = 300  # vertices from which a line is cut to the parcel's box first
BLOCK = 4096  # shapes or pairs worked at a time, so that the arrays stay in the processor's cache


class Met(NamedTuple):
    """Pairs of parcel and line (positions), whether the parcel is wholly inside, and their common ground.

    `rest` is the parcel without the line where it is known, else None.
    """

    parcel: Ints
    line: Ints
    whole: Flags
    shape: Shapes
    rest: Shapes


def meet(parcels: Shapes, lines: Shapes, engine: Engine) -> Met:
    """Find the common ground of every parcel and line that touch, in one plane.

    Parameters
    ----------
    parcels, lines
        Valid polygons, shapes (n,) and (m,), in the same plane.

    Returns
    -------
    met
        By line; parcels of a line in their order.
    """
    line, parcel = pairs(parcels, lines, engine)

    def one_part(part: tuple[int, int]) -> Met:
        here = slice(*part)
        return _cut(parcels, lines, parcel[here], line[here])

    return engine.combine(engine.map(one_part, _parts(line)), _joined)


def pairs(parcels: Shapes, lines: Shapes, engine: Engine) -> tuple[Ints, Ints]:
    """Give the pairs whose boxes meet: line and parcel (positions), by line."""
    tree = shapely.STRtree(lines)
    tree.query(shapely.Point(0, 0))
    starts = range(0, len(parcels), BLOCK)
    found = engine.map(lambda at: tree.query(parcels[at : at + BLOCK]), starts)
    nothing = np.zeros((2, 0), dtype="int64")
    moved = [one + np.array([[at], [0]]) for at, one in zip(starts, found, strict=True)]
    parcel, line = engine.combine([*moved, nothing], lambda sides: np.concatenate(sides, axis=1))
    order = np.argsort(line, kind="stable")
    return line[order], parcel[order]


def prove(parcels: Shapes, met: Met, engine: Engine) -> tuple[Shapes, Floats]:
    """Give the remainder of each parcel, and parcel - inside (each spot once) - remainder, m².

    A parcel wholly inside one line, or with an area in none, is exact without a computation.
    """
    rest, residual = parcels.copy(), np.zeros(len(parcels))
    rest[met.parcel[met.whole]] = shapely.Polygon()
    done = np.zeros(len(parcels), dtype=bool)
    done[met.parcel[met.whole]] = True
    real = np.flatnonzero(~done[met.parcel] & (shapely.area(met.shape) > 0))
    real = real[np.argsort(met.parcel[real], kind="stable")]
    first = np.flatnonzero(np.diff(met.parcel[real], prepend=-1))
    which, many = met.parcel[real][first], np.diff(first, append=len(real))
    inside, left = met.shape[real[first]], met.rest[real[first]]
    for number in distinct(many[many > 1], len(real) + 1)[0]:
        at = np.flatnonzero(many == number)
        united = met.shape[real[first[at][:, None] + np.arange(number)]]
        inside[at] = in_blocks(engine, lambda some: shapely.union_all(some, axis=1), united)
        left[at] = None
    unknown = np.flatnonzero(shapely.is_missing(left))
    left[unknown] = in_blocks(engine, shapely.difference, parcels[which[unknown]], inside[unknown])
    rest[which] = left
    residual[which] = shapely.area(parcels[which]) - shapely.area(inside) - shapely.area(left)
    return rest, residual


def in_blocks(engine: Engine, work: Callable[..., Any], *arrays: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Apply work to blocks of the arrays, a thread a block, and join what it gives."""
    starts = range(0, max(len(arrays[0]), 1), BLOCK)
    done = engine.map(lambda at: work(*(one[at : at + BLOCK] for one in arrays)), starts)
    return engine.combine(done, np.concatenate)


def distinct(positions: Ints, size: int) -> tuple[Ints, Ints]:
    """Give the positions that occur, below `size`, and of each position which of them it is; without a sort."""
    occurs = np.zeros(size, dtype=bool)
    occurs[positions] = True
    return np.flatnonzero(occurs), (np.cumsum(occurs) - 1)[positions]


def _parts(line: Ints) -> list[tuple[int, int]]:
    """Split pairs, which come by line, so that no line is in two parts: two threads must not share one."""
    starts = np.flatnonzero(np.diff(line, prepend=-1))
    first = starts[np.flatnonzero(np.diff(starts // BLOCK, prepend=-1))]
    ends = [*first.tolist(), len(line)]
    return list(pairwise(ends))


def _cut(parcels: Shapes, lines: Shapes, parcel: Ints, line: Ints) -> Met:
    """Cut the pairs of one part; its lines are copies, prepared for this part alone."""
    which, at = distinct(line, len(lines))
    mine = shapely.from_wkb(shapely.to_wkb(lines[which]))
    shapely.prepare(mine)
    whole = shapely.contains_properly(mine[at], parcels[parcel])
    met = whole.copy()
    met[~whole] = shapely.intersects(mine[at[~whole]], parcels[parcel[~whole]])
    parcel, line, at, whole = parcel[met], line[met], at[met], whole[met]
    shape = parcels[parcel]
    rest = np.full(len(shape), None, dtype=object)
    rest[whole] = shapely.Polygon()
    crossing = np.flatnonzero(~whole)
    plain = clip(shape[crossing], mine, at[crossing])
    done = crossing[plain.pair]
    shape[done], rest[done] = plain.inside, plain.rest
    other = np.delete(crossing, plain.pair)
    shape[other] = _intersection(shape[other], mine[at[other]])
    return Met(parcel, line, whole, shape, rest)


def _intersection(shapes: Shapes, lines: Shapes) -> Shapes:
    heavy = shapely.get_num_coordinates(lines) >= LARGE
    lines[heavy] = _clipped(lines[heavy], shapely.bounds(shapes[heavy]))
    return np.asarray(shapely.intersection(shapes, lines), dtype=object)


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
        none, nothing = np.array([], dtype="int64"), np.array([], dtype=object)
        return Met(none, none, np.array([], dtype=bool), nothing, nothing)
    return Met(*(np.concatenate(sides) for sides in zip(*found, strict=True)))
