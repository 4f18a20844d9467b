"""The publishers' own files, typed as they lie."""

import gzip
import json
import os

import pandas as pd
import pytest

HEADS = ["断面名称", "监测时间", "水质类别", "氨氮<br/><span class='unit'>(mg/L)</span>"]
ROW = [
    "<span title='所在地市:甲市'>甲</span>",
    "06-01 08:00",
    "Ⅱ",
    "<span title='原始值：0.30001'>0.3</span>",
]


@pytest.fixture
def page(tmp_path):
    """The JSON of the publishing page: its times have no year."""
    text = json.dumps({"result": 1, "records": 1, "thead": HEADS, "tbody": [ROW]}, ensure_ascii=False)
    (tmp_path / "raw.json").write_text(text, "utf-8")
    (tmp_path / "raw.json.gz").write_bytes(gzip.compress(text.encode()))
    return tmp_path


def test_a_year_that_nothing_says_is_that_of_the_day_the_file_was_saved_and_is_told(gis, page):
    os.utime(page / "raw.json", (1_591_000_000, 1_591_000_000))
    result = gis("water", "classify", "raw.json", "-o", "o.csv")
    assert result.exit_code == 0, result.output
    assert "no year is written: the one nearest to the day the file was saved, 2020-06-01" in result.output
    assert "say the year: --date 2026-02-04" in result.output
    assert pd.read_csv("o.csv")["water_class"].tolist() == [2]


@pytest.mark.parametrize("name", ["raw.json", "raw.json.gz"])
def test_json_with_the_year_said_is_classed_by_its_unrounded_values(gis, page, name):
    result = gis("water", "classify", name, "--date", "2020-06-01", "-o", "o.csv")
    assert result.exit_code == 0, result.output
    assert pd.read_csv("o.csv")["water_class"].tolist() == [2]
    assert "the year of 1 rows comes from title or name" in result.stdout
    assert "published class 1: equal 1 (100.00 %), differ 0" in result.stdout


@pytest.mark.real
@pytest.mark.parametrize(
    ("verb", "file", "line"),
    [
        ("water classify", "water/raw_api_json/2020-06-01.json.gz", "published class 60: "),
        ("water classify", "water/xlsx_20260204/water_info_江苏省.xlsx", "published class 58: "),
        (
            "water classify",
            "water/cnemc_water_daily0800_98sections_20200510_20200731.csv.gz",
            "class 4,793: ",
        ),
        ("air aqi", "air/raw_hourly_as_published_2026-02-28T23.csv", "AQI 619: equal 618 (99.83 %)"),
        ("air aqi", "air/raw_hourly_as_published_2026-03-01T01.csv", "AQI 616: equal 616 (100.00 %)"),
        ("air aqi", "air/raw_hourly_as_published_2026-05-10T15.csv", "AQI 614: equal 614 (100.00 %)"),
        (
            "air aqi",
            "air/cnemc_air_snapshot_20180220T07_jiangsu_shanghai.csv",
            "AQI 96: equal 96 (100.00 %)",
        ),
        ("air aqi", "air/zjemc_air_hourly_county_20260430_20260724.csv.gz", "AQI 67,823: equal 67,823"),
    ],
    ids=lambda one: one.rsplit("/", 1)[-1] if "/" in one else "",
)
def test_a_published_file_is_judged_as_it_lies(gis, shared, verb, file, line):
    result = gis(*verb.split(), shared / file)
    assert result.exit_code == 0, result.output
    assert line in result.stdout
