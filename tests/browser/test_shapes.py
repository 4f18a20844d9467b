"""The element that draws shapes, on a page of its own in Chromium with the network shut."""

import base64
import zlib

import numpy as np
import pandas as pd
import pytest
import shapely
from shapes_on_page import BOARD, INKED, spot, standalone
from unpacked import unpack

from gis.maps.packing import Shapes

pytestmark = pytest.mark.browser
WEST, SOUTH = 120.7, 31.6
RED, BLUE, INK = "#CC0000", "#0000CC", "#000000"
STYLES = {"red": {"line": INK, "fill": RED}, "blue": {"line": INK, "fill": BLUE}}
HOSTILE = "<img src=x onerror=window.hacked=1>{{ 7*7 }}</script>"
LAYER = f"{BOARD}.layers[0]"
SPEAK = "lang => { document.documentElement.lang = lang; document.dispatchEvent(new Event('language')); }"
COLOUR = """([lng, lat]) => { const at = map_county.latLngToContainerPoint({lat, lng});
    const box = map_county.getContainer().getBoundingClientRect(); let told = "none";
    document.querySelectorAll("canvas.leaflet-tile").forEach(tile => { const own = tile.getBoundingClientRect();
      const x = box.x + at.x - own.x, y = box.y + at.y - own.y, ratio = tile.width / own.width;
      if (x < 0 || y < 0 || x >= own.width || y >= own.height) return;
      const [r, g, b, a] = tile.getContext("2d").getImageData(x * ratio, y * ratio, 1, 1).data;
      if (a > 128) told = "#" + [r, g, b].map(one => one.toString(16).padStart(2, "0")).join("").toUpperCase(); });
    return told; }"""


HIT = f"([lng, lat]) => {{ const hit = {BOARD}.hit({{lng, lat}}); return hit ? hit.row : -1; }}"
INFLATED = """([text, size]) => {
    const out = gisShapes.inflate(Uint8Array.from(atob(text), one => one.charCodeAt(0)), size);
    let told = "";
    for (let at = 0; at < out.length; at += 8192) told += String.fromCharCode(...out.subarray(at, at + 8192));
    return btoa(told); }"""
VALUES = f"""(() => {{ const layer = {LAYER}, out = {{}};
    for (const name in layer.columns) out[name] = [0, 1, 2, 3].map(layer.columns[name].value); return out; }})()"""
CORNERS = f"[0, 1, 2, 3].map(row => {BOARD}.lines({LAYER}, row).map(one => one.map(at => [at.lng, at.lat])))"
AREA = """([w, s, e, n]) => { const a = map_county.project([s, w]), b = map_county.project([n, e]);
    return (b.x - a.x) * (a.y - b.y); }"""
HALVED = '<svg width="8" height="8" viewBox="0 0 8 8"><rect width="4" height="8" fill="#CC0000"/></svg>'
DISC = '<svg width="20" height="20" viewBox="0 0 24 24"><circle cx="12" cy="12" r="10" fill="#0000CC"/></svg>'


def block(x, y, side=0.02):
    return shapely.box(WEST + x, SOUTH + y, WEST + x + side, SOUTH + y + side)


def ring(x, y):
    """A block with a hole in its middle."""
    return shapely.difference(block(x, y), block(x + 0.008, y + 0.008, 0.004))


@pytest.fixture
def opened(chromium, tmp_path):
    """Open layers on a page; give the page, what went wrong and what it asked for."""
    contexts = []

    def open_layers(*layers, zoom=13, **context):
        path = tmp_path / "shapes.html"
        path.write_text(standalone(layers, [SOUTH + 0.02, WEST + 0.03], zoom), encoding="utf-8")
        contexts.append(chromium.new_context(viewport={"width": 900, "height": 600}, **context))
        page = contexts[-1].new_page()
        page.faults = []
        page.on("pageerror", lambda fault: page.faults.append(str(fault)))
        page.on(
            "request",
            lambda asked: (
                page.faults.append(asked.url) if not asked.url.startswith(("file:", "data:")) else None
            ),
        )
        page.goto(path.as_uri())
        return page

    yield open_layers
    for context in contexts:
        assert [fault for page in context.pages for fault in page.faults] == []
        context.close()


def layer(shapes, words, styles=STYLES, **options):
    names = options.pop("names", [f"no. {at}" for at in range(len(shapes))])
    columns = {
        "name": pd.Series(names, dtype="str"),
        "key": pd.Series(words, dtype="str"),
        **options.pop("columns", {}),
    }
    return Shapes(np.array(shapes, dtype=object), columns, "key", styles, title="name", **options)


@pytest.mark.parametrize(
    ("level", "strategy"),
    [(0, 0), (1, 0), (6, 0), (9, 0), (6, zlib.Z_FIXED), (6, zlib.Z_HUFFMAN_ONLY), (6, zlib.Z_RLE)],
)
def test_inflate_gives_what_zlib_deflated(opened, level, strategy):
    rng = np.random.default_rng(level)
    given = (
        bytes(120_000)
        + rng.bytes(70_000)
        + b"abcabcabd" * 9_000
        + rng.integers(0, 9, 200_000, dtype="u1").tobytes()
    )
    maker = zlib.compressobj(level, zlib.DEFLATED, -15, 9, strategy)
    packed = base64.b64encode(maker.compress(given) + maker.flush()).decode()
    page = opened(layer([block(0, 0)], ["red"]))
    back = page.evaluate(INFLATED, [packed, len(given)])
    assert base64.b64decode(back) == given


def test_the_page_reads_what_was_packed(opened):
    shapes = [ring(0, 0), shapely.MultiPolygon([block(0.03, 0), block(2, 1)]), shapely.Point(WEST, SOUTH),
              shapely.LineString([(WEST + 0.001 * at, SOUTH + 0.0001 * (at % 7)) for at in range(400)])]  # fmt: skip
    more = {"area": pd.Series([1234567.891, -0.5, np.nan, 0.0]), "exact": pd.Series([0.1, 1e300, np.nan, -2.5]),
            "year": pd.Series([2021, 2022, 2023, 2024]),
            "told": pd.Series([["中", "zh"], None, ["文", "en"], None])}  # fmt: skip
    made = layer(shapes, ["red"] * 4, columns=more, digits={"area": 2}, names=[HOSTILE, "", "a\u2028b", "倒"])
    page = opened(made)
    told = page.evaluate(VALUES)
    back = unpack(made.packed.text)
    back["columns"]["exact"][2] = None  # not a number
    assert back["columns"] == told
    assert page.evaluate(f"[0, 1, 2, 3].map({LAYER}.columns.area.text)") == [
        "1,234,567.89",
        "-0.50",
        "",
        "0.00",
    ]
    corners = page.evaluate(CORNERS)
    for strings, lines in zip(back["shapes"], corners, strict=True):
        for (kind, expected), line in zip(strings, lines, strict=True):
            np.testing.assert_allclose(np.array(line)[: len(expected)], expected, atol=1e-9)
            assert len(line) == len(expected) + (kind > 1)
    assert page.evaluate("window.hacked") is None


def test_a_hole_is_empty_and_a_second_part_belongs_to_its_shape(opened):
    two = shapely.MultiPolygon([block(0.03, 0), block(0.06, 0)])
    page = opened(layer([ring(0, 0), two], ["red", "blue"]))
    places = {
        "shell": (0.004, 0.004),
        "hole": (0.01, 0.01),
        "first": (0.04, 0.01),
        "second": (0.07, 0.01),
        "off": (0.025, 0.01),
    }
    at = {name: [WEST + x, SOUTH + y] for name, (x, y) in places.items()}
    assert {name: page.evaluate(COLOUR, place) for name, place in at.items()} == {
        "shell": RED, "hole": "none", "first": BLUE, "second": BLUE, "off": "none"}  # fmt: skip
    assert [page.evaluate(HIT, place) for place in at.values()] == [0, -1, 1, 1, -1]


@pytest.mark.parametrize("zoom", [10, 12, 13])
def test_the_pointer_finds_what_shapely_finds(opened, zoom):
    rng = np.random.default_rng(7)
    spots = rng.uniform(0, 0.05, (300, 2))
    shapes = [shapely.Point(WEST + x, SOUTH + y).buffer(0.004, quad_segs=80) for x, y in spots]
    page = opened(layer(shapes, ["red"] * 300), zoom=zoom)
    places = rng.uniform(0, 0.05, (400, 2)) + np.array([WEST, SOUTH])
    found = page.evaluate(f"places => places.map({HIT})", places.tolist())
    over = [np.flatnonzero(shapely.contains_xy(shapes, *place)) for place in places]
    edge = [min(shapely.distance(shapely.boundary(shapes), shapely.Point(place))) for place in places]
    apart = [
        own
        for own, last, near in zip(found, over, edge, strict=True)
        if near > 2e-6 and own != (last[-1] if len(last) else -1)
    ]
    assert apart == []


def test_a_filter_hides_and_another_rule_colours_anew(opened):
    years = pd.Series([2021, 2022, 2023])
    page = opened(
        layer([block(0, 0), block(0.03, 0), block(0.06, 0)], ["red", "blue", "red"], columns={"year": years})
    )
    middle = [[WEST + x, SOUTH + 0.01] for x in (0.01, 0.04, 0.07)]
    colours = lambda: [page.evaluate(COLOUR, place) for place in middle]  # noqa: E731
    assert page.evaluate(f"{BOARD}.filter({LAYER}, row => {LAYER}.columns.year.value(row) > 2021)") == 2
    assert colours() == ["none", BLUE, RED]
    page.evaluate(f"{BOARD}.filter({LAYER}, () => true)")
    page.evaluate(f"{BOARD}.restyle({LAYER}, gisShapes.graduated({LAYER}, 'year', [2023]))")
    assert colours() == [RED, RED, BLUE]
    page.evaluate(f"{BOARD}.restyle({LAYER}, gisShapes.timed({LAYER}, 'year', 2021))")
    assert colours() == [RED, BLUE, BLUE]
    page.evaluate(f"{BOARD}.restyle({LAYER}, gisShapes.categories({LAYER}, 'key', ['blue']))")
    assert colours() == ["none", RED, "none"]
    page.evaluate(f"{BOARD}.display({LAYER}, false)")
    assert page.evaluate(INKED) == 0


def test_a_pattern_lets_the_ground_through_and_the_rest_is_crisp_on_a_fine_screen(opened):
    styles = {
        "red": {
            "line": INK,
            "fill": RED,
            "tile": HALVED,
            "side": 8,
        }
    }
    page = opened(layer([block(0, 0)], ["red"], styles), device_scale_factor=2)
    page.wait_for_function(f"{LAYER}.styles[0].at2zh.tile.drawn === true")
    page.evaluate(f"{BOARD}.display({LAYER}, true)")
    seen = {page.evaluate(COLOUR, [WEST + 0.005 + 0.0002 * at, SOUTH + 0.01]) for at in range(40)}
    assert seen == {RED, "none"}
    assert page.evaluate("document.querySelector('canvas.leaflet-tile').width") == 512


def test_many_shapes_are_drawn_as_ids_and_cover_their_ground_and_one_of_them_stays_seen(opened):
    side, across = 0.0012, 60
    cells = [block(side * (at % across), side * (at // across), side * 0.8) for at in range(across * across)]
    page = opened(layer(cells, np.where(np.arange(len(cells)) % 2, "red", "blue")), zoom=11)
    tiles = "[...document.querySelectorAll('canvas.leaflet-tile')]"
    kept = f"{tiles}.some(tile => Object.keys(tile.buffers).length)"
    assert page.evaluate(kept)
    ground = page.evaluate(AREA, list(shapely.total_bounds(cells)))
    assert 0.6 * ground < page.evaluate(INKED) < 1.1 * ground
    assert page.evaluate(f"{BOARD}.filter({LAYER}, row => row === 5)") == 1
    assert 0 < page.evaluate(INKED) < 40
    page.evaluate(f"{BOARD}.filter({LAYER}, () => true)")
    page.evaluate("map_county.setZoom(16, {animate: false})")
    assert not page.evaluate(kept)


def test_lines_and_points_answer_near_them_and_points_lie_above(opened):
    line = shapely.LineString([(WEST, SOUTH), (WEST + 0.06, SOUTH)])
    styles = {
        "red": {
            "line": RED,
            "weight": 3,
            "size": 20,
            "icon": DISC,
        }
    }
    lines, points = (
        layer([line], ["red"], styles),
        layer([shapely.Point(WEST + 0.03, SOUTH)], ["red"], styles, level=1),
    )
    page = opened(lines, points)
    page.wait_for_function(f"(({COLOUR})([{WEST} + 0.03, {SOUTH}])) === '{BLUE}'")
    assert page.evaluate(COLOUR, [WEST + 0.01, SOUTH]) == RED
    which = (
        f"place => {{ const hit = {BOARD}.hit(place); return hit ? {BOARD}.layers.indexOf(hit.layer) : -1; }}"
    )
    step = 360 / 256 / 2**13
    assert page.evaluate(which, dict(zip(("lat", "lng"), [SOUTH + 2 * step, WEST + 0.01], strict=True))) == 0
    assert page.evaluate(which, dict(zip(("lat", "lng"), [SOUTH + 9 * step, WEST + 0.01], strict=True))) == -1
    assert page.evaluate(which, dict(zip(("lat", "lng"), [SOUTH + 6 * step, WEST + 0.03], strict=True))) == 1


def test_a_picture_shows_the_sign_of_the_language_of_the_page(opened):
    both = DISC.replace("<circle", '<circle class="zh"').replace("</svg>", "") + DISC[
        DISC.index("<circle") :
    ].replace("<circle", '<circle class="en"').replace("#0000CC", RED)
    styles = {"red": {"line": RED, "weight": 3, "size": 20, "icon": both}}
    page = opened(layer([shapely.Point(WEST + 0.03, SOUTH)], ["red"], styles))
    page.wait_for_function(f"(({COLOUR})([{WEST} + 0.03, {SOUTH}])) === '{BLUE}'")
    for language, colour in (("en", RED), ("zh-CN", BLUE)):
        page.evaluate(
            "lang => { document.documentElement.lang = lang; document.dispatchEvent(new Event('language')); }",
            language,
        )
        page.wait_for_function(f"(({COLOUR})([{WEST} + 0.03, {SOUTH}])) === '{colour}'")


def test_a_pointer_is_told_the_name_and_a_click_the_rest_as_text(opened):
    page = opened(layer([block(0, 0)], ["red"], names=[HOSTILE]))
    place = spot(page, LAYER, 0)
    page.mouse.move(*place)
    assert page.locator(".shape-tip").inner_text() == HOSTILE
    page.mouse.move(place[0], place[1] - 150)
    assert page.locator(".shape-tip").count() == 0
    page.mouse.click(*place)
    assert HOSTILE in page.locator(".leaflet-popup-content").inner_text()
    assert page.locator(".leaflet-popup-content img").count() == 0


def test_keys_alone_find_a_shape_and_open_it_with_one_stop_of_tab(opened):
    page = opened(layer([block(0.02 * at, 0, 0.01) for at in range(4)], ["red"] * 4))
    page.evaluate("map_county.getContainer().focus()")
    page.keyboard.press("Enter")
    told = "document.querySelector('.shape-list [aria-selected=true]').textContent"
    assert page.locator(".shape-list [role=option]").count() == 4
    assert page.evaluate(told) == "no. 0"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    assert page.evaluate(told) == "no. 1"
    page.keyboard.press("Enter")
    assert "no. 1" in page.locator(".leaflet-popup-content").inner_text()
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    assert page.locator(".shape-list").count() == 0
    assert page.evaluate("document.activeElement === map_county.getContainer()")
    assert page.locator("canvas.leaflet-tile[tabindex]").count() == 0


def test_groups_are_summed_where_shapes_are_smaller_than_a_pixel(opened):
    towns = pd.Series(["梅李镇", "海虞镇", "梅李镇"])
    specks = [block(0.03 * at, 0, 0.0002) for at in range(3)]
    page = opened(layer(specks, ["red"] * 3, columns={"town": towns}, totals="town"), zoom=10)
    page.evaluate("map_county.setZoom(9, {animate: false})")
    assert sorted(page.locator(".shape-total").all_inner_texts()) == ["梅李镇 2", "海虞镇 1"]
    page.evaluate(f"{BOARD}.filter({LAYER}, row => row > 0)")
    assert sorted(page.locator(".shape-total").all_inner_texts()) == ["梅李镇 1", "海虞镇 1"]
    page.evaluate("map_county.setZoom(16, {animate: false})")
    assert page.locator(".shape-total").count() == 0


def test_a_group_of_any_name_is_summed(opened):
    names = ["__proto__", "constructor", "toString", "__proto__"]
    specks = [block(0.03 * at, 0, 0.0002) for at in range(4)]
    page = opened(layer(specks, ["red"] * 4, columns={"town": pd.Series(names)}, totals="town"), zoom=9)
    assert sorted(page.locator(".shape-total").all_inner_texts()) == [
        "__proto__ 2",
        "constructor 1",
        "toString 1",
    ]


def test_paper_gets_finer_tiles_than_the_screen(opened):
    page = opened(layer([block(0, 0)], ["red"]))
    width = "document.querySelector('canvas.leaflet-tile').width"
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert page.evaluate(width) == 768
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert page.evaluate(width) == 256


def test_a_tile_between_two_zooms_is_not_stretched(opened):
    page = opened(layer([block(0, 0)], ["red"]))
    page.evaluate("map_county.setZoom(12.75, {animate: false})")
    boxes = page.evaluate(
        "[...document.querySelectorAll('canvas.leaflet-tile')].map(tile => tile.getBoundingClientRect().width)"
    )
    assert set(boxes) == {256}
    assert page.evaluate(COLOUR, [WEST + 0.01, SOUTH + 0.01]) == RED
