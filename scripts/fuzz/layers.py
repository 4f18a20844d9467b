"""Changes of geometries, fields and the CRS of a layer."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import geopandas as gpd
import pyogrio
import shapely

from fuzz.hostile import hostile

DRIVERS = {
    ".shp": "ESRI Shapefile", ".gpkg": "GPKG", ".geojson": "GeoJSON", ".fgb": "FlatGeobuf", ".gdb": "OpenFileGDB",
}  # fmt: skip


def _frame(path: Path) -> gpd.GeoDataFrame:
    return (
        pyogrio.read_dataframe(path, encoding="GBK")
        if path.suffix == ".shp"
        else pyogrio.read_dataframe(path)
    )


def _again(path: Path, frame: gpd.GeoDataFrame) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    elif path.suffix != ".shp":
        path.unlink()
    more = {".shp": {"encoding": "GBK"}, ".gdb": {"promote_to_multi": True}}.get(path.suffix, {})
    layer = "STBHHX" if path.stem == "lines" and path.suffix in (".gpkg", ".gdb") else path.stem
    pyogrio.write_dataframe(frame, path, driver=DRIVERS[path.suffix.lower()], layer=layer, **more)


def geometries(path: Path, rng: random.Random, *_: object) -> None:
    """Put broken, far, empty and missing shapes into a layer."""
    frame = _frame(path)
    shapes = frame.geometry.to_numpy().copy()
    for _ in range(rng.randint(1, 3)):
        at = rng.randrange(len(shapes))
        old = shapes[at]
        west, south, east, north = old.bounds if old is not None and not old.is_empty else (0, 0, 1, 1)
        bow = shapely.Polygon([(west, south), (east, north), (east, south), (west, north)])
        spike = shapely.Polygon(
            [(west, south), (east, south), (east, north), (east, north + 50), (east, north), (west, north)]
        )
        whole = shapely.box(west, south, east, north)
        shapes[at] = rng.choice((
            None, shapely.Polygon(), bow, spike, shapely.box(0, 0, 1e-3, 1e-3), shapely.box(-1e300, 0, 1e300, 1),
            shapely.Polygon([(west, south), (east, north), (east, north), (west, south)]),
            shapes[rng.randrange(len(shapes))],
            shapely.force_3d(old) if old is not None else None, shapely.box(200, 95, 201, 96),
            shapely.Polygon([(west, south), (float("nan"), north), (east, south), (west, south)]),
            whole.buffer((east - west) / 2, 400), shapely.MultiPolygon([bow, whole]),
        ))  # fmt: skip
    _again(path, frame.set_geometry(gpd.GeoSeries(shapes, crs=frame.crs)))


def fields(path: Path, rng: random.Random, _others: list[Path], canary: str) -> None:
    """Put hostile cells into a field; lose, name or double it."""
    frame = _frame(path)
    names = [name for name in frame.columns if name != "geometry"]
    name = rng.choice(names)
    how = rng.choice(("cells", "lost", "named", "double"))
    if how == "lost":
        frame = frame.drop(columns=name)
    elif how == "named":
        frame = frame.rename(
            columns={
                name: str(rng.choice(("MJ", "面积", "geom", "FID", "OBJECTID", "{}", "状态", "面积(平")))
            }
        )
    elif how == "double":
        frame[f"{name}_1"] = frame[name]
    else:
        cells = frame[name].astype(str).tolist()
        for _ in range(rng.randint(1, 4)):
            cells[rng.randrange(len(cells))] = str(rng.choice(hostile(canary)))[:200]
        frame[name] = cells
    _again(path, frame)


def other_crs(path: Path, rng: random.Random, *_: object) -> None:
    """Write another CRS, with or without moving the shapes."""
    frame = _frame(path)
    crs = rng.choice((None, 4326, 4490, 4528, 4527, 3857, 2437, 32651, 4214))
    frame = frame.to_crs(crs) if crs and rng.random() < 0.5 else frame.set_crs(crs, allow_override=True)  # noqa: PLR2004  half
    _again(path, frame)
