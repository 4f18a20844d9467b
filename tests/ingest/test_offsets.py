import geopandas as gpd
import pandas as pd
import pytest

from gis.ingest import Options, offsets_told, read_file

EXTENT = (120.55, 31.50, 121.05, 31.83)
SOUTH_EAST = (0.0044, -0.0019)


def taken(path, name, frame):
    frame.to_file(path / f"{name}.geojson")
    return read_file(path / f"{name}.geojson", Options(kind="boundaries", layer=name, extent=EXTENT))


@pytest.mark.real
def test_a_real_gcj02_county_is_told_beside_its_surveyed_self(shared, tmp_path):
    gcj = gpd.read_file(shared / "boundaries" / "changshu_320581_cnmaps_gcj02.geojson")
    gcj = gpd.GeoDataFrame({"名称": ["常熟市"]}, geometry=[gcj.geometry.union_all()], crs=4490)
    metres = gcj.to_crs(4528)
    surveyed = metres.set_geometry(metres.geometry.translate(-417, 215)).to_crs(4490)
    web, county = offsets_told([taken(tmp_path, "web", gcj), taken(tmp_path, "county", surveyed)])
    (told,) = web.findings[web.findings["code"] == "gcj02_offset"].itertuples()
    assert "GCJ-02" in told.message
    assert "(county)" in told.message
    assert "gcj02_offset" not in county.findings["code"].tolist()


def test_towns_are_compared_with_the_county_as_a_whole(tmp_path):
    halves = gpd.GeoDataFrame(
        {"名称": ["东", "西"]},
        geometry=gpd.GeoSeries.from_wkt(
            [
                "POLYGON((120.8 31.55, 121 31.55, 121 31.8, 120.8 31.8, 120.8 31.55))",
                "POLYGON((120.6 31.55, 120.8 31.55, 120.8 31.8, 120.6 31.8, 120.6 31.55))",
            ]
        ),
        crs=4490,
    )
    whole = gpd.GeoDataFrame({"名称": ["县"]}, geometry=[halves.geometry.union_all()], crs=4490)
    county = taken(tmp_path, "county", whole)
    shifted = halves.set_geometry(halves.geometry.translate(*SOUTH_EAST))
    codes = [
        pd.concat([one.findings for one in offsets_told([county, taken(tmp_path, name, towns)])])["code"]
        for name, towns in (("right", halves), ("wrong", shifted))
    ]
    assert ["gcj02_offset" in list(found) for found in codes] == [False, True]
