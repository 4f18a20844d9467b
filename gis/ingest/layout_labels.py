"""What one label of a table tells: part of a time, an item, a role, or that its values are no records."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from gis.base.tables import TABLES
from gis.ingest.heads import recognised, take_apart
from gis.ingest.measures import is_unit
from gis.ingest.moments import NO_PARTS, Parts, clock, moment, spelled, told
from gis.ingest.patterns import patterns
from gis.ingest.sheet_shape import is_no_record
from gis.ingest.source_items import item_of
from gis.ingest.titles import period_in
from gis.ingest.values import is_blank, number, plain, words

MEASURED = ("samples", "air_hours", "air_days")
KINDS_OF_NUMBER = frozenset("fi")
COUNTERS = frozenset(("序号", "no", "no.", "序", "#", "编号", "id", "行号", "排序"))
_ASIDE = patterns("heads")["aside"]
_HOUR = re.compile(r"(?:h|hour|第)(\d{1,2})(?:小时|时)?|(\d{1,2})h")
LARGEST_COUNT = 2200


class Label(NamedTuple):
    """A head, or a cell at the edge of a table.

    Attributes
    ----------
    bare
        A bare number, which may be an hour, a day, a month or a year.
    item
        The measured column of the kind, or a further item of sources, that it names.
    role
        The column of the kind that it names and that is not measured (a station, a day, a unit …).
    aside
        Its values are means, changes, limits or a period's: no records.
    """

    text: str
    parts: Parts = NO_PARTS
    bare: int | None = None
    item: str | None = None
    role: str | None = None
    aside: bool = False
    unit: bool = False

    @property
    def timed(self) -> bool:
        """Whether it tells, or may tell, part of a time."""
        return self.bare is not None or self.parts != NO_PARTS


NO_LABEL = Label("")


def measured(kind: str) -> frozenset[str]:
    """Name the measured columns of a kind; empty for a kind that does not measure."""
    if kind not in MEASURED:
        return frozenset()
    return frozenset(name for name, column in TABLES[kind].items() if column.kind in KINDS_OF_NUMBER)


def label(cell: Any, kind: str) -> Label:
    """Read one label; a date or a number of Excel as well as text."""
    if is_blank(cell):
        return NO_LABEL
    if isinstance(cell, (dt.datetime, dt.date)):
        return _dated(cell)
    if isinstance(cell, (dt.time, dt.timedelta)):
        passed = clock(cell)
        return Label(str(cell), NO_PARTS if passed is None else _hour(int(passed.total_seconds() // 3600)))
    if isinstance(cell, float):
        if moment(cell) is None and told(spelled(cell)).month is not None:
            return Label(str(cell))  # 2025.1 may have been 2025.10
        cell = int(cell) if cell.is_integer() else cell
    return _label(" ".join(str(cell).split()), kind)


def _dated(cell: dt.date) -> Label:
    time = moment(cell)
    if time is None:
        return Label(str(cell))
    hour = (time.hour, time.minute) if time.hour or time.minute else (None, None)
    return Label(str(cell), Parts(time.year, time.month, time.day, *hour))


def _hour(hour: int) -> Parts:
    return NO_PARTS._replace(hour=hour)


@lru_cache(maxsize=100_000)
def _label(text: str, kind: str) -> Label:
    column = recognised(text, kind)
    of_source = item_of(text) if kind == "samples" else None
    if (column in measured(kind)) or (column is None and of_source is not None):
        return Label(text, item=column or of_source)
    if column is not None:
        return Label(text, role=column)
    flat = spelled(text)
    if flat.isdigit():
        return _counted(text, flat)
    parts = _time(flat)
    aside = parts == NO_PARTS and (
        is_no_record(text) or _ASIDE.fullmatch(plain(text)) is not None or period_in(text) is not None
    )
    return Label(text, parts, aside=aside, unit=is_unit(flat.strip("()[]【】 ")))


def _counted(text: str, flat: str) -> Label:
    whole = told(flat)
    if whole.month is not None:
        return Label(text, whole)
    count = int(flat) if len(flat) <= 4 else None  # noqa: PLR2004
    return Label(text, bare=count if count is not None and count <= LARGEST_COUNT else None)


def _time(flat: str) -> Parts:
    found = told(flat)
    if found != NO_PARTS:
        return found
    if hour := _HOUR.fullmatch(flat):
        return _hour(int(hour[1] or hour[2]))
    passed = clock(flat)
    if passed is None or passed.total_seconds() % 3600:
        return NO_PARTS
    return _hour(int(passed.total_seconds() // 3600))


class Column(NamedTuple):
    """What the cells of one column look like: shares of those filled, from 0 to 1."""

    filled: int
    numbers: float
    classes: float
    items: float
    times: float
    texts: tuple[str, ...]

    @property
    def valued(self) -> bool:
        """Whether its cells may be measured values, or classes."""
        return self.numbers + self.classes >= 0.6 or not self.filled  # noqa: PLR2004


def column(cells: Iterable[Any], kind: str) -> Column:
    """Look at the cells of a column; signs and words for nothing (断流, --) are filled but neither."""
    looks = [look for cell in cells if not is_blank(cell) and (look := _look(cell, kind)) is not None]
    n = max(len(looks), 1)
    return Column(
        filled=len(looks),
        numbers=sum(one.number for one in looks) / n,
        classes=sum(one.water_class for one in looks) / n,
        items=sum(one.item for one in looks) / n,
        times=sum(one.timed for one in looks) / n,
        texts=tuple(dict.fromkeys(one.text for one in looks)),
    )


class _Cell(NamedTuple):
    text: str
    number: bool
    water_class: bool
    item: bool
    timed: bool


def _look(cell: Any, kind: str) -> _Cell | None:
    if isinstance(cell, (dt.date, dt.time, dt.timedelta)):
        told_ = label(cell, kind)
        return _Cell(told_.text, number=False, water_class=False, item=False, timed=told_.timed)
    return _written(cell, kind)


@lru_cache(maxsize=100_000, typed=True)  # 1, 1.0 and True are one key otherwise
def _written(cell: Any, kind: str) -> _Cell | None:
    bare = plain(cell)
    if bare in words("missing"):
        return None
    told_ = label(cell, kind)
    is_number = number(cell).mark != "suspect" and (
        not isinstance(cell, str) or told(spelled(cell)).year is None
    )
    is_class = isinstance(cell, str) and not is_number and bare in words("water_class")
    return _Cell(told_.text, is_number, is_class, told_.item is not None, told_.timed)


LOWER = ("year", "month", "day", "hour")
SPANS = {"year": (1980, LARGEST_COUNT), "month": (1, 12), "day": (1, 31), "hour": (0, 24)}


def counts_as(counts: Sequence[int], lacking: Sequence[str]) -> str | None:
    """Say which part of a time bare numbers are, of those that nothing else tells: the coarsest that fits.

    1–12 are months where no month is known, 1–31 days of a known month, 0–23 or 1–24 hours of a known day.
    """
    if not counts:
        return None
    for part in LOWER:
        low, high = SPANS[part]
        if part in lacking and all(low <= one <= high for one in counts):
            return part
    return None


def name_key(text: str) -> str:
    """Give the key under which spellings of one item are one column, its unit included."""
    head = take_apart(text)
    return f"{head.keys[-1] if head.keys else text}\0{head.unit or ''}"
