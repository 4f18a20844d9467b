"""Units as heads of sheets write them, and the factor from one to another of the same family."""

from __future__ import annotations

import re
import unicodedata
from fractions import Fraction
from functools import cache

from gis.base.stored_words import toml_of
from gis.base.tables import TABLES
from gis.base.units import M2_PER, UNIT_WORDS

_KNOWN = toml_of("catalogue/units.toml")
FAMILIES = {
    name: {word: Fraction(times) for times, words in sizes.items() for word in words}
    for name, sizes in _KNOWN["family"].items()
}
FAMILIES["area"] = {word: M2_PER[name] for word, name in UNIT_WORDS.items()} | FAMILIES["area"]
SUFFIXES = {"_mu": "亩", "_m2": "m2", "_yuan": "元"}
AREA = "area"
ODD = ("", "mg/1", "wan", "sq.m")  # read, not recommended
_PER = re.compile(r"(.+?)[./*]?(?:(l|cm|m|s)\^?-1|(m)\^?-(3))")
_LOST = re.compile(r"[?\ufffd]+")  # a sign that an encoding did not have: µ, ², ³


def plain_unit(text: str) -> str:
    """Spell a unit in one way: mg·L⁻¹, 毫克/升 and MG/L as mg/l; µg/m³ and what ANSI leaves of it as ug/m3."""
    flat = "".join(unicodedata.normalize("NFKC", text).lower().split()).strip(":,;。.")
    for word, short in _KNOWN["spelled"].items():
        flat = flat.replace(word, short)
    if found := _PER.fullmatch(flat):
        flat = f"{found[1]}/{found[2] or found[3] + found[4]}"
    return _found_again(flat) if _LOST.search(flat) else flat


def _found_again(unit: str) -> str:
    """Give back the signs that became a question mark, where one unit alone fits."""
    pattern = re.compile("".join(".{1,2}?" if _LOST.fullmatch(part) else re.escape(part)
                                 for part in re.split(r"([?\ufffd]+)", unit)))  # fmt: skip
    lost = [known for known in ("ug/m3", "mg/m3", "ng/m3", "ug/l", "us/cm", "m2", "hm2", "km2", "万m2")
            if pattern.fullmatch(known) and not known.startswith("m") * unit.startswith("?")]  # fmt: skip
    return lost[0] if lost else unit


_PLAIN = {name: {plain_unit(word): value for word, value in all_.items()} for name, all_ in FAMILIES.items()}


@cache
def is_unit(text: str) -> bool:
    """Say whether a text is a unit of any family."""
    plain = plain_unit(text)
    return bool(plain) and any(plain in family for family in _PLAIN.values())


def canonical_unit(table: str, column: str) -> str | None:
    """Give the unit that a canonical column is in, or None where it has none."""
    known = TABLES[table].get(column)
    if known is None or known.unit is not None:
        return known.unit if known else None
    return next((word for ending, word in SUFFIXES.items() if column.endswith(ending)), None)


def is_area(table: str, column: str) -> bool:
    """Say whether a canonical column is an area."""
    return column in TABLES[table] and plain_unit(canonical_unit(table, column) or "") in _PLAIN[AREA]


@cache
def factor(unit: str, into: str) -> float | None:
    """Give what to multiply a value in `unit` with to have it in `into`; None where they do not compare.

    Examples
    --------
    >>> factor("公顷", "亩")
    15.0
    >>> factor("μg·L-1", "mg/L")
    0.001
    >>> factor("?g/m?", "µg/m³")
    1.0
    """
    found, wanted = plain_unit(unit), plain_unit(into)
    if found == wanted:
        return 1.0
    for family in _PLAIN.values():
        if found in family and wanted in family:
            return float(family[found] / family[wanted])
    return None


def is_share(unit: str) -> bool:
    """Say whether a unit is a percentage, which no concentration is."""
    return plain_unit(unit) in _PLAIN["share"]


def comparable(into: str) -> list[str]:
    """List the units that convert into a unit."""
    wanted = plain_unit(into)
    return sorted(
        {word for family in _PLAIN.values() if wanted in family for word in family if word not in ODD}
    )


def begun(start: str, into: str) -> str | None:
    """Give the unit of which only the start is left, as where a head is cut at 10 bytes.

    Returns
    -------
    unit
        None where units of several sizes begin so; a concentration begun as the column's own is that.

    Examples
    --------
    >>> begun("亩", "亩"), begun("公", "亩"), begun("平", "亩"), begun("mg/", "mg/L")
    ('亩', '公顷', None, 'mg/L')
    """
    head = "".join(unicodedata.normalize("NFKC", start).lower().split())
    wanted = plain_unit(into)
    if not head:
        return None
    if is_unit(start) and plain_unit(start) not in ("m", "h", "k", "平方"):
        return start if factor(start, into) is not None else None
    if wanted not in _PLAIN[AREA] and wanted.startswith(plain_unit(start)):
        return into
    words = {word: value for family in FAMILIES.values() if wanted in map(plain_unit, family)
             for word, value in family.items() if word.startswith(head)}  # fmt: skip
    return next(iter(words)) if len({*words.values()}) == 1 else None
