"""Sections snapped to rivers drawn by hand in metres of EPSG:4549, so that every distance is known."""

import datetime as dt

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from gis.base.messages import keys_of, restored
from gis.base.tables import conform
from gis.water.network import misplaced, network

PLANE, WEST, SOUTH = "EPSG:4549", 570_000.0, 3_500_000.0
DAY = dt.date(2025, 10, 31)


def placed(rows, kind):
    shapes = [shapely.transform(row.pop("geometry"), lambda xy: xy + np.array([WEST, SOUTH])) for row in rows]
    stored = gpd.GeoSeries(shapes, crs=PLANE).to_crs("EPSG:4490")
    frame = pd.DataFrame(rows).assign(source="a.gpkg", source_row=range(1, len(rows) + 1), geometry=stored)
    return conform(frame, kind)


def river(name, *points, flow="downstream", **more):
    return {"water_id": name[:1], "name": name, "flow": flow, "geometry": shapely.LineString(points)} | more


def section(id_, x, y, body="望虞河", **more):
    return {
        "section_id": id_,
        "name": f"{id_}断面",
        "water_body": body,
        "geometry": shapely.Point(x, y),
    } | more


def made(sections, waters):
    return network(placed(sections, "sections"), placed(waters, "waters"), DAY)


def test_reaches_end_half_way_along_the_river_and_sections_know_their_neighbours():
    bent = river("望虞河", (0, 0), (3000, 0), (3000, 4000))
    reaches, found = made([section("C", 3010, 3000), section("A", 1000, 40), section("B", 3000, 0)], [bent])
    found = found.set_index("section_id")
    assert found["distance_m"].to_dict() == pytest.approx({"A": 40, "B": 0, "C": 10}, abs=1e-3)
    assert found["along_m"].to_dict() == pytest.approx({"A": 1000, "B": 3000, "C": 6000}, abs=1e-3)
    lengths = reaches.set_index("section_id")["length_m"].to_dict()
    assert lengths == pytest.approx({"A": 2000, "B": 2500, "C": 2500}, abs=1e-3)
    assert reaches.to_crs(PLANE).length.tolist() == pytest.approx([2000, 2500, 2500], abs=1e-2)
    assert found.loc["B", ["upstream", "downstream"]].tolist() == ["A", "C"]
    assert keys_of(found.loc["B", "neighbours"]) == ["A", "C"]
    assert pd.isna(found.loc["A", "upstream"])


def test_a_line_drawn_upstream_turns_the_neighbours_round_and_an_unknown_flow_names_none():
    line = ((0, 0), (9000, 0))
    for flow, up in (("upstream", "B"), (None, None), ("both", None)):
        _, found = made([section("A", 1000, 0), section("B", 5000, 0)], [river("望虞河", *line, flow=flow)])
        row = found.set_index("section_id").loc["A"]
        assert (row["upstream"] if up else None) == up
        assert keys_of(row["neighbours"]) == ["B"]
        assert (row["note"] is None) == (up is not None)
        if up is None:
            assert said(row["note"]) == "流向未知，只列相邻断面"


def test_lines_of_one_name_are_one_river_whatever_rows_they_are_in():
    halves = [river("望虞河", (0, 0), (3000, 0)), river("望 虞 河", (3000, 0), (8000, 0), water_id="W2")]
    reaches, found = made([section("A", 1000, 0), section("B", 6000, 0)], halves)
    assert reaches["length_m"].tolist() == pytest.approx([3500, 4500], abs=1e-3)
    assert found["downstream"].tolist()[0] == "B"


def test_a_section_is_snapped_to_the_water_of_its_name_and_not_to_a_nearer_one():
    waters = [river("望虞河", (0, 0), (9000, 0)), river("张家港河", (0, 900), (9000, 900))]
    reaches, found = made([section("A", 2000, 890)], waters)
    assert found.iloc[0][["water", "own_water"]].tolist() == ["望虞河", True]
    assert found.iloc[0]["distance_m"] == pytest.approx(890, abs=1e-3)
    assert said(found.iloc[0]["note"]) == "距本水体 890 米，请核对坐标"
    assert reaches.set_index("water")["section_id"].to_dict()["望虞河"] == "A"
    assert reaches["section_id"].isna().sum() == 1


def test_a_section_whose_water_is_not_drawn_is_measured_and_represents_nothing():
    reaches, found = made([section("A", 0, 30, body="嘉菱荡")], [river("望虞河", (0, 0), (9000, 0))])
    assert found.iloc[0][["water", "own_water"]].tolist() == ["望虞河", False]
    assert found.iloc[0]["distance_m"] == pytest.approx(30, abs=1e-3)
    assert "不代表其河段" in said(found.iloc[0]["note"])
    assert reaches["section_id"].isna().all()


def test_a_section_in_its_lake_is_at_no_distance_and_has_no_reach():
    lake = {"water_id": "L", "name": "昆承湖", "geometry": shapely.box(0, 0, 900, 900)}
    reaches, found = made([section("A", 300, 300, body="昆承湖")], [lake])
    assert found.iloc[0]["distance_m"] == 0
    assert len(reaches) == 0


def test_pieces_of_a_river_that_do_not_meet_are_cut_each_by_itself():
    pieces = river("望虞河", (0, 0), (1, 0)) | {
        "geometry": shapely.MultiLineString([[(0, 0), (3000, 0)], [(3500, 0), (5000, 0)]])
    }
    reaches, _ = made([section("A", 1000, 0), section("B", 2000, 0)], [pieces])
    by = reaches["section_id"].fillna("nobody")
    assert dict(zip(by, reaches["length_m"], strict=True)) == pytest.approx(
        {"A": 1500, "B": 1500, "nobody": 1500}, abs=1e-3
    )


def test_the_newest_row_begun_by_the_day_places_the_section():
    moved = section("A", 4000, 0, valid_from=pd.Timestamp(2024, 1, 1))
    later = section("A", 8000, 0, valid_from=pd.Timestamp(2026, 1, 1))
    first = section("A", 1000, 0, valid_from=pd.Timestamp(2021, 1, 1))
    _, found = made([moved, later, first], [river("望虞河", (0, 0), (9000, 0))])
    assert found["along_m"].tolist() == pytest.approx([4000], abs=1e-3)


def test_without_waters_every_section_says_so():
    reaches, found = network(placed([section("A", 0, 0)], "sections"), conform(pd.DataFrame(), "waters"), DAY)
    assert len(reaches) == 0
    assert found["note"].map(said).tolist() == ["没有水系图层"]


def said(note):
    return restored(note).zh


def tables(sections, waters):
    listed = placed(sections, "sections").assign(layer="断面")
    return {"sections": listed, "waters": placed(waters, "waters")}


def test_a_section_far_from_its_river_and_one_of_an_undrawn_river_are_findings_and_the_others_keep_their_neighbours():
    sections = [
        section("A", 1000, 0), section("B", 5000, 12_345), section("C", 8000, 0), section("D", 0, 30, body="嘉菱荡"),
        section("E", 0, 30, body=None),
    ]  # fmt: skip
    waters = [river("望虞河", (0, 0), (9000, 0), flow=None)]
    _, found = made([dict(one) for one in sections], [dict(one) for one in waters])
    known = found.set_index("section_id")["neighbours"].map(keys_of)
    assert {id_: ids for id_, ids in known.items() if ids} == {"A": ["C"], "C": ["A"]}
    told = misplaced(tables(sections, waters))
    assert told[["layer", "source", "code"]].to_numpy().tolist() == [
        ["断面", "a.gpkg", "section_far_from_water"], ["断面", "a.gpkg", "water_not_drawn"]]  # fmt: skip
    assert [restored(one).zh for one in told["message"]] == [
        "断面 B断面（a.gpkg 第 2 行）：距本水体 12,345 米，不列入其河段，请核对坐标",
        "断面 D断面（a.gpkg 第 4 行）：图上无“嘉菱荡”，最近的是“望虞河”，不代表其河段",
    ]


@pytest.mark.parametrize("spot", [(0.0, 0.0), (-60.0, -31.0), (180.0, 90.0), (12.0, 31.6)])
def test_a_section_on_the_other_side_of_the_earth_stops_nothing(spot):
    known = tables([section("A", 1000, 0), section("B", 5000, 0)], [river("望虞河", (0, 0), (9000, 0))])
    stray = known["sections"].iloc[[0]].assign(section_id="X", name="X断面", geometry=shapely.Point(spot))
    known["sections"] = pd.concat([known["sections"], stray], ignore_index=True)
    reaches, found = network(known["sections"], known["waters"], DAY)
    found = found.set_index("section_id")
    assert not found.loc["X", "distance_m"] < 1e6
    assert found.loc[["A", "B"], "distance_m"].tolist() == pytest.approx([0, 0], abs=1e-3)
    assert reaches["section_id"].isin(["A", "B"]).sum() == 2
    assert misplaced(known)["code"].tolist() == ["section_far_from_water"]


def test_without_sections_or_waters_nothing_is_misplaced():
    assert misplaced({}).empty
    assert misplaced(
        {"sections": tables([section("A", 0, 0)], [river("望虞河", (0, 0), (9, 0))])["sections"]}
    ).empty
