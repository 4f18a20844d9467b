"""Bad input (issue 5): the message a person gets, and that every good row is still there."""

import sqlite3
import struct
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyogrio
import pytest
import rasterio
import shapely

from gis.base.errors import CrsError
from gis.base.messages import shown
from gis.ingest import read_file
from gis.ingest.model import Options
from tests import zoo

EXTENT = (120.55, 31.50, 121.05, 31.83)
GOOD = [zoo.box(10), zoo.box(12)]
FILE = "更新地块_2021.parquet"
MEASURED = shapely.from_wkt("POLYGON M ((120.75 31.65 1,120.751 31.65 2,120.751 31.651 3,120.75 31.65 1))")
REDRAW = "draw the geometry again in the source"
DRAW = "draw the geometry or delete the row"
POLYGONS_ONLY = "this kind of layer takes polygons only"
FLATTENED = "Z or M values of 1 geometries were dropped"


def moved(shape: shapely.Geometry, by: float) -> shapely.Geometry:
    return shapely.transform(shape, lambda xy: np.add(xy, (by, 0.0)))


def in_plane(shape: shapely.Geometry) -> shapely.Geometry:
    return gpd.GeoSeries([shape], crs=4490).to_crs(4528).iloc[0]


def read(folder: Path, *bad, crs: int = 4490, ids=None):
    """Read a file of two good parcels and the bad ones behind them."""
    shapes = [*(GOOD if crs == 4490 else map(in_plane, GOOD)), *bad]
    names = ids or [f"CS-{number}" for number in range(1, len(shapes) + 1)]
    gpd.GeoDataFrame({"图斑编号": names}, geometry=shapes, crs=crs).to_parquet(folder / FILE)
    found = read_file(folder / FILE, Options("parcels", "renewal_parcels", extent=EXTENT))
    read_rows, kept = (int(found.sources[name].sum()) for name in ("rows_read", "rows_kept"))
    assert read_rows == len(shapes)
    assert kept == len(found.table) == read_rows - len(found.rejects) - len(found.superseded)
    assert found.table.geometry.is_valid.all()
    return found


def ids_of(found) -> list[str]:
    return found.table["parcel_id"].tolist()


@pytest.mark.parametrize(
    ("shape", "problem", "area_m2"),
    [
        pytest.param(zoo.INVALID["bow_tie"], "Self-intersection [120.7505 31.6505]", 5259.2, id="bow-tie"),
        pytest.param(zoo.INVALID["spike"], "Ring Self-intersection [120.751 31.651]", 10518.3,
                     id="self-intersection"),
    ],
)  # fmt: skip
def test_a_ring_that_crosses_itself_is_repaired_and_its_area_before_and_after_told(
    tmp_path, shape, problem, area_m2
):
    found = read(tmp_path, shape)
    assert ids_of(found) == ["CS-1", "CS-2", "CS-3"]
    (row,) = found.repairs.itertuples()
    assert (row.source, row.source_row, shown(row.problem)) == (FILE, 3, problem)
    assert row.area_after_m2 == pytest.approx(area_m2, abs=0.1)


@pytest.mark.parametrize(
    ("shape", "text", "reason", "fix"),
    [
        pytest.param(
            zoo.COLLAPSED["zero_area"], "Polygon",
            "nothing is left of the geometry: Self-intersection [120.751 31.65]", REDRAW,
            id="zero-area ring",
        ),
        pytest.param(
            zoo.VALID["western_zone"], "x = 117.0005, y = 31.0005",
            "lies outside the county under EPSG:4490",
            "check the coordinates of this feature", id="outside the county",
        ),
        pytest.param(shapely.Polygon(), "Polygon", "no geometry, or a broken one", DRAW, id="empty geometry"),
        pytest.param(None, "", "no geometry, or a broken one", DRAW, id="missing geometry"),
        pytest.param(zoo.OTHERS["line"], "LineString", "the geometry is not of polygons", POLYGONS_ONLY,
                     id="mixed types, a line"),
        pytest.param(zoo.OTHERS["point"], "Point", "the geometry is not of polygons", POLYGONS_ONLY,
                     id="mixed types, a point"),
    ],
)  # fmt: skip
def test_a_shape_that_cannot_be_used_costs_its_own_row_only(tmp_path, shape, text, reason, fix):
    found = read(tmp_path, shape)
    assert ids_of(found) == ["CS-1", "CS-2"]
    (row,) = found.rejects.itertuples()
    assert (row.source, row.source_row, row.field) == (FILE, 3, "geometry")
    assert (shown(row.reason), shown(row.fix)) == (reason, fix)
    assert row.text == text or (text == "" and not row.text)
    assert "CS-3" in row.record


@pytest.mark.parametrize(
    "shape", [pytest.param(zoo.VALID["height"], id="3-D"), pytest.param(MEASURED, id="measured")]
)
def test_heights_and_measures_are_dropped_and_told(tmp_path, shape):
    found = read(tmp_path, shape)
    assert ids_of(found) == ["CS-1", "CS-2", "CS-3"]
    assert found.findings["message"].map(shown).tolist() == [FLATTENED]
    assert not found.table.geometry.has_z.any()


def test_an_id_typed_twice_for_two_places_is_two_parcels_and_told(tmp_path):
    found = read(tmp_path, zoo.box(14), ids=["CS-1", "CS-2", "CS-1"])
    assert ids_of(found) == ["CS-1#1", "CS-2", "CS-1#3"]
    assert found.findings["code"].tolist() == ["same_id"]
    assert not len(found.superseded)


@pytest.mark.parametrize(
    ("shape", "reason", "fix"),
    [
        pytest.param(zoo.box(14),
                     "coordinates are degrees, but the CRS is EPSG:4528 (metres)",
                     "read as EPSG:4490 it lies near the county", id="degrees labelled as metres"),
        pytest.param(moved(in_plane(zoo.box(14)), -1e6),
                     "eastings are of zone 39, but EPSG:4528 is zone 40",
                     "check the coordinates of this feature", id="wrong zone prefix"),
        pytest.param(moved(in_plane(zoo.box(14)), -40e6),
                     "eastings carry no zone prefix, but EPSG:4528 has the prefix 40",
                     "read as EPSG:4549 it lies near the county", id="no zone prefix"),
    ],
)  # fmt: skip
def test_a_row_in_other_coordinates_than_its_file_costs_that_row_only(tmp_path, shape, reason, fix):
    found = read(tmp_path, shape, crs=4528)
    assert ids_of(found) == ["CS-1", "CS-2"]
    (row,) = found.rejects.itertuples()
    assert (row.source_row, shown(row.reason)) == (3, reason)
    assert shown(row.fix).endswith(fix)


CONFIRMED = (
    'for "renewal_parcels" in layers/*.toml, if the sender confirms it (it puts the file in its place)'
)
IN_DEGREES = (
    "更新地块_2021.parquet: coordinates are degrees, but the CRS is EPSG:4528 (metres)\n"
    "  found  x = 120.7605, y = 31.6505\n"
    f'  fix    --crs EPSG:4490, or crs = "EPSG:4490" {CONFIRMED}, or correct the .prj'
)
IN_ZONE_40 = (
    "更新地块_2021.parquet: eastings are of zone 40, but EPSG:4527 is zone 39\n"
    "  found  x = 40572134.2, y = 3503349.8\n"
    f'  fix    --crs EPSG:4528, or crs = "EPSG:4528" {CONFIRMED}, or correct the .prj'
)


def whole(folder: Path, geometry, crs: int | None) -> str:
    gpd.GeoDataFrame({"图斑编号": ["CS-1", "CS-2"]}, geometry=geometry, crs=crs).to_parquet(folder / FILE)
    with pytest.raises(CrsError) as caught:
        read_file(folder / FILE, Options("parcels", "renewal_parcels", extent=EXTENT))
    return str(caught.value)


@pytest.mark.parametrize(
    ("geometry", "crs", "message"),
    [
        pytest.param(GOOD, 4528, IN_DEGREES, id="degrees labelled as metres"),
        pytest.param([in_plane(one) for one in GOOD], 4527, IN_ZONE_40, id="wrong zone prefix"),
    ],
)
def test_a_whole_file_in_other_coordinates_stops_with_what_to_write(tmp_path, geometry, crs, message):
    assert whole(tmp_path, geometry, crs) == message


def test_curves_become_lines_and_are_told(tmp_path):
    path = tmp_path / "地块.gpkg"
    frame = gpd.GeoDataFrame({"图斑编号": ["CS-1", "CS-2"]}, geometry=GOOD, crs=4490)
    pyogrio.write_dataframe(frame, path, layer="c")
    base = sqlite3.connect(path)
    for (name,) in base.execute("select name from sqlite_master where type = 'trigger'").fetchall():
        base.execute(f'drop trigger "{name}"')
    blob = base.execute("select geom from c where rowid = 2").fetchone()[0]
    circle = [(120.7, 31.6), (120.75, 31.65), (120.8, 31.6), (120.75, 31.55), (120.7, 31.6)]
    curve = struct.pack("<BIIBII", 1, 10, 1, 1, 8, 5) + b"".join(struct.pack("<dd", *xy) for xy in circle)
    base.execute("update c set geom = ? where rowid = 2", (blob[:40] + curve,))
    base.execute("update gpkg_geometry_columns set geometry_type_name = 'CURVEPOLYGON'")
    base.execute("pragma writable_schema = 1")
    base.execute("update sqlite_master set sql = replace(sql, 'POLYGON', 'CURVEPOLYGON') where name = 'c'")
    base.commit()
    base.close()
    found = read_file(path, Options("parcels", "renewal_parcels", extent=EXTENT))
    assert ids_of(found) == ["CS-1", "CS-2"]
    assert found.table.geometry.iloc[0].equals_exact(GOOD[0], 1e-9)
    assert found.table.geometry.iloc[1].area == pytest.approx(np.pi * 0.05**2, rel=1e-2)
    assert found.findings["message"].map(shown).tolist() == ["curves were turned into short straight lines"]


def test_a_raster_without_a_crs_stops_with_what_to_write_and_is_read_with_it(tmp_path):
    path = tmp_path / "土地覆盖_2020.tif"
    shape = {"driver": "GTiff", "height": 10, "width": 20, "count": 1, "dtype": "uint8", "nodata": 0}
    with rasterio.open(
        path, "w", **shape, transform=rasterio.Affine(0.0003, 0, 120.6, 0, -0.0003, 31.7)
    ) as out:
        out.write(np.full((10, 20), 40, "uint8"), 1)
    with pytest.raises(CrsError) as caught:
        read_file(path, Options("land_cover", "land_cover_before"))
    assert str(caught.value) == (
        "土地覆盖_2020.tif: the raster says no coordinate system (CRS)\n"
        "  found  x = 120.6000, y = 31.6970\n"
        '  fix    ask the sender; then crs = "EPSG:…" for "land_cover_before" in layers/*.toml'
    )
    found = read_file(path, Options("land_cover", "land_cover_before", crs="EPSG:4490"))
    assert found.table["pixels"].tolist() == [200]
