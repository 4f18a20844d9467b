"""The outlook of a year: what the remaining months must bring for a section to make its class."""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from gis.base.calendar import MONTHS, end_of_month
from gis.base.forecast import AT_RISK, MADE, REACHABLE, Skill, generator, reliability_table, state_of
from gis.base.messages import Message, joined, listed
from gis.standards import Editions
from gis.water import needs as need
from gis.water.above_range import ABOVE_ALL, MOST_PH, are_bounds
from gis.water.chances import BackTest, Booleans, Bounds, Course, back_test, chances, year_means
from gis.water.evaluation import only_evaluated, plans_of
from gis.water.limits import LAKE, LIMITS, RIVER, Floats, Item, Limits, limits_of
from gis.water.needs import Needs, additive, additive_bounds, needs_of, of_ions, readable, turned
from gis.water.periods import EVALUATION
from gis.water.phrases import phrase
from gis.water.rounding import outermost, rounding_of

FAMILY = "outlook"
ALL = "all"
ALL_NAMES = Message("全部参评指标", "all rated indicators").stored
TARGET, GOOD, ASKED = "target", "good", "asked"
COLUMNS = [
    "section_id", "name", "period", "indicator", "indicator_name", "goal", "goal_class", "state", "rank", "bound",
    "mean_so_far", "n_months", "months_missing", "limit_low", "limit", "limit_as_rounded", "needed_low", "needed",
    "binds", "months_left", "possible", "probability", "n_years", "draws", "seed", "hit_rate", "brier",
    "brier_climatology", "n_backtest", "backtest", "note", "edition", "key",
]  # fmt: skip
PH_SCALE = (0.0, 14.0)
NO_KIND = phrase("no_phosphorus")
OPEN_NOW = phrase("open_this_year")
OPEN_BEFORE = phrase("open_past_years")


@dataclass(frozen=True)
class _Frame:
    """Month means of all sections, additive, shape (sections, years, 12, items), years ascending to this one.

    `rated` tells which items the plan rates at each section, shape (sections, items); `open` which means hold
    a reading above its range and are lower bounds, shape of `cube`.
    """

    cube: Floats
    open: Booleans
    rated: Booleans
    limits: Limits
    bounds: Mapping[tuple[int, bool], tuple[Bounds, Bounds]]
    rules: Mapping[str, Any]
    judging: Mapping[str, Any]
    as_of: dt.date

    @property
    def month_is_over(self) -> bool:
        """Whether the month of `as_of` has ended."""
        return self.as_of == end_of_month(self.as_of.year, self.as_of.month)

    def left(self, now: Floats) -> npt.NDArray[np.int64]:
        """Give the months to come, 0 to 11: the running one too where it has no record yet."""
        running = self.as_of.month - 1
        empty = not np.isfinite(now[running]).any() and not self.month_is_over
        return np.arange(running if empty else running + 1, MONTHS)


class Outlook(NamedTuple):
    """`water_outlook` and the reliability of its probabilities, pooled over all sections and years."""

    rows: pd.DataFrame
    reliability: pd.DataFrame


def outlook(
    section_periods: pd.DataFrame, editions: Editions, as_of: dt.date, asked: int | None = None
) -> Outlook:
    """Say for each section and rated indicator what the rest of the year of `as_of` must bring.

    The year is judged by the mean of its month means (环办〔2011〕22号 一(二)), so with Σ the sum of the
    n month means so far and m months left, the mean of the remaining months must not exceed
    (limit × (n + m) − Σ) / m; for dissolved oxygen it must not fall below that, for pH it must lie
    between two such bounds. Means are judged as rounded: the limit here is the outermost mean that is
    still rounded to it (`limit_as_rounded`, half a unit of the last digit beyond). n + m is 12 unless a
    month that is over has no data: the year is the mean of the months that have some, and the note
    names those that have none.

    Parameters
    ----------
    section_periods
        From `periods`: the rows of months give the means, those of the year the target.
    editions
        The limits are those in force on `as_of` for past years too, so that one question is asked of all.
    asked
        A class of 1 to 5 to be asked for instead of the target and the good class Ⅲ.

    Returns
    -------
    rows
        COLUMNS; a row a section, goal (target | good | asked) and indicator with data this year, and one
        for all of them together (indicator `all`), whose probability is joint; those of rank 1 lead.
        state: reachable | at_risk | lost | made. bound: max | min | range. probability (0 to 1), hit_rate,
        brier and n_backtest are null where past years are too few, and the note says so; so is the
        probability of what is lost. `needed` is what the rest must keep to, null where that is impossible,
        where any value will do and when no month is left; `binds` is false where it is no constraint.
    reliability
        told_from, told_to, n, told and came: of the back-tests of all sections' targets, else of class Ⅲ.

    Raises
    ------
    EditionError
        No limits or no rules of the outlook are in force on `as_of`.
    """
    months = section_periods[section_periods["period_kind"].eq("month") & section_periods["n_samples"].gt(0)]
    running = section_periods[section_periods["period"] == str(as_of.year)].drop_duplicates("key")
    whole = running.set_index("key")
    limits = limits_of(editions.in_force(LIMITS, as_of))
    rules = editions.in_force(FAMILY, as_of).data
    judging = editions.in_force(EVALUATION, as_of).data
    about = whole[whole.index.isin(months.loc[months["year"] == as_of.year, "key"])]
    if not len(about):
        return Outlook(pd.DataFrame(columns=COLUMNS), reliability_table([]))
    about = about.assign(judged_on=pd.Timestamp(as_of))
    rated = only_evaluated(about, limits, plans_of(about, editions))[limits.keys].notna().to_numpy()
    keys, values = list(about.index), months[limits.keys].to_numpy(dtype="float64", na_value=np.nan)
    bounds = np.column_stack([are_bounds(months, name) for name in limits.keys])
    cube = additive(_cube(months, values, keys, as_of.year), limits.items)
    rounded = _all_bounds(limits, rounding_of(editions, as_of))
    open_ = _cube(months, bounds, keys, as_of.year) == 1
    frame = _Frame(cube, open_, rated, limits, rounded, rules, judging, as_of)
    tests: list[BackTest] = []
    sections = about.reset_index().to_dict("records")
    parts = [part for at, row in enumerate(sections) for part in _section(frame, at, row, asked, tests)]
    if not parts:
        return Outlook(pd.DataFrame(columns=COLUMNS), reliability_table([]))
    columns = {name: [*chain.from_iterable(one[name] for one in parts)] for name in COLUMNS}
    return Outlook(_typed(pd.DataFrame(columns)), reliability_table((one.told, one.came) for one in tests))


def _cube(months: pd.DataFrame, values: Any, keys: Sequence[Hashable], last: int) -> Floats:
    first = int(months["year"].min())
    own = months["key"].isin(keys).to_numpy()
    here = months[own]
    place = here["key"].map({key: at for at, key in enumerate(keys)}).to_numpy(dtype="int64")
    year = here["year"].to_numpy(dtype="int64") - first
    month = here["period"].str[-2:].astype("int64").to_numpy() - 1
    cube = np.full((len(keys), last - first + 1, MONTHS, values.shape[1]), np.nan)
    cube[place, year, month] = values[own]
    return cube


def _section(
    frame: _Frame, at: int, row: Mapping[Any, Any], asked: int | None, tests: list[BackTest]
) -> Iterator[dict[str, Any]]:
    """Give the columns of one section, goal by goal; the back-test of its first goal joins `tests`."""
    cube, items_of = frame.cube[at], frame.limits.items
    kind = row["water_kind"] if row["water_kind"] in (RIVER, LAKE) else None
    two = np.array([kind is None and one.two for one in items_of])
    known = np.isfinite(cube[-1]).any(axis=0) & frame.rated[at]
    rated, unjudged = np.flatnonzero(known & ~two), bool((known & two).any())
    if not len(rated):
        return
    items, size = [items_of[one] for one in rated], len(rated) + 1
    open_ = frame.open[at][:, :, rated]
    above = _Above(open_[-1], open_[:-1].any(axis=(0, 1)))
    past = np.where(above.before, np.nan, cube[:-1][:, :, rated])
    course = Course(cube[-1][:, rated], past, frame.left(cube[-1]))
    goals = _goals(row["target_class"], asked, frame.limits)
    bounds = [
        tuple(one.of(rated) for one in frame.bounds[goal_class, kind == LAKE]) for _, goal_class in goals
    ]
    likely = _likely(frame, course, [additive_bounds(one[1], items) for one in bounds], str(row["key"]))
    tests += likely.tests[:1]
    own = {
        "section_id": row["section_id"], "name": row["name"], "period": str(frame.as_of.year), "key": row["key"],
        "draws": frame.rules["draws"]["number"], "seed": frame.rules["draws"]["seed"],
        "months_left": len(course.left), "edition": frame.limits.edition.id,
    }  # fmt: skip
    common = {name: [value] * size for name, value in own.items()} | {
        "indicator": [*(one.key for one in items), ALL],
        "indicator_name": [*(one.name for one in items), ALL_NAMES],
        "note": _notes(frame, course, items, likely.told, above, unknown_kind=unjudged),
        "n_years": likely.n_years,
    }
    for number, (goal, goal_class) in enumerate(goals):
        scores = _scores(likely.tests[number] if likely.tests else None, size)
        own = {"goal": [goal] * size, "goal_class": [goal_class] * size}
        chance = np.where([*above.some, above.some.any()], np.nan, likely.chances[number])
        asks = _asks(course, bounds[number], items, frame.rules, chance, above, unjudged=unjudged)
        yield _in_order(common | own | scores | asks)


class _Above(NamedTuple):
    """Which months of this year, shape (12, items), and which items in past years hold readings above their range."""

    months: Booleans
    before: Booleans

    @property
    def now(self) -> Booleans:
        """The items of this year."""
        return np.asarray(self.months.any(axis=0))

    @property
    def some(self) -> Booleans:
        """The items of any year."""
        return np.asarray(self.now | self.before)


class _Likely(NamedTuple):
    """What past years say: probability of each indicator and of all a goal, back-tests, and years behind them."""

    chances: list[Floats]
    tests: Sequence[BackTest]
    told: Booleans
    n_years: npt.NDArray[np.int64]


def _likely(frame: _Frame, course: Course, goals: Sequence[Bounds], key: str) -> _Likely:
    rules, usable = frame.rules, np.asarray(course.usable.any(axis=1))
    past, n_years = course.cut_to(usable), np.append(course.usable.sum(axis=0), usable.sum())
    told = n_years >= rules["history"]["least_years"]
    if not told[-1] or not len(course.left):
        return _Likely([np.full(len(n_years), np.nan) for _ in goals], [], told, n_years)
    means = year_means(past, rules, generator(rules["draws"]["seed"], key, "now"))
    found = [np.where(told, chances(means, one, n_years, rules), np.nan) for one in goals]
    return _Likely(found, back_test(past, goals, rules, key), told, n_years)


def _asks(
    course: Course, bounds: Sequence[Bounds], items: Sequence[Item], rules: Mapping[str, Any], chance: Floats,
    above: _Above, *, unjudged: bool,
) -> dict[str, Any]:  # fmt: skip
    """Give what is needed of each indicator, its word and its rank; the last place stands for all together."""
    legal, rounded = bounds
    needs = needs_of(course, additive_bounds(rounded, items), items, rules)
    needs = needs._replace(beyond_record=needs.beyond_record & ~above.some)
    most = None
    if above.now.any():
        top = additive(np.where(of_ions(items), MOST_PH, ABOVE_ALL), items)
        highest = Course(np.where(above.months, top, course.now), course.past, course.left)
        most = needs_of(highest, additive_bounds(rounded, items), items, rules)
        needs = need.opened(needs, most, above.now)
    possible = np.append(needs.possible, needs.possible.all())
    chance = np.where(possible, chance, np.nan)
    words, binds = need.verdicts(needs, chance[:-1], len(course.left), rules)
    if most is not None:
        words = need.as_either(words, need.verdicts(most, chance[:-1], len(course.left), rules)[0], above.now)
    order = need.ranked(words, chance[:-1], needs, additive_bounds(rounded, items))
    together = state_of(
        rules["words"], possible=bool(possible[-1]), left=len(course.left), probability=float(chance[-1]),
        as_so_far=True,
    )  # fmt: skip
    if (together in (REACHABLE, MADE) and AT_RISK in words) or (together == REACHABLE and unjudged):
        together = AT_RISK
    if unjudged:
        chance[-1] = np.nan
    return {
        **_spans(needs, legal, rounded, items),
        "n_months": [*np.isfinite(course.now[course.seen]).sum(axis=0), _months(course)],
        "months_missing": [*(",".join(_missing(course, at)) or None for at in range(len(items))), None],
        "possible": possible,
        "probability": chance,
        "state": [*words, together],
        "binds": np.append(binds, binds.any()),
        "rank": [*(1 + np.argsort(order)), None],
    }  # fmt: skip


def _spans(needs: Needs, legal: Bounds, rounded: Bounds, items: Sequence[Item]) -> dict[str, Any]:
    """Give the mean so far, the limits and the needed means as an indicator is read."""
    upper = np.isfinite(legal.high)
    both = upper & np.isfinite(legal.low)
    ends = turned(Bounds(readable(needs.low, items), readable(needs.high, items)), items)
    low, high = (np.where(both, np.clip(end, *PH_SCALE), end) for end in (ends.low, ends.high))
    some = needs.possible & ~(np.isinf(needs.low) & np.isinf(needs.high))
    columns = {
        "mean_so_far": readable(needs.mean, items),
        "limit_low": np.where(both, legal.low, np.nan),
        "limit": np.where(upper, legal.high, legal.low),
        "limit_as_rounded": np.where(upper, rounded.high, rounded.low),
        "needed_low": np.where(both & some, low, np.nan),
        "needed": np.where(some, np.where(upper, high, low), np.nan),
    }
    return {
        name: np.append(np.where(np.isfinite(values), values, np.nan), np.nan)
        for name, values in columns.items()
    } | {"bound": [*np.select([both, upper], ["range", "max"], "min"), None]}


def _in_order(columns: Mapping[str, Any]) -> dict[str, Any]:
    """Put the indicator that matters most first, all together last."""
    order = np.argsort([len(columns["rank"]) if one is None else one for one in columns["rank"]])
    return {name: [values[at] for at in order] for name, values in columns.items()}


def _goals(target: Any, asked: int | None, limits: Limits) -> list[tuple[str, int]]:
    if asked is not None:
        return [(ASKED, asked)]
    good = (GOOD, int(limits.rules["good_class"]))
    return [good] if pd.isna(target) else [(TARGET, int(target)), good]


def _all_bounds(limits: Limits, rounding: Mapping[str, Any]) -> dict[tuple[int, bool], tuple[Bounds, Bounds]]:
    """Give the limits of every class, of rivers and of lakes, as the law has them and as rounded means keep them."""
    found = {}
    for goal_class in range(1, limits.worst):
        for lake in (False, True):
            legal = _bounds(limits.items, goal_class, lake=lake)
            found[goal_class, lake] = legal, _as_rounded(legal, limits.items, rounding)
    return found


def _bounds(items: Sequence[Item], goal_class: int, *, lake: bool) -> Bounds:
    low, high = np.full(len(items), -np.inf), np.full(len(items), np.inf)
    for at, item in enumerate(items):
        if item.span is not None:
            low[at], high[at] = item.span
        else:
            limits = item.lake if lake else item.river
            if len(limits):
                (low if item.sign < 0 else high)[at] = item.sign * float(limits[goal_class - 1])
    return Bounds(low, high)


def _as_rounded(legal: Bounds, items: Sequence[Item], rounding: Mapping[str, Any]) -> Bounds:
    """Move the limits out to the means that are still rounded to them."""

    def moved(side: Floats, *, up: bool) -> Floats:
        return np.array([
            outermost(float(limit), item.key, rounding, up=up) if np.isfinite(limit) else limit
            for limit, item in zip(side, items, strict=True)
        ])  # fmt: skip

    return Bounds(moved(legal.low, up=False), moved(legal.high, up=True))


def _missing(course: Course, at: int) -> list[str]:
    """Name the months that are over and have no value of an indicator."""
    return [str(month + 1) for month in course.seen[~np.isfinite(course.now[course.seen][:, at])]]


def _months(course: Course) -> int:
    return int(np.isfinite(course.now[course.seen]).any(axis=1).sum())


def _scores(test: BackTest | None, size: int) -> dict[str, Any]:
    nothing = [Skill(np.nan, np.nan, 0)] * size
    own = test.skills if test and test.skills else nothing
    trivial = test.climatology if test and test.climatology else nothing
    return {
        "hit_rate": [one.hit_rate for one in own],
        "brier": [one.brier for one in own],
        "brier_climatology": [one.brier for one in trivial],
        "n_backtest": [one.n for one in own],
        "backtest": [test.how if test and one.n else None for one in own],
    }


def _notes(
    frame: _Frame, course: Course, items: Sequence[Item], told: Booleans, above: _Above, *, unknown_kind: bool
) -> list[str | None]:
    """Say what a reader must know of each indicator and, last, of all together."""
    n_years, least = course.usable.sum(axis=0), frame.rules["history"]["least_years"]
    told = told | (len(course.left) == 0) | np.append(above.before, above.some.any())
    running = frame.as_of.month - 1
    runs = [] if frame.month_is_over or running in course.left else [phrase("month_runs", month=running + 1)]
    notes: list[list[Message]] = []
    for at in range(len(items)):
        gaps = _missing(course, at)
        parts = [phrase("months_without_data", zh="、".join(gaps), en=", ".join(gaps))] if gaps else []
        parts += _opened_by(now=bool(above.now[at]), before=bool(above.before[at]))
        notes.append(parts + ([] if told[at] else [phrase("few_years", n=int(n_years[at]), least=least)]))
    held = [one.name for one, known in zip(items, told[:-1], strict=True) if not known]
    most, wanted = _months(course) + len(course.left), frame.judging["minimum"]["year"]["months"]
    last = [phrase("few_months", n=most, least=wanted)] if most < wanted else []
    last += _opened_by(now=bool(above.now.any()), before=bool(above.before.any()))
    if not told[-1]:
        last.append(phrase("few_years", n=int(course.usable.any(axis=1).sum()), least=least))
    elif held and not above.some.any():
        last.append(phrase("held_at_mean", names=listed(held)))
    last += [NO_KIND] if unknown_kind else []
    return [joined([*parts, *runs]) for parts in (*notes, last)]


def _opened_by(*, now: bool, before: bool) -> list[Message]:
    return [one for one, here in ((OPEN_NOW, now), (OPEN_BEFORE, before)) if here]


def _typed(frame: pd.DataFrame) -> pd.DataFrame:
    whole = ["goal_class", "rank", "n_months", "months_left", "n_years", "draws", "seed", "n_backtest"]
    texts = ["state", "bound", "months_missing", "backtest", "note"]
    kinds: dict[str, Any] = dict.fromkeys(whole, "Int64") | dict.fromkeys(texts, "str")
    return frame.astype(kinds | {"possible": "boolean", "binds": "boolean"})[COLUMNS]
