"""Valid polygons of every unpleasant kind go through the whole room: every piece is valid and areas add up."""

import datetime as dt

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from gis import standards
from gis.base.errors import GeometryError
from gis.base.tables import conform
from gis.engine import Threads
from gis.land.area import legal_area, to_degrees, to_plane
from gis.land.compare import compare
from gis.land.conflicts import conflict_area
from gis.land.disjoint import disjoint, own_area
from gis.land.ledger import ledger
from gis.land.line_editions import judged
from gis.land.meet import meet, prove
from gis.land.sound import carefully, difference, mended, one_by_one, united, valid_degrees, valid_plane

EDITION = standards.load().get("area-2008-32")
ENGINE = Threads(2)
KINDS = ("red_line", "growth_boundary", "control_area")
EAST, NORTH = 571_000.0, 3_503_000.0
WEST, SOUTH, DEGREE = 120.75, 31.65, 1e-5  # about a metre
JITTER = (0.0, 1e-10, 1e-9, 1e-8, 1e-6, 1e-4)


def polygon(rng, size):
    """A polygon on a grid of ten metres, so that many touch, some of it moved by next to nothing."""
    how = rng.integers(5)
    x, y = rng.integers(0, 12, 2) * 10.0
    w, h = rng.integers(1, size, 2) * 10.0
    if how == 0:
        shape = shapely.box(x, y, x + w, y + h)
    elif how == 1:
        shape = spiked(rng, x, y, w, h)
    elif how == 2:
        turn = np.sort(rng.uniform(0, 2 * np.pi, rng.integers(4, 12)))
        reach = rng.uniform(0.3, 1, len(turn)) * max(w, h)
        xy = np.column_stack([x + reach * np.cos(turn), y + reach * np.sin(turn)])
        shape = shapely.Polygon(np.round(xy) if rng.random() < 0.5 else xy)
    elif how == 3:
        inner = shapely.Polygon([(x, y + h / 2), (x + w / 2, y + h / 4), (x + w / 2, y + 3 * h / 4)])
        shape = shapely.Polygon(shapely.box(x, y, x + w, y + h).exterior, [inner.exterior])
    else:
        shape = shapely.segmentize(shapely.box(x, y, x + w, y + h), 5.0)
    rings = [stirred(rng, shapely.get_coordinates(ring)[:-1]) for ring in (shape.exterior, *shape.interiors)]
    return shapely.Polygon(rings[0], rings[1:])


def stirred(rng, xy):
    """Move some corners of a ring by next to nothing."""
    off = rng.choice(JITTER) * rng.uniform(-1, 1, xy.shape)
    return xy + off * (rng.random((len(xy), 1)) < 0.3)


def spiked(rng, x, y, w, h):
    """A box with a spike out of or into a side, as thin as a hair or a hand."""
    thin, far = rng.choice([1e-9, 1e-7, 1e-5, 1e-2]), rng.choice([-0.9, 0.9, 3.0]) * w
    at = y + h * rng.choice([0.25, 0.5])
    return shapely.Polygon([(x, y), (x + w, y), (x + w, at), (x + w + far, at), (x + w, at + thin), (x + w, y + h),
                            (x, y + h)])  # fmt: skip


def layer(rng, many, size, scale, *, plane):
    """Some such polygons of several metres a unit, in EPSG:4490, from the plane or drawn in degrees."""
    shapes = np.array([polygon(rng, size) for _ in range(many)], dtype=object)
    if plane:
        moved = shapely.transform(shapes, lambda xy: xy * scale + np.array([EAST, NORTH]))
        shapes = to_degrees(moved[shapely.is_valid(moved)], 40)
    else:
        shapes = shapely.transform(shapes, lambda xy: xy * (scale * DEGREE) + np.array([WEST, SOUTH]))
    return shapes[shapely.is_valid(shapes) & (shapely.area(shapes) > 0)]


def parcels(shapes):
    ids = [f"P{at}" for at in range(len(shapes))]
    rows = pd.DataFrame({"parcel_id": ids, "accepted_on": pd.Timestamp(2021, 5, 1), "source": "a.shp"})
    rows = rows.assign(source_row=range(1, len(ids) + 1), geometry=shapes)
    frame = gpd.GeoDataFrame(conform(rows, "parcels"), geometry="geometry", crs=4490)
    return frame.assign(area_legal_m2=legal_area(frame.geometry, EDITION).round(2))


def control_lines(shapes, kinds):
    rows = pd.DataFrame({"line_id": [f"L{at}" for at in range(len(shapes))], "line_type": kinds, "source": "l.shp",
                         "source_row": range(1, len(shapes) + 1), "geometry": shapes})  # fmt: skip
    return gpd.GeoDataFrame(conform(rows, "control_lines"), geometry="geometry", crs=4490)


def own_areas(frame):
    return legal_area(gpd.GeoSeries(frame.geometry.to_numpy(), crs=4490), EDITION).to_numpy()


@given(st.integers(0, 2**32), st.booleans(), st.sampled_from([1.0, 10.0, 100.0]))
def test_valid_polygons_give_valid_pieces_that_add_up(seed, plane, scale):
    """Sides of 10 m to 10 km; the proofs inside are those of the room."""
    rng = np.random.default_rng(seed)
    ground = parcels(layer(rng, 8, 5, scale, plane=plane))
    shapes = layer(rng, 6, 9, scale, plane=plane)
    drawn = control_lines(shapes, rng.choice(KINDS, len(shapes)))
    parted = disjoint(drawn, EDITION, ENGINE).lines
    assert shapely.is_valid(parted.geometry.dropna().to_numpy()).all()
    lines = parted if rng.random() < 0.5 else drawn
    pieces = judged(ground, lines, pd.Series(dtype="datetime64[us]"), (), ENGINE, EDITION).pieces
    assert shapely.is_valid(pieces.geometry.to_numpy()).all()
    assert set(pieces.geom_type) <= {"Polygon", "MultiPolygon"}
    assert pieces["area_m2"].to_numpy() == pytest.approx(own_areas(pieces), abs=1e-6)
    once = pieces[~pieces["sliver"]].groupby(["line_type", "parcel"])["own_m2"].sum()
    areas = conflict_area(pieces, EDITION).set_index(["line_type", "parcel"])["area_m2"]
    assert (areas <= once.reindex(areas.index) * (1 + 1e-7) + 0.02).all()
    assert own_area(drawn, EDITION, ENGINE).sum() <= own_areas(drawn).sum() * (1 + 1e-7) + 0.05


@given(st.integers(0, 2**32), st.booleans(), st.sampled_from([1.0, 10.0, 100.0]))
def test_valid_polygons_are_compared_and_counted(seed, plane, scale):
    rng = np.random.default_rng(seed)
    before, after = (
        gpd.GeoDataFrame(geometry=layer(rng, 5, 9, scale, plane=plane), crs=4490) for _ in range(2)
    )
    if len(before) or len(after):
        made = compare(before, after, EDITION)
        assert shapely.is_valid(made.pieces.geometry.to_numpy()).all()
    ground = parcels(layer(rng, 8, 5, scale, plane=plane))
    book = ledger(ground, None, EDITION, dt.date(2022, 1, 1))
    assert book.parcels["counted_m2"].sum() <= ground["area_legal_m2"].sum() * (1 + 1e-7) + 0.05


def test_a_hole_that_touches_a_long_side_in_degrees_is_cut_and_compared():
    """In the plane the side bends away by decimetres, and the corner of the hole is outside."""
    outer = shapely.box(120.7, 31.6, 120.8, 31.7)
    hole = shapely.Polygon([(120.75, 31.6), (120.76, 31.61), (120.74, 31.61)])
    shape = shapely.Polygon(outer.exterior, [hole.exterior])
    assert shapely.is_valid(shape)
    assert not shapely.is_valid(to_plane(np.array([shape], dtype=object), 40)[0])
    line = gpd.GeoDataFrame(geometry=[shape], crs=4490)
    made = compare(line, line, EDITION)
    assert made.verdict["change_m2"][0] == 0
    assert shapely.is_valid(made.kept.geometry.to_numpy()).all()
    assert made.kept["area_m2"].sum() == pytest.approx(legal_area(line.geometry, EDITION)[0], rel=1e-6)


def test_a_neck_thinner_than_what_degrees_hold_is_closed_and_the_area_kept():
    neck = shapely.Polygon([(0, 0), (400, 0), (400, 300), (0, 300), (0, 200), (400 - 1e-9, 150), (0, 100)])
    plane = shapely.transform(neck, lambda xy: xy + np.array([EAST, NORTH]))
    made = valid_degrees(np.array([plane], dtype=object), 40)
    assert shapely.is_valid(made).all()
    back = valid_plane(made, 40)
    assert shapely.area(back)[0] == pytest.approx(neck.area, abs=1e-3)


def test_what_truly_crosses_itself_is_refused_and_what_rounding_crossed_is_not():
    with pytest.raises(GeometryError, match="crosses itself"):
        mended(shapely.Polygon([(0, 0), (10, 10), (10, 0), (0, 10)]))
    hair = shapely.Polygon([(0, 0), (10, 0), (10, 10), (5, -1e-9), (0, 10)])
    assert not shapely.is_valid(hair)
    assert shapely.is_valid(mended(hair))
    assert mended(None) is None


def test_where_geos_stops_shapes_are_worked_one_by_one_and_then_on_a_grid():
    asked = []

    def stops(one, other, grid_size=0.0):
        asked.append(grid_size)
        if isinstance(one, np.ndarray) or not grid_size:
            raise shapely.GEOSException("TopologyException: side location conflict")
        return shapely.intersection(one, other, grid_size=grid_size)

    shapes = (
        np.array([shapely.box(0, 0, 2, 2)], dtype=object),
        np.array([shapely.box(1, 1, 3, 3)], dtype=object),
    )
    assert shapely.area(carefully(stops, *shapes)).tolist() == [pytest.approx(1, abs=1e-5)]
    assert asked == [0.0, 0.0, None, 1e-6]

    def never(*_shapes, **_more):
        raise shapely.GEOSException("TopologyException: side location conflict")

    with pytest.raises(GeometryError, match="side location conflict"):
        one_by_one(never, shapes[0][0], shapes[1][0])


def faulty(monkeypatch, name, answer):
    """Let GEOS answer so where it works without a grid, as it was seen to."""
    right = getattr(shapely, name)
    monkeypatch.setattr(
        shapely, name, lambda *shapes, grid_size=None, **more: right(*shapes, grid_size=grid_size, **more)
        if grid_size else answer(*shapes),
    )  # fmt: skip


def test_a_shape_that_geos_leaves_whole_though_it_is_covered_is_cut_on_a_grid(monkeypatch):
    ground = np.array([shapely.box(0, 0, 2, 2)], dtype=object)
    cover = np.array([shapely.box(1, -1, 3, 3), shapely.box(-1, -1, 1.5, 3)], dtype=object)
    met = meet(ground, cover, ENGINE)
    faulty(monkeypatch, "difference", lambda one, _other: np.array(one, dtype=object))
    assert shapely.area(difference(ground, cover[:1])).tolist() == [pytest.approx(2)]
    rest, residual = prove(ground, met, ENGINE)
    assert shapely.area(rest).tolist() == [pytest.approx(0)]
    assert residual.tolist() == [pytest.approx(0, abs=1e-6)]


def test_a_union_whose_area_cannot_be_is_made_on_a_grid(monkeypatch):
    shapes = [shapely.box(0, 0, 2, 2), shapely.box(1, 0, 3, 2)]
    faulty(monkeypatch, "union_all", lambda some: some[0].buffer(-0.5))
    assert united(shapes).area == pytest.approx(6)
