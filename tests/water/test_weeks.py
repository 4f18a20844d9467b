"""Weeks are periods beside months: Monday to Sunday, of their records, with rates."""

import datetime as dt

import pandas as pd
import pytest
from water.test_assess import period, run, sample, section

from gis.base.calendar import weeks_until

LIST = [section("A", "张桥"), section("B", "江边闸")]


def test_weeks_are_those_of_iso_8601_and_may_cross_a_year():
    weeks = weeks_until(dt.date(2020, 12, 30), dt.date(2021, 1, 4))
    assert [(one.id, one.start, one.end) for one in weeks] == [
        ("2020W53", dt.date(2020, 12, 28), dt.date(2021, 1, 3)),
        ("2021W01", dt.date(2021, 1, 4), dt.date(2021, 1, 10)),
    ]


def test_a_week_is_the_mean_of_its_days_across_months_and_years():
    hours = [sample("A", f"2020-12-31 {hour:02d}:00", "automatic", codmn=2.0) for hour in range(12)]
    made = run([*hours, sample("A", "2021-01-02 08:00", "automatic", codmn=8.0)], LIST, dt.date(2021, 1, 31))
    week = period(made, "2020W53")
    assert (week["codmn"], week["water_class"], week["period_kind"], week["n_days"]) == (5.0, 3, "week", 2)
    assert pd.isna(week["validity"])
    assert (week["months_used"], week["coverage"]) == ("53", 1.0)


def test_one_sample_makes_a_week_and_weeks_without_any_are_none():
    made = run([sample("A", "2021-01-05", codmn=9.0), sample("B", "2021-01-20", codmn=3.0)], LIST)
    periods = made.tables["section_periods"]
    weeks = periods[periods["period_kind"] == "week"]
    assert sorted(weeks["period"].unique()) == ["2021W01", "2021W03"]
    assert (period(made, "2021W01")["water_class"], len(weeks)) == (4, 4)
    rates = made.tables["water_rates"].set_index("period")
    assert rates.loc["2021W01", ["n_listed", "n_assessed", "attainment_rate"]].tolist() == [2, 1, 0.0]
    assert rates.loc["2021W03", "attainment_rate"] == 100.0


@pytest.mark.parametrize(
    ("as_of", "provisional"), [(dt.date(2021, 1, 9), True), (dt.date(2021, 1, 10), False)]
)
def test_a_running_week_is_provisional(as_of, provisional):
    week = period(run([sample("A", "2021-01-05", codmn=3.0)], LIST, as_of), "2021W01")
    assert week["provisional"] == provisional
