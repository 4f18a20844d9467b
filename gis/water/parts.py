"""Records of whole sections, a partition at a time: what is doubtful, their classes, months and weeks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd

from gis.base.tables import Tables, in_order, rows_at, table_of
from gis.engine import Engine, Partition, whole_groups
from gis.standards import Editions
from gis.water.calendar import weeks_of
from gis.water.issue import counting, standing
from gis.water.months import Months, joined, months_of
from gis.water.non_detects import at_records
from gis.water.periods import EVALUATION
from gis.water.records import doubts_of, judged_records
from gis.water.sections import kinds_of

MOST = 1_000_000  # records in a partition, as many as leave a worker well below 2 GB


class Records(NamedTuple):
    """What records come to.

    Attributes
    ----------
    judged
        From `records.judged_records`, by the label of the record.
    flagged
        The table `sample_flags`.
    suspects
        `at` (label of the record) and indicator of the flagged values that count.
    months, weeks
        From `months.months_of`.
    """

    judged: pd.DataFrame
    flagged: pd.DataFrame
    suspects: pd.DataFrame
    months: Months
    weeks: Months


def partitions(samples: pd.DataFrame, tables: Tables, engine: Engine) -> Iterator[dict[str, pd.DataFrame]]:
    """Give the records of whole sections with their marks, in as many partitions as the engine wants."""
    marks, wanted = table_of(tables, "sample_marks"), engine.partitions(len(samples), MOST)
    owner = at_records(marks.assign(mark_at=range(len(marks))), samples) if wanted > 1 else None
    for at in whole_groups(samples["key"], max(-(-len(samples) // wanted), 1)):
        own = marks if owner is None else marks.iloc[np.unique(owner.loc[owner["at"].isin(at), "mark_at"])]
        yield {"samples": rows_at(samples, samples.index[at]), "sample_marks": own}


def parted(
    part: Partition, engine: Engine, *, sections: pd.DataFrame, editions: Editions, as_of: dt.date, leave_out: bool
) -> Records:  # fmt: skip
    """Judge the records of one partition, numbered 0 to n - 1 while they are worked on."""
    labels, samples = part["samples"].index, part["samples"].reset_index(drop=True)
    doubts, flagged = doubts_of(samples, part, editions, as_of, engine)
    used = standing(samples)
    counts = counting(doubts._replace(leave_out=leave_out), used)
    rules = editions.in_force(EVALUATION, as_of)
    months, weeks = (
        months_of(records, counts, rules, engine) for records in (used, weeks_of(used, as_of)[0])
    )
    judged = judged_records(samples, kinds_of(samples["key"], sections), doubts, editions, engine)
    at, suspect = labels[doubts.suspects["at"]], labels[counts.suspects["at"]]
    suspects = counts.suspects.assign(at=suspect).set_axis(suspect)
    return Records(judged.set_axis(labels), flagged.set_axis(at), suspects, months, weeks)


def joined_parts(parts: list[Records]) -> Records:
    """Put the records of all partitions together."""
    judged, flagged, suspects, months, weeks = zip(*parts, strict=True)
    return Records(
        in_order(judged), in_order(flagged), in_order(suspects), joined([*months]), joined([*weeks])
    )
