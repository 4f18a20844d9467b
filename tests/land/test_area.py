"""Legal area against GeographicLib, against itself under every harmless change, and on every odd shape."""

from dataclasses import replace
from functools import cache
from itertools import pairwise

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod, Transformer
from shapely.affinity import rotate

from gis import standards
from gis.base.errors import CrsError, GeometryError
from gis.engine import Threads
from gis.land.area import legal_area, legal_measures, measure, three_areas, zone_of, zones_of
from tests import zoo

EDITION = standards.load().get("area-2008-32")
PLANE = "EPSG:4549"
MU = 2000 / 3
EAST, NORTH = 571000.0, 3503000.0


def altered(group, **values):
    """The edition with other values in a group of its data."""
    return replace(EDITION, data={**EDITION.data, group: {**EDITION.data[group], **values}})


def split_over(metres):
    """The edition with another limit for splitting sides."""
    return altered("method", densify_over_m=metres)


def degrees(*shapes, crs=PLANE):
    return gpd.GeoSeries(list(shapes), crs=crs).to_crs("EPSG:4490")


def area(*shapes, **options):
    return legal_area(gpd.GeoSeries(list(shapes), crs="EPSG:4490"), EDITION, **options).tolist()


def jagged(rng, area_m2, fewest=10):
    """A star with `fewest` to 16 vertices somewhere in 常熟, of about the area."""
    count = rng.integers(fewest, 17)
    turn = (np.arange(count) + rng.uniform(0.1, 0.9, count)) * 2 * np.pi / count
    reach = rng.uniform(0.6, 1.0, count)
    star = np.column_stack([reach * np.cos(turn), reach * np.sin(turn)])
    size = np.sqrt(area_m2 / shapely.Polygon(star).area)
    return shapely.Polygon(star * size + [rng.uniform(555_000, 598_000), rng.uniform(3_490_000, 3_525_000)])


@cache
def parcels(mu, fewest=10):
    """200 parcels and their geodesic area with sides split to 5 m along the Gauss line."""
    rng = np.random.default_rng(mu)
    plane = [jagged(rng, mu * MU, fewest) for _ in range(200)]
    to, geod = Transformer.from_crs(PLANE, "EPSG:4490", always_xy=True), Geod(ellps="GRS80")
    dense = (shapely.get_coordinates(shapely.segmentize(one, 5.0)) for one in plane)
    oracle = [abs(geod.polygon_area_perimeter(*to.transform(*xy.T))[0]) for xy in dense]
    return degrees(*plane), np.array(oracle)


@pytest.mark.parametrize(
    ("mu", "split", "bound"),
    [(1_000, 5.0, 0.001), (100_000, 5.0, 0.005), (1_000, 70.0, 0.05), (100_000, 70.0, 0.3)],
)
def test_legal_area_is_as_near_to_geographiclib_as_promised(mu, split, bound):
    drawn, oracle = parcels(mu)
    off = np.abs(legal_area(drawn, split_over(split)) - oracle)
    assert off.max() <= bound


def test_without_the_70_m_rule_1000_mu_are_wrong_by_square_metres_the_more_the_fewer_the_vertices():
    off = [
        np.abs(legal_area(drawn, split_over(np.inf)) - oracle).max()
        for drawn, oracle in (parcels(1_000), parcels(1_000, fewest=4))
    ]
    assert off[0] > 1
    assert off[1] > 4


SECONDS_ONLY = {"decimals_plane_m": 9, "decimals_inserted_m": 9}


@pytest.mark.parametrize(("mu", "more"), [(1_000, 0.01), (100_000, 0.1)])
def test_rounding_the_seconds_alone_moves_an_area_by_no_more_than_said(mu, more):
    """B and L to 0.000001″, plane coordinates and the area itself unrounded; 0.0099 and 0.036 m² measured."""
    drawn, _ = parcels(mu)
    unrounded = replace(
        EDITION,
        data={
            **altered("survey", **SECONDS_ONLY).data,
            "method": {**EDITION.data["method"], "decimals_m2": 9},
        },
    )
    moved = np.abs(legal_area(drawn, unrounded, rounding="survey") - legal_area(drawn, EDITION)).max()
    assert more / 10 < moved <= more


@pytest.mark.parametrize(("mu", "bound"), [(1_000, 0.08), (100_000, 0.7)])
def test_the_whole_survey_rounding_moves_an_area_more_since_plane_coordinates_are_rounded_too(mu, bound):
    """X and Y to 0.0001 m weigh more than the seconds: 0.070 and 0.64 m² measured."""
    drawn, _ = parcels(mu)
    moved = np.abs(legal_area(drawn, EDITION, rounding="survey") - legal_area(drawn, EDITION))
    assert bound / 2 < moved.max() <= bound


shapes = st.builds(
    lambda seed, mu: degrees(jagged(np.random.default_rng(seed), mu * MU))[0],
    st.integers(0, 2**32),
    st.floats(0.5, 5_000),
)


@given(shapes, st.integers(0, 20), st.booleans())
def test_ring_order_and_first_vertex_do_not_matter(shape, start, back):
    xy = shapely.get_coordinates(shape)[:-1]
    turned = np.roll(xy, start % len(xy), axis=0)
    other = shapely.Polygon(turned[::-1] if back else turned)
    assert area(other)[0] == pytest.approx(area(shape)[0], abs=2e-4)


@given(shapes, shapes, st.booleans())
def test_parts_add_in_any_order(one, other, swap):
    both = shapely.MultiPolygon([other, one] if swap else [one, other])
    assert area(both)[0] == pytest.approx(sum(area(one, other)), abs=1e-6)


@given(st.integers(0, 2**32), st.floats(5, 5_000), st.floats(0.2, 0.8))
def test_a_parcel_split_along_a_straight_side_adds_up(seed, mu, share):
    """Both halves get the same inserted points on the shared side."""
    side = np.sqrt(mu * MU)
    whole = shapely.box(EAST, NORTH, EAST + side, NORTH + side)
    left = shapely.box(EAST, NORTH, EAST + side * share, NORTH + side)
    angle = np.random.default_rng(seed).uniform(0, 90)
    pieces = [rotate(one, angle, (EAST, NORTH)) for one in (whole, left, whole.difference(left))]
    full, *halves = legal_area(degrees(*pieces), EDITION)
    assert sum(halves) == pytest.approx(full, abs=0.05 * max(1, mu / 1000))


@given(shapes, st.floats(0.1, 0.9))
def test_a_hole_takes_its_own_area_off(shape, size):
    centre = shape.centroid if shape.contains(shape.centroid) else shape.representative_point()
    room = centre.distance(shape.boundary) * size * 0.7
    hole = centre.buffer(room, quad_segs=2)
    holed = shapely.Polygon(shape.exterior, [hole.exterior])
    assert area(holed)[0] == pytest.approx(area(shape)[0] - area(hole)[0], abs=1e-4)


def test_every_animal_has_an_area():
    animals = zoo.VALID | zoo.INVALID | zoo.COLLAPSED | zoo.NOTHING | zoo.OTHERS
    found = pd.Series(area(*animals.values()), index=list(animals))
    plane = found["square"]
    assert plane == pytest.approx(95 * 111, rel=0.01)
    assert (
        found[["clockwise", "height", "repeated_point", "collection"]].tolist()
        == [pytest.approx(plane, abs=1e-4)] * 4
    )
    assert found["multi"] == pytest.approx(2 * plane, abs=1e-3)
    assert found["hole"] == pytest.approx(8 * plane, rel=1e-4)
    assert found["western_zone"] == pytest.approx(found["eastern_zone"], abs=0.01)
    assert found[["one_point", "empty", "point", "line"]].tolist() == [pytest.approx(0, abs=2e-4)] * 4
    assert found["zero_area"] == pytest.approx(0, abs=0.1), "there and back are split at different points"
    assert np.isnan(found["missing"])
    assert found.drop("missing").ge(0).all()


def test_survey_rounding_and_full_precision_treat_every_animal_alike():
    animals = [*(zoo.VALID | zoo.COLLAPSED | zoo.NOTHING).values()]
    rounded = area(*animals, rounding="survey")
    assert rounded == pytest.approx(area(*animals), abs=0.05, nan_ok=True)
    assert [f"{value:.2f}" for value in rounded] == [f"{round(value, 2):.2f}" for value in rounded]


@pytest.mark.parametrize("lon", [73.6, 87.0, 117.0, 119.9, 121.4, 135.0])
def test_the_zone_of_a_parcel_comes_from_its_own_longitude(lon):
    shape = shapely.box(lon, 31.5, lon + 0.01, 31.51)
    assert area(shape)[0] == pytest.approx(1053312.43, abs=0.2)


def test_an_empty_layer_has_no_area():
    assert len(legal_area(gpd.GeoSeries([], crs="EPSG:4490"), EDITION)) == 0


def test_a_plane_crs_is_refused_in_words():
    with pytest.raises(CrsError) as caught:
        legal_area(gpd.GeoSeries([shapely.box(EAST, NORTH, EAST + 9, NORTH + 9)], crs=PLANE), EDITION)
    assert str(caught.value) == (
        "areas are measured on EPSG:4490 (CGCS2000, degrees)\n"
        "  found  EPSG:4549\n"
        '  fix    set crs = "EPSG:…" of the layer in the catalogue, or give --crs; reading converts it'
    )


@given(st.floats(-180, 179.98), st.floats(-89.99, 89.98), st.floats(0.0001, 0.02))
def test_a_polygon_anywhere_on_earth_has_its_area(west, south, size):
    shape = shapely.box(west, south, west + size, min(south + size, 90.0))
    fine = shapely.segmentize(shape, size / 50)
    ball = abs(Geod(ellps="GRS80").geometry_area_perimeter(fine)[0])
    assert area(shape)[0] == pytest.approx(ball, rel=2e-5, abs=0.01)


@pytest.mark.parametrize("lat", [-60.0, -16.0, 0.0, 66.0])
def test_a_shape_parted_at_the_meridian_of_180_degrees_has_the_area_of_its_parts(lat):
    east, west = shapely.box(179.98, lat, 180, lat + 0.01), shapely.box(-180, lat, -179.97, lat + 0.01)
    both = area(shapely.MultiPolygon([east, west]), east, west, shapely.box(120, lat, 120.05, lat + 0.01))
    assert both[0] == pytest.approx(both[1] + both[2], rel=1e-6)
    assert both[0] == pytest.approx(both[3], rel=1e-6)


def test_a_polygon_across_the_meridian_of_180_degrees_is_refused_in_words():
    with pytest.raises(GeometryError) as caught:
        area(zoo.box(), shapely.Polygon([(179.9, 0), (-179.9, 0), (-179.9, 1), (179.9, 1)]))
    assert str(caught.value) == (
        "shape 2 crosses the meridian of 180° or is wider than half the globe: it cannot be measured\n"
        "  found  longitudes -179.9000 to 179.9000\n"
        "  fix    part it along the meridian of 180°"
    )


def test_metres_said_to_be_degrees_are_refused_in_words():
    with pytest.raises(CrsError, match="the coordinates of shape 1 are no degrees"):
        area(shapely.box(EAST, NORTH, EAST + 9, NORTH + 9))


def test_a_stray_shape_does_not_move_the_plane_of_a_layer():
    near = zoo.frame({"one": zoo.box(), "two": zoo.box(3), "stray": shapely.box(0, 0, 0.001, 0.001)})
    assert zone_of(near) == 40


def measured(declared):
    """A square of 10 000 m² in the plane; declared is added to its legal 亩."""
    square = degrees(shapely.box(EAST, NORTH, EAST + 100, NORTH + 100))
    mu = round(legal_area(square, EDITION)[0], 2) * 0.0015
    frame = gpd.GeoDataFrame({"area_declared_mu": [mu + one for one in declared]}, geometry=[*square] * len(declared),
                             crs=square.crs)  # fmt: skip
    return measure(frame, EDITION, Threads(2))


def test_declared_and_measured_agree_within_a_thousandth():
    found = measured([0.0, 0.0149, -0.0149, 0.016, 0.149, 0.16, np.nan])
    assert found["area_check"].fillna("none").tolist() == [
        "agree", "agree", "agree", "check", "check", "reject", "none"]  # fmt: skip
    assert found["within_tolerance"].astype("object").tolist()[:4] == [True, True, True, False]
    assert found["within_tolerance"].isna().tolist() == [False] * 6 + [True]
    assert found["difference_mu"].iloc[4] == pytest.approx(0.149, abs=1e-9)


def test_the_other_areas_stand_beside_the_legal_one():
    found = measured([0.0]).iloc[0]
    assert found["area_planar_m2"] == pytest.approx(10_000, abs=1e-3)
    assert found["area_geodesic_m2"] == pytest.approx(found["area_legal_m2"], abs=0.02)
    assert found["area_legal_m2"] == round(found["area_legal_m2"], 2)
    assert found["area_legal_mu"] == found["area_legal_m2"] * 3 / 2000


def geodesic(shapes):
    return three_areas(shapes, zones_of(shapes), EDITION)[:, 2]


@pytest.mark.parametrize("mu", [1, 10, 100, 300])
def test_the_area_inside_geodesics_is_that_through_their_own_points(mu):
    """GeographicLib gives points on them to the nanometre; its area is 1e-4 m² off, whatever the size."""
    ball, shapes = Geod(ellps="GRS80"), parcels(mu, 4)[0].to_numpy()[:20]
    coarse, fine = (
        np.array([legal_area(along(one, ball, count), split_over(np.inf))[0] for one in shapes])
        for count in (16, 32)
    )
    assert geodesic(shapes) == pytest.approx((4 * fine - coarse) / 3, abs=1e-5)
    assert geodesic(shapes) == pytest.approx(
        [ball.geometry_area_perimeter(one)[0] for one in shapes], abs=2e-4
    )


def along(shape, ball, count):
    """The polygon with points on the geodesic of each side."""
    vertices = list(shape.exterior.coords)
    points = [
        [start, *ball.npts(*start, *end, count - 1)] for start, end in pairwise(vertices)
    ]  # fmt: skip
    return gpd.GeoSeries([shapely.Polygon([one for side in points for one in side])], crs="EPSG:4490")


@pytest.mark.parametrize(("west", "south", "size"), [(120, 31, 0.5), (10, 84, 0.001), (-179, -60, 3.0)])
def test_long_sides_and_the_far_north_are_left_to_geographiclib(west, south, size):
    shape = shapely.box(west, south, west + size, south + size)
    holed = shapely.Polygon(
        shape.exterior.coords, [shapely.box(*shape.buffer(-size / 4).bounds).exterior.coords]
    )
    both = [
        abs(Geod(ellps="GRS80").geometry_area_perimeter(shapely.orient_polygons(one))[0])
        for one in (shape, holed)
    ]
    assert geodesic(np.array([shape, holed, None], dtype=object))[:2].tolist() == both


def test_a_layer_without_declared_areas_is_measured():
    found = measure(zoo.frame(zoo.VALID | zoo.NOTHING), EDITION, Threads(2))
    assert found["within_tolerance"].isna().all()
    assert found["area_check"].isna().all()
    assert found["area_legal_m2"].isna().tolist() == [name == "missing" for name in found["name"]]


def test_the_length_of_all_rings_is_that_of_geodesics():
    rng = np.random.default_rng(12)
    shapes = degrees(
        *(jagged(rng, size * MU) for size in (1, 10, 100, 1000)), zoo.box(), crs=PLANE
    ).to_numpy()
    shapes[-1] = zoo.VALID["hole"]
    measured = legal_measures(shapes, EDITION)
    ball = Geod(ellps="GRS80")
    assert measured[:, 1] == pytest.approx([ball.geometry_length(one.boundary) for one in shapes], rel=1e-8)
    assert measured[:, 0].tolist() == area(*shapes)
    assert np.isnan(legal_measures(np.array([None], dtype=object), EDITION)).all()
