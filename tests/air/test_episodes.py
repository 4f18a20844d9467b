import pandas as pd

from gis import standards
from gis.air.episodes import episodes

RULES = standards.load().get("air-practice").data["episode"]


def days_of(aqi, start="2024-01-01", **more):
    dates = pd.date_range(start, periods=len(aqi))
    frame = pd.DataFrame({"date": dates, "aqi": pd.Series(aqi, dtype="Int64"), "pm25": 50.0, "dust": False})
    return frame.assign(primary_pollutants=[f"day {at}" for at in range(len(aqi))], **more)


def test_consecutive_days_over_200_are_one_episode_with_its_peak():
    found = episodes(days_of([90, 210, 260, 205, 200, 90]), RULES)
    heavy = found[found["kind"] == "heavy"].iloc[0]
    assert (str(heavy["start"].date()), str(heavy["end"].date()), heavy["days"]) == (
        "2024-01-02",
        "2024-01-04",
        3,
    )
    assert (heavy["peak_aqi"], str(heavy["peak_on"].date()), heavy["primary_pollutants"]) == (
        260,
        "2024-01-03",
        "day 2",
    )
    assert not heavy["open"]
    polluted = found[found["kind"] == "polluted"].iloc[0]
    assert polluted["days"] == 4


def test_a_day_without_data_ends_an_episode_and_is_told():
    found = episodes(days_of([90, 210, None, 220]), RULES)
    heavy = found[found["kind"] == "heavy"]
    assert heavy["days"].tolist() == [1, 1]
    assert heavy["open"].tolist() == [True, True]


def test_two_days_over_100_are_no_spell():
    assert len(episodes(days_of([90, 120, 130, 90]), RULES)) == 0


def test_no_day_is_no_episode():
    assert len(episodes(days_of([]), RULES)) == 0
