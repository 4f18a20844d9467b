# ruff: noqa: DTZ001  times are Beijing time without a zone
"""Cells as people write them → numbers, times, classes and words; every distinct text is read once."""

from __future__ import annotations

import datetime as dt
import math
import re
import tomllib
import unicodedata
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from gis.ingest.measures import factor

NUMBER = r"[-+]?(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d*)?|\.\d+)(?:e[-+]?\d+)?"
_NUMBER = re.compile(NUMBER)
_ABOVE = re.compile(rf"(?:>=?|≥|大于)({NUMBER})|({NUMBER})以上")
_WITH_UNIT = re.compile(rf"({NUMBER})(\D.*)")
_NOTED = re.compile(r"[\u2460-\u24ff\u2776-\u2793]|(?<![x×*]10)(?<![x×*]10[⁻⁰¹²³⁴-⁹])[⁰¹²³⁴-⁹₀-₉]")
_POWER = re.compile(rf"({NUMBER})[x×*]10\^?([-+]?\d+)")
_BELOW = re.compile(rf"(?:<=?|≤|小于)({NUMBER})l?|({NUMBER})(?:l|nd)|(?:未检出|nd)\(?<?({NUMBER})l?\)?")
_CLOCK = r"(?:[T\s日]*(\d{1,2})(?:[:时点]?(\d{2}))?(?:[:分](\d{1,2}))?(?:\.\d+)?[分秒时点]?)?"
_FULL = re.compile(rf"(\d{{4}})[-/.年](\d{{1,2}})[-/.月](\d{{1,2}})日?{_CLOCK}", re.IGNORECASE)
_MONTH = re.compile(r"(\d{4})[-/.年](\d{1,2})月?")
_PACKED = re.compile(r"((?:19|20)\d{2})(\d{2})(\d{2})(?:(\d{2})(\d{2})?(\d{2})?)?")
_SHORT = re.compile(rf"(\d{{1,2}})[-/.月](\d{{1,2}})日?{_CLOCK}", re.IGNORECASE)
_ANGLE = re.compile(
    r"(?:东经|北纬|[en])?(\d{1,3}(?:\.\d+)?)[°度˚º](?:(\d{1,2}(?:\.\d+)?)[′'’分])?(?:(\d{1,2}(?:\.\d+)?)(?:″|\"|”|''|′′|秒))?[en]?"
)
_HOUR = re.compile(r"(\d{1,2})(?:[:时点](\d{1,2})?)?(?:[:分](\d{1,2})?)?秒?")
_ZONE = re.compile(r"(?<=\d:\d\d)(?:\.\d+)?(?:Z|\+(\d{2}):?(\d{2})?)$", re.IGNORECASE)
_LOST_ZERO = re.compile(r"(?:(?:19|20)\d\d\.1)|(?:\d{1,2}\.[123])")
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?")
EXCEL_ZERO, FIRST_SERIAL, LAST_SERIAL = dt.datetime(1899, 12, 30), 20_000, 80_000
BEIJING = dt.timezone(dt.timedelta(hours=8))
END_OF_DAY, FIRST_YEAR, LAST_YEAR = 24, 1900, 2200


class Number(NamedTuple):
    """A cell read as a number; `mark` says why it is none, or that it is a bound only."""

    value: float
    mark: str | None = None
    limit: float = math.nan


class Numbers(NamedTuple):
    """A column read as numbers: values, marks (None where there is nothing to say), detection limits."""

    value: npt.NDArray[np.float64]
    mark: npt.NDArray[np.object_]
    limit: npt.NDArray[np.float64]


NOTHING = Number(math.nan)


@cache
def words(column: str, table: str = "") -> dict[str, str]:
    """Give the words known for a column: plain word → stored word."""
    text = files("gis.catalogue").joinpath("words.toml").read_text(encoding="utf-8")
    known: dict[str, dict[str, list[str]]] = tomllib.loads(text)
    stored = known.get(f"{table}.{column}", known.get(column, {}))
    found = {plain(word): to for to, all_ in stored.items() for word in all_}
    return {**found, **{to: to for to in stored}}


def plain(cell: object) -> str:
    """Spell a cell in one way: half-width, lower case, without spaces."""
    return "".join(unicodedata.normalize("NFKC", str(cell)).lower().split())


def is_blank(cell: Any) -> bool:
    """Say whether a cell holds nothing at all."""
    if cell is None or cell is pd.NA or cell is pd.NaT:
        return True
    if isinstance(cell, str):
        return not cell.strip()
    return isinstance(cell, float) and math.isnan(cell)


def is_missing(cell: Any) -> bool:
    """Say whether a cell is blank or holds a sign for nothing (`-`, `--`, `*`, `/` …)."""
    return is_blank(cell) or plain(cell) in words("missing")


def number(cell: Any) -> Number:
    """Read one cell as a number.

    Returns
    -------
    number
        Below a detection limit that is stated: half of it (环办监测函〔2020〕82号 point 7), mark
        ``non_detect``, and the limit; 未检出 without a limit: nan, ``non_detect``; above a range
        (`>24000`): the bound, ``above_range``; `-`, `--`, `*`: nan, ``missing``; blank: nan without
        mark; anything else: nan, ``suspect``.

    Examples
    --------
    >>> number("<0.025")
    Number(value=0.0125, mark='non_detect', limit=0.025)
    >>> number("1,234.5").value
    1234.5
    """
    if is_blank(cell):
        return NOTHING
    if isinstance(cell, (int, float, np.number)) and not isinstance(cell, (bool, np.bool_)):
        return Number(float(cell)) if math.isfinite(cell) else Number(math.nan, "suspect")
    if _NOTED.search("".join(str(cell).split())):
        return Number(math.nan, "suspect")
    return _written(plain(cell))


def _written(text: str) -> Number:
    if _NUMBER.fullmatch(text):
        value = float(text.replace(",", ""))
        return Number(value) if math.isfinite(value) else Number(math.nan, "suspect")
    if found := _BELOW.fullmatch(text):
        limit = float(next(group for group in found.groups() if group).replace(",", ""))
        return Number(limit / 2, "non_detect", limit) if 0 < limit < math.inf else Number(math.nan, "suspect")
    if found := _ABOVE.fullmatch(text):
        return Number(float((found[1] or found[2]).replace(",", "")), "above_range")
    if found := _POWER.fullmatch(text):
        return Number(float(found[1].replace(",", "")) * 10.0 ** max(min(int(found[2]), 300), -300))
    nothing = {"non_detect": words("not_detected"), "missing": words("missing")}
    return Number(math.nan, next((mark for mark, known in nothing.items() if text in known), "suspect"))


def moment(cell: Any, reference: dt.date | None = None, parts: int = 3) -> dt.datetime | None:
    """Read one cell as a time of day or a date (midnight); hour 24 is midnight of the next day.

    Parameters
    ----------
    cell
        A date, an Excel serial, or text such as 2021-1-5, 2021.1.5 8:00, 2021年1月5日, 20210105,
        2026-02-26T2000, 04-01 12:00 (without year).
    reference
        Gives the year where the cell has none: its own year if only `parts` = 1 of it are known,
        else the year that brings the time nearest to it.

    Returns
    -------
    time
        Beijing time, also of a text with an offset (Z, +08:00). None where the text is no date, has no
        year and there is no reference, or is a number that may have lost a zero (2021.1, 1.1).
    """
    if is_blank(cell):
        return None
    if isinstance(cell, dt.datetime):
        return None if pd.isna(cell) else _in_beijing(cell)
    if isinstance(cell, dt.date):
        return dt.datetime(cell.year, cell.month, cell.day)
    if isinstance(cell, float) and _LOST_ZERO.fullmatch(repr(cell)):
        return None
    text = " ".join(unicodedata.normalize("NFKC", str(cell)).split())
    if not (zone := _ZONE.search(text)):
        return _spelled(text, reference, parts)
    time = _spelled(text[: zone.start()], reference, parts)
    offset = dt.timezone(dt.timedelta(hours=int(zone[1] or 0) % 24, minutes=int(zone[2] or 0) % 60))
    return None if time is None else _in_beijing(time.replace(tzinfo=offset))


def _in_beijing(time: dt.datetime) -> dt.datetime:
    return time if time.tzinfo is None else time.astimezone(BEIJING).replace(tzinfo=None)


def _spelled(text: str, reference: dt.date | None, parts: int) -> dt.datetime | None:
    if found := _FULL.fullmatch(text) or _PACKED.fullmatch(text.removesuffix(".0")):
        return _time(*found.groups())
    if found := _MONTH.fullmatch(text):
        return _time(found[1], found[2], "1")
    if _SERIAL.fullmatch(text) and FIRST_SERIAL <= float(text) <= LAST_SERIAL:
        days = dt.timedelta(days=float(text)) + EXCEL_ZERO
        return (days + dt.timedelta(microseconds=500_000)).replace(microsecond=0)
    if reference is not None and (found := _SHORT.fullmatch(text)):
        years = [reference.year + by for by in ((0,) if parts < 3 else (0, -1, 1))]  # noqa: PLR2004  y, m, d
        times = [time for year in years if (time := _time(str(year), *found.groups()))]
        near = dt.datetime(reference.year, reference.month, reference.day)
        return min(times, key=lambda time: abs(time - near), default=None)
    return None


def _time(
    year: str, month: str, day: str, hour: str | None = None, minute: str | None = None,
    second: str | None = None,
) -> dt.datetime | None:  # fmt: skip
    at = int(hour or 0)
    late = at == END_OF_DAY and not int(minute or 0) and not int(second or 0)
    if not FIRST_YEAR <= int(year) <= LAST_YEAR:
        return None
    try:
        time = dt.datetime(
            int(year), int(month), int(day), 0 if late else at, int(minute or 0), int(second or 0)
        )
    except ValueError:
        return None
    return time + dt.timedelta(days=1) if late else time


def with_unit(cell: Any, into: str) -> float:
    """Read a cell that states its own unit (3.5亩, 200 m²) in the unit `into`; nan where it is none."""
    found = _WITH_UNIT.fullmatch(plain(cell))
    times = factor(found[2], into) if found else None
    return math.nan if found is None or times is None else float(found[1].replace(",", "")) * times


def degrees(cell: Any) -> float:
    """Read an angle spelled in degrees, minutes and seconds (120°42′36″, 120度42分36秒); nan where it is none.

    Examples
    --------
    >>> degrees("120°42′36″")
    120.71
    """
    found = _ANGLE.fullmatch(plain(cell))
    if found is None:
        return math.nan
    parts = [float(part or 0) for part in found.groups()]
    return math.nan if max(parts[1:]) >= 60 else parts[0] + parts[1] / 60 + parts[2] / 3600  # noqa: PLR2004


def clock(cell: Any) -> dt.timedelta | None:
    """Read one cell as a time of day alone: 08:30, 8时, hour 1 to 24, a time of Excel; None otherwise."""
    if isinstance(cell, dt.time):
        return dt.timedelta(hours=cell.hour, minutes=cell.minute, seconds=cell.second)
    if isinstance(cell, (dt.datetime, dt.date)) or is_blank(cell):
        return None
    found = number(cell)
    if found.mark is None and 0 < found.value < 1:
        return dt.timedelta(seconds=round(found.value * 86_400))
    if not (spelled := _HOUR.fullmatch(plain(cell).removesuffix(".0"))):
        return None
    hours, minutes, seconds = (int(part or 0) for part in spelled.groups())
    passed = dt.timedelta(hours=hours, minutes=minutes, seconds=seconds)
    return passed if passed <= dt.timedelta(hours=END_OF_DAY) else None


def numbers(cells: pd.Series) -> Numbers:
    """Read a column as numbers, shape (n,) each."""
    codes, uniques = pd.factorize(cells.astype("object"), use_na_sentinel=True)
    read = [*(number(cell) for cell in uniques), NOTHING]
    return Numbers(
        np.array([one.value for one in read])[codes],
        np.array([one.mark for one in read], dtype=object)[codes],
        np.array([one.limit for one in read])[codes],
    )


def moments(cells: pd.Series, references: pd.Series, parts: int = 3) -> pd.Series:
    """Read a column as times; `references` gives a date (or None) for each row, see `moment`."""
    pairs = pd.MultiIndex.from_arrays([cells.astype("object"), references.astype("object")])
    codes, uniques = pairs.factorize()
    read = np.array(
        [moment(cell, None if is_blank(ref) else ref, parts) for cell, ref in uniques] or [None],
        dtype="datetime64[us]",
    )
    found = read[codes] if len(codes) else read[:0]
    return pd.Series(found, index=cells.index)


def chosen(cells: pd.Series, column: str, table: str = "") -> tuple[pd.Series, pd.Series]:
    """Read a column of words: the stored word (null where missing) and whether the word is unknown."""
    known, nothing = words(column, table), words("missing")
    codes, uniques = pd.factorize(cells.astype("object"), use_na_sentinel=True)
    spelled = [_without_note(plain(cell), known) for cell in uniques]
    stored = [known.get(one, None if one in nothing or not one else str(cell).strip())
              for one, cell in zip(spelled, uniques, strict=True)]  # fmt: skip
    stored = [None if one == "null" else one for one in stored]
    strange = [bool(one) and one not in known and one not in nothing for one in spelled]
    return (
        pd.Series(np.array([*stored, None], dtype=object)[codes], index=cells.index),
        pd.Series(np.array([*strange, False])[codes], index=cells.index),
    )


def _without_note(word: str, known: dict[str, str]) -> str:
    bare = re.sub(r"\([^()]*\)$", "", word)
    return bare if word not in known and bare in known else word


def texts(cells: pd.Series) -> pd.Series:
    """Read a column as text: trimmed, whole numbers without `.0`, signs for nothing as null."""
    codes, uniques = pd.factorize(cells.astype("object"), use_na_sentinel=True)
    read = [None if is_missing(cell) else _text(cell) for cell in uniques]
    return pd.Series(np.array([*read, None], dtype=object)[codes], index=cells.index)


def _text(cell: Any) -> str:
    if isinstance(cell, (float, np.floating)) and float(cell).is_integer():
        return str(int(cell))
    if isinstance(cell, dt.datetime) and cell.time() == dt.time():
        return cell.date().isoformat()
    return str(cell).strip()
