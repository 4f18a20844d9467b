"""The verbs of a project; `gis land`, `gis water` and `gis air` work on any file from a desk."""

from __future__ import annotations

import datetime as dt
import signal
import sys
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import pandas as pd
import typer
import typer.core

from gis.base.messages import LANGUAGES, Message, speaking
from gis.cli import air, console, land, water
from gis.cli.console import guard, note, say, show
from gis.cli.options import AsOf, EditionIds, Output, day
from gis.cli.reading import Reading, reading

if TYPE_CHECKING:
    from gis.maps.book import Book
    from gis.pipeline import Intake
    from gis.scorecard import Trace


class Spoken(typer.core.TyperGroup):
    """Takes `--lang zh|en` anywhere on the command line: the language of everything printed and written."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Take the language out, wherever it stands."""
        rest = list(args)
        if LANG in rest:
            at = rest.index(LANG)
            chosen = rest[at + 1] if at + 1 < len(rest) else ""
            if chosen not in LANGUAGES:
                raise typer.BadParameter(f'"{chosen}": {" | ".join(LANGUAGES)}', ctx, param_hint=LANG)
            del rest[at : at + 2]
            ctx.with_resource(speaking(chosen))
        return super().parse_args(ctx, rest)


app = typer.Typer(
    cls=Spoken,
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
LANG = "--lang"
SOURCES = [
    "layer",
    "source",
    "encoding",
    "crs_found",
    "rows_read",
    "rows_kept",
    "rows_superseded",
    "rows_quarantined",
]
ALERTS = ["is_new", "kind", "message", "person", "value", "limit", "unit", "figure_id", "rows"]
CARDS = ["target_id", "title_zh", "period", "value", "comparator", "goal", "unit", "state", "figure_id"]


@app.command()
@guard
def run(
    layers: Layers = LAYERS,
    out: Out = OUT,
    as_of: AsOf = None,
    public: Annotated[bool, typer.Option("--public", help="Leave out layers that are not public.")] = False,
    edition: EditionIds = None,
) -> None:
    """Do everything: ingest, check, assess, scorecard, maps, tables.

    Example: gis run --edition hj633-2012 --edition gb3095-2012
    """
    from gis import pipeline

    with console.steps(None) as report:
        index, book, intake = pipeline.run(
            layers, out, as_of=day(as_of), public=public, forced=edition or (), progress=report, tell=note
        )
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
@reading
def check(
    files: Annotated[
        list[Path] | None, typer.Argument(help="Files from a desk; none: the whole catalogue.")
    ] = None,
    *,
    how: Reading,
    layers: Layers = LAYERS,
    out: Out = OUT,
    output: Output = None,
) -> None:
    """Show what would be read, kept, quarantined and repaired, and why; -o writes the quarantined rows.

    Example: gis check 手工监测.xlsx 更新地块.shp
    """
    from gis.cli import desk
    from gis.cli.check import check as look

    sound = True
    if files:
        logs, sound = look(files, how)
    else:
        from gis import pipeline
        from gis.store.place import workspace_of

        with console.steps(None) as report:
            logs = dict(pipeline.take_in(layers, workspace_of(out), progress=report).logs)
    if len(logs["sources"]):
        _counts(logs["sources"])
    for name in ("taken", "findings", "repairs", "superseded", "rejects"):
        if len(logs[name]) and (files or name != "taken"):
            show(logs[name].drop(columns="record", errors="ignore"), name)
    if output is not None:
        desk.write(desk.Result(logs["rejects"], "隔离行 · rejects"), output)
    if not sound:
        raise typer.Exit(console.WRONG)


@app.command()
@guard
def scorecard(
    layers: Layers = LAYERS,
    out: Out = OUT,
    as_of: AsOf = None,
    edition: EditionIds = None,
    output: Output = None,
) -> None:
    """Print every target with its state; -o writes the figures with their ids.

    Example: gis scorecard --as-of 2021-12-31 -o figures.xlsx
    """
    from gis.cli import desk
    from gis.publication import stamps_of

    book = _book(layers, out, as_of, edition or ())
    _scorecard(book.targets, book.as_of)
    if output is not None:
        notes = [f"as of {book.as_of}"]
        stamps = stamps_of(book)
        desk.write(
            desk.Result(
                book.figures, "数值 · figures", notes, stamps=stamps, sheets={"目标 targets": book.targets}
            ),
            output,
        )


@app.command()
@guard
def trace(
    figure: Annotated[
        str, typer.Argument(help="The id of a figure, as on its card and in gis scorecard -o.")
    ],
    layers: Layers = LAYERS,
    out: Out = OUT,
    as_of: AsOf = None,
    edition: EditionIds = None,
    output: Output = None,
) -> None:
    """Print the formula, the clause, the edition and the source rows of a figure.

    Example: gis trace water.attainment_rate.2021.320581
    """
    from gis import scorecard
    from gis.cli import desk
    from gis.publication import stamps_of

    book = _book(layers, out, as_of, edition or ())
    found = scorecard.trace(figure, book.figures, book.evidence, book.tables)
    say(f"as of {book.as_of}", "bold")
    _print_trace(found)
    if output is not None:
        desk.write(desk.Result(found.rows, figure, stamps=stamps_of(book)), output)


@app.command()
@guard
def alerts(
    layers: Layers = LAYERS,
    out: Out = OUT,
    as_of: AsOf = None,
    edition: EditionIds = None,
    output: Output = None,
) -> None:
    """Print the alerts; exit 1 when some are new, that is not among those printed the last time, else 0.

    Example: gis alerts -o 预警.xlsx
    """
    from gis.catalogue.model import Alerts
    from gis.cli import desk
    from gis.publication import ALERT_KINDS, stamps_of
    from gis.store import alerts as acknowledged

    book = _book(layers, out, as_of, edition or (), acknowledged.seen(out))
    found = book.tables["alerts"]
    if len(found):
        show(found, f"alerts as of {book.as_of}", ALERTS, most=len(found))
    if book.catalogue.alerts == Alerts():
        say(f"nothing is watched: write [alerts] into {layers / 'alerts.toml'}", "yellow")
    new = int(found["is_new"].sum())
    say(f"{len(found)} 项预警 alerts · 新增 {new} new", "bold")
    if output is not None:
        stamps = stamps_of(book, ALERT_KINDS)
        desk.write(desk.Result(found, "预警 · alerts", [f"as of {book.as_of}"], stamps=stamps), output)
    if not acknowledged.acknowledge(out, found["alert_id"]):
        say(
            Message(
                "{out} 不能写入：本次预警没有记下，下次仍算新增",
                "{out} takes no file: these alerts are not remembered and will be new again",
                out=out,
            ),
            "yellow",
        )
    if new:
        raise typer.Exit(console.FOUND)


@app.command()
@guard
def sample(layers: Layers = LAYERS) -> None:
    """Write the sample county (示例数据) into the data folder of the catalogue."""
    from gis import sample as county

    with console.steps(None) as report:
        written = county.write(layers, lambda name: report("sample", name))
    say(f"sample  {len(written)} files in {layers / 'data'} · 示例数据 / sample data")


def _book(
    layers: Path, out: Path, as_of: str | None, forced: Sequence[str], seen: Collection[str] = ()
) -> Book:
    from gis import pipeline
    from gis.store.place import workspace_of

    wanted = day(as_of)
    with console.steps(None) as report:
        intake = pipeline.take_in(layers, workspace_of(out), forced=forced, progress=report)
        return pipeline.judge(intake, wanted, report, seen)


def _print_trace(found: Trace, depth: int = 0) -> None:
    figure, indent = found.figure, "  " * depth
    value = f"{figure['value']:,.4f}" if found.has_data else "无数据 no data"
    say(f"{indent}{figure['figure_id']} = {value} {figure['unit'] or ''}".rstrip(), "bold")
    for name in ("formula", "clause", "edition", "n", "coverage", "note"):
        if pd.notna(figure.get(name)) and str(figure.get(name)):
            say(f"{indent}  {name:9}{figure[name]}")
    if len(found.rows):
        show(found.rows, f"{indent}{len(found.rows):,} source rows", most=12 if depth else 60)
    for part in found.components:
        _print_trace(part, depth + 1)


def _intake(intake: Intake) -> None:
    logs = intake.logs
    counts = logs["sources"].groupby("layer", as_index=False, sort=False)[SOURCES[-4:]].sum()
    _counts(counts)
    if len(logs["findings"]):
        say(
            f"{len(logs['findings'])} findings, {len(logs['repairs'])} repairs: gis check shows them",
            "yellow",
        )


def _counts(sources: pd.DataFrame) -> None:
    columns = [name for name in SOURCES if name in sources]
    show(sources, "read = kept + superseded + quarantined", columns, most=len(sources))
    read, kept, superseded, quarantined = (int(sources[name].sum()) for name in SOURCES[-4:])
    say(f"read {read:,} = kept {kept:,} + superseded {superseded:,} + quarantined {quarantined:,}", "bold")


def _scorecard(targets: pd.DataFrame, as_of: dt.date) -> None:
    show(targets, f"scorecard as of {as_of}", CARDS, most=len(targets))
    states = targets["state"].value_counts()
    say(" · ".join(f"{state} {count}" for state, count in states.items()))


def main() -> None:
    """Run the command line; told to stop, it leaves nothing half done."""
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    app()
