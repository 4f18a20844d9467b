"""Names, dtypes, titles, units and cells of the columns of tables (`tables.toml`): one description a column."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from gis.base.messages import Language, Message, shown
from gis.base.package_files import toml_of
from gis.base.units import TEN_THOUSAND, unit_words

PARTS = {"%": 0.01, "w": 10_000.0}  # what one of the shown unit is of the stored one
OWN, FURTHER, GENERAL = "computed", "shown", "general"


class Column(NamedTuple):
    """One column: its name, dtype letter, titles, the unit its values are in and how a cell shows them.

    `show` is the number of decimals, with `%` behind it for a share shown in per cent, `w` for ten thousands.
    """

    name: str
    kind: str
    zh: str
    en: str
    unit: str | None = None
    show: str = ""

    @property
    def head(self) -> tuple[str, str]:
        """The title in both languages with the unit of its cells, where the title has none and rows share one."""
        unit = {"%": "%", "w": f"{TEN_THOUSAND}{self.unit}"}.get(self.show[1:], self.unit or "")
        if not unit or "," in unit or self.zh.endswith((")", "）")):
            return self.zh, self.en
        return f"{self.zh}({unit})", f"{self.en} ({unit_words(unit)[1]})"

    @property
    def digits(self) -> int:
        """Decimals of a cell."""
        return int(self.show[0]) if self.show else 2 if self.kind == "f" else 0

    @property
    def per(self) -> float:
        """What a cell divides a value by."""
        return PARTS.get(self.show[1:], 1.0)

    @property
    def right(self) -> bool:
        """Whether its cells stand flush right, as numbers do."""
        return self.kind in ("f", "i")


def _columns(found: dict[str, list[str]]) -> dict[str, Column]:
    return {name: Column(name, *spec) for name, spec in found.items()}


_FOUND = toml_of("base/tables.toml")
TABLES = {table: _columns(columns) for table, columns in _FOUND.items() if table != FURTHER}
SHOWN = {table: _columns(columns) for table, columns in _FOUND[FURTHER].items()}
_ANYWHERE = {
    name: column
    for columns in (*reversed(SHOWN.values()), *reversed(TABLES.values()))
    for name, column in columns.items()
}


def described(name: str, table: str = GENERAL) -> Column:
    """Give the description of a column of a table; a name that nobody described stands for itself.

    A table's own words come first, then those of all computed columns, then those of any table.
    """
    for columns in (SHOWN.get(table, {}), TABLES.get(table, {}), TABLES[OWN], _ANYWHERE):
        if name in columns:
            return columns[name]
    return Column(name, "s", name, name)


def titles(table: str, chosen: Language | None = None) -> dict[str, str]:
    """Give the titles of a table that is shown in a language, the run's by default: column → title."""
    return {name: shown(Message(one.zh, one.en), chosen) for name, one in SHOWN[table].items()}


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
