"""Class, verdict and gap of every section in every period."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np
import pandas as pd

from gis.base.messages import Message, listed
from gis.standards import Edition, Editions
from gis.water.above_range import BOUNDED, bounded_means
from gis.water.above_range import REASON as ABOVE_RANGE
from gis.water.calendar import calendar_of
from gis.water.doubts import good_class, with_doubts
from gis.water.issue import FOR_REFERENCE
from gis.water.judging import judge
from gis.water.limits import LAKE, LIMITS, RIVER
from gis.water.means import INDICATORS, SUMS, in_periods, period_means
from gis.water.months import Months
from gis.water.non_detects import COLUMNS as HALVES
from gis.water.non_detects import halves_of_periods, named_halves
from gis.water.phrases import phrase
from gis.water.sections import kind_of, listed_on
from gis.water.suspects import Doubts

__all__ = ["COLUMNS", "EVALUATION", "LIMITS", "NOT_RATED", "periods"]

EVALUATION = "surface_water_evaluation"
NO_RECORD = Message("无监测数据", "no record").stored
NOT_RATED = Message("无参评指标", "no rated indicator").stored
KIND_UNKNOWN = Message("河流、湖库类型不明，不作评价", "river or lake is not known: no verdict").stored
COLUMNS = [
    "section_id", "name", "water_body", "water_kind", "level", "target_class", "period", "period_kind", "year",
    *INDICATORS, *SUMS, "months_used", "n_months", "coverage", "water_class", "grade",
    "deciding_indicators", "main_pollutants", "class_as_river", "class_as_lake", "at_target",
    "gap_to_target", "gap_indicator", "water_class_rounded", "water_class_unrounded",
    "verdict_depends_on_rounding", "statistics", "water_class_other", "statistics_other", "water_class_five",
    "n_flagged", "water_class_all", "water_class_unflagged", "at_target_counted", "attainment", "to_check",
    "hangs_on", "lower_bounds", "issue_note", "x_items",
    "evaluated_by", "n_items", "half_limit", "undecidable", "tn_class", "coliform_class", "provisional",
    "unaudited", "validity", "not_assessed", "edition", "key",
]  # fmt: skip
NO_CLASS = [
    "water_class", "class_as_river", "class_as_lake", "water_class_rounded", "water_class_unrounded",
    "water_class_all", "water_class_unflagged", "water_class_other", "water_class_five", "water_class_nothing",
    "water_class_whole", "water_class_highest", "deciding_indicators", "main_pollutants", "undecidable",
    "gap_to_target", "gap_indicator", "tn_class", "coliform_class",
]  # fmt: skip


def periods(
    months: Months,
    sections: pd.DataFrame,
    editions: Editions,
    as_of: dt.date,
    levels: Sequence[str] = ("national", "provincial"),
    *,
    leave_out: bool = False,
    calendar: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Judge each section in each month, quarter, half-year, January-to-month and year.

    环办〔2011〕22号 一(二), 二(一): the mean first, then the single-factor class of the mean, rounded to the
    digits of the edition where it is of several values.

    Parameters
    ----------
    months
        From `months.months_of`, of records up to `as_of`.
    sections
        From `sections.keyed_sections`; may be empty.
    levels
        Levels of the catalogue that count, the highest first.
    leave_out
        Whether flagged values are left out of the means that count.
    calendar
        The periods, from `calendar.calendar_of` (all of them by default) or `calendar.weeks_of`.

    Returns
    -------
    section_periods
        COLUMNS; one row a section and period with a record or listed on the period's last day (or on
        `as_of` while it runs). level, target_class are of that day's list, null when not listed.
        A period whose last day no edition covers is left out.
        gap_to_target is the worst relative excess over the limits of the target's class, 0 when met.
        The means are un-rounded. water_class_all and water_class_unflagged are with and without flagged
        values; water_class is the one that counts. attainment, to_check and hangs_on are of
        `doubts.with_doubts`. not_assessed says why there is no class or verdict.

    Raises
    ------
    EditionError
        No rules of evaluation are in force on `as_of`.
    """
    if not len(months.seen):
        return pd.DataFrame(columns=COLUMNS)
    if calendar is None:
        calendar = calendar_of(int(months.seen["year"].min()), as_of)
    rules = editions.in_force(EVALUATION, as_of)
    means = _means(months.counted, rules, calendar)
    rows = _with_list(means, months.seen, sections, calendar, levels)
    flagged = in_periods(months.flagged, calendar).groupby(["key", "period"])["n_flagged"].sum()
    rows = rows.merge(flagged.reset_index(), on=["key", "period"], how="left")
    bounded = bounded_means(months.counted, months.highest, calendar, INDICATORS)
    rows = rows.merge(bounded, on=["key", "period"], how="left").astype({BOUNDED: "str"})
    halves = halves_of_periods(months.halves, calendar)
    at = halves.merge(rows[["key", "period"]].assign(at=rows.index), on=["key", "period"])[HALVES]
    judged = judge(rows, at, editions)
    judged = rows.loc[judged.index].join(judged)
    judged = judged.assign(half_limit=named_halves(at, judged.index))
    judged = judged.join(_other_ways(months, judged, rules, editions, calendar, leave_out=leave_out))
    told = with_doubts(_with_verdict(judged, rules, good_class(editions)), editions, rules)
    return told[COLUMNS].reset_index(drop=True)


def _means(months: pd.DataFrame, rules: Edition, calendar: pd.DataFrame) -> pd.DataFrame:
    """Give the means of all periods."""
    ended = calendar[(calendar["period_kind"] == "month") & ~calendar["provisional"]]
    over = pd.MultiIndex.from_frame(months[["year", "month"]]).isin(
        pd.MultiIndex.from_arrays([ended["year"], ended["first_month"]])
    )
    few = months["automatic_days"].between(1, rules.data["valid_month"]["automatic_days"] - 1)
    return period_means(months.assign(short=few & over), calendar)


def _other_ways(
    months: Months, rows: pd.DataFrame, rules: Edition, editions: Editions, calendar: pd.DataFrame, *, leave_out: bool
) -> pd.DataFrame:  # fmt: skip
    """Give the class with and without flagged values, one of which counts, and with non-detects at their ends."""
    flagged = ("water_class_all", "water_class_unflagged")
    other, counts = flagged if leave_out else flagged[::-1]
    ways = {other: months.other, "water_class_nothing": months.nothing, "water_class_whole": months.whole,
            "water_class_highest": months.highest}  # fmt: skip
    classes = {
        name: _another_way(_means(one, rules, calendar), rows, editions) if len(one) else rows["water_class"]
        for name, one in ways.items()
    }
    return pd.DataFrame({counts: rows["water_class"], **classes})


def _another_way(means: pd.DataFrame, rows: pd.DataFrame, editions: Editions) -> pd.Series:
    """Give the class by other means of the same periods; where there are none, the class that counts."""
    classes = rows["water_class"].copy()
    about = rows.loc[
        rows["key"].isin(means["key"].unique()),
        ["key", "period", "water_kind", "target_class", "x_items", "judged_on"],
    ]
    found = about.reset_index().merge(means, on=["key", "period"], how="left").set_index("index")
    other = judge(found, Doubts.none().non_detects, editions)["water_class"]
    classes.loc[found.index] = other.reindex(found.index)
    return classes


def _with_list(
    means: pd.DataFrame, seen_sections: pd.DataFrame, sections: pd.DataFrame, calendar: pd.DataFrame,
    levels: Sequence[str],
) -> pd.DataFrame:  # fmt: skip
    lists = listed_on(sections, calendar["judged_on"], levels).drop(columns=["source", "source_row"])
    listed = calendar[["period", "judged_on"]].merge(lists, left_on="judged_on", right_on="day")
    listed = listed.drop(columns=["day", "judged_on"])
    rows = means.merge(listed, on=["key", "period"], how="outer").merge(calendar, on="period")
    known = sections.drop_duplicates("key").set_index("key")
    seen = seen_sections.set_index("key")
    spares = [(column, known[column]) for column in ("name", "section_id", "water_body")]
    spares += [
        ("name", seen["section"]),
        ("section_id", seen["section_id"]),
        ("water_kind", kind_of(sections)),
    ]
    for column, spare in spares:
        rows[column] = rows[column].astype("str").fillna(rows["key"].map(spare).astype("str"))
    for column in (*SUMS, "n_months"):
        rows[column] = rows[column].fillna(0).astype("Int64")
    rows["coverage"] = rows["n_months"].astype("float64") / (rows["last_month"] - rows["first_month"] + 1)
    order = ["year", "last_month", "first_month", "key"]
    return rows.sort_values(order, kind="stable").reset_index(drop=True)


def _with_verdict(rows: pd.DataFrame, rules: Edition, good: int) -> pd.DataFrame:
    known = rows["water_kind"].isin([RIVER, LAKE])
    grades = {int(key): word["zh"] for key, word in rules.data["grade"].items()}
    rated = rows["class_as_river"].notna() | rows["water_class"].notna()
    few = _shortfall(rows, rules)
    few = few.mask(rated & few.isna() & _open_above(rows, good), ABOVE_RANGE.stored)
    wanting = rated & few.notna()
    why = np.select(
        [rows["n_samples"] == 0, ~rated, wanting, ~known], [NO_RECORD, NOT_RATED, few, KIND_UNKNOWN], ""
    )
    out = rows.assign(not_assessed=pd.Series(why, rows.index, dtype="object").replace("", None).astype("str"))
    out.loc[wanting, NO_CLASS] = None
    target = out["target_class"].astype("Int64")
    return out.assign(
        target_class=target,
        grade=out["water_class"].map(grades).astype("str"),
        at_target=(out["water_class"] <= target).astype("boolean").where(known, pd.NA),
        verdict_depends_on_rounding=out["verdict_depends_on_rounding"].astype("boolean") & ~wanting,
        n_flagged=out["n_flagged"].fillna(0).astype("Int64"),
        unaudited=out["unaudited"].fillna(value=False).astype(bool),
        validity=_validity(out, rules),
        issue_note=pd.Series(FOR_REFERENCE.stored, out.index).where(out["n_own"] > 0, None).astype("str"),
    )


def _open_above(rows: pd.DataFrame, good: int) -> pd.Series:
    """Tell where readings above their range leave even the verdict open: what is known would be good enough."""
    least, most = (rows[name].fillna(0) for name in ("water_class", "water_class_highest"))
    return least.ne(most) & (least.le(good) | least.le(rows["target_class"].fillna(0)))


def _shortfall(rows: pd.DataFrame, rules: Edition) -> pd.Series:
    texts = pd.Series(None, rows.index, dtype="object")
    words = {"samples": ("n_samples", "个样本", "samples"), "months": ("n_months", "个月", "months")}
    for kind, wanted in rules.data["minimum"].items():
        for what, least in wanted.items():
            column, zh, en = words[what]
            few = (rows["period_kind"] == kind) & ~rows["provisional"] & rows[column].between(1, least - 1)
            texts[few] = [
                phrase("few_readings", have=have, least=least, what=Message(zh, en)).stored
                for have in rows.loc[few, column]
            ]
    return texts


def _validity(rows: pd.DataFrame, rules: Edition) -> pd.Series:
    least, months = rules.data["valid_month"]["automatic_days"], rows["short_months"].astype("str").fillna("")
    told = {
        text: phrase("few_valid_days", months=listed(text.split(",")), least=least).stored if text else None
        for text in months.unique()
    }
    return months.map(told).astype("str")
