"""Rows, columns and cells that are hidden or struck out: counted and named, left out, or asked about."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from gis.base.messages import Message, listed
from gis.base.tables import empty
from gis.ingest.model import Options, finding
from gis.ingest.phrases import phrase
from gis.ingest.questions import ask, question
from gis.ingest.sheet_shape import Shape, holds_record, set_aside, shape_of
from gis.ingest.values import is_blank
from gis.ingest.workbook import Looks, Page

COUNT, LEAVE_OUT = "count", "leave_out"
KEY = "hidden"
NAMED, SHOWN = 8, 2
HIDDEN_REASON = phrase("hidden_row")
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
    shape, grid, name = shape_of(page.grid, options), page.grid, page.name or path.stem
    numbers = np.arange(1, len(grid) + 1) if page.numbers is None else page.numbers
    below = [at for at in range(shape.first, len(grid)) if holds_record(grid[at])]
    answer = options.answers.get(KEY)
    leaves = (answer.value if answer is not None else options.hidden) == LEAVE_OUT
    hidden = [at for at in below if int(numbers[at]) in looks.hidden_rows]
    gone = dict.fromkeys(hidden if leaves else (), HIDDEN_REASON)
    findings = _hidden(name, looks, shape, numbers[hidden].tolist(), leaves)
    struck = {
        at: looks.struck[row] for at in below if at not in gone and (row := int(numbers[at])) in looks.struck
    }
    if struck and _ask(page._replace(name=name), shape, numbers, struck, path, options) == LEAVE_OUT:
        whole = {
            at
            for at, places in struck.items()
            if 2 * len(places) >= sum(not is_blank(cell) for cell in grid[at])
        }
        gone |= dict.fromkeys(sorted(whole), STRUCK_REASON)
        grid = [*grid]
        for at in struck.keys() - whole:
            grid[at] = [None if place in struck[at] else cell for place, cell in enumerate(grid[at])]
        findings.append(finding("struck_out", name=name, rows=listed(numbers[list(struck)], most=NAMED)))
    rejects = set_aside(
        pd.DataFrame([page.grid[at] for at in gone], columns=shape.heads, dtype="object"), (None, None),
        source_row=numbers[list(gone)], reason=[reason.stored for reason in gone.values()], fix=NOTHING_TO_DO.stored,
        text=[str(next((cell for cell in page.grid[at] if not is_blank(cell)), "")) for at in gone],
    )  # fmt: skip
    kept = [at for at in range(len(grid)) if at not in gone]
    columns = [at for at in range(len(grid[0])) if not (leaves and at in looks.hidden_columns)]
    grid = [[grid[at][place] for place in columns] for at in kept]
    return Seen(page._replace(grid=grid, numbers=numbers[kept], looks=None), rejects, findings)


def _hidden(name: str, looks: Looks, shape: Shape, rows: list[int], leaves: bool) -> list[tuple[str, str]]:
    columns = [
        Message("{at}（{head}）", "{at} ({head})", at=letters, head=shape.heads[at])
        for at, letters in looks.hidden_columns.items()
        if at < len(shape.heads)
    ]
    outcome = Message("未计入", "left out") if leaves else phrase("hidden_count")
    return [
        finding(code, name=name, n=len(places), places=listed(places, most=NAMED), outcome=outcome)
        for code, places in (("hidden_rows", rows), ("hidden_columns", columns))
        if places
    ]


def _ask(
    page: Page, shape: Shape, numbers: np.ndarray, struck: dict[int, list[int]], path: Path, options: Options
) -> str:
    rows = [
        f"{numbers[at]}: " + " | ".join(str(cell) for cell in page.grid[at] if not is_blank(cell))[:80]
        for at in list(struck)[:SHOWN]
    ]
    rows_struck = listed(numbers[list(struck)], most=NAMED)
    asked = question("struck", {COUNT: rows}, n=len(struck), rows=rows_struck)
    return ask(options, f"struck:{page.name}", *asked, file=path.name, heads=shape.heads)
