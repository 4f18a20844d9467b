"""Means of a section: a month is the mean of its records, a longer period the mean of its months."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from gis.base.calendar import MONTHS
from gis.base.tables import TABLES

AUTOMATIC = "automatic"
INDICATORS = [name for name, column in TABLES["samples"].items() if column.kind == "f"]
MONTH = ["key", "year", "month"]
NOISE_DIGITS = 10


def used_values(samples: pd.DataFrame, rules: dict[str, Any]) -> pd.DataFrame:
    """Give the values that count: where a section and month has both, automatic or manual ones only.

    Parameters
    ----------
    samples
        Records with key, year, month, method and the indicators; no method counts as manual.
    rules
        `[merge]` of the evaluation: the indicators of which automatic records come first
        (环办监测函〔2020〕82号); of all others manual records do.

    Returns
    -------
    values
        Index of `samples`, one column an indicator, null where the other method came first.
    """
    values = samples[INDICATORS]
    automatic = samples["method"].eq(AUTOMATIC).to_numpy(dtype=bool, na_value=False)
    if not automatic.any() or automatic.all():
        return values
    by = [samples[one] for one in MONTH]
    has = {
        flag: values[automatic == flag]
        .notna()
        .groupby([one[automatic == flag] for one in by], sort=False)
        .any()
        for flag in (True, False)
    }
    index = pd.MultiIndex.from_frame(samples[MONTH])
    found = {flag: one.reindex(index, fill_value=False).to_numpy(dtype=bool) for flag, one in has.items()}
    first = np.isin(INDICATORS, rules["automatic_first"])[None, :]
    own = automatic[:, None]
    dropped = (first & found[True] & ~own) | (~first & found[False] & own)
    return values.mask(dropped)


def month_means(samples: pd.DataFrame, rules: dict[str, Any]) -> pd.DataFrame:
    """Average the records of each section and month (环办〔2011〕22号 一(二); pH arithmetic).

    Returns
    -------
    months
        key, year, month, one column an indicator, n_samples (records with any value) and unaudited
        (an automatic record that nobody audited is among them).
    """
    filled = samples[samples[INDICATORS].notna().any(axis=1)]
    by = [filled[one] for one in MONTH]
    means = used_values(filled, rules).groupby(by).mean()
    raw = filled["method"].eq(AUTOMATIC) & ~filled["audited"].fillna(value=False).astype(bool)
    counted = pd.DataFrame({"n_samples": 1, "unaudited": raw.astype(bool)}, index=filled.index).groupby(by)
    extra = counted.agg({"n_samples": "sum", "unaudited": "any"})
    return plain_decimals(means).join(extra).reset_index()


def period_means(months: pd.DataFrame, periods: pd.DataFrame) -> pd.DataFrame:
    """Average the month means of each section over every period.

    Parameters
    ----------
    months
        From `month_means`.
    periods
        From `calendar.calendar_of`.

    Returns
    -------
    means
        key, period, one column an indicator (each the mean of the months that have it), n_samples,
        unaudited, months_used ("1,2,3"), n_months. Periods without a month are left out.
    """
    spans = periods[["period", "year", "first_month", "last_month"]]
    pairs = months.merge(spans, on="year")
    pairs = pairs[pairs["month"].between(pairs["first_month"], pairs["last_month"])]
    pairs = pairs.sort_values(["key", "period", "month"], kind="stable")
    grouped = pairs.groupby(["key", "period"])
    means = plain_decimals(grouped[INDICATORS].mean())
    bits = (2 ** pairs["month"]).groupby([pairs["key"], pairs["period"]]).sum()
    texts = {code: _months(code) for code in bits.unique()}
    extra = grouped.agg(
        n_samples=("n_samples", "sum"), unaudited=("unaudited", "any"), n_months=("month", "size")
    )
    return means.join(extra).assign(months_used=bits.map(texts)).reset_index()


def plain_decimals(means: pd.DataFrame) -> pd.DataFrame:
    """Strip the binary noise of a mean, so that 0.1, 0.2, 0.3 meet the limit 0.2; ten decimals stay."""
    return means.round(NOISE_DIGITS)


def _months(bits: int) -> str:
    return ",".join(str(month) for month in range(1, MONTHS + 1) if bits >> month & 1)
