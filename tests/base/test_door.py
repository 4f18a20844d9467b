"""The door of the rooms: names and columns that nobody knows are refused, rows without a place are numbered."""

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest

from gis import actions, air, land, standards, water
from gis.base.door import admitted
from gis.base.errors import ColumnError, UsageError
from gis.base.lineage import Recorded
from gis.base.tables import conform
from gis.catalogue import Catalogue, County
from gis.catalogue.model import Words
from gis.engine import Threads

NOWHERE = Catalogue(
    folder=Path(),
    county=County(
        adcode="000000", name=Words(zh="", en=""), extent=(-180, -90, 180, 90), plan_years=(2021, 2025)
    ),
    layers=(),
)
RECORD = {
    "section": ["张桥"], "sampled_at": [pd.Timestamp("2025-03-01")], "water_kind": ["river"],
    "dissolved_oxygen": [1.0], "nh3n": [0.1],
}  # fmt: skip


def judged(room, **tables):
    return room.assess(tables, NOWHERE, standards.load(), dt.date(2025, 12, 31), Threads()).tables


@pytest.mark.parametrize(
    ("room", "name", "near"),
    [(water, "sampels", "samples"), (land, "parcel", "parcels"), (air, "air_day", "air_days"),
     (actions, "action", "actions")],
)  # fmt: skip
def test_a_table_of_no_known_name_is_refused_with_the_nearest(room, name, near):
    with pytest.raises(UsageError, match=name) as told:
        judged(room, **{name: pd.DataFrame(RECORD)})
    assert near in str(told.value)


@pytest.mark.parametrize("head", ["D0", "do ", "溶解氧", "dissolved_oxigen"])
def test_a_table_made_by_hand_is_refused_for_a_column_that_would_not_count(head):
    rows = pd.DataFrame(RECORD).rename(columns={"dissolved_oxygen": head})
    with pytest.raises(ColumnError, match=head.strip()):
        judged(water, samples=rows)


def test_the_nearest_columns_are_named():
    rows = pd.DataFrame(RECORD).rename(columns={"dissolved_oxygen": "dissolved_oxigen"})
    with pytest.raises(ColumnError) as told:
        judged(water, samples=rows)
    assert "dissolved_oxygen" in str(told.value)
    assert "transparency" not in str(told.value)


def test_what_a_file_has_beside_its_columns_is_its_own():
    whole = conform(pd.DataFrame(RECORD).assign(备注="x"), "samples")
    assert judged(water, samples=whole)["samples"]["water_class"].tolist() == [6]


def test_rows_that_came_from_no_file_are_numbered():
    made = admitted({"samples": pd.DataFrame({**RECORD, "nh3n": [0.2]})})["samples"]
    assert (made["source"].tolist(), made["source_row"].tolist()) == (["samples"], [1])
    days = pd.DataFrame({"station": ["甲"], "date": [pd.Timestamp("2025-03-01")], "pm25": [30.0]})
    assert len(judged(air, air_days=days)["air_station_days"]) == 1


def test_tables_that_need_nothing_are_handed_on_unread():
    held = {"samples": conform(pd.DataFrame(RECORD), "samples").assign(source="a.csv", source_row=7)}
    read = Recorded(held)
    assert admitted(read) is read
    assert read.notes.read == frozenset()
    numbered = admitted(Recorded({"samples": pd.DataFrame(RECORD)}))
    assert isinstance(numbered, Recorded)
