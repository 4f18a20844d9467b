"""What a sheet shows: the map of the page of its name, as it opens or as the short code of a view has it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from gis.base.errors import UsageError
from gis.base.messages import Message, listed
from gis.base.units import to_mu
from gis.maps.atlas import MAPS
from gis.maps.book import Book, Pair
from gis.maps.layers import BASE, FACETS, Drawn, Entry, Picture
from gis.maps.mapview import LEVELS, OnMap, Workspace, without_held

LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
FAINT = 0.5  # what lies below is seen through such a fill
LETTER, CHECK, FINE, SORTS, HUNDRED = 5, 10, 13, 46, 7
ALIKE = str.maketrans("OIL", "011", "- \t\n")
SCREEN = (900, 640)  # pixels that a view shows at least
TILE = 256
WORLD = 360.0
Box = tuple[float, float, float, float]
OnSide = TypeVar("OnSide", Drawn, Picture)
SIDES: dict[str, Pair] = {"left": ("左侧", "left"), "right": ("右侧", "right")}
EVERY_YEAR: Pair = ("全部年度", "all years")
PRESETS: dict[str, Pair] = {
    "planner": ("控制线与更新地块图", "control lines and renewal parcels"),
    "land": ("更新地块计入面积图", "counted renewal area"),
    "water": ("断面水质类别图", "water class of sections"),
    "air": ("空气站点图", "air stations"),
}


@dataclass
class View:
    """What is chosen.

    Attributes
    ----------
    year, facets, words
        The filters; None, nothing and "" let everything through.
    shown
        Ids of the layers on the map.
    shut
        Layer → keys of the classes that are closed.
    at
        Zoom, latitude and longitude of the middle; None: the whole county.
    pictures
        Ids of the pictures on the map.
    undrawn
        Titles of what it shows and a sheet does not: a base map of others.
    beside
        What a swipe shows on its right: a year, or two editions of a layer as left~right; "" without one.
    handle
        Where it is parted: the share of the map that is left of it.
    sides
        What the left and the right show, in words.
    """

    year: int | None = None
    facets: dict[str, str] = field(default_factory=dict)
    words: str = ""
    shown: frozenset[str] = frozenset()
    shut: dict[str, set[str]] = field(default_factory=dict)
    at: tuple[float, float, float] | None = None
    pictures: frozenset[str] = frozenset()
    undrawn: tuple[Pair, ...] = ()
    beside: str = ""
    handle: float = 0.5
    sides: tuple[Pair, ...] = ()

    @property
    def told(self) -> tuple[str, ...]:
        """Say the filters, but for year and town, which a sheet names by itself."""
        named = [value for name, value in self.facets.items() if name not in ("town", "part")]
        return (*named, *([f"“{self.words}”"] if self.words else []))

    @property
    def bounds(self) -> Box | None:
        """West, south, east, north of the part of the map that is looked at."""
        if self.at is None:
            return None
        zoom, lat, lon = self.at
        x, y = (side / 2 * WORLD / TILE / 2**zoom for side in SCREEN)
        y *= math.cos(math.radians(lat))
        return lon - x, lat - y, lon + x, lat + y

    def rows(self, layer: Drawn) -> npt.NDArray[np.bool_]:
        """Tell which rows of a layer are on the map; a filter that a layer cannot answer lets all of it through."""
        kept = ~layer.columns["s"].isin(self.shut.get(layer.id, set()))
        if layer.group != BASE:
            if self.year is not None and "y" in layer.columns:
                kept &= (layer.columns["y"] == self.year).fillna(False)
            for name, wanted in self.facets.items():
                if name in layer.facets:
                    kept &= layer.columns[layer.facets[name]].map(_first) == wanted
            if self.words:
                kept &= _holding(layer, self.words.lower())
        drawn = kept.to_numpy("bool", copy=True)
        if layer.last:
            of = pd.Series([id(one) for one in layer.shapes])[drawn]
            drawn[of.index[of.duplicated(keep="last")]] = False
        return drawn


def opened(work: Workspace, layers: Sequence[OnMap]) -> View:
    """Give what a page opens with."""
    known = Vocabulary(work, layers)
    return View(
        work.year if work.year in known.years else None,
        {"part": work.part} if work.part in known.facets["part"] else {},
        shown=frozenset(one.id for one in layers if one.show and isinstance(one, Drawn)),
        pictures=frozenset(one.id for one in layers if one.show and isinstance(one, Picture)),
    )


def decoded(code: str, work: Workspace, layers: Sequence[OnMap], extent: Box) -> View:
    """Read the code of a view.

    Raises
    ------
    UsageError
        The code is mistyped, or of another page or edition.
    """
    known = Vocabulary(work, layers)
    plain = code.upper().translate(ALIKE)
    bits = "".join(f"{LETTERS.find(one):05b}" for one in plain if one in LETTERS)
    body, check = bits[:-CHECK], bits[-CHECK:]
    if not body or len(bits) != LETTER * len(plain) or _hash(known.key + body) % 2**CHECK != int(check, 2):
        raise UsageError(
            Message('视图代码 "{code}" 有误，或属于另一页、另一版本（本版 {edition}）',
                    'the view code "{code}" is mistyped, or of another page or edition (this is {edition})',
                    code=code, edition=work.edition),
            fix=Message("从同一版本、同一张图的网页上重新复制；--as-of 和 --public 须与该版本相同",
                        "copy it again from that page of this edition; --as-of and --public as that edition has them"),
        )  # fmt: skip
    return _walked(_Bits(body), opened(work, layers), known, extent)


class Vocabulary:
    """The words that a code counts in: those of the page."""

    def __init__(self, work: Workspace, layers: Sequence[OnMap]) -> None:
        self.pictures = [one for one in layers if isinstance(one, Picture)]
        self.images = [one.show for one in self.pictures] + [False] * bool(work.basemap)
        self.basemap = work.basemap
        every = [one for one in layers if isinstance(one, Drawn) and not one.labels]
        self.layers = sorted(every, key=lambda one: LEVELS.index(one.pane))
        listed = [one for one in self.layers if one.group != BASE and len(one.shapes)]
        years = [one.columns["y"].dropna() for one in listed if "y" in one.columns]
        self.years = sorted({int(one) for column in years for one in column.unique()})
        self.facets = {name: _sorted(one.columns[one.facets[name]] for one in listed if name in one.facets)
                       for name in FACETS}  # fmt: skip
        alone = [one for one in listed if one.listed and "y" not in one.columns]
        self.besides = [*map(str, self.years), *(
            f"{one.id}~{other.id}" for at, one in enumerate(alone) for other in alone[at + 1 :] if _editions(one, other)
        )]  # fmt: skip
        lists: list[list[Any]] = [self.years, *self.facets.values()]
        self.key = "|".join([
            work.name, work.edition, *(",".join(map(str, one)) for one in lists),
            ",".join(f"{one.id}{len(one.shapes)}" for one in self.layers),
        ])  # fmt: skip


class _Bits:
    """The bits of a code; behind its end there are zeros."""

    def __init__(self, text: str) -> None:
        self._text, self._at = text, 0

    def take(self, width: int) -> int:
        piece = self._text[self._at : self._at + width].ljust(width, "0")
        self._at += width
        return int(piece, 2)


def _walked(bits: _Bits, view: View, known: Vocabulary, extent: Box) -> View:
    """Read bits in the order in which `web/state.js` writes them; selection, order and language are not drawn."""
    bits.take(1)
    if bits.take(1):
        view.year = _choice(bits, known.years)
    for name, values in known.facets.items():
        if bits.take(1):
            view.facets[name] = _choice(bits, values) or ""
    view.facets = {name: value for name, value in view.facets.items() if value}
    _layers(bits, view, known.layers)
    if bits.take(1):
        zoom, *spots = bits.take(6), bits.take(FINE), bits.take(FINE)
        lat, lon = (
            extent[at] + (2 * one / (2**FINE - 1) - 0.5) * (extent[at + 2] - extent[at])
            for at, one in zip((1, 0), spots, strict=True)
        )
        view.at = 8 + zoom / 4, lat, lon
    if bits.take(1):
        picked = min(bits.take(_width(len(known.layers))), len(known.layers) - 1)
        bits.take(_width(len(known.layers[picked].shapes)))
    if bits.take(1) and bits.take(6) < SORTS:
        bits.take(1)
    if bits.take(1):
        view.words = bytes([bits.take(8) for _ in range(bits.take(6))]).decode(errors="replace")
    images = [bits.take(1) == 1 for _ in known.images] if bits.take(1) else known.images
    view.pictures = frozenset(one.id for one, on in zip(known.pictures, images, strict=False) if on)
    view.undrawn = (known.basemap["name"],) if known.basemap and images[-1] else ()
    view.beside = (_choice(bits, known.besides) or "") if bits.take(1) else ""
    if view.beside and bits.take(1):
        view.handle = bits.take(HUNDRED) / 100
    return view


def _editions(one: Drawn, other: Drawn) -> bool:
    """Tell whether two layers without a year are editions of one, as `web/swipe.js` does."""
    keys = [[entry.mark.key for entry in layer.entries] for layer in (one, other)]
    return one.group == other.group and keys[0] == keys[1]


def _layers(bits: _Bits, view: View, layers: Sequence[Drawn]) -> None:
    if bits.take(1):
        bits.take(_width(len(layers)))
    if bits.take(1):
        view.shown = frozenset(one.id for one in layers if bits.take(1))
    for layer in layers if bits.take(1) else ():
        if bits.take(1):
            view.shut[layer.id] = {one.mark.key for one in layer.entries if bits.take(1)}


def _choice(bits: _Bits, values: Sequence[Any]) -> Any:
    at = bits.take(_width(len(values) + 1))
    return values[at - 1] if 0 < at <= len(values) else None


def _width(n: int) -> int:
    return max(1, (n - 1).bit_length())


def _hash(text: str) -> int:
    """FNV-1a of 32 bits over the letters as a script counts them."""
    data = text.encode("utf-16-le", "surrogatepass")
    total = 2166136261
    for at in range(0, len(data), 2):
        total = ((total ^ int.from_bytes(data[at : at + 2], "little")) * 16777619) % 2**32
    return total


def _first(value: Any) -> str:
    return str(value[0] if isinstance(value, list) else value)


def _sorted(columns: Iterable[pd.Series]) -> list[str]:
    """Give the values of some columns in the order of a script: by their letters in UTF-16."""
    found = {_first(value) for column in columns for value in column[column.notna()]} - {""}
    return sorted(found, key=lambda one: one.encode("utf-16-be", "surrogatepass"))


def _holding(layer: Drawn, wanted: str) -> pd.Series:
    """Tell which rows have a title or a text that holds the words."""
    named: Mapping[str, pd.Series] = {
        name: column
        for name, column in layer.columns.items()
        if (name == "t" or name[0] == "v") and column.dtype.kind != "f"
    }
    told = [
        column.map(lambda one: ",".join(one) if isinstance(one, list) else str(one))
        for column in named.values()
    ]
    return pd.concat([one.str.lower().str.contains(wanted, regex=False) for one in told], axis=1).any(axis=1)


def viewed(
    book: Book, preset: str, year: int | None, code: str | None = None
) -> tuple[Pair, list[Drawn], list[Picture], View]:
    """Give the title of a preset, its layers and pictures, the lowest first, and the view that chose their rows.

    Of a view that is parted each side has its own; a year that is asked for is not parted.

    Raises
    ------
    UsageError
        Nothing of it, or of the year, has a shape; the code is of another page or edition.
    """
    title, page = PRESETS[preset], MAPS[preset]
    laid, work = without_held(book, page.layers(book)), page.work(book)
    view = opened(work, laid) if code is None else decoded(code, work, laid, book.catalogue.county.extent)
    every = [one for one in laid if isinstance(one, Drawn)]
    if year is not None:
        view.year, view.beside = year, ""
        view.facets.pop("part", None)
        every = page.stations_of_year(book, every, year) if preset == "air" else _of_whole_years(every, view)
    pair = view.beside.split("~") if "~" in view.beside else []
    shown = [one for one in every if one.id in {*view.shown, *pair} or (one.labels and one.show)]
    kept = [part for one in shown for part in _parted(one, view, pair)]
    pictures = [_on(part, side) for one in laid if isinstance(one, Picture) and one.id in view.pictures
                for side, looked in _halves(view, pair) if (part := one.of(looked.year))]  # fmt: skip
    view.sides = tuple(one.title for id_ in pair for one in every if one.id == id_) or tuple(
        (f"{looked.year} 年", str(looked.year)) if looked.year else EVERY_YEAR
        for side, looked in _halves(view, pair) if side
    )  # fmt: skip
    dated = [one for one in kept if "y" in one.columns and one.group != BASE]
    if any(len(one.shapes) for one in (kept if year is None else dated) if one.group != BASE):
        return title, kept, pictures, view
    raise UsageError(
        Message("没有带图形的数据，画不出图", "no data has shapes: there is nothing to draw")
        if year is None
        else Message("{year} 年没有可画的数据", "nothing of {year} can be drawn", year=year),
        fix=Message("gis check 看读到了什么；--year 用有数据的年度：{years}",
                    "gis check shows what was read; a year with data by --year: {years}",
                    years=listed(book.years or ["–"])),
    )  # fmt: skip


def _halves(view: View, pair: Sequence[str]) -> Iterator[tuple[str, View]]:
    parted = view.beside and not pair
    yield "left" if parted else "", view
    if parted:
        yield "right", replace(view, year=int(view.beside))


def _parted(layer: Drawn, view: View, pair: Sequence[str]) -> Iterator[Drawn]:
    if layer.id in pair:
        yield _on(_of_view(layer, view), [*SIDES][pair.index(layer.id)])
    elif layer.group == BASE or "y" not in layer.columns:
        yield _of_view(layer, view)
    else:
        yield from (_on(_of_view(layer, looked), side) for side, looked in _halves(view, pair))


def _on(layer: OnSide, side: str) -> OnSide:
    if not side:
        return layer
    zh, en = (" · ".join(words) for words in zip(layer.title, SIDES[side], strict=True))
    return replace(layer, title=(zh, en), side=side)


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


def seen_through(layers: Iterable[Drawn]) -> list[Drawn]:
    """Leave out the areas that a picture covers on the page too; of the base map their lines stay."""
    kept = [one for one in layers if one.pane != "areas" or one.group == BASE or one.opacity < FAINT]
    return [
        replace(one, entries=tuple(replace(entry, mark=replace(entry.mark, fill=None)) for entry in one.entries))
        if one.pane == "areas" and one.group == BASE else one for one in kept
    ]  # fmt: skip


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
