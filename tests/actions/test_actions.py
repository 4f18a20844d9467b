"""Actions and statistics counted by hand."""

import datetime as dt

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis.actions import assess
from gis.base.tables import conform
from gis.catalogue import Catalogue
from gis.engine import Threads
from gis.standards import Editions

CATALOGUE = Catalogue.model_validate(
    {
        "folder": ".",
        "county": {
            "adcode": "320581",
            "name": {"zh": "常熟市", "en": "Changshu"},
            "extent": (120.55, 31.5, 121.05, 31.83),
            "plan_years": (2021, 2025),
            "towns": [{"code": "320581102", "name": {"zh": "海虞镇", "en": "Haiyu"}, "aliases": ["海虞"]}],
        },
        "layers": (),
    }
)
AS_OF = dt.date(2022, 6, 30)


def actions(*rows: tuple) -> pd.DataFrame:
    names = ["action_id", "kind", "town", "started", "finished", "quantity", "unit"]
    frame = pd.DataFrame([dict(zip(names, row, strict=True)) for row in rows], columns=names)
    return conform(frame.assign(source="data/a.csv", source_row=range(2, len(rows) + 2)), "actions")


def statistics(*rows: tuple) -> pd.DataFrame:
    names = ["indicator", "place", "year", "value", "unit"]
    frame = pd.DataFrame([dict(zip(names, row, strict=True)) for row in rows], columns=names)
    return conform(frame.assign(source="data/s.xlsx#1", source_row=range(2, len(rows) + 2)), "statistics")


def made(as_of: dt.date = AS_OF, **tables: pd.DataFrame):
    return assess(tables, CATALOGUE, Editions(()), as_of, Threads(1))


def values(found) -> dict[str, float]:
    return dict(zip(found.figures["figure_id"], found.figures["value"], strict=True))


ROWS = actions(
    ("1", "river_dredged", "海虞镇", "2021-03-01", "2021-12-31", 2.0, "公里"),
    ("2", "river_dredged", "海虞镇", "2021-05-01", "2022-02-01", 3.0, "公里"),
    ("3", "river_dredged", "古里镇", "2022-06-30", "2022-07-01", 4.0, "公里"),
    ("4", "river_dredged", "古里镇", None, None, 9.0, "公里"),
    ("5", "green_space", "古里镇", "2021-01-01", "2021-01-01", 1.5, "万平方米"),
    ("6", "green_space", "古里镇", "2021-01-01", "2021-06-01", 500.0, "㎡"),
)


def test_each_action_counts_in_the_year_of_its_date():
    found = values(made(actions=ROWS))
    assert found["actions.river_dredged.started.2021.320581"] == 2
    assert found["actions.river_dredged.started.2022.320581"] == 1
    assert found["actions.river_dredged.finished.2021.320581"] == 1
    assert found["actions.river_dredged.quantity_finished.2021.320581"] == 2.0
    assert found["actions.river_dredged.quantity_finished.2022.320581"] == 3.0


def test_what_is_dated_after_the_day_has_not_happened():
    assert values(made(actions=ROWS))["actions.river_dredged.finished.2022.320581"] == 1
    later = values(made(dt.date(2022, 12, 31), actions=ROWS))
    assert later["actions.river_dredged.finished.2022.320581"] == 2
    assert not [id_ for id_ in later if "C" in id_]


def test_the_same_months_of_every_year_stand_beside_the_running_year():
    found = values(made(actions=ROWS))
    assert found["actions.river_dredged.finished.2021C06.320581"] == 0
    assert found["actions.river_dredged.started.2021C06.320581"] == 2
    assert found["actions.river_dredged.started.2022C06.320581"] == 1


def test_an_action_without_dates_counts_in_no_period_and_the_note_says_so():
    found = made(actions=ROWS)
    assert values(found)["actions.river_dredged.quantity_started.2021.320581"] == 5.0
    notes = found.figures.set_index("figure_id")["note"]
    assert "1 without a date, not counted" in notes["actions.river_dredged.started.2021.320581"]


def test_a_zero_is_made_only_for_a_kind_that_has_rows():
    found = values(made(actions=ROWS))
    assert found["actions.green_space.finished.2022.320581"] == 0
    assert not [id_ for id_ in found if "water_plant" in id_]


def test_areas_are_added_up_in_square_metres():
    found = made(actions=ROWS)
    figure = found.figures.set_index("figure_id").loc["actions.green_space.quantity_finished.2021.320581"]
    assert (figure["value"], figure["unit"]) == (15_500.0, "m²")


def test_quantities_in_units_that_differ_are_not_added_up():
    rows = actions(
        ("1", "old_estate", None, "2021-03-01", None, 2.0, "户"),
        ("2", "old_estate", None, "2021-03-01", None, 2.0, "m²"),
    )
    found = made(actions=rows)
    assert not [id_ for id_ in values(found) if "quantity" in id_]
    assert "units differ" in found.figures["note"].iloc[0]


def test_an_action_listed_in_two_layers_counts_once():
    twice = pd.concat([ROWS, ROWS.iloc[[0]]], ignore_index=True)
    assert values(made(actions=twice))["actions.river_dredged.finished.2021.320581"] == 1


def test_every_figure_leads_to_its_rows():
    found = made(actions=ROWS)
    rows = found.evidence[found.evidence["figure_id"] == "actions.river_dredged.quantity_started.2021.320581"]
    assert list(zip(rows["source_row"], rows["part"], strict=True)) == [(2, 2.0), (3, 3.0)]


def test_the_tables_hold_the_county_and_its_towns():
    tables = made(actions=ROWS).tables
    county = tables["actions_summary"].set_index(["kind", "year"])
    assert county.loc[("river_dredged", 2021), "started"] == 2
    assert county.loc[("green_space", 2021), "quantity_finished"] == 15_500.0
    towns = tables["actions_by_town"].set_index(["kind", "town", "year"])
    assert towns.loc[("river_dredged", "海虞镇", 2022), "finished"] == 1


def test_no_actions_and_no_statistics_make_no_figures():
    found = made()
    assert found.figures.empty
    assert list(found.tables["actions_summary"].columns)[:2] == ["kind", "year"]


def test_a_share_changes_by_points_from_year_to_year():
    found = made(
        statistics=statistics(
            ("new_energy_bus_share", "常熟市", 2020, 62.0, "%"),
            ("new_energy_bus_share", "320581", 2021, 79.0, "%"),
            ("new_energy_bus_share", "海虞", 2021, 50.0, "%"),
            ("new_energy_bus_share", "常熟市", 2023, 90.0, "%"),
        )
    )
    assert values(found) == {
        "statistics.new_energy_bus_share.2020.320581": 62.0,
        "statistics.new_energy_bus_share.2021.320581": 79.0,
        "statistics.new_energy_bus_share.change.2021.320581": 17.0,
        "statistics.new_energy_bus_share.2021.320581102": 50.0,
    }
    change = found.figures.set_index("figure_id").loc["statistics.new_energy_bus_share.change.2021.320581"]
    assert change["unit"] == "个百分点"
    parts = found.evidence.loc[found.evidence["table"] == "figures", "part"]
    assert parts.sum() == pytest.approx(17.0)


dates = st.none() | st.dates(dt.date(2020, 1, 1), dt.date(2023, 12, 31)).map(str)


@given(st.lists(st.tuples(st.sampled_from(["a", "b"]), dates, dates, st.floats(0, 1e4)), max_size=8))
def test_the_years_add_up_to_all_dated_actions_and_parts_to_values(rows):
    table = actions(
        *[(str(n), kind, None, start, end, size, "户") for n, (kind, start, end, size) in enumerate(rows)]
    )
    found = made(dt.date(2023, 12, 31), actions=table)
    years = found.figures[found.figures["indicator"].str.endswith(".started")]
    assert years["value"].sum() == table["started"].notna().sum()
    parts = found.evidence.groupby("figure_id")["part"].sum()
    shown = found.figures.set_index("figure_id")["value"]
    pd.testing.assert_series_equal(
        parts.reindex(shown.index).fillna(0.0), shown.astype("float64"), check_names=False
    )


def test_a_town_is_counted_where_a_target_asks_for_it():
    goal = {
        "id": "sewage_haiyu", "title": {"zh": "海虞", "en": "Haiyu"}, "group": "actions", "period": "2021",
        "indicator": "actions.river_dredged.quantity_finished", "place": "320581102",
        "goal": {"comparator": ">=", "value": 2, "unit": "公里"}, "plan": {"document": "x", "sentence": "x"},
    }  # fmt: skip
    asked = Catalogue.model_validate(CATALOGUE.model_dump() | {"targets": [goal]})
    found = assess({"actions": ROWS}, asked, Editions(()), AS_OF, Threads(1))
    own = found.figures[found.figures["place"] == "320581102"].set_index("figure_id")
    assert set(own["indicator"]) == {"actions.river_dredged.quantity_finished"}
    assert own.loc["actions.river_dredged.quantity_finished.2021.320581102", ["value", "unit"]].tolist() == [
        2,
        "公里",
    ]
    assert own.loc["actions.river_dredged.quantity_finished.2022.320581102", "value"] == 3
    county = values(found)
    assert county["actions.river_dredged.quantity_finished.2021.320581"] == 2
