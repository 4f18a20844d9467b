"""Stored words back to the field's own: `river_dredged` → 城区河道清淤 (`catalogue/words.toml`)."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

import pandas as pd


@cache
def stored_words(table: str, column: str) -> dict[str, str]:
    """Give the first Chinese word of each stored word of a column; empty where the column stores none."""
    text = files("gis.catalogue").joinpath("words.toml").read_text(encoding="utf-8")
    known = tomllib.loads(text)
    found = known.get(f"{table}.{column}") or known.get(column) or {}
    return {word: seen[0] for word, seen in found.items()}


def spoken(values: pd.Series, table: str, column: str) -> pd.Series:
    """Write a column in the field's words; what has none stays as it is."""
    words = stored_words(table, column)
    return values.map(lambda one: words.get(one, one), na_action="ignore") if words else values
