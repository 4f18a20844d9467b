import geopandas as gpd
import pytest
from fake_book import HOSTILE
from shapely.geometry import box

from gis.maps.pages import desk

pytestmark = pytest.mark.browser


def test_markup_in_a_record_stays_text_in_popup_and_search(visit, squares_dir):
    seen = visit("planner", squares_dir)
    page = seen.page
    page.fill("#search", "CS-2021-0000")
    page.wait_for_selector("#found button")
    page.press("#search", "Enter")
    assert HOSTILE in page.locator(".leaflet-popup-content").inner_text()
    assert page.evaluate("window.hacked") is None
    assert page.locator(".leaflet-popup-content img").count() == 0
    assert seen.faults == []


def test_a_desk_page_shows_hostile_columns_and_values_as_text(chromium, tmp_path):
    frame = gpd.GeoDataFrame(
        {"图斑编号": [HOSTILE], HOSTILE: ["http://example.com/x.js"]},
        geometry=[box(120.7, 31.6, 120.71, 31.61)],
        crs="EPSG:4490",
    )
    place = tmp_path / "desk.html"
    place.write_text(desk.render(f"面积 · {HOSTILE}", frame, [HOSTILE], HOSTILE), encoding="utf-8")
    page = chromium.new_page()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(place.as_uri())
    page.evaluate("gis.open('result', 0)")
    assert HOSTILE in page.locator(".leaflet-popup-content").inner_text()
    assert page.evaluate("window.hacked") is None
    assert asked == [place.as_uri()]
    page.close()
