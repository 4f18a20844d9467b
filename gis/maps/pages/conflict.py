"""One page a conflict, to read and to print: where a parcel touches a type of line, how much, by what rule."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from gis import look
from gis.base.tables import TABLES
from gis.base.text import both, in_file_name, in_html
from gis.catalogue.model import Layer, Rule
from gis.land.line_editions import NO_DATE, NO_EDITION, edition_names
from gis.look import Mark
from gis.maps.book import Book
from gis.maps.layers import Pair, placed
from gis.maps.mapview import named
from gis.maps.offline import style, web
from gis.maps.page import Page, foot, html_of, internal_layers, internal_stamp, mast, sample_stamp, table
from gis.maps.pages.cells import day, flagged, number, records, unsure_of, words
from gis.maps.pages.extract import Placed, Window
from gis.maps.shapes import patterns, swatch
from gis.maps.wording import spoken

FOLDER = "conflicts"
SHOWN = ("high", "medium")
OUTSIDE = "growth_boundary"
BACK: dict[str, Pair] = {"planner.html": ("规划", "Planner"), "../index.html": ("计分卡", "Scorecard")}
UNTOUCHED: Pair = ("当时未触碰", "did not touch then")
NOT_NOW: Pair = ("现未触碰", "does not touch now")
WHY: dict[str, Pair] = {
    NO_DATE: ("没有批准日期，按最新版本判定", "no approval date: judged by the newest edition"),
    NO_EDITION: ("批准日期早于数据中的各版本，按最新版本判定",
                 "approved before every edition in the data: judged by the newest"),
}  # fmt: skip
NEIGHBOUR = Mark("neighbour", "其他更新地块", "Other renewal parcels", line="#8A97A3", fill="#EEF1F4")
MEASURED: dict[str, Pair] = {
    "area_legal_m2": ("椭球面积(m²)", "Legal area (m²)"), "area_legal_mu": ("椭球面积(亩)", "Legal area (mu)"),
    "counted_mu": ("计入面积(亩)", "Counted (mu)"),
}  # fmt: skip
PARCEL = Mark("parcel", "本地块", "This parcel", line="#1F2933", fill="#BFD3E3", weight=2.0)
Key = tuple[str, str]
Row = dict[str, Any]
Rows = list[Row]


@dataclass(frozen=True)
class _Ground:
    """What the pages share: rows by key, drawn tables with their spatial index, and the marks."""

    book: Book
    parcels: Placed
    lines: dict[str, Placed]
    line_rows: dict[str, Rows]
    waters: tuple[Placed, Placed]
    events: dict[str, Rows]
    marks: dict[str, dict[str, Mark]]
    verdicts: dict[str, Pair]
    rules: dict[str, Rule]
    notes: tuple[str, ...]


def addresses(book: Book) -> dict[Key, str]:
    """Give the address of each conflict's page from a page of its edition: (parcel_id, line_type) → href.

    Conflicts of high and medium severity have a page; slivers have none.
    """
    return {key: f"{FOLDER}/{quote(name)}" for key, name in _names(_conflicts(book)).items()}


def render(book: Book) -> dict[str, str]:
    """Draw a page a conflict: `conflicts/<parcel>-<line>.html` → HTML.

    Raises
    ------
    AssetError
        A page would load something from elsewhere.
    """
    found, parcels = _conflicts(book), placed(book.tables.get("parcels"))
    if parcels is None or not len(found):
        return {}
    ground, names = _ground(book, parcels), _names(found)
    known = {str(row["parcel_id"]): row for row in reversed(records(pd.DataFrame(parcels)))}
    pieces = _grouped(pd.DataFrame(found), "parcel_id", "line_type")
    return {
        f"{FOLDER}/{name}": _page(ground, known[id_], kind, pieces[id_, kind])
        for (id_, kind), name in names.items()
        if id_ in known
    }


def _grouped(frame: pd.DataFrame, *keys: str) -> dict[Any, Rows]:
    """Give the rows of a frame as dictionaries, by the text of one or more columns."""
    found: dict[Any, Rows] = {}
    for row in records(frame):
        key = tuple(str(row[name]) for name in keys)
        found.setdefault(key if len(keys) > 1 else key[0], []).append(row)
    return found


def _conflicts(book: Book) -> gpd.GeoDataFrame | pd.DataFrame:
    """Give the pieces of every conflict that has a page, its slivers too, worst first."""
    frame = placed(book.tables.get("pieces"))
    if frame is None or "parcels" not in book.tables:
        return pd.DataFrame({"parcel_id": [], "line_type": []})
    keys = ["parcel_id", "line_type"]
    sliver = frame["sliver"].fillna(value=False).astype("bool")
    grave = frame[frame["severity"].isin(SHOWN) & ~sliver & frame["parcel_id"].notna()]
    grave = grave[grave["parcel_id"].isin(book.tables["parcels"]["parcel_id"])]
    return frame[pd.MultiIndex.from_frame(frame[keys]).isin(pd.MultiIndex.from_frame(grave[keys]))]


def _names(found: pd.DataFrame) -> dict[Key, str]:
    names: dict[Key, str] = {}
    taken: set[str] = set()
    keys = found[["parcel_id", "line_type"]].drop_duplicates().sort_values(["parcel_id", "line_type"])
    for id_, kind in keys.itertuples(index=False):
        stem = in_file_name(str(id_))[:60].replace("%", "_").replace("#", "_")
        name, number_ = f"{stem}-{kind}", 2
        while name.lower() in taken:
            name, number_ = f"{stem}-{kind}-{number_}", number_ + 1
        taken.add(name.lower())
        names[str(id_), str(kind)] = f"{name}.html"
    return names


def _ground(book: Book, parcels: gpd.GeoDataFrame) -> _Ground:
    colours = look.colours(book.editions, book.as_of)
    lines, waters = placed(book.tables.get("control_lines")), placed(book.tables.get("waters"))
    by_type: dict[str, Placed] = {}
    rows: dict[str, Rows] = {}
    if lines is not None:
        named_ = lines.assign(edition_name=edition_names(lines))
        by_type = {
            str(kind): Placed.of(some.geometry.to_numpy()) for kind, some in named_.groupby("line_type")
        }
        rows = _grouped(pd.DataFrame(named_), "line_type")
    wet = waters.geometry.to_numpy() if waters is not None else np.array([], dtype=object)
    wide = shapely.get_dimensions(wet) > 1
    listed = book.tables.get("ledger_events")
    events: dict[str, Rows] = {}
    if listed is not None and len(listed):
        spoken_ = listed.assign(event=spoken(listed["event"], "ledger_events", "event"))
        events = _grouped(pd.DataFrame(spoken_).sort_values("date", kind="stable"), "parcel_id")
    return _Ground(
        book=book,
        parcels=Placed.of(parcels.geometry.to_numpy()),
        lines=by_type,
        line_rows=rows,
        waters=(Placed.of(wet[wide]), Placed.of(wet[~wide])),
        events=events,
        marks={group: look.marks(colours, group) for group in ("line", "severity", "base")},
        verdicts=look.verdict_words(colours),
        rules={rule.id: rule for rule in book.catalogue.rules},
        notes=tuple(unsure_of(book, {look.FAMILY, "parcel_area"})),
    )


def _page(ground: _Ground, parcel: Row, kind: str, pieces: Rows) -> str:
    book, county = ground.book, ground.book.catalogue.county
    real = [row for row in pieces if not _sliver(row)]
    rule = ground.rules.get(str(real[0]["rule_id"]))
    line, id_ = _line_words(ground, kind), str(parcel["parcel_id"])
    zh, en = f"{id_} × {line[0]}", f"{id_} × {line[1]}"
    body = (
        f'{style(web("conflict.css"))}<p class="answer">{_answer(ground, id_, line, real)}</p>'
        f"{_extract(ground, parcel, kind, pieces)}{_pieces(ground, pieces)}{_rule(ground, rule, real)}"
        f"{_record(parcel)}{_events(ground, id_)}{_sources(ground, parcel, kind, pieces)}{_images(book)}"
    )
    nav = "".join(f'<a href="../{name}">{both(*told)}</a>' for name, told in BACK.items())
    facts = (
        f"<span>{both('数据截至', 'As of')} <b>{book.as_of.isoformat()}</b></span>"
        f"<span>{both('版本', 'Edition')} <b>{in_html(book.edition)}</b></span>"
    )
    note = (
        [both(f"{rule.clause}：{rule.note.zh}", f"{rule.clause}: {rule.note.en}")]
        if rule and rule.note
        else []
    )
    page = Page(
        title=(f"{county.name.zh} · {zh}", f"{county.name.en} · {en}"),
        masthead=mast((zh, en), f"<nav {named('页面', 'pages')}>{nav}</nav>", facts),
        body=body,
        foot=foot(book, [*note, *ground.notes]),
        stamps=_stamps(book, kind),
        classes="conflict",
    )
    return html_of(page, f"{FOLDER}/{id_}")


def _sliver(row: Row) -> bool:
    return not pd.isna(row["sliver"]) and bool(row["sliver"])


def _answer(ground: _Ground, id_: str, line: Pair, real: Rows) -> str:
    rows = [row for row in real if row.get("judging", True)]
    told = (_verdict(ground, rows[0]["verdict"]) if rows else None) or UNTOUCHED
    rows = rows or real
    area = number(sum(row["area_mu"] for row in rows))
    share = number(min(sum(row["share"] for row in rows), 1.0) * 100, 1)
    zh = line[0] if line[0].endswith("外") else f"{line[0]}内"
    en = line[1] if line[1].startswith("outside") else f"in the {line[1][0].lower()}{line[1][1:]}"
    return both(
        f"{told[0]}：图斑 {id_} 有 {area} 亩（占地块 {share}%）在{zh}。",
        f"{told[1]}: {area} mu ({share}%) of parcel {id_} {en}.",
    )


def _extract(ground: _Ground, parcel: Row, kind: str, pieces: Rows) -> str:
    window = Window.round(parcel["geometry"])
    severity, base, line = ground.marks["severity"], ground.marks["base"], ground.marks["line"][kind]
    conflict = severity.get(str(pieces[0]["severity"]), severity["none"])
    parts = [
        window.draw(window.inside(ground.waters[0]), base["lake"]),
        window.draw(window.inside(ground.waters[1]), base["river"], filled=False),
        window.draw(window.inside(ground.parcels), NEIGHBOUR),
        window.draw(_shapes([parcel]), PARCEL),
    ]
    if kind in ground.lines:
        shown = {str(row.get("edition")) for row in pieces} | {""}
        keep = np.array([row["edition_name"] in shown for row in ground.line_rows[kind]])
        drawn = window.inside(ground.lines[kind], keep if "edition" in pieces[0] else None)
        parts.append(window.draw(drawn, line))
    parts.append(window.draw(_shapes(pieces), conflict))
    zh, en = _line_words(ground, kind)
    touched = replace(conflict, zh=f"触碰部分（{zh}）", en=f"Part that touches ({en})")
    key = "".join(
        f"<span>{swatch(one)}{both(one.zh, one.en)}</span>" for one in (PARCEL, touched, line, NEIGHBOUR)
    )
    drawing = window.picture(parts, (f"{zh}与地块的位置图", f"Map of the parcel and the {en}"))
    return f'<figure>{patterns([line, conflict])}{drawing}<figcaption class="key">{key}</figcaption></figure>'


def _shapes(rows: Rows) -> npt.NDArray[np.object_]:
    out = np.empty(len(rows), dtype=object)
    out[:] = [row["geometry"] for row in rows]
    return out


def _pieces(ground: _Ground, pieces: Rows) -> str:
    heads = [
        ("控制线编号", "Line id"), ("名称", "Name"), ("线版本", "Edition of the line"), ("面积(m²)", "Area (m²)"),
        ("面积(亩)", "Area (mu)"), ("占地块(%)", "Share (%)"), ("宽度(m)", "Width (m)"),
        ("判定日期", "Judged on"), ("判定", "Verdict then"), ("按最新版本", "By the newest edition"),
    ]  # fmt: skip
    real, slivers = ([row for row in pieces if _sliver(row) == small] for small in (False, True))
    out = table("pieces", ("触碰部分", "Parts that touch"), heads, _rows(ground, real), numeric=(3, 4, 5, 6))
    if slivers:
        caption = ("边界误差内的碎屑（单列，不计入）", "Slivers within the error of the edge, listed apart")
        out += table("slivers", caption, heads, _rows(ground, slivers), numeric=(3, 4, 5, 6))
    return out


def _rows(ground: _Ground, pieces: Rows) -> list[list[str]]:
    severity = ground.marks["severity"]
    return [
        [
            words(row["line_id"]),
            words(row.get("line_name")),
            words(row.get("edition")),
            number(row["area_m2"]),
            number(row["area_mu"]),
            number(row["share"] * 100, 1),
            number(row.get("width_m"), 1),
            _judged(row),
            flagged(severity.get(row["severity"], severity["none"]), _verdict(ground, row["verdict"]) or UNTOUCHED),
            _now(ground, row),
        ]
        for row in pieces
    ]  # fmt: skip


def _judged(row: dict[str, Any]) -> str:
    why = WHY.get(str(row.get("judged_by")))
    return f"{day(row.get('judged_on'))}{both(f'（{why[0]}）', f' ({why[1]})') if why else ''}"


def _now(ground: _Ground, row: dict[str, Any]) -> str:
    if "verdict_now" not in row:
        return ""
    zh, en = _verdict(ground, row["verdict_now"]) or NOT_NOW
    mu = number(row["area_now_m2"] * 3 / 2000)
    return both(f"{zh} {mu} 亩", f"{en} {mu} mu")


def _verdict(ground: _Ground, verdict: Any) -> Pair | None:
    return None if pd.isna(verdict) else ground.verdicts.get(str(verdict), (str(verdict), str(verdict)))


def _rule(ground: _Ground, rule: Rule | None, real: Rows) -> str:
    clause, number_ = words(real[0]["clause"]), words(real[0].get("approval_no"))
    rows = [(both("依据条款", "Clause"), clause + ("" if rule is None or rule.verified else " ※"))]
    rows.append((both("批准文号", "Approval no."), number_ or both("记录中没有", "none in the record")))
    if rule is not None and rule.unless is not None:
        zh, en = ground.verdicts[str(rule.unless.verdict)]
        field = TABLES["parcels"][rule.unless.field]
        told = both(f"{rule.unless.exception.zh}：{field.zh}已填则为“{zh}”",
                    f"{rule.unless.exception.en}: “{en}” where {field.en} is given")  # fmt: skip
        rows.append((both("例外", "Exception"), told))
    said = both(
        "“触碰”只说明图形关系，不等于违法。", "To touch says how shapes lie, not that a law is broken."
    )
    title = _titled(("判定依据", "The rule"))
    return f'<section class="twin">{title}{_listed(rows)}<p class="note">{said}</p></section>'


def _record(parcel: Row) -> str:
    rows = [
        (both(one.zh, one.en), _cell(parcel[one.name], one.kind))
        for one in TABLES["parcels"].values()
        if one.kind != "g" and one.name in parcel and not pd.isna(parcel[one.name])
    ]
    rows += [(both(*told), number(parcel[name])) for name, told in MEASURED.items() if name in parcel]
    return f'<section class="twin">{_titled(("地块记录", "The record"))}{_listed(rows)}</section>'


def _cell(value: Any, kind: str) -> str:
    return day(value) if kind in "dt" else number(value) if kind == "f" else words(value)


def _events(ground: _Ground, id_: str) -> str:
    rows = [
        [words(row["event"]), day(row["date"]), words(row["document_no"]), number(row["area_mu"]),
         f"{words(row['source'])} · {words(row['source_row'])}"]
        for row in ground.events.get(id_, [])
    ]  # fmt: skip
    heads = [
        ("事件", "Event"),
        ("日期", "Date"),
        ("文号", "Document no."),
        ("面积(亩)", "Area (mu)"),
        ("来源", "Source"),
    ]
    return table("events", ("台账事件", "Ledger"), heads, rows, numeric=(3,)) if rows else ""


def _sources(ground: _Ground, parcel: Row, kind: str, pieces: Rows) -> str:
    rows = [[both("地块", "Parcel"), words(parcel.get("source")), words(parcel.get("source_row")), "", ""]]
    touched = {row["line_id"] for row in pieces}
    about: dict[str, Layer] = {layer.id: layer for layer in ground.book.catalogue.layers}
    for row in ground.line_rows.get(kind, []):
        if row["line_id"] in touched:
            layer = about.get(str(row.get("layer")))
            basis = words(layer.about.legal_basis) if layer else ""
            rows.append([words(row["line_id"]), words(row.get("source")), words(row.get("source_row")),
                         words(row["edition_name"]), basis])  # fmt: skip
    heads = [
        ("要素", "Feature"),
        ("文件", "File"),
        ("行", "Row"),
        ("版本", "Edition"),
        ("法律依据", "Legal basis"),
    ]
    return table("sources", ("来源", "Sources"), heads, rows, numeric=(2,))


def _images(book: Book) -> str:
    layers = [layer for layer in book.catalogue.of_kind("land_cover") if layer.id not in book.withheld]
    if not layers:
        said = both("目录中没有前后影像。", "No image before and after is in the catalogue.")
    else:
        zh, en = "、".join(one.title.zh for one in layers), ", ".join(one.title.en for one in layers)
        said = both(
            f"目录中有{zh}；本页不含其影像。", f"The catalogue has {en}; their images are not on this page."
        )
    return f'<p class="note">{said}</p>'


def _titled(words_: Pair) -> str:
    return f'<div class="caption"><h2>{both(*words_)}</h2></div>'


def _listed(rows: list[tuple[str, str]]) -> str:
    return f'<dl class="record">{"".join(f"<div><dt>{key}</dt><dd>{value}</dd></div>" for key, value in rows)}</dl>'


def _line_words(ground: _Ground, kind: str) -> Pair:
    mark = ground.marks["line"][kind]
    return (
        (f"{mark.zh}外", f"outside the {mark.en[0].lower()}{mark.en[1:]}")
        if kind == OUTSIDE
        else (mark.zh, mark.en)
    )


def _stamps(book: Book, kind: str) -> str:
    shown = [
        (layer.title.zh, layer.title.en)
        for layer in internal_layers(book)
        if layer.kind in ("parcels", "ledger_events") or layer.line_type == kind
    ]
    return sample_stamp(book.catalogue.county.sample) + (internal_stamp(shown) if shown else "")
