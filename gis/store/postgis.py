"""A table written into PostGIS: in one transaction, under its name only when it is whole; what is not ours stays."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import shapely

from gis import __version__
from gis.base.address import address_of
from gis.base.columns import free_names
from gis.base.errors import UsageError
from gis.ingest.postgis import connected
from gis.store.phrases import refusal
from gis.store.whole import not_whole

if TYPE_CHECKING:
    from sqlalchemy import Connection

OURS = "changshu-monitor"
LONGEST = 63  # bytes of a name
TYPES = {"i": "bigint", "u": "bigint", "f": "double precision", "b": "boolean", "M": "timestamp"}
STANDING = """
    select coalesce(obj_description(c.oid, 'pg_class'), '') from pg_class c
    join pg_namespace n on n.oid = c.relnamespace where n.nspname = %(schema)s and c.relname = %(table)s"""


def stands(path: Path) -> bool:
    """Tell whether a table that this tool wrote stands at an address.

    Raises
    ------
    UsageError
        The address names no table, or a table or view of others stands there.
    FileError
        The server cannot be reached, or refuses.
    """
    with connected(path) as connection:
        return _standing(path, connection)[2]


def _standing(path: Path, connection: Connection) -> tuple[str, str, bool]:
    """Give schema and name of a table to write, and whether one of ours is there already."""
    address = address_of(path)
    if address.table is None:
        raise refusal(UsageError, "no_table_named", path)
    if len(address.table.encode()) > LONGEST:
        raise refusal(UsageError, "name_too_long", path)
    schema = address.schema or str(connection.exec_driver_sql("select current_schema()").scalar())
    said = {"schema": schema, "table": address.table}
    there = connection.exec_driver_sql(STANDING, said).scalar()
    if there is not None and not str(there).startswith(OURS):
        raise refusal(UsageError, "table_of_others", path)
    return schema, address.table, there is not None


def write_table(frame: pd.DataFrame, path: Path, title: str) -> None:
    """Write a frame as a table; one of ours that stands there is replaced at the end of the same transaction.

    Parameters
    ----------
    frame
        Any columns; a geometry becomes a column in two dimensions with the SRID of its EPSG code and an index.
    title
        Stands in the comment of the table, by which it is known as ours. A head of more than 63 bytes is cut,
        the whole of it is the comment of its column. The primary key `fid` numbers the rows from 1.

    Raises
    ------
    UsageError
        The address names no table, or one of others.
    FileError
        The server cannot be reached or refuses; nothing was changed.
    """
    with connected(path, writes=True) as connection:
        from psycopg import sql

        schema, name, there = _standing(path, connection)
        table, building = sql.Identifier(schema, name), f"gis_writing_{uuid.uuid4().hex}"
        cursor: Any = connection.connection.cursor()

        def run(text: str, *parts: Any) -> None:
            cursor.execute(sql.SQL(text).format(*parts))

        heads = [str(head) for head in frame.columns]
        names = _short(heads)
        (key,) = free_names(["fid"], names)
        columns = {key: "bigint"} | {name: _type(frame.iloc[:, at]) for at, name in enumerate(names)}
        typed = [sql.SQL(f"{{}} {kind}").format(sql.Identifier(one)) for one, kind in columns.items()]
        run("create table {} ({})", sql.Identifier(schema, building), sql.SQL(", ").join(typed))
        with cursor.copy(sql.SQL("copy {} from stdin").format(sql.Identifier(schema, building))) as copy:
            for row in zip(range(1, len(frame) + 1), *_cells(frame), strict=True):
                copy.write_row(row)
        if cursor.rowcount != len(frame):
            raise not_whole(path, f"{cursor.rowcount:,} / {len(frame):,}")
        if there:
            run("drop table {}", table)
        run("alter table {} rename to {}", sql.Identifier(schema, building), sql.Identifier(name))
        run("alter table {} add primary key ({})", table, sql.Identifier(key))
        run("comment on table {} is {}", table, sql.Literal(f"{OURS} {__version__} · {title}"))
        for short, head in zip(names, heads, strict=True):
            if columns[short].startswith("geometry"):
                run("create index on {} using gist ({})", table, sql.Identifier(short))
            if short != head:
                run("comment on column {} is {}", sql.Identifier(schema, name, short), sql.Literal(head))


def _short(heads: Iterable[str]) -> list[str]:
    """Cut heads to the bytes that a name of a column may have, no two alike."""
    found: list[str] = []
    for head in heads:
        whole = len(head.encode()) <= LONGEST
        found += free_names([head if whole else head.encode()[: LONGEST - 12].decode(errors="ignore")], found)
    return found


def _srid(column: gpd.GeoSeries) -> int:
    return (column.crs.to_epsg() if column.crs is not None else None) or 0


def _type(column: pd.Series) -> str:
    if isinstance(column, gpd.GeoSeries):
        return f"geometry(geometry, {_srid(column)})"
    return TYPES.get(column.dtype.kind, "text")


def _cells(frame: pd.DataFrame) -> Iterator[list[Any]]:
    """Give the columns as the database's library takes them, None for a missing cell."""
    for at in range(len(frame.columns)):
        column = frame.iloc[:, at]
        if isinstance(column, gpd.GeoSeries):
            shapes = shapely.set_srid(column.to_numpy(), _srid(column))
            yield shapely.to_wkb(shapes, hex=True, output_dimension=2, include_srid=True).tolist()
        else:
            cells = column.astype("object")
            yield cells.where(cells.notna(), None).tolist()
