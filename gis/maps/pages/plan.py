"""What the plan says beside its targets of the county: targets of towns, and tasks without a number."""

from __future__ import annotations

import pandas as pd

from gis.base.messages import restored
from gis.base.plan_words import outcome
from gis.base.text import both, in_html
from gis.base.units import shown as written
from gis.base.units import unit_words
from gis.look import Mark
from gis.maps.book import Book
from gis.maps.layers import Pair
from gis.maps.mapview import hinted
from gis.maps.page import remark
from gis.maps.pages.cards import COMPARATORS, figure_title, plain_word
from gis.maps.pages.cells import flagged, number, records
from gis.maps.pages.columns import Row, drawn, shown

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


def towns(book: Book, year: int, states: dict[str, Mark], only: str | None = None) -> str:
    """Draw the targets of towns of a year, or of one by its code, a row each; nothing where there are none."""
    year_s = book.targets[book.targets["period"] == str(year)]
    rows = year_s[of_towns(book, year_s) if only is None else year_s["place"] == only]
    if not len(rows):
        return ""
    columns = shown(
        book, "targets", "place indicator owner goal expected value beyond verdict", goal=_goal, expected=_expected,
        indicator=lambda row: both(*figure_title(book, str(row["indicator"]))),
        value=lambda row: number(row["value"], _digits(row)),
        beyond=lambda row: number(_against(row), _digits(row)),
        verdict=lambda row: _verdict(row, states),
    )  # fmt: skip
    counts = rows["state"].value_counts()
    short = int(counts.get("behind", 0) + counts.get("missed", 0))
    caption = (
        f"{year} 年乡镇目标：{len(rows)} 项，未达序时进度或未完成 {short} 项",
        f"Targets of towns in {year}: {len(rows)}, {short} behind or not done",
    )
    ordered = rows.sort_values(["indicator", "place"], kind="stable")
    return drawn(f"towns-{year}", caption, columns, records(ordered))


def _digits(row: Row) -> int:
    return 0 if pd.isna(row["digits"]) else int(row["digits"])


def _goal(row: Row) -> str:
    value = float(row["goal"])
    goal = written(value, 0 if value.is_integer() else _digits(row))
    return f"{in_html(COMPARATORS[str(row['comparator'])])} {goal} {both(*unit_words(str(row['unit'])))}"


def _expected(row: Row) -> str:
    by: str = "" if pd.isna(row["expected_by"]) else f"<br><small>{remark(row['expected_by'])}</small>"
    return f"{number(row['expected'], _digits(row))}{by}"


def _against(row: Row) -> float | None:
    return None if pd.isna(row["value"]) else float(row["value"]) - float(row["expected"])


def _verdict(row: Row, states: dict[str, Mark]) -> str:
    word = outcome(str(row["state"]), plain_word(row))
    return flagged(states[str(row["state"])], (word.zh, word.en))


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
    columns = shown(
        book, "tasks", "group task sentence measured", task=_task,
        group=lambda row: both(*GROUPS[str(row["group"])]),
        sentence=lambda row: f"“{in_html(row['sentence'])}”",
        measured=lambda row: _counted(book, row) if row["measured"] else remark(row["note"]),
    )  # fmt: skip
    return drawn(f"tasks-{year}", caption, columns, rows)


def _task(row: Row) -> str:
    mark = "" if row["verified"] is True else ' <span class="mark">※</span>'
    return both(str(row["title_zh"]), str(row["title_en"])) + mark


def _counted(book: Book, row: Row) -> str:
    title = figure_title(book, str(row["indicator"]))
    when = "" if row["counted_in"] == row["period"] else f"（{in_html(row['counted_in'])}）"
    told = restored(str(row["note"]))
    why = f" {hinted(told.zh, told.en)}" if told else ""
    return (
        f"<span{why}>{both(*title)}{when} {number(row['value'], 0)} {both(*unit_words(str(row['unit'])))}</span>"
        f'<br><small class="id">{in_html(row["figure_id"])}</small>'
    )
