"""Station days from station hours: 24-h means and the daily maximum 8-h ozone (HJ 663, GB 3095)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from gis.air.dated import day_of_hour
from gis.standards import Edition, Editions, by_edition

MEANS = ("pm25", "pm10", "so2", "no2", "co")
ITEMS = (*MEANS, "o3_8h")
HOURS = 24
SECONDS = 3600.0

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.bool_]


class Grid(NamedTuple):
    """Where each hour stands in a table of station days × 24 hours."""

    station: pd.Index
    date: pd.DatetimeIndex
    day: npt.NDArray[np.intp]
    hour: npt.NDArray[np.int64]


def station_days(hours: pd.DataFrame, editions: Editions) -> pd.DataFrame:
    """Make a day of each station from its hours (HJ 663-2013 5.1, GB 3095-2012 6.4 and table 4).

    A 24-h mean needs 20 hours of 01:00–24:00; the ozone value is the largest running 8-h mean that
    ends at 08:00–24:00, each of at least 6 hours, of which 14 are needed unless the maximum is over
    the limit. All numbers come from the data files in force on the day. Negative values are invalid.

    Parameters
    ----------
    hours
        `station` (any key), `time` (end of the hour) and pm25, pm10, so2, no2, o3 in µg/m³, co in
        mg/m³, optionally dust and audited. Of two rows of one hour the later stands.

    Returns
    -------
    days
        A row a station and day that an edition covers: station, date, pm25, pm10, so2, no2, co, o3_8h
        (unrounded; null where the hours are too few), o3_1h, dust, audited (all hours are), n_hours,
        and invalid_items: what is null although it has hours, as "pm25 19/20".
    """
    day = day_of_hour(hours["time"])
    parts = [
        _under(hours if rows.all() else hours.loc[rows], day[rows], edition, editions)
        for edition, rows in by_edition(day, "air_assessment", editions)
        if rows.any()
    ]
    if not parts:
        return _empty()
    return pd.concat(parts, ignore_index=True) if len(parts) > 1 else parts[0]


def _under(hours: pd.DataFrame, day: pd.Series, edition: Edition, editions: Editions) -> pd.DataFrame:
    grid = _grid(hours, day)
    rules = edition.data["valid"]
    found: dict[str, Any] = {"station": grid.station, "date": grid.date}
    invalid = pd.Series("", index=range(len(grid.date)))
    for item in MEANS:
        found[item], count = _mean(_table(hours, item, grid), rules["day"]["hours"])
        invalid += _short(item, found[item], count, rules["day"]["hours"])
    ozone = _table(hours, "o3", grid)
    limit = _ozone_limit(pd.Series(grid.date), edition.data["limits"]["grade"], editions)
    found["o3_8h"], count = max_8h(ozone, rules["o3_8h"], limit)
    invalid += _short("o3_8h", found["o3_8h"], count, rules["o3_8h"]["means"])
    found["o3_1h"] = _largest(ozone)
    n_hours = np.bincount(grid.day, minlength=len(grid.date))
    found["dust"] = _true_hours(hours, "dust", grid) > 0
    found["audited"] = _true_hours(hours, "audited", grid) == n_hours
    found["n_hours"] = n_hours
    found["invalid_items"] = invalid.str.removesuffix("; ").replace("", None).astype("str")
    days = pd.DataFrame(found)
    return days.astype({"station": "str", "dust": "boolean", "audited": "boolean", "n_hours": "Int64"})


def max_8h(ozone: Floats, rules: Mapping[str, int], limit: Floats) -> tuple[Floats, npt.NDArray[np.int64]]:
    """Find the daily maximum 8-h mean of ozone (臭氧日最大8小时平均).

    Parameters
    ----------
    ozone
        Shape (n, 24), µg/m³, hours 01:00 to 24:00 of each day; missing is NaN.
    rules
        window, hours, first_end, last_end, means: `[valid.o3_8h]` of the edition.
    limit
        Shape (n,), µg/m³: with too few windows a day counts if its maximum is over this.

    Returns
    -------
    value, windows
        Shape (n,): the maximum or NaN, and the number of valid windows.
    """
    ends = np.arange(rules["first_end"], rules["last_end"] + 1)
    there = ~np.isnan(ozone)
    count = _window(there.astype("int64"), ends, rules["window"])
    total = _window(np.where(there, ozone, 0.0), ends, rules["window"])
    enough = count >= rules["hours"]
    means = np.where(enough, total / np.maximum(count, 1), np.nan)
    windows = enough.sum(axis=1)
    peak = _largest(means)
    counts = (windows >= rules["means"]) | (peak > limit)
    return np.where(counts, peak, np.nan), windows


def _grid(hours: pd.DataFrame, day: pd.Series) -> Grid:
    station, stations = pd.factorize(hours["station"], sort=True)
    date, dates = pd.factorize(day, sort=True)
    place, keys = pd.factorize(station * len(dates) + date, sort=True)
    hour = ((hours["time"] - day).dt.total_seconds() / SECONDS).to_numpy("float64")
    return Grid(
        pd.Index(stations)[keys // len(dates)],
        pd.DatetimeIndex(dates)[keys % len(dates)],
        place,
        np.clip(np.ceil(hour), 1, HOURS).astype("int64") - 1,
    )


def _table(hours: pd.DataFrame, item: str, grid: Grid) -> Floats:
    table = np.full((len(grid.date), HOURS), np.nan)
    if item in hours:
        values = hours[item].to_numpy("float64", na_value=np.nan)
        table[grid.day, grid.hour] = np.where(values >= 0, values, np.nan)
    return table


def _mean(table: Floats, need: int) -> tuple[Floats, npt.NDArray[np.int64]]:
    count = (~np.isnan(table)).sum(axis=1)
    mean = np.nansum(table, axis=1) / np.maximum(count, 1)
    return np.where(count >= need, mean, np.nan), count


def _window(values: npt.NDArray[Any], ends: npt.NDArray[np.int64], width: int) -> npt.NDArray[Any]:
    run = np.concatenate([np.zeros((len(values), 1), values.dtype), values.cumsum(axis=1)], axis=1)
    return run[:, ends] - run[:, ends - width]


def _largest(values: Floats) -> Floats:
    top = np.where(np.isnan(values), -np.inf, values).max(axis=1)
    return np.where(np.isfinite(top), top, np.nan)


def _short(item: str, values: Floats, count: npt.NDArray[np.int64], need: int) -> pd.Series:
    text = f"{item} " + pd.Series(count).astype("str") + f"/{need}; "
    return text.where(np.isnan(values) & (count > 0), "")


def _ozone_limit(days: pd.Series, grade: int, editions: Editions) -> Floats:
    limit = np.full(len(days), np.inf)
    for edition, rows in by_edition(days, "air_limits", editions):
        limit[rows] = edition.data["limits"]["o3"]["max8h"][grade - 1]
    return limit


def _true_hours(hours: pd.DataFrame, flag: str, grid: Grid) -> npt.NDArray[np.int64]:
    if flag not in hours:
        return np.zeros(len(grid.date), dtype="int64")
    true: Rows = hours[flag].astype("boolean").fillna(False).to_numpy("bool")
    return np.bincount(grid.day[true], minlength=len(grid.date))


def _empty() -> pd.DataFrame:
    kinds = {"station": "str", "date": "datetime64[us]"} | dict.fromkeys((*ITEMS, "o3_1h"), "float64")
    kinds |= {"dust": "boolean", "audited": "boolean", "n_hours": "Int64", "invalid_items": "str"}
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in kinds.items()})
