"""Rows of an office's yearly table that are no targets: quarantined, each with its reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from gis.base.messages import Message
from gis.base.tables import conform
from gis.catalogue.model import Catalogue
from gis.catalogue.targets_table import TABLE, Refused, yearly_target
from gis.catalogue.timetable import DUE, is_quarter, month_of
from gis.ingest.model import Ingested
from gis.ingest.sheet_shape import set_aside
from gis.ingest.values import texts

YEARLY_TARGETS = TABLE
LEAST_MONTHS = 2


def checked(read: Ingested, catalogue: Catalogue) -> Ingested:
    """Part the rows that cannot be targets of the county.

    Parameters
    ----------
    read
        A layer of the kind `yearly_targets`, each file `dated`, then joined.

    Returns
    -------
    ingested
        A row with an unknown indicator or town, a goal that is no
        number, another unit, a timetable that does not lead to the goal, or a target of a row before
        it stands in `rejects`.
    """
    table = read.table
    refused, seen = {}, dict[str, Any]()
    for at, row in table.to_dict("index").items():
        cells = {month: row[name] for month, name in DUE.items() if not pd.isna(row[name])}
        found = yearly_target({str(name): value for name, value in row.items()}, cells, catalogue)
        if isinstance(found, Refused):
            refused[at] = found
        elif (first := seen.setdefault(found.id, row["source_row"])) != row["source_row"]:
            reason = Message("与第 {row} 行是同一目标", "the same target as in row {row}", row=first)
            refused[at] = Refused(
                "indicator", str(row["indicator"]), reason, Message("保留一行", "keep one of the rows")
            )
    if not refused:
        return read
    bad = table.index.isin(list(refused))
    return replace(
        read,
        table=table[~bad].reset_index(drop=True),
        own=read.own[~bad].reset_index(drop=True),
        rejects=pd.concat([read.rejects, _rejects(table[bad], read, refused)], ignore_index=True),
        sources=_counted(read.sources, table.loc[bad, "source"]),
    )


def dated(read: Ingested) -> Ingested:
    """Write the cells under heads that are months or quarters into due_MM; of both, the months count.

    Parameters
    ----------
    read
        One file, with its own columns.
    """
    taken = read.taken[~read.taken["column"].str.startswith("_due", na=False)]
    heads = [head for head in map(str, read.own.columns) if head not in set(taken["head"])]
    dated = {head: month for head in heads if (month := month_of(head)) is not None}
    cells = {head: texts(read.own[head].astype("object")) for head in dated}
    filled = read.table[list(DUE.values())].astype("object")
    for at in read.table.index:
        row = {head: cells[head][at] for head in dated if not pd.isna(cells[head][at])}
        months = {head: cell for head, cell in row.items() if not is_quarter(head)}
        for head, cell in (months if len(months) >= LEAST_MONTHS else row).items():
            filled.loc[at, DUE[dated[head]]] = str(cell)
    return replace(read, table=conform(read.table.assign(**filled), TABLE))


def _rejects(rows: pd.DataFrame, read: Ingested, refused: Mapping[Any, Refused]) -> pd.DataFrame:
    reasons = [refused[at] for at in rows.index]
    record = pd.DataFrame(rows.dropna(axis=1, how="all").drop(columns=["source", "source_row"]))
    return set_aside(
        record, (None, read.layer), source=rows["source"].to_numpy(), source_row=rows["source_row"].to_numpy(),
        field=[reason.field for reason in reasons], text=[reason.text for reason in reasons],
        reason=[reason.reason.stored for reason in reasons], fix=[reason.fix.stored for reason in reasons],
    )  # fmt: skip


def _counted(sources: pd.DataFrame, bad: pd.Series) -> pd.DataFrame:
    """Move rows from those kept to those quarantined."""
    counts = sources["source"].map(bad.value_counts()).fillna(0).astype("int64")
    fewer = {name: sources[name] - counts for name in ("rows_kept", "records") if name in sources}
    return sources.assign(**fewer, rows_quarantined=sources["rows_quarantined"] + counts)
