"""A view leaves its page: read from its code by Python, drawn as a sheet, printed, and set beside another year."""

import re
from dataclasses import replace

import fake_book
import numpy as np
import pytest
from shapes_on_page import BOARD
from workspace_on_page import choose_year, page_of_layers, rows_layer, squares

from gis.base.errors import UsageError
from gis.base.messages import speaking
from gis.base.pictures import COUNTY, HEIGHT, WIDTH, Picture
from gis.catalogue.model import Basemap
from gis.maps.atlas import MAPS
from gis.maps.layers import Drawn
from gis.maps.mapview import without_held
from gis.maps.sheet import Ask, sheet
from gis.maps.sheet.drawing import Image, Label, each
from gis.maps.sheet.layout import SUBJECTS
from gis.maps.sheet.view import Vocabulary, decoded

pytestmark = pytest.mark.browser
MASKS = f"""() => Object.fromEntries({BOARD}.layers.filter(one => !one.names)
    .map(one => [one.id, [one.shown, Array.from(one.mask)]]))"""
YEARS = """name => { const twin = gis.board.sides[name].find(one => one.id === "parcels");
    return [...twin.mask.keys()].filter(k => twin.mask[k]).map(k => twin.columns.y.value(k)); }"""
FIRST = """year => { for (let k = 0; ; k++) if (gis.byId.parcels.columns.y.value(k) === year) return k; }"""
HIT = """row => { const one = gis.byId.parcels, at = gis.board.place(one, row);
    gis.map.setView(at, 15, { animate: false }); const hit = gis.board.hit(at);
    return hit && [hit.layer === one, hit.row]; }"""
STEPS = {
    "planner": "y=2023&town=虞山街道&category=工业&q=cs&shut.parcels=approved&sort=t-&pick=parcels:1"
    "&on=parcels.base_towns.conflicts",
    "land": "y=2022&town=梅李镇&at=12.5,31.65,120.75",
    "water": "y=all&part=all&shut.sections_month=class_1,class_2&lang=en",
    "air": "y=all&part=all&q=海虞",
}


@pytest.fixture(scope="module")
def book():
    return fake_book.make()


@pytest.mark.parametrize("name", STEPS)
def test_python_reads_of_a_code_what_the_page_shows(visit, squares_dir, book, name):
    page = visit(name, squares_dir).page
    own, maker = book.of(SUBJECTS.get(name, name)), MAPS[name]
    layers = [one for one in without_held(own, maker.layers(own)) if isinstance(one, Drawn)]
    work = maker.work(own)
    assert page.evaluate("gis.vocabulary().key") == Vocabulary(work, layers).key
    for step in ("", STEPS[name]):
        page.evaluate("text => { location.hash = text; }", step)
        page.wait_for_timeout(50)
        code, told = page.evaluate("[gis.toCode(gis.state(), gis.vocabulary()), gis.state()]")
        view = decoded(code.lower(), work, layers, own.catalogue.county.extent)
        assert (view.year, view.words) == (told["y"], told["q"])
        for id_, (shown, mask) in page.evaluate(MASKS).items():
            layer = next(one for one in layers if one.id == id_)
            assert (id_ in view.shown) is shown
            assert view.rows(layer).astype(int).tolist() == mask, id_
        if told["at"]:
            assert view.at == pytest.approx(told["at"], abs=1e-3)
    with speaking("zh"), pytest.raises(UsageError, match="另一版本"):
        decoded(code[:-1] + ("0" if code[-1] != "0" else "1"), work, layers, own.catalogue.county.extent)


def test_the_command_on_the_page_draws_the_view(visit, squares_dir, book):
    page = visit("planner", squares_dir).page
    page.click("[data-tab=parcels]")
    choose_year(page, 2023)
    page.select_option("#filter-state", "recorded")
    page.click("#leave")
    command = page.input_value("#sheet-command")
    code = re.fullmatch(r"gis sheet planner --view (\S+) -o planner\.pdf", command)[1]
    assert code == page.input_value("#view-code")
    with speaking("zh"):
        made = sheet(book, Ask("planner", "2026-11-29", view=code))
    told = [getattr(item, "text", "") for group in made.items for item in group.items]
    legend = [
        item.text
        for group in made.items
        if group.id == "legend"
        for item in group.items
        if hasattr(item, "text")
    ]
    assert any("2023 年" in one for one in told)
    shown = page.evaluate("gis.drawn().parcels")
    assert legend[legend.index("入库") + 1].startswith(f"{shown} · ")
    assert not {"认定", "批准", "清理"} & {*legend}
    page.click("#language")
    assert page.input_value("#sheet-command").startswith("gis --lang en sheet planner --view ")


def test_a_printed_view_is_one_sheet_of_what_is_shown_and_the_screen_comes_back(visit, squares_dir, tmp_path):
    page = visit("planner", squares_dir).page
    page.evaluate("location.hash = 'y=2023&at=11.5,31.65,120.8'")
    page.wait_for_timeout(50)
    before = page.evaluate("location.hash")
    for paper, wide in (("A4", 842), ("A3", 1191)):
        page.select_option("#paper", paper, force=True)
        data = page.pdf(prefer_css_page_size=True)
        assert data.count(b"/Type /Page\n") == 1
        box = [float(one) for one in re.search(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", data).groups()]
        assert box[0] == pytest.approx(wide, abs=1)
        assert box[0] > box[1]
    assert page.evaluate("location.hash") == before
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    told = page.locator(".on-paper").inner_text()
    assert re.search(r"规划 所选：2023 年；打印 \d{4}-\d\d-\d\d；视图代码 [\w-]+", told)
    assert not page.locator(".side").is_visible()
    assert page.locator(".stage .north").inner_text().strip() == "北"
    assert page.locator(".stamp").first.is_visible()
    zero = page.locator('[data-layer="parcels"] .entry').filter(
        has=page.locator(".n", has_text=re.compile(r"^0$"))
    )
    assert zero.count()
    assert not zero.first.is_visible()
    panel, stage = (page.locator(one).bounding_box() for one in (".panel", ".stage"))
    assert panel["x"] + panel["width"] <= stage["x"] + 1
    page.evaluate("document.body.classList.add('appendix')")
    assert page.locator(".side").is_visible()


def with_land_cover(book):
    shot = np.full((HEIGHT, WIDTH), 40, "int32")
    shown = tuple(
        Picture(f"land_cover_{one}", shot + 10 * at, 10.0) for at, one in enumerate(("before", "after"))
    )
    return replace(book, pictures={COUNTY: shown})


def test_a_sheet_draws_pictures_and_both_sides_of_a_swipe(chromium, book, tmp_path):
    tiles = Basemap(url="https://t{s}.example.cn/{z}/{x}/{y}", title={"zh": "他图", "en": "Other map"})
    county = book.catalogue.county.model_copy(update={"basemap": tiles})
    told = replace(with_land_cover(book), catalogue=book.catalogue.model_copy(update={"county": county}))
    (tmp_path / "x.html").write_text(MAPS["land"].render(told.of("land")), encoding="utf-8")
    page = chromium.new_page()
    page.goto((tmp_path / "x.html").as_uri())
    made = []
    for more in ("", "&images=county_land_cover", "&images=county_land_cover.basemap&beside=2024&handle=70"):
        page.evaluate("text => { location.hash = text; }", f"y=2025{more}")
        page.wait_for_timeout(50)
        code = page.evaluate("gis.toCode(gis.state(), gis.vocabulary())")
        drawn = sheet(told, Ask("land", made_on="2026-11-29", view=code))
        texts = {
            one.id: [item.text for item in each([one]) if isinstance(item, Label)] for one in drawn.items
        }
        images = [
            (one.box, {*one.pixels[..., 3].flat}) for one in each(drawn.items) if isinstance(one, Image)
        ]
        made.append((texts, images, next(one for one in drawn.items if one.id == "frame").items[0].rings[0]))
    west, _, east, _ = county.extent
    metres = f"{(east - west) * 95_000 / WIDTH:.0f}"
    assert made[0][1] == []
    (texts, ((box, _),), frame) = made[1]
    assert box == (*frame.min(axis=0), *frame.max(axis=0))
    assert "Land cover · 2025" in texts["legend"]
    at = texts["legend"].index("Land cover · 2025")
    assert texts["legend"][at + 1 : at + 3] == ["Built-up", f"pixels of about {metres} m, for orientation"]
    assert "not drawn" not in " ".join(texts["foot"])
    (texts, ((left, _), (right, _)), frame) = made[2]
    assert left[2] == right[0] == pytest.approx(frame[:, 0].min() + 0.7 * np.ptp(frame[:, 0]))
    assert texts["parting"] == ["2025", "2024"]
    assert "Swipe: left 2025, right 2024; Data to" in " ".join(texts["title"])
    listed = [one for one in texts["legend"] if one.endswith((" · left", " · right"))]
    assert [one.rpartition(" ")[2] for one in listed] == ["left", "right"] * (len(listed) // 2)
    assert "In the view and not drawn here: Other map." in " ".join(texts["foot"])
    assert page.evaluate("gis.drawn().county_land_cover") == 2, "each side of the page has its own picture"
    page.locator(".swipe").focus()
    page.keyboard.press("PageDown")
    assert "handle=80" in page.evaluate("location.hash")
    page.locator(".tool", has_text="卷帘").click()
    assert page.evaluate("gis.drawn().county_land_cover") == 1
    page.close()


def test_two_years_stand_beside_each_other_and_each_side_answers_for_itself(visit, squares_dir):
    page = visit("planner", squares_dir).page
    choose_year(page, 2021)
    page.locator(".tool", has_text="卷帘").click()
    page.select_option("#beside", "2023")
    assert "beside=2023" in page.evaluate("location.hash")
    assert set(page.evaluate(YEARS, "left")) == {2021}
    assert set(page.evaluate(YEARS, "right")) == {2023}
    handle = page.locator(".swipe")
    handle.focus()
    for key, value in (
        ("Home", "0"),
        ("ArrowRight", "2"),
        ("End", "100"),
        ("PageDown", "100"),
        ("PageUp", "90"),
    ):
        page.keyboard.press(key)
        assert handle.get_attribute("aria-valuenow") == value
    page.evaluate("gis.display('conflicts', false)")
    rows = [page.evaluate(FIRST, year) for year in (2021, 2023)]
    page.keyboard.press("Home")
    assert page.evaluate(HIT, rows[1]) == [True, rows[1]]
    assert page.evaluate(HIT, rows[0]) != [True, rows[0]]
    box = page.locator(".folium-map").bounding_box()
    page.mouse.move(box["x"] + 1, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.75, box["y"] + 40)
    page.mouse.up()
    assert int(handle.get_attribute("aria-valuenow")) == pytest.approx(75, abs=1)
    code = page.evaluate("gis.toCode(gis.state(), gis.vocabulary())")
    assert page.evaluate("code => gis.fromCode(code, gis.vocabulary()).beside", code) == "2023"
    page.locator(".tool", has_text="卷帘").click()
    assert not handle.is_visible()
    assert page.evaluate("gis.map.getPane('shapes').style.clip") == ""


def test_two_editions_of_a_layer_stand_beside_each_other(chromium, tmp_path):
    layers = [rows_layer(squares(n), id_=id_) for n, id_ in ((9, "old"), (4, "new"))]
    (tmp_path / "x.html").write_text(page_of_layers(layers), encoding="utf-8")
    page = chromium.new_page()
    page.goto((tmp_path / "x.html").as_uri())
    page.locator(".tool", has_text="卷帘").click()
    sides = page.evaluate("['left', 'right'].map(name => gis.board.sides[name].map(one => one.id))")
    assert sides == [["old"], ["new"]]
    page.close()


def test_the_overview_shows_what_is_seen_and_moves_the_map(visit, squares_dir):
    page = visit("planner", squares_dir).page
    page.evaluate("gis.map.setView([31.65, 120.8], 13, {animate: false})")
    seen = page.locator(".overview .seen")
    assert 1 < float(seen.get_attribute("width")) < 60
    assert page.locator(".overview path").count() > 0
    page.locator(".overview").click(position={"x": 20, "y": 20})
    assert page.evaluate("gis.map.getCenter().lng") < 120.7
    page.locator(".tool", has_text="鹰眼").click()
    assert not page.locator(".overview").is_visible()


def with_basemap(book, **said):
    county = book.catalogue.county.model_copy(update={"basemap": Basemap(**said)})
    return replace(book, catalogue=book.catalogue.model_copy(update={"county": county}))


def test_a_base_map_is_asked_for_only_when_it_is_turned_on_and_from_its_site_alone(chromium, book, tmp_path):
    url = "https://t{s}.example.org/{z}/{x}/{y}?tk={key}"
    told = with_basemap(book, url=url, key="a b", gcj02=True)
    (tmp_path / "x.html").write_text(MAPS["planner"].render(told), encoding="utf-8")
    page = chromium.new_page()
    asked = []
    page.route(re.compile("^https:"), lambda route: asked.append(route.request.url) or route.abort())
    page.goto((tmp_path / "x.html").as_uri())
    page.wait_for_timeout(200)
    assert asked == []
    box = page.locator("[data-layer=basemap]")
    assert "images=" not in page.evaluate("location.hash")
    box.locator("input").check()
    page.wait_for_timeout(300)
    assert asked
    assert all(re.fullmatch(r"https://t\d\.example\.org/\d+/\d+/\d+\?tk=a%20b", one) for one in asked)
    assert "GCJ-02" in box.inner_text()
    assert "images=basemap" in page.evaluate("location.hash")
    blocked = page.evaluate(
        """new Promise(done => { const i = new Image();
        i.onerror = () => done(true); i.src = 'https://other.org/x.png'; })"""
    )
    assert blocked
    assert not any("other.org" in one for one in asked)
    page.close()


def test_tiles_beside_the_file_are_drawn_under_the_data(chromium, book, tmp_path):
    from PIL import Image

    tile = tmp_path / "tiles" / "10" / "855" / "416.png"
    tile.parent.mkdir(parents=True)
    Image.new("RGB", (256, 256), "#FF00FF").save(tile)
    (tmp_path / "e").mkdir()
    told = with_basemap(book, url="tiles/{z}/{x}/{y}.png")
    (tmp_path / "e" / "x.html").write_text(MAPS["planner"].render(told), encoding="utf-8")
    page = chromium.new_page()
    page.goto((tmp_path / "e" / "x.html").as_uri())
    page.evaluate("gis.display('basemap', true); gis.map.setView([31.65, 120.8], 10, { animate: false });")
    page.wait_for_timeout(300)
    assert page.evaluate(
        "[...document.querySelectorAll('img.leaflet-tile')].some(one => one.naturalWidth === 256)"
    )
    page.close()


def test_pictures_follow_the_year_and_stand_in_the_address(book, chromium, tmp_path):
    told = with_land_cover(book)
    (tmp_path / "x.html").write_text(MAPS["land"].render(told), encoding="utf-8")
    page = chromium.new_page()
    page.goto((tmp_path / "x.html").as_uri())
    box = page.locator("[data-layer=county_land_cover]")
    box.locator("input").check()
    source = "document.querySelector('img.leaflet-image-layer')?.src"
    newest = page.evaluate(source)
    assert box.locator("label .n").inner_text() == "2025"
    choose_year(page, 2023)
    assert box.locator("label .n").inner_text() == "2020"
    assert page.evaluate(source) != newest
    assert "images=county_land_cover" in page.evaluate("location.hash")
    assert box.locator(".legend .word").count() == 2
    assert "只供对照" in box.locator(".legend").inner_text()
    page.close()
