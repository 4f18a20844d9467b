"""A small map of the county as one SVG: boundary, towns, waters, and what the figures are about."""

from __future__ import annotations

import math

import geopandas as gpd
import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from gis import look
from gis.base.text import both, in_html
from gis.look import Mark
from gis.maps.book import Book
from gis.maps.layers import placed
from gis.maps.mapview import named

WIDTH = 560.0
MARGIN = 6.0
SIMPLE_PX = 0.35


def overview(book: Book) -> str:
    """Draw the county in a plain view (longitude shrunk by the cosine of the mid latitude)."""
    edition = look.colours(book.editions, book.as_of)
    base, lines = look.marks(edition, "base"), look.marks(edition, "line")
    view = _View(book.catalogue.county.extent)
    boundaries = book.tables.get("boundaries")
    levels = {} if boundaries is None else {str(name): rows for name, rows in boundaries.groupby("level")}
    parts = [
        view.areas(placed(levels.get("town")), base["town"]),
        view.areas(_red_lines(book), lines["red_line"], opacity=0.22),
        view.areas(_waters(book, "Polygon"), base["lake"]),
        view.lines(_waters(book, "Line"), base["river"]),
        view.lines(placed(levels.get("county")), base["county"]),
        view.names(
            placed(levels.get("town")), {town.name.zh: town.name.en for town in book.catalogue.county.towns}
        ),
    ]
    county, border = book.catalogue.county.name, book.catalogue.county.border
    drawing = (
        f'<svg viewBox="0 0 {WIDTH:.0f} {view.height:.0f}" role="img" '
        f"{named(f'{county.zh}略图', f'Sketch map of {county.en}')}>{''.join(parts)}</svg>"
    )
    words = both(
        f"{border.zh}、乡镇、水系；红色为生态保护红线", "County, towns, waters; red: ecological red line"
    )
    return f'<figure class="overview">{drawing}<figcaption>{words}</figcaption></figure>'


class _View:
    """Degrees to pixels of the sketch."""

    def __init__(self, extent: tuple[float, float, float, float]) -> None:
        west, south, east, north = extent
        self._west, self._north = west, north
        self._shrink = math.cos(math.radians((south + north) / 2))
        self._scale = (WIDTH - 2 * MARGIN) / ((east - west) * self._shrink)
        self.height = (north - south) * self._scale + 2 * MARGIN

    def areas(self, frame: gpd.GeoDataFrame | None, mark: Mark, opacity: float = 1) -> str:
        if frame is None:
            return ""
        path = self._path(frame)
        return (
            f'<path d="{path}" fill="{mark.fill}" fill-opacity="{opacity}" fill-rule="evenodd" '
            f'stroke="{mark.line}" stroke-width="{mark.weight:.1f}"/>'
        )

    def lines(self, frame: gpd.GeoDataFrame | None, mark: Mark) -> str:
        if frame is None:
            return ""
        return f'<path d="{self._path(frame)}" fill="none" stroke="{mark.line}" stroke-width="{mark.weight:.1f}"/>'

    def names(self, frame: gpd.GeoDataFrame | None, english: dict[str, str]) -> str:
        if frame is None:
            return ""
        spots = self._pixels(frame.geometry.representative_point().to_numpy())
        return "".join(
            f'<text x="{spot.x:.0f}" y="{spot.y:.0f}" font-size="15" text-anchor="middle" fill="#3E4C59" '
            f'paint-order="stroke" stroke="#FFFFFF" stroke-width="3"><tspan class="zh">{in_html(name)}</tspan>'
            f'<tspan class="en">{in_html(english.get(name, name))}</tspan></text>'
            for spot, name in zip(spots, frame["name"], strict=True)
        )

    def _path(self, frame: gpd.GeoDataFrame) -> str:
        shapes = shapely.simplify(self._pixels(frame.geometry.to_numpy()), SIMPLE_PX)
        return "".join(_moves(line) for shape in shapes for line in _rings(shape))

    def _pixels(self, shapes: np.ndarray) -> np.ndarray:
        return np.asarray(shapely.transform(shapely.force_2d(shapes), self._project))

    def _project(self, degrees: np.ndarray) -> np.ndarray:
        x = (degrees[:, 0] - self._west) * self._shrink * self._scale + MARGIN
        y = (self._north - degrees[:, 1]) * self._scale + MARGIN
        return np.column_stack([x, y])


def _rings(shape: BaseGeometry) -> list[np.ndarray]:
    edges = shapely.boundary(shape) if shape.geom_type.endswith("Polygon") else shape
    return [shapely.get_coordinates(part) for part in shapely.get_parts(edges)]


def _moves(points: np.ndarray) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points) if len(points) > 1 else ""


def _waters(book: Book, kind: str) -> gpd.GeoDataFrame | None:
    table = book.tables.get("waters")
    frame = placed(table) if table is not None else None
    if frame is None:
        return None
    chosen = frame[frame.geometry.geom_type.str.contains(kind)]
    return chosen if len(chosen) else None


def _red_lines(book: Book) -> gpd.GeoDataFrame | None:
    table = book.tables.get("control_lines")
    return (
        None if table is None or "line_type" not in table else placed(table[table["line_type"] == "red_line"])
    )
