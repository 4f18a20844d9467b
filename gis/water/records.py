"""Single records: class, what cannot be decided, what is suspect."""

from __future__ import annotations

import datetime as dt
from functools import partial

import pandas as pd

from gis.base.errors import UsageError
from gis.base.messages import Message, joined, of_text
from gis.base.tables import TABLES, Tables, table_of
from gis.engine import Engine
from gis.standards import Editions, by_edition
from gis.water.above_range import above_range
from gis.water.flags import SUSPECTS, flags
from gis.water.judging import judge_records
from gis.water.limits import LIMITS
from gis.water.means import AUTOMATIC
from gis.water.non_detects import non_detects
from gis.water.phrases import refusal
from gis.water.suspects import Doubts

ROWS_A_PART = 500_000


def doubts_of(
    samples: pd.DataFrame, tables: Tables, editions: Editions, as_of: dt.date, engine: Engine
) -> tuple[Doubts, pd.DataFrame]:
    """Find the non-detects and the suspect values.

    Parameters
    ----------
    samples
        Canonical records with `key`, index 0 to n - 1.
    tables
        `sample_marks` may be there.

    Returns
    -------
    doubts, sample_flags
        Positions for the means, and the table of flagged values.
    """
    marks = table_of(tables, "sample_marks")
    halves = non_detects(samples, marks)
    listed = flags(samples, halves, editions.in_force(SUSPECTS, as_of), engine)
    return Doubts(halves, listed[["at", "indicator"]], above_range(samples, marks)), listed.drop(columns="at")


def rated_records(
    samples: pd.DataFrame, kinds: pd.Series, marks: pd.DataFrame, editions: Editions, engine: Engine
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Rate single records that were read from files or a frame.

    Parameters
    ----------
    samples
        Canonical records with `key`, any index.
    kinds
        River or lake of each, null where it is not known.
    marks
        `sample_marks` of what was read.

    Returns
    -------
    columns, flagged
        On the index of `samples` those of `judged_records`, suspect_reasons, edition and unaudited; the
        values that are suspect.

    Raises
    ------
    UsageError
        No edition is in force on the days of the records.
    """
    days = samples["sampled_at"].dt.normalize()
    in_force = by_edition(days, LIMITS, editions)
    if not in_force:
        raise refusal(
            UsageError, "no_edition", found=f"{days.min():%Y-%m-%d} – {days.max():%Y-%m-%d}",
            ids=", ".join(one.id for one in editions.family(LIMITS)),
        )  # fmt: skip
    rows, kind = samples.reset_index(drop=True), kinds.reset_index(drop=True)
    doubts, flagged = doubts_of(rows, {"sample_marks": marks}, editions, days.max().date(), engine)
    judged = judged_records(rows, kind, doubts, editions, engine)
    added = judged.assign(suspect_reasons=reasons_of(rows, doubts, flagged)).set_axis(samples.index)
    edition = pd.Series(None, samples.index, dtype="object")
    for limits, here in in_force:
        edition[here] = limits.id
    raw = samples["audited"].eq(other=False) | (samples["method"].eq(AUTOMATIC) & samples["audited"].isna())
    unaudited = raw.fillna(value=False).astype("boolean")
    return added.assign(edition=edition.astype("str"), unaudited=unaudited), flagged


def judged_records(
    samples: pd.DataFrame, kind: pd.Series, doubts: Doubts, editions: Editions, engine: Engine
) -> pd.DataFrame:
    """Judge every record by the edition in force on its day, and tell which hold a suspect value.

    Returns
    -------
    columns
        Index of `samples`: those of `classify`, undecidable, tn_class, coliform_class, suspect. Records on a
        day that no edition covers have none of them but suspect.
    """
    days = samples["sampled_at"].dt.normalize()
    jobs = [
        (rows.iloc[start : start + ROWS_A_PART], edition)
        for edition, here in by_edition(days, LIMITS, editions)
        for rows in [samples[here]]
        for start in range(0, len(rows), ROWS_A_PART)
    ]
    jobs = jobs or [(samples.iloc[:0], editions.family(LIMITS)[-1])]
    part = partial(judge_records, kind=kind, halves=doubts.non_detects, above=doubts.above)
    judged = engine.combine(engine.map(lambda job: part(*job), jobs), pd.concat).sort_index()
    suspect = pd.Series(samples.index.isin(doubts.suspects["at"]), samples.index, dtype="boolean")
    return judged.reindex(samples.index).assign(suspect=suspect)


def reasons_of(samples: pd.DataFrame, doubts: Doubts, sample_flags: pd.DataFrame) -> pd.Series:
    """Say of each record why its values are suspect: `氨氮：整数 7 与前后 …`; null where nothing is."""
    items = [TABLES["samples"][name] for name in sample_flags["indicator"]]
    texts = [
        Message("{zh}：{why}", "{en}: {why}", zh=item.zh, en=item.en, why=of_text(why)).stored
        for item, why in zip(items, sample_flags["reason"], strict=True)
    ]
    told = pd.Series(texts, sample_flags.index, dtype="object").groupby(doubts.suspects["at"]).agg(joined)
    return told.reindex(samples.index).astype("str")
