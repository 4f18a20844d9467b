"""The public face: its names, frames read as files are, and what it refuses."""

import doctest
import os
import subprocess
import sys
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

import gis
from gis import api
from gis.base.errors import ColumnError, CrsError, UsageError

FACE = [
    "LeftOutWarning", "Result", "air_periods", "aqi", "area", "conflicts", "figures", "ledger", "read", "run",
    "trace", "water_class", "water_periods",
]  # fmt: skip
EAST, NORTH = 40_571_000, 3_503_000
PLOTS = [shapely.box(EAST + 300 * at, NORTH, EAST + 300 * at + 100, NORTH + 100 + at) for at in range(3)]
HEADS = {
    "parcel_id": ["图斑编号", "parcel_id", "TBBH"],
    "area": ["面积(亩)", "面积(公顷)", "area_declared_mu"],
}
CLASSES = {"nh3n": ["氨氮(mg/L)", "氨氮", "nh3n"], "tp": ["总磷(以P计)(mg/L)", "TP", "tp"]}


def plots(crs: int = 4528, **columns: list[object]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(columns, geometry=PLOTS, crs=4528).to_crs(crs)


def test_the_names_of_the_face_are_these():
    assert sorted(gis.__all__) == FACE
    assert [name for name in dir(gis) if not name.startswith("_")] == FACE
    with pytest.raises(AttributeError, match="nothing_of_ours"):
        _ = gis.nothing_of_ours


def test_every_public_function_has_a_runnable_example():
    finder = doctest.DocTestFinder(exclude_empty=True)
    shown = {one.name.removeprefix("gis.api.") for one in finder.find(api, "gis.api") if one.examples}
    assert {*FACE} - {"LeftOutWarning", "Result", "run", "figures", "trace"} <= shown
    assert doctest.testmod(api).failed == 0


def test_importing_the_library_imports_no_library():
    code = "import sys, gis; print(sorted({'pandas', 'geopandas', 'typer'} & set(sys.modules)))"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"


@settings(max_examples=12, deadline=None)
@given(
    crs=st.sampled_from([4528, 4490, 4549, 4326, 32651]),
    id_=st.sampled_from(HEADS["parcel_id"]),
    declared=st.sampled_from(HEADS["area"]),
    index=st.sampled_from([[0, 1, 2], ["x", "y", "z"], [5, 5, 7]]),
)
def test_a_frame_gives_what_its_file_gives(tmp_path_factory, crs, id_, declared, index):
    factor = 15 if "公顷" in declared else 1
    frame = plots(crs, **{id_: ["A", "B", "C"], declared: [15 / factor, 15.15 / factor, 99 / factor]})
    file = tmp_path_factory.mktemp("plots") / "地块.gpkg"
    frame.to_file(file)
    ours = api.area(frame.set_axis(pd.Index(index))).frame
    assert list(ours.index) == index
    assert list(ours.columns[: len(frame.columns)]) == list(frame.columns)
    theirs = api.area(file).frame
    for name in ("area_legal_m2", "area_declared_mu", "area_check"):
        assert ours[name].tolist() == pytest.approx(theirs[name].tolist()) if name != "area_check" else True
    assert ours["area_check"].tolist() == theirs["area_check"].tolist() == ["agree", "agree", "reject"]


@settings(max_examples=12, deadline=None)
@given(nh3n=st.sampled_from(CLASSES["nh3n"]), tp=st.sampled_from(CLASSES["tp"]))
def test_records_of_a_frame_are_rated_as_those_of_its_sheet(tmp_path_factory, nh3n, tp):
    rows = pd.DataFrame({"断面名称": ["张桥", "李桥"], "采样日期": ["2025-03-01", "2025-03-02"],
                         "水体类型": ["河流", "湖库"], nh3n: [1.4, 0.4], tp: [0.08, 0.08]})  # fmt: skip
    file = tmp_path_factory.mktemp("records") / "监测.csv"
    rows.to_csv(file, index=False)
    ours, theirs = api.water_class(rows).frame, api.water_class(file).frame
    assert ours["water_class"].tolist() == theirs["water_class"].tolist() == [4, 4]
    assert ours["deciding_indicators"].tolist() == theirs["deciding_indicators"].tolist() == ["氨氮", "总磷"]


def test_a_head_that_looks_as_if_it_counted_is_warned_of():
    rows = pd.DataFrame({"断面名称": ["张桥"], "采样日期": ["2025-03-01"], "水体类型": ["河流"], "氨氮": [0.1],
                         "溶解氧浓渡(mg/L)": [1.0]})  # fmt: skip
    with pytest.warns(gis.LeftOutWarning, match="溶解氧浓渡"):
        found = api.water_class(rows)
    assert found.left == ("溶解氧浓渡(mg/L)",)


def test_a_short_name_of_an_item_counts():
    rows = pd.DataFrame({"断面名称": ["张桥"], "采样日期": ["2025-03-01"], "水体类型": ["河流"], "do": [1.0]})
    assert api.water_class(rows).frame["water_class"].tolist() == [6]


@pytest.mark.parametrize("judge", [api.water_class, api.aqi, api.water_periods, api.air_periods])
def test_a_frame_of_which_nothing_is_recognised_is_refused(judge):
    with pytest.raises(ColumnError, match="foo, bar"):
        judge(pd.DataFrame({"foo": [1], "bar": [2]}))


def test_what_cannot_be_measured_is_refused():
    with pytest.raises(UsageError, match="no row has a polygon"):
        api.area(pd.DataFrame({"图斑编号": ["A"], "面积(亩)": [3]}))
    with pytest.raises(CrsError):
        api.area(gpd.GeoDataFrame({"图斑编号": ["A"]}, geometry=PLOTS[:1]))
    with pytest.raises(ColumnError, match="two columns have one name"):
        api.read(pd.DataFrame([[1, 2]], columns=["a", "a"]), "parcels")
    with pytest.raises(UsageError, match="what the frame holds"):
        api.read(pd.DataFrame({"图斑编号": ["A"]}))


def test_rows_that_fall_out_are_beside_and_the_others_keep_their_index():
    rows = pd.DataFrame(
        {"站点": ["甲", "甲"], "日期": ["2025-03-01", "不明"], "PM2.5": [80, 30]}, index=["p", "q"]
    )
    found = api.aqi(rows)
    assert list(found.frame.index) == ["p"]
    assert found.rejects["source_row"].tolist() == [2]


def test_a_ledger_counts_events_of_a_second_frame_once():
    parcels = plots(图斑编号=["A", "B", "C"])
    events = pd.DataFrame({"图斑编号": ["a", "B", "D"], "事项": ["验收", "验收", "验收"],
                           "日期": ["2025-03-01", "2024-05-01", "2025-05-01"], "面积(亩)": [15, 15, 9]})  # fmt: skip
    found = api.ledger(parcels, events)
    assert found.frame["counted_year"].dropna().tolist() == [2025, 2024]
    assert found.frame["counted_mu"].sum() == pytest.approx(30.1, abs=0.2)
    assert found.tables["unmatched"]["parcel_id"].tolist() == ["D"]


def test_conflicts_of_two_kinds_count_ground_once_a_parcel():
    parcels = plots(图斑编号=["A", "B", "C"])
    half = gpd.GeoDataFrame(
        {"名称": ["R"]}, geometry=[shapely.box(EAST, NORTH, EAST + 50, NORTH + 200)], crs=4528
    )
    found = api.conflicts(parcels, {"red_line": half, "control_area": half.to_crs(4490)})
    assert found.frame["touched_m2"].round(0).tolist() == [4999.0, 0.0, 0.0]
    assert sorted(found.tables["pieces"]["line_type"]) == ["control_area", "red_line"]


def test_the_script_of_a_newcomer_runs():
    script = Path(__file__).parents[1] / "docs" / "examples" / "newcomer.py"
    said = subprocess.run(
        [sys.executable, script], capture_output=True, text=True, check=True, encoding="utf-8",
        env={**os.environ, "PYTHONUTF8": "1"},
    )  # fmt: skip
    assert "2.999625" in said.stdout
    assert "溶解氧、氨氮" in said.stdout


def test_figures_of_an_edition_are_followed_to_rows(sample_run, sample_layers):
    found = api.figures(sample_layers, sample_run.out)
    id_ = next(one for one in found.index if one.startswith("land.renewed_area.2021"))
    rows = api.trace(id_, sample_layers, sample_run.out)
    assert len(rows)
    with pytest.raises(UsageError, match="no edition"):
        api.figures(sample_layers, Path("nowhere"))
