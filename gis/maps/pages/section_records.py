"""Records of a section: month means beside the charts, and the latest records with file and row."""

from __future__ import annotations

from typing import Any

import pandas as pd

from gis.base.text import both, in_html
from gis.maps.layers import Pair
from gis.maps.page import split, table
from gis.maps.pages.cells import day, period_words, records, words
from gis.maps.pages.section_cells import (
    Row,
    WaterMarks,
    class_cell,
    indicator_words,
    listed,
    missing,
    reading,
    unit_of,
)
from gis.maps.pages.section_charts import with_data
from gis.maps.pages.section_rows import Section

LISTED = 60
COLUMNS = ("ph", "dissolved_oxygen", "codmn", "codcr", "bod5", "nh3n", "tp", "tn")
METHODS: dict[str, Pair] = {"manual": ("手工", "manual"), "automatic": ("自动", "automatic")}


def months(section: Section) -> str:
    """Give the month means: the table beside the charts."""
    names = with_data(section)
    rows = sorted(
        (row for period, row in section.periods.items() if "M" in period), key=_period, reverse=True
    )
    cells = [
        [both(*period_words(_period(row))), *(reading(row.get(name)) for name in names)]
        for row in rows
        if any(not missing(row.get(name)) for name in names)
    ]
    heads: list[Pair] = [("月份", "Month")]
    for name in names:
        (zh, en), unit = indicator_words(name), unit_of(name)
        heads.append((f"{zh}({unit})", f"{en} ({unit})") if unit else (zh, en))
    if not cells:
        return ""
    last, first = _period(rows[0])[:4], _period(rows[-1])[:4]
    caption = (
        f"各月均值（{first}–{last} 年，图的数据表）",
        f"Month means, {first}–{last} (the data of the charts)",
    )
    made = table("months", caption, heads, cells, numeric=range(1, len(heads)))
    title = both("各月均值（图的数据表）", "Month means (the data of the charts)")
    return f'<details class="rest"><summary>{title}</summary>{made}</details>'


def _period(row: Row) -> str:
    return str(row["period"])


def source_limits(section: Section) -> str:
    """List what is judged by the single limits of drinking-water sources, the newest first; empty without any."""
    rows = sorted(section.more["sources"], key=lambda row: str(row.get("sampled_at")), reverse=True)[:LISTED]
    cells = [
        [
            day(row.get("sampled_at")), words(row.get("item")), reading(row.get("value")), reading(row.get("limit")),
            "–" if missing(row.get("met")) else both("达标", "met") if row["met"] else both("超标", "over the limit"),
            "" if missing(row.get("note")) else split(row["note"]),
            words(row.get("source")), words(row.get("source_row")),
        ]
        for row in rows
    ]  # fmt: skip
    heads: list[Pair] = [
        ("时间", "Date"), ("项目", "Item"), ("值", "Value"), ("限值", "Limit"), ("判定", "Verdict"), ("说明", "Note"),
        ("来源", "Source"), ("行", "Row"),
    ]  # fmt: skip
    zh, en = (
        f"饮用水水源地项目（mg/L，GB 3838-2002 表2、表3，列最近 {len(cells)} 条）",
        "Drinking-water items (mg/L, GB 3838-2002 tables 2, 3)",
    )
    return table("source-limits", (zh, en), heads, cells, numeric=(2, 3, 7)) if cells else ""


def samples(section: Section, marks: WaterMarks) -> str:
    """List the latest records with file and row, values below detection and flags marked."""
    rows = section.samples.iloc[::-1].head(LISTED)
    names = [name for name in COLUMNS if name in rows and section.samples[name].notna().any()]
    cells = [
        [
            _time(row["sampled_at"]), both(*METHODS.get(str(row.get("method")), ("", ""))), class_cell(row, marks),
            listed(row.get("deciding_indicators")),
            *(_measured(row, name, below, flagged) for name in names),
            _marks_of(below, flagged), words(row.get("source")), words(row.get("source_row")),
        ]
        for row, below, flagged in zip(
            records(rows), _marked(section.limits, rows), _marked(section.flags, rows), strict=True
        )
    ]  # fmt: skip
    heads: list[Pair] = [("时间", "Time"), ("方式", "Method"), ("类别", "Class"), ("定类因子", "Deciding")]
    heads += [indicator_words(name) for name in names]
    heads += [("标记", "Marks"), ("来源", "Source"), ("行", "Row")]
    if not cells:
        return ""
    total, last = len(section.samples), day(section.samples["sampled_at"].max())
    zh = f"监测记录（mg/L，至 {last}，共 {total:,} 条，列最近 {len(cells):,} 条）"
    en = f"Records (mg/L, to {last}, latest {len(cells):,} of {total:,})"
    return table("samples", (zh, en), heads, cells, numeric=(*range(4, 4 + len(names)), len(heads) - 1))


def _time(value: Any) -> str:
    stamp = pd.Timestamp(value)
    return day(value) if stamp == stamp.normalize() else f"{stamp:%Y-%m-%d %H:%M}"


def _marked(frame: pd.DataFrame, rows: pd.DataFrame) -> list[Row]:
    """Give what is said of the values of each record, by indicator."""
    told = records(frame.loc[rows.index]) if len(frame.columns) else [{}] * len(rows)
    return [{name: value for name, value in one.items() if not missing(value)} for one in told]


def _measured(row: Row, name: str, below: Row, flagged: Row) -> str:
    reason = flagged.get(name)
    told = f"&lt;{reading(below[name])}" if name in below else reading(row.get(name))
    return told if reason is None else f'<span class="diff" title="{in_html(reason)}">{told} ×</span>'


def _marks_of(below: Row, flagged: Row) -> str:
    """Name the values below detection of a record, and why others are flagged."""
    names = [indicator_words(name) for name in below]
    zh, en = "、".join(one[0] for one in names), ", ".join(one[1] for one in names)
    said = [both(f"未检出：{zh}", f"below detection: {en}")] if names else []
    for name, reason in flagged.items():
        chinese, english = indicator_words(name)
        said.append(both(f"{chinese}：", f"{english}: ") + split(reason))
    return f"<small>{'<br>'.join(said)}</small>" if said else ""
