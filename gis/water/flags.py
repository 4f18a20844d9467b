"""Suspect values (可疑值): flagged with the reason, never deleted."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from gis.base.messages import Message
from gis.base.tables import TABLES, stacked
from gis.base.units import shown_shortest
from gis.engine import Engine
from gis.standards.editions import Edition
from gis.water.limits import Floats, values_of

SUSPECTS = "water_suspects"
ROWS_A_PART = 500_000
NONE_BEFORE = -1
SOURCE = ["section_id", "section", "sampled_at"]
COLUMNS = [
    "section_id", "section", "sampled_at", "indicator", "value", "flag", "reason", "source", "source_row",
]  # fmt: skip
Places = npt.NDArray[np.intp]
Rows = npt.NDArray[np.bool_]


class Series(NamedTuple):
    """The readings of one indicator, series by series in the order of time.

    Attributes
    ----------
    place
        Positions in the part.
    series, hours, reading
        Shape of `place`.
    start
        Position of the first reading of each run of equal values; `run` is the run of each reading.
    length
        Hours from the first to the last reading of each run.
    size
        Readings in each run.
    measured
        False for non-detects.
    """

    place: Places
    series: Places
    hours: Floats
    reading: Floats
    start: Places
    run: Places
    length: Floats
    size: Places
    measured: Rows


class Found(NamedTuple):
    """Flagged readings: which, and the two numbers that the reason shows."""

    rows: Rows
    before: Floats
    after: Floats


def flags(samples: pd.DataFrame, marks: pd.DataFrame, rules: Edition, engine: Engine) -> pd.DataFrame:
    """Flag the values that cannot well be true, by the rules of the family `water_suspects`.

    Parameters
    ----------
    samples
        Canonical records with `key`, index 0 to n - 1; any order.
    marks
        `at` (index of `samples`), `indicator`: non-detects, which may repeat lawfully.
    rules
        Thresholds; our proposal, without legal force.

    Returns
    -------
    sample_flags
        COLUMNS and `at`, a row a flagged value with its first flag in the order of the data file:
        out_of_range, whole_number, unit_1000, stuck, repeated, jump. In the order of `samples`.

    Notes
    -----
    Whole sections are worked on in parts of about 500,000 rows, so that memory stays bounded.
    """
    if not len(samples):
        return pd.DataFrame(columns=[*COLUMNS, "at"])
    key = pd.factorize(samples["key"])[0]
    apart = pd.factorize(samples["method"].fillna("manual"))[0]
    series = key * (apart.max() + 1) + apart
    order = np.lexsort((samples["sampled_at"].to_numpy(), series))
    borders = np.flatnonzero(np.diff(key[order])) + 1
    cuts = borders[np.searchsorted(borders, np.arange(ROWS_A_PART, len(order), ROWS_A_PART)) - 1]
    parts = [part for part in np.split(order, np.unique(cuts)) if len(part)]
    listed = engine.combine(engine.map(partial(_part, samples, series, marks, rules), parts), stacked)
    return listed.sort_values(["at", "indicator"], kind="stable").reset_index(drop=True)


def _part(
    samples: pd.DataFrame, series: Places, marks: pd.DataFrame, rules: Edition, rows: Places
) -> pd.DataFrame:
    hours = samples["sampled_at"].to_numpy()[rows].astype("datetime64[s]").astype("float64") / 3600
    where = series[rows]
    found: list[pd.DataFrame] = []
    for indicator in TABLES["samples"]:
        checks = [(flag, check) for flag, check in CHECKS.items() if _concerns(rules.data[flag], indicator)]
        if not checks or indicator not in samples:
            continue
        values = values_of(samples[[indicator]].iloc[rows], indicator)
        nothing = np.isin(rows, marks.loc[marks["indicator"] == indicator, "at"].to_numpy())
        one = _series(where, hours, values, nothing, rules.data["runs"]["break_hours"])
        if len(one.place):
            found += _flagged(one, indicator, rules, checks, rows)
    if not found:
        return pd.DataFrame(columns=[*COLUMNS, "at"])
    listed: pd.DataFrame = pd.concat(found, ignore_index=True).drop_duplicates(["at", "indicator"])
    about = samples.iloc[listed["at"].to_numpy()]
    for column in [*SOURCE, "source", "source_row"]:
        listed[column] = about[column].array
    return listed[[*COLUMNS, "at"]]


def _concerns(rule: dict[str, Any], indicator: str) -> bool:
    return indicator in rule.get("indicators", rule.get("above", rule.get("step", rule)))


def _flagged(
    one: Series, indicator: str, rules: Edition, checks: list[tuple[str, Any]], rows: Places
) -> Iterator[pd.DataFrame]:
    for flag, check in checks:
        hit = check(one, indicator, rules.data[flag])
        if not hit.rows.any():
            continue
        words = rules.data["flag"][flag]
        numbers = [one.reading[hit.rows], hit.before[hit.rows], hit.after[hit.rows]]
        yield pd.DataFrame(
            {
                "at": rows[one.place[hit.rows]],
                "indicator": indicator,
                "value": numbers[0],
                "flag": flag,
                "reason": [_reason(words, *three) for three in zip(*numbers, strict=True)],
            }
        )


def _reason(words: dict[str, str], value: float, before: float, after: float) -> str:
    named = {"value": shown_shortest(value), "before": shown_shortest(before), "after": shown_shortest(after)}
    return Message(words["zh"], words["en"], **named).stored


def _series(where: Places, hours: Floats, values: Floats, nothing: Rows, break_hours: float) -> Series:
    at = np.flatnonzero(~np.isnan(values))
    series, time, value = where[at], hours[at], values[at]
    new = np.ones(len(at), dtype=bool)
    new[1:] = (np.diff(series) != 0) | (np.diff(value) != 0) | (np.diff(time) > break_hours)
    start = np.flatnonzero(new)
    size = np.diff(start, append=len(at))
    last = start + size - 1
    length = time[last] - time[start] if len(at) else time
    return Series(at, series, time, value, start, np.cumsum(new) - 1, length, size, ~nothing[at])


def _out_of_range(one: Series, indicator: str, rule: dict[str, Any]) -> Found:
    low, high = rule[indicator]
    same = np.ones(len(one.place))
    return Found((one.reading < low) | (one.reading > high), low * same, high * same)


def _whole_number(one: Series, _indicator: str, rule: dict[str, Any]) -> Found:
    whole = one.reading == np.round(one.reading)
    before, after = _nearest(one, ~whole, rule["within_hours"])
    most, least = np.fmax(before, after), np.fmin(before, after)
    times = rule["times"]
    wrong = (one.reading > times * most) | (one.reading * times < least)
    return Found(whole & (one.reading >= rule["least"]) & wrong, before, after)


def _nearest(one: Series, among: Rows, within_hours: float) -> tuple[Floats, Floats]:
    """Give the nearest reading of `among` before and after each, NaN where none is near."""
    places = np.arange(len(one.place))
    back = np.maximum.accumulate(np.where(among, places, NONE_BEFORE))
    ahead = np.minimum.accumulate(np.where(among, places, len(places))[::-1])[::-1]
    return _there(one, back, within_hours), _there(one, ahead, within_hours)


def _there(one: Series, to: Places, within_hours: float) -> Floats:
    inside = (to >= 0) & (to < len(to))
    safe = np.where(inside, to, 0)
    near = inside & (one.series[safe] == one.series) & (np.abs(one.hours[safe] - one.hours) <= within_hours)
    return np.where(near, one.reading[safe], np.nan)


def _unit_1000(one: Series, indicator: str, rule: dict[str, Any]) -> Found:
    by = pd.Series(one.reading).groupby(one.series)
    middle, count = by.transform("median").to_numpy(), by.transform("size").to_numpy()
    low, high = rule["times"]
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = one.reading / middle
        more, less = (ratio >= low) & (ratio <= high), (1 / ratio >= low) & (1 / ratio <= high)
    enough = (count >= rule["readings"]) & (middle > rule["above"][indicator])
    return Found((more | less) & enough, middle, middle)


def _stuck(one: Series, indicator: str, rule: dict[str, Any]) -> Found:
    """Flag runs of equal values: of any value, or where the rule says so of those above a bound."""
    long = (one.length >= rule["hours"]) & (one.size >= rule["readings"])
    allowed = one.measured & (one.reading > rule["above"][indicator]) if "above" in rule else one.measured
    return Found(long[one.run] & allowed, one.length[one.run], one.size[one.run].astype("float64"))


def _jump(one: Series, indicator: str, rule: dict[str, Any]) -> Found:
    values, series = one.reading[one.start], one.series[one.start]
    begins, ends = one.hours[one.start], one.hours[one.start] + one.length
    before, after = (np.full(len(values), np.nan) for _ in range(2))
    near = (np.diff(series) == 0) & (begins[1:] - ends[:-1] <= rule["within_hours"])
    before[1:] = np.where(near, values[:-1], np.nan)
    after[:-1] = np.where(near, values[1:], np.nan)
    step = rule["step"][indicator]
    rise, fall = values - before, values - after
    size = np.minimum(np.abs(rise), np.abs(fall))
    hit = (np.sign(rise) == np.sign(fall)) & (size >= step["least"])
    hit &= (np.abs(before - after) <= rule["returns"] * size) & (one.length <= rule["lasts_hours"])
    if times := step.get("times"):
        hit &= (values > times * np.maximum(before, after)) | (values * times < np.minimum(before, after))
    return Found(hit[one.run], before[one.run], after[one.run])


CHECKS = {
    "out_of_range": _out_of_range, "whole_number": _whole_number, "unit_1000": _unit_1000, "stuck": _stuck,
    "repeated": _stuck, "jump": _jump,
}  # fmt: skip
