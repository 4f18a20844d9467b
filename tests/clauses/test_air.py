"""One case for each clause on air in the standards that the code implements; the id is the clause."""

import datetime as dt
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from gis import standards
from gis.air.aqi import daily, hourly
from gis.air.breakpoints import sub_index, table_of
from gis.air.composite import composite
from gis.air.dated import day_of_hour
from gis.air.days import max_8h, station_days
from gis.air.episodes import episodes
from gis.air.periods import enough_days
from gis.air.statistics import limits_of, percentile, statistics
from gis.base.calendar import Period, periods_until
from gis.base.messages import shown
from gis.base.tables import TABLES as TABLES_OF_COLUMNS
from gis.base.units import round_half_even
from gis.standards import by_edition

EDITIONS = standards.load()
TABLES = {id_: table_of(EDITIONS.get(id_), EDITIONS) for id_ in ("hj633-2012", "hj633-2026")}
IAQI = [0, 50, 100, 150, 200, 300, 400, 500]
SAME = {
    "so2_24h": [0, 50, 150, 475, 800, 1600, 2100, 2620],
    "so2_1h": [0, 150, 500, 650, 800],
    "no2_24h": [0, 40, 80, 180, 280, 565, 750, 940],
    "no2_1h": [0, 100, 200, 700, 1200, 2340, 3090, 3840],
    "co_24h": [0, 2, 4, 14, 24, 36, 48, 60],
    "co_1h": [0, 5, 10, 35, 60, 90, 120, 150],
    "o3_1h": [0, 160, 200, 300, 400, 800, 1000, 1200],
    "o3_8h": [0, 100, 160, 215, 265, 800],
}
BREAKPOINTS = {
    "hj633-2012": SAME
    | {key: [0, 50, 150, 250, 350, 420, 500, 600] for key in ("pm10_1h", "pm10_24h")}
    | {key: [0, 35, 75, 115, 150, 250, 350, 500] for key in ("pm25_1h", "pm25_24h")},
    "hj633-2026": SAME
    | {key: [0, 50, 120, 250, 350, 420, 500, 600] for key in ("pm10_1h", "pm10_24h")}
    | {key: [0, 35, 60, 115, 150, 250, 350, 500] for key in ("pm25_1h", "pm25_24h")},
}
POINTS = [
    pytest.param(edition, item, points, id=f"{edition}-table1-{item}")
    for edition, items in BREAKPOINTS.items()
    for item, points in items.items()
]


def clause(*values, id_):
    return pytest.param(*values, id=id_)


@pytest.mark.parametrize(("edition", "item", "points"), POINTS)
def test_a_breakpoint_has_its_own_index_and_the_next_thousandth_rounds_up(edition, item, points):
    table = TABLES[edition]
    assert sub_index(table, item, points).tolist() == IAQI[: len(points)]
    inside = [point + 0.001 for point in points[:-1]]
    assert sub_index(table, item, inside).tolist() == [one + 1 for one in IAQI[: len(points) - 1]]


@pytest.mark.parametrize(("edition", "item", "points"), POINTS)
def test_half_way_between_two_breakpoints_the_index_is_half_way_too(edition, item, points):
    halves = [(low + high) / 2 for low, high in pairwise(points)]
    expected = [25, 75, 125, 175, 250, 350, 450]  # of 0, 50, 100, 150, 200, 300, 400, 500
    assert sub_index(TABLES[edition], item, halves).tolist() == expected[: len(halves)]


@pytest.mark.parametrize(
    ("edition", "item", "value", "index"),
    [
        clause("hj633-2012", "so2_1h", 800.1, -1, id_="hj633-2012-table1-note1"),
        clause("hj633-2026", "so2_1h", 800.1, 200, id_="hj633-2026-table1-note1"),
        clause("hj633-2012", "o3_8h", 801, -1, id_="hj633-2012-table1-note2"),
        clause("hj633-2026", "o3_8h", 801, 300, id_="hj633-2026-table1-note2"),
        clause("hj633-2012", "pm25_24h", 501, 500, id_="hj633-2012-table1-note4"),
        clause("hj633-2026", "o3_1h", 1201, 500, id_="hj633-2026-table1-note4"),
    ],
)
def test_a_value_above_the_last_breakpoint_follows_its_note(edition, item, value, index):
    assert sub_index(TABLES[edition], item, [value]).tolist() == [index]


def test_hj633_2012_table1_note1_uses_the_24_hour_index_of_so2():
    hour = pd.DataFrame({"time": [pd.Timestamp("2020-01-01 05:00")], "so2": [900.0], "so2_24h": [475.0]})
    assert hourly(hour, EDITIONS)["aqi"].tolist() == [150]


def test_hj633_2012_table1_note2_uses_the_1_hour_index_of_ozone():
    day = pd.DataFrame({"date": [pd.Timestamp("2020-06-01")], "o3_8h": [810.0], "o3_1h": [900.0]})
    judged = daily(day, EDITIONS)
    assert judged["aqi"].tolist() == [350]
    assert judged["good"].tolist() == [False]


def test_hj633_table1_note3_keeps_the_8_hour_ozone_out_of_the_hour():
    hour = pd.DataFrame({"time": [pd.Timestamp("2020-06-01 15:00")], "o3": [160.0], "o3_8h": [215.0]})
    assert hourly(hour, EDITIONS)["aqi"].tolist() == [50]


def test_hj633_4_3_rounds_the_index_up():
    # (100-50)/(75-35)*(36-35)+50 = 51.25 -> 52; 2026: (100-50)/(60-35)*(36-35)+50 = 52 exactly
    assert sub_index(TABLES["hj633-2012"], "pm25_24h", [36]).tolist() == [52]
    assert sub_index(TABLES["hj633-2026"], "pm25_24h", [36]).tolist() == [52]
    # CO 0.7 / 5 * 50 = 7 exactly, although 0.7 is no binary number
    assert sub_index(TABLES["hj633-2012"], "co_1h", [0.7]).tolist() == [7]


def test_hj633_4_4_names_every_primary_pollutant_of_a_tie():
    hour = pd.DataFrame(
        {"time": [pd.Timestamp("2020-01-01 05:00")], "pm25": [75.0], "pm10": [150.0], "o3": [200.0]}
    )
    judged = hourly(hour, EDITIONS)
    assert judged["primary_pollutants"].map(lambda one: shown(one, "zh")).tolist() == [
        "细颗粒物(PM2.5),颗粒物(PM10),臭氧1小时(O3_1h)"
    ]
    assert judged["exceeding_pollutants"].isna().all()


def test_hj633_4_4_skips_what_is_missing_and_takes_the_largest_index():
    hours = pd.DataFrame(
        {
            "time": [pd.Timestamp("2020-01-01 05:00")] * 2,
            "pm25": [np.nan] * 2,
            "no2": [100.0, np.nan],
            "co": [5.0, -1.0],
        }
    )
    assert hourly(hours, EDITIONS)["aqi"].astype("float").tolist()[:1] == [50]
    assert hourly(hours, EDITIONS)["aqi"].isna().tolist() == [False, True]


def test_hj633_4_4_names_no_primary_pollutant_at_50_or_less():
    hours = pd.DataFrame({"time": [pd.Timestamp("2020-01-01 05:00")] * 2, "pm25": [35.0, 35.1]})
    judged = hourly(hours, EDITIONS)
    assert judged["aqi"].tolist() == [50, 51]
    assert judged["primary_pollutants"].isna().tolist() == [True, False]


def test_hj633_4_4_2_names_what_exceeds():
    day = pd.DataFrame({"date": [pd.Timestamp("2020-01-01")], "pm25": [76.0], "o3_8h": [161.0], "co": [4.0]})
    assert daily(day, EDITIONS)["exceeding_pollutants"].map(lambda one: shown(one, "zh")).tolist() == [
        "细颗粒物(PM2.5),臭氧8小时(O3_8h)"
    ]


@pytest.mark.parametrize("edition", ["hj633-2012", "hj633-2026"])
def test_hj633_annex_a_gives_six_levels_with_colours(edition):
    levels = TABLES[edition].levels
    assert [(one.up_to, one.name["zh"]) for one in levels] == [
        (50, "优"), (100, "良"), (150, "轻度污染"), (200, "中度污染"), (300, "重度污染"), (500, "严重污染"),
    ]  # fmt: skip
    assert levels[0].rgb == (0, 228, 0)
    assert levels[-1].rgb == (126, 0, 35)


def test_hj633_2026_begins_with_the_hour_named_01_of_the_first_of_march():
    time = pd.Series(pd.to_datetime(["2026-02-28 23:00", "2026-03-01 00:00", "2026-03-01 01:00"]))
    judged = hourly(pd.DataFrame({"time": time, "pm25": 60.0}), EDITIONS)
    assert judged["edition"].tolist() == ["hj633-2012", "hj633-2012", "hj633-2026"]
    assert judged["aqi"].tolist() == [82, 82, 100]


def test_gb8170_rounds_a_day_mean_half_to_even_before_the_index():
    assert round_half_even([35.5, 36.5, 35.49, np.nan], 0).tolist()[:3] == [36.0, 36.0, 35.0]
    assert round_half_even([0.45, 0.35, (0.4 + 0.5) / 2], 1).tolist() == [0.4, 0.4, 0.4]
    day = pd.DataFrame({"date": [pd.Timestamp("2020-01-01")] * 2, "pm25": [35.5, 35.4]})
    assert daily(day, EDITIONS)["aqi"].tolist() == [52, 50]


@pytest.mark.parametrize(
    ("day", "edition", "year", "mean"),
    [
        clause("2026-02-28", "gb3095-2012", 35, 75, id_="gb3095-2012-table1-pm25"),
        clause("2026-03-01", "gb3095-2026-transition", 30, 60, id_="gb3095-2026-transition-table1-pm25"),
        clause("2031-01-01", "gb3095-2026-final", 25, 50, id_="gb3095-2026-final-table1-pm25"),
    ],
)
def test_gb3095_limits_of_grade_2_follow_their_dates(day, edition, year, mean):
    found = EDITIONS.in_force("air_limits", dt.date.fromisoformat(day))
    assert found.id == edition
    assert (found.data["limits"]["pm25"]["year"][1], found.data["limits"]["pm25"]["day"][1]) == (year, mean)


def test_gb3095_table4_an_8_hour_mean_needs_6_hours_and_a_day_14_of_them():
    rules = EDITIONS.get("hj663-2013").data["valid"]["o3_8h"]
    ozone = np.full((4, 24), 100.0)
    ozone[1, :5] = np.nan  # windows ending 08:00-10:00 have 3, 4, 5 hours: 14 valid
    ozone[2, :6] = np.nan  # 13 valid
    ozone[3, :6] = np.nan
    ozone[3, 14:] = 170.0  # 13 valid, but over 160
    value, windows = max_8h(ozone, rules, np.full(4, 160.0))
    assert windows.tolist() == [17, 14, 13, 13]
    assert value[:2].tolist() == [100.0, 100.0]
    assert np.isnan(value[2])
    assert value[3] == 170.0


@pytest.mark.parametrize(
    ("period", "days", "enough"),
    [
        clause(("2023M01", "month", "2023-01-01", "2023-01-31"), 27, True, id_="gb3095-table4-month"),
        clause(("2023M01", "month", "2023-01-01", "2023-01-31"), 26, False, id_="gb3095-table4-month-short"),
        clause(("2023M02", "month", "2023-02-01", "2023-02-28"), 25, True, id_="gb3095-table4-february"),
        clause(
            ("2023M02", "month", "2023-02-01", "2023-02-28"), 24, False, id_="gb3095-table4-february-short"
        ),
        clause(
            ("2023C02", "cumulative", "2023-01-01", "2023-02-28"), 59, None, id_="gb3095-table4-cumulative"
        ),
    ],
)
def test_a_month_needs_its_daily_means(period, days, enough):
    id_, kind, start, end = period
    span = Period(id_, kind, dt.date.fromisoformat(start), dt.date.fromisoformat(end))
    dates = pd.Series(pd.date_range(start, periods=days))
    assert enough_days(dates, span, dt.date(2024, 1, 1), EDITIONS) is enough


def test_gb3095_table4_a_year_needs_324_days_and_every_month():
    span = Period("2023", "year", dt.date(2023, 1, 1), dt.date(2023, 12, 31))
    year = pd.Series(pd.date_range("2023-01-01", "2023-12-31"))
    by_month = year.groupby(year.dt.month)
    spread = year[by_month.cumcount() < 27]
    assert len(spread) == 324
    assert enough_days(spread, span, dt.date(2024, 1, 1), EDITIONS) is True
    assert enough_days(spread.iloc[1:], span, dt.date(2024, 1, 1), EDITIONS) is False
    assert enough_days(year[year.dt.month != 7], span, dt.date(2024, 1, 1), EDITIONS) is False
    assert enough_days(spread, span, dt.date(2023, 12, 30), EDITIONS) is None


def test_hj663_a_day_runs_from_01_to_24():
    time = pd.Series(pd.to_datetime(["2023-05-01 01:00", "2023-05-02 00:00", "2023-05-02 01:00", None]))
    days = day_of_hour(time)
    assert days.dt.day.tolist()[:3] == [1, 1, 2]
    assert pd.isna(days[3])


def test_hj663_2026_takes_the_numbers_of_2013_and_says_so():
    old, new = EDITIONS.get("hj663-2013"), EDITIONS.get("hj663-2026")
    assert old.data == new.data
    assert any("2013" in one["en"] for one in new.unsure)


def test_editions_named_for_a_series_judge_all_of_it():
    days = pd.Series(pd.to_datetime(["2015-12-31", "2026-02-28", "2026-03-01"]))
    parts = by_edition(days, "aqi", EDITIONS)
    assert [(edition.id, rows.tolist()) for edition, rows in parts] == [
        ("hj633-2012", [False, True, False]),
        ("hj633-2026", [False, False, True]),
    ]
    forced = by_edition(days, "aqi", EDITIONS.force("aqi", "hj633-2026"))
    assert [(edition.id, rows.all()) for edition, rows in forced] == [("hj633-2026", True)]


CLEAN = {"pm25": 28.0, "pm10": 49.0, "so2": 6.0, "no2": 30.0, "co": 0.8, "o3_8h": 120.0}
GRADE_2 = {
    "gb3095-2012": {
        "so2": (60, 150), "no2": (40, 80), "co": (None, 4), "o3_8h": (None, 160), "pm10": (70, 150), "pm25": (35, 75),
    },
    "gb3095-2026-transition": {
        "so2": (60, 150), "no2": (40, 80), "co": (None, 4), "o3_8h": (None, 160), "pm10": (60, 120), "pm25": (30, 60),
    },
    "gb3095-2026-final": {
        "so2": (20, 50), "no2": (30, 50), "co": (None, 4), "o3_8h": (None, 160), "pm10": (50, 100), "pm25": (25, 50),
    },
}  # fmt: skip


def year_of(**items):
    dates = pd.date_range("2023-01-01", "2023-12-31")
    frame = pd.DataFrame({"date": dates, "place": "x", "place_kind": "county", "name": "x", "dust": False})
    days = frame.assign(**(CLEAN | items))
    last = dt.date(2023, 12, 31)
    return statistics(days, periods_until(2023, last, ("year",)), last, EDITIONS).set_index("item")


@pytest.mark.parametrize(
    ("edition", "item", "limits"),
    [
        clause(edition, item, limits, id_=f"{edition}-table1-grade2-{item}")
        for edition, items in GRADE_2.items()
        for item, limits in items.items()
    ],
)
def test_gb3095_table1_limits_are_those_that_judge(edition, item, limits):
    assert limits_of(EDITIONS.get(edition), item, 2) == limits


def test_hj633_2012_table1_note1_without_the_24_hour_value_so2_has_no_index_and_the_others_stay():
    hour = pd.DataFrame({"time": [pd.Timestamp("2020-01-01 05:00")], "so2": [900.0], "pm25": [75.0]})
    judged = hourly(hour, EDITIONS)
    assert judged["iaqi_so2"].isna().all()
    assert judged["aqi"].tolist() == [100]


def test_hj633_2026_table1_notes_give_200_and_300():
    hour = pd.DataFrame({"time": [pd.Timestamp("2026-06-01 05:00")], "so2": [900.0], "so2_24h": [475.0]})
    assert hourly(hour, EDITIONS)["aqi"].tolist() == [200]
    day = pd.DataFrame({"date": [pd.Timestamp("2026-06-01")], "o3_8h": [810.0], "o3_1h": [900.0]})
    assert daily(day, EDITIONS)["aqi"].tolist() == [300]


def test_hj633_2026_drops_the_term_exceeding_pollutant():
    day = pd.DataFrame({"date": [pd.Timestamp("2026-06-01")], "pm25": [61.0]})
    assert daily(day, EDITIONS)["exceeding_pollutants"].map(lambda one: shown(one, "zh")).tolist() == [
        "细颗粒物(PM2.5)"
    ]
    title = TABLES_OF_COLUMNS["computed"]["exceeding_pollutants"]
    assert (title.zh[:8], title.en) == ("IAQI>100", "Pollutants with IAQI > 100")


def test_hj663_4_a_24_hour_mean_needs_20_hours():
    hours = pd.DataFrame({"time": pd.date_range("2023-05-01 01:00", periods=24, freq="h"), "station": "x"})
    hours["pm25"] = [10.0] * 20 + [np.nan] * 4
    hours["no2"] = [10.0] * 19 + [-1.0] + [np.nan] * 4
    day = station_days(hours, EDITIONS).iloc[0]
    assert day["pm25"] == 10.0
    assert pd.isna(day["no2"])
    assert day["invalid_items"] == "no2 19/20"


def test_hj663_annex_a_interpolates_a_percentile():
    # n = 5, p = 90 %: k = 1 + 4 * 0.9 = 4.6; X4 + (X5 - X4) * 0.6 = 40 + 60 * 0.6 = 76
    assert percentile([100, 10, 30, 20, 40], 90)[0] == pytest.approx(76.0)
    # n = 365, p = 98 %: k = 1 + 364 * 0.98 = 357.72 of 1 ... 365
    assert percentile(np.arange(1, 366), 98)[0] == pytest.approx(357.72)


@pytest.mark.parametrize(
    ("item", "p"),
    [
        clause(item, p, id_=f"hj663-table1-percentile-{item}")
        for item, p in {"so2": 98, "no2": 98, "co": 95, "pm10": 95, "pm25": 95, "o3_8h": 90}.items()
    ],
)
def test_hj663_table1_names_the_percentile_of_each_item(item, p):
    values = np.arange(1.0, 366.0)
    row = year_of(**{item: values}).loc[item]
    assert row["percentile_p"] == p
    assert row["percentile"] == pytest.approx(np.percentile(values, p, method="linear"))


def test_hj663_year_needs_the_mean_and_the_percentile_within_their_limits():
    low_mean = year_of(no2=[100.0] * 20 + [10.0] * 345).loc["no2"]  # 98th percentile 100 > 80
    assert (low_mean["mean"] < 40, low_mean["met"]) == (True, False)
    assert year_of(no2=41.0).loc["no2", "met"] == np.False_
    assert year_of(no2=40.0).loc["no2", "met"] == np.True_


def test_hj663_co_and_ozone_are_judged_by_their_percentile_alone():
    rows = year_of(co=3.9, o3_8h=[161.0] * 36 + [100.0] * 329)
    assert pd.isna(rows.loc["co", "limit_year"])
    assert bool(rows.loc["co", "met"])
    assert bool(rows.loc["o3_8h", "met"])  # 36 of 365 days over: the 90th percentile is 100
    assert not year_of(o3_8h=[161.0] * 38 + [100.0] * 327).loc["o3_8h", "met"]


def test_hj663_exceedance_multiple_has_two_decimals_and_the_rate_one():
    row = year_of(pm25=[80.0] * 30 + [40.0] * 335).loc["pm25"]
    # mean (30 * 80 + 335 * 40) / 365 = 43.29 -> 43; (43 - 35) / 35 = 0.2286; percentile 80: 5 / 75 = 0.0667
    assert (row["exceed_mean"], row["exceed_percentile"]) == (0.23, 0.07)
    assert row["attain_rate"] == 91.8  # 335 / 365


def test_hj663_annex_c_and_the_ranking_give_different_indices():
    index = composite(year_of(no2=[100.0] * 20 + [10.0] * 345).reset_index()).set_index("method")["index_no2"]
    assert index["ranking"] == pytest.approx((20 * 100 + 345 * 10) / 365 / 40)
    assert index["annex_c"] == pytest.approx(100 / 80)


def test_the_composite_index_sums_six_single_indices_unweighted():
    index = composite(year_of().reset_index()).set_index("method")["composite_index"]
    assert index["ranking"] == pytest.approx(28 / 35 + 49 / 70 + 6 / 60 + 30 / 40 + 0.8 / 4 + 120 / 160)


def test_a_heavily_polluted_day_is_one_over_200():
    days = pd.DataFrame(
        {"date": pd.date_range("2023-01-01", periods=3), "aqi": [200, 201, 90], "pm25": 1.0, "dust": False}
    ).assign(primary_pollutants="x")
    found = episodes(days, EDITIONS.get("air-practice").data["episode"])
    assert found["start"].tolist() == [pd.Timestamp("2023-01-02")]
