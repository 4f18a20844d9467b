"""The shipped county says what the plan says, and marks what nobody has checked."""

from itertools import product
from pathlib import Path
from typing import get_args

import pytest

from gis.catalogue import Catalogue, load
from gis.catalogue.model import Kind, LineType

SUBJECTS = (
    "new_industry", "renewal_parcels", "key_project", "linear_works",
    "forestry", "reclamation", "restoration", "monitoring",
)  # fmt: skip


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load(Path(__file__).parents[2] / "layers", check_files=False)


def test_every_kind_of_table_has_a_layer(catalogue):
    assert {layer.kind for layer in catalogue.layers} == set(get_args(Kind))
    assert {layer.line_type for layer in catalogue.of_kind("control_lines")} == set(get_args(LineType))


def test_basic_farmland_and_the_ledger_are_internal(catalogue):
    internal = {layer.id for layer in catalogue.layers if layer.about.confidentiality == "internal"}
    assert {"basic_farmland", "renewal_ledger"} <= internal


def test_the_sample_county_says_that_it_is_one(catalogue):
    assert catalogue.county.sample
    assert len(catalogue.county.towns) == 14
    assert catalogue.county.air_stations == ["海虞子站", "兴福子站", "菱塘子站"]


def test_no_target_is_called_binding_or_checked_before_the_plan_is_seen(catalogue):
    assert {target.plan.kind for target in catalogue.targets} == {"unstated"}
    assert not any(target.plan.verified or target.carried_forward for target in catalogue.targets)
    assert all(target.plan.note for target in catalogue.targets)
    assert {target.period for target in catalogue.targets} == {"2021"}


def test_every_target_of_the_plan_is_there(catalogue):
    goals = {
        (target.indicator, target.place, target.goal.comparator, target.goal.value)
        for target in catalogue.targets
    }
    assert goals == {
        ("land.renewed_area", None, ">=", 10_000),
        ("land.tax_per_mu_growth", None, ">=", 5),
        ("air.good_day_rate", None, ">", 81),
        ("air.pm25_mean", None, "<", 35),
        ("water.attainment_rate", None, ">", 90),
        ("water.good_share", None, ">", 90),
        ("water.section_at_target", "CS-G-01", ">=", 1),
        ("water.section_at_target", "CS-S-02", ">=", 1),
        ("actions.river_dredged.finished", None, ">=", 15),
        ("actions.sewage_households.quantity_finished", None, ">=", 5_000),
        ("actions.green_space.quantity_finished", None, ">=", 189_000),
        ("actions.old_estate.quantity_started", None, ">=", 170_000),
        ("actions.building_pilot.started", None, ">=", 20),
        ("actions.old_industrial_zone.started", None, ">=", 1),
        ("actions.village_group.quantity_started", None, ">=", 800),
        ("actions.village_group.quantity_finished", None, ">=", 600),
        ("actions.river_reinforced.finished", None, ">=", 2),
        ("actions.flood_works.finished", None, ">=", 1),
        ("actions.eco_river.finished", None, ">=", 3),
        ("actions.island_bay_shore.finished", None, ">=", 3),
        ("actions.water_plant.started", None, ">=", 1),
        ("land.double_agreement_rate", None, ">=", 100),
        ("land.lines_mapped", None, ">=", 2),
        ("statistics.new_energy_bus_share.change", None, ">=", 16),
    }


def test_what_is_not_known_of_a_target_is_marked_unsure(catalogue):
    renewal = next(target for target in catalogue.targets if target.id == "renewal_2021")
    assert renewal.counting_event == "accepted"
    assert renewal.unsure is not None


def test_targets_under_a_standard_name_its_edition(catalogue):
    named = {target.id: target.editions for target in catalogue.targets if target.editions}
    assert named["good_day_rate_2021"] == {"aqi": "hj633-2012"}
    assert named["pm25_2021"] == {"air_limits": "gb3095-2012"}
    assert named["attainment_2021"] == {"surface_water_limits": "gb3838-2002"}
    assert named["renewal_2021"] == {"parcel_area": "area-2008-32"}


def test_every_subject_has_a_rule_for_every_line(catalogue):
    cells = [(rule.subject, rule.line) for rule in catalogue.rules if not rule.categories]
    assert sorted(cells) == sorted(product(SUBJECTS, get_args(LineType)))
    assert {rule.line for rule in catalogue.rules if rule.outside} == {"growth_boundary"}
    assert all(rule.outside for rule in catalogue.rules if rule.line == "growth_boundary")


@pytest.mark.parametrize(
    ("subject", "line", "verdict"),
    [
        ("new_industry", "red_line", "forbidden"),
        ("new_industry", "growth_boundary", "forbidden_in_principle"),
        ("new_industry", "control_area", "forbidden_if_harms"),
        ("renewal_parcels", "red_line", "review"),
        ("renewal_parcels", "basic_farmland", "forbidden"),
        ("linear_works", "basic_farmland", "state_council"),
        ("forestry", "basic_farmland", "forbidden"),
        ("reclamation", "basic_farmland", "positive"),
        ("monitoring", "control_area", "allowed_if"),
    ],
    ids=lambda word: word,
)
def test_the_rules_say_what_standards_c4_says(catalogue, subject, line, verdict):
    rule = next(rule for rule in catalogue.rules if (rule.subject, rule.line) == (subject, line))
    assert rule.verdict == verdict
    assert rule.clause


def test_existing_industry_with_an_approval_on_farmland_is_legacy(catalogue):
    rule = next(rule for rule in catalogue.rules if rule.id == "renewal_in_basic_farmland")
    assert rule.unless is not None
    assert (rule.unless.field, rule.unless.verdict) == ("approval_no", "legacy")


def test_an_unverified_rule_says_why(catalogue):
    assert all(rule.verified or rule.note for rule in catalogue.rules)
    assert not any(rule.verified for rule in catalogue.rules if "193号" in rule.clause)
