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
from gis.ingest.refusals import refusal

HEAD, ROWS_IN_BLOCK = 16, 1024
CLASSIC, WIDE = 3, 4  # the forms of ArcGIS 10, and of Pro 3.2 with 64 bits
WIDTHS = (4, 5, 6)


def rows_of(path: Path, place: Path, layer: str) -> Rows:
    """Count the rows of a layer by its table and the index of it.

    Returns
    -------
    rows
        Nothing known where the layer's table is not in the catalogue or is of the wide form.

    Raises
    ------
    FileError
        The index or the table is damaged or ends before its rows do.
    """
    table = _table(path, place, layer)
    if table is None:
        return Rows()
    with table.open("rb") as file:
        version, said = struct.unpack("<II", file.read(8).ljust(8, b"\0"))
    index = table.with_suffix(".gdbtablx")
    data = np.fromfile(index, np.uint8) if index.is_file() else np.array([], np.uint8)
    if version == CLASSIC and not said and not len(data):
        return Rows(0, 0)
    if len(data) < HEAD:
        raise refusal(FileError, "gdb_index_cut", path, layer=layer, said=said)
    form, blocks, last, width = np.frombuffer(data[:HEAD].tobytes(), "<u4").tolist()
    if version == form == WIDE:
        return Rows()
    if version != CLASSIC or form != CLASSIC or width not in WIDTHS:
        found = Message("图层“{layer}”的表头", 'the head of the table of layer "{layer}"', layer=layer)
        raise refusal(FileError, "gdb_damaged", path, found=found)
    if len(data) < HEAD + blocks * ROWS_IN_BLOCK * width:
        raise refusal(FileError, "gdb_index_cut", path, layer=layer, said=said)
    if blocks * ROWS_IN_BLOCK > MAX_ROWS:
        raise too_many(path, blocks * ROWS_IN_BLOCK)
    cells = data[HEAD : HEAD + blocks * ROWS_IN_BLOCK * width].reshape(-1, width)
    places = sum(
        (cells[:, at].astype(np.int64) << 8 * at for at in range(width)), np.zeros(len(cells), np.int64)
    )
    there = np.flatnonzero(places)
    beyond = int((places[there] + 4 > table.stat().st_size).sum())
    if beyond > 1 or said > len(there):
        raise cut(path, max(said, len(there)), len(there) - beyond)
    sparse = last > blocks * ROWS_IN_BLOCK
    return Rows(int(said), len(there), None if sparse else there + 1)


def _table(path: Path, place: Path, layer: str) -> Path | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            table_list = {"layer": "GDB_SystemCatalog", "LIST_ALL_TABLES": "YES"}
            listed = pyogrio.read_dataframe(place, fid_as_index=True, read_geometry=False, **table_list)
        numbers = listed.index[listed["Name"] == layer]
    except (RuntimeError, ValueError, KeyError) as error:
        found = Message("图层目录", "its list of layers")
        raise refusal(FileError, "gdb_damaged", path, found=found) from error
    table = place / f"a{int(numbers[0]):08x}.gdbtable" if len(numbers) == 1 else None
    return table if table is not None and table.is_file() else None
