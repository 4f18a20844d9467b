"""Vector files as their users have them: Shapefile, zip, File Geodatabase, GeoPackage, GeoJSON, GeoParquet."""

from __future__ import annotations

import difflib
import os
import re
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
from fiona._err import CPLE_BaseError
from fiona.errors import FionaError
from pyogrio.errors import CRSError as UnreadCrs
from pyogrio.errors import DataLayerError, DataSourceError, FieldError, GeometryError
from pyproj.exceptions import CRSError as UnknownCrs
from shapely.errors import GEOSException

from gis.base.errors import CrsError, EncodingError, FileError, FormatError
from gis.ingest.archive import members, refuse
from gis.ingest.encoding import (
    UTF8,
    Choice,
    companion,
    dbf_encoding,
    text_encoding,
)
from gis.ingest.model import Options, Raw
from gis.ingest.shapefile import Findings, decoded, faults, mended
from gis.ingest.shapes import flatten, misfits, rejected

SHAPEFILE, TABLE, PARQUET = frozenset((".shp",)), frozenset((".dbf",)), frozenset((".parquet", ".geoparquet"))
LAYERED = frozenset((".gdb", ".gpkg"))
TEXTUAL = frozenset((".geojson", ".json"))
VECTOR_SUFFIXES = SHAPEFILE | TABLE | PARQUET | LAYERED | TEXTUAL | {".fgb"}
UNREADABLE = (
    DataSourceError, DataLayerError, FieldError, GeometryError, UnicodeDecodeError, ValueError, GEOSException,
    UnboundLocalError,
)  # fmt: skip
CURVES = ("CURVE", "SURFACE", "CIRCULAR")


_SCRATCH = re.compile(r"[^\s']*[/\\\\]copy\.shp")
_OF_GDAL = re.compile(r"; It might help to specify the correct driver.*", re.DOTALL)


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
            f"{suffix or 'a file without suffix'} is not a vector format that is read here",
            file=path.name,
            fix=f"one of {' '.join(sorted(VECTOR_SUFFIXES))} or .zip",
        )
    if suffix in LAYERED:
        return [_layer(path, name, options) for name in _wanted(path, options.part)]
    if suffix in PARQUET:
        return [_parquet(path, options)]
    if suffix in SHAPEFILE | TABLE:
        return [_shapefile(path, options)]
    return [_plain(path, options)]


def layers_of(path: Path) -> list[str]:
    """List the vector layers of a .gdb or .gpkg, in their order; all layers where none has geometry.

    Raises
    ------
    FileError
        The file is not there or cannot be read.
    """
    refuse(path)
    return _wanted(path, None)


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
            f'has no vector layer "{options.part}"' if options.part else "has no vector layer in it",
            file=path.name,
            found=", ".join(names.values()) or "no vector file",
            fix="pack the .shp with its .dbf, .shx, .prj and .cpg; part = one of the names above",
        )
    return raws


def _renamed(raw: Raw, path: Path, member: str) -> Raw:
    part = f"{member}/{raw.part}" if raw.part else member
    return replace(raw, path=path, part=part, rejects=raw.rejects.assign(source=f"{path.name}#{part}"))


def _wanted(path: Path, part: str | None) -> list[str]:
    with _spoken(path) as _:
        layers = pyogrio.list_layers(path)
    spatial = [str(name) for name, geometry in layers if geometry is not None]
    names = [str(name) for name, _ in layers]
    if part is None:
        return spatial or names
    if part in names:
        return [part]
    near = difflib.get_close_matches(part, names, 1)
    raise FileError(
        f'has no layer "{part}"',
        file=path.name,
        found=", ".join(names) or "no layer at all",
        fix=f'part = "{near[0]}"' if near else "part = one of the layers found",
    )


def _layer(path: Path, name: str, options: Options) -> Raw:
    frame, reader, findings = _read(path, name)
    if isinstance(frame, gpd.GeoDataFrame) and _has_curves(path, name):
        findings.append(("curves_linearised", "曲线已折线化 · curves were turned into short straight lines"))
    return _raw(path, name, frame, reader, findings, options)


def _has_curves(path: Path, name: str) -> bool:
    quoted = name.replace('"', '\\"')
    try:
        kinds = pyogrio.read_dataframe(
            path,
            sql=f'SELECT DISTINCT OGR_GEOMETRY AS kind FROM "{quoted}"',  # noqa: S608
            sql_dialect="OGRSQL",
        )["kind"]
    except UNREADABLE:
        return False
    return any(word in str(kind).upper() for kind in kinds for word in CURVES)


def _parquet(path: Path, options: Options) -> Raw:
    try:
        frame = gpd.read_parquet(path)
    except UnknownCrs as error:
        raise _no_crs(path, error) from error
    except ValueError:
        try:
            frame = pd.read_parquet(path)
        except (ValueError, OSError) as error:
            raise _unreadable(path, error) from error
    except (OSError, TypeError, GEOSException) as error:
        raise _unreadable(path, error) from error
    return _raw(path, "", frame.reset_index(drop=True), "pyarrow", [], options)


def _plain(path: Path, options: Options) -> Raw:
    source: Path | bytes = path
    codec, reason = None, None
    if path.suffix.lower() in TEXTUAL:
        text = path.read_bytes()
        try:
            codec, reason = text_encoding(text)
        except EncodingError as error:
            raise EncodingError(error.what, file=path.name, found=error.found, fix=error.fix) from error
        source = path if codec == UTF8 else text.decode(codec).encode()
    frame, reader, findings = _read(source, None, path)
    return _raw(
        path, "", frame, reader, findings, options, Choice(codec, reason) if codec and reason else None
    )


def _shapefile(path: Path, options: Options) -> Raw:
    choice = dbf_encoding(path, options.encoding)
    findings: Findings = []
    if choice.contradiction:
        findings.append(("encoding_contradicts", choice.contradiction))
    wrong = faults(path)
    findings += wrong
    with mended(path) if wrong else nullcontext(path) as source:
        frame, reader, said = _read(source, None, path, encoding="ISO-8859-1")
    findings += said
    dbf = companion(path, ".dbf")
    if dbf is not None:
        frame, more = decoded(frame, dbf, choice.codec)
        findings += more
    return _raw(path, "", frame, reader, findings, options, choice)


def _read(
    source: Path | bytes, layer: str | None, path: Path | None = None, encoding: str | None = None
) -> tuple[pd.DataFrame, str, Findings]:
    path = path or Path(os.fspath(source))  # type: ignore[arg-type]
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        try:
            frame = pyogrio.read_dataframe(source, layer=layer, encoding=encoding, on_invalid="warn")
            reader = f"pyogrio {pyogrio.__version__}"
        except (UnreadCrs, UnknownCrs) as error:
            raise _no_crs(path, error) from error
        except UNREADABLE as error:
            frame, reader = _by_fiona(source, layer, path, encoding, error)
    findings = [
        ("reader", f"{path.name}: {text}") for text in dict.fromkeys(str(one.message) for one in said)
    ]
    return frame, reader, findings


def _by_fiona(
    source: Path | bytes, layer: str | None, path: Path, encoding: str | None, first: Exception
) -> tuple[pd.DataFrame, str]:
    import fiona

    try:
        keys = {"layer": layer, "encoding": encoding}
        frame = gpd.read_file(source, engine="fiona", **{key: value for key, value in keys.items() if value})
    except (FionaError, CPLE_BaseError, OSError, TypeError, KeyError, *UNREADABLE) as error:
        raise _unreadable(path, first) from error
    return frame, f"fiona {fiona.__version__}"


def _no_crs(path: Path, error: Exception) -> CrsError:
    return CrsError(
        "its coordinate system (CRS) cannot be read",
        file=path.name,
        found=str(error),
        fix='correct the .prj; or delete it and write crs = "EPSG:…" for the layer in layers/*.toml',
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
        "cannot be read",
        file=path.name,
        found=_OF_GDAL.sub("", _SCRATCH.sub(path.name, str(error).replace(str(path.parent) + os.sep, ""))),
        fix="open it in QGIS or ArcGIS and export it as GeoPackage (.gpkg)",
    )


def _raw(
    path: Path,
    part: str,
    frame: pd.DataFrame,
    reader: str,
    findings: Findings,
    options: Options,
    choice: Choice | None = None,
) -> Raw:
    rows = pd.Series(np.arange(1, len(frame) + 1), index=frame.index, dtype="Int64")
    raw = Raw(
        path, part, frame, rows, reader,
        choice.codec if choice else None, choice.reason if choice else None,
        title=part or path.stem, findings=tuple(findings),
    )  # fmt: skip
    if not isinstance(frame, gpd.GeoDataFrame) or frame.active_geometry_name is None:
        return raw
    if frame.geometry.name != "geometry":
        frame = frame.rename_geometry("geometry")
    flat, dropped = flatten(frame)
    bad = misfits(flat.geometry, options.kind)
    source = f"{path.name}#{part}" if part else path.name
    return replace(
        raw,
        frame=flat.drop(index=bad.index),
        rows=rows.drop(bad.index),
        findings=(*raw.findings, *dropped),
        rejects=rejected(bad, flat, rows, options.layer, source),
    )
