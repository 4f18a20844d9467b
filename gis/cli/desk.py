"""Any file from a desk: read it, show what was taken for what, write the result behind its own columns."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from gis.base.columns import free_names
from gis.base.messages import Message, Text
from gis.base.text import in_file_name
from gis.cli.account import suspected, tell
from gis.cli.console import aside, remembered, say, say_notes, show, written
from gis.cli.reading import Reading, answers_of

if TYPE_CHECKING:
    import pandas as pd

    from gis.desk.basis import Basis
    from gis.desk.judged import Day
    from gis.desk.lines import Lines
    from gis.desk.sources import Read
    from gis.ingest import Ingested
    from gis.store.printed import Listing

NOTES, EVIDENCE = Message("说明", "notes"), Message("依据", "evidence")
OWN_SHOWN = 2
ROWS_SHOWN = 12


@dataclass(frozen=True)
class Result:
    """A table to show and to write.

    Attributes
    ----------
    columns
        Columns of the terminal's table, the most wanted first; all when None.
    notes
        Editions, unsure points, unaudited data, as-of date: printed, on the page and on a sheet of an .xlsx.
    sheets
        Further sheets of an .xlsx by name.
    headline
        What the command answers, printed first.
    basis
        Makes the numbers it answers with and the rows behind them, where a workbook or a page is written.
    """

    frame: pd.DataFrame
    title: Message
    notes: Sequence[Text] = ()
    columns: Sequence[str] | None = None
    stamps: Mapping[str, str] = field(default_factory=dict)
    sheets: Mapping[Message, pd.DataFrame] = field(default_factory=dict)
    headline: Text | None = None
    basis: Callable[[], Basis] | None = None


def show_read(one: Read, how: Reading) -> None:
    """Say what was found in a source and taken, and refuse one of which no row is left."""
    from gis.desk.intake import require_rows
    from gis.ingest import suspects

    found = one.found
    warn(one.notes)
    how.suspects.extend([*suspects(found.heads)["head"], *suspected(found.findings, found.rejects)])
    tell(found, one.name)
    for key, answer in answers_of(how.answer).items():
        say(Message("答复  {key} = {value}", "answer  {key} = {value}", key=key, value=answer.value), "bold")
    require_rows(one)


def show_drawn(drawn: Lines) -> None:
    """Say what was found of control lines, and of which kind they are."""
    warn(drawn.notes)
    for read in drawn.reads:
        _show_lines(read)


def _show_lines(one: Read) -> None:
    from gis.desk.wording import word

    tell(one.found, one.name)
    part = one.options.part
    types = ", ".join(str(word("line_type", kind)) for kind in one.found.table["line_type"].unique())
    with aside():
        say(Message("控制线  {where} = {types}", "lines {where} = {types}",
                    where=f"{one.name}:{part}" if part else one.name, types=types))  # fmt: skip


def warn(notes: Iterable[Text]) -> None:
    """Say what a person must look at."""
    for note in notes:
        say(note, "yellow")


def name_of(files: Path | Sequence[Path]) -> str:
    """Give the name of what is made of files: that of the first, and how many there are."""
    many = [files] if isinstance(files, Path) else list(files)
    return many[0].stem if len(many) == 1 else f"{many[0].stem}+{len(many) - 1}"


def give(result: Result, output: Path | None) -> None:
    """Show the first rows and the notes, and write everything where `-o` says so."""
    if result.headline is not None:
        say(result.headline, "bold")
    show(result.frame, result.title, result.columns, ROWS_SHOWN)
    say_notes(result.notes)
    if output is not None:
        write(result, output)


def first_and(found: Ingested, added: pd.DataFrame) -> list[str]:
    """Name the file's first columns and the added ones, for the terminal."""
    own = [str(name) for name in found.own.columns if name != "geometry"]
    return [*own[:OWN_SHOWN], *free_names([str(name) for name in added.columns], found.own.columns)]


def write(result: Result, output: Path) -> None:
    """Write a table, or an offline page where the name ends in .html; an .xlsx has the notes as a sheet."""
    import pandas as pd

    from gis.store.whole import write_text
    from gis.store.write import write as write_table

    told = noted([*([result.headline] if result.headline is not None else []), *result.notes])
    if output.suffix.lower() == ".html":
        stamp = " · ".join(result.stamps.values())
        notes = [note.stored if isinstance(note, Message) else note for note in told]
        from gis.maps.pages import desk as page

        write_text(
            page.render(result.title.stored, result.frame, notes, stamp, basis=evidence(result)), output
        )
    else:
        title = in_file_name(str(result.title))
        listed = pd.DataFrame({str(NOTES): list(map(written, told))}, dtype="str")
        sheets = {str(name): frame for name, frame in {**result.sheets, NOTES: listed}.items()}
        if output.suffix.lower() == ".xlsx":
            sheets |= {str(EVIDENCE): evidence(result, every_row=True)}
        write_table(result.frame, output, title=title, stamps=result.stamps, sheets=sheets)
    say_written(output, len(result.frame), Message("行", "rows"))


def evidence(result: Result, *, every_row: bool = False) -> pd.DataFrame:
    """Lay out what a result rests on: a line a row of a file, or ranges of rows."""
    from gis.cli import evidence as behind

    basis = result.basis() if result.basis is not None else behind.Basis((), {})
    return behind.lines(basis, every_row=every_row)


def evidence_sheet(result: Result) -> Listing:
    """Give what a result rests on as a sheet of a workbook to print, whose sheets have Chinese names."""
    from gis.store.printed import Listing

    return Listing(EVIDENCE.zh, evidence(result, every_row=True))


def noted(notes: Sequence[Text]) -> list[Text]:
    """Put what must be seen first of the files before the notes of a result, and how they were read behind."""
    first, how_read = remembered()
    return [*first, *notes, *how_read]


def say_written(output: Path, n: int, things: Message) -> None:
    """Say what was written where."""
    say(Message("已写出 {output}  {n:,} {things}", "wrote {output}  {n:,} {things}",
                output=output, n=n, things=things), "green")  # fmt: skip


def show_day(one: Day) -> dt.date:
    """Print the day that a result is as of, below the answer."""
    with aside():
        say(one.note)
    return one.last
