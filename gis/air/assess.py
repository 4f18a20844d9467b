"""The door of the room: air tables → hours, station days, city days, periods, figures, evidence."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import partial
from itertools import chain

import pandas as pd

from gis.air.aqi import hourly
from gis.air.budget import aims_of, budget
from gis.air.budget_figures import expectations
from gis.air.city import all_station_days, city_days, keyed, of_named, station_keys
from gis.air.compare import changes, stations_compared
from gis.air.composite import composite
from gis.air.dated import day_of_hour
from gis.air.days import station_days
from gis.air.episodes import episodes
from gis.air.evidence import shares_of
from gis.air.figures import Setting, findings_of
from gis.air.figures import Tables as Made
from gis.air.periods import air_periods, period_editions
from gis.air.rose import rose
from gis.air.station_figures import station_findings, town_findings
from gis.air.statistics import as_declared, statistics
from gis.air.surface_tables import surface_tables
from gis.base.calendar import figure_periods, periods_until
from gis.base.door import admitted
from gis.base.figures import assessment
from gis.base.messages import Message, listed
from gis.base.tables import Assessment, Tables, in_order, rows_at, stacked, table_of
from gis.catalogue.model import Catalogue, County
from gis.engine import Engine, Partition, whole_groups
from gis.standards import Edition, Editions

ROWS_A_PART = 500_000
MOST = 1_000_000  # hours in a partition, as many as leave a worker well below 2 GB
COUNTY = "county"


def assess(
    tables: Tables, catalogue: Catalogue, editions: Editions, as_of: dt.date, engine: Engine
) -> Assessment:
    """Judge the air of the county from its hours and days (HJ 633, HJ 663).

    Parameters
    ----------
    tables
        `air_hours`, `air_days` and `stations`, each may be missing; rows after `as_of` are ignored.
    catalogue
        `county.air_stations` names the stations (by name or id) whose mean stands for the county; all
        stations in the data where it names none.
    editions
        Those in force on each day, or one forced for the series: `editions.force("aqi", id)`.

    Returns
    -------
    assessment
        Tables air_hours, air_station_days, air_city_days, air_periods, air_period_editions,
        air_statistics, air_composite, air_episodes, air_changes, air_stations_compare, air_budget (against
        the targets of the catalogue) and air_budget_reliability, with figures air.bad_days_left,
        .pm25_needed, and where stations and the boundary have geometry the tables of `surface_tables`,
        with wind air_rose; figures of each year and, unless `as_of` ends a year, of January to its month:
        good-day rate, bad days, means, percentiles, composite index. Evidence: rows of air_days or
        air_hours whose parts add up, city day
        by city day, to 1 or 0 (good; bad) or to the day's value: see `gis.air.evidence`.

    Raises
    ------
    StandardError
        The data file of an edition is incomplete.
    """
    tables = admitted(tables)
    hours, published = _until(tables, pd.Timestamp(as_of))
    if not len(hours) and not len(published):
        return Assessment()
    county = catalogue.county
    keys = station_keys(table_of(tables, "stations"), published, hours)
    named = [keys.get(name, name) for name in county.air_stations]
    hourly_rows = hours.assign(station_key=keyed(hours, keys))
    judged, made_of_hours = _of_hours(hourly_rows, editions, engine)
    days = all_station_days(published, made_of_hours, keys, editions)
    days = days.assign(named=days["station_key"].isin(named) if named else True)
    city = city_days(days, named, editions)
    made = {
        "air_hours": pd.concat([hours, judged], axis=1),
        "air_station_days": days,
        "air_city_days": city,
        **_evaluated(days, city, county, editions, as_of),
    }
    practice, year = editions.in_force("air_practice", as_of), str(as_of.year)
    means = _station_means(made["air_statistics"], year, county.dust.concentrations, practice)
    made["air_rose"] = _rose(hours, published, as_of.year, practice)
    made |= surface_tables(tables, means, year, keys, practice)
    aims = aims_of(catalogue.targets, as_of.year, county.adcode)
    made["air_budget"], made["air_budget_reliability"] = budget(city, aims, editions, as_of, county.dust)
    notes = _station_notes(days, named, county.air_stations)
    setting = Setting(editions, as_of, county.adcode, county.dust, notes)
    evaluated = made["air_statistics"], made["air_composite"]
    own, index = (frame[frame["place_kind"] == COUNTY] for frame in evaluated)
    parts = Made(city, made["air_periods"], own, index, shares_of(days, named, hourly_rows))
    periods = figure_periods(_first_year(city, as_of), as_of)
    stations = [*station_findings(made["air_statistics"], of_named(days, ()), hourly_rows, periods, setting)]
    found = chain(
        findings_of(parts, periods, setting), expectations(made["air_budget"], aims, parts, setting),
        stations, town_findings(made, stations, practice),
    )  # fmt: skip
    return assessment({name: frame for name, frame in made.items() if len(frame)}, found)


def _until(tables: Tables, last: pd.Timestamp) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Give hours and published days up to the last day."""
    hours, days = table_of(tables, "air_hours"), table_of(tables, "air_days")
    hours, days = hours[day_of_hour(hours["time"]) <= last], days[days["date"] <= last]
    return hours.reset_index(drop=True), days.reset_index(drop=True)


def _evaluated(
    days: pd.DataFrame, city: pd.DataFrame, about: County, editions: Editions, as_of: dt.date
) -> dict[str, pd.DataFrame]:
    """Sum days up to periods: rates, statistics, indices, episodes and comparisons."""
    first = _first_year(city, as_of)
    periods, years = (
        periods_until(first, as_of, ("year", "month", "cumulative")),
        figure_periods(first, as_of),
    )
    practice = editions.in_force("air_practice", as_of)
    summary = air_periods(city, periods, as_of, editions)
    county = city.assign(place=about.adcode, place_kind=COUNTY, name=about.name.zh)
    chosen = of_named(days, ())
    stations = chosen.assign(place=chosen["station_key"], place_kind="station", name=chosen["station"])
    found = stacked([
        statistics(county, periods, as_of, editions), statistics(stations, years, as_of, editions),
    ])  # fmt: skip
    declared = as_declared(found[found["place_kind"] == COUNTY], about.dust.concentrations)
    return {
        "air_periods": summary,
        "air_period_editions": period_editions(city, periods),
        "air_statistics": found,
        "air_composite": composite(found),
        "air_episodes": episodes(city, practice.data["episode"]),
        "air_changes": changes(declared, summary, periods, practice),
        "air_stations_compare": stations_compared(chosen, city, years, as_of, practice),
    }


def _station_means(found: pd.DataFrame, period: str, dust: str, practice: Edition) -> pd.Series:
    """Give the mean of the surface's item at each station, sand-dust days as declared."""
    item = practice.data["surface"]["item"]
    here = found[(found["place_kind"] == "station") & (found["period"] == period) & (found["item"] == item)]
    return as_declared(here, dust).drop_duplicates("place").set_index("place")["mean"]


def _rose(hours: pd.DataFrame, days: pd.DataFrame, year: int, practice: Edition) -> pd.DataFrame:
    """Make the rose of a year of its hours, or of its days where no hour tells the wind."""
    rules = practice.data["rose"]
    for name, records, dates in (
        ("air_hours", hours, day_of_hour(hours["time"])),
        ("air_days", days, days["date"]),
    ):
        found = rose(records[dates.dt.year == year], rules["item"], rules)
        if len(found):
            return found.assign(period=str(year), item=rules["item"], table=name)
    return pd.DataFrame()


def _first_year(city: pd.DataFrame, as_of: dt.date) -> int:
    return int(city["date"].min().year) if len(city) else as_of.year + 1


def _of_hours(
    keyed_hours: pd.DataFrame, editions: Editions, engine: Engine
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Judge the hours, and make days of them, in partitions of whole stations (`station_key`)."""
    size = max(-(-len(keyed_hours) // engine.partitions(len(keyed_hours), MOST)), 1)
    parts = whole_groups(keyed_hours["station_key"], size)
    found = engine.spread(
        partial(_of_stations, editions=editions),
        ({"air_hours": rows_at(keyed_hours, keyed_hours.index[at])} for at in parts),
    )
    judged, days = zip(*found, strict=True)
    return in_order(judged), stacked(days)


def _of_stations(part: Partition, engine: Engine, *, editions: Editions) -> tuple[pd.DataFrame, pd.DataFrame]:
    hours = part["air_hours"]
    some = [hours.iloc[start : start + ROWS_A_PART] for start in range(0, len(hours), ROWS_A_PART)]
    judged = engine.map(lambda part: hourly(part, editions), some)
    days = station_days(hours.assign(station=hours["station_key"]), editions)
    return engine.combine([*judged, hours.iloc[:0, :0]], pd.concat), days


def _station_notes(days: pd.DataFrame, named: Sequence[str], words: Sequence[str]) -> list[Message]:
    if not named:
        number = days["station_key"].nunique()
        return [Message("未指定站点，取全部 {n} 个站点", "no stations named, all {n} are used", n=number)]
    known = set(days["station_key"])
    absent = [word for word, key in zip(words, named, strict=True) if key not in known]
    return (
        [Message("无数据的站点：{names}", "stations without data: {names}", names=listed(absent))]
        if absent
        else []
    )
