"""Names that stand as rows of their own above what they are the place of → a column; they are no records."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from gis.base.messages import Message, listed
from gis.base.tables import TABLES, conform
from gis.ingest.heads import recognised
from gis.ingest.layout_bands import PLACES, is_again
from gis.ingest.layout_labels import measured
from gis.ingest.layout_records import PLACE_HEADS
from gis.ingest.layout_sheet import arranged
from gis.ingest.looks import Seen
from gis.ingest.model import Options, finding, source_of
from gis.ingest.moments import moment
from gis.ingest.patterns import patterns
from gis.ingest.phrases import phrase
from gis.ingest.questions import ask, question
from gis.ingest.sheet_shape import RECORD_FIX, Shape, is_no_record, shape_of
from gis.ingest.titles import GENERIC, date_in, place_in
from gis.ingest.values import is_blank, is_missing, number
from gis.ingest.workbook import Page, taken_apart

_SAYS = patterns("groups")
IS_NAME = re.compile(r"[\u4e00-\u9fff]")
LONGEST, LEAST_HEADS, NAMED = 30, 3, 4
NAMES, NOTES, SHOWN = "places", "notes", 2
PLACE = Message("不是记录：其下各行的地点", "not a record: the place of the rows below it")
LEFT_OUT = -1  # the column of a row that is left out for the name above it
BELOW_OFF = phrase("below_off")
NOT_PLACED = Message("不是记录：只有一个名称", "not a record: a name alone")


class _Group(NamedTuple):
    """A row of one text: its place in the row, the name, and the text as written."""

    column: int
    name: str
    text: str


class _Where(NamedTuple):
    """The column of the place: its head, where it stands (None: it is added), the rows of heads, the place above."""

    head: str
    at: int | None
    top: int
    first: int
    above: str | None = None


def grouped(one: Seen, path: Path, options: Options) -> Seen:
    """Give the rows below a name of a place a column with it, where no column tells their place.

    Parameters
    ----------
    one
        A page of a sheet.

    Returns
    -------
    seen
        Without the rows of names; these are in `rejects`, and a finding tells of them. A name above parcels
        that is no town is set aside.

    Raises
    ------
    Question
        Names stand between readings, the first ones have none above, and no column tells the place.
    """
    measured_kind = options.kind in PLACE_HEADS
    head, roles = (PLACE_HEADS[options.kind][0], PLACES) if measured_kind else ("乡镇", ("town",))
    if (not measured_kind and "town" not in TABLES[options.kind]) or options.head_row:
        return one
    if not (lone := _lone(one.page)):
        return one
    page = taken_apart(one.page)
    band = _band(page, path, options)
    above = {
        " ".join(cell.split()) for row in page.grid[: band.first] for cell in row if isinstance(cell, str)
    }
    top = (cell for row in page.grid[band.top : band.top + 1] for cell in row)
    first = ["" if is_blank(cell) else " ".join(str(cell).split()) for cell in top]
    body = {
        row: group
        for row, group in lone.items()
        if row >= band.first
        and not {group.name, group.text} & above
        and _is_above_values(page, row, lone, (above, first, options.kind))
    }
    if not body or sum(bool(text) and not text.startswith("列") for text in band.heads) < LEAST_HEADS:
        return one
    at = next((at for at, text in enumerate(band.heads) if recognised(text, options.kind) in roles), None)
    where = _Where(head, at, band.top, band.first)
    below = [row for number_, row in enumerate(page.grid[band.first :], band.first) if number_ not in lone]
    told = at is not None and not all(is_blank(row[at]) for row in below)
    if measured_kind:
        return one if told else _of_readings(one, page, body, where, (band, path, options))
    if (
        not told
        and band.first in body
        and all(_SAYS["town"].fullmatch(group.name) for group in body.values())
    ):
        return _with_places(one, page, body, where)
    ids = {at for at, text in enumerate(band.heads) if (recognised(text, options.kind) or "").endswith("_id")}
    body = {
        row: group
        for row, group in body.items()
        if group.column not in ids or (_SAYS["numbered"].match(group.text) and group.text != group.name)
    }
    body |= _off_the_account(page, body, (band, path, options))
    return _without(one, page, body, where) if body else one


def _off_the_account(
    page: Page, body: dict[int, _Group], about: tuple[Shape, Path, Options]
) -> dict[int, _Group]:
    """Give the rows below a name that says they are off the account (二、核减地块), where a person leaves them out."""
    band, path, options = about
    off = {row: group for row, group in body.items() if _SAYS["off"].search(group.name)}
    if not off or options.kind != "parcels":
        return {}
    rows = [f"{row + 1}: {group.text}" for row, group in [*off.items()][:SHOWN]]
    asked = question("rows_off", {"count": rows}, names=listed(group.name for group in off.values()))
    answer = ask(options, "rows:小标题", *asked, file=source_of(path, page.name), heads=band.heads)
    ends = [*sorted(body), len(page.grid)]
    below = {at for row in off for at in range(row + 1, next(end for end in ends if end > row))}
    return {at: _Group(LEFT_OUT, _start(page, at), "") for at in below} if answer == "leave_out" else {}


def _start(page: Page, row: int) -> str:
    return next((str(cell) for cell in page.grid[row] if not is_blank(cell)), "")


def _of_readings(
    one: Seen, page: Page, body: dict[int, _Group], where: _Where, about: tuple[Shape, Path, Options]
) -> Seen:
    """Give readings the place that stands above them; ask where the first ones have none."""
    band, path, options = about
    if band.first in body:
        return _with_places(one, page, body, where)
    if where.at is not None:
        return one
    if _ask(page, body, about) == NOTES:
        return _without(one, page, body, where)
    above = place_in(band.title, page.name, path.stem, options.kind)
    return _with_places(one, page, body, where._replace(above=above))


def _band(page: Page, path: Path, options: Options) -> Shape:
    """Find the rows of heads of a page."""
    layout = arranged(page, path, options)
    if layout is None:
        return shape_of(page.grid, options)
    return Shape([*layout.band.heads], layout.band.first, layout.band.top, layout.title, layout.known)


def _ask(page: Page, body: dict[int, _Group], about: tuple[Shape, Path, Options]) -> str:
    band, path, options = about
    names = [group.name for group in body.values()]
    rows = [f"{row + 1}: {group.name}" for row, group in [*body.items()][:SHOWN]]
    asked = question("rows_named", {NAMES: rows}, n=len(names), names=listed(names, most=NAMED))
    return ask(options, "rows:名称", *asked, file=source_of(path, page.name), heads=band.heads)


def _lone(page: Page) -> dict[int, _Group]:
    """Find the rows that hold one text and nothing else, a merged one in all its cells."""
    width = len(page.grid[0]) if page.grid else 0
    if width < LEAST_HEADS:
        return {}
    columns = [
        np.array([*(row[at] for row in page.grid), *(() if page.rest is None else page.rest.iloc[:, at]), None],
                 dtype=object)[:-1]
        for at in range(LEAST_HEADS)
    ]  # fmt: skip
    blank = [pd.isna(cells) | (cells == "") for cells in columns]
    some = np.flatnonzero(sum(one.astype(int) for one in blank) >= LEAST_HEADS - 1)
    merged = np.flatnonzero((columns[0] == columns[1]) & (columns[1] == columns[2]) & ~blank[0])
    found = {}
    for row in np.union1d(some, merged).tolist():
        below = row - len(page.grid)
        cells = page.grid[row] if below < 0 or page.rest is None else page.rest.iloc[below].tolist()
        if (group := _group(cells)) is not None:
            found[row] = group
    return found


def _group(cells: Sequence[Any]) -> _Group | None:
    filled = [at for at, cell in enumerate(cells) if not is_blank(cell)]
    texts = {cells[at] for at in filled}
    text = texts.pop() if len(texts) == 1 else None
    if not isinstance(text, str) or is_no_record(text) or is_missing(text):
        return None
    name = _SAYS["introduced"].sub("", " ".join(text.split()), count=1).strip()
    named = (
        IS_NAME.search(name)
        and _SAYS["time"].fullmatch(name) is None
        and len(name) <= LONGEST
        and number(name).mark == "suspect"
        and moment(name) is None
        and (
            date_in(name) == (None, None, None) or not GENERIC.search(name.lower())
        )  # no title of a table below
    )
    return _Group(filled[0], name, " ".join(text.split())) if named else None


def _is_above_values(
    page: Page, row: int, lone: dict[int, _Group], about: tuple[set[str], list[str], str]
) -> bool:
    """Say whether a row of values follows: no other name, no note, and no heads, as a table of its own has."""
    below = next((at for at in range(row + 1, len(page.grid)) if not all(map(is_blank, page.grid[at]))), None)
    if below is None or below in lone:
        return False
    heads, first, kind = about
    if is_again(page.grid[below], first, kind):
        return False
    filled = [cell for cell in page.grid[below] if not is_blank(cell)]
    words = [cell for cell in filled if isinstance(cell, str) and number(cell).mark == "suspect"]
    if words and 2 * sum(_is_head(word, heads, kind) for word in words) >= len(words):
        return False
    return len(filled) > 1 and any(
        not isinstance(cell, str) or number(cell).mark is None or moment(cell) is not None for cell in filled
    )


def _is_head(word: str, heads: set[str], kind: str) -> bool:
    return " ".join(word.split()) in heads or recognised(word, kind) not in (None, *measured(kind))


def _with_places(one: Seen, page: Page, body: dict[int, _Group], where: _Where) -> Seen:
    name, at = where.above, where.at
    grid = []
    for number_, row in enumerate(page.grid):
        name = body[number_].name if number_ in body else name
        told = where.head if where.top <= number_ < where.first else name if number_ >= where.first else None
        if at is None:
            grid.append([told, *row])
        elif number_ >= where.first:
            grid.append([*row[:at], told, *row[at + 1 :]])
        else:
            grid.append(row)
    widths = page.widths
    if at is None and widths is not None:
        widths = widths + (widths > 0)
    return _without(one, page._replace(grid=grid, widths=widths), body, where, placed=True)


def _without(one: Seen, page: Page, body: dict[int, _Group], where: _Where, *, placed: bool = False) -> Seen:
    """Take the rows of names away and tell of them."""
    numbers = np.arange(1, len(page.grid) + 1) if page.numbers is None else page.numbers
    kept = np.array([number_ not in body for number_ in range(len(page.grid))])
    named_rows = {
        "source_row": numbers[[*body]], "text": [group.name for group in body.values()],
        "reason": [
            (PLACE if placed else NOT_PLACED if group.column != LEFT_OUT else BELOW_OFF).stored
            for group in body.values()
        ], "fix": RECORD_FIX.stored,
    }  # fmt: skip
    rejects = [frame for frame in (one.rejects, conform(pd.DataFrame(named_rows), "rejects")) if len(frame)]
    all_names = [group.name for group in body.values() if group.column != LEFT_OUT]
    names = [*dict.fromkeys(all_names)]
    values = {"n": len(all_names), "names": listed(names, most=NAMED)}
    named = (
        finding("group_rows", head=where.head, **values) if placed else finding("group_rows.alone", **values)
    )
    grid = [row for row, stays in zip(page.grid, kept, strict=True) if stays]
    widths = None if page.widths is None else page.widths[kept]
    return Seen(
        page._replace(grid=grid, numbers=numbers[kept], widths=widths), pd.concat(rejects, ignore_index=True),
        [*one.findings, named],
    )  # fmt: skip
