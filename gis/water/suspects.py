"""Flagged values in the means: counted, or left out where the catalogue says so."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from gis.water.above_range import nothing as none_above
from gis.water.non_detects import COLUMNS


class Doubts(NamedTuple):
    """What is known against single values.

    Attributes
    ----------
    non_detects
        From `non_detects.non_detects`: at, indicator, half.
    suspects
        From `flags.flags`: at and indicator of each flagged value.
    above
        From `above_range.above_range`: readings that are a lower bound.
    leave_out
        Whether the catalogue leaves flagged values out of the class that counts.
    """

    non_detects: pd.DataFrame
    suspects: pd.DataFrame
    above: pd.DataFrame
    leave_out: bool = False

    @classmethod
    def none(cls) -> Doubts:
        """Give no doubt at all."""
        nothing = pd.DataFrame({one: np.array([], "int64" if one == "at" else "object") for one in COLUMNS})
        return cls(nothing, nothing, none_above())


def without(samples: pd.DataFrame, suspects: pd.DataFrame) -> pd.DataFrame:
    """Blank the flagged values; every record stays."""
    blank = {
        str(name): samples[str(name)].mask(samples.index.isin(rows["at"].to_numpy()))
        for name, rows in suspects.groupby("indicator")
    }
    return samples.assign(**blank)
