"""What a test asks of the map of an opened page."""

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
    page.locator(".stage").scroll_into_view_if_needed()
    return page.evaluate(
        f"(() => {{ const {{x, y}} = map_county.latLngToContainerPoint({BOARD}.place({layer}, {row}));"
        " const box = map_county.getContainer().getBoundingClientRect(); return [box.x + x, box.y + y]; })()"
    )
