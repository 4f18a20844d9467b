"""Land cover of a run: the oldest and the newest layer up to the day, whatever sheets they come in."""

import datetime as dt

import geopandas as gpd
import numpy as np
import pytest
import rasterio
import shapely

from gis import standards
from gis.catalogue.model import About, Catalogue, County, Layer, Words
from gis.ingest import read_changes

WEST, NORTH, SIZE = 120.6, 31.7, 0.0001
EVIDENCE = standards.load().get("land-cover-evidence")
DAY = dt.date(2025, 12, 31)
CROP, BUILT = 40, 50


def tif(path, values, left=0):
    place = rasterio.Affine(SIZE, 0.0, WEST + left * SIZE, 0.0, -SIZE, NORTH)
    with rasterio.open(
        path, "w", driver="GTiff", height=values.shape[0], width=values.shape[1], count=1, dtype="uint8",
        crs="EPSG:4490", transform=place, nodata=0,
    ) as out:  # fmt: skip
        out.write(values, 1)


def cells(left, top, right, bottom):
    return shapely.box(WEST + left * SIZE, NORTH - bottom * SIZE, WEST + right * SIZE, NORTH - top * SIZE)


@pytest.fixture
def folder(tmp_path):
    before = np.full((40, 60), CROP, "uint8")
    after = before.copy()
    after[10:20, 20:40] = BUILT
    tif(tmp_path / "before.tif", before)
    tif(tmp_path / "after.tif", after)
    tif(tmp_path / "west.tif", after[:, :30])
    tif(tmp_path / "east.tif", after[:, 30:], 30)
    return tmp_path


def layer(id_, year, *files):
    about = About(source="x", date=dt.date(year, 6, 30))
    return Layer(id=id_, kind="land_cover", title=Words(zh="a", en="a"), files=files, about=about)


def read(folder, *layers, day=DAY, withheld=()):
    county = County(
        adcode="320581", name=Words(zh="a", en="a"), extent=(120, 31, 122, 33), plan_years=(2021, 2025)
    )
    shapes = [cells(20, 10, 40, 20), cells(0, 0, 10, 10), cells(90, 0, 99, 9)]
    parcels = gpd.GeoDataFrame(geometry=shapes, crs="EPSG:4490")
    lines = gpd.GeoDataFrame({"line_type": ["red_line"]}, geometry=[cells(0, 0, 60, 40)], crs="EPSG:4490")
    known = Catalogue(folder=folder, county=county, layers=layers)
    return read_changes(known, {"parcels": parcels, "control_lines": lines}, withheld, day, EVIDENCE)


def test_change_seen_share_and_new_ground_are_read(folder):
    found = read(folder, layer("b", 2025, "after.tif"), layer("a", 2020, "before.tif"))
    rows = found["land_cover_changes"].query("area_m2 > 1")
    assert rows[["parcel", "before", "after"]].to_numpy().tolist() == [[0, CROP, BUILT], [1, CROP, CROP]]
    assert rows["area_m2"].tolist() == pytest.approx([200 * 105.06, 100 * 105.06], rel=0.001)
    assert found["land_cover_seen"]["valid_share"].tolist() == pytest.approx([1, 1, 0])
    assert found["land_cover_seen"]["pixels"].tolist() == pytest.approx([200, 100, 81])
    assert (
        found["land_cover_built"].geometry.iloc[0].equals_exact(cells(20, 10, 40, 20), 1e-9, normalize=True)
    )


def test_sheets_side_by_side_say_what_one_raster_says(folder):
    before = layer("a", 2020, "before.tif")
    whole, parts = (read(folder, before, layer("b", 2025, *files))
                    for files in (("after.tif",), ("east.tif", "west.tif")))  # fmt: skip
    keys = ["parcel", "before", "after"]
    one, other = (made["land_cover_changes"].groupby(keys)["area_m2"].sum() for made in (whole, parts))
    assert other.to_dict() == pytest.approx(one.to_dict(), rel=1e-6)
    assert parts["land_cover_seen"]["valid_share"].tolist() == pytest.approx([1, 1, 0])
    built = parts["land_cover_built"].geometry
    assert len(built) == 1, "a patch over two sheets is one"
    ground = [
        shapely.area(made.geometry.to_numpy()).sum()
        for made in (parts["land_cover_built"], whole["land_cover_built"])
    ]
    assert ground[0] == pytest.approx(ground[1])


def test_a_later_or_withheld_layer_is_left_aside_and_one_alone_shows_no_change(folder):
    layers = layer("a", 2020, "before.tif"), layer("b", 2025, "after.tif")
    assert read(folder, *layers, day=dt.date(2024, 12, 31)) == {}
    assert read(folder, *layers, withheld=("a",)) == {}
