"""A published AQI stands where ours cannot be computed, ozone above its table is never good, 999 may be a value."""

import datetime as dt

import pandas as pd
import pytest

from gis import air, standards
from gis.air.aqi import daily
from gis.base.messages import shown
from gis.base.tables import conform
from gis.catalogue.model import Catalogue, County, Words
from gis.engine import Threads
from gis.ingest import Options, read_files

EDITIONS = standards.load()
COUNTY = County(
    adcode="320581",
    name=Words(zh="常熟市", en="Changshu"),
    extent=(120, 31, 121, 32),
    plan_years=(2021, 2025),
)
CLEAN = {"pm25": 10.0, "pm10": 20.0, "so2": 5.0, "no2": 10.0, "co": 0.5, "o3_8h": 60.0}


def assess(rows, as_of=dt.date(2025, 3, 31)):
    days = conform(pd.DataFrame(rows).assign(source="空气日报.xlsx", source_row=range(len(rows))), "air_days")
    catalogue = Catalogue(folder=".", county=COUNTY, layers=())
    return air.assess({"air_days": days}, catalogue, EDITIONS, as_of, Threads(1))


def published(values, **more):
    dates = pd.date_range("2025-03-01", periods=len(values))
    return [
        {"date": day, "station": "A", "published_aqi": value, **more}
        for day, value in zip(dates, values, strict=True)
    ]


def month(made):
    rows = made.tables["air_periods"]
    return rows[rows["period"] == "2025M03"].iloc[0]


def test_a_table_of_aqi_alone_gives_a_good_day_rate_marked_as_taken_over():
    made = assess(published([50, 100, 101, 320]))
    found = month(made)
    assert found[["good_days", "valid_days", "taken_over_days", "good_day_rate"]].tolist() == [2, 4, 4, 50.0]
    city = made.tables["air_city_days"]
    assert city["category"].tolist() == ["优", "良", "轻度污染", "严重污染"]
    rates = made.figures[made.figures["indicator"] == "air.good_day_rate"]
    assert rates["note"].str.contains("4 天照录公布的 AQI，未经计算").all()
    assert made.figures["indicator"].str.startswith("air.pm25").sum() == 0


def test_a_day_with_all_items_is_computed_whatever_was_published():
    found = assess(published([180], **CLEAN))
    assert month(found)[["good_days", "taken_over_days"]].tolist() == [1, 0]
    lacking = assess(published([180], **(CLEAN | {"no2": None})))
    assert month(lacking)[["good_days", "valid_days", "taken_over_days"]].tolist() == [0, 1, 1]


def test_several_stations_have_no_mean_of_their_aqi():
    rows = [*published([50, 60]), *[one | {"station": "B"} for one in published([70, 80])]]
    assert month(assess(rows))["valid_days"] == 0


@pytest.mark.parametrize("edition", ["hj633-2012", "hj633-2026"])
@pytest.mark.parametrize("ozone", [801.0, 850.0, 1300.0])
def test_ozone_above_its_table_is_never_good(edition, ozone):
    day = pd.DataFrame([{"date": pd.Timestamp("2025-07-01"), **CLEAN, "o3_8h": ozone}])
    found = daily(day, EDITIONS.force("aqi", edition)).iloc[0]
    assert pd.isna(found["aqi"]) if edition == "hj633-2012" else found["aqi"] == 300
    assert pd.isna(found["category"]) == (edition == "hj633-2012")
    assert (found["good"], found["valid"]) == (False, True)
    assert [shown(found["exceeding_pollutants"], one) for one in ("zh", "en")] == [
        "臭氧8小时(O3_8h)",
        "O3-8h",
    ]


def test_ozone_above_its_table_takes_the_hour_where_it_is_there():
    day = pd.DataFrame([{"date": pd.Timestamp("2025-07-01"), **CLEAN, "o3_8h": 850.0, "o3_1h": 900.0}])
    assert daily(day, EDITIONS).iloc[0]["aqi"] == 350


@pytest.mark.parametrize(
    ("primary", "differs"), [("PM2.5", False), ("臭氧", True), (None, None), ("—", None), ("", None)]
)
def test_primary_pollutants_are_compared_where_one_was_published(primary, differs):
    day = pd.DataFrame([{"date": pd.Timestamp("2025-07-01"), **CLEAN, "pm25": 60.0, "published_aqi": 82,
                         "published_primary": primary}])  # fmt: skip
    found = daily(day, EDITIONS)["primary_differs"].iloc[0]
    assert pd.isna(found) if differs is None else bool(found) is differs


@pytest.mark.parametrize(
    ("before", "after", "kept"),
    [
        ("850", "920", True),
        ("850", "12", False),
        ("12", "15", False),
        ("", "700", True),
        ("999", "800", True),
    ],
)
def test_999_is_a_value_where_its_neighbours_say_so(tmp_path, before, after, kept):
    file = tmp_path / "空气小时值.csv"
    rows = [
        ("甲", "01", before),
        ("乙", "01", "5"),
        ("甲", "02", "999"),
        ("乙", "02", "999"),
        ("甲", "03", after),
        ("乙", "03", "6"),
    ]
    text = "站点,时间,SO2(μg/m³)\n" + "".join(
        f"{name},2025-01-05 {hour}:00,{so2}\n" for name, hour, so2 in rows
    )
    file.write_text(text, encoding="utf-8")
    found = read_files([file], Options(kind="air_hours", layer="空气小时值")).table
    at = found.set_index(["station", found["time"].dt.hour])["so2"]
    assert bool(at["甲", 2] == 999.0) is kept
    assert pd.isna(at["乙", 2])


def test_days_before_the_first_edition_have_means_and_no_verdict():
    rows = [{"date": day, "station": "A", **CLEAN} for day in pd.date_range("2013-03-01", periods=31)]
    made = assess(rows, dt.date(2013, 3, 31))
    periods = made.tables["air_periods"].set_index("period")
    assert periods.loc["2013M03", "pm25_mean"] == 10.0
