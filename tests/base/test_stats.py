"""Rank trends and seasonal slopes against scipy, pymannkendall and slopes computed by hand."""

from itertools import combinations

import numpy as np
import pymannkendall
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats as oracle

from gis.base.stats import critical, seasonal_trend, spearman

SIZES, LIMITS = [4, 5, 6, 10, 12], [1.0, 0.9, 0.829, 0.564, 0.506]


@given(st.lists(st.floats(0.001, 100), min_size=4, max_size=30, unique=True))
def test_rs_is_the_printed_formula_and_that_of_scipy_without_ties(values):
    n = len(values)
    order = np.argsort(np.argsort(values)) + 1
    formula = 1 - 6 * np.sum((order - np.arange(1, n + 1)) ** 2) / (n**3 - n)
    assert spearman(np.array(values)) == pytest.approx(formula)
    assert spearman(np.array(values)) == pytest.approx(oracle.spearmanr(values, range(n)).statistic)


def test_ties_get_mean_ranks():
    ranks = np.array([1.5, 1.5, 3, 4, 5])
    by_hand = np.corrcoef(ranks, [1, 2, 3, 4, 5])[0, 1]
    assert spearman(np.array([1.0, 1.0, 2.0, 3.0, 4.0])) == pytest.approx(by_hand)


def test_a_constant_series_has_no_trend_and_a_gap_is_left_out():
    assert spearman(np.full(20, 0.0125)) == 0
    assert spearman(np.array([3.0, np.nan, 2.0, 1.0])) == pytest.approx(-1)
    assert np.isnan(spearman(np.array([np.nan, 1.0])))


@pytest.mark.parametrize(("n", "limit"), [(5, 0.9), (11, 0.564), (12, 0.506), (40, 0.506)])
def test_a_size_that_is_not_printed_takes_the_next_smaller_one(n, limit):
    assert critical(n, SIZES, LIMITS) == limit


def test_below_the_table_there_is_no_critical_value():
    assert np.isnan(critical(3, SIZES, LIMITS))


def series(years=6, seasons=12, step=-0.03):
    noise = np.random.default_rng(3).normal(0, 0.05, (years, seasons))
    return 1 + step * np.arange(years)[:, None] + np.sin(np.arange(seasons)) + noise


def test_the_seasonal_test_and_slope_are_those_of_pymannkendall_on_the_months_in_a_row():
    values = series()
    values[5, 10:] = np.nan
    found = seasonal_trend(values, 0.05)
    want = pymannkendall.seasonal_test(values.ravel()[:70], period=12)
    assert (found.p, found.z, found.slope) == pytest.approx((want.p, want.z, want.slope))
    assert found.n == 70
    assert found.low < found.slope < found.high < 0


def test_the_slope_is_the_median_of_the_slopes_within_each_season():
    values = np.array([[1.0, 10.0], [2.0, 9.0], [4.0, np.nan]])
    by_hand = [1.0, 1.5, 2.0, -1.0]
    assert seasonal_trend(values, 0.05).slope == pytest.approx(np.median(by_hand))


def test_the_interval_takes_gilberts_ranks_of_the_slopes():
    values = np.array([[30.0, 31.0, 28.0, 35.0, 33.0, 38.0, 39.0, 36.0]]).T
    slopes = sorted((b - a) / (j - i) for (i, a), (j, b) in combinations(enumerate(values[:, 0]), 2))
    reach = 1.959964 * np.sqrt(8 * 7 * 21 / 18)
    assert len(slopes) == 28
    low, high = (28 - reach) / 2, (28 + reach) / 2 + 1
    found = seasonal_trend(values, 0.05)
    assert slopes[int(low) - 1] <= found.low <= slopes[int(low)]
    assert slopes[int(high) - 1] <= found.high <= slopes[int(high)]


def test_a_constant_series_has_slope_zero_and_p_one_and_an_empty_one_has_none():
    assert seasonal_trend(np.full((4, 12), 0.5), 0.05) == (48, 1.0, 0.0, 0.0, 0.0, 0.0)
    empty = seasonal_trend(np.full((4, 12), np.nan), 0.05)
    assert (empty.n, np.isnan(empty.p), np.isnan(empty.slope)) == (0, True, True)
