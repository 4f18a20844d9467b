"""Plain pairs are cut as GEOS cuts them; any other pair is left alone."""

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from gis.land.clip import apart, clip


def both_turns(shape):
    return [shape, shape.reverse()]


def cut(parcel, line):
    return clip(np.array([parcel], dtype=object), np.array([line], dtype=object), np.array([0]))


def star(rng, reach, corners, centre):
    turn = np.sort(rng.uniform(0, 2 * np.pi, corners))
    xy = (
        np.column_stack([np.cos(turn), np.sin(turn)]) * (reach * rng.uniform(0.3, 1, corners))[:, None]
        + centre
    )
    return shapely.Polygon(xy if rng.random() < 0.5 else xy[::-1])


SQUARE = shapely.box(0, 0, 10, 10)
PLAIN = {
    "corner on corner": (shapely.box(7, 6, 20, 20), 12),
    "a spike into one side": (shapely.Polygon([(20, 4), (6, 5), (20, 6)]), 4 * (8 / 14) / 2),
    "all but a spike of one side": (
        shapely.Polygon([(-5, -5), (15, -5), (15, 4), (6, 5), (15, 6), (15, 15), (-5, 15)]),
        100 - 4 * (8 / 9) / 2,
    ),
    "one side of the line cuts off a strip": (shapely.box(8, -5, 20, 20), 20),
    "a strip of the line is cut by one side of the parcel": (shapely.box(4, -5, 6, 3), 6),
}


@pytest.mark.parametrize(("line", "area"), PLAIN.values(), ids=PLAIN)
def test_a_plain_pair_gives_its_common_ground_and_the_rest_whichever_way_the_rings_turn(line, area):
    for parcel in both_turns(SQUARE):
        for drawn in both_turns(line):
            found = cut(parcel, drawn)
            assert found.pair.tolist() == [0]
            assert found.inside[0].area == pytest.approx(area, rel=1e-12)
            assert found.inside[0].symmetric_difference(parcel & drawn).area < 1e-12
            assert found.rest[0].symmetric_difference(parcel - drawn).area < 1e-12


LEFT = {
    "apart": shapely.box(20, 20, 30, 30),
    "inside": shapely.box(2, 2, 3, 3),
    "a corner touches": shapely.box(10, 10, 12, 12),
    "a side in common": shapely.box(10, 2, 12, 8),
    "half a side in common": shapely.box(5, 0, 15, 10),
    "a corner on a side": shapely.Polygon([(5, 0), (20, 5), (5, 5)]),
    "a corner a millionth of a millionth from a side": shapely.Polygon([(5, 15), (3, 3), (15, 5 + 1e-12)]),
    "four spots": shapely.box(2, -5, 4, 15),
    "two spots of a spike as thin as rounding": shapely.Polygon([(20, 4), (6, 5), (20, 4 + 1e-13)]),
    "a hole": shapely.box(5, 5, 20, 20) - shapely.box(6, 6, 7, 7),
    "two parts": shapely.MultiPolygon([shapely.box(5, 5, 20, 20), shapely.box(30, 30, 40, 40)]),
    "nothing": shapely.Polygon(),
}


@pytest.mark.parametrize("line", LEFT.values(), ids=LEFT)
def test_any_other_pair_is_left_to_geos(line):
    assert cut(SQUARE, line).pair.tolist() == []
    assert cut(line, SQUARE).pair.tolist() == []


@given(st.integers(0, 2**32), st.sampled_from([0.0, 3_500_000.0]))
def test_random_stars_are_cut_as_geos_cuts_them(seed, away):
    rng = np.random.default_rng(seed)
    parcels = np.array([star(rng, 15, 9, away + rng.uniform(0, 80, 2)) for _ in range(60)], dtype=object)
    lines = np.array(
        [star(rng, 40, many, away + rng.uniform(0, 80, 2)) for many in (5, 20, 70)], dtype=object
    )
    parcels, lines = parcels[shapely.is_valid(parcels)], lines[shapely.is_valid(lines)]
    which = rng.integers(0, len(lines), len(parcels))
    found = clip(parcels, lines, which)
    ground, drawn = parcels[found.pair], lines[which[found.pair]]
    least = 1e-9 if not away else 1e-7  # a number of 3,500,000 m holds 0.5 nm
    for mine, plain in (
        (found.inside, shapely.intersection(ground, drawn)),
        (found.rest, shapely.difference(ground, drawn)),
    ):
        assert shapely.area(mine) == pytest.approx(shapely.area(plain), rel=1e-9, abs=least)
        assert shapely.is_valid(mine).all()
        assert (shapely.hausdorff_distance(mine, plain) < 1e-6).all()
    crossing = shapely.crosses(shapely.boundary(parcels), shapely.boundary(lines)[which])
    spots = shapely.get_num_geometries(
        shapely.intersection(shapely.boundary(parcels), shapely.boundary(lines)[which])
    )
    assert set(found.pair.tolist()) == set(np.flatnonzero(crossing & (spots == 2)).tolist())


@pytest.mark.parametrize("stray", [0.0, 1.0])
@given(seed=st.integers(0, 2**32))
def test_rings_told_apart_are_apart_and_a_corner_tells_the_side(seed, stray):
    rng = np.random.default_rng(seed)
    parcels = np.array([star(rng, 6, 9, rng.uniform(0, 80, 2)) for _ in range(90)], dtype=object)
    lines = np.array([star(rng, 40, many, (40, 40)) for many in (5, 20, 70)], dtype=object)
    parcels, lines = parcels[shapely.is_valid(parcels)], lines[shapely.is_valid(lines)]
    which = rng.integers(0, len(lines), len(parcels))
    far, corner = apart(parcels, lines, which, stray)
    gap = shapely.distance(shapely.boundary(parcels), shapely.boundary(lines)[which])
    assert (gap[far] > stray).all()
    assert far[gap > 30].all()
    inside = shapely.contains_xy(lines[which][far], corner[far])
    ground, drawn = parcels[far], lines[which][far]
    round_it = shapely.contains(ground, drawn)
    assert (inside == shapely.contains(drawn, ground))[~round_it].all()


def test_a_ring_with_a_hole_is_never_told_apart():
    ring = shapely.box(0, 0, 9, 9) - shapely.box(3, 3, 6, 6)
    far, _ = apart(np.array([shapely.box(4, 4, 5, 5)], dtype=object), np.array([ring]), np.array([0]), 0.0)
    assert not far.any()
