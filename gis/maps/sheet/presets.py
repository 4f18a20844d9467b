"""What each of the four sheets shows: what is on the map of the page of its name, as it opens or in a view."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import ModuleType

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from gis import look
from gis.base.errors import UsageError
from gis.base.messages import Message
from gis.base.units import to_mu
from gis.maps.book import Book
from gis.maps.layers import Drawn, Entry, Pair, Popup, draw, placed
from gis.maps.mapview import BASE
from gis.maps.pages import air, land, planner, water
from gis.maps.pages.cells import without_held, year_words
from gis.maps.view import View, decoded, opened

MEASURED = "pm25"
PRESETS: dict[str, tuple[Pair, ModuleType]] = {
    "planner": (("控制线与更新地块图", "control lines and renewal parcels"), planner),
    "land": (("更新地块计入面积图", "counted renewal area"), land),
    "water": (("断面水质类别图", "water class of sections"), water),
    "air": (("空气站点图", "air stations"), air),
}


def layers(
    book: Book, preset: str, year: int | None, code: str | None = None
) -> tuple[Pair, list[Drawn], View]:
    """Give the title of a preset, its layers, from the lowest to the highest, and the view that chose their rows.

    Raises
    ------
    UsageError
        Nothing of it, or of the year, has a shape; the code is of another page or edition.
    """
    title, page = PRESETS[preset]
    every = [one for one in without_held(book, page.layers(book)) if isinstance(one, Drawn)]
    work = page.work(book)
    view = opened(work, every) if code is None else decoded(code, work, every, book.catalogue.county.extent)
    if year is not None:
        view.year = year
        view.facets.pop("part", None)
        every = _air_of(book, every, year) if preset == "air" else _of_whole_years(every, view)
    shown = [one for one in every if one.id in view.shown or (one.labels and one.show)]
    kept = [_of_view(one, view) for one in shown]
    dated = [one for one in kept if "y" in one.columns and one.group != BASE]
    if any(len(one.shapes) for one in (kept if year is None else dated) if one.group != BASE):
        return title, kept, view
    raise UsageError(
        Message("没有带图形的数据，画不出图", "no data has shapes: there is nothing to draw")
        if year is None
        else Message("{year} 年没有可画的数据", "nothing of {year} can be drawn", year=year),
        fix=Message("gis check 看读到了什么；--year 用有数据的年度：{years}",
                    "gis check shows what was read; a year with data by --year: {years}",
                    years="、".join(map(str, book.years)) or "–"),
    )  # fmt: skip


def _drawable(layer: Drawn) -> npt.NDArray[np.bool_]:
    return np.asarray(~(shapely.is_missing(layer.shapes) | shapely.is_empty(layer.shapes)))


def _of_view(layer: Drawn, view: View) -> Drawn:
    """Keep what is on the map, and name the year and the part of it that it is of."""
    made = chosen(layer, view.rows(layer) & _drawable(layer))
    years = made.columns["y"].dropna().unique().tolist() if "y" in made.columns else []
    if layer.group == BASE or len(years) != 1 or not (layer.last or view.year is not None):
        return made
    parts = made.columns[layer.facets["part"]].tolist() if "part" in layer.facets else []
    zh, en = parts[0] if parts and all(one == parts[0] for one in parts) else ("", "")
    means = layer.means or ("", "")
    named = (means[0], f"{years[0]} 年 {zh}".rstrip()), (means[1], f"{years[0]} {en}".rstrip())
    zh, en = (" ".join(filter(None, one)) for one in named)
    note = None if layer.last else layer.note
    return replace(made, title=(f"{layer.title[0]} · {zh}", f"{layer.title[1]} · {en}"), note=note)


def chosen(layer: Drawn, kept: npt.NDArray[np.bool_], *, whole: bool = True) -> Drawn:
    """Keep some rows of a layer, and count its legend again: what is not drawn is not in it.

    `whole` says that they lie in the sheet with all their ground; without that their 亩 would be of more than is shown.
    """
    columns = {name: column[kept] for name, column in layer.columns.items()}
    added = whole and "a" in columns and layer.apart is None
    entries = tuple(_counted(entry, columns, added=added) for entry in layer.entries)
    return replace(layer, shapes=layer.shapes[kept], columns=columns, entries=entries)


def _counted(entry: Entry, columns: Mapping[str, pd.Series], *, added: bool) -> Entry:
    own = columns["s"] == entry.mark.key
    area = float(to_mu(columns["a"][own].sum())) if added else None
    return replace(entry, count=int(own.sum()), area_mu=area)


def _of_whole_years(every: list[Drawn], view: View) -> list[Drawn]:
    """Show classes of years instead of those of months: a year that is asked for is a whole one."""
    turned = {
        one.id.replace("_month", "_year")
        for one in every
        if one.id.endswith("_month") and one.id in view.shown
    }
    months = frozenset(one.id for one in every if one.id.endswith("_month"))
    view.shown = (view.shown - months) | turned
    return every


def _air_of(book: Book, every: list[Drawn], year: int) -> list[Drawn]:
    """Draw the stations by the limits of a year instead of by their days."""
    stations, known = placed(book.tables.get("stations")), book.tables.get("air_statistics")
    others = [one for one in every if one.id != "stations"]
    if stations is None or known is None:
        return others
    rows = known[
        (known["place_kind"] == "station") & (known["item"] == MEASURED) & (known["period"] == str(year))
    ]
    wanted = (
        rows["dust"] == book.catalogue.county.dust.concentrations
    )  # a year without dust days has "kept" alone
    rows = (
        rows.assign(wanted=wanted)
        .sort_values("wanted", ascending=False, kind="stable")
        .drop_duplicates("name")
    )
    if not len(rows):
        return others
    joined = rows.set_index("name").reindex(stations["name"]).set_axis(stations.index)
    edition = look.colours(book.editions, book.as_of)
    states, none = look.marks(edition, "state"), look.no_data(edition)
    key = joined["met"].map({True: "met", False: "missed"}).fillna(none.key)
    told = joined["mean_rounded"].map("{:g}".format, na_action="ignore").fillna("–")
    zh, en = year_words(book, year)
    title = (
        f"PM2.5 年评价（均值 µg/m³）· {zh} 年",
        f"PM2.5 against the limits of a year (mean, µg/m³) · {en}",
    )
    named = stations["name"].astype("str") + " " + told
    shown = Popup(named, year=pd.Series(year, index=stations.index))
    marks = [states["met"], states["missed"], none]
    made = draw(
        stations, "stations", title, air.GROUP, marks, key, shown, pane="points", search=True, size=26
    )
    return [*others, made]
