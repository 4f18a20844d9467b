"""Sheets that hold more than one table, or one that stands on its side → upright tables of one head each."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from gis.base.tables import TABLES
from gis.ingest.heads import recognised
from gis.ingest.model import Options
from gis.ingest.sheet_shape import MOST_TITLE_ROWS, date_in, is_no_record, is_wordy, shape_of
from gis.ingest.values import is_blank
from gis.ingest.workbook import Page

ON_THEIR_SIDE = {"samples": "断面名称", "air_days": "站点名称", "air_hours": "站点名称"}
LONG = frozenset(("_indicator", "_value"))
LEAST_HEADS, LEAST_INDICATORS, MOST_BESIDE = 2, 3, 6
KINDS_OF_NUMBER = frozenset("fi")

Findings = list[tuple[str, str]]


def indicators(kind: str) -> frozenset[str]:
    """Name the measured columns of a kind; empty for a kind that does not measure."""
    if kind not in ON_THEIR_SIDE:
        return frozenset()
    return frozenset(name for name, column in TABLES[kind].items() if column.kind in KINDS_OF_NUMBER)


def upright(page: Page, kind: str) -> tuple[Page, Findings]:
    """Turn a table whose rows are indicators and whose columns are sections or stations.

    Returns
    -------
    page, findings
        The page as it came where it stands upright; else `numbers` are the columns of the sheet.
    """
    measured = indicators(kind)
    if not measured or page.rest is not None:
        return page, []
    body = [at for at, row in enumerate(page.grid) if len(_spelled(row)) > 1]
    lead = next(
        (at for at in range(2) if _known([row[at : at + 1] for row in page.grid], kind, measured)), None
    )
    heads = [_names(row, kind) for row in page.grid[:MOST_TITLE_ROWS]]
    stands = any(len(names & measured) >= LEAST_HEADS or names >= LONG for names in heads)
    if lead is None or not body or stands:
        return page, []
    titles, rows = page.grid[: body[0]], [page.grid[at][lead:] for at in range(body[0], len(page.grid))]
    turned = [list(cells) for cells in zip(*rows, strict=True)]
    if not any(
        recognised(cell, kind) in ("section", "section_id", "station", "station_id") for cell in turned[0]
    ):
        turned[0][0] = ON_THEIR_SIDE[kind]
    width = max(len(turned[0]), *(len(row) for row in titles), 1)
    grid = [[*row, *[None] * (width - len(row))] for row in (*titles, *turned)]
    numbers = np.array([*range(1, len(titles) + 1), *range(lead + 1, lead + 1 + len(turned))])
    message = (
        f"“{page.name}”行列颠倒 (指标在行)，已转置，行号为列号"
        " · indicators stand in rows: the table was turned, row numbers are those of columns"
    )
    return page._replace(grid=grid, numbers=numbers), [("table_turned", message)]


def blocks(page: Page, options: Options) -> list[Page]:
    """Part a sheet at rows of heads that differ from those above, or that stand below a title with a date.

    Returns
    -------
    pages
        `name` of a later block tells its first row; `numbers` are the rows of the sheet.
    """
    if page.rest is not None or options.head_row:
        return [page]
    starts = [0]
    heads: list[str] = []
    at = shape_of(page.grid, options).first
    if at >= len(page.grid):
        return [page]
    heads = _texts(page.grid[_head_row(page.grid, at, options.kind)])
    known = {*heads} - {""}
    for row in range(at, len(page.grid)):
        texts = _texts(page.grid[row])
        filled = [text for text in texts if text]
        again = sum(text in known for text in filled)
        if again < LEAST_HEADS or 2 * again < len(filled) or not is_wordy(page.grid[row]):
            continue
        top = _title_above(page.grid, row)
        dated = any(date_in(text) != (None, None, None) for text in _title(page.grid[top:row]))
        if texts != heads or dated:
            starts.append(top)
            heads, known = texts, known | {*filled}
    if len(starts) == 1:
        return [page]
    numbers = page.numbers if page.numbers is not None else np.arange(1, len(page.grid) + 1)
    ends = [*starts[1:], len(page.grid)]
    return [
        Page(page.name if not a else f"{page.name} 第{numbers[a]}行起".strip(), page.grid[a:b], numbers[a:b])
        for a, b in zip(starts, ends, strict=True)
    ]


def stacked(frame: pd.DataFrame, rows: pd.Series, kind: str) -> tuple[pd.DataFrame, pd.Series, Findings]:
    """Put tables that stand side by side under the same heads one below the other.

    Parameters
    ----------
    frame
        Shape (n,); heads that stand again are numbered `_2`, `_3` …

    Returns
    -------
    frame, rows, findings
        Heads that stand twice otherwise are told and stay.
    """
    again = [str(head) for head in frame.columns if _numbered(str(head), frame)]
    if not again:
        return frame, rows, []
    full = [name for name in frame if not (str(name).startswith("列") and frame[name].map(is_blank).all())]
    for times in range(2, MOST_BESIDE + 1):
        base = full[: len(full) // times]
        same = full == [f"{name}_{n}" if n > 1 else name for n in range(1, times + 1) for name in base]
        if not same or len({recognised(str(name), kind) for name in base} - {None}) < LEAST_HEADS:
            continue
        parts = [
            frame[full[at * len(base) : (at + 1) * len(base)]].set_axis(base, axis=1) for at in range(times)
        ]
        filled = [part[~part.map(is_blank).all(axis=1)] for part in parts]
        message = (
            f"{times} 个表并排，已上下接续 · {times} tables stand side by side and were put below each other"
        )
        numbers = pd.concat([rows[part.index] for part in filled], ignore_index=True)
        return pd.concat(filled, ignore_index=True), numbers, [("tables_side_by_side", message)]
    message = f"表头重复，已编号，只用第一个 · heads stand twice, numbered, only the first is used: {', '.join(again)}"
    return frame, rows, [("heads_repeated", message)]


def _numbered(head: str, frame: pd.DataFrame) -> bool:
    base, _, number = head.rpartition("_")
    return bool(base) and number.isdigit() and base in frame and not base.startswith("列")


def _texts(row: Sequence[Any]) -> list[str]:
    return [
        "" if not isinstance(cell, str) else "".join(unicodedata.normalize("NFKC", cell).split())
        for cell in row
    ]


def _spelled(row: Sequence[Any]) -> set[str]:
    return {str(cell).strip() for cell in row if not is_blank(cell)}


def _title(rows: Sequence[Sequence[Any]]) -> list[str]:
    return [text for row in rows for text in _spelled(row)]


def _title_above(grid: Sequence[Sequence[Any]], row: int) -> int:
    top = row
    while top and len(found := _spelled(grid[top - 1])) <= 1 and not any(map(is_no_record, found)):
        top -= 1
    return top


def _head_row(grid: Sequence[Sequence[Any]], first: int, kind: str) -> int:
    above = range(max(first - 3, 0), first)
    return max(above, key=lambda at: len(_names(grid[at], kind)), default=0)


def _names(row: Sequence[Any], kind: str) -> set[str]:
    return {name for cell in row if (name := recognised(cell, kind)) is not None}


def _known(rows: Sequence[Sequence[Any]], kind: str, measured: frozenset[str]) -> bool:
    found = {name for row in rows for name in _names(row, kind)}
    return len(found & measured) >= LEAST_INDICATORS
