"""The renewal ledger (台账): events give the state on a date and the acreage, each ground once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd

from gis.base.units import to_mu
from gis.catalogue.model import Place
from gis.land.counting import Counted, Counting, count
from gis.land.events import events_of, state_on
from gis.land.places import split, town_of
from gis.standards.editions import Edition


class Ledger(NamedTuple):
    """Everything the ledger says on a day.

    Attributes
    ----------
    parcels
        With place, zone_code, state, counted_on, counted_year, counted_m2, counted_mu, reversed_from.
    pivot
        place, category, owner_unit, state, year, parcels, area_legal_mu, area_declared_mu, counted_mu.
    overlaps
        parcel_id (the later), other_id, area_m2 of common ground, counted_for.
    undated, unmatched
        Events without a date, which count in no period; events of a parcel that is not there.
    events
        The dated ones up to the day.
    counted
        Signed rows of what counts, a row a town; figures, pivot and parcels sum these.
    shares
        parcel_id, place, share of the located parcels that lie in several towns.
    """

    parcels: gpd.GeoDataFrame
    pivot: pd.DataFrame
    overlaps: pd.DataFrame
    undated: pd.DataFrame
    events: pd.DataFrame
    counted: pd.DataFrame
    unmatched: pd.DataFrame
    shares: pd.DataFrame

    @property
    def turn(self) -> pd.Series:
        """Give whose acceptance that still stands came first, 0, 1, …; null where none stands."""
        ids, rows = self.parcels["parcel_id"], self.counted
        since = self.parcels[ids.notna()].set_index("parcel_id")["counted_on"]
        stands = (rows["area_m2"] > 0) & (rows["date"] == since.reindex(rows["parcel_id"]).to_numpy())
        first = rows.loc[stands, "parcel_id"].drop_duplicates()
        return pd.Series(range(len(first)), index=first, dtype="float64").reindex(ids).reset_index(drop=True)


def ledger(  # noqa: PLR0913  the county has towns, zones and their ground
    parcels: gpd.GeoDataFrame, listed: pd.DataFrame | None, edition: Edition, as_of: dt.date,
    *, towns: Sequence[Place] = (), zones: Sequence[Place] = (), boundaries: gpd.GeoDataFrame | None = None,
    counting: Counting | None = None,
) -> Ledger:  # fmt: skip
    """Count every acceptance in its own year with its own area; the earlier keeps common ground.

    Parameters
    ----------
    parcels
        Measured (area_legal_m2), EPSG:4490, parcel_id unique.
    listed
        The long table of events, or None; wide date columns of `parcels` are read as well.
    as_of
        Later events are ignored.
    towns, zones, boundaries
        Names with variants; where the column does not say, the ground is split at the border of towns.
    counting
        Counting event by category; the usual ones when None.
    """
    every = events_of(parcels, listed)
    on_time = every[~(every["date"] > pd.Timestamp(as_of))]
    events = on_time[on_time["date"].notna()].reset_index(drop=True)
    place, shares = town_of(parcels, towns, boundaries)
    out = parcels.assign(
        place=place,
        zone_code=town_of(parcels, zones, boundaries, level="zone")[0],
        state=state_on(events, as_of).reindex(parcels["parcel_id"]).to_numpy(),
    )
    made = count(out, events, counting or Counting(), edition)
    out = _with_counted(out, made)
    rows = split(made.rows, shares)
    ids = pd.Index(parcels["parcel_id"].dropna().unique())
    return Ledger(
        parcels=out,
        pivot=pivot(out, rows),
        overlaps=made.overlaps,
        undated=on_time[on_time["date"].isna()].reset_index(drop=True),
        events=events,
        counted=rows,
        unmatched=on_time[ids.get_indexer(on_time["parcel_id"]) < 0].reset_index(drop=True),
        shares=shares,
    )


def pivot(parcels: pd.DataFrame, counted: pd.DataFrame) -> pd.DataFrame:
    """Sum by place, category, owner unit, state and year, 亩.

    A parcel and its areas stand in the year of its first counted event (null: none yet); counted_mu
    stands in the year of each event, so that a later year may hold an area and no parcel.
    """
    keys = ["place", "category", "owner_unit", "state", "year"]
    known = parcels.drop_duplicates("parcel_id", keep="last").set_index("parcel_id")
    first = counted[counted["area_m2"] > 0].groupby("parcel_id")["year"].min()
    year = first.reindex(parcels["parcel_id"]).astype("Int64").to_numpy()
    own = pd.DataFrame(parcels[[*keys[:-1], "area_legal_m2", "area_declared_mu"]]).assign(
        year=pd.array(year, dtype="Int64"), parcels=1, counted_m2=np.nan
    )
    own_of = known[["state", "owner_unit"]].reindex(counted["parcel_id"])
    rows = counted[["place", "category", "year"]].assign(
        owner_unit=own_of["owner_unit"].to_numpy(),
        state=own_of["state"].to_numpy(),
        parcels=0,
        area_legal_m2=np.nan,
        area_declared_mu=np.nan,
        counted_m2=counted["area_m2"],
    )
    both = pd.concat([own, rows[own.columns].astype(own.dtypes)], ignore_index=True)
    groups = both.groupby(keys, dropna=False, sort=True)
    sums = groups[["area_legal_m2", "area_declared_mu", "counted_m2"]].sum(min_count=1)
    out = sums.assign(parcels=groups["parcels"].sum()).reset_index()
    out = out.assign(area_legal_mu=to_mu(out["area_legal_m2"]), counted_mu=to_mu(out["counted_m2"]))
    return out[[*keys, "parcels", "area_legal_mu", "area_declared_mu", "counted_mu"]]


def _with_counted(parcels: gpd.GeoDataFrame, made: Counted) -> gpd.GeoDataFrame:
    rows = made.rows
    standing = pd.Series(made.balance_m2, dtype="float64").reindex(range(len(parcels))).to_numpy()
    running = rows.assign(balance=rows.groupby("parcel_id")["area_m2"].cumsum().round(2))
    ended = running[(running["area_m2"] < 0) & (running["balance"] <= 0)].groupby("parcel_id")["date"].last()
    end = pd.Series(pd.to_datetime(ended.reindex(rows["parcel_id"]).to_numpy()), index=rows.index)
    alive = rows[(rows["area_m2"] > 0) & (end.isna() | (rows["date"] > end))]
    since = alive.groupby("parcel_id")["date"].min()
    ids = parcels["parcel_id"]
    counted_on = pd.Series(pd.to_datetime(since.reindex(ids).to_numpy()), index=parcels.index)
    counted_on = counted_on.where(standing > 0)
    reversed_from = pd.Series(pd.to_datetime(ended.reindex(ids).to_numpy()), index=parcels.index)
    return parcels.assign(
        counted_on=counted_on,
        counted_year=counted_on.dt.year.astype("Int64"),
        counted_m2=standing,
        counted_mu=to_mu(standing),
        reversed_from=reversed_from.where(counted_on.isna()),
    )
