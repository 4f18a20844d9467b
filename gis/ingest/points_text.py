"""The lines of a text file of boundary points: the words of its head, its parcels and their points."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

PARCELS = "地块坐标"
FIELDS = ("界址点数", "地块面积", "地块编号", "地块名称", "记录图形属性", "图幅号", "地块用途", "地类编码")
COORDINATES, NAMED = 4, 4

_TITLE = re.compile(r"^[\[【〔［]\s*(.+?)\s*[\]】〕］]$")


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

    def spoil(self, line: int, name: str, text: str, reason: str, fix: str) -> None:
        """Keep the first fault."""
        self.fault = self.fault or (line, name, text, reason, fix)


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
    flat = line if "," in line else line.replace("，", ",")
    cells = [one.strip() for one in flat.split(",")]
    if cells[-1] in ("@", "＠"):
        parcels.append(Parcel(number, cells[:-1]))
        if len(cells) <= NAMED:
            reason = "地块行缺少字段 · the line of the parcel lacks fields"
            parcels[-1].spoil(number, "parcel", line, reason, f"写成 · write it as {','.join(FIELDS)},@")
        return
    if not parcels:
        parcels.append(Parcel(number, []))
        reason = "坐标行前没有以 @ 结尾的地块行 · coordinates before the line of a parcel, which ends in @"
        parcels[-1].spoil(
            number, "parcel", line, reason, "补写地块行 · write the line of the parcel above it"
        )
        return
    point = _point(number, cells)
    if point is not None:
        parcels[-1].points.append(point)
    else:
        reason = f"第 {number} 行不是坐标 · line {number} is not a point"
        parcels[-1].spoil(
            number,
            "coordinates",
            line,
            reason,
            "写成 点号,圈号,X,Y · write it as J1,1,3503000.000,40571000.000",
        )


def _point(number: int, cells: Sequence[str]) -> Point | None:
    if len(cells) < COORDINATES or any(cells[COORDINATES:]) or not cells[1]:
        return None
    try:
        first, second = (float(unicodedata.normalize("NFKC", one)) for one in cells[2:COORDINATES])
    except ValueError:
        return None
    return Point(number, cells[1], first, second) if math.isfinite(first + second) else None
