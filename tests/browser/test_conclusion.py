"""The conclusion is copied as a sentence that stands alone, and the language goes on with a link."""

import re

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("pages_dir")]
COPIED = "document.addEventListener('copy', () => { window.copied = document.activeElement.value; });"


def test_a_conclusion_is_copied_with_its_day_what_judged_it_and_where_it_is_from(visit):
    page = visit("index").page
    page.evaluate(COPIED)
    page.locator(".copy:visible").click()
    told = page.evaluate("window.copied")
    assert told.startswith("常熟市 ")
    assert "截至 20" in told
    assert "依据：" in told
    assert "来源：土地与环境监测 20" in told
    page.click("#language")
    page.locator(".copy:visible").click()
    assert page.evaluate("window.copied").startswith("Changshu: ")


def test_the_language_goes_on_to_the_next_page_and_back(visit):
    page = visit("index").page
    page.click("#language")
    page.locator("nav a[href*='water.html']").click()
    page.wait_for_url(re.compile(r"/water\.html#lang=en"))
    assert page.evaluate("document.documentElement.lang") == "en"
    page.click("#language")
    page.locator("nav a[href*='land.html']").click()
    page.wait_for_url(re.compile(r"/land\.html(?!.*lang=en)"))
    assert page.evaluate("document.documentElement.lang") == "zh-CN"
