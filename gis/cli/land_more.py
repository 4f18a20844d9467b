"""`gis land compare`, two editions of a layer from any two files; boundary points as an output."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gis.base.errors import UsageError
from gis.base.messages import Message
from gis.cli import desk
from gis.cli.console import guard, say, show, written
from gis.cli.options import AsOf, Layers, Output, day
from gis.cli.reading import Reading, reading

if TYPE_CHECKING:
    import geopandas as gpd

FAMILY = "parcel_area"
AREAL = 2
POINTS = (".txt",)
WORDS = {"gained": "增加", "lost": "减少", "kept": "保留"}
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
    import pandas as pd

    from gis.cli import behind, ground, project
    from gis.land.compare import compare as compared

    old, new = (_polygons(text, "features", how) for text in (before, after))
    places = _towns(towns) if towns else None
    editions = desk.editions(FAMILY, None, layers)
    edition = editions.in_force(FAMILY, day(as_of) or desk.last_day({}, None, or_today=True))
    for layer in (old, new):
        ground.say_overlaps(layer, edition)
    made = compared(old, new, edition, places)
    verdict = made.verdict.iloc[0]
    kept, less = Message("面积不减少", "not reduced (面积不减少)"), Message("面积减少", "REDUCED (面积减少)")
    headline = Message(
        "{word}：{before:,.2f} 亩 → {after:,.2f} 亩，{change:+,.2f} 亩",
        "{word}: {before:,.2f} 亩 → {after:,.2f} 亩, {change:+,.2f} 亩",
        word=kept if verdict["not_reduced"] else less, before=verdict["area_before_mu"],
        after=verdict["area_after_mu"], change=verdict["change_mu"],
    )  # fmt: skip
    say(headline, "bold green" if verdict["not_reduced"] else "bold red")
    show(made.by_town, Message("按乡镇", "by town"))
    show(made.proof, Message("面积证明", "proof"))
    notes = [headline]
    for name in ("gained", "lost", "kept"):
        pieces = getattr(made, name)
        thin = pieces[pieces["sliver"]]
        notes.append(
            Message(
                "{word}：{mu:,.2f} 亩，{n:,} 块，其中碎屑面 {slivers:,} 块 {m2:,.2f} m²",
                "{name}: {mu:,.2f} 亩 in {n:,} pieces, of them {slivers:,} slivers with {m2:,.2f} m²",
                word=WORDS[name],
                name=name,
                mu=pieces["area_mu"].sum(),
                n=len(pieces),
                slivers=len(thin),
                m2=thin["area_m2"].sum(),
            )
        )
    if made.unlisted["pieces"].any():
        notes.append(
            Message(
                "未列出：{n:,} 块按 0.00 m² 显示，共 {m2:.3f} m²",
                "not listed: {n:,} pieces that show as 0.00 m², together {m2:.3f} m²",
                n=made.unlisted["pieces"].sum(),
                m2=made.unlisted["area_m2"].sum(),
            )
        )
    notes += desk.unsure(editions, pd.Series([edition.id]))
    name = project.parsed(after)[0].stem
    title = Message("{name} 变化", "{name} changes", name=name)
    basis = partial(behind.changes, made, old, new, edition)

    result = desk.Result(made.pieces, title, notes, basis=basis)
    if output is None or output.suffix.lower() not in (".xlsx", ".html"):
        return desk.give(result, output)
    from gis.cli import line_page, line_sheets
    from gis.store.printed import Heading

    desk.give(result, None)
    given, told = line_sheets.Editions(old, new, places), desk.noted(notes)
    if output.suffix.lower() == ".html":
        line_page.write_changes(result, line_sheets.changed(made, given), places, told, output)
    else:
        heading = Heading(f"{project.parsed(before)[0].stem}与{name}两期比对", f"单位：亩　　{headline.zh}")
        sheet = desk.evidence_sheet(result)
        line_sheets.write_changes(made, given, heading, [*map(written, told)], output, sheet)
    desk.say_written(output, len(made.pieces), Message("块", "pieces"))
    return None


def give(result: desk.Result, parcels: gpd.GeoDataFrame, output: Path | None) -> None:
    """Show and write a result about parcels; a name that ends in .txt gets their boundary points."""
    if output is None or output.suffix.lower() not in POINTS:
        desk.give(result, output)
        return
    from gis.store.points import write

    desk.give(result, None)
    write(parcels[parcels.geometry.notna()], output)
    desk.say_written(output, len(parcels), Message("宗地块", "parcels"))


def _polygons(text: str, kind: str, how: Reading) -> gpd.GeoDataFrame:
    """Read the rows of a file that have polygons, and say how many have none."""
    import geopandas as gpd
    import shapely

    from gis.cli import project

    file, part, _ = project.parsed(text)
    table = desk.read(file, kind, replace(how, part=part or how.part)).table
    areal = shapely.get_dimensions(table.geometry.to_numpy()) == AREAL
    if not areal.any():
        raise UsageError(
            Message("没有一行有面，无法比较", "no row has a polygon, so nothing can be compared"),
            file=text,
            fix=Message(
                "请给图层本身：.shp、.zip、.gdb、.gpkg、.geojson、.parquet 或界址点 .txt",
                "give the layer itself: .shp, .zip, .gdb, .gpkg, .geojson, .parquet or 界址点 .txt",
            ),
        )
    if not areal.all():
        say(
            Message(
                "{text}：{n:,} 行没有面，未计入",
                "{text}: {n:,} rows without a polygon are left aside",
                text=text,
                n=int((~areal).sum()),
            ),
            "yellow",
        )
    return gpd.GeoDataFrame(table[areal].reset_index(drop=True))


def _towns(file: Path) -> gpd.GeoDataFrame:
    """Read the towns of a file; where it tells levels, the rows of level town."""
    import geopandas as gpd

    found = _polygons(str(file), "boundaries", Reading())
    town = found["level"] == "town"
    return gpd.GeoDataFrame(found[town].reset_index(drop=True)) if town.any() else found
