"""Each subject has its own last day; dates of parcels and lines count, plans do not."""

import datetime as dt

import pandas as pd
import pytest

from gis.base.errors import UsageError
from gis.base.last_day import days_of, last_date, last_days

TODAY = dt.date(2025, 11, 1)


def dates(*texts):
    return pd.to_datetime(pd.Series(texts))


def test_every_subject_has_the_last_day_of_its_own_tables():
    tables = {
        "parcels": pd.DataFrame({"approved_on": dates("2025-03-01"), "accepted_on": dates("2025-06-30")}),
        "ledger_events": pd.DataFrame({"date": dates("2025-05-01")}),
        "samples": pd.DataFrame({"sampled_at": dates("2025-09-30 20:00")}),
        "air_hours": pd.DataFrame({"time": dates("2025-11-01 00:00")}),
    }
    assert last_days(tables, TODAY) == {
        "land": dt.date(2025, 6, 30), "water": dt.date(2025, 9, 30), "air": dt.date(2025, 10, 31),
    }  # fmt: skip


def test_a_county_whose_dates_stand_in_its_parcels_alone_has_a_day():
    tables = {"parcels": pd.DataFrame({"accepted_on": dates("2025-06-30", None)})}
    assert last_days(tables, TODAY) == {"land": dt.date(2025, 6, 30)}
    assert days_of(tables, None) == (
        dt.date(2025, 6, 30),
        dict.fromkeys(("land", "water", "air"), dt.date(2025, 6, 30)),
    )


def test_lines_of_later_than_all_parcels_are_in_force_and_plans_count_for_nothing():
    tables = {
        "parcels": pd.DataFrame({"approved_on": dates("2021-06-30", "2027-12-31")}),
        "control_lines": pd.DataFrame({"effective_from": dates("2023-01-01", "2026-01-01")}),
    }
    assert last_days(tables, TODAY) == {"land": dt.date(2023, 1, 1)}


def test_the_whole_is_as_of_the_last_of_them_and_a_day_named_is_that_of_all():
    tables = {
        "ledger_events": pd.DataFrame({"date": dates("2025-05-01")}),
        "samples": pd.DataFrame({"sampled_at": dates("2025-09-30 20:00")}),
    }
    last, days = days_of(tables, None)
    assert (last, days["land"], days["air"]) == (
        dt.date(2025, 9, 30),
        dt.date(2025, 5, 1),
        dt.date(2025, 9, 30),
    )
    assert set(days_of(tables, TODAY)[1].values()) == {TODAY}


def test_without_any_date_a_day_is_asked_for():
    with pytest.raises(UsageError, match="as-of"):
        days_of({"parcels": pd.DataFrame({"accepted_on": dates(None)})}, None)


def test_an_event_of_years_to_come_pushes_no_day_in_a_run_either():
    tables = {"ledger_events": pd.DataFrame({"date": dates("2025-05-01", "2099-01-01")})}
    assert days_of(tables, None)[1]["land"] == last_date(tables) == dt.date(2025, 5, 1)
