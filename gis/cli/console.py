"""Tables, bars, errors and exit codes on the terminal; text from data is never read as markup."""

from __future__ import annotations

import datetime as dt
import functools
import inspect
import logging
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import takewhile
from math import isnan
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import typer
from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from gis.base.columns import Column, described
from gis.base.errors import FileError, GisError, UnforeseenError
from gis.base.messages import Doubt, Message, listed
from gis.base.messages import Text as Words
from gis.base.messages import shown as spoken
from gis.base.units import shown
from gis.cli.output import OUTPUT, Force, require_writable
from gis.cli.phrases import phrase, refusal
from gis.cli.reading import Verbose
from gis.desk import wording
from gis.store.fault_log import write_log
from gis.store.whole import SUFFIXES

if TYPE_CHECKING:
    import pandas as pd

    from gis.ingest import Ingested

FOUND, WRONG = 1, 2
PASSED = (typer.Exit, typer.Abort, typer.BadParameter)
LOG = logging.getLogger("gis")
MOST_ROWS = 40
DIGITS, LONGEST_CELL = 3, 400

NARROW, WIDE = 100, 170
BETWEEN, LEAST_TEXT, NAMED = 3, 14, 4
VERBOSE, LANG = "verbose", "--lang"
_DETAILED: ContextVar[bool] = ContextVar("detailed", default=False)
_ASIDES: list[str] = []
_READ: ContextVar[tuple[tuple[Words, ...], tuple[Words, ...]]] = ContextVar("read", default=((), ()))
_FILES: ContextVar[tuple[Ingested, ...]] = ContextVar("files", default=())
_SAID: ContextVar[Mapping[str, Any]] = ContextVar("said", default=MappingProxyType({}))
Report = Callable[..., None]
ARGUMENTS = {"files": Message("文件", "files")}
UNSAID = frozenset(("output", "force", "verbose", "answer", "strict"))

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
    parameters = inspect.signature(command, eval_str=True).parameters

    @functools.wraps(command)
    def guarded(*args: Any, force: bool = False, verbose: bool = False, **kwargs: Any) -> Any:
        said = {**kwargs, "verbose": verbose} if VERBOSE in parameters else kwargs
        asked, nothing = _DETAILED.set(verbose), _READ.set(((), ()))
        files, told_of = _FILES.set(()), _SAID.set(kwargs)
        try:
            require_writable(kwargs, (*SUFFIXES, *more), force=force)
            given = command(*args, **said)
        except PASSED:
            _print_asides()
            raise
        except Exception as error:  # noqa: BLE001  a fault of ours is a message and a log
            _print_asides()
            told = _as_message(error, kwargs)
            complain(told, _near(kwargs))
            raise typer.Exit(WRONG) from told
        else:
            _print_asides()
            return given
        finally:
            _DETAILED.reset(asked)
            _READ.reset(nothing)
            _FILES.reset(files)
            _SAID.reset(told_of)

    vars(guarded)["__signature__"] = _with_shared(parameters)
    return guarded


def _with_shared(known: Mapping[str, inspect.Parameter]) -> inspect.Signature:
    """Give a command `-v`, and one that writes a file `--force` at the side of its `-o`."""
    parameters = list(known.values())
    kind = inspect.Parameter.KEYWORD_ONLY
    if OUTPUT in known:
        force = inspect.Parameter("force", kind, default=False, annotation=Force)
        parameters.insert(list(known).index(OUTPUT) + 1, force)
    if VERBOSE not in known:
        parameters.append(inspect.Parameter(VERBOSE, kind, default=False, annotation=Verbose))
    return inspect.Signature([one.replace(kind=kind) for one in parameters])


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
    named = [one for value in said.values() for one in (value if isinstance(value, list) else [value])]
    files = [one.name for one in named if isinstance(one, Path) and one.is_file()]
    LOG.error("unforeseen", exc_info=error)  # outside the handler: the exception is named
    fault = UnforeseenError(error, file=files[0] if files else None)
    fault.__cause__ = error
    return fault


def _near(said: Mapping[str, Any]) -> list[Path]:
    """Give the folders beside what the command writes: the editions, the file of -o."""
    output, out = said.get(OUTPUT), said.get("out")
    return [*([out] if out else []), *([output.parent] if output else [])]


def _of_the_disk(error: OSError) -> FileError:
    return refusal(
        FileError, "not_accessible", str(error.filename) if error.filename else None,
        found=error.strerror or str(error),
    )  # fmt: skip


def say(text: Words, style: str = "") -> None:
    """Print one line as it is, a message in the language of the run."""
    console.print(Text(spoken(text), style=style), soft_wrap=True)


def note(text: Words) -> None:
    """Print one line about the run itself, on stderr."""
    errors.print(Text(spoken(text), style="yellow"), soft_wrap=True)


def show(
    table: pd.DataFrame | Sequence[Mapping[str, Any]],
    title: Words,
    columns: Sequence[str] | None = None,
    most: int = MOST_ROWS,
) -> None:
    """Print the first rows of a table: the columns of an officer that fit, or with -v all there are.

    Parameters
    ----------
    columns
        Those to print, the most wanted first; all when None. One without any value is left out.

    Numbers are grouped and rounded for reading only.
    """
    values, filled, numbers = _columns(table, most)
    every = [name for name in values if name != "geometry"]
    wanted = [name for name in (columns or every) if name in values]
    if detailed():
        names = [*wanted, *(name for name in every if name not in wanted)]
    else:
        names = [name for name in wanted if name in filled] or wanted[:1]
    cells = {name: [_cell(name, value) for value in values[name]] for name in names}
    _print_block(title, cells, numbers, names[: _fitting(cells, numbers)])
    rest = names[_fitting(cells, numbers) :]
    while detailed() and rest:
        following = {name: cells[name] for name in (names[0], *rest)}
        block = [*following][: max(_fitting(following, numbers), 2)]
        _print_block("", cells, numbers, block)
        rest = rest[len(block) - 1 :]
    _tell_rest([*rest, *(name for name in every if name not in names)], len(table) - most)


def _columns(
    table: pd.DataFrame | Sequence[Mapping[str, Any]], most: int
) -> tuple[dict[str, list[Any]], set[str], set[str]]:
    """Give the first values of each column, which columns have any, and which are numbers."""
    if isinstance(table, Sequence):
        values = {name: [row[name] for row in table] for name in (table[0] if table else ())}
        filled = {name for name, cells in values.items() if not all(map(_is_missing, cells))}
        numbers = {
            name for name, cells in values.items() if _are_numbers(cells) and name not in wording.CLASSES
        }
        return {name: cells[:most] for name, cells in values.items()}, filled, numbers
    import pandas as pd

    told = pd.DataFrame(table).set_axis(table.columns.map(str), axis=1)
    told = told.loc[:, ~told.columns.duplicated()]
    kinds = pd.api.types
    numbers = {
        str(name)
        for name, kind in told.dtypes.items()
        if kinds.is_numeric_dtype(kind) and not kinds.is_bool_dtype(kind) and name not in wording.CLASSES
    }
    filled = {str(name) for name in told if told[name].notna().any()}
    return {str(name): list(told[name].head(most)) for name in told}, filled, numbers


def _are_numbers(cells: Sequence[Any]) -> bool:
    filled = [cell for cell in cells if cell is not None]
    return bool(filled) and all(
        isinstance(cell, int | float) and not isinstance(cell, bool) for cell in filled
    )


def _print_block(
    title: Words, cells: Mapping[str, Sequence[str]], numbers: Collection[str], names: Sequence[str]
) -> None:
    from rich.table import Table

    table = Table(title=Text(spoken(title)) if title else None, title_justify="left", show_edge=False)
    for name in names:
        number = name in numbers
        table.add_column(
            Text(wording.head(name)), justify="right" if number else "left", overflow="fold", no_wrap=number
        )
    for row in zip(*(cells[name] for name in names), strict=True):
        table.add_row(*map(Text, row))
    console.print(table, width=_width())


def _tell_rest(columns: Sequence[str], rows: int) -> None:
    """Say what of a table is not printed."""
    if columns:
        some = listed(map(wording.head, columns), most=NAMED)
        say(phrase("more_columns", n=len(columns), some=some), "dim")
    if rows > 0:
        say(Message("… 另有 {n:,} 行", "… {n:,} more rows", n=rows), "dim")


def _fitting(cells: Mapping[str, Sequence[str]], numbers: Collection[str]) -> int:
    """Count the first columns that fit: numbers as wide as they are, texts folded to no less than a word."""
    room, count = _width(), 0
    for name, texts in cells.items():
        longest = max([cell_len(wording.head(name)), *map(cell_len, texts)])
        room -= BETWEEN + (longest if name in numbers else min(longest, LEAST_TEXT))
        if room < 0:
            break
        count += 1
    return max(count, 1)


def _width() -> int:
    return console.width if detailed() else min(console.width, NARROW)


def say_notes(notes: Iterable[Words]) -> None:
    """Print notes; those on what is not sure (※) as one line, with the command that shows them."""
    shown_notes = list(notes)
    doubts = [one for one in shown_notes if isinstance(one, Doubt)]
    for one in shown_notes:
        if detailed() or not isinstance(one, Doubt):
            say(written(one), "dim")
    if doubts and not detailed():
        say(phrase("doubts_folded", n=len(doubts), command=_verb()), "dim")


def _verb() -> str:
    """Give the command as it was called, without its arguments: gis land area."""
    words = sys.argv[1:]
    if LANG in words:
        del words[words.index(LANG) : words.index(LANG) + 2]
    return " ".join(["gis", *takewhile(lambda one: one.isascii() and one.isalpha(), words)])


def written(note: Words) -> str:
    """Write a note in the language of the run, a doubt with its sign."""
    return f"※ {note}" if isinstance(note, Doubt) else str(spoken(note))


@contextmanager
def aside() -> Iterator[None]:
    """Keep what is printed inside until the command ends: how a file was read stands below the answer."""
    with console.capture() as captured:
        yield
    _ASIDES.append(captured.get())


def _print_asides() -> None:
    while _ASIDES:
        console.file.write(_ASIDES.pop(0))


def remember(first: Iterable[Words], how: Iterable[Words]) -> None:
    """Keep what must be seen first of a file and how it was read, for what the command writes."""
    before = _READ.get()
    _READ.set(((*before[0], *first), (*before[1], *how)))


def remembered() -> tuple[tuple[Words, ...], tuple[Words, ...]]:
    """Give what must be seen first of the files read so far, and how they were read."""
    return _READ.get()


def keep(found: Ingested) -> None:
    """Keep what was read of files, for the evidence of what the command writes."""
    _FILES.set((*_FILES.get(), found))


def read_so_far() -> tuple[Ingested, ...]:
    """Give what the command read of files so far."""
    return _FILES.get()


def options_said() -> dict[str, str]:
    """Give the arguments of the command as they were said, by name."""
    return {
        str(ARGUMENTS[name]) if name in ARGUMENTS else f"--{name.rstrip('_').replace('_', '-')}": _as_said(
            value
        )
        for name, value in _SAID.get().items()
        if name not in UNSAID and value not in (None, False, [], ())
    }


def answers_said() -> list[str]:
    """Give the answers to questions as they were said, KEY=VALUE."""
    return list(_SAID.get().get("answer") or ())


def _as_said(value: Any) -> str:
    return str(listed(value)) if isinstance(value, list | tuple) else str(value)


def detailed() -> bool:
    """Tell whether -v asks for everything."""
    return _DETAILED.get()


@contextmanager
def steps(total: int | None) -> Iterator[Report]:
    """Show one bar over `total` reports of progress; each report names a step and its subject.

    One with two numbers, what is done and of how many, has a bar of its own below.
    """
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=errors, transient=True, disable=not errors.is_terminal) as progress:
        task = progress.add_task("start", total=total)

        below = progress.add_task("", total=None, visible=False)

        def report(step: str, subject: str, done: int | None = None, of: int | None = None) -> None:
            named = f"{step:9} {subject}"[:44]
            if done is None:
                progress.update(task, advance=1, description=named)
            else:
                progress.update(below, completed=done, total=of, description=named, visible=True)

        yield report


def _is_missing(value: object) -> bool:
    return (
        value is None
        or type(value).__name__ in ("NAType", "NaTType")
        or (isinstance(value, float) and isnan(value))
    )


def _number(column: Column, value: float) -> str:
    """Write a number with the decimals of its column, a share with its sign."""
    if column.show.endswith("%"):
        return f"{shown(value / column.per, column.digits)} %"
    return shown(value, 0 if value.is_integer() else column.digits if column.show else DIGITS)


def _cell(column: str, value: object) -> str:
    if _is_missing(value):
        return "–"
    value = wording.word(column, value)
    if isinstance(value, float):
        return _number(described(column), value)
    if isinstance(value, dt.datetime):
        return value.strftime("%Y-%m-%d" if value.time() == dt.time() else "%Y-%m-%d %H:%M")
    text = str(spoken(value))
    return text if len(text) <= LONGEST_CELL else f"{text[:LONGEST_CELL]}…"
