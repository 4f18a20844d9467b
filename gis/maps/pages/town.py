"""One sheet a town: its 亩 and its rank, its targets, sections, cases and tasks, this year against the last."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from gis import look
from gis.base.text import both, in_html
from gis.catalogue.model import Place
from gis.maps.book import Book, Pair, figure_of, rows_of, so_far, year_said, year_words
from gis.maps.page import (
    HOME,
    Column,
    Row,
    drawn,
    flagged,
    further,
    number,
    records,
    shown,
    table,
    unsure_of,
    words,
)
from gis.maps.pages.sections import WaterMarks, addresses
from gis.maps.pages.targets import town_targets

FOLDER = "towns"
COUNTED = "land.renewed_area"
NOW = ("now", "last")
Ranks = dict[tuple[int, str], tuple[int, int]]


def render(book: Book) -> dict[str, str]:
    """Draw a page a town of which anything is known: `towns/<code>.html` → HTML.

    Raises
    ------
    AssetError
        A page would load something from elsewhere.
    """
    places_of = ranks(book)
    return {f"{FOLDER}/{place.code}.html": _page(book, place, places_of) for place in places(book)}


def places(book: Book) -> list[Place]:
    """Give the towns that have a figure or a target of their own."""
    known = {*book.figures_of([COUNTED])["place"], *book.targets["place"]}
    return [one for one in book.catalogue.county.towns if one.code in known]


def links(book: Book) -> str:
    """List the pages of towns on the scorecard, each with what needs a person there; nothing where there are none."""
    rows = book.targets[book.targets["period"] == str(book.as_of.year)]
    short = rows[rows["state"].isin(["behind", "missed"])]["place"].value_counts()
    told = "".join(
        f'<a href="{in_html(book.edition)}/{FOLDER}/{one.code}.html">{both(one.name.zh, one.name.en)}</a>'
        f"{f' <b>▲{short[one.code]}</b>' if one.code in short else ''} "
        for one in sorted(places(book), key=lambda one: -int(short.get(one.code, 0)))
    )
    head = both(
        "乡镇一页（▲ 未达序时进度或未完成的目标数）：", "A page for each town (▲ targets behind or missed): "
    )
    return f'<p class="towns-list">{head}{told}</p>' if told else ""


def _page(book: Book, place: Place, places_of: Ranks) -> str:
    year = book.as_of.year
    states = look.marks(look.colours(book.editions, book.as_of), "state")
    body = (
        f'<p class="answer">{both(*_answer(book, place, year, places_of))}</p>{_areas(book, place, places_of)}'
        f"{town_targets(book, year, states, only=place.code)}{_sections(book, place, year)}"
        f"{_cases(book, place)}{_tasks(book, place, year)}"
    )
    notes = unsure_of(book, {look.FAMILY, "parcel_area"})
    heading = (place.name.zh, place.name.en)
    return further(book, f"{FOLDER}/{place.code}.html", heading, body, [HOME], notes=notes)


def ranks(book: Book) -> Ranks:
    """Give the place of each town by counted 亩 in each year, and among how many; those alike share the better one.

    Returns
    -------
    ranks
        Year and code of a town → its place and how many towns have data.
    """
    found: Ranks = {}
    for year in {*book.years, book.as_of.year}:
        known = {
            one.code: figure_of(book, COUNTED, str(year), one.code) for one in book.catalogue.county.towns
        }
        values = {code: value for code, value in known.items() if value is not None}
        for code, own in values.items():
            found[year, code] = 1 + sum(value > own for value in values.values()), len(values)
    return found


def _before(book: Book, year: int) -> str:
    """Name the period that a year is held against: the year before, of a running one its same months."""
    return f"{year - 1}C{book.as_of.month:02d}" if so_far(book, year) else str(year - 1)


def _answer(book: Book, place: Place, year: int, places_of: Ranks) -> Pair:
    value, before = (figure_of(book, COUNTED, one, place.code) for one in (str(year), _before(book, year)))
    own = book.targets[(book.targets["place"] == place.code) & (book.targets["period"] == str(year))]
    short = int(own["state"].isin(["behind", "missed"]).sum())
    zh, en = year_said(book, year)
    told_zh, told_en = f"{zh}没有计入面积的数据。", f"No counted area in {en}."
    if value is not None:
        at = places_of[year, place.code]
        then_zh = f"，上年同期 {number(before)} 亩" if before is not None else ""
        then_en = f", {number(before)} in the same months of the year before" if before is not None else ""
        told_zh = (
            f"{zh}计入更新面积 {number(value)} 亩，在有数据的 {at[1]} 个乡镇（街道）中居第 {at[0]}{then_zh}。"
        )
        told_en = (
            f"{number(value)} mu counted in {en}, place {at[0]} of the {at[1]} towns with data{then_en}."
        )
    if not len(own):
        return told_zh, told_en
    return (
        f"{told_zh}本镇（街道）目标 {len(own)} 项，未达序时进度或未完成 {short} 项。",
        f"{told_en} Of {len(own)} targets of its own {short} are behind or missed.",
    )


def _areas(book: Book, place: Place, places_of: Ranks) -> str:
    rows: list[Row] = []
    for year in book.years:
        value, before = (
            figure_of(book, COUNTED, one, place.code) for one in (str(year), _before(book, year))
        )
        at = places_of.get((year, place.code))
        rows.append({
            "year": year, "value": value, "before": before,
            "change": None if value is None or before is None else value - before,
            "rank": f"{at[0]} / {at[1]}" if at else "–",
            "parcels": figure_of(book, "land.renewal_parcels", str(year), place.code),
            "tax": figure_of(book, "land.tax_per_mu", str(year), place.code),
        })  # fmt: skip
    return table(
        book, "town-areas", list(reversed(rows)), year=lambda row: both(*year_words(book, row["year"])),
        rank=lambda row: str(row["rank"]),
    ) if rows else ""  # fmt: skip


def _sections(book: Book, place: Place, year: int) -> str:
    listed, periods = book.tables.get("sections"), book.tables.get("section_periods")
    if listed is None or periods is None:
        return ""
    own = listed[listed["town"] == place.name.zh] if "town" in listed else listed.iloc[:0]
    own = own.sort_values("valid_from").drop_duplicates("section_id", keep="last")
    marks, pages = WaterMarks.of(book), addresses(book)
    classes = {
        name: periods[periods["period"] == period].drop_duplicates("section_id").set_index("section_id")
        for name, period in zip(NOW, (str(year), str(year - 1)), strict=True)
    }

    def classed(which: str) -> Column:
        head: Pair = year_words(book, year if which == NOW[0] else year - 1)
        return Column((f"{head[0]} 类别", f"Class {head[1]}"), lambda row: _class(classes[which], row, marks))

    columns = [
        *shown(book, "sections", "name level target_class", name=lambda row: _linked(pages, row),
               target_class=lambda row: marks.sign(row["target_class"])),
        classed(NOW[0]), classed(NOW[1]), *shown(book, "sections", "river_chief"),
    ]  # fmt: skip
    title = (f"断面（{len(own)} 个，含不计入考核的）", f"Sections ({len(own)}, also those that do not count)")
    return drawn("town-sections", title, columns, records(own)) if len(own) else ""


def _linked(pages: Mapping[str, str], row: Row) -> str:
    page, name = pages.get(str(row["section_id"])), words(row["name"])
    return f'<a href="../{page}">{name}</a>' if page else name


def _class(rows: pd.DataFrame, row: Row, marks: WaterMarks) -> str:
    known = rows["water_class"].get(row["section_id"])
    return flagged(marks.none) if known is None or pd.isna(known) else flagged(marks.classes[int(known)])


def _cases(book: Book, place: Place) -> str:
    """List the cases of the town, without a name of a person: open ones first."""
    found = book.tables.get("farmland_cases")
    if found is None or "town" not in found:
        return ""
    own = pd.DataFrame(found[found["town"] == place.name.zh])
    open_ = own["closed"].isna() | (own["closed"] > pd.Timestamp(book.as_of))
    own = own.assign(open=open_).sort_values(["open", "opened"], ascending=[False, True], kind="stable")
    return table(book, "town-cases", own, {"n": len(own), "open": int(open_.sum())}) if len(own) else ""


def _tasks(book: Book, place: Place, year: int) -> str:
    if (found := rows_of(book, "actions_by_town")) is None:
        return ""
    own = found[found["town"] == place.name.zh]
    last = own[own["year"] == year - 1].set_index("kind")["quantity_finished"].to_dict()
    rows = [{**row, "last": last.get(row["kind"])} for row in records(own[own["year"] == year])]
    zh, en = year_said(book, year)
    return table(book, "town-tasks", rows, {"zh": zh, "en": en}) if rows else ""
