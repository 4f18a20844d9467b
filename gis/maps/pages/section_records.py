"""Records of a section: month means beside the charts, and the latest records with file and row."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from gis.base.messages import SEPARATORS, parts
from gis.base.messages import listed as joined
from gis.base.text import both
from gis.maps.mapview import hinted
from gis.maps.page import remark
from gis.maps.pages.cells import day, missing, records
from gis.maps.pages.columns import drawn, each, shown
from gis.maps.pages.section_cells import (
    Row,
    WaterMarks,
    class_cell,
    indicator_words,
    reading,
)
from gis.maps.pages.section_charts import with_data
from gis.maps.pages.section_rows import Section

LISTED = 60
BELOW, FLAGGED = "_below", "_flagged"  # what is said of the values of a row, by indicator
COLUMNS = ("ph", "dissolved_oxygen", "codmn", "codcr", "bod5", "nh3n", "tp", "tn")


def months(section: Section) -> str:
    """Give the month means: the table beside the charts."""
    names = with_data(section)
    listed_ = sorted(
        (row for period, row in section.periods.items() if "M" in period), key=_period, reverse=True
    )
    rows = [row for row in listed_ if any(not missing(row.get(name)) for name in names)]
    if not rows:
        return ""
    columns = shown(
        None,
        "samples",
        " ".join(["period", *names]),
        **each(" ".join(names), lambda row, name: reading(row.get(name))),
    )
    last, first = _period(listed_[0])[:4], _period(listed_[-1])[:4]
    caption = (
        f"各月均值（{first}–{last} 年，图的数据表）",
        f"Month means, {first}–{last} (the data of the charts)",
    )
    made = drawn("months", caption, columns, rows)
    title = both("各月均值（图的数据表）", "Month means (the data of the charts)")
    return f'<details class="rest"><summary>{title}</summary>{made}</details>'


def _period(row: Row) -> str:
    return str(row["period"])


def source_limits(section: Section) -> str:
    """List what is judged by the single limits of drinking-water sources, the newest first; empty without any."""
    rows = sorted(section.more["sources"], key=lambda row: str(row.get("sampled_at")), reverse=True)[:LISTED]
    columns = shown(
        None, "source_limits", "sampled_at item value limit met note source source_row", met=_met,
        value=lambda row: reading(row.get("value")), limit=lambda row: reading(row.get("limit")),
    )  # fmt: skip
    zh, en = (
        f"饮用水水源地项目（mg/L，GB 3838-2002 表2、表3，列最近 {len(rows)} 条）",
        "Drinking-water items (mg/L, GB 3838-2002 tables 2, 3)",
    )
    return drawn("source-limits", (zh, en), columns, rows) if rows else ""


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
    columns = shown(
        None, "samples",
        " ".join(["sampled_at method water_class deciding_indicators", *names, "marks source source_row"]),
        water_class=lambda row: class_cell(row, marks), marks=lambda row: _marks_of(row[BELOW], row[FLAGGED]),
        **{name: _measured(name) for name in names},
    )  # fmt: skip
    total, last = len(section.samples), day(section.samples["sampled_at"].max())
    zh = f"监测记录（mg/L，至 {last}，共 {total:,} 条，列最近 {len(rows):,} 条）"
    en = f"Records (mg/L, to {last}, latest {len(rows):,} of {total:,})"
    listed_ = [
        {**row, BELOW: below, FLAGGED: flagged}
        for row, below, flagged in zip(
            records(rows), _marked(section.limits, rows), _marked(section.flags, rows), strict=True
        )
    ]
    return drawn("samples", (zh, en), columns, listed_)


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
