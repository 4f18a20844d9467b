"""One page a section: what it says is what the tables say, and what no table says it does not say."""

import re
from dataclasses import replace

import fake_book
import numpy as np
import pandas as pd
import pytest
from fake_book import HOSTILE
from hypothesis import given
from hypothesis import strategies as st
from unpacked import words

from gis.base.text import file_names
from gis.maps.pages import method, section, water
from gis.maps.pages.section import matrix
from gis.maps.pages.sections import WaterMarks, addresses, gap, needed, needed_short, sections_of, tightest

LAKE = "sections/CS-G-01.html"
NUMERALS = ["Ⅰ", "Ⅱ", "Ⅲ", "Ⅳ", "Ⅴ", "劣Ⅴ"]
CONTRACT = (
    "water_outlook",
    "water_trends",
    "section_changes",
    "section_network",
    "sample_flags",
    "sample_marks",
)


@pytest.fixture(scope="module")
def book():
    return fake_book.make()


@pytest.fixture(scope="module")
def pages(book):
    return section.render(book)


def without(book, *names):
    return replace(book, tables={name: table for name, table in book.tables.items() if name not in names})


def hostile_page(pages):
    return next(text for name, text in pages.items() if "img" in name)


def text_of(html):
    return re.sub(r"<[^>]+>", "", re.sub(r'<span class="en".*?</span>', "", html))


def test_every_section_with_a_period_has_one_page(book, pages):
    assert len(pages) == book.tables["section_periods"]["section_id"].nunique()


@given(st.lists(st.text(max_size=90), max_size=6))
def test_files_of_any_names_are_safe_and_never_the_same(stems):
    names = file_names([*stems, "a/b", "A_B", "a:b", "con", "50%"])
    assert len({name.lower() for name in names}) == len(names)
    for name in names:
        assert not set(name) & set('\\/:*?"<>|%#\r\n\x00')
        assert name.strip(" .") == name or name == "_"


def test_the_answer_names_class_deciding_value_and_the_limit_of_the_target(pages):
    zh = text_of(re.search(r'<p class="answer">.*?</p>', pages[LAKE]).group())
    assert zh == (
        "2025年10月为Ⅱ类（优），定类因子总磷 0.28 mg/L（目标 ≤ 0.05）。2025年以来为Ⅱ类（优）；目标Ⅲ类，达到序时进度。"
    )
    assert "2025 so far: class Ⅱ (excellent); target Ⅲ: on track." in pages[LAKE]


def test_the_gap_to_a_target_is_never_called_a_multiple():
    said = gap({"gap_to_target": 0.075, "gap_indicator": "总磷"})
    assert said == ("总磷 差 7.5 %", "Total phosphorus off by 7.5 %")
    assert gap({"gap_to_target": 0.0, "gap_indicator": "总磷"}) == ("", "")
    assert gap({"gap_to_target": None, "gap_indicator": None}) == ("", "")


@given(st.lists(st.one_of(st.none(), st.integers(1, 6)), min_size=34, max_size=34))
def test_the_matrix_shows_the_class_of_section_periods_and_hollow_where_there_is_none(book, classes):
    months = [f"{at // 12 + 2023}M{at % 12 + 1:02d}" for at in range(34)]
    row = book.tables["section_periods"].iloc[0].to_dict()
    made = pd.DataFrame([{**row, "period": period, "period_kind": "month", "water_class": value, "at_target": None}
                         for period, value in zip(months, classes, strict=True)])  # fmt: skip
    drawn = matrix(
        sections_of(replace(without(book, "sections"), tables={"section_periods": made}))[0],
        book,
        WaterMarks.of(book),
    )
    shown = dict(re.findall(r'data-period="(\d{4}M\d\d)"[^>]*>(?:<span class="zh">)?([^<]+)<', drawn))
    assert shown == {
        period: "–" if value is None else NUMERALS[value - 1]
        for period, value in zip(months, classes, strict=True)
    }
    hollow = set(re.findall(r'class="none" data-period="(\d{4}M\d\d)"', drawn))
    assert hollow == {period for period, value in zip(months, classes, strict=True) if value is None}


def test_months_that_have_not_come_are_neither_a_class_nor_hollow(pages):
    drawn = re.search(r'id="matrix".*?</table>', pages[LAKE]).group()
    assert "2025M11" not in drawn
    assert "2025M12" not in drawn


def test_a_class_below_target_is_marked_by_more_than_a_colour(pages):
    drawn = re.search(r'data-period="2025".*?</td>', pages["sections/CS-G-03.html"]).group()
    assert 'class="miss"' in drawn
    assert "劣于目标" in drawn


def test_the_outlook_is_said_in_one_sentence_rounded_to_the_side_that_still_reaches_the_target(book, pages):
    assert "其余 2 个月总磷均值不得超过 0.214 mg/L，全年才能达到Ⅲ类。" in pages[LAKE]
    assert "全年目标：有风险。" in pages[LAKE]
    assert "可能性" not in pages[LAKE]
    marks = WaterMarks.of(book)
    rows = {(row["indicator"], row["goal"]): row for row in sections_of(book)[0].more["outlook"]}
    assert needed(rows["dissolved_oxygen", "target"], marks)[0] == (
        "其余 2 个月溶解氧均值不得低于 3.22 mg/L，全年才能达到Ⅲ类。"
    )
    assert needed(rows["tp", "good"], marks) == (
        "今年总磷已无法达到Ⅲ类。",
        "Total phosphorus cannot reach class Ⅲ this year any more.",
    )


def test_the_indicator_of_the_first_rank_is_the_one_named(book):
    row = {"goal": "target", "needed": 0.2, "mean_so_far": 0.1, "possible": True, "probability": 0.9}
    rows = [
        {**row, "indicator": "all", "rank": None},
        {**row, "indicator": "nh3n", "rank": 2},
        {**row, "indicator": "tp", "rank": 1},
        {**row, "indicator": "bod5", "rank": 1, "goal": "good"},
    ]
    one = sections_of(book)[0]
    assert tightest(replace(one, more={"outlook": rows}))["indicator"] == "tp"
    assert tightest(replace(one, more={"outlook": []})) is None


def test_a_limit_that_is_far_is_no_constraint_and_a_range_is_a_range(book):
    marks = WaterMarks.of(book)
    row = {"goal_class": 3, "months_left": 2, "possible": True, "needed_low": None, "mean_so_far": 7.4}
    oxygen = {**row, "indicator": "dissolved_oxygen", "bound": "min", "needed": 0.5, "binds": False}
    assert needed(oxygen, marks) == (
        "其余 2 个月溶解氧对达到Ⅲ类不构成约束。",
        "Dissolved oxygen of the remaining 2 months is no constraint on class Ⅲ.",
    )
    assert needed_short(oxygen) == ("溶解氧 不构成约束", "Dissolved oxygen: no constraint")
    ph = {**row, "indicator": "ph", "bound": "range", "needed_low": 5.0041, "needed": 15.3, "binds": True}
    assert needed_short(ph) == ("pH 5.01–14", "pH 5.01–14")
    assert (
        needed(ph, marks)[1]
        == "The remaining 2 months must average within 5.01–14 of pH for the year to reach class Ⅲ."
    )


def test_class_three_is_not_listed_again_where_it_is_the_target(pages):
    told = text_of(re.search(r'<table id="outlook">.*?</table>', pages[LAKE]).group())
    assert told.count("总磷") == 2
    assert "优良（Ⅲ类）" not in told


def test_percentages_stand_on_the_method_page_alone(book, pages):
    assert "%" not in text_of(re.search(r'<table id="outlook">.*?</table>', pages[LAKE]).group())
    text = method.render(with_reliability(book))
    told = text_of(re.search(r'<table id="section-chances">.*?</table>', text).group())
    assert "有风险" in told
    assert "79" in told
    assert "2,000 次，种子 7" in told
    assert "命中 90 %，Brier 0.080" in told
    told = text_of(re.search(r'<table id="water-outlook-reliability">.*?</table>', text).group())
    assert "90–100" in told
    assert "412" in told


@pytest.mark.parametrize(
    ("share", "told"), [(0.999, "&gt; 99"), (0.001, "&lt; 1"), (0.5, "50"), (0.994, "&gt; 99")]
)
def test_no_probability_of_a_sample_is_written_as_never_or_always(share, told):
    assert method.percent(share) == told


def with_reliability(book):
    rows = [(0.9, 1.0, 412, 0.96, 0.97)]
    found = pd.DataFrame(rows, columns=["told_from", "told_to", "n", "told", "came"])
    return replace(book, tables={**book.tables, "water_outlook_reliability": found})


def test_tables_that_are_not_there_leave_nothing_behind(book):
    bare = section.render(without(book, *CONTRACT))
    assert set(bare) == set(section.render(book))
    for text in bare.values():
        assert 'id="outlook"' not in text
        assert 'id="trends"' not in text
        assert 'class="needed' not in text
        assert "上游断面" not in text


def test_a_lake_shows_its_trophic_state_and_a_source_its_single_limits(book):
    state = {"place": "CS-G-01", "period": "2025M10", "tli": 52.635, "grade": "轻度富营养", "tli_tp": 47.55}
    states = [{**state, "place_kind": "section"}, {**state, "place_kind": "lake", "tli": 40.0}]
    limit = {"section_id": "CS-G-01", "sampled_at": pd.Timestamp(2025, 7, 1), "item": HOSTILE, "value": 0.31}
    limits = [{**limit, "limit": 0.3, "met": False, "note": None, "source": "水源地.xlsx", "source_row": 4}]
    more = {"lake_states": pd.DataFrame(states), "source_limits": pd.DataFrame(limits)}
    made = section.render(replace(book, tables={**book.tables, **more}))
    assert 'id="trophic"' not in made["sections/CS-G-00.html"]
    trophic = text_of(re.search(r'<table id="trophic">.*?</table>', made[LAKE]).group())
    assert "2025年10月52.6轻度富营养–47.6–––" in trophic
    told = text_of(re.search(r'<table id="source-limits">.*?</table>', made[LAKE]).group())
    assert "0.310.3超标水源地.xlsx4" in told
    assert "<img" not in made[LAKE]


def test_neighbours_are_links_to_their_pages_and_an_unknown_one_is_its_name(pages):
    facts = re.search(
        r'<dl class="facts-list" id="section_network_facts-CS-G-01">.*?</dl>', pages[LAKE]
    ).group()
    assert '<a href="CS-G-00.html">' in facts
    assert '<a href="CS-G-02.html">' in facts
    assert '<span class="zh">、</span><span class="en" lang="en">, </span>不在名录</dd>' in facts
    assert len(re.findall(r'<a href="[^"]*img[^"]*\.html">', facts)) == 1


def test_records_show_file_row_what_is_below_detection_and_what_is_flagged(pages):
    text = hostile_page(pages)
    rows = re.search(r'<table id="samples">.*?</table>', text).group()
    flagged = next(row for row in rows.split("<tr>") if "2025-02-03" in row)
    assert "未检出：铜" in flagged
    assert "突变" in flagged
    assert re.search(r'class="diff" title="[^"]+" data-en="[^"]+">0.05 ×<', flagged)
    chart = text[text.index('id="charts"') :]
    assert chart.count('fill="#ffffff" stroke="#1d5b8f"') >= 1
    assert re.search(r"<title>2025-02-03 0.05 突变", chart)


def test_the_download_has_every_record_of_the_section_with_file_and_row(book):
    frames = section.records_of(book)
    assert set(frames) == {name.replace(".html", ".csv") for name in section.render(book)}
    samples = book.tables["samples"]
    assert sum(map(len, frames.values())) == len(samples)
    assert len(frames["sections/CS-G-01.csv"]) == (samples["section_id"] == "CS-G-01").sum()
    assert {"source", "source_row"} <= set(frames["sections/CS-G-01.csv"])


def test_thousands_of_automatic_records_stay_a_light_page_of_day_means(book):
    times = pd.date_range("2021-01-01", "2025-10-31 20:00", freq="4h")
    rows = pd.DataFrame(
        {
            "section_id": "CS-G-00",
            "section": "断面0",
            "sampled_at": times,
            "method": "automatic",
            "source": "s",
        }
    )
    rows["source_row"] = pd.array(range(len(rows)), dtype="Int64")
    for at, name in enumerate(
        ("ph", "dissolved_oxygen", "codmn", "nh3n", "tp", "tn", "conductivity", "turbidity")
    ):
        rows[name] = np.sin(np.arange(len(rows)) / 50) + at + 2
    many = pd.concat([book.tables["samples"], rows], ignore_index=True)
    text = section.render(replace(book, tables={**book.tables, "samples": many}))["sections/CS-G-00.html"]
    assert len(text.encode()) < 400_000
    assert "自动监测（日均值）" in text
    assert f"共 {len(rows):,} 条，列最近 60 条" in text


def test_what_the_standard_does_not_rate_has_no_target_and_says_so(book):
    rows = book.tables["samples"].assign(tn=2.0)
    periods = book.tables["section_periods"].assign(tn=2.0)
    text = section.render(replace(book, tables={**book.tables, "samples": rows, "section_periods": periods}))[
        LAKE
    ]
    chart = next(one for one in re.findall(r'<figure class="chart">.*?</figure>', text) if ">总氮：" in one)
    assert "（参考Ⅴ类，不参评）" in chart
    assert "目标" not in chart


def test_text_of_data_is_text_on_a_page_of_a_section(pages):
    text = hostile_page(pages)
    assert "<img src=x" not in text
    assert "<script>window" not in text
    assert "&lt;img src=x" in text
    assert all("/" not in name.removeprefix("sections/") for name in pages)


def test_the_water_page_leads_with_the_sections_below_target_and_links_them(book):
    text = water.render(book)
    lead = re.search(r'<p class="attention">.*?</p>', text).group()
    assert "个断面（含不计入考核的），" in lead
    assert '<a href="sections/CS-G-03.html">断面3</a>' in lead
    assert '<a href="sections/CS-G-00.html">' not in lead
    for href in addresses(book).values():
        assert f'href="{href.replace("&", "&amp;")}"' in text


def test_the_glance_says_this_month_the_gap_the_change_and_what_the_rest_must_average(book):
    table = re.search(r'<table id="glance">.*?</table>', water.render(book)).group()
    row = next(one for one in table.split("<tr>") if "CS-G-01.html" in one)
    told = text_of(row)
    for said in (
        "Ⅱ类",
        "总磷 差 40.0 %",
        "Ⅲ 有所好转",
        "达到序时进度",
        "总磷 ≤ 0.214 mg/L",
        "有风险",
        "张三",
    ):
        assert said in told, said
    bare = re.search(r'<table id="glance">.*?</table>', water.render(without(book, *CONTRACT))).group()
    assert "后期均值控制要求" not in bare
    assert "较上月" not in bare


def test_a_popup_of_a_section_leads_to_its_page(book):
    assert re.search(r'"at its target class", *"", *"sections/CS-G-01.html"\]', words(water.render(book)))
