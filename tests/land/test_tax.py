"""Industrial tax per 亩 of four payers, by hand."""

import datetime as dt

import pandas as pd
import pytest

from gis import standards
from gis.base.messages import shown
from gis.catalogue.model import Catalogue, County, Place, Words
from gis.engine import Threads
from gis.land import assess

COUNTY = "320581"
CATALOGUE = Catalogue(
    folder=".",
    county=County(
        adcode=COUNTY, name=Words(zh="常熟市", en="Changshu"),
        extent=(120.5, 31.5, 121.1, 31.9), plan_years=(2021, 2025),
        towns=[Place(code="320581101", name=Words(zh="梅李镇", en="Meili"), aliases=["梅李"])],
        zones=[Place(code="320581402", name=Words(zh="常熟高新技术产业开发区", en="High-tech"), aliases=["高新区"])],
    ),
    layers=(),
)  # fmt: skip
PAID = [
    # payer, town, zone, year, 元, own, rented, let
    ("甲", "梅李镇", "高新区", 2020, 1_000_000, 10, 0, 0),
    ("乙", "梅李", None, 2020, 500_000, 6, 6, 2),
    ("甲", "梅李", "常熟高新技术产业开发区", 2021, 1_500_000, 10, 0, 0),
    ("乙", "梅李镇", None, 2021, 700_000, 6, 6, 2),
    ("丙", "不详镇", None, 2021, 300_000, 5, None, None),
    ("丁", "梅李镇", None, 2021, 900_000, None, None, None),
    ("戊", "梅李镇", None, 2021, None, 30, 0, 0),
    ("己", "梅李镇", None, 2021, 100_000, 5, 0, 5),
    ("甲", "梅李镇", "高新区", 2023, 9_000_000, 10, 0, 0),
]


@pytest.fixture(scope="module")
def result():
    heads = ["payer", "town", "zone", "year", "tax_yuan", "land_own_mu", "land_rented_mu", "land_let_mu"]
    tax = pd.DataFrame(PAID, columns=heads).assign(source="t.xlsx#2021", source_row=range(2, 2 + len(PAID)))
    return assess({"tax": tax}, CATALOGUE, standards.load(), dt.date(2022, 12, 31), Threads())


@pytest.mark.parametrize(
    ("figure", "value"),
    [
        ("land.industrial_tax.2021.320581", 250.0),
        ("land.industrial_land.2021.320581", 25.0),
        ("land.tax_per_mu.2020.320581", 150 / 20),
        ("land.tax_per_mu.2021.320581", 250 / 25),
        ("land.tax_per_mu.2021.320581101", 220 / 20),
        ("land.tax_per_mu.2021.unknown", 30 / 5),
        ("land.tax_per_mu.2021.320581402", 150 / 10),
        ("land.tax_per_mu_growth.2021.320581", (10 / 7.5 - 1) * 100),
        ("land.tax_per_mu_growth.2021.320581101", (11 / 7.5 - 1) * 100),
    ],
)
def test_tax_over_land_by_county_town_and_zone(result, figure, value):
    assert result.figures.set_index("figure_id")["value"][figure] == pytest.approx(value)


def test_payers_without_tax_or_land_are_left_out_listed_and_lower_the_coverage(result):
    row = result.figures.set_index("figure_id").loc["land.tax_per_mu.2021.320581"]
    assert (row["n"], row["coverage"]) == (3, 0.5)
    listed = result.tables["tax_left_out"]
    assert dict(zip(listed["payer"], listed["reason"].map(shown), strict=True)) == {
        "丁": "no land occupied", "戊": "no tax", "己": "no land occupied"
    }  # fmt: skip


def test_growth_needs_the_year_before_and_later_years_are_ignored(result):
    periods = set(result.figures.loc[result.figures["indicator"] == "land.tax_per_mu_growth", "period"])
    assert periods == {"2021"}
    assert set(result.figures["period"]) == {"2020", "2021"}


def test_the_towns_sum_to_the_county(result):
    lines = (
        result.tables["tax_by_place"]
        .query("year == 2021")
        .groupby("level")[["tax_yuan", "land_mu", "payers"]]
        .sum()
    )
    assert lines.loc["town"].tolist() == lines.loc["county"].tolist()


def test_the_ratio_leads_to_its_two_sums_and_these_to_the_rows(result):
    behind = result.evidence.groupby("figure_id")
    assert behind.get_group("land.tax_per_mu.2021.320581")[["source", "part"]].to_numpy().tolist() == [
        ["land.industrial_tax.2021.320581", 250.0], ["land.industrial_land.2021.320581", 25.0]
    ]  # fmt: skip
    assert behind.get_group("land.industrial_tax.2021.320581")["source_row"].tolist() == [4, 5, 6]
    assert behind["part"].sum()["land.industrial_land.2021.320581"] == 25
    assert behind.get_group("land.tax_per_mu_growth.2021.320581")["source"].tolist() == [
        "land.tax_per_mu.2021.320581", "land.tax_per_mu.2020.320581"
    ]  # fmt: skip


def test_a_year_in_which_every_payer_is_left_out_is_null():
    tax = pd.DataFrame({"payer": ["甲"], "town": ["梅李"], "year": [2021], "tax_yuan": [None], "land_mu": [3.0],
                        "source": "t", "source_row": [2]})  # fmt: skip
    made = assess({"tax": tax}, CATALOGUE, standards.load(), dt.date(2022, 12, 31), Threads()).figures
    assert made.set_index("figure_id")["value"].isna().all()
    assert (made["coverage"] == 0).all()
