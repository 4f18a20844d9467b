"""The air page: stations by the level of their latest day, the surface between them, the rose, and every period."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
from pyproj import Transformer

from gis import look
from gis.air.surface_tables import grid_and_values
from gis.base.stored_words import word_of, words_of
from gis.base.text import both
from gis.look import Mark
from gis.maps.book import Book, Pair, figure_of, place_words, rows_of, so_far, year_words, yearly
from gis.maps.layers import Drawn, Picture, Popup, draw, fields, headed, laid, month_words, placed, whole
from gis.maps.mapview import OnMap, Workspace, base_map, charted, layers_of, workspace
from gis.maps.page import (
    Row,
    edition_page,
    editions_in_words,
    named,
    number,
    proof,
    rate_strip,
    records,
    remark,
    span,
    table,
    titled,
    unsure_of,
)
from gis.maps.pages.air_years import (
    OUTLOOK,
    budget_panel,
    changes,
    editions,
    indices,
    items_over,
    of_year,
    years_of,
)

MEASURED = "pm25"
FAMILIES = {look.FAMILY, "aqi", "air_limits", "air_assessment", "air_practice", *OUTLOOK}
GROUP: Pair = ("空气站点", "Air stations")
FINER = 2
BANDS = 5
DIGITS = 1
UNIT = "µg/m³"
NOT_FOR: Pair = ("插值估计，不用于达标评价", "an estimate between stations, not for compliance")
SIDE, RADIUS = 300, 118
RINGS = (0.5, 1.0)
SECTOR_NAMES = {name: zh for name, (zh, _) in words_of("sector").items()}


def render(book: Book) -> str:
    """Draw the air page: what is asked first, the map, then one year at a time, then everything by period."""
    years = years_of(book)
    view = charted(book, layers(book), ("空气站点图", "Air stations"), work(book))
    rates = rate_strip(book, "air.good_day_rate", ("优良率", "Good days"))
    by_year = "".join(of_year(book, year, hidden=year != years[-1]) for year in years)
    body = (
        f'<p class="answer">{both(*_answer(book))}</p>{editions(book)}{rates}{budget_panel(book)}{view.html}'
        f"{by_year}{changes(book)}{_periods(book, 'year')}{_periods(book, 'month')}"
        f"{indices(book)}{rose(book)}{surface_tables(book)}"
    )
    return edition_page(book, "air", body, unsure_of(book, FAMILIES), view)


def layers(book: Book) -> list[OnMap]:
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
    if (found := rows_of(book, "air_station_days")) is None:
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
    return [laid(book, frame, "stations", [*levels.values(), none], key, popup)]


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
    if kind == "year" or found is None:
        chosen = records(yearly(book, found))
    else:
        chosen = records(found[found["period_kind"] == kind].sort_values("period")[::-1])
    dusty = any(row.get("dust_days") for row in chosen)
    dust, mean = ("good_day_rate_dust_removed", "pm25_mean_dust_removed") if dusty else ("", "")
    names = f"period good_days valid_days good_day_rate {dust} pm25_mean {mean} coverage edition"
    return table(book, f"air-{kind}", chosen, columns=names, period=span)


def _origin(row: dict[str, Any]) -> list[str] | str:
    """Say of a day what a reader must know: worked out from hours, not audited, with sand dust."""
    audited, dust = row.get("audited"), row.get("dust")
    told: list[Pair] = [("小时值推算", "from hours")] if row.get("derived") is True else []
    if audited is not None and not pd.isna(audited) and not audited:
        told.append(("未经审核", "not audited"))
    if dust is not None and not pd.isna(dust) and dust:
        told.append(("沙尘", "dust"))
    return ["、".join(zh for zh, _ in told), ", ".join(en for _, en in told)] if told else ""


def stations_of_year(book: Book, every: list[Drawn], year: int) -> list[Drawn]:
    """Draw the stations by the limits of a year instead of by their days."""
    stations, known = placed(book.tables.get("stations")), book.tables.get("air_statistics")
    others = [one for one in every if one.id != "stations"]
    if stations is None or known is None:
        return others
    rows = known[
        (known["place_kind"] == "station") & (known["item"] == MEASURED) & (known["period"] == str(year))
    ]
    wanted = (
        rows["dust"] == book.catalogue.county.dust.concentrations
    )  # a year without dust days has "kept" alone
    rows = (
        rows.assign(wanted=wanted)
        .sort_values("wanted", ascending=False, kind="stable")
        .drop_duplicates("name")
    )
    if not len(rows):
        return others
    joined = rows.set_index("name").reindex(stations["name"]).set_axis(stations.index)
    edition = look.colours(book.editions, book.as_of)
    states, none = look.marks(edition, "state"), look.no_data(edition)
    key = joined["met"].map({True: "met", False: "missed"}).fillna(none.key)
    told = joined["mean_rounded"].map("{:g}".format, na_action="ignore").fillna("–")
    zh, en = year_words(book, year)
    title = (
        f"PM2.5 年评价（均值 µg/m³）· {zh} 年",
        f"PM2.5 against the limits of a year (mean, µg/m³) · {en}",
    )
    named = stations["name"].astype("str") + " " + told
    shown = Popup(named, year=pd.Series(year, index=stations.index))
    marks = [states["met"], states["missed"], none]
    made = draw(stations, "stations", title, GROUP, marks, key, shown, pane="points", search=True, size=26)
    return [*others, made]


def overlay(book: Book, group: Pair) -> list[Picture]:
    """Lay the surface over the map; nothing where the run made none."""
    head, cells = book.tables.get("air_surface"), book.tables.get("air_surface_cells")
    if head is None or cells is None or not len(cells):
        return []
    grid, values = grid_and_values(head, cells)
    edges = _edges(cells["value"].to_numpy("float64"))
    marks = look.bands(look.colours(book.editions, book.as_of), edges, DIGITS, UNIT)
    corners = [
        (grid.west + across * grid.width * grid.cell_m, grid.north - down * grid.height * grid.cell_m)
        for across in (0, 1)
        for down in (0, 1)
    ]
    back = Transformer.from_crs(grid.epsg, 4490, always_xy=True)
    lon, lat = back.transform(*np.array(corners).T)
    bounds = (float(lon.min()), float(lat.min()), float(lon.max()), float(lat.max()))
    width, height = grid.width * FINER, grid.height * FINER
    x = bounds[0] + (np.arange(width) + 0.5) * (bounds[2] - bounds[0]) / width
    y = bounds[3] - (np.arange(height) + 0.5) * (bounds[3] - bounds[1]) / height
    east, north = Transformer.from_crs(4490, grid.epsg, always_xy=True).transform(*np.meshgrid(x, y))
    column = np.floor((east - grid.west) / grid.cell_m).astype("int64")
    row = np.floor((grid.north - north) / grid.cell_m).astype("int64")
    inside = (column >= 0) & (column < grid.width) & (row >= 0) & (row < grid.height)
    shown = np.where(
        inside, values[np.clip(row, 0, grid.height - 1), np.clip(column, 0, grid.width - 1)], np.nan
    )
    first = head.iloc[0]
    told = _error(first)
    title = (f"PM2.5 插值面 {first['period']}", f"PM2.5 surface {first['period']}")
    note = (f"※ {NOT_FOR[0]}；{told[0]}", f"※ {NOT_FOR[1]}; {told[1]}")
    images = ((int(str(first["period"])[:4]), _painted(shown, edges, marks)),)
    return [Picture("pm25_surface", title, group, images, bounds, tuple(marks), note)]


def _edges(values: npt.NDArray[np.float64]) -> list[float]:
    scale = 10.0**DIGITS
    low, high = np.floor(values.min() * scale) / scale, np.ceil(values.max() * scale) / scale
    number_ = int(np.clip(round((high - low) * scale), 1, BANDS))
    return [float(one) for one in np.linspace(low, max(high, low + 1 / scale), number_ + 1)]


def _painted(
    values: npt.NDArray[np.float64], edges: Sequence[float], marks: Sequence[Mark]
) -> npt.NDArray[np.uint8]:
    colours = np.array(
        [[int((mark.fill or "#000000")[at : at + 2], 16) for at in (1, 3, 5)] for mark in marks]
    )
    there = np.isfinite(values)
    band = np.clip(
        np.searchsorted(edges, np.where(there, values, edges[0]), side="right") - 1, 0, len(marks) - 1
    )
    image = np.zeros((*values.shape, 4), dtype="uint8")
    image[..., :3] = colours[band]
    image[..., 3] = np.where(there, 255, 0)
    return image


def _error(first: pd.Series) -> Pair:
    zh, en = word_of(first["method"], "method", "air_surface")
    n, rmse, bias = int(first["n_stations"]), number(first["rmse"], 2), number(first["bias"], 2)
    cell = number(first["cell_m"], 0)
    return (
        f"{zh}，{n} 个站点，像元 {cell} m，留一法均方根误差 {rmse} µg/m³，平均误差 {bias}",
        f"{en}, {n} stations, cells of {cell} m, leave-one-out RMSE {rmse} µg/m³, bias {bias}",
    )


def surface_checks(book: Book) -> str:
    """Draw the error of the surface at each station, told from the others."""
    head, found = book.tables.get("air_surface"), book.tables.get("air_surface_checks")
    if head is None or found is None or not len(head):
        return ""
    told = _error(head.iloc[0])
    return table(book, "surface-checks", found, {"told": told})


def surface_tables(book: Book) -> str:
    """Draw the means of towns; say so where stations were too few for a surface."""
    head, towns = book.tables.get("air_surface"), book.tables.get("air_surface_towns")
    if head is None or not len(head):
        return ""
    if book.tables.get("air_surface_checks") is None:
        return f'<p class="note">{both("PM2.5 插值：", "PM2.5 surface: ")}{remark(head.iloc[0]["note"])}</p>'
    how = proof("surface-checks", ("插值误差的检验", "How far the surface is off"))
    if towns is None:
        return how
    names = lambda row: both(*place_words(book, row["name"]))  # noqa: E731  for one column
    period = str(head.iloc[0]["period"])
    return table(
        book, "surface-towns", towns.sort_values("mean", ascending=False), {"period": period}, name=names,
    ) + how  # fmt: skip


def rose(book: Book) -> str:
    """Draw the pollution rose with its table; nothing where no record tells the wind."""
    if (found := rows_of(book, "air_rose")) is None:
        return ""
    rows = records(found)
    sectors = [row for row in rows if not pd.isna(row["from_deg"])]
    values = [row["mean"] for row in sectors if not pd.isna(row["mean"])]
    if not values:
        return ""
    edges = _edges(np.array(values, dtype="float64"))
    marks = look.bands(look.colours(book.editions, book.as_of), edges, DIGITS, UNIT)
    key = "".join(
        f'<span><svg width="12" height="12" aria-hidden="true"><rect width="12" height="12" fill="{mark.fill}" '
        f'stroke="{mark.line}"/></svg>{both(mark.zh, mark.en)}</span>'
        for mark in marks
    )
    return (
        f'<div class="pair"><section class="twin drawing"><div class="caption"><h2>{_rose_caption(rows)}</h2></div>'
        f'{_rose_drawing(sectors, edges, marks)}<p class="key">{key}</p></section>{_rose_table(book, rows)}</div>'
    )


def _rose_caption(rows: list[Row]) -> str:
    total = int(sum(row["n"] for row in rows))
    calm = next(row["share"] for row in rows if pd.isna(row["from_deg"]))
    zh, en = {"air_hours": ("小时", "hours"), "air_days": ("天", "days")}[str(rows[0]["table"])]
    period = str(rows[0]["period"])
    return both(
        f"PM2.5 污染玫瑰 {period}：各来风方向的频率与平均浓度（{total:,} {zh}，静风 {calm:.1f} %）",
        f"PM2.5 rose {period}: how often the wind comes from where, and the mean ({total:,} {en}, calm {calm:.1f} %)",
    )


def _rose_drawing(sectors: list[Row], edges: Sequence[float], marks: Sequence[Mark]) -> str:
    widest = max(row["share"] for row in sectors)
    petals = "".join(_petal(row, widest, edges, marks) for row in sectors if row["n"])
    rings = "".join(
        f'<circle cx="0" cy="0" r="{RADIUS * part:.1f}" fill="none" stroke="#D9E0E6"/>' for part in RINGS
    )
    shares = "".join(
        f'<text x="3" y="{-RADIUS * part + 11:.1f}" font-size="10" fill="#1F2933" paint-order="stroke" '
        f'stroke="#FFFFFF" stroke-width="3">{widest * part:.1f} %</text>'
        for part in RINGS
    )
    letters = "".join(
        f'<text x="{x}" y="{y}" font-size="13" text-anchor="middle" fill="#1F2933"><tspan class="zh">'
        f'{SECTOR_NAMES[sector]}</tspan><tspan class="en">{sector}</tspan></text>'
        for sector, x, y in (("N", 0, -126), ("S", 0, 138), ("E", 134, 5), ("W", -134, 5))
    )
    half = SIDE // 2
    return (
        f'<svg class="rose" role="img" {named("污染玫瑰", "pollution rose")} width="{SIDE}" height="{SIDE}" '
        f'viewBox="{-half} {-half} {SIDE} {SIDE}">{rings}{petals}{shares}{letters}</svg>'
    )


def _rose_table(book: Book, rows: list[Row]) -> str:
    days = rows[0]["table"] == "air_days"
    return table(
        book, "air-rose", rows, columns=f"sector {'n_days' if days else 'n'} share mean wind_speed",
        sector=lambda row: both(*_sector(row)), **{"n_days": lambda row: number(row["n"], 0)} if days else {},
    )  # fmt: skip


def _sector(row: Row) -> Pair:
    if pd.isna(row["from_deg"]):
        return "静风", "calm"
    return SECTOR_NAMES[str(row["sector"])], str(row["sector"])


def _petal(row: Row, widest: float, edges: Sequence[float], marks: Sequence[Mark]) -> str:
    middle, share, mean = (float(str(row[name])) for name in ("from_deg", "share", "mean"))
    reach = RADIUS * share / widest
    left, right = np.radians([middle - 10, middle + 10])
    ends = [(reach * np.sin(one), -reach * np.cos(one)) for one in (left, right)]
    band = int(np.clip(np.searchsorted(edges, mean, side="right") - 1, 0, len(marks) - 1))
    told = (f"{one}: {share:.1f} %, PM2.5 {mean:.1f}" for one in _sector(row))
    (x1, y1), (x2, y2) = ends
    path = f"M0 0L{x1:.1f} {y1:.1f}A{reach:.1f} {reach:.1f} 0 0 1 {x2:.1f} {y2:.1f}Z"
    paint = f'fill="{marks[band].fill}" stroke="#1F2933" stroke-width=".7"'
    return f'<g>{titled(*told)}<path d="{path}" {paint}/></g>'
