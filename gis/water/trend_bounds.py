"""Rank trends where some values are lower bounds: a direction is given where every value they may have gives it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from gis.base.stats import Floats

Bounds = npt.NDArray[np.bool_]
Signs = npt.NDArray[np.float64]
SIDES = 2


def _signs(values: Floats, bounds: Bounds) -> tuple[Signs, Signs, Signs]:
    """Give (j − i, lowest, highest sign of x_j − x_i) of all pairs i < j of values that are there.

    A pair with a lower bound is open unless the bound lies above the other value; two bounds are always open.
    """
    at = np.flatnonzero(np.isfinite(values))
    first, then = (at[one] for one in np.triu_indices(len(at), k=1))
    sign = np.sign(values[then] - values[first])
    open_up, open_down = bounds[then] & (sign <= 0), bounds[first] & (sign >= 0)
    both = bounds[then] & bounds[first]
    low = np.where(open_down | both, -1.0, sign)
    high = np.where(open_up | both, 1.0, sign)
    place = np.cumsum(np.isfinite(values)) - 1
    return (place[then] - place[first]).astype("float64"), low, high


def spearman_between(values: Floats, bounds: Bounds) -> tuple[float, float]:
    """Give the least and the greatest rank correlation with time.

    With the ranks as sums of signs, rs = Σ(j − i)·sign(x_j − x_i) / (2·√(SS ranks · SS times)).
    """
    span, low, high = _signs(values, bounds)
    known = values[np.isfinite(values) & ~bounds]
    n = int(np.isfinite(values).sum())
    size = np.unique(known, return_counts=True)[1]
    whole = (n**3 - n) / 12
    ranks = whole - float((size**3 - size).sum()) / 12
    if ranks <= 0:
        return 0.0, 0.0
    scale = SIDES * np.sqrt(ranks * whole)
    return float((span * low).sum() / scale), float((span * high).sum() / scale)


def kendall_between(values: Floats, bounds: Bounds) -> tuple[float, float]:
    """Give the least and the greatest z of the seasonal Mann-Kendall test, shape (years, seasons).

    Readings behind two bounds are never taken to be equal.
    """
    least = most = variance = 0.0
    for season, open_ in zip(values.T, bounds.T, strict=True):
        _, low, high = _signs(season, open_)
        least, most = least + float(low.sum()), most + float(high.sum())
        size = np.unique(season[np.isfinite(season) & ~open_], return_counts=True)[1].astype("float64")
        n = float(np.isfinite(season).sum())
        variance += (_spread(np.array([n])) - _spread(size)) / 18
    return _score(least, variance), _score(most, variance)


def _spread(size: Floats) -> float:
    return float((size * (size - 1) * (2 * size + 5)).sum())


def _score(total: float, variance: float) -> float:
    return float((total - np.sign(total)) / np.sqrt(variance)) if variance > 0 else 0.0
