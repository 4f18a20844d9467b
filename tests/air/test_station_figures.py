"""Stations and the towns between them are figures: parts add up to the mean, the percentile, the surface."""

import datetime as dt

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from fake_county import CATALOGUE

from gis import air, standards
from gis.base.tables import conform
from gis.engine import Threads

STATIONS = {"甲站": (120.7, 31.6), "乙站": (120.8, 31.6), "丙站": (120.75, 31.7)}


@pytest.fixture(scope="module")
def made():
    days = pd.date_range("2024-11-01", "2025-10-31")
    draw = np.random.default_rng(5)
    frames = [
        pd.DataFrame({"station": name, "date": days, "dust": False} | {
            item: draw.uniform(low, high, len(days)).round(digits)
            for item, low, high, digits in (("pm25", 10, 60, 0), ("pm10", 20, 90, 0), ("so2", 4, 12, 0),
                                            ("no2", 10, 50, 0), ("co", 0.4, 1.2, 1), ("o3_8h", 40, 170, 0))
        }) for name in STATIONS
    ]  # fmt: skip
    rows = pd.concat(frames, ignore_index=True).assign(
        source="空气.csv", source_row=range(2, 2 + 3 * len(days))
    )
    places = gpd.GeoDataFrame(
        {"station_id": list(STATIONS), "name": list(STATIONS)},
        geometry=[shapely.Point(*at) for at in STATIONS.values()], crs="EPSG:4490",
    )  # fmt: skip
    towns = gpd.GeoDataFrame(
        {"level": ["town", "town"], "name": ["东镇", "西镇"], "place_code": ["E", "W"]},
        geometry=[shapely.box(120.75, 31.55, 120.85, 31.75), shapely.box(120.65, 31.55, 120.75, 31.75)],
        crs="EPSG:4490",
    )  # fmt: skip
    tables = {
        "air_days": conform(rows, "air_days"), "stations": conform(places, "stations"),
        "boundaries": conform(towns, "boundaries"),
    }  # fmt: skip
    return air.assess(tables, CATALOGUE, standards.load(), dt.date(2025, 10, 31), Threads(1))


def test_a_station_mean_is_the_sum_of_its_parts_and_a_percentile_too(made):
    known = made.figures[made.figures["indicator"].str.startswith("air.station_")]
    assert set(known["place"]) == set(STATIONS)
    assert set(known["period"]) == {"2024", "2025", "2025C10"}
    parts = made.evidence.groupby("figure_id")["part"].sum()
    for one in known.to_dict("records"):
        share = 1 if "percentile" in one["indicator"] else one["n"]
        assert parts[one["figure_id"]] / share == pytest.approx(one["value"])
        assert one["clause"]


def test_a_station_figure_is_the_value_of_the_table(made):
    table = made.tables["air_statistics"].set_index(["place", "period", "item"])
    values = made.figures.set_index("figure_id")["value"]
    assert values["air.station_mean.pm25.2025.甲站"] == table.loc[("甲站", "2025", "pm25"), "mean"]
    assert values["air.station_percentile.co.2025.乙站"] == table.loc[("乙站", "2025", "co"), "percentile"]


def test_a_town_mean_rests_on_the_stations_and_says_that_it_is_an_estimate(made):
    towns = made.tables["air_surface_towns"].set_index("place_code")["mean"]
    figures = made.figures[made.figures["indicator"] == "air.surface_town_mean"].set_index("place")
    assert figures["value"].to_dict() == towns.to_dict()
    assert figures["note"].str.contains("不用于达标评价").all()
    behind = made.evidence[made.evidence["figure_id"] == figures.loc["E", "figure_id"]]
    assert behind["source"].tolist() == [f"air.station_mean.pm25.2025.{name}" for name in sorted(STATIONS)]
