"""Figures of the budget: bad days left, the PM2.5 that is needed, and how likely the year's targets are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from gis.air.budget import BOTH, GOOD, INDICATORS, PM25, Aim, ruling_of
from gis.air.chances import judged_good
from gis.air.figures import Setting, Tables, suffix_of
from gis.base.calendar import periods_until
from gis.base.figures import Finding, figure_id, figures_of, finding, indicator
from gis.base.messages import Message, joined, parts
from gis.standards import by_edition, cell_of

LEFT, NEEDED, PROBABILITY = "air.bad_days_left", "air.pm25_needed", "air.budget_probability"
IMPOSSIBLE = Message("已无法实现", "can no longer be made")


def expectations(
    air_budget: pd.DataFrame, aims: Sequence[Aim], made: Tables, setting: Setting
) -> Iterator[Finding]:
    """Make air.bad_days_left, air.pm25_needed and air.budget_probability.* of the running year.

    Parameters
    ----------
    air_budget, aims
        From `budget` and `aims_of`.

    Yields
    ------
    finding
        Bad days left rest on the rows of the bad days so far (their parts add up to the days used), the
        needed PM2.5 on the rows of the year so far (parts add up to the sum of the daily means), a
        probability on the figures of the past years.
    """
    if not len(air_budget):
        return
    ruled = replace(setting, editions=ruling_of(aims, setting.editions))
    year, today = setting.as_of.year, pd.Timestamp(setting.as_of)
    days = made.city[made.city["date"].between(pd.Timestamp(year, 1, 1), today)]
    good = pd.Series(judged_good(days, ruled.editions, setting.dust).to_numpy(), index=days["date"])
    every = pd.Series(1.0, index=days["date"])
    parts = {GOOD: ("share", every[good.eq(0)]), PM25: ("pm25_share", every)}
    values = {GOOD: (LEFT, "bad_days_left"), PM25: (NEEDED, "pm25_needed")}
    for row in air_budget.to_dict("records"):
        id_, column = values.get(row["goal"], ("", "goal"))
        if id_ and not pd.isna(row[column]):
            evidence, common = made.behind.of(*parts[row["goal"]]), _common(id_, row, ruled)
            yield finding(
                id_, value=float(row[column]), n=int(row["valid_days"]), evidence=evidence, **common
            )
        if not pd.isna(row["probability"]):
            yield _likely(row, made, ruled)


def _likely(row: Any, made: Tables, setting: Setting) -> Finding:
    names = [name for name, goal in INDICATORS.items() if row["goal"] in (goal, BOTH)]
    years = range(int(made.city["date"].dt.year.min()), setting.as_of.year + 1)
    ids = [figure_id(name, year, setting.place) for name in names for year in years]
    id_ = f"{PROBABILITY}.{row['goal']}"
    evidence = [figures_of(ids, [None] * len(ids))]
    value = 100 * float(row["probability"])
    return finding(id_, value=value, n=int(row["n_years"]), evidence=evidence, **_common(id_, row, setting))


def _common(id_: str, row: Any, setting: Setting) -> dict[str, Any]:
    family = indicator(id_).family or ""
    (year,) = periods_until(setting.as_of.year, setting.as_of, ("year",))
    days = pd.Series(pd.date_range(year.start, min(year.end, setting.as_of)))
    used = [edition for edition, _ in by_edition(days, family, setting.editions)]
    return {
        "period": year.id,
        "place": setting.place,
        "edition": cell_of(one.id for one in used),
        "clause": joined(one.cited for one in used),
        "suffix": suffix_of(family, year, setting.editions, setting.as_of),
        "note": joined([None if row["possible"] else IMPOSSIBLE, *parts(row["note"]), *setting.notes]),
    }
