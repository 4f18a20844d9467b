"""Two plain polygons whose rings cross at just two spots: their common ground and the rest, many pairs at once.

Such a pair has one answer: the arc of each ring between the spots. Any other pair, and one where a
vertex comes closer to a side of the other ring, or a spot to the other spot, than rounding allows to
tell, is left to GEOS.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import shapely

Shapes = npt.NDArray[np.object_]
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

NEAR = 2.0**-40  # of the largest coordinate: 4 µm in the plane, and 8,000 times what rounding moves a point
BOTH = 2  # spots where two rings cross in a plain pair


class Clipped(NamedTuple):
    """Positions of the plain pairs, and the parcel inside and outside the line of each."""

    pair: Ints
    inside: Shapes
    rest: Shapes


class _Rings(NamedTuple):
    """Rings one after another: vertices without the closing one, first vertex, number, and turn of each."""

    xy: Floats
    first: Ints
    many: Ints
    left: Flags


class _Spots(NamedTuple):
    """Where a ring of a parcel enters or leaves a line: side of each ring and place on it, 0 to 1."""

    pair: Ints
    side: Ints
    line_side: Ints
    at: Floats
    line_at: Floats
    xy: Floats
    rising: Flags


def clip(parcels: Shapes, lines: Shapes, line: Ints) -> Clipped:
    """Cut each parcel with its line where the pair is plain.

    Parameters
    ----------
    parcels
        Shape (n,), valid, one plane.
    lines
        Shape (m,), valid, the same plane.
    line
        Shape (n,), position of the line of each parcel.

    Returns
    -------
    clipped
        The plain pairs in their order: valid polygons without holes, rings crossing at two spots.
    """
    pair, line, ground, drawn = _plain(parcels, lines, line)
    if not len(pair):
        return _nothing()
    near = _noise(ground, drawn)
    spots, doubtful = _spots(ground, drawn, line, near)
    enters = spots.rising == drawn.left[line[spots.pair]]
    number = np.bincount(spots.pair, minlength=len(pair))
    balance = np.bincount(spots.pair, enters, minlength=len(pair))
    plain = (number == BOTH) & (balance == 1)
    plain[doubtful] = False
    if not plain.any():
        return _nothing()
    keep = plain[spots.pair]
    order = np.flatnonzero(keep)[np.lexsort((~enters[keep], spots.pair[keep]))]
    come, go = (_picked(spots, order[which::BOTH]) for which in (0, 1))
    apart = np.hypot(*(go.xy - come.xy).T) > near
    if not apart.all():
        come, go = (_picked(some, np.flatnonzero(apart)) for some in (come, go))
    inside, rest = _drawn(ground, drawn, line, come, go)
    return Clipped(pair[come.pair], inside, rest)


def apart(parcels: Shapes, lines: Shapes, line: Ints, stray: float) -> tuple[Flags, Floats]:
    """Tell which pairs are polygons without holes whose rings come nowhere as near as `stray` to each other.

    Parameters
    ----------
    parcels, lines, line
        As of `clip`, in any coordinates, the unit of `stray`.

    Returns
    -------
    far
        Shape (n,).
    corner
        A vertex of the parcel of each pair that is far, (n, 2); it tells on which side of the line all of it is.
    """
    far, corner = np.zeros(len(parcels), dtype=bool), np.zeros((len(parcels), 2))
    pair, line, ground, drawn = _plain(parcels, lines, line)
    if len(pair):
        spots, doubtful = _spots(ground, drawn, line, max(stray, _noise(ground, drawn)))
        far[pair], corner[pair] = True, _at(ground.xy, ground.first)
        far[pair[spots.pair]] = far[pair[doubtful]] = False
    return far, corner


def _noise(ground: _Rings, drawn: _Rings) -> float:
    return NEAR * float(max(np.abs(ground.xy).max(), np.abs(drawn.xy).max()))


def _plain(parcels: Shapes, lines: Shapes, line: Ints) -> tuple[Ints, Ints, _Rings, _Rings]:
    """Give the pairs of polygons without holes, the ring of the line of each, and the rings of both."""
    pair = np.flatnonzero(_single(lines)[line] & _single(parcels))
    used, line = np.unique(line[pair], return_inverse=True)
    return pair, line, _rings(parcels[pair]), _rings(lines[used])


def _picked(spots: _Spots, which: Ints) -> _Spots:
    return _Spots(
        spots.pair[which], spots.side[which], spots.line_side[which], spots.at[which], spots.line_at[which],
        _at(spots.xy, which), spots.rising[which],
    )  # fmt: skip


def _nothing() -> Clipped:
    none = np.array([], dtype=object)
    return Clipped(np.array([], dtype="int64"), none, none)


def _single(shapes: Shapes) -> Flags:
    polygon = shapely.get_type_id(shapes) == shapely.GeometryType.POLYGON
    polygon &= shapely.get_num_interior_rings(shapes) == 0
    return np.asarray(polygon & ~shapely.is_empty(shapes))


def _rings(polygons: Shapes) -> _Rings:
    xy, owner = shapely.get_coordinates(polygons, return_index=True)
    last = np.diff(owner, append=len(polygons)) != 0
    many = np.bincount(owner[~last], minlength=len(polygons))
    first = np.cumsum(many) - many
    open_xy = _at(xy, np.flatnonzero(~last))
    x, y = (xy - _at(open_xy, first[owner])).T
    twice = np.bincount(owner[:-1], np.where(last[:-1], 0.0, x[:-1] * y[1:] - x[1:] * y[:-1]), len(polygons))
    return _Rings(open_xy, first, many, twice > 0)


def _after(rings: _Rings) -> Ints:
    """Give the vertex that follows each one in its ring."""
    after = np.arange(1, len(rings.xy) + 1)
    after[rings.first + rings.many - 1] = rings.first
    return after


def _runs(start: Ints, many: Ints) -> tuple[Ints, Ints]:
    """Count on from each start so many steps; give whose step each is, and the numbers."""
    owner = np.repeat(np.arange(len(many)), many)
    return owner, np.arange(len(owner)) + (start - (np.cumsum(many) - many))[owner]


def _spots(ground: _Rings, drawn: _Rings, line: Ints, near: float) -> tuple[_Spots, Ints]:
    """Find where the rings of each pair cross, and the pairs where that is in doubt."""
    here, there = _after(ground), _after(drawn)
    low, high = _boxes(ground, here)
    below, above = _boxes(drawn, there)
    least = np.minimum.reduceat(low, ground.first) - near
    most = np.maximum.reduceat(high, ground.first) + near
    pair, line_side = _near_sides(drawn, line, (below, above), (least, most))
    owner, side = _runs(ground.first[pair], ground.many[pair])
    least, most = _at(below, line_side) - near, _at(above, line_side) + near
    met = _meet(_at(least, owner), _at(most, owner), _at(low, side), _at(high, side))
    side, owner = side[met], owner[met]
    return _crossed(ground, drawn, (pair[owner], side, line_side[owner]), (here, there), near)


def _near_sides(
    drawn: _Rings, line: Ints, sides: tuple[Floats, Floats], boxes: tuple[Floats, Floats]
) -> tuple[Ints, Ints]:
    """Give the sides of the line of each pair whose box meets the parcel's; runs of sides are asked first."""
    below, above = sides
    size: Ints = np.ceil(np.sqrt(drawn.many)).astype("int64")
    number = -(-drawn.many // size)
    ring, step = _runs(np.zeros_like(number), number)
    start = drawn.first[ring] + size[ring] * step
    many = np.minimum(size[ring], drawn.first[ring] + drawn.many[ring] - start)
    low, high = np.minimum.reduceat(below, start), np.maximum.reduceat(above, start)
    pair, run = _runs((np.cumsum(number) - number)[line], number[line])
    met = _meet(_at(low, run), _at(high, run), *(_at(box, pair) for box in boxes))
    pair, run = pair[met], run[met]
    owner, side = _runs(start[run], many[run])
    pair = pair[owner]
    met = _meet(_at(below, side), _at(above, side), *(_at(box, pair) for box in boxes))
    return pair[met], side[met]


def _crossed(
    ground: _Rings, drawn: _Rings, met: tuple[Ints, Ints, Ints], after: tuple[Ints, Ints], near: float
) -> tuple[_Spots, Ints]:
    """Give the spots of the sides that cross, and the pairs with a vertex too near to a side to tell."""
    pair, side, line_side = met
    a, b = _at(ground.xy, side), _at(ground.xy, after[0][side])
    c, d = _at(drawn.xy, line_side), _at(drawn.xy, after[1][line_side])
    of_a, of_b, of_c, of_d = _off(c, d, a), _off(c, d, b), _off(a, b, c), _off(a, b, d)
    far_line, far = near * np.hypot(*(d - c).T), near * np.hypot(*(b - a).T)
    apart = _beside(of_a, of_b, far_line) | _beside(of_c, of_d, far)
    close = np.minimum(np.abs(of_a), np.abs(of_b)) <= far_line
    close |= np.minimum(np.abs(of_c), np.abs(of_d)) <= far
    real = np.flatnonzero(~apart & ~close)
    of_a, of_b, of_c, of_d = of_a[real], of_b[real], of_c[real], of_d[real]
    at = of_a / (of_a - of_b)
    xy = _at(a, real) + at[:, None] * (_at(b, real) - _at(a, real))
    spots = _Spots(pair[real], side[real], line_side[real], at, of_c / (of_c - of_d), xy, of_a < 0)
    return spots, pair[~apart & close]


def _at(rows: Floats, which: Ints) -> Floats:
    """Take rows; for pairs of numbers `take` is ten times faster than an index."""
    return np.asarray(rows.take(which, axis=0))


def _boxes(rings: _Rings, after: Ints) -> tuple[Floats, Floats]:
    end = _at(rings.xy, after)
    return np.minimum(rings.xy, end), np.maximum(rings.xy, end)


def _meet(low: Floats, high: Floats, least: Floats, most: Floats) -> Flags:
    return np.asarray(
        (low[:, 0] <= most[:, 0]) & (high[:, 0] >= least[:, 0])
        & (low[:, 1] <= most[:, 1]) & (high[:, 1] >= least[:, 1])
    )  # fmt: skip


def _off(start: Floats, end: Floats, point: Floats) -> Floats:
    """Give how far a point is to the left of a side, times the length of the side."""
    along, to = end - start, point - start
    return np.asarray(along[:, 0] * to[:, 1] - along[:, 1] * to[:, 0])


def _beside(one: Floats, other: Floats, far: Floats) -> Flags:
    """Tell whether both ends lie on one side, well away."""
    return ((one > far) & (other > far)) | ((one < -far) & (other < -far))


def _drawn(ground: _Rings, drawn: _Rings, line: Ints, come: _Spots, go: _Spots) -> tuple[Shapes, Shapes]:
    """Draw both polygons: the parcel's arc from spot to spot, and back along the line's arc."""
    pair = come.pair
    own, its = pair, line[pair]
    inner = (go.side - come.side) % ground.many[own]
    round_trip = (go.side == come.side) & (go.at < come.at)
    inner[round_trip] = ground.many[own][round_trip]
    outer = ground.many[own] - inner
    ahead = drawn.left[its] == ground.left[own]
    start, end = (np.where(ahead, one, other) for one, other in ((go.line_side, come.line_side),
                                                                 (come.line_side, go.line_side)))  # fmt: skip
    early, late = np.where(ahead, go.line_at, come.line_at), np.where(ahead, come.line_at, go.line_at)
    shore = (end - start) % drawn.many[its]
    round_trip = (start == end) & (late < early)
    shore[round_trip] = drawn.many[its][round_trip]
    base = len(ground.xy)
    pool = np.concatenate([ground.xy, drawn.xy, come.xy, go.xy])
    enter = base + len(drawn.xy) + np.arange(len(pair))
    leave = enter + len(pair)
    water = _steps(drawn, its, start, shore)
    back = _steps(drawn, its, end + 1, shore, -1)
    forth = np.repeat(ahead, shore)
    inside = _polygons(
        pool, enter, _steps(ground, own, come.side, inner), inner, leave, base + np.where(forth, water, back),
        shore,
    )  # fmt: skip
    rest = _polygons(
        pool, leave, _steps(ground, own, go.side, outer), outer, enter, base + np.where(forth, back, water),
        shore,
    )  # fmt: skip
    return inside, rest


def _steps(rings: _Rings, ring: Ints, side: Ints, many: Ints, way: int = 1) -> Ints:
    """Give the vertices that follow a side, so many, forward or backward round its ring."""
    owner, step = _runs(np.ones(len(many), dtype="int64"), many)
    first, number = rings.first[ring][owner], rings.many[ring][owner]
    return first + (side[owner] - first + way * step) % number


def _polygons(
    pool: Floats, one: Ints, arc: Ints, arc_many: Ints, other: Ints, back: Ints, back_many: Ints
) -> Shapes:
    """Draw rings: a spot, an arc, the other spot, the arc back, the first spot."""
    size = arc_many + back_many + 3
    start = np.cumsum(size) - size
    order = np.empty(int(size.sum()), dtype="int64")
    order[start] = one
    order[_runs(start + 1, arc_many)[1]] = arc
    order[start + arc_many + 1] = other
    order[_runs(start + arc_many + 2, back_many)[1]] = back
    order[start + size - 1] = one
    ends = np.append(start, len(order))
    return np.asarray(
        shapely.from_ragged_array(
            shapely.GeometryType.POLYGON, _at(pool, order), (ends, np.arange(len(ends)))
        )
    )
