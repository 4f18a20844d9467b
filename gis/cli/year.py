"""`gis water outlook` and `gis air budget`: what the rest of the year must look like, from any files."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any

import pandas as pd
import typer

from gis.base.errors import UsageError
from gis.cli import desk
from gis.cli.air_records import air_tables
from gis.cli.console import guard, say, show
from gis.cli.options import AsOf, EditionId, Layers, Output
from gis.cli.reading import Reading, reading
from gis.cli.water_records import monitored

LIMITS, AQI, RULES = "surface_water_limits", "aqi", "outlook"
SHOWN_DIGITS, MOST_PH = 4, 14.0
NEAR = 6
BETWEEN = "；"
ALL, GOALS = "all", {"target": "水质目标 target", "good": "优良 good", "asked": "所问类别 class asked for"}
HOW = {"leave_one_out": "留一年 leave one out", "earlier": "只用此前各年 earlier years only"}
BUDGETED = {"good_days": "优良天数 good days", "pm25": "PM2.5", "both": "两项 both"}
SIGNS = {">": ">", ">=": "≥", "<": "<", "<=": "≤"}
Files = Annotated[
    list[Path],
    typer.Argument(metavar="FILE...", help="Files straight from a desk; past years are the history."),
]
Section = Annotated[str, typer.Option("--section", help="The section, by name or code.")]
Class = Annotated[
    str | None, typer.Option("--class", help="Ask for this class (Ⅲ, III, 3) instead of the target and Ⅲ.")
]
Sections = Annotated[
    Path | None,
    typer.Option("--sections", help="The section list: name or code, river or lake, target class."),
]
Stations = Annotated[
    list[str] | None,
    typer.Option("--station", help="A station that counts, by name or code; may be repeated; default all."),
]
Rate = Annotated[
    float | None,
    typer.Option("--good-rate", min=0, max=100, help="Good days of the year, at least this many %: 81."),
]
Mean = Annotated[
    float | None, typer.Option("--pm25", min=0, help="PM2.5 mean of the year, at most this, µg/m³: 35.")
]


@guard
@reading
def outlook(
    files: Files,
    how: Reading,
    section: Section,
    class_: Class = None,
    sections: Sections = None,
    edition: EditionId = None,
    layers: Layers = None,
    as_of: AsOf = None,
    output: Output = None,
) -> None:
    """Tell what the remaining months must bring for a section to make its class, and how likely that is.

    Example: gis water outlook 手工监测_*.xlsx --sections 断面清单.xlsx --section 琴川河中心桥 --class Ⅲ
    """
    from gis import water
    from gis.engine import Threads
    from gis.water.outlook import outlook as reckon

    asked = _class(class_)
    found, listed = monitored(files, sections, how)
    tables = {"samples": found.table, "sample_marks": found.marks, "sections": listed}
    editions = desk.editions(LIMITS, edition, layers)
    last = desk.last_day(tables, as_of)
    made = water.assess(tables, desk.county(), editions, last, Threads())
    periods = desk.table(made, "section_periods", files[0])
    periods = periods.assign(
        key=periods["section_id"].astype("object").fillna(periods["name"].astype("object"))
    )
    key = _found(periods, section, last)
    every = reckon(periods, editions, last, asked)
    own = every[every["key"] == key].drop(columns="key")
    if not len(own):
        raise UsageError(
            f'section "{section}" has no rated value in {last.year}',
            fix="--as-of with a day of a year with records",
        )
    for goal, rows in own[~own.duplicated(["indicator", "goal_class"])].groupby("goal", sort=False):
        numeral = editions.get(rows["edition"].iloc[0]).data["evaluation"]["numerals"][
            rows["goal_class"].iloc[0] - 1
        ]
        common = _common(rows["note"])
        show(
            _readable(rows, common),
            f"{rows['name'].iloc[0]} {last.year} · {GOALS[str(goal)]} {numeral}",
            most=len(rows),
        )
        for note in common:
            say(f"每项 every row  {note}")
        _tell_all(rows, every[every["goal"] == goal])
    notes = _notes(own, last)
    notes += desk.unsure(editions, pd.Series([*own["edition"].unique(), editions.in_force(RULES, last).id]))
    for note in notes:
        say(note, "dim")
    if output is not None:
        desk.write(desk.Result(own, f"{section} {last.year} 预测 · outlook", notes), output)


@guard
@reading
def budget(
    files: Files,
    how: Reading,
    good_rate: Rate = None,
    pm25: Mean = None,
    station: Stations = None,
    edition: EditionId = None,
    layers: Layers = None,
    as_of: AsOf = None,
    output: Output = None,
) -> None:
    """Tell the bad days still allowed this year and the PM2.5 the remaining days must not exceed.

    Example: gis air budget 空气日均值_*.xlsx --good-rate 81 --pm25 35 --station 兴福子站 -o 余量.xlsx
    """
    from gis import air
    from gis.air.budget import GOOD, PM25, Aim
    from gis.air.budget import budget as reckon
    from gis.engine import Threads

    aims = [Aim(GOOD, ">=", good_rate)] if good_rate is not None else []
    aims += [Aim(PM25, "<=", pm25)] if pm25 is not None else []
    if not aims:
        raise UsageError("no target is named", fix="--good-rate 81, --pm25 35 or both")
    tables = {found.kind: found.table for found in air_tables(files, how)}
    editions = desk.editions(AQI, edition, layers)
    last = desk.last_day(tables, as_of)
    county = desk.county(air_stations=station or ())
    made = air.assess(tables, county, editions, last, Threads())
    city = desk.table(made, "air_city_days", files[0])
    rows = reckon(city, aims, editions, last, county.county.dust)
    if not len(rows):
        raise UsageError(f"there is no day of {last.year}", fix="--as-of with a day of a year with records")
    show(_budgeted(rows), f"{last.year} 空气余量 · what the year has left (PM2.5 µg/m³)")
    notes = [f"as of {last}", *dict.fromkeys(rows["note"].dropna())]
    notes += [
        f"{BUDGETED[row['goal']]}: {row['n_years']} 年 past years · {row['draws']:,} 次 draws · 种子 seed "
        f"{row['seed']} · {_skill(row)}"
        for row in rows.to_dict("records")
        if not pd.isna(row["probability"])
    ]
    notes += desk.unsure(editions, pd.Series([*rows["edition"].unique(), editions.in_force(RULES, last).id]))
    for note in notes:
        say(note, "dim")
    if output is not None:
        desk.write(desk.Result(rows, f"{last.year} 空气余量 · budget", notes), output)


def _budgeted(rows: pd.DataFrame) -> pd.DataFrame:
    """Give a budget as a person reads it: what is asked, what was, what the remaining days must bring."""
    told = []
    for row in rows.to_dict("records"):
        good = row["goal"] == "good_days"
        target = row["good_rate_target"] if good else row["pm25_target"]
        bad = f"{row['bad_days']} / {row['valid_days']} 天超标 days bad"
        needed = "–" if pd.isna(row["pm25_needed"]) else f"≤ {_safe(row['pm25_needed'], up=False)}"
        told.append(
            {
                "目标 goal": BUDGETED[str(row["goal"])],
                "目标值 target": "–"
                if pd.isna(target)
                else f"{SIGNS[row['comparator']]} {target:g}{' %' if good else ''}",
                "至今 so far": bad if good else _short(row["pm25_mean"]),
                "其余各日须 the rest needs": f"≤ {row['bad_days_left']} 天超标 days bad" if good else needed,
                "余天 days left": row["days_left"],
                "可能 possible": "是 yes" if row["possible"] else "否 no",
                "概率 probability": _percent(row["probability"]),
                "年数 years": row["n_years"],
            }
        )
    return pd.DataFrame(told)


def _class(text: str | None) -> int | None:
    """Read a class as people write it: Ⅲ, III, 3, 三类."""
    from gis.ingest.values import plain, words

    if text is None:
        return None
    found = words("water_class").get(plain(text))
    if found is None or not found.isdigit() or not 1 <= int(found) <= 5:  # noqa: PLR2004  劣Ⅴ is no goal
        raise UsageError(
            f'"{text}" is no class that can be asked for', fix="--class with one of Ⅰ, Ⅱ, Ⅲ, Ⅳ, Ⅴ"
        )
    return int(found)


def _found(periods: pd.DataFrame, section: str, last: dt.date) -> str:
    """Find the key of the section that is meant, by code or name, blanks left aside."""
    from gis.water.sections import plain

    wanted = "".join(section.split())
    known = periods.drop_duplicates("key")
    hits = known[(known["section_id"] == wanted) | (plain(known["name"]) == wanted)]
    if len(hits) == 1:
        return str(hits["key"].iloc[0])
    if len(hits):
        codes = ", ".join(hits["key"].astype(str))
        raise UsageError(f'several sections are called "{section}"', fix=f"--section with one of {codes}")
    names = list(dict.fromkeys([*known["name"].dropna(), *known["section_id"].dropna()]))
    near = get_close_matches(wanted, names, NEAR, cutoff=0.3) or [
        one for one in names if set(wanted) & set(one)
    ]
    raise UsageError(
        f'no section "{section}" has a record up to {last}',
        fix=f"--section with one of {'、'.join((near or names)[:NEAR])}",
    )


def _common(notes: pd.Series) -> list[str]:
    """Find the parts that the notes of all rows share, so that they are said once."""
    parts = [str(note).split(BETWEEN) for note in notes.fillna("")]
    return [part for part in parts[0] if part and all(part in others for others in parts)]


def _readable(rows: pd.DataFrame, common: Sequence[str]) -> pd.DataFrame:
    own = [
        BETWEEN.join(part for part in str(note).split(BETWEEN) if part not in common)
        for note in rows["note"].fillna("")
    ]
    shown = pd.DataFrame(
        {
            "指标 indicator": rows["indicator_name"],
            "至今 so far": rows["mean_so_far"].map(_short),
            "限值 limit": [_span(row, "limit") for row in rows.to_dict("records")],
            "其余月份须 the rest needs": [_needed(row) for row in rows.to_dict("records")],
            "剩余月 left": rows["months_left"],
            "可能 possible": rows["possible"].map({True: "是 yes", False: "否 no"}),
            "概率 probability": rows["probability"].map(_percent),
            "年数 years": rows["n_years"],
            "命中 hit rate": rows["hit_rate"].map(_percent),
            "Brier": rows["brier"].map(_short),
            "Brier 气候态 climatology": rows["brier_climatology"].map(_short),
            "说明 note": own,
        }
    )
    return shown if any(own) else shown.drop(columns="说明 note")


def _needed(row: dict[Any, Any]) -> str:
    if pd.isna(row["needed"]):
        return "–"
    if not row["possible"]:
        return "已不可能 impossible"
    if row["bound"] == "min" and row["needed"] <= 0:
        return "任意 anything"
    if row["bound"] == "range" and row["needed_low"] <= 0 and row["needed"] >= MOST_PH:
        return "任意 anything"
    return _span(row, "needed")


def _span(row: dict[Any, Any], name: str) -> str:
    """Write a bound: rounded to the side on which the class is still made."""
    if pd.isna(row[name]):
        return "–"
    if row["bound"] == "range":
        return f"{_safe(max(row[f'{name}_low'], 0.0), up=True)} – {_safe(row[name], up=False)}"
    return f"≥ {_safe(row[name], up=True)}" if row["bound"] == "min" else f"≤ {_safe(row[name], up=False)}"


def _safe(value: float, *, up: bool) -> str:
    if not value:
        return "0"
    unit = 10.0 ** (math.floor(math.log10(abs(value))) - SHOWN_DIGITS + 1)
    return f"{(math.ceil if up else math.floor)(round(value / unit, 6)) * unit:.{SHOWN_DIGITS}g}"


def _short(value: float) -> str:
    return "–" if pd.isna(value) else f"{value:.{SHOWN_DIGITS}g}"


def _percent(value: float) -> str:
    return "–" if pd.isna(value) else f"{100 * value:.0f} %"


def _tell_all(rows: pd.DataFrame, every: pd.DataFrame) -> None:
    (row,) = rows[rows["indicator"] == ALL].to_dict("records")
    if pd.isna(row["probability"]):
        why = "历史数据太少、河湖不明或年度已结束 too few data, river or lake unknown, or the year is over"
        say(f"概率 probability: {why}", "yellow")
        return
    say(
        f"概率 probability {_percent(row['probability'])}  全部参评指标 all indicators together  "
        f"{row['n_years']} 年 past years · {row['draws']:,} 次 draws · 种子 seed {row['seed']}",
        "bold",
    )
    say(f"回测 back-test  {_skill(row)}")
    others = every[(every["indicator"] == ALL) & (every["n_backtest"] > 0)]
    weight = others["n_backtest"].astype("float64")
    pooled: dict[str, Any] = {
        name: float((others[name] * weight).sum() / weight.sum())
        for name in ("hit_rate", "brier", "brier_climatology")
    }
    pooled |= {"n_backtest": int(weight.sum()), "backtest": None}
    say(f"  全部 {len(others)} 个断面 all {len(others)} sections  {_skill(pooled)}")


def _skill(row: dict[Any, Any]) -> str:
    if not row["n_backtest"]:
        return "数据不足 too few data"
    how = "" if pd.isna(row["backtest"]) else f"  {HOW[row['backtest']]}"
    return (
        f"命中 hit rate {_percent(row['hit_rate'])} · Brier {_short(row['brier'])} · "
        f"气候态 climatology {_short(row['brier_climatology'])} · n = {row['n_backtest']}{how}"
    )


def _notes(own: pd.DataFrame, last: dt.date) -> list[str]:
    notes = [
        f"as of {last}",
        "年均 = 有数据各月均值的平均，按修约后判定 · the year is the mean of the months with data, judged as rounded",
    ]
    goals: Sequence[str] = list(own["goal"].unique())
    if "target" not in goals and "asked" not in goals:
        notes.append("无水质目标，只列Ⅲ类：--sections 或 --class · no target is known: --sections or --class")
    return notes
