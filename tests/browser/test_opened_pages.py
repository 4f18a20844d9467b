import re

import pytest
from shapes_on_page import BOARD, INKED, SECTIONS, press

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("pages_dir")]
MAPS = ("planner", "land", "water", "air")


@pytest.mark.parametrize("pages_dir", ["squares", "sample"], indirect=True)
@pytest.mark.parametrize("name", ["index", *MAPS])
def test_a_page_opens_from_a_file_without_a_request_or_a_fault(visit, name):
    seen = visit(name)
    seen.page.wait_for_timeout(200)
    assert seen.requests == []
    assert seen.faults == []


@pytest.mark.parametrize("name", ["index", *MAPS])
def test_chinese_is_shown_first_and_one_click_gives_english(visit, name):
    page = visit(name).page
    heading = page.locator("h1")
    assert re.search("[\u4e00-\u9fff]", heading.inner_text())
    page.click("#language")
    assert page.evaluate("document.documentElement.lang") == "en"
    assert not re.search("[\u4e00-\u9fff]", heading.inner_text())
    assert not re.search("[\u4e00-\u9fff]", page.title())
    page.click("#language")
    assert re.search("[\u4e00-\u9fff]", heading.inner_text())


@pytest.mark.parametrize("name", MAPS)
def test_the_layers_are_drawn(visit, name):
    page = visit(name).page
    drawn = page.evaluate("gis.drawn()")
    assert drawn["base_towns"] >= 1
    assert page.evaluate(INKED) > 1000
    box = page.locator(".folium-map").bounding_box()
    assert box["width"] > 480  # the table stands beside it
    assert box["height"] > 350


@pytest.mark.parametrize(
    ("name", "layer"), [("planner", "parcels"), ("land", "base_towns"), ("air", "stations")]
)
def test_a_click_opens_a_popup_with_its_source(visit, name, layer):
    page = visit(name).page
    page.evaluate(f"gis.open('{layer}', 0)")
    popup = page.locator(".leaflet-popup-content")
    popup.wait_for()
    assert popup.locator("h3").inner_text()
    assert "来源" in popup.inner_text()


def test_a_section_shows_its_class_numeral_and_answers_a_real_click(visit):
    page = visit("water").page
    icons = page.evaluate(f"{SECTIONS}.styles.map(style => style.icon).join()")
    assert set(icons) & set("ⅠⅡⅢⅣⅤ")
    press(page, SECTIONS, 0)
    assert "水质目标" in page.locator(".leaflet-popup-content").inner_text()


def test_a_legend_comes_and_goes_with_its_layer(visit):
    page = visit("planner").page
    box = page.locator('[data-layer="parcels"]')
    legend = box.locator("div.legend")
    assert legend.is_visible()
    box.locator("input").uncheck()
    assert not legend.is_visible()
    assert page.evaluate("gis.drawn().parcels") == 0
    box.locator("input").check()
    assert legend.is_visible()
    assert page.evaluate("gis.drawn().parcels") > 0


def test_a_click_on_a_legend_entry_and_a_year_filter_the_layer(visit):
    page = visit("planner").page
    whole = page.evaluate("gis.drawn().parcels")
    page.locator('[data-layer="parcels"] [data-entry]').first.click()
    fewer = page.evaluate("gis.drawn().parcels")
    assert fewer < whole
    page.focus("#filter-year")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("gis.drawn().parcels") < fewer


def test_the_search_finds_a_town_by_keyboard(visit):
    page = visit("planner").page
    page.fill("#search", "虞山")
    page.wait_for_selector("#found button")
    page.press("#search", "Enter")
    assert "虞山" in page.locator(".leaflet-popup-content").inner_text()


def test_control_lines_are_told_apart_by_pattern(visit):
    page = visit("planner").page
    lines = page.evaluate(
        f"{BOARD}.layers.filter(one => one.spec.level === 2 && one.id !== 'base_county')"
        ".flatMap(one => one.styles.map(style => [style.tile || '', style.dash || '', style.fill || ''].join()))"
    )
    assert len(set(lines)) == len(lines) >= 4
    assert sum("<svg" in one for one in lines) >= 2
    assert any(one.startswith(",") and one.endswith(",") for one in lines)


def test_the_scorecard_opens_on_a_year_that_is_judged_and_switches(visit):
    page = visit("index").page
    buttons = page.locator("[data-year-button]")
    opened = page.locator('[data-year-button][aria-pressed="true"]')
    assert opened.count() == 1
    assert "项目标中" in page.locator(".answer:visible").inner_text()
    buttons.first.click()
    year = buttons.first.get_attribute("data-year-button")
    assert page.locator(f'.answer[data-year="{year}"]').is_visible()
    assert page.locator(".answer:visible").count() == 1


def test_a_state_is_told_by_word_and_shape(visit):
    page = visit("index").page
    page.locator('[data-year-button="2021"]').click()
    for card in page.locator(".card[data-state]:visible").all()[:6]:
        assert card.locator(".state svg").count() == 1
        assert card.locator(".state").inner_text().strip()


def test_the_scorecard_prints_on_one_sheet_in_every_year(visit):
    page = visit("index").page
    for button in page.locator("[data-year-button]").all():
        button.click()
        sheet = page.pdf(prefer_css_page_size=True)
        assert len(re.findall(rb"/Type\s*/Page[^s]", sheet)) == 1, button.inner_text()


def test_the_map_is_one_stop_of_tab_however_much_it_holds(visit, squares_dir):
    page = visit("planner", squares_dir).page
    stops = "map_county.getContainer().querySelectorAll('*')"
    assert page.evaluate("map_county.getContainer().tabIndex") == 0
    assert page.evaluate(f"[...{stops}].filter(one => one.tabIndex >= 0).length") == 0


def test_paper_gets_the_tiles_of_one_zoom_and_all_of_them_are_seen(visit, squares_dir):
    page = visit("planner", squares_dir).page
    seen = page.evaluate(
        """() => { window.dispatchEvent(new Event("beforeprint"));
        const tiles = [...document.querySelectorAll("canvas.leaflet-tile")];
        const visible = tile => getComputedStyle(tile).visibility === "visible";
        return [new Set(tiles.map(tile => tile.parentNode)).size, tiles.every(visible)]; }"""
    )
    assert seen == [1, True]
    assert page.evaluate(INKED) > 10_000
    pictures = re.findall(rb"/Subtype\s*/Image", page.pdf(print_background=True))
    assert (
        len(pictures) >= page.locator("canvas.leaflet-tile").count()
    )  # strokes of canvases would not fit together


def test_keys_and_charts_stand_on_white_where_a_reader_forces_black(visit):
    page = visit("planner").page
    page.emulate_media(forced_colors="active", color_scheme="dark")
    page.wait_for_timeout(100)
    ground = "node => getComputedStyle(node).backgroundColor"
    assert page.locator("#bar").evaluate(ground) == "rgb(0, 0, 0)"
    for drawing in (".panel .swatch", ".side svg.chart"):
        assert page.locator(drawing).first.evaluate(ground) == "rgb(255, 255, 255)"


def test_a_narrow_screen_turns_the_panel_into_a_sheet(visit):
    page = visit("planner").page
    page.set_viewport_size({"width": 390, "height": 800})
    assert not page.locator("#panel").is_visible()
    page.click(".panel-button")
    assert page.locator("#panel").is_visible()


def test_every_control_is_reached_by_tab_and_shows_its_focus(visit, squares_dir):
    page = visit("planner", squares_dir).page
    wanted = {
        "#language",
        "#search",
        "#filter-year",
        "#filter-town",
        "#rows",
        "[data-layer] input",
        "a[aria-current]",
        ".scroll",
    }
    reached = set()
    for _ in range(80):
        page.keyboard.press("Tab")
        matched = page.evaluate(
            "all => { const node = document.activeElement; const style = getComputedStyle(node);"
            " return style.outlineStyle === 'none' ? [] : all.filter(one => node.matches(one)); }",
            sorted(wanted),
        )
        reached |= set(matched)
        if reached == wanted:
            break
    assert reached == wanted


def test_names_of_towns_lie_above_points_and_catch_no_click(visit, squares_dir):
    page = visit("water", squares_dir).page
    style = "name => { const s = getComputedStyle(document.querySelector(name)); return [+s.zIndex, s.pointerEvents]; }"
    labels, points = (page.evaluate(style, f".leaflet-{pane}-pane") for pane in ("labels", "shapes"))
    assert labels[0] > points[0]
    assert labels[1] == "none"


def test_a_popup_speaks_english_for_stored_words(visit, squares_dir):
    page = visit("water", squares_dir).page
    page.evaluate(f"gis.open({SECTIONS}.id, 0)")
    popup = page.locator(".leaflet-popup-content")
    assert "国考" in popup.inner_text()
    page.click("#language")
    assert "national" in popup.inner_text()
    assert "国考" not in popup.inner_text()
    assert page.locator(".leaflet-popup-close-button").get_attribute("aria-label") == "Close"
