"""The air page: stations by the level of their latest day, the surface between them, and every year by the book."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import pandas as pd

from gis import look
from gis.base.columns import described
from gis.base.text import both
from gis.maps.book import Book, files_with
from gis.maps.ground import base_map, layers_of
from gis.maps.layers import Drawn, Pair, Popup, draw, whole
from gis.maps.mapview import Layer, Workspace
from gis.maps.pages import budget
from gis.maps.pages.air_changes import changes, editions
from gis.maps.pages.air_surface import overlay, rose, surface_tables
from gis.maps.pages.air_years import indices, items_over, of_year, years_of
from gis.maps.pages.cards import editions_in_words
from gis.maps.pages.cells import (
    charted,
    figure_of,
    map_page,
    month_words,
    number,
    rate_strip,
    records,
    so_far,
    unsure_of,
    workspace,
    yearly,
)
from gis.maps.pages.columns import drawn, shown, span
from gis.maps.wording import fields, headed, pollutants

FAMILIES = {look.FAMILY, "aqi", "air_limits", "air_assessment", "air_practice", *budget.FAMILIES}
GROUP: Pair = ("空气站点", "Air stations")
LAST: Pair = ("选定多日时，图上为最后一日", "of several days the map shows the last")


def render(book: Book) -> str:
    """Draw the air page: what is asked first, the map, then one year at a time, then everything by period."""
    years = years_of(book)
    view = charted(book, layers(book), ("空气站点图", "Air stations"), work(book))
    rates = rate_strip(book, "air.good_day_rate", ("优良率", "Good days"))
    by_year = "".join(of_year(book, year, hidden=year != years[-1]) for year in years)
    body = (
        f'<p class="answer">{both(*_answer(book))}</p>{editions(book)}{rates}{budget.panel(book)}{view.html}'
        f"{by_year}{changes(book)}{_periods(book, 'year')}{_periods(book, 'month')}"
        f"{indices(book)}{rose(book)}{surface_tables(book)}"
    )
    return map_page(book, "air", body, view, unsure_of(book, FAMILIES))


def layers(book: Book) -> list[Layer]:
    """Give the layers of the page."""
    return [
        *base_map(book),
        *overlay(book, GROUP),
        *layers_of(book, "air", ("features", "actions")),
        *_stations(book),
    ]


def work(book: Book) -> Workspace:
    """Say what the page opens with: the month of the last day."""
    last = _last_day(book)
    part = month_words(f"{last:%YM%m}")[0] if last else ""
    return workspace(book, "air", "stations", year=last.year if last else None, part=part)


def _last_day(book: Book) -> pd.Timestamp | None:
    found = book.tables.get("air_station_days")
    if found is None or not len(found):
        return None
    last = found.loc[found["date"] <= pd.Timestamp(book.as_of), "date"].max()
    return None if pd.isna(last) else pd.Timestamp(last)


def _stations(book: Book) -> list[Drawn]:
    """Draw stations, a row a station and day; of several days the map shows the last."""
    stations, found = whole(book.tables.get("stations")), book.tables.get("air_station_days")
    if stations is None:
        return []
    levels = look.aqi_levels(book.editions, book.as_of)
    none = look.no_data(look.colours(book.editions, book.as_of))
    until = None if found is None else found[found["date"] <= pd.Timestamp(book.as_of)]
    frame = _by_day(stations, until)
    category = _column(frame, "category")
    counted = frame["name"].isin(book.catalogue.county.air_stations)
    told = fields(
        frame, "air_station_days",
        "date aqi published_aqi primary_pollutants pm25 pm10 o3_8h no2 so2 co note named station_chief edition",
        {
            **{name: _column(frame, name) for name in ("aqi", "published_aqi")},
            "primary_pollutants": _column(frame, "primary_pollutants").map(
                lambda one: list(pollutants(one)), na_action="ignore"
            ),
            "note": pd.Series([_origin(row) for row in records(frame)], index=frame.index, dtype="object"),
            "named": counted.map({True: ["是", "yes"], False: ["否", "no"]}),
            "edition": editions_in_words(book, _column(frame, "edition")),
        },
    )  # fmt: skip
    dated = frame["date"].notna().any()
    popup = Popup(
        frame["name"],
        headed("air_station_days", told),
        year=frame["date"].dt.year.astype("Int64") if dated else None,
        town=frame.get("town"),
        part=frame["date"].dt.strftime("%YM%m").map(lambda one: list(month_words(one)), na_action="ignore")
        if dated
        else None,
    )
    key = category.map({word: mark.key for word, mark in levels.items()}).fillna(none.key)
    return [
        draw(
            frame, "stations", ("站点逐日空气质量", "Stations by day"), GROUP, [*levels.values(), none], key, popup,
            pane="points", search=True, size=26, head=described("name", "stations").head,
            state=described("category", "air_station_days").head,
            means=("监测年", "year measured"), last=True, files=files_with(book, "air_station_days"), note=LAST,
        )
    ]  # fmt: skip


def _by_day(stations: gpd.GeoDataFrame, days: pd.DataFrame | None) -> gpd.GeoDataFrame:
    """Give a row a station and day, oldest first; one that has none stays with a row of its own."""
    if days is None or not len(days):
        return stations.assign(date=pd.Series(pd.NaT, index=stations.index, dtype="datetime64[us]"))
    at = pd.concat([stations["station_id"], stations["name"]])
    at = pd.Series([*stations.index, *stations.index], index=at.to_numpy())
    at = at[at.index.notna() & ~at.index.duplicated()]
    where = days["station_key"].map(at).fillna(days["station"].map(at))
    known = days[where.notna()].sort_values("date", kind="stable")
    place = where[known.index].astype("int64")
    left = stations.index.difference(place)
    of_the_day = [name for name in ("source", "source_row", "layer", "data_note") if name in known]
    own = stations.columns.difference(of_the_day)
    rows = pd.concat(
        [known.reset_index(drop=True)[[name for name in known if name not in own or name == "date"]],
         pd.DataFrame({"date": pd.Series(pd.NaT, index=range(len(left)), dtype=known["date"].dtype)})],
        ignore_index=True,
    )  # fmt: skip
    placed_ = stations.loc[[*place, *left], own].reset_index(drop=True)
    return gpd.GeoDataFrame(pd.concat([rows, placed_], axis=1), geometry="geometry", crs=stations.crs)


def _column(frame: pd.DataFrame, name: str) -> pd.Series:
    return frame[name] if name in frame else pd.Series(None, index=frame.index, dtype="object")


def _answer(book: Book) -> Pair:
    year = max(book.years, default=book.as_of.year)
    rate, pm25 = figure_of(book, "air.good_day_rate", str(year)), figure_of(book, "air.pm25_mean", str(year))
    if rate is None:
        return f"{year} 年没有空气质量数据。", f"There is no air data for {year}."
    running = so_far(book, year)
    over = items_over(book, year)
    so_far_zh = "（累计·未满年）" if running else ""
    zh = f"{year} 年{so_far_zh}优良天数比率 {number(rate, 1)} %，PM2.5 平均 {number(pm25, 1)} µg/m³"
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
    dust, mean = ("good_day_rate_dust_removed", "pm25_mean_dust_removed") if dusty else ("", "")
    columns = shown(
        book, "air_periods",
        f"period good_days valid_days good_day_rate {dust} pm25_mean {mean} coverage edition", period=span,
    )  # fmt: skip
    years: Pair = ("年度与同期累计（天，%，µg/m³）", "Years and same months (days, %, µg/m³)")
    title = years if kind == "year" else ("逐月（天，%，µg/m³）", "Months (days, %, µg/m³)")
    return drawn(f"air-{kind}", title, columns, chosen)


def _origin(row: dict[str, Any]) -> list[str] | str:
    """Say of a day what a reader must know: worked out from hours, not audited, with sand dust."""
    audited, dust = row.get("audited"), row.get("dust")
    told: list[Pair] = [("小时值推算", "from hours")] if row.get("derived") is True else []
    if audited is not None and not pd.isna(audited) and not audited:
        told.append(("未经审核", "not audited"))
    if dust is not None and not pd.isna(dust) and dust:
        told.append(("沙尘", "dust"))
    return ["、".join(zh for zh, _ in told), ", ".join(en for _, en in told)] if told else ""
