"""The air of each year: what it has left, calendar, items against their limits, spells, stations, and what changed."""

from __future__ import annotations

import calendar
import math
from collections.abc import Callable
from typing import Any

import pandas as pd

from gis import look
from gis.base.calendar import period_words
from gis.base.forecast import WORDS
from gis.base.messages import joined, parts
from gis.base.stored_words import word_of, words_of
from gis.base.text import both, in_html
from gis.look import Mark
from gis.maps.book import (
    Book,
    Pair,
    of_series,
    rows_of,
    standard_names,
    year_said,
    yearly,
)
from gis.maps.page import (
    Column,
    Row,
    data_of,
    drawn,
    each,
    flagged,
    items,
    named,
    number,
    proof,
    records,
    remark,
    shown,
    span,
    strip,
    table,
    titled,
)
from gis.maps.pages.targets import COMPARATORS, figure_card, target_card

CELL, GAP, LEFT = 15, 2, 44
CARDS = (
    "air.good_day_rate", "air.bad_days", "air.pm25_mean", "air.pm10_mean", "air.so2_mean", "air.no2_mean", "air.co_p95",
    "air.o3_8h_p90", "air.composite_index",
)  # fmt: skip
VERDICTS: dict[tuple[bool, bool], tuple[str, Pair]] = {
    (True, False): ("met", ("达标", "within the limits")),
    (False, False): ("missed", ("超标", "over the limit")),
    (True, True): ("on_track", ("暂达标", "within so far")),
    (False, True): ("behind", ("暂超标", "over so far")),
}
COMPARED: dict[str, tuple[bool, Pair]] = {
    "last_month": (True, ("较上月", "vs month before")),
    "same_month_last_year": (False, ("较上年同月", "vs same month last year")),
    "same_months_last_year": (True, ("较上年同期", "vs same months last year")),
}
ITEMS = {item: words_of("item")[item][0] for item in ("pm25", "pm10", "so2", "no2", "co", "o3_8h")}
CO_DIGITS = 1
SHOWN = {"reachable": "on_track", "made": "on_track", "at_risk": "behind", "lost": "missed"}
OUTLOOK = {"outlook"}
TENTHS = 10


def years_of(book: Book) -> list[int]:
    """List the years that have city days, oldest first."""
    found = book.tables.get("air_city_days")
    return [] if found is None or not len(found) else sorted({int(one) for one in found["date"].dt.year})


def of_year(book: Book, year: int, *, hidden: bool) -> str:
    """Draw everything of one year."""
    parts = [
        _cards(book, year),
        _calendar(book, year),
        _items(book, year),
        _spells(book, year),
        _stations(book, year),
    ]
    return f'<div data-year="{year}"{" hidden" if hidden else ""}>{"".join(parts)}</div>'


def _cards(book: Book, year: int) -> str:
    states, names = look.marks(look.colours(book.editions, book.as_of), "state"), standard_names(book)
    aims = book.targets_of("air")
    aimed = aims[aims["period"] == str(year)]
    cards = [target_card(row, states, (), names) for row in records(aimed)]
    figures = book.figures_of(CARDS)
    own = figures["period"] == str(year)
    own &= figures["place"] == book.catalogue.county.adcode
    chosen = figures[own & ~figures["figure_id"].isin(aimed["figure_id"]) & of_series(book, figures)]
    rest = [row for row in records(chosen) if row["indicator"] not in set(aimed["indicator"])]
    cards += [figure_card(book, row, year) for row in rest]
    return f'<div class="cards">{"".join(cards)}</div>' if cards else ""


def _calendar(book: Book, year: int) -> str:
    found = book.tables["air_city_days"]
    days = found[found["date"].dt.year == year]
    levels = look.aqi_levels(book.editions, book.as_of)
    none = look.no_data(look.colours(book.editions, book.as_of))
    known = {(row.date.month, row.date.day): row for row in days.itertuples()}
    cells = [
        _cell(known.get((month, date)), month, date, levels, none)
        for month in range(1, 13)
        for date in range(1, calendar.monthrange(year, month)[1] + 1)
    ]
    names = "".join(
        f'<text x="{LEFT - 6}" y="{_top(month) + CELL - 3}" font-size="11" text-anchor="end">{month}'
        f'<tspan class="zh">月</tspan></text>'
        for month in range(1, 13)
    )
    width, height = LEFT + 31 * (CELL * 2 + GAP), _top(13)
    good, valid = int(days["aqi"].le(100).fillna(False).sum()), int(days["aqi"].notna().sum())
    caption = both(
        f"{year} 年逐日 AQI：优良 {good} 天，有效 {valid} 天",
        f"Daily AQI of {year}: {good} good of {valid} valid days",
    )
    key = "".join(f"<span>{flagged(mark)}</span>" for mark in [*levels.values(), none])
    return (
        f'<section class="twin drawing"><div class="caption"><h2>{caption}</h2></div>'
        f'<div class="wide" tabindex="0" role="region" {named(f"{year} 年日历", f"Calendar of {year}")}>'
        f'<svg class="calendar" role="img" '
        f"{named(f'{year} 年逐日 AQI', f'Daily AQI of {year}')} "
        f'viewBox="0 0 {width} {height}">{names}{"".join(cells)}</svg></div>'
        f'<p class="key">{key}</p>{data_of(book, "air_city_days")}</section>'
    )


def _cell(row: Any, month: int, date: int, levels: dict[str, Mark], none: Mark) -> str:
    x, y = LEFT + (date - 1) * (CELL * 2 + GAP), _top(month)
    aqi = None if row is None or pd.isna(row.aqi) else int(row.aqi)
    mark = none if row is None or aqi is None else levels.get(str(row.category), none)
    fill = mark.fill if mark is not none else "#FFFFFF"
    word = "" if aqi is None else str(aqi)
    told = (f"{month}-{date}: AQI {word or '–'} {one}" for one in (mark.zh, mark.en))
    return (
        f'<g>{titled(*told)}<rect x="{x}" y="{y}" width="{CELL * 2}" height="{CELL}" rx="2" '
        f'fill="{fill}" stroke="#C5CDD4" stroke-width=".6"/><text x="{x + CELL}" y="{y + CELL - 4}" font-size="10" '
        f'text-anchor="middle" fill="{mark.ink if aqi is not None else none.line}">{word}</text></g>'
    )


def _top(month: int) -> int:
    return (month - 1) * (CELL + GAP) + GAP


def _items(book: Book, year: int) -> str:
    if (found := rows_of(book, "air_statistics")) is None:
        return ""
    here = found[(found["place_kind"] == "county") & (found["period"] == str(year))]
    if not len(here):
        return ""
    states = look.marks(look.colours(book.editions, book.as_of), "state")
    order = {item: at for at, item in enumerate(ITEMS)}
    rows = here.assign(at=here["item"].map(order)).sort_values(["edition", "dust", "at"])
    dusty = rows["dust"].eq("removed").any()
    zh, en = year_said(book, year)
    return table(
        book, "air-items", rows, {"zh": zh, "en": en}, suffix=year,
        columns=f"item {'dust' if dusty else ''} n_days mean_rounded limit_year exceed_mean percentile_p "
        "percentile_rounded limit_day exceed_percentile attain_rate met edition",
        dust=lambda row: _dust(book, row), met=lambda row: _verdict(row, states),
        **_by_item("mean_rounded limit_year percentile_rounded limit_day"),
    )  # fmt: skip


def _by_item(names: str, more: int = 0) -> dict[str, Callable[[Row], str]]:
    """Show concentrations with the decimals of the item of their row."""
    return each(names, lambda row, name: item_number(row, name, more))


def items_over(book: Book, year: int) -> list[str] | None:
    """Name the items of a year that are not within GB 3095; None where not all six were evaluated."""
    if (found := rows_of(book, "air_statistics")) is None:
        return None
    here = declared(found[(found["place_kind"] == "county") & (found["period"] == str(year))], book)
    if set(here["item"]) != set(ITEMS):
        return None
    over = set(here.loc[~here["met"].fillna(True).astype("bool"), "item"])
    return [name for item, name in ITEMS.items() if item in over]


def _dust(book: Book, row: Row) -> str:
    told = both(*word_of(row["dust"], "dust", "air_statistics"))
    mine = row["dust"] == book.catalogue.county.dust.concentrations
    return f"<b>{told}</b>" if mine else told


def _verdict(row: Row, states: dict[str, Mark]) -> str:
    if pd.isna(row["met"]):
        return ""
    key, name = VERDICTS[bool(row["met"]), bool(row["provisional"])]
    told = flagged(states[key], name)
    notes: list[Pair] = []
    if row["verdict_depends_on_rounding"] is True:
        notes.append(
            ("未修约则不达标", "over if not rounded")
            if row["met"]
            else ("未修约则达标", "within if not rounded")
        )
    if row["valid"] is False:
        notes.append(("有效性不足", "too few valid days"))
    return told + "".join(f' <span class="tag quiet">{both(*note)}</span>' for note in notes)


def _spells(book: Book, year: int) -> str:
    found = book.tables.get("air_episodes")
    chosen = [] if found is None or not len(found) else records(found[found["start"].dt.year == year])
    heavy = sum(row["kind"] == "heavy" for row in chosen)
    rules = book.editions.in_force("air_practice", book.as_of).data["episode"]
    top, low, least = rules["heavy"]["above"], rules["polluted"]["above"], rules["polluted"]["days"]
    light = len(chosen) - heavy
    return table(
        book, "air-spells", chosen,
        {"year": year, "top": top, "heavy": heavy, "least": least, "low": low, "light": light}, suffix=year,
        open=lambda row: both("前后缺数据", "no data before or after") if row["open"] else "",
    )  # fmt: skip


def _stations(book: Book, year: int) -> str:
    if (found := rows_of(book, "air_stations_compare")) is None:
        return ""
    rows = found[found["period"] == str(year)]
    return table(
        book, "air-stations", rows, {"year": year}, suffix=year,
        **_by_item("station_mean county_mean mean_bias", 1),
    )  # fmt: skip


def indices(book: Book) -> str:
    """Draw the composite index of whole years and of January to the as-of month, both methods."""
    if (found := rows_of(book, "air_composite")) is None:
        return ""
    found = declared(found[found["place_kind"] == "county"], book)
    other = found[found["method"] == "annex_c"].set_index(["period", "edition"])["composite_index"]
    rows = yearly(book, found[found["method"] == "ranking"])
    rows = rows.join(other.rename("annex_c"), on=["period", "edition"])
    singles = " ".join(f"index_{item}" for item in ITEMS)
    return table(
        book, "air-index", rows,
        columns=f"period composite_index annex_c {singles} primary_items items_over edition", period=span,
        composite_index=lambda row: f"<b>{number(row['composite_index'], 2)}</b>",
        items_over=lambda row: items(row["items_over"]) if row["period_kind"] == "year" else "–",
    )  # fmt: skip


def changes(book: Book) -> str:
    """Compare the latest month, and January to it, with the month and the year before; a row a measure."""
    if (found := rows_of(book, "air_changes")) is None:
        return ""
    by_kind = {
        str(kind): rows[rows["period"] == rows["period"].max()]
        for kind, rows in found.groupby("compared_with")
    }
    rows: list[Row] = []
    for measure in (*ITEMS, "good_day_rate"):
        row: Row = {"measure": measure, "notes": []}
        for kind, chosen in by_kind.items():
            for one in records(chosen[chosen["measure"] == measure]):
                row[kind], row["notes"] = one, [*row["notes"], *parts(one["note"])]
        if len(row) > 2:  # noqa: PLR2004  nothing is compared
            rows.append(row)
    columns = [
        *shown(book, "air_changes", "measure", measure=_measure),
        *(
            column
            for kind, (name, against) in COMPARED.items()
            if kind in by_kind
            for column in _columns(
                kind, period_words(str(by_kind[kind]["period"].iloc[0])) if name else None, against
            )
        ),
        *shown(book, "air_changes", "note", note=lambda row: remark(joined(row["notes"]))),
    ]
    title = (
        "环比与同比（µg/m³，CO mg/m³；CO、O3 为百分位数；优良率为百分点）",
        "Against the month and the year before (µg/m³, CO mg/m³; CO and O3 by percentile; points for the rate)",
    )
    return drawn("air-changes", title, columns, rows)


def _columns(kind: str, period: Pair | None, against: Pair) -> list[Column]:
    def of(name: str, signed: bool) -> Callable[[Row], str]:
        def cell(row: Row) -> str:
            one = row.get(kind)
            return "–" if one is None else _number(one, name, signed=signed)

        return cell

    now = [] if period is None else [Column(period, of("now", False), right=True)]
    return [
        *now,
        Column(against, of("change", True), right=True),
        Column(("%", "%"), of("change_percent", True), right=True),
    ]


def _number(row: Row, name: str, *, signed: bool) -> str:
    told = number(row[name], 1) if name == "change_percent" else item_number(row, name, 1)
    if not signed or pd.isna(row[name]):
        return told
    return f"+{told}" if row[name] > 0 else told.replace("-", "−")


def _measure(row: Row) -> str:
    if row["measure"] == "good_day_rate":
        return both("优良率（%）", "Good days (%)")
    return ITEMS[str(row["measure"])]


def editions(book: Book) -> str:
    """Set the rates of both editions side by side where the series crosses a change, with a caution."""
    found = book.tables.get("air_period_editions")
    if found is None or not len(found) or found["edition"].nunique() < 2:  # noqa: PLR2004  one edition
        return ""
    crossing = found.groupby("period")["edition"].transform("nunique") > 1
    listed = found[(found["period_kind"] == "year") | (crossing & (found["period_kind"] == "cumulative"))]
    caution = both(
        "同样的空气按新版标准评价，优良率会更低：不同版本的比率不可比，降低不代表空气变差。"
        "用 gis run --edition hj633-2012（或 hj633-2026）可把全序列按同一版本评价。",
        "The same air has fewer good days under the stricter text: rates of two editions are not comparable, and a "
        "lower one is not worse air. gis run --edition hj633-2012 (or hj633-2026) judges the whole series under one.",
    )
    rows = records(listed.sort_values(["period", "edition"], ascending=[False, True]))
    return f'<p class="stamp internal-stamp">{caution}</p>' + table(book, "air-editions", rows)


def item_number(row: Row, name: str, more: int = 0) -> str:
    """Show a concentration with the decimals of its item, and `more` of them."""
    return number(row[name], more + (CO_DIGITS if row.get("item", row.get("measure")) == "co" else 0))


def declared(rows: pd.DataFrame, book: Book) -> pd.DataFrame:
    """Keep the rows with sand-dust days as the county declares; a period without any has one row."""
    other = rows["dust"] != book.catalogue.county.dust.concentrations
    keys = [name for name in ("period", "item", "method", "edition", "place") if name in rows]
    return rows.assign(other=other).sort_values("other", kind="stable").drop_duplicates(keys)


def budget_panel(book: Book) -> str:
    """Draw what the year of the edition has left; empty where there is no budget."""
    if (found := rows_of(book, "air_budget")) is None:
        return ""
    rows = records(found)
    by_goal = {str(row["goal"]): row for row in rows}
    facts = [fact for row in rows for fact in _budget_facts(row)]
    facts.append((("全年目标", "The year's target"), both(*WORDS[by_goal.get("both", rows[0])["state"]])))
    how = proof("air-chances", ("概率与可靠性", "Probabilities and reliability"))
    return f'<section class="budget">{strip(facts)}{_budget_table(book, rows)}{how}</section>'


def _budget_facts(row: dict[str, Any]) -> list[tuple[Pair, str]]:
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


def _budget_table(book: Book, rows: list[dict[str, Any]]) -> str:
    marks = look.marks(look.colours(book.editions, book.as_of), "state")
    year = rows[0]["year"]
    return table(
        book, "air-budget", rows, {"year": year}, goal_value=_target, so_far=_so_far, needed=_needed,
        state=lambda row: flagged(marks[SHOWN[str(row["state"])]], WORDS[str(row["state"])]),
    )  # fmt: skip


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
