"""Land cover rasters: pixels and area of each class inside the county, in bounded memory."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import rasterio
import shapely
from pyproj import CRS, Proj
from rasterio import Affine
from rasterio.enums import ColorInterp
from rasterio.features import geometry_mask
from rasterio.windows import Window

from gis.base.errors import CrsError, FileError
from gis.base.geo import STORED
from gis.base.hashing import of_path
from gis.base.tables import KEPT, LEFT, conform
from gis.base.units import to_mu
from gis.catalogue.model import About, Layer, Words
from gis.ingest.axes import crs_name, in_domain
from gis.ingest.crs import crs_of
from gis.ingest.geotiff import opened
from gis.ingest.model import Findings, Ingested, finding
from gis.ingest.refusals import refusal
from gis.ingest.south_up import was_turned

TILE = 512
MAX_CLASSES = 256
COLOURS = (ColorInterp.red, ColorInterp.green, ColorInterp.blue)
COLOUR_TYPES = ("uint8", "uint16")
Totals = dict[int, tuple[int, float]]


def read_land_cover(
    path: Path,
    layer: Layer,
    boundary: gpd.GeoDataFrame | None = None,
    source: str | None = None,
    digest: str | None = None,
) -> Ingested:
    """Count the pixels of each class and their area.

    Parameters
    ----------
    path
        A GeoTIFF of class codes, north up; the first band is read, nodata left out.
    layer
        `crs` is used where the file has none, `classes` names the codes, `date` dates them.
    boundary
        Polygons, any CRS: a pixel counts where its centre lies inside. None: the whole raster.
    source
        The name of the source in the tables; the file's name without it.
    digest
        The file's SHA-256 where it is known; taken here without it.

    Returns
    -------
    ingested
        `table` is `land_cover`, a row a class. Areas are true areas on the CGCS2000 ellipsoid:
        exact by latitude row where the raster is geographic, the pixel divided by the areal scale
        of the projection in the middle of each tile of 512 × 512 where it is projected.

    Raises
    ------
    FileError
        Not a raster of classes, or turned against north.
    CrsError
        No CRS, one that contradicts the coordinates, or no pixel inside the boundary.
    """
    with opened(path) as raster:
        used, findings = checked(raster, path, layer)
        area = None
        if boundary is not None:
            area = boundary.geometry.to_crs(used).make_valid().union_all()
            shapely.prepare(area)
        totals, nodata = _totals(raster, used, area, path)
        if area is not None and not totals and not nodata:
            raise _outside(raster, used, path, layer)
        own = _crs(raster)
    if nodata:
        findings.append(finding("nodata", n=nodata))
    names = (source or path.name, path.name, digest or of_path(path))
    crs = (crs_name(own) if own is not None else None, crs_name(used))
    return _ingested(names, layer, totals, crs, findings)


def desk_layer(path: Path, kind: str, name: str, crs: str | None, date: dt.date | None = None) -> Layer:
    """Give the layer of the catalogue that a raster from a desk would be."""
    return Layer.model_construct(
        id=name, kind=kind, title=Words(zh=path.stem, en=path.stem), files=[path.name],
        about=About(source=path.name), crs=crs, date=date,
    )  # fmt: skip


def row_areas(north: float, step: float, rows: int, width: float) -> npt.NDArray[np.float64]:
    """Measure the ellipsoidal trapezoids of a column of pixels, exactly (CGCS2000).

    Parameters
    ----------
    north
        Latitude of the upper edge of the first row, degrees.
    step, width
        Height and width of a pixel, degrees.
    rows
        How many rows.

    Returns
    -------
    areas
        Shape (rows,), m².
    """
    ellipsoid = CRS(STORED).ellipsoid
    assert ellipsoid is not None
    b = ellipsoid.semi_minor_metre
    e = math.sqrt(1.0 - (b / ellipsoid.semi_major_metre) ** 2)
    sine = np.sin(np.radians(north - step * np.arange(rows + 1)))
    belt = sine / (1.0 - (e * sine) ** 2) + np.arctanh(e * sine) / e
    return -np.diff(belt) * b * b * math.radians(width) / 2.0


def checked(raster: Any, path: Path, layer: Layer) -> tuple[CRS, Findings]:
    """Give the CRS of an open raster of class codes or, by the kind of the layer, of colours, and what was found.

    Raises
    ------
    FileError
        Turned against north; its bands are not what the kind of the layer asks for.
    CrsError
        No CRS, or one that contradicts the coordinates.
    """
    used, findings = crs_of(_crs(raster), layer.crs, path.name)
    if used is None:
        west, south, _, _ = raster.bounds
        corner = f"x = {west:.4f}, y = {south:.4f}"
        raise refusal(CrsError, "raster_no_crs", path, found=corner, layer=layer.id)
    _check_place(raster, used, path, layer)
    findings += [finding("south_up")] if was_turned(raster) else []
    return used, findings + (_check_colours if layer.kind == "imagery" else _check_codes)(raster, path)


def _crs(raster: Any) -> CRS | None:
    return CRS.from_wkt(raster.crs.to_wkt()) if raster.crs else None


def _outside(raster: Any, used: CRS, path: Path, layer: Layer) -> CrsError:
    bounds = tuple(round(side, 4) for side in raster.bounds)
    return refusal(CrsError, "raster_outside", path, crs=crs_name(used), bounds=bounds, layer=layer.id)


def _check_place(raster: Any, used: CRS, path: Path, layer: Layer) -> None:
    transform = raster.transform
    if transform.b or transform.d or transform.e >= 0:
        raise refusal(FileError, "raster_not_north_up", path)
    bounds = np.array([raster.bounds], dtype="float64")
    if not in_domain(bounds, used)[0]:
        corner = f"x = {bounds[0, 0]:.4f}, y = {bounds[0, 1]:.4f}"
        raise refusal(CrsError, "raster_contradicts", path, found=corner, crs=crs_name(used), layer=layer.id)


def _check_colours(raster: Any, path: Path) -> Findings:
    kinds = {raster.dtypes[band - 1] for band in colour_bands(raster)}
    if raster.count < len(COLOURS) or not kinds <= set(COLOUR_TYPES):
        named = ", ".join(sorted(set(raster.dtypes)))
        raise refusal(FileError, "picture_bands", path, n=raster.count, kinds=named)
    return []


def _check_codes(raster: Any, path: Path) -> Findings:
    if not np.issubdtype(np.dtype(raster.dtypes[0]), np.integer):
        raise refusal(FileError, "cover_no_codes", path, kind=raster.dtypes[0])
    if raster.count == 1:
        return []
    return [finding("bands", n=raster.count)]


def windows_of(raster: Any, size: int, area: shapely.Geometry | None = None) -> Iterator[Window]:
    """Give the tiles of so many pixels that the box of an area meets; all of them without one."""
    first_row, last_row, first_col, last_col = 0, raster.height, 0, raster.width
    if area is not None:
        west, south, east, north = shapely.bounds(area)
        grid = raster.transform
        first_row, last_row = _span((north - grid.f) / grid.e, (south - grid.f) / grid.e, raster.height, size)
        first_col, last_col = _span((west - grid.c) / grid.a, (east - grid.c) / grid.a, raster.width, size)
    for top in range(first_row, last_row, size):
        for left in range(first_col, last_col, size):
            yield Window(left, top, min(size, raster.width - left), min(size, raster.height - top))


def _span(first: float, last: float, pixels: int, size: int) -> tuple[int, int]:
    """Give the tiles from a pixel to another, in whole tiles of the raster."""
    low, high = min(max(first, 0), pixels), min(max(last, 0), pixels)
    return int(low) // size * size, math.ceil(high)


def _totals(raster: Any, used: CRS, area: shapely.Geometry | None, path: Path) -> tuple[Totals, int]:
    totals: Totals = {}
    nodata = 0
    for window in windows_of(raster, TILE, area):
        inside = _inside(raster, window, area)
        if inside is None:
            continue
        valid = raster.read_masks(1, window=window) > 0
        nodata += int((inside & ~valid).sum())
        values = raster.read(1, window=window)
        areas = pixel_areas(raster, window, used)
        for code in np.unique(values[inside & valid]):
            counts = ((values == code) & inside & valid).sum(axis=1)
            pixels, square = totals.get(int(code), (0, 0.0))
            totals[int(code)] = (pixels + int(counts.sum()), square + float(counts @ areas))
        if len(totals) > MAX_CLASSES:
            raise refusal(FileError, "cover_classes", path, most=MAX_CLASSES)
    return totals, nodata


def _inside(raster: Any, window: Window, area: shapely.Geometry | None) -> npt.NDArray[np.bool_] | None:
    shape = (int(window.height), int(window.width))
    if area is None:
        return np.ones(shape, bool)
    west, south, east, north = bounds_of(raster, window)
    if not shapely.intersects(area, shapely.box(west, south, east, north)):
        return None
    transform = Affine(raster.transform.a, 0.0, west, 0.0, raster.transform.e, north)
    return geometry_mask([area], shape, transform, invert=True)


def colour_bands(raster: Any) -> tuple[int, ...]:
    """Give the bands of red, green and blue: those that say so, else the first three."""
    told = list(raster.colorinterp)
    if all(colour in told for colour in COLOURS):
        return tuple(told.index(colour) + 1 for colour in COLOURS)
    return tuple(range(1, min(raster.count, len(COLOURS)) + 1))


def pixel_side(raster: Any, used: CRS) -> float:
    """Give the root of the true area of a pixel in the middle row, m."""
    return math.sqrt(pixel_areas(raster, Window(0, raster.height // 2, 1, 1), used)[0])


def bounds_of(raster: Any, window: Window) -> tuple[float, float, float, float]:
    """Give west, south, east and north of a window of a north-up raster, in its CRS."""
    grid = raster.transform
    west, north = grid.c + window.col_off * grid.a, grid.f + window.row_off * grid.e
    return west, north + window.height * grid.e, west + window.width * grid.a, north


def pixel_areas(raster: Any, window: Window, used: CRS) -> npt.NDArray[np.float64]:
    """Give the true area of a pixel in each row of a window, m², shape (rows,)."""
    west, south, east, north = bounds_of(raster, window)
    wide, high = raster.transform.a, -raster.transform.e
    rows = int(window.height)
    if used.is_geographic:
        return row_areas(north, high, rows, wide)
    projection = Proj(used)
    lon, lat = projection((west + east) / 2, (south + north) / 2, inverse=True)
    metre = used.axis_info[0].unit_conversion_factor
    return np.full(rows, wide * high * metre * metre / projection.get_factors(lon, lat).areal_scale)


def _ingested(
    names: tuple[str, str, str], layer: Layer, totals: Totals, crs: tuple[str | None, str], findings: Findings
) -> Ingested:
    codes = sorted(totals)
    if unknown := [str(code) for code in codes if layer.classes and str(code) not in layer.classes]:
        findings.append(finding("class_unknown", codes=", ".join(unknown)))
    titles = [layer.classes[str(code)].zh if str(code) in layer.classes else str(code) for code in codes]
    own = pd.DataFrame({"class_code": codes, "pixels": [totals[code][0] for code in codes]})
    table = own.assign(class_name=titles, area_mu=to_mu([totals[code][1] for code in codes]))
    return ingested(own, table, layer, names, crs, findings)


def ingested(
    own: pd.DataFrame, table: pd.DataFrame, layer: Layer, names: tuple[str, str, str],
    crs: tuple[str | None, str], findings: Findings,
) -> Ingested:  # fmt: skip
    """Give what a raster holds as a layer: `names` are its source, its file and the file's SHA-256."""
    source, file, digest = names
    n, kind = len(table), "imagery" if layer.kind == "imagery" else "land_cover"
    days = pd.Series([layer.date or layer.about.date] * n, dtype="object")
    where: dict[str, Any] = {"source": source, "source_row": pd.array([pd.NA] * n, dtype="Int64")}
    about = {
        "source": source, "layer": layer.id, "file": file, "sha256": digest,
        "reader": f"rasterio {rasterio.__version__}", "crs_found": crs[0], "crs_used": crs[1],
        **dict.fromkeys(LEFT, 0), **dict.fromkeys(("rows_read", KEPT, "records"), n),
    }  # fmt: skip
    lines = pd.DataFrame(findings, columns=["code", "message"]).assign(layer=layer.id, source=source)
    return Ingested(
        layer.id, kind, conform(table.assign(layer=layer.id, date=days, **where), kind), own,
        conform(pd.DataFrame([about]), "sources"), findings=conform(lines, "findings"),
    )  # fmt: skip
