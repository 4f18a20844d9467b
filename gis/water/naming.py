"""Which indicators decide a class, and which are its main pollution indicators."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from gis.base.units import rounded
from gis.water.limits import NOT_RATED, Classes, Limits, values_of

BETWEEN = "、"
NOISE_DIGITS = 10


def deciding(table: Limits, classes: Classes, named: npt.NDArray[np.bool_]) -> npt.NDArray[np.object_]:
    """Name every indicator that sits at the worst class of its row (定类因子), in the table's order.

    Parameters
    ----------
    classes
        Shape (n, items), 0 = not rated.
    named
        Shape (n,); rows that get a name at all.
    """
    worst = classes.max(axis=1, keepdims=True)
    at_worst = (classes == worst) & (worst > NOT_RATED) & named[:, None]
    names = [item.name for item in table.items]
    codes = at_worst @ (1 << np.arange(len(names), dtype=np.int64))
    found, back = np.unique(codes, return_inverse=True)
    texts = [BETWEEN.join(name for at, name in enumerate(names) if code >> at & 1) or None for code in found]
    return np.array([*texts, None], dtype=object)[back]


def main_pollutants(
    table: Limits,
    frame: pd.DataFrame,
    classes: Classes,
    lake: npt.NDArray[np.bool_],
    named: npt.NDArray[np.bool_],
) -> npt.NDArray[np.object_]:
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
    row, at = np.nonzero((classes > rules["good_class"]) & named[:, None])
    multiples = _multiples(table, frame, row, at, lake)
    first = np.isin(table.keys, rules["named_first"])[at]
    size = np.nan_to_num(multiples, nan=-np.inf)
    order = np.lexsort((at, -size, -classes[row, at], ~first, row))
    row, at, multiples = row[order], at[order], multiples[order]
    starts = np.flatnonzero(np.diff(row, prepend=-1))
    place = np.arange(len(row)) - np.repeat(starts, np.diff(starts, append=len(row)))
    kept = place < rules["most_named"]
    digits = rules["multiple_digits"]
    names = [item.name for item in table.items]
    texts = np.full(len(frame), None, dtype=object)
    for line, item, multiple in zip(row[kept], at[kept], multiples[kept], strict=True):
        text = names[item] if np.isnan(multiple) else f"{names[item]}({_shown(multiple, digits)})"
        texts[line] = text if texts[line] is None else texts[line] + BETWEEN + text
    return texts


def _multiples(
    table: Limits,
    frame: pd.DataFrame,
    row: npt.NDArray[np.intp],
    at: npt.NDArray[np.intp],
    lake: npt.NDArray[np.bool_],
) -> npt.NDArray[np.float64]:
    found = np.full(len(row), np.nan)
    without = set(table.rules["no_multiple"])
    for place, item in enumerate(table.items):
        here = at == place
        if item.key in without or not here.any():
            continue
        values = values_of(frame, item.key)[row[here]]
        wanted = np.full(len(values), table.rules["good_class"])
        in_river, in_lake = (item.excess(values, wanted, lake=one) for one in (False, True))
        found[here] = np.where(lake[row[here]], in_lake, in_river)
    return found.round(NOISE_DIGITS)


def _shown(multiple: float, digits: int) -> str:
    short = rounded(multiple, digits)
    return str(short or rounded(multiple, digits + 1))
