"""What is said of a target in the plan's words, by its own timetable, and of tasks without a number."""

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest

from gis import scorecard, standards
from gis.base.figures import assessment, finding, indicator
from gis.base.messages import restored
from gis.base.tables import empty
from gis.catalogue import Catalogue, Target, Task, YearlyTarget
from gis.scorecard.path import expected_of
from gis.store.answers import trace, write_answers

COUNTY = {
    "adcode": "320581", "name": {"zh": "常熟市", "en": "Changshu"}, "extent": (120.55, 31.5, 121.05, 31.83),
    "plan_years": (2021, 2025),
    "towns": [{"code": "320581104", "name": {"zh": "古里镇", "en": "Guli"}, "aliases": ["古里"]}],
}  # fmt: skip
EDITIONS = standards.load()
MID_YEAR, YEAR_END = dt.date(2021, 7, 2), dt.date(2021, 12, 31)


def catalogue(*targets: Target, tasks: tuple[Task, ...] = ()) -> Catalogue:
    return Catalogue.model_validate(
        {"folder": Path("nowhere"), "county": COUNTY, "layers": (), "targets": targets, "tasks": tasks}
    )


def target(word: str = "", name: str = "land.renewed_area", sign: str = ">=", value: float = 100, **more):
    said = {
        "id": "goal", "title": {"zh": "目标", "en": "Goal"}, "group": "land", "indicator": name, "period": "2021",
        "goal": {"comparator": sign, "value": value, "unit": indicator(name).unit or "户"},
        "plan": {"document": "计划", "sentence": f"{word}某事", "word": word},
    }  # fmt: skip
    kind = YearlyTarget if "due" in more else Target
    own = {"source": "data/分解表.xlsx#2021年", "source_row": 7} if "due" in more else {}
    return kind.model_validate(said | own | more)


def figures(*rows: tuple) -> pd.DataFrame:
    return assessment({}, [finding(*row) for row in rows]).figures


def judged(goal: Target, value: float | None, as_of: dt.date = YEAR_END, tables=None) -> pd.Series:
    place = goal.place or "320581"
    found = figures((goal.indicator, "2021", place, value))
    return scorecard.judge(catalogue(goal), EDITIONS, found, as_of, tables or {}).iloc[0]


@pytest.mark.parametrize(
    ("word", "value", "zh", "en"),
    [
        ("完成", 100, "完成", "done"),
        ("确保", 99, "未完成", "not done"),
        ("力争", 100, "完成", "done"),
        ("力争", 99, "未完成（计划用语：力争）", "not done (the plan says 力争)"),
        ("推进", 99, "未完成（计划用语：推进）", "not done (the plan says 推进)"),
        ("启动", 100, "已落实", "carried out"),
        ("启动", 99, "未落实（计划用语：启动）", "not carried out (the plan says 启动)"),
        ("", 99, "未完成", "not done"),
        ("力争", None, "无数据", "no data"),
    ],
)
def test_the_outcome_is_said_in_the_words_for_what_the_plan_pledged(word, value, zh, en):
    told = restored(judged(target(word), value)["verdict"])
    assert (told.zh, told.en) == (zh, en)


def test_an_effort_that_lags_in_its_year_says_so():
    row = judged(target("力争"), 20, MID_YEAR)
    assert row["state"] == "behind"
    assert restored(row["verdict"]).zh == "未达序时进度（计划用语：力争）"
    assert (row["pledge"], row["word"]) == ("effort", "力争")


DUE = {3: 20.0, 6: 45.0, 9: 75.0, 12: 100.0}


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (dt.date(2021, 1, 31), 0), (dt.date(2021, 3, 30), 0), (dt.date(2021, 3, 31), 20), (dt.date(2021, 6, 29), 20),
        (dt.date(2021, 6, 30), 45), (dt.date(2021, 10, 31), 75), (dt.date(2021, 12, 31), 100),
    ],
)  # fmt: skip
def test_of_a_timetable_the_last_date_that_passed_is_due(day, expected):
    row = judged(target(due=DUE), 50, day)
    assert row["expected"] == expected
    assert row["state"] == ("missed" if day == YEAR_END else "on_track" if expected <= 50 else "behind")
    assert pd.isna(row["expected_by"]) is (day == YEAR_END) or "时序" in restored(row["expected_by"]).zh


def test_without_a_timetable_a_count_is_due_evenly_and_says_so():
    row = judged(target(), 50, MID_YEAR)
    assert row["expected"] == pytest.approx(100 * 183 / 365)
    assert "均匀" in restored(row["expected_by"]).zh


def test_of_a_cap_the_next_date_holds():
    cap = target(name="air.bad_days", sign="<=", value=60, due={6: 25.0, 12: 60.0})
    measured = indicator("air.bad_days")
    assert expected_of(cap, measured, 2021, dt.date(2021, 5, 31))[0] == 25
    assert expected_of(cap, measured, 2021, dt.date(2021, 8, 1))[0] == 60
    assert judged(cap, 24, dt.date(2021, 5, 31))["state"] == "on_track"
    assert judged(cap, 26, dt.date(2021, 5, 31))["state"] == "behind"


def test_of_a_mean_the_goal_is_expected_until_its_first_date():
    mean = target(name="air.pm25_mean", sign="<", value=30, due={6: 34.0, 12: 30.0})
    measured = indicator("air.pm25_mean")
    assert [expected_of(mean, measured, 2021, dt.date(2021, month, 28))[0] for month in (3, 7)] == [30, 34]


def test_a_town_is_judged_by_its_own_figure_and_timetable():
    goal = target(place="320581104", due=DUE, owner="古里镇人民政府")
    found = figures(
        ("land.renewed_area", "2021", "320581104", 30.0), ("land.renewed_area", "2021", "320581", 900.0)
    )
    row = scorecard.judge(catalogue(goal), EDITIONS, found, dt.date(2021, 6, 30)).iloc[0]
    assert (row["place"], row["value"], row["state"]) == ("320581104", 30, "behind")
    assert row["owner"] == "古里镇人民政府"


def test_a_target_of_a_table_without_data_traces_to_its_row():
    home = catalogue(target(due=DUE))
    made = scorecard.absent(home, scorecard.judge(home, EDITIONS, figures(), YEAR_END), figures())
    answers = write_answers(None, {}, {"figures": made.figures}, made.evidence, {})
    (row,) = trace("land.renewed_area.2021.320581", answers).rows
    assert (row["source"], row["source_row"]) == ("data/分解表.xlsx#2021年", 7)


def test_a_count_of_nothing_rests_on_the_row_of_its_target():
    home, none = catalogue(target(due=DUE)), figures(("land.renewed_area", "2021", "320581", 0.0))
    made = scorecard.absent(home, scorecard.judge(home, EDITIONS, none, YEAR_END), none, empty("evidence"))
    assert not len(made.figures)
    assert made.evidence[["figure_id", "source_row"]].to_numpy().tolist() == [
        ["land.renewed_area.2021.320581", 7]
    ]


def periods(water_class: int | None, at_target: bool | None) -> dict[str, pd.DataFrame]:
    row = {
        "section_id": "CS-G-01", "name": "昆承湖心", "period": "2021", "water_class": water_class, "target_class": 3,
        "at_target": at_target, "edition": "gb3838-2002",
    }  # fmt: skip
    return {"section_periods": pd.DataFrame([row]).astype({"at_target": "boolean", "water_class": "Int64"})}


@pytest.mark.parametrize(
    ("water_class", "at_target", "zh"),
    [
        (3, True, "昆承湖心2021年Ⅲ类，水质目标Ⅲ类，达标"),
        (4, False, "昆承湖心2021年Ⅳ类，水质目标Ⅲ类，未达标"),
        (3, None, "昆承湖心2021年Ⅲ类，水质目标Ⅲ类，未判定"),
        (None, None, None),
    ],
)
def test_beside_the_work_on_a_section_stands_its_own_verdict(water_class, at_target, zh):
    goal = target("推进", "water.section_at_target", value=1, place="CS-G-01")
    row = judged(
        goal, None if at_target is None else float(at_target), tables=periods(water_class, at_target)
    )
    told = row["own_verdict"]
    assert (None if pd.isna(told) else restored(told).zh) == zh
    if at_target is False:
        assert restored(row["verdict"]).zh == "未完成（计划用语：推进）"


def task(*names: str) -> Task:
    said = {
        "id": "plant", "title": {"zh": "热电厂", "en": "Plant"}, "group": "actions", "period": "2021",
        "indicators": names, "needs": {"zh": "行动清单", "en": "the list of actions"},
        "plan": {"document": "计划", "sentence": "推进热电厂", "word": "推进"},
    }  # fmt: skip
    return Task.model_validate(said)


def test_a_task_with_a_figure_is_counted_and_not_judged():
    found = figures(("actions.gas_power_plant.finished", "2021", "320581", 1.0))
    row = scorecard.tasks(catalogue(tasks=(task("actions.gas_power_plant.finished"),)), found, YEAR_END).iloc[
        0
    ]
    assert (row["measured"], row["value"], row["counted_in"]) == (True, 1, "2021")
    assert "不作评价" in restored(row["note"]).zh


def test_a_task_without_a_figure_names_the_file_that_would_measure_it():
    row = scorecard.tasks(catalogue(tasks=(task(),)), figures(), YEAR_END).iloc[0]
    told = restored(row["note"])
    assert not row["measured"]
    assert pd.isna(row["value"])
    assert told.zh == "未计量：有行动清单即可计量"
    assert told.en == "not measured: the list of actions would measure it"


def test_a_task_counted_first_in_a_later_year_says_which():
    found = figures(("land.line_area.red_line", "2025", "320581", 9.0))
    made = scorecard.tasks(catalogue(tasks=(task("land.line_area.red_line"),)), found, dt.date(2025, 6, 1))
    assert made["counted_in"].tolist() == ["2025"]
    assert not len(scorecard.tasks(catalogue(tasks=(task(),)), found, dt.date(2020, 6, 1)))
