import re
from dataclasses import replace

import fake_book
import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import Point, box

from gis import look, maps, standards
from gis.maps.atlas import PAGES
from gis.maps.book import Book
from gis.maps.packing import as_json
from gis.maps.pages import air, desk, index, land, planner, targets, water


@pytest.fixture(scope="module")
def book() -> Book:
    return fake_book.make()


@pytest.fixture(scope="module")
def pages(book) -> dict[str, str]:
    return maps.render(book)


def test_an_edition_has_its_six_pages(pages):
    assert {name for name in pages if "/" not in name} == {
        "index.html", "planner.html", "land.html", "water.html", "air.html",
        "method.html"}  # fmt: skip


def test_the_same_book_gives_the_same_pages(book, pages):
    assert maps.render(book) == pages


def test_a_book_without_tables_still_renders():
    bare = fake_book.make(only=())
    for name, text in maps.render(bare).items():
        assert "</html>" in text, name


@pytest.mark.parametrize(
    ("missing", "subjects"),
    [
        ("boundaries", ("land", "water", "air", "")), ("parcels", ("land", "")), ("pieces", ("land", "")),
        ("ledger", ("land", "")), ("sections", ("water", "")), ("section_periods", ("water", "")),
        ("stations", ("air", "")),
    ],
)  # fmt: skip
def test_a_page_survives_a_missing_table(book, missing, subjects):
    tables = {name: table for name, table in book.tables.items() if name != missing}
    for name, subject, render in PAGES:
        if subject in subjects:
            made = render(replace(book, tables=tables).of(subject))
            assert isinstance(made, dict) or "</html>" in made, name


def test_a_page_without_a_layer_says_what_would_fill_it_and_steps_back(book):
    layers = tuple(
        one for one in book.catalogue.layers if one.kind not in ("stations", "air_days", "air_hours")
    )
    bare = replace(book, catalogue=book.catalogue.model_copy(update={"layers": layers}))
    without, beside = air.render(bare), water.render(bare)
    assert "站点与空气日值或小时值" in without
    assert "gisShapes" not in without
    assert 'href="air.html" class="bare"' in beside
    assert 'href="land.html">' in beside


def test_a_county_without_targets_shows_its_figures(book):
    page = index.render(replace(book, targets=book.targets.iloc[:0]))
    assert page.count('class="card" data-state="none"') >= len(book.years)


def test_every_page_says_sample_data_and_the_as_of_date(pages):
    for text in pages.values():
        assert "示例数据 / Sample data" in text
        assert "2025-10-31" in text


def test_links_lead_to_the_edition_and_back(pages, book):
    assert f'href="{book.edition}/planner.html"' in pages["index.html"]
    assert 'href="../index.html"' in pages["water.html"]
    assert 'href="land.html"' in pages["water.html"]


def test_an_internal_layer_is_stamped_by_name_only_where_it_is_shown(pages):
    assert re.search(r"<b>内部资料</b>.*?永久基本农田", pages["planner.html"])
    assert "<b>内部资料</b>" not in pages["air.html"]


def test_the_public_edition_names_what_was_left_out_and_stamps_nothing():
    book = fake_book.make(public=True)
    text = planner.render(book)
    assert "公开版，未包含：" in text
    assert "永久基本农田" in text.split("公开版，未包含：")[1][:80]
    assert "<b>内部资料</b>" not in text
    assert '"id":"basic_farmland"' not in text
    assert '"id":"red_lines"' in text


def test_text_from_data_is_escaped_in_every_page(pages):
    for name, text in pages.items():
        assert "<img src=x" not in text, name
        assert "<script>window.hacked" not in text, name


def test_json_in_a_script_can_close_nothing():
    assert as_json({"a": "</script><!--\u2028&"}) == '{"a":"\\u003c/script\\u003e\\u003c!--\\u2028\\u0026"}'


def test_a_layer_carries_its_own_legend_in_the_order_of_the_standard_with_no_data_last(book, pages):
    order = [*look.marks(_colours(), "parcel_state"), "no_data"]
    assert list(planner.parcels(book, planner._pieces(book))[0].styles) == order
    assert f'"keys":{as_json(order)}' in pages["planner.html"]


def test_a_popup_says_the_verdict_and_its_clause(book):
    drawn = planner.parcels(book, planner._pieces(book))[0]
    told = drawn.columns["k"].iloc[0]
    assert told[0][0] == "涉及·须审查：生态保护红线 0.60 亩"
    assert told[0][2] == "自然资发〔2022〕142号"


def test_a_sliver_is_listed_apart(pages):
    told = pages["planner.html"]
    assert "边界误差内的碎屑" in told
    assert "3 个更新地块涉及控制线" in told


def _row(drawn, title):
    """What a layer says of the row of a title: head → text."""
    at = drawn.columns["t"].tolist().index(title)
    told = {head[0]: drawn.columns[f"v{k}"].iloc[at] for k, head in enumerate(drawn.fields)}
    return {**told, "判定": drawn.columns["k"].iloc[at] if "k" in drawn.columns else None}


def test_an_unknown_water_kind_shows_both_classes_and_no_verdict(book):
    drawn = water._sections(book, water._periods(book), "month", show=True)[0]
    row = _row(drawn, "断面2")
    assert row["河流/湖库各判"] == ["河 Ⅲ / 湖 Ⅳ", "river Ⅲ / lake Ⅳ"]
    assert row["判定"][0][0] == "不判定"


def test_a_published_class_that_differs_is_marked_and_unaudited_data_says_so(book):
    drawn = water._records(book)[0]
    told = [_row(drawn, title) for title in drawn.columns["t"]]
    assert any(one["公布类别"][0] == "Ⅲ" and one["与公布比较"] == ["不一致", "differs"] for one in told)
    assert any(one["审核状态"] == ["未经审核", "not audited"] for one in told)


def test_a_year_without_targets_shows_its_figures_and_says_so(pages):
    assert "2025 年没有列入计划的目标" in pages["index.html"]
    assert "air.good_day_rate.2025.320581" in pages["index.html"]
    assert "上年同期" in pages["index.html"]


def test_the_scorecard_opens_on_the_latest_year_that_can_be_judged(book):
    years = sorted({*book.years, 2021})
    assert index.opened_year(book, years) == 2021  # the targets of the hand-made county are of 2021
    later = book.targets.assign(period="2025")
    assert index.opened_year(replace(book, targets=later), years) == 2025
    assert index.opened_year(replace(book, targets=later.assign(state="no_data")), years) == max(book.years)
    assert index.opened_year(replace(book, targets=later.assign(period="2026")), [*years, 2026]) == max(
        book.years
    )


def test_a_figure_of_an_action_is_named_in_the_words_of_the_field(book):
    assert targets.figure_title(book, "actions.river_dredged.finished") == (
        "城区河道清淤·已完成数",
        "river dredged: finished",
    )


def test_no_data_is_never_a_zero(book):
    row = {**book.targets.iloc[0].to_dict(), "value": None, "state": "no_data", "gap": None}
    card = targets.target_card(row, look.marks(_colours(), "state"))
    assert "无数据" in card
    assert ">0<" not in card


def test_the_answer_counts_every_state():
    targets = pd.DataFrame({"state": ["met", "met", "missed", "no_data"]})
    assert index.answer(targets, 2021, False) == (
        "2021 年未全部按计划完成：4 项目标中 2 项完成，1 项未完成，1 项无数据。",
        "2021 is not wholly on plan: of 4 targets 2 done, 1 not done, 1 no data.",
    )
    assert index.answer(targets[:2], 2021, False)[1] == "2021 is on plan: of 2 targets 2 done."


@pytest.mark.parametrize(
    ("most", "limits"),
    [(515.0, [120, 240, 360, 480]), (0.0, [0.2, 0.4, 0.6, 0.8]), (1000.0, [200, 400, 600, 800])],
)
def test_steps_of_the_choropleth_reach_the_largest_value(most, limits):
    assert land._limits(most) == pytest.approx(limits)


def test_official_colours_come_from_the_standards():
    editions = standards.load()
    assert look.water_classes(_colours())[3].fill == "#00FF00"
    assert look.aqi_levels(editions, fake_book.AS_OF)["轻度污染"].fill == "#FF7E00"
    assert look.aqi_levels(editions, fake_book.AS_OF.replace(year=2026))["优"].zh == "优（一级，0–50）"


def test_signs_on_class_colours_are_black_and_readable():
    assert {mark.ink for mark in look.water_classes(_colours()).values()} == {"#000000"}
    assert look.marks(_colours(), "state")["missed"].ink == "#FFFFFF"


def test_every_state_has_its_own_colour_shape_and_word():
    states = look.marks(_colours(), "state").values()
    for side in ("line", "shape", "zh", "en"):
        assert len({getattr(mark, side) for mark in states}) == 5


def test_a_desk_page_has_a_map_where_there_is_geometry():
    frame = gpd.GeoDataFrame({"a": [1.5]}, geometry=[box(120.7, 31.6, 120.71, 31.61)], crs="EPSG:4490")
    assert "gis.start(" in desk.render("椭球面积 · Legal area", frame, ["面积列 · area column"], "内部资料")
    assert "gis.start(" not in desk.render("表 · Table", pd.DataFrame({"a": [1]}))


def test_a_desk_page_colours_water_classes():
    frame = gpd.GeoDataFrame(
        {"section": ["x"], "water_class": [6]}, geometry=[Point(120.7, 31.6)], crs="EPSG:4490"
    )
    text = desk.render("水质类别 · Water class", frame)
    assert "劣Ⅴ类（重度污染）" in text
    assert "断面名称" in text


def _colours():
    return look.colours(standards.load(), fake_book.AS_OF)


def test_pages_draw_with_folium_and_without_its_scripts(pages):
    assert "gisShapes.board(map_county).add(" in pages["planner.html"]
    for host in ("cdn.jsdelivr.net", "code.jquery.com", "cdnjs.cloudflare.com", "openstreetmap"):
        assert host not in pages["planner.html"]


def test_lines_are_drawn_from_wide_to_narrow(book):
    assert [one.id for one in planner._lines(book)] == [
        "control_areas",
        "growth_boundary",
        "basic_farmland",
        "red_lines",
    ]


def test_a_section_without_a_class_is_drawn_as_no_data(book):
    drawn = water._sections(book, water._periods(book), "month", show=True)[0]
    assert drawn.entries[-1].mark.key == look.NO_DATA
    assert drawn.entries[-1].count == 2


def test_what_is_unsure_behind_further_figures_only_stands_with_them(book):
    further = {
        "figure_id": "water.tli.2024.320581", "indicator": "water.tli", "period": "2024", "place": fake_book.CODE,
        "value": 56.5, "digits": 1, "unit": "", "edition": "tli",
    }  # fmt: skip
    figures = pd.concat([book.figures, pd.DataFrame([further])], ignore_index=True)
    text = index.render(replace(book, figures=figures))
    rest, foot = text[text.index('class="subject rest"') :], text[text.rindex('<ul class="notes">') :]
    assert "少于 3 项不评价" in rest
    assert "少于 3 项不评价" not in foot
