"""The drawn county."""

import geopandas as gpd
import numpy as np
import pytest
import shapely

from gis.sample.county import PLANE, county, drawing, generator, wander
from gis.sample.lines import basic_farmland, control_areas, growth_boundary, red_lines

ADCODE_OF_TOWNS = {
    "虞山街道": "001", "常福街道": "002", "琴川街道": "003", "莫城街道": "004", "碧溪街道": "005",
    "东南街道": "006", "梅李镇": "101", "海虞镇": "102", "古里镇": "104", "沙家浜镇": "105",
    "支塘镇": "106", "董浜镇": "107", "辛庄镇": "110", "尚湖镇": "111",
}  # fmt: skip


@pytest.fixture(scope="module")
def place():
    return county()


def test_fourteen_towns_carry_their_real_codes(place):
    codes = dict(zip(place.towns["name"], place.towns["code"], strict=True))
    assert codes == {name: f"320581{code}" for name, code in ADCODE_OF_TOWNS.items()}


def test_towns_tile_the_county_without_gap_or_overlap(place):
    shapes = place.towns.geometry.to_numpy()
    assert shapely.coverage_is_valid(shapes)
    assert shapely.equals(shapely.union_all(shapes), place.outline)
    assert place.towns.geom_type.eq("Polygon").all()


def test_every_town_holds_its_own_centre(place):
    centres = [shapely.Point(town["centre"]) for town in drawing()["towns"]]
    assert all(shape.contains(c) for shape, c in zip(place.towns.geometry, centres, strict=True))


def test_the_county_lies_in_its_extent_and_is_about_as_large_as_the_real_one(place):
    west, south, east, north = place.outline.bounds
    assert west >= 120.55
    assert south >= 31.50
    assert east <= 121.05
    assert north <= 31.83
    assert gpd.GeoSeries([place.outline], crs=4490).to_crs(PLANE).area.iloc[0] / 1e6 == pytest.approx(
        1264, rel=0.08
    )


@pytest.mark.parametrize(("name", "lon", "lat"), [("昆承湖", 120.749, 31.588), ("尚湖", 120.681, 31.646)])
def test_lakes_lie_where_a_planner_expects_them(place, name, lon, lat):
    lake = place.lakes.set_index("name").geometry[name]
    assert lake.contains(shapely.Point(lon, lat))


@pytest.mark.parametrize("name", ["望虞河", "白茆塘", "常浒河", "七浦塘", "张家港河", "元和塘", "盐铁塘"])
def test_the_named_rivers_are_there(place, name):
    river = place.rivers.set_index("name").geometry[name]
    assert place.outline.buffer(1e-6).contains(river)


@pytest.mark.parametrize("name", ["望虞河", "白茆塘", "常浒河"])
def test_rivers_of_the_north_end_in_the_yangtze(place, name):
    assert place.rivers.set_index("name").geometry[name].distance(place.yangtze) < 1e-6


def test_control_lines_are_valid_and_farmland_stays_out_of_the_other_lines(place):
    red, areas, growth, farmland = (
        make(place) for make in (red_lines, control_areas, growth_boundary, basic_farmland)
    )
    assert [len(frame) for frame in (red, areas, farmland)] == [6, 8, 250]
    assert all(
        frame.is_valid.all() and frame.crs.to_epsg() == 4528 for frame in (red, areas, growth, farmland)
    )
    assert farmland.sjoin(growth).empty
    assert farmland.sjoin(red).empty
    assert np.allclose(red.area / 10_000, red["MJ"], atol=1e-3)


def test_a_wandering_line_keeps_its_own_vertices():
    line = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 2.0]])
    assert np.array_equal(wander(line, generator(99), depth=3)[::8], line)
