"""A column looked at by its distinct cells, since most stand many times."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd


def those(cells: pd.Series, are_so: Callable[[Any], bool]) -> npt.NDArray[np.bool_]:
    """Say of each cell whether it is so, asking once for each distinct one; a missing cell is not.

    Examples
    --------
    >>> those(pd.Series(["合计", "1", None]), lambda cell: cell == "合计").tolist()
    [True, False, False]
    """
    codes, distinct = pd.factorize(cells.astype("object"), use_na_sentinel=True)
    return np.array([*(bool(are_so(cell)) for cell in distinct), False])[codes]
