"""The pace of a target of 120 亩 in a year, by hand."""

import datetime as dt

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis.catalogue.model import Goal, Plan, Target, Words
from gis.land.pace import curve, months_between, pace, pace_tables

START, END = dt.date(2021, 1, 1), dt.date(2021, 12, 31)


def signed(**days):
    index = pd.DatetimeIndex([pd.Timestamp(day.replace("d", "").replace("_", "-")) for day in days])
    return pd.Series(list(days.values()), index=index, dtype="float64")


def target(**more):
    own = {
        "id": "t", "title": Words(zh="t", en="t"), "group": "land", "indicator": "land.renewed_area", "period": "2021",
        "goal": Goal(comparator=">=", value=120, unit="亩"), "plan": Plan(document="d", sentence="s"),
    }  # fmt: skip
    return Target(**{**own, **more})


@pytest.mark.parametrize(
    ("day", "months"),
    [((2020, 12, 31), 12), ((2021, 6, 30), 6), ((2021, 11, 15), 1.5), ((2021, 12, 31), 0), ((2022, 1, 1), 0)],
)
def test_months_left_count_parts_of_a_month_by_its_days(day, months):
    assert months_between(dt.date(*day), END) == pytest.approx(months)


def test_what_is_needed_a_month_and_when_the_pace_of_12_months_gets_there():
    made = pace(signed(d2020_09_01=36, d2021_03_01=36), 120, START, END, dt.date(2021, 6, 30))
    assert (made.counted, made.remaining, made.months_left) == (36, 84, 6)
    assert made.needed_per_month == 14
    assert made.pace_per_month == 6
    assert made.reached_on == dt.date(2022, 8, 30)
    assert made.outlook == "late"


def test_a_reversal_slows_the_pace_and_without_pace_the_goal_is_never_reached():
    made = pace(signed(d2021_03_01=36, d2021_04_01=-36), 120, START, END, dt.date(2021, 6, 30))
    assert (made.counted, made.pace_per_month, made.reached_on, made.outlook) == (0, 0, None, "never")


def test_a_reached_goal_has_the_day_since_which_it_stands():
    given_back = signed(d2021_02_01=130, d2021_03_01=-20, d2021_04_01=10)
    made = pace(given_back, 120, START, END, dt.date(2021, 6, 30))
    assert (made.remaining, made.needed_per_month, made.outlook) == (0, None, "reached")
    assert made.reached_on == dt.date(2021, 4, 1)


def test_after_the_period_the_goal_is_missed_and_later_areas_do_not_count():
    made = pace(signed(d2021_02_01=60, d2022_02_01=600), 120, START, END, dt.date(2023, 6, 30))
    assert (made.counted, made.months_left, made.pace_per_month) == (60, 0, 5)
    assert (made.needed_per_month, made.reached_on, made.outlook) == (None, None, "missed")


def test_the_curve_is_cumulative_beside_an_even_path_and_ends_with_the_day():
    made = curve(signed(d2020_12_01=7, d2021_01_31=10, d2021_03_01=20), 120, START, END, dt.date(2021, 3, 15))
    assert made["counted_mu"].dropna().tolist() == [10, 10, 30]
    assert made["expected_mu"].tolist() == [10.0 * month for month in range(1, 13)]
    assert made["month"].iloc[-1] == pd.Timestamp(END)


def counted():
    return pd.DataFrame({
        "date": pd.to_datetime(["2021-02-01", "2021-03-01"]), "place": ["1", "2"],
        "area_mu": [30.0, 60.0], "declared_mu": [33.0, None], "document_mu": [40.0, 50.0],
    })  # fmt: skip


@pytest.mark.parametrize(
    ("more", "sums"),
    [
        ({}, [90.0]),
        ({"place": "1"}, [30.0]),
        ({"area": "declared"}, [33.0]),
        ({"area": "document"}, [90.0]),
        ({"carried_forward": True}, [90.0, 0.0]),
        ({"indicator": "land.tax_per_mu_growth"}, []),
        ({"goal": Goal(comparator="<=", value=1, unit="亩")}, []),
    ],
)
def test_each_target_has_a_pace_in_its_own_area_and_place(more, sums):
    made = pace_tables(counted(), [target(**more)], "320581", dt.date(2022, 6, 30))
    assert made.get("renewal_pace", pd.DataFrame({"counted": []}))["counted"].tolist() == sums
    assert len(made.get("renewal_curve", ())) == 12 * len(sums)


def test_a_goal_in_hectares_is_compared_in_mu():
    hectares = target(goal=Goal(comparator=">=", value=8, unit="公顷"))
    made = pace_tables(counted(), [hectares], "320581", dt.date(2021, 6, 30))["renewal_pace"]
    assert made["goal"].tolist() == [120.0]


AMOUNTS = st.lists(
    st.tuples(st.dates(dt.date(2019, 1, 1), dt.date(2022, 12, 31)), st.floats(-50, 200)), max_size=12
)


@given(AMOUNTS, st.dates(dt.date(2020, 6, 1), dt.date(2022, 6, 30)))
def test_counted_and_remaining_make_the_goal_and_an_outlook_always_has_its_date(amounts, as_of):
    areas = pd.Series(
        [one for _, one in amounts], index=pd.DatetimeIndex([day for day, _ in amounts]), dtype="float64"
    )
    made = pace(areas, 120, START, END, as_of)
    assert made.remaining == pytest.approx(max(120 - made.counted, 0))
    assert (made.reached_on is None) == (made.outlook in ("never", "missed"))
    assert (made.outlook == "in_time") == (made.outlook not in ("reached", "missed", "never", "late"))
