"""A layer or a file from a desk → its canonical table, with everything that was left out and why."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path

import geopandas as gpd
import pandas as pd

from gis.base.address import is_address, name_in, name_of
from gis.base.bulk import uncollected
from gis.base.errors import ColumnError, FileError
from gis.base.hashing import of_bytes
from gis.base.messages import listed
from gis.base.tables import SOURCE_COLUMNS, TABLES, below, conform, empty, rows_at, stacked
from gis.catalogue.files import layer_files
from gis.catalogue.model import Catalogue, FieldFrom, Layer
from gis.ingest.archive import refuse
from gis.ingest.balance import with_outcome
from gis.ingest.canonical_rows import Part, part_of, skipped
from gis.ingest.complements import complemented, moved, with_cells
from gis.ingest.identity import identify
from gis.ingest.imagery import read_imagery
from gis.ingest.model import CELLS, Ingested, Options
from gis.ingest.postgis import hash_of
from gis.ingest.raster import desk_layer, read_land_cover
from gis.ingest.readers import raws_of
from gis.ingest.refusals import refusal
from gis.ingest.times import last_day
from gis.ingest.unforeseen import foreseen, in_foreseen
from gis.ingest.yearly_targets import YEARLY_TARGETS, checked, dated

LOGS = {"marks": "sample_marks"} | {
    name: name
    for name in ("sources", "source_items", "rejects", "superseded", "repairs", "findings", "taken", "heads")
}

Reader = Callable[[Path, str, str], Ingested]
Keep = Callable[[Path, str, Callable[[str], Ingested]], Ingested]


def afresh(path: Path, _said: str, read: Callable[[str], Ingested]) -> Ingested:
    """Read a file now: what a `Keep` does that remembers nothing."""
    return read(hash_of(path))


def read_layer(layer: Layer, catalogue: Catalogue, keep: Keep = afresh) -> Ingested:
    """Read all files of a layer of the catalogue, in their natural order.

    Parameters
    ----------
    layer
        Its files lie in `catalogue.folder`; sources are named relative to it.
    catalogue
        `county.extent` is what coordinates are checked against.
    keep
        Called for each file with its path, everything beside its content that decides what it reads
        as, and the reader, which takes the SHA-256 of the content. It may give back what an earlier
        call read.

    Returns
    -------
    ingested
        For every source: rows or cells read = kept + counted once + superseded + set aside + quarantined.
        Geometry in EPSG:4490.

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
        raise refusal(FileError, "layer_without_file", found=", ".join(layer.files), id_=layer.id)
    reader = READERS.get(layer.kind, _tables)
    read, said = reader(layer, catalogue, keep)
    found = []
    for path in paths:
        refuse(path)
        written = name_in(path, catalogue.folder)
        name = name_of(path) if is_address(path) else written
        about = f"{path.absolute().parent.name}/{written} {last_day()} {said}"
        with foreseen(name):
            found.append(keep(path, about, partial(read, path, name)))
    whole = together(found, Options(kind=layer.kind, layer=layer.id, answers=layer.answers))
    return checked(whole, catalogue) if layer.kind == YEARLY_TARGETS else whole


def _tables(layer: Layer, catalogue: Catalogue, _keep: Keep) -> tuple[Reader, str]:
    columns = {
        name: (head.head, head.unit) if isinstance(head, FieldFrom) else (head, None)
        for name, head in layer.fields.items()
    }
    line: dict[str, object] = {"line_type": layer.line_type} if layer.line_type else {}
    options = Options(
        kind=layer.kind, layer=layer.id, part=layer.part, crs=layer.crs, encoding=layer.encoding,
        head_row=layer.head_row, date=layer.date, columns=columns, constants=line | layer.constants,
        answers=layer.answers, extent=catalogue.county.extent, hidden=layer.hidden,
    )  # fmt: skip
    return lambda path, name, digest: read_parts(path, name, digest, options), repr(options)


def _rasters(layer: Layer, catalogue: Catalogue, keep: Keep) -> tuple[Reader, str]:
    boundary = _county(catalogue, keep)
    inside = "" if boundary is None else of_bytes(b"".join(boundary.geometry.to_wkb()))
    return (
        lambda path, name, digest: read_land_cover(path, layer, boundary, name, digest),
        f"{layer.model_dump_json()} {inside}",
    )


def _images(layer: Layer, _catalogue: Catalogue, _keep: Keep) -> tuple[Reader, str]:
    return lambda path, name, digest: read_imagery(path, layer, name, digest), layer.model_dump_json()


READERS = {"land_cover": _rasters, "imagery": _images}


@in_foreseen
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
    if options.kind in READERS:
        layer = desk_layer(path, options.kind, options.layer, options.crs, options.date)
        return read_imagery(path, layer) if options.kind == "imagery" else read_land_cover(path, layer)
    return read_files([path], options)


def read_files(paths: Sequence[Path], options: Options) -> Ingested:
    """Read files from a desk as one layer, in the order given; sources are named by the files' names.

    Files of one name in several folders carry the folder's name too.

    Raises
    ------
    FileError, FormatError, EncodingError, ColumnError, CrsError
        A file cannot be read; the message says what to do.
    Question
        Two ways to read give different numbers.
    """
    if len(paths) == 1 and options.kind in READERS:
        return read_file(paths[0], options)
    names = [path.name for path in paths]
    read = []
    for path in paths:
        refuse(path)
        folder = "" if names.count(path.name) == 1 else f"{path.absolute().parent.name}/"
        name = f"{folder}{name_of(path)}"
        with foreseen(name):
            read.append(read_parts(path, name, hash_of(path), options))
    with foreseen(str(listed(names))):
        return together(read, options, every_reading=options.every_reading)


def _county(catalogue: Catalogue, keep: Keep) -> gpd.GeoDataFrame | None:
    for layer in catalogue.of_kind("boundaries"):
        if not layer_files(layer, catalogue.folder):
            continue
        table = read_layer(layer, catalogue, keep).table
        county = table[table["level"] == "county"]
        if len(county) and isinstance(county, gpd.GeoDataFrame):
            return county
    return None


@uncollected()
def read_parts(path: Path, name: str, digest: str, options: Options) -> Ingested:
    """Read every sheet or layer of one file, without parting newer rows from older ones.

    Parameters
    ----------
    name, digest
        The file's name and SHA-256 in the logs.

    Returns
    -------
    ingested
        Rows of one key may stand in it several times: `together` keeps the last.
    """
    raws, lacking = raws_of(path, options), []
    parts: list[Part] = []
    for raw in raws:
        try:
            source = f"{name}#{raw.part}" if raw.part else name
            read = partial(part_of, options=options, source=source, file=name, digest=digest)
            with foreseen(source, raw, read):
                parts.append(read(raw))
        except ColumnError as error:
            if len(raws) == 1 or raw.reader != "sheet":
                raise
            lacking.append((raw, error))
    if len(lacking) == len(raws):
        raise lacking[0][1]
    parts.extend(skipped(raw, error, options, name) for raw, error in lacking)
    whole = joined(parts, options)
    return dated(whole) if options.kind == YEARLY_TARGETS else whole


def together(files: Sequence[Ingested], options: Options, *, every_reading: bool = False) -> Ingested:
    """Put the files of a layer together: what is said twice counts once, what is replaced is listed.

    Parameters
    ----------
    files
        From `read_parts`, in the order of the sources.
    options
        Kind, layer and answers of the layer.
    every_reading
        Keep the readings that were published again in the table, to be judged as records.

    Returns
    -------
    ingested
        `superseded` lists the rows replaced; `sources` counts them.

    Raises
    ------
    Question
        Rows share a key, differ, and two ways to read that give different numbers.
    """
    kind, layer = options.kind, options.layer
    full = [one.table for one in files if len(one.table)] or [files[0].table]
    table = _ordered(below(full), kind)
    whole = complemented(table, kind)
    found = identify(whole.table, kind, layer, options.answers)
    kept, superseded = found.table, found.listed
    own = below([one.own for one in files])
    logs = {name: stacked([getattr(one, name) for one in files]) for name in LOGS}
    logs["superseded"] = superseded
    for name in ("marks", "source_items"):
        logs[name] = with_cells(moved(logs[name], whole, table))
    logs["sources"] = conform(with_outcome(logs["sources"], kept, whole.joined, superseded), "sources")
    logs["superseded"] = superseded.drop(columns=CELLS, errors="ignore")
    logs["findings"] = pd.concat([logs["findings"], _said(found.findings, layer)], ignore_index=True)
    if every_reading and len(found.earlier):
        kept = pd.concat([kept, found.earlier]).sort_index()
    own, kept = rows_at(own, kept.index).reset_index(drop=True), with_cells(kept)
    return Ingested(layer=layer, kind=kind, table=kept.reset_index(drop=True), own=own, **logs)


def _said(findings: Sequence[tuple[str, str]], layer: str) -> pd.DataFrame:
    lines = [{"layer": layer, "code": code, "message": message} for code, message in findings]
    return conform(pd.DataFrame(lines), "findings") if lines else empty("findings")


def joined(parts: Sequence[Part], options: Options) -> Ingested:
    """Put the parts of one file together; rows of one key may stand in it several times."""
    nothing = empty(options.kind).assign(source="", source_row=0)
    full = [part for part in parts if len(part.table)]
    table = below([part.table for part in full]) if full else nothing
    own = below([part.own for part in full]) if full else pd.DataFrame()
    return Ingested(
        layer=options.layer, kind=options.kind, table=_ordered(table, options.kind), own=own,
        **{name: _log(log, parts) for name, log in LOGS.items()},
    )  # fmt: skip


def _log(log: str, parts: Iterable[Part]) -> pd.DataFrame:
    frames = [frame for part in parts for frame in part.frames.get(log, ()) if len(frame)]
    lines = [line for part in parts for line in part.lines.get(log, ())]
    if lines:
        return conform(pd.DataFrame(lines), log)
    return conform(pd.concat(frames, ignore_index=True), log) if frames else empty(log)


def _ordered(table: pd.DataFrame, kind: str) -> pd.DataFrame:
    if "geometry" in TABLES[kind] and not isinstance(table, gpd.GeoDataFrame):
        nothing = gpd.GeoSeries([None] * len(table), index=table.index, crs="EPSG:4490")
        table = gpd.GeoDataFrame(table, geometry=nothing)
    table = conform(table, kind)
    last = list(SOURCE_COLUMNS)
    return table[[name for name in table.columns if name not in last] + last]
