"""`gis land cover`: land cover before and after, by parcel and inside control lines."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gis.base.messages import Message
from gis.cli import desk
from gis.cli.console import aside, guard, say, show
from gis.cli.options import AsOf, Files, Layers, Output
from gis.cli.phrases import phrase
from gis.cli.reading import Reading, reading

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

MATRIX = Message("变化矩阵", "change matrix")
Before = Annotated[Path, typer.Option("--before", help="A raster of class codes of the baseline.")]
After = Annotated[Path, typer.Option("--after", help="A raster of class codes of today.")]
Lines = Annotated[
    list[str] | None,
    typer.Option("--lines", help="Control lines as for gis land conflicts: new built-up ground inside them."),
]
Declared = Annotated[
    str | None,
    typer.Option("--declared", help="renewal or reclamation for every parcel; default by its category."),
]
RasterCrs = Annotated[
    str | None, typer.Option("--raster-crs", help="EPSG:4490 and the like, where a raster says none.")
]


@guard
@reading
def cover(
    files: Files,
    how: Reading,
    before: Before,
    after: After,
    lines: Lines = None,
    declared: Declared = None,
    layers: Layers = None,
    as_of: AsOf = None,
    output: Output = None,
    raster_crs: RasterCrs = None,
) -> None:
    """Share of each land cover before and after in each parcel, and whether it supports the declaration.

    With --lines also the new built-up patches inside red lines and farmland. -o x.xlsx has a sheet
    each for the change matrix, of all and by parcel, and the patches.

    Example: gis land cover 更新地块.shp --before 2020.tif --after 2025.tif --lines 三条控制线.gdb -o 佐证.xlsx
    """
    from gis.desk import county
    from gis.desk.cover import parcels_of, rasters_of, seen
    from gis.desk.lines import lines_of
    from gis.ingest.frames import behind_own

    read = parcels_of(files, declared, how.said(), desk.show_read(how))
    drawn = None
    if lines:
        drawn = lines_of([(text, None) for text in lines], county.catalogue_of(layers), {})
        desk.show_drawn(drawn)
    made = seen(read, rasters_of(before, after, raster_crs), drawn, declared, layers, as_of)
    desk.show_day(made.day)
    for what in made.findings:
        say(Message("发现  {what}", "found {what}", what=what), "yellow")
    sheets = {MATRIX: made.matrix, Message("逐块变化", "by parcel"): made.by_parcel}
    if made.patches is not None:
        least = made.edition.data["patches"]["least_area_m2"]
        sheets[Message("新增建设", "patches")] = _patches(made.patches, least)
    table = behind_own(read.found, made.added)
    columns = desk.first_and(read.found, made.added[[*made.verdicts]])
    title = Message("{name} 影像佐证", "{name} land cover", name=desk.name_of(files))

    stamps = drawn.stamps if drawn is not None else {}
    desk.give(desk.answer(made, table, title, columns, stamps=stamps, sheets=sheets), output)
    show(made.matrix, Message("变化矩阵", "change matrix"), most=20)


def _patches(made: gpd.GeoDataFrame, least: float) -> pd.DataFrame:
    """Say how much new built-up ground there is, and lay it out as a sheet."""
    import pandas as pd

    about = phrase("new_built_up", m2=least)
    with aside():
        say(phrase("patches_told", n=len(made), mu=float(made["area_mu"].sum())))
        show(made, about, most=10)
    wkt = made.geometry.to_wkt(rounding_precision=7)
    return pd.DataFrame(made.drop(columns="geometry")).assign(geometry_wkt=wkt)
