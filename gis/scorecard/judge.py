"""Judge every target of the plan against the figures: met, on track, behind, missed or no data.

A figure is compared as it is, unrounded (全数值比较法 of GB/T 8170-2008), but for the rates that the registry
marks `judged_rounded`: they are compared as shown, and a note says where the other way gives another state.
Differences of less than 1e-9 are the noise of binary numbers. A missing figure is never 0.
"""

from __future__ import annotations

import datetime as dt
import operator
from collections.abc import Iterator
from types import MappingProxyType
from typing import Any

import pandas as pd

from gis.base.figures import Indicator, indicator
from gis.base.messages import Message, joined
from gis.base.plan_words import bound_of, outcome, pledge
from gis.base.tables import Tables, conform
from gis.base.units import rounded
from gis.catalogue import Catalogue, Target, YearlyTarget
from gis.scorecard.choice import Figures, choose, same_months, text
from gis.scorecard.path import expected_of
from gis.scorecard.phrases import phrase
from gis.scorecard.section_verdict import section_verdict
from gis.standards import Editions

STATES = ("met", "on_track", "behind", "missed", "no_data")
NOISE_DIGITS = 9
HOLDS = {True: Message("达到", "holds"), False: Message("未达到", "does not hold")}
COMPARE = {">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le, "=": operator.eq}
NO_TABLES: Tables = MappingProxyType({})


def judge(
    catalogue: Catalogue,
    editions: Editions,
    figures: pd.DataFrame,
    as_of: dt.date,
    tables: Tables = NO_TABLES,
) -> pd.DataFrame:
    """Judge every target in its period, and in each later year where it is carried forward.

    Parameters
    ----------
    figures
        Canonical table `figures` of all subjects.
    as_of
        The last day that counts; a year that has not ended by then is provisional.
    tables
        `section_periods`, for the verdict of a section beside the work on it.

    Returns
    -------
    targets
        Canonical table `targets`, a row a target and year in the order of the files. Before the end
        of its year a mean, rate or class is on_track or behind, never met or missed; a count follows
        `expected`, its own timetable or else a straight line, and is met as soon as it is reached.
        `gap` is the distance to the goal, negative where short of it, whichever way the comparator
        points. `verdict` is the state in the words for what the plan pledged (duty, effort, work).
    """
    known = Figures(figures)
    rows = [
        row | {"own_verdict": section_verdict(row, tables, editions)}
        for target in catalogue.targets
        for year in _years(target, as_of)
        for row in [_row(target, year, catalogue, editions, known, as_of)]
    ]
    return conform(pd.DataFrame(rows), "targets")


def _years(target: Target, as_of: dt.date) -> Iterator[int]:
    first = int(target.period)
    yield first
    if target.carried_forward:
        yield from range(first + 1, as_of.year + 1)


def _row(
    target: Target, year: int, catalogue: Catalogue, editions: Editions, figures: Figures, as_of: dt.date
) -> dict[str, Any]:
    measured = indicator(target.measured_by)
    place = target.place or catalogue.county.adcode
    chosen = choose(target, f"{target.measured_by}.{year}.{place}", editions, figures)
    figure = chosen.figure or {}
    value = figure.get("value")
    judged = _as_judged(measured, value)
    provisional = as_of < dt.date(year, 12, 31)
    expected, path = expected_of(target, measured, year, as_of)
    state = _state(target, measured, judged, expected, provisional)
    last_year, caution = None, None
    if provisional and year == as_of.year:
        before = f"{target.measured_by}.{year - 1}C{as_of.month:02d}.{place}"
        last_year, caution = same_months(target, chosen, before, editions, figures)
    notes = [words.message for words in (target.unsure, target.plan.note) if words is not None]
    return {
        **_plan(target, measured),
        "place": place,
        "period": str(year),
        "figure_id": chosen.id,
        "value": value,
        "n": figure.get("n"),
        "coverage": figure.get("coverage"),
        "same_months_last_year": last_year,
        "state": state,
        "verdict": outcome(state, target.plan.word).stored,
        "provisional": provisional,
        "expected": expected,
        "expected_by": path.stored if path and provisional else None,
        "gap": None if judged is None else _gap(target, judged),
        "edition": chosen.edition,
        "edition_in_force": chosen.in_force["edition"] if chosen.in_force else None,
        "value_in_force": chosen.in_force["value"] if chosen.in_force else None,
        "note": joined(
            [chosen.note, caution, _either_way(target, value, judged), *notes, text(figure.get("note"))]
        ),
    }


def _as_judged(measured: Indicator, value: float | None) -> float | None:
    if value is None or not measured.judged_rounded:
        return value
    return float(rounded(value, measured.digits))


def _either_way(target: Target, value: float | None, judged: float | None) -> Message | None:
    if value is None or judged is None or judged == value:
        return None
    plain, short = (_holds(number, target.goal.comparator, target.goal.value) for number in (value, judged))
    if plain == short:
        return None
    return phrase("rounded_apart", judged=judged, short=HOLDS[short], plain=HOLDS[plain])


def _plan(target: Target, measured: Indicator) -> dict[str, Any]:
    return {
        "target_id": target.id,
        "group": target.group,
        "title_zh": target.title.zh,
        "title_en": target.title.en,
        "indicator": target.measured_by,
        "comparator": target.goal.comparator,
        "goal": target.goal.value,
        "unit": target.goal.unit,
        "digits": measured.digits,
        "kind": target.plan.kind,
        "word": target.plan.word,
        "bound": bound_of(target.plan.sentence, target.goal.comparator, target.plan.bound),
        "pledge": pledge(target.plan.word),
        "sentence": target.plan.sentence,
        "document": target.plan.document,
        "verified": target.plan.verified,
        "owner": target.owner if isinstance(target, YearlyTarget) else None,
        "carried_forward": target.carried_forward,
        "set_for": target.period,
    }


def _gap(target: Target, value: float) -> float:
    difference = value - target.goal.value
    if target.goal.comparator == "=":
        return -abs(difference)
    return difference if target.goal.comparator in (">", ">=") else -difference


def _holds(value: float, comparator: str, goal: float) -> bool:
    difference = round(value - goal, NOISE_DIGITS)
    return COMPARE[comparator](difference, 0)


def _state(
    target: Target, measured: Indicator, value: float | None, expected: float, provisional: bool
) -> str:
    if value is None:
        return "no_data"
    comparator = target.goal.comparator
    holds = _holds(value, comparator, target.goal.value)
    if not provisional:
        return "met" if holds else "missed"
    if measured.nature != "count":
        return "on_track" if holds else "behind"
    if comparator in (">", ">=", "="):
        return "met" if holds else "on_track" if _holds(value, ">=", expected) else "behind"
    return "on_track" if _holds(value, "<=", expected) else "behind"
