"""A layer with every defect of issue 5 at the desk: each bad row is named, each good row is measured."""

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from gis import standards
from gis.cli import console
from gis.land.area import legal_area
from tests import zoo

GOOD = {"好1": zoo.box(10), "好2": zoo.box(12)}
BAD = {
    "蝴蝶结": zoo.INVALID["bow_tie"], "自相交": zoo.INVALID["spike"], "零面积": zoo.COLLAPSED["zero_area"],
    "三维": zoo.VALID["height"], "空": shapely.Polygon(), "线": zoo.OTHERS["line"],
    "混合": zoo.OTHERS["collection"],
}  # fmt: skip
MENDED = ["蝴蝶结", "自相交", "三维", "混合"]
TOLD = [
    "read 11 = kept 7 + quarantined 4",
    "Z or M values of 1 geometries were dropped",
    "1 geometries are collections; only their polygons are taken: rows 9",
    "2 rows share an id (好2) and differ: each is a parcel of its own",
    "│ 3 │ Self-intersection [120.7505 31.6505] │ 0.001 │ 5,259.165",
    "│ 4 │ Self-intersection [120.751 31.652] │ 10,518.329 │ 10,518.329",
    "│ 5 │ geometry │ Polygon │ nothing is left of the geometry: Self-intersection [",
    "│ draw the geometry again in the source",
    "│ 7 │ geometry │ Polygon │ no geometry, or a broken one │ draw the geometry or delete the row",
    "│ 8 │ geometry │ LineString │ the geometry is not of polygons │ this kind of layer takes polygons only",
    "│ 11 │ geometry │ x = 120.7602, y = 31.6505 │ coordinates are degrees, but the CRS is EPSG:4528 (metres)",
]


@pytest.fixture
def layer(tmp_path):
    """Two good rows, every bad one, the second good id again on other ground, and degrees among metres."""
    shapes = {**GOOD, **BAD, "好2 ": zoo.box(16)}
    placed = gpd.GeoSeries(list(shapes.values()), crs=4490).to_crs(4528)
    drawn = [*placed, zoo.box(9.7)]
    names = [*(name.strip() for name in shapes), "度"]
    gpd.GeoDataFrame({"图斑编号": names}, geometry=drawn, crs=4528).to_parquet(tmp_path / "地块.parquet")
    return tmp_path / "地块.parquet"


def test_every_bad_row_is_named_with_what_to_do_and_every_good_row_is_measured(gis, layer, monkeypatch):
    monkeypatch.setattr(console.console, "width", 400)
    result = gis("land", "area", layer, "-v", "-o", "o.csv")
    assert result.exit_code == 0, result.output
    said = " ".join(result.stdout.split())
    for line in TOLD:
        assert line in said
    made = pd.read_csv("o.csv").set_index("图斑编号")["area_legal_m2"]
    assert sorted(made.index) == sorted([*GOOD, "好2", *MENDED])
    expected = legal_area(
        gpd.GeoSeries([GOOD["好1"], zoo.box(16)], crs=4490), standards.load().get("area-2008-32")
    )
    assert made[~made.index.duplicated(keep="last")][["好1", "好2"]].tolist() == pytest.approx(
        expected.tolist(), abs=0.02
    )


def test_the_good_rows_still_meet_the_lines(gis, layer, tmp_path):
    line = gpd.GeoDataFrame({"HXBM": ["H1"]}, geometry=[zoo.box(9.5, -1, 8)], crs=4490)
    line.to_file(tmp_path / "红线.gpkg", driver="GPKG")
    result = gis("land", "conflicts", layer, "--lines", f"{tmp_path / '红线.gpkg'}=red_line", "-o", "o.csv")
    assert result.exit_code == 0, result.output
    assert sorted(pd.read_csv("o.csv")["图斑编号"]) == ["好1", "好2", "好2"]
