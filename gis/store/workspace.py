"""Accepted data as Parquet, one folder for each content hash; safe to delete at any time."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

import geopandas as gpd
import pandas as pd


def save(folder: Path, frames: Mapping[str, pd.DataFrame]) -> None:
    """Keep frames in `folder`, whole or not at all; a GeoDataFrame becomes GeoParquet."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    building = Path(tempfile.mkdtemp(dir=folder.parent, prefix="building-"))
    kinds: dict[str, str] = {}
    for name, frame in frames.items():
        storable(frame).to_parquet(building / f"{name}.parquet")
        kinds[name] = "geo" if isinstance(frame, gpd.GeoDataFrame) else "plain"
    (building / "frames.json").write_text(json.dumps(kinds), encoding="utf-8")
    if folder.exists():
        shutil.rmtree(folder)
    building.rename(folder)


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


def sweep(folder: Path, keep: set[str]) -> None:
    """Remove half-written entries and those that no layer of the catalogue needs any more."""
    if not folder.exists():
        return
    for entry in folder.iterdir():
        if entry.is_dir() and entry.name not in keep:
            shutil.rmtree(entry, ignore_errors=True)


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
