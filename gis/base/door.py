"""What comes in at the door of a room: tables by the names they have everywhere, with columns that are theirs."""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches
from typing import Any

import pandas as pd

from gis.base.errors import ColumnError, UsageError
from gis.base.lineage import Recorded
from gis.base.messages import Message, listed
from gis.base.phrases import refusal
from gis.base.tables import SOURCE_COLUMNS, TABLES, Tables

OF_RASTERS = frozenset(("land_cover_changes", "land_cover_seen", "land_cover_built"))
BESIDE = frozenset((*SOURCE_COLUMNS, "layer"))
NEAR = 3


def admitted(tables: Tables) -> Tables:
    """Refuse tables and columns that are known nowhere; number the rows of a table that came from no file.

    A table with every column of its kind was made by reading: what stands beside them is its file's own.
    One that lacks some was made by hand: a column that is not of its kind is taken for a mistake.

    Raises
    ------
    UsageError
        A name is that of no table.
    ColumnError
        A table made by hand has a column that its kind has not.
    """
    held = tables.tables if isinstance(tables, Recorded) else tables
    for name in held:
        if name not in TABLES and name not in OF_RASTERS:
            raise refusal(UsageError, "no_such_table", fix=one_of(name, TABLES), name=name)
    made = {name: _numbered(frame, name) for name, frame in held.items() if name in TABLES}
    if all(made[name] is held[name] for name in made):
        return tables
    return tables.over({**held, **made}) if isinstance(tables, Recorded) else {**held, **made}


def one_of(word: str, known: Collection[str]) -> Message:
    """Say which of the names known is nearest to a misspelt one, or all of them."""
    near = get_close_matches(word.lower(), list(known), NEAR, cutoff=0.5) or list(known)
    return Message("写其中之一：{near}", "one of {near}", near=", ".join(near))


def _numbered(frame: pd.DataFrame, table: str) -> pd.DataFrame:
    columns = {name for name, column in TABLES[table].items() if column.kind != "g"}
    if columns - set(frame.columns):
        _require_known(frame, table)
    rows: dict[str, Any] = {"source": table, "source_row": pd.RangeIndex(1, len(frame) + 1)}
    lacking = {name: value for name, value in rows.items() if name not in frame}
    return frame.assign(**lacking) if lacking else frame


def _require_known(frame: pd.DataFrame, table: str) -> None:
    strange = [str(name) for name in frame if name not in TABLES[table] and name not in BESIDE]
    if strange:
        near = one_of(strange[0], TABLES[table])
        raise refusal(ColumnError, "no_such_column", found=listed(strange), table=table, near=near)
