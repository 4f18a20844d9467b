"""GDAL asked for one layer by one driver; where a row is broken, for all the others."""

from __future__ import annotations

import os
import re
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyogrio
from pyogrio.errors import CRSError as UnreadCrs
from pyogrio.errors import DataLayerError, DataSourceError, FeatureError, FieldError, GeometryError
from pyproj.exceptions import CRSError as UnknownCrs
from shapely.errors import GEOSException

from gis.base.errors import CrsError, FileError
from gis.base.messages import Message
from gis.ingest.guard import DRIVERS, misnamed
from gis.ingest.model import Findings, finding
from gis.ingest.refusals import refusal

UNREADABLE = (
    DataSourceError, DataLayerError, FieldError, GeometryError, UnicodeDecodeError, ValueError, GEOSException,
    UnboundLocalError, OverflowError, MemoryError, IndexError,
)  # fmt: skip
BROKEN = (FeatureError, UnicodeDecodeError, GeometryError, FieldError)
READ_THROUGH = frozenset((".geojson", ".json"))  # wholly, before GDAL opens them: opening reads them again
PATIENCE = 5.0
SHOWN = 80

Fids = Callable[[], npt.NDArray[np.int64] | None]

_SCRATCH = re.compile(r"[^\s']*[/\\]gis-[^/\\]+[/\\]")
_OF_GDAL = re.compile(r"; It might help to specify the correct driver.*", re.DOTALL)
_OF_SOURCE = re.compile(r"Error occurred in \S+ at line \d+")


@dataclass
class Found:
    """A layer as GDAL gives it.

    Attributes
    ----------
    frame
        The rows that could be read, by position from 0.
    lost
        Position and what is left of each row that could not.
    """

    frame: pd.DataFrame
    findings: Findings
    lost: dict[int, str] = field(default_factory=dict)


def read(source: Path | bytes, path: Path, fids: Fids, **how: Any) -> Found:
    """Read a layer whole, or, where a row of it is broken, all others.

    Parameters
    ----------
    source
        What GDAL opens: the file, a copy of it, or its text.
    path
        The file as the user knows it; its suffix says the driver.
    fids
        Gives the numbers of the rows where one is broken; None where none can be fetched alone.
    how
        As of `pyogrio.read_dataframe`.

    Raises
    ------
    FileError
        It cannot be read, or GDAL takes it for another format.
    CrsError
        Its CRS is unknown.
    """
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        try:
            _check_driver(source, path, how)
            try:
                found = Found(pyogrio.read_dataframe(source, on_invalid="warn", **how), [])
            except BROKEN as error:
                found = _row_by_row(source, fids(), error, how)
        except (UnreadCrs, UnknownCrs) as error:
            raise no_crs(path, error) from error
        except UNREADABLE as error:
            raise unreadable(path, error) from error
    texts = dict.fromkeys(_spelled(path, str(one.message)) for one in said)
    findings = [finding("reader", file=path.name, text=text) for text in texts]
    return replace(found, findings=findings)


def _check_driver(source: Path | bytes, path: Path, how: dict[str, Any]) -> None:
    """Refuse what GDAL takes for another format; a GeoJSON was read through before, and opening it reads it again."""
    if path.suffix.lower() in READ_THROUGH:
        return
    known = {key: value for key, value in how.items() if key in ("layer", "encoding")}
    driver = pyogrio.read_info(source, **known)["driver"]
    if driver != DRIVERS[path.suffix.lower()]:
        raise misnamed(path, Message("{driver}", "{driver}", driver=driver))


def _row_by_row(
    source: Path | bytes, fids: npt.NDArray[np.int64] | None, first: Exception, how: dict[str, Any]
) -> Found:
    """Read the halves of what fails until only the broken rows are left out; not where most are broken."""
    if fids is None or not len(fids):
        raise first
    how = {key: value for key, value in how.items() if key != "where"}
    until = time.monotonic() + PATIENCE
    todo, frames, lost = [(0, len(fids))], [], {}
    while todo:
        start, end = todo.pop()
        try:
            frame = pyogrio.read_dataframe(source, on_invalid="warn", fids=fids[start:end], **how)
            frames.append(frame.set_axis(np.arange(start, end)))
        except (*BROKEN, ValueError) as error:
            if end - start > 1:
                half = (start + end) // 2
                todo += [(start, half), (half, end)]
                continue
            lost[start] = _OF_SOURCE.sub("", str(error))[:SHOWN]
        if len(lost) > max(1, len(fids) // 2) or time.monotonic() > until:
            raise first
    if not frames:
        raise first
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        return Found(pd.concat(frames).sort_index(), [], lost)


def no_crs(path: Path, error: Exception) -> CrsError:
    """Say that the CRS of a file is none that is known."""
    return refusal(CrsError, "crs_unreadable", path, found=str(error))


@contextmanager
def spoken(path: Path) -> Iterator[None]:
    """Turn what GDAL raises into an error that a person can read."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except UNREADABLE as error:
        raise unreadable(path, error) from error


def unreadable(path: Path, error: Exception) -> FileError:
    """Say that a file cannot be read, in GDAL's words without its folders."""
    return refusal(FileError, "unreadable", path, found=_spelled(path, str(error)))


def _spelled(path: Path, text: str) -> str:
    """Take folders and words for programmers out of what GDAL says."""
    for folder in {str(path.absolute().parent), str(path.parent)} - {"."}:
        text = text.replace(folder + os.sep, "")
    text = _OF_SOURCE.sub("", _OF_GDAL.sub("", _SCRATCH.sub("", text)))
    return text.replace("copy.shp", path.name).strip()
