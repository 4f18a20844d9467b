"""The ingested rows behind each city day, and the share each of them has in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from gis.air.city import of_named
from gis.air.dated import day_of_hour
from gis.air.days import ITEMS, MEANS
from gis.base.figures import Behind, rows_of
from gis.base.tables import stacked

PARTS = {item: f"{item}_share" for item in ITEMS}
COLUMNS = ["date", "table", "source", "source_row", "share", *PARTS.values()]


class Shares(NamedTuple):
    """The rows behind city days as arrays, of which each figure picks its own.

    Attributes
    ----------
    parts
        By name: share, and `<item>_share` of each item.
    tables
        The rows of each table.
    """

    dates: pd.Index
    parts: dict[str, npt.NDArray[np.float64]]
    tables: dict[str, npt.NDArray[np.bool_]]
    every: Behind

    def of(self, part: str, weights: pd.Series) -> list[Behind]:
        """Give the rows of the days that have a weight (index: days, each once) with their weighed part."""
        if not len(weights):
            return []
        at = pd.Index(weights.index).get_indexer(self.dates)
        parts: Any = self.parts[part] * np.where(at >= 0, weights.to_numpy("float64")[at], np.nan)
        there = ~np.isnan(parts)
        chosen = [(table, rows & there) for table, rows in self.tables.items()]
        return [self.every._replace(table=table).at(rows, parts[rows]) for table, rows in chosen]


def shares_of(days: pd.DataFrame, named: Sequence[str], hours: pd.DataFrame) -> Shares:
    """Give what `behind_city_days` lists as arrays."""
    rows = behind_city_days(days, named, hours)
    names = rows["table"].to_numpy("object")
    parts = {name: rows[name].to_numpy("float64", na_value=np.nan) for name in ("share", *PARTS.values())}
    tables = {str(table): names == table for table in sorted(set(names))}
    return Shares(pd.Index(rows["date"]), parts, tables, rows_of("", rows))


def behind_city_days(days: pd.DataFrame, named: Sequence[str], hours: pd.DataFrame) -> pd.DataFrame:
    """List the rows that make each city day.

    The shares of one city day add up to 1, its `<item>_share`s to the item's value. So Σ part / n is the
    yearly mean, 100 × Σ part / n the good-day rate (part = share on good days, else 0), Σ part the bad days.

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
        source_row, share (1 / stations of the day, spread over the hours), and an item's share in µg/m³
        (CO mg/m³); the 8-h ozone of a day made of hours is spread over its hours.
    """
    chosen = of_named(days, named)
    by_day = chosen.groupby("date")
    chosen = chosen.assign(
        share=1.0 / by_day["date"].transform("size"),
        **{part: chosen[item] / by_day[item].transform("count") for item, part in PARTS.items()},
    )
    derived = chosen["derived"].astype("bool")
    published = chosen[~derived].assign(table="air_days").reindex(columns=COLUMNS)
    return stacked([published, _hours(chosen[derived], hours).reindex(columns=COLUMNS)])


def _hours(made: pd.DataFrame, hours: pd.DataFrame) -> pd.DataFrame:
    dated = hours.assign(date=day_of_hour(hours["time"]))
    dated = dated.drop_duplicates(["station_key", "time"], keep="last")
    keys = ["station_key", "date"]
    rows = dated.merge(made[[*keys, "share", *PARTS.values()]], on=keys, how="inner")
    by_day = [rows["station_key"], rows["date"]]
    number = rows.groupby(keys)["date"].transform("size")
    shares = {"share": rows["share"] / number, PARTS["o3_8h"]: rows[PARTS["o3_8h"]] / number}
    for item in MEANS:
        usable = rows[item].where((rows[item] >= 0) & rows[PARTS[item]].notna())
        whole = usable.groupby(by_day).transform("sum")
        even = rows[PARTS[item]] / usable.groupby(by_day).transform("count")
        by_value = rows[PARTS[item]] * usable / whole
        shares[PARTS[item]] = by_value.where(whole > 0, even.where(usable.notna()))
    return rows.assign(table="air_hours", **shares)
