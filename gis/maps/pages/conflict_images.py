"""Before and after on the page of a conflict: imagery and land cover round the parcel, drawn as pictures."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
from PIL import Image

from gis import look
from gis.base.pictures import COUNTY, NOTHING, Picture
from gis.base.pictures import WIDTH as PIXELS
from gis.base.text import both
from gis.catalogue.model import Layer, in_both
from gis.look import Mark
from gis.maps.book import Book
from gis.maps.layers import Pair
from gis.maps.layers import Picture as Overlay
from gis.maps.pages.cells import number
from gis.maps.pages.conflict_ground import Row
from gis.maps.pages.extract import HEIGHT, WIDTH, Window
from gis.maps.shapes import swatch

HALO = Mark("halo", "", "", line="#FFFFFF", weight=5.0)
OUTLINE = Mark("outline", "本地块", "This parcel", line="#000000", weight=2.2)
TOUCHED = Mark("touched", "涉及部分", "Part that touches", line="#000000", weight=2.2, dash="5 4")
MOST = 255
PHOTO_COLOURS = 128
IMAGERY = "imagery"
DEGREE_M = 95_000.0  # a degree of longitude at our latitude
KINDS = (IMAGERY, "land_cover")
TITLES: dict[str, Pair] = {
    IMAGERY: ("前后影像（航空或卫星影像，范围同上图）", "Before and after (imagery, the ground of the map above)"),
    "land_cover": (
        "前后影像（土地覆盖，范围同上图）", "Before and after (land cover, the ground of the map above)"
    ),
}  # fmt: skip
Cells = npt.NDArray[np.uint8]
Codes = npt.NDArray[np.int32]


def images(book: Book, parcel: Row, touched: npt.NDArray[np.object_]) -> str:
    """Draw what imagery and land cover show round a parcel, before and after, or say why there is no picture.

    Parameters
    ----------
    parcel
        With parcel_id and geometry in degrees.
    touched
        The parts of it that touch, in degrees.
    """
    shown = [one for one in book.catalogue.layers if one.id not in book.withheld]
    layers = {kind: {one.id: one for one in shown if one.kind == kind} for kind in KINDS}
    if not any(layers.values()):
        return _note("目录中没有前后影像。", "No image before and after is in the catalogue.")
    window = Window.round(parcel["geometry"])
    own = np.array([parcel["geometry"]], dtype=object)
    lines = [window.draw(own, HALO), window.draw(own, OUTLINE), window.draw(touched, TOUCHED, filled=False)]
    given = book.pictures.get(str(parcel["parcel_id"]), ())
    return "".join(_twin(book, kind, known, given, window, lines) for kind, known in layers.items() if known)


def _twin(
    book: Book,
    kind: str,
    layers: Mapping[str, Layer],
    given: Sequence[Picture],
    window: Window,
    lines: list[str],
) -> str:
    pictures = [one for one in given if one.layer in layers]
    if not pictures:
        zh, en = (
            "、".join(one.title.zh for one in layers.values()),
            ", ".join(one.title.en for one in layers.values()),
        )
        return _note(f"{zh}在此处没有数据。", f"{en}: no data here.")
    marks = {} if kind == IMAGERY else _marks(book, layers, pictures)
    drawn = [_photo(one.codes) if kind == IMAGERY else _classes(one.codes, marks) for one in pictures]
    shown = "".join(
        _figure(window, one, layers[one.layer], data, lines)
        for one, data in zip(pictures, drawn, strict=True)
    )
    key = "".join(
        f"<span>{swatch(one)}{both(one.zh, one.en)}</span>" for one in (OUTLINE, TOUCHED, *marks.values())
    )
    return (
        f'<section class="twin"><div class="caption"><h2>{both(*TITLES[kind])}</h2></div>'
        f'<div class="images">{shown}</div><p class="key">{key}</p></section>'
    )


def over_county(book: Book, group: Pair) -> list[Overlay]:
    """Lay imagery and land cover over the map of the county: a year at a time, by the slider of the page."""
    made = []
    for kind in KINDS:
        known = {
            one.id: one for one in book.catalogue.layers if one.kind == kind and one.id not in book.withheld
        }
        given = [one for one in book.pictures.get(COUNTY, ()) if one.layer in known]
        if not given:
            continue
        marks = {} if kind == IMAGERY else _marks(book, known, given)
        days = [known[one.layer].date or known[one.layer].about.date for one in given]
        dated = sorted(
            zip([day.year if day else 0 for day in days], given, strict=True), key=lambda one: one[0]
        )
        west, _, east, _ = extent = book.catalogue.county.extent
        side = max((east - west) * DEGREE_M / PIXELS, *(one.pixel_m for one in given))
        title: Pair = ("影像", "Imagery") if kind == IMAGERY else ("土地覆盖", "Land cover")
        made.append(Overlay(
            f"county_{kind}", title, group, tuple((year or None, _rgba(one.codes, marks)) for year, one in dated),
            extent, tuple(marks.values()),
            (f"像元约 {side:.0f} m，只供对照", f"pixels of about {side:.0f} m, for orientation"), opacity=1.0,
        ))  # fmt: skip
    return made


def _rgba(codes: Codes, marks: Mapping[int, Mark]) -> npt.NDArray[np.uint8]:
    fills = np.array([int(str(mark.fill).lstrip("#"), 16) for mark in marks.values()] or [0])
    there = codes != NOTHING
    colours = fills[np.searchsorted([*marks], np.where(there, codes, min(marks)))] if marks else codes
    clear = np.where(there, MOST, 0)
    return np.stack([*(colours >> shift & MOST for shift in (16, 8, 0)), clear], axis=-1).astype("uint8")


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


def _classes(codes: Codes, marks: Mapping[int, Mark]) -> bytes:
    cells = np.minimum(np.searchsorted([NOTHING, *marks], codes), MOST).astype("uint8")
    return png(cells, [str(mark.fill) for mark in marks.values()][:MOST])


def _photo(codes: Codes) -> bytes:
    """Write colours 0xRRGGBB with the few dozen that come nearest, so that a page stays small."""
    rgb = np.stack([codes >> shift & MOST for shift in (16, 8, 0)], axis=-1).astype("uint8")
    few = Image.fromarray(rgb).quantize(PHOTO_COLOURS, dither=Image.Dither.NONE)
    fills = np.array(few.getpalette(), "uint8").reshape(-1, 3)
    cells = np.where(codes == NOTHING, 0, np.asarray(few).astype("int32") + 1).astype("uint8")
    return png(cells, [f"#{fill.tobytes().hex()}" for fill in fills])


def _figure(window: Window, picture: Picture, layer: Layer, data: bytes, lines: list[str]) -> str:
    image = (
        f'<image class="cells" width="{WIDTH:.0f}" height="{HEIGHT:.0f}" preserveAspectRatio="none" '
        f'href="data:image/png;base64,{base64.b64encode(data).decode()}"/>'
    )
    day = layer.date or layer.about.date
    dated = f" · {day}" if day else ""
    side = f"{number(picture.pixel_m, 0 if picture.pixel_m >= 1 else 2)} m"
    source = in_both(layer.about.source)
    told = both(
        f"{layer.title.zh}{dated}，像元约 {side}；来源：{source.zh}",
        f"{layer.title.en}{dated}, pixels of about {side}; source: {source.en}",
    )
    drawing = window.picture([image, *lines], (layer.title.zh, layer.title.en), scale=False)
    return f"<figure>{drawing}<figcaption>{told}</figcaption></figure>"


def _note(zh: str, en: str) -> str:
    return f'<p class="note">{both(zh, en)}</p>'
