"""What a parcel says of its own state beside its dates: 核减 is no acceptance, whatever date stands beside it."""

from __future__ import annotations

import pandas as pd

from gis.base.errors import Choice
from gis.base.messages import Message
from gis.ingest.model import Options
from gis.ingest.questions import ask

STATE, DATES = "state_written", ("accepted_on", "recorded_on")
ACCEPTANCE = (*DATES, "accepted_no", "recorded_no", "accepted_area_mu")
REVERSED, OPEN = "reversed", "open"
SHOWN = 8


def by_state(
    table: pd.DataFrame, options: Options, source: str
) -> tuple[pd.DataFrame, list[tuple[str, str]]]:
    """Take the acceptance away from parcels that say they are off the account; ask about contradictions.

    Parameters
    ----------
    table
        Columns of `parcels`; `state_written` is accepted, reversed or open where its word is known.

    Returns
    -------
    table, findings
        A reversal with a date of its own is an event and needs nothing here.

    Raises
    ------
    Question
        A parcel says that it is not accepted, and an acceptance date stands beside it.
    """
    have = [name for name in ACCEPTANCE if name in table]
    if STATE not in table or not have:
        return table, []
    dated = table[have].notna().any(axis=1)
    dated_reversal = table["reversed_on"].notna() if "reversed_on" in table else False
    off = (table[STATE] == REVERSED) & dated & ~dated_reversal
    waiting = (table[STATE] == OPEN) & dated
    if waiting.any():
        off |= waiting & (_asked(table, waiting, options, source) == "state")
    if not off.any():
        return table, []
    rows = "、".join(table["source_row"][off].astype(str)[:SHOWN])
    message = Message(
        "{n} 行的状态不是已验收（核减、未验收），旁边的验收日期不计（第 {rows} 行）",
        "{n} rows say they are not accepted (核减, 未验收): the acceptance beside it does not count (rows {rows})",
        n=int(off.sum()), rows=rows,
    )  # fmt: skip
    kept = {name: table[name].where(~off, None) for name in have}
    return table.assign(**kept), [("state_not_accepted", message.stored)]


def _asked(table: pd.DataFrame, waiting: pd.Series, options: Options, source: str) -> str:
    name = next(one for one in ACCEPTANCE if one in table and table[one][waiting].notna().any())
    rows = tuple(
        f"第 {table.loc[at, 'source_row']} 行 {table.loc[at, 'parcel_id'] if 'parcel_id' in table else ''}"
        f" {_day(table.loc[at, name])}"
        for at in table.index[waiting][:2]
    )
    what = Message(
        "{n} 行的状态写着未验收，旁边却有验收日期或文号",
        "{n} rows say not accepted, yet an acceptance stands beside it",
        n=int(waiting.sum()),
    )  # fmt: skip
    choices = [
        Choice("state", Message("按状态，不计验收", "the state holds: not accepted"), rows),
        Choice("date", Message("按日期，计验收", "the date holds: accepted")),
    ]
    return ask(options, "state:验收", what, choices, file=source, heads=table.columns)


def _day(value: object) -> str:
    return value.date().isoformat() if isinstance(value, pd.Timestamp) else str(value)
