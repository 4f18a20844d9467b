"""A table of PostGIS, or a view of it: read by chunks in one transaction, known by the hash of its rows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError as UnknownCrs

from gis.base.address import address_of, is_address
from gis.base.errors import CrsError, FileError, UsageError
from gis.base.hashing import of_all, of_path
from gis.base.messages import listed
from gis.ingest.crs import MARGINS, NEAR
from gis.ingest.gdal import SHOWN, Found, no_crs
from gis.ingest.guard import MAX_ROWS, too_many
from gis.ingest.model import Findings, Options, Raw, finding
from gis.ingest.refusals import refusal
from gis.ingest.vector import raw_of

if TYPE_CHECKING:
    from sqlalchemy import Connection

CHUNK, PATIENCE, DIGITS, LISTED = 20_000, 10, 15, 40
ALIAS, STORED_SRID = "t", 4490
SPELLED = {
    "timezone": "Asia/Shanghai",
    "datestyle": "ISO",
    "intervalstyle": "iso_8601",
    "extra_float_digits": "1",
}
SHAPES = re.compile(r"(geometry|geography)\b")
COUNTED = re.compile(r"smallint|integer|bigint")
PLAIN = re.compile(r"smallint|integer|bigint|real|double precision|boolean|date|timestamp\b.* without .*"
                   r"|text|character varying.*|numeric.*")  # fmt: skip
LONG_CODE = re.compile(r"numeric(?:\((\d+),0\))?")  # a number without a limit may be a code too
TABLES = """
    select c.oid, n.nspname, c.relname, pg_table_is_visible(c.oid)
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'v', 'm', 'p', 'f') and n.nspname !~ '^pg_|^information_schema$'
    and has_schema_privilege(n.oid, 'usage') order by 2, 3"""
COLUMNS = """
    select a.attname, format_type(a.atttypid, a.atttypmod), coalesce(a.attnum = any(i.indkey), false)
    from pg_attribute a left join pg_index i on i.indrelid = a.attrelid and i.indisprimary
    where a.attrelid = %(oid)s and a.attnum > 0 and not a.attisdropped order by a.attnum"""
SRIDS = "select auth_name, auth_srid, srtext from spatial_ref_sys where srid = %(srid)s"
UNREACHABLE = "08"
REFUSED = dict.fromkeys((UNREACHABLE, "28", "3D", "57"), "postgis_unreachable") | {
    "2B": "postgis_depended_on", "3F": "postgis_no_schema", "42501": "postgis_no_right",
}  # fmt: skip


class Table(NamedTuple):
    """A table as its server describes it.

    Attributes
    ----------
    name
        schema.table.
    rows
        What is selected from.
    columns
        What is selected, under the table's own heads; the geometry as WKB under `geometry`.
    shape
        The geometry, None where it has none.
    srid
        The SRID that its type says, 0 where it says none.
    key
        What the rows are ordered by: the primary key, else their own text.
    counted
        The head of a key of one whole number, None where it is none.
    types
        Head and type of every column.
    """

    name: str
    rows: Any
    columns: list[Any]
    shape: Any
    srid: int
    key: list[Any]
    counted: str | None
    types: list[str]


@contextmanager
def connected(path: Path, *, writes: bool = False) -> Iterator[Connection]:
    """Open one transaction at an address, and commit it where nothing fails in it.

    The password is found by the database's own library: PGPASSWORD, a passfile, a service.

    Raises
    ------
    UsageError
        The extra `postgis` is not installed, or the address is none.
    FileError
        The server cannot be reached, or refuses; the fix says what to do.
    """
    address = address_of(path)
    try:
        import psycopg
        import sqlalchemy as sa
    except ImportError:
        raise refusal(UsageError, "postgis_not_installed") from None
    connect = partial(psycopg.connect, address.server, connect_timeout=PATIENCE, client_encoding="UTF8")
    engine = sa.create_engine(
        "postgresql+psycopg://", creator=connect, poolclass=sa.NullPool, hide_parameters=True
    ).execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=not writes)
    try:
        with engine.begin() as connection:
            for name, value in SPELLED.items():
                connection.exec_driver_sql(f"set local {name} to '{value}'")
            yield connection
    except (sa.exc.SQLAlchemyError, psycopg.Error) as error:
        fault = getattr(error, "orig", None) or error
        lost = UNREACHABLE if isinstance(fault, psycopg.OperationalError) else ""
        state = getattr(fault, "sqlstate", None) or lost
        name = REFUSED.get(state) or REFUSED.get(state[:2], "postgis_failed")
        told = getattr(getattr(fault, "diag", None), "message_primary", None) or str(fault)
        raise refusal(FileError, name, path, found=" ".join(told.split())) from error


def hash_of(path: Path) -> str:
    """SHA-256 of files; of a table that of heads, types and rows in their order, made by its server."""
    if not is_address(path):
        return of_path(path)
    with connected(path) as connection:
        import sqlalchemy as sa
        from sqlalchemy.dialects.postgresql import aggregate_order_by

        table = table_at(path, connection)
        row = sa.func.sha256(sa.func.convert_to(_text(), "UTF8"))
        ordered: Any = aggregate_order_by(sa.literal_column("''::bytea"), *table.key)
        rows = sa.func.encode(sa.func.sha256(sa.func.string_agg(row, ordered)), "hex")
        return of_all([*table.types, connection.scalar(sa.select(rows).select_from(table.rows)) or ""])


def read_postgis(path: Path, options: Options) -> list[Raw]:
    """Read a table or a view as it stands.

    Parameters
    ----------
    options
        `kind` and `extent` say which shapes are wanted; `crs` is taken instead of the table's own.

    Returns
    -------
    raws
        One. `rows` is the primary key where that is one whole number, else the place in the order of the
        key, or of the rows' text where there is none. Times are those of Beijing.

    Raises
    ------
    FileError
        The server or the table cannot be read, or the table is not told.
    CrsError
        Its SRID is none that is known, or there are several.
    """
    if options.part is not None:
        raise refusal(UsageError, "postgis_part", path, part=options.part)
    with connected(path) as connection:
        import sqlalchemy as sa

        table = table_at(path, connection)
        crs, near, findings = _looked_at(path, table, connection, options)
        query = sa.select(*table.columns).select_from(table.rows).where(near).order_by(*table.key)
        streamed = connection.execution_options(stream_results=True, max_row_buffer=CHUNK)
        frames: list[pd.DataFrame] = []
        lost: dict[int, str] = {}
        read = pd.read_sql(query, streamed, chunksize=CHUNK, dtype_backend="numpy_nullable")
        with closing(read) as chunks:
            for chunk in chunks:
                start = sum(map(len, frames))
                frames.append(_decoded(chunk.set_axis(range(start, start + len(chunk))), lost))
    frame = pd.concat(frames)
    if table.shape is not None:
        frame = gpd.GeoDataFrame(frame, geometry="geometry", crs=crs)
    if table.counted is None:
        findings.append(finding("rows_without_key"))
    else:
        places = frame[table.counted].to_numpy("int64") - 1
        frame, lost = frame.set_axis(places), {int(places[at]): text for at, text in lost.items()}
    found = Found(frame.drop(index=[*lost]), findings, lost)
    return [raw_of(Path(address_of(path).database), table.name, found, options, reader="PostGIS")]


def table_at(path: Path, connection: Connection) -> Table:
    """Describe the table that an address names.

    Raises
    ------
    FileError
        It names none or there is none of the name, or it has several geometries.
    """
    wanted = address_of(path)
    there = connection.exec_driver_sql(TABLES).all()
    for oid, space, table, visible in there:
        if table == wanted.table and (space == wanted.schema if wanted.schema else visible):
            return _described(path, space, table, connection.exec_driver_sql(COLUMNS, {"oid": oid}).all())
    known = listed((f"{space}.{table}" for _, space, table, _ in there), most=LISTED)
    raise refusal(FileError, "postgis_no_table", path, found=known if there else "–")


def _described(path: Path, space: str, name: str, heads: Any) -> Table:
    import sqlalchemy as sa

    quoted = partial(sa.sql.quoted_name, quote=True)
    rows: Any = sa.table(
        quoted(name), *(sa.column(quoted(head)) for head, _, _ in heads), schema=quoted(space)
    )
    rows = rows.alias(ALIAS)
    shapes = [(head, kind) for head, kind, _ in heads if SHAPES.match(kind)]
    if len(shapes) > 1:
        raise refusal(FileError, "postgis_several_shapes", path, found=listed(head for head, _ in shapes))
    columns = [
        _as_read(rows.c[head], kind).label(quoted(f"{head}_" if head == "geometry" else head))
        for head, kind, _ in heads
        if not SHAPES.match(kind)
    ]
    shape, srid = None, 0
    for head, kind in shapes:
        shape = sa.func.geometry(rows.c[head]) if kind.startswith("geography") else rows.c[head]
        columns.append(
            sa.func.encode(sa.func.ST_AsBinary(sa.func.ST_CurveToLine(shape)), "hex").label("geometry")
        )
        srid = int((re.search(r"\d+(?=\)$)", kind) or ["0"])[0])
    keys = [(head, kind) for head, kind, keyed in heads if keyed]
    counted = keys[0][0] if len(keys) == 1 and COUNTED.fullmatch(keys[0][1]) else None
    key = [rows.c[head] for head, _ in keys] or [_text()]
    types = [f"{head} {kind}" for head, kind, _ in heads]
    return Table(f"{space}.{name}", rows, columns, shape, srid, key, counted, types)


def _text() -> Any:
    """Give a row as one text."""
    import sqlalchemy as sa

    return sa.cast(sa.literal_column(f"{ALIAS}.*"), sa.Text)


def _as_read(column: Any, kind: str) -> Any:
    """Give a column as a file would have it: times of Beijing, codes of more digits than a number holds as text."""
    import sqlalchemy as sa

    long = LONG_CODE.fullmatch(kind)
    if "with time zone" in kind and kind.startswith("timestamp"):
        return sa.func.timezone(SPELLED["timezone"], column)
    return (
        column
        if PLAIN.fullmatch(kind) and (long is None or int(long[1] or DIGITS + 1) <= DIGITS)
        else sa.cast(column, sa.Text)
    )


def _looked_at(
    path: Path, table: Table, connection: Connection, options: Options
) -> tuple[CRS | None, Any, Findings]:
    """Give the CRS of a table, which of its rows are read, and what must be said of it.

    Of a table most of whose shapes lie beyond the county, as a province's does, the server gives those near it.
    """
    import sqlalchemy as sa

    count, shape = sa.func.count, table.shape
    asked = [count()] if shape is None else [
        count(), count(shape), sa.func.array_agg(sa.distinct(sa.func.ST_SRID(shape))).filter(shape.is_not(None)),
        sa.func.bool_or(sa.func.ST_HasArc(shape)),
    ]  # fmt: skip
    rows, *more = connection.execute(sa.select(*asked).select_from(table.rows)).one()
    if rows > MAX_ROWS:
        raise too_many(path, rows)
    if not more:
        return None, sa.true(), []
    shapes, srids, curved = more
    findings = [finding("curves_linearised")] if curved else []
    srids = srids or [table.srid]
    if len(srids) > 1:
        raise refusal(CrsError, "srids_several", path, found=", ".join(map(str, srids)))
    crs = _crs_of(path, srids[0], connection)
    if crs is None or options.extent is None or options.crs is not None:
        return crs, sa.true(), findings
    margin = MARGINS.get(options.kind, NEAR)
    west, south, east, north = options.extent
    box = sa.func.ST_MakeEnvelope(west - margin, south - margin, east + margin, north + margin, STORED_SRID)
    near = shape.bool_op("&&")(sa.func.ST_Transform(box, srids[0]))
    inside = connection.scalar(sa.select(count()).select_from(table.rows).where(near))
    if not inside or 2 * inside > shapes:
        return crs, sa.true(), findings
    beyond = finding("rows_beyond", n=shapes - inside, all=rows)
    return crs, sa.or_(near, shape.is_(None)), [*findings, beyond]


def _crs_of(path: Path, srid: int, connection: Connection) -> CRS | None:
    if not srid:
        return None
    said = connection.exec_driver_sql(SRIDS, {"srid": srid}).one_or_none()
    if said is None:
        raise refusal(CrsError, "srid_unknown", path, srid=srid)
    try:
        return CRS.from_user_input(f"{said[0]}:{said[1]}" if said[0] else said[2])
    except UnknownCrs as error:
        raise no_crs(path, error) from error


def _decoded(chunk: pd.DataFrame, lost: dict[int, str]) -> pd.DataFrame:
    """Give the columns as files give them, and the shapes; a shape of a kind that is not known is noted as lost."""
    for name, column in chunk.items():
        kind: Any = column.dtype
        if isinstance(kind, pd.Float64Dtype) or (kind.kind in "iub" and column.notna().all()):
            chunk[name] = column.to_numpy(kind.numpy_dtype, na_value=np.nan)
        elif kind.kind in "iub":
            chunk[name] = column.astype("object").where(column.notna(), None)
        elif isinstance(kind, pd.StringDtype):
            chunk[name] = column.astype("str")
    if "geometry" in chunk:
        wkb = chunk["geometry"].astype("object").where(chunk["geometry"].notna(), None)
        chunk["geometry"] = gpd.GeoSeries(shapely.from_wkb(wkb.to_numpy(), on_invalid="ignore"), chunk.index)
        broken = wkb[wkb.notna() & chunk["geometry"].isna()]
        lost |= {int(at): str(broken[at])[:SHOWN] for at in broken.index}
    return chunk
