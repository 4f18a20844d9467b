"""Stored words back to the field's own: `river_dredged` → 城区河道清淤 (`catalogue/words.toml`)."""

from __future__ import annotations

from types import MappingProxyType

import pandas as pd

from gis.base.stored_words import stored_words

CELL_WORDS = MappingProxyType(
    {"在建": "under way", "已完工": "finished", "未开工": "not started", "停工": "stopped"}
)


def paired(values: pd.Series, table: str, column: str) -> pd.Series:
    """Write the stored words of a column as [Chinese, English]; what is no stored word stays as it is."""
    words = {stored: [zh, stored.replace("_", " ")] for stored, zh in stored_words(table, column).items()}
    words |= {zh: [zh, en] for zh, en in CELL_WORDS.items()} if column == "status" else {}
    return values.map(lambda one: words.get(one, one), na_action="ignore") if words else values


def spoken(values: pd.Series, table: str, column: str) -> pd.Series:
    """Write a column in the field's words; what has none stays as it is."""
    words = stored_words(table, column)
    return values.map(lambda one: words.get(one, one), na_action="ignore") if words else values
