"""Which section a record belongs to: by id, water, name, former name, usual spelling; else a question."""

import pandas as pd
import pytest

from gis.base.errors import Question
from gis.base.tables import conform
from gis.catalogue.model import Answer
from gis.water.doubtful_names import settled
from gis.water.sections import keyed_sections, keys_of, kinds_of, with_stated
from gis.water.spelling import spelled


def listed(*rows):
    return conform(
        pd.DataFrame(rows).assign(source="名单.xlsx", source_row=range(2, len(rows) + 2)), "sections"
    )


def records(*rows):
    frame = pd.DataFrame(rows).assign(source="记录.xlsx", source_row=range(2, len(rows) + 2))
    return conform(frame.assign(sampled_at=pd.Timestamp("2025-01-05")), "samples")


def keys(samples, sections):
    return keys_of(samples, keyed_sections(sections)).tolist()


@pytest.mark.parametrize(
    "written",
    [
        "张桥",
        "張橋",
        "张桥断面",
        "张桥（国考）",
        " 张 桥 ",
        "张桥\u200b",
        "张桥水质自动站",
        "張橋斷面"[:2] + "断面",
        "张桥(省考)断面",
    ],
)
def test_usual_spellings_are_the_section(written):
    sections = listed({"section_id": "S1", "name": "张桥"}, {"section_id": "S2", "name": "七浦闸"})
    assert keys(records({"section": written}), sections) == ["S1"]


def test_a_former_name_is_the_section():
    sections = listed({"section_id": "S1", "name": "新桥", "former_names": "老桥、旧桥"})
    assert (
        keys(records({"section": "老桥"}, {"section": "旧桥"}, {"section": "新桥"}), sections) == ["S1"] * 3
    )


def test_a_former_name_in_brackets_of_the_list_is_the_section():
    sections = listed({"section_id": "S1", "name": "新桥（原老桥）"}, {"section_id": "S2", "name": "七浦闸"})
    assert keys(records({"section": "老桥"}, {"section": "新桥"}), sections) == ["S1"] * 2


@pytest.mark.parametrize("written", ["大桥（乙河）", "大桥(乙河)", "大桥 （乙河）"])
def test_the_water_in_brackets_tells_sections_of_one_name_apart(written):
    sections = listed({"name": "大桥", "water_body": "甲河"}, {"name": "大桥", "water_body": "乙河"})
    assert keys(records({"section": written}), sections) == ["大桥（乙河）"]


def test_one_name_on_two_rivers_is_two_sections_by_list_and_by_record():
    sections = listed({"name": "大桥", "water_body": "甲河"}, {"name": "大桥", "water_body": "乙河"})
    samples = records({"section": "大桥", "water_body": "甲河"}, {"section": "大桥", "water_body": "乙河"})
    assert keys(samples, sections) == ["大桥（甲河）", "大桥（乙河）"]
    assert keys(samples, listed({"name": "别处"})) == ["大桥（甲河）", "大桥（乙河）"]


def test_a_record_of_another_river_does_not_join_the_only_listed_one():
    samples = records({"section": "大桥", "water_body": "甲河"}, {"section": "大桥", "water_body": "乙河"})
    sections = listed({"section_id": "S1", "name": "大桥", "water_body": "甲河"})
    assert keys(samples, sections) == ["S1", "大桥（乙河）"]


def test_the_water_of_the_list_may_be_spelled_otherwise():
    sections = listed({"section_id": "S1", "name": "大桥", "water_body": "甲河"})
    assert keys(records({"section": "大桥", "water_body": "甲河干流"}), sections) == ["S1"]


def test_a_name_without_its_water_is_asked_about():
    sections = listed({"section_id": "S1", "name": "大桥", "water_body": "甲河"},
                      {"section_id": "S2", "name": "大桥", "water_body": "乙河"})  # fmt: skip
    with pytest.raises(Question, match="甲河"):
        settled(records({"section": "大桥"}), sections, {})
    told = settled(records({"section": "大桥"}), sections, {"section:大桥": Answer(value="S2")})
    assert keys(told, sections) == ["S2"]


def test_a_near_name_is_asked_about_only_where_the_listed_one_has_no_record():
    sections = listed({"section_id": "S1", "name": "张家港大桥"}, {"section_id": "S2", "name": "七浦闸"})
    with pytest.raises(Question, match="张家港大桥"):
        settled(records({"section": "张家港桥"}), sections, {})
    both = records({"section": "张家港桥"}, {"section": "张家港大桥"})
    assert settled(both, sections, {})["section"].tolist() == ["张家港桥", "张家港大桥"]
    own = settled(records({"section": "张家港桥"}), sections, {"section:张家港桥": Answer(value="own")})
    assert own["section"].tolist() == ["张家港桥"]


def test_river_or_lake_may_stand_in_the_records():
    samples = records(
        {"section": "甲", "water_kind": "river"}, {"section": "乙", "water_kind": "lake"}, {"section": "丙"}
    )
    sections = keyed_sections(listed({"name": "丙", "water_kind": "river"}))
    keyed = samples.assign(key=keys_of(samples, sections))
    assert kinds_of(keyed["key"], with_stated(sections, keyed)).tolist() == ["river", "lake", "river"]


def test_what_is_left_of_a_name_is_never_nothing():
    assert spelled("（国考）") == "(国考)"
    assert spelled("断面") == "断面"
