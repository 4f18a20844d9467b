"""The ingested rows behind each city day, and the share each of them has in it."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from gis.air.city import of_named
from gis.air.dated import day_of_hour

COLUMNS = ["date", "table", "source", "source_row", "share", "pm25_share"]


def behind_city_days(days: pd.DataFrame, named: Sequence[str], hours: pd.DataFrame) -> pd.DataFrame:
    """List the rows that make each city day.

    The shares of one city day add up to 1, its pm25_shares to its PM2.5. So Σ part / n is the yearly
    mean, 100 × Σ part / n the good-day rate (part = share on good days, else 0), Σ part the bad days.

    Parameters
    ----------
    days
        From `all_station_days`.
    named
        Keys of the county's stations, or none for all.
    hours
        `air_hours` with station_key.

    Returns
    -------
    rows
        date, table (`air_days`, or `air_hours` where the station day is made of hours), source,
        source_row, share (1 / stations of the day, spread over the hours), pm25_share in µg/m³.
    """
    chosen = of_named(days, named)
    by_day = chosen.groupby("date")
    chosen = chosen.assign(
        share=1.0 / by_day["date"].transform("size"),
        pm25_share=chosen["pm25"] / by_day["pm25"].transform("count"),
        pm25_stations=by_day["pm25"].transform("count"),
    )
    derived = chosen["derived"].astype("bool")
    told = chosen[~derived].assign(table="air_days")
    frames = [frame for frame in (told, _hours(chosen[derived], hours)) if len(frame)]
    return pd.concat([frame[COLUMNS] for frame in frames], ignore_index=True) if frames else told[COLUMNS]


def _hours(made: pd.DataFrame, hours: pd.DataFrame) -> pd.DataFrame:
    dated = hours.assign(date=day_of_hour(hours["time"])).drop_duplicates(
        ["station_key", "time"], keep="last"
    )
    wanted = made[["station_key", "date", "share", "pm25", "pm25_stations"]].rename(columns={"pm25": "mean"})
    rows = dated.merge(wanted, on=["station_key", "date"], how="inner")
    by_day = rows.groupby(["station_key", "date"])
    usable = rows["pm25"].where((rows["pm25"] >= 0) & rows["mean"].notna())
    count = usable.groupby([rows["station_key"], rows["date"]]).transform("count")
    return rows.assign(
        table="air_hours",
        share=rows["share"] / by_day["date"].transform("size"),
        pm25_share=usable / count / rows["pm25_stations"],
    )
