"""Tables, bars, errors and exit codes on the terminal; text from data is never read as markup."""

from __future__ import annotations

import functools
import inspect
import logging
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from gis.base.errors import FileError, GisError, UnforeseenError
from gis.base.messages import Message
from gis.base.messages import Text as Words
from gis.base.messages import shown as spoken
from gis.base.units import shown
from gis.cli.output import OUTPUT, Force, require_writable
from gis.store.fault_log import write_log
from gis.store.write import SUFFIXES

FOUND, WRONG = 1, 2
PASSED = (typer.Exit, typer.Abort, typer.BadParameter)
LOG = logging.getLogger("gis")
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
    """Show a `GisError` as its message and leave with code 2; what nobody foresaw is a message too, and a log.

    Parameters
    ----------
    more
        Suffixes that this command writes beside those of every table.
    """

    @functools.wraps(command)
    def guarded(*args: Any, force: bool = False, **kwargs: Any) -> Any:
        try:
            require_writable(kwargs, (*SUFFIXES, *more), force=force)
            return command(*args, **kwargs)
        except PASSED:
            raise
        except Exception as error:  # noqa: BLE001  a fault of ours is a message and a log
            told = _as_message(error, kwargs)
            complain(told, _near(kwargs))
            raise typer.Exit(WRONG) from told

    vars(guarded)["__signature__"] = _with_force(command)
    return guarded


def _with_force(command: Callable[..., Any]) -> inspect.Signature:
    """Give a command that writes a file the option `--force`, at the side of its `-o`."""
    known = inspect.signature(command, eval_str=True)
    parameters = list(known.parameters.values())
    at = [one.name for one in parameters].index(OUTPUT) + 1 if OUTPUT in known.parameters else None
    if at is not None:
        force = inspect.Parameter("force", parameters[at - 1].kind, default=False, annotation=Force)
        parameters.insert(at, force)
    return known.replace(parameters=parameters)


def complain(error: GisError, near: Sequence[Path] = ()) -> None:
    """Print what is wrong, what was found and the fix, on stderr; a fault of ours leaves a log `near` or here."""
    errors.print(Text(error.message(), style="red"), soft_wrap=True)
    if isinstance(error, UnforeseenError) and (log := write_log(error, (*near, Path()))) is not None:
        where = (
            Message("（在临时文件夹）", " (in the folder for temporary files)") if log.is_absolute() else ""
        )
        errors.print(
            Text(str(Message("  日志  {name}{where}", "  log    {name}{where}", name=log.name, where=where)))
        )


def _as_message(error: Exception, said: Mapping[str, Any]) -> GisError:
    if isinstance(error, GisError):
        return error
    if isinstance(error, OSError) and error.errno is not None:
        return _of_the_disk(error)
    files = [one.name for one in said.values() if isinstance(one, Path) and one.is_file()]
    LOG.error("unforeseen", exc_info=error)  # outside the handler: the exception is named
    fault = UnforeseenError(error, file=files[0] if files else None)
    fault.__cause__ = error
    return fault


def _near(said: Mapping[str, Any]) -> list[Path]:
    """Give the folders beside what the command writes: the editions, the file of -o."""
    output, out = said.get(OUTPUT), said.get("out")
    return [*([out] if out else []), *([output.parent] if output else [])]


def _of_the_disk(error: OSError) -> FileError:
    return FileError(
        Message("无法读取或写入", "cannot be read or written"),
        file=str(error.filename) if error.filename else None,
        found=error.strerror or str(error),
        fix=Message(
            "检查权限和磁盘空间；在 Excel 或 QGIS 中关闭该文件",
            "check the rights and the space on the disk; close the file in Excel or QGIS",
        ),
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
