"""What a sheet is made of: paths, labels, images and groups in millimetres of paper, and their SVG."""

from __future__ import annotations

import base64
import io
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image as Pixels

from gis.base.text import in_html
from gis.maps.layers import PATTERNS

Floats = npt.NDArray[np.float64]
Box = tuple[float, float, float, float]
INK, INK_2, LINE, ACCENT, WHITE = "#1F2933", "#52606D", "#D9E0E6", "#1D5B8F", "#FFFFFF"
REGULAR, BOLD = 400, 600
UNSEEN = ("Cc", "Cf", "Cs", "Co", "Cn")
FULL = ("W", "F", "A")
NARROW = frozenset("iIjl.,:;'|!()[] ftr-")
BROAD = frozenset("mwMW@%&")
FONTS = (
    "'Noto Sans CJK SC','Source Han Sans SC','Microsoft YaHei','PingFang SC','SimHei','WenQuanYi Micro Hei',"
    "sans-serif"
)


@dataclass(frozen=True)
class Tile:
    """The pattern of an area in a colour."""

    kind: str
    colour: str

    @property
    def side(self) -> float:
        """Millimetres from one of its lines to the next."""
        return PATTERNS[self.kind][0] / 5.5

    @property
    def width(self) -> float:
        """Millimetres that its lines are wide."""
        return PATTERNS[self.kind][1] * 0.16

    @property
    def lines(self) -> list[tuple[float, ...]]:
        """Its lines within a tile: x and y of both ends in millimetres."""
        return [tuple(one * self.side for one in line) for line in PATTERNS[self.kind][2]]


@dataclass(frozen=True)
class Path:
    """Rings or lines with a fill, a pattern over it and a line; holes by the even-odd rule."""

    rings: Sequence[Floats]
    fill: str | None = None
    line: str | None = None
    width: float = 0.2
    dash: tuple[float, ...] = ()
    tile: Tile | None = None
    opacity: float = 1.0
    closed: bool = True


@dataclass(frozen=True)
class Label:
    """A text on one line: `y` is its base line, `size` its em; `room` is what it must not pass."""

    x: float
    y: float
    text: str
    size: float
    anchor: str = "start"
    colour: str = INK
    weight: int = REGULAR
    halo: bool = False
    room: float | None = None


@dataclass(frozen=True, eq=False)
class Image:
    """Pixels, RGBA bytes of shape (height, width, 4), that fill a box."""

    pixels: npt.NDArray[np.uint8]
    box: Box
    opacity: float = 1.0


Item = Path | Label | Image


@dataclass(frozen=True)
class Group:
    """Things that belong together, by name; nothing is drawn outside `clip`."""

    id: str
    items: tuple[Item | Group, ...]
    clip: Box | None = None


@dataclass(frozen=True)
class Sheet:
    """One side of paper.

    Attributes
    ----------
    width, height
        Millimetres.
    ratio
        Metres on the ground for a metre of paper.
    title, language, author, made_on
        What the files say of themselves; `made_on` is yyyy-mm-dd.
    """

    width: float
    height: float
    ratio: float
    title: str
    author: str
    language: str
    made_on: str
    items: tuple[Group, ...]


def each(items: Iterable[Item | Group]) -> Iterator[Item]:
    """Give everything that is drawn, group by group."""
    for one in items:
        if isinstance(one, Group):
            yield from each(one.items)
        else:
            yield one


def rectangle(left: float, top: float, right: float, bottom: float) -> Floats:
    """Give a rectangle as a ring."""
    return np.array([(left, top), (right, top), (right, bottom), (left, bottom)])


def segment(*ends: tuple[float, float]) -> Floats:
    """Give a line through some points."""
    return np.array(ends, dtype="float64")


def seen(text: object) -> str:
    """Give a text on one line, without what is not seen: controls, marks of direction, private letters."""
    return " ".join("".join(" " if one in "\n\r\t" else one for one in str(text)
                            if one in "\n\r\t" or unicodedata.category(one) not in UNSEEN).split())  # fmt: skip


def width_of(text: str, size: float) -> float:
    """Give a width in millimetres that no usual font passes: layout must not hang on the font."""
    return size * sum(_em(one) for one in text)


def _em(letter: str) -> float:
    if unicodedata.east_asian_width(letter) in FULL:
        return 1.0
    if unicodedata.combining(letter):
        return 0.0
    if letter in NARROW:
        return 0.4
    if letter in BROAD:
        return 0.95
    return 0.7 if letter.isupper() else 0.6


def wrapped(text: str, size: float, room: float, most: int | None = None) -> list[str]:
    """Break a text into lines of `room` millimetres, English at blanks; past `most` lines it ends in "…"."""
    lines: list[str] = []
    line = ""
    for word in _words(text):
        if line and width_of(line + word.rstrip(), size) > room:
            lines.append(line.rstrip())
            line = ""
        line += word.lstrip() if not line else word
    lines += [line.rstrip()] if line.strip() else []
    if most is not None and len(lines) > most:
        last = lines[most - 1]
        while last and width_of(last + "…", size) > room:
            last = last[:-1]
        lines = [*lines[: most - 1], f"{last}…"]
    return lines


def _words(text: str) -> Iterator[str]:
    """Part a text where a line may end: after a blank, round a Chinese letter; a word of 24 letters is cut."""
    word = ""
    for letter in text:
        wide = unicodedata.east_asian_width(letter) in FULL
        if wide and not (_closes(letter) and word):
            if word:
                yield word
            word = letter
            continue
        if word and unicodedata.east_asian_width(word[-1]) in FULL and not _closes(letter) and not wide:
            yield word
            word = ""
        word += letter
        if letter == " " or len(word) >= 24:  # noqa: PLR2004  the longest word that is kept whole
            yield word
            word = ""
    if word:
        yield word


def _closes(letter: str) -> bool:
    return unicodedata.category(letter) in ("Po", "Pe", "Pf")


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
        else _image(one)
        if isinstance(one, Image)
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


def _image(image: Image) -> str:
    left, top, right, bottom = image.box
    out = io.BytesIO()
    Pixels.fromarray(image.pixels).save(out, "PNG", optimize=True)
    return (
        f'<image x="{left:.3f}" y="{top:.3f}" width="{right - left:.3f}" height="{bottom - top:.3f}" '
        f'preserveAspectRatio="none" opacity="{image.opacity:g}" '
        f'href="data:image/png;base64,{base64.b64encode(out.getvalue()).decode()}"/>'
    )


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
