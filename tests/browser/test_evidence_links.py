"""From a number of the scorecard to what it rests on, and to the page of a town, without a network."""

from pathlib import Path

import pytest

pytestmark = pytest.mark.browser


def test_the_id_of_a_card_opens_its_evidence(visit, squares_dir):
    page = visit("index", squares_dir).page
    links = page.locator(".card .id a:visible")
    assert links.count() == page.locator(".card .id:visible").count() > 0
    wanted = links.first.inner_text()
    links.first.click()
    page.wait_for_url("**/evidence/*.html#*")
    assert page.evaluate("document.querySelector(':target').id") == wanted
    assert page.locator(":target .facts-list").is_visible()
    page.get_by_role("link", name="目标任务完成情况").click()
    page.wait_for_url("**/index.html*")


def test_a_record_opens_its_parcel_chosen_on_the_map_in_the_language_of_the_page(sample):
    page = sample("evidence/land").page
    page.click("#language")
    link = page.locator('[data-at^="planner parcels:"] a').first
    row = int(link.get_attribute("href").rpartition(":")[2])
    named = link.inner_text()
    link.click()
    page.wait_for_url("**/planner.html#*")
    assert page.evaluate("document.documentElement.lang") == "en"
    parcel = page.evaluate(f"gis.board.layers.find(one => one.id === 'parcels').columns.t.text({row})")
    assert parcel in named
    assert parcel in page.locator(".leaflet-popup-content").inner_text()


def test_an_outline_is_of_the_parcel_it_leads_to(sample):
    page = sample("evidence/land").page
    link = page.locator(".outlines a").first
    row = int(link.get_attribute("href").rpartition(":")[2])
    box = link.locator("svg").bounding_box()
    assert max(box["width"] / 86, box["height"] / 62) <= 1.02
    link.click()
    page.wait_for_url("**/planner.html#*")
    popup = page.locator(".leaflet-popup-content").inner_text()
    assert page.evaluate(f"gis.board.layers.find(one => one.id === 'parcels').columns.t.text({row})") in popup


def test_a_reading_leads_to_the_chart_of_its_section_and_a_figure_to_its_method(sample):
    page = sample("evidence/water").page
    page.locator('[data-at$="#charts"] a').first.click()
    page.wait_for_url("**/sections/*.html#charts")
    assert page.locator("#charts svg").first.is_visible()
    page = sample("evidence/land").page
    page.locator('a[href$="method.html#area-proof"]').first.click()
    page.wait_for_url("**/method.html#area-proof")
    assert page.locator("#area-proof").is_visible()


def test_the_evidence_of_a_figure_is_downloaded_from_the_page(sample):
    seen = sample("evidence/land")
    proof = seen.page.locator(".proof").filter(has=seen.page.locator('[data-at^="planner parcels:"]')).first
    with seen.page.expect_download() as started:
        proof.locator("button").click()
    text = Path(started.value.path()).read_text(encoding="utf-8-sig")
    assert proof.get_attribute("id") in text
    for one in ("公式", "来源", "示例数据", *proof.locator("tbody tr").first.inner_text().split("\t")[:1]):
        assert one in text
    assert text.count("图斑编号 ") == proof.locator("td[data-at]").count()
    assert seen.requests == []
    assert seen.faults == []
