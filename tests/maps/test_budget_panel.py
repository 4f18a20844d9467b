"""What the year has left, on the air page."""

import datetime as dt
from dataclasses import replace

import fake_book
import pandas as pd
import pytest

from gis import standards
from gis.air.budget import Aim
from gis.air.budget import budget as reckon
from gis.catalogue.model import Dust
from gis.maps.pages import air, air_years

EDITIONS = standards.load()


@pytest.fixture(scope="module")
def book():
    return fake_book.make()


def with_budget(book, *aims, pm25=20.0):
    dates = pd.date_range("2025-01-01", "2025-06-30")
    city = pd.DataFrame(
        {
            "date": dates,
            "pm25": pm25,
            "pm10": 40.0,
            "so2": 8.0,
            "no2": 20.0,
            "co": 0.6,
            "o3_8h": 90.0,
            "dust": False,
        }
    )
    found = reckon(city, aims, EDITIONS, dt.date(2025, 6, 30), Dust()).rows
    return replace(book, tables={**book.tables, "air_budget": found})


def test_the_panel_says_what_is_left_and_that_history_is_too_short(book):
    text = air_years.budget_panel(with_budget(book, Aim("good_days", ">=", 80.0), Aim("pm25", "<=", 35.0)))
    assert "2025 年剩余可超标天数（≥ 80 %）" in text
    assert "至多 73 天超标（余 184 天）" in text
    assert "不构成约束" in text  # (35 * 365 - 20 * 181) / 184 = 49.8, and no month was over 20
    assert "历史数据太少：0 年，需 3 年" in text
    assert "可达标" in text
    assert "概率(" not in text
    assert "method.html#air-chances" in text


def test_pm25_that_the_rest_must_keep_to_is_rounded_to_the_safe_side(book):
    text = air_years.budget_panel(with_budget(book, Aim("pm25", "<=", 35.0), pm25=40.0))
    assert "≤ 30.0" in text  # (35 * 365 - 40 * 181) / 184 = 30.08
    assert "有风险" in text


def test_a_target_of_another_year_is_called_not_judged(book):
    text = air_years.budget_panel(
        with_budget(book, Aim("good_days", ">", 81.0, judged=False, set_for="2021"))
    )
    assert "不作评价" in text
    assert "对照 2021 年的目标值" in text


def test_pm25_that_cannot_be_made_any_more_is_out_of_reach(book):
    text = air_years.budget_panel(with_budget(book, Aim("pm25", "<=", 20.0), pm25=60.0))
    assert "已无法达标" in text


def test_without_a_budget_there_is_no_panel_and_with_one_the_air_page_has_it(book):
    assert air_years.budget_panel(book) == ""
    assert "air-budget" in air.render(with_budget(book, Aim("good_days", ">=", 80.0)))
