"""The words of a plan: which comparator a bound is, how far a word pledges, what is said of the outcome.

The words are data (`plan_words.toml`).
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from gis.base.messages import Message
from gis.base.package_files import toml_of

DUTY = "duty"
BEHIND_A_NUMBER = ("以上", "以内", "以下")


def pledge(word: str) -> str:
    """Tell how far a word of the plan pledges: duty, effort or work; duty where no known word stands.

    Examples
    --------
    >>> pledge("力争"), pledge("确保"), pledge("开展"), pledge("")
    ('effort', 'duty', 'work', 'duty')
    """
    kinds = {part: kind for kind, words in _data()["pledge"].items() for part in words if part in word}
    return kinds[max(kinds, key=len)] if kinds else DUTY


def pledge_before(text: str) -> str:
    """Give the word of a pledge that a text begins with; empty where none does.

    Examples
    --------
    >>> pledge_before("力争盘活存量建设用地"), pledge_before("盘活存量建设用地")
    ('力争', '')
    """
    words = [one for known in _data()["pledge"].values() for one in known if text.startswith(one)]
    return max(words, key=len, default="")


def comparator(bound: str) -> str | None:
    """Give the comparator of a word of the bound; None where it is not known."""
    bounds: dict[str, str] = _data()["bound"]
    return bounds.get(bound)


def bounds_in(sentence: str) -> tuple[str, ...]:
    """Find the words of a bound that stand beside a number, each once, in their order.

    Examples
    --------
    >>> bounds_in("全年空气质量优良率超81%,PM2.5均值低于35微克/立方米")
    ('超', '低于')
    >>> bounds_in("确保工业用地亩均税收收入增长5%以上"), bounds_in("超标倍数下降")
    (('以上',), ())
    """
    return tuple(dict.fromkeys(found[1] or found[2] for found in _bounds().finditer(sentence)))


def bound_of(sentence: str, wanted: str, said: str = "") -> str:
    """Give the word of the bound that a target rests on: the one said, else the one of its comparator.

    Parameters
    ----------
    wanted
        The target's comparator.
    """
    return said or next((one for one in bounds_in(sentence) if comparator(one) == wanted), "")


def known_bounds() -> tuple[str, ...]:
    """List the words of a bound."""
    return tuple(_data()["bound"])


def outcome(state: str, word: str) -> Message:
    """Say how a target ended, by how far its word pledges: 未完成（计划用语：力争）.

    Parameters
    ----------
    state
        met, on_track, behind, missed or no_data.
    """
    words = _data()["outcome"][pledge(word)][state]
    return Message(words["zh"], words["en"], word=word)


def _data() -> dict[str, Any]:
    return toml_of("base/plan_words.toml")


@cache
def _bounds() -> re.Pattern[str]:
    longest = sorted(known_bounds(), key=len, reverse=True)
    before = "|".join(one for one in longest if one not in BEHIND_A_NUMBER)
    behind = "|".join(BEHIND_A_NUMBER)
    return re.compile(rf"({before})\s*\d|\d[^,，。;；、\d]{{0,8}}?({behind})")
