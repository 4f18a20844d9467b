"""The scorecard on the terminal: the newest year first, towns and tasks in a line unless -v asks for them."""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from sqlite3 import Connection

from gis.base.messages import Message, language
from gis.cli import console
from gis.cli.console import say, show
from gis.cli.phrases import phrase
from gis.store.answers import Row, about, records

CARDS = ["verdict", "period", "value", "comparator", "goal", "unit", "figure_id", "target_id"]
TASKS = ["measured", "value", "unit", "note", "figure_id", "task_id"]


def scorecard(answers: Connection) -> None:
    """Print the targets of the county by year, newest first; those of towns and the tasks with -v."""
    of = about(answers)
    targets = sorted(records(answers, "targets"), key=_period, reverse=True)
    towns = [one for one in targets if one["place"] in of["towns"]]
    own = [one for one in targets if one["place"] not in of["towns"]]
    for period, rows in groupby(own, _period):
        told = Message("{period} 年：{counts}", "{period}: {counts}", period=period, counts=_counts([*rows]))
        say(told, "bold")
    title = Message("目标任务完成情况，截至 {day}", "scorecard as of {day}", day=of["as_of"])
    show(own, title, [_title(), *CARDS], most=len(own))
    for period, rows in groupby(towns, _period):
        say(phrase("targets_of_towns", period=period, counts=_counts([*rows])))
    if towns and console.detailed():
        show(towns, Message("乡镇目标", "targets of towns"), [_title(), *CARDS], most=len(towns))
    _tasks(records(answers, "tasks"))


def _period(row: Row) -> str:
    return str(row["period"])


def _title() -> str:
    return "title_zh" if language() == "zh" else "title_en"


def _counts(rows: list[Row]) -> str:
    from gis.base.plan_words import outcome

    counts = Counter(row["state"] for row in rows).most_common()
    return " · ".join(f"{outcome(str(state), '')} {count}" for state, count in counts)


def _tasks(tasks: list[Row]) -> None:
    if not tasks:
        return
    every = {row["task_id"] for row in tasks}
    counted = {row["task_id"] for row in tasks if row["measured"]}
    say(phrase("tasks_told", n=len(every), counted=len(counted), rest=len(every) - len(counted)))
    if console.detailed():
        about_tasks = Message("未设数值的任务", "tasks without a number")
        show(tasks, about_tasks, [_title(), *TASKS], most=len(tasks))
