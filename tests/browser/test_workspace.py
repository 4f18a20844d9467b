"""One workspace: filter bar, map, table, chart, files and address of a map page follow one another."""

import csv
import io
import json

import geopandas as gpd
import pytest
import shapely
from shapes_on_page import BOARD
from workspace_on_page import GRID, choose_year, count

pytestmark = pytest.mark.browser
SHOWN = f"id => {{ const one = {BOARD}.layers.find(layer => layer.id === id); return [one.sum.n, one.sum.mu()]; }}"


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
    assert heads[0] == "断面名称"
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
    page.wait_for_load_state()
    assert page.evaluate("document.documentElement.lang") == "en"
    assert [
        page.evaluate("gis.state()"),
        page.locator(".count").inner_text(),
        page.input_value("#view-code"),
    ] == seen
    assert page.locator(".leaflet-popup-content").count() == 1
    other = sample("planner").page
    other.click("#leave")
    other.fill("#view-code", code.lower().replace("-", " "))
    other.press("#view-code", "Enter")
    assert other.locator(".count").inner_text() == seen[1]
    assert other.input_value("#view-code") == code
    assert len(code) < 50
    other.fill("#view-code", code[:-1] + ("0" if code[-1] != "0" else "1"))
    other.press("#view-code", "Enter")
    assert other.locator(".bar .said").inner_text().startswith("this code is mistyped")
    wrong = sample("land").page
    wrong.click("#leave")
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
    page.wait_for_load_state()
    assert page.evaluate("gis.state().pick") is None
    assert page.evaluate("gis.state().town") == ""
    assert count(page)[0] > 0


def test_the_language_goes_on_with_the_links_and_is_in_the_address_of_every_page(visit, squares_dir):
    page = visit("index", squares_dir).page
    page.click("#language")
    assert page.url.endswith("#lang=en")
    page.click('nav a[href*="water"]')
    page.wait_for_url("**/water.html*")
    assert page.evaluate("document.documentElement.lang") == "en"
    assert page.locator(".count").inner_text().startswith("selected")
    page.click('nav a[href*="planner"]')
    page.wait_for_url("**/planner.html*")
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
    own = (
        gpd.read_file(page_folder(page) / "tables" / "parcels.gpkg")
        .query("town == '梅李镇'")
        .geometry.to_numpy()
    )
    assert max(shapely.hausdorff_distance(own, shapes.geometry.to_numpy())) < 2e-6
    assert any("示例数据" in note for note in told["notes"])
    for link in page.locator(".files a").all():
        assert (page_folder(page) / link.get_attribute("href")).exists()


def page_folder(page):
    from pathlib import Path
    from urllib.parse import unquote, urlparse

    return Path(unquote(urlparse(page.url).path)).parent
