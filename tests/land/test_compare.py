"""Two editions of a line layer: gained + lost + kept are all the ground there is."""

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from zoo import NOTHING, VALID, frame

from gis import standards
from gis.base.errors import CrsError, GeometryError, ProofError
from gis.land.area import legal_area
from gis.land.compare import BEYOND, compare

EDITION = standards.load().in_force("parcel_area", pd.Timestamp("2025-01-01").date())
EAST, NORTH = 40_571_000, 3_503_000


def layer(*boxes: tuple[float, float, float, float]) -> gpd.GeoDataFrame:
    """Rectangles x, y, width, height in metres in zone 40."""
    shapes = [shapely.box(EAST + x, NORTH + y, EAST + x + w, NORTH + y + h) for x, y, w, h in boxes]
    return gpd.GeoDataFrame(geometry=shapes, crs="EPSG:4528").to_crs(4490)


def towns(*boxes: tuple[float, float, float, float]) -> gpd.GeoDataFrame:
    names = [f"镇{at}" for at in range(len(boxes))]
    return layer(*boxes).assign(place_code=[str(at) for at in range(len(boxes))], name=names)


def legal(*boxes: tuple[float, float, float, float]) -> float:
    return float(legal_area(layer(*boxes).geometry, EDITION).sum())


def real(pieces: gpd.GeoDataFrame) -> float:
    return float(pieces.loc[~pieces["sliver"], "area_m2"].sum())


def test_a_line_that_moved_gains_before_and_loses_behind_and_keeps_the_middle():
    made = compare(layer((0, 0, 1000, 600)), layer((100, 0, 1200, 600)), EDITION)
    assert real(made.lost) == pytest.approx(legal((0, 0, 100, 600)), abs=0.05)
    assert real(made.gained) == pytest.approx(legal((1000, 0, 300, 600)), abs=0.05)
    assert real(made.kept) == pytest.approx(legal((100, 0, 900, 600)), abs=0.05)
    row = made.verdict.iloc[0]
    assert row["area_before_m2"] == pytest.approx(legal((0, 0, 1000, 600)), abs=0.01)
    assert row["change_mu"] == pytest.approx(row["change_m2"] * 3 / 2000)
    assert row["not_reduced"]
    assert made.proof["max_residual_m2"].max() < 1e-3


def test_overlaps_within_an_edition_count_once():
    made = compare(layer((0, 0, 600, 500), (400, 0, 600, 500)), layer((0, 0, 1000, 500)), EDITION)
    assert made.verdict["area_before_m2"][0] == pytest.approx(legal((0, 0, 1000, 500)), abs=0.05)
    assert real(made.lost) == real(made.gained) == 0


def test_an_edge_and_its_copy_in_another_zone_leave_no_pieces_that_show_as_nothing():
    one = layer(*((x, 0, 90, 70.3) for x in range(0, 3000, 100)))
    one = one.set_geometry(one.rotate(17, origin=one.geometry[0].centroid))
    made = compare(one, one.to_crs(4527).to_crs(4490), EDITION)
    assert not len(made.gained)
    assert not len(made.lost)
    assert made.unlisted["area_m2"].abs().sum() < 0.005 * made.unlisted["pieces"].sum()
    assert made.verdict["not_reduced"][0]


def test_less_ground_is_a_reduction_and_the_same_ground_is_none():
    one, less = layer((0, 0, 1000, 500)), layer((0, 0, 999, 500))
    assert not compare(one, less, EDITION).verdict["not_reduced"][0]
    same = compare(one, one, EDITION)
    assert same.verdict[["change_m2", "not_reduced"]].iloc[0].tolist() == [0.0, True]
    assert not len(same.gained)
    assert not len(same.lost)


@pytest.mark.parametrize(("wide", "sliver"), [(0.05, True), (0.15, False)])
def test_a_strip_is_a_sliver_by_its_widest_spot_whatever_hair_hangs_on_the_shared_edge(wide, sliver):
    made = compare(layer((0, 0, 1000, 500)), layer((0, 0, 1000 + wide, 500)), EDITION)
    strip = made.gained[made.gained["area_m2"] > 1]
    assert strip["sliver"].tolist() == [sliver]
    assert strip["area_m2"].iloc[0] == pytest.approx(500 * wide, rel=1e-3)
    assert strip["width_m"].iloc[0] <= wide + 1e-6


def test_towns_and_the_ground_in_none_add_up_to_the_whole():
    made = compare(
        layer((0, 0, 1000, 500)),
        layer((200, 0, 1200, 500)),
        EDITION,
        towns((0, 0, 500, 500), (500, 0, 700, 500)),
    )
    rows = made.by_town.set_index("name")
    assert rows.index.tolist() == ["镇0", "镇1", BEYOND.stored]
    assert rows.loc["镇0", "change_m2"] == pytest.approx(-legal((0, 0, 200, 500)), abs=0.05)
    assert rows.loc["镇1", "gained_m2"] == pytest.approx(legal((1000, 0, 200, 500)), abs=0.05)
    assert rows.loc[BEYOND.stored, "after_m2"] == pytest.approx(legal((1200, 0, 200, 500)), abs=0.05)
    assert rows["not_reduced"].tolist() == [False, True, True]
    assert rows["change_m2"].sum() == pytest.approx(made.verdict["change_m2"][0], abs=0.2)


def test_a_town_in_two_pieces_is_one_line():
    both = towns((0, 0, 500, 500), (500, 0, 500, 500)).assign(place_code="1", name="甲镇")
    made = compare(layer((0, 0, 1000, 500)), layer((0, 0, 900, 500)), EDITION, both)
    assert made.by_town["name"].tolist() == ["甲镇", BEYOND.stored]
    assert not made.by_town["not_reduced"][0]


def test_towns_that_overlap_fail_the_proof():
    with pytest.raises(ProofError) as told:
        compare(
            layer((0, 0, 1000, 500)),
            layer((0, 0, 1000, 500)),
            EDITION,
            towns((0, 0, 600, 500), (500, 0, 500, 500)),
        )
    assert str(told.value).startswith(
        "the ground of the two editions does not add up: towns = all\n  found  a residual of 50000."
    )


def test_a_file_that_lacks_one_edition_is_all_gain_or_all_loss():
    nothing = layer((0, 0, 1, 1)).iloc[:0]
    assert compare(nothing, layer((0, 0, 10, 10)), EDITION).gained["area_m2"].sum() == pytest.approx(
        100, rel=1e-3
    )
    assert not compare(layer((0, 0, 10, 10)), nothing, EDITION).verdict["not_reduced"][0]


def test_every_animal_of_the_zoo_compares_with_itself():
    near = {name: shape for name, shape in VALID.items() if "zone" not in name}
    made = compare(frame({**near, **NOTHING}), frame(near), EDITION)
    assert made.verdict["change_m2"][0] == 0


def test_ground_in_two_zones_is_compared_in_one_plane():
    west, east = (shapely.box(x, 31, x + 0.01, 31.01) for x in (118.49, 118.505))
    before = gpd.GeoDataFrame(geometry=[west], crs="EPSG:4490")
    after = gpd.GeoDataFrame(geometry=[west, east], crs="EPSG:4490")
    made = compare(before, after, EDITION)
    assert real(made.gained) == pytest.approx(legal_area(after.geometry, EDITION)[1], rel=1e-6)


def test_a_polygon_that_crosses_itself_and_another_crs_are_refused():
    bow = gpd.GeoDataFrame(
        geometry=[shapely.Polygon([(120, 31), (120.1, 31.1), (120.1, 31), (120, 31.1)])], crs=4490
    )
    with pytest.raises(GeometryError, match="crosses itself"):
        compare(bow, layer((0, 0, 1, 1)), EDITION)
    with pytest.raises(CrsError):
        compare(layer((0, 0, 1, 1)).to_crs(4528), layer((0, 0, 1, 1)), EDITION)


BOXES = st.lists(
    st.tuples(st.integers(0, 900), st.integers(0, 900), st.integers(1, 700), st.integers(1, 700)),
    min_size=1,
    max_size=8,
)


@settings(max_examples=15, deadline=None)
@given(BOXES, BOXES)
def test_the_pieces_are_those_of_plain_set_operations(first, second):
    made = compare(layer(*first), layer(*second), EDITION)
    old, new = (layer(*one).to_crs(4549).union_all() for one in (first, second))
    for pieces, ground in ((made.kept, old & new), (made.lost, old - new), (made.gained, new - old)):
        found = shapely.area(pieces.to_crs(4549).geometry.to_numpy()).sum()
        assert found == pytest.approx(ground.area, abs=1e-3)
