"""Heads and codes of a table in the words of a person who reads it on the terminal; files keep the codes."""

from __future__ import annotations

import datetime as dt
import math
from functools import cache

from gis.base.calendar import period_words
from gis.base.columns import described
from gis.base.messages import MARK, Message, language, shown
from gis.base.package_files import toml_of
from gis.base.stored_words import word_of, words_of
from gis.base.units import unit_words

CLASSES = frozenset(
    ("water_class", "target_class", "class_as_river", "class_as_lake", "published_class", "goal_class")
)
GROUPS = {"state": ("state", "parcel_state"), "line_type": ("line",), "severity": ("severity",)}
NOTED = frozenset(("note", "message", "formula", "clause", "meaning", "not_assessed", "validity"))
GRADED = frozenset(("category", "grade"))
SIGNS = {"<=": "≤", ">=": "≥"}
BOOLEANS = frozenset(("bool", "bool_"))  # of Python and of numpy
FIGURES = 4
YES, NO = Message("是", "yes"), Message("否", "no")


def kind_word(kind: str) -> Message:
    """Give the word for a kind of layer."""
    return Message("{zh}", "{kind}", zh=word_of(kind, "kind", "layer")[0], kind=kind)


def head(name: str) -> str:
    """Give the head of a column: its Chinese title, or in English the name that it has in a file."""
    return described(name).zh if language() == "zh" else name


def word(column: str, value: object) -> object:
    """Give a code as its word: Ⅲ for class 3, 达标 for met; any other value as it is."""
    if column in NOTED and isinstance(value, str):
        return shown(value)
    if type(value).__name__ in BOOLEANS:
        return str(YES if value else NO)
    if column in CLASSES:
        return _numerals().get(value, value)
    return _text(column, value) if isinstance(value, str) else value


def _text(column: str, value: str) -> str:
    if column == "unit":
        return unit_words(value)[language() == "en"]
    if value.startswith(MARK):
        return str(shown(value))
    if column in GRADED and language() == "en":
        return _grades().get(value, value)
    if column == "comparator":
        return SIGNS.get(value, value)
    if column == "period":
        return period_word(value)
    return str(_codes(column).get(value, value))


def period_word(period: str) -> str:
    """Write a period as people say it: 2021C10 is 2021年1–10月累计."""
    return period_words(period)[0] if language() == "zh" and len(period) > len("2021") else period


def rounded_safely(value: float, *, up: bool) -> str:
    """Write a bound in a few figures, rounded to the side on which it still holds."""
    if not value:
        return "0"
    unit = 10.0 ** (math.floor(math.log10(abs(value))) - FIGURES + 1)
    return f"{(math.ceil if up else math.floor)(round(value / unit, 6)) * unit:.{FIGURES}g}"


def short(value: float) -> str:
    """Write a number in a few figures."""
    import pandas as pd

    return "–" if pd.isna(value) else f"{value:.{FIGURES}g}"


def percent(value: float) -> str:
    """Write a share of 1 in per cent."""
    import pandas as pd

    return "–" if pd.isna(value) else f"{100 * value:.0f} %"


@cache
def _numerals() -> dict[object, str]:
    from gis import look, standards

    edition = look.colours(standards.load(), dt.datetime.now().astimezone().date())
    return {number: mark.sign or mark.zh for number, mark in look.water_classes(edition).items()}


@cache
def _grades() -> dict[str, str]:
    """Give the English of grades and levels by their Chinese name, of every edition."""
    from gis import standards

    found = [
        one["name"]
        for edition in standards.load().all
        for rows in edition.data.values()
        for one in (rows if isinstance(rows, list) else rows.values() if isinstance(rows, dict) else ())
        if isinstance(one, dict) and isinstance(one.get("name"), dict)
    ]
    return {name["zh"]: name["en"] for name in found if {"zh", "en"} <= name.keys()}


@cache
def _codes(column: str) -> dict[str, Message]:
    groups = ("verdict",) if column == "verdict" else GROUPS.get(column, ())
    if groups:
        return {
            code: Message(spec.get("name", spec)["zh"], code)
            for group in groups
            for code, spec in toml_of("standards/colours.toml")[group].items()
        }
    words = words_of(column, "alerts" if column == "kind" else "")
    return {code: Message(zh, code if code.isascii() else en) for code, (zh, en) in words.items()}
