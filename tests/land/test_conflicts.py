"""What it means that a parcel touches a line, and how much ground does, each spot once."""

import datetime as dt
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from gis import standards
from gis.catalogue.load import load
from gis.catalogue.model import Rule
from gis.engine import Threads
from gis.land import assess
from gis.land.area import legal_area
from gis.land.conflicts import conflict_area, conflicts
from gis.land.overlay import overlay
from tests import zoo

EDITION = standards.load().get("area-2008-32")
RULES = load(Path(__file__).parents[2] / "layers", check_files=False).rules
EXCEPTION = {"zh": "有批准文号", "en": "approved"}


def rule(line="red_line", verdict="forbidden", **more):
    return Rule.model_validate({
        "id": f"in_{line}", "subject": "renewal_parcels", "line": line, "verdict": verdict, "severity": "high",
        "clause": "第1条", "outside": line == "growth_boundary", **more})  # fmt: skip


def pieces(*kinds, area_m2=500.0, width_m=10.0):
    """One piece a kind, each of the parcel of its own number."""
    return pd.DataFrame(
        {"parcel": range(len(kinds)), "line_type": kinds, "area_m2": area_m2, "width_m": width_m}
    )


def approvals(*texts):
    return pd.DataFrame({"approval_no": pd.Series(texts, dtype="str")})


def test_a_rule_gives_its_verdict_severity_and_clause():
    judged = conflicts(pieces("red_line"), approvals(None), [rule()])
    assert judged[["rule_id", "verdict", "severity", "clause"]].to_numpy().tolist() == [
        ["in_red_line", "forbidden", "high", "第1条"]
    ]


def test_an_approval_number_changes_the_verdict_of_its_own_parcel_only():
    judged = conflicts(
        pieces(*["basic_farmland"] * 3),
        approvals("常政土〔2020〕1号", None, "  "),
        [
            rule(
                "basic_farmland", unless={"field": "approval_no", "verdict": "legacy", "exception": EXCEPTION}
            )
        ],
    )
    assert judged["verdict"].tolist() == ["legacy", "forbidden", "forbidden"]


def test_a_field_the_parcels_lack_leaves_the_verdict():
    unless = {"field": "contract_no", "verdict": "legacy", "exception": EXCEPTION}
    assert conflicts(pieces("red_line"), approvals("x"), [rule(unless=unless)])["verdict"].tolist() == [
        "forbidden"
    ]


@pytest.mark.parametrize(
    ("rules", "subject"),
    [
        pytest.param([], "renewal_parcels", id="no rule"),
        pytest.param([rule()], None, id="no subject"),
        pytest.param([rule()], "key_project", id="another subject"),
        pytest.param([rule("control_area")], "renewal_parcels", id="another line"),
        pytest.param([rule(outside=True)], "renewal_parcels", id="a rule on the ground outside"),
    ],
)
def test_without_a_rule_the_area_stands_without_a_verdict(rules, subject):
    judged = conflicts(pieces("red_line"), approvals("x"), rules, subject)
    assert judged[["rule_id", "verdict", "severity", "clause"]].isna().all(axis=None)
    assert judged["area_m2"].tolist() == [500.0]
    assert judged["sliver"].tolist() == [False]


@pytest.mark.parametrize(
    ("area_m2", "width_m", "sliver"),
    [(0.99, 5, True), (1.0, 0.1, False), (500, 0.09, True), (1.0, 5, False)],
)
def test_small_or_thin_pieces_are_marked_and_stay(area_m2, width_m, sliver):
    for rules in ([], [rule()]):
        judged = conflicts(pieces("red_line", area_m2=area_m2, width_m=width_m), approvals("x"), rules)
        assert judged["sliver"].tolist() == [sliver]


def test_a_rule_sets_its_own_size_of_a_sliver():
    judged = conflicts(pieces("red_line"), approvals("x"), [rule(sliver={"area_m2": 501.0, "width_m": 0.1})])
    assert judged["sliver"].tolist() == [True]


@pytest.mark.parametrize(
    ("subject", "verdicts"),
    [
        ("new_industry", ["forbidden", "forbidden", "forbidden_in_principle", "forbidden_if_harms"]),
        ("renewal_parcels", ["review", "forbidden", "review", "review"]),
        ("key_project", ["state_council", "state_council", "review", "review"]),
        ("linear_works", ["allowed_if", "state_council", "allowed_if", "review"]),
        ("forestry", ["allowed_if", "forbidden", "neutral", "review"]),
        ("reclamation", ["allowed_if", "positive", "positive", "positive"]),
        ("restoration", ["allowed_if", "review", "neutral", "positive"]),
        ("monitoring", ["allowed_if", "review", "neutral", "allowed_if"]),
    ],
)
def test_the_shipped_rules_give_the_rule_table(subject, verdicts):
    kinds = ["red_line", "basic_farmland", "growth_boundary", "control_area"]
    judged = conflicts(pieces(*kinds), approvals(*[None] * 4), RULES, subject)
    assert judged["verdict"].tolist() == verdicts
    assert judged["clause"].str.len().gt(0).all()


@pytest.mark.parametrize(
    ("category", "land_use", "verdicts"),
    [
        ("土地复垦", "0101", ["positive", "positive"]),
        ("城乡建设用地增减挂钩", "水田", ["positive", "positive"]),
        ("土地复垦", "101", ["positive", "positive"]),  # Excel dropped the 0
        ("土地复垦", "0301", ["forbidden", "positive"]),  # wood on basic farmland is none
        ("土地复垦", "0601", ["forbidden", "review"]),
        ("土地复垦", None, ["forbidden", "review"]),
        ("低效用地再开发", "0101", ["forbidden", "review"]),
    ],
)
def test_land_reclaimed_to_farmland_is_no_conflict_where_its_land_use_says_so(category, land_use, verdicts):
    parcels = pd.DataFrame(
        {"category": [category] * 2, "land_use_after": pd.Series([land_use] * 2, dtype="str")}
    )
    judged = conflicts(pieces("basic_farmland", "growth_boundary"), parcels, RULES)
    assert judged["verdict"].tolist() == verdicts
    assert judged["severity"].eq("none").tolist() == [one == "positive" for one in verdicts]


def test_a_rule_that_names_a_category_speaks_before_one_that_names_none_whatever_their_order():
    own = rule(verdict="positive", severity="none", id="own", categories=["复垦"])
    parcels = pd.DataFrame({"category": ["土地复垦", "低效用地"]})
    for rules in ([own, rule()], [rule(), own]):
        judged = conflicts(pieces("red_line", "red_line"), parcels, rules)
        assert judged["rule_id"].tolist() == ["own", "in_red_line"]


def test_the_shipped_rules_know_legacy_land_on_basic_farmland():
    judged = conflicts(pieces("basic_farmland"), approvals("常政土〔2003〕7号"), RULES)
    assert judged["verdict"].tolist() == ["legacy"]


def judged(ground, *drawn, kinds=None):
    ids = [f"P{number}" for number in range(1, len(ground) + 1)]
    parcels = gpd.GeoDataFrame({"parcel_id": ids}, geometry=ground, crs="EPSG:4490")
    lines = gpd.GeoDataFrame(
        {"line_id": range(len(drawn)), "line_type": kinds or "red_line", "name": "x"},
        geometry=list(drawn),
        crs=4490,
    )
    return conflicts(overlay(parcels, lines, Threads(2), EDITION).pieces, parcels, RULES)


def legal(shape):
    return legal_area(gpd.GeoSeries([shape], crs="EPSG:4490"), EDITION)[0]


def test_ground_under_two_lines_of_a_type_counts_once():
    found = judged([zoo.box(), zoo.box(6)], zoo.box(0.5, -1, 3), zoo.box(0.25, -1, 3), zoo.box(6.5, -1, 3))
    areas = conflict_area(found, EDITION)
    assert areas[["line_type", "parcel", "parcel_id", "n"]].to_numpy().tolist() == [
        ["red_line", 0, "P1", 2], ["red_line", 1, "P2", 1]]  # fmt: skip
    expected = [legal(zoo.box()) * 0.75, legal(zoo.box(6)) / 2]
    assert areas["area_m2"].tolist() == pytest.approx(expected, abs=0.01)


def test_lines_of_two_types_count_each():
    found = judged([zoo.box()], zoo.box(0.5), zoo.box(0.5), kinds=["red_line", "control_area"])
    areas = conflict_area(found, EDITION)
    assert areas["line_type"].tolist() == ["control_area", "red_line"]
    assert areas["area_m2"].iloc[0] == pytest.approx(areas["area_m2"].iloc[1])


def test_slivers_do_not_count():
    found = judged([zoo.box()], zoo.box(1 - 5e-7, size=2), zoo.box(0.5, -0.5))
    assert found["sliver"].tolist() == [True, False]
    areas = conflict_area(found, EDITION)
    assert areas["n"].tolist() == [1]
    assert areas["area_m2"].tolist() == found.loc[~found["sliver"], "area_m2"].tolist()


def test_overlapping_lines_count_once_in_two_zones():
    away = [zoo.VALID["western_zone"], zoo.VALID["eastern_zone"]]
    found = judged(away, *[one.buffer(0.0001, join_style="mitre") for one in away], *away)
    areas = conflict_area(found, EDITION)
    assert areas["n"].tolist() == [2, 2]
    assert areas["area_m2"].tolist() == pytest.approx([legal(one) for one in away], abs=1e-3)


def test_without_pieces_there_is_no_area():
    found = judged([zoo.box()], zoo.box(5))
    assert conflict_area(found, EDITION).empty
    assert np.isscalar(found["area_m2"].sum())


def figures(**dates):
    """The land figures at the end of 2024 of one parcel, half in a red line of each given first day."""
    catalogue = load(Path(__file__).parents[2] / "layers", check_files=False)
    row = {"source": "data/a.shp", "source_row": 1}
    parcels = gpd.GeoDataFrame([{"parcel_id": "P1", **row}], geometry=[zoo.box()], crs=4490)
    lines = gpd.GeoDataFrame(
        [{"line_id": name, "line_type": "red_line", "effective_from": pd.Timestamp(day), **row}
         for name, day in dates.items()],
        geometry=[zoo.box(0.5, -1, 3)] * len(dates), crs=4490)  # fmt: skip
    tables = {"parcels": pd.DataFrame(parcels), "control_lines": pd.DataFrame(lines)}
    return assess(tables, catalogue, standards.load(), dt.date(2024, 12, 31), Threads(2))


def test_a_line_not_yet_in_force_conflicts_with_nothing():
    assert "pieces" not in figures(later="2025-01-01").tables
    found = figures(now="2024-12-31", later="2025-01-01")
    assert found.tables["pieces"]["line_id"].tolist() == ["now"]


def test_the_figure_counts_two_editions_of_a_line_once_and_its_evidence_adds_up():
    found = figures(old="2018-06-30", new="2023-01-01")
    assert found.tables["pieces"]["edition"].tolist() == ["2023-01-01"]
    id_ = "land.conflict_area.red_line.2024.320581"
    value = found.figures.set_index("figure_id")["value"][id_]
    assert value == pytest.approx(legal(zoo.box()) / 2 * 0.0015, abs=2e-5)
    parts = found.evidence.loc[found.evidence["figure_id"] == id_, "part"]
    assert parts.tolist() == [pytest.approx(value, abs=1e-12)]


def overlapping(events):
    """The figures of a red line over two parcels, the second half on the first, accepted on the given days."""
    catalogue = load(Path(__file__).parents[2] / "layers", check_files=False)
    parcels = gpd.GeoDataFrame(
        [{"parcel_id": id_, "source": "data/a.shp", "source_row": at} for at, id_ in enumerate(["P1", "P2"], 1)],
        geometry=[zoo.box(), zoo.box(0.5)], crs=4490)  # fmt: skip
    lines = gpd.GeoDataFrame(
        [{"line_id": "L", "line_type": "red_line", "source": "data/b.shp", "source_row": 1}],
        geometry=[zoo.box(-1, -1, 9)], crs=4490)  # fmt: skip
    ledger = [
        {"parcel_id": id_, "event": event, "date": pd.Timestamp(day), "source": "t.xlsx", "source_row": row}
        for row, (id_, event, day) in enumerate(events, 2)
    ]
    tables = {"parcels": parcels, "control_lines": pd.DataFrame(lines), "ledger_events": pd.DataFrame(ledger)}
    made = assess(tables, catalogue, standards.load(), dt.date(2024, 12, 31), Threads(2))
    rows = made.evidence[made.evidence["figure_id"] == "land.conflict_area.red_line.2024.320581"]
    return dict(zip(rows["source_row"], rows["part"] / 0.0015, strict=True))


WHOLE = legal(zoo.box())
FIRST, SECOND = {1: WHOLE, 2: WHOLE / 2}, {1: WHOLE / 2, 2: WHOLE}


@pytest.mark.parametrize(
    ("events", "areas"),
    [
        pytest.param([("P2", "accepted", "2022-03-01"), ("P1", "accepted", "2023-03-01")], SECOND, id="earlier"),
        pytest.param([("P2", "accepted", "2022-03-01")], SECOND, id="the only one"),
        pytest.param([("P2", "accepted", "2022-03-01"), ("P1", "accepted", "2023-03-01"),
                      ("P2", "reversed", "2024-03-01")], FIRST, id="reversed"),
        pytest.param([("P2", "approved", "2022-03-01")], FIRST, id="none: the order of the layer"),
        pytest.param([("P2", "accepted", "2022-03-01"), ("P1", "accepted", "2022-03-01")], FIRST, id="one day"),
    ],
)  # fmt: skip
def test_ground_under_two_parcels_counts_for_the_earlier_acceptance_as_in_the_ledger(events, areas):
    assert overlapping(events) == pytest.approx(areas, abs=0.02)
