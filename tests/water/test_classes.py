"""Single-factor class: unknown kinds, published classes, and what holds for any water."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis import standards
from gis.water.classes import classify
from gis.water.published import disagreements

LIMITS = standards.load().get("gb3838-2002")
MORE_IS_WORSE = ["codmn", "codcr", "nh3n", "tp", "mercury", "cyanide"]
amounts = st.floats(0, 50, allow_nan=False)
records = st.dictionaries(st.sampled_from(MORE_IS_WORSE), amounts, min_size=1)
kinds = st.sampled_from(["river", "lake"])


def judge(frame, kind=None):
    return classify(frame, LIMITS, None if kind is None else pd.Series(kind, frame.index, dtype="str"))


@given(records, kinds, st.sampled_from(MORE_IS_WORSE), st.floats(1, 3))
def test_more_of_a_pollutant_never_improves_the_class(record, kind, key, factor):
    worse = {**record, key: record.get(key, 0.0) * factor}
    out = judge(pd.DataFrame([{**record, key: record.get(key, 0.0)}, worse]), kind)["water_class"]
    assert out[0] <= out[1]


@given(records, kinds, st.sampled_from([*MORE_IS_WORSE, "dissolved_oxygen"]), amounts)
def test_one_more_indicator_never_improves_the_class(record, kind, key, value):
    frame = pd.DataFrame([{**record, key: np.nan}, {**record, key: value}])
    out = judge(frame, kind)["water_class"].fillna(0)
    assert out[0] <= out[1]


@given(st.lists(records, min_size=2, max_size=6), st.randoms())
def test_the_order_of_rows_does_not_matter(rows, random):
    frame = pd.DataFrame(rows)
    order = list(frame.index)
    random.shuffle(order)
    pd.testing.assert_frame_equal(judge(frame.loc[order], "river").sort_index(), judge(frame, "river"))


def test_both_classes_are_shown_and_no_verdict_where_the_kind_is_unknown_and_they_differ():
    out = judge(pd.DataFrame({"tp": [0.15, 0.01], "codmn": [3.0, 3.0]}))
    assert out["class_as_river"].tolist() == [3, 2]
    assert out["class_as_lake"].tolist() == [5, 2]
    assert out["water_class"].isna().tolist() == [True, False]
    assert out["deciding_indicators"].isna().tolist() == [True, False]


@pytest.mark.parametrize("dtype", ["str", "string", "object"])
def test_a_row_without_its_kind_among_others_is_neither_river_nor_lake(dtype):
    frame = pd.DataFrame({"tp": [0.15, 0.15, 0.15]})
    out = classify(frame, LIMITS, pd.Series(["lake", None, "river"], dtype=dtype))
    assert out["water_class"].fillna(0).tolist() == [5, 0, 3]
    assert (out["class_as_river"][1], out["class_as_lake"][1]) == (3, 5)


def test_minus_one_is_no_reading():
    assert judge(pd.DataFrame({"codmn": [-1.0], "nh3n": [-1.0]}), "river")["water_class"].isna().all()


def test_a_published_class_stands_beside_ours_with_the_cause_of_the_difference():
    frame = pd.DataFrame(
        {
            "section": "张桥",
            "sampled_at": pd.date_range("2026-07-01", periods=5, freq="4h"),
            "codmn": [3.0, 3.0, 4.0, 3.0, 1.0],
            "nh3n": [0.1, 6.0, 0.1, 0.1, 0.1],
            "published_class": pd.array([2, 2, 3, pd.NA, 2], dtype="Int64"),
        }
    )
    out = frame.join(judge(frame, "river"))
    assert out["published_differs"].tolist()[:3] == [False, True, True]
    assert out["published_differs"].isna().tolist() == [False, False, False, True, False]
    listed = disagreements(out, LIMITS, pd.Series("river", out.index, dtype="str"))
    assert listed["cause"].tolist() == ["truncated_exponent", "value_on_limit", "previous_reading"]
