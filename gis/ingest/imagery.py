"""Aerial and satellite imagery: what a file is, in one row; its pixels are read where a page shows them."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import rasterio

from gis.base.hashing import of_path
from gis.base.tables import conform
from gis.catalogue.model import Layer
from gis.ingest.axes import crs_name
from gis.ingest.geotiff import opened
from gis.ingest.model import Ingested, finding
from gis.ingest.raster import checked, colour_bands, pixel_side


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
    name = source or path.name
    table = own.assign(
        layer=layer.id,
        date=pd.Series([layer.date or layer.about.date], dtype="object"),
        source=name,
        source_row=pd.array([pd.NA], dtype="Int64"),
    )
    about = {
        "source": name, "layer": layer.id, "file": path.name, "sha256": digest or of_path(path),
        "reader": f"rasterio {rasterio.__version__}", "crs_found": told, "crs_used": crs_name(used),
        "rows_read": 1, "rows_kept": 1, "rows_equal": 0, "rows_superseded": 0, "rows_set_aside": 0,
        "rows_quarantined": 0, "records": 1,
    }  # fmt: skip
    said = pd.DataFrame(findings, columns=["code", "message"]).assign(layer=layer.id, source=name)
    return Ingested(
        layer.id, "imagery", conform(table, "imagery"), own,
        conform(pd.DataFrame([about]), "sources"), findings=conform(said, "findings"),
    )  # fmt: skip
