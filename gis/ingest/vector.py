"""Vector files as their users have them: Shapefile, File Geodatabase, GeoPackage, GeoJSON, GeoParquet."""

from __future__ import annotations

import difflib
import re
import shutil
import tempfile
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio

from gis.base.errors import EncodingError, FileError, FormatError
from gis.base.messages import Message, listed
from gis.base.tables import conform, empty
from gis.ingest import gdb_tables, geopackage, shapefile
from gis.ingest.archive import refuse
from gis.ingest.characters import visible, visible_texts
from gis.ingest.domains import domains_of, worded
from gis.ingest.encoding import UTF8, Choice, companion, dbf_encoding, text_encoding
from gis.ingest.flatgeobuf import check_flatgeobuf
from gis.ingest.gdal import READ_THROUGH, UNREADABLE, Fids, Found, read, spoken
from gis.ingest.geojson import check_geojson, not_features
from gis.ingest.geoparquet import read_parquet
from gis.ingest.guard import Rows, check_content
from gis.ingest.looks import NOTHING_TO_DO
from gis.ingest.model import Findings, Options, Raw, finding, source_of
from gis.ingest.phrases import fault
from gis.ingest.refusals import refusal
from gis.ingest.shapes import fitting, flatten, misfits, rejected

SHOWN = 5
DELETED = Message("在 .dbf 中已标记删除", "marked as deleted in the .dbf")
SHAPEFILE, TABLE, PARQUET = frozenset((".shp",)), frozenset((".dbf",)), frozenset((".parquet", ".geoparquet"))
LAYERED = frozenset((".gdb", ".gpkg"))
VECTOR_SUFFIXES = SHAPEFILE | TABLE | PARQUET | LAYERED | READ_THROUGH | {".fgb"}
CURVES = ("CURVE", "SURFACE", "CIRCULAR")
STRAIGHT = frozenset(("POINT", "LINESTRING", "POLYGON", "MULTIPOINT", "MULTILINESTRING", "MULTIPOLYGON"))
AWKWARD = re.compile(r"[!;?%]")  # signs in a name that pyogrio or SQLite take for an address


def read_vector(path: Path, options: Options) -> list[Raw]:
    """Read every vector layer of a file as it stands, in the file's own CRS.

    Parameters
    ----------
    path
        .shp, .dbf, .gdb, .gpkg, .geojson, .json, .fgb or .parquet. Nothing is written beside it: a
        missing .shx is restored in a copy.
    options
        `part` selects a layer; without it all vector layers are read. `encoding` overrides what a
        Shapefile declares. `kind` decides which geometry is wanted; `layer` names the layer in
        the rejects.

    Returns
    -------
    raws
        One for each layer. `frame` holds the usable rows, in two dimensions, index 0..n-1 with
        gaps where a row was rejected; `rows` is the feature's number from 1; `rejects` holds the
        others, so rows read = len(frame) + len(rejects). `part` is empty where a file is one layer,
        the layer's name in a .gdb or .gpkg. `rejects.source` is the
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
    if suffix not in VECTOR_SUFFIXES:
        named = suffix or Message("没有后缀的", "a file without suffix")
        raise refusal(FormatError, "vector_none", path, suffix=named, known=" ".join(sorted(VECTOR_SUFFIXES)))
    check_content(path)
    if suffix in PARQUET:
        return [raw_of(path, "", Found(read_parquet(path), []), options, reader="pyarrow")]
    if suffix in SHAPEFILE | TABLE:
        return [_shapefile(path, options)]
    if suffix in READ_THROUGH:
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


def _wanted(path: Path, place: Path, part: str | None) -> list[str]:
    with spoken(path):
        layers = pyogrio.list_layers(place)
    spatial = [str(name) for name, geometry in layers if geometry is not None]
    names = [str(name) for name, _ in layers]
    if part is None:
        return spatial or names
    if part in names:
        return [part]
    near = difflib.get_close_matches(part, names, 1)
    fix = f'part = "{near[0]}"' if near else None
    raise refusal(FileError, "layer_missing", path, found=", ".join(names), fix=fix, part=part)


def _layer(path: Path, place: Path, name: str, told: Findings, options: Options) -> Raw:
    rows, fids = _counted(path, place, name)
    findings = list(told)
    where = None
    if rows.said is not None and rows.found is not None and rows.said != rows.found:
        findings.append(finding("count_differs", said=rows.said, found=rows.found))
        where = "1 = 1"  # has GDAL count the rows itself
    found = read(place, path, fids, layer=name, where=where)
    _check_whole(path, found, rows.found)
    straight = path.suffix.lower() == ".gpkg" and geopackage.kind_of(path, place, name) in STRAIGHT
    if isinstance(found.frame, gpd.GeoDataFrame) and not straight and _has_curves(place, name):
        findings.append(finding("curves_linearised"))
    frame, words = worded(found.frame, domains_of(place, name), options.kind)
    found = replace(found, frame=frame, findings=[*found.findings, *findings, *words])
    return raw_of(path, name, found, options)


def _counted(path: Path, place: Path, name: str) -> tuple[Rows, Fids]:
    if path.suffix.lower() == ".gpkg":
        return geopackage.rows_of(path, place, name), lambda: geopackage.fids_of(path, place, name)
    rows = gdb_tables.rows_of(path, place, name)
    return rows, lambda: rows.fids


def _check_whole(path: Path, found: Found, there: int | None) -> None:
    read = len(found.frame) + len(found.lost)
    if there is None or read == there:
        return
    raise refusal(FileError, "rows_lacking", path, there=there, read=read, lacking=there - read)


def _has_curves(place: Path, name: str) -> bool:
    quoted = name.replace('"', '\\"')
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            sql = f'SELECT DISTINCT OGR_GEOMETRY AS kind FROM "{quoted}"'  # noqa: S608
            kinds = pyogrio.read_dataframe(place, sql=sql, sql_dialect="OGRSQL")["kind"]
    except UNREADABLE:
        return False
    return any(word in str(kind).upper() for kind in kinds for word in CURVES)


def _geojson(path: Path, options: Options) -> Raw:
    text = path.read_bytes()
    codec, reason = text_encoding(text, path.name)
    if codec != UTF8:
        try:
            text = text.decode(codec).encode()
        except UnicodeDecodeError as error:
            raise refusal(EncodingError, "attributes_codec", path, found=str(error), codec=codec) from error
    places = check_geojson(path, text)
    with _plainly(path) as place:
        found = read(place if codec == UTF8 else text, path, lambda: None)
    if places is not None and len(found.frame) != len(places):
        found = _without(found, text, places)
        _check_whole(path, found, len(places))
    return raw_of(path, "", found, options, Choice(codec, reason))


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
    found = read(place, path, lambda: None)
    _check_whole(path, found, rows)
    return raw_of(path, "", found, options)


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
        found = read(place, path, lambda: rows.fids, encoding="ISO-8859-1")
    _check_whole(path, found, rows.found)
    dbf = companion(path, ".dbf")
    if dbf is not None:
        found = _without_cut_row(found, shapefile.cut_row(dbf))
        frame, more = shapefile.decoded(found.frame, dbf, choice.codec)
        found = replace(found, frame=frame)
        findings += more
    gone = [] if dbf is None else shapefile.deleted(dbf).tolist()
    if gone:
        findings.append(
            finding("rows_deleted", n=len(gone), rows=listed((at + 1 for at in gone), most=SHOWN))
        )
    raw = raw_of(path, "", replace(found, findings=[*findings, *found.findings]), options, choice)
    return (
        replace(raw, rejects=pd.concat([raw.rejects, _marked_deleted(gone, raw, options)])) if gone else raw
    )


def _marked_deleted(gone: list[int], raw: Raw, options: Options) -> pd.DataFrame:
    """Set the rows aside that the .dbf marks as deleted."""
    return _listed(gone, (raw.path.name, options.layer), (DELETED, NOTHING_TO_DO))


def _without_cut_row(found: Found, at: int | None) -> Found:
    """Take out the row whose shape is whole and whose attributes are cut off."""
    if at is None or at not in found.frame.index:
        return found
    text = str(Message("属性被截断", "its attributes are cut off"))
    return replace(found, frame=found.frame.drop(index=at), lost=found.lost | {at: text})


def raw_of(
    path: Path,
    part: str,
    found: Found,
    options: Options,
    choice: Choice | None = None,
    reader: str = f"pyogrio {pyogrio.__version__}",
) -> Raw:
    """Make a raw part of a layer that was read: shapes flat and of the kind that is wanted, the others rejected."""
    frame = found.frame if choice else _seen(found.frame)
    rows = pd.Series(np.asarray(frame.index, np.int64) + 1, index=frame.index, dtype="Int64")
    source = source_of(path, part)
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
    rejects = [one for one in (rejected(bad, flat, rows, options.layer, source), broken) if len(one)]
    return replace(
        raw, frame=flat.drop(index=bad.index), rows=rows.drop(bad.index),
        findings=(*raw.findings, *dropped, *parted), rejects=pd.concat(rejects) if rejects else broken,
    )  # fmt: skip


def _seen(frame: pd.DataFrame) -> pd.DataFrame:
    """Take signs that nobody sees away from heads and texts, unless two heads would become one."""
    texts = {name: visible_texts(frame[name]) for name in frame.select_dtypes(["object", "string"]).columns}
    frame = frame.assign(**{str(name): cells for name, cells in texts.items() if cells is not frame[name]})
    heads = {name: visible(str(name)) for name in frame.columns}
    return frame.rename(columns=heads) if len({*heads.values()}) == len(heads) else frame


def _broken(found: Found, layer: str, source: str) -> pd.DataFrame:
    """Make a row of `rejects` of each row that could not be read."""
    if not found.lost:
        return empty("rejects")
    return _listed(sorted(found.lost), (source, layer), fault("row_broken"), found.lost)


def _listed(
    places: Sequence[int], about: tuple[str, str], why: tuple[Message, Message], texts: Mapping[int, str] = {}
) -> pd.DataFrame:
    """List rows that cannot be shown, by their positions."""
    source, layer = about
    rows = {"source_row": [at + 1 for at in places], "text": [texts.get(at) for at in places]}
    told = {"reason": why[0].stored, "fix": why[1].stored, "record": "{}"}
    return conform(pd.DataFrame({"layer": layer, "source": source, **rows, **told}), "rejects")
