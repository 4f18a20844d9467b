"""Figures of the air: good-day rate, mean PM2.5, bad days, each with its edition and its rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from gis.air.year import within
from gis.base.calendar import Period
from gis.base.figures import Finding, finding, indicator, rows_of
from gis.standards import Edition, Editions, by_edition

SHORT = "有效性不足 · too few valid days"
UNAUDITED = "未经审核 · not audited"
SO_FAR = "累计，未满期 · so far, the period has not ended"


@dataclass(frozen=True)
class Setting:
    """What every figure of a run shares: editions, last day, place (adcode) and general notes."""

    editions: Editions
    as_of: dt.date
    place: str
    notes: Sequence[str] = ()


@dataclass(frozen=True)
class _Part:
    period: Period
    row: dict[str, Any]
    days: pd.DataFrame
    setting: Setting


def findings_of(
    city: pd.DataFrame,
    summary: pd.DataFrame,
    behind: pd.DataFrame,
    periods: Sequence[Period],
    setting: Setting,
) -> list[Finding]:
    """Make the three figures of each period that has data.

    Parameters
    ----------
    city, summary, behind
        From `city_days`, `air_periods` and `behind_city_days`.

    Returns
    -------
    findings
        air.good_day_rate, air.bad_days (family aqi) and air.pm25_mean (family air_limits); the id ends
        in the edition's where a forced one is not in force on the whole period.
    """
    known: dict[Any, Any] = {row["period"]: row for row in summary.to_dict("records")}
    return [
        found
        for period in periods
        if period.id in known
        for found in _three(
            _Part(period, known[period.id], within(city, period), setting), within(behind, period)
        )
    ]


def _three(part: _Part, rows: pd.DataFrame) -> Iterator[Finding]:
    valid = part.days[part.days["valid"]]
    good = rows["date"].map(valid.set_index("date")["good"].astype("float64"))
    if len(valid):
        rated, bad = rows[good.notna()], rows[good == 0]
        shares = good[good.notna()] * rated["share"]
        yield _finding("air.good_day_rate", part, part.row["good_day_rate"], valid, _evidence(rated, shares))
        yield _finding("air.bad_days", part, part.row["bad_days"], valid, _evidence(bad, bad["share"]))
    measured = rows[rows["pm25_share"].notna()]
    if len(measured):
        with_pm25 = part.days[part.days["pm25"].notna()]
        evidence = _evidence(measured, measured["pm25_share"])
        yield _finding("air.pm25_mean", part, part.row["pm25_mean"], with_pm25, evidence)


def _evidence(rows: pd.DataFrame, parts: pd.Series) -> list[pd.DataFrame]:
    return [rows_of(str(table), some, parts[some.index]) for table, some in rows.groupby("table")]


def _finding(
    indicator_id: str, part: _Part, value: float, days: pd.DataFrame, evidence: list[pd.DataFrame]
) -> Finding:
    family = indicator(indicator_id).family or ""
    editions = part.setting.editions
    used = [edition for edition, _ in by_edition(days["date"], family, editions)]
    rules = [edition for edition, _ in by_edition(days["date"], "air_assessment", editions)]
    return finding(
        indicator_id,
        part.period.id,
        part.setting.place,
        float(value),
        n=len(days),
        coverage=len(days) / part.row["days_passed"],
        edition=" + ".join(edition.id for edition in used),
        clause="; ".join(f"{one.standard} {one.clause}".strip() for one in (*used, *rules)),
        suffix=_suffix(family, part),
        note="；".join(_notes(indicator_id, part, days, used)),
        evidence=evidence,
    )


def _suffix(family: str, part: _Part) -> str:
    forced = part.setting.editions.forced.get(family)
    if forced is None:
        return ""
    edition, last = part.setting.editions.get(forced), min(part.period.end, part.setting.as_of)
    covers = edition.start <= part.period.start and (edition.end is None or last <= edition.end)
    return "" if covers else forced


def _notes(indicator_id: str, part: _Part, days: pd.DataFrame, used: Sequence[Edition]) -> Iterator[str]:
    row = part.row
    if row["provisional"]:
        yield SO_FAR
    if days["unaudited"].any():
        yield UNAUDITED
    short = row["pm25_sufficient" if indicator_id == "air.pm25_mean" else "sufficient"]
    if not pd.isna(short) and not short:
        yield SHORT
    if len(used) > 1:
        yield "跨两个版本，各日按当日版本评价 · crosses two editions, each day by its own"
    left_out = row["days_passed"] - len(days)
    if left_out:
        yield f"{left_out} 天无数据或无效，未计 · {left_out} days without valid data left out"
    if row["dust_days"]:
        yield f"含沙尘日 {row['dust_days']} 天，未扣除 · {row['dust_days']} sand-dust days kept"
    yield from part.setting.notes
