"""The shell of a page: head, language switch, navigation, stamps, tables and foot."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from gis.base.messages import parts
from gis.base.text import both, in_html
from gis.catalogue import Layer, secrecy
from gis.maps.book import Book, among
from gis.maps.element import SOURCES, sources
from gis.maps.layers import Pair
from gis.maps.mapview import named
from gis.maps.offline import asset, licences, policy, script, sealed, style, web
from gis.maps.templates import filled

NAMES: dict[str, Pair] = {
    "index": ("目标任务完成情况", "Scorecard"),
    "planner": ("规划", "Planner"),
    "land": ("土地", "Land"),
    "water": ("水", "Water"),
    "air": ("环境空气", "Air"),
    "method": ("方法与核对", "Method and checks"),
}
HOME: tuple[str, Pair] = ("../../index.html", NAMES["index"])
FILLED: dict[str, tuple[tuple[str, ...], Pair]] = {
    "planner": (("parcels", "control_lines"), ("更新地块或控制线", "renewal parcels or control lines")),
    "land": (
        ("parcels", "ledger_events", "farmland_cases", "tax"),
        ("更新地块或台账", "renewal parcels or a ledger"),
    ),
    "water": (("sections", "samples"), ("断面或监测记录", "sections or samples")),
    "air": (
        ("stations", "air_days", "air_hours"),
        ("站点与空气日值或小时值", "stations and days or hours of air"),
    ),
}
WORKSPACE = (
    "state.js", "files.js", "rows.js", "grid.js", "live.js", "geodesy.js", "swipe.js", "paper.js", "tools.js",
    "work.js",
)  # fmt: skip


@dataclass(frozen=True)
class Page:
    """One page before it is put together.

    Attributes
    ----------
    title
        Title of the window, in both languages.
    masthead
        HTML of the head: county, navigation, dates.
    body, foot
        HTML; everything from data in it is escaped already.
    map_script, works
        The script of its map, empty where there is none, and whether filters, table and chart stand beside it.
    stamps
        HTML of the notes that stand at the top on screen and in print.
    tiles
        Address of a base map that a reader may turn on; empty: the page loads nothing at all.
    """

    title: Pair
    masthead: str
    body: str
    foot: str
    stamps: str = ""
    map_script: str = ""
    works: bool = False
    classes: str = ""
    tiles: str = ""


def html_of(page: Page, name: str) -> str:
    """Put a page together, everything inside it.

    Raises
    ------
    AssetError
        Something in it would be loaded from elsewhere, or a pinned asset changed.
    """
    sheets = [style(asset("leaflet_css"))] if page.map_script else []
    sheets += [style(web("tokens.css")), style(web("page.css"))]
    scripts = [script(sources("page.js"))]
    if page.map_script:
        sheets += [style(web(name)) for name in ("map.css", *(("work.css",) if page.works else ()))]
        ours = (*SOURCES, "map.js", "legend.js", *(WORKSPACE if page.works else ()))
        scripts += [script(asset("leaflet_js")), script(sources(*ours)), script(page.map_script)]
    text = filled(
        "page.html", page=page, title=page.title, policy=policy(page.tiles), sheets="".join(sheets),
        scripts="".join(scripts), licences=licences() if page.map_script else "",
    )  # fmt: skip
    return sealed(text, name=name)


def further(
    book: Book,
    name: str,
    heading: Pair,
    body: str,
    links: Iterable[tuple[str, Pair]],
    *,
    notes: Iterable[str] = (),
    stamped: str | None = None,
) -> str:
    """Put a page below those of the edition together.

    Parameters
    ----------
    name
        Its path in the folder of the edition.
    links
        Addresses with their words, for the bar at the top; none: no bar.
    stamped
        HTML of its stamps where they are not those of all that was read.
    """
    county, (zh, en) = book.catalogue.county.name, heading
    listed = "".join(f'<a href="{address}">{both(*words)}</a>' for address, words in links)
    nav = f"<nav {named('页面', 'pages')}>{listed}</nav>" if listed else ""
    facts = (
        f"<span>{both('数据截至', 'As of')} <b>{book.as_of.isoformat()}</b></span>"
        f"<span>{both('版本', 'Edition')} <b>{in_html(book.edition)}</b></span>"
    )
    page = Page(
        title=(f"{county.zh} · {zh}", f"{county.en} · {en}"),
        masthead=mast(heading, nav, facts),
        body=body,
        foot=foot(book, notes),
        stamps=stamps(book) if stamped is None else stamped,
        classes=name.partition("/")[0].removesuffix("s"),
    )
    return html_of(page, name)


def masthead(book: Book, current: str) -> str:
    """Give the head of a page of an edition: county, pages, as-of date, edition, language."""
    county = book.catalogue.county.name
    links = "".join(
        f'<a href="{_address(book, current, name)}"{_marked(name == current, lacks(book, name))}>{both(*words)}</a>'
        for name, words in NAMES.items()
    )
    facts = (
        f"<span>{both('数据截至', 'As of')} <b>{book.as_of.isoformat()}</b>{_own_days(book)}</span>"
        f"<span>{both('版本', 'Edition')} <b>{in_html(book.edition)}</b></span>"
    )
    return mast(
        (f"{county.zh}土地与环境监测", f"{county.en} land and environment monitor"),
        f"<nav {named('页面', 'pages')}>{links}</nav>",
        facts,
    )


def _own_days(book: Book) -> str:
    """Say the day of each subject where one is judged as of another day than the whole."""
    if all(day == book.as_of for day in book.days.values()):
        return ""
    told = [(NAMES[name], day.isoformat()) for name, day in book.days.items()]
    zh, en = (
        "，".join(f"{one[0]} {day}" for one, day in told),
        ", ".join(f"{one[1]} {day}" for one, day in told),
    )
    return f" {both(f'（{zh}）', f'({en})')}"


def mast(heading: Pair, nav: str, facts: str) -> str:
    """Give the bar at the top of a page."""
    return (
        f'<div class="mast"><h1>{both(*heading)}</h1>{nav}<p class="facts">{facts}</p>'
        f'<button id="language" type="button" {named("English，切换为英文", "中文, switch to Chinese")}>'
        f'<span class="zh" lang="en">English</span><span class="en" lang="zh-CN">中文</span></button></div>'
    )


def stamps(book: Book) -> str:
    """Give the notes a page must carry: sample data, what it read that is not public, layers left out.

    Asked for when the body is drawn, so that all that was read is known.
    """
    out = sample_stamp(book.catalogue.county.sample) + forced_stamp(book)
    out += secrecy_stamp(among(book, book.layers_read))
    if book.public and book.withheld:
        known = {layer.id: layer.title for layer in book.catalogue.layers}
        left = [(known[id_].zh, known[id_].en) if id_ in known else (id_, id_) for id_ in book.withheld]
        names = ("、".join(zh for zh, _ in left), ", ".join(en for _, en in left))
        words = both("公开版，未包含：" + names[0], "Public edition, left out: " + names[1])
        out += f'<p class="stamp left-out">{words}</p>'
    return out


def sample_stamp(sample: bool) -> str:
    """Give the note of sample data, in both languages at once."""
    return '<p class="stamp sample"><b>示例数据 / Sample data</b></p>' if sample else ""


def forced_stamp(book: Book) -> str:
    """Say under which editions the whole series was judged, where somebody chose them."""
    names = "、".join(book.editions.get(id_).standard for id_ in book.editions.forced.values())
    words = both(
        f"全序列按指定版本评价：{names}（不论日期）",
        f"The whole series was judged under the editions chosen, whatever the date: {names}",
    )
    return f'<p class="stamp left-out">{words}</p>' if names else ""


def secrecy_stamp(layers: Iterable[Layer]) -> str:
    """Give the stamp 内部资料 or a higher one, with the names of the layers that are not public, the highest first."""
    return "".join(
        f'<p class="stamp internal-stamp"><span class="zh"><b>{in_html(one.word.zh)}</b>'
        f"{in_html(f'（{one.terms.zh}）' if one.terms.zh else '')} {in_html('、'.join(one.titles_zh))}</span>"
        f'<span class="en" lang="en"><b>{in_html(one.word.en.capitalize())}</b>'
        f"{in_html(f' ({one.terms.en})' if one.terms.en else '')}: {in_html(', '.join(one.titles_en))}</span></p>"
        for one in secrecy(layers)
    )


def foot(book: Book, notes: Iterable[str] = ()) -> str:
    """Give the foot of a page: notes, where the data comes from, how to trace a number."""
    note = book.catalogue.county.note
    said = [*notes, *([both(note.zh, note.en)] if note else [])]
    listed = "".join(f"<li>{one}</li>" for one in dict.fromkeys(said))
    trace = both(
        "每个数值都有编号，用 gis trace 编号 可查公式、条款和原始行。",
        "Every figure has an id; gis trace ID gives its formula, clause and source rows.",
    )
    return f'<ul class="notes">{listed}</ul><p class="trace">{trace}</p>'


def remark(note: object) -> str:
    """Give a stored note in both languages, a line each of its parts; another text as it is, escaped."""
    return "<br>".join(both(one.zh, one.en) for one in parts(note))


def proof(anchor: str, words: Pair, up: str = "") -> str:
    """Lead to the table of the method page that a figure is checked by; `up` is the way to its folder."""
    return f'<p class="note"><a href="{up}method.html#{anchor}">{both(*words)}</a></p>'


def lacks(book: Book, name: str) -> Pair | None:
    """Say what a page has no layer of in this county; None where it has one, or needs none."""
    kinds, words = FILLED.get(name, ((), ("", "")))
    there = any(one.kind in kinds for one in book.catalogue.layers if one.id not in book.withheld)
    return None if there or not kinds else words


def _marked(current: bool, lacking: Pair | None) -> str:
    return (' aria-current="page"' if current else "") + (' class="bare"' if lacking else "")


def _address(book: Book, current: str, name: str) -> str:
    if current == "index":
        return "#main" if name == "index" else in_html(f"{book.edition}/{name}.html")
    return "../index.html" if name == "index" else f"{name}.html"
