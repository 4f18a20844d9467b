"""Accepted data as Parquet, one folder for each file read; safe to delete at any time.

Whatever is damaged, half written or cannot be opened counts as not there: the file is read again.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import fields
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pyarrow as pa

from gis.base.errors import FileError
from gis.base.hashing import of_all, of_bytes, of_file
from gis.ingest import Ingested
from gis.store.hashing import Hashes
from gis.store.phrases import refusal
from gis.store.place import clear

KEY_LENGTH = 24
KEY = re.compile(f"[0-9a-f]{{{KEY_LENGTH}}}")
BUILDING, INDEX = "building-", "frames.json"
LOGS = tuple(one.name for one in fields(Ingested) if one.name not in ("layer", "kind", "table", "own"))


class Shelf:
    """What each file was read as; a file whose content, place and settings stayed is not read again.

    Parameters
    ----------
    folder
        Holds one folder a file read; None remembers nothing.
    code
        Hash of the source code that reads.
    hashes
        Gives the content hash of a path.
    writes
        False only looks at what is kept: another process is the writer.
    """

    def __init__(self, folder: Path | None, code: str, hashes: Hashes, *, writes: bool = True) -> None:
        self.folder, self.code, self.hashes, self.writes = folder, code, hashes, writes
        self.used: set[str] = set()

    def __call__(self, path: Path, said: str, read: Callable[[str], Ingested]) -> Ingested:
        """Give what is kept of a file, or read it and keep that, without its own columns.

        Parameters
        ----------
        said
            All beside the content that decides what the file reads as.
        read
            Takes the SHA-256 of the content.

        Raises
        ------
        FileError
            The file changed while it was read.
        """
        digest = self.hashes.of(path)
        key = of_all([self.code, said, digest])[:KEY_LENGTH]
        self.used.add(key)
        kept = None if self.folder is None else load(self.folder / key)
        if kept is None or "table" not in kept:
            found = read(digest)
            if self.hashes.of(path) != digest:
                raise refusal(FileError, "file_changed", path.name)
            logs = {name: frame for name in LOGS if len(frame := getattr(found, name))}
            kept = self._keep(key, {"table": found.table, **logs})
        logs = {name: kept[name] for name in LOGS if name in kept}
        return Ingested("", "", kept["table"], pd.DataFrame(index=kept["table"].index), **logs)

    def _keep(self, key: str, frames: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
        """Give frames as they will be given back, and keep them where the folder takes them."""
        stored = {name: storable(frame) for name, frame in frames.items()}
        if self.folder is not None and self.writes:
            try:
                save(self.folder / key, stored)
            except OSError:  # a full disk, a share that is only read: what follows is not kept either
                self.writes = False
        return stored

    def unwritten(self) -> Shelf:
        """Give the same entries to one who keeps nothing there."""
        return Shelf(self.folder, self.code, self.hashes, writes=False)

    def sweep(self) -> None:
        """Remove half-written entries and those that no layer of the catalogue needs any more."""
        if self.folder is not None and self.writes:
            sweep(self.folder, self.used)


def sweep(folder: Path, used: Collection[str]) -> None:
    """Remove half-written entries and those that nobody used."""
    for entry in folder.iterdir() if folder.is_dir() else ():
        if entry.name.startswith(BUILDING) or (KEY.fullmatch(entry.name) and entry.name not in used):
            with suppress(OSError):
                clear(entry)


def save(folder: Path, frames: Mapping[str, pd.DataFrame], about: Mapping[str, Any] | None = None) -> None:
    """Keep `storable` frames in `folder`, whole or not at all; a GeoDataFrame becomes GeoParquet.

    Parameters
    ----------
    about
        What else is to be known of them, as JSON holds it.

    Raises
    ------
    OSError
        The disk takes no more.
    """
    if folder.parent.exists() and not folder.parent.is_dir():
        clear(folder.parent)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=BUILDING) as scratch:
        building = Path(scratch) / folder.name
        building.mkdir()
        kinds: dict[str, list[str]] = {}
        for name, frame in frames.items():
            file = building / f"{name}.parquet"
            frame.to_parquet(file)
            kinds[name] = ["geo" if isinstance(frame, gpd.GeoDataFrame) else "plain", of_file(file)]
        index = {"frames": kinds, "about": dict(about or {}), "sha256": _seal([kinds, dict(about or {})])}
        (building / INDEX).write_text(json.dumps(index), encoding="utf-8")
        clear(folder)
        building.rename(folder)


def about(folder: Path) -> dict[str, Any] | None:
    """Give what is to be known of the frames kept in `folder`; None where there are none, or not as they were kept."""
    index = _index(folder)
    return None if index is None else index["about"]


def load(folder: Path) -> dict[str, pd.DataFrame] | None:
    """Give the frames kept in `folder`, or None where there are none, or not whole and as they were kept."""
    index = _index(folder)
    if index is None:
        return None
    try:
        kinds: dict[str, list[str]] = index["frames"]
        files = {name: folder / f"{name}.parquet" for name in kinds}
        if any(of_file(files[name]) != sha256 for name, (_, sha256) in kinds.items()):
            return None
        return {
            name: (gpd.read_parquet if kind == "geo" else pd.read_parquet)(files[name])
            for name, (kind, _) in kinds.items()
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError, pa.ArrowException):
        return None


def _index(folder: Path) -> dict[str, Any] | None:
    with suppress(OSError, ValueError, KeyError, TypeError):
        index: dict[str, Any] = json.loads((folder / INDEX).read_text(encoding="utf-8"))
        if index["sha256"] == _seal([index["frames"], index["about"]]):
            return index
    return None


def storable(frame: pd.DataFrame) -> pd.DataFrame:
    """Give columns of mixed types (cells of a sheet as found) as text, so that Parquet holds them."""
    out = frame.copy()
    out.columns = _unique([str(name) for name in out.columns])
    for position, name in enumerate(out.columns):
        column = out.iloc[:, position]
        if column.dtype == object and name != "geometry":
            out[name] = column.where(column.isna(), column.map(str)).astype("str")
    return out


def _seal(kinds: object) -> str:
    return of_bytes(json.dumps(kinds).encode())


def _unique(names: list[str]) -> list[str]:
    seen: dict[str, int] = {}
    out = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        out.append(name if seen[name] == 1 else f"{name}_{seen[name]}")
    return out
