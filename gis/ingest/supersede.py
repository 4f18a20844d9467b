"""A row that returns later is a newer version of the same thing: the later one wins, both are listed."""

from __future__ import annotations

import pandas as pd

from gis.base.tables import conform, empty
from gis.ingest.sheet_shape import records

KEYS: dict[str, tuple[tuple[tuple[str, ...], ...], tuple[str, ...]]] = {
    "parcels": ((("parcel_id",),), ()),
    "samples": ((("section_id", "section"), ("sampled_at",)), ("method",)),
    "air_hours": ((("station_id", "station"), ("time",)), ()),
    "air_days": ((("station_id", "station"), ("date",)), ()),
    "tax": ((("payer_id", "payer"), ("year",)), ()),
    "statistics": ((("indicator",), ("year",)), ("place",)),
    "sections": ((("section_id", "name"),), ("valid_from",)),
    "outfalls": ((("outfall_id",),), ()),
    "stations": ((("station_id", "name"),), ()),
    "actions": ((("action_id",),), ()),
    "water_bank": ((("record_id",),), ()),
    "farmland_cases": ((("case_id",),), ()),
    "control_lines": ((("line_id",),), ()),
    "waters": ((("water_id",),), ()),
    "boundaries": ((("place_code",),), ()),
    "features": ((("feature_id",),), ()),
}
AREAS = ("省份",)
VERTICALS = (
    "垂线",
    "垂线名称",
    "垂线编号",
    "采样垂线",
    "测线",
    "采样位置",
    "采样点位",
    "层次",
    "采样层次",
    "水层",
    "采样深度",
    "左中右",
)
IN_PIECES = frozenset(("control_lines", "waters", "boundaries", "features"))


def keys(table: pd.DataFrame, kind: str) -> pd.Series:
    """Give the key of each row as text; null where a part that it needs is null.

    A control line, a water, a boundary or a feature may stand in one file in several pieces of one
    id: there a row is superseded by another source only. Where the file has a column 省份 it is part
    of the key, since provinces share names of sections; and so are the verticals and layers (垂线, 层次) of
    samples, which are taken at one time.
    """
    if kind == "ledger_events":
        known = _key(table, ((("parcel_id",), ("event",), ("date",))), ("document_no",))
        return table["event_id"].astype("object").where(table["event_id"].notna(), known)
    if kind in KEYS:
        needed, more = KEYS[kind]
        apart = (*AREAS, *(VERTICALS if kind == "samples" else ()))
        return _key(table, needed, (*more, *(name for name in apart if name in table)))
    return pd.Series(None, index=table.index, dtype="object")


def supersede(table: pd.DataFrame, kind: str, layer: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Part rows into those that stand and those that a later row of the same key replaces.

    Parameters
    ----------
    table
        Shape (n,), in the order of the sources; columns source and source_row.

    Returns
    -------
    table, superseded
        Index of `table` kept; `superseded` names the row that wins.
    """
    key = keys(table, kind)
    last = pd.Series(table.index, index=table.index).groupby(key).transform("max")
    old = key.notna() & (last != table.index)
    if kind in IN_PIECES:
        final = table["source"].reindex(last).set_axis(table.index)
        old &= final.notna() & (final != table["source"])
    if not old.any():
        return table, empty("superseded")
    gone, winner = table[old], table.loc[last[old]]
    listed = pd.DataFrame(
        {
            "layer": layer,
            "source": gone["source"].to_numpy(),
            "source_row": gone["source_row"].to_numpy(),
            "key": key[old].to_numpy(),
            "by_source": winner["source"].to_numpy(),
            "by_source_row": winner["source_row"].to_numpy(),
            "record": records(pd.DataFrame(gone.drop(columns="geometry", errors="ignore"))),
        }
    )
    return table[~old], conform(listed, "superseded")


def _key(table: pd.DataFrame, needed: tuple[tuple[str, ...], ...], more: tuple[str, ...]) -> pd.Series:
    parts = []
    for names in needed:
        part = table[names[0]].astype("object")
        for name in names[1:]:
            part = part.where(part.notna(), table[name].astype("object"))
        parts.append(part)
    whole = pd.concat(parts, axis=1).notna().all(axis=1)
    parts += [table[name].astype("object").where(table[name].notna(), "") for name in more]
    text = parts[0].astype(str)
    for part in parts[1:]:
        text = text + " | " + part.astype(str)
    return text.astype("object").where(whole, None)
