"""The door of the room: records and the list of sections → classes, periods, rates, figures."""

from __future__ import annotations

import datetime as dt
from functools import partial
from itertools import chain

import pandas as pd

from gis.base.door import admitted
from gis.base.figures import assessment
from gis.base.tables import Assessment, Tables, table_of
from gis.catalogue.model import Catalogue
from gis.engine import Engine
from gis.standards import Editions
from gis.water.calendar import weeks_of
from gis.water.changes import section_changes, share_changes
from gis.water.figures import Basis, findings
from gis.water.issue import audited_by_status, standing
from gis.water.limits import LIMITS, limits_of
from gis.water.methods import with_methods
from gis.water.months import Months
from gis.water.outlook import outlook
from gis.water.outlook_figures import expectations
from gis.water.parts import joined_parts, parted, partitions
from gis.water.periods import EVALUATION, periods
from gis.water.rates import rates
from gis.water.rounding import STATISTICS
from gis.water.sections import keyed_sections, keys_of, with_stated, x_items_of
from gis.water.sources import source_limits
from gis.water.suspects import without
from gis.water.waters import waters


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
        water_outlook, water_outlook_reliability and those of `waters`; figures water.section_class, .section_at_target,
        .attainment_rate, .good_share, .worse_than_v_share, .needed_mean, .outlook_probability and those
        of `waters`.

    Raises
    ------
    StandardError, EditionError
        The data file of an edition is incomplete, or none is in force on a day.
    """
    tables = admitted(tables)
    county, sections = catalogue.county, keyed_sections(table_of(tables, "sections"))
    samples = _records(tables, catalogue, sections, as_of)
    if not len(samples):
        return Assessment()
    sections, editions = with_stated(sections, samples), _leading(editions, county.water_statistics)
    limits, rules = limits_of(editions.in_force(LIMITS, as_of)), editions.in_force(EVALUATION, as_of)
    leave_out, levels = county.flagged_values == "leave_out", tuple(county.assessed_levels)
    work = partial(parted, sections=sections, editions=editions, as_of=as_of, leave_out=leave_out)
    found = engine.combine(engine.spread(work, partitions(samples, tables, engine)), joined_parts)

    def judged(months: Months, calendar: pd.DataFrame | None = None) -> tuple[pd.DataFrame, pd.DataFrame]:
        rows = periods(months, sections, editions, as_of, levels, leave_out=leave_out, calendar=calendar)
        return rows, rates(rows, levels, good=limits.rules["good_class"], worst=limits.worst)

    used = standing(samples)
    by_period, shares = judged(found.months)
    days = pd.DataFrame({"sampled_at": used["sampled_at"].dt.normalize().unique()})
    by_week, weekly_shares = judged(found.weeks, weeks_of(days, as_of)[1])
    expected = outlook(by_period, editions, as_of)
    counted = without(used, found.suspects) if leave_out else used
    basis = Basis(counted, sections, editions, as_of, county.adcode, levels)
    further, further_findings = waters(by_period, basis, tables, catalogue)
    own = samples.drop(columns=["key", "year", "month", "x_items"], errors="ignore")
    made = {
        "samples": own.join(found.judged),
        "sample_flags": found.flagged,
        "section_periods": pd.concat([by_period, by_week], ignore_index=True).drop(columns="key"),
        "section_changes": section_changes(by_period, rules, county.baseline_year),
        "water_rates": pd.concat([shares, weekly_shares], ignore_index=True),
        "water_rate_changes": share_changes(shares, rules, county.baseline_year),
        "source_limits": source_limits(table_of(tables, "source_items"), samples, sections, editions),
        "water_outlook": expected.rows.drop(columns="key"),
        "water_outlook_reliability": expected.reliability,
        **further,
    }
    own_findings = findings(by_period, shares, basis), expectations(expected.rows, by_period, basis)
    return assessment(made, chain(*own_findings, further_findings))


def _records(tables: Tables, catalogue: Catalogue, sections: pd.DataFrame, as_of: dt.date) -> pd.DataFrame:
    """Give the records up to a day of sections that are known, with method, key, year, month and audit status."""
    answers = {key: answer for layer in catalogue.layers for key, answer in layer.answers.items()}
    samples = with_methods(table_of(tables, "samples"), answers, asks=False)
    return audited_by_status(_keyed(_dated(samples, as_of), sections))


def _leading(editions: Editions, id_: str | None) -> Editions:
    """Let the county's way of rounding lead, unless one is forced for the run."""
    return editions if id_ is None or STATISTICS in editions.forced else editions.force(STATISTICS, id_)


def _keyed(samples: pd.DataFrame, sections: pd.DataFrame) -> pd.DataFrame:
    """Keep the records of a section that is known by key, with its id and its X items."""
    keyed = samples.assign(key=keys_of(samples, sections))
    keyed = keyed[keyed["key"].notna()].reset_index(drop=True)
    if keyed["section_id"].isna().any():
        ids = sections.drop_duplicates("key").set_index("key")["section_id"]
        keyed["section_id"] = keyed["section_id"].fillna(keyed["key"].map(ids).astype("str"))
    some = len(keyed) and sections["x_items"].notna().any()
    return keyed.assign(x_items=x_items_of(keyed, sections)) if some else keyed


def _dated(samples: pd.DataFrame, as_of: dt.date) -> pd.DataFrame:
    taken = samples["sampled_at"]
    kept = samples[taken.notna() & (taken.dt.normalize() <= pd.Timestamp(as_of))]
    dates = kept["sampled_at"].dt
    return kept.assign(year=dates.year.astype("int64"), month=dates.month.astype("int64"))
