"""`gis land area | ledger | conflicts` on files from a desk."""

from pathlib import Path

import geopandas as gpd
import openpyxl
import pandas as pd
import pytest
import shapely

from gis.desk.lines import parsed


def test_area_of_the_known_rectangle_is_10_mu_behind_the_files_own_columns(gis, rectangle):
    result = gis("land", "area", rectangle, "-o", "out/面积.csv")
    assert result.exit_code == 0, result.output
    assert "6,665.84 m² = 10.00 mu" in result.stdout
    assert "took" in result.stdout
    assert "parcel_id = 图斑编号" in result.stdout
    assert "area-2008-32" in result.stdout
    assert "as of" in result.stdout
    made = pd.read_csv("out/面积.csv")
    assert list(made.columns[:6]) == [
        "备注",
        "图斑编号",
        "乡镇",
        "面积(亩)",
        "area_legal_m2",
        "area_legal_mu",
    ]
    assert made.columns[-1] == "geometry_wkt"
    assert made.loc[0, "area_legal_m2"] == 6665.84
    assert made.loc[0, "area_legal_mu"] == pytest.approx(9.99876, abs=1e-6)


def test_where_the_shown_mu_do_not_add_to_the_total_their_sum_is_printed(gis, rectangle, tmp_path):
    """Six parcels of 2.49 m² show as 0.00 亩 each, together 14.94 m² are 0.02 亩."""
    side = 2.49**0.5
    drawn = [
        shapely.box(40_571_000 + at, 3_503_000, 40_571_000 + at + side, 3_503_000 + side)
        for at in range(0, 60, 10)
    ]
    frame = gpd.GeoDataFrame({"图斑编号": [f"S{at}" for at in range(6)]}, geometry=drawn, crs="EPSG:4528")
    frame.to_file(tmp_path / "小.gpkg", driver="GPKG")
    said = gis("land", "area", tmp_path / "小.gpkg").stdout
    assert "= 0.02 mu" in said
    assert "the mu shown add up to 0.00" in said
    assert "the mu shown add up" not in gis("land", "area", rectangle).stdout


@pytest.mark.parametrize("suffix", ["xlsx", "gpkg", "parquet", "html"])
def test_every_suffix_holds_the_same_area(gis, rectangle, suffix):
    assert gis("land", "area", rectangle, "-o", f"o.{suffix}").exit_code == 0
    if suffix == "html":
        page = Path("o.html").read_text(encoding="utf-8")
        assert "6,665.84" in page
        assert "椭球面积" in page
        return
    read = {"xlsx": pd.read_excel, "gpkg": gpd.read_file, "parquet": gpd.read_parquet}[suffix]
    assert read(f"o.{suffix}")["area_legal_m2"].tolist() == [6665.84]


def test_a_workbook_explains_its_columns_on_a_sheet_of_its_own(gis, rectangle):
    gis("land", "area", rectangle, "-o", "o.xlsx")
    book = openpyxl.load_workbook("o.xlsx")
    assert book.sheetnames[-1] == "fields"
    rows = [[cell.value for cell in row] for row in book["fields"].iter_rows()]
    assert ["area_legal_m2", "椭球面积(m²)", "Legal (ellipsoidal) area (m²)", "m²"] in rows


def test_an_added_name_that_the_file_has_already_gets_an_ending(gis, rectangle, tmp_path):
    frame = gpd.read_file(rectangle).assign(area_legal_m2=1.0)
    frame.to_file(tmp_path / "again.geojson", driver="GeoJSON")
    gis("land", "area", tmp_path / "again.geojson", "--crs", "EPSG:4528", "-o", "o.csv")
    made = pd.read_csv("o.csv")
    assert made.loc[0, ["area_legal_m2", "area_legal_m2_gis"]].tolist() == [1.0, 6665.84]


def test_ledger_counts_the_acceptance_and_keeps_the_towns_name_outside_any_project(gis, rectangle, tmp_path):
    table = {
        "图斑编号": ["CS-1"],
        "事件": ["验收"],
        "日期": ["2021-06-30"],
        "文号": ["1号"],
        "面积(亩)": [4.0],
    }
    pd.DataFrame(table).to_excel(tmp_path / "台账.xlsx", index=False)
    result = gis("land", "ledger", rectangle, "--events", tmp_path / "台账.xlsx", "-o", "o.xlsx")
    assert result.exit_code == 0, result.output
    assert "as of 2021-06-30 (the last date in the data)" in result.stdout
    made = pd.read_excel("o.xlsx", header=2)
    assert made.loc[0, ["乡镇", "状态"]].tolist() == ["梅李镇", "验收"]
    assert made.loc[0, "计入面积"] == pytest.approx(4.0, abs=1e-4)
    assert made.loc[made["图斑编号"] == "合计", "计入面积"].item() == pytest.approx(4.0, abs=1e-4)


def test_ledger_before_the_acceptance_counts_nothing(gis, rectangle, tmp_path):
    table = {"图斑编号": ["CS-1"], "事件": ["验收"], "日期": ["2021-06-30"]}
    pd.DataFrame(table).to_csv(tmp_path / "台账.csv", index=False)
    result = gis(
        "land", "ledger", rectangle, "--events", tmp_path / "台账.csv", "--as-of", "2021-06-29", "-o", "o.csv"
    )
    assert result.exit_code == 0, result.output
    assert pd.read_csv("o.csv")["counted_mu"].fillna(0).sum() == 0


def test_conflicts_takes_the_layers_whose_name_tells_the_kind_and_says_which_it_left(gis, rectangle, lines):
    result = gis("land", "conflicts", rectangle, "--lines", lines, "-o", "o.gpkg")
    assert result.exit_code == 0, result.output
    assert "控制线.gpkg:STBHHX = red_line" in result.stdout
    assert "not read: 图层1" in result.stdout
    assert "areas without verdict" in result.stdout
    assert "proof" in result.stdout
    made = gpd.read_file("o.gpkg")
    assert made["line_type"].tolist() == ["red_line"]
    assert made["area_m2"].iloc[0] == pytest.approx(6665.83695 / 2, abs=0.01)
    assert made["share"].iloc[0] == pytest.approx(0.5, abs=1e-6)
    assert list(made.columns[:2]) == ["备注", "图斑编号"]


def test_conflicts_takes_a_kind_that_is_said(gis, rectangle, lines):
    result = gis("land", "conflicts", rectangle, "--lines", f"{lines}:图层1=control_area", "-o", "o.csv")
    assert result.exit_code == 0, result.output
    assert pd.read_csv("o.csv")["line_type"].tolist() == ["control_area"]


def test_conflicts_without_a_known_kind_says_how_to_write_it(gis, rectangle, lines):
    result = gis("land", "conflicts", rectangle, "--lines", f"{lines}:图层1")
    assert result.exit_code == 2
    assert "控制线.gpkg:图层1: the kind of the lines is not known" in result.stderr
    assert (
        "--lines FILE:LAYER=KIND, KIND one of red_line, basic_farmland, growth_boundary, control_area"
        in result.stderr
    )


def test_conflicts_judges_by_the_approval_date_of_the_table_of_events(gis, rectangle, tmp_path):
    """The old edition covers the left half of the rectangle, the new one all of it."""
    drawn = [shapely.box(40_570_900, 3_502_900, 40_571_000 + wide, 3_503_200) for wide in (50, 200)]
    table = {"HXBM": ["H1", "H2"], "版本": ["2018版", "2023版"], "生效日期": ["2018-06-30", "2023-01-01"]}
    gpd.GeoDataFrame(table, geometry=drawn, crs="EPSG:4528").to_file(tmp_path / "红线.gpkg", driver="GPKG")
    events = {"图斑编号": ["CS-1"], "事件": ["批准"], "日期": ["2020-05-01"], "文号": ["1号"]}
    pd.DataFrame(events).to_excel(tmp_path / "台账.xlsx", index=False)
    words = [
        "land",
        "conflicts",
        rectangle,
        "--lines",
        f"{tmp_path / '红线.gpkg'}=red_line",
        "--as-of",
        "2024-12-31",
    ]
    for more, told in (
        ([], ["2023版", 1.0, "no_approval_date"]),
        (["--events", tmp_path / "台账.xlsx"], ["2018版", 0.5, "in_force"]),
    ):
        result = gis(*words, *more, "-o", "o.csv", "--force")
        assert result.exit_code == 0, result.output
        (row,) = pd.read_csv("o.csv").itertuples()
        assert [row.edition, round(row.share, 6), row.judged_by] == told
        assert row.area_now_m2 == pytest.approx(6665.84, abs=0.01)


def test_conflicts_judges_by_the_rules_of_a_county(gis, sample_layers):
    data = sample_layers / "data"
    result = gis(
        "land", "conflicts", data / "更新地块_2021.shp", "--lines", f"{data / '三条控制线.gdb'}:STBHHX",
        "--layers", sample_layers, "--subject", "renewal_parcels", "-o", "o.csv",
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    made = pd.read_csv("o.csv")
    assert len(made)
    assert made["verdict"].notna().all()
    assert made["clause"].str.contains("142号").all()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a.gdb", ("a.gdb", None, None)),
        ("a.gdb:STBHHX", ("a.gdb", "STBHHX", None)),
        ("a.gdb:X=red_line", ("a.gdb", "X", "red_line")),
        ("a.shp=control_area", ("a.shp", None, "control_area")),
        ("C:\\data\\a.gdb", ("C:\\data\\a.gdb", None, None)),
        ("C:\\data\\a.gdb:STBHHX", ("C:\\data\\a.gdb", "STBHHX", None)),
        ("C:\\a.gdb:X=red_line", ("C:\\a.gdb", "X", "red_line")),
    ],
)
def test_a_line_is_named_by_file_layer_and_kind_also_with_a_drive(text, expected):
    file, part, kind = parsed(text)
    assert (str(file), part, kind) == expected


def test_a_line_of_the_catalogue_that_is_internal_stamps_every_row(gis, sample_layers):
    data = sample_layers / "data"
    line = f"{data / '三条控制线.gdb'}:YJJBNTBHTB"
    result = gis(
        "land",
        "conflicts",
        data / "更新地块_2021.shp",
        "--lines",
        line,
        "--layers",
        sample_layers,
        "-o",
        "o.csv",
    )
    assert result.exit_code == 0, result.output
    made = pd.read_csv("o.csv")
    assert made["confidentiality"].str.startswith("内部资料 internal（").all()
    assert made["data_note"].eq("示例数据 sample data").all()
