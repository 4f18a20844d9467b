"""Write a grid of values as a GeoTIFF."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import rasterio
from rasterio.errors import RasterioError

from gis.store.whole import atomically, not_whole, writing

NO_VALUE = -9999.0


def write_geotiff(
    values: npt.NDArray[np.float64],
    path: Path,
    *,
    transform: tuple[float, float, float, float, float, float],
    epsg: int,
    tags: Mapping[str, str],
) -> None:
    """Write one band of 32-bit numbers, whole or not at all.

    Parameters
    ----------
    values
        Shape (height, width), north up; NaN becomes the file's nodata value.
    transform
        Affine coefficients a, b, c, d, e, f.
    tags
        Notes inside the file: what it is, its error, that it is sample data.

    Raises
    ------
    FileError
        The disk is full.
    """
    band = np.where(np.isfinite(values), values, NO_VALUE).astype("float32")
    profile: dict[str, Any] = {
        "driver": "GTiff", "height": values.shape[0], "width": values.shape[1], "count": 1, "dtype": "float32",
        "crs": f"EPSG:{epsg}", "transform": rasterio.Affine(*transform), "nodata": NO_VALUE, "compress": "deflate",
    }  # fmt: skip

    def fill(target: Path) -> None:
        with writing(target, RasterioError):
            with rasterio.open(target, "w", **profile) as raster:
                raster.write(band, 1)
                raster.update_tags(**tags)
            with rasterio.open(target) as raster:  # a full disk is not always told when a file is closed
                there = raster.read(1)
        if not np.array_equal(there, band):
            raise not_whole(target, str(there.shape))

    atomically(path, fill)
