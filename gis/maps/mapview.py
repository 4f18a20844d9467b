"""Put drawn layers on a Folium map beside a panel whose legend belongs to each layer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import folium

from gis.base.text import both, in_html
from gis.maps.element import Shapes, as_json
from gis.maps.layers import Drawn, Entry, Picture
from gis.maps.shapes import icon, patterns, swatch

LEVELS = ("areas", "waters", "lines", "parcels", "conflicts", "points", "labels")
UNDER = ("areas",)  # below a picture
PANES = {"under": 410, "pictures": 412, "shapes": 430, "labels": 455}
OPEN_ENTRIES = 7
ALIKE = (  # what a layer and its element call by one name
    "digits", "id", "fields", "search", "labels", "facets", "head", "state", "means", "last", "apart", "files", "show",
)  # fmt: skip
POINT_PANES = ("points",)
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
        made = _laid_over(layer) if isinstance(layer, Picture) else _on_map(layer, under=pictured)
        made.add_to(canvas)
    figure: Any = canvas.get_root()
    canvas.render()
    bounds = [[south, west], [north, east]]
    live = ", ".join(
        f"{as_json(layer.id)}: image_overlay_{layer.id}" for layer in layers if isinstance(layer, Picture)
    )
    script = f"{figure.script.render()}\ngis.start({canvas.get_name()}, {{{live}}}, {as_json(bounds)});"
    if work is not None:
        script += f"\ngis.work({as_json(asdict(work))});"
    return MapView(_workbench(layers, figure.html.render(), label, work), script, work is not None)


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
        name=layer.title, listed=layer.listed and layer.group != BASE, level=LEVELS.index(layer.pane),
        pane="under" if under and layer.pane in UNDER else "shapes", **alike,
    )  # fmt: skip
    made._id = layer.id
    return made


def _laid_over(layer: Picture) -> folium.raster_layers.ImageOverlay:
    west, south, east, north = layer.bounds
    made = folium.raster_layers.ImageOverlay(
        layer.image, [[south, west], [north, east]], mercator_project=True, name=layer.id, show=layer.show,
        opacity=layer.opacity, pane="pictures", alt=layer.title[0],
    )  # fmt: skip
    made._id = layer.id
    return made


def _workbench(layers: Sequence[Layer], drawing: str, label: tuple[str, str], work: Workspace | None) -> str:
    marks = [entry.mark for layer in layers if isinstance(layer, Drawn) for entry in layer.entries]
    bar = f'<div class="bar" id="bar" role="group" {named("筛选", "Filter")}></div>' if work else ""
    side = '<div class="side" id="side"></div>' if work else ""
    return (
        f'{patterns(marks)}{bar}<section class="workbench{" whole" if work else ""}"><div class="panel" id="panel">'
        f"{_search(layers)}{''.join(_groups(layers))}</div>"
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


def _search(layers: Iterable[Layer]) -> str:
    if not any(isinstance(layer, Drawn) and layer.search and len(layer.shapes) for layer in layers):
        return ""
    hint = ("查图斑编号、断面、乡镇…", "parcel id, section, town …")
    return (
        '<div class="search" role="search"><input type="search" id="search" autocomplete="off" spellcheck="false" '
        f'placeholder="{in_html(hint[0])}" {named(*hint)} data-placeholder="1" aria-controls="found">'
        '<ul id="found" class="found" hidden></ul></div>'
    )


def _groups(layers: Sequence[Layer]) -> list[str]:
    groups = sorted(dict.fromkeys(layer.group for layer in layers), key=lambda group: group == BASE)
    return [
        f'<section class="group"><h2>{both(*group)}</h2>'
        f"{''.join(_layer(layer) for layer in layers if layer.group == group)}</section>"
        for group in groups
    ]


def _layer(layer: Layer) -> str:
    if isinstance(layer, Picture):
        return _picture(layer)
    id_ = in_html(layer.id)
    stamp = f'<span class="tag internal">{both(*layer.secrecy)}</span>' if layer.secrecy else ""
    checked, hidden = (" checked", "") if layer.show else ("", " hidden")
    means = [(f"年度：{layer.means[0]}", f"Year: {layer.means[1]}")] if layer.means else []
    note = "".join(
        f'<p class="note">{both(*one)}</p>' for one in (*means, *([layer.note] if layer.note else []))
    )
    alone = len(layer.entries) == 1
    beside = (
        f'<span class="legend beside"{hidden}>{_drawing(layer, layer.entries[0])}</span>' if alone else ""
    )
    legend = note if alone else _entries(layer) + note
    return (
        f'<div class="layer" data-layer="{id_}"><label><input type="checkbox"{checked} '
        f'aria-controls="legend-{id_}">{beside}<span class="name">{both(*layer.title)}</span>{stamp}'
        f'<span class="n"></span></label>'
        f'<div class="legend" id="legend-{id_}"{hidden}>{legend}</div></div>'
    )


def _picture(layer: Picture) -> str:
    id_ = in_html(layer.id)
    checked, hidden = (" checked", "") if layer.show else ("", " hidden")
    rows = "".join(
        f'<li class="entry">{swatch(mark)}<span class="word">{both(mark.zh, mark.en)}</span></li>'
        for mark in layer.marks
    )
    return (
        f'<div class="layer" data-layer="{id_}"><label><input type="checkbox"{checked} '
        f'aria-controls="legend-{id_}"><span class="name">{both(*layer.title)}</span></label>'
        f'<div class="legend" id="legend-{id_}"{hidden}><ul>{rows}</ul>'
        f'<p class="note">{both(*layer.note)}</p></div></div>'
    )


def _entries(layer: Drawn) -> str:
    """List the marks in their order; of many the smallest classes are folded away."""
    size = {entry.mark.key: entry.count for entry in layer.entries}
    largest = sorted(size, key=lambda key: -size[key])
    open_ = set(size if len(size) <= OPEN_ENTRIES else largest[: OPEN_ENTRIES - 1])
    rows, folded = (
        "".join(_entry(layer, entry) for entry in layer.entries if (entry.mark.key in open_) is side)
        for side in (True, False)
    )
    more = f"{both('其余', 'More')} {len(size) - len(open_)}"
    return f"<ul>{rows}</ul>" + (
        f"<details><summary>{more}</summary><ul>{folded}</ul></details>" if folded else ""
    )


def _entry(layer: Drawn, entry: Entry) -> str:
    return (
        f'<li><button type="button" class="entry" aria-pressed="true" data-entry="{in_html(entry.mark.key)}">'
        f'{_drawing(layer, entry)}<span class="word">{both(entry.mark.zh, entry.mark.en)}</span>'
        f'<span class="n"></span></button></li>'
    )


def _drawing(layer: Drawn, entry: Entry) -> str:
    return icon(entry.mark, 18) if layer.pane in POINT_PANES else swatch(entry.mark)
