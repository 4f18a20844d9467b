"""Figures of the water room, each tied to the rows behind it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from gis.base.calendar import figure_periods
from gis.base.figures import Behind, Finding, figure_id, figures_of, finding, rows_of
from gis.base.messages import Message, joined, keys_of, of_text, parts
from gis.base.named import id_or_name
from gis.standards.editions import Edition, Editions
from gis.water.calendar import calendar_of
from gis.water.limits import LIMITS, limits_of
from gis.water.means import used_values
from gis.water.periods import EVALUATION
from gis.water.phrases import phrase
from gis.water.rates import counted
from gis.water.sections import listed_on

UNAUDITED = Message("含未经审核的自动监测数据", "contains unaudited automatic data")
CLASS, AT_TARGET = "water.section_class", "water.section_at_target"
RATES = {
    "water.attainment_rate": ("attainment_rate", "n_with_target"),
    "water.good_share": ("good_share", "n_assessed"),
    "water.worse_than_v_share": ("worse_share", "n_assessed"),
}
RATES_CLAUSE = phrase("rates_clause")


@dataclass(frozen=True)
class Basis:
    """What all figures of one run share.

    Attributes
    ----------
    samples
        Records with key, year and month, index 0 to n - 1.
    sections
        From `keyed_sections`.
    """

    samples: pd.DataFrame
    sections: pd.DataFrame
    editions: Editions
    as_of: dt.date
    adcode: str
    levels: tuple[str, ...]

    @cached_property
    def calendar(self) -> pd.DataFrame:
        """Every period from the first record on, by its id, as `calendar_of` gives them."""
        return calendar_of(int(self.samples["year"].min()), self.as_of).set_index("period")

    @cached_property
    def periods(self) -> pd.DataFrame:
        """Of these the years and, unless `as_of` ends one, January to its month of each."""
        wanted = figure_periods(int(self.samples["year"].min()), self.as_of)
        return self.calendar.loc[[period.id for period in wanted]]

    @cached_property
    def used(self) -> pd.DataFrame:
        """The values that count, from `means.used_values`."""
        return used_values(self.samples, self.editions.in_force(EVALUATION, self.as_of).data["merge"])

    @cached_property
    def rows(self) -> Behind:
        """The records as evidence."""
        return rows_of("samples", self.samples)

    @cached_property
    def _places(self) -> dict[Hashable, Any]:
        return dict(self.samples.groupby(["key", "year"]).indices)

    def records(self, row: Mapping[Any, Any]) -> npt.NDArray[np.intp]:
        """Give the positions of the records of a section (`key`) from January of a year to the end of a period."""
        found = self._places.get((row["key"], row["year"]), np.array([], dtype="int64"))
        last = self.periods["last_month"][row["period"]]
        return np.asarray(found[self.samples["month"].to_numpy()[found] <= last])

    def edition(self, day: pd.Timestamp) -> Edition:
        """Give the edition of the limits that judges a period ending on `day`."""
        return self.editions.in_force(LIMITS, day.date())

    def suffix(self, day: pd.Timestamp) -> str:
        """Give the id of the edition that judges a period ending on `day` outside its own dates, else nothing."""
        edition = self.edition(day)
        own = edition.start <= day.date() and (edition.end is None or day.date() <= edition.end)
        return "" if own else edition.id


def findings(section_periods: pd.DataFrame, water_rates: pd.DataFrame, basis: Basis) -> Iterator[Finding]:
    """Make water.section_class, .section_at_target and the county's three rates.

    Parameters
    ----------
    section_periods, water_rates
        From `periods` and `rates`.

    Yields
    ------
    finding
        For each year, and for January to the month of `as_of` of each year unless `as_of` ends one.
        A section's figures rest on its records (part = the reading of the first deciding indicator,
        null where the other method came first) and, for the verdict, on its line in the list; a rate
        rests on the figures of its sections, their parts 1 (counted in) or 0.
    """
    chosen = section_periods[section_periods["period"].isin(basis.periods.index)]
    yield from _of_sections(chosen[chosen["water_class"].notna()], basis)
    yield from _of_county(chosen, water_rates[water_rates["period"].isin(basis.periods.index)], basis)


def _of_sections(rows: pd.DataFrame, basis: Basis) -> Iterator[Finding]:
    days = basis.periods["judged_on"]
    listed = listed_on(basis.sections, days, basis.levels)
    lines = rows_of("sections", listed, listed["target_class"])
    lists: dict[Hashable, Any] = dict(listed.groupby(["day", "key"]).indices)
    for row in rows.to_dict("records"):
        records, day = basis.records(row), days[row["period"]]
        first = next(iter(keys_of(row["deciding_indicators"])), None)
        part = basis.used[first].to_numpy()[records] if first is not None else None
        evidence = [basis.rows.at(records, part)]
        common = _common(row, day, basis)
        yield finding(CLASS, value=float(row["water_class"]), evidence=evidence, **common)
        if pd.isna(row["at_target_counted"]):
            continue
        line = lists.get((day, row["key"]), np.array([], dtype="int64"))
        evidence.append(lines.at(line, lines.part[line]))
        yield finding(AT_TARGET, value=float(row["at_target_counted"]), evidence=evidence, **common)


def _common(row: dict[Hashable, Any], day: pd.Timestamp, basis: Basis) -> dict[str, Any]:
    edition = basis.edition(day)
    notes = [UNAUDITED if row["unaudited"] else None, row["issue_note"], row["validity"], *_doubts(row)]
    return {
        "period": row["period"],
        "place": id_or_name(row),
        "n": int(row["n_samples"]),
        "coverage": float(row["coverage"]),
        "edition": edition.id,
        "clause": joined([edition.cited, row["evaluated_by"]]),
        "suffix": basis.suffix(day),
        "note": joined(notes),
    }


def _doubts(row: dict[Hashable, Any]) -> Iterator[Message]:
    """Say what the class hangs on, and what rests on half a detection limit."""
    if not pd.isna(row["to_check"]):
        yield Message("待核", "to be checked")
    yield from parts(row["hangs_on"])
    if row["n_flagged"] and pd.isna(row["hangs_on"]):
        yield Message("可疑值 {n} 个，类别不变", "{n} flagged values, the class stays", n=row["n_flagged"])
    if not pd.isna(row["half_limit"]):
        yield phrase("half_limit", names=of_text(row["half_limit"]))
    if not pd.isna(row["undecidable"]):
        yield phrase("undecidable", names=of_text(row["undecidable"]))


def _of_county(rows: pd.DataFrame, water_rates: pd.DataFrame, basis: Basis) -> Iterator[Finding]:
    inside = counted(rows, basis.levels)
    inside = inside[inside["assessed"]]
    for rate in water_rates.to_dict("records"):
        day = basis.periods["judged_on"][rate["period"]]
        edition, suffix = basis.edition(day), basis.suffix(day)
        here = inside[inside["period"] == rate["period"]]
        left = [phrase("left_out_section", section=one) for one in parts(rate["left_out"])]
        check = phrase("to_be_checked", names=rate["to_check"]) if rate["to_check"] else None
        notes = [UNAUDITED if here["unaudited"].any() else None, rate["issue_note"], *left, check]
        for name, (column, whole) in RATES.items():
            if rate[whole]:
                yield finding(
                    name, str(rate["period"]), basis.adcode, float(rate[column]), n=int(rate[whole]),
                    coverage=rate[whole] / rate["n_listed"], edition=edition.id, suffix=suffix,
                    clause=joined([edition.cited, RATES_CLAUSE]), note=joined(notes),
                    evidence=[_behind(name, here, edition, suffix)],
                )  # fmt: skip


def _behind(name: str, rows: pd.DataFrame, edition: Edition, suffix: str) -> Behind:
    table = limits_of(edition)
    counts = {
        "water.attainment_rate": (AT_TARGET, rows["at_target_counted"]),
        "water.good_share": (CLASS, rows["water_class"] <= table.rules["good_class"]),
        "water.worse_than_v_share": (CLASS, rows["water_class"] == table.worst),
    }
    indicator, parts = counts[name]
    kept = rows[parts.notna()]
    records = kept[["section_id", "name", "period"]].to_dict("records")
    ids = [figure_id(indicator, row["period"], id_or_name(row), suffix) for row in records]
    return figures_of(ids, parts.dropna().astype("float64").tolist())
