"""A sheet as SVG: texts stay texts, so that they are found, copied and edited; the reader's fonts draw them."""

from __future__ import annotations

import numpy as np

from gis.base.text import in_html
from gis.maps.sheet.drawing import BOLD, Floats, Group, Label, Path, Sheet, Tile, each, width_of

FONTS = (
    "'Noto Sans CJK SC','Source Han Sans SC','Microsoft YaHei','PingFang SC','SimHei','WenQuanYi Micro Hei',"
    "sans-serif"
)


def svg(sheet: Sheet) -> str:
    """Write a sheet as an SVG of its own size, in millimetres; nothing in it is fetched."""
    tiles = {
        one.tile: f"p{at}" for at, one in enumerate(each(sheet.items)) if isinstance(one, Path) and one.tile
    }
    clips: list[str] = []
    body = "".join(_group(one, tiles, clips) for one in sheet.items)
    patterns = "".join(_pattern(tile, id_) for tile, id_ in tiles.items() if tile)
    size = f'width="{sheet.width:g}mm" height="{sheet.height:g}mm" viewBox="0 0 {sheet.width:g} {sheet.height:g}"'
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<svg xmlns="http://www.w3.org/2000/svg" {size} '
        f'xml:lang="{sheet.language}" font-family="{FONTS}">\n<title>{in_html(sheet.title)}</title>\n'
        f'<defs>{patterns}{"".join(clips)}</defs>\n<rect width="100%" height="100%" fill="#FFFFFF"/>\n{body}</svg>\n'
    )


def _group(group: Group, tiles: dict[Tile, str], clips: list[str]) -> str:
    clip = ""
    if group.clip is not None:
        left, top, right, bottom = group.clip
        id_ = f"c{len(clips)}"
        clips.append(
            f'<clipPath id="{id_}"><rect x="{left:.3f}" y="{top:.3f}" width="{right - left:.3f}" '
            f'height="{bottom - top:.3f}"/></clipPath>'
        )
        clip = f' clip-path="url(#{id_})"'
    inner = "".join(
        _group(one, tiles, clips)
        if isinstance(one, Group)
        else _path(one, tiles)
        if isinstance(one, Path)
        else _label(one)
        for one in group.items
    )
    return f'<g id="{in_html(group.id)}"{clip}>{inner}</g>\n'


def _path(path: Path, tiles: dict[Tile, str]) -> str:
    drawn = "".join(outline(ring, closed=path.closed) for ring in path.rings)
    line = f' stroke="{path.line}" stroke-width="{path.width:.3g}"' if path.line else ""
    dash = f' stroke-dasharray="{" ".join(f"{one:.3g}" for one in path.dash)}"' if path.dash and line else ""
    alpha = f' fill-opacity="{path.opacity:g}"' if path.opacity < 1 else ""
    fill = f'<path d="{drawn}" fill="{path.fill or "none"}" fill-rule="evenodd"{alpha}'
    joined = ' stroke-linejoin="round" stroke-linecap="round"' if line and not dash else ""
    if path.tile is None:
        return f"{fill}{line}{dash}{joined}/>"
    ground = f"{fill}/>" if path.fill else ""
    return (
        f'{ground}<path d="{drawn}" fill="url(#{tiles[path.tile]})" fill-rule="evenodd"{line}{dash}{joined}/>'
    )


def outline(ring: Floats, *, closed: bool) -> str:
    """Write a ring or a line as path data, to a hundredth of a millimetre."""
    points = " ".join(f"{x:.2f} {y:.2f}" for x, y in np.asarray(ring).tolist())
    return f"M{points}{'Z' if closed else ''}"


def _label(label: Label) -> str:
    halo = (
        ' stroke="#FFFFFF" stroke-width="0.7" stroke-linejoin="round" paint-order="stroke"'
        if label.halo
        else ""
    )
    anchor = "" if label.anchor == "start" else f' text-anchor="{label.anchor}"'
    weight = f' font-weight="{label.weight}"' if label.weight == BOLD else ""
    squeezed = ""
    if label.room is not None and width_of(label.text, label.size) > label.room:
        squeezed = f' textLength="{label.room:.2f}" lengthAdjust="spacingAndGlyphs"'
    return (
        f'<text x="{label.x:.2f}" y="{label.y:.2f}" font-size="{label.size:.2f}" fill="{label.colour}"'
        f"{anchor}{weight}{halo}{squeezed}>{in_html(label.text)}</text>"
    )


def _pattern(tile: Tile, id_: str) -> str:
    drawn = "".join("M{:.3f} {:.3f}L{:.3f} {:.3f}".format(*line) for line in tile.lines)
    return (
        f'<pattern id="{id_}" width="{tile.side:.3f}" height="{tile.side:.3f}" patternUnits="userSpaceOnUse">'
        f'<path d="{drawn}" stroke="{tile.colour}" stroke-width="{tile.width:.3f}" stroke-linecap="round"/></pattern>'
    )
