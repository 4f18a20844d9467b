"""Two land cover rasters read by windows: exact coverage by parcel, new built-up ground, honest refusals."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import rasterio
import shapely
from rasterio.enums import Resampling
from rasterio.warp import reproject

from gis.base.errors import CrsError, FileError
from gis.ingest import zones
from gis.ingest.zones import coverage, new_built, open_pair

WEST, NORTH, SIZE = 120.6, 31.7, 0.0003
BUILT, CROP = 50, 40


def tif(path: Path, values, crs="EPSG:4490", size=SIZE) -> Path:
    values = np.asarray(values, "uint8")
    place = rasterio.Affine(size, 0.0, WEST, 0.0, -size, NORTH)
    with rasterio.open(
        path, "w", driver="GTiff", height=values.shape[0], width=values.shape[1], count=1, dtype="uint8",
        crs=crs, transform=place, nodata=0,
    ) as out:  # fmt: skip
        out.write(values, 1)
    return path


def cells(left, top, right, bottom):
    """A rectangle in columns and rows of the raster."""
    return shapely.box(WEST + left * SIZE, NORTH - bottom * SIZE, WEST + right * SIZE, NORTH - top * SIZE)


def series(*shapes, crs="EPSG:4490"):
    return gpd.GeoSeries(list(shapes), crs=crs)


@pytest.fixture
def images(tmp_path):
    """40 × 60 pixels: all cropland, then built-up from column 30 on; one corner without data."""
    before, after = np.full((40, 60), CROP), np.full((40, 60), CROP)
    after[:, 30:] = BUILT
    before[:4, :4] = 0
    return tif(tmp_path / "2020.tif", before), tif(tmp_path / "2025.tif", after)


def read(images, *shapes, **more):
    with open_pair(*images) as pair:
        return coverage(pair, series(*shapes, **more))


def test_half_pixels_count_by_half(images):
    found = read(images, cells(28.5, 10, 31, 12))
    rows = found.cover.set_index(["before", "after"])["area_m2"]
    assert rows[CROP, BUILT] / rows.sum() == pytest.approx(1 / 2.5)
    assert found.pixels[0] == pytest.approx(5.0)
    assert found.valid_share[0] == pytest.approx(1.0)
    true = series(cells(28.5, 10, 31, 12)).to_crs("EPSG:6933").area[0]
    assert rows.sum() == pytest.approx(true, rel=1e-4)


def test_ground_without_data_is_neither_class(images):
    found = read(images, cells(0, 0, 8, 4))
    assert found.valid_share[0] == pytest.approx(0.5)
    assert found.cover[["before", "after"]].to_numpy().tolist() == [[CROP, CROP]]


def test_a_raster_from_south_to_north_gives_the_same(images, tmp_path):
    parcels = [cells(1.3, 1.1, 35.7, 30.2), shapely.Point(WEST + 0.009, NORTH - 0.006).buffer(0.004)]
    with rasterio.open(images[0]) as north:
        place, values = north.transform, north.read()[:, ::-1]
        grid = rasterio.Affine(place.a, 0.0, place.c, 0.0, -place.e, place.f + north.height * place.e)
        with rasterio.open(tmp_path / "south.tif", "w", **{**north.profile, "transform": grid}) as south:
            south.write(values)
    there, turned = read(images, *parcels), read((tmp_path / "south.tif", images[1]), *parcels)
    assert there.cover.equals(turned.cover)
    assert there.valid_share.tolist() == turned.valid_share.tolist()
    assert there.valid_share[0] < 1


def test_windows_of_any_size_give_the_same(images, monkeypatch):
    shapes = [cells(2.3, 1.1, 55.7, 38.2), shapely.Point(WEST + 0.009, NORTH - 0.006).buffer(0.004), None]
    whole = read(images, *shapes)
    with open_pair(*images) as pair:
        once = new_built(pair, [BUILT], series(cells(0, 0, 60, 40)))
    monkeypatch.setattr(zones, "TILE", 7)
    parts = read(images, *shapes)
    assert parts.cover["area_m2"].to_numpy() == pytest.approx(whole.cover["area_m2"].to_numpy(), rel=1e-5)
    assert parts.cover[["parcel", "before", "after"]].equals(whole.cover[["parcel", "before", "after"]])
    assert parts.valid_share == pytest.approx(whole.valid_share, rel=1e-9)
    with open_pair(*images) as pair:
        tiled = new_built(pair, [BUILT], series(cells(0, 0, 60, 40)))
    assert len(once) == len(tiled) == 1
    assert once[0].symmetric_difference(tiled[0]).area < 1e-12
    assert once[0].symmetric_difference(cells(30, 0, 60, 40)).area < 1e-12


def test_parcels_of_another_crs_are_brought_to_the_raster(images):
    plain = read(images, cells(28.5, 10, 31, 12))
    moved = series(cells(28.5, 10, 31, 12)).to_crs("EPSG:4549")
    with open_pair(*images) as pair:
        other = coverage(pair, moved)
    assert other.cover["area_m2"].to_numpy() == pytest.approx(plain.cover["area_m2"].to_numpy(), rel=1e-4)


def test_a_second_raster_of_another_crs_is_laid_on_the_first(images, tmp_path):
    with rasterio.open(images[1]) as raster:
        west, _, _, north = series(cells(0, 0, 60, 40)).to_crs("EPSG:4549").total_bounds
        place, width, height = rasterio.Affine(5.0, 0.0, west - 5, 0.0, -5.0, north + 5), 360, 290
        warped = np.zeros((height, width), "uint8")
        reproject(
            raster.read(1), warped, src_transform=raster.transform, src_crs=raster.crs,
            dst_transform=place, dst_crs="EPSG:4549", resampling=Resampling.nearest,
        )  # fmt: skip
    path = tmp_path / "plane.tif"
    with rasterio.open(
        path, "w", driver="GTiff", height=height, width=width, count=1, dtype="uint8",
        crs="EPSG:4549", transform=place, nodata=0,
    ) as out:  # fmt: skip
        out.write(warped, 1)
    plain = read(images, cells(20, 10, 40, 30))
    with open_pair(images[0], path) as pair:
        assert "is laid on the grid of 2020.tif" in pair.findings[-1][1]
        laid = coverage(pair, series(cells(20, 10, 40, 30)))
    assert laid.cover["area_m2"].to_numpy() == pytest.approx(plain.cover["area_m2"].to_numpy(), rel=1e-6)


def test_a_raster_without_crs_is_refused_in_words(images, tmp_path):
    bare = tif(tmp_path / "bare.tif", np.full((40, 60), BUILT), crs=None)
    with pytest.raises(CrsError) as caught, open_pair(images[0], bare):
        pass
    assert str(caught.value).startswith("bare.tif: the raster says no coordinate system (CRS)\n  found  x = ")


def test_a_raster_elsewhere_and_a_file_that_is_none_are_refused(images, tmp_path):
    with pytest.raises(CrsError, match="no parcel meets the raster"):
        read(images, shapely.box(118, 30, 118.1, 30.1))
    (tmp_path / "no.tif").write_text("not a raster")
    with (
        pytest.raises(FileError, match="its content is not"),
        open_pair(images[0], tmp_path / "no.tif"),
    ):
        pass
