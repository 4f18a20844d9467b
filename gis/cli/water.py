"""`gis water`: the class of each record, and months, 1–N月累计 and years, from any file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

from gis.base.errors import UsageError
from gis.cli import desk, water_more, year
from gis.cli.console import guard, say, show
from gis.cli.options import AsOf, Columns, Dated, EditionId, Encoding, File, HeadRow, Output, Part
from gis.standards import Editions, by_edition

app = typer.Typer(help="水 · Water class of each record, and of months and years.", no_args_is_help=True)
app.command()(year.outlook)
app.command()(water_more.lakes)
app.command()(water_more.trend)
app.command()(water_more.index)

FAMILY = "surface_water_limits"
AUTOMATIC = "automatic"
Sections = Annotated[
    Path | None,
    typer.Option("--sections", help="The section list: name or code, river or lake, level, target class."),
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
    as_of: AsOf = None,
    output: Output = None,
    column: Columns = None,
    head_row: HeadRow = None,
    date: Dated = None,
    encoding: Encoding = None,
    part: Part = None,
) -> None:
    """Class, deciding indicators and 超标倍数 of each record; river or lake unknown: both classes.

    Example: gis water classify 手工监测.xlsx --sections 断面清单.xlsx -o 类别.xlsx
    """
    from gis.water.sections import keyed_sections, keys_of, kinds_of

    found = desk.read(file, "samples", desk.Reading(column, head_row, date, None, encoding, part))
    listed = keyed_sections(_listed(sections))
    last = desk.last_day({"samples": found.table}, as_of)
    samples = desk.until(found.table, found.table["sampled_at"], last)
    kinds = kinds_of(keys_of(samples, listed), listed)
    editions = desk.editions(FAMILY, edition)
    added = _classes(samples, kinds, editions)
    notes = [
        f"as of {last}",
        *_told(samples, added, kinds, editions),
        *desk.unsure(editions, added["edition"]),
    ]
    made = desk.beside(found, added)
    columns = desk.first_and(found, added)
    desk.give(desk.Result(made, f"{file.stem} 水质类别 · water class", notes, columns), output)


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
    """Months, 1–N月累计 and years of each section, and the rates over the national and provincial ones.

    Example: gis water assess 手工监测.xlsx --sections 断面清单.xlsx --as-of 2021-12-31 -o 评价.xlsx
    """
    from gis import water
    from gis.engine import Threads

    found = desk.read(file, "samples", desk.Reading(column, head_row, date, None, encoding, part))
    tables = {"samples": found.table, "sample_marks": found.marks, "sections": _listed(sections)}
    editions = desk.editions(FAMILY, edition)
    last = desk.last_day(tables, as_of)
    made = water.assess(tables, desk.county(), editions, last, Threads())
    periods = desk.table(made, "section_periods", file)
    rates = made.tables.get("water_rates", pd.DataFrame())
    if len(rates):
        show(rates, "国省考断面 · national and provincial sections", RATES)
    else:
        say("no rates: --sections names the sections, their level and target class", "yellow")
    notes = [f"as of {last}", *desk.unsure(editions, periods["edition"])]
    if periods["unaudited"].any():
        notes.insert(1, f"{desk.NOT_AUDITED}: automatic records are among them")
    sheets = {"比率 rates": rates} if len(rates) else {}
    result = desk.Result(periods, f"{file.stem} 断面评价 · sections", notes, PERIODS, sheets=sheets)
    desk.give(result, output)


def _listed(sections: Path | None) -> pd.DataFrame:
    from gis.base.tables import empty

    return empty("sections") if sections is None else desk.read(sections, "sections").table


def _classes(samples: pd.DataFrame, kinds: pd.Series, editions: Editions) -> pd.DataFrame:
    from gis.water.classes import classify as judge

    days = samples["sampled_at"].dt.normalize()
    parts = [
        judge(samples[here], limits, kinds[here]).assign(edition=limits.id)
        for limits, here in by_edition(days, FAMILY, editions)
    ]
    if not parts:
        raise UsageError(
            "no edition is in force on the dates of the records",
            found=f"{days.min():%Y-%m-%d} to {days.max():%Y-%m-%d}",
            fix=f"--edition with one of {', '.join(one.id for one in editions.family(FAMILY))}",
        )
    added = pd.concat(parts).reindex(samples.index)
    raw = samples["audited"].eq(other=False) | (samples["method"].eq(AUTOMATIC) & samples["audited"].isna())
    return added.assign(unaudited=raw.fillna(value=False).astype("boolean"))


def _told(samples: pd.DataFrame, added: pd.DataFrame, kinds: pd.Series, editions: Editions) -> list[str]:
    """Say how many records are not audited, of unknown kind, not rated, and differ from the published class."""
    from gis.base.agreement import agreement, told
    from gis.water.published import CAUSES, disagreements

    notes = []
    if added["unaudited"].any():
        notes.append(f"{desk.NOT_AUDITED}: {int(added['unaudited'].sum()):,} records")
    unknown = int(kinds.isna().sum())
    if unknown:
        notes.append(
            f"河流或湖库不明 river or lake unknown: {unknown:,} records, both classes; --sections tells"
        )
    unrated = int((added["water_class"].isna() & added["class_as_river"].isna()).sum())
    if unrated:
        notes.append(f"不评价 not rated, no rated indicator: {unrated:,} records")
    if samples["published_class"].notna().any():
        limits = editions.get(added["edition"].dropna().iloc[0])
        listed = disagreements(samples.assign(**added), limits, kinds)
        found = agreement(samples["published_class"], added["published_differs"], listed["cause"])
        notes.append(f"公布类别 published class {told(found, CAUSES)}")
    return notes
