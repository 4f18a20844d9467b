"""Pictures round a parcel: a map extract as SVG that prints sharp, and imagery and land cover before and after."""

from __future__ import annotations

import base64
import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import shapely
from PIL import Image
from shapely.geometry.base import BaseGeometry

from gis import look
from gis.base.geo import METRES_A_DEGREE
from gis.base.pictures import COUNTY, NOTHING, Picture
from gis.base.pictures import WIDTH as PIXELS
from gis.base.text import both
from gis.catalogue.model import Layer, in_both
from gis.look import Mark
from gis.maps.book import Book, Pair
from gis.maps.layers import Picture as Overlay
from gis.maps.layers import paint, swatch
from gis.maps.page import Row, named, number, titled

WIDTH, HEIGHT = 640.0, 430.0
ROOM = 1.7
LEAST_M = 150.0
SIMPLE_PX = 0.2
OUTLINE_PX, OUTLINE_SIMPLE_PX = (84.0, 60.0), 0.5
STEPS_M = (10, 20, 50, 100, 200, 500, 1000, 2000, 5000)
Bounds = tuple[float, float, float, float]
Points = npt.NDArray[np.float64]
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


class Placed(NamedTuple):
    """Shapes in degrees with their index."""

    shapes: npt.NDArray[np.object_]
    tree: shapely.STRtree

    @classmethod
    def of(cls, shapes: npt.NDArray[np.object_]) -> Placed:
        """Index some shapes."""
        return cls(shapes, shapely.STRtree(shapes))


@dataclass(frozen=True)
class Window:
    """A part of the county as a picture: degrees to pixels, longitude shrunk by the cosine.

    Attributes
    ----------
    lon, lat
        The middle, degrees.
    scale
        Pixels a metre.
    """

    lon: float
    lat: float
    scale: float

    @classmethod
    def round(cls, shape: BaseGeometry) -> Window:
        """Lay a window round a shape in degrees, at least 150 m high, with room about it."""
        west, south, east, north = shape.bounds
        lat = (south + north) / 2
        wide = (east - west) * METRES_A_DEGREE * math.cos(math.radians(lat)) * ROOM
        high = max((north - south) * METRES_A_DEGREE * ROOM, LEAST_M)
        return cls((west + east) / 2, lat, min(WIDTH / max(wide, LEAST_M), HEIGHT / high))

    @property
    def bounds(self) -> Bounds:
        """Give its sides in degrees: west, south, east, north."""
        x = WIDTH / 2 / self.scale / METRES_A_DEGREE / math.cos(math.radians(self.lat))
        y = HEIGHT / 2 / self.scale / METRES_A_DEGREE
        return self.lon - x, self.lat - y, self.lon + x, self.lat + y

    def inside(self, placed: Placed, keep: npt.NDArray[np.bool_] | None = None) -> npt.NDArray[np.object_]:
        """Give the shapes that come into the window, cut to a little more than it; `keep` masks them."""
        near = placed.tree.query(shapely.box(*self.bounds))
        west, south, east, north = self.bounds
        x, y = (east - west) / 20, (north - south) / 20
        chosen = placed.shapes[near if keep is None else near[keep[near]]]
        cut = [shapely.clip_by_rect(one, west - x, south - y, east + x, north + y) for one in chosen]
        return np.array(cut, dtype=object)

    def draw(self, shapes: npt.NDArray[np.object_], mark: Mark, *, filled: bool = True) -> str:
        """Draw shapes in degrees as one path."""
        pixels = shapely.transform(shapely.force_2d(shapes), self._pixels)
        path = path_of(pixels, SIMPLE_PX)
        fill = paint(mark) if filled else "none"
        dash = f' stroke-dasharray="{mark.dash}"' if mark.dash else ""
        return (
            f'<path d="{path}" fill="{fill}" fill-rule="evenodd" stroke="{mark.line}" '
            f'stroke-width="{mark.weight:.1f}"{dash}/>'
        )

    def picture(self, parts: list[str], name: tuple[str, str], *, scale: bool = True) -> str:
        """Put the drawn parts together, with a scale bar and north unless another picture has them."""
        north = (
            f'{self._bar()}<path d="M{WIDTH - 24:.0f} 12l7 20-7-5-7 5Z" fill="#1F2933"/>'
            f'<text x="{WIDTH - 24:.0f}" y="48" font-size="13" text-anchor="middle">N</text>'
        )
        return (
            f'<svg class="extract" viewBox="0 0 {WIDTH:.0f} {HEIGHT:.0f}" role="img" {named(*name)}>'
            f'<rect width="{WIDTH:.0f}" height="{HEIGHT:.0f}" fill="#FFFFFF"/>{"".join(parts)}'
            f"{north if scale else ''}</svg>"
        )

    def _bar(self) -> str:
        metres = max((step for step in STEPS_M if step * self.scale <= WIDTH / 4), default=STEPS_M[0])
        long, y = metres * self.scale, HEIGHT - 14
        return (
            f'<path d="M14 {y - 5:.0f}v5h{long:.1f}v-5" fill="none" stroke="#1F2933" stroke-width="1.5"/>'
            f'<text x="{20 + long:.1f}" y="{y:.0f}" font-size="13" paint-order="stroke" stroke="#FFFFFF" '
            f'stroke-width="3">{metres:,} m</text>'
        )

    def _pixels(self, degrees: Points) -> Points:
        east = (degrees[:, 0] - self.lon) * METRES_A_DEGREE * math.cos(math.radians(self.lat))
        north = (degrees[:, 1] - self.lat) * METRES_A_DEGREE
        return np.column_stack([WIDTH / 2 + east * self.scale, HEIGHT / 2 - north * self.scale])


def path_of(pixels: npt.NDArray[np.object_], tolerance: float, end: str = "") -> str:
    """Write the edges of shapes in pixels as the data of a path, each line ending in `end`."""
    parts = shapely.get_parts(shapely.simplify(pixels, tolerance))
    edges = shapely.get_parts(np.where(shapely.get_dimensions(parts) > 1, shapely.boundary(parts), parts))
    lines = [shapely.get_coordinates(one).tolist() for one in edges]
    return "".join(
        f"M{'L'.join(f'{x:.1f} {y:.1f}' for x, y in line)}{end}" for line in lines if len(line) > 1
    )


def outline(shape: BaseGeometry) -> str:
    """Draw a shape in degrees alone, true in its proportions, small enough to stand in a row; its size is its title."""
    west, south, east, north = shape.bounds
    shrink = math.cos(math.radians((south + north) / 2))
    wide, high = (east - west) * shrink, north - south
    scale = min(OUTLINE_PX[0] / max(wide, 1e-9), OUTLINE_PX[1] / max(high, 1e-9))
    corner = np.array([west, north])
    pixels = shapely.transform(
        shapely.force_2d(shape), lambda degrees: (degrees - corner) * np.array([shrink, -1.0]) * scale
    )
    path = path_of(np.array([pixels]), OUTLINE_SIMPLE_PX, "Z")
    metres = [number(one * METRES_A_DEGREE, 0) for one in (wide, high)]
    told = titled(
        f"东西 {metres[0]} m，南北 {metres[1]} m", f"{metres[0]} m across, {metres[1]} m from south to north"
    )
    x, y = wide * scale, high * scale
    return (
        f'<svg class="outline" viewBox="-1 -1 {x + 2:.0f} {y + 2:.0f}" width="{x + 2:.0f}" height="{y + 2:.0f}" '
        f'role="img">{told}<path d="{path}" fill-rule="evenodd"/></svg>'
    )


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
