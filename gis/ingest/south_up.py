"""Rasters whose first row is the southern one, turned row by row and without a change to a pixel."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rasterio import Affine
from rasterio.enums import Resampling
from rasterio.vrt import WarpedVRT


def was_turned(raster: Any) -> bool:
    """Tell a view of a raster from a raster that lies north up in its file."""
    return isinstance(raster, WarpedVRT)


@contextmanager
def upright(raster: Any) -> Iterator[Any]:
    """Give a raster north up: itself, or a view of it by nearest pixel on the same grid.

    One that is turned by another angle, mirrored east to west, or without a CRS is given as it is.
    """
    grid = raster.transform
    if grid.b or grid.d or grid.e <= 0 or grid.a <= 0 or raster.crs is None:
        yield raster
        return
    high = raster.height
    turned = Affine(grid.a, 0.0, grid.c, 0.0, -grid.e, grid.f + high * grid.e)
    with WarpedVRT(
        raster, src_crs=raster.crs, crs=raster.crs, transform=turned, width=raster.width, height=high,
        resampling=Resampling.nearest,
    ) as laid:  # fmt: skip
        yield laid
