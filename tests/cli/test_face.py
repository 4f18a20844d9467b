"""A command, the public function of its name on the same file, and on the frame of that file give the same numbers."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import rasterio
import shapely

import gis as library
from gis.base.messages import MARK

EAST, NORTH = 40_571_000, 3_503_000
LAST = "2025-06-30"
AIR = {"PM2.5": 30, "PM10": 60, "SO2": 8, "NO2": 30, "CO": 0.8, "O3-8h": 120}


def box(west, south, east, north):
    return shapely.box(EAST + west, NORTH + south, EAST + east, NORTH + north)


@pytest.fixture
def desk(tmp_path):
    """Parcels that overlap, dated events, two editions of a line, sections, days of two stations, two images."""
    plots = gpd.GeoDataFrame(
        {
            "图斑编号": ["007", "A-2", "A-3"], "面积(亩)": [15.0, 30.0, 7.0],
            "批准日期": ["2024-03-01", "2025-02-01", None], "盘活类型": ["土地复垦", "低效用地再开发", None],
        },
        geometry=[box(0, 0, 100, 100), box(90, 0, 290, 100), box(400, 0, 450, 100)], crs=4528,
    )  # fmt: skip
    plots.to_file(tmp_path / "地块.gpkg")
    rows = [
        ["007", "验收", "2024-05-01", 10.0],
        ["A－2", "验收", "2025-03-01", None],
        ["Z", "验收", "2025-04-01", 3.0],
    ]
    pd.DataFrame(rows, columns=["图斑编号", "事项", "日期", "面积(亩)"]).to_excel(
        tmp_path / "事件.xlsx", index=False
    )
    lines = gpd.GeoDataFrame(
        {"名称": ["旧", "新", "将来"], "生效日期": ["2023-01-01", "2025-01-01", "2026-01-01"], "版本": ["1", "2", "3"]},
        geometry=[box(50, 0, 120, 50), box(60, 0, 150, 80), box(0, 0, 500, 500)], crs=4528,
    )  # fmt: skip
    lines.to_file(tmp_path / "红线.gpkg")
    months = [
        [name, f"{year}-{month:02d}-05", value + month / 10, 8.0]
        for year in (2024, 2025)
        for month in range(1 if year == 2025 else 10, 7 if year == 2025 else 13)
        for name, value in (("张桥", 4.0), ("支塘桥", 8.0))
    ]
    heads = ["断面名称", "采样日期", "高锰酸盐指数(mg/L)", "溶解氧(mg/L)"]
    pd.DataFrame(months, columns=heads).to_excel(tmp_path / "月报.xlsx", index=False)
    listed = [["张桥", "河流", "国考", "Ⅲ"], ["支塘桥", "河流", "省考", "Ⅲ"]]
    pd.DataFrame(listed, columns=["断面名称", "水体类型", "断面级别", "水质目标"]).to_excel(
        tmp_path / "断面.xlsx", index=False
    )
    days = [
        {"站点": name, "日期": day, **{item: value * factor for item, value in AIR.items()}}
        for day in pd.date_range("2025-01-01", LAST).strftime("%Y-%m-%d")
        for name, factor in (("甲", 1.0), ("乙", 1.4 if day[5:7] in ("01", "06") else 0.9))
    ]
    pd.DataFrame(days).to_csv(tmp_path / "日均.csv", index=False)
    for name, code in (("2020.tif", 40), ("2025.tif", 50)):
        place = rasterio.Affine(10, 0, EAST - 100, 0, -10, NORTH + 300)
        with rasterio.open(tmp_path / name, "w", driver="GTiff", width=80, height=50, count=1, dtype="uint8",
                           crs="EPSG:4528", transform=place) as raster:  # fmt: skip
            raster.write(np.full((1, 50, 80), code, "uint8"))
    return tmp_path


def frame_of(file):
    """Read a file as a person would who works with frames."""
    if file.suffix == ".gpkg":
        return gpd.read_file(file)
    return pd.read_excel(file, dtype={"图斑编号": str}) if file.suffix == ".xlsx" else pd.read_csv(file)


def given(desk, how, *names):
    return [how(desk / name) for name in names]


VERBS = {
    "area": (["land", "area", "地块.gpkg"], lambda d, f: library.area(*given(d, f, "地块.gpkg")),
             ["area_legal_m2", "area_legal_mu", "area_check", "difference_mu"]),
    "ledger": (["land", "ledger", "地块.gpkg", "--events", "事件.xlsx"],
               lambda d, f: library.ledger(*given(d, f, "地块.gpkg", "事件.xlsx")),
               ["state", "counted_on", "counted_year", "counted_mu"]),
    "class": (["water", "classify", "月报.xlsx", "--sections", "断面.xlsx"],
              lambda d, f: library.water_class(*given(d, f, "月报.xlsx", "断面.xlsx")),
              ["water_class", "deciding_indicators", "main_pollutants", "suspect"]),
    "assess": (["water", "assess", "月报.xlsx", "--sections", "断面.xlsx"],
               lambda d, f: library.water_periods(*given(d, f, "月报.xlsx", "断面.xlsx")),
               ["period", "name", "water_class", "codmn", "attainment"]),
    "outlook": (["water", "outlook", "月报.xlsx", "--sections", "断面.xlsx", "--section", "张桥", "--class", "Ⅱ"],
                lambda d, f: library.water_outlook(f(d / "月报.xlsx"), "张桥", f(d / "断面.xlsx"), asked="Ⅱ"),
                ["goal", "indicator", "state", "needed", "probability", "brier"]),
    "aqi": (["air", "aqi", "日均.csv"], lambda d, f: library.aqi(*given(d, f, "日均.csv")),
            ["aqi", "category", "primary_pollutants", "unaudited"]),
    "air": (["air", "assess", "日均.csv", "--station", "甲"],
            lambda d, f: library.air_periods(*given(d, f, "日均.csv"), stations="甲"),
            ["period", "good_days", "bad_days", "pm25_mean", "coverage"]),
    "budget": (["air", "budget", "日均.csv", "--good-rate", "85", "--pm25", "35"],
               lambda d, f: library.air_budget(*given(d, f, "日均.csv"), good_rate=85, pm25=35),
               ["goal", "bad_days_left", "pm25_needed", "state", "probability"]),
    "cover": (["land", "cover", "地块.gpkg", "--before", "2020.tif", "--after", "2025.tif", "--as-of", LAST],
              lambda d, f: library.cover(*given(d, f, "地块.gpkg"), d / "2020.tif", d / "2025.tif", as_of=LAST),
              ["valid_share", "image_verdict", "declared"]),
}  # fmt: skip


def as_written(frame):
    """Give a frame as a table that was written and read again, dates and texts as what they say."""
    plain = pd.DataFrame(frame).reset_index(drop=True).astype("object")
    return plain.where(plain.notna(), None).map(
        lambda one: float(one) if isinstance(one, int | float) else one
    )


def same(ours, theirs):
    pd.testing.assert_frame_equal(as_written(ours), as_written(theirs), check_dtype=False, rtol=1e-12)


def unspoken(found):
    """Name the frames of a result that hold a message in its stored form."""
    frames = {"frame": found.frame, "rejects": found.rejects, "figures": found.figures, **found.tables}
    return [name for name, frame in frames.items() if MARK in pd.DataFrame(frame).to_csv()]


@pytest.mark.parametrize("verb", VERBS)
def test_a_command_and_the_function_of_its_name_give_the_same(gis, desk, verb):
    words, call, columns = VERBS[verb]
    done = gis(*words, "-o", "o.parquet")
    assert done.exit_code == 0, done.output
    printed = pd.read_parquet("o.parquet")
    of_file = call(desk, lambda file: file)
    assert len(printed)
    same(of_file.frame[columns], printed[columns])
    assert unspoken(of_file) == []
    of_frame = call(desk, frame_of)
    same(of_frame.frame[columns], of_file.frame[columns])
    assert of_frame.figures["value"].to_dict() == pytest.approx(
        of_file.figures["value"].to_dict(), nan_ok=True
    )
    assert of_frame.notes == of_file.notes
    assert of_frame.editions == of_file.editions
    told = " ".join(done.output.split())
    assert any(" ".join(note.split()) in told for note in of_file.notes[:2])


def test_conflicts_of_dated_lines_are_those_of_the_command(gis, desk):
    done = gis(
        "land",
        "conflicts",
        "地块.gpkg",
        "--lines",
        "红线.gpkg=red_line",
        "--events",
        "事件.xlsx",
        "-o",
        "o.parquet",
    )
    assert done.exit_code == 0, done.output
    printed = pd.read_parquet("o.parquet")
    found = [
        library.conflicts(
            how(desk / "地块.gpkg"), {"red_line": how(desk / "红线.gpkg")}, how(desk / "事件.xlsx")
        )
        for how in (lambda file: file, frame_of)
    ]
    columns = ["parcel_id", "area_m2", "own_mu", "edition", "judged_by", "verdict_now", "area_now_m2"]
    for one in found:
        same(one.tables["pieces"][columns], printed[columns])
        assert " ".join(one.notes[0].split()) in " ".join(done.output.split())
    assert set(printed["edition"]) == {"1", "2"}  # each by its own date, and the line of 2026 touches nothing
    pd.testing.assert_series_equal(found[0].figures["value"], found[1].figures["value"])
    touched = found[0].frame["touched_mu"]
    assert touched.tolist() == pytest.approx(found[1].frame["touched_mu"].tolist())
    assert touched.iloc[2] == 0 < touched.iloc[0]


def test_two_editions_of_a_line_are_compared_as_by_the_command(gis, desk):
    for name in ("旧", "新"):
        lines = gpd.read_file(desk / "红线.gpkg")
        lines[lines["名称"] == name].to_file(desk / f"{name}.gpkg")
    done = gis("land", "compare", "旧.gpkg", "新.gpkg", "-o", "o.parquet")
    assert done.exit_code == 0, done.output
    printed = pd.read_parquet("o.parquet")
    for how in (lambda file: file, frame_of):
        found = library.compare(*given(desk, how, "旧.gpkg", "新.gpkg"))
        same(found.frame[["change", "area_m2", "sliver"]], printed[["change", "area_m2", "sliver"]])
        assert " ".join(found.notes[0].split()) in " ".join(done.output.split())


def test_the_ledger_that_the_command_wrote_counts_the_same_when_it_is_read(gis, desk):
    assert gis("land", "ledger", "地块.gpkg", "--events", "事件.xlsx", "-o", "台账.xlsx").exit_code == 0
    first = library.ledger(desk / "地块.gpkg", desk / "事件.xlsx")
    again = library.ledger(desk / "台账.xlsx")
    assert again.figures["value"].to_dict() == pytest.approx(first.figures["value"].to_dict(), abs=0.01)
    assert any("ids of events joined by spelling: A－2 = A-2" in told for told in first.findings)


def test_rules_of_a_county_judge_by_command_and_function_alike(gis, desk, sample_layers):
    words = [
        "--lines",
        "红线.gpkg=growth_boundary",
        "--layers",
        sample_layers,
        "--subject",
        "renewal_parcels",
    ]
    done = gis("land", "conflicts", "地块.gpkg", *words, "-o", "o.parquet")
    assert done.exit_code == 0, done.output
    found = library.conflicts(
        desk / "地块.gpkg", desk / "红线.gpkg", line_type="growth_boundary", layers=sample_layers,
        subject="renewal_parcels",
    )  # fmt: skip
    columns = ["parcel_id", "verdict", "severity", "rule_id", "own_mu"]
    same(found.tables["pieces"][columns], pd.read_parquet("o.parquet")[columns])
    assert found.tables["pieces"]["rule_id"].notna().any()
