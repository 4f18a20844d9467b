"""The CRS a file says, against where its numbers lie."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import CRS

from gis.base.errors import CrsError
from gis.base.geo import zone_crs
from gis.base.messages import shown
from gis.ingest.crs import gcj02_like, offset_from, place
from gis.ingest.model import Options, Raw
from gis.ingest.vector import read_vector
from tests import zoo

EXTENT = (120.55, 31.50, 121.05, 31.83)


def options(**more) -> Options:
    return Options(**{"kind": "parcels", "layer": "renewal_parcels", "extent": EXTENT, **more})


def layer(geometry, crs) -> Raw:
    frame = gpd.GeoDataFrame(
        {"图斑编号": [f"CS-{i}" for i in range(1, len(geometry) + 1)]}, geometry=geometry, crs=crs
    )
    rows = pd.Series(range(1, len(frame) + 1), dtype="Int64")
    return Raw(Path("更新地块_2021.shp"), "", frame, rows, "pyogrio")


def in_crs(code: int, n: int = 3) -> list[shapely.Geometry]:
    return gpd.GeoSeries([zoo.box(2 * i) for i in range(n)], crs=4490).to_crs(code).tolist()


def swapped(geometry: list[shapely.Geometry]) -> list[shapely.Geometry]:
    return [shapely.transform(one, lambda xy: xy[:, ::-1]) for one in geometry]


def placed(raw: Raw, **more):
    return place(raw.frame, raw, options(**more))


@pytest.mark.parametrize(
    ("lon", "epsg"), [(120.75, 4549), (118.4, 4548), (75.0, 4534), (135.0, 4554), (121.6, 4550), (73.6, 4534)]
)
def test_the_zone_is_the_one_whose_meridian_is_nearest(lon, epsg):
    assert zone_crs(lon) == epsg
    assert epsg == 4549 or abs(CRS(epsg).coordinate_operation.params[1].value - lon) <= 1.5


@given(st.floats(allow_nan=True, allow_infinity=True))
def test_a_longitude_outside_china_has_no_zone(lon):
    if 73.51 <= lon <= 136.49:
        assert 4534 <= zone_crs(lon) <= 4554
    elif not 73.5 <= lon <= 136.5:
        with pytest.raises(CrsError, match="no 3-degree"):
            zone_crs(lon)


@pytest.mark.parametrize("code", [4528, 4549, 4490, 4326, 32651, 4499])
def test_a_right_crs_brings_every_row_to_its_place(code):
    result = placed(layer(in_crs(code), code))
    assert result.frame.crs.to_epsg() == 4490
    assert len(result.frame) == 3
    assert result.frame.geometry.iloc[0].equals_exact(zoo.box(), 1e-8)
    assert result.crs_found == result.crs_used == f"EPSG:{code}"
    assert result.rejects.empty


def test_the_check_point_of_the_standard_is_met():
    """C2: 120.75, 31.65 is N 3503287.444, E 40571138.665 in EPSG:4528."""
    raw = layer([shapely.Point(40571138.665, 3503287.444)], 4528)
    point = placed(raw, kind="sections").frame.geometry.iloc[0]
    assert (point.x, point.y) == pytest.approx((120.75, 31.65), abs=1e-8)


def test_wgs84_is_taken_as_cgcs2000_and_told():
    assert [code for code, _ in placed(layer(in_crs(4326), 4326)).findings] == ["wgs84_as_cgcs2000"]


def test_a_crs_in_esri_words_is_recognised():
    raw = layer(in_crs(4528), CRS(4528).to_wkt("WKT1_ESRI"))
    assert placed(raw).crs_found == "EPSG:4528"


def test_heights_in_the_crs_do_not_matter():
    result = placed(layer(in_crs(4528), CRS("EPSG:4528+5737")))
    assert (result.crs_used, len(result.frame)) == ("EPSG:4528", 3)


@pytest.mark.parametrize(("code", "hint"), [(4490, 4490), (4528, 4528), (4549, 4549)])
def test_without_a_crs_the_error_says_what_to_write(code, hint):
    with pytest.raises(CrsError) as error:
        placed(layer(in_crs(code), None))
    text = str(error.value)
    assert text.startswith("更新地块_2021.shp: the file says no coordinate system (CRS)\n  found  x = ")
    assert f'crs = "EPSG:{hint}" for "renewal_parcels" in layers/*.toml' in text


def test_the_catalogue_gives_the_crs_that_the_file_lacks_and_it_is_told():
    result = placed(layer(in_crs(4528), None), crs="EPSG:4528")
    assert (result.crs_found, result.crs_used) == (None, "EPSG:4528")
    assert result.findings[0][0] == "crs_missing"


def test_the_catalogue_overrides_the_file_and_it_is_told():
    result = placed(layer(in_crs(4528), 4549), crs="EPSG:4528")
    assert (result.crs_found, result.crs_used) == ("EPSG:4549", "EPSG:4528")
    assert result.findings[0][0] == "crs_overridden"


@pytest.mark.parametrize(
    ("geometry", "said", "what"),
    [
        (in_crs(4490), 4528, "coordinates are degrees, but the CRS is EPSG:4528 (metres)"),
        (in_crs(4528), 4490, "coordinates are metres, but the CRS is EPSG:4490 (degrees)"),
        (in_crs(4528), 4549, "eastings carry the zone prefix 40, but EPSG:4549 has none"),
        (in_crs(4549), 4528, "eastings carry no zone prefix, but EPSG:4528 has the prefix 40"),
        (in_crs(4528), 4527, "eastings are of zone 40, but EPSG:4527 is zone 39"),
        (in_crs(4499), 4528, "eastings are of zone 21, but EPSG:4528 is zone 40"),
        (in_crs(4549), 4548, "lies outside the county under EPSG:4548"),
        (swapped(in_crs(4528)), 4528, "easting and northing are swapped"),
        (swapped(in_crs(4549)), 4549, "easting and northing are swapped"),
        (swapped(in_crs(4490)), 4490, "longitude and latitude are swapped"),
        ([zoo.VALID["western_zone"]], 4490, "lies outside the county under EPSG:4490"),
    ],
)
def test_a_whole_file_that_contradicts_its_crs_is_an_error(geometry, said, what):
    with pytest.raises(CrsError) as error:
        placed(layer(geometry, said))
    assert str(error.value.what) == what
    assert error.value.file == "更新地块_2021.shp"
    assert error.value.found.startswith("x = ")


@pytest.mark.parametrize(
    ("geometry", "said"),
    [
        (in_crs(4490), 4528),
        (in_crs(4528), 4490),
        (in_crs(4528), 4549),
        (in_crs(4549), 4528),
        (swapped(in_crs(4528)), 4528),
    ],
)
def test_a_contradiction_is_found_without_an_extent_too(geometry, said):
    with pytest.raises(CrsError):
        placed(layer(geometry, said), extent=None)


def test_the_fix_names_the_crs_that_puts_the_file_in_its_place():
    with pytest.raises(CrsError) as error:
        placed(layer(in_crs(4528), 4549))
    assert str(error.value.fix) == (
        '--crs EPSG:4528, or crs = "EPSG:4528" for "renewal_parcels" in layers/*.toml, if the sender confirms it '
        "(it puts the file in its place), or correct the .prj"
    )


def test_single_rows_elsewhere_are_rejected_and_the_others_kept():
    raw = layer([*in_crs(4528), zoo.box(), *swapped(in_crs(4528, 1))], 4528)
    result = placed(raw)
    assert result.frame["图斑编号"].tolist() == ["CS-1", "CS-2", "CS-3"]
    assert result.rejects["source_row"].tolist() == [4, 5]
    assert result.rejects["reason"].map(shown).tolist() == [
        "coordinates are degrees, but the CRS is EPSG:4528 (metres)",
        "easting and northing are swapped",
    ]
    assert "CS-4" in result.rejects["record"].iloc[0]
    assert result.rejects["fix"].map(shown).str.partition("; ")[2].tolist() == [
        "read as EPSG:4490 it lies near the county",
        "read as EPSG:4528 with x and y exchanged it lies near the county",
    ]


def test_a_file_of_a_neighbour_is_told_to_be_one():
    neighbour = [shapely.box(120.3, 31.6, 120.31, 31.61)]
    with pytest.raises(CrsError) as error:
        placed(layer(neighbour, 4490))
    assert str(error.value.fix).startswith(
        "check that the file is of this county, whose extent is (120.55, 31.5"
    )


def test_a_river_that_leaves_the_county_is_kept():
    long = shapely.LineString([(120.0, 31.9), (120.7, 31.7)])
    assert len(placed(layer([long, long], 4490), kind="waters").frame) == 2


def test_a_row_without_geometry_stays_where_the_kind_allows_it():
    raw = layer([*in_crs(4528), None], 4528)
    assert len(placed(raw, kind="actions").frame) == 4


@pytest.mark.parametrize(
    ("code", "title"),
    [(2364, "Xian 1980"), (4610, "Xian 1980"), (2437, "Beijing 1954"), (4214, "Beijing 1954")],
)
def test_an_old_datum_needs_the_official_conversion(code, title):
    for said, told in ((code, None), (None, f"EPSG:{code}")):
        with pytest.raises(CrsError, match=f"{title}(.|\n)*official conversion"):
            placed(layer(in_crs(4528), said), crs=told)


def test_a_crs_that_is_none_is_refused():
    with pytest.raises(CrsError, match='"EPSG:4528"'):
        placed(layer(in_crs(4528), None), crs="常熟坐标系")


def boundary(shift=(0.0, 0.0)) -> gpd.GeoDataFrame:
    frame = zoo.frame({name: zoo.VALID[name] for name in ("square", "hole", "multi")})
    return frame.set_geometry(frame.geometry.translate(*shift))


def test_an_offset_like_gcj02_is_told_and_measured():
    shifted = boundary((0.0044, -0.0019))
    assert offset_from(shifted, boundary()) == pytest.approx((417, -211), abs=3)
    assert "417 m east and 211 m south" in str(gcj02_like(shifted, boundary()))


@pytest.mark.parametrize(
    "shift", [(0, 0), (0.0001, -0.0001), (-0.0044, 0.0019), (0.0044, 0.0019), (0.02, -0.01)]
)
def test_another_offset_is_not_called_gcj02(shift):
    assert gcj02_like(boundary(shift), boundary()) is None


@pytest.mark.real
def test_a_real_gcj02_boundary_is_found_out(shared):
    gcj = gpd.read_file(shared / "boundaries" / "changshu_320581_cnmaps_gcj02.geojson").set_crs(
        4490, allow_override=True
    )
    true = gcj.set_geometry(gcj.geometry.translate(-0.0044, 0.0019))
    assert "GCJ-02" in str(gcj02_like(gcj, true))
    assert gcj02_like(true, true) is None


@pytest.mark.real
def test_a_real_file_on_beijing_1954_is_refused(shared):
    (raw,) = read_vector(shared / "messy" / "issues__193__gauss_kruger.shp", Options("features", "x"))
    with pytest.raises(CrsError, match="Beijing 1954"):
        placed(raw, kind="features", extent=None)


@pytest.mark.real
@pytest.mark.parametrize(
    ("name", "box"),
    [
        ("nl__brpgewaspercelen_definitief_2023.gpkg", (3, 50, 8, 54)),
        ("jp__jp_field_polygons_2024.parquet", (122, 24, 154, 46)),
    ],
)
def test_real_parcels_of_other_countries_come_to_4490_without_an_extent(shared, name, box):
    (raw,) = read_vector(shared / "parcels" / name, options(extent=None))
    result = placed(raw, extent=None)
    assert len(result.frame) == 100
    assert shapely.box(*box).contains(shapely.box(*result.frame.total_bounds))
    assert "crs_transformed" in [code for code, _ in result.findings]


ORIGIN = shapely.box(0, 0, 0.001, 0.001)


@pytest.mark.parametrize("extent", [None, EXTENT])
@pytest.mark.parametrize(
    ("stray", "reason"),
    [
        (ORIGIN, "lies at 0, 0, which is no real place"),
        (shapely.box(-0.1, -0.1, 0.1, 0.1), "lies at 0, 0, which is no real place"),
        (shapely.box(100, 10, 100.01, 10.01), None),
        (shapely.box(-120.71, 31.6, -120.7, 31.61), None),
        (shapely.Polygon([(np.inf, 0), (1, 1), (0, 1)]), "its coordinates are no finite numbers"),
    ],
)
def test_one_stray_is_one_quarantined_row(stray, reason, extent):
    result = placed(layer([*in_crs(4490, 7), stray], 4490), extent=extent)
    assert len(result.frame) == 7
    assert result.rejects["source_row"].tolist() == [8]
    told = shown(result.rejects["reason"].iloc[0])
    assert told == reason or (reason is None and "lies " in told)


def test_a_stray_in_the_plane_is_one_quarantined_row():
    result = placed(layer([*in_crs(4528, 3), shapely.box(0, 0, 10, 10)], 4528), extent=None)
    assert (len(result.frame), result.rejects["source_row"].tolist()) == (3, [4])


def test_one_good_shape_beside_one_at_the_origin_is_kept():
    result = placed(layer([*in_crs(4490, 1), ORIGIN], 4490), extent=None)
    assert (len(result.frame), result.rejects["source_row"].tolist()) == (1, [2])


def test_far_islands_of_a_country_are_no_strays():
    mainland = [
        shapely.box(lon, lat, lon + 1, lat + 1) for lon in range(80, 130, 5) for lat in range(22, 45, 4)
    ]
    islands = [shapely.box(112, 4, 112.1, 4.1), shapely.box(114, 10, 114.1, 10.1)]
    assert placed(layer([*mainland, *islands], 4490), kind="boundaries", extent=None).rejects.empty


@pytest.mark.parametrize("kind", ["stations", "sections"])
def test_stations_and_sections_beyond_the_county_are_kept_and_named(kind):
    inside, beside, lost = shapely.Point(120.7, 31.6), shapely.Point(120.3, 31.3), shapely.Point(0, 0)
    raw = layer([inside, beside, lost], 4490)
    frame = raw.frame.assign(name=["虞山", "吴中区", "无坐标"])
    result = place(frame, raw, options(kind=kind))
    assert result.frame["name"].tolist() == ["虞山", "吴中区"]
    assert result.rejects["source_row"].tolist() == [3]
    (told,) = [text for code, text in result.findings if code == "outside_county"]
    assert shown(told) == "1 lie outside the county's extent and are kept: 吴中区"


def test_stations_all_beyond_the_county_are_kept():
    raw = layer([shapely.Point(120.3, 31.3), shapely.Point(120.4, 31.3)], 4490)
    assert len(place(raw.frame, raw, options(kind="stations")).frame) == 2


def test_stations_of_another_country_are_an_error():
    raw = layer([shapely.Point(5.1, 52.1), shapely.Point(5.2, 52.1)], 4490)
    with pytest.raises(CrsError, match="outside the county"):
        place(raw.frame, raw, options(kind="stations"))


def test_a_county_outside_china_gets_no_wrong_hint():
    with pytest.raises(CrsError, match="ask the sender for the CRS"):
        placed(
            layer([shapely.box(500_000, 5_700_000, 500_100, 5_700_100)], None), extent=(3.0, 50.0, 8.0, 54.0)
        )
