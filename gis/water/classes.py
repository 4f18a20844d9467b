"""The single-factor class of each record (单因子评价): the worst of its rated indicators."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from gis.standards.editions import Edition
from gis.water.limits import LAKE, NOT_RATED, RIVER, Classes, Limits, limits_of
from gis.water.naming import deciding, main_pollutants
from gis.water.published import differs

COLUMNS = [
    "water_class", "deciding_indicators", "main_pollutants", "class_as_river", "class_as_lake",
    "published_differs",
]  # fmt: skip


def classify(samples: pd.DataFrame, limits: Edition, water_kind: pd.Series | None = None) -> pd.DataFrame:
    """Give the class of each record (GB 3838-2002 table 1; 环办〔2011〕22号 一(一)1, 二(一)3).

    Parameters
    ----------
    samples
        Shape (n, any); columns of the canonical table `samples` in its units, unrounded. Missing
        indicators are skipped; total nitrogen, temperature and coliforms never rate.
    limits
        An edition of the family `surface_water_limits`.
    water_kind
        "river" or "lake", aligned to `samples`; null, or None for all, where it is not known.

    Returns
    -------
    columns
        Index of `samples`: water_class 1–6 (6 = 劣Ⅴ), null without a rated indicator, and where the
        kind is unknown and river and lake limits give two classes; deciding_indicators, all at the
        worst class; main_pollutants with their multiple over class Ⅲ, null at Ⅰ–Ⅲ; class_as_river
        and class_as_lake where the kind is unknown; published_differs where a class was published.

    Raises
    ------
    StandardError
        The data file of the edition is incomplete.

    Notes
    -----
    With the kind unknown the indicators are named only where phosphorus, the one item with two
    limits, cannot change them.
    """
    table = limits_of(limits).among(samples)
    kind = pd.Series(None, samples.index, dtype="str") if water_kind is None else water_kind
    lake = (kind == LAKE).to_numpy(dtype=bool, na_value=False)
    unknown = ~(lake | (kind == RIVER).to_numpy(dtype=bool, na_value=False))
    as_river, as_lake = table.matrices(samples)
    own = np.where(lake[:, None], as_lake, as_river) if lake.any() else as_river
    river, lakes = (classes.max(axis=1, initial=NOT_RATED) for classes in (as_river, as_lake))
    settled = ~unknown | (river == lakes)
    named = ~unknown | _same_names(table, as_river, as_lake)
    out = pd.DataFrame(
        {
            "water_class": integers(np.where(lake, lakes, river), settled),
            "deciding_indicators": deciding(table, own, named),
            "main_pollutants": main_pollutants(table, samples, own, lake, named),
            "class_as_river": integers(river, unknown),
            "class_as_lake": integers(lakes, unknown),
        },
        index=samples.index,
    )
    published = samples.get("published_class", pd.Series(pd.NA, samples.index, dtype="Int64"))
    return out.assign(published_differs=differs(published, out))


def integers(values: npt.ArrayLike, known: npt.NDArray[np.bool_]) -> pd.api.extensions.ExtensionArray:
    """Give Int64 values, null where not `known` and where the class is 0."""
    whole = np.asarray(values, dtype="int64")
    return pd.arrays.IntegerArray(whole, ~known | (whole == 0))


def _same_names(table: Limits, as_river: Classes, as_lake: Classes) -> npt.NDArray[np.bool_]:
    good = table.rules["good_class"]
    same = np.ones(len(as_river), dtype=bool)
    for at, item in enumerate(table.items):
        if item.two:
            same &= (as_river[:, at] == as_lake[:, at]) & (as_river[:, at] <= good)
    return same
