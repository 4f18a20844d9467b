"""Accepted data as Parquet, one folder for each file read; safe to delete at any time."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import fields
from pathlib import Path

import geopandas as gpd
import pandas as pd

from gis.base.hashing import of_all
from gis.ingest import Ingested
from gis.store.hashing import Hashes

KEY_LENGTH = 24
LOGS = tuple(one.name for one in fields(Ingested) if one.name not in ("layer", "kind", "table", "own"))


class Shelf:
    """What each file was read as; a file whose content, place and settings stayed is not read again.

    Parameters
    ----------
    folder
        Holds one folder a file read.
    code
        Hash of the source code that reads.
    hashes
        Gives the content hash of a path.
    """

    def __init__(self, folder: Path, code: str, hashes: Hashes) -> None:
        self.folder, self.code, self.hashes = folder, code, hashes
        self.used: set[str] = set()

    def __call__(self, path: Path, said: str, read: Callable[[str], Ingested]) -> Ingested:
        """Give what is kept of a file, or read it and keep that, without its own columns.

        Parameters
        ----------
        said
            All beside the content that decides what the file reads as.
        read
            Takes the SHA-256 of the content.
        """
        digest = self.hashes.of(path)
        key = of_all([self.code, said, digest])[:KEY_LENGTH]
        self.used.add(key)
        kept = load(self.folder / key)
        if kept is None:
            found = read(digest)
            logs = {name: frame for name in LOGS if len(frame := getattr(found, name))}
            kept = save(self.folder / key, {"table": found.table, **logs})
        logs = {name: kept[name] for name in LOGS if name in kept}
        return Ingested("", "", kept["table"], pd.DataFrame(index=kept["table"].index), **logs)

    def sweep(self) -> None:
        """Remove half-written entries and those that no layer of the catalogue needs any more."""
        for entry in self.folder.iterdir() if self.folder.exists() else ():
            if entry.is_dir() and entry.name not in self.used:
                shutil.rmtree(entry, ignore_errors=True)


def save(folder: Path, frames: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Keep frames in `folder`, whole or not at all; a GeoDataFrame becomes GeoParquet.

    Returns
    -------
    frames
        As `load` will give them back.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    building = Path(tempfile.mkdtemp(dir=folder.parent, prefix="building-"))
    kinds: dict[str, str] = {}
    stored = {name: storable(frame) for name, frame in frames.items()}
    for name, frame in stored.items():
        frame.to_parquet(building / f"{name}.parquet")
        kinds[name] = "geo" if isinstance(frame, gpd.GeoDataFrame) else "plain"
    (building / "frames.json").write_text(json.dumps(kinds), encoding="utf-8")
    if folder.exists():
        shutil.rmtree(folder)
    building.rename(folder)
    return stored


def load(folder: Path) -> dict[str, pd.DataFrame] | None:
    """Give the frames kept in `folder`, or None where there are none."""
    index = folder / "frames.json"
    if not index.exists():
        return None
    kinds: dict[str, str] = json.loads(index.read_text(encoding="utf-8"))
    return {
        name: (gpd.read_parquet if kind == "geo" else pd.read_parquet)(folder / f"{name}.parquet")
        for name, kind in kinds.items()
    }


def storable(frame: pd.DataFrame) -> pd.DataFrame:
    """Give columns of mixed types (cells of a sheet as found) as text, so that Parquet holds them."""
    out = frame.copy()
    out.columns = _unique([str(name) for name in out.columns])
    for position, name in enumerate(out.columns):
        column = out.iloc[:, position]
        if column.dtype == object and name != "geometry":
            out[name] = column.where(column.isna(), column.map(str)).astype("str")
    return out


def _unique(names: list[str]) -> list[str]:
    seen: dict[str, int] = {}
    out = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        out.append(name if seen[name] == 1 else f"{name}_{seen[name]}")
    return out
