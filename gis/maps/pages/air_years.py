"""The air of each year on the air page: calendar, items against their limits, spells, stations; one year shows."""

from __future__ import annotations

import calendar
from collections.abc import Callable
from typing import Any

import pandas as pd

from gis import look
from gis.base.stored_words import word_of
from gis.base.text import both
from gis.look import Mark
from gis.maps.book import Book
from gis.maps.layers import Pair
from gis.maps.mapview import named, titled
from gis.maps.pages.air_words import ITEMS, declared, item_number
from gis.maps.pages.cards import figure_card, standard_names, target_card
from gis.maps.pages.cells import (
    flagged,
    number,
    of_series,
    records,
    so_far,
    year_words,
    yearly,
)
from gis.maps.pages.columns import Row, drawn, each, items, shown, span

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
        f'<p class="key">{key}</p></section>'
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
    found = book.tables.get("air_statistics")
    if found is None or not len(found):
        return ""
    here = found[(found["place_kind"] == "county") & (found["period"] == str(year))]
    if not len(here):
        return ""
    states = look.marks(look.colours(book.editions, book.as_of), "state")
    order = {item: at for at, item in enumerate(ITEMS)}
    rows = here.assign(at=here["item"].map(order)).sort_values(["edition", "dust", "at"])
    dusty = rows["dust"].eq("removed").any()
    columns = shown(
        book, "air_statistics",
        f"item {'dust' if dusty else ''} n_days mean_rounded limit_year exceed_mean percentile_p percentile_rounded "
        "limit_day exceed_percentile attain_rate met edition",
        dust=lambda row: _dust(book, row), met=lambda row: _verdict(row, states),
        **_by_item("mean_rounded limit_year percentile_rounded limit_day"),
    )  # fmt: skip
    en = year_words(book, year)[1]
    title = (
        f"{year} 年{'（累计）' if so_far(book, year) else ''}各项目评价（µg/m³，CO mg/m³；均值与百分位数按修约值评价）",
        f"Items of {en} (µg/m³, CO mg/m³; means and percentiles judged as rounded)",
    )
    return drawn(f"air-items-{year}", title, columns, records(rows))


def _by_item(names: str, more: int = 0) -> dict[str, Callable[[Row], str]]:
    """Show concentrations with the decimals of the item of their row."""
    return each(names, lambda row, name: item_number(row, name, more))


def items_over(book: Book, year: int) -> list[str] | None:
    """Name the items of a year that are not within GB 3095; None where not all six were evaluated."""
    found = book.tables.get("air_statistics")
    if found is None or not len(found):
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
    columns = shown(
        book, "air_episodes", "kind start end days peak_aqi peak_on primary_pollutants pm25_mean dust_days open",
        open=lambda row: both("前后缺数据", "no data before or after") if row["open"] else "",
    )  # fmt: skip
    rules = book.editions.in_force("air_practice", book.as_of).data["episode"]
    top, low, least = rules["heavy"]["above"], rules["polluted"]["above"], rules["polluted"]["days"]
    light = len(chosen) - heavy
    title = (
        f"{year} 年污染过程：AQI > {top} 的 {heavy} 次，连续 {least} 天以上 AQI > {low} 的 {light} 次（天数自拟）",
        f"Spells of {year}: {heavy} over AQI {top}, {light} of {least} or more days over {low} (our convention)",
    )
    return drawn(f"air-spells-{year}", title, columns, chosen)


def _stations(book: Book, year: int) -> str:
    found = book.tables.get("air_stations_compare")
    if found is None or not len(found):
        return ""
    rows = found[found["period"] == str(year)]
    columns = shown(
        book, "air_stations_compare",
        "station named item n_days data_capture station_mean county_mean mean_bias bias_percent correlation",
        **_by_item("station_mean county_mean mean_bias", 1),
    )  # fmt: skip
    title = (
        f"{year} 年站点与全市比较（µg/m³，CO mg/m³；全市值含参评站点自身）",
        f"Stations against the county in {year} (µg/m³, CO mg/m³; the county's value contains those that count)",
    )
    return drawn(f"air-stations-{year}", title, columns, records(rows))


def indices(book: Book) -> str:
    """Draw the composite index of whole years and of January to the as-of month, both methods."""
    found = book.tables.get("air_composite")
    if found is None or not len(found):
        return ""
    found = declared(found[found["place_kind"] == "county"], book)
    other = found[found["method"] == "annex_c"].set_index(["period", "edition"])["composite_index"]
    rows = yearly(book, found[found["method"] == "ranking"])
    rows = rows.join(other.rename("annex_c"), on=["period", "edition"])
    singles = " ".join(f"index_{item}" for item in ITEMS)
    columns = shown(
        book, "air_composite", f"period composite_index annex_c {singles} primary_items items_over edition",
        period=span, composite_index=lambda row: f"<b>{number(row['composite_index'], 2)}</b>",
        items_over=lambda row: items(row["items_over"]) if row["period_kind"] == "year" else "–",
    )  # fmt: skip
    title = (
        "综合指数（六项单项指数之和，不加权；单项指数按排名方法）",
        "Composite index (sum of six single indices, unweighted; single ones by the ranking method)",
    )
    return drawn("air-index", title, columns, records(rows))
