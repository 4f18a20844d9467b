"""The figures of the land: evidence that adds up, towns that sum to the county, and what is missing."""

import datetime as dt
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from gis import standards
from gis.base.tables import TABLES, empty
from gis.catalogue.model import Catalogue, County, Place, Words
from gis.engine import Threads
from gis.land import assess

WEST, SOUTH, STEP = 120.75, 31.65, 0.001
COUNTY = "320581"
AS_OF = dt.date(2022, 10, 31)
EDITIONS = standards.load()
KINDS = ("parcels", "ledger_events", "control_lines", "boundaries", "tax", "farmland_cases", "water_bank")
CATALOGUE = Catalogue(
    folder=Path(),
    county=County(
        adcode=COUNTY, name=Words(zh="常熟市", en="Changshu"),
        extent=(120.5, 31.5, 121.1, 31.9), plan_years=(2021, 2025),
        towns=[Place(code="320581101", name=Words(zh="梅李镇", en="Meili"), aliases=["梅李"])],
    ),
    layers=(),
)  # fmt: skip


def box(column, width=1.0):
    x = WEST + column * STEP
    return shapely.box(x, SOUTH, x + width * STEP, SOUTH + STEP)


def rows(**columns):
    frame = pd.DataFrame(columns).assign(source="x")
    return frame.assign(source_row=range(2, 2 + len(frame)))


def drawn(shapes, **columns):
    return gpd.GeoDataFrame(rows(**columns), geometry=shapes, crs=4490)


def county(**more):
    parcels = drawn(
        [box(0), box(0.5), box(5), box(7)],
        parcel_id=list("abcd"), town=["梅李", "梅李镇", None, None], category="低效用地",
        area_declared_mu=[15.8, None, 15.7, None], contract_no=["1", "2", None, None],
        supervision_no=["1", None, None, None],
    )  # fmt: skip
    events = rows(
        parcel_id=["a", "b", "c", "a", "d", "z"], event=["accepted"] * 3 + ["reversed", "accepted", "accepted"],
        date=pd.to_datetime(["2021-04-01", "2021-11-30", "2022-10-31", "2022-02-01", "2022-11-01", "2022-03-01"]),
        area_mu=[None, None, 4.0, None, None, 3.0],
    )  # fmt: skip
    return {"parcels": parcels, "ledger_events": events, **more}


def made(tables, as_of=AS_OF):
    return assess(tables, CATALOGUE, EDITIONS, as_of, Threads())


def value(result, figure, column="value"):
    found = result.figures.set_index("figure_id")[column]
    return found.get(figure, "not made")


def parts(result, figure):
    return result.evidence.loc[result.evidence["figure_id"] == figure, "part"].sum()


def test_the_parts_of_the_evidence_add_up_to_the_area_of_county_and_towns():
    result = made(county())
    areas = result.figures[result.figures["indicator"].isin(["land.renewed_area", "land.renewal_parcels"])]
    assert set(areas["place"]) == {COUNTY, "320581101", "unknown"}
    for figure in areas.itertuples():
        assert parts(result, figure.figure_id) == pytest.approx(figure.value, abs=1e-9)


def test_the_county_is_the_sum_of_its_lines_and_of_the_ledger():
    result = made(county())
    areas = result.figures[result.figures["indicator"] == "land.renewed_area"]
    for period, lines in areas.groupby("period"):
        whole = lines["place"] == COUNTY
        assert lines.loc[~whole, "value"].sum() == pytest.approx(
            lines.loc[whole, "value"].item(), abs=1e-9
        ), period
    years = result.tables["ledger"].groupby("year")["counted_mu"].sum()
    assert years[2021] == pytest.approx(value(result, f"land.renewed_area.2021.{COUNTY}"))
    assert years[2022] == pytest.approx(value(result, f"land.renewed_area.2022.{COUNTY}"))


def test_categories_by_town_and_of_the_county_are_figures_that_add_to_the_area():
    result = made(county())
    of = result.figures[result.figures["indicator"].str.startswith("land.renewed_area_of.")]
    sums = of.groupby(["period", "place"])["value"].sum()
    for (period, place), total in sums.items():
        assert total == pytest.approx(value(result, f"land.renewed_area.{period}.{place}"), abs=1e-9)
    for figure in of.itertuples():
        assert parts(result, figure.figure_id) == pytest.approx(figure.value, abs=1e-9)
        assert figure.clause
    behind = result.evidence[result.evidence["figure_id"].isin(of.loc[of["place"] == COUNTY, "figure_id"])]
    assert set(behind["table"]) == {"figures"}
    assert set(behind["source"]) <= set(of["figure_id"])


def test_the_same_months_of_the_year_before_stop_at_the_month_and_later_rows_are_ignored():
    result = made(county())
    whole, months = (value(result, f"land.renewed_area.{one}.{COUNTY}") for one in ("2021", "2021C10"))
    assert months == pytest.approx(15.8, abs=0.1)
    assert whole == pytest.approx(1.5 * months, rel=1e-4)
    assert value(result, f"land.renewed_area.2022.{COUNTY}") == pytest.approx(4 - months, abs=1e-4)


def test_declared_area_is_null_where_nothing_is_declared_never_0():
    result = made(county())
    assert value(result, "land.renewed_area_declared.2021.320581101") == pytest.approx(15.8)
    assert value(result, "land.renewed_area_declared.2021.320581101", "coverage") == 0.5
    only = {**county(), "parcels": county()["parcels"].assign(area_declared_mu=None)}
    assert pd.isna(value(made(only), f"land.renewed_area_declared.2021.{COUNTY}"))
    assert value(made(only), f"land.renewed_area_declared.2021.{COUNTY}", "coverage") == 0


def test_an_acceptance_of_an_unknown_parcel_lowers_the_coverage_of_the_county():
    result = made(county())
    assert result.tables["unmatched_events"]["parcel_id"].tolist() == ["z"]
    assert value(result, f"land.renewed_area.2022.{COUNTY}", "coverage") == pytest.approx(2 / 3)
    assert value(result, f"land.renewed_area.2021.{COUNTY}", "coverage") == 1


def test_a_ledger_without_any_event_is_no_data_not_0():
    assert value(made({"parcels": county()["parcels"]}), f"land.renewed_area.2021.{COUNTY}") == "not made"


@pytest.fixture(scope="module")
def full():
    return county(
        control_lines=drawn([box(0, 0.2)], line_id=["r"], line_type=["red_line"], name=["r"]),
        boundaries=drawn([box(0, 6)], place_code=["320581101"], name=["梅李镇"], level=["town"]),
        tax=rows(payer_id=["1"], town=["梅李"], year=[2021], tax_yuan=[5.0], land_mu=[1.0]),
        farmland_cases=rows(
            case_id=["1"], opened=pd.to_datetime(["2021-03-01"]), closed=pd.to_datetime([None])
        ),
        water_bank=rows(
            record_id=["1"], kind=["occupied"], date=pd.to_datetime(["2021-03-01"]), area_m2=[9.0]
        ),
    )


@pytest.mark.parametrize("absent", KINDS)
def test_any_kind_may_be_missing_or_empty(full, absent):
    left = {name: frame for name, frame in full.items() if name != absent}
    assert len(made(left).figures) == len(made({**left, absent: empty(absent)}).figures) > 0


def test_a_county_with_every_kind_has_the_columns_of_figures(full):
    assert set(made(full).figures.columns) == set(TABLES["figures"])


def test_nothing_at_all_makes_no_figure():
    assert not len(made({}).figures)


def test_a_table_of_parcels_without_geometry_is_survived():
    plain = {**county(), "parcels": pd.DataFrame(county()["parcels"].drop(columns="geometry"))}
    result = made(plain)
    assert value(result, f"land.renewed_area.2021.{COUNTY}", "coverage") == 0
    assert not result.tables["counted"]["measured"].any()


def test_farmland_cases_are_open_or_closed_at_the_edges_of_the_period():
    cases = rows(
        case_id=list("abcde"),
        opened=pd.to_datetime(["2020-06-01", "2021-12-31", "2022-01-01", "2022-11-01", None]),
        closed=pd.to_datetime(["2021-12-31", None, "2022-11-01", None, None]),
    )
    result = made({"farmland_cases": cases})
    names = [
        f"land.farmland_cases_{what}.{year}.{COUNTY}"
        for year in (2020, 2021, 2022)
        for what in ("open", "closed")
    ]
    assert [value(result, name) for name in names] == [1, 0, 1, 1, 2, 0]
    assert [parts(result, name) for name in names] == [1, 0, 1, 1, 2, 0]
    assert value(result, names[0], "coverage") == 0.8


def test_the_water_bank_is_what_is_compensated_less_what_is_occupied():
    bank = rows(
        record_id=list("abcd"), kind=["occupied", "compensated", "compensated", "occupied"],
        area_m2=[900.0, 1000.0, None, 50.0],
        date=pd.to_datetime(["2021-03-01", "2021-12-31", "2021-05-01", "2022-11-01"]),
    )  # fmt: skip
    result = made({"water_bank": bank})
    assert value(result, f"land.water_area_balance.2021.{COUNTY}") == 100
    assert value(result, f"land.water_area_balance.2021.{COUNTY}", "coverage") == pytest.approx(2 / 3)
    assert value(result, f"land.water_area_balance.2022.{COUNTY}") == "not made"


def test_double_agreement_is_the_share_of_area_supplied_under_both():
    supplied = rows(parcel_id=["a", "b", "c"], event="supplied", area_mu=None,
                    date=pd.to_datetime(["2021-02-01", "2021-03-01", "2022-03-01"]))  # fmt: skip
    result = made({"parcels": county()["parcels"], "ledger_events": supplied})
    name = f"land.double_agreement_rate.2021.{COUNTY}"
    assert value(result, name) == pytest.approx(50, abs=1e-3)
    assert parts(result, name) == pytest.approx(value(result, name))
    assert value(result, f"land.double_agreement_rate.2022.{COUNTY}") == 0


def test_a_kind_of_line_is_mapped_from_its_day_on_if_it_has_area():
    lines = drawn(
        [box(0), box(2), None, box(3), box(4)], line_id=list("rsxcf"), name="",
        line_type=["red_line", "red_line", "control_area", "control_area", "basic_farmland"],
        effective_from=pd.to_datetime(["2021-06-30", "2021-06-30", "2021-01-01", "2022-01-01", "2020-01-01"]),
    )  # fmt: skip
    result = made({"control_lines": lines})
    assert [value(result, f"land.lines_mapped.{year}.{COUNTY}") for year in (2021, 2022)] == [1, 2]
    assert parts(result, f"land.lines_mapped.2022.{COUNTY}") == pytest.approx(2)
    later = made({"control_lines": lines}, dt.date(2021, 12, 31))
    assert value(later, f"land.lines_mapped.2021.{COUNTY}") == 1
    assert value(later, f"land.line_area.control_area.2021.{COUNTY}") == 0
