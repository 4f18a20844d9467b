"""Reading, and whole counties, at the public face."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pandas as pd

from gis.api.checked import Day, checked, many
from gis.base.errors import UsageError
from gis.base.messages import Message
from gis.base.tables import spoken
from gis.desk.intake import taken_in
from gis.desk.results import result, warn_of
from gis.desk.sources import Result, Source


@checked
def read(source: Source, kind: str | None = None, **said: Any) -> Result:
    """Read a frame or files into their canonical table.

    Parameters
    ----------
    source
        A frame of shape (n, m), a file, a folder or pattern, or a list of files.
    kind
        parcels, ledger_events, control_lines, samples, sections, air_hours, air_days …; found for files, needed
        for a frame.
    said
        What the source does not say itself: `columns`, `crs`, `date`, `answers`, `encoding`, `part`,
        `head_row`, `constants`.

    Returns
    -------
    result
        `frame` is the canonical table, geometry in EPSG:4490. The result is a source of every function here.

    Raises
    ------
    UsageError
        The kind, a column or an option is unknown; the nearest is named.
    ColumnError, CrsError, FileError
        The source cannot be read; the message names what was found and the fix.
    Question
        Two ways to read give different numbers: answer it with `answers`.

    Examples
    --------
    >>> found = read(pd.DataFrame({"断面名称": ["张桥"], "采样日期": ["2025-03-01"], "氨氮(μg/L)": [1400]}), "samples")
    >>> found.frame["nh3n"].tolist(), found.taken["nh3n"]
    ([1.4], '氨氮(μg/L)')
    """
    found = taken_in(source, kind, said)
    warn_of(found)
    return result(found, found.found.table)


@checked
def run(
    layers: str | Path,
    out: str | Path,
    *,
    as_of: Day = None,
    public: bool = False,
    edition: str | Iterable[str] = (),
) -> Path:
    """Do everything for the county described in `layers` and publish one edition in `out`.

    Parameters
    ----------
    layers
        The county's folder, as `gis init` writes it.
    out
        Where the edition is published; the one that stands there is kept.
    as_of
        Rows dated later are left aside; the last date of the data when None.
    public
        Leave out what is not public.
    edition
        Editions that judge the whole series, whatever the date.

    Returns
    -------
    index
        The page to open.

    Raises
    ------
    CatalogueError
        The folder describes no county, or something in it is wrong.
    UsageError
        `out` holds other things, or another run writes there for too long.

    Examples
    --------
    >>> run("no-county", "out")
    Traceback (most recent call last):
    gis.base.errors.CatalogueError: ...
    """
    from gis import pipeline
    from gis.base.calendar import day_of

    last = day_of(as_of)
    return pipeline.run(Path(layers), Path(out), as_of=last, public=public, forced=many(edition))[0]


@checked
def sheet(  # noqa: PLR0913  a sheet has this many sides
    layers: str | Path,
    preset: str,
    output: str | Path,
    *,
    view: str | None = None,
    year: int | None = None,
    town: str | None = None,
    paper: str = "A4",
    public: bool = False,
    review_no: str | None = None,
    font: str | Path | None = None,
    as_of: Day = None,
    edition: str | Iterable[str] = (),
) -> float:
    """Draw a map sheet to print, in the county's 3-degree zone, at a true round ratio.

    Parameters
    ----------
    layers, public, as_of, edition
        As `run` takes them.
    preset
        planner, land, water or air.
    output
        A name that ends in .pdf or .svg; a file of this name is replaced.
    view
        The view code of that map page: what it shows, as it shows it.
    year, town
        What belongs to this year; one town, by name or code.
    paper
        A4 or A3.
    review_no
        审图号; without it the sheet says 内部用图.
    font
        A font file with Chinese letters, for a PDF; one of this machine when None.

    Returns
    -------
    ratio
        Metres on the ground for a metre of paper.

    Raises
    ------
    UsageError
        There is no such sheet, town or year, or the code is of another page or edition.

    Examples
    --------
    >>> sheet("no-county", "planner", "x.svg")
    Traceback (most recent call last):
    gis.base.errors.CatalogueError: ...
    """
    import datetime as dt

    from gis import pipeline
    from gis.base.calendar import day_of
    from gis.base.pictures import COUNTY
    from gis.maps import sheet as sheets

    made_on = dt.datetime.now().astimezone().date().isoformat()
    ask = sheets.Ask(preset, made_on, year, town, paper, review_no, view)
    target = Path(output)
    face = None if target.suffix.lower() == ".svg" else sheets.found(None if font is None else Path(font))
    intake = pipeline.take_in(Path(layers), None, public=public, forced=many(edition))
    book = pipeline.judge(intake, day_of(as_of))
    drawn = sheets.sheet(pipeline.pictured(book, [COUNTY]) if view else book, ask)
    target.write_bytes(sheets.written(drawn, face)[0])
    return drawn.ratio


@checked
def figures(layers: str | Path, out: str | Path) -> pd.DataFrame:
    """Give every figure of the edition that stands in `out`, indexed by id.

    Parameters
    ----------
    layers, out
        As `run` takes them.

    Returns
    -------
    figures
        indicator, period, place, value, unit, n, edition, clause, formula, note.

    Raises
    ------
    UsageError
        No edition of these layers stands there.

    Examples
    --------
    >>> figures("no-county", "out")
    Traceback (most recent call last):
    gis.base.errors.UsageError: ...
    """
    from gis.store.answers import records

    return spoken(pd.DataFrame(records(_standing(layers, out), "figures"))).set_index("figure_id")


@checked
def trace(figure: str, layers: str | Path, out: str | Path) -> pd.DataFrame:
    """Follow a figure of the standing edition to the rows behind it: file, row, record.

    Parameters
    ----------
    figure
        An id of `figures`, indicator.period.place.
    layers, out
        As `run` takes them.

    Returns
    -------
    rows
        The rows of files and what each gives to the figure.

    Raises
    ------
    UsageError
        No edition stands there.
    FigureError
        None of its figures has this id; the nearest are named.

    Examples
    --------
    >>> trace("land.renewed_area.2025.320581", "no-county", "out")
    Traceback (most recent call last):
    gis.base.errors.UsageError: ...
    """
    from gis.store.answers import trace as follow

    return pd.DataFrame(follow(figure, _standing(layers, out)).rows)


def _standing(layers: str | Path, out: str | Path) -> Any:
    from gis.store.standing import standing

    found = standing(Path(out), Path(layers), None, ())
    if found is None:
        raise UsageError(
            Message("这里没有这个县的版本", "no edition of this county stands here"), file=str(out),
            fix=Message("先 gis.run(layers, out)", "gis.run(layers, out) makes one"),
        )  # fmt: skip
    return found.answers
