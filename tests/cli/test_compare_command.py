"""`gis land compare`, and boundary points in and out, on files from a desk."""

from pathlib import Path

import geopandas as gpd
import openpyxl
import pandas as pd
import pytest


def test_compare_prints_that_the_area_is_not_reduced_with_the_proof_and_the_towns(gis, editions, towns):
    before, after = editions
    result = gis("land", "compare", before, f"{after}:STBHHX", "--towns", towns, "-o", "变化.xlsx")
    assert result.exit_code == 0, result.output
    assert "not reduced: 749.91 mu → 787.40 mu, +37.49 mu" in result.stdout
    assert "kept + lost = before" in result.stdout
    book = pd.read_excel("变化.xlsx", sheet_name=None)
    assert list(book) == ["两期比对", "按乡镇", "保留", "面积证明", "说明", "字段", "依据"]
    by_town = pd.read_excel("变化.xlsx", sheet_name="按乡镇", header=2).set_index("乡镇")
    assert by_town.loc["梅李镇", "变化(亩)"] == pytest.approx(-75, rel=1e-3)
    assert by_town.loc["海虞镇", "变化(亩)"] == pytest.approx(112.5, rel=1e-3)
    assert by_town.loc["合计", ["后期(亩)", "变化(亩)"]].tolist() == pytest.approx([787.40, 37.49], abs=0.01)


def test_the_changes_print_as_the_ledger_does_with_line_and_town_and_no_wkt(gis, editions, towns):
    before, after = editions
    result = gis("land", "compare", before, f"{after}:STBHHX", "--towns", towns, "-o", "变化.xlsx")
    assert result.exit_code == 0, result.output
    rows = pd.read_excel("变化.xlsx", sheet_name="两期比对", header=2).dropna(subset=["面积(亩)"])
    assert rows["变化"].tolist() == ["增加", "减少"]
    assert rows["后期控制线"].tolist()[0] == rows["前期控制线"].tolist()[1] == "H1"
    assert rows["乡镇"].tolist() == ["海虞镇", "梅李镇"]
    book = openpyxl.load_workbook("变化.xlsx")
    assert "POLYGON" not in str([[cell.value for cell in row] for sheet in book for row in sheet.iter_rows()])
    sheet = book["两期比对"]
    assert (sheet.page_setup.orientation, sheet.page_setup.fitToHeight) == ("landscape", 0)
    assert sheet.print_title_rows == "$1:$3"
    assert "制表人：" in [cell.value for row in sheet.iter_rows() for cell in row]


def test_compare_says_that_the_area_is_reduced_and_leaves_with_0(gis, editions):
    before, after = editions
    result = gis("land", "compare", after, before, "-o", "o.gpkg")
    assert result.exit_code == 0, result.output
    assert "REDUCED: " in result.stdout
    made = gpd.read_file("o.gpkg")
    assert made.loc[~made["sliver"], "change"].tolist() == ["gained", "lost", "kept"]
    assert made.crs.to_epsg() == 4490


def test_compare_draws_a_page(gis, editions):
    assert gis("land", "compare", *editions, "-o", "o.html").exit_code == 0
    assert "面积不减少" in Path("o.html").read_text(encoding="utf-8")


def test_compare_refuses_a_table_without_polygons(gis, editions, tmp_path):
    (tmp_path / "表.csv").write_text("编号,名称\n1,甲\n", encoding="utf-8")
    result = gis("land", "compare", editions[0], tmp_path / "表.csv")
    assert result.exit_code == 2
    assert "no row has a polygon, so nothing can be compared" in result.stderr


def test_boundary_points_go_out_and_come_in_again_through_every_command(gis, rectangle, lines):
    result = gis("land", "area", rectangle, "-o", "界址点.txt")
    assert result.exit_code == 0, result.output
    assert "wrote 界址点.txt  1 parcels" in result.stdout
    assert ",CS-1,,面,,,,@" in Path("界址点.txt").read_bytes().decode("gb18030")
    assert "6,665.8" in gis("land", "area", "界址点.txt", "-o", "again.txt").stdout
    assert Path("again.txt").read_bytes() == Path("界址点.txt").read_bytes()
    touched = gis("land", "conflicts", "界址点.txt", "--lines", lines, "-o", "o.csv")
    assert touched.exit_code == 0, touched.output
    assert pd.read_csv("o.csv")["parcel_id"].tolist() == ["CS-1"]
    assert gis("land", "compare", "界址点.txt", rectangle).exit_code == 0
    assert gis("check", "界址点.txt").exit_code == 0
    assert gis("check", "界址点.txt").stdout.count("地块编号") >= 1


def test_a_broken_parcel_is_listed_with_its_line(gis, rectangle):
    gis("land", "area", rectangle, "-o", "a.txt")
    text = Path("a.txt").read_bytes().decode("gb18030")
    bad = text + "5,,坏,,面,,,,@\r\nJ1,1,3503000,\r\n"
    Path("b.txt").write_bytes(bad.encode("gb18030"))
    result = gis("land", "area", "b.txt")
    assert result.exit_code == 0, result.output
    assert "read 2 = kept 1 + quarantined 1" in result.stdout
    assert f"line {len(bad.splitlines())} is not a point" in result.stdout.replace("\n", " ")


def test_another_command_does_not_take_txt_as_an_output(gis, rectangle):
    result = gis("land", "ledger", rectangle, "-o", "a.txt")
    assert result.exit_code == 2
    assert 'cannot write "a.txt"' in result.stderr
