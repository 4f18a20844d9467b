"""Blocks drawn from history, and scores of forecasts, against hand-made cases."""

import numpy as np
import pytest

from gis.base.forecast import block_choices, carried, generator, past_cases, share, skill

HISTORY = {"least_training_years": 2, "least_cases": 3}


def test_brier_and_hit_rate_of_a_hand_case():
    # (0.9 - 1)² = 0.01, (0.2 - 0)² = 0.04, (0.6 - 0)² = 0.36, (0.5 - 1)² = 0.25: mean 0.165; misses the third
    found = skill([0.9, 0.2, 0.6, 0.5], [1, 0, 0, 1])
    assert found.brier == pytest.approx(0.165)
    assert (found.hit_rate, found.n) == (0.75, 4)


def test_a_case_without_forecast_or_outcome_is_no_case():
    assert skill([0.9, np.nan, 0.2], [1, 1, np.nan]).n == 1
    nothing = skill([np.nan], [1])
    assert nothing.n == 0
    assert np.isnan(nothing.brier)


def test_a_thing_draws_the_same_whatever_stands_beside_it():
    one, again = (block_choices(9, 3, 4, 50, generator(7, "CS-G-01", "now")) for _ in range(2))
    assert np.array_equal(one, again)
    assert not np.array_equal(one, block_choices(9, 3, 4, 50, generator(7, "CS-G-02", "now")))


def test_a_block_comes_from_one_source_and_every_source_is_drawn():
    drawn = block_choices(12, 3, 5, 4000, generator(1, "blocks"))
    assert drawn.shape == (4000, 12)
    changes = drawn[:, 1:] != drawn[:, :-1]
    # a border of blocks stands between two positions with probability 1/3, and 4 of 5 borders change the source
    assert changes.mean() == pytest.approx(1 / 3 * 4 / 5, abs=0.01)
    assert np.bincount(drawn.ravel(), minlength=5) / drawn.size == pytest.approx([0.2] * 5, abs=0.02)
    first_two = [np.flatnonzero(row)[:2] for row in changes if row.sum() > 1]
    assert all((b - a) % 3 == 0 for a, b in first_two)


def test_nothing_is_drawn_where_nothing_is_left():
    assert block_choices(0, 3, 4, 10, generator(1)).shape == (10, 0)


def test_few_past_years_are_left_out_one_by_one_and_many_are_forecast_forward():
    cases, how = past_cases(4, HISTORY)
    assert how == "leave_one_out"
    assert [(year, list(training)) for year, training in cases] == [
        (0, [1, 2, 3]), (1, [0, 2, 3]), (2, [0, 1, 3]), (3, [0, 1, 2]),
    ]  # fmt: skip
    cases, how = past_cases(5, HISTORY)
    assert how == "earlier"
    assert [(year, list(training)) for year, training in cases] == [
        (2, [0, 1]),
        (3, [0, 1, 2]),
        (4, [0, 1, 2, 3]),
    ]
    assert past_cases(2, HISTORY)[0] == []


def test_an_anomaly_is_carried_on_by_what_is_known_of_it():
    now = np.array([[2.0], [4.0], [np.nan]])
    then = np.array([[[1.0], [2.0], [9.0]], [[np.nan], [np.nan], [1.0]]])
    factor, amount = carried(now, then, damping=2)
    # the first year has two common steps: weight 2/4, means 3 and 1.5; the second has none
    assert factor.ravel() == pytest.approx([2**0.5, 1.0])
    assert amount.ravel() == pytest.approx([0.75, 0.0])


def test_a_share_leaves_out_what_is_missing():
    found = share(np.array([[1.0, np.nan], [0.0, np.nan]]))
    assert found[0] == 0.5
    assert np.isnan(found[1])
