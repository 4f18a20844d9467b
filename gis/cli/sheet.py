"""`gis sheet`: a map on paper."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gis.base.calendar import day_of
from gis.base.errors import UsageError
from gis.cli import console
from gis.cli.console import guard, say
from gis.cli.options import AsOf, EditionIds
from gis.cli.phrases import phrase, refusal

KINDS = (".pdf", ".svg")


def _sheet(
    preset: Annotated[str, typer.Argument(metavar="MAP", help="planner, land, water or air.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="Write .pdf or .svg.")],
    year: Annotated[
        int | None, typer.Option("--year", help="What belongs to this year; default the newest.")
    ] = None,
    town: Annotated[str | None, typer.Option("--town", help="One town, by name or code.")] = None,
    view: Annotated[
        str | None,
        typer.Option("--view", help="The view code of that map page: what it shows, as it shows it."),
    ] = None,
    paper: Annotated[str, typer.Option("--paper", help="A4 or A3; upright or across as fits better.")] = "A4",
    public: Annotated[
        bool,
        typer.Option("--public", help="Without layers that are not public and without a coordinate grid."),
    ] = False,
    review_no: Annotated[
        str | None, typer.Option("--review-no", help="审图号; without it the sheet says 内部用图.")
    ] = None,
    font: Annotated[
        Path | None,
        typer.Option("--font", help="A font file with Chinese letters; default one of this machine."),
    ] = None,
    layers: Annotated[Path, typer.Option("--layers", help="The county's folder.")] = Path("layers"),
    out: Annotated[Path, typer.Option("--out", help="Where what was read is kept.")] = Path("maps"),
    as_of: AsOf = None,
    edition: EditionIds = None,
) -> None:
    """Draw a map sheet to print: A4 or A3 in the county's 3-degree zone, at a true round ratio.

    Example: gis sheet planner --year 2024 --paper A3 -o 规划图.pdf
    """
    import datetime as dt

    from gis import pipeline
    from gis.base.pictures import COUNTY
    from gis.maps import sheet as sheets
    from gis.store.place import workspace_of
    from gis.store.whole import atomically

    suffix = output.suffix.lower()
    if suffix not in KINDS:
        raise refusal(UsageError, "sheet_format", name=output.name)
    made_on = dt.datetime.now().astimezone().date().isoformat()
    ask = sheets.Ask(preset, made_on, year, town, paper.upper(), review_no, view)
    face = sheets.found(font) if suffix == ".pdf" else None
    with console.steps(None) as report:
        intake = pipeline.take_in(
            layers, workspace_of(out), public=public, forced=edition or (), progress=report
        )
        book = pipeline.judge(intake, day_of(as_of), report)
        drawn = sheets.sheet(pipeline.pictured(book, [COUNTY]) if view else book, ask)
    data, absent = sheets.written(drawn, face)
    atomically(output, lambda target: target.write_bytes(data))
    if absent:
        say(phrase("letters_lacking", letters=absent), "yellow")
    say(phrase("sheet_written", output=output, paper=ask.paper, ratio=drawn.ratio), "green")


sheet = guard(_sheet, KINDS)
