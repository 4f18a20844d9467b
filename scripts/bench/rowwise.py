"""The same verdicts row by row, as a person writes them for `DataFrame.apply(axis=1)`: the peer of the benches."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_EVEN, Decimal
from itertools import pairwise
from typing import Any

from gis.base.tables import TABLES
from gis.standards import Edition

CLASS_III, WORST, MOST = 3, 6, 3
Judge = Callable[[Mapping[str, Any]], tuple[Any, ...]]


def class_judge(edition: Edition, columns: list[str]) -> Judge:
    """Give class, deciding indicators and main pollution indicators of one record (river or lake known)."""
    data = edition.data
    keys = [key for key in data["evaluation"]["assessed"] if key in columns]
    names = {key: TABLES["samples"][key].zh for key in keys}
    first, bare = set(data["evaluation"]["named_first"]), set(data["evaluation"]["no_multiple"])

    def judge(row: Mapping[str, Any]) -> tuple[Any, ...]:
        found: dict[str, int] = {}
        over = []
        for key in keys:
            value, item = row[key], data["item"][key]
            if math.isnan(value) or value < 0:
                continue
            lake = row["water_kind"] == "lake"
            limits = item.get("limits_lake", item.get("limits")) if lake else item.get("limits")
            found[key] = _class(value, item, limits)
            if found[key] > CLASS_III:
                multiple = None if key in bare else round((value - limits[2]) / limits[2], 10)
                over.append(
                    (key not in first, -found[key], -(multiple or -math.inf), keys.index(key), key, multiple)
                )
        if not found:
            return None, None, None
        worst = max(found.values())
        deciding = "、".join(names[key] for key, one in found.items() if one == worst)
        told = [names[one[4]] + _bracket(one[5]) for one in sorted(over)[:MOST]]
        return worst, deciding, "、".join(told) or None

    return judge


def _class(value: float, item: Mapping[str, Any], limits: Any) -> int:
    if item["kind"] == "range":
        return 1 if item["range"][0] <= value <= item["range"][1] else WORST
    for at, limit in enumerate(limits):
        if (value >= limit) if item["kind"] == "min" else (value <= limit):
            return at + 1
    return WORST


def _bracket(multiple: float | None) -> str:
    if multiple is None:
        return ""
    exact = Decimal(repr(float(multiple)))
    short = exact.quantize(Decimal("0.1"), ROUND_HALF_EVEN)
    return f"({short or exact.quantize(Decimal('0.01'), ROUND_HALF_EVEN)})"


def aqi_judge(edition: Edition) -> Judge:
    """Give AQI, primary and exceeding pollutants, category, level and the six IAQI of one hour.

    The index is rounded up from floats freed of binary noise.
    """
    index, levels = edition.data["index"], edition.data["level"]
    tables = {
        item: list(pairwise(zip(edition.data["bp"][item], index["iaqi"], strict=False)))
        for item in index["hourly"]
    }
    names = {item: edition.data["names"].get(item) or edition.data["names"][item[:-3]] for item in tables}

    def judge(row: Mapping[str, Any]) -> tuple[Any, ...]:
        found = {}
        for item, steps in tables.items():
            value = row[item[:-3]]
            if math.isnan(value) or value < 0:
                continue
            found[item] = next(
                (_between(value, *step) for step in steps if value <= step[1][0]), index["iaqi"][-1]
            )
        six = tuple(found.get(item) for item in tables)
        if not found:
            return None, None, None, None, None, *six
        aqi = max(found.values())
        primary = [item for item, one in found.items() if one == aqi] if aqi > index["primary_above"] else []
        over = [item for item, one in found.items() if one > index["exceed_above"]]
        level = next(at for at, one in enumerate(levels) if aqi <= one["up_to"])
        named = (",".join(names[item] for item in items) or None for items in (primary, over))
        return aqi, *named, levels[level]["name"]["zh"], level + 1, *six

    return judge


def _between(value: float, low: tuple[float, int], high: tuple[float, int]) -> int:
    return math.ceil(round((high[1] - low[1]) / (high[0] - low[0]) * (value - low[0]) + low[1], 9))
