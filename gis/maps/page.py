"""What pages are made of: head, stamps and foot, values as cells, tables by columns as `tables.toml` describes them."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache, partial
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from gis.base.calendar import period_words
from gis.base.columns import Column as Described
from gis.base.columns import described
from gis.base.messages import MARK, Message, listed, of_text, parts
from gis.base.stored_words import words_of
from gis.base.text import both, in_html
from gis.base.units import shown as written
from gis.base.units import unit_words
from gis.catalogue import Layer, secrecy
from gis.look import Mark
from gis.maps.book import (
    Book,
    Pair,
    among,
    figure_of,
    files_with,
    missing,
    place_words,
    standard_names,
    year_words,
)
from gis.maps.layers import icon
from gis.maps.offline import MapView, Page, html_of, script, sheet, sources, web
from gis.maps.offline import filled as filled
from gis.standards import Edition, ids_of

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
    "land": (("parcels", "ledger_events", "farmland_cases", "tax"), ("更新地块或台账", "renewal parcels or a ledger")),
    "water": (("sections", "samples"), ("断面或监测记录", "sections or samples")),
    "air": (("stations", "air_days", "air_hours"), ("站点与空气日值或小时值", "stations and days or hours of air")),
}  # fmt: skip
Row = dict[str, Any]
LONG = 12
NO_FACT = ("", "–")
OWN_FILES = {  # what pages of a kind carry beside what all do
    "index": ("index.css", "index.js"), "conflict": ("conflict.css",), "section": ("section.css",),
    "evidence": ("further.css", "files.js", "evidence.js"), "town": ("further.css",),
}  # fmt: skip
OPEN: Mapping[str, Any] = MappingProxyType({})


def edition_page(
    book: Book,
    name: str,
    body: str,
    notes: Iterable[str],
    view: MapView | None = None,
    title: Pair | None = None,
) -> str:
    """Put a page of the bar together: head, stamps of what was read for it, body, foot.

    Parameters
    ----------
    view
        Its map, which stands in the body already.
    title
        Of its window, without the county, where it is not that of the bar.
    """
    county = book.catalogue.county
    zh, en = title or (f" · {NAMES[name][0]}", f" · {NAMES[name][1]}")
    page = Page(
        (f"{county.name.zh}{zh}", f"{county.name.en}{en}"), masthead(book, name), _dressed(name, body),
        foot(book, notes), stamps=stamps(book), view=view, classes=name,
        tiles=county.basemap.url if view and county.basemap else "",
    )  # fmt: skip
    return html_of(page, f"{name}.html")


def further(
    book: Book, name: str, heading: Pair, body: str, links: Iterable[tuple[str, Pair]],
    *, notes: Iterable[str] = (), stamped: str | None = None,
) -> str:  # fmt: skip
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
    kind = name.partition("/")[0].removesuffix("s")
    listed = "".join(f'<a href="{address}">{both(*words)}</a>' for address, words in links)
    nav = f"<nav {named('页面', 'pages')}>{listed}</nav>" if listed else ""
    facts = (
        f"<span>{both('数据截至', 'As of')} <b>{book.as_of.isoformat()}</b></span>"
        f"<span>{both('版本', 'Edition')} <b>{in_html(book.edition)}</b></span>"
    )
    page = Page(
        (f"{county.zh} · {zh}", f"{county.en} · {en}"), mast(heading, nav, facts), _dressed(kind, body),
        foot(book, notes), stamps=stamps(book) if stamped is None else stamped,
        classes=kind,
    )  # fmt: skip
    return html_of(page, name)


def _dressed(kind: str, body: str) -> str:
    """Put the styles of a kind of page before its body, and its scripts behind it."""
    own = OWN_FILES.get(kind, ())
    scripts = [one for one in own if one.endswith(".js")]
    styles = "".join(sheet(one) for one in own if one.endswith(".css"))
    return f"{styles}{body}{script(sources(*scripts)) if scripts else ''}"


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
    told = listed((listed([Message(*NAMES[name]), day], " ", " ") for name, day in book.days.items()), "，")
    return f" {both(f'（{told.zh}）', f'({told.en})')}"


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
    names = listed(book.editions.get(id_).name for id_ in book.editions.forced.values())
    words = both(
        f"全序列按指定版本评价：{names.zh}（不论日期）",
        f"The whole series was judged under the editions chosen, whatever the date: {names.en}",
    )
    return f'<p class="stamp left-out">{words}</p>' if names.zh else ""


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


def data_of(book: Book, table: str) -> str:
    """Lead to the table that a drawing shows."""
    file = in_html(files_with(book, table)[0])
    return f'<p class="note">{both("数据表：", "Data: ")}<a href="tables/{file}">tables/{file}</a></p>'


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


def words(value: Any) -> str:
    """Give a text of data, escaped; missing is empty."""
    return "" if missing(value) else in_html(value)


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Give the rows of a frame as dictionaries."""
    names = [str(name) for name in frame.columns]
    return [
        dict(zip(names, row, strict=True))
        for row in zip(*(_values(frame[name]) for name in frame.columns), strict=True)
    ]


def _values(column: pd.Series) -> list[Any]:
    if column.dtype != object:
        return column.tolist()
    return [value.item() if isinstance(value, np.generic) else value for value in column]


def rows_in(book: Book, table: str) -> list[Row]:
    """Give the rows of a table as dictionaries; none where it is missing."""
    found = book.tables.get(table)
    return [] if found is None else records(found)


def number(value: Any, digits: int = 2, per: float = 1.0) -> str:
    """Give a number, divided by `per`, as tables show it; missing is "–", never 0."""
    return "–" if missing(value) else written(float(value) / per, digits)


def day(value: Any) -> str:
    """Give a date as yyyy-mm-dd; missing is empty."""
    return "" if missing(value) else f"{pd.Timestamp(value):%Y-%m-%d}"


def flagged(mark: Mark, text: Pair | None = None) -> str:
    """Give a mark's symbol with its word beside it."""
    told = (mark.zh, mark.en) if text is None else text
    return f'<span class="cell">{worded(mark, 16, told)}</span>'


def worded(mark: Mark, size: int, text: Pair | None = None) -> str:
    """Give a mark's symbol, `size` pixels wide, and words behind it where there are some."""
    return f"{icon(mark, size)}{both(*text) if text else ''}"


def shower(title: str, label: Pair | None = None) -> str:
    """Give a button that shows the feature of this title on the map; `label` is what it says."""
    told = in_html(title) if label is None else both(*label)
    return f'<button type="button" class="link" data-show="{in_html(title)}">{told}</button>'


def strip(facts: list[tuple[Pair, str]]) -> str:
    """Give a row of figures with their names."""
    return (
        '<div class="strip">'
        + "".join(
            f'<div><p class="k">{both(*name)}</p><p class="v">{value}</p></div>' for name, value in facts
        )
        + "</div>"
    )


def rate_strip(book: Book, indicator_id: str, title: Pair) -> str:
    """Draw a rate of each year that has it, the running year marked."""
    facts: list[tuple[Pair, str]] = []
    for year in book.years:
        rate = figure_of(book, indicator_id, str(year))
        if rate is not None:
            zh, en = year_words(book, year)
            shown_as = f'{number(rate, 1)}<span class="unit">%</span>'
            facts.append(((f"{title[0]} {zh}", f"{title[1]} {en}"), shown_as))
    return strip(facts)


def unsure_of(book: Book, families: set[str]) -> list[str]:
    """List what is unsure about the editions of some families."""
    return unsure_notes(
        [one for one in book.editions.all if one.family in families and one.start <= book.as_of]
    )


def unsure_notes(editions: Iterable[Edition]) -> list[str]:
    """Write what is unsure about some editions, each under the name of its standard."""
    notes = []
    for one in editions:
        notes += [both(f"{one.name.zh}：{told['zh']}", f"{one.name.en}: {told['en']}") for told in one.unsure]
    return notes


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


def editions_in_words(book: Book, values: pd.Series) -> pd.Series:
    """Name the standards of each list of edition ids in both languages; missing stays."""
    names = standard_names(book)
    told = {one: _editions(one, names) for one in values.dropna().unique()}
    return values.map({one: [words.zh, words.en] for one, words in told.items()}).astype("object")


def _editions(text: Any, names: Mapping[str, Message]) -> Message:
    return listed(list(dict.fromkeys(names.get(id_, id_) for id_ in ids_of(text))))


def named_editions(text: Any, names: Mapping[str, Message]) -> str:
    """Write the standards of a list of edition ids by their names, each once."""
    told = _editions(text, names)
    return in_html(told.zh) if told.zh == told.en else both(told.zh, told.en)


def edition_cell(book: Book, text: Any) -> str:
    """Write the standards of a row of a table by their names, on one line; missing is empty."""
    known = "" if pd.isna(text) else named_editions(text, standard_names(book))
    return f'<span class="cell">{known}</span>'


class Column(NamedTuple):
    """Head, cell as HTML, whether it stands flush right, and the column of the frame whose value it shows."""

    head: Pair
    cell: Callable[[Row], str]
    right: bool = False
    name: str | None = None


def drawn(
    id_: str, title: Pair, columns: Sequence[Column], rows: Iterable[Row], held: Mapping[str, Pair] = OPEN
) -> str:
    """Draw a table, a row a record: the twin of a map or a chart; of `held` layers only how many rows there are."""
    listed = list(rows)
    body = "".join(
        f"<tr>{''.join(f'<td{_side(one)}>{one.cell(row)}</td>' for one in columns)}</tr>" for row in listed
    )
    empty = f'<tr><td colspan="{len(columns)}" class="nothing">{both("无数据", "no data")}</td></tr>'
    name = in_html(id_)
    if held and listed:
        kept = both(*next(iter(held.values())))
        count = f'<span class="n">{len(listed):,}</span>'
        return (
            f'<section class="twin" id="{name}"><div class="caption"><h2>{both(*title)}</h2>{count}</div>'
            + (f'<p class="note">{kept}</p></section>')
        )
    told = ("筛选本表", "filter this table")
    sieve = (
        f'<input type="search" class="sieve" data-filter="{name}" placeholder="{told[0]}" '
        f'{named(*told)} data-placeholder="1">'
        if len(listed) > LONG
        else ""
    )
    return (
        f'<section class="twin"><div class="caption"><h2>{both(*title)}</h2>'
        f'<span class="n">{len(listed):,}</span>{sieve}</div>'
        f'<div class="scroll" tabindex="0" role="region" {named(*title)}><table id="{name}">'
        f"<thead><tr>{heads(columns)}</tr></thead><tbody>{body or empty}</tbody></table></div></section>"
    )


def table(
    book: Book | None, key: str, rows: pd.DataFrame | Iterable[Row], values: Mapping[str, Any] = OPEN, /,
    *, suffix: object = "", columns: Any = "", kept: Any = OPEN, **cells: Callable[[Row], str],
) -> str:  # fmt: skip
    """Draw a table by its title and columns in `web/tables.toml`.

    Parameters
    ----------
    values
        What its title says beside the as-of day.
    suffix, columns
        What stands behind its id; columns in place of its own.
    kept
        Layers of which only how many rows there are is shown.
    cells
        See `shown`.
    """
    told = _tables()[key]
    title = Message(*told["title"], **({"as_of": book.as_of} if book else {}), **values)
    id_ = f"{told.get('id', key)}{'-' if suffix else ''}{suffix}"
    listed = records(rows) if isinstance(rows, pd.DataFrame) else rows
    own = shown(book, told["of"], columns or told["columns"], **cells)
    return drawn(id_, (title.zh, title.en), own, listed, kept)


@cache
def _tables() -> dict[str, Any]:
    return tomllib.loads(web("tables.toml"))


def facts(id_: str, columns: Sequence[Column], row: Row) -> str:
    """List what a row says, a column a line; what is missing has none."""
    told = [(one.head, one.cell(row)) for one in columns]
    lines = "".join(
        f"<div><dt>{both(*head)}</dt><dd>{cell}</dd></div>" for head, cell in told if cell not in NO_FACT
    )
    return f'<dl class="facts-list" id="{in_html(id_)}">{lines}</dl>'


def heads(columns: Sequence[Column]) -> str:
    """Write the head of a table."""
    return "".join(f'<th scope="col"{_side(one)}>{both(*one.head)}</th>' for one in columns)


def shown(book: Book | None, table: str, names: str, /, **cells: Callable[[Row], str]) -> list[Column]:
    """Describe columns of a table as `tables.toml` has them: head, side and cell.

    Parameters
    ----------
    book
        Names towns and editions; None where there is none.
    table
        Whose words are taken.
    names
        The columns in their order, between blanks.
    cells
        Cells that say more than the value of their column, as HTML.
    """
    return [_column(book, table, described(name, table), cells.get(name)) for name in names.split()]


def _column(book: Book | None, table: str, told: Described, own: Callable[[Row], str] | None) -> Column:
    write = cell_of(book, table, told)
    right = told.kind == "f" or (told.right and own is None and not words_of(told.name, table))
    return Column(told.head, own or (lambda row: write(row.get(told.name))), right, told.name)


def cell_of(book: Book | None, table: str, told: Described) -> Callable[[Any], str]:
    """Give what writes a value as HTML: as the house writes columns of its name, else by codes and dtype."""
    codes = words_of(told.name, table)
    known = FORMS | ({} if book is None else _of_book(book))
    if told.name in known:
        return known[told.name]
    if told.kind == "f" or (told.kind == "i" and not codes):
        return lambda value: number(value, told.digits, told.per)
    if told.kind in "dt":
        return moment
    if told.kind == "b":
        return lambda value: "" if missing(value) else both(*(YES if value else NO))
    return lambda value: "" if missing(value) else _said(str(value), codes)


def _of_book(book: Book) -> dict[str, Callable[[Any], str]]:
    towns = lambda value: both(*place_words(book, value))  # noqa: E731  for two columns
    return {"town": towns, "place": towns, "edition": lambda value: edition_cell(book, value)}


def _said(value: str, codes: Mapping[str, Pair]) -> str:
    zh, en = codes.get(value, (value, value))
    return remark(value) if value.startswith(MARK) else in_html(zh) if zh == en else both(zh, en)


def moment(value: Any) -> str:
    """Give a date as yyyy-mm-dd, with the time of day where it has one; missing is empty."""
    if missing(value):
        return ""
    stamp = pd.Timestamp(value)
    return f"{stamp:%Y-%m-%d}" if stamp == stamp.normalize() else f"{stamp:%Y-%m-%d %H:%M}"


def each(names: str, write: Callable[[Row, str], str]) -> dict[str, Callable[[Row], str]]:
    """Give columns of several names one way to write them, of their row and name."""
    return {name: partial(_named, write, name) for name in names.split()}


def _named(write: Callable[[Row, str], str], name: str, row: Row) -> str:
    return write(row, name)


def finder(name: str) -> Callable[[Row], str]:
    """Show a name as the button that shows its feature on the map."""
    return lambda row: shower(str(row[name]))


def origin(row: Row) -> str:
    """Show the file and the row that a record comes from."""
    return f"{words(row.get('source'))} · {words(row.get('source_row'))}"


def span_only(row: Row) -> str:
    """Write the period of a row on one line."""
    return f'<span class="cell">{FORMS["period"](row["period"])}</span>'


def span(row: Row) -> str:
    """Write the period of a row on one line, one that has not ended with its mark."""
    tag = (
        f' <span class="tag quiet">{both("未满期", "so far")}</span>'
        if row.get("provisional") is True
        else ""
    )
    return span_only(row) + tag


def items(value: Any) -> str:
    """Show names of indicators of water, see `names_of`."""
    return "" if missing(value) else both(*names_of(value))


YES, NO = ("是", "yes"), ("否", "no")


FORMS: dict[str, Callable[[Any], str]] = {
    "period": lambda value: both(*period_words(str(value))),
    "source_row": words,
    "year": words,
    "plan_year": words,
    "note": remark,
    "unit": lambda value: "" if missing(value) else both(*unit_words(str(value))),
    "deciding_indicators": items,
    "main_pollutants": items,
    "primary_items": items,
}


def _side(column: Column) -> str:
    return ' class="r"' if column.right else ""


def names_of(value: Any) -> tuple[str, str]:
    """Give names of indicators as rows list them in both languages."""
    told = of_text(str(value))
    return told.zh, told.en
