"""A layer or a file from a desk → its canonical table, with everything that was left out and why."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from gis.base.errors import ColumnError, FileError
from gis.base.tables import SOURCE_COLUMNS, TABLES, conform, empty
from gis.catalogue.files import layer_files
from gis.catalogue.model import About, Catalogue, FieldFrom, Layer, Words
from gis.ingest.archive import members, refuse
from gis.ingest.canon import canonical, faults, given, points
from gis.ingest.crs import Placed, place
from gis.ingest.heads import match, missing, refuse_missing
from gis.ingest.model import Ingested, Options, Raw
from gis.ingest.published import is_published
from gis.ingest.raster import read_land_cover
from gis.ingest.repair import repair
from gis.ingest.sheet import SHEET_SUFFIXES, read_sheet
from gis.ingest.supersede import supersede
from gis.ingest.vector import read_vector

PEEK = 4096
LOGS = ("sources", "sample_marks", "rejects", "superseded", "repairs", "findings", "taken")


@dataclass
class Part:
    """One sheet or layer read: rows kept so far, own columns, and its logs by table name."""

    table: pd.DataFrame
    own: pd.DataFrame
    logs: dict[str, list[pd.DataFrame]]


def read_layer(layer: Layer, catalogue: Catalogue) -> Ingested:
    """Read all files of a layer of the catalogue, in their natural order.

    Parameters
    ----------
    layer
        Its files lie in `catalogue.folder`; sources are named relative to it.
    catalogue
        `county.extent` is what coordinates are checked against.

    Returns
    -------
    ingested
        For every source: rows read = kept + superseded + quarantined. Geometry in EPSG:4490.

    Raises
    ------
    FileError
        No file, or one that cannot be read.
    ColumnError
        A needed column was not recognised.
    CrsError
        The CRS is missing or contradicts the coordinates.
    """
    paths = layer_files(layer, catalogue.folder)
    if not paths:
        raise FileError(
            f'layer "{layer.id}" has no file', found=", ".join(layer.files), fix="put it there, or mend files"
        )
    names = [path.relative_to(catalogue.folder).as_posix() for path in paths]
    if layer.kind == "land_cover":
        boundary = _county(catalogue)
        covers = [
            read_land_cover(path, layer, boundary, name) for path, name in zip(paths, names, strict=True)
        ]
        return _joined_covers(covers)
    options = Options(
        kind=layer.kind, layer=layer.id, part=layer.part, crs=layer.crs, encoding=layer.encoding,
        head_row=layer.head_row, date=layer.date, columns=_columns(layer), constants=_constants(layer),
        extent=catalogue.county.extent,
    )  # fmt: skip
    return _together(zip(paths, names, strict=True), options)


def read_file(path: Path, options: Options) -> Ingested:
    """Read one file from a desk; sources are named by the file's name.

    Raises
    ------
    FileError, FormatError, EncodingError
        The file cannot be read; the message says what to do.
    ColumnError
        A needed column was not recognised; the heads found are listed.
    CrsError
        The CRS is missing or contradicts the coordinates.
    """
    refuse(path)
    if options.kind == "land_cover":
        layer = Layer.model_construct(
            id=options.layer, kind="land_cover", title=Words(zh=path.stem, en=path.stem),
            files=[path.name], about=About(source=path.name), crs=options.crs, date=options.date,
        )  # fmt: skip
        return read_land_cover(path, layer, None)
    return _together([(path, path.name)], options)


def _columns(layer: Layer) -> dict[str, tuple[str, str | None]]:
    return {
        name: (one.head, one.unit) if isinstance(one, FieldFrom) else (one, None)
        for name, one in layer.fields.items()
    }


def _constants(layer: Layer) -> dict[str, object]:
    line = {"line_type": layer.line_type} if layer.line_type else {}
    return {**line, **layer.constants}


def _county(catalogue: Catalogue) -> gpd.GeoDataFrame | None:
    for layer in catalogue.of_kind("boundaries"):
        if not layer_files(layer, catalogue.folder):
            continue
        table = read_layer(layer, catalogue).table
        county = table[table["level"] == "county"]
        if len(county) and isinstance(county, gpd.GeoDataFrame):
            return county
    return None


def _joined_covers(covers: list[Ingested]) -> Ingested:
    first = covers[0]
    if len(covers) == 1:
        return first
    names = ("table", "own", "sources", "marks", "rejects", "superseded", "repairs", "findings", "taken")
    stacked: dict[str, Any] = {
        name: pd.concat([getattr(one, name) for one in covers], ignore_index=True) for name in names
    }
    return replace(first, **stacked)


def _together(files: Iterable[tuple[Path, str]], options: Options) -> Ingested:
    parts: list[Part] = []
    for path, name in files:
        digest = _digest(path)
        raws, lacking = raws_of(path, options), []
        for raw in raws:
            try:
                parts.append(_part(raw, options, f"{name}#{raw.part}" if raw.part else name, name, digest))
            except ColumnError as error:
                if len(raws) == 1 or raw.reader != "sheet":
                    raise
                lacking.append((raw, error))
        if len(lacking) == len(raws):
            raise lacking[0][1]
        parts.extend(_skipped(raw, error, options, name) for raw, error in lacking)
    return _assembled(parts, options)


def raws_of(path: Path, options: Options) -> list[Raw]:
    """Read the parts of a file as they stand, with the reader that its name and first bytes call for."""
    refuse(path)
    name = path.name.lower().removesuffix(".gz")
    suffix = Path(name).suffix
    if suffix in SHEET_SUFFIXES or path.name.lower().endswith(".gz"):
        return read_sheet(path, options)
    if suffix == ".json" and path.is_file() and is_published(path.read_bytes()):
        return read_sheet(path, options)
    if suffix == ".zip":
        with tempfile.TemporaryDirectory(prefix="gis-") as scratch:
            into = Path(scratch)
            tables = [one for one in members(path, into) if one.suffix.lower() in SHEET_SUFFIXES]
            found = [
                replace(raw, path=path, part="/".join(filter(None, (one.name, raw.part))))
                for one in tables
                for raw in read_sheet(one, options)
            ]
        if found:
            return found
    return read_vector(path, options)


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    files = sorted(one for one in path.rglob("*") if one.is_file()) if path.is_dir() else [path]
    if path.suffix.lower() == ".shp":
        files = sorted(one for one in path.parent.iterdir() if one.stem == path.stem)
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _part(raw: Raw, options: Options, source: str, file: str, digest: str) -> Part:
    heads = [str(head) for head in raw.frame.columns if head != "geometry"]
    taken = match(heads, options, source)
    if lacking := missing(taken, options.kind, given(raw, options)):
        raise refuse_missing(lacking, heads, options.kind, source)
    rows = canonical(raw, taken, options, source)
    bad = faults(rows, raw, options, source)
    index = raw.frame.index.difference(pd.Index(bad["at"]))
    table = pd.DataFrame(rows.columns, index=raw.frame.index)
    table = table.assign(source=source, source_row=raw.rows)
    shaped = _shapes(raw, rows, options)
    placed: Placed | None = None
    logs: dict[str, list[pd.DataFrame]] = {name: [] for name in LOGS}
    if shaped is not None:
        frame = gpd.GeoDataFrame(table, geometry=shaped.geometry, crs=shaped.crs).loc[index]
        table, placed, more = _placed(frame, raw, options, source)
        logs["rejects"] += more[0]
        logs["repairs"].append(more[1])
    else:
        table = table.loc[index]
    findings = [*raw.findings, *taken.findings, *rows.findings, *(placed.findings if placed else ())]
    if options.kind == "parcels":
        table, more_found = _numbered(table)
        findings += more_found
    own = pd.DataFrame(raw.frame.loc[table.index])
    used = {one.head for one in taken.columns.values()} | {one.rounded for one in taken.columns.values()}
    if options.keep_unknown:
        free = [
            head
            for head in heads
            if head not in used and head not in TABLES[options.kind] and head not in SOURCE_COLUMNS
        ]
        table = table.assign(**{head: own[head] for head in free})
    logs["rejects"] += [raw.rejects, bad.drop(columns="at")]
    logs["rejects"] = [one.assign(source=source, layer=options.layer) for one in logs["rejects"] if len(one)]
    logs["sample_marks"] = [one[one.index.isin(table.index)] for one in rows.marks]
    logs["findings"].append(_findings(findings, options.layer, source))
    logs["taken"].append(_taken(taken.columns, options.layer, source))
    logs["sources"].append(
        _source(raw, options, (source, file, digest), logs["rejects"], placed if raw_has(raw) else None)
    )
    return Part(table, own, logs)


def raw_has(raw: Raw) -> bool:
    """Say whether the file itself carries geometry."""
    return isinstance(raw.frame, gpd.GeoDataFrame)


def _shapes(raw: Raw, rows: Any, options: Options) -> gpd.GeoDataFrame | None:
    if "geometry" not in TABLES[options.kind]:
        return None
    return raw.frame if isinstance(raw.frame, gpd.GeoDataFrame) else points(rows, raw.frame)


def _placed(
    frame: gpd.GeoDataFrame, raw: Raw, options: Options, source: str
) -> tuple[gpd.GeoDataFrame, Placed, tuple[list[pd.DataFrame], pd.DataFrame]]:
    frame["layer"] = options.layer
    spoken = options if raw_has(raw) else replace(options, crs=None)
    placed = place(frame, raw, spoken)
    mended, repairs, lost = repair(placed.frame, source)
    return mended.drop(columns="layer"), placed, ([placed.rejects, lost], repairs)


def _numbered(table: pd.DataFrame) -> tuple[pd.DataFrame, list[tuple[str, str]]]:
    lacking = table["parcel_id"].isna() if "parcel_id" in table else pd.Series(True, index=table.index)
    if not lacking.any():
        return table, []
    names = "#" + table["source_row"].astype(str)
    have = table["parcel_id"].astype("object") if "parcel_id" in table else names
    message = f"{int(lacking.sum())} 行没有图斑编号，以 #行号 代替 · without a parcel id, called by #row"
    return table.assign(parcel_id=have.where(~lacking, names)), [("no_parcel_id", message)]


def _findings(found: Iterable[tuple[str, str]], layer: str, source: str) -> pd.DataFrame:
    rows = [{"layer": layer, "source": source, "code": code, "message": text} for code, text in found]
    return conform(pd.DataFrame(rows), "findings") if rows else empty("findings")


def _taken(columns: Any, layer: str, source: str) -> pd.DataFrame:
    rows = [
        {"layer": layer, "source": source, "column": name, "head": one.head, "unit": one.unit, "how": one.how}
        for name, one in columns.items()
    ]
    return conform(pd.DataFrame(rows), "taken") if rows else empty("taken")


def _source(
    raw: Raw,
    options: Options,
    names: tuple[str, str, str],
    rejects: list[pd.DataFrame],
    placed: Placed | None,
) -> pd.DataFrame:
    source, file, digest = names
    row = {
        "source": source, "layer": options.layer, "file": file, "part": raw.part or None, "sha256": digest,
        "reader": raw.reader, "encoding": raw.encoding, "encoding_reason": raw.encoding_reason,
        "crs_found": placed.crs_found if placed else None, "crs_used": placed.crs_used if placed else None,
        "rows_read": len(raw.frame) + len(raw.rejects),
        "rows_quarantined": sum(len(one) for one in rejects),
    }  # fmt: skip
    return conform(pd.DataFrame([row]), "sources")


def _skipped(raw: Raw, error: ColumnError, options: Options, name: str) -> Part:
    message = f"工作表“{raw.part}”缺少所需列，未读 · sheet not read: {error.what}"
    logs: dict[str, list[pd.DataFrame]] = {one: [] for one in LOGS}
    logs["findings"].append(_findings([("sheet_skipped", message)], options.layer, f"{name}#{raw.part}"))
    return Part(pd.DataFrame(), pd.DataFrame(), logs)


def _assembled(parts: list[Part], options: Options) -> Ingested:
    tables = [part.table for part in parts if len(part.table)]
    owns = [part.own for part in parts if len(part.table)]
    table = (
        pd.concat(tables, ignore_index=True)
        if tables
        else empty(options.kind).assign(source="", source_row=0)
    )
    own = pd.concat(owns, ignore_index=True) if owns else pd.DataFrame()
    table = _ordered(table, options.kind)
    kept, superseded = supersede(table, options.kind, options.layer)
    own = own.loc[kept.index].reset_index(drop=True)
    kept = kept.reset_index(drop=True)
    logs = {
        name: pd.concat(
            [empty(name), *(one for part in parts for one in part.logs[name] if len(one))], ignore_index=True
        )
        for name in LOGS
    }
    logs = {name: conform(frame, name) for name, frame in logs.items()}
    for name, frame in (("rows_kept", kept), ("rows_superseded", superseded)):
        counts = frame["source"].value_counts().to_dict()
        logs["sources"][name] = [int(counts.get(one, 0)) for one in logs["sources"]["source"]]
    logs["sources"] = conform(logs["sources"], "sources")
    return Ingested(
        layer=options.layer, kind=options.kind, table=kept, own=own, sources=logs["sources"],
        marks=logs["sample_marks"], rejects=logs["rejects"], superseded=superseded, repairs=logs["repairs"],
        findings=logs["findings"], taken=logs["taken"],
    )  # fmt: skip


def _ordered(table: pd.DataFrame, kind: str) -> pd.DataFrame:
    if "geometry" in TABLES[kind] and not isinstance(table, gpd.GeoDataFrame):
        nothing = gpd.GeoSeries([None] * len(table), index=table.index, crs="EPSG:4490")
        table = gpd.GeoDataFrame(table, geometry=nothing)
    table = conform(table, kind)
    last = list(SOURCE_COLUMNS)
    return table[[name for name in table.columns if name not in last] + last]
