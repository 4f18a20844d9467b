"""Before and after on the page of a conflict: two rasters round the parcel, drawn as pictures with one legend."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
from PIL import Image

from gis import look
from gis.base.pictures import NOTHING, Picture
from gis.base.text import both
from gis.catalogue.model import Layer
from gis.look import Mark
from gis.maps.book import Book
from gis.maps.layers import Pair
from gis.maps.pages.conflict_ground import Row
from gis.maps.pages.extract import HEIGHT, WIDTH, Window
from gis.maps.shapes import swatch

HALO = Mark("halo", "", "", line="#FFFFFF", weight=5.0)
OUTLINE = Mark("outline", "本地块", "This parcel", line="#000000", weight=2.2)
TOUCHED = Mark("touched", "触碰部分", "Part that touches", line="#000000", weight=2.2, dash="5 4")
MOST = 255
Cells = npt.NDArray[np.uint8]


def images(book: Book, parcel: Row, touched: npt.NDArray[np.object_]) -> str:
    """Draw what land cover shows round a parcel, before and after, or say why there is no picture.

    Parameters
    ----------
    parcel
        With parcel_id and geometry in degrees.
    touched
        The parts of it that touch, in degrees.
    """
    layers = {one.id: one for one in book.catalogue.of_kind("land_cover") if one.id not in book.withheld}
    if not layers:
        return _note("目录中没有前后影像。", "No image before and after is in the catalogue.")
    pictures = [one for one in book.pictures.get(str(parcel["parcel_id"]), ()) if one.layer in layers]
    if not pictures:
        zh, en = (
            "、".join(one.title.zh for one in layers.values()),
            ", ".join(one.title.en for one in layers.values()),
        )
        return _note(f"{zh}在此处没有数据。", f"{en}: no data here.")
    marks = _marks(book, layers, pictures)
    own = np.array([parcel["geometry"]], dtype=object)
    window = Window.round(parcel["geometry"])
    lines = [window.draw(own, HALO), window.draw(own, OUTLINE), window.draw(touched, TOUCHED, filled=False)]
    shown = "".join(_figure(window, one, layers[one.layer], marks, lines) for one in pictures)
    key = "".join(
        f"<span>{swatch(one)}{both(one.zh, one.en)}</span>" for one in (OUTLINE, TOUCHED, *marks.values())
    )
    title = both(
        "前后影像（土地覆盖，范围同上图）", "Before and after (land cover, the ground of the map above)"
    )
    return (
        f'<section class="twin"><div class="caption"><h2>{title}</h2></div><div class="images">{shown}</div>'
        f'<p class="key">{key}</p></section>'
    )


def png(cells: Cells, fills: Sequence[str]) -> bytes:
    """Write a PNG of indexed colours; index 0 is clear.

    Parameters
    ----------
    cells
        Shape (height, width): positions in `fills`, 1 is its first, at most 255.
    fills
        Colours as #RRGGBB.
    """
    palette = bytes(3) + b"".join(bytes.fromhex(fill.lstrip("#")) for fill in fills)
    image = Image.fromarray(cells, "L")
    image.putpalette(palette)
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True, transparency=0)
    return out.getvalue()


def _marks(book: Book, layers: Mapping[str, Layer], pictures: Sequence[Picture]) -> dict[int, Mark]:
    """Give the classes that the pictures show, each with its word and colour."""
    words: dict[int, Pair] = {}
    for one in pictures:
        known = layers[one.layer].classes
        for code in np.unique(one.codes[one.codes != NOTHING]).tolist():
            told = known.get(str(code))
            words.setdefault(code, (told.zh, told.en) if told else (f"类别 {code}", f"class {code}"))
    return look.land_cover(look.colours(book.editions, book.as_of), dict(sorted(words.items())))


def _figure(
    window: Window, picture: Picture, layer: Layer, marks: Mapping[int, Mark], lines: list[str]
) -> str:
    codes = np.array([NOTHING, *marks])
    cells = np.minimum(np.searchsorted(codes, picture.codes), MOST).astype("uint8")
    data = base64.b64encode(png(cells, [str(mark.fill) for mark in marks.values()][:MOST])).decode()
    image = (
        f'<image class="cells" width="{WIDTH:.0f}" height="{HEIGHT:.0f}" preserveAspectRatio="none" '
        f'href="data:image/png;base64,{data}"/>'
    )
    day = layer.date or layer.about.date
    dated = f" · {day}" if day else ""
    side = f"{picture.pixel_m:,.0f} m"
    told = both(f"{layer.title.zh}{dated}，像元约 {side}", f"{layer.title.en}{dated}, pixels of about {side}")
    drawing = window.picture([image, *lines], (layer.title.zh, layer.title.en), scale=False)
    return f"<figure>{drawing}<figcaption>{told}</figcaption></figure>"


def _note(zh: str, en: str) -> str:
    return f'<p class="note">{both(zh, en)}</p>'
