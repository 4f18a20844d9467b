"""A map extract round one parcel as SVG: it prints sharp and needs no script."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from gis.look import Mark
from gis.maps.mapview import named
from gis.maps.shapes import paint

WIDTH, HEIGHT = 640.0, 430.0
ROOM = 1.7
LEAST_M = 150.0
METRES_A_DEGREE = 111_320.0
SIMPLE_PX = 0.2
STEPS_M = (10, 20, 50, 100, 200, 500, 1000, 2000, 5000)
Bounds = tuple[float, float, float, float]
Points = npt.NDArray[np.float64]


class Placed(NamedTuple):
    """Shapes in degrees with their index."""

    shapes: npt.NDArray[np.object_]
    tree: shapely.STRtree

    @classmethod
    def of(cls, shapes: npt.NDArray[np.object_]) -> Placed:
        """Index some shapes."""
        return cls(shapes, shapely.STRtree(shapes))


@dataclass(frozen=True)
class Window:
    """A part of the county as a picture: degrees to pixels, longitude shrunk by the cosine.

    Attributes
    ----------
    lon, lat
        The middle, degrees.
    scale
        Pixels a metre.
    """

    lon: float
    lat: float
    scale: float

    @classmethod
    def round(cls, shape: BaseGeometry) -> Window:
        """Lay a window round a shape in degrees, at least 150 m high, with room about it."""
        west, south, east, north = shape.bounds
        lat = (south + north) / 2
        wide = (east - west) * METRES_A_DEGREE * math.cos(math.radians(lat)) * ROOM
        high = max((north - south) * METRES_A_DEGREE * ROOM, LEAST_M)
        return cls((west + east) / 2, lat, min(WIDTH / max(wide, LEAST_M), HEIGHT / high))

    @property
    def bounds(self) -> Bounds:
        """Give its sides in degrees: west, south, east, north."""
        x = WIDTH / 2 / self.scale / METRES_A_DEGREE / math.cos(math.radians(self.lat))
        y = HEIGHT / 2 / self.scale / METRES_A_DEGREE
        return self.lon - x, self.lat - y, self.lon + x, self.lat + y

    def inside(self, placed: Placed, keep: npt.NDArray[np.bool_] | None = None) -> npt.NDArray[np.object_]:
        """Give the shapes that come into the window, cut to a little more than it; `keep` masks them."""
        near = placed.tree.query(shapely.box(*self.bounds))
        west, south, east, north = self.bounds
        x, y = (east - west) / 20, (north - south) / 20
        chosen = placed.shapes[near if keep is None else near[keep[near]]]
        cut = [shapely.clip_by_rect(one, west - x, south - y, east + x, north + y) for one in chosen]
        return np.array(cut, dtype=object)

    def draw(self, shapes: npt.NDArray[np.object_], mark: Mark, *, filled: bool = True) -> str:
        """Draw shapes in degrees as one path."""
        pixels = shapely.transform(shapely.force_2d(shapes), self._pixels)
        lines = [part for shape in shapely.simplify(pixels, SIMPLE_PX) for part in _lines(shape)]
        path = "".join("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in line) for line in lines if len(line) > 1)
        fill = paint(mark) if filled else "none"
        dash = f' stroke-dasharray="{mark.dash}"' if mark.dash else ""
        return (
            f'<path d="{path}" fill="{fill}" fill-rule="evenodd" stroke="{mark.line}" '
            f'stroke-width="{mark.weight:.1f}"{dash}/>'
        )

    def picture(self, parts: list[str], name: tuple[str, str], *, scale: bool = True) -> str:
        """Put the drawn parts together, with a scale bar and north unless another picture has them."""
        north = (
            f'{self._bar()}<path d="M{WIDTH - 24:.0f} 12l7 20-7-5-7 5Z" fill="#1F2933"/>'
            f'<text x="{WIDTH - 24:.0f}" y="48" font-size="13" text-anchor="middle">N</text>'
        )
        return (
            f'<svg class="extract" viewBox="0 0 {WIDTH:.0f} {HEIGHT:.0f}" role="img" {named(*name)}>'
            f'<rect width="{WIDTH:.0f}" height="{HEIGHT:.0f}" fill="#FFFFFF"/>{"".join(parts)}'
            f"{north if scale else ''}</svg>"
        )

    def _bar(self) -> str:
        metres = max((step for step in STEPS_M if step * self.scale <= WIDTH / 4), default=STEPS_M[0])
        long, y = metres * self.scale, HEIGHT - 14
        return (
            f'<path d="M14 {y - 5:.0f}v5h{long:.1f}v-5" fill="none" stroke="#1F2933" stroke-width="1.5"/>'
            f'<text x="{20 + long:.1f}" y="{y:.0f}" font-size="13" paint-order="stroke" stroke="#FFFFFF" '
            f'stroke-width="3">{metres:,} m</text>'
        )

    def _pixels(self, degrees: Points) -> Points:
        east = (degrees[:, 0] - self.lon) * METRES_A_DEGREE * math.cos(math.radians(self.lat))
        north = (degrees[:, 1] - self.lat) * METRES_A_DEGREE
        return np.column_stack([WIDTH / 2 + east * self.scale, HEIGHT / 2 - north * self.scale])


def _lines(shape: BaseGeometry) -> list[Points]:
    edges = shapely.boundary(shape) if shape.geom_type.endswith("Polygon") else shape
    return [shapely.get_coordinates(part) for part in shapely.get_parts(edges)]
