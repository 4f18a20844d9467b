"""A surface between stations with its leave-one-out error: an estimate, not for compliance (不用于达标评价)."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from gis.air.phrases import refusal
from gis.base.coverage import covered
from gis.base.errors import UsageError
from gis.base.geo import STORED, zone_crs
from gis.base.messages import Message

METHODS = ("idw", "kriging")
NOT_FOR_COMPLIANCE = Message("插值估计，不用于达标评价", "an estimate between stations, not for compliance")
CELLS_A_BLOCK = 200_000

Floats = npt.NDArray[np.float64]
Predict = Callable[[Floats, Floats, Floats], Floats]


class Grid(NamedTuple):
    """Cells of a raster: the upper left corner in metres of a Gauss-Krüger zone, north up."""

    west: float
    north: float
    cell_m: float
    width: int
    height: int
    epsg: int

    @property
    def transform(self) -> tuple[float, float, float, float, float, float]:
        """Affine coefficients a, b, c, d, e, f: x = a·column + b·row + c, y = d·column + e·row + f."""
        return self.cell_m, 0.0, self.west, 0.0, -self.cell_m, self.north

    def centres(self) -> tuple[Floats, Floats]:
        """Give x and y of the centres of all cells, shape (height, width)."""
        x = self.west + (np.arange(self.width) + 0.5) * self.cell_m
        y = self.north - (np.arange(self.height) + 0.5) * self.cell_m
        return np.broadcast_to(x, (self.height, self.width)), np.broadcast_to(
            y[:, None], (self.height, self.width)
        )


@dataclass(frozen=True)
class Surface:
    """Values on a grid and how far they can be trusted.

    Attributes
    ----------
    array
        Shape (height, width), NaN outside the boundary.
    checks
        A row a station: name, value, estimated (from the others), error = estimated − value.
    """

    array: Floats
    grid: Grid
    method: str
    checks: pd.DataFrame

    @property
    def rmse(self) -> float:
        """Root mean square of the leave-one-out errors, in the unit of the values."""
        return float(np.sqrt((self.checks["error"] ** 2).mean()))

    @property
    def bias(self) -> float:
        """Mean of the leave-one-out errors."""
        return float(self.checks["error"].mean())


def grid_of(boundary: BaseGeometry, cell_m: float, most_cells: float = np.inf) -> Grid:
    """Lay a grid over a boundary; its corner is a whole number of cells from the zone's origin.

    Parameters
    ----------
    boundary
        EPSG:4490, degrees.
    cell_m
        Side of a cell in metres.

    Raises
    ------
    UsageError
        The cells are too many.
    """
    epsg = zone_crs(boundary.representative_point().x)
    west, south, east, north = gpd.GeoSeries([boundary], crs=STORED).to_crs(epsg).total_bounds
    left, top = np.floor(west / cell_m), np.ceil(north / cell_m)
    width, height = int(np.ceil(east / cell_m) - left), int(top - np.floor(south / cell_m))
    if width * height > most_cells:
        raise refusal(UsageError, "cells_too_many", width=width, height=height)
    return Grid(float(left * cell_m), float(top * cell_m), float(cell_m), width, height, epsg)


def surface(
    stations: gpd.GeoDataFrame,
    boundary: BaseGeometry,
    method: str,
    rules: Mapping[str, Any],
    cell_m: float | None = None,
) -> Surface:
    """Interpolate between stations by inverse distance or ordinary kriging.

    Parameters
    ----------
    stations
        EPSG:4490 points with `name` and `value`; those without a value or place are left out, those at
        one place are averaged.
    boundary
        EPSG:4490; cells whose centre lies outside have no value.
    method
        idw (power of distance in `rules`) or kriging (spherical variogram fitted to the stations).
    rules
        `[surface]` of the family `air_practice`: power, cell_m, most_cells, least (stations, a method).

    Returns
    -------
    surface
        With the leave-one-out check of every station. Not for compliance.

    Raises
    ------
    UsageError
        The method is unknown, or too few stations have a value: kriging is never replaced in silence.
    """
    if method not in METHODS:
        raise refusal(UsageError, "no_such_method", method=method, methods=", ".join(METHODS))
    used = stations[stations["value"].notna() & stations.geometry.notna() & ~stations.geometry.is_empty]
    used = _one_a_place(used)
    least = rules["least"][method]
    if len(used) < least:
        fix = "--method idw" if method == "kriging" else None
        raise refusal(UsageError, "few_stations", fix=fix, method=method, least=least, n=len(used))
    grid = grid_of(boundary, cell_m or rules["cell_m"], rules["most_cells"])
    placed = used.to_crs(grid.epsg)
    xy, values = shapely.get_coordinates(placed.geometry.to_numpy()), used["value"].to_numpy("float64")
    predict = partial(_idw, power=rules["power"]) if method == "idw" else _kriging
    inside = gpd.GeoSeries([boundary], crs=STORED).to_crs(grid.epsg).iloc[0]
    x, y = grid.centres()
    within = shapely.contains_xy(inside, x, y)
    filled = np.full(within.shape, np.nan)
    filled[within] = predict(xy, values, np.column_stack([x[within], y[within]]))
    return Surface(filled, grid, method, _checks(used["name"], xy, values, predict))


def town_means(made: Surface, towns: gpd.GeoDataFrame) -> pd.DataFrame:
    """Average a surface over towns, cells at a border by the share of them inside.

    Parameters
    ----------
    towns
        EPSG:4490 polygons with name and place_code.

    Returns
    -------
    means
        place_code, name, mean, lowest, highest in the unit of the values; null where no cell is inside.
    """
    grid = made.grid
    shapes = towns.geometry.to_crs(grid.epsg).to_numpy()
    cells = (grid.cell_m, grid.cell_m), (grid.height, grid.width)
    found = pd.concat([
        pd.DataFrame({"town": some.polygon, "part": some.part, "value": made.array[some.row, some.column]})
        for some in covered(shapes, (grid.west, grid.north), *cells)
    ]).dropna()  # fmt: skip
    found["weighted"] = found["part"] * found["value"]
    each = found.groupby("town").agg(
        part=("part", "sum"), weighted=("weighted", "sum"), lowest=("value", "min"), highest=("value", "max")
    ).reindex(range(len(towns)))  # fmt: skip
    plain = towns[["place_code", "name"]].reset_index(drop=True)
    return plain.assign(mean=each["weighted"] / each["part"], lowest=each["lowest"], highest=each["highest"])


def _one_a_place(stations: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    key = shapely.to_wkb(shapely.set_precision(stations.geometry.to_numpy(), 1e-6))
    grouped = stations.assign(place=key).groupby("place", sort=False)
    merged = grouped.agg(name=("name", "、".join), value=("value", "mean"), geometry=("geometry", "first"))
    return gpd.GeoDataFrame(merged.reset_index(drop=True), geometry="geometry", crs=stations.crs)


def _idw(xy: Floats, values: Floats, at: Floats, power: float) -> Floats:
    out = np.empty(len(at))
    for start in range(0, len(at), CELLS_A_BLOCK):
        part = at[start : start + CELLS_A_BLOCK]
        squared = ((part[:, None, :] - xy[None, :, :]) ** 2).sum(axis=2)
        weights = np.maximum(squared, 1.0) ** (-power / 2)
        out[start : start + CELLS_A_BLOCK] = weights @ values / weights.sum(axis=1)
    return out


def _kriging(xy: Floats, values: Floats, at: Floats) -> Floats:
    if np.ptp(values) == 0:
        return np.full(len(at), values[0])
    from pykrige.ok import OrdinaryKriging

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = OrdinaryKriging(xy[:, 0], xy[:, 1], values, variogram_model="spherical", pseudo_inv=True)
        found, _ = model.execute("points", at[:, 0], at[:, 1])
    return np.asarray(found, dtype="float64")


def _checks(names: pd.Series, xy: Floats, values: Floats, predict: Predict) -> pd.DataFrame:
    others = ~np.eye(len(values), dtype=bool)
    left_out = np.array(
        [predict(xy[rest], values[rest], xy[[at]])[0] for at, rest in enumerate(others)], dtype="float64"
    )
    return pd.DataFrame(
        {"name": names.to_numpy(), "value": values, "estimated": left_out, "error": left_out - values}
    )
