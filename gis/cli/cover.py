"""`gis land cover`: land cover before and after, by parcel and inside control lines."""

from __future__ import annotations

import datetime as dt
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gis.base.errors import UsageError
from gis.base.messages import Message, listed, restored
from gis.cli import desk
from gis.cli.console import aside, guard, say, show
from gis.cli.options import AsOf, Files, Layers, Output
from gis.cli.reading import Reading, reading
from gis.cli.wording import word

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from gis.standards import Edition

MATRIX = Message("变化矩阵", "matrix")
AREA, EVIDENCE = "parcel_area", "land_cover_evidence"
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
    import pandas as pd

    from gis.cli import behind, project
    from gis.ingest.zones import coverage, new_built, open_pair
    from gis.land import landcover

    if declared not in (None, *landcover.DECLARATIONS):
        raise UsageError(
            Message("没有“{declared}”这种申报", '"{declared}" is no declaration', declared=declared),
            fix=Message(
                "--declared 写 {words}", "--declared {words}", words=" | ".join(landcover.DECLARATIONS)
            ),
        )
    found = desk.read(files, "parcels", how)
    if found.table.geometry.isna().all():
        raise UsageError(
            Message("没有一行有面，影像无从对照", "no row has a polygon, so nothing can be seen in an image"),
            file=files[0].name,
        )
    editions = desk.editions(EVIDENCE, None, layers)
    last = desk.last_day({}, as_of, or_today=True)
    edition = editions.in_force(EVIDENCE, last)
    known, stamps = project.lines(lines, layers) if lines else (None, {})
    fresh = None
    with open_pair(before, after, raster_crs) as pair:
        for _, message in pair.findings:
            say(Message("发现  {what}", "found {what}", what=restored(message) or message), "yellow")
        seen = coverage(pair, found.table.geometry)
        if known is not None:
            drawn = known[known["line_type"].isin(edition.data["patches"]["lines"])]
            fresh = new_built(pair, edition.data["groups"]["built"], drawn.geometry)
    shares = landcover.shares(seen.cover, len(found.table), edition)
    shares = shares.assign(valid_share=seen.valid_share, pixels=seen.pixels)
    kind = landcover.declared(found.table["category"].reset_index(drop=True), edition)
    if declared:
        kind = pd.Series(declared, index=shares.index, dtype="str")
    judged = landcover.verdicts(shares, kind, edition)
    added = pd.concat([shares, judged.assign(declared=kind)], axis=1).set_index(found.table.index)
    sheets = _matrices(seen.cover, found.table, edition)
    if known is not None and fresh is not None:
        sheets[Message("新增建设", "patches")] = _patches(fresh, known, layers, edition, last)
    counts = judged["image_verdict"].value_counts()
    headline = listed(
        [
            Message("{zh}：{n:,} 宗", "{en}: {n:,} parcels", zh=word("image_verdict", code), en=code, n=n)
            for code, n in counts.items()
        ],
        "；", "; ",
    )  # fmt: skip
    notes = desk.unsure(editions, pd.Series([edition.id]))
    made, columns = desk.beside(found, added), desk.first_and(found, added[list(judged)])
    title = Message("{name} 影像佐证", "{name} land cover", name=desk.name_of(files))

    basis = partial(behind.cover, added, found.table, edition, last)
    desk.give(desk.Result(made, title, notes, columns, stamps, sheets, headline, basis), output)
    show(sheets[MATRIX], Message("变化矩阵", "change matrix"), most=20)


def _matrices(cover: pd.DataFrame, parcels: pd.DataFrame, edition: Edition) -> dict[Message, pd.DataFrame]:
    from gis.base.units import to_mu
    from gis.land.landcover import matrix

    named = cover.assign(parcel_id=parcels["parcel_id"].to_numpy()[cover["parcel"]])
    each = matrix(named, ["parcel", "parcel_id"]).drop(columns="parcel")
    both = {MATRIX: matrix(cover), Message("逐块变化", "by parcel"): each}
    groups = {code: name for name, codes in edition.data["groups"].items() for code in codes}
    return {
        name: frame.assign(
            area_mu=to_mu(frame["area_m2"]),
            group_before=frame["before"].map(groups),
            group_after=frame["after"].map(groups),
        )
        for name, frame in both.items()
    }


def _patches(
    fresh: gpd.GeoSeries, known: gpd.GeoDataFrame, layers: Path | None, edition: Edition, last: dt.date
) -> pd.DataFrame:
    import pandas as pd

    from gis.cli import ground
    from gis.engine import Threads
    from gis.land import landcover
    from gis.land.line_editions import newest

    areas = desk.editions(AREA, None, layers).in_force(AREA, last)
    drawn = ground.parted(newest(known), areas)
    made = landcover.patches(fresh, drawn, _towns(layers), Threads(), areas, edition)
    least = edition.data["patches"]["least_area_m2"]
    about = Message(
        "新增建设图斑（不小于 {m2:,.0f} m²）", "new built-up patches of at least {m2:,.0f} m²", m2=least
    )
    with aside():
        say(Message("{n:,} 个图斑，{mu:,.2f} 亩", "{n:,} patches, {mu:,.2f} 亩",
                    n=len(made), mu=float(made["area_mu"].sum())))  # fmt: skip
        show(made, about, most=10)
    wkt = made.geometry.to_wkt(rounding_precision=7)
    return pd.DataFrame(made.drop(columns="geometry")).assign(geometry_wkt=wkt)


def _towns(layers: Path | None) -> gpd.GeoDataFrame | None:
    import geopandas as gpd
    import pandas as pd

    from gis.catalogue import layer_files
    from gis.cli import project
    from gis.ingest import read_layer

    known = project.catalogue_of(layers)
    drawn = [one for one in known.of_kind("boundaries") if layer_files(one, known.folder)] if known else []
    if known is None or not drawn:
        return None
    tables = [read_layer(one, known).table for one in drawn]
    return gpd.GeoDataFrame(pd.concat(tables, ignore_index=True), geometry="geometry", crs="EPSG:4490")
