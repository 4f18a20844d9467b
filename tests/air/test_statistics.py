import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis import standards
from gis.air.composite import composite
from gis.air.statistics import percentile, statistics
from gis.base.calendar import periods_until
from gis.base.messages import keys_of

EDITIONS = standards.load()
CLEAN = {"pm25": 28.0, "pm10": 49.0, "so2": 6.0, "no2": 30.0, "co": 0.8, "o3_8h": 120.0}


def days_of(start, end, **items):
    dates = pd.date_range(start, end)
    frame = pd.DataFrame(
        {"date": dates, "place": "320581", "place_kind": "county", "name": "常熟市", "dust": False}
    )
    return frame.assign(**(CLEAN | items))


def evaluated(days, as_of="2025-12-31", editions=EDITIONS, kinds=("year", "month", "cumulative")):
    day = dt.date.fromisoformat(as_of)
    return statistics(days, periods_until(days["date"].min().year, day, kinds), day, editions)


def row_of(found, period, item, **more):
    chosen = found[(found["period"] == period) & (found["item"] == item)]
    for name, value in more.items():
        chosen = chosen[chosen[name] == value]
    assert len(chosen) == 1
    return chosen.iloc[0]


@given(
    st.lists(st.floats(0, 2000, allow_nan=False), min_size=1, max_size=400),
    st.sampled_from([90, 95, 98, 50, 0, 100]),
)
def test_the_percentile_of_the_standard_is_numpys_linear_one(values, p):
    assert percentile(values, p)[0] == pytest.approx(np.percentile(values, p, method="linear"), abs=1e-6)


def test_a_mean_is_judged_as_rounded_and_the_other_verdict_is_told():
    days = days_of("2024-01-01", "2024-12-31", pm25=[35.2, 35.6] * 183)
    row = row_of(evaluated(days), "2024", "pm25")
    assert row["mean"] == pytest.approx(35.4)
    assert (row["mean_rounded"], row["met"], row["met_unrounded"]) == (35.0, True, False)
    assert row["verdict_depends_on_rounding"]
    other = row_of(evaluated(days.assign(pm25=36.0)), "2024", "pm25")
    assert (other["met"], other["verdict_depends_on_rounding"]) == (False, False)
    assert other["exceed_mean"] == 0.03  # (36 - 35) / 35 = 0.0286


def test_a_day_counts_as_met_by_its_rounded_value():
    row = row_of(evaluated(days_of("2024-01-01", "2024-01-03", pm25=[75.4, 75.6, 10.0])), "2024M01", "pm25")
    assert (row["days_met"], row["attain_rate"]) == (2, 66.7)
    assert pd.isna(row["met"])


def test_a_year_across_a_change_of_limits_is_judged_by_both():
    found = evaluated(days_of("2026-01-01", "2026-12-31", pm10=65.0), "2026-12-31")
    rows = found[(found["period"] == "2026") & (found["item"] == "pm10")].set_index("edition")
    assert rows["met"].to_dict() == {"gb3095-2012": True, "gb3095-2026-transition": False}
    assert rows["limit_year"].tolist() == [70, 60]
    one = evaluated(
        days_of("2026-01-01", "2026-12-31"), "2026-12-31", EDITIONS.force("air_limits", "gb3095-2012")
    )
    assert set(one["edition"]) == {"gb3095-2012"}


def test_too_few_days_are_computed_and_told():
    row = row_of(evaluated(days_of("2024-01-01", "2024-10-31")), "2024", "no2")
    assert (row["mean"], row["valid"], row["n_days"]) == (30.0, False, 305)
    running = row_of(evaluated(days_of("2024-01-01", "2024-10-31"), "2024-10-31"), "2024", "no2")
    assert pd.isna(running["valid"])
    assert running["provisional"]


def test_dust_days_are_shown_with_and_without():
    days = days_of(
        "2024-01-01", "2024-01-04", pm10=[40.0, 60.0, 500.0, 50.0], dust=[False, False, True, False]
    )
    found = evaluated(days)
    assert row_of(found, "2024M01", "pm10", dust="kept")["mean"] == 162.5
    removed = row_of(found, "2024M01", "pm10", dust="removed")
    assert (removed["mean"], removed["n_days"]) == (50.0, 3)


def test_an_item_without_values_gives_no_row_and_no_index():
    found = evaluated(days_of("2024-01-01", "2024-01-04", so2=np.nan))
    assert "so2" not in set(found["item"])
    index = composite(found)
    assert index["composite_index"].isna().all()
    assert {key for text in index["missing_items"] for key in keys_of(text)} == {"so2"}


def test_both_methods_of_the_index_are_named_and_differ():
    days = days_of("2024-01-01", "2024-12-31", pm25=[20.0] * 330 + [100.0] * 36)
    index = composite(evaluated(days)).set_index(["period", "method"])
    ranking, annex = index.loc[("2024", "ranking")], index.loc[("2024", "annex_c")]
    # mean (330 * 20 + 36 * 100) / 366 = 27.869; the 95th percentile is 100: 27.869 / 35 against 100 / 75
    assert ranking["index_pm25"] == pytest.approx(27.8689 / 35, abs=1e-5)
    assert annex["index_pm25"] == pytest.approx(100 / 75)
    assert keys_of(ranking["primary_items"]) == ["pm25"]
    assert (keys_of(ranking["items_over"]), ranking["all_met"]) == (["pm25"], False)


def test_the_indices_of_2026_use_the_limits_of_the_transition():
    index = composite(evaluated(days_of("2026-04-01", "2026-04-30"), "2026-04-30"))
    row = index[(index["period"] == "2026M04") & (index["method"] == "ranking")].iloc[0]
    assert row["edition"] == "gb3095-2026-transition"
    assert row["index_pm25"] == pytest.approx(28 / 30)
    assert row["composite_index"] == pytest.approx(28 / 30 + 49 / 60 + 6 / 60 + 30 / 40 + 0.8 / 4 + 120 / 160)
    assert row["weights"] == "unweighted"
