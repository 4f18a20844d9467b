"""Cells as people write them → numbers, classes and words; every distinct text is read once."""

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
_ANGLE = re.compile(
    r"(?:东经|北纬|[en])?(\d{1,3}(?:\.\d+)?)[°度˚º](?:(\d{1,2}(?:\.\d+)?)[′'’分])?(?:(\d{1,2}(?:\.\d+)?)(?:″|\"|”|''|′′|秒))?[en]?"
)


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


LONGEST_NUMBER, MOST = 100, 1e15  # characters; the earth has 5e14 m²
NOTHING, SUSPECT = Number(math.nan), Number(math.nan, "suspect")


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
        return _marked(cell)
    text = str(cell)
    if len(text) > LONGEST_NUMBER or _NOTED.search("".join(text.split())):
        return SUSPECT
    return _written(plain(text))


def _written(text: str) -> Number:
    if _NUMBER.fullmatch(text):
        return _marked(_float(text))
    if found := _BELOW.fullmatch(text):
        limit = _float(next(group for group in found.groups() if group))
        return Number(limit / 2, "non_detect", limit) if 0 < limit < MOST else SUSPECT
    if found := _ABOVE.fullmatch(text):
        return _marked(_float(found[1] or found[2]), "above_range")
    if found := _POWER.fullmatch(text):
        return _marked(_float(found[1]) * 10.0 ** max(min(int(found[2]), 300), -300))
    nothing = {"non_detect": words("not_detected"), "missing": words("missing")}
    return Number(math.nan, next((mark for mark, known in nothing.items() if text in known), "suspect"))


def _marked(value: Any, mark: str | None = None) -> Number:
    """Take a number unless no amount of anything is that large: a broken formula left it."""
    return Number(float(value), mark) if abs(value) < MOST else SUSPECT


def _short(cell: Any) -> str:
    """Spell a cell in one way; one that is far too long for a number is nothing."""
    text = str(cell)
    return plain(text) if len(text) <= LONGEST_NUMBER else ""


def _float(text: str) -> float:
    return float(text.replace(",", ""))


def with_unit(cell: Any, into: str) -> float:
    """Read a cell that states its own unit (3.5亩, 200 m²) in the unit `into`; nan where it is none."""
    found = _WITH_UNIT.fullmatch(_short(cell))
    times = factor(found[2], into) if found else None
    return math.nan if found is None or times is None else _float(found[1]) * times


def degrees(cell: Any) -> float:
    """Read an angle spelled in degrees, minutes and seconds (120°42′36″, 120度42分36秒); nan where it is none.

    Examples
    --------
    >>> degrees("120°42′36″")
    120.71
    """
    found = _ANGLE.fullmatch(_short(cell))
    if found is None:
        return math.nan
    parts = [float(part or 0) for part in found.groups()]
    return math.nan if max(parts[1:]) >= 60 else parts[0] + parts[1] / 60 + parts[2] / 3600  # noqa: PLR2004


def numbers(cells: pd.Series) -> Numbers:
    """Read a column as numbers, shape (n,) each."""
    codes, uniques = pd.factorize(cells.astype("object"), use_na_sentinel=True)
    read = [*(number(cell) for cell in uniques), NOTHING]
    return Numbers(
        np.array([one.value for one in read])[codes],
        np.array([one.mark for one in read], dtype=object)[codes],
        np.array([one.limit for one in read])[codes],
    )


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
