"""`gis land conflicts`: what counts, what does not and why, the list to print and the page."""

from pathlib import Path

import geopandas as gpd
import openpyxl
import pandas as pd
import pytest
import shapely
from books_back import says

from gis.base.columns import described
from gis.cli import line_sheets

EAST, NORTH = 40_571_000, 3_503_000


def box(x, width, height=100):
    return shapely.box(EAST + x, NORTH, EAST + x + width, NORTH + height)


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """Three parcels outside a growth boundary, and a red line over the first one and half of the second."""
    table = {
        "图斑编号": ["P1", "P2", "P3"], "地块名称": ["甲", "乙", "丙"], "乡镇": ["梅李镇", "梅李镇", "海虞镇"],
        "盘活类型": ["低效用地", "土地复垦", "土地复垦"], "现地类": ["0601", "0101", None],
        "批准日期": ["2020-05-01", "2024-01-01", "2024-01-01"],
    }  # fmt: skip
    shapes = [box(0, 100), box(200, 100), box(400, 100)]
    gpd.GeoDataFrame(table, geometry=shapes, crs="EPSG:4528").to_file(tmp_path / "地块.gpkg", driver="GPKG")
    for name, shape in (("CZKFBJ", box(5000, 100)), ("STBHHX", box(-50, 300, 200))):
        rows = {"HXBM": ["H1"], "HXMC": ["示例线"], "生效日期": ["2022-10-31"]}
        frame = gpd.GeoDataFrame(rows, geometry=[shape], crs="EPSG:4528")
        frame.to_file(tmp_path / "线.gpkg", layer=name, driver="GPKG")
    return tmp_path


def conflicts(gis, layers, *more):
    result = gis("land", "conflicts", "地块.gpkg", "--lines", "线.gpkg", "--as-of", "2025-01-01", "--layers", layers,
                 *more)  # fmt: skip
    assert result.exit_code == 0, result.output
    return result


def test_what_is_not_judged_and_what_is_no_conflict_leave_the_headline(gis, desk, sample_layers):
    result = conflicts(gis, sample_layers, "--subject", "renewal_parcels", "-o", "o.csv")
    rows = pd.read_csv("o.csv").set_index(["parcel_id", "line_type"])
    assert rows.loc[("P1", "growth_boundary"), "verdict"] == "edition_missing"
    assert pd.isna(rows.loc[("P1", "growth_boundary"), "severity"])
    assert rows.loc[("P2", "growth_boundary"), ["verdict", "severity"]].tolist() == ["positive", "none"]
    assert rows.loc[("P3", "growth_boundary"), "verdict"] == "review"  # its land use is not said
    assert "growth_boundary: 15.00 mu in 1 pieces" in result.stdout
    assert "red_line: 7.50 mu in 1 pieces" in result.stdout
    assert "in all: 22.50 mu of 2 parcels, the union of all lines" in result.stdout
    assert "2 more, 15.00 mu: not judged, the edition at approval is missing" in result.stdout
    assert "1 more, 15.00 mu: no conflict by the rules" in result.stdout
    assert "1 reclaimed parcels have no land use after" in result.stdout


def test_a_share_is_exactly_1_where_the_piece_is_the_whole_parcel(gis, desk, sample_layers):
    conflicts(gis, sample_layers, "-o", "o.csv")
    rows = pd.read_csv("o.csv").set_index(["parcel_id", "line_type"])["share"]
    assert rows[("P1", "red_line")] == rows[("P3", "growth_boundary")] == 1.0
    assert rows[("P2", "red_line")] == pytest.approx(0.5, abs=1e-5)


def test_subjects_of_the_rules_are_offered_and_a_layer_of_the_county_is_its_own(gis, desk, sample_layers):
    said = conflicts(gis, sample_layers).stdout
    assert "areas without verdict: --subject new_industry | renewal_parcels | key_project" in said
    result = gis(
        "--lang", "zh", "land", "conflicts", "地块.gpkg", "--lines", "线.gpkg", "--layers", sample_layers
    )
    assert "renewal_parcels（存量工业用地更新）" in result.stdout
    data = sample_layers / "data"
    result = gis("land", "conflicts", data / "更新地块_2023.shp", "--lines", f"{data / '三条控制线.gdb'}:STBHHX",
                 "--layers", sample_layers, "-o", "o.csv", "-v")  # fmt: skip
    assert "judged as renewal_parcels" in result.stdout
    assert pd.read_csv("o.csv")["verdict"].notna().all()


def test_the_list_prints_as_the_ledger_does(gis, desk, sample_layers):
    conflicts(gis, sample_layers, "--subject", "renewal_parcels", "-o", "o.xlsx")
    book = openpyxl.load_workbook("o.xlsx")
    assert book.sheetnames == [
        "涉及控制线清单",
        "未判定",
        "不属冲突",
        "按乡镇",
        "面积证明",
        "说明",
        "字段",
        "依据",
    ]
    sheet = book["涉及控制线清单"]
    rows = [list(row) for row in sheet.iter_rows(min_row=3, values_only=True)]
    heads, rows = rows[0], [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]
    assert heads[:8] == ["序号", "图斑编号", "项目名称", "乡镇", "类型", "现地类", "涉及", "控制线名称"]
    listed = [row for row in rows if row["序号"]]
    told = sorted((row["图斑编号"], row["涉及"], row["控制线名称"], row["乡镇"]) for row in listed)
    assert told == [("P2", "生态保护红线内", "示例线", "梅李镇"), ("P3", "城镇开发边界外", None, "海虞镇")]
    added = [row for row in rows if not row["序号"] and isinstance(row["同一地面只计一次(亩)"], float)]
    sums = {row["图斑编号"]: round(row["同一地面只计一次(亩)"], 2) for row in added}
    assert sums == {"生态保护红线 小计": 7.5, "城镇开发边界 小计": 15.0, "合计（各类控制线的并集）": 22.5}
    assert {row["判定"] for row in listed} == {"涉及·须审查"}
    assert book["未判定"]["M4"].value == "批准时版本缺，未判定"
    assert [sheet.page_setup.orientation, sheet.page_setup.fitToHeight, sheet.print_title_rows] == [
        "landscape", 0, "$1:$3",
    ]  # fmt: skip
    cells = [str(cell.value) for one in book for row in one.iter_rows() for cell in row]
    assert not any("POLYGON" in cell for cell in cells)
    assert "制表人：" in cells


TOUCHED = {"red_line": "生态保护红线内", "growth_boundary": "城镇开发边界外"}
SUMMED = ("按乡镇", "面积证明", "说明", "字段", "依据")
LISTED = "line_name area_mu own_mu share clause approval_no judged_on"


def wrong_in_list(gis, layers):
    """Name each cell of the printed list that the table of the same command has otherwise."""
    for suffix in ("csv", "xlsx"):
        conflicts(gis, layers, "--subject", "renewal_parcels", "-o", f"o.{suffix}", "--force")
    pieces = pd.read_csv("o.csv").assign(share=lambda rows: 100 * rows["share"])
    pieces["line_name"] = pieces["line_name"].mask(pieces["line_type"] == "growth_boundary")
    heads = {name: described(name, "touch_sheet").zh for name in ("parcel_id", "touched", *LISTED.split())}
    sheets = pd.read_excel("o.xlsx", sheet_name=None, header=2, dtype="object")
    rows = pd.concat([sheet for name, sheet in sheets.items() if name not in SUMMED]).dropna(subset=["序号"])
    rows = rows.set_index([heads["parcel_id"], heads["touched"]])
    assert len(rows) == len(pieces)
    return [
        (piece["parcel_id"], name)
        for piece in pieces.to_dict("records")
        for name in LISTED.split()
        if not says(rows.loc[(piece["parcel_id"], TOUCHED[piece["line_type"]]), heads[name]], piece.get(name))
    ]


def test_every_cell_of_the_list_is_that_of_its_table(gis, desk, sample_layers):
    assert wrong_in_list(gis, sample_layers) == []


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("_percent", lambda true: lambda share: share),
        ("_headed", lambda true: lambda rows, *table: true(
            rows.assign(own_mu=rows["area_mu"] + 1) if "own_mu" in rows else rows, *table
        )),
    ],
)  # fmt: skip
def test_a_wrong_cell_of_the_list_is_found(gis, desk, sample_layers, monkeypatch, name, change):
    monkeypatch.setattr(line_sheets, name, change(getattr(line_sheets, name)))
    assert wrong_in_list(gis, sample_layers)


def test_the_page_shows_line_parcel_town_and_county(gis, desk, sample_layers):
    conflicts(gis, sample_layers, "--subject", "renewal_parcels", "-o", "o.html")
    page = Path("o.html").read_text(encoding="utf-8")
    words = (
        "生态保护红线",
        "城镇开发边界",
        "行政区域界线",
        "常熟市",
        "梅李镇",
        "P1",
        "批准时版本缺，未判定",
        "未判定",
    )
    for word in words:
        assert word in page, word
    for layer in ('"lines"', '"parcel"', '"town"', '"county"'):
        assert layer in page, layer


def test_ground_outside_the_county_is_quarantined_as_in_a_run(gis, sample_layers):
    data = sample_layers / "data"
    words = ["land", "conflicts", data / "更新地块_2022.shp", "--lines", f"{data / '三条控制线.gdb'}:CZKFBJ"]
    assert gis(*words, "--layers", sample_layers, "-o", "o.csv").exit_code == 0
    assert "CS-2022-0999" not in pd.read_csv("o.csv")["parcel_id"].tolist()


def test_the_total_area_is_that_of_the_union(gis, tmp_path):
    table = {"图斑编号": ["P1", "P2"]}
    frame = gpd.GeoDataFrame(table, geometry=[box(0, 100), box(50, 100)], crs="EPSG:4528")
    frame.to_file(tmp_path / "地块.gpkg", driver="GPKG")
    result = gis("land", "area", "地块.gpkg", "--as-of", "2025-01-01")
    assert result.exit_code == 0, result.output
    assert "= 22.50 mu" in result.stdout
    assert "the rows add up to 30.00 mu; parcels overlap by 7.50 mu" in result.stdout
