"""Names, dtypes, titles and units of the columns of canonical tables (`tables.toml`)."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import NamedTuple


class Column(NamedTuple):
    """One column: its name, dtype letter, titles and the unit its values are in."""

    name: str
    kind: str
    zh: str
    en: str
    unit: str | None = None


def _load() -> dict[str, dict[str, Column]]:
    text = files("gis.base").joinpath("tables.toml").read_text(encoding="utf-8")
    return {
        table: {name: Column(name, *spec) for name, spec in columns.items()}
        for table, columns in tomllib.loads(text).items()
    }


TABLES: dict[str, dict[str, Column]] = _load()
