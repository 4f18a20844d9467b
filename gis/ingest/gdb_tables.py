"""How many rows a table of a File Geodatabase says it has, and how many of them are there."""

from __future__ import annotations

import struct
import warnings
from pathlib import Path

import numpy as np
import pyogrio

from gis.base.errors import FileError
from gis.base.messages import Message
from gis.ingest.guard import MAX_ROWS, Rows, cut, too_many

HEAD, ROWS_IN_BLOCK, CLASSIC = 16, 1024, 3
WIDTHS = (4, 5, 6)


def rows_of(path: Path, place: Path, layer: str) -> Rows:
    """Count the rows of a layer by its table and the index of it.

    Returns
    -------
    rows
        Nothing known where the layer's table is not found or of a newer form (ArcGIS Pro 3.2, 64 bits).

    Raises
    ------
    FileError
        The index or the table ends before its rows do.
    """
    table = _table(place, layer)
    if table is None:
        return Rows()
    with table.open("rb") as file:
        version, said = struct.unpack("<II", file.read(8).ljust(8, b"\0"))
    index = table.with_suffix(".gdbtablx")
    data = np.fromfile(index, np.uint8) if index.is_file() else np.array([], np.uint8)
    if version != CLASSIC or (not said and not len(data)):
        return Rows()
    if len(data) < HEAD:
        raise _index_cut(path, layer, said)
    form, blocks, last, width = np.frombuffer(data[:HEAD].tobytes(), "<u4").tolist()
    if form != CLASSIC or width not in WIDTHS:
        return Rows()
    if len(data) < HEAD + blocks * ROWS_IN_BLOCK * width:
        raise _index_cut(path, layer, said)
    if blocks * ROWS_IN_BLOCK > MAX_ROWS:
        raise too_many(path, blocks * ROWS_IN_BLOCK)
    cells = data[HEAD : HEAD + blocks * ROWS_IN_BLOCK * width].reshape(-1, width).astype(np.int64)
    places = cells @ (256 ** np.arange(width, dtype=np.int64))
    there = np.flatnonzero(places)
    beyond = int((places[there] + 4 > table.stat().st_size).sum())
    if beyond > 1:
        raise cut(path, len(there), len(there) - beyond)
    sparse = last > blocks * ROWS_IN_BLOCK
    return Rows(int(said), len(there), None if sparse else there + 1)


def _index_cut(path: Path, layer: str, said: int) -> FileError:
    return FileError(
        Message(
            "图层“{layer}”的行索引不完整（截断），自称 {said:,} 行",
            'the index of the rows of layer "{layer}" is cut off; it says {said:,} rows',
            layer=layer, said=said,
        ),
        file=path.name,
        fix=Message("重新复制整个 .gdb 文件夹", "copy the whole .gdb folder again"),
    )  # fmt: skip


def _table(place: Path, layer: str) -> Path | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            listed = pyogrio.read_dataframe(
                place,
                layer="GDB_SystemCatalog",
                LIST_ALL_TABLES="YES",
                fid_as_index=True,
                read_geometry=False,
            )
    except (RuntimeError, ValueError):
        return None
    numbers = listed.index[listed["Name"] == layer]
    table = place / f"a{int(numbers[0]):08x}.gdbtable" if len(numbers) == 1 else None
    return table if table is not None and table.is_file() else None
