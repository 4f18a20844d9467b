"""Stored words back to the field's own: `river_dredged` → 城区河道清淤 (`catalogue/words.toml`)."""

from __future__ import annotations

from types import MappingProxyType

import pandas as pd

from gis.base.stored_words import stored_words

CELL_WORDS = MappingProxyType(
    {"在建": "under way", "已完工": "finished", "未开工": "not started", "停工": "stopped"}
)
CATEGORIES = MappingProxyType({
    "低效用地再开发": "low-yield land reused", "闲置土地处置": "idle land disposed",
    "批而未供": "approved, not supplied",
    "老旧工业区改造": "old industrial zones renewed", "土地复垦": "land reclaimed",
    "增减挂钩": "increase linked with decrease", "未分类": "not classified",
})  # fmt: skip


def said(word: str) -> tuple[str, str]:
    """Give a word that offices write in both languages; one that nobody knows as it stands."""
    return word, CATEGORIES.get(word, word)


def paired(values: pd.Series, table: str, column: str) -> pd.Series:
    """Write the stored words of a column as [Chinese, English]; what is no stored word stays as it is."""
    words = {stored: [zh, stored.replace("_", " ")] for stored, zh in stored_words(table, column).items()}
    words |= {zh: [zh, en] for zh, en in CELL_WORDS.items()} if column == "status" else {}
    return values.map(lambda one: words.get(one, one), na_action="ignore") if words else values


def categories(frame: pd.DataFrame) -> pd.Series | None:
    """Give the categories of parcels in both languages; None where the frame has none."""
    found = frame.get("category")
    return (
        None
        if found is None
        else found.map(lambda one: list(said(str(one))), na_action="ignore").astype("object")
    )
