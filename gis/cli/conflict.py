"""`gis land conflict`: the page of one conflict, whole in one file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gis.base.calendar import day_of
from gis.base.messages import Message
from gis.cli import console
from gis.cli.console import guard, say
from gis.cli.options import AsOf, EditionIds


@guard
def conflict(
    parcel: Annotated[str, typer.Argument(metavar="ID", help="The id of a parcel that touches a line.")],
    layers: Annotated[Path, typer.Option("--layers", help="The county's folder.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="An offline .html.")],
    line: Annotated[
        str | None, typer.Option("--line", help="The type of line, where it touches several: red_line …")
    ] = None,
    out: Annotated[Path, typer.Option("--out", help="Where what was read is kept.")] = Path("maps"),
    as_of: AsOf = None,
    edition: EditionIds = None,
) -> None:
    """Write the page of one conflict with a line, to be sent or filed: an edition has the gravest only.

    Example: gis land conflict CS-2021-0007 --layers layers -o 涉及.html
    """
    from gis import maps, pipeline
    from gis.store.place import workspace_of
    from gis.store.whole import write_text

    with console.steps(None) as report:
        intake = pipeline.take_in(layers, workspace_of(out), forced=edition or (), progress=report)
        book = pipeline.pictured(pipeline.judge(intake, day_of(as_of), report), [parcel])
    write_text(maps.conflict_page(book, parcel, line), output)
    say(Message("已写出 {file}", "written: {file}", file=output), "bold")
