"""A page a town: 亩, rank and change are the figures, sections, cases and tasks those of the town, no person named."""

import re
from dataclasses import replace

import fake_book
import pandas as pd
import pytest
from read_back import tables_of

from gis.base.figures import assessment, finding
from gis.maps.pages import index, town

FIRST, SECOND, THIRD = "320581001", "320581002", "320581101"
VALUES = {FIRST: (120.5, 90.25), SECOND: (300.0, 300.0), THIRD: (120.5, None)}


@pytest.fixture(scope="module")
def book():
    """Three towns with 亩 of two years; a target behind, a section, cases and tasks of the first."""
    made = fake_book.make()
    found = [finding("land.renewed_area", "2025", code, now) for code, (now, _) in VALUES.items()]
    found += [
        finding("land.renewed_area", "2024C10", code, then) for code, (_, then) in VALUES.items() if then
    ]
    target = made.targets.iloc[[0]].assign(
        target_id="t", place=FIRST, period="2025", state="behind", indicator="land.renewed_area", expected=200.0,
        comparator=">=", goal=250.0, value=120.5, unit="亩",
    )  # fmt: skip
    name = made.catalogue.county.towns[0].name.zh
    sections = made.tables["sections"].assign(town=[name, *["别处"] * (len(made.tables["sections"]) - 1)])
    rows = [
        {"case_id": f"C{at}", "town": name if at < 2 else "别处", "name": f"王某{at}宅", "area_mu": 0.5 + at,
         "opened": pd.Timestamp(2025, 1, at + 1), "closed": None if at else pd.Timestamp(2025, 3, 1), "geometry": None}
        for at in range(3)
    ]  # fmt: skip
    cases = fake_book.frame("farmland_cases", rows, "farmland_cases")
    tasks = pd.DataFrame({
        "kind": ["river_dredged"] * 3, "town": [name, name, "别处"], "year": [2025, 2024, 2025], "unit": "条",
        "quantity_started": [5.0, 9.0, 7.0], "quantity_finished": [4.0, 8.0, 6.0],
    })  # fmt: skip
    tables = {**made.tables, "sections": sections, "farmland_cases": cases, "actions_by_town": tasks}
    figures = pd.concat([made.figures, assessment({}, found).figures], ignore_index=True)
    return replace(
        made, tables=tables, figures=figures, targets=pd.concat([made.targets, target], ignore_index=True)
    )


@pytest.fixture(scope="module")
def pages(book):
    return town.render(book)


def table(page, id_):
    return next((one.rows for one in tables_of(page) if one.id == id_), None)


def test_each_town_with_a_figure_has_a_page_that_the_scorecard_links(book, pages):
    assert {*pages} == {f"towns/{code}.html" for code in VALUES}
    page = index.render(book)
    for name in pages:
        assert f'href="{book.edition}/{name}"' in page
    links = re.findall(r"towns/(\d+)\.html", page)
    assert links[0] == FIRST, "the town with a target behind comes first"
    assert page.count("▲1") == 1


def test_the_areas_are_the_figures_with_rank_and_change(pages):
    first, second, third = (table(pages[f"towns/{code}.html"], "town-areas")[0] for code in VALUES)
    assert [*first.values()][1:6] == ["120.50", "–", "2 / 3", "90.25", "30.25"]
    assert (second["位次"], second["增减(亩)"]) == ("1 / 3", "0.00")
    assert (third["位次"], third["上年（同期）"], third["增减(亩)"]) == ("2 / 3", "–", "–"), (
        "missing is no zero"
    )
    assert "居第 2" in pages[f"towns/{FIRST}.html"]


def test_sections_cases_tasks_and_targets_are_those_of_the_town(pages):
    page, other = pages[f"towns/{FIRST}.html"], pages[f"towns/{SECOND}.html"]
    assert [one["断面名称"] for one in table(page, "town-sections")] == ["断面0"]
    assert [one["案件编号"] for one in table(page, "town-cases")] == ["C1", "C0"], "open ones first"
    assert "2 件，未销号 1 件" in page
    (task,) = table(page, "town-tasks")
    assert (task["已开工"], task["已完成"], task["上年完成"]) == ("5", "4", "8")
    assert len(table(page, "towns-2025")) == 1
    assert "目标 1 项，未达序时进度或未完成 1 项" in page
    assert [table(other, one) for one in ("town-sections", "town-cases", "town-tasks", "towns-2025")] == [
        None
    ] * 4


def test_no_name_of_a_person_stands_in_a_list_of_cases(pages):
    assert "王某" not in "".join(pages.values())
