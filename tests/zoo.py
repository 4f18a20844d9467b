"""A zoo of geometries, walked by every function that takes geometry."""

import geopandas as gpd
import shapely

WEST, SOUTH = 120.75, 31.65
STEP = 0.001


def box(column: float = 0, row: float = 0, size: float = 1) -> shapely.Polygon:
    """A square in 常熟, about 95 m by 111 m at size 1."""
    return shapely.box(
        WEST + column * STEP, SOUTH + row * STEP, WEST + (column + size) * STEP, SOUTH + (row + size) * STEP
    )


def ring(*points: tuple[float, ...]) -> shapely.Polygon:
    return shapely.Polygon([(WEST + x * STEP, SOUTH + y * STEP, *z) for x, y, *z in points])


VALID = {
    "square": box(),
    "clockwise": shapely.reverse(box()),
    "hole": shapely.difference(box(size=3), box(1, 1)),
    "multi": shapely.MultiPolygon([box(), box(2)]),
    "height": ring((0, 0, 5), (1, 0, 5), (1, 1, 5), (0, 1, 5)),
    "repeated_point": ring((0, 0), (1, 0), (1, 0), (1, 1), (0, 1)),
    "western_zone": shapely.box(117.0, 31.0, 117.001, 31.001),
    "eastern_zone": shapely.box(123.0, 31.0, 123.001, 31.001),
}
INVALID = {
    "bow_tie": ring((0, 0), (1, 1), (1, 0), (0, 1)),
    "spike": ring((0, 0), (1, 0), (1, 1), (1, 2), (1, 1), (0, 1)),
    "hole_outside": shapely.Polygon(box().exterior, [box(4).exterior]),
    "overlapping_parts": shapely.MultiPolygon([box(), box(0.5)]),
}
COLLAPSED = {
    "zero_area": ring((0, 0), (1, 0), (2, 0)),
    "one_point": ring((0, 0), (0, 0), (0, 0)),
}
NOTHING = {"missing": None, "empty": shapely.Polygon()}
OTHERS = {
    "point": shapely.Point(WEST, SOUTH),
    "line": shapely.LineString([(WEST, SOUTH), (WEST + STEP, SOUTH)]),
    "collection": shapely.GeometryCollection([box(), shapely.Point(WEST, SOUTH)]),
}


def frame(animals: dict[str, shapely.Geometry | None], crs: str | None = "EPSG:4490") -> gpd.GeoDataFrame:
    """The animals as a layer: column name, source_row from 1."""
    return gpd.GeoDataFrame(
        {"name": list(animals), "source_row": range(1, len(animals) + 1)},
        geometry=list(animals.values()),
        crs=crs,
    )
