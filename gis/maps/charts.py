"""Charts as inline SVG: values over time beside the classes they fall in; none needs a script to be read."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from gis.base.messages import Message, Text
from gis.base.text import both, in_html
from gis.look import Mark
from gis.maps.book import Pair
from gis.maps.layers import signed
from gis.maps.page import named, titled

WIDTH, HEIGHT = 420.0, 202.0
LEFT, RIGHT, TOP, BOTTOM = 46.0, 30.0, 20.0, 24.0
RULER = 20.0
GAP = 1.6
TITLED = 400
HEADROOM = 1.08
FAR = 4.0
MANY = 1e5
CLOSE_PX = 12.0
SIGN_PX = 13.0
LONG_DAYS = 500
STEPS = (0.2, 0.25, 0.5, 1.0, 2.0, 2.5)
TICKS = 5
EDGE = 0.04
CROSS = "M-4-4 4 4M4-4-4 4"
Floats = npt.NDArray[np.float64]
Place = Callable[[float], float]
Span = tuple[pd.Timestamp, pd.Timestamp]


@dataclass(frozen=True)
class Series:
    """Values of one kind over time.

    Attributes
    ----------
    name
        What the key calls it.
    rows
        Ascending `at` (timestamp) and `value`; optional booleans `hollow` (below detection) and
        `crossed` (flagged), and `told`, the text shown for the point, a message or plain.
    shape
        circle, square, or line (no points); a line is broken where values are missing.
    colour
        Of line and points.
    """

    name: Pair
    rows: pd.DataFrame
    shape: str = "circle"
    colour: str = "#1d5b8f"


@dataclass(frozen=True)
class Band:
    """The values of one class, from `low` to `high` (infinite where open), with its mark."""

    low: float
    high: float
    mark: Mark


@dataclass(frozen=True)
class Goal:
    """A value that is not to be passed, or with `least` to be reached, drawn through the chart."""

    value: float
    label: Pair
    least: bool = False


def over_time(
    series: Sequence[Series], span: Span, name: Pair, bands: Sequence[Band] = (), goals: Sequence[Goal] = ()
) -> str:
    """Draw values over time: classes as a ruler at the right, their limits as ticks and thin lines.

    The scale holds every value that is not flagged, the next limit above, and goals within reach; a
    flagged value beyond it lies on the edge. It starts at 0 unless all of that lies far above 0.

    Parameters
    ----------
    span
        First and last day of the axis.
    name
        What the chart shows, for those who hear it.

    Returns
    -------
    svg
        `role="img"` with a name in both languages; empty where there is no value.
    """
    kept = [_clean(one, span) for one in series]
    values = np.concatenate([rows.value[~rows.crossed] for rows in kept])
    if not any(len(rows.value) for rows in kept):
        return ""
    edges = sorted({side for band in bands for side in (band.low, band.high) if math.isfinite(side)})
    low, high = _range(values, edges, [goal.value for goal in goals])
    x, y = _places(span, low, high)
    inside = [edge for edge in edges if low <= edge <= high]
    seen = [goal for goal in goals if low <= goal.value <= high]
    first = [goal.value for goal in seen]
    parts = [
        _frame(x, span),
        *(_thin(y(edge)) for edge in inside),
        _ticks(
            y,
            [*first, *reversed(inside), *([low] if low == 0 else [])]
            if inside or first
            else _round_ticks(low, high),
        ),
        *(_band(band, y, low, high) for band in bands),
        *(_line(rows, one, x, y) for rows, one in zip(kept, series, strict=True)),
        *(_points(rows, one, x, y, (low, high)) for rows, one in zip(kept, series, strict=True)),
        *(_rule(y(goal.value)) for goal in seen),
        _said(goals, high),
    ]
    return (
        f'<svg class="chart" viewBox="0 0 {WIDTH:.0f} {HEIGHT:.0f}" role="img" {named(*name)}>'
        f"{''.join(parts)}</svg>"
    )


def figure(drawing: str, title: str, note: str = "") -> str:
    """Put a chart under its finding; `title` and `note` are HTML, escaped already."""
    told = f"<figcaption>{note}</figcaption>" if note else ""
    return f'<figure class="chart"><h3>{title}</h3>{drawing}{told}</figure>' if drawing else ""


def key(series: Sequence[Series], extra: Sequence[tuple[str, Pair]] = ()) -> str:
    """Explain the points: each kind of series, then `hollow`, `crossed` or `gap` with their words."""
    shown = {(one.shape, one.colour): one.name for one in reversed(series)}
    drawn = [(_symbol(shape, colour), words) for (shape, colour), words in reversed(shown.items())]
    drawn += [(_symbol(kind), words) for kind, words in extra]
    told = "".join(
        f'<span><svg width="28" height="14" viewBox="-14 -7 28 14" aria-hidden="true">{drawing}</svg>'
        f"{both(*words)}</span>"
        for drawing, words in drawn
    )
    return f'<p class="key">{told}</p>'


class _Points(NamedTuple):
    """Points of a series within the span, `at` in seconds."""

    at: npt.NDArray[Any]
    value: npt.NDArray[Any]
    hollow: npt.NDArray[Any]
    crossed: npt.NDArray[Any]
    told: npt.NDArray[Any]

    def of(self, rows: npt.NDArray[np.bool_]) -> _Points:
        return _Points(*(one[rows] for one in self))


def _clean(series: Series, span: Span) -> _Points:
    rows = series.rows
    at, value = rows["at"].to_numpy("datetime64[us]"), rows["value"].to_numpy("float64", na_value=np.nan)
    none = np.zeros(len(rows), dtype=bool)
    hollow, crossed = (
        rows[one].to_numpy(dtype=bool) if one in rows else none for one in ("hollow", "crossed")
    )
    told = rows["told"].to_numpy("object") if "told" in rows else np.full(len(rows), "")
    kept = ~np.isnan(value) & (at >= span[0].to_datetime64()) & (at <= span[1].to_datetime64())
    return _Points(at.astype("datetime64[s]").astype("int64"), value, hollow, crossed, told).of(kept)


def _range(values: Floats, edges: Sequence[float], goals: Sequence[float]) -> tuple[float, float]:
    """Give the ends of the scale."""
    most = float(values.max()) if len(values) else max([*edges, *goals], default=1.0)
    above = min((edge for edge in edges if edge >= most), default=most)
    near = [goal for goal in goals if goal <= FAR * max(above, most)]
    top = max([most, above, *near])
    least = min([*values.tolist(), *edges, *near])
    if least > top / 2:
        room = (top - least) / 6 or 1.0
        return least - room, top + room
    return min(0.0, least), top * HEADROOM or 1.0


def _places(span: Span, low: float, high: float) -> tuple[Place, Place]:
    start, days = span[0].timestamp(), max((span[1] - span[0]).total_seconds(), 1.0)
    wide, tall = WIDTH - LEFT - RIGHT - 8, HEIGHT - TOP - BOTTOM

    def x(second: float) -> float:
        return LEFT + 4 + (second - start) / days * wide

    def y(value: float) -> float:
        return TOP + (high - value) / (high - low) * tall

    return x, y


def _frame(x: Place, span: Span) -> str:
    """Draw the ground and the axis of time: years, or months where the span is short."""
    floor = HEIGHT - BOTTOM
    out = (
        f'<rect class="ground" x="{LEFT:.0f}" y="{TOP:.0f}" width="{WIDTH - LEFT - RIGHT:.0f}" '
        f'height="{floor - TOP:.0f}"/>'
    )
    long = (span[1] - span[0]).days > LONG_DAYS
    starts = pd.date_range(
        span[0].normalize() - pd.offsets.MonthBegin(12 if long else 1), span[1], freq="YS" if long else "MS"
    )
    after = starts + (pd.DateOffset(years=1) if long else pd.DateOffset(months=1))
    for start, end in zip(starts, after, strict=True):
        left, right = x(max(start, span[0]).timestamp()), x(min(end, span[1]).timestamp())
        if span[0] < start < span[1]:
            out += f'<path class="thin" d="M{left:.1f} {TOP:.0f}V{floor + 4:.0f}"/>'
        if right - left > CLOSE_PX * (2.2 if long else 1):
            word = f"{start:%Y}" if long else _month(start)
            out += (
                f'<text x="{(left + right) / 2:.1f}" y="{HEIGHT - 7:.0f}" text-anchor="middle">{word}</text>'
            )
    return out


def _month(start: pd.Timestamp) -> str:
    return f'{start.month}<tspan class="zh">月</tspan>'


def _thin(at: float) -> str:
    return f'<path class="thin" d="M{LEFT:.0f} {at:.1f}H{WIDTH - RIGHT:.0f}"/>'


def _ticks(y: Place, wanted: Sequence[float]) -> str:
    """Write values at the left, the first ones first, where there is room."""
    taken: list[float] = []
    out = ""
    for value in wanted:
        at = y(value)
        if all(abs(at - other) >= CLOSE_PX for other in taken):
            taken.append(at)
            out += f'<text x="{LEFT - 5:.0f}" y="{at + 4:.1f}" text-anchor="end">{_number(value)}</text>'
    return out


def _round_ticks(low: float, high: float) -> list[float]:
    size = 10 ** math.floor(math.log10(high - low))
    step = min(size * one for one in STEPS if (high - low) / (size * one) <= TICKS)
    return [step * at for at in range(math.ceil(low / step), math.floor(high / step) + 1)]


def _number(value: float) -> str:
    if value >= MANY:
        return _spoken((f"{value / 1e4:g}万", f"{value / 1e6:g}M"))
    return np.format_float_positional(float(f"{value:.3g}"), trim="-")


def _band(band: Band, y: Place, low: float, high: float) -> str:
    bottom, top = max(band.low, low), min(band.high, high)
    if bottom >= top:
        return ""
    left, tall = WIDTH - RIGHT + 4, y(bottom) - y(top)
    sign = (
        f'<text x="{left + RULER / 2:.0f}" y="{(y(top) + y(bottom)) / 2 + 4:.1f}" text-anchor="middle" '
        f'style="fill:{band.mark.ink}"{_tight(band.mark.sign)}>{signed(band.mark)}</text>'
        if tall >= SIGN_PX
        else ""
    )
    return (
        f'<g>{titled(band.mark.zh, band.mark.en)}<rect class="class" x="{left:.0f}" '
        f'y="{y(top):.1f}" width="{RULER:.0f}" height="{tall:.1f}" fill="{band.mark.fill}"/>{sign}</g>'
    )


def _tight(sign: str) -> str:
    return f' textLength="{RULER - 3:.0f}" lengthAdjust="spacingAndGlyphs"' if len(sign) > 1 else ""


def _line(rows: _Points, series: Series, x: Place, y: Place) -> str:
    """Draw the line through what is not flagged, broken where values are missing."""
    used = rows.of(~rows.crossed)
    if len(used.at) < 2:  # noqa: PLR2004  one point makes no line
        return ""
    steps = np.diff(used.at)
    breaks = np.concatenate([[True], steps > GAP * np.median(steps)])
    spots = [
        f"{'M' if cut else 'L'}{x(second):.1f} {y(value):.1f}"
        for cut, second, value in zip(breaks, used.at.tolist(), used.value.tolist(), strict=True)
    ]
    kind = "line" if series.shape == "line" else "link"
    return f'<path class="{kind}" stroke="{series.colour}" d="{"".join(spots)}"/>'


def _points(rows: _Points, series: Series, x: Place, y: Place, ends: tuple[float, float]) -> str:
    shown = rows if series.shape != "line" else rows.of(rows.crossed)
    room = (ends[1] - ends[0]) * EDGE
    heights = shown.value.clip(ends[0], ends[1] - room)
    named_all = len(shown.at) <= TITLED
    return "".join(
        _point(
            (x(second), y(value)), series,
            (bool(hollow), bool(crossed)), told if named_all or crossed else "",
        )
        for second, value, hollow, crossed, told in zip(
            shown.at.tolist(), heights.tolist(), shown.hollow, shown.crossed, shown.told, strict=True
        )
    )  # fmt: skip


def _point(spot: tuple[float, float], series: Series, state: tuple[bool, bool], told: Text) -> str:
    hollow, crossed = state
    x, y = spot
    fill = "#ffffff" if hollow else "#8a97a3" if crossed else series.colour
    paint = f'fill="{fill}"' + (f' stroke="{series.colour}" stroke-width="1.3"' if hollow else "")
    words = told if isinstance(told, Message) else Message("{told}", "{told}", told=told)
    title = titled(words.zh, words.en) if told else ""
    if crossed:
        mark = f'<path class="cross" transform="translate({x:.1f} {y:.1f})" d="{CROSS}"/>'
        return f"<g>{title}{_dot(x, y, series.shape, paint)}</g>{mark}"
    dot = _dot(x, y, series.shape, paint)
    return (
        dot.replace("/>", f">{title}</{'rect' if series.shape == 'square' else 'circle'}>") if title else dot
    )


def _dot(x: float, y: float, shape: str, paint: str) -> str:
    if shape == "square":
        return f'<rect x="{x - 2.5:.1f}" y="{y - 2.5:.1f}" width="5" height="5" {paint}/>'
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.8" {paint}/>'


def _rule(at: float) -> str:
    return f'<path class="goal" d="M{LEFT:.0f} {at:.1f}H{WIDTH - RIGHT:.0f}"/>'


def _said(goals: Sequence[Goal], high: float) -> str:
    """Write the goals above the frame, where no value lies; an arrow where one lies beyond the scale."""
    if not goals:
        return ""
    told = "".join(
        f'<tspan dx="{10 if at else 0}">{"↑ " if goal.value > high else ""}</tspan>{_spoken(goal.label)}'
        for at, goal in enumerate(goals)
    )
    return (
        f'<path class="goal" d="M{LEFT:.0f} {TOP - 10:.0f}h22"/>'
        f'<text class="said" x="{LEFT + 27:.0f}" y="{TOP - 6:.0f}">{told}</text>'
    )


def _spoken(words: Pair) -> str:
    return f'<tspan class="zh">{in_html(words[0])}</tspan><tspan class="en">{in_html(words[1])}</tspan>'


def _symbol(kind: str, colour: str = "#1d5b8f") -> str:
    line = f'<path d="M-13 0h26" stroke="{colour}" stroke-width="1.2" opacity=".5"/>'
    drawings = {
        "line": f'<path d="M-13 0h26" stroke="{colour}" stroke-width="1.6"/>',
        "circle": line + _dot(0, 0, "circle", f'fill="{colour}"'),
        "square": line + _dot(0, 0, "square", f'fill="{colour}"'),
        "hollow": _dot(0, 0, "circle", f'fill="#ffffff" stroke="{colour}" stroke-width="1.3"'),
        "crossed": _dot(0, 0, "circle", 'fill="#8a97a3"') + f'<path class="cross" d="{CROSS}"/>',
        "gap": f'<path d="M-13 0h8M5 0h8" stroke="{colour}" stroke-width="1.2" opacity=".6"/>',
        "goal": '<path class="goal" d="M-13 0h26"/>',
    }
    return drawings[kind]
