"""The legal table of GB 3838 as arrays: classes of values, and the limits of a class."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from gis.base.errors import StandardError
from gis.base.tables import TABLES
from gis.standards.editions import Edition
from gis.water.phrases import refusal

Floats = npt.NDArray[np.float64]
Classes = npt.NDArray[np.int8]
LIMITS = "surface_water_limits"
RIVER, LAKE = "river", "lake"
NOT_RATED = 0


@dataclass(frozen=True)
class Item:
    """One indicator of the table.

    Attributes
    ----------
    key
        Its column in `samples`; values in the unit of that column.
    sign
        -1 where more is better (dissolved oxygen), else 1.
    river, lake
        Limits of the classes from the best to the worst, times `sign`, ascending; empty for a range, and
        for the water that an item is not judged in.
    span
        The lawful range of pH; None for all others.
    """

    key: str
    sign: int
    river: Floats
    lake: Floats
    span: tuple[float, float] | None

    @property
    def name(self) -> str:
        """The Chinese name as tables show it."""
        return TABLES["samples"][self.key].zh

    @property
    def two(self) -> bool:
        """Whether a lake has other limits than a river."""
        return not np.array_equal(self.river, self.lake)

    def classes(self, values: Floats, worst: int, *, lake: bool) -> Classes:
        """Give the class of each value: 1 to `worst`, 0 where missing; a value on a limit meets it.

        A negative number is no reading (publishers write -1 for "not measured").
        """
        if self.span:
            low, high = self.span
            found = np.where((values >= low) & (values <= high), 1, worst).astype(np.int8)
        else:
            found = np.ones(len(values), dtype=np.int8)
            signed = self.sign * values if self.sign < 0 else values
            for limit in self.lake if lake else self.river:
                found += signed > limit
        found[~(values >= 0)] = NOT_RATED
        return found

    def excess(self, values: Floats, classes: npt.NDArray[np.int64], lake: npt.NDArray[np.bool_]) -> Floats:
        """Give the relative excess of each value over the limit of its wanted class; 0 or less = met.

        Parameters
        ----------
        classes
            Shape of `values`, 1 to the number of limits.
        lake
            Shape of `values`; whether the limits of lakes hold.
        """
        if self.span:
            low, high = self.span
            return np.maximum(values / high - 1, 1 - values / low)
        limit = np.where(lake, self.lake[classes - 1], self.river[classes - 1])
        return (self.sign * values - limit) / np.abs(limit)


@dataclass(frozen=True)
class Limits:
    """The rated items of one edition, and how main pollution indicators are named."""

    edition: Edition
    items: tuple[Item, ...]
    worst: int
    rules: dict[str, Any]

    @property
    def keys(self) -> list[str]:
        """Columns of the rated items, in the order of the table."""
        return [item.key for item in self.items]

    def matrix(self, frame: pd.DataFrame, *, lake: bool) -> Classes:
        """Give the class of every rated item of every row, shape (rows, items); 0 = not rated."""
        found = np.zeros((len(frame), len(self.items)), dtype=np.int8, order="F")
        for at, item in enumerate(self.items):
            if item.key in frame:
                found[:, at] = item.classes(values_of(frame, item.key), self.worst, lake=lake)
        return found

    def matrices(self, frame: pd.DataFrame) -> tuple[Classes, Classes]:
        """Give the classes as a river and as a lake, each as `matrix` does."""
        river = self.matrix(frame, lake=False)
        lake = river.copy(order="F")
        for at, item in enumerate(self.items):
            if item.two and item.key in frame:
                lake[:, at] = item.classes(values_of(frame, item.key), self.worst, lake=True)
        return river, lake

    def among(self, frame: pd.DataFrame) -> Limits:
        """Keep the items that have any value in `frame`."""
        found = tuple(item for item in self.items if item.key in frame and frame[item.key].notna().any())
        return replace(self, items=found)


def values_of(frame: pd.DataFrame, key: str) -> Floats:
    """Give a column as floats, NaN where missing; all NaN where there is no such column."""
    if key not in frame:
        return np.full(len(frame), np.nan)
    return frame[key].to_numpy(dtype="float64", na_value=np.nan)


def limits_of(edition: Edition) -> Limits:
    """Read the legal table of an edition of GB 3838 (table 1).

    Raises
    ------
    StandardError
        A rated item is no column of `samples`, has no limits, or they are not in order.
    """
    rules = dict(edition.data["evaluation"])
    items = tuple(_item(edition, key) for key in rules["assessed"])
    return Limits(edition, items, len(rules["numerals"]), rules)


def reference_of(edition: Edition) -> dict[str, Item]:
    """Read the items judged apart, for reference (temperature has no limit of a concentration).

    Returns
    -------
    items
        tn and fecal_coliform by key; one with limits of lakes only has no `river` limits.

    Raises
    ------
    StandardError
        As `limits_of`.
    """
    keys = edition.data["evaluation"]["reference_only"]
    return {key: _item(edition, key) for key in keys if edition.data["item"][key]["kind"] == "max"}


def _item(edition: Edition, key: str) -> Item:
    spec = edition.data["item"].get(key)
    if spec is None or key not in TABLES["samples"]:
        raise refusal(StandardError, "item_without_limits", f"{edition.id}.toml", key=key)
    sign = -1 if spec["kind"] == "min" else 1
    river = sign * np.array(spec.get("limits", ()), dtype="float64")
    lake = sign * np.array(spec.get("limits_lake", spec.get("limits", ())), dtype="float64")
    steps = len(edition.data["evaluation"]["numerals"]) - 1
    span = tuple(spec["range"]) if "range" in spec else None
    given = [one for one in (river, lake) if len(one)] or [river]
    wrong = any(len(one) != steps or np.any(np.diff(one) < 0) for one in given)
    if wrong and span is None:
        file, found = f"{edition.id}.toml", str(spec.get("limits"))
        raise refusal(StandardError, "limits_not_in_order", file, found=found, key=key, steps=steps)
    return Item(key, sign, river, lake, span)
