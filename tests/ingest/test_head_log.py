"""Every head of a file is accounted for: taken, known, suspect or other."""

import pytest

from gis.base.messages import shown
from gis.catalogue.model import Answer
from gis.ingest import Options, read_file
from gis.ingest.head_log import suspects
from gis.ingest.official import official


def read(folder, heads, rows, kind="parcels"):
    lines = "\n".join(",".join(map(str, row)) for row in [heads, *rows])
    (folder / "a.csv").write_text(lines + "\n", encoding="utf-8")
    return read_file(folder / "a.csv", Options(kind=kind, layer="x"))


def uses(found):
    return dict(zip(found.heads["head"], found.heads["use"], strict=True))


def test_every_head_has_a_use(tmp_path):
    heads = ["序号", "图斑编号", "面积(亩)", "QSDWDM", "实测面积(亩)", "备注", "开发单位"]
    found = read(tmp_path, heads, [[1, "A", 10, "3205", 9.5, "甲", "乙"]])
    assert uses(found) == {
        "序号": "other", "图斑编号": "taken", "面积(亩)": "taken", "QSDWDM": "known", "实测面积(亩)": "suspect",
        "备注": "taken", "开发单位": "other",
    }  # fmt: skip
    (taken,) = found.heads[found.heads["column"] == "area_declared_mu"].itertuples()
    assert (taken.head, taken.unit, taken.how) == ("面积(亩)", "亩", "alias")


@pytest.mark.parametrize(
    ("head", "cell", "how"),
    [
        ("实测面积", 9.5, "area"), ("整治完成日期", "2024-03-05", "date"), ("工程进展", "过半", "state"),
        ("坐落街道", "甲街道", "town"), ("复垦证编号", "7", "number"), ("情况", "验收", "state"),
        ("位置", "梅李镇", "town"),
        ("办结", "2024年3月5日", "state"), ("面积量纲", "亩", "area"), ("计法", "公顷", "unit"),
    ],
)  # fmt: skip
def test_a_head_that_looks_as_if_it_counted_is_a_suspect_and_told_first(tmp_path, head, cell, how):
    found = read(tmp_path, ["图斑编号", "面积(亩)", head], [["A", 10, cell], ["B", 11, cell]])
    (doubted,) = suspects(found.heads).itertuples()
    assert (doubted.head, doubted.how) == (head, how)
    first = found.findings.iloc[0]
    assert first["code"] == "columns_unused"
    assert head in shown(first["message"], "zh")


def test_an_item_of_a_table_of_readings_that_nothing_took_is_a_suspect(tmp_path):
    heads = ["断面名称", "采样日期", "氨氮", "神秘项", "总有机碳"]
    found = read(tmp_path, heads, [["甲", "2025-06-01", 0.3, 7, 2]], "samples")
    assert suspects(found.heads)["head"].tolist() == ["神秘项"]
    assert uses(found)["总有机碳"] == "known"


def test_a_second_head_for_a_column_is_a_suspect_only_where_its_values_differ(tmp_path):
    found = read(tmp_path, ["图斑编号", "图斑号", "面积(亩)"], [["A", "A", 10]])
    assert uses(found)["图斑号"] == "other"
    found = read(tmp_path, ["图斑编号", "图斑号", "面积(亩)"], [["A", "B", 10]])
    assert suspects(found.heads)["how"].tolist() == ["twice"]


def test_heads_of_a_long_table_are_taken(tmp_path):
    heads = ["断面名称", "采样日期", "监测项目", "结果", "单位", "检出限"]
    found = read(tmp_path, heads, [["甲", "2025-06-01", "氨氮", 0.3, "mg/L", 0.025]], "samples")
    assert {uses(found)[head] for head in heads} == {"taken"}


def test_a_full_table_of_the_land_survey_has_no_suspect(tmp_path):
    names = (
        "BSM YSDM TBYBH TBBH DLBM DLMC QSXZ QSDWDM QSDWMC ZLDWDM ZLDWMC TBMJ KCDLBM KCXS KCMJ TBDLMJ GDLX GDPDJB"
        " XZDWKD TBXHDM TBXHMC ZZSXDM ZZSXMC GDDB FRDBS CZCSXM SJNF MSSM HDMC BZ Shape_Leng Shape_Area"
    )
    heads = names.split()
    row = [10_000.0 if head == "TBMJ" else 1 for head in heads]
    found = read(tmp_path, heads, [row])
    assert suspects(found.heads).empty
    assert found.table["area_declared_mu"].tolist() == [15.0]


def test_names_tell_whether_a_text_was_seen():
    assert official("tbmj").unit == "m2"
    assert official("TBMJ").seen
    assert not official("YSWH").seen
    assert official("甲乙丙") is None


def test_an_answer_of_the_catalogue_dismisses_a_head_for_its_layout_alone(tmp_path):
    heads = ["图斑编号", "面积(亩)", "核查面积(亩)"]
    found = read(tmp_path, heads, [["A", 10, 9]])
    (message,) = found.findings.loc[found.findings["code"] == "columns_unused", "message"].map(shown)
    layout = message.partition('layout = "')[2][:8]
    for mark, uses_of in ((layout, "other"), ("00000000", "suspect"), (None, "other")):
        answers = {"head:核查面积(亩)": Answer(value="ignore", layout=mark)}
        found = read_file(tmp_path / "a.csv", Options(kind="parcels", layer="x", answers=answers))
        assert uses(found)["核查面积(亩)"] == uses_of
        assert ("columns_unused" in set(found.findings["code"])) == (uses_of == "suspect")
