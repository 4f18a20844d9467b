"""The plan's counted actions and projects, and plain yearly statistics, as figures."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from gis.base.calendar import Period, figure_periods
from gis.base.door import admitted
from gis.base.figures import Finding, assessment, figures_of, finding, rows_of
from gis.base.messages import Message, joined, listed
from gis.base.tables import Assessment, Tables, conform, empty
from gis.base.units import POINTS, TEN_THOUSAND, UNIT_WORDS, to_m2
from gis.catalogue import Catalogue
from gis.engine import Engine
from gis.standards import Editions

MEASURES = {
    "started": ("started", False),
    "finished": ("finished", False),
    "quantity_started": ("started", True),
    "quantity_finished": ("finished", True),
}
SUMMARY = ["year", *MEASURES, "unit"]


def assess(
    tables: Tables,
    catalogue: Catalogue,
    editions: Editions,  # noqa: ARG001
    as_of: dt.date,
    engine: Engine,  # noqa: ARG001
) -> Assessment:
    """Count actions started and finished, add up their quantities, and take over yearly statistics.

    Parameters
    ----------
    tables
        `actions` (dates, quantity in `unit`) and `statistics`; either may be missing.
    as_of
        Dates after it have not happened: an action that finishes later is started, not finished.

    Returns
    -------
    assessment
        Figures `actions.<kind>.<measure>` a year and, while the year runs, January to now of every
        year; a 0 is made only for a kind that has rows. An action without the date counts in no
        period; the figure's note says how many those are. Figures `statistics.<indicator>` and
        `.change` (this year's value less last year's). Tables `actions_summary` (kind, year) and
        `actions_by_town` (kind, town, year). Areas are in m². A figure of a town is made where a target
        asks for it.
    """
    tables = admitted(tables)
    actions = _happened(tables.get("actions", empty("actions")), as_of)
    findings = [*_counted(actions, catalogue.county.adcode, as_of), *_of_towns(actions, catalogue, as_of)]
    findings += _statistics(tables.get("statistics", empty("statistics")), catalogue, as_of)
    summaries = {
        "actions_summary": _summary(actions, ["kind"], as_of),
        "actions_by_town": _summary(actions, ["kind", "town"], as_of),
    }
    return assessment(summaries, findings)


def _happened(actions: pd.DataFrame, as_of: dt.date) -> pd.DataFrame:
    rows = actions[actions["kind"].notna()]
    again = rows["action_id"].notna() & rows.duplicated("action_id", keep="last")
    rows = pd.DataFrame(rows[~again])
    last = pd.Timestamp(as_of)
    dates = {name: rows[name].where(rows[name] <= last) for name in ("started", "finished")}
    return _in_one_unit(rows.assign(**dates))


def _in_one_unit(rows: pd.DataFrame) -> pd.DataFrame:
    unit = rows["unit"].fillna("").str.strip()
    by_ten_thousand = unit.str.startswith(TEN_THOUSAND) & (unit.str.len() > 1)
    unit = unit.where(~by_ten_thousand, unit.str.removeprefix(TEN_THOUSAND))
    quantity = rows["quantity"].where(~by_ten_thousand, rows["quantity"] * 10_000)
    for word in unit[unit.str.lower().isin(list(UNIT_WORDS))].unique():
        of_word = unit == word
        quantity = quantity.where(~of_word, to_m2(quantity.to_numpy(), word))
        unit = unit.where(~of_word, "m²")
    return rows.assign(quantity=quantity, unit=unit)


def _periods(actions: pd.DataFrame, as_of: dt.date) -> list[Period]:
    dates = pd.concat([actions["started"], actions["finished"]]).dropna()
    return figure_periods(dates.min().year if len(dates) else as_of.year, as_of)


def _of_towns(actions: pd.DataFrame, catalogue: Catalogue, as_of: dt.date) -> Iterator[Finding]:
    """Count for towns and zones what a target asks of them; nothing counted there is 0."""
    asked = sorted({(one.indicator, one.place) for one in catalogue.targets if one.place})
    codes, periods = _codes(actions["town"], catalogue), _periods(actions, as_of)
    for name, place in asked:
        subject, *words = name.split(".")
        if subject != "actions" or len(words) != len(("kind", "measure")) or words[1] not in MEASURES:
            continue
        rows = actions[actions["kind"].eq(words[0])]
        if len(rows):
            yield from _counts(
                rows[codes[rows.index].eq(place)], words[1], _unit(rows), (name, place), periods
            )


def _counted(actions: pd.DataFrame, place: str, as_of: dt.date) -> Iterator[Finding]:
    periods = _periods(actions, as_of)
    for kind, rows in actions.groupby("kind", sort=True):
        unit = _unit(rows)
        for measure in MEASURES:
            yield from _counts(rows, measure, unit, (f"actions.{kind}.{measure}", place), periods)


def _counts(
    rows: pd.DataFrame, measure: str, unit: str | None, of: tuple[str, str], periods: Sequence[Period]
) -> Iterator[Finding]:
    """Count a measure of one kind (`of`: indicator and place) in each period; none without one unit."""
    event, by_quantity = MEASURES[measure]
    if by_quantity and unit is None:
        return
    every, dates = rows_of("actions", rows), rows[event].to_numpy()
    parts = rows["quantity"].to_numpy("float64") if by_quantity else np.ones(len(rows))
    undated, mixed = _notes(rows)
    for period in periods:
        within = _within(dates, period)
        known = within & ~np.isnan(parts)
        notes = (undated, _without_quantity(int(within.sum() - known.sum())), mixed)
        yield finding(
            of[0], period.id, of[1], float(np.nansum(parts[within])), n=int(known.sum()),
            unit=unit if by_quantity else None, note=joined(notes),
            evidence=[every.at(known, parts[known])],
        )  # fmt: skip


def _within(dates: npt.NDArray[np.datetime64], period: Period) -> npt.NDArray[np.bool_]:
    return (dates >= np.datetime64(period.start)) & (dates <= np.datetime64(period.end))


def _notes(rows: pd.DataFrame) -> tuple[Message | None, Message | None]:
    """Say of the actions of a kind how many have no date, and which units they mix."""
    without_date = int((rows["started"].isna() & rows["finished"].isna()).sum())
    units = rows.loc[rows["quantity"].notna(), "unit"].unique()
    found = listed(unit or "–" for unit in units)
    undated = Message("{n} 项无日期，未计入", "{n} without a date, not counted", n=without_date)
    mixed = Message(
        "数量单位不一（{found}），未加总", "units differ ({found}), quantities not added up", found=found
    )
    return undated if without_date else None, mixed if len(units) > 1 else None


def _without_quantity(number: int) -> Message | None:
    return Message("{n} 项无数量，未计入", "{n} without a quantity, left out", n=number) if number else None


def _unit(rows: pd.DataFrame) -> str | None:
    """Name the one unit of all quantities; None where there is no quantity or the units differ."""
    units = rows.loc[rows["quantity"].notna(), "unit"].unique()
    return str(units[0]) if len(units) == 1 else None


def _summary(actions: pd.DataFrame, by: list[str], as_of: dt.date) -> pd.DataFrame:
    years = [period for period in _periods(actions, as_of) if period.kind == "year"]
    rows = []
    for keys, group in actions.groupby(by, sort=True):
        unit, quantity = _unit(group), group["quantity"].to_numpy("float64")
        dates = {event: group[event].to_numpy() for event, _ in MEASURES.values()}
        for period in years:
            row = dict(zip(by, keys, strict=True)) | {"year": period.year, "unit": unit}
            for measure, (event, by_quantity) in MEASURES.items():
                inside = _within(dates[event], period)
                whole = None if unit is None else np.nansum(quantity[inside])
                row[measure] = whole if by_quantity else int(inside.sum())
            rows.append(row)
    return pd.DataFrame(rows, columns=[*by, *SUMMARY]).astype(
        dict.fromkeys((*by, "unit"), "str")
        | {"year": "Int64", "started": "Int64", "finished": "Int64"}
        | {"quantity_started": "float64", "quantity_finished": "float64"}
    )


def _statistics(statistics: pd.DataFrame, catalogue: Catalogue, as_of: dt.date) -> Iterator[Finding]:
    known = statistics.dropna(subset=["indicator", "year", "value"])
    known = known[(known["year"] <= as_of.year) & known["indicator"].str.fullmatch(r"[a-z][a-z0-9_]*")]
    known = known.assign(place=_codes(known["place"], catalogue))
    known = known.drop_duplicates(["indicator", "place", "year"], keep="last")
    for (indicator, place), rows in known.groupby(["indicator", "place"], sort=True):
        yield from _series(f"statistics.{indicator}", str(place), conform(rows, "statistics"))


def _codes(places: pd.Series, catalogue: Catalogue) -> pd.Series:
    county = catalogue.county
    codes = {county.name.zh: county.adcode}
    for place in (*county.towns, *county.zones):
        codes |= dict.fromkeys((place.name.zh, *place.aliases), place.code)
    return places.fillna(county.adcode).str.strip().replace(codes)


def _series(indicator: str, place: str, rows: pd.DataFrame) -> Iterator[Finding]:
    values = {int(year): float(value) for year, value in zip(rows["year"], rows["value"], strict=True)}
    units = dict(zip(values, rows["unit"].fillna(""), strict=True))
    documents = dict(zip(values, rows["document"].fillna(""), strict=True))
    every, years = rows_of("statistics", rows), rows["year"].to_numpy()
    for year, value in values.items():
        yield finding(
            indicator, str(year), place, value, n=1, unit=units[year], note=documents[year],
            evidence=[every.at(years == year, value)],
        )  # fmt: skip
        if year - 1 in values:
            ids = [f"{indicator}.{one}.{place}" for one in (year, year - 1)]
            yield finding(
                f"{indicator}.change", str(year), place, value - values[year - 1], n=2,
                unit=POINTS if units[year] == "%" else units[year],
                evidence=[figures_of(ids, [value, -values[year - 1]])],
            )  # fmt: skip
