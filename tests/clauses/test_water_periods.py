"""One case for each clause on periods, comparisons, 5+X and drinking-water sources; the id is the clause."""

import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from gis import standards, water
from gis.base.messages import keys_of, restored, shown
from gis.base.stored_words import NO_ITEMS, stored_items
from gis.base.tables import conform
from gis.catalogue.model import Catalogue, County, Words
from gis.engine import Threads
from gis.water.changes import share_changes
from gis.water.rounding import rounded_mean

EDITIONS = standards.load()


def run(rows, sections=None, as_of=dt.date(2021, 12, 31), *, baseline=None, statistics=None, **more):
    samples = pd.DataFrame(rows).assign(section_id="A", source="x.xlsx", source_row=range(3, 3 + len(rows)))
    samples["sampled_at"] = pd.to_datetime(samples["sampled_at"])
    about = {"section_id": "A", "name": "张桥", "water_kind": "river", "level": "national", "target_class": 3}
    lists = pd.DataFrame([about | (sections or {})]).assign(source="y.xlsx", source_row=3)
    tables = {"samples": conform(samples, "samples"), "sections": conform(lists, "sections")}
    tables |= {name: conform(frame, name) for name, frame in more.items()}
    county = County(adcode="320581", name=Words(zh="常熟市", en="Changshu"), extent=(120, 31, 121, 32),
                    plan_years=(2021, 2025), baseline_year=baseline, water_statistics=statistics)  # fmt: skip
    catalogue = Catalogue(folder=Path("layers"), county=county, layers=())
    return water.assess(tables, catalogue, EDITIONS, as_of, Threads(1)).tables


def monthly(n=12, year=2021, **values):
    return [
        {"sampled_at": f"{year}-{month:02d}-05", "method": "manual", **values} for month in range(1, n + 1)
    ]


def of(tables, period, name="section_periods"):
    rows = tables[name]
    return rows[rows["period"] == period].iloc[0]


@pytest.mark.parametrize(
    ("n", "reason"),
    [
        pytest.param(7, "数据不足，不评价：7 个月，少于 8 个月", id="22-1-2-year-7-months-not-assessed"),
        pytest.param(8, None, id="22-1-2-year-8-months-assessed"),
    ],
)
def test_a_year_that_ended_needs_eight_months(n, reason):
    year = of(run(monthly(n, codmn=5.0)), "2021")
    assert year["water_class"] == 3 if reason is None else pd.isna(year["water_class"])
    assert (
        pd.isna(year["not_assessed"])
        if reason is None
        else shown(year["not_assessed"], "zh").startswith(reason)
    )
    assert pd.isna(year["at_target"]) == (reason is not None)


def test_a_quarter_needs_two_samples_and_a_month_one_clause_22_1_2():
    made = run(monthly(4, codmn=5.0))
    assert of(made, "2021Q1")["water_class"] == 3
    assert shown(of(made, "2021Q2")["not_assessed"], "zh").startswith(
        "数据不足，不评价：1 个样本，少于 2 个样本"
    )
    assert of(made, "2021M04")["water_class"] == 3


def test_the_class_is_of_the_mean_never_the_mean_of_classes_clause_22_1_2():
    rows = monthly(9, codmn=2.0) + [{**one, "codmn": 30.0} for one in monthly(12)[9:]]
    assert of(run(rows), "2021")[["codmn", "water_class"]].tolist() == [9.0, 4]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        pytest.param((0.2004, 0.2004), (3, 4, True), id="82-rounding-mean-of-several-is-rounded"),
        pytest.param((0.2004,), (4, 4, False), id="82-rounding-single-reading-is-not"),
        pytest.param((0.2005, 0.2005), (3, 4, True), id="GBT8170-half-to-even-down"),
        pytest.param((0.2015, 0.2015), (4, 4, False), id="GBT8170-half-to-even-up"),
    ],
)
def test_means_are_judged_as_rounded_and_single_readings_as_read(values, expected):
    rows = [{"sampled_at": f"2021-01-{5 + i:02d}", "tp": value} for i, value in enumerate(values)]
    month = of(run(rows), "2021M01")
    assert tuple(month[["water_class", "water_class_unrounded", "verdict_depends_on_rounding"]]) == expected


def marks(*rows):
    found = pd.DataFrame(rows, columns=["source_row", "indicator", "detection_limit"])
    return found.assign(source="x.xlsx", mark="non_detect")


def test_a_non_detect_counts_as_half_its_limit_and_is_told_clause_82_7():
    rows = [{"sampled_at": f"2021-01-0{day}", "nh3n": value} for day, value in ((1, 0.0125), (2, 0.1))]
    made = run(rows, sample_marks=marks((3, "nh3n", 0.025)))
    month = of(made, "2021M01")
    assert month["nh3n"] == pytest.approx((0.0125 + 0.1) / 2, abs=1e-9)
    assert (keys_of(month["half_limit"]), month["water_class"]) == (["nh3n"], 1)
    assert pd.isna(month["undecidable"])


def test_half_a_limit_above_a_class_limit_decides_nothing_and_says_so_clause_82_7():
    told = marks((3, "mercury", 0.0004))
    made = run([{"sampled_at": "2021-01-05", "mercury": 0.0002, "codmn": 1.0}], sample_marks=told)
    assert made["samples"]["undecidable"].map(keys_of).tolist() == [["mercury"]]
    month = of(made, "2021M01")
    assert (month["water_class"], keys_of(month["undecidable"])) == (4, ["mercury"])
    clear = run([{"sampled_at": "2021-01-05", "mercury": 0.0002, "codmn": 20.0}], sample_marks=told)
    assert pd.isna(clear["samples"]["undecidable"].iloc[0])


@pytest.mark.parametrize(
    ("kind", "tn", "coliform"),
    [
        pytest.param("river", None, 4, id="22-1-1-no-nitrogen-in-rivers"),
        pytest.param("lake", 6, 4, id="22-1-1-nitrogen-apart-in-lakes"),
    ],
)
def test_nitrogen_and_coliforms_have_classes_apart(kind, tn, coliform):
    made = run(monthly(tn=2.3, fecal_coliform=12000.0, codmn=3.0), {"water_kind": kind})
    year = of(made, "2021")
    assert (year["water_class"], year["coliform_class"]) == (2, coliform)
    assert pd.isna(year["tn_class"]) if tn is None else year["tn_class"] == tn


@pytest.mark.parametrize(
    ("x_items", "water_class", "n_items", "words"),
    [
        pytest.param(None, 5, 4, "21 项", id="714-no-document-21-indicators"),
        pytest.param(stored_items(["fluoride"]), 4, 3, "5+X（X：氟化物）", id="714-five-and-X"),
        pytest.param(NO_ITEMS, 2, 2, "5+X（X：无）", id="714-five-where-a-document-names-none"),
    ],
)
def test_a_section_with_named_x_items_is_rated_by_five_and_its_x(x_items, water_class, n_items, words):
    made = run(monthly(codmn=3.0, nh3n=0.3, fluoride=1.2, codcr=35.0), {"x_items": x_items})
    year = of(made, "2021")
    assert (year["water_class"], year["n_items"]) == (water_class, n_items)
    assert shown(year["evaluated_by"], "zh").startswith(words)
    assert year["codcr"] == 35.0


def test_automatic_first_for_six_indicators_and_manual_for_the_others_clause_82():
    rows = [
        {"sampled_at": "2021-01-05", "method": "manual", "tn": 9.0, "codcr": 18.0},
        {"sampled_at": "2021-01-06", "method": "automatic", "tn": 1.0, "codcr": 99.0},
    ]
    assert of(run(rows), "2021M01")[["tn", "codcr"]].tolist() == [1.0, 18.0]


CHANGES = [
    ("Ⅰ-Ⅱ", 1.0, 3.0, "same", "无明显变化"),
    ("Ⅱ-Ⅲ", 3.0, 5.0, "worse", "有所变差"),
    ("Ⅳ-Ⅲ", 8.0, 5.0, "better", "有所好转"),
    ("Ⅳ-Ⅱ", 8.0, 3.0, "much_better", "明显好转"),
    ("Ⅱ-劣Ⅴ", 3.0, 20.0, "much_worse", "明显变差"),
]


@pytest.mark.parametrize(
    ("before", "now", "change", "word"),
    [pytest.param(*rest, id=f"22-3-grade-{name}") for name, *rest in CHANGES],
)
def test_two_months_are_compared_by_steps_of_the_grade(before, now, change, word):
    rows = [{"sampled_at": "2021-01-05", "codmn": before}, {"sampled_at": "2021-02-05", "codmn": now}]
    found = of(run(rows, as_of=dt.date(2021, 2, 28)), "2021M02", "section_changes")
    assert (found["compared_with"], found["period_before"]) == ("last_month", "2021M01")
    assert found["change"] == change
    assert shown(found["word"], "zh").startswith(word)


def test_a_period_is_compared_with_the_same_months_and_with_the_baseline_year_clause_22_3():
    rows = monthly(codmn=8.0) + monthly(year=2022, codmn=5.0) + monthly(3, year=2023, codmn=3.0)
    made = run(rows, as_of=dt.date(2023, 3, 31), baseline=2021)["section_changes"]
    found = {
        (row.period, row.compared_with): (row.period_before, row.class_before, row.class_now)
        for row in made.itertuples()
    }
    assert found["2023C03", "same_months_last_year"] == ("2022C03", 3, 2)
    assert found["2023C03", "baseline_year"] == ("2021C03", 4, 2)
    assert found["2023M01", "last_month"] == ("2022M12", 3, 2)
    assert found["2023M01", "same_month_last_year"] == ("2022M01", 3, 2)
    assert found["2022", "baseline_year"] == ("2021", 4, 3)
    assert ("2021", "baseline_year") not in found


@pytest.mark.parametrize(
    ("good", "worse", "change"),
    [
        pytest.param((60, 70), (10, 10), "same", id="22-3-share-10-points"),
        pytest.param((60, 71), (10, 10), "better", id="22-3-share-11-points"),
        pytest.param((60, 75), (10, 4), "much_better", id="22-3-share-21-points-with-V"),
        pytest.param((80, 60), (0, 1), "much_worse", id="22-3-share-minus-21"),
        pytest.param((80, 60), (0, 0), "worse", id="22-3-share-minus-20"),
    ],
)
def test_shares_are_compared_by_the_change_of_good_less_that_of_worse(good, worse, change):
    periods = {"period": ["2021M01", "2021M02"], "period_kind": "month", "provisional": False}
    rates = pd.DataFrame(
        {**periods, "good_share": [float(x) for x in good], "worse_share": [float(x) for x in worse]}
    )
    found = share_changes(rates, EDITIONS.get("sw-evaluation-2011-22"), None)
    assert found["change"].tolist() == [change]
    assert found["share_change"].tolist() == [good[1] - good[0] - (worse[1] - worse[0])]


SOURCE_LIMITS = {"sulfate": 250, "nitrate": 10, "manganese": 0.1, "benzene": 0.01, "toluene": 0.7,
                 "benzo_a_pyrene": 2.8e-6, "aniline": 0.1, "thallium": 0.0001}  # fmt: skip


@pytest.mark.parametrize(
    ("item", "limit"),
    [pytest.param(*pair, id=f"GB3838-2002-table2-3-{pair[0]}") for pair in SOURCE_LIMITS.items()],
)
def test_items_of_drinking_water_sources_have_one_limit_that_includes_its_value(item, limit):
    items = pd.DataFrame(
        {"item": item, "concentration": [limit, limit * 1.5], "source": "x.xlsx", "source_row": [3, 4]}
    )
    rows = [{"sampled_at": "2021-01-05"}, {"sampled_at": "2021-02-05"}]
    judged = run(rows, {"drinking_source": True}, source_items=items)["source_limits"]
    assert judged["met"].tolist() == [True, False]
    assert judged["multiple"].tolist()[1] == pytest.approx(0.5)
    assert judged["verified"].tolist() == [item not in ("toluene", "benzo_a_pyrene")] * 2


def test_tables_2_and_3_have_85_items_and_apply_to_sources_only():
    items = EDITIONS.get("gb3838-2002-sources").data["item"]
    assert [sum(spec["table"] == table for spec in items.values()) for table in (2, 3)] == [5, 80]
    unchecked = {
        spec["no"] for spec in items.values() if spec["table"] == 3 and not spec.get("verified", True)
    }
    assert unchecked == {20, *range(40, 71)}
    carried = pd.DataFrame({"item": ["iron"], "concentration": [0.9], "source": "x.xlsx", "source_row": [3]})
    judged = run([{"sampled_at": "2021-01-05"}], {"drinking_source": False}, source_items=carried)[
        "source_limits"
    ]
    assert pd.isna(judged["met"].iloc[0])
    assert "不适用" in judged["note"].iloc[0]


def test_half_a_limit_of_detection_above_the_limit_decides_nothing_of_a_source():
    about = {"source": "x.xlsx", "source_row": 3, "mark": "non_detect", "detection_limit": 0.02}
    carried = pd.DataFrame([about | {"item": "antimony", "concentration": 0.01}])
    judged = run([{"sampled_at": "2021-01-05"}], {"drinking_source": True}, source_items=carried)[
        "source_limits"
    ]
    assert pd.isna(judged["met"].iloc[0])


def test_the_gap_to_the_target_is_against_the_target_and_the_multiple_against_three_clause_a5():
    month = of(run([{"sampled_at": "2021-01-05", "codmn": 9.0}], {"target_class": 2}), "2021M01")
    assert month["gap_to_target"] == pytest.approx(9 / 4 - 1)
    assert shown(month["main_pollutants"], "zh") == "高锰酸盐指数(0.5)"


@pytest.mark.parametrize(
    ("item", "values", "expected"),
    [
        pytest.param("ph", (9.4, 9.4), (1, 6), id="82-ph-0-decimals"),
        pytest.param("ph", (9.6, 9.6), (6, 6), id="82-ph-beyond-half-a-unit"),
        pytest.param("dissolved_oxygen", (4.95, 4.96), (3, 4), id="82-oxygen-1-decimal"),
        pytest.param("codmn", (6.04, 6.05), (3, 4), id="82-codmn-1-decimal"),
        pytest.param("codmn", (6.05, 6.05), (3, 4), id="82-half-to-even-down"),
        pytest.param("codmn", (6.15, 6.15), (4, 4), id="82-half-to-even-up"),
        pytest.param("nh3n", (1.004, 1.004), (3, 4), id="82-ammonia-2-decimals"),
        pytest.param("tp", (0.2004, 0.2004), (3, 3), id="82-phosphorus-3-decimals-as-the-finer"),
        pytest.param("cadmium", (0.000004, 0.000004), (1, 1), id="87-one-digit-instead-of-0"),
    ],
)
def test_means_are_judged_by_the_decimals_of_82_and_the_finer_ones_stand_beside(item, values, expected):
    month = of(
        run([{"sampled_at": f"2021-01-0{5 + i}", item: one} for i, one in enumerate(values)]), "2021M01"
    )
    assert tuple(month[["water_class", "water_class_other"]]) == expected
    assert (month["statistics"], month["statistics_other"]) == (
        "sw-statistics-2020-82",
        "sw-statistics-finer",
    )


def test_a_mean_that_would_round_to_0_keeps_one_digit_87():
    told = EDITIONS.get("sw-statistics-2020-82").data["rounding"]
    assert rounded_mean(np.array([0.0000044, 0.0, 0.00026]), "arsenic", told).tolist() == [
        0.000004,
        0.0,
        0.0003,
    ]


def test_the_mean_of_ph_is_that_of_its_hydrogen_ions_82():
    rows = [{"sampled_at": f"2021-0{1 + i}-05", "ph": one} for i, one in enumerate((6.0, 8.0))]
    made = run(rows, as_of=dt.date(2021, 2, 28))
    assert of(made, "2021C02")["ph"] == pytest.approx(6.297, abs=5e-4)
    same_month = run([{"sampled_at": f"2021-01-0{5 + i}", "ph": one} for i, one in enumerate((6.0, 8.0))])
    assert of(same_month, "2021M01")["ph"] == pytest.approx(6.297, abs=5e-4)


def test_before_march_2020_the_finer_decimals_lead_and_nothing_stands_beside():
    rows = [{"sampled_at": f"2020-0{month}-0{day}", "codmn": 6.04} for month in (2, 3) for day in (5, 6)]
    made = run(rows, as_of=dt.date(2020, 3, 31))
    before, after = of(made, "2020M02"), of(made, "2020M03")
    assert (before["water_class"], before["statistics"]) == (4, "sw-statistics-finer")
    assert pd.isna(before["water_class_other"])
    assert (after["water_class"], after["water_class_other"]) == (3, 4)


@pytest.mark.parametrize(
    ("target", "codmn", "checked"),
    [
        pytest.param(3, 6.04, True, id="across-the-target-and-three"),
        pytest.param(2, 6.04, True, id="across-three"),
        pytest.param(4, 10.04, True, id="across-the-target"),
        pytest.param(3, 10.04, False, id="below-both-by-either"),
        pytest.param(3, 5.0, False, id="the-same"),
    ],
)
def test_a_verdict_that_the_decimals_change_is_to_be_checked_with_both_classes(target, codmn, checked):
    rows = [{"sampled_at": f"2021-01-0{day}", "codmn": codmn} for day in (5, 6)]
    month = of(run(rows, {"target_class": target, "x_items": NO_ITEMS}), "2021M01")
    assert (month["attainment"] == "to_check") == pd.isna(month["at_target"]) == checked
    assert month["at_target_counted"] == (month["water_class"] <= target)
    if checked:
        assert restored(month["to_check"]).zh.startswith("待核：82号小数位为")
        assert restored(month["hangs_on"]).en.count("by finer decimals") == 1


def test_the_county_says_which_decimals_lead():
    rows = [{"sampled_at": f"2021-01-0{day}", "codmn": 6.04} for day in (5, 6)]
    month = of(run(rows, statistics="sw-statistics-finer"), "2021M01")
    assert tuple(month[["water_class", "water_class_other", "attainment"]]) == (4, 3, "to_check")


def test_rates_count_a_section_to_be_checked_by_the_class_that_leads_and_name_it():
    rates = of(
        run([{"sampled_at": f"2021-01-0{day}", "codmn": 6.04} for day in (5, 6)]), "2021M01", "water_rates"
    )
    assert (rates["attainment_rate"], rates["to_check"]) == (100.0, "张桥")


def test_without_the_x_items_of_a_section_both_classes_are_shown_and_a_difference_is_to_be_checked_714():
    year = of(run(monthly(codmn=3.0, codcr=35.0)), "2021")
    assert tuple(year[["water_class", "water_class_five", "attainment"]]) == (5, 2, "to_check")
    assert "未列 X 指标：21 项为Ⅴ类，5 项为Ⅱ类" in restored(year["to_check"]).zh
    same = of(run(monthly(codmn=3.0, codcr=15.0)), "2021")
    assert tuple(same[["water_class", "water_class_five", "attainment"]]) == (2, 2, "met")
    before = of(run(monthly(year=2019, codmn=3.0, codcr=35.0), as_of=dt.date(2019, 12, 31)), "2019")
    assert pd.isna(before["water_class_five"])


def test_a_class_that_hangs_on_half_a_limit_of_detection_says_so():
    rows = [
        {"sampled_at": f"2021-01-0{day}", "mercury": value} for day, value in ((5, 0.00002), (6, 0.00007))
    ]
    month = of(run(rows, sample_marks=marks((3, "mercury", 0.00004))), "2021M01")
    assert month["water_class"] == 1
    assert "按零计为Ⅰ类，按检出限计为Ⅲ类" in restored(month["hangs_on"]).zh
