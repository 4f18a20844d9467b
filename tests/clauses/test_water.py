"""One case for each clause on water in the standards that the code implements; the id is the clause."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from gis import standards
from gis.base.messages import shown
from gis.base.stats import critical
from gis.water.classes import classify
from gis.water.groups import groups, members
from gis.water.index import indices, places, water_index
from gis.water.lakes import lake_states, trophic_state, weights_of
from gis.water.limits import limits_of
from gis.water.means import INDICATORS

EDITIONS = standards.load()
LIMITS = EDITIONS.get("gb3838-2002")
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


def zh(listed):
    return shown(listed, "zh")


def judge(kind="river", **columns):
    frame = pd.DataFrame(columns)
    return classify(frame, LIMITS, pd.Series(kind, frame.index, dtype="str"))


def named(**values):
    return judge(**{key: [value] for key, value in values.items()})["main_pollutants"].map(zh).iloc[0]


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
    assert zh(out["deciding_indicators"].iloc[0]) == "化学需氧量、氨氮"


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
    assert judge("lake", tp=[0.12])["main_pollutants"].map(zh).tolist() == ["总磷(1.4)"]


FIVE = {"chlorophyll_a": 0.026, "tp": 0.08, "tn": 1.5, "transparency": 0.5, "codmn": 4.5}


def trophic(**values):
    return trophic_state(pd.DataFrame({key: [value] for key, value in values.items()}), EDITIONS.get("tli"))


def test_trophic_state_index_and_its_five_parts_2001_090():
    state = trophic(**FIVE).iloc[0]
    parts = [state[part] for part in ("tli_chl", "tli_tp", "tli_tn", "tli_sd", "tli_codmn")]
    assert np.round(parts, 3).tolist() == [60.383, 53.342, 61.399, 64.627, 41.113]
    assert (round(state["tli"], 3), state["grade"]) == (56.486, "轻度富营养")
    weights = weights_of(trophic(**FIVE), EDITIONS.get("tli")).iloc[0].round(4).tolist()
    assert weights == [0.2663, 0.1879, 0.1790, 0.1834, 0.1834]


def test_a_missing_indicator_renormalises_the_weights_and_is_marked_proposal():
    state = trophic(**{**FIVE, "transparency": np.nan}).iloc[0]
    squares, parts = [1, 0.7056, 0.6724, 0.6889], [60.383, 53.342, 61.399, 41.113]
    assert state["tli"] == pytest.approx(np.average(parts, weights=squares), abs=0.001)
    assert shown(state["note"], "zh").startswith("缺透明度，其余权重重新归一（自拟）")
    few = trophic(codmn=4.5, tp=0.08).iloc[0]
    assert pd.isna(few["tli"])
    assert shown(few["note"], "zh").startswith("指标少于 3 项")


@pytest.mark.parametrize(
    ("tli", "grade"),
    [(29.99, "贫营养"), (30.0, "中营养"), (50.0, "中营养"), (50.01, "轻度富营养"), (60.0, "轻度富营养"),
     (60.01, "中度富营养"), (70.0, "中度富营养"), (70.01, "重度富营养")],
    ids=lambda value: f"2001-090-grade-{value}",
)  # fmt: skip
def test_trophic_grade(tli, grade):
    same = {
        spec["part"]: np.exp((tli / 10 - spec["a"]) / spec["b"]) / spec["factor"]
        for spec in EDITIONS.get("tli").data["item"].values()
    }
    keys = {spec["part"]: key for key, spec in EDITIONS.get("tli").data["item"].items()}
    state = trophic(**{keys[part]: value for part, value in same.items()})
    assert state["grade"].tolist() == [grade]


def of_river(classes, codmn=None, kind="river"):
    """Sections of one water with these classes in 2021, as `members` gives them for a river."""
    frame = pd.DataFrame({"water_class": pd.array(classes, "Int64")})
    frame["section_id"] = frame["key"] = frame["name"] = [f"S{at}" for at in range(len(frame))]
    frame = frame.reindex(columns=[*frame, *INDICATORS])
    frame["codmn"] = codmn or [{1: 2.0, 2: 4.0, 3: 6.0, 4: 10.0, 5: 15.0, 6: 20.0}[one] for one in classes]
    frame[INDICATORS] = frame[INDICATORS].astype("float64")
    return frame.assign(
        water_kind=kind, water_body="望虞河", level="national", at_target_counted=pd.NA, period="2021",
        period_kind="year", year=2021, provisional=False, edition="gb3838-2002", n_samples=12,
        x_items=pd.NA, judged_on=pd.Timestamp(2021, 12, 31), not_assessed=pd.NA,
    )  # fmt: skip


def grouped(rows):
    inside = members(rows, ("national",), ("320581", "常熟市"))
    return groups(inside, EDITIONS, dt.date(2021, 12, 31)).set_index("place_kind")


@pytest.mark.parametrize(
    ("good", "worse", "total", "grade"),
    [
        pytest.param(9, 0, 10, "优", id="22-2-1-2-90"),
        pytest.param(9, 1, 10, "优", id="22-2-1-2-90-whatever-is-worse"),
        pytest.param(8, 0, 10, "良好", id="22-2-1-2-75-to-90"),
        pytest.param(15, 5, 20, "良好", id="22-2-1-2-75-exactly"),
        pytest.param(7, 1, 10, "轻度污染", id="22-2-1-2-below-75"),
        pytest.param(7, 2, 10, "中度污染", id="22-2-1-2-worse-20"),
        pytest.param(5, 3, 10, "中度污染", id="22-2-1-2-worse-below-40"),
        pytest.param(6, 4, 10, "重度污染", id="22-2-1-2-worse-40"),
    ],
)
def test_share_method_of_five_sections_and_more(good, worse, total, grade):
    made = grouped(of_river([3] * good + [6] * worse + [4] * (total - good - worse))).loc["river"]
    assert (made["method"], made["grade"], pd.isna(made["water_class"])) == ("share", grade, True)
    assert (made["good_share"], made["worse_share"]) == (100 * good / total, 100 * worse / total)


def test_fewer_than_five_sections_are_classed_by_the_mean_of_each_indicator_clause_22_2_1_2():
    made = grouped(of_river([1, 6, 2, 2], codmn=[2.0, 16.0, 3.0, 3.0])).loc["river"]
    assert (made["method"], made["water_class"], made["grade"]) == ("mean", 3, "良好")
    five = grouped(of_river([1, 6, 2, 2, 2], codmn=[2.0, 16.0, 3.0, 3.0, 3.0])).loc["river"]
    assert (five["method"], five["good_share"], five["grade"]) == ("share", 80.0, "良好")


def test_main_indicators_of_five_sections_are_named_by_the_share_of_sections_over_class_three():
    rows = of_river([4, 4, 4, 4, 3]).assign(nh3n=[1.2, 1.2, 0.5, 0.5, 0.5], tp=[0.25, 0.1, 0.1, 0.1, 0.1])
    rows["codcr"] = [15.0, 15.0, 25.0, 25.0, 25.0]
    assert (
        zh(grouped(rows).loc["river", "main_pollutants"])
        == "高锰酸盐指数(80.0%)、化学需氧量(60.0%)、氨氮(40.0%)"
    )


def test_a_lake_of_several_points_is_the_mean_over_its_points_clause_22_2_2():
    rows = of_river([3] * 5, codmn=[2.0] * 5, kind="lake").assign(tp=[0.02, 0.02, 0.02, 0.02, 0.10])
    made = grouped(rows).loc["lake"]
    assert (made["method"], made["water_class"]) == ("mean", 3)
    points = rows.assign(chlorophyll_a=0.026, tn=1.5, transparency=0.5, codmn=[3.0, 6.0, 4.5, 4.5, 4.5])
    points["tp"] = [0.04, 0.12, 0.08, 0.08, 0.08]
    states = lake_states(points.assign(water_kind="lake"), EDITIONS.get("tli")).set_index("place_kind")
    assert round(states.loc["lake", "tli"], 3) == 56.486
    assert states.loc["lake", "n_points"] == 5


def cwqi(kind="river", **values):
    frame = pd.DataFrame({key: [value] for key, value in values.items()})
    return indices(frame, limits_of(LIMITS), EDITIONS.get("water-ranking-2017-51"), lake=kind == "lake").iloc[
        0
    ]


@pytest.mark.parametrize(
    ("values", "kind", "expected"),
    [
        pytest.param({"codmn": 3.0}, "river", 0.5, id="2017-51-ratio-to-III"),
        pytest.param({"tp": 0.05}, "lake", 1.0, id="2017-51-lake-phosphorus"),
        pytest.param({"dissolved_oxygen": 8.0}, "river", 0.625, id="2017-51-oxygen-inverted"),
        pytest.param({"ph": 6.4}, "river", 0.6, id="2017-51-ph-below-7"),
        pytest.param({"ph": 8.0}, "river", 0.5, id="2017-51-ph-above-7"),
        pytest.param({"codmn": 3.0, "nh3n": 0.5, "ph": 7.0}, "river", 1.0, id="2017-51-sum"),
    ],
)
def test_city_water_quality_index(values, kind, expected):
    found = cwqi(kind, **values)
    assert (found["cwqi"], found["n_items"]) == (pytest.approx(expected), len(values))


def test_total_nitrogen_is_none_of_the_items_and_a_missing_one_is_not_filled_2017_51():
    assert cwqi(tn=5.0, codmn=6.0, nh3n=np.nan)[["cwqi", "n_items"]].tolist() == [1.0, 1]


def test_rivers_and_lakes_are_weighted_by_their_numbers_2017_51():
    rivers, lake = of_river([3, 3], codmn=[2.0, 4.0]), of_river([3], codmn=[6.0], kind="lake")
    lake = lake.assign(key="L", section_id="L", name="L", water_body="昆承湖")
    inside = members(pd.concat([rivers, lake]), ("national",), ("320581", "常熟市"))
    sections = pd.DataFrame({"key": ["S0", "S1", "L"], "town": ["海虞镇", "海虞镇", "莫城街道"]})
    ranking = EDITIONS.get("water-ranking-2017-51")
    made = water_index(places(inside, sections), EDITIONS, ranking).set_index(["place_kind", "place"])
    assert made.loc[("county", "320581"), "cwqi"] == pytest.approx((0.5 * 2 + 1.0 * 1) / 3)
    assert made.loc[("town", "海虞镇"), ["rank", "n_ranked"]].tolist() == [1, 2]
    assert made.loc[("section", "L"), ["rank", "n_ranked"]].tolist() == [3, 3]
    assert made["note"].str.contains("指示性").all()


@pytest.mark.parametrize(
    ("n", "limit"),
    [(5, 0.900), (6, 0.829), (7, 0.714), (8, 0.643), (9, 0.600), (10, 0.564), (11, 0.564), (30, 0.306)],
    ids=lambda value: f"22-3-spearman-{value}",
)
def test_critical_values_of_spearman(n, limit):
    told = EDITIONS.get("spearman").data["spearman"]
    assert critical(n, told["n"], told["p05"]) == limit
