"""Set operations and ways to and from the plane that give valid polygons and keep their area.

What is valid in degrees may cross itself in the plane, and the other way round: an edge that runs
within a millionth of a millimetre of another moves across it when both are rounded, and a side that is
straight in one is not quite straight in the other. Such a shape is mended, and its area is compared;
one that truly crosses itself is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from gis.base.errors import GeometryError
from gis.land.area import Ints, to_degrees, to_plane
from gis.land.phrases import refusal
from gis.standards.editions import Edition

Shapes = npt.NDArray[np.object_]
Floats = npt.NDArray[np.float64]

MOVED = 1e-6  # m; 2,000 times what a coordinate in the plane is rounded to, and nothing on the ground
GRIDS = (None, MOVED, 10 * MOVED)  # m; what a shape is snapped to where GEOS finds no other way
ROUND = 1e-6  # degrees, far above what projecting rounds
STRAY = 0.01  # per degree of length: at least three times how far a straight side strays in the plane
FINE = (1e-7, 3e-7, 1e-6)  # m; the grids on which hairs of the plane close, above what degrees round
SIDES = (10.0, 1.0)  # m; sides so short stray by 5e-6, 5e-8 m between the plane and degrees
SAG = 2e7  # m; a side of L metres strays by less than L² / SAG, also in the far north of China
AREAL = 2  # the dimension of a polygon


def carefully(work: Callable[..., Any], *shapes: Shapes, **more: Any) -> Shapes:
    """Apply a set operation of shapely to arrays; where GEOS stops, shape by shape, mended or snapped.

    Raises
    ------
    GeometryError
        A shape crosses itself.
    """
    try:
        return np.asarray(work(*shapes, **more), dtype=object)
    except shapely.GEOSException:
        rows = np.broadcast_arrays(*shapes) if not more else shapes
        made = np.empty(len(rows[0]), dtype=object)
        made[:] = [one_by_one(work, *row) for row in zip(*rows, strict=True)]
        return made


def one_by_one(work: Callable[..., Any], *parts: Any) -> shapely.Geometry:
    """Apply a set operation to single shapes, or to a sequence of them, as `carefully`."""
    try:
        return work(*parts)
    except shapely.GEOSException as error:
        sound = [mended(one) if isinstance(one, shapely.Geometry) else [*map(mended, one)] for one in parts]
        for grid in GRIDS:
            try:
                return work(*sound, grid_size=grid)
            except shapely.GEOSException:
                continue
        raise crossing(error) from None


def united(shapes: Sequence[shapely.Geometry] | Shapes) -> shapely.Geometry:
    """Unite shapes of one plane; where the area cannot be that of the union, on a grid."""
    made = one_by_one(shapely.union_all, list(shapes))
    area, parts = shapely.area(made), shapely.area(np.asarray(shapes, dtype=object))
    moved = MOVED * (1 + shapely.length(made))
    if np.max(parts, initial=0.0) - moved <= area <= parts.sum() + moved:
        return made
    return shapely.union_all(list(shapes), grid_size=FINE[0])


def difference(shapes: Shapes, others: Shapes) -> Shapes:
    """Take others from shapes of one plane; where that and the common ground are not the whole, on a grid.

    GEOS may leave a shape whole that is covered to within rounding.
    """
    left = carefully(shapely.difference, shapes, others)
    common = carefully(shapely.intersection, shapes, others)
    off = np.abs(shapely.area(shapes) - shapely.area(common) - shapely.area(left))
    for at in np.flatnonzero(off > MOVED * (1 + shapely.length(shapes))):
        left[at] = shapely.difference(shapes[at], others[at], grid_size=FINE[0])
    return left


def valid_plane(shapes: Shapes, zones: Ints | int) -> Shapes:
    """Project as `to_plane`; what was valid in degrees is valid in the plane.

    Raises
    ------
    GeometryError
        A polygon crosses itself.
    """
    plane = to_plane(shapes, zones)
    for at in _invalid(plane):
        plane[at] = mended(plane[at], _stray(plane[at]) if shapely.is_valid(shapes[at]) else MOVED)
    return plane


def valid_degrees(shapes: Shapes, zones: Ints | int) -> Shapes:
    """Bring shapes back as `to_degrees`, valid and of the same area in the plane."""
    out = to_degrees(shapes, zones)
    every = np.broadcast_to(zones, shapes.shape)
    for at in _invalid(out):
        out[at] = _brought_back(shapes[at], out[at], int(every[at]))
    return out


def mended(shape: shapely.Geometry, moved: float = MOVED) -> shapely.Geometry:
    """Give a shape of the plane whose edges rounding moved, by so many metres at most, as a valid one.

    Raises
    ------
    GeometryError
        Mending would change its area: it truly crosses itself.
    """
    if shape is None or shapely.is_valid(shape):
        return shape
    for made in _parted(shape):
        if _same(made, shape, moved):
            return made
    raise crossing(shapely.is_valid_reason(shape))


def areal(shape: Any) -> Any:
    """Give the polygons of a shape, without lines and points where polygons only touch."""
    if shapely.get_type_id(shape) != shapely.GeometryType.GEOMETRYCOLLECTION:
        return shape if shapely.get_dimensions(shape) == AREAL else shapely.Polygon()
    parts = shapely.get_parts(shape)
    return shapely.multipolygons(shapely.get_parts(parts[shapely.get_dimensions(parts) == AREAL]))


def crossing(found: object) -> GeometryError:
    """Give the error of a shape that crosses itself."""
    return refusal(GeometryError, "crosses_itself", found=str(found))


def strayed(boxes: Floats) -> Floats:
    """Give how far a side of a shape with such a box, (n, 4), may stray in the plane beside `ROUND`, degrees."""
    return np.asarray(STRAY * np.hypot(boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]) ** 2)


def tolerance(edition: Edition, edge: Any) -> Any:
    """Give the tolerance of a proof of area, m², for so much length of edges, m."""
    proof = edition.data["proof"]
    return proof["tolerance_m2"] + proof["tolerance_per_m"] * edge


def _invalid(shapes: Shapes) -> Ints:
    return np.flatnonzero(~(shapely.is_valid(shapes) | shapely.is_missing(shapes)))


def _stray(shape: shapely.Geometry) -> float:
    """Give how far a side of a shape of the plane may stray between the plane and degrees, m."""
    xy, ring = shapely.get_coordinates(shapely.get_rings(shapely.get_parts(shape)), return_index=True)
    side = np.hypot(*np.diff(xy, axis=0).T)[ring[1:] == ring[:-1]]
    return MOVED + float(np.max(side, initial=0.0)) ** 2 / SAG


def _same(made: shapely.Geometry, shape: shapely.Geometry, moved: float = MOVED) -> bool:
    """Tell whether no edge can have moved by more than so many metres, by the area."""
    return bool(abs(shapely.area(made) - shapely.area(shape)) <= moved * (1 + shapely.length(shape)))


def _brought_back(plane: shapely.Geometry, degrees: shapely.Geometry, zone: int) -> shapely.Geometry:
    """Mend a shape that is valid in the plane and not in degrees: hairs closed, long sides split."""
    for short in _closed(plane):
        made = to_degrees(np.array([short], dtype=object), zone)[0]
        if shapely.is_valid(made):
            return made
    for made in _parted(degrees):
        if _same(to_plane(np.array([made], dtype=object), zone)[0], plane, _stray(plane)):
            return made
    raise crossing(shapely.is_valid_reason(degrees))


def _closed(plane: shapely.Geometry) -> Iterator[shapely.Geometry]:
    """Give a shape with its hairs closed, as it is and with its sides split ever finer."""
    for grid in FINE:
        try:
            snapped = areal(shapely.set_precision(plane, grid))
        except shapely.GEOSException:
            continue
        if _same(snapped, plane):
            yield snapped
            yield from (shapely.segmentize(snapped, side) for side in SIDES)


def _parted(shape: shapely.Geometry) -> Iterator[shapely.Geometry]:
    """Give a shape that crosses itself in valid parts: by its shells and holes, then by what its edges enclose."""
    yield areal(shapely.make_valid(shape, method="structure", keep_collapsed=False))
    yield areal(shapely.make_valid(shape, method="linework"))
