"""Tasks of the plan that have no number: counted where a figure does so, else marked as not measured."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pandas as pd

from gis.base.messages import Message
from gis.base.plan_words import pledge
from gis.base.tables import conform
from gis.catalogue import Catalogue, Task


def tasks(catalogue: Catalogue, figures: pd.DataFrame, as_of: dt.date) -> pd.DataFrame:
    """Count every task of the plan that has no number.

    Parameters
    ----------
    figures
        Canonical table `figures` of all subjects.
    as_of
        A task of a later year is not looked at.

    Returns
    -------
    tasks
        Canonical table `tasks`, a row a task and figure that counts it: the figure of the task's year,
        else of the first year after it that has one. No verdict is given, for the plan sets no number.
        A task without a figure is one row, not `measured`, whose note names the file that would.
    """
    county = catalogue.county.adcode
    known = figures[figures["place"].eq(county) & figures["value"].notna()]
    rows = [
        {**_plan(task), **found}
        for task in catalogue.tasks
        if int(task.period) <= as_of.year
        for found in [row for name in task.indicators for row in _first(name, task.period, known)]
        or [_not_measured(task)]
    ]
    return conform(pd.DataFrame(rows), "tasks")


def _plan(task: Task) -> dict[str, Any]:
    return {
        "task_id": task.id, "group": task.group, "title_zh": task.title.zh, "title_en": task.title.en,
        "period": task.period, "word": task.plan.word, "pledge": pledge(task.plan.word),
        "sentence": task.plan.sentence, "document": task.plan.document, "verified": task.plan.verified,
    }  # fmt: skip


def _first(name: str, period: str, known: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """Give the figure of an indicator in a year, or else in the first year after it."""
    rows = known[known["indicator"].eq(name) & known["period"].str.fullmatch(r"\d{4}")]
    later = rows[rows["period"] >= period].sort_values("period", kind="stable")
    if not len(later):
        return
    row: Any = later.iloc[0].to_dict()
    told = Message("已计量，计划未设数值，不作评价", "counted; the plan sets no number, so not judged")
    yield {
        "measured": True, "indicator": name, "figure_id": row["figure_id"], "counted_in": row["period"],
        "value": row["value"], "unit": row["unit"], "n": row["n"], "note": told.stored,
    }  # fmt: skip


def _not_measured(task: Task) -> dict[str, Any]:
    file = task.needs.message
    note = Message("未计量：有{file}即可计量", "not measured: {file} would measure it", file=file)
    return {"measured": False, "note": note.stored}
