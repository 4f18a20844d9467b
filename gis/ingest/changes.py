"""Land cover of two layers under the parcels and inside the control lines of a run."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from itertools import product
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from rasterio.warp import transform_bounds

from gis.base.geo import STORED
from gis.base.tables import Tables
from gis.catalogue.files import layer_files, oldest_and_newest
from gis.catalogue.model import Catalogue, Layer
from gis.ingest.geotiff import opened
from gis.ingest.raster import checked
from gis.ingest.zones import Coverage, coverage_of, new_built, open_pair
from gis.standards.editions import Edition


def read_changes(
    catalogue: Catalogue, tables: Tables, withheld: Collection[str], day: dt.date, edition: Edition
) -> dict[str, pd.DataFrame]:
    """Read what the oldest and the newest land cover say of parcels and of ground inside lines.

    Parameters
    ----------
    tables
        parcels and control_lines, as read; window by window only rasters under them are read.
    withheld
        Ids of layers that are left out.
    day
        Layers dated later are left aside.
    edition
        Of the family `land_cover_evidence`, for the codes of built-up ground and the kinds of lines.

    Returns
    -------
    tables
        Nothing without parcels or two layers; else land_cover_changes: parcel (position), before,
        after, area_m2; land_cover_seen: a row a parcel, pixels, valid_share; land_cover_built:
        polygons of new built-up ground, EPSG:4490.

    Raises
    ------
    FileError, CrsError
        As `open_pair`.
    """
    ends = oldest_and_newest(catalogue, "land_cover", withheld, day)
    parcels, lines = tables.get("parcels"), tables.get("control_lines")
    if not isinstance(parcels, gpd.GeoDataFrame) or not ends[1:]:
        return {}
    near = parcels.geometry[:0]
    if isinstance(lines, gpd.GeoDataFrame):
        near = lines.geometry[lines["line_type"].isin(edition.data["patches"]["lines"])]
    return _read(ends, catalogue, parcels.geometry, near, edition.data["groups"]["built"])


def _read(
    ends: Sequence[Layer],
    catalogue: Catalogue,
    parcels: gpd.GeoSeries,
    lines: gpd.GeoSeries,
    codes: list[int],
) -> dict[str, pd.DataFrame]:
    seen: list[Coverage] = []
    built: list[gpd.GeoSeries] = []
    for before, after in _pairs(ends, catalogue):
        with open_pair(before, after, ends[0].crs, ends[1].crs) as pair:
            found = coverage_of(pair, parcels)
            seen += [] if found is None else [found]
            if len(lines):
                built.append(new_built(pair, codes, lines))
    empty = pd.DataFrame({"parcel": [], "before": [], "after": [], "area_m2": []}).astype(
        {"parcel": "int64", "before": "int64", "after": "int64", "area_m2": "float64"}
    )
    nothing = np.zeros(len(parcels))
    shares = np.sum([nothing, *(one.valid_share for one in seen)], axis=0)
    pixels = np.max([nothing, *(one.pixels for one in seen)], axis=0)
    return {
        "land_cover_changes": pd.concat([one.cover for one in seen], ignore_index=True) if seen else empty,
        "land_cover_seen": pd.DataFrame({"pixels": pixels, "valid_share": np.minimum(shares, 1.0)}),
        "land_cover_built": gpd.GeoDataFrame(geometry=_joined(built), crs=STORED),
    }


def _pairs(ends: Sequence[Layer], catalogue: Catalogue) -> list[tuple[Path, Path]]:
    """Pair the files of both layers that share ground."""
    before, after = (
        {path: _extent(path, layer) for path in layer_files(layer, catalogue.folder)} for layer in ends
    )
    return [(one, other) for one, other in product(before, after) if before[one].intersects(after[other])]


def _extent(path: Path, layer: Layer) -> shapely.Polygon:
    with opened(path) as raster:
        used, _ = checked(raster, path, layer)
        return shapely.box(*transform_bounds(used.to_wkt(), STORED, *raster.bounds))


def _joined(built: list[gpd.GeoSeries]) -> gpd.GeoSeries:
    """Make one of patches that meet at the edge of a file."""
    if len(built) == 1:
        return built[0]
    every = np.concatenate([np.array([], dtype=object), *(one.to_numpy() for one in built)])
    return gpd.GeoSeries(shapely.get_parts(shapely.union_all(every)), crs=STORED)
