"""Write a grid of values as a GeoTIFF."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt
import rasterio

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
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    height, width = values.shape
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        half = Path(folder) / path.name
        with rasterio.open(
            half,
            "w",
            driver="GTiff",
            width=width,
            height=height,
            count=1,
            dtype="float32",
            crs=f"EPSG:{epsg}",
            transform=rasterio.Affine(*transform),
            nodata=NO_VALUE,
            compress="deflate",
        ) as raster:
            raster.write(np.where(np.isfinite(values), values, NO_VALUE).astype("float32"), 1)
            raster.update_tags(**tags)
        half.replace(path)
