import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis import standards
from gis.air.breakpoints import sub_index, table_of
from gis.base.errors import StandardError
from gis.standards import Edition, Editions

EDITIONS = standards.load()
TABLES = [table_of(edition, EDITIONS) for edition in EDITIONS.family("aqi")]
CASES = st.sampled_from([(table, item) for table in TABLES for item in table.bp])


def by_the_formula(table, item, text):
    """HJ 633 formula (1) in exact fractions, for a value not above the last breakpoint."""
    value, points = Fraction(text), table.bp[item]
    at = next(i for i in range(1, len(points)) if value <= points[i])
    low, high = table.iaqi[at - 1], table.iaqi[at]
    slope = Fraction(high - low) / (Fraction(points[at]) - Fraction(points[at - 1]))
    return math.ceil(slope * (value - Fraction(points[at - 1])) + low)


@given(CASES, st.decimals(0, 3840, places=1), st.decimals(0, 3840, places=7))
def test_the_index_is_the_formula_rounded_up_exactly(case, published, finer):
    table, item = case
    for text in (str(published), str(finer)):
        if Fraction(text) <= table.bp[item][-1]:
            assert sub_index(table, item, [float(text)]).tolist() == [by_the_formula(table, item, text)]


@given(CASES, st.floats(0, 4000), st.floats(0, 4000))
def test_the_index_never_falls_when_the_concentration_rises(case, one, other):
    table, item = case
    last = table.bp[item][-1]
    low, high = sub_index(table, item, sorted([min(one, last), min(other, last)]))
    assert low <= high


@given(CASES)
def test_every_published_decimal_of_a_whole_range_is_exact(case):
    table, item = case
    last = table.bp[item][-1]
    tenths = range(0, int(last) * 10 + 1, 7)
    found = sub_index(table, item, [tenth / 10 for tenth in tenths]).tolist()
    assert found == [by_the_formula(table, item, f"{tenth // 10}.{tenth % 10}") for tenth in tenths]


def test_missing_negative_and_infinite_values_have_no_index():
    found = sub_index(TABLES[0], "pm25_1h", np.array([np.nan, -1.0, np.inf, -0.0]))
    assert found.tolist() == [-1, -1, -1, 0]


def test_an_incomplete_data_file_says_what_it_lacks():
    whole = EDITIONS.get("hj633-2012")
    part = Edition(
        **{**vars(whole), "id": "hj633-2040", "data": {k: v for k, v in whole.data.items() if k != "bp"}}
    )
    with pytest.raises(StandardError) as caught:
        table_of(part, Editions((part,)))
    assert str(caught.value) == (
        "hj633-2040.toml: the data file lacks 'bp'\n  fix    write it as hj633-2012.toml does"
    )
