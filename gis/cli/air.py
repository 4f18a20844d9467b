"""`gis air`: AQI of hours or days, and months and years, from any file."""

from __future__ import annotations

from typing import Annotated

import typer

from gis.cli import desk
from gis.cli.console import guard
from gis.cli.options import AsOf, Columns, Dated, EditionId, Encoding, File, HeadRow, Output, Part

app = typer.Typer(help="空气 · AQI, good-air days and PM2.5 of any file.", no_args_is_help=True)

KINDS = ("air_hours", "air_days")
SHOWN = [
    "period", "good_days", "bad_days", "valid_days", "good_day_rate", "pm25_mean", "coverage", "provisional", "edition",
]  # fmt: skip


@app.command()
@guard
def aqi(
    file: File,
    edition: EditionId = None,
    output: Output = None,
    column: Columns = None,
    head_row: HeadRow = None,
    date: Dated = None,
    encoding: Encoding = None,
    part: Part = None,
) -> None:
    """AQI, primary pollutants and category of each hour or day, by the edition of HJ 633 in force."""
    from gis.air import aqi as judge

    how = desk.Reading(column, head_row, date, None, encoding, part)
    found = desk.read(file, desk.kind_of(file, KINDS), how)
    editions = desk.editions("aqi", edition)
    added = (judge.hourly if found.kind == "air_hours" else judge.daily)(found.table, editions)
    desk.give(desk.beside(found, added), output, f"{file.stem} AQI", desk.unsure(editions, added["edition"]))


@app.command()
@guard
def assess(
    file: File,
    edition: EditionId = None,
    station: Annotated[
        list[str] | None, typer.Option("--station", help="Stations that count; default all.")
    ] = None,
    as_of: AsOf = None,
    output: Output = None,
    column: Columns = None,
    head_row: HeadRow = None,
    date: Dated = None,
    encoding: Encoding = None,
    part: Part = None,
) -> None:
    """Months, 1–N月累计 and years: good-air days, PM2.5, coverage, the editions used."""
    from gis import air
    from gis.engine import Threads

    how = desk.Reading(column, head_row, date, None, encoding, part)
    found = desk.read(file, desk.kind_of(file, KINDS), how)
    editions = desk.editions("aqi", edition)
    tables = {found.kind: found.table}
    last = desk.last_day(tables, as_of)
    made = air.assess(tables, desk.county(air_stations=station or ()), editions, last, Threads())
    periods = desk.table(made, "air_periods", file)
    desk.give(periods, output, f"{file.stem} air", desk.unsure(editions, periods["edition"]), SHOWN)
