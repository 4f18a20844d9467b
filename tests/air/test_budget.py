"""Bad days and PM2.5 that a year has left, computed by hand."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis import standards
from gis.air.budget import Aim, aims_of, budget
from gis.catalogue.model import Dust, Target

EDITIONS = standards.load()
CLEAN = {"pm25": 20.0, "pm10": 40.0, "so2": 8.0, "no2": 20.0, "co": 0.6, "o3_8h": 90.0}
RATE, PM25 = Aim("good_days", ">=", 80.0), Aim("pm25", "<=", 35.0)


def city(start, end, bad=(), dust=(), **items):
    dates = pd.date_range(start, end)
    frame = pd.DataFrame({"date": dates, **(CLEAN | items)})
    frame.loc[frame["date"].isin(pd.to_datetime(list(bad))), "o3_8h"] = 200.0
    return frame.assign(dust=frame["date"].isin(pd.to_datetime(list(dust))))


def line(days, aims=(RATE, PM25), goal="good_days", as_of=None, editions=EDITIONS, dust=Dust()):  # noqa: B008
    day = as_of or days["date"].max().date()
    return budget(days, aims, editions, day, dust).rows.set_index("goal").loc[goal]


def first_days(number, year=2025):
    return pd.date_range(f"{year}-01-01", periods=number).strftime("%Y-%m-%d")


def test_bad_days_left_of_a_hand_case():
    # 365 days, 80 % good: 73 may be bad; 40 were
    found = line(city("2025-01-01", "2025-06-30", first_days(40)))
    assert (found["bad_days"], found["bad_days_allowed"], found["bad_days_left"]) == (40, 73, 33)
    assert (found["days_left"], found["valid_days"], bool(found["possible"])) == (184, 181, True)


@pytest.mark.parametrize(("comparator", "allowed"), [(">=", 73), (">", 72)])
def test_over_and_at_least_differ_by_the_day_that_is_exactly_on_the_goal(comparator, allowed):
    days = city("2025-01-01", "2025-06-30")
    assert line(days, [Aim("good_days", comparator, 80.0)])["bad_days_allowed"] == allowed


def test_invalid_days_shrink_the_budget():
    # 20 of 181 days without data: 345 valid at most, 20 % of it is 69
    days = city("2025-01-01", "2025-06-30")
    days.loc[:19, ["so2", "pm25"]] = np.nan
    found = line(days)
    assert found["bad_days_allowed"] == 69
    assert "已过 20 天无有效数据" in found["note"]


def test_a_day_that_never_came_is_not_counted_either():
    days = city("2025-01-01", "2025-06-20")
    found = line(days, as_of=dt.date(2025, 6, 30))
    assert found["bad_days_allowed"] == 71  # 20 % of 355


def test_the_last_bad_day_and_one_more():
    days = city("2025-01-01", "2025-06-30", first_days(73))
    assert (line(days)["bad_days_left"], bool(line(days)["possible"])) == (0, True)
    days = city("2025-01-01", "2025-06-30", first_days(74))
    assert (line(days)["bad_days_left"], bool(line(days)["possible"])) == (-1, False)


def test_the_pm25_of_the_remaining_days_of_a_hand_case():
    # 181 days at 20, 184 to come: (35 * 365 - 20 * 181) / 184
    found = line(city("2025-01-01", "2025-06-30"), goal="pm25")
    assert found["pm25_needed"] == pytest.approx((35 * 365 - 20 * 181) / 184)
    assert (found["pm25_mean"], bool(found["possible"])) == (20.0, True)


def test_pm25_that_no_clean_air_can_mend_is_not_possible():
    found = line(city("2025-01-01", "2025-11-30", pm25=40.0), goal="pm25")
    assert pd.isna(found["pm25_needed"])  # it would be negative
    assert not found["possible"]
    assert found["state"] == "lost"
    assert not line(city("2025-01-01", "2025-11-30", pm25=40.0), goal="both")["possible"]


@given(
    st.integers(0, 120), st.floats(50.0, 95.0).map(lambda one: round(one, 1)), st.sampled_from([">", ">="])
)
def test_the_year_makes_its_rate_with_all_bad_days_used_and_not_with_one_more(bad, goal, comparator):
    aim = Aim("good_days", comparator, goal)
    found = line(city("2025-01-01", "2025-06-30", first_days(bad)), [aim])
    most = int(found["bad_days_allowed"])
    rates = 100 * (365 - np.array([most, most + 1])) / 365
    assert list(aim.holds(rates)) == [True, False]


@given(st.floats(5.0, 60.0), st.integers(1, 11))
def test_the_year_makes_its_pm25_at_exactly_what_is_needed(mean, month):
    days = city("2025-01-01", dt.date(2025, month, 28), pm25=mean)
    found = line(days, goal="pm25")
    if not found["possible"]:
        assert np.isnan(found["pm25_needed"])
        return
    whole = [*days["pm25"], *[found["pm25_needed"]] * int(found["days_left"])]
    assert len(whole) == 365
    assert PM25.holds(np.array([np.mean(whole)]))[0]
    over = [*days["pm25"], *[found["pm25_needed"] + 1e-5] * int(found["days_left"])]
    assert not PM25.holds(np.array([np.mean(over)]))[0]


def test_sand_dust_days_are_taken_off_only_where_the_county_says_so():
    days = city("2025-01-01", "2025-06-30", bad=first_days(3), dust=first_days(3))
    days.loc[:2, "pm25"] = 200.0
    assert line(days)["bad_days"] == 3
    off = Dust(good_days="removed", concentrations="removed")
    assert line(days, dust=off)["bad_days"] == 0
    assert line(days, goal="pm25", dust=off)["pm25_mean"] == 20.0


def test_an_edition_that_a_target_names_judges_the_series():
    # PM2.5 70 is IAQI 94 by the table of 2012 and over 100 by that of 2026 (limit 60)
    days = city("2026-03-01", "2026-06-30", pm25=70.0)
    assert line(days)["bad_days"] == 122
    aim = Aim("good_days", ">=", 80.0, edition="hj633-2012")
    found = line(days, [aim])
    assert (found["bad_days"], found["edition"]) == (0, "hj633-2012")
    forced = EDITIONS.force("aqi", "hj633-2026")
    assert line(days, [aim], editions=forced)["bad_days"] == 122


def history(bad_from, years=(2021, 2022, 2023, 2024)):
    return [
        city(f"{year}-01-01", f"{year}-12-31", pd.date_range(f"{year}-{bad_from}", f"{year}-12-31"))
        for year in years
    ]


def test_the_season_of_past_years_decides_the_probability():
    # December was bad all through in every past year: 31 more bad days, well inside its window
    past = history("12-01")
    now = city("2025-01-01", "2025-11-30")
    calm, late = (
        pd.concat([*past, now]),
        pd.concat([*past, city("2025-01-01", "2025-11-30", first_days(60))]),
    )
    assert line(calm)["probability"] > 0.95
    assert (line(calm)["state"], bool(line(calm)["binds"])) == ("reachable", False)
    found = line(late)  # 13 bad days are left and 31 came in every past year
    assert 0 < found["probability"] < 0.05
    assert (found["state"], bool(found["binds"])) == ("at_risk", True)
    assert (found["n_years"], found["n_backtest"], found["backtest"]) == (4, 4, "leave_one_out")


def test_pm25_of_past_years_is_moved_to_the_level_of_this_one():
    past = [city(f"{year}-01-01", f"{year}-12-31", pm25=50.0) for year in (2021, 2022, 2023)]
    found = line(pd.concat([*past, city("2025-01-01", "2025-06-30", pm25=20.0)]), goal="pm25")
    assert found["probability"] > 0.5  # at their own level of 50 none would make it
    assert found["pm25_path"] == 35.0


def test_too_few_years_give_no_number_but_say_so():
    found = line(pd.concat([*history("12-01", (2023, 2024)), city("2025-01-01", "2025-06-30")]))
    assert pd.isna(found["probability"])
    assert "历史数据太少：2 年，需 3 年" in found["note"]


def test_the_same_days_give_the_same_numbers():
    days = pd.concat([*history("10-15"), city("2025-01-01", "2025-08-31", first_days(50))])
    one, again = (budget(days, (RATE, PM25), EDITIONS, dt.date(2025, 8, 31), Dust()) for _ in range(2))
    pd.testing.assert_frame_equal(one.rows, again.rows)
    pd.testing.assert_frame_equal(one.reliability, again.reliability)
    assert one.reliability["n"].sum() == 4 * 11 * 2  # years, ends of months, aims


def target(indicator, period, value, *, carried=False, comparator=">"):
    return Target.model_validate(
        {
            "id": "t", "title": {"zh": "目标", "en": "target"}, "group": "air", "indicator": indicator,
            "period": period, "goal": {"comparator": comparator, "value": value, "unit": "%"},
            "carried_forward": carried, "plan": {"document": "", "sentence": ""},
        }
    )  # fmt: skip


def test_a_target_belongs_to_its_year_unless_carried_forward():
    rate = "air.good_day_rate"
    (own,) = aims_of([target(rate, "2021", 81), target(rate, "2025", 85)], 2025, "320581")
    assert (own.value, own.judged, own.set_for) == (85, True, "2025")
    (carried,) = aims_of([target(rate, "2021", 81, carried=True)], 2025, "320581")
    assert (carried.value, carried.judged) == (81, True)
    (old,) = aims_of([target(rate, "2021", 81)], 2025, "320581")
    assert (old.value, old.judged, old.set_for) == (81, False, "2021")
    assert aims_of([target(rate, "2026", 81)], 2025, "320581") == []


def test_a_figure_of_an_older_plan_stands_beside_and_is_not_judged():
    days = city("2025-01-01", "2025-06-30")
    found = line(days, aims_of([target("air.good_day_rate", "2021", 81)], 2025, "320581"))
    assert not found["judged"]
    assert "2025 年没有目标，对照 2021 年的目标值，不作评价" in found["note"]
