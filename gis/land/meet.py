"""Parcels × lines in one plane: the common ground of each pair that touches, and what remains of the parcel.

A parcel whose box meets none of the sides of a line that has many lies wholly inside or outside it, which one point
tells. A plain pair needs none of GEOS, and any other meets only the part of a large line in its box.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import shapely

from gis.engine import BLOCK, PARTS, Engine, in_blocks
from gis.land.clip import apart, clip
from gis.land.sound import carefully, united

Shapes = npt.NDArray[np.object_]
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
MANY = 32  # vertices from which a line is asked side by side
LARGE = 300  # vertices from which it is cut to the parcel's box
RUN = 4  # sides of such a line in one box
NOISE = 1e-4  # m²; more is left where GEOS moved corners, or left a parcel whole that is covered to within rounding
GRID = 1e-7  # m; on a grid it does neither


class Met(NamedTuple):
    """Pairs of parcel and line (positions), whether the parcel is wholly inside, and their common ground.

    `rest` is the parcel without the line where it is known, else None; then `cutter` is as much of the
    line as covers the parcel's box.
    """

    parcel: Ints
    line: Ints
    whole: Flags
    shape: Shapes
    rest: Shapes
    cutter: Shapes


class Pairs(NamedTuple):
    """Positions of lines and parcels, by line."""

    line: Ints
    parcel: Ints


def meet(parcels: Shapes, lines: Shapes, engine: Engine) -> Met:
    """Find the common ground of every parcel and line that touch, in one plane.

    Parameters
    ----------
    parcels, lines
        Valid polygons, shapes (n,) and (m,), in the same plane.

    Returns
    -------
    met
        The parcels wholly inside and well away from the line first, then the others; each by line.
    """
    near, inside = sort_out(parcels, lines, engine)
    rest = np.full(len(inside.line), shapely.Polygon(), dtype=object)
    none = np.full(len(rest), None, dtype=object)
    whole = Met(
        inside.parcel, inside.line, np.ones(len(rest), dtype=bool), parcels[inside.parcel], rest, none
    )
    return joined([whole, cut(parcels, lines, near, engine)])


def sort_out(
    parcels: Shapes, lines: Shapes, engine: Engine, slack: Callable[[Floats], Floats] | None = None
) -> tuple[Pairs, Pairs]:
    """Find the pairs that may cross, and those where the parcel is inside and away from every side.

    Parameters
    ----------
    parcels, lines
        Polygons, shapes (n,) and (m,), in the same coordinates.
    slack
        Gives how far each of some boxes (k, 4) of lines is widened before it is compared.

    Returns
    -------
    near
        Pairs whose boxes meet; of a line of many sides, those where these come into the box of the parcel.
        Pairs of plain rings that stay apart are left out, unless the line may lie inside the parcel.
    inside
        Pairs of other ones where the parcel is inside.
    """
    many = shapely.get_num_coordinates(lines) >= MANY
    small, large = np.flatnonzero(~many), np.flatnonzero(many)
    boxes, size = shapely.bounds(lines), max(len(parcels), 1)
    runs, owner = _side_boxes(lines[large])
    stray = None
    if slack is not None:
        stray, of_runs = slack(boxes), slack(runs)
        boxes, runs = (_widened(boxes, stray), _widened(runs, of_runs))
        stray[large] = 0
        np.maximum.at(stray, large[owner], of_runs)
    parcel, box = _hits(parcels, boxes[small], engine)
    far_parcel, far_box = _hits(parcels, boxes[large], engine)
    some = distinct(far_parcel, size)[0]
    at, run = _hits(parcels[some], runs, engine)
    near = _once(np.append(small[box] * size + parcel, large[owner[run]] * size + some[at]))
    far = np.sort(large[far_box] * size + far_parcel)
    far = far[~_among(far, near)]
    spot = _middle(shapely.bounds(parcels[far % size]))
    if stray is not None:
        clear, corner = _clear(parcels, lines, Pairs(*np.divmod(near, size)), stray, engine)
        far, spot = np.append(far, near[clear]), np.concatenate([spot, corner])
        near = near[~clear]
        order = np.argsort(far, kind="stable")
        far, spot = far[order], spot[order]
    line, parcel = np.divmod(far, size)

    def one_part(part: tuple[int, int]) -> Flags:
        here = slice(*part)
        mine, at = _prepared(lines, line[here])
        return np.asarray(shapely.contains_xy(mine[at], spot[here]))

    nothing = np.array([], dtype=bool)
    inside = np.concatenate([*engine.map(one_part, _parts(line)), nothing])
    return Pairs(*np.divmod(near, size)), Pairs(line[inside], parcel[inside])


def _widened(boxes: Floats, by: Floats) -> Floats:
    return boxes + by[:, None] * np.array([-1, -1, 1, 1])


def _middle(boxes: Floats) -> Floats:
    return (boxes[:, :2] + boxes[:, 2:]) / 2


def _clear(
    parcels: Shapes, lines: Shapes, near: Pairs, stray: Floats, engine: Engine
) -> tuple[Flags, Floats]:
    """Tell the pairs of plain rings that stay apart, none round the line, and give a corner of each such parcel."""

    def one_part(part: tuple[int, int]) -> tuple[Flags, Floats]:
        line, parcel = (side[slice(*part)] for side in near)
        which, at = distinct(line, len(lines))
        far, corner = apart(parcels[parcel], lines[which], at, float(np.max(stray[which])))
        hole, round_it = shapely.bounds(lines[line[far]]), shapely.bounds(parcels[parcel[far]])
        far[far] = (hole[:, :2] < round_it[:, :2]).any(axis=1) | (hole[:, 2:] > round_it[:, 2:]).any(axis=1)
        return far, corner[far]

    found = [(np.zeros(0, dtype=bool), np.zeros((0, 2))), *engine.map(one_part, _parts(near.line))]
    far, corner = (np.concatenate(sides) for sides in zip(*found, strict=True))
    return far, corner


def cut(parcels: Shapes, lines: Shapes, near: Pairs, engine: Engine) -> Met:
    """Find the common ground of the pairs that touch among those that `sort_out` says may cross."""
    parts = engine.map(
        lambda part: _cut(parcels, lines, near.parcel[slice(*part)], near.line[slice(*part)]),
        _parts(near.line),
    )
    return engine.combine(parts, joined)


def prove(parcels: Shapes, met: Met, engine: Engine) -> tuple[Shapes, Floats]:
    """Give the remainder of each parcel, and parcel - inside (each spot once) - remainder, m².

    The remainder is cut by the lines themselves and not by the ground inside, whose rounded corners
    would leave hairs. A parcel wholly inside one line, or with an area in none, is exact without a
    computation.
    """
    rest, residual = parcels.copy(), np.zeros(len(parcels))
    rest[met.parcel[met.whole]] = shapely.Polygon()
    done = np.zeros(len(parcels), dtype=bool)
    done[met.parcel[met.whole]] = True
    real = np.flatnonzero(~done[met.parcel] & (shapely.area(met.shape) > 0))
    real = real[np.argsort(met.parcel[real], kind="stable")]
    first = np.flatnonzero(np.diff(met.parcel[real], prepend=-1))
    which, many = met.parcel[real][first], np.diff(first, append=len(real))
    inside, left, cutter = (side[real[first]] for side in (met.shape, met.rest, met.cutter))
    for number in distinct(many[many > 1], len(real) + 1)[0]:
        at = np.flatnonzero(many == number)
        members = real[first[at][:, None] + np.arange(number)]
        inside[at] = in_blocks(engine, _united, met.shape[members])
        left[at] = None
        cutter[at] = in_blocks(engine, _cutters, parcels[which[at]], met.cutter[members])
    unknown = np.flatnonzero(shapely.is_missing(left))
    cut_off = partial(carefully, shapely.difference)
    left[unknown] = in_blocks(engine, cut_off, parcels[which[unknown]], cutter[unknown])
    rest[which] = left
    residual[which] = in_blocks(engine, _missing, parcels[which], inside, left)
    for one in np.flatnonzero(np.abs(residual[which]) > NOISE).tolist():
        members = real[first[one] : first[one] + many[one]]
        once, remainder = _on_grid(parcels[which[one]], met.shape[members], met.cutter[members])
        off = _missing(parcels[which[one]], once, remainder)
        if abs(off) < abs(residual[which[one]]):
            rest[which[one]], residual[which[one]] = remainder, off
    return rest, residual


def _on_grid(parcel: Any, pieces: Shapes, cutters: Shapes) -> tuple[Any, Any]:
    """Give the ground inside and the remainder of one parcel, worked on a grid."""
    near = _near_part(cutters, np.repeat(np.array([parcel], dtype=object), len(cutters)))
    whole = shapely.union_all(near, grid_size=GRID)
    return shapely.union_all(pieces, grid_size=GRID), shapely.difference(parcel, whole, grid_size=GRID)


def _cutters(parcels: Shapes, rows: Shapes) -> Shapes:
    """Unite the lines that cut each parcel, near it."""
    many = rows.shape[1]
    return _united(_near_part(rows.ravel(), np.repeat(parcels, many)).reshape(-1, many))


def _united(rows: Shapes) -> Shapes:
    """Unite the shapes of each row."""
    try:
        return np.asarray(shapely.union_all(rows, axis=1))
    except shapely.GEOSException:
        made = np.empty(len(rows), dtype=object)
        made[:] = [united(row) for row in rows]
        return made


def _missing(parcels: Any, inside: Any, rest: Any) -> Floats:
    return np.asarray(shapely.area(parcels) - shapely.area(inside) - shapely.area(rest))


def distinct(positions: Ints, size: int) -> tuple[Ints, Ints]:
    """Give the positions that occur, below `size`, and of each position which of them it is; without a sort."""
    occurs = np.zeros(size, dtype=bool)
    occurs[positions] = True
    return np.flatnonzero(occurs), (np.cumsum(occurs) - 1)[positions]


def _parts(line: Ints) -> list[tuple[int, int]]:
    """Split pairs, which come by line, so that no line is in two parts: two threads must not share one."""
    size = min(BLOCK, len(line) // PARTS + 1)
    starts = np.flatnonzero(np.diff(line, prepend=-1))
    first = starts[np.flatnonzero(np.diff(starts // size, prepend=-1))]
    return list(pairwise([*first.tolist(), len(line)]))


def _side_boxes(lines: Shapes) -> tuple[Floats, Ints]:
    """Give the boxes of runs of sides of the rings of each line, and its position."""
    parts, line = shapely.get_parts(lines, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    many = np.bincount(ring, minlength=len(rings))
    first = np.cumsum(many) - many
    runs = -(-(many - 1) // RUN)
    owner = np.repeat(np.arange(len(rings)), runs)
    start = first[owner] + RUN * (np.arange(len(owner)) - (np.cumsum(runs) - runs)[owner])
    end = np.minimum(start + RUN, first[owner] + many[owner] - 1)
    low, high = (how.reduceat(xy, start) if len(xy) else xy for how in (np.minimum, np.maximum))
    low, high = np.minimum(low, xy[end]), np.maximum(high, xy[end])
    return np.column_stack([low, high]), line[part[owner]]


def _hits(parcels: Shapes, boxes: Floats, engine: Engine) -> tuple[Ints, Ints]:
    """Give the pairs of parcel and box that meet."""
    known = np.flatnonzero(np.isfinite(boxes).all(axis=1))
    if not len(known):
        return known, known
    tree = shapely.STRtree(np.asarray(shapely.box(*boxes[known].T)))
    tree.query(shapely.Point(0, 0))
    starts = range(0, max(len(parcels), 1), BLOCK)
    found = engine.map(lambda at: tree.query(parcels[at : at + BLOCK]) + np.array([[at], [0]]), starts)
    parcel, box = engine.combine(found, lambda sides: np.concatenate(sides, axis=1))
    return parcel, known[box]


def _once(numbers: Ints) -> Ints:
    """Give each number once, sorted; by a sort, since the hash of `np.unique` is slower on many."""
    ordered = np.sort(numbers)
    return ordered[np.diff(ordered, prepend=-1) != 0]


def _among(numbers: Ints, some: Ints) -> Flags:
    """Tell which of the sorted numbers are among some sorted others."""
    if not len(some):
        return np.zeros(len(numbers), dtype=bool)
    at = np.searchsorted(some, numbers)
    return np.asarray(some[np.minimum(at, len(some) - 1)] == numbers)


def _prepared(lines: Shapes, line: Ints) -> tuple[Shapes, Ints]:
    """Copy and prepare the lines of one part of the work, for it alone; give which of them each pair has."""
    which, at = distinct(line, len(lines))
    mine = shapely.from_wkb(shapely.to_wkb(lines[which]))
    shapely.prepare(mine)
    return mine, at


def _cut(parcels: Shapes, lines: Shapes, parcel: Ints, line: Ints) -> Met:
    """Cut the pairs of one part: plain ones are told by their rings, of the others GEOS says whether they touch."""
    which, at = distinct(line, len(lines))
    shape, cutter = parcels[parcel], lines[line]
    plain = clip(shape, lines[which], at)
    other = np.delete(np.arange(len(line)), plain.pair)
    rest = np.full(len(shape), None, dtype=object)
    shape[plain.pair], rest[plain.pair] = plain.inside, plain.rest
    mine, at = _prepared(lines, line[other])
    inside = shapely.contains_properly(mine[at], shape[other])
    met, whole = np.ones(len(line), dtype=bool), np.zeros(len(line), dtype=bool)
    met[other], whole[other] = inside | shapely.intersects(mine[at], shape[other]), inside
    rest[whole] = shapely.Polygon()
    crossing = other[met[other] & ~inside]
    cutter[crossing] = _near_part(cutter[crossing], shape[crossing])
    shape[crossing] = carefully(shapely.intersection, shape[crossing], cutter[crossing])
    return Met(parcel[met], line[met], whole[met], shape[met], rest[met], cutter[met])


def _near_part(lines: Shapes, parcels: Shapes) -> Shapes:
    """Cut large lines to the box of the parcel of each."""
    heavy = shapely.get_num_coordinates(lines) >= LARGE
    lines[heavy] = _clipped(lines[heavy], shapely.bounds(parcels[heavy]))
    return lines


def _clipped(shapes: Shapes, boxes: Floats) -> Shapes:
    """Cut each shape to a box a little larger than the parcel's, so that no edge is shared."""
    made = [shapely.clip_by_rect(one, x - 1, y - 1, u + 1, v + 1)
            for one, (x, y, u, v) in zip(shapes, boxes, strict=True)]  # fmt: skip
    out = np.empty(len(made), dtype=object)
    out[:] = made
    valid = shapely.is_valid(out)
    out[~valid] = shapes[~valid]
    return out


def joined(found: list[Met]) -> Met:
    """Put the pairs of several parts one after another."""
    if not found:
        none, nothing = np.array([], dtype="int64"), np.array([], dtype=object)
        return Met(none, none, np.array([], dtype=bool), nothing, nothing, nothing)
    return Met(*(np.concatenate(sides) for sides in zip(*found, strict=True)))
