"""Partitions of any number, worked in any order, give what one machine gives, to the last digit and row."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from land_by_seed import EDITIONS, assert_same, assessed, county, squares

from gis import air, land, water
from gis.base.tables import conform
from gis.engine import Threads
from gis.land.area import zone_of
from gis.land.counting import common_ground
from gis.land.partition import neighbours, pruned, together
from gis.land.sound import valid_plane
from gis.store.cluster import Dask

pytest.importorskip("dask")
AREA = EDITIONS.family("parcel_area")[-1]
PARTS = [1, 7, 64]
SOME = [7, *(pytest.param(parts, marks=pytest.mark.full) for parts in (1, 64))]


class Shuffled(Dask):
    """Works the partitions in an order of its own."""

    def __init__(self, folder, parts, seed=0):
        super().__init__(None, folder, parts=parts)
        self.random = np.random.default_rng(seed)

    def spread(self, work, parts):
        every = list(parts)
        order = self.random.permutation(len(every))
        done = super().spread(work, [every[at] for at in order])
        return [done[at] for at in np.argsort(order)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("partitions")


@pytest.mark.parametrize("parts", SOME)
@settings(max_examples=2)
@given(st.integers(0, 9_999), st.integers(1, 8), st.integers(1, 6))
def test_land_of_partitions_is_that_of_one_machine(folder, parts, seed, count, lines):
    of_partitions_and_of_one_machine(folder, parts, county(seed, count, lines), seed)


@pytest.mark.full
@pytest.mark.parametrize("parts", PARTS)
@settings(max_examples=20)
@given(st.integers(0, 9_999), st.integers(20, 40), st.integers(6, 12))
def test_land_of_larger_partitions_is_that_of_one_machine(folder, parts, seed, count, lines):
    of_partitions_and_of_one_machine(folder, parts, county(seed, count, lines), seed)


def of_partitions_and_of_one_machine(folder, parts, tables, seed):
    wanted = assessed(land, tables, Threads(1))
    assert_same(assessed(land, tables, Shuffled(folder, parts, seed)), wanted)
    assert not list(folder.iterdir())


@settings(max_examples=10)
@given(st.integers(0, 9_999), st.integers(2, 60), st.sampled_from(PARTS[1:]))
def test_parcels_on_the_same_ground_stay_together_and_none_is_lost(folder, seed, count, parts):
    random = np.random.default_rng(seed)
    shapes = squares(random, count, 0.003)
    shapes[random.random(count) < 0.1] = None
    parcels = gpd.GeoDataFrame(geometry=shapes, crs=4490)
    zone = zone_of(parcels)
    number = together(neighbours(parcels, Dask(None, folder, parts=parts)), parcels, zone, AREA)
    plane = valid_plane(shapes, zone)
    one, two = np.triu_indices(count, 1)
    both = common_ground(plane[one], plane[two], AREA.data["proof"]["tolerance_m2"])[0]
    assert (number[one[both]] == number[two[both]]).all()
    assert len(number) == count
    assert number.min() >= 0
    assert number.max() < parts


def test_neighbours_are_even_and_far_lines_lose_their_corners_alone(folder):
    random = np.random.default_rng(5)
    parcels = gpd.GeoDataFrame(geometry=squares(random, 70, 0.0001), crs=4490)
    number = neighbours(parcels, Dask(None, folder, parts=7))
    assert np.bincount(number).tolist() == [10] * 7
    wide = [parcels[number == at].total_bounds for at in range(7)]
    assert sum((east - west) * (north - south) for west, south, east, north in wide) < 2 * 0.05**2
    lines = gpd.GeoDataFrame({"line_type": list("ab")}, geometry=[
        shapely.Point(120.7, 31.6).buffer(0.01), shapely.Point(121.7, 31.6).buffer(0.01)
    ], crs=4490)  # fmt: skip
    kept = pruned(lines, np.array([shapely.Point(120.7, 31.6).buffer(0.001)]))
    assert kept["line_type"].tolist() == ["a", "b"]
    assert shapely.get_num_coordinates(kept.geometry.to_numpy()).tolist() == [65, 5]
    assert (kept.bounds == lines.bounds).all(axis=None)


def records(seed, rows):
    """Draw readings of a few sections, by both methods, some of them non-detects."""
    random = np.random.default_rng(seed)
    frame = pd.DataFrame({"section": random.choice(["断面" + one for one in "ABCDE"], rows)})
    frame["sampled_at"] = pd.Timestamp("2025-01-01") + pd.to_timedelta(random.integers(0, 2_000, rows), "h")
    frame["method"] = random.choice(["automatic", "manual"], rows)
    frame["audit_status"] = random.choice(["raw", "final"], rows)
    for name, most in (("dissolved_oxygen", 12), ("codmn", 20), ("nh3n", 3), ("tp", 0.6)):
        frame[name] = np.where(random.random(rows) < 0.3, np.nan, random.uniform(0, most, rows).round(2))
    frame["source"], frame["source_row"] = "w.csv", range(2, rows + 2)
    marks = frame[["source", "source_row"]][frame["nh3n"].notna() & (random.random(rows) < 0.3)]
    marks = marks.assign(indicator="nh3n", mark="non_detect", detection_limit=0.05, text="<0.05")
    return {"samples": conform(frame, "samples"), "sample_marks": conform(marks, "sample_marks")}


def hours(seed, rows):
    """Draw hours of four stations in which days are whole."""
    random = np.random.default_rng(seed)
    at = random.permutation(4 * rows)
    frame = pd.DataFrame({"station": np.array(["站" + one for one in "甲乙丙丁"])[at // rows]})
    frame["time"] = pd.Timestamp("2025-03-01 01:00") + pd.to_timedelta(at % rows, "h")
    for name in ("pm25", "pm10", "so2", "no2", "o3"):
        frame[name] = random.uniform(1, 200, len(at)).round()
    frame["co"] = random.uniform(0.1, 2, len(at)).round(1)
    frame["source"], frame["source_row"] = "a.csv", range(2, len(at) + 2)
    return {"air_hours": conform(frame, "air_hours")}


@pytest.mark.parametrize(("subject", "tables"), [(water, records(1, 90)), (air, hours(1, 60))])
@pytest.mark.parametrize("parts", SOME)
def test_water_and_air_of_partitions_are_those_of_one_machine(folder, subject, tables, parts):
    wanted = assessed(subject, tables, Threads(1))
    assert_same(assessed(subject, tables, Shuffled(folder, parts)), wanted)
    assert wanted.tables
