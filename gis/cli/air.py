"""`gis air`: AQI of hours or days, and months and years, from any file."""

from __future__ import annotations

import typer

from gis.base.messages import Message
from gis.cli import air_surface, desk, outlook
from gis.cli.console import guard, say, show
from gis.cli.options import AsOf, EditionId, EditionIds, Files, Layers, Output, Stations
from gis.cli.phrases import TEXTS
from gis.cli.reading import Reading, reading

app = typer.Typer(help="环境空气 · AQI, HJ 663 statistics and PM2.5 of any file.", no_args_is_help=True)
app.command()(air_surface.surface)
app.command()(outlook.budget)

SHOWN = [
    "period", "good_days", "bad_days", "valid_days", "good_day_rate", "taken_over_days", "pm25_mean", "coverage",
    "provisional", "edition",
]  # fmt: skip
YEARS = [
    "period", "item", "dust", "n_days", "valid", "mean", "percentile_p", "percentile", "limit_year", "limit_day",
    "attain_rate", "met", "met_unrounded", "provisional", "edition",
]  # fmt: skip
FAMILY = "aqi"
AQI = ["aqi", "category", "primary_pollutants", "aqi_differs", "edition", "unaudited"]
SHEETS = TEXTS.parts("sheets_of_air")


@app.command()
@guard
@reading
def aqi(
    files: Files,
    how: Reading,
    edition: EditionId = None,
    layers: Layers = None,
    as_of: AsOf = None,
    output: Output = None,
) -> None:
    """AQI, primary pollutants and category of each hour or day, by the edition of HJ 633 in force.

    Example: gis air aqi 空气小时值.csv --edition hj633-2012 -o AQI.xlsx
    """
    from gis.desk import air, county
    from gis.ingest.frames import behind_own

    read = air.one_kind(files, how.said(), desk.show_read(how), how.kind, every_reading=True)
    rated = air.rated(read, county.forced(layers, FAMILY, edition), as_of)
    desk.show_day(rated.day)
    desk.warn(rated.later)
    added = desk.with_time(read.found, rated.added, "time" if "time" in read.found.table else "date")
    columns = desk.first_and(read.found, added[[name for name in ("time", "date", *AQI) if name in added]])
    title = Message("{name} 空气质量指数", "{name} AQI", name=desk.name_of(files))
    desk.give(desk.answer(rated, behind_own(read.found, added), title, columns), output)


@app.command()
@guard
@reading
def assess(
    files: Files,
    how: Reading,
    edition: EditionIds = None,
    station: Stations = None,
    layers: Layers = None,
    as_of: AsOf = None,
    output: Output = None,
) -> None:
    """Months, 1–N月累计 and years: good-air days, PM2.5, coverage, the editions used.

    -o x.xlsx adds sheets: means, percentiles and 达标 by HJ 663, 综合指数, episodes, changes, stations.

    Example: gis air assess 空气日均值.xlsx --station 海虞子站 --station 兴福子站 -o 评价.xlsx
    """
    from gis.desk import air, county

    read = air.one_kind(files, how.said(), desk.show_read(how), how.kind)
    made = air.assessed([read], county.editions(layers, edition or ()), station or (), layers, as_of)
    desk.show_day(made.day)
    periods, headline, found = made.periods, made.headline, made.statistics
    years = found[(found["place_kind"] == "county") & (found["period_kind"] == "year")]
    if headline is not None:
        say(headline, "bold")
    units = Message("年度评价（µg/m³，CO mg/m³）", "years by HJ 663 (µg/m³, CO mg/m³)")
    show(years, units, YEARS, most=len(years))
    tables = made.made.tables
    sheets = {title: tables[name] for name, title in SHEETS.items() if name in tables}
    title = Message("{name} 环境空气评价", "{name} air", name=desk.name_of(files))
    desk.give(desk.Result(periods, title, made.notes, SHOWN, sheets=sheets, basis=made.basis), output)
