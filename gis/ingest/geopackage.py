"""What a GeoPackage needs beyond its format: rows still in a -wal, views that are safe, a count of its own."""

from __future__ import annotations

import re
import shutil
import sqlite3
import struct
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from gis.base.errors import FileError, FormatError
from gis.ingest.guard import MAX_ROWS, Rows, too_many
from gis.ingest.model import Findings, finding
from gis.ingest.refusals import refusal

WAL = 2
DAMAGED = (sqlite3.Error, UnicodeError)  # SQLite names what is damaged in its own bytes
PATIENCE = 5.0
STEPS = 100_000
UNSAFE = re.compile(
    r"\b(recursive|zeroblob|randomblob|load_extension|readfile|writefile|fts3_tokenizer|generate_series"
    r"|printf|format|hex|ogr_\w+|gdal_\w+)\b",
    re.IGNORECASE,
)
MODULES = re.compile(r"\busing\s+[\"'\[`]?(rtree|rtree_i32|fts3|fts4|fts5)\b", re.IGNORECASE)


@contextmanager
def settled(path: Path) -> Iterator[tuple[Path, Findings]]:
    """Give a GeoPackage with all its rows, without a change to it or beside it.

    Rows that a program left in the -wal, or a transaction it did not end, are brought in in a copy.

    Raises
    ------
    FileError
        It ends before its pages do, or there is no room for the copy.
    FormatError
        A view or a virtual table in it runs more than a plain selection.
    """
    files = [path.with_name(path.name + end) for end in ("-wal", "-journal")]
    beside = [file for file in files if file.is_file() and file.stat().st_size]
    with _copy(path, beside) if beside else nullcontext(path) as place:
        findings = [] if beside else _lacks_wal(path)
        if not beside:
            _check_pages(path)
        _check_views(path, place)
        yield place, findings


@contextmanager
def _copy(path: Path, beside: list[Path]) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="gis-") as scratch:
        size = sum(one.stat().st_size for one in (path, *beside))
        if shutil.disk_usage(scratch).free < 2 * size:
            raise refusal(FileError, "gpkg_no_room", path, size=2 * size)
        for one in (path, *beside):
            shutil.copyfile(one, Path(scratch) / one.name)
        yield Path(scratch) / path.name


def _lacks_wal(path: Path) -> Findings:
    with path.open("rb") as file:
        head = file.read(20)
    if head[18:20] != bytes((WAL, WAL)):
        return []
    return [finding("wal_missing", name=path.name)]


def _check_pages(path: Path) -> None:
    with path.open("rb") as file:
        head = file.read(100)
    if len(head) < 100:  # noqa: PLR2004  the header of SQLite
        raise refusal(FileError, "gpkg_cut", path, said=100, size=len(head))
    page = struct.unpack_from(">H", head, 16)[0]
    pages, changed, valid = (struct.unpack_from(">I", head, at)[0] for at in (28, 24, 92))
    said, size = pages * (65536 if page == 1 else page), path.stat().st_size
    if changed == valid and size < said:
        raise refusal(FileError, "gpkg_cut", path, said=said, size=size)


def _connected(path: Path, place: Path) -> sqlite3.Connection:
    how = "mode=ro&immutable=1" if place == path else "mode=ro"
    base = sqlite3.connect(f"{place.absolute().as_uri()}?{how}", uri=True)
    base.text_factory = partial(str, encoding="utf-8", errors="replace")
    until = time.monotonic() + PATIENCE
    base.set_progress_handler(lambda: int(time.monotonic() > until), STEPS)
    return base


def _check_views(path: Path, place: Path) -> None:
    try:
        with closing(_connected(path, place)) as base:
            made = base.execute(
                "SELECT name, sql FROM sqlite_master WHERE type IN ('table', 'view')"
            ).fetchall()
    except DAMAGED as error:
        raise unreadable(path, error) from error
    for name, sql in made:
        text = str(sql or "").lstrip()
        virtual = re.match(r"create\s+virtual\b", text, re.IGNORECASE)
        view = re.match(r"create\s+(temp\w*\s+)?view\b", text, re.IGNORECASE)
        if (virtual and not MODULES.search(text)) or (view and UNSAFE.search(text)):
            raise refusal(FormatError, "gpkg_view_unsafe", path, name=str(name)[:40])


def rows_of(path: Path, place: Path, layer: str) -> Rows:
    """Count the rows of a layer, in its table and in the file's own list.

    Raises
    ------
    FileError
        The table cannot be counted, or only in more than some seconds.
    """
    table = layer.replace('"', '""')
    with closing(_connected(path, place)) as base:
        try:
            if not base.execute(
                "SELECT 1 FROM sqlite_master WHERE type IN ('table', 'view') AND name = ?", (layer,)
            ).fetchone():
                return Rows()
            found = base.execute(f'SELECT COUNT(*) FROM "{table}"').fetchone()[0]  # noqa: S608
        except DAMAGED as error:
            raise unreadable(path, error) from error
        if found > MAX_ROWS:
            raise too_many(path, found)
        said = _asked(
            base, "SELECT feature_count FROM gpkg_ogr_contents WHERE lower(table_name) = lower(?)", layer
        )
    return Rows(said[0] if said and isinstance(said[0], int) else None, int(found))


def fids_of(path: Path, place: Path, layer: str) -> npt.NDArray[np.int64] | None:
    """Give the row numbers of a layer's table; None for a view."""
    table = layer.replace('"', '""')
    with closing(_connected(path, place)) as base:
        found = _asked(base, f'SELECT rowid FROM "{table}" ORDER BY rowid')  # noqa: S608
    return np.array(found, np.int64) if found and None not in found else None


def kind_of(path: Path, place: Path, layer: str) -> str:
    """Give the kind of geometry a layer says it has, in capitals; empty where it says none."""
    query = "SELECT geometry_type_name FROM gpkg_geometry_columns WHERE lower(table_name) = lower(?)"
    with closing(_connected(path, place)) as base:
        said = _asked(base, query, layer)
    return str(said[0]).upper() if len(said) == 1 else ""


def _asked(base: sqlite3.Connection, query: str, *values: str) -> list[Any]:
    try:
        return [row[0] for row in base.execute(query, values)]
    except DAMAGED:
        return []


def unreadable(path: Path, error: Exception) -> FileError:
    """Say that the database in the file is damaged, or that a view of it takes too long."""
    if "interrupted" in str(error):
        return refusal(FileError, "gpkg_view_slow", path, n=PATIENCE)
    return refusal(FileError, "gpkg_damaged", path, found=str(error))
