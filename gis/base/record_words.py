"""The row of a file in words: what stands in its first filled columns, for a trace, a workbook and a page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pandas as pd

from gis.base.columns import TABLES, Column
from gis.base.tables import SOURCE_COLUMNS, Tables

KEYS_SHOWN = 4


def record_words(rows: pd.DataFrame, read: Tables) -> Iterator[str]:
    """Give the key values of each source row as text, in the order of `rows`."""
    told = pd.Series("", index=rows.index, dtype="object")
    for table, among in rows.groupby("table", sort=False):
        frame = read.get(str(table))
        if frame is None or not set(SOURCE_COLUMNS) <= set(frame.columns):
            continue
        shown = [name for name in frame.columns if name not in ("geometry", "layer", *SOURCE_COLUMNS)]
        first = pd.DataFrame(frame[[*SOURCE_COLUMNS, *shown]]).drop_duplicates(list(SOURCE_COLUMNS))
        keys = pd.MultiIndex.from_frame(among[list(SOURCE_COLUMNS)].astype("object"))
        cells = first.astype("object").set_index(list(SOURCE_COLUMNS)).reindex(keys)
        cells = cells.where(cells.notna(), None)
        columns = TABLES.get(str(table), {})
        lines = [_record(zip(shown, row, strict=True), columns) for row in cells.to_numpy()]
        told.update(pd.Series(lines, index=among.index, dtype="object"))
    return iter(told)


def _record(row: Iterable[tuple[str, Any]], columns: Mapping[str, Column]) -> str:
    known = [(name, cell) for name, cell in row if cell is not None][:KEYS_SHOWN]
    return " · ".join(
        f"{columns[name].zh if name in columns else name} {_cell(cell)}" for name, cell in known
    )


def _cell(cell: Any) -> str:
    if hasattr(cell, "strftime"):
        return str(cell.strftime("%Y-%m-%d" if cell == cell.normalize() else "%Y-%m-%d %H:%M"))
    return f"{cell:g}" if isinstance(cell, float) else str(cell)
