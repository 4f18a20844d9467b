import csv
import re

import pytest
from fake_book import HOSTILE
from shapes_on_page import SECTIONS, press

pytestmark = pytest.mark.browser
PAGE = "sections/CS-G-01"


@pytest.fixture(scope="module")
def run(sample_run):
    return sample_run


def table_of(run, name):
    return run.table(name, dtype={"section_id": "str"})


def test_a_section_page_opens_from_a_file_without_a_request_or_a_fault(visit, pages_dir):
    seen = visit(PAGE)
    assert seen.requests == []
    assert seen.faults == []
    assert re.search("[\u4e00-\u9fff]", seen.page.locator("h1").inner_text())
    seen.page.click("#language")
    assert seen.page.evaluate("document.documentElement.lang") == "en"
    assert not re.search("[\u4e00-\u9fff]", seen.page.locator("#charts .caption").inner_text())


def test_every_chart_can_be_heard_in_the_language_of_the_page(visit, run):
    page = visit(PAGE, run.out).page
    charts = page.locator("svg.chart")
    assert charts.count() >= 9
    assert all("逐次监测值" in one.get_attribute("aria-label") for one in charts.all())
    page.click("#language")
    assert all("with the limits" in one.get_attribute("aria-label") for one in charts.all())


def test_the_matrix_of_every_section_is_the_class_of_section_periods(visit, run):
    numerals = dict(enumerate(("Ⅰ", "Ⅱ", "Ⅲ", "Ⅳ", "Ⅴ", "劣Ⅴ"), start=1))
    periods = table_of(run, "section_periods").dropna(subset=["section_id"])
    periods = periods[periods["period_kind"].isin(["month", "year"])]
    page = visit(PAGE, run.out).page
    for id_, rows in periods.groupby("section_id"):
        page.goto((run.edition / "sections" / f"{id_}.html").as_uri())
        shown = page.evaluate(
            "Object.fromEntries([...document.querySelectorAll('#matrix [data-period]')]"
            ".map(cell => [cell.dataset.period, cell.firstChild.textContent.trim()]))"
        )
        wanted = {
            str(row.period): numerals[int(row.water_class)] if row.water_class == row.water_class else "–"
            for row in rows.itertuples()
        }
        assert shown == wanted, id_


def test_the_year_on_the_page_is_the_figure(visit, run):
    figures = table_of(run, "figures").set_index("figure_id")["value"]
    numerals = ("", "Ⅰ", "Ⅱ", "Ⅲ", "Ⅳ", "Ⅴ", "劣Ⅴ")
    for id_ in ("CS-G-01", "CS-S-02"):
        page = visit(f"sections/{id_}", run.out).page
        for year in ("2021", "2025"):
            cell = page.locator(f'#matrix [data-period="{year}"]')
            value = int(figures[f"water.section_class.{year}.{id_}"])
            assert cell.evaluate("cell => cell.firstChild.textContent.trim()") == numerals[value]
            reached = bool(figures[f"water.section_at_target.{year}.{id_}"])
            assert cell.locator(".miss").count() == (0 if reached else 1)


def test_every_link_of_every_section_page_leads_to_a_file(visit, run):
    page = visit(PAGE, run.out).page
    pages = sorted((run.edition / "sections").glob("*.html"))
    assert len(pages) >= 15
    for place in pages:
        page.goto(place.as_uri())
        for href in page.eval_on_selector_all(
            "a[href]:not(.skip)", "all => all.map(one => one.getAttribute('href'))"
        ):
            assert (place.parent / href.partition("#")[0]).resolve().exists(), (place.name, href)


def test_the_download_works_from_a_file_and_has_every_record(visit, run, tmp_path):
    page = visit("sections/CS-S-02", run.out).page
    with page.expect_download() as waiting:
        page.click("a.export")
    waiting.value.save_as(tmp_path / "records.csv")
    text = (tmp_path / "records.csv").read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(text.splitlines()))
    told = page.locator("a.export").inner_text()
    assert f"{len(rows):,} 条" in told
    samples = table_of(run, "samples")
    assert len(rows) == samples["section"].str.replace(" ", "").eq("沈家市").sum()
    assert all(row["source"] and row["source_row"] for row in rows)
    assert "示例数据" in "".join(rows[0].values())


def test_the_water_page_leads_to_a_section_from_its_table_and_its_popup(visit, run):
    seen = visit("water", run.out)
    seen.page.locator("#glance a").first.click()
    seen.page.locator("#matrix").wait_for(state="attached")
    assert seen.requests == []
    seen = visit("water", run.out)
    press(seen.page, SECTIONS, 0)
    seen.page.locator(".leaflet-popup-content .verdict a").first.click()
    seen.page.locator("#matrix").wait_for(state="attached")
    assert seen.requests == []


def test_a_phone_shows_the_page_without_scrolling_sideways_and_text_stays_legible(visit, run):
    page = visit(PAGE, run.out).page
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert (
        page.evaluate(
            "(svg => 12 * svg.getBoundingClientRect().width / svg.viewBox.baseVal.width)"
            "(document.querySelector('svg.chart'))"
        )
        >= 9
    )


def test_hostile_names_of_a_section_stay_text_and_its_file_opens(visit, squares_dir):
    place = next(squares_dir.glob("*/sections/*img*.html"))
    seen = visit("water", squares_dir)
    links = seen.page.locator("#glance a")
    hostile = next(one for one in links.all() if "img" in one.get_attribute("href"))
    assert hostile.inner_text() == HOSTILE
    hostile.click()
    assert seen.page.url == place.resolve().as_uri().replace("'", "%27")
    assert HOSTILE in seen.page.locator("h1").inner_text()
    assert seen.page.evaluate("window.hacked") is None
    assert seen.page.locator("main img").count() == 0
    assert seen.faults == []
    assert seen.requests == []


def test_the_matrix_of_months_keeps_its_colours_and_marks_where_colours_are_forced(chromium, squares_dir):
    page = chromium.new_page(forced_colors="active", color_scheme="dark")
    pages = sorted(squares_dir.glob("*/sections/*.html"))
    place = next(one for one in pages if 'class="cls"' in one.read_text(encoding="utf-8"))
    page.goto(place.as_uri())
    seen = page.locator(".matrix .cls").evaluate_all(
        "cells => cells.map(cell => [cell.style.backgroundColor, getComputedStyle(cell).backgroundColor])"
    )
    assert all(wanted == shown for wanted, shown in seen)
    page.close()
