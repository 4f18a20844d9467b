"""Names of official tables: what a head of one is, and the unit that its standard gives it."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from gis.base.stored_words import toml_of
from gis.ingest.heads import plain, take_apart


class Official(NamedTuple):
    """A name of an official table: its table, what it is, its unit, and whether a text of it was seen."""

    table: str
    meaning: str
    unit: str | None
    seen: bool


@cache
def _names() -> dict[str, Official]:
    found: dict[str, Official] = {}
    for table in toml_of("catalogue/official.toml").values():
        zh = table["title"]["zh"]
        for evidence in ("seen", "habit"):
            for name, (meaning, *unit) in table.get(evidence, {}).items():
                one = Official(zh, meaning, unit[0] if unit else None, evidence == "seen")
                found.setdefault(plain(name), one)
        for name in table.get("heads", ()):
            found.setdefault(plain(name), Official(zh, name, None, False))
    return found


def official(head: str) -> Official | None:
    """Give what is known of a head as a name of an official or usual table, or None.

    Examples
    --------
    >>> official("TBMJ").unit
    'm2'
    """
    return next((_names()[key] for key in take_apart(head).keys if key in _names()), None)
