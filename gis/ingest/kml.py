"""KML and KMZ of phone maps and web maps: placemarks with their names and extended data."""

from __future__ import annotations

import html
import re
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree import ElementTree as ET

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gis.base.errors import FileError
from gis.base.messages import Message, listed
from gis.base.tables import TABLES
from gis.ingest.archive import members
from gis.ingest.heads import recognised
from gis.ingest.html_tables import tables_of
from gis.ingest.markup import local, parsed, text_of
from gis.ingest.model import Findings, Options, Raw, finding
from gis.ingest.refusals import refusal
from gis.ingest.shapes import NEEDED, POLYGONS, flatten, misfits, rejected

NAME, NUMBER, FOLDER, TOWN, TEXT = "名称", "图斑编号", "文件夹", "乡镇", "描述"
WGS84 = "EPSG:4326"
CORNERS = 3
PAIR = 2
POINT, LINE, POLYGON = 0, 1, 3
MULTIPLE: dict[int, Any] = {
    POLYGON: shapely.MultiPolygon, LINE: shapely.MultiLineString, POINT: shapely.MultiPoint,
}  # fmt: skip
_TUPLE = re.compile(r"\s*,\s*")
_LINE = re.compile(r"^\s*([^:：<>]{1,20})[:：]\s*(.+?)\s*$")
_TOWN = re.compile(r".{1,8}(?:镇|乡|街道)")
_TAG = re.compile(r"<[^>]+>")


Table = dict[str, list[Any]]


class Placemark(NamedTuple):
    """One placemark: its number from 1, its columns, its shape."""

    number: int
    fields: dict[str, str]
    shape: shapely.Geometry | None


def read_kml(path: Path, options: Options) -> list[Raw]:
    """Read the placemarks of a KML; links to the network or to other files are never followed.

    Parameters
    ----------
    path
        KML 2.x in any namespace and encoding.
    options
        Where the kind takes polygons a closed line is one.

    Returns
    -------
    raws
        One, in EPSG:4326 as the form prescribes. Columns: extended data, a description that is a table
        or lines of name: value, else 描述; the folder; the name as 图斑编号 of parcels where each has its
        own and no other column is one, else as 名称. `rows` numbers the placemarks.

    Raises
    ------
    FileError
        No placemark, not well-formed, or a DTD.
    """
    root = parsed(path.read_bytes(), path.name)
    marks = [_placemark(number, *mark) for number, mark in enumerate(_placemarks(root), start=1)]
    links = sum(local(element) == "NetworkLink" for element in root.iter())
    if not marks:
        found = Message("{n} 个网络链接，不跟随", "{n} network links, never followed", n=links)
        raise refusal(FileError, "kml_empty", path, found=found if links else None)
    return [_raw(marks, links, path, options)]


def read_kmz(path: Path, options: Options) -> list[Raw]:
    """Read every KML in a KMZ, as `read_kml`.

    Raises
    ------
    FileError
        Not a KMZ, or without a KML in it.
    """
    with tempfile.TemporaryDirectory(prefix="gis-") as scratch:
        into = Path(scratch)
        found = [one for one in members(path, into) if one.suffix.lower() == ".kml"]
        names = {one: one.relative_to(into).as_posix() for one in found}
        raws = [(names[one], raw) for one in found for raw in read_kml(one, options)]
    if not raws:
        raise refusal(FileError, "kmz_empty", path)
    if len(raws) == 1:
        raw = raws[0][1]
        return [replace(raw, path=path, rejects=raw.rejects.assign(source=path.name), title=path.stem)]
    return [
        replace(raw, path=path, part=name, rejects=raw.rejects.assign(source=f"{path.name}#{name}"))
        for name, raw in raws
    ]


def _placemarks(root: ET.Element) -> Iterator[tuple[ET.Element, str]]:
    """Give every placemark with the name of the folder it stands in."""
    todo = [(root, "")]
    while todo:
        element, folder = todo.pop()
        name = local(element)
        if name == "Placemark":
            yield element, folder
            continue
        if name in ("Folder", "Document"):
            folder = text_of(element, "name") or folder
        todo += [(child, folder) for child in reversed(element)]


def _placemark(number: int, element: ET.Element, folder: str) -> Placemark:
    fields = {NAME: text_of(element, "name"), FOLDER: folder}
    fields |= _described(text_of(element, "description"))
    for one in element.iter():
        if local(one) in ("Data", "SimpleData") and (key := one.get("name")):
            value = "".join(one.itertext()) if local(one) == "SimpleData" else text_of(one, "value")
            fields[key] = value.strip()
    shapes = [shape for one in element for shape in _shapes(one)]
    return Placemark(number, {key: one for key, one in fields.items() if one}, _whole(shapes))


def _described(text: str) -> dict[str, str]:
    """Take a description apart: a table of two columns, or lines of name: value; else it is one text."""
    if "<table" in text.lower():
        rows = [row for table in tables_of(text) for row in table.rows if len(row) == PAIR]
        pairs = {str(key).strip(): str(value or "").strip() for key, value in rows if key and key != value}
        if pairs:
            return pairs
    lines = [line.strip() for line in html.unescape(_TAG.sub("\n", text)).splitlines() if line.strip()]
    named = [pair for line in lines if (pair := _LINE.match(line))]
    if lines and len(named) == len(lines):
        return {pair[1].strip(): pair[2] for pair in named}
    return {TEXT: " ".join(lines)} if lines else {}


def _shapes(element: ET.Element) -> list[shapely.Geometry]:
    name = local(element)
    if name == "MultiGeometry":
        return [shape for one in element for shape in _shapes(one)]
    if name == "Polygon":
        outer, inner = [_rings(element, side) for side in ("outerBoundaryIs", "innerBoundaryIs")]
        return [shapely.Polygon(outer[0], inner)] if outer else []
    if name in ("LineString", "LinearRing", "Point"):
        xy = _coordinates(text_of(element, "coordinates"))
        if name == "Point" or len(xy) == 1:
            return [shapely.Point(xy[0])] if len(xy) else []
        return [shapely.LineString(xy)] if len(xy) else []
    if name == "Track":
        pairs = (",".join((one.text or "").split()) for one in element if local(one) == "coord")
        xy = _coordinates(" ".join(pairs))
        return [shapely.LineString(xy)] if len(xy) > 1 else []
    return []


def _rings(element: ET.Element, side: str) -> list[np.ndarray]:
    rings = [ring for one in element if local(one) == side for ring in one if local(ring) == "LinearRing"]
    found = [_coordinates(text_of(ring, "coordinates")) for ring in rings]
    return [xy for xy in found if len(np.unique(xy, axis=0)) >= CORNERS]


def _coordinates(text: str) -> np.ndarray:
    """Give longitude and latitude of each tuple; blanks round the commas are borne."""
    pairs = []
    for one in _TUPLE.sub(",", text.strip()).split():
        try:
            lon, lat = (float(number) for number in one.split(",")[:PAIR])
        except ValueError:
            continue
        pairs.append((lon, lat))
    return np.array(pairs, dtype="float64").reshape(-1, PAIR)


def _whole(shapes: list[shapely.Geometry]) -> shapely.Geometry | None:
    """Put the shapes of a placemark together; the label point beside polygons is left out."""
    for kind, many in MULTIPLE.items():
        own: list[Any] = [one for one in shapes if shapely.get_type_id(one) == kind]
        if own:
            return own[0] if len(own) == 1 else many(own)
    return None


def _closed(shape: shapely.Geometry | None) -> shapely.Geometry | None:
    closed = shapely.get_type_id(shape) == LINE and shapely.is_closed(shape)
    xy = shapely.get_coordinates(shape)
    return shapely.Polygon(xy) if closed and len(xy) > CORNERS else shape


def _raw(marks: list[Placemark], links: int, path: Path, options: Options) -> Raw:
    findings: Findings = [finding("kml_may_be_shifted")]
    shapes = [mark.shape for mark in marks]
    if NEEDED.get(options.kind) == POLYGONS:
        shapes = [_closed(shape) for shape in shapes]
        if drawn := sum(mark.shape is not shape for mark, shape in zip(marks, shapes, strict=True)):
            findings.append(finding("kml_closed", n=drawn))
    if links:
        findings.append(finding("kml_links", n=links))
    heads = list(dict.fromkeys(key for mark in marks for key in mark.fields))
    table: Table = {head: [mark.fields.get(head) for mark in marks] for head in heads}
    table = _of_towns(_numbered(table, shapes, options, findings), options, findings)
    frame = gpd.GeoDataFrame(
        pd.DataFrame(table, dtype="object"), geometry=gpd.GeoSeries(shapes, crs=WGS84), crs=WGS84
    )
    flat, dropped = flatten(frame)
    bad = misfits(flat.geometry, options.kind)
    rows = pd.Series([mark.number for mark in marks], dtype="Int64")
    return Raw(
        path, "", flat.drop(index=bad.index), rows.drop(bad.index), "KML", title=path.stem,
        findings=(*findings, *dropped), rejects=rejected(bad, flat, rows, options.layer, path.name),
    )  # fmt: skip


def _numbered(
    table: Table, shapes: list[shapely.Geometry | None], options: Options, findings: Findings
) -> Table:
    """Take the name of a parcel's placemark as its number where every polygon has one of its own."""
    if NAME not in table or options.kind != "parcels" or _is_there("parcel_id", table, options):
        return table
    names = [name for name, area in zip(table[NAME], shapely.area(shapes), strict=True) if area > 0]
    twice = [name for name, many in Counter(names).items() if many > 1 or name is None]
    if names and not twice:
        return {NUMBER if head == NAME else head: cells for head, cells in table.items()}
    findings.append(finding("kml_names", names=listed((name or "" for name in twice), most=3)))
    return table


def _of_towns(table: Table, options: Options, findings: Findings) -> Table:
    """Take folders that are called after towns as the town, where no other column is it."""
    names = [name for name in table.get(FOLDER, []) if name]
    towns = bool(names) and all(_TOWN.fullmatch(name) for name in names)
    if not towns or "town" not in TABLES[options.kind] or _is_there("town", table, options):
        return table
    findings.append(finding("kml_towns"))
    return {TOWN if head == FOLDER else head: cells for head, cells in table.items()}


def _is_there(column: str, table: Table, options: Options) -> bool:
    return any(recognised(head, options.kind) == column for head in table)
