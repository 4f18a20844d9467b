"""A trend is a figure: its yearly means are its parts, the readings of each year stand behind them once."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from fake_county import CATALOGUE

from gis import standards, water
from gis.base.stats import spearman
from gis.base.tables import conform
from gis.engine import Threads

EDITIONS = standards.load()
AS_OF = dt.date(2025, 10, 31)


def readings(nh3n, ph):
    stamps = [
        (year, month) for year in range(2021, 2026) for month in range(1, 13) if (year, month) <= (2025, 11)
    ]
    rows = [
        {"section_id": key, "sampled_at": pd.Timestamp(year, month, 5), "method": "manual", "nh3n": nh3n(year, month),
         "ph": ph(year, month)}
        for key in ("A", "B") for year, month in stamps
    ]  # fmt: skip
    samples = pd.DataFrame(rows).assign(source="手工.xlsx#1")
    return samples.assign(source_row=range(3, 3 + len(samples)))


@pytest.fixture(scope="module")
def made():
    draw = np.random.default_rng(3).normal(0, 0.02, (5, 12))
    samples = readings(
        lambda y, m: 1 - 0.1 * (y - 2021) + draw[y - 2021, m - 1],
        lambda y, m: 7 + 0.1 * (m % 3) + 0.01 * (y % 2),
    )
    tables = {"samples": conform(samples, "samples")}
    return water.assess(tables, CATALOGUE, EDITIONS, AS_OF, Threads(1))


def behind(made, figure_id):
    return made.evidence[made.evidence["figure_id"] == figure_id]


def test_every_trend_of_the_table_is_a_figure_of_its_value(made):
    values = made.figures.set_index("figure_id")["value"]
    for row in made.tables["water_trends"].to_dict("records"):
        where = f"{row['indicator']}.2025C10.{row['section_id']}"
        assert values[f"water.trend_rank.{where}"] == row["spearman_rs"]
        assert values[f"water.trend_slope.{where}"] == row["mk_slope"]
    one = made.figures.set_index("figure_id").loc["water.trend_rank.nh3n.2025C10.A"]
    assert "环办〔2011〕22号" in one["clause"]
    assert (one["edition"], one["n"]) == ("spearman", 5)
    assert "显著下降" in one["note"]


@pytest.mark.parametrize("indicator", ["nh3n", "ph"])
def test_the_parts_of_a_rank_correlation_are_the_yearly_means_it_is_made_of(made, indicator):
    figure_id = f"water.trend_rank.{indicator}.2025C10.B"
    parts = behind(made, figure_id)["part"].to_numpy("float64")
    value = made.figures.set_index("figure_id").loc[figure_id, "value"]
    assert spearman(np.round(parts, 9)) == pytest.approx(value)


def test_readings_stand_behind_trends_once_and_none_later_than_the_last_month(made):
    years = [f"water.section_readings.{year}.A" for year in range(2021, 2026)]
    for test in ("rank", "slope"):
        assert behind(made, f"water.trend_{test}.nh3n.2025C10.A")["source"].tolist() == years
    rows = pd.concat([behind(made, one) for one in years])
    assert rows["source_row"].tolist() == list(range(3, 61))
    direct = made.evidence[made.evidence["figure_id"].str.startswith("water.trend_")]
    assert set(direct["table"]) == {"figures"}
