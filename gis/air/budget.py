"""The budget of a year: bad days still allowed, and the PM2.5 that the remaining days must keep to."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from gis.air.chances import DAYS, Course, course_of, year_values
from gis.air.phrases import phrase
from gis.base.calendar import MONTHS
from gis.base.errors import EditionError
from gis.base.forecast import (
    AT_RISK,
    LOST,
    MADE,
    REACHABLE,
    Floats,
    Skill,
    generator,
    never_sure,
    past_cases,
    reliability_table,
    share,
    skill,
    state_of,
)
from gis.base.messages import Message, joined
from gis.catalogue.model import Dust, Target
from gis.standards import Editions, by_edition, cell_of

FAMILY = "outlook"
GOOD, PM25, BOTH = "good_days", "pm25", "both"
INDICATORS = {"air.good_day_rate": GOOD, "air.pm25_mean": PM25}
COMPARATORS = {GOOD: (">", ">="), PM25: ("<", "<=")}
NOISE_DIGITS = 9
COLUMNS = [
    "year", "goal", "state", "judged", "set_for", "edition", "comparator", "good_rate_target", "valid_days", "bad_days",
    "bad_days_allowed", "bad_days_left", "days_left", "pm25_target", "pm25_mean", "pm25_path", "pm25_needed",
    "binds", "possible", "probability", "n_years", "draws", "seed", "hit_rate", "brier", "brier_climatology",
    "n_backtest", "backtest", "note",
]  # fmt: skip


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


class Budget(NamedTuple):
    """`air_budget` and the reliability of its probabilities, pooled over past years and their months."""

    rows: pd.DataFrame
    reliability: pd.DataFrame


def budget(city: pd.DataFrame, aims: Sequence[Aim], editions: Editions, as_of: dt.date, dust: Dust) -> Budget:
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
    rows
        COLUMNS; a row an aim and, where both aims are there, one of them together (`both`). state:
        reachable | at_risk | lost | made. bad_days_left is negative, `possible` false and pm25_needed null
        once the target is lost. pm25_path: the mean to this day that leads to the goal, by the past years'
        ratio of the mean to the day and the mean of the year. `binds` is false where what is left is no
        constraint. probability (0 to 1), hit_rate and brier are null where past years are too few.
    reliability
        told_from, told_to, n, told and came: past years forecast from each other at the end of each month.

    Raises
    ------
    EditionError
        No rules of the outlook are in force on `as_of`.
    """
    if not len(aims) or not (city["date"].dt.year == as_of.year).any():
        return Budget(pd.DataFrame(columns=COLUMNS), reliability_table([]))
    ruling = ruling_of(aims, editions)
    rules = editions.in_force(FAMILY, as_of).data
    course = course_of(city, ruling, pd.Timestamp(as_of), dust)
    past = course.cut_to(_usable(course, rules["air"]["least_share"]))
    chances = _chances(past, aims, rules, as_of)
    rows = [_worded(row | chances[row["goal"]], course, rules) for row in _rows(aims, course, past)]
    if rows[-1]["goal"] == BOTH:  # the worse word of the two, where either is
        rows[-1]["state"] = min((row["state"] for row in rows), key=[LOST, AT_RISK, REACHABLE, MADE].index)
    frame = pd.DataFrame(rows)
    unset = [
        None if aim.judged else phrase("no_target", year=as_of.year, set_for=aim.set_for) for aim in aims
    ]
    unset.append(next(filter(None, unset), None))
    notes = list(_notes(course, past, rules, editions, as_of))
    frame["note"] = [joined([about, *notes]) for about in unset[: len(frame)]]
    frame = frame.assign(year=as_of.year, edition=_used(ruling, as_of.year), days_left=len(course.left))
    return Budget(_typed(frame.reindex(columns=COLUMNS)), _reliability(past, aims, rules))


def _worded(row: dict[str, Any], course: Course, rules: Any) -> dict[str, Any]:
    """Add the word of a row and whether what is left binds; what is lost has no probability."""
    words, left = rules["words"], len(course.left)
    chance = row["probability"] if row["possible"] else np.nan
    word = state_of(
        words, possible=row["possible"], left=left, probability=chance, as_so_far=row["as_so_far"]
    )
    free = chance >= words["free"] if np.isfinite(chance) else row["free"]
    binds = bool(row["possible"] and left and (word == AT_RISK or not free))
    return row | {"state": word, "binds": binds, "probability": chance}


def _rows(aims: Sequence[Aim], course: Course, past: Course) -> list[dict[str, Any]]:
    """Say what each aim needs and, where both are there, whether they are possible together."""
    rows = [_needs(aim, course, past) for aim in aims]
    if len(rows) < len(INDICATORS):
        return rows
    names = ("possible", "judged", "as_so_far", "free")
    return [*rows, {"goal": BOTH} | {name: all(row[name] for row in rows) for name in names}]


def _used(ruling: Editions, year: int) -> str:
    calendar = pd.Series(pd.date_range(f"{year}-01-01", f"{year}-12-31"))
    return cell_of(one.id for one, _ in by_edition(calendar, "aqi", ruling))


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
            "bad_days_left": allowed - bad, "possible": bad <= allowed, "free": allowed - bad >= left,
            "as_so_far": bool(valid and aim.holds(np.array([100 * (valid - bad) / valid]))[0]),
        }  # fmt: skip
    seen = course.pm25_now[course.seen]
    n, total = int(np.isfinite(seen).sum()), float(np.nansum(seen))
    mean = total / n if n else np.nan
    needed = (aim.value * (n + left) - total) / left if left else np.nan
    so_far = bool(aim.holds(np.array([mean]))[0])
    reachable = so_far if not left else needed > 0 or (needed == 0 and aim.comparator == "<=")
    return own | {
        "pm25_target": aim.value, "pm25_mean": mean, "pm25_path": aim.value * _path(past),
        "pm25_needed": needed if reachable else np.nan, "valid_days": n, "possible": bool(reachable),
        "as_so_far": so_far, "free": bool(left and needed >= _worst_month(course)),
    }  # fmt: skip


def _worst_month(course: Course) -> float:
    """Give the highest PM2.5 mean of about a month, of this year and the past ones."""
    now = np.where(np.isin(np.arange(DAYS), course.seen), course.pm25_now, np.nan)
    days = np.concatenate([now[None], course.pm25])[:, : DAYS // MONTHS * MONTHS]
    return float(np.nanmax(share(days.reshape(len(days) * MONTHS, -1).T)))


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
        nothing = Skill(np.nan, np.nan, 0)
        return dict.fromkeys(goals, own | _scored(np.nan, nothing, nothing, None))
    chances = _told(past, aims, rules, as_of.year, n)
    forecasts, outcomes, trivial, how = _tested(past, aims, rules)
    skills, naive = (
        [skill(*pair) for pair in zip(told.T, outcomes.T, strict=True)] for told in (forecasts, trivial)
    )
    scores = zip(goals, chances, skills, naive, strict=True)
    return {goal: own | _scored(chance, one, other, how) for goal, chance, one, other in scores}


def _told(course: Course, aims: Sequence[Aim], rules: Any, year: int, n: int) -> Floats:
    """Give the probability of each aim and, last, of all, drawn from n past years."""
    drawn = year_values(course, rules, generator(rules["draws"]["seed"], "air", year))
    return never_sure(_kept(aims, *drawn).mean(axis=0), n, rules["level"]["shrink"])


def _tested(past: Course, aims: Sequence[Aim], rules: Any) -> tuple[Floats, Floats, Floats, str]:
    """Forecast past years at the same day: what was told, what came, what climatology tells, and how."""
    came = _kept(aims, 100 * share(past.asked.T), share(past.pm25.T))
    cases, how = past_cases(len(past.pm25), rules["history"])
    told = [_told(past.of_past(year, rest), aims, rules, year, len(rest)) for year, rest in cases]
    trivial = [came[rest].mean(axis=0) for _, rest in cases]
    return np.array(told), came[[year for year, _ in cases]], np.array(trivial), how


def _reliability(past: Course, aims: Sequence[Aim], rules: Any) -> pd.DataFrame:
    if len(past.pm25) < rules["history"]["least_years"]:
        return reliability_table([])
    days = len(past.seen) + len(past.left)
    ends = [days * month // MONTHS for month in range(1, MONTHS)]
    tests = (_tested(past.until(day), aims, rules) for day in ends)
    return reliability_table((told[:, : len(aims)], came[:, : len(aims)]) for told, came, _, _ in tests)


def _kept(aims: Sequence[Aim], rate: Floats, pm25: Floats) -> Floats:
    columns = [aim.holds(rate if aim.goal == GOOD else pm25) for aim in aims]
    return np.column_stack([*columns, np.all(columns, axis=0)]).astype("float64")


def _scored(probability: float, own: Skill, trivial: Skill, how: str | None) -> dict[str, Any]:
    return {
        "probability": probability, "hit_rate": own.hit_rate, "brier": own.brier,
        "brier_climatology": trivial.brier, "n_backtest": own.n, "backtest": how if own.n else None,
    }  # fmt: skip


def _notes(course: Course, past: Course, rules: Any, editions: Editions, as_of: dt.date) -> Iterator[Message]:
    valid = int(np.isfinite(course.good_now[course.seen]).sum())
    lost, most = len(course.seen) - valid, valid + len(course.left)
    if lost:
        yield phrase("days_passed", n=lost)
    try:
        least = editions.in_force("air_assessment", dt.date(as_of.year, 12, 31)).data["valid"]["year"]["days"]
    except EditionError:
        least = 0
    if most < least:
        yield phrase("few_valid_days", n=most, least=least)
    if len(course.left) and len(past.pm25) < rules["history"]["least_years"]:
        yield phrase("few_years", n=len(past.pm25), least=rules["history"]["least_years"])


def _typed(frame: pd.DataFrame) -> pd.DataFrame:
    whole = [
        "valid_days", "bad_days", "bad_days_allowed", "bad_days_left", "days_left", "n_years", "draws", "seed",
        "n_backtest",
    ]  # fmt: skip
    floats = ["good_rate_target", "pm25_target", "pm25_mean", "pm25_path", "pm25_needed"]
    kinds: dict[str, Any] = dict.fromkeys(whole, "Int64") | dict.fromkeys(floats, "float64")
    kinds |= dict.fromkeys(("state", "set_for", "comparator", "backtest", "note"), "str")
    return frame.astype(kinds | {"possible": "boolean", "judged": "boolean", "binds": "boolean"})
