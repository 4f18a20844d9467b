"""From a number of the scorecard to what it rests on, and to the page of a town, without a network."""

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
