"""The table of an edition of HJ 633, and the sub-index IAQI of a concentration, exactly."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from gis.air.phrases import refusal
from gis.base.errors import StandardError
from gis.standards import Edition, Editions

NO_INDEX = "none"
MISSING = -1
TENTHS = 10.0

Indices = npt.NDArray[np.int16]


@dataclass(frozen=True)
class Level:
    """One level (级别) of the index: values up to `up_to`, its words and official colour."""

    up_to: int
    grade: str
    name: Mapping[str, str]
    rgb: tuple[int, int, int]


@dataclass(frozen=True)
class Table:
    """The legal table of one edition.

    Attributes
    ----------
    hourly, daily
        Items such as `pm25_1h` that make the AQI of an hour, of a day.
    above
        Item → IAQI above its last breakpoint, or "none"; `default` for the others.
    instead
        Item → item that is used where `above` says "none".
    """

    edition: Edition
    hourly: tuple[str, ...]
    daily: tuple[str, ...]
    primary_above: int
    exceed_above: int
    iaqi: tuple[int, ...]
    bp: Mapping[str, Sequence[float]]
    above: Mapping[str, Any]
    instead: Mapping[str, str]
    names: Mapping[str, str]
    day_decimals: Mapping[str, int]
    levels: tuple[Level, ...]

    def name(self, item: str) -> str:
        """Give the published name of an item's pollutant, such as 臭氧1小时(O3_1h)."""
        return self.names.get(item) or self.names[item.rsplit("_", 1)[0]]


def table_of(edition: Edition, editions: Editions) -> Table:
    """Read the legal table of an edition of the family `aqi` (HJ 633 table 1, annex A).

    Raises
    ------
    StandardError
        The data file lacks a part; the message names it.
    """
    data = edition.data
    try:
        index = data["index"]
        origin = editions.get(data["levels_from"]).data if "levels_from" in data else data
        return Table(
            edition=edition,
            hourly=tuple(index["hourly"]),
            daily=tuple(index["daily"]),
            primary_above=index["primary_above"],
            exceed_above=index["exceed_above"],
            iaqi=tuple(index["iaqi"]),
            bp=data["bp"],
            above=data["above"],
            instead=data.get("instead", {}),
            names=data["names"],
            day_decimals=data["day_decimals"],
            levels=tuple(
                Level(one["up_to"], one["grade"], one["name"], tuple(one["rgb"])) for one in origin["level"]
            ),
        )
    except KeyError as error:
        raise refusal(StandardError, "part_lacking", f"{edition.id}.toml", part=error) from None


def sub_index(table: Table, item: str, concentration: npt.ArrayLike) -> Indices:
    """Compute the IAQI (空气质量分指数) of one item, always rounded up (HJ 633 4.3, table 1).

    A value is what its shortest decimal form says (0.1 is one tenth), so that no binary residue
    pushes an exact integer up by one. Nothing is rounded before.

    Parameters
    ----------
    item
        `pm25_1h`, `o3_8h` ...: a row of the table.
    concentration
        Shape (n,), µg/m³ (CO mg/m³); missing, negative or infinite values have no IAQI.

    Returns
    -------
    iaqi
        Shape (n,), int16; -1 where there is none.
    """
    values = np.asarray(concentration, dtype="float64")
    points = tuple(table.bp[item])
    bounds = _upper_bounds(points, table.iaqi[: len(points)])
    found = _placed(bounds, _of_tenths(points, table.iaqi[: len(points)]), values)
    rule = table.above.get(item, table.above["default"])
    found[found == len(bounds)] = MISSING if rule == NO_INDEX else rule
    found[~(np.isfinite(values) & (values >= 0))] = MISSING
    return found


def above_table(table: Table, item: str, concentration: npt.ArrayLike) -> npt.NDArray[np.bool_]:
    """Tell where a value is above the last breakpoint of an item; shape (n,)."""
    return np.asarray(concentration, dtype="float64") > float(table.bp[item][-1])


def _placed(bounds: npt.NDArray[np.float64], of_tenths: Indices, values: npt.NDArray[np.float64]) -> Indices:
    """Count the bounds below each value; whole tenths, as most values are, look theirs up."""
    with np.errstate(over="ignore"):
        tenths = np.rint(values * TENTHS)
    known = np.clip(np.nan_to_num(tenths), 0, len(of_tenths) - 1).astype("int32")
    found = of_tenths[known]
    others = np.flatnonzero(tenths / TENTHS != values)
    found[others] = np.searchsorted(bounds, values[others], side="left")
    return found


@cache
def _of_tenths(points: tuple[float, ...], iaqi: tuple[int, ...]) -> Indices:
    tenths = np.arange(int(points[-1] * TENTHS) + 2) / TENTHS
    return np.searchsorted(_upper_bounds(points, iaqi), tenths, side="left").astype("int16")


@cache
def _upper_bounds(points: tuple[float, ...], iaqi: tuple[int, ...]) -> npt.NDArray[np.float64]:
    bounds: list[float] = []
    for (low, c_low), (high, c_high) in pairwise(zip(iaqi, map(_exact, points), strict=True)):
        step = (c_high - c_low) / (high - low)
        bounds += [_at_most(c_low + step * (k - low)) for k in range(low, high)]
    bounds.append(float(points[-1]))
    return np.array(bounds)


def _exact(value: float) -> Fraction:
    return Fraction(repr(value))


def _at_most(bound: Fraction) -> float:
    nearest = float(bound)
    return nearest if _exact(nearest) <= bound else math.nextafter(nearest, -math.inf)
