"""What an edition answers at once: its targets, its figures, and the rows of files behind each figure.

`tables/answers.sqlite` of a standing edition holds them, so that `gis scorecard` and `gis trace` neither read nor
judge the county again. Nothing here needs a table library to be read.
"""

from __future__ import annotations

import difflib
import json
import sqlite3
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gis.base.errors import FigureError
from gis.base.messages import Message
from gis.store.phrases import refusal

if TYPE_CHECKING:
    import pandas as pd

    from gis.base.tables import Tables

NAME = "tables/answers.sqlite"
DEEPEST, NEAR, NEAR_ENOUGH = 6, 3, 0.5
TOGETHER = 128  # rows packed as one
SCHEMA = """
create table about (name text primary key, json text);
create table figures (id integer primary key, figure_id text unique);
create table blocks (name text, at integer, packed blob, primary key (name, at)) without rowid;
create table evidence (figure integer primary key, packed blob);
"""
BLOCK = "select packed from blocks where name = ? and at = ?"
BLOCKS = "select packed from blocks where name = ? order by at"
BEHIND = "select packed from evidence where figure = ?"

Row = dict[str, Any]
Reader = Callable[[str, int], Any]
ROW_COLUMNS = ["table", "source", "source_row", "part", "record"]


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
    rows: list[Row]
    components: tuple[Trace, ...] = ()
    part: float | None = None

    @property
    def has_data(self) -> bool:
        """Whether the figure has a value; where not, `rows` name the target's line."""
        return self.figure["value"] is not None


def open_answers(path: Path) -> sqlite3.Connection:
    """Open the answers of an edition for reading; not even a lock file is written beside them."""
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)


def write_answers(
    place: Path | None,
    about: Mapping[str, Any],
    tables: Mapping[str, pd.DataFrame],
    evidence: pd.DataFrame,
    read: Tables,
) -> sqlite3.Connection:
    """Write the answers into a new file, or into memory where no place is given.

    Parameters
    ----------
    about
        What was asked: names and values that JSON can hold.
    tables
        `figures`, and others that are shown as they stand: `targets`, `tasks`.
    evidence
        Canonical table.
    read
        Ingested tables by name, for the key values of each row.
    """
    answers = sqlite3.connect(":memory:" if place is None else place)
    answers.executescript(SCHEMA)
    with answers:
        answers.executemany(
            "insert into about values (?, ?)", ((name, _json(one)) for name, one in about.items())
        )
        ids = {figure_id: at for at, figure_id in enumerate(tables["figures"]["figure_id"])}
        answers.executemany("insert into figures values (?, ?)", zip(ids.values(), ids, strict=True))
        for name, frame in tables.items():
            _write_blocks(answers, name, _rows(frame))
        _write_evidence(answers, evidence, ids, read)
    return answers


def about(answers: sqlite3.Connection) -> dict[str, Any]:
    """Give what the answers are about."""
    return {name: json.loads(one) for name, one in answers.execute("select name, json from about")}


def records(answers: sqlite3.Connection, table: str) -> list[Row]:
    """Give the rows of a table that is kept as it stands: `figures`, `targets`, `tasks`."""
    return [row for (packed,) in answers.execute(BLOCKS, (table,)) for row in _unpacked(packed)]


def trace(figure_id: str, answers: sqlite3.Connection) -> Trace:
    """Follow a figure to its source rows, through other figures where it is made of them.

    Raises
    ------
    FigureError
        There is no such figure; the fix names the nearest ids.
    """
    ids = {figure_id: at for at, figure_id in answers.execute("select id, figure_id from figures")}
    if figure_id not in ids:
        near = difflib.get_close_matches(figure_id, ids, n=NEAR, cutoff=NEAR_ENOUGH)
        fix = (
            Message("是不是 {near}", "did you mean {near}", near=", ".join(near))
            if near
            else Message("gis scorecard 列出编号", "gis scorecard lists the ids")
        )
        raise refusal(FigureError, "no_such_figure", fix=fix, id=figure_id)
    return _follow(ids[figure_id], None, (), answers, _reader(answers))


def _reader(answers: sqlite3.Connection) -> Reader:
    """Give a function that reads a row by table and place, and unpacks each block once."""

    @cache
    def block(name: str, at: int) -> list[Any]:
        return _unpacked(answers.execute(BLOCK, (name, at)).fetchone()[0])

    return lambda name, at: block(name, at // TOGETHER)[at % TOGETHER]


def _follow(
    at: int, part: float | None, above: tuple[str, ...], answers: sqlite3.Connection, read: Reader
) -> Trace:
    figure = read("figures", at)
    path = (*above, figure["figure_id"])
    packed = answers.execute(BEHIND, (at,)).fetchone()
    rows, components = [], []
    for share, source, made_of in zip(*_unpacked(packed[0]), strict=True) if packed else ():
        name = None if made_of is None else read("figures", made_of)["figure_id"]
        if name and name not in path and len(path) < DEEPEST:
            components.append(_follow(made_of, share, path, answers, read))
            continue
        table, file, row, record = (
            ("figures", name, None, None) if source is None else read("sources", source)
        )
        rows.append(
            {"table": table, "source": file, "source_row": row, "part": share, "record": record or ""}
        )
    return Trace(figure, rows, tuple(components), part)


def _write_evidence(
    answers: sqlite3.Connection, evidence: pd.DataFrame, ids: Mapping[str, int], read: Tables
) -> None:
    from gis.base.record_words import record_words

    component = evidence["source"].map(ids).astype("float64").where(evidence["table"] == "figures")
    rows = evidence[component.isna()]
    keys = ["table", "source", "source_row"]
    place = rows.groupby(keys, sort=False, dropna=False).ngroup()
    distinct = rows[~place.duplicated()]
    words = (one.stored if one.zh else "" for one in record_words(distinct, read))
    sources = zip(*(_plain(distinct[name]) for name in keys), words, strict=True)
    _write_blocks(answers, "sources", [*sources])
    cells = (evidence["part"], place.reindex(evidence.index).astype("Int64"), component.astype("Int64"))
    columns = [_plain(one) for one in cells]
    at_figure: dict[Any, Any] = evidence.groupby(evidence["figure_id"].map(ids).astype("float64")).indices
    packed = (
        (int(figure), _packed([[one[row] for row in at] for one in columns]))
        for figure, at in at_figure.items()
    )
    answers.executemany("insert into evidence values (?, ?)", packed)


def _write_blocks(answers: sqlite3.Connection, name: str, rows: Sequence[Any]) -> None:
    blocks = (
        (name, start // TOGETHER, _packed(rows[start : start + TOGETHER]))
        for start in range(0, len(rows), TOGETHER)
    )
    answers.executemany("insert into blocks values (?, ?, ?)", blocks)


def _packed(rows: Sequence[Any]) -> bytes:
    text = json.dumps(rows, ensure_ascii=False, default=str, separators=(",", ":"))
    return zlib.compress(text.encode("utf-8"))


def _unpacked(packed: bytes) -> list[Any]:
    return list(json.loads(zlib.decompress(packed)))


def _rows(frame: pd.DataFrame) -> list[Row]:
    names = [str(name) for name in frame.columns if name != "geometry"]
    columns = [_plain(frame[name]) for name in names]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


def _plain(column: pd.Series) -> list[Any]:
    """Give the cells of a column as Python's own values, None for a missing one."""
    return list(column.astype("object").where(column.notna(), None))


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)
