"""`gis water classify | assess` on files from a desk."""

import gzip
from pathlib import Path

import pandas as pd
import pytest

ADDED = ["water_class", "deciding_indicators", "main_pollutants", "class_as_river", "class_as_lake",
         "published_differs", "undecidable", "tn_class", "coliform_class", "suspect", "suspect_reasons",
         "edition", "unaudited"]  # fmt: skip


def test_records_without_a_section_list_get_both_classes_behind_their_own_columns(gis, records):
    result = gis("water", "classify", records, "-o", "o.csv")
    assert result.exit_code == 0, result.output
    assert "nh3n = 氨氮(mg/L)" in result.stdout
    assert "as of 2021-02-05 (the last date in the data)" in result.stdout
    assert "river or lake unknown: 3 records" in result.stdout
    assert "not rated, no rated indicator: 1 records" in result.stdout
    made = pd.read_csv("o.csv")
    own = ["断面名称", "采样日期", "溶解氧(mg/L)", "氨氮(mg/L)", "总磷(mg/L)", "水质类别"]
    assert list(made.columns) == own + ADDED
    assert made.loc[1, ["class_as_river", "class_as_lake"]].tolist() == [2, 4]
    assert pd.isna(made.loc[1, "water_class"])


def test_a_section_list_tells_river_from_lake(gis, records, sections):
    result = gis("water", "classify", records, "--sections", sections, "-o", "o.xlsx")
    assert result.exit_code == 0, result.output
    made = pd.read_excel("o.xlsx")
    assert made["water_class"].tolist()[:2] == [2, 4]
    assert made.loc[1, "deciding_indicators"] == "Total phosphorus"
    assert made.loc[1, "main_pollutants"] == "Total phosphorus (0.2)"
    assert made["published_differs"].tolist()[:2] == [False, True]
    assert "published class 2: equal 1 (50.00 %), differ 1" in result.stdout


def test_assess_gives_the_rates_over_the_listed_sections(gis, records, sections):
    result = gis("water", "assess", records, "--sections", sections, "--as-of", "2021-01-31", "-o", "o.xlsx")
    assert result.exit_code == 0, result.output
    rates = pd.read_excel("o.xlsx", sheet_name="rates").set_index("period")
    assert rates.loc["2021M01", ["n_listed", "n_assessed", "n_at_target"]].tolist() == [2, 2, 1]
    assert rates.loc["2021M01", "attainment_rate"] == 50


def test_as_of_leaves_later_records_aside_and_says_so(gis, records):
    result = gis("water", "classify", records, "--as-of", "2021/01/31", "-o", "o.csv")
    assert "1 rows are dated after 2021-01-31 and left aside" in result.stdout
    assert len(pd.read_csv("o.csv")) == 2


def test_column_overrides_which_head_is_taken(gis, records, tmp_path):
    text = records.read_text("gb18030").replace("氨氮", "甲值")
    (tmp_path / "b.csv").write_text(text, "utf-8")
    gis("water", "classify", tmp_path / "b.csv", "--column", "nh3n=甲值(mg/L)", "-o", "o.csv")
    assert pd.read_csv("o.csv").loc[0, "deciding_indicators"] == "Ammonia nitrogen"


def test_date_dates_records_that_have_none(gis, tmp_path):
    (tmp_path / "c.csv").write_text("断面名称,氨氮\n甲,0.3\n", "utf-8")
    result = gis("water", "classify", tmp_path / "c.csv", "--date", "2021-03-05")
    assert "as of 2021-03-05" in result.stdout


def test_unaudited_automatic_records_are_called_so(gis, sample_layers):
    result = gis("water", "classify", sample_layers / "data" / "自动站_2025-09.csv", "-o", "o.html")
    assert result.exit_code == 0, result.output
    assert "not audited: 60 records" in result.stdout
    assert "未经审核" in Path("o.html").read_text(encoding="utf-8")


def test_suspect_values_are_kept_and_listed_with_their_reasons(gis, sample_layers):
    file = sample_layers / "data" / "自动站_辛安塘桥_2025-10.csv"
    result = gis("water", "classify", file, "-v", "-o", "o.xlsx")
    assert result.exit_code == 0, result.output
    assert "suspect values, kept: 42 records" in result.stdout
    assert "the thresholds that flag suspect values are our proposal" in result.stdout.replace("\n", "")
    made, listed = pd.read_excel("o.xlsx"), pd.read_excel("o.xlsx", sheet_name="suspect")
    assert made["suspect"].sum() == 42
    assert (
        made.loc[made["氨氮(mg/L)"] == 9, "suspect_reasons"]
        .str.startswith("Ammonia nitrogen: the whole number 9")
        .all()
    )
    counts = {"whole_number": 12, "repeated": 19, "stuck": 8, "jump": 1, "unit_1000": 1, "out_of_range": 1}
    assert listed["flag"].value_counts().to_dict() == counts


def test_items_of_a_drinking_water_source_are_judged_by_their_one_limit(gis, tmp_path):
    heads = "断面名称,采样日期,氨氮(mg/L),硝酸盐(以N计)(mg/L),苯(μg/L),苯并(a)芘(mg/L)"
    text = f"{heads}\n尚湖,2025-04-15,0.2,12,5,0.00001L\n"
    (tmp_path / "源.csv").write_text(text, "utf-8")
    result = gis("water", "classify", tmp_path / "源.csv", "-o", "o.xlsx")
    assert result.exit_code == 0, result.output
    assert "over the limit: Nitrate" in result.stdout
    judged = pd.read_excel("o.xlsx", sheet_name="sources").set_index("item")
    assert judged.loc[["nitrate", "benzene"], "met"].tolist() == [False, True]
    assert judged.loc["benzene", "value"] == pytest.approx(0.005)
    assert pd.isna(judged.loc["benzo_a_pyrene", "met"])
    assert "not checked against the text" in judged.loc["benzo_a_pyrene", "note"]
    assert list(pd.read_excel("o.xlsx").columns)[:6] == heads.split(",")


def test_assess_shows_what_hangs_on_rounding_and_writes_changes(gis, sample_layers):
    data = sample_layers / "data"
    result = gis(
        "water",
        "assess",
        data / "手工监测_2024.xlsx",
        "--sections",
        data / "断面清单.xlsx",
        "-o",
        "o.xlsx",
        "-v",
    )
    assert result.exit_code == 0, result.output
    assert "class depends on rounding" in result.stdout
    assert "the decimals of judged means" in result.stdout
    made = pd.read_excel("o.xlsx").set_index(["name", "period"])
    assert made.loc[("徐六泾", "2024H1"), ["water_class", "water_class_unrounded"]].tolist() == [2, 3]
    assert "last_month" in set(pd.read_excel("o.xlsx", sheet_name="changes")["compared_with"])


@pytest.mark.real
def test_real_classes_of_2026_agree_with_the_published_ones(gis, shared, tmp_path):
    source = shared / "water" / "cnemc_water_hourly_202607.csv.gz"
    with gzip.open(source, "rt", encoding="utf-8-sig") as stream:
        head = [next(stream) for _ in range(4000)]
    (tmp_path / "w.csv").write_text("".join(head), "utf-8")
    types = shared / "water" / "cnemc_sections_inferred_type.csv"
    result = gis("water", "classify", tmp_path / "w.csv", "--sections", types, "-o", "o.parquet")
    assert result.exit_code == 0, result.output
    made = pd.read_parquet("o.parquet")
    compared = made["published_differs"].dropna()
    assert len(compared) > 3500
    assert 1 - compared.mean() >= 0.999


@pytest.mark.real
@pytest.mark.parametrize(
    "name",
    [
        "raw_api_json/2020-06-01.json.gz",
        "raw_api_json/2020-07-05.json.gz",
        "xlsx_20260204/water_info_江苏省.xlsx",
    ],
)
def test_real_pages_and_exports_are_read_and_agree(gis, shared, name):
    result = gis("water", "classify", shared / "water" / name, "-o", "o.csv")
    assert result.exit_code == 0, result.output
    made = pd.read_csv("o.csv")
    assert len(made) > 50
    assert not made["published_differs"].fillna(value=False).any()
