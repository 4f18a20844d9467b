"""The legend of a sheet: what is drawn in its frame and nothing else, with counts, smaller where it is long."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from gis.base.messages import Message
from gis.maps.ground import GROUPS
from gis.maps.layers import Drawn, Entry
from gis.maps.mapview import BASE
from gis.maps.sheet.drawing import (
    BOLD,
    INK,
    INK_2,
    Group,
    Label,
    Path,
    rectangle,
    seen,
    segment,
    width_of,
    wrapped,
)  # fmt: skip
from gis.maps.sheet.ground import area, line, spoken, styles, symbol

LEAST, GAP = 0.6, 1.2
LINES = GROUPS["lines"]
SWATCH, LEADING = 7.0, 1.32
WHOLE_MU = 100


@dataclass(frozen=True)
class Row:
    """One line of a legend: a heading, an entry with its sign, or a note."""

    text: str
    kind: str
    count: str = ""
    layer: Drawn | None = None
    entry: Entry | None = None


def rows_of(layers: Sequence[Drawn]) -> list[Row]:
    """List what is shown: the base map last, an entry without a feature in the frame not at all."""
    shown = [one for one in layers if one.entries and any(entry.count for entry in one.entries)]
    lines = [at for at, one in enumerate(shown) if one.group == LINES]
    for at, other in zip(
        lines, reversed(lines), strict=True
    ):  # drawn first is the widest, named first the strictest
        if at < other:
            shown[at], shown[other] = shown[other], shown[at]
    rows: list[Row] = []
    group = None
    for layer in sorted(shown, key=lambda one: one.group == BASE):
        if layer.group != group:
            group = layer.group
            rows.append(Row(seen(spoken(group)), "group"))
        rows += _layer(layer)
    return rows


def _layer(layer: Drawn) -> Iterable[Row]:
    entries = [one for one in layer.entries if one.count]
    secret = (
        str(Message("〔{zh}〕", " ({en})", zh=layer.secrecy[0], en=layer.secrecy[1])) if layer.secrecy else ""
    )
    title = seen(spoken(layer.title)) + secret
    counted = layer.group != BASE
    if len(layer.entries) == 1:
        yield Row(title, "entry", _count(entries[0]) if counted else "", layer, entries[0])
    else:
        if counted:
            yield Row(title, "layer")
        for entry in entries:
            yield Row(
                seen(spoken((entry.mark.zh, entry.mark.en))),
                "entry",
                _count(entry) if counted else "",
                layer,
                entry,
            )
    if layer.note:
        yield Row(seen(spoken(layer.note)), "note")


def _count(entry: Entry) -> str:
    if not entry.area_mu:
        return f"{entry.count:,}"
    digits = 0 if entry.area_mu >= WHOLE_MU else 1
    return str(
        Message("{n:,} · {mu} 亩", "{n:,} · {mu} mu", n=entry.count, mu=f"{entry.area_mu:,.{digits}f}")
    )


def legend(rows: Sequence[Row], left: float, top: float, right: float, bottom: float, scale: float) -> Group:
    """Draw a legend into a column, smaller where it is long; what does not fit even so is counted at its end."""
    fitting = scale
    while _height(rows, right - left, fitting) > bottom - top and fitting > scale * LEAST:
        fitting *= 0.95
    kept = list(rows)
    while (
        _height(kept, right - left, fitting) > bottom - top - 3 * fitting
        and fitting <= scale * LEAST
        and kept
    ):
        kept.pop()
    rest = [one for one in rows[len(kept) :] if one.kind == "entry"]
    if rest:
        kept.append(Row(str(Message("另有 {n} 项未列", "{n} more not listed", n=len(rest))), "note"))
    items: list[Path | Label] = []
    y = top
    for row in kept:
        y = _draw(row, left, y, right, fitting, items)
    return Group("legend", tuple(items))


def _height(rows: Sequence[Row], room: float, scale: float) -> float:
    y = 0.0
    for row in rows:
        y = _draw(row, 0, y, room, scale, [])
    return y


def _draw(row: Row, left: float, y: float, right: float, scale: float, items: list[Path | Label]) -> float:
    """Draw a row below `y` and give where the next begins."""
    size, weight, colour, gap = {
        "group": (3.0, BOLD, INK, 2.2), "layer": (2.5, BOLD, INK_2, 1.0), "entry": (2.5, 400, INK, 0.5),
        "note": (2.0, 400, INK_2, 0.3),
    }[row.kind]  # fmt: skip
    size, y, swatch = size * scale, y + gap * scale, SWATCH * scale
    start = left + (swatch + GAP * scale if row.kind == "entry" else 0)
    count = width_of(row.count, size) + GAP * scale if row.count else 0.0
    lines = wrapped(row.text, size, right - start - count)
    high = size * LEADING
    if row.layer is not None and row.entry is not None:
        items += _sign(row.layer, row.entry, left, y + high / 2, swatch, high)
    for at, text in enumerate(lines):
        items.append(
            Label(
                start,
                y + at * high + size,
                text,
                size,
                colour=colour,
                weight=weight,
                room=right - start - count,
            )
        )
    if row.count:
        items.append(Label(right, y + size, row.count, size, "end", INK_2))
    return y + high * max(len(lines), 1)


def _sign(
    layer: Drawn, entry: Entry, left: float, middle: float, wide: float, high: float
) -> Sequence[Path | Label]:
    mark, tile = styles(layer)[entry.mark.key]
    if layer.pane == "points":
        return symbol(left + wide / 2, middle, min(high * 1.1, wide), mark)
    if layer.width is not None or (mark.fill is None and layer.pane in ("lines", "waters")):
        return line([segment((left, middle), (left + wide, middle))], mark, layer.width)
    return [
        area(
            [rectangle(left, middle - high * 0.42, left + wide, middle + high * 0.42)],
            mark,
            tile,
            layer.opacity,
        )
    ]
