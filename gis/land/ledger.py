"""The renewal ledger (台账): events give the state on a date and the acreage, each ground once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd

from gis.base.tables import in_order, rows_at
from gis.base.units import to_mu
from gis.catalogue.model import Place
from gis.engine import Engine, Partition, Threads
from gis.land.area import Ints, zone_of
from gis.land.counting import Counted, Counting, count, counting_of
from gis.land.events import events_of, position_of
from gis.land.partition import members, neighbours, together
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
        rows, at = self.counted, position_of(self.counted["parcel_id"], self.parcels["parcel_id"])
        since = self.parcels["counted_on"].to_numpy()[at]
        first = pd.unique(at[(rows["area_m2"] > 0) & (rows["date"] == since)])
        turn = np.full(len(self.parcels), np.nan)
        turn[first] = np.arange(len(first))
        return pd.Series(turn)


def ledger(  # noqa: PLR0913  the county has towns, zones and their ground
    parcels: gpd.GeoDataFrame, listed: pd.DataFrame | None, edition: Edition, as_of: dt.date,
    *, towns: Sequence[Place] = (), zones: Sequence[Place] = (), boundaries: gpd.GeoDataFrame | None = None,
    counting: Counting | None = None, engine: Engine | None = None,
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
    engine
        Partitions of parcels that share no ground are counted apart; this machine when None.
    """
    every = events_of(parcels, listed)
    on_time = every[~(every["date"] > pd.Timestamp(as_of))]
    dated, own = on_time["date"].notna(), position_of(on_time["parcel_id"], parcels["parcel_id"])
    events, at = on_time[dated].reset_index(drop=True), own[dated]
    engine, zone = engine or Threads(), zone_of(parcels)
    work = partial(
        _part, towns=towns, zones=zones, boundaries=boundaries, zone=zone, edition=edition,
        counting=counting or counting_of(()),
    )  # fmt: skip
    number = together(neighbours(parcels, engine), parcels, zone, edition)
    parts = _partitions(parcels.reset_index(drop=True), events, at, number)
    found = engine.combine(engine.spread(work, parts), _joined)
    out = parcels.assign(
        place=found.places["place"].array,
        zone_code=found.places["zone_code"].array,
        state=_states(events["event"], at, len(parcels)),
    )
    made, shares = found.made, found.shares
    out = _with_counted(out, made)
    rows = split(made.rows, shares)
    return Ledger(
        parcels=out, pivot=pivot(out, rows), overlaps=made.overlaps,
        undated=on_time[~dated].reset_index(drop=True), events=events, counted=rows,
        unmatched=on_time[own < 0].reset_index(drop=True), shares=shares,
    )  # fmt: skip


class _Part(NamedTuple):
    """What a partition of parcels comes to; `places` has place, zone_code and balance, a row a parcel."""

    places: pd.DataFrame
    shares: pd.DataFrame
    made: Counted


def _partitions(
    parcels: gpd.GeoDataFrame, events: pd.DataFrame, at: Ints, number: Ints
) -> Iterator[dict[str, pd.DataFrame]]:
    """Give the parcels of each partition, and the events of them."""
    for of in members(number):
        own = np.isin(number[at], number[of[:1]]) & (at >= 0) if len(of) else np.zeros(len(at), dtype=bool)
        yield {"parcels": rows_at(parcels, parcels.index[of]), "events": rows_at(events, events.index[own])}


def _part(
    part: Partition, _engine: Engine, *, towns: Sequence[Place], zones: Sequence[Place],
    boundaries: gpd.GeoDataFrame | None, zone: int, edition: Edition, counting: Counting,
) -> _Part:  # fmt: skip
    """Locate and count the parcels of one partition."""
    parcels, events = part["parcels"], part["events"]
    place, shares = town_of(parcels, towns, boundaries)
    out = parcels.assign(place=place, zone_code=town_of(parcels, zones, boundaries, level="zone")[0])
    at = position_of(events["parcel_id"], parcels["parcel_id"])
    made = count(out, events, at, counting, edition, zone)
    made = made._replace(parcel=parcels.index.to_numpy()[made.parcel])
    return _Part(pd.DataFrame(out[["place", "zone_code"]]).assign(balance=made.balance_m2), shares, made)


def _joined(parts: list[_Part]) -> _Part:
    places = in_order([one.places for one in parts])
    rows = [one.made.rows.assign(parcel=one.made.parcel) for one in parts]
    counted = in_order(rows)
    overlaps = in_order([one.made.overlaps for one in parts])
    made = Counted(counted.drop(columns="parcel"), counted["parcel"].to_numpy("int64"), overlaps,
                   places["balance"].to_numpy())  # fmt: skip
    return _Part(places, in_order([one.shares for one in parts]), made)


def pivot(parcels: pd.DataFrame, counted: pd.DataFrame) -> pd.DataFrame:
    """Sum by place, category, owner unit, state and year, 亩.

    A parcel and its areas stand in the year of its first counted event (null: none yet); counted_mu
    stands in the year of each event, so that a later year may hold an area and no parcel.
    """
    keys = ["place", "category", "owner_unit", "state", "year"]
    at = position_of(counted["parcel_id"], parcels["parcel_id"])
    adds = (counted["area_m2"] > 0).to_numpy()
    first = counted.loc[adds, "year"].groupby(at[adds]).min().astype("Int64").reindex(range(len(parcels)))
    own = pd.DataFrame(parcels[[*keys[:-1], "area_legal_m2", "area_declared_mu"]]).assign(
        year=first.array, parcels=1, counted_m2=np.nan
    )
    rows = counted[["place", "category", "year"]].assign(
        owner_unit=parcels["owner_unit"].array.take(at),
        state=parcels["state"].array.take(at),
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
    at, date, area = made.parcel, made.rows["date"].to_numpy(), made.rows["area_m2"].to_numpy()
    ended, since = (np.full(len(parcels), np.datetime64("NaT"), date.dtype) for _ in range(2))
    nothing = (area < 0) & (made.rows["area_m2"].groupby(at).cumsum().round(2).to_numpy() <= 0)
    ended[at[nothing]] = date[nothing]
    alive = np.flatnonzero((area > 0) & ~(date <= ended[at]))[::-1]
    since[at[alive]] = date[alive]
    counted_on = pd.Series(pd.to_datetime(since), index=parcels.index).where(made.balance_m2 > 0)
    return parcels.assign(
        counted_on=counted_on,
        counted_year=counted_on.dt.year.astype("Int64"),
        counted_m2=made.balance_m2,
        counted_mu=to_mu(made.balance_m2),
        reversed_from=pd.Series(ended, index=parcels.index).where(counted_on.isna()),
    )


def _states(events: pd.Series, at: Ints, parcels: int) -> Any:
    """Give the last event of each parcel; `at` are the parcels of the events, which come in order."""
    last = np.full(parcels, -1)
    last[at[at >= 0]] = np.flatnonzero(at >= 0)
    return events.array.take(last, allow_fill=True)
