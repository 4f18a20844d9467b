"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Files = Annotated[
    list[Path],
    typer.Argument(
        metavar="FILE...",
        help="Files straight from a desk (shp, zip, gdb, gpkg, csv, xlsx …), folders or patterns.",
    ),
]
Output = Annotated[
    Path | None,
    typer.Option(
        "-o",
        "--output",
        help="Write .csv, .xlsx, .gpkg, .parquet, an offline .html or a table, postgresql://…#schema.table.",
    ),
]
AsOf = Annotated[
    str | None,
    typer.Option("--as-of", help="Judge as of this day, 2021-12-31; default the last date in the data."),
]
Stations = Annotated[
    list[str] | None,
    typer.Option("--station", help="A station that counts, by name or code; may be repeated; default all."),
]
Layers = Annotated[
    Path | None,
    typer.Option(
        "--layers",
        help="A county's folder, for its towns, rules, layers and editions; without it none is read.",
    ),
]
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
