import json

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from unpacked import unpack

from gis.maps.packing import HOLE, LINE, POINT, PRECISION_M, SHELL, SPATIAL_FROM, pack

HOSTILE = [
    "</script><script>window.hacked=1</script>",
    "{{ 7 * 7 }} {% x %}",
    "=cmd()",
    "\u202e倒\u2028",
    "a\0b",
    "",
]
WEST, SOUTH = 120.55, 31.50
EARTH_M = 6_378_137.0


def apart_m(one, other):
    """The longest way between corners of two rings or lines, on the ground."""
    metres = np.radians(np.asarray(one) - np.asarray(other)) * EARTH_M
    metres[:, 0] *= np.cos(np.radians(np.asarray(one)[:, 1]))
    return np.hypot(*metres.T).max()


def rings(shape):
    """Shells and holes of a polygon of one or many parts, in their order, without the closing corner."""
    told = []
    for part in shapely.get_parts(shapely.orient_polygons(shape)):
        told.append((SHELL, shapely.get_coordinates(part.exterior)[:-1]))
        told += [(HOLE, shapely.get_coordinates(hole)[:-1]) for hole in part.interiors]
    return told


coordinates = st.tuples(st.floats(119, 122), st.floats(30, 33))


@st.composite
def polygons(draw):
    """Blocks of a few hundred metres to many kilometres, some with a hole, some of several parts far apart."""
    made = []
    for at in range(draw(st.integers(1, 3))):
        x, y = draw(coordinates)
        side = draw(st.floats(0.002, 0.4))
        block = shapely.box(x + 3 * at, y, x + 3 * at + side, y + side)
        corners = draw(st.sampled_from([0, 5, 300]))
        if corners:
            hole = shapely.Point(x + 3 * at + side / 2, y + side / 2).buffer(
                side / 4, quad_segs=corners // 4 + 1
            )
            block = shapely.Polygon(block.exterior, [hole.exterior])
        made.append(block)
    return made[0] if len(made) == 1 else shapely.MultiPolygon(made)


@given(st.lists(polygons(), min_size=0, max_size=4))
def test_polygons_keep_their_parts_and_holes_and_every_corner_within_the_precision(shapes):
    back = unpack(pack(np.array(shapes, dtype=object), {}).text)
    assert back["n"] == len(shapes)
    for shape, strings in zip(shapes, back["shapes"], strict=True):
        expected = rings(shape)
        assert [kind for kind, _ in strings] == [kind for kind, _ in expected]
        assert all(
            apart_m(own, other) <= PRECISION_M for (_, own), (_, other) in zip(expected, strings, strict=True)
        )


@given(st.lists(st.lists(coordinates, min_size=2, max_size=40, unique=True), min_size=1, max_size=3))
def test_points_and_lines_keep_their_kind_and_place(lines):
    shapes = np.array([shapely.MultiLineString(lines), shapely.Point(lines[0][0])], dtype=object)
    back = unpack(pack(shapes, {}).text)["shapes"]
    assert [kind for kind, _ in back[0]] == [LINE] * len(lines)
    assert [kind for kind, _ in back[1]] == [POINT]
    ends = np.array([[corners[0], corners[-1]] for _, corners in back[0]])
    assert (
        apart_m(np.array([[one[0], one[-1]] for one in lines]).reshape(-1, 2), ends.reshape(-1, 2))
        <= PRECISION_M
    )


@given(
    st.lists(
        st.none() | st.text(st.characters(exclude_categories=["Cs"])) | st.sampled_from(HOSTILE), max_size=8
    ),
    st.lists(st.none() | st.floats(-1e9, 1e9) | st.integers(-(2**50), 2**50), max_size=8),
)
def test_columns_come_back_as_they_were(texts, numbers):
    rows = max(len(texts), len(numbers))
    texts, numbers = texts + [None] * (rows - len(texts)), numbers + [None] * (rows - len(numbers))
    frame = pd.DataFrame(
        {"text": pd.Series(texts, dtype="str"), "number": pd.Series(numbers, dtype="float64"),
         "whole": range(rows), "pair": pd.Series([[one, "x"] for one in texts], dtype="object")}
    )  # fmt: skip
    points = shapely.points(np.full(rows, WEST), np.full(rows, SOUTH))
    packed = pack(points, dict(frame.items()))
    back = unpack(packed.text)["columns"]
    assert back["text"] == texts
    assert back["whole"] == list(range(rows))
    assert back["pair"] == frame["pair"].tolist()
    np.testing.assert_array_equal(np.array(back["number"], dtype="float64"), frame["number"].to_numpy())
    assert not set(packed.text) & set("<>&\"'\\`()\n")


@given(st.lists(st.floats(-1e7, 1e7), min_size=1, max_size=20), st.integers(0, 3))
def test_a_rounded_number_is_the_one_that_python_writes(values, digits):
    points = shapely.points(np.full(len(values), WEST), np.full(len(values), SOUTH))
    back = unpack(pack(points, {"a": pd.Series(values)}, {"a": digits}).text)["columns"]["a"]
    assert [f"{one:.{digits}f}".replace("-0.000", "0.000") for one in back] == [
        f"{one:.{digits}f}" if round(one, digits) else f"{0:.{digits}f}" for one in values
    ]


def test_a_tie_is_rounded_by_all_its_bits():
    points = shapely.points([WEST, WEST, WEST], [SOUTH] * 3)
    back = unpack(pack(points, {"a": pd.Series([0.155, 1.005, 0.125])}, {"a": 2}).text)
    assert back["columns"]["a"] == [0.15, 1.0, 0.12]


def test_what_cannot_be_drawn_is_listed():
    shapes = np.array(
        [None, shapely.Polygon(), shapely.Point(WEST, SOUTH), shapely.Point(float("nan"), 1.0),
         shapely.GeometryCollection([shapely.Point(WEST, SOUTH), shapely.box(WEST, SOUTH, 121, 32)])], dtype=object
    )  # fmt: skip
    packed = pack(shapes, {"name": pd.Series(list("abcde"), dtype="str")})
    assert packed.left_out.tolist() == [0, 1, 3]
    back = unpack(packed.text)
    assert back["columns"]["name"] == ["c", "e"]
    assert [kind for kind, _ in back["shapes"][1]] == [POINT, SHELL]


def test_a_table_of_nothing_packs_to_nothing():
    back = unpack(pack(np.array([], dtype=object), {"a": pd.Series([], dtype="str")}).text)
    assert (back["n"], back["shapes"], back["columns"]["a"]) == (0, [], [])


def test_a_ring_of_one_spot_stays_a_ring():
    speck = shapely.box(WEST, SOUTH, WEST + 1e-9, SOUTH + 1e-9)
    assert [
        (kind, len(corners)) for kind, corners in unpack(pack(np.array([speck]), {}).text)["shapes"][0]
    ] == [(SHELL, 1)]


@pytest.mark.parametrize("count", [SPATIAL_FROM, SPATIAL_FROM + 1])
def test_only_a_large_layer_is_put_in_the_order_of_a_curve_and_rows_stay_whole(count):
    rng = np.random.default_rng(3)
    points = shapely.points(rng.uniform(WEST, 121, count), rng.uniform(SOUTH, 32, count))
    codes = pd.Series([f"320581{at:06d}" for at in range(count)], dtype="str")
    packed = pack(points, {"code": codes})
    back = unpack(packed.text)
    assert (packed.rows.tolist() == list(range(count))) == (count == SPATIAL_FROM)
    assert back["columns"]["code"] == codes.iloc[packed.rows].tolist()
    placed = np.array([strings[0][1][0] for strings in back["shapes"]])
    assert apart_m(shapely.get_coordinates(points[packed.rows]), placed) <= PRECISION_M


def test_ten_thousand_fields_take_a_tenth_of_their_geojson():
    rng = np.random.default_rng(5)
    corners = np.array([[0, 0], [9, 1], [10, 8], [4, 11], [-1, 7]]) * 1e-4
    origins = np.column_stack([rng.uniform(WEST, 121, 10_000), rng.uniform(SOUTH, 32, 10_000)])
    shapes = shapely.polygons(origins[:, None, :] + corners + rng.uniform(0, 5e-5, (10_000, 5, 2)))
    frame = gpd.GeoDataFrame(
        {"town": rng.choice(["梅李镇", "海虞镇"], 10_000)}, geometry=shapes, crs="EPSG:4490"
    )
    packed = pack(shapes, {"town": frame["town"]})
    assert 10 * len(packed.text) < len(json.dumps(frame.__geo_interface__))
