"""Cells as people write them → numbers, classes and words; every distinct text is read once."""

from __future__ import annotations

import datetime as dt
import math
import re
import unicodedata
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from gis.base.stored_words import toml_of
from gis.ingest.characters import visible
from gis.ingest.readings import SUSPECT, Number, bounded, commas_of_decimals, reading


class Numbers(NamedTuple):
    """A column read as numbers: values, marks (None where there is nothing to say), detection limits."""

    value: npt.NDArray[np.float64]
    mark: npt.NDArray[np.object_]
    limit: npt.NDArray[np.float64]


NOTHING = Number(math.nan)
# signs that stand for themselves: neither `visible` nor NFKC changes them
PLAIN_TEXT = "^[!-~\u4e00-\u9fff](?:[ -~\u4e00-\u9fff]*[!-~\u4e00-\u9fff])?$"


@cache
def words(column: str, table: str = "") -> dict[str, str]:
    """Give the words known for a column: plain word → stored word."""
    known: dict[str, dict[str, list[str]]] = toml_of("catalogue/words.toml")
    stored = known.get(f"{table}.{column}", known.get(column, {}))
    found = {plain(word): to for to, all_ in stored.items() for word in all_}
    return {**found, **{to: to for to in stored}}


def plain(cell: object) -> str:
    """Spell a cell in one way: half-width, lower case, without spaces."""
    return "".join(unicodedata.normalize("NFKC", visible(str(cell))).lower().split())


def is_blank(cell: Any) -> bool:
    """Say whether a cell holds nothing at all."""
    if cell is None or cell is pd.NA or cell is pd.NaT:
        return True
    if isinstance(cell, str):
        if "!" <= cell[:1] <= "~" or "\u4e00" <= cell[:1] <= "\u9fff":
            return False
        return not cell.strip() or not visible(cell).strip()
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
        (`>24000`): the bound, ``above_range``, 溢出: nan, ``above_range``; a sign or 约 beside the number:
        the number, ``flagged``; `-`, `--`, `*`: nan, ``missing``; blank: nan without mark; anything else,
        two readings in one cell among it: nan, ``suspect``.

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
        return bounded(cell)
    found, unit = reading(str(cell))
    if unit is not None:
        return SUSPECT
    if found.mark != "suspect":
        return found
    text = plain(cell)
    marks = {"non_detect": "not_detected", "missing": "missing", "above_range": "over_range"}
    return Number(math.nan, next((mark for mark, known in marks.items() if text in words(known)), "suspect"))


def numbers(cells: pd.Series) -> Numbers:
    """Read a column as numbers, shape (n,) each."""
    codes, uniques = pd.factorize(cells.astype("object"), use_na_sentinel=True)
    either = commas_of_decimals([cell for cell in uniques if isinstance(cell, str)])
    read = [*(SUSPECT if cell in either else number(cell) for cell in uniques), NOTHING]
    return Numbers(
        np.array([cell.value for cell in read])[codes],
        np.array([cell.mark for cell in read], dtype=object)[codes],
        np.array([cell.limit for cell in read])[codes],
    )


def chosen(cells: pd.Series, column: str, table: str = "") -> tuple[pd.Series, pd.Series]:
    """Read a column of words: the stored word (null where missing) and whether the word is unknown."""
    known, nothing = words(column, table), words("missing")
    codes, uniques = pd.factorize(cells.astype("object"), use_na_sentinel=True)
    spelled = [_without_note(plain(cell), known) for cell in uniques]
    strange = [bool(word) and word not in known and word not in nothing for word in spelled]
    stored = [str(cell).strip() if odd else known.get(word)
              for word, cell, odd in zip(spelled, uniques, strange, strict=True)]  # fmt: skip
    stored = [None if word == "null" else word for word in stored]
    return (
        pd.Series(np.array([*stored, None], dtype=object)[codes], index=cells.index),
        pd.Series(np.array([*strange, False])[codes], index=cells.index),
    )


def _without_note(word: str, known: dict[str, str]) -> str:
    bare = re.sub(r"\([^()]*\)$", "", word)
    return bare if word not in known and bare in known else word


def texts(cells: pd.Series) -> pd.Series:
    """Read a column as text: trimmed, whole numbers without `.0`, signs for nothing as null.

    Plain texts stay as they are, all at once; the distinct others are read one by one.
    """
    try:
        coded = pa.array(cells, pa.string(), from_pandas=True).dictionary_encode()
    except (pa.ArrowInvalid, pa.ArrowTypeError, UnicodeEncodeError):
        return _read_texts(cells)
    distinct = coded.dictionary
    odd = pc.invert(_are_plain(distinct))
    read = [None if is_missing(text) else _text(text) for text in pc.filter(distinct, odd).to_pylist()]
    whole = pc.replace_with_mask(distinct, odd, pa.array(read, pa.string())).take(coded.indices)
    if whole.null_count == len(whole):
        return pd.Series(None, index=cells.index, dtype="object")
    return pd.Series(whole, index=cells.index, dtype="str")


def _are_plain(found: pa.StringArray) -> pa.BooleanArray:
    """Say which texts are of common signs, trimmed, and no sign for nothing."""
    spelled = pc.replace_substring(pc.ascii_lower(found), " ", "")
    nothing = pc.is_in(spelled, pa.array([*words("missing")], pa.string()))
    return pc.and_not(pc.match_substring_regex(found, PLAIN_TEXT), nothing)


def _read_texts(cells: pd.Series) -> pd.Series:
    codes, uniques = pd.factorize(cells.astype("object"), use_na_sentinel=True)
    read = [None if is_missing(cell) else _text(cell) for cell in uniques]
    return pd.Series(np.array([*read, None], dtype=object)[codes], index=cells.index)


def _text(cell: Any) -> str:
    if isinstance(cell, (float, np.floating)) and float(cell).is_integer():
        return str(int(cell))
    if isinstance(cell, dt.datetime) and cell.time() == dt.time():
        return cell.date().isoformat()
    return visible(str(cell)).strip()
