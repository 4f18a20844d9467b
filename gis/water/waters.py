"""Beyond single sections: lakes, groups of sections, the index, trends, and the rivers themselves."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

import pandas as pd

from gis.base.figures import Finding
from gis.base.tables import Tables, table_of
from gis.catalogue.model import Catalogue
from gis.water.figures import Basis
from gis.water.groups import groups, members
from gis.water.index import RANKING, places, water_index
from gis.water.lakes import TROPHIC, lake_states
from gis.water.limits import LIMITS, limits_of
from gis.water.network import network
from gis.water.trend_figures import trend_findings
from gis.water.trends import TREND, trends
from gis.water.waters_figures import waters_findings


def waters(
    by_period: pd.DataFrame, basis: Basis, tables: Tables, catalogue: Catalogue
) -> tuple[dict[str, pd.DataFrame], Iterator[Finding]]:
    """Make what is said of lakes, rivers, towns and the county.

    Parameters
    ----------
    by_period
        From `periods`, with key.
    tables
        `waters` may be missing: then there is no network.

    Returns
    -------
    made, findings
        lake_states, water_groups, water_index, water_trends and, where waters are known, reaches and
        section_network; and the figures of the first three and of the trends.
    """
    editions, as_of = basis.editions, basis.as_of
    by_period = by_period.assign(judged_on=by_period["period"].map(basis.calendar["judged_on"]))
    inside = members(by_period, basis.levels, (basis.adcode, catalogue.county.name.zh))
    spots = places(inside, basis.sections)
    states = lake_states(by_period, editions.in_force(TROPHIC, as_of))
    months = by_period[by_period["period_kind"] == "month"]
    table = limits_of(editions.in_force(LIMITS, as_of))
    made = {
        "lake_states": states,
        "water_groups": groups(inside, editions, as_of),
        "water_index": water_index(spots, editions, editions.in_force(RANKING, as_of)),
    }
    found = waters_findings(made, inside, spots, basis)
    shown = made | {
        "lake_states": states.drop(columns="key"),
        "water_trends": trends(months, table, editions.in_force(TREND, as_of), as_of),
    }
    if "waters" in tables:
        shown["reaches"], shown["section_network"] = network(
            basis.sections, table_of(tables, "waters"), as_of
        )
    return shown, chain(found, trend_findings(shown["water_trends"], by_period, basis))
