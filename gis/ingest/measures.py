"""Units as heads of sheets write them, and the factor from one to another of the same family."""

from __future__ import annotations

import unicodedata
from fractions import Fraction

from gis.base.tables import TABLES
from gis.base.units import M2_PER, UNIT_WORDS

_AREA = {word: M2_PER[name] for word, name in UNIT_WORDS.items()}
FAMILIES: dict[str, dict[str, Fraction]] = {
    "area": {
        **_AREA, "亩(mu)": M2_PER["mu"], "hectare": M2_PER["ha"],
        "万亩": M2_PER["mu"] * 10_000, "万平方米": Fraction(10_000), "万m2": Fraction(10_000),
    },
    "money": {
        "元": Fraction(1), "yuan": Fraction(1), "千元": Fraction(1000), "万元": Fraction(10_000),
        "百万元": Fraction(10**6), "亿元": Fraction(10**8),
    },
    "concentration": {
        "g/l": Fraction(1000), "mg/l": Fraction(1), "毫克/升": Fraction(1), "ppm": Fraction(1),
        "ug/l": Fraction(1, 1000), "微克/升": Fraction(1, 1000), "ng/l": Fraction(1, 10**6),
        "mg/m3": Fraction(1, 1000), "毫克/立方米": Fraction(1, 1000),
        "ug/m3": Fraction(1, 10**6), "微克/立方米": Fraction(1, 10**6), "ng/m3": Fraction(1, 10**9),
    },
    "number": {
        "个/l": Fraction(1), "cells/l": Fraction(1), "mpn/l": Fraction(1), "cfu/l": Fraction(1),
        "万个/l": Fraction(10_000), "万cells/l": Fraction(10_000), "10^4cells/l": Fraction(10_000),
        "个/ml": Fraction(1000), "cells/ml": Fraction(1000), "mpn/100ml": Fraction(10),
    },
    "conductivity": {"us/cm": Fraction(1), "ms/cm": Fraction(1000), "ms/m": Fraction(10)},
    "length": {"m": Fraction(1), "米": Fraction(1), "cm": Fraction(1, 100), "厘米": Fraction(1, 100)},
    "temperature": {"°c": Fraction(1), "度": Fraction(1), "摄氏度": Fraction(1)},
    "turbidity": {"ntu": Fraction(1), "ftu": Fraction(1), "fnu": Fraction(1), "度": Fraction(1)},
    "speed": {
        "m/s": Fraction(1), "米/秒": Fraction(1), "米每秒": Fraction(1),
        "km/h": Fraction(5, 18), "千米/时": Fraction(5, 18),
    },
    "none": {"": Fraction(1), "无量纲": Fraction(1), "无": Fraction(1), "°": Fraction(1), "度": Fraction(1)},
}  # fmt: skip
SUFFIXES = {"_mu": "亩", "_m2": "m2", "_yuan": "元"}


def plain_unit(text: str) -> str:
    """Spell a unit in one way: half-width, lower case, no spaces, µ and μ as u, ³ as 3."""
    flat = unicodedata.normalize("NFKC", text).lower()
    return "".join(flat.split()).replace("μ", "u").replace("µ", "u").replace("m^", "m")


_PLAIN = {name: {plain_unit(word): value for word, value in all_.items()} for name, all_ in FAMILIES.items()}


def is_unit(text: str) -> bool:
    """Say whether a text is a unit of any family."""
    plain = plain_unit(text)
    return bool(plain) and any(plain in family for family in _PLAIN.values())


def canonical_unit(table: str, column: str) -> str | None:
    """Give the unit that a canonical column is in, or None where it has none."""
    unit = TABLES[table][column].unit
    if unit is not None:
        return unit
    return next((word for ending, word in SUFFIXES.items() if column.endswith(ending)), None)


def factor(unit: str, into: str) -> float | None:
    """Give what to multiply a value in `unit` with to have it in `into`; None where they do not compare.

    Examples
    --------
    >>> factor("公顷", "亩")
    15.0
    >>> factor("μg/L", "mg/L")
    0.001
    """
    found, wanted = plain_unit(unit), plain_unit(into)
    if found == wanted:
        return 1.0
    for family in _PLAIN.values():
        if found in family and wanted in family:
            return float(family[found] / family[wanted])
    return None


def comparable(into: str) -> list[str]:
    """List the units that convert into a unit."""
    wanted = plain_unit(into)
    return sorted({word for family in _PLAIN.values() if wanted in family for word in family if word})
