"""Targets judged by hand-made figures."""

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis import standards
from gis.base.figures import assessment, finding, indicators
from gis.base.tables import TABLES
from gis.catalogue import Catalogue
from gis.scorecard import STATES, absent, judge
from gis.standards import Edition, Editions
from gis.store.answers import trace, write_answers

YEAR_END = dt.date(2021, 12, 31)
MID_YEAR = dt.date(2021, 7, 2)  # day 183 of 365
PLACE = "320581"


def catalogue(*targets: dict, folder: Path = Path("nowhere")) -> Catalogue:
    county = {
        "adcode": PLACE,
        "name": {"zh": "常熟市", "en": "Changshu"},
        "extent": (120.55, 31.5, 121.05, 31.83),
        "plan_years": (2021, 2025),
    }
    return Catalogue.model_validate(
        {"folder": folder, "county": county, "layers": (), "targets": targets, "rules": ()}
    )


def target(indicator: str, comparator: str, value: float, unit: str = "个", **more: object) -> dict:
    return {
        "id": "goal",
        "title": {"zh": "目标", "en": "Goal"},
        "group": "actions",
        "indicator": indicator,
        "period": "2021",
        "goal": {"comparator": comparator, "value": value, "unit": unit},
        "plan": {"document": "计划", "sentence": "力争完成", "word": "力争"},
        **more,
    }


def edition(id_: str, family: str) -> Edition:
    return Edition(id_, family, id_, {}, dt.date(2012, 1, 1), None, "", "", True, (), {})


EDITIONS = Editions((edition("old", "aqi"), edition("new", "aqi"), edition("mean", "air_assessment")))


def figures(*rows: tuple, **more: object) -> pd.DataFrame:
    return assessment({}, [finding(*row, **more) for row in rows]).figures


def card(goal: dict, found: pd.DataFrame, as_of: dt.date = YEAR_END) -> pd.Series:
    return judge(catalogue(goal), EDITIONS, found, as_of).iloc[0]


RATE = target("air.good_day_rate", ">", 81, "%")
MEAN = target("air.pm25_mean", "<", 35, "µg/m³")
COUNT = target("actions.river_dredged.finished", ">=", 15, "条")


@pytest.mark.parametrize(
    ("goal", "value", "state", "gap"),
    [
        (RATE, 81.0, "missed", 0.0),
        (RATE, 81.4, "met", 0.4),
        (MEAN, 35.0, "missed", 0.0),
        (MEAN, 27.8, "met", 7.2),
        (MEAN, 36.5, "missed", -1.5),
        (COUNT, 15, "met", 0),
        (COUNT, 14, "missed", -1),
        (target("air.bad_days", "<=", 60, "天"), 61, "missed", -1),
        (target("land.lines_mapped", "=", 2, "类"), 3, "missed", -1),
    ],
)
def test_a_year_that_has_ended_is_met_or_missed_and_the_gap_is_negative_where_short(goal, value, state, gap):
    row = card(goal, figures((goal["indicator"], "2021", PLACE, value)))
    assert row["state"] == state
    assert row["gap"] == pytest.approx(gap)
    assert not row["provisional"]


@pytest.mark.parametrize(("goal", "good", "bad"), [(RATE, 90.0, 70.0), (MEAN, 30.0, 40.0)])
def test_before_its_year_ends_a_rate_or_mean_is_never_met_or_missed(goal, good, bad):
    for value, state in ((good, "on_track"), (bad, "behind")):
        row = card(goal, figures((goal["indicator"], "2021", PLACE, value)), MID_YEAR)
        assert (row["state"], row["provisional"]) == (state, True)
        assert row["expected"] == goal["goal"]["value"]


@pytest.mark.parametrize(("done", "state"), [(7, "behind"), (8, "on_track"), (15, "met")])
def test_a_count_follows_a_linear_path_and_is_met_as_soon_as_reached(done, state):
    row = card(COUNT, figures((COUNT["indicator"], "2021", PLACE, done)), MID_YEAR)
    assert row["expected"] == pytest.approx(15 * 183 / 365)
    assert row["state"] == state


def test_a_cap_on_a_count_is_not_met_before_the_year_ends():
    cap = target("air.bad_days", "<=", 60, "天")
    assert card(cap, figures(("air.bad_days", "2021", PLACE, 20)), MID_YEAR)["state"] == "on_track"
    assert card(cap, figures(("air.bad_days", "2021", PLACE, 40)), MID_YEAR)["state"] == "behind"


def test_no_figure_is_no_data_and_never_zero():
    for found in (
        figures(("air.bad_days", "2021", PLACE, 1)),
        figures(("air.pm25_mean", "2021", PLACE, None)),
    ):
        row = card(MEAN, found)
        assert row["state"] == "no_data"
        assert pd.isna(row["value"])
        assert pd.isna(row["gap"])


def test_a_real_zero_is_a_value():
    row = card(COUNT, figures((COUNT["indicator"], "2021", PLACE, 0)))
    assert (row["state"], row["value"]) == ("missed", 0)


def test_the_year_so_far_stands_beside_the_same_months_last_year():
    found = figures(
        ("air.pm25_mean", "2021", PLACE, 30.0),
        ("air.pm25_mean", "2020C07", PLACE, 33.0),
        ("air.pm25_mean", "2020", PLACE, 36.0),
    )
    assert card(MEAN, found, MID_YEAR)["same_months_last_year"] == 33.0
    assert pd.isna(card(MEAN, found)["same_months_last_year"])


def test_a_later_year_is_judged_only_where_the_target_is_carried_forward():
    found = figures(*[("air.pm25_mean", str(year), PLACE, 30.0) for year in (2021, 2022, 2023)])
    as_of = dt.date(2023, 6, 30)
    assert list(judge(catalogue(MEAN), EDITIONS, found, as_of)["period"]) == ["2021"]
    carried = judge(catalogue({**MEAN, "carried_forward": True}), EDITIONS, found, as_of)
    assert list(carried["period"]) == ["2021", "2022", "2023"]
    assert list(carried["state"]) == ["met", "met", "on_track"]
    assert set(carried["set_for"]) == {"2021"}


def test_a_target_is_judged_under_its_own_edition_and_the_one_in_force_stands_beside():
    goal = {**RATE, "editions": {"aqi": "old"}}
    found = pd.concat(
        [
            figures(("air.good_day_rate", "2021", PLACE, 79.0), edition="new"),
            figures(("air.good_day_rate", "2021", PLACE, 82.0), edition="old", suffix="old"),
        ]
    )
    row = card(goal, found)
    assert (row["value"], row["edition"], row["state"]) == (82.0, "old", "met")
    assert (row["value_in_force"], row["edition_in_force"]) == (79.0, "new")
    assert row["figure_id"] == "air.good_day_rate.2021.320581.old"


@pytest.mark.parametrize(("before", "shown"), [("old", 88.0), ("new", None), ("mean", 88.0)])
def test_two_editions_are_never_set_beside_each_other(before, shown):
    found = pd.concat(
        [
            figures(("air.good_day_rate", "2021", PLACE, 85.0), edition="old"),
            figures(("air.good_day_rate", "2020C07", PLACE, 88.0), edition=before),
        ]
    )
    row = card({**RATE, "editions": {"aqi": "old"}}, found, MID_YEAR)
    assert (None if pd.isna(row["same_months_last_year"]) else row["same_months_last_year"]) == shown
    assert ("another edition" in str(row["note"])) == (shown is None)


def test_without_a_figure_under_its_edition_a_target_has_no_data():
    goal = {**RATE, "editions": {"aqi": "old"}}
    row = card(goal, figures(("air.good_day_rate", "2021", PLACE, 85.0), edition="new"))
    assert (row["state"], row["value_in_force"]) == ("no_data", 85.0)
    assert "no figure under old" in row["note"]


def test_a_figure_that_names_editions_of_other_families_only_is_judged_as_it_is():
    goal = {**RATE, "editions": {"aqi": "old"}}
    for named in ("old", "mean", "old + mean", ""):
        row = card(goal, figures(("air.good_day_rate", "2021", PLACE, 85.0), edition=named))
        assert (row["state"], row["edition"]) == ("met", "old")
        assert pd.isna(row["value_in_force"])


def test_a_quantity_in_another_unit_is_not_compared():
    goal = target("actions.green_space.quantity_finished", ">=", 189_000, "m²")
    hectares = figures(("actions.green_space.quantity_finished", "2021", PLACE, 200_000), unit="公顷")
    assert card(goal, hectares)["state"] == "no_data"
    assert "not comparable" in card(goal, hectares)["note"]


def test_a_target_about_a_section_is_judged_by_the_figure_of_that_place():
    goal = target("water.section_at_target", ">=", 1, "是=1", place="CS-G-01")
    found = figures(
        ("water.section_at_target", "2021", "CS-G-01", 0), ("water.section_at_target", "2021", PLACE, 1)
    )
    assert card(goal, found)["state"] == "missed"


def test_the_judged_table_is_the_canonical_one_and_carries_the_plan_s_word():
    rows = judge(catalogue(MEAN), EDITIONS, figures(("air.pm25_mean", "2021", PLACE, 30.0)), YEAR_END)
    assert list(rows.columns) == list(TABLES["targets"])
    assert rows.iloc[0]["word"] == "力争"
    assert judge(catalogue(), EDITIONS, figures(("air.bad_days", "2021", PLACE, 1)), YEAR_END).empty


@given(
    st.sampled_from([RATE, MEAN, COUNT, target("air.bad_days", "<=", 60, "天")]),
    st.none() | st.floats(-100, 1e5),
    st.dates(dt.date(2020, 12, 1), dt.date(2022, 2, 1)),
)
def test_any_value_on_any_day_has_one_state_and_only_ended_years_or_reached_counts_are_final(
    goal, value, as_of
):
    row = card(goal, figures((goal["indicator"], "2021", PLACE, value)), as_of)
    assert row["state"] in STATES
    assert (row["state"] == "no_data") == (value is None)
    if as_of < YEAR_END:
        assert row["state"] != "missed"
        assert row["state"] != "met" or goal is COUNT
    elif value is not None:
        assert row["state"] in ("met", "missed")
        assert (row["gap"] >= 0) or row["state"] == "missed"


def test_a_target_without_data_traces_to_its_line(tmp_path):
    folder = tmp_path / "layers"
    folder.mkdir()
    (folder / "targets.toml").write_text('# plan\n\n[[target]]\nid = "goal"\n', encoding="utf-8")
    home = catalogue(MEAN, folder=folder)
    found = figures(("air.bad_days", "2021", PLACE, 1))
    made = absent(home, judge(home, EDITIONS, found, YEAR_END), found)
    answers = write_answers(None, {}, {"figures": made.figures}, made.evidence, {})
    traced = trace("air.pm25_mean.2021.320581", answers)
    assert not traced.has_data
    assert traced.figure["value"] is None
    assert [row["source"] for row in traced.rows] == ["layers/targets.toml"]
    assert [row["source_row"] for row in traced.rows] == [3]


def test_a_target_with_data_adds_nothing():
    found = figures(("air.pm25_mean", "2021", PLACE, 30.0))
    made = absent(catalogue(MEAN), judge(catalogue(MEAN), EDITIONS, found, YEAR_END), found)
    assert made.figures.empty
    assert made.evidence.empty


@pytest.mark.parametrize(
    ("indicator", "goal", "state", "told"),
    [
        pytest.param("water.good_share", 66.7, "met", True, id="ten-of-fifteen-sections-are-66.7-percent"),
        pytest.param("water.good_share", 66.8, "missed", False, id="and-not-66.8"),
        pytest.param(
            "land.double_agreement_rate", 66.7, "missed", False, id="other-rates-are-compared-as-they-are"
        ),
    ],
)
def test_rates_of_water_are_judged_as_shown_and_both_ways_are_told_where_they_differ(
    indicator, goal, state, told
):
    in_force = Editions((*EDITIONS.all, edition("water", "surface_water_limits")))
    found = figures((indicator, "2021", PLACE, 100 * 10 / 15))
    made = judge(catalogue(target(indicator, ">=", goal, "%")), in_force, found, YEAR_END).iloc[0]
    assert made["state"] == state
    assert made["value"] == pytest.approx(100 * 10 / 15)
    assert ("未修约" in str(made["note"])) == told


def test_rates_that_are_judged_as_shown_have_the_digits_of_the_edition():
    digits = standards.load().get("sw-evaluation-2011-22").data["rounding"]["rates"]
    assert {one.digits for one in indicators().values() if one.judged_rounded} == {digits}
