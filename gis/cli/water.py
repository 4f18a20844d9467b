"""`gis water`: the class of each record, and months, 1–N月累计 and years, from any file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gis.base.messages import Message
from gis.cli import desk, outlook, waters
from gis.cli.console import aside, guard, say, show
from gis.cli.options import AsOf, EditionId, Files, Layers, Output
from gis.cli.phrases import TEXTS, phrase
from gis.cli.reading import Reading, reading

app = typer.Typer(help="水 · Water class of each record, and of months and years.", no_args_is_help=True)
app.command()(outlook.outlook)
app.command()(waters.lakes)
app.command()(waters.trend)
app.command()(waters.index)

Sections = Annotated[
    Path | None,
    typer.Option("--sections", help="The section list: name or code, river or lake, level, target class."),
]
PERIODS = [
    "name", "period", "water_class", "class_as_river", "class_as_lake", "deciding_indicators", "main_pollutants",
    "target_class", "attainment", "to_check", "hangs_on", "months_used", "n_days", "not_assessed",
]  # fmt: skip
SHEETS = TEXTS.parts("sheets_of_water")
SHOWN = [
    "water_class", "deciding_indicators", "main_pollutants", "class_as_river", "class_as_lake", "published_differs",
    "suspect",
]  # fmt: skip
SOURCES = ["section", "sampled_at", "indicator", "value", "limit", "met", "note"]
NO_RATES = phrase("no_rates")
RATES = [
    "period", "n_listed", "n_assessed", "attainment_rate", "good_share", "worse_share", "to_check", "left_out",
]  # fmt: skip


@app.command()
@guard
@reading
def classify(
    files: Files,
    how: Reading,
    sections: Sections = None,
    edition: EditionId = None,
    layers: Layers = None,
    as_of: AsOf = None,
    output: Output = None,
) -> None:
    """Class, deciding indicators and 超标倍数 of each record; river or lake unknown: both classes.

    Example: gis water classify 手工监测.xlsx --sections 断面清单.xlsx -o 类别.xlsx
    """
    from gis.desk import water
    from gis.ingest.frames import behind_own

    given = desk.monitored(files, sections, how, every_reading=True)
    rated = water.rated(given, water.editions_of(layers, edition), as_of)
    desk.show_day(rated.day)
    desk.warn(rated.later)
    if "source_limits" in rated.tables:
        with aside():
            show(rated.tables["source_limits"], SHEETS["source_limits"], SOURCES, most=12)
    found = given.read.found
    added = desk.with_time(found, rated.added, "sampled_at")
    shown = [name for name in ("sampled_at", *SHOWN) if name in added]
    title = Message("{name} 水质类别", "{name} water class", name=desk.name_of(files))
    sheets = {SHEETS[name]: frame for name, frame in rated.tables.items()}
    columns = desk.first_and(found, added[shown])
    desk.give(desk.answer(rated, behind_own(found, added), title, columns, sheets=sheets), output)


@app.command()
@guard
@reading
def assess(
    files: Files,
    how: Reading,
    sections: Sections = None,
    edition: EditionId = None,
    layers: Layers = None,
    as_of: AsOf = None,
    output: Output = None,
) -> None:
    """Months, 1–N月累计 and years of each section, and the rates over the national and provincial ones.

    Example: gis water assess 手工监测.xlsx --sections 断面清单.xlsx --as-of 2021-12-31 -o 评价.xlsx
    """
    made = desk.assessed(desk.monitored(files, sections, how), edition, layers, as_of)
    periods, headline = made.periods, made.headline
    if headline is not None:
        say(headline, "bold")
        show(made.rates, Message("国省考断面", "national and provincial sections"), RATES)
    else:
        say(NO_RATES, "yellow")
    tables = made.made.tables
    sheets = {title: tables[name] for name, title in SHEETS.items() if len(tables[name])}
    title = Message("{name} 断面评价", "{name} sections", name=desk.name_of(files))
    desk.give(desk.Result(periods, title, made.notes, PERIODS, sheets=sheets, basis=made.basis), output)
