"""State, class, level or line → colour, shape, pattern, sign and word, for page, print and workbook alike.

Colours are data: `standards/colours.toml` and the levels of the AQI edition in force.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from gis.base.errors import StandardError
from gis.base.phrases import refusal
from gis.base.stored_words import numeral
from gis.standards import Edition, Editions

FAMILY = "map_colours"
NO_DATA = "no_data"
EVEN_CONTRAST = 0.179
KNEE = 0.04045
_LUMA = (0.2126, 0.7152, 0.0722)


@dataclass(frozen=True)
class Mark:
    """How one thing is shown; a colour is never its only sign.

    Attributes
    ----------
    fill
        Colour of the area or of the symbol; None for an outline only.
    shape
        Of a point or a badge: square, circle, diamond, triangle, octagon or ring (hollow).
    sign
        What stands inside the shape: a class numeral, ✓, !, ✗; `sign_en` where it is another in English.
    pattern
        Of an area: hatch (45°), wide (light 45°), dots or cross; None is a plain fill.
    """

    key: str
    zh: str
    en: str
    line: str
    fill: str | None = None
    shape: str = "square"
    sign: str = ""
    sign_en: str = ""
    pattern: str | None = None
    dash: str | None = None
    weight: float = 1.0

    @property
    def ink(self) -> str:
        """Colour of the sign: black or white, whichever has more contrast with the fill (WCAG 2)."""
        return "#FFFFFF" if self.fill and _luminance(self.fill) < EVEN_CONTRAST else "#000000"


def colours(editions: Editions, on: dt.date) -> Edition:
    """Give the edition of the colours in force on a day.

    Raises
    ------
    EditionError
        No file of the family `map_colours` covers the day.
    """
    return editions.in_force(FAMILY, on)


def marks(edition: Edition, group: str) -> dict[str, Mark]:
    """Give the marks of a group of `colours.toml`, in its order.

    Parameters
    ----------
    group
        state, severity, line, parcel_state, base or point.

    Raises
    ------
    StandardError
        The file has no such group.
    """
    if group not in edition.data:
        raise refusal(StandardError, "no_such_group", f"{edition.id}.toml", group=group)
    return {key: _mark(key, spec) for key, spec in edition.data[group].items()}


def no_data(edition: Edition) -> Mark:
    """Give the mark of what has no data: never a colour of a class, never a zero."""
    return _mark(NO_DATA, edition.data[NO_DATA])


def water_classes(edition: Edition) -> dict[int, Mark]:
    """Give class 1–6 (6 = worse than V) → mark with its numeral, official colour and grade word."""
    return {
        int(key): Mark(
            key=f"class_{key}",
            zh=f"{spec['numeral']}类（{spec['grade']['zh']}）",
            en=f"class {spec['numeral'].replace('劣', 'worse than ')} ({spec['grade']['en']})",
            line="#1F2933",
            fill=_hex(spec["rgb"]),
            shape="circle",
            sign=spec["numeral"],
            sign_en=numeral(spec["numeral"]).en,
        )
        for key, spec in edition.data["water_class"].items()
    }


def aqi_levels(editions: Editions, on: dt.date) -> dict[str, Mark]:
    """Give the AQI levels by their Chinese word, best first, in the colours of HJ 633 on that day."""
    edition = editions.in_force("aqi", on)
    if "level" not in edition.data:
        edition = editions.get(edition.data["levels_from"])
    levels = edition.data["level"]
    lows = [0, *(level["up_to"] + 1 for level in levels)]
    return {
        level["name"]["zh"]: Mark(
            key=f"aqi_{position}",
            zh=f"{level['name']['zh']}（{level['grade']}，{low}–{level['up_to']}）",
            en=f"{level['name']['en']} ({low}–{level['up_to']})",
            line="#1F2933",
            fill=_hex(level["rgb"]),
            shape="circle",
            sign=level["name"]["zh"][0],
            sign_en=level["name"]["en"][0].upper(),
        )
        for position, (level, low) in enumerate(zip(levels, lows, strict=False))
    }


def land_cover(edition: Edition, words: Mapping[int, tuple[str, str]]) -> dict[int, Mark]:
    """Give class code → mark: the colour of its code, or for another code one that no class has.

    Parameters
    ----------
    words
        Class code → (Chinese, English), of every class that is shown.
    """
    known = edition.data["land_cover"]
    strange = [code for code in sorted(words) if str(code) not in known]
    spare = {code: known["other"][at % len(known["other"])] for at, code in enumerate(strange)}
    return {
        code: Mark(f"cover_{code}", zh, en, line="#52606D", fill=known.get(str(code)) or spare[code])
        for code, (zh, en) in words.items()
    }


def verdict_words(edition: Edition) -> dict[str, tuple[str, str]]:
    """Give the words of the verdicts: key → (Chinese, English); 涉及 is said, never 违法."""
    return {key: (words["zh"], words["en"]) for key, words in edition.data["verdict"].items()}


def ramp(edition: Edition, limits: list[float], unit: tuple[str, str]) -> list[Mark]:
    """Give one mark a step of a quantity, from light to dark.

    Parameters
    ----------
    limits
        Upper limits of the steps but the last, ascending.
    unit
        In Chinese and in English.
    """
    fills = edition.data["ramp"]["fills"]
    lows = [0.0, *limits]
    words = [f"{low:,.0f}–{high:,.0f}" for low, high in zip(lows, limits, strict=False)] + [
        f"≥ {lows[-1]:,.0f}"
    ]
    chosen = fills[len(fills) - len(words) :]
    return [
        Mark(f"step_{step}", f"{word} {unit[0]}", f"{word} {unit[1]}", line="#8A97A3", fill=fill)
        for step, (word, fill) in enumerate(zip(words, chosen, strict=True))
    ]


def bands(edition: Edition, edges: Sequence[float], digits: int, unit: str) -> list[Mark]:
    """Give one mark a band between two edges, from light to dark; at most as many as the ramp has fills."""
    fills = edition.data["ramp"]["fills"]
    words = [f"{low:,.{digits}f}–{high:,.{digits}f} {unit}" for low, high in pairwise(edges)]
    chosen = fills[len(fills) - len(words) :]
    return [
        Mark(f"band_{step}", word, word, line="#8A97A3", fill=fill)
        for step, (word, fill) in enumerate(zip(words, chosen, strict=True))
    ]


def _mark(key: str, spec: Mapping[str, Any]) -> Mark:
    rest = {name: value for name, value in spec.items() if name != "name"}
    return Mark(key=key, zh=spec["name"]["zh"], en=spec["name"]["en"], **rest)


def _hex(rgb: list[int]) -> str:
    return "#" + "".join(f"{part:02X}" for part in rgb)


def _luminance(colour: str) -> float:
    """Give the relative luminance of sRGB (WCAG 2); at 0.179 black and white have the same contrast."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= KNEE else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip(_LUMA, linear, strict=True))
