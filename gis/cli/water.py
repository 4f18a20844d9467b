"""`gis water`: the class of each record, and months, 1–N月累计 and years, from any file."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

from gis.base.errors import UsageError
from gis.cli import desk, water_more, year
from gis.cli.console import guard, say, show
from gis.cli.options import AsOf, EditionId, Files, Layers, Output
from gis.cli.reading import Reading, reading
from gis.cli.water_records import monitored
from gis.ingest import Ingested
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
    "target_class", "at_target", "months_used", "n_days", "validity", "not_assessed",
]  # fmt: skip
SHEETS = {
    "water_rates": "比率 rates", "section_changes": "变化 changes", "water_rate_changes": "比例变化 shares",
    "sample_flags": "可疑值 suspect", "source_limits": "水源地 sources",
}  # fmt: skip
SHOWN = [
    "water_class", "deciding_indicators", "main_pollutants", "class_as_river", "class_as_lake", "published_differs",
    "suspect",
]  # fmt: skip
RATES = ["period", "n_listed", "n_assessed", "attainment_rate", "good_share", "worse_share", "left_out"]


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
    from gis.water.sections import keyed_sections, keys_of, kinds_of, with_stated

    found, listed = monitored(files, sections, how, every_reading=True)
    listed = keyed_sections(listed)
    last = desk.last_day({"samples": found.table}, as_of)
    samples = desk.until(found.table, found.table["sampled_at"], last)
    keys = keys_of(samples, listed)
    listed = with_stated(listed, samples.assign(key=keys))
    kinds = kinds_of(keys, listed)
    editions = desk.editions(FAMILY, edition, layers)
    added, sheets = _classes(samples.assign(key=keys), kinds, found, listed, editions)
    notes = [
        f"as of {last}",
        *_told(samples, added, kinds, editions),
        *_told_of_doubts(added, sheets),
        *desk.unsure(editions, _texts_used(added["edition"], editions, last, sheets)),
    ]
    made = desk.beside(found, added)
    columns = desk.first_and(found, added[SHOWN])
    title = f"{desk.name_of(files)} 水质类别 · water class"
    desk.give(desk.Result(made, title, notes, columns, sheets=sheets), output)


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
    from gis import water
    from gis.engine import Threads

    found, listed = monitored(files, sections, how)
    tables = {
        "samples": found.table, "sample_marks": found.marks, "source_items": found.source_items,
        "sections": listed,
    }  # fmt: skip
    editions = desk.editions(FAMILY, edition, layers)
    last = desk.last_day(tables, as_of)
    made = water.assess(tables, desk.county(), editions, last, Threads())
    periods = desk.table(made, "section_periods", files[0])
    rates = made.tables.get("water_rates", pd.DataFrame())
    if len(rates):
        show(rates, "国省考断面 · national and provincial sections", RATES)
    else:
        say("no rates: --sections names the sections, their level and target class", "yellow")
    sheets = {title: made.tables[name] for name, title in SHEETS.items() if len(made.tables[name])}
    used = _texts_used(periods["edition"], editions, last, sheets, "surface_water_evaluation")
    notes = [f"as of {last}", *desk.unsure(editions, used)]
    if periods["unaudited"].any():
        notes.insert(1, f"{desk.NOT_AUDITED}: automatic records are among them")
    notes[1:1] = _told_of_periods(periods)
    result = desk.Result(periods, f"{desk.name_of(files)} 断面评价 · sections", notes, PERIODS, sheets=sheets)
    desk.give(result, output)


def _texts_used(
    limits: pd.Series, editions: Editions, last: dt.date, sheets: dict[str, pd.DataFrame], *families: str
) -> pd.Series:
    """Give the ids of the editions behind a result, those of its further sheets and of `families` too."""
    of_sheets = {"sample_flags": "water_suspects", "source_limits": "drinking_water_sources"}
    more = [family for name, family in of_sheets.items() if SHEETS[name] in sheets]
    ids = [editions.in_force(family, last).id for family in (*families, *more)]
    return pd.concat([limits, pd.Series(ids, dtype="str")])


def _told_of_periods(periods: pd.DataFrame) -> list[str]:
    """Say how many verdicts hang on rounding or on flagged values, and how many periods are not assessed."""
    other = periods["water_class_all"].fillna(0) != periods["water_class_unflagged"].fillna(0)
    counts = {
        "修约影响类别 class depends on rounding (water_class_unrounded)": periods[
            "verdict_depends_on_rounding"
        ],
        "可疑值影响类别 class depends on flagged values (water_class_unflagged)": other,
        "有效性不足 insufficient data": periods["validity"].notna(),
        "不评价 not assessed, see not_assessed": periods["not_assessed"].notna(),
    }
    told = {words: int(rows.fillna(value=False).sum()) for words, rows in counts.items()}
    return [f"{words}: {count:,} periods" for words, count in told.items() if count]


def _classes(
    samples: pd.DataFrame, kinds: pd.Series, found: Ingested, listed: pd.DataFrame, editions: Editions
) -> tuple[pd.DataFrame, dict[str, pd.DataFrame]]:
    from gis.engine import Threads
    from gis.water.records import doubts_of, judged_records, reasons_of
    from gis.water.sources import source_limits

    days = samples["sampled_at"].dt.normalize()
    in_force = by_edition(days, FAMILY, editions)
    if not in_force:
        raise UsageError(
            "no edition is in force on the dates of the records",
            found=f"{days.min():%Y-%m-%d} to {days.max():%Y-%m-%d}",
            fix=f"--edition with one of {', '.join(one.id for one in editions.family(FAMILY))}",
        )
    rows, kind = samples.reset_index(drop=True), kinds.reset_index(drop=True)
    doubts, flagged = doubts_of(rows, {"sample_marks": found.marks}, editions, days.max().date(), Threads())
    judged = judged_records(rows, kind, doubts, editions, Threads())
    added = judged.assign(suspect_reasons=reasons_of(rows, doubts, flagged)).set_axis(samples.index)
    edition = pd.Series(None, samples.index, dtype="object")
    for limits, here in in_force:
        edition[here] = limits.id
    raw = samples["audited"].eq(other=False) | (samples["method"].eq(AUTOMATIC) & samples["audited"].isna())
    added = added.assign(edition=edition.astype("str"), unaudited=raw.fillna(value=False).astype("boolean"))
    sheets = {
        SHEETS["sample_flags"]: flagged,
        SHEETS["source_limits"]: source_limits(found.source_items, rows, listed, editions),
    }
    return added, {title: frame for title, frame in sheets.items() if len(frame)}


def _told_of_doubts(added: pd.DataFrame, sheets: dict[str, pd.DataFrame]) -> list[str]:
    """Say what is suspect or undecidable, and which limits of a drinking-water source are not met."""
    notes = []
    if added["suspect"].any():
        notes.append(
            f"可疑值 suspect values, kept: {int(added['suspect'].sum()):,} records, see suspect_reasons"
        )
    if added["undecidable"].notna().any():
        notes.append(
            "检出限过高，不能判定 half the detection limit is above a class limit:"
            f" {int(added['undecidable'].notna().sum()):,} records, see undecidable"
        )
    judged = sheets.get(SHEETS["source_limits"])
    if judged is not None:
        missed = judged[judged["met"].eq(other=False)]
        over = "、".join(dict.fromkeys(missed["indicator"])) or "–"
        notes.append(f"水源地项目 GB 3838 表2、表3: {len(judged):,} values, over the limit 超标: {over}")
        show(
            judged,
            SHEETS["source_limits"],
            ["section", "sampled_at", "indicator", "value", "limit", "met", "note"],
            most=12,
        )
    return notes


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
