"""Trend of each section and indicator: Spearman over years, seasonal Mann-Kendall over months."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from gis.base.calendar import MONTHS, periods_until
from gis.base.stats import Floats, critical, seasonal_trend, spearman
from gis.standards.editions import Edition
from gis.water.averages import NOISE_DIGITS, PH
from gis.water.limits import Limits, values_of

TREND = "water_trend"
RISING, FALLING, NONE = "rising", "falling", "none"
BETTER, WORSE = "better", "worse"
COLUMNS = [
    "section_id", "name", "indicator", "n", "first_period", "last_period", "spearman_rs", "spearman_limit",
    "spearman_significant", "direction", "mk_n", "mk_years", "mk_slope", "mk_low", "mk_high", "mk_p",
    "mk_direction", "meaning", "note", "edition",
]  # fmt: skip


def trends(months: pd.DataFrame, limits: Limits, rules: Edition, as_of: dt.date) -> pd.DataFrame:
    """Test every indicator of every section for a trend (环办〔2011〕22号 三; Hirsch et al. 1982).

    Parameters
    ----------
    months
        Rows of `section_periods` of kind month, with key.
    limits
        Names the indicators: those with limits, and whether more is better.
    rules
        Edition of the family `water_trend`: critical values, and what is enough.
    as_of
        Months that have not ended by then are left aside; the years compared all run from January to
        the last month that has.

    Returns
    -------
    water_trends
        COLUMNS, a row a section and indicator with a value. n, spearman_*: means of January to that
        month of each year with enough months. mk_*: month means; slope in the unit of the indicator
        per year. direction, mk_direction rising, falling or none, null with too few data, which note
        says; meaning better or worse, null for pH and where nothing is significant or they disagree.
    """
    ended = [one for one in periods_until(as_of.year - 1, as_of, ("month",)) if not one.provisional(as_of)]
    last = ended[-1].end
    kept = months[(months["n_samples"] > 0)]
    month = kept["period"].str.slice(5).astype("int64")
    kept = kept[(kept["year"].astype("int64") * MONTHS + month) <= last.year * MONTHS + last.month]
    if not len(kept):
        return pd.DataFrame(columns=COLUMNS)
    first_year = int(kept["year"].min())
    keys, names = pd.factorize(kept["key"])
    at = keys, kept["year"].to_numpy("int64") - first_year, month.loc[kept.index].to_numpy() - 1
    shape = len(names), last.year - first_year + 1, MONTHS
    ids = kept.drop_duplicates("key")[["section_id", "name"]].to_numpy().tolist()
    rows: list[dict[str, Any]] = []
    for indicator, sign in _signs(limits).items():
        cube = np.full(shape, np.nan)
        cube[at] = values_of(kept, indicator)
        for (id_, name), series in zip(ids, cube, strict=True):
            if np.isfinite(series).any():
                found = _trend(series, sign, rules.data, first_year, last.month, through_ions=indicator == PH)
                rows.append({"section_id": id_, "name": name, "indicator": indicator, **found})
    made = pd.DataFrame(rows, columns=COLUMNS).assign(edition=rules.id)
    return made.sort_values(["section_id", "name"], kind="stable", ignore_index=True)


def _signs(limits: Limits) -> dict[str, int]:
    """Give each indicator with limits, and 1 where less is better, -1 where more is, 0 for a range."""
    items: Mapping[str, Any] = limits.edition.data["item"]
    signs = {"max": 1, "min": -1, "range": 0}
    return {key: signs[spec["kind"]] for key, spec in items.items() if spec["kind"] in signs}


def _trend(
    series: Floats,
    sign: int,
    told: Mapping[str, Any],
    first_year: int,
    last_month: int,
    *,
    through_ions: bool,
) -> dict[str, Any]:
    months = np.power(10.0, -series) if through_ions else series
    yearly, years = _yearly(months[:, :last_month], told["seasonal"]["least_share"])
    yearly = -np.log10(yearly) if through_ions else yearly
    yearly = np.round(yearly, NOISE_DIGITS)  # years that are equal but for binary noise are ties
    rank = _spearman(yearly, told["spearman"])
    seasonal = _seasonal(series, told["seasonal"])
    ways = {one for one in (rank["direction"], seasonal["mk_direction"]) if one in (RISING, FALLING)}
    meaning = None
    if len(ways) == 1 and sign:
        meaning = WORSE if (RISING in ways) == (sign > 0) else BETTER
    spans = [f"{first_year + year}C{last_month:02d}" for year in np.flatnonzero(years)]
    ways_of = {"Spearman": rank["direction"], "Mann-Kendall": seasonal["mk_direction"]}
    few = [test for test, way in ways_of.items() if way is None]
    note = f"{'、'.join(few)}：数据不足 · {', '.join(few)}: too few data" if few else None
    ends = {"first_period": spans[0] if spans else None, "last_period": spans[-1] if spans else None}
    return {**rank, **ends, **seasonal, "meaning": meaning, "note": note}


def _yearly(series: Floats, least_share: float) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Average January to the last month of each year that has enough of its months."""
    known = np.isfinite(series)
    count = known.sum(axis=1)
    enough = count >= least_share * series.shape[1]
    sums = np.where(known, series, 0.0).sum(axis=1)
    return sums[enough] / count[enough], enough


def _spearman(yearly: Floats, told: Mapping[str, Any]) -> dict[str, Any]:
    n = len(yearly)
    if n < told["least_periods"]:
        return {"n": n, "spearman_significant": None, "direction": None}
    rs, limit = spearman(yearly), critical(n, told["n"], told["p05"])
    significant = round(abs(rs), 10) >= limit
    way = (RISING if rs > 0 else FALLING) if significant else NONE
    return {
        "n": n, "spearman_rs": rs, "spearman_limit": limit, "spearman_significant": significant, "direction": way,
    }  # fmt: skip


def _seasonal(series: Floats, told: Mapping[str, Any]) -> dict[str, Any]:
    known = np.isfinite(series)
    n, years = int(known.sum()), int(known.any(axis=1).sum())
    full = int((known.sum(axis=0) >= told["least_years"]).sum())
    if full < told["least_seasons"]:
        return {"mk_n": n, "mk_years": years, "mk_direction": None}
    found = seasonal_trend(series, told["alpha"])
    way = NONE if found.p >= told["alpha"] else RISING if found.z > 0 else FALLING
    return {
        "mk_n": n, "mk_years": years, "mk_slope": found.slope, "mk_low": found.low, "mk_high": found.high,
        "mk_p": found.p, "mk_direction": way,
    }  # fmt: skip
