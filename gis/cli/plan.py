"""The scorecard on the terminal: the newest year first, towns and tasks in a line unless -v asks for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gis.base.messages import Message, language
from gis.cli import console
from gis.cli.console import say, show
from gis.cli.wording import word

if TYPE_CHECKING:
    import pandas as pd

    from gis.maps.book import Book

CARDS = ["verdict", "period", "value", "comparator", "goal", "unit", "figure_id", "target_id"]
TASKS = ["measured", "value", "unit", "note", "figure_id", "task_id"]


def scorecard(book: Book) -> None:
    """Print the targets of the county by year, newest first; those of towns and the tasks with -v."""
    targets = book.targets.sort_values("period", ascending=False, kind="stable")
    county = book.catalogue.county
    of_towns = targets["place"].isin([one.code for one in (*county.towns, *county.zones)])
    own, towns = targets[~of_towns], targets[of_towns]
    for period, rows in own.groupby("period", sort=False):
        say(
            Message("{period} 年：{counts}", "{period}: {counts}", period=period, counts=_counts(rows)),
            "bold",
        )
    about = Message("计分卡，截至 {day}", "scorecard as of {day}", day=book.as_of)
    show(own, about, [_title(), *CARDS], most=len(own))
    for period, rows in towns.groupby("period", sort=False):
        told = Message(
            "{period} 年乡镇目标：{counts}",
            "{period}, targets of towns: {counts}",
            period=period,
            counts=_counts(rows),
        )
        say(told)
    if len(towns) and console.detailed():
        show(towns, Message("乡镇目标", "targets of towns"), [_title(), *CARDS], most=len(towns))
    _tasks(book.tables.get("tasks"))


def _title() -> str:
    return "title_zh" if language() == "zh" else "title_en"


def _counts(rows: pd.DataFrame) -> str:
    return " · ".join(
        f"{word('state', state)} {count}" for state, count in rows["state"].value_counts().items()
    )


def _tasks(tasks: pd.DataFrame | None) -> None:
    if tasks is None or not len(tasks):
        return
    counted = int(tasks.groupby("task_id")["measured"].any().sum())
    told = Message(
        "计划中未设数值的任务 {n} 项：已计量 {counted}，未计量 {rest}（-v 列出）",
        "{n} tasks of the plan without a number: {counted} counted, {rest} not measured (-v lists them)",
        n=tasks["task_id"].nunique(), counted=counted, rest=tasks["task_id"].nunique() - counted,
    )  # fmt: skip
    say(told)
    if console.detailed():
        about = Message("未设数值的任务", "tasks without a number")
        show(tasks, about, [_title(), *TASKS], most=len(tasks))
