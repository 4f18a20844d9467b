"""What land cover says in a run: a verdict a parcel, new ground inside lines, counted as figures with their rows."""

import datetime as dt

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from gis import standards
from gis.base.figures import assessment
from gis.base.tables import conform
from gis.engine import Threads
from gis.land.area import legal_area
from gis.land.images import image_figures, image_parcels, image_patches
from gis.land.line_editions import newest

EVIDENCE = standards.load().get("land-cover-evidence")
AREA = standards.load().get("area-2008-32")
CROP, BUILT = 40, 50
FRESH = shapely.box(120.70, 31.60, 120.701, 31.601)


@pytest.fixture
def tables():
    rows = [(0, BUILT, BUILT, 900.0), (1, CROP, CROP, 900.0), (2, BUILT, BUILT, 900.0)]
    return {
        "land_cover_changes": pd.DataFrame(rows, columns=["parcel", "before", "after", "area_m2"]),
        "land_cover_seen": pd.DataFrame({"pixels": [9.0] * 4, "valid_share": [1.0, 1.0, 1.0, 0.0]}),
        "land_cover_built": gpd.GeoDataFrame(geometry=[FRESH], crs="EPSG:4490"),
    }


@pytest.fixture
def parcels():
    rows = {
        "parcel_id": list("abcd"), "category": ["低效用地再开发", "低效用地再开发", "土地复垦", "批而未供"],
        "source": "p.shp", "source_row": [1, 2, 3, 4],
    }  # fmt: skip
    return conform(pd.DataFrame(rows, index=[5, 6, 7, 8]), "parcels")


def lines():
    half = shapely.box(120.70, 31.60, 120.7005, 31.601)
    rows = {
        "line_id": ["old", "new", "farm"], "line_type": ["red_line", "red_line", "basic_farmland"], "name": "",
        "edition": ["2018", "2023", ""], "effective_from": [pd.Timestamp(2018, 1, 1), pd.Timestamp(2023, 1, 1), pd.NaT],
        "source": "l.shp", "source_row": [1, 2, 3],
    }  # fmt: skip
    far = shapely.box(121, 31, 121.1, 31.1)
    frame = gpd.GeoDataFrame(rows, geometry=[FRESH, half, far], crs="EPSG:4490")
    return conform(frame, "control_lines")


def test_each_parcel_has_its_verdict_and_its_row(tables, parcels):
    made = image_parcels(parcels, tables, EVIDENCE).set_index("parcel_id")
    assert made["image_verdict"].to_dict() == {
        "a": "supported", "b": "not_supported", "c": "not_supported", "d": "unclear",
    }  # fmt: skip
    assert made["image_reason"].tolist() == ["built_kept", "not_built", "not_reclaimed", "no_data"]
    assert made["source_row"].tolist() == [1, 2, 3, 4]


def test_new_ground_is_held_against_the_newest_edition_and_counted_with_the_row_of_the_line(tables, parcels):
    found = image_patches(tables, newest(lines()), None, Threads(), AREA, EVIDENCE)
    assert found[["line_id", "source", "source_row"]].to_numpy().tolist() == [["new", "l.shp", 2]]
    half = legal_area(gpd.GeoSeries([lines().geometry[1]], crs="EPSG:4490"), AREA)[0]
    assert found["area_m2"].tolist() == pytest.approx([half], abs=0.02)
    made = {"land_cover_parcels": image_parcels(parcels, tables, EVIDENCE), "land_cover_patches": found}
    told = assessment({}, image_figures(made, "320581", dt.date(2025, 6, 30), EVIDENCE))
    value = told.figures.set_index("figure_id")["value"]
    assert {key.removesuffix(".2025.320581"): one for key, one in value.items()} == {
        "land.image_parcels.supported": 1, "land.image_parcels.not_supported": 2, "land.image_parcels.unclear": 1,
        "land.new_built_patches.red_line": 1, "land.new_built_area.red_line": pytest.approx(half * 0.0015, abs=1e-3),
        "land.new_built_patches.basic_farmland": 0, "land.new_built_area.basic_farmland": 0,
    }  # fmt: skip
    parts = told.evidence.groupby("figure_id")["part"].sum()
    assert parts.to_dict() == pytest.approx(value[value > 0].to_dict())
