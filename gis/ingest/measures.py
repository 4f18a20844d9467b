"""Units as heads of sheets write them, and the factor from one to another of the same family."""

from __future__ import annotations

import re
import unicodedata
from fractions import Fraction
from functools import cache

from gis.base.tables import TABLES
from gis.base.units import M2_PER, UNIT_WORDS

_AREA = {word: M2_PER[name] for word, name in UNIT_WORDS.items()}
_M2 = ("平方", "平米", "sqm", "sq.m")
FAMILIES: dict[str, dict[str, Fraction]] = {
    "area": {
        **_AREA, **dict.fromkeys(_M2, Fraction(1)), "市亩": M2_PER["mu"], "亩(mu)": M2_PER["mu"],
        "hectare": M2_PER["ha"], "万亩": M2_PER["mu"] * 10_000,
        **{f"万{word}": Fraction(10_000) for word in ("平方米", "m2", "平方", "平米")},
    },
    "money": {
        "元": Fraction(1), "yuan": Fraction(1), "人民币元": Fraction(1), "wan": Fraction(10_000),
        "千元": Fraction(1000),
        "万元": Fraction(10_000), "百万元": Fraction(10**6), "千万元": Fraction(10**7), "亿元": Fraction(10**8),
    },
    "concentration": {
        "g/l": Fraction(1000), "mg/l": Fraction(1), "mg/1": Fraction(1), "mg/dm3": Fraction(1),
        "ug/l": Fraction(1, 1000), "ng/l": Fraction(1, 10**6), "g/m3": Fraction(1),
        "mg/m3": Fraction(1, 1000), "ug/m3": Fraction(1, 10**6), "ng/m3": Fraction(1, 10**9),
    },
    "share of water": {"mg/l": Fraction(1), "ppm": Fraction(1), "ug/l": Fraction(1, 1000), "ppb": Fraction(1, 1000)},
    "share of air": {"ppm": Fraction(1), "ppb": Fraction(1, 1000)},
    "share": {word: Fraction(1) for word in ("%", "百分比", "%sat", "饱和度%", "饱和度", "饱和率")},
    "number": {
        "个/l": Fraction(1), "cells/l": Fraction(1), "mpn/l": Fraction(1), "cfu/l": Fraction(1), "ind/l": Fraction(1),
        **{f"{many}{word}/l": Fraction(10_000) for many in ("万", "10^4", "104", "x10^4", "x104")
           for word in ("个", "cells")},
        "个/ml": Fraction(1000), "cells/ml": Fraction(1000), "mpn/100ml": Fraction(10), "cfu/100ml": Fraction(10),
        "个/100ml": Fraction(10), "cfu/ml": Fraction(1000),
    },
    "conductivity": {"us/cm": Fraction(1), "ms/cm": Fraction(1000), "ms/m": Fraction(10)},
    "length": {"m": Fraction(1), "米": Fraction(1), "cm": Fraction(1, 100), "厘米": Fraction(1, 100)},
    "temperature": {"°c": Fraction(1), "度": Fraction(1), "摄氏度": Fraction(1)},
    "turbidity": {"ntu": Fraction(1), "ftu": Fraction(1), "fnu": Fraction(1), "度": Fraction(1)},
    "speed": {
        "m/s": Fraction(1), "米/秒": Fraction(1),
        "km/h": Fraction(5, 18), "千米/时": Fraction(5, 18),
    },
    "none": {"": Fraction(1), "无量纲": Fraction(1), "无": Fraction(1), "°": Fraction(1), "度": Fraction(1)},
}  # fmt: skip
SUFFIXES = {"_mu": "亩", "_m2": "m2", "_yuan": "元"}
AREA = "area"
ODD = ("", "mg/1", "wan", "sq.m")  # read, not recommended
_WORDS = (
    ("頃", "顷"), ("畝", "亩"), ("萬", "万"), ("平方公里", "km2"), ("平方千米", "km2"), ("平方米", "m2"),
    ("立方米", "m3"), ("毫克", "mg"), ("微克", "ug"), ("纳克", "ng"),
    ("毫升", "ml"), ("公升", "l"), ("升", "l"), ("每", "/"), ("克", "g"), ("单位", ""),
    ("î¼", "u"), ("âµ", "u"), ("â³", "3"), ("â²", "2"), ("μ", "u"), ("µ", "u"), ("×", "x"), ("−", "-"), ("⋅", ""),
    ("·", ""), ("•", ""), ("∙", ""), ("²", "2"), ("³", "3"), ("**", ""), ("m^", "m"), ("㎡", "m2"), ("/nm3", "/m3"),
)  # fmt: skip
_PER = re.compile(r"(.+?)[./*]?(?:(l|cm|m|s)\^?-1|(m)\^?-(3))")
_LOST = re.compile(r"[?\ufffd]+")  # a sign that an encoding did not have: µ, ², ³


def plain_unit(text: str) -> str:
    """Spell a unit in one way: mg·L⁻¹, 毫克/升 and MG/L as mg/l; µg/m³ and what ANSI leaves of it as ug/m3."""
    flat = "".join(unicodedata.normalize("NFKC", text).lower().split()).strip(":,;。.")
    for word, short in _WORDS:
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
