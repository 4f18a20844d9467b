"""The sheets that this tool adds to its workbooks: what their first rows say, so that no reader takes them for data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gis.base.columns import titles
from gis.base.messages import LANGUAGES

SHEETS = ("fields", "meanings", "basis")  # as `tables.toml` describes them
FIRSTS = (
    *(tuple(titles(table, chosen).values()) for table in SHEETS for chosen in LANGUAGES),
    ("字段 field", "中文", "English", "单位 unit"),  # as it once wrote them
)
NAMES = frozenset(("说明", "notes"))


def about_the_book(names: Sequence[str], firsts: Sequence[Sequence[Any]]) -> list[bool]:
    """Tell which sheets of a workbook explain it, if this tool wrote it: fields, evidence, and then notes.

    Parameters
    ----------
    firsts
        The first row of each sheet.
    """
    own = [any(tuple(row[: len(first)]) == first for first in FIRSTS) for row in firsts]
    return [one or (any(own) and name in NAMES) for one, name in zip(own, names, strict=True)]
