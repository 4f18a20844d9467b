"""The plan's words on the scorecard: verdicts on cards, targets of towns, tasks without a number."""

import re
from dataclasses import replace

import pandas as pd
import pytest
from fake_book import make

from gis import look, scorecard
from gis.base.messages import Message
from gis.maps.pages import index, targets


@pytest.fixture(scope="module")
def book():
    known = make()
    row = known.targets.iloc[0].to_dict() | {
        "target_id": "land_renewed_area_320581104_2021", "title_zh": "古里镇：盘活 650 亩", "place": "320581104",
        "goal": 650.0, "value": 520.75, "expected": 650.0, "state": "missed", "word": "力争", "owner": "古里镇人民政府",
    }  # fmt: skip
    targets = pd.concat([known.targets, pd.DataFrame([row])], ignore_index=True)
    tasks = scorecard.tasks(known.catalogue, known.figures, known.as_of)
    return replace(known, targets=targets, tables={**known.tables, "tasks": tasks})


@pytest.fixture(scope="module")
def states(book):
    return look.marks(look.colours(book.editions, book.as_of), "state")


def test_a_card_says_the_outcome_and_the_word_of_the_plan(book, states):
    row = book.targets.set_index("target_id", drop=False).loc["renewal_2021"].to_dict() | {"state": "missed"}
    card = targets.target_card(row, states)
    assert "未完成（计划用语：力争）" in card
    assert "计划用语“力争”" in card
    assert "“力争盘活存量建设用地1万亩”" in card
    assert 'data-state="missed"' in card


def test_a_card_shows_the_verdict_of_the_section_itself(book, states):
    told = Message("昆承湖心2021年Ⅲ类，水质目标Ⅲ类，达标", "Kuncheng: class Ⅲ").stored
    row = book.targets.set_index("target_id", drop=False).loc["kuncheng_lake_2021"].to_dict() | {
        "own_verdict": told
    }
    assert "水质目标Ⅲ类，达标" in targets.target_card(row, states)


def test_targets_of_towns_are_rows_and_no_cards(book, states):
    page = index.render(book)
    assert "land_renewed_area_320581104_2021-2021" not in page
    table = targets.town_targets(book, 2021, states)
    assert "古里镇" in table
    assert "520.75" in table
    assert "−129.25" in table or "-129.25" in table
    assert "未完成（计划用语：力争）" in table
    assert targets.town_targets(book, 2024, states) == ""
    assert len(index.targets_of(book, 2021)) == 24


def test_tasks_without_a_number_stand_below_with_the_file_that_would_measure_them(book):
    table = targets.plan_tasks(book, 2021)
    assert len(re.findall("※", table)) >= 18
    assert "未计量：有二级市场交易平台预登记清单" in table
    assert "“争创省级“无废城市””" in table
    assert targets.plan_tasks(book, 2024) == ""


def test_a_task_that_is_counted_shows_its_figure(book):
    counted = book.tables["tasks"].iloc[[0]].assign(
        measured=True, indicator="actions.gas_power_plant.finished", value=1.0, unit="个", counted_in="2021",
        figure_id="actions.gas_power_plant.finished.2021.320581", note=None,
    )  # fmt: skip
    table = targets.plan_tasks(replace(book, tables={**book.tables, "tasks": counted}), 2021)
    assert "燃气热电厂·已完成数" in table
    assert "actions.gas_power_plant.finished.2021.320581" in table


def test_what_all_cards_say_stands_in_the_foot_alone(book):
    page = index.render(book)
    assert "原文见于转载，未见官方文本" not in page
    assert "原句逐字照录，未见计划的官方文本" in page
