"""A column looked at by its distinct cells, since most stand many times."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd


class Distinct(NamedTuple):
    """The distinct cells of a column, and the place of each cell among them; below 0 where it is missing."""

    codes: npt.NDArray[np.intp]
    cells: npt.NDArray[np.object_]


def parted(cells: pd.Series | npt.NDArray[np.object_]) -> Distinct:
    """Part a column into its distinct cells and their places."""
    return Distinct(*pd.factorize(np.asarray(cells, dtype=object), use_na_sentinel=True))


def by_column(frame: pd.DataFrame) -> Callable[[Any], Distinct]:
    """Part each column of a frame once, when it is asked for by name."""
    return cache(lambda name: parted(pd.Series(frame[name])))


def those(cells: pd.Series | Distinct, are_so: Callable[[Any], bool]) -> npt.NDArray[np.bool_]:
    """Say of each cell whether it is so, asking once for each distinct one; a missing cell is not.

    Examples
    --------
    >>> those(pd.Series(["合计", "1", None]), lambda cell: cell == "合计").tolist()
    [True, False, False]
    """
    codes, different = cells if isinstance(cells, Distinct) else parted(cells)
    return np.array([*(bool(are_so(cell)) for cell in different), False])[codes]
