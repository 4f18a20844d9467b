"""The figures that the sample was drawn to give; measured here without the monitor."""

from fractions import Fraction
from math import ceil

import numpy as np
import pandas as pd
import pytest

from gis.sample import air, economy, parcels, water
from gis.sample.county import county


@pytest.fixture(scope="module")
def renewal():
    return parcels.renewal(county())


def test_a_little_more_than_ten_thousand_mu_were_accepted_in_2021(renewal):
    _, ledger = renewal
    events = pd.concat(ledger.values())
    accepted = events[
        (events["事件"] == "验收") & events["日期"].map(lambda day: day is not None and day.year == 2021)
    ]
    assert accepted["图斑编号"].is_unique
    assert 10_200 < accepted["面积(亩)"].sum() < 10_400


def test_events_of_a_parcel_come_in_the_order_of_the_steps(renewal):
    _, ledger = renewal
    events = pd.concat(ledger.values()).dropna(subset="日期")
    rank = events["事件"].map({step: i for i, step in enumerate((*parcels.STEPS, "核减"))})
    ordered = events.assign(rank=rank).sort_values(["图斑编号", "rank"])
    steps = ordered.groupby("图斑编号")["日期"]
    assert steps.apply(lambda days: days.is_monotonic_increasing).all()
    assert events["日期"].max() <= parcels.AS_OF


def test_the_known_parcel_faults_are_in_the_files(renewal):
    years, _ = renewal
    assert years[2021].geometry.iloc[-1].bounds[0] < 180
    assert set(years[2021]["图斑编号"]) & set(years[2022]["图斑编号"]) == {"CS-2021-0041"}
    assert not years[2023].geometry.iloc[10].is_valid
    assert years[2024].geometry.iloc[20].intersection(years[2022].geometry.iloc[30]).area > 1000
    assert years[2025].geometry.isna().sum() == 1


def test_parcels_overlap_nowhere_but_where_a_fault_was_put(renewal):
    years, _ = renewal
    sound = pd.concat([years[y] for y in (2021, 2023, 2025)], ignore_index=True)
    sound = sound[sound.geometry.notna() & sound.is_valid]
    pairs = sound.sjoin(sound, predicate="overlaps")
    assert pairs.empty


def test_section_means_are_those_of_the_section_list():
    values = water.concentrations()
    yearly = values[2021].groupby("section")["tp"].mean()
    assert yearly["昆承湖心"] == pytest.approx(0.072)
    assert yearly["沈家市"] == pytest.approx(0.172)


def test_fifteen_sections_are_national_or_provincial_and_one_has_no_kind():
    listed = water.section_lists()[2021]
    assert listed["断面级别"].value_counts().to_dict() == {"省考": 8, "国考": 7, "市考": 5}
    assert listed.loc[listed["水体类型"].isna(), "断面名称"].tolist() == ["嘉菱荡"]
    assert listed.loc[listed["断面名称"] == "沈家市", "断面编码"].item() == "CS-S-02"


def test_one_section_may_still_make_its_target_of_2025_and_one_cannot_any_more():
    so_far = water.concentrations()[2025].query("month <= 10").groupby("section").sum()
    assert (1.0005 * 12 - so_far.loc["尤泾口", "nh3n"]) / 2 == pytest.approx(1.127, abs=0.01)
    assert so_far.loc["蛇泾河桥", "tp"] > 0.2005 * 12


def test_good_days_and_pm25_are_those_of_the_real_town():
    days = air.city_days()
    good = (days["pm25"] <= 75) & (days["o3_8h"] <= 160)
    shares = good.groupby(days.index.year).mean()
    assert shares.between(0.815, 0.86).all()
    assert days["pm25"].groupby(days.index.year).mean().to_dict() == pytest.approx(air.PM25_MEAN)


def test_published_aqi_follows_the_edition_of_the_time_but_for_two_wrong_values():
    edition = air.edition_of_the_time()
    days = pd.concat(air.station_days().values(), ignore_index=True)
    steps, rows = edition.data["index"]["iaqi"], edition.data["bp"]
    wrong = 0
    for _, day in days.dropna(subset="公布AQI").iterrows():
        exact = max(
            _sub_index(Fraction(str(day[head])), rows[air.DAY_ITEMS[key]], steps)
            for key, head in air.DAY_HEADS.items()
            if not np.isnan(day[head])
        )
        wrong += exact != day["公布AQI"]
    assert wrong == 2


def test_tax_per_mu_grows_by_about_six_percent_in_2021():
    sheets = economy.tax(county())
    ratio = {
        year: frame["税收(万元)"].sum()
        / (frame["自有土地(亩)"] + frame["租入土地(亩)"] - frame["租出土地(亩)"]).sum()
        for year, frame in sheets.items()
    }
    assert ratio[2021] / ratio[2020] - 1 == pytest.approx(0.061, abs=0.001)


def test_actions_of_2021_meet_some_targets_and_miss_others():
    listed = economy.action_list()
    villages = listed[listed["事项类型"] == "村(组)整治"]
    in_2021 = villages["完工日期"].map(lambda day: day is not None and day.year == 2021)
    assert villages.loc[in_2021, "数量"].sum() == 580
    assert villages.loc[villages["开工日期"].map(lambda day: day.year == 2021), "数量"].sum() >= 800


def _sub_index(value: Fraction, row: list[float], steps: list[int]) -> int:
    for low, high, first, last in zip(row, row[1:], steps, steps[1:], strict=False):
        if value <= high:
            start, end = Fraction(str(low)), Fraction(str(high))
            return ceil(Fraction(last - first) / (end - start) * (value - start) + first)
    return steps[-1]
