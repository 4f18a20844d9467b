"""Items of GB 3838 tables 2 and 3 in a file of samples: recognised by their heads, kept in a long table."""

from __future__ import annotations

from functools import cache

import pandas as pd

from gis.base.messages import listed
from gis.base.tables import conform, empty
from gis.ingest.amounts import amounts
from gis.ingest.heads import Taken, take_apart
from gis.ingest.measures import canonical_unit, factor
from gis.ingest.model import Findings, Raw, finding
from gis.standards import load

KIND, VALUE = "source_items", "concentration"
FAMILY = "drinking_water_sources"


@cache
def _known() -> dict[str, str]:
    found: dict[str, str] = {}
    for edition in load().family(FAMILY):
        for item, spec in edition.data["item"].items():
            for head in (spec["zh"], spec["en"], item, *spec.get("also", ())):
                for key in take_apart(head).keys:
                    found.setdefault(key, item)
    return found


def item_of(head: object) -> str | None:
    """Give the item that a head or the name of a long table's indicator stands for, or None.

    Examples
    --------
    >>> item_of("硝酸盐(以N计)(mg/L)")
    'nitrate'
    """
    if not isinstance(head, str):
        return None
    return next((_known()[key] for key in take_apart(head).keys if key in _known()), None)


def heads_of(raw: Raw, used: frozenset[str]) -> dict[str, str]:
    """Find the heads of further items among those that no canonical column took: head → item, each item once."""
    found: dict[str, str] = {}
    for head in map(str, raw.frame.columns):
        item = None if head in used else item_of(head)
        if item is not None and item not in found.values():
            found[head] = item
    return found


def source_items(raw: Raw, heads: dict[str, str], source: str) -> tuple[pd.DataFrame, Findings]:
    """Read the further items of one part.

    Parameters
    ----------
    heads
        From `heads_of`.

    Returns
    -------
    items, findings
        `source_items` on the index of `raw.frame` (repeated), mg/L, half the detection limit where not
        detected, blank cells left out; a head whose unit is no concentration is told and not read.
    """
    frames, findings = [], []
    for head, item in heads.items():
        unit = take_apart(head).unit
        if unit is not None and factor(unit, canonical_unit(KIND, VALUE) or "") is None:
            findings.append(finding("unit_not_read.item", head=head, unit=unit))
            continue
        read = amounts(VALUE, raw.frame[head].astype("object"), Taken(head, unit, "alias"), KIND)
        marks = pd.DataFrame(
            read.marks, columns=["at", "indicator", "mark", "text", "detection_limit", "reason"]
        )
        marks = marks.set_index("at").drop(columns="indicator")
        rows = pd.DataFrame({"item": item, VALUE: read.found}, index=range(len(raw.frame))).join(marks)
        rows = rows.assign(source=source, source_row=raw.rows.to_numpy()).set_axis(raw.frame.index)
        frames.append(rows[rows[VALUE].notna() | rows["mark"].notna()])
    full = [frame for frame in frames if len(frame)]
    if not full:
        return empty(KIND), findings
    findings.append(finding("source_items", names=listed(list(heads))))
    return conform(pd.concat(full), KIND), findings
