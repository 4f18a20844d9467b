"""What the rest of the year must bring to a section, and how its indicators have moved."""

from __future__ import annotations

import math
from typing import Any

from gis.base.forecast import AT_RISK, WORDS
from gis.base.stored_words import word_of
from gis.base.text import both, in_html
from gis.maps.layers import Pair
from gis.maps.page import proof
from gis.maps.pages.cells import flagged, missing
from gis.maps.pages.columns import drawn, shown
from gis.maps.pages.section_cells import (
    BY_NAME,
    Row,
    WaterMarks,
    indicator_words,
    reading,
    unit_of,
)
from gis.maps.pages.section_rows import Section

SHOWN = {"reachable": "on_track", "made": "on_track", "at_risk": "behind", "lost": "missed"}
DIGITS = 3
ALL = "all"
PH = (0.0, 14.0)
SMALL_P = 0.001


def tightest(section: Section, goal: str = "target") -> Row | None:
    """Give the row of the indicator that matters most for a goal: lost, then least likely, then least room."""
    rows = [row for row in section.more["outlook"] if str(row.get("goal", goal)) == goal and not _is_all(row)]
    return min(
        (row for row in rows if not missing(row.get("rank"))), key=lambda row: row["rank"], default=None
    )


def state_of_all(section: Section, goal: str = "target") -> Pair:
    """Give the word about all indicators at once, which is that of the goal."""
    rows = (row for row in section.more["outlook"] if str(row.get("goal", goal)) == goal and _is_all(row))
    return next((WORDS[str(row["state"])] for row in rows), ("–", "–"))


def _is_all(row: Row) -> bool:
    return str(row["indicator"]) == ALL


def bound_of(row: Row) -> str:
    """Tell whether the goal is an upper limit (max), a lower one (min) or a range."""
    if not missing(row.get("bound")):
        return str(row["bound"])
    return "min" if BY_NAME.get(str(row["indicator"]), str(row["indicator"])) == "dissolved_oxygen" else "max"


def needed(row: Row, marks: WaterMarks) -> Pair:
    """Say in one sentence what the remaining months must average for the year to reach its goal."""
    zh, en = indicator_words(row["indicator"])
    sign, left = marks.sign(row.get("goal_class")), int(row.get("months_left") or 0)
    if not row["possible"]:
        return f"今年{zh}已无法达到{sign}类。", f"{en} cannot reach class {sign} this year any more."
    if _open(row):
        return (
            f"今年{zh}有读数超出测定上限，能否达到{sign}类待核。",
            f"Readings of {en} this year are above their range: class {sign} is to be checked.",
        )
    value, name = _bound_words(row), en if en[1:2].isupper() else f"{en[0].lower()}{en[1:]}"
    if value is None:
        return (
            f"其余 {left} 个月{zh}对达到{sign}类不构成约束。",
            f"{name[0].upper()}{name[1:]} of the remaining {left} months is no constraint on class {sign}.",
        )
    zh_bound, en_bound = {
        "min": ("不得低于", "at least"), "max": ("不得超过", "at most"), "range": ("须在", "within"),
    }[bound_of(row)]  # fmt: skip
    return (
        f"其余 {left} 个月{zh}均值{zh_bound} {value}，全年才能达到{sign}类。",
        f"The remaining {left} months must average {en_bound} {value} of {name} for the year to reach class {sign}.",
    )


def needed_short(row: Row) -> Pair:
    """Say the same in a cell: the indicator and its limit."""
    zh, en = indicator_words(row["indicator"])
    if not row["possible"]:
        return f"{zh} {WORDS['lost'][0]}", f"{en}: {WORDS['lost'][1]}"
    value = _bound_words(row)
    if _open(row):
        return f"{zh} 待核", f"{en}: to be checked"
    if value is None:
        return f"{zh} 不构成约束", f"{en}: no constraint"
    sign = {"min": "≥ ", "max": "≤ ", "range": ""}[bound_of(row)]
    return f"{zh} {sign}{value}", f"{en} {sign}{value}"


def _open(row: Row) -> bool:
    """Tell where readings above their range leave no control value: at risk, yet nothing binds."""
    return row.get("state") == AT_RISK and not row.get("binds") and bool(row.get("months_left"))


def _bound_words(row: Row) -> str | None:
    """Write the needed mean with its unit, mg/L where it has one; None where it is no constraint."""
    if not row.get("binds"):
        return None
    bound, ends = bound_of(row), (row.get("needed_low"), row.get("needed"))
    if missing(ends[1]) and missing(ends[0]):
        return None
    low, high = (None if missing(one) else float(one or 0) for one in ends)
    if bound == "range":
        low, high = max(low or PH[0], PH[0]), min(high or PH[1], PH[1])
        return f"{_safe(low, up=True)}–{_safe(high, up=False)}"
    if high is None:
        return None
    return f"{_safe(high, up=bound == 'min')} {unit_of(row['indicator'])[0]}".strip()


def _safe(value: float, *, up: bool) -> str:
    """Round towards the side on which the goal is still reached."""
    if not value or not math.isfinite(value):
        return reading(value)
    unit = 10.0 ** (math.floor(math.log10(abs(value))) - DIGITS + 1)
    steps = round(value / unit, 6)
    return reading((math.ceil if up else math.floor)(steps) * unit)


def outlook(section: Section, marks: WaterMarks, year: int) -> str:
    """List what the remaining months must bring, indicator by indicator; empty where there is no outlook."""
    rows = sorted(once(section.more["outlook"]), key=_order)
    columns = shown(
        None, "water_outlook", "goal indicator mean_so_far needed months_left state note",
        goal=lambda row: _goal(row, marks), indicator=_named,
        mean_so_far=lambda row: _value(row.get("mean_so_far"), row),
        needed=lambda row: "–" if _is_all(row) else both(*needed_short(row)), state=lambda row: _word(row, marks),
    )  # fmt: skip
    caption = (f"{year} 年余下月份须达到的均值", f"What the rest of {year} must average")
    how = proof("section-chances", ("概率与可靠性", "Probabilities and reliability"), "../")
    return drawn("outlook", caption, columns, rows) + how if rows else ""


def _goal(row: Row, marks: WaterMarks) -> str:
    told = word_of(row.get("goal"), "goal", "water_outlook")
    return f'<span class="cell">{both(*told)} {marks.sign(row.get("goal_class"))}</span>'


def once(rows: list[Row]) -> list[Row]:
    """Leave class Ⅲ out where it is the target itself."""
    told = [(str(row.get("name")), row.get("indicator"), row.get("goal_class")) for row in rows]
    targets = {key for key, row in zip(told, rows, strict=True) if str(row.get("goal")) == "target"}
    return [
        row
        for key, row in zip(told, rows, strict=True)
        if str(row.get("goal")) == "target" or key not in targets
    ]


def _order(row: Row) -> tuple[bool, bool, float]:
    return (
        str(row.get("goal")) != "target",
        not _is_all(row),
        math.inf if missing(row.get("rank")) else float(row["rank"]),
    )


def _named(row: Row) -> str:
    return (
        f"<b>{both('全部参评指标', 'all rated indicators')}</b>"
        if _is_all(row)
        else both(*indicator_words(row["indicator"]))
    )


def _value(value: Any, row: Row) -> str:
    told = (f"{reading(value)} {unit}".strip() for unit in unit_of(row["indicator"]))
    return "–" if missing(value) else both(*told)


def _word(row: Row, marks: WaterMarks) -> str:
    state = str(row["state"])
    return flagged(marks.states[SHOWN[state]], WORDS[state])


def trends(section: Section) -> str:
    """List the trend of each indicator; empty where none was computed."""
    columns = shown(
        None, "water_trends",
        "indicator n direction spearman_rs spearman_limit spearman_significant mk_slope mk_p note",
        indicator=lambda row: both(*indicator_words(row["indicator"])), direction=_direction, mk_slope=_slope,
        mk_p=lambda row: chance(row.get("mk_p")),
    )  # fmt: skip
    caption = (
        "历年变化趋势（年度秩相关，逐月 Mann-Kendall）",
        "Trends (Spearman over years, 12 months Mann-Kendall)",
    )
    rows = section.more["trends"]
    return drawn("trends", caption, columns, rows) if rows else ""


def _direction(row: Row) -> str:
    """Say where an indicator goes and whether that is better; a direction that counts is set in bold."""
    said, meaning = row.get("direction"), row.get("meaning")
    if missing(said):
        return "–"
    told = both(*word_of(said, "direction"))
    if not missing(meaning):
        zh, en = word_of(meaning, "meaning")
        told += both(f"（{zh}）", f" ({en})")
    return f"<b>{told}</b>" if row.get("spearman_significant") is True else told


def chance(value: Any) -> str:
    """Write a p value; below a thousandth it is said as such."""
    return "–" if missing(value) else f"&lt; {SMALL_P}" if float(value) < SMALL_P else f"{float(value):.3f}"


def _slope(row: Row) -> str:
    if missing(row.get("mk_slope")):
        return "–"
    ends = "" if missing(row.get("mk_low")) else f" [{reading(row['mk_low'])}, {reading(row.get('mk_high'))}]"
    return in_html(f"{reading(row['mk_slope'])}{ends}")
