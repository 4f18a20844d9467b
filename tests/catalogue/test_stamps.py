"""密级, 保密期限, 知悉范围 and 不公开字段 of a layer, and what a product made of several carries."""

import pytest

from gis.catalogue import secrecy, stamps
from gis.catalogue.model import About, County, Layer, Words

COUNTY = County(
    adcode="320581", name=Words(zh="县", en="County"), extent=(120, 31, 121, 32), plan_years=(2021, 2025)
)


def layer(id_: str, **about: object) -> Layer:
    told = About.model_validate({"source": "测试", **about})
    return Layer(
        id=id_, kind="features", title=Words(zh=f"图层{id_}", en=id_), files=["data/a.csv"], about=told
    )


@pytest.mark.parametrize(
    ("written", "kept"),
    [("公开", "public"), ("内部", "internal"), ("秘密", "secret"), ("机密", "confidential"), ("绝密", "top_secret"),
     ("public", "public"), ("internal", "internal")],
)  # fmt: skip
def test_a_layer_says_its_secrecy_in_the_words_of_the_office(written, kept):
    about = About.model_validate(
        {"source": "测试", "密级": written, "保密期限": "10年", "知悉范围": "规划科", "不公开字段": ["户名"]}
    )
    assert about.confidentiality == kept
    assert (about.secret_for, about.known_to, tuple(about.withheld_columns)) == ("10年", "规划科", ("户名",))
    assert about.is_public == (kept == "public")


def test_a_product_carries_the_highest_of_what_went_in_first_with_its_terms():
    layers = [
        layer("a", 密级="内部"),
        layer("b", 密级="秘密", 保密期限="10年", 知悉范围="规划科"),
        layer("c", 密级="公开"),
        layer("d", 密级="内部"),
    ]
    assert [one.word.zh for one in secrecy(layers)] == ["秘密", "内部资料"]
    told = stamps(COUNTY, layers)["confidentiality"]
    assert told == "秘密 secret（保密期限 10年，知悉范围 规划科）: 图层b；内部资料 internal: 图层a、图层d"


def test_public_layers_carry_nothing():
    assert stamps(COUNTY, [layer("c")]) == {}
