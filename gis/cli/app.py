"""The verbs of a project; `gis land`, `gis water` and `gis air` work on any file from a desk."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

from gis.cli import air, console, land, water
from gis.cli.console import guard, say, show
from gis.cli.options import AsOf, Output, day

app = typer.Typer(
    help="常熟市土地与环境监测 · Tell a county whether its land and its environment are on plan.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,
    rich_markup_mode=None,
)
app.add_typer(land.app, name="land")
app.add_typer(water.app, name="water")
app.add_typer(air.app, name="air")

Layers = Annotated[
    Path, typer.Option("--layers", help="The county's folder: catalogue, targets, rules, data.")
]
Out = Annotated[Path, typer.Option("--out", help="Where the pages, tables and the workspace go.")]
LAYERS, OUT = Path("layers"), Path("maps")
SOURCES = ["source", "encoding", "crs_found", "rows_read", "rows_kept", "rows_superseded", "rows_quarantined"]
CARDS = ["target_id", "title_zh", "period", "value", "comparator", "goal", "unit", "state", "figure_id"]


@app.command()
@guard
def run(
    layers: Layers = LAYERS,
    out: Out = OUT,
    as_of: AsOf = None,
    public: Annotated[bool, typer.Option("--public", help="Leave out layers that are not public.")] = False,
) -> None:
    """Do everything: ingest, check, assess, scorecard, maps, tables."""
    from gis import pipeline

    with console.steps(None) as report:
        index, book, intake = pipeline.run(layers, out, as_of=day(as_of), public=public, progress=report)
    _intake(intake)
    if book is None:
        say("nothing changed: the edition stands already", "green")
    else:
        _scorecard(book.targets, book.as_of)
    if intake.withheld:
        say(f"left out (--public): {', '.join(intake.withheld)}", "yellow")
    say(f"open  {index}", "bold")


@app.command()
@guard
def check(
    files: Annotated[
        list[Path] | None, typer.Argument(help="Files from a desk; none: the whole catalogue.")
    ] = None,
    kind: Annotated[
        str | None, typer.Option("--kind", help="What the files hold: parcels, samples, ...")
    ] = None,
    layers: Layers = LAYERS,
    out: Out = OUT,
    output: Output = None,
) -> None:
    """Show what would be read, kept, quarantined and repaired, and why."""
    from gis.cli import desk

    if files:
        logs = desk.check(files, kind)
    else:
        from gis import pipeline

        with console.steps(None) as report:
            logs = pipeline.take_in(layers, out / ".work", progress=report).logs
    _counts(logs["sources"])
    for name in ("taken", "findings", "repairs", "superseded", "rejects"):
        if len(logs[name]) and (files or name != "taken"):
            show(logs[name].drop(columns="record", errors="ignore"), name)
    if output is not None:
        desk.write(logs["rejects"], output, "rejects")


@app.command()
@guard
def scorecard(layers: Layers = LAYERS, out: Out = OUT, as_of: AsOf = None, output: Output = None) -> None:
    """Print every target with its state; -o writes the figures with their ids."""
    from gis import pipeline
    from gis.cli import desk

    with console.steps(None) as report:
        intake = pipeline.take_in(layers, out / ".work", progress=report)
        book = pipeline.judge(intake, day(as_of), report)
    _scorecard(book.targets, book.as_of)
    if output is not None:
        desk.write(book.figures, output, "figures", pipeline.stamps(book))


@app.command()
@guard
def trace(
    figure: Annotated[str, typer.Argument(help="The id of a figure, as on its card.")],
    layers: Layers = LAYERS,
    out: Out = OUT,
    as_of: AsOf = None,
    output: Output = None,
) -> None:
    """Print the formula, the clause, the edition and the source rows of a figure."""
    from gis import pipeline, scorecard
    from gis.cli import desk

    intake = pipeline.take_in(layers, out / ".work")
    book = pipeline.judge(intake, day(as_of))
    found = scorecard.trace(figure, book.figures, book.evidence, book.tables)
    desk.print_trace(found)
    if output is not None:
        desk.write(found.rows, output, figure, pipeline.stamps(book))


@app.command()
@guard
def sample(layers: Layers = LAYERS) -> None:
    """Write the sample county (示例数据) into the data folder of the catalogue."""
    from gis import sample as county

    with console.steps(None) as report:
        written = county.write(layers, lambda name: report("sample", name))
    say(f"sample  {len(written)} files in {layers / 'data'} · 示例数据 / sample data")


def _intake(intake: object) -> None:
    logs = intake.logs  # type: ignore[attr-defined]
    _counts(logs["sources"])
    if len(logs["findings"]):
        say(
            f"{len(logs['findings'])} findings, {len(logs['repairs'])} repairs: gis check shows them",
            "yellow",
        )


def _counts(sources: pd.DataFrame) -> None:
    show(sources, "read = kept + superseded + quarantined", SOURCES, most=len(sources))
    read, kept, superseded, quarantined = (int(sources[name].sum()) for name in SOURCES[-4:])
    say(f"read {read:,} = kept {kept:,} + superseded {superseded:,} + quarantined {quarantined:,}", "bold")


def _scorecard(targets: pd.DataFrame, as_of: dt.date) -> None:
    show(targets, f"scorecard as of {as_of}", CARDS, most=len(targets))
    states = targets["state"].value_counts()
    say(" · ".join(f"{state} {count}" for state, count in states.items()))


def main() -> None:
    """Run the command line."""
    app()
