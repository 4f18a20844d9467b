"""Words that tables store as codes: `river_dredged` is 城区河道清淤 (`catalogue/words.toml`)."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def toml_of(path: str) -> dict[str, Any]:
    """Read a data file of the package."""
    return tomllib.loads(files("gis").joinpath(path).read_text(encoding="utf-8"))


def stored_words(table: str, column: str) -> dict[str, str]:
    """Give the first Chinese word of each stored word of a column; empty where the column stores none."""
    known = toml_of("catalogue/words.toml")
    found = known.get(f"{table}.{column}") or known.get(column) or {}
    return {word: seen[0] for word, seen in found.items()}
