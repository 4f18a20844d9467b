"""Figures of the air: good days, means, percentiles, composite index, each with its edition and its rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from gis.air.composite import RANKING
from gis.air.days import ITEMS
from gis.air.evidence import PARTS, Shares
from gis.air.periods import within
from gis.air.statistics import KEPT, REMOVED, between
from gis.base.calendar import Period
from gis.base.figures import Behind, Finding, figure_id, figures_of, finding, indicator
from gis.base.messages import Message, joined
from gis.catalogue.model import Dust
from gis.standards import Edition, Editions, by_edition, cell_of

SHORT = Message("有效性不足", "too few valid days")
UNAUDITED = Message("未经审核", "not audited")
SO_FAR = Message("累计，未满期", "so far, the period has not ended")
CROSSES = Message("跨两个版本，各日按当日版本评价", "crosses two editions, each day by its own")
UNWEIGHTED = Message("不加权，按排名方法", "unweighted, by the ranking method")
MEANS = {"air.pm25_mean": "pm25", "air.pm10_mean": "pm10", "air.so2_mean": "so2", "air.no2_mean": "no2"}
PERCENTILES = {"air.co_p95": "co", "air.o3_8h_p90": "o3_8h"}
MEASURED = {item: id_ for id_, item in (MEANS | PERCENTILES).items()}


@dataclass(frozen=True)
class Setting:
    """What every figure of a run shares: editions, last day, place (adcode), dust days, general notes."""

    editions: Editions
    as_of: dt.date
    place: str
    dust: Dust
    notes: Sequence[Message] = ()


@dataclass(frozen=True)
class Tables:
    """What the figures are made of: from `city_days`, `air_periods`, `statistics`, `composite` (the
    county's) and `shares_of`.
    """

    city: pd.DataFrame
    summary: pd.DataFrame
    statistics: pd.DataFrame
    composite: pd.DataFrame
    behind: Shares


@dataclass(frozen=True)
class _Part:
    period: Period
    row: dict[str, Any]
    days: pd.DataFrame
    setting: Setting
    dust: str

    @property
    def removed(self) -> bool:
        return self.dust == REMOVED and self.row["dust_days"] > 0


def findings_of(made: Tables, periods: Sequence[Period], setting: Setting) -> list[Finding]:
    """Make the figures of each period that has data.

    Returns
    -------
    findings
        air.good_day_rate, air.bad_days (family aqi), the means, percentiles and the composite index
        (family air_limits), sand-dust days kept or removed as the county declares; the id ends in the
        edition's where a forced one is not in force on the whole period.
    """
    known: dict[Any, Any] = {row["period"]: row for row in made.summary.to_dict("records")}
    found: list[Finding] = []
    for period in periods:
        if period.id not in known:
            continue
        row, days = known[period.id], within(made.city, period)
        found += _of_days(_Part(period, row, days, setting, setting.dust.good_days), made.behind)
        part = _Part(period, row, days, setting, setting.dust.concentrations)
        found += _of_items(part, made.behind, made.statistics)
        found += _of_index(part, made.composite)
    return found


def _of_days(part: _Part, behind: Shares) -> Iterator[Finding]:
    valid = part.days[part.days["valid"]]
    if part.removed:
        valid = valid[valid["good"] | ~valid["dust"]]
    if not len(valid):
        return
    good = valid.set_index("date")["good"].astype("float64")
    rate = part.row["good_day_rate_dust_removed" if part.removed else "good_day_rate"]
    enough = part.row["sufficient"]
    short = [None if pd.isna(enough) or enough else SHORT, _taken(part.row)]
    yield _finding("air.good_day_rate", part, rate, valid, behind.of("share", good), short)
    bad = 1.0 - good[good == 0]
    yield _finding("air.bad_days", part, len(bad), valid, behind.of("share", bad), short)


def _taken(row: dict[str, Any]) -> Message | None:
    """Say how many days rest on a published AQI."""
    days = row.get("taken_over_days")
    told = Message("{n} 天照录公布的 AQI，未经计算", "{n} days with the published AQI taken over", n=days)
    return told if days else None


def _of_items(part: _Part, behind: Shares, statistics: pd.DataFrame) -> Iterator[Finding]:
    for item in ITEMS:
        days = part.days[part.days[item].notna()]
        days = days[~days["dust"]] if part.removed else days
        if not len(days):
            continue
        if MEASURED[item] in MEANS:
            value, weight = days[item].mean(), pd.Series(1.0, index=days["date"])
        elif weighted := _weighted(part, days, item):
            value, weight = weighted
        else:
            continue
        evidence = behind.of(PARTS[item], weight)
        notes = _judged(part, statistics, item)
        yield _finding(MEASURED[item], part, value, days, evidence, notes)


def _weighted(part: _Part, days: pd.DataFrame, item: str) -> tuple[float, pd.Series] | None:
    """Give the percentile and the days it rests on; None before the first edition that says which percentile."""
    rules = [edition for edition, _ in by_edition(days["date"], "air_assessment", part.setting.editions)]
    if not rules:
        return None
    return between(days, item, rules[-1].data["percentile"][item])


def _judged(part: _Part, statistics: pd.DataFrame, item: str) -> list[Message]:
    dust = REMOVED if part.removed else KEPT
    here = statistics[
        (statistics["period"] == part.period.id) & (statistics["item"] == item) & (statistics["dust"] == dust)
    ]
    notes = [SHORT] if here["valid"].eq(False).any() else []
    split = here[here["verdict_depends_on_rounding"].fillna(False)]
    if len(split):
        words = {True: Message("达标", "within the limits"), False: Message("不达标", "over a limit")}
        met, other = (words[bool(split[name].iloc[0])] for name in ("met", "met_unrounded"))
        notes.append(
            Message("修约后{met}，未修约{other}", "{met} as rounded, {other} as it is", met=met, other=other)
        )
    return notes


def _of_index(part: _Part, composite: pd.DataFrame) -> Iterator[Finding]:
    dust = REMOVED if part.removed else KEPT
    here = composite[
        (composite["period"] == part.period.id)
        & (composite["method"] == RANKING)
        & (composite["dust"] == dust)
    ].dropna(subset="composite_index")
    if not len(here):
        return
    editions = [part.setting.editions.get(id_) for id_ in here["edition"]]
    at = max(range(len(editions)), key=lambda one: editions[one].start)
    row, edition, suffix = here.iloc[at], editions[at], _suffix("air_limits", part)
    ids = [figure_id(MEASURED[item], part.period.id, part.setting.place, suffix) for item in ITEMS]
    days = part.days[part.days[list(ITEMS)].notna().all(axis=1)]
    parts = [float(row[f"index_{item}"]) for item in ITEMS]
    crosses = Message("全期按 {id} 的限值", "the whole period by the limits of {id}", id=edition.id)
    notes = [UNWEIGHTED, None if len(editions) == 1 else crosses]
    evidence = [figures_of(ids, parts)]
    value = float(row["composite_index"])
    yield _finding("air.composite_index", part, value, days, evidence, notes, [edition])


def _finding(
    indicator_id: str,
    part: _Part,
    value: float,
    days: pd.DataFrame,
    evidence: list[Behind],
    notes: Sequence[Message | None] = (),
    used: Sequence[Edition] = (),
) -> Finding:
    family = indicator(indicator_id).family or ""
    editions = part.setting.editions
    used = used or [edition for edition, _ in by_edition(days["date"], family, editions)]
    rules = [edition for edition, _ in by_edition(days["date"], "air_assessment", editions)]
    return finding(
        indicator_id, part.period.id, part.setting.place, float(value), n=len(days),
        coverage=len(days) / part.row["days_passed"], edition=cell_of(edition.id for edition in used),
        clause=joined(edition.cited for edition in (*used, *rules)), suffix=_suffix(family, part),
        note=joined([*notes, *_notes(part, days, used)]), evidence=evidence,
    )  # fmt: skip


def _suffix(family: str, part: _Part) -> str:
    return suffix_of(family, part.period, part.setting.editions, part.setting.as_of)


def suffix_of(family: str, period: Period, editions: Editions, as_of: dt.date) -> str:
    """Give the id of a forced edition that is not in force on the whole period so far, else nothing."""
    forced = editions.forced.get(family)
    if forced is None:
        return ""
    edition, last = editions.get(forced), min(period.end, as_of)
    covers = edition.start <= period.start and (edition.end is None or last <= edition.end)
    return "" if covers else forced


def _notes(part: _Part, days: pd.DataFrame, used: Sequence[Edition]) -> Iterator[Message]:
    row = part.row
    if row["provisional"]:
        yield SO_FAR
    if days["unaudited"].any():
        yield UNAUDITED
    if len(used) > 1:
        yield CROSSES
    dust = row["dust_days"]
    left_out = row["days_passed"] - len(days)
    if left_out:
        yield Message("{n} 天无数据或无效，未计", "{n} days without valid data left out", n=left_out)
    if dust:
        done = Message("已扣除", "removed") if part.removed else Message("未扣除", "kept")
        yield Message("含沙尘日 {n} 天，{done}", "{n} sand-dust days {done}", n=dust, done=done)
    yield from part.setting.notes
