"""What it means that a parcel touches a control line: the rule, its verdict and its clause."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from gis.catalogue.model import Rule, Sliver
from gis.land.area import legal_area, legal_areas, zones_of
from gis.land.overlay import NOTICED, OUTSIDE
from gis.land.sound import difference, united, valid_degrees, valid_plane
from gis.standards.editions import Edition

DIGITS, CODE = re.compile(r"(?<![0-9])\d+"), 4  # of a land use; Excel drops the 0 of 0101
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
        ground outside it and says `outside = true`; any other rule of the ground inside. Of two rules
        the one that names categories and land uses speaks.
    """
    parcel, small = pieces["parcel"].to_numpy(dtype="int64"), _small(pieces, Sliver())
    spoken = [rule for rule in rules if rule.subject == subject and rule.outside == (rule.line == OUTSIDE)]
    spoken.sort(key=lambda rule: bool(rule.categories) + bool(rule.land_use_after))
    which, excepted = np.full(len(pieces), -1), np.zeros(len(pieces), dtype=bool)
    for number, rule in enumerate(spoken):
        at = (pieces["line_type"] == rule.line).to_numpy(dtype=bool) & meant(rule, parcels)[parcel]
        which[at], excepted[at] = number, False
        small[at] = _small(pieces, rule.sliver)[at]
        if rule.unless is not None and rule.unless.field in parcels:
            text = parcels[rule.unless.field].astype("str").str.strip()
            excepted[at] = (text.notna() & (text != "")).to_numpy()[parcel[at]]
    said = pd.DataFrame(
        [(one.id, str(one.verdict), str(one.severity), one.clause) for one in spoken], columns=COLUMNS
    )
    out = pieces.assign(**{name: _told(said[name], which) for name in COLUMNS})
    unless = _told([one.unless and str(one.unless.verdict) for one in spoken], which)
    return out.assign(verdict=out["verdict"].mask(excepted, unless), sliver=small)


def _told(words: Iterable[Any], which: npt.NDArray[np.int64]) -> Any:
    return pd.array([*words], dtype="str").take(which, allow_fill=True)


def meant(rule: Rule, parcels: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Tell of which parcels a rule speaks: those whose category and 现地类 hold one of its words or codes.

    A code stands for its finer ones too: 01 is 0101 to 0103. Where a parcel does not say its land use,
    a rule that names one does not speak of it.
    """
    found = np.ones(len(parcels), dtype=bool)
    for column, wanted in (("category", rule.categories), ("land_use_after", rule.land_use_after)):
        if wanted:
            if column not in parcels:
                return np.zeros(len(parcels), dtype=bool)
            at, cells = pd.factorize(parcels[column])
            found &= np.array([*(_holds(str(cell), wanted) for cell in cells), False])[at]
    return found


def _holds(cell: str, wanted: Sequence[str]) -> bool:
    """Tell whether a cell holds a word, or a code that begins as one of the codes wanted."""
    codes = [code.zfill(CODE) if len(code) == CODE - 1 else code for code in DIGITS.findall(cell)]
    return any(
        any(code.startswith(one) for code in codes) if one.isdigit() else one in cell for one in wanted
    )


def conflict_area(pieces: gpd.GeoDataFrame, edition: Edition, turn: pd.Series | None = None) -> pd.DataFrame:
    """Add up the ground in a type of line, each spot once, also under two parcels, without slivers.

    Parameters
    ----------
    pieces
        As `conflicts` gives them: parcel, parcel_id, line_type, area_m2, sliver, EPSG:4490.
    edition
        Of the family `parcel_area`.
    turn
        Shape (parcels,), as `Ledger.turn`: of two parcels on the same ground the one with the smaller
        turn has it; those without a turn come last. None: the order of the layer.

    Returns
    -------
    areas
        A row a line type and parcel: line_type, parcel, parcel_id, n (pieces), area_m2 (legal); of
        ground under two parcels one of them has it, the other 0 or the rest.
    """
    areas = ground(pieces, edition)
    order = areas["parcel"] if turn is None else turn.to_numpy()[areas["parcel"].astype("int64")]
    by_turn = areas.assign(turn=order).sort_values(["turn", "parcel"])
    for _, rows in by_turn.groupby("line_type"):
        lost = _shared(rows["geometry"].to_numpy(), NOTICED * 10.0 ** -edition.data["method"]["decimals_m2"])
        if lost:
            at, rest = rows.index[list(lost)], list(lost.values())
            areas.loc[at, "area_m2"] = legal_area(gpd.GeoSeries(rest, index=at, crs=pieces.crs), edition)
    return areas.drop(columns="geometry")


def ground(pieces: gpd.GeoDataFrame, edition: Edition) -> pd.DataFrame:
    """Give the ground of each parcel in a type of line, each spot once, without slivers.

    Parameters
    ----------
    pieces, edition
        As `conflict_area` takes them.

    Returns
    -------
    areas
        line_type, parcel, parcel_id, n (pieces), area_m2 (legal), geometry (EPSG:4490).
    """
    real = pieces[~pieces["sliver"]]
    keys = ["line_type", "parcel"]
    areas = real.groupby(keys, as_index=False).agg(
        parcel_id=("parcel_id", "first"),
        n=("area_m2", "size"),
        area_m2=("area_m2", "sum"),
        geometry=("geometry", "first"),
    )
    several = areas["n"] > 1
    if several.any():
        which = areas[several].reset_index()[[*keys, "index"]]
        members = real[[*keys, "geometry"]].merge(which, on=keys).sort_values("index", kind="stable")
        united = _united(members["geometry"].to_numpy(), members["index"].to_numpy())
        areas.loc[several, "geometry"] = pd.Series(united, index=areas.index[several], dtype="object")
        drawn = gpd.GeoSeries(united, index=areas.index[several], crs=pieces.crs)
        areas.loc[several, "area_m2"] = legal_area(drawn, edition)
    return areas


def own_area(pieces: gpd.GeoDataFrame, grounds: pd.DataFrame, edition: Edition) -> pd.Series:
    """Give the ground of each piece that no piece before it has, m², of the same parcel and type of line.

    Control areas of different kinds may lie over each other: their pieces add up to more than the
    ground, and this to the ground.

    Parameters
    ----------
    pieces
        As `conflicts` gives them.
    grounds
        What `ground` gives of them.
    """
    keys, least = ["line_type", "parcel"], NOTICED * 10.0 ** -edition.data["method"]["decimals_m2"]
    real = pieces[~pieces["sliver"]]
    sums = real.groupby(keys)["area_m2"].sum()
    over = sums.index[(sums - grounds.set_index(keys)["area_m2"].reindex(sums.index)).to_numpy() >= least]
    own = pieces["area_m2"].copy()
    for _, rows in real[pd.MultiIndex.from_frame(real[keys]).isin(over)].groupby(keys):
        lost = _shared(rows["geometry"].to_numpy(), least)
        shapes = np.empty(len(lost), dtype=object)
        shapes[:] = list(lost.values())
        own.loc[rows.index[list(lost)]] = legal_areas(shapes, edition)
    return own


def _shared(shapes: npt.NDArray[np.object_], least: float) -> dict[int, shapely.Geometry]:
    """Give what is left of each shape that earlier ones overlap by `least` m² or more, by its position."""
    first, later = shapely.STRtree(shapes).query(shapes)
    first, later = first[first < later], later[first < later]
    pairs = shapely.intersects(shapes[first], shapes[later]) & ~shapely.touches(shapes[first], shapes[later])
    order = np.lexsort((first[pairs], later[pairs]))
    first, later = first[pairs][order], later[pairs][order]
    starts = np.flatnonzero(np.diff(later, prepend=-1))
    rest: dict[int, shapely.Geometry] = {}
    for at, over in zip(later[starts], np.split(first, starts[1:]), strict=False):
        zone = zones_of(shapes[[at]])
        own, earlier = valid_plane(shapes[[at]], zone), valid_plane(shapes[over], int(zone[0]))
        left = difference(own, np.array([united(earlier)], dtype=object))
        if shapely.area(own)[0] - shapely.area(left)[0] >= least:
            rest[int(at)] = valid_degrees(left, zone)[0]
    return rest


def _united(shapes: npt.NDArray[np.object_], group: npt.NDArray[np.int64]) -> npt.NDArray[np.object_]:
    """Unite the shapes of each group, which come sorted, in the plane of its first one."""
    first, member = np.unique(group, return_index=True, return_inverse=True)[1:]
    zones = zones_of(shapes)[first]
    parts = np.split(valid_plane(shapes, zones[member]), first[1:])
    out = np.empty(len(first), dtype=object)
    out[:] = [united(one) for one in parts]
    return valid_degrees(out, zones)


def _small(pieces: pd.DataFrame, sliver: Sliver) -> pd.Series:
    return (pieces["area_m2"] < sliver.area_m2) | (pieces["width_m"] < sliver.width_m)
