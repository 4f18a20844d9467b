"""Options that several commands share."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer

from gis.base.errors import UsageError

File = Annotated[
    Path, typer.Argument(help="A file straight from a desk: shp, zip, gdb, gpkg, csv, xlsx, xls, json …")
]
Output = Annotated[
    Path | None,
    typer.Option("-o", "--output", help="Write .csv, .xlsx, .gpkg, .parquet or an offline .html."),
]
AsOf = Annotated[
    str | None,
    typer.Option("--as-of", help="Judge as of this day, 2021-12-31; default the last date in the data."),
]
Columns = Annotated[
    list[str] | None,
    typer.Option("--column", help="role=head, nh3n=氨氮: take this head for a column; may be repeated."),
]
HeadRow = Annotated[
    int | None, typer.Option("--head-row", min=1, help="The row of the heads, as Excel numbers it.")
]
Dated = Annotated[
    str | None, typer.Option("--date", help="The date of the records where the file has none, 2021-03-05.")
]
Crs = Annotated[str | None, typer.Option("--crs", help="EPSG:4528 and the like, where the file says none.")]
Encoding = Annotated[
    str | None, typer.Option("--encoding", help="GB18030, UTF-8 …; default found from the file.")
]
Layers = Annotated[
    Path | None,
    typer.Option(
        "--layers",
        help="A county's folder, for its towns, rules, layers and editions; without it none is read.",
    ),
]
Part = Annotated[str | None, typer.Option("--part", help="The layer or sheet to read; default all.")]
EditionId = Annotated[
    str | None,
    typer.Option(
        "--edition", help="Judge everything under this edition: hj633-2012, hj633-2026 …; default by date."
    ),
]

EditionIds = Annotated[
    list[str] | None,
    typer.Option(
        "--edition",
        help="Judge the whole series under this edition, whatever the date: hj633-2012 …; may be repeated.",
    ),
]


def day(text: str | None) -> dt.date | None:
    """Read a date as a person types it: 2021-12-31, 2021/12/31, 20211231.

    Raises
    ------
    UsageError
        The text is not a date.
    """
    if text is None:
        return None
    for form in ("%Y-%m-%d", "%Y/%m/%d", "%Y%m%d"):
        try:
            return dt.datetime.strptime(text, form).date()  # noqa: DTZ007  a date has no zone
        except ValueError:
            continue
    raise UsageError(f'"{text}" is not a date', fix="write it as 2021-12-31")


def columns(texts: list[str] | None) -> dict[str, tuple[str, str | None]]:
    """Read `role=head` options.

    Raises
    ------
    UsageError
        A text has no "=".
    """
    pairs: dict[str, tuple[str, str | None]] = {}
    for text in texts or []:
        role, equals, head = text.partition("=")
        if not equals or not role or not head:
            raise UsageError(f'"{text}" is not role=head', fix="--column nh3n=氨氮")
        pairs[role.strip()] = (head.strip(), None)
    return pairs
