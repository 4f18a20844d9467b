"""The composite index (综合指数) of a place in a period, by two methods that give different numbers."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from gis.air.days import ITEMS
from gis.air.statistics import PERCENTILE_ONLY
from gis.base.messages import enumerated
from gis.base.stored_words import words_of

RANKING, ANNEX_C = "ranking", "annex_c"
KEYS = [
    "place", "place_kind", "name", "period", "period_kind", "year", "dust", "edition", "rules", "provisional",
]  # fmt: skip


def composite(statistics: pd.DataFrame) -> pd.DataFrame:
    """Sum the single indices of six items, unweighted, by the ranking method and by HJ 663-2013 annex C.

    `ranking` (form of 环办〔2014〕64号): SO2, NO2, PM10, PM2.5 mean / annual limit; CO and O3 percentile /
    24-h (8-h) limit. `annex_c`: for the four items the larger of mean / annual limit and percentile /
    24-h limit. Concentrations are unrounded. The weights of 2026 are not sure and not used.

    Parameters
    ----------
    statistics
        From `statistics`.

    Returns
    -------
    composite
        A row a place, period, dust, edition of the limits and method: `index_<item>`, composite_index
        (null where an item is missing), n_items, missing_items, primary_items (the largest single
        index) and, for years, items_over (not within GB 3095) and all_met.
    """
    by_mean = statistics["mean"] / statistics["limit_year"]
    by_percentile = statistics["percentile"] / statistics["limit_day"]
    alone = statistics["item"].isin(PERCENTILE_ONLY)
    indices = {
        RANKING: by_percentile.where(alone, by_mean),
        ANNEX_C: by_percentile.where(alone, by_mean.combine(by_percentile, max)),
    }
    judged = _judged(statistics)
    return pd.concat(
        [_summed(statistics.assign(index=index), method, judged) for method, index in indices.items()],
        ignore_index=True,
    ).sort_values(["place", "period", "method", "dust", "edition"], ignore_index=True)


def _summed(rows: pd.DataFrame, method: str, judged: pd.DataFrame) -> pd.DataFrame:
    wide = rows.pivot_table(index=KEYS, columns="item", values="index", dropna=False, observed=True)
    wide = wide.dropna(how="all").reindex(columns=list(ITEMS))
    found = wide.add_prefix("index_")
    found["n_items"] = wide.notna().sum(axis=1).astype("Int64")
    found["composite_index"] = wide.sum(axis=1).where(wide.notna().all(axis=1))
    largest = wide.max(axis=1)
    found["primary_items"] = _names(wide.eq(largest, axis=0))
    found["missing_items"] = _names(wide.isna())
    out = found.join(judged).reset_index().assign(method=method, weights="unweighted")
    return out.rename_axis(columns=None)


def _judged(statistics: pd.DataFrame) -> pd.DataFrame:
    years = statistics[statistics["met"].notna()]
    over = years[~years["met"].astype("bool")].groupby(KEYS)["item"].agg(_listed)
    complete = years.groupby(KEYS)["item"].nunique() == len(ITEMS)
    found = pd.DataFrame({"items_over": over, "complete": complete})
    within = found["items_over"].isna()
    known = found.pop("complete").fillna(False).astype("bool") | ~within
    return found.assign(all_met=within.astype("boolean").where(known))


def _names(chosen: pd.DataFrame) -> pd.Series:
    items = chosen.columns.to_numpy()
    words = [_listed(items[row]) for row in chosen.to_numpy("bool")]
    return pd.Series(words, index=chosen.index, dtype="str")


def _listed(items: Iterable[str]) -> str | None:
    return enumerated((words_of("item")[item][0], item) for item in items)
