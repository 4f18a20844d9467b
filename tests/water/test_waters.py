"""Lakes, groups and the index through the door of the room: tables, figures and what they are made of."""

import datetime as dt

import pandas as pd
import pytest
from fake_county import CATALOGUE

from gis import standards, water
from gis.base.messages import shown
from gis.base.stored_words import stored_items
from gis.base.tables import conform
from gis.engine import Threads
from gis.water.lakes import lake_states

EDITIONS = standards.load()
LAKE = {"chlorophyll_a": 0.026, "tp": 0.04, "tn": 1.5, "transparency": 0.5, "codmn": 4.5}


def rows(values, year=2021):
    return [
        {"section_id": id_, "sampled_at": pd.Timestamp(year, month, 5), "method": "manual", **one}
        for id_, one in values.items()
        for month in range(1, 13)
    ]


@pytest.fixture(scope="module")
def made():
    samples = pd.DataFrame(
        rows({"L1": LAKE, "L2": LAKE | {"tp": 0.12}, "R": {"codmn": 3.0, "tp": 0.1}, "M": {"codmn": 12.0}})
        + rows({"R": {"codmn": 2.4, "tp": 0.1}}, 2022)
    )
    sections = pd.DataFrame(
        {
            "section_id": ["L1", "L2", "R", "M"],
            "name": ["湖心", "湖东", "张桥", "中心桥"],
            "water_body": ["昆承湖", "昆承湖", "望虞河", "琴川河"],
            "water_kind": ["lake", "lake", "river", "river"],
            "level": ["national", "national", "national", "municipal"],
            "town": ["莫城街道", "莫城街道", "辛庄镇", "虞山街道"],
            "target_class": [3, 3, 2, 4],
        }
    )
    for frame, source in ((samples, "手工监测.xlsx#1"), (sections, "断面清单.xlsx#1")):
        frame["source"], frame["source_row"] = source, range(3, 3 + len(frame))
    tables = {"samples": conform(samples, "samples"), "sections": conform(sections, "sections")}
    return water.assess(tables, CATALOGUE, EDITIONS, dt.date(2022, 12, 31), Threads(1))


def figure(made, figure_id):
    return made.figures.set_index("figure_id").loc[figure_id]


def behind(made, figure_id):
    return made.evidence[made.evidence["figure_id"] == figure_id]


def test_the_index_of_a_lake_section_is_the_sum_of_its_weighted_parts_and_a_part_of_its_records(made):
    parts = behind(made, "water.tli.2021.L1")
    assert parts["part"].sum() == pytest.approx(figure(made, "water.tli.2021.L1")["value"])
    assert set(parts["source"]) <= set(made.figures["figure_id"])
    records = behind(made, "water.tli_part.tp.2021.L1")
    assert records["part"].tolist() == [0.04] * 12
    assert records["table"].eq("samples").all()


def test_a_lake_rests_on_its_points_and_is_of_their_mean(made):
    assert round(figure(made, "water.tli.2021.昆承湖")["value"], 3) == 56.486
    assert behind(made, "water.tli.2021.昆承湖")["source"].tolist() == [
        "water.tli.2021.L1",
        "water.tli.2021.L2",
    ]
    states = made.tables["lake_states"]
    lake = states[(states["place"] == "昆承湖") & (states["period"] == "2021")].iloc[0]
    assert (lake["n_points"], lake["grade"]) == (2, "轻度富营养")


def test_a_year_without_enough_months_has_no_index_and_says_why(made):
    states = made.tables["lake_states"]
    none = states[(states["place"] == "L1") & (states["period"] == "2022")].iloc[0]
    assert pd.isna(none["tli"])
    assert "无监测数据" in none["note"]


def test_a_mean_with_readings_above_their_range_says_that_it_is_a_bound(made):
    periods = made.tables["section_periods"].assign(key=lambda rows: rows["section_id"])
    held = periods["section_id"].eq("L1") & periods["period"].eq("2021")
    states = lake_states(
        periods.assign(lower_bounds=held.map({True: stored_items(["tp"]), False: None})),
        EDITIONS.family("trophic_state")[-1],
    )
    told = states.set_index(["place", "period"])["note"]
    bounded = told[told.map(lambda note: "测定上限" in str(shown(note, "zh")))]
    assert set(bounded.index) == {("L1", "2021"), ("昆承湖", "2021")}
    assert shown(told["昆承湖", "2021"], "zh") == "总磷有读数超出测定上限，按其上限值计"


def test_grades_and_shares_rest_on_the_classes_of_the_sections(made):
    grade = figure(made, "water.grade.2021.琴川河")
    assert (grade["value"], grade["edition"]) == (4, "sw-evaluation-2011-22")
    assert behind(made, "water.grade.2021.琴川河")["part"].tolist() == [5.0]
    share = figure(made, "water.group_share.attainment.2021.琴川河")
    assert (share["value"], share["n"]) == (0.0, 1)
    assert behind(made, share.name)["source"].tolist() == ["water.section_at_target.2021.M"]
    county = made.tables["water_groups"].set_index(["place", "period"]).loc[("320581", "2021")]
    assert county["n_sections"] == 3
    assert shown(county["note"], "zh").startswith("断面少于 5 个且河流、湖库混合")


def test_the_change_of_the_index_is_against_the_same_period_of_last_year(made):
    change = figure(made, "water.cwqi_change.2022.R")
    assert change["value"] == pytest.approx(100 * (0.9 - 1.0) / 1.0)
    assert behind(made, change.name)["part"].tolist() == pytest.approx([0.9, 1.0])
    now = figure(made, "water.cwqi.2022.R")
    assert (now["n"], shown(now["note"], "zh")) == (
        1,
        "指示性，不具排名效力；2 项指标",
    )


def test_places_with_other_indicators_are_not_ranked_together(made):
    index = made.tables["water_index"].set_index(["place_kind", "place", "period"])
    rank = index.xs("section", level="place_kind").xs("2021", level="period")["rank"]
    assert rank.loc[["L1", "L2", "R"]].tolist() == [2, 3, 1]
    assert pd.isna(rank["M"])
    assert "不参与排名" in index.loc[("section", "M", "2021"), "note"]


def test_every_component_of_a_figure_is_a_figure(made):
    components = made.evidence.loc[made.evidence["table"] == "figures", "source"]
    assert set(components) <= set(made.figures["figure_id"])
    assert made.figures["figure_id"].is_unique
