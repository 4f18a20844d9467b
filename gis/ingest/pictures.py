"""Windows of land cover rasters round some places, for the pages that show them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from pyproj import CRS
from rasterio import Affine
from rasterio.enums import ColorInterp, Resampling
from rasterio.vrt import WarpedVRT
from rasterio.windows import Window

from gis.base.geo import STORED
from gis.base.pictures import HEIGHT, NOTHING, WIDTH, Bounds, Picture
from gis.catalogue.files import layer_files
from gis.catalogue.model import Catalogue, Layer
from gis.ingest.raster import checked, opened, pixel_areas

Codes = npt.NDArray[np.int64]


def read_pictures(
    layers: Sequence[Layer], catalogue: Catalogue, windows: Mapping[str, Bounds]
) -> dict[str, tuple[Picture, ...]]:
    """Read each window of each layer by nearest pixel, a few hundred pixels wide whatever the raster.

    Parameters
    ----------
    layers
        Of the kind land_cover; their files lie in the catalogue's folder.
    windows
        West, south, east, north in degrees (EPSG:4490), by any key.

    Returns
    -------
    pictures
        By key, in the order of `layers`; a layer that shows nothing there is left out. Several files
        of a layer are one picture.

    Raises
    ------
    FileError, CrsError
        As `read_land_cover`.
    """
    found: dict[str, dict[str, Picture]] = {key: {} for key in windows}
    for layer in layers:
        for path in layer_files(layer, catalogue.folder):
            with opened(path) as raster:
                used, _ = checked(raster, path, layer)
                middle = Window(0, raster.height // 2, 1, 1)
                side = float(np.sqrt(pixel_areas(raster, middle, used)[0]))
                for key, bounds in windows.items():
                    codes = _codes(raster, used, bounds)
                    known = found[key].get(layer.id)
                    merged = codes if known is None else np.where(known.codes == NOTHING, codes, known.codes)
                    found[key][layer.id] = Picture(layer.id, merged, side)
    return {
        key: tuple(one for one in pictures.values() if (one.codes != NOTHING).any())
        for key, pictures in found.items()
    }


def _codes(raster: Any, used: CRS, bounds: Bounds) -> Codes:
    alpha = raster.nodata is None and ColorInterp.alpha not in raster.colorinterp
    west, south, east, north = bounds
    place = Affine((east - west) / WIDTH, 0.0, west, 0.0, (south - north) / HEIGHT, north)
    with WarpedVRT(
        raster, src_crs=used.to_wkt(), crs=STORED, transform=place, width=WIDTH, height=HEIGHT,
        resampling=Resampling.nearest, add_alpha=alpha,
    ) as laid:  # fmt: skip
        codes = laid.read(1).astype("int64")
        return np.where((laid.read_masks(1) > 0) & (codes >= 0), codes, NOTHING)
