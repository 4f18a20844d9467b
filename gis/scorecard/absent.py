"""A target without data is a figure too: it has no value, and its evidence is its line in the file."""

from __future__ import annotations

from typing import Any

import pandas as pd

from gis.base.figures import indicator
from gis.base.messages import Message
from gis.base.tables import Assessment, conform
from gis.catalogue import Catalogue, YearlyTarget, target_lines


def absent(
    catalogue: Catalogue, targets: pd.DataFrame, figures: pd.DataFrame, evidence: pd.DataFrame | None = None
) -> Assessment:
    """Make a figure without value for every judged target that has none, tied to its line or row.

    Parameters
    ----------
    targets
        What `judge` gives.
    figures
        Canonical table `figures`; no id that is there is made again.
    evidence
        Canonical table `evidence`: a count of 0 has no rows behind it and rests on the target's line too.

    Returns
    -------
    assessment
        Figures (value null, never 0) and evidence (table `targets`, the file and its line or row), to
        be put behind the others, so that such a target can be traced like any other.
    """
    tabled = [one for one in catalogue.targets if isinstance(one, YearlyTarget)]
    lines = target_lines(catalogue.folder) | {one.id: (one.source, one.source_row) for one in tabled}
    valued = figures.loc[figures["value"].notna(), "figure_id"]
    without = targets["value"].isna() & ~targets["figure_id"].isin(valued)
    if evidence is not None:
        without |= targets["value"].eq(0) & ~targets["figure_id"].isin(evidence["figure_id"])
    missing = targets[without]
    if missing.empty:
        return Assessment()
    places = [lines.get(id_, ("", None)) for id_ in missing["target_id"]]
    behind = pd.DataFrame(
        {
            "figure_id": missing["figure_id"].to_numpy(),
            "table": "targets",
            "source": [file for file, _ in places],
            "source_row": [line for _, line in places],
        }
    )
    unmade = missing[~missing["figure_id"].isin(figures["figure_id"])].drop_duplicates("figure_id")
    made = [_without_value(row) for row in unmade.to_dict("records")]
    return Assessment({}, conform(pd.DataFrame(made), "figures"), conform(behind, "evidence"))


def _without_value(target: Any) -> dict[str, Any]:
    formula = indicator(target["indicator"]).formula
    copied = ("figure_id", "indicator", "period", "place", "digits", "unit", "edition")
    return {
        **{name: target[name] for name in copied},
        "formula": Message(formula["zh"], formula["en"]).stored,
        "note": Message("无数据", "no data").stored,
    }
