import datetime as dt

import numpy as np
import pandas as pd
import pytest

from gis import standards
from gis.air.compare import changes, stations_compared
from gis.base.calendar import periods_until
from gis.base.messages import shown

PRACTICE = standards.load().get("air-practice")
ITEMS = ["pm25", "pm10", "so2", "no2", "co", "o3_8h"]


def test_bias_correlation_and_capture_are_those_of_the_common_days():
    dates = pd.date_range("2024-01-01", periods=40)
    county = pd.DataFrame({"date": dates, **{item: np.arange(40.0) + 10 for item in ITEMS}})
    station = county.assign(station_key="A1", station="甲", named=True, pm25=2 * county["pm25"] + 1)
    station.loc[39, "pm25"] = np.nan
    day = dt.date(2024, 2, 9)
    found = stations_compared(station, county, periods_until(2024, day, ("year",)), day, PRACTICE)
    row = found.set_index("item").loc["pm25"]
    county_mean = np.mean(np.arange(39) + 10)
    assert (row["n_days"], row["data_capture"]) == (39, 39 / 40)
    assert row["mean_bias"] == pytest.approx(county_mean + 1)
    assert row["correlation"] == pytest.approx(1.0)
    short = stations_compared(station[:29], county, periods_until(2024, day, ("year",)), day, PRACTICE)
    assert short["correlation"].isna().all()


def statistics_of(values):
    rows = [
        {
            "period": period,
            "item": item,
            "mean": value,
            "percentile": value + 100,
            "valid": period != "2024M01",
        }
        for period, value in values.items()
        for item in ("pm25", "o3_8h")
    ]
    return pd.DataFrame(rows)


def compared(values, rates, editions, as_of):
    day = dt.date.fromisoformat(as_of)
    summary = pd.DataFrame({"period": list(values), "good_day_rate": rates, "edition": editions})
    summary["sufficient"] = pd.Series([None] * len(summary), dtype="boolean")
    periods = periods_until(2017, day, ("month", "cumulative"))
    return changes(statistics_of(values), summary, periods, PRACTICE)


def test_a_month_is_set_beside_the_one_before_and_that_of_last_year():
    values = {"2023M02": 50.0, "2024M01": 30.0, "2024M02": 40.0}
    found = compared(values, [80.0, 90.0, 85.0], ["hj633-2012"] * 3, "2024-02-29")
    rows = found.set_index(["period", "compared_with", "measure"])
    last = rows.loc[("2024M02", "last_month", "pm25")]
    assert (last["period_before"], last["change"]) == ("2024M01", 10.0)
    assert last["change_percent"] == pytest.approx(100 / 3)
    assert rows.loc[("2024M02", "same_month_last_year", "o3_8h"), "before"] == 150.0  # its percentile
    assert rows.loc[("2024M02", "last_month", "good_day_rate"), "change"] == -5.0
    assert pd.isna(rows.loc[("2024M02", "last_month", "good_day_rate"), "change_percent"])


def test_a_month_short_of_valid_days_is_compared_with_a_caution():
    values = {"2023M02": 50.0, "2024M01": 30.0, "2024M02": 40.0}
    found = compared(values, [80.0, 90.0, 85.0], ["hj633-2012"] * 3, "2024-02-29")
    notes = found.set_index(["period", "compared_with", "measure"])["note"]
    assert shown(notes["2024M02", "last_month", "pm25"]) == "too few valid days before"
    assert pd.isna(notes["2024M02", "same_month_last_year", "pm25"])
    assert pd.isna(notes["2024M02", "last_month", "good_day_rate"])  # nobody knows whether its days suffice


def test_rates_of_two_editions_are_never_compared():
    values = {"2025M04": 30.0, "2026M04": 30.0}
    found = compared(values, [90.0, 70.0], ["hj633-2012", "hj633-2026"], "2026-04-30")
    rate = found.set_index("measure").loc["good_day_rate"]
    assert not rate["comparable"]
    assert pd.isna(rate["change"])
    assert "另一版本" in rate["note"] or "版本不同" in rate["note"]
    assert found.set_index("measure").loc["pm25", "comparable"]


def test_gases_across_the_change_of_reference_state_carry_a_caution():
    found = compared({"2017M10": 60.0, "2018M10": 60.0}, [1.0, 1.0], ["hj633-2012"] * 2, "2018-10-31")
    notes = found.set_index("measure")["note"]
    assert "参比状态" in notes["o3_8h"]
    assert pd.isna(notes["pm25"])
