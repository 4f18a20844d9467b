"""The plan in its own words: sentences to the letter, words that decide comparator and verdict."""

import csv
from itertools import product
from pathlib import Path

import pytest

from gis.base.errors import CatalogueError
from gis.base.plan_words import bounds_in, comparator, outcome, pledge
from gis.catalogue import load
from gis.scorecard import STATES

LAYERS = Path(__file__).parents[2] / "layers"
PLAN = Path(__file__).parents[3] / "shared" / "plan"
LISTED = (
    "燃气热电厂", "建筑材料再生资源利用中心", "三条控制线", "预登记", "集体经营性建设用地入市", "乱占耕地建房",
    "挥发性有机物", "燃气锅炉改造", "大气环境精细化管理示范区", "重污染天气", "入江支流", "入河排污口排查",
    "危废收集平台", "无废城市", "生态文明建设示范县", "长江禁渔与生态修复", "近零碳", "污水管网",
)  # fmt: skip


@pytest.fixture(scope="module")
def catalogue():
    return load(LAYERS, check_files=False)


@pytest.fixture(scope="module")
def text():
    path = PLAN / "changshu_2021_report.txt"
    if not path.exists():
        pytest.skip("../shared/plan is not here")
    return path.read_text(encoding="utf-8")


def test_every_sentence_stands_in_the_plan_to_the_letter(catalogue, text):
    plans = [one.plan for one in (*catalogue.targets, *catalogue.tasks)]
    assert [plan.sentence for plan in plans if plan.sentence not in text] == []
    assert {plan.document for plan in plans} == {text.splitlines()[0]}


def test_every_target_rests_on_the_words_that_are_listed_for_it(catalogue, text):
    with (PLAN / "sentences.tsv").open(encoding="utf-8", newline="") as stream:
        listed = {row["target_id"]: row["sentence"] for row in csv.DictReader(stream, delimiter="\t")}
    assert {target.id: target.plan.sentence for target in catalogue.targets} == listed


def test_a_repost_is_not_the_official_print(catalogue):
    for one in (*catalogue.targets, *catalogue.tasks):
        assert not one.plan.verified
        assert one.plan.note.en == "repost seen, official print not"


@pytest.mark.parametrize("words", LISTED)
def test_every_task_without_a_number_is_there(catalogue, words):
    tasks = [one for one in catalogue.tasks if words in one.title.zh + one.plan.sentence]
    assert tasks
    assert all(one.needs.zh and one.needs.en for one in tasks)


@pytest.mark.parametrize(
    ("target", "word", "bound", "binds", "sign"),
    [
        ("renewal_2021", "力争", "", "effort", ">="),
        ("tax_per_mu_2021", "确保", "以上", "duty", ">="),
        ("good_day_rate_2021", "", "超", "duty", ">"),
        ("pm25_2021", "", "低于", "duty", "<"),
        ("attainment_2021", "", "超", "duty", ">"),
        ("kuncheng_lake_2021", "推进", "", "effort", ">="),
        ("rivers_dredged_2021", "完成", "", "duty", ">="),
        ("double_agreement_2021", "全面推行", "", "work", ">="),
    ],
)
def test_the_word_of_the_plan_decides(catalogue, target, word, bound, binds, sign):
    found = next(one for one in catalogue.targets if one.id == target)
    assert (found.plan.word, found.plan.bound) == (word, bound)
    assert pledge(found.plan.word) == binds
    assert found.goal.comparator == sign
    assert comparator(bound) in (sign, None)


@pytest.mark.parametrize(
    ("sentence", "bounds"),
    [
        ("增长5%以上", (">=",)), ("优良率超81%", (">",)), ("均值低于35微克/立方米", ("<",)), ("不超过60天", ("<=",)),
        ("控制在35以内", ("<=",)), ("优良率超81%,PM2.5均值低于35", (">", "<")), ("不低于90%", (">=",)),
        ("超标断面减少", ()), ("提高16个百分点", ()),
    ],
)  # fmt: skip
def test_a_bound_is_a_word_beside_a_number(sentence, bounds):
    assert tuple(comparator(one) for one in bounds_in(sentence)) == bounds


@pytest.mark.parametrize(("binds", "state"), list(product(("确保", "力争", "开展"), STATES)))
def test_every_outcome_has_words_in_both_languages(binds, state):
    told = outcome(state, binds)
    assert told.zh
    assert told.en


def test_what_falls_short_of_an_effort_is_never_softened():
    assert outcome("missed", "力争").zh == "未完成（计划用语：力争）"
    assert outcome("missed", "确保").zh == "未完成"
    assert all(outcome("missed", word).zh.startswith("未") for word in ("力争", "推进", "开展", "确保", ""))


TARGET = """
[county]
adcode = "320581"
name = {{ zh = "常熟市", en = "Changshu" }}
extent = [120.5, 31.5, 121.1, 31.9]
plan_years = [2021, 2025]

[[target]]
id = "goal"
title = {{ zh = "目标", en = "Goal" }}
group = "air"
indicator = "air.good_day_rate"
period = "2021"
goal = {{ comparator = "{comparator}", value = 81, unit = "%" }}
plan = {{ document = "计划", sentence = "{sentence}", word = "{word}", bound = "{bound}" }}
"""


def written(folder, **words):
    said = {"comparator": ">=", "sentence": "力争优良率81%", "word": "", "bound": ""} | words
    (folder / "all.toml").write_text(TARGET.format(**said), encoding="utf-8")
    return load(folder)


def test_words_that_say_nothing_of_a_bound_leave_the_comparator(tmp_path):
    assert written(tmp_path, word="力争").targets[0].goal.comparator == ">="


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ({"sentence": "优良率超81%"}, 'the plan says "超", which is > and not >='),
        ({"sentence": "优良率81%以上", "comparator": ">"}, 'the plan says "以上", which is >= and not >'),
        ({"sentence": "优良率超81%", "bound": "超"}, "which is > and not >="),
        ({"word": "确保"}, 'the word "确保" does not stand in the sentence'),
        ({"sentence": "优良率约81%", "bound": "约"}, 'the word "约" is no known bound'),
    ],
)
def test_a_target_that_contradicts_its_sentence_is_a_fault(tmp_path, words, told):
    with pytest.raises(CatalogueError) as caught:
        written(tmp_path, **words)
    assert told in str(caught.value)
    assert caught.value.row


def test_a_fault_is_said_in_the_language_of_the_run(tmp_path):
    with pytest.raises(CatalogueError) as caught:
        written(tmp_path, sentence="优良率超81%")
    told = caught.value.message("zh")
    assert "原文写“超”，即 >，不是 >=" in told
    assert '写 comparator = ">"' in told
    with pytest.raises(CatalogueError) as caught:
        written(tmp_path, sentence="优良率超81%", word="确保")
    assert caught.value.message("zh").startswith("图层目录有 2 处错误")
    assert caught.value.message("en").startswith("2 faults in the catalogue")
