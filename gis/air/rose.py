"""A pollution rose (污染玫瑰): where the wind comes from, and the concentration it brings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

CIRCLE = 360.0
CALM = "C"
SECTORS = (
    "N", "NNE", "NE", "ENE", "E", "ESE", "SE", "SSE", "S", "SSW", "SW", "WSW", "W", "WNW", "NW", "NNW",
)  # fmt: skip


def rose(records: pd.DataFrame, item: str, rules: Mapping[str, Any]) -> pd.DataFrame:
    """Sum records up by the direction the wind comes from.

    Parameters
    ----------
    records
        wind_dir in degrees clockwise from north (from where it blows), wind_speed in m/s and the item;
        a row lacking any of them is left out, 360 is north like 0.
    item
        Column of a concentration.
    rules
        `[rose]` of the family `air_practice`: calm (m/s; slower wind has no direction), least (records
        that a rose needs).

    Returns
    -------
    rose
        A row each of 16 sectors from north clockwise, then calm (C): sector, from_deg, n, share of all
        records in %, mean of the item (null without records), wind_speed. Empty under `least` records.
    """
    if not {"wind_dir", "wind_speed", item} <= set(records):
        return pd.DataFrame()
    used = records[["wind_dir", "wind_speed", item]].astype("float64").dropna()
    used = used[used["wind_dir"].between(0, CIRCLE) & (used["wind_speed"] >= 0) & (used[item] >= 0)]
    if len(used) < rules["least"]:
        return pd.DataFrame()
    wide = CIRCLE / len(SECTORS)
    at = np.floor((used["wind_dir"] + wide / 2) / wide).astype("int64") % len(SECTORS)
    names = np.array(SECTORS)[at.to_numpy()]
    sector = pd.Series(np.where(used["wind_speed"] < rules["calm"], CALM, names), index=used.index)
    by_sector = used.groupby(sector)
    found = by_sector.agg(n=(item, "size"), mean=(item, "mean"), wind_speed=("wind_speed", "mean"))
    found = found.reindex([*SECTORS, CALM]).rename_axis("sector").reset_index()
    found["n"] = found["n"].fillna(0).astype("Int64")
    found["share"] = 100 * found["n"].astype("float64") / len(used)
    found["from_deg"] = [*(wide * np.arange(len(SECTORS))), np.nan]
    return found[["sector", "from_deg", "n", "share", "mean", "wind_speed"]]
