"""Figures of trends: the rank correlation over years and the slope over months, on the readings of each year."""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable, Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from gis.base.calendar import MONTHS, last_month_ended
from gis.base.columns import TABLES
from gis.base.figures import Behind, Finding, figures_of, finding, rows_of
from gis.base.messages import Message
from gis.base.named import id_or_name
from gis.standards.editions import Edition
from gis.water.averages import PH
from gis.water.figures import Basis
from gis.water.limits import values_of
from gis.water.phrases import TEXTS
from gis.water.trends import TREND, until

RANK, SLOPE, READINGS = "water.trend_rank", "water.trend_slope", "water.section_readings"
WAYS = TEXTS.parts("ways")


class Readings(NamedTuple):
    """What the trends of an indicator rest on, by the key of the section.

    Attributes
    ----------
    years
        Those with a mean of any month.
    means
        January to the last month of each year that has enough of them.
    """

    years: dict[Hashable, list[int]]
    means: dict[Hashable, pd.Series]


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
    edition, last = basis.editions.in_force(TREND, basis.as_of), last_month_ended(basis.as_of).end
    number = basis.samples["year"] * MONTHS + basis.samples["month"]
    records = basis.samples[number <= last.year * MONTHS + last.month]
    told = trends[trends[["direction", "mk_direction"]].notna().any(axis=1)]
    records = records[records["key"].isin(told["section_id"].astype("object").fillna(told["name"]))]
    every = rows_of("samples", records)
    groups: dict[Any, Any] = dict(records.groupby(["key", "year"]).indices)
    for (key, year), at in sorted(groups.items(), key=lambda one: one[0]):
        yield finding(READINGS, str(year), str(key), len(at), n=len(at), evidence=[every.at(at, 1.0)])
    months = until(by_period[by_period["period_kind"] == "month"], last)
    months = months.sort_values(["key", "year"], kind="stable")
    least = edition.data["seasonal"]["least_share"] * last.month
    known = {one: _of_indicator(months, str(one), last, least) for one in trends["indicator"].unique()}
    sections = set(months["key"])
    for row in trends.to_dict("records"):
        place = id_or_name(row)
        if place in sections:
            yield from _of_series(row, known[row["indicator"]], place, last, edition)


def _of_indicator(months: pd.DataFrame, indicator: str, last: dt.date, least: float) -> Readings:
    """Average January to the last month of each year that has enough of them; pH through its ions."""
    values = pd.Series(values_of(months, indicator), index=months.index)
    rows = months.loc[values.notna(), ["key", "year", "month"]]
    used = rows[rows["month"] <= last.month]
    known = 10.0 ** -values[used.index] if indicator == PH else values[used.index]
    groups = known.groupby([used["key"], used["year"]])
    means = groups.mean()[groups.size() >= least]
    means = pd.Series(-np.log10(means), index=means.index) if indicator == PH else means
    return Readings(
        {key: sorted(years.unique()) for key, years in rows.groupby("key")["year"]},
        {key: own.droplevel(0) for key, own in means.groupby(level=0)},
    )


def _of_series(
    row: dict[Hashable, Any], readings: Readings, place: str, last: dt.date, edition: Edition
) -> Iterator[Finding]:
    indicator = str(row["indicator"])
    common: dict[str, Any] = {"edition": edition.id, "clause": edition.cited}
    if not (pd.isna(row["direction"]) or pd.isna(row["spearman_rs"])):
        means = readings.means[place]
        behind = [_readings(means.index, place, means.tolist())]
        note = _told(row["direction"], f"|rs| ≥ {row['spearman_limit']:g}")
        rank, n = float(row["spearman_rs"]), int(row["n"])
        period = str(row["last_period"])
        yield finding(f"{RANK}.{indicator}", period, place, rank, n=n, note=note, evidence=behind, **common)
    if not (pd.isna(row["mk_direction"]) or pd.isna(row["mk_slope"])):
        years = readings.years[place]
        behind = [_readings(years, place, [None] * len(years))]
        note, slope = _told(row["mk_direction"], f"p = {row['mk_p']:.3g}"), float(row["mk_slope"])
        period, unit = f"{last.year}C{last.month:02d}", f"{TABLES['samples'][indicator].unit or ''}/a"
        yield finding(f"{SLOPE}.{indicator}", period, place, slope, n=int(row["mk_n"]), unit=unit, note=note,
                      evidence=behind, **common)  # fmt: skip


def _readings(years: Iterable[int], place: str, parts: Iterable[float | None]) -> Behind:
    return figures_of([f"{READINGS}.{year}.{place}" for year in years], parts)


def _told(way: str, test: str) -> str:
    word = WAYS[way]
    return Message("{way}（{test}）", "{way} ({test})", way=word, test=test).stored
