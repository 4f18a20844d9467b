"""Ledger events (台账事件) of long tables and of wide date columns, one row an event; states derive."""

from __future__ import annotations

import datetime as dt

import pandas as pd

EVENTS = ("identified", "approved", "cleared", "supplied", "disposed", "accepted", "recorded", "reversed")
EVENT_WORDS = dict(zip(EVENTS, ("认定", "批准", "清理", "供地", "处置", "验收", "入库", "核减"), strict=True))
KEYS = ["parcel_id", "event", "date", "area_mu", "document_no", "table", "source", "source_row"]
NUMBERS = {
    "identified": "identified_no",
    "approved": "approval_no",
    "cleared": "cleared_no",
    "supplied": "contract_no",
    "disposed": "disposed_no",
    "accepted": "accepted_no",
    "recorded": "recorded_no",
    "reversed": "reversed_no",
}


def events_of(parcels: pd.DataFrame, listed: pd.DataFrame | None) -> pd.DataFrame:
    """Put the long table and the wide date columns of the parcels together, one row an event.

    Parameters
    ----------
    parcels
        Canonical table; columns such as accepted_on, with accepted_area_mu (亩) for the acceptance.
    listed
        The long table. Where it holds a dated event of a kind for a parcel, the wide column of that
        kind says the same again and is left out. A number or an accepted area without a date is an
        event without a date.

    Returns
    -------
    events
        parcel_id, event, date, area_mu, document_no, table, source, source_row; in an order that
        does not depend on that of the rows.
    """
    frames = [_blank()]
    said = pd.MultiIndex.from_arrays([[], []])
    if listed is not None and len(listed):
        long = listed.assign(table="ledger_events")[KEYS]
        frames.append(long)
        said = pd.MultiIndex.from_frame(long.loc[long["date"].notna(), ["parcel_id", "event"]])
    for event in EVENTS:
        column = f"{event}_on"
        stated = _stated(parcels, event)
        if not stated.any():
            continue
        some = parcels[stated]
        area = some.get("accepted_area_mu") if event == "accepted" else None
        wide = some.assign(
            event=event,
            date=some[column],
            area_mu=area,
            document_no=some.get(NUMBERS[event]),
            table="parcels",
        )[KEYS]
        frames.append(wide[~pd.MultiIndex.from_frame(wide[["parcel_id", "event"]]).isin(said)])
    filled = [pd.DataFrame(frame) for frame in frames if len(frame)] or frames[:1]
    return _ordered(pd.concat([frame.astype(frames[0].dtypes) for frame in filled], ignore_index=True))


def state_on(events: pd.DataFrame, date: dt.date) -> pd.Series:
    """Derive the state of each parcel on a day: its latest dated event, by parcel_id."""
    past = _ordered(events[events["date"] <= pd.Timestamp(date)])
    return past.groupby("parcel_id")["event"].last()


def _stated(parcels: pd.DataFrame, event: str) -> pd.Series:
    """Tell which parcels have the event: by its date, or without one by its number or area alone.

    A file that dates no approval or supply gives those numbers as plain records, not as events.
    """
    nothing = pd.Series(False, index=parcels.index)
    dated = parcels[f"{event}_on"].notna() if f"{event}_on" in parcels else nothing
    number = NUMBERS[event]
    if number not in parcels or (event in ("approved", "supplied") and not dated.any()):
        return dated
    area = (
        parcels["accepted_area_mu"].notna()
        if event == "accepted" and "accepted_area_mu" in parcels
        else nothing
    )
    return dated | parcels[number].notna() | area


def _ordered(events: pd.DataFrame) -> pd.DataFrame:
    rank = events["event"].map({event: at for at, event in enumerate(EVENTS)})
    keys = ["date", "rank", "parcel_id", "document_no", "area_mu", "source", "source_row"]
    ordered = events.assign(rank=rank).sort_values(keys, ignore_index=True)
    return ordered.drop(columns="rank")


def _blank() -> pd.DataFrame:
    dtypes = {"date": "datetime64[us]", "area_mu": "float64", "source_row": "Int64"}
    return pd.DataFrame({key: pd.Series(dtype=dtypes.get(key, "str")) for key in KEYS})
