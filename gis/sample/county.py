"""The drawn county: outline, fourteen towns that tile it, waters, hill and built-up land."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from gis.base.package_files import toml_of

STORED = "EPSG:4490"
PLANE = "EPSG:4528"
SEED = 320581

Points = npt.NDArray[np.float64]


@dataclass(frozen=True)
class County:
    """The sample county.

    Attributes
    ----------
    outline, hill, yangtze
        Polygons in EPSG:4490.
    towns, zones, lakes, rivers, built
        Frames with code (where it has one), name and geometry, EPSG:4490; `rivers` has width_m and flow.
        The towns tile the outline without gap or overlap; zones are the areas of the parks.
    """

    outline: BaseGeometry
    hill: BaseGeometry
    yangtze: BaseGeometry
    towns: gpd.GeoDataFrame
    zones: gpd.GeoDataFrame
    lakes: gpd.GeoDataFrame
    rivers: gpd.GeoDataFrame
    built: gpd.GeoDataFrame


def generator(subject: int) -> np.random.Generator:
    """Give the seeded generator of one subject, so that a change of one leaves the others as they were."""
    return np.random.default_rng([SEED, subject])


def drawing(name: str = "county.toml") -> dict[str, Any]:
    """Read one of the hand-written data files of the sample."""
    return toml_of(f"sample/{name}")


def to_plane(geometry: BaseGeometry) -> BaseGeometry:
    """Project one geometry from EPSG:4490 to metres (EPSG:4528)."""
    return gpd.GeoSeries([geometry], crs=STORED).to_crs(PLANE).iloc[0]


def to_stored(geometry: BaseGeometry) -> BaseGeometry:
    """Project one geometry from EPSG:4528 back to EPSG:4490."""
    return gpd.GeoSeries([geometry], crs=PLANE).to_crs(STORED).iloc[0]


def wander(line: Points, rng: np.random.Generator, *, depth: int = 4, sway: float = 0.07) -> Points:
    """Make a drawn line natural: halve each side `depth` times and push the middle sideways.

    Parameters
    ----------
    line
        Shape (n, 2), any plane unit; its own vertices stay.
    sway
        Standard deviation of the push as a share of the side's length.

    Returns
    -------
    line
        Shape ((n - 1) · 2^depth + 1, 2).
    """
    for _ in range(depth):
        start, end = line[:-1], line[1:]
        side = end - start
        push = rng.normal(0.0, sway, len(side))[:, None] * np.column_stack([-side[:, 1], side[:, 0]])
        finer = np.empty((2 * len(line) - 1, 2))
        finer[::2], finer[1::2] = line, (start + end) / 2 + push
        line = finer
    return line


def blob(centre: Points, radius: float, rng: np.random.Generator, *, points: int = 48) -> BaseGeometry:
    """Draw an uneven round polygon about `centre` (shape (2,), metres)."""
    angle = np.linspace(0, 2 * np.pi, points, endpoint=False)
    reach = np.full(points, float(radius))
    for k in range(2, 7):
        reach += radius * rng.uniform(0.02, 0.09) * np.sin(k * angle + rng.uniform(0, 6.28))
    return shapely.Polygon(centre + reach[:, None] * np.column_stack([np.cos(angle), np.sin(angle)]))


@cache
def county() -> County:
    """Draw the county; the same at every call."""
    drawn, rng = drawing(), generator(1)
    towns = _tile(_ring(drawn["outline"], rng, depth=3, sway=0.05), drawn["towns"], rng)
    outline = shapely.union_all(towns)
    yangtze = _yangtze(outline, drawn["shore"], rng)
    land = outline.difference(yangtze)
    rivers = [
        shapely.LineString(wander(np.array(one["line"]), rng, sway=0.04)).intersection(land)
        for one in drawn["rivers"]
    ]
    hill = _ring(drawn["hill"]["ring"], rng)
    lakes = _frame(drawn["lakes"], [_ring(one["ring"], rng) for one in drawn["lakes"]], ["code", "name"])
    return County(
        outline=outline,
        hill=hill,
        yangtze=yangtze,
        towns=_frame(drawn["towns"], towns, ["code", "name"]),
        zones=_around(drawn["zones"], land, rng, ["code", "name"]),
        lakes=lakes,
        rivers=_frame(drawn["rivers"], rivers, ["code", "name", "width_m", "flow"]),
        built=_around(drawn["built"], land - hill - lakes.union_all(), rng, ["name"]),
    )


def _ring(
    ring: list[list[float]], rng: np.random.Generator, depth: int = 3, sway: float = 0.06
) -> BaseGeometry:
    closed = np.array([*ring, ring[0]])
    return shapely.Polygon(np.round(wander(closed, rng, depth=depth, sway=sway), 6)).buffer(0)


def _yangtze(outline: BaseGeometry, shore: list[list[float]], rng: np.random.Generator) -> BaseGeometry:
    line = wander(np.array(shore), rng, sway=0.03)
    north = [[line[-1][0], 32.0], [line[0][0], 32.0]]
    return outline.intersection(shapely.Polygon([*line.tolist(), *north]))


def _frame(rows: list[dict[str, Any]], shapes: list[BaseGeometry], columns: list[str]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {column: [row[column] for row in rows] for column in columns}, geometry=shapes, crs=STORED
    )


def _around(
    rows: list[dict[str, Any]], within: BaseGeometry, rng: np.random.Generator, columns: list[str]
) -> gpd.GeoDataFrame:
    centres = shapely.get_coordinates([to_plane(shapely.Point(row["centre"])) for row in rows])
    shapes = [blob(centre, row["radius_m"], rng) for centre, row in zip(centres, rows, strict=True)]
    return _frame(rows, [to_stored(shape).intersection(within) for shape in shapes], columns)


def _tile(outline: BaseGeometry, towns: list[dict[str, Any]], rng: np.random.Generator) -> list[BaseGeometry]:
    """Cut the outline along wandering Voronoi borders; every face belongs to exactly one town."""
    centres = shapely.MultiPoint([town["centre"] for town in towns])
    edges = shapely.get_parts(
        shapely.voronoi_polygons(centres, extend_to=outline.buffer(0.2), only_edges=True)
    )
    borders = [
        shapely.LineString(np.round(wander(shapely.get_coordinates(edge), rng, sway=0.05), 6))
        for edge in edges
    ]
    nodes = shapely.union_all([outline.boundary, *borders], grid_size=1e-7)
    faces = [
        face
        for face in shapely.get_parts(shapely.polygonize(shapely.get_parts(nodes)))
        if outline.contains(face.representative_point())
    ]
    owners = [next((i for i, c in enumerate(centres.geoms) if face.contains(c)), None) for face in faces]
    while None in owners:
        _give_to_neighbour(faces, owners)
    return [
        shapely.union_all([face for face, owner in zip(faces, owners, strict=True) if owner == i])
        for i in range(len(towns))
    ]


def _give_to_neighbour(faces: list[BaseGeometry], owners: list[int | None]) -> None:
    for i, face in enumerate(faces):
        if owners[i] is None:
            shared = [
                (face.intersection(other).length, owners[j])
                for j, other in enumerate(faces)
                if owners[j] is not None
            ]
            length, owner = max(shared, key=lambda pair: pair[0])
            if length > 0:
                owners[i] = owner
