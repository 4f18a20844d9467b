"""`gis land compare`, two editions of a layer from any two files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gis.base.address import stem_of
from gis.base.messages import Message
from gis.cli import desk
from gis.cli.console import guard, say, show, written
from gis.cli.options import AsOf, Layers, Output
from gis.cli.reading import Reading, reading

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
    name = stem_of(parsed(after)[0])
    title = Message("{name} 变化", "{name} changes", name=name)

    result = desk.Result(made.pieces, title, notes, basis=changes.basis)
    tables = given.before.table, given.after.table, given.towns

    def write_page(path: Path) -> None:
        from gis.cli import line_page, line_sheets

        rows = line_sheets.changed(made, line_sheets.Editions(*tables))
        line_page.write_changes(result, rows, given.towns, desk.noted(notes), path)

    def write_sheets(path: Path) -> None:
        from gis.cli import line_sheets
        from gis.store.printed import Heading

        heading = Heading(
            f"{stem_of(parsed(before)[0])}与{name}两期比对", f"单位：亩　　{changes.headline.zh}"
        )
        told, behind = [*map(written, desk.noted(notes))], desk.evidence_sheet(result)
        line_sheets.write_changes(made, line_sheets.Editions(*tables), heading, told, path, behind)

    desk.give(result, output, {".html": write_page, ".xlsx": write_sheets}, Message("块", "pieces"))
