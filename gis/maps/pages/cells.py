"""Cells of tables as HTML: text escaped, numbers rounded, marks with their shape and word."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

import numpy as np
import pandas as pd

from gis.base.calendar import MONTH_NAMES
from gis.base.figures import figure_ids, indicator
from gis.base.messages import restored
from gis.base.text import both, in_html
from gis.base.units import shown
from gis.look import Mark
from gis.maps.book import Book, held
from gis.maps.layers import Drawn, Pair
from gis.maps.mapview import Layer, MapView, Workspace, map_view
from gis.maps.page import NAMES, Page, foot, html_of, lacks, masthead, stamps
from gis.maps.shapes import icon
from gis.standards import Edition

OTHERS: Pair = ("打开后从该网站取图", "turned on, it is fetched from that site")
GCJ02: Pair = (
    "⚠ GCJ-02 底图有偏移（数百米），与数据对不齐；数据不作偏移",
    "⚠ a GCJ-02 map is shifted by hundreds of metres and does not fit; our data is never shifted",
)


def words(value: Any) -> str:
    """Give a text of data, escaped; missing is empty."""
    return "" if missing(value) else in_html(value)


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Give the rows of a frame as dictionaries."""
    names = [str(name) for name in frame.columns]
    return [
        dict(zip(names, row, strict=True))
        for row in zip(*(_values(frame[name]) for name in frame.columns), strict=True)
    ]


def _values(column: pd.Series) -> list[Any]:
    if column.dtype != object:
        return column.tolist()
    return [value.item() if isinstance(value, np.generic) else value for value in column]


def number(value: Any, digits: int = 2, per: float = 1.0) -> str:
    """Give a number, divided by `per`, as tables show it; missing is "–", never 0."""
    return "–" if missing(value) else shown(float(value) / per, digits)


def day(value: Any) -> str:
    """Give a date as yyyy-mm-dd; missing is empty."""
    return "" if missing(value) else f"{pd.Timestamp(value):%Y-%m-%d}"


def flagged(mark: Mark, text: Pair | None = None) -> str:
    """Give a mark's symbol with its word beside it."""
    told = (mark.zh, mark.en) if text is None else text
    return f'<span class="cell">{icon(mark, 16)}{both(*told)}</span>'


def shower(title: str, label: Pair | None = None) -> str:
    """Give a button that shows the feature of this title on the map; `label` is what it says."""
    told = in_html(title) if label is None else both(*label)
    return f'<button type="button" class="link" data-show="{in_html(title)}">{told}</button>'


def place_words(book: Book, place: Any, name: Any = None) -> Pair:
    """Name a town or zone, found by its code or Chinese name, in both languages."""
    if missing(place) or place == "unknown":
        return "未知", "unknown"
    county = book.catalogue.county
    for one in (*county.towns, *county.zones):
        if place in (one.code, one.name.zh):
            return one.name.zh, one.name.en
    told = str(place if missing(name) else name)
    return told, told


def strip(facts: list[tuple[Pair, str]]) -> str:
    """Give a row of figures with their names."""
    return (
        '<div class="strip">'
        + "".join(
            f'<div><p class="k">{both(*name)}</p><p class="v">{value}</p></div>' for name, value in facts
        )
        + "</div>"
    )


def charted(book: Book, layers: Sequence[Layer], label: Pair, work: Workspace) -> MapView:
    """Put layers on the map of a page, or say what would fill it.

    Parameters
    ----------
    label
        What the map shows, for those who hear it.
    """
    own = {one.id for one in book.catalogue.layers}
    if (needed := lacks(book, work.name)) and not any(one.id in own for one in layers):
        told = (
            f"本县目录中没有这样的图层：{needed[0]}。用 gis init --from 文件夹 加入后，本页列出地图、表和图。",
            f"The county's catalogue has no layer of {needed[1]}: with one (gis init --from FOLDER) map, table "
            "and chart stand here.",
        )
        return MapView(f'<p class="note">{both(*told)}</p>', "")
    return map_view(without_held(book, layers), book.catalogue.county.extent, label, work)


def without_held(book: Book, layers: Iterable[Layer]) -> list[Layer]:
    """Give layers as they may be shown: those whose records few may know without them."""
    few = held(book)
    return [
        one.without_records(few[next(iter(known))])
        if isinstance(one, Drawn) and (known := one.layers & few.keys())
        else one
        for one in layers
    ]


def workspace(book: Book, name: str, first: str, *, part: str = "", **more: Any) -> Workspace:
    """Say what a map is asked at first; the year is that of the edition where a part of it is chosen."""
    towns = {town.name.zh: (town.code, town.name.en) for town in book.catalogue.county.towns}
    running = str(book.as_of.year) if so_far(book, book.as_of.year) else ""
    county = book.catalogue.county.adcode
    more |= {
        "towns": towns,
        "county": county,
        "running": running,
        "public": book.public,
        "basemap": _basemap(book),
    }
    return Workspace(name, book.edition, first, part=part, **more)


def _basemap(book: Book) -> dict[str, Any] | None:
    """Say which tiles of others a reader may turn on, and what they are not."""
    one = book.catalogue.county.basemap
    if one is None:
        return None
    far = one.url.startswith("https:")
    note = GCJ02 if one.gcj02 else OTHERS if far else None
    address = one.url.replace("{key}", quote(one.key))
    return {"tiles": address if far else f"../{address}", "name": (one.title.zh, one.title.en), "note": note}


def followed(
    book: Book, titles: Mapping[str, tuple[Pair, int, Pair]]
) -> tuple[str, dict[str, dict[str, dict[str, str]]]]:
    """Give cards of figures that follow the year and the town chosen, and what they show: card → place → year → text.

    Parameters
    ----------
    titles
        Indicator → its name, decimals and unit.
    """
    rows = book.figures_of(titles)
    rows = rows[of_series(book, rows) & rows["period"].str.fullmatch(r"\d{4}") & rows["value"].notna()]
    found: dict[str, dict[str, dict[str, str]]] = {}
    for row in records(rows.sort_values("period")):
        told = number(row["value"], titles[row["indicator"]][1])
        found.setdefault(row["indicator"], {}).setdefault(str(row["place"]), {})[row["period"]] = told
    county = book.catalogue.county.adcode
    cards = [
        f'<div data-figure="{id_}"><p class="k">{both(*title)} <span class="when">{both(*year_words(book, int(year)))}'
        f'</span></p><p class="v"><span class="told">{found[id_][county][year]}</span>'
        f'<span class="unit">{both(*unit)}</span></p></div>'
        for id_, (title, _, unit) in titles.items()
        if found.get(id_, {}).get(county)
        for year in [max(found[id_][county])]
    ]
    return f'<div class="strip">{"".join(cards)}</div>', found


def rate_strip(book: Book, indicator_id: str, title: Pair) -> str:
    """Draw a rate of each year that has it, the running year marked."""
    facts: list[tuple[Pair, str]] = []
    for year in book.years:
        rate = figure_of(book, indicator_id, str(year))
        if rate is not None:
            zh, en = year_words(book, year)
            shown_as = f'{number(rate, 1)}<span class="unit">%</span>'
            facts.append(((f"{title[0]} {zh}", f"{title[1]} {en}"), shown_as))
    return strip(facts)


def in_words(note: Any) -> list[str]:
    """Give a stored note in both languages; another text as it is."""
    found = restored(note)
    return [str(note), str(note)] if found is None else [found.zh, found.en]


def month_words(period: str) -> Pair:
    """Name the month of a period of a month."""
    month = int(period[5:])
    return f"{month}月", MONTH_NAMES[month - 1]


def year_words(book: Book, year: int) -> Pair:
    """Write a year of the edition, with its mark where it has not ended."""
    return (f"{year}（累计）", f"{year} so far") if so_far(book, year) else (str(year), str(year))


def so_far(book: Book, year: int) -> bool:
    """Tell whether a year has not ended by the as-of date."""
    return year == book.as_of.year and (book.as_of.month, book.as_of.day) != (12, 31)


def yearly(book: Book, periods: pd.DataFrame | None) -> pd.DataFrame:
    """Keep the rows of whole years and of January to the as-of month, newest first."""
    if periods is None or not len(periods):
        return pd.DataFrame()
    same = periods["period"].str.endswith(f"C{book.as_of.month:02d}")
    kept = periods[periods["period_kind"].eq("year") | same]
    return pd.DataFrame(kept.sort_values("period", ascending=False))


def figure_of(book: Book, name: str, period: str, place: str | None = None) -> float | None:
    """Look a figure up by its id, that of an edition forced for the series first; None where not made."""
    known = book.figures_of([name])
    for id_ in figure_ids(name, period, place or book.catalogue.county.adcode, book.editions.forced):
        found = known.loc[known["figure_id"] == id_, "value"].dropna()
        if len(found):
            return float(found.iloc[0])
    return None


def of_series(book: Book, figures: pd.DataFrame) -> pd.Series:
    """Tell which figures are those of the series: under an edition forced for it, else plain ones."""
    plain = figures["indicator"] + "." + figures["period"] + "." + figures["place"]
    forced = figures["indicator"].map(lambda one: book.editions.forced.get(indicator(one).family or "", ""))
    chosen = plain + "." + forced
    return figures["figure_id"] == chosen.where(chosen.isin(figures["figure_id"]), plain)


def map_page(book: Book, name: str, body: str, view: MapView, notes: list[str]) -> str:
    """Put a page with a map together: head, stamps of what was read for it, body, foot."""
    county = book.catalogue.county
    zh, en = NAMES[name]
    page = Page(
        title=(f"{county.name.zh} · {zh}", f"{county.name.en} · {en}"),
        masthead=masthead(book, name),
        body=body,
        foot=foot(book, notes),
        stamps=stamps(book),
        map_script=view.script,
        works=view.works,
        tiles=county.basemap.url if county.basemap else "",
        classes=name,
    )
    return html_of(page, f"{name}.html")


def unsure_of(book: Book, families: set[str]) -> list[str]:
    """List what is unsure about the editions of some families."""
    return unsure_notes(
        [one for one in book.editions.all if one.family in families and one.start <= book.as_of]
    )


def unsure_notes(editions: Iterable[Edition]) -> list[str]:
    """Write what is unsure about some editions, each under the name of its standard."""
    notes = []
    for one in editions:
        notes += [both(f"{one.name.zh}：{told['zh']}", f"{one.name.en}: {told['en']}") for told in one.unsure]
    return notes


def missing(value: Any) -> bool:
    """Tell whether a value of a row is not there."""
    return value is None or bool(pd.isna(value))
