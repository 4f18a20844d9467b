"""The verdict of a section against its 水质目标, beside the plan's word on the work for it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import pandas as pd

from gis.base.messages import Message
from gis.base.stored_words import numeral
from gis.base.tables import Tables
from gis.scorecard.phrases import phrase
from gis.standards import Editions

AT_TARGET, LIMITS = "water.section_at_target", "surface_water_limits"


def section_verdict(target: Mapping[str, Any], tables: Tables, editions: Editions) -> str | None:
    """Say the class of a section in the year of a target, its 水质目标 and whether it is met.

    Parameters
    ----------
    target
        A row of `targets`; only one about a section has such a verdict.
    tables
        `section_periods` of the water room.

    Returns
    -------
    stored
        A stored message; None where the target is about something else or the section has no class.
    """
    periods = tables.get("section_periods") if target["indicator"] == AT_TARGET else None
    if periods is None or not len(periods):
        return None
    here = periods["section_id"].eq(target["place"]) | periods["name"].eq(target["place"])
    rows: list[Any] = periods[here & periods["period"].eq(target["period"])].to_dict("records")
    if not rows or pd.isna(rows[0]["water_class"]):
        return None
    row = rows[0]
    judged_on = dt.date(int(target["period"]), 12, 31)
    numerals = editions.in_force(LIMITS, judged_on).data["evaluation"]["numerals"]
    goal = Message("未定", "not set")
    if not pd.isna(row["target_class"]):
        goal = Message("{numeral}类", "{numeral}", numeral=numeral(numerals[int(row["target_class"]) - 1]))
    return phrase(
        "section_judged", name=row["name"], year=target["period"],
        now=numeral(numerals[int(row["water_class"]) - 1]), goal=goal,
        verdict=_verdict(row["at_target"], target["provisional"]),
    ).stored  # fmt: skip


def _verdict(at_target: Any, provisional: Any) -> Message:
    if pd.isna(at_target):
        return Message("未判定", "not judged")
    running = Message("（未满年）", " so far") if provisional else Message("", "")
    if at_target:
        return Message("达标{running}", "at its target{running}", running=running)
    return Message("未达标{running}", "not at its target{running}", running=running)
