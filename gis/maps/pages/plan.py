"""What the plan says beside its targets of the county: targets of towns, and tasks without a number."""

from __future__ import annotations

from typing import Any

import pandas as pd

from gis.base.messages import restored
from gis.base.text import both, in_html
from gis.base.units import shown
from gis.catalogue.plan_words import outcome
from gis.look import Mark
from gis.maps.book import Book
from gis.maps.layers import Pair
from gis.maps.page import split, table
from gis.maps.pages.cards import COMPARATORS, figure_title, plain_word
from gis.maps.pages.cells import flagged, number, place_words, records, words

GROUPS: dict[str, Pair] = {
    "land": ("土地", "Land"),
    "water": ("水", "Water"),
    "air": ("环境空气", "Air"),
    "actions": ("计划事项", "Planned actions"),
}


def of_towns(book: Book, targets: pd.DataFrame) -> pd.Series:
    """Tell which targets are of a town or a zone, not of the county or a section."""
    county = book.catalogue.county
    return targets["place"].isin([one.code for one in (*county.towns, *county.zones)])


def towns(book: Book, year: int, states: dict[str, Mark]) -> str:
    """Draw the targets of towns of a year, a row each; nothing where there are none."""
    year_s = book.targets[book.targets["period"] == str(year)]
    rows = year_s[of_towns(book, year_s)]
    if not len(rows):
        return ""
    heads = [
        ("乡镇", "Town"), ("指标", "Indicator"), ("责任单位", "In charge"), ("目标", "Goal"),
        ("应达", "Expected"), ("现值", "Value"), ("差额", "Against expected"), ("结论", "Verdict"),
    ]  # fmt: skip
    counts = rows["state"].value_counts()
    short = int(counts.get("behind", 0) + counts.get("missed", 0))
    caption = (
        f"{year} 年乡镇目标：{len(rows)} 项，未达序时进度或未完成 {short} 项",
        f"Targets of towns in {year}: {len(rows)}, {short} behind or not done",
    )
    ordered = rows.sort_values(["indicator", "place"], kind="stable")
    return table(
        f"towns-{year}", caption, heads, [_town(book, row, states) for row in records(ordered)],
        numeric=(3, 4, 5, 6),
    )  # fmt: skip


def _town(book: Book, row: dict[str, Any], states: dict[str, Mark]) -> list[str]:
    digits = 0 if pd.isna(row["digits"]) else int(row["digits"])
    due = None if pd.isna(row["value"]) else float(row["value"]) - float(row["expected"])
    goal = shown(float(row["goal"]), 0 if float(row["goal"]).is_integer() else digits)
    verdict = outcome(str(row["state"]), plain_word(row))
    by = "" if pd.isna(row["expected_by"]) else f"<br><small>{split(row['expected_by'])}</small>"
    return [
        both(*place_words(book, row["place"])),
        both(*figure_title(book, str(row["indicator"]))),
        words(row["owner"]),
        f"{in_html(COMPARATORS[str(row['comparator'])])} {goal} {in_html(row['unit'])}",
        f"{number(row['expected'], digits)}{by}",
        number(row["value"], digits),
        number(due, digits),
        flagged(states[str(row["state"])], (verdict.zh, verdict.en)),
    ]


def tasks(book: Book, year: int) -> str:
    """Draw the tasks of a year that have no number; nothing where there are none."""
    found = book.tables.get("tasks")
    rows = [] if found is None else records(found[found["period"] == str(year)])
    if not rows:
        return ""
    measured = len({row["task_id"] for row in rows if row["measured"]})
    total = len({row["task_id"] for row in rows})
    caption = (
        f"{year} 年计划中未设数值的任务：{total} 项，已计量 {measured} 项",
        f"Tasks of {year} without a number: {total}, {measured} counted",
    )
    heads = [("领域", "Subject"), ("任务", "Task"), ("计划原文", "The plan's words"), ("计量", "Counted")]
    return table(f"tasks-{year}", caption, heads, [_task(book, row) for row in rows])


def _task(book: Book, row: dict[str, Any]) -> list[str]:
    mark = "" if row["verified"] is True else ' <span class="mark">※</span>'
    return [
        both(*GROUPS[str(row["group"])]),
        both(str(row["title_zh"]), str(row["title_en"])) + mark,
        f"“{in_html(row['sentence'])}”",
        _counted(book, row) if row["measured"] else split(row["note"]),
    ]


def _counted(book: Book, row: dict[str, Any]) -> str:
    title = figure_title(book, str(row["indicator"]))
    when = "" if row["counted_in"] == row["period"] else f"（{in_html(row['counted_in'])}）"
    told = restored(str(row["note"]))
    why = f' title="{in_html(told)}"' if told else ""
    return (
        f"<span{why}>{both(*title)}{when} {number(row['value'], 0)} {words(row['unit'])}</span>"
        f'<br><small class="id">{in_html(row["figure_id"])}</small>'
    )
