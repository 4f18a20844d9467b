"""Shares, change and verdicts from coverage, and new built-up patches inside lines."""

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from gis import standards
from gis.engine import Threads
from gis.land.area import legal_area
from gis.land.landcover import declared, matrix, patches, shares, verdicts

EVIDENCE = standards.load().get("land-cover-evidence")
AREA = standards.load().get("area-2008-32")
TREE, CROP, BUILT, BARE = 10, 40, 50, 60


def cover(*rows):
    return pd.DataFrame(rows, columns=["parcel", "before", "after", "area_m2"])


def judged(kind, *changes, valid=1.0, pixels=20.0):
    """The verdict of one parcel from (before, after, m²)."""
    seen = shares(cover(*((0, *change) for change in changes)), 1, EVIDENCE)
    seen = seen.assign(valid_share=valid, pixels=pixels)
    return tuple(verdicts(seen, pd.Series([kind], dtype="str"), EVIDENCE).iloc[0])


def test_the_matrix_adds_up_by_parcel_and_in_all():
    found = cover((0, CROP, BUILT, 30.0), (0, CROP, CROP, 10.0), (1, CROP, BUILT, 5.0))
    assert matrix(found)[["area_m2", "share"]].to_numpy().tolist() == [[10.0, 10 / 45], [35.0, 35 / 45]]
    assert matrix(found, ["parcel"])["share"].tolist() == [0.25, 0.75, 1.0]


def test_shares_of_groups_and_of_what_was_built():
    seen = shares(cover((1, BUILT, CROP, 30.0), (1, BUILT, BUILT, 10.0), (1, TREE, TREE, 40.0)), 3, EVIDENCE)
    one = seen.loc[1]
    assert (one["built_before"], one["built_after"], one["cropland_after"]) == (0.5, 0.125, 0.375)
    assert one["vegetation_after"] == 0.5
    assert one["built_turned"] == 0.75
    assert seen.loc[[0, 2]].isna().all(axis=None)


@pytest.mark.parametrize(
    ("kind", "changes", "said"),
    [
        ("renewal", [(BUILT, BUILT, 8), (CROP, CROP, 2)], ("supported", "built_kept")),
        ("renewal", [(BARE, BUILT, 8), (CROP, CROP, 2)], ("supported", "built_kept")),
        ("renewal", [(BUILT, BARE, 8), (BUILT, BUILT, 2)], ("supported", "cleared")),
        ("renewal", [(CROP, CROP, 10)], ("not_supported", "not_built")),
        ("renewal", [(BUILT, CROP, 8), (BUILT, BUILT, 2)], ("not_supported", "built_lost")),
        ("reclamation", [(BUILT, CROP, 4), (BUILT, TREE, 2), (BUILT, BUILT, 4)], ("supported", "reclaimed")),
        ("reclamation", [(BUILT, CROP, 5), (BUILT, BUILT, 5)], ("not_supported", "not_reclaimed")),
        ("reclamation", [(CROP, CROP, 10)], ("unclear", "not_built_before")),
    ],
)
def test_the_image_supports_what_it_shows(kind, changes, said):
    assert judged(kind, *changes) == said


def test_an_image_that_shows_too_little_is_unclear():
    assert judged("renewal", (BUILT, BUILT, 8), valid=0.5) == ("unclear", "no_data")
    assert judged("renewal", (BUILT, BUILT, 8), pixels=2.0) == ("unclear", "too_small")
    verdict, reason = judged(None, (BUILT, BUILT, 8))
    assert pd.isna(verdict)
    assert reason == "not_declared"


def test_the_category_tells_reclamation_from_renewal():
    kinds = declared(
        pd.Series(["土地复垦", "低效用地再开发", None, "城乡建设用地增减挂钩"], dtype="str"), EVIDENCE
    )
    assert kinds.fillna("?").tolist() == ["reclamation", "renewal", "?", "reclamation"]


def test_new_built_ground_inside_lines_has_area_line_and_town():
    west = shapely.box(120.7, 31.6, 120.701, 31.601)
    speck = shapely.box(120.702, 31.6, 120.7021, 31.6001)
    far = shapely.box(120.8, 31.6, 120.801, 31.601)
    half = shapely.box(120.7005, 31.59, 120.71, 31.61)
    lines = gpd.GeoDataFrame(
        {"line_id": ["R", "G"], "line_type": ["red_line", "growth_boundary"], "name": ["虞山", "边界"]},
        geometry=[half, shapely.box(120, 31, 121, 32)],
        crs="EPSG:4490",
    )
    towns = gpd.GeoDataFrame(
        {"level": ["county", "town"], "name": ["常熟", "尚湖镇"]},
        geometry=[shapely.box(120, 31, 121, 32), shapely.box(120.69, 31.5, 120.75, 31.7)],
        crs="EPSG:4490",
    )
    fresh = gpd.GeoSeries([west, speck, far], crs="EPSG:4490")
    found = patches(fresh, lines, towns, Threads(1), AREA, EVIDENCE)
    assert found[["patch_id", "line_id", "line_name", "town"]].to_numpy().tolist() == [
        ["B000001", "R", "虞山", "尚湖镇"]
    ]
    inside = gpd.GeoSeries([west.intersection(half)], crs="EPSG:4490")
    assert found["area_m2"][0] == pytest.approx(legal_area(inside, AREA)[0], rel=1e-4)
    assert found["share"][0] == pytest.approx(0.5, rel=1e-4)
    assert patches(fresh, lines, None, Threads(1), AREA, EVIDENCE)["town"].isna().all()
