"""What the rest of a year is told to be, and scores of forecasts, against hand-made cases."""

import numpy as np
import pytest

from gis.base.forecast import (
    drawn_rest,
    generator,
    never_sure,
    past_cases,
    reliability,
    reliability_table,
    share,
    skill,
    state_of,
)

HISTORY = {"least_training_years": 2, "least_cases": 3}
PLAIN = {"carry": [0.0], "carry_weight": [1.0], "drift": [0.0], "drift_weight": [1.0], "least_spread": 0.0}


def rules(draws=40_000, **level):
    return {"draws": {"number": draws}, "history": HISTORY, "level": PLAIN | level}


def drawn(now, past, left, random=1, **level):
    """Steps of one item: `past` has a row a year."""
    sums = drawn_rest(
        np.array(now, dtype=float)[:, None], np.array(past, dtype=float)[..., None], np.array(left),
        rules(**level), generator(random, "test"),
    )  # fmt: skip
    return sums[:, 0]


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
    past = [[1.0, 2.0], [1.0, 3.0], [1.0, 1.5]]
    assert np.array_equal(drawn([1.0, 0.0], past, [1]), drawn([1.0, 0.0], past, [1]))
    assert not np.array_equal(drawn([1.0, 0.0], past, [1]), drawn([1.0, 0.0], past, [1], random=2))


def test_of_four_years_the_rest_is_a_student_t_of_three_degrees():
    # logs of the rest are 0, 0.1, 0.2, 0.3: mean 0.15, s = 0.1291, predictive scale s * sqrt(1 + 1/4) = 0.1443
    logs = np.array([0.0, 0.1, 0.2, 0.3])
    sums = np.log(drawn([1.0, np.nan], np.column_stack([np.ones(4), np.exp(logs)]), [1]))
    scale = logs.std(ddof=1) * np.sqrt(1.25)
    told = [(sums <= 0.15 + quantile * scale).mean() for quantile in (-3.182, -1.638, 0.0, 1.638, 3.182)]
    assert told == pytest.approx([0.025, 0.1, 0.5, 0.9, 0.975], abs=0.006)  # quantiles of t with 3 degrees


def test_how_much_of_an_anomaly_stays_is_what_past_years_say():
    # the rest is as the beginning in every year: carry 1 fits, and this year's level of 3 is carried on
    past = np.array([[1.0, 1.0], [2.0, 2.02], [4.0, 3.9], [1.5, 1.52]])
    both = drawn([3.0, np.nan], past, [1], carry=[0.0, 1.0], carry_weight=[1.0, 1.0], least_spread=0.02)
    assert np.median(both) == pytest.approx(3.0, rel=0.03)
    none = drawn([3.0, np.nan], past, [1])
    assert np.median(none) == pytest.approx(np.exp(np.log(past[:, 1]).mean()), rel=0.03)


def test_a_level_that_drifts_is_told_on():
    logs = 0.1 * np.arange(4)
    past = np.column_stack([np.ones(4), np.exp(logs)])
    found = drawn([1.0, np.nan], past, [1], drift=[0.0, 0.1], drift_weight=[1.0, 1.0], least_spread=0.005)
    assert np.median(found) == pytest.approx(np.exp(0.4), rel=0.03)


def test_a_missing_month_counts_neither_here_nor_there():
    whole = drawn([1.0, 1.0, np.nan], [[1.0, 1.0, 2.0], [1.0, 1.0, 2.5], [1.0, 1.0, 3.0]], [2])
    holes = drawn([np.nan, 1.0, np.nan], [[1.0, np.nan, 2.0], [np.nan, 1.0, 2.5], [1.0, 1.0, 3.0]], [2])
    assert np.median(holes) == pytest.approx(np.median(whole), rel=0.01)


def test_one_past_year_tells_nothing():
    assert np.isnan(drawn([1.0, np.nan], [[1.0, 2.0]], [1])).all()
    assert np.isnan(drawn([1.0, np.nan], [[1.0, 2.0], [1.0, np.nan]], [1])).all()


def test_items_move_together_as_they_did():
    logs = np.array([0.0, 0.1, 0.2, 0.3])
    past = np.ones((4, 2, 2))
    past[:, 1, 0], past[:, 1, 1] = np.exp(logs), np.exp(-logs)
    sums = np.log(drawn_rest(np.ones((2, 2)), past, np.array([1]), rules(), generator(3)))
    assert np.corrcoef(sums.T)[0, 1] < -0.99


def test_a_few_years_say_neither_never_nor_always():
    assert never_sure(np.array([0.0, 1.0]), 4, 0.05) == pytest.approx([0.05 / 4.1, 4.05 / 4.1])
    assert never_sure(np.array([0.5]), 4, 0.05) == pytest.approx([0.5])


def test_forecasts_are_counted_by_tenths():
    told, came = [0.95, 1.0, 0.9, 0.05, np.nan], [1, 1, 0, 0, 1]
    low, high = reliability(told, came)
    assert (low.told_from, low.n, low.told, low.came) == (0.0, 1, 0.05, 0.0)
    assert (high.told_from, high.n) == (0.9, 3)
    assert (high.told, high.came) == pytest.approx((0.95, 2 / 3))
    pooled = reliability_table([(told[:2], came[:2]), (told[2:], came[2:])])
    assert pooled["n"].tolist() == [1, 3]
    assert reliability_table([]).empty


@pytest.mark.parametrize(
    ("possible", "left", "probability", "as_so_far", "word"),
    [
        (False, 3, 0.9, True, "lost"), (True, 0, np.nan, True, "made"), (True, 3, 0.9, False, "reachable"),
        (True, 3, 0.89, True, "at_risk"), (True, 3, np.nan, True, "reachable"), (True, 3, np.nan, False, "at_risk"),
    ],
)  # fmt: skip
def test_the_word_of_a_goal(possible, left, probability, as_so_far, word):
    found = state_of(
        {"reachable": 0.9}, possible=possible, left=left, probability=probability, as_so_far=as_so_far
    )
    assert found == word


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


def test_a_share_leaves_out_what_is_missing():
    found = share(np.array([[1.0, np.nan], [0.0, np.nan]]))
    assert found[0] == 0.5
    assert np.isnan(found[1])
