"""Sheets that hold more than one table, below or beside each other → tables of one head each."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from gis.base.errors import Choice
from gis.base.messages import Message
from gis.ingest.heads import recognised
from gis.ingest.layout import is_line
from gis.ingest.layout_bands import PART_ROLES, WHOLE_TIMES, is_again, is_same_head
from gis.ingest.layout_labels import measured
from gis.ingest.layout_sheet import arranged
from gis.ingest.model import Findings, Options, finding
from gis.ingest.questions import ask
from gis.ingest.sheet_shape import MOST_TITLE_ROWS, is_no_record, is_wordy, shape_of
from gis.ingest.titles import place_label, without_items
from gis.ingest.values import is_blank
from gis.ingest.workbook import Looks, Page, taken_apart

LEAST_HEADS, MOST_BESIDE, LEAST_STEM, SHOWN = 2, 6, 4, 2
CHANGES = re.compile(r"[\s\d年月日时.,，:：()（）\-—_/]+")
PAGE = re.compile(r"第\s*\d+\s*页.*|共\s*\d+\s*页|续表?\d*|.*[(（]续[)）]|\d+/\d+|page \d+.*", re.IGNORECASE)

VALUE = re.compile(r"[-+\d.,:/ T]*")


def blocks(page: Page, path: Path, options: Options) -> list[Page]:
    """Part a sheet at rows of heads that differ from those above, or that stand below a title of their own.

    Returns
    -------
    pages
        `name` stays that of the sheet; `numbers` are its rows.
    """
    if options.head_row:
        return [page]
    top, at = _heads(page, path, options)
    if at >= len(page.grid):
        return [page]
    if beside := _beside(page, options.kind):
        return beside
    top, at = _first_of_its_heads(page, top, at)
    heads, title = _texts(page.grid[top]), _title(page.grid[_title_above(page.grid, top) : top])
    marks = _marks(title, options.kind)
    first = _first_like_heads(page, at, heads, (options.kind, marks))
    if first is None:
        return [page]
    whole = taken_apart(page)
    starts = [0, *_starts(whole, range(first, len(whole.grid)), (heads, title, marks), options.kind)]
    return _parted(whole, starts) if len(starts) > 1 else [page]


def _first_of_its_heads(page: Page, top: int, at: int) -> tuple[int, int]:
    """Give the heads and the first values of a table of the same heads above, which may be narrower, or those given."""
    heads = {*_texts(page.grid[top])} - {""}
    for row in range(top - 1):
        if _stand_again(_texts(page.grid[row]), heads) and not is_wordy(page.grid[row + 1]):
            return row, row + 1
    return top, at


def _beside(page: Page, kind: str) -> list[Page]:
    """Part tables that stand side by side, each under a name of its own; none where no row of heads is repeated."""
    if page.rest is not None:
        return []
    for top in range(1, min(len(page.grid), MOST_TITLE_ROWS)):
        heads = _texts(page.grid[top])
        full = [at for at, head in enumerate(heads) if head]
        for times in range(2, MOST_BESIDE + 1):
            n = len(full) // times
            groups = [full[at * n : (at + 1) * n] for at in range(times)]
            texts = [[heads[at] for at in group] for group in groups]
            known = {recognised(text, kind) for text in texts[0]} - {None}
            names = [str(page.grid[top - 1][group[0]] or "") for group in groups if group]
            repeated = n * times == len(full) and n > 1 and all(one == texts[0] for one in texts)
            timed = known & {*WHOLE_TIMES, *PART_ROLES}
            if repeated and timed and known & measured(kind) and len({*names} - {""}) == times:
                return [_alone(page, top, group) for group in groups]
    return []


def _alone(page: Page, top: int, group: Sequence[int]) -> Page:
    """Leave a sheet with one of the tables that stand side by side in it, at its place."""
    mine = range(group[0], group[-1] + 1)
    grid = [
        row if at < top - 1 else [cell if place in mine else None for place, cell in enumerate(row)]
        for at, row in enumerate(page.grid)
    ]
    grid[top - 1] = [cell if place == group[0] else None for place, cell in enumerate(page.grid[top - 1])]
    name = f"{page.name} 第{group[0] + 1}列起".strip() if group[0] else page.name
    return page._replace(name=name, grid=grid, sheet=page.name)


def _starts(
    page: Page, rows: range, told: tuple[list[str], list[str], list[str]], kind: str
) -> Iterator[int]:
    """Give the row that each further table begins at, its title included."""
    heads, title, marks = told
    known, last = {*heads} - {""}, rows.start - 2
    for row in rows:
        texts = _texts(page.grid[row])
        named = (
            row > last and is_line(page.grid[row]) and any(mark in text for mark in marks for text in texts)
        )
        begins = _title_above(page.grid, row, is_line) if named else row
        lines = (
            _title([*itertools.takewhile(is_line, page.grid[begins : begins + MOST_TITLE_ROWS])])
            if named
            else []
        )
        if lines and lines != title:
            yield begins
            head = next((at for at in range(row, len(page.grid)) if not is_line(page.grid[at])), row)
            heads, title, last = _texts(page.grid[head]), lines, head
            known |= {*heads} - {""}
        elif row > last and (
            texts == heads
            or is_again(page.grid[row], heads, kind)
            or _is_head(texts, known, page.grid[row], kind)
        ):
            below, last = row == last + 1, row
            begins = _title_above(page.grid, row)
            above = _title(page.grid[begins:row])
            if not below and (texts != heads or (above and above != title)):
                yield begins
                heads, known, title = texts, known | {*texts} - {""}, above


def _marks(title: Sequence[str], kind: str) -> list[str]:
    """Give what titles of the same tables share: words without item, date and place, and the label of a place."""
    words = [word for text in title[:1] for word in CHANGES.split(without_items(text, kind))]
    longest = max(words, key=len, default="")
    labels = map(place_label, _texts(title))
    return [*filter(None, (longest if len(longest) >= LEAST_STEM else "", *labels))]


def _parted(page: Page, starts: Sequence[int]) -> list[Page]:
    numbers = page.numbers if page.numbers is not None else np.arange(1, len(page.grid) + 1)
    parts = []
    for a, b in zip(starts, [*starts[1:], len(page.grid)], strict=True):
        name = f"{page.name} 第{numbers[a]}行起".strip() if a else page.name
        widths = None if page.widths is None else page.widths[a:b]
        looks = _cut(page.looks, a, b)
        part = page._replace(name=name, grid=page.grid[a:b], numbers=numbers[a:b], widths=widths, looks=looks)
        parts.append(part._replace(sheet=page.name))
    return parts


def _cut(looks: Looks | None, first: int, end: int) -> Looks | None:
    if looks is None:
        return None
    hidden = frozenset(at - first for at in looks.hidden_rows if first <= at < end)
    struck = {at - first: places for at, places in looks.struck.items() if first <= at < end}
    return looks._replace(hidden_rows=hidden, struck=struck)


def _first_like_heads(page: Page, at: int, heads: Sequence[str], about: tuple[str, list[str]]) -> int | None:
    """Give the first row from `at` on that may be one of heads: a head at its place, or two words that heads have.

    Only distinct cells are looked at, and no row of heads is passed over, so that the rows above need no look.
    """
    kind, marks = about
    known, measures = {*heads} - {""}, (None, *measured(kind))
    rows = len(page.grid) - at + (0 if page.rest is None else len(page.rest))
    again, roles, begins = (np.zeros(rows, dtype=np.int16) for _ in range(3))
    place = next((place for place, head in enumerate(heads) if head), None)
    for column, cells in enumerate(_columns(page, at)):
        codes, distinct = pd.factorize(cells, use_na_sentinel=True)
        texts = _texts([*distinct, ""])
        again += np.array([text in known for text in texts])[codes]
        roles += np.array([_is_name(text) and recognised(text, kind) not in measures for text in texts])[
            codes
        ]
        begins += np.array([column == place and is_same_head(text, heads[column], kind) for text in texts])[
            codes
        ]
        begins += np.array([any(mark in text for mark in marks) for text in texts])[codes]
    may_be = (roles >= LEAST_HEADS) | (again >= min(LEAST_HEADS, len(known))) | (begins > 0)
    return at + int(may_be.argmax()) if may_be.any() else None


def _is_name(text: str) -> bool:
    """Say whether a text may be a head: numbers and times, most of a long table, are looked at no further."""
    return VALUE.fullmatch(text) is None


def _columns(page: Page, at: int) -> Iterator[npt.NDArray[np.object_]]:
    """Give the cells of each column from row `at` on; a number and a text that it equals stay apart."""
    for place in range(len(page.grid[0])):
        cells = [row[place] for row in page.grid[at:]]
        top = np.empty(len(cells), dtype=object)
        top[:] = [cell if isinstance(cell, str) else "" if is_blank(cell) else str(cell) for cell in cells]
        yield top if page.rest is None else np.concatenate([top, page.rest.iloc[:, place].to_numpy()])


def _heads(page: Page, path: Path, options: Options) -> tuple[int, int]:
    """Give the first row of the heads of the first table, and its first row of values."""
    layout = arranged(page, path, options)
    if layout is not None:
        return layout.band.top, layout.band.first
    at = shape_of(page.grid, options).first
    if at >= len(page.grid):
        return at, at
    known = {row: {recognised(cell, options.kind) for cell in page.grid[row]} - {None}
             for row in range(max(at - 3, 0), at)}  # fmt: skip
    return max(known, key=lambda row: len(known[row]), default=0), at


def _is_head(texts: Sequence[str], known: set[str], row: Sequence[Any], kind: str) -> bool:
    """Say whether a row holds, for the greater part, heads that stood above or are known, and no value."""
    filled = [text for text in texts if text]
    roles = sum(recognised(text, kind) not in (None, *measured(kind)) for text in filled)
    return roles >= LEAST_HEADS or (_stand_again(filled, known) and is_wordy(row))


def _stand_again(texts: Sequence[str], known: set[str]) -> bool:
    """Say whether at least two texts of a row, and half of those it has, are known heads."""
    again = sum(text in known for text in texts)
    return again >= LEAST_HEADS and 2 * again >= sum(map(bool, texts))


def stacked(
    frame: pd.DataFrame, rows: pd.Series, options: Options, file: str
) -> tuple[pd.DataFrame, pd.Series, Findings]:
    """Put tables that stand side by side under the same heads one below the other.

    Parameters
    ----------
    frame
        Shape (n,); heads that stand again are numbered `_2`, `_3` …

    Returns
    -------
    frame, rows, findings
        Heads that stand twice otherwise are told and stay.

    Raises
    ------
    Question
        Two columns of one measured head hold other values.
    """
    again = [str(head) for head in frame.columns if _numbered(str(head), frame)]
    if not again:
        return frame, rows, []
    full = [name for name in frame if not (str(name).startswith("列") and frame[name].map(is_blank).all())]
    for times, base in _repeats([str(name) for name in full], options.kind):
        parts = [
            frame[full[at * len(base) : (at + 1) * len(base)]].set_axis(base, axis=1) for at in range(times)
        ]
        filled = [part[~part.map(is_blank).all(axis=1)] for part in parts]
        numbers = pd.concat([rows[part.index] for part in filled], ignore_index=True)
        return pd.concat(filled, ignore_index=True), numbers, [finding("tables_side_by_side", n=times)]
    for head in again:
        frame = _chosen(frame, head, options, file)
    return frame, rows, [finding("heads_repeated", names=", ".join(again))]


def _repeats(full: Sequence[str], kind: str) -> Iterator[tuple[int, list[str]]]:
    """Give how often heads stand side by side, and which."""
    for times in range(2, MOST_BESIDE + 1):
        base = list(full[: len(full) // times])
        same = full == [f"{name}_{n}" if n > 1 else name for n in range(1, times + 1) for name in base]
        if same and len({recognised(name, kind) for name in base} - {None}) >= LEAST_HEADS:
            yield times, base


def _chosen(frame: pd.DataFrame, head: str, options: Options, file: str) -> pd.DataFrame:
    """Ask which of two columns of one measured head counts, where they differ; the answer comes first."""
    base = head.rpartition("_")[0]
    if base not in frame or recognised(base, options.kind) not in measured(options.kind):
        return frame
    both = frame[[base, head]]
    differ = both[(both[base].map(str) != both[head].map(str)) & ~both.map(is_blank).all(axis=1)]
    if differ.empty:
        return frame
    rows = [f"{base} = {one}, {head} = {other}" for one, other in differ.head(SHOWN).itertuples(index=False)]
    said = ask(
        options, f"heads:{base}",
        Message("“{head}”有两列，数值不同", "“{head}” stands over two columns whose values differ", head=base),
        [Choice(base, Message("用第一列", "the first column counts"), tuple(rows)),
         Choice(head, Message("用后一列", "the later column counts"))],
        file=file, heads=frame.columns,
    )  # fmt: skip
    return frame if said == base else frame.rename(columns={base: head, head: base})


def _numbered(head: str, frame: pd.DataFrame) -> bool:
    base, _, number = head.rpartition("_")
    return bool(base) and number.isdigit() and base in frame and not base.startswith("列")


def _texts(row: Iterable[Any]) -> list[str]:
    flat = ("" if is_blank(cell) else unicodedata.normalize("NFKC", str(cell)) for cell in row)
    return ["".join(text.split()) for text in flat]


def _spelled(row: Sequence[Any]) -> set[str]:
    return {str(cell).strip() for cell in row if not is_blank(cell)}


def _title(rows: Sequence[Sequence[Any]]) -> list[str]:
    """Give the lines above a table, those left out that only number its pages."""
    return [text for row in rows for text in _spelled(row) if not PAGE.fullmatch(text)]


def _is_one_text(row: Sequence[Any]) -> bool:
    return len(_spelled(row)) <= 1


def _title_above(
    grid: Sequence[Sequence[Any]], row: int, is_part: Callable[[Sequence[Any]], bool] = _is_one_text
) -> int:
    """Give the first row of the title above a row: rows of one text, the nearest note left out with all above it."""
    top = row
    while 0 < top > row - MOST_TITLE_ROWS and is_part(grid[top - 1]):
        if any(map(is_no_record, _spelled(grid[top - 1]))):
            break
        top -= 1
    return top
