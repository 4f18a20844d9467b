"""Names and days that stand once for the rows below them, as a table has them whose merged cells were undone."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from gis.ingest.distinct import those
from gis.ingest.heads import Match
from gis.ingest.model import Raw, finding
from gis.ingest.values import is_missing, plain

PLACES, TIMES = ("section", "station", "section_id", "station_id"), ("sampled_at", "time", "date")
MEASURED = frozenset(("samples", "air_hours", "air_days"))
DITTO = frozenset(("〃", "″", '"', "同上", "同左", "''"))
LEAST, FEWEST = 1 / 3, 2  # of the rows, and rows: fewer blanks are cells that somebody forgot


def lent(raw: Raw, match: Match, kind: str) -> tuple[Raw, list[tuple[str, str]]]:
    """Give readings the name or the day of the row above where a good part of the rows has none.

    Returns
    -------
    raw, findings
        As it was where the first row has none, few rows lack it, or two rows would be of one place and time.
    """
    place, time = _head(match, PLACES), _head(match, TIMES)
    if kind not in MEASURED or place is None or time is None or place == time:
        return raw, []
    frame = raw.frame
    holes = {head: _holes(frame[head]) for head in (place, time)}
    lacking = [head for head, blank in holes.items() if blank.any()]
    if len(lacking) != 1:
        return raw, []
    head = lacking[0]
    blank, cells = holes[head], frame[head].astype("object")
    ditto = those(cells, lambda cell: plain(cell) in DITTO)
    many = blank.mean() >= LEAST and blank.sum() >= FEWEST
    if blank.iloc[0] or not (ditto.any() or many):
        return raw, []
    filled = frame.assign(**{head: cells.where(~blank).ffill()})
    if filled[[place, time]].astype(str).duplicated().any():
        return raw, []
    told = finding("lent_from_above", head=head, n=int(blank.sum()))
    return replace(raw, frame=filled), [told]


def _head(match: Match, names: tuple[str, ...]) -> str | None:
    return next((match.columns[name].head for name in names if name in match.columns), None)


def _holes(cells: pd.Series) -> pd.Series:
    """Say which cells hold nothing, or a sign for the one above."""
    told = those(cells, lambda cell: not is_missing(cell) and plain(cell) not in DITTO)
    return pd.Series(~told, cells.index)
