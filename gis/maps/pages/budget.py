"""The budget on the air page: bad days and PM2.5 that the year has left, and whether its targets are in reach."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from gis import look
from gis.base.forecast import WORDS
from gis.base.text import both, in_html
from gis.maps.book import Book
from gis.maps.layers import Pair
from gis.maps.page import proof
from gis.maps.pages.cards import COMPARATORS
from gis.maps.pages.cells import flagged, number, records, strip
from gis.maps.pages.columns import drawn, shown

SHOWN = {"reachable": "on_track", "made": "on_track", "at_risk": "behind", "lost": "missed"}
FAMILIES = {"outlook"}
TENTHS = 10


def panel(book: Book) -> str:
    """Draw what the year of the edition has left; empty where there is no budget."""
    found = book.tables.get("air_budget")
    if found is None or not len(found):
        return ""
    rows = records(found)
    by_goal = {str(row["goal"]): row for row in rows}
    facts = [fact for row in rows for fact in _facts(row)]
    facts.append((("全年目标", "The year's target"), both(*WORDS[by_goal.get("both", rows[0])["state"]])))
    how = proof("air-chances", ("概率与可靠性", "Probabilities and reliability"))
    return f'<section class="budget">{strip(facts)}{_table(book, rows)}{how}</section>'


def _facts(row: dict[str, Any]) -> list[tuple[Pair, str]]:
    year = row["year"]
    if row["goal"] == "good_days":
        goal = f"{COMPARATORS[row['comparator']]} {row['good_rate_target']:g} %"
        name: Pair = (f"{year} 年剩余可超标天数（{goal}）", f"Bad days left in {year} ({goal})")
        unit: Pair = (f"天，余 {row['days_left']} 天", f"of {row['days_left']} days to come")
        return [(name, f'{number(row["bad_days_left"], 0)}<span class="unit">{both(*unit)}</span>')]
    if row["goal"] == "pm25" and row["days_left"]:
        goal = f"{COMPARATORS[row['comparator']]} {row['pm25_target']:g}"
        name = (f"其余各日 PM2.5 不得超过（{goal}）", f"PM2.5 the rest must keep to ({goal})")
        value = (
            _at_most(row["pm25_needed"]) + '<span class="unit">µg/m³</span>' if row["binds"] else _needed(row)
        )
        return [(name, value)]
    return []


def _table(book: Book, rows: list[dict[str, Any]]) -> str:
    marks = look.marks(look.colours(book.editions, book.as_of), "state")
    columns = shown(
        book, "air_budget", "goal goal_value so_far needed state note", goal_value=_target, so_far=_so_far,
        needed=_needed,
        state=lambda row: flagged(marks[SHOWN[str(row["state"])]], WORDS[str(row["state"])]),
    )  # fmt: skip
    year = rows[0]["year"]
    title = (f"{year} 年余量（超标天，µg/m³）", f"What {year} has left (bad days, µg/m³)")
    return drawn("air-budget", title, columns, rows)


def _target(row: dict[str, Any]) -> str:
    values = [(row["good_rate_target"], "%"), (row["pm25_target"], "µg/m³")]
    told = [f"{value:g} {unit}" for value, unit in values if not pd.isna(value)]
    if not told:
        return ""
    tag = "" if row["judged"] else f' <span class="tag quiet">{both("不作评价", "not judged")}</span>'
    return f"{in_html(COMPARATORS[row['comparator']])} {told[0]}{tag}"


def _so_far(row: dict[str, Any]) -> str:
    if row["goal"] == "good_days":
        bad, days = number(row["bad_days"], 0), number(row["valid_days"], 0)
        return both(f"{bad} 天超标，{days} 天有效", f"{bad} bad of {days} valid days")
    if row["goal"] == "pm25":
        mean, path = number(row["pm25_mean"], 1), number(row["pm25_path"], 1)
        return both(f"{mean}（应达路径 {path}）", f"{mean} (path to the goal {path})")
    return ""


def _needed(row: dict[str, Any]) -> str:
    if row["goal"] == "both" or not row["days_left"]:
        return ""
    if not row["possible"]:
        return both(*WORDS["lost"])
    if not row["binds"]:
        return both("不构成约束", "no constraint")
    if row["goal"] == "good_days":
        left, days = number(row["bad_days_left"], 0), number(row["days_left"], 0)
        return both(f"至多 {left} 天超标（余 {days} 天）", f"at most {left} bad days of {days}")
    return f"≤ {_at_most(row['pm25_needed'])}"


def _at_most(value: float) -> str:
    """Write a bound rounded down, so that what is shown still makes the target."""
    return number(math.floor(value * TENTHS) / TENTHS, 1)
