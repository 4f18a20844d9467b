"""How files were read stands where it is seen: doubts first, on the terminal and on what is made, and the balance."""

import re

import geopandas as gpd
import openpyxl
import pytest
import shapely

PARCELS = (["图斑编号", "乡镇", "面积(亩)", "核查面积(亩)", "批准日期"], ["A1", "海虞镇", 11, 12, "2021-03-05"],
           ["A2", "梅李镇", 9, 8, "2021-03-06"])  # fmt: skip
SAMPLES = (["断面名称", "采样时间", "氨氮(mg/L)", "神秘项"], ["甲桥", "2021-03-05", 0.3, 3.2],
           ["乙桥", "2021-03-05", 0.5, 3.4])  # fmt: skip
DAYS = (["站点", "日期", "PM2.5", "SO2", "黑碳"], ["甲站", "2021-03-05", 35, 10, 2.2],
        ["乙站", "2021-03-05", 36, 9, 2.1])  # fmt: skip
VERBS = {
    "land ledger": (PARCELS, "核查面积(亩)"),
    "water classify": (SAMPLES, "神秘项"), "air aqi": (DAYS, "黑碳"), "check": (PARCELS, "核查面积(亩)"),
}  # fmt: skip


def text(path, rows):
    path.write_text("".join(",".join(map(str, row)) + "\n" for row in rows), "utf-8-sig")
    return path


def notes(path):
    sheet = openpyxl.load_workbook(path)["notes"]
    return [cell.value for (cell,) in sheet.iter_rows(min_row=2, max_col=1)]


@pytest.mark.parametrize("verb", VERBS)
def test_a_head_that_was_passed_over_stands_first_and_is_answered_for_good(gis, tmp_path, verb):
    rows, head = VERBS[verb]
    file = text(tmp_path / "a.csv", rows)
    result = gis(*verb.split(), file, "--strict", "-o", "o.xlsx")
    assert result.exit_code == 1, result.output
    first = result.stdout.splitlines()[0]
    assert first.startswith("NOTE  heads that look as if they counted, not used: " + head)
    assert f'--answer "head:{head}=ignore"' in first
    written = [str(cell) for one in openpyxl.load_workbook("o.xlsx") for row in one.values for cell in row]
    assert any("not used: " + head in cell for cell in written)
    answered = gis(*verb.split(), file, "--strict", "--answer", f"head:{head}=ignore")
    assert answered.exit_code == 0, answered.output
    assert "NOTE" not in answered.stdout


def test_the_page_and_the_sheet_of_notes_begin_with_it_and_end_with_the_balance(gis, tmp_path):
    file = text(tmp_path / "a.csv", SAMPLES)
    gis("water", "classify", file, "-o", "o.xlsx")
    assert "神秘项" in notes("o.xlsx")[0]
    assert notes("o.xlsx")[-1] == "read 2 = kept 2"
    gis("water", "classify", file, "-o", "o.html")
    listed = re.findall(r"<li>(.*?)</li>", (tmp_path / "o.html").read_text("utf-8"), re.DOTALL)
    assert "神秘项" in next(one for one in listed if "head" in one)


def test_a_unit_taken_by_size_alone_is_said_before_the_answer(gis, tmp_path):
    rows = (
        ["站点", "日期", "PM2.5", "SO2"],
        ["甲站", "2021-03-05", 0.035, 0.01],
        ["乙站", "2021-03-05", 0.036, 0.009],
    )
    result = gis("air", "aqi", text(tmp_path / "a.csv", rows), "-o", "o.xlsx")
    assert result.exit_code == 0, result.output
    assert all(line.startswith("NOTE") and "mg/m³" in line for line in result.stdout.splitlines()[:2])
    assert "mg/m³" in notes("o.xlsx")[0]


def test_a_second_command_says_nothing_of_the_files_of_the_first(gis, tmp_path):
    gis("water", "classify", text(tmp_path / "a.csv", SAMPLES), "-o", "o.xlsx")
    gis("water", "classify", text(tmp_path / "b.csv", [row[:3] for row in SAMPLES]), "-o", "p.xlsx")
    assert not any("神秘项" in note or "a.csv" in note for note in notes("p.xlsx"))


def test_strict_looks_at_the_events_too(gis, tmp_path):
    parcels = text(tmp_path / "a.csv", [row[:3] for row in PARCELS])
    events = text(
        tmp_path / "e.csv",
        [["图斑编号", "事件", "日期", "核查日期"], ["A1", "验收", "2021-05-01", "2021-06-01"]],
    )
    words = ("land", "ledger", parcels, "--events", events, "--as-of", "2021-12-31", "--strict")
    assert gis(*words).exit_code == 1
    assert gis(*words, "--answer", "head:核查日期=ignore").exit_code == 0


def test_an_area_beside_the_shapes_that_was_passed_over_stands_first(gis, tmp_path):
    frame = gpd.GeoDataFrame({"图斑编号": ["A"], "面积(亩)": [10.0], "核查面积(亩)": [9.0]},
                             geometry=[shapely.box(120.7, 31.6, 120.701, 31.601)], crs=4490)  # fmt: skip
    frame.to_file(tmp_path / "a.gpkg")
    result = gis("land", "area", "a.gpkg", "--strict", "-o", "o.html")
    assert result.exit_code == 1, result.output
    assert "核查面积(亩) (looks like an area)" in result.stdout.splitlines()[0]
    assert "核查面积(亩) (looks like an area)" in (tmp_path / "o.html").read_text("utf-8")
