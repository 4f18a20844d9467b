"""Periods, verdicts, county rates, figures and evidence, computed by hand."""

import datetime as dt

import pandas as pd
import pytest
from fake_county import CATALOGUE

from gis import standards, water
from gis.base.messages import shown
from gis.base.tables import conform
from gis.engine import Threads

EDITIONS = standards.load()


def section(section_id, name, kind="river", level="national", target=3, year=2021, **more):
    start, end = pd.Timestamp(year, 1, 1), pd.Timestamp(year, 12, 31)
    row = {"section_id": section_id, "name": name, "water_body": "望虞河", "water_kind": kind, "level": level}
    return (
        row
        | {"target_class": target, "valid_from": start, "valid_to": end, "source": "断面清单.xlsx#2021年"}
        | more
    )


def sample(section_id, day, method="manual", **values):
    return {"section_id": section_id, "sampled_at": pd.Timestamp(day), "method": method, **values}


def run(samples, sections, as_of=dt.date(2021, 12, 30)):
    rows = pd.DataFrame(samples).assign(source="手工监测_2021.xlsx#1月")
    lists = pd.DataFrame(sections)
    for frame in (rows, lists):
        frame["source_row"] = range(3, 3 + len(frame))
    tables = {"samples": conform(rows, "samples"), "sections": conform(lists, "sections")}
    return water.assess(tables, CATALOGUE, EDITIONS, as_of, Threads(1))


def period(made, name, section_id="A"):
    rows = made.tables["section_periods"]
    return rows[(rows["period"] == name) & (rows["section_id"] == section_id)].iloc[0]


def figure(made, figure_id):
    return made.figures.set_index("figure_id").loc[figure_id]


def test_a_year_is_the_mean_of_its_month_means_not_of_its_records():
    made = run(
        [
            sample("A", "2021-01-05", codmn=8.0),
            sample("A", "2021-01-20", codmn=10.0),
            sample("A", "2021-02-05", codmn=1.0),
        ],
        [section("A", "张桥")],
    )
    assert period(made, "2021M01")["codmn"] == 9.0
    year = period(made, "2021")
    assert (year["codmn"], year["water_class"], year["months_used"], year["n_samples"]) == (5.0, 3, "1,2", 3)
    assert year["at_target"]
    assert (period(made, "2021C02")["codmn"], period(made, "2021H1")["codmn"]) == (5.0, 5.0)
    assert period(made, "2021Q1")["water_class"] == 3


def test_binary_noise_of_a_mean_does_not_cross_a_limit():
    made = run([sample("A", f"2021-01-0{day}", tp=day / 10) for day in (1, 2, 3)], [section("A", "张桥")])
    assert period(made, "2021M01")["water_class"] == 3


def test_automatic_records_come_first_for_their_indicators_and_manual_ones_for_the_rest():
    made = run(
        [
            sample("A", "2021-01-05", codmn=9.0, codcr=18.0),
            sample("A", "2021-01-06", "automatic", codmn=3.0, codcr=99.0),
        ],
        [section("A", "张桥")],
    )
    month = period(made, "2021M01")
    assert (month["codmn"], month["codcr"], month["n_samples"], month["unaudited"]) == (3.0, 18.0, 2, True)
    assert "未经审核" in figure(made, "water.section_class.2021.A")["note"]


def test_a_running_year_is_provisional_and_later_records_are_ignored():
    made = run(
        [sample("A", "2021-01-05", codmn=3.0), sample("A", "2021-07-05", codmn=30.0)],
        [section("A", "张桥")],
        dt.date(2021, 6, 30),
    )
    assert (period(made, "2021")["provisional"], period(made, "2021C06")["provisional"]) == (True, False)
    assert (period(made, "2021")["water_class"], period(made, "2021")["coverage"]) == (2, 1 / 12)
    assert "water.good_share.2021C06.320581" in set(made.figures["figure_id"])


def test_the_gap_is_the_worst_relative_excess_over_the_targets_limits():
    made = run([sample("A", "2021-01-05", codmn=5.0, dissolved_oxygen=3.0)], [section("A", "张桥", target=2)])
    month = period(made, "2021M01")
    assert month["gap_to_target"] == pytest.approx(0.5)
    assert (
        shown(month["gap_indicator"], "zh"),
        month["at_target"],
        shown(month["main_pollutants"], "zh"),
    ) == (
        "溶解氧",
        False,
        "溶解氧",
    )


def test_rates_count_each_listed_section_once_and_name_what_is_left_out():
    sections = [
        section("A", "张桥"),
        section("A2", "张 桥", level="provincial"),
        section("B", "江边闸", level="provincial", target=2),
        section("C", "无名", kind=None),
        section("D", "无数据"),
        section("E", "市考", level="municipal"),
        section("F", "新增", year=2022),
    ]
    made = run(
        [
            sample(one, "2021-01-05", codmn=value, tp=0.15)
            for one, value in zip("ABCEF", [5, 5, 5, 50, 50], strict=True)
        ],
        sections,
    )
    rates = made.tables["water_rates"].set_index("period").loc["2021"]
    assert rates[["n_listed", "n_assessed", "n_at_target", "n_good", "n_worse"]].tolist() == [4, 2, 1, 2, 0]
    assert (rates["attainment_rate"], rates["good_share"], rates["worse_share"]) == (50.0, 100.0, 0.0)
    assert "无名（河流、湖库类型不明" in rates["left_out"]
    assert "无数据（无监测数据" in rates["left_out"]
    shown = figure(made, "water.attainment_rate.2021.320581")
    assert (shown["value"], shown["n"], shown["coverage"], shown["edition"]) == (50.0, 2, 0.5, "gb3838-2002")
    behind = made.evidence[made.evidence["figure_id"] == "water.attainment_rate.2021.320581"]
    assert dict(zip(behind["source"], behind["part"], strict=True)) == {
        "water.section_at_target.2021.A": 1.0,
        "water.section_at_target.2021.B": 0.0,
    }


def test_a_section_of_unknown_kind_shows_both_classes_and_gets_no_verdict():
    made = run([sample("C", "2021-01-05", tp=0.15)], [section("C", "无名", kind=None)])
    row = period(made, "2021", "C")
    assert (row["class_as_river"], row["class_as_lake"]) == (3, 5)
    assert pd.isna(row["water_class"])
    assert pd.isna(row["at_target"])
    assert made.figures.empty


def test_the_verdict_rests_on_the_records_and_the_line_of_that_years_list():
    sections = [section("A", "张桥", target=2), section("A", "张桥", target=3, year=2022)]
    made = run([sample(None, "2022-01-05", codmn=5.0, section="张 桥")], sections, dt.date(2022, 12, 30))
    assert figure(made, "water.section_at_target.2022.A")["value"] == 1.0
    behind = made.evidence[made.evidence["figure_id"] == "water.section_at_target.2022.A"]
    assert behind[["table", "source_row", "part"]].to_numpy().tolist() == [
        ["samples", 3, 5.0],
        ["sections", 4, 3.0],
    ]


def test_missing_tables_are_survived():
    assert water.assess({}, CATALOGUE, EDITIONS, dt.date(2021, 12, 31), Threads(1)).figures.empty
    alone = conform(
        pd.DataFrame([sample("A", "2021-01-05", codmn=5.0) | {"source": "x.csv", "source_row": 2}]), "samples"
    )
    made = water.assess({"samples": alone}, CATALOGUE, EDITIONS, dt.date(2021, 12, 30), Threads(1))
    assert made.tables["water_rates"].empty
    assert period(made, "2021")["class_as_river"] == 3
