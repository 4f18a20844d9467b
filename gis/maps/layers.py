"""Table → a layer that a map draws: features with just what is shown, and the entries of its legend."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from gis.look import Mark
from gis.maps.shapes import icon, tile

FILL_OPACITY = 0.88
SHOWN_DIGITS = 2
Pair = tuple[str, str]


@dataclass(frozen=True)
class Entry:
    """One line of a legend: a mark, how many features it stands for and their area in 亩."""

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
        t title, s mark key, v0 … values, y year, a 亩, k verdict, f source, r row of the source, g group of totals.
    digits
        Decimals that a column of numbers is rounded to for the page.
    width
        Of lines that take the fill of their mark, with an edge of ink; None: the mark's own line.
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
    secrecy: Pair | None = None
    show: bool = True
    search: bool = False
    labels: bool = False
    size: int = 20
    opacity: float = FILL_OPACITY
    note: Pair | None = None
    width: float | None = None

    @property
    def years(self) -> list[int]:
        """Years of its features, oldest first."""
        return sorted({int(one) for one in self.columns["y"].dropna()}) if "y" in self.columns else []

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
    image
        Shape (height, width, 4), RGBA bytes, rows of equal latitude from north to south.
    bounds
        West, south, east, north of the image in degrees.
    """

    id: str
    title: Pair
    group: Pair
    image: npt.NDArray[np.uint8]
    bounds: tuple[float, float, float, float]
    marks: tuple[Mark, ...]
    note: Pair
    show: bool = False
    opacity: float = 0.75
    secrecy: Pair | None = None
    years: tuple[int, ...] = ()


@dataclass(frozen=True)
class Popup:
    """What a popup says of each row; every Series has the index of the frame.

    `totals` are the groups that are summed on the map where shapes are smaller than a pixel.
    """

    title: pd.Series
    fields: Sequence[tuple[Pair, pd.Series]] = ()
    verdict: pd.Series | None = None
    year: pd.Series | None = None
    area_mu: pd.Series | None = None
    totals: pd.Series | None = None


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
        EPSG:4490 in degrees; rows without a geometry are not drawn.
    marks
        Legend entries in the standard's order, "no data" last.
    key
        Key of the mark of each row.
    popup
        Title, fields, verdict, year and area of each row.

    Returns
    -------
    drawn
        Rows with a shape; numbers are rounded as a popup shows them.
    """
    placed = frame.geometry.notna() & ~frame.geometry.is_empty
    columns, digits = _columns(frame, key, popup)
    area = None if popup.area_mu is None else popup.area_mu[placed]
    return Drawn(
        id=id_,
        title=title,
        group=group,
        pane=pane,
        entries=_entries(marks, key[placed], area),
        fields=tuple(name for name, _ in popup.fields),
        shapes=shapely.force_2d(frame.geometry[placed].to_numpy()),
        columns={name: column[placed] for name, column in columns.items()},
        digits=digits,
        **options,
    )


def placed(frame: pd.DataFrame | None) -> gpd.GeoDataFrame | None:
    """Give the rows that have a geometry as a GeoDataFrame; None where there is none to draw."""
    if frame is None or "geometry" not in frame or not frame["geometry"].notna().any():
        return None
    rows = frame[frame["geometry"].notna()]
    found = gpd.GeoDataFrame(rows, geometry="geometry", crs=getattr(rows, "crs", None) or "EPSG:4490")
    return found.reset_index(drop=True)


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
    more = {"y": popup.year, "a": popup.area_mu, "k": popup.verdict, "g": popup.totals, **_sources(frame)}
    columns |= {name: column for name, column in more.items() if column is not None}
    return columns, {**digits, "y": 0, "a": SHOWN_DIGITS}


def _told(values: pd.Series) -> pd.Series:
    """Leave numbers to be written on the page, write the rest."""
    return values if values.dtype.kind in "iuf" else text_of(values)


def _entries(marks: Sequence[Mark], key: pd.Series, area: pd.Series | None) -> tuple[Entry, ...]:
    counts = key.value_counts()
    areas = area.groupby(key).sum() if area is not None and area.notna().any() else None
    return tuple(
        Entry(
            mark,
            int(counts.get(mark.key, 0)),
            None if areas is None else float(areas.get(mark.key, 0.0)),
        )
        for mark in marks
    )


def _sources(frame: pd.DataFrame) -> dict[str, pd.Series]:
    if "source" not in frame:
        return {}
    row = {"r": _told(frame["source_row"])} if "source_row" in frame else {}
    return {"f": frame["source"].fillna("").astype("str"), **row}
