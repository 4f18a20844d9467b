"""`-o` never goes onto what a command reads, and onto another file only with a yes or `--force`."""

import os
import shutil
import zipfile
from pathlib import Path

import geopandas as gpd
import pytest


def state(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def shapefile(rectangle: Path, path: Path) -> None:
    gpd.read_file(rectangle)[["图斑编号", "geometry"]].to_file(path, encoding="GBK")


def refused(gis, folder, *words):
    before = state(folder)
    for more in ((), ("--force",)):
        result = gis(*words, *more)
        assert result.exit_code == 2, result.output
        assert "-o names what the command reads" in result.stderr
    assert state(folder) == before


def test_onto_the_file_itself(gis, rectangle, tmp_path, monkeypatch):
    (tmp_path / "sub").mkdir()
    refused(gis, tmp_path, "land", "area", rectangle, "-o", rectangle)
    refused(gis, tmp_path, "land", "area", rectangle.name, "-o", tmp_path / "sub" / ".." / rectangle.name)
    monkeypatch.chdir(tmp_path / "sub")
    refused(gis, tmp_path, "land", "area", f"../{rectangle.name}", "-o", rectangle)


@pytest.mark.parametrize("link", [os.symlink, os.link])
def test_onto_a_link_to_it(gis, rectangle, tmp_path, link):
    link(rectangle, tmp_path / "o.gpkg")
    refused(gis, tmp_path, "land", "area", rectangle, "-o", "o.gpkg")
    refused(gis, tmp_path, "land", "area", "o.gpkg", "-o", rectangle)


def test_onto_any_of_several_files(gis, records, tmp_path):
    shutil.copy(records, tmp_path / "二.csv")
    refused(gis, tmp_path, "water", "trend", records, "二.csv", "-o", "二.csv")


def test_onto_a_file_that_an_option_names(gis, records, rectangle, lines, tmp_path):
    shutil.copy(records, tmp_path / "断面.csv")
    refused(gis, tmp_path, "water", "classify", records, "--sections", "断面.csv", "-o", "断面.csv")
    for named in (lines, f"{lines}:STBHHX", f"{lines}=red_line", f"{lines}:STBHHX=red_line"):
        refused(gis, tmp_path, "land", "conflicts", rectangle, "--lines", named, "-o", lines)
    refused(gis, tmp_path, "land", "compare", f"{lines}:STBHHX", lines, "-o", lines)
    refused(gis, tmp_path, "check", records, rectangle, "-o", rectangle)


def test_onto_a_table_of_events(gis, rectangle, tmp_path):
    (tmp_path / "台账.csv").write_text("图斑编号,事件,日期\nCS-1,批准,2020-05-01\n", "utf-8")
    refused(gis, tmp_path, "land", "ledger", rectangle, "--events", "台账.csv", "-o", "台账.csv")


def test_into_a_database_folder(gis, rectangle, tmp_path):
    gpd.read_file(rectangle)[["图斑编号", "geometry"]].to_file(
        tmp_path / "库.gdb", driver="OpenFileGDB", layer="地块"
    )
    refused(gis, tmp_path, "land", "area", "库.gdb", "-o", "库.gdb/面积.csv")
    refused(gis, tmp_path, "land", "compare", "库.gdb:地块", rectangle, "-o", "库.gdb/x.gpkg")


def test_onto_a_companion_of_a_shapefile_by_a_link(gis, rectangle, tmp_path):
    shapefile(rectangle, tmp_path / "地块.shp")
    (tmp_path / "o.csv").symlink_to("地块.dbf")
    refused(gis, tmp_path, "land", "area", "地块.shp", "-o", "o.csv")


def test_a_table_beside_a_shapefile_of_the_same_name_is_not_part_of_it(gis, rectangle, tmp_path):
    shapefile(rectangle, tmp_path / "地块.shp")
    assert gis("land", "area", "地块.shp", "-o", "地块.csv").exit_code == 0


def test_onto_a_zip(gis, rectangle, tmp_path):
    with zipfile.ZipFile(tmp_path / "包.zip", "w") as pack:
        pack.write(rectangle, rectangle.name)
    (tmp_path / "o.gpkg").hardlink_to(tmp_path / "包.zip")
    refused(gis, tmp_path, "land", "area", "包.zip", "-o", "o.gpkg")


def test_another_file_goes_only_with_force(gis, rectangle, tmp_path):
    (tmp_path / "o.csv").write_text("mine")
    result = gis("land", "area", rectangle, "-o", "o.csv")
    assert result.exit_code == 2
    assert "o.csv: the file exists already and is not replaced" in result.stderr
    assert "--force to replace it" in result.stderr
    assert (tmp_path / "o.csv").read_text() == "mine"
    assert gis("land", "area", rectangle, "-o", "o.csv", "--force").exit_code == 0
    assert "CS-1" in (tmp_path / "o.csv").read_text("utf-8-sig")


@pytest.mark.parametrize(("answer", "code"), [(True, 0), (False, 2)])
def test_on_a_terminal_it_asks(gis, rectangle, tmp_path, monkeypatch, answer, code):
    (tmp_path / "o.csv").write_text("mine")
    asked = []
    monkeypatch.setattr("gis.cli.output._at_a_terminal", lambda: True)
    monkeypatch.setattr("typer.confirm", lambda question, **_: asked.append(question) or answer)
    assert gis("land", "area", rectangle, "-o", "o.csv").exit_code == code
    assert asked == ["o.csv exists already; replace it?"]
    assert ((tmp_path / "o.csv").read_text("utf-8-sig") == "mine") is not answer


@pytest.mark.parametrize("words", [("scorecard",), ("alerts",), ("check",), ("trace", "x")])
@pytest.mark.parametrize("name", ["data/空气日均值_2021.xlsx", "data/新.csv", "data/sub/新.csv"])
def test_the_data_of_the_county_is_never_an_output(gis, sample_layers, words, name):
    there = sample_layers / name
    before = there.read_bytes() if there.exists() else None
    result = gis(*words, "--layers", sample_layers, "-o", there, "--force")
    assert result.exit_code == 2
    assert "-o names data of the county's folder" in result.stderr
    assert (there.read_bytes() if there.exists() else None) == before


def test_a_name_that_a_layer_would_read_is_refused_and_another_beside_the_catalogue_is_not(gis, tmp_path):
    (tmp_path / "县" / "data").mkdir(parents=True)
    county = tmp_path / "县"
    (county / "county.toml").write_text(
        '[county]\nadcode = "320581"\nname = { zh = "常熟市", en = "Changshu" }\n'
        "extent = [120.0, 31.0, 121.5, 32.0]\nplan_years = [2021, 2025]\n"
        '[[layer]]\nid = "manual"\nkind = "samples"\ntitle = { zh = "手工", en = "Manual" }\n'
        'files = ["手工_*.csv"]\nabout = { source = "x" }\n',
        "utf-8",
    )
    (county / "手工_1.csv").write_text("断面名称,采样日期,氨氮\n甲,2021-01-05,9\n", "utf-8")
    result = gis("check", "--layers", county, "--out", "o", "-o", county / "手工_2.csv")
    assert "-o names data of the county's folder" in result.stderr
    assert gis("check", "--layers", county, "--out", "o", "-o", county / "隔离.csv").exit_code == 0
