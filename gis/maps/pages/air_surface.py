"""The PM2.5 surface over the map with its legend, its error and town means; the pollution rose as SVG."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
from pyproj import Transformer

from gis import look
from gis.air.surface_tables import grid_and_values
from gis.base.stored_words import word_of, words_of
from gis.base.text import both
from gis.look import Mark
from gis.maps.book import Book
from gis.maps.layers import Pair, Picture
from gis.maps.mapview import named, titled
from gis.maps.page import proof, remark
from gis.maps.pages.cells import number, place_words, records
from gis.maps.pages.columns import Row, drawn, shown

FINER = 2
BANDS = 5
DIGITS = 1
UNIT = "µg/m³"
NOT_FOR: Pair = ("插值估计，不用于达标评价", "an estimate between stations, not for compliance")
SIDE, RADIUS = 300, 118
RINGS = (0.5, 1.0)
SECTOR_NAMES = {name: zh for name, (zh, _) in words_of("sector").items()}


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


def checks(book: Book) -> str:
    """Draw the error of the surface at each station, told from the others."""
    head, found = book.tables.get("air_surface"), book.tables.get("air_surface_checks")
    if head is None or found is None or not len(head):
        return ""
    told = _error(head.iloc[0])
    columns = shown(book, "air_surface_checks", "name value estimated error")
    title = (f"PM2.5 插值检验（{NOT_FOR[0]}；{told[0]}）", f"Check of the surface ({NOT_FOR[1]}; {told[1]})")
    return drawn("surface-checks", title, columns, records(found))


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
    columns = shown(book, "air_surface_towns", "name mean lowest highest", name=names)
    period = str(head.iloc[0]["period"])
    title = (
        f"乡镇 PM2.5 估计 {period}（µg/m³，{NOT_FOR[0]}）",
        f"PM2.5 of towns {period} (µg/m³, {NOT_FOR[1]})",
    )
    return drawn("surface-towns", title, columns, records(towns.sort_values("mean", ascending=False))) + how


def rose(book: Book) -> str:
    """Draw the pollution rose with its table; nothing where no record tells the wind."""
    found = book.tables.get("air_rose")
    if found is None or not len(found):
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
    columns = shown(
        book, "air_rose", f"sector {'n_days' if days else 'n'} share mean wind_speed",
        sector=lambda row: both(*_sector(row)), **({"n_days": lambda row: number(row["n"], 0)} if days else {}),
    )  # fmt: skip
    return drawn("air-rose", ("各风向 PM2.5（µg/m³）", "PM2.5 by wind (µg/m³)"), columns, rows)


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
