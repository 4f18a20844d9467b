"""The unit of money, air and water that no head states, or that no value can be in: the size decides or asks."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import numpy as np

from gis.base.tables import TABLES
from gis.ingest.heads import OXYGEN, Taken
from gis.ingest.measures import canonical_unit, factor, is_share
from gis.ingest.model import Findings, finding
from gis.ingest.phrases import phrase
from gis.ingest.questions import ask, question
from gis.ingest.unit_questions import Place, ask_unit, asked, examples, looked_at, middle_of, settled, sized
from gis.standards import load

ASKED_MONEY = {"yuan": "元", "wan": "万元"}
MOST_WAN = 100_000.0  # a firm that pays 1,000,000,000 yuan a year: none
AIR = ("air_hours", "air_days")
CLEAN = ("so2", "no2")  # clean air has under 1 µg/m³ of them
DUSTS = frozenset(("pm25", "pm10", "o3", "o3_8h"))
AIR_RANGE = {"co": (0.02, 60.0)} | dict.fromkeys((*CLEAN, *DUSTS), (1.0, 5000.0))
TIMES_OVER = 10.0  # the limit of class Ⅴ; half of a column is not above that in mg/L
NITROGEN = 2.0
MOST_OXYGEN = 25.0
MOST_ELSE = {"chlorophyll_a": 1.0, "transparency": 30.0}


def money(place: Place, columns: Mapping[str, Taken], findings: Findings) -> dict[str, Taken]:
    """Settle money without a unit: 元 where 万元 is impossible, else a question."""
    kind, out = place.options.kind, dict(columns)
    for name, one in columns.items():
        if not name.endswith("_yuan") or one.unit is not None or one.by_row or name not in TABLES[kind]:
            continue
        middle = middle_of(looked_at(place.raw.frame[one.head]))
        if middle > MOST_WAN:
            out[name] = sized(one, "元", "万元", findings)
        elif not np.isnan(middle):
            what = phrase("unit_of_money", head=one.head)
            chosen = ASKED_MONEY[ask_unit(place, name, one, what, ASKED_MONEY)]
            out[name] = settled(one, chosen, findings)
    return out


def air(place: Place, columns: Mapping[str, Taken], findings: Findings) -> dict[str, Taken]:
    """Read air in the one of µg/m³ and mg/m³ that is possible; the other unit is 1,000 times off."""
    kind, out = place.options.kind, dict(columns)
    if kind not in AIR:
        return out
    other = {
        name: unit
        for name, one in columns.items()
        if name in AIR_RANGE and (unit := _other(place, name, one))
    }
    for name, unit in other.items():
        one = columns[name]
        instead = one.unit or canonical_unit(kind, name) or ""
        if name not in CLEAN or other.keys() & DUSTS:
            out[name] = sized(one, unit, instead, findings)
        elif one.unit is None:
            out[name] = asked(place, name, one, (unit, instead), findings)
    return out


def _other(place: Place, name: str, one: Taken) -> str | None:
    """Give the unit that a column of air must be in, because in its own it is impossible."""
    if one.by_row or one.more or one.how in ("said", "answer"):
        return None
    middle = middle_of(looked_at(place.raw.frame[one.head]))
    into = canonical_unit(place.options.kind, name) or ""
    unit = one.unit or into
    if np.isnan(middle) or _possible(middle, name, unit, into):
        return None
    others = [word for word in ("µg/m³", "mg/m³") if factor(word, unit) != 1]
    return next((word for word in others if _possible(middle, name, word, into)), None)


def _possible(middle: float, name: str, unit: str, into: str) -> bool:
    low, high = AIR_RANGE[name]
    times = factor(unit, into)
    return times is not None and low <= middle * times <= high


def water(place: Place, columns: Mapping[str, Taken], findings: Findings) -> dict[str, Taken]:
    """Ask where mg/L is not written and not possible, and what to do with oxygen in percent."""
    kind, out = place.options.kind, dict(columns)
    if kind != "samples":
        return out
    for name, one in columns.items():
        if one.by_row or one.more or one.how == "answer" or canonical_unit(kind, name) is None:
            continue
        if one.unit is not None and name != OXYGEN:
            continue
        middle = middle_of(looked_at(place.raw.frame[one.head]))
        if name == OXYGEN and (is_share(one.unit or "") or (one.unit is None and middle > MOST_OXYGEN)):
            kept = _oxygen(place, one, findings)
            out = {at: other for at, other in out.items() if at != name} | ({name: kept} if kept else {})
        elif one.unit is None and middle > _most(name):
            out[name] = _too_much(place, name, one, findings)
    return out


@cache
def _most(name: str) -> float:
    """Give what half of a column in the canonical unit cannot be above; infinite where nothing is known."""
    limits = load().get("gb3838-2002").data["item"].get(name, {})
    if name == "tn":
        return TIMES_OVER * NITROGEN
    if limits.get("kind") != "max" or "limits" not in limits or name == "fecal_coliform":
        return MOST_ELSE.get(name, np.inf)
    return TIMES_OVER * float(limits["limits"][-1])


def _oxygen(place: Place, one: Taken, findings: Findings) -> Taken | None:
    asked = question("oxygen", {"mg/L": examples(place, one, "mg/L", "mg/L")}, head=one.head)
    chosen = ask(place.options, f"unit:{one.head}", *asked, file=place.file, heads=place.heads)
    if chosen == "skip":
        findings.append(finding("unit_not_read", head=one.head, unit=one.unit or "%", into="mg/L"))
        return None
    return settled(one, chosen, findings)


def _too_much(place: Place, name: str, one: Taken, findings: Findings) -> Taken:
    into = canonical_unit(place.options.kind, name) or ""
    smaller = {"m": "cm"}.get(into, "µg/L")
    if name in MOST_ELSE:
        return sized(one, smaller, into, findings)
    return asked(place, name, one, (smaller, into), findings)
