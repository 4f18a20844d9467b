import re
from importlib.resources import files
from itertools import pairwise

import fake_book
import pytest

from gis import look, maps, standards

WEB = files("gis.maps.web")
READABLE = 4.5


@pytest.fixture(scope="module")
def pages():
    return maps.render(fake_book.make())


def test_headings_go_down_one_level_at_a_time(pages):
    for name, text in pages.items():
        levels = [int(one) for one in re.findall(r"<h([1-6])[ >]", text.split("<script")[0])]
        assert levels[0] == 1, name
        assert levels.count(1) == 1, name
        assert all(after <= before + 1 for before, after in pairwise(levels)), name


def test_every_head_of_a_table_says_what_it_heads(pages):
    for name, text in pages.items():
        heads = re.findall(r"<th\b[^>]*>", text)
        assert all("scope=" in head for head in heads), name


def test_every_spoken_name_has_both_languages(pages):
    for name, text in pages.items():
        for tag in re.findall(r"<[^>]*aria-label=[^>]*>", text.split("<script")[0]):
            assert "data-zh=" in tag, (name, tag)
            assert "data-en=" in tag, (name, tag)


def test_every_table_says_its_unit_or_its_period(pages):
    for name, text in pages.items():
        if name.startswith("conflicts/"):
            continue
        for caption in re.findall(r'<div class="caption"><h2><span class="zh">(.*?)</span>', text):
            assert re.search(r"\d{4}|亩|m²|%|µg|天|年度", caption), (name, caption)


def _luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    digits = "".join(one * 2 for one in digits) if len(digits) == 3 else digits
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _tokens() -> dict[str, str]:
    text = WEB.joinpath("tokens.css").read_text("utf-8").split("@media")[0]
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6})", text))


def _styled() -> list[tuple[str, str]]:
    """Colours of text and ground that one rule of the style sheets sets together."""
    tokens, found = _tokens(), []
    for sheet in ("page.css", "map.css", "conflict.css"):
        for rule in re.findall(r"\{([^{}]*)\}", WEB.joinpath(sheet).read_text("utf-8")):
            sides = []
            for side in (r"(?<![\w-])color", r"background"):
                hit = re.search(side + r": (?:var\(--([\w-]+)\)|(#[0-9a-f]{3,6}))(?=[;} ]|$)", rule)
                sides.append(hit and (tokens.get(hit[1] or "") or hit[2]))
            if all(sides):
                found.append((sides[0], sides[1]))
    return found


def test_black_on_white_is_twenty_one():
    assert contrast("#000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("ground", ["ground", "paper"])
@pytest.mark.parametrize("text", ["ink", "ink-2", "accent", "warm", "deep"])
def test_text_of_the_tokens_is_readable(text, ground):
    assert contrast(_tokens()[text], _tokens()[ground]) >= READABLE


def test_text_is_readable_on_every_ground_of_the_style_sheets():
    assert len(_styled()) >= 5
    for text, ground in _styled():
        assert contrast(text, ground) >= READABLE, (text, ground)


def test_words_of_states_are_readable_on_cards():
    edition = look.colours(standards.load(), fake_book.AS_OF)
    for mark in look.marks(edition, "state").values():
        assert contrast(mark.line, _tokens()["paper"]) >= READABLE, mark.key


def test_signs_are_readable_on_the_fill_of_their_mark():
    editions = standards.load()
    edition = look.colours(editions, fake_book.AS_OF)
    marks = [*look.water_classes(edition).values(), *look.aqi_levels(editions, fake_book.AS_OF).values()]
    for mark in marks:
        assert contrast(mark.ink, mark.fill) >= READABLE, mark.key
