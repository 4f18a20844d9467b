"""What a sheet is drawn of: outlines and texts in millimetres of paper, x to the right, y down."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gis.maps.shapes import PATTERNS

Floats = npt.NDArray[np.float64]
Box = tuple[float, float, float, float]
INK, INK_2, LINE, ACCENT, WHITE = "#1F2933", "#52606D", "#D9E0E6", "#1D5B8F", "#FFFFFF"
REGULAR, BOLD = 400, 600
UNSEEN = ("Cc", "Cf", "Cs", "Co", "Cn")
FULL = ("W", "F", "A")
NARROW = frozenset("iIjl.,:;'|!()[] ftr-")
BROAD = frozenset("mwMW@%&")


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


@dataclass(frozen=True)
class Group:
    """Things that belong together, by name; nothing is drawn outside `clip`."""

    id: str
    items: tuple[Path | Label | Group, ...]
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


def each(items: Iterable[Path | Label | Group]) -> Iterator[Path | Label]:
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
