"""Which town or zone a row belongs to: by its column, else by where it lies, else unknown."""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import pandas as pd
import shapely

from gis.catalogue.model import Place

UNKNOWN = "unknown"


def codes_of(names: pd.Series, places: Sequence[Place]) -> pd.Series:
    """Give the code of each name: the full name, an alias or the code itself; null where none fits."""
    codes = {name: one.code for one in places for name in (one.name.zh, one.name.en, one.code, *one.aliases)}
    plain = names.astype("object").map(lambda name: "".join(str(name).split()), na_action="ignore")
    return plain.map(codes).astype("object")


def town_of(
    parcels: gpd.GeoDataFrame, towns: Sequence[Place], boundaries: gpd.GeoDataFrame | None
) -> pd.Series:
    """Give the town code of each parcel: by its column, else by the largest share, else unknown.

    Parameters
    ----------
    parcels
        Column town as found; geometry in EPSG:4490.
    boundaries
        Rows of level town are used; EPSG:4490.
    """
    place = codes_of(parcels["town"], towns)
    if boundaries is not None and place.isna().any():
        ground = boundaries[boundaries["level"] == "town"]
        lost = parcels.geometry[place.isna()]
        at, town = shapely.STRtree(ground.geometry.to_numpy()).query(lost.to_numpy(), predicate="intersects")
        share = shapely.area(shapely.intersection(lost.to_numpy()[at], ground.geometry.to_numpy()[town]))
        best = pd.DataFrame({"at": lost.index[at], "share": share})
        best["code"] = ground["place_code"].to_numpy()[town]
        best = best[best["share"] > 0].sort_values(["share", "code"], ascending=[True, False])
        place = place.fillna(best.drop_duplicates("at", keep="last").set_index("at")["code"].astype("object"))
    return place.fillna(UNKNOWN).astype("str")
