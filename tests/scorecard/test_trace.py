"""A figure leads back to its rows."""

import pandas as pd
import pytest

from gis.base.errors import FigureError
from gis.base.figures import assessment, figures_of, finding, rows_of
from gis.base.messages import shown
from gis.base.tables import conform, join
from gis.store.answers import trace, write_answers

PARCELS = conform(
    pd.DataFrame(
        {
            "parcel_id": ["A1", "A2"],
            "town": ["海虞镇", None],
            "plan_year": [2021, 2022],
            "accepted_on": pd.to_datetime(["2021-05-01", "2022-06-01"]),
            "area_declared_mu": [12.5, 7.0],
            "source": "data/更新地块_2021.shp",
            "source_row": [3, 8],
        }
    ),
    "parcels",
)


def answers_of(made, tables):
    """Keep the answers of an assessment in memory."""
    return write_answers(None, {}, {"figures": made.figures}, made.evidence, tables)


@pytest.fixture
def made():
    area = finding(
        "land.renewed_area", "2021", "320581", 12.4,
        edition="area-2008-32", clause="二", evidence=[rows_of("parcels", PARCELS.iloc[:1], 12.4)],
    )  # fmt: skip
    last = finding("land.tax_per_mu", "2020", "320581", 10.0)
    this = finding(
        "land.tax_per_mu", "2021", "320581", 11.0, evidence=[rows_of("tax", PARCELS.iloc[1:], 3.0)]
    )
    growth = finding(
        "land.tax_per_mu_growth", "2021", "320581", 10.0,
        evidence=[figures_of(["land.tax_per_mu.2021.320581", "land.tax_per_mu.2020.320581"], [11.0, 10.0])],
    )  # fmt: skip
    return assessment({"parcels": PARCELS}, [area, last, this, growth])


@pytest.fixture
def answers(made):
    return answers_of(made, made.tables)


def test_a_figure_names_its_rows_with_their_own_key_values(answers):
    traced = trace("land.renewed_area.2021.320581", answers)
    assert traced.figure["edition"] == "area-2008-32"
    row = traced.rows[0]
    assert (row["source"], row["source_row"], row["part"]) == ("data/更新地块_2021.shp", 3, 12.4)
    assert (
        shown(row["record"], "zh") == "图斑编号 A1 · 乡镇(街道) 海虞镇 · 计划年度 2021 · 验收日期 2021-05-01"
    )


def test_a_figure_made_of_figures_is_followed_into_them(answers):
    traced = trace("land.tax_per_mu_growth.2021.320581", answers)
    assert traced.rows == []
    assert [(one.figure["period"], one.part) for one in traced.components] == [("2021", 11.0), ("2020", 10.0)]
    assert [row["source_row"] for row in traced.components[0].rows] == [8]
    assert [row["record"] for row in traced.components[0].rows] == [""]


def test_figures_that_name_each_other_do_not_run_for_ever():
    one = finding(
        "land.tax_per_mu", "2021", "1", 1.0, evidence=[figures_of(["land.tax_per_mu.2020.1"], [1.0])]
    )
    two = finding(
        "land.tax_per_mu", "2020", "1", 1.0, evidence=[figures_of(["land.tax_per_mu.2021.1"], [1.0])]
    )
    made = assessment({}, [one, two])
    traced = trace("land.tax_per_mu.2021.1", answers_of(made, {}))
    inner = traced.components[0]
    assert inner.components == ()
    assert [row["source"] for row in inner.rows] == ["land.tax_per_mu.2021.1"]


def test_an_unknown_figure_is_answered_with_the_nearest_ids(answers):
    with pytest.raises(FigureError) as caught:
        trace("land.renewed_aera.2021.320581", answers)
    assert str(caught.value).startswith(
        'no figure "land.renewed_aera.2021.320581"\n  fix    did you mean land.renewed_area.2021.320581'
    )


def test_a_figure_made_twice_keeps_the_first_with_its_rows_once(made):
    both = join([made, made])
    assert len(both.figures) == len(made.figures)
    assert len(both.evidence) == len(made.evidence)
