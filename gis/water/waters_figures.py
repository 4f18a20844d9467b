"""Figures of lakes, groups of sections and the water quality index, each tied to what it is made of."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Any

import numpy as np
import pandas as pd

from gis.base.figures import Finding, figure_id, figures_of, finding
from gis.base.messages import Message, joined, parts
from gis.standards.editions import Edition
from gis.water.figures import AT_TARGET, CLASS, Basis
from gis.water.groups import COUNTY, PLACE
from gis.water.index import RANKING, SECTION
from gis.water.lakes import POINT, TROPHIC, weights_of
from gis.water.periods import EVALUATION

TLI, TLI_PART = "water.tli", "water.tli_part"
GRADE, SHARE = "water.grade", "water.group_share"
CWQI, CWQI_CHANGE = "water.cwqi", "water.cwqi_change"
SHARES = {
    "attainment": ("attainment_rate", "n_with_target"),
    "good": ("good_share", "n_assessed"),
    "worse_than_v": ("worse_share", "n_assessed"),
}
Row = dict[Hashable, Any]


def waters_findings(
    made: dict[str, pd.DataFrame], inside: pd.DataFrame, spots: pd.DataFrame, basis: Basis
) -> Iterator[Finding]:
    """Make water.tli, .tli_part.*, .grade, .group_share.*, .cwqi and .cwqi_change.

    Parameters
    ----------
    made
        lake_states, water_groups and water_index.
    inside, spots
        From `groups.members` and `index.places`.

    Yields
    ------
    finding
        For each year and for January to the month of `as_of`, as the figures of the sections. The parts
        of a lake section rest on its records, its TLI on its parts (they add up to it), a lake's on its
        sections; grades and shares on the figures of the sections; an index on those of the sections.
    """
    chosen = {name: frame[frame["period"].isin(basis.periods.index)] for name, frame in made.items()}
    yield from _lakes(chosen["lake_states"], basis)
    yield from _groups(chosen["water_groups"], _members(inside, basis), basis)
    assessed = spots[spots["not_assessed"].isna()]
    yield from _index(chosen["water_index"], _members(assessed, basis), basis)


def _members(inside: pd.DataFrame, basis: Basis) -> dict[Hashable, pd.DataFrame]:
    """Give the verdicts of the sections of each place and period, by code, or by name where there is none."""
    rows = inside[inside["period"].isin(basis.periods.index)]
    codes = rows["section_id"].astype("object").fillna(rows["name"])
    return dict(iter(rows[[*PLACE, "water_class", "at_target"]].assign(section_id=codes).groupby(PLACE)))


def _lakes(states: pd.DataFrame, basis: Basis) -> Iterator[Finding]:
    edition = basis.editions.in_force(TROPHIC, basis.as_of)
    known = states[states["tli"].notna()]
    weights = weights_of(known, edition)
    items = {spec["part"]: key for key, spec in edition.data["item"].items()}
    for row, weight in zip(known.to_dict("records"), weights.to_dict("records"), strict=True):
        common = _common(row, edition)
        if row["place_kind"] != POINT:
            points = known[
                known["place_kind"].eq(POINT)
                & known["period"].eq(row["period"])
                & known["lake"].eq(row["place"])
            ]
            ids = [figure_id(TLI, row["period"], place) for place in points["place"]]
            behind = [figures_of(ids, points["tli"].tolist())]
            yield finding(TLI, value=float(row["tli"]), n=int(row["n_points"]), evidence=behind, **common)
            continue
        records = basis.records(row)
        parts = [part for part in items if not pd.isna(row[part])]
        for part in parts:
            values = basis.used[items[part]].to_numpy()[records]
            there = ~np.isnan(values)
            behind = [basis.rows.at(records[there], values[there])]
            name = f"{TLI_PART}.{items[part]}"
            yield finding(name, value=float(row[part]), n=int(there.sum()), evidence=behind, **common)
        ids = [figure_id(TLI_PART, items[part], row["period"], row["place"]) for part in parts]
        behind = [figures_of(ids, [row[part] * weight[part] for part in parts])]
        yield finding(TLI, value=float(row["tli"]), n=len(parts), evidence=behind, **common)


def _common(row: Row, edition: Edition, **more: Any) -> dict[str, Any]:
    return {
        "period": str(row["period"]), "place": str(row["place"]), "edition": edition.id,
        "clause": edition.cited, "note": joined(parts(row["note"])), **more,
    }  # fmt: skip


def _groups(rows: pd.DataFrame, inside: dict[Hashable, pd.DataFrame], basis: Basis) -> Iterator[Finding]:
    edition = basis.editions.in_force(EVALUATION, basis.as_of)
    for row in rows[rows["n_assessed"] > 0].to_dict("records"):
        here = inside.get(tuple(row[one] for one in PLACE))
        if here is None:
            continue
        here = here[here["water_class"].notna()]
        day = basis.periods["judged_on"][row["period"]]
        suffix, whole = basis.suffix(day), row["n_assessed"] / row["n_sections"]
        common = _common(row, edition, suffix=suffix, coverage=whole)
        classes = [figure_id(CLASS, row["period"], one, suffix) for one in here["section_id"]]
        if not pd.isna(row["grade_code"]):
            behind = figures_of(classes, here["water_class"].astype("float64").tolist())
            yield finding(GRADE, value=float(row["grade_code"]), n=len(here), evidence=[behind], **common)
        if row["place_kind"] == COUNTY:
            continue
        limits = basis.edition(day).data["evaluation"]
        met = {
            "attainment": here["at_target"],
            "good": here["water_class"] <= limits["good_class"],
            "worse_than_v": here["water_class"] >= len(limits["numerals"]),
        }
        for name, (column, count) in SHARES.items():
            if not row[count]:
                continue
            parts = met[name].dropna()
            stem = AT_TARGET if name == "attainment" else CLASS
            ids = [figure_id(stem, row["period"], one, suffix) for one in here.loc[parts.index, "section_id"]]
            behind = figures_of(ids, parts.astype("float64").tolist())
            value, n = float(row[column]), int(row[count])
            yield finding(f"{SHARE}.{name}", value=value, n=n, evidence=[behind], **common)


def _index(rows: pd.DataFrame, inside: dict[Hashable, pd.DataFrame], basis: Basis) -> Iterator[Finding]:
    edition = basis.editions.in_force(RANKING, basis.as_of)
    of_section = rows[rows["place_kind"] == SECTION].set_index(["place", "period"])["cwqi"].to_dict()
    before = rows.set_index(PLACE)["cwqi"].to_dict()
    for row in rows[rows["cwqi"].notna()].to_dict("records"):
        here = inside.get(tuple(row[one] for one in PLACE))
        if here is None:
            continue
        period = row["period"]
        suffix = basis.suffix(basis.periods["judged_on"][period])
        common = _common(row, edition, suffix=suffix)
        of_sections = row["place_kind"] != SECTION
        ids = [figure_id(CWQI if of_sections else CLASS, period, id_, suffix) for id_ in here["section_id"]]
        classes = here["water_class"].astype("float64").tolist()
        values = [of_section.get((id_, period)) for id_ in here["section_id"]] if of_sections else classes
        behind = figures_of(ids, values)
        items = Message("{n} 项指标", "{n} indicators", n=row["n_items"])
        common["note"] = joined([common["note"], items])
        n = int(row["n_river"] + row["n_lake"])
        yield finding(CWQI, value=float(row["cwqi"]), n=n, evidence=[behind], **common)
        base = row["base_period"]
        then = before.get((row["place_kind"], row["place"], base))
        if pd.isna(row["change_percent"]) or then is None:
            continue
        pair = [figure_id(CWQI, period, row["place"], suffix), figure_id(CWQI, base, row["place"], suffix)]
        behind = figures_of(pair, [row["cwqi"], then])
        yield finding(CWQI_CHANGE, value=float(row["change_percent"]), n=2, evidence=[behind], **common)
