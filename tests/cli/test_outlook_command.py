"""`gis water outlook` and `gis air budget` on files from a desk: what a person reads."""

import pandas as pd
import pytest


@pytest.fixture
def months(tmp_path):
    """Four calm years and eight months of a fifth; the last two sections differ in one letter."""
    rows = [
        [name, f"{year}-{month:02d}-05", codmn, 8.0]
        for year in range(2021, 2026)
        for month in range(1, 13 if year < 2025 else 9)
        for name, codmn in (("张桥", 5.0), ("支塘桥", 20.0))
    ]
    heads = ["断面名称", "采样日期", "高锰酸盐指数(mg/L)", "溶解氧(mg/L)"]
    pd.DataFrame(rows, columns=heads).to_excel(tmp_path / "月报.xlsx", index=False)
    lists = [["张桥", "河流", "国考", "Ⅲ"], ["支塘桥", "河流", "省考", "Ⅲ"]]
    names = ["断面名称", "水体类型", "断面级别", "水质目标"]
    pd.DataFrame(lists, columns=names).to_excel(tmp_path / "断面.xlsx", index=False)
    return tmp_path / "月报.xlsx"


def words(result):
    return " ".join(result.stdout.split())


def test_the_outlook_prints_what_is_needed_and_how_good_its_probability_is(gis, months, tmp_path):
    result = gis("water", "outlook", months, "--sections", tmp_path / "断面.xlsx", "--section", "张桥",
                 "--as-of", "2025-08-31", "-o", "o.csv", "-v")  # fmt: skip
    assert result.exit_code == 0, result.output
    told = words(result)
    assert "张桥 2025 · target Ⅲ" in told
    assert "within reach" in told
    assert "no constraint" in told  # 8.15 = (6.05 * 12 - 40) / 4 and oxygen of 0 are far from 5 and 8
    assert "≤ 8.15" not in told
    assert "≥ 0" not in told
    assert "probability 99 % all indicators together 4 past years · 2,000 draws" in told
    assert "100 % all indicators" not in told
    assert "n = 4 each year left out in turn" in told
    assert "reliability of the forecasts of all past years" in told
    assert "our proposal" in told
    made = pd.read_csv("o.csv").set_index(["goal", "indicator"])
    assert made.loc[("target", "codmn"), "needed"] == pytest.approx(8.15)
    assert made.loc[("target", "all"), "n_backtest"] == 4


def test_percentages_are_told_only_with_v(gis, months, tmp_path):
    result = gis("water", "outlook", months, "--sections", tmp_path / "断面.xlsx", "--section", "张桥",
                 "--as-of", "2025-08-31")  # fmt: skip
    told = words(result)
    assert "within reach" in told
    assert "%" not in told
    assert "Brier" not in told


def test_what_is_at_risk_is_named_with_its_control_value(gis, months, tmp_path):
    result = gis("water", "outlook", months, "--section", "张桥", "--class", "Ⅱ", "--as-of", "2025-02-28")
    assert "at risk: 高锰酸盐指数 ≤ 3.86" in words(result)  # (4.05 * 12 - 10) / 10


@pytest.mark.parametrize("text", ["Ⅲ", "III", "3", "三类", "ⅲ类"])
def test_a_class_is_read_as_people_write_it(gis, months, text):
    result = gis("water", "outlook", months, "--section", "张桥", "--class", text, "--as-of", "2025-08-31")
    assert result.exit_code == 0, result.output
    assert "张桥 2025 · class asked for Ⅲ" in words(result)


def test_a_class_that_is_lost_is_called_impossible(gis, months):
    result = gis("water", "outlook", months, "--section", "支塘桥", "--class", "Ⅲ", "--as-of", "2025-08-31")
    assert "out of reach: 高锰酸盐指数" in result.stdout
    assert "%" not in result.stdout
    assert "≤ -" not in result.stdout


def test_without_a_target_only_class_three_is_told_and_why(gis, months):
    result = gis("water", "outlook", months, "--section", "张桥", "--as-of", "2025-08-31")
    assert "张桥 2025 · good Ⅲ" in words(result)
    assert "no target is known: --sections or --class" in result.stdout


def test_the_whole_message_of_an_unknown_section(gis, months):
    result = gis("water", "outlook", months, "--section", "支桥", "--as-of", "2025-08-31")
    assert result.exit_code == 2
    assert result.stderr == (
        'no section "支桥" has a record up to 2025-08-31\n  fix    --section with one of 支塘桥, 张桥\n'
    )


def test_the_whole_message_of_a_class_that_is_none(gis, months):
    result = gis("water", "outlook", months, "--section", "张桥", "--class", "劣Ⅴ")
    assert result.exit_code == 2
    assert result.stderr == (
        '"劣Ⅴ" is no class that can be asked for\n  fix    --class with one of Ⅰ, Ⅱ, Ⅲ, Ⅳ, Ⅴ\n'
    )


def test_too_few_years_are_said_in_place_of_a_number(gis, records):
    result = gis("water", "outlook", records, "--section", "甲断面", "--class", "2", "-v")
    assert result.exit_code == 0, result.output
    assert "probability: too few data" in result.stdout


def test_the_budget_prints_the_days_left(gis, days, tmp_path):
    result = gis("air", "budget", days, "--good-rate", "81", "--pm25", "35", "-o", "o.csv")
    assert result.exit_code == 0, result.output
    made = pd.read_csv("o.csv").set_index("goal")
    # 19 % of 365 days are 69.35: 69 may be bad, one was; PM2.5 35 and 115 so far
    assert made.loc["good_days", ["bad_days", "bad_days_allowed", "bad_days_left"]].tolist() == [1, 69, 68]
    assert made.loc["pm25", "pm25_needed"] == pytest.approx((35 * 365 - 150) / 363)
    assert "too few data: 0 past years of 3" in words(result)


def test_the_budget_is_read_as_a_sentence_a_goal(gis, days):
    result = gis("air", "budget", days, "--good-rate", "81", "--pm25", "35")
    said = words(result)
    assert "good days" in said
    assert "≥ 81 %" in said
    assert "1 / 2 days bad" in said
    assert "≤ 68 days bad" in said
    assert "≤ 34.77" in said  # (35 × 365 − 150) / 363 = 34.7796, rounded down
    assert "at risk" in said


def test_a_budget_of_a_year_of_two_editions_names_both(gis, tmp_path):
    rows = "".join(f"兴福,2026-0{month}-05,35,60,5,30,0.8,90\n" for month in (1, 2, 3, 4))
    file = tmp_path / "2026.csv"
    file.write_text("站点名称,日期,PM2.5,PM10,SO2,NO2,CO,O3-8h\n" + rows, encoding="utf-8")
    result = gis("air", "budget", file, "--good-rate", "81", "-o", "o.xlsx")
    assert "edition hj633-2012" in result.stdout
    assert "edition hj633-2026" in result.stdout
    notes = pd.read_excel("o.xlsx", sheet_name="notes")["notes"]
    assert notes.str.contains("edition hj633-2026").any()


def test_the_whole_message_of_a_budget_without_a_target(gis, days):
    result = gis("air", "budget", days)
    assert result.exit_code == 2
    assert result.stderr == "no target is named\n  fix    --good-rate 81, --pm25 35 or both\n"


def test_a_headline_names_what_is_not_rated_and_no_indicator_that_is_within_reach(gis, tmp_path):
    rows = [["张桥", f"2025-{month:02d}-05", 3.0, 0.1] for month in range(1, 9)]
    heads = ["断面名称", "采样日期", "高锰酸盐指数(mg/L)", "总磷(mg/L)"]
    pd.DataFrame(rows, columns=heads).to_excel(tmp_path / "月报.xlsx", index=False)
    text = words(gis("water", "outlook", tmp_path / "月报.xlsx", "--section", "张桥"))
    assert "at risk: the rated ones are within reach, phosphorus is not rated: river or lake unknown" in text
    assert "CODMn no constraint" not in text


def test_what_every_row_notes_is_said_once(gis, months):
    result = gis("water", "outlook", months, "--sections", months.with_name("断面.xlsx"), "--section", "张桥",
                 "--class", "Ⅲ", "--as-of", "2025-08-20")  # fmt: skip
    assert words(result).count("month 8 still runs") == 1
    assert " note " not in words(result)


def test_rows_that_are_no_records_and_findings_alike_are_counted_and_not_listed(gis, tmp_path):
    heads = ["断面名称", "采样日期", "高锰酸盐指数(mg/L)"]
    with pd.ExcelWriter(tmp_path / "月报.xlsx") as book:
        for month in range(1, 7):
            rows = [[f"2025年{month}月监测结果", None, None], heads, ["张桥", f"2025-{month:02d}-05", 5.0],
                    ["平均值", None, 5.0]]  # fmt: skip
            pd.DataFrame(rows).to_excel(book, sheet_name=f"{month}月", header=False, index=False)
    result = gis("water", "outlook", tmp_path / "月报.xlsx", "--section", "张桥", "--class", "Ⅲ")
    told = words(result)
    assert "6 rows that are no records, nothing to do (平均值)" in told
    assert "quarantined source" not in told
    assert told.count("rows of title above the heads") == 3
    assert "3 more like this: -v lists all" in told
