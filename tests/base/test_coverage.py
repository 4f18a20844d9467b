"""What polygons cover of a grid's cells, beside an independent count: GEOS cuts every polygon at every cell."""

import numpy as np
import pytest
import shapely

from gis.base import coverage
from gis.base.coverage import covered

ROWS, COLUMNS = 13, 17
GRIDS = {
    "degrees": ((120.6, 31.7), (0.0003, 0.0002)),
    "metres of a zone": ((40_506_020.0, 3_508_310.0), (10.0, 10.0)),
    "cells of one": ((0.0, 0.0), (1.0, 1.0)),
}


def drawn(rng, middle, radius, cell):
    """A star around a place in cells of the grid."""
    angle = np.sort(rng.uniform(0, 2 * np.pi, rng.integers(3, 30)))
    far = radius * rng.uniform(0.3, 1, len(angle))
    ring = middle + np.column_stack([far * np.cos(angle) * cell[0], far * np.sin(angle) * cell[1]])
    return shapely.make_valid(shapely.Polygon(ring))


def some(rng, corner, cell):
    """Polygons inside a cell and over the whole grid, with holes and parts, many beyond an edge."""
    for at in range(150):
        place = rng.uniform([-4, -ROWS - 4], [COLUMNS + 4, 4]) * cell + corner
        radius = rng.choice([0.05, 0.4, 3.0, 9.0, 60.0])
        one = drawn(rng, place, radius, cell)
        if at % 2:
            one = one.difference(drawn(rng, place, radius / 2, cell))
        if at % 3 == 0:
            one = one.union(drawn(rng, place + radius * 2 * np.array(cell), radius, cell))
        if one.geom_type in ("Polygon", "MultiPolygon") and not one.is_empty:
            yield one
    yield cells(corner, cell, 2, 3, 6, 5)  # sides on the edges of cells
    yield cells(corner, cell, -9, -9, 40, 40)
    yield cells(corner, cell, -9, 3, -1, 5)


def cells(corner, cell, left, top, right, low):
    x, y = corner[0] + np.array([left, right]) * cell[0], corner[1] - np.array([low, top]) * cell[1]
    return shapely.box(x[0], y[0], x[1], y[1])


def cut(polygons, corner, cell):
    boxes = [[cells(corner, cell, at, row, at + 1, row + 1) for at in range(COLUMNS)] for row in range(ROWS)]
    return shapely.area(shapely.intersection(polygons[:, None, None], np.array(boxes))) / (cell[0] * cell[1])


def counted(polygons, corner, cell):
    out = np.zeros((len(polygons), ROWS, COLUMNS))
    for found in covered(polygons, corner, cell, (ROWS, COLUMNS)):
        assert (out[found.polygon, found.row, found.column] == 0).all()
        out[found.polygon, found.row, found.column] = found.part
    return out


@pytest.mark.parametrize("grid", GRIDS)
def test_every_cell_has_the_part_that_geos_cuts(grid):
    corner, cell = GRIDS[grid]
    polygons = np.array(list(some(np.random.default_rng(5), corner, cell)), dtype=object)
    assert len(polygons) > 100
    np.testing.assert_allclose(
        counted(polygons, corner, cell), cut(polygons, corner, cell), rtol=1e-6, atol=2e-8
    )


def test_which_way_a_ring_runs_and_how_many_go_at_once_change_nothing(monkeypatch):
    corner, cell = GRIDS["degrees"]
    polygons = np.array(list(some(np.random.default_rng(6), corner, cell)), dtype=object)
    once = counted(polygons, corner, cell)
    monkeypatch.setattr(coverage, "CELLS_AT_ONCE", 50)
    np.testing.assert_allclose(counted(shapely.reverse(polygons), corner, cell), once, atol=1e-11)


def test_cells_that_are_only_touched_are_not_covered():
    corner, cell = GRIDS["degrees"]
    found = counted(np.array([cells(corner, cell, 2, 3, 6, 5), shapely.Polygon()]), corner, cell)
    assert np.argwhere(found).tolist() == [[0, row, column] for row in (3, 4) for column in range(2, 6)]
