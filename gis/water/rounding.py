"""Means judged as rounded by the edition (GB/T 8170); single readings stay as they are."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from gis.base.units import GUARD_DIGITS, round_half_even, round_significant
from gis.standards.editions import Editions
from gis.water.limits import Floats, values_of
from gis.water.means import COUNTS, INDICATORS

HAIR = 1e-6
STATISTICS = "surface_water_statistics"


def rounding_of(editions: Editions, day: dt.date) -> Mapping[str, Any]:
    """Give `[rounding]` of the edition that leads on a day: how means are rounded before they are judged."""
    told: Mapping[str, Any] = editions.in_force(STATISTICS, day).data["rounding"]
    return told


def rounded_mean(values: Floats, indicator: str, rules: Mapping[str, Any]) -> Floats:
    """Round means of one indicator half to even, to the decimals or the significant digits of the edition.

    Parameters
    ----------
    values
        Shape (n,), in the unit of `samples`; missing stays missing.
    rules
        `[rounding]` of an edition of the family STATISTICS.
    """
    digits = rules["digits"].get(indicator)
    if digits is None:
        return round_significant(values, rules["significant"])
    found = round_half_even(values, digits)
    least = rules.get("instead_of_zero")
    return found if least is None else np.where(found == 0, round_significant(values, least), found)


def rounded_means(rows: pd.DataFrame, rules: Mapping[str, Any]) -> pd.DataFrame:
    """Round every mean of several values; what rests on one reading stays un-rounded.

    Parameters
    ----------
    rows
        Columns of INDICATORS and COUNTS.
    """
    columns = {}
    for name in INDICATORS:
        values = values_of(rows, name)
        if not np.isnan(values).all():
            several = values_of(rows, COUNTS[name]) > 1
            columns[name] = np.where(several, rounded_mean(values, name, rules), values)
    return rows.assign(**columns)


def outermost(limit: float, indicator: str, rules: Mapping[str, Any], *, up: bool) -> float:
    """Give the outermost mean that still keeps a limit once it is rounded: the limit and half a unit.

    Half to even takes the half unit itself to the limit where the limit's last digit is even; where it
    is odd the mean must stay a millionth of a unit inside.

    Parameters
    ----------
    limit
        More than 0, in the unit of `samples`.
    up
        Whether the limit is a largest value, else a smallest one.
    """
    side, digits = (1 if up else -1), rules["digits"].get(indicator)
    places = rules["significant"] - 1 - math.floor(math.log10(limit)) if digits is None else digits
    unit = 10.0**-places
    inside = side * math.floor(round(side * limit / unit, GUARD_DIGITS)) * unit
    edge = inside + side * unit / 2
    kept = side * rounded_mean(np.array([edge]), indicator, rules)[0] <= side * inside + unit * HAIR
    return round(edge if kept else edge - side * unit * HAIR, places + GUARD_DIGITS)
