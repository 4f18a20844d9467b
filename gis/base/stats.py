"""Statistics of series that more than one room uses: rank trends and seasonal slopes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
LEAST = 2


class SeasonalTrend(NamedTuple):
    """Seasonal Mann-Kendall test with Sen's slope.

    Attributes
    ----------
    n
        Values that count.
    p
        Two-sided; NaN where no season has two values.
    z
        Standard score; above zero where values rise.
    slope, low, high
        Unit of the values per year: Sen's slope and its interval at 1 − alpha.
    """

    n: int
    p: float
    z: float
    slope: float
    low: float
    high: float


def spearman(values: Floats) -> float:
    """Give Spearman's rank correlation of a series with time (Daniel; 环办〔2011〕22号).

    Without ties this is rs = 1 − 6 Σ(Xi − Yi)² / (N³ − N). Ties get mean ranks and rs is the
    correlation of the ranks: the short formula would call a constant series rising.

    Parameters
    ----------
    values
        Shape (n,), oldest first; NaN is left out.

    Returns
    -------
    rs
        −1 to 1; 0 for a constant series, NaN with fewer than two values.

    Examples
    --------
    >>> round(spearman(np.array([0.30, 0.28, 0.29, 0.25, 0.24])), 3)
    -0.9
    """
    known = values[~np.isnan(values)]
    if len(known) < LEAST:
        return float("nan")
    if np.ptp(known) == 0:
        return 0.0
    from scipy import stats

    return float(stats.spearmanr(known, np.arange(len(known))).statistic)


def critical(n: int, sizes: Sequence[int], limits: Sequence[float]) -> float:
    """Give the printed critical value for `n`: of the next smaller size where `n` is not printed.

    Parameters
    ----------
    sizes, limits
        The table, sizes ascending.

    Returns
    -------
    limit
        NaN where `n` is below the table.
    """
    at = int(np.searchsorted(sizes, n, side="right")) - 1
    return float(limits[at]) if at >= 0 else float("nan")


def seasonal_trend(values: Floats, alpha: float) -> SeasonalTrend:
    """Test a seasonal series for a trend (Hirsch, Slack and Smith 1982) and give Sen's slope.

    Seasons are compared with themselves only. The interval takes the slopes at the ranks
    (N' ∓ C) / 2 with C = z · √Var(S) (Gilbert 1987, 16.4.2 and 17.3).

    Parameters
    ----------
    values
        Shape (years, seasons), the oldest year first; NaN is left out.
    alpha
        1 − the level of the interval, as 0.05.
    """
    n = int(np.isfinite(values).sum())
    slopes = _slopes(values)
    if not len(slopes):
        return SeasonalTrend(n, *[float("nan")] * 5)
    import pymannkendall
    from scipy import stats

    test = pymannkendall.multivariate_test(values, alpha=alpha)
    reach = stats.norm.ppf(1 - alpha / 2) * np.sqrt(test.var_s)
    ends = (len(slopes) - reach) / 2 - 1, (len(slopes) + reach) / 2
    low, high = np.interp(ends, np.arange(len(slopes)), slopes)
    return SeasonalTrend(n, float(test.p), float(test.z), float(np.median(slopes)), float(low), float(high))


def _slopes(values: Floats) -> Floats:
    """List the slopes of all pairs of years within a season, ascending."""
    first, then = np.triu_indices(len(values), k=1)
    slopes = ((values[then] - values[first]) / (then - first)[:, None]).ravel()
    return np.sort(slopes[np.isfinite(slopes)])
