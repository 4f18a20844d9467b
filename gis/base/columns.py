"""Names, dtypes, titles and units of the columns of canonical tables (`tables.toml`)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from gis.base.package_files import toml_of


class Column(NamedTuple):
    """One column: its name, dtype letter, titles and the unit its values are in."""

    name: str
    kind: str
    zh: str
    en: str
    unit: str | None = None


TABLES: dict[str, dict[str, Column]] = {
    table: {name: Column(name, *spec) for name, spec in columns.items()}
    for table, columns in toml_of("base/tables.toml").items()
}


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
