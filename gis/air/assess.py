"""The door of the room: air tables → hours, station days, city days, periods, figures, evidence."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np
import pandas as pd

from gis.air.aqi import hourly
from gis.air.city import all_station_days, city_days, keyed, station_keys
from gis.air.dated import day_of_hour
from gis.air.evidence import behind_city_days
from gis.air.figures import Setting, findings_of
from gis.air.year import air_periods, period_editions
from gis.base.calendar import figure_periods, periods_until
from gis.base.figures import assessment
from gis.base.tables import Assessment, Tables, conform, empty
from gis.catalogue.model import Catalogue
from gis.engine import Engine
from gis.standards import Editions

ROWS_A_PART = 500_000


def assess(
    tables: Tables, catalogue: Catalogue, editions: Editions, as_of: dt.date, engine: Engine
) -> Assessment:
    """Judge the air of the county from its hours and days (HJ 633, HJ 663).

    Parameters
    ----------
    tables
        `air_hours`, `air_days` and `stations`, each may be missing; rows after `as_of` are ignored.
    catalogue
        `county.air_stations` names the stations (by name or id) whose mean stands for the county; all
        stations in the data where it names none.
    editions
        Those in force on each day, or one forced for the series: `editions.force("aqi", id)`.

    Returns
    -------
    assessment
        Tables air_hours, air_station_days, air_city_days, air_periods, air_period_editions; figures
        air.good_day_rate, air.pm25_mean, air.bad_days of each year and, unless `as_of` ends a year,
        of January to its month. Evidence: rows of air_days or air_hours whose parts add up, city day
        by city day, to 1 or 0 (good; bad) or to the day's PM2.5: see `behind_city_days`.

    Raises
    ------
    StandardError
        The data file of an edition is incomplete.
    """
    last = pd.Timestamp(as_of)
    hours = _table(tables, "air_hours")
    hours = hours[day_of_hour(hours["time"]) <= last].reset_index(drop=True)
    published = _table(tables, "air_days")
    published = published[published["date"] <= last].reset_index(drop=True)
    if not len(hours) and not len(published):
        return Assessment()
    keys = station_keys(_table(tables, "stations"), published, hours)
    named = [keys.get(name, name) for name in catalogue.county.air_stations]
    days = all_station_days(published, hours, keys, editions)
    city = city_days(days, named, editions)
    first = city["date"].min().year if len(city) else as_of.year + 1
    periods = periods_until(first, as_of, ("year", "month", "cumulative"))
    summary = air_periods(city, periods, as_of, editions)
    behind = behind_city_days(days, named, hours.assign(station_key=keyed(hours, keys)))
    made = {
        "air_hours": _hours(hours, editions, engine),
        "air_station_days": days.assign(named=days["station_key"].isin(named) if named else True),
        "air_city_days": city,
        "air_periods": summary,
        "air_period_editions": period_editions(city, periods),
    }
    wanted = figure_periods(first, as_of)
    notes = _station_notes(days, named, catalogue.county.air_stations)
    setting = Setting(editions, as_of, catalogue.county.adcode, notes)
    found = findings_of(city, summary, behind, wanted, setting)
    return assessment({name: frame for name, frame in made.items() if len(frame)}, found)


def _table(tables: Tables, name: str) -> pd.DataFrame:
    return conform(pd.DataFrame(tables[name]), name) if name in tables else empty(name)


def _hours(hours: pd.DataFrame, editions: Editions, engine: Engine) -> pd.DataFrame:
    if not len(hours):
        return hours
    starts = np.arange(0, len(hours), ROWS_A_PART)
    parts = [hours.iloc[start : start + ROWS_A_PART] for start in starts]
    judged = engine.map(lambda part: hourly(part, editions), parts)
    return pd.concat([hours, engine.combine(judged, pd.concat)], axis=1)


def _station_notes(days: pd.DataFrame, named: Sequence[str], words: Sequence[str]) -> list[str]:
    if not named:
        number = days["station_key"].nunique()
        return [f"未指定站点，取全部 {number} 个站点 · no stations named, all {number} are used"]
    absent = [word for word, key in zip(words, named, strict=True) if key not in set(days["station_key"])]
    return (
        [f"无数据的站点：{'、'.join(absent)} · stations without data: {', '.join(absent)}"] if absent else []
    )
