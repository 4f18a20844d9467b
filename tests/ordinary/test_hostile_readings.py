"""Words, signs and names in ordinary files that change a number in silence, or once did."""

import datetime as dt
from pathlib import Path

import pytest

from gis.water.doubtful_names import is_near
from tests.ordinary.making import sheet, text
from tests.ordinary.water_files import RECORDS, WITH_UNIT, register

MAY = dt.date(2021, 5, 10)


def test_phosphate_and_a_species_in_the_bracket_of_the_unit_are_no_phosphorus(run, tmp_path):
    rows = [["断面名称", "采样日期", "溶解氧(mg/L)", "总磷(以PO4计，mg/L)"], ["虞河桥", MAY, 8, 0.6]]
    _, said, made = run(
        "water", "classify", sheet(tmp_path / "采样.xlsx", rows), "--sections", register(tmp_path)
    )
    assert made["water_class"].tolist() == [1]
    assert "总磷(以PO4计，mg/L)" in said.split("took")[0]


def test_a_comma_that_may_be_a_decimal_one_is_asked_about_once_a_file(run, tmp_path):
    lines = ["断面名称;采样日期;溶解氧(mg/L);氨氮(mg/L);总磷(mg/L)", "虞河桥;2021-05-08;8,2;1,4;0,08"]
    file = tmp_path / "采样.csv"
    file.write_text("\n".join(lines), encoding="utf-8")
    code, said, _ = run("water", "classify", file, "--sections", register(tmp_path))
    assert code == 2
    assert "comma=decimal" in said
    _, _, made = run("water", "classify", file, "--sections", register(tmp_path), "--answer", "comma=decimal")
    assert made["water_class"].tolist() == [4]


@pytest.mark.parametrize("word", ["撤销验收", "退库", "取消"])
def test_an_acceptance_that_is_taken_back_does_not_count(run, tmp_path, word):
    rows = [["图斑编号", "事项", "日期", "面积(亩)"], ["CS-1", "验收", "2021-03-01", 15],
            ["CS-1", word, "2021-06-01", 15]]  # fmt: skip
    parcels = text(
        tmp_path / "地块.csv",
        [["图斑编号", "面积(亩)", "乡镇"], ["CS-1", 15, "梅李镇"], ["CS-2", 5, "梅李镇"]],
    )
    _, said, made = run("land", "ledger", parcels, "--events", text(tmp_path / "台账.csv", rows))
    assert made["counted_mu"].fillna(0).sum() == 0, said


def test_a_row_that_could_not_be_used_stands_first_and_strict_fails(run, tmp_path):
    rows = [["断面名称", "采样日期", *WITH_UNIT], ["虞河桥", MAY, *RECORDS["虞河桥"][:4]],
            ["虞河桥", "不明", *RECORDS["虞河桥"][:4]]]  # fmt: skip
    words = ("water", "classify", text(tmp_path / "采样.csv", rows), "--sections", register(tmp_path))
    code, said, _ = run(*words)
    assert code == 0
    assert "1 rows quarantined" in said.split("records")[0]
    assert run(*words, "--strict")[0] == 1


def test_the_folder_in_which_one_stands_tells_no_date(run, tmp_path, monkeypatch):
    folder = tmp_path / "2019年"
    folder.mkdir()
    rows = [["断面名称", "采样日期", *WITH_UNIT], ["虞河桥", MAY, *RECORDS["虞河桥"][:4]]]
    text(folder / "采样.csv", rows)
    listed = register(folder)
    monkeypatch.chdir(folder)
    _, said, made = run("water", "classify", Path("采样.csv"), "--sections", Path(listed.name))
    assert "2019" not in said
    assert len(made) == 1


def test_two_signs_alike_are_a_slip_and_the_water_before_the_name_is_a_spelling():
    assert is_near("张桥", "张乔")
    assert is_near("张桥", "某塘张桥")
    assert not is_near("张桥", "李桥")
