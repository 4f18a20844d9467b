"""Charts: what a value looks like, where limits lie, and that nothing is drawn where nothing is known."""

import math
import re

import pandas as pd
import pytest
from fake_book import AS_OF, HOSTILE

from gis import look, standards
from gis.base.messages import Message
from gis.maps.charts import Band, Goal, Series, figure, key, over_time

SPAN = (pd.Timestamp("2025-01-01"), pd.Timestamp("2025-12-31"))
NAME = ("总磷", "Total phosphorus")


@pytest.fixture(scope="module")
def bands():
    classes = look.water_classes(look.colours(standards.load(), AS_OF))
    edges = [-math.inf, 0.02, 0.1, 0.2, 0.3, 0.4, math.inf]
    return [Band(edges[at - 1], edges[at], mark) for at, mark in classes.items()]


def months(values, **columns):
    at = pd.date_range("2025-01-05", periods=len(values), freq="30D")
    rows = pd.DataFrame({"at": at, "value": values, "told": [f"point {one}" for one in range(len(values))]})
    return Series(("手工", "manual"), rows.assign(**columns))


def heights(svg):
    return [float(one) for one in re.findall(r'<circle cx="[\d.]+" cy="([\d.]+)"', svg)]


def rules(svg):
    return [float(one) for one in re.findall(r'class="goal" d="M46 ([\d.]+)H', svg)]


def test_a_value_on_the_goal_lies_on_its_line_and_a_greater_one_above(bands):
    svg = over_time([months([0.2, 0.1, 0.3])], SPAN, NAME, bands, [Goal(0.2, ("目标Ⅲ", "target III"))])
    on, below, above = heights(svg)
    assert on == rules(svg)[0]
    assert above < on < below
    assert above - on == pytest.approx(on - below, abs=0.11)


def test_a_missing_month_breaks_the_line_and_is_not_bridged(bands):
    whole = over_time([months([0.1] * 8)], SPAN, NAME, bands)
    holed = over_time([months([0.1, 0.1, 0.1, None, 0.1, 0.1, 0.1, 0.1])], SPAN, NAME, bands)
    drawn = [re.search(r'class="link"[^>]* d="([^"]+)"', svg).group(1) for svg in (whole, holed)]
    assert [one.count("M") for one in drawn] == [1, 2]
    assert len(heights(holed)) == 7


def test_a_value_below_detection_is_hollow_and_the_others_are_filled(bands):
    svg = over_time([months([0.01, 0.1], hollow=[True, False])], SPAN, NAME, bands)
    assert re.findall(r'<circle[^>]*fill="(#\w+)"', svg) == ["#ffffff", "#1d5b8f"]


def test_a_flagged_value_is_crossed_with_its_reason_and_bends_neither_scale_nor_line(bands):
    rows = {"crossed": [False, True, False], "told": ["a", Message("单位差1000倍", "unit off by 1000"), "c"]}
    svg = over_time([months([0.1, 120.0, 0.12], **rows)], SPAN, NAME, bands)
    assert '<title data-en="unit off by 1000">单位差1000倍</title>' in svg
    assert svg.count('class="cross"') == 1
    plain = over_time([months([0.1, None, 0.12])], SPAN, NAME, bands)
    assert [heights(svg)[0], heights(svg)[2]] == heights(plain)
    assert 20 <= heights(svg)[1] < heights(svg)[0]


def test_the_ruler_names_classes_by_numeral_and_official_colour(bands):
    svg = over_time([months([0.15, 0.35])], SPAN, NAME, bands)
    for sign, colour in (("Ⅲ", "#00FF00"), ("Ⅳ", "#FFFF00"), ("Ⅴ", "#FF9B00")):
        assert re.search(rf'fill="{colour}"/><text[^>]*>{sign}</text>', svg)
    for limit in ("0.1", "0.2", "0.3", "0.4"):
        assert f">{limit}</text>" in svg


def test_a_goal_far_beyond_the_values_is_told_with_an_arrow_instead_of_flattening_them(bands):
    svg = over_time([months([0.01, 0.02])], SPAN, NAME, bands, [Goal(10.0, ("目标 ≤ 10", "target ≤ 10"))])
    assert "↑" in svg
    assert rules(svg) == []


def test_nothing_is_drawn_where_there_is_no_value(bands):
    assert over_time([months([None, None])], SPAN, NAME, bands) == ""
    assert figure("", "标题") == ""


def test_a_chart_can_be_heard_in_both_languages_and_shows_no_markup_of_data(bands):
    svg = over_time(
        [months([0.1, 0.2], told=HOSTILE)], SPAN, (HOSTILE, "x"), bands, [Goal(0.2, (HOSTILE, HOSTILE))]
    )
    assert re.match(
        r'<svg class="chart" viewBox="[\d ]+" role="img" aria-label="[^"]+" data-zh="[^"]+" data-en="x">', svg
    )
    assert "<img" not in svg
    assert "<script" not in svg
    assert "<img" not in key([Series((HOSTILE, HOSTILE), pd.DataFrame())])


def test_thousands_of_values_make_a_light_line():
    rows = pd.DataFrame({"at": pd.date_range("2020-01-01", "2025-12-31"), "value": 0.1})
    line = Series(("自动", "automatic"), rows, "line")
    assert len(over_time([line], (rows["at"].min(), rows["at"].max()), NAME)) < 30_000


def test_limits_of_a_range_are_shown_round_the_values_and_not_from_zero():
    svg = over_time([months([7.2, 7.8])], SPAN, ("pH", "pH"), [Band(6, 9, look.no_data(_edition()))])
    assert ">6</text>" in svg
    assert ">9</text>" in svg
    assert ">0</text>" not in svg


def _edition():
    return look.colours(standards.load(), AS_OF)
