"""Stations against the county, and periods against the month before and the same months last year."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import pandas as pd

from gis.air.days import ITEMS
from gis.air.periods import within
from gis.air.statistics import PERCENTILE_ONLY
from gis.base.calendar import Period, before
from gis.base.messages import Message, joined
from gis.standards import Edition

OTHER_EDITION = Message("依据的版本不同，不比较", "judged under another edition, not compared")
OTHER_STATE = Message(
    "参比状态不同，须核对是否已回算", "another reference state, check whether it was calculated back"
)
BEFORE_SHORT = Message("前期有效性不足", "too few valid days before")
NOW_SHORT = Message("本期有效性不足", "too few valid days now")


def stations_compared(
    days: pd.DataFrame, city: pd.DataFrame, periods: Iterable[Period], as_of: dt.date, practice: Edition
) -> pd.DataFrame:
    """Set each station beside the county's value, item by item.

    Parameters
    ----------
    days
        `air_station_days` with station_key, station, named (counts for the county), date, the items.
    city
        From `city_days`; a named station is part of it.
    practice
        Of the family `air_practice`.

    Returns
    -------
    compared
        station_key, station, named, period, item, n_days (days with both values), data_capture (days
        with a value / days passed), station_mean and county_mean on the common days, mean_bias =
        station − county (µg/m³; CO mg/m³), bias_percent, correlation (Pearson; null under the days
        that the data file asks).
    """
    rows: list[dict[str, Any]] = []
    for period in periods:
        county = within(city, period).set_index("date")[list(ITEMS)].astype("float64")
        here = within(days[["date", "station_key", "station", "named", *ITEMS]], period)
        for key, own in here.groupby("station_key", sort=True):
            values = own.set_index("date")[list(ITEMS)].astype("float64")
            head = {
                "station_key": key, "station": own["station"].iloc[0], "named": bool(own["named"].iloc[0]),
                "period": period.id, "year": period.year,
            }  # fmt: skip
            passed, least = period.days_until(as_of), practice.data["compare"]["days"]
            rows += [head | one for one in _items(values, county, passed, least)]
    return pd.DataFrame(rows)


def _items(values: pd.DataFrame, county: pd.DataFrame, passed: int, least: int) -> Iterator[dict[str, Any]]:
    of_county = county.reindex(values.index)
    for item in ITEMS:
        own, whole = values[item].to_numpy(), of_county[item].to_numpy()
        both = ~np.isnan(own) & ~np.isnan(whole)
        a, b = own[both], whole[both]
        mean, other = (one.mean() if len(one) else np.nan for one in (a, b))
        varied = len(a) >= least and a.std() > 0 and b.std() > 0
        yield {
            "item": item, "n_days": int(both.sum()), "data_capture": (~np.isnan(own)).sum() / passed,
            "station_mean": mean, "county_mean": other, "mean_bias": mean - other,
            "bias_percent": 100 * (mean - other) / other if other else np.nan,
            "correlation": pd.Series(a).corr(pd.Series(b)) if varied else np.nan,
        }  # fmt: skip


def changes(
    statistics: pd.DataFrame, summary: pd.DataFrame, periods: Iterable[Period], practice: Edition
) -> pd.DataFrame:
    """Compare months with the month before and the year before, and 1–N months with those last year.

    Rates under different editions of HJ 633 are never set beside each other.

    Parameters
    ----------
    statistics
        Rows of one place and one declaration of dust.
    summary
        From `air_periods`: the good-day rate, its editions and whether its days suffice.
    practice
        Of the family `air_practice`, with the day on which the reference state of gases changed.

    Returns
    -------
    changes
        period, compared_with (last_month | same_month_last_year | same_months_last_year),
        period_before, measure (an item, or good_day_rate), before, now, change (now − before; points
        for the rate), change_percent (of a concentration), comparable, note. Means for four items, the
        percentile of their edition for CO and O3. note also says where a period is short of valid days.
    """
    if not len(statistics):
        return pd.DataFrame()
    value = statistics["percentile"].where(statistics["item"].isin(PERCENTILE_ONLY), statistics["mean"])
    measured = statistics.assign(value=value).drop_duplicates(["period", "item"])
    rates = summary.set_index("period")
    wide = _by_item(measured, "value").assign(good_day_rate=rates["good_day_rate"])
    short = _by_item(measured, "valid").eq(other=False)
    short["good_day_rate"] = rates["sufficient"].eq(other=False).reindex(short.index)
    short = short.astype("boolean").fillna(value=False)
    known = {one.id: one for one in periods}
    rows = [
        row
        for period in known.values()
        if period.id in wide.index
        for kind, earlier in before(period.id, period.kind)
        if earlier in wide.index
        for row in _changed(wide, short, rates["edition"], (known[earlier], period), kind, practice)
    ]
    return pd.DataFrame(rows)


def _by_item(measured: pd.DataFrame, column: str) -> pd.DataFrame:
    return measured.set_index(["period", "item"])[column].unstack("item").reindex(columns=list(ITEMS))  # noqa: PD010


def _changed(
    wide: pd.DataFrame, short: pd.DataFrame, editions: pd.Series, periods: tuple[Period, Period], kind: str,
    practice: Edition,
) -> Iterator[dict[str, Any]]:  # fmt: skip
    earlier, period = periods
    state = practice.data["reference_state"]
    old_state = earlier.start < state["from"] <= period.end
    pair = wide.loc[[earlier.id, period.id]].to_numpy("float64")
    for measure, old, new in zip(wide.columns, *pair, strict=True):
        rate = measure == "good_day_rate"
        same = not rate or editions[earlier.id] == editions[period.id]
        if np.isnan(old) or np.isnan(new):
            continue
        told = {
            OTHER_EDITION: not same,
            OTHER_STATE: old_state and measure in state["items"],
            BEFORE_SHORT: short.loc[earlier.id, measure],
            NOW_SHORT: short.loc[period.id, measure],
        }
        yield {
            "period": period.id, "compared_with": kind, "period_before": earlier.id, "measure": measure,
            "before": old, "now": new, "change": new - old if same else np.nan,
            "change_percent": 100 * (new - old) / old if old and not rate else np.nan,
            "comparable": same, "note": joined(note for note, yes in told.items() if yes),
        }  # fmt: skip
