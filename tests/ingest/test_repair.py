"""Invalid geometry is repaired with a log of its area; what collapses is rejected."""

import geopandas as gpd
import pytest
import shapely

from gis.base.messages import shown
from gis.ingest.repair import repair
from tests import zoo

SQUARE_M2 = 95.0 * 111.0


def test_valid_rows_are_not_touched():
    frame = zoo.frame(zoo.VALID)
    after, repairs, rejects = repair(frame, "a.shp")
    assert after is frame
    assert repairs.empty
    assert rejects.empty


@pytest.mark.parametrize("animal", zoo.INVALID)
def test_an_invalid_polygon_becomes_a_valid_polygon(animal):
    frame = zoo.frame({"square": zoo.box(5), animal: zoo.INVALID[animal]})
    after, repairs, rejects = repair(frame, "a.shp")
    assert after.geometry.is_valid.all()
    assert after.geometry.geom_type.isin(["Polygon", "MultiPolygon"]).all()
    assert after.geometry.iloc[0] is frame.geometry.iloc[0]
    assert repairs[["source", "source_row"]].to_numpy().tolist() == [["a.shp", 2]]
    assert rejects.empty


def test_a_bow_tie_keeps_both_lobes_and_says_so():
    _, repairs, _ = repair(zoo.frame({"bow_tie": zoo.INVALID["bow_tie"]}), "a.shp")
    row = repairs.iloc[0]
    assert shown(row.problem).startswith("Self-intersection [120.75")
    assert row.area_before_m2 == pytest.approx(0, abs=1)
    assert row.area_after_m2 == pytest.approx(SQUARE_M2 / 2, rel=0.01)


def test_overlapping_parts_are_counted_once():
    _, repairs, _ = repair(zoo.frame({"twice": zoo.INVALID["overlapping_parts"]}), "a.shp")
    assert repairs.area_before_m2.iloc[0] == pytest.approx(2 * SQUARE_M2, rel=0.01)
    assert repairs.area_after_m2.iloc[0] == pytest.approx(1.5 * SQUARE_M2, rel=0.01)


def test_what_collapses_is_rejected_with_its_row_and_record():
    frame = zoo.frame({"square": zoo.box()} | zoo.COLLAPSED)
    after, repairs, rejects = repair(frame, "a.shp")
    assert after["name"].tolist() == ["square"]
    assert repairs.empty
    assert rejects["source_row"].tolist() == [2, 3]
    assert rejects["reason"].map(shown).str.startswith("nothing is left of the geometry").all()
    assert "zero_area" in rejects["record"].iloc[0]


def test_missing_points_and_lines_pass_through():
    frame = zoo.frame({"missing": None, "point": zoo.OTHERS["point"], "line": zoo.OTHERS["line"]})
    after, repairs, rejects = repair(frame, "a.shp")
    assert len(after) == 3
    assert len(repairs) == len(rejects) == 0


def test_a_layer_outside_china_is_measured_too():
    bow_tie = shapely.Polygon([(5, 52), (5.001, 52.001), (5.001, 52), (5, 52.001)])
    _, repairs, _ = repair(gpd.GeoDataFrame(geometry=[bow_tie], crs=4490), "nl.gpkg")
    assert repairs.area_after_m2.iloc[0] == pytest.approx(0.5 * 68.6 * 111.3, rel=0.01)


@pytest.mark.real
def test_real_invalid_county_polygons_are_repaired(shared):
    counties = gpd.read_file(shared / "boundaries" / "changshu_and_neighbours_echarts_coarse.geojson").to_crs(
        4490
    )
    assert not counties.geometry.is_valid.any()
    after, repairs, rejects = repair(counties, "echarts.geojson")
    assert after.geometry.is_valid.all()
    assert len(after) == len(repairs) == 7
    assert rejects.empty
    changshu = after[after["adcode"].astype(str) == "320581"].to_crs(4549).area.iloc[0]
    assert changshu / 1e6 == pytest.approx(1264, rel=0.03)
