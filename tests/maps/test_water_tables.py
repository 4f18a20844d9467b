"""Lakes, groups, index, trends, network and reaches on the water page, from tables made by hand."""

import re
from dataclasses import replace

import fake_book
import geopandas as gpd
import pandas as pd
import pytest
from fake_book import HOSTILE
from shapely.geometry import LineString

from gis import look
from gis.base.stored_words import stored_items
from gis.maps import page
from gis.maps.pages import water
from gis.maps.pages.waters import index_table, tables

PERIODS = [("2025C10", "cumulative", 2025), ("2024C10", "cumulative", 2024), ("2025", "year", 2025)]


def over_time(row):
    return pd.DataFrame(
        [row | {"period": id_, "period_kind": kind, "year": year} for id_, kind, year in PERIODS]
    )


def lakes():
    parts = {"tli_chl": 60.4, "tli_tp": 53.3, "tli_tn": 61.4, "tli_sd": 64.6, "tli_codmn": 41.1}
    row = parts | {"tli": 56.486, "grade": "轻度富营养", "n_points": 1, "edition": "tli"}
    row |= {"note": "缺透明度，其余权重重新归一（自拟） · without transparency", "lake": HOSTILE}
    point = over_time(row | {"place_kind": "section", "place": "L1", "name": "湖心"})
    return pd.concat([point, over_time(row | {"place_kind": "lake", "place": HOSTILE, "name": HOSTILE})])


def groups():
    row = {
        "place_kind": "river", "place": "望虞河", "name": HOSTILE, "n_sections": 6, "n_assessed": 5,
        "attainment_rate": 80.0, "good_share": 80.0, "worse_share": 0.0, "method": "share", "water_class": None,
        "grade": "良好", "grade_code": 2, "main_pollutants": stored_items(["tp"], ["(20.0%)"]), "note": None,
        "edition": "sw-evaluation-2011-22",
    }  # fmt: skip
    return over_time(row)


def index():
    row = {
        "place_kind": "water", "place": "望虞河", "name": "望虞河", "cwqi": 4.5463, "cwqi_river": 4.5463,
        "cwqi_lake": None, "n_river": 2, "n_lake": 0, "n_items": 15, "rank": 1, "n_ranked": 14,
        "change_percent": -1.23, "note": "指示性，不具排名效力 · indicative", "edition": "water-ranking-2017-51",
    }  # fmt: skip
    return over_time(row)


def trend(**changes):
    row = {
        "section_id": "A", "name": "张桥", "indicator": "nh3n", "n": 5, "spearman_rs": -1.0, "spearman_limit": 0.9,
        "spearman_significant": True, "direction": "falling", "mk_n": 58, "mk_years": 5, "mk_slope": -0.027,
        "mk_low": -0.0395, "mk_high": 0.0, "mk_p": 3e-8, "mk_direction": "falling", "meaning": "better",
    }  # fmt: skip
    return row | changes


@pytest.fixture(scope="module")
def book():
    made = fake_book.make()
    first = made.tables["sections"].iloc[0]
    unclear = trend(direction=None, mk_direction=None, meaning=None)
    network = {
        "section_id": [first["section_id"], "B"], "name": [first["name"], "江边闸"], "water": [HOSTILE, "望虞河"],
        "distance_m": [13.4, 28.0], "upstream": [None, first["section_id"]], "downstream": ["B", None],
        "neighbours": ["B", first["section_id"]], "note": ["流向未知 · flow not known", None],
    }  # fmt: skip
    lines = gpd.GeoDataFrame(
        {
            "water": [HOSTILE, "尤泾"], "section_id": [first["section_id"], None],
            "section": [first["name"], None], "length_m": [1200.0, 900.0],
        },
        geometry=[LineString([(120.6, 31.6), (120.7, 31.7)]), LineString([(120.8, 31.6), (120.8, 31.7)])],
        crs="EPSG:4490",
    )  # fmt: skip
    tables = {
        "lake_states": lakes(), "water_groups": groups(), "water_index": index(),
        "water_trends": pd.DataFrame([trend(), unclear]), "section_network": pd.DataFrame(network),
        "reaches": lines,
    }  # fmt: skip
    return replace(made, tables={**made.tables, **tables})


def cells_of(text, id_):
    body = re.search(rf'<table id="{id_}">.*?<tbody>(.*?)</tbody>', text, re.DOTALL).group(1)
    rows = re.findall(r"<tr>(.*?)</tr>", body, re.DOTALL)
    return [
        [re.sub(r"<[^>]+>", " ", cell).strip() for cell in re.findall(r"<td.*?>(.*?)</td>", row)]
        for row in rows
    ]


def test_a_lake_of_one_point_is_listed_once_a_year_over_the_same_months(book):
    rows = cells_of(tables(book), "lakes")
    assert [row[2].split()[0] for row in rows] == ["2025年1–10月累计", "2024年1–10月累计"]
    assert rows[0][3:6] == ["56.5", "轻度富营养  lightly eutrophic", "60.4"]
    assert "自拟" in rows[0][11]


def test_a_grade_shows_its_word_and_method_and_never_a_class_for_the_share_method(book):
    row = cells_of(tables(book), "groups")[0]
    assert row[3:5] == ["5", "6"]
    assert (row[5].split()[0], row[6], row[7].split()[0], row[8].split()[0]) == (
        "良好",
        "–",
        "比例法",
        "总磷(20.0%)",
    )


def test_the_index_says_that_it_is_indicative_in_its_caption_and_on_each_row(book):
    text = index_table(book)
    assert "水质指数 CWQI（指示性" in text
    assert all("指示性" in row[10] for row in cells_of(text, "cwqi"))


def test_clear_trends_are_listed_and_the_others_and_those_with_too_few_data_counted(book):
    text = tables(book)
    assert "斜率按年；列出显著的 1 项，共 2 项，数据不足 1 项" in text
    row = cells_of(text, "trends")[0]
    assert row[7:12] == ["-0.027", "-0.0395", "0", "&lt; 0.001", "58"]


def test_neighbours_are_named_and_not_numbered(book):
    rows = cells_of(tables(book), "network")
    assert rows[0][4] == "江边闸"
    assert rows[0][2] == "13"


def test_indicators_and_grades_are_named_in_both_languages(book):
    made = tables(book)
    assert (
        '<span class="zh">总磷(20.0%)</span><span class="en" lang="en">Total phosphorus (20.0%)</span>'
        in made
    )
    assert '<span class="zh">轻度富营养</span><span class="en" lang="en">lightly eutrophic</span>' in made
    told = page.items(stored_items(["codcr", "nh3n"], ["(0.3)", ""]))
    assert '<span class="en" lang="en">COD (0.3), Ammonia nitrogen</span>' in told
    assert "<b>" not in page.items("<b>x(1)")


def test_names_from_data_are_escaped(book):
    assert "<img" not in tables(book)
    assert "window.hacked=1</script>" not in water.render(book)


def test_reaches_take_the_class_of_their_section_and_one_without_a_section_is_drawn_apart(book):
    periods = book.tables["section_periods"]
    period = periods.loc[periods["period_kind"] == "month", "period"].max()
    drawn = water.reaches(book, "month", show=True)[0]
    last = drawn.columns["y"].eq(int(period[:4])) & drawn.columns["part"].str[0].eq(f"{int(period[5:])}月")
    keys = drawn.columns["s"][last].tolist()
    own = periods[(periods["period"] == period)].set_index("section_id")["water_class"]
    found = own[book.tables["sections"]["section_id"].iloc[0]]
    assert keys == ["no_data" if pd.isna(found) else f"class_{found}", "unrepresented"]
    classes = look.water_classes(look.colours(book.editions, book.as_of))
    style = drawn.styles["class_3"]
    assert (style["line"], "fill" in style) == (classes[3].fill, False)
    assert drawn.note[0].startswith("※")
    assert water.reaches(book, "half", show=True) == []
