# ruff: noqa: DTZ001  times are Beijing time without a zone
"""Times as people write them → moments, or the parts of one that a cell, a head or a title tells."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from gis.base.stored_words import toml_of
from gis.ingest.distinct import parted

EXCEL_ZERO, FIRST_SERIAL, LAST_SERIAL = dt.datetime(1899, 12, 30), 20_000, 80_000
BEIJING = dt.timezone(dt.timedelta(hours=8))
NOON, END_OF_DAY, FIRST_YEAR, LAST_YEAR = 12, 24, 1900, 2200
FIRST_EPOCH, LAST_EPOCH = 631_152_000, 4_102_444_800  # 1990 and 2100 in seconds
LONGEST = 60
AHEAD = dt.timedelta(days=31)
CENTURY = 2000
YEAR_DIGITS = 4
_WORDS = toml_of("catalogue/readings.toml")["time"]
NUMERALS: dict[str, str] = _WORDS["numerals"]
HALVES = {word: half for half, words in _WORDS["half"].items() for word in words}
EVENING = ("晚", "夜")
MONTHS = {name: at for at, name in enumerate(_WORDS["months"], start=1)}
_SPOKEN = re.compile(
    r"[零〇○一二三四五六七八九十廿两]+(?=[年月日号时点分])|^[〇零○一二三四五六七八九]{4}(?=年|$)"
)
_REMARK = re.compile(r"(?<=\d日)\s*\([^()\d均计旬季周半]{1,12}\)$")
_WEEKDAY = re.compile(
    r"[(\[]?(?:星期|礼拜|周)[一二三四五六日天1-7][)\]]?|\(?\b(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6}\b\.?,?\)?"
)
_HALF_DAY = re.compile("|".join(map(re.escape, sorted(HALVES, key=len, reverse=True))))
_ENGLISH = re.compile(
    r"(?:(\d{1,2})(?:st|nd|rd|th)?[\s\-]+)?(" + "|".join(MONTHS) + r")[a-z]*\.?[\s\-,]*"
    r"(?:(\d{1,2})(?:st|nd|rd|th)?,?\s+)?(\d{4}|\d\d)?"
)
_FEW_DAYS = re.compile(
    r"(?P<day>(?P<month>\d{4}(?P<sign>[-/.年])\d{1,2}[-/.月])(?P<first>\d{1,2})[日号]?)\s*(?:~|-+|—+|–|至|到|、)\s*"
    r"(?:(?P<again>\d{4}[-/.年]\d{1,2}[-/.月]))?(?P<last>\d{1,2})[日号]?"
)
_CLOCK = (
    r"(?P<hour>\d{1,2})(?:(?::(?P<minute>\d{1,2})|[时点](?:(?P<spoken>\d{1,2})分?)?)"
    r"(?:[:分]?(?P<second>\d{1,2}(?:\.\d+)?)秒?)?)?(?P<more>半|整)?(?:小时)?"
)
_AFTER = rf"(?:[t\s日,]*{_CLOCK}|t(?P<h2>\d\d)(?P<m2>\d\d))?"
_DATES = tuple(
    re.compile(rf"(?:{date}){_AFTER}")
    for date in (
        r"(?P<year>\d{4})(?P<sign>[-/.])(?P<month>\d{1,2})(?P=sign)(?P<day>\d{1,2})",
        r"(?P<year>\d{4}|\d\d)年(?P<month>\d{1,2})月(?P<day>\d{1,2})[日号]?",
        r"(?P<year>1[3-9]|[2-4]\d)(?P<sign>[/.])(?P<month>\d{1,2})(?P=sign)(?P<day>\d{1,2})",
        r"(?P<month>\d{1,2})[-/.](?P<day>\d{1,2})",
        r"(?P<month>\d{1,2})月(?P<day>\d{1,2})[日号]?",
        r"(?P<day>\d{1,2})[日号]",
    )
)
_WHOLE = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?P<year>(?:19|20)\d\d)(?P<month>0[1-9]|1[0-2])(?P<day>0[1-9]|[12]\d|3[01])"
        r"(?:[\s_t]?(?P<hour>\d\d)(?:(?P<minute>\d\d)(?P<second>\d\d)?)?)?",
        r"(?P<year>(?:19|20)\d\d)(?P<month>0[1-9]|1[0-2])",
        r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})",
        r"(?P<year>\d{4}|\d\d)年(?P<month>\d{1,2})月(?:份|度)?",
        r"(?P<year>\d{4})年度?",
        r"(?P<month>\d{1,2})月(?:份|度)?",
    )
)
_TIME_ALONE = re.compile(_CLOCK)
_FRACTION = re.compile(r"0?\.\d+(?:e-\d+)?|\d\.\d+e-\d+")
_HOUR_SPAN = re.compile(r"(\d{1,2})(?::00)?[时点]?\s*[-~—–至到]+\s*(\d{1,2})(?::00)?[时点]?(?:之间)?")
_DURATION = re.compile(r"(\d+) days?,? ?(?:(\d{1,2}):(\d\d)(?::(\d\d)(?:\.\d+)?)?)?")
_ZONE = re.compile(r"(?<=\d:\d\d)(?:\.\d+)?(?:z|\+(\d{2}):?(\d{2})?)$")
_LOST_ZERO = re.compile(r"(?:(?:19|20)\d\d\.1)|(?:\d{1,2}\.[123])")
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?")
_EPOCH = re.compile(r"(\d{9,10}|\d{12,13})(?:\.\d+)?")
_ZERO_DAY = re.compile(r"1900[-/.]0?1[-/.]0 ")
_PLAIN_FORMS = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d", "%Y/%m/%d %H:%M", "%Y/%m/%d", "%Y%m%d")
_CLOSE_FORM, CLOSE_LENGTH = "%Y-%m-%dT%H%M", len("2026-02-26T2000")
LEAST_IN_BULK = 64


class Parts(NamedTuple):
    """What a text tells of a time; None for what it does not. Hour 24 is midnight of the next day."""

    year: int | None = None
    month: int | None = None
    day: int | None = None
    hour: int | None = None
    minute: int | None = None
    second: int | None = None

    def filled(self, further: Parts) -> Parts:
        """Take from `further` what is not told here."""
        return Parts(
            *(mine if mine is not None else other for mine, other in zip(self, further, strict=True))
        )


NO_PARTS = Parts()


def moment(cell: Any, reference: dt.date | None = None, parts: int = 3) -> dt.datetime | None:
    """Read one cell as a time of day or a date (midnight); hour 24 is midnight of the next day.

    Parameters
    ----------
    cell
        A date, an Excel serial, seconds or milliseconds since 1970, or text such as 2021-1-5,
        2021.1.5 8:00, 2021年1月5日, 二〇二一年一月五日, 2021/1/5 下午 2:30, 2021-01-05 星期二, 20210105,
        202101, 2026-02-26T2000, 04-01 12:00 (without year).
    reference
        Gives the year where the cell has none: its own year if only `parts` = 1 of it are known,
        else the year that brings the time nearest to it, not over a month ahead: a table is made after its readings.

    Returns
    -------
    time
        Beijing time, also of a text with an offset (Z, +08:00). None where the text is no date, tells a
        period (2021年1月上旬), has no year and there is no reference, or is a number that may have lost
        a zero (2021.1, 1.1).
    """
    if cell is None or cell is pd.NA or cell is pd.NaT:
        return None
    if isinstance(cell, dt.datetime):
        return None if pd.isna(cell) else _in_beijing(cell)
    if isinstance(cell, dt.date):
        return dt.datetime(cell.year, cell.month, cell.day)
    if isinstance(cell, float) and (cell != cell or _LOST_ZERO.fullmatch(repr(cell))):  # noqa: PLR0124  nan
        return None
    text = spelled(cell)
    if not (zone := _ZONE.search(text)):
        return _moment(text, reference, parts)
    time = _moment(text[: zone.start()], reference, parts)
    offset = dt.timezone(dt.timedelta(hours=int(zone[1] or 0) % 24, minutes=int(zone[2] or 0) % 60))
    return None if time is None else _in_beijing(time.replace(tzinfo=offset))


def _in_beijing(time: dt.datetime) -> dt.datetime:
    return time if time.tzinfo is None else time.astimezone(BEIJING).replace(tzinfo=None)


def spelled(cell: Any) -> str:
    """Spell a time in one way: half-width, lower case, single blanks, no sign that nobody sees."""
    flat = unicodedata.normalize("NFKC", str(cell))
    seen = "".join(sign for sign in flat if unicodedata.category(sign) != "Cf")
    return " ".join(seen.lower().lstrip("'‘’`").split())


def _moment(text: str, reference: dt.date | None, parts: int) -> dt.datetime | None:
    if (counted := _counted(text)) is not None:
        return counted
    found = told(text)
    if found.month is None or (found.day is None and found.year is None):
        return None
    if found.year is not None:
        return assembled(found)
    if reference is None or found.day is None:
        return None
    years = [reference.year + by for by in ((0,) if parts < 3 else (0, -1, 1))]  # noqa: PLR2004  y, m, d
    times = [time for year in years if (time := assembled(found._replace(year=year)))]
    near = dt.datetime(reference.year, reference.month, reference.day)
    past = [time for time in times if time - near <= AHEAD]
    return min(past or times, key=lambda time: abs(time - near), default=None)


def _counted(text: str) -> dt.datetime | None:
    """Read days since 1900 (Excel), or seconds or milliseconds since 1970."""
    if _SERIAL.fullmatch(text) and FIRST_SERIAL <= float(text) <= LAST_SERIAL:
        days = dt.timedelta(days=float(text)) + EXCEL_ZERO
        return (days + dt.timedelta(microseconds=500_000)).replace(microsecond=0)
    if not _EPOCH.fullmatch(text) or told(text).month is not None:
        return None
    seconds = float(text) / (1000 if len(text.partition(".")[0]) > 10 else 1)  # noqa: PLR2004
    if not FIRST_EPOCH <= seconds < LAST_EPOCH:
        return None
    return dt.datetime.fromtimestamp(round(seconds), BEIJING).replace(tzinfo=None)


def assembled(parts: Parts) -> dt.datetime | None:
    """Put a time together; a part lower than those known is the first, None where there is no such time."""
    if parts.year is None or parts.month is None or not FIRST_YEAR <= parts.year <= LAST_YEAR:
        return None
    hour, minute, second = parts.hour or 0, parts.minute or 0, parts.second or 0
    late = hour == END_OF_DAY and not minute and not second
    try:
        time = dt.datetime(parts.year, parts.month, parts.day or 1, 0 if late else hour, minute, second)
    except ValueError:
        return None
    return time + dt.timedelta(days=1) if late else time


@lru_cache(maxsize=200_000)
def told(text: str) -> Parts:
    """Read what a text that is spelled in one way tells of a time; nothing where any of it is something else.

    Examples
    --------
    >>> told("1月5日 下午2:30")
    Parts(year=None, month=1, day=5, hour=14, minute=30, second=None)
    """
    if len(text) > LONGEST or not text:
        return NO_PARTS
    text = _SPOKEN.sub(lambda found: _spoken(found[0]), text)
    text = _REMARK.sub("", text.removesuffix(".0").replace("元月", "1月"))
    half, text = _half_day(_WEEKDAY.sub(" ", text))
    text = " ".join(text.replace("年 ", "年").replace("月 ", "月").split())
    if (parts := _english(text)) is not None:
        return parts
    for pattern in (*_WHOLE, *_DATES):
        if found := pattern.fullmatch(text):
            return _shifted(_parts(found.groupdict()), half)
    return _few_days(text)


def _spoken(text: str) -> str:
    if "十" not in text and ("廿" not in text or len(text) == YEAR_DIGITS):
        return "".join(NUMERALS.get(sign, sign) for sign in text)
    tens, _, ones = text.replace("廿", "二十").partition("十")
    ten, one = NUMERALS.get(tens, "1" if not tens else ""), NUMERALS.get(ones, "0" if not ones else "")
    return str(int(ten) * 10 + int(one)) if ten and one else text


def _half_day(text: str) -> tuple[str, str]:
    found = _HALF_DAY.search(text)
    if found is None:
        return "", text
    half = HALVES[found[0]]
    if half == "pm" and found[0].startswith(EVENING):
        half = "evening"
    return half, " ".join(f"{text[: found.start()]} {text[found.end() :]}".split())


def _shifted(parts: Parts, half: str) -> Parts:
    """Move an hour of a half day into the day: 下午2 is 14, 上午12 is 0, 晚上12 is 24."""
    if not half or parts.hour is None or parts.hour > NOON:
        return parts
    hour = parts.hour
    if half == "am":
        return parts._replace(hour=0 if hour == NOON else hour)
    if half == "evening" and hour == NOON:
        return NO_PARTS if parts.minute else parts._replace(hour=END_OF_DAY)
    if half == "noon" and hour in (10, 11, NOON):
        return parts
    return parts._replace(hour=hour if hour == NOON else hour + NOON)


def _english(text: str) -> Parts | None:
    found = _ENGLISH.fullmatch(text)
    if found is None or (found[1] and found[3]):
        return None
    day, year = found[1] or found[3], int(found[4]) if found[4] else None
    if year is not None and year < 100:  # noqa: PLR2004  two digits
        if not day:  # jan-21: a day or a year
            return None
        year += CENTURY
    return Parts(year, MONTHS[found[2]], int(day) if day else None)


def _few_days(text: str) -> Parts:
    """Name a sampling of two or three days in one month by its first: 2021年2月5-6日."""
    found = _FEW_DAYS.fullmatch(text)
    if found is None or (found["again"] or found["month"]) != found["month"]:
        return NO_PARTS
    return told(found["day"]) if 0 < int(found["last"]) - int(found["first"]) < 3 else NO_PARTS  # noqa: PLR2004


def _parts(found: dict[str, str | None]) -> Parts:
    def take(*names: str) -> int | None:
        return next((int(float(text)) for name in names if (text := found.get(name))), None)

    year = take("year")
    if year is not None and year < 100:  # noqa: PLR2004  two digits
        year += CENTURY
    minute = 30 if found.get("more") == "半" else take("minute", "spoken", "m2")
    month, day, hour = take("month"), take("day"), take("hour", "h2")
    fits = (month is None or 1 <= month <= 12) and (day is None or 1 <= day <= 31)  # noqa: PLR2004
    in_day = (hour or 0) <= END_OF_DAY and (minute or 0) < 60 and (take("second") or 0) < 60  # noqa: PLR2004
    return Parts(year, month, day, hour, minute, take("second")) if fits and in_day else NO_PARTS


def clock(cell: Any) -> dt.timedelta | None:
    """Read one cell as a time of day alone: 08:30, 8时, 下午2:30, hour 1 to 24, a time or duration of Excel.

    A span of one hour (07:00-08:00) is named by its end.

    Returns
    -------
    passed
        Since midnight, at most 24 h; None otherwise.
    """
    if isinstance(cell, dt.time):
        return _whole(dt.datetime.combine(EXCEL_ZERO, cell.replace(tzinfo=None)) - EXCEL_ZERO)
    if isinstance(cell, dt.timedelta):
        return None if pd.isna(cell) else _whole(dt.timedelta(seconds=cell.total_seconds()))
    if isinstance(cell, dt.datetime):
        return None if pd.isna(cell) else _whole(cell - EXCEL_ZERO) if cell.year < FIRST_YEAR else _last(cell)
    if cell is None or isinstance(cell, dt.date) or (isinstance(cell, float) and cell != cell):  # noqa: PLR0124
        return None
    return _clock(spelled(cell))


def _last(cell: dt.datetime) -> dt.timedelta | None:
    """Read the 24th hour as Excel keeps it: day 1 of its calendar, midnight."""
    return dt.timedelta(days=1) if cell in (dt.datetime(1900, 1, 1), dt.datetime(1904, 1, 2)) else None


@lru_cache(maxsize=10_000)
def _clock(text: str) -> dt.timedelta | None:
    if len(text) > LONGEST:
        return None
    if _FRACTION.fullmatch(text):
        return _whole(dt.timedelta(days=float(text)))
    text = _ZERO_DAY.sub("", text).removesuffix(".0")
    if found := _DURATION.fullmatch(text):
        days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
        return _whole(dt.timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds))
    if text.startswith(("1899", "1900")) and (time := _moment(text, None, 3)):
        return clock(time)
    if (found := _HOUR_SPAN.fullmatch(text)) and (int(found[2]) - int(found[1])) % END_OF_DAY == 1:
        return dt.timedelta(hours=int(found[2]) or END_OF_DAY)
    return _hour_of_day(text)


def _hour_of_day(text: str) -> dt.timedelta | None:
    half, rest = _half_day(_SPOKEN.sub(lambda found: _spoken(found[0]), text))
    found = _TIME_ALONE.fullmatch(rest.removeprefix("第"))
    parts = NO_PARTS if found is None else _shifted(_parts(found.groupdict()), half)
    if parts.hour is None:
        return None
    return _whole(dt.timedelta(hours=parts.hour, minutes=parts.minute or 0, seconds=parts.second or 0))


def _whole(passed: dt.timedelta) -> dt.timedelta | None:
    passed = dt.timedelta(seconds=round(passed.total_seconds()))
    return passed if dt.timedelta(0) <= passed <= dt.timedelta(hours=END_OF_DAY) else None


def moments(cells: pd.Series, references: pd.Series, parts: int = 3) -> pd.Series:
    """Read a column as times; `references` gives a date (or None) for each row, see `moment`."""
    cells, references = cells.astype("object"), references.astype("object")
    if len(cells) >= LEAST_IN_BULK and (whole := _in_bulk(cells)) is not None:
        return whole
    texts, days = parted(cells), parted(references)
    n = len(days.cells) + 1
    pairs, codes = np.unique((texts.codes + 1) * n + days.codes + 1, return_inverse=True)
    told, near = [None, *texts.cells], [None, *days.cells]
    read = np.array([moment(told[at // n], near[at % n], parts) for at in pairs], dtype="datetime64[us]")
    return pd.Series(read[codes], index=cells.index)


def _in_bulk(cells: pd.Series) -> pd.Series | None:
    """Read a column whose every cell is spelled in the same plain form; None for any other."""
    codes, uniques = pd.factorize(cells, use_na_sentinel=True)
    if not len(uniques) or not all(type(cell) is str for cell in uniques):
        return None
    close = all(len(cell) == CLOSE_LENGTH for cell in uniques)
    for form in (*_PLAIN_FORMS, _CLOSE_FORM) if close else _PLAIN_FORMS:
        try:
            read = pd.to_datetime(pd.Series(uniques, dtype="str"), format=form, exact=True)
        except ValueError:
            continue
        values = np.append(read.to_numpy("datetime64[us]"), np.datetime64("NaT", "us"))
        return pd.Series(values[codes], index=cells.index)
    return None
