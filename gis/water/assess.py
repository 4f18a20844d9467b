"""The door of the room: records and the list of sections → classes, periods, rates, figures."""

from __future__ import annotations

import datetime as dt
from functools import partial
from itertools import chain

import pandas as pd

from gis.base.figures import assessment
from gis.base.tables import Assessment, Tables, conform, empty
from gis.catalogue.model import Catalogue
from gis.engine import Engine
from gis.standards import Editions, by_edition
from gis.water.changes import section_changes, share_changes
from gis.water.expected import expectations
from gis.water.figures import Basis, findings
from gis.water.flags import SUSPECTS, flags
from gis.water.halves import non_detects
from gis.water.judging import judge_records
from gis.water.limits import limits_of
from gis.water.months import months_of
from gis.water.outlook import outlook
from gis.water.periods import EVALUATION, LIMITS, periods
from gis.water.rates import rates
from gis.water.sections import keyed_sections, keys_of, kinds_of, x_items_of
from gis.water.sources import source_limits
from gis.water.suspects import Doubts, without
from gis.water.wider import wider

ROWS_A_PART = 500_000


def assess(
    tables: Tables, catalogue: Catalogue, editions: Editions, as_of: dt.date, engine: Engine
) -> Assessment:
    """Judge the sections of the county (GB 3838-2002; 环办〔2011〕22号).

    Parameters
    ----------
    tables
        `samples`, `sections` and `waters`, each may be missing; records after `as_of` are ignored.
    catalogue
        `county.assessed_levels` names the levels of section that rates count.
    editions
        Those in force, or one forced for the series: `editions.force("surface_water_limits", id)`.

    Returns
    -------
    assessment
        Tables samples (with the columns of `classify`, suspect, undecidable and the classes judged apart),
        sample_flags, section_periods, section_changes, water_rates, water_rate_changes, source_limits,
        water_outlook and those of `wider`; figures water.section_class, .section_at_target,
        .attainment_rate, .good_share, .worse_than_v_share, .needed_mean, .outlook_probability and those
        of `wider`.

    Raises
    ------
    StandardError, EditionError
        The data file of an edition is incomplete, or none is in force on a day.
    """
    samples = _dated(_table(tables, "samples"), as_of)
    sections = keyed_sections(_table(tables, "sections"))
    samples = samples.assign(key=keys_of(samples, sections))
    samples = samples[samples["key"].notna()].reset_index(drop=True)
    if not len(samples):
        return Assessment()
    if sections["x_items"].notna().any():
        samples = samples.assign(x_items=x_items_of(samples, sections))
    county = catalogue.county
    doubts, flagged = _doubts(samples, tables, editions, as_of, engine)
    doubts = doubts._replace(leave_out=county.flagged_values == "leave_out")
    levels = tuple(county.assessed_levels)
    table, rules = limits_of(editions.in_force(LIMITS, as_of)), editions.in_force(EVALUATION, as_of)
    months = months_of(samples, doubts, rules, engine)
    by_period = periods(months, sections, editions, as_of, levels, leave_out=doubts.leave_out)
    shares = rates(by_period, levels, good=table.rules["good_class"], worst=table.worst)
    counted = without(samples, doubts.suspects) if doubts.leave_out else samples
    basis = Basis(counted, sections, editions, as_of, county.adcode, levels)
    kind = kinds_of(samples["key"], sections)
    expected = outlook(by_period, editions, as_of)
    made = {
        "samples": _judged_samples(samples, kind, doubts, editions, engine),
        "sample_flags": flagged,
        "section_periods": by_period.drop(columns="key"),
        "section_changes": section_changes(by_period, rules, county.baseline_year),
        "water_rates": shares,
        "water_rate_changes": share_changes(shares, rules, county.baseline_year),
        "source_limits": source_limits(_table(tables, "source_items"), samples, sections, editions),
        "water_outlook": expected.drop(columns="key"),
    }
    beyond, more = wider(by_period, basis, tables, catalogue)
    found = chain(findings(by_period, shares, basis), expectations(expected, by_period, basis), more)
    return assessment(made | beyond, found)


def _table(tables: Tables, name: str) -> pd.DataFrame:
    return conform(pd.DataFrame(tables[name]), name) if name in tables else empty(name)


def _dated(samples: pd.DataFrame, as_of: dt.date) -> pd.DataFrame:
    taken = samples["sampled_at"]
    kept = samples[taken.notna() & (taken.dt.normalize() <= pd.Timestamp(as_of))]
    dates = kept["sampled_at"].dt
    return kept.assign(year=dates.year.astype("int64"), month=dates.month.astype("int64"))


def _doubts(
    samples: pd.DataFrame, tables: Tables, editions: Editions, as_of: dt.date, engine: Engine
) -> tuple[Doubts, pd.DataFrame]:
    halves = non_detects(samples, _table(tables, "sample_marks"))
    listed = flags(samples, halves, editions.in_force(SUSPECTS, as_of), engine)
    return Doubts(halves, listed[["at", "indicator"]]), listed.drop(columns="at")


def _judged_samples(
    samples: pd.DataFrame, kind: pd.Series, doubts: Doubts, editions: Editions, engine: Engine
) -> pd.DataFrame:
    days = samples["sampled_at"].dt.normalize()
    jobs = [
        (rows.iloc[start : start + ROWS_A_PART], edition)
        for edition, here in by_edition(days, LIMITS, editions)
        for rows in [samples[here]]
        for start in range(0, len(rows), ROWS_A_PART)
    ]
    jobs = jobs or [(samples.iloc[:0], editions.family(LIMITS)[-1])]
    part = partial(judge_records, kind=kind, halves=doubts.non_detects)
    judged = engine.combine(engine.map(lambda job: part(*job), jobs), pd.concat).sort_index()
    own = samples.drop(columns=["key", "year", "month", "x_items"], errors="ignore")
    suspect = pd.Series(samples.index.isin(doubts.suspects["at"]), samples.index, dtype="boolean")
    return own.join(judged).assign(suspect=suspect)
