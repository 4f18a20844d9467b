"""What a parcel says of its own state beside its dates: 核减 is no acceptance, whatever date stands beside it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

import pandas as pd

from gis.base.messages import listed
from gis.ingest.model import Findings, Options, finding
from gis.ingest.patterns import patterns
from gis.ingest.questions import ask, question
from gis.ingest.values import is_missing, numbers, plain, words

STATE, REMARK = "state_written", "remark"
ACCEPTANCE = ("accepted_on", "recorded_on", "accepted_no", "recorded_no", "accepted_area_mu")
ACCEPTED, REVERSED, OPEN = "accepted", "reversed", "open"
SHOWN = 8
_SAYS = patterns("state")
_PERCENT = re.compile(r"(\d+(?:\.\d+)?)%")
_TICKS = frozenset("√✓✔")


class Said(NamedTuple):
    """A column that says something of the state: accepted, reversed, open, another word, or null."""

    head: str
    states: pd.Series
    strict: bool


def by_state(
    table: pd.DataFrame, own: pd.DataFrame, options: Options, source: str
) -> tuple[pd.DataFrame, Findings, list[str]]:
    """Take the acceptance away from parcels that say they are off the account; ask about contradictions.

    Parameters
    ----------
    table
        Columns of `parcels`; `state_written` is accepted, reversed or open where its word is known.
    own
        Columns of the file that were taken for nothing; some may say a state (是否核减, 验收结论, 进度).

    Returns
    -------
    table, findings, heads
        A reversal with a date of its own is an event and needs nothing here. `heads` are those of `own`
        that were read.

    Raises
    ------
    Question
        A parcel says that it is not accepted, or what nobody knows, and an acceptance stands beside it.
    """
    have = [name for name in ACCEPTANCE if name in table]
    dated = table[have].notna().any(axis=1)
    if not have or not dated.any():
        return table, [], []
    said = [*_said(table, own, options)]
    if "reversed_on" in table:
        dated &= table["reversed_on"].isna()
    off = pd.Series(False, index=table.index)
    for column in said:
        states = _known(column, dated, table, options, source)
        off |= (states == REVERSED) & dated
        waiting = (states == OPEN) & dated
        if waiting.any():
            off |= waiting & (_asked(table, waiting, options, source) == "state")
    _ask_of_parts(own, dated, table, options, source)
    findings: Findings = []
    if off.any():
        findings.append(finding("state_not_accepted", **_counted(table, off)))
    areas = table.get("accepted_area_mu", off)
    bare = dated & ~off & areas.isna()
    if bare.any() and areas.notna().any():
        findings.append(finding("accepted_without_area", **_counted(table, bare)))
    kept = {name: table[name].where(~off, None) for name in have if off.any()}
    return table.assign(**kept), findings, [column.head for column in said if column.head in own]


def _counted(table: pd.DataFrame, rows: pd.Series) -> dict[str, object]:
    return {"n": int(rows.sum()), "rows": listed(table["source_row"][rows], most=SHOWN)}


def state_of(word: str) -> str | None:
    """Give the state that a word says: accepted, reversed, open; None where nobody knows.

    Examples
    --------
    >>> state_of("已验收"), state_of("2023年核减"), state_of("未核减"), state_of("80%"), state_of("拟验收")
    ('accepted', 'reversed', 'accepted', 'open', 'open')
    """
    flat = plain(word)
    if flat in words(STATE):
        return words(STATE)[flat]
    if _SAYS["not_off"].search(flat):
        return ACCEPTED
    if _SAYS["off"].search(flat):
        return REVERSED
    if share := _PERCENT.fullmatch(flat):
        return ACCEPTED if float(share[1]) >= 100 else OPEN  # noqa: PLR2004
    if _SAYS["waits"].search(flat) and not (
        _SAYS["done"].search(flat) and not re.search(r"[未不待拟]", flat)
    ):
        return OPEN
    return ACCEPTED if _SAYS["accepts"].search(flat) else None


def _said(table: pd.DataFrame, own: pd.DataFrame, options: Options) -> Iterable[Said]:
    if STATE in table:
        yield Said(STATE, _read(table[STATE]), True)
    if REMARK in table:
        remarks = _read(table[REMARK])
        yield Said(REMARK, remarks.where(remarks == REVERSED), False)
    for head in map(str, own.columns):
        flat = plain(head)
        answer = options.answers.get(f"head:{head}")
        if (
            _SAYS["others"].search(flat)
            or _SAYS["areas"].search(flat)
            or (answer is not None and answer.value == "ignore")
        ):
            continue
        if _SAYS["off"].search(flat):
            yield Said(head, _read(own[head], flag=True), True)
        elif _SAYS["states"].search(flat):
            yield Said(head, _read(_unticked(own[head])), True)
        elif _SAYS["hints"].search(flat):
            yield Said(head, _read(own[head]), False)
        elif (out := _out(own[head])).any():
            yield Said(head, pd.Series(REVERSED, own.index, dtype="object").where(out, None), False)


def _out(cells: pd.Series) -> pd.Series:
    """Say which cells of any column hold nothing but a word of being taken off (处理意见: 剔除)."""
    found = {
        cell: isinstance(cell, str) and _SAYS["out"].fullmatch(plain(cell)) is not None
        for cell in cells.unique()
    }
    return cells.map(found).astype(bool)


def _unticked(cells: pd.Series) -> pd.Series:
    """Write no where a column of ticks has none."""
    told = {plain(cell) for cell in cells.dropna().unique()} - {""}
    if not told & _TICKS:
        return cells
    return cells.where(~cells.map(is_missing).astype(bool), "×")


def _read(cells: pd.Series, *, flag: bool = False) -> pd.Series:
    """Read words as states; of a flag (是否核减) yes is reversed and no is nothing."""
    found: dict[object, str | None] = {}
    for cell in cells.dropna().unique():
        state = None if is_missing(cell) and plain(cell) != "0" else state_of(str(cell)) or str(cell)
        if flag and plain(cell) in words("bool"):
            state = REVERSED if words("bool")[plain(cell)] == "true" else None
        found[cell] = state
    return cells.map(found).astype("object")


def _known(said: Said, dated: pd.Series, table: pd.DataFrame, options: Options, source: str) -> pd.Series:
    """Give the states of a column, words that nobody knows settled by the answers."""
    states = said.states
    strange = dated & states.notna() & ~states.isin((ACCEPTED, REVERSED, OPEN))
    if not said.strict:
        states = states.where(~strange, None)
        doubtful = dated & (states == REVERSED)
        if not _SAYS["hints"].search(plain(said.head)) and doubtful.any():
            word = "备注" if said.head == REMARK else said.head
            states = states.where(~doubtful, _which(word, doubtful, table, options, source))
        return states
    for word in states[strange].unique():
        rows = strange & (states == word)
        answer = _which(str(word), rows, table, options, source)
        states = states.where(~rows, REVERSED if answer == OPEN else answer)  # asked once, not twice
    return states


def _which(word: str, rows: pd.Series, table: pd.DataFrame, options: Options, source: str) -> str:
    asked = question("acceptance", {ACCEPTED: _examples(table, rows)}, n=int(rows.sum()), word=word)
    return ask(options, f"state:{word}", *asked, file=source, heads=table.columns)


def _ask_of_parts(
    own: pd.DataFrame, dated: pd.Series, table: pd.DataFrame, options: Options, source: str
) -> None:
    """Ask about areas that were taken off accepted parcels in part, since nothing here subtracts them."""
    for head in map(str, own.columns):
        if not (_SAYS["off"].search(plain(head)) and _SAYS["areas"].search(plain(head))):
            continue
        rows = dated & (pd.Series(numbers(own[head]).value, index=own.index) > 0)
        if rows.any():
            shown = {"ignore": _examples(table, rows)}
            asked = question("acceptance_part", shown, n=int(rows.sum()), head=head)
            ask(options, f"head:{head}", *asked, file=source, heads=own.columns)


def _examples(table: pd.DataFrame, rows: pd.Series) -> tuple[str, ...]:
    name = next(name for name in ACCEPTANCE if name in table and table[name][rows].notna().any())
    shown = [(row, row[name]) for row in table[rows].head(2).astype("object").to_dict("records")]
    return tuple(
        f"第 {row['source_row']} 行 {row.get('parcel_id', '')} {day.date() if isinstance(day, pd.Timestamp) else day}"
        for row, day in shown
    )


def _asked(table: pd.DataFrame, waiting: pd.Series, options: Options, source: str) -> str:
    asked = question("acceptance_state", {"state": _examples(table, waiting)}, n=int(waiting.sum()))
    return ask(options, "state:验收", *asked, file=source, heads=table.columns)
