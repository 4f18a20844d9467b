"""Non-detects: half the detection limit counts (环办监测函〔2020〕82号 7), and where that cannot decide a class."""

from __future__ import annotations

import numpy as np
import pandas as pd

from gis.base.stored_words import stored_items
from gis.base.tables import TABLES
from gis.water.limits import Limits
from gis.water.means import MONTH, in_periods

COLUMNS = ["at", "indicator", "half"]
NON_DETECT = "non_detect"


def non_detects(samples: pd.DataFrame, marks: pd.DataFrame) -> pd.DataFrame:
    """Find the values that are half a detection limit.

    Parameters
    ----------
    samples
        Canonical records, index 0 to n - 1.
    marks
        Canonical `sample_marks`.

    Returns
    -------
    halves
        `at` (index of `samples`), `indicator`, `half` in the unit of the column.
    """
    wanted = marks[(marks["mark"] == NON_DETECT) & marks["detection_limit"].notna()]
    wanted = wanted[["source", "source_row", "indicator", "detection_limit"]]
    if not len(wanted):
        return pd.DataFrame(
            {"at": np.array([], "int64"), "indicator": pd.Series([], dtype="str"), "half": 0.0}
        )
    found = at_records(wanted, samples)
    return found.assign(half=found["detection_limit"] / 2)[COLUMNS]


def at_records(marks: pd.DataFrame, samples: pd.DataFrame) -> pd.DataFrame:
    """Give the marks of records with `at`, the place of the record in `samples`."""
    rows = samples[["source", "source_row"]].assign(at=np.arange(len(samples)))
    return marks.merge(rows, on=["source", "source_row"])


def counted_as(samples: pd.DataFrame, halves: pd.DataFrame, times: float) -> pd.DataFrame:
    """Let non-detects count as so many times their half limit: 0 nothing, 2 the whole limit.

    Parameters
    ----------
    samples
        Records, index of `halves`; what is blank stays blank.
    """
    columns = {}
    rows = halves[halves["at"].isin(samples.index)]
    for name, own in rows.groupby("indicator"):
        other = pd.Series(own["half"].to_numpy() * times, own["at"].to_numpy()).groupby(level=0).first()
        column = samples[str(name)]
        put = other.reindex(samples.index)
        columns[str(name)] = column.mask(put.notna() & column.notna(), put)
    return samples.assign(**columns)


def used_halves(halves: pd.DataFrame, samples: pd.DataFrame, used: pd.DataFrame) -> pd.DataFrame:
    """Give the largest half limit that counts in each section, month and indicator.

    Parameters
    ----------
    samples, used
        Records with key, year and month, and their `means.used_values`, on one index.
    """
    rows = halves[halves["at"].isin(used.index)]
    counts = np.zeros(len(rows), dtype=bool)
    for name in rows["indicator"].unique():
        here = (rows["indicator"] == name).to_numpy()
        counts[here] = used.loc[rows.loc[here, "at"], name].notna().to_numpy()
    rows = rows[counts]
    about = samples.loc[rows["at"], MONTH].reset_index(drop=True)
    rows = pd.concat([about, rows[["indicator", "half"]].reset_index(drop=True)], axis=1)
    return rows.groupby([*MONTH, "indicator"])["half"].max().reset_index()


def halves_of_periods(months: pd.DataFrame, periods: pd.DataFrame) -> pd.DataFrame:
    """Give the largest half limit of each section (`key`), period and indicator."""
    pairs = in_periods(months, periods)
    return pairs.groupby(["key", "period", "indicator"])["half"].max().reset_index()


def named_halves(halves: pd.DataFrame, index: pd.Index) -> pd.Series:
    """Name the indicators that rest on a half limit at each place of `index`, in the order of `samples`; else null."""
    if not len(halves):
        return pd.Series(None, index, dtype="str")
    order = {name: place for place, name in enumerate(TABLES["samples"])}
    rows = halves.assign(place=halves["indicator"].map(order)).sort_values("place", kind="stable")
    return rows["indicator"].groupby(rows["at"]).agg(stored_items).reindex(index).astype("str")


def undecidable(table: Limits, rows: pd.DataFrame, halves: pd.DataFrame) -> pd.Series:
    """Name the items at the worst class whose half limit alone is of that class: it may be better.

    Parameters
    ----------
    rows
        Records or means with water_class and `lake`; index anything.
    halves
        `at` (index of `rows`), `indicator`, `half`.

    Returns
    -------
    names
        Index of `rows`, joined by 、; null where the class is decided.
    """
    items = {item.key: item for item in table.items}
    found = halves[halves["indicator"].isin(list(items)) & halves["at"].isin(rows.index)]
    here = rows.loc[found["at"]]
    lake, worst = here["lake"].to_numpy(bool), here["water_class"].to_numpy("int64", na_value=0)
    classes = np.zeros((2, len(found)), dtype="int64")
    for key, item in items.items():
        same = (found["indicator"] == key).to_numpy()
        pairs = (found.loc[same, "half"], here.loc[same, key])
        for row, values in enumerate(one.to_numpy("float64", na_value=np.nan) for one in pairs):
            pair = [item.classes(values, table.worst, lake=one) for one in (False, True)]
            classes[row, same] = np.where(lake[same], pair[1], pair[0])
    hit = (classes[1] == worst) & (classes[0] >= worst) & (worst > 1)
    return named_halves(found[hit], rows.index)
