"""The verbs of a project; `gis land`, `gis water` and `gis air` work on any file from a desk."""

from __future__ import annotations

import logging
import signal
import sys
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from functools import partial
from pathlib import Path
from sqlite3 import Connection
from typing import TYPE_CHECKING, Annotated, Any

import typer
import typer.core

from gis.base.calendar import as_of_note, day_of
from gis.base.errors import UsageError
from gis.base.messages import LANGUAGES, Message, listed, ready, shown, speaking
from gis.base.units import unit_words
from gis.cli import account, air, audit, console, land, plan, sheet, standards, water
from gis.cli.console import LANG, guard, note, say, show
from gis.cli.options import AsOf, EditionIds, Output
from gis.cli.phrases import TEXTS, phrase, refusal
from gis.cli.reading import Answers, Reading, reading
from gis.store.answers import NAME as ANSWERS
from gis.store.answers import ROW_COLUMNS, Trace, about, open_answers, records
from gis.store.answers import trace as follow
from gis.store.standing import standing

if TYPE_CHECKING:
    from gis.engine import Engine
    from gis.maps.book import Book
    from gis.pipeline import Intake


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
app.add_typer(standards.app, name="standards")
app.command()(audit.verify)
app.command()(audit.diff)
app.command("sheet")(sheet.sheet)

Layers = Annotated[
    Path, typer.Option("--layers", help="The county's folder: catalogue, targets, rules, data.")
]
Out = Annotated[Path, typer.Option("--out", help="Where the pages, tables and the workspace go.")]
SUBJECTS = TEXTS.parts("subjects")
LAYERS, OUT = Path("layers"), Path("maps")


class Engines(StrEnum):
    """What a run computes on."""

    THREADS = "threads"
    DASK = "dask"


NAMED = 4
COUNTS = ["rows_read", *account.PARTS]
SOURCES = ["source", *COUNTS, "records", "encoding", "crs_found", "layer"]
ALERTS = ["message", "person", "value", "limit", "unit", "is_new", "kind", "figure_id", "rows"]
ADDS_UP = phrase("adds_up")
TRACED = TEXTS.parts("traced")
LOGS = TEXTS.parts("logs")


@app.command()
@guard
def run(
    layers: Layers = LAYERS,
    out: Out = OUT,
    as_of: AsOf = None,
    public: Annotated[bool, typer.Option("--public", help="Leave out layers that are not public.")] = False,
    edition: EditionIds = None,
    engine: Annotated[
        Engines, typer.Option("--engine", help="What computes: the cores here, or a Dask cluster.")
    ] = Engines.THREADS,
    scheduler: Annotated[
        str | None,
        typer.Option(
            "--scheduler", metavar="tcp://…", help="Of --engine dask; none: a cluster of the cores here."
        ),
    ] = None,
) -> None:
    """Do everything: ingest, check, assess, scorecard, maps, tables.

    Example: gis run --edition hj633-2012 --edition gb3095-2012
    """
    from gis import pipeline

    with console.steps(None) as report, _engine(engine, scheduler, out, report) as engines:
        index, book, intake = pipeline.run(
            layers, out, as_of=day_of(as_of), public=public, forced=edition or (), progress=report, tell=note,
            engine=engines,
        )  # fmt: skip
    account.say_first(intake.logs["findings"])
    if book is None:
        say(Message("没有变化：该版本已经发布", "nothing changed: the edition stands already"), "green")
    else:
        plan.scorecard(open_answers(out / book.edition / ANSWERS))
        _days(book)
    _intake(intake)
    if intake.withheld:
        names = ", ".join(intake.withheld)
        say(Message("未用（--public）：{names}", "left out (--public): {names}", names=names), "yellow")
    say(Message("打开  {index}", "open  {index}", index=index), "bold")


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
        how.suspects.extend(account.suspected(logs["findings"]))
    first = account.say_first(logs["findings"])
    if len(logs["sources"]):
        console.remember(first, [account.balance(logs["sources"])])
        say(account.balance(logs["sources"]), "bold")
        show(logs["sources"], ADDS_UP, SOURCES, most=len(logs["sources"]))
    for name, title in LOGS.items():
        if name in logs and len(logs[name]):
            show(logs[name].drop(columns="record", errors="ignore"), title, account.LOG_COLUMNS.get(name))
    if output is not None:
        desk.write(desk.Result(logs["rejects"], Message("隔离行", "rejects")), output)
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
    found = _answers(layers, out, as_of, edition or ())
    plan.scorecard(found)
    if output is not None:
        import pandas as pd

        from gis.cli import desk

        of = about(found)
        result = desk.Result(
            pd.DataFrame(records(found, "figures")),
            Message("数值", "figures"),
            [as_of_note(of["as_of"])],
            stamps=of["stamps"],
            sheets={Message("目标", "targets"): pd.DataFrame(records(found, "targets"))},
        )
        desk.write(result, output)


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
    answers = _answers(layers, out, as_of, edition or ())
    found, of = follow(figure, answers), about(answers)
    _print_trace(found)
    say(as_of_note(of["as_of"]))
    if output is not None:
        import pandas as pd

        from gis.cli import desk

        rows = pd.DataFrame(found.rows, columns=ROW_COLUMNS)
        desk.write(desk.Result(rows, ready(figure), stamps=of["stamps"]), output)


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
    from gis.publication import stamps_of
    from gis.store import alerts as acknowledged

    book = _book(layers, out, as_of, edition or (), acknowledged.seen(out))
    found = book.tables["alerts"]
    new = int(found["is_new"].sum())
    say(Message("{n} 项预警，新增 {new} 项", "{n} alerts, {new} new", n=len(found), new=new), "bold")
    if len(found):
        about = Message("预警，截至 {day}", "alerts as of {day}", day=book.as_of)
        show(found, about, ALERTS, most=len(found))
    if book.catalogue.alerts == Alerts():
        say(phrase("nothing_watched", file=layers / "alerts.toml"), "yellow")
    if output is not None:
        stamps = stamps_of(book, book.layers_of("alerts"))
        notes = [as_of_note(book.as_of)]
        desk.write(desk.Result(found, Message("预警", "alerts"), notes, stamps=stamps), output)
    if not acknowledged.acknowledge(out, found["alert_id"]):
        say(phrase("alerts_forgotten", out=out), "yellow")
    if new:
        raise typer.Exit(console.FOUND)


@app.command()
@guard
def sample(layers: Layers = LAYERS) -> None:
    """Write the sample county (示例数据) into the data folder of the catalogue."""
    from gis import sample as county

    with console.steps(None) as report:
        written = county.write(layers, lambda name: report("sample", name))
    say(phrase("sample_written", folder=layers / "data", n=len(written)))


@app.command()
@guard
def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new or an empty folder.")],
    given: Annotated[
        Path | None, typer.Option("--from", help="A folder of an office's files: a county is made of them.")
    ] = None,
    sample: Annotated[bool, typer.Option("--sample", help="The sample county (示例数据).")] = False,
    answer: Answers = None,
) -> None:
    """Write a county's folder with commented TOML: empty, the sample's, or made of an office's files.

    Example: gis init 我县 --from 资料
    """
    from gis.cli.init import init as write

    write(folder, given, answer or (), sample=sample)


@contextmanager
def _engine(
    name: Engines, scheduler: str | None, out: Path, report: console.Report
) -> Iterator[Engine | None]:
    """Give the cluster of a run; None for the threads of this machine."""
    if name == Engines.THREADS:
        if scheduler is not None:
            raise refusal(UsageError, "scheduler_of_dask")
        yield None
        return
    from gis.store import cluster, place

    with cluster.opened(scheduler, out / place.WORK / "layers", note, partial(report, "dask", "")) as opened:
        yield opened


def _days(book: Book) -> None:
    """Say the day that each subject is judged as of, where they differ."""
    if len(set(book.days.values())) < 2:  # noqa: PLR2004  one day for all
        return
    dated = [
        Message("{of} {day}", "{of} {day}", of=SUBJECTS[name], day=day) for name, day in book.days.items()
    ]
    days = listed(dated, "，", ", ")
    say(Message("各自截至其最后日期：{days}", "each as of its own last day: {days}", days=days))


def _answers(layers: Path, out: Path, as_of: str | None, forced: Sequence[str]) -> Connection:
    """Open the answers of the edition that stands, and say what changed since; without one, judge the county."""
    wanted = day_of(as_of)
    found = standing(out, layers, None if wanted is None else wanted.isoformat(), forced)
    if found is None:
        from gis.publication import answers_of

        return answers_of(_book(layers, out, as_of, forced))
    told = Message("据 {edition} 版", "from edition {edition}", edition=found.about["edition"])
    if found.changed:
        names = listed(found.changed, most=NAMED)
        told = phrase("edition_behind", edition=found.about["edition"], n=len(found.changed), names=names)
    say(told, "bold yellow" if found.changed else "dim")
    return found.answers


def _book(
    layers: Path, out: Path, as_of: str | None, forced: Sequence[str], seen: Collection[str] = ()
) -> Book:
    from gis import pipeline
    from gis.store.place import workspace_of

    last = day_of(as_of)
    with console.steps(None) as report:
        intake = pipeline.take_in(layers, workspace_of(out), forced=forced, progress=report)
        return pipeline.judge(intake, last, report, seen)


def _print_trace(found: Trace, depth: int = 0) -> None:
    figure, indent = found.figure, "  " * depth
    value = f"{figure['value']:,.4f}" if found.has_data else Message("无数据", "no data")
    say(
        f"{indent}{figure['figure_id']} = {value} {Message(*unit_words(figure['unit'] or ''))}".rstrip(),
        "bold",
    )
    for name, label in TRACED.items():
        cell = figure.get(name)
        if cell is not None and str(cell):
            say(f"{indent}  {label} {shown(str(cell))}")
    if found.rows:
        rows = Message("{indent}{n:,} 行来源", "{indent}{n:,} source rows", indent=indent, n=len(found.rows))
        show(found.rows, rows, most=12 if depth else 60)
    for part in found.components:
        _print_trace(part, depth + 1)


def _intake(intake: Intake) -> None:
    logs = intake.logs
    counts = logs["sources"].groupby("layer", as_index=False, sort=False)[[*COUNTS, "records"]].sum()
    if console.detailed():
        show(counts, ADDS_UP, ["layer", *COUNTS], most=len(counts))
    say(account.balance(counts), "bold")
    if len(logs["findings"]):
        say(phrase("findings_told", n=len(logs["findings"]), m=len(logs["repairs"])), "yellow")


def main() -> None:
    """Run the command line; told to stop, it leaves nothing half done, and what libraries log is not printed."""
    logging.getLogger().addHandler(logging.NullHandler())
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    app()
