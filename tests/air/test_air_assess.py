import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from gis import air, standards
from gis.base.tables import conform, join
from gis.catalogue.model import Catalogue, County
from gis.engine import Threads
from gis.standards import ids_of

EDITIONS = standards.load()
CLEAN = {"pm25": 20.0, "pm10": 40.0, "so2": 8.0, "no2": 20.0, "co": 0.6, "o3_8h": 90.0}
STATIONS = pd.DataFrame({"station_id": ["A1", "A2", "A3"], "name": ["海虞子站", "兴福子站", "别的站"]})


def county(*names, **more):
    about = County(
        adcode="320581", name={"zh": "常熟市", "en": "Changshu"}, extent=(120.5, 31.5, 121.1, 31.9),
        plan_years=(2021, 2025), air_stations=names, **more,
    )  # fmt: skip
    return Catalogue(folder=Path(), county=about, layers=())


def days_of(start, end, station="海虞子站", **items):
    dates = pd.date_range(start, end)
    frame = pd.DataFrame({"date": dates, "station": station, **(CLEAN | items)})
    return frame.assign(source="data/空气日均值.xlsx#日均值", source_row=range(3, len(frame) + 3))


def hours_of(date, station_id, **items):
    time = pd.date_range(f"{date} 01:00", periods=24, freq="h")
    values = {name: value for name, value in CLEAN.items() if name != "o3_8h"} | {"o3": 90.0} | items
    frame = pd.DataFrame({"time": time, "station_id": station_id, **values})
    return frame.assign(source="data/空气小时值.csv", source_row=range(2, 26))


def assess(days=(), hours=(), *, names=("海虞子站", "兴福子站"), as_of="2024-12-31", editions=EDITIONS):
    tables = {"stations": conform(STATIONS, "stations")}
    for kind, frames in (("air_days", days), ("air_hours", hours)):
        if len(frames):
            tables[kind] = conform(pd.concat(frames, ignore_index=True), kind)
    return air.assess(tables, county(*names), editions, dt.date.fromisoformat(as_of), Threads(2))


def values(found):
    return dict(zip(found.figures["figure_id"], found.figures["value"], strict=True))


def test_the_city_value_is_the_mean_of_the_named_stations_only():
    found = assess(
        [
            days_of("2024-01-01", "2024-01-02", pm25=30.0),
            days_of("2024-01-01", "2024-01-01", "A2", pm25=41.0),
            days_of("2024-01-01", "2024-01-02", "别的站", pm25=300.0),
        ]
    )
    city = found.tables["air_city_days"]
    assert city["pm25"].tolist() == [35.5, 30.0]
    assert city["n_stations"].tolist() == [2, 1]
    assert city["aqi"].tolist() == [52, 45]  # 35.5 is rounded to 36 for the index; then ozone 90 * 50 / 100
    assert values(found)["air.pm25_mean.2024.320581"] == 32.75


def test_the_city_value_is_the_mean_of_the_named_stations_by_id_too():
    found = assess([days_of("2024-01-01", "2024-01-01", pm25=20.0)], names=("A1",))
    assert values(found)["air.pm25_mean.2024.320581"] == 20.0


def test_a_published_day_stands_and_hours_fill_the_days_without():
    found = assess(
        [days_of("2024-01-01", "2024-01-01", pm25=20.0)],
        [hours_of("2024-01-01", "A1", pm25=99.0), hours_of("2024-01-02", "A1", pm25=30.0)],
    )
    days = found.tables["air_station_days"]
    assert days[["station_id", "pm25", "derived"]].to_numpy().tolist() == [
        ["A1", 20.0, False],
        ["A1", 30.0, True],
    ]
    assert found.tables["air_city_days"]["pm25"].tolist() == [20.0, 30.0]
    note = found.figures.set_index("figure_id").loc["air.pm25_mean.2024.320581", "note"]
    assert "未经审核" in note


def test_rate_and_bad_days_count_only_valid_days():
    found = assess(
        [
            days_of("2024-01-01", "2024-01-06"),
            days_of("2024-01-07", "2024-01-08", pm25=80.0),
            days_of("2024-01-09", "2024-01-09", so2=np.nan),
            days_of("2024-01-10", "2024-01-10", so2=np.nan, o3_8h=170.0),
        ],
        as_of="2024-01-10",
    )
    figures = values(found)
    assert figures["air.good_day_rate.2024.320581"] == pytest.approx(100 * 6 / 9)
    assert figures["air.bad_days.2024.320581"] == 3
    city = found.tables["air_city_days"]
    assert city["valid"].tolist() == [True] * 8 + [False, True]
    assert pd.isna(city["aqi"].iloc[8])
    row = found.figures.set_index("figure_id").loc["air.good_day_rate.2024.320581"]
    assert (row["n"], row["coverage"]) == (9, 0.9)
    assert "1 天无数据或无效，未计" in row["note"]
    assert "累计" in row["note"]


def test_the_parts_of_the_evidence_give_the_value_by_the_formula():
    found = assess(
        [
            days_of("2024-01-01", "2024-01-02", pm25=[80.0, 20.0]),
            days_of("2024-01-01", "2024-01-01", "兴福子站", pm25=90.0),
        ],
        [
            hours_of("2024-01-03", "A1", pm25=[np.nan] * 2 + [11.0] * 22),
            hours_of("2024-01-03", "A2", pm25=22.0),
        ],
        as_of="2024-01-03",
    )
    evidence = found.evidence.groupby("figure_id")["part"].sum()
    for figure in found.figures.itertuples():
        mean = 1 / figure.n if "_mean" in figure.indicator else 1
        scale = {"air.good_day_rate": 100 / figure.n}.get(figure.indicator, mean)
        assert evidence[figure.figure_id] * scale == pytest.approx(figure.value)
    assert len(evidence) == 42  # nine figures of the year and of January, six of each of two stations
    rows = found.evidence[found.evidence["figure_id"] == "air.pm25_mean.2024.320581"]
    assert rows["table"].astype("str").value_counts().to_dict() == {"air_hours": 46, "air_days": 3}


def test_dust_days_are_kept_in_the_figure_and_taken_out_beside_it():
    found = assess(
        [
            days_of("2024-04-01", "2024-04-03"),
            days_of("2024-04-04", "2024-04-04", pm10=400.0, dust=True),
            days_of("2024-04-05", "2024-04-05", pm25=100.0),
        ],
        as_of="2024-04-30",
    )
    month = found.tables["air_periods"].set_index("period").loc["2024M04"]
    assert month["good_day_rate"] == 60.0
    assert month["good_day_rate_dust_removed"] == 75.0
    assert month["dust_days"] == 1
    assert values(found)["air.good_day_rate.2024.320581"] == 60.0


def test_a_year_with_too_few_days_is_shown_and_says_so():
    found = assess([days_of("2023-01-01", "2023-11-19")])
    row = found.figures.set_index("figure_id").loc["air.pm25_mean.2023.320581"]
    assert (row["value"], row["n"]) == (20.0, 323)
    assert "有效性不足" in row["note"]


def test_a_year_across_two_editions_names_both_and_gives_each_its_rate():
    days = [days_of("2026-02-27", "2026-03-02", pm25=65.0)]
    found = assess(days, as_of="2026-12-31")
    row = found.figures.set_index("figure_id").loc["air.good_day_rate.2026.320581"]
    assert (row["value"], ids_of(row["edition"])) == (50.0, ["hj633-2012", "hj633-2026"])
    assert "HJ 633-2012" in row["clause"]
    assert "HJ 633-2026" in row["clause"]
    rates = found.tables["air_period_editions"]
    rates = rates[rates["period"] == "2026"].set_index("edition")["good_day_rate"]
    assert rates.to_dict() == {"hj633-2012": 100.0, "hj633-2026": 0.0}


def test_a_forced_edition_is_named_in_the_id_only_outside_its_own_dates():
    forced = EDITIONS.force("aqi", "hj633-2012")
    found = assess(
        [days_of("2025-05-01", "2025-05-02", pm25=65.0), days_of("2026-05-01", "2026-05-02", pm25=65.0)],
        as_of="2026-12-31",
        editions=forced,
    )
    rates = {key: value for key, value in values(found).items() if "rate" in key}
    assert rates == {
        "air.good_day_rate.2025.320581": 100.0,
        "air.good_day_rate.2026.320581.hj633-2012": 100.0,
    }


def test_the_same_months_of_earlier_years_stand_beside_a_running_year():
    found = assess([days_of("2023-01-01", "2024-03-15")], as_of="2024-03-15")
    periods = set(found.figures["period"])
    assert periods == {"2023", "2024", "2023C03", "2024C03"}
    rows = found.figures.set_index("figure_id")
    assert rows.loc["air.pm25_mean.2023C03.320581", "n"] == 90
    assert rows.loc["air.pm25_mean.2024C03.320581", "n"] == 75


def test_rows_after_the_last_day_are_ignored():
    found = assess([days_of("2024-01-01", "2024-01-05")], [hours_of("2024-01-06", "A1")], as_of="2024-01-04")
    assert found.tables["air_city_days"]["date"].max() == pd.Timestamp("2024-01-04")
    assert "air_hours" not in found.tables


def test_a_county_that_names_no_station_takes_all_and_says_so():
    found = assess(
        [days_of("2024-01-01", "2024-01-01", pm25=20.0), days_of("2024-01-01", "2024-01-01", "X", pm25=30.0)],
        names=(),
    )
    assert values(found)["air.pm25_mean.2024.320581"] == 25.0
    assert "全部 2 个站点" in found.figures["note"].iloc[0]


def test_a_named_station_without_data_is_told():
    found = assess([days_of("2024-01-01", "2024-01-01")])
    assert "无数据的站点：兴福子站" in found.figures["note"].iloc[0]


@pytest.mark.parametrize("days", [[], [days_of("2024-01-01", "2024-01-02", "别的站")]])
def test_no_data_makes_no_figure(days):
    found = assess(days)
    assert len(found.figures) == 0
    assert len(found.evidence) == 0


def test_published_values_stand_beside_ours_with_the_differences_marked():
    published = {"published_aqi": [45, 60, None], "published_primary": ["", "PM₁₀", None]}
    found = assess([days_of("2024-01-01", "2024-01-03", **published)])
    days = found.tables["air_station_days"]
    assert days["aqi"].tolist() == [45, 45, 45]
    assert days["aqi_differs"].tolist()[:2] == [False, True]
    assert days["primary_differs"].tolist()[:2] == [False, True]
    assert days[["aqi_differs", "primary_differs"]].iloc[2].isna().all()


def test_a_series_judged_again_under_another_edition_brings_no_evidence_twice():
    days = [days_of("2024-05-01", "2024-05-02", pm25=65.0)]
    both = join([assess(days), assess(days, editions=EDITIONS.force("aqi", "hj633-2026"))])
    twice = {"air.good_day_rate", "air.bad_days", "air.pm25_mean"}
    assert {key: value for key, value in values(both).items() if key.split(".2024")[0] in twice} == {
        "air.good_day_rate.2024.320581": 100.0,
        "air.bad_days.2024.320581": 0.0,
        "air.pm25_mean.2024.320581": 65.0,
        "air.good_day_rate.2024.320581.hj633-2026": 0.0,
        "air.bad_days.2024.320581.hj633-2026": 2.0,
    }
    assert both.evidence["figure_id"].value_counts()["air.pm25_mean.2024.320581"] == 2


def test_dust_days_leave_the_figures_that_the_county_declares_and_the_evidence_with_them():
    days = conform(
        pd.concat(
            [
                days_of("2024-04-01", "2024-04-03"),
                days_of("2024-04-04", "2024-04-04", pm10=400.0, pm25=60.0, dust=True),
                days_of("2024-04-05", "2024-04-05", pm25=100.0),
            ],
            ignore_index=True,
        ),
        "air_days",
    )
    tables = {"stations": conform(STATIONS, "stations"), "air_days": days}
    as_of = dt.date(2024, 4, 30)

    def made(**dust):
        return air.assess(tables, county("海虞子站", dust=dust), EDITIONS, as_of, Threads(2))

    kept, cnemc, both = (
        made(),
        made(concentrations="removed"),
        made(concentrations="removed", good_days="removed"),
    )
    rate, mean = "air.good_day_rate.2024.320581", "air.pm10_mean.2024.320581"
    assert [values(one)[rate] for one in (kept, cnemc, both)] == [60.0, 60.0, 75.0]
    assert [values(one)[mean] for one in (kept, cnemc, both)] == [112.0, 40.0, 40.0]
    assert values(both)["air.bad_days.2024.320581"] == 1
    evidence = both.evidence.groupby("figure_id")["part"].sum()
    counts = both.figures.set_index("figure_id")["n"]
    assert (evidence[mean] / counts[mean], 100 * evidence[rate] / counts[rate]) == (40.0, 75.0)
    notes = both.figures.set_index("figure_id")["note"]
    assert "含沙尘日 1 天，已扣除" in notes[mean]
    assert "未扣除" in kept.figures.set_index("figure_id").loc[mean, "note"]
    statistics = kept.tables["air_statistics"]
    shown = statistics[(statistics["period"] == "2024") & (statistics["item"] == "pm10")]
    assert set(shown["dust"]) == {"kept", "removed"}


@pytest.mark.parametrize("label", ["station", "station_id"])
def test_a_station_known_by_name_or_by_code_alone_is_called_so(label):
    hours = hours_of("2024-01-01", "新站").rename(columns={"station_id": label})
    compared = assess(hours=[hours], names=()).tables["air_stations_compare"]
    assert set(compared["station"]) == {"新站"}


def test_days_before_the_first_edition_have_means_and_no_percentile_or_rate():
    found = assess(days=[days_of("2013-03-01", "2013-03-31")], names=(), as_of="2013-12-31")
    march = found.tables["air_periods"].set_index("period").loc["2013M03"]
    assert march["pm25_mean"] == 20.0
    assert march["valid_days"] == 0
    assert values(found)["air.pm25_mean.2013.320581"] == 20.0
    assert not [id_ for id_ in values(found) if "percentile" in id_ or "rate" in id_]
