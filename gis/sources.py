"""What comes in at the public face, a frame or a file, and what goes out: the frame with our columns behind it."""

from __future__ import annotations

import datetime as dt
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pandas as pd

from gis.base.columns import free_names
from gis.base.errors import UsageError
from gis.base.messages import Message, restored
from gis.catalogue.model import Answer
from gis.ingest import Ingested, Options, guess_kind, read_files, suspects
from gis.ingest.frames import NAME, beside, read_frame

Source = pd.DataFrame | str | Path


class LeftOutWarning(UserWarning):
    """A column looks as if it counted and was not taken."""


@dataclass(frozen=True)
class Result:
    """A frame with our columns behind the caller's own, and how it came about.

    Attributes
    ----------
    frame
        The caller's index and columns first; rows that could not be used are in `rejects`.
    taken
        Canonical column → the head it was taken from.
    left
        Heads that were not taken.
    findings
        What was found while reading, in the language of the run.
    rejects
        Rows that could not be used, columns of the canonical table `rejects`.
    editions
        Ids of the editions of standards that judged.
    tables
        Further frames by name.
    """

    frame: pd.DataFrame
    taken: Mapping[str, str]
    left: tuple[str, ...]
    findings: tuple[str, ...]
    rejects: pd.DataFrame
    editions: tuple[str, ...] = ()
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)


def ingested(source: Source, kind: str | None, said: Mapping[str, Any]) -> Ingested:
    """Read a frame or a file; warn of heads that look as if they counted and were not taken."""
    is_frame = isinstance(source, pd.DataFrame)
    if kind is None and is_frame:
        raise UsageError(
            Message("没有说明这个表是什么", "nobody says what the frame holds"),
            fix=Message(
                "kind= 写 parcels、samples、air_days 等", "kind= one of parcels, samples, air_days …"
            ),
        )
    columns = {
        name: one if isinstance(one, tuple) else (one, None) for name, one in said.get("columns", {}).items()
    }
    path = Path(NAME) if isinstance(source, pd.DataFrame) else Path(source)
    options = Options(
        **{
            **said, "kind": kind or guess_kind(path), "layer": path.stem, "columns": columns,
            "answers": answers_of(said),
        }
    )  # fmt: skip
    found = read_frame(source, options) if isinstance(source, pd.DataFrame) else read_files([path], options)
    if heads := suspects(found.heads)["head"].tolist():
        told = Message("像是要计入而未采用：{heads}", "look as if they counted and were not taken: {heads}",
                       heads="、".join(heads))  # fmt: skip
        warnings.warn(str(told), LeftOutWarning, stacklevel=3)
    return found


def answers_of(said: Mapping[str, Any]) -> dict[str, Answer]:
    """Give the answers that a caller has to questions, as of today."""
    today = dt.datetime.now().astimezone().date()
    return {
        key: Answer(value=str(value), date=today, by="") for key, value in said.get("answers", {}).items()
    }


def beside_own(found: Ingested, added: pd.DataFrame, source: Source, editions: Iterable[str] = ()) -> Result:
    """Put what was added behind the caller's columns where a frame came in; behind the file's own for a file."""
    from gis.ingest.head_log import TAKEN

    if added is found.table:
        frame = found.table
    elif isinstance(source, pd.DataFrame):
        frame = beside(source, found, pd.DataFrame(added))
    else:
        own = found.own.loc[added.index]
        names = free_names([str(one) for one in added.columns], own.columns)
        frame = own.join(pd.DataFrame(added).set_axis(names, axis=1))
    rest = found.heads[found.heads["use"] != TAKEN]
    return Result(
        frame=frame,
        taken=dict(zip(found.taken["column"], found.taken["head"], strict=True)),
        left=tuple(rest["head"].drop_duplicates()),
        findings=tuple(str(restored(one) or one) for one in found.findings["message"]),
        rejects=found.rejects,
        editions=tuple(map(str, editions)),
    )


def result_of(found: Ingested, tables: Mapping[str, pd.DataFrame], name: str) -> Result:
    """Give the table `name` of an assessment as the frame, the others beside it."""
    others = {key: table for key, table in tables.items() if key != name}
    return replace(beside_own(found, found.table, ""), frame=tables[name], tables=others)


def clock_of(records: Source) -> str:
    """Say whether air records are hours or days, by the heads of a frame or the file."""
    from gis.ingest.heads import recognised

    if not isinstance(records, pd.DataFrame):
        return guess_kind(Path(records), ("air_hours", "air_days"))
    found = {recognised(head, "air_hours") for head in map(str, records.columns)}
    return "air_hours" if found & {"time", "_clock"} else "air_days"
