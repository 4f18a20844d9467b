"""City days: the mean of the stations that the county names, published days first."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from gis.air.aqi import daily
from gis.air.breakpoints import table_of
from gis.air.days import ITEMS
from gis.base.tables import stacked
from gis.standards import Editions, by_edition

VALUES = [*ITEMS, "o3_1h"]
JUDGED = ["aqi", "primary_pollutants", "exceeding_pollutants", "category", "aqi_level"]


def station_keys(stations: pd.DataFrame, *records: pd.DataFrame) -> dict[str, str]:
    """Map every id and name of a station to one key: its id, or its name where it has none.

    Parameters
    ----------
    stations
        Columns station_id and name.
    records
        Frames with station_id and station (`air_hours`, `air_days`), read for further pairs.
    """
    pairs = [stations.rename(columns={"name": "station"}), *records]
    known = pd.concat([_pair(frame).drop_duplicates() for frame in pairs], ignore_index=True)
    known = known.dropna(how="all").drop_duplicates()
    complete = known.dropna()
    keys = {id_: id_ for id_ in known["station_id"].dropna()}
    for id_, name in zip(complete["station_id"], complete["station"], strict=True):
        keys.setdefault(name, id_)
    for name in known["station"].dropna():
        keys.setdefault(name, name)
    return keys


def keyed(frame: pd.DataFrame, keys: dict[str, str]) -> pd.Series:
    """Give the station key of each row, by its id where it has one, else by its name."""
    pair = _pair(frame)
    return pair["station_id"].fillna(pair["station"]).map(keys).astype("str")


def all_station_days(
    published: pd.DataFrame, made: pd.DataFrame, keys: dict[str, str], editions: Editions
) -> pd.DataFrame:
    """Put published station days and those made of hours into one table.

    A published day stands; hours make a day only where none was published (column `derived`).

    Parameters
    ----------
    published
        Canonical `air_days`.
    made
        Days made of hours, from `station_days` by the key of the station.
    keys
        From `station_keys`.

    Returns
    -------
    days
        station_key, date, pm25, pm10, so2, no2, co, o3_8h, o3_1h, dust, audited, derived, n_hours,
        invalid_items, published_aqi, published_primary, source and source_row of a published day, then
        what `daily` adds, with the published AQI where ours cannot be computed (`taken_over`); sorted by
        station and date.
    """
    told = published.assign(station_key=keyed(published, keys), derived=False)
    told = told.drop_duplicates(["station_key", "date"], keep="last")
    measured = [name for name in VALUES if name in told]
    told[measured] = told[measured].where(told[measured] >= 0)
    made = made.rename(columns={"station": "station_key"}).assign(derived=True)
    seen = pd.MultiIndex.from_frame(told[["station_key", "date"]])
    made = made[~pd.MultiIndex.from_frame(made[["station_key", "date"]]).isin(seen)]
    days = stacked([told, made]).sort_values(["station_key", "date"], ignore_index=True)
    days = days.reindex(columns=[*days.columns, *(name for name in VALUES if name not in days)])
    for label in ("station_id", "station"):
        days[label] = days.get(label, pd.Series(pd.NA, index=days.index)).astype("str")
    names = {key: name for name, key in reversed(keys.items()) if name != key}
    key = days["station_key"]
    days["station_id"] = days["station_id"].fillna(key.where(key.isin(list(names))))
    days["station"] = days["station"].fillna(key.map(names).astype("str").fillna(key))
    return taken_over(pd.concat([days, daily(days, editions)], axis=1), editions)


def taken_over(days: pd.DataFrame, editions: Editions) -> pd.DataFrame:
    """Let a published AQI stand on the days that have not the items to compute one.

    Parameters
    ----------
    days
        With what `daily` adds, and perhaps published_aqi.

    Returns
    -------
    days
        With `taken_over`: aqi, category, aqi_level, good and valid are those of the published AQI.
    """
    published = days.get("published_aqi", pd.Series(pd.NA, days.index)).astype("Int64")
    here = published.notna() & ~days["valid"].fillna(value=False).astype(bool)
    out = days.assign(taken_over=here.astype("boolean"))
    for edition, rows in by_edition(days["date"], "aqi", editions):
        table, now = table_of(edition, editions), here.to_numpy(bool) & rows
        values = published[now].clip(upper=table.levels[-1].up_to).to_numpy("int64")
        level = np.searchsorted([one.up_to for one in table.levels], values)
        out.loc[now, "aqi"] = published[now]
        out.loc[now, "category"] = [table.levels[at].name["zh"] for at in level]
        out.loc[now, "aqi_level"] = level + 1
        out.loc[now, "good"] = values <= table.exceed_above
        out.loc[now, "valid"] = True
        out.loc[now, "edition"] = edition.id
    return out


def city_days(days: pd.DataFrame, named: Sequence[str], editions: Editions) -> pd.DataFrame:
    """Take the arithmetic mean of the named stations for each day, then its AQI (HJ 663).

    Parameters
    ----------
    days
        From `all_station_days`.
    named
        Keys of the stations that stand for the county; all stations where it names none.

    Returns
    -------
    city
        A row a date: the six items (unrounded), n_stations, dust (any station), unaudited (any),
        derived (any station day made of hours), valid, aqi, primary_pollutants,
        exceeding_pollutants (IAQI above 100), category, aqi_level (these null where not valid), good (null
        where not valid), edition, taken_over (the AQI is the published one: no items to compute it from, and
        one station). A day lacking an item is valid only if another item already makes the AQI exceed 100.
    """
    chosen = of_named(days, named)
    audited = chosen["audited"].astype("boolean")
    unaudited = audited.eq(False).fillna(False) | (chosen["derived"].astype("bool") & ~audited.fillna(False))
    marked = chosen.assign(
        unaudited=unaudited.astype("bool"),
        dust=chosen["dust"].astype("boolean").fillna(False).astype("bool"),
        derived=chosen["derived"].astype("bool"),
    )
    by_day = marked.groupby("date", sort=True)
    city = by_day[VALUES].mean()
    city["n_stations"] = by_day.size().astype("Int64")
    city[["dust", "unaudited", "derived"]] = by_day[["dust", "unaudited", "derived"]].any().astype("boolean")
    city["published_aqi"] = _published_alone(marked)
    city = city.reset_index()
    judged = taken_over(city.join(daily(city.drop(columns="published_aqi"), editions)), editions)
    city["valid"] = judged["valid"].fillna(False).astype("boolean")
    city[JUDGED] = judged[JUDGED].where(city["valid"], axis=0)
    city[["good", "edition", "taken_over"]] = judged[["good", "edition", "taken_over"]]
    return city.drop(columns="published_aqi")


def _published_alone(marked: pd.DataFrame) -> pd.Series:
    """Give the published AQI of each day on which one station stands for the county: several have no mean AQI."""
    if "published_aqi" not in marked:
        return pd.Series(pd.NA, marked["date"].unique(), dtype="Int64")
    by_day = marked.groupby("date")["published_aqi"]
    return by_day.first().where(by_day.size() == 1).astype("Int64")


def of_named(days: pd.DataFrame, named: Sequence[str]) -> pd.DataFrame:
    """Keep the rows of the named stations that have any value or a published AQI; all stations if none is named.

    On a day on which some have values those that only have an AQI are left out.
    """
    chosen = days["station_key"].isin(list(named)) if len(named) else days["station_key"].notna()
    measured = chosen & days[list(ITEMS)].notna().any(axis=1)
    if "published_aqi" not in days:
        return days[measured]
    told = chosen & days["published_aqi"].notna() & ~days["date"].isin(days.loc[measured, "date"])
    return days[measured | told]


def _pair(frame: pd.DataFrame) -> pd.DataFrame:
    empty = pd.Series(np.nan, index=frame.index, dtype="str")
    return pd.DataFrame({name: frame.get(name, empty).astype("str") for name in ("station_id", "station")})
