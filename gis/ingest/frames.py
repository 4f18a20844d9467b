"""Frames from a program read through the same door as files: the same heads, units, CRS and questions."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd
from pandas.api.types import is_hashable
from shapely.geometry.base import BaseGeometry

from gis.base.columns import free_names
from gis.base.errors import ColumnError
from gis.base.hashing import of_bytes
from gis.base.tables import rows_at
from gis.ingest.canonical_rows import part_of
from gis.ingest.model import Ingested, Options, Raw
from gis.ingest.read import joined, together
from gis.ingest.refusals import refusal
from gis.ingest.unforeseen import foreseen

NAME = "frame"


def read_frame(frame: pd.DataFrame, options: Options, name: str = NAME) -> Ingested:
    """Read a frame as the layer of a file that holds it.

    Parameters
    ----------
    frame
        Shape (n, m), heads in Chinese or English with or without units; a GeoDataFrame in any CRS that a
        file may have. Levels of the index that have a name are columns too; rows are numbered from 1.
    name
        What messages call it.

    Raises
    ------
    ColumnError
        Two columns have one name, or a needed one was not recognised; the heads found are listed.
    CrsError
        The CRS is missing or contradicts the coordinates.
    Question
        Two ways to read give different numbers.
    """
    heads = pd.Index([str(one) for one in frame.columns])
    if heads.has_duplicates:
        twice = ", ".join(heads[heads.duplicated()].unique())
        raise refusal(ColumnError, "frame_heads_twice", name, found=twice)
    rows = pd.Series(range(1, len(frame) + 1))
    raw = Raw(Path(name), "", _plain(frame), rows, reader="frame", date=options.date)
    with foreseen(name):
        part = part_of(raw, options, name, name, _digest(raw.frame))
        return together([joined([part], options)], options, every_reading=options.every_reading)


def _plain(frame: pd.DataFrame) -> pd.DataFrame:
    """Give the cells on a range index under text heads; categories as what they name, the shapes as `geometry`."""
    bare = _with_shapes(_with_index(frame))
    for head, kind in zip(bare.columns, bare.dtypes, strict=True):
        if isinstance(kind, pd.CategoricalDtype):
            bare[head] = bare[head].astype("object")
        if str(kind) == "object" and head != getattr(bare, "active_geometry_name", None):
            bare[head] = bare[head].map(lambda cell: cell if is_hashable(cell) else str(cell))
    if isinstance(bare, gpd.GeoDataFrame) and bare.active_geometry_name:
        bare = bare.rename_geometry("geometry") if bare.active_geometry_name != "geometry" else bare
    return bare.rename(columns=str)


def _with_index(frame: pd.DataFrame) -> pd.DataFrame:
    """Put the levels of the index that have a name of their own before the columns, as a written file has them."""
    levels = frame.index.names
    unnamed = [at for at, name in enumerate(levels) if name is None or name in frame.columns]
    bare = frame.reset_index(level=unnamed, drop=True) if len(unnamed) < len(levels) else frame
    return bare.reset_index(drop=len(unnamed) == len(levels))


def _with_shapes(frame: pd.DataFrame) -> pd.DataFrame:
    """Take a plain frame whose column `geometry` holds shapes for a layer, as most joins of geopandas give it."""
    if isinstance(frame, gpd.GeoDataFrame) or "geometry" not in frame:
        return frame
    shapes = frame["geometry"]
    if not shapes.map(lambda cell: isinstance(cell, BaseGeometry)).any():
        return frame
    return gpd.GeoDataFrame(
        frame.drop(columns="geometry"), geometry=shapes.tolist(), crs=getattr(shapes, "crs", None)
    )


def _digest(frame: pd.DataFrame) -> str:
    shapes = b""
    if isinstance(frame, gpd.GeoDataFrame):
        shapes = b"".join(filter(None, frame.geometry.to_wkb()))
    cells = pd.DataFrame(frame.drop(columns="geometry", errors="ignore")).map(str)
    return of_bytes(pd.util.hash_pandas_object(cells, index=False).to_numpy().tobytes() + shapes)


def beside(frame: pd.DataFrame, found: Ingested, added: pd.DataFrame) -> pd.DataFrame:
    """Put added columns behind a caller's own, on the caller's index; the geometry stays where it is.

    An added name that the frame has already gets the ending `_gis`. Rows that fell out are not in it: they
    are in `rejects`.

    Parameters
    ----------
    frame
        What was read by `read_frame`.
    added
        On the index of `found.table`.
    """
    at = found.table.loc[added.index, "source_row"].to_numpy("int64") - 1
    own = frame.iloc[at]
    new = added.set_axis(free_names([str(one) for one in added.columns], own.columns), axis=1)
    return own.assign(**{str(name): new[name].array for name in new})


def behind_own(found: Ingested, added: pd.DataFrame) -> pd.DataFrame:
    """Put the added columns behind the file's own; a geometry stays the last column.

    An added name that the file has already gets the ending `_gis`, and a number where that is taken.
    """
    own = rows_at(found.own, added.index).drop(columns="geometry", errors="ignore").infer_objects()
    new = added.set_axis(free_names([str(name) for name in added.columns], own.columns), axis=1)
    out = pd.concat([own, new], axis=1)
    if isinstance(found.table, gpd.GeoDataFrame):
        return gpd.GeoDataFrame(out, geometry=found.table.geometry.loc[added.index], crs=found.table.crs)
    return out
