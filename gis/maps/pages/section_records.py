"""Records of a section: a chart an indicator beside the limits of the classes, month means, the latest."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from gis.base.calendar import period_words
from gis.base.messages import SEPARATORS, listed, parts
from gis.base.messages import listed as joined
from gis.base.text import both
from gis.look import Mark
from gis.maps.book import Pair, missing
from gis.maps.charts import Band, Goal, Series, Span, figure, key, over_time
from gis.maps.page import Row, day, each, hinted, records, remark, table
from gis.maps.pages.sections import (
    Section,
    WaterMarks,
    _limits,
    class_cell,
    indicator_words,
    limit_of,
    reading,
    unit_of,
)
from gis.standards import Edition
from gis.water.limits import LAKE, RIVER
from gis.water.means import INDICATORS

MANUAL, AUTOMATIC = ("circle", "#1d5b8f"), ("square", "#3e4c59")
CROWDED = 120
REFERENCE = ("tn",)
MANUAL_WORDS: Pair = ("手工监测", "manual")
DAY_WORDS: Pair = ("自动监测（日均值）", "automatic (day means)")
EXTRA: dict[str, Pair] = {
    "hollow": ("未检出（按检出限一半）", "below detection (half the limit)"),
    "crossed": ("可疑值（不删除）", "flagged, not deleted"),
    "gap": ("断线：缺测", "broken line: no record"),
    "goal": ("目标类别限值", "limit of the target class"),
}
LISTED = 60
BELOW, FLAGGED = "_below", "_flagged"  # what is said of the values of a row, by indicator
COLUMNS = ("ph", "dissolved_oxygen", "codmn", "codcr", "bod5", "nh3n", "tp", "tn")


def charts(section: Section, edition: Edition, marks: WaterMarks, as_of: pd.Timestamp) -> str:
    """Draw a chart of every indicator with records, the nearest to its limit first.

    Parameters
    ----------
    edition
        Of GB 3838 in force; it gives the limits of each class.
    """
    lake = section.newest.get("water_kind") == LAKE
    rated = lake or section.newest.get("water_kind") == RIVER
    year = section.periods.get(str(as_of.year), section.newest)
    if not len(section.samples):
        return ""
    first = section.samples["sampled_at"].min()
    span = (pd.Timestamp(first.year, first.month, 1), as_of + pd.Timedelta(days=1))
    drawn: list[tuple[float, str]] = []
    shown: list[Series] = []
    for name in INDICATORS:
        series = _series(section, name, span)
        if not series:
            continue
        bands = bands_of(edition, name, marks, lake=lake) if rated else []
        judged = name in edition.data["evaluation"]["assessed"]
        goal = _goal(section, edition, name, marks, lake=lake) if rated and judged else []
        zh, en = indicator_words(name)
        spoken = (
            f"{section.name}{zh}逐次监测值与各类限值",
            f"{en} of {section.name} with the limits of the classes",
        )
        drawing = over_time(series, span, spoken, bands, goal)
        drawn.append(
            (-_nearness(year.get(name), goal), figure(drawing, _title(name, year, bands, judged=judged)))
        )
        shown += series
    if not drawn:
        return ""
    ordered = "".join(one for _, one in sorted(drawn, key=lambda pair: pair[0]))
    extra = [
        (kind, words) for kind, words in EXTRA.items() if kind in _used(section) or kind in ("gap", "goal")
    ]
    since = f"{span[0]:%Y-%m}"
    head = both(f"{since} 以来各指标监测值与限值", f"Every indicator beside its limits since {since}")
    note = both(
        "按今年均值接近目标限值的程度排列；右侧色条为各类别范围；数值见下方各月均值表。",
        "Nearest to the limit of the target first; the bar at the right shows the classes; values: month means below.",
    )
    return (
        f'<section class="twin" id="charts"><div class="caption"><h2>{head}</h2></div>'
        f'<p class="note">{note}</p>{key(shown, extra)}<div class="charts">{ordered}</div></section>'
    )


def with_data(section: Section) -> list[str]:
    """List the indicators of which the section has a record."""
    return [name for name in INDICATORS if name in section.samples and section.samples[name].notna().any()]


def bands_of(edition: Edition, name: str, marks: WaterMarks, *, lake: bool) -> list[Band]:
    """Give the values of each class of an indicator, best first; empty where the standard has none."""
    spec = edition.data["item"].get(name)
    if spec is None:
        return []
    if "range" in spec:
        low, high = spec["range"]
        worst = marks.classes[max(marks.classes)]
        return [Band(low, high, marks.classes[1]), Band(-math.inf, low, worst), Band(high, math.inf, worst)]
    limits = _limits(spec, lake=lake)
    if not limits:
        return []
    less = spec["kind"] == "min"
    edges = [math.inf if less else -math.inf, *limits, -math.inf if less else math.inf]
    return [
        Band(min(edges[at : at + 2]), max(edges[at : at + 2]), marks.classes[at + 1])
        for at in range(len(edges) - 1)
    ]


def _goal(section: Section, edition: Edition, name: str, marks: WaterMarks, *, lake: bool) -> list[Goal]:
    target = section.newest.get("target_class")
    found = limit_of(edition, name, target, lake=lake)
    if found is None:
        return []
    told = f"{marks.sign(target)} {found[1]} {reading(found[0])}"
    return [Goal(found[0], (f"目标 {told}", f"target {told}"), least=found[1] == "≥")]


def _nearness(mean: Any, goal: list[Goal]) -> float:
    """Order the charts: mean over limit (limit over mean where more is better); what has no limit comes last."""
    if missing(mean) or not goal or not mean:
        return -1.0
    ratio = float(mean) / goal[0].value
    return 1 / ratio if goal[0].least else ratio


def _title(name: str, year: Row, bands: list[Band], *, judged: bool) -> str:
    zh, en = indicator_words(name)
    unit, unit_en = unit_of(name)
    value: Any = year.get(name)
    if missing(value):
        return both(f"{zh}（{unit}）", f"{en} ({unit_en})") if unit else both(zh, en)
    period = period_words(str(year["period"]))
    mark = _class_of(float(value), bands)
    tail = ("", "") if mark is None else (f"（{mark.sign}类）", f" (class {mark.sign_en})")
    if mark is not None and not judged:
        tail = (f"（参考{mark.sign}类，不参评）", f" (class {mark.sign_en}, for reference, not rated)")
    elif not judged and name in REFERENCE:
        tail = ("（不参评）", " (not rated)")
    told, told_en = (f"{reading(value)} {one}".strip() for one in (unit, unit_en))
    so_far = ("累计", " so far") if year.get("provisional") is True else ("", "")
    return both(
        f"{zh}：{period[0]}{so_far[0]}均值 {told}{tail[0]}",
        f"{en}: mean of {period[1]}{so_far[1]} {told_en}{tail[1]}",
    )


def _class_of(value: float, bands: list[Band]) -> Mark | None:
    """Give the best class whose limit the value meets; a value on a limit meets it (GB 3838)."""
    return next((band.mark for band in bands if band.low <= value <= band.high), None)


def _used(section: Section) -> set[str]:
    used = {"hollow"} if section.limits.notna().any(axis=None) else set()
    return used | ({"crossed"} if section.flags.notna().any(axis=None) else set())


def _series(section: Section, name: str, span: Span) -> list[Series]:
    """Give the records by hand one by one, the automatic ones as means of days."""
    samples = section.samples
    value = samples[name].to_numpy("float64", na_value=np.nan) if name in samples else np.array([])
    known = ~np.isnan(value)
    if not known.any():
        return []
    columns = {"at": samples["sampled_at"].to_numpy(), "value": value}
    for word, marks in (("limit", section.limits), ("reason", section.flags)):
        columns[word] = marks[name].to_numpy("object") if name in marks else np.full(len(samples), None)
    values = pd.DataFrame({word: column[known] for word, column in columns.items()})
    values = values.assign(hollow=values["limit"].notna(), crossed=values["reason"].notna())
    automatic = samples["method"].eq("automatic").to_numpy(dtype="bool", na_value=False)[known]
    by_hand, by_day = _told(values[~automatic]), _days(values[automatic]) if automatic.any() else values[:0]
    made = [Series(MANUAL_WORDS, by_hand, *MANUAL)] if len(by_hand) else []
    shape = "line" if (span[1] - span[0]).days > CROWDED else AUTOMATIC[0]
    return [*made, *([Series(DAY_WORDS, by_day, shape, AUTOMATIC[1])] if len(by_day) else [])]


def _told(values: pd.DataFrame) -> pd.DataFrame:
    dates = values["at"].to_numpy("datetime64[D]").astype("str")
    told = [
        listed(
            [f"{date} {reading(value) if missing(limit) else f'<{reading(limit)}'}", *parts(why)], " ", " "
        )
        for date, value, limit, why in zip(
            dates, values["value"], values["limit"], values["reason"], strict=True
        )
    ]
    return values.assign(told=pd.Series(told, values.index, dtype="object"))


def _days(values: pd.DataFrame) -> pd.DataFrame:
    """Average automatic records by day, flagged ones apart, each where it is."""
    plain, flagged = values[~values["crossed"]], values[values["crossed"]]
    groups = plain.groupby(plain["at"].dt.normalize().rename("day"))
    days = groups.agg(value=("value", "mean"), hollow=("hollow", "all"), n=("value", "size")).reset_index(
        names="at"
    )
    told = [
        f"{at:%Y-%m-%d} {reading(value)} n={n}"
        for at, value, n in zip(days["at"], days["value"], days["n"], strict=True)
    ]
    days = days.assign(crossed=False, told=told)
    if not len(flagged):
        return days
    return pd.concat([days, _told(flagged)], ignore_index=True).sort_values("at", kind="stable")


def months(section: Section) -> str:
    """Give the month means: the table beside the charts."""
    names = with_data(section)
    listed_ = sorted(
        (row for period, row in section.periods.items() if "M" in period), key=_period, reverse=True
    )
    rows = [row for row in listed_ if any(not missing(row.get(name)) for name in names)]
    if not rows:
        return ""
    last, first = _period(listed_[0])[:4], _period(listed_[-1])[:4]
    made = table(
        None, "months", rows, {"first": first, "last": last}, columns=" ".join(["period", *names]),
        **each(" ".join(names), lambda row, name: reading(row.get(name))),
    )  # fmt: skip
    title = both("各月均值（图的数据表）", "Month means (the data of the charts)")
    return f'<details class="rest"><summary>{title}</summary>{made}</details>'


def _period(row: Row) -> str:
    return str(row["period"])


def source_limits(section: Section) -> str:
    """List what is judged by the single limits of drinking-water sources, the newest first; empty without any."""
    rows = sorted(section.more["sources"], key=lambda row: str(row.get("sampled_at")), reverse=True)[:LISTED]
    return table(
        None, "source-limits", rows, {"n": len(rows)}, met=_met,
        value=lambda row: reading(row.get("value")), limit=lambda row: reading(row.get("limit")),
    ) if rows else ""  # fmt: skip


def _met(row: Row) -> str:
    return (
        "–"
        if missing(row.get("met"))
        else both("达标", "met")
        if row["met"]
        else both("超标", "over the limit")
    )


def samples(section: Section, marks: WaterMarks) -> str:
    """List the latest records with file and row, values below detection and flags marked."""
    rows = section.samples.iloc[::-1].head(LISTED)
    names = [name for name in COLUMNS if name in rows and section.samples[name].notna().any()]
    if not len(rows):
        return ""
    listed_ = [
        {**row, BELOW: below, FLAGGED: flagged}
        for row, below, flagged in zip(
            records(rows), _marked(section.limits, rows), _marked(section.flags, rows), strict=True
        )
    ]
    last = day(section.samples["sampled_at"].max())
    return table(
        None, "samples", listed_, {"last": last, "total": len(section.samples), "n": len(rows)},
        columns=" ".join(["sampled_at method water_class deciding_indicators", *names, "marks source source_row"]),
        water_class=lambda row: class_cell(row, marks), marks=lambda row: _marks_of(row[BELOW], row[FLAGGED]),
        **{name: _measured(name) for name in names},
    )  # fmt: skip


def _marked(frame: pd.DataFrame, rows: pd.DataFrame) -> list[Row]:
    """Give what is said of the values of each record, by indicator."""
    told = records(frame.loc[rows.index]) if len(frame.columns) else [{}] * len(rows)
    return [{name: value for name, value in one.items() if not missing(value)} for one in told]


def _measured(name: str) -> Callable[[Row], str]:
    """Show a value: below detection as such, a flagged one with its reason."""

    def cell(row: Row) -> str:
        below, reason = row[BELOW].get(name), row[FLAGGED].get(name)
        told = reading(row.get(name)) if below is None else f"&lt;{reading(below)}"
        why = None if reason is None else joined(parts(reason), *SEPARATORS)
        return told if why is None else f'<span class="diff" {hinted(why.zh, why.en)}>{told} ×</span>'

    return cell


def _marks_of(below: Row, flagged: Row) -> str:
    """Name the values below detection of a record, and why others are flagged."""
    names = [indicator_words(name) for name in below]
    zh, en = "、".join(one[0] for one in names), ", ".join(one[1] for one in names)
    said = [both(f"未检出：{zh}", f"below detection: {en}")] if names else []
    for name, reason in flagged.items():
        chinese, english = indicator_words(name)
        said.append(both(f"{chinese}：", f"{english}: ") + remark(reason))
    return f"<small>{'<br>'.join(said)}</small>" if said else ""
