"""Cards: one judged target, or one figure of a year without targets."""

from __future__ import annotations

import re
from collections.abc import Container, Mapping
from types import MappingProxyType
from typing import Any

import pandas as pd

from gis.base.errors import FigureError
from gis.base.figures import indicator
from gis.base.messages import Message, joined, listed, parts
from gis.base.plan_words import outcome
from gis.base.stored_words import word_of, words_of
from gis.base.text import both, in_html
from gis.base.units import YES, shown, unit_words
from gis.look import Mark
from gis.maps.book import Book
from gis.maps.layers import Pair
from gis.maps.mapview import hinted
from gis.maps.page import remark
from gis.maps.pages.cells import figure_of, so_far
from gis.maps.shapes import icon

COMPARATORS = {">": ">", ">=": "≥", "<": "<", "<=": "≤", "=": "="}
UNCHECKED: Pair = ("未见计划的官方文本", "the plan's official text was not seen")
EMPTY: Mapping[str, Message] = MappingProxyType({})
SUBJECT_GROUPS = ("land", "water", "air", "actions")


def target_card(
    row: dict[str, Any],
    states: dict[str, Mark],
    said: Container[Message] = (),
    names: Mapping[str, Message] = EMPTY,
    beside: str = "",
) -> str:
    """Draw a judged target: state by colour, shape and word; value, goal, gap, coverage, edition, id.

    Parameters
    ----------
    row
        A row of the canonical table `targets`.
    said
        Notes that the page's foot says already.
    names
        Standard by edition id.
    beside
        HTML that stands between the goal and the details.
    """
    mark, verdict = states[row["state"]], outcome(str(row["state"]), plain_word(row))
    digits = 0 if pd.isna(row["digits"]) else int(row["digits"])
    unit = str(row["unit"])
    unsure = "" if row["verified"] is True else f' <span class="mark" {hinted(*UNCHECKED)}>※</span>'
    provisional = bool(row["provisional"]) if not pd.isna(row["provisional"]) else False
    label = f'<span class="tag quiet">{both("累计·未满年", "year so far")}</span>' if provisional else ""
    return (
        f'<article class="card" id="{in_html(card_id(row))}" data-state="{in_html(row["state"])}" '
        f'style="--state:{mark.line}">'
        f"<h3>{both(str(row['title_zh']), str(row['title_en']))}{unsure}</h3>"
        f'<p class="state">{icon(mark, 18)}'
        f"{both(verdict.zh, verdict.en)}{label}</p>"
        f"{_value(row['value'], digits, unit)}{_goal(row, digits, unit)}{beside}"
        f"<dl>{_details(row, digits, unit, names)}</dl>{_plan(row, said)}"
        f'<p class="id">{in_html(row["figure_id"])}</p></article>'
    )


def plain_word(row: dict[str, Any]) -> str:
    """Give the plan's word of a target; empty where it has none."""
    return "" if pd.isna(row["word"]) else str(row["word"])


def card_id(row: dict[str, Any]) -> str:
    """Give the anchor of a target's card."""
    return f"{row['target_id']}-{row['period']}"


def figure_card(book: Book, row: dict[str, Any], year: int) -> str:
    """Draw a figure of a year without a target: value, unit, coverage, edition, id; no state."""
    unit = str(row["unit"]) if not pd.isna(row["unit"]) else ""
    digits = 0 if pd.isna(row["digits"]) else int(row["digits"])
    provisional = so_far(book, year)
    tags = [both("无目标", "no target")] + ([both("累计·未满年", "year so far")] if provisional else [])
    label = "".join(f'<span class="tag quiet">{tag}</span>' for tag in tags)
    details = [
        *_coverage(row),
        *_last_year(book, row, digits, unit, provisional),
        *_edition(row, standard_names(book)),
    ]
    return (
        f'<article class="card" data-state="none"><h3>{both(*figure_title(book, row["indicator"]))}</h3>'
        f'<p class="state">{label}</p>{_value(row["value"], digits, unit)}'
        f'<dl>{"".join(details)}</dl><p class="id">{in_html(row["figure_id"])}</p></article>'
    )


def figure_group(book: Book, row: dict[str, Any]) -> str:
    """Give the subject a figure belongs to: that of a target on it, else the first word of its id."""
    known = book.targets[book.targets["indicator"] == row["indicator"]]["group"]
    if len(known):
        return str(known.iloc[0])
    first = str(row["indicator"]).split(".")[0]
    return first if first in SUBJECT_GROUPS else "actions"


def figure_title(book: Book, indicator_id: str) -> Pair:
    """Give the title of an indicator; one with a wildcard is named after a target on it, or its word."""
    try:
        known = indicator(indicator_id)
    except FigureError:
        return indicator_id, indicator_id
    title = known.title["zh"], known.title["en"]
    if "*" not in known.id:
        return title
    middle = indicator_id.split(".")[known.id.split(".").index("*")]
    word = _words(book, indicator_id, middle)
    return f"{word[0]}·{title[0]}", f"{word[1]}: {title[1].lower()}"


def _words(book: Book, indicator_id: str, middle: str) -> Pair:
    if told := words_of("kind", "actions").get(middle):
        return told
    stem = indicator_id.split(".")[0] + "." + middle
    for target in book.catalogue.targets:
        if target.indicator.startswith(stem + ".") or target.indicator == stem:
            return target.title.zh, target.title.en
    for layer in book.catalogue.layers:
        if middle in (layer.line_type, layer.id):
            return layer.title.zh, layer.title.en
    return word_of(middle.replace("_", " "), "category")


def _value(value: Any, digits: int, unit: str) -> str:
    if pd.isna(value):
        return '<p class="value none">–</p>'
    if unit == YES:
        return f'<p class="value">{both("是", "yes") if value >= 1 else both("否", "no")}</p>'
    return f'<p class="value">{shown(float(value), digits)}<span class="unit">{_unit(unit)}</span></p>'


def _goal(row: dict[str, Any], digits: int, unit: str) -> str:
    if unit == YES:
        return (
            f'<p class="goal">{both("目标", "goal")} <b>{both("达到水质目标", "at its target class")}</b></p>'
        )
    goal = shown(float(row["goal"]), 0 if float(row["goal"]).is_integer() else digits)
    comparator = COMPARATORS.get(str(row["comparator"]), str(row["comparator"]))
    return f'<p class="goal">{both("目标", "goal")} <b>{in_html(comparator)} {goal}</b> {_unit(unit)}{_set(row)}</p>'


def _set(row: dict[str, Any]) -> str:
    if pd.isna(row["set_for"]) or str(row["set_for"]) == str(row["period"]):
        return ""
    return " " + both(f"（{row['set_for']} 年目标沿用）", f"(set for {row['set_for']}, carried forward)")


def _details(row: dict[str, Any], digits: int, unit: str, names: Mapping[str, Message]) -> str:
    parts: list[str] = []
    if not pd.isna(row["value"]) and unit != YES:
        gap = float(row["gap"]) if not pd.isna(row["gap"]) else None
        if gap is not None:
            sign = "+" if gap > 0 else "−" if gap < 0 else "±"
            parts.append(_pair(("与目标相差", "Against goal"), f"{sign}{shown(abs(gap), digits)}"))
        if row["provisional"] is True and not pd.isna(row["expected"]) and row["expected"] != row["goal"]:
            told = shown(float(row["expected"]), digits) + _by(row)
            parts.append(_pair(("截至该日应达", "Expected by now"), told))
        if not pd.isna(row["same_months_last_year"]):
            told = shown(float(row["same_months_last_year"]), digits)
            parts.append(_pair(("上年同期", "Same months last year"), told))
    parts += _coverage(row)
    if not pd.isna(row["value_in_force"]):
        in_force = named_editions(row["edition_in_force"], names)
        told = f"{shown(float(row['value_in_force']), digits)} <small>{in_force}</small>"
        parts.append(_pair(("现行标准下", "Edition in force"), told))
    return "".join([*parts, *_edition(row, names)])


def _plan(row: dict[str, Any], said: Container[Message]) -> str:
    kind = words_of("kind", "targets").get(str(row["kind"]))
    spoken = "…".join(str(one) for one in (row["word"], row["bound"]) if not pd.isna(one) and one)
    word = both(f"计划用语“{spoken}”", f"the plan says {spoken}") if spoken else ""
    owner = "" if pd.isna(row["owner"]) else both(f"责任单位：{row['owner']}", f"in charge: {row['owner']}")
    tags = [word, both(*kind) if kind else "", owner]
    told = "".join(f'<span class="tag quiet">{tag}</span> ' for tag in tags if tag)
    sentence = "" if pd.isna(row["sentence"]) else in_html(row["sentence"])
    rest = joined(one for one in parts(row["note"]) if one not in said)
    note = f'<br><span class="minor">{remark(rest)}</span>' if rest else ""
    own = "" if pd.isna(row["own_verdict"]) else f"<br>{remark(row['own_verdict'])}"
    return f'<p class="plan">{told}“{sentence}”{own}{note}</p>'


def _by(row: dict[str, Any]) -> str:
    return "" if pd.isna(row["expected_by"]) else f" <small>{remark(row['expected_by'])}</small>"


def _coverage(row: dict[str, Any]) -> list[str]:
    told = [] if pd.isna(row["coverage"]) else [f"{100 * float(row['coverage']):.0f} %"]
    told += [] if pd.isna(row["n"]) else [f"n = {int(row['n']):,}"]
    words = ("样本数", "Samples") if pd.isna(row["coverage"]) else ("数据完整率", "Coverage")
    return [_pair(words, " · ".join(told))] if told else []


def _last_year(book: Book, row: dict[str, Any], digits: int, unit: str, provisional: bool) -> list[str]:
    if not provisional or unit == YES:
        return []
    period = f"{book.as_of.year - 1}C{book.as_of.month:02d}"
    value = figure_of(book, str(row["indicator"]), period, str(row["place"]))
    words = ("上年同期", "Same months last year")
    return [] if value is None else [_pair(words, shown(value, digits))]


def _edition(row: dict[str, Any], names: Mapping[str, Message]) -> list[str]:
    if pd.isna(row["edition"]) or not row["edition"]:
        return []
    return [_pair(("依据", "Edition"), named_editions(row["edition"], names))]


def standard_names(book: Book) -> dict[str, Message]:
    """Give the name of each edition's standard by its id: gb3838-2002 → GB 3838-2002."""
    return {one.id: one.name for one in book.editions.all}


def editions_in_words(book: Book, values: pd.Series) -> pd.Series:
    """Name the standards of each list of edition ids in both languages; missing stays."""
    names = standard_names(book)
    told = {one: _editions(one, names) for one in values.dropna().unique()}
    return values.map({one: [words.zh, words.en] for one, words in told.items()}).astype("object")


def _editions(text: Any, names: Mapping[str, Message]) -> Message:
    ids = re.split(r"[\s+、,;；]+", str(text))
    return listed(list(dict.fromkeys(names.get(id_, id_) for id_ in ids if id_)))


def named_editions(text: Any, names: Mapping[str, Message]) -> str:
    """Write the standards of a list of edition ids by their names, each once."""
    told = _editions(text, names)
    return in_html(told.zh) if told.zh == told.en else both(told.zh, told.en)


def edition_cell(book: Book, text: Any) -> str:
    """Write the standards of a row of a table by their names, on one line; missing is empty."""
    known = "" if pd.isna(text) else named_editions(text, standard_names(book))
    return f'<span class="cell">{known}</span>'


def _pair(words: Pair, value: str) -> str:
    return f"<dt>{both(*words)}</dt><dd>{value}</dd>"


def _unit(unit: str) -> str:
    return both(*unit_words(unit))
