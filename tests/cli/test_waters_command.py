"""`gis water lakes | trend | index` on files from a desk."""

import pandas as pd
import pytest

LAKE = ["湖心", "8.0", "4.5", "0.08", "1.5", "0.026", "0.5"]
HEADS = ["断面名称", "采样日期", "溶解氧(mg/L)", "高锰酸盐指数(mg/L)", "总磷(mg/L)", "总氮(mg/L)",
         "叶绿素a(mg/L)", "透明度(m)"]  # fmt: skip


@pytest.fixture
def years(tmp_path):
    """Five years of months: phosphorus of the lake falls every year, the river has no lake items."""
    files = []
    for year in range(2021, 2026):
        rows = []
        for month in range(1, 13):
            day, tp = f"{year}-{month:02d}-05", f"{0.16 - 0.02 * (year - 2021):.3f}"
            rows.append([LAKE[0], day, *LAKE[1:3], tp, *LAKE[4:]])
            rows.append(["河桥", day, "8.0", "3.0", "0.10", "", "", ""])
        files.append(tmp_path / f"手工监测_{year}.csv")
        pd.DataFrame(rows, columns=HEADS).to_csv(files[-1], index=False)
    return files


@pytest.fixture
def listed(tmp_path):
    rows = [
        ["湖心", "昆承湖", "湖库", "国考", "Ⅲ", "莫城街道"],
        ["河桥", "望虞河", "河流", "国考", "Ⅱ", "辛庄镇"],
    ]
    heads = ["断面名称", "所在水体", "水体类型", "断面级别", "水质目标", "乡镇"]
    pd.DataFrame(rows, columns=heads).to_excel(tmp_path / "断面.xlsx", index=False)
    return tmp_path / "断面.xlsx"


def test_lakes_gives_the_index_of_the_lakes_of_the_list(gis, years, listed):
    result = gis("water", "lakes", *years, "--sections", listed, "-o", "o.csv")
    assert result.exit_code == 0, result.output
    made = pd.read_csv("o.csv")
    assert set(made["name"]) == {"湖心", "昆承湖"}
    lake = made[(made["period"] == "2025") & (made["name"] == "昆承湖")].iloc[0]
    assert (round(lake["tli"], 3), lake["grade"]) == (56.486, "轻度富营养")
    assert "总站生字〔2001〕090号" in result.stdout
    assert "not checked against the text" in result.stdout


def test_without_a_list_every_section_is_a_lake_and_lacking_items_are_said(gis, years):
    result = gis("water", "lakes", years[0], "-o", "o.csv")
    assert "every section is taken for a lake" in result.stdout
    made = pd.read_csv("o.csv").set_index(["name", "period"])
    assert made.loc[("河桥", "2021"), "note"].startswith("fewer than 3 indicators")


def test_a_list_without_lakes_is_told_how_to_name_them(gis, years, listed):
    pd.read_excel(listed).assign(水体类型="河流").to_excel(listed, index=False)
    result = gis("water", "lakes", years[0], "--sections", listed)
    assert result.exit_code == 2
    assert "湖库" in result.output


def test_trend_gives_both_tests_and_counts_what_has_too_few_data(gis, years):
    result = gis("water", "trend", *years, "--as-of", "2025-12-31", "-o", "o.csv")
    assert result.exit_code == 0, result.output
    made = pd.read_csv("o.csv").set_index(["name", "indicator"])
    lake = made.loc[("湖心", "tp")]
    assert (lake["direction"], lake["mk_direction"], lake["meaning"]) == ("falling", "falling", "better")
    assert (lake["n"], lake["mk_n"]) == (5, 60)
    assert lake["mk_slope"] == pytest.approx(-0.02)
    assert "too few data: 0" in result.stdout
    few = gis("water", "trend", *years[:2])
    assert "clear: 0" in few.stdout
    assert "too few data: 0" not in few.stdout


def test_index_says_that_it_is_indicative_and_needs_the_kind_of_water(gis, years, listed):
    words = ("--sections", listed, "--as-of", "2025-12-31", "-o", "o.csv")
    result = gis("water", "index", years[3], years[4], *words)
    assert result.exit_code == 0, result.output
    assert "indicative" in result.stdout
    made = pd.read_csv("o.csv").set_index(["place_kind", "name", "period"])
    river = made.loc[("section", "河桥", "2025")]
    assert river["cwqi"] == pytest.approx(5 / 8 + 3 / 6 + 0.10 / 0.2)
    lake = made.loc[("water", "昆承湖", "2025")]
    assert lake["cwqi"] == pytest.approx(5 / 8 + 4.5 / 6 + 0.08 / 0.05)
    before = 5 / 8 + 4.5 / 6 + 0.10 / 0.05
    assert lake["change_percent"] == pytest.approx(100 * (lake["cwqi"] - before) / before)
    bare = gis("water", "index", years[4])
    assert bare.exit_code == 2
    assert "--sections" in bare.output


def test_one_month_that_still_runs_is_too_few_for_a_trend(gis, tmp_path):
    file = tmp_path / "一个月.csv"
    pd.DataFrame([["河桥", "2024-03-05", "3.0"]], columns=["断面名称", "采样日期", "总磷(mg/L)"]).to_csv(
        file, index=False
    )
    result = gis("water", "trend", file)
    assert result.exit_code == 2
    assert "too few data: no month with records has ended by 2024-03-05" in " ".join(result.stderr.split())


def test_a_list_without_levels_is_told_that_they_are_missing(gis, years, tmp_path):
    pd.DataFrame({"断面名称": ["河桥"], "水体类型": ["河流"]}).to_excel(tmp_path / "无级别.xlsx", index=False)
    result = gis("water", "index", *years, "--sections", tmp_path / "无级别.xlsx")
    assert result.exit_code == 2
    assert "no listed section has both a level that counts and river or lake" in " ".join(
        result.stderr.split()
    )
