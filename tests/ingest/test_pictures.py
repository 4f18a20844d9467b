"""Windows of land cover rasters: the right ground, whatever the CRS, and nothing where nothing is known."""

from pathlib import Path

import numpy as np
import pytest
import rasterio
from pyproj import Transformer
from rasterio.warp import reproject

from gis.base.errors import FileError
from gis.base.pictures import HEIGHT, NOTHING, WIDTH
from gis.catalogue.model import About, Catalogue, County, Layer, Words
from gis.ingest import read_pictures

WEST, NORTH, SIZE = 120.6, 31.7, 0.0003
QUARTERS = np.kron(np.array([[10, 40], [50, 80]], "uint8"), np.ones((20, 30), "uint8"))
EAST, SOUTH = WEST + 60 * SIZE, NORTH - 40 * SIZE
ALL = (WEST, SOUTH, EAST, NORTH)


def tif(path: Path, values, crs="EPSG:4490", place=None, nodata=0) -> None:
    place = place or rasterio.Affine(SIZE, 0.0, WEST, 0.0, -SIZE, NORTH)
    with rasterio.open(
        path, "w", driver="GTiff", height=values.shape[0], width=values.shape[1], count=1, dtype="uint8",
        crs=crs, transform=place, nodata=nodata,
    ) as out:  # fmt: skip
        out.write(values, 1)


def layer(*files, **more):
    return Layer(
        id="cover", kind="land_cover", title=Words(zh="a", en="a"), files=files or ["a.tif"],
        about=About(source="x"), **more,
    )  # fmt: skip


def read(folder, one, **windows):
    county = County(
        adcode="320581", name=Words(zh="a", en="a"), extent=(120, 31, 122, 33), plan_years=(2021, 2025)
    )
    return read_pictures([one], Catalogue(folder=folder, county=county, layers=(one,)), windows)


def corners(codes):
    return [codes[5, 5], codes[5, -5], codes[-5, 5], codes[-5, -5]]


def test_a_window_shows_its_ground_north_up(tmp_path):
    tif(tmp_path / "a.tif", QUARTERS)
    middle = (WEST + EAST) / 2
    found = read(tmp_path, layer(), whole=ALL, west=(WEST, SOUTH, middle, NORTH))
    (whole,), (west,) = found["whole"], found["west"]
    assert whole.codes.shape == (HEIGHT, WIDTH)
    assert corners(whole.codes) == [10, 40, 50, 80]
    assert [int((whole.codes == code).sum()) for code in (10, 40)] == pytest.approx(
        [WIDTH * HEIGHT / 4] * 2, rel=0.01
    )
    assert corners(west.codes) == [10, 10, 50, 50]
    assert whole.pixel_m == pytest.approx(30.8, abs=0.1), "the root of 28.4 m × 33.3 m"


def test_beyond_the_raster_and_without_data_there_is_nothing(tmp_path):
    values = QUARTERS.copy()
    values[20:, 30:] = 0
    tif(tmp_path / "a.tif", values)
    wide = (WEST - (EAST - WEST), SOUTH, EAST, NORTH)
    found = read(tmp_path, layer(), wide=wide, away=(121.5, 31.5, 121.6, 31.6))
    assert corners(found["wide"][0].codes) == [NOTHING, 40, NOTHING, NOTHING]
    assert found["away"] == ()


def test_a_raster_without_nodata_ends_where_it_ends(tmp_path):
    tif(tmp_path / "a.tif", np.where(QUARTERS == 10, 0, QUARTERS).astype("uint8"), nodata=None)
    (found,) = read(tmp_path, layer(), wide=(WEST - (EAST - WEST), SOUTH, EAST, NORTH))["wide"]
    assert corners(found.codes) == [NOTHING, 40, NOTHING, 80]
    assert 0 in found.codes


def test_a_projected_raster_shows_the_same_ground(tmp_path):
    tif(tmp_path / "a.tif", QUARTERS)
    west, south, east, north = Transformer.from_crs(4490, 4549, always_xy=True).transform_bounds(*ALL)
    place = rasterio.Affine(30.0, 0, west, 0, -30.0, north)
    values = np.zeros((int((north - south) / 30), int((east - west) / 30)), "uint8")
    with rasterio.open(tmp_path / "a.tif") as source:
        reproject(rasterio.band(source, 1), values, dst_transform=place, dst_crs="EPSG:4549")
    tif(tmp_path / "b.tif", values, "EPSG:4549", place)
    inner = (WEST + 0.002, SOUTH + 0.002, EAST - 0.002, NORTH - 0.002)
    one, other = (read(tmp_path, layer(name), here=inner)["here"][0] for name in ("a.tif", "b.tif"))
    assert (one.codes == other.codes).mean() > 0.97
    assert one.pixel_m == pytest.approx(other.pixel_m, rel=0.05)


def test_sheets_of_one_layer_are_one_picture_and_the_catalogue_says_the_crs(tmp_path):
    tif(tmp_path / "a.tif", QUARTERS[:, :30], crs=None)
    tif(
        tmp_path / "b.tif",
        QUARTERS[:, 30:],
        None,
        rasterio.Affine(SIZE, 0, WEST + 30 * SIZE, 0, -SIZE, NORTH),
    )
    (found,) = read(tmp_path, layer("a.tif", "b.tif", crs="EPSG:4490"), here=ALL)["here"]
    assert corners(found.codes) == [10, 40, 50, 80]


def test_a_file_that_is_no_raster_says_so(tmp_path):
    (tmp_path / "a.tif").write_text("no raster")
    with pytest.raises(FileError, match=r"its content is not"):
        read(tmp_path, layer(), here=ALL)
