"""The water page: sections by class on the map, and the class of each month and year in its twin."""

from __future__ import annotations

from typing import Any

import pandas as pd

from gis import look
from gis.base.messages import Message
from gis.base.stored_words import numeral
from gis.base.text import both, in_html
from gis.look import Mark
from gis.maps.book import Book
from gis.maps.ground import base_map, layers_of
from gis.maps.layers import Drawn, Pair, Popup, draw, placed
from gis.maps.mapview import map_view
from gis.maps.pages import water_tables
from gis.maps.pages.cells import (
    day,
    figure_of,
    map_page,
    number,
    period_words,
    rate_strip,
    records,
    shower,
    so_far,
    unsure_of,
    yearly,
)
from gis.maps.pages.columns import Column, amount, date, drawn, edition, note, period, source, text
from gis.maps.pages.reaches import reaches
from gis.maps.pages.section_cells import (
    LEVELS,
    WATER_KINDS,
    Row,
    WaterMarks,
    class_cell,
    listed,
    state_of,
    verdict_cell,
)
from gis.maps.pages.section_cells import UNKNOWN as NOT_KNOWN
from gis.maps.pages.section_rows import addresses
from gis.maps.pages.water_summary import summary

GROUP: Pair = ("断面", "Sections")
RECORDS = 300
FAMILIES = {look.FAMILY, "surface_water_limits", "surface_water_evaluation", "national_water_plan"}
UNKNOWN = Message("?", "?")


def render(book: Book) -> str:
    """Draw the water page."""
    periods = _periods(book)
    month, year = _latest(periods, "month"), _latest(periods, "year")
    layers = [
        *base_map(book),
        *reaches(book, year, show=month is None),
        *reaches(book, month, show=True),
        *_sections(book, periods, year, show=month is None),
        *_sections(book, periods, month, show=True),
        *layers_of(book, "water", ("outfalls", "features", "actions"), show=False),
    ]
    view = map_view(
        layers, book.catalogue.county.extent, ("断面水质类别图", "Map of sections by water class")
    )
    lead, glance = summary(book)
    rates = rate_strip(book, "water.attainment_rate", ("达标率", "At target"))
    body = (
        f'<p class="answer">{both(*_answer(book))}</p>{lead}{rates}{view.html}{glance}'
        f"{_period_table(book, periods, month, 'month')}{_period_table(book, periods, year, 'year')}"
        f"{_rates(book)}{water_tables.tables(book)}{_records(book)}"
    )
    notes = unsure_of(book, FAMILIES | water_tables.FAMILIES)
    return map_page(book, "water", body, view, notes)


def _periods(book: Book) -> pd.DataFrame:
    found = book.tables.get("section_periods")
    return (
        pd.DataFrame(columns=["section_id", "period", "period_kind"])
        if found is None
        else pd.DataFrame(found)
    )


def _latest(periods: pd.DataFrame, kind: str) -> str | None:
    chosen = periods.loc[periods["period_kind"] == kind, "period"]
    return str(chosen.max()) if len(chosen) else None


def _sections(book: Book, periods: pd.DataFrame, period: str | None, *, show: bool) -> list[Drawn]:
    sections = placed(book.tables.get("sections"))
    if sections is None or period is None:
        return []
    sections = (
        sections.sort_values("valid_from").drop_duplicates("section_id", keep="last").reset_index(drop=True)
    )
    rows = periods[periods["period"] == period].drop_duplicates("section_id").set_index("section_id")
    joined = rows.reindex(sections["section_id"]).set_axis(sections.index)
    marks = WaterMarks.of(book)
    classes, none = marks.classes, marks.none
    key = _classes(joined).map({number_: mark.key for number_, mark in classes.items()}).fillna(none.key)
    zh, en = period_words(period)
    shown = Popup(
        sections["name"],
        _fields(sections, joined, classes),
        verdict=_verdict(joined, sections, addresses(book)),
    )
    return [
        draw(
            sections, f"sections_{period}", (f"断面水质 · {zh}", f"Sections · {en}"), GROUP,
            [*classes.values(), none], key, shown, pane="points", show=show, search=True, size=26,
        )
    ]  # fmt: skip


def _fields(
    sections: pd.DataFrame, joined: pd.DataFrame, classes: dict[int, Mark]
) -> list[tuple[Pair, pd.Series]]:
    target = sections["target_class"].map({number_: mark.sign for number_, mark in classes.items()})
    told = [
        (("断面编码", "Section id"), sections["section_id"]),
        (("所在水体", "Water body"), sections["water_body"]),
        (("级别", "Level"), sections["level"].map({key: list(words_) for key, words_ in LEVELS.items()})),
        (("水质目标", "Target"), target),
    ]
    more = {
        "deciding_indicators": ("定类因子", "Deciding indicators"),
        "main_pollutants": ("主要污染指标", "Main pollutants"),
        "months_used": ("参评月份", "Months used"),
        "n_samples": ("记录数", "Records"),
        "not_assessed": ("不评价原因", "Not assessed because"),
        "edition": ("依据", "Edition"),
    }
    both_classes = _both_classes(joined, classes)
    return [
        *told,
        (("河流/湖库各判", "As river / as lake"), both_classes),
        *((words_, joined[name]) for name, words_ in more.items() if name in joined),
        (("河长", "River chief"), sections["river_chief"]),
    ]


def _both_classes(joined: pd.DataFrame, classes: dict[int, Mark]) -> pd.Series:
    if "class_as_river" not in joined or "class_as_lake" not in joined:
        return pd.Series("", index=joined.index)
    signs = {number_: numeral(mark.sign) for number_, mark in classes.items()}
    river, lake = joined["class_as_river"].map(signs), joined["class_as_lake"].map(signs)
    pairs = [
        [f"河 {one.zh} / 湖 {other.zh}", f"river {one.en} / lake {other.en}"]
        for one, other in zip(
            river.where(river.notna(), UNKNOWN), lake.where(lake.notna(), UNKNOWN), strict=True
        )
    ]
    told = pd.Series(pairs, index=joined.index, dtype="object")
    return told.where(_classes(joined).isna() & (river.notna() | lake.notna()), "")


def _verdict(joined: pd.DataFrame, sections: pd.DataFrame, pages: dict[str, str]) -> pd.Series:
    """Say how each section stands, with the way to its page; None where there is neither."""
    told: dict[str | None, Pair] = {
        "met": ("达到水质目标", "at its target class"),
        "missed": ("未达到水质目标", "not at its target class"),
        "on_track": ("达到序时进度（累计）", "on track (so far)"),
        "behind": ("未达序时进度（累计）", "behind (so far)"),
        None: ("不判定", "no verdict"),
    }
    verdicts = [
        [[*told[state], "", page]] if page or state else None
        for row, id_ in zip(records(joined), sections["section_id"], strict=True)
        for state, page in [(state_of(row), pages.get(str(id_), ""))]
    ]
    return pd.Series(verdicts, index=joined.index, dtype="object")


def _classes(frame: pd.DataFrame) -> pd.Series:
    return (
        frame["water_class"] if "water_class" in frame else pd.Series(pd.NA, index=frame.index, dtype="Int64")
    )


def _period_table(book: Book, periods: pd.DataFrame, period: str | None, id_: str) -> str:
    if period is None:
        return ""
    marks, pages = WaterMarks.of(book), addresses(book)
    rows = records(periods[periods["period"] == period].sort_values(["level", "section_id"]))
    columns = [
        Column(("断面", "Section"), lambda row: _named(row, pages), name="name"),
        text(("水体", "Water body"), "water_body"),
        Column(("级别", "Level"), lambda row: both(*LEVELS.get(row["level"], NOT_KNOWN))),
        Column(("类型", "Kind"), lambda row: both(*WATER_KINDS.get(str(row.get("water_kind")), NOT_KNOWN))),
        Column(("类别", "Class"), lambda row: class_cell(row, marks)),
        Column(("定类因子", "Deciding"), lambda row: listed(row.get("deciding_indicators"))),
        Column(("主要污染指标", "Main pollutants"), lambda row: listed(row.get("main_pollutants"))),
        Column(("目标", "Target"), lambda row: marks.sign(row.get("target_class"))),
        Column(("判定", "Verdict"), lambda row: verdict_cell(row, marks)),
        text(("参评月份", "Months used"), "months_used"), amount(("记录", "n"), "n_samples", 0), edition(book),
    ]  # fmt: skip
    zh, en = period_words(period)
    running = id_ == "year" and any(row.get("provisional") is True for row in rows)
    tail = ("（累计·未满年）", " (year so far)") if running else ("", "")
    caption = (f"断面水质类别 · {zh}{tail[0]}", f"Water class of sections · {en}{tail[1]}")
    return drawn(f"sections-{id_}", caption, columns, rows)


def _named(row: Row, pages: dict[str, str]) -> str:
    """Give the button that shows a section on the map, and the link to its page."""
    page = pages.get(str(row["section_id"]))
    link = "" if page is None else f' <a href="{in_html(page)}">{both("单页", "page")}</a>'
    return shower(str(row["name"])) + link


def _answer(book: Book) -> Pair:
    year = max(book.years, default=book.as_of.year)
    rate, good = (figure_of(book, f"water.{name}", str(year)) for name in ("attainment_rate", "good_share"))
    if rate is None:
        return f"{year} 年没有国省考断面的水质数据。", f"There is no data of assessed sections for {year}."
    running = so_far(book, year)
    head, tail = ("（累计·未满年）", " so far") if running else ("", "")
    zh = f"{year} 年{head}国省考断面达标率 {number(rate, 1)} %，优Ⅲ比例 {number(good, 1)} %。"
    en = f"In {year}{tail}, {number(rate, 1)} % of assessed sections are at target, {number(good, 1)} % III or better."
    return zh, en


def _rates(book: Book) -> str:
    found = book.tables.get("water_rates")
    chosen = records(yearly(book, found))
    columns = [
        period(), amount(("应评断面", "Listed"), "n_listed", 0), amount(("参评", "Assessed"), "n_assessed", 0),
        amount(("达标", "At target"), "n_at_target", 0), amount(("达标率(%)", "Rate (%)"), "attainment_rate", 1),
        amount(("优Ⅲ比例(%)", "III or better (%)"), "good_share", 1),
        amount(("劣Ⅴ比例(%)", "Worse than V (%)"), "worse_share", 1), note(("未参评", "Left out"), "left_out"),
    ]  # fmt: skip
    caption = (
        "国省考断面比例（%，年度与 1 月至当月累计）",
        "Rates of assessed sections (%, years and same months)",
    )
    return drawn("rates", caption, columns, chosen)


def _records(book: Book) -> str:
    found = book.tables.get("samples")
    if found is None or "water_class" not in found:
        return ""
    beside = found[found["published_class"].notna() | found["audited"].eq(False).fillna(False)]
    rows = beside.sort_values("sampled_at", ascending=False).head(RECORDS)
    marks = WaterMarks.of(book)
    columns = [
        date(("时间", "Date"), "sampled_at"), text(("断面", "Section"), "section"),
        Column(("本系统类别", "Our class"), lambda row: class_cell(row, marks)),
        Column(("公布类别", "Published"), lambda row: _differs(row, marks.numeral(row["published_class"]))),
        Column(("定类因子", "Deciding"), lambda row: listed(row.get("deciding_indicators"))),
        Column(("审核", "Audit"), _audit), *source(),
    ]  # fmt: skip
    span = f"{day(rows['sampled_at'].min())} – {day(rows['sampled_at'].max())}"
    zh = f"与公布类别对照（类别，{span}，共 {len(beside):,} 条，列最近 {len(rows):,} 条）"
    en = f"Beside the published class (class, {span}, {len(beside):,} records, the latest {len(rows):,} listed)"
    return drawn("records", (zh, en), columns, records(rows)) if len(rows) else ""


def _differs(row: dict[str, Any], sign: str) -> str:
    differs = row.get("published_differs")
    if differs is None or pd.isna(differs) or not differs:
        return sign
    return f'<span class="diff">{sign} ≠ {both("不一致", "differs")}</span>'


def _audit(row: dict[str, Any]) -> str:
    audited = row.get("audited")
    unaudited = audited is not None and not pd.isna(audited) and not audited
    return f'<span class="tag quiet">{both("未经审核", "unaudited")}</span>' if unaudited else ""
