"""One sheet put together: title and stamps, map, legend, scale bar, north arrow, and where it all comes from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import shapely

from gis.base.errors import UsageError
from gis.base.messages import SEPARATORS, Message, language, listed
from gis.catalogue import secrecy
from gis.catalogue.model import Place, in_both
from gis.land.area import to_plane, zones_of_boxes
from gis.maps.book import Book, among, noted
from gis.maps.layers import Drawn, Picture, placed
from gis.maps.sheet import ground as grounds
from gis.maps.sheet.drawing import (
    BOLD,
    INK,
    INK_2,
    LINE,
    WHITE,
    Box,
    Group,
    Label,
    Path,
    Sheet,
    rectangle,
    seen,
    segment,
    width_of,
    wrapped,
)
from gis.maps.sheet.ground import Ground, legend, rows_of, spoken
from gis.maps.sheet.view import PRESETS, SIDES, View, chosen, seen_through, viewed

PAPERS = {"A4": (297.0, 210.0, 1.0), "A3": (420.0, 297.0, 1.25)}
SUBJECTS = {"planner": "land"}
RED = "#B3261E"
MARGIN, PANEL, GUTTER, EDGE = 8.0, 60.0, 3.0, 6.5
ROOM_ROUND = 0.015
TITLE, SMALL, LINE_HEIGHT, KM = 6.4, 2.2, 1.4, 1000
NO_STEP = 50.0  # a grid whose words are as long as any
AREAS = Message(
    "图斑和涉及部分的亩数为椭球面积，其他图层的为资料所载。",
    "Mu of parcels and of parts that touch a line are ellipsoidal, those of other layers as their files say.",
)


@dataclass(frozen=True)
class Ask:
    """What a sheet shall show.

    Attributes
    ----------
    review_no
        审图号 of a sheet that may be published; without one it is 内部用图.
    made_on
        yyyy-mm-dd.
    view
        Code of a view of the page of this name: its filters, layers, classes and place.
    looked
        What the view shows: filled in when it is read.

    Raises
    ------
    UsageError
        There is no such sheet or paper.
    """

    preset: str
    made_on: str
    year: int | None = None
    town: str | None = None
    paper: str = "A4"
    review_no: str | None = None
    view: str | None = None
    looked: View = field(default_factory=View)

    def __post_init__(self) -> None:
        """Refuse what there is not."""
        for name, known, said in (
            (self.preset, PRESETS, Message("这种图", "sheet")),
            (self.paper, PAPERS, Message("这种纸", "paper")),
        ):
            if name not in known:
                raise UsageError(
                    Message('没有 "{name}" {said}', 'there is no {said} "{name}"', name=name, said=said),
                    fix=Message("用 {names}", "one of {names}", names=listed(known)),
                )


def sheet(book: Book, ask: Ask) -> Sheet:
    """Draw one side of paper in the county's 3-degree zone, upright or across, at the finest round ratio that fits.

    Parameters
    ----------
    book
        A public copy has no withheld layer, and its sheet no coordinate grid.

    Raises
    ------
    UsageError
        There is no such town, or nothing to draw of the year.
    """
    view = noted(book.of(SUBJECTS.get(ask.preset, ask.preset)))
    title, layers, pictures, looked = viewed(view, ask.preset, ask.year, ask.view)
    ask = replace(ask, year=looked.year if ask.view else ask.year, looked=looked)
    place = _place(view, ask.town or looked.facets.get("town"))
    bounds = looked.bounds or _bounds(view, layers)
    zone = int(zones_of_boxes(np.array([bounds]))[0])
    layers = [grounds.in_plane(one, zone) for one in layers]
    town = None if place is None else _town(view, place, zone)
    if place is not None and town is not None:
        layers = [one if _is_ground(one) else _within(one, town, place) for one in layers]
    around = to_plane(np.array([shapely.box(*bounds)]), zone)[0]
    if town is not None and looked.bounds is None:
        around = town
    named = _named(view, title, place)
    return _drawn(
        view, ask, named, [*pictures, *grounds.ordered(layers)], _fit(view, ask, named, around, zone), town
    )


def _drawn(
    book: Book,
    ask: Ask,
    title: str,
    layers: Sequence[Drawn | Picture],
    fit: _Fit,
    town: shapely.Geometry | None,
) -> Sheet:
    ground, scale, looked = fit.ground, fit.scale, ask.looked
    at = grounds.halves(ground, looked.handle)
    shots = [grounds.pictured(one, at[one.side]) for one in layers if isinstance(one, Picture)]
    shots = [(image, one) for image, one in shots if image.pixels[..., 3].any()]
    shown = [chosen(one, grounds.seen_of(one, at[one.side]), whole=grounds.whole_in(one, at[one.side]))
             for one in layers if isinstance(one, Drawn)]  # fmt: skip
    if shots:
        shown = seen_through(shown)
    drawn = [Group(f"picture-{one.id}", (image,), image.box) for image, one in shots]
    drawn += [grounds.drawn(one, at[one.side], scale) for one in shown if not one.labels]
    drawn += [grounds.veil(town, ground)] if town is not None else []
    sides = [grounds.parting(at, [seen(spoken(one)) for one in looked.sides], scale)] if looked.sides else []
    net, step = (Group("grid", ()), None) if book.public else grounds.grid(ground, scale)
    inner = Group("map", tuple(drawn), ground.frame)
    lines = Group("grid-lines", tuple(one for one in net.items if isinstance(one, Path)), ground.frame)
    numbers = Group("grid-numbers", tuple(one for one in net.items if isinstance(one, Label)))
    _, head = _head(book, ask, title, fit.width, scale)
    left = fit.width - MARGIN - PANEL * scale
    below = ground.frame[3] - 28 * scale
    groups = (
        inner, *([lines, numbers] if step else []),
        Group("map-names", (grounds.names(shown, at, scale, parted=bool(sides)),), ground.frame), *sides,
        grounds.edge(ground), *head,
        legend(rows_of(shown, [one for _, one in shots]), left, ground.frame[1], fit.width - MARGIN, below - 2, scale),
        _scale(ground, left, below, fit, _review(book, ask)), _foot(book, ask, fit, step),
    )  # fmt: skip
    office = book.catalogue.county.office
    return Sheet(fit.width, fit.height, ground.ratio, title, spoken((office.zh, office.en)) if office else "",
                 "zh-CN" if language() == "zh" else "en", ask.made_on, groups)  # fmt: skip


@dataclass(frozen=True)
class _Fit:
    """A sheet's size, how large its letters are, and where its map lies."""

    width: float
    height: float
    scale: float
    ground: Ground


def _fit(book: Book, ask: Ask, title: str, around: shapely.Geometry, zone: int) -> _Fit:
    """Choose the way round of the paper at which the ratio is finer, across where both are alike."""
    long, short, scale = PAPERS[ask.paper]
    west, south, east, north = shapely.bounds(around)
    spare = ROOM_ROUND * max(east - west, north - south)
    wanted = (west - spare, south - spare, east + spare, north + spare)
    found = []
    for width, height in ((long, short), (short, long)):
        bare = _Fit(width, height, scale, Ground(zone, 1, 0, 0, (0, 0, 0, 0)))
        foot = (
            len(_foot_lines(book, ask, bare, None if book.public else NO_STEP)) * SMALL * scale * LINE_HEIGHT
        )
        top = MARGIN + _head(book, ask, title, width, scale)[0] + EDGE * 0.6
        right = width - MARGIN - (PANEL + GUTTER) * scale - EDGE
        frame = (MARGIN + EDGE, top, right, height - MARGIN - foot - EDGE)
        found.append(_Fit(width, height, scale, grounds.ground_of(wanted, zone, frame)))
    return min(found, key=lambda one: one.ground.ratio)


def _head(book: Book, ask: Ask, title: str, width: float, scale: float) -> tuple[float, tuple[Group, ...]]:
    """Write the title, what it is of, and the stamps: sample data, 密级 with who may know, what a public copy lacks."""
    room = width - 2 * MARGIN
    stamps = _stamps(book)
    boxes: list[Path | Label] = []
    x, size = width - MARGIN, 3.4 * scale
    for word, _ in stamps:
        if word:
            wide = width_of(word, size) + 3 * scale
            boxes.append(Path([rectangle(x - wide, MARGIN, x, MARGIN + 6 * scale)], line=RED, width=0.4))
            middle = (x - wide / 2, MARGIN + 4.2 * scale)
            boxes.append(Label(*middle, word, size, "middle", RED, BOLD, room=wide - 1))
            x -= wide + 2 * scale
    title_size = TITLE * scale
    free = x - MARGIN - 2
    lines = wrapped(seen(title), title_size, free, 2)
    while len(lines) > 1 and title_size > TITLE * scale * 0.7:
        title_size *= 0.9
        lines = wrapped(seen(title), title_size, free, 2)
    y = MARGIN
    texts: list[Label] = []
    for one in lines:
        y += title_size * 1.15
        texts.append(Label(MARGIN, y - title_size * 0.2, one, title_size, weight=BOLD, room=free))
    small = 2.7 * scale
    told = [(_about(book, ask), INK_2), *((text, RED) for _, text in stamps if text)]
    for text, colour in told:
        for line in wrapped(seen(text), small, room):
            y += small * LINE_HEIGHT
            texts.append(Label(MARGIN, y, line, small, colour=colour, room=room))
    return y - MARGIN + 2 * scale, (Group("title", tuple(texts)), Group("stamps", tuple(boxes)))


def _about(book: Book, ask: Ask) -> str:
    told = Message("数据截至 {day}", "Data to {day}", day=book.as_of)
    if ask.looked.sides:
        sides = [
            f"{spoken(side)} {spoken(one)}"
            for side, one in zip(SIDES.values(), ask.looked.sides, strict=True)
        ]
        told = Message("卷帘：{sides}；{told}", "Swipe: {sides}; {told}", sides=listed(sides), told=told)
    elif ask.year is not None:
        told = Message("{year} 年；{told}", "{year}; {told}", year=ask.year, told=told)
    if ask.looked.told:
        told = Message(
            "所选：{named}；{told}", "Selected: {named}; {told}", named=listed(ask.looked.told), told=told
        )
    if forced := [book.editions.get(id_).name for id_ in book.editions.forced.values()]:
        told = Message("{told}；全序列按指定版本评价：{names}", "{told}; the whole series judged under {names}",
                       told=told, names=listed(forced))  # fmt: skip
    return str(told)


def _stamps(book: Book) -> list[tuple[str, str]]:
    """Give each stamp: the word in its box, and what stands in full below the title."""
    found: list[tuple[str, str]] = []
    for one in secrecy(among(book, book.layers_read)):
        zh, en = one.terms.zh, one.terms.en
        told = Message("{word}{terms}：{names}", "{en}{en_terms}: {en_names}", word=one.word.zh,
                       terms=f"（{zh}）" if zh else "", names="、".join(one.titles_zh), en=one.word.en.capitalize(),
                       en_terms=f" ({en})" if en else "", en_names=", ".join(one.titles_en))  # fmt: skip
        found.append((spoken((one.word.zh, one.word.en.capitalize())) if not found else "", str(told)))
    if book.catalogue.county.sample:
        found.append((str(Message("示例数据", "Sample data")), ""))
    if book.public and book.withheld:
        known = {layer.id: layer.title.message for layer in book.catalogue.layers}
        names = [known[id_] for id_ in book.withheld if id_ in known]
        left = Message("公开版，未包含：{names}", "Public copy, left out: {names}", names=listed(names))
        found.append(("", str(left)))
    return found


def _scale(ground: Ground, left: float, top: float, fit: _Fit, review: str) -> Group:
    """Draw the ratio, a bar of round lengths, where the grid's north is, and who may use the sheet."""
    scale = fit.scale
    step = grounds.step_of(ground.ratio, 21 * scale)
    wide = step * ground.metre
    size, y = 2.5 * scale, top + 16 * scale
    right = fit.width - MARGIN
    unit, per = ("km", 1000) if step >= 500 else ("m", 1)  # noqa: PLR2004  half a kilometre
    items: list[Path | Label] = [
        Path([segment((left, top), (right, top))], line=LINE, width=0.2, closed=False),
        Label(left, top + 7.5 * scale, f"1:{ground.ratio:,.0f}", 5 * scale, weight=BOLD),
    ]
    for at in range(4):
        box = rectangle(left + at * wide / 2, y, left + (at + 1) * wide / 2, y + 1.3 * scale)
        items.append(Path([box], INK if at % 2 == 0 else WHITE, INK, 0.2))
    for at in range(3):
        told = f"{at * step / per:g}" + (f" {unit}" if at == 2 else "")  # noqa: PLR2004  the last
        items.append(
            Label(left + at * wide, y - 1 * scale, told, size, "start" if at == 0 else "middle", INK_2)
        )
    name = str(Message("按 {paper} 原大打印", "true when printed at 100 % on {paper}", paper=_paper(fit)))
    items += [Label(left, y + 4.8 * scale, name, 2.1 * scale, colour=INK_2, room=right - left),
              Label(left, y + 10.2 * scale, review, 3.2 * scale, weight=BOLD, room=right - left)]  # fmt: skip
    x, tip = right - 5 * scale, top + 4.5 * scale
    arrow = np.array([(x, tip + 3), (x - 2.2 * scale, tip + 11 * scale), (x, tip + 9 * scale)])
    other = np.array([(x, tip + 3), (x + 2.2 * scale, tip + 11 * scale), (x, tip + 9 * scale)])
    items += [Path([arrow], INK, INK, 0.2), Path([other], WHITE, INK, 0.2),
              Label(x, tip + 2, str(Message("北", "N")), 3 * scale, "middle", weight=BOLD)]  # fmt: skip
    return Group("scale", tuple(items))


def _paper(fit: _Fit) -> str:
    """Name the paper."""
    return next(name for name, (long, _, _) in PAPERS.items() if long == max(fit.width, fit.height))


def _foot_lines(book: Book, ask: Ask, fit: _Fit, step: float | None) -> list[str]:
    """Say in which plane it is drawn, who made it and when, and of what."""
    county = book.catalogue.county
    office = (county.office.zh, county.office.en) if county.office else ("＿" * 12, "_" * 24)
    sources = dict.fromkeys(str(in_both(one.about.source)) for one in among(book, book.layers_read))
    net = Message(
        "；坐标网 {km:g} km，横坐标含带号",
        "; grid of {km:g} km, eastings with their zone",
        km=(step or 0) / KM,
    )
    plane = Message(
        "CGCS2000 坐标系，高斯-克吕格投影，3 度带第 {zone} 带，中央子午线 {meridian}°E{net}。北为坐标北。",
        "CGCS2000, Gauss-Krüger 3-degree zone {zone}, central meridian {meridian}° E{net}. North is grid north.",
        zone=fit.ground.zone, meridian=3 * fit.ground.zone, net=net if step else "",
    )  # fmt: skip
    made = Message(
        "编制单位：{zh}；编制日期：{day}；版本：{edition}；资料来源：{names}",
        "Made by: {en}, {day}; edition {edition}; sources: {names}",
        zh=office[0], en=office[1], day=ask.made_on, edition=book.edition, names=listed(sources, *SEPARATORS),
    )  # fmt: skip
    undrawn = ask.looked.undrawn
    zh, en = "、".join(one[0] for one in undrawn), ", ".join(one[1] for one in undrawn)
    left = Message("视图中有而本图未绘：{zh}。", "In the view and not drawn here: {en}.", zh=zh, en=en)
    told = [plane, *([AREAS] if ask.preset == "planner" else []), *([left] if undrawn else [])]
    texts = [listed(told, "", " "), made, *([county.note.message] if county.note else [])]
    return [line for text in texts for line in wrapped(seen(text), SMALL * fit.scale, fit.width - 2 * MARGIN)]


def _review(book: Book, ask: Ask) -> str:
    if ask.review_no:
        return str(Message("审图号：{no}", "Map review no. {no}", no=seen(ask.review_no)))
    if book.public:
        return str(Message("未经地图审核，不得公开使用", "Not reviewed as a map: not to be published"))
    return str(Message("内部用图", "For internal use"))


def _foot(book: Book, ask: Ask, fit: _Fit, step: float | None) -> Group:
    """Write the foot upwards from the lower edge."""
    size, lines = SMALL * fit.scale, _foot_lines(book, ask, fit, step)
    first = fit.height - MARGIN - (len(lines) - 0.8) * size * LINE_HEIGHT
    return Group("foot", tuple(
        Label(MARGIN, first + at * size * LINE_HEIGHT, text, size, colour=INK_2, room=fit.width - 2 * MARGIN)
        for at, text in enumerate(lines)
    ))  # fmt: skip


def _place(book: Book, town: str | None) -> Place | None:
    if town is None:
        return None
    towns = book.catalogue.county.towns
    for one in towns:
        if town in (one.code, one.name.zh, one.name.en, *one.aliases):
            return one
    raise UsageError(
        Message('没有叫 "{name}" 的乡镇（街道）', 'there is no town "{name}"', name=town),
        fix=Message("用 {names}", "one of {names}", names=listed([one.name.message for one in towns])),
    )


def _town(book: Book, place: Place, zone: int) -> shapely.Geometry:
    known = placed(book.tables.get("boundaries"))
    rows = (
        None
        if known is None
        else known[(known["place_code"] == place.code) | (known["name"] == place.name.zh)]
    )
    if rows is None or not len(rows):
        raise UsageError(
            Message("{name}没有界线，不能单独出图", "{en} has no boundary: it cannot be drawn alone",
                    name=place.name.zh, en=place.name.en),
            fix=Message("目录中加入乡镇界，或不写 --town", "catalogue the boundaries of towns, or leave --town out"),
        )  # fmt: skip
    return shapely.make_valid(shapely.union_all(to_plane(rows.geometry.to_numpy(), zone)))


def _is_ground(layer: Drawn) -> bool:
    return layer.id.startswith("base_")


def _within(layer: Drawn, town: shapely.Geometry, place: Place) -> Drawn:
    kept, whole = grounds.in_town(layer, town, place.name.zh)
    return chosen(layer, kept, whole=whole)


def _named(book: Book, title: tuple[str, str], place: Place | None) -> str:
    county = book.catalogue.county.name
    zh = f"{county.zh}{place.name.zh if place else ''}{title[0]}"
    en = f"{county.en}{f', {place.name.en}' if place else ''}: {title[1]}"
    return seen(spoken((zh, en)))


def _bounds(book: Book, layers: Sequence[Drawn]) -> Box:
    """Give the degrees that a sheet of the county shows: its boundary, or all there is where its layers lie beyond."""
    known = placed(book.tables.get("boundaries"))
    drawn = (
        grounds.known_bounds([one for one in layers if not _is_ground(one)]) or book.catalogue.county.extent
    )
    if known is None:
        return drawn
    west, south, east, north = known.total_bounds.tolist()
    border = west, south, east, north
    apart = drawn[0] > border[2] or drawn[2] < border[0] or drawn[1] > border[3] or drawn[3] < border[1]
    if not apart:
        return border
    low, high = np.minimum(border, drawn), np.maximum(border, drawn)
    return float(low[0]), float(low[1]), float(high[2]), float(high[3])
