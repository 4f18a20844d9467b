"""Values laid out in any way → one record for each place and time, with a column for each item."""

from __future__ import annotations

import re
from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from gis.base.messages import Message, Text, listed
from gis.base.tables import empty
from gis.ingest.distinct import parted, those
from gis.ingest.heads import recognised, take_apart
from gis.ingest.keys import VERTICALS
from gis.ingest.layout import Arrangement
from gis.ingest.layout_labels import label, name_key
from gis.ingest.layout_times import times_of
from gis.ingest.model import CELLS, Findings, Options, finding
from gis.ingest.moments import NO_PARTS, Parts
from gis.ingest.phrases import phrase
from gis.ingest.questions import ask, question
from gis.ingest.sheet_shape import RECORD_FIX, distinct, set_aside, split_rows
from gis.ingest.titles import unit_in
from gis.ingest.values import is_blank, number, plain, words
from gis.ingest.xlsx import letters

PLACE_HEADS = {
    "samples": ("断面名称", "断面编码"), "air_hours": ("站点名称", "站点编码"), "air_days": ("站点名称", "站点编码"),
}  # fmt: skip
TIME_HEADS = {"samples": "监测时间", "air_hours": "时间", "air_days": "日期"}
CODE = re.compile(r"(?=.*\d)[A-Za-z0-9_\-]{3,}")
TWICE = phrase("same_indicator_later")
EARLIER_COUNTS = phrase("same_indicator_earlier")
SAME = Message("同一记录同一指标同一数值出现两次，只计一次", "the same value stands twice and counts once")
NO_VALUE = Message("不是记录：没有数值", "not a record: no value stands in it")
NAMELESS = Message("指标名称为空", "the name of the indicator is empty")
FIX = Message("删去其中一行或补全", "delete one of the rows, or fill it in")
LEAST_VANISHING, SHARE_VANISHING = 3, 0.02
BLANKS = ("", " ", "  ", "\u3000", "\xa0", "\t", "\ufeff", "\u200b")
LATER, EARLIER = "later", "earlier"
SHOWN = 2
LAST_HOUR = 24


class Records(NamedTuple):
    """Records in the heads that are known, the row and the column of the sheet each begins at, and the logs.

    `columns` is None where a record takes whole rows; `cells` counts the cells of values of each record, and
    `read` those of the table, a row without any as one.
    """

    frame: pd.DataFrame
    rows: pd.Series
    columns: pd.Series | None
    cells: pd.Series
    read: int
    rejects: pd.DataFrame
    findings: Findings


class _Body(NamedTuple):
    """The rows of values: cells by the place of their column, row numbers, heads, and the values in each row."""

    frame: pd.DataFrame
    rows: pd.Series
    heads: list[str]
    filled: npt.NDArray[np.int64]

    def column(self, at: int) -> pd.Series:
        """Give the cells of a column by its place."""
        return self.frame.iloc[:, at]

    def where(self, rows: npt.NDArray[np.bool_]) -> _Body:
        """Give some of the rows."""
        frame, numbers = self.frame[rows].reset_index(drop=True), self.rows[rows].reset_index(drop=True)
        return _Body(frame, numbers, self.heads, self.filled[rows])


def records_of(
    body: pd.DataFrame, rows: pd.Series, found: Arrangement, source: str, options: Options
) -> Records:
    """Bring the values of a table to records.

    Parameters
    ----------
    body
        The rows below the heads, shape (n, columns of the sheet), cells as found.
    rows
        Their numbers in the sheet.
    found
        How they are laid out.
    source
        The name of the sheet in the logs.

    Returns
    -------
    records
        A record has the columns that tell its place, those that stand beside, its time, and its items.

    Raises
    ------
    Question
        Values that differ stand for one item of one record in many rows.
    """
    whole = _whole(body, rows, found)
    part, rejects = _split(whole, found, source, options)
    names, nameless = _item_names(part, found)
    groups = _groups(part, found, options.kind)
    twice = _twice(groups, names, found, "last")
    differing = _differing(part, found, groups, names, twice)
    order, last = np.flatnonzero(~nameless), TWICE
    if not _keeps_later(part, differing, source, options):
        order, last = order[::-1], EARLIER_COUNTS
        twice = _twice(groups, names, found, "first")
        differing = _differing(part, found, groups, names, twice)
    laid = _laid(part, found, groups, names, order)
    if _is_row(found):
        laid = laid._replace(filled=np.minimum(laid.filled, 1), stands=np.minimum(laid.stands, 1))
    frame, numbers, columns = _framed(part, found, laid, options.kind)
    idle = ~nameless & (part.filled == 0) & (not _is_alone(found))
    weights = np.where(nameless | idle, np.maximum(part.filled, 1), np.maximum(part.filled, 1) - laid.stands)
    listed = [
        _listed(part, at, weights, (reason, fix), (source, options.layer))
        for at, reason, fix in ((nameless, NAMELESS, FIX), (twice & ~differing & ~idle, SAME, FIX),
                                (differing & ~idle, last, FIX), (idle, NO_VALUE, RECORD_FIX))
        if at.any()
    ]  # fmt: skip
    logs = [one for one in (*rejects, *listed) if len(one)]
    return Records(
        frame, numbers, columns, pd.Series(laid.filled, dtype="int64"), int(np.maximum(whole.filled, 1).sum()),
        pd.concat(logs, ignore_index=True) if logs else empty("rejects"),
        told_of(found, len(part.frame), len(frame), options.kind),
    )  # fmt: skip


def _whole(body: pd.DataFrame, rows: pd.Series, found: Arrangement) -> _Body:
    """Take the rows that hold anything, and count the cells of values of each."""
    heads = distinct(found.band.heads)
    frame, rows = body.set_axis(heads, axis=1).reset_index(drop=True), rows.reset_index(drop=True)
    blank = _blank(frame)
    filled = (~blank[:, [one.at for one in found.cells]]).sum(axis=1)
    filled = np.minimum(filled, 1) if _is_row(found) else filled
    return _Body(frame, rows, heads, filled).where(~np.asarray(blank.all(axis=1)))


def _is_row(found: Arrangement) -> bool:
    """Say whether a row is one record, with a column for each item: it counts as one."""
    return found.item is None and not _is_spread(found)


def _is_spread(found: Arrangement) -> bool:
    """Say whether heads of values tell places or times: a row holds several records."""
    return any(cell.place or cell.parts != NO_PARTS for cell in found.cells)


def _is_alone(found: Arrangement) -> bool:
    """Say whether one column holds the values of all items: a row of it is a value, though it be blank."""
    return len(found.cells) == 1 and not found.cells[0].item


def _split(
    whole: _Body, found: Arrangement, source: str, options: Options
) -> tuple[_Body, list[pd.DataFrame]]:
    """Part rows of means, limits and notes from those of values; a row of an item is none (水质类别)."""
    frame, shown = whole.frame, whole.frame
    if found.item is not None:
        head = whole.heads[found.item]
        items = frame[head].astype("object")
        named = {cell: label(cell, options.kind).item is not None for cell in items.dropna().unique()}
        shown = frame.assign(**{head: items.where(~items.map(named).eq(True), None)})
    about = (source, options.layer)
    kept, rejects = split_rows(shown, frame, whole.rows, (*about, options.kind), _lone(frame))
    weights = np.maximum(whole.filled, 1)
    at = pd.Series(weights, index=whole.rows.to_numpy())
    rejects = rejects.assign(**{CELLS: at.loc[rejects["source_row"]].to_numpy()})
    idle = ~kept & ~whole.rows.isin(rejects["source_row"]).to_numpy()
    without = [_listed(whole, idle, weights, (NO_VALUE, RECORD_FIX), about)] if idle.any() else []
    return whole.where(kept), [rejects, *without]


def _lone(frame: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Find rows that hold one text and no value: lines between or below the rows of a table."""
    blank = _blank(frame)
    cells = frame.to_numpy(dtype=object)
    first = cells[np.arange(len(cells)), blank.argmin(axis=1)] if len(cells) else cells[:, 0]
    same = (blank | (cells == first[:, None])).all(axis=1)
    found = np.zeros(len(frame), dtype=bool)
    found[same] = [_is_line(cell) for cell in first[same]]
    return found


def _is_line(cell: Any) -> bool:
    if not isinstance(cell, str) or number(cell).mark != "suspect":
        return False
    return plain(cell) not in words("water_class") and plain(cell) not in words("missing")


def _blank(cells: pd.Series | pd.DataFrame) -> npt.NDArray[np.bool_]:
    values = cells.to_numpy(dtype=object)
    return ~those(parted(values.ravel()), lambda cell: cell not in BLANKS).reshape(values.shape)


def _item_names(part: _Body, found: Arrangement) -> tuple[pd.Series, npt.NDArray[np.bool_]]:
    """Give the head of the item of each row, and the rows whose item is blank though they hold a value."""
    index = part.frame.index
    if found.item is None:
        return pd.Series(found.measured or "", index=index), np.zeros(len(index), dtype=bool)
    cells = part.column(found.item)
    names = cells.map(lambda cell: "" if is_blank(cell) else " ".join(str(cell).split()))
    if found.unit is not None:
        pairs = zip(names, part.column(found.unit), strict=True)
        spelled = [
            f"{name}({str(unit).strip()})" if name and not is_blank(unit) else name for name, unit in pairs
        ]
        names = pd.Series(spelled, index=index, dtype="object")
    elif (unit := unit_in(found.title)) is not None:
        names = names.map(lambda name: f"{name}({unit})" if name and _takes(name) and "/" in unit else name)
    first: dict[str, str] = {}
    for name in names.unique():
        first.setdefault(name_key(name), name)
    filled = ~np.logical_and.reduce([_blank(part.column(one.at)) for one in found.cells])
    return names.map(lambda name: first[name_key(name)]), (names.eq("") & filled).to_numpy(bool)


def _takes(name: str) -> bool:
    """Say whether an item without unit may be in the concentration that a title tells."""
    return take_apart(name).unit is None and plain(name) != "ph"


def _groups(part: _Body, found: Arrangement, kind: str) -> npt.NDArray[np.int64]:
    """Give the rows of one record one number: each row its own, unless the rows tell the item."""
    if found.item is None:
        return np.arange(len(part.frame))
    values = {found.item, found.unit, found.limit, *(cell.at for cell in found.cells)}
    told = [
        at for at, head in enumerate(part.heads)
        if at not in values and (at == found.place or at in found.timing.columns or head in VERTICALS
                                 or recognised(head, kind) is not None)
    ]  # fmt: skip
    if not told:
        return np.zeros(len(part.frame), dtype="int64")
    return pd.MultiIndex.from_arrays([part.column(at).map(str).to_numpy() for at in told]).factorize()[0]


def _twice(
    groups: npt.NDArray[np.int64], names: pd.Series, found: Arrangement, keep: Literal["first", "last"]
) -> npt.NDArray[np.bool_]:
    """Find the rows of an item whose record has the same item again, in a row that is kept instead."""
    lines = pd.DataFrame({"record": groups, "item": names.to_numpy()})
    if found.item is None or lines.empty:
        return np.zeros(len(groups), dtype=bool)
    return np.asarray(lines.duplicated(keep=keep) & lines["item"].ne(""))


def _differing(
    part: _Body,
    found: Arrangement,
    groups: npt.NDArray[np.int64],
    names: pd.Series,
    twice: npt.NDArray[np.bool_],
) -> npt.NDArray[np.bool_]:
    """Find those of them that hold another value than the one that is kept."""
    if not twice.any():
        return twice
    values = part.frame[[part.heads[one.at] for one in found.cells]].map(str)
    kept = values[~twice].reindex(values.index).groupby([groups, names.to_numpy()]).transform("first")
    return twice & (values != kept).any(axis=1).to_numpy()


def _keeps_later(part: _Body, differing: npt.NDArray[np.bool_], source: str, options: Options) -> bool:
    """Ask which of the rows of one item and record counts, where many differ."""
    if differing.sum() < LEAST_VANISHING or differing.sum() <= SHARE_VANISHING * len(differing):
        return True
    rows = [f"{part.rows[at]}: " + " | ".join(str(cell) for cell in part.frame.iloc[at] if not is_blank(cell))
            for at in np.flatnonzero(differing)[:SHOWN]]  # fmt: skip
    asked = question("item_twice", {LATER: rows}, n=int(differing.sum()))
    return ask(options, "twice:指标", *asked, file=source, heads=part.heads) == LATER


class _Laid(NamedTuple):
    """Records as found: their cells by item, the row and the column each begins at, place and time of its heads.

    `filled` is how many cells each has; `stands` how many of each row stand in a record.
    """

    cells: npt.NDArray[np.object_]
    items: list[str]
    row: npt.NDArray[np.int64]
    column: npt.NDArray[np.int64]
    heads: list[tuple[str, Parts]]
    head: npt.NDArray[np.int64]
    filled: npt.NDArray[np.int64]
    stands: npt.NDArray[np.int64]


def _laid(
    part: _Body,
    found: Arrangement,
    groups: npt.NDArray[np.int64],
    names: pd.Series,
    order: npt.NDArray[np.int64],
) -> _Laid:
    heads = list(dict.fromkeys((one.place, one.parts) for one in found.cells))
    in_heads = found.item is None and found.measured is None
    first = {name_key(one.item): one.item for one in reversed(found.cells)} if in_heads else {}
    named = [first[name_key(one.item)] for one in found.cells] if in_heads else names.unique()
    items = [item for item in dict.fromkeys(named) if item]
    place_of = {name: at for at, name in enumerate(items)}
    by_row = np.array([place_of.get(name, 0) for name in names], dtype="int64")[order]
    n = (int(groups.max()) + 1 if len(groups) else 0) * len(heads)
    out = np.full((n, max(len(items), 1)), None, dtype=object)
    owner = np.full(out.shape, -1)
    row, column = np.full(n, len(groups)), np.full(n, len(part.heads))
    alone = _is_alone(found)
    for one in found.cells:
        cells = part.column(one.at)
        filled = np.ones(len(order), dtype=bool) if alone else ~_blank(cells)[order]
        at = order[filled]
        record = groups[at] * len(heads) + heads.index((one.place, one.parts))
        item = place_of[first[name_key(one.item)]] if in_heads else by_row[filled]
        out[record, item], owner[record, item] = _limited(part, found, cells)[at], at
        np.minimum.at(row, record, at)
        np.minimum.at(column, record, one.at)
    there = np.flatnonzero(row < len(groups))
    there = there[np.lexsort((column[there], row[there]))]
    stands = np.bincount(owner[owner >= 0], minlength=len(part.rows))
    filled = (owner[there] >= 0).sum(axis=1)
    head = there % max(len(heads), 1)
    return _Laid(out[there], items, row[there], column[there], heads, head, filled, stands)


def _limited(part: _Body, found: Arrangement, cells: pd.Series) -> npt.NDArray[np.object_]:
    """Put the detection limit that stands beside it into a cell that only says 未检出."""
    if found.limit is None:
        return cells.to_numpy(dtype=object)
    pairs = zip(cells, part.column(found.limit), strict=True)
    return np.array([*(_with_limit(cell, limit) for cell, limit in pairs), None], dtype=object)[:-1]


def _with_limit(cell: Any, limit: Any) -> Any:
    read, bound = number(cell), number(limit)
    lacking = read.mark == "non_detect" and np.isnan(read.limit)
    return f"<{bound.value:g}" if lacking and bound.mark is None and bound.value > 0 else cell


def _framed(
    part: _Body, found: Arrangement, laid: _Laid, kind: str
) -> tuple[pd.DataFrame, pd.Series, pd.Series | None]:
    """Give the records the heads that are known for place, time and items."""
    timed, spread = not found.timing.whole, _is_spread(found)
    gone: set[int | None] = {found.item, found.unit, found.limit, *(cell.at for cell in found.cells)}
    gone |= {*found.timing.columns} if timed else set()
    gone |= {*found.unread, *found.aside} if spread else set()
    gone |= {at for at, head in enumerate(found.band.heads) if not head and _blank(part.column(at)).all()}
    columns: dict[str, Any] = {}
    places = [place for place, _ in laid.heads]
    if any(places) or found.called:
        coded = all(CODE.fullmatch(place) for place in places) and not found.called
        columns[PLACE_HEADS[kind][coded]] = found.called or np.array(places, dtype=object)[laid.head]
    for at, head in enumerate(part.heads):
        if at not in gone:
            shown = PLACE_HEADS[kind][0] if at == found.place and recognised(head, kind) is None else head
            columns[shown] = part.column(at).to_numpy(dtype=object)[laid.row]
    if timed:
        cells = [part.column(at) for at in found.timing.columns]
        times = times_of(
            cells,
            list(found.timing.columns.values()),
            [told for _, told in laid.heads],
            found.timing.outer,
            kind,
        )
        columns[TIME_HEADS[kind]] = times[laid.row if len(cells) else 0, laid.head]
    for at, item in enumerate(laid.items):
        columns[item if item not in columns else f"{item}_值"] = laid.cells[:, at]
    frame = pd.DataFrame(columns, index=range(len(laid.row)), dtype="object")
    begins = pd.Series([letters(at + 1) for at in laid.column], dtype="object") if spread else None
    return frame, part.rows.iloc[laid.row].reset_index(drop=True), begins


def _listed(
    part: _Body,
    which: npt.NDArray[np.bool_],
    weights: npt.NDArray[np.int64],
    why: tuple[Message, Message],
    about: tuple[str, str],
) -> pd.DataFrame:
    """List rows whose value does not count, with reason and fix, and how many values of each do not."""
    columns = {"source_row": part.rows[which].to_numpy(), CELLS: weights[which]}
    return set_aside(part.frame[which], about, reason=why[0].stored, fix=why[1].stored, **columns)


def told_of(found: Arrangement, lines: int, n: int, kind: str) -> Findings:
    """Tell how a table was read: where place, item and time stand, and what was not read."""
    told = [("layout", _layout(found, lines, n).stored)]
    if found.called:
        told.append(finding(
            "section_elsewhere.laid" if kind == "samples" else "station_elsewhere.laid",
            name=found.called,
        ))  # fmt: skip
    if found.aside and _is_spread(found):
        names = [found.band.heads[at] for at in found.aside]
        told.append(finding("columns_aside", zh="、".join(names), en=", ".join(names)))
    hours = {one.parts.hour for one in found.cells if one.parts.hour is not None}
    if hours and 0 in hours and max(hours) < LAST_HOUR:
        told.append(finding("hours_as_times"))
    return told


def _layout(found: Arrangement, lines: int, n: int) -> Message:
    heads = found.band.heads

    def at(column: int | None, spread: bool, name: str | None) -> Message:
        if column is not None:
            return Message("在“{head}”列", "in column {head}", head=heads[column] or letters(column + 1))
        if spread:
            return Message("在表头", "in the heads")
        if name:
            return Message("取自标题或名称“{name}”", "from a title or name, {name}", name=name)
        return Message("未写", "not told")

    times: list[Text] = [heads[column] or letters(column + 1) for column in found.timing.columns]
    times += [Message("表头", "the heads")] if any(cell.parts != NO_PARTS for cell in found.cells) else []
    times += [Message("标题", "a title")] if found.timing.outer != NO_PARTS else []
    place = at(found.place, any(one.place for one in found.cells), found.called)
    item = at(found.item, any(one.item for one in found.cells), found.measured)
    sizes = {"lines": lines, "columns": len(found.cells), "n": n}
    return phrase("layout", place=place, item=item, times=listed(times), **sizes)
