"""Rivers, lakes and the county: the share method and its grades, or the class of the means."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from gis.base.stored_words import stored_items
from gis.base.units import shown
from gis.standards.editions import Edition, Editions, by_edition, cell_of
from gis.water.above_range import bound_notes
from gis.water.averages import averaged
from gis.water.classes import classify
from gis.water.evaluation import only_evaluated, plans_of
from gis.water.limits import LAKE, RIVER, Limits, limits_of
from gis.water.means import COUNTS, INDICATORS
from gis.water.periods import EVALUATION
from gis.water.phrases import phrase
from gis.water.rates import COUNTS as RATE_COUNTS
from gis.water.rates import rated_counts, with_rates
from gis.water.rounding import STATISTICS, rounded_means

COUNTY = "county"
MEAN, SHARE = "mean", "share"
PLACE = ["place_kind", "place", "period"]
COLUMNS = [
    "place_kind", "place", "name", "period", "period_kind", "year", "n_sections", "n_assessed", "n_with_target",
    "n_at_target", "n_good", "n_worse", "attainment_rate", "good_share", "worse_share", "method",
    "water_class", "grade", "grade_code", "main_pollutants", "provisional", "note", "edition",
]  # fmt: skip


def members(section_periods: pd.DataFrame, levels: Sequence[str], county: tuple[str, str]) -> pd.DataFrame:
    """Give each listed section once for its river or lake, and once for the county.

    Parameters
    ----------
    section_periods
        From `periods`, with judged_on.
    levels
        Levels that count for the county; a river or lake counts every listed section.
    county
        Code and name.

    Returns
    -------
    members
        Rows of `section_periods` of known kind with place_kind river, lake or county, place and
        place_name; a section that names no water body is in the county only.
    """
    rows = section_periods[
        section_periods["level"].notna() & section_periods["water_kind"].isin([RIVER, LAKE])
    ]
    waters = rows[rows["water_body"].notna()]
    waters = waters.assign(
        place_kind=waters["water_kind"], place=waters["water_body"], place_name=waters["water_body"]
    )
    whole = rows[rows["level"].isin(levels)]
    whole = whole.assign(place_kind=COUNTY, place=county[0], place_name=county[1])
    return pd.concat([waters, whole], ignore_index=True)


def groups(inside: pd.DataFrame, editions: Editions, as_of: dt.date) -> pd.DataFrame:
    """Judge every river, lake and the county in every period (环办〔2011〕22号 二(一)2, 二(二)).

    Lakes, and rivers of fewer than five sections: single-factor class of the mean of each indicator,
    rounded as that of a section.
    Rivers and the county with five or more: by their shares of class Ⅰ–Ⅲ and 劣Ⅴ, without a class.

    Parameters
    ----------
    inside
        From `members`.

    Returns
    -------
    water_groups
        COLUMNS; rates in % over the sections with a class, method mean or share, grade_code 1 优 to
        5 重度污染. Main pollution indicators with their multiple over class Ⅲ, or for the share
        method with the share of sections over Ⅲ.
    """
    if not len(inside):
        return pd.DataFrame(columns=COLUMNS)
    rules = editions.in_force(EVALUATION, as_of)
    made = [
        _judged(rows[here], editions.get(str(id_)), rules, editions, way.data["rounding"])
        for id_, rows in inside.groupby("edition")
        for way, here in by_edition(rows["judged_on"], STATISTICS, editions)
    ]
    order = ["year", "period_kind", "period", "place_kind", "place"]
    return pd.concat(made).reset_index().sort_values(order, kind="stable", ignore_index=True)[COLUMNS]


def _judged(
    inside: pd.DataFrame, limits: Edition, rules: Edition, editions: Editions, rounding: Mapping[str, Any]
) -> pd.DataFrame:
    table, told = limits_of(limits), rules.data["group"]
    inside = only_evaluated(inside, table, plans_of(inside, editions))
    made = _sums(inside, good=table.rules["good_class"], worst=table.worst)
    assessed = inside[inside["water_class"].notna()]
    kinds = inside.groupby(PLACE)["water_kind"].agg(["first", "nunique"])
    any_class, one_kind = made["n_assessed"] > 0, kinds["nunique"] == 1
    several = made["n_assessed"] >= told["least_for_share"]
    shared = several & (made.index.get_level_values("place_kind") != LAKE)
    by_mean = any_class & ~shared & one_kind
    unlike = any_class & ~shared & ~one_kind
    mixed = unlike.map({True: phrase("rivers_with_lakes", least=told["least_for_share"]).stored})
    counts = _counted(assessed)
    grouped = assessed.assign(**counts).groupby(PLACE)
    means = averaged(assessed, PLACE, INDICATORS).join(grouped[list(counts.columns)].sum())
    short = rounded_means(means, rounding).reindex(made.index)
    of_means = classify(short, limits, kinds["first"].where(one_kind))
    water_class = of_means["water_class"].where(by_mean)
    of_class = dict(enumerate(told["grade_of_class"], 1))
    code = _by_share(made, told).where(shared).fillna(water_class.map(of_class).astype("Float64"))
    own = rounded_means(assessed.assign(**counts), rounding)
    named = _over_shares(own, table, told["most_named"]).reindex(made.index)
    return made.assign(
        method=pd.Series(np.select([shared, by_mean], [SHARE, MEAN], ""), made.index).replace("", None),
        water_class=water_class,
        grade_code=code.astype("Int64"),
        grade=code.map({at: one["name"]["zh"] for at, one in enumerate(told["grade"], 1)}).astype("str"),
        main_pollutants=of_means["main_pollutants"].where(by_mean, named.where(shared)),
        note=mixed.fillna(bound_notes(assessed, INDICATORS, PLACE).reindex(made.index).where(by_mean)),
        edition=cell_of([limits.id, rules.id]),
    )


def _counted(assessed: pd.DataFrame) -> pd.DataFrame:
    """Tell by COUNTS whether each mean of a section is of several values, as rounding asks."""
    known = assessed[INDICATORS].notna().astype("int64")
    return known.mul(assessed["n_samples"].astype("int64"), axis=0).rename(columns=COUNTS)


def _sums(inside: pd.DataFrame, *, good: int, worst: int) -> pd.DataFrame:
    shown = rated_counts(inside.assign(assessed=inside["water_class"].notna()), good=good, worst=worst)
    grouped = shown.groupby(PLACE)
    first = grouped.agg(
        name=("place_name", "first"), period_kind=("period_kind", "first"), year=("year", "first"),
        provisional=("provisional", "any"), n_sections=("key", "size"),
    )  # fmt: skip
    return with_rates(grouped[RATE_COUNTS].sum().astype("int64").join(first))


def _by_share(made: pd.DataFrame, told: Mapping[str, Any]) -> pd.Series:
    met = [
        (made["good_share"] >= row.get("good_from", 0)) & (made["worse_share"] >= row.get("worse_from", 0))
        for row in told["share"]
    ]
    return pd.Series(np.select(met, [row["grade"] for row in told["share"]], 0), made.index, dtype="Float64")


def _over_shares(assessed: pd.DataFrame, table: Limits, most: int) -> pd.Series:
    """Name the indicators over class Ⅲ at the largest share of sections, each with that share."""
    lake = assessed["water_kind"].eq(LAKE).to_numpy(dtype=bool)
    own = np.where(lake[:, None], table.matrix(assessed, lake=True), table.matrix(assessed, lake=False))
    over = pd.DataFrame(own > table.rules["good_class"], columns=table.keys)
    by = [assessed[one].to_numpy() for one in PLACE]
    share = 100 * over.groupby(by).mean()
    share.index.names = PLACE
    long = share.reset_index().melt(PLACE, var_name="item", value_name="share")
    long = long[long["share"] > 0].sort_values("share", ascending=False, kind="stable")
    first = long.groupby(PLACE).head(most)
    digits = table.rules["multiple_digits"]
    told = first.assign(text=[f"({shown(value, digits)}%)" for value in first["share"]])
    listed = {key: stored_items(rows["item"], rows["text"]) for key, rows in told.groupby(PLACE)}
    return pd.Series(listed, dtype="str")
