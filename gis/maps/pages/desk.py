"""The result of a desk command as one offline page: the table, and a map where it has geometry."""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import pandas as pd

from gis import look, standards
from gis.base.messages import restored
from gis.base.tables import TABLES
from gis.base.text import both, in_html
from gis.base.units import shown
from gis.look import Mark
from gis.maps.layers import Drawn, Pair, Popup, draw, placed
from gis.maps.mapview import MapView, map_view
from gis.maps.page import Page, html_of, mast, split, table

ROWS = 5000
LINE = "#17405F"
FILL = "#2F74A8"
STORED = "EPSG:4490"
PADDING = 0.05


def render(title: str, frame: pd.DataFrame, notes: Sequence[str] = (), stamp: str = "") -> str:
    """Draw a table of a desk command.

    Parameters
    ----------
    title
        What the command made, as a stored message or in one language.
    frame
        Columns in the order to be shown; a geometry in any CRS is drawn and not listed.
    notes
        What a reader must know: columns taken, editions, as-of date.
    stamp
        Sample data or 内部资料 with the layer's name.

    Raises
    ------
    AssetError
        The page would load something from elsewhere.
    """
    pair = _pair(title)
    plain = pd.DataFrame(frame[[name for name in frame.columns if not _is_shape(frame[name])]])
    view = _map(pair, frame, plain)
    told = "".join(f"<li>{split(note)}</li>" for note in notes)
    page = Page(
        title=pair,
        masthead=mast(pair, "", f"<span>{len(frame):,} {both('行', 'rows')}</span>"),
        body=f"{view.html if view else ''}{_twin(pair, plain)}",
        foot=f'<ul class="notes">{told}</ul>',
        stamps=f'<p class="stamp internal-stamp"><b>{in_html(stamp)}</b></p>' if stamp else "",
        map_script=view.script if view else "",
        classes="desk",
    )
    return html_of(page, "desk page")


def _map(pair: Pair, frame: pd.DataFrame, plain: pd.DataFrame) -> MapView | None:
    if not isinstance(frame, gpd.GeoDataFrame) or frame.active_geometry_name is None:
        return None
    found = frame.geometry if frame.crs is None else frame.geometry.to_crs(STORED)
    shapes = gpd.GeoDataFrame(geometry=found.set_axis(frame.index), crs=STORED)
    drawn = placed(shapes)
    if drawn is None:
        return None
    layer = _layer(pair, drawn, plain.loc[shapes.index[shapes.geometry.notna()]].reset_index(drop=True))
    west, south, east, north = (float(one) for one in drawn.total_bounds)
    pad = max(east - west, north - south) * PADDING + 0.001
    return map_view([layer], (west - pad, south - pad, east + pad, north + pad), pair)


def _layer(pair: Pair, drawn: gpd.GeoDataFrame, plain: pd.DataFrame) -> Drawn:
    points = set(drawn.geometry.geom_type) <= {"Point", "MultiPoint"}
    marks, key = _marks(plain, pair)
    first = plain.iloc[:, 0].astype("object") if plain.shape[1] else pd.Series(drawn.index)
    title = first.where(first.notna(), "").map(str)
    fields = [(_head(name), plain[name]) for name in plain.columns]
    return draw(
        drawn[["geometry"]], "result", pair, ("结果", "Result"), marks, key, Popup(title, fields),
        pane="points" if points else "parcels", search=True, size=24,
    )  # fmt: skip


def _marks(plain: pd.DataFrame, pair: Pair) -> tuple[list[Mark], pd.Series]:
    editions = standards.load()
    on = max(edition.start for edition in editions.family(look.FAMILY))
    colours = look.colours(editions, on)
    none = look.no_data(colours)
    if "water_class" in plain:
        classes = look.water_classes(colours)
        key = (
            plain["water_class"].map({number: mark.key for number, mark in classes.items()}).fillna(none.key)
        )
        return [*classes.values(), none], key
    for column, group in (("severity", "severity"), ("line_type", "line"), ("state", "parcel_state")):
        if column in plain and plain[column].notna().any():
            marks = look.marks(colours, group)
            key = plain[column].where(plain[column].isin(list(marks)), none.key).fillna(none.key)
            return [*marks.values(), none], key
    return [Mark("result", *pair, line=LINE, fill=FILL, shape="circle")], pd.Series(
        "result", index=plain.index
    )


def _twin(pair: Pair, plain: pd.DataFrame) -> str:
    listed = plain.head(ROWS)
    numeric = [at for at, name in enumerate(plain.columns) if plain[name].dtype.kind in "fiu"]
    cells = [[_cell(value) for value in row] for row in listed.itertuples(index=False, name=None)]
    more = (f"{pair[0]}（前 {ROWS:,} 行）", f"{pair[1]} (first {ROWS:,} rows)") if len(plain) > ROWS else pair
    return table("result-table", more, [_head(name) for name in plain.columns], cells, numeric=numeric)


def _cell(value: object) -> str:
    if value is None or bool(pd.isna(value)):  # type: ignore[call-overload]
        return ""
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%d}" if value == value.normalize() else f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, float):
        return (
            shown(value, 0 if value.is_integer() else 4).rstrip("0").rstrip(".")
            if value % 1
            else shown(value, 0)
        )
    return in_html(value)


def _head(name: object) -> Pair:
    for columns in TABLES.values():
        if name in columns:
            return columns[str(name)].zh, columns[str(name)].en
    return str(name), str(name)


def _pair(title: str) -> Pair:
    if (message := restored(title)) is not None:
        return message.zh, message.en
    zh, dot, en = title.partition(" · ")
    return (zh, en) if dot else (title, title)


def _is_shape(column: pd.Series) -> bool:
    return str(column.dtype) == "geometry"
