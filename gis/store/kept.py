"""What the steps of a run made, kept by all that it was made of; safe to delete at any time.

A step is handed tables that note which of them it reads. Where their content, its settings and the code stayed, what
it made before is given again; what is damaged counts as not there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

import geopandas as gpd
import pandas as pd
import pyarrow as pa

from gis.base.hashing import of_all
from gis.base.lineage import Layers, Origin, Recorded
from gis.base.tables import Assessment, Tables, empty
from gis.store import workspace

BESIDE = ("figures", "evidence")
UNKEPT = (
    OSError,
    ValueError,
    TypeError,
    pa.ArrowException,
)  # a full disk; cells that no file holds as they are


class Kept:
    """Takes the steps of a run, each only where nothing of it is kept.

    Parameters
    ----------
    folder
        Holds one folder a step; None remembers nothing.
    code
        Hash of all that every step depends on: source code, versions, language.
    """

    def __init__(self, folder: Path | None, code: str) -> None:
        self.folder, self.code = folder, code
        self.used: set[str] = set()
        self._marks: dict[int, tuple[pd.DataFrame, str]] = {}

    def __call__(
        self, said: str, tables: Tables, origin: Origin, take: Callable[[Recorded], Assessment]
    ) -> Assessment:
        """Give what a step made of the same tables, or take it and keep that.

        Parameters
        ----------
        said
            All beside the tables that decides what is made.
        origin
            Gives the layers that a table is made of.
        take
            The step.
        """
        asked: set[str] = set()

        def noting(name: str) -> Layers:
            asked.add(name)
            return origin(name)

        read = Recorded(tables, noting)
        if self.folder is None:
            return take(read)
        there = [[name, str(len(frame) > 0), *sorted(origin(name))] for name, frame in tables.items()]
        key = of_all([self.code, said, repr(sorted(there))])[: workspace.KEY_LENGTH]
        self.used.add(key)
        if (found := self._found(self.folder / key, tables)) is not None:
            return found
        made = take(read)
        about = {
            "read": {name: self.mark(tables[name]) for name in sorted(asked & tables.keys())},
            "lineage": {name: sorted(layers) for name, layers in made.lineage.items()},
        }
        frames = {**made.tables, "figures": made.figures, "evidence": made.evidence}
        with suppress(*UNKEPT):
            stored = {name: workspace.storable(frame) for name, frame in frames.items()}
            workspace.save(self.folder / key, stored, about)
        return self._found(self.folder / key, tables) or made

    def mark(self, frame: pd.DataFrame) -> str:
        """Give the content hash of a frame, worked out once a run; one that no file holds is like no other."""
        if id(frame) not in self._marks:
            try:
                self._marks[id(frame)] = frame, of_frame(frame)
            except UNKEPT:
                self._marks[id(frame)] = frame, uuid4().hex
        return self._marks[id(frame)][1]

    def sweep(self) -> None:
        """Remove what no step of this run gave or made."""
        if self.folder is not None:
            workspace.sweep(self.folder, self.used)

    def _found(self, folder: Path, tables: Tables) -> Assessment | None:
        about = workspace.about(folder)
        if about is None or any(
            name not in tables or self.mark(tables[name]) != mark for name, mark in about["read"].items()
        ):
            return None
        frames = workspace.load(folder)
        if frames is None:
            return None
        beside = {name: one if len(one := frames.pop(name)) else empty(name) for name in BESIDE}
        lineage = {name: frozenset(layers) for name, layers in about["lineage"].items()}
        return Assessment(frames, beside["figures"], beside["evidence"], lineage)


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
