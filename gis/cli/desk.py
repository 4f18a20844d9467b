"""Any file from a desk: read it, show what was taken for what, write the result behind its own columns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gis.base.address import ending, is_address, stem_of
from gis.base.columns import free_names
from gis.base.messages import Message, Text
from gis.base.text import in_file_name
from gis.cli.account import suspected, tell
from gis.cli.console import aside, remembered, say, say_notes, show, written
from gis.cli.phrases import phrase
from gis.cli.reading import Reading, answers_of

if TYPE_CHECKING:
    import pandas as pd

    from gis.desk.basis import Basis
    from gis.desk.judged import Day
    from gis.desk.lines import Lines
    from gis.desk.sources import Read
    from gis.desk.water import Assessed, Monitored
    from gis.ingest import Ingested
    from gis.store.printed import Listing

NOTES, EVIDENCE, ROWS = Message("说明", "notes"), Message("依据", "evidence"), Message("行", "rows")
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


def show_read(how: Reading) -> Callable[[Read], None]:
    """Give what says what was found in a source and taken, and refuses one of which no row is left."""

    def show_one(read: Read) -> None:
        from gis.desk.intake import require_rows
        from gis.ingest import suspects

        found = read.found
        warn(read.notes)
        how.suspects.extend([*suspects(found.heads)["head"], *suspected(found.findings, found.rejects)])
        tell(found, read.name)
        for key, answer in answers_of(how.answer).items():
            say(
                Message("答复  {key} = {value}", "answer  {key} = {value}", key=key, value=answer.value),
                "bold",
            )
        require_rows(read)

    return show_one


def monitored(files: Sequence[Path], sections: Path | None, how: Reading, **more: Any) -> Monitored:
    """Read records of water and the list of their sections, and say what was found."""
    from gis.desk import water

    given = water.monitored(list(files), sections, how.said(), show_read(how), **more)
    warn(given.findings)
    return given


def assessed(given: Monitored, edition: str | None, layers: Path | None, as_of: str | None) -> Assessed:
    """Assess the sections of records as of a day, and print it below the answer."""
    from gis.desk import water

    made = water.assessed(given, water.editions_of(layers, edition), layers, as_of)
    show_day(made.day)
    return made


def show_drawn(drawn: Lines) -> None:
    """Say what was found of control lines, and of which kind they are."""
    from gis.desk.wording import word

    warn(drawn.notes)
    for read in drawn.reads:
        tell(read.found, read.name)
        where = f"{read.name}:{read.options.part}" if read.options.part else read.name
        types = ", ".join(str(word("line_type", kind)) for kind in read.found.table["line_type"].unique())
        with aside():
            say(Message("控制线  {where} = {types}", "lines {where} = {types}", where=where, types=types))


def warn(notes: Iterable[Text]) -> None:
    """Say what a person must look at."""
    for note in notes:
        say(note, "yellow")


def name_of(files: Path | Sequence[Path]) -> str:
    """Give the name of what is made of files: that of the first, and how many there are."""
    many = [files] if isinstance(files, Path) else list(files)
    first = stem_of(many[0])
    return first if len(many) == 1 else f"{first}+{len(many) - 1}"


def answer(made: Any, frame: pd.DataFrame, title: Message, columns: Sequence[str], **more: Any) -> Result:
    """Give the table of an answer with what the answer says of itself."""
    return Result(frame, title, made.notes, columns, headline=made.headline, basis=made.basis, **more)


def give(
    result: Result,
    output: Path | None,
    writers: Mapping[str, Callable[[Path], None]] | None = None,
    things: Message = ROWS,
) -> None:
    """Show the first rows and the notes, and write everything where `-o` says so.

    Parameters
    ----------
    writers
        What writes a file of an ending in a form of its own.
    things
        What the rows are in that form.
    """
    if result.headline is not None:
        say(result.headline, "bold")
    show(result.frame, result.title, result.columns, ROWS_SHOWN)
    say_notes(result.notes)
    if output is None:
        return
    own = (writers or {}).get(ending(output))
    if own is None:
        write(result, output)
        return
    own(output)
    say_written(output, len(result.frame), things)


def first_and(found: Ingested, added: pd.DataFrame) -> list[str]:
    """Name the file's first columns and the added ones, for the terminal."""
    own = [str(name) for name in found.own.columns if name != "geometry"]
    return [*own[:OWN_SHOWN], *free_names([str(name) for name in added.columns], found.own.columns)]


def with_time(found: Ingested, added: pd.DataFrame, name: str) -> pd.DataFrame:
    """Put the time of each record before the added columns, where no head of the file says all of it."""
    elsewhere = found.findings["code"].eq("year_elsewhere").any()
    if found.taken["column"].eq(name).any() and not elsewhere:
        return added
    time = found.table.loc[added.index, name]
    whole = bool((time.dropna() == time.dropna().dt.normalize()).all())
    written = time.dt.strftime("%Y-%m-%d" if whole else "%Y-%m-%d %H:%M").astype("object")
    return added.assign(**{name: written})[[name, *added.columns]]


def write(result: Result, output: Path) -> None:
    """Write a table, or an offline page where the name ends in .html; an .xlsx has the notes as a sheet."""
    import pandas as pd

    from gis.store.whole import write_text
    from gis.store.write import write as write_table

    told = noted([note for note in (result.headline, *result.notes) if note is not None])
    if ending(output) == ".html":
        stamp = " · ".join(result.stamps.values())
        from gis.maps.pages import desk as page

        text = page.render(result.title.stored, result.frame, stored(told), stamp, basis=evidence(result))
        write_text(text, output)
    else:
        title = in_file_name(str(result.title))
        listed = pd.DataFrame({str(NOTES): list(map(written, told))}, dtype="str")
        sheets = {str(name): frame for name, frame in {**result.sheets, NOTES: listed}.items()}
        if ending(output) == ".xlsx":
            sheets |= {str(EVIDENCE): evidence_sheet(result).rows}
        write_table(result.frame, output, title=title, stamps=result.stamps, sheets=sheets)
    say_written(output, len(result.frame), ROWS)


def evidence(result: Result, *, every_row: bool = False) -> pd.DataFrame:
    """Lay out what a result rests on: a line a row of a file, or ranges of rows."""
    from gis.cli import evidence as behind

    basis = result.basis() if result.basis is not None else behind.Basis((), {})
    return behind.lines(basis, every_row=every_row)


def evidence_sheet(result: Result) -> Listing:
    """Give what a result rests on as a sheet of a workbook to print, whose sheets have Chinese names."""
    from gis.base.columns import titles
    from gis.store.printed import Listing

    return Listing(EVIDENCE.zh, evidence(result, every_row=True).rename(columns=titles("basis")))


def noted(notes: Sequence[Text]) -> list[Text]:
    """Put what must be seen first of the files before the notes of a result, and how they were read behind."""
    first, how_read = remembered()
    return [*first, *notes, *how_read]


def stored(notes: Sequence[Text]) -> list[str]:
    """Give notes as a page takes them."""
    return [note.stored if isinstance(note, Message) else note for note in notes]


def say_written(output: Path, n: int, things: Message) -> None:
    """Say what was written where."""
    say(phrase("written", output=output.name if is_address(output) else output, n=n, things=things), "green")


def show_day(day: Day) -> None:
    """Print the day that a result is as of, below the answer."""
    with aside():
        say(day.note)
