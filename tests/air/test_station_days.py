import numpy as np
import pandas as pd
import pytest

from gis import standards
from gis.air.days import station_days

EDITIONS = standards.load()


def hours_of(date="2024-05-01", station="A", **items):
    """Hours 01:00 to 24:00 of one station; a list is given hour by hour."""
    time = pd.date_range(f"{date} 01:00", periods=24, freq="h")
    return pd.DataFrame({"station": station, "time": time, **items})


def test_a_24_hour_mean_needs_20_hours():
    pm25 = np.arange(24.0)
    pm10 = pm25.copy()
    pm25[:4], pm10[:5] = np.nan, np.nan
    day = station_days(hours_of(pm25=pm25, pm10=pm10, so2=5.0, no2=20.0, co=0.5), EDITIONS).iloc[0]
    assert day["pm25"] == 13.5  # (4 + ... + 23) / 20
    assert pd.isna(day["pm10"])
    assert day["invalid_items"] == "pm10 19/20"


def test_a_negative_hour_is_no_hour():
    pm25 = np.full(24, 10.0)
    pm25[:4] = -1.0
    assert station_days(hours_of(pm25=pm25), EDITIONS)["pm25"].tolist() == [10.0]
    pm25[4] = -9.0
    assert station_days(hours_of(pm25=pm25), EDITIONS)["pm25"].isna().tolist() == [True]


def test_the_ozone_day_is_the_largest_8_hour_mean_by_hand():
    # hours 10:00-17:00 at 120, 160, 200, 200, 200, 180, 160, 140: mean 170; all others 40
    ozone = np.full(24, 40.0)
    ozone[9:17] = [120, 160, 200, 200, 200, 180, 160, 140]
    day = station_days(hours_of(o3=ozone), EDITIONS).iloc[0]
    assert day["o3_8h"] == 170.0
    assert day["o3_1h"] == 200.0


def test_an_8_hour_mean_does_not_reach_into_the_day_before():
    evening = hours_of("2024-05-01", o3=[40.0] * 16 + [300.0] * 8)
    morning = hours_of("2024-05-02", o3=[300.0] + [40.0] * 23)
    days = station_days(pd.concat([evening, morning], ignore_index=True), EDITIONS)
    assert days["o3_8h"].tolist() == [300.0, (300 + 7 * 40) / 8]


def test_midnight_belongs_to_the_day_before():
    days = station_days(hours_of("2024-05-01", pm25=10.0), EDITIONS)
    assert days["date"].tolist() == [pd.Timestamp("2024-05-01")]
    assert days["n_hours"].tolist() == [24]


def test_the_later_of_two_rows_of_an_hour_stands():
    twice = pd.concat([hours_of(pm25=10.0), hours_of(pm25=22.0)], ignore_index=True)
    assert station_days(twice, EDITIONS)["pm25"].tolist() == [22.0]


def test_dust_of_one_hour_marks_the_day_and_audit_needs_all_hours():
    dust, audited = [False] * 23 + [True], [True] * 23 + [None]
    days = station_days(hours_of(pm25=1.0, dust=dust, audited=audited), EDITIONS)
    assert days["dust"].tolist() == [True]
    assert days["audited"].tolist() == [False]


def test_stations_and_order_do_not_mix():
    both = pd.concat([hours_of(station="B", pm25=30.0), hours_of(station="A", pm25=10.0)]).sample(
        frac=1, random_state=1, ignore_index=True
    )
    days = station_days(both, EDITIONS)
    assert days[["station", "pm25"]].to_numpy().tolist() == [["A", 10.0], ["B", 30.0]]


@pytest.mark.parametrize("date", ["2012-05-01", None])
def test_no_day_is_made_where_no_edition_says_how(date):
    hours = hours_of(date or "2024-05-01", pm25=10.0)
    days = station_days(hours if date else hours.iloc[:0], EDITIONS)
    assert len(days) == 0
    assert {"station", "date", "pm25", "o3_8h", "invalid_items"} <= set(days)


def test_a_tenth_is_not_lost_in_the_mean_of_carbon_monoxide():
    from gis.base.units import round_half_even

    day = station_days(hours_of(co=[0.4] * 12 + [0.5] * 12), EDITIONS)
    assert round_half_even(day["co"], 1).tolist() == [0.4]
