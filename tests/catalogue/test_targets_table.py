"""Rows of yearly tables become targets, or say why not."""

from pathlib import Path

import pandas as pd
import pytest

from gis.base.figures import indicator
from gis.base.tables import conform
from gis.catalogue import Catalogue, YearlyTarget, load
from gis.catalogue.targets_table import (
    Asked,
    Refused,
    _names_in_file,
    goal_in,
    named,
    place_of,
    with_yearly_targets,
    yearly_target,
)

LAYERS = Path(__file__).parents[2] / "layers"


@pytest.fixture(scope="module")
def county() -> Catalogue:
    return load(LAYERS, check_files=False)


def row(**cells):
    plain = {
        "year": 2025, "indicator": "力争盘活存量建设用地", "goal": "2400", "unit": "亩", "town": None,
        "owner": "市资规局", "document": None, "source": "data/年度目标任务分解表_2025.xlsx#2025年", "source_row": 3,
    }  # fmt: skip
    return plain | cells


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("8500", Asked(8500)), ("8,500", Asked(8500)), ("≥85%", Asked(85, ">=", "", "%")), ("＞81", Asked(81, ">")),
        ("85%以上", Asked(85, ">=", "以上", "%")), ("低于35", Asked(35, "<", "低于")), ("1万", Asked(10_000)),
        ("不超过 60", Asked(60, "<=", "不超过")), ("1.5万亩", Asked(15_000, None, "", "亩")), ("<=35", Asked(35, "<=")),
        ("完成上级任务", None), ("80-85", None), ("", None), ("3个以上5个以下", None),
    ],
)  # fmt: skip
def test_a_goal_is_one_number_with_its_bound(text, asked):
    assert goal_in(text) == asked


def test_every_name_in_the_file_is_an_indicator_that_is_made():
    names = [one for one in _names_in_file() if one != "units"]
    assert all(indicator(one) for one in names)


def test_a_row_of_the_county_is_a_target_in_the_words_of_the_row(county):
    found = yearly_target(row(), {6: "1200", 12: "2400"}, county)
    assert isinstance(found, YearlyTarget)
    assert (found.place, found.period, found.goal.value, found.goal.comparator) == (None, "2025", 2400, ">=")
    assert (found.plan.word, found.plan.sentence) == ("力争", "力争盘活存量建设用地 2400 亩")
    assert (found.due, found.owner) == ({6: 1200, 12: 2400}, "市资规局")
    assert found.plan.document == "年度目标任务分解表_2025"
    assert found.counting_event == "accepted", "it counts as the county's own target of the indicator does"


@pytest.mark.parametrize(
    ("cells", "goal", "unit"),
    [
        ({"goal": "160", "unit": "公顷"}, 2400, "亩"),
        ({"goal": "0.24", "unit": "万亩"}, 2400, "亩"),
        ({"indicator": "提升改造城区绿地", "goal": "18.9", "unit": "万平方米"}, 189_000, "m²"),
        ({"indicator": "PM2.5浓度", "goal": "低于26", "unit": "微克/立方米"}, 26, "µg/m³"),
        ({"indicator": "PM2.5浓度", "goal": "26", "unit": "μg/m³"}, 26, "µg/m³"),
        ({"indicator": "空气质量优良率", "goal": "85%以上", "unit": None}, 85, "%"),
        ({"indicator": "农户生活污水收治", "goal": "0.5", "unit": "万户"}, 5000, "户"),
    ],
)
def test_a_goal_comes_in_the_unit_that_is_measured(county, cells, goal, unit):
    found = yearly_target(row(**cells), {12: cells["goal"].strip("低于%以上")}, county)
    assert (found.goal.value, found.goal.unit) == (pytest.approx(goal), unit)
    assert found.due == {12: pytest.approx(goal)}


@pytest.mark.parametrize(
    ("cells", "due", "field", "told"),
    [
        ({"indicator": "群众满意度"}, {}, "indicator", 'the indicator "群众满意度" is not known'),
        ({"indicator": "盘活存量建设用地力度"}, {}, "indicator", "is not known"),
        ({"town": "王市镇"}, {}, "town", 'the county has no town "王市镇"'),
        ({"goal": "完成上级任务"}, {}, "goal", "the goal is not one number"),
        ({"unit": "平方"}, {}, "unit", 'the unit "平方" is not that of the indicator, 亩'),
        ({"unit": None}, {}, "unit", "is not that of the indicator, 亩"),
        ({"indicator": "农户生活污水收治", "unit": None}, {}, "unit", "the unit is empty"),
        (
            {},
            {3: "600", 6: "600", 9: "600", 12: "500"},
            "timetable",
            "neither ends at the goal 2400 nor adds up",
        ),
    ],
)
def test_a_row_that_is_no_target_says_why_and_what_to_write(county, cells, due, field, told):
    found = yearly_target(row(**cells), due, county)
    assert isinstance(found, Refused)
    assert found.field == field
    assert told in found.reason.en
    assert found.reason.zh
    assert found.fix.zh
    assert found.fix.en


def test_the_nearest_name_is_offered(county):
    found = yearly_target(row(indicator="空气质量优良天数率"), {}, county)
    assert "空气质量优良率" in found.fix.zh


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (None, "320581"), ("全市", "320581"), ("常熟市", "320581"), ("虞山", "320581001"),
        ("其中：古里镇", "320581104"), ("常熟高新区", "320581402"), ("王市镇", None),
    ],
)  # fmt: skip
def test_a_town_is_known_by_its_names(county, text, code):
    assert place_of(text or "", county.county) == code


def test_the_plan_s_word_is_parted_from_the_name():
    assert named("确保工业用地亩均税收增长") == ("确保", "land.tax_per_mu_growth")
    assert named("land.renewed_area") == ("", "land.renewed_area")
    assert named("完成村（组）优化提升") == ("完成", "actions.village_group.quantity_finished")


def test_targets_of_years_to_come_are_left_out(county):
    frame = conform(pd.DataFrame([row(), row(year=2026, source_row=4)]), "yearly_targets")
    planned = with_yearly_targets(county, frame, 2025)
    assert len(planned.targets) == len(county.targets) + 1
    assert with_yearly_targets(county, None, 2025) is county
