"""`gis water`: the class of each record, and months, 1–N月累计 and years, from any file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

from gis.cli import desk
from gis.cli.console import guard, say, show
from gis.cli.options import AsOf, Columns, Dated, EditionId, Encoding, File, HeadRow, Output, Part

app = typer.Typer(help="水 · Water class of each record, and of months and years.", no_args_is_help=True)

FAMILY = "surface_water_limits"
Sections = Annotated[
    Path | None,
    typer.Option("--sections", help="The section list: name or code, river or lake, target class."),
]
PERIODS = [
    "name", "period", "water_class", "class_as_river", "class_as_lake", "deciding_indicators", "main_pollutants",
    "target_class", "at_target", "months_used", "not_assessed",
]  # fmt: skip
RATES = ["period", "n_listed", "n_assessed", "attainment_rate", "good_share", "worse_share", "left_out"]


@app.command()
@guard
def classify(
    file: File,
    sections: Sections = None,
    edition: EditionId = None,
    output: Output = None,
    column: Columns = None,
    head_row: HeadRow = None,
    date: Dated = None,
    encoding: Encoding = None,
    part: Part = None,
) -> None:
    """Class, deciding indicators and 超标倍数 of each record; river or lake unknown: both classes."""
    from gis.water.classes import classify as judge
    from gis.water.sections import keyed_sections, keys_of, kind_of

    found = desk.read(file, "samples", desk.Reading(column, head_row, date, None, encoding, part))
    listed = keyed_sections(_listed(sections))
    kinds = keys_of(found.table, listed).map(kind_of(listed))
    editions = desk.editions(FAMILY, edition)
    limits = editions.in_force(FAMILY, desk.last_day({"samples": found.table}, None))
    added = judge(found.table, limits, kinds).assign(edition=limits.id)
    notes = desk.unsure(editions, added["edition"])
    if found.table["audited"].ne(other=True).any():
        notes.append("未经审核 · not audited")
    desk.give(desk.beside(found, added), output, f"{file.stem} 水质类别", notes)


@app.command()
@guard
def assess(
    file: File,
    sections: Sections = None,
    edition: EditionId = None,
    as_of: AsOf = None,
    output: Output = None,
    column: Columns = None,
    head_row: HeadRow = None,
    date: Dated = None,
    encoding: Encoding = None,
    part: Part = None,
) -> None:
    """Months, 1–N月累计 and years of each section, and the rates over the national and provincial ones."""
    from gis import water
    from gis.engine import Threads

    found = desk.read(file, "samples", desk.Reading(column, head_row, date, None, encoding, part))
    tables = {"samples": found.table, "sample_marks": found.marks, "sections": _listed(sections)}
    editions = desk.editions(FAMILY, edition)
    last = desk.last_day(tables, as_of)
    made = water.assess(tables, desk.county(), editions, last, Threads())
    periods = desk.table(made, "section_periods", file)
    if "water_rates" in made.tables:
        show(made.tables["water_rates"], "国省考断面 · national and provincial sections", RATES)
    else:
        say("no rates: --sections names the sections, their level and target class", "yellow")
    desk.give(periods, output, f"{file.stem} 断面评价", desk.unsure(editions, periods["edition"]), PERIODS)


def _listed(sections: Path | None) -> pd.DataFrame:
    from gis.base.tables import empty

    return empty("sections") if sections is None else desk.read(sections, "sections").table
