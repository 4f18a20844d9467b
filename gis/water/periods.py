"""Class, verdict and gap of every section in every period."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np
import pandas as pd

from gis.standards import Edition, Editions, by_edition
from gis.water.calendar import calendar_of
from gis.water.classes import classify
from gis.water.limits import LAKE, RIVER, limits_of, values_of
from gis.water.means import INDICATORS, month_means, period_means
from gis.water.sections import kind_of, listed_on

LIMITS, EVALUATION = "surface_water_limits", "surface_water_evaluation"
NO_RECORD = "无监测数据 · no record"
NOT_RATED = "无参评指标 · no rated indicator"
KIND_UNKNOWN = "河流、湖库类型不明，不作评价 · river or lake is not known: no verdict"
COLUMNS = [
    "section_id", "name", "water_body", "water_kind", "level", "target_class", "period", "period_kind", "year",
    *INDICATORS, "n_samples", "months_used", "n_months", "coverage", "water_class", "grade",
    "deciding_indicators", "main_pollutants", "class_as_river", "class_as_lake", "at_target",
    "gap_to_target", "gap_indicator", "provisional", "unaudited", "validity", "not_assessed", "edition", "key",
]  # fmt: skip


def periods(
    samples: pd.DataFrame,
    sections: pd.DataFrame,
    editions: Editions,
    as_of: dt.date,
    levels: Sequence[str] = ("national", "provincial"),
) -> pd.DataFrame:
    """Judge each section in each month, quarter, half-year, January-to-month and year.

    环办〔2011〕22号 一(二), 二(一): the mean first, then the single-factor class of the unrounded mean.

    Parameters
    ----------
    samples
        Canonical records up to `as_of` with `key`, `year` and `month`.
    sections
        From `sections.keyed_sections`; may be empty.
    levels
        Levels of the catalogue that count, the highest first.

    Returns
    -------
    section_periods
        COLUMNS; one row a section and period with a record or listed on the period's last day (or on
        `as_of` while it runs). level, target_class are of that day's list, null when not listed.
        A period whose last day no edition covers is left out.
        gap_to_target is the worst relative excess over the limits of the target's class, 0 when met.

    Raises
    ------
    EditionError
        No rules of evaluation are in force on `as_of`.
    """
    if not len(samples):
        return pd.DataFrame(columns=COLUMNS)
    calendar = calendar_of(int(samples["year"].min()), as_of)
    rules = editions.in_force(EVALUATION, as_of)
    means = period_means(month_means(samples, rules.data["merge"]), calendar)
    rows = _with_list(means, samples, sections, calendar, levels)
    parts = []
    for edition, here in by_edition(rows["judged_on"], LIMITS, editions):
        part = rows[here]
        judged = classify(part, edition, part["water_kind"]).drop(columns="published_differs")
        parts.append(part.join(judged).join(_gap(part, edition)).assign(edition=edition.id))
    if not parts:
        return pd.DataFrame(columns=COLUMNS)
    judged = pd.concat(parts).sort_index()
    return _with_verdict(judged, rules)[COLUMNS].reset_index(drop=True)


def _with_list(
    means: pd.DataFrame,
    samples: pd.DataFrame,
    sections: pd.DataFrame,
    calendar: pd.DataFrame,
    levels: Sequence[str],
) -> pd.DataFrame:
    lists = listed_on(sections, calendar["judged_on"], levels).drop(columns=["source", "source_row"])
    listed = calendar[["period", "judged_on"]].merge(lists, left_on="judged_on", right_on="day")
    listed = listed.drop(columns=["day", "judged_on"])
    rows = means.merge(listed, on=["key", "period"], how="outer").merge(calendar, on="period")
    known = sections.drop_duplicates("key").set_index("key")
    seen = samples.drop_duplicates("key").set_index("key")
    spares = [
        ("name", known["name"]),
        ("section_id", known["section_id"]),
        ("water_body", known["water_body"]),
    ]
    spares += [
        ("name", seen["section"]),
        ("section_id", seen["section_id"]),
        ("water_kind", kind_of(sections)),
    ]
    for column, spare in spares:
        rows[column] = rows[column].astype("str").fillna(rows["key"].map(spare).astype("str"))
    rows["n_samples"] = rows["n_samples"].fillna(0).astype("Int64")
    rows["n_months"] = rows["n_months"].fillna(0).astype("Int64")
    rows["coverage"] = rows["n_months"].astype("float64") / (rows["last_month"] - rows["first_month"] + 1)
    order = ["year", "last_month", "first_month", "key"]
    return rows.sort_values(order, kind="stable").reset_index(drop=True)


def _gap(rows: pd.DataFrame, edition: Edition) -> pd.DataFrame:
    table = limits_of(edition)
    target = rows["target_class"].to_numpy("float64", na_value=np.nan)
    judged = rows["water_kind"].isin([RIVER, LAKE]).to_numpy() & np.isfinite(target)
    lake = (rows["water_kind"] == LAKE).to_numpy(dtype=bool, na_value=False)
    wanted = np.nan_to_num(target, nan=1).clip(1, table.worst - 1).astype("int64")
    excess = np.column_stack(
        [
            np.where(lake, item.excess(values, wanted, lake=True), item.excess(values, wanted, lake=False))
            for item in table.items
            for values in [values_of(rows, item.key)]
        ]
    )
    rated = judged & np.isfinite(excess).any(axis=1)
    excess = np.nan_to_num(excess, nan=-np.inf)
    worst = np.where(rated, excess.max(axis=1).clip(min=0), np.nan)
    names = np.array([item.name for item in table.items], dtype=object)[excess.argmax(axis=1)]
    return pd.DataFrame(
        {"gap_to_target": worst, "gap_indicator": np.where(worst > 0, names, None)}, index=rows.index
    )


def _with_verdict(rows: pd.DataFrame, rules: Edition) -> pd.DataFrame:
    known = rows["water_kind"].isin([RIVER, LAKE])
    grades = {int(key): word["zh"] for key, word in rules.data["grade"].items()}
    target = rows["target_class"].astype("Int64")
    rated = rows["class_as_river"].notna() | rows["water_class"].notna()
    reasons = [rows["n_samples"] == 0, ~rated, ~known]
    return rows.assign(
        target_class=target,
        grade=rows["water_class"].map(grades).astype("str"),
        at_target=(rows["water_class"] <= target).astype("boolean").where(known, pd.NA),
        unaudited=rows["unaudited"].fillna(value=False).astype(bool),
        validity=_validity(rows, rules),
        not_assessed=pd.Series(
            np.select(reasons, [NO_RECORD, NOT_RATED, KIND_UNKNOWN], ""), rows.index
        ).replace("", None),
    )


def _validity(rows: pd.DataFrame, rules: Edition) -> pd.Series:
    texts = pd.Series(None, rows.index, dtype="object")
    words = {"samples": ("n_samples", "个样本", "samples"), "months": ("n_months", "个月", "months")}
    for kind, wanted in rules.data["minimum"].items():
        for what, least in wanted.items():
            column, zh, en = words[what]
            few = (rows["period_kind"] == kind) & ~rows["provisional"] & rows[column].between(1, least - 1)
            have = rows.loc[few, column].astype("str")
            text = "有效性不足：" + have + f" {zh}，少于 {least} {zh} · insufficient: " + have
            texts[few] = text + f" {en}, fewer than {least}"
    return texts.astype("str")
