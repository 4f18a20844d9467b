"""Classes of a section: periods side by side, and the matrix of months and years."""

from __future__ import annotations

from gis.base.calendar import MONTH_NAMES, period_words
from gis.base.messages import keys_of, restored
from gis.base.text import both
from gis.maps.book import Book
from gis.maps.layers import Pair
from gis.maps.mapview import hinted, named
from gis.maps.page import remark
from gis.maps.pages.cells import flagged, missing, number
from gis.maps.pages.columns import drawn, items, shown, span_only
from gis.maps.pages.section_cells import (
    Row,
    WaterMarks,
    class_cell,
    grade_words,
    indicator_words,
    reading,
    unit_of,
    verdict_cell,
)
from gis.maps.pages.section_charts import limit_of
from gis.maps.pages.section_rows import Section
from gis.maps.wording import names_of
from gis.standards import Edition
from gis.water.lakes import TROPHIC
from gis.water.limits import LAKE

TLI = "tli_chl tli_tp tli_tn tli_sd tli_codmn"
MISS = '<span class="miss" aria-hidden="true">!</span>'


def deciding(row: Row, edition: Edition, *, limits: bool = True) -> Pair:
    """Say which indicators decide the class of a row: value, and with `limits` the limit of the target's class."""
    told: list[Pair] = []
    for key in keys_of(row.get("deciding_indicators")):
        zh, en = indicator_words(key)
        if missing(row.get(key)):
            told.append((zh, en))
            continue
        value, value_en = (f"{reading(row[key])} {unit}".strip() for unit in unit_of(key))
        limit = limit_of(edition, key, row.get("target_class"), lake=row.get("water_kind") == LAKE)
        beside = "" if limit is None or not limits else f"{limit[1]} {reading(limit[0])}"
        told.append((f"{zh} {value}{f'（目标 {beside}）' if beside else ''}",
                     f"{en} {value_en}{f' (target {beside})' if beside else ''}"))  # fmt: skip
    return "；".join(zh for zh, _ in told), "; ".join(en for _, en in told)


def gap(row: Row) -> Pair:
    """Say by how much a row misses its target; never called 超标倍数, which is against class Ⅲ."""
    value, name = row.get("gap_to_target"), row.get("gap_indicator")
    if missing(value) or missing(name) or not value:
        return "", ""
    zh, en = indicator_words(name)
    told = f"{100 * float(value):.1f} %"
    return f"{zh} 差 {told}", f"{en} off by {told}"


def compared(section: Section, book: Book, edition: Edition, marks: WaterMarks) -> str:
    """Set this month beside the last and that of last year, this year so far beside the same months."""
    wanted = _periods(book, section)
    now = {
        str(row.get("period_before")): row for row in section.more["changes"] if str(row["period"]) in wanted
    }
    columns = shown(
        book, "section_periods",
        "period water_class change deciding_indicators main_pollutants gap_to_target verdict n_samples note edition",
        period=span_only, water_class=lambda row: class_cell(row, marks),
        change=lambda row: _change(now.get(str(row["period"]))),
        deciding_indicators=lambda row: both(*_why(row, edition, shown=str(row["period"]) == wanted[0])),
        gap_to_target=lambda row: both(*gap(row)), verdict=lambda row: verdict_cell(row, marks),
        n_samples=_count, note=_remarks,
    )  # fmt: skip
    last = wanted[0] if wanted else str(book.as_of.year)
    caption = (
        f"与上月、去年比较 · {period_words(last)[0]}",
        f"Beside last month and last year · {period_words(last)[1]}",
    )
    return drawn("compared", caption, columns, [section.periods[one] for one in wanted])


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
    return "; ".join(said)


def trophic(section: Section, book: Book) -> str:
    """Give the trophic state of a lake's section in the same periods; empty for rivers."""
    known = {
        str(row["period"]): row
        for row in section.more["states"]
        if row.get("place_kind", "section") == "section"
    }
    rows = [known[period] for period in _periods(book, section) if period in known]
    grades = book.editions.in_force(TROPHIC, book.as_of).data["grade"] if rows else []
    columns = shown(
        book, "lake_states", f"period tli grade {TLI} note", period=span_only,
        grade=lambda row: grade_words(row.get("grade"), grades),
    )  # fmt: skip
    year = book.as_of.year
    caption = (f"综合营养状态指数 · {year} 年与上年", f"Trophic state index · {year} and the year before")
    return drawn("trophic", caption, columns, rows) if rows else ""


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
