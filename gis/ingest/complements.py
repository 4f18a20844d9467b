"""One record whose items stand in several sheets, blocks or files → one row; and the cell each record begins at."""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

from gis.base.tables import SOURCE_COLUMNS
from gis.ingest.keys import come_again, keys
from gis.ingest.layout_labels import measured
from gis.ingest.model import CELLS

SOURCE_COLUMN = "source_column"
CELL = "!"
WHERE = [*SOURCE_COLUMNS, SOURCE_COLUMN]


class Complemented(NamedTuple):
    """Rows of whole records; `joined` are the rows that went into one above, by the index of that one."""

    table: pd.DataFrame
    joined: pd.DataFrame
    into: pd.Series


def complemented(table: pd.DataFrame, kind: str) -> Complemented:
    """Join rows of one place and time that hold different items: one sheet or file an item.

    Parameters
    ----------
    table
        Shape (n,), canonical columns.

    Returns
    -------
    complemented
        Rows that share an item stay apart: they are readings of their own.
    """
    names = [name for name in table.columns if name in measured(kind)]
    whole = Complemented(table, table.iloc[:0], pd.Series(dtype="int64"))
    if not names or not come_again(table, kind):
        return whole
    key = keys(table, kind)
    again = key.notna() & key.duplicated(keep=False)
    if not again.any():
        return whole
    rows, by = table[again], key[again]
    filled = rows[names].notna()
    once = (filled.groupby(by).transform("sum") <= 1).all(axis=1) & filled.any(axis=1)
    fits = once.groupby(by).transform("all")
    if not fits.any():
        return whole
    rows, by = rows[fits], by[fits]
    first = pd.Series(rows.index, index=rows.index).groupby(by).transform("first")
    values = rows[names].groupby(first).first()
    later = first != rows.index
    table = table.copy()
    for name in names:
        table.loc[values.index, name] = values[name].astype(table[name].dtype)
    return Complemented(table.drop(index=rows.index[later]), rows[later], first[later])


def moved(log: pd.DataFrame, found: Complemented, table: pd.DataFrame) -> pd.DataFrame:
    """Let the lines of a log of cells follow their rows into the record that these became part of."""
    if not len(found.joined) or not len(log):
        return log
    old, new = found.joined, table.loc[found.into]
    names = [name for name in WHERE if name in log and name in table]
    place_of = dict(zip(_places(old, names), range(len(old)), strict=True))
    at = pd.Series(_places(log, names), index=log.index).map(place_of)
    hit = at.notna()
    log = log.copy()
    for name in names:
        log.loc[hit, name] = new[name].to_numpy()[at[hit].astype("int64")]
    return log


def _places(frame: pd.DataFrame, names: list[str]) -> list[tuple[object, ...]]:
    cells = frame[names].astype("object").where(frame[names].notna(), None)
    return list(cells.itertuples(index=False, name=None))


def with_cells(frame: pd.DataFrame) -> pd.DataFrame:
    """Name the cell that a record begins at, file#sheet!D and the row, where a row holds several records."""
    if SOURCE_COLUMN not in frame:
        return frame.drop(columns=CELLS, errors="ignore")
    column = frame[SOURCE_COLUMN]
    source = frame["source"].where(column.isna(), frame["source"] + CELL + column.astype("str"))
    return frame.assign(source=source).drop(columns=[SOURCE_COLUMN, CELLS], errors="ignore")
