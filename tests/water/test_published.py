"""Published classes of the national automatic stations, reproduced."""

import pandas as pd
import pytest

from gis import standards
from gis.water.classes import classify
from gis.water.published import disagreements

LIMITS = standards.load().get("gb3838-2002")
KINDS = {"河流": "river", "河流?": "river", "湖库": "lake"}
ROMAN = {"Ⅰ": 1, "Ⅱ": 2, "Ⅲ": 3, "Ⅳ": 4, "Ⅴ": 5, "劣Ⅴ": 6}
NUMBERS = {"pH": "ph", "溶解氧": "dissolved_oxygen", "高锰酸盐指数": "codmn", "氨氮": "nh3n", "总磷": "tp"}
UNITS = {"pH": "(无量纲)"}
CAUSES = ["whole_number_ammonia", "value_on_limit", "previous_reading", "unexplained"]


def kinds(folder, name, rows, by):
    types = pd.read_csv(folder / name).drop_duplicates(by).set_index(by)["inferred_type"].map(KINDS)
    return pd.Series(types.reindex(pd.MultiIndex.from_frame(rows[by])).to_numpy(), rows.index, dtype="str")


@pytest.mark.real
def test_published_classes_of_2026_are_ours_and_each_difference_is_a_whole_number_ammonia(shared):
    folder = shared / "water"
    heads = {f"{zh}{UNITS.get(zh, '(mg/L)')}": key for zh, key in NUMBERS.items()}
    place = ["省份", "流域", "断面名称"]
    frames = [
        pd.read_csv(
            folder / f"cnemc_water_hourly_{month}.csv.gz", usecols=[*place, "监测时间", "水质类别", *heads]
        )
        for month in ("202607", "202608")
    ]
    rows = pd.concat(frames, ignore_index=True).rename(columns=heads)
    rows["published_class"] = rows["水质类别"].astype("Int64").where(rows["水质类别"] > 0)
    rows = rows[rows["published_class"].notna()].reset_index(drop=True)
    rows = rows.assign(section=rows["省份"] + rows["断面名称"], sampled_at=pd.to_datetime(rows["监测时间"]))
    kind = kinds(folder, "cnemc_sections_inferred_type.csv", rows, place)
    judged = rows.join(classify(rows, LIMITS, kind))
    differ = judged["published_differs"].fillna(value=False)
    assert len(judged) > 360_000
    assert 1 - differ.mean() >= 0.999
    listed = disagreements(judged, LIMITS, kind)
    assert len(listed) == differ.sum()
    assert listed["cause"].value_counts().to_dict() == {"whole_number_ammonia": 68}


@pytest.mark.real
def test_published_classes_of_2020_follow_from_the_raw_values_without_exception(shared):
    folder = shared / "water"
    rows = pd.read_csv(
        folder / "cnemc_water_daily0800_98sections_20200510_20200731.csv.gz",
        na_values=["--", "*"],
        dtype={"水质类别": "str"},
    )
    rows["published_class"] = rows["水质类别"].map(ROMAN).astype("Int64")
    rows = rows[rows["published_class"].notna()].reset_index(drop=True)
    raw = {key: pd.to_numeric(rows[f"{zh}_原始值"]) for zh, key in NUMBERS.items()}
    kind = kinds(folder, "cnemc_sections_inferred_type_2020_2021.csv", rows, ["省份", "断面名称"])
    judged = classify(pd.DataFrame({**raw, "published_class": rows["published_class"]}), LIMITS, kind)
    assert len(judged) == 4793
    assert not judged["published_differs"].fillna(value=True).any()
