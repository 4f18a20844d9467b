"""Table → a layer that a map draws: its marks as small drawings, the words of its popups, the entries of its legend."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from gis.base.calendar import MONTH_NAMES
from gis.base.columns import described
from gis.base.messages import MARK, restored
from gis.base.stored_words import word_of, words_of
from gis.base.text import in_html
from gis.base.units import unit_words
from gis.look import Mark
from gis.maps.book import Book, Pair, files_with
from gis.maps.offline import web

BASE: Pair = ("底图", "Base map")
GROUPS: dict[str, Pair] = {
    "base": BASE,
    "lines": ("三条控制线与管控区域", "Control lines and areas"),
    "land": ("土地", "Land"),
    "water": ("水", "Water"),
    "air": ("环境空气", "Air"),
    "actions": ("计划事项", "Planned actions"),
}
FILL_OPACITY = 0.88
SHOWN_DIGITS = 2
FACETS = ("town", "line", "category", "part")
_SHAPES = {
    "circle": '<circle cx="12" cy="12" r="10"/>',
    "ring": '<circle cx="12" cy="12" r="8.5"/>',
    "square": '<rect x="2.5" y="2.5" width="19" height="19" rx="2"/>',
    "diamond": '<path d="M12 1 23 12 12 23 1 12Z"/>',
    "triangle": '<path d="M12 2 23 21.5H1Z"/>',
    "octagon": '<path d="M7.5 1.5h9l6 6v9l-6 6h-9l-6-6v-9Z"/>',
}
_SLANT = ((0, 1, 1, 0), (-0.1, 0.1, 0.1, -0.1), (0.9, 1.1, 1.1, 0.9))
# Patterns of areas on pages and sheets: side and width in pixels, lines in sides; a line of no length is a dot.
PATTERNS: dict[str, tuple[int, float, tuple[tuple[float, float, float, float], ...]]] = {
    "hatch": (9, 1, _SLANT),
    "wide": (12, 1, _SLANT),
    "dots": (7, 2.1, ((0.28, 0.28, 0.28, 0.28), (0.78, 0.78, 0.78, 0.78))),
    "cross": (6, 1.1, ((0, 0, 1, 1), (1, 0, 0, 1))),
    "back": (9, 1, ((0, 0, 1, 1), (-0.1, 0.9, 0.1, 1.1), (0.9, -0.1, 1.1, 0.1))),
    "wave": (8, 1, ((0, 0.75, 0.5, 0.25), (0.5, 0.25, 1, 0.75))),
    "level": (6, 1, ((0, 0.5, 1, 0.5),)),
    "upright": (6, 1, ((0.5, 0, 0.5, 1),)),
    "grid": (8, 1, ((0, 0.5, 1, 0.5), (0.5, 0, 0.5, 1))),
}
LOW_SHAPES = ("triangle",)


@dataclass(frozen=True)
class Entry:
    """One line of a legend: a mark, how many features it stands for and, on a sheet, their ground in 亩."""

    mark: Mark
    count: int
    area_mu: float | None = None


@dataclass(frozen=True)
class Drawn:
    """A layer ready for a map.

    Attributes
    ----------
    pane
        areas, lines, parcels, conflicts or points: the drawing order.
    fields
        Titles of the values in a popup, aligned to the columns v0, v1 … of each row.
    shapes
        What is drawn of each row, in degrees.
    columns
        t title, s mark key, v0 … values, y year, a m² that may be added, k verdict, f source, r row of the source,
        and those of `facets`.
    digits
        Decimals that a column of numbers is rounded to for the page.
    facets
        Filter → the column it asks: town, line, category, part.
    width
        Of lines that take the fill of their mark, with an edge of ink; None: the mark's own line.
    head, state
        What the title and the mark of a row are, as heads of its table.
    means
        What "year" is in this layer.
    last
        A place has a row a period: of those selected the map shows the last.
    apart
        Filter within one value of which areas may be added; None: within the layer.
    files
        Tables of the run that hold these rows.
    layers
        Layers of the catalogue that the rows are records of; none where they were computed.
    listed
        The workspace has a table of it, which may be filtered and downloaded.
    side
        Of a sheet that is parted: left or right; empty: both.
    """

    id: str
    title: Pair
    group: Pair
    pane: str
    entries: tuple[Entry, ...]
    fields: tuple[Pair, ...]
    shapes: npt.NDArray[np.object_]
    columns: Mapping[str, pd.Series]
    digits: Mapping[str, int]
    facets: Mapping[str, str]
    secrecy: Pair | None = None
    show: bool = True
    search: bool = False
    labels: bool = False
    size: int = 20
    opacity: float = FILL_OPACITY
    note: Pair | None = None
    width: float | None = None
    head: Pair = described("name").head
    state: Pair = described("category").head
    means: Pair | None = None
    last: bool = False
    apart: str | None = None
    files: tuple[str, ...] = ()
    layers: frozenset[str] = frozenset()
    listed: bool = True
    side: str = ""

    def without_records(self, told: Pair) -> Drawn:
        """Give the layer as it is drawn where few may know its rows: shapes and marks, and why there is no more."""
        note = told if self.note is None else (f"{self.note[0]}；{told[0]}", f"{self.note[1]}; {told[1]}")
        columns = {**self.columns, "t": pd.Series("", index=self.columns["s"].index)}
        facets = {
            name: column for name, column in self.facets.items() if name == "line"
        }  # of the whole layer
        kept = {name: columns[name] for name in ("t", "s", "y", *facets.values()) if name in columns}
        return replace(
            self,
            columns=kept,
            fields=(),
            facets=facets,
            files=(),
            search=False,
            labels=False,
            note=note,
            listed=False,
        )

    @property
    def styles(self) -> dict[str, dict[str, Any]]:
        """How each mark of the legend is drawn, and its words."""
        return {
            entry.mark.key: {
                **self._style(entry.mark),
                "icon": icon(entry.mark, self.size),
                "size": self.size,
                "word": [entry.mark.zh, entry.mark.en],
            }
            for entry in self.entries
        }

    def _style(self, mark: Mark) -> dict[str, Any]:
        if self.width is not None and mark.fill is not None:
            return {"line": mark.fill, "weight": self.width, "edged": True}
        drawing, side = tile(mark) if mark.pattern else (None, None)
        return {
            "line": mark.line,
            "weight": mark.weight,
            "fill": mark.fill,
            "tile": drawing,
            "side": side,
            "opacity": 1 if mark.pattern else self.opacity,
            "dash": mark.dash,
        }


@dataclass(frozen=True)
class Picture:
    """An image laid over the map, with a legend of its colours; it has no features to click.

    Attributes
    ----------
    images
        Year, oldest first, and shape (height, width, 4), RGBA bytes, rows of equal latitude from north to south:
        the slider of the page chooses the year.
    bounds
        West, south, east, north of the images in degrees.
    """

    id: str
    title: Pair
    group: Pair
    images: tuple[tuple[int | None, npt.NDArray[np.uint8]], ...]
    bounds: tuple[float, float, float, float]
    marks: tuple[Mark, ...]
    note: Pair
    show: bool = False
    opacity: float = 0.75
    secrecy: Pair | None = None
    side: str = ""

    def of(self, year: int | None) -> Picture | None:
        """Give the picture of a year, or the last before it; None where there is none."""
        images = [one for one in self.images if year is None or (one[0] or 0) <= year][-1:]
        told = str(images[0][0] or "") if images else ""
        zh, en = (title if told in title else f"{title} · {told}" for title in self.title)
        return replace(self, images=tuple(images), title=(zh, en)) if images else None


@dataclass(frozen=True)
class Popup:
    """What a popup and a table say of each row, and what it is filtered by; every Series has the index of the frame.

    `added_m2` is ground that no other row of the layer has, so that it may be added; towns are summed on the map
    where shapes are smaller than a pixel; `part` is the month or the day of a row of a period.
    """

    title: pd.Series
    fields: Sequence[tuple[Pair, pd.Series]] = ()
    verdict: pd.Series | None = None
    year: pd.Series | None = None
    added_m2: pd.Series | None = None
    town: pd.Series | None = None
    line: pd.Series | None = None
    category: pd.Series | None = None
    part: pd.Series | None = None


def draw(  # noqa: PLR0913  a layer has this many sides
    frame: gpd.GeoDataFrame,
    id_: str,
    title: Pair,
    group: Pair,
    marks: Sequence[Mark],
    key: pd.Series,
    popup: Popup,
    *,
    pane: str,
    **options: Any,
) -> Drawn:
    """Make a layer of a frame.

    Parameters
    ----------
    frame
        EPSG:4490 in degrees; rows without a geometry stand in the table only.
    marks
        Legend entries in the standard's order, "no data" last.
    key
        Key of the mark of each row.
    popup
        Title, fields, verdict, year and area of each row.

    Returns
    -------
    drawn
        Numbers are rounded as a popup shows them.
    """
    columns, digits = _columns(frame, key, popup)
    facets = _facets(popup)
    columns |= {name: text_of(getattr(popup, name)) for name, column in facets.items() if name == column}
    shapes = frame.geometry.to_numpy()
    return Drawn(
        id=id_,
        title=title,
        group=group,
        pane=pane,
        entries=_entries(marks, key),
        fields=tuple(name for name, _ in popup.fields),
        shapes=shapely.force_2d(shapes) if shapely.has_z(shapes).any() else shapes,
        columns=columns,
        digits=digits,
        facets=facets,
        layers=frozenset(frame["layer"].dropna().astype("str")) if "layer" in frame else frozenset(),
        **options,
    )


def laid(
    book: Book,
    frame: gpd.GeoDataFrame,
    id_: str,
    marks: Sequence[Mark],
    key: pd.Series,
    popup: Popup,
    **options: Any,
) -> Drawn:
    """Make a layer that `web/layers.toml` describes; `options` come before what it says."""
    told = _described(id_) | options
    files = told.pop("files", ())
    told["files"] = files_with(book, files) if isinstance(files, str) else files
    return draw(frame, id_, told.pop("title"), told.pop("group"), marks, key, popup, **told)


def _described(id_: str) -> dict[str, Any]:
    """Read the description of a layer: words as pairs, heads by their columns."""
    told = _layers()[id_]
    if "like" in told:
        told = _described(told["like"]) | {name: value for name, value in told.items() if name != "like"}
    return {name: _worded(name, value) for name, value in told.items()}


def _worded(name: str, value: Any) -> Any:
    if isinstance(value, list):
        return tuple(value)
    if name in ("head", "state") and isinstance(value, str):
        table, _, column = value.partition(".")
        return described(column, table).head
    return value


@cache
def _layers() -> dict[str, Any]:
    return tomllib.loads(web("layers.toml"))


def placed(frame: pd.DataFrame | None) -> gpd.GeoDataFrame | None:
    """Give the rows that have a geometry as a GeoDataFrame; None where there is none to draw."""
    if frame is None or "geometry" not in frame or not frame["geometry"].notna().any():
        return None
    rows = frame[frame["geometry"].notna()]
    found = gpd.GeoDataFrame(rows, geometry="geometry", crs=getattr(rows, "crs", None) or "EPSG:4490")
    return found.reset_index(drop=True)


def whole(frame: pd.DataFrame | None) -> gpd.GeoDataFrame | None:
    """Give all rows as a GeoDataFrame, also those that no map can show; None where there are none."""
    if frame is None or not len(frame):
        return None
    if "geometry" in frame:
        crs = getattr(frame["geometry"], "crs", None) or "EPSG:4490"
        return gpd.GeoDataFrame(frame, geometry="geometry", crs=crs).reset_index(drop=True)
    bare = gpd.GeoSeries([None] * len(frame), index=frame.index, crs="EPSG:4490")
    return gpd.GeoDataFrame(frame, geometry=bare).reset_index(drop=True)


def text_of(values: pd.Series) -> pd.Series:
    """Write the values of a column as a popup shows them; missing is an empty text, [zh, en] stays a pair."""
    if str(values.dtype).startswith("datetime64"):
        return values.dt.strftime("%Y-%m-%d").fillna("").astype("str")
    filled = values.astype("object").where(values.notna(), "")
    return filled.map(lambda one: one if isinstance(one, list) else str(one)).astype("object")


def _columns(
    frame: pd.DataFrame, key: pd.Series, popup: Popup
) -> tuple[dict[str, pd.Series], dict[str, int]]:
    columns = {"t": popup.title.fillna("").astype("str"), "s": key.astype("str")}
    columns |= {f"v{at}": _told(column) for at, (_, column) in enumerate(popup.fields)}
    digits = {name: SHOWN_DIGITS for name, column in columns.items() if column.dtype.kind == "f"}
    more = {"y": popup.year, "a": popup.added_m2, "k": popup.verdict, **_sources(frame)}
    columns |= {name: column for name, column in more.items() if column is not None}
    return columns, {**digits, "y": 0, "a": SHOWN_DIGITS}


def _told(values: pd.Series) -> pd.Series:
    """Leave numbers to be written on the page, write the rest."""
    return values if values.dtype.kind in "iuf" else text_of(values)


def _facets(popup: Popup) -> dict[str, str]:
    """Say which column a filter asks: that of a field, where it is one."""
    told = {id(column): f"v{at}" for at, (_, column) in enumerate(popup.fields)}
    return {
        name: told.get(id(column), name)
        for name in FACETS
        for column in [getattr(popup, name)]
        if column is not None
    }


def _entries(marks: Sequence[Mark], key: pd.Series) -> tuple[Entry, ...]:
    counts = key.value_counts()
    return tuple(Entry(mark, int(counts.get(mark.key, 0))) for mark in marks)


def _sources(frame: pd.DataFrame) -> dict[str, pd.Series]:
    if "source" not in frame:
        return {}
    row = {"r": _told(frame["source_row"])} if "source_row" in frame else {}
    return {"f": frame["source"].fillna("").astype("str"), **row}


def icon(mark: Mark, size: int = 24) -> str:
    """Draw the symbol of a mark with its sign inside, `size` CSS pixels wide."""
    long = len(mark.sign) > 1
    sign = (
        f'<text x="12" y="{17.5 if mark.shape in LOW_SHAPES else 16.2}" text-anchor="middle" fill="{mark.ink}"'
        f' font-size="{9.5 if long else 12}" font-weight="600">{signed(mark)}</text>'
        if mark.sign
        else ""
    )
    hollow = mark.fill is None or mark.shape == "ring"
    fill = "#FFFFFF" if hollow else mark.fill
    dash = ' stroke-dasharray="3 2.4"' if mark.shape == "ring" else ""
    return (
        f'<svg class="icon" width="{size}" height="{size}" viewBox="0 0 24 24" aria-hidden="true" focusable="false">'
        f'<g fill="{fill}" stroke="{mark.line}" stroke-width="{2.4 if hollow else 1.1}"{dash}>'
        f"{_SHAPES[mark.shape]}</g>{sign}</svg>"
    )


def signed(mark: Mark) -> str:
    """Write the sign of a mark inside a drawing, in both languages where they differ."""
    if mark.sign_en in ("", mark.sign):
        return in_html(mark.sign)
    return f'<tspan class="zh">{in_html(mark.sign)}</tspan><tspan class="en">{in_html(mark.sign_en)}</tspan>'


def swatch(mark: Mark) -> str:
    """Draw a legend entry of an area or a line as the map draws it."""
    if mark.fill is None:
        body = (
            f'<path d="M1 9h26" fill="none" stroke="{mark.line}" stroke-width="{mark.weight}"{_dash(mark)}/>'
        )
    else:
        body = (
            f'<rect x="1.5" y="2" width="25" height="14" rx="1.5" fill="{paint(mark)}" stroke="{mark.line}"'
            f' stroke-width="{max(mark.weight, 1)}"{_dash(mark)}/>'
        )
    return f'<svg class="swatch" width="28" height="18" viewBox="0 0 28 18" aria-hidden="true">{body}</svg>'


def paint(mark: Mark) -> str:
    """Give the SVG paint of an area: a colour, or the pattern of `patterns`."""
    return f"url(#{_pattern_id(mark)})" if mark.pattern else (mark.fill or "none")


def patterns(marks: Iterable[Mark]) -> str:
    """Give the hidden SVG that defines the patterns of `marks`, one each."""
    wanted = {_pattern_id(mark): mark for mark in marks if mark.pattern}
    if not wanted:
        return ""
    tiles = "".join(_tile(id_, mark) for id_, mark in wanted.items())
    return f'<svg class="patterns" width="0" height="0" aria-hidden="true"><defs>{tiles}</defs></svg>'


def tile(mark: Mark) -> tuple[str, int]:
    """Draw one tile of the pattern of a mark as a picture of its own, and give its side in pixels."""
    side, drawing = _tiled(mark)
    return f'<svg width="{side}" height="{side}" viewBox="0 0 {side} {side}">{drawing}</svg>', side


def _tile(id_: str, mark: Mark) -> str:
    side, drawing = _tiled(mark)
    return f'<pattern id="{id_}" width="{side}" height="{side}" patternUnits="userSpaceOnUse">{drawing}</pattern>'


def _tiled(mark: Mark) -> tuple[int, str]:
    side, width, lines = PATTERNS[mark.pattern or ""]
    ground = f'<rect width="{side}" height="{side}" fill="{mark.fill}" opacity=".07"/>'
    drawn = "".join("M{:g} {:g}L{:g} {:g}".format(*(one * side for one in line)) for line in lines)
    return (
        side,
        f'{ground}<path d="{drawn}" stroke="{mark.fill}" stroke-width="{width}" stroke-linecap="round"/>',
    )


def _pattern_id(mark: Mark) -> str:
    return f"{mark.pattern}-{(mark.fill or mark.line).lstrip('#').lower()}"


def _dash(mark: Mark) -> str:
    return f' stroke-dasharray="{mark.dash}"' if mark.dash else ""


def paired(values: pd.Series, table: str, column: str) -> pd.Series:
    """Write the stored words of a column as [Chinese, English]; what is no stored word stays as it is."""
    if column == "unit":
        return values.map(lambda one: list(unit_words(str(one))), na_action="ignore")
    words = {code: list(told) for code, told in words_of(column, table).items()}
    return values.map(lambda one: words.get(one, one), na_action="ignore") if words else values


def categories(frame: pd.DataFrame) -> pd.Series | None:
    """Give the categories of parcels in both languages; None where the frame has none."""
    found = frame.get("category")
    return (
        None
        if found is None
        else found.map(lambda one: list(word_of(one, "category")), na_action="ignore").astype("object")
    )


def fields(
    frame: pd.DataFrame, table: str, names: str, told: Mapping[str, pd.Series | None] | None = None
) -> dict[str, pd.Series]:
    """Give what popups show of columns of a table, in the unit of their heads; those that are not there are left out.

    Parameters
    ----------
    names
        The columns in their order, between blanks.
    told
        Values that are written otherwise than they stand in the frame, also of further columns.
    """
    own = told or {}
    found = {name: own.get(name, frame.get(name)) for name in names.split()}
    return {
        name: values if name in own else _shown(values, described(name, table).per)
        for name, values in found.items()
        if values is not None
    }


def _shown(values: pd.Series, per: float) -> pd.Series:
    if values.dtype == "str" and values.str.startswith(MARK).any():
        return values.map(in_words, na_action="ignore")
    return values if per == 1 else values / per


def headed(table: str, values: Mapping[str, pd.Series]) -> list[tuple[tuple[str, str], pd.Series]]:
    """Put the head of each column beside its values."""
    return [(described(name, table).head, one) for name, one in values.items()]


def in_words(note: Any) -> list[str]:
    """Give a stored note in both languages; another text as it is."""
    found = restored(note)
    return [str(note), str(note)] if found is None else [found.zh, found.en]


def month_words(period: str) -> Pair:
    """Name the month of a period of a month."""
    month = int(period[5:])
    return f"{month}月", MONTH_NAMES[month - 1]
