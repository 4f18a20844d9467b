"""What land cover before and after says of each parcel: shares, change, and whether it fits the declaration.

The raster is read elsewhere; here stand pure functions over the coverage that was found.
"""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import pandas as pd

from gis.engine import Engine
from gis.land.overlay import overlay
from gis.standards.editions import Edition

RENEWAL, RECLAMATION = "renewal", "reclamation"
DECLARATIONS = (RENEWAL, RECLAMATION)
PATCH = [
    "patch_id", "line_type", "line_id", "line_name", "town", "area_m2", "area_mu", "share", "width_m", "geometry",
]  # fmt: skip


def matrix(cover: pd.DataFrame, by: Sequence[str] = ()) -> pd.DataFrame:
    """Add up coverage by class before and class after.

    Parameters
    ----------
    cover
        Columns before and after (class codes), area_m2, and those of `by`.
    by
        Columns that stand before the classes, as ["parcel"]; none gives the matrix of all parcels.

    Returns
    -------
    matrix
        `by`, before, after, area_m2, share of the ground with data in its group.
    """
    keys = list(by)
    found = cover.groupby([*keys, "before", "after"], as_index=False, observed=True)["area_m2"].sum()
    whole = found.groupby(keys)["area_m2"].transform("sum") if keys else found["area_m2"].sum()
    return found.assign(share=found["area_m2"] / whole)


def shares(cover: pd.DataFrame, parcels: int, edition: Edition) -> pd.DataFrame:
    """Give the share of each group of classes in each parcel before and after.

    Parameters
    ----------
    cover
        Columns parcel (position), before, after, area_m2 of exact coverage.
    parcels
        How many parcels there are.
    edition
        Of the family `land_cover_evidence`.

    Returns
    -------
    shares
        Shape (parcels,): columns `<group>_before`, `<group>_after` and built_turned, the share of the
        ground built before that is of the groups of [reclamation] after; null where nothing was seen.
    """
    groups = edition.data["groups"]
    area = np.asarray(cover["area_m2"], dtype="float64")
    at = np.asarray(cover["parcel"], dtype="int64")

    def of(rows: pd.Series) -> np.ndarray:
        return np.bincount(at, area * rows.to_numpy(), minlength=parcels)

    whole = np.bincount(at, area, minlength=parcels)
    seen = {
        f"{name}_{when}": _ratio(of(cover[when].isin(codes)), whole)
        for when in ("before", "after")
        for name, codes in groups.items()
    }
    turned = [code for name in edition.data["reclamation"]["to"] for code in groups[name]]
    built = cover["before"].isin(groups["built"])
    seen["built_turned"] = _ratio(of(built & cover["after"].isin(turned)), of(built))
    return pd.DataFrame(seen)


def declared(categories: pd.Series, edition: Edition) -> pd.Series:
    """Tell reclamation from renewal by the category of a parcel; null without a category."""
    words = "|".join(edition.data["reclamation"]["categories"])
    kind = np.where(categories.astype("str").str.contains(words, na=False), RECLAMATION, RENEWAL)
    return pd.Series(kind, index=categories.index, dtype="str").where(categories.notna())


def verdicts(seen: pd.DataFrame, kind: pd.Series, edition: Edition) -> pd.DataFrame:
    """Say whether the image supports what is declared.

    Parameters
    ----------
    seen
        The columns of `shares`, with valid_share (ground with data in both images) and pixels.
    kind
        renewal or reclamation, shape (n,); null is not judged.
    edition
        Of the family `land_cover_evidence`.

    Returns
    -------
    verdicts
        image_verdict: supported, not_supported, unclear, or null; image_reason: built_kept,
        cleared, reclaimed, not_built, built_lost, not_reclaimed, not_built_before, no_data,
        too_small or not_declared.
    """
    image, renewal, back = (edition.data[name] for name in ("image", RENEWAL, RECLAMATION))
    cleared = seen["bare_after"] - seen["bare_before"]
    kept = (seen["built_after"] >= renewal["least_built"]) & (
        seen["built_after"] >= seen["built_before"] - renewal["slack"]
    )
    of_renewal = [
        (kept, "supported", "built_kept"),
        ((seen["built_before"] > 0) & (cleared >= renewal["least_cleared"]), "supported", "cleared"),
        (seen["built_before"] < renewal["least_built"], "not_supported", "not_built"),
        (pd.Series(True, index=seen.index), "not_supported", "built_lost"),
    ]
    of_reclamation = [
        (seen["built_before"] < back["least_built_before"], "unclear", "not_built_before"),
        (seen["built_turned"] >= back["least_turned"], "supported", "reclaimed"),
        (pd.Series(True, index=seen.index), "not_supported", "not_reclaimed"),
    ]
    cases = [
        (kind.isna(), "", "not_declared"),
        (seen["valid_share"].fillna(0.0) < image["least_valid"], "unclear", "no_data"),
        (seen["pixels"] < image["least_pixels"], "unclear", "too_small"),
        *((rows & (kind == RENEWAL), verdict, reason) for rows, verdict, reason in of_renewal),
        *((rows & (kind == RECLAMATION), verdict, reason) for rows, verdict, reason in of_reclamation),
    ]
    rows = [np.asarray(case[0], dtype=bool) for case in cases]
    verdict = pd.Series(np.select(rows, [case[1] for case in cases], ""), index=seen.index, dtype="str")
    reason = np.select(rows, [case[2] for case in cases], "")
    return pd.DataFrame({"image_verdict": verdict.mask(verdict == ""), "image_reason": reason})


def patches(
    found: gpd.GeoSeries,
    lines: gpd.GeoDataFrame,
    towns: gpd.GeoDataFrame | None,
    engine: Engine,
    area: Edition,
    edition: Edition,
) -> gpd.GeoDataFrame:
    """Give new built-up ground inside red lines and farmland, a row a patch and line.

    Parameters
    ----------
    found
        Polygons of new built-up ground, EPSG:4490.
    lines
        Control lines, EPSG:4490; those of the kinds of [patches] are used.
    towns
        Boundaries with level and name, EPSG:4490; None leaves town null.
    area
        Of the family `parcel_area`.
    edition
        Of the family `land_cover_evidence`.

    Returns
    -------
    patches
        patch_id, line_type, line_id, line_name, town, area_m2 and area_mu (legal), share of the
        patch, width_m, geometry EPSG:4490; smaller than the least area left out, largest first.
    """
    rules = edition.data["patches"]
    ids = [f"B{number:06d}" for number in range(1, len(found) + 1)]
    frame = gpd.GeoDataFrame({"parcel_id": pd.Series(ids, dtype="str")}, geometry=found.array, crs=found.crs)
    inside = overlay(frame, lines[lines["line_type"].isin(rules["lines"])], engine, area).pieces
    large = inside[inside["area_m2"] >= rules["least_area_m2"]].rename(columns={"parcel_id": "patch_id"})
    out = large.sort_values("area_m2", ascending=False).reset_index(drop=True)
    return out.assign(town=_towns(out, towns))[PATCH]


def _towns(pieces: gpd.GeoDataFrame, towns: gpd.GeoDataFrame | None) -> pd.Series:
    """Name the town that holds a point of each piece."""
    if towns is None or pieces.empty:
        return pd.Series(pd.NA, index=pieces.index, dtype="str")
    ground = towns[towns["level"] == "town"]
    inner = pieces.geometry.representative_point()
    piece, town = ground.sindex.query(inner, predicate="intersects")
    names = pd.Series(ground["name"].to_numpy()[town], index=pieces.index[piece], dtype="str")
    return names[~names.index.duplicated()].reindex(pieces.index)


def _ratio(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    return np.divide(part, whole, out=np.full(len(part), np.nan), where=whole > 0)
