"""The air page of the sample in a browser: years, the surface laid over the map."""

import pytest

pytestmark = pytest.mark.browser


@pytest.fixture
def page(visit, sample_run):
    return visit("air", sample_run.out).page


def test_the_surface_comes_and_goes_with_its_legend(page):
    box = page.locator('[data-layer="pm25_surface"]')
    assert page.locator("img.leaflet-image-layer").count() == 0
    box.locator("input").check()
    image = page.locator("img.leaflet-image-layer")
    assert image.get_attribute("src").startswith("data:image/webp;base64,")
    assert image.evaluate("node => node.naturalWidth") > 50
    assert "不用于达标评价" in box.locator(".legend").inner_text()
    assert page.evaluate("gis.drawn().pm25_surface") == 1
    box.locator("input").uncheck()
    assert page.locator("img.leaflet-image-layer").count() == 0


def test_one_year_shows_at_a_time(page):
    assert page.locator("svg.calendar:visible").count() == 1
    page.focus("#filter-year")
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    assert page.locator("svg.calendar:visible").count() == 1
    assert "2021" in page.locator('[data-year="2021"] h2').first.inner_text()
    assert page.locator("#air-items-2021").is_visible()
    assert not page.locator("#air-items-2025").is_visible()


def test_the_numbers_of_the_calendar_can_be_read_on_a_phone_and_the_page_does_not_widen(page):
    page.set_viewport_size({"width": 390, "height": 844})
    number = page.locator("svg.calendar:visible text").nth(20)
    assert number.evaluate("node => node.getBoundingClientRect().height") >= 8
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_the_printed_map_holds_the_whole_county(page):
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    stage = page.locator(".leaflet-container")
    width, height = stage.evaluate("node => [node.clientWidth, node.clientHeight]")
    assert (width, height) == (round(218 * 96 / 25.4), round(150 * 96 / 25.4))  # millimetres of the sheet
    inside = page.evaluate(
        """() => { const box = document.querySelector(".leaflet-container").getBoundingClientRect();
        return [...document.querySelectorAll(".place-label")].every(label => {
          const at = label.getBoundingClientRect();
          return at.left >= box.left && at.right <= box.right && at.bottom <= box.bottom; }); }"""
    )
    assert inside
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert stage.evaluate("node => node.style.width") == ""
