"""`gis land compare`, two editions of a layer from any two files; boundary points as an output."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gis.base.messages import Message
from gis.cli import desk
from gis.cli.console import guard, say, show, written
from gis.cli.options import AsOf, Layers, Output
from gis.cli.reading import Reading, reading

if TYPE_CHECKING:
    import geopandas as gpd

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
    from gis.desk.compare import compare as compared
    from gis.desk.compare import layers_of
    from gis.desk.lines import parsed

    given = layers_of(before, after, towns, how.said(), desk.show_read(how))
    for one in given[:2]:
        desk.warn(one.notes)
    changes = compared(given, layers, as_of)
    desk.warn(changes.overlaps)
    made, notes = changes.made, changes.notes
    say(changes.headline, "bold green" if made.verdict.iloc[0]["not_reduced"] else "bold red")
    show(made.by_town, Message("按乡镇", "by town"))
    show(made.proof, Message("面积证明", "proof"))
    name = parsed(after)[0].stem
    title = Message("{name} 变化", "{name} changes", name=name)

    result = desk.Result(made.pieces, title, notes, basis=changes.basis)
    if output is None or output.suffix.lower() not in (".xlsx", ".html"):
        return desk.give(result, output)
    from gis.cli import line_page, line_sheets
    from gis.store.printed import Heading

    desk.give(result, None)
    places = given.towns
    sheets, told = line_sheets.Editions(given.before.table, given.after.table, places), desk.noted(notes)
    if output.suffix.lower() == ".html":
        line_page.write_changes(result, line_sheets.changed(made, sheets), places, told, output)
    else:
        heading = Heading(f"{parsed(before)[0].stem}与{name}两期比对", f"单位：亩　　{changes.headline.zh}")
        sheet = desk.evidence_sheet(result)
        line_sheets.write_changes(made, sheets, heading, [*map(written, told)], output, sheet)
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
