"""Table → a layer that a map draws: features with just what is shown, and the entries of its legend."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from gis.look import Mark
from gis.maps.shapes import icon, paint

DECIMALS = 6
FILL_OPACITY = 0.88
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
        Titles of the values in a popup, aligned to `v` of each feature.
    features
        GeoJSON; properties t title, v values, s mark key, y year, a 亩, k verdict, f source.
    width
        Of lines that take the fill of their mark, with an edge of ink; None: the mark's own line.
    """

    id: str
    title: Pair
    group: Pair
    pane: str
    entries: tuple[Entry, ...]
    fields: tuple[Pair, ...]
    features: list[dict[str, Any]]
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
        return sorted({one["properties"]["y"] for one in self.features if "y" in one["properties"]})

    def spec(self) -> dict[str, Any]:
        """Give what the page's script needs of it."""
        return {
            "fields": self.fields,
            "search": self.search,
            "labels": self.labels,
            "pane": self.pane,
            "size": self.size,
            "show": self.show,
            "styles": {
                entry.mark.key: {
                    "path": self._path(entry.mark),
                    "icon": icon(entry.mark, self.size),
                    "word": [entry.mark.zh, entry.mark.en],
                }
                for entry in self.entries
            },
        }

    def _path(self, mark: Mark) -> dict[str, Any]:
        if self.width is not None and mark.fill is not None:
            return {"color": mark.fill, "weight": self.width, "fill": False, "className": "edged"}
        return {
            "color": mark.line,
            "weight": mark.weight,
            "fill": mark.fill is not None,
            "fillColor": paint(mark),
            "fillOpacity": 1 if mark.pattern else self.opacity,
            "dashArray": mark.dash,
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
    features: tuple[dict[str, Any], ...] = ()
    years: tuple[int, ...] = ()
    search: bool = False

    def spec(self) -> dict[str, Any]:
        """Give what the page's script needs of it."""
        return {
            "fields": [],
            "search": False,
            "labels": False,
            "pane": "areas",
            "show": self.show,
            "styles": {},
        }


@dataclass(frozen=True)
class Popup:
    """What a popup says of each row; every Series has the index of the frame."""

    title: pd.Series
    fields: Sequence[tuple[Pair, pd.Series]] = ()
    verdict: pd.Series | None = None
    year: pd.Series | None = None
    area_mu: pd.Series | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)


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
        Coordinates are rounded to 6 decimals for display only; areas are never made of them.
    """
    placed = frame.geometry.notna() & ~frame.geometry.is_empty
    shown = frame.index[placed]
    shapes = shapely.transform(shapely.force_2d(frame.geometry[placed].to_numpy()), _rounded)
    features = _features(_properties(shown, key, popup, _sources(frame)), shapes)
    area = None if popup.area_mu is None else popup.area_mu[placed]
    return Drawn(
        id=id_,
        title=title,
        group=group,
        pane=pane,
        entries=_entries(marks, key[placed], area),
        fields=tuple(name for name, _ in popup.fields),
        features=features,
        **options,
    )


def _features(rows: list[dict[str, Any]], shapes: np.ndarray) -> list[dict[str, Any]]:
    return [
        {"type": "Feature", "properties": row, "geometry": shapely.geometry.mapping(shape)}
        for row, shape in zip(rows, shapes, strict=True)
    ]


def placed(frame: pd.DataFrame | None) -> gpd.GeoDataFrame | None:
    """Give the rows that have a geometry as a GeoDataFrame; None where there is none to draw."""
    if frame is None or "geometry" not in frame or not frame["geometry"].notna().any():
        return None
    rows = frame[frame["geometry"].notna()]
    found = gpd.GeoDataFrame(rows, geometry="geometry", crs=getattr(rows, "crs", None) or "EPSG:4490")
    return found.reset_index(drop=True)


def text_of(values: pd.Series, digits: int | None = None) -> pd.Series:
    """Write the values of a column as a popup shows them; missing is an empty text, [zh, en] stays a pair."""
    if str(values.dtype).startswith("datetime64"):
        return values.dt.strftime("%Y-%m-%d").fillna("").astype("str")
    if values.dtype.kind == "f":
        shown = 2 if digits is None else digits
        return values.map(lambda one: "" if pd.isna(one) else f"{one:,.{shown}f}").astype("str")
    filled = values.astype("object").where(values.notna(), "")
    return filled.map(lambda one: one if isinstance(one, list) else str(one)).astype("object")


def _properties(
    shown: pd.Index, key: pd.Series, popup: Popup, source: pd.Series | None
) -> list[dict[str, Any]]:
    titles = popup.title.loc[shown].fillna("").astype("str").tolist()
    values = [text_of(column.loc[shown]).tolist() for _, column in popup.fields]
    rows: list[dict[str, Any]] = [
        {"t": title, "s": mark, "v": list(cells)}
        for title, mark, cells in zip(
            titles, key.loc[shown], zip(*values, strict=True) if values else [()] * len(shown), strict=True
        )
    ]
    for name, column in (("y", popup.year), ("a", popup.area_mu), ("k", popup.verdict), ("f", source)):
        if column is not None:
            _put(rows, name, column.loc[shown])
    return rows


def _put(rows: list[dict[str, Any]], name: str, column: pd.Series) -> None:
    for row, value in zip(rows, column.tolist(), strict=True):
        if isinstance(value, list):
            row[name] = value
        elif not pd.isna(value):
            row[name] = int(value) if name == "y" else round(value, 2) if name == "a" else value


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


def _sources(frame: pd.DataFrame) -> pd.Series | None:
    if "source" not in frame:
        return None
    row = text_of(frame["source_row"]) if "source_row" in frame else pd.Series("", index=frame.index)
    return frame["source"].fillna("").astype("str") + row.map(lambda one: f" · {one}" if one else "")


def _rounded(coordinates: np.ndarray) -> np.ndarray:
    return np.round(coordinates, DECIMALS)
