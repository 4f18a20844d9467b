"""What the rest of a year must bring, computed by hand; the year judged as the assessment judges it."""

import datetime as dt
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis import standards, water
from gis.base.stored_words import NO_ITEMS
from gis.base.tables import conform
from gis.catalogue.model import Catalogue, County, Words
from gis.engine import Threads
from gis.water.averages import plain_decimals
from gis.water.classes import classify
from gis.water.limits import limits_of
from gis.water.outlook import outlook
from gis.water.rounding import STATISTICS, outermost, rounded_mean, rounding_of

EDITIONS = standards.load().force(STATISTICS, "sw-statistics-finer")  # the hand cases are of these decimals
COUNTY = County(
    adcode="320581", name=Words(zh="常熟市", en="Changshu"), extent=(120.5, 31.5, 121.1, 31.9),
    plan_years=(2021, 2025),
)  # fmt: skip
CATALOGUE = Catalogue(folder=".", county=COUNTY, layers=())
LIMITS = limits_of(EDITIONS.get("gb3838-2002"))
ROUNDING = rounding_of(EDITIONS, dt.date(2025, 12, 31))
HAIR = 1e-6


def assess(months, *, target=3, kind="river", as_of=dt.date(2025, 8, 31), **section):
    """Months: {(year, month): {indicator: value}}."""
    rows = [
        {"section_id": "A", "sampled_at": pd.Timestamp(year, month, 5), "method": "manual", **values}
        for (year, month), values in months.items()
    ]
    samples = pd.DataFrame(rows).assign(source="手工监测.xlsx", source_row=range(3, 3 + len(rows)))
    listed = {
        "section_id": "A",
        "name": "张桥",
        "water_kind": kind,
        "level": "national",
        "target_class": target,
    }
    sections = pd.DataFrame([listed | section]).assign(source="断面.xlsx", source_row=2)
    tables = {"samples": conform(samples, "samples"), "sections": conform(sections, "sections")}
    return water.assess(tables, CATALOGUE, EDITIONS, as_of, Threads(1))


def line(made, indicator, goal="target"):
    found = made.tables["water_outlook"]
    return found[(found["indicator"] == indicator) & (found["goal"] == goal)].iloc[0]


def year_of(values, year=2025):
    return {(year, month + 1): one for month, one in enumerate(values)}


def repeated(value, years, **other):
    return {(year, month): {"codmn": value[month - 1], **other} for year in years for month in range(1, 13)}


def test_the_needed_mean_of_a_hand_case():
    # class III of codmn is 6, and 6.005 is still rounded to 6.00; eight months sum to 40, so four months may
    # sum to 12 * 6.005 - 40 = 32.06, 8.015 on average
    found = line(assess(year_of([{"codmn": 5.0}] * 8)), "codmn")
    assert found["needed"] == pytest.approx(8.015)
    assert (found["limit"], found["limit_as_rounded"], found["months_left"], found["n_months"]) == (
        6.0,
        6.005,
        4,
        8,
    )
    assert (found["mean_so_far"], found["bound"], found["goal_class"]) == (5.0, "max", 3)
    assert found["possible"]


def test_oxygen_must_not_fall_below_and_ph_has_two_sides():
    # DO of class III: 4.995 * 12 - 8 * 4 = 27.94 in four months. pH is averaged as 10^-pH: twelve months may sum
    # to 12 * 10^-5.995, eight of them are 10^-7 each; and no pH of four months brings the mean over 9.005
    made = assess(year_of([{"dissolved_oxygen": 4.0, "ph": 7.0}] * 8))
    oxygen, ph = line(made, "dissolved_oxygen"), line(made, "ph")
    assert (oxygen["bound"], ph["bound"]) == ("min", "range")
    assert oxygen["needed"] == pytest.approx(27.94 / 4)
    acid = -math.log10((12 * 10**-5.995 - 8 * 10**-7) / 4)
    assert (ph["needed_low"], ph["needed"]) == pytest.approx((acid, 14.0))
    assert ph["mean_so_far"] == pytest.approx(7.0)
    assert not ph["binds"]


def test_of_ph_that_is_too_high_the_rest_must_be_lower():
    # eight months at 9.3 and a limit of 9.005: the mean of 10^-pH must grow
    ph = line(assess(year_of([{"ph": 9.3}] * 8)), "ph")
    assert ph["needed"] == pytest.approx(-math.log10((12 * 10**-9.005 - 8 * 10**-9.3) / 4))
    assert ph["needed"] < 9.0
    assert (ph["state"], bool(ph["binds"])) == ("at_risk", True)


def test_the_target_and_class_three_are_told_apart():
    made = assess(year_of([{"codmn": 3.0}] * 8), target=2)
    assert line(made, "codmn")["needed"] == pytest.approx((4.005 * 12 - 24) / 4)
    assert line(made, "codmn", "good")["needed"] == pytest.approx((6.005 * 12 - 24) / 4)


def test_a_lake_has_the_limits_of_lakes():
    made = assess(year_of([{"tp": 0.04}] * 8), kind="lake")
    assert line(made, "tp")["needed"] == pytest.approx((0.0505 * 12 - 0.32) / 4)


@pytest.mark.parametrize(("so_far", "possible"), [(9.0075, True), (9.0075 + HAIR, False)])
def test_a_mean_of_nothing_is_the_last_chance(so_far, possible):
    # eight months at 9.0075 sum to 72.06 = 12 * 6.005: only zeros keep the year at 6.00
    found = line(assess(year_of([{"codmn": so_far}] * 8)), "codmn")
    assert bool(found["possible"]) is possible


@pytest.mark.parametrize(("target", "possible"), [(5, True), (3, False)])
def test_more_oxygen_than_water_holds_is_not_possible(target, possible):
    # eleven months at 1: class V asks 1.995 * 12 - 11 = 12.94 of the last, class III 48.94, over 20
    made = assess(year_of([{"dissolved_oxygen": 1.0}] * 11), target=target, as_of=dt.date(2025, 11, 30))
    assert bool(line(made, "dissolved_oxygen")["possible"]) is possible


def test_a_month_without_data_is_named_and_the_year_is_of_those_with_data():
    values = {month: one for month, one in year_of([{"codmn": 5.0}] * 8).items() if month[1] != 3}
    found = line(assess(values), "codmn")
    assert found["months_missing"] == "3"
    assert found["needed"] == pytest.approx((11 * 6.005 - 35) / 4)
    assert "3 月无数据" in found["note"]


def test_a_month_that_runs_without_a_record_is_still_to_come():
    running = assess(year_of([{"codmn": 5.0}] * 7), as_of=dt.date(2025, 8, 14))
    assert line(running, "codmn")["months_left"] == 5
    measured = assess(year_of([{"codmn": 5.0}] * 8), as_of=dt.date(2025, 8, 14))
    assert line(measured, "codmn")["months_left"] == 4
    assert "8 月未结束" in line(measured, "codmn")["note"]


def test_a_year_that_is_over_says_whether_it_was_made():
    found = line(assess(year_of([{"codmn": 6.005}] * 12), as_of=dt.date(2025, 12, 31)), "codmn")
    assert (found["months_left"], bool(found["possible"])) == (0, True)
    assert (found["state"], bool(found["binds"])) == ("made", False)
    assert pd.isna(found["note"])
    assert pd.isna(found["needed"])


def month_rows(values, indicator):
    """The rows of `periods` that the outlook reads, made directly: month means of one section, and its year."""
    rows = [
        {"period": f"2025M{month + 1:02d}", "period_kind": "month", indicator: one}
        for month, one in enumerate(values)
    ]
    frame = pd.DataFrame([*rows, {"period": "2025", "period_kind": "year", indicator: 1.0}]).reindex(
        columns=["period", "period_kind", *LIMITS.keys]
    )
    return frame.assign(
        key="A",
        section_id="A",
        name="张桥",
        water_kind="river",
        target_class=3,
        year=2025,
        n_samples=1,
        x_items=None,
    )


def class_of_year(values, indicator):
    mean = plain_decimals(pd.DataFrame({indicator: [sum(values) / len(values)]}))
    mean[indicator] = rounded_mean(mean[indicator].to_numpy(), indicator, ROUNDING)
    return classify(mean, EDITIONS.get("gb3838-2002"), pd.Series(["river"]))["water_class"].iloc[0]


@given(
    st.lists(st.floats(0.1, 9.0), min_size=1, max_size=11),
    st.sampled_from(["codmn", "nh3n", "dissolved_oxygen"]),
)
def test_exactly_what_is_needed_makes_the_class_and_a_hair_more_does_not(values, indicator):
    made = outlook(month_rows(values, indicator), EDITIONS, dt.date(2025, len(values), 28)).rows
    found = made[(made["indicator"] == indicator) & (made["goal"] == "target")].iloc[0]
    if not found["possible"] or not found["needed"] >= HAIR:
        return
    hair = -HAIR if indicator == "dissolved_oxygen" else HAIR
    left = int(found["months_left"])
    assert class_of_year([*values, *[found["needed"]] * left], indicator) == 3
    assert class_of_year([*values, *[found["needed"] + 12 * hair] * left], indicator) == 4


def test_the_assessment_gives_the_year_its_class_at_exactly_what_is_needed():
    values = [7.3, 2.1, 5.55, 6.2, 8.8, 4.1, 3.37]
    needed = line(assess(year_of([{"codmn": one} for one in values]), as_of=dt.date(2025, 7, 31)), "codmn")[
        "needed"
    ]
    for rest, at_target in ((needed, True), (needed + HAIR, False)):
        made = assess(
            year_of([{"codmn": one} for one in [*values, *[rest] * 5]]), as_of=dt.date(2025, 12, 31)
        )
        periods = made.tables["section_periods"].set_index("period")
        assert bool(periods.loc["2025", "at_target_counted"]) is at_target


def test_history_decides_the_probability_and_never_says_never_or_always():
    season = [5.0] * 8 + [9.0] * 4
    bad = assess(repeated(season, (2021, 2022, 2023, 2024)) | year_of([{"codmn": 5.0}] * 8))
    found = line(bad, "codmn")  # (40 + 36) / 12 > 6, year after year
    assert 0 < found["probability"] < 0.1
    assert (found["n_years"], found["state"]) == (4, "at_risk")
    calm = assess(repeated([5.0] * 12, (2021, 2022, 2023, 2024)) | year_of([{"codmn": 5.0}] * 8))
    found = line(calm, "codmn")
    assert found["probability"] == pytest.approx((4 + 0.05) / (4 + 0.1), abs=0.002)
    assert (found["state"], bool(found["binds"])) == ("reachable", False)


def test_indicators_are_judged_together_because_a_year_is_drawn_as_a_whole():
    # each indicator fails in two years of four, never in the same: each 1/2, together never
    past = {}
    for year, (codmn, nh3n) in {2021: (40, 0.2), 2022: (40, 0.2), 2023: (1, 20), 2024: (1, 20)}.items():
        past |= {(year, month): {"codmn": 5.0, "nh3n": 0.2} for month in range(1, 12)}
        past[year, 12] = {"codmn": codmn, "nh3n": nh3n}
    now = year_of([{"codmn": 5.0, "nh3n": 0.2}] * 11)
    made = assess(past | now, as_of=dt.date(2025, 11, 30))
    assert 0.4 < line(made, "codmn")["probability"] < 0.75
    assert 0.4 < line(made, "nh3n")["probability"] < 0.75
    apart = math.prod(line(made, one)["probability"] for one in ("codmn", "nh3n"))
    assert line(made, "all")["probability"] < apart


def test_a_year_like_the_others_but_cleaner_is_likelier_to_make_it():
    # past years end at 6.5 after 6 so far; this year so far is 4: moved to its level, the rest stays under
    past = repeated([6.0] * 8 + [7.5] * 4, (2021, 2022, 2023))
    found = line(assess(past | year_of([{"codmn": 4.0}] * 8)), "codmn")
    assert found["probability"] > 0.9
    assert (found["hit_rate"], found["n_backtest"]) == (1.0, 3)
    assert found["brier"] < 0.05
    assert found["backtest"] == "leave_one_out"


def test_the_back_test_beats_climatology_where_the_year_so_far_tells():
    past = {}
    for year, level in ((2021, 4.0), (2022, 8.0), (2023, 4.0), (2024, 8.0)):
        past |= repeated([level] * 12, (year,))
    found = line(assess(past | year_of([{"codmn": 4.0}] * 8)), "codmn")
    # of the other three years one is like it: climatology says 1/3 where it comes, 2/3 where not
    assert found["brier_climatology"] == pytest.approx(4 / 9)
    assert found["brier"] < 0.05
    assert found["hit_rate"] == 1.0


def test_too_few_years_give_no_number_but_say_so():
    made = assess(repeated([5.0] * 12, (2023, 2024)) | year_of([{"codmn": 5.0}] * 8))
    for indicator in ("codmn", "all"):
        found = line(made, indicator)
        assert pd.isna(found["probability"])
        assert pd.isna(found["brier"])
        assert "历史数据太少：2 年，需 3 年" in found["note"]
    assert line(made, "codmn")["needed"] == pytest.approx(8.015)


def test_the_same_data_give_the_same_numbers():
    past = repeated([5.0, 6, 7, 8, 6, 5, 4, 6, 9, 3, 7, 8], (2021, 2022)) | repeated([4.0] * 12, (2023, 2024))
    one, again = (assess(past | year_of([{"codmn": 6.0}] * 8)).tables["water_outlook"] for _ in range(2))
    pd.testing.assert_frame_equal(one, again)


def test_phosphorus_is_left_out_and_named_where_river_or_lake_is_unknown():
    past = repeated([5.0] * 12, (2021, 2022, 2023, 2024))
    made = assess(past | year_of([{"tp": 0.1, "codmn": 5.0}] * 8), kind=None)
    found = made.tables["water_outlook"]
    assert set(found["indicator"]) == {"codmn", "all"}
    assert "总磷未计" in line(made, "all")["note"]
    assert line(made, "codmn")["probability"] > 0.9
    assert line(made, "all")["state"] == "at_risk"
    assert np.isnan(line(made, "all")["probability"])


def test_a_needed_mean_is_a_figure_made_of_the_records_of_the_year_where_it_binds():
    # eight months at 6.5 leave (6.005 * 12 - 52) / 4 = 5.015; oxygen is far from its limit and has no figure
    made = assess(year_of([{"codmn": 6.5, "dissolved_oxygen": 9.0}] * 8))
    figures = made.figures.set_index("figure_id")
    figure = figures.loc["water.needed_mean.codmn.2025.A"]
    assert (round(figure["value"], 9), figure["unit"], figure["n"]) == (5.015, "mg/L", 8)
    evidence = made.evidence[made.evidence["figure_id"] == "water.needed_mean.codmn.2025.A"]
    assert (6.005 * 12 - evidence["part"].sum()) / 4 == pytest.approx(figure["value"], abs=1e-12)
    assert not figures.index.str.startswith("water.needed_mean.dissolved_oxygen").any()


@pytest.mark.parametrize(
    ("limit", "indicator", "up", "edge"),
    [
        (6.0, "codmn", True, 6.005),  # 6.005 is half to even 6.00
        (5.0, "dissolved_oxygen", False, 4.995),
        (0.00005, "mercury", True, 0.00005005),  # three significant digits: 0.0000500
        (0.025, "tp", True, 0.0255),  # 0.0255 is half to even 0.026: it must stay below
    ],
)
def test_the_outermost_mean_is_half_a_unit_beyond_the_limit(limit, indicator, up, edge):
    found = outermost(limit, indicator, ROUNDING, up=up)
    assert found == pytest.approx(edge, rel=1e-6)
    side = 1 if up else -1
    inside, beyond = rounded_mean(np.array([found, found * (1 + side * 1e-5)]), indicator, ROUNDING) * side
    assert inside <= side * limit < beyond


def test_only_what_the_plan_rates_is_asked_for():
    # 5+X without X: fluoride is measured but does not rate
    made = assess(year_of([{"codmn": 5.0, "fluoride": 3.0}] * 8), x_items=NO_ITEMS)
    assert set(made.tables["water_outlook"]["indicator"]) == {"codmn", "all"}


def test_a_year_that_cannot_have_enough_months_says_so():
    made = assess({(2025, 7): {"codmn": 5.0}, (2025, 8): {"codmn": 5.0}}, as_of=dt.date(2025, 9, 30))
    assert "全年最多 5 个月有数据，少于 8 个月将不评价" in line(made, "all")["note"]


def test_the_pollutant_that_fails_is_the_one_named():
    # ammonia 3 against 1 is lost by far, COD 30 against 20 as well: ammonia is three times over, COD half
    months = year_of([{"nh3n": 3.0, "codcr": 30.0, "bod5": 2.0}] * 11)
    found = assess(months, as_of=dt.date(2025, 11, 30)).tables["water_outlook"]
    found = found[found["goal"].eq("target")]
    assert found["indicator"].tolist() == ["nh3n", "codcr", "bod5", "all"]
    assert found["rank"].tolist()[:3] == [1, 2, 3]
    assert found["state"].tolist() == ["lost", "lost", "reachable", "lost"]
    assert found["needed"].isna().tolist() == [True, True, False, True]


def test_ammonia_that_runs_out_leads_and_not_cod_that_is_far_from_its_limit():
    past = repeated([5.0] * 12, (2021, 2022, 2023, 2024), bod5=2.0, nh3n=0.9)
    now = year_of([{"codmn": 5.0, "bod5": 2.0, "nh3n": 1.1}] * 8)
    made = assess(past | now)
    found = made.tables["water_outlook"]
    first = found[found["goal"].eq("target")].iloc[0]
    assert (first["indicator"], first["state"], bool(first["binds"])) == ("nh3n", "at_risk", True)
    assert first["needed"] == pytest.approx((1.0005 * 12 - 8.8) / 4, abs=0.01)
    assert not line(made, "bod5")["binds"]


@pytest.mark.parametrize("oxygen", [4.0, 7.0, 9.0, 14.0])
def test_no_mean_that_is_needed_is_negative(oxygen):
    made = assess(
        year_of([{"dissolved_oxygen": oxygen, "codmn": 12.0, "ph": 7.0}] * 10), as_of=dt.date(2025, 10, 31)
    )
    found = made.tables["water_outlook"]
    assert (found[["needed", "needed_low"]].min() >= 0).all()
    figures = made.figures[made.figures["figure_id"].str.startswith("water.needed_mean")]
    assert (figures["value"] >= 0).all()


def test_without_history_a_bound_beyond_the_worst_month_on_record_is_no_constraint():
    found = line(assess(year_of([{"codmn": one} for one in (2, 3, 2, 3, 2, 3, 2, 3)])), "codmn")
    assert (found["state"], bool(found["binds"])) == ("reachable", False)
    found = line(assess(year_of([{"codmn": one} for one in (2, 3, 12, 3, 6, 3, 9, 3)])), "codmn")
    assert (found["state"], bool(found["binds"])) == ("reachable", True)
    few = line(assess(year_of([{"codmn": 2.0}] * 2), as_of=dt.date(2025, 2, 28)), "codmn")
    assert few["binds"]


def test_the_back_tests_of_all_sections_are_pooled_in_tenths():
    made = assess(repeated([5.0] * 12, (2021, 2022, 2023, 2024)) | year_of([{"codmn": 5.0}] * 8))
    found = made.tables["water_outlook_reliability"]
    assert found[["told_from", "n", "came"]].to_numpy().tolist() == [[0.9, 4, 1.0]]


def with_marks(months, marks, **more):
    """As `assess`, with readings above their range: {(year, month): (indicator, text)}."""
    rows = [
        {"section_id": "A", "sampled_at": pd.Timestamp(year, month, 5), "method": "manual", **values}
        for (year, month), values in months.items()
    ]
    samples = pd.DataFrame(rows).assign(source="手工监测.xlsx", source_row=range(3, 3 + len(rows)))
    at = dict(zip(months, samples["source_row"], strict=True))
    told = [
        {
            "mark": "above_range",
            "indicator": name,
            "text": text,
            "source": "手工监测.xlsx",
            "source_row": at[month],
        }
        for month, (name, text) in marks.items()
    ]
    sections = pd.DataFrame(
        [{"section_id": "A", "name": "张桥", "water_kind": "river", "level": "national", "target_class": 3}]
    ).assign(source="断面.xlsx", source_row=2)
    tables = {
        "samples": conform(samples, "samples"),
        "sections": conform(sections, "sections"),
        "sample_marks": conform(pd.DataFrame(told), "sample_marks"),
    }
    return water.assess(tables, CATALOGUE, EDITIONS, more.get("as_of", dt.date(2025, 8, 31)), Threads(1))


def test_a_reading_above_its_range_leaves_no_control_value_and_the_word_says_risk():
    months = year_of([{"nh3n": 0.5, "codmn": 3.0}] * 7 + [{"nh3n": 2.0, "codmn": 3.0}])
    made = with_marks(months, {(2025, 8): ("nh3n", ">2.0")})
    found = line(made, "nh3n")
    assert (found["state"], found["possible"], found["binds"]) == ("at_risk", True, False)
    assert pd.isna(found["needed"])
    assert pd.isna(found["probability"])
    assert "超出测定上限" in found["note"]
    assert line(made, "all")["state"] == "at_risk"
    assert (line(made, "codmn")["state"], line(made, "codmn")["note"]) == (
        "reachable",
        line(made, "codmn")["note"],
    )


def test_what_readings_above_their_range_have_lost_at_the_least_is_lost():
    months = year_of([{"nh3n": 2.0}] * 8)
    made = with_marks(months, {(2025, at): ("nh3n", ">2.0") for at in range(1, 9)})
    assert (line(made, "nh3n")["state"], line(made, "all")["state"]) == ("lost", "lost")


def test_a_year_that_is_over_with_a_reading_above_its_range_is_not_called_made():
    made = with_marks(
        year_of([{"nh3n": 0.5}] * 11 + [{"nh3n": 2.0}]),
        {(2025, 12): ("nh3n", ">2.0")},
        as_of=dt.date(2025, 12, 31),
    )
    assert (line(made, "nh3n")["state"], line(made, "all")["state"]) == ("at_risk", "at_risk")


def test_past_years_with_readings_above_their_range_give_no_probability():
    past = {
        k: v
        for year in range(2021, 2025)
        for k, v in year_of([{"nh3n": 0.6, "codmn": 3.0}] * 12, year).items()
    }
    made = with_marks(
        past | {(2023, 7): {"nh3n": 2.0, "codmn": 3.0}} | year_of([{"nh3n": 0.6, "codmn": 3.0}] * 8),
        {(2023, 7): ("nh3n", ">2.0")},
    )
    found = line(made, "nh3n")
    assert pd.isna(found["probability"])
    assert found["state"] == "reachable"
    assert found["binds"]
    assert "往年有读数超出测定上限" in found["note"]
    assert line(made, "codmn")["probability"] > 0.9
    assert pd.isna(line(made, "all")["probability"])


def test_an_index_of_a_mean_that_is_a_lower_bound_is_not_given():
    foul = [{"nh3n": 1.8, "codmn": 3.0}] * 11
    months = year_of([*foul, {"nh3n": 2.0, "codmn": 3.0}], 2024) | year_of(
        [*foul, {"nh3n": 1.8, "codmn": 3.0}]
    )
    made = with_marks(months, {(2024, 12): ("nh3n", ">2.0")}, as_of=dt.date(2025, 12, 31))
    index = made.tables["water_index"].set_index(["place_kind", "period"])
    then, now = index.loc[("section", "2024")], index.loc[("section", "2025")]
    assert then[["cwqi", "cwqi_river", "rank"]].isna().all()
    assert "指数不能确定" in then["note"]
    assert now["cwqi"] == pytest.approx(0.5 + 1.8)
    assert (now["rank"], pd.isna(now["change_percent"])) == (1, True)
    assert made.figures["figure_id"].str.startswith("water.cwqi.2025.A").any()
    assert not made.figures["figure_id"].str.startswith("water.cwqi.2024.A").any()
