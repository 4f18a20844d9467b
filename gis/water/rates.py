"""Shares of the county's sections: at target, class Ⅲ or better, worse than V."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from gis.base.messages import Message, joined, restored
from gis.water.issue import FOR_REFERENCE
from gis.water.limits import LAKE, RIVER
from gis.water.naming import BETWEEN
from gis.water.periods import NOT_RATED

COLUMNS = [
    "period", "period_kind", "year", "n_listed", "n_assessed", "n_with_target", "n_at_target", "n_good",
    "n_worse", "attainment_rate", "good_share", "worse_share", "left_out", "to_check", "issue_note", "provisional",
]  # fmt: skip
COUNTS = ["n_assessed", "n_with_target", "n_at_target", "n_good", "n_worse"]
SHARES = {
    "attainment_rate": ("n_at_target", "n_with_target"),
    "good_share": ("n_good", "n_assessed"),
    "worse_share": ("n_worse", "n_assessed"),
}
OWN = Message("{why}，不计入", "{why}: in no rate", why=FOR_REFERENCE).stored
NO_TARGET = Message("无水质目标，不计入达标率", "no target: not in the attainment rate").stored


def counted(section_periods: pd.DataFrame, levels: Sequence[str]) -> pd.DataFrame:
    """Give the rows that rates are made of: listed sections of the assessed levels.

    Returns
    -------
    rows
        Those rows with `assessed`: a class was given and the kind of water is known; where any section
        of the period has records that were handed out, those of one's own count in no rate.
    """
    rows = section_periods[section_periods["level"].isin(levels)]
    known = rows["water_kind"].isin([RIVER, LAKE])
    issued = (rows["n_issued"] > 0).groupby(rows["period"]).transform("any")
    own = issued & (rows["n_own"] > 0)
    reason = rows["not_assessed"].mask(own & rows["not_assessed"].isna(), OWN)
    return rows.assign(assessed=known & rows["water_class"].notna() & ~own, not_assessed=reason)


def rates(section_periods: pd.DataFrame, levels: Sequence[str], *, good: int, worst: int) -> pd.DataFrame:
    """Give the county's rates of each period, in % (standards' 达标率, 优Ⅲ比例, 劣Ⅴ比例).

    Parameters
    ----------
    section_periods
        From `periods`; each section once a period.
    good, worst
        The last good class (Ⅲ) and the class worse than V, from the data file.

    Returns
    -------
    water_rates
        COLUMNS; sections without a class or of unknown kind are in no part of a rate, left_out names
        each with the reason. A rate over no section is null. A section whose verdict is to be checked
        counts by the class that leads, and to_check names it.
    """
    rows = counted(section_periods, levels)
    if not len(rows):
        return pd.DataFrame(columns=COLUMNS)
    name = rows["name"].fillna(rows["section_id"]).fillna("")
    told = rated_counts(rows, good=good, worst=worst).assign(
        missing=_missing(rows, name), check=name.where(rows["assessed"] & rows["to_check"].notna(), ""),
        own=rows["assessed"] & rows["issue_note"].notna(),
    )  # fmt: skip
    grouped = told.groupby(["period", "period_kind", "year"], sort=False)
    made = grouped[COUNTS].sum().astype("int64").assign(
        n_listed=grouped.size(),
        left_out=grouped["missing"].agg(lambda texts: joined(texts) or ""),
        to_check=grouped["check"].agg(lambda names: BETWEEN.join(names[names != ""])),
        issue_note=grouped["own"].any().map({True: FOR_REFERENCE.stored}),
        provisional=grouped["provisional"].any(),
    )  # fmt: skip
    return with_rates(made).reset_index()[COLUMNS]


def rated_counts(rows: pd.DataFrame, *, good: int, worst: int) -> pd.DataFrame:
    """Tell of each row with `assessed` what it counts for: the columns COUNTS, boolean."""
    return rows.assign(
        n_assessed=rows["assessed"],
        n_with_target=rows["assessed"] & rows["at_target_counted"].notna(),
        n_at_target=rows["assessed"] & rows["at_target_counted"].fillna(value=False),
        n_good=rows["assessed"] & (rows["water_class"] <= good).fillna(value=False),
        n_worse=rows["assessed"] & (rows["water_class"] >= worst).fillna(value=False),
    )


def with_rates(made: pd.DataFrame) -> pd.DataFrame:
    """Make the three rates, in %, of the sums of COUNTS; a rate over no section is null."""
    sums = {name: (made[part], made[whole]) for name, (part, whole) in SHARES.items()}
    return made.assign(
        **{name: 100.0 * part / whole.where(whole > 0) for name, (part, whole) in sums.items()}
    )


def _missing(rows: pd.DataFrame, name: pd.Series) -> pd.Series:
    reason = rows["not_assessed"].fillna(NOT_RATED).mask(rows["assessed"], "")
    reason = reason.mask(rows["assessed"] & rows["at_target_counted"].isna(), NO_TARGET)
    texts = [
        Message("{name}（{why}）", "{name} ({why})", name=section, why=restored(why)).stored if why else ""
        for section, why in zip(name, reason, strict=True)
    ]
    return pd.Series(texts, rows.index, dtype="str")
