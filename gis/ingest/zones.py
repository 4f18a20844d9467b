"""Zonal reading of two land cover rasters by windows: exact coverage by parcel, and new built-up ground."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from pyproj import CRS
from rasterio import Affine
from rasterio.enums import Resampling
from rasterio.features import shapes
from rasterio.vrt import WarpedVRT
from rasterio.windows import Window

from gis.base.coverage import covered
from gis.base.errors import CrsError
from gis.base.geo import STORED
from gis.ingest.axes import crs_name
from gis.ingest.geotiff import opened
from gis.ingest.model import Findings, finding
from gis.ingest.raster import bounds_of, checked, desk_layer, pixel_areas, windows_of
from gis.ingest.refusals import refusal

TILE = 1024
CODES = 65536  # class codes are below; before × CODES + after is one code
NO_DATA = -1


@dataclass(frozen=True)
class Pair:
    """Two open rasters on one grid, that of the first."""

    before: Any
    after: Any
    crs: CRS
    findings: Findings


class Coverage(NamedTuple):
    """Class before and after of each parcel by exact coverage, and what of it was seen."""

    cover: pd.DataFrame
    pixels: npt.NDArray[np.float64]
    valid_share: npt.NDArray[np.float64]


@contextmanager
def open_pair(
    before: Path, after: Path, crs: str | None = None, crs_after: str | None = None
) -> Iterator[Pair]:
    """Open two rasters of class codes; the second is laid on the grid of the first by nearest pixel.

    Parameters
    ----------
    crs
        The CRS of a raster that has none, EPSG:… .
    crs_after
        That of the second where it is another.

    Raises
    ------
    FileError
        Not a raster of whole class codes below 65536, or turned against north.
    CrsError
        No CRS, one that contradicts the coordinates, or the rasters lie apart.
    """
    with opened(before) as first, opened(after) as second:
        used, said = checked(first, before, desk_layer(before, "land_cover", before.stem, crs))
        other, more = checked(second, after, desk_layer(after, "land_cover", after.stem, crs_after or crs))
        findings = [*said, *more]
        same_grid = first.shape == second.shape and first.transform.almost_equals(second.transform, 1e-9)
        if same_grid and used == other:
            yield Pair(first, second, used, findings)
            return
        resampled = finding("resampled", after=after.name, before=before.name)
        with WarpedVRT(
            second, src_crs=other.to_wkt(), crs=used.to_wkt(), transform=first.transform,
            width=first.width, height=first.height, resampling=Resampling.nearest,
        ) as laid:  # fmt: skip
            yield Pair(first, laid, used, [*findings, resampled])


def coverage(pair: Pair, parcels: gpd.GeoSeries) -> Coverage:
    """Measure the ground of each class before and after in each parcel, window by window.

    Parameters
    ----------
    parcels
        Polygons, any CRS; brought to that of the rasters.

    Returns
    -------
    coverage
        cover: parcel (position), before, after, area_m2 on the ellipsoid; pixels: how many pixels
        a parcel covers; valid_share: the part of it that has data in both, 0 outside the rasters.

    Raises
    ------
    CrsError
        No parcel meets the rasters.
    """
    found = coverage_of(pair, parcels)
    if found is None:
        ends = (pair.before.bounds, parcels.to_crs(pair.crs).total_bounds)
        sides, around = ([round(float(side), 4) for side in bounds] for bounds in ends)
        name, crs = Path(pair.before.name), crs_name(pair.crs)
        raise refusal(CrsError, "zones_outside", name, crs=crs, sides=sides, parcels=around)
    return found


def coverage_of(pair: Pair, parcels: gpd.GeoSeries) -> Coverage | None:
    """Measure as `coverage` does; None where no parcel meets the rasters."""
    ground = parcels.to_crs(pair.crs).to_numpy()
    known = np.flatnonzero(~(shapely.is_missing(ground) | shapely.is_empty(ground)))
    tree, found = shapely.STRtree(ground[known]), []
    for window in windows_of(pair.before, TILE):
        near = known[np.sort(tree.query(shapely.box(*bounds_of(pair.before, window))))]
        if len(near):
            found.append(_in_window(pair, window, ground, near))
    if not found:
        return None
    cover = pd.concat(found, ignore_index=True)
    keys = ["parcel", "before", "after"]
    cover = cover.groupby(keys, as_index=False)[["pixels", "area_m2"]].sum()
    pixel = abs(pair.before.transform.a * pair.before.transform.e)
    whole = np.nan_to_num(shapely.area(ground)) / pixel
    seen = np.bincount(cover["parcel"], cover["pixels"], minlength=len(ground))
    share = np.divide(seen, whole, out=np.zeros(len(ground)), where=whole > 0)
    return Coverage(cover.drop(columns="pixels"), whole, np.minimum(share, 1.0))


def new_built(pair: Pair, built: Sequence[int], near: gpd.GeoSeries) -> gpd.GeoSeries:
    """Polygonise ground that is built-up after and was something else before, window by window.

    Parameters
    ----------
    built
        The class codes of built-up ground.
    near
        Polygons; only windows that meet the box of one are read.

    Returns
    -------
    patches
        Polygons, EPSG:4490, pixels that share a side are one; a patch over several windows is one.
    """
    drawn = near.to_crs(pair.crs).to_numpy()
    tree = shapely.STRtree(drawn[~(shapely.is_missing(drawn) | shapely.is_empty(drawn))])
    inner: list[shapely.Geometry] = []
    border: list[shapely.Geometry] = []
    for window in windows_of(pair.before, TILE):
        box = shapely.box(*bounds_of(pair.before, window))
        if not len(tree.query(box)):
            continue
        made = _patches(pair, window, built)
        left, top, right, low = shapely.bounds(made).reshape(-1, 4).T
        touching = (left <= window.col_off) | (right >= window.col_off + window.width)
        touching |= (top <= window.row_off) | (low >= window.row_off + window.height)
        inner += list(made[~touching])
        border += list(made[touching])
    parts = shapely.get_parts(shapely.union_all(np.array(border, dtype=object)))
    grid = pair.before.transform
    placed = gpd.GeoSeries([*inner, *parts], crs=pair.crs).affine_transform(list(grid.to_shapely()))
    return placed.to_crs(STORED)


def _codes(pair: Pair, window: Window) -> npt.NDArray[np.int64]:
    """Read both windows as before × CODES + after; no data in either is no data."""
    first, second = (one.read(1, window=window).astype("int64") for one in (pair.before, pair.after))
    valid = (pair.before.read_masks(1, window=window) > 0) & (pair.after.read_masks(1, window=window) > 0)
    valid &= (first >= 0) & (first < CODES) & (second >= 0) & (second < CODES)
    return np.where(valid, first * CODES + second, NO_DATA)


def _in_window(pair: Pair, window: Window, ground: npt.NDArray[np.object_], near: Any) -> pd.DataFrame:
    west, south, _, north = bounds_of(pair.before, window)
    codes, grid = _codes(pair, window), pair.before.transform
    seen = []
    for cells in covered(ground[near], (west, north), (grid.a, -grid.e), codes.shape):
        rows = pd.DataFrame(
            {"at": cells.polygon, "code": codes[cells.row, cells.column], "pixels": cells.part}
        )
        seen.append(rows[rows["code"] != NO_DATA].groupby(["at", "code"], as_index=False)["pixels"].sum())
    found = pd.concat(seen, ignore_index=True)
    middle = np.nan_to_num(shapely.bounds(ground[near])[:, [1, 3]].mean(axis=1))
    high = (north - south) / window.height
    row = np.clip((north - middle) / high, 0, window.height - 1).astype("int64")[found["at"]]
    return pd.DataFrame({
        "parcel": near[found["at"]], "before": found["code"] // CODES, "after": found["code"] % CODES,
        "pixels": found["pixels"], "area_m2": found["pixels"] * pixel_areas(pair.before, window, pair.crs)[row],
    })  # fmt: skip


def _patches(pair: Pair, window: Window, built: Sequence[int]) -> npt.NDArray[np.object_]:
    """Polygonise in columns and rows of the whole raster, so that borders of windows meet exactly."""
    codes = _codes(pair, window)
    new = (codes != NO_DATA) & np.isin(codes % CODES, built) & ~np.isin(codes // CODES, built)
    place = Affine.translation(window.col_off, window.row_off)
    made = [shapely.geometry.shape(one) for one, _ in shapes(new.astype("uint8"), new, transform=place)]
    return np.array(made, dtype=object)
