"""What someone must look at: each alert at its threshold and beyond, with person, figure and rows."""

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest

from gis import scorecard, standards
from gis.base.figures import assessment, finding, rows_of
from gis.base.messages import Message, restored
from gis.base.stored_words import stored_items, words_of
from gis.base.tables import conform
from gis.catalogue.model import Alerts, Catalogue, County

EDITIONS = standards.load()
AS_OF = dt.date(2025, 10, 31)
ALL = Alerts(
    classes_dropped=1, below_target=True, out_of_reach=True, bad_days_left=10, pm25_above_path=0.0,
    air_silent_hours=6, water_silent_hours=24,
)  # fmt: skip


def catalogue(watched=ALL, stations=()):
    county = County(
        adcode="320581", name={"zh": "常熟市", "en": "Changshu"}, extent=(120.5, 31.5, 121.1, 31.9),
        plan_years=(2021, 2025), air_stations=stations,
    )  # fmt: skip
    return Catalogue(folder=Path(), county=county, layers=(), alerts=watched)


SECTIONS = conform(
    pd.DataFrame(
        {
            "section_id": ["A", "A"], "name": ["张桥", "张桥"], "river_chief": ["旧河长", "河长甲"],
            "valid_from": pd.to_datetime(["2024-01-01", "2025-01-01"]), "source": "断面.xlsx", "source_row": [2, 3],
        }
    ),
    "sections",
)  # fmt: skip
STATIONS = conform(
    pd.DataFrame(
        {
            "station_id": ["S1", "S2"], "name": ["兴福子站", "菱塘子站"], "station_chief": ["点位长甲", "点位长乙"],
            "source": "站点.xlsx", "source_row": [2, 3],
        }
    ),
    "stations",
)  # fmt: skip


def months(now=4, before=3, target=3, period="2025M10", **doubts):
    row = {
        "section_id": "A", "name": "张桥", "period": period, "period_kind": "month", "water_class": now,
        "target_class": target, "at_target": now <= target, "deciding_indicators": stored_items(["nh3n", "tp"]),
        "provisional": False,
        "edition": "gb3838-2002", "attainment": "met" if now <= target else "missed", "to_check": None,
        "hangs_on": None, **doubts,
    }  # fmt: skip
    change = {
        "section_id": "A", "name": "张桥", "period": period, "period_kind": "month", "compared_with": "last_month",
        "class_before": before, "class_now": now,
    }  # fmt: skip
    sample = {"section_id": "A", "section": "张桥", "sampled_at": pd.Timestamp("2025-10-05"), "method": "manual",
              "nh3n": 1.2, "source": "手工.xlsx#10月", "source_row": 7}  # fmt: skip
    typed = pd.DataFrame([row]).astype({"at_target": "boolean"})
    return {
        "section_periods": typed, "section_changes": pd.DataFrame([change]), "sections": SECTIONS,
        "samples": conform(pd.DataFrame([sample]), "samples"),
    }  # fmt: skip


def look(tables, watched=ALL, *, figures=(), as_of=AS_OF, seen=(), stations=()):
    return scorecard.alerts(catalogue(watched, stations), EDITIONS, assessment(tables, figures), as_of, seen)


def kinds(tables, watched=ALL, **more):
    return look(tables, watched, **more).tables["alerts"]["kind"].tolist()


def test_one_alert_a_section_and_month_has_all_reasons_the_river_chief_of_this_year_and_the_record():
    made = look(months())
    row = made.tables["alerts"].iloc[0]
    assert len(made.tables["alerts"]) == 1
    assert restored(row["message"]) == Message(
        "张桥 2025 年 10 月为Ⅳ类，劣于目标Ⅲ类，上月为Ⅲ类，定类因子氨氮、总磷",
        "张桥 2025-10: class Ⅳ, worse than its target Ⅲ, last month Ⅲ; "
        "decided by Ammonia nitrogen, Total phosphorus",
    )
    assert (row["kind"], row["alert_id"]) == ("below_target", "below_target+class_dropped.2025M10.A")
    assert (row["person"], row["value"], row["limit"]) == ("河长甲", 4, 3)
    assert row["rows"] == "手工.xlsx#10月 7"
    figure = made.figures.set_index("figure_id").loc[row["figure_id"]]
    assert (row["figure_id"], figure["value"]) == ("water.section_class.2025M10.A", 4)


@pytest.mark.parametrize(
    ("now", "before", "least", "dropped"),
    [(4, 3, 1, True), (4, 3, 2, False), (5, 3, 2, True), (3, 4, 1, False)],
)
def test_a_drop_counts_from_the_threshold_on(now, before, least, dropped):
    found = kinds(months(now, before), Alerts(classes_dropped=least))
    assert ("class_dropped" in found) is dropped


@pytest.mark.parametrize(("now", "below"), [(3, False), (4, True)])
def test_a_month_worse_than_the_target_is_an_alert(now, below):
    assert ("below_target" in kinds(months(now, now))) is below


def test_an_alert_says_what_its_class_hangs_on():
    """辛安塘桥 2025-10 was Ⅳ only by flagged readings on too few days, and its river chief was not told."""
    hangs = Message("42 个可疑值：剔除为Ⅲ类", "42 flagged values: Ⅲ without").stored
    message = restored(look(months(hangs_on=hangs)).tables["alerts"]["message"].iloc[0])
    assert message.zh.endswith("；类别取决于：42 个可疑值：剔除为Ⅲ类")
    assert message.en.endswith("; the class hangs on: 42 flagged values: Ⅲ without")


@pytest.mark.parametrize("now", [3, 4])
def test_a_verdict_to_be_checked_is_an_alert_whichever_class_leads(now):
    why = Message("待核：两种小数位不同", "to be checked: two decimals").stored
    found = look(months(now, now, attainment="to_check", to_check=why)).tables["alerts"]
    assert found["kind"].tolist() == ["below_target"]
    assert "待核：两种小数位不同（目标Ⅲ类）" in found["message"].iloc[0]


def test_a_month_before_last_is_no_news():
    assert kinds(months(period="2025M08")) == []
    assert "below_target" in kinds(months(period="2025M09"))


def test_what_is_not_named_is_not_watched():
    assert kinds(months(), Alerts()) == []


def outlook(indicator="codmn", possible=False, left=2):
    row = {
        "section_id": "A", "name": "张桥", "period": "2025", "goal": "target", "goal_class": 3, "needed": None,
        "indicator": indicator, "indicator_name": "高锰酸盐指数", "possible": possible, "months_left": left,
        "bound": "min" if indicator == "dissolved_oxygen" else "max", "mean_so_far": 7.504, "limit": 6.0,
    }  # fmt: skip
    return {"water_outlook": pd.DataFrame([row]).astype({"possible": "boolean"}), "sections": SECTIONS}


def test_a_target_out_of_reach_points_at_the_class_of_the_year_and_its_rows():
    behind = pd.DataFrame({"source": ["a.xlsx"] * 5, "source_row": range(1, 6)})
    year = finding("water.section_class", "2025", "A", 4.0, evidence=[rows_of("samples", behind)])
    made = look(outlook(), figures=[year])
    row = made.tables["alerts"].iloc[0]
    assert row["alert_id"] == "out_of_reach.2025.A"
    assert row["figure_id"] == "water.section_class.2025.A"
    assert restored(row["rows"]).zh == "a.xlsx 1；a.xlsx 2；a.xlsx 3；… (n = 5)"
    assert row["person"] == "河长甲"
    assert kinds(outlook(possible=True)) == []


def test_a_target_out_of_reach_says_the_mean_so_far_and_its_limit_in_each_language():
    message = restored(look(outlook()).tables["alerts"]["message"].iloc[0])
    assert message.zh == "张桥 2025 年已无法达到Ⅲ类：高锰酸盐指数至今均值 7.504 mg/L（限值 6 mg/L）"
    assert message.en == (
        "张桥 cannot make class Ⅲ in 2025 any more: Permanganate index 7.504 mg/L so far (limit 6 mg/L)"
    )


def test_the_mean_so_far_stands_against_its_limit():
    row = look(outlook()).tables["alerts"].iloc[0]
    assert (row["value"], row["limit"]) == (7.504, 6.0)


def budget(**row):
    base = {"year": 2025, "judged": True, "days_left": 61, "good_rate_target": 81.0, "pm25_target": 35.0}
    frame = pd.DataFrame([base | row]).astype({"judged": "boolean"})
    return {"air_budget": frame, "stations": STATIONS}


@pytest.mark.parametrize(("left", "low"), [(10, False), (9, True), (-1, True)])
def test_a_budget_under_the_threshold_is_an_alert(left, low):
    watched = Alerts(bad_days_left=10)
    assert kinds(budget(goal="good_days", bad_days_left=left), watched) == (["budget_low"] if low else [])


def test_the_chiefs_of_the_named_stations_answer_for_the_county():
    row = look(budget(goal="good_days", bad_days_left=1), stations=("菱塘子站",)).tables["alerts"].iloc[0]
    assert row["person"] == "点位长乙"


def test_a_budget_against_an_older_plan_is_no_alert():
    assert kinds(budget(goal="good_days", bad_days_left=-5, judged=False), Alerts(bad_days_left=10)) == []


@pytest.mark.parametrize(("mean", "above"), [(30.0, False), (32.0, False), (32.1, True)])
def test_pm25_above_its_path_by_more_than_the_margin(mean, above):
    tables = budget(goal="pm25", pm25_mean=mean, pm25_path=30.0, bad_days_left=pd.NA)
    assert kinds(tables, Alerts(pm25_above_path=2.0)) == (["pm25_above_path"] if above else [])


def hours(**last):
    rows = [
        {
            "station_id": id_,
            "time": pd.Timestamp(at),
            "pm25": 20.0,
            "source": "小时.csv",
            "source_row": number,
        }
        for number, (id_, at) in enumerate(last.items(), 2)
    ]
    return {"air_hours": conform(pd.DataFrame(rows), "air_hours"), "stations": STATIONS}


@pytest.mark.parametrize(("last", "silent"), [("2025-10-31 19:00", False), ("2025-10-31 18:00", True)])
def test_silence_is_reckoned_from_the_newest_reading_of_the_network(last, silent):
    made = look(hours(S1="2025-11-01 00:00", S2=last), Alerts(air_silent_hours=6))
    assert (made.tables["alerts"]["name"].tolist() == ["菱塘子站"]) is silent
    if silent:
        row = made.tables["alerts"].iloc[0]
        assert (row["value"], row["limit"], row["person"], row["rows"]) == (6, 6, "点位长乙", "小时.csv 3")
        assert row["alert_id"] == "air_station_silent.2025-10-31T18:00.S2"
        assert made.figures["figure_id"].tolist() == ["air.silent_hours.2025-10-31.S2"]


def test_a_network_silent_for_a_month_is_one_alert():
    watched = Alerts(air_silent_hours=6)
    made = look(hours(S1="2025-10-01 00:00", S2="2025-09-20 00:00"), watched)
    row = made.tables["alerts"].iloc[0]
    assert made.tables["alerts"]["kind"].tolist() == ["air_network_silent"]
    assert row["alert_id"] == "air_network_silent.2025-10-01T00:00.320581"
    assert "空气站全部 2 个站已 31 天无读数" in row["message"]
    assert made.figures["n"].tolist() == [2]
    assert len(look(hours(S1="2025-10-03 00:00", S2="2025-09-20 00:00"), watched).tables["alerts"]) == 2


def test_a_network_that_is_silent_as_a_whole_is_reckoned_from_the_end_of_the_day():
    made = look(hours(S1="2025-10-29 00:00", S2="2025-10-29 00:00"), Alerts(air_silent_hours=6))
    assert made.tables["alerts"]["value"].tolist() == [72, 72]


def test_a_reading_without_a_value_is_none():
    tables = hours(S1="2025-11-01 00:00", S2="2025-10-31 12:00")
    empty = tables["air_hours"].iloc[[1]].assign(time=pd.Timestamp("2025-11-01 00:00"), pm25=None)
    tables["air_hours"] = conform(pd.concat([tables["air_hours"], empty], ignore_index=True), "air_hours")
    assert look(tables, Alerts(air_silent_hours=6)).tables["alerts"]["value"].tolist() == [12]


def test_a_listed_station_that_never_had_a_reading_is_named():
    made = look(hours(S1="2025-11-01 00:00"), Alerts(air_silent_hours=6))
    row = made.tables["alerts"].iloc[0]
    assert (row["place"], row["period"]) == ("S2", "never")
    assert pd.isna(row["value"])
    assert "从无读数" in row["message"]


def test_a_daily_record_is_a_reading_until_the_end_of_its_day():
    days = pd.DataFrame({"station": ["兴福子站", "菱塘子站"], "date": pd.to_datetime(["2025-10-31", "2025-10-30"]),
                         "pm25": 20.0, "source": "日.xlsx", "source_row": [2, 3]})  # fmt: skip
    tables = {"air_days": conform(days, "air_days"), "stations": STATIONS}
    assert look(tables, Alerts(air_silent_hours=24)).tables["alerts"]["name"].tolist() == ["菱塘子站"]


def test_a_silent_water_station_names_its_river_chief():
    rows = [
        {"section": name, "sampled_at": pd.Timestamp(at), "method": "automatic", "nh3n": 0.3, "source": "自动站.csv",
         "source_row": 2} for name, at in (("张桥", "2025-10-30 08:00"), ("别处", "2025-10-31 08:00"))
    ]  # fmt: skip
    made = look(
        {"samples": conform(pd.DataFrame(rows), "samples"), "sections": SECTIONS},
        Alerts(water_silent_hours=24),
    )
    row = made.tables["alerts"].iloc[0]
    assert (row["kind"], row["place"], row["person"], row["value"]) == (
        "water_station_silent",
        "A",
        "河长甲",
        24,
    )


def test_new_are_those_that_were_not_seen_and_the_ids_stay():
    found = look(months()).tables["alerts"]
    assert found["is_new"].all()
    again = look(months(), seen=found["alert_id"].tolist()).tables["alerts"]
    assert again["alert_id"].tolist() == found["alert_id"].tolist()
    assert not again["is_new"].any()
    more = look({**months(), **outlook()}, seen=found["alert_id"].tolist()).tables["alerts"]
    assert more["alert_id"].tolist() == ["below_target+class_dropped+out_of_reach.2025M10.A"]
    assert more["is_new"].all()
    assert "2025 年已无法达到Ⅲ类" in more["message"].iloc[0]


def test_every_kind_has_words_in_both_languages():
    assert all(zh and en for zh, en in words_of("kind", "alerts").values())
    everything = {**months(), **outlook(), **budget(goal="good_days", bad_days_left=1)}
    assert set(kinds(everything)) <= set(words_of("kind", "alerts"))


def test_nothing_to_see_is_an_empty_table():
    found = look({}).tables["alerts"]
    assert not len(found)
    assert "is_new" in found
