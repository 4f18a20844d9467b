"""Tables of the water page: which sections miss their target, lakes, groups, the index, trends and the network."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from gis import look
from gis.base.calendar import period_words
from gis.base.messages import keys_of, listed
from gis.base.stored_words import numeral, word_of, words_of
from gis.base.text import both, in_html
from gis.look import Mark
from gis.maps.book import Book, Pair, missing, so_far
from gis.maps.page import Row, each, finder, flagged, items, number, proof, remark, shower, table, words
from gis.maps.pages.sections import (
    UNKNOWN,
    Section,
    WaterMarks,
    addresses,
    chance,
    class_cell,
    deciding,
    gap,
    grade_words,
    indicator_words,
    needed_short,
    sections_of,
    state_of_all,
    tightest,
    verdict_cell,
)
from gis.standards import Edition
from gis.water.lakes import TROPHIC
from gis.water.periods import LIMITS

NONE: Row = {}
COMPARED = ("last_month", "same_month_last_year")
EVALUATION = "surface_water_evaluation"
OF_TABLES = {"trophic_state", "water_trend"}
ORDER = ["county", "water", "town", "section", "river", "lake"]
WAYS = {"rising": "↑", "falling": "↓", "none": "→"}
PARTS = "tli_chl tli_tp tli_tn tli_sd tli_codmn"
RELATED = "upstream downstream neighbours"
TOO_FEW: Pair = ("数据不足", "too few data")


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
    return _lead(ordered, pages, (month, year), marks), _glance(book, ordered, pages, edition, marks)


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


def _glance(
    book: Book, sections: list[Section], pages: dict[str, str], edition: Edition, marks: WaterMarks
) -> str:
    year, month = str(book.as_of.year), f"{book.as_of.year}M{book.as_of.month:02d}"
    changes = any(one.more["changes"] for one in sections)
    outlook = any(one.more["outlook"] for one in sections)
    names = (
        f"name level now deciding_now gap_now {'last_month same_month_last_year' * changes} so_far target_class "
        f"verdict_so_far {'needed state' * outlook} river_chief"
    )
    rows = [
        {"of": one, "now": one.periods.get(month, NONE), "so_far": one.periods.get(year, NONE)}
        for one in sections
    ]
    zh, en = period_words(month)
    return table(
        book, "glance", rows, {"zh": zh, "year": year, "en": en}, columns=names,
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


def tables(book: Book) -> str:
    """Draw the tables of lakes, of rivers, lakes and the county, of the trends, the network."""
    return f"{_lakes(book)}{_groups(book)}{_trends(book)}{_network(book)}"


def _table(book: Book, name: str) -> pd.DataFrame:
    found = book.tables.get(name)
    return pd.DataFrame() if found is None else pd.DataFrame(found)


def _lakes(book: Book) -> str:
    rows = _comparable(book, _table(book, "lake_states"))
    if not len(rows):
        return ""
    several = rows.loc[rows["place_kind"].eq("section")].groupby("lake")["place"].nunique()
    one = several.index[several == 1]
    rows = rows[rows["place_kind"].eq("lake") | ~rows["lake"].isin(one)]
    rows = rows.sort_values(["year", "lake", "place_kind"], ascending=[False, True, True], kind="stable")
    grades = book.editions.in_force(TROPHIC, book.as_of).data["grade"]
    return table(book, "lakes", rows, name=_place, grade=lambda row: grade_words(row["grade"], grades))


def _place(row: Row) -> str:
    return both("全湖", "whole lake") if row["place_kind"] == "lake" else shower(str(row["name"]))


def _comparable(book: Book, rows: pd.DataFrame) -> pd.DataFrame:
    """Keep whole years where the last one has ended, else January to the as-of month of each year."""
    if not len(rows):
        return rows
    running = so_far(book, book.as_of.year)
    tail = f"C{book.as_of.month:02d}" if running else ""
    return pd.DataFrame(rows[rows["period"] == rows["year"].astype("str") + tail])


def _last(book: Book, name: str, years: int) -> pd.DataFrame:
    rows = _comparable(book, _table(book, name))
    return rows[rows["year"] > rows["year"].max() - years] if len(rows) else rows


def _groups(book: Book) -> str:
    rows = _last(book, "water_groups", 2)
    if not len(rows):
        return ""
    rank = rows["place_kind"].map({kind: at for at, kind in enumerate(ORDER)})
    rows = rows.assign(rank=rank).sort_values(["year", "rank", "place"], ascending=[False, True, True])
    marks, classes = _grades(book), WaterMarks.of(book)
    none = look.no_data(look.colours(book.editions, book.as_of))
    how = proof("cwqi", ("水质指数 CWQI（指示性）", "Water quality index CWQI (indicative)"))
    return table(
        book, "groups", rows,
        grade_code=lambda row: flagged(none if pd.isna(row["grade_code"]) else marks[int(row["grade_code"])]),
        water_class=lambda row: classes.numeral(row["water_class"]),
    ) + how  # fmt: skip


def _grades(book: Book) -> dict[int, Mark]:
    edition = book.editions.in_force(EVALUATION, book.as_of)
    classes = look.water_classes(look.colours(book.editions, book.as_of))
    return {
        at: replace(
            classes[one["colour_of_class"]], key=f"grade_{at}", zh=one["name"]["zh"], en=one["name"]["en"],
            shape="square", sign="",
        )
        for at, one in enumerate(edition.data["group"]["grade"], 1)
    }  # fmt: skip


def index_table(book: Book) -> str:
    """Draw the index of rivers, lakes, towns and the county, which ranks nobody."""
    rows = _last(book, "water_index", 1)
    if not len(rows):
        return ""
    rank = rows["place_kind"].map({kind: at for at, kind in enumerate(ORDER)})
    rows = rows.assign(kind=rank).sort_values(["kind", "rank", "cwqi"], kind="stable")
    zh, en = period_words(str(rows["period"].iloc[0]))
    return table(
        book, "cwqi", rows, {"zh": zh, "en": en},
        rank=lambda row: number(row["rank"], 0) if row["place_kind"] != "county" else "–",
    )  # fmt: skip


def _trends(book: Book) -> str:
    found = _table(book, "water_trends")
    if not len(found):
        return ""
    ways = ["rising", "falling"]
    clear = found["direction"].isin(ways) | found["mk_direction"].isin(ways)
    few = int((found["direction"].isna() & found["mk_direction"].isna()).sum())
    rows = found[clear]
    return table(
        book, "trends", rows, {"n_rows": len(rows), "n_found": len(found), "few": few}, name=finder("name"),
        indicator=lambda row: both(*indicator_words(row["indicator"])),
        direction=lambda row: _way(row["direction"]), mk_direction=lambda row: _way(row["mk_direction"]),
        mk_p=lambda row: chance(row["mk_p"]),
        **each("mk_slope mk_low mk_high", lambda row, name: _slope(row[name])),
    )  # fmt: skip


def _way(value: Any) -> str:
    if pd.isna(value):
        return both(*TOO_FEW)
    zh, en = word_of(value, "direction")
    return both(f"{WAYS[value]} {zh}", f"{WAYS[value]} {en}")


def _slope(value: Any) -> str:
    return "–" if pd.isna(value) else f"{value:+.3g}" if value else "0"


def _network(book: Book) -> str:
    found = _table(book, "section_network")
    names = dict(zip(found["section_id"], found["name"], strict=True)) if len(found) else {}
    return table(
        book, "network", found, name=finder("name"),
        **each(RELATED, lambda row, name: named_sections(row[name], names)),
    ) if len(found) else ""  # fmt: skip


def named_sections(ids: Any, names: Mapping[str, str]) -> str:
    """Write the ids of sections, one or a stored list, as their names, escaped."""
    told = [] if pd.isna(ids) else keys_of(ids) or [str(ids)]
    every = listed(names.get(one, one) for one in told)
    return both(every.zh, every.en)
