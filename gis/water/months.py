"""What the records come to by month, some whole sections at a time: the map before the periods are judged."""

from __future__ import annotations

from functools import partial
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from gis.engine import Engine, whole_groups
from gis.standards import Edition
from gis.water.above_range import at_their_least, at_their_most
from gis.water.means import MONTH, month_means, used_values
from gis.water.non_detects import counted_as, used_halves
from gis.water.suspects import Doubts, without

ROWS_A_PART = 500_000
SEEN = ["key", "section", "section_id", "year"]


class Months(NamedTuple):
    """Months of sections; every table has key, year and month.

    Attributes
    ----------
    counted
        The means that count, from `means.month_means`.
    other
        The same the other way (without flagged values, or with them), of sections that have any.
    nothing, whole
        Those that count, non-detects taken for nothing and for their whole limit, of sections that have any.
    highest
        Those that count, readings above their range as large as can be, of sections that have any.
    halves
        The largest half detection limit in a mean: indicator, half.
    flagged
        n_flagged: flagged values.
    seen
        SEEN: name, id and first year of every section with a record.
    """

    counted: pd.DataFrame
    other: pd.DataFrame
    nothing: pd.DataFrame
    whole: pd.DataFrame
    highest: pd.DataFrame
    halves: pd.DataFrame
    flagged: pd.DataFrame
    seen: pd.DataFrame


def months_of(
    samples: pd.DataFrame, doubts: Doubts, rules: Edition, engine: Engine, rows: int = ROWS_A_PART
) -> Months:
    """Sum records up by month, in parts of whole sections and about so many rows.

    Parameters
    ----------
    samples
        Canonical records with `key`, `year` and `month`, index 0 to n - 1.
    doubts
        Non-detects and flagged values, and whether flagged ones are left out.
    rules
        The edition of the evaluation: `[merge]`.
    """
    part = partial(_part, samples, doubts, rules.data["merge"])
    return engine.combine(engine.map(part, whole_groups(samples["key"], rows)), joined)


def joined(parts: list[Months]) -> Months:
    """Put months of different sections together, in the order of the sections' keys."""
    if len(parts) == 1:
        return parts[0]
    tables = (pd.concat(some, ignore_index=True) for some in zip(*parts, strict=True))
    by = [name for name in MONTH if name != "month"]
    return Months(*(one.sort_values(by, kind="stable", ignore_index=True) for one in tables))


def _part(samples: pd.DataFrame, doubts: Doubts, rules: dict[str, Any], at: npt.NDArray[np.intp]) -> Months:
    every = samples if len(at) == len(samples) else samples.iloc[at]
    every = every.assign(key=every["key"].astype("category"))
    halves, suspects, above = (one[one["at"].isin(every.index)] for one in doubts[:3])
    every = at_their_least(every, above)
    counted = without(every, suspects) if doubts.leave_out else every
    touched = _same_sections(counted, every, halves)
    doubtful = _same_sections(every, every, suspects)
    again = doubtful if doubts.leave_out else without(doubtful, suspects)
    flagged = every.loc[suspects["at"], MONTH].groupby(MONTH).size().rename("n_flagged").reset_index()
    nothing, whole = (month_means(counted_as(touched, halves, times), rules) for times in (0.0, 2.0))
    return Months(
        month_means(counted, rules), month_means(again, rules), nothing, whole,
        month_means(at_their_most(_same_sections(counted, every, above), above), rules),
        used_halves(halves, touched, used_values(touched, rules)), flagged.astype({"key": "str"}),
        _seen(every),
    )  # fmt: skip


def _same_sections(rows: pd.DataFrame, every: pd.DataFrame, doubted: pd.DataFrame) -> pd.DataFrame:
    if not len(doubted):
        return rows.iloc[:0]
    return rows[rows["key"].isin(every.loc[np.unique(doubted["at"]), "key"].unique())]


def _seen(every: pd.DataFrame) -> pd.DataFrame:
    first = every.loc[~every["key"].duplicated(), ["key", "section", "section_id"]]
    years = every["year"].groupby(every["key"], observed=True).min()
    return first.assign(year=years.reindex(first["key"]).array).astype({"key": "str"}).reset_index(drop=True)
