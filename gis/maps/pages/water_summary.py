"""The Monday question: which sections miss their target, by how much, and what the year still needs."""

from __future__ import annotations

from typing import Any

from gis.base.text import both, in_html
from gis.maps.book import Book
from gis.maps.layers import Pair
from gis.maps.page import split, table
from gis.maps.pages.cells import flagged, period_words, words
from gis.maps.pages.section_cells import (
    LEVELS,
    UNKNOWN,
    Row,
    WaterMarks,
    class_cell,
    listed,
    missing,
    verdict_cell,
)
from gis.maps.pages.section_classes import deciding, gap
from gis.maps.pages.section_outlook import needed_short, state_of_all, tightest
from gis.maps.pages.section_rows import Section, addresses, sections_of
from gis.standards import Edition
from gis.water.periods import LIMITS

NONE: Row = {}
COMPARED: dict[str, Pair] = {
    "last_month": ("较上月", "Against last month"),
    "same_month_last_year": ("较去年同月", "Against the month last year"),
}
REST: tuple[Pair, ...] = (("后期均值控制要求", "The rest must average"), ("判断", "Outlook"))


def summary(book: Book) -> tuple[str, str]:
    """Give the lead and the table of the sections, those that want attention first.

    Returns
    -------
    lead, table
        HTML; both empty where there are no sections.
    """
    sections = sections_of(book)
    if not sections:
        return "", ""
    pages, edition = addresses(book), book.editions.in_force(LIMITS, book.as_of)
    month, year = f"{book.as_of.year}M{book.as_of.month:02d}", str(book.as_of.year)
    ordered = sorted(sections, key=lambda one: _rank(one, month, year))
    marks = WaterMarks.of(book)
    return _lead(ordered, pages, (month, year), marks), _table(book, ordered, pages, edition, marks)


def _rank(section: Section, month: str, year: str) -> tuple[bool, bool, bool, float]:
    tight = tightest(section)
    return (
        tight is None or bool(tight["possible"]),
        not _misses(section.periods.get(year)),
        not _misses(section.periods.get(month)),
        -_worst(section.periods.get(year)),
    )


def _misses(row: Row | None) -> bool:
    return row is not None and not missing(row.get("at_target")) and not row["at_target"]


def _worst(row: Row | None) -> float:
    value: Any = None if row is None else row.get("gap_to_target")
    return 0.0 if missing(value) else float(value)


def _lead(sections: list[Section], pages: dict[str, str], periods: tuple[str, str], marks: WaterMarks) -> str:
    month, year = periods
    told = [
        _named(sections, pages, marks, month, period_words(month)),
        _named(sections, pages, marks, year, (f"{year}年以来累计", f"{year} so far")),
    ]
    lost = [one for one in sections if (row := tightest(one)) is not None and not row["possible"]]
    if lost:
        names = both("、", ", ").join(_link(one, pages) for one in lost)
        told.append(f"{both(f'{year}年已无法达到目标：', f'out of reach in {year}: ')}{names}")
    return f'<p class="attention">{"<br>".join(told)}</p>'


def _named(sections: list[Section], pages: dict[str, str], marks: WaterMarks, period: str, name: Pair) -> str:
    judged = [one for one in sections if not missing(one.periods.get(period, NONE).get("at_target"))]
    short = [one for one in judged if _misses(one.periods[period])]
    if not judged:
        return both(f"{name[0]}没有可判定的断面。", f"{name[1]}: no section has a verdict.")
    head = both(
        f"{name[0]}：{len(judged)} 个断面中 {len(short)} 个劣于目标",
        f"{name[1]}: {len(short)} of {len(judged)} sections below target",
    )
    return head + (both("：", ": ") if short else both("。", ".")) + both("、", ", ").join(
        f"{_link(one, pages)} {in_html(marks.sign(one.periods[period].get('water_class')))}" for one in short
    )  # fmt: skip


def _link(section: Section, pages: dict[str, str]) -> str:
    return f'<a href="{in_html(pages[section.key])}">{in_html(section.name)}</a>'


def _table(
    book: Book, sections: list[Section], pages: dict[str, str], edition: Edition, marks: WaterMarks
) -> str:
    year, month = str(book.as_of.year), f"{book.as_of.year}M{book.as_of.month:02d}"
    changes = any(one.more["changes"] for one in sections)
    outlook = any(one.more["outlook"] for one in sections)
    cells = [
        [
            f'<span class="cell">{_link(one, pages)}</span>', both(*LEVELS.get(str(one.newest.get("level")), UNKNOWN)),
            _numeral(now, marks), _why(now, edition), both(*gap(now)),
            *((_against(one, month, name, marks) for name in COMPARED) if changes else ()),
            _numeral(so_far, marks), marks.sign(one.newest.get("target_class")),
            f"{verdict_cell(so_far, marks)} {both(*gap(so_far))}",
            *(_rest(one) if outlook else ()),
            f'<span class="cell">{words(one.listed.get("river_chief"))}</span>',
        ]
        for one in sections
        for now, so_far in [(one.periods.get(month, NONE), one.periods.get(year, NONE))]
    ]  # fmt: skip
    heads = [
        ("断面", "Section"), ("级别", "Level"), ("本月", "This month"), ("定类因子", "Deciding"),
        ("本月与目标差距", "Gap this month"), *(COMPARED.values() if changes else ()),
        ("今年累计", "Year so far"), ("目标", "Target"), ("今年判定", "This year"),
        *(REST if outlook else ()), ("河长", "River chief"),
    ]  # fmt: skip
    zh, en = period_words(month)
    caption = (f"各断面一览 · {zh}与{year}年累计", f"Sections at a glance · {en} and {year} so far")
    return table("glance", caption, heads, cells)


def _numeral(row: Row, marks: WaterMarks) -> str:
    """Give the class by its symbol and numeral, short; what has none says why."""
    value = row.get("water_class")
    return (
        class_cell(row, marks)
        if missing(value)
        else flagged(marks.of_class(value), (f"{marks.sign(value)}类", marks.sign(value)))
    )


def _why(row: Row, edition: Edition) -> str:
    """Name what decides the class, with value and limit where it is over the target."""
    return both(*deciding(row, edition)) if _misses(row) else listed(row.get("deciding_indicators"))


def _against(section: Section, month: str, name: str, marks: WaterMarks) -> str:
    rows = (row for row in section.more["changes"] if str(row["period"]) == month)
    row = next((one for one in rows if one.get("compared_with") == name), None)
    if row is None or missing(row.get("word")):
        return "–"
    return f"{marks.sign(row.get('class_before'))} {split(row['word'])}"


def _rest(section: Section) -> tuple[str, str]:
    row = tightest(section)
    if row is None:
        return "–", "–"
    return both(*needed_short(row)), both(*state_of_all(section))
