"""Vector files as their users have them: Shapefile, zip, File Geodatabase, GeoPackage, GeoJSON, GeoParquet."""

from __future__ import annotations

import difflib
import os
import re
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
from pyogrio.errors import CRSError as UnreadCrs
from pyogrio.errors import DataLayerError, DataSourceError, FeatureError, FieldError, GeometryError
from pyproj.exceptions import CRSError as UnknownCrs
from shapely.errors import GEOSException

from gis.base.errors import CrsError, EncodingError, FileError, FormatError
from gis.base.messages import Message
from gis.base.tables import conform, empty
from gis.ingest import gdb_tables, geopackage, shapefile
from gis.ingest.archive import members, refuse
from gis.ingest.encoding import (
    UTF8,
    Choice,
    companion,
    dbf_encoding,
    text_encoding,
)
from gis.ingest.flatgeobuf import check_flatgeobuf
from gis.ingest.geojson import check_geojson, not_features
from gis.ingest.guard import DRIVERS, MAX_ROWS, Rows, check_content, misnamed, too_many
from gis.ingest.model import Options, Raw
from gis.ingest.shapes import fitting, flatten, misfits, rejected

SHAPEFILE, TABLE, PARQUET = frozenset((".shp",)), frozenset((".dbf",)), frozenset((".parquet", ".geoparquet"))
LAYERED = frozenset((".gdb", ".gpkg"))
TEXTUAL = frozenset((".geojson", ".json"))
VECTOR_SUFFIXES = SHAPEFILE | TABLE | PARQUET | LAYERED | TEXTUAL | {".fgb"}
UNREADABLE = (
    DataSourceError, DataLayerError, FieldError, GeometryError, UnicodeDecodeError, ValueError, GEOSException,
    UnboundLocalError, OverflowError, MemoryError,
)  # fmt: skip
BROKEN = (FeatureError, UnicodeDecodeError, GeometryError, FieldError)
CURVES = ("CURVE", "SURFACE", "CIRCULAR")
STRAIGHT = frozenset(("POINT", "LINESTRING", "POLYGON", "MULTIPOINT", "MULTILINESTRING", "MULTIPOLYGON"))
AWKWARD = re.compile(r"[!;?%]")  # signs in a name that pyogrio or SQLite take for an address
MOST_BROKEN = 1000
SAMPLE_ROWS, MOST_BYTES = 256, 8 * 2**30

Findings = list[tuple[str, str]]

_SCRATCH = re.compile(r"[^\s']*[/\\\\]gis-[^/\\\\]+[/\\\\]")
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


def read_vector(path: Path, options: Options) -> list[Raw]:
    """Read every vector layer of a file as it stands, in the file's own CRS.

    Parameters
    ----------
    path
        .shp, .dbf, .gdb, .gpkg, .geojson, .json, .fgb, .parquet, or a .zip of any of them. Nothing
        is written beside it: a missing .shx is restored in a copy.
    options
        `part` selects a layer, or a member of a zip by its name or stem; without it all vector
        layers are read. `encoding` overrides what a Shapefile declares. `kind` decides which
        geometry is wanted; `layer` names the layer in the rejects.

    Returns
    -------
    raws
        One for each layer. `frame` holds the usable rows, in two dimensions, index 0..n-1 with
        gaps where a row was rejected; `rows` is the feature's number from 1; `rejects` holds the
        others, so rows read = len(frame) + len(rejects). `part` is empty where a file is one layer,
        the layer's name in a .gdb or .gpkg, the member's name in a .zip. `rejects.source` is the
        file's name with "#part".

    Raises
    ------
    FileError
        The file is not there, cannot be read, or has no such layer.
    EncodingError
        No encoding fits the text.
    FormatError
        Not a vector format that is read here.
    """
    refuse(path)
    suffix = path.suffix.lower()
    if suffix == ".zip":
        return _zipped(path, options)
    if suffix not in VECTOR_SUFFIXES:
        raise FormatError(
            Message(
                "不能读取 {suffix} 矢量格式", "{suffix} is not a vector format that is read here",
                suffix=suffix or Message("没有后缀的", "a file without suffix"),
            ),
            file=path.name,
            fix=Message(
                "可读取 {known} 或 .zip", "one of {known} or .zip", known=" ".join(sorted(VECTOR_SUFFIXES))
            ),
        )  # fmt: skip
    check_content(path)
    if suffix in PARQUET:
        return [_parquet(path, options)]
    if suffix in SHAPEFILE | TABLE:
        return [_shapefile(path, options)]
    if suffix in TEXTUAL:
        return [_geojson(path, options)]
    with _settled(path) as (place, findings):
        if suffix in LAYERED:
            names = _wanted(path, place, options.part)
            return [_layer(path, place, name, findings, options) for name in names]
        return [_flatgeobuf(path, place, options)]


def layers_of(path: Path) -> list[str]:
    """List the vector layers of a .gdb or .gpkg, in their order; all layers where none has geometry.

    Raises
    ------
    FileError
        The file is not there or cannot be read.
    """
    refuse(path)
    check_content(path)
    with _settled(path) as (place, _):
        return _wanted(path, place, None)


@contextmanager
def _settled(path: Path) -> Iterator[tuple[Path, Findings]]:
    """Give a place where GDAL can open the file without a change to it, and what had to be done for that."""
    if path.suffix.lower() == ".gpkg":
        with geopackage.settled(path) as (place, findings), _plainly(place) as plain:
            yield plain, findings
    else:
        with _plainly(path) as plain:
            yield plain, []


@contextmanager
def _plainly(path: Path) -> Iterator[Path]:
    place = path.absolute()
    if not AWKWARD.search(str(place)):
        yield place
        return
    with tempfile.TemporaryDirectory(prefix="gis-") as scratch:
        copy = Path(scratch) / f"copy{path.suffix.lower()}"
        (shutil.copytree if path.is_dir() else shutil.copyfile)(path, copy)
        yield copy


def _zipped(path: Path, options: Options) -> list[Raw]:
    with tempfile.TemporaryDirectory(prefix="gis-") as scratch:
        into = Path(scratch)
        found = [one for one in members(path, into) if one.suffix.lower() in VECTOR_SUFFIXES]
        names = {one: one.relative_to(into).as_posix() for one in found}
        chosen = [one for one in found if options.part in (None, names[one], one.stem)]
        inner = replace(options, part=None) if chosen else options
        raws: list[Raw] = []
        for one in chosen or [one for one in found if one.suffix.lower() in LAYERED]:
            raws.extend(_renamed(raw, path, names[one]) for raw in read_vector(one, inner))
    if not raws:
        raise FileError(
            Message("没有矢量图层“{part}”", 'has no vector layer "{part}"', part=options.part)
            if options.part
            else Message("其中没有矢量图层", "has no vector layer in it"),
            file=path.name,
            found=", ".join(names.values()) or Message("没有矢量文件", "no vector file"),
            fix=Message(
                "把 .shp 与同名的 .dbf、.shx、.prj、.cpg 一起压缩；part 写上面的一个名字",
                "pack the .shp with its .dbf, .shx, .prj and .cpg; part = one of the names above",
            ),
        )
    return raws


def _renamed(raw: Raw, path: Path, member: str) -> Raw:
    part = f"{member}/{raw.part}" if raw.part else member
    return replace(raw, path=path, part=part, rejects=raw.rejects.assign(source=f"{path.name}#{part}"))


def _wanted(path: Path, place: Path, part: str | None) -> list[str]:
    with _spoken(path):
        layers = pyogrio.list_layers(place)
    spatial = [str(name) for name, geometry in layers if geometry is not None]
    names = [str(name) for name, _ in layers]
    if part is None:
        return spatial or names
    if part in names:
        return [part]
    near = difflib.get_close_matches(part, names, 1)
    raise FileError(
        Message("没有图层“{part}”", 'has no layer "{part}"', part=part),
        file=path.name,
        found=", ".join(names) or Message("没有任何图层", "no layer at all"),
        fix=f'part = "{near[0]}"'
        if near
        else Message("part 写上面的一个名字", "part = one of the layers found"),
    )


def _layer(path: Path, place: Path, name: str, told: Findings, options: Options) -> Raw:
    rows, fids = _counted(path, place, name)
    findings = list(told)
    where = None
    if rows.said is not None and rows.found is not None and rows.said != rows.found:
        message = Message(
            "文件自称 {said:,} 行，实有 {found:,} 行，已全部读取",
            "it says {said:,} rows, {found:,} are there; all of them are read", said=rows.said, found=rows.found,
        )  # fmt: skip
        findings.append(("count_differs", message.stored))
        where = "1 = 1"  # has GDAL count the rows itself
    found = _read(place, path, fids, layer=name, where=where)
    _check_whole(path, found, rows.found)
    straight = path.suffix.lower() == ".gpkg" and geopackage.kind_of(path, place, name) in STRAIGHT
    if isinstance(found.frame, gpd.GeoDataFrame) and not straight and _has_curves(place, name):
        message = Message("曲线已折线化", "curves were turned into short straight lines")
        findings.append(("curves_linearised", message.stored))
    return _raw(path, name, replace(found, findings=[*found.findings, *findings]), options)


Fids = Callable[[], npt.NDArray[np.int64] | None]


def _counted(path: Path, place: Path, name: str) -> tuple[Rows, Fids]:
    if path.suffix.lower() == ".gpkg":
        return geopackage.rows_of(path, place, name), lambda: geopackage.fids_of(path, place, name)
    rows = gdb_tables.rows_of(path, place, name)
    return rows, lambda: rows.fids


def _check_whole(path: Path, found: Found, there: int | None) -> None:
    read = len(found.frame) + len(found.lost)
    if there is None or read == there:
        return
    raise FileError(
        Message(
            "文件有 {there:,} 行，只读出 {read:,} 行，缺 {lacking:,} 行",
            "holds {there:,} rows, but {read:,} could be read; {lacking:,} are missing",
            there=there, read=read, lacking=there - read,
        ),
        file=path.name,
        fix=Message("在 QGIS 或 ArcGIS 中核对行数后重新导出", "compare the rows in QGIS or ArcGIS, then export again"),
    )  # fmt: skip


def _has_curves(place: Path, name: str) -> bool:
    quoted = name.replace('"', '\\"')
    try:
        kinds = pyogrio.read_dataframe(
            place,
            sql=f'SELECT DISTINCT OGR_GEOMETRY AS kind FROM "{quoted}"',  # noqa: S608
            sql_dialect="OGRSQL",
        )["kind"]
    except UNREADABLE:
        return False
    return any(word in str(kind).upper() for kind in kinds for word in CURVES)


def _parquet(path: Path, options: Options) -> Raw:
    try:
        _check_parquet(path)
        frame: pd.DataFrame = gpd.read_parquet(path)
    except UnknownCrs as error:
        raise _no_crs(path, error) from error
    except ValueError:
        try:
            frame = pd.read_parquet(path)
        except (ValueError, OSError, pa.ArrowException) as error:
            raise _unreadable(path, error) from error
    except (OSError, TypeError, KeyError, GEOSException, pa.ArrowException, MemoryError) as error:
        raise _unreadable(path, error) from error
    found = Found(frame.reset_index(drop=True), [])
    return _raw(path, "", found, options, reader="pyarrow")


def _check_parquet(path: Path) -> None:
    """Refuse a table of more rows than are read at once, or of cells that would not fit into memory."""
    with pq.ParquetFile(path) as file:
        rows = file.metadata.num_rows
        if rows > MAX_ROWS:
            raise too_many(path, rows)
        first = next(file.iter_batches(batch_size=SAMPLE_ROWS), None)
    if first is not None and len(first) and first.nbytes / len(first) * rows > MOST_BYTES:
        raise FileError(
            Message("展开后超过 {most} GB", "unpacks to more than {most} GB", most=MOST_BYTES // 2**30), file=path.name,
            fix=Message("按县或乡镇导出后分别读取", "export it by county or town"),
        )  # fmt: skip


def _geojson(path: Path, options: Options) -> Raw:
    text = path.read_bytes()
    try:
        codec, reason = text_encoding(text)
    except EncodingError as error:
        raise EncodingError(error.what, file=path.name, found=error.found, fix=error.fix) from error
    if codec != UTF8:
        text = text.decode(codec).encode()
    places = check_geojson(path, text)
    with _plainly(path) as place:
        found = _read(place if codec == UTF8 else text, path, lambda: None)
    if places is not None and len(found.frame) != len(places):
        found = _without(found, text, places)
        _check_whole(path, found, len(places))
    return _raw(path, "", found, options, Choice(codec, reason))


def _without(found: Found, text: bytes, places: list[tuple[int, int]]) -> Found:
    """Give the rows the places they have in `features`, where other members are no features."""
    none = not_features(text, places)
    kept = np.delete(np.arange(len(places)), none)
    if len(kept) != len(found.frame):
        return found
    lost = {at: text[slice(*places[at])].decode("utf-8", "replace").strip()[:80] for at in none}
    return Found(found.frame.set_axis(kept), found.findings, lost)


def _flatgeobuf(path: Path, place: Path, options: Options) -> Raw:
    rows = check_flatgeobuf(path)
    found = _read(place, path, lambda: None)
    _check_whole(path, found, rows)
    return _raw(path, "", found, options)


def _shapefile(path: Path, options: Options) -> Raw:
    for beside in (companion(path, ".shx"), companion(path, ".dbf")):
        if beside is not None and path.suffix.lower() == ".shp":
            check_content(beside)
    choice = dbf_encoding(path, options.encoding)
    findings: Findings = []
    if choice.contradiction:
        findings.append(("encoding_contradicts", choice.contradiction))
    wrong = shapefile.faults(path)
    findings += wrong
    copied = wrong or AWKWARD.search(str(path.absolute()))
    with shapefile.mended(path, wrong) if copied else nullcontext(path.absolute()) as place:
        rows = shapefile.rows_of(place)
        found = _read(place, path, lambda: rows.fids, encoding="ISO-8859-1")
    _check_whole(path, found, rows.found)
    dbf = companion(path, ".dbf")
    if dbf is not None:
        frame, more = shapefile.decoded(found.frame, dbf, choice.codec)
        found = replace(found, frame=frame)
        findings += more
    return _raw(path, "", replace(found, findings=[*findings, *found.findings]), options, choice)


def _read(source: Path | bytes, path: Path, fids: Fids, **how: Any) -> Found:
    """Read a layer whole, or, where a row of it is broken, all others."""
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        try:
            _check_driver(source, path, how)
            try:
                found = Found(pyogrio.read_dataframe(source, on_invalid="warn", **how), [])
            except BROKEN as error:
                found = _row_by_row(source, fids(), error, how)
        except (UnreadCrs, UnknownCrs) as error:
            raise _no_crs(path, error) from error
        except UNREADABLE as error:
            raise _unreadable(path, error) from error
    texts = dict.fromkeys(_spelled(path, str(one.message)) for one in said)
    return replace(found, findings=[("reader", f"{path.name}: {text}") for text in texts])


def _check_driver(source: Path | bytes, path: Path, how: dict[str, Any]) -> None:
    """Refuse what GDAL takes for another format; a GeoJSON was read through before, and opening it reads it again."""
    if path.suffix.lower() in TEXTUAL:
        return
    known = {key: value for key, value in how.items() if key in ("layer", "encoding")}
    driver = pyogrio.read_info(source, **known)["driver"]
    if driver != DRIVERS[path.suffix.lower()]:
        raise misnamed(path, Message("{driver}", "{driver}", driver=driver))


def _row_by_row(
    source: Path | bytes, fids: npt.NDArray[np.int64] | None, first: Exception, how: dict[str, Any]
) -> Found:
    """Read the halves of what fails until only the broken rows are left out."""
    if fids is None or not len(fids):
        raise first
    how = {key: value for key, value in how.items() if key != "where"}
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
            lost[start] = _OF_SOURCE.sub("", str(error))[:80]
            if len(lost) > MOST_BROKEN:
                raise first from error
    if not frames:
        raise first
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        return Found(pd.concat(frames).sort_index(), [], lost)


def _no_crs(path: Path, error: Exception) -> CrsError:
    return CrsError(
        Message("坐标系无法识别", "its coordinate system (CRS) cannot be read"),
        file=path.name,
        found=str(error),
        fix=Message(
            '改正 .prj；或删去 .prj，在 layers/*.toml 该图层下写 crs = "EPSG:…"',
            'correct the .prj; or delete it and write crs = "EPSG:…" for the layer in layers/*.toml',
        ),
    )


@contextmanager
def _spoken(path: Path) -> Iterator[None]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except UNREADABLE as error:
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: Exception) -> FileError:
    return FileError(
        Message("无法读取", "cannot be read"),
        file=path.name,
        found=_spelled(path, str(error)),
        fix=Message(
            "在 QGIS 或 ArcGIS 中打开后导出为 GeoPackage（.gpkg）",
            "open it in QGIS or ArcGIS and export it as GeoPackage (.gpkg)",
        ),
    )


def _spelled(path: Path, text: str) -> str:
    """Take folders and words for programmers out of what GDAL says."""
    for folder in {str(path.absolute().parent), str(path.parent)} - {"."}:
        text = text.replace(folder + os.sep, "")
    text = _OF_SOURCE.sub("", _OF_GDAL.sub("", _SCRATCH.sub("", text)))
    return text.replace("copy.shp", path.name).strip()


def _raw(
    path: Path,
    part: str,
    found: Found,
    options: Options,
    choice: Choice | None = None,
    reader: str = f"pyogrio {pyogrio.__version__}",
) -> Raw:
    frame = found.frame
    rows = pd.Series(np.asarray(frame.index, np.int64) + 1, index=frame.index, dtype="Int64")
    source = f"{path.name}#{part}" if part else path.name
    broken = _broken(found, options.layer, source)
    raw = Raw(
        path, part, frame, rows, reader,
        choice.codec if choice else None, choice.reason if choice else None,
        title=part or path.stem, findings=tuple(found.findings), rejects=broken,
    )  # fmt: skip
    if not isinstance(frame, gpd.GeoDataFrame) or frame.active_geometry_name is None:
        return raw
    if frame.geometry.name != "geometry":
        frame = frame.rename_geometry("geometry")
    flat, dropped = flatten(frame)
    flat, parted = fitting(flat, options.kind, rows)
    bad = misfits(flat.geometry, options.kind)
    return replace(
        raw,
        frame=flat.drop(index=bad.index),
        rows=rows.drop(bad.index),
        findings=(*raw.findings, *dropped, *parted),
        rejects=pd.concat(
            [one for one in (rejected(bad, flat, rows, options.layer, source), broken) if len(one)]
        )
        if len(bad) or len(broken)
        else raw.rejects,
    )


def _broken(found: Found, layer: str, source: str) -> pd.DataFrame:
    """Make a row of `rejects` of each row that could not be read."""
    if not found.lost:
        return empty("rejects")
    reason = Message("该行数据损坏，无法读取", "the row is broken and cannot be read")
    fix = Message("在原图层核对该行后重新导出", "check the row in the source and export it again")
    lost = sorted(found.lost)
    return conform(
        pd.DataFrame(
            {
                "layer": layer, "source": source, "source_row": [at + 1 for at in lost], "field": None,
                "text": [found.lost[at] for at in lost], "reason": reason.stored, "fix": fix.stored, "record": "{}",
            }
        ),
        "rejects",
    )  # fmt: skip
