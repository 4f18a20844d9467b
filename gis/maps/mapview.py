"""Put drawn layers on a Folium map beside a panel whose legend belongs to each layer."""

from __future__ import annotations

import base64
import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import folium
import numpy as np
import numpy.typing as npt
from PIL import Image

from gis.base.text import both, in_html
from gis.maps.element import Shapes, as_json
from gis.maps.layers import Drawn, Picture

LEVELS = ("areas", "waters", "lines", "parcels", "conflicts", "points", "labels")
UNDER = ("areas",)  # below a picture
PANES = {"under": 410, "pictures": 412, "shapes": 430, "labels": 455}
ALIKE = (  # what a layer and its element call by one name
    "digits", "id", "fields", "search", "labels", "facets", "group", "note", "secrecy", "head", "state", "means",
    "last", "apart", "files", "show",
)  # fmt: skip
POINT_PANES = ("points",)
PALETTE, LOSSY = 64, 25  # a picture of classes keeps its colours, a photo is brought down
BASE = ("底图", "Base map")
Layer = Drawn | Picture


class CountyMap(folium.Map):
    """A Folium map that asks the network for nothing: no tiles, no scripts, no style sheets."""

    default_js: list[tuple[str, str]] = []  # noqa: RUF012
    default_css: list[tuple[str, str]] = []  # noqa: RUF012


@dataclass(frozen=True)
class MapView:
    """A map and its panel as HTML, and the script that starts them."""

    html: str
    script: str
    works: bool = False


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
    layers: Sequence[Layer],
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


def _pictures(layers: Sequence[Layer]) -> dict[str, dict[str, Any]]:
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


def named(zh: str, en: str) -> str:
    """Give the attributes of an aria-label that follows the language of the page."""
    return f'aria-label="{in_html(zh)}" data-zh="{in_html(zh)}" data-en="{in_html(en)}"'


def hinted(zh: str, en: str) -> str:
    """Give the attributes of what is shown under the pointer, which follows the language of the page."""
    return f'title="{in_html(zh)}" data-en="{in_html(en)}"'


def titled(zh: str, en: str) -> str:
    """Give the title of a part of a drawing, which follows the language of the page."""
    other = "" if zh == en else f' data-en="{in_html(en)}"'
    return f"<title{other}>{in_html(zh)}</title>"
