"""The class of means: as rounded by the edition, and beside it un-rounded."""

from __future__ import annotations

import numpy as np
import pandas as pd

from gis.base.stored_words import stored_items
from gis.standards.editions import Edition, Editions, by_edition
from gis.water.above_range import open_classes
from gis.water.classes import classify
from gis.water.evaluation import five_of, is_lake, only_evaluated, plans_of, reference_classes
from gis.water.limits import LAKE, LIMITS, NOT_RATED, RIVER, limits_of, values_of
from gis.water.non_detects import undecidable
from gis.water.rounding import STATISTICS, rounded_means

CLASSES = ["water_class", "class_as_river", "class_as_lake"]
ADDED = [
    "water_class", "deciding_indicators", "main_pollutants", "class_as_river", "class_as_lake",
    "water_class_rounded", "water_class_unrounded", "verdict_depends_on_rounding", "statistics",
    "water_class_other", "statistics_other", "water_class_five", "evaluated_by", "n_items", "undecidable",
    "tn_class", "coliform_class", "gap_to_target", "gap_indicator", "edition",
]  # fmt: skip


def judge(rows: pd.DataFrame, halves: pd.DataFrame, editions: Editions) -> pd.DataFrame:
    """Give the single-factor class of each mean (环办〔2011〕22号 一(二), 二(一)).

    Parameters
    ----------
    rows
        Means of periods with their COUNTS, water_kind, target_class, x_items and judged_on.
    halves
        `at` (index of `rows`), `indicator`, `half`: the half detection limits in each mean.
    editions
        The limits, and how means are rounded (family STATISTICS): the one in force or forced leads.

    Returns
    -------
    judged
        ADDED, index of the rows that an edition of the limits covers. The class is of the rounded means;
        verdict_depends_on_rounding tells where the un-rounded ones give another. statistics is the edition
        that leads; water_class_other is the class by the newest other one that had begun, its id in
        statistics_other. water_class_five is the class of the plan's five items where the plan is in force
        and nobody names the X items of the section.
    """
    parts = [
        _under(rows[here][there], halves, edition, lead, editions)
        for edition, here in by_edition(rows["judged_on"], LIMITS, editions)
        for lead, there in by_edition(rows.loc[here, "judged_on"], STATISTICS, editions)
    ]
    return pd.concat(parts).sort_index() if parts else pd.DataFrame(columns=ADDED)


def judge_records(
    samples: pd.DataFrame, edition: Edition, kind: pd.Series, halves: pd.DataFrame, above: pd.DataFrame
) -> pd.DataFrame:
    """Judge single readings, un-rounded: `classify`, what cannot be decided, and the items judged apart.

    Parameters
    ----------
    samples
        Canonical records of one edition of the limits.
    kind
        river or lake of at least these records; null where not known.
    halves
        From `non_detects.non_detects`.
    above
        From `above_range.above_range`: where such a reading may be of a worse class, none is given.
    """
    here = kind.loc[samples.index]
    judged = classify(samples, edition, here)
    table = limits_of(edition)
    rows = samples.assign(lake=is_lake(here), water_class=judged["water_class"])
    told = judged.assign(undecidable=undecidable(table, rows, halves))
    return open_classes(told, samples, edition, here, above).join(
        reference_classes(rows, edition, table.worst)
    )


def _under(
    rows: pd.DataFrame, halves: pd.DataFrame, edition: Edition, lead: Edition, editions: Editions
) -> pd.DataFrame:
    table, rounding, plans = limits_of(edition), lead.data["rounding"], plans_of(rows, editions)
    plain = only_evaluated(rows, table, plans)
    plain = plain.assign(lake=is_lake(plain["water_kind"]))
    short = rounded_means(plain, rounding)
    judged = classify(short, edition, short["water_kind"]).drop(columns="published_differs")
    other = classify(plain, edition, plain["water_kind"])
    both = [frame[CLASSES].fillna(NOT_RATED).to_numpy("int64") for frame in (judged, other)]
    added = judged.assign(
        water_class_rounded=judged["water_class"],
        water_class_unrounded=other["water_class"],
        verdict_depends_on_rounding=(both[0] != both[1]).any(axis=1),
        statistics=lead.id,
        water_class_five=_of_five(short, edition, five_of(rows, editions), editions),
        evaluated_by=plain["evaluated_by"],
        n_items=(table.matrix(short, lake=False) > NOT_RATED).sum(axis=1),
        undecidable=undecidable(table, short.assign(water_class=judged["water_class"]), halves),
        edition=edition.id,
    )
    apart = reference_classes(rounded_means(rows, rounding).assign(lake=plain["lake"]), edition, table.worst)
    beside = _by_others(plain, edition, lead, editions)
    return added.join(beside).join(apart).join(_gap(short, edition))[ADDED]


def _by_others(plain: pd.DataFrame, edition: Edition, lead: Edition, editions: Editions) -> pd.DataFrame:
    """Give the class by the newest other way of rounding that had begun, and its id."""
    classes = pd.Series(pd.NA, plain.index, dtype="Int64")
    ids = pd.Series(None, plain.index, dtype="object")
    for other in editions.family(STATISTICS):
        begun = plain["judged_on"] >= pd.Timestamp(other.start)
        if other.id == lead.id or not begun.any():
            continue
        rows = rounded_means(plain[begun], other.data["rounding"])
        classes[begun] = classify(rows, edition, rows["water_kind"])["water_class"]
        ids[begun] = other.id
    return pd.DataFrame({"water_class_other": classes, "statistics_other": ids.astype("str")})


def _of_five(short: pd.DataFrame, edition: Edition, plans: pd.Series, editions: Editions) -> pd.Series:
    """Give the class of the plan's five items alone, of the rows that have a plan; null elsewhere."""
    classes = pd.Series(pd.NA, short.index, dtype="Int64")
    for plan in plans.dropna().unique():
        here = (plans == plan).to_numpy()
        five = editions.get(plan).data["indicators"]["evaluated"]
        rows = short.loc[here, [*five, "water_kind"]]
        classes[here] = classify(rows, edition, rows["water_kind"])["water_class"]
    return classes


def _gap(rows: pd.DataFrame, edition: Edition) -> pd.DataFrame:
    table = limits_of(edition)
    target = rows["target_class"].to_numpy("float64", na_value=np.nan)
    judged = rows["water_kind"].isin([RIVER, LAKE]).to_numpy() & np.isfinite(target)
    lake = rows["lake"].to_numpy(dtype=bool)
    wanted = np.nan_to_num(target, nan=1).clip(1, table.worst - 1).astype("int64")
    excess = np.column_stack([item.excess(values_of(rows, item.key), wanted, lake) for item in table.items])
    rated = judged & np.isfinite(excess).any(axis=1)
    excess = np.nan_to_num(excess, nan=-np.inf)
    worst = np.where(rated, excess.max(axis=1).clip(min=0), np.nan)
    names = np.array([stored_items([key]) for key in table.keys], dtype=object)[excess.argmax(axis=1)]
    return pd.DataFrame(
        {"gap_to_target": worst, "gap_indicator": np.where(worst > 0, names, None)}, index=rows.index
    )
