"""GeoTIFF opened under guard: one driver, no file beside it that points elsewhere, sizes that its bytes can hold."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from rasterio.errors import NotGeoreferencedWarning, RasterioError

from gis.base.errors import FileError, FormatError
from gis.base.messages import Message
from gis.ingest.archive import refuse
from gis.ingest.guard import DRIVERS, begins_as, check_content, misnamed
from gis.ingest.refusals import refusal
from gis.ingest.south_up import upright

SUFFIXES = frozenset((".tif", ".tiff"))
MOST_PIXELS, MOST_PIXELS_A_BYTE = 10**8, 2000  # a uniform tile deflates to a thousandth
MOST_BLOCK, MOST_BLOCK_A_BYTE = 2**28, 20
MOST_BANDS = 1000
LONGEST_NOTES = 2**24
ELSEWHERE = b"OVERVIEW_FILE"


@contextmanager
def opened(path: Path) -> Iterator[Any]:
    """Open a raster of a desk, north up.

    Raises
    ------
    FileError
        It is none, a part of it cannot be read, or it says to be larger than its bytes can hold.
    FormatError
        Another format than GeoTIFF, or a file beside it that refers to another one.
    """
    refuse(path)
    if path.suffix.lower() not in SUFFIXES:
        raise refusal(FormatError, "raster_no_geotiff", path)
    check_content(path)
    _check_beside(path)
    try:
        with _raster(path) as raster:
            _check_size(raster, path)
            with upright(raster) as north_up:
                yield north_up
    except (RasterioError, MemoryError) as error:
        found = str(error).replace(f"{path.absolute().parent}/", "")
        raise refusal(FileError, "raster_unreadable", path, found=found) from error


def _raster(path: Path) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        return rasterio.open(path.absolute(), driver=DRIVERS[path.suffix.lower()])


def _check_beside(path: Path) -> None:
    """Refuse overviews and masks that are no TIFF, and notes that name another file."""
    for end in (".ovr", ".msk"):
        beside = path.with_name(path.name + end)
        if beside.is_file():
            with beside.open("rb") as file:
                if not begins_as(".tif", file.read(4)):
                    raise misnamed(beside, Message("不是 TIFF", "no TIFF"))
    notes = path.with_name(f"{path.name}.aux.xml")
    if notes.is_file():
        with notes.open("rb") as file:
            text = file.read(LONGEST_NOTES + 1)
        if len(text) > LONGEST_NOTES or ELSEWHERE in text.upper():
            raise refusal(FormatError, "raster_refers", notes)


def _check_size(raster: Any, path: Path) -> None:
    if raster.tags(ns="OVERVIEWS"):
        raise refusal(FormatError, "raster_refers", path)
    size, pixels = path.stat().st_size, raster.width * raster.height
    cell = max(np.dtype(kind).itemsize for kind in raster.dtypes)
    high, wide = raster.block_shapes[0]
    block = high * wide * cell * (raster.count if raster.interleaving is not None else 1)
    sparse = pixels > MOST_PIXELS and pixels * cell > MOST_PIXELS_A_BYTE * size
    swollen = block > MOST_BLOCK and block > MOST_BLOCK_A_BYTE * size
    if sparse or swollen or raster.count > MOST_BANDS:
        pixels_of = {"wide": raster.width, "high": raster.height, "bands": raster.count}
        raise refusal(FileError, "raster_sparse", path, size=size, **pixels_of)
