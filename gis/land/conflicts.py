"""What it means that a parcel touches a control line: the rule, its verdict and its clause."""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from gis.catalogue.model import Rule, Sliver
from gis.land.area import legal_area, to_degrees, to_plane, zones_of
from gis.land.overlay import OUTSIDE
from gis.standards.editions import Edition

COLUMNS = ("rule_id", "verdict", "severity", "clause")


def conflicts(
    pieces: pd.DataFrame,
    parcels: pd.DataFrame,
    rules: Sequence[Rule],
    subject: str | None = "renewal_parcels",
) -> pd.DataFrame:
    """Judge each piece by the rule of the subject and its line.

    Parameters
    ----------
    pieces
        As `overlay` gives them: parcel is the position in `parcels`.
    parcels
        Holds the field that a rule's `unless` names, such as approval_no.
    rules
        The county's rules; without one for subject and line, areas stand without a verdict.
    subject
        A rule's subject; None gives no verdict.

    Returns
    -------
    judged
        `pieces` with rule_id, verdict, severity, clause (null without a rule) and sliver: smaller
        than the rule's area or narrower than its width. A rule on the growth boundary speaks of the
        ground outside it and says `outside = true`; any other rule of the ground inside.
    """
    out = pieces.assign(**{name: pd.Series(pd.NA, index=pieces.index, dtype="str") for name in COLUMNS})
    out["sliver"] = _small(out, Sliver())
    for rule in rules:
        if rule.subject != subject or rule.outside != (rule.line == OUTSIDE):
            continue
        at = out["line_type"] == rule.line
        out.loc[at, list(COLUMNS)] = [rule.id, str(rule.verdict), str(rule.severity), rule.clause]
        out.loc[at, "sliver"] = _small(out[at], rule.sliver)
        if rule.unless is not None and rule.unless.field in parcels:
            text = parcels[rule.unless.field].astype("str").str.strip()
            filled = (text.notna() & (text != "")).to_numpy()[out["parcel"].astype("int64")]
            out.loc[at & filled, "verdict"] = str(rule.unless.verdict)
    return out


def conflict_area(pieces: gpd.GeoDataFrame, edition: Edition) -> pd.DataFrame:
    """Add up the ground of each parcel that lies in a type of line, each spot once, without slivers.

    Parameters
    ----------
    pieces
        As `conflicts` gives them: parcel, parcel_id, line_type, area_m2, sliver, EPSG:4490.
    edition
        Of the family `parcel_area`.

    Returns
    -------
    areas
        A row a line type and parcel: line_type, parcel, parcel_id, n (pieces), area_m2 (legal).
    """
    real = pieces[~pieces["sliver"]]
    keys = ["line_type", "parcel"]
    areas = real.groupby(keys, as_index=False).agg(
        parcel_id=("parcel_id", "first"), n=("area_m2", "size"), area_m2=("area_m2", "sum")
    )
    several = areas["n"] > 1
    if several.any():
        which = areas[several].reset_index()[[*keys, "index"]]
        members = real[[*keys, "geometry"]].merge(which, on=keys).sort_values("index", kind="stable")
        ground = _united(members["geometry"].to_numpy(), members["index"].to_numpy())
        united = gpd.GeoSeries(ground, index=areas.index[several], crs=pieces.crs)
        areas.loc[several, "area_m2"] = legal_area(united, edition)
    return areas


def _united(shapes: npt.NDArray[np.object_], group: npt.NDArray[np.int64]) -> npt.NDArray[np.object_]:
    """Unite the shapes of each group, which come sorted, in the plane of its first one."""
    first, member = np.unique(group, return_index=True, return_inverse=True)[1:]
    zones = zones_of(shapes)[first]
    parts = np.split(to_plane(shapes, zones[member]), first[1:])
    out = np.empty(len(first), dtype=object)
    out[:] = [shapely.union_all(one) for one in parts]
    return to_degrees(out, zones)


def _small(pieces: pd.DataFrame, sliver: Sliver) -> pd.Series:
    return (pieces["area_m2"] < sliver.area_m2) | (pieces["width_m"] < sliver.width_m)
