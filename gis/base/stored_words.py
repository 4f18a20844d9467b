"""Words that tables store as codes: `river_dredged` is 城区河道清淤 (`catalogue/words.toml`)."""

from __future__ import annotations

from functools import cache

from gis.base.columns import TABLES
from gis.base.messages import Message, listed
from gis.base.package_files import toml_of

BETWEEN = "、"
ALERT_KINDS: dict[str, tuple[str, str]] = {
    "class_dropped": ("类别下降", "Class dropped"),
    "below_target": ("劣于目标", "Below target"),
    "out_of_reach": ("无法达标", "Target out of reach"),
    "budget_low": ("余量不足", "Budget low"),
    "pm25_above_path": ("PM2.5 超路径", "PM2.5 above path"),
    "air_station_silent": ("空气站无读数", "Air station silent"),
    "water_station_silent": ("水站无读数", "Water station silent"),
    "air_network_silent": ("空气站网无读数", "Air network silent"),
    "water_network_silent": ("水站网无读数", "Water network silent"),
}


def stored_words(table: str, column: str) -> dict[str, str]:
    """Give the first Chinese word of each stored word of a column; empty where the column stores none."""
    known = toml_of("catalogue/words.toml")
    found = known.get(f"{table}.{column}") or known.get(column) or {}
    return {word: seen[0] for word, seen in found.items()}


def item_names(names: str) -> Message:
    """Name in both languages items of `samples` that a column holds by their Chinese names, joined by 、.

    Each may have a number in brackets behind it: 总磷(0.25).
    """
    parts = [one.partition("(") for one in names.split(BETWEEN)]
    return listed(
        [
            Message(
                "{zh}{bracket}{rest}",
                "{en}{gap}{bracket}{rest}",
                zh=name,
                en=_items().get(name, name),
                gap=" " if bracket else "",
                bracket=bracket,
                rest=rest,
            )
            for name, bracket, rest in parts
        ]
    )


def numeral(sign: str) -> Message:
    """Give the numeral of a water class in both languages: 劣Ⅴ is >Ⅴ in English."""
    return Message("{zh}", "{en}", zh=sign, en=sign.replace("劣", ">"))


@cache
def _items() -> dict[str, str]:
    return {column.zh: column.en for column in TABLES["samples"].values()}
