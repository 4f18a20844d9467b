"""The two READMEs give the same commands, figures and links, in the same order."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ENGLISH, CHINESE = ((ROOT / name).read_text("utf-8") for name in ("README.md", "README.zh-CN.md"))
LINKED = re.compile(r"\]\(([^)]+)\)")
NUMBER = re.compile(r"(?<![\w.])\d+(?:,\d{3})*(?:\.\d+)*")
TYPED = re.compile(r"^(?:\$ |>>> |python )(.*?)(?: +#.*)?$", re.MULTILINE)
QUOTED = re.compile(r"`([^`\n]+)`")


def own(text, link):
    """Take the link to the other language away."""
    return text.replace(link, "")


@pytest.mark.parametrize(
    "read",
    [
        lambda text: [one.replace("--lang en ", "") for one in TYPED.findall(text)],
        NUMBER.findall,
        QUOTED.findall,
        LINKED.findall,
        lambda text: re.findall(r"^(#+) ", text, re.MULTILINE),
    ],
    ids=["typed", "numbers", "code", "links", "headings"],
)
def test_the_twins_say_the_same(read):
    ours = read(own(ENGLISH, "[中文](README.zh-CN.md)"))
    theirs = read(own(CHINESE, "[English](README.md)"))
    assert ours == theirs
    assert ours


@pytest.mark.parametrize("text", [ENGLISH, CHINESE], ids=["English", "Chinese"])
def test_every_file_that_is_linked_is_there(text):
    assert [one for one in LINKED.findall(text) if not (ROOT / one).exists()] == []


def test_a_two_minute_tour_is_read_in_two_minutes():
    prose = re.sub(r"```.*?```|\|.*?\||!\[.*?\)", " ", ENGLISH, flags=re.DOTALL)
    assert len(prose.split()) <= 700  # 350 words a minute
