"""`gis water outlook` and `gis air budget`: what the rest of the year must look like, from any files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gis.base.messages import SEPARATORS, Message, language, listed, parts
from gis.base.messages import shown as to_read
from gis.base.stored_words import word_of
from gis.cli import desk
from gis.cli.console import detailed, guard, say, say_notes, show
from gis.cli.options import AsOf, EditionId, Layers, Output, Stations
from gis.cli.phrases import phrase
from gis.cli.reading import Reading, reading
from gis.desk.wording import percent, rounded_safely, short

if TYPE_CHECKING:
    import pandas as pd

AQI, NEVER = "aqi", 0.01
FREE = Message("不构成约束", "no constraint")
OPEN = Message("待核", "to be checked")
NO_CHANCE = phrase("no_chance")
STYLES = {"reachable": "green", "made": "green", "at_risk": "yellow", "lost": "red"}
ALL = "all"
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
    """Tell whether a section can make its class and what the remaining months must bring; -v how likely.

    Example: gis water outlook 手工监测_*.xlsx --sections 断面清单.xlsx --section 琴川河中心桥 --class Ⅲ
    """
    from gis.desk import outlook as year

    year.class_of(class_)
    of = desk.assessed(desk.monitored(files, sections, how), edition, layers, as_of)
    last = of.day.last
    made = year.outlook(of, section, class_)
    own = made.rows
    for goal, rows in own[~own.duplicated(["indicator", "goal_class"])].groupby("goal", sort=False):
        numerals = of.editions.get(rows["edition"].iloc[0]).data["evaluation"]["numerals"]
        numeral, common = numerals[rows["goal_class"].iloc[0] - 1], _common(rows["note"])
        about = phrase(
            "goal_of_section", name=rows["name"].iloc[0], year=last.year, goal=year.GOALS[str(goal)],
            numeral=numeral,
        )  # fmt: skip
        _tell_all(rows)
        show(_readable(rows, common), about, most=len(rows))
        for note in common:
            say(Message("每项  {note}", "every row  {note}", note=note))
    _tell_reliability(made.reliability)
    say_notes(made.notes)
    if output is not None:
        title = Message("{section} {year} 预测", "{section} {year} outlook", section=section, year=last.year)
        desk.write(desk.Result(own, title, made.notes, basis=made.basis), output)


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
    """Tell the bad days still allowed and the PM2.5 the remaining days must not exceed; -v how likely.

    Example: gis air budget 空气日均值_*.xlsx --good-rate 81 --pm25 35 --station 兴福子站 -o 余量.xlsx
    """
    import pandas as pd

    from gis.desk import air, county
    from gis.desk import outlook as year
    from gis.desk.judged import unsure

    aims = year.aims_of(good_rate, pm25)
    reads = air.each_kind(files, how.said(), desk.show_read(how), how.kind)
    of = air.assessed(reads, county.forced(layers, AQI, edition), station or (), layers, as_of)
    desk.show_day(of.day)
    last, made = of.day.last, year.budget(of, aims)
    rows = made.rows
    show(_budgeted(rows), phrase("year_left", year=last.year))
    _tell_reliability(made.reliability)
    drawn = [
        phrase(
            "budget_drawn", goal=year.BUDGETED[row["goal"]], n=row["n_years"], draws=row["draws"],
            seed=row["seed"], skill=_skill(row),
        )
        for row in rows.to_dict("records")
        if detailed() and not pd.isna(row["probability"])
    ]  # fmt: skip
    notes = [*made.told, *drawn, *unsure(of.editions, made.used)]
    say_notes(notes)
    if output is not None:
        title = Message("{year} 环境空气余量", "{year} budget", year=last.year)
        desk.write(desk.Result(rows, title, notes, basis=made.basis), output)


def _budgeted(rows: pd.DataFrame) -> pd.DataFrame:
    """Give a budget as a person reads it: what is asked, what was, what the remaining days must bring."""
    import pandas as pd

    from gis.desk.outlook import BUDGETED

    readable = []
    for row in rows.to_dict("records"):
        good = row["goal"] == "good_days"
        target = row["good_rate_target"] if good else row["pm25_target"]
        bad = phrase("bad_days", bad=row["bad_days"], valid=row["valid_days"])
        wanted = f"{SIGNS.get(row['comparator'])} {target:g}{' %' if good else ''}"
        readable.append({
            Message("目标", "goal"): str(BUDGETED[str(row["goal"])]),
            Message("目标值", "target"): "–" if pd.isna(target) else wanted,
            Message("至今", "so far"): str(bad) if good else short(row["pm25_mean"]),
            Message("其余各日须", "the rest needs"): _left(row),
            Message("余天", "days left"): row["days_left"],
            Message("判断", "outlook"): str(_word(row["state"])),
        } | ({
            Message("概率", "probability"): _sampled(row["probability"]), Message("年数", "years"): row["n_years"],
        } if detailed() else {}))  # fmt: skip
    return pd.DataFrame(readable).rename(columns=str)


def _left(row: dict[Any, Any]) -> str:
    """Write what the remaining days must keep to; what is lost or free has no number."""
    if row["goal"] not in ("good_days", "pm25") or not row["days_left"]:
        return "–"
    if not row["possible"]:
        return str(_word("lost"))
    if not row["binds"]:
        return str(FREE)
    if row["goal"] == "pm25":
        return f"≤ {rounded_safely(row['pm25_needed'], up=False)}"
    return str(Message("≤ {n} 天超标", "≤ {n} days bad", n=row["bad_days_left"]))


def _word(state: str) -> Message:
    from gis.base.forecast import WORDS

    return Message(*WORDS[str(state)])


def _sampled(share: float) -> str:
    """Write a probability of a sample, which is never 0 or 100 %."""
    import pandas as pd

    if pd.isna(share) or NEVER <= share <= 1 - NEVER:
        return percent(share)
    return "< 1 %" if share < NEVER else "> 99 %"


def _common(notes: pd.Series) -> list[Message]:
    """Find the parts that the notes of all rows share, so that they are said once."""
    told = [parts(str(note)) for note in notes.fillna("")]
    return [part for part in told[0] if all(part in others for others in told)]


def _readable(rows: pd.DataFrame, common: Sequence[Message]) -> pd.DataFrame:
    import pandas as pd

    own = [
        str(listed([part for part in parts(str(note)) if part not in common], *SEPARATORS))
        for note in rows["note"].fillna("")
    ]
    shown = {
        Message("指标", "indicator"): rows["indicator_name"].map(to_read),
        Message("至今", "so far"): rows["mean_so_far"].map(short),
        Message("限值", "limit"): [_span(row, "limit") for row in rows.to_dict("records")],
        Message("其余月份须", "the rest needs"): [_needed(row) for row in rows.to_dict("records")],
        Message("剩余月", "left"): rows["months_left"],
        Message("判断", "outlook"): rows["state"].map(lambda state: str(_word(state))),
    }
    if detailed():
        shown |= {
            Message("概率", "probability"): rows["probability"].map(_sampled),
            Message("年数", "years"): rows["n_years"],
            Message("回测正确率", "hit rate"): rows["hit_rate"].map(percent),
            Message("Brier", "Brier"): rows["brier"].map(short),
            Message("按往年频率的 Brier", "Brier climatology"): rows["brier_climatology"].map(short),
        }
    notes = {Message("说明", "note"): own} if any(own) else {}
    return pd.DataFrame({str(name): column for name, column in {**shown, **notes}.items()})


def _needed(row: dict[Any, Any]) -> str:
    """Write what the remaining months must average; what is lost or free has no number."""
    if row["indicator"] == ALL or not row["months_left"]:
        return "–"
    if not row["possible"]:
        return str(_word("lost"))
    if row["binds"]:
        return _span(row, "needed")
    return str(OPEN if row["state"] == "at_risk" else FREE)


def _span(row: dict[Any, Any], name: str) -> str:
    """Write a bound: rounded to the side on which the class is still made."""
    import pandas as pd

    if pd.isna(row[name]):
        return "–"
    if row["bound"] == "min":
        return f"≥ {rounded_safely(row[name], up=True)}"
    high = rounded_safely(row[name], up=False)
    if row["bound"] == "range":
        return f"{rounded_safely(max(row[f'{name}_low'], 0.0), up=True)} – {high}"
    return f"≤ {high}"


def _tell_all(rows: pd.DataFrame) -> None:
    """Say the word of the section, the indicator that decides it, and with -v the probability."""
    import pandas as pd

    (row,) = rows[rows["indicator"] == ALL].to_dict("records")
    worst: dict[Any, Any] = rows[rows["indicator"] != ALL].iloc[0].to_dict()
    state = str(row["state"])
    named = ""
    if state == "at_risk" and worst["state"] != state:
        named = f"{Message('：', ': ')}{_together(row)}"
    elif state in ("lost", "at_risk"):
        why = "" if state == "lost" else f" {_needed(worst)}"
        named = f"{Message('：', ': ')}{to_read(worst['indicator_name'])}{why}"
    say(Message("{word}{named}", "{word}{named}", word=_word(state), named=named), f"bold {STYLES[state]}")
    if not detailed() or not row["possible"]:
        return
    if pd.isna(row["probability"]):
        say(NO_CHANCE, "yellow")
        return
    say(phrase(
        "chance_of_all", share=_sampled(row["probability"]), n=row["n_years"], draws=row["draws"],
        seed=row["seed"],
    ))  # fmt: skip
    say(Message("回测  {skill}", "back-test  {skill}", skill=_skill(row)))


def _together(row: dict[Any, Any]) -> Message:
    """Say why all together are at risk where no indicator is: one is not rated, or they are too many."""
    from gis.water.outlook import NO_KIND

    if NO_KIND in parts("" if str(row["note"]) == "nan" else str(row["note"])):
        return phrase("rated_within_reach")
    return phrase("each_within_reach")


def _tell_reliability(found: pd.DataFrame) -> None:
    """List, with -v, what came true of what was told of past years."""
    import pandas as pd

    if not detailed() or not len(found):
        return
    ends = zip(found["told_from"], found["told_to"], strict=True)
    shown = {
        Message("说的概率", "told"): [f"{100 * low:.0f}–{100 * high:.0f} %" for low, high in ends],
        Message("次数", "forecasts"): found["n"],
        Message("平均说", "told on average"): found["told"].map(percent),
        Message("应验", "came true"): found["came"].map(percent),
    }
    title = Message("全部往年预测的可靠性", "reliability of the forecasts of all past years")
    show(pd.DataFrame({str(name): column for name, column in shown.items()}), title, most=len(found))


def _skill(row: dict[Any, Any]) -> Message:
    import pandas as pd

    if not row["n_backtest"]:
        return Message("数据不足", "too few data")
    how = (
        ""
        if pd.isna(row["backtest"])
        else Message("  {how}", "  {how}", how=word_of(row["backtest"], "backtest")[language() == "en"])
    )
    return phrase(
        "skill", hits=percent(row["hit_rate"]), brier=short(row["brier"]),
        climatology=short(row["brier_climatology"]), n=row["n_backtest"], how=how,
    )  # fmt: skip
