"""Small counties drawn by a seed, and what one machine and another engine make of them, compared to the last bit."""

import datetime as dt
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gis import standards
from gis.base.tables import conform
from gis.catalogue import load

ROOT = Path(__file__).parents[1]
EDITIONS, CATALOGUE = standards.load(), load(ROOT / "layers", check_files=False)
AS_OF = dt.date(2025, 10, 31)
KINDS = ["red_line", "basic_farmland", "growth_boundary", "control_area"]
WEST, SOUTH = 120.60, 31.55


def squares(random, count, size, spread=0.05):
    """Draw squares that lie over each other, some turned, some missing, some with two parts."""
    at = np.column_stack([random.uniform(0, spread, count) + WEST, random.uniform(0, spread, count) + SOUTH])
    half = random.uniform(0.3, 1.0, count) * size
    turn = random.uniform(0, np.pi / 2, count)[:, None] + np.arange(4) * np.pi / 2
    ring = at[:, None, :] + half[:, None, None] * np.stack([np.cos(turn), np.sin(turn)], axis=-1)
    return np.asarray(shapely.polygons(ring), dtype=object)


def county(seed, count, lines):
    """Draw overlapping parcels, with lines of two editions, some of many sides, and events that take back."""
    random = np.random.default_rng(seed)
    shapes = squares(random, count, 0.004)
    shapes[random.random(count) < 0.05] = None
    days = pd.Timestamp("2018-01-01") + pd.to_timedelta(random.integers(0, 2_500, count), unit="D")
    parcels = pd.DataFrame({
        "parcel_id": [f"P{at:03d}" for at in random.permutation(count)],
        "town": random.choice(["梅李镇", "海虞镇", None], count),
        "category": random.choice(["低效用地再开发", "土地复垦"], count),
        "area_declared_mu": random.uniform(10, 100, count),
        "approved_on": days, "accepted_on": days + pd.Timedelta(days=300), "layer": "a", "source": "a.gpkg",
        "source_row": range(1, count + 1),
    })  # fmt: skip
    parcels = gpd.GeoDataFrame(parcels, geometry=shapes, crs=4490)
    drawn = squares(random, lines, 0.02)
    drawn = np.where(random.random(lines) < 0.5, shapely.segmentize(drawn, 0.0005), drawn)
    kinds = random.choice(KINDS, lines)
    given_lines = pd.DataFrame({
        "line_id": [f"L{at}" for at in range(lines)], "line_type": kinds, "name": "x",
        "edition": random.choice(["2018", "2022"], lines), "layer": "b", "source": "b.gpkg",
        "effective_from": pd.to_datetime("2018-06-01"), "source_row": range(1, lines + 1),
    })  # fmt: skip
    later = given_lines["edition"] == "2022"
    given_lines["effective_from"] = given_lines["effective_from"].mask(later, pd.Timestamp("2022-01-01"))
    given_lines = gpd.GeoDataFrame(given_lines, geometry=drawn, crs=4490)
    events = pd.DataFrame({
        "parcel_id": random.choice(parcels["parcel_id"], 6), "event": random.choice(["reversed", "accepted"], 6),
        "date": pd.Timestamp("2023-01-01") + pd.to_timedelta(random.integers(0, 500, 6), unit="D"),
        "area_mu": np.where(random.random(6) < 0.5, np.nan, 5.0), "source": "c.csv", "source_row": range(2, 8),
    })  # fmt: skip
    tables = {"parcels": parcels, "control_lines": given_lines, "ledger_events": events}
    return {name: conform(frame, name) for name, frame in tables.items()}


def assert_same(found, wanted):
    assert found.tables.keys() == wanted.tables.keys()
    for name, frame in wanted.tables.items():
        same(found.tables[name], frame, name)
    for name in ("figures", "evidence"):
        same(getattr(found, name), getattr(wanted, name), name)
    assert found.lineage == wanted.lineage


def same(one, other, name):
    pd.testing.assert_frame_equal(
        plain(one), plain(other), check_exact=True, obj=name, check_index_type=False
    )


def plain(frame):
    """Write shapes as their bytes: two that are only equal within rounding are not the same."""
    shaped = [name for name in frame if frame[name].dtype == "geometry"]
    return pd.DataFrame(frame).assign(**{name: shapely.to_wkb(frame[name].to_numpy()) for name in shaped})


def assessed(subject, tables, engine):
    return subject.assess(tables, CATALOGUE, EDITIONS, AS_OF, engine)
