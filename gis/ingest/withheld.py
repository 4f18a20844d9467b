"""Columns that a public copy leaves out (不公开字段): whose cells stand in no table, log or evidence of it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from gis.base.errors import CatalogueError
from gis.base.lineage import Lineage
from gis.base.messages import listed
from gis.base.tables import SOURCE_COLUMNS, TABLES, Tables
from gis.catalogue.model import Layer
from gis.ingest.model import Ingested
from gis.ingest.refusals import refusal

SHORTEST, DIGITS_IN_LOGS, DIGITS = 2, 4, 8  # shorter numbers may be years, counts and codes
HIDDEN = "〔不公开〕"
RAW = {"rejects": ["text", "record"], "superseded": ["key", "record"]}
NEEDED = {"geometry", "layer", *SOURCE_COLUMNS}


@dataclass(frozen=True)
class Withheld:
    """What a public copy leaves out of one layer: its columns, and their cells wherever they are told again.

    Attributes
    ----------
    cells, in_logs
        What is taken out of the texts of tables, and of logs, where short numbers are cells as well.
    """

    layer: str
    kind: str
    columns: frozenset[str]
    sources: frozenset[str]
    cells: re.Pattern[str] | None
    in_logs: re.Pattern[str] | None


def withheld_of(one: Ingested, layer: Layer) -> Withheld:
    """Find the columns that a layer declares, by the heads of its files or the names of canonical columns.

    Raises
    ------
    CatalogueError
        No file of the layer has a column that is declared: a slip would publish it.
    """
    names = frozenset(layer.about.withheld_columns)
    columns: set[str] = set()
    for name in names:
        found = {*_columns(one, layer, name)}
        if not found and name not in set(one.heads["head"]):
            heads = listed(dict.fromkeys(one.heads["head"].dropna().astype("str")))
            raise refusal(CatalogueError, "withheld_column", found=heads, layer=layer.id, name=name)
        columns |= found
    taken = one.taken.loc[one.taken["column"].isin(columns), "head"].dropna().astype("str")
    cells = [*_cells(one.table, columns), *_of_records(one, {*names, *columns, *taken})]
    patterns = (_pattern(cells, DIGITS), _pattern(cells, DIGITS_IN_LOGS))
    return Withheld(layer.id, one.kind, frozenset(columns), frozenset(one.sources["source"]), *patterns)


def _pattern(cells: Iterable[str], digits: int) -> re.Pattern[str] | None:
    taken = {
        cell for cell in cells if len(cell) >= SHORTEST and not (_is_number(cell) and len(cell) < digits)
    }
    longest_first = sorted(taken, key=lambda cell: (-len(cell), cell))
    return re.compile("|".join(map(re.escape, longest_first))) if taken else None


def _is_number(cell: str) -> bool:
    return cell.replace(".", "", 1).removeprefix("-").isdigit()


def _columns(one: Ingested, layer: Layer, name: str) -> Iterator[str]:
    known = TABLES[layer.kind]
    taken = one.taken.loc[one.taken["head"] == name, "column"]
    named = [key for key, column in known.items() if name in (key, column.zh)]
    for column in (*taken.dropna().astype("str"), *named, name):
        if column in one.table and column not in NEEDED:
            yield column


def _cells(table: pd.DataFrame, columns: Iterable[str]) -> Iterator[str]:
    for name in columns:
        cells = table[name].dropna()
        if cells.dtype.kind in "fiu":
            yield from {
                text for cell in cells for text in (f"{cell:g}", f"{cell:.0f}", f"{cell:.2f}", f"{cell:,.2f}")
            }
        else:
            yield from cells.astype("str").unique()


def _of_records(one: Ingested, heads: set[str]) -> Iterator[str]:
    """Give the cells of rows that were not kept."""
    for text in pd.concat([one.rejects["record"], one.superseded["record"]]).dropna():
        try:
            row = json.loads(str(text))
        except ValueError:
            continue
        if isinstance(row, dict):
            yield from (str(row[head]) for head in heads & row.keys() if row[head] is not None)


def logs_without(one: Ingested, what: Withheld) -> Ingested:
    """Give a layer whose logs tell no cell of its columns: the rows as they were found are left out whole."""
    logs = {name: getattr(one, name).assign(**dict.fromkeys(raw)) for name, raw in RAW.items()}
    logs |= {"findings": one.findings, "repairs": one.repairs}
    cleaned: dict[str, Any] = {name: texts_without(frame, [what]) for name, frame in logs.items()}
    return replace(one, **cleaned)


def texts_without(log: pd.DataFrame, what: Iterable[Withheld]) -> pd.DataFrame:
    """Take the cells out of the texts of a log."""
    for one in what:
        log = _told_without(log, list(log.columns), one.in_logs)
    return log


def tables_without(
    tables: Tables, lineage: Lineage, what: Sequence[Withheld]
) -> tuple[dict[str, pd.DataFrame], dict[str, frozenset[str]]]:
    """Empty the columns in every table made of the layers, and take their cells out of its texts.

    Returns
    -------
    tables, emptied
        `emptied` names the columns of each table that hold nothing any more.
    """
    made = dict(tables)
    emptied: dict[str, frozenset[str]] = {}
    for one in what:
        own = set(tables[one.kind].columns) - one.columns if one.kind in tables else set()
        for name, frame in made.items():
            if one.layer not in lineage.get(name, {one.layer}):
                continue
            blank = _blanked(frame, one)
            texts = [column for column in blank.columns if column not in own]
            made[name] = _told_without(blank, texts, one.cells)
            gone = {column for column in one.columns if column in blank and blank[column].isna().all()}
            emptied[name] = emptied.get(name, frozenset()) | gone
    return made, emptied


def evidence_without(evidence: pd.DataFrame, what: Sequence[Withheld]) -> pd.DataFrame:
    """Leave out what a row gave to a figure where a number of its own is withheld."""
    parts = evidence["part"].copy()
    for one in what:
        columns = TABLES[one.kind]
        if any(columns[name].kind in "fi" for name in one.columns if name in columns):
            parts[(evidence["table"] == one.kind) & evidence["source"].isin(one.sources)] = None
    return evidence.assign(part=parts)


def _blanked(frame: pd.DataFrame, one: Withheld) -> pd.DataFrame:
    out = frame.copy(deep=False)
    rows = frame["layer"].eq(one.layer) if "layer" in frame else pd.Series(data=True, index=frame.index)
    for column in one.columns & {*map(str, frame.columns)}:
        out[column] = frame[column].mask(rows.fillna(value=True))
    return out


def _told_without(
    frame: pd.DataFrame, columns: Iterable[str], pattern: re.Pattern[str] | None
) -> pd.DataFrame:
    if pattern is None:
        return frame
    out = frame.copy(deep=False)
    for column in columns:
        if column in NEEDED or not (frame[column].dtype == "str" or frame[column].dtype.kind == "O"):
            continue
        out[column] = frame[column].map(
            lambda cell: pattern.sub(HIDDEN, cell) if isinstance(cell, str) else cell, na_action="ignore"
        )
    return out
