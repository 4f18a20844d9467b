"""A parcel is judged by the line in force on its approval date and, beside it, by the newest."""

import datetime as dt
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest

from gis import look, standards
from gis.catalogue.load import load
from gis.engine import Threads
from gis.land.area import legal_area
from gis.land.conflicts import conflict_area
from gis.land.events import events_of
from gis.land.line_editions import approvals, in_headline, judged
from tests import zoo

EDITION = standards.load().get("area-2008-32")
RULES = load(Path(__file__).parents[2] / "layers", check_files=False).rules
OLD, NEW = ("2018版", "2018-06-30"), ("2023版", "2023-01-01")
WEST, EAST = zoo.box(-1, -1, 1.5), zoo.box(0.5, -1, 3)


def lines(*rows):
    """Each row: line_type, shape, (edition, effective_from)."""
    return gpd.GeoDataFrame(
        {
            "line_id": [f"L{at}" for at in range(len(rows))],
            "line_type": [kind for kind, *_ in rows],
            "name": "x",
            "edition": pd.Series([of[0] for *_, of in rows], dtype="str"),
            "effective_from": pd.to_datetime([of[1] for *_, of in rows]).as_unit("us"),
        },
        geometry=[shape for _, shape, _ in rows],
        crs=4490,
    )


def judge(drawn, *approved, ground=None, approval_no=None, **more):
    shapes = ground or [zoo.box()] * len(approved)
    ids = [f"P{at}" for at in range(len(shapes))]
    parcels = gpd.GeoDataFrame(
        {"parcel_id": ids, "approval_no": pd.Series(approval_no or [None] * len(ids), dtype="str"), **more},
        geometry=shapes,
        crs=4490,
    )
    dates = pd.Series(pd.to_datetime(list(approved)).as_unit("us"), index=ids)
    return judged(parcels, drawn, dates, RULES, Threads(2), EDITION).pieces


def legal(shape):
    return legal_area(gpd.GeoSeries([shape], crs="EPSG:4490"), EDITION)[0]


def test_the_edition_in_force_on_the_approval_date_judges_and_the_newest_stands_beside():
    drawn = lines(("red_line", WEST, OLD), ("red_line", zoo.box(-1, -1, 1.75), NEW))
    found = judge(drawn, "2020-05-01", "2023-01-01", ground=[zoo.box(), zoo.box(0, 0.25, 0.5)])
    told = found.sort_values("parcel_id")
    assert told["edition"].tolist() == ["2018版", "2023版"]
    assert told["judged_on"].dt.date.tolist() == [dt.date(2020, 5, 1), dt.date(2023, 1, 1)]
    assert told["judged_by"].tolist() == ["in_force", "in_force"]
    assert told["verdict"].tolist() == told["verdict_now"].tolist() == ["review", "review"]
    first = told.iloc[0]
    assert first["area_m2"] == pytest.approx(legal(zoo.box(0, 0, 0.5)), rel=1e-3)
    assert first["area_now_m2"] == pytest.approx(legal(zoo.box()) * 0.75 * 0.75, rel=1e-3)


def test_a_line_that_went_leaves_the_verdict_of_its_day_and_none_for_now():
    drawn = lines(("red_line", WEST, OLD), ("red_line", zoo.box(9), NEW))
    (row,) = judge(drawn, "2020-05-01").itertuples()
    assert (row.edition, row.verdict, row.area_now_m2, row.judging) == ("2018版", "review", 0.0, True)
    assert pd.isna(row.verdict_now)


def test_a_line_that_came_later_has_a_row_without_a_verdict_of_the_day_and_counts_nothing():
    drawn = lines(("red_line", zoo.box(9), OLD), ("red_line", EAST, NEW))
    found = judge(drawn, "2020-05-01")
    (row,) = found.itertuples()
    assert (row.edition, row.verdict_now, row.judging) == ("2023版", "review", False)
    assert pd.isna(row.verdict)
    assert row.area_now_m2 == pytest.approx(row.area_m2)
    assert conflict_area(found[found["judging"]], EDITION).empty


def test_without_an_approval_date_the_newest_edition_judges_and_says_so():
    drawn = lines(("red_line", WEST, OLD), ("red_line", EAST, NEW))
    (row,) = (found := judge(drawn, None)).itertuples()
    assert (row.edition, row.judged_by, row.verdict) == ("2023版", "no_approval_date", "review")
    assert in_headline(found).tolist() == [True]


def test_a_parcel_approved_before_every_edition_is_not_judged_and_in_no_headline():
    drawn = lines(("red_line", WEST, OLD), ("red_line", EAST, NEW))
    (row,) = (found := judge(drawn, "2010-01-01")).itertuples()
    assert (row.edition, row.judged_by, row.verdict) == (
        "2023版",
        "no_edition_on_that_date",
        "edition_missing",
    )
    assert pd.isna([row.severity, row.clause, row.rule_id]).all()
    assert (row.verdict_now, row.area_now_m2) == ("review", pytest.approx(row.area_m2))
    assert in_headline(found).tolist() == [False]
    words = look.verdict_words(look.colours(standards.load(), dt.date(2025, 1, 1)))
    assert words["edition_missing"][0] == "批准时版本缺，未判定"


def test_what_a_rule_calls_no_conflict_is_in_no_headline():
    drawn = lines(("growth_boundary", zoo.box(9), OLD))
    found = judge(drawn, "2020-05-01", category=["土地复垦"], land_use_after=["0101"])
    assert found[["verdict", "severity"]].to_numpy().tolist() == [["positive", "none"]]
    assert in_headline(found).tolist() == [False]


def test_rows_without_edition_and_date_belong_to_every_edition():
    drawn = lines(("red_line", WEST, OLD), ("red_line", zoo.box(9), NEW), ("red_line", EAST, (None, None)))
    assert judge(drawn, "2020-05-01")["line_id"].tolist() == ["L0", "L2"]
    assert judge(drawn, "2024-05-01")["line_id"].tolist() == ["L2"]


def test_the_ground_outside_is_that_of_one_edition_of_the_growth_boundary():
    drawn = lines(("growth_boundary", WEST, OLD), ("growth_boundary", EAST, NEW))
    found = judge(drawn, "2020-05-01", "2024-05-01").set_index("edition")["area_m2"]
    whole = legal(zoo.box())
    assert found.to_dict() == pytest.approx({"2018版": whole * 0.75, "2023版": whole / 2}, rel=1e-3)


def test_the_approval_number_stands_in_the_piece():
    found = judge(lines(("red_line", WEST, OLD)), "2020-05-01", approval_no=["常政土〔2020〕1号"])
    assert found["approval_no"].tolist() == ["常政土〔2020〕1号"]


def test_ground_under_two_parcels_counts_once_for_the_first():
    drawn = lines(("red_line", zoo.box(-1, -1, 9), OLD))
    found = judge(drawn, None, None, None, ground=[zoo.box(), zoo.box(0.5), zoo.box(1.5)])
    areas = conflict_area(found, EDITION)
    whole = legal(zoo.box())
    assert areas["area_m2"].tolist() == pytest.approx([whole, whole / 2, whole], abs=0.01)
    assert areas["parcel_id"].tolist() == ["P0", "P1", "P2"]


def test_the_approval_date_is_the_first_of_the_ledger_or_else_of_the_column():
    parcels = pd.DataFrame({
        "parcel_id": ["a", "b", "c"], "approval_no": None, "source": "s", "source_row": [1, 2, 3],
        "approved_on": pd.to_datetime(["2021-01-01", "2021-02-01", "2026-01-01"]).as_unit("us")})  # fmt: skip
    listed = pd.DataFrame({
        "parcel_id": ["a", "a"], "event": "approved", "area_mu": 1.0, "document_no": "x", "source": "t",
        "source_row": [1, 2], "date": pd.to_datetime(["2020-06-01", "2020-03-01"]).as_unit("us")})  # fmt: skip
    found = approvals(events_of(parcels, listed), dt.date(2025, 12, 31))
    assert {one: str(day.date()) for one, day in found.items()} == {"a": "2020-03-01", "b": "2021-02-01"}
