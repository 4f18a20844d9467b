"""Imagery: what a file must be, and windows of it in their true colours whatever CRS and bits."""

from pathlib import Path

import numpy as np
import pytest
import rasterio
from pyproj import Transformer
from rasterio.enums import ColorInterp
from rasterio.warp import reproject

from gis.base.errors import CrsError, FileError
from gis.base.pictures import NOTHING
from gis.catalogue.model import About, Catalogue, County, Layer, Words
from gis.ingest import Options, read_file, read_pictures

WEST, NORTH, SIZE = 120.6, 31.7, 0.0003
EAST, SOUTH = WEST + 60 * SIZE, NORTH - 40 * SIZE
ALL = (WEST, SOUTH, EAST, NORTH)
RED, GREEN, BLUE, GREY = (0xC81E14, 0x1EB428, 0x1428C8, 0x808080)


def bands(*corners, dtype="uint8"):
    """Three bands of four quarters, each of one colour 0xRRGGBB."""
    block = np.ones((20, 30), dtype)
    quarters = np.array(corners).reshape(2, 2)
    return np.stack([np.kron(quarters >> shift & 255, block) for shift in (16, 8, 0)]).astype(dtype)


QUARTERS = bands(RED, GREEN, BLUE, GREY)


def tif(path: Path, values, crs="EPSG:4490", place=None, nodata=None, colours=None) -> Path:
    place = place or rasterio.Affine(SIZE, 0.0, WEST, 0.0, -SIZE, NORTH)
    count, height, width = values.shape
    with rasterio.open(
        path, "w", driver="GTiff", height=height, width=width, count=count, dtype=values.dtype, crs=crs,
        transform=place, nodata=nodata,
    ) as out:  # fmt: skip
        if colours:
            out.colorinterp = colours
        out.write(values)
    return path


def read(folder, *names, window=ALL, **more):
    layer = Layer(
        id="photo", kind="imagery", title=Words(zh="a", en="a"), files=names, about=About(source="x"), **more
    )
    county = County(
        adcode="320581", name=Words(zh="a", en="a"), extent=(120, 31, 122, 33), plan_years=(2021, 2025)
    )
    return read_pictures([layer], Catalogue(folder=folder, county=county, layers=(layer,)), {"here": window})[
        "here"
    ]


def corners(picture):
    codes = picture.codes
    return [int(one) for one in (codes[5, 5], codes[5, -5], codes[-5, 5], codes[-5, -5])]


def test_a_window_has_the_colours_of_its_ground_and_ends_where_the_image_ends(tmp_path):
    tif(tmp_path / "a.tif", QUARTERS)
    assert corners(*read(tmp_path, "a.tif")) == [RED, GREEN, BLUE, GREY]
    wide = (WEST - (EAST - WEST), SOUTH, EAST, NORTH)
    assert corners(*read(tmp_path, "a.tif", window=wide)) == [NOTHING, GREEN, NOTHING, GREY]
    assert read(tmp_path, "a.tif", window=(121.5, 31.5, 121.6, 31.6)) == ()


def test_only_a_pixel_without_data_in_every_band_is_clear(tmp_path):
    tif(tmp_path / "a.tif", bands(0x00FF00, 0x000000, BLUE, GREY), nodata=0)
    green, *rest = corners(*read(tmp_path, "a.tif"))
    assert green in (0x00FF00, 0x01FF01), "a zero that is data may be lifted by one, so that it is not nodata"
    assert rest == [NOTHING, BLUE, GREY]


def test_bands_that_name_their_colour_may_stand_in_any_order(tmp_path):
    order = [ColorInterp.undefined, ColorInterp.blue, ColorInterp.green, ColorInterp.red]
    values = np.stack([np.full((40, 60), 9, "uint8"), QUARTERS[2], QUARTERS[1], QUARTERS[0]])
    tif(tmp_path / "a.tif", values, colours=order)
    assert corners(*read(tmp_path, "a.tif")) == [RED, GREEN, BLUE, GREY]


def test_a_projected_image_shows_the_same_ground(tmp_path):
    tif(tmp_path / "a.tif", QUARTERS)
    west, south, east, north = Transformer.from_crs(4490, 4549, always_xy=True).transform_bounds(*ALL)
    place = rasterio.Affine(30.0, 0, west, 0, -30.0, north)
    values = np.zeros((3, int((north - south) / 30), int((east - west) / 30)), "uint8")
    with rasterio.open(tmp_path / "a.tif") as source:
        reproject(rasterio.band(source, [1, 2, 3]), values, dst_transform=place, dst_crs="EPSG:4549")
    tif(tmp_path / "b.tif", values, "EPSG:4549", place)
    inner = (WEST + 0.002, SOUTH + 0.002, EAST - 0.002, NORTH - 0.002)
    assert corners(*read(tmp_path, "b.tif", window=inner)) == [RED, GREEN, BLUE, GREY]


def test_sixteen_bits_are_stretched_over_all_files_of_the_layer_alike(tmp_path):
    """200 and 3000 are the darkest and the brightest of both sheets: black and white, 1600 half-way."""
    east = rasterio.Affine(SIZE, 0, WEST + 30 * SIZE, 0, -SIZE, NORTH)
    dark = np.full((3, 40, 30), 200, "uint16")
    light = np.full((3, 40, 30), 3000, "uint16")
    light[:, 20:] = 1600
    tif(tmp_path / "a.tif", dark)
    tif(tmp_path / "b.tif", light, place=east)
    assert corners(*read(tmp_path, "*.tif")) == [0x000000, 0xFFFFFF, 0x000000, 0x808080]


def test_an_image_without_a_crs_is_refused_and_the_catalogue_may_say_it(tmp_path):
    path = tif(tmp_path / "a.tif", QUARTERS, crs=None)
    with pytest.raises(CrsError) as caught:
        read_file(path, Options("imagery", "photo"))
    assert str(caught.value) == (
        "a.tif: the raster says no coordinate system (CRS)\n"
        "  found  x = 120.6000, y = 31.6880\n"
        '  fix    ask the sender; then crs = "EPSG:…" for "photo" in layers/*.toml'
    )
    found = read_file(path, Options("imagery", "photo", crs="EPSG:4490"))
    row = found.table.iloc[0]
    assert (row["bands"], row["pixel_type"]) == (3, "uint8")
    assert row["pixel_m"] == pytest.approx(30.8, abs=0.1), "the root of 28.4 m × 33.3 m"
    assert found.sources.iloc[0]["rows_kept"] == 1


@pytest.mark.parametrize("values", [QUARTERS[:1], QUARTERS[:2], QUARTERS.astype("float32")])
def test_what_is_no_picture_of_three_colours_says_so(tmp_path, values):
    path = tif(tmp_path / "a.tif", values)
    with pytest.raises(FileError, match=r"a\.tif: is no picture of red, green and blue"):
        read_file(path, Options("imagery", "photo"))
