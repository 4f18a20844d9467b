"""The seeded county of the bench: parcels, red lines and farmland of a known number and weight."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

SEED = 20210320
PLANE, STORED = "EPSG:4549", "EPSG:4490"
WEST, SOUTH, EAST, NORTH = 555_000.0, 3_488_000.0, 598_000.0, 3_520_000.0
PARCEL_CORNERS, RED_CORNERS, FARM_CORNERS = 12, 7_999, 59
RED_LINES, FARM_FIELDS = 25, 8_000
TOWNS = ["梅李镇", "海虞镇", "古里镇", "沙家浜镇", "支塘镇", "董浜镇", "辛庄镇", "尚湖镇"]
CATEGORIES = ["低效用地再开发", "老旧工业区改造", "土地复垦"]
ACCEPTED, M2_A_MU = 2 / 3, 2000 / 3
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class County:
    """Polygons of one kind never overlap, as in a cadastre; all in EPSG:4490."""

    parcels: gpd.GeoDataFrame
    red_lines: gpd.GeoDataFrame
    farmland: gpd.GeoDataFrame


def county(parcels: int, fields: int = FARM_FIELDS) -> County:
    """Draw the county with so many parcels of 13 vertices, 25 red lines of 8,000, fields of 60."""
    rng = np.random.default_rng(SEED)
    ground = _stars(rng, parcels, PARCEL_CORNERS, (0.3, 0.47), 0.35)
    red = _stars(rng, RED_LINES, RED_CORNERS, (0.25, 0.4), 0.001, bays=0.35)
    farm = _stars(rng, fields, FARM_CORNERS, (0.3, 0.45), 0.03)
    frame = gpd.GeoDataFrame(_ledger(rng, shapely.area(ground)), geometry=ground, crs=PLANE)
    return County(frame.to_crs(STORED), _lines("red_line", red), _lines("basic_farmland", farm))


def band(number: int, bands: int, parcels: int) -> gpd.GeoDataFrame:
    """Draw the parcels of one of the bands from south to north that a county too large for one process is made of."""
    rng, high = np.random.default_rng([SEED, number]), (NORTH - SOUTH) / bands
    south = SOUTH + number * high
    ground = _stars(rng, parcels, PARCEL_CORNERS, (0.3, 0.47), 0.35, box=(WEST, south, EAST, south + high))
    frame = gpd.GeoDataFrame(_ledger(rng, shapely.area(ground)), geometry=ground, crs=PLANE).to_crs(STORED)
    return frame.assign(parcel_id=f"{number:04d}-" + frame["parcel_id"])


def _ledger(rng: np.random.Generator, area_m2: Floats) -> pd.DataFrame:
    """Draw the ledger: every parcel declared and approved, two of three accepted a year later."""
    count = len(area_m2)
    approved = pd.Timestamp("2020-06-01") + pd.to_timedelta(rng.integers(0, 1_600, count), unit="D")
    accepted = pd.Series(approved + pd.Timedelta(days=365)).where(rng.random(count) < ACCEPTED)
    return pd.DataFrame({
        "parcel_id": [f"P{at:07d}" for at in range(count)],
        "town": rng.choice(TOWNS, count),
        "category": rng.choice(CATEGORIES, count),
        "area_declared_mu": area_m2 / M2_A_MU * rng.normal(1, 0.01, count),
        "approved_on": approved,
        "accepted_on": accepted,
    })  # fmt: skip


def _lines(kind: str, shapes: npt.NDArray[np.object_]) -> gpd.GeoDataFrame:
    ids = [f"{kind}-{at:05d}" for at in range(len(shapes))]
    columns = {"line_id": ids, "line_type": kind, "name": ids}
    return gpd.GeoDataFrame(columns, geometry=shapes, crs=PLANE).to_crs(STORED)


def _stars(
    rng: np.random.Generator,
    count: int,
    corners: int,
    reach: tuple[float, float],
    rough: float,
    bays: float = 0.0,
    box: tuple[float, float, float, float] = (WEST, SOUTH, EAST, NORTH),
) -> npt.NDArray[np.object_]:
    """Draw jagged polygons, one a cell of a grid over the box; bays are long waves of the shore."""
    west, south, east, north = box
    across = int(np.ceil(np.sqrt(count * (east - west) / (north - south))))
    down = int(np.ceil(count / across))
    cell = np.array([(east - west) / across, (north - south) / down])
    at = np.arange(count)
    centre = np.array([west, south]) + (np.column_stack([at % across, at // across]) + 0.5) * cell
    turn = (np.arange(corners) + rng.uniform(0.1, 0.9, (count, corners))) * 2 * np.pi / corners
    radius = cell.min() * rng.uniform(*reach, (count, 1)) * rng.uniform(1 - rough, 1, (count, corners))
    for wave in (3, 7, 17):
        radius *= 1 - bays / 3 * (1 + np.sin(wave * turn + rng.uniform(0, 2 * np.pi, (count, 1)))) / 2
    xy = centre[:, None, :] + radius[..., None] * np.stack([np.cos(turn), np.sin(turn)], axis=-1)
    return np.asarray(shapely.polygons(np.concatenate([xy, xy[:, :1]], axis=1)), dtype=object)
