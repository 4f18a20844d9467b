"""`gis air surface`: a surface of PM2.5 between the stations of any file, with its error, as GeoTIFF."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gis.base.messages import Message
from gis.cli import desk
from gis.cli.console import guard, say, show
from gis.cli.options import AsOf, Files, Layers
from gis.cli.reading import Reading, reading

if TYPE_CHECKING:
    from gis.air.surface import Surface

TIF = (".tif", ".tiff")
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
    from gis.air.surface import NOT_FOR_COMPLIANCE
    from gis.desk import surface as desk_surface

    given = desk_surface.places_of(files, stations, boundary, how.said(), desk.show_read(how), how.kind)
    if boundary is None:
        say(desk_surface.NO_BOUNDARY, "yellow")
    one = desk_surface.drawn(given, layers, as_of, method, cell)
    desk.show_day(one.day)
    say(one.headline, "bold")
    say(NOT_FOR_COMPLIANCE, "yellow")
    show(one.made.checks, Message("留一法检验（µg/m³）", "leave-one-out (µg/m³)"))
    if one.towns is not None:
        show(one.towns, Message("乡镇平均（µg/m³）", "town means (µg/m³)"))
    table = one.made.checks if one.towns is None else one.towns
    result = desk.Result(table, SURFACE, [NOT_FOR_COMPLIANCE, one.error], basis=one.basis)
    _give(one.made, result, output)


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
