"""Tables, bars, errors and exit codes on the terminal; text from data is never read as markup."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from gis.base.errors import FileError, GisError, UsageError
from gis.base.messages import Text as Words
from gis.base.messages import shown as spoken
from gis.base.units import shown
from gis.store.write import SUFFIXES

FOUND, WRONG = 1, 2
MOST_ROWS = 40
DIGITS = 3

WIDE = 170
LEAST_WIDTH = 10

for _stream in (sys.stdout, sys.stderr):
    if hasattr(_stream, "reconfigure"):
        _stream.reconfigure(errors="replace")
console = Console(highlight=False, width=None if sys.stdout.isatty() else WIDE)
errors = Console(stderr=True, highlight=False)


def guard(command: Callable[..., Any], more: tuple[str, ...] = ()) -> Callable[..., Any]:
    """Show a `GisError` as its message and leave with code 2; a traceback means our bug.

    Parameters
    ----------
    more
        Suffixes that this command writes beside those of every table.
    """

    @functools.wraps(command)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        try:
            _require_writable(kwargs.get("output"), (*SUFFIXES, *more))
            return command(*args, **kwargs)
        except GisError as error:
            complain(error)
        except OSError as error:
            complain(_of_the_disk(error))
        raise typer.Exit(WRONG)

    return guarded


def complain(error: GisError) -> None:
    """Print what is wrong, what was found and the fix, on stderr."""
    errors.print(Text(error.message(), style="red"), soft_wrap=True)


def _require_writable(output: Path | None, suffixes: tuple[str, ...]) -> None:
    if output is None:
        return
    if output.is_dir():
        raise UsageError(
            "-o names a folder", file=str(output), fix=f"a name that ends in {', '.join(suffixes)}"
        )
    if output.suffix.lower() not in suffixes:
        raise UsageError(f'cannot write "{output.name}"', fix=f"a name that ends in {', '.join(suffixes)}")


def _of_the_disk(error: OSError) -> FileError:
    return FileError(
        "cannot be read or written",
        file=str(error.filename) if error.filename else None,
        found=error.strerror or str(error),
        fix="check the rights and the space on the disk; close the file in Excel or QGIS",
    )


def say(text: Words, style: str = "") -> None:
    """Print one line as it is, a message in the language of the run."""
    console.print(Text(spoken(text), style=style), soft_wrap=True)


def note(text: Words) -> None:
    """Print one line about the run itself, on stderr."""
    errors.print(Text(spoken(text), style="yellow"), soft_wrap=True)


def show(
    frame: pd.DataFrame, title: Words, columns: Sequence[str] | None = None, most: int = MOST_ROWS
) -> None:
    """Print the first rows of a table, and as many columns as the terminal has room for.

    Numbers are grouped and rounded for reading only.
    """
    names = [name for name in (columns or frame.columns) if name in frame and name != "geometry"]
    room = max(console.width // LEAST_WIDTH, 1)
    table = Table(title=Text(spoken(title)), title_justify="left", show_edge=False)
    for name in names[:room]:
        number = pd.api.types.is_numeric_dtype(frame[name])
        table.add_column(
            Text(str(name)), justify="right" if number else "left", overflow="fold", no_wrap=number
        )
    for row in frame[names[:room]].head(most).itertuples(index=False):
        table.add_row(*(Text(_cell(value)) for value in row))
    console.print(table)
    if len(names) > room:
        say(f"… {len(names) - room} more columns: {', '.join(map(str, names[room:]))}", "dim")
    if len(frame) > most:
        say(f"… {len(frame) - most:,} more rows", "dim")


@contextmanager
def steps(total: int | None) -> Iterator[Callable[[str, str], None]]:
    """Show one bar over `total` reports of progress; each report names a step and its subject."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=errors, transient=True, disable=not errors.is_terminal) as progress:
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
    return str(spoken(value))
