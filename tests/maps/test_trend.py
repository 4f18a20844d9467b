"""The plan's years on the scorecard: curve and table say the figures, what needs a person stands first."""

import re
from dataclasses import replace

import fake_book
import numpy as np
import pandas as pd
import pytest
from read_back import tables_of

from gis.maps.pages import index, targets


@pytest.fixture(scope="module")
def book():
    """Figures that differ by year, two targets of the running year, and an outlook of one."""
    made = fake_book.make()
    figures = made.figures.copy()
    plain = figures["period"].str.fullmatch(r"\d{4}")
    figures.loc[plain, "value"] *= 1 + (figures.loc[plain, "period"].astype(int) - 2021) / 10
    chance = figures.iloc[[0]].assign(
        figure_id=f"air.budget_probability.good_days.2025.{fake_book.CODE}", period="2025", value=95.46,
        indicator="air.budget_probability.good_days",
    )  # fmt: skip
    wanted = made.targets["indicator"].isin(
        ["air.good_day_rate", "land.renewed_area", "water.attainment_rate"]
    )
    old = made.targets[wanted & (made.targets["place"] == fake_book.CODE)].drop_duplicates("indicator")
    new = old.assign(period="2025", goal=old["goal"] + 7, n=15, state=["met", "missed", "behind"][: len(old)])
    targets = pd.concat([made.targets, new], ignore_index=True)
    return replace(made, figures=pd.concat([figures, chance], ignore_index=True), targets=targets)


@pytest.fixture(scope="module")
def page(book):
    return index.render(book)


def test_the_table_says_each_year_s_figure_and_goal(book, page):
    (shown,) = [one for one in tables_of(page) if one.id == "trend"]
    figures = book.figures.set_index("figure_id")
    listed = targets.trend_lines(book)
    assert ("land.renewed_area", fake_book.CODE) in listed
    assert len(shown.rows) == len(listed)
    for cells, (name, place) in zip(shown.rows, listed, strict=True):
        goals = book.targets[
            (book.targets["indicator"] == name) & (book.targets["place"] == place)
        ].set_index("period")["goal"]
        for year in book.years:
            head = next(one for one in shown.heads if one.startswith(str(year)))
            told = [float(one.replace(",", "")) for one in re.findall(r"[\d,]+(?:\.\d+)?", cells[head])]
            row = figures.loc[f"{name}.{year}.{place}"]
            assert told[0] == pytest.approx(row["value"], abs=0.51 * 10.0 ** -int(row["digits"]))
            assert told[1:] == ([pytest.approx(goals[str(year)])] if str(year) in goals.index else [])


def test_the_curve_goes_through_the_figures_in_the_order_of_the_years(book, page):
    at = list(targets.trend_lines(book)).index(("land.renewed_area", fake_book.CODE))
    drawing = re.search(rf'<g id="trend-{at}".*?</g>', page)[0]
    path = re.search(r'fill="none" d="([^"]+)"', drawing)[1]
    spots = np.array([[float(n) for n in one.split()] for one in re.split("[ML]", path)[1:]])
    assert len(spots) == len(book.years)
    assert (np.diff(spots[:, 0]) > 0).all()
    assert (np.diff(spots[:, 1]) < 0).all(), "the figures rise by a tenth a year"
    assert drawing.count("#ffffff") == 1, "the year that has not ended is hollow"
    assert page.count(f'href="#trend-{at}"') == 2, "on the card of each year with a target"


def test_what_needs_a_person_stands_first(book, page):
    assert index.targets_of(book, 2025)["state"].tolist() == sorted(
        index.targets_of(book, 2025)["state"], key=["missed", "behind", "no_data", "on_track", "met"].index
    )
    block = page[page.index('<div data-year="2025"') :]
    for part in re.findall(r'<section class="subject">.*?</section>', block):
        states = [one for one in re.findall(r'data-state="(\w+)"', part) if one != "none"]
        assert states == sorted(states, key=["missed", "behind", "no_data", "on_track", "met"].index)


def test_a_rate_names_its_sections_and_a_running_year_its_chance(page):
    block = page[page.index('<div data-year="2025"') :]
    assert "按 15 个国考、省考断面；名录共 9 个断面" in block
    assert "of 15 national and provincial sections; the list has 9 sections" in block
    assert "全年达到的可能 95 %" in block
    assert "全年达到的可能" not in page[: page.index('<div data-year="2025"')]


def test_what_a_card_quotes_stays_text(book):
    strange = "<img src=x onerror=alert(1)>'\""
    told = dict.fromkeys(
        ("title_zh", "title_en", "owner", "sentence", "word", "target_id", "figure_id"), strange
    )
    text = index.render(replace(book, targets=book.targets.assign(**told)))
    assert "<img" not in text
    assert "&lt;img src=x onerror=alert(1)&gt;" in text
