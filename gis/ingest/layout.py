"""How a table is laid out: where its rows and heads tell the place, the item and each part of the time."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any, Literal, NamedTuple

from gis.ingest.heads import take_apart
from gis.ingest.layout_bands import LOOKED_AT, PART_ROLES, PLACES, WHOLE_TIMES, Band, Rows, bands, is_again
from gis.ingest.layout_labels import COUNTERS, LOWER, Column, Label, column, label, name_key
from gis.ingest.layout_labels import measured as measured_of
from gis.ingest.layout_times import Timing, Told, timing, told_by
from gis.ingest.moments import FIRST_YEAR, LAST_YEAR, NO_PARTS, Parts
from gis.ingest.sheet_shape import WHOLES, is_wordy
from gis.ingest.titles import date_in, items_in, parts_from, place_in, unit_in
from gis.ingest.values import is_blank, number, plain

Dimension = Literal["place", "item", "time", "none"]

INDICATOR, VALUE, UNIT, LIMIT = "_indicator", "_value", "_value_unit", "_limit"
CLASS_HEAD = "水质类别"
LEAST_LOOKED_AT, MOST_CELLS = 16, 12_000
MOSTLY, LEAST_ITEMS, LEAST_COUNTED, LEAST_HEADS = 0.6, 0.3, 3, 3
ROLE_WEIGHT = 3  # a head that is a known role tells more than an item, which may be a cell of a long table


class Outside(NamedTuple):
    """What stands around a table: its title, the names of its sheet, its file and its folder, a date that is said."""

    title: str = ""
    sheet: str = ""
    stem: str = ""
    folder: str = ""
    said: Parts = NO_PARTS

    @property
    def whole(self) -> str:
        """What the table is called where nothing in it names a place: its sheet, or its file."""
        named = self.sheet and not self.sheet.lower().startswith("sheet")
        return self.sheet if named and date_in(self.sheet) == (None, None, None) else self.stem

    @property
    def parts(self) -> Parts:
        """The parts of a time that it tells, the nearest first; what a person says goes first."""
        return self.said.filled(parts_from([self.title, self.sheet, self.stem, self.folder]))


class Cells(NamedTuple):
    """A column of values and what its heads tell of them; `bare` is a bare number of a time."""

    at: int
    place: str = ""
    item: str = ""
    parts: Parts = NO_PARTS
    bare: int | None = None


@dataclass(frozen=True)
class Arrangement:
    """Where everything is told.

    Attributes
    ----------
    cells
        The columns of values.
    place, item, unit, limit
        Columns that tell them for a row, or None.
    timing
        Where the time is told.
    called, measured
        The place and the item where only a title or a name tells them.
    unread, aside
        Columns of numbers that are nothing known, and of means, changes and limits.
    title
        What stands above the heads.
    known
        How many roles and items its heads and its column of items name.
    flat
        Each row is a record, with a column for each item.
    rank
        Of two arrangements the one of the lower rank explains more.
    """

    band: Band
    cells: tuple[Cells, ...]
    place: int | None
    item: int | None
    unit: int | None
    limit: int | None
    timing: Timing
    called: str | None
    measured: str | None
    unread: tuple[int, ...]
    aside: tuple[int, ...]
    title: str
    known: int
    flat: bool
    rank: tuple[float, ...]


def arrangement(
    grid: Rows,
    kind: str,
    outside: Outside,
    said: Mapping[str, str] | None = None,
    head_row: int | None = None,
) -> Arrangement | None:
    """Find how a sheet is laid out.

    Parameters
    ----------
    grid
        Its rows (the first hundred do), merged cells filled, all of one length.
    said
        Canonical column → head, where a person says so.
    head_row
        The lowest row of heads, from 1, where a person says so.

    Returns
    -------
    arrangement
        `flat` where each row is a record with a column for each item; None where no layout tells place,
        item and time of every value.
    """
    if not measured_of(kind) or not grid:
        return None
    best: Arrangement | None = None
    for band in bands(grid, kind, said or {}, head_row):
        if best is not None and band.top >= best.band.first:
            break
        if _is_record(band, grid):
            continue
        found = min(_arrangements(_looked(band, grid, kind, outside)), key=lambda one: one.rank, default=None)
        if found is not None and (best is None or found.rank < best.rank):
            best = found
    return best


def _is_record(band: Band, grid: Rows) -> bool:
    """Tell that a row of the heads is the first record: bare numbers, each below a head of its own.

    Beside a column of whole dates two heads or one do; elsewhere they may be months of one item.
    """
    levels = [[one.text for one in level[:LOOKED_AT]] for level in band.levels]
    dated = any(one.role in WHOLE_TIMES for level in band.levels for one in level)
    least = 1 if dated else LEAST_HEADS
    pairs = [
        *((_lowest(levels[:at]), levels[at]) for at in range(1, len(levels))),
        *((_words(row[:LOOKED_AT]), levels[-1]) for row in grid[: band.top]),
    ]
    for upper, lower in pairs:
        bare = [upper[at] for at, text in enumerate(lower) if text.strip().isdigit()]
        if bare and all(bare) and len({*bare}) == len(bare) and len({*upper} - {""}) >= least:
            return True
    return False


def _lowest(levels: Sequence[Sequence[str]]) -> list[str]:
    return [next(filter(None, reversed(texts)), "") for texts in zip(*levels, strict=True)]


def _words(row: Sequence[Any]) -> list[str]:
    return [cell.strip() if isinstance(cell, str) and number(cell).mark == "suspect" else "" for cell in row]


def _looked(band: Band, grid: Rows, kind: str, outside: Outside) -> _Table:
    above = " ".join(filter(None, (*_texts(_titles(grid[: band.top])), outside.title)))
    body = [row for at, row in enumerate(grid[band.first :], start=band.first) if at not in band.pulled]
    most = max(LEAST_LOOKED_AT, min(LOOKED_AT, MOST_CELLS // len(band.bottom)))
    body = [*_of_one_table(body, band, kind)]
    body = [row for row in body if not is_line(row)] or body
    looked_at = _spread_over(body, most)
    looks = tuple(column(cells, kind) for cells in zip(*looked_at, strict=True))
    return _Table(band, kind, outside._replace(title=above), looks or (column((), kind),) * len(band.bottom))


def _titles(rows: Rows) -> Rows:
    """Give the rows above heads that may head them: those below the last row of values, which is another table's."""
    last = next((at for at in reversed(range(len(rows))) if values_of(rows[at])), -1)
    return rows[last + 1 :]


def values_of(row: Sequence[Any]) -> list[float]:
    """Give the numbers of a row that holds nothing else, and more than a year; none of any other row."""
    filled = [number(cell).value for cell in row if not is_blank(cell)]
    whole = all(math.isfinite(one) and not FIRST_YEAR <= one <= LAST_YEAR for one in filled)
    return filled if whole else []


def _of_one_table(body: Rows, band: Band, kind: str) -> Iterator[Sequence[Any]]:
    """Give the rows up to another page or table: its heads stand again, or tell the same below a title."""
    begins, tells = ([one.text for one in band.levels[0]], band.heads), _tells(band.levels[0])
    above: Sequence[Any] = ("",)
    for row in body:
        below_title = bool(tells) and is_line(above)
        if any(is_again(row, heads, kind) for heads in begins) or (
            below_title and is_wordy(row) and _tells([label(cell, kind) for cell in row]) == tells
        ):
            return
        yield row
        above = row


def _tells(labels: Sequence[Label]) -> set[str]:
    """Give what heads tell: roles, items, times."""
    told = ((one.role, one.item and "item", one.parts != NO_PARTS and "time") for one in labels)
    return {str(what) for one in told for what in one if what}


def _spread_over(body: Sequence[Sequence[Any]], most: int) -> Sequence[Sequence[Any]]:
    """Take the first rows and as many of the others: what begins far below is seen too."""
    half = most // 2
    return body if len(body) <= most else [*body[:half], *body[half :: len(body) // half]]


def is_line(row: Sequence[Any]) -> bool:
    """Say whether a row holds one text and nothing else: a title, a note, the name of what follows."""
    filled = {cell for cell in row if not is_blank(cell)}
    return len(filled) <= 1 and all(
        isinstance(cell, str) and number(cell).mark == "suspect" for cell in filled
    )


def _texts(rows: Rows) -> list[str]:
    return list(
        dict.fromkeys(" ".join(str(cell).split()) for row in rows for cell in row if not is_blank(cell))
    )


@dataclass(frozen=True)
class _Table:
    """A band with a look at the columns below it."""

    band: Band
    kind: str
    outside: Outside
    looks: tuple[Column, ...]

    @cached_property
    def roles(self) -> tuple[str | None, ...]:
        joined = [label(head, self.kind).role for head in self.band.heads]
        found = zip(self.band.bottom, joined, *self.band.levels, strict=True)
        return tuple(
            low.role or whole or next((one.role for one in stack if one.role), None)
            if low.item is None
            else None
            for low, whole, *stack in found
        )

    @cached_property
    def data(self) -> tuple[int, ...]:
        """The columns that may be values."""
        return tuple(at for at in range(len(self.looks)) if self._is_data(at))

    def _is_data(self, at: int) -> bool:
        low, look = self.band.bottom[at], self.looks[at]
        beside = any(level[at].aside or plain(level[at].text) in COUNTERS for level in self.band.levels)
        if self.roles[at] not in (None, VALUE) or not low.text or beside:
            return False
        return low.item is not None or (look.valued and not (at == 0 and _is_count_up(look)))

    @cached_property
    def aside(self) -> tuple[int, ...]:
        return tuple(
            at for at, look in enumerate(self.looks)
            if look.filled and look.valued and any(level[at].aside for level in self.band.levels)
        )  # fmt: skip


def _is_count_up(look: Column) -> bool:
    """Say whether a column only counts up from 0 or 1, as days and hours beside a table do."""
    if look.filled < LEAST_COUNTED or not all(text.isdigit() for text in look.texts):
        return False
    counts = [int(text) for text in look.texts]
    return look.filled == len(counts) and counts in ([*range(len(counts))], [*range(1, len(counts) + 1)])


def _arrangements(table: _Table) -> Iterator[Arrangement]:
    for dimensions in itertools.product(*map(partial(_dimensions, table), table.band.levels)):
        once = [one for one in dimensions if one in ("item", "place")]
        if len({*once}) == len(once) and (found := _arranged(table, dimensions)) is not None:
            yield found


def _dimensions(table: _Table, level: Sequence[Label]) -> tuple[Dimension, ...]:
    labels = [level[at] for at in table.data if level[at].text]
    if not labels:
        return ("none",)
    items = sum(one.item is not None for one in labels)
    times = sum(one.timed for one in labels)
    most = len(labels) / 2
    fits: dict[Dimension, bool] = {"item": items >= most, "time": times >= most, "place": items < len(labels)}
    return (*(dimension for dimension, is_fit in fits.items() if is_fit), "none")


def _arranged(table: _Table, dimensions: Sequence[Dimension]) -> Arrangement | None:
    cells = _cells(table, dimensions)
    if not any(table.looks[one.at].filled for one in cells):
        return None
    rows = _rows(table, dimensions, {one.at for one in cells})
    if rows is None:
        return None
    found = _timed(table, rows, cells)
    if found is None:
        return None
    if found.heads:
        cells = [one._replace(parts=one.parts._replace(**{found.heads: one.bare})) for one in cells]
    if len({(one.place, name_key(one.item) if one.item else "", one.parts) for one in cells}) < len(cells):
        return None
    used = {one.at for one in cells}
    unread = [at for at in table.data if at not in used and table.looks[at].filled]
    cells, whole = _without_whole(cells)
    labels = [
        {level[one.at].text for one in cells}
        for level, dimension in zip(table.band.levels, dimensions, strict=True)
        if dimension == "none"
    ]
    told = sum(bool(one.item) + (one.parts != NO_PARTS) for one in cells)
    explained = ROLE_WEIGHT * sum(role is not None for role in table.roles) + told
    unexplained = sum(len(texts - {""}) > 1 for texts in labels)
    unclean = round(
        sum(1 - table.looks[at].numbers - table.looks[at].classes for at in used if table.looks[at].filled), 3
    )
    in_heads = {*dimensions} - {"none"}
    beside = any(level[at].item for at in table.aside for level in table.band.levels)
    named = rows.place is None or table.roles[rows.place] is not None
    flat = (
        in_heads == {"item"}
        and named
        and rows.called is None
        and found.whole
        and not table.band.pulled
        and not beside
    )
    called = rows.called
    if called is None and rows.place is None and "place" not in dimensions and not flat:
        called = table.outside.whole
    return Arrangement(
        band=table.band, cells=tuple(cells), place=rows.place, item=rows.item, unit=rows.unit, limit=rows.limit,
        timing=found, called=called, measured=rows.measured,
        unread=tuple(unread), aside=(*table.aside, *whole), title=table.outside.title, flat=flat,
        known=_known(table, rows),
        rank=(found.year_lacking, -explained, rows.rank, unexplained, len(unread), unclean, -len(cells),
              -sum(dimension != "none" for dimension in dimensions), table.band.top, len(table.band.levels)),
    )  # fmt: skip


def _without_whole(cells: Sequence[Cells]) -> tuple[list[Cells], list[int]]:
    """Leave the columns of the whole city out where its stations have columns too."""
    whole = [one.at for one in cells if plain(one.place) in WHOLES]
    kept = [one for one in cells if one.at not in whole]
    return (kept, whole) if kept else ([*cells], [])


def _known(table: _Table, rows: _Rows) -> int:
    """Count the roles and the items that heads, the column of items or a title name."""
    labels = [one for level in table.band.levels for one in level]
    named = [
        label(text, table.kind) for text in (table.looks[rows.item].texts if rows.item is not None else ())
    ]
    items = {one.item for one in (*labels, *named) if one.item in measured_of(table.kind)}
    return len({role for role in table.roles if role} | items) + (rows.measured is not None)


def _cells(table: _Table, dimensions: Sequence[Dimension]) -> list[Cells]:
    """Read what the heads tell of each column of values; a column that they do not fit is left out."""
    if {*dimensions} == {"none"}:
        return [Cells(at) for at in table.data if table.roles[at] == VALUE][:2]
    found = []
    for at in table.data:
        one: Cells | None = Cells(at)
        for level, dimension in zip(table.band.levels, dimensions, strict=True):
            one = one and _with(one, level[at], dimension, table.band.units[at])
        if one is not None:
            found.append(one)
    return found


def _with(one: Cells, told: Label, dimension: Dimension, unit: str) -> Cells | None:
    if dimension == "none":
        return one
    if dimension == "item":
        named = (
            told.text if not unit or take_apart(told.text).unit else f"{told.text}({unit.strip('()（）[] ')})"
        )
        return one._replace(item=named) if told.item else None
    if dimension == "time":
        if not told.timed or (told.bare is not None and one.bare is not None):
            return None
        return one._replace(
            parts=one.parts.filled(told.parts), bare=one.bare if told.bare is None else told.bare
        )
    fits = told.text and not (told.timed or told.item or told.role or told.unit)
    return one._replace(place=told.text) if fits else None


class _Rows(NamedTuple):
    """What the columns beside the values, and titles and names, tell of a row."""

    place: int | None
    item: int | None
    unit: int | None
    limit: int | None
    times: tuple[int, ...]
    called: str | None
    measured: str | None
    rank: int


def _rows(table: _Table, dimensions: Sequence[Dimension], used: set[int]) -> _Rows | None:
    """Find the columns that tell item and place, or the title that does; None where nothing or two do."""
    edges = [at for at in range(len(table.looks)) if at not in used and at not in table.aside]
    by_role = {role: at for at in reversed(edges) if (role := table.roles[at])}
    item, named = _item(table, dimensions, edges, by_role, used)
    if "item" not in dimensions and item is None and named is None:
        return None
    place = next((by_role[role] for role in PLACES if role in by_role), None)
    times = tuple(at for at in edges if table.roles[at] in (*WHOLE_TIMES, *PART_ROLES))
    if not times:
        left = (at for at in edges if at < min(used) and at != item)
        times = tuple(at for at in left if table.looks[at].filled and _is_time(table, at))[:1]
    rows = _Rows(place, item, by_role.get(UNIT), by_role.get(LIMIT), times, None, named, 0)
    if "place" in dimensions:
        return rows if place is None else None
    if place is not None:
        return rows
    wordy = [at for at in edges
             if at not in (item, *times) and table.roles[at] is None and _is_wordy(table, at)]  # fmt: skip
    one_of_rows = "item" not in dimensions or "time" in dimensions
    if wordy and one_of_rows and (len(wordy) == 1 or not table.band.bottom[wordy[0]].text):
        return rows._replace(place=wordy[0])
    called = place_in(table.outside.title, table.outside.sheet, table.outside.stem, table.kind)
    if called is None and table.kind == "samples":
        return None
    return rows._replace(called=called, rank=1 if called else 2)


def _item(
    table: _Table,
    dimensions: Sequence[Dimension],
    edges: Sequence[int],
    by_role: Mapping[str, int],
    used: set[int],
) -> tuple[int | None, str | None]:
    """Find the column that tells the item of a row, or the title or name that tells the one of all."""
    if "item" in dimensions:
        return None, None
    said = by_role.get(INDICATOR)
    columns = [at for at in edges if table.looks[at].items >= 1 - MOSTLY and table.roles[at] not in PLACES]
    if said is not None:
        return (said if table.looks[said].items >= LEAST_ITEMS else None), None
    return (columns[0], None) if columns else (None, _called_item(table, used))


def _called_item(table: _Table, used: set[int]) -> str | None:
    """Give the one item that the nearest title or name tells, else the class where the cells are classes."""
    around = table.outside
    titles = (around.sheet, around.title, around.stem)
    named = next(filter(None, (items_in(text, table.kind) for text in titles)), ())
    if named:
        unit = unit_in(around.title)
        return None if len(named) > 1 else f"{named[0]}({unit})" if unit else named[0]
    classes = sum(table.looks[at].classes for at in used) / max(len(used), 1)
    is_class = table.kind == "samples" and (classes > 1 - MOSTLY or "类别" in around.title)
    return CLASS_HEAD if is_class else None


def _is_time(table: _Table, at: int) -> bool:
    look, told = table.looks[at], table.band.bottom[at]
    is_number_of_row = not told.text and [*look.texts] == ["1"]
    is_value = told.bare is not None or told.parts.day is not None or told.parts.hour is not None
    return look.times >= MOSTLY and plain(told.text) not in COUNTERS and not is_number_of_row and not is_value


def _is_wordy(table: _Table, at: int) -> bool:
    look = table.looks[at]
    return bool(look.filled) and look.numbers < 1 - MOSTLY and look.items < MOSTLY and look.times < MOSTLY


def _timed(table: _Table, rows: _Rows, cells: Sequence[Cells]) -> Timing | None:
    parts = frozenset(part for one in cells for part in LOWER if getattr(one.parts, part) is not None)
    counts = tuple(one.bare for one in cells if one.bare is not None)
    if counts and len(counts) < len(cells):
        return None
    columns = {at: told_by(table.looks[at], table.roles[at], table.kind) for at in rows.times}
    roles = {at: table.roles[at] for at in rows.times}
    return timing(table.kind, columns, roles, Told(parts, counts), table.outside.parts)
