"""Small SVG drawings made of a mark: symbols, legend swatches and area patterns."""

from __future__ import annotations

from collections.abc import Iterable

from gis.base.text import in_html
from gis.look import Mark

_SHAPES = {
    "circle": '<circle cx="12" cy="12" r="10"/>',
    "ring": '<circle cx="12" cy="12" r="8.5"/>',
    "square": '<rect x="2.5" y="2.5" width="19" height="19" rx="2"/>',
    "diamond": '<path d="M12 1 23 12 12 23 1 12Z"/>',
    "triangle": '<path d="M12 2 23 21.5H1Z"/>',
    "octagon": '<path d="M7.5 1.5h9l6 6v9l-6 6h-9l-6-6v-9Z"/>',
}
_SLANT = ((0, 1, 1, 0), (-0.1, 0.1, 0.1, -0.1), (0.9, 1.1, 1.1, 0.9))
# Patterns of areas on pages and sheets: side and width in pixels, lines in sides; a line of no length is a dot.
PATTERNS: dict[str, tuple[int, float, tuple[tuple[float, float, float, float], ...]]] = {
    "hatch": (9, 1, _SLANT),
    "wide": (12, 1, _SLANT),
    "dots": (7, 2.1, ((0.28, 0.28, 0.28, 0.28), (0.78, 0.78, 0.78, 0.78))),
    "cross": (6, 1.1, ((0, 0, 1, 1), (1, 0, 0, 1))),
    "back": (9, 1, ((0, 0, 1, 1), (-0.1, 0.9, 0.1, 1.1), (0.9, -0.1, 1.1, 0.1))),
    "wave": (8, 1, ((0, 0.75, 0.5, 0.25), (0.5, 0.25, 1, 0.75))),
    "level": (6, 1, ((0, 0.5, 1, 0.5),)),
    "upright": (6, 1, ((0.5, 0, 0.5, 1),)),
    "grid": (8, 1, ((0, 0.5, 1, 0.5), (0.5, 0, 0.5, 1))),
}
LOW_SHAPES = ("triangle",)


def icon(mark: Mark, size: int = 24) -> str:
    """Draw the symbol of a mark with its sign inside, `size` CSS pixels wide."""
    long = len(mark.sign) > 1
    sign = (
        f'<text x="12" y="{17.5 if mark.shape in LOW_SHAPES else 16.2}" text-anchor="middle" fill="{mark.ink}"'
        f' font-size="{9.5 if long else 12}" font-weight="600">{signed(mark)}</text>'
        if mark.sign
        else ""
    )
    hollow = mark.fill is None or mark.shape == "ring"
    fill = "#FFFFFF" if hollow else mark.fill
    dash = ' stroke-dasharray="3 2.4"' if mark.shape == "ring" else ""
    return (
        f'<svg class="icon" width="{size}" height="{size}" viewBox="0 0 24 24" aria-hidden="true" focusable="false">'
        f'<g fill="{fill}" stroke="{mark.line}" stroke-width="{2.4 if hollow else 1.1}"{dash}>'
        f"{_SHAPES[mark.shape]}</g>{sign}</svg>"
    )


def signed(mark: Mark) -> str:
    """Write the sign of a mark inside a drawing, in both languages where they differ."""
    if mark.sign_en in ("", mark.sign):
        return in_html(mark.sign)
    return f'<tspan class="zh">{in_html(mark.sign)}</tspan><tspan class="en">{in_html(mark.sign_en)}</tspan>'


def swatch(mark: Mark) -> str:
    """Draw a legend entry of an area or a line as the map draws it."""
    if mark.fill is None:
        body = (
            f'<path d="M1 9h26" fill="none" stroke="{mark.line}" stroke-width="{mark.weight}"{_dash(mark)}/>'
        )
    else:
        body = (
            f'<rect x="1.5" y="2" width="25" height="14" rx="1.5" fill="{paint(mark)}" stroke="{mark.line}"'
            f' stroke-width="{max(mark.weight, 1)}"{_dash(mark)}/>'
        )
    return f'<svg class="swatch" width="28" height="18" viewBox="0 0 28 18" aria-hidden="true">{body}</svg>'


def paint(mark: Mark) -> str:
    """Give the SVG paint of an area: a colour, or the pattern of `patterns`."""
    return f"url(#{_pattern_id(mark)})" if mark.pattern else (mark.fill or "none")


def patterns(marks: Iterable[Mark]) -> str:
    """Give the hidden SVG that defines the patterns of `marks`, one each."""
    wanted = {_pattern_id(mark): mark for mark in marks if mark.pattern}
    if not wanted:
        return ""
    tiles = "".join(_tile(id_, mark) for id_, mark in wanted.items())
    return f'<svg class="patterns" width="0" height="0" aria-hidden="true"><defs>{tiles}</defs></svg>'


def tile(mark: Mark) -> tuple[str, int]:
    """Draw one tile of the pattern of a mark as a picture of its own, and give its side in pixels."""
    side, drawing = _tiled(mark)
    return f'<svg width="{side}" height="{side}" viewBox="0 0 {side} {side}">{drawing}</svg>', side


def _tile(id_: str, mark: Mark) -> str:
    side, drawing = _tiled(mark)
    return f'<pattern id="{id_}" width="{side}" height="{side}" patternUnits="userSpaceOnUse">{drawing}</pattern>'


def _tiled(mark: Mark) -> tuple[int, str]:
    side, width, lines = PATTERNS[mark.pattern or ""]
    ground = f'<rect width="{side}" height="{side}" fill="{mark.fill}" opacity=".07"/>'
    drawn = "".join("M{:g} {:g}L{:g} {:g}".format(*(one * side for one in line)) for line in lines)
    return (
        side,
        f'{ground}<path d="{drawn}" stroke="{mark.fill}" stroke-width="{width}" stroke-linecap="round"/>',
    )


def _pattern_id(mark: Mark) -> str:
    return f"{mark.pattern}-{(mark.fill or mark.line).lstrip('#').lower()}"


def _dash(mark: Mark) -> str:
    return f' stroke-dasharray="{mark.dash}"' if mark.dash else ""
