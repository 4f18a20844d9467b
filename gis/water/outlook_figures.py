"""Figures of the outlook: what a section needs of the remaining months, and how likely its target is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from gis.base.figures import Finding, figure_id, figures_of, finding, rows_of
from gis.base.messages import Message, joined, parts
from gis.base.named import id_or_name
from gis.base.tables import TABLES
from gis.standards import Edition
from gis.water.averages import additive
from gis.water.figures import CLASS, Basis
from gis.water.means import used_values
from gis.water.outlook import ALL, TARGET
from gis.water.periods import EVALUATION

NEEDED, PROBABILITY = "water.needed_mean", "water.outlook_probability"
IMPOSSIBLE = Message("已无法达标", "the target can no longer be made")


def expectations(
    water_outlook: pd.DataFrame, section_periods: pd.DataFrame, basis: Basis
) -> Iterator[Finding]:
    """Make water.needed_mean of each indicator and water.outlook_probability of each section.

    Parameters
    ----------
    water_outlook
        From `outlook`; only rows about a section's own target make figures.
    section_periods
        From `periods`; names the years that have a class.

    Yields
    ------
    finding
        A needed mean rests on the records of the year so far, each with its share of the sum of the
        month means (of pH as 10^−pH); there is one only where it binds. A probability rests on the class
        figures of this year and of the past ones.
    """
    rows = water_outlook[water_outlook["goal"] == TARGET]
    if not len(rows):
        return
    records = basis.samples[basis.samples["year"] == basis.as_of.year]
    parts = _parts(records, basis)
    behind = dict(list(records.groupby("key")))
    edition = basis.edition(pd.Timestamp(basis.as_of))
    for row in rows[rows["indicator"].ne(ALL) & rows["binds"]].to_dict("records"):
        part = parts.loc[behind[row["key"]].index, row["indicator"]].dropna()
        evidence = rows_of("samples", records.loc[part.index], part)
        unit = TABLES["samples"][row["indicator"]].unit or ""
        yield finding(
            f"{NEEDED}.{row['indicator']}", value=float(row["needed"]), n=int(row["n_months"]), unit=unit,
            evidence=[evidence], **_common(row, edition, basis),
        )  # fmt: skip
    classed = section_periods[
        section_periods["period_kind"].eq("year") & section_periods["water_class"].notna()
    ]
    years = classed.groupby("key")["period"].unique()
    for row in rows[rows["indicator"].eq(ALL) & rows["probability"].notna()].to_dict("records"):
        common = _common(row, edition, basis)
        ids = [
            figure_id(CLASS, year, common["place"], common["suffix"])
            for year in sorted(years.get(row["key"], []))
        ]
        evidence = figures_of(ids, [None] * len(ids))
        value = 100 * float(row["probability"])
        yield finding(PROBABILITY, value=value, n=int(row["n_years"]), evidence=[evidence], **common)


def _parts(records: pd.DataFrame, basis: Basis) -> pd.DataFrame:
    """Give each reading's share in the sum of the month means of its section."""
    rules = basis.editions.in_force(EVALUATION, basis.as_of)
    used = additive(used_values(records, rules.data["merge"]))
    return used / used.notna().groupby([records["key"], records["month"]]).transform("sum")


def _common(row: Any, edition: Edition, basis: Basis) -> dict[str, Any]:
    return {
        "period": row["period"],
        "place": id_or_name(row),
        "edition": edition.id,
        "clause": edition.cited,
        "suffix": basis.suffix(pd.Timestamp(basis.as_of)),
        "note": joined([None if row["possible"] else IMPOSSIBLE, *parts(row["note"])]),
    }
