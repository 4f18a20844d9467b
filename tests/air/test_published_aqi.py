"""Published hourly AQI of Jiangsu and Zhejiang, reproduced on both sides of 2026-03-01."""

import pandas as pd
import pytest

from gis import standards
from gis.air.aqi import hourly
from gis.air.published import CAUSES, disagreements
from gis.base.agreement import UNEXPLAINED, agreement
from gis.ingest import Options, read_file

EDITIONS = standards.load()
FIRST_HOUR = pd.Timestamp("2026-03-01 01:00")
KNOWN = {
    ("1221A", "2026-05-26 05:00"): ("items_left_out", "pm25,pm10"),
    ("1221A", "2026-05-26 07:00"): ("repeated_value", ""),
}
FILES = {
    "raw_hourly_as_published_2026-02-28T23.csv": (619, {"items_left_out": 1}),
    "raw_hourly_as_published_2026-03-01T01.csv": (616, {}),
    "raw_hourly_as_published_2026-05-10T15.csv": (614, {}),
    "cnemc_air_snapshot_20180220T07_jiangsu_shanghai.csv": (96, {}),
    "zjemc_air_hourly_county_20260430_20260724.csv.gz": (67_823, {}),
    "cnemc_air_hourly_jiangsu_20260226_20260724.csv.gz": (
        171_875,
        {"items_left_out": 1, "repeated_value": 1},
    ),
}


def hours(published, **values):
    times = pd.date_range("2026-05-01 05:00", periods=len(published), freq="h")
    frame = pd.DataFrame({"station_id": "1", "station": "甲", "time": times, **values})
    return frame.assign(published_aqi=pd.Series(published, dtype="Int64"))


@pytest.mark.parametrize(
    ("cause", "left_out", "frame"),
    [
        ("items_left_out", "pm10", hours([40, 35], pm25=[28.0, 24.0], pm10=[40.0, 48.0])),
        ("repeated_value", "", hours([40, 45], pm25=[28.0, 28.0], pm10=[20.0, 20.0])),
        ("previous_hour", "", hours([40, 40], pm25=[28.0, 35.0], pm10=[20.0, 20.0])),
        ("unexplained", "", hours([40, 45], pm25=[28.0, 35.0], pm10=[20.0, 20.0])),
    ],
)
def test_a_difference_is_named_by_its_cause(cause, left_out, frame):
    judged = hourly(frame, EDITIONS)
    assert judged["aqi_differs"].tolist() == [False, True]
    listed = disagreements(frame, judged)
    assert (listed["cause"].tolist(), listed["left_out"].tolist()) == ([cause], [left_out])
    assert cause in CAUSES


def test_the_hour_before_is_of_the_same_station_and_the_very_hour_before():
    frame = hours([40, 40], pm25=[28.0, 35.0], pm10=[20.0, 20.0])
    other = frame.assign(station_id=["1", "2"], station=["甲", "乙"])
    gap = frame.assign(time=frame["time"] + pd.to_timedelta([0, 1], "h"))
    for one in (other, gap):
        assert disagreements(one, hourly(one, EDITIONS))["cause"].tolist() == ["unexplained"]


@pytest.mark.real
@pytest.mark.parametrize("file", FILES)
def test_every_published_aqi_is_ours_or_differs_for_a_named_cause(shared, file):
    published, causes = FILES[file]
    frame = read_file(shared / "air" / file, Options(kind="air_hours", layer="a")).table
    judged = hourly(frame, EDITIONS)
    found = agreement(frame["published_aqi"], judged["aqi_differs"], disagreements(frame, judged)["cause"])
    assert (found.published, found.causes) == (published, causes)
    assert found.equal == published - sum(causes.values())
    assert UNEXPLAINED not in found.causes


@pytest.fixture(scope="module")
def jiangsu(shared):
    heads = {"pm2_5": "pm25", "aqi": "published_aqi", "primarypollutant": "published_primary"}
    used = ["timepoint", "stationcode", "pm10", "o3", "no2", "so2", "co", *heads]
    frame = pd.read_csv(shared / "air" / "cnemc_air_hourly_jiangsu_20260226_20260724.csv.gz", usecols=used)
    frame = frame.rename(columns=heads)
    frame["time"] = pd.to_datetime(frame["timepoint"], format="%Y-%m-%dT%H%M")
    return pd.concat([frame, hourly(frame, EDITIONS)], axis=1)


@pytest.mark.real
@pytest.mark.parametrize(("side", "rows"), [("before", 2620), ("from", 169255)])
def test_jiangsu_agrees_on_both_sides_of_the_change(jiangsu, side, rows):
    rated = jiangsu[jiangsu["aqi_differs"].notna() & ((jiangsu["time"] >= FIRST_HOUR) == (side == "from"))]
    assert len(rated) == rows
    assert set(rated["edition"]) == {"hj633-2026" if side == "from" else "hj633-2012"}
    assert 1 - rated["aqi_differs"].mean() >= 0.999


@pytest.mark.real
def test_the_disagreements_of_jiangsu_are_known(jiangsu):
    listed = disagreements(jiangsu.rename(columns={"stationcode": "station_id"}), jiangsu)
    keys = zip(listed["station_id"], listed["time"].dt.strftime("%Y-%m-%d %H:%M"), strict=True)
    assert dict(zip(keys, zip(listed["cause"], listed["left_out"], strict=True), strict=True)) == KNOWN


@pytest.mark.real
def test_primary_pollutants_agree_wherever_the_aqi_does(jiangsu):
    agreeing = jiangsu[~jiangsu["aqi_differs"].fillna(True)]
    assert not agreeing["primary_differs"].any()


@pytest.mark.real
def test_the_old_edition_does_not_reproduce_the_new_hours(jiangsu):
    new = jiangsu.loc[
        jiangsu["time"] >= FIRST_HOUR, ["time", "pm25", "pm10", "o3", "no2", "so2", "co", "published_aqi"]
    ]
    assert hourly(new, EDITIONS.force("aqi", "hj633-2012"))["aqi_differs"].mean() > 0.25


@pytest.mark.real
def test_zhejiang_agrees_to_the_last_hour(shared):
    heads = {
        "PM25": "pm25",
        "PM10": "pm10",
        "O3": "o3",
        "NO2": "no2",
        "SO2": "so2",
        "CO": "co",
        "AQI": "published_aqi",
    }
    read = pd.read_csv(
        shared / "air" / "zjemc_air_hourly_county_20260430_20260724.csv.gz",
        usecols=["time", "SYWRW", *heads],
        na_values="--",
    )
    frame = read.rename(columns=heads | {"SYWRW": "published_primary"})
    frame["time"] = pd.to_datetime(frame["time"], format="ISO8601")
    judged = hourly(frame, EDITIONS)
    assert judged["aqi_differs"].notna().sum() == 67823
    assert not judged["aqi_differs"].any()
    assert not judged["primary_differs"].any()
