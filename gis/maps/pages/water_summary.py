"""The Monday question: which sections miss their target, by how much, and what the year still needs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gis.base.calendar import period_words
from gis.base.stored_words import numeral, words_of
from gis.base.text import both, in_html
from gis.maps.book import Book
from gis.maps.layers import Pair
from gis.maps.page import remark
from gis.maps.pages.cells import flagged, missing, words
from gis.maps.pages.columns import drawn, items, shown
from gis.maps.pages.section_cells import (
    UNKNOWN,
    Row,
    WaterMarks,
    class_cell,
    verdict_cell,
)
from gis.maps.pages.section_classes import deciding, gap
from gis.maps.pages.section_outlook import needed_short, state_of_all, tightest
from gis.maps.pages.section_rows import Section, addresses, sections_of
from gis.standards import Edition
from gis.water.periods import LIMITS

NONE: Row = {}
COMPARED = ("last_month", "same_month_last_year")


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
        f"{name[0]}：名录中可判定的 {len(judged)} 个断面（含不计入考核的），{len(short)} 个劣于目标",
        f"{name[1]}: of the list's {len(judged)} sections with a verdict, also those that do not count, "
        f"{len(short)} below target",
    )
    return head + (both("：", ": ") if short else both("。", ".")) + both("、", ", ").join(
        f"{_link(one, pages)} {marks.numeral(one.periods[period].get('water_class'))}" for one in short
    )  # fmt: skip


def _link(section: Section, pages: dict[str, str]) -> str:
    return f'<a href="{in_html(pages[section.key])}">{in_html(section.name)}</a>'


def _table(
    book: Book, sections: list[Section], pages: dict[str, str], edition: Edition, marks: WaterMarks
) -> str:
    year, month = str(book.as_of.year), f"{book.as_of.year}M{book.as_of.month:02d}"
    changes = any(one.more["changes"] for one in sections)
    outlook = any(one.more["outlook"] for one in sections)
    names = (
        f"name level now deciding_now gap_now {'last_month same_month_last_year' * changes} so_far target_class "
        f"verdict_so_far {'needed state' * outlook} river_chief"
    )
    columns = shown(
        book, "section_periods", names,
        name=lambda row: f'<span class="cell">{_link(row["of"], pages)}</span>',
        level=lambda row: both(*words_of("level").get(str(row["of"].newest.get("level")), UNKNOWN)),
        now=lambda row: _numeral(row["now"], marks), deciding_now=lambda row: _why(row["now"], edition),
        gap_now=lambda row: both(*gap(row["now"])), so_far=lambda row: _numeral(row["so_far"], marks),
        target_class=lambda row: marks.sign(row["of"].newest.get("target_class")),
        verdict_so_far=lambda row: f"{verdict_cell(row['so_far'], marks)} {both(*gap(row['so_far']))}",
        needed=_needed, state=_state,
        river_chief=lambda row: f'<span class="cell">{words(row["of"].listed.get("river_chief"))}</span>',
        **{name: _against(month, name, marks) for name in COMPARED},
    )  # fmt: skip
    rows = [
        {"of": one, "now": one.periods.get(month, NONE), "so_far": one.periods.get(year, NONE)}
        for one in sections
    ]
    zh, en = period_words(month)
    caption = (f"各断面一览 · {zh}与{year}年累计", f"Sections at a glance · {en} and {year} so far")
    return drawn("glance", caption, columns, rows)


def _numeral(row: Row, marks: WaterMarks) -> str:
    """Give the class by its symbol and numeral, short; what has none says why."""
    value = row.get("water_class")
    return (
        class_cell(row, marks)
        if missing(value)
        else flagged(marks.of_class(value), (f"{marks.sign(value)}类", numeral(marks.sign(value)).en))
    )


def _why(row: Row, edition: Edition) -> str:
    """Name what decides the class, with value and limit where it is over the target."""
    return both(*deciding(row, edition)) if _misses(row) else items(row.get("deciding_indicators"))


def _against(month: str, name: str, marks: WaterMarks) -> Callable[[Row], str]:
    """Set the month beside another: its class and the word for the change."""

    def cell(row: Row) -> str:
        rows = (one for one in row["of"].more["changes"] if str(one["period"]) == month)
        found = next((one for one in rows if one.get("compared_with") == name), None)
        if found is None or missing(found.get("word")):
            return "–"
        return f"{marks.numeral(found.get('class_before'))} {remark(found['word'])}"

    return cell


def _needed(row: Row) -> str:
    tight = tightest(row["of"])
    return "–" if tight is None else both(*needed_short(tight))


def _state(row: Row) -> str:
    return "–" if tightest(row["of"]) is None else both(*state_of_all(row["of"]))
