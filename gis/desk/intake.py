"""What comes in at a desk, files, frames or what was read before: read as one canonical table."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from os import PathLike
from pathlib import Path
from typing import Any

import pandas as pd

from gis.base.address import is_address, stem_of
from gis.base.calendar import day_of
from gis.base.door import one_of
from gis.base.errors import FormatError, UsageError
from gis.base.messages import Message, Text, listed, of_text
from gis.base.tables import TABLES
from gis.catalogue.model import Answer
from gis.desk.phrases import phrase, refusal
from gis.desk.sources import Read, Result, Source
from gis.ingest import KINDS, RASTER_KINDS, Options, files_of, guess_kind, read_files
from gis.ingest.balance import quarantined
from gis.ingest.canon import FIXES
from gis.ingest.files import Files
from gis.ingest.frames import NAME, read_frame
from gis.ingest.moments import BEIJING
from gis.ingest.values import plain, words

MONITORED = frozenset(("samples", "air_hours", "air_days"))
HOURS, DAYS = AIR = ("air_hours", "air_days")
SAID = ("columns", "crs", "date", "answers", "encoding", "part", "head_row", "constants")
OF_FILES = frozenset(("encoding", "part", "head_row"))
DOUBTS = ("columns_unused", "formula_without_value", "above_range", "suspect_cells", "unlikely_dates",
          "answer_in_parts")  # fmt: skip
FIRST = (*DOUBTS, "unit_by_size", "accepted_without_area")
MOST_CELL = 24
NO_YEAR = phrase("no_year")
NO_SOURCE = phrase("sources_taken")


def taken_in(source: Source, kind: str | None, said: Mapping[str, Any], **more: Any) -> Read:
    """Read a source as one table of `kind`.

    Parameters
    ----------
    kind
        Told by the heads of files when None; a frame needs it.
    said
        Some of SAID. What was read before brings its own; only answers may join them.
    more
        Further options of reading: `every_reading` keeps readings that were published again, to be judged
        as records; `extent` is the county's.

    Raises
    ------
    UsageError
        The source is none, the kind is none or another than that of what was read before, an option is
        unknown, or no row is left.
    GisError
        It cannot be read; the message names what was found and the fix.
    """
    if isinstance(source, Result):
        return _again(source, kind, said, more)
    if isinstance(source, pd.DataFrame):
        if kind is None:
            raise refusal(UsageError, "frame_of_no_kind")
        if of_files := ", ".join(sorted(OF_FILES & set(said))):
            raise refusal(UsageError, "said_of_files", found=NAME, names=of_files)
        options = replace(options_of(kind, NAME, said), **more)
        return Read(read_frame(source, options), source.copy(deep=False), options)
    paths, skipped = files_at(source)
    found = kind or guess_kind(paths[0], part=said.get("part"))
    read = read_dated(paths, replace(options_of(found, stem_of(paths[0]), said), **more))
    unread = [Message("未读：{names}", "not read: {names}", names=listed(skipped))] if skipped else []
    return read._replace(notes=(*unread, *read.notes))


def files_at(source: object) -> Files:
    """Give the files of a path, a folder, a pattern or several of them.

    Raises
    ------
    UsageError
        It is none of these.
    """
    many = [source] if isinstance(source, str | PathLike) else source
    if (
        not isinstance(many, list | tuple)
        or not many
        or not all(isinstance(one, str | PathLike) for one in many)
    ):
        raise no_source(source)
    return files_of([Path(one) for one in many])


def no_source(source: object) -> UsageError:
    """Give the error for what can be no source."""
    return refusal(UsageError, "no_source", found=type(source).__name__, fix=NO_SOURCE)


def read_dated(paths: Sequence[Path], options: Options) -> Read:
    """Read files; records of a live page have no year: where nobody says it, the day the file was saved does."""
    found = read_files(paths, options)
    undated = options.kind in MONITORED and options.date is None and not any(map(is_address, paths))
    if not (undated and found.rejects["fix"].eq(FIXES["year"].stored).any()):
        return Read(found, tuple(paths), options)
    saved = dt.datetime.fromtimestamp(max(one.stat().st_mtime for one in paths), BEIJING).date()
    told = Message("{what} {day}；{fix}", "{what} {day}; {fix}", what=NO_YEAR, day=saved, fix=FIXES["year"])
    dated = replace(options, date=saved)
    return Read(read_files(paths, dated), tuple(paths), dated, (told,))


def options_of(kind: str, layer: str, said: Mapping[str, Any]) -> Options:
    """Turn what a caller says of a source into the options of reading it.

    Raises
    ------
    UsageError
        The kind, an option or a column is unknown, or what is said of it is of no use.
    """
    if kind not in KINDS and kind not in RASTER_KINDS:
        raise refusal(UsageError, "no_such_kind", fix=one_of(kind, KINDS), kind=kind)
    require_known(said, SAID)
    columns = {role: _head(role, head) for role, head in _pairs(said, "columns").items()}
    constants = _pairs(said, "constants")
    for role in (*columns, *constants):
        require_column(role, kind)
    return Options(
        kind=kind, layer=layer, part=said.get("part"), encoding=said.get("encoding"), head_row=said.get("head_row"),
        crs=crs_text(said.get("crs")), date=day_of(said.get("date")),
        columns=columns, answers=answers_of(said),
        constants={role: _word(role, value, kind) for role, value in constants.items()},
    )  # fmt: skip


def crs_text(crs: object) -> str | None:
    """Write a CRS as a file names it: 4528 is EPSG:4528, a CRS of pyproj is its text."""
    return None if crs is None else f"EPSG:{crs}" if isinstance(crs, int) else str(crs)


def require_known(said: Mapping[str, Any], known: Sequence[str]) -> None:
    """Refuse an option that nobody takes, with the nearest.

    Raises
    ------
    UsageError
        There is one.
    """
    for name in said:
        if name not in known:
            raise refusal(UsageError, "no_such_option", fix=one_of(name, known), name=name)


def require_column(role: str, kind: str) -> None:
    """Refuse a column that the kind does not have.

    Raises
    ------
    UsageError
        With the nearest columns.
    """
    if role not in TABLES[kind]:
        raise refusal(UsageError, "no_such_column", role=role, kind=kind, near=one_of(role, TABLES[kind]))


def answers_of(said: Mapping[str, Any]) -> dict[str, Answer]:
    """Give the answers that a caller has to questions, as of today."""
    today = dt.datetime.now().astimezone().date()
    return {
        key: one if isinstance(one, Answer) else Answer(value=str(one), date=today, by="")
        for key, one in _pairs(said, "answers").items()
    }


def only_answers(said: Mapping[str, Any]) -> dict[str, Any]:
    """Give what is said of a second source: the answers."""
    return {name: value for name, value in said.items() if name == "answers"}


def air_kinds(source: Source, said: Mapping[str, Any], kind: str | None = None) -> dict[str, Any]:
    """Tell hours from days of air quality: kind → the source, or those of the files that are of it.

    Raises
    ------
    FormatError
        A file holds no air records.
    """
    if isinstance(source, Result):
        return {kind or (source.read.found.kind if source.read else DAYS): source}
    if isinstance(source, pd.DataFrame):
        return {kind or _clock(source, said): source}
    kinds: dict[str, Any] = {}
    for path in files_at(source).paths:
        kinds.setdefault(air_kind(path, said, kind), []).append(path)
    return kinds


def air_kind(path: Path, said: Mapping[str, Any], kind: str | None = None) -> str:
    """Tell whether a file holds hours or days of air quality.

    Raises
    ------
    FormatError
        It holds neither.
    """
    found = kind or _said_clock(said)
    found = found or guess_kind(
        path, AIR if said.get("columns") else (*AIR, "samples", "parcels"), said.get("part")
    )
    if found not in AIR:
        raise refusal(FormatError, "no_air_records", path.name, found=found)
    return found


def require_rows(read: Read) -> None:
    """Refuse a source of which no row can be used.

    Raises
    ------
    UsageError
        With the commonest fix of the rows that fell out.
    """
    found = read.found
    if len(found.table):
        return
    counts = found.rejects["fix"].value_counts()
    fix = of_text(counts.index[0]) if len(counts) else Message("改正上列各行", "mend the rows above")
    raise UsageError(
        Message("没有剩下可用的行", "no row is left to work on"), file=read.name,
        fix=Message("{fix}；gis check 列出全部", "{fix}; gis check shows all of them", fix=fix),
    )  # fmt: skip


def seen_first(findings: pd.DataFrame, rejects: pd.DataFrame | None, most: int | None = None) -> list[Text]:
    """Give what may count and was not taken, heads, cells or rows, and the units that only the size told."""
    return [*told(findings[findings["code"].isin(FIRST)], most), *quarantined_rows(rejects)]


def told(findings: pd.DataFrame, most: int | None = None) -> Iterator[Text]:
    """Give the findings, of each kind the first ones, and how many more like them there are."""
    for _, messages in findings.drop_duplicates("message").groupby("code", sort=False)["message"]:
        yield from map(of_text, messages.iloc[:most])
        if most is not None and len(messages) > most:
            yield phrase("more_alike", more=len(messages) - most)


def quarantined_rows(rejects: pd.DataFrame | None) -> list[Message]:
    """Say how many rows could not be used, and why."""
    if rejects is None:
        return []
    rows = rejects[quarantined(rejects)]
    if not len(rows):
        return []
    why, *further = map(of_text, rows["reason"].drop_duplicates())
    if further:
        why = Message("{why}等 {n} 种原因", "{why} and {n} more reasons", why=why, n=len(further))
    first = rows.iloc[0]
    where = Message("第 {row} 行", "row {row}", row=first["source_row"])
    if pd.notna(first["text"]):
        where = Message("{where} {text}", "{where} {text}", where=where, text=str(first["text"])[:MOST_CELL])
    return [phrase("rows_quarantined", n=len(rows), why=why, where=where)]


def _again(source: Result, kind: str | None, said: Mapping[str, Any], more: Mapping[str, Any]) -> Read:
    read = source.read
    if read is None or (kind is not None and read.found.kind != kind):
        raise refusal(UsageError, "of_another_kind", found=read.found.kind if read else None, kind=kind)
    require_known(said, SAID)
    if late := sorted(set(said) - {"answers"}):
        raise refusal(UsageError, "read_already", found=", ".join(late))
    options = replace(read.options, **more)
    if options == read.options:
        return read
    if isinstance(read.source, pd.DataFrame):
        return read._replace(found=read_frame(read.source, options), options=options)
    return read._replace(found=read_files(read.source, options), options=options)


def _head(role: str, head: Any) -> tuple[str, str | None]:
    """Give a head with its unit, of a head or of both."""
    name, unit, *rest = head if isinstance(head, tuple | list) and len(head) > 1 else (head, None)
    if rest or isinstance(name, tuple | list | Mapping) or not isinstance(unit, str | None):
        raise refusal(UsageError, "head_not_understood", found=str(head), role=role)
    return str(name), unit


def _word(role: str, value: Any, kind: str) -> Any:
    """Give the word of the table for a constant as people write it: 河流 is river; other columns take any value."""
    known = words(role, kind)
    if not known or not isinstance(value, str):
        return value
    found = known.get(plain(value), value if value in known.values() else None)
    if found is None:
        raise refusal(
            UsageError, "no_such_value", fix=one_of(value, dict.fromkeys(known.values())), value=value,
            role=role,
        )  # fmt: skip
    return found


def _pairs(said: Mapping[str, Any], name: str) -> dict[str, Any]:
    value = said.get(name) or {}
    if not isinstance(value, Mapping):
        raise refusal(UsageError, "no_mapping", found=type(value).__name__, name=name)
    return dict(value)


def _said_clock(said: Mapping[str, Any]) -> str | None:
    roles = set(said.get("columns") or ())
    return HOURS if roles & {"time", "o3"} else DAYS if roles & {"date", "o3_8h"} else None


def _clock(frame: pd.DataFrame, said: Mapping[str, Any]) -> str:
    from gis.ingest.heads import recognised

    found = {recognised(head, HOURS) for head in map(str, frame.columns)}
    return _said_clock(said) or (HOURS if found & {"time", "_clock"} else DAYS)
