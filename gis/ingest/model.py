"""What reading gives: raw parts of a file, and the canonical table made of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from gis.base.messages import Message
from gis.base.package_files import toml_of
from gis.base.tables import empty
from gis.catalogue.model import Answer

CELLS = "source_cells"
Findings = list[tuple[str, str]]


def finding(name: str, /, **values: Any) -> tuple[str, str]:
    """Make a finding, its code and its stored message, of the text that `findings.toml` has for it."""
    text = toml_of("ingest/findings.toml")[name]
    return name.partition(".")[0], Message(text["zh"], text["en"], **values).stored


@dataclass(frozen=True)
class Raw:
    """One layer or sheet as it stands in its file.

    Attributes
    ----------
    frame
        The file's own columns in their order under their own heads; a GeoDataFrame where the file
        has geometry (CRS as the file says, or none). Cells of sheets are as found (text, numbers,
        dates), not yet parsed.
    rows
        The row numbers as the user sees them (Excel's row, line of a CSV, feature from 1).
    columns
        The letters of the column that each record begins at, where one row holds several records.
    apart
        Heads of the file that are no column of `frame`, each with its use: taken (it tells a place, an item,
        a time or a unit), suspect (numbers that are nothing known) or other (means, limits).
    date
        A date in the title, the sheet's or the file's name; `date_parts` of it are known
        (1 the year, 2 the month too, 3 the day too), the others are 1.
    cells, read
        How many rows or cells of the file each record takes, and how many there are in all; None where each
        record and each reject is one row. `rejects` may have a column CELLS.
    """

    path: Path
    part: str
    frame: pd.DataFrame
    rows: pd.Series
    reader: str
    encoding: str | None = None
    encoding_reason: str | None = None
    title: str = ""
    date: dt.date | None = None
    date_parts: int = 3
    columns: pd.Series | None = None
    cells: pd.Series | None = None
    read: int | None = None
    apart: tuple[tuple[str, str], ...] = ()
    findings: tuple[tuple[str, str], ...] = ()
    rejects: pd.DataFrame = field(default_factory=lambda: empty("rejects"))

    @property
    def source(self) -> str:
        """The name of its source in messages."""
        return source_of(self.path, self.part)


def source_of(path: Path, part: str) -> str:
    """Name a part of a file: file#part, or the file where it is one part."""
    return f"{path.name}#{part}" if part else path.name


def read_of(raw: Raw) -> int:
    """Count the rows or cells of a part: each value where a row holds several, else each row."""
    if raw.read is not None:
        return raw.read
    records = len(raw.frame) if raw.cells is None else int(raw.cells.sum())
    return records + int(cells_of(raw.rejects).sum())


def cells_of(frame: pd.DataFrame) -> pd.Series:
    """Give how many rows or cells of its source each row of a frame takes."""
    if CELLS not in frame:
        return pd.Series(1, index=frame.index, dtype="int64")
    return frame[CELLS].fillna(1).astype("int64")


@dataclass(frozen=True)
class Options:
    """What a person or the catalogue says about a file beyond the file itself.

    `columns` maps canonical column → head, or (head, unit); `answers` maps the key of a question to its
    answer (`gis.ingest.questions`); `hidden` rows and columns of a sheet "count" or not ("leave_out");
    `every_reading` keeps readings that were published again, to be judged as records.
    """

    kind: str
    layer: str
    part: str | None = None
    crs: str | None = None
    encoding: str | None = None
    head_row: int | None = None
    date: dt.date | None = None
    columns: Mapping[str, tuple[str, str | None]] = field(default_factory=dict)
    constants: Mapping[str, object] = field(default_factory=dict)
    answers: Mapping[str, Answer] = field(default_factory=dict)
    extent: tuple[float, float, float, float] | None = None
    hidden: str = "count"
    keep_unknown: bool = True
    every_reading: bool = False


@dataclass(frozen=True)
class Ingested:
    """A layer read, checked and brought to its canonical table; every frame of `tables.toml`.

    Attributes
    ----------
    table
        Canonical columns of the kind, further columns of the file behind them, then source and
        source_row; a GeoDataFrame in EPSG:4490 where the kind has geometry. Index 0..n-1.
    own
        The file's own columns in their order, same index as `table`.
    """

    layer: str
    kind: str
    table: pd.DataFrame
    own: pd.DataFrame
    sources: pd.DataFrame
    marks: pd.DataFrame = field(default_factory=lambda: empty("sample_marks"))
    source_items: pd.DataFrame = field(default_factory=lambda: empty("source_items"))
    rejects: pd.DataFrame = field(default_factory=lambda: empty("rejects"))
    superseded: pd.DataFrame = field(default_factory=lambda: empty("superseded"))
    repairs: pd.DataFrame = field(default_factory=lambda: empty("repairs"))
    findings: pd.DataFrame = field(default_factory=lambda: empty("findings"))
    taken: pd.DataFrame = field(default_factory=lambda: empty("taken"))
    heads: pd.DataFrame = field(default_factory=lambda: empty("heads"))
