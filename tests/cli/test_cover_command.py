"""`gis land cover` on files from a desk."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import rasterio
import shapely

WEST, NORTH, SIZE = 120.6, 31.7, 0.0003


def tif(path, values, crs="EPSG:4490"):
    place = rasterio.Affine(SIZE, 0.0, WEST, 0.0, -SIZE, NORTH)
    high, wide = values.shape
    with rasterio.open(
        path, "w", driver="GTiff", height=high, width=wide, count=1, dtype="uint8", crs=crs, transform=place,
        nodata=0,
    ) as out:  # fmt: skip
        out.write(values.astype("uint8"), 1)


@pytest.fixture
def desk(tmp_path):
    """A reclaimed parcel, one still built, new buildings east of column 30 and a red line there."""
    before, after = np.full((40, 60), 40), np.full((40, 60), 40)
    before[:20, :20], after[:20, 10:20], after[:, 30:] = 50, 50, 50
    tif(tmp_path / "2020.tif", before)
    tif(tmp_path / "2025.tif", after)
    boxes = [shapely.box(WEST + at * SIZE, NORTH - 12 * SIZE, WEST + (at + 5) * SIZE, NORTH - 6 * SIZE)
             for at in (2, 12)]  # fmt: skip
    names = {"图斑编号": ["A", "B"], "盘活类型": ["土地复垦", "低效用地再开发"]}
    gpd.GeoDataFrame(names, geometry=boxes, crs="EPSG:4490").to_file(tmp_path / "地块.gpkg")
    line = shapely.box(WEST + 40 * SIZE, NORTH - 30 * SIZE, WEST + 50 * SIZE, NORTH - 10 * SIZE)
    gpd.GeoDataFrame({"HXBM": ["R1"], "HXMC": ["虞山"]}, geometry=[line], crs="EPSG:4490").to_file(
        tmp_path / "red.gpkg"
    )
    return tmp_path


def test_a_parcel_has_its_shares_and_its_verdict_and_a_line_its_patches(gis, desk):
    done = gis(
        "land", "cover", str(desk / "地块.gpkg"), "--before", str(desk / "2020.tif"), "--after",
        str(desk / "2025.tif"), "--lines", f"{desk / 'red.gpkg'}=red_line",
        "--as-of", "2025-10-31", "-o", str(desk / "out.xlsx"),
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    sheets = pd.read_excel(desk / "out.xlsx", sheet_name=None, header=None)
    text = {name: frame.astype("str").to_numpy().ravel().tolist() for name, frame in sheets.items()}
    first = next(iter(text.values()))
    assert {"A", "B", "supported", "reclaimed", "built_kept"} <= set(first)
    assert {"R1", "red_line", "虞山"} <= set(text["patches"])
    assert "supported: 2 parcels" in done.output


def test_a_raster_without_crs_is_refused_and_can_be_told(gis, desk):
    with rasterio.open(desk / "2025.tif") as raster:
        tif(desk / "bare.tif", raster.read(1), crs=None)
    words = ["land", "cover", str(desk / "地块.gpkg"), "--before", str(desk / "2020.tif"), "--after"]
    done = gis(*words, str(desk / "bare.tif"))
    assert done.exit_code == 2
    assert "bare.tif: the raster says no coordinate system (CRS)" in done.output
    assert gis(*words, str(desk / "bare.tif"), "--raster-crs", "EPSG:4490").exit_code == 0
