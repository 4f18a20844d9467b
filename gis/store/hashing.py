"""Content hashes of files and of our own source, remembered by size and time of change."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyarrow as pa

from gis.base.address import is_address
from gis.base.errors import UsageError
from gis.base.hashing import of_bytes, of_file, of_path
from gis.store.place import clear
from gis.store.whole import write_text


def of_source(folder: Path, rooms: Iterable[str] = ("",)) -> str:
    """SHA-256 of a package's source and data files, so that new code makes new results.

    Parameters
    ----------
    rooms
        Names of the folders in it that count; all of it by default.
    """
    digest = hashlib.sha256()
    for path in sorted(path for room in rooms for path in (folder / room).rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            digest.update(path.relative_to(folder).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def of_frame(frame: pd.DataFrame) -> str:
    """SHA-256 of names, types, index and cells of a frame, the same however it came to be in memory."""
    crs = getattr(frame, "crs", None)
    digest = hashlib.sha256(repr([crs and (crs.to_epsg() or crs.to_wkt()), len(frame)]).encode())
    plain = frame.to_wkb() if isinstance(frame, gpd.GeoDataFrame) else pd.DataFrame(frame)
    columns = [plain.index, *(plain.iloc[:, at] for at in range(plain.shape[1]))]
    for column, dtype in zip(columns, [plain.index.dtype, *frame.dtypes], strict=True):
        digest.update(f"{column.name} {dtype}".encode())
        if isinstance(column.dtype, pd.CategoricalDtype):
            digest.update(repr([*column.array.categories, column.dtype.ordered]).encode())
        digest.update(_cells(column))
    return digest.hexdigest()


def _cells(column: pd.Series | pd.Index) -> pa.Buffer:
    """Give the cells of a column as bytes, with one value in the place of each that is missing."""
    cells = pa.array(column.astype("object") if column.dtype == "category" else column, from_pandas=True)
    cells = cells.combine_chunks() if isinstance(cells, pa.ChunkedArray) else cells
    if pa.types.is_boolean(cells.type):
        cells = cells.cast(pa.uint8())
    if pa.types.is_string(cells.type):
        cells = cells.cast(pa.large_string())
    zero = "" if pa.types.is_large_string(cells.type) else b"" if pa.types.is_binary(cells.type) else 0
    full = cells if pa.types.is_null(cells.type) else cells.fill_null(pa.scalar(zero, cells.type))
    return pa.record_batch([full, cells.is_null().cast(pa.uint8())], names=["cells", "nothing"]).serialize()


class Hashes:
    """Content hashes of files; a file with the same size and time of change is not read again.

    Parameters
    ----------
    memory
        The file that remembers them; one that is damaged is as none. None remembers nothing.
    """

    def __init__(self, memory: Path | None) -> None:
        self.memory = memory
        self.known: dict[str, list[object]] = {} if memory is None else _remembered(memory)

    def of(self, path: Path) -> str:
        """SHA-256 over the files that `path` stands for, names included when there are several, or over a table."""
        if is_address(path):
            from gis.ingest.postgis import hash_of

            return hash_of(path)
        return of_path(path, self._of_file)

    def _of_file(self, path: Path) -> str:
        stat = path.stat()
        mark: list[object] = [stat.st_size, stat.st_mtime_ns]
        known = self.known.get(str(path))
        if known and known[:2] == mark:
            return str(known[2])
        self.known[str(path)] = [*mark, of_file(path)]
        return str(self.known[str(path)][2])

    def save(self) -> None:
        """Remember the hashes for the next run, where the folder takes a file."""
        if self.memory is None:
            return
        sealed = {"files": self.known, "sha256": _seal(self.known)}
        with suppress(OSError, UsageError):
            if self.memory.is_dir():
                clear(self.memory)
            write_text(json.dumps(sealed, ensure_ascii=False), self.memory)


def _remembered(memory: Path) -> dict[str, list[object]]:
    try:
        sealed = json.loads(memory.read_text(encoding="utf-8"))
        known: dict[str, list[object]] = sealed["files"]
        return known if sealed["sha256"] == _seal(known) else {}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def _seal(known: object) -> str:
    return of_bytes(json.dumps(known, ensure_ascii=False).encode())
