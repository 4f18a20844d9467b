"""Yearly tables of targets, broken down to towns and to months or quarters, as an office hands them out."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from gis.sample.county import drawing, generator

WHOLE, DIGITS = 100, 2
QUARTERS = ["一季度", "二季度", "三季度", "四季度"]
MONTHS = [f"{month}月" for month in range(1, 13)]
COUNTY = "全市"


def yearly_tables() -> dict[int, pd.DataFrame]:
    """Give the table of each year after the plan's first: its rows, faults among them, and its timetable."""
    drawn = drawing("goals.toml")
    return {int(year): _table(int(year), path, drawn) for year, path in drawn["path"].items()}


def _table(year: int, path: list[float], drawn: dict[str, Any]) -> pd.DataFrame:
    rng, key = generator(40_000 + year), str(year)
    rows = [
        row
        for goal in drawn["goal"]
        if key in goal["years"]
        for row in _of_goal(goal, goal["years"][key], path, rng)
    ]
    rows += [_fault(one) for one in drawn["fault"] if one["year"] == year]
    frame = pd.DataFrame(rows)
    heads = QUARTERS if len(path) == len(QUARTERS) else MONTHS
    frame.insert(0, "序号", range(1, len(frame) + 1))
    return frame.reindex(columns=[*frame.columns[:6], *heads])


def _of_goal(
    goal: dict[str, Any], asked: Any, path: list[float], rng: np.random.Generator
) -> list[dict[str, Any]]:
    """Give the county's row and, of a goal that towns share, one a town; the towns add up to the county."""
    rows = [_row(goal, COUNTY, goal["owner"], asked, path)]
    if not goal.get("towns"):
        return rows
    towns = [one["name"] for one in drawing()["towns"]]
    shares = rng.multinomial(int(asked), rng.dirichlet(np.full(len(towns), 12.0))).tolist()
    for town, share in zip(towns, shares, strict=True):
        office = f"{town}{'办事处' if town.endswith('街道') else '人民政府'}"
        rows.append(_row(goal, town, office, share, path))
    return rows


def _row(goal: dict[str, Any], town: str, owner: str, asked: Any, path: list[float]) -> dict[str, Any]:
    row = {"指标": goal["name"], "目标值": asked, "单位": goal["unit"], "乡镇(街道)": town, "责任单位": owner}
    return row | _due(asked, path) if goal.get("timetable") else row


def _due(asked: float, path: list[float]) -> dict[str, float]:
    """Give what a quarter adds, or the sum so far at the end of a month; the last leads to the goal."""
    whole = float(asked).is_integer()
    sums = [round(asked * share / WHOLE, 0 if whole and asked > len(path) else DIGITS) for share in path]
    if len(path) == len(MONTHS):
        return dict(zip(MONTHS, sums, strict=True))
    parts = [sums[0], *(round(after - before, DIGITS) for before, after in pairwise(sums))]
    return dict(zip(QUARTERS, parts, strict=True))


def _fault(one: dict[str, Any]) -> dict[str, Any]:
    row = {
        "指标": one["name"], "目标值": one["goal"], "单位": one["unit"], "乡镇(街道)": one.get("town", COUNTY),
        "责任单位": "待定",
    }  # fmt: skip
    return row | dict(zip(QUARTERS, one.get("due", []), strict=False))
