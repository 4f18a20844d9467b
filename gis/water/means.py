"""Means of a section: a month is the mean of its samples or of its automatic days, a longer period of its months."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from gis.base.messages import keys_of
from gis.base.named import placed
from gis.base.tables import TABLES
from gis.water.averages import additive, averaged, readable

AUTOMATIC = "automatic"
INDICATORS = [name for name, column in TABLES["samples"].items() if column.kind == "f"]
COUNTS = {name: f"{name}_values" for name in INDICATORS}
MONTH = ["key", "year", "month"]
SUMS = ["n_samples", "n_days", "n_automatic", "n_manual", "n_issued", "n_own"]
ORIGINS = {"n_issued": ("national", "provincial"), "n_own": ("own",)}
DAYS = 32  # more than any month has
STEPS = 54  # more months than a year has, and more weeks
Places = npt.NDArray[np.int64]
Rows = npt.NDArray[np.bool_]


def used_values(samples: pd.DataFrame, rules: dict[str, Any]) -> pd.DataFrame:
    """Give the values that count: where a section and month has both, automatic or manual ones only.

    Parameters
    ----------
    samples
        Records with key, year, month, method and some of the indicators; no method counts as manual. Where
        there is a column x_items, what it names is taken from manual records only (714号).
    rules
        `[merge]` of the evaluation: the indicators of which automatic records come first
        (环办监测函〔2020〕82号); of all others manual records do.

    Returns
    -------
    values
        Index of `samples`, its indicators, null where the other method came first.
    """
    values = samples[[name for name in INDICATORS if name in samples]]
    automatic = samples["method"].eq(AUTOMATIC).to_numpy(dtype=bool, na_value=False)
    if "x_items" in samples:
        values = _manual_only(values, automatic, samples["x_items"])
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
    first = np.isin(values.columns, rules["automatic_first"])[None, :]
    own = automatic[:, None]
    dropped = (first & found[True] & ~own) | (~first & found[False] & own)
    return values.mask(dropped)


def _manual_only(values: pd.DataFrame, automatic: np.ndarray, x_items: pd.Series) -> pd.DataFrame:
    out = values.copy()
    for text in x_items[automatic].dropna().unique():
        named = [name for name in keys_of(text) if name in out]
        out.loc[automatic & x_items.eq(text).to_numpy(dtype=bool, na_value=False), named] = np.nan
    return out


def month_means(samples: pd.DataFrame, rules: dict[str, Any]) -> pd.DataFrame:
    """Average the records of each section and month, or week (环办〔2011〕22号 一(二); pH through H⁺).

    Manual samples are averaged as they are; automatic ones first by day, so that a day with many
    readings weighs as much as one with few (our proposal, the text of 82号 was not seen).

    Parameters
    ----------
    samples
        With key, year and month; of weeks the year and the number of the week stand there.
    rules
        As of `used_values`.

    Returns
    -------
    months
        key, year, month, one column an indicator, the number of values behind each (COUNTS),
        n_samples (records with any value), n_automatic, n_manual, n_issued (handed out) and n_own of them,
        n_days (with a value that counts), automatic_days of them, unaudited (an automatic record that
        nobody audited is there).
    """
    filled = _filled(samples)
    used = used_values(filled, rules).dropna(axis=1, how="all")
    automatic = filled["method"].eq(AUTOMATIC).to_numpy(dtype=bool, na_value=False)
    month, day, months = _numbered(filled)
    rows = _days_and_samples(additive(used), day, automatic)
    means = readable(rows.groupby(rows.index // DAYS).mean()).reindex(columns=INDICATORS)
    counts = used.groupby(month).count().reindex(columns=INDICATORS, fill_value=0).rename(columns=COUNTS)
    raw = automatic & ~filled["audited"].fillna(value=False).to_numpy(dtype=bool)
    number = len(months)
    valid = used.notna().any(axis=1).to_numpy()
    extra = {
        "n_samples": np.bincount(month, minlength=number),
        "n_automatic": np.bincount(month[automatic], minlength=number),
        "n_manual": np.bincount(month[~automatic], minlength=number),
        **_by_origin(filled, month, number),
        "unaudited": np.bincount(month[raw], minlength=number) > 0,
        "n_days": _days(day[valid], number),
        "automatic_days": _days(day[valid & automatic], number),
    }
    return months.join(means).join(counts).assign(**extra)


def _by_origin(filled: pd.DataFrame, month: Places, number: int) -> dict[str, Places]:
    """Count the records that were handed out and one's own."""
    if "data_origin" not in filled:
        return {name: np.zeros(number, dtype=np.int64) for name in ORIGINS}
    return {
        name: np.bincount(month[filled["data_origin"].isin(which).to_numpy()], minlength=number)
        for name, which in ORIGINS.items()
    }


def _filled(samples: pd.DataFrame) -> pd.DataFrame:
    """Keep the records with any value, and of the columns those that means are made of."""
    present = [name for name in INDICATORS if name in samples and samples[name].notna().any()]
    about = [
        name
        for name in (*MONTH, "sampled_at", "method", "audited", "x_items", "data_origin")
        if name in samples
    ]
    filled = samples[present].notna().any(axis=1)
    wanted = samples[[*about, *present]]
    return wanted if filled.all() else wanted[filled]


def _numbered(filled: pd.DataFrame) -> tuple[Places, Places, pd.DataFrame]:
    """Give each record the number of its section and month, in order, and of its day (month × DAYS + day)."""
    key, keys = pd.factorize(filled["key"], sort=True)
    since = filled["year"].to_numpy("int64") * STEPS + filled["month"].to_numpy("int64") - 1
    first = since.min() if len(since) else 0
    span = since.max() - first + 1 if len(since) else 1
    month, found = pd.factorize(key * span + since - first, sort=True)
    later = found % span + first
    about = {
        "key": pd.Series(keys[found // span]).astype("str"),
        "year": later // STEPS,
        "month": later % STEPS + 1,
    }
    day = filled["sampled_at"].dt.day.to_numpy("int64")
    return month, month * DAYS + day, pd.DataFrame(about)


def _days_and_samples(used: pd.DataFrame, day: Places, automatic: Rows) -> pd.DataFrame:
    """Give the means of automatic days and the manual samples; the index is the number of the day.

    Values and means are `additive`.
    """
    if automatic.all():
        return used.groupby(day).mean()
    days = used[automatic].groupby(day[automatic]).mean()
    return pd.concat([days, used[~automatic].set_axis(day[~automatic])])


def _days(day: Places, months: int) -> Places:
    return (np.bincount(day, minlength=months * DAYS).reshape(-1, DAYS) > 0).sum(axis=1)


def period_means(months: pd.DataFrame, periods: pd.DataFrame) -> pd.DataFrame:
    """Average the month means of each section over every period.

    Parameters
    ----------
    months
        From `month_means`, with `short` (too few valid days).
    periods
        From `calendar.calendar_of`.

    Returns
    -------
    means
        key, period, one column an indicator (each the mean of the months that have it), COUNTS, SUMS,
        unaudited, months_used ("1,2,3"), short_months, n_months. Periods without a month are left out.
    """
    pairs = in_periods(months, periods)
    grouped = pairs.groupby(["key", "period"])
    means = averaged(pairs, ["key", "period"], INDICATORS)
    sums = grouped[[*COUNTS.values(), *SUMS]].sum()
    bits = 2 ** pairs["month"]
    by = [pairs["key"], pairs["period"]]
    texts = {
        "months_used": _named_months(bits.groupby(by).sum()),
        "short_months": _named_months((bits * pairs["short"]).groupby(by).sum()),
    }
    extra = grouped.agg(unaudited=("unaudited", "any"), n_months=("month", "size"))
    return means.join(sums).join(extra).assign(**texts).reset_index()


def in_periods(months: pd.DataFrame, periods: pd.DataFrame) -> pd.DataFrame:
    """Repeat rows with key, year and month for every period that holds the month."""
    pairs = months.merge(periods[["period", "year", "first_month", "last_month"]], on="year")
    pairs = pairs[pairs["month"].between(pairs["first_month"], pairs["last_month"])]
    return pairs.sort_values(["key", "period", "month"], kind="stable")


def _named_months(bits: pd.Series) -> pd.Series:
    codes, found = pd.factorize(bits)
    texts = [",".join(str(month) for month in range(1, STEPS) if one >> month & 1) for one in found]
    return pd.Series(placed(texts, codes), bits.index)
