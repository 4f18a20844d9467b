"""Stored words back to the field's own: `river_dredged` → 城区河道清淤 (`catalogue/words.toml`)."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from types import MappingProxyType

import pandas as pd


@cache
def stored_words(table: str, column: str) -> dict[str, str]:
    """Give the first Chinese word of each stored word of a column; empty where the column stores none."""
    text = files("gis.catalogue").joinpath("words.toml").read_text(encoding="utf-8")
    known = tomllib.loads(text)
    found = known.get(f"{table}.{column}") or known.get(column) or {}
    return {word: seen[0] for word, seen in found.items()}


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
