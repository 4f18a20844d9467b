"""Long tables (a row for each section, time and indicator) → one record for each section and time."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from gis.base.tables import conform
from gis.ingest.blocks import indicators
from gis.ingest.heads import recognised
from gis.ingest.model import Options, Raw
from gis.ingest.sheet_shape import records
from gis.ingest.source_items import item_of
from gis.ingest.identity import VERTICALS
from gis.ingest.values import is_blank, number, plain

INDICATOR, VALUE, UNIT, LIMIT = "_indicator", "_value", "_value_unit", "_limit"
TWICE = "同一记录同一指标出现两次，取后者 · the same indicator of the same record stands twice, the later one is taken"
NAMELESS = "指标名称为空 · the name of the indicator is empty"
FIX = "删去其中一行或补全 · delete one of the rows, or fill it in"


def widened(raw: Raw, options: Options) -> Raw:
    """Bring a long table to one row for each record.

    Parameters
    ----------
    raw
        Shape (n,); a column names the indicator, one holds the value, others its unit and limit.

    Returns
    -------
    raw
        As it came where it is no long table. Else a column for each indicator, ``name(unit)``; `rows`
        are those of the first line of each record; lines that stand twice are in `rejects`.
    """
    heads = {recognised(head, options.kind): str(head) for head in reversed(raw.frame.columns)}
    measured = indicators(options.kind)
    if not measured or measured & heads.keys() or not {INDICATOR, VALUE} <= heads.keys():
        return raw
    frame = raw.frame.reset_index(drop=True)
    names = frame[heads[INDICATOR]].map(lambda cell: "" if is_blank(cell) else str(cell).strip())
    same = [head for head in frame if _tells_records(str(head), options.kind)]
    record = pd.Series(frame[same].astype(str).groupby(same, sort=False).ngroup() if same else 0, frame.index)
    what = names.map(lambda name: recognised(name, options.kind) or item_of(name) or plain(name))
    if not (what.isin(list(measured)) | names.map(item_of).notna()).any():
        return raw
    twice = pd.DataFrame({"record": record, "what": what}).duplicated(keep="last") & names.ne("")
    bad = twice | names.eq("")
    lines = pd.DataFrame(
        {"record": record, "head": names + _units(frame, heads, names), "cell": _cells(frame, heads)}
    )[~bad]
    order = list(dict.fromkeys(lines["head"]))
    wide = lines.pivot_table("cell", "record", "head", aggfunc="last", sort=False)
    first = record[~bad].drop_duplicates()
    kept = frame.loc[first.index, same].reset_index(drop=True)
    kept = pd.concat(
        [kept, wide.reindex(index=first.to_numpy(), columns=order).reset_index(drop=True)], axis=1
    )
    message = (
        f"长表：{len(frame):,} 行按断面/站点和时间合并为 {len(kept):,} 条记录"
        f" · a long table: {len(frame):,} lines make {len(kept):,} records, a column for each indicator"
    )
    return replace(
        raw, frame=kept.astype("object"), rows=raw.rows.reset_index(drop=True)[first.index].reset_index(drop=True),
        findings=(*raw.findings, ("long_table", message)),
        rejects=pd.concat([raw.rejects, _rejects(frame, raw, bad, twice, options)], ignore_index=True),
    )  # fmt: skip


def _tells_records(head: str, kind: str) -> bool:
    name = recognised(head, kind)
    return head in VERTICALS or (name is not None and name not in (INDICATOR, VALUE, UNIT, LIMIT))


def _units(frame: pd.DataFrame, heads: dict[str | None, str], names: pd.Series) -> pd.Series:
    """Give the unit behind each name; where an indicator has several, each is a column of its own."""
    if UNIT not in heads:
        return names.map(lambda _: "")
    return frame[heads[UNIT]].map(lambda cell: "" if is_blank(cell) else f"({str(cell).strip()})")


def _cells(frame: pd.DataFrame, heads: dict[str | None, str]) -> pd.Series:
    cells = frame[heads[VALUE]].astype("object")
    if LIMIT not in heads:
        return cells
    pairs = zip(cells, frame[heads[LIMIT]], strict=True)
    return pd.Series([_with_limit(cell, limit) for cell, limit in pairs], index=frame.index, dtype="object")


def _with_limit(cell: Any, limit: Any) -> Any:
    read, bound = number(cell), number(limit)
    lacking = read.mark == "non_detect" and np.isnan(read.limit)
    return f"<{bound.value:g}" if lacking and bound.mark is None and bound.value > 0 else cell


def _rejects(
    frame: pd.DataFrame, raw: Raw, bad: pd.Series, twice: pd.Series, options: Options
) -> pd.DataFrame:
    if not bad.any():
        return raw.rejects.iloc[:0]
    return conform(
        pd.DataFrame(
            {
                "layer": options.layer, "source": f"{raw.path.name}#{raw.part}" if raw.part else raw.path.name,
                "source_row": raw.rows.to_numpy()[bad.to_numpy()], "field": None, "text": None,
                "reason": np.where(twice[bad], TWICE, NAMELESS), "fix": FIX, "record": records(frame[bad]),
            }
        ),
        "rejects",
    )  # fmt: skip
