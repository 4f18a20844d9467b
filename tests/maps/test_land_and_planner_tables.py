import datetime as dt
import json
import re
from dataclasses import replace

import fake_book
import pandas as pd
import pytest
from unpacked import specs, unpack

from gis import maps
from gis.maps.book import points_of, standard_names
from gis.maps.page import named_editions
from gis.maps.pages import land, planner, water
from gis.standards import cell_of
from gis.store.points import write


@pytest.fixture(scope="module")
def book():
    return fake_book.known_to_all(fake_book.make())


@pytest.fixture(scope="module")
def pages(book):
    return maps.render(book)


def _rows(page: str, table: str) -> list[str]:
    body = re.search(rf'<table id="{table}">.*?<tbody>(.*?)</tbody>', page, re.DOTALL)
    return re.findall(r"<tr>(.*?)</tr>", body.group(1), re.DOTALL)


def test_the_county_total_is_the_figure_and_not_the_sum_of_towns(pages):
    first = _rows(pages["land.html"], "by-town")[0]
    assert "全市合计" in first
    assert first.count("10,412.35") == 5


def test_towns_stand_in_the_order_of_the_county(book, pages):
    shown = re.findall(r'data-show="([^"]+)"', " ".join(_rows(pages["land.html"], "by-town")))
    order = [town.name.zh for town in book.catalogue.county.towns]
    assert shown == [town for town in order if town in shown]


def test_a_parcel_in_no_known_town_has_its_own_line(book):
    ledger = book.tables["ledger"]
    lost = ledger.head(1).assign(place="unknown", counted_mu=3.25)
    tables = {**book.tables, "ledger": pd.concat([ledger, lost], ignore_index=True)}
    line = _rows(land.render(replace(book, tables=tables)), "by-town")[-2]
    assert "未知" in line
    assert "3.25" in line


def test_what_is_not_counted_stands_last_and_says_so(book):
    ledger = book.tables["ledger"].assign(year=lambda one: one["year"].astype("Int64"))
    idle = ledger.head(1).assign(year=pd.NA, state=None, counted_mu=float("nan"))
    tables = {**book.tables, "ledger": pd.concat([ledger, idle.astype({"year": "Int64"})], ignore_index=True)}
    rows = _rows(land.render(replace(book, tables=tables)), "ledger")
    assert "2025" in rows[0]
    assert "未计入" in rows[-1]
    assert "无状态" in rows[-1]


def test_an_event_of_an_unknown_parcel_is_listed_with_its_source_row(pages):
    (row,) = _rows(pages["land.html"], "uncounted-events")
    assert "CS-2023-9999" in row
    assert "data/更新台账.xlsx · 12" in row


def test_the_planner_sees_what_changed_since_last_year(pages):
    accepted = _rows(pages["planner.html"], "changes")[0]
    assert "15.50" in accepted
    assert 'data-show="CS-2025-0001"' in _rows(pages["planner.html"], "changed-parcels")[0]


def test_the_largest_residual_of_the_overlay_is_shown(pages):
    assert "1.9e-08" in _rows(pages["method.html"], "area-proof")[0]
    assert 'href="method.html#area-proof"' in pages["planner.html"]


def test_touching_is_never_called_unlawful(pages):
    (conflicts,) = (one for one in specs(pages["planner.html"]) if one["id"] == "conflicts")
    listed = json.dumps(unpack(conflicts["packed"])["columns"]["k"], ensure_ascii=False)
    assert "涉及" in listed
    assert "违法" not in listed


def test_a_year_so_far_is_on_track_or_behind_in_a_popup_too():
    joined = pd.DataFrame({"at_target": [True, False, True], "provisional": [True, True, False]})
    sections = pd.DataFrame({"section_id": ["A", "B", "C"]})
    told = water._verdict(joined, sections, {"A": "sections/A.html"})
    assert [one[0][3] for one in told] == ["sections/A.html", "", ""]
    assert [one[0][0] for one in told] == [
        "达到序时进度（累计）",
        "未达序时进度（累计）",
        "达到水质目标",
    ]


def test_a_card_names_the_standard_and_not_the_file(book):
    names = standard_names(book)
    assert "GB 3838-2002、HJ 633-2012" in named_editions(cell_of(["gb3838-2002", "hj633-2012"]), names)


def test_every_kind_of_area_stands_beside_the_others_and_the_page_says_in_numbers_why_they_differ(pages):
    text = pages["land.html"]
    (tolerance,) = (one for one in specs(text) if one["id"] == "tolerance")
    heads = [head[0] for head in tolerance["fields"]]
    assert [word in heads for word in ("申报面积(亩)", "椭球面积(m²)", "平面面积(m²)", "测地面积(m²)")] == [
        True
    ] * 4
    told = text.split("面积（m²）为何不同")[1].split("</section>")[0]
    for bounds in ("0.001 m²", "0.005 m²", "0.05 m²", "0.3 m²", "0.01 m²", "0.1 m²", "70 m", "1 至 13 m²"):
        assert bounds in told


def test_where_the_shown_lines_do_not_add_to_the_total_their_sum_stands_beside(book):
    """Three thirds of 0.01 亩 show as 0.00 each and as 0.01 together; with 0.00 in all there is nothing to say."""
    towns = book.tables["ledger"]["place"].drop_duplicates().head(3)
    for each, shown in ((0.01 / 3, True), (0.02, False)):
        lines = pd.DataFrame({"place": towns, "category": "x", "state": "accepted", "year": 2025, "parcels": 1,
                              "area_legal_mu": 1.0, "area_declared_mu": 1.0, "counted_mu": each})  # fmt: skip
        figures = book.figures.assign(
            value=book.figures["value"].where(book.figures["indicator"] != "land.renewed_area", 3 * each)
        )
        told = replace(book, figures=figures, tables={**book.tables, "ledger": lines})
        rows = _rows(land.render(told), "by-town")
        assert ("各行所示之和" in rows[-1]) is shown
        assert f"<b>{3 * each:.2f}</b>" in rows[0]


def test_the_curve_stands_beside_the_plans_path_up_to_the_last_month_with_data(book):
    """Half the year counted, 600 of a goal of 1,200 亩 on the path, 450 counted."""
    target = book.targets["target_id"].iloc[0]
    months = pd.date_range("2025-01-31", periods=12, freq="ME")
    counted = [75.0 * (at + 1) if at < 6 else None for at in range(12)]
    curve = pd.DataFrame({"target_id": target, "period": "2025", "month": months, "counted_mu": counted,
                          "expected_mu": [100.0 * (at + 1) for at in range(12)]})  # fmt: skip
    text = land.render(replace(book, tables={**book.tables, "renewal_curve": curve}))
    told = text.split('id="renewal-curve"')[1].split("</section>")[0]
    assert "2025：2025-06-30 累计计入 450.00 亩，路径为 600.00 亩" in told
    running = replace(
        book, tables={**book.tables, "renewal_curve": curve}, days={"land": dt.date(2025, 6, 26)}
    )
    told_on = land.render(running.of("land"))
    assert "2025：2025-06-26 累计计入 450.00 亩，月末路径为 600.00 亩" in told_on
    assert "450.00 mu counted by 2025-06-26, the path stands at 600.00 mu at the end of the month" in told_on
    assert "目标 1,200.00" in told
    assert told.count("<circle") == 6 + 1, "a point a month with data, and one in the key"
    assert "renewal-curve" not in land.render(book)


def test_parcels_of_the_next_zone_stand_in_the_zone_of_the_county_and_the_page_says_so(book, tmp_path):
    parcels = book.tables["parcels"]
    near = parcels.copy()
    near["geometry"] = near.geometry.translate(xoff=-2.6)  # all of them in zone 39, the county's middle in 40
    ((rows, zone),) = points_of(book, near).values()
    assert (len(rows), zone) == (len(near), 40)
    write(rows, tmp_path / "x.txt", zone=zone)
    assert "带号=40" in (tmp_path / "x.txt").read_text("gb18030")
    page = planner.render(replace(book, tables={**book.tables, "parcels": near}))
    assert f"界址点 TXT 全县统一用第 40 带（中央子午线 120°E），含 {len(near)} 块在邻带的" in page
    assert "界址点 TXT 全县" not in planner.render(book)


def test_corners_of_parcels_that_lie_zones_apart_are_a_file_a_zone_each_linked(book):
    parcels = book.tables["parcels"]
    assert {name: zone for name, (_, zone) in points_of(book, parcels).items()} == {"parcels.txt": 40}
    far = parcels.copy()
    far.loc[far.index[:3], "geometry"] = far.geometry.iloc[:3].translate(xoff=-9)
    parted = points_of(book, far)
    assert {name: len(rows) for name, (rows, _) in parted.items()} == {
        "parcels-37.txt": 3, "parcels-40.txt": len(far) - 3,
    }  # fmt: skip
    page = planner.render(replace(book, tables={**book.tables, "parcels": far}))
    assert all(name in page for name in parted)
    assert points_of(book, far.assign(geometry=None).set_geometry("geometry", crs=far.crs)) == {}
