"""Hourly and daily AQI with its primary pollutants, by the edition of HJ 633 in force on the day."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from gis.air.breakpoints import MISSING, NO_INDEX, Indices, Table, above_table, sub_index, table_of
from gis.air.dated import day_of_hour
from gis.air.published import against_published
from gis.base.messages import ready
from gis.base.named import joined, placed
from gis.base.units import round_half_even
from gis.standards import Editions, by_edition

Floats = npt.NDArray[np.float64]
FORMULA = re.compile(r"\(([^()]+)\)")
ADDED = (
    "aqi", "primary_pollutants", "exceeding_pollutants", "category", "aqi_level", "edition",
    "aqi_differs", "primary_differs",
)  # fmt: skip


def hourly(frame: pd.DataFrame, editions: Editions) -> pd.DataFrame:
    """Judge hours: AQI from the 1-h means, missing items skipped (HJ 633 4.2–4.4, table 1).

    Parameters
    ----------
    frame
        Columns of `air_hours`: `time` (end of the hour) and any of pm25, pm10, so2, no2, o3 in
        µg/m³ and co in mg/m³; `so2_24h` is used where an edition asks for it above 800 µg/m³.

    Returns
    -------
    added
        Same index: `iaqi_*` an item, aqi, primary_pollutants (null at AQI 50 or less), exceeding_pollutants
        (IAQI above 100), category, aqi_level 1–6, edition, and against the published values
        aqi_differs and primary_differs (null where nothing was published).

    Raises
    ------
    StandardError
        The data file of an edition is incomplete.
    """
    return _judged(frame, day_of_hour(frame["time"]), editions, "hourly")


def daily(frame: pd.DataFrame, editions: Editions) -> pd.DataFrame:
    """Judge days: AQI from 24-h means and the daily maximum 8-h ozone (HJ 633 4.2–4.4, table 1).

    Concentrations are first rounded half to even to the decimals of the edition's data file.

    Parameters
    ----------
    frame
        Columns of `air_days`: `date` and any of pm25, pm10, so2, no2, o3_8h in µg/m³ and co in
        mg/m³; `o3_1h` (the day's maximum hour) is used where an edition asks for it above 800 µg/m³.

    Returns
    -------
    added
        As `hourly` gives it, and `valid`: all six items are there, or one that is there already
        makes the AQI exceed 100; `good`: AQI at most 100, null where not valid. Where ozone is above its table
        and the edition takes the largest hour, which is not there, there is no AQI, and the day is not good.

    Raises
    ------
    StandardError
        The data file of an edition is incomplete.
    """
    return _judged(frame, frame["date"], editions, "daily")


def _judged(frame: pd.DataFrame, days: pd.Series, editions: Editions, report: str) -> pd.DataFrame:
    plain, dates = frame.reset_index(drop=True), days.reset_index(drop=True)
    parts = [
        _under(plain if rows.all() else plain.loc[rows], table_of(edition, editions), report)
        for edition, rows in by_edition(dates, "aqi", editions)
        if rows.any()
    ]
    covered = sum(len(part) for part in parts)
    if covered < len(frame) or not parts:
        seen = [part.index for part in parts]
        rest = plain.index if not seen else plain.index.difference(seen[0].append(seen[1:]))
        parts.append(_nothing(rest, report))
    judged = parts[0] if len(parts) == 1 else pd.concat(parts).sort_index()
    return judged.set_axis(frame.index)


def _nothing(index: pd.Index, report: str) -> pd.DataFrame:
    names = [*ADDED, *(("valid", "good") if report == "daily" else ())]
    kinds = dict.fromkeys(("aqi", "aqi_level"), "Int64")
    kinds |= dict.fromkeys(("aqi_differs", "primary_differs", "valid", "good"), "boolean")
    nothing = pd.DataFrame(None, index, names, dtype="object")
    return nothing.astype({name: kinds.get(name, "str") for name in names})


def _under(frame: pd.DataFrame, table: Table, report: str) -> pd.DataFrame:
    items = table.hourly if report == "hourly" else table.daily
    concentrations = {item: _values(frame, item, table, report) for item in items}
    indices = np.empty((len(frame), len(items)), dtype="int16", order="F")
    for at, item in enumerate(items):
        indices[:, at] = _index_of(frame, item, concentrations[item], table, report)
    lost = _lost(indices, items, concentrations, table, report)
    aqi = np.where(lost.any(axis=1), MISSING, indices.max(axis=1))
    top = (indices == aqi[:, None]) & (aqi > table.primary_above)[:, None]
    unrated = aqi == MISSING
    level = np.searchsorted([one.up_to for one in table.levels], np.arange(table.levels[-1].up_to + 1))[aqi]
    level[unrated] = len(table.levels)
    words = [*(one.name["zh"] for one in table.levels), None]
    names = [table.name(item) for item in items]
    added = {f"iaqi_{_column(item)}": _nullable(indices[:, at]) for at, item in enumerate(items)}
    added |= {
        "aqi": _nullable(aqi.astype("int64")),
        "primary_pollutants": pd.Series(joined(top, names, _published)),
        "exceeding_pollutants": pd.Series(joined((indices > table.exceed_above) | lost, names, _published)),
        "category": pd.Series(placed(words, level)),
        "aqi_level": pd.Series(pd.arrays.IntegerArray(level + 1, unrated)),
        "edition": pd.Series(placed([table.edition.id], np.zeros(len(frame), dtype="int8"))),
    }
    added |= against_published(frame, added["aqi"], top, [_column(item) for item in items])
    if report == "daily":
        complete = np.logical_and.reduce([values >= 0 for values in concentrations.values()])
        over = np.logical_or.reduce([_over(table, item, values) for item, values in concentrations.items()])
        added["valid"] = pd.Series(complete | over).astype("boolean")
        added["good"] = pd.Series(~over).astype("boolean").where(added["valid"].to_numpy("bool"))
    return pd.DataFrame(added).set_axis(frame.index)


def _lost(
    indices: Indices, items: Sequence[str], concentrations: Mapping[str, Floats], table: Table, report: str
) -> npt.NDArray[np.bool_]:
    """Tell the items of a day above the table that have no IAQI and none in their stead: its AQI is not known.

    An hour of SO2 above its table goes without (note 1): the 24-h mean judges it in the day.
    """
    lost = np.zeros(indices.shape, dtype=bool)
    for at, item in enumerate(items if report == "daily" else ()):
        if table.above.get(item) == NO_INDEX:
            lost[:, at] = above_table(table, item, concentrations[item]) & (indices[:, at] == MISSING)
    return lost


def _column(item: str) -> str:
    return item if item == "o3_8h" else item.rsplit("_", 1)[0]


def _values(frame: pd.DataFrame, item: str, table: Table, report: str) -> Floats:
    column = _column(item)
    if column not in frame:
        return np.full(len(frame), np.nan)
    values = frame[column].to_numpy("float64", na_value=np.nan)
    return values if report == "hourly" else round_half_even(values, table.day_decimals[column])


def _index_of(frame: pd.DataFrame, item: str, values: Floats, table: Table, report: str) -> Indices:
    found = sub_index(table, item, values)
    other = table.instead.get(item)
    if table.above.get(item) != NO_INDEX or other is None or other not in frame:
        return found
    high = above_table(table, item, values)
    if high.any():
        spare = frame[other].to_numpy("float64", na_value=np.nan)[high]
        if report == "daily":
            spare = round_half_even(spare, table.day_decimals[other])
        found[high] = sub_index(table, other, spare)
    return found


def _over(table: Table, item: str, values: Floats) -> npt.NDArray[np.bool_]:
    return values > float(table.bp[item][table.iaqi.index(table.exceed_above)])


def _nullable(indices: npt.NDArray[Any]) -> pd.Series:
    return pd.Series(pd.arrays.IntegerArray(indices.copy(), indices == MISSING))


def _published(names: list[str]) -> str | None:
    """Write pollutants as stations publish them, 细颗粒物(PM2.5),颗粒物(PM10), in English by what is in brackets."""
    formulas = [found[1].replace("_", "-") if (found := FORMULA.search(one)) else one for one in names]
    return ready(",".join(names), ", ".join(formulas)).stored if names else None
