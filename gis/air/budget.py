"""The budget of a year: bad days still allowed, and the PM2.5 that the remaining days must keep to."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd

from gis.air.chances import Course, course_of, year_values
from gis.base.errors import EditionError
from gis.base.forecast import Floats, Skill, generator, past_cases, share, skill
from gis.catalogue.model import Dust, Target
from gis.standards import Editions, by_edition

FAMILY = "outlook"
GOOD, PM25, BOTH = "good_days", "pm25", "both"
INDICATORS = {"air.good_day_rate": GOOD, "air.pm25_mean": PM25}
COMPARATORS = {GOOD: (">", ">="), PM25: ("<", "<=")}
NOISE_DIGITS = 9
COLUMNS = [
    "year", "goal", "judged", "set_for", "edition", "comparator", "good_rate_target", "valid_days", "bad_days",
    "bad_days_allowed", "bad_days_left", "days_left", "pm25_target", "pm25_mean", "pm25_path", "pm25_needed",
    "possible", "probability", "n_years", "draws", "seed", "hit_rate", "brier", "brier_climatology", "n_backtest",
    "backtest", "note",
]  # fmt: skip
FEW = "历史数据太少：{n} 年，需 {least} 年 · too few data: {n} past years of {least}"
NOT_JUDGED = (
    "{year} 年没有目标，对照 {set_for} 年的目标值，不作评价 · "
    "no target for {year}: against that of {set_for}, not judged"
)
LOST = "已过 {n} 天无有效数据，不计 · {n} days passed without valid data, not counted"
SHORT = (
    "有效天数最多 {n} 天，少于 {least} 天，全年数据将不充足 · "
    "at most {n} valid days of {least}: the year will be short of data"
)


@dataclass(frozen=True)
class Aim:
    """One target of the year's air.

    Attributes
    ----------
    goal
        good_days (value in %) or pm25 (µg/m³).
    judged
        Whether the target belongs to the year; else it only stands beside the numbers.
    set_for
        The year it was set for.
    edition
        The AQI edition it is judged under; by date when None.
    """

    goal: str
    comparator: str
    value: float
    judged: bool = True
    set_for: str = ""
    edition: str | None = None

    def holds(self, values: Floats) -> Any:
        """Tell which yearly values make the target (unrounded, as the scorecard compares)."""
        gap = np.round(values - self.value, NOISE_DIGITS)
        return {">": gap > 0, ">=": gap >= 0, "<": gap < 0, "<=": gap <= 0}[self.comparator]


def aims_of(targets: Iterable[Target], year: int, adcode: str) -> list[Aim]:
    """Choose the targets that a year's budget is reckoned against.

    A target belongs to its year, and to later ones only if `carried_forward`. Where a year has none of
    an indicator, the newest earlier one stands in and is not judged.
    """
    aims = []
    for indicator, goal in INDICATORS.items():
        known = [
            one
            for one in targets
            if one.indicator == indicator
            and one.place in (None, adcode)
            and one.goal.comparator in COMPARATORS[goal]
            and int(one.period) <= year
        ]
        if known:
            last = max(known, key=lambda one: (int(one.period) == year, one.carried_forward, one.period))
            judged = int(last.period) == year or last.carried_forward
            edition = last.editions.get("aqi")
            aims.append(Aim(goal, last.goal.comparator, last.goal.value, judged, last.period, edition))
    return aims


def budget(
    city: pd.DataFrame, aims: Sequence[Aim], editions: Editions, as_of: dt.date, dust: Dust
) -> pd.DataFrame:
    """Reckon what the year of `as_of` may still bring for each aim, and for both together.

    The good-day rate is good days / valid days (HJ 663), so with V valid days so far and L days left,
    all of which are taken to be valid, the most bad days b are those with (V + L − b) / (V + L) still at
    the target. The PM2.5 mean of the year is the mean of the daily
    city means, so the remaining days must not exceed (goal × (n + L) − Σ) / L. Days that passed without
    a valid value are not counted, nor sand-dust days that the county takes off, as in the yearly figures.

    Parameters
    ----------
    city
        From `city_days`: this year's days up to `as_of`, and past years as history.
    aims
        At most one a goal.
    editions
        By date, or one forced for the series; an aim that names an edition is judged under that one.
    dust
        How the county's figures treat sand-dust days.

    Returns
    -------
    air_budget
        COLUMNS; a row an aim and, where both aims are there, one of them together (`both`). bad_days_left
        is negative and `possible` false once the target is lost. pm25_path: the mean to this day that
        leads to the goal, by the past years' ratio of the mean to the day and the mean of the year.
        probability (0 to 1), hit_rate and brier are null where past years are too few.

    Raises
    ------
    EditionError
        No rules of the outlook are in force on `as_of`.
    """
    if not len(aims) or not (city["date"].dt.year == as_of.year).any():
        return pd.DataFrame(columns=COLUMNS)
    ruling = ruling_of(aims, editions)
    rules = editions.in_force(FAMILY, as_of).data
    course = course_of(city, ruling, pd.Timestamp(as_of), dust)
    past = course.cut_to(_usable(course, rules["air"]["least_share"]))
    chances = _chances(past, aims, rules, as_of)
    frame = pd.DataFrame([row | chances[row["goal"]] for row in _rows(aims, course, past)])
    told = [[] if aim.judged else [NOT_JUDGED.format(year=as_of.year, set_for=aim.set_for)] for aim in aims]
    told.append(next((one for one in told if one), []))
    notes = list(_notes(course, past, rules, editions, as_of))
    frame["note"] = ["；".join([*told[at], *notes]) or None for at in range(len(frame))]
    frame = frame.assign(year=as_of.year, edition=_used(ruling, as_of.year), days_left=len(course.left))
    return _typed(frame.reindex(columns=COLUMNS))


def _rows(aims: Sequence[Aim], course: Course, past: Course) -> list[dict[str, Any]]:
    """Say what each aim needs and, where both are there, whether they are possible together."""
    rows = [_needs(aim, course, past) for aim in aims]
    if len(rows) < len(INDICATORS):
        return rows
    possible, judged = (all(row[name] for row in rows) for name in ("possible", "judged"))
    return [*rows, {"goal": BOTH, "possible": possible, "judged": judged}]


def _used(ruling: Editions, year: int) -> str:
    calendar = pd.Series(pd.date_range(f"{year}-01-01", f"{year}-12-31"))
    return " + ".join(one.id for one, _ in by_edition(calendar, "aqi", ruling))


def ruling_of(aims: Sequence[Aim], editions: Editions) -> Editions:
    """Give the editions that judge the days: the one the good-day aim names, unless one is forced already."""
    named = next((aim.edition for aim in aims if aim.goal == GOOD), None)
    return editions if named is None or "aqi" in editions.forced else editions.force("aqi", named)


def _usable(course: Course, least: float) -> Any:
    known = np.isfinite(course.asked) & np.isfinite(course.pm25)
    return known.mean(axis=1) >= least


def _needs(aim: Aim, course: Course, past: Course) -> dict[str, Any]:
    left = len(course.left)
    own = {
        "goal": aim.goal,
        "judged": aim.judged,
        "set_for": aim.set_for or None,
        "comparator": aim.comparator,
    }
    if aim.goal == GOOD:
        seen = course.good_now[course.seen]
        valid, bad = int(np.isfinite(seen).sum()), int((seen == 0).sum())
        room = (valid + left) * (1 - Fraction(str(aim.value)) / 100)
        allowed = math.floor(room) if aim.comparator == ">=" else math.ceil(room) - 1
        return own | {
            "good_rate_target": aim.value, "valid_days": valid, "bad_days": bad, "bad_days_allowed": allowed,
            "bad_days_left": allowed - bad, "possible": bad <= allowed,
        }  # fmt: skip
    seen = course.pm25_now[course.seen]
    n, total = int(np.isfinite(seen).sum()), float(np.nansum(seen))
    mean = total / n if n else np.nan
    needed = (aim.value * (n + left) - total) / left if left else np.nan
    reachable = (
        aim.holds(np.array([mean]))[0]
        if not left
        else (needed > 0 or (needed == 0 and aim.comparator == "<="))
    )
    return own | {
        "pm25_target": aim.value, "pm25_mean": mean, "pm25_path": aim.value * _path(past), "pm25_needed": needed,
        "valid_days": n, "possible": bool(reachable),
    }  # fmt: skip


def _path(past: Course) -> float:
    """Give the mean to this day as a share of the year's mean, over the past years; 1 where there are none."""
    if not len(past.pm25):
        return 1.0
    to_day, whole = np.nanmean(past.pm25[:, past.seen], axis=1), np.nanmean(past.pm25, axis=1)
    return float(np.mean(to_day / whole))


def _chances(past: Course, aims: Sequence[Aim], rules: Any, as_of: dt.date) -> dict[str, dict[str, Any]]:
    """Give probability and back-test of each aim and of both."""
    draws, least = rules["draws"], rules["history"]["least_years"]
    n = len(past.pm25)
    goals = [*(aim.goal for aim in aims), BOTH]
    own: dict[str, Any] = {"n_years": n, "draws": draws["number"], "seed": draws["seed"]}
    if n < least or not len(past.left):
        return {
            goal: own | _scored(np.nan, Skill(np.nan, np.nan, 0), Skill(np.nan, np.nan, 0), None)
            for goal in goals
        }
    told = _kept(aims, *year_values(past, rules, generator(draws["seed"], "air", as_of.year)))
    came = _kept(aims, 100 * share(past.asked.T), share(past.pm25.T))
    cases, how = past_cases(n, rules["history"])
    forecasts = [
        _kept(
            aims, *year_values(past.of_past(year, training), rules, generator(draws["seed"], "air", year))
        ).mean(axis=0)
        for year, training in cases
    ]
    trivial = [came[training].mean(axis=0) for _, training in cases]
    outcomes = came[[year for year, _ in cases]]
    return {
        goal: own | _scored(
            float(told[:, at].mean()), skill(np.array(forecasts)[:, at], outcomes[:, at]),
            skill(np.array(trivial)[:, at], outcomes[:, at]), how,
        )
        for at, goal in enumerate(goals)
    }  # fmt: skip


def _kept(aims: Sequence[Aim], rate: Floats, pm25: Floats) -> Floats:
    columns = [aim.holds(rate if aim.goal == GOOD else pm25) for aim in aims]
    return np.column_stack([*columns, np.all(columns, axis=0)]).astype("float64")


def _scored(probability: float, own: Skill, trivial: Skill, how: str | None) -> dict[str, Any]:
    return {
        "probability": probability, "hit_rate": own.hit_rate, "brier": own.brier,
        "brier_climatology": trivial.brier, "n_backtest": own.n, "backtest": how if own.n else None,
    }  # fmt: skip


def _notes(course: Course, past: Course, rules: Any, editions: Editions, as_of: dt.date) -> Iterator[str]:
    valid = int(np.isfinite(course.good_now[course.seen]).sum())
    lost, most = len(course.seen) - valid, valid + len(course.left)
    if lost:
        yield LOST.format(n=lost)
    try:
        least = editions.in_force("air_assessment", dt.date(as_of.year, 12, 31)).data["valid"]["year"]["days"]
    except EditionError:
        least = 0
    if most < least:
        yield SHORT.format(n=most, least=least)
    if len(course.left) and len(past.pm25) < rules["history"]["least_years"]:
        yield FEW.format(n=len(past.pm25), least=rules["history"]["least_years"])


def _typed(frame: pd.DataFrame) -> pd.DataFrame:
    whole = [
        "valid_days",
        "bad_days",
        "bad_days_allowed",
        "bad_days_left",
        "days_left",
        "n_years",
        "draws",
        "seed",
        "n_backtest",
    ]
    floats = ["good_rate_target", "pm25_target", "pm25_mean", "pm25_path", "pm25_needed"]
    kinds: dict[str, Any] = dict.fromkeys(whole, "Int64") | dict.fromkeys(floats, "float64")
    kinds |= dict.fromkeys(("set_for", "comparator", "backtest", "note"), "str")
    return frame.astype(kinds | {"possible": "boolean", "judged": "boolean"})
