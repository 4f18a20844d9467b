"""The air page: stations by the level of their latest day, the surface between them, and every year by the book."""

from __future__ import annotations

from typing import Any

import pandas as pd

from gis import look
from gis.base.text import both
from gis.maps.book import Book
from gis.maps.ground import base_map, layers_of
from gis.maps.layers import Drawn, Pair, Popup, draw, placed
from gis.maps.mapview import Layer, map_view
from gis.maps.pages import budget
from gis.maps.pages.air_changes import changes, editions
from gis.maps.pages.air_surface import overlay, rose, surface_tables
from gis.maps.pages.air_words import edition_of, pollutants_cell, so_far_tag
from gis.maps.pages.air_years import indices, items_over, of_year, switch, years_of
from gis.maps.pages.cells import (
    day,
    figure_of,
    flagged,
    map_page,
    number,
    period_words,
    rate_strip,
    records,
    so_far,
    unsure_of,
    yearly,
)
from gis.maps.pages.columns import Column, amount, date, drawn, edition, finder

FAMILIES = {look.FAMILY, "aqi", "air_limits", "air_assessment", "air_practice", *budget.FAMILIES}
GROUP: Pair = ("空气站点", "Air stations")
DAYS = 62


def render(book: Book) -> str:
    """Draw the air page: what is asked first, the map, then one year at a time, then everything by period."""
    latest, years = _latest_days(book), years_of(book)
    layers: list[Layer] = [
        *base_map(book),
        *overlay(book, GROUP),
        *layers_of(book, "air", ("features", "actions")),
        *_stations(book, latest),
    ]
    view = map_view(layers, book.catalogue.county.extent, ("空气站点图", "Map of air stations"))
    rates = rate_strip(book, "air.good_day_rate", ("优良率", "Good days"))
    by_year = "".join(of_year(book, year, hidden=year != years[-1]) for year in years)
    body = (
        f'<p class="answer">{both(*_answer(book))}</p>{editions(book)}{rates}{budget.panel(book)}{view.html}'
        f"{switch(book)}{by_year}{changes(book)}{_periods(book, 'year')}{_periods(book, 'month')}"
        f"{indices(book)}{rose(book)}{surface_tables(book)}{_days(book)}"
    )
    return map_page(book, "air", body, view, unsure_of(book, FAMILIES))


def _latest_days(book: Book) -> pd.DataFrame:
    found = book.tables.get("air_station_days")
    if found is None or not len(found):
        return pd.DataFrame(columns=["station_key", "station", "date", "aqi", "category"])
    until = found[found["date"] <= pd.Timestamp(book.as_of)]
    return until.sort_values("date").drop_duplicates("station_key", keep="last")


def _stations(book: Book, latest: pd.DataFrame) -> list[Drawn]:
    stations = placed(book.tables.get("stations"))
    if stations is None:
        return []
    levels = look.aqi_levels(book.editions, book.as_of)
    none = look.no_data(look.colours(book.editions, book.as_of))
    keys = latest.set_index("station_key") if len(latest) else pd.DataFrame(columns=latest.columns)
    named = latest.drop_duplicates("station").set_index("station") if len(latest) else keys
    by_id, by_name = keys.reindex(stations["station_id"]), named.reindex(stations["name"])
    joined = by_id.set_axis(stations.index).combine_first(by_name.set_axis(stations.index))
    category = joined["category"]
    key = category.map({word: mark.key for word, mark in levels.items()}).fillna(none.key)
    counted = stations["name"].isin(book.catalogue.county.air_stations)
    more = {"pm25": "PM2.5", "pm10": "PM10", "o3_8h": "O3-8h", "no2": "NO2", "so2": "SO2", "co": "CO"}
    fields: list[tuple[Pair, pd.Series]] = [
        (("日期", "Date"), joined["date"]),
        (("AQI", "AQI"), joined["aqi"]),
        (("级别", "Category"), category.map({word: [mark.zh, mark.en] for word, mark in levels.items()})),
        *(((name, name), joined[column]) for column, name in more.items() if column in joined),
        (("公布AQI", "Published AQI"), joined.get("published_aqi", category)),
        (("参加全市评价", "Counts for the county"), counted.map({True: ["是", "yes"], False: ["否", "no"]})),
        (("点位长", "Station chief"), stations["station_chief"]),
    ]
    last = day(latest["date"].max()) if len(latest) else ""
    title = (f"站点空气质量 · {last}", f"Stations · {last}")
    return [
        draw(
            stations, "stations", title, GROUP, [*levels.values(), none], key,
            Popup(stations["name"], fields), pane="points", search=True, size=26,
        )
    ]  # fmt: skip


def _answer(book: Book) -> Pair:
    year = max(book.years, default=book.as_of.year)
    rate, pm25 = figure_of(book, "air.good_day_rate", str(year)), figure_of(book, "air.pm25_mean", str(year))
    if rate is None:
        return f"{year} 年没有空气质量数据。", f"There is no air data for {year}."
    running = so_far(book, year)
    head = f"{year} 年{'（累计·未满年）' if running else ''}"
    over = items_over(book, year)
    zh = f"{head}优良天数比率 {number(rate, 1)} %，PM2.5 平均 {number(pm25, 1)} µg/m³"
    tail = " so far" if running else ""
    en = (
        f"In {year}{tail}, {number(rate, 1)} % of valid days were good; mean PM2.5 is {number(pm25, 1)} µg/m³"
    )
    if over is None:
        return f"{zh}。", f"{en}."
    if not over:
        return f"{zh}，六项均在二级限值内。", f"{en}; all six items are within grade 2."
    return f"{zh}，{'、'.join(over)} 超过二级限值。", f"{en}; over grade 2: {', '.join(over)}."


def _periods(book: Book, kind: str) -> str:
    found = book.tables.get("air_periods")
    if kind == "year":
        chosen = records(yearly(book, found))
    else:
        chosen = (
            [] if found is None else records(found[found["period_kind"] == kind].sort_values("period")[::-1])
        )
    dusty = any(row.get("dust_days") for row in chosen)
    columns = [
        Column(
            ("时期", "Period"),
            lambda row: (
                f'<span class="cell">{both(*period_words(str(row["period"])))}</span>{so_far_tag(row)}'
            ),
        ),
        amount(("优良天数", "Good days"), "good_days", 0),
        amount(("有效天数", "Valid days"), "valid_days", 0),
        amount(("优良率(%)", "Good (%)"), "good_day_rate", 1),
        *([amount(("扣沙后(%)", "Without dust (%)"), "good_day_rate_dust_removed", 1)] if dusty else []),
        amount(("PM2.5", "PM2.5"), "pm25_mean", 1),
        *([amount(("扣沙后", "Without dust"), "pm25_mean_dust_removed", 1)] if dusty else []),
        amount(("完整率(%)", "Coverage (%)"), "coverage", 0, 0.01),
        edition_of(book),
    ]
    years: Pair = ("年度与同期累计（天，%，µg/m³）", "Years and same months (days, %, µg/m³)")
    title = years if kind == "year" else ("逐月（天，%，µg/m³）", "Months (days, %, µg/m³)")
    return drawn(f"air-{kind}", title, columns, chosen)


def _days(book: Book) -> str:
    found = book.tables.get("air_station_days")
    if found is None or not len(found) or "published_aqi" not in found:
        return ""
    levels = look.aqi_levels(book.editions, book.as_of)
    none = look.no_data(look.colours(book.editions, book.as_of))
    rows = found.sort_values(["date", "station_key"], ascending=[False, True]).head(DAYS * 4)
    columns = [
        date(("日期", "Date"), "date"), finder(("站点", "Station"), "station"), amount(("AQI", "AQI"), "aqi", 0),
        Column(("公布AQI", "Published"), _published, True, "published_aqi"),
        Column(("级别", "Category"), lambda row: flagged(levels.get(str(row["category"]), none))),
        Column(("首要污染物", "Primary"), lambda row: pollutants_cell(row.get("primary_pollutants"))),
        amount(("PM2.5", "PM2.5"), "pm25", 0), amount(("O3-8h", "O3-8h"), "o3_8h", 0),
        Column(("说明", "Note"), _origin), edition(book),
    ]  # fmt: skip
    title = (
        f"站点逐日（µg/m³，至 {book.as_of}，列最近 {len(rows):,} 条，共 {len(found):,} 条）",
        f"Station days (µg/m³, to {book.as_of}, latest {len(rows):,} of {len(found):,})",
    )
    return drawn("station-days", title, columns, records(rows))


def _published(row: dict[str, Any]) -> str:
    published, ours = row["published_aqi"], row["aqi"]
    if pd.isna(published):
        return "–"
    if pd.isna(ours) or int(published) == int(ours):
        return number(published, 0)
    return f'<span class="diff">{int(published)} ≠</span>'


def _origin(row: dict[str, Any]) -> str:
    tags = []
    if row.get("derived") is True:
        tags.append(both("小时值推算", "from hours"))
    audited = row.get("audited")
    if audited is not None and not pd.isna(audited) and not audited:
        tags.append(both("未经审核", "unaudited"))
    dust = row.get("dust")
    if dust is not None and not pd.isna(dust) and dust:
        tags.append(both("沙尘", "dust"))
    return " ".join(f'<span class="tag quiet">{tag}</span>' for tag in tags)
