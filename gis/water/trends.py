"""Trend of each section and indicator: Spearman over years, seasonal Mann-Kendall over months."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from statistics import NormalDist
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from gis.base.calendar import MONTHS, last_month_ended
from gis.base.messages import Message, joined, listed
from gis.base.stats import Floats, critical, seasonal_trend, spearman
from gis.standards.editions import Edition
from gis.water.above_range import are_bounds
from gis.water.averages import NOISE_DIGITS, PH
from gis.water.limits import Limits, values_of
from gis.water.phrases import phrase
from gis.water.trend_bounds import Bounds, kendall_between, spearman_between

TREND = "water_trend"
RISING, FALLING, NONE = "rising", "falling", "none"
BETTER, WORSE = "better", "worse"
COLUMNS = [
    "section_id", "name", "indicator", "n", "first_period", "last_period", "spearman_rs", "spearman_limit",
    "spearman_significant", "direction", "mk_n", "mk_years", "mk_slope", "mk_low", "mk_high", "mk_p",
    "mk_direction", "meaning", "note", "edition",
]  # fmt: skip
TOO_FEW = Message("数据不足", "too few data")
OPEN = Message("有读数超出测定上限，方向待核", "readings above their range leave the direction open")
KEPT = phrase("trend_kept")


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
        per year. direction, mk_direction rising, falling or none, null with too few data and where readings
        above their range (lower bounds) leave it open, which note says; those leave no slope, and rs only
        where it is one number. meaning better or worse, null for pH and where nothing is significant or
        they disagree.
    """
    last = last_month_ended(as_of).end
    kept = until(months, last)
    if not len(kept):
        return pd.DataFrame(columns=COLUMNS)
    first_year = int(kept["year"].min())
    keys, names = pd.factorize(kept["key"])
    at = keys, kept["year"].to_numpy() - first_year, kept["month"].to_numpy() - 1
    shape = len(names), last.year - first_year + 1, MONTHS
    ids = kept.drop_duplicates("key")[["section_id", "name"]].to_numpy().tolist()
    rows: list[dict[str, Any]] = []
    for indicator, sign in _signs(limits).items():
        cube, bounds = np.full(shape, np.nan), np.zeros(shape, dtype=bool)
        cube[at], bounds[at] = values_of(kept, indicator), are_bounds(kept, indicator)
        for (id_, name), values, own in zip(ids, cube, bounds, strict=True):
            if np.isfinite(values).any():
                series = Series(values, own & np.isfinite(values), indicator == PH)
                found = _trend(series, sign, rules.data, first_year, last.month)
                rows.append({"section_id": id_, "name": name, "indicator": indicator, **found})
    made = pd.DataFrame(rows, columns=COLUMNS).assign(edition=rules.id)
    return made.sort_values(["section_id", "name"], kind="stable", ignore_index=True)


def until(months: pd.DataFrame, last: dt.date) -> pd.DataFrame:
    """Keep the months with records up to that of a day; year and month are numbers."""
    rows = months[months["n_samples"] > 0]
    rows = rows.assign(year=rows["year"].astype("int64"), month=rows["period"].str.slice(5).astype("int64"))
    return rows[rows["year"] * MONTHS + rows["month"] <= last.year * MONTHS + last.month]


def _signs(limits: Limits) -> dict[str, int]:
    """Give each indicator with limits, and 1 where less is better, -1 where more is, 0 for a range."""
    items: Mapping[str, Any] = limits.edition.data["item"]
    signs = {"max": 1, "min": -1, "range": 0}
    return {key: signs[spec["kind"]] for key, spec in items.items() if spec["kind"] in signs}


class Series(NamedTuple):
    """Month means of one indicator, shape (years, 12), which of them are lower bounds, whether it is pH."""

    means: Floats
    bounds: Bounds
    through_ions: bool


def _trend(
    series: Series, sign: int, told: Mapping[str, Any], first_year: int, last_month: int
) -> dict[str, Any]:
    months = np.power(10.0, -series.means) if series.through_ions else series.means
    yearly, years = _yearly(months[:, :last_month], told["seasonal"]["least_share"])
    yearly = -np.log10(yearly) if series.through_ions else yearly
    yearly = np.round(yearly, NOISE_DIGITS)  # years that are equal but for binary noise are ties
    open_years = np.asarray(series.bounds[years, :last_month].any(axis=1))
    rank = _spearman(yearly, open_years, told["spearman"])
    seasonal = _seasonal(series, told["seasonal"])
    ways = {one for one in (rank["direction"], seasonal["mk_direction"]) if one in (RISING, FALLING)}
    meaning = None
    if len(ways) == 1 and sign:
        meaning = WORSE if (RISING in ways) == (sign > 0) else BETTER
    spans = [f"{first_year + year}C{last_month:02d}" for year in np.flatnonzero(years)]
    few = rank["n"] < told["spearman"]["least_periods"], seasonal.pop("few")
    notes = {
        "Spearman": _note(rank["direction"], few=few[0], bounded=bool(open_years.any())),
        "Mann-Kendall": _note(seasonal["mk_direction"], few=few[1], bounded=bool(series.bounds.any())),
    }
    ends = {"first_period": spans[0] if spans else None, "last_period": spans[-1] if spans else None}
    return {**rank, **ends, **seasonal, "meaning": meaning, "note": _told(notes)}


def _note(way: str | None, *, few: bool, bounded: bool) -> Message | None:
    """Say why a test gives no direction, or no more than that."""
    if few:
        return TOO_FEW
    if bounded:
        return OPEN if way is None else KEPT
    return None


def _told(notes: Mapping[str, Message | None]) -> str | None:
    """Name the tests beside what is said of them."""
    said = dict.fromkeys(one for one in notes.values() if one is not None)
    parts = [
        phrase("tests_note", tests=listed([test for test, one in notes.items() if one == what]), what=what)
        for what in said
    ]
    return joined(parts)


def _yearly(series: Floats, least_share: float) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Average January to the last month of each year that has enough of its months."""
    known = np.isfinite(series)
    count = known.sum(axis=1)
    enough = count >= least_share * series.shape[1]
    sums = np.where(known, series, 0.0).sum(axis=1)
    return sums[enough] / count[enough], enough


def _spearman(yearly: Floats, bounds: Bounds, told: Mapping[str, Any]) -> dict[str, Any]:
    n = len(yearly)
    if n < told["least_periods"]:
        return {"n": n, "spearman_significant": None, "direction": None}
    limit = critical(n, told["n"], told["p05"])
    ends = spearman_between(yearly, bounds) if bounds.any() else (spearman(yearly),) * 2
    ways = {_way(rs, significant=round(abs(rs), 10) >= limit) for rs in ends}
    way = ways.pop() if len(ways) == 1 else None
    return {
        "n": n, "spearman_rs": ends[0] if ends[0] == ends[1] else np.nan, "spearman_limit": limit,
        "spearman_significant": None if way is None else way != NONE, "direction": way,
    }  # fmt: skip


def _way(score: float, *, significant: bool) -> str:
    return (RISING if score > 0 else FALLING) if significant else NONE


def _seasonal(series: Series, told: Mapping[str, Any]) -> dict[str, Any]:
    known = np.isfinite(series.means)
    own = {"mk_n": int(known.sum()), "mk_years": int(known.any(axis=1).sum())}
    full = int((known.sum(axis=0) >= told["least_years"]).sum())
    if full < told["least_seasons"]:
        return own | {"mk_direction": None, "few": True}
    if series.bounds.any():
        least = NormalDist().inv_cdf(1 - told["alpha"] / 2)
        ends = kendall_between(series.means, series.bounds)
        ways = {_way(z, significant=abs(z) > least) for z in ends}
        return own | {"mk_direction": ways.pop() if len(ways) == 1 else None, "few": False}
    found = seasonal_trend(series.means, told["alpha"])
    return own | {
        "mk_slope": found.slope, "mk_low": found.low, "mk_high": found.high, "mk_p": found.p,
        "mk_direction": _way(found.z, significant=found.p < told["alpha"]), "few": False,
    }  # fmt: skip
