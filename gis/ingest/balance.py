"""What became of the rows or cells of a source: what is kept and what is not add up to what was read."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from gis.base.tables import KEPT, LEFT
from gis.ingest.identity import EQUAL
from gis.ingest.layout_records import EARLIER_COUNTS, SAME, TWICE
from gis.ingest.looks import NOTHING_TO_DO
from gis.ingest.model import cells_of
from gis.ingest.sheet_shape import RECORD_FIX

ONCE = frozenset((EQUAL.stored, SAME.stored))
REPLACED = frozenset((TWICE.stored, EARLIER_COUNTS.stored))
ASIDE = frozenset((RECORD_FIX.stored, NOTHING_TO_DO.stored))


def set_aside(rejects: pd.DataFrame) -> pd.Series:
    """Tell which rejects are no records: notes, means, totals, limits, heads again, what is hidden or struck."""
    return rejects["fix"].isin(ASIDE)


def quarantined(rejects: pd.DataFrame) -> pd.Series:
    """Tell which rejects are records that could not be used."""
    return ~set_aside(rejects) & ~rejects["reason"].isin([*ONCE, *REPLACED])


def left(logs: Iterable[pd.DataFrame]) -> dict[str, int]:
    """Count the rows or cells of one source that became no record, by what became of them."""
    if not (full := [log for log in logs if len(log)]):
        return dict.fromkeys(LEFT, 0)
    rejects = pd.concat(full, ignore_index=True)
    cells = cells_of(rejects)
    outcome = np.select(
        [set_aside(rejects), rejects["reason"].isin(ONCE), rejects["reason"].isin(REPLACED)],
        ["rows_set_aside", "rows_equal", "rows_superseded"],
        "rows_quarantined",
    )
    sums = cells.groupby(outcome).sum().to_dict()
    return {name: int(sums.get(name, 0)) for name in LEFT}


def with_outcome(
    sources: pd.DataFrame, kept: pd.DataFrame, joined: pd.DataFrame, listed: pd.DataFrame
) -> pd.DataFrame:
    """Count what stands in the table and what other rows replaced, into the sources of a layer.

    Parameters
    ----------
    sources
        With what was left out while reading.
    kept, joined
        The records that stand, and the rows of other sheets or files that went into them: these count
        where they stand, the record where it begins.
    listed
        Canonical table `superseded`.
    """
    once = listed["reason"].isin(ONCE)
    sums = {
        KEPT: _by_source(kept).add(_by_source(joined), fill_value=0),
        "rows_equal": _by_source(listed[once]),
        "rows_superseded": _by_source(listed[~once]),
        "records": kept["source"].value_counts(),
    }
    found = {name: sources["source"].map(one).fillna(0).astype("int64") for name, one in sums.items()}
    before = {name: sources[name].fillna(0).astype("int64") for name in ("rows_equal", "rows_superseded")}
    return sources.assign(**found).assign(**{name: found[name] + count for name, count in before.items()})


def _by_source(frame: pd.DataFrame) -> pd.Series:
    return cells_of(frame).groupby(frame["source"]).sum()
