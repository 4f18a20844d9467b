"""The shape of a sheet as an office makes it: title rows, heads of two rows, rows that are no records."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from gis.base.messages import Message
from gis.base.tables import conform, empty
from gis.ingest.distinct import Distinct, by_column, those
from gis.ingest.heads import plain, recognised
from gis.ingest.measures import is_unit
from gis.ingest.model import Options
from gis.ingest.moments import moment
from gis.ingest.patterns import patterns
from gis.ingest.phrases import phrase
from gis.ingest.totals import NAMED_AS_RESULTS, NO_PARTS_IN, PART_REASON, Columns, notes, parts, totals
from gis.ingest.values import is_blank, number

MOST_TITLE_ROWS = 30
MOST_COUNTED = 10_000
_ROWS = patterns("rows")
RECORD_REASON = phrase("no_record")
_ABOUT = re.compile(r"(?:情况|信息|结果|内容)$")
QUALITY_REASON = phrase("quality_sample")
HEAD_REASON = Message("不是记录：重复的表头", "not a record: the heads again")
RECORD_FIX = Message("无需处理", "nothing to do")
NAMES = frozenset(("section", "station"))
WHOLES = frozenset(
    ("全市", "全县", "全区", "市均", "市均值", "市平均", "城市均值", "城市平均", "县均值", "区均值")
)

Grid = Sequence[Sequence[Any]]


class Shape(NamedTuple):
    """Heads of a sheet, the first data row (from 0), the rows of heads, and the title above them."""

    heads: list[str]
    first: int
    top: int
    title: str
    score: int


def shape_of(grid: Grid, options: Options) -> Shape:
    """Find the heads of a sheet.

    Parameters
    ----------
    grid
        Rows of cells, all of one length, merged cells filled.
    options
        `head_row` (from 1) overrides; else the row among the first 30 with most known heads wins.

    Returns
    -------
    shape
        A second row of heads (units, or names below a merged head) is joined to the first.
    """
    said = {plain(head) for head, _ in options.columns.values()}
    scores = [_score(row, options.kind, said) for row in grid[:MOST_TITLE_ROWS]]
    at = options.head_row - 1 if options.head_row else int(np.argmax(scores)) if scores else 0
    if not options.head_row and scores and not scores[at]:
        at = next((i for i, row in enumerate(grid) if len({_head(cell) for cell in row} - {""}) > 1), 0)
    if at >= len(grid):
        return Shape([], len(grid), at, "", 0)
    heads = [_head(cell) for cell in grid[at]]
    top, first = at, at + 1
    if at and "" in heads and is_wordy(grid[at - 1]) and len({_head(c) for c in grid[at - 1]} - {""}) > 1:
        heads = [head or _head(above) for head, above in zip(heads, grid[at - 1], strict=True)]
        top = at - 1
    while first < len(grid) and first - at <= 2 and (joined := _joined(heads, grid[first], options.kind)):  # noqa: PLR2004
        heads, first = joined, first + 1
    title = " ".join(dict.fromkeys(_head(cell) for row in grid[:top] for cell in row if not is_blank(cell)))
    return Shape(distinct(heads), first, top, title, scores[at] if at < len(scores) else 0)


def _score(row: Sequence[Any], kind: str, said: set[str]) -> int:
    names = {recognised(cell, kind) for cell in row} - {None}
    return len(names) + len({plain(cell) for cell in row if isinstance(cell, str)} & said)


def _head(cell: Any) -> str:
    return "" if is_blank(cell) else " ".join(str(cell).replace("\n", " ").split())


def is_wordy(row: Sequence[Any]) -> bool:
    """Say whether a row holds words only: no number and no date, as rows of heads do."""
    filled = [cell for cell in row if not is_blank(cell)]
    return bool(filled) and all(
        isinstance(cell, str) and number(cell).mark == "suspect" and moment(cell) is None for cell in filled
    )


def _unit(text: str) -> str | None:
    inner = unicodedata.normalize("NFKC", text).strip("()[]【】 ")
    return inner if is_unit(inner) else None


def _joined(heads: list[str], row: Sequence[Any], kind: str) -> list[str] | None:
    cells = [_head(cell) for cell in row]
    new = [cell for head, cell in zip(heads, cells, strict=True) if cell and cell != head]
    if not new:
        return None
    units = [_unit(cell) for cell in new]
    if sum(unit is not None for unit in units) * 2 >= len(new):
        pairs = zip(heads, cells, strict=True)
        return [f"{h}({_unit(c)})" if c and c != h and _unit(c) else h for h, c in pairs]
    below = (cell for head, cell in zip(heads, cells, strict=True) if cell and not recognised(head, kind))
    grouped = [_under(head, cell, heads, kind) for head, cell in zip(heads, cells, strict=True)]
    if not is_wordy(row) or not (any(grouped) or any(recognised(cell, kind) for cell in below)):
        return None
    if any(grouped):
        return [
            whole or (f"{_ABOUT.sub('', h)}{c}" if c and c != h and heads.count(h) > 1 else h)
            for whole, h, c in zip(grouped, heads, cells, strict=True)
        ]
    known = [
        recognised(cell, kind) is not None and recognised(f"{head}{cell}", kind) is None
        for head, cell in zip(heads, cells, strict=True)
    ]
    return [c if k or not h else h if not c or c == h else f"{h}{c}"
            for h, c, k in zip(heads, cells, known, strict=True)]  # fmt: skip


def _under(head: str, cell: str, heads: list[str], kind: str) -> str | None:
    """Name a column below a head that spans several: 验收 below 面积(亩), 面积(亩) below 验收情况: 验收面积(亩)."""
    stem = _ABOUT.sub("", head)
    if not cell or cell == head or heads.count(head) < 2 or not (recognised(head, kind) or stem != head):  # noqa: PLR2004
        return None
    names = (f"{cell}{head}", f"{head}{cell}", *([f"{stem}{cell}"] if stem and stem != head else ()))
    return next((name for name in names if recognised(name, kind)), None)


def distinct(heads: list[str]) -> list[str]:
    """Give each head a name of its own: 列3 for a blank one, a number behind one that stands again."""
    seen: dict[str, int] = {}
    out = []
    for place, head in enumerate(heads, start=1):
        name = head or f"列{place}"
        seen[name] = seen.get(name, 0) + 1
        out.append(name if seen[name] == 1 else f"{name}_{seen[name]}")
    return out


def split_records(
    frame: pd.DataFrame, rows: pd.Series, source: str, layer: str, kind: str
) -> tuple[pd.DataFrame, pd.Series, pd.DataFrame]:
    """Part the data rows of a sheet into records and rows of means, limits, totals and notes.

    Returns
    -------
    frame, rows, rejects
        Blank rows are dropped; the others are in `frame` or in `rejects`.
    """
    kept, rejects = split_rows(frame, frame, rows, (source, layer, kind))
    return frame[kept].reset_index(drop=True), rows[kept].reset_index(drop=True), rejects


def split_rows(
    shown: pd.DataFrame,
    frame: pd.DataFrame,
    rows: pd.Series,
    about: tuple[str, str, str],
    lone: npt.NDArray[np.bool_] | None = None,
) -> tuple[npt.NDArray[np.bool_], pd.DataFrame]:
    """Say which rows are records, and list those of means, limits, totals and notes.

    Parameters
    ----------
    shown
        The cells that tell it; `frame` are those that are listed.
    about
        Source, layer and kind.
    lone
        Rows that are none for another reason.

    Returns
    -------
    kept, rejects
        Blank rows are in neither.
    """
    source, layer, kind = about
    columns = by_column(shown)
    first, second = _leading(shown, columns)
    blank = first.isna().to_numpy()
    named = [columns(head) for head in shown.columns if recognised(head, kind) in NAMES]
    marks = totals(shown, columns) | notes(shown)
    if kind not in NAMED_AS_RESULTS:
        marks |= _marked(second, limits=False) | (lone if lone is not None else False)
        marks |= _marked(first, limits=True)
        for cells in named:
            marks |= _marked(cells, limits=True)
    for cells in named:
        marks |= _of_all(cells)
    after = np.flatnonzero(_marked(second, limits=True) & ~marks)  # a running number may stand before
    marks[after] = those(
        first.iloc[after], lambda cell: not is_blank(cell) and number(cell).value < MOST_COUNTED
    )
    again = np.ones(len(frame), dtype=bool)
    listed_columns = columns if frame is shown else by_column(frame)
    for head in list(frame.columns)[:3]:
        again &= those(listed_columns(head), partial(_is_head_again, head=head))
    checks = _of_quality(shown, columns) if kind == "samples" else np.zeros(len(frame), dtype=bool)
    inner = parts(shown, columns, marks) if kind not in NO_PARTS_IN else np.zeros(len(frame), dtype=bool)
    bad = (marks | again | inner | checks) & ~blank
    if not bad.any():
        return ~blank, empty("rejects")
    reasons = np.select(
        [again[bad], checks[bad], inner[bad]],
        [HEAD_REASON.stored, QUALITY_REASON.stored, PART_REASON.stored], RECORD_REASON.stored,
    )  # fmt: skip
    listed = set_aside(
        frame[bad], (source, layer), source_row=rows[bad].to_numpy(), text=first[bad].astype(str).to_numpy(),
        reason=reasons, fix=RECORD_FIX.stored,
    )  # fmt: skip
    return ~bad & ~blank, listed


def _of_all(cells: Distinct) -> npt.NDArray[np.bool_]:
    """Find rows of the whole city among those of its stations; alone they are records."""
    whole = those(cells, lambda cell: plain(str(cell)) in WHOLES)
    return whole if not whole[cells.codes >= 0].all() else np.zeros(len(whole), dtype=bool)


def _of_quality(shown: pd.DataFrame, columns: Columns) -> npt.NDArray[np.bool_]:
    """Find blanks, spiked and reference samples: their values are of no water."""
    found = np.zeros(len(shown), dtype=bool)
    for head in shown.columns:
        if recognised(head, "samples") in (None, *NAMES, "remark"):
            found |= those(
                columns(head),
                lambda cell: isinstance(cell, str) and _ROWS["quality"].fullmatch(cell.strip()) is not None,
            )
    return found


def _leading(frame: pd.DataFrame, columns: Columns) -> tuple[pd.Series, pd.Series]:
    """Give the first and the second cell with something in it, of every row."""
    first, second = np.full((2, len(frame)), None, dtype=object)
    n = np.zeros(len(frame), dtype=np.int64)
    for name in frame.columns:
        cells = columns(name)
        filled = those(cells, lambda cell: bool(str(cell).strip()))
        for at, found in enumerate((first, second)):
            found[filled & (n == at)] = cells.cells[cells.codes[filled & (n == at)]]
        n += filled
        if (n > 1).all():
            break
    return pd.Series(first, frame.index), pd.Series(second, frame.index)


def _marked(cells: pd.Series | Distinct, *, limits: bool) -> npt.NDArray[np.bool_]:
    return those(cells, partial(is_no_record, limits=limits))


def _is_head_again(cell: Any, head: str) -> bool:
    return isinstance(cell, str) and cell.strip() == head


def is_no_record(cell: Any, *, limits: bool = True) -> bool:
    """Say whether a cell heads a row of means, totals, limits or notes."""
    if not isinstance(cell, str):
        return False
    text = "".join(unicodedata.normalize("NFKC", cell).lower().split())
    return _ROWS["no_record"].fullmatch(text) is not None or (
        limits and _ROWS["limit"].fullmatch(text) is not None
    )


def holds_record(row: Iterable[Any]) -> bool:
    """Say whether the first cell of a row with something in it heads no row of means, totals, limits or notes."""
    first = next((cell for cell in row if not is_blank(cell)), None)
    return first is not None and not is_no_record(first)


def set_aside(frame: pd.DataFrame, about: tuple[str | None, str | None], **columns: Any) -> pd.DataFrame:
    """List rows in the table `rejects`, each with its record.

    Parameters
    ----------
    frame
        The rows as found, under the file's own heads.
    about
        Source and layer.
    columns
        One value, or one for each row: source_row, text, reason, fix.
    """
    source, layer = about
    listed = pd.DataFrame({"source": source, "layer": layer, **columns, "record": records(frame)})
    return conform(listed, "rejects")


def records(frame: pd.DataFrame) -> list[str]:
    """Write rows as JSON objects with the file's own heads."""
    return [
        json.dumps(
            {str(key): None if is_blank(value) else value for key, value in row.items()},
            ensure_ascii=False, default=str,
        )
        for row in frame.to_dict("records")
    ]  # fmt: skip
