"""Control lines from any files or frames, with the kind of each, each spot of ground given to one line of its kind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from os import PathLike
from pathlib import Path
from typing import Any, NamedTuple

import geopandas as gpd
import pandas as pd

from gis.base.address import is_address
from gis.base.errors import UsageError
from gis.base.messages import Message
from gis.catalogue import Catalogue, Layer
from gis.catalogue.model import FieldFrom
from gis.desk.county import entry_of, stamps_of
from gis.desk.intake import NO_SOURCE, no_source, require_rows, taken_in
from gis.desk.phrases import phrase, refusal
from gis.desk.sources import Read, Result, Source
from gis.ingest import LINE_TYPES, line_type_of, parts_of

WRITE_IT = phrase("lines_written", kinds=", ".join(LINE_TYPES))


class Lines(NamedTuple):
    """Control lines of all sources, what was read, the stamps of a catalogue, and what was left unread.

    Attributes
    ----------
    stamps
        What every row must carry where the lines are of a catalogue: sample data, 内部资料 with the names
        of its layers that are not public.
    """

    table: gpd.GeoDataFrame
    reads: Sequence[Read]
    stamps: Mapping[str, str]
    notes: Sequence[Message]


def lines_of(
    sources: Iterable[tuple[Source, str | None]], known: Catalogue | None, said: Mapping[str, Any]
) -> Lines:
    """Read control lines, each source with the kind of its lines or None where it tells that itself.

    Parameters
    ----------
    sources
        Frames, what was read before, or FILE, FILE:LAYER, FILE:LAYER=KIND or FILE=KIND; of a file of
        several layers every one whose name tells the kind.
    said
        `answers` to questions.

    Raises
    ------
    UsageError
        There is no source, or the kind of a line is not known; the fix says how to write it.
    """
    reads: list[Read] = []
    entries: list[Layer | None] = []
    notes: list[Message] = []
    for source, kind in sources:
        if isinstance(source, str | PathLike):
            file, part, stated = parsed(str(source))
            holds = _kind(kind) or stated
            parts, unread = ([part], None) if part else _lined(file, holds)
            notes += [] if unread is None else [unread]
            for one in parts:
                entry = entry_of(known, file, "control_lines", one)
                reads.append(_line(file, one, holds, entry, said))
                entries.append(entry)
        elif isinstance(source, pd.DataFrame | Result):
            of_kind = _kind(kind) and isinstance(source, pd.DataFrame)
            constants = {"constants": {"line_type": kind}} if of_kind else {}
            reads.append(_known(taken_in(source, "control_lines", {**said, **constants}), kind))
        elif isinstance(source, list | tuple):
            reads += lines_of([(part, kind) for part in source], known, said).reads
        else:
            raise no_source(source)
    if not reads:
        raise refusal(UsageError, "no_lines", fix=NO_SOURCE)
    stacked = pd.concat([one.found.table for one in reads], ignore_index=True)
    return Lines(gpd.GeoDataFrame(stacked, crs="EPSG:4490"), reads, stamps_of(known, entries), notes)


def parsed(text: str) -> tuple[Path, str | None, str | None]:
    """Take `FILE`, `FILE:LAYER`, `FILE:LAYER=KIND` apart; the colon of a drive (`C:`) belongs to the file.

    Raises
    ------
    UsageError
        The kind is not one of the four.
    """
    name, kind = text, None
    head, equals, tail = text.rpartition("=")
    if equals and not Path(text).exists() and not (is_address(text) and tail not in LINE_TYPES):
        name, kind = head, tail.strip()
        _kind(kind)
    if is_address(name) or Path(name).exists():
        return Path(name), None, kind
    file, colon, part = name.rpartition(":")
    if not colon or len(file) <= 1:
        return Path(name), None, kind
    return Path(file), part or None, kind


def _lined(file: Path, kind: str | None) -> tuple[Sequence[str | None], Message | None]:
    """Give the layers to read of a file of which no layer was named: all whose name tells the kind; name the others."""
    parts = parts_of(file)
    if len(parts) <= 1 or kind:
        return list(parts) or [None], None
    known = [part for part in parts if line_type_of(part)]
    others = [part for part in parts if part not in known]
    if not known:
        raise refusal(UsageError, "no_layer_of_lines", file.name, found=", ".join(others), fix=WRITE_IT)
    unread = phrase("layers_not_read", file=file.name, others=", ".join(others), how=WRITE_IT)
    return known, unread if others else None


def _line(
    file: Path, part: str | None, kind: str | None, entry: Layer | None, said: Mapping[str, Any]
) -> Read:
    stated = kind or (entry.line_type if entry else None)
    holds = stated or line_type_of(part or "") or line_type_of(file.name)
    constants: dict[str, Any] = {"line_type": holds} if holds else {}
    how: dict[str, Any] = {**said, "part": part, "constants": constants}
    if entry is not None:
        columns = {
            name: (head.head, head.unit) if isinstance(head, FieldFrom) else head
            for name, head in entry.fields.items()
        }
        constants |= entry.constants
        how |= {"crs": entry.crs, "encoding": entry.encoding, "columns": columns}
    return _known(taken_in(file, "control_lines", how), None, f"{file.name}:{part}" if part else file.name)


def _known(read: Read, kind: str | None, where: str | None = None) -> Read:
    """Refuse lines of no kind."""
    require_rows(read)
    if kind is not None:
        table = read.found.table.assign(line_type=kind)
        return read._replace(found=replace(read.found, table=table))
    if not read.found.table["line_type"].isin(LINE_TYPES).all():
        raise refusal(UsageError, "lines_of_no_kind", where or read.name, fix=WRITE_IT)
    return read


def _kind(kind: str | None) -> str | None:
    if kind is not None and kind not in LINE_TYPES:
        raise refusal(UsageError, "no_such_line_kind", fix=WRITE_IT, kind=kind)
    return kind
