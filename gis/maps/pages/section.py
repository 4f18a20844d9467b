"""One page a section: its class against its target, what the year still needs, every record behind it."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

import pandas as pd

from gis import look
from gis.base.calendar import MONTH_NAMES, period_words
from gis.base.columns import described
from gis.base.messages import keys_of, restored
from gis.base.text import both, in_html
from gis.maps.book import Book, Pair, missing
from gis.maps.page import (
    Row,
    each,
    facts,
    flagged,
    further,
    hinted,
    items,
    named,
    names_of,
    number,
    remark,
    shown,
    span_only,
    table,
    unsure_of,
    worded,
    words,
)
from gis.maps.pages.section_records import charts, months, samples, source_limits
from gis.maps.pages.sections import (
    FOLDER,
    Section,
    WaterMarks,
    class_cell,
    deciding,
    gap,
    grade_words,
    needed,
    outlook,
    sections_of,
    state_of,
    state_of_all,
    tightest,
    trends,
    verdict_cell,
)
from gis.standards import Edition
from gis.water.lakes import TROPHIC
from gis.water.periods import LIMITS

FAMILIES = {look.FAMILY, LIMITS, "surface_water_evaluation", "national_water_plan", "outlook"}
BACK: dict[str, Pair] = {"water.html": ("水", "Water"), "../index.html": ("目标任务完成情况", "Scorecard")}
SIZE = 34
FACTS = {
    "section_periods": "section_id water_body level water_kind target_class evaluated_by",
    "sections": "target_document river_chief town",
    "section_network": "upstream downstream neighbours distance_m",
}
MISS = '<span class="miss" aria-hidden="true">!</span>'


@dataclass(frozen=True)
class _Desk:
    """What the pages of all sections share."""

    book: Book
    marks: WaterMarks
    edition: Edition
    pages: dict[str, Section]
    notes: tuple[str, ...]


def render(book: Book) -> dict[str, str]:
    """Draw a page a section: `sections/<section>.html` → HTML.

    Raises
    ------
    AssetError
        A page would load something from elsewhere.
    """
    sections = sections_of(book)
    if not sections:
        return {}
    desk = _Desk(
        book=book,
        marks=WaterMarks.of(book),
        edition=book.editions.in_force(LIMITS, book.as_of),
        pages={one.key: one for one in sections},
        notes=tuple(unsure_of(book, FAMILIES)),
    )
    return {f"{FOLDER}/{one.stem}.html": _page(desk, one) for one in sections}


def records_of(book: Book) -> dict[str, pd.DataFrame]:
    """Give all records of each section for its download: `sections/<section>.csv` → rows, oldest first."""
    return {f"{FOLDER}/{one.stem}.csv": one.samples.drop(columns="key") for one in sections_of(book)}


def _page(desk: _Desk, section: Section) -> str:
    book = desk.book
    name = (f"{section.name}断面", f"{section.name} section")
    month, year = section.periods.get(_month(book)), section.periods.get(str(book.as_of.year))
    body = (
        f'<p class="answer">{both(*_answer(desk, section, month, year))}</p>'
        f"{_now(desk, section, month, year)}{_needed(desk, section)}"
        f'<div class="beside">{matrix(section, book, desk.marks)}{_facts(desk, section)}</div>'
        f"{compared(section, book, desk.edition, desk.marks)}{trophic(section, book)}"
        f"{outlook(section, desk.marks, book.as_of.year)}"
        f"{charts(section, desk.edition, desk.marks, pd.Timestamp(book.as_of))}{months(section)}{trends(section)}"
        f"{source_limits(section)}{_export(section)}{samples(section, desk.marks)}"
    )
    path = f"{FOLDER}/{section.stem}"
    return further(book, path, name, body, _nav(desk, section), notes=desk.notes)


def _month(book: Book) -> str:
    return f"{book.as_of.year}M{book.as_of.month:02d}"


def _nav(desk: _Desk, section: Section) -> list[tuple[str, Pair]]:
    keys = list(desk.pages)
    at = keys.index(section.key)
    links = [(f"../{name}", told) for name, told in BACK.items()]
    for other, told in ((at - 1, ("上一断面", "Previous")), (at + 1, ("下一断面", "Next"))):
        if 0 <= other < len(keys):
            links.append((f"{quote(desk.pages[keys[other]].stem)}.html", told))
    return links


def _answer(desk: _Desk, section: Section, month: Row | None, year: Row | None) -> Pair:
    """Say the class of the month and what decides it, then the year so far against the target."""
    told: list[Pair] = [
        _sentence(desk, row, tail)
        for row, tail in ((month, ("", "")), (year, ("以来", " so far")))
        if row is not None
    ]
    if not told:
        return f"{section.name}今年没有监测数据。", f"There is no data of {section.name} this year."
    return "".join(zh for zh, _ in told), " ".join(en for _, en in told)


def _sentence(desk: _Desk, row: Row, tail: Pair) -> Pair:
    period = period_words(str(row["period"]))
    running = tail if row.get("provisional") is True else ("", "")
    value = row.get("water_class")
    if missing(value):
        return f"{period[0]}{running[0]}不评价。", f"No class for {period[1]}{running[1]}."
    mark, why = desk.marks.of_class(value), ("", "") if tail[0] else deciding(row, desk.edition)
    zh, en = f"{period[0]}{running[0]}为{mark.zh}", f"{period[1]}{running[1]}: {mark.en}"
    if why[0]:
        zh, en = f"{zh}，定类因子{why[0]}", f"{en}, decided by {why[1]}"
    state = state_of(row)
    if tail[0] and state is not None:
        target, word = desk.marks.sign(row.get("target_class")), desk.marks.states[state]
        zh, en = f"{zh}；目标{target}类，{word.zh}", f"{en}; target {target}: {word.en}"
    return f"{zh}。", f"{en}."


def _now(desk: _Desk, section: Section, month: Row | None, year: Row | None) -> str:
    """Show the class of the month, of the year so far and of the target, and the verdict, each with its symbol."""
    marks = desk.marks
    boxes = [(period_words(_month(desk.book)), _classed(marks, month), "")]
    if year is not None:
        zh, en = period_words(str(year["period"]))
        tail = ("累计", " so far") if year.get("provisional") is True else ("", "")
        boxes.append(((zh + tail[0], en + tail[1]), _classed(marks, year), ""))
    target = section.newest.get("target_class")
    if not missing(target):
        boxes.append((_head("target_class"), worded(marks.of_class(target), SIZE), ""))
    state = None if year is None else state_of(year)
    mark = marks.states[state or "no_data"]
    word: Pair = ("不判定", "no verdict") if state is None else (mark.zh, mark.en)
    boxes.append((_head("verdict_so_far"), worded(mark, SIZE, word), ""))
    for row, name in ((month, "gap_now"), (year, "gap_so_far")):
        if row is not None and gap(row)[0]:
            boxes.append((_head(name), both(*gap(row)), "small"))
    told = "".join(
        f'<div class="{kind}"><p class="k">{both(*title)}</p><p class="v">{value}</p></div>'
        for title, value, kind in boxes
    )
    return f'<div class="now" id="now-{in_html(section.key)}">{told}</div>'


def _head(name: str) -> Pair:
    return described(name, "section_periods").head


def _classed(marks: WaterMarks, row: Row | None) -> str:
    mark = marks.of_class(None if row is None else row.get("water_class"))
    return worded(mark, SIZE, (mark.zh, mark.en))


def _needed(desk: _Desk, section: Section) -> str:
    row = tightest(section)
    if row is None:
        return ""
    zh, en = state_of_all(section)
    odds = both(f"全年目标：{zh}。", f" The target of the year: {en}.")
    kind = "" if row["possible"] else " lost"
    return f'<p class="needed{kind}">{both(*needed(row, desk.marks))}{odds}</p>'


def _facts(desk: _Desk, section: Section) -> str:
    """List what the newest period, the list of sections and the network say of a section."""
    cells = {
        "target_class": lambda row: desk.marks.sign(row.get("target_class")),
        "neighbours": lambda row: _neighbours(desk, row),
        **each("upstream downstream", lambda row, name: _links(desk, row.get(name))),
    }
    rows = (section.newest, section.listed, next(iter(section.more["network"]), {}))
    told = "".join(
        facts(f"{table}_facts-{section.key}", shown(None, table, names, **cells), row)
        for (table, names), row in zip(FACTS.items(), rows, strict=True)
    )
    return (
        f'<section class="twin"><h2 class="head">{both("断面信息", "About the section")}</h2>{told}</section>'
    )


def _links(desk: _Desk, ids: object) -> str:
    """Link the pages of neighbours; an id without a page is written as it is."""
    if missing(ids) or not ids:
        return ""
    told = []
    for id_ in keys_of(ids) or [str(ids)]:
        page = desk.pages.get(id_)
        told.append(
            words(id_) if page is None else f'<a href="{quote(page.stem)}.html">{words(page.name)}</a>'
        )
    return both("、", ", ").join(told)


def _neighbours(desk: _Desk, network: Row) -> str:
    """Link the sections of the same water where no direction of flow is known."""
    if not missing(network.get("upstream")) or not missing(network.get("downstream")):
        return ""
    links = _links(desk, network.get("neighbours"))
    return (
        links
        if missing(network.get("note")) or not links
        else f"{links} <small>{remark(network['note'])}</small>"
    )


def _export(section: Section) -> str:
    if not len(section.samples):
        return ""
    n = f"{len(section.samples):,}"
    told = both(f"下载本断面全部 {n} 条监测记录（CSV）", f"Download all {n} records of this section (CSV)")
    return f'<p class="twin"><a class="export" href="{quote(section.stem)}.csv" download>{told}</a></p>'


def compared(section: Section, book: Book, edition: Edition, marks: WaterMarks) -> str:
    """Set this month beside the last and that of last year, this year so far beside the same months."""
    wanted = _periods(book, section)
    now = {
        str(row.get("period_before")): row for row in section.more["changes"] if str(row["period"]) in wanted
    }
    zh, en = period_words(wanted[0] if wanted else str(book.as_of.year))
    return table(
        book, "compared", [section.periods[one] for one in wanted], {"zh": zh, "en": en},
        period=span_only, water_class=lambda row: class_cell(row, marks),
        change=lambda row: _change(now.get(str(row["period"]))),
        deciding_indicators=lambda row: both(*_why(row, edition, shown=str(row["period"]) == wanted[0])),
        gap_to_target=lambda row: both(*gap(row)), verdict=lambda row: verdict_cell(row, marks),
        n_samples=_count, note=_remarks,
    )  # fmt: skip


def _why(row: Row, edition: Edition, *, shown: bool) -> Pair:
    """Say what decides; the limit only of this month, and where the target is missed."""
    missed = not missing(row.get("at_target")) and not row["at_target"]
    return deciding(row, edition, limits=shown or missed)


def _periods(book: Book, section: Section) -> list[str]:
    year, month = book.as_of.year, book.as_of.month
    before = (year, month - 1) if month > 1 else (year - 1, len(MONTH_NAMES))
    wanted = [
        f"{year}M{month:02d}", f"{before[0]}M{before[1]:02d}", f"{year - 1}M{month:02d}",
        f"{year}C{month:02d}", f"{year - 1}C{month:02d}", str(year),
    ]  # fmt: skip
    based = [
        str(row.get("period_before"))
        for row in section.more["changes"]
        if row.get("compared_with") == "baseline_year" and str(row["period"]) in wanted
    ]
    return [one for one in dict.fromkeys([*wanted, *based]) if one in section.periods and one != str(year)]


def _change(row: Row | None) -> str:
    return "" if row is None or missing(row.get("word")) else remark(row["word"])


def _count(row: Row) -> str:
    n = number(row.get("n_samples"), 0)
    days = row.get("n_days")
    if missing(days):
        return n
    told = both(f"{n} 条，{number(days, 0)} 天", f"{n} ({number(days, 0)} d)")
    return f'<span class="cell">{told}</span>'


def _remarks(row: Row) -> str:
    said = [remark(row[name]) for name in ("not_assessed", "validity") if not missing(row.get(name))]
    if not missing(row.get("hangs_on")):
        said.append(f"{both('类别取决于：', 'the class hangs on: ')}{remark(row['hangs_on'])}")
    if not missing(row.get("undecidable")):
        said.append(
            both("检出限过高不能定类：", "undecidable, detection limit too high: ")
            + items(row["undecidable"])
        )
    if not missing(row.get("issue_note")):
        said.append(remark(row["issue_note"]))
    if row.get("unaudited") is True:
        said.append(both("含未经审核数据", "with unaudited data"))
    return both("；", "; ").join(said)


def trophic(section: Section, book: Book) -> str:
    """Give the trophic state of a lake's section in the same periods; empty for rivers."""
    known = {
        str(row["period"]): row
        for row in section.more["states"]
        if row.get("place_kind", "section") == "section"
    }
    rows = [known[period] for period in _periods(book, section) if period in known]
    grades = book.editions.in_force(TROPHIC, book.as_of).data["grade"] if rows else []
    year = book.as_of.year
    return table(
        book, "trophic", rows, {"year": year}, period=span_only,
        grade=lambda row: grade_words(row.get("grade"), grades),
    ) if rows else ""  # fmt: skip


def matrix(section: Section, book: Book, marks: WaterMarks) -> str:
    """Draw months × years by class: colour, numeral and text; a month without a class is hollow."""
    years = sorted({int(period[:4]) for period in section.periods}, reverse=True)
    head = "".join(
        f'<th scope="col">{both(str(at), name)}</th>'
        for at, name in enumerate((one[:3] for one in MONTH_NAMES), start=1)
    )
    body = "".join(_year_row(section, book, marks, year) for year in years)
    legend = "".join(f"<span>{flagged(mark)}</span>" for mark in [*marks.classes.values(), marks.none])
    legend += f"<span>{MISS} {both('劣于目标', 'below target')}</span>"
    caption = (f"{years[-1]}–{years[0]} 年各月水质类别", f"Class of each month, {years[-1]}–{years[0]}")
    return (
        f'<section class="twin"><div class="caption"><h2>{both(*caption)}</h2></div>'
        f'<table class="matrix" id="matrix"><thead><tr><th scope="col" class="y" {named("年份", "year")}></th>{head}'
        f'<th scope="col" class="year">{both("全年", "Year")}</th></tr></thead><tbody>{body}</tbody></table>'
        f'<p class="key">{legend}</p></section>'
    )


def _year_row(section: Section, book: Book, marks: WaterMarks, year: int) -> str:
    cells = "".join(
        _class_square(section.periods.get(f"{year}M{month:02d}"), marks, f"{year}M{month:02d}")
        if (year, month) <= (book.as_of.year, book.as_of.month)
        else "<td></td>"
        for month in range(1, len(MONTH_NAMES) + 1)
    )
    whole = _class_square(section.periods.get(str(year)), marks, str(year))
    return f'<tr><th scope="row">{year}</th>{cells}{whole}</tr>'


def _class_square(row: Row | None, marks: WaterMarks, period: str) -> str:
    value = None if row is None else row.get("water_class")
    running = row is not None and row.get("provisional") is True and len(period) == len("2021")
    tail = f" <small>{both('累计', 'so far')}</small>" if running else ""
    if row is None or missing(value):
        why = None if row is None or missing(row.get("not_assessed")) else restored(row["not_assessed"])
        hint = hinted(why.zh, why.en) if why else ""
        return f'<td class="none" data-period="{period}" {hint}>–</td>'
    mark = marks.of_class(value)
    miss = MISS if not missing(row.get("at_target")) and not row["at_target"] else ""
    decided = row.get("deciding_indicators")
    zh, en = ("", "") if missing(decided) else names_of(decided)
    told = (
        f"{mark.zh} {zh}{' 劣于目标' if miss else ''}",
        f"{mark.en} {en}{', below target' if miss else ''}",
    )
    return (
        f'<td class="cls" data-period="{period}" style="background:{mark.fill};color:{mark.ink}" '
        f"{hinted(*told)}>{marks.numeral(value)}{miss}{tail}</td>"
    )
