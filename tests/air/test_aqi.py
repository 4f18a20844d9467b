from importlib.resources import files

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gis import standards
from gis.air.aqi import daily, hourly
from gis.base.messages import shown

EDITIONS = standards.load()
ITEMS = ("pm25", "pm10", "so2", "no2", "co", "o3")
VALUE = st.one_of(st.none(), st.integers(-1, 1300).map(float), st.floats(0, 700))
HOUR = st.tuples(
    st.datetimes(pd.Timestamp("2026-02-20"), pd.Timestamp("2026-03-10")), *[VALUE for _ in ITEMS]
)


def frame_of(rows):
    frame = pd.DataFrame(rows, columns=["time", *ITEMS])
    frame["time"] = frame["time"].astype("datetime64[us]")
    return frame.astype(dict.fromkeys(ITEMS, "float64"))


@settings(deadline=None, max_examples=40)
@given(st.lists(HOUR, min_size=1, max_size=12), st.integers(0, 12))
def test_hours_judged_in_parts_are_the_hours_judged_whole(rows, cut):
    hours = frame_of(rows)
    parts = [part for part in (hours.iloc[:cut], hours.iloc[cut:]) if len(part)]
    together = pd.concat([hourly(part, EDITIONS) for part in parts])
    pd.testing.assert_frame_equal(together, hourly(hours, EDITIONS))


@settings(deadline=None, max_examples=40)
@given(st.lists(HOUR, min_size=1, max_size=12))
def test_the_aqi_is_the_largest_index_and_its_pollutants_are_named_above_50(rows):
    judged = hourly(frame_of(rows), EDITIONS)
    indices = judged[[f"iaqi_{item}" for item in ITEMS]]
    assert judged["aqi"].isna().tolist() == indices.isna().all(axis=1).tolist()
    largest = indices.max(axis=1)
    for aqi, top, names, ties in zip(
        judged["aqi"],
        largest,
        judged["primary_pollutants"],
        indices.eq(largest, axis=0).sum(axis=1),
        strict=True,
    ):
        if not pd.isna(aqi):
            assert aqi == top
            assert (0 if pd.isna(names) else len(shown(names, "zh").split(","))) == (ties if aqi > 50 else 0)


def test_a_level_is_numbered_as_its_words_are_from_one_to_six():
    """HJ 633-2012 table 2: 50 is the last of level 1, 51 the first of level 2, above 300 is level 6."""
    pm25 = [35.0, 36.0, 75.0, 76.0, 115.0, 116.0, 150.0, 151.0, 250.0, 251.0, 500.0, np.nan]
    judged = daily(pd.DataFrame({"date": pd.Timestamp(2021, 5, 1), "pm25": pm25}), EDITIONS)
    assert judged["aqi_level"].fillna(0).tolist() == [1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 0]
    assert judged["category"].dropna().drop_duplicates().tolist() == [
        "优", "良", "轻度污染", "中度污染", "重度污染", "严重污染",
    ]  # fmt: skip


def test_the_callers_index_and_rows_without_an_edition_stay():
    hours = pd.DataFrame(
        {
            "time": pd.to_datetime(["2026-05-01 05:00", None, "2014-01-01 05:00", "2025-05-01 05:00"]),
            "pm25": 60.0,
        },
        index=[7, 7, 3, 1],
    )
    judged = hourly(hours, EDITIONS)
    assert judged.index.tolist() == [7, 7, 3, 1]
    assert judged["aqi"].fillna(-1).tolist() == [100, -1, -1, 82]
    assert judged["edition"].isna().tolist() == [False, True, True, False]


def test_a_day_is_valid_when_all_six_items_are_there_or_one_exceeds_already():
    full = {"pm25": 20.0, "pm10": 40.0, "so2": 8.0, "no2": 20.0, "co": 0.6, "o3_8h": 90.0}
    days = pd.DataFrame([full, full | {"co": np.nan}, full | {"co": np.nan, "pm25": 76.0}])
    judged = daily(days.assign(date=pd.Timestamp("2024-05-01")), EDITIONS)
    assert judged["valid"].tolist() == [True, False, True]
    assert judged["good"].fillna(False).tolist() == [True, False, False]
    assert judged["good"].isna().tolist() == [False, True, False]


@pytest.mark.parametrize(
    ("published", "differs"),
    [
        ("颗粒物(PM10),细颗粒物(PM2.5)", False),
        ("PM₂.₅、PM₁₀", False),
        ("细颗粒物，可吸入颗粒物", False),
        ("PM2.5", True),
        ("臭氧1小时(O3_1h)", True),
        ("NA", True),
    ],
)
def test_a_published_primary_pollutant_is_read_however_it_is_written(published, differs):
    hour = pd.DataFrame(
        {"time": [pd.Timestamp("2024-05-01 05:00")], "pm25": 75.0, "pm10": 150.0, "published_aqi": 100}
    ).assign(published_primary=published)
    judged = hourly(hour, EDITIONS)
    assert judged["primary_differs"].tolist() == [differs]
    assert judged["aqi_differs"].tolist() == [False]


def test_a_new_edition_is_a_data_file_and_judges_from_its_day(tmp_path):
    text = files("gis.standards").joinpath("hj633-2026.toml").read_text(encoding="utf-8")
    text = text.replace("HJ 633-2026", "HJ 633-2040").replace("from = 2026-03-01", "from = 2040-01-01")
    (tmp_path / "hj633-2040.toml").write_text(
        text.replace("pm25_1h = [0, 35, 60,", "pm25_1h = [0, 25, 50,"), encoding="utf-8"
    )
    hours = pd.DataFrame({"time": pd.to_datetime(["2040-01-01 00:00", "2040-01-01 01:00"]), "pm25": 50.0})
    judged = hourly(hours, standards.load([tmp_path]))
    assert judged["edition"].tolist() == ["hj633-2026", "hj633-2040"]
    assert judged["aqi"].tolist() == [80, 100]
    assert judged["category"].tolist() == ["良", "良"]
