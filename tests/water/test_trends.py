"""Trends of sections: which years are compared, what is enough, and whether a change is for the better."""

import datetime as dt

import numpy as np
import pandas as pd
import pymannkendall
import pytest

from gis import standards
from gis.base.messages import Message, joined, shown
from gis.base.stored_words import stored_items
from gis.water.limits import limits_of
from gis.water.trends import trends

EDITIONS = standards.load()
LIMITS, RULES = limits_of(EDITIONS.get("gb3838-2002")), EDITIONS.get("spearman")


def months(years=range(2021, 2026), key="A", last=(2025, 10), **values):
    """Month rows of one section; a value is a function of year and month."""
    stamps = [(year, month) for year in years for month in range(1, 13) if (year, month) <= last]
    frame = pd.DataFrame(stamps, columns=["year", "month"])
    frame["period"] = [f"{year}M{month:02d}" for year, month in stamps]
    for name, value in values.items():
        frame[name] = [value(year, month) for year, month in stamps]
    return frame.assign(key=key, section_id=key, name="张桥", n_samples=1)


def one(frame, indicator, as_of=dt.date(2025, 10, 31)):
    made = trends(frame, LIMITS, RULES, as_of)
    return made[made["indicator"] == indicator].iloc[0]


def season(month):
    return np.cos(month / 12 * 2 * np.pi)


def test_years_are_compared_from_january_to_the_last_month_that_has_ended():
    found = one(months(nh3n=lambda y, m: 1 - 0.1 * (y - 2021) + 0.2 * season(m)), "nh3n")
    assert (found["n"], found["first_period"], found["last_period"]) == (5, "2021C10", "2025C10")
    assert found["spearman_rs"] == pytest.approx(-1)
    assert found[["spearman_limit", "direction"]].tolist() == [0.9, "falling"]
    assert (found["meaning"], found["note"]) == ("better", None)
    running = one(months(nh3n=lambda y, m: 1.0 if y < 2025 else float(m)), "nh3n", dt.date(2025, 10, 30))
    assert running["last_period"] == "2025C09"
    assert running["mk_n"] == 57


def test_the_seasonal_test_is_that_of_pymannkendall_over_the_months_in_a_row():
    draw = np.random.default_rng(7).normal(0, 0.02, (5, 12))
    frame = months(codmn=lambda y, m: 4 + 0.05 * (y - 2021) + season(m) + draw[y - 2021, m - 1])
    found, want = one(frame, "codmn"), pymannkendall.seasonal_test(frame["codmn"].to_numpy(), period=12)
    assert (found["mk_p"], found["mk_slope"]) == pytest.approx((want.p, want.slope))
    assert found["mk_low"] <= found["mk_slope"] <= found["mk_high"]
    assert (found["mk_n"], found["mk_years"], found["mk_direction"]) == (58, 5, "rising")


def test_more_oxygen_is_better_and_for_ph_nothing_is():
    frame = months(dissolved_oxygen=lambda y, m: 6 + 0.2 * (y - 2021), ph=lambda y, m: 7 + 0.1 * (y - 2021))
    assert one(frame, "dissolved_oxygen")[["direction", "meaning"]].tolist() == ["rising", "better"]
    ph = one(frame, "ph")
    assert (ph["direction"], pd.isna(ph["meaning"])) == ("rising", True)


def test_too_few_data_are_said_for_each_test():
    four = one(months(range(2022, 2026), tp=lambda y, m: 0.1), "tp")
    assert (four["n"], four["note"]) == (4, joined([Message("Spearman：数据不足", "Spearman: too few data")]))
    assert pd.isna(four["direction"])
    assert four["mk_direction"] == "none"
    two = one(months(range(2024, 2026), tp=lambda y, m: 0.1), "tp")
    assert "Spearman、Mann-Kendall：数据不足" in two["note"]


def test_a_year_with_too_few_of_its_months_is_not_compared():
    found = one(months(tp=lambda y, m: 0.1 if y != 2023 or m > 4 else np.nan), "tp")
    assert found["n"] == 4


def bounded(frame, indicator, *periods):
    return frame.assign(
        lower_bounds=frame["period"].isin(periods).map({True: stored_items([indicator]), False: None})
    )


def test_readings_above_their_range_leave_a_direction_that_they_cannot_change():
    falling = months(nh3n=lambda y, m: 2.01 if y == 2021 else 1 - 0.1 * (y - 2021) + 0.01 * season(m))
    found = one(bounded(falling, "nh3n", *(f"2021M{at:02d}" for at in range(1, 13))), "nh3n")
    assert (found["direction"], found["mk_direction"], found["meaning"]) == ("falling", "falling", "better")
    assert found["spearman_rs"] == pytest.approx(-1)
    assert found[["mk_slope", "mk_p"]].isna().all()
    assert "只给方向" in found["note"]


def test_readings_above_their_range_that_may_change_a_direction_leave_it_to_be_checked():
    rising = months(nh3n=lambda y, m: 1 + 0.1 * (y - 2021) + 0.01 * season(m))
    found = one(bounded(rising, "nh3n", *(f"2022M{at:02d}" for at in range(1, 13))), "nh3n")
    assert found[["direction", "spearman_rs", "mk_slope"]].isna().all()
    assert (found["mk_direction"], found["meaning"]) == ("rising", "worse")
    told = shown(found["note"], "zh")
    assert told.startswith(
        "Spearman：有读数超出测定上限，方向待核；Mann-Kendall：有读数超出测定上限，只给方向"
    )
    other = one(bounded(rising, "codmn", "2022M03"), "nh3n")
    assert (other["direction"], other["note"]) == ("rising", None)


def test_a_constant_series_has_no_trend():
    found = one(months(lead=lambda y, m: 0.0005), "lead")
    assert found[["spearman_rs", "direction", "mk_slope", "mk_p", "mk_direction"]].tolist() == [
        0, "none", 0, 1, "none",
    ]  # fmt: skip


def test_years_that_differ_by_binary_noise_alone_are_ties():
    """The same ten months in another order sum to other binary numbers: 支塘大桥's zinc rose by noise."""
    values = np.array([0.1, 0.2, 0.3, 0.7, 0.11, 0.13, 0.17, 0.19, 0.23, 0.29])
    draws = (np.random.default_rng(seed).permutation(values) for seed in range(1000))
    found = list({float(draw.sum()): draw for draw in draws}.values())
    assert len(found) > 1
    frame = months(zinc=lambda y, m: found[y % len(found)][m - 1] if m <= 10 else 0.2)
    assert one(frame, "zinc")[["spearman_rs", "direction"]].tolist() == [0, "none"]


def test_the_years_of_ph_are_means_through_its_ions():
    up = one(months(ph=lambda y, m: (6.0 if m % 2 else 8.0) if y > 2021 else 6.5), "ph")
    assert up["spearman_rs"] < 0  # 6.3 after 6.5; the arithmetic mean of 7 would have risen
