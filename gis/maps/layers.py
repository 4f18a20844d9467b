"""Table → a layer that a map draws: features with just what is shown, and the entries of its legend."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from gis.base.columns import described
from gis.look import Mark
from gis.maps.shapes import icon, tile

FILL_OPACITY = 0.88
SHOWN_DIGITS = 2
FACETS = ("town", "line", "category", "part")
Pair = tuple[str, str]


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
