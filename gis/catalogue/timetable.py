"""The timetable of a target (时序进度): heads that are months or quarters, cells that lead to the goal."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from itertools import accumulate, pairwise
from typing import Any

import pandas as pd

LAST = 12
DUE = {month: f"due_{month:02d}" for month in range(1, LAST + 1)}
NUMERALS = {sign: at for at, sign in enumerate("一二三四五六七八九十", 1)} | {"十一": 11, "十二": 12}
CLOSE = 1e-6
HUNDRED = 100.0
_MONTH = re.compile(
    r"(?:1[-~—–至])?(1[0-2]|[1-9]|十[一二]?|[一二三四五六七八九])月(?:份|底|末)?(?:累计|止)?$"
)
_QUARTER = re.compile(r"(?:第?([一二三四1-4])季度?|q([1-4]))(?:末|底|累计)?$", re.IGNORECASE)
_HALF = re.compile(r"(?:上半年|半年)(?:末|底|累计)?$")
_YEAR = re.compile(r"(?:全年|下半年|年底|年末)(?:累计)?$")
_DONE = re.compile(r"完成|实际|进展|现状|已|得分|备注")
_NUMBER = re.compile(r"(\d[\d,]*(?:\.\d+)?)(万)?(.*)", re.DOTALL)


def month_of(head: str) -> int | None:
    """Give the month that a head's cells are due by the end of; None for a head of something else.

    Examples
    --------
    >>> month_of("时序进度 第三季度"), month_of("1-9月"), month_of("6月底"), month_of("3月完成情况")
    (9, 9, 6, None)
    """
    flat = _flat(head)
    if _DONE.search(flat):
        return None
    if found := _MONTH.search(flat):
        return int(found[1]) if found[1].isdigit() else NUMERALS[found[1]]
    if found := _QUARTER.search(flat):
        sign = found[1] or found[2]
        return 3 * (int(sign) if sign.isdigit() else NUMERALS[sign])
    if _HALF.search(flat):
        return LAST // 2
    return LAST if _YEAR.search(flat) else None


def is_quarter(head: str) -> bool:
    """Tell a head of a quarter, half or year from one of a month."""
    return _MONTH.search(_flat(head)) is None


def number_in(text: str) -> tuple[float | None, str]:
    """Read the one number that a text begins with, and what stands behind it: 1.5万亩 is 15,000 and 亩."""
    found = _NUMBER.fullmatch(text)
    if found is None:
        return None, text
    return float(found[1].replace(",", "")) * (10_000 if found[2] else 1), found[3]


def _flat(head: str) -> str:
    return re.sub(r"[(][^()]*[)]$", "", "".join(unicodedata.normalize("NFKC", head).split()))


def timetable(due: Mapping[int, Any], goal: float, *, sums: bool) -> dict[int, float] | None:
    """Read what is due by the end of each month, from the year's start.

    Parameters
    ----------
    due
        Month → cell as written; blank cells are left out before.
    goal
        In the unit of the cells.
    sums
        Whether the cells may be parts that add up to the goal, as of a count.

    Returns
    -------
    dates
        Month → amount, the last one the goal; empty without cells. None where the cells lead elsewhere.
    """
    if not due:
        return {}
    months = sorted(due)
    read = [_cell(due[month]) for month in months]
    if any(value is None for value, _ in read):
        return None
    values = [value for value, _ in read if value is not None]
    scale = _scale(values, [share for _, share in read], goal)
    path = None if scale is None else _so_far([value * scale for value in values], months, goal, sums=sums)
    if path is None:
        return None
    dates = dict(zip(months, path, strict=True))
    return {**dates, max(months) if _same(path[-1], goal) else LAST: goal}


def _cell(cell: Any) -> tuple[float | None, bool]:
    if isinstance(cell, (int, float)) and not pd.isna(cell):
        return float(cell), False
    flat = "".join(unicodedata.normalize("NFKC", str(cell)).split())
    value, rest = number_in(flat)
    return (value, rest == "%") if rest in ("", "%") else (None, False)


def _scale(values: list[float], shares: list[bool], goal: float) -> float | None:
    """Give what a cell counts: itself, or a hundredth of the goal where all are % of it."""
    if any(shares):
        own = _same(values[-1], goal)  # a rate in %, whose cells are in % as well
        return 1.0 if own else goal / HUNDRED if all(shares) else None
    if _same(values[-1], goal) or not _same(values[-1], HUNDRED):
        return 1.0
    return None if _same(sum(values), goal) else goal / HUNDRED  # parts, or % without its sign: not known


def _so_far(values: list[float], months: list[int], goal: float, *, sums: bool) -> list[float] | None:
    rising = all(after >= before - CLOSE for before, after in pairwise(values))
    if not sums:
        return values if _same(values[-1], goal) else None
    if rising and _same(values[-1], goal):
        return values
    if _same(sum(values), goal):
        return list(accumulate(values))
    unfinished = months[-1] < LAST and values[-1] < goal < sum(values)
    return values if rising and unfinished else None


def _same(one: float, other: float) -> bool:
    return abs(one - other) <= CLOSE * max(abs(one), abs(other), 1.0)
