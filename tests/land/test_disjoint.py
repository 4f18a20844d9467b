"""Lines of one type over the same ground: told, cut in order, and counted once."""

import datetime as dt

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from gis import standards
from gis.base.messages import restored
from gis.base.tables import conform
from gis.engine import Threads
from gis.land import assess, lines_apart
from gis.land.area import legal_area
from gis.land.conflicts import conflict_area, conflicts, ground
from gis.land.conflicts import own_area as own_of_pieces
from gis.land.disjoint import disjoint, own_area, told
from gis.land.overlay import overlay
from tests import zoo
from tests.fake_county import CATALOGUE

EDITION = standards.load().get("area-2008-32")
ENGINE = Threads(2)
EAST, NORTH = 571_000.0, 3_503_000.0


def lines(*boxes, **columns):
    """Rectangles x, y, width, height in metres, red lines unless a column says otherwise."""
    shapes = [shapely.box(EAST + x, NORTH + y, EAST + x + w, NORTH + y + h) for x, y, w, h in boxes]
    rows = pd.DataFrame({"line_id": [f"L{at}" for at in range(1, len(boxes) + 1)], "line_type": "red_line"})
    rows = rows.assign(source="STBHHX.shp", source_row=range(1, len(boxes) + 1), **columns)
    rows["geometry"] = gpd.GeoSeries(shapes, crs=4549).to_crs(4490).to_numpy()
    return gpd.GeoDataFrame(conform(rows, "control_lines"), geometry="geometry", crs=4490)


def areas(frame):
    plane = frame.geometry.to_crs(4549)
    return plane.area.fillna(0).round(2).tolist()


def parted(frame):
    return disjoint(frame, EDITION, ENGINE)


TWICE = ((0, 0, 100, 90), (0, 0, 100, 90), (50, 0, 100, 90))


def test_a_line_drawn_twice_has_its_ground_once_and_a_later_one_what_is_left():
    found = parted(lines(*TWICE))
    assert areas(found.lines) == [9000, 0, 4500]
    assert found.lines.geometry.isna().tolist() == [False, True, False]
    assert found.overlaps[["first", "later"]].to_numpy().tolist() == [[0, 1], [0, 2], [1, 2]]
    assert found.overlaps["area_m2"].tolist() == pytest.approx([9000, 4500, 4500], rel=2e-4)


def test_lines_that_only_touch_stay_as_they_are_to_the_last_digit():
    clean = lines((0, 0, 100, 90), (100, 0, 50, 90), (0, 90, 150, 10), (300, 0, 10, 10))
    found = parted(clean)
    assert found.lines is clean
    assert found.overlaps.empty
    rough = lines((0, 0, 100, 90), (99.99999, 0, 50, 90))
    assert parted(rough).lines is rough, "an area to 0.01 m² does not show the overlap"


@pytest.mark.parametrize("columns", [
    {"line_type": ["red_line", "basic_farmland"]},
    {"edition": ["2020", "2023"]},
    {"effective_from": pd.to_datetime(["2020-01-01", "2023-01-01"])},
])  # fmt: skip
def test_lines_of_different_types_and_editions_never_cut_each_other(columns):
    drawn = lines((0, 0, 100, 90), (50, 0, 100, 90), **columns)
    assert areas(parted(drawn).lines) == [9000, 9000]
    assert parted(drawn).overlaps.empty


def test_the_line_in_force_first_keeps_the_ground_and_one_of_every_edition_goes_before_all():
    days = pd.to_datetime(["2023-01-01", "2020-01-01", None])
    assert areas(parted(lines(*[TWICE[0]] * 2, edition="甲", effective_from=days[:2])).lines) == [0, 9000]
    assert areas(parted(lines(*[TWICE[0]] * 2, edition=["2023", None])).lines) == [0, 9000]


CONTROL = {"line_type": "control_area"}


@pytest.mark.parametrize(("columns", "lawful"), [
    ({"category": ["湿地", "水源"], "name": ["甲", "甲"]}, True),
    ({"category": ["湿地", "湿地"], "name": ["甲", "乙"]}, True),
    ({"category": ["湿地", "湿地"], "name": ["甲", "甲"]}, False),
    ({"category": [None, "湿地"], "name": [None, "甲"]}, False),
    ({}, False),
])  # fmt: skip
def test_control_areas_of_different_kinds_or_names_overlap_by_law_and_sums_count_them_once(columns, lawful):
    drawn = lines((0, 0, 100, 90), (50, 0, 100, 90), **CONTROL, **columns)
    found = parted(drawn)
    assert found.overlaps["lawful"].tolist() == [lawful]
    assert areas(found.lines) == [9000, 9000 if lawful else 4500]
    assert own_area(drawn, EDITION, ENGINE).tolist() == pytest.approx([9000, 4500], rel=2e-4)


def test_every_overlap_names_both_lines_their_rows_and_the_area():
    drawn = lines(*TWICE, name=["甲", "乙", "丙"])
    drawn.loc[2, "line_id"] = None
    messages = [message for _, _, message in told(drawn, parted(drawn).overlaps)]
    assert messages[0].zh == (
        "生态保护红线 L1（STBHHX.shp 第 1 行）与 L2（STBHHX.shp 第 2 行）重叠 13.50 亩；只计一次，归前者"
    )
    assert messages[1].en == (
        "ecological red line: L1 (STBHHX.shp, row 1) and 丙 (STBHHX.shp, row 3) overlap by 6.75 mu;"
        " counted once, for the former"
    )
    small = lines((0, 0, 100, 90), (99.99, 0, 50, 90), line_id=None)
    ((_, _, message),) = told(small, parted(small).overlaps)
    assert message.zh == "生态保护红线 STBHHX.shp 第 1 行与 STBHHX.shp 第 2 行重叠 0.90 m²；只计一次，归前者"


def test_of_very_many_overlaps_the_largest_are_told_and_the_rest_in_one_sum():
    many = lines(*((0, 0, 10, 10 + at) for at in range(20)))
    codes = [code for code, _, _ in told(many, parted(many).overlaps)]
    assert codes == ["lines_overlap"] * 101
    assert told(many, parted(many).overlaps)[-1][2].zh.startswith("生态保护红线另有 90 处重叠，共 ")


def test_the_run_gets_the_cut_lines_and_the_findings():
    drawn = lines(*TWICE).assign(layer="红线")
    tables, findings = lines_apart({"control_lines": drawn}, EDITION, ENGINE)
    assert areas(tables["control_lines"]) == [9000, 0, 4500]
    assert findings[["layer", "source", "code"]].drop_duplicates().to_numpy().tolist() == [
        ["红线", "STBHHX.shp", "lines_overlap"]
    ]
    assert restored(findings["message"][0]).zh.startswith("生态保护红线 L1")
    assert lines_apart({}, EDITION, ENGINE)[1].empty


def test_figures_count_ground_once_however_often_a_line_is_drawn():
    once, twice = (
        assessed(lines(*some, effective_from=pd.Timestamp(2020, 1, 1))) for some in (TWICE[:1], TWICE[:2])
    )
    for name in ("line_area", "conflict_area", "conflict_parcels", "lines_mapped"):
        assert twice[name] == once[name], name
    assert once["line_area"] == pytest.approx(13.5, rel=2e-4)
    older = lines(TWICE[0], (0, 0, 100, 45), edition=["2023", "2020"],
                  effective_from=pd.to_datetime(["2023-01-01", "2020-01-01"]))  # fmt: skip
    assert assessed(older)["line_area"] == once["line_area"], "the newest edition is the line"


def assessed(drawn):
    shape = gpd.GeoSeries([shapely.box(EAST + 20, NORTH + 20, EAST + 40, NORTH + 40)], crs=4549).to_crs(4490)
    rows = pd.DataFrame(
        {"parcel_id": ["P"], "source": "p.shp", "source_row": 1, "geometry": shape.to_numpy()}
    )
    parcels = gpd.GeoDataFrame(conform(rows, "parcels"), geometry="geometry", crs=4490)
    tables = {"parcels": parcels, "control_lines": drawn}
    made = assess(tables, CATALOGUE, standards.load(), dt.date(2024, 12, 31), ENGINE)
    red = made.figures[
        made.figures["figure_id"].str.contains("red_line.2024.|lines_mapped.2024.", regex=True)
    ]
    return dict(zip(red["indicator"].str.split(".").str[1], red["value"], strict=True))


def test_pieces_in_control_areas_list_each_and_add_up_once():
    drawn = lines((0, 0, 70, 100), (0, 0, 60, 80), (0, 0, 60, 80), **CONTROL, name=["湿地", "水源", "林"])
    parcels = lines((0, 0, 100, 100)).assign(parcel_id="P")
    cut = conflicts(overlay(parcels, drawn, ENGINE, EDITION).pieces, parcels, ())
    assert cut["area_m2"].tolist() == pytest.approx([7000, 4800, 4800], rel=2e-4)
    own = own_of_pieces(cut, ground(cut, EDITION), EDITION)
    assert own.tolist() == pytest.approx([7000, 0, 0], rel=2e-4, abs=1e-6)
    assert own.sum() == pytest.approx(conflict_area(cut, EDITION)["area_m2"].sum(), abs=0.01)


BOX = st.tuples(st.integers(0, 90), st.integers(0, 90), st.integers(1, 60), st.integers(1, 60))


@given(st.lists(BOX, min_size=1, max_size=9))
def test_the_ground_of_all_lines_is_the_same_before_and_after_and_no_spot_is_in_two(boxes):
    drawn = lines(*boxes)
    left = parted(drawn).lines.geometry.dropna().to_crs(4549)
    union = drawn.geometry.to_crs(4549).union_all()
    assert left.union_all().area == pytest.approx(union.area, abs=1e-3)
    assert left.area.sum() == pytest.approx(union.area, abs=0.005 * len(boxes) ** 2)
    assert own_area(drawn, EDITION, ENGINE).sum() == pytest.approx(
        own_area(parted(drawn).lines, EDITION, ENGINE).sum(), abs=0.01 * len(boxes)
    )


def test_lines_of_two_zones_are_cut_in_the_plane_of_the_later_one():
    west, east = shapely.box(118.49, 31, 118.505, 31.01), shapely.box(118.495, 31, 118.52, 31.01)
    drawn = lines((0, 0, 1, 1), (0, 0, 1, 1)).set_geometry(gpd.GeoSeries([west, east], crs=4490))
    found = parted(drawn).lines
    left = gpd.GeoSeries([found.geometry[1], shapely.box(118.505, 31, 118.52, 31.01)], crs=4490)
    area = legal_area(left, EDITION)
    assert area[0] == pytest.approx(area[1], rel=1e-3), "hairs of millimetres stay where sides stray"
    assert own_area(drawn, EDITION, ENGINE)[1] == pytest.approx(area[0], abs=0.01)


def test_every_animal_passes():
    animals = zoo.frame(zoo.VALID | zoo.NOTHING)
    frame = conform(
        pd.DataFrame(animals.drop(columns="geometry")).assign(
            line_type="red_line", source="a.shp", geometry=animals.geometry.to_numpy()),
        "control_lines",
    )  # fmt: skip
    found = parted(gpd.GeoDataFrame(frame, geometry="geometry", crs=4490))
    assert shapely.is_valid(found.lines.geometry.dropna().to_numpy()).all()
