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


def test_a_state_nobody_knows_is_told_and_changes_nothing(tmp_path):
    assert read(tmp_path, "A,甲乙丙,2024-03-05\n") == ([True], ["unknown_words"])
