"""Land cover by class: pixels, true area, the county's edge."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import rasterio
import shapely
from pyproj import Geod

from gis.base.errors import CrsError, FileError
from gis.catalogue.model import About, Layer, Words
from gis.ingest import raster
from gis.ingest.raster import read_land_cover, row_areas

GEOD = Geod(ellps="GRS80")
CLASSES = {"10": Words(zh="林地", en="Trees"), "80": Words(zh="水体", en="Water")}


def cover(**more) -> Layer:
    about = About(source="x", date="2020-12-31")
    entry = {
        "id": "land_cover_before",
        "kind": "land_cover",
        "title": Words(zh="a", en="a"),
        "files": ["a.tif"],
    }
    return Layer(**entry, about=about, classes=CLASSES, **more)


def tif(
    path: Path, values: np.ndarray, crs: str | None = "EPSG:4490", origin=(120.6, 31.7), size=0.0003
) -> Path:
    profile = {"driver": "GTiff", "height": values.shape[0], "width": values.shape[1], "count": 1}
    transform = rasterio.Affine(size, 0.0, origin[0], 0.0, -size, origin[1])
    with rasterio.open(
        path, "w", **profile, dtype=values.dtype, crs=crs, transform=transform, nodata=0
    ) as out:
        out.write(values, 1)
    return path


HALVES = np.repeat(np.array([[10, 80]], "uint8"), 300, axis=0).repeat(200, axis=1)


def test_pixel_rows_add_up_to_the_geodesic_area_of_their_belt():
    belt = shapely.segmentize(shapely.box(120.0, 31.0, 120.5, 31.5), 0.0001)
    assert row_areas(31.5, 0.01, 50, 0.5).sum() == pytest.approx(
        abs(GEOD.geometry_area_perimeter(belt)[0]), rel=1e-8
    )


def test_the_belt_of_the_standard_is_met():
    """C1, test vector: B 31.50° to 31.51°, ΔL 0.01° is 1053312.43236 m²."""
    assert row_areas(31.51, 0.01, 1, 0.01)[0] == pytest.approx(1053312.43236, abs=1e-4)


def test_classes_are_counted_and_measured(tmp_path):
    result = read_land_cover(tif(tmp_path / "土地覆盖_2020.tif", HALVES), cover())
    table = result.table.set_index("class_code")
    assert table["pixels"].to_dict() == {10: 60_000, 80: 60_000}
    assert table["class_name"].to_dict() == {10: "林地", 80: "水体"}
    belt = row_areas(31.7, 0.0003, 300, 0.0003).sum() * 200 * 0.0015
    assert table["area_mu"].to_numpy() == pytest.approx([belt, belt])
    assert str(table["date"].iloc[0].date()) == "2020-12-31"
    source = result.sources.iloc[0]
    assert (len(source.sha256), source.crs_used, source.source) == (64, "EPSG:4490", "土地覆盖_2020.tif")


def test_windows_give_what_the_whole_gives(tmp_path, monkeypatch):
    path = tif(tmp_path / "a.tif", HALVES)
    whole = read_land_cover(path, cover()).table
    monkeypatch.setattr(raster, "TILE", 64)
    parts = read_land_cover(path, cover()).table
    assert parts["pixels"].tolist() == whole["pixels"].tolist()
    assert parts["area_mu"].to_numpy() == pytest.approx(whole["area_mu"].to_numpy(), rel=1e-12)


def test_only_pixels_whose_centre_lies_in_the_county_count(tmp_path):
    half = shapely.box(120.6, 31.6, 120.6 + 200 * 0.0003, 31.7)
    boundary = gpd.GeoDataFrame(geometry=[half], crs=4490).to_crs(4528)
    result = read_land_cover(tif(tmp_path / "a.tif", HALVES), cover(), boundary)
    assert result.table[["class_code", "pixels"]].to_numpy().tolist() == [[10, 60_000]]


def test_nodata_is_no_class_and_is_told(tmp_path):
    values = HALVES.copy()
    values[:10] = 0
    result = read_land_cover(tif(tmp_path / "a.tif", values), cover())
    assert 0 not in set(result.table["class_code"])
    assert "4,000 pixels" in result.findings.set_index("code")["message"]["nodata"]


def test_a_projected_raster_gives_the_true_area_not_the_plane_one(tmp_path):
    path = tif(tmp_path / "a.tif", HALVES, "EPSG:4528", (40_571_000, 3_503_000), 30)
    area = read_land_cover(path, cover()).table["area_mu"].sum() / 0.0015
    corners = [(x, y) for x, y in ((0, 0), (12_000, 0), (12_000, -9_000), (0, -9_000))]
    ring = shapely.segmentize(shapely.Polygon([(40_571_000 + x, 3_503_000 + y) for x, y in corners]), 50)
    true = abs(GEOD.geometry_area_perimeter(gpd.GeoSeries([ring], crs=4528).to_crs(4490).iloc[0])[0])
    assert area == pytest.approx(true, rel=1e-6)
    assert area < 12_000 * 9_000


def test_web_mercator_is_measured_truly_too(tmp_path):
    path = tif(tmp_path / "a.tif", HALVES[:50, :50], "EPSG:3857", (13_430_000, 3_720_000), 30)
    area = read_land_cover(path, cover()).table["area_mu"].sum() / 0.0015
    assert area == pytest.approx(50 * 50 * 900 * np.cos(np.radians(31.66)) ** 2, rel=0.01)


def test_without_a_crs_the_catalogue_must_give_one(tmp_path):
    path = tif(tmp_path / "a.tif", HALVES, None)
    with pytest.raises(CrsError, match='"land_cover_before" in layers'):
        read_land_cover(path, cover())
    result = read_land_cover(path, cover(crs="EPSG:4490"))
    assert result.sources["crs_used"].tolist() == ["EPSG:4490"]
    assert result.findings["code"].tolist() == ["crs_missing"]


@pytest.mark.parametrize(
    ("crs", "origin"), [("EPSG:4528", (120.6, 31.7)), ("EPSG:4490", (40_571_000, 3_503_000))]
)
def test_a_crs_that_contradicts_the_raster_is_an_error(tmp_path, crs, origin):
    with pytest.raises(CrsError, match="contradict"):
        read_land_cover(tif(tmp_path / "a.tif", HALVES, crs, origin), cover())


def test_a_raster_of_another_county_is_an_error(tmp_path):
    boundary = gpd.GeoDataFrame(geometry=[shapely.box(118, 31, 118.1, 31.1)], crs=4490)
    with pytest.raises(CrsError, match="no pixel lies inside"):
        read_land_cover(tif(tmp_path / "a.tif", HALVES), cover(), boundary)


def test_measured_values_are_no_classes(tmp_path):
    with pytest.raises(FileError, match="not class codes"):
        read_land_cover(tif(tmp_path / "a.tif", HALVES.astype("float32")), cover())


def test_a_file_that_is_no_raster_says_so(tmp_path):
    (tmp_path / "a.tif").write_bytes(b"no raster")
    with pytest.raises(FileError, match="its content is not"):
        read_land_cover(tmp_path / "a.tif", cover())


def test_a_class_that_the_catalogue_does_not_name_is_told(tmp_path):
    result = read_land_cover(tif(tmp_path / "a.tif", np.full((5, 5), 50, "uint8")), cover())
    assert result.table["class_name"].tolist() == ["50"]
    assert result.findings["code"].tolist() == ["class_unknown"]


@pytest.mark.real
@pytest.mark.parametrize(
    "name", ["worldcover_2020_v100_N00E006_principe.tif", "worldcover_2021_v200_N00E006_principe.tif"]
)
def test_real_worldcover_classes_cover_all_valid_pixels(shared, name):
    result = read_land_cover(shared / "raster" / name, cover())
    with rasterio.open(shared / "raster" / name) as source:
        values = source.read(1)
        codes, counts = np.unique(values[source.read_masks(1) > 0], return_counts=True)
    assert result.table["class_code"].tolist() == codes.tolist()
    assert result.table["pixels"].tolist() == counts.tolist()
    assert set(codes) <= {10, 20, 30, 40, 50, 60, 70, 80, 90, 95, 100}
