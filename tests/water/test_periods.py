"""Rounding, half limits, valid days, flagged values, 5+X: what a period says beside its class."""

import datetime as dt

import pandas as pd
import pytest
from water.test_assess import CATALOGUE, EDITIONS, period, run, sample, section

from gis import water
from gis.base.messages import shown
from gis.base.stored_words import stored_items
from gis.base.tables import conform
from gis.engine import Threads

END = dt.date(2021, 12, 31)


def days(first, n, method="automatic", **values):
    dates = pd.date_range(first, periods=n)
    return [sample("A", day, method, **{k: v[i] for k, v in values.items()}) for i, day in enumerate(dates)]


def with_marks(rows, marks, catalogue=CATALOGUE, as_of=dt.date(2021, 6, 30)):
    samples = pd.DataFrame(rows).assign(source="手工监测_2021.xlsx#1月")
    samples["source_row"] = range(3, 3 + len(samples))
    sections = pd.DataFrame([section("A", "张桥")]).assign(source_row=3)
    told = pd.DataFrame(marks, columns=["source_row", "indicator", "detection_limit"])
    told = told.assign(source="手工监测_2021.xlsx#1月", mark="non_detect")
    tables = {
        "samples": conform(samples, "samples"), "sections": conform(sections, "sections"),
        "sample_marks": conform(told, "sample_marks"),
    }  # fmt: skip
    return water.assess(tables, catalogue, EDITIONS, as_of, Threads(1))


def test_a_day_with_many_readings_weighs_as_much_as_one_with_few():
    rows = [sample("A", f"2021-01-01 {hour:02d}:00", "automatic", codmn=2.0) for hour in range(12)]
    made = run([*rows, sample("A", "2021-01-02 08:00", "automatic", codmn=4.0)], [section("A", "张桥")])
    month = period(made, "2021M01")
    assert (month["codmn"], month["n_days"], month["n_automatic"], month["n_manual"]) == (3.0, 2, 13, 0)


def test_a_month_of_19_automatic_days_is_marked_and_one_of_20_is_not():
    short = run(days("2021-01-01", 19, codmn=[3.0] * 19), [section("A", "张桥")])
    assert shown(period(short, "2021M01")["validity"], "zh").startswith(
        "有效性不足：1 月自动监测有效天数少于 20 天"
    )
    assert period(short, "2021M01")["water_class"] == 2
    assert shown(period(short, "2021Q1")["validity"], "zh").startswith("有效性不足：1 月")
    full = run(days("2021-01-01", 20, codmn=[3.0] * 20), [section("A", "张桥")])
    assert pd.isna(period(full, "2021M01")["validity"])
    running = run(days("2021-01-01", 9, codmn=[3.0] * 9), [section("A", "张桥")], dt.date(2021, 1, 9))
    assert pd.isna(period(running, "2021M01")["validity"])


def test_where_rounding_changes_the_class_both_are_shown():
    made = run(
        [sample("A", f"2021-01-0{day}", tp=tp) for day, tp in ((1, 0.2), (2, 0.2004))], [section("A", "张桥")]
    )
    month = period(made, "2021M01")
    assert (month["water_class"], month["water_class_rounded"], month["water_class_unrounded"]) == (3, 3, 4)
    assert month["verdict_depends_on_rounding"]
    assert month["at_target"]
    assert month["tp"] == pytest.approx(0.2002)
    note = made.figures.set_index("figure_id").loc["water.section_class.2021.A", "note"]
    assert "未修约为Ⅳ类" in note


def test_flagged_values_count_unless_the_catalogue_leaves_them_out():
    rows = days("2021-01-01", 5, nh3n=[0.3, 0.3001, 9.0, 0.3002, 0.3])
    leave_out = CATALOGUE.model_copy(
        update={"county": CATALOGUE.county.model_copy(update={"flagged_values": "leave_out"})}
    )
    counted, left = with_marks(rows, []), with_marks(rows, [], leave_out)
    for made, expected in ((counted, 6), (left, 2)):
        month = period(made, "2021M01")
        assert (month["water_class_all"], month["water_class_unflagged"]) == (6, 2)
        assert (month["water_class"], month["n_flagged"]) == (expected, 1)
    flagged = counted.tables["sample_flags"]
    assert flagged[["flag", "value", "source_row"]].to_numpy().tolist() == [["whole_number", 9.0, 5]]
    assert counted.tables["samples"]["suspect"].tolist() == [False, False, True, False, False]
    assert counted.tables["samples"]["nh3n"].tolist() == [0.3, 0.3001, 9.0, 0.3002, 0.3]
    assert "1 个可疑值：含之为劣Ⅴ类，剔除为Ⅱ类" in counted.figures["note"].iloc[0]


def test_a_part_after_leaving_flagged_values_out_rests_on_the_values_that_count():
    rows = days("2021-01-01", 3, nh3n=[0.3, 9.0, 0.31], tp=[0.1, 0.1, 0.1])
    month = period(with_marks(rows, []), "2021M01")
    assert month["nh3n"] == pytest.approx((0.3 + 9.0 + 0.31) / 3)


def test_the_x_of_an_automatic_record_is_not_used_for_a_section_whose_x_is_named():
    rows = [
        sample("A", "2021-01-05", "automatic", codmn=3.0, codcr=90.0),
        sample("A", "2021-01-06", codmn=3.0),
    ]
    plain = run(rows, [section("A", "张桥")])
    named = run(rows, [section("A", "张桥", x_items=stored_items(["codcr"]))])
    assert period(plain, "2021M01")["codcr"] == 90.0
    assert pd.isna(period(named, "2021M01")["codcr"])
    assert named.tables["samples"]["codcr"].tolist()[0] == 90.0


def test_a_record_named_only_by_its_section_gets_the_sections_id():
    made = run([sample(None, "2021-01-05", section="张桥", codmn=3.0)], [section("A", "张桥")])
    assert made.tables["samples"]["section_id"].tolist() == ["A"]
