"""Means judged as rounded by the edition (GB/T 8170); single readings stay as they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from gis.base.units import round_half_even, round_significant
from gis.water.limits import Floats, values_of
from gis.water.means import COUNTS, INDICATORS


def rounded_mean(values: Floats, indicator: str, rules: Mapping[str, Any]) -> Floats:
    """Round means of one indicator half to even, to the decimals or the significant digits of the edition.

    Parameters
    ----------
    values
        Shape (n,), in the unit of `samples`; missing stays missing.
    rules
        `[rounding]` of the evaluation.
    """
    digits = rules["digits"].get(indicator)
    return (
        round_significant(values, rules["significant"]) if digits is None else round_half_even(values, digits)
    )


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
