"""One table of everything that someone must look at, each with the person in charge and the rows behind it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import replace

import pandas as pd

from gis.base.figures import assessment
from gis.base.messages import SEPARATORS, listed
from gis.base.tables import Assessment, conform
from gis.catalogue import Catalogue
from gis.scorecard.chiefs import chiefs
from gis.scorecard.watch import Case, Scene, cases
from gis.standards import Editions

ROWS_NAMED = 3


def alerts(
    catalogue: Catalogue, editions: Editions, made: Assessment, as_of: dt.date, seen: Collection[str] = ()
) -> Assessment:
    """Look at everything that `[alerts]` of the county names.

    Parameters
    ----------
    made
        Tables read and computed by all subjects (those of withheld layers are not there), figures and
        evidence.
    as_of
        Silence is reckoned from the newest reading of the network on that day, else from its end.
    seen
        Ids of the alerts that were acknowledged last: all others are new.

    Returns
    -------
    assessment
        Table `alerts`: one a section and month with all its reasons, one for a silent network; and the figures
        that no subject makes: the class of the month in question, the hours without a reading. alert_id is
        the kinds, period (of a silence: the last reading) and place, so that one thing that lasts stays one alert.
    """
    scene = Scene(
        made.tables, catalogue, editions, as_of, chiefs(made.tables, as_of, catalogue.county.air_stations)
    )
    found = [_with_figure(one, made.figures["figure_id"]) for one in cases(scene)]
    further = assessment({}, {one.figure_id: one.made for one in found if one.made}.values())
    ids, both = {one.figure_id for one in found}, (made.evidence, further.evidence)
    behind = _behind(
        pd.concat([rows[rows["figure_id"].isin(ids)].astype({"figure_id": "str"}) for rows in both])
    )
    rows = [
        {
            "alert_id": ".".join(("+".join(one.kinds or (one.kind,)), one.since, one.place)),
            "kind": one.kind, "place": one.place, "name": one.name, "period": one.since,
            "message": one.said.stored,
            "person": one.person, "value": one.value, "limit": one.limit,
            "unit": one.unit, "figure_id": one.figure_id, "rows": behind.get(one.figure_id),
        }
        for one in found
    ]  # fmt: skip
    table = conform(pd.DataFrame(rows), "alerts").drop_duplicates("alert_id", ignore_index=True)
    table["is_new"] = (~table["alert_id"].isin(list(seen))).astype("boolean")
    return Assessment({"alerts": table}, further.figures, further.evidence)


def _with_figure(case: Case, known: pd.Series) -> Case:
    """Point at the figure under the edition it was judged by, where its id ends in one."""
    if case.made or known.eq(case.figure_id).any():
        return case
    others = known[known.str.startswith(f"{case.figure_id}.")]
    return replace(case, figure_id=str(others.iloc[0])) if len(others) else case


def _behind(evidence: pd.DataFrame) -> dict[str, str]:
    """Name the first source rows of each figure, and how many there are."""
    out = {}
    for figure_id, rows in evidence.groupby("figure_id", sort=False):
        named = [
            source if pd.isna(row) else f"{source} {row}"
            for source, row in zip(rows["source"].head(ROWS_NAMED), rows["source_row"], strict=False)
        ]
        more = [f"… (n = {len(rows):,})"] if len(rows) > ROWS_NAMED else []
        out[str(figure_id)] = listed([*named, *more], *SEPARATORS).stored if named[1:] else "".join(named)
    return out
