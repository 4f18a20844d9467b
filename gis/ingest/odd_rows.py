"""Rows that have not the cells of their heads: cut off, shifted or empty, they go to quarantine one by one."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from gis.base.messages import Message
from gis.base.tables import empty
from gis.ingest.delimited import LONGEST_CELL, OVERLONG, UNPAIRED
from gis.ingest.distinct import those
from gis.ingest.layout import values_of
from gis.ingest.phrases import phrase
from gis.ingest.sheet_shape import Shape, holds_record, set_aside
from gis.ingest.values import is_blank
from gis.ingest.workbook import Page

HABIT_ROWS, HABIT_SHARE = 3, 0.1
FIX = phrase("look_at_row")
EMPTY_ROW = Message("空行", "an empty row")
CODES = {
    0: EMPTY_ROW,
    UNPAIRED: Message("引号不成对", "its quotes do not pair"),
    OVERLONG: phrase("overlong_cell", most=LONGEST_CELL),
}


def parted(
    frame: pd.DataFrame, rows: pd.Series, page: Page, shape: Shape, about: tuple[str, str]
) -> tuple[pd.DataFrame, pd.Series, pd.DataFrame]:
    """Part the rows below the heads from those that have fewer or more cells than these.

    Parameters
    ----------
    frame, rows
        Shape (n,): the rows below the heads and their numbers as the user sees them.
    page
        `widths` counts the cells as written; a page without it has no odd rows below its heads.
    about
        Source and layer.

    Returns
    -------
    frame, rows, rejects
        Every row is in `frame` or in `rejects`, where rows of values above the heads are too. A width that many
        rows have is a habit of the program that wrote them and no fault: Excel leaves empty cells at the end away,
        and a column may have no head.
    """
    odd, above = _odd(frame, page, shape), _above(page, shape, about)
    if not odd:
        return frame, rows, above
    at = list(odd)
    reasons = [reason.stored for reason in odd.values()]
    rejects = set_aside(
        frame.iloc[at], about, source_row=rows.iloc[at].to_numpy(), reason=reasons, fix=FIX.stored
    )
    kept = np.ones(len(frame), dtype=bool)
    kept[at] = False
    rejects = pd.concat([above, rejects], ignore_index=True)
    return frame[kept].reset_index(drop=True), rows[kept].reset_index(drop=True), rejects


def _above(page: Page, shape: Shape, about: tuple[str, str]) -> pd.DataFrame:
    """Give the rows of values above the heads: another table's that was not made out; numbers of columns are none."""
    values = map(values_of, page.grid[: shape.top])
    at = [row for row, found in enumerate(values) if found != [*range(1, len(found) + 1)]]
    if not at:
        return empty("rejects")
    numbers = np.arange(1, len(page.grid) + 1) if page.numbers is None else page.numbers
    frame = pd.DataFrame([page.grid[row] for row in at], columns=shape.heads, dtype="object")
    reason = phrase("above_heads").stored
    return set_aside(frame, about, source_row=numbers[at], reason=reason, fix=FIX.stored)


def _odd(frame: pd.DataFrame, page: Page, shape: Shape) -> dict[int, Message]:
    """Say which rows are odd, by position, and why; a short line of a total or a note is none."""
    if page.widths is None or not len(frame):
        return {}
    rows = page.grid[shape.top : shape.first]
    heads = max((at for row in rows for at, cell in enumerate(row, 1) if not is_blank(cell)), default=0)
    widths = page.widths[shape.first :]
    short, wide = (widths > 0) & (widths < heads), _filled(frame, heads) | (widths > len(frame.columns))
    rare = np.flatnonzero(_rare(widths, short) | _rare(wide, wide))
    odd = {int(at): phrase("other_width", width=int(widths[at]), heads=heads) for at in rare}
    odd |= {int(at): CODES[int(widths[at])] for at in np.flatnonzero(widths <= 0)}
    return {
        at: reason
        for at, reason in sorted(odd.items())
        if reason is EMPTY_ROW or holds_record(frame.iloc[at])
    }


def _filled(frame: pd.DataFrame, heads: int) -> npt.NDArray[np.bool_]:
    """Find the rows with something behind the last head."""
    found = np.zeros(len(frame), dtype=bool)
    for place in range(heads, len(frame.columns)):
        found |= those(frame.iloc[:, place], lambda cell: not is_blank(cell))
    return found


def _rare(widths: npt.NDArray[Any], odd: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Take those of the odd rows whose width few rows have."""
    habits = [
        width
        for width, rows in zip(*np.unique(widths[odd], return_counts=True), strict=True)
        if rows >= max(HABIT_ROWS, HABIT_SHARE * len(widths))
    ]
    return odd & ~np.isin(widths, habits)
