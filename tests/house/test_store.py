"""What is written to disk: whole or not at all, and safe to open."""

import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis.base.errors import UsageError
from gis.base.messages import Message, speaking
from gis.base.text import in_cell, in_file_name
from gis.store.hashing import Hashes
from gis.store.write import write

FRAME = pd.DataFrame({"名称": ["=1+1", "@SUM(A1)", "普通", "-0.5"], "value": [1.5, None, 2.0, 3.0]})


def test_xlsx_keeps_text_that_looks_like_a_formula_as_text(tmp_path):
    write(FRAME, tmp_path / "a.xlsx", title="表")
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx").active
    assert [cell.value for cell in sheet["A"]] == ["名称", "=1+1", "@SUM(A1)", "普通", "-0.5"]
    assert all(cell.data_type == "s" for cell in sheet["A"])
    assert [cell.value for cell in sheet["B"]] == ["value", 1.5, None, 2, 3]


def test_csv_opens_in_excel_without_running_a_formula(tmp_path):
    write(FRAME, tmp_path / "a.csv", title="表", stamps={"data_note": "示例数据 sample data"})
    lines = (tmp_path / "a.csv").read_bytes().decode("utf-8-sig").splitlines()
    assert lines[:2] == ["名称,value,data_note", "'=1+1,1.5,示例数据 sample data"]
    assert lines[4].startswith("-0.5,")


@given(st.text())
def test_no_cell_starts_a_formula(text):
    assert not in_cell(text).startswith(("=", "@", "＝", "＠", "\t", "\r", "\n"))


@pytest.mark.parametrize(
    "text", ["=1+1", "+cmd|' /C calc'!A0", "-1+1", "@SUM(A1)", "＝1+1", "＋1+1", "－1+1", "＠A1"]
)
def test_a_formula_of_either_width_gets_an_apostrophe(text):
    assert in_cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["-0.5", "+1,234.5", "-", "--", "－5", "－", "3%", "A=1"])
def test_a_number_and_a_sign_for_nothing_stay_as_they_are(text):
    assert in_cell(text) == text


@given(st.text())
def test_every_text_makes_a_file_name(text):
    name = in_file_name(text)
    assert name
    assert not set(name) & set('\\/:*?"<>|\0')


def test_an_unknown_suffix_names_the_known_ones(tmp_path):
    with pytest.raises(UsageError, match=r"a name that ends in \.csv, \.xlsx, \.gpkg, \.parquet, \.html"):
        write(FRAME, tmp_path / "a.doc", title="表")


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path):
    target = tmp_path / "a.gpkg"
    target.write_text("old")
    with pytest.raises(UsageError, match="no geometry"):
        write(FRAME, target, title="表")
    assert [path.name for path in tmp_path.iterdir()] == ["a.gpkg"]
    assert target.read_text() == "old"


def test_a_file_is_hashed_again_only_when_it_changed(tmp_path):
    file, memory = tmp_path / "a.csv", tmp_path / "hashes.json"
    file.write_text("1")
    hashes = Hashes(memory)
    first = hashes.of(file)
    hashes.save()
    again = Hashes(memory)
    assert again.known[str(file)][2] == first
    again.known[str(file)][2] = "remembered"
    assert again.of(file) == "remembered"
    file.write_text("22")
    assert again.of(file) not in (first, "remembered")


def test_sidecars_of_a_shapefile_belong_to_its_hash(tmp_path):
    for suffix in ("shp", "dbf"):
        (tmp_path / f"地块[1].{suffix}").write_text(suffix)
    before = Hashes(tmp_path / "h").of(tmp_path / "地块[1].shp")
    (tmp_path / "地块[1].cpg").write_text("GBK")
    assert Hashes(tmp_path / "h").of(tmp_path / "地块[1].shp") != before


@pytest.mark.parametrize("name", ["a.csv", "a.xlsx", "a.parquet"])
def test_a_stored_message_of_any_column_is_written_in_the_language_of_the_run(tmp_path, name):
    told = pd.DataFrame({"为何": [Message("无日期", "no date").stored, None, "甲"], "n": [1, 2, 3]})
    readers = {"a.csv": pd.read_csv, "a.xlsx": pd.read_excel, "a.parquet": pd.read_parquet}
    for language, text in (("zh", "无日期"), ("en", "no date")):
        with speaking(language):
            write(told, tmp_path / name, title="表")
        assert readers[name](tmp_path / name)["为何"].tolist()[::2] == [text, "甲"]
