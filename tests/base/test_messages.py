"""A text a person reads: both languages in one place, one of them at a time."""

import pytest

from gis.base.errors import Choice, FileError, Question
from gis.base.messages import Message, language, listed, restored, shown, speaking

ROWS = Message("有 {n:,} 行没有图形", "{n:,} rows have no geometry", n=1234)


def test_chinese_is_the_default_and_a_variable_asks_for_english(monkeypatch):
    monkeypatch.delenv("GIS_LANG")
    assert language() == "zh"
    assert str(ROWS) == "有 1,234 行没有图形"
    monkeypatch.setenv("GIS_LANG", "en_GB.UTF-8")
    assert str(ROWS) == "1,234 rows have no geometry"
    with speaking("zh"):
        assert str(ROWS) == "有 1,234 行没有图形"


def test_a_message_inside_a_message_is_in_the_same_language():
    outer = Message("文件：{what}", "file: {what}", what=ROWS)
    assert (outer.zh, outer.en) == ("文件：有 1,234 行没有图形", "file: 1,234 rows have no geometry")


@pytest.mark.parametrize("name", ["{0}", "{{x}}", "昆承湖 · 张桥.xlsx", "\x1e[", "%s", '"'])
def test_a_value_stands_as_it_is_whatever_it_holds(name):
    message = Message("读 {file}", "read {file}", file=name)
    assert message.en == f"read {name}"
    assert restored(message.stored) == message


def test_the_stored_form_is_shown_in_either_language_and_other_text_as_it_is():
    assert shown(ROWS.stored, "zh") == ROWS.zh
    assert shown(ROWS.stored, "en") == ROWS.en
    for other in ("plain", "\x1enot json", '\x1e{"zh": 1}', "\x1e[1, 2]", 7, None):
        assert shown(other) == other


def test_an_error_speaks_one_language_with_place_found_and_fix():
    error = FileError(ROWS, file="地块.shp", row=3, found="x = 1", fix=Message("补画图形", "draw them"))
    assert error.message("zh") == "地块.shp 第 3 行：有 1,234 行没有图形\n  发现  x = 1\n  办法  补画图形"
    assert error.message("en") == (
        "地块.shp, row 3: 1,234 rows have no geometry\n  found  x = 1\n  fix    draw them"
    )


def test_a_question_shows_every_reading_with_rows_and_how_to_answer_it():
    question = Question(
        Message("面积没有写单位", "the area has no unit"),
        key="unit:面积",
        choices=[
            Choice("m2", Message("按平方米", "as m²"), ("第 2 行 10,000 → 15.00 亩",)),
            Choice("mu", Message("按亩", "as 亩")),
        ],
        file="台账.xlsx",
        layout="1a2b",
    )
    text = question.message("zh")
    assert text.startswith("台账.xlsx：面积没有写单位")
    assert "m2：按平方米" in text
    assert "第 2 行 10,000" in text
    assert "mu：按亩" in text
    assert "--answer unit:面积=m2" in text
    assert 'answers."unit:面积" = { value = "m2", layout = "1a2b", date = …, by = "…" }' in text


def test_a_list_is_joined_as_each_language_joins():
    assert (listed(["甲", ROWS]).zh, listed(["甲", "乙"]).en) == ("甲、有 1,234 行没有图形", "甲, 乙")
