"""What each of the four sheets shows: the layers that the page of its name opens with, or those of a year."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from gis import look
from gis.base.errors import UsageError
from gis.base.messages import Message
from gis.base.units import to_mu
from gis.maps.book import Book
from gis.maps.ground import base_map, layers_of
from gis.maps.layers import Drawn, Entry, Pair, Popup, draw, placed
from gis.maps.pages import air, land, planner, water
from gis.maps.pages.cells import month_words, year_words
from gis.maps.pages.reaches import reaches

Maker = Callable[
    [Book, int | None], list[Drawn]
]  # nothing at all where the year that is asked for has nothing
MEASURED = "pm25"


def layers(book: Book, preset: str, year: int | None) -> tuple[Pair, list[Drawn]]:
    """Give the title of a preset and its layers, from the lowest to the highest.

    Raises
    ------
    UsageError
        Nothing of it, or of the year, has a shape.
    """
    title, maker = PRESETS[preset]
    own = [chosen(one, _drawable(one)) for one in maker(book, year) if one.show]
    if any(len(one.shapes) for one in own):
        return title, [*base_map(book), *own]
    raise UsageError(
        Message("没有带图形的数据，画不出图", "no data has shapes: there is nothing to draw")
        if year is None
        else Message("{year} 年没有可画的数据", "nothing of {year} can be drawn", year=year),
        fix=Message("gis check 看读到了什么；--year 用有数据的年度：{years}",
                    "gis check shows what was read; a year with data by --year: {years}",
                    years="、".join(map(str, book.years)) or "–"),
    )  # fmt: skip


def _planner(book: Book, year: int | None) -> list[Drawn]:
    pieces = planner._pieces(book)
    parcels = planner.parcels(book, pieces)
    if year is not None:
        parcels = [_of_year(one, year) for one in parcels]
        if not any(len(one.shapes) for one in parcels):
            return []
        pieces = pieces[pieces["parcel_id"].isin({id_ for one in parcels for id_ in one.columns["t"]})]
    return [
        *layers_of(book, "base", ("features",)),
        *layers_of(book, "lines", ("features",)),
        *planner._lines(book),
        *parcels,
        *planner._conflicts(book, pieces.reset_index(drop=True)),
    ]


def _drawable(layer: Drawn) -> npt.NDArray[np.bool_]:
    return np.asarray(~(shapely.is_missing(layer.shapes) | shapely.is_empty(layer.shapes)))


def _of_year(layer: Drawn, year: int) -> Drawn:
    kept = (layer.columns["y"] == year).fillna(False).to_numpy("bool")
    title = (f"{layer.title[0]} · {year} 年计划", f"{layer.title[1]} · plan year {year}")
    return replace(chosen(layer, kept), title=title)


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


def _land(book: Book, year: int | None) -> list[Drawn]:
    counted = land._by_town_and_year(book, land._by_town(book))
    own = [_of_period(one, int(one.columns["y"].max()) if year is None else year) for one in counted]
    if year is not None and not any(len(one.shapes) for one in own):
        return []
    return [*own, *layers_of(book, "land", ("farmland_cases", "features", "actions"))]


def _of_period(layer: Drawn, year: int, month: str = "") -> Drawn:
    """Keep the rows of a year, or of a month of it, and name it."""
    kept = (layer.columns["y"] == year).fillna(False)
    words = (f"{year} 年", str(year))
    if month:
        kept &= layer.columns["part"].str[0].eq(month)
        words = (f"{year} 年 {month}", f"{year}, {layer.columns['part'][kept].str[1].iloc[0]}")
    title = (f"{layer.title[0]} · {words[0]}", f"{layer.title[1]} · {words[1]}")
    return replace(chosen(layer, kept.to_numpy("bool")), title=title, note=None)


def _water(book: Book, year: int | None) -> list[Drawn]:
    periods = water._periods(book)
    latest = periods.loc[periods["period_kind"] == "month", "period"].max()
    kind = "month" if year is None and isinstance(latest, str) else "year"
    when = int(latest[:4]) if kind == "month" else year or int(periods["year"].max() if len(periods) else 0)
    if year is not None and str(year) not in set(periods["period"]):
        return []
    found = [*reaches(book, kind, show=True), *water._sections(book, periods, kind, show=True)]
    month = month_words(latest)[0] if kind == "month" else ""
    notes = [one.note if one.id.startswith("reaches") else None for one in found]
    chosen_ = [
        replace(_of_period(one, when, month), note=note) for one, note in zip(found, notes, strict=True)
    ]
    return [*layers_of(book, "water", ("features", "actions")), *chosen_]


def _air(book: Book, year: int | None) -> list[Drawn]:
    own = layers_of(book, "air", ("features", "actions"))
    if year is None:
        return [*own, *(_last_days(one) for one in air._stations(book))]
    stations, known = placed(book.tables.get("stations")), book.tables.get("air_statistics")
    if stations is None or known is None:
        return []
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
        return []
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
    shown = Popup(stations["name"].astype("str") + " " + told)
    marks = [states["met"], states["missed"], none]
    return [
        *own,
        draw(stations, "stations", title, air.GROUP, marks, key, shown, pane="points", search=True, size=26),
    ]


def _last_days(layer: Drawn) -> Drawn:
    """Keep the last day of each station."""
    last = max(layer.columns["v0"].astype("str"), default="")
    kept = ~layer.columns["t"].duplicated(keep="last").to_numpy("bool")
    title = (f"站点空气质量 · {last}", f"Stations · {last}")
    return replace(chosen(layer, kept), title=title, note=None)


PRESETS: dict[str, tuple[Pair, Maker]] = {
    "planner": (("控制线与更新地块图", "control lines and renewal parcels"), _planner),
    "land": (("更新地块计入面积图", "counted renewal area"), _land),
    "water": (("断面水质类别图", "water class of sections"), _water),
    "air": (("空气站点图", "air stations"), _air),
}
