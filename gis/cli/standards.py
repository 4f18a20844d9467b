"""`gis standards`: which texts the numbers rest on, and whether a file is one of them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gis.base.calendar import day_of
from gis.base.errors import FileError
from gis.base.messages import Message, language, listed
from gis.cli import console
from gis.cli.console import guard, say, show
from gis.cli.options import AsOf, Layers, Output
from gis.cli.phrases import phrase, refusal

if TYPE_CHECKING:
    from gis.standards import Edition, Editions

app = typer.Typer(
    help="依据 · The texts behind every number: in force, unsure, official print.",
    invoke_without_command=True,
)

LISTED = ["edition", "standard", "from", "to", "in_force", "text_seen", "unsure", "sha256"]
YES, NO = Message("是", "yes"), Message("否", "no")


@app.callback()
@guard
def editions(ctx: typer.Context, layers: Layers = None, as_of: AsOf = None, output: Output = None) -> None:
    """List every edition: in force on a day, what is unsure (-v), address and SHA-256 of the official print.

    Example: gis standards --as-of 2025-12-31 -o 依据.xlsx
    """
    if ctx.invoked_subcommand is not None:
        return
    today = day_of(as_of) or dt.date.today()  # noqa: DTZ011  the day of the desk
    editions = _editions(layers)
    rows = [_row(one, today) for one in editions.all]
    title = Message("依据文本，{day}", "texts on {day}", day=today)
    show(rows, title, LISTED, most=len(rows))
    for one in editions.all if console.detailed() else ():
        for doubt in one.unsure:
            say(Message("※ {standard}：{zh}", "※ {standard}: {en}", standard=one.standard, **doubt))
    if output is not None:
        import pandas as pd

        from gis.cli import desk

        doubts = [
            {"edition": one.id, "unsure": doubt[language()]} for one in editions.all for doubt in one.unsure
        ]
        sheets = {Message("未核实", "unsure"): pd.DataFrame(doubts)}
        desk.write(desk.Result(pd.DataFrame(rows), title, sheets=sheets), output)


@app.command()
@guard
def verify(
    file: Annotated[Path, typer.Argument(metavar="FILE.pdf", help="The text as it was downloaded.")],
    layers: Layers = None,
) -> None:
    """Say whether a file is the official print of a text, by its SHA-256; exit 1 where it is none that is known.

    Example: gis standards verify HJ633-2026.pdf
    """
    from gis.base.hashing import of_file

    if not file.is_file():
        raise refusal(FileError, "no_such_file", str(file))
    known = [one for one in _editions(layers).all if "sha256" in one.official]
    digest = of_file(file)
    for one in known:
        if one.official["sha256"] == digest:
            say(phrase("official_print", file=file.name, standard=one.standard, digest=digest), "green")
            say(Message("  {address}", "  {address}", address=one.official["address"]))
            return
    say(
        phrase(
            "no_official_print", file=file.name, digest=digest,
            names=listed(dict.fromkeys(one.standard for one in known)),
        ),
        "yellow",
    )  # fmt: skip
    raise typer.Exit(console.FOUND)


def _editions(layers: Path | None) -> Editions:
    from gis import standards

    return standards.load([layers / "standards"] if layers else [])


def _row(edition: Edition, today: dt.date) -> dict[str, Any]:
    in_force = edition.start <= today and (edition.end is None or today <= edition.end)
    return {
        "edition": edition.id,
        "standard": edition.standard,
        "title": edition.title[language()],
        "from": str(edition.start),
        "to": None if edition.end is None else str(edition.end),
        "in_force": str(YES if in_force else NO),
        "text_seen": str(YES if edition.verified else NO),
        "unsure": len(edition.unsure),
        "clause": edition.clause or None,
        "source": edition.source or None,
        "address": edition.official.get("address"),
        "sha256": edition.official.get("sha256"),
    }
