"""Any file from a desk: read it, show what was taken for what, write the result behind its own columns."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from gis import standards
from gis.base.errors import GisError, UsageError
from gis.base.tables import Assessment, Tables, empty
from gis.base.text import in_file_name
from gis.catalogue import Catalogue, County
from gis.catalogue.model import Words
from gis.cli.console import say, show
from gis.cli.options import columns as columns_of
from gis.cli.options import day
from gis.ingest import Ingested, Options, read_file
from gis.maps.pages import desk as page
from gis.pipeline import last_date
from gis.scorecard import Trace
from gis.standards import Editions
from gis.store.write import write as write_table
from gis.store.write import write_text

LOGS = ("sources", "taken", "findings", "repairs", "superseded", "rejects")


@dataclass(frozen=True)
class Reading:
    """What a person says about a file beyond the file itself, as typed."""

    column: list[str] | None = None
    head_row: int | None = None
    date: str | None = None
    crs: str | None = None
    encoding: str | None = None
    part: str | None = None


def read(file: Path, kind: str, how: Reading | None = None, **constants: Any) -> Ingested:
    """Read one file as a table of `kind` and say what was found and taken.

    Raises
    ------
    GisError
        The file cannot be used; a bad row is listed and the others are kept.
    """
    said = how or Reading()
    options = Options(
        kind=kind,
        layer=file.stem,
        part=said.part,
        crs=said.crs,
        encoding=said.encoding,
        head_row=said.head_row,
        date=day(said.date),
        columns=columns_of(said.column),
        constants=constants,
    )
    found = read_file(file, options)
    taken = found.taken.drop_duplicates("column")
    say("took  " + " · ".join(f"{row.column} = {row.head}" for row in taken.itertuples()), "dim")
    for message in found.findings["message"].drop_duplicates():
        say(f"found {message}", "yellow")
    sums = {name: int(found.sources[name].sum()) for name in found.sources if name.startswith("rows_")}
    say(
        f"read {sums['rows_read']:,} = kept {sums['rows_kept']:,} + superseded {sums['rows_superseded']:,}"
        f" + quarantined {sums['rows_quarantined']:,}"
    )
    if len(found.rejects):
        show(
            found.rejects, "quarantined", ["source", "source_row", "field", "text", "reason", "fix"], most=10
        )
    return found


def beside(found: Ingested, added: pd.DataFrame) -> pd.DataFrame:
    """Put the added columns behind the file's own; a geometry of the file stays the last column."""
    own = found.own.drop(columns="geometry", errors="ignore")
    new = added.rename(columns={name: f"{name}_gis" for name in added.columns if name in own.columns})
    out = pd.concat([own, new], axis=1)
    if isinstance(found.table, gpd.GeoDataFrame):
        return gpd.GeoDataFrame(out, geometry=found.table.geometry, crs=found.table.crs)
    return out


def give(
    frame: pd.DataFrame,
    output: Path | None,
    title: str,
    notes: Iterable[str] = (),
    columns: list[str] | None = None,
) -> None:
    """Show the first rows (all columns, or those named), and write everything where `-o` says so."""
    show(frame, title, columns)
    for note in notes:
        say(note, "dim")
    if output is not None:
        write(frame, output, title, notes=notes)


def write(
    frame: pd.DataFrame,
    output: Path,
    title: str,
    stamps: Mapping[str, str] | None = None,
    notes: Iterable[str] = (),
) -> None:
    """Write a table, or an offline page where the name ends in .html."""
    if output.suffix.lower() == ".html":
        stamp = " · ".join((stamps or {}).values())
        write_text(page.render(title, frame, list(notes), stamp), output)
    else:
        write_table(frame, output, title=in_file_name(title), stamps=stamps)
    say(f"wrote {output}  {len(frame):,} rows", "green")


def check(files: list[Path], kind: str | None) -> dict[str, pd.DataFrame]:
    """Read files without using them and give the logs of the reading; a bad file is a finding."""
    found: dict[str, list[pd.DataFrame]] = {name: [empty(name)] for name in LOGS}
    for file in files:
        try:
            one = read_file(file, Options(kind=kind or kind_of(file), layer=file.stem))
        except GisError as error:
            row = {"layer": file.stem, "source": file.name, "code": type(error).__name__}
            found["findings"].append(pd.DataFrame([{**row, "message": error.message()}]))
            continue
        for name in LOGS:
            found[name].append(getattr(one, name))
    return {name: pd.concat(frames, ignore_index=True) for name, frames in found.items()}


def kind_of(file: Path) -> str:
    """Find out what a file holds from its heads.

    Raises
    ------
    UsageError
        No kind fits; the fix lists the kinds.
    """
    raise UsageError("not known", file=file.name)


def editions(family: str, forced: str | None) -> Editions:
    """Give the shipped editions, those of `./layers/standards`, and the one forced for a family."""
    known = standards.load([Path("layers/standards")])
    return known.force(family, forced) if forced else known


def unsure(known: Editions, used: pd.Series) -> list[str]:
    """Say which editions a table used and what is not sure in them."""
    ids = {id_ for cell in used.dropna().unique() for id_ in str(cell).replace("、", ",").split(",")}
    found = [one for one in known.all if one.id in {id_.strip() for id_ in ids}]
    return [
        f"{one.id} · {one.standard}" + "".join(f"\n  ※ {note['zh']} · {note['en']}" for note in one.unsure)
        for one in found
    ]


def county(**known: Any) -> Catalogue:
    """Give a catalogue of no layers for files outside any project."""
    place = County(
        adcode="000000",
        name=Words(zh="", en=""),
        extent=(-180.0, -90.0, 180.0, 90.0),
        plan_years=(dt.date.min.year, dt.date.max.year),
        **known,
    )
    return Catalogue(folder=Path(), county=place, layers=())


def last_day(tables: Tables, as_of: str | None) -> dt.date:
    """Give the day to judge as of, and print it."""
    last = day(as_of) or last_date(tables)
    say(f"as of {last}", "bold")
    return last


def table(made: Assessment, name: str, file: Path) -> pd.DataFrame:
    """Give a table of an assessment.

    Raises
    ------
    UsageError
        The records give none: no station or section has a value in a period.
    """
    if name not in made.tables:
        raise UsageError("nothing could be assessed", file=file.name, fix="gis check shows what was read")
    return made.tables[name]


def print_trace(found: Trace, depth: int = 0) -> None:
    """Print a figure, its formula, clause and edition, and the rows behind it."""
    figure, indent = found.figure, "  " * depth
    value = f"{figure['value']:,.4f}" if found.has_data else "无数据 no data"
    say(f"{indent}{figure['figure_id']} = {value} {figure['unit']}".rstrip(), "bold")
    for name in ("formula", "clause", "edition", "n", "coverage", "note"):
        if pd.notna(figure.get(name)) and str(figure.get(name)):
            say(f"{indent}  {name:9}{figure[name]}")
    if len(found.rows):
        show(found.rows, f"{indent}{len(found.rows):,} source rows", most=12 if depth else 60)
    for part in found.components:
        print_trace(part, depth + 1)
