"""The lines of a text file of boundary points: the words of its head, its parcels and their points."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from gis.base.messages import Message
from gis.ingest.phrases import fault

PARCELS = "地块坐标"
FIELDS = ("界址点数", "地块面积", "地块编号", "地块名称", "记录图形属性", "图幅号", "地块用途", "地类编码")
SHAPE = FIELDS[4]
COORDINATES, NAMED = 4, 4

_TITLE = re.compile(r"^[\[【〔［]\s*(.+?)\s*[\]】〕］]$")
_CODE = re.compile(r"\d{3,6}[A-Z]?")
_SHEET = re.compile(r"[A-Za-z]?\d[\dA-Za-z.\-]*")


class Point(NamedTuple):
    """A line of coordinates as written."""

    line: int
    ring: str
    first: float
    second: float


@dataclass
class Parcel:
    """A parcel as it stands in the file.

    Attributes
    ----------
    line
        Of its head.
    fault
        (line, field, text found, reason, fix) of the first thing that cannot be used.
    """

    line: int
    fields: list[str]
    points: list[Point] = field(default_factory=list)
    fault: tuple[int, str, str, str, str] | None = None

    def spoil(self, line: int, name: str, text: str, reason: Message, fix: Message) -> None:
        """Keep the first fault."""
        self.fault = self.fault or (line, name, text, reason.stored, fix.stored)


def taken_apart(text: str) -> tuple[dict[str, str], list[Parcel]]:
    """Take a text apart into the words of its head and its parcels, each with the first fault found.

    Brackets of either width; a line that ends in @ begins a parcel.
    """
    about: dict[str, str] = {}
    parcels: list[Parcel] = []
    block = ""
    for number, found in enumerate(text.splitlines(), start=1):
        line = found.strip().lstrip("\ufeff")
        if title := _TITLE.match(line):
            block = title[1]
        elif line and block == PARCELS:
            _parcel_line(parcels, number, line)
        elif line and block:
            key, _, value = unicodedata.normalize("NFKC", line).partition("=")
            about[key.strip()] = value.strip()
    return about, parcels


def _parcel_line(parcels: list[Parcel], number: int, line: str) -> None:
    cells = _cells(line)
    if cells[-1] in ("@", "＠"):
        parcels.append(Parcel(number, cells[:-1]))
        if len(cells) <= NAMED:
            parcels[-1].spoil(number, "parcel", line, *fault("parcel_lacks", form=",".join(FIELDS)))
        return
    if not parcels:
        parcels.append(Parcel(number, []))
        parcels[-1].spoil(number, "parcel", line, *fault("point_before_parcel"))
    elif (point := _point(number, cells)) is not None:
        parcels[-1].points.append(point)
    else:
        parcels[-1].spoil(number, "coordinates", line, *fault("no_point", line=number))


def _cells(line: str) -> list[str]:
    """Split a line at its commas of either width, else at tabs, else at blanks."""
    flat = line if "," in line else line.replace("，", ",").replace("；", ";")
    marked = flat.replace("＠", "@").rstrip()
    sign = next((sign for sign in (",", "\t", ";") if sign in flat), None)
    if marked.count("@") == 1 and marked.endswith("@"):
        if sign not in (",", "\t"):
            return _placed(flat.split())
        cells = [cell.strip() for cell in flat.split(sign)]
        return cells if cells[-1] in ("@", "＠") else [*cells[:-1], cells[-1].rstrip("@＠ "), "@"]
    cells = [cell.strip() for cell in flat.split(sign)]
    while sign and len(cells) > COORDINATES and not cells[-1]:
        cells.pop()
    return cells


def _placed(words: list[str]) -> list[str]:
    """Put the words of a parcel's line into its fields: blanks do not tell where a field is empty.

    图形属性 is the word that says so; a last word of digits is 地类编码, the one before it 地块用途, and
    图幅号 what is left.
    """
    words = words[:-1] if words[-1] in ("@", "＠") else [*words[:-1], words[-1].rstrip("@＠")]
    shape, place = (
        next((at for at, word in enumerate(words) if word in ("面", "线", "点")), None),
        FIELDS.index(SHAPE),
    )
    if shape is None or shape > place:
        return [*words, "@"]
    lacks_area = 1 < shape < len(FIELDS[:4]) and not re.fullmatch(r"[\d.]+", words[1])
    words, shape = ([words[0], "", *words[1:]], shape + 1) if lacks_area else (words, shape)
    front = [*words[:shape], *[""] * place][:place]
    rest = words[shape + 1 :]
    code = rest.pop() if rest and _CODE.fullmatch(rest[-1]) else ""
    use = rest.pop() if rest and not _SHEET.fullmatch(rest[-1]) else ""
    return [*front, words[shape], " ".join(rest), use, code, "@"]


def _point(number: int, cells: Sequence[str]) -> Point | None:
    if len(cells) == COORDINATES - 1:
        cells = [cells[0], "1", *cells[1:]]
    if len(cells) < COORDINATES or any(cells[COORDINATES:]) or not cells[1]:
        return None
    try:
        first, second = (float(unicodedata.normalize("NFKC", cell)) for cell in cells[2:COORDINATES])
    except ValueError:
        return None
    return Point(number, cells[1], first, second) if math.isfinite(first + second) else None
