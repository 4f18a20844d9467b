"""The plan's years of each target: a small curve on its card, the same numbers as a table, and what is to come."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd

from gis.base.stored_words import word_of
from gis.base.text import both, in_html
from gis.base.units import YES, unit_words
from gis.maps.book import Book
from gis.maps.layers import Pair
from gis.maps.pages.cards import COMPARATORS, figure_title
from gis.maps.pages.cells import figure_of, number, of_series, so_far, year_words
from gis.maps.pages.columns import Column, Row, drawn, shown
from gis.maps.pages.plan import of_towns

WIDTH, HEIGHT, EDGE = 120.0, 30.0, 4.0
LEAST = 2
HOLLOW = ' fill="#ffffff"'
CHANCES = {
    "air.good_day_rate": "air.budget_probability.good_days",
    "air.pm25_mean": "air.budget_probability.pm25",
    "water.section_at_target": "water.outlook_probability",
}
Key = tuple[str, str]


def lines(book: Book) -> dict[Key, list[Row]]:
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
            _of(row, year, values.get((*key, str(year))), goals.get((*key, str(year)))) for year in book.years
        ]
        if row.unit != YES and sum(one["value"] is not None for one in listed) >= LEAST:
            found[key] = listed
    return found


def _of(row: Any, year: int, value: float | None, goal: Any) -> Row:
    digits = 0 if pd.isna(row.digits) else int(row.digits)
    own = (
        {"goal": None, "comparator": ""}
        if goal is None
        else {"goal": float(goal.goal), "comparator": str(goal.comparator)}
    )
    return {"year": year, "value": value, "digits": digits, "unit": str(row.unit), **own}


def curves(book: Book, found: dict[Key, list[Row]]) -> str:
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


def curve(found: dict[Key, list[Row]], row: Row) -> str:
    """Show the curve of a target on its card; nothing where it has too few years."""
    key = (str(row["indicator"]), str(row["place"]))
    if key not in found:
        return ""
    use = f'<use href="#trend-{list(found).index(key)}"/>'
    return f'<svg class="spark" viewBox="0 0 {WIDTH:.0f} {HEIGHT:.0f}" aria-hidden="true">{use}</svg>'


def table(book: Book, found: dict[Key, list[Row]]) -> str:
    """Draw the twin of the curves: a row a target, a column a year, each value with its goal."""
    if not found:
        return ""
    years = [one["year"] for one in next(iter(found.values()))]

    def cell(at: int) -> Callable[[Row], str]:
        def told(row: Row) -> str:
            one = row["years"][at]
            sign = COMPARATORS.get(one["comparator"], one["comparator"])
            goal = f"<br><small>{in_html(sign)} {number(one['goal'], _digits(one))}</small>" if sign else ""
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


def _digits(one: Row) -> int:
    return 0 if float(one["goal"]).is_integer() else one["digits"]


def _named(book: Book, indicator: str, place: str) -> str:
    where = "" if place == book.catalogue.county.adcode else f" {in_html(place)}"
    return both(*figure_title(book, indicator)) + where


def outlook(book: Book, row: Row, year: int) -> Pair | None:
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
