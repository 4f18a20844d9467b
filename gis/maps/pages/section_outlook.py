"""What the rest of the year must bring to a section, and how its indicators have moved."""

from __future__ import annotations

import math
from typing import Any

from gis.base.text import both, in_html
from gis.maps.layers import Pair
from gis.maps.page import split, table
from gis.maps.pages.cells import flagged, number
from gis.maps.pages.section_cells import (
    BY_NAME,
    Row,
    WaterMarks,
    indicator_words,
    missing,
    reading,
    unit_of,
)
from gis.maps.pages.section_rows import Section

HOW: dict[str, Pair] = {
    "leave_one_out": ("逐年留一", "each year left out in turn"),
    "earlier": ("每年只用此前各年", "each year from the years before it"),
}
GOALS: dict[str, Pair] = {"target": ("断面目标", "target"), "good": ("优良（Ⅲ类）", "class III")}
DIRECTIONS: dict[str, Pair] = {
    "rising": ("上升", "rising"), "falling": ("下降", "falling"), "better": ("好转", "better"),
    "worse": ("变差", "worse"), "none": ("无显著趋势", "no significant trend"),
}  # fmt: skip
DIGITS = 3
ALL = "all"
PH = (0.0, 14.0)
SMALL_P = 0.001


def tightest(section: Section, goal: str = "target") -> Row | None:
    """Give the row of the outlook that leaves the least room towards a goal: what cannot be reached comes first."""
    rows = [row for row in section.more["outlook"] if str(row.get("goal", goal)) == goal and not _is_all(row)]
    return min((row for row in rows if not missing(row.get("possible"))), key=_room, default=None)


def chance_of_all(section: Section, goal: str = "target") -> Row | None:
    """Give the row of the outlook about all indicators at once, whose probability is that of the goal."""
    rows = (row for row in section.more["outlook"] if str(row.get("goal", goal)) == goal and _is_all(row))
    return next(rows, None)


def _is_all(row: Row) -> bool:
    return str(row["indicator"]) == ALL


def _room(row: Row) -> tuple[bool, float, float]:
    """Order rows: possible or not, probability, then how far the needed mean lies from the mean so far."""
    needed, mean, bound = row.get("needed"), row.get("mean_so_far"), bound_of(row)
    chance: Any = row.get("probability")
    first = bool(row["possible"]), 1.0 if missing(chance) else float(chance)
    if bound == "range" or missing(needed) or missing(mean):
        return *first, math.inf
    ends: Any = (needed, mean)
    wanted, so_far = float(ends[0]), float(ends[1])
    over, under = (so_far, wanted) if bound == "min" else (wanted, so_far)
    return *first, over / under if under > 0 else math.inf


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
        return f"今年{zh}已不可能达到{sign}类。", f"{en} cannot reach class {sign} this year any more."
    value, name = _bound_words(row), en if en[1:2].isupper() else f"{en[0].lower()}{en[1:]}"
    if value is None:
        return (
            f"其余 {left} 个月{zh}不论多少，全年均可达到{sign}类。",
            f"Whatever {name} is in the remaining {left} months, the year reaches class {sign}.",
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
        return f"{zh} 已不可能", f"{en}: out of reach"
    value = _bound_words(row)
    if value is None:
        return f"{zh} 不限", f"{en}: any"
    sign = {"min": "≥ ", "max": "≤ ", "range": ""}[bound_of(row)]
    return f"{zh} {sign}{value}", f"{en} {sign}{value}"


def _bound_words(row: Row) -> str | None:
    """Write the needed mean with its unit; None where any mean that can be will do."""
    bound, ends = bound_of(row), (row.get("needed_low"), row.get("needed"))
    if missing(ends[1]) and missing(ends[0]):
        return None
    low, high = (None if missing(one) else float(one or 0) for one in ends)
    if bound == "range":
        low, high = max(low or PH[0], PH[0]), min(high or PH[1], PH[1])
        return None if (low, high) == PH else f"{_safe(low, up=True)}–{_safe(high, up=False)}"
    if high is None or (bound == "min" and high <= 0):
        return None
    return f"{_safe(high, up=bound == 'min')} {unit_of(row['indicator'])}".strip()


def _safe(value: float, *, up: bool) -> str:
    """Round towards the side on which the goal is still reached."""
    if not value or not math.isfinite(value):
        return reading(value)
    unit = 10.0 ** (math.floor(math.log10(abs(value))) - DIGITS + 1)
    steps = round(value / unit, 6)
    return reading((math.ceil if up else math.floor)(steps) * unit)


def outlook(section: Section, marks: WaterMarks, year: int) -> str:
    """List what the remaining months must bring, indicator by indicator; empty where there is no outlook."""
    rows = sorted(_once(section.more["outlook"]), key=_order)
    cells = [
        [
            _goal(row, marks), _named(row), _value(row.get("mean_so_far"), row),
            "–" if missing(row.get("needed")) else both(*needed_short(row)),
            number(row.get("months_left"), 0), _possible(row, marks),
            number(100 * row["probability"], 0) if not missing(row.get("probability")) else "–",
            number(row.get("n_years"), 0), _proof(row), "" if missing(row.get("note")) else split(row["note"]),
        ]
        for row in rows
    ]  # fmt: skip
    heads = [
        ("目标", "Goal"), ("指标", "Indicator"), ("至今均值", "Mean so far"),
        ("其余月份均值须", "The rest must average"),
        ("剩余月数", "Months left"), ("能否", "Possible"), ("概率(%)", "Probability (%)"),
        ("历史年数", "Years of history"), ("回测", "Back-test"), ("说明", "Note"),
    ]  # fmt: skip
    caption = (
        f"{year} 年余下月份须达到的均值与概率（%）",
        f"What the rest of {year} must average, and how likely (%)",
    )
    return table("outlook", caption, heads, cells, numeric=(4, 6, 7)) + _drawn(rows) if cells else ""


def _drawn(rows: list[Row]) -> str:
    """Say how the probabilities came to be: draws and seed, once for all rows."""
    row = next((one for one in rows if not missing(one.get("draws"))), None)
    if row is None:
        return ""
    draws, seed = number(row["draws"], 0), in_html(int(row["seed"]))
    zh = f"概率由本断面往年各月数据分块重抽 {draws} 次得出（种子 {seed}）"
    en = f"Probabilities: {draws} block draws from its own past months (seed {seed})"
    how = next((str(one["backtest"]) for one in rows if not missing(one.get("backtest"))), None)
    if how in HOW:
        zh, en = f"{zh}；回测：{HOW[how][0]}，Brier 越小越好", f"{en}; back-test: {HOW[how][1]}"
    zh, en = f"{zh}。", f"{en}."
    return f'<p class="note">{both(zh, en)}</p>'


def _goal(row: Row, marks: WaterMarks) -> str:
    name = str(row.get("goal"))
    return f'<span class="cell">{both(*GOALS.get(name, (name, name)))} {marks.sign(row.get("goal_class"))}</span>'


def _once(rows: list[Row]) -> list[Row]:
    """Leave class Ⅲ out where it is the target itself."""
    own = {(row.get("indicator"), row.get("goal_class")) for row in rows if str(row.get("goal")) == "target"}
    return [
        row
        for row in rows
        if str(row.get("goal")) == "target" or (row.get("indicator"), row.get("goal_class")) not in own
    ]


def _order(row: Row) -> tuple[bool, bool, bool, float, float]:
    room = (True, math.inf, math.inf) if missing(row.get("possible")) else _room(row)
    return str(row.get("goal")) != "target", not _is_all(row), *room


def _named(row: Row) -> str:
    return (
        f"<b>{both('全部参评指标', 'all rated indicators')}</b>"
        if _is_all(row)
        else both(*indicator_words(row["indicator"]))
    )


def _value(value: Any, row: Row) -> str:
    return "–" if missing(value) else in_html(f"{reading(value)} {unit_of(row['indicator'])}".strip())


def _possible(row: Row, marks: WaterMarks) -> str:
    if missing(row.get("possible")):
        return "–"
    state, told = ("on_track", ("可能", "yes")) if row["possible"] else ("missed", ("不可能", "no"))
    return flagged(marks.states[state], told)


def _proof(row: Row) -> str:
    if missing(row.get("n_backtest")) or not row["n_backtest"]:
        return both("数据不足", "too few data")
    hit, brier, n = (
        number(100 * row["hit_rate"], 0),
        number(row.get("brier"), 3),
        number(row["n_backtest"], 0),
    )
    told = both(f"命中 {hit} %，Brier {brier}，n={n}", f"hit rate {hit} %, Brier {brier}, n={n}")
    return f'<span class="cell">{told}</span>'


def trends(section: Section) -> str:
    """List the trend of each indicator; empty where none was computed."""
    cells = [
        [
            both(*indicator_words(row["indicator"])), number(row.get("n"), 0), _direction(row),
            number(row.get("spearman_rs"), 3), number(row.get("spearman_limit"), 3),
            _yes(row.get("spearman_significant")), _slope(row), _chance(row.get("mk_p")),
            "" if missing(row.get("note")) else split(row["note"]),
        ]
        for row in section.more["trends"]
    ]  # fmt: skip
    heads = [
        ("指标", "Indicator"), ("n", "n"), ("方向", "Direction"), ("秩相关系数 rs", "Spearman rs"),
        ("临界值 Wp", "Limit Wp"), ("显著", "Significant"), ("Sen 斜率（每年）", "Sen's slope (a year)"),
        ("季节性 Mann-Kendall p", "Seasonal Mann-Kendall p"), ("说明", "Note"),
    ]  # fmt: skip
    caption = (
        "历年变化趋势（年度秩相关，逐月 Mann-Kendall）",
        "Trends (Spearman over years, 12 months Mann-Kendall)",
    )
    return table("trends", caption, heads, cells, numeric=(1, 3, 4, 7)) if cells else ""


def _direction(row: Row) -> str:
    """Say where an indicator goes and whether that is better; a direction that counts is set in bold."""
    said, meaning = row.get("direction"), row.get("meaning")
    if missing(said):
        return "–"
    told = both(*DIRECTIONS[str(said)]) if str(said) in DIRECTIONS else split(said)
    if not missing(meaning) and str(meaning) in DIRECTIONS:
        zh, en = DIRECTIONS[str(meaning)]
        told += both(f"（{zh}）", f" ({en})")
    return f"<b>{told}</b>" if row.get("spearman_significant") is True else told


def _chance(value: Any) -> str:
    """Write a p value; below a thousandth it is said as such."""
    return "–" if missing(value) else f"&lt; {SMALL_P}" if float(value) < SMALL_P else f"{float(value):.3f}"


def _yes(value: Any) -> str:
    return "–" if missing(value) else both("是", "yes") if value else both("否", "no")


def _slope(row: Row) -> str:
    if missing(row.get("mk_slope")):
        return "–"
    ends = "" if missing(row.get("mk_low")) else f" [{reading(row['mk_low'])}, {reading(row.get('mk_high'))}]"
    return in_html(f"{reading(row['mk_slope'])}{ends}")
