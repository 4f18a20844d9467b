"""Parts of whole sections give what the whole gives, and classes are those of a judgement row by row."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gis import standards
from gis.base.messages import shown
from gis.base.tables import conform, empty
from gis.engine import Threads, whole_groups
from gis.water.classes import classify
from gis.water.flags import SUSPECTS, flags
from gis.water.months import months_of
from gis.water.periods import EVALUATION, periods
from gis.water.sections import keyed_sections
from gis.water.suspects import Doubts
from scripts.bench.rowwise import class_judge

EDITIONS = standards.load()
LIMITS = EDITIONS.get("gb3838-2002")
RULES = EDITIONS.family(EVALUATION)[-1]
AS_OF = pd.Timestamp("2025-03-31").date()
ITEMS = ["dissolved_oxygen", "codmn", "nh3n", "tp", "lead"]
VERDICT = ["water_class", "deciding_indicators", "main_pollutants"]


@st.composite
def records(draw):
    """Records of up to five sections at any time of three months, by both methods, some values missing."""
    rows = draw(st.integers(1, 60))
    seed = draw(st.integers(0, 10_000))
    random = np.random.default_rng(seed)
    hours = random.choice(24 * 90, rows, replace=False)
    frame = pd.DataFrame({"section_id": random.choice(list("ABCDE"), rows)})
    frame["section"] = "断面" + frame["section_id"]
    frame["sampled_at"] = pd.Timestamp("2025-01-01") + pd.to_timedelta(hours, "h")
    frame["method"] = random.choice(["automatic", "manual"], rows, p=[0.8, 0.2])
    for name, most, digits in (
        *zip(ITEMS, [12, 20, 3, 0.6, 0.1], [2, 2, 3, 3, 3], strict=True),
        ("ph", 14, 2),
    ):
        values = random.uniform(0, most, rows).round(digits)
        frame[name] = np.where(random.random(rows) < 0.3, np.nan, values)
    frame = conform(frame.assign(source="s", source_row=range(1, rows + 1)), "samples")
    dates = frame["sampled_at"].dt
    return frame.assign(key=frame["section_id"], year=dates.year, month=dates.month)


def judged(samples, rows):
    doubts = Doubts.none()
    found = flags(samples, doubts.non_detects, EDITIONS.family(SUSPECTS)[-1], Threads(2))
    doubts = doubts._replace(suspects=found[["at", "indicator"]])
    months = months_of(samples, doubts, RULES, Threads(2), rows)
    return found, periods(months, keyed_sections(empty("sections")), EDITIONS, AS_OF)


@settings(max_examples=8)
@given(records(), st.integers(1, 30))
def test_months_and_periods_of_parts_are_those_of_the_whole(samples, rows):
    for part, whole in zip(judged(samples, rows), judged(samples, len(samples)), strict=True):
        pd.testing.assert_frame_equal(part, whole, check_dtype=False)


@given(st.lists(st.sampled_from("ABCDEFG"), min_size=1, max_size=50), st.integers(1, 20))
def test_no_section_is_in_two_parts_and_none_is_lost(keys, rows):
    parts = whole_groups(pd.Series(keys), rows)
    assert sorted(np.concatenate(parts)) == list(range(len(keys)))
    owners = [{keys[at] for at in part} for part in parts]
    assert sum(map(len, owners)) == len(set(keys))


@given(records(), st.sampled_from(["river", "lake"]))
def test_the_class_of_a_record_is_that_of_a_judgement_row_by_row(samples, kind):
    kinds = pd.Series(kind, samples.index, dtype="str")
    ours = classify(samples, LIMITS, kinds)[VERDICT].astype("object")
    judge = class_judge(LIMITS, list(samples))
    plain = (
        samples.assign(water_kind=kind).apply(judge, axis=1, result_type="expand").set_axis(VERDICT, axis=1)
    )
    assert ours["water_class"].astype("Int64").equals(plain["water_class"].astype("Int64"))
    for name in VERDICT[1:]:
        told = [str(shown(one, "zh")) if isinstance(one, str) else "" for one in ours[name]]
        assert told == plain[name].fillna("").tolist()


@given(records(), st.integers(1, 59))
def test_classes_of_parts_are_those_of_the_whole(samples, cut):
    parts = [classify(part, LIMITS) for part in (samples.iloc[:cut], samples.iloc[cut:]) if len(part)]
    pd.testing.assert_frame_equal(pd.concat(parts), classify(samples, LIMITS), check_dtype=False)


@pytest.mark.parametrize("rows", [1, 2])
def test_one_section_is_one_part_however_small_parts_are(rows):
    assert [part.tolist() for part in whole_groups(pd.Series(["A"] * 5), rows)] == [[0, 1, 2, 3, 4]]
