"""Which indicators decide a class, and which are its main pollution indicators."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from gis.base.named import Texts, joined, placed
from gis.base.stored_words import stored_items
from gis.base.units import rounded
from gis.water.limits import NOT_RATED, Classes, Floats, Limits, values_of

Rows = npt.NDArray[np.bool_]
Places = npt.NDArray[np.intp]
Label = tuple[str, str]
BETWEEN = "、"
NOISE_DIGITS = 10


def deciding(table: Limits, classes: Classes, named: Rows) -> Texts:
    """Name every indicator that sits at the worst class of its row (定类因子), in the table's order.

    Parameters
    ----------
    classes
        Shape (n, items), 0 = not rated.
    named
        Shape (n,); rows that get a name at all.
    """
    worst = classes.max(axis=1, initial=NOT_RATED)
    rated = (worst > NOT_RATED) & named
    at_worst = (classes == worst[:, None]) & rated[:, None]
    return joined(at_worst, table.keys, stored_items)


def main_pollutants(table: Limits, frame: pd.DataFrame, classes: Classes, lake: Rows, named: Rows) -> Texts:
    """Name the main pollution indicators (主要污染指标) with their multiple (超标倍数) over class Ⅲ.

    环办〔2011〕22号 二(一)3: none at Ⅰ–Ⅲ; else at most three of those worse than Ⅲ: cyanide and the heavy
    metals of the data file first, then by own class, then by multiple (C − S) / S; pH and dissolved
    oxygen have no multiple and stand after their equals.

    Returns
    -------
    texts
        Shape (n,), such as `总磷(1.2)、高锰酸盐指数(0.4)、溶解氧`; None where none is named.
    """
    rules = table.rules
    over = [np.flatnonzero((classes[:, at] > rules["good_class"]) & named) for at in range(len(table.items))]
    row = np.concatenate([*over, np.empty(0, dtype=np.intp)])
    at = np.repeat(np.arange(len(over)), [len(one) for one in over])
    multiples = _multiples(table, frame, row, at, lake)
    first = np.isin(table.keys, rules["named_first"])[at]
    size = np.nan_to_num(multiples, nan=-np.inf)
    order = np.lexsort((at, -size, -classes[row, at], ~first, row))
    row, at, multiples = row[order], at[order], multiples[order]
    starts = np.flatnonzero(np.diff(row, prepend=-1))
    place = np.arange(len(row)) - np.repeat(starts, np.diff(starts, append=len(row)))
    kept = place < rules["most_named"]
    labels, texts = _labels(table, at[kept], multiples[kept])
    return _in_rows(len(frame), row[kept], place[kept], labels, texts)


def _labels(table: Limits, at: Places, multiples: Floats) -> tuple[Places, list[Label]]:
    """Give each named item its key and number, as a place in the list of the different ones."""
    digits = table.rules["multiple_digits"]
    sizes, found = pd.factorize(multiples)
    short = [rounded(size, digits) or rounded(size, digits + 1) for size in found]
    shown = ["", *(f"({size})" for size in short)]
    pairs, different = pd.factorize(at * len(shown) + sizes + 1)
    return pairs, [(table.keys[pair // len(shown)], shown[pair % len(shown)]) for pair in different]


def _in_rows(rows: int, row: Places, place: Places, labels: Places, texts: list[Label]) -> Texts:
    """List the items of each row in the order of their places; null where a row has none."""
    base = len(texts) + 1
    codes = np.zeros(rows, dtype=np.int64)
    for at in range(place.max(initial=0) + 1):
        here = place == at
        codes[row[here]] += (labels[here] + 1) * base**at
    back, found = pd.factorize(codes)
    return placed([_text(int(code), base, texts) for code in found], back)


def _text(code: int, base: int, texts: list[Label]) -> str | None:
    parts = []
    while code:
        code, label = divmod(code, base)
        parts.append(texts[label - 1])
    return stored_items([key for key, _ in parts], [number for _, number in parts])


def _multiples(table: Limits, frame: pd.DataFrame, row: Places, at: Places, lake: Rows) -> Floats:
    found = np.full(len(row), np.nan)
    without = set(table.rules["no_multiple"])
    for place, item in enumerate(table.items):
        here = at == place
        if item.key in without or not here.any():
            continue
        values = values_of(frame, item.key)[row[here]]
        wanted = np.full(len(values), table.rules["good_class"])
        found[here] = item.excess(values, wanted, lake[row[here]])
    return found.round(NOISE_DIGITS)
