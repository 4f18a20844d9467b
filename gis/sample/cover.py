"""Land cover of two years as small rasters with the class codes of ESA WorldCover, and a picture of each."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import rasterio
from rasterio.features import rasterize
from rasterio.transform import Affine

from gis.sample.county import PLANE, STORED, County, generator

WIDTH, HEIGHT = 800, 528
TREE, GRASS, CROP, BUILT, BARE, WATER, WETLAND = 10, 30, 40, 50, 60, 80, 90
SPECKLES = {TREE: (0.0, 0.03), GRASS: (0.96, 0.99), BARE: (0.99, 1.0)}
EXTENT = (120.55, 31.50, 121.05, 31.83)
IMAGE_SEEDS = {2020: 61, 2025: 62}
VILLAGES = {2020: 2100, 2025: 2300}
PLACE = Affine(
    (EXTENT[2] - EXTENT[0]) / WIDTH, 0.0, EXTENT[0], 0.0, (EXTENT[1] - EXTENT[3]) / HEIGHT, EXTENT[3]
)
COLOURS = {
    TREE: (52, 82, 48), GRASS: (128, 146, 84), CROP: (148, 154, 96), BUILT: (172, 160, 152), BARE: (190, 172, 140),
    WATER: (58, 84, 98), WETLAND: (92, 112, 82),
}  # fmt: skip
GRAIN = (-12, -4, 4, 12)
EDGE_M = {2020: -420.0, 2025: -180.0}


@dataclass(frozen=True)
class Cover:
    """One year of land cover: `codes` has shape (HEIGHT, WIDTH), uint8, 0 outside the county."""

    year: int
    codes: npt.NDArray[np.uint8]


def land_cover(county: County, year: int) -> Cover:
    """Draw the land cover of 2020 or 2025; the built-up land of 2020 is a part of that of 2025."""
    rng = generator(16)
    land = gpd.GeoSeries([county.outline], crs=STORED)
    spots = rng.uniform(EXTENT[:2], EXTENT[2:], (max(VILLAGES.values()), 2))
    sizes = rng.uniform(60, 170, len(spots))
    villages = (
        gpd.GeoSeries.from_xy(*spots.T, crs=STORED)
        .to_crs(PLANE)
        .buffer(sizes)
        .iloc[: VILLAGES[year]]
        .to_crs(STORED)
    )
    towns = county.built.to_crs(PLANE).buffer(EDGE_M[year]).to_crs(STORED)
    rivers = county.rivers.to_crs(PLANE)
    channels = rivers.buffer(rivers["width_m"] / 2 + 15).to_crs(STORED)
    wetland = county.lakes[county.lakes["name"] == "沙家浜芦苇荡"].to_crs(PLANE).buffer(420).to_crs(STORED)
    layers = [
        (land, CROP), (villages, BUILT), (towns, BUILT), (gpd.GeoSeries([county.hill]), TREE),
        (wetland, WETLAND), (channels, WATER), (county.lakes.geometry, WATER), (gpd.GeoSeries([county.yangtze]), WATER),
    ]  # fmt: skip
    shapes = [(shape, code) for layer, code in layers for shape in layer if not shape.is_empty]
    codes = rasterize(shapes, (HEIGHT, WIDTH), fill=0, transform=PLACE, dtype="uint8")
    inside = rasterize(land, (HEIGHT, WIDTH), fill=0, transform=PLACE, dtype="uint8")
    return Cover(year, _speckled(codes, rng) * inside)


def write_cover(cover: Cover, path: Path) -> None:
    """Write a GeoTIFF: uint8, nodata 0, deflate, EPSG:4490."""
    with rasterio.open(
        path, "w", driver="GTiff", width=WIDTH, height=HEIGHT, count=1, dtype="uint8", nodata=0,
        crs=STORED, transform=PLACE, compress="deflate", predictor=2,
    ) as file:  # fmt: skip
        file.write(cover.codes, 1)
        file.update_tags(TITLE=f"示例数据 土地覆盖 {cover.year}")


def write_image(cover: Cover, path: Path) -> None:
    """Write a GeoTIFF as a satellite would see the cover: red, green and blue, grainy, black outside the county."""
    rng = generator(IMAGE_SEEDS[cover.year])
    palette = np.zeros((256, 3), "int16")
    palette[list(COLOURS)] = list(COLOURS.values())
    grain = rng.choice(np.array(GRAIN, "int16"), cover.codes.shape)[..., None]
    seen = np.where(cover.codes[..., None] == 0, 0, palette[cover.codes] + grain).astype("uint8")
    with rasterio.open(
        path, "w", driver="GTiff", width=WIDTH, height=HEIGHT, count=3, dtype="uint8", nodata=0, photometric="RGB",
        crs=STORED, transform=PLACE, compress="deflate", zlevel=9, interleave="pixel",
    ) as file:  # fmt: skip
        file.write(seen.transpose(2, 0, 1))
        file.update_tags(TITLE=f"示例数据 影像 {cover.year}（由土地覆盖生成，非真实影像）")


def _speckled(codes: npt.NDArray[np.uint8], rng: np.random.Generator) -> npt.NDArray[np.uint8]:
    patch = rng.random((HEIGHT // 4, WIDTH // 4)).repeat(4, axis=0).repeat(4, axis=1)
    for code, (low, high) in SPECKLES.items():
        codes = np.where((codes == CROP) & (patch >= low) & (patch < high), np.uint8(code), codes)
    return codes
