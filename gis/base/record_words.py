"""The row of a file in words: what stands in its first filled columns, for a trace, a workbook and a page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import pandas as pd

from gis.base.columns import described
from gis.base.messages import Message, ready
from gis.base.stored_words import word_of
from gis.base.tables import SOURCE_COLUMNS, Tables

KEYS_SHOWN, NOTHING = 4, ready("")


def record_words(rows: pd.DataFrame, read: Tables) -> Iterator[Message]:
    """Give the key values of each source row as a text in both languages, in the order of `rows`."""
    told = pd.Series(NOTHING, index=rows.index, dtype="object")
    for table, among in rows.groupby("table", sort=False):
        frame = read.get(str(table))
        if frame is None or not set(SOURCE_COLUMNS) <= set(frame.columns):
            continue
        shown = [name for name in frame.columns if name not in ("geometry", "layer", *SOURCE_COLUMNS)]
        first = pd.DataFrame(frame[[*SOURCE_COLUMNS, *shown]]).drop_duplicates(list(SOURCE_COLUMNS))
        keys = pd.MultiIndex.from_frame(among[list(SOURCE_COLUMNS)].astype("object"))
        cells = first.astype("object").set_index(list(SOURCE_COLUMNS)).reindex(keys)
        cells = cells.where(cells.notna(), None)
        lines = [_record(zip(shown, row, strict=True), str(table)) for row in cells.to_numpy()]
        told.update(pd.Series(lines, index=among.index, dtype="object"))
    return iter(told)


def _record(row: Iterable[tuple[str, Any]], table: str) -> Message:
    known = [(name, cell) for name, cell in row if cell is not None][:KEYS_SHOWN]
    heads = [(told.zh, told.en) for name, _ in known for told in [described(name, table)]]
    words = [word_of(_cell(cell), name, table) for name, cell in known]
    told = [
        " · ".join(f"{head[at]} {word[at]}" for head, word in zip(heads, words, strict=True)) for at in (0, 1)
    ]
    return ready(*told)


def _cell(cell: Any) -> str:
    if hasattr(cell, "strftime"):
        return str(cell.strftime("%Y-%m-%d" if cell == cell.normalize() else "%Y-%m-%d %H:%M"))
    return f"{cell:g}" if isinstance(cell, float) else str(cell)
