"""`gis air surface`: a surface of PM2.5 between the stations of any file, with its error, as GeoTIFF."""

from __future__ import annotations

import datetime as dt
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gis.base.errors import UsageError
from gis.base.messages import Message
from gis.cli import desk
from gis.cli.console import guard, say, show
from gis.cli.options import AsOf, Files, Layers
from gis.cli.reading import Reading, reading

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    from shapely.geometry.base import BaseGeometry

    from gis.air.surface import Surface
    from gis.standards import Editions

TIF = (".tif", ".tiff")
MARGIN = 0.1
SURFACE = Message("PM2.5 插值", "PM2.5 surface")
Stations = Annotated[
    Path | None, typer.Option("--stations", help="The stations with their places: name or code, lon, lat.")
]
Boundary = Annotated[
    Path | None,
    typer.Option("--boundary", help="Polygons of the county or its towns; towns get their means."),
]
Method = Annotated[
    str, typer.Option("--method", help="idw (inverse distance) or kriging, which needs more stations.")
]
Cell = Annotated[float | None, typer.Option("--cell", min=1, help="Side of a cell in metres; default 500.")]
Raster = Annotated[
    Path | None,
    typer.Option("-o", "--output", help="Write a GeoTIFF (.tif), or the town means or checks as a table."),
]


@partial(guard, more=TIF)
@reading
def surface(
    files: Files,
    how: Reading,
    stations: Stations = None,
    boundary: Boundary = None,
    method: Method = "idw",
    cell: Cell = None,
    layers: Layers = None,
    as_of: AsOf = None,
    output: Raster = None,
) -> None:
    """PM2.5 between stations, mean of the year so far: an estimate with its leave-one-out error.

    Not for compliance 不用于达标评价. Kriging is refused, never replaced, where stations are too few.

    Example: gis air surface 空气日均值.xlsx --stations 空气站点.csv --boundary 乡镇界.gpkg -o pm25.tif
    """
    from gis.air.surface import NOT_FOR_COMPLIANCE, town_means
    from gis.air.surface import surface as interpolate
    from gis.desk import county
    from gis.desk.air import one_kind

    if stations is None:
        raise UsageError(
            Message("站点没有位置", "the stations have no places"),
            fix=Message("--stations 文件，含名称、经度和纬度", "--stations FILE with name, 经度 and 纬度"),
        )
    read = one_kind(files, how.said(), partial(desk.show_read, how=how), how.kind)
    found = read.found
    last = desk.last_day({found.kind: found.table}, as_of)
    editions = county.editions(layers)
    rules = editions.in_force("air_practice", last).data["surface"]
    listed = desk.read(stations, "stations").table
    placed = _placed({found.kind: found.table, "stations": listed}, editions, last, rules["item"])
    shapes = None if boundary is None else desk.read(boundary, "boundaries").table
    made = interpolate(placed, _outline(shapes, placed), method, rules, cell)
    error = Message(
        "RMSE {rmse:.2f} µg/m³，偏差 {bias:+.2f}，n = {n}",
        "RMSE {rmse:.2f} µg/m³, bias {bias:+.2f}, n = {n}",
        rmse=made.rmse, bias=made.bias, n=len(made.checks),
    )  # fmt: skip
    headline = Message(
        "{item} {year} 年至 {last} · {method} · {cell:g} m · {error}",
        "{item} {year} to {last} · {method} · {cell:g} m · {error}",
        item=rules["item"], year=last.year, last=last, method=method, cell=made.grid.cell_m, error=error,
    )  # fmt: skip
    say(headline, "bold")
    say(NOT_FOR_COMPLIANCE, "yellow")
    show(made.checks, Message("留一法检验（µg/m³）", "leave-one-out (µg/m³)"))
    notes = [NOT_FOR_COMPLIANCE, error]
    towns = made.checks
    if shapes is not None:
        towns = town_means(made, _towns(shapes)).assign(note=NOT_FOR_COMPLIANCE.stored)
        show(towns, Message("乡镇平均（µg/m³）", "town means (µg/m³)"))
    from gis.desk import behind
    from gis.desk.basis import text_of

    texts = text_of(editions.in_force("air_practice", last))
    rests_on = partial(behind.surface, made, (found.kind, found.table), rules["item"], texts, last)
    _give(made, desk.Result(towns, SURFACE, notes, basis=rests_on), output)


def _placed(
    tables: dict[str, pd.DataFrame], editions: Editions, last: dt.date, item: str
) -> gpd.GeoDataFrame:
    """Give the stations that have a place, with their mean of the year up to `last`."""
    import pandas as pd

    from gis.air.city import all_station_days, station_keys
    from gis.air.surface_tables import placed_stations
    from gis.base.tables import conform, empty

    told, hours = (
        conform(tables[kind], kind) if kind in tables else empty(kind) for kind in ("air_days", "air_hours")
    )
    keys = station_keys(tables["stations"], told, hours)
    days = all_station_days(told, hours, keys, editions)
    year = days[(days["date"].dt.year == last.year) & (days["date"] <= pd.Timestamp(last))]
    means = year.groupby("station_key")[item].mean()
    if means.isna().all():
        raise UsageError(
            Message(
                "{year} 年没有一个站点有 {item} 的有效日",
                "no station has a valid day of {item} in {year}",
                item=item,
                year=last.year,
            ),
            fix=Message(
                "由小时值求日均需满足标准规定的小时数；请给日均值或更多小时值",
                "a day made of hours needs as many hours as the standard asks; give days, or more hours",
            ),
        )
    found = placed_stations(tables, means, keys)
    if found is None or not len(found):
        raise UsageError(
            Message("没有站点同时有数值和位置", "no station has both a value and a place"),
            found=", ".join(map(str, means.index[:6])),
            fix=Message(
                "--stations 的名称或编码须与记录一致；经纬度用度",
                "the names or codes of --stations must be those of the records; lon and lat in degrees",
            ),
        )
    return found


def _outline(shapes: pd.DataFrame | None, placed: gpd.GeoDataFrame) -> BaseGeometry:
    import geopandas as gpd
    import shapely

    from gis.air.surface_tables import boundary_of

    if shapes is not None:
        own = boundary_of({"boundaries": shapes})
        return own if own is not None else gpd.GeoSeries(shapes["geometry"].dropna()).union_all()
    west, south, east, north = placed.total_bounds
    wide, high = MARGIN * (east - west), MARGIN * (north - south)
    say(
        Message("没有 --boundary：取站点外围的矩形", "no --boundary: a rectangle round the stations"),
        "yellow",
    )
    return shapely.box(west - wide, south - high, east + wide, north + high)


def _towns(shapes: pd.DataFrame) -> gpd.GeoDataFrame:
    import geopandas as gpd

    from gis.air.surface_tables import level_of

    towns = level_of({"boundaries": shapes}, "town")
    whole = shapes[shapes["geometry"].notna()]
    return gpd.GeoDataFrame(whole, geometry="geometry", crs="EPSG:4490") if towns is None else towns


def _give(made: Surface, result: desk.Result, output: Path | None) -> None:
    if output is None:
        return
    if output.suffix.lower() not in TIF:
        desk.write(result, output)
        return
    from gis.store.raster import write_geotiff

    tags = {"note": str(result.notes[0]), "error": str(result.notes[1]), "method": made.method}
    write_geotiff(made.array, output, transform=made.grid.transform, epsg=made.grid.epsg, tags=tags)
    desk.say_written(output, made.grid.width * made.grid.height, Message("个格网", "cells"))
