"""What a test asks of the map of an opened page."""

from gis.maps.mapview import CountyMap
from gis.maps.offline import asset
from gis.maps.packing import HEADER

BOARD = "gisShapes.board(map_county)"
SECTIONS = f"{BOARD}.layers.find(one => one.id.startsWith('sections_') && one.shown)"
INKED = """() => { let inked = 0; document.querySelectorAll("canvas.leaflet-tile").forEach(tile => {
    const data = tile.getContext("2d").getImageData(0, 0, tile.width, tile.height).data;
    for (let at = 3; at < data.length; at += 4) inked += data[at] > 0; }); return inked; }"""


def press(page, layer: str, row: int) -> None:
    """Click with the mouse where a row of a layer is drawn."""
    page.mouse.click(*spot(page, layer, row))


def spot(page, layer: str, row: int) -> tuple[float, float]:
    """The pixel of the window on which a row of a layer (a JavaScript expression) is drawn."""
    page.locator(".folium-map").scroll_into_view_if_needed()
    return page.evaluate(
        f"(() => {{ const {{x, y}} = map_county.latLngToContainerPoint({BOARD}.place({layer}, {row}));"
        " const box = map_county.getContainer().getBoundingClientRect(); return [box.x + x, box.y + y]; })()"
    )


def standalone(layers, centre, zoom) -> str:
    """A page with nothing but Leaflet and some layers of shapes on a Folium map."""
    canvas = CountyMap(centre, tiles=None, zoom_start=zoom, fade_animation=False, zoom_snap=0.25)
    canvas._id = "county"
    for layer in layers:
        canvas.add_child(layer)
    figure = canvas.get_root()
    canvas.render()
    scripts = "".join(one.render() for name, one in figure.header._children.items() if name == HEADER)
    sheet = "html, body, .folium-map { margin: 0; height: 100%; width: 100%; position: absolute; }"
    return (
        f'<!DOCTYPE html><html lang="zh"><meta charset="utf-8"><style>{asset("leaflet_css")}{sheet}</style>'
        f"<script>{asset('leaflet_js')}</script>{scripts}<body>{figure.html.render()}"
        f"<script>{figure.script.render()}</script></body></html>"
    )
