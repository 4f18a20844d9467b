"""Ledger events (台账事件) of long tables and of wide date columns, one row an event; states derive."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from gis.base.stored_words import words_of

EVENTS = ("identified", "approved", "cleared", "supplied", "disposed", "accepted", "recorded", "reversed")
EVENT_WORDS = {event: words_of("event")[event][0] for event in EVENTS}
KEYS = ["parcel_id", "event", "date", "area_mu", "document_no", "table", "source", "source_row"]
NUMBERS = {event: f"{event}_no" for event in EVENTS} | {"approved": "approval_no", "supplied": "contract_no"}


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
    if listed is not None and len(listed):
        frames.append(listed.assign(table="ledger_events")[KEYS])
    long = frames[-1]
    said = pd.MultiIndex.from_frame(long.loc[long["date"].notna(), ["parcel_id", "event"]])
    for event in EVENTS:
        column = f"{event}_on"
        stated = _stated(parcels, event)
        if not stated.any():
            continue
        asked = ["parcel_id", column, NUMBERS[event], "accepted_area_mu", "source", "source_row"]
        some = pd.DataFrame(parcels[[name for name in asked if name in parcels]])[stated]
        area = some.get("accepted_area_mu") if event == "accepted" else None
        wide = some.assign(
            event=event,
            date=some[column],
            area_mu=area,
            document_no=some.get(NUMBERS[event]),
            table="parcels",
        )[KEYS]
        if len(said):
            wide = wide[~pd.MultiIndex.from_frame(wide[["parcel_id", "event"]]).isin(said)]
        frames.append(wide)
    filled = [pd.DataFrame(frame) for frame in frames if len(frame)] or frames[:1]
    return _ordered(pd.concat([frame.astype(frames[0].dtypes) for frame in filled], ignore_index=True))


def position_of(wanted: pd.Series, ids: pd.Series) -> npt.NDArray[np.int64]:
    """Give where each wanted id stands among some ids, which are unique; -1 where it does not, or is missing."""
    codes = pd.factorize(pd.concat([ids, wanted], ignore_index=True))[0]
    places = np.full(len(codes) + 1, -1)
    places[codes[: len(ids)]] = np.arange(len(ids))
    places[-1] = -1
    return np.asarray(places[codes[len(ids) :]])


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
    codes, names = pd.factorize(events["event"])
    rank = np.array(
        [*(EVENTS.index(name) if name in EVENTS else len(EVENTS) for name in names), len(EVENTS)]
    )[codes]
    keys = ["date", "rank", "parcel_id", "document_no", "area_mu", "source", "source_row"]
    ordered = events.assign(rank=rank).sort_values(keys, ignore_index=True)
    return ordered.drop(columns="rank")


def _blank() -> pd.DataFrame:
    dtypes = {"date": "datetime64[us]", "area_mu": "float64", "source_row": "Int64"}
    return pd.DataFrame({key: pd.Series(dtype=dtypes.get(key, "str")) for key in KEYS})
