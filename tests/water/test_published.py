"""Published classes of the national automatic stations, reproduced from the files as they are."""

import pandas as pd
import pytest

from gis import standards
from gis.base.agreement import UNEXPLAINED, agreement, told
from gis.ingest import Options, read_file
from gis.water.classes import classify
from gis.water.published import CAUSES, disagreements
from gis.water.sections import keyed_sections, keys_of, kind_of

LIMITS = standards.load().get("gb3838-2002")
NEW, OLD = "cnemc_sections_inferred_type.csv", "cnemc_sections_inferred_type_2020_2021.csv"
HOURS = pd.date_range("2026-07-01 08:00", periods=4, freq="4h")


def judged(samples, kind="river"):
    kinds = pd.Series(kind, samples.index, dtype="str")
    rows = samples.join(classify(samples, LIMITS, kinds))
    return rows, disagreements(rows, LIMITS, kinds)


def series(published, **values):
    times = HOURS[: len(published)]
    told_ = pd.Series(published, dtype="Int64")
    return pd.DataFrame({"section": "甲", "sampled_at": times, "published_class": told_, **values})


@pytest.mark.parametrize(
    ("cause", "samples"),
    [
        ("truncated_exponent", series([2, 2, 2], nh3n=[0.002, 6.0, 0.004], codmn=[3.0, 3.0, 3.0])),
        ("whole_number_ammonia", series([3, 2, 3], nh3n=[0.8, 6.0, 0.9], codmn=[3.0, 3.0, 3.0])),
        ("value_on_limit", series([2, 3, 2], codmn=[3.0, 4.0, 3.0])),
        ("previous_reading", series([3, 3, 2], codmn=[5.0, 3.0, 3.0])),
        (
            "part_of_previous_reading",
            series([3, 2, 3], dissolved_oxygen=[6.4, 5.8, 5.5], codmn=[5.0, 3.9, 3.9]),
        ),
        ("unexplained", series([2, 5, 2], codmn=[3.0, 3.0, 3.0])),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_a_difference_is_named_by_its_cause(cause, samples):
    rows, listed = judged(samples)
    assert rows["published_differs"].tolist() == [False, True, False]
    assert listed["cause"].tolist() == [cause]
    assert set(CAUSES) >= {cause}


def test_a_section_of_the_same_name_in_another_province_is_not_the_reading_before():
    rows = pd.concat([series([3], codmn=[5.0]), series([3], codmn=[3.0])], ignore_index=True)
    rows["省份"] = ["甲省", "乙省"]
    assert judged(rows)[1]["cause"].tolist() == ["unexplained"]


def test_a_cause_may_hold_for_a_lake_where_the_kind_is_unknown():
    rows = series([2], tp=[0.01]).assign(water_kind=None)
    kinds = pd.Series(None, rows.index, dtype="str")
    rows = rows.join(classify(rows, LIMITS, kinds))
    assert disagreements(rows, LIMITS, kinds)["cause"].tolist() == ["value_on_limit"]


def test_a_share_that_is_not_all_is_never_told_as_all():
    found = agreement(
        pd.Series([1] * 100_001), pd.Series([False] * 100_000 + [True]), pd.Series([UNEXPLAINED])
    )
    assert told(found, CAUSES).en == "100,001: equal 100,000 (99.99 %), differ 1 (unexplained 1)"
    assert found.explained < 1


FILES = {  # file: list of sections, published, equal or possible, causes
    "cnemc_water_hourly_202607.csv.gz": (NEW, 162_346, 162_309, {"truncated_exponent": 37}),
    "cnemc_water_hourly_202608.csv.gz": (NEW, 202_493, 202_462, {"truncated_exponent": 31}),
    "cnemc_water_daily0800_98sections_20200510_20200731.csv.gz": (OLD, 4_793, 4_793, {}),
    "cnemc_water_4hourly_20210401_05.csv.gz": (
        OLD,
        15_255,
        15_072,
        {"previous_reading": 93, "value_on_limit": 86, "part_of_previous_reading": 3, UNEXPLAINED: 1},
    ),
    "raw_api_json/2020-06-01.json.gz": (OLD, 60, 60, {}),
    "raw_api_json/2020-06-02.json.gz": (OLD, 62, 62, {}),
    "raw_api_json/2020-07-05.json.gz": (OLD, 55, 55, {}),
    "xlsx_20260204/water_info_江苏省.xlsx": (NEW, 58, 58, {}),
    "xlsx_20260204/water_info_上海市.xlsx": (NEW, 19, 19, {}),
    "xlsx_20260204/water_info_浙江省.xlsx": (NEW, 47, 47, {}),
}


@pytest.mark.real
@pytest.mark.parametrize(
    "file", [pytest.param(one, marks=pytest.mark.full) if "202608" in one else one for one in FILES]
)
def test_at_least_999_of_1000_published_classes_are_ours_or_differ_for_a_named_cause(shared, file):
    listed, published, reproduced, causes = FILES[file]
    folder = shared / "water"
    sections = keyed_sections(read_file(folder / listed, Options(kind="sections", layer="s")).table)
    samples = read_file(folder / file, Options(kind="samples", layer="w")).table
    kinds = keys_of(samples, sections).map(kind_of(sections)).astype("str")
    rows = samples.join(classify(samples, LIMITS, kinds))
    differ = disagreements(rows, LIMITS, kinds)
    found = agreement(rows["published_class"], rows["published_differs"], differ["cause"])
    assert found.explained >= 0.999
    assert (found.published, found.equal + found.either) == (published, reproduced)
    assert found.causes == causes
    assert found.published == found.equal + found.either + sum(found.causes.values())
