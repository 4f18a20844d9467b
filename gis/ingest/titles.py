"""What a title, the name of a sheet, a file or a folder tells: a date, a period, an item, a place."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache

from gis.base.tables import TABLES
from gis.ingest.heads import aliases, recognised
from gis.ingest.measures import is_unit
from gis.ingest.moments import NO_PARTS, Parts, spelled
from gis.ingest.patterns import patterns

_DATE = re.compile(
    r"((?:19|20)\d{2})(?:[年\-./_]?(1[0-2]|0?[1-9])(?!\d)(?:[月\-./_](3[01]|[12]\d|0?[1-9])(?!\d))?)?"
)
_PACKED = re.compile(r"(?<!\d)((?:19|20)\d{2})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])?(?!\d)")
_MONTH = re.compile(r"(?<!\d)(1[0-2]|0?[1-9])月(?:(3[01]|[12]\d|0?[1-9])日)?")
_DAY = re.compile(r"(3[01]|[12]\d|0?[1-9])[日号]")
_HOUR = re.compile(r"(?<!\d)(\d{1,2})(?:时|点|:00)(?!\d)")
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})(?=年|\D|$|\d{2})")
_PERIODS, _WATERS, _TITLES = patterns("periods").values(), patterns("waters"), patterns("titles")
GENERIC = _TITLES["generic"]
_MEAN = re.compile(r"均值|平均|累计|中位数|最大值|最小值")
_HOURLY_MEAN = re.compile(r"(?:小时|日|8小时|滑动)(?:滑动)?(?:平均值?|均值)")
_MOVING = re.compile(r"^\s*[_\-(（]?\s*(?:24|8)\s*(?:h|小时)|滑动|moving", re.IGNORECASE)
_BRACKETED = re.compile(r"[(（\[]([^()（）\[\]]{1,40})[)）\]]")
_TITLED = re.compile(r"单位\s*[:：]\s*([^()（）\s]+)")
MEASURED = frozenset(("samples", "air_hours", "air_days"))
_WORDS = re.compile(r"[\s_,，;；:：()（）【】\[\]\-—–·]+")
_CODE = re.compile(r"\d{3,}[A-Z]")
_BETWEEN_LETTERS = re.compile(r"[\s_.\-]+")
SHORTEST_NAME, LONGEST_NAME = 2, 12


def date_in(text: str) -> tuple[int | None, int | None, int | None]:
    """Find year, month and day in a title or a name; None for what it does not say.

    A period (1-10月, 第一季度) tells its year only.

    Examples
    --------
    >>> date_in("常熟市2021年1月地表水手工监测结果")
    (2021, 1, None)
    >>> date_in("2025年1-10月均值")
    (2025, None, None)
    """
    flat = unicodedata.normalize("NFKC", text)
    if period_in(flat):
        found = _YEAR.search(flat)
        return (int(found[1]) if found else None), None, None
    found = _PACKED.search(flat) or _DATE.search(flat)
    if found:
        year, month, day = (int(group) if group else None for group in found.groups())
        if month is None and (later := _MONTH.search(flat)):
            month, day = int(later[1]), int(later[2]) if later[2] else None
        return year, month, day
    if found := _MONTH.search(flat):
        return None, int(found[1]), int(found[2]) if found[2] else None
    return None, None, None


def date_from(names: Sequence[str]) -> tuple[dt.date | None, int]:
    """Put the date together from title, sheet, file and folder, the nearest first.

    Returns
    -------
    date, parts
        `parts` of the date are known (1 year, 2 month, 3 day); (None, 0) without a year.
    """
    found = parts_from(names)
    if found.year is None:
        return None, 0
    try:
        return dt.date(
            found.year, found.month or 1, found.day or 1
        ), 3 if found.day else 2 if found.month else 1
    except ValueError:
        return dt.date(found.year, found.month or 1, 1), 2


def parts_from(names: Sequence[str]) -> Parts:
    """Put the parts of a time together from title, sheet, file and folder, the nearest first."""
    year = month = day = hour = None
    for name in names:
        y, m, d = date_in(name)
        if month is None and m is not None and (year is None or y in (None, year)):
            month, day = m, d
            hour = _hour_in(name) if d is not None else None
        year = year or y
    if month is not None and day is None:
        day = next((alone for alone in map(_day_alone, names) if alone is not None), None)
    return NO_PARTS._replace(year=year, month=month, day=day, hour=hour)


def _day_alone(text: str) -> int | None:
    """Give the day of a title where it is a word of its own beside the month of a file: 示例站 1日."""
    found = next((day for word in _WORDS.split(text) if (day := _DAY.fullmatch(word))), None)
    return int(found[1]) if found and period_in(text) is None else None


def _hour_in(text: str) -> int | None:
    found = _HOUR.search(spelled(text))
    return int(found[1]) if found and int(found[1]) <= 24 else None  # noqa: PLR2004


def period_in(text: str) -> str | None:
    """Give the words of a title that tell a period of several months or days (1-10月, 第一季度, 累计)."""
    flat = spelled(text)
    return next((found[0] for span in _PERIODS if (found := span.search(flat))), None)


def mean_in(text: str) -> str | None:
    """Give the words of a title that tell a mean of a period; 小时均值 and 日均值 are values of an hour, a day."""
    found = _MEAN.search(_HOURLY_MEAN.sub("", unicodedata.normalize("NFKC", text)))
    return found[0] if found else None


@cache
def _item_words(kind: str) -> tuple[tuple[str, str, str], ...]:
    """Give the names of what is measured, the longest first: without the signs between letters, as known, the item."""
    measured = {name for name, column in TABLES[kind].items() if column.kind in "fi"}
    names = {key: name for key, (name, _) in aliases(kind).items() if name in measured}
    longest_first = sorted((key for key in names if len(key) >= SHORTEST_NAME), key=len, reverse=True)
    return tuple((_BETWEEN_LETTERS.sub("", key).lower(), key, names[key]) for key in longest_first)


@cache
def _pattern_of(key: str) -> re.Pattern[str]:
    wall = ("(?<![a-z0-9])", "(?![a-z0-9])") if key.isascii() else ("", "")
    return re.compile(wall[0] + r"[\s_.\-]*".join(map(re.escape, key)) + wall[1], re.IGNORECASE)


def _named_in(text: str, kind: str) -> Iterator[tuple[re.Pattern[str], str]]:
    """Give the patterns of the names that may stand in a text: there are thousands, and few do."""
    bare = _BETWEEN_LETTERS.sub("", text).lower()
    return ((_pattern_of(key), name) for short, key, name in _item_words(kind) if short in bare)


@cache
def items_in(text: str, kind: str) -> tuple[str, ...]:
    """Give the words of a title that name something measured, each item once.

    Moving means (PM2.5 24小时滑动) are none of an hour's values and are left out.
    """
    flat = spelled(text)
    found: dict[str, str] = {}
    for pattern, name in _named_in(flat, kind):
        for hit in pattern.finditer(flat):
            if name not in found and not _MOVING.match(flat[hit.end() :]):
                found[name] = hit[0]
        flat = pattern.sub(lambda hit: "\0" * len(hit[0]), flat)
    return tuple(found.values())


def without_items(text: str, kind: str) -> str:
    """Leave out of a title the words that name something measured."""
    bare = unicodedata.normalize("NFKC", text)
    for pattern, _ in _named_in(bare, kind) if kind in MEASURED else ():
        bare = pattern.sub(" ", bare)
    return bare


def unit_in(text: str) -> str | None:
    """Give the one unit that a title states, in brackets or behind 单位：; None where it states several."""
    flat = unicodedata.normalize("NFKC", text)
    told = [word for found in (*_BRACKETED.findall(flat), *_TITLED.findall(flat))
            for word in re.split(r"[、,;，；\s]|单位[:：]?", found) if is_unit(word)]  # fmt: skip
    return told[0] if len({*told}) == 1 else None


def water_kind_in(*names: str) -> str | None:
    """Give river or lake where a title, a sheet or a file, the nearest first, tells one of them and not the other.

    Examples
    --------
    >>> water_kind_in("2021年5月湖库监测结果"), water_kind_in("河流、湖库水质")
    ('lake', None)
    """
    for name in names:
        flat = unicodedata.normalize("NFKC", name)
        told = {kind for kind, words in _WATERS.items() if words.search(flat)}
        if told:
            return told.pop() if len(told) == 1 else None
    return None


def place_in(title: str, sheet: str, stem: str, kind: str) -> str | None:
    """Give the section or station that a title (站点：…), a sheet or a file is named for; None where none is."""
    if found := _TITLES["labelled"].search(unicodedata.normalize("NFKC", title)):
        return found[1]
    for text in (title, sheet, stem):
        names = [word for word in _WORDS.split(without_items(text, kind)) if is_name(word, kind)]
        if len({*names}) == 1:
            return names[0]
    return sheet if sheet and sheet in title and is_name(sheet, kind) else None


def place_label(title: str) -> str:
    """Give the label of a title that names a place (站点:), in half-width signs; blank where none does."""
    flat = unicodedata.normalize("NFKC", title)
    found = _TITLES["labelled"].search(flat)
    return flat[found.start() : found.start(1)].rstrip() if found else ""


def is_name(text: str, kind: str) -> bool:
    """Say whether a word of a title, a sheet or a file may be a place: no date, no item, no general word."""
    bare = "".join(text.split())
    return (
        SHORTEST_NAME <= len(bare) <= LONGEST_NAME
        and _DAY.fullmatch(bare) is None
        and date_in(bare) == (None, None, None)
        and period_in(bare) is None
        and recognised(bare, kind) is None
        and not items_in(bare, kind)
        and GENERIC.search(bare.lower()) is None
        and not is_unit(bare)
        and (any(sign > "\u2e80" for sign in bare) or _CODE.fullmatch(bare) is not None)
    )
