"""Aerial and satellite imagery: what a file is, in one row; its pixels are read where a page shows them."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from gis.base.hashing import of_path
from gis.catalogue.model import Layer
from gis.ingest.axes import crs_name
from gis.ingest.geotiff import opened
from gis.ingest.model import Ingested, finding
from gis.ingest.raster import checked, colour_bands, ingested, pixel_side


def read_imagery(path: Path, layer: Layer, source: str | None = None, digest: str | None = None) -> Ingested:
    """Check a picture of red, green and blue and say what it is.

    Parameters
    ----------
    path
        A GeoTIFF of three bands or more, 8 or 16 bits, north up.
    layer
        `crs` is used where the file has none, `date` (else `about.date`) dates it.
    source, digest
        As `read_land_cover`.

    Returns
    -------
    ingested
        `table` is `imagery`, one row.

    Raises
    ------
    FileError
        Not a raster of three colours, or turned against north.
    CrsError
        No CRS, or one that contradicts the coordinates.
    """
    with opened(path) as raster:
        used, findings = checked(raster, path, layer)
        told = raster.crs.to_string() if raster.crs else None
        kind = str(raster.dtypes[colour_bands(raster)[0] - 1])
        own = pd.DataFrame(
            {"bands": [raster.count], "pixel_type": [kind], "pixel_m": [pixel_side(raster, used)]}
        )
    if kind != "uint8":
        findings.append(finding("stretched"))
    names = (source or path.name, path.name, digest or of_path(path))
    return ingested(own, own, layer, names, (told, crs_name(used)), findings)
