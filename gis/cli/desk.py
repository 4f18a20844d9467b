"""Any file from a desk: read it, show what was taken for what, write the result behind its own columns."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gis.base.columns import free_names
from gis.base.errors import UsageError
from gis.base.messages import Message, Text
from gis.base.text import in_file_name
from gis.cli.account import refuse_empty, suspected, tell
from gis.cli.console import Doubt, aside, remembered, say, say_notes, show, written
from gis.cli.options import day
from gis.cli.reading import Reading

if TYPE_CHECKING:
    import pandas as pd

    from gis.base.tables import Assessment, Tables
    from gis.catalogue import Catalogue
    from gis.cli.evidence import Basis
    from gis.ingest import Ingested
    from gis.standards import Editions
    from gis.store.printed import Listing

JOINED = re.compile(r"[、,]| \+ ")
NOTES, EVIDENCE = Message("说明", "notes"), Message("依据", "evidence")
RECORDS, PERIODS = Message("条记录", "records"), Message("个时段", "periods")
MONITORED = frozenset(("samples", "air_hours", "air_days"))
NO_YEAR = Message(
    "年份未写明，取离文件保存日最近的一年",
    "no year is written: the one nearest to the day the file was saved,",
)
OWN_SHOWN = 2
JUDGED_BY = ("water_statistics", "flagged_values", "dust")
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


def read(files: Path | Sequence[Path], kind: str, how: Reading | None = None, **more: Any) -> Ingested:
    """Read files as one table of `kind` and say what was found and taken.

    Records of a live page have no year: where nobody says it, the day the file was saved does, and that
    is told. A layer of a catalogue is never read so.

    Parameters
    ----------
    files
        Files, folders or patterns: the files of one layer.
    more
        Further options of reading, as `every_reading`.

    Raises
    ------
    GisError
        The files cannot be used; a bad row is listed and the others are kept.
    """
    from gis.ingest import files_of, read_files, suspects
    from gis.ingest.canon import FIXES
    from gis.ingest.moments import BEIJING

    how = how or Reading()
    paths, skipped = files_of([files] if isinstance(files, Path) else list(files))
    if skipped:
        say(Message("未读：{names}", "not read: {names}", names="、".join(skipped)), "yellow")
    options = replace(how.options(paths[0], kind), **more)
    found = read_files(paths, options)
    if kind in MONITORED and options.date is None and found.rejects["fix"].eq(FIXES["year"].stored).any():
        saved = dt.datetime.fromtimestamp(max(one.stat().st_mtime for one in paths), BEIJING).date()
        say(
            Message("{what} {day}；{fix}", "{what} {day}; {fix}", what=NO_YEAR, day=saved, fix=FIXES["year"]),
            "yellow",
        )
        found = read_files(paths, replace(options, date=saved))
    how.suspects.extend([*suspects(found.heads)["head"], *suspected(found.findings, found.rejects)])
    tell(found, paths)
    for key, answer in options.answers.items():
        say(Message("答复  {key} = {value}", "answer  {key} = {value}", key=key, value=answer.value), "bold")
    refuse_empty(found, paths)
    return found


def name_of(files: Path | Sequence[Path]) -> str:
    """Give the name of what is made of files: that of the first, and how many there are."""
    many = [files] if isinstance(files, Path) else list(files)
    return many[0].stem if len(many) == 1 else f"{many[0].stem}+{len(many) - 1}"


def beside(found: Ingested, added: pd.DataFrame) -> pd.DataFrame:
    """Put the added columns behind the file's own; a geometry stays the last column.

    An added name that the file has already gets the ending `_gis`, and a number where that is taken.
    """
    import geopandas as gpd
    import pandas as pd

    own = found.own.loc[added.index].drop(columns="geometry", errors="ignore").infer_objects()
    new = added.set_axis(free_names([str(name) for name in added.columns], own.columns), axis=1)
    out = pd.concat([own, new], axis=1)
    if isinstance(found.table, gpd.GeoDataFrame):
        return gpd.GeoDataFrame(out, geometry=found.table.geometry.loc[added.index], crs=found.table.crs)
    return out


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


def editions(family: str, forced: str | None, layers: Path | None = None) -> Editions:
    """Give the shipped editions, those of a county's `standards/`, and the one forced for a family."""
    known = _known(layers)
    return known.force(family, forced) if forced else known


def series(forced: Sequence[str], layers: Path | None = None) -> Editions:
    """Give the same with any editions forced for the whole series, one a family."""
    return _known(layers).force_all(forced)


def _known(layers: Path | None) -> Editions:
    from gis import standards

    if layers is None:
        return standards.load()
    if not layers.is_dir():
        raise UsageError(
            Message("没有这个文件夹", "there is no such folder"),
            file=str(layers),
            fix=Message("--layers 写县数据文件夹", "--layers with a county's folder"),
        )
    return standards.load([layers / "standards"])


def unsure(known: Editions, used: pd.Series) -> list[Message]:
    """Say which editions a table used and, as doubts, what is not sure in them."""
    ids = {id_.strip() for cell in used.dropna().unique() for id_ in JOINED.split(str(cell))}
    found = [one for one in known.all if one.id in ids]
    notes: list[Message] = []
    for one in found:
        unseen = "" if one.verified else Message("，未核对原文", ", not checked against the text")
        notes.append(Message("依据 {id} · {standard}{unseen}", "edition {id} · {standard}{unseen}",
                             id=one.id, standard=one.standard, unseen=unseen))  # fmt: skip
        notes += [Doubt("{zh}", "{en}", zh=note["zh"], en=note["en"]) for note in one.unsure]
    return notes


def not_audited(n: int, things: Message) -> Message:
    """Say how many records or days are not audited."""
    return Message("未经审核：{n:,} {things}", "not audited: {n:,} {things}", n=n, things=things)


def as_of_note(last: dt.date) -> Message:
    """Say as of which day a result is."""
    return Message("截至 {last}", "as of {last}", last=last)


def county(layers: Path | None = None, **known: Any) -> Catalogue:
    """Give a catalogue of no layers for files outside any project, with what a county says of how it judges.

    Parameters
    ----------
    layers
        A county's folder: its `water_statistics`, `flagged_values` and `dust` hold here too.
    """
    from gis.catalogue import Catalogue, County, load
    from gis.catalogue.model import Words

    if layers is not None:
        own = load(layers, check_files=False).county
        known = {name: getattr(own, name) for name in JUDGED_BY} | known
    place = County(
        adcode="000000",
        name=Words(zh="", en=""),
        extent=(-180.0, -90.0, 180.0, 90.0),
        plan_years=(dt.date.min.year, dt.date.max.year),
        **known,
    )
    return Catalogue(folder=Path(), county=place, layers=())


def last_day(tables: Tables, as_of: str | None, *, or_today: bool = False) -> dt.date:
    """Give the day to judge as of, and print it.

    Raises
    ------
    UsageError
        Nobody names a day and the data has none, unless `or_today`.
    """
    said = day(as_of)
    if said is not None:
        with aside():
            say(as_of_note(said))
        return said
    from gis.base.last_day import last_date

    try:
        last, why = last_date(tables), Message("数据中的最后日期", "the last date in the data")
    except UsageError:
        if not or_today:
            raise
        last = dt.datetime.now().astimezone().date()
        why = Message("今天：数据没有日期", "today: the data has no date")
    with aside():
        say(Message("截至 {last}（{why}）", "as of {last} ({why})", last=last, why=why))
    return last


def until(table: pd.DataFrame, dates: pd.Series, last: dt.date) -> pd.DataFrame:
    """Leave aside the rows dated after `last`, and say how many.

    Raises
    ------
    UsageError
        No row is left.
    """
    import pandas as pd

    later = dates > pd.Timestamp(last) + pd.Timedelta(days=1) - pd.Timedelta(microseconds=1)
    if later.any():
        say(
            Message(
                "{n:,} 行的日期晚于 {last}，未计入",
                "{n:,} rows are dated after {last} and left aside",
                n=int(later.sum()),
                last=last,
            ),
            "yellow",
        )
    if later.all():
        raise UsageError(
            Message("全部记录都晚于 {last}", "every record is dated after {last}", last=last),
            fix=Message("用更晚的 --as-of", "a later --as-of"),
        )
    return table[~later]


def table(made: Assessment, name: str, file: Path) -> pd.DataFrame:
    """Give a table of an assessment.

    Raises
    ------
    UsageError
        The records give none: no station or section has a value in a period.
    """
    if name not in made.tables or not len(made.tables[name]):
        raise UsageError(
            Message("没有可评价的内容", "nothing could be assessed"),
            file=file.name,
            fix=Message("用 gis check 查看读到了什么", "gis check shows what was read"),
        )
    return made.tables[name]
