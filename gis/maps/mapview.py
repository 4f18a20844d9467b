"""The map of a page: layers on a Folium map beside a panel, the base map, any layer of the catalogue."""

from __future__ import annotations

import base64
import io
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any
from urllib.parse import quote

import folium
import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
from PIL import Image

from gis import look
from gis.base.columns import described
from gis.base.tables import TABLES
from gis.base.text import both
from gis.catalogue import Layer as Catalogued
from gis.catalogue.model import Words, in_both
from gis.look import Mark
from gis.maps.book import Book, Pair, files_with, held, so_far
from gis.maps.layers import BASE, GROUPS, Drawn, Picture, Popup, draw, headed, laid, paired, placed, whole
from gis.maps.offline import MapView
from gis.maps.packing import Shapes, as_json
from gis.maps.page import lacks, named

OTHERS: Pair = ("打开后从该网站取图", "turned on, it is fetched from that site")
GCJ02: Pair = (
    "⚠ GCJ-02 底图有偏移（数百米），与数据对不齐；数据不作偏移",
    "⚠ a GCJ-02 map is shifted by hundreds of metres and does not fit; our data is never shifted",
)
LEVELS = ("areas", "waters", "lines", "parcels", "conflicts", "points", "labels")
UNDER = ("areas",)  # below a picture
PANES = {"under": 410, "pictures": 412, "shapes": 430, "labels": 455}
ALIKE = (  # what a layer and its element call by one name
    "digits", "id", "fields", "search", "labels", "facets", "group", "note", "secrecy", "head", "state", "means",
    "last", "apart", "files", "show",
)  # fmt: skip
POINT_PANES = ("points",)
PALETTE, LOSSY = 64, 25  # a picture of classes keeps its colours, a photo is brought down
OnMap = Drawn | Picture
YEARS: dict[str, tuple[str, Pair]] = {
    "farmland_cases": ("opened", ("立案", "the case was opened")),
    "actions": ("started", ("开工", "work started")),
}
HIDDEN_FIELDS = frozenset(("geometry", "lon", "lat", "name"))


class CountyMap(folium.Map):
    """A Folium map that asks the network for nothing: no tiles, no scripts, no style sheets."""

    default_js: list[tuple[str, str]] = []  # noqa: RUF012
    default_css: list[tuple[str, str]] = []  # noqa: RUF012


@dataclass(frozen=True)
class Workspace:
    """What a map is asked beside its table and chart.

    Attributes
    ----------
    name, edition
        Page and edition: a short code of a view holds for them only.
    first
        Layer whose table is open.
    year, part
        What is chosen at first; None and "": all.
    figures
        Figures of whole places and years that stand above the map: id of the card → period → place → text.
    towns
        Chinese name of a town → its code and its English name.
    county, running
        Code of the county, and the year that has not ended.
    public
        Nothing that is not public is in it: its sheet has to be drawn so too.
    basemap
        Tiles of others that a reader may turn on: `tiles`, `name` and `note`.
    """

    name: str
    edition: str
    first: str
    year: int | None = None
    part: str = ""
    figures: Mapping[str, Mapping[str, Mapping[str, str]]] = field(default_factory=dict)
    towns: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    county: str = ""
    running: str = ""
    public: bool = False
    basemap: Mapping[str, Any] | None = None


def map_view(
    layers: Sequence[OnMap],
    extent: tuple[float, float, float, float],
    label: tuple[str, str],
    work: Workspace | None = None,
) -> MapView:
    """Draw layers on one map.

    Parameters
    ----------
    layers
        In drawing order; empty ones stay in the panel with a count of 0.
    extent
        West, south, east, north in degrees.
    label
        What the map shows, for those who hear it.
    work
        Filters, table and chart beside the map; None: a map alone.
    """
    west, south, east, north = extent
    canvas = _canvas([(south + north) / 2, (west + east) / 2])
    pictured = any(isinstance(layer, Picture) for layer in layers)
    for layer in layers:
        if isinstance(layer, Drawn):
            _on_map(layer, under=pictured).add_to(canvas)
    figure: Any = canvas.get_root()
    canvas.render()
    bounds = [[south, west], [north, east]]
    pictures, ids = _pictures(layers), [one.id for one in layers]
    if work and work.basemap:
        plain = {"images": [[None, ""]], "opacity": 1, "show": False, "group": BASE, "marks": []}
        pictures["basemap"] = plain | dict(work.basemap)
        ids.append("basemap")
    told = [canvas.get_name(), *map(as_json, (pictures, bounds, ids))]
    script = f"{figure.script.render()}\ngis.start({', '.join(told)});"
    if work is not None:
        script += f"\ngis.work({as_json(asdict(replace(work, basemap=None)))});"
    return MapView(_workbench(figure.html.render(), label, work), script, work is not None)


def _canvas(middle: list[float]) -> CountyMap:
    canvas = CountyMap(
        location=middle, tiles=None, zoom_start=11, min_zoom=8, max_zoom=19, zoom_control=False,
        attribution_control=False, zoom_snap=0.25, fade_animation=False,
    )  # fmt: skip
    canvas._id = "county"
    for name, level in PANES.items():
        pane = folium.map.CustomPane(name, z_index=level, pointer_events=False)
        pane._id = name
        pane.add_to(canvas)
    return canvas


def _on_map(layer: Drawn, *, under: bool) -> Shapes:
    alike = {name: getattr(layer, name) for name in ALIKE}
    made = Shapes(
        layer.shapes, layer.columns, "s", layer.styles, shapeless=True, title="t", totals=layer.facets.get("town"),
        name=layer.title, base=layer.group == BASE, listed=layer.listed and layer.group != BASE,
        level=LEVELS.index(layer.pane),
        point=layer.pane in POINT_PANES, pane="under" if under and layer.pane in UNDER else "shapes", **alike,
    )  # fmt: skip
    made._id = layer.id
    return made


def _pictures(layers: Sequence[OnMap]) -> dict[str, dict[str, Any]]:
    """Give the pictures as the page's script lays them over the map."""
    found = {}
    for one in layers:
        if isinstance(one, Picture):
            west, south, east, north = one.bounds
            marks = [{"word": [mark.zh, mark.en], "line": mark.line, "weight": mark.weight, "fill": mark.fill}
                     for mark in one.marks]  # fmt: skip
            found[one.id] = {
                "images": [[year, _inlined(shot, south, north)] for year, shot in one.images],
                "bounds": [[south, west], [north, east]], "opacity": one.opacity, "show": one.show,
                "name": one.title, "group": one.group, "marks": marks, "note": one.note,
            }  # fmt: skip
    return found


def _inlined(image: npt.NDArray[np.uint8], south: float, north: float) -> str:
    """Give an image of even degrees as one of even Mercator rows, inside the page."""
    high, out = len(image), io.BytesIO()
    ends = [math.asinh(math.tan(math.radians(lat))) for lat in (north, south)]
    middle = ends[0] + (np.arange(high) + 0.5) / high * (ends[1] - ends[0])
    lat = np.degrees(np.arctan(np.sinh(middle)))
    rows = np.clip(((north - lat) / (north - south) * high).astype("int64"), 0, high - 1)
    few = len(np.unique(image.reshape(-1, 4), axis=0)) <= PALETTE
    Image.fromarray(image[rows]).save(out, "WEBP", lossless=few, quality=LOSSY, method=6)
    return f"data:image/webp;base64,{base64.b64encode(out.getvalue()).decode()}"


def _workbench(drawing: str, label: tuple[str, str], work: Workspace | None) -> str:
    bar = f'<div class="bar" id="bar" role="group" {named("筛选", "Filter")}></div>' if work else ""
    side = '<div class="side" id="side"></div>' if work else ""
    return (
        f'{bar}<section class="workbench{" whole" if work else ""}"><div class="panel" id="panel">'
        f'<h2 class="unseen">{both("图层", "Layers")}</h2></div>'
        f'<div class="stage" role="region" {named(*label)}>{drawing}'
        f'<button class="panel-button" type="button" aria-expanded="false" aria-controls="panel">'
        f"{both('图层', 'Layers')}</button></div>{side}</section>"
    )


def charted(book: Book, layers: Sequence[OnMap], label: Pair, work: Workspace) -> MapView:
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


def without_held(book: Book, layers: Iterable[OnMap]) -> list[OnMap]:
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


def base_map(book: Book) -> list[Drawn]:
    """Draw towns, waters, the county's boundary and the names of towns: the only base map there is."""
    marks = look.marks(look.colours(book.editions, book.as_of), "base")
    towns, county = _level(book, "town"), _level(book, "county")
    border = book.catalogue.county.border
    made = [
        _plain(towns, "towns", ("乡镇（街道）界", "Town boundaries"), marks["town"], "areas"),
        _waters(book, [marks["river"], marks["lake"]]),
        _plain(county, "county", (border.zh, border.en), _outline(marks["county"], border), "lines"),
        _names(book, towns, marks["town"]),
    ]
    return [one for one in made if one is not None]


def layers_of(book: Book, group: str | None, kinds: Sequence[str], *, show: bool = True) -> list[Drawn]:
    """Draw every layer of a group of the catalogue, or of all, whose kind is in `kinds`, in the catalogue's order.

    A layer added to `layers/*.toml` appears here with a generic mark and legend.
    """
    found = (
        draw_layer(book, layer, show=show)
        for layer in book.catalogue.layers
        if layer.kind in kinds and group in (None, layer.group) and layer.id not in book.withheld
    )
    return [one for one in found if one is not None]


def draw_layer(book: Book, layer: Catalogued, *, show: bool = True) -> Drawn | None:
    """Draw one layer of the catalogue; None where it has no row with a geometry."""
    table = book.tables.get(layer.kind)
    if table is None or not len(table):
        return None
    frame = whole(table[table["layer"] == layer.id] if "layer" in table else table)
    if frame is None:
        return None
    marks, key = _marks(book, layer, frame)
    if layer.kind == "farmland_cases":
        frame = frame.set_geometry(frame.geometry.representative_point())
    title = (layer.title.zh, layer.title.en)
    frame = frame.drop(columns=[
        one.name for one in TABLES[layer.kind].values() if {one.name, one.zh} & {*layer.about.withheld_columns}
    ], errors="ignore")  # fmt: skip
    fields = _fields(frame, layer.kind)
    day, means = YEARS.get(layer.kind, ("", None))
    line = pd.Series([[marks[0].zh, marks[0].en]] * len(frame), index=frame.index, dtype="object")
    lines = layer.kind == "control_lines"
    shown = Popup(
        _titles(frame, layer),
        headed(layer.kind, fields),
        year=frame[day].dt.year if day in frame else None,
        town=None if lines and frame["town"].isna().any() else fields.get("town"),  # a line may cross towns
        category=fields.get("kind"),
        line=line if lines else None,
    )
    word = layer.about.secrecy_word
    return draw(
        frame, layer.id, title, GROUPS[layer.group], marks, key, shown, pane=_pane(frame, layer),
        secrecy=None if layer.about.is_public else (word.zh, word.en), show=show and layer.style.show,
        note=unsure_note(layer), size=16, opacity=0.3 if layer.kind == "features" else 0.88,
        search=layer.kind in ("outfalls", "farmland_cases", "actions"), means=means if day in frame else None,
        files=files_with(book, layer.kind), head=described(_title(frame, layer), layer.kind).head,
    )  # fmt: skip


def unsure_note(layer: Catalogued) -> Pair | None:
    """Give what the catalogue says is not certain about a layer, marked ※."""
    if not layer.about.unsure:
        return None
    unsure = in_both(layer.about.unsure)
    return f"※ {unsure.zh}", f"※ {unsure.en}"


def _marks(book: Book, layer: Catalogued, frame: gpd.GeoDataFrame) -> tuple[list[Mark], pd.Series]:
    edition = look.colours(book.editions, book.as_of)
    points = look.marks(edition, "point")
    if layer.kind == "control_lines":
        kind = layer.line_type or "red_line"
        return [look.marks(edition, "line")[kind]], pd.Series(kind, index=frame.index)
    if layer.kind == "farmland_cases":
        closed = frame["closed"].notna() & (frame["closed"] <= pd.Timestamp(book.as_of))
        key = closed.map({True: "case_closed", False: "case_open"})
        return [points["case_open"], points["case_closed"]], key
    known = {"outfalls": points["outfall"], "actions": points["action"]}
    mark = known.get(layer.kind) or look.marks(edition, "base")["other"]
    drawn = Mark(
        layer.id, layer.title.zh, layer.title.en, line=layer.style.color or mark.line,
        fill=layer.style.color or mark.fill, shape=mark.shape, weight=mark.weight,
        pattern={"hatch": "hatch", "dots": "dots"}.get(layer.style.pattern or ""),
        dash="8 5" if layer.style.pattern == "dash" else None,
    )  # fmt: skip
    return [drawn], pd.Series(layer.id, index=frame.index)


def _pane(frame: gpd.GeoDataFrame, layer: Catalogued) -> str:
    if layer.kind == "control_lines":
        return "lines"
    kinds = set(frame.geometry.geom_type.dropna())
    return "points" if kinds <= {"Point", "MultiPoint"} else "parcels" if layer.kind == "actions" else "areas"


def _title(frame: gpd.GeoDataFrame, layer: Catalogued) -> str:
    """Give the column that names the rows: the first of its kind where none has a name."""
    return "name" if "name" in frame and frame["name"].notna().any() else next(iter(TABLES[layer.kind]))


def _titles(frame: gpd.GeoDataFrame, layer: Catalogued) -> pd.Series:
    first = next(iter(TABLES[layer.kind]))
    name = frame[_title(frame, layer)]
    return name.astype("object").fillna(frame[first]).fillna(layer.title.zh).astype("str")


def _fields(frame: gpd.GeoDataFrame, kind: str) -> dict[str, pd.Series]:
    return {
        name: paired(frame[name], kind, name)
        for name in TABLES[kind]
        if name in frame and name not in HIDDEN_FIELDS and frame[name].notna().any()
    }


def _level(book: Book, level: str) -> gpd.GeoDataFrame | None:
    table = book.tables.get("boundaries")
    if table is None or "level" not in table:
        return None
    unsaid = table["level"].isna() & (table["place_code"] == book.catalogue.county.adcode)
    return placed(table[(table["level"] == level) | (unsaid if level == "county" else False)])


def _plain(frame: gpd.GeoDataFrame | None, id_: str, title: Pair, mark: Mark, pane: str) -> Drawn | None:
    if frame is None:
        return None
    key = pd.Series(mark.key, index=frame.index)
    shown = Popup(frame["name"], headed("boundaries", {"place_code": frame["place_code"]}))
    return draw(
        frame, f"base_{id_}", title, GROUPS["base"], [mark], key, shown, pane=pane, search=id_ == "towns", opacity=1
    )  # fmt: skip


def _waters(book: Book, marks: list[Mark]) -> Drawn | None:
    table = book.tables.get("waters")
    frame = placed(table) if table is not None else None
    if frame is None:
        return None
    lines = frame.geometry.geom_type.str.contains("Line")
    key = lines.map({True: "river", False: "lake"})
    shown = Popup(frame["name"].fillna(""), headed("waters", {"water_id": frame["water_id"]}))
    return laid(book, frame, "base_waters", marks, key, shown)


def _names(book: Book, towns: gpd.GeoDataFrame | None, mark: Mark) -> Drawn | None:
    if towns is None:
        return None
    spots = towns.set_geometry(towns.geometry.representative_point())
    english = spots["name"].map({town.name.zh: town.name.en for town in book.catalogue.county.towns})
    popup = Popup(spots["name"], [(("英文名", "English name"), english)])
    made = laid(book, spots, "base_names", [mark], pd.Series(mark.key, index=spots.index), popup)
    return replace(made, entries=())


def _outline(mark: Mark, called: Words) -> Mark:
    return replace(mark, fill=None, zh=called.zh, en=called.en)
