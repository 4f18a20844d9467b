"""Targets on the scorecard: a card each, their curve over the years, those of towns, and tasks without a number."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from types import MappingProxyType
from typing import Any

import pandas as pd

from gis.base.errors import FigureError
from gis.base.figures import indicator
from gis.base.messages import Message, joined, parts, restored
from gis.base.plan_words import outcome
from gis.base.stored_words import word_of, words_of
from gis.base.text import both, in_html
from gis.base.units import YES, unit_words
from gis.base.units import shown as written
from gis.look import Mark
from gis.maps.book import Book, Pair, figure_of, of_series, so_far, standard_names, year_words
from gis.maps.page import (
    Column,
    Row,
    drawn,
    filled,
    flagged,
    hinted,
    named_editions,
    number,
    records,
    remark,
    shown,
    table,
    worded,
)

EVIDENCE = "evidence"  # the folder of what figures of cards rest on
COMPARATORS = {">": ">", ">=": "≥", "<": "<", "<=": "≤", "=": "="}
UNCHECKED: Pair = ("未见计划的官方文本", "the plan's official text was not seen")
EMPTY: Mapping[str, Message] = MappingProxyType({})
SUBJECT_GROUPS = ("land", "water", "air", "actions")
WIDTH, HEIGHT, EDGE = 120.0, 30.0, 4.0
LEAST = 2
HOLLOW = ' fill="#ffffff"'
CHANCES = {
    "air.good_day_rate": "air.budget_probability.good_days",
    "air.pm25_mean": "air.budget_probability.pm25",
    "water.section_at_target": "water.outlook_probability",
}
TrendKey = tuple[str, str]
Fact = tuple[Pair, str, str]  # words, value, and HTML behind it
SO_FAR: Pair = ("累计·未满年", "year so far")
NO_TARGET: Pair = ("无目标", "no target")
LAST_YEAR: Pair = ("上年同期", "Same months last year")
GROUPS: dict[str, Pair] = {
    "land": ("土地", "Land"),
    "water": ("水", "Water"),
    "air": ("环境空气", "Air"),
    "actions": ("计划事项", "Planned actions"),
}


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
    digits, unit = _digits(row), str(row["unit"])
    provisional = bool(row["provisional"]) if not pd.isna(row["provisional"]) else False
    return filled(
        "card.html", id=card_id(row), state=row["state"], colour=mark.line, figure_id=row["figure_id"],
        title=(str(row["title_zh"]), str(row["title_en"])), unsure=None if row["verified"] is True else UNCHECKED,
        verdict=worded(mark, 18, (verdict.zh, verdict.en)), tags=[SO_FAR] if provisional else [], beside=beside,
        goal=_goal(row, digits, unit), carried=_carried(row, unit), facts=_details(row, digits, unit, names),
        plan=_plan(row, said), **_value(row["value"], digits, unit),
    )  # fmt: skip


def plain_word(row: dict[str, Any]) -> str:
    """Give the plan's word of a target; empty where it has none."""
    return "" if pd.isna(row["word"]) else str(row["word"])


def card_id(row: dict[str, Any]) -> str:
    """Give the anchor of a target's card."""
    return f"{row['target_id']}-{row['period']}"


def figure_card(book: Book, row: dict[str, Any], year: int) -> str:
    """Draw a figure of a year without a target: value, unit, coverage, edition, id; no state."""
    unit = str(row["unit"]) if not pd.isna(row["unit"]) else ""
    digits, provisional = _digits(row), so_far(book, year)
    facts = [
        *_coverage(row),
        *_last_year(book, row, digits, unit, provisional),
        *_edition(row, standard_names(book)),
    ]
    return filled(
        "card.html", id="", state="none", colour="", figure_id=row["figure_id"], unsure=None, verdict="", goal=None,
        title=figure_title(book, row["indicator"]), tags=[NO_TARGET, SO_FAR] if provisional else [NO_TARGET],
        beside="", carried=None, facts=facts, plan=None, **_value(row["value"], digits, unit),
    )  # fmt: skip


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
    if told := (words_of("kind", "actions") | words_of("image_verdict")).get(middle):
        return told
    stem = indicator_id.split(".")[0] + "." + middle
    for target in book.catalogue.targets:
        if target.indicator.startswith(stem + ".") or target.indicator == stem:
            return target.title.zh, target.title.en
    for layer in book.catalogue.layers:
        if middle in (layer.line_type, layer.id):
            return layer.title.zh, layer.title.en
    return word_of(middle.replace("_", " "), "category")


def _value(value: Any, digits: int, unit: str) -> dict[str, Any]:
    words = None if unit == YES else unit_words(unit)
    if pd.isna(value):
        return {"value": None, "unit": words}
    if words is None:
        return {"value": ("是", "yes") if value >= 1 else ("否", "no"), "unit": None}
    return {"value": written(float(value), digits), "unit": words}


def _goal(row: dict[str, Any], digits: int, unit: str) -> str | Pair:
    if unit == YES:
        return "达到水质目标", "at its target class"
    goal = written(float(row["goal"]), 0 if float(row["goal"]).is_integer() else digits)
    return f"{COMPARATORS.get(str(row['comparator']), str(row['comparator']))} {goal}"


def _carried(row: dict[str, Any], unit: str) -> Pair | None:
    if unit == YES or pd.isna(row["set_for"]) or str(row["set_for"]) == str(row["period"]):
        return None
    return f"（{row['set_for']} 年目标沿用）", f"(set for {row['set_for']}, carried forward)"


def _details(row: dict[str, Any], digits: int, unit: str, names: Mapping[str, Message]) -> list[Fact]:
    facts: list[Fact] = []
    if not pd.isna(row["value"]) and unit != YES:
        gap = float(row["gap"]) if not pd.isna(row["gap"]) else None
        if gap is not None:
            sign = "+" if gap > 0 else "−" if gap < 0 else "±"
            facts.append((("与目标相差", "Against goal"), f"{sign}{written(abs(gap), digits)}", ""))
        if row["provisional"] is True and not pd.isna(row["expected"]) and row["expected"] != row["goal"]:
            facts.append(
                (("截至该日应达", "Expected by now"), written(float(row["expected"]), digits), _by(row))
            )
        if not pd.isna(row["same_months_last_year"]):
            facts.append((LAST_YEAR, written(float(row["same_months_last_year"]), digits), ""))
    facts += _coverage(row)
    if not pd.isna(row["value_in_force"]):
        in_force = f" <small>{named_editions(row['edition_in_force'], names)}</small>"
        facts.append(
            (("现行标准下", "Edition in force"), written(float(row["value_in_force"]), digits), in_force)
        )
    return [*facts, *_edition(row, names)]


def _plan(row: dict[str, Any], said: Container[Message]) -> dict[str, Any]:
    spoken = "…".join(str(one) for one in (row["word"], row["bound"]) if not pd.isna(one) and one)
    rest = joined(one for one in parts(row["note"]) if one not in said)
    tags = [
        (f"计划用语“{spoken}”", f"the plan says {spoken}") if spoken else None,
        words_of("kind", "targets").get(str(row["kind"])),
        None if pd.isna(row["owner"]) else (f"责任单位：{row['owner']}", f"in charge: {row['owner']}"),
    ]
    return {
        "tags": [one for one in tags if one],
        "sentence": "" if pd.isna(row["sentence"]) else row["sentence"],
        "own": "" if pd.isna(row["own_verdict"]) else remark(row["own_verdict"]),
        "note": remark(rest) if rest else "",
    }


def _by(row: dict[str, Any]) -> str:
    return "" if pd.isna(row["expected_by"]) else f" <small>{remark(row['expected_by'])}</small>"


def _coverage(row: dict[str, Any]) -> list[Fact]:
    told = [] if pd.isna(row["coverage"]) else [f"{100 * float(row['coverage']):.0f} %"]
    told += [] if pd.isna(row["n"]) else [f"n = {int(row['n']):,}"]
    words = ("样本数", "Samples") if pd.isna(row["coverage"]) else ("数据完整率", "Coverage")
    return [(words, " · ".join(told), "")] if told else []


def _last_year(book: Book, row: dict[str, Any], digits: int, unit: str, provisional: bool) -> list[Fact]:
    if not provisional or unit == YES:
        return []
    period = f"{book.as_of.year - 1}C{book.as_of.month:02d}"
    value = figure_of(book, str(row["indicator"]), period, str(row["place"]))
    return [] if value is None else [(LAST_YEAR, written(value, digits), "")]


def _edition(row: dict[str, Any], names: Mapping[str, Message]) -> list[Fact]:
    if pd.isna(row["edition"]) or not row["edition"]:
        return []
    return [(("依据", "Edition"), "", named_editions(row["edition"], names))]


def trend_lines(book: Book) -> dict[TrendKey, list[Row]]:
    """Give what each target of the county measures: indicator and place → a row a year of the plan."""
    if not len(book.targets):
        return {}
    targets = book.targets[~of_towns(book, book.targets)]
    measured = targets.drop_duplicates(["indicator", "place"])
    figures = book.figures_of(measured["indicator"].astype("str"))
    own = figures[of_series(book, figures)] if len(figures) else figures
    values = own.set_index(["indicator", "place", "period"])["value"].dropna().to_dict()
    goals = {(row.indicator, row.place, row.period): row for row in targets.itertuples()}
    found = {}
    for row in measured.itertuples():
        key = (str(row.indicator), str(row.place))
        listed = [
            _of_year(row, year, values.get((*key, str(year))), goals.get((*key, str(year))))
            for year in book.years
        ]
        if row.unit != YES and sum(one["value"] is not None for one in listed) >= LEAST:
            found[key] = listed
    return found


def _of_year(row: Any, year: int, value: float | None, goal: Any) -> Row:
    digits = 0 if pd.isna(row.digits) else int(row.digits)
    own = (
        {"goal": None, "comparator": ""}
        if goal is None
        else {"goal": float(goal.goal), "comparator": str(goal.comparator)}
    )
    return {"year": year, "value": value, "digits": digits, "unit": str(row.unit), **own}


def trend_curves(book: Book, found: dict[TrendKey, list[Row]]) -> str:
    """Define each curve once: the cards of all years show it."""
    defined = "".join(_curve(book, at, rows) for at, rows in enumerate(found.values()))
    if not defined:
        return ""
    return f'<svg class="patterns" width="0" height="0" aria-hidden="true"><defs>{defined}</defs></svg>'


def _curve(book: Book, at: int, rows: list[Row]) -> str:
    """Draw values as a line with a dot each, that of a year not ended hollow, and each year's goal as a dash."""
    ends = [one[name] for one in rows for name in ("value", "goal") if one[name] is not None]
    low, high = min(ends), max(ends)
    step, span = (WIDTH - 2 * EDGE) / max(len(rows) - 1, 1), (high - low) or 1.0

    def spot(place: int, value: float) -> tuple[float, float]:
        return EDGE + place * step, HEIGHT - EDGE - (value - low) / span * (HEIGHT - 2 * EDGE)

    known = [
        (spot(place, one["value"]), so_far(book, one["year"]))
        for place, one in enumerate(rows)
        if one["value"] is not None
    ]
    path = "".join(f"{'L' if place else 'M'}{x:.0f} {y:.1f}" for place, ((x, y), _) in enumerate(known))
    dots = "".join(
        f'<circle cx="{x:.0f}" cy="{y:.1f}" r="2"{HOLLOW if hollow else ""}/>' for (x, y), hollow in known
    )
    asked = [spot(place, one["goal"]) for place, one in enumerate(rows) if one["goal"] is not None]
    goals = "".join(f"M{x - 5:.0f} {y:.1f}h10" for x, y in asked)
    ground = f'<g id="trend-{at}" fill="#1d5b8f" stroke="#1d5b8f">'
    return f'{ground}<path class="goal" d="{goals}"/><path fill="none" d="{path}"/>{dots}</g>'


def trend_curve(found: dict[TrendKey, list[Row]], row: Row) -> str:
    """Show the curve of a target on its card; nothing where it has too few years."""
    key = (str(row["indicator"]), str(row["place"]))
    if key not in found:
        return ""
    use = f'<use href="#trend-{list(found).index(key)}"/>'
    return f'<svg class="spark" viewBox="0 0 {WIDTH:.0f} {HEIGHT:.0f}" aria-hidden="true">{use}</svg>'


def trend_table(book: Book, found: dict[TrendKey, list[Row]]) -> str:
    """Draw the twin of the curves: a row a target, a column a year, each value with its goal."""
    if not found:
        return ""
    years = [one["year"] for one in next(iter(found.values()))]

    def cell(at: int) -> Callable[[Row], str]:
        def told(row: Row) -> str:
            one = row["years"][at]
            sign = COMPARATORS.get(one["comparator"], one["comparator"])
            goal = (
                f"<br><small>{in_html(sign)} {number(one['goal'], _goal_digits(one))}</small>" if sign else ""
            )
            return number(one["value"], one["digits"]) + goal

        return told

    columns = [
        *shown(book, "figures", "indicator unit", indicator=lambda row: _named(book, *row["key"]),
               unit=lambda row: both(*unit_words(row["years"][0]["unit"]))),
        *(Column(year_words(book, year), cell(at), True) for at, year in enumerate(years)),
    ]  # fmt: skip
    rows = [{"key": key, "years": listed} for key, listed in found.items()]
    title = ("历年目标：各年度的数值与目标", "Targets over the years: value and the year's goal")
    return drawn("trend", title, columns, rows)


def _goal_digits(one: Row) -> int:
    return 0 if float(one["goal"]).is_integer() else one["digits"]


def _named(book: Book, indicator: str, place: str) -> str:
    where = "" if place == book.catalogue.county.adcode else f" {in_html(place)}"
    return both(*figure_title(book, indicator)) + where


def year_outlook(book: Book, row: Row, year: int) -> Pair | None:
    """Say whether a target of the running year can still be made, where something tells."""
    if not so_far(book, year) or pd.isna(row["target_id"]):
        return None
    chance = CHANCES.get(str(row["indicator"]))
    value = None if chance is None else figure_of(book, chance, str(year), str(row["place"]))
    if value is not None:
        return f"全年达到的可能 {number(value, 0)} %", f"chance to make the year {number(value, 0)} %"
    pace = book.tables.get("renewal_pace")
    if pace is None or not len(pace):
        return None
    own = pace[pace["target_id"] == row["target_id"]]
    return None if not len(own) else word_of(own["outlook"].iloc[0], "outlook", "renewal_pace")


def of_towns(book: Book, targets: pd.DataFrame) -> pd.Series:
    """Tell which targets are of a town or a zone, not of the county or a section."""
    county = book.catalogue.county
    return targets["place"].isin([one.code for one in (*county.towns, *county.zones)])


def town_targets(book: Book, year: int, states: dict[str, Mark], only: str | None = None) -> str:
    """Draw the targets of towns of a year, or of one by its code, a row each; nothing where there are none."""
    year_s = book.targets[book.targets["period"] == str(year)]
    rows = year_s[of_towns(book, year_s) if only is None else year_s["place"] == only]
    if not len(rows):
        return ""
    counts = rows["state"].value_counts()
    short = int(counts.get("behind", 0) + counts.get("missed", 0))
    ordered = rows.sort_values(["indicator", "place"], kind="stable")
    return table(
        book, "towns", ordered, {"year": year, "n_rows": len(rows), "short": short}, suffix=year,
        goal=_goal_cell, expected=_expected,
        indicator=lambda row: both(*figure_title(book, str(row["indicator"]))),
        value=lambda row: number(row["value"], _digits(row)),
        beyond=lambda row: number(_against(row), _digits(row)), verdict=lambda row: _verdict(row, states),
    )  # fmt: skip


def _digits(row: Row) -> int:
    return 0 if pd.isna(row["digits"]) else int(row["digits"])


def _goal_cell(row: Row) -> str:
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


def plan_tasks(book: Book, year: int) -> str:
    """Draw the tasks of a year that have no number; nothing where there are none."""
    found = book.tables.get("tasks")
    rows = [] if found is None else records(found[found["period"] == str(year)])
    if not rows:
        return ""
    measured = len({row["task_id"] for row in rows if row["measured"]})
    total = len({row["task_id"] for row in rows})
    return table(
        book, "tasks", rows, {"year": year, "total": total, "measured": measured}, suffix=year, task=_task,
        group=lambda row: both(*GROUPS[str(row["group"])]),
        sentence=lambda row: f"“{in_html(row['sentence'])}”",
        measured=lambda row: _counted(book, row) if row["measured"] else remark(row["note"]),
    )  # fmt: skip


def _task(row: Row) -> str:
    mark = "" if row["verified"] is True else ' <span class="mark">※</span>'
    return both(str(row["title_zh"]), str(row["title_en"])) + mark


def _counted(book: Book, row: Row) -> str:
    title = figure_title(book, str(row["indicator"]))
    when = "" if row["counted_in"] == row["period"] else f" ({in_html(row['counted_in'])})"
    told = restored(str(row["note"]))
    why = f" {hinted(told.zh, told.en)}" if told else ""
    return (
        f"<span{why}>{both(*title)}{when} {number(row['value'], 0)} {both(*unit_words(str(row['unit'])))}</span>"
        f'<br><small class="id">{in_html(row["figure_id"])}</small>'
    )
