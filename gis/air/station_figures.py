"""Figures of single stations, and the town means of the surface between them, each with its rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from gis.air.days import ITEMS
from gis.air.evidence import PARTS, Shares, shares_of
from gis.air.figures import Setting, suffix_of
from gis.air.periods import within
from gis.air.statistics import PERCENTILE_ONLY, as_declared, between
from gis.base.calendar import Period
from gis.base.columns import TABLES
from gis.base.figures import Finding, figures_of, finding
from gis.base.messages import joined
from gis.base.named import id_or_name
from gis.standards import Edition

MEAN, PERCENTILE, TOWN = "air.station_mean", "air.station_percentile", "air.surface_town_mean"
STATION, FAMILY = "station", "air_limits"
BY_DAY, RULES = "air_days", "air_assessment"


def station_findings(
    statistics: pd.DataFrame,
    days: pd.DataFrame,
    hours: pd.DataFrame,
    periods: Sequence[Period],
    setting: Setting,
) -> Iterator[Finding]:
    """Make air.station_mean.<item> and, for CO and ozone, air.station_percentile.<item> of each station.

    Parameters
    ----------
    statistics
        `air_statistics` with the rows of stations.
    days, hours
        `air_station_days` with station_key, and `air_hours` with station_key.

    Yields
    ------
    finding
        Of each year and period of months so far, sand-dust days as the county declares; parts × n add up to
        the mean, the parts of a percentile to it.
    """
    spans = {one.id: one for one in periods}
    rows = statistics[(statistics["place_kind"] == STATION) & statistics["period"].isin(list(spans))]
    rows = as_declared(rows, setting.dust.concentrations).drop_duplicates(["place", "period", "item"])
    for station, mine in rows.groupby("place", sort=True):
        own = days[days["station_key"] == station]
        behind = shares_of(own, (), hours[hours["station_key"] == station])
        own = own[["date", "dust", *ITEMS]].assign(dust=own["dust"].astype("boolean").fillna(value=False))
        for row in mine.sort_values(["period", "item"]).to_dict("records"):
            yield _of_station(row, spans[row["period"]], own, behind, setting)


def _of_station(
    row: dict[Any, Any], period: Period, days: pd.DataFrame, behind: Shares, setting: Setting
) -> Finding:
    item, removed = row["item"], row["dust"] != "kept"
    days = within(days, period)
    known = days[days[item].notna() & ~(days["dust"] & removed)]
    ranked = item in PERCENTILE_ONLY
    every = pd.Series(1.0, index=known["date"])
    weight = between(known, item, float(row["percentile_p"]))[1] if ranked else every
    edition, rules = setting.editions.get(row["edition"]), setting.editions.get(row["rules"])
    return finding(
        f"{PERCENTILE if ranked else MEAN}.{item}", row["period"], row["place"],
        float(row["percentile" if ranked else "mean"]), n=int(row["n_days"]), coverage=float(row["coverage"]),
        edition=edition.id, clause=joined(one.cited for one in (edition, rules)),
        unit=TABLES[BY_DAY][item].unit or None, suffix=suffix_of(FAMILY, period, setting.editions, setting.as_of),
        note=str(row["name"]),
        evidence=behind.of(PARTS[item], weight[~weight.index.duplicated()]),
    )  # fmt: skip


def town_findings(
    made: Mapping[str, pd.DataFrame], stations: Sequence[Finding], practice: Edition
) -> Iterator[Finding]:
    """Make air.surface_town_mean of each town, made of the means of the stations between which it lies."""
    if "air_surface_towns" not in made:
        return
    head = made["air_surface"].iloc[0]
    name = f"{MEAN}.{head['item']}"
    behind = [
        (one.figure["figure_id"], one.figure["value"])
        for one in stations
        if one.figure["indicator"] == name and one.figure["period"] == head["period"]
    ]
    used = figures_of([one for one, _ in behind], [value for _, value in behind])
    for town in made["air_surface_towns"].to_dict("records"):
        if np.isfinite(town["mean"]):
            yield finding(
                TOWN, str(head["period"]), id_or_name(town, "place_code"), float(town["mean"]),
                n=int(head["n_stations"]), edition=practice.id, clause=practice.cited,
                note=joined([town["name"], head["note"]]), evidence=[used],
            )  # fmt: skip
