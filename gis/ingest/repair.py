"""Invalid polygons and lines made valid, each with its problem and its area before and after."""

from __future__ import annotations

import re

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gis.base.geo import ZONE_WIDTH, plane_of
from gis.base.messages import Message
from gis.base.stored_words import toml_of
from gis.base.tables import conform, empty
from gis.ingest.phrases import fault
from gis.ingest.shapes import faulty, rejected

POLYGON = 2
ZERO = Message("面积为零", "zero area")


def repair(frame: gpd.GeoDataFrame, source: str) -> tuple[gpd.GeoDataFrame, pd.DataFrame, pd.DataFrame]:
    """Make invalid geometry valid and log what that did to its area; valid rows are not touched.

    Parameters
    ----------
    frame
        Shape (n,), EPSG:4490, any geometry; `source_row` numbers the rows (the index + 1 where it
        is missing), `layer` goes to the logs where it is there.
    source
        The name of the source in the logs.

    Returns
    -------
    frame
        As it came, polygons stay polygons; rows that collapse to nothing are gone.
    repairs
        Columns of the canonical table; areas in m², planar, in the 3-degree Gauss-Krüger zone of
        each geometry. Before: as the ring encloses it with sign, so a bow-tie's lobes cancel.
    rejects
        Polygons without area, lines without length.
    """
    shapes = frame.geometry.to_numpy()
    valid = shapely.is_valid(shapes)
    bad = np.flatnonzero(~valid & ~shapely.is_missing(shapes))
    empty_rings = (shapely.get_dimensions(shapes) == POLYGON) & (shapely.area(shapes) == 0)
    flat = np.flatnonzero(valid & empty_rings)
    if not len(bad) and not len(flat):
        return frame, empty("repairs"), empty("rejects")
    rows = _rows(frame)
    broken = shapes[bad]
    problems = [_problem(text) for text in shapely.is_valid_reason(broken)]
    mended = _like(shapely.make_valid(broken, method="structure", keep_collapsed=False), broken)
    lost = shapely.is_empty(mended) | shapely.is_missing(mended)
    layer = frame["layer"].iloc[bad].to_numpy() if "layer" in frame else None
    before, after = _areas(broken, mended, frame)
    repairs = pd.DataFrame({
        "layer": layer, "source": source, "source_row": rows.iloc[bad].to_numpy(),
        "problem": [problem.stored for problem in problems], "area_before_m2": before, "area_after_m2": after,
    })  # fmt: skip
    repairs = conform(repairs[~lost].reset_index(drop=True), "repairs")
    shapes = shapes.copy()
    shapes[bad] = mended
    gone = np.sort(np.concatenate([bad[lost], flat]))
    known = dict(zip(bad, problems, strict=True))
    rejects = _rejects(frame, gone, [known.get(at, ZERO) for at in gone], rows, source)
    kept = frame.set_geometry(gpd.GeoSeries(shapes, index=frame.index, crs=frame.crs))
    return kept.drop(index=frame.index[gone]), repairs, rejects


def _rows(frame: gpd.GeoDataFrame) -> pd.Series:
    if "source_row" in frame:
        return frame["source_row"]
    return pd.Series(np.arange(1, len(frame) + 1), index=frame.index)


def _problem(text: str) -> Message:
    known = toml_of("catalogue/readings.toml")["geometry_problems"]
    found = re.match(r"(.*?)\s*\[(.*)\]$", text)
    kind, where = (found[1], f" [{found[2]}]") if found else (text, "")
    return Message("{zh}{where}", "{en}{where}", zh=known.get(kind, kind), en=kind, where=where)


def _like(mended: np.ndarray, broken: np.ndarray) -> np.ndarray:
    """Keep of a mended geometry the parts that have the dimension of the broken one."""
    wanted = shapely.get_dimensions(broken)
    mixed = shapely.get_type_id(mended) == 7  # noqa: PLR2004  GeometryCollection
    out = mended.copy()
    out[shapely.get_dimensions(mended) != wanted] = shapely.Polygon()
    for at in np.flatnonzero(mixed):
        parts = shapely.get_parts(mended[at])
        out[at] = shapely.union_all(parts[shapely.get_dimensions(parts) == wanted[at]])
    return out


def _areas(broken: np.ndarray, mended: np.ndarray, frame: gpd.GeoDataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Measure each in the zone of its own middle."""
    middles = np.nan_to_num(shapely.bounds(broken)[:, [0, 2]].mean(axis=1))
    zones = np.rint(np.clip(middles, -180, 180) / ZONE_WIDTH).astype("int64")
    before, after = np.zeros(len(broken)), np.zeros(len(broken))
    for zone in np.unique(zones):
        rows = zones == zone
        for areas, shapes in ((before, broken), (after, mended)):
            plane = gpd.GeoSeries(shapes[rows], crs=frame.crs).to_crs(plane_of(int(zone)))
            areas[rows] = plane.area.to_numpy()
    return before, after


def _rejects(
    frame: gpd.GeoDataFrame, gone: np.ndarray, problems: list[Message], rows: pd.Series, source: str
) -> pd.DataFrame:
    if not len(gone):
        return empty("rejects")
    types = frame.geometry.geom_type.iloc[gone]
    bad = faulty(types.index, types, [fault("nothing_left", problem=problem) for problem in problems])
    layer = str(frame["layer"].iloc[0]) if "layer" in frame else ""
    return rejected(bad, frame, rows, layer, source)
