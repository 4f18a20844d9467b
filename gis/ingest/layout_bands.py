"""The rows of heads of a sheet: where they may stand, and what each head of several rows stands over."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from gis.ingest.layout_labels import NO_LABEL, Label, label
from gis.ingest.moments import NO_PARTS
from gis.ingest.values import is_blank, number, plain

Rows = Sequence[Sequence[Any]]

PLACES = ("section_id", "section", "station_id", "station")
WHOLE_TIMES = ("sampled_at", "time", "date", "_day")
PART_ROLES = {"_year": "year", "_month": "month", "_monthday": "day", "_clock": "hour"}
MOST_LEVELS, MOST_TOPS, MOST_TITLES, LOOKED_AT = 3, 8, 30, 60
LEAST_TURNED, LONGEST_VALUE = 2, 8


@dataclass(frozen=True)
class Band:
    """Rows of heads, the columns below them, and the rows of the body that are heads too (a row of dates).

    Attributes
    ----------
    levels
        Labels of each row of heads, shape (levels, columns).
    units
        Of a row of units, or blank.
    top, first
        First row of heads and first row of the body.
    """

    levels: tuple[tuple[Label, ...], ...]
    units: tuple[str, ...]
    top: int
    first: int
    pulled: tuple[int, ...] = ()

    @cached_property
    def bottom(self) -> tuple[Label, ...]:
        """The lowest label of each column that is not blank."""
        return tuple(
            next((one for one in reversed(labels) if one.text), NO_LABEL)
            for labels in zip(*self.levels, strict=True)
        )

    @cached_property
    def heads(self) -> list[str]:
        """One text for each column."""
        return [
            " ".join(dict.fromkeys(one.text for one in labels if one.text))
            for labels in zip(*self.levels, strict=True)
        ]


def bands(grid: Rows, kind: str, said: Mapping[str, str], head_row: int | None) -> Iterator[Band]:
    """Give the rows of heads that are possible, the upper first: one to three rows, and one of units.

    Parameters
    ----------
    grid
        Rows of a sheet, merged cells filled.
    said
        Canonical column → head, where a person says so.
    head_row
        The lowest row of heads, from 1, where a person says so.
    """
    tops = [at for at in range(len(grid[:MOST_TITLES])) if _may_be_heads(grid[at : at + 3], kind)]
    by_head = {plain(head): name for name, head in said.items()}
    for top in tops[:MOST_TOPS]:
        for depth in range(1, MOST_LEVELS + 2):
            first = top + depth
            if first >= len(grid) or (head_row is not None and first != head_row):
                continue
            rows = [[_said(label(cell, kind), by_head) for cell in row] for row in grid[top:first]]
            if _is_data(rows[-1], grouped=depth > 1):
                break
            band = _band(rows, top, first)
            if band is None:
                continue
            yield band
            yield from _pulled(band, grid, kind)
        if _are_heads([label(cell, kind) for cell in grid[top]]):
            return  # what stands below known heads is no head of theirs


def _may_be_heads(rows: Rows, kind: str) -> bool:
    """Say whether a row holds more than one text, or one that tells a time or an item over one number.

    Between them another such text may stand: an item over its day; before the number what its row is.
    """
    filled = {str(cell) for cell in rows[0] if not is_blank(cell)}
    if len(filled) != 1:
        return len(filled) > 1
    stack = [{at: cell for at, cell in enumerate(row) if not is_blank(cell)} for row in rows]
    texts = itertools.takewhile(lambda cells: len({*map(str, cells.values())}) == 1, stack)
    alone = [label(next(iter(cells.values())), kind) for cells in texts]
    depth = len([*itertools.takewhile(lambda one: one.item or one.parts != NO_PARTS, alone)])
    below = stack[depth] if 0 < depth < len(stack) else {}
    if not below:
        return False
    *before, at = below
    return math.isfinite(number(below[at]).value) and (not before or (before == [0] and at in stack[0]))


def _are_heads(row: Sequence[Label]) -> bool:
    """Say whether a row holds a known role, and is not just one name with its value (站点 | 兴福子站)."""
    filled = [one for one in row if one.text]
    roles = sum(one.role is not None for one in filled)
    return roles > 0 and (len(filled) > LEAST_TURNED or roles == len(filled))


def is_again(row: Sequence[Any], heads: Sequence[str], kind: str) -> bool:
    """Say whether a row begins as the heads do, or with another word for the same (项目, 监测项目).

    Heads of bare numbers stand again where all of them do.
    """
    filled = [(at, " ".join(str(cell).split())) for at, cell in enumerate(row) if not is_blank(cell)]
    first = next((at for at, head in enumerate(heads) if head), None)
    if first is None or len(filled) < LEAST_TURNED or filled[0][0] != first:
        return False
    if filled[0][1].replace(".", "").isdigit():
        return all(text == heads[at] for at, text in filled)
    return is_same_head(filled[0][1], heads[first], kind)


def is_same_head(text: str, head: str, kind: str) -> bool:
    """Say whether a text is a head, or names the same role."""
    role = label(head, kind).role
    return text == head or (role is not None and label(text, kind).role == role)


def _said(one: Label, by_head: Mapping[str, str]) -> Label:
    name = by_head.get(plain(one.text)) if by_head and one.text else None
    return one if name is None else one._replace(role=name, item=None, parts=NO_PARTS, bare=None, aside=False)


def _is_data(row: Sequence[Label], *, grouped: bool) -> bool:
    """Say whether a row holds values: decimals, or whole numbers that repeat under no heads of several columns."""
    texts = [one.text for one in row if one.text and one.parts.year is None]
    bare = [text for text in texts if text.replace(".", "", 1).replace("-", "", 1).isdigit()]
    runs = [text for text, _ in itertools.groupby(bare)]
    return any("." in text and len(text) < LONGEST_VALUE for text in bare) or (
        not grouped and len(runs) > len({*runs}) + 1
    )


def _band(rows: list[list[Label]], top: int, first: int) -> Band | None:
    """Part a row of units from the rows of heads, and fill heads that stand over several columns."""
    units = [""] * len(rows[0])
    levels: list[list[Label]] = []
    for row in rows:
        filled = [one for one in row if one.text]
        if filled and sum(one.unit for one in filled) * 2 >= len(filled) and levels:
            units = [one.text if one.unit else unit for one, unit in zip(row, units, strict=True)]
        else:
            levels.append(row)
    if not 0 < len(levels) <= MOST_LEVELS or _stands_over_values(levels):
        return None
    lower = levels[-1]
    for above in reversed(levels[:-1]):
        lower = [mine if mine.text else upper for mine, upper in zip(lower, above, strict=True)]
    stack = [lower]
    for above in reversed(levels[:-1]):
        pairs = zip(_spread(above, lower), lower, strict=True)
        stack.insert(0, [NO_LABEL if one.text == low.text else one for one, low in pairs])
    return Band(tuple(map(tuple, stack)), tuple(units), top, first)


def _stands_over_values(levels: Sequence[Sequence[Label]]) -> bool:
    """Say whether a role that stands alone over one column has a value below it: the row is none of heads."""
    for at, column in enumerate(zip(*levels, strict=True)):
        for level, one in enumerate(column[:-1]):
            below = [low for low in column[level + 1 :] if low.text not in ("", one.text)]
            values = any(low.role is None and not low.unit for low in below)
            if one.role is not None and values and not _is_wide(levels[level], at):
                return True
    return False


def _is_wide(row: Sequence[Label], at: int) -> bool:
    after = row[at + 1].text if at + 1 < len(row) else "-"
    return after in ("", row[at].text) or (at > 0 and row[at - 1].text == row[at].text)


def _spread(above: Sequence[Label], below: Sequence[Label]) -> list[Label]:
    """Let a head stand over the blank ones to its right, up to a column that is no value's."""
    spread: list[Label] = []
    for one, low in zip(above, below, strict=True):
        left = spread[-1] if spread else NO_LABEL
        inherits = not one.text and low.text and low.role is None and left.text and left.role is None
        spread.append(left if inherits else one)
    return spread


def _pulled(band: Band, grid: Rows, kind: str) -> Iterator[Band]:
    """Take rows of dates or codes among rows of items (采样日期 above 氨氮) for rows of heads."""
    body = range(band.first, min(len(grid), band.first + LOOKED_AT))
    for lead in range(min(2, len(band.bottom))):
        labels = {at: label(grid[at][lead], kind) for at in body}
        if sum(one.item is not None for one in labels.values()) < LEAST_TURNED:
            continue
        rows = tuple(at for at, one in labels.items() if one.role in (*PLACES, *WHOLE_TIMES, *PART_ROLES))
        if rows and len(rows) + len(band.levels) <= MOST_LEVELS:
            more = tuple(tuple(label(cell, kind) for cell in grid[at]) for at in rows)
            yield Band((*band.levels, *more), band.units, band.top, band.first, rows)
