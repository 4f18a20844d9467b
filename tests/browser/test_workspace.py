"""One workspace: filter bar, map, table, chart, files and address of a map page follow one another."""

import csv
import io
import json
import re
import time

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from fake_book import HOSTILE
from pyproj import Geod, Transformer
from shapes_on_page import BOARD

from gis.land.area import legal_areas
from gis.look import Mark
from gis.maps.layers import Popup, draw
from gis.maps.mapview import Workspace, map_view
from gis.maps.page import Page, html_of, mast
from gis.standards import load

pytestmark = pytest.mark.browser
MAPS = ("planner", "land", "water", "air")
SHOWN = f"id => {{ const one = {BOARD}.layers.find(layer => layer.id === id); return [one.sum.n, one.sum.mu()]; }}"
GRID = "#rows .grid-row"


def choose_year(page, year):
    page.evaluate(
        """year => { const slider = document.getElementById("filter-year");
        slider.value = year === null ? 0 : gis.vocabulary().years.indexOf(year) + 1;
        slider.dispatchEvent(new Event("input")); }""",
        year,
    )


def count(page):
    """Rows and 亩 that the table says are selected."""
    told = page.locator(".count").inner_text()
    rows = int(re.search(r"所选 ([\d,]+) 行", told)[1].replace(",", ""))
    mu = re.search(r"([-\d,.]+) 亩", told)
    return rows, mu and float(mu[1].replace(",", ""))


@pytest.fixture
def sample(visit, request):
    return lambda name: visit(name, request.getfixturevalue("sample_run").out)


@pytest.fixture(scope="module")
def tables(sample_run):
    def read(name):
        return pd.read_csv(sample_run.edition / "tables" / f"{name}.csv", low_memory=False)

    return read


def test_year_town_and_class_move_map_table_counts_and_mu_together(sample, tables):
    page = sample("planner").page
    parcels = tables("parcels")
    page.click("[data-tab=parcels]")
    assert count(page)[0] == len(parcels)
    choose_year(page, 2022)
    page.select_option("#filter-town", "虞山街道")
    page.select_option("#filter-state", "recorded")
    left = parcels[
        (parcels["plan_year"] == 2022) & (parcels["town"] == "虞山街道") & (parcels["state"] == "recorded")
    ]
    assert 0 < len(left) < len(parcels)
    assert count(page) == (len(left), round(left["area_legal_m2"].sum() * 3 / 2000, 2))
    assert page.evaluate("gis.drawn().parcels") == len(left)
    label = page.locator('[data-layer="parcels"] label .n').inner_text()
    assert label.startswith(f"所选 {len(left)}")
    assert page.locator(GRID).count() == len(left)
    assert {row.split("\n")[0] for row in page.locator(GRID).all_inner_texts()} == set(left["parcel_id"])
    pieces = tables("pieces")
    inside = pieces["parcel_id"].isin(
        parcels[(parcels["plan_year"] == 2022) & (parcels["town"] == "虞山街道")]["parcel_id"]
    )
    assert page.evaluate(SHOWN, "conflicts")[0] == (inside & ~pieces["sliver"]).sum()


def test_what_may_overlap_is_not_added_until_one_line_is_chosen(sample, tables):
    page = sample("planner").page
    pieces = tables("pieces")
    assert count(page) == ((~pieces["sliver"]).sum(), None)
    assert "选定一种后相加" in page.locator(".count").inner_text()
    page.select_option("#filter-line", "生态保护红线")
    red = pieces[(pieces["line_type"] == "red_line") & ~pieces["sliver"]]
    assert count(page) == (len(red), round(red["own_m2"].round(2).sum() * 3 / 2000, 2))
    shown = page.evaluate("gis.drawn()")
    assert shown["red_lines"] > 0
    assert shown["control_areas"] == shown["basic_farmland"] == 0


def test_ground_that_two_parcels_share_is_added_once(sample, tables):
    page = sample("planner").page
    page.click("[data-tab=parcels]")
    off = tables("overlaps")["area_m2"].sum()
    assert off > 0
    whole = tables("parcels")["area_legal_m2"].sum()
    assert count(page)[1] == pytest.approx((whole - off) * 3 / 2000, abs=0.02)


def test_counted_areas_of_towns_and_of_records_are_the_figure_of_the_year(sample, tables):
    page = sample("land").page
    figures = tables("figures")
    for year in (2021, 2025):
        choose_year(page, year)
        known = figures.loc[figures["figure_id"] == f"land.renewed_area.{year}.320581", "value"].item()
        for layer in ("counted_towns", "counted"):
            assert page.evaluate(SHOWN, layer)[1] == pytest.approx(known, abs=0.01)
        told = page.locator('[data-figure="land.renewed_area"] .told').inner_text()
        assert float(told.replace(",", "")) == pytest.approx(known, abs=0.01)


def test_a_figure_follows_a_whole_town_and_greys_where_it_cannot(sample, tables):
    page = sample("land").page
    figures = tables("figures")
    choose_year(page, 2021)
    page.select_option("#filter-town", "海虞镇")
    code = page.evaluate("Object.entries(gis.vocabulary()) && document.getElementById('filter-town').value")
    assert code == "海虞镇"
    card = page.locator('[data-figure="land.renewed_area"]')
    told = float(card.locator(".told").inner_text().replace(",", ""))
    towns = figures[(figures["indicator"] == "land.renewed_area") & (figures["period"] == "2021")]
    assert told in towns["value"].round(2).tolist()
    assert told == page.evaluate(SHOWN, "counted_towns")[1]
    assert page.locator(".strip.dim").count() == 0
    page.fill("#filter-text", "CS-2021")
    page.wait_for_selector(".strip.dim")
    water = sample("water").page
    assert water.locator(".strip.dim").count() == 0
    water.select_option("#filter-category", "国考")
    assert water.locator(".strip.dim").count() == 1


def test_water_has_one_layer_of_months_and_a_slider_of_years_not_a_stack(sample, tables):
    page = sample("water").page
    periods = tables("section_periods")
    for year, month, part in ((2025, "10月", "2025M10"), (2023, "3月", "2023M03")):
        choose_year(page, year)
        page.select_option("#filter-part", month)
        rows = periods[periods["period"] == part]
        shown = page.evaluate(
            """() => { const layer = gis.byId.sections_month; return layer.spec.keys.map((_, k) =>
            layer.rows.reduce((n, on, row) => n + (on && layer.style[row] === k ? 1 : 0), 0)); }"""
        )
        classes = rows["water_class"].value_counts()
        assert shown[:6] == [int(classes.get(one, 0)) for one in range(1, 7)]
    choose_year(page, None)
    page.select_option("#filter-part", "")
    sections = periods["section_id"].nunique()
    assert (
        count(page)[0]
        == sections
        * (periods["period_kind"].eq("month") & periods["period"].notna())
        .groupby(periods["period"])
        .any()
        .sum()
    )
    assert page.evaluate("gis.drawn().sections_month") == page.evaluate(
        "new Set(Array.from(gis.byId.sections_month.data.of)).size")  # fmt: skip


def test_the_matrix_shows_every_section_and_month_and_a_cell_leads_to_its_row(sample):
    page = sample("water").page
    assert page.locator(".matrix .cell").count() == page.evaluate(
        "(() => { const l = gis.byId.sections_month, y = l.columns.y; let n = 0;"
        " for (let row = 0; row < l.data.n; row++) n += y.value(row) === 2025; return n; })()")  # fmt: skip
    page.locator(".matrix .cell").first.click()
    state = page.evaluate("gis.state()")
    assert state["part"] == "1月"
    assert state["pick"] is not None
    page.locator(".live button", has_text="表").click()
    heads = page.locator(".live th").all_inner_texts()
    assert heads[0] == "断面"
    assert heads[1:] == [f"2025 {month}月" for month in range(1, 11)]


def test_the_calendar_follows_the_year_of_the_air_page(sample):
    page = sample("air").page
    choose_year(page, 2022)
    assert page.locator('main > [data-year="2022"]').is_visible()
    assert page.locator("main > [data-year]:visible").count() == 1
    assert page.locator('main > [data-year="2022"] .calendar').count() == 1


def test_row_and_feature_choose_each_other(sample):
    page = sample("planner").page
    page.click("[data-tab=parcels]")
    page.locator(GRID).nth(3).locator("div").first.click()
    title = page.locator(GRID).nth(3).locator("div").first.inner_text()
    assert title in page.locator(".leaflet-popup-content h3").inner_text()
    assert page.locator(f"{GRID}[aria-selected=true]").inner_text().startswith(title)
    page.evaluate("gis.open('parcels', 200)")
    chosen = page.evaluate("gis.byId.parcels.text('t', 200)")
    assert page.locator(f"{GRID}[aria-selected=true]").inner_text().startswith(chosen)
    page.evaluate("gis.open('conflicts', 5)")
    assert page.locator("[aria-selected=true][role=tab]").get_attribute("data-tab") == "conflicts"


def test_heads_sort_up_down_and_back_and_rows_without_a_value_are_last(sample, tables):
    page = sample("planner").page
    page.click("[data-tab=parcels]")
    area = tables("parcels")["area_legal_mu"]
    head = page.locator(".grid-head > div", has_text="椭球面积(亩)")
    at = int(head.get_attribute("data-at"))
    values = "column => Array.from(gis.byId.parcels.order, row => gis.byId.parcels.columns['v' + column].value(row))"
    column = head.get_attribute("data-name")[1:]
    head.click()
    up = page.evaluate(values, column)
    assert up == sorted(up)
    assert up[0] == pytest.approx(area.min(), abs=0.005)
    assert page.locator(".grid-head > div").nth(at).get_attribute("aria-sort") == "ascending"
    page.locator(".grid-head > div").nth(at).click()
    assert page.evaluate(values, column) == up[::-1]
    page.locator(".grid-head > div").nth(at).click()
    assert page.locator("[aria-sort]").count() == 0
    page.locator(".grid-head > div", has_text="计入日期").click()
    dates = page.evaluate("name => Array.from(gis.byId.parcels.order, row => gis.byId.parcels.text(name, row))",
                          page.locator("[aria-sort]").get_attribute("data-name"))  # fmt: skip
    known = [one for one in dates if one]
    assert known == sorted(known)
    assert dates[: len(known)] == known


def test_the_legend_folds_the_smallest_class_and_never_the_largest(sample):
    page = sample("planner").page
    box = page.locator('[data-layer="parcels"]')
    sizes = {entry.get_attribute("data-entry"): page.evaluate(
        "key => { const l = gis.byId.parcels, k = l.spec.keys.indexOf(key);"
        " return l.style.filter(one => one === k).length; }",
        entry.get_attribute("data-entry")) for entry in box.locator("[data-entry]").all()}  # fmt: skip
    folded = {entry.get_attribute("data-entry") for entry in box.locator("details [data-entry]").all()}
    assert folded
    assert max(sizes[one] for one in folded) <= min(sizes[one] for one in sizes if one not in folded)


def test_view_filter_selection_and_language_live_in_the_address(visit, sample):
    page = sample("planner").page
    page.click("[data-tab=parcels]")
    page.select_option("#filter-town", "梅李镇")
    choose_year(page, 2023)
    page.locator('[data-layer="parcels"] [data-entry]').first.click()
    page.locator('[data-layer="red_lines"] input').uncheck()
    page.locator(".grid-head > div").first.click()
    page.locator(GRID).first.locator("div").first.click()
    page.click("#language")
    page.wait_for_timeout(600)  # the map has made room for the popup
    seen = [page.evaluate("gis.state()"), page.locator(".count").inner_text(), page.input_value("#view-code")]
    address, code = page.url, seen[2]
    assert "lang=en" in address
    page.goto("about:blank")
    page.goto(address)
    page.wait_for_function("window.gis && gis.state")
    assert page.evaluate("document.documentElement.lang") == "en"
    assert [
        page.evaluate("gis.state()"),
        page.locator(".count").inner_text(),
        page.input_value("#view-code"),
    ] == seen
    assert page.locator(".leaflet-popup-content").count() == 1
    other = sample("planner").page
    other.fill("#view-code", code.lower().replace("-", " "))
    other.press("#view-code", "Enter")
    assert other.locator(".count").inner_text() == seen[1]
    assert other.input_value("#view-code") == code
    assert len(code) < 50
    other.fill("#view-code", code[:-1] + ("0" if code[-1] != "0" else "1"))
    other.press("#view-code", "Enter")
    assert other.locator(".bar .said").inner_text().startswith("this code is mistyped")
    wrong = sample("land").page
    wrong.fill("#view-code", code)
    wrong.press("#view-code", "Enter")
    assert "另一页" in wrong.locator(".bar .said").inner_text()


def test_an_address_of_another_edition_opens_what_is_known(sample):
    page = sample("planner").page
    base = page.url.partition("#")[0]
    page.goto("about:blank")
    page.goto(
        base + "#y=1999&town=%E4%B8%8D%E5%AD%98%E5%9C%A8&t=gone&pick=parcels:99999&at=x,y&sort=<b>&%E0%A4%A"
    )
    page.wait_for_function("window.gis && gis.state")
    assert page.evaluate("gis.state().pick") is None
    assert page.evaluate("gis.state().town") == ""
    assert count(page)[0] > 0


def test_the_language_goes_on_with_the_links_and_is_in_the_address_of_every_page(visit, squares_dir):
    page = visit("index", squares_dir).page
    page.click("#language")
    assert page.url.endswith("#lang=en")
    page.click('nav a[href*="water"]')
    page.wait_for_function("window.gis && gis.state")
    assert page.evaluate("document.documentElement.lang") == "en"
    assert page.locator(".count").inner_text().startswith("selected")
    page.click('nav a[href*="planner"]')
    page.wait_for_function("window.gis && gis.state")
    assert page.evaluate("document.documentElement.lang") == "en"


def downloaded(page, button):
    with page.expect_download() as waiting:
        page.locator(".files button", has_text=button).click()
    return waiting.value.suggested_filename, waiting.value.path().read_bytes()


def test_what_is_shown_is_downloaded_as_csv_and_geojson(sample, tables):
    page = sample("planner").page
    page.click("[data-tab=parcels]")
    page.select_option("#filter-town", "梅李镇")
    parcels = tables("parcels")
    left = parcels[parcels["town"] == "梅李镇"]
    name, data = downloaded(page, "CSV")
    assert "所选" in name
    assert "内部" in name or "示例" in name
    rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))
    assert [row["图斑编号"] for row in rows] == left["parcel_id"].tolist()
    assert [float(row["椭球面积(亩)"]) for row in rows] == left["area_legal_mu"].round(2).tolist()
    _, data = downloaded(page, "GeoJSON")
    told = json.loads(data)
    shapes = gpd.GeoDataFrame.from_features(told["features"])
    own = shapely.from_wkt(left["geometry_wkt"].to_numpy())
    assert max(shapely.hausdorff_distance(own, shapes.geometry.to_numpy())) < 2e-6
    assert any("示例数据" in note for note in told["notes"])
    for link in page.locator(".files a").all():
        assert (page_folder(page) / link.get_attribute("href")).exists()


def page_folder(page):
    from pathlib import Path
    from urllib.parse import unquote, urlparse

    return Path(unquote(urlparse(page.url).path)).parent


def squares(n, **columns):
    side = int(np.ceil(np.sqrt(n)))
    x, y = np.arange(n) % side * 4e-4 + 120.6, np.arange(n) // side * 4e-4 + 31.5
    frame = gpd.GeoDataFrame(
        {"id": [f"CS-{at:07d}" for at in range(n)]},
        geometry=shapely.box(x, y, x + 3e-4, y + 3e-4),
        crs="EPSG:4490",
    )
    return frame.assign(**columns)


@pytest.fixture
def opened(chromium, tmp_path):
    """Open a workspace of one layer of our own."""
    pages = []

    def open_rows(frame, fields=(), **more):
        marks = [
            Mark("a", "甲", "A", line="#1F2933", fill="#BFD3E3"),
            Mark("b", "乙", "B", line="#1F2933", fill="#E3BFBF"),
        ]
        key = more.pop("key", pd.Series(np.where(np.arange(len(frame)) % 3, "a", "b"), index=frame.index))
        layer = draw(
            frame,
            "rows",
            ("行", "Rows"),
            ("组", "Group"),
            marks,
            key,
            Popup(frame["id"], fields, **more),
            pane="parcels",
            search=True,
        )
        view = map_view(
            [layer], (120.55, 31.45, 121.1, 31.85), ("图", "Map"), Workspace("planner", "e", "rows")
        )
        text = html_of(
            Page(
                ("页", "Page"),
                mast(("页", "Page"), "", ""),
                view.html,
                "",
                map_script=view.script,
                works=True,
            ),
            "x",
        )
        place = tmp_path / "rows.html"
        place.write_text(text, encoding="utf-8")
        page = chromium.new_page(viewport={"width": 1400, "height": 900})
        page.faults = []
        page.on("pageerror", lambda fault: page.faults.append(str(fault)))
        page.goto(place.as_uri())
        pages.append(page)
        return page

    yield open_rows
    for page in pages:
        assert page.faults == []
        page.close()


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


def test_a_hundred_thousand_rows_are_sorted_and_filtered_in_a_fifth_of_a_second(opened):
    n = 100_000
    rng = np.random.default_rng(3)
    values, towns = pd.Series(rng.uniform(0, 5000, n)), pd.Series(rng.integers(0, 14, n)).map("镇{}".format)
    page = opened(
        squares(n), [(("面积", "Area"), values), (("乡镇", "Town"), towns)],
        town=towns, year=pd.Series(2020 + rng.integers(0, 5, n)), added_m2=values,
    )  # fmt: skip
    assert page.locator(GRID).count() < 80
    took = """act => { const begin = performance.now(); act(); return performance.now() - begin; }"""
    sort = "name => () => gis.sorted(gis.byId.rows, gis.byId.rows.order, name, false)"
    for name in ("t", "v0", "v1", "s"):
        page.evaluate(f"({sort})('{name}')()")
        assert min(page.evaluate(f"({took})(({sort})('{name}'))") for _ in range(3)) < 200, name
    filtered = """() => { const state = gis.state(); state.y = 2021; state.town = "镇3"; state.q = "CS-00";
        const begin = performance.now(), pass = gis.passing(gis.byId.rows, state).rows;
        return [performance.now() - begin, pass.reduce((a, b) => a + b, 0)]; }"""
    found = [page.evaluate(filtered) for _ in range(3)]
    assert min(time_ for time_, _ in found) < 200
    assert found[0][1] > 0
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
