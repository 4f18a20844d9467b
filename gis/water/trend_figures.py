"""Figures of trends: the rank correlation over years and the slope over months, on the readings of each year."""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable, Iterator
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from gis.base.calendar import MONTHS, periods_until
from gis.base.columns import TABLES
from gis.base.figures import Finding, figures_of, finding, rows_of
from gis.base.messages import Message
from gis.standards.editions import Edition
from gis.water.averages import PH
from gis.water.figures import Basis
from gis.water.limits import values_of
from gis.water.trends import TREND

RANK, SLOPE, READINGS = "water.trend_rank", "water.trend_slope", "water.section_readings"
WAYS = {
    "rising": Message("显著上升", "rising"), "falling": Message("显著下降", "falling"),
    "none": Message("无显著变化", "no clear trend"),
}  # fmt: skip
PAIR = "{zh} · {en}"


class Series(NamedTuple):
    """A trend, the months of its section, the last month that has ended and the edition."""

    row: dict[Hashable, Any]
    months: pd.DataFrame
    last: dt.date
    edition: Edition


def trend_findings(trends: pd.DataFrame, by_period: pd.DataFrame, basis: Basis) -> Iterator[Finding]:
    """Make water.trend_rank.<indicator> and .trend_slope.<indicator>, and the .section_readings they share.

    Parameters
    ----------
    trends
        From `trends`.
    by_period
        From `periods`, with key; its rows of kind month.

    Yields
    ------
    finding
        The readings of each section and year once, each with its row; a rank correlation rests on those of
        the years compared (part = the mean of January to its month), a slope on those of all years.
    """
    if not len(trends):
        return
    edition, last = basis.editions.in_force(TREND, basis.as_of), _last_ended(basis.as_of)
    number = basis.samples["year"] * MONTHS + basis.samples["month"]
    records = basis.samples[number <= last.year * MONTHS + last.month]
    told = trends[trends[["direction", "mk_direction"]].notna().any(axis=1)]
    records = records[records["key"].isin(told["section_id"].astype("object").fillna(told["name"]))]
    for (key, year), some in records.groupby(["key", "year"], sort=True):
        yield finding(READINGS, str(year), str(key), len(some), n=len(some),
                      evidence=[rows_of("samples", some, 1.0)])  # fmt: skip
    months = by_period[(by_period["period_kind"] == "month") & (by_period["n_samples"] > 0)]
    month = months["period"].str.slice(5).astype("int64")
    months = months.assign(month=month, year=months["year"].astype("int64"))
    sections = dict(
        iter(months[months["year"] * MONTHS + month <= last.year * MONTHS + last.month].groupby("key"))
    )
    for row in trends.to_dict("records"):
        key = row["name"] if pd.isna(row["section_id"]) else row["section_id"]
        if key in sections:
            yield from _of_series(Series(row, sections[key], last, edition), str(key))


def _last_ended(as_of: dt.date) -> dt.date:
    months = periods_until(as_of.year - 1, as_of, ("month",))
    return [one for one in months if not one.provisional(as_of)][-1].end


def _of_series(one: Series, place: str) -> Iterator[Finding]:
    row, edition, indicator = one.row, one.edition, str(one.row["indicator"])
    common: dict[str, Any] = {"edition": edition.id, "clause": f"{edition.standard} {edition.clause}"}
    values = pd.Series(values_of(one.months, indicator), index=one.months.index)
    years = sorted(one.months.loc[values.notna(), "year"].unique())
    if not (pd.isna(row["direction"]) or pd.isna(row["spearman_rs"])):
        means = _means(one, values, edition.data["seasonal"]["least_share"])
        behind = [_readings(means.index, place, means)]
        note = _told(row["direction"], f"|rs| ≥ {row['spearman_limit']:g}")
        rank, n = float(row["spearman_rs"]), int(row["n"])
        period = str(row["last_period"])
        yield finding(f"{RANK}.{indicator}", period, place, rank, n=n, note=note, evidence=behind, **common)
    if not (pd.isna(row["mk_direction"]) or pd.isna(row["mk_slope"])):
        behind = [_readings(pd.Index(years), place, None)]
        note, slope = _told(row["mk_direction"], f"p = {row['mk_p']:.3g}"), float(row["mk_slope"])
        period, unit = f"{one.last.year}C{one.last.month:02d}", f"{TABLES['samples'][indicator].unit or ''}/a"
        yield finding(f"{SLOPE}.{indicator}", period, place, slope, n=int(row["mk_n"]), unit=unit, note=note,
                      evidence=behind, **common)  # fmt: skip


def _readings(years: pd.Index, place: str, parts: pd.Series | None) -> pd.DataFrame:
    ids = [f"{READINGS}.{year}.{place}" for year in years]
    return figures_of(ids, [None] * len(ids) if parts is None else parts.tolist())


def _means(one: Series, values: pd.Series, least_share: float) -> pd.Series:
    """Average January to the last month of each year that has enough of them; pH through its ions."""
    acid = one.row["indicator"] == PH
    within = one.months["month"] <= one.last.month
    used = values[within & values.notna()]
    known = pd.Series(np.power(10.0, -used), index=used.index) if acid else used
    groups = known.groupby(one.months.loc[used.index, "year"])
    means = groups.mean()[groups.size() >= least_share * one.last.month]
    return pd.Series(-np.log10(means), index=means.index) if acid else means


def _told(way: str, test: str) -> str:
    word = WAYS[way]
    return PAIR.format(zh=f"{word.zh}（{test}）", en=f"{word.en} ({test})")
