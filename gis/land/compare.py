"""Two editions of a line layer (生态保护红线 2020 and 2023, farmland before and after): gained, lost, kept."""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from gis.base.errors import ProofError
from gis.base.geo import STORED
from gis.base.messages import Message
from gis.base.units import to_mu
from gis.catalogue.model import Sliver
from gis.engine import Engine, Threads
from gis.land.area import legal_area, require_stored, round_parcels, zone_of
from gis.land.meet import Shapes, meet, prove
from gis.land.overlay import NOTICED
from gis.land.phrases import refusal
from gis.land.sound import AREAL, crossing, tolerance, united, valid_degrees, valid_plane
from gis.standards.editions import Edition

Floats = npt.NDArray[np.float64]
CHANGES = ("gained", "lost", "kept")
BEYOND, TOTAL = Message("乡镇界外", "in no town"), Message("合计", "total")


class Comparison(NamedTuple):
    """What changed between two editions.

    Attributes
    ----------
    gained, lost, kept
        Single polygons, EPSG:4490: change, area_m2 and area_mu (legal), width_m = 2 × area /
        perimeter, sliver; slivers last, the largest first.
    by_town
        A row a town and one of the ground in none: place_code, name, before_m2, after_m2, lost_m2,
        gained_m2, kept_m2, change_m2, change_mu, not_reduced; a row 合计 without towns.
    verdict
        One row: area_before_m2, area_after_m2, change_m2, the same in 亩, not_reduced (面积不减少).
    proof
        equation, parts, max_residual_m2 in the plane.
    unlisted
        change, pieces, area_m2 of the pieces that an area to 0.01 m² would show as nothing, such as
        those between an edge and its own copy in another CRS; the areas above count them.
    """

    gained: gpd.GeoDataFrame
    lost: gpd.GeoDataFrame
    kept: gpd.GeoDataFrame
    by_town: pd.DataFrame
    verdict: pd.DataFrame
    proof: pd.DataFrame
    unlisted: pd.DataFrame

    @property
    def pieces(self) -> gpd.GeoDataFrame:
        """All of them as one layer: gained, lost, kept."""
        return gpd.GeoDataFrame(pd.concat([self.gained, self.lost, self.kept], ignore_index=True), crs=STORED)


class _Plane(NamedTuple):
    """The single polygons of both editions in one Gauss-Krüger plane."""

    zone: int
    before: Shapes
    after: Shapes


def compare(
    before: gpd.GeoDataFrame,
    after: gpd.GeoDataFrame,
    edition: Edition,
    towns: gpd.GeoDataFrame | None = None,
    *,
    sliver: Sliver | None = None,
    engine: Engine | None = None,
) -> Comparison:
    """Compare the ground of two editions of a layer, overlaps within an edition counted once.

    Parameters
    ----------
    before, after
        Polygons, EPSG:4490; rows without geometry are left out. The lines are cut in the plane of
        the 3-degree zone that holds the middle of both.
    edition
        Of the family `parcel_area`; holds the tolerance of the proof.
    towns
        Polygons, EPSG:4490, with place_code and name.
    sliver
        Pieces smaller than its area, or without a spot as wide as its width, are flagged, never dropped.

    Returns
    -------
    comparison
        Areas are legal and unrounded; 面积不减少 is judged on the totals rounded to 0.01 m².

    Raises
    ------
    CrsError
        A frame is not in EPSG:4490.
    GeometryError
        A polygon crosses itself.
    ProofError
        kept + lost is not before, kept + gained is not after, or the towns do not add up.
    """
    for frame in (before, after, *(() if towns is None else (towns,))):
        require_stored(frame.geometry)
    engine = engine or Threads()
    plane = _plane(before, after)
    found, proof = _cut(plane, edition, engine)
    by_town, off = _by_town(found, towns, plane.zone, edition, engine)
    if towns is not None:
        proof.loc[len(proof)] = ("towns = all", len(by_town), off)
        _check(proof.tail(1), [_tolerance(edition, *found.values())])
    rule = sliver or Sliver()
    pieces = {name: _measured(shapes, name, plane.zone, edition, rule) for name, shapes in found.items()}
    listed, unlisted = _listed(pieces, NOTICED * 10.0 ** -edition.data["method"]["decimals_m2"])
    totals = [_legal(shapes, plane.zone, edition) for shapes in (plane.before, plane.after)]
    return Comparison(
        **listed,
        by_town=by_town,
        verdict=_verdict(totals[0], totals[1], edition),
        proof=proof,
        unlisted=unlisted,
    )


def _cut(plane: _Plane, edition: Edition, engine: Engine) -> tuple[dict[str, Shapes], pd.DataFrame]:
    """Part the ground into gained, lost and kept single polygons, and prove that they add up."""
    try:
        kept, lost, first = _parted(plane.before, plane.after, engine)
        same, gained, second = _parted(plane.after, plane.before, engine)
    except shapely.GEOSException as error:
        raise crossing(error) from None
    parts = max(len(first), len(second), 1)
    off = abs(_total(kept) - _total(same))
    proof = pd.DataFrame(
        [
            ("kept + lost = before", len(first), _worst(first)),
            ("kept + gained = after", len(second), _worst(second)),
            ("kept of before = kept of after", parts, off),
        ],
        columns=["equation", "parts", "max_residual_m2"],
    )
    limits = [
        tolerance(edition, _longest(plane.before, lost)), tolerance(edition, _longest(plane.after, gained)),
        _tolerance(edition, plane.before, plane.after),
    ]  # fmt: skip
    _check(proof, limits)
    return dict(zip(CHANGES, (_single(one) for one in (gained, lost, kept)), strict=True)), proof


def _plane(before: gpd.GeoDataFrame, after: gpd.GeoDataFrame) -> _Plane:
    both = gpd.GeoDataFrame(geometry=pd.concat([before.geometry, after.geometry], ignore_index=True))
    zone = zone_of(both[~(both.geometry.isna() | both.geometry.is_empty)])
    return _Plane(zone, *(_once(frame.geometry.to_numpy(), zone) for frame in (before, after)))


def _once(shapes: Shapes, zone: int) -> Shapes:
    known = shapes[~(shapely.is_missing(shapes) | shapely.is_empty(shapes))]
    return _single(np.array([united(valid_plane(shapely.force_2d(known), zone))], dtype=object))


def _single(shapes: Shapes) -> Shapes:
    """Give the single polygons of shapes, without lines and points where they only touch."""
    parts = shapely.get_parts(shapes)
    while (shapely.get_num_geometries(parts) > 1).any():
        parts = shapely.get_parts(parts)
    return parts[(shapely.get_dimensions(parts) == AREAL) & (shapely.area(parts) > 0)]


def _parted(ground: Shapes, other: Shapes, engine: Engine) -> tuple[Shapes, Shapes, Floats]:
    met = meet(ground, other, engine)
    rest, residual = prove(ground, met, engine)
    return met.shape, rest, residual


def _measured(shapes: Shapes, change: str, zone: int, edition: Edition, sliver: Sliver) -> gpd.GeoDataFrame:
    out = gpd.GeoDataFrame(geometry=gpd.GeoSeries(valid_degrees(shapes, zone), crs=STORED), crs=STORED)
    area = legal_area(out.geometry, edition)
    width = 2 * shapely.area(shapes) / shapely.length(shapes)
    thin = (area < sliver.area_m2).to_numpy() | _thin(shapes, width, sliver.width_m)
    made = gpd.GeoDataFrame(
        {"change": pd.Series(change, index=out.index, dtype="str"), "area_m2": area, "area_mu": to_mu(area),
         "width_m": width, "sliver": thin},
        geometry=out.geometry, crs=STORED,
    )  # fmt: skip
    return made.sort_values(["sliver", "area_m2"], ascending=[True, False], ignore_index=True)


def _listed(
    pieces: dict[str, gpd.GeoDataFrame], least: float
) -> tuple[dict[str, gpd.GeoDataFrame], pd.DataFrame]:
    real = {name: gpd.GeoDataFrame(one[one["area_m2"] >= least]) for name, one in pieces.items()}
    rows = [
        (name, len(one) - len(real[name]), one["area_m2"].sum() - real[name]["area_m2"].sum())
        for name, one in pieces.items()
    ]
    return real, pd.DataFrame(rows, columns=["change", "pieces", "area_m2"])


def _thin(shapes: Shapes, width: Floats, limit: float) -> npt.NDArray[np.bool_]:
    """Tell which shapes hold no circle as wide as the limit; 2 × area / perimeter is never above it.

    Ground with hair along an edge that both editions share is thus no sliver.
    """
    thin = width < limit
    thin[thin] = shapely.is_empty(shapely.buffer(shapes[thin], -limit / 2))
    return np.asarray(thin)


def _legal(shapes: Shapes, zone: int, edition: Edition) -> float:
    return float(legal_area(gpd.GeoSeries(valid_degrees(shapes, zone), crs=STORED), edition).sum())


def _by_town(
    found: dict[str, Shapes], towns: gpd.GeoDataFrame | None, zone: int, edition: Edition, engine: Engine
) -> tuple[pd.DataFrame, float]:
    """Give areas by town and the plane area by which the towns miss the whole, m²."""
    if towns is None or not len(towns):
        names = pd.DataFrame({"place_code": [None], "name": [TOTAL.stored]}, dtype="str")
        return _row_sums(
            names, {name: np.array([_legal(one, zone, edition)]) for name, one in found.items()}
        ), 0.0
    ground = valid_plane(shapely.force_2d(towns.geometry.to_numpy()), zone)
    count = len(towns)
    sums: dict[str, Floats] = {}
    off = 0.0
    for change, shapes in found.items():
        met = meet(shapes, ground, engine)
        rest, _ = prove(shapes, met, engine)
        cut, at = np.concatenate([met.shape, rest]), np.append(met.line, np.full(len(rest), count))
        off = max(off, abs(_total(cut) - _total(shapes)))
        legal = partial(_legal, zone=zone, edition=edition)
        sums[change] = np.array([legal(_single(cut[at == town])) for town in range(count + 1)])
    names = pd.DataFrame(towns[["place_code", "name"]].astype("object")).reset_index(drop=True)
    names.loc[count] = [None, BEYOND.stored]
    table = _row_sums(names.astype("str"), sums)
    return table.groupby(["place_code", "name"], sort=False, dropna=False, as_index=False).sum().pipe(
        _judged
    ), off


def _row_sums(names: pd.DataFrame, sums: dict[str, Floats]) -> pd.DataFrame:
    gained, lost, kept = (sums[name] for name in CHANGES)
    table = names.assign(
        before_m2=kept + lost, after_m2=kept + gained, lost_m2=lost, gained_m2=gained, kept_m2=kept
    )
    return _judged(table)


def _judged(table: pd.DataFrame) -> pd.DataFrame:
    change = table["gained_m2"] - table["lost_m2"]
    return table.assign(change_m2=change, change_mu=to_mu(change), not_reduced=change.round(2) >= 0)


def _verdict(before: float, after: float, edition: Edition) -> pd.DataFrame:
    shown = round_parcels(pd.Series([before, after]), edition)
    change = after - before
    return pd.DataFrame({
        "area_before_m2": [before], "area_after_m2": [after], "change_m2": [change],
        "area_before_mu": to_mu([before]), "area_after_mu": to_mu([after]), "change_mu": to_mu([change]),
        "not_reduced": [bool(shown[1] >= shown[0])],
    })  # fmt: skip


def _total(shapes: Shapes) -> float:
    return float(shapely.area(shapes).sum())


def _worst(residual: Floats) -> float:
    return float(np.max(np.abs(residual), initial=0.0))


def _longest(ground: Shapes, rest: Shapes) -> float:
    """Give the longest edges of a polygon and its remainder, m."""
    return float(np.max(shapely.length(ground) + shapely.length(rest), initial=0.0))


def _tolerance(edition: Edition, *shapes: Shapes) -> float:
    """Give the tolerance of a sum over polygons: the whole one of each."""
    every = np.concatenate(shapes)
    return float(np.sum(tolerance(edition, shapely.length(every)))) if len(every) else tolerance(edition, 0.0)


def _check(proof: pd.DataFrame, limits: list[float]) -> None:
    for equation, off, limit in zip(proof["equation"], proof["max_residual_m2"], limits, strict=True):
        if not off <= limit:
            raise refusal(ProofError, "not_added_up", equation=equation, off=off, limit=limit)
