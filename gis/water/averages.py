"""Means of indicators: arithmetic, of pH through its hydrogen ions (环办监测函〔2020〕82号)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

PH = "ph"
NOISE_DIGITS = 10


def additive(values: pd.DataFrame) -> pd.DataFrame:
    """Give values whose arithmetic mean is the mean of the indicator: pH as 10^−pH, others as they are.

    A negative pH is no reading.
    """
    if PH not in values:
        return values
    ph = values[PH].astype("float64")
    ions = pd.Series(np.power(10.0, -ph.to_numpy()), ph.index)
    return values.assign(**{PH: ions.where(ph >= 0)})


def readable(means: pd.DataFrame) -> pd.DataFrame:
    """Turn means of `additive` values into means of the indicators, free of binary noise.

    Examples
    --------
    >>> readable(additive(pd.DataFrame({"ph": [6.0, 8.0]})).mean().to_frame().T)["ph"].round(3).tolist()
    [6.297]
    """
    if PH not in means:
        return plain_decimals(means)
    return plain_decimals(means.assign(**{PH: -np.log10(means[PH].astype("float64"))}))


def averaged(rows: pd.DataFrame, by: Sequence[Any], names: Sequence[str], **how: Any) -> pd.DataFrame:
    """Average some indicators of the rows of each group."""
    return readable(additive(rows[list(names)]).groupby([_of(rows, one) for one in by], **how).mean())


def plain_decimals(means: pd.DataFrame) -> pd.DataFrame:
    """Strip the binary noise of a mean, so that 0.1, 0.2, 0.3 meet the limit 0.2; ten decimals stay."""
    return means.round(NOISE_DIGITS)


def _of(rows: pd.DataFrame, one: Any) -> Any:
    return rows[one] if isinstance(one, str) else one
