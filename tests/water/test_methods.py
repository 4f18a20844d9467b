"""Records without a method are automatic where their times tell it; what does not tell is asked."""

import gzip

import numpy as np
import pandas as pd
import pytest

from gis.base.errors import Question
from gis.base.tables import conform
from gis.catalogue.model import Answer
from gis.water.means import month_means
from gis.water.methods import recognised, with_methods
from tests.water.shared import SHARED

RULES = {"automatic_first": ["dissolved_oxygen"]}


def records(times, section="示例桥", **columns):
    frame = pd.DataFrame({"section": section, "sampled_at": pd.DatetimeIndex(times), "source": "自动站.csv"})
    return conform(frame.assign(source_row=range(len(frame)), **columns), "samples")


def methods(frame):
    return with_methods(frame, {})["method"].fillna("none").tolist()


@pytest.mark.parametrize(("step", "days"), [("1h", 3), ("2h", 10), ("4h", 1), ("4h", 31), ("6h", 30)])
def test_readings_at_even_times_of_a_day_are_a_stations(step, days):
    times = pd.date_range("2025-07-01", periods=int(pd.Timedelta(days=days) / pd.Timedelta(step)), freq=step)
    assert set(methods(records(times))) == {"automatic"}


def test_one_reading_at_eight_on_every_day_is_a_stations_and_a_date_alone_is_none():
    days = pd.date_range("2025-07-01", periods=30)
    assert set(methods(records(days + pd.Timedelta(hours=8)))) == {"automatic"}
    assert set(methods(records(days))) == {"none"}


def test_gaps_minutes_that_drift_and_a_day_lost_keep_a_station_a_station():
    random = np.random.default_rng(1)
    times = pd.date_range("2025-07-01", "2025-07-31 23:00", freq="4h") + pd.to_timedelta(
        random.integers(0, 9, 186), "min"
    )
    assert set(methods(records(times[random.random(len(times)) > 0.15]))) == {"automatic"}


@pytest.mark.parametrize(
    "times",
    [
        ["2025-01-05 09:20", "2025-02-04 10:05", "2025-03-06 09:40"],
        ["2025-01-05", "2025-01-20", "2025-02-04"],
        ["2025-01-05 09:10", "2025-01-05 09:20", "2025-01-05 09:30", "2025-02-07 13:05", "2025-02-07 13:15"],
        ["2025-01-05 09:00", "2025-01-05 15:00", "2025-02-05 09:00", "2025-02-05 15:00"],
    ],
)
def test_samples_of_a_person_stay_without_a_method(times):
    assert set(methods(records(times))) == {"none"}


def test_laboratory_rows_between_the_hours_of_a_station_are_manual():
    hours = pd.date_range("2025-07-01", "2025-07-05 23:00", freq="1h")
    frame = pd.concat([records(hours), records(["2025-07-03 09:20"], codcr=18.0)], ignore_index=True)
    assert methods(frame) == ["automatic"] * len(hours) + ["none"]


def test_a_published_row_with_the_state_of_its_station_is_automatic():
    assert methods(records(["2026-02-04 11:00"], station_state="正常")) == ["automatic"]


def test_a_section_with_few_readings_follows_most_of_its_file():
    hours = pd.date_range("2025-07-01", "2025-07-05 23:00", freq="1h")
    frame = pd.concat([records(hours), records(["2025-07-03 08:00"], section="新站")], ignore_index=True)
    assert set(methods(frame)) == {"automatic"}


def test_times_that_do_not_tell_are_asked_about_where_the_mean_depends_on_them():
    times = [f"2025-{month:02d}-05 {hour:02d}:00" for month in (1, 4, 7) for hour in (6, 10, 14, 18)]
    equal = records(times)
    assert set(methods(equal)) == {"none"}
    uneven = records([*times, "2025-01-20 06:00", "2025-04-21 06:00"])
    with pytest.raises(Question, match="method"):
        with_methods(uneven, {})
    assert with_methods(uneven, {}, asks=False)["method"].isna().all()
    for said in ("automatic", "manual"):
        answers = {"method": Answer(value=said, date=pd.Timestamp("2026-01-01").date(), by="")}
        assert set(with_methods(uneven, answers)["method"]) == {said}


def test_what_was_recognised_is_said_and_a_stated_method_stays():
    hours = pd.date_range("2025-07-01", "2025-07-05 23:00", freq="1h")
    frame = records(hours)
    assert "120 条记录" in recognised(frame, with_methods(frame, {})).zh
    stated = records(hours, method="manual")
    assert with_methods(stated, {}) is stated
    assert recognised(stated, stated) is None


def test_a_month_of_published_hours_is_the_same_with_and_without_a_column_of_the_method():
    """59 of 1,096 section-months of the shared data changed class with that column, 20 across Ⅲ/Ⅳ."""
    path = SHARED / "cnemc_water_hourly_202607.csv.gz"
    if not path.exists():
        pytest.skip("the shared data is not here")
    with gzip.open(path, "rt", encoding="utf-8-sig") as file:
        read = pd.read_csv(file, usecols=["断面名称", "监测时间", "溶解氧(mg/L)"])
    frame = records(
        pd.to_datetime(read["监测时间"]),
        section=read["断面名称"],
        dissolved_oxygen=read["溶解氧(mg/L)"].to_numpy(),
    )
    frame = frame[frame["sampled_at"].notna()]
    dates = frame["sampled_at"].dt
    frame = frame.assign(key=frame["section"], year=dates.year, month=dates.month)
    found, stated = (
        month_means(one, RULES) for one in (with_methods(frame, {}), frame.assign(method="automatic"))
    )
    enough = stated["n_days"] >= 20
    assert enough.sum() > 400
    pd.testing.assert_series_equal(
        found.loc[enough, "dissolved_oxygen"], stated.loc[enough, "dissolved_oxygen"]
    )


def test_the_method_may_stand_in_the_column_of_the_origin():
    frame = records(["2025-01-05", "2025-01-06"], data_origin=["automatic", "manual"])
    assert methods(frame) == ["automatic", "manual"]


def test_readings_at_night_are_a_stations_even_if_few():
    assert set(methods(records(["2025-07-09 21:00", "2025-07-09 22:00", "2025-07-10 01:00"]))) == {
        "automatic"
    }
