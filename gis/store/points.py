"""Write polygons as a text file of boundary points (界址点坐标 TXT), as filing systems take it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from gis.base.errors import UsageError
from gis.base.units import M2_PER, to_m2
from gis.ingest.points import ABOUT, DATUM
from gis.ingest.points_text import FIELDS, PARCELS
from gis.land.area import require_stored, to_plane, zone_of, zones_of
from gis.store.phrases import refusal
from gis.store.whole import atomically

CODEC, NEWLINE = "gb18030", "\r\n"
MILLION = 1_000_000
SHEET, CODE = FIELDS[5], FIELDS[7]
AREA_DECIMALS, COORDINATE_DECIMALS, CORNERS = 4, 3, 3
SIGNS = str.maketrans({",": "，", "@": "＠", "\r": " ", "\n": " "})


def write(
    frame: gpd.GeoDataFrame,
    path: Path,
    *,
    zone: int | None = None,
    producer: str = "",
    made_on: dt.date | None = None,
    decimals: int = COORDINATE_DECIMALS,
) -> None:
    """Write polygons in one 3-degree zone, easting with its prefix; GB18030, CRLF.

    Parameters
    ----------
    frame
        Polygons, EPSG:4490. parcel_id, name, land_use_after, 图幅号 and 地类编码 are written where they
        are known; the area in 公顷 is area_legal_m2, else area_declared_mu, else the planar area.
    zone
        That of the county, for those in the next zones too; None: that of the layer's middle.
    decimals
        Of the coordinates in metres; what is read back is exact to them.

    Raises
    ------
    CrsError
        The CRS is not EPSG:4490, or the layer lies in no zone of China.
    UsageError
        A row has no polygon, a ring vanishes at the decimals, or the layer spans several zones.
    """
    require_stored(frame.geometry)
    shapes = frame.geometry.to_numpy()
    none = np.flatnonzero(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    if len(none) or not len(shapes):
        raise refusal(
            UsageError, "no_polygon_to_write", path.name, row=int(none[0]) + 1 if len(none) else None
        )
    zones = zones_of(shapes)
    zone = zone_of(frame) if zone is None else zone
    if np.ptp([*zones, zone]) > 1:
        raise refusal(UsageError, "several_zones", path.name, found=", ".join(map(str, np.unique(zones))))
    plane = to_plane(shapely.force_2d(shapes), zone)
    area = _area_ha(frame, plane)
    lines = _head(zone, producer, made_on, decimals)
    for at, shape in enumerate(plane):
        points = _points(shape, zone, decimals, path.name)
        words = [_text(frame, name, at) for name in ("name", SHEET, "land_use_after", CODE)]
        number = _text(frame, "parcel_id", at) or str(at + 1)
        head = [str(len(points)), f"{area[at]:.{AREA_DECIMALS}f}", number, words[0], "面", *words[1:], "@"]
        lines += [",".join(head), *points]
    atomically(path, lambda target: target.write_bytes(NEWLINE.join([*lines, ""]).encode(CODEC)))


def _head(zone: int, producer: str, made_on: dt.date | None, decimals: int) -> list[str]:
    day = f"{made_on.year}-{made_on.month}-{made_on.day}" if made_on else ""
    said = {
        "格式版本号": "1.01版本", "数据产生单位": producer.translate(SIGNS), "数据产生日期": day, "坐标系": DATUM,
        "几度分带": "3", "投影类型": "高斯克吕格", "计量单位": "米", "带号": str(zone),
        "精度": f"{10.0**-decimals:.{decimals}f}", "转换参数": "0,0,0,0,0,0,0",
    }  # fmt: skip
    return [f"[{ABOUT}]", *(f"{key}={value}" for key, value in said.items()), f"[{PARCELS}]"]


def _area_ha(frame: gpd.GeoDataFrame, plane: npt.NDArray[np.object_]) -> npt.NDArray[np.float64]:
    area = pd.Series(shapely.area(plane), index=frame.index)
    if "area_declared_mu" in frame:
        declared = pd.Series(to_m2(frame["area_declared_mu"], "mu"), index=frame.index)
        area = declared.where(declared.notna(), area)
    if "area_legal_m2" in frame:
        area = frame["area_legal_m2"].astype("float64").where(frame["area_legal_m2"].notna(), area)
    return np.asarray(area / float(M2_PER["ha"]))


def _points(shape: shapely.Geometry, zone: int, decimals: int, file: str) -> list[str]:
    """Give the lines of a shape: rings numbered from 1, each part before its holes, the first point again."""
    lines: list[str] = []
    number = 0
    rings = [ring for part in shapely.get_parts(shape) for ring in shapely.get_rings(part)]
    for circle, ring in enumerate(rings, start=1):
        xy = np.round(shapely.get_coordinates(ring)[:-1] + np.array([zone * MILLION, 0.0]), decimals)
        xy = xy[np.any(xy != np.roll(xy, 1, axis=0), axis=1)]
        if len(xy) < CORNERS:
            raise refusal(UsageError, "ring_vanishes", file, n=decimals)
        names = [f"J{number + one + 1}" for one in range(len(xy))]
        number += len(xy)
        closed = zip([*names, names[0]], [*xy, xy[0]], strict=True)
        lines += [f"{name},{circle},{y:.{decimals}f},{x:.{decimals}f}" for name, (x, y) in closed]
    return lines


def _text(frame: gpd.GeoDataFrame, name: str, at: int) -> str:
    value = frame[name].iloc[at] if name in frame else None
    return "" if value is None or pd.isna(value) else str(value).translate(SIGNS).strip()
