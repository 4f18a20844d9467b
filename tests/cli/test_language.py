"""`--lang` chooses the language of everything printed, wherever it stands."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from gis.base.columns import SHOWN, TABLES
from gis.base.messages import LANGUAGES, SEPARATORS, Message, joined, parts, speaking
from gis.desk import wording


@pytest.mark.parametrize("at", [0, 2, 4])
def test_the_language_may_stand_anywhere_on_the_command_line(gis, at):
    words = ["land", "area", "没有.shp"]
    words[at:at] = ["--lang", "zh"]
    assert gis(*words).stderr.startswith("没有.shp：")


def test_a_name_with_a_title_of_its_own_in_several_tables_has_one_where_no_table_is_named():
    titles: dict[str, set[str]] = {}
    for columns in TABLES.values():
        for name, column in columns.items():
            titles.setdefault(name, set()).add(column.zh)
    several = {name for name, words in titles.items() if len(words) > 1}
    assert several <= {*SHOWN["general"], *TABLES["computed"]}


def test_a_run_speaks_one_language(gis, rectangle):
    words = ("land", "area", rectangle)
    chinese = gis("--lang", "zh", *words).stdout
    assert "合计 6,665.84 m² = 10.00 亩" in chinese
    assert "椭球面积(亩)" in chinese
    assert "读取 1 = 保留 1" in chinese
    assert not re.search(r"\b(total|read|kept|took|found|rows|edition|more)\b", chinese)
    english = gis("--lang", "en", *words).stdout
    assert not re.search("合计|读取|保留|采用|发现|依据|隔离", english)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_table_fits_a_hundred_columns_and_verbose_has_all(gis, records, language):
    words = ("--lang", language, "water", "classify", records)
    lines = gis(*words).stdout.splitlines()
    assert max(cell_len(line) for line in lines if "│" in line) <= 100
    assert any("-v" in line for line in lines)
    assert "※" in "".join(lines)
    every = gis(*words, "-v").stdout
    assert "suspect_reasons" in every or "可疑原因" in every
    assert every.count("※") > "".join(lines).count("※")


def test_the_answer_stands_first(gis, rectangle):
    assert gis("land", "area", rectangle).stdout.startswith("total 6,665.84 m² = 10.00 mu")


@given(
    st.lists(
        st.sampled_from([("甲；一", "a; 1"), ("昆承湖 · 张桥", "x · y"), ("丙", "丙")]),
        min_size=1,
        unique=True,
    )
)
def test_a_note_in_two_languages_is_shown_in_one_and_is_never_cut(pairs):
    note = joined(Message(*pair) for pair in pairs)
    for at, language in enumerate(LANGUAGES):
        with speaking(language):
            assert wording.word("note", note) == SEPARATORS[at].join(pair[at] for pair in pairs)
    assert [(one.zh, one.en) for one in parts(note)] == pairs


def test_a_period_is_written_as_people_say_it():
    with speaking("zh"):
        told = [wording.period_word(one) for one in ("2021", "2021C10", "2021M03", "2021Q4", "2021H2")]
    assert told == ["2021", "2021年1–10月累计", "2021年3月", "2021年4季度", "2021年下半年"]
