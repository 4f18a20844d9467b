"""`gis air aqi | assess` on files from a desk."""

import pandas as pd
import pytest
import rasterio

from gis.ingest import Options, read_file


def test_each_hour_is_judged_by_the_edition_of_its_day(gis, hours):
    result = gis("air", "aqi", hours, "-o", "o.csv")
    assert result.exit_code == 0, result.output
    assert "小时.csv read as air_hours" in result.stdout
    made = pd.read_csv("o.csv")
    assert made["edition"].tolist() == ["hj633-2012", "hj633-2026"]
    assert made.loc[0, "aqi"] == 100
    assert made.loc[1, "aqi"] > 100
    assert list(made.columns[:4]) == ["站点名称", "时间", "PM2.5", "PM10"]


def test_an_edition_can_be_forced_for_the_whole_file(gis, hours):
    gis("air", "aqi", hours, "--edition", "hj633-2012", "-o", "o.csv")
    assert pd.read_csv("o.csv")["aqi"].tolist() == [100, 100]


def test_days_are_known_from_their_dates(gis, days):
    result = gis("air", "aqi", days, "-o", "o.xlsx")
    assert result.exit_code == 0, result.output
    assert "日均值.xlsx read as air_days" in result.stdout
    made = pd.read_excel("o.xlsx")
    assert made["aqi"].tolist() == [50, 150]
    assert made["good"].tolist() == [True, False]
    assert made.loc[1, "primary_pollutants"] == "PM2.5"


def test_assess_counts_good_days_over_valid_days(gis, days):
    result = gis("air", "assess", days, "-o", "o.xlsx")
    assert result.exit_code == 0, result.output
    made = pd.read_excel("o.xlsx").set_index("period")
    assert made.loc["2021M01", ["good_days", "valid_days", "good_day_rate"]].tolist() == [1, 2, 50]
    assert made.loc["2021M01", "pm25_mean"] == 75
    assert "as of 2021-01-02" in result.stdout


def test_assess_of_hours_alone(gis, sample_layers):
    result = gis("air", "assess", sample_layers / "data" / "空气小时值_2025-10.csv", "-o", "o.csv")
    assert result.exit_code == 0, result.output
    assert "not audited: 31 days" in result.stdout
    assert pd.read_csv("o.csv").set_index("period").loc["2025M10", "valid_days"] > 25


@pytest.mark.real
def test_real_hours_agree_with_the_published_aqi_on_both_sides_of_the_change(gis, shared):
    compared = []
    for hour in ("2026-02-28T23", "2026-03-01T01", "2026-05-10T15"):
        result = gis(
            "air", "aqi", shared / "air" / f"raw_hourly_as_published_{hour}.csv", "-o", f"{hour}.parquet"
        )
        assert result.exit_code == 0, result.output
        differs = pd.read_parquet(f"{hour}.parquet")["aqi_differs"].dropna()
        assert len(differs) > 600
        assert differs.sum() <= 1
        compared.append(differs)
    assert 1 - pd.concat(compared).mean() >= 0.999


def test_a_file_of_one_station_is_named_by_its_file(tmp_path):
    file = tmp_path / "兴福站.csv"
    file.write_text("日期,PM2.5,PM10,SO2,NO2,CO,O3-8h\n2025-01-01,40,60,5,30,0.8,90\n", encoding="utf-8")
    found = read_file(file, Options(kind="air_days", layer="a"))
    assert found.table["station"].tolist() == ["兴福站"]
    assert "station_elsewhere" in set(found.findings["code"])


def test_hours_are_unaudited_unless_they_say_otherwise(gis, tmp_path):
    rows = "兴福,2025-01-01 01:00,40,是\n兴福,2025-01-01 02:00,40,\n兴福,2025-01-01 03:00,40,否\n"
    (tmp_path / "h.csv").write_text("站点名称,时间,PM2.5,已审核\n" + rows, encoding="utf-8")
    result = gis("air", "aqi", tmp_path / "h.csv", "-o", "o.csv")
    assert pd.read_csv("o.csv")["unaudited"].tolist() == [False, True, True]
    assert "not audited" in result.stdout


def test_assess_writes_every_table_of_the_evaluation_as_a_sheet(gis, days):
    result = gis(
        "air", "assess", days, "-o", "o.xlsx", "--edition", "hj633-2012", "--edition", "gb3095-2026-final"
    )
    assert result.exit_code == 0, result.output
    sheets = pd.read_excel("o.xlsx", sheet_name=None)
    statistics = sheets["statistics"].query("place_kind == 'county'").set_index(["period", "item"])
    assert statistics.loc[("2021", "pm25"), "mean"] == 75
    assert statistics.loc[("2021", "pm25"), "edition"] == "gb3095-2026-final"
    assert not statistics.loc[("2021", "pm25"), "met"]
    assert {"composite", "stations"} <= set(sheets)
    told = sheets["notes"]["notes"]
    assert told.str.startswith("edition hj663-2013").any()  # percentiles and validity are its
    assert "地块名称" not in set(sheets["fields"]["Chinese"])


@pytest.fixture
def places(tmp_path):
    names, lons, lats = ["甲", "乙", "丙", "丁"], [120.6, 120.6, 120.8, 120.8], [31.6, 31.7, 31.6, 31.7]
    pd.DataFrame({"站点名称": names, "经度": lons, "纬度": lats}).to_csv(tmp_path / "站点.csv", index=False)
    rows = [
        [name, f"2024-01-0{day}", value]
        for name, value in zip(names, (20, 30, 30, 40), strict=True)
        for day in (1, 2)
    ]
    pd.DataFrame(rows, columns=["站点名称", "日期", "PM2.5"]).to_csv(tmp_path / "日.csv", index=False)
    return tmp_path


def test_a_surface_is_a_geotiff_that_says_its_error_and_what_it_is_not_for(gis, places):
    result = gis("air", "surface", places / "日.csv", "--stations", places / "站点.csv", "-o", "pm25.tif")
    assert result.exit_code == 0, result.output
    assert "not for compliance" in result.stdout
    assert "RMSE" in result.stdout
    with rasterio.open("pm25.tif") as raster:
        assert raster.crs.to_epsg() == 4549
        assert raster.res == (500, 500)
        band = raster.read(1, masked=True)
        assert 20 < band.min() < band.max() < 40
        assert "not for compliance" in raster.tags()["note"]


def test_kriging_with_four_stations_is_refused_with_the_way_out(gis, places):
    result = gis(
        "air", "surface", places / "日.csv", "--stations", places / "站点.csv", "--method", "kriging", "-o", "x.tif"
    )  # fmt: skip
    assert result.exit_code == 2
    assert "kriging needs 10 stations" in result.output
    assert "--method idw" in result.output
    assert not (places / "x.tif").exists()


def test_a_surface_without_places_says_what_is_missing(gis, places):
    result = gis("air", "surface", places / "日.csv", "-o", "x.tif")
    assert result.exit_code == 2
    assert "--stations FILE" in result.output


def test_the_whole_message_of_a_surface_of_too_few_hours(gis, places):
    hours = "".join(f"{name},2024-01-01 05:00,30\n" for name in "甲乙丙丁")
    (places / "时.csv").write_text("站点名称,时间,PM2.5\n" + hours, encoding="utf-8")
    result = gis("air", "surface", places / "时.csv", "--stations", places / "站点.csv", "-o", "pm25.tif")
    assert result.exit_code == 2
    assert result.stderr == (
        "no station has a valid day of pm25 in 2024\n"
        "  fix    a day made of hours needs as many hours as the standard asks; give days, or more hours\n"
    )
