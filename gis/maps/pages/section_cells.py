"""Words and cells of sections that the water page and the pages of sections share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from gis import look
from gis.base.messages import keys_of
from gis.base.stored_words import numeral
from gis.base.tables import TABLES
from gis.base.text import both
from gis.base.units import unit_words
from gis.look import Mark
from gis.maps.book import Book
from gis.maps.layers import Pair
from gis.maps.page import remark
from gis.maps.pages.cells import flagged, missing, words

UNKNOWN: Pair = ("未知", "unknown")
SAMPLES = TABLES["samples"]
BY_NAME = {column.zh: key for key, column in SAMPLES.items()}
Row = dict[str, Any]


@dataclass(frozen=True)
class WaterMarks:
    """Marks of classes 1 to 6, of states, and of no data."""

    classes: dict[int, Mark]
    states: dict[str, Mark]
    none: Mark

    @classmethod
    def of(cls, book: Book) -> WaterMarks:
        """Read them from the colours in force."""
        edition = look.colours(book.editions, book.as_of)
        return cls(look.water_classes(edition), look.marks(edition, "state"), look.no_data(edition))

    def of_class(self, value: Any) -> Mark:
        """Give the mark of a class; that of no data where it is missing."""
        return self.none if missing(value) else self.classes[int(value)]

    def sign(self, value: Any) -> str:
        """Give the numeral of a class that a target asks for; "–" where it is missing."""
        return "–" if missing(value) else self.classes[int(value)].sign

    def numeral(self, value: Any) -> str:
        """Show the numeral of a class; "–" where it is missing."""
        told = numeral(self.sign(value))
        return told.zh if told.zh == told.en else both(told.zh, told.en)


def class_cell(row: Row, marks: WaterMarks) -> str:
    """Give the class of a row with its symbol; both classes where the kind of water is unknown."""
    if not missing(row.get("water_class")):
        return flagged(marks.of_class(row["water_class"]))
    river, lake = row.get("class_as_river"), row.get("class_as_lake")
    if not missing(river) or not missing(lake):
        told = numeral(marks.sign(river)), numeral(marks.sign(lake))
        return both(
            f"河 {told[0].zh} / 湖 {told[1].zh}（不判定）",
            f"river {told[0].en} / lake {told[1].en} (no verdict)",
        )
    reason = row.get("not_assessed")
    return flagged(marks.none) + ("" if missing(reason) else f" <small>{words(reason)}</small>")


def state_of(row: Row) -> str | None:
    """Give the state of a section: what an ended period reached, or how a running one goes; None = no verdict."""
    value = row.get("at_target")
    if missing(value):
        return None
    reached, short = ("on_track", "behind") if row.get("provisional") is True else ("met", "missed")
    return reached if value else short


def verdict_cell(row: Row, marks: WaterMarks) -> str:
    """Give the verdict of a row against its target with its symbol; 待核 with the reason where it is open."""
    if not missing(row.get("to_check")) and not missing(row.get("target_class")):
        return remark(row["to_check"])
    state = state_of(row)
    return (
        flagged(marks.states["no_data"], ("不判定", "no verdict"))
        if state is None
        else flagged(marks.states[state])
    )


def indicator_words(value: Any) -> Pair:
    """Name an indicator given by its column or its Chinese name in both languages."""
    key = next(iter(keys_of(value)), BY_NAME.get(str(value), str(value)))
    column = SAMPLES.get(key)
    return (str(value), str(value)) if column is None else (column.zh, column.en)


def grade_words(value: Any, grades: Iterable[Mapping[str, Any]]) -> str:
    """Give a grade, known by its Chinese name in an edition, in both languages."""
    names = {one["name"]["zh"]: one["name"]["en"] for one in grades}
    return "" if missing(value) else both(str(value), names.get(str(value), str(value)))


def unit_of(value: Any) -> Pair:
    """Give the unit of an indicator given by its column or its Chinese name, in both languages."""
    column = SAMPLES.get(BY_NAME.get(str(value), str(value)))
    return unit_words("" if column is None else column.unit or "")


def reading(value: Any) -> str:
    """Write a measured value: at most four significant digits, no zeros behind; missing is "–"."""
    if missing(value):
        return "–"
    return np.format_float_positional(float(f"{float(value):.4g}"), trim="-")
