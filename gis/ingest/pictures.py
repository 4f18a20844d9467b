"""Windows of land cover and imagery round some places, for the pages that show them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from pyproj import CRS
from rasterio import Affine
from rasterio.enums import ColorInterp, Resampling
from rasterio.vrt import WarpedVRT

from gis.base.geo import STORED
from gis.base.pictures import HEIGHT, NOTHING, WIDTH, Bounds, Picture
from gis.catalogue.files import layer_files
from gis.catalogue.model import Catalogue, Layer
from gis.ingest.geotiff import opened
from gis.ingest.raster import checked, colour_bands, pixel_side

SAMPLED = 256
STRETCH = (2.0, 98.0)
Codes = npt.NDArray[np.int32]
Range = tuple[float, float]


def read_pictures(
    layers: Sequence[Layer], catalogue: Catalogue, windows: Mapping[str, Bounds]
) -> dict[str, tuple[Picture, ...]]:
    """Read each window of each layer, a few hundred pixels wide whatever the raster.

    Class codes are taken by nearest pixel, colours are averaged; 16 bits are stretched, all files of
    a layer alike.

    Parameters
    ----------
    layers
        Of the kinds land_cover and imagery; their files lie in the catalogue's folder.
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
        As `read_land_cover` and `read_imagery`.
    """
    found: dict[str, dict[str, Picture]] = {key: {} for key in windows}
    for layer in layers:
        paths = layer_files(layer, catalogue.folder)
        span = _span(paths) if layer.kind == "imagery" and windows else None
        for path in paths:
            with opened(path) as raster:
                used, _ = checked(raster, path, layer)
                side = pixel_side(raster, used)
                for key, bounds in windows.items():
                    codes = (
                        _codes(raster, used, bounds) if span is None else _colours(raster, used, bounds, span)
                    )
                    known = found[key].get(layer.id)
                    merged = codes if known is None else np.where(known.codes == NOTHING, codes, known.codes)
                    found[key][layer.id] = Picture(layer.id, merged, side)
    return {
        key: tuple(one for one in pictures.values() if (one.codes != NOTHING).any())
        for key, pictures in found.items()
    }


def _laid(raster: Any, used: CRS, bounds: Bounds, resampling: Resampling) -> WarpedVRT:
    alpha = raster.nodata is None and ColorInterp.alpha not in raster.colorinterp
    west, south, east, north = bounds
    place = Affine((east - west) / WIDTH, 0.0, west, 0.0, (south - north) / HEIGHT, north)
    return WarpedVRT(
        raster, src_crs=used.to_wkt(), crs=STORED, transform=place, width=WIDTH, height=HEIGHT,
        resampling=resampling, add_alpha=alpha,
    )  # fmt: skip


def _codes(raster: Any, used: CRS, bounds: Bounds) -> Codes:
    with _laid(raster, used, bounds, Resampling.nearest) as laid:
        codes = laid.read(1).astype("int32")
        return np.where((laid.read_masks(1) > 0) & (codes >= 0), codes, np.int32(NOTHING))


def _colours(raster: Any, used: CRS, bounds: Bounds, span: Range) -> Codes:
    """Give 0xRRGGBB; where no band has data there is nothing."""
    bands = list(colour_bands(raster))
    with _laid(raster, used, bounds, Resampling.average) as laid:
        seen = (laid.read_masks(bands) > 0).any(axis=0)
        low, high = span
        scaled = (laid.read(bands).astype("float64") - low) / max(high - low, 1.0)
        red, green, blue = np.rint(np.clip(scaled, 0.0, 1.0) * 255).astype("int32")
        return np.where(seen, red << 16 | green << 8 | blue, np.int32(NOTHING))


def _span(paths: Sequence[Path]) -> Range:
    """Give the values of black and white: 0 and 255, or of 16 bits percentiles over all files of a layer."""
    sampled = []
    for path in paths:
        with opened(path) as raster:
            bands = list(colour_bands(raster))
            if raster.dtypes[bands[0] - 1] == "uint8":
                return 0.0, 255.0
            shape = (len(bands), min(raster.height, SAMPLED), min(raster.width, SAMPLED))
            seen = raster.read_masks(bands, out_shape=shape) > 0
            sampled.append(raster.read(bands, out_shape=shape)[seen])
    values = np.concatenate(sampled)
    low, high = np.percentile(values, STRETCH) if len(values) else (0.0, 1.0)
    return float(low), float(high)
