"""The surface of a run as tables: its grid and error, its cells, the check of each station, town means."""

from __future__ import annotations

from collections.abc import Mapping

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely.geometry.base import BaseGeometry

from gis.air.surface import NOT_FOR_COMPLIANCE, Grid, Surface, surface, town_means
from gis.base.messages import Message
from gis.base.tables import Tables
from gis.standards import Edition

TOO_FEW = Message("站点不足，未插值", "too few stations, no surface").stored


def surface_tables(
    tables: Tables, means: pd.Series, period: str, keys: Mapping[str, str], practice: Edition
) -> dict[str, pd.DataFrame]:
    """Interpolate the stations' means of a period over the county, by the method of the data file.

    Parameters
    ----------
    tables
        `stations` and `boundaries` (levels county and town) with geometry; without them nothing is made.
    means
        Station key → mean of the data file's item in the period.
    keys
        From `station_keys`.
    practice
        Of the family `air_practice`.

    Returns
    -------
    tables
        air_surface (one row: item, period, method, grid, leave-one-out rmse and bias), air_surface_cells,
        air_surface_checks, air_surface_towns. With too few stations the first alone, which says so.
    """
    rules, found = practice.data["surface"], placed_stations(tables, means, keys)
    boundary = boundary_of(tables)
    if found is None or boundary is None:
        return {}
    head = {"item": rules["item"], "period": period, "method": rules["method"], "n_stations": len(found)}
    if len(found) < rules["least"][rules["method"]]:
        return {"air_surface": pd.DataFrame([head | {"note": TOO_FEW}])}
    made = surface(found, boundary, rules["method"], rules)
    out = {
        "air_surface": pd.DataFrame([head | summary(made)]),
        "air_surface_cells": cells(made),
        "air_surface_checks": made.checks,
    }
    towns = level_of(tables, "town")
    if towns is not None:
        out["air_surface_towns"] = town_means(made, towns).assign(note=NOT_FOR_COMPLIANCE.stored)
    return out


def summary(made: Surface) -> dict[str, object]:
    """Give grid and error of a surface as the columns of `air_surface`."""
    return {**made.grid._asdict(), "rmse": made.rmse, "bias": made.bias, "note": NOT_FOR_COMPLIANCE.stored}


def cells(made: Surface) -> pd.DataFrame:
    """List the cells that have a value: row and column from the upper left, centre in metres, value."""
    row, column = np.nonzero(np.isfinite(made.array))
    x, y = made.grid.centres()
    at = row, column
    return pd.DataFrame({"row": row, "column": column, "x": x[at], "y": y[at], "value": made.array[at]})


def grid_and_values(head: pd.DataFrame, listed: pd.DataFrame) -> tuple[Grid, np.ndarray]:
    """Put the tables `air_surface` and `air_surface_cells` back into a grid and its values (NaN outside)."""
    first = head.iloc[0]
    grid = Grid(
        float(first["west"]), float(first["north"]), float(first["cell_m"]),
        int(first["width"]), int(first["height"]), int(first["epsg"]),
    )  # fmt: skip
    values = np.full((grid.height, grid.width), np.nan)
    values[listed["row"].to_numpy("int64"), listed["column"].to_numpy("int64")] = listed["value"]
    return grid, values


def level_of(tables: Tables, level: str) -> gpd.GeoDataFrame | None:
    """Give the boundaries of a level (county, town) that have a geometry; None where there is none."""
    table = tables.get("boundaries")
    if table is None or "geometry" not in table:
        return None
    chosen = table[(table["level"] == level) & table["geometry"].notna()]
    return (
        gpd.GeoDataFrame(chosen, geometry="geometry", crs=getattr(table, "crs", None))
        if len(chosen)
        else None
    )


def boundary_of(tables: Tables) -> BaseGeometry | None:
    """Give the county's boundary, or that of all its towns."""
    for level in ("county", "town"):
        found = level_of(tables, level)
        if found is not None:
            return found.geometry.union_all()
    return None


def placed_stations(tables: Tables, means: pd.Series, keys: Mapping[str, str]) -> gpd.GeoDataFrame | None:
    """Give the stations that have both a place and a mean: name, value, geometry; None without any place."""
    stations = tables.get("stations")
    if stations is None or "geometry" not in stations or not stations["geometry"].notna().any():
        return None
    there = stations[stations["geometry"].notna()]
    key = there["station_id"].fillna(there["name"]).map(keys)
    value = key.map(means).astype("float64")
    placed = there.assign(name=there["name"].fillna(there["station_id"]), value=value)[value.notna()]
    return gpd.GeoDataFrame(placed, geometry="geometry", crs=getattr(stations, "crs", None))
