"""One case for each clause on water in the standards that the code implements; the id is the clause."""

import numpy as np
import pandas as pd
import pytest

from gis import standards
from gis.water.classes import classify
from gis.water.limits import limits_of

LIMITS = standards.load().get("gb3838-2002")
TABLE = {
    "dissolved_oxygen": [7.5, 6, 5, 3, 2],
    "codmn": [2, 4, 6, 10, 15],
    "codcr": [15, 15, 20, 30, 40],
    "bod5": [3, 3, 4, 6, 10],
    "nh3n": [0.15, 0.5, 1.0, 1.5, 2.0],
    "copper": [0.01, 1, 1, 1, 1],
    "zinc": [0.05, 1, 1, 2, 2],
    "fluoride": [1, 1, 1, 1.5, 1.5],
    "selenium": [0.01, 0.01, 0.01, 0.02, 0.02],
    "arsenic": [0.05, 0.05, 0.05, 0.1, 0.1],
    "mercury": [0.00005, 0.00005, 0.0001, 0.001, 0.001],
    "cadmium": [0.001, 0.005, 0.005, 0.005, 0.01],
    "chromium6": [0.01, 0.05, 0.05, 0.05, 0.1],
    "lead": [0.01, 0.01, 0.05, 0.05, 0.1],
    "cyanide": [0.005, 0.05, 0.2, 0.2, 0.2],
    "volatile_phenol": [0.002, 0.002, 0.005, 0.01, 0.1],
    "petroleum": [0.05, 0.05, 0.05, 0.5, 1.0],
    "anionic_surfactant": [0.2, 0.2, 0.2, 0.3, 0.3],
    "sulfide": [0.05, 0.1, 0.2, 0.5, 1.0],
}
PHOSPHORUS = {"river": [0.02, 0.1, 0.2, 0.3, 0.4], "lake": [0.01, 0.025, 0.05, 0.1, 0.2]}
CASES = [pytest.param(key, "river", ends, id=f"GB3838-2002-table1-{key}") for key, ends in TABLE.items()]
CASES += [
    pytest.param("tp", kind, ends, id=f"GB3838-2002-table1-tp-{kind}") for kind, ends in PHOSPHORUS.items()
]


def judge(kind="river", **columns):
    frame = pd.DataFrame(columns)
    return classify(frame, LIMITS, pd.Series(kind, frame.index, dtype="str"))


def named(**values):
    return judge(**{key: [value] for key, value in values.items()})["main_pollutants"].iloc[0]


@pytest.mark.parametrize(("key", "kind", "ends"), CASES)
def test_a_value_on_a_limit_meets_it_and_the_next_beyond_does_not(key, kind, ends):
    on = judge(kind, **{key: ends})["water_class"].tolist()
    assert on == [1 + ends.index(end) for end in ends]
    worse = np.nextafter(ends, -np.inf if key == "dissolved_oxygen" else np.inf)
    beyond = judge(kind, **{key: worse})["water_class"].tolist()
    assert beyond == [
        6 if end == ends[-1] else 1 + next(i for i, e in enumerate(ends) if ends.index(e) > ends.index(end))
        for end in ends
    ]


@pytest.mark.parametrize(
    ("ph", "expected"),
    [(5.99, 6), (6.0, 1), (7.2, 1), (9.0, 1), (9.01, 6)],
    ids=lambda v: f"GB3838-2002-ph-{v}",
)
def test_ph_is_class_one_inside_its_range_and_worse_than_v_outside(ph, expected):
    assert judge(ph=[ph])["water_class"].tolist() == [expected]


def test_twenty_one_indicators_are_rated_clause_22_1_1():
    assert len(limits_of(LIMITS).items) == 21
    assert not {"tn", "water_temp", "fecal_coliform"} & set(limits_of(LIMITS).keys)


@pytest.mark.parametrize("kind", ["river", "lake"])
def test_total_nitrogen_temperature_and_coliforms_never_rate_clause_22_1_1(kind):
    alone = judge(kind, tn=[9.0], water_temp=[40.0], fecal_coliform=[1e6])
    assert alone["water_class"].isna().all()
    assert judge(kind, tn=[9.0], codmn=[1.0])["water_class"].tolist() == [1]


def test_the_worst_indicator_decides_and_missing_ones_are_skipped_clause_22_1_1():
    out = judge(codmn=[3.0, np.nan], nh3n=[1.2, np.nan], codcr=[25.0, np.nan], tp=[0.01, np.nan])
    assert out["water_class"].astype("float").tolist()[0] == 4
    assert out["water_class"].isna().tolist() == [False, True]
    assert out["deciding_indicators"].iloc[0] == "化学需氧量、氨氮"


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        pytest.param({"codmn": 6.0, "nh3n": 1.0}, None, id="22-2-1-3-1-none-at-class-III"),
        pytest.param({"codmn": 13.2}, "高锰酸盐指数(1.2)", id="22-2-1-3-4-brackets"),
        pytest.param(
            {"codmn": 12.0, "nh3n": 1.4, "tp": 0.25},
            "高锰酸盐指数(1.0)、氨氮(0.4)、总磷(0.2)",
            id="22-2-1-3-2-class-then-multiple",
        ),
        pytest.param(
            {"codmn": 12.0, "nh3n": 1.4, "tp": 0.26, "codcr": 22.0},
            "高锰酸盐指数(1.0)、氨氮(0.4)、总磷(0.3)",
            id="22-2-1-3-2-at-most-three",
        ),
        pytest.param(
            {"codmn": 16.0, "lead": 0.06}, "铅(0.2)、高锰酸盐指数(1.7)", id="22-2-1-3-3-heavy-metals-first"
        ),
        pytest.param(
            {"dissolved_oxygen": 4.0, "nh3n": 1.2, "ph": 9.5},
            "pH、氨氮(0.2)、溶解氧",
            id="22-2-1-3-6-no-multiple-after-equals",
        ),
    ],
)
def test_main_pollution_indicators(values, expected):
    found = named(**values)
    assert found == expected if expected else pd.isna(found)


def test_the_multiple_is_against_class_three_of_a_lake_in_a_lake_clause_22_2_1_3_5():
    assert judge("lake", tp=[0.12])["main_pollutants"].tolist() == ["总磷(1.4)"]
