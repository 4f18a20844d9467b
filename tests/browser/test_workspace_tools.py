"""Tools, table and search of a workspace, on a desk, on a phone, by keys, and with rows of our own."""

import csv
import io
import json
import re
import time

import numpy as np
import pandas as pd
import pytest
import shapely
from fake_book import HOSTILE
from pyproj import Geod, Transformer
from workspace_on_page import GRID, MAPS, choose_year, count, squares

from gis.land.area import legal_areas
from gis.standards import load

pytestmark = pytest.mark.browser


def test_hostile_words_stay_text_in_table_filter_chart_and_files(opened):
    names = [HOSTILE, "=cmd()|'/c calc'!A1", "+1+2", "@x", "-2+3", "\u202egnp.exe", 'a,"b"\nc', "-5.5"]
    frame = squares(len(names)).assign(id=names)
    town = pd.Series([*names[:-1], "x" * 300])
    page = opened(frame, [(("乡镇", "Town"), town)], town=town)
    assert page.evaluate("window.hacked") is None
    assert page.locator("#rows img").count() == 0
    assert page.locator(GRID).first.locator("div").first.inner_text() == HOSTILE
    assert page.locator("#filter-town option").count() == len(names) + 1
    page.select_option("#filter-town", names[1])
    assert count(page)[0] == 1
    page.select_option("#filter-town", "")
    rows = list(csv.reader(io.StringIO(page.evaluate("gis.csvShown()").lstrip("\ufeff"), newline="")))
    assert [row[0] for row in rows[1:]] == [HOSTILE, "'" + names[1], "'+1+2", "'@x", "'-2+3", *names[5:]]
    assert [
        one["properties"]["名称"] for one in json.loads(page.evaluate("gis.geojsonShown()"))["features"]
    ] == names
    page.locator(".live button", has_text="表").click()
    assert page.locator(".live img").count() == 0


def test_a_hundred_thousand_rows_are_sorted_and_filtered_and_few_are_in_the_page(opened):
    n = 100_000
    rng = np.random.default_rng(3)
    values, towns = pd.Series(rng.uniform(0, 5000, n)), pd.Series(rng.integers(0, 14, n)).map("镇{}".format)
    page = opened(
        squares(n), [(("面积", "Area"), values), (("乡镇", "Town"), towns)],
        town=towns, year=pd.Series(2020 + rng.integers(0, 5, n)), added_m2=values,
    )  # fmt: skip
    assert page.locator(GRID).count() < 80
    order = page.evaluate(
        "Array.from(gis.sorted(gis.byId.rows, gis.byId.rows.order, 'v0', true).slice(0, 50),"
        " row => gis.byId.rows.columns.v0.value(row))"
    )
    assert order == values.round(2).sort_values(ascending=False).head(50).tolist()
    page.select_option("#filter-town", "镇3")
    assert count(page)[0] == (towns == "镇3").sum()
    assert count(page)[1] == pytest.approx(values[towns == "镇3"].round(2).sum() * 3 / 2000, abs=0.006)


def test_measures_are_those_of_the_ellipsoid(sample):
    page = sample("planner").page
    geod = Geod(a=6378137, rf=298.257222101)
    pairs = [
        ((120.60, 31.55), (120.95, 31.78)),
        ((120.7, 31.6), (120.7001, 31.6)),
        ((120.7, 31.6), (120.7, 31.7)),
    ]
    for one, other in pairs:
        told = page.evaluate("([a, b]) => gis.distance(a, b)", [one, other])
        assert told == pytest.approx(geod.inv(*one, *other)[2], abs=1e-3)
    ring = [(120.6, 31.55), (120.9, 31.57), (120.88, 31.8), (120.62, 31.77)]
    x, y = Transformer.from_crs(4326, 3857, always_xy=True).transform(*zip(*ring, strict=True))
    drawn = shapely.segmentize(shapely.Polygon(zip(x, y, strict=True)), 50)
    lon, lat = Transformer.from_crs(3857, 4326, always_xy=True).transform(*shapely.get_coordinates(drawn).T)
    edition = next(one for one in load().family("parcel_area"))
    legal = legal_areas(np.array([shapely.Polygon(zip(lon, lat, strict=True))]), edition)[0]
    assert page.evaluate("ring => gis.area(ring)", ring) == pytest.approx(legal, rel=2e-7)
    plane = page.evaluate("gis.gauss(120.75, 31.65)")
    east, north = Transformer.from_crs(4490, 4528, always_xy=True).transform(120.75, 31.65)
    assert (plane["zone"] * 1_000_000 + plane["east"], plane["north"]) == pytest.approx(
        (east, north), abs=1e-3
    )


def test_the_ruler_measures_by_clicks_and_by_keys_and_opens_nothing(sample):
    page = sample("planner").page
    page.locator(".tool", has_text="量测").click()
    box = page.locator(".folium-map").bounding_box()
    for x, y in ((0.4, 0.4), (0.6, 0.4), (0.6, 0.6)):
        page.mouse.click(box["x"] + box["width"] * x, box["y"] + box["height"] * y)
    told = page.locator(".measured").inner_text()
    assert re.search(r"长 [\d.,]+ k?m", told)
    assert re.search(r"围合 [\d.,]+ 亩", told)
    assert page.locator(".leaflet-popup").count() == 0
    page.keyboard.press("Escape")
    assert not page.locator(".measured").is_visible()
    page.locator(".tool", has_text="经纬网").click()
    assert page.locator(".degree").count() >= 4
    page.mouse.move(box["x"] + 100, box["y"] + 100)
    assert re.search(r"°\d\d′[\d.]+″E .*Y 40\d{6}", page.locator(".pointer").inner_text())


def test_the_search_lists_every_hit_and_escape_closes_it(sample, tables):
    page = sample("planner").page
    page.fill("#search", "虞山街道")
    hits = int(re.search(r"共 (\d+) 处", page.locator("#found").inner_text())[1])
    assert hits >= (tables("parcels")["town"] == "虞山街道").sum()
    page.press("#search", "ArrowDown")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.closest('#found') !== null")
    page.keyboard.press("Escape")
    assert not page.locator("#found").is_visible()
    assert page.evaluate("document.activeElement.id") == "search"


def test_a_searched_row_that_the_filter_hides_makes_the_filter_give_way(sample):
    page = sample("planner").page
    page.select_option("#filter-town", "海虞镇")
    choose_year(page, 2021)
    page.evaluate("gis.show('CS-2024-0021')")
    assert page.evaluate("gis.state().town") == ""
    assert page.evaluate("gis.state().y") == 2024
    assert "CS-2024-0021" in page.locator(".leaflet-popup-content h3").inner_text()
    assert page.evaluate("gis.drawn().parcels") > 1


def test_table_tabs_tools_and_legend_groups_are_one_stop_of_tab_each(visit, squares_dir):
    page = visit("planner", squares_dir).page
    for box, selector in (
        ("#rows", "*"),
        (".tabs", "button"),
        (".tools", "button"),
        (".group", "input, .entry, summary"),
    ):
        stops = page.evaluate(
            "([box, all]) => { const node = document.querySelector(box); return [node, ...node.querySelectorAll(all)]"
            ".filter(one => one.tabIndex >= 0).length; }", [box, selector])  # fmt: skip
        assert stops == 1, box
    page.focus("#rows")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert page.get_attribute("#rows", "aria-activedescendant").endswith("-row-1")
    page.keyboard.press("Enter")
    assert page.locator(".leaflet-popup-content").is_visible()
    page.focus("#rows")
    page.keyboard.press("Control+Home")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    assert page.locator(".grid-head > div").nth(1).get_attribute("aria-sort") == "ascending"
    page.locator("#panel .group input").first.focus()
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.closest('#panel .group') !== null")


def test_a_row_without_a_place_stands_in_the_table_and_not_on_the_map(opened):
    frame = squares(4)
    frame.loc[2, "geometry"] = None
    page = opened(frame)
    assert count(page)[0] == 4
    assert "1 行没有坐标" in page.locator(".count").inner_text()
    assert page.evaluate("gis.drawn().rows") == 3
    page.locator(GRID).nth(2).locator("div").first.click()
    assert page.locator(".leaflet-popup").count() == 0
    assert page.evaluate("gis.state().pick") == [0, 2]
    assert json.loads(page.evaluate("gis.geojsonShown()"))["features"][2]["geometry"] is None


@pytest.mark.parametrize("n", [0, 1])
def test_a_page_with_no_row_and_with_one_says_so(opened, n):
    page = opened(squares(n))
    if n:
        assert count(page) == (1, None)
    assert page.evaluate("gis.ready")


@pytest.mark.parametrize("name", MAPS)
@pytest.mark.parametrize("width", [1400, 390])
def test_nothing_is_wider_than_the_screen_and_everything_is_stacked_on_a_phone(sample, name, width):
    page = sample(name).page
    page.set_viewport_size({"width": width, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    stage, side = (page.locator(one).bounding_box() for one in (".stage", ".side"))
    assert (side["y"] >= stage["y"] + stage["height"] - 1) is (width == 390)


@pytest.mark.parametrize("name", MAPS)
def test_every_word_of_a_workspace_is_in_english_too(sample, name):
    page = sample(name).page
    page.click("#language")
    time.sleep(0.1)
    for part in ("#bar", ".tabs", ".count", ".grid-head", ".live figcaption", ".tools", ".files"):
        told = "\n".join(page.locator(part).all_inner_texts())
        if part == "#bar":
            told = page.evaluate(
                "[...document.querySelectorAll('#bar label > span, #bar button')]"
                ".filter(one => one.offsetParent).map(one => one.innerText).join()"
            )
        assert not re.search("[\u4e00-\u9fff]", told), (part, told)


@pytest.mark.parametrize("name", MAPS)
def test_the_tab_of_the_table_shown_is_in_sight(sample, name):
    page = sample(name).page
    strip, tab = (page.locator(one).bounding_box() for one in (".tabs", ".tabs [aria-selected=true]"))
    assert strip["x"] <= tab["x"] + 1
    assert tab["x"] < strip["x"] + strip["width"] - 20
