"""Suspect values: what is flagged, what is not, and that nothing is lost."""

import numpy as np
import pandas as pd
import pytest

from gis import standards
from gis.engine import Threads
from gis.water import flags as room
from gis.water.flags import flags

RULES = standards.load().get("water-suspects")
NONE = pd.DataFrame({"at": [], "indicator": []})


def hourly(every=4, section="A", method="automatic", **columns):
    length = len(next(iter(columns.values())))
    times = pd.date_range("2026-07-01", periods=length, freq=f"{every}h")
    frame = pd.DataFrame({"key": section, "section_id": section, "section": section, "sampled_at": times})
    rows = range(2, 2 + length)
    return frame.assign(method=method, source="x.csv", source_row=rows, **columns)


def found(samples, marks=NONE):
    return flags(samples, marks, RULES, Threads(1))


def wavy(length, level, by=0.01):
    return level * (1 + by * np.sin(np.arange(length)))


def test_a_whole_number_ammonia_among_thousandths_is_flagged_with_both_neighbours():
    listed = found(hourly(nh3n=[0.003, 0.004, 6.0, 6.0, 0.005, 0.004]))
    assert listed["at"].tolist() == [2, 3]
    assert set(listed["flag"]) == {"whole_number"}
    assert "0.004" in listed["reason"].iloc[0]
    assert "0.005" in listed["reason"].iloc[0]


def test_a_whole_number_among_its_like_is_not_suspect():
    assert found(hourly(nh3n=[0.95, 1.0, 1.02, 2.9, 3.0, 3.1])).empty


def test_neighbours_of_another_section_or_long_ago_prove_nothing():
    apart = pd.concat([hourly(nh3n=[0.003]), hourly(nh3n=[6.0], section="B")], ignore_index=True)
    assert found(apart).empty
    assert found(hourly(every=24 * 30, nh3n=[0.3, 2.0, 0.3])).empty


def test_a_short_jump_that_returns_is_flagged_and_a_lasting_change_is_not():
    assert found(hourly(tn=[2.0, 2.1, 19.4, 2.2, 2.0]))["at"].tolist() == [2]
    assert found(hourly(tn=[2.0, 2.1, 19.4, 19.2, 19.9, 19.5, 19.1])).empty


def test_a_sensor_without_any_change_for_a_day_is_stuck():
    still = np.r_[7.1, np.full(8, 7.4), 7.2]
    assert found(hourly(ph=still))["at"].tolist() == list(range(1, 9))
    assert set(found(hourly(ph=still))["flag"]) == {"stuck"}
    assert found(hourly(ph=np.r_[7.1, np.full(5, 7.4), 7.2])).empty


def test_a_value_repeated_for_days_is_flagged_but_a_detection_limit_may_repeat():
    assert set(found(hourly(codmn=np.full(14, 3.2)))["flag"]) == {"repeated"}
    assert found(hourly(nh3n=np.full(14, 0.025))).empty
    marks = pd.DataFrame({"at": np.arange(14), "indicator": "codmn"})
    assert found(hourly(codmn=np.full(14, 3.2)), marks).empty


@pytest.mark.parametrize("value", [0.15 * 1000, 0.15 / 1000], ids=["thousand-more", "thousand-less"])
def test_a_value_a_thousand_times_off_the_median_has_a_wrong_unit_whatever_its_method(value):
    months = hourly(every=24 * 30, method="manual", tp=np.r_[wavy(6, 0.15), value, wavy(6, 0.15)])
    listed = found(months)
    assert (listed["at"].tolist(), listed["flag"].tolist()) == (
        [6],
        [{150.0: "out_of_range"}.get(value, "unit_1000")],
    )


def test_a_ph_of_74_is_outside_what_there_can_be():
    assert found(hourly(ph=[7.4, 74.0, 7.5]))["flag"].tolist() == ["out_of_range"]


def test_parts_of_whole_sections_give_what_the_whole_gives(monkeypatch):
    rng = np.random.default_rng(1)
    many = [
        hourly(section=name, nh3n=np.where(rng.random(60) < 0.1, 5.0, 0.01 * rng.random(60)))
        for name in "ABCDEFG"
    ]
    samples = pd.concat(many, ignore_index=True).sample(frac=1, random_state=1).reset_index(drop=True)
    whole = found(samples)
    assert len(whole) > 20
    monkeypatch.setattr(room, "ROWS_A_PART", 50)
    pd.testing.assert_frame_equal(found(samples), whole)


@pytest.mark.real
def test_every_whole_number_ammonia_that_contradicts_a_published_class_of_2026_is_flagged(shared):
    """68 published classes disagree with a whole-number ammonia; 20 further whole numbers are true readings."""
    frames = [
        pd.read_csv(shared / "water" / f"cnemc_water_hourly_{month}.csv.gz") for month in ("202607", "202608")
    ]
    rows = pd.concat(frames, ignore_index=True)
    key = rows["省份"] + rows["流域"] + rows["断面名称"]
    heads = {
        "pH(无量纲)": "ph", "溶解氧(mg/L)": "dissolved_oxygen", "高锰酸盐指数(mg/L)": "codmn", "氨氮(mg/L)": "nh3n",
        "总磷(mg/L)": "tp", "总氮(mg/L)": "tn", "水温(℃)": "water_temp", "电导率(μS/cm)": "conductivity",
        "浊度(NTU)": "turbidity",
    }  # fmt: skip
    samples = rows[list(heads)].rename(columns=heads).assign(
        key=key, section_id=None, section=rows["断面名称"], method="automatic", source="x",
        sampled_at=pd.to_datetime(rows["监测时间"]), source_row=range(len(rows)),
    )  # fmt: skip
    listed = found(samples)
    whole = listed[listed["flag"] == "whole_number"]
    good = rows.loc[whole["at"], "水质类别"].between(1, 3)
    assert len(whole) == 68
    assert good.all()
    assert (samples.loc[whole["at"], "nh3n"] >= 1).all()
    assert listed["at"].nunique() / len(samples) < 0.01
