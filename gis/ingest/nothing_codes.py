"""999 in a table of air: a code for nothing, or a reading where its neighbours are as high."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

CODE, HIGH, LONGEST = 999.0, 500.0, 3
STAND_IN = 998.0
WRITTEN = [999, "999", "999.0", "999.00"]
Rows = npt.NDArray[np.bool_]


def readings(cells: pd.Series, stations: pd.Series | None) -> Rows:
    """Tell the cells of 999 that are readings.

    Parameters
    ----------
    cells
        Shape (n,), a column as found, in the order of the file.
    stations
        Shape (n,), what names the station of each row; None where all rows are of one.

    Returns
    -------
    readings
        Shape (n,): at most three in a row, and the readings of the station before and after them (those
        that are there, at least one) are at least half as high.
    """
    code = cells.isin(WRITTEN).reset_index(drop=True)
    if not code.any():
        return code.to_numpy()
    values = pd.to_numeric(cells.astype("object"), errors="coerce").astype("float64").reset_index(drop=True)
    by = pd.Series(0, values.index) if stations is None else stations.astype(str).reset_index(drop=True)
    known = values.mask(code)
    around = [known.groupby(by).ffill(), known.groupby(by).bfill()]
    lowest = pd.concat(around, axis=1).min(axis=1)
    run = (code != code.groupby(by).shift()).groupby(by).cumsum()
    length = code.groupby([by, run]).transform("sum")
    return np.asarray(code & (lowest >= HIGH) & (length <= LONGEST))
