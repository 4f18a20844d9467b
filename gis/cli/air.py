"""`gis air`: AQI of hours or days, and months and years, from any file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from gis.base.messages import Message
from gis.cli import air_surface, desk, year
from gis.cli.air_records import air_records
from gis.cli.console import guard, say, show
from gis.cli.options import AsOf, EditionId, EditionIds, Files, Layers, Output
from gis.cli.reading import Reading, reading

if TYPE_CHECKING:
    import pandas as pd

    from gis.cli.evidence import Basis

app = typer.Typer(help="环境空气 · AQI, HJ 663 statistics and PM2.5 of any file.", no_args_is_help=True)
app.command()(air_surface.surface)
app.command()(year.budget)

SHOWN = [
    "period", "good_days", "bad_days", "valid_days", "good_day_rate", "taken_over_days", "pm25_mean", "coverage",
    "provisional", "edition",
]  # fmt: skip
YEARS = [
    "period", "item", "dust", "n_days", "valid", "mean", "percentile_p", "percentile", "limit_year", "limit_day",
    "attain_rate", "met", "met_unrounded", "provisional", "edition",
]  # fmt: skip
AQI = ["aqi", "category", "primary_pollutants", "aqi_differs", "edition", "unaudited"]
SHEETS = {
    "air_city_days": Message("逐日", "days"),
    "air_statistics": Message("统计", "statistics"),
    "air_composite": Message("综合指数", "composite"),
    "air_episodes": Message("污染过程", "episodes"),
    "air_changes": Message("同比环比", "changes"),
    "air_stations_compare": Message("站点比较", "stations"),
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
    import pandas as pd

    from gis.air import aqi as judge

    found = air_records(files, how, every_reading=True)
    hours = found.kind == "air_hours"
    editions = desk.editions("aqi", edition, layers)
    last = desk.last_day({found.kind: found.table}, as_of)
    days = found.table["time"] - pd.Timedelta(minutes=1) if hours else found.table["date"]
    records = desk.until(found.table, days, last)
    added = (judge.hourly if hours else judge.daily)(records, editions)
    added["unaudited"] = _unaudited(records)
    notes = [desk.as_of_note(last), *_told(records, added), *desk.unsure(editions, added["edition"])]
    made = desk.beside(found, added)
    columns = desk.first_and(found, added[[name for name in AQI if name in added]])
    title = Message("{name} 空气质量指数", "{name} AQI", name=desk.name_of(files))

    def basis() -> Basis:
        from gis.cli import behind

        texts = behind.named("；".join(dict.fromkeys(added["edition"].dropna())), editions)
        return behind.words((added["category"], added["aqi"]), found.kind, records, texts, last)

    desk.give(desk.Result(made, title, notes, columns, headline=_categories(added), basis=basis), output)


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
    import pandas as pd

    from gis import air
    from gis.air.statistics import COLUMNS
    from gis.engine import Threads

    found = air_records(files, how)
    editions = desk.series(edition or (), layers)
    tables = {found.kind: found.table}
    last = desk.last_day(tables, as_of)
    made = air.assess(tables, desk.county(layers, air_stations=station or ()), editions, last, Threads())
    periods = desk.table(made, "air_periods", files[0])
    city = made.tables["air_city_days"]
    notes = [desk.as_of_note(last), *desk.unsure(editions, city["edition"])]
    if city["unaudited"].any():
        notes.insert(1, desk.not_audited(int(city["unaudited"].sum()), Message("天", "days")))
    if taken := int(city["taken_over"].sum()):
        notes.insert(
            1, Message("照录公布的 AQI，未经计算：{n:,} 天", "published AQI taken over: {n:,} days", n=taken)
        )
    evaluated = made.tables.get("air_statistics", pd.DataFrame(columns=COLUMNS))
    years = evaluated[(evaluated["place_kind"] == "county") & (evaluated["period_kind"] == "year")]
    headline = _year(periods)
    if headline is not None:
        say(headline, "bold")
    units = Message("年度评价（µg/m³，CO mg/m³）", "years by HJ 663 (µg/m³, CO mg/m³)")
    show(years, units, YEARS, most=len(years))
    for used in (evaluated["edition"], evaluated["rules"]):
        notes += [one for one in desk.unsure(editions, used) if one not in notes]
    sheets = {title: made.tables[name] for name, title in SHEETS.items() if name in made.tables}
    title = Message("{name} 环境空气评价", "{name} air", name=desk.name_of(files))

    def basis() -> Basis:
        from gis.cli import behind

        last_year = periods.loc[periods["period_kind"] == "year", "period"].max()
        return behind.periods(made, behind.YEARLY, str(last_year), tables, last)

    result = desk.Result(periods, title, notes, SHOWN, sheets=sheets, basis=basis)
    desk.give(result, output)


def _unaudited(records: pd.DataFrame) -> pd.Series:
    """Mark records that say so, and hours that do not say they are audited: hours are published unaudited."""
    return ~records["audited"].astype("boolean").fillna(value="time" not in records)


def _categories(added: pd.DataFrame) -> Message:
    """Say how many records are of each category, in the order of the standard."""
    counts = added.dropna(subset=["category"]).groupby("category")["aqi"].agg(["size", "min"])
    listed = " · ".join(f"{name} {row['size']:,.0f}" for name, row in counts.sort_values("min").iterrows())
    return Message("{n:,} 条记录：{listed}", "{n:,} records: {listed}", n=len(added), listed=listed or "–")


def _year(periods: pd.DataFrame) -> Message | None:
    """Say the good days of the last year of a table of periods."""
    import pandas as pd

    years = periods[periods["period_kind"] == "year"].sort_values("period")
    if not len(years) or pd.isna(years.iloc[-1]["good_day_rate"]):
        return None
    row = years.iloc[-1]
    return Message(
        "{year} 年优良天数 {good} 天（有效 {valid} 天），优良率 {rate:.1f} %",
        "{year}: {good} good days of {valid} valid, {rate:.1f} %",
        year=row["period"], good=row["good_days"], valid=row["valid_days"], rate=float(row["good_day_rate"]),
    )  # fmt: skip


def _told(records: pd.DataFrame, added: pd.DataFrame) -> list[Message]:
    notes = []
    if added["unaudited"].any():
        notes.append(desk.not_audited(int(added["unaudited"].sum()), desk.RECORDS))
    told, unrated = added["aqi_differs"].notna().any(), int(added["aqi"].isna().sum())
    if unrated:
        notes.append(Message("无值可评：{n:,} 条记录", "no value to rate: {n:,} records", n=unrated))
    if told:
        notes.append(
            Message(
                "公布 AQI {agreement}（aqi_differs）",
                "published AQI {agreement} (aqi_differs)",
                agreement=_agreement(records, added),
            )
        )
    return notes


def _agreement(records: pd.DataFrame, added: pd.DataFrame) -> Message:
    import pandas as pd

    from gis.air.published import CAUSES, disagreements
    from gis.base.agreement import UNEXPLAINED, agreement, told

    if "time" in records:
        cause = disagreements(records, added)["cause"]
    else:
        cause = pd.Series(UNEXPLAINED, added.index[added["aqi_differs"].fillna(value=False)])
    published = records["published_aqi"].where(added["aqi_differs"].notna())
    return told(agreement(published, added["aqi_differs"], cause), CAUSES)
