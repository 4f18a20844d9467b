"""The door of the room: records and the list of sections → classes, periods, rates, figures."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from gis.base.figures import assessment
from gis.base.tables import Assessment, Tables, conform, empty
from gis.catalogue.model import Catalogue
from gis.engine import Engine
from gis.standards import Editions, by_edition
from gis.water.classes import classify
from gis.water.figures import Basis, findings
from gis.water.limits import limits_of
from gis.water.periods import LIMITS, periods
from gis.water.rates import rates
from gis.water.sections import keyed_sections, keys_of, kind_of

ROWS_A_PART = 500_000


def assess(
    tables: Tables, catalogue: Catalogue, editions: Editions, as_of: dt.date, engine: Engine
) -> Assessment:
    """Judge the sections of the county (GB 3838-2002; 环办〔2011〕22号).

    Parameters
    ----------
    tables
        `samples` and `sections`, each may be missing; records after `as_of` are ignored.
    catalogue
        `county.assessed_levels` names the levels of section that rates count.
    editions
        Those in force, or one forced for the series: `editions.force("surface_water_limits", id)`.

    Returns
    -------
    assessment
        Tables samples (with the columns of `classify`), section_periods, water_rates; figures
        water.section_class, .section_at_target, .attainment_rate, .good_share, .worse_than_v_share.

    Raises
    ------
    StandardError, EditionError
        The data file of an edition is incomplete, or none is in force on a day.
    """
    samples = _dated(_table(tables, "samples"), as_of)
    if not len(samples):
        return Assessment()
    sections = keyed_sections(_table(tables, "sections"))
    samples = samples.assign(key=keys_of(samples, sections))
    samples = samples[samples["key"].notna()].reset_index(drop=True)
    if not len(samples):
        return Assessment()
    levels = tuple(catalogue.county.assessed_levels)
    kind = samples["key"].map(kind_of(sections)).astype("str")
    classed = _classed(samples, kind, editions, engine)
    by_period = periods(samples, sections, editions, as_of, levels)
    table = limits_of(editions.in_force(LIMITS, as_of))
    shares = rates(by_period, levels, good=table.rules["good_class"], worst=table.worst)
    basis = Basis(samples, sections, editions, as_of, catalogue.county.adcode, levels)
    made = {
        "samples": samples.drop(columns=["key", "year", "month"]).join(classed),
        "section_periods": by_period.drop(columns="key"),
        "water_rates": shares,
    }
    return assessment(made, findings(by_period, shares, basis))


def _table(tables: Tables, name: str) -> pd.DataFrame:
    return conform(pd.DataFrame(tables[name]), name) if name in tables else empty(name)


def _dated(samples: pd.DataFrame, as_of: dt.date) -> pd.DataFrame:
    taken = samples["sampled_at"]
    kept = samples[taken.notna() & (taken.dt.normalize() <= pd.Timestamp(as_of))]
    dates = kept["sampled_at"].dt
    return kept.assign(year=dates.year.astype("int64"), month=dates.month.astype("int64"))


def _classed(samples: pd.DataFrame, kind: pd.Series, editions: Editions, engine: Engine) -> pd.DataFrame:
    days = samples["sampled_at"].dt.normalize()
    jobs = [
        (rows.iloc[start : start + ROWS_A_PART], edition)
        for edition, here in by_edition(days, LIMITS, editions)
        for rows in [samples[here]]
        for start in range(0, len(rows), ROWS_A_PART)
    ]
    jobs = jobs or [(samples.iloc[:0], editions.family(LIMITS)[-1])]
    judged = engine.map(lambda job: classify(job[0], job[1], kind.loc[job[0].index]), jobs)
    return engine.combine(judged, pd.concat).sort_index()
