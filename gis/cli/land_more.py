"""`gis land compare`, two editions of a layer from any two files; boundary points as an output."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import geopandas as gpd
import pandas as pd
import shapely
import typer

from gis.base.errors import UsageError
from gis.cli import desk, ground, project
from gis.cli.console import guard, say, show
from gis.cli.options import AsOf, Layers, Output, day
from gis.cli.reading import Reading, reading

FAMILY = "parcel_area"
AREAL = 2
POINTS = (".txt",)
Edition_ = Annotated[str, typer.Argument(help="A file from a desk, or FILE:LAYER of a .gdb, .gpkg or .zip.")]
Towns = Annotated[Path | None, typer.Option("--towns", help="Polygons of the towns, for the areas by town.")]


@guard
@reading
def compare(
    before: Edition_,
    after: Edition_,
    how: Reading,
    towns: Towns = None,
    layers: Layers = None,
    as_of: AsOf = None,
    output: Output = None,
) -> None:
    """Ground gained, lost and kept between two editions of a layer, by town; whether the area shrank.

    面积不减少 is printed either way; only a failed proof of area is an error.

    Example: gis land compare 红线2020.shp 红线2023.gdb:STBHHX --towns 乡镇界.shp -o 变化.xlsx
    """
    from gis.land.compare import compare as compared

    old, new = (_polygons(text, "features", how) for text in (before, after))
    places = _towns(towns) if towns else None
    editions = desk.editions(FAMILY, None, layers)
    edition = editions.in_force(FAMILY, day(as_of) or desk.last_day({}, None, or_today=True))
    for layer in (old, new):
        ground.say_overlaps(layer, edition)
    made = compared(old, new, edition, places)
    show(made.proof, "面积证明 proof")
    show(made.by_town, "按乡镇 by town")
    verdict = made.verdict.iloc[0]
    word = "面积不减少 not reduced" if verdict["not_reduced"] else "面积减少 REDUCED"
    say(
        f"{word}: {verdict['area_before_mu']:,.2f} 亩 → {verdict['area_after_mu']:,.2f} 亩,"
        f" {verdict['change_mu']:+,.2f} 亩",
        "bold green" if verdict["not_reduced"] else "bold red",
    )
    notes = [word]
    for name in ("gained", "lost", "kept"):
        pieces = getattr(made, name)
        thin = pieces[pieces["sliver"]]
        notes.append(
            f"{name}: {pieces['area_mu'].sum():,.2f} 亩 in {len(pieces):,} pieces,"
            f" of them {len(thin):,} slivers with {thin['area_m2'].sum():,.2f} m²"
        )
    if made.unlisted["pieces"].any():
        notes.append(
            f"not listed: {made.unlisted['pieces'].sum():,} pieces that show as 0.00 m²,"
            f" together {made.unlisted['area_m2'].sum():.3f} m²"
        )
    sheets = {"按乡镇 by town": made.by_town, "结论 verdict": made.verdict, "证明 proof": made.proof}
    notes += desk.unsure(editions, pd.Series([edition.id]))
    title = f"{project.parsed(after)[0].stem} 变化 · changes"
    desk.give(desk.Result(made.pieces, title, notes, sheets=sheets), output)


def give(result: desk.Result, parcels: gpd.GeoDataFrame, output: Path | None) -> None:
    """Show and write a result about parcels; a name that ends in .txt gets their boundary points."""
    if output is None or output.suffix.lower() not in POINTS:
        desk.give(result, output)
        return
    from gis.store.points import write

    desk.give(result, None)
    write(parcels[parcels.geometry.notna()], output)
    say(f"wrote {output}  {len(parcels):,} parcels", "green")


def _polygons(text: str, kind: str, how: Reading) -> gpd.GeoDataFrame:
    """Read the rows of a file that have polygons, and say how many have none."""
    file, part, _ = project.parsed(text)
    table = desk.read(file, kind, replace(how, part=part or how.part)).table
    areal = shapely.get_dimensions(table.geometry.to_numpy()) == AREAL
    if not areal.any():
        raise UsageError(
            "no row has a polygon, so nothing can be compared", file=text,
            fix="give the layer itself: .shp, .zip, .gdb, .gpkg, .geojson, .parquet or 界址点 .txt",
        )  # fmt: skip
    if not areal.all():
        say(f"{text}: {int((~areal).sum()):,} rows without a polygon are left aside", "yellow")
    return gpd.GeoDataFrame(table[areal].reset_index(drop=True))


def _towns(file: Path) -> gpd.GeoDataFrame:
    """Read the towns of a file; where it tells levels, the rows of level town."""
    found = _polygons(str(file), "boundaries", Reading())
    town = found["level"] == "town"
    return gpd.GeoDataFrame(found[town].reset_index(drop=True)) if town.any() else found
