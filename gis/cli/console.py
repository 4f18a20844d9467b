"""Tables, bars, errors and exit codes on the terminal; text from data is never read as markup."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pandas as pd
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from gis.base.errors import GisError
from gis.base.units import shown

FOUND, WRONG = 1, 2
MOST_ROWS = 40
DIGITS = 3

for _stream in (sys.stdout, sys.stderr):
    if hasattr(_stream, "reconfigure"):
        _stream.reconfigure(encoding="utf-8", errors="replace")
console = Console(highlight=False)
errors = Console(stderr=True, highlight=False)


def guard(command: Callable[..., Any]) -> Callable[..., Any]:
    """Show a `GisError` as its message and leave with code 2; a traceback means our bug."""

    @functools.wraps(command)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(*args, **kwargs)
        except GisError as error:
            errors.print(Text(error.message(), style="red"), soft_wrap=True)
            raise typer.Exit(WRONG) from None

    return guarded


def say(text: str, style: str = "") -> None:
    """Print one line as it is."""
    console.print(Text(text, style=style), soft_wrap=True)


def show(frame: pd.DataFrame, title: str, columns: list[str] | None = None, most: int = MOST_ROWS) -> None:
    """Print the first rows of a table; numbers are grouped and rounded for reading only."""
    names = [name for name in (columns or frame.columns) if name in frame and name != "geometry"]
    table = Table(title=Text(title), title_justify="left", show_edge=False)
    for name in names:
        number = pd.api.types.is_numeric_dtype(frame[name])
        table.add_column(Text(str(name)), justify="right" if number else "left", overflow="fold")
    for row in frame[names].head(most).itertuples(index=False):
        table.add_row(*(Text(_cell(value)) for value in row))
    console.print(table)
    if len(frame) > most:
        say(f"… {len(frame) - most:,} more rows", "dim")


@contextmanager
def steps(total: int | None) -> Iterator[Callable[[str, str], None]]:
    """Show one bar over `total` reports of progress; each report names a step and its subject."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=errors, transient=True) as progress:
        task = progress.add_task("start", total=total)

        def report(step: str, subject: str) -> None:
            progress.update(task, advance=1, description=f"{step:9} {subject}"[:44])

        yield report


def _cell(value: object) -> str:
    if value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and pd.isna(value)):
        return "–"
    if isinstance(value, float):
        return shown(value, 0 if value.is_integer() else DIGITS)
    if isinstance(value, pd.Timestamp):
        return value.strftime("%Y-%m-%d" if value == value.normalize() else "%Y-%m-%d %H:%M")
    return str(value)
