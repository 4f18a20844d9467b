"""Timetables of yearly tables: sums so far, parts that add up, per cent, and what leads elsewhere."""

from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis.catalogue.timetable import month_of, timetable

QUARTERS = (3, 6, 9, 12)


@pytest.mark.parametrize(
    ("head", "month"),
    [
        ("一季度", 3), ("第四季度", 12), ("Q2", 6), ("上半年", 6), ("全年", 12), ("3月", 3), ("十二月", 12),
        ("11月底", 11), ("1-9月", 9), ("１－２月", 2), ("时序进度 三季度", 9), ("6月（累计）", 6),
        ("3月完成情况", None), ("目标值", None), ("实际一季度", None), ("责任单位", None), ("2025年", None),
    ],
)  # fmt: skip
def test_a_head_tells_the_month_its_cells_are_due_by(head, month):
    assert month_of(head) == month


@pytest.mark.parametrize(
    ("cells", "goal", "dates"),
    [
        ((20, 45, 75, 100), 100, (20, 45, 75, 100)),
        ((25, 25, 25, 25), 100, (25, 50, 75, 100)),
        ((200, 400, 700, 1000), 1000, (200, 400, 700, 1000)),
        (("25%", "50%", "75%", "100%"), 2000, (500, 1000, 1500, 2000)),
        ((25, 50, 75, 100), 2000, (500, 1000, 1500, 2000)),
        (("1,000", "2,000", "3,000", "1万"), 10_000, (1000, 2000, 3000, 10_000)),
        ((0, 0, 0, 6), 6, (0, 0, 0, 6)),
        ((6, 0, 0, 0), 6, (6, 6, 6, 6)),
        ((0.3, 0.3, 0.3, 0.3), 1.2, (0.3, 0.6, 0.9, 1.2)),
        (("80%", "81%", "82%", "83%"), 83, (80, 81, 82, 83)),
    ],
)
def test_cells_lead_to_the_goal(cells, goal, dates):
    found = timetable(dict(zip(QUARTERS, cells, strict=True)), goal, sums=True)
    assert tuple(found.values()) == pytest.approx(dates)


@pytest.mark.parametrize(
    ("cells", "goal"),
    [
        ((10, 20, 30, 40), 90),
        ((5, 5, 5, 4), 20),
        ((25, 50, 75, 100), 250),
        (("按上级要求", 2, 3, 4), 4),
        (("25%", 2, 3, 4), 40),
    ],
    ids=["elsewhere", "one-short", "parts-or-per-cent", "words", "mixed"],
)
def test_cells_that_lead_elsewhere_or_may_mean_two_things_are_refused(cells, goal):
    assert timetable(dict(zip(QUARTERS, cells, strict=True)), goal, sums=True) is None


def test_no_cells_are_no_timetable():
    assert timetable({}, 5, sums=True) == {}


def test_sums_that_stop_before_the_year_end_end_at_the_goal():
    assert timetable({3: 300, 6: 600, 9: 900}, 1000, sums=True) == {3: 300, 6: 600, 9: 900, 12: 1000}
    assert timetable({3: 30, 6: 30, 9: 30}, 1000, sums=True) is None, "parts or sums: nobody knows"


def test_parts_of_a_mean_do_not_add_up():
    assert timetable(dict(zip(QUARTERS, (45, 38, 32, 30), strict=True)), 30, sums=False)[9] == 32
    assert timetable(dict(zip(QUARTERS, (7.5, 7.5, 7.5, 7.5), strict=True)), 30, sums=False) is None


@given(st.lists(st.integers(1, 10_000), min_size=4, max_size=4))
def test_parts_and_sums_of_the_same_plan_are_the_same_dates(parts):
    goal = sum(parts)
    sums = list(accumulate(parts))
    by_parts = timetable(dict(zip(QUARTERS, parts, strict=True)), goal, sums=True)
    by_sums = timetable(dict(zip(QUARTERS, sums, strict=True)), goal, sums=True)
    if by_parts is not None:
        assert list(by_sums.values()) == sums
        assert list(by_parts.values()) == sums
