"""The sheets that this tool adds to its workbooks: what their first rows say, so that no reader takes them for data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gis.base.messages import Message

FIELDS = ("字段 field", "中文", "English", "单位 unit")
MEANINGS = ("表头", "含义")
EVIDENCE = {
    "number": Message("编号", "no."), "part": Message("项", "part"), "about": Message("内容", "about"),
    "value": Message("采用值", "value used"), "unit": Message("计量", "measured in"),
    "how": Message("怎样得出", "how it comes about"), "texts": Message("条款和版本", "clause and edition"),
    "file": Message("文件", "file"), "sheet": Message("所在表", "sheet or layer"),
    "first": Message("起行", "first row"), "last": Message("止行", "last row"),
}  # fmt: skip
FIRSTS = (
    FIELDS, MEANINGS, tuple(one.zh for one in EVIDENCE.values()), tuple(one.en for one in EVIDENCE.values()),
)  # fmt: skip
NAMES = frozenset(("说明", "notes"))


def about_the_book(names: Sequence[str], firsts: Sequence[Sequence[Any]]) -> list[bool]:
    """Tell which sheets of a workbook explain it, if this tool wrote it: fields, evidence, and then notes.

    Parameters
    ----------
    firsts
        The first row of each sheet.
    """
    own = [any(tuple(row[: len(first)]) == first for first in FIRSTS) for row in firsts]
    return [one or (any(own) and name in NAMES) for one, name in zip(own, names, strict=True)]
