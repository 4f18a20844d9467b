"""The ground of a sheet: the ratio that fits, the zone on paper, layers, labels, the coordinate grid and the legend."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import Transformer

from gis.base.geo import METRES_A_DEGREE, STORED, plane_of
from gis.base.messages import Message, language
from gis.base.units import to_mu
from gis.land.area import to_plane
from gis.look import Mark
from gis.maps.layers import BASE, GROUPS, Drawn, Entry, Picture
from gis.maps.sheet.drawing import (
    BOLD,
    INK,
    INK_2,
    WHITE,
    Box,
    Floats,
    Group,
    Image,
    Label,
    Path,
    Tile,
    rectangle,
    seen,
    segment,
    width_of,
    wrapped,
)

ROUND = (1, 1.25, 1.5, 2, 2.5, 3, 4, 5, 6, 8)
STEPS = (1, 2, 5)
PANES = ("areas", "waters", "lines", "parcels", "conflicts", "points", "labels")
PIXEL, SYMBOL, NET = 0.2, 0.155, "#8FB0C9"
TINT, FAINT, FINEST = 0.07, 0.5, 0.03
SECOND = (None, "dots", "back", "level", "wave", "upright", "grid")
PLAIN_AREAS, KM = 2, 1000
MOST_NAMES, NAMED = 80, 20  # smaller symbols are cases of persons and the like: without a name
SIGN_ROOM, REACH, DOWN, LEAD = 7.0, 20.0, 0.35, 1.15
HEX = re.compile(r"#[0-9A-Fa-f]{6}\Z")
Shapes = npt.NDArray[np.object_]
LEAST, GAP, SWATCH, LEADING = 0.6, 1.2, 7.0, 1.32
LINES, WHOLE_MU = GROUPS["lines"], 100
FINEST_PIXEL = 0.12


@dataclass(frozen=True)
class Ground:
    """The part of a zone that a frame on paper shows.

    Attributes
    ----------
    zone
        Number of the 3-degree zone.
    west, north
        Metres in the plane of the zone at the upper left corner of `frame`.
    frame
        Left, top, right, bottom in millimetres of paper.
    """

    zone: int
    ratio: float
    west: float
    north: float
    frame: Box

    @property
    def metre(self) -> float:
        """Millimetres of paper for a metre of the plane."""
        return KM / self.ratio

    @property
    def box(self) -> Box:
        """West, south, east, north of the frame in metres."""
        left, top, right, bottom = self.frame
        return (
            self.west,
            self.north - (bottom - top) / self.metre,
            self.west + (right - left) / self.metre,
            self.north,
        )

    def on_paper(self, metres: Floats) -> Floats:
        """Put coordinates of the plane, shape (n, 2), onto the paper."""
        left, top = self.frame[:2]
        x = left + (metres[:, 0] - self.west) * self.metre
        return np.column_stack([x, top + (self.north - metres[:, 1]) * self.metre])


def ratio_of(bounds: Box, width: float, height: float) -> float:
    """Give the finest round ratio at which bounds in metres fit a frame in millimetres."""
    least = max((bounds[2] - bounds[0]) / width, (bounds[3] - bounds[1]) / height, 0.1) * KM
    power = 10.0 ** np.floor(np.log10(least))
    return float(next(one * power for one in (*ROUND, 10) if one * power >= least))


def ground_of(bounds: Box, zone: int, frame: Box) -> Ground:
    """Put bounds in metres into the middle of a frame, at the ratio that fits."""
    left, top, right, bottom = frame
    ratio = ratio_of(bounds, right - left, bottom - top)
    middle = (bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2
    return Ground(
        zone,
        ratio,
        middle[0] - (right - left) * ratio / KM / 2,
        middle[1] + (bottom - top) * ratio / KM / 2,
        frame,
    )


def spoken(pair: tuple[str, str]) -> str:
    """Give a pair of words in the language of the run."""
    return pair[0] if language() == "zh" else pair[1]


def in_plane(layer: Drawn, zone: int) -> Drawn:
    """Project a layer to the plane of a zone."""
    return replace(layer, shapes=to_plane(layer.shapes, zone)) if len(layer.shapes) else layer


def ordered(layers: Iterable[Drawn]) -> list[Drawn]:
    """Put layers in the order of drawing: areas, lines, parcels, points, names."""
    return sorted(layers, key=lambda one: PANES.index(one.pane) if one.pane in PANES else 0)


def styles(layer: Drawn) -> dict[str, tuple[Mark, Tile | None]]:
    """Give each mark of a layer with its pattern: parcels told apart by fill alone get one too, for grey print."""
    marks = [_sound(entry.mark) for entry in layer.entries]
    plain = [mark.key for mark in marks if mark.fill and not mark.pattern]
    found: dict[str, tuple[Mark, Tile | None]] = {}
    for mark in marks:
        tile = Tile(mark.pattern, mark.fill or mark.line) if mark.pattern else None
        if layer.pane == "parcels" and len(plain) >= PLAIN_AREAS and mark.key in plain:
            kind = SECOND[plain.index(mark.key) % len(SECOND)]
            tile = Tile(kind, mark.ink if mark.ink == WHITE else INK_2) if kind else None
        found[mark.key] = (mark, tile)
    return found


def _sound(mark: Mark) -> Mark:
    """Keep to colours that are some: a catalogue may say anything."""
    fill = mark.fill if mark.fill is None or HEX.match(mark.fill) else INK_2
    return replace(mark, fill=fill, line=mark.line if HEX.match(mark.line) else INK_2)


def area(rings: Sequence[Floats], mark: Mark, tile: Tile | None, opacity: float = 1.0) -> Path:
    """Draw an area as its mark says."""
    dash = tuple(float(one) * PIXEL for one in mark.dash.split()) if mark.dash else ()
    own = bool(mark.pattern)
    faint = TINT if own else opacity if opacity < FAINT else 1.0
    return Path(rings, mark.fill, mark.line, max(mark.weight, 0.5) * PIXEL, dash, tile, faint)


def line(rings: Sequence[Floats], mark: Mark, width: float | None) -> list[Path]:
    """Draw lines as their mark says, those of a width in its fill with an edge of ink."""
    if width is not None and mark.fill is not None:
        wide = width * PIXEL
        return [
            Path(rings, line=INK, width=wide + 0.3, closed=False),
            Path(rings, line=mark.fill, width=wide, closed=False),
        ]
    dash = tuple(float(one) * PIXEL for one in mark.dash.split()) if mark.dash else ()
    return [Path(rings, line=mark.line, width=max(mark.weight, 0.6) * PIXEL, dash=dash, closed=False)]


def symbol(x: float, y: float, size: float, mark: Mark) -> list[Path | Label]:
    """Draw the symbol of a point with its sign inside; `size` is its width."""
    hollow = mark.fill is None or mark.shape == "ring"
    half = size / 2
    ring = _outlines(mark.shape) * half + (x, y)
    dash = (0.5, 0.4) if mark.shape == "ring" else ()
    shape = Path([ring], WHITE if hollow else mark.fill, mark.line, 0.35 if hollow else 0.18, dash)
    if not mark.sign:
        return [shape]
    em = size * (0.42 if len(mark.sign) > 1 else 0.55)
    drop = 0.36 * em + (0.16 * size if mark.shape == "triangle" else 0)
    return [
        shape,
        Label(x, y + drop, mark.sign, em, "middle", mark.ink if not hollow else INK, room=size * 0.9),
    ]


def _outlines(shape: str) -> Floats:
    """Give the outline of a shape round 0, 0, two wide."""
    if shape in ("circle", "ring"):
        turns = np.linspace(0, 2 * np.pi, 32, endpoint=False)
        return np.column_stack([np.cos(turns), np.sin(turns)]) * 0.92
    known = {
        "diamond": [(0, -1), (1, 0), (0, 1), (-1, 0)],
        "triangle": [(0, -0.95), (0.95, 0.8), (-0.95, 0.8)],
        "octagon": [(-0.4, -0.95), (0.4, -0.95), (0.95, -0.4), (0.95, 0.4), (0.4, 0.95), (-0.4, 0.95), (-0.95, 0.4),
                    (-0.95, -0.4)],
    }  # fmt: skip
    return np.array(
        known.get(shape, [(-0.85, -0.85), (0.85, -0.85), (0.85, 0.85), (-0.85, 0.85)]), dtype="float64"
    )


def seen_of(layer: Drawn, ground: Ground) -> npt.NDArray[np.bool_]:
    """Tell which features of a layer in the plane lie in the frame."""
    return np.asarray(shapely.intersects(layer.shapes, shapely.box(*ground.box)))


def whole_in(layer: Drawn, ground: Ground) -> bool:
    """Tell whether those features of a layer lie in the frame with all their ground."""
    frame = shapely.box(*ground.box)
    return bool(shapely.within(layer.shapes[shapely.intersects(layer.shapes, frame)], frame).all())


def drawn(layer: Drawn, ground: Ground, scale: float) -> Group:
    """Draw the features of a layer that lies in the plane."""
    known = styles(layer)
    west, south, east, north = ground.box
    spare = 2 / ground.metre
    shapes = shapely.simplify(layer.shapes, FINEST / ground.metre)
    shapes = np.array(
        [_cut(one, (west - spare, south - spare, east + spare, north + spare)) for one in shapes],
        dtype=object,
    )
    items: list[Path | Label] = []
    for shape, key in zip(shapes, layer.columns["s"], strict=True):
        if key in known and not shapely.is_empty(shape):
            items += _feature(shape, *known[key], layer, ground, scale)
    return Group(f"layer-{layer.id}", tuple(items), ground.frame if layer.side else None)


def pictured(picture: Picture, ground: Ground) -> tuple[Image, Picture]:
    """Lay the one image of a picture into the plane, two pixels for one of it; the marks that are seen stay."""
    ((_, shot),) = picture.images
    left, top, right, bottom = ground.frame
    high, wide = shot.shape[:2]
    west, south, east, north = picture.bounds
    side = max((north - south) / high * METRES_A_DEGREE * ground.metre / 2, FINEST_PIXEL)
    across, down = (int(np.ceil(one / side)) for one in (right - left, bottom - top))
    x, y = np.meshgrid((np.arange(across) + 0.5) / across, (np.arange(down) + 0.5) / down)
    box = ground.box
    to_degrees = Transformer.from_crs(plane_of(ground.zone), STORED, always_xy=True)
    lon, lat = to_degrees.transform(box[0] + x * (box[2] - box[0]), box[3] - y * (box[3] - box[1]))
    column = np.floor((lon - west) / (east - west) * wide).astype("int64")
    row = np.floor((north - lat) / (north - south) * high).astype("int64")
    pixels = shot[np.clip(row, 0, high - 1), np.clip(column, 0, wide - 1)]
    pixels[(column < 0) | (column >= wide) | (row < 0) | (row >= high)] = 0
    known = np.unique(pixels[pixels[..., 3] > 0][:, :3] @ np.array([1 << 16, 1 << 8, 1])).tolist()
    marks = tuple(one for one in picture.marks if int(str(one.fill).lstrip("#"), 16) in known)
    return Image(pixels, ground.frame, picture.opacity), replace(picture, marks=marks)


def halves(ground: Ground, share: float) -> dict[str, Ground]:
    """Give the whole ground, and what is left and right of a line that parts it."""
    left, top, right, bottom = ground.frame
    x = left + share * (right - left)
    east = replace(ground, west=ground.west + (x - left) / ground.metre, frame=(x, top, right, bottom))
    return {"": ground, "left": replace(ground, frame=(left, top, x, bottom)), "right": east}


def parting(sides: Mapping[str, Ground], told: Sequence[str], scale: float) -> Group:
    """Draw the line that parts a sheet, and name what lies on its sides."""
    (left, top, x, bottom), (_, _, right, _) = sides["left"].frame, sides["right"].frame
    size = 3.2 * scale
    spots = ((x - 1.5, "end", x - left - 3), (x + 1.5, "start", right - x - 3))
    names = [Label(at, top + 1.4 * size, text, size, anchor, INK, BOLD, halo=True, room=room)
             for text, (at, anchor, room) in zip(told, spots, strict=True) if room > size]  # fmt: skip
    line = Path([segment((x, top), (x, bottom))], line=INK, width=0.5, closed=False)
    return Group("parting", (line, *names))


def _cut(shape: shapely.Geometry, box: Box) -> shapely.Geometry:
    """Cut off what lies far outside the frame; a shape within it stays as it is."""
    west, south, east, north = shapely.bounds(shape)
    if west >= box[0] and south >= box[1] and east <= box[2] and north <= box[3]:
        return shape
    return shapely.intersection(shapely.make_valid(shape), shapely.box(*box))


def _feature(
    shape: shapely.Geometry, mark: Mark, tile: Tile | None, layer: Drawn, ground: Ground, scale: float
) -> Iterator[Path | Label]:
    parts = shapely.get_parts(shape)
    if layer.pane == "points":
        for part in parts:
            ((x, y),) = ground.on_paper(shapely.get_coordinates(shapely.centroid(part)))
            yield from symbol(x, y, layer.size * SYMBOL * scale, mark)
        return
    flat = shapely.get_dimensions(parts)
    areas, lines = parts[flat == 2], parts[flat == 1]  # noqa: PLR2004  dimensions of a polygon
    if len(areas):
        rings = [ground.on_paper(shapely.get_coordinates(one))[:-1] for one in shapely.get_rings(areas)]
        yield area(rings, mark, tile, layer.opacity)
    if len(lines):
        yield from line([ground.on_paper(shapely.get_coordinates(one)) for one in lines], mark, layer.width)
        yield from _signs(lines, mark, layer, ground, scale)


def _signs(lines: Shapes, mark: Mark, layer: Drawn, ground: Ground, scale: float) -> Iterator[Label]:
    """Write the sign of a line at the middle of its longest part, where there is room: colour is not its only mark."""
    if layer.width is None or mark.fill is None or not mark.sign:
        return
    longest = lines[int(np.argmax(shapely.length(lines)))]
    if shapely.length(longest) * ground.metre > SIGN_ROOM:
        middle = shapely.line_interpolate_point(longest, 0.5, normalized=True)
        ((x, y),) = ground.on_paper(shapely.get_coordinates(middle))
        yield Label(x, y + 0.75 * scale, mark.sign, 2.1 * scale, "middle", INK, BOLD, halo=True)


def names(layers: Sequence[Drawn], at: Mapping[str, Ground], scale: float, *, parted: bool) -> Group:
    """Write the names of points and towns, and the 亩 of a town, none over another, a symbol or the line that parts."""
    ground, (line, top, _, bottom) = at[""], at["right"].frame
    taken: list[Box] = [(line - 0.5, top, line + 0.5, bottom)] if parted else []
    labels: list[Label] = []
    points = [
        (one, one.size * SYMBOL / 2 * scale, _spots(one, ground)) for one in layers if one.pane == "points"
    ]
    for _, half, spots in points:
        taken += [(x - half, y - half, x + half, y + half) for x, y in spots]
    for layer, half, spots in points:
        if layer.size >= NAMED and len(spots) <= MOST_NAMES:
            for (x, y), name in zip(spots, layer.columns["t"], strict=True):
                size = 2.3 * scale
                labels += _free([name], _around(x, y, half + 0.4, size), size, INK, taken, ground.frame)
    counted = {(one.side, str(name)): to_mu(value) for one in layers if one.id.startswith("counted_")
               for name, value in zip(one.columns["t"], one.columns["a"], strict=True)}  # fmt: skip
    for layer in (one for one in layers if one.labels):
        own, english = layer.columns["t"], layer.columns["v0"]
        told = own if language() == "zh" else english.where(english != "", own)
        for (x, y), name, key in zip(_spots(layer, ground), told, own, strict=True):
            size, side = 2.5 * scale, ("left" if x < line else "right") if parted else ""
            value = counted.get((side, str(key)))
            mu = [str(Message("{mu} 亩", "{mu} mu", mu=f"{value:,.1f}"))] if value and value > 0 else []
            texts = [str(name), *mu]
            middle = [(x, y + down * size, "middle") for down in (DOWN, 2.0, -1.4, 3.2, -2.6)]
            labels += _free(texts, middle, size, INK_2, taken, ground.frame)
    return Group("names", tuple(labels))


def _spots(layer: Drawn, ground: Ground) -> list[tuple[float, float]]:
    spots = ground.on_paper(shapely.get_coordinates(shapely.centroid(layer.shapes)))
    return [(x, y) for x, y in spots.tolist()]


def _around(x: float, y: float, reach: float, size: float) -> list[tuple[float, float, str]]:
    """List where a name may stand beside a symbol, the best place first."""
    level, above, below, aside = y + DOWN * size, y - reach, y + reach + 0.8 * size, 0.7 * reach
    return [
        (x + reach, level, "start"), (x - reach, level, "end"), (x, above, "middle"), (x, below, "middle"),
        (x + aside, above, "start"), (x + aside, below, "start"), (x - aside, above, "end"), (x - aside, below, "end"),
    ]  # fmt: skip


def _free(
    texts: Sequence[str],
    spots: Sequence[tuple[float, float, str]],
    size: float,
    colour: str,
    taken: list[Box],
    frame: Box,
) -> list[Label]:
    """Write a name and what stands under it at the first place that is free; nowhere where none is."""
    lines = [seen(one) for one in texts]
    wide = max(width_of(one, size) for one in lines)
    for x, y, anchor in spots:
        left = x - {"start": 0.0, "middle": wide / 2, "end": wide}[anchor]
        box = (left, y - size, left + wide, y + size * (LEAD * len(lines) - 1))
        inside = frame[0] < box[0] and frame[1] < box[1] and box[2] < frame[2] and box[3] < frame[3]
        if inside and not any(
            box[0] < b[2] and b[0] < box[2] and box[1] < b[3] and b[1] < box[3] for b in taken
        ):
            taken.append(box)
            head, *rest = lines
            below = [
                Label(x, y + (at + 1) * size * LEAD, one, size, anchor, INK, BOLD, halo=True)
                for at, one in enumerate(rest)
            ]
            return [Label(x, y, head, size, anchor, colour, halo=True), *below]
    return []


def step_of(ratio: float, millimetres: float) -> float:
    """Give the round number of metres, 1, 2 or 5 times a power of ten, that is at most some millimetres of paper."""
    most = millimetres * ratio / KM
    power = 10.0 ** np.floor(np.log10(most))
    return float(max(one * power for one in STEPS if one * power <= most))


def grid(ground: Ground, scale: float) -> tuple[Group, float]:
    """Draw the kilometre grid with its numbers at the edge, eastings with their zone; give its step in metres too."""
    step = step_of(ground.ratio, 60 * scale)
    west, south, east, north = ground.box
    left, top, right, bottom = ground.frame
    size = 2.0 * scale
    items: list[Path | Label] = []
    for metres in np.arange(np.ceil(west / step), np.floor(east / step) + 1) * step:
        x = left + (metres - west) * ground.metre
        items.append(Path([segment((x, top), (x, bottom))], line=NET, width=0.1, closed=False))
        told = f"{ground.zone * KM + metres / KM:g}"
        items += [
            Label(x, top - 1, told, size, "middle", INK_2),
            Label(x, bottom + size + 0.4, told, size, "middle", INK_2),
        ]
    for metres in np.arange(np.ceil(south / step), np.floor(north / step) + 1) * step:
        y = top + (north - metres) * ground.metre
        items.append(Path([segment((left, y), (right, y))], line=NET, width=0.1, closed=False))
        told = f"{metres / KM:g}"
        for x, anchor in ((left - 0.8, "end"), (right + 0.8, "start")):
            items += [Label(x, y + 0.7 * scale, told, size * 0.86, anchor, INK_2, room=7 * scale)]
    return Group("grid", tuple(items)), step


def edge(ground: Ground) -> Group:
    """Draw the frame of the map."""
    return Group("frame", (Path([rectangle(*ground.frame)], line=INK, width=0.35),))


def veil(town: shapely.Geometry, ground: Ground) -> Group:
    """Fade what lies outside a town, and draw its boundary over everything."""
    box = shapely.box(*ground.box)
    outside = shapely.get_parts(shapely.difference(box, town))
    rings = [ground.on_paper(shapely.get_coordinates(one))[:-1] for one in shapely.get_rings(outside)]
    inside = shapely.get_rings(shapely.get_parts(shapely.intersection(town, box)))
    border = [ground.on_paper(shapely.get_coordinates(one))[:-1] for one in inside]
    return Group("outside", (Path(rings, WHITE, opacity=0.6), Path(border, line=INK, width=0.5)))


def known_bounds(layers: Iterable[Drawn]) -> Box | None:
    """Give the bounds of some layers; None where nothing is drawn."""
    filled = [shapely.total_bounds(one.shapes) for one in layers if len(one.shapes)]
    if not filled:
        return None
    every = np.array(filled)
    (west, south), (east, north) = every[:, :2].min(axis=0).tolist(), every[:, 2:].max(axis=0).tolist()
    return west, south, east, north


def in_town(layer: Drawn, town: shapely.Geometry, name: str) -> tuple[npt.NDArray[np.bool_], bool]:
    """Tell which features belong to a town: by the name they bear, else because they lie in it or reach into it.

    The second says whether all of their ground is the town's.
    """
    if "town" in layer.facets:
        return (layer.columns[layer.facets["town"]] == name).fillna(False).to_numpy("bool"), True
    inner = town if layer.pane == "points" else shapely.buffer(town, -REACH)
    kept = np.asarray(shapely.intersects(layer.shapes, inner))
    return kept, bool(shapely.within(layer.shapes[kept], town).all())


@dataclass(frozen=True)
class Row:
    """One line of a legend: a heading, an entry with its sign, or a note."""

    text: str
    kind: str
    count: str = ""
    layer: Drawn | Picture | None = None
    entry: Entry | None = None


def rows_of(layers: Sequence[Drawn], pictures: Sequence[Picture]) -> list[Row]:
    """List what is shown: the base map last, an entry without a feature in the frame not at all."""
    shown = [one for one in layers if one.entries and any(entry.count for entry in one.entries)]
    lines = [at for at, one in enumerate(shown) if one.group == LINES]
    for at, other in zip(
        lines, reversed(lines), strict=True
    ):  # drawn first is the widest, named first the strictest
        if at < other:
            shown[at], shown[other] = shown[other], shown[at]
    rows: list[Row] = []
    group, told = None, set[tuple[str, str]]()
    every: list[Drawn | Picture] = [*shown, *pictures]
    for layer in sorted(every, key=lambda one: one.group == BASE):
        if layer.group != group:
            group = layer.group
            rows.append(Row(seen(spoken(group)), "group"))
        twins = [one for one in pictures if one.id == layer.id]
        made = [*_layer(layer)] if isinstance(layer, Drawn) else _picture(twins) if layer is twins[0] else []
        rows += [one for one in made if one.kind != "note" or (layer.id, one.text) not in told]
        told |= {(layer.id, one.text) for one in made}  # a note of both sides stands once
    return rows


def _picture(twins: Sequence[Picture]) -> list[Row]:
    """List a picture, or those of both sides, whose classes are listed once."""
    marks = dict.fromkeys(mark for one in twins for mark in one.marks)
    return [
        *(Row(seen(spoken(one.title)), "layer") for one in twins),
        *(Row(seen(spoken((mark.zh, mark.en))), "entry", "", twins[0], Entry(mark, 1)) for mark in marks),
        Row(seen(spoken(twins[0].note)), "note"),
    ]


def _layer(layer: Drawn) -> Iterator[Row]:
    secret = (
        str(Message("〔{zh}〕", " ({en})", zh=layer.secrecy[0], en=layer.secrecy[1])) if layer.secrecy else ""
    )
    title = seen(spoken(layer.title)) + secret
    entries = [one for one in layer.entries if one.count]
    counted = layer.group != BASE
    if len(layer.entries) == 1:
        yield Row(title, "entry", _count(entries[0]) if counted else "", layer, entries[0])
    else:
        if counted:
            yield Row(title, "layer")
        for entry in entries:
            yield Row(
                seen(spoken((entry.mark.zh, entry.mark.en))),
                "entry",
                _count(entry) if counted else "",
                layer,
                entry,
            )
    if layer.note:
        yield Row(seen(spoken(layer.note)), "note")


def _count(entry: Entry) -> str:
    if not entry.area_mu:
        return f"{entry.count:,}"
    digits = 0 if entry.area_mu >= WHOLE_MU else 1
    return str(
        Message("{n:,} · {mu} 亩", "{n:,} · {mu} mu", n=entry.count, mu=f"{entry.area_mu:,.{digits}f}")
    )


def legend(rows: Sequence[Row], left: float, top: float, right: float, bottom: float, scale: float) -> Group:
    """Draw a legend into a column, smaller where it is long; what does not fit even so is counted at its end."""
    fitting = scale
    while _height(rows, right - left, fitting) > bottom - top and fitting > scale * LEAST:
        fitting *= 0.95
    kept = list(rows)
    while (
        _height(kept, right - left, fitting) > bottom - top - 3 * fitting
        and fitting <= scale * LEAST
        and kept
    ):
        kept.pop()
    rest = [one for one in rows[len(kept) :] if one.kind == "entry"]
    if rest:
        kept.append(Row(str(Message("另有 {n} 项未列", "{n} more not listed", n=len(rest))), "note"))
    items: list[Path | Label] = []
    y = top
    for row in kept:
        y = _draw(row, left, y, right, fitting, items)
    return Group("legend", tuple(items))


def _height(rows: Sequence[Row], room: float, scale: float) -> float:
    y = 0.0
    for row in rows:
        y = _draw(row, 0, y, room, scale, [])
    return y


def _draw(row: Row, left: float, y: float, right: float, scale: float, items: list[Path | Label]) -> float:
    """Draw a row below `y` and give where the next begins."""
    size, weight, colour, gap = {
        "group": (3.0, BOLD, INK, 2.2), "layer": (2.5, BOLD, INK_2, 1.0), "entry": (2.5, 400, INK, 0.5),
        "note": (2.0, 400, INK_2, 0.3),
    }[row.kind]  # fmt: skip
    size, y, swatch = size * scale, y + gap * scale, SWATCH * scale
    start = left + (swatch + GAP * scale if row.kind == "entry" else 0)
    count = width_of(row.count, size) + GAP * scale if row.count else 0.0
    lines = wrapped(row.text, size, right - start - count)
    high = size * LEADING
    if row.layer is not None and row.entry is not None:
        items += _sign(row.layer, row.entry, left, y + high / 2, swatch, high)
    for at, text in enumerate(lines):
        items.append(
            Label(
                start,
                y + at * high + size,
                text,
                size,
                colour=colour,
                weight=weight,
                room=right - start - count,
            )
        )
    if row.count:
        items.append(Label(right, y + size, row.count, size, "end", INK_2))
    return y + high * max(len(lines), 1)


def _sign(
    layer: Drawn | Picture, entry: Entry, left: float, middle: float, wide: float, high: float
) -> Sequence[Path | Label]:
    box = rectangle(left, middle - high * 0.42, left + wide, middle + high * 0.42)
    if isinstance(layer, Picture):
        return [Path([box], entry.mark.fill, entry.mark.line, 0.15, opacity=layer.opacity)]
    mark, tile = styles(layer)[entry.mark.key]
    if layer.pane == "points":
        return symbol(left + wide / 2, middle, min(high * 1.1, wide), mark)
    if layer.width is not None or (mark.fill is None and layer.pane in ("lines", "waters")):
        return line([segment((left, middle), (left + wide, middle))], mark, layer.width)
    return [area([box], mark, tile, layer.opacity)]
