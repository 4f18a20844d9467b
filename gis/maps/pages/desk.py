"""The result of a desk command as one offline page: the table, and a map where it has geometry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache, partial

import geopandas as gpd
import pandas as pd

from gis import look, standards
from gis.base.columns import described
from gis.base.messages import restored
from gis.base.text import both, in_html
from gis.base.units import shown
from gis.look import Mark
from gis.maps.book import Pair
from gis.maps.layers import Drawn, Popup, draw, placed
from gis.maps.mapview import map_view
from gis.maps.offline import MapView, Page, html_of
from gis.maps.page import Column, Row, drawn, mast, records, remark
from gis.standards import Edition

ROWS = 5000
LINE = "#17405F"
FILL = "#2F74A8"
STORED = "EPSG:4490"
PADDING = 0.05
LINES: Pair = ("控制线", "Control lines")
NOT_JUDGED: Pair = ("未判定", "not judged")
BASIS: Pair = ("依据", "Evidence")
YES_NO: tuple[Pair, Pair] = (("是", "yes"), ("否", "no"))
GROUND: Pair = ("底图", "Base map")
PARCEL = Mark("parcel", "图斑", "Parcels", line="#1F2933", fill="#BFD3E3")


def render(
    title: str,
    frame: pd.DataFrame,
    notes: Sequence[str] = (),
    stamp: str = "",
    ground: Mapping[str, gpd.GeoDataFrame] | None = None,
    basis: pd.DataFrame | None = None,
) -> str:
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
    ground
        Canonical control lines (`lines`), `parcels` and `boundaries` to draw below the result.
    basis
        What the numbers rest on, down to file and row, folded at the foot.

    Raises
    ------
    AssetError
        The page would load something from elsewhere.
    """
    pair = _pair(title)
    plain = pd.DataFrame(frame[[name for name in frame.columns if not _is_shape(frame[name])]])
    view = _map(pair, frame, plain, ground or {})
    told = "".join(f"<li>{remark(note)}</li>" for note in notes)
    page = Page(
        title=pair,
        masthead=mast(pair, "", f"<span>{len(frame):,} {both('行', 'rows')}</span>"),
        body=f"{view.html if view else ''}{_twin(pair, plain)}",
        foot=f'<ul class="notes">{told}</ul>{_basis(basis)}',
        stamps=f'<p class="stamp internal-stamp"><b>{in_html(stamp)}</b></p>' if stamp else "",
        view=view,
        classes="desk",
    )
    return html_of(page, "desk page")


def _basis(frame: pd.DataFrame | None) -> str:
    """Fold away what the numbers rest on."""
    if frame is None:
        return ""
    listed = _listed("evidence", BASIS, frame, [_head(name, "basis") for name in frame.columns], frame)
    return f'<details class="rest evidence" id="basis"><summary>{both(*BASIS)}</summary>{listed}</details>'


def _map(
    pair: Pair, frame: pd.DataFrame, plain: pd.DataFrame, ground: Mapping[str, gpd.GeoDataFrame]
) -> MapView | None:
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
    return map_view([*_below(ground), layer], (west - pad, south - pad, east + pad, north + pad), pair)


def _below(ground: Mapping[str, gpd.GeoDataFrame]) -> list[Drawn]:
    """Draw towns and county, the lines by their kind, and the parcels."""
    colours = _colours()
    base, lines = look.marks(colours, "base"), look.marks(colours, "line")
    county = replace(base["county"], fill=None)
    made: list[Drawn] = []
    for level, mark, pane in (("town", base["town"], "areas"), ("county", county, "lines")):
        known = ground.get("boundaries")
        made += _plain(None if known is None else known[known["level"] == level], [mark], mark.key, pane)
    known = ground.get("lines")
    if known is not None:
        made += _plain(known, [mark for key, mark in lines.items() if key in set(known["line_type"])],
                       known["line_type"], "areas", id_="lines", title=LINES)  # fmt: skip
    made += _plain(ground.get("parcels"), [PARCEL], PARCEL.key, "parcels")
    return made


def _plain(
    frame: gpd.GeoDataFrame | None, marks: list[Mark], key: pd.Series | str, pane: str,
    *, id_: str = "", title: Pair | None = None,
) -> list[Drawn]:  # fmt: skip
    rows = placed(frame)
    if rows is None or frame is None or not marks:
        return []
    keys = (key if isinstance(key, pd.Series) else pd.Series(key, index=frame.index))[frame.geometry.notna()]
    names = [name for name in ("parcel_id", "line_id", "name") if name in rows]
    shown = Popup(
        rows[names[-1]].fillna(rows[names[0]]).fillna("").astype("str"),
        [(_head(name), rows[name]) for name in (*names, "town") if name in rows],
    )
    pair = title or (marks[0].zh, marks[0].en)
    drawn_keys = keys.reset_index(drop=True)
    return [draw(rows[["geometry"]], id_ or marks[0].key, pair, GROUND, marks, drawn_keys, shown, pane=pane)]


def _layer(pair: Pair, drawn: gpd.GeoDataFrame, plain: pd.DataFrame) -> Drawn:
    points = set(drawn.geometry.geom_type) <= {"Point", "MultiPoint"}
    marks, key = _marks(plain, pair)
    first = plain.iloc[:, 0].astype("object") if plain.shape[1] else pd.Series(drawn.index)
    title = first.where(first.notna(), "").map(str)
    said = _worded(plain)
    fields = [(_head(name), said[name]) for name in said.columns]
    return draw(
        drawn[["geometry"]], "result", pair, ("结果", "Result"), marks, key, Popup(title, fields),
        pane="points" if points else "parcels", search=True, size=24,
    )  # fmt: skip


def _marks(plain: pd.DataFrame, pair: Pair) -> tuple[list[Mark], pd.Series]:
    colours = _colours()
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
            rest = replace(none, zh=NOT_JUDGED[0], en=NOT_JUDGED[1]) if column == "severity" else none
            return [*marks.values(), rest], key
    return [Mark("result", *pair, line=LINE, fill=FILL, shape="circle")], pd.Series(
        "result", index=plain.index
    )


@cache
def _colours() -> Edition:
    editions = standards.load()
    return look.colours(editions, max(edition.start for edition in editions.family(look.FAMILY)))


def _worded(plain: pd.DataFrame) -> pd.DataFrame:
    """Put words, [zh, en], in place of the codes of line, verdict, severity and state."""
    colours = _colours()
    groups = {"line_type": "line", "severity": "severity", "state": "parcel_state"}
    words = {name: {key: [mark.zh, mark.en] for key, mark in look.marks(colours, group).items()}
             for name, group in groups.items()}  # fmt: skip
    words["verdict"] = words["verdict_now"] = {
        key: list(pair) for key, pair in look.verdict_words(colours).items()
    }
    told = {
        name: plain[name].astype("object").map(lambda cell, known=known: known.get(cell, cell))
        for name, known in words.items()
        if name in plain and plain[name].isin(list(known)).any()
    }
    return plain.assign(**told)


def _twin(pair: Pair, plain: pd.DataFrame) -> str:
    listed = _worded(plain.head(ROWS))
    more = (f"{pair[0]}（前 {ROWS:,} 行）", f"{pair[1]} (first {ROWS:,} rows)") if len(plain) > ROWS else pair
    return _listed("result-table", more, listed, [_head(name) for name in plain.columns], plain)


def _listed(id_: str, title: Pair, frame: pd.DataFrame, heads: list[Pair], kinds: pd.DataFrame) -> str:
    """List a frame as it stands, numbers of `kinds` flush right."""
    columns = [
        Column(head, partial(_value, str(name)), kinds[name].dtype.kind in "fiu", str(name))
        for head, name in zip(heads, frame.columns, strict=True)
    ]
    return drawn(id_, title, columns, records(frame))


def _value(name: str, row: Row) -> str:
    return _cell(row.get(name))


def _cell(value: object) -> str:
    if isinstance(value, list):
        return both(*value)
    if value is None or bool(pd.isna(value)):  # type: ignore[call-overload]
        return ""
    if isinstance(value, bool):
        return both(*YES_NO[not value])
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%d}" if value == value.normalize() else f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, float):
        return (
            shown(value, 0 if value.is_integer() else 4).rstrip("0").rstrip(".")
            if value % 1
            else shown(value, 0)
        )
    return remark(value) if isinstance(value, str) else in_html(value)


def _head(name: object, table: str = "general") -> Pair:
    told = described(str(name), table)
    return told.zh, told.en


def _pair(title: str) -> Pair:
    message = restored(title)
    return (title, title) if message is None else (message.zh, message.en)


def _is_shape(column: pd.Series) -> bool:
    return str(column.dtype) == "geometry"
