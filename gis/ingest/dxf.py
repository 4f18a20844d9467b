"""CAD drawings (DXF): closed figures of one layer, with the texts that stand in them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyogrio
import shapely

from gis.base.errors import FileError, FormatError
from gis.base.messages import Message, listed
from gis.ingest.dxf_labels import labelled
from gis.ingest.dxf_layers import Figures, parcel_layers, size_of
from gis.ingest.encoding import text_encoding
from gis.ingest.model import Findings, Options, Raw, finding
from gis.ingest.phrases import fault, phrase
from gis.ingest.questions import ask, question
from gis.ingest.refusals import refusal
from gis.ingest.shapes import NEEDED as SHAPES_NEEDED
from gis.ingest.shapes import POLYGONS, faulty, flatten, misfits, rejected
from gis.ingest.survey import east_first, plane_crs, refuse_other_datum, told_turned

FARTHEST = 1e12  # of a figure whose distance to others can be taken
BINARY = b"AutoCAD Binary DXF"
LAYER, TEXTS, PARCEL = "图层", "文字", "图斑编号"
SYMBOL_M2, SYMBOL_CIRCLE_M2, MEETS_M, GRID_M, GAP_SHARE, SAME_SHARE = 1.0, 100.0, 0.02, 0.001, 0.1, 1e-6
CORNERS = 3
LINE, POLYGON = 1, 3
SHOWN = 6
_ENTITY = re.compile(
    r"\n[ \t]*0\r?\n[ \t]*(REGION|MPOLYGON|3DSOLID|ACAD_PROXY_ENTITY|TCH_\w+)[ \t]*\r?(?=\n)"
)
_HEADER = re.compile(r"\A\s*0\s*\n\s*SECTION\s*\n\s*2\s*\n\s*HEADER\s*\n")
_END = re.compile(r"\n[ \t]*0[ \t]*\r?\n[ \t]*EOF\s*\Z")
OPTIONS = {
    "DXF_CLOSED_LINE_AS_POLYGON": "TRUE",
    "DXF_MERGE_BLOCK_GEOMETRIES": "FALSE",
    "DXF_ENCODING": "UTF-8",
}

Shapes = npt.NDArray[np.object_]


def read_dxf(path: Path, options: Options) -> list[Raw]:
    """Read the closed figures of a drawing as polygons; a drawing for lines or points is read as it stands.

    Parameters
    ----------
    path
        Text DXF of any version. Closed polylines with their arcs, hatches, circles, and lines that meet
        end to end on one layer; external references are never opened.
    options
        `part` names the layers of the drawing to take, with 、 or a comma between several.

    Returns
    -------
    raws
        One. 图斑编号 and 面积 are texts that stand in a figure; a figure in another without a text of its
        own is its hole. The CRS is the zone that the eastings begin with, else none. `rows` numbers the
        entities of the drawing.

    Raises
    ------
    FormatError
        A binary DXF, or a drawing of regions only.
    FileError
        No closed figure, or no such layer.
    Question
        Closed figures stand on several layers, or in one another with texts of their own.
    CrsError
        A text of the drawing names another datum, or the eastings are of several zones.
    """
    data = path.read_bytes()
    if data.startswith(BINARY):
        raise refusal(FormatError, "dxf_binary", path)
    text, codec, reason = _decoded(data, path, options)
    entities = _entities(text, path)
    refuse_other_datum([str(one) for one in entities["Text"].dropna()], path.name)
    needed = SHAPES_NEEDED.get(options.kind)
    if needed is not None and needed != POLYGONS:
        return [_as_it_stands(entities, path, options, (codec, reason))]
    figures = _figures(entities)
    unread = Counter(_ENTITY.findall(text))
    if figures.closed.empty:
        raise _no_figure(path, figures, unread)
    taken = parcel_layers(figures, text, path, options)
    return [_raw(figures, taken, entities, unread, path, options, (codec, reason))]


def _decoded(data: bytes, path: Path, options: Options) -> tuple[str, str, str]:
    given = Message("用户指定", "given by the user").stored
    codec, reason = (options.encoding, given) if options.encoding else text_encoding(data, path.name)
    text = data.decode(codec, errors="replace").removeprefix("\ufeff")
    if "\nSECTION" not in text.replace("\r", ""):
        raise refusal(FileError, "dxf_none", path)
    if not _END.search(text):
        raise refusal(FileError, "dxf_cut", path)
    return text, codec, reason


def _entities(text: str, path: Path) -> gpd.GeoDataFrame:
    head = "" if _HEADER.match(text.replace("\r", "")[:200]) else "0\nSECTION\n2\nHEADER\n0\nENDSEC\n"
    pyogrio.set_gdal_config_options(OPTIONS)
    try:
        frame = pyogrio.read_dataframe((head + text).encode(), layer="entities", on_invalid="ignore")
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, ValueError) as error:
        raise refusal(FileError, "dxf_unreadable", path) from error
    frame = gpd.GeoDataFrame(frame).assign(row=np.arange(1, len(frame) + 1))
    if "Text" not in frame:
        frame["Text"] = None
    frame["Text"] = frame["Text"].where(~_is(frame, "Hatch"), None)
    paper = frame["PaperSpace"].fillna(0).astype(bool) if "PaperSpace" in frame else False
    frame = frame[~paper & frame.geometry.notna() & ~frame.geometry.is_empty].reset_index(drop=True)
    return frame.set_geometry(gpd.GeoSeries(shapely.force_2d(frame.geometry.to_numpy()), index=frame.index))


def _is(frame: pd.DataFrame, word: str) -> pd.Series:
    return frame["SubClasses"].fillna("").astype(str).str.contains(word)


def _as_it_stands(entities: gpd.GeoDataFrame, path: Path, options: Options, encoding: tuple[str, str]) -> Raw:
    frame = entities[["Layer", "Text", "geometry"]].rename(columns={"Layer": LAYER, "Text": TEXTS})
    pairs = east_first(*shapely.get_coordinates(frame.geometry.to_numpy()).T)
    written = [str(one) for one in entities["Text"].dropna()]
    crs, plane = plane_crs(pairs.east[~pairs.turned], written, path.name, options.crs)
    flat, dropped = flatten(frame.set_crs(crs) if crs else frame)
    bad = misfits(flat.geometry, options.kind)
    rows = entities["row"].astype("Int64")
    return Raw(
        path, "", flat.drop(index=bad.index), rows.drop(bad.index), "DXF", *encoding, title=path.stem,
        findings=(*plane, *dropped), rejects=rejected(bad, flat, rows, options.layer, path.name),
    )  # fmt: skip


def _figures(entities: gpd.GeoDataFrame) -> Figures:
    """Give closed figures and lines that stay open; small circles and specks are symbols, twins count once."""
    parts, at = shapely.get_parts(entities.geometry.to_numpy(), return_index=True)
    layers, rows = entities["Layer"].fillna("0").astype(str).to_numpy(), entities["row"].to_numpy()
    drawn = pd.DataFrame({"shape": parts, "layer": layers[at], "row": rows[at]})
    rings = np.array([_ring(part) for part in parts], dtype=object)
    whole = ~shapely.is_missing(rings)
    is_line = shapely.get_type_id(parts) == LINE
    joined, opened = _joined(drawn[~whole & is_line])
    closed = pd.concat([drawn.assign(shape=rings)[whole], joined], ignore_index=True)
    circles = closed["row"].isin(entities.loc[_is(entities, "Circle"), "row"])
    area = shapely.area(shapely.envelope(closed["shape"].to_numpy(dtype=object)))
    big = closed[area >= np.where(circles, SYMBOL_CIRCLE_M2, SYMBOL_M2)].reset_index(drop=True)
    once = _once(big)
    met = sum(_gap(line) > 0 for line in parts[whole & is_line])
    counts = {
        "dxf_closed": met,
        "dxf_joined": len(joined),
        "dxf_symbols": len(closed) - len(big),
        "dxf_twins": len(big) - len(once),
    }
    return Figures(once, opened, [finding(code, n=many) for code, many in counts.items() if many])


def _ring(part: shapely.Geometry) -> shapely.Geometry | None:
    """Give a part as a polygon where it is closed, or its ends nearly meet."""
    if shapely.get_type_id(part) == POLYGON:
        return part
    if shapely.get_type_id(part) != LINE or shapely.get_num_points(part) <= CORNERS or _gap(part) > MEETS_M:
        return None
    xy = shapely.get_coordinates(part)
    return shapely.Polygon(np.vstack([xy[:-1], xy[:1]]))


def _gap(line: shapely.Geometry) -> float:
    xy = shapely.get_coordinates(line)
    return float(np.hypot(*(xy[0] - xy[-1])))


def _joined(lines: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Join lines of one layer that meet end to end into figures; give the figures and the lines left over."""
    figures, left = [lines[:0]], [lines[:0]]
    for _, own in lines.groupby("layer", sort=False):
        snapped = shapely.set_precision(own["shape"].to_numpy(), GRID_M)
        faces = shapely.get_parts(shapely.polygonize(snapped))
        if not len(faces):
            left.append(own)
            continue
        rims = shapely.union_all(shapely.boundary(faces)).buffer(MEETS_M)
        shapely.prepare(rims)
        nearest = shapely.STRtree(snapped).nearest(shapely.boundary(faces))
        figures.append(own.iloc[nearest].assign(shape=faces))
        left.append(own[~shapely.covers(rims, snapped)])
    return pd.concat(figures, ignore_index=True), pd.concat(left, ignore_index=True)


def _once(figures: pd.DataFrame) -> pd.DataFrame:
    """Leave out a figure drawn a second time, and one that is only the rim of a hole of a hatch."""
    if len(figures) < 2:  # noqa: PLR2004  a pair
        return figures
    shapes = figures["shape"].to_numpy()
    holes = [shapely.Polygon(ring) for shape in shapes for ring in shape.interiors]
    whole = shapely.make_valid(np.concatenate([shapes, np.array(holes, dtype=object)]))
    middle = shapely.centroid(whole)
    far = ~(np.abs(np.column_stack([shapely.get_x(middle), shapely.get_y(middle)])).max(axis=1) < FARTHEST)
    middle[far] = None
    tree = shapely.STRtree(middle)
    drop: set[int] = set()
    near = tree.query(middle, predicate="dwithin", distance=MEETS_M)
    for at, other in zip(*near, strict=True):
        if at < other and at not in drop and other < len(figures) and _same(whole[at], whole[other]):
            drop.add(int(other))
        if at < len(figures) <= other and _same(whole[at], whole[other]):
            drop.add(int(at))
    return figures.drop(index=[*drop])


def _same(one: shapely.Geometry, other: shapely.Geometry) -> bool:
    off = shapely.symmetric_difference(one, other).area
    return bool(off <= max(SAME_SHARE * shapely.area(one), GRID_M * shapely.length(one)))


def _counted(entities: Counter[str]) -> str:
    return ", ".join(f"{name} × {many}" for name, many in entities.items())


def _no_figure(path: Path, figures: Figures, unread: Counter[str]) -> FileError:
    if unread:
        return refusal(FormatError, "dxf_objects_only", path, found=_counted(unread))
    lines = figures.opened["shape"]
    gaps = [_gap(line) for line in lines if shapely.get_num_points(line) >= CORNERS]
    found = Message("没有多段线", "no polyline")
    if gaps:
        found = phrase("open_lines", n=len(gaps), gap=min(gaps))
    return refusal(FileError, "dxf_no_figure", path, found=found)


def _raw(
    figures: Figures, taken: Sequence[str], entities: gpd.GeoDataFrame, unread: Counter[str],
    path: Path, options: Options, encoding: tuple[str, str],
) -> Raw:  # fmt: skip
    mine = figures.closed[figures.closed["layer"].isin(taken)]
    shapes, turned = _upright(mine["shape"].to_numpy())
    spots = entities[entities["Text"].notna()]
    points, _ = _upright(spots.geometry.to_numpy(), like=turned)
    texts = list(zip(points, spots["Layer"].fillna("0"), spots["Text"].astype(str), strict=True))
    shapes, at, holes = _nested(shapes, texts, path, options)
    mine = mine.iloc[at]
    east = east_first(*shapely.get_coordinates(shapely.point_on_surface(shapes)).T).east
    crs, plane = plane_crs(east, [text for _, _, text in texts], path.name, options.crs)
    labels, findings = labelled(shapes, texts)
    frame = gpd.GeoDataFrame({**labels, LAYER: mine["layer"].tolist()}, geometry=shapes, crs=crs)
    rows = pd.Series(mine["row"].tolist(), dtype="Int64")
    told = [*_left_out(figures, taken, unread), *figures.findings, *holes, *findings, *plane]
    told += [told_turned(len(shapes))] if turned else []
    return Raw(
        path, "", frame, rows, "DXF", *encoding, title=path.stem, findings=tuple(told),
        rejects=_open_lines(figures, taken, path, options),
    )  # fmt: skip


def _upright(shapes: Shapes, *, like: bool | None = None) -> tuple[Shapes, bool]:
    """Turn figures whose X is the north one, all of them or none."""
    turned = like
    if turned is None:
        xy = shapely.get_coordinates(shapes)
        turned = bool(len(xy)) and bool(east_first(xy[:, 0], xy[:, 1]).turned.all())
    return (shapely.transform(shapes, lambda xy: xy[:, ::-1]) if turned else shapes), turned


def _nested(
    shapes: Shapes, texts: Sequence[tuple[shapely.Geometry, str, str]], path: Path, options: Options
) -> tuple[Shapes, list[int], Findings]:
    """Cut a figure inside another out of it; one without a text of its own is a hole, else it is asked."""
    solid = shapely.make_valid(shapes)
    area = shapely.area(solid)
    inner, outer = shapely.STRtree(solid).query(solid, predicate="within")
    pairs = [(int(a), int(b)) for a, b in zip(inner, outer, strict=True) if a != b and area[a] < area[b]]
    if not pairs:
        return shapes, list(range(len(shapes))), []
    depth = Counter(a for a, _ in pairs)
    parent = dict(sorted(pairs, key=lambda pair: -area[pair[1]]))  # the smallest of those around comes last
    spots = np.array([point for point, _, _ in texts], dtype=object)
    own = {a: len(spots) > 0 and bool(shapely.intersects(solid[a], spots).any()) for a in parent}
    holes = {a for a in parent if depth[a] % 2 and not own[a]}
    if any(own[a] and depth[a] % 2 for a in parent) and _labelled_are_holes(
        shapes, parent, own, path, options
    ):
        holes = {a for a in parent if depth[a] % 2}
    cut = solid.copy()
    for a, b in parent.items():
        cut[b] = shapely.difference(cut[b], solid[a])
    kept = [at for at in range(len(shapes)) if at not in holes]
    return cut[kept], kept, [finding("dxf_holes", n=len(holes))] if holes else []


def _labelled_are_holes(
    shapes: Shapes, parent: dict[int, int], own: dict[int, bool], path: Path, options: Options
) -> bool:
    inner = [a for a in parent if own[a]]
    heads = ["nested", str(len(inner))]
    examples = [f"{shapes[a].area:,.2f} m² ⊂ {shapes[parent[a]].area:,.2f} m²" for a in inner[:2]]
    asked = question("dxf_nested", {"parcel": examples, "hole": examples}, n=len(inner))
    return ask(options, "nested", *asked, file=path.name, heads=heads) == "hole"


def _left_out(figures: Figures, taken: Sequence[str], unread: Counter[str]) -> Findings:
    """Tell first what looks as if it counted and was not taken."""
    findings: Findings = []
    others = [name for name in figures.closed["layer"].unique() if name not in taken]
    if others:
        names = [
            Message("{name}（{what}）", "{name} ({what})", name=name, what=size_of(figures, [name]))
            for name in others[:SHOWN]
        ]
        findings.append(finding("layers_not_taken", taken=listed(taken), others=listed(names)))
    if unread:
        findings.append(finding("dxf_unread", listed=_counted(unread)))
    return findings


def _open_lines(figures: Figures, taken: Sequence[str], path: Path, options: Options) -> pd.DataFrame:
    """Reject the open lines of the layers taken that look like the rim of a parcel, each with its gap."""
    lines = figures.opened[figures.opened["layer"].isin(taken)]
    shapes = lines["shape"].to_numpy(dtype=object)
    gaps = np.array([_gap(line) for line in shapes])
    like = (shapely.get_num_points(shapes) > CORNERS) & (gaps <= GAP_SHARE * shapely.length(shapes))
    why = [fault("line_open", gap=gap) for gap in gaps[like]]
    bad = faulty(lines.index[like], ["LineString"] * len(why), why)
    own = lines[["layer"]].set_axis([LAYER], axis=1)
    return rejected(bad, own, lines["row"].astype("Int64"), options.layer, path.name)
