"""Names, dtypes, titles and units of the columns of canonical tables (`tables.toml`)."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
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


def free_names(names: Iterable[str], taken: Iterable[object]) -> list[str]:
    """Give each name, with the ending `_gis` (and a number) where it is taken already, whatever the case.

    Examples
    --------
    >>> free_names(["aqi", "aqi_level"], ["AQI", "aqi_gis"])
    ['aqi_gis2', 'aqi_level']
    """
    used = {str(name).casefold() for name in taken}
    out = []
    for name in names:
        free, number = name, 1
        while free.casefold() in used:
            free, number = f"{name}_gis{number if number > 1 else ''}", number + 1
        used.add(free.casefold())
        out.append(free)
    return out
