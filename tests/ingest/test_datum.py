"""Reference systems that are known by what they say, not by their names alone."""

import sqlite3
from contextlib import closing

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from gis.base.errors import CrsError
from gis.base.messages import shown
from gis.ingest import Options, offsets_told, read_file
from gis.ingest.domains import worded, words_of
from gis.ingest.offsets import typical_shift

SQUARE = shapely.box(40_567_000, 3_510_000, 40_567_100, 3_510_100)
CGCS = '"CGCS2000",6378137,298.257222101'


def plane(name="x", datum="D_China_2000", spheroid=CGCS, meridian=120, east=40_500_000, scale=1) -> str:
    return (
        f'PROJCS["{name}",GEOGCS["GCS_x",DATUM["{datum}",SPHEROID[{spheroid}]],PRIMEM["Greenwich",0],'
        'UNIT["Degree",0.0174532925199433]],PROJECTION["Transverse_Mercator"],PARAMETER["Latitude_Of_Origin",0],'
        f'PARAMETER["Central_Meridian",{meridian}],PARAMETER["Scale_Factor",{scale}],'
        f'PARAMETER["False_Easting",{east}],PARAMETER["False_Northing",0],UNIT["Meter",1]]'
    )


def read(folder, wkt, shape=SQUARE, **said):
    gpd.GeoDataFrame({"TBBH": ["A"]}, geometry=[shape], crs=4528).to_file(
        folder / "地块.shp", encoding="utf-8"
    )
    (folder / "地块.prj").write_text(wkt, encoding="utf-8")
    return read_file(folder / "地块.shp", Options(kind="parcels", layer="地块", **said))


@pytest.mark.parametrize(
    ("wkt", "says"),
    [
        (plane(datum="D_unknown", spheroid='"Unknown",6378245,298.3'), "Beijing 1954"),
        (plane(spheroid='"Krassovsky",6378245,298.3'), "Beijing 1954"),
        (plane(datum="D_unknown", spheroid='"Unknown",6378140,298.257'), "Xian 1980"),
        (plane("Beijing_1954_GK_Zone_20N", "D_Beijing_1954"), "Beijing 1954"),
        (plane(datum="D_unknown", spheroid='"Bessel",6377397.155,299.1528128'), "not that of CGCS2000"),
        (plane(datum="D_GCJ02", name="GCJ-02"), "GCJ-02"),
        (plane(datum="D_BD09", name="BD09"), "BD-09"),
        (plane(meridian=117), "contradict each other"),
        (plane("CGCS2000_3_Degree_GK_Zone_40", meridian=123), "contradict each other"),
        (plane("CGCS2000_3_Degree_GK_CM_120E", meridian=117, east=500_000), "contradict each other"),
        (plane("CGCS2000_3_Degree_GK_Zone_40", scale=0.9996), "contradict each other"),
        (plane("CGCS2000_3_Degree_GK_Zone_40", east=40_000_000), "contradict each other"),
        ('LOCAL_CS["Unknown",LOCAL_DATUM["Unknown",0],UNIT["Meter",1]]', "--crs"),
    ],
)
def test_a_system_that_cannot_be_used_is_refused(tmp_path, wkt, says):
    with pytest.raises(CrsError, match=says):
        read(tmp_path, wkt)


@pytest.mark.parametrize(
    "wkt",
    [plane("CGCS2000_3_Degree_GK_Zone_40"), plane(), plane(datum="D_unknown"), plane(datum="D_WGS_1984")],
)
def test_an_ordinary_system_is_read_and_nothing_asked(tmp_path, wkt):
    found = read(tmp_path, wkt)
    assert found.table.total_bounds[[0, 2]].mean() == pytest.approx(120.70735, abs=1e-4)
    assert "crs_local" not in found.findings["code"].tolist()


def test_the_word_of_a_person_goes_before_a_plane_that_contradicts_itself(tmp_path):
    assert read(tmp_path, plane(meridian=117), crs="EPSG:4528").sources["crs_used"].tolist() == ["EPSG:4528"]


def test_a_local_plane_and_a_web_map_are_told(tmp_path):
    local = read(
        tmp_path,
        plane("local", meridian=120.75, east=500_000),
        shapely.box(567_000, 3_510_000, 567_100, 3_510_100),
    )
    assert "crs_local" in local.findings["code"].tolist()
    frame = gpd.GeoDataFrame({"TBBH": ["A"]}, geometry=[SQUARE], crs=4528).to_crs(3857)
    frame.to_file(tmp_path / "web.gpkg")
    web = read_file(tmp_path / "web.gpkg", Options(kind="parcels", layer="web"))
    assert "web_map" in web.findings["code"].tolist()
    assert web.table.to_crs(4528).area[0] == pytest.approx(10_000, abs=0.1)


@pytest.mark.parametrize("srs", [-1, 0])
def test_an_undefined_system_of_a_geopackage_is_asked_for(tmp_path, srs):
    path = tmp_path / "地块.gpkg"
    gpd.GeoDataFrame({"TBBH": ["A"]}, geometry=[SQUARE], crs=4528).to_file(path, layer="地块")
    with closing(sqlite3.connect(path)) as base, base:
        base.execute("UPDATE gpkg_geometry_columns SET srs_id = ?", (srs,))
        base.execute("UPDATE gpkg_contents SET srs_id = ?", (srs,))
    with pytest.raises(CrsError) as told:
        read_file(path, Options(kind="parcels", layer="地块"))
    assert "地块.gpkg" in str(told.value)
    assert "--crs" in str(told.value)
    assert len(read_file(path, Options(kind="parcels", layer="地块", crs="EPSG:4528")).table) == 1


def test_places_beyond_the_border_that_fit_with_a_shift_are_hinted_at(tmp_path):
    county = shapely.Point(120.75, 31.65).buffer(0.2)
    spots = np.random.default_rng(0).uniform((120.55, 31.45), (120.95, 31.85), (2000, 2))
    spots = spots[shapely.contains_xy(county, *spots.T)]
    shift = np.array([0.0044, -0.0019])

    def layer(name, kind, shapes):
        table = {"名称": [f"{name}{at}" for at in range(len(shapes))], "级别": ["县"] * len(shapes)}
        gpd.GeoDataFrame(table, geometry=list(shapes), crs=4490).to_file(tmp_path / f"{name}.geojson")
        return read_file(tmp_path / f"{name}.geojson", Options(kind=kind, layer=name))

    border = layer("border", "boundaries", [county])
    right, wrong = (
        layer("right", "outfalls", shapely.points(spots)),
        layer("wrong", "outfalls", shapely.points(spots + shift)),
    )
    told = [[*one.findings["code"]].count("gcj02_offset") for one in offsets_told([border, right, wrong])]
    assert told == [0, 0, 1]
    (web,) = offsets_told([border], {"border": "cnmaps"})
    assert "cnmaps" in shown(web.findings.set_index("code")["message"]["gcj02_offset"])


def test_the_typical_shift_is_that_of_the_real_border():
    assert typical_shift(120.75, 31.65) == pytest.approx((417, -215), abs=1)


def test_codes_become_words_and_codes_of_things_stay():
    frame = pd.DataFrame({"乡镇": [1.0, 2.0, 9.0, None], "图斑编号": ["1", "2", "3", "4"]})
    words = {"乡镇": {"1": "梅李镇", "2": "海虞镇"}, "图斑编号": {"1": "一"}}
    out, findings = worded(frame, words, "parcels")
    assert out["乡镇"].tolist()[:3] == ["梅李镇", "海虞镇", 9.0]
    assert out["图斑编号"].tolist() == ["1", "2", "3", "4"]
    assert [code for code, _ in findings] == ["domain_words", "domain_lacks"]


def test_domains_of_a_geodatabase_are_read_from_its_items():
    domain = (
        '<GPCodedValueDomain2 xmlns:xs="a"><DomainName>d</DomainName><CodedValues><CodedValue><Name>梅李镇</Name>'
        "<Code>1</Code></CodedValue></CodedValues></GPCodedValueDomain2>"
    )
    layer = (
        "<DEFeatureClassInfo><GPFieldInfoExs><GPFieldInfoEx><Name>乡镇</Name><DomainName>d</DomainName></GPFieldInfoEx>"
        "</GPFieldInfoExs><SubtypeFieldName>类型</SubtypeFieldName><Subtypes><Subtype><SubtypeName>更新</SubtypeName>"
        "<SubtypeCode>2</SubtypeCode></Subtype></Subtypes></DEFeatureClassInfo>"
    )
    assert words_of([domain], [layer]) == {"乡镇": {"1": "梅李镇"}, "类型": {"2": "更新"}}
