"""GeoParquet, whose head tells its rows before they are read."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from pyproj.exceptions import CRSError as UnknownCrs
from shapely.errors import GEOSException

from gis.base.errors import FileError
from gis.ingest.gdal import no_crs, unreadable
from gis.ingest.guard import MAX_ROWS, too_many
from gis.ingest.refusals import refusal

SAMPLE_ROWS, MOST_BYTES = 256, 8 * 2**30


def read_parquet(path: Path) -> pd.DataFrame:
    """Read a table with its geometry, or a plain one where it has none.

    Raises
    ------
    FileError
        It cannot be read, or unpacks to more than is read at once.
    CrsError
        Its CRS is unknown.
    """
    try:
        _check_parquet(path)
        frame: pd.DataFrame = gpd.read_parquet(path)
    except UnknownCrs as error:
        raise no_crs(path, error) from error
    except ValueError:
        try:
            frame = pd.read_parquet(path)
        except (ValueError, OSError, pa.ArrowException) as error:
            raise unreadable(path, error) from error
    except (OSError, TypeError, KeyError, GEOSException, pa.ArrowException, MemoryError) as error:
        raise unreadable(path, error) from error
    try:
        for name in frame.columns[[isinstance(kind, pd.StringDtype) for kind in frame.dtypes]]:
            pa.array(frame[name]).validate(full=True)  # else a text that is no UTF-8 fails where it is shown
    except (pa.ArrowException, ValueError) as error:
        raise unreadable(path, error) from error
    return frame.reset_index(drop=True)


def _check_parquet(path: Path) -> None:
    """Refuse a table of more rows than are read at once, or of cells that would not fit into memory."""
    with pq.ParquetFile(path) as file:
        rows = file.metadata.num_rows
        if rows > MAX_ROWS:
            raise too_many(path, rows)
        first = next(file.iter_batches(batch_size=SAMPLE_ROWS), None)
    if first is not None and len(first) and first.nbytes / len(first) * rows > MOST_BYTES:
        raise refusal(FileError, "parquet_too_large", path, most=MOST_BYTES // 2**30)
