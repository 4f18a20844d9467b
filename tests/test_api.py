"""The public face: its names, frames read as files are, and what it refuses."""

import datetime as dt
import doctest
import inspect
import os
import re
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
from gis.base.errors import ColumnError, CrsError, UsageError
from gis.base.messages import MARK

FACE = [
    "GisError", "LeftOutWarning", "Question", "Result", "air_budget", "air_periods", "aqi", "area", "compare",
    "conflicts", "cover", "figures", "ledger", "read", "run", "sheet", "trace", "water_class", "water_outlook",
    "water_periods",
]  # fmt: skip
FUNCTIONS = [name for name in FACE if name[0].islower()]
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


@pytest.mark.parametrize("name", [*FUNCTIONS, "Result"])
def test_every_public_name_has_a_runnable_example(name):
    public = getattr(gis, name)
    space = vars(sys.modules[public.__module__])
    (found,) = doctest.DocTestFinder(exclude_empty=False, recurse=False).find(public, name, globs=dict(space))
    assert found.examples
    options = doctest.ELLIPSIS | doctest.IGNORE_EXCEPTION_DETAIL
    assert doctest.DocTestRunner(optionflags=options).run(found).failed == 0


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_public_function_tells_all_its_parameters(name):
    function = getattr(gis, name)
    sections = re.split(r"\n\s*([A-Z]\w+)\n\s*-{3,}\n", inspect.getdoc(function))
    told = dict(zip(sections[1::2], sections[2::2], strict=True))
    assert {"Parameters", "Returns", "Raises", "Examples"} <= told.keys()
    listed = re.findall(r"^\s*((?:\w+, )*\w+)$", told["Parameters"], re.MULTILINE)
    assert {one for line in listed for one in line.split(", ")} >= set(inspect.signature(function).parameters)


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
    ours = gis.area(frame.set_axis(pd.Index(index))).frame
    assert list(ours.index) == index
    assert list(ours.columns[: len(frame.columns)]) == list(frame.columns)
    theirs = gis.area(file).frame
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
    ours, theirs = gis.water_class(rows).frame, gis.water_class(file).frame
    assert ours["water_class"].tolist() == theirs["water_class"].tolist() == [4, 4]
    assert (
        ours["deciding_indicators"].tolist()
        == theirs["deciding_indicators"].tolist()
        == [
            "Ammonia nitrogen",
            "Total phosphorus",
        ]
    )


@settings(max_examples=8, deadline=None)
@given(
    id_=st.sampled_from(HEADS["parcel_id"]),
    declared=st.sampled_from(HEADS["area"]),
    accepted=st.sampled_from(["验收日期", "accepted_on", "验收时间"]),
    dates=st.lists(st.sampled_from(["2024-05-01", "2025年3月1日", "20250301", None]), min_size=3, max_size=3),
    index=st.sampled_from([[0, 1, 2], ["x", "y", "z"], [5, 5, 7]]),
)
def test_a_ledger_of_a_frame_is_that_of_its_sheet(tmp_path_factory, id_, declared, accepted, dates, index):
    rows = pd.DataFrame({id_: ["A", "B", "C"], declared: [1.5, 2.0, 3.25], accepted: dates})
    file = tmp_path_factory.mktemp("ledger") / "台账.csv"
    rows.to_csv(file, index=False)
    theirs = gis.ledger(file, as_of="2025-12-31").frame
    ours = gis.ledger(rows.set_axis(pd.Index(index)), as_of="2025-12-31").frame
    assert list(ours.index) == index
    for name in ("counted_on", "counted_year", "counted_mu"):
        pd.testing.assert_series_equal(ours[name].reset_index(drop=True), theirs[name].reset_index(drop=True))
    assert ours["counted_mu"].notna().tolist() == [date is not None for date in dates]


@settings(max_examples=8, deadline=None)
@given(
    crs=st.sampled_from([4528, 4490, 4326]),
    line_crs=st.sampled_from([4528, 4490, 32651]),
    since=st.sampled_from(["2020-01-01", "2024-06-01", "2025-06-01"]),
    approved=st.lists(st.sampled_from(["2021-01-01", "2024-07-01", None]), min_size=3, max_size=3),
)
def test_conflicts_of_frames_with_dated_lines_are_those_of_their_files(
    tmp_path_factory, crs, line_crs, since, approved
):
    folder = tmp_path_factory.mktemp("dated")
    parcels = plots(crs, 图斑编号=["A", "B", "C"], 批准日期=approved)
    shapes = [
        shapely.box(EAST, NORTH, EAST + 60, NORTH + 200),
        shapely.box(EAST, NORTH, EAST + 350, NORTH + 200),
    ]
    lines = gpd.GeoDataFrame(
        {"名称": ["旧", "新"], "生效日期": ["2019-01-01", since]}, geometry=shapes, crs=4528
    ).to_crs(line_crs)
    parcels.to_file(folder / "地块.gpkg")
    lines.to_file(folder / "红线.gpkg")
    made = [
        gis.conflicts(one, other, line_type="red_line", as_of="2024-12-31")
        for one, other in ((parcels, lines), (folder / "地块.gpkg", folder / "红线.gpkg"))
    ]
    ours, theirs = (one.frame["touched_m2"].tolist() for one in made)
    assert ours == pytest.approx(theirs)
    whole = since <= "2024-12-31" and (approved[1] is None or approved[1] >= since)
    assert (ours[1] > 0) == whole
    assert made[0].notes == made[1].notes


@settings(max_examples=8, deadline=None)
@given(
    fine=st.sampled_from(["PM2.5", "PM2.5(mg/m3)", "细颗粒物", "pm25"]),
    clock=st.sampled_from([("日期", "2025-03-01"), ("date", "2025/3/1"), ("时间", "2025-03-01 08:00")]),
    value=st.floats(1, 400).map(lambda one: round(one, 1)),
)
def test_the_aqi_of_a_frame_is_that_of_its_sheet(tmp_path_factory, fine, clock, value):
    head, day = clock
    factor = 0.001 if "mg" in fine else 1
    rows = pd.DataFrame({"站点": ["甲", "乙"], head: [day, day], fine: [value * factor, 35 * factor]})
    file = tmp_path_factory.mktemp("days") / "日均.csv"
    rows.to_csv(file, index=False)
    ours, theirs = gis.aqi(rows), gis.aqi(file)
    for name in ("aqi", "category", "edition"):
        assert ours.frame[name].fillna("").tolist() == theirs.frame[name].fillna("").tolist()
    assert ours.frame["aqi"].notna().all()
    assert ours.notes == theirs.notes


def test_a_head_that_looks_as_if_it_counted_is_warned_of():
    rows = pd.DataFrame({"断面名称": ["张桥"], "采样日期": ["2025-03-01"], "水体类型": ["河流"], "氨氮": [0.1],
                         "溶解氧浓渡(mg/L)": [1.0]})  # fmt: skip
    with pytest.warns(gis.LeftOutWarning, match="溶解氧浓渡"):
        found = gis.water_class(rows)
    assert found.left == ("溶解氧浓渡(mg/L)",)


def test_a_short_name_of_an_item_counts():
    rows = pd.DataFrame({"断面名称": ["张桥"], "采样日期": ["2025-03-01"], "水体类型": ["河流"], "do": [1.0]})
    assert gis.water_class(rows).frame["water_class"].tolist() == [6]


@pytest.mark.parametrize("judge", [gis.water_class, gis.aqi, gis.water_periods, gis.air_periods])
def test_a_frame_of_which_nothing_is_recognised_is_refused(judge):
    with pytest.raises(ColumnError, match="foo, bar"):
        judge(pd.DataFrame({"foo": [1], "bar": [2]}))


RECORD = pd.DataFrame({"断面名称": ["张桥"], "采样日期": ["2025-03-01"], "氨氮": [1.4]})
DAYS = pd.DataFrame({"站点": ["甲", "乙"], "日期": ["2025-03-01", "2025-03-01"], "PM2.5": [80, 30]})
RING = gpd.GeoDataFrame(
    {"名称": ["R"]}, geometry=[shapely.box(EAST, NORTH, EAST + 50, NORTH + 200)], crs=4528
)


@pytest.mark.parametrize(
    ("call", "named", "near"),
    [
        (lambda: gis.area(plots(), csr=4528), "csr", "crs"),
        (lambda: gis.water_class(RECORD, edtion="gb3838-2002"), "edtion", "edition"),
        (lambda: gis.run("x", "y", asof="2025-01-01"), "asof", "as_of"),
        (lambda: gis.water_class(RECORD, columns={"nh3": "氨氮"}), "nh3", "nh3n"),
        (lambda: gis.read(plots(), "parcel"), "parcel", "parcels"),
        (lambda: gis.aqi(DAYS, kind="days"), "days", "air_days"),
        (lambda: gis.air_periods(DAYS, stations="丙"), "丙", "甲"),
        (lambda: gis.conflicts(plots(), RING, line_type="redline"), "redline", "red_line"),
        (lambda: gis.area(plots(), as_of="soon"), "soon", "2021-12-31"),
        (lambda: gis.water_outlook(RECORD, "章桥"), "章桥", "张桥"),
        (lambda: gis.area(plots()).trace("totel"), "totel", "total"),
    ],
)
def test_what_is_misspelt_is_named_with_the_nearest(call, named, near):
    with pytest.raises(UsageError, match=named) as told:
        call()
    assert near in str(told.value)


@pytest.mark.parametrize("source", [None, {"图斑编号": ["A"]}, [1, 2], [], plots().geometry, 3])
def test_what_is_no_source_is_refused_with_what_is(source):
    with pytest.raises(UsageError, match="DataFrame"):
        gis.area(source)


@pytest.mark.parametrize("said", [{"columns": ["a"]}, {"answers": "a=b"}, {"constants": 3}])
def test_what_is_no_mapping_is_refused(said):
    with pytest.raises(UsageError, match="mapping"):
        gis.area(plots(), **said)


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ({"columns": {"nh3n": ("氨氮", "mg/L", "x")}}, "head of nh3n"),
        ({"constants": {"water_kin": "river"}}, "water_kin"),
        ({"constants": {"water_kind": "rivr"}}, "rivr"),
        ({"head_row": 3, "part": "x"}, "head_row, part"),
    ],
)
def test_what_is_said_of_a_frame_and_cannot_hold_is_refused(said, found):
    with pytest.raises(UsageError, match=found):
        gis.water_class(RECORD, **said)


def test_what_is_said_of_a_frame_holds():
    bare = pd.DataFrame({"断面名称": ["张桥"], 7: [1400.0]})
    said = {"date": "2025-03-01", "constants": {"water_kind": "河流"}, "columns": {"nh3n": (7, "μg/L")}}
    assert gis.water_class(bare, **said).frame["water_class"].tolist() == [4]


@pytest.mark.parametrize("rate", [810, -1, "81"])
def test_an_aim_that_cannot_be_is_refused(rate):
    with pytest.raises(UsageError, match="good_rate"):
        gis.air_budget(DAYS, good_rate=rate)


def test_an_index_with_a_name_is_read_as_its_file_has_it():
    days = DAYS.assign(日期=pd.to_datetime(DAYS["日期"])).set_index("日期")
    found = gis.aqi(days)
    assert found.taken["date"] == "日期"
    assert found.frame.index.equals(days.index)
    both = DAYS.set_index(["站点", "日期"])
    assert gis.aqi(both).frame["aqi"].tolist() == found.frame["aqi"].tolist()


def test_shapes_in_a_plain_frame_are_read_and_points_are_no_area():
    plain = pd.DataFrame({"图斑编号": ["A"], "geometry": PLOTS[:1]})
    assert gis.area(plain, crs=4528).frame["area_legal_m2"].tolist() == [9998.76]
    with pytest.raises(UsageError, match="no row has a polygon"):
        gis.area(gpd.GeoDataFrame(geometry=[shapely.Point(EAST, NORTH)], crs=4528))


@pytest.mark.parametrize("cells", [[[1.0], [2.0]], [{"a": 1}, None], [complex(1, 2), 0.2], [True, False]])
def test_cells_that_hold_no_value_are_told_and_no_fault_of_ours(cells):
    rows = pd.concat([RECORD, RECORD.assign(采样日期="2025-04-01")], ignore_index=True).assign(
        总磷=pd.Series(cells, dtype="object")
    )
    with pytest.warns(gis.LeftOutWarning, match="not understood"):
        assert gis.water_class(rows).frame["water_class"].tolist() == [4, 4]


def test_a_file_of_shapes_gives_a_layer(tmp_path):
    plots(图斑编号=["A", "B", "C"]).to_file(tmp_path / "地块.gpkg")
    found = gis.area(tmp_path / "地块.gpkg").frame
    assert isinstance(found, gpd.GeoDataFrame)
    assert found.crs == 4490


def test_two_layers_are_compared_without_a_word_on_their_other_columns():
    assert gis.compare(plots(图斑编号=["A", "B", "C"]), plots(4490)).figures.loc["change", "value"] == 0


def test_rows_of_none_are_refused():
    with pytest.raises(UsageError, match="no row is left"):
        gis.area(plots().iloc[:0])
    with pytest.raises(UsageError, match="no row is left"):
        gis.water_class(RECORD.iloc[:0])


def test_lines_of_no_kind_or_none_at_all_are_refused():
    for lines in (RING, {}, [], None):
        with pytest.raises(UsageError):
            gis.conflicts(plots(), lines)


def test_a_line_that_is_not_yet_in_force_touches_nothing_and_is_told():
    later = RING.assign(生效日期="2024-01-01")
    found = gis.conflicts(plots(), later, line_type="red_line", as_of="2023-12-31")
    assert found.frame["touched_m2"].sum() == 0
    assert any("1 lines are in force after 2023-12-31" in note for note in found.notes)


@pytest.mark.parametrize("crs", [4528, "EPSG:4528", plots().crs])
def test_a_crs_is_said_as_geopandas_takes_it(crs):
    bare = plots().set_crs(None, allow_override=True)
    assert (
        gis.area(bare, crs=crs).frame["area_legal_m2"].tolist()
        == gis.area(plots()).frame["area_legal_m2"].tolist()
    )


@pytest.mark.parametrize(
    "day", ["2025-02-28", "20250228", dt.date(2025, 2, 28), pd.Timestamp("2025-02-28 12:00")]
)
def test_a_day_is_said_in_any_way(day):
    rows = pd.DataFrame(
        {"图斑编号": ["A", "B"], "面积(亩)": [1, 2], "验收日期": ["2025-02-28", "2025-03-01"]}
    )
    assert gis.ledger(rows, as_of=day).frame["counted_mu"].sum() == 1


def test_a_fix_with_a_flag_says_how_it_is_written_in_python():
    with pytest.raises(ColumnError) as told:
        gis.aqi(pd.DataFrame({"foo": [1], "bar": [2]}))
    assert "--column a=b is columns={'a': 'b'}" in "".join(told.value.__notes__)


def test_what_is_said_of_a_second_source_is_said_in_read():
    events = pd.DataFrame({"宗": ["A"], "事": ["验收"], "日": ["2025-03-01"]})
    said = {"parcel_id": "宗", "event": "事", "date": "日"}
    found = gis.ledger(plots(图斑编号=["A", "B", "C"]), gis.read(events, "ledger_events", columns=said))
    assert found.frame["counted_year"].dropna().tolist() == [2025]
    bare = RING.set_crs(None, allow_override=True)
    line = gis.read(bare, "control_lines", crs=4528)
    assert gis.conflicts(plots(), line, line_type="red_line").frame["touched_m2"].gt(0).tolist() == [
        True,
        False,
        False,
    ]
    kinds = gis.read(pd.DataFrame({"桥": ["张桥"], "水体类型": ["湖库"]}), "sections", columns={"name": "桥"})
    assert gis.water_class(RECORD, kinds).frame["water_class"].tolist() == [4]


def test_what_was_read_is_read_no_other_way():
    read = gis.read(plots(), "parcels")
    with pytest.raises(UsageError, match="read already"):
        gis.area(read, crs=4528)
    with pytest.raises(UsageError, match="not read as samples"):
        gis.water_class(read)


def test_readings_that_were_published_again_are_rated_from_what_was_read_too():
    twice = pd.concat([RECORD, RECORD.assign(氨氮=[1.6])], ignore_index=True)
    direct = gis.water_class(twice, answers={"again": "last"}).frame
    read = gis.read(twice, "samples", answers={"again": "last"})
    assert len(read.frame) == 1
    pd.testing.assert_frame_equal(gis.water_class(read).frame, direct)


def test_a_question_is_answered_by_its_key_and_choices():
    events = pd.DataFrame({"图斑编号": ["7"], "事项": ["验收"], "日期": ["2025-03-01"]})
    parcels = plots(图斑编号=["007", "B", "C"])
    with pytest.raises(gis.Question) as asked:
        gis.ledger(parcels, events)
    answers = {asked.value.key: asked.value.choices[0].value}
    assert gis.ledger(parcels, events, answers=answers).frame["counted_year"].dropna().tolist() == [2025]
    assert isinstance(asked.value, gis.GisError)


def test_what_was_read_stands_when_the_frame_changes():
    rows = RECORD.copy()
    read = gis.read(rows, "samples")
    rows.loc[0, "氨氮"] = 0.1
    found = gis.water_class(read).frame
    assert found[["氨氮", "class_as_river"]].to_numpy().tolist() == [[1.4, 4]]


def test_a_result_tells_its_answer_and_the_rows_behind_it():
    found = gis.area(plots(图斑编号=["A", "B", "C"]))
    assert repr(found).startswith("Result of 3 rows: frame, figures\n  total ")
    assert found.trace("mu")["part"].sum() == found.figures.loc["total", "value"]
    assert found.trace("mu")["source_row"].tolist() == [1, 2, 3]


def test_what_cannot_be_measured_is_refused():
    with pytest.raises(UsageError, match="no row has a polygon"):
        gis.area(pd.DataFrame({"图斑编号": ["A"], "面积(亩)": [3]}))
    with pytest.raises(CrsError):
        gis.area(gpd.GeoDataFrame({"图斑编号": ["A"]}, geometry=PLOTS[:1]))
    with pytest.raises(ColumnError, match="two columns have one name"):
        gis.read(pd.DataFrame([[1, 2]], columns=["a", "a"]), "parcels")
    with pytest.raises(UsageError, match="what the frame holds"):
        gis.read(pd.DataFrame({"图斑编号": ["A"]}))


def test_rows_that_fall_out_are_beside_and_the_others_keep_their_index():
    rows = pd.DataFrame(
        {"站点": ["甲", "甲"], "日期": ["2025-03-01", "不明"], "PM2.5": [80, 30]}, index=["p", "q"]
    )
    with pytest.warns(gis.LeftOutWarning, match="rows quarantined|隔离"):
        found = gis.aqi(rows)
    assert list(found.frame.index) == ["p"]
    assert found.rejects["source_row"].tolist() == [2]
    assert not found.rejects["reason"].str.startswith("\x1e").any()


def test_a_ledger_counts_events_of_a_second_frame_once():
    parcels = plots(图斑编号=["A", "B", "C"])
    events = pd.DataFrame({"图斑编号": ["a", "B", "D"], "事项": ["验收", "验收", "验收"],
                           "日期": ["2025-03-01", "2024-05-01", "2025-05-01"], "面积(亩)": [15, 15, 9]})  # fmt: skip
    found = gis.ledger(parcels, events)
    assert found.frame["counted_year"].dropna().tolist() == [2025, 2024]
    assert found.frame["counted_mu"].sum() == pytest.approx(30.1, abs=0.2)
    assert found.tables["unmatched"]["parcel_id"].tolist() == ["D"]


def test_conflicts_of_two_kinds_count_ground_once_a_parcel():
    parcels = plots(图斑编号=["A", "B", "C"])
    half = gpd.GeoDataFrame(
        {"名称": ["R"]}, geometry=[shapely.box(EAST, NORTH, EAST + 50, NORTH + 200)], crs=4528
    )
    found = gis.conflicts(parcels, {"red_line": half, "control_area": half.to_crs(4490)})
    assert found.frame["touched_m2"].round(0).tolist() == [4999.0, 0.0, 0.0]
    assert sorted(found.tables["pieces"]["line_type"]) == ["control_area", "red_line"]


def test_the_script_of_a_newcomer_runs():
    script = Path(__file__).parents[1] / "docs" / "examples" / "newcomer.py"
    said = subprocess.run(
        [sys.executable, script], capture_output=True, text=True, check=True, encoding="utf-8",
        env={**os.environ, "PYTHONUTF8": "1"},
    )  # fmt: skip
    assert "2.999625" in said.stdout
    rows = re.findall(r"地块\.shp +(\d) +([\d.]+)", said.stdout)
    total = float(re.search(r"total area ([\d.]+) 亩", said.stdout)[1])
    assert [row for row, _ in rows] == ["1", "2"]
    assert sum(float(part) for _, part in rows) * 3 / 2000 == pytest.approx(total, abs=0.01)
    assert "Dissolved oxygen, Ammonia nitrogen" in said.stdout


def test_figures_of_an_edition_are_followed_to_rows(sample_run, sample_layers):
    found = gis.figures(sample_layers, sample_run.out)
    assert (
        not found[["formula", "clause", "note"]]
        .astype("str")
        .apply(lambda texts: texts.str.contains(MARK))
        .any(axis=None)
    )
    id_ = next(one for one in found.index if one.startswith("land.renewed_area.2021"))
    rows = gis.trace(id_, sample_layers, sample_run.out)
    assert len(rows)
    with pytest.raises(UsageError, match="no edition"):
        gis.figures(sample_layers, Path("nowhere"))
