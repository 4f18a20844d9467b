"""Trace a figure back to the rows of the files that make it up."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from gis.base.errors import FigureError
from gis.base.tables import SOURCE_COLUMNS, TABLES, Column, Tables

DEEPEST = 6
KEYS_SHOWN = 4
COLUMNS = ["table", "source", "source_row", "part", "record"]


@dataclass(frozen=True)
class Trace:
    """One figure with everything behind it.

    Attributes
    ----------
    figure
        The row of `figures`: value, unit, n, coverage, edition, clause, formula, note.
    rows
        Source rows: table, source (file and sheet), source_row, part (its share of the value) and
        record, the row's own key values as text, empty where the row is not at hand.
    components
        The figures this one is made of, traced in turn.
    part
        What this figure gives to the one above it; None at the top.
    """

    figure: Mapping[str, Any]
    rows: pd.DataFrame
    components: tuple[Trace, ...] = ()
    part: float | None = None

    @property
    def has_data(self) -> bool:
        """Whether the figure has a value; where not, `rows` name the target's line."""
        return pd.notna(self.figure["value"])


def trace(figure_id: str, figures: pd.DataFrame, evidence: pd.DataFrame, tables: Tables) -> Trace:
    """Follow a figure to its source rows, through other figures where it is made of them.

    Parameters
    ----------
    figures, evidence
        Canonical tables, those of `scorecard.absent` included for targets without data.
    tables
        Ingested tables by name, for the key values of each row.

    Raises
    ------
    FigureError
        There is no such figure; the fix names the nearest ids.
    """
    tracer = _Tracer(figures, evidence, tables)
    if figure_id not in tracer.figures:
        near = difflib.get_close_matches(figure_id, list(tracer.figures), n=3, cutoff=0.5)
        fix = "did you mean " + ", ".join(near) if near else "gis scorecard lists the ids"
        raise FigureError(f'no figure "{figure_id}"', fix=fix)
    return tracer.follow(figure_id, None, ())


@dataclass
class _Tracer:
    figures_frame: pd.DataFrame
    evidence: pd.DataFrame
    tables: Tables
    figures: dict[str, dict[str, Any]] = field(init=False)

    def __post_init__(self) -> None:
        records: list[Any] = self.figures_frame.to_dict("records")
        self.figures = {row["figure_id"]: row for row in records}
        self._behind = self.evidence.groupby("figure_id", sort=False).indices
        self._indexed: dict[str, pd.DataFrame] = {}

    def follow(self, figure_id: str, part: float | None, above: tuple[str, ...]) -> Trace:
        found = self.evidence.iloc[self._behind.get(figure_id, [])]
        path = (*above, figure_id)
        parts = found["source"].isin(list(self.figures)) & ~found["source"].isin(path)
        deeper = (found["table"] == "figures") & parts & (len(path) < DEEPEST)
        components = tuple(
            self.follow(id_, None if pd.isna(share) else float(share), path)
            for id_, share in zip(found.loc[deeper, "source"], found.loc[deeper, "part"], strict=True)
        )
        return Trace(self.figures[figure_id], self._rows(found[~deeper]), components, part)

    def _rows(self, found: pd.DataFrame) -> pd.DataFrame:
        records = pd.Series("", index=found.index, dtype="str")
        for table, rows in found.groupby("table", sort=False):
            keys = pd.MultiIndex.from_frame(rows[list(SOURCE_COLUMNS)].astype("object"))
            cells = self._index(str(table)).reindex(keys)
            columns = TABLES.get(str(table), {})
            records.loc[rows.index] = pd.array([_record(row, columns) for row in _dicts(cells)], dtype="str")
        return found.assign(record=records)[COLUMNS].reset_index(drop=True)

    def _index(self, table: str) -> pd.DataFrame:
        if table not in self._indexed:
            frame = self.tables.get(table)
            if frame is None or not set(SOURCE_COLUMNS) <= set(frame.columns):
                frame = pd.DataFrame(columns=list(SOURCE_COLUMNS))
            shown = [name for name in frame.columns if name not in ("geometry", "layer", *SOURCE_COLUMNS)]
            plain = pd.DataFrame(frame[[*SOURCE_COLUMNS, *shown]]).drop_duplicates(list(SOURCE_COLUMNS))
            self._indexed[table] = plain.astype("object").set_index(list(SOURCE_COLUMNS))
        return self._indexed[table]


def _dicts(cells: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(name): cell for name, cell in row.items()} for row in cells.to_dict("records")]


def _record(row: Mapping[str, Any], columns: Mapping[str, Column]) -> str:
    known = [(name, cell) for name, cell in row.items() if pd.notna(cell)][:KEYS_SHOWN]
    return " · ".join(
        f"{columns[name].zh if name in columns else name} {_cell(cell)}" for name, cell in known
    )


def _cell(cell: Any) -> str:
    if isinstance(cell, pd.Timestamp):
        return cell.strftime("%Y-%m-%d" if cell == cell.normalize() else "%Y-%m-%d %H:%M")
    return f"{cell:g}" if isinstance(cell, float) else str(cell)
