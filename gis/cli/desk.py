"""Any file from a desk: read it, show what was taken for what, write the result behind its own columns."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from gis import standards
from gis.base.errors import UsageError
from gis.base.messages import Message, shown
from gis.base.tables import Assessment, Tables
from gis.base.text import in_file_name
from gis.catalogue import Catalogue, County
from gis.catalogue.model import Words
from gis.cli.console import say, show
from gis.cli.options import day
from gis.cli.reading import Reading
from gis.ingest import Ingested, files_of, read_files, suspects
from gis.ingest.canon import FIXES
from gis.ingest.moments import BEIJING
from gis.ingest.sheet_shape import RECORD_FIX
from gis.maps.pages import desk as page
from gis.pipeline import last_date
from gis.standards import Editions
from gis.store.whole import write_text
from gis.store.write import write as write_table

JOINED = re.compile(r"[、,]| \+ ")
NOTES = "说明 notes"
NOT_AUDITED = "未经审核 · not audited"
SUFFIX = "_gis"
LOGGED = {
    "repairs": ("已修复 repaired", ["source", "source_row", "problem", "area_before_m2", "area_after_m2"]),
    "superseded": ("被后行取代 superseded", ["source", "source_row", "key", "by_source", "by_source_row"]),
    "rejects": ("隔离 quarantined", ["source", "source_row", "field", "text", "reason", "fix"]),
}
MONITORED = frozenset(("samples", "air_hours", "air_days"))
NO_YEAR = Message(
    "年份未写明，取离文件保存日最近的一年",
    "no year is written: the one nearest to the day the file was saved,",
)
OWN_SHOWN = 2
MOST_TEXTS, ALIKE = 4, 3
ROWS_SHOWN = 12


@dataclass(frozen=True)
class Result:
    """A table to show and to write.

    Attributes
    ----------
    columns
        Columns of the terminal's table; all when None.
    notes
        Editions, unsure points, unaudited data, as-of date: printed, on the page and on a sheet of an .xlsx.
    sheets
        Further sheets of an .xlsx by name.
    """

    frame: pd.DataFrame
    title: str
    notes: Sequence[str] = ()
    columns: Sequence[str] | None = None
    stamps: Mapping[str, str] = field(default_factory=dict)
    sheets: Mapping[str, pd.DataFrame] = field(default_factory=dict)


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
    how.suspects.extend(suspects(found.heads)["head"])
    tell(found, paths)
    for key, answer in options.answers.items():
        say(Message("答复  {key} = {value}", "answer  {key} = {value}", key=key, value=answer.value), "bold")
    if not len(found.table):
        raise UsageError(
            Message("没有剩下可用的行", "no row is left to work on"),
            file="、".join(one.name for one in paths),
            fix=Message(
                "{fix}；gis check 列出全部",
                "{fix}; gis check shows all of them",
                fix=_commonest(found.rejects["fix"]),
            ),
        )  # fmt: skip
    return found


def name_of(files: Path | Sequence[Path]) -> str:
    """Give the name of what is made of files: that of the first, and how many there are."""
    many = [files] if isinstance(files, Path) else list(files)
    return many[0].stem if len(many) == 1 else f"{many[0].stem}+{len(many) - 1}"


def _commonest(fixes: pd.Series) -> str:
    counts = fixes.value_counts()
    return shown(counts.index[0]) if len(counts) else str(Message("改正上列各行", "mend the rows above"))


def tell(found: Ingested, files: Sequence[Path]) -> None:
    """Print what was taken, the findings, the counts, and the first rows repaired, replaced or rejected."""
    taken = found.taken.drop_duplicates("column")
    names = "、".join(one.name for one in files)
    say(Message("{names} 按 {kind} 读取", "{names} read as {kind}", names=names, kind=found.kind))
    say("took  " + " · ".join(f"{row.column} = {row.head}" for row in taken.itertuples()), "dim")
    for line in _findings(found.findings):
        say(f"found {line}", "yellow")
    for line in (found.sources["encoding"] + " " + found.sources["encoding_reason"]).dropna().unique():
        say(f"text  {line}", "dim")
    sums = {
        name: int(found.sources[name].sum()) for name in map(str, found.sources) if name.startswith("rows_")
    }
    say(
        f"read {sums['rows_read']:,} = kept {sums['rows_kept']:,} + superseded {sums['rows_superseded']:,}"
        f" + quarantined {sums['rows_quarantined']:,}"
    )
    idle = found.rejects["fix"].eq(RECORD_FIX.stored)
    if idle.any():
        texts = "、".join(map(str, found.rejects.loc[idle, "text"].dropna().unique()[:MOST_TEXTS]))
        say(f"{idle.sum():,} 行不是记录，无需处理 · rows that are no records, nothing to do ({texts})", "dim")
    for log, (title, columns) in LOGGED.items():
        rows = found.rejects[~idle] if log == "rejects" else getattr(found, log)
        if len(rows):
            show(rows, title, columns, most=10)


def _findings(findings: pd.DataFrame) -> Iterator[str]:
    """Give the first findings of each kind, and how many more like them there are."""
    for _, messages in findings.drop_duplicates("message").groupby("code", sort=False)["message"]:
        yield from messages.iloc[:ALIKE]
        if len(messages) > ALIKE:
            more = len(messages) - ALIKE
            yield f"… 另有 {more} 条同类，gis check 列出全部 · {more} more like this: gis check lists all"


def beside(found: Ingested, added: pd.DataFrame) -> pd.DataFrame:
    """Put the added columns behind the file's own; a geometry stays the last column.

    An added name that the file has already gets the ending `_gis`, and a number where that is taken.
    """
    own = found.own.loc[added.index].drop(columns="geometry", errors="ignore").infer_objects()
    new = added.set_axis(_free([str(name) for name in added.columns], own.columns), axis=1)
    out = pd.concat([own, new], axis=1)
    if isinstance(found.table, gpd.GeoDataFrame):
        return gpd.GeoDataFrame(out, geometry=found.table.geometry.loc[added.index], crs=found.table.crs)
    return out


def _free(names: list[str], taken: pd.Index) -> list[str]:
    used = {str(name).casefold() for name in taken}
    out = []
    for name in names:
        free, number = name, 1
        while free.casefold() in used:
            free, number = f"{name}{SUFFIX}{number if number > 1 else ''}", number + 1
        used.add(free.casefold())
        out.append(free)
    return out


def give(result: Result, output: Path | None) -> None:
    """Show the first rows and the notes, and write everything where `-o` says so."""
    show(result.frame, result.title, result.columns, ROWS_SHOWN)
    for note in result.notes:
        say(note, "dim")
    if output is not None:
        write(result, output)


def first_and(found: Ingested, added: pd.DataFrame) -> list[str]:
    """Name the file's first columns and the added ones, for the terminal."""
    own = [str(name) for name in found.own.columns if name != "geometry"]
    return [*own[:OWN_SHOWN], *_free([str(name) for name in added.columns], found.own.columns)]


def write(result: Result, output: Path) -> None:
    """Write a table, or an offline page where the name ends in .html; an .xlsx has the notes as a sheet."""
    if output.suffix.lower() == ".html":
        stamp = " · ".join(result.stamps.values())
        notes = [note.removeprefix("※ ") for note in result.notes]
        write_text(page.render(result.title, result.frame, notes, stamp), output)
    else:
        title = in_file_name(result.title)
        sheets = {**result.sheets, NOTES: pd.DataFrame({NOTES: list(result.notes)}, dtype="str")}
        write_table(result.frame, output, title=title, stamps=result.stamps, sheets=sheets)
    say(f"wrote {output}  {len(result.frame):,} rows", "green")


def editions(family: str, forced: str | None, layers: Path | None = None) -> Editions:
    """Give the shipped editions, those of a county's `standards/`, and the one forced for a family."""
    known = _known(layers)
    return known.force(family, forced) if forced else known


def series(forced: Sequence[str], layers: Path | None = None) -> Editions:
    """Give the same with any editions forced for the whole series, one a family."""
    return _known(layers).force_all(forced)


def _known(layers: Path | None) -> Editions:
    if layers is None:
        return standards.load()
    if not layers.is_dir():
        raise UsageError(
            Message("没有这个文件夹", "there is no such folder"),
            file=str(layers),
            fix=Message("--layers 写县数据文件夹", "--layers with a county's folder"),
        )
    return standards.load([layers / "standards"])


def unsure(known: Editions, used: pd.Series) -> list[str]:
    """Say which editions a table used and what is not sure in them."""
    ids = {id_.strip() for cell in used.dropna().unique() for id_ in JOINED.split(str(cell))}
    found = [one for one in known.all if one.id in ids]
    notes = []
    for one in found:
        unseen = "" if one.verified else " · 未核对原文 not checked against the text"
        notes.append(f"依据 edition {one.id} · {one.standard}{unseen}")
        notes += [f"※ {note['zh']} · {note['en']}" for note in one.unsure]
    return notes


def county(**known: Any) -> Catalogue:
    """Give a catalogue of no layers for files outside any project."""
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
        say(f"as of {said}", "bold")
        return said
    try:
        last, why = last_date(tables), "the last date in the data"
    except UsageError:
        if not or_today:
            raise
        last, why = dt.datetime.now().astimezone().date(), "today: the data has no date"
    say(f"as of {last} ({why})", "bold")
    return last


def until(table: pd.DataFrame, dates: pd.Series, last: dt.date) -> pd.DataFrame:
    """Leave aside the rows dated after `last`, and say how many.

    Raises
    ------
    UsageError
        No row is left.
    """
    later = dates > pd.Timestamp(last) + pd.Timedelta(days=1) - pd.Timedelta(microseconds=1)
    if later.any():
        say(f"{int(later.sum()):,} rows are dated after {last} and left aside", "yellow")
    if later.all():
        raise UsageError(f"every record is dated after {last}", fix="a later --as-of")
    return table[~later]


def table(made: Assessment, name: str, file: Path) -> pd.DataFrame:
    """Give a table of an assessment.

    Raises
    ------
    UsageError
        The records give none: no station or section has a value in a period.
    """
    if name not in made.tables or not len(made.tables[name]):
        raise UsageError("nothing could be assessed", file=file.name, fix="gis check shows what was read")
    return made.tables[name]
