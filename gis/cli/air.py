"""`gis air`: AQI of hours or days, and months and years, from any file."""

from __future__ import annotations

from typing import Annotated

import pandas as pd
import typer

from gis.cli import air_surface, desk, year
from gis.cli.air_records import air_records
from gis.cli.console import guard, show
from gis.cli.options import AsOf, EditionId, EditionIds, Files, Layers, Output
from gis.cli.reading import Reading, reading

app = typer.Typer(help="空气 · AQI, HJ 663 statistics and PM2.5 of any file.", no_args_is_help=True)
app.command()(air_surface.surface)
app.command()(year.budget)

SHOWN = [
    "period", "good_days", "bad_days", "valid_days", "good_day_rate", "pm25_mean", "coverage", "provisional", "edition",
]  # fmt: skip
YEARS = [
    "period", "item", "dust", "n_days", "valid", "mean", "percentile_p", "percentile", "limit_year", "limit_day",
    "attain_rate", "met", "met_unrounded", "provisional", "edition",
]  # fmt: skip
SHEETS = {
    "air_city_days": "逐日 days",
    "air_statistics": "统计 statistics",
    "air_composite": "综合指数 composite",
    "air_episodes": "污染过程 episodes",
    "air_changes": "同比环比 changes",
    "air_stations_compare": "站点比较 stations",
}
Stations = Annotated[
    list[str] | None,
    typer.Option("--station", help="A station that counts, by name or code; may be repeated; default all."),
]


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
    from gis.air import aqi as judge

    found = air_records(files, how, every_reading=True)
    hours = found.kind == "air_hours"
    editions = desk.editions("aqi", edition, layers)
    last = desk.last_day({found.kind: found.table}, as_of)
    days = found.table["time"] - pd.Timedelta(minutes=1) if hours else found.table["date"]
    records = desk.until(found.table, days, last)
    added = (judge.hourly if hours else judge.daily)(records, editions)
    added["unaudited"] = _unaudited(records)
    notes = [f"as of {last}", *_told(records, added), *desk.unsure(editions, added["edition"])]
    made = desk.beside(found, added)
    columns = desk.first_and(found, added[[name for name in added if not str(name).startswith("iaqi_")]])
    desk.give(desk.Result(made, f"{desk.name_of(files)} 空气质量指数 · AQI", notes, columns), output)


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
    from gis import air
    from gis.air.statistics import COLUMNS
    from gis.engine import Threads

    found = air_records(files, how)
    editions = desk.series(edition or (), layers)
    tables = {found.kind: found.table}
    last = desk.last_day(tables, as_of)
    made = air.assess(tables, desk.county(air_stations=station or ()), editions, last, Threads())
    periods = desk.table(made, "air_periods", files[0])
    city = made.tables["air_city_days"]
    notes = [f"as of {last}", *desk.unsure(editions, city["edition"])]
    if city["unaudited"].any():
        notes.insert(1, f"{desk.NOT_AUDITED}: {int(city['unaudited'].sum()):,} days")
    evaluated = made.tables.get("air_statistics", pd.DataFrame(columns=COLUMNS))
    years = evaluated[(evaluated["place_kind"] == "county") & (evaluated["period_kind"] == "year")]
    show(years, "年度评价 years by HJ 663 (µg/m³, CO mg/m³)", YEARS, most=len(years))
    for used in (evaluated["edition"], evaluated["rules"]):
        notes += [one for one in desk.unsure(editions, used) if one not in notes]
    sheets = {title: made.tables[name] for name, title in SHEETS.items() if name in made.tables}
    result = desk.Result(periods, f"{desk.name_of(files)} 空气评价 · air", notes, SHOWN, sheets=sheets)
    desk.give(result, output)


def _unaudited(records: pd.DataFrame) -> pd.Series:
    """Mark records that say so, and hours that do not say they are audited: hours are published unaudited."""
    return ~records["audited"].astype("boolean").fillna(value="time" not in records)


def _told(records: pd.DataFrame, added: pd.DataFrame) -> list[str]:
    notes = []
    if added["unaudited"].any():
        notes.append(f"{desk.NOT_AUDITED}: {int(added['unaudited'].sum()):,} records")
    told, unrated = added["aqi_differs"].notna().any(), int(added["aqi"].isna().sum())
    if unrated:
        notes.append(f"无值 no value to rate: {unrated:,} records")
    if told:
        notes.append(f"公布AQI published AQI {_agreement(records, added)} (aqi_differs)")
    return notes


def _agreement(records: pd.DataFrame, added: pd.DataFrame) -> str:
    from gis.air.published import CAUSES, disagreements
    from gis.base.agreement import UNEXPLAINED, agreement, told

    if "time" in records:
        cause = disagreements(records, added)["cause"]
    else:
        cause = pd.Series(UNEXPLAINED, added.index[added["aqi_differs"].fillna(value=False)])
    published = records["published_aqi"].where(added["aqi_differs"].notna())
    return told(agreement(published, added["aqi_differs"], cause), CAUSES)
