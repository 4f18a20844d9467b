"""Which town or zone a row belongs to: by its column, else by where it lies, else unknown."""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gis.base.units import to_mu
from gis.catalogue.model import Place
from gis.land.sound import carefully

UNKNOWN = "unknown"
UNKNOWN_ZH = "未知"
LEAST_SHARE = 1e-6
SHARES = ["parcel_id", "place", "share"]
PARTS = ["area_m2", "overlap_m2", "claimed_mu", "declared_mu", "document_mu"]


def codes_of(names: pd.Series, places: Sequence[Place]) -> pd.Series:
    """Give the code of each name: the full name, an alias or the code itself; null where none fits."""
    codes = {name: one.code for one in places for name in (one.name.zh, one.name.en, one.code, *one.aliases)}
    at, unique = pd.factorize(names)
    known = [codes.get("".join(str(name).split())) for name in unique]
    return pd.Series(np.array([*known, None], dtype="object")[at], index=names.index)


def town_of(
    parcels: gpd.GeoDataFrame,
    towns: Sequence[Place],
    boundaries: gpd.GeoDataFrame | None,
    *,
    level: str = "town",
) -> tuple[pd.Series, pd.DataFrame]:
    """Give the place of each parcel by its column, else by where it lies, else unknown.

    Parameters
    ----------
    parcels
        Column town (or zone) as found; geometry in EPSG:4490.
    boundaries
        Rows of `level` are used; EPSG:4490.
    level
        town, or zone: then nothing is unknown, the parcel lies in no zone (null).

    Returns
    -------
    place, shares
        The code that holds most of it; parcel_id, place, share of the parcels that were located and
        lie in more than one place, by the label of the parcel.
    """  # fmt: skip
    named = parcels[level]
    place = codes_of(named, towns)
    shares = pd.DataFrame({"parcel_id": [], "place": [], "share": []})
    if boundaries is not None and place.isna().any():
        found = _shares(parcels.geometry[place.isna()], boundaries[boundaries["level"] == level], level)
        best = (
            found.sort_values(["share", "place"]).drop_duplicates("at", keep="last").set_index("at")["place"]
        )
        place = place.fillna(best.astype("object"))
        many = found[found["at"].duplicated(keep=False)].set_index("at").sort_index(kind="stable")
        shares = many.assign(parcel_id=parcels["parcel_id"].reindex(many.index).to_numpy())[SHARES]
    return (place.fillna(UNKNOWN).astype("str") if level == "town" else place.astype("str")), shares


def split(counted: pd.DataFrame, shares: pd.DataFrame) -> pd.DataFrame:
    """Split the counted rows of parcels that lie in several towns by the share of the parcel in each.

    The town with the largest share takes what rounding to 0.01 m² leaves, so that the parts add to
    the whole; a parcel in one town stays as it is.
    """
    if not len(shares) or not counted["parcel_id"].isin(shares["parcel_id"]).any():
        return counted
    ranked = shares.drop_duplicates(["parcel_id", "place"]).sort_values(["parcel_id", "share", "place"])
    both = counted.reset_index(names="row").merge(
        ranked.rename(columns={"place": "part"}), on="parcel_id", how="left", sort=False
    )
    part, whole = both["share"].fillna(1.0), both["share"].isna()
    largest = ~both["row"].duplicated(keep="last")
    out = both.assign(place=both["part"].where(~whole, both["place"]))
    for name in PARTS:
        piece = (both[name] * part).round(2 if name.endswith("_m2") else 9)
        others = piece.where(~largest, 0.0).groupby(both["row"]).transform("sum")
        out[name] = np.where(whole, both[name], np.where(largest, both[name] - others, piece))
    out["area_m2"] = out["area_m2"].round(2)
    return out.assign(area_mu=to_mu(out["area_m2"]))[counted.columns]


def _shares(lost: gpd.GeoSeries, ground: gpd.GeoDataFrame, level: str) -> pd.DataFrame:
    shapes, lands = lost.to_numpy(), ground.geometry.to_numpy()
    at, town = shapely.STRtree(lands).query(shapes, predicate="intersects")
    whole = shapely.area(shapes)
    share = shapely.area(carefully(shapely.intersection, shapes[at], lands[town])) / whole[at]
    found = pd.DataFrame(
        {"at": lost.index[at], "place": ground["place_code"].to_numpy()[town], "share": share}
    )
    found = found[found["share"] > LEAST_SHARE]
    inside = found.groupby("at")["share"].sum()
    rest = 1.0 - inside[inside < 1.0 - LEAST_SHARE]
    if level == "town":
        outside = pd.DataFrame({"at": rest.index, "place": UNKNOWN, "share": rest.to_numpy()})
        found = pd.concat([found, outside], ignore_index=True) if len(outside) else found
    return found.assign(share=found["share"] / found.groupby("at")["share"].transform("sum"))
