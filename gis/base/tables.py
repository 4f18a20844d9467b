"""Canonical tables: the only place that spells column names, dtypes and titles (`tables.toml`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
from pandas.api.types import union_categoricals

from gis.base.columns import TABLES, Column
from gis.base.messages import MARK, shown
from gis.base.text import PACKED

Tables = Mapping[str, pd.DataFrame]

DTYPES: dict[str, str] = {
    "s": "str",
    "c": "category",  # text that many rows share: each word is kept once
    "i": "Int64",
    "f": "float64",
    "b": "boolean",
    "d": "datetime64[us]",
    "t": "datetime64[us]",
    "g": "object",
}
READ, KEPT = "rows_read", "rows_kept"
LEFT = ("rows_equal", "rows_superseded", "rows_set_aside", "rows_quarantined")
BALANCE = (READ, KEPT, *LEFT)  # read = the sum of the others, in rows or cells of the source
LONG = 2000  # a table of an edition with more rows stands packed
SOURCE_COLUMNS = ("source", "source_row")
NUMPY_KIND = {"boolean": "b", "Int64": "i"}


@dataclass(frozen=True)
class Assessment:
    """What a subject makes of its tables.

    Attributes
    ----------
    tables
        Results by name.
    figures
        Every number anyone will ever show, columns of the canonical table `figures`.
    evidence
        The rows behind each figure, columns of the canonical table `evidence`.
    lineage
        The layers that a table (by name) or the figures of an indicator (`figures:<indicator>`) are made of.
    """

    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    figures: pd.DataFrame = field(default_factory=lambda: empty("figures"))
    evidence: pd.DataFrame = field(default_factory=lambda: empty("evidence"))
    lineage: Mapping[str, frozenset[str]] = field(default_factory=dict)


def empty(table: str) -> pd.DataFrame:
    """Give a frame of no rows with the columns and dtypes of a canonical table."""
    return _empty(table).copy()


@cache
def _empty(table: str) -> pd.DataFrame:
    return conform(pd.DataFrame(), table)


def conform(frame: pd.DataFrame, table: str) -> pd.DataFrame:
    """Give `frame` the canonical columns of `table` first, missing ones as nulls, dtypes set.

    Further columns stay behind them; a geometry column keeps its dtype. A GeoDataFrame stays one.
    """
    columns = TABLES[table]
    if _is_so(frame, columns):
        return frame.copy(deep=False)
    values: dict[str, Any] = {}
    for name, column in columns.items():
        if column.kind == "g":
            if name in frame:
                values[name] = frame[name].array
            continue
        dtype = DTYPES[column.kind]
        values[name] = _cast(frame[name], dtype).array if name in frame else _nothing(dtype, len(frame))
    rest = {name: frame[name].array for name in frame.columns if name not in columns}
    out = pd.DataFrame({**values, **rest}, index=frame.index)
    if "source_row" in out and out["source_row"].dtype != "Int64":
        out["source_row"] = out["source_row"].astype("Int64")
    if "geometry" in columns and "geometry" in frame and hasattr(frame, "crs"):
        import geopandas as gpd

        return gpd.GeoDataFrame(out, geometry="geometry", crs=frame.crs)
    return out


def table_of(tables: Tables, name: str) -> pd.DataFrame:
    """Give a canonical table by its name, empty where it is missing."""
    return conform(pd.DataFrame(tables[name]), name) if name in tables else empty(name)


def files_of(name: str, frame: pd.DataFrame) -> tuple[str, ...]:
    """Name the files of a table in an edition: rows as CSV, what has shapes as GPKG too."""
    shaped = (
        getattr(frame, "active_geometry_name", None) is not None
    )  # a plain frame may have the column, empty
    return tuple(file_of(f"{name}{ending}", frame) for ending in (".csv", ".gpkg")[: 1 + shaped])


def file_of(name: str, frame: pd.DataFrame) -> str:
    """Name a file that holds the rows of a table: packed where there are many."""
    return f"{name}{PACKED if len(frame) > LONG else ''}"


def stacked(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Put frames below each other; one without rows gives its columns only where all are without."""
    return below([frame for frame in frames if len(frame)] or frames[:1])


def in_order(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Put the rows of partitions below each other in the order of their labels, numbered anew."""
    rows = pd.concat([frame for frame in frames if len(frame)] or frames[:1])
    return rows.sort_index(kind="stable", ignore_index=True)


def below(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Put frames below each other with the columns of all; one alone is not copied."""
    return pd.concat(frames, ignore_index=True) if len(frames) > 1 else frames[0].reset_index(drop=True)


def _is_so(frame: pd.DataFrame, columns: Mapping[str, Column]) -> bool:
    """Say whether a frame has its columns already: writing a long one anew takes a while, and its memory."""
    dtypes = {**DTYPES, "g": "geometry"}
    wanted = {name: dtypes[column.kind] for name, column in columns.items()} | {"source_row": "Int64"}
    names = [str(name) for name in frame.columns]
    return names[: len(columns)] == [*columns] and all(
        str(dtype) == wanted.get(name, str(dtype)) for name, dtype in zip(names, frame.dtypes, strict=True)
    )


def _nothing(dtype: str, n: int) -> Any:
    return _null(dtype).take(np.zeros(n, dtype=np.intp))


@cache
def _null(dtype: str) -> Any:
    return _cast(pd.Series([None], dtype="object"), dtype).array


def _cast(found: pd.Series, dtype: Any) -> pd.Series:
    if found.dtype == dtype:
        return found
    if dtype == "float64":
        return pd.to_numeric(found).astype("float64")
    if dtype.startswith("datetime64"):
        return pd.to_datetime(found).astype(dtype)
    if found.dtype.kind == NUMPY_KIND.get(dtype):
        return found.astype(dtype)
    if dtype in ("str", "category"):
        cells = found if found.dtype == "object" else found.astype("object").where(found.notna(), None)
        return cells.astype("str").astype(dtype)
    return found.astype("object").where(found.notna(), pd.NA).astype(dtype)


def join(assessments: Iterable[Assessment]) -> Assessment:
    """Put the results of several subjects together; the first table or figure of a name wins a clash."""
    tables: dict[str, pd.DataFrame] = {}
    figures, evidence = [empty("figures")], [empty("evidence")]
    made: set[str] = set()
    lineage: dict[str, frozenset[str]] = {}
    for one in assessments:
        tables = {**one.tables, **tables}
        lineage |= {name: layers | lineage.get(name, frozenset()) for name, layers in one.lineage.items()}
        again = one.figures["figure_id"].isin(made)
        clashes = one.figures.loc[again, "figure_id"]
        figures.append(one.figures[~again])
        behind = one.evidence  # may have millions of rows
        evidence.append(behind[~behind["figure_id"].isin(clashes)] if len(clashes) else behind)
        made.update(one.figures["figure_id"])
    return Assessment(
        tables,
        pd.concat(figures, ignore_index=True).drop_duplicates("figure_id", ignore_index=True),
        _of_one_frame(evidence, "evidence"),
        lineage,
    )


def _of_one_frame(frames: Sequence[pd.DataFrame], table: str) -> pd.DataFrame:
    """Put rows of a canonical table below each other; shared text stays shared, which concat makes objects of."""
    columns = {name: [frame[name] for frame in frames] for name in TABLES[table]}
    put = {
        name: union_categoricals(cells)
        if TABLES[table][name].kind == "c"
        else pd.concat(cells, ignore_index=True).array
        for name, cells in columns.items()
    }
    return pd.DataFrame(put, copy=False)


def rows_at(frame: pd.DataFrame, index: pd.Index) -> pd.DataFrame:
    """Give the rows of an index; the frame itself where they are all it has, since a long one is slow to copy."""
    return frame if index.equals(frame.index) else frame.loc[index]


def spoken(frame: pd.DataFrame) -> pd.DataFrame:
    """Show the messages that a frame holds in their stored form in the language of the run."""
    told = [
        at for at, dtype in enumerate(frame.dtypes) if dtype == "str" and _has_messages(frame.iloc[:, at])
    ]
    out = frame.copy(deep=False) if told else frame
    for at in told:
        out.isetitem(at, frame.iloc[:, at].map(shown, na_action="ignore").array)
    return out


def _has_messages(texts: pd.Series) -> bool:
    return bool(texts.str.startswith(MARK).any())
