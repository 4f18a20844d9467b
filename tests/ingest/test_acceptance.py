"""A parcel that says it is off the account is not accepted, whatever date stands beside it."""

import pytest

from gis.base.errors import Question
from gis.catalogue.model import Answer
from gis.ingest import Options, read_file


def read(folder, rows, head="状态", **answers):
    path = folder / "台账.csv"
    path.write_text(f"图斑编号,{head},验收日期\n" + rows, "utf-8")
    options = Options(
        kind="parcels", layer="x", answers={key: Answer(value=one) for key, one in answers.items()}
    )
    found = read_file(path, options)
    return found.table["accepted_on"].notna().tolist(), found.findings["code"].tolist()


@pytest.mark.parametrize("word", ["核减", "已核减", "剔除", "调出", "作废", " 核 减 ", "核减（2024年）"])
def test_reversed_is_no_acceptance_and_told(tmp_path, word):
    assert read(tmp_path, f"A,已验收,2024-03-05\nB,{word},2024-03-05\n") == (
        [True, False],
        ["state_not_accepted"],
    )


@pytest.mark.parametrize("head", ["是否验收", "验收状态", "YSZT", "项目状态"])
def test_a_contradiction_is_asked_about(tmp_path, head):
    rows = "A,是,2024-03-05\nB,否,2024-03-05\nC,否,\n"
    with pytest.raises(Question, match="2024-03-05"):
        read(tmp_path, rows, head)
    assert read(tmp_path, rows, head, **{"state:验收": "state"})[0] == [True, False, False]
    assert read(tmp_path, rows, head, **{"state:验收": "date"})[0] == [True, True, False]


def test_states_that_agree_are_silent(tmp_path):
    assert read(tmp_path, "A,已验收,2024-03-05\nB,未验收,\nC,在建,\n") == ([True, False, False], [])


def test_a_state_nobody_knows_is_asked_about(tmp_path):
    with pytest.raises(Question, match="甲乙丙"):
        read(tmp_path, "A,甲乙丙,2024-03-05\n")
    assert read(tmp_path, "A,甲乙丙,2024-03-05\n", **{"state:甲乙丙": "open"})[0] == [False]
    assert read(tmp_path, "A,甲乙丙,\n")[0] == [False]


@pytest.mark.parametrize(
    ("head", "off"),
    [("是否核减", "是"), ("备案状态", "退库"), ("是否退出", "√"), ("核减原因", "规划调整核减")],
)
def test_another_column_may_say_that_a_parcel_is_off_the_account(tmp_path, head, off):
    good = "否" if off in ("是", "√") else "" if head == "核减原因" else "已备案"
    found = read(tmp_path, f"A,{good},2024-03-05\nB,{off},2024-03-05\n", head)
    assert found == ([True, False], ["state_not_accepted"])


@pytest.mark.parametrize(
    ("head", "good", "open_"),
    [
        ("状态", "已竣工验收", "拟验收"), ("是否通过验收", "是", "否"), ("验收结论", "合格", "基本不合格"),
        ("实施进度", "已完成", "施工中"), ("完成进度", "100%", "80%"), ("状态", "整改到位", "预验收"),
    ],
)  # fmt: skip
def test_another_column_may_say_that_a_parcel_waits(tmp_path, head, good, open_):
    rows = f"A,{good},2024-03-05\nB,{open_},2024-03-05\n"
    with pytest.raises(Question, match="not accepted"):
        read(tmp_path, rows, head)
    assert read(tmp_path, rows, head, **{"state:验收": "state"})[0] == [True, False]


@pytest.mark.parametrize(("head", "word"), [("备注", "2023年核减"), ("状态代码", "2")])
def test_what_may_be_a_state_is_asked_about(tmp_path, head, word):
    with pytest.raises(Question, match="acceptance"):
        read(tmp_path, f"A,,2024-03-05\nB,{word},2024-03-05\n", head)


@pytest.mark.parametrize(("head", "yes"), [("已验收", "√"), ("验收", "✓")])
def test_a_blank_among_ticks_is_no(tmp_path, head, yes):
    with pytest.raises(Question, match="not accepted"):
        read(tmp_path, f"A,{yes},2024-03-05\nB,,2024-03-05\n", head)
    assert read(tmp_path, f"A,{yes},2024-03-05\nB,,\n", head)[0] == [True, False]


@pytest.mark.parametrize("word", ["剔除", "不予认定", "已核减", "不同意"])
def test_a_word_alone_that_takes_off_is_asked_about_in_any_column(tmp_path, word):
    with pytest.raises(Question, match="处理意见"):
        read(tmp_path, f"A,同意,2024-03-05\nB,{word},2024-03-05\n", "处理意见")


@pytest.mark.parametrize(
    ("head", "word"),
    [("处理意见", "核减后重新申报"), ("备注", "未核减"), ("备注", "与二期相邻"), ("工程进展", "厂房一层"),
     ("审核状态", "待审核"), ("是否重点项目", "否"), ("状态", "已供地"), ("验收情况", "2021年通过省级验收")],
)  # fmt: skip
def test_an_ordinary_word_is_not_asked_about(tmp_path, head, word):
    assert read(tmp_path, f"A,{word},2024-03-05\n", head)[0] == [True]


def test_an_area_taken_off_in_part_is_asked_about(tmp_path):
    with pytest.raises(Question, match="--events"):
        read(tmp_path, "A,,2024-03-05\nB,3.5,2024-03-05\n", "核减面积（亩）")
