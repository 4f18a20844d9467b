"""What an edition answers at once: its targets, its figures, and the rows of files behind each figure.

`tables/answers.sqlite` of a standing edition holds them, so that `gis scorecard` and `gis trace` neither read nor
judge the county again. Nothing here needs a table library to be read.
"""

from __future__ import annotations

import difflib
import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from gis.base.errors import FigureError
from gis.base.messages import Message

if TYPE_CHECKING:
    import pandas as pd

    from gis.base.tables import Tables

NAME = "tables/answers.sqlite"
DEEPEST, NEAR, NEAR_ENOUGH = 6, 3, 0.5
SCHEMA = """
create table about (name text primary key, json text);
create table figures (id integer primary key, figure_id text unique, json text);
create table records (name text, json text);
create table sources (id integer primary key, "table" text, source text, source_row integer, record text);
create table evidence (
    figure integer, at integer, part real, source integer, component integer, primary key (figure, at)
) without rowid;
"""
BEHIND = """
select "table", sources.source, source_row, record, part, made_of.figure_id
from figures join evidence on evidence.figure = figures.id
left join sources on sources.id = evidence.source left join figures as made_of on made_of.id = evidence.component
where figures.figure_id = ? order by evidence.at
"""

Row = dict[str, Any]
ROW_COLUMNS = ["table", "source", "source_row", "part", "record"]


class Behind(NamedTuple):
    """A row of a file, or a figure, that a figure is made of, and its share of the value."""

    table: str | None
    source: str | None
    source_row: int | None
    record: str | None
    part: float | None
    figure: str | None


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
        figures = tables["figures"]
        ids = {figure_id: at for at, figure_id in enumerate(figures["figure_id"])}
        answers.executemany(
            "insert into figures values (?, ?, ?)", zip(ids.values(), ids, _rows(figures), strict=True)
        )
        for name, frame in tables.items():
            if name != "figures":
                answers.executemany(
                    "insert into records values (?, ?)", ((name, row) for row in _rows(frame))
                )
        _write_evidence(answers, evidence, ids, read)
    return answers


def about(answers: sqlite3.Connection) -> dict[str, Any]:
    """Give what the answers are about."""
    return {name: json.loads(one) for name, one in answers.execute("select name, json from about")}


def records(answers: sqlite3.Connection, table: str) -> list[Row]:
    """Give the rows of a table that is kept as it stands: `figures`, `targets`, `tasks`."""
    if table == "figures":
        found = answers.execute("select json from figures order by id")
    else:
        found = answers.execute("select json from records where name = ? order by rowid", (table,))
    return [json.loads(one) for (one,) in found]


def trace(figure_id: str, answers: sqlite3.Connection) -> Trace:
    """Follow a figure to its source rows, through other figures where it is made of them.

    Raises
    ------
    FigureError
        There is no such figure; the fix names the nearest ids.
    """
    if _figure(figure_id, answers) is None:
        ids = [one for (one,) in answers.execute("select figure_id from figures")]
        near = difflib.get_close_matches(figure_id, ids, n=NEAR, cutoff=NEAR_ENOUGH)
        fix = (
            Message("是不是 {near}", "did you mean {near}", near=", ".join(near))
            if near
            else Message("gis scorecard 列出编号", "gis scorecard lists the ids")
        )
        raise FigureError(Message("没有数值“{id}”", 'no figure "{id}"', id=figure_id), fix=fix)
    return _follow(figure_id, None, (), answers)


def _follow(figure_id: str, part: float | None, above: tuple[str, ...], answers: sqlite3.Connection) -> Trace:
    path = (*above, figure_id)
    behind = [Behind(*row) for row in answers.execute(BEHIND, (figure_id,))]
    deeper = [one for one in behind if one.figure and one.figure not in path and len(path) < DEEPEST]
    components = tuple(_follow(str(one.figure), one.part, path, answers) for one in deeper)
    rows = [
        {
            "table": one.table or "figures", "source": one.source or one.figure, "source_row": one.source_row,
            "part": one.part, "record": one.record or "",
        }
        for one in behind if one not in deeper
    ]  # fmt: skip
    return Trace(_figure(figure_id, answers) or {}, rows, components, part)


def _figure(figure_id: str, answers: sqlite3.Connection) -> Row | None:
    found = answers.execute("select json from figures where figure_id = ?", (figure_id,)).fetchone()
    return None if found is None else dict(json.loads(found[0]))


def _write_evidence(
    answers: sqlite3.Connection, evidence: pd.DataFrame, ids: Mapping[str, int], read: Tables
) -> None:
    from gis.base.record_words import record_words

    component = evidence["source"].map(ids).where(evidence["table"] == "figures")
    rows = evidence[component.isna()]
    keys = ["table", "source", "source_row"]
    place = rows.groupby(keys, sort=False, dropna=False).ngroup()
    distinct = rows[~place.duplicated()]
    sources = zip(*(_plain(distinct[name]) for name in keys), record_words(distinct, read), strict=True)
    answers.executemany(
        "insert into sources values (?, ?, ?, ?, ?)", ((at, *row) for at, row in enumerate(sources))
    )
    figure = evidence["figure_id"].map(ids)
    cells = (
        figure, evidence.groupby(figure).cumcount(), evidence["part"],
        place.reindex(evidence.index).astype("Int64"), component.astype("Int64"),
    )  # fmt: skip
    answers.executemany("insert into evidence values (?, ?, ?, ?, ?)", zip(*map(_plain, cells), strict=True))


def _rows(frame: pd.DataFrame) -> list[str]:
    names = [str(name) for name in frame.columns if name != "geometry"]
    columns = [_plain(frame[name]) for name in names]
    return [_json(dict(zip(names, row, strict=True))) for row in zip(*columns, strict=True)]


def _plain(column: pd.Series) -> list[Any]:
    """Give the cells of a column as Python's own values, None for a missing one."""
    return list(column.astype("object").where(column.notna(), None))


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)
