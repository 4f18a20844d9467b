"""Rows, columns and cells that are hidden or struck out: counted and named, left out, or asked about."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from gis.base.errors import Choice
from gis.base.messages import Message
from gis.base.tables import conform, empty
from gis.ingest.model import Options
from gis.ingest.questions import ask
from gis.ingest.sheet_shape import Shape, is_no_record, records, shape_of
from gis.ingest.values import is_blank
from gis.ingest.workbook import Looks, Page

COUNT, LEAVE_OUT = "count", "leave_out"
KEY = "hidden"
NAMED, SHOWN = 8, 2
HIDDEN_REASON = Message(
    "隐藏行，按目录或命令行不计", "a hidden row, left out as the catalogue or the command line says"
)
STRUCK_REASON = Message("带删除线的行，按答复不计", "a row that is struck out, left out as answered")
NOTHING_TO_DO = Message("无需处理", "nothing to do")


class Seen(NamedTuple):
    """A page without what is left out, the rows of it, and what there is to tell."""

    page: Page
    rejects: pd.DataFrame
    findings: list[tuple[str, str]]


def seen(page: Page, path: Path, options: Options) -> Seen:
    """Bring a page to what it means by its looks.

    Parameters
    ----------
    options
        `hidden` leaves hidden rows and columns out; else they count and are named.

    Raises
    ------
    Question
        Rows or cells of the table are struck out, and nobody said whether they count.
    """
    looks = page.looks
    if looks is None:
        return Seen(page, empty("rejects"), [])
    shape, name = shape_of(page.grid, options), page.name
    numbers = page.numbers if page.numbers is not None else np.arange(1, len(page.grid) + 1)
    below = [at for at in range(shape.first, len(page.grid)) if not _is_note(page.grid[at])]
    leaves = _leaves_out(options)
    hidden = [at for at in below if int(numbers[at]) in looks.hidden_rows]
    gone = dict.fromkeys(hidden if leaves else (), HIDDEN_REASON)
    page = page._replace(name=page.name or path.stem)
    findings = _told(page, shape, [int(numbers[at]) for at in hidden], leaves)
    struck = {at: looks.struck[int(numbers[at])] for at in below if int(numbers[at]) in looks.struck}
    struck = {at: places for at, places in struck.items() if at not in gone}
    grid = page.grid
    if struck and _ask(page, shape, numbers, struck, path, options) == LEAVE_OUT:
        whole = {at for at, places in struck.items() if 2 * len(places) >= _filled(grid[at])}
        gone |= dict.fromkeys(sorted(whole), STRUCK_REASON)
        blank = {at: set(places) for at, places in struck.items() if at not in whole}
        grid = [
            [None if place in blank[at] else cell for place, cell in enumerate(row)] if at in blank else row
            for at, row in enumerate(grid)
        ]
        findings.append(_left_out(struck, numbers, page))
    rejects = _rejects(page, shape, numbers, gone)
    kept = [at for at in range(len(grid)) if at not in gone]
    columns = [at for at in range(len(grid[0])) if not (leaves and at in looks.hidden_columns)]
    grid = [[grid[at][place] for place in columns] for at in kept]
    return Seen(page._replace(name=name, grid=grid, numbers=numbers[kept], looks=None), rejects, findings)


def _leaves_out(options: Options) -> bool:
    answer = options.answers.get(KEY)
    return (answer.value if answer is not None else options.hidden) == LEAVE_OUT


def _is_note(row: Sequence[object]) -> bool:
    filled = [cell for cell in row if not is_blank(cell)]
    return not filled or is_no_record(filled[0])


def _filled(row: Sequence[object]) -> int:
    return sum(not is_blank(cell) for cell in row)


def _listed(names: Sequence[object]) -> str:
    return "、".join(map(str, names[:NAMED])) + (" …" if len(names) > NAMED else "")


def _told(page: Page, shape: Shape, rows: list[int], leaves: bool) -> list[tuple[str, str]]:
    looks: Looks = page.looks or Looks(frozenset(), {}, {})
    columns = [
        f"{letters}（{shape.heads[at]}）"
        for at, letters in looks.hidden_columns.items()
        if at < len(shape.heads)
    ]
    outcome = Message("未计入", "left out") if leaves else Message(
        "仍计入；不计入时加 --answer hidden=leave_out", "they count; to leave them out: --answer hidden=leave_out"
    )  # fmt: skip
    findings = []
    if rows:
        message = Message(
            "工作表“{name}”有 {n:,} 行隐藏（第 {rows} 行），{outcome}",
            "{n:,} rows of sheet {name} are hidden ({rows}), {outcome}",
            name=page.name, n=len(rows), rows=_listed(rows), outcome=outcome,
        )  # fmt: skip
        findings.append(("hidden_rows", message.stored))
    if columns:
        message = Message(
            "工作表“{name}”有 {n:,} 列隐藏（{columns}），{outcome}",
            "{n:,} columns of sheet {name} are hidden ({columns}), {outcome}",
            name=page.name, n=len(columns), columns=_listed(columns), outcome=outcome,
        )  # fmt: skip
        findings.append(("hidden_columns", message.stored))
    return findings


def _ask(
    page: Page, shape: Shape, numbers: np.ndarray, struck: dict[int, list[int]], path: Path, options: Options
) -> str:
    rows = [
        f"{numbers[at]}: " + " | ".join(str(cell) for cell in page.grid[at] if not is_blank(cell))[:80]
        for at in list(struck)[:SHOWN]
    ]
    return ask(
        options, f"struck:{page.name}",
        Message("有 {n:,} 行带删除线（第 {rows} 行）", "{n:,} rows are struck out, wholly or in part ({rows})",
                n=len(struck), rows=_listed([numbers[at] for at in struck])),
        [Choice(COUNT, Message("照计", "they count"), tuple(rows)),
         Choice(LEAVE_OUT, Message("划去的不计", "what is struck out does not count"))],
        file=path.name, heads=shape.heads,
    )  # fmt: skip


def _left_out(struck: dict[int, list[int]], numbers: np.ndarray, page: Page) -> tuple[str, str]:
    message = Message(
        "工作表“{name}”带删除线的内容未计入（第 {rows} 行）",
        "what is struck out in sheet {name} was left out (rows {rows})",
        name=page.name, rows=_listed([numbers[at] for at in struck]),
    )  # fmt: skip
    return "struck_out", message.stored


def _rejects(page: Page, shape: Shape, numbers: np.ndarray, gone: dict[int, Message]) -> pd.DataFrame:
    if not gone:
        return empty("rejects")
    rows = pd.DataFrame([page.grid[at] for at in gone], columns=shape.heads, dtype="object")
    listed = pd.DataFrame(
        {
            "layer": None, "source": None, "source_row": numbers[list(gone)], "field": None,
            "text": [str(next((cell for cell in page.grid[at] if not is_blank(cell)), "")) for at in gone],
            "reason": [reason.stored for reason in gone.values()], "fix": NOTHING_TO_DO.stored, "record": records(rows),
        }
    )  # fmt: skip
    return conform(listed, "rejects")
