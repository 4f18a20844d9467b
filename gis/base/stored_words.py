"""Words that tables store as codes: `river_dredged` is 城区河道清淤 (`codes.toml`, `catalogue/words.toml`)."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from gis.base.columns import TABLES
from gis.base.messages import Message, enumerated, ready
from gis.base.package_files import toml_of

NO_ITEMS = enumerated([(Message("无", "none"), "none")])


def stored_words(table: str, column: str) -> dict[str, str]:
    """Give the first Chinese word of each stored word of a column; empty where the column stores none.

    A table that is made of another (`actions_by_town`) stores its words.
    """
    known = toml_of("catalogue/words.toml")
    names = (f"{table}.{column}", f"{table.partition('_')[0]}.{column}", column)
    found: dict[str, list[str]] = next((known[name] for name in names if name in known), {})
    return {word: seen[0] for word, seen in found.items()}


@cache
def words_of(column: str, table: str = "") -> dict[str, tuple[str, str]]:
    """Give the words of each code of a column in both languages; empty where the column stores none."""
    known = toml_of("base/codes.toml")
    for name in (f"{table}.{column}", column.removeprefix("mk_")):
        if name in known:
            return {code: (zh, en) for code, (zh, en) in known[name].items()}
    return {code: (zh, code.replace("_", " ")) for code, zh in stored_words(table, column).items()}


def word_of(code: object, column: str, table: str = "") -> tuple[str, str]:
    """Give the words of a code; one that nobody knows as it stands."""
    return words_of(column, table).get(str(code), (str(code), str(code)))


def stored_items(keys: Iterable[str], numbers: Iterable[str] = ()) -> str | None:
    """List items of `samples` by their names in both languages as one stored text, which keeps their keys.

    Each may have a number in brackets behind it: 总磷(0.25).
    """
    columns = [TABLES["samples"][key] for key in keys]
    texts = [*numbers] or [""] * len(columns)
    return enumerated(
        (ready(f"{one.zh}{text}", f"{one.en}{' ' * bool(text)}{text}"), one.name)
        for one, text in zip(columns, texts, strict=True)
    )


def numeral(sign: str) -> Message:
    """Give the numeral of a water class in both languages: 劣Ⅴ is >Ⅴ in English."""
    return Message("{zh}", "{en}", zh=sign, en=sign.replace("劣", ">"))
