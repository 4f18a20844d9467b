"""Records of water and air at the public face: rated, assessed, and what the rest of the year must bring."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from gis.api.checked import Day, Folder, checked, folder_of, many, others
from gis.desk.results import beside_own, heard, result
from gis.desk.sources import Result, Source


@checked
def water_class(
    samples: Source,
    sections: Source | None = None,
    *,
    edition: str | None = None,
    as_of: Day = None,
    layers: Folder = None,
    **said: Any,
) -> Result:
    """Rate each record by GB 3838-2002 表1: class, deciding indicators, 超标倍数.

    Parameters
    ----------
    samples
        Records with section, date and indicators (氨氮(mg/L) …).
    sections
        The list of sections, which says river or lake; where nobody does, both classes are given.
    edition
        The edition that judges, whatever the date; by date when None.
    as_of
        Later records are left aside; none when None.
    layers
        A county's folder, for its editions.
    said
        What `samples` do not say themselves, as `read` takes it; `answers` also which section a record means.

    Returns
    -------
    result
        `frame` has water_class (1–6, 6 is 劣Ⅴ), deciding_indicators, main_pollutants, class_as_river,
        class_as_lake, suspect and edition; `tables` holds `sample_flags` and `source_limits`, where something
        is in them; `figures` the records of each class.

    Raises
    ------
    ColumnError
        No indicator was recognised.
    EditionError
        The edition is unknown.
    Question
        A record may be of a section of the list, and nobody said so.

    Examples
    --------
    >>> rows = {"断面名称": ["张桥"], "采样日期": ["2025-03-01"], "水体类型": ["河流"], "DO": [8.0], "氨氮": [1.4]}
    >>> water_class(pd.DataFrame(rows)).frame[["water_class", "deciding_indicators"]].values.tolist()
    [[4, 'Ammonia nitrogen']]
    """
    from gis.desk import water
    from gis.desk.judged import used_of

    given = water.monitored(samples, sections, said, heard, every_reading=True)
    made = water.rated(given, water.editions_of(folder_of(layers), edition), as_of)
    notes = [made.headline, *made.notes, *made.later, *given.findings]
    used = used_of(made.editions, made.used)
    return result(given.read, beside_own(given.read, made.added), used, made.tables, notes, made.basis)


@checked
def water_periods(
    samples: Source,
    sections: Source | None = None,
    *,
    edition: str | None = None,
    as_of: Day = None,
    layers: Folder = None,
    **said: Any,
) -> Result:
    """Assess each section by week, month, quarter, half-year, 1–N月累计 and year (环办〔2011〕22号).

    Parameters
    ----------
    samples
        Records with section, date and indicators.
    sections
        The list of sections: name or code, river or lake, level, target class.
    edition
        The edition of the limits that judges, whatever the date; by date when None.
    as_of
        Later records are left aside; the last date of the records when None.
    layers
        A county's folder, for how it rounds and what it does with flagged values.
    said
        What `samples` do not say themselves, as `read` takes it.

    Returns
    -------
    result
        `frame` has a row a section and period: means, water_class, target_class, attainment; `tables` holds
        what else was made, such as `water_rates`, `water_trends` and `lake_states`; `figures` the last rates, or
        the classes of the sections where no list says what counts.

    Raises
    ------
    ColumnError
        No indicator was recognised.
    UsageError
        No section has a value in a period.

    Examples
    --------
    >>> rows = {"断面名称": ["张桥"], "采样日期": ["2025-03-01"], "水体类型": ["河流"], "氨氮": [1.4], "总磷": [0.1]}
    >>> made = water_periods(pd.DataFrame(rows)).frame
    >>> made.loc[made["period"] == "2025M03", "water_class"].tolist()
    [4]
    """
    from gis.desk import water
    from gis.desk.judged import used_of

    folder = folder_of(layers)
    given = water.monitored(samples, sections, said, heard)
    made = water.assessed(given, water.editions_of(folder, edition), folder, as_of)
    notes = [made.headline, *made.notes, *given.findings]
    used = used_of(made.editions, made.used)
    return result(given.read, made.periods, used, others(made.made, "section_periods"), notes, made.basis)


@checked
def water_outlook(
    samples: Source,
    section: str,
    sections: Source | None = None,
    *,
    asked: str | int | None = None,
    edition: str | None = None,
    as_of: Day = None,
    layers: Folder = None,
    **said: Any,
) -> Result:
    """Say whether a section can make its class, and what the remaining months must bring.

    Parameters
    ----------
    samples
        Records; past years are the history that the probability rests on.
    section
        The section, by name or code.
    sections
        The list of sections: name or code, river or lake, target class.
    asked
        Ask for this class (Ⅲ, III, 3) instead of the target and Ⅲ.
    edition, as_of, layers, said
        As `water_periods` takes them.

    Returns
    -------
    result
        `frame` has a row a goal and indicator, and one of all: state (made, reachable, at_risk, lost), mean_so_far,
        needed, months_left, probability with its back-test; `tables["reliability"]` what came true of what was
        told of past years.

    Raises
    ------
    UsageError
        No such section has a record of the year; the nearest names are given.

    Examples
    --------
    >>> rows = {"断面名称": ["张桥"] * 2, "采样日期": ["2025-03-01", "2025-04-01"], "水体类型": ["河流"] * 2,
    ...     "氨氮": [0.8, 1.4]}
    >>> found = water_outlook(pd.DataFrame(rows), "张桥", asked="Ⅲ").frame.set_index("indicator")
    >>> found.loc["nh3n", ["mean_so_far", "limit", "needed"]].round(3).tolist()
    [1.1, 1.0, 0.981]
    """
    from gis.desk import outlook, water
    from gis.desk.judged import used_of

    outlook.class_of(asked)
    folder = folder_of(layers)
    given = water.monitored(samples, sections, said, heard)
    of = water.assessed(given, water.editions_of(folder, edition), folder, as_of)
    made = outlook.outlook(of, section, asked)
    used, notes = used_of(of.editions, made.used), [made.headline, *made.notes, *given.findings]
    return result(given.read, made.rows, used, {"reliability": made.reliability}, notes, made.basis)


@checked
def aqi(
    records: Source, *, kind: str | None = None, edition: str | None = None, as_of: Day = None,
    layers: Folder = None, **said: Any,
) -> Result:  # fmt: skip
    """Give AQI, primary pollutants and category of each hour or day, by the edition of HJ 633 in force.

    Parameters
    ----------
    records
        Hours (time) or days (date) of stations, µg/m³ and CO in mg/m³ unless the heads say otherwise.
    kind
        air_hours or air_days; told by the heads when None.
    edition
        The edition that judges, whatever the date: hj633-2012, hj633-2026.
    as_of
        Later records are left aside; none when None.
    layers
        A county's folder, for its editions.
    said
        What `records` do not say themselves, as `read` takes it.

    Returns
    -------
    result
        `frame` has the sub-indices, aqi, primary_pollutants, category, aqi_level, edition and unaudited;
        `figures` the records of each category.

    Raises
    ------
    ColumnError, FormatError
        The records hold no hours or days of air.
    EditionError
        The edition is unknown.

    Examples
    --------
    >>> rows = {"站点": ["示例站"], "日期": ["2025-03-01"], "PM2.5": [80], "PM10": [120], "SO2": [10], "NO2": [40],
    ...     "CO": [0.9], "O3-8h": [90]}
    >>> aqi(pd.DataFrame(rows)).frame[["aqi", "category"]].values.tolist()
    [[107, '轻度污染']]
    """
    from gis.desk import air, county
    from gis.desk.judged import used_of

    found = air.one_kind(records, said, heard, kind, every_reading=True)
    made = air.rated(found, county.forced(folder_of(layers), "aqi", edition), as_of)
    used = used_of(made.editions, made.added["edition"])
    notes = [made.headline, *made.notes, *made.later]
    return result(found, beside_own(found, made.added), used, {}, notes, made.basis)


@checked
def air_periods(
    records: Source,
    *,
    kind: str | None = None,
    stations: str | Iterable[str] = (),
    edition: str | Iterable[str] = (),
    as_of: Day = None,
    layers: Folder = None,
    **said: Any,
) -> Result:
    """Assess months, 1–N月累计 and years of the city: good days, PM2.5, coverage (HJ 663).

    Parameters
    ----------
    records
        Hours or days of stations.
    kind
        air_hours or air_days; told by the heads when None.
    stations
        The stations that count, by name or code; all when empty.
    edition
        Editions that judge the whole series, one of a family; by date when empty.
    as_of
        Later records are left aside; the last date of the records when None.
    layers
        A county's folder, for how it counts sand-dust days, and its editions.
    said
        What `records` do not say themselves, as `read` takes it.

    Returns
    -------
    result
        `frame` has a row a period; `tables` holds what else was made, such as `air_city_days` and
        `air_statistics`; `figures` those of the last year.

    Raises
    ------
    ColumnError, FormatError
        The records hold no hours or days of air.
    UsageError
        No station has a valid day, or a station that is to count is not there; the nearest is named.

    Examples
    --------
    >>> rows = {"站点": ["示例站"], "日期": ["2025-03-01"], "PM2.5": [80], "PM10": [120], "SO2": [10], "NO2": [40],
    ...     "CO": [0.9], "O3-8h": [90]}
    >>> made = air_periods(pd.DataFrame(rows)).frame
    >>> made.loc[made["period"] == "2025M03", "good_days"].tolist()
    [0]
    """
    from gis.desk import air, county
    from gis.desk.judged import used_of

    folder = folder_of(layers)
    found = air.one_kind(records, said, heard, kind)
    made = air.assessed([found], county.editions(folder, many(edition)), many(stations), folder, as_of)
    used = used_of(made.editions, pd.concat([made.city["edition"], made.statistics["rules"]]))
    notes = [made.headline, *made.notes]
    return result(found, made.periods, used, others(made.made, "air_periods"), notes, made.basis)


@checked
def air_budget(  # noqa: PLR0913  as `air_periods`, and for which aims
    records: Source,
    *,
    good_rate: float | None = None,
    pm25: float | None = None,
    kind: str | None = None,
    stations: str | Iterable[str] = (),
    edition: str | None = None,
    as_of: Day = None,
    layers: Folder = None,
    **said: Any,
) -> Result:
    """Say how many bad days the year still allows, and the PM2.5 that the remaining days must not exceed.

    Parameters
    ----------
    records
        Hours or days of stations; past years are the history that the probability rests on.
    good_rate
        Good days of the year, at least this many per cent.
    pm25
        Mean of the year, at most this, µg/m³.
    kind, stations, as_of, layers, said
        As `air_periods` takes them.
    edition
        The edition of the AQI that judges, whatever the date.

    Returns
    -------
    result
        `frame` has a row a goal, and one of both: state, bad_days_left, pm25_needed, days_left, probability with
        its back-test; `tables["reliability"]` what came true of what was told of past years.

    Raises
    ------
    UsageError
        No aim is named, or there is no day of the year.

    Examples
    --------
    >>> rows = {"站点": ["示例站"], "日期": ["2025-03-01"], "PM2.5": [80], "PM10": [120], "SO2": [10], "NO2": [40],
    ...     "CO": [0.9], "O3-8h": [90]}
    >>> air_budget(pd.DataFrame(rows), good_rate=81).frame[["bad_days_allowed", "days_left"]].values.tolist()
    [[58, 305]]
    """
    from gis.desk import air, county, outlook
    from gis.desk.judged import used_of

    aims, folder = outlook.aims_of(good_rate, pm25), folder_of(layers)
    reads = air.each_kind(records, said, heard, kind)
    of = air.assessed(reads, county.forced(folder, "aqi", edition), many(stations), folder, as_of)
    made = outlook.budget(of, aims)
    used, notes = used_of(of.editions, made.used), [made.headline, *made.notes]
    return result(reads[0], made.rows, used, {"reliability": made.reliability}, notes, made.basis)
