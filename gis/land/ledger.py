"""The renewal ledger (台账): events give the state on a date; no ground is counted twice."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import geopandas as gpd
import pandas as pd
import shapely

from gis.base.units import to_m2, to_mu
from gis.catalogue.model import Place
from gis.land.area import legal_area, round_parcels, to_degrees, to_plane
from gis.land.overlay import _zone as zone_of
from gis.standards.editions import Edition

EVENTS = ("identified", "approved", "cleared", "supplied", "accepted", "recorded", "reversed")
UNKNOWN = "unknown"


class Ledger(NamedTuple):
    """Parcels with state and counted area, the pivot, overlaps, undated events, all events."""

    parcels: gpd.GeoDataFrame
    pivot: pd.DataFrame
    overlaps: pd.DataFrame
    undated: pd.DataFrame
    events: pd.DataFrame


def events_of(parcels: pd.DataFrame, listed: pd.DataFrame | None) -> pd.DataFrame:
    """Put the long table and the wide date columns of the parcels together, one row an event."""
    keys = ["parcel_id", "event", "date", "area_mu", "table", "source", "source_row"]
    frames = [] if listed is None or not len(listed) else [listed.assign(table="ledger_events")[keys]]
    for event in EVENTS:
        column = f"{event}_on"
        if column not in parcels or not parcels[column].notna().any():
            continue
        some = parcels[parcels[column].notna()]
        area = some.get("accepted_area_mu") if event == "accepted" else None
        frames.append(some.assign(event=event, date=some[column], area_mu=area, table="parcels")[keys])
    if not frames:
        return pd.DataFrame({key: pd.Series(dtype="object") for key in keys})
    return pd.concat(frames, ignore_index=True).drop_duplicates(["parcel_id", "event", "date"])


def state_on(events: pd.DataFrame, date: dt.date) -> pd.Series:
    """Derive the state of each parcel on a day: its latest dated event, by parcel_id."""
    past = events[events["date"] <= pd.Timestamp(date)]
    past = past.assign(rank=past["event"].map(EVENTS.index))
    return past.sort_values(["date", "rank"]).groupby("parcel_id")["event"].last()


def ledger(
    parcels: gpd.GeoDataFrame, listed: pd.DataFrame | None, edition: Edition, as_of: dt.date,
    *, towns: Sequence[Place] = (), boundaries: gpd.GeoDataFrame | None = None,
    counting: Mapping[str, str] | None = None,
) -> Ledger:  # fmt: skip
    """Count each parcel once, on its counting event, in favour of the earlier.

    Parameters
    ----------
    parcels
        Measured (area_legal_m2), EPSG:4490, parcel_id unique.
    listed
        The long table of events, or None; wide date columns of `parcels` are read as well.
    as_of
        Later events are ignored.
    towns, boundaries
        Town names with variants; where the column does not say, the town that holds most of it.
    counting
        Counting event by category; accepted for the rest.
    """
    every = events_of(parcels, listed)
    undated = every[every["date"].isna()]
    events = every[every["date"] <= pd.Timestamp(as_of)].sort_values("date")
    out = parcels.assign(
        place=town_of(parcels, towns, boundaries),
        state=state_on(events, as_of).reindex(parcels["parcel_id"]).to_numpy(),
    )
    event = out["category"].map(dict(counting or {})).astype("object").fillna("accepted").astype("str")
    wanted = events.merge(pd.DataFrame({"parcel_id": out["parcel_id"], "event": event}))
    first = wanted.groupby("parcel_id")["date"].min()
    part = wanted.groupby("parcel_id")["area_mu"].sum(min_count=1)
    reversed_on = events[events["event"] == "reversed"].groupby("parcel_id")["date"].min()
    out["counted_on"] = pd.to_datetime(first.reindex(out["parcel_id"]).to_numpy())
    out["reversed_from"] = pd.to_datetime(reversed_on.reindex(out["parcel_id"]).to_numpy())
    out["counted_year"] = out["counted_on"].dt.year.astype("Int64")
    overlaps, taken = _overlaps(out, edition)
    remainder = out["area_legal_m2"] - taken.reindex(out.index).fillna(0.0)
    accepted = pd.Series(
        to_m2(part.reindex(out["parcel_id"]).to_numpy(dtype="float64"), "mu"), index=out.index
    )
    counted = round_parcels(pd.concat([remainder, accepted], axis=1).min(axis=1), edition).clip(lower=0)
    out["counted_m2"] = counted.where(out["counted_on"].notna())
    out["counted_mu"] = to_mu(out["counted_m2"])
    return Ledger(out, pivot(out), overlaps, undated, events)


def town_of(
    parcels: gpd.GeoDataFrame, towns: Sequence[Place], boundaries: gpd.GeoDataFrame | None
) -> pd.Series:
    """Give the town code of each parcel: by its column, else by the largest share, else unknown."""
    codes = {name: one.code for one in towns for name in (one.name.zh, one.code, *one.aliases)}
    place = parcels["town"].str.strip().map(codes).astype("object")
    if boundaries is not None and place.isna().any():
        ground = boundaries[boundaries["level"] == "town"].reset_index(drop=True)
        lost = parcels.geometry[place.isna()]
        at, town = ground.sindex.query(lost, predicate="intersects")
        share = shapely.area(shapely.intersection(lost.to_numpy()[at], ground.geometry.to_numpy()[town]))
        best = pd.DataFrame({"at": lost.index[at], "town": town, "share": share}).sort_values("share")
        best = best.drop_duplicates("at", keep="last").set_index("at")["town"]
        place = place.fillna(best.map(ground["place_code"]))
    return place.astype("object").fillna(UNKNOWN).astype("str")


def pivot(parcels: pd.DataFrame) -> pd.DataFrame:
    """Sum by place, category, state and year, 亩; the year is that of the counting event."""
    keys = ["place", "category", "state", "counted_year"]
    sums = parcels.groupby(keys, dropna=False, as_index=False).agg(
        parcels=("parcel_id", "size"), area_legal_m2=("area_legal_m2", "sum"),
        area_declared_mu=("area_declared_mu", "sum"), counted_m2=("counted_m2", "sum"),
    )  # fmt: skip
    out = sums.rename(columns={"counted_year": "year"})
    out = out.assign(area_legal_mu=to_mu(out["area_legal_m2"]), counted_mu=to_mu(out["counted_m2"]))
    return out.drop(columns=["area_legal_m2", "counted_m2"])


def _overlaps(parcels: gpd.GeoDataFrame, edition: Edition) -> tuple[pd.DataFrame, pd.Series]:
    """Find common ground of counted parcels; the later loses the union of what is earlier."""
    counted = parcels[parcels["counted_on"].notna() & parcels["reversed_from"].isna()]
    counted = counted.sort_values(["counted_on", "parcel_id"])
    columns = ["parcel_id", "other_id", "area_m2", "counted_for"]
    if not len(counted):
        return pd.DataFrame(columns=columns), pd.Series(dtype="float64")
    zone = zone_of(counted)
    plane = to_plane(counted.geometry.to_numpy(), zone)
    later, earlier = shapely.STRtree(plane).query(plane, predicate="intersects")
    after = earlier < later
    later, earlier = later[after], earlier[after]
    common = shapely.intersection(plane[later], plane[earlier])
    has_area = shapely.area(common) > edition.data["proof"]["tolerance_m2"]
    later, earlier, common = later[has_area], earlier[has_area], common[has_area]
    if not len(later):
        return pd.DataFrame(columns=columns), pd.Series(dtype="float64")
    area = legal_area(gpd.GeoSeries(to_degrees(common, zone), crs=parcels.crs), edition)
    ids = counted["parcel_id"].to_numpy()
    rows = pd.DataFrame({"parcel_id": ids[later], "other_id": ids[earlier],
                         "area_m2": area.to_numpy(), "counted_for": ids[earlier]})  # fmt: skip
    lost = pd.Series(common).groupby(later).agg(lambda shapes: shapely.union_all(shapes.to_numpy()))
    ground = gpd.GeoSeries(to_degrees(lost.to_numpy(), zone), crs=parcels.crs)
    taken = pd.Series(legal_area(ground, edition).to_numpy(), index=counted.index[lost.index])
    return rows, taken
