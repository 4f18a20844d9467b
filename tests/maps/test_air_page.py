"""The air page on tables that the air room made: every year, the surface, the rose, two editions."""

import datetime as dt
import json
import re
from dataclasses import replace

import fake_book
import numpy as np
import pandas as pd
import pytest

from gis import air
from gis.base.tables import TABLES, conform
from gis.engine import Threads
from gis.maps.pages import air as page

CLEAN = {"pm25": 20.0, "pm10": 40.0, "so2": 8.0, "no2": 20.0, "co": 0.6, "o3_8h": 90.0}
NAMES = ("海虞子站", "兴福子站", "菱塘子站")


def book_of(start, end, **items):
    dates = pd.date_range(start, end)
    days = pd.concat(
        [pd.DataFrame({"date": dates, "station": name, **(CLEAN | items)}) for name in NAMES],
        ignore_index=True,
    )
    days["pm25"] = days["pm25"] + days["station"].map(dict(zip(NAMES, (0.0, 2.0, 4.0), strict=True)))
    known = fake_book.make()
    as_of = dt.date.fromisoformat(end)
    own = {name: table for name, table in known.tables.items() if name in TABLES}
    tables = {**own, "air_days": conform(days.assign(source="a.xlsx", source_row=1), "air_days")}
    made = air.assess(tables, known.catalogue, known.editions, as_of, Threads(1))
    years = tuple(sorted({one.year for one in dates}))
    return replace(
        known, tables={**tables, **made.tables}, figures=made.figures, as_of=as_of, years=years,
        targets=known.targets.iloc[:0],
    )  # fmt: skip


@pytest.fixture(scope="module")
def text():
    return page.render(book_of("2023-11-01", "2024-02-29", o3_8h=170.0))


def test_every_year_with_days_has_its_calendar_and_the_last_one_is_open(text):
    assert re.findall(r'<div data-year="(\d+)"( hidden)?>', text) == [("2023", " hidden"), ("2024", "")]
    assert "2023 年逐日 AQI" in text
    assert "2024 年逐日 AQI" in text


def test_items_over_a_limit_are_said_in_the_first_sentence_and_judged_provisionally(text):
    assert "O3-8h 超过二级限值" in text
    row = re.search(r'id="air-items-2024".*?<td>O3-8h</td>(.*?)</tr>', text, re.DOTALL).group(1)
    assert "暂超标" in row
    assert ">160<" in row
    closed = re.search(r'id="air-items-2023".*?<td>O3-8h</td>(.*?)</tr>', text, re.DOTALL).group(1)
    assert "超标" in closed
    assert "暂超标" not in closed
    assert "有效性不足" in closed


def test_the_surface_is_an_image_inside_the_page_with_its_error_and_what_it_is_not_for(text):
    told = json.loads(re.search(r"gis\.start\(map_county, (\{.*?\}), \[\[", text)[1])["pm25_surface"]
    assert [image[:22] for _, image in told["images"]] == ["data:image/webp;base64"]
    assert "不用于达标评价" in told["note"][0]
    assert "留一法均方根误差" in told["note"][0]
    assert len([mark for mark in told["marks"] if "µg/m³" in mark["word"][0]]) >= 3
    assert 'id="surface-towns"' in text


def test_the_overlay_lies_where_the_county_lies():
    from gis.maps.pages.air import overlay

    picture = overlay(book_of("2024-01-01", "2024-01-31"), ("a", "a"))[0]
    west, south, east, north = 120.55, 31.50, 121.05, 31.83  # the fake county fills its extent
    assert picture.bounds == pytest.approx((west, south, east, north), abs=0.012)
    solid = picture.images[0][1][..., 3] == 255
    assert solid[len(solid) // 2, solid.shape[1] // 2]
    assert solid.mean() > 0.95


def test_one_edition_brings_no_caution_and_two_bring_it_with_both_rates(text):
    assert "不代表空气变差" not in text
    both = page.render(book_of("2026-01-01", "2026-04-30", pm25=65.0))
    assert "不代表空气变差" in both
    assert "gis run --edition hj633-2012" in both
    table = both[both.index('id="air-editions"') :]
    rates = re.findall(r"HJ 633-(\d+).*?([\d.]+)</td></tr>", table[: table.index("</table>")], re.DOTALL)
    assert {("2012", "100.0"), ("2026", "0.0")} <= set(rates)


def test_a_rose_is_drawn_only_where_the_wind_is_told(text):
    assert 'class="rose"' not in text
    turned = np.linspace(0, 350, 60)
    wind = page.render(book_of("2024-01-01", "2024-02-29", wind_dir=turned, wind_speed=2.0))
    assert 'class="rose"' in wind
    assert wind[wind.index('class="rose"') :].count("<path") >= 16
    assert '<span class="zh">东东南</span><span class="en" lang="en">ESE</span>' in wind
    share = 100 * 4 / 60  # of the widest sector: directions 5.9 degrees apart, at most four in 22.5 degrees
    assert f">{share / 2:.1f} %<" in wind


def test_a_pollutant_is_named_in_both_languages(text):
    assert '<span class="zh">臭氧8小时(O3_8h)</span><span class="en" lang="en">O3-8h</span>' in text


def test_a_rate_stands_beside_that_without_sand_dust_days_only_where_there_are_some(text):
    def years(page_text):
        table = page_text[page_text.index('id="air-year"') :]
        return table[: table.index("</table>")]

    assert "扣除沙尘" not in years(text)
    dusty = years(page.render(book_of("2024-01-01", "2024-01-04", dust=True, pm10=400.0)))
    assert "扣除沙尘优良率(%)" in dusty
    assert re.search(r'>0\.0</td><td class="r">–</td><td class="r">22\.0</td><td class="r">–</td>', dusty)


def test_january_to_the_month_is_not_judged_and_does_not_look_as_if_it_were(text):
    table = text[text.index('id="air-index"') :]
    row = re.search(r"2024年1–2月累计.*?</tr>", table[: table.index("</table>")], re.DOTALL).group(0)
    assert "<td>–</td>" in row


def test_a_station_name_cannot_break_the_page():
    known = book_of("2024-01-01", "2024-01-31")
    hostile = known.tables["air_stations_compare"].assign(station="<img src=x>")
    text = page.render(replace(known, tables={**known.tables, "air_stations_compare": hostile}))
    assert "<img src=x>" not in text
    assert "&lt;img src=x&gt;" in text
