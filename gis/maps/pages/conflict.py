"""One page a conflict, to read and to print: where a parcel touches a type of line, how much, by what rule."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from gis import look
from gis.base.columns import TABLES
from gis.base.errors import UsageError
from gis.base.messages import Message, listed
from gis.base.pictures import COUNTY, Bounds
from gis.base.stored_words import words_of
from gis.base.text import both, file_names, in_file_name
from gis.base.units import to_mu
from gis.catalogue.model import Layer, Rule
from gis.land.line_editions import IN_FORCE, edition_names
from gis.look import Mark
from gis.maps.book import Book, Pair, among, held, held_lines, noted
from gis.maps.layers import patterns, placed, swatch
from gis.maps.page import (
    Row,
    day,
    facts,
    flagged,
    further,
    number,
    origin,
    records,
    sample_stamp,
    secrecy_stamp,
    shown,
    table,
    unsure_of,
    words,
)
from gis.maps.pages.pictures import Placed, Window, images

FOLDER = "conflicts"
NO_CONFLICT = "none"
SEVERITIES = ("high", "medium", "low")
PAGES = (
    200  # of an edition: the gravest; that of any other conflict is drawn when it is asked for (`page_of`)
)
BACK: dict[str, Pair] = {
    "planner.html": ("规划", "Planner"),
    "../index.html": ("目标任务完成情况", "Scorecard"),
}
NEIGHBOUR = Mark("neighbour", "其他更新地块", "Other renewal parcels", line="#8A97A3", fill="#EEF1F4")
PARCEL = Mark("parcel", "本地块", "This parcel", line="#1F2933", fill="#BFD3E3", weight=2.0)
Key = tuple[str, str]
Links = list[tuple[str, Pair]]
OUTSIDE = "growth_boundary"
Rows = list[Row]
UNTOUCHED: Pair = ("当时未涉及", "did not touch then")
PARTS = {"pieces": False, "slivers": True}
NOT_NOW: Pair = ("现未涉及", "does not touch now")
MEASURED = "area_legal_m2 area_legal_mu counted_mu"


def addresses(book: Book) -> dict[Key, str]:
    """Give the address of each conflict's page from a page of its edition: (parcel_id, line_type) → href.

    The PAGES gravest of the touches that a rule judges as conflicts have a page; slivers have none.
    """
    return {key: f"{FOLDER}/{quote(name)}" for key, name in _names(_gravest(_conflicts(book))).items()}


def windows(book: Book, parcel_ids: Collection[str] | None = None) -> dict[str, Bounds]:
    """Give the ground that the pages show, or those of some parcels: parcel_id, or the county → bounds in degrees."""
    parcels = placed(book.tables.get("parcels"))
    whole = {COUNTY: book.catalogue.county.extent} if parcel_ids is None or COUNTY in parcel_ids else {}
    if parcels is None:
        return whole
    ids = _gravest(_conflicts(book))["parcel_id"] if parcel_ids is None else parcel_ids
    shown = parcels[parcels["parcel_id"].isin(ids)].drop_duplicates("parcel_id")
    return whole | {
        str(id_): Window.round(shape).bounds
        for id_, shape in zip(shown["parcel_id"], shown.geometry, strict=True)
    }


def render(book: Book) -> dict[str, str]:
    """Draw a page a conflict: `conflicts/<parcel>-<line>.html` → HTML.

    Raises
    ------
    AssetError
        A page would load something from elsewhere.
    """
    found = _gravest(_conflicts(book))
    names = _names(found)
    return {
        f"{FOLDER}/{names[key]}": page
        for key, page in _drawn(
            noted(book), found, [(f"../{name}", told) for name, told in BACK.items()]
        ).items()
    }


def page_of(book: Book, parcel_id: str, line_type: str | None = None) -> str:
    """Draw the page of one conflict, whole in itself: to be sent without the edition.

    Raises
    ------
    UsageError
        The parcel has no conflict, none with this type of line, or several and no type is named.
    """
    found = _conflicts(book)
    own = found[found["parcel_id"] == parcel_id]
    kinds = sorted(own["line_type"].unique())
    chosen = [kind for kind in kinds if line_type in (None, kind)]
    if len(chosen) != 1:
        raise UsageError(
            Message("图斑 {id} 的冲突不是一处", "parcel {id} has not one such conflict", id=parcel_id),
            found=listed(kinds or [Message("没有冲突", "no conflict")]),
            fix=Message("用 --line 指明其中一类控制线", "name one type of line by --line"),
        )
    return next(iter(_drawn(noted(book), own[own["line_type"] == chosen[0]], []).values()))


def _drawn(book: Book, found: pd.DataFrame, links: Links) -> dict[Key, str]:
    parcels = placed(book.tables.get("parcels"))
    if parcels is None or not len(found):
        return {}
    ground = _ground(book, parcels)
    of_found = parcels[parcels["parcel_id"].isin(found["parcel_id"])]
    known = {str(row["parcel_id"]): row for row in reversed(records(pd.DataFrame(of_found)))}
    pieces = _grouped(pd.DataFrame(found), "parcel_id", "line_type")
    return {key: _page(ground, known[key[0]], key[1], pieces[key], links)
            for key in _names(found) if key[0] in known}  # fmt: skip


def _conflicts(book: Book) -> gpd.GeoDataFrame | pd.DataFrame:
    """Give the pieces of every conflict that has a page, its slivers too, worst first."""
    frame = placed(book.tables.get("pieces"))
    if frame is None or "parcels" not in book.tables:
        return pd.DataFrame(columns=["parcel_id", "line_type", "severity", "area_mu"])
    keys = ["parcel_id", "line_type"]
    sliver = frame["sliver"].fillna(value=False).astype("bool")
    judged = frame["severity"].notna() & (frame["severity"] != NO_CONFLICT)
    grave = frame[judged & ~sliver & frame["parcel_id"].notna()]
    grave = grave[grave["parcel_id"].isin(book.tables["parcels"]["parcel_id"])]
    return frame[pd.MultiIndex.from_frame(frame[keys]).isin(pd.MultiIndex.from_frame(grave[keys]))]


def left_out(book: Book) -> int:
    """Count the conflicts that have no page."""
    return len(_conflicts(book)[["parcel_id", "line_type"]].drop_duplicates()) - len(addresses(book))


def _gravest(found: pd.DataFrame) -> pd.DataFrame:
    """Keep the conflicts that have a page: the worst severity first, then the most ground."""
    rank = found["severity"].map({name: at for at, name in enumerate(SEVERITIES)}).fillna(len(SEVERITIES))
    ordered = (
        found.assign(rank=rank).groupby(["parcel_id", "line_type"]).agg({"rank": "min", "area_mu": "sum"})
    )
    ordered = ordered.sort_values(["rank", "area_mu"], ascending=[True, False], kind="stable")
    return found[pd.MultiIndex.from_frame(found[["parcel_id", "line_type"]]).isin(ordered.index[:PAGES])]


def _names(found: pd.DataFrame) -> dict[Key, str]:
    pairs = found[["parcel_id", "line_type"]].drop_duplicates().sort_values(["parcel_id", "line_type"])
    keys = [(str(id_), str(kind)) for id_, kind in pairs.itertuples(index=False)]
    stems = [f"{in_file_name(id_)[:60]}-{kind}" for id_, kind in keys]
    return {key: f"{name}.html" for key, name in zip(keys, file_names(stems), strict=True)}


def _page(ground: Ground, parcel: Row, kind: str, pieces: Rows, links: Links) -> str:
    book = ground.book
    real = [row for row in pieces if not _is_sliver(row)]
    rule = ground.rules.get(str(real[0]["rule_id"]))
    line, id_ = ground.line_words(kind), str(parcel["parcel_id"])
    zh, en = f"{id_} × {line[0]}", f"{id_} × {line[1]}"
    body = (
        f'<p class="answer">{_answer(ground, id_, line, real)}</p>'
        f"{_extract(ground, parcel, kind, pieces)}{images(book, parcel, _shapes(pieces))}"
        f"{_parts(ground, pieces)}{_rule(ground, rule, real)}"
        f"{_record(book, parcel)}{_events(ground, id_)}"
        f"{_sources(ground, parcel, kind, pieces)}"
    )
    note = (
        [both(f"{rule.clause}：{rule.note.zh}", f"{rule.clause}: {rule.note.en}")]
        if rule and rule.note
        else []
    )
    notes, stamped = [*note, *ground.notes], _stamps(book, kind)
    return further(book, f"{FOLDER}/{id_}", (zh, en), body, links, notes=notes, stamped=stamped)


def _answer(ground: Ground, id_: str, line: Pair, real: Rows) -> str:
    rows = [row for row in real if row.get("judging", True)]
    told = (ground.verdict_words(rows[0]["verdict"]) if rows else None) or UNTOUCHED
    rows = rows or real
    area = number(sum(row.get("own_mu", row["area_mu"]) for row in rows))
    share = number(min(sum(row["share"] * _added(row) for row in rows), 1.0) * 100, 1)
    zh = line[0] if line[0].endswith("外") else f"{line[0]}内"
    en = line[1] if line[1].startswith("outside") else f"in the {line[1][0].lower()}{line[1][1:]}"
    return both(
        f"{told[0]}：图斑 {id_} 有 {area} 亩（占地块 {share}%）在{zh}。",
        f"{told[1]}: {area} mu ({share}%) of parcel {id_} {en}.",
    )


def _added(row: Row) -> float:
    """Give the part of a piece that no piece of another line has: control areas may share ground."""
    return float(row.get("own_mu", row["area_mu"]) / row["area_mu"]) if row["area_mu"] else 1.0


def _extract(ground: Ground, parcel: Row, kind: str, pieces: Rows) -> str:
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
    zh, en = ground.line_words(kind)
    touched = replace(conflict, zh=f"涉及部分（{zh}）", en=f"Part that touches ({en})")
    key = "".join(
        f"<span>{swatch(one)}{both(one.zh, one.en)}</span>" for one in (PARCEL, touched, line, NEIGHBOUR)
    )
    drawing = window.picture(parts, (f"{zh}与地块的位置图", f"Map of the parcel and the {en}"))
    return f'<figure>{patterns([line, conflict])}{drawing}<figcaption class="key">{key}</figcaption></figure>'


def _shapes(rows: Rows) -> npt.NDArray[np.object_]:
    out = np.empty(len(rows), dtype=object)
    out[:] = [row["geometry"] for row in rows]
    return out


def _stamps(book: Book, kind: str) -> str:
    """Give the stamps of a page; lines of another type than its own were read and left aside."""
    read = among(book, book.layers_read)
    shown = [layer for layer in read if layer.line_type in (None, kind)]
    return sample_stamp(book.catalogue.county.sample) + secrecy_stamp(shown)


@dataclass(frozen=True)
class Ground:
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

    def line_words(self, kind: str) -> Pair:
        """Name a type of line, or the ground outside it where that is the conflict."""
        mark = self.marks["line"][kind]
        return (
            (f"{mark.zh}外", f"outside the {mark.en[0].lower()}{mark.en[1:]}")
            if kind == OUTSIDE
            else (mark.zh, mark.en)
        )

    def verdict_words(self, verdict: Any) -> Pair | None:
        """Give the words of a verdict; None where there is none."""
        return None if pd.isna(verdict) else self.verdicts.get(str(verdict), (str(verdict), str(verdict)))


def _ground(book: Book, parcels: gpd.GeoDataFrame) -> Ground:
    """Collect what every page of a conflict draws from.

    Parameters
    ----------
    parcels
        Those of the book that have a geometry.
    """
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
        events = _grouped(pd.DataFrame(listed).sort_values("date", kind="stable"), "parcel_id")
    return Ground(
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


def _grouped(frame: pd.DataFrame, *keys: str) -> dict[Any, Rows]:
    """Give the rows of a frame as dictionaries, by the text of one or more columns."""
    found: dict[Any, Rows] = {}
    for row in records(frame):
        key = tuple(str(row[name]) for name in keys)
        found.setdefault(key if len(keys) > 1 else key[0], []).append(row)
    return found


def _is_sliver(row: Row) -> bool:
    """Tell whether a piece is listed apart as a sliver."""
    return not pd.isna(row["sliver"]) and bool(row["sliver"])


def _parts(ground: Ground, pieces: Rows) -> str:
    """Draw the table of the parts that touch, and under it the slivers, which do not count."""
    severity = ground.marks["severity"]
    named = "" if pieces[0]["line_type"] in held_lines(ground.book) else "line_id line_name "
    cells: dict[str, Callable[[Row], str]] = {
        "edition": lambda row: words(row.get("edition")), "judged_on": _judged,
        "verdict": lambda row: flagged(severity.get(row["severity"], severity["none"]),
                                       ground.verdict_words(row["verdict"]) or UNTOUCHED),
        "verdict_now": lambda row: _now(ground, row),
    }  # fmt: skip
    columns = f"{named}edition area_m2 area_mu share width_m judged_on verdict verdict_now"
    split = {key: [row for row in pieces if _is_sliver(row) == small] for key, small in PARTS.items()}
    return "".join(
        table(ground.book, key, rows, columns=columns, **cells)
        for key, rows in split.items()
        if rows or key == "pieces"
    )


def _judged(row: dict[str, Any]) -> str:
    by = str(row.get("judged_by"))
    why = None if by == IN_FORCE else words_of("judged_by").get(by)
    return f"{day(row.get('judged_on'))}{both(f'（{why[0]}）', f' ({why[1]})') if why else ''}"


def _now(ground: Ground, row: dict[str, Any]) -> str:
    if "verdict_now" not in row:
        return ""
    zh, en = ground.verdict_words(row["verdict_now"]) or NOT_NOW
    mu = number(to_mu(row["area_now_m2"]))
    return both(f"{zh} {mu} 亩", f"{en} {mu} mu")


def _rule(ground: Ground, rule: Rule | None, real: Rows) -> str:
    """Say by which clause it is judged, with which exception."""
    row = real[0]
    mark, none = ("" if rule is None or rule.verified else " ※"), both("记录中没有", "none in the record")
    cells: dict[str, Callable[[Row], str]] = {
        "clause": lambda row: words(row["clause"]) + mark,
        "approval_no": lambda row: words(row.get("approval_no")) or none,
        "exception": lambda _: "" if rule is None else _exception(ground, rule),
    }
    listed = facts(
        f"rule-{row['line_type']}-{row['parcel_id']}", shown(None, "pieces", " ".join(cells), **cells), row
    )
    said = both(
        "“涉及”只说明图形关系，不等于违法。", "To touch says how shapes lie, not that a law is broken."
    )
    title = _titled(("判定依据", "The rule"))
    return f'<section class="twin">{title}{listed}<p class="note">{said}</p></section>'


def _exception(ground: Ground, rule: Rule) -> str:
    if rule.unless is None:
        return ""
    zh, en = ground.verdicts[str(rule.unless.verdict)]
    field = TABLES["parcels"][rule.unless.field]
    return both(f"{rule.unless.exception.zh}：{field.zh}已填则为“{zh}”",
                f"{rule.unless.exception.en}: “{en}” where {field.en} is given")  # fmt: skip


def _record(book: Book, parcel: Row) -> str:
    """List what the record of the parcel says, and its measured areas; of one that few may know the areas."""
    kept = held(book).get(str(parcel.get("layer")))
    names = MEASURED if kept else f"{' '.join(TABLES['parcels'])} {MEASURED}".replace(" geometry", "")
    listed = facts(f"record-{parcel['parcel_id']}", shown(None, "parcels", names), parcel)
    note = f'<p class="note">{both(*kept)}</p>' if kept else ""
    return f'<section class="twin">{_titled(("地块记录", "The record"))}{listed}{note}</section>'


def _events(ground: Ground, id_: str) -> str:
    """Draw the ledger events of a parcel; nothing where there are none."""
    rows = ground.events.get(id_, [])
    return (
        table(ground.book, "events", rows, kept=held(ground.book, "ledger_events"), source=origin)
        if rows
        else ""
    )


def _sources(ground: Ground, parcel: Row, kind: str, pieces: Rows) -> str:
    """List the file and the row that the parcel and each line come from."""
    layers = {layer.id: layer for layer in ground.book.catalogue.layers}
    touched, few = {row["line_id"] for row in pieces}, held(ground.book)
    lines = [row for row in ground.line_rows.get(kind, []) if row["line_id"] in touched]
    kept = {id_ for row in (parcel, *lines) if (id_ := str(row.get("layer"))) in few}
    note = "".join(f'<p class="note">{both(*few[id_])}</p>' for id_ in sorted(kept))
    listed = [row for row in (parcel, *lines) if str(row.get("layer")) not in few]
    return table(
        ground.book, "features", listed,
        line_id=lambda row: both("地块", "Parcel") if row is parcel else words(row["line_id"]),
        basis=lambda row: _basis(layers, row),
    ) + note  # fmt: skip


def _basis(layers: Mapping[str, Layer], row: Row) -> str:
    layer = layers.get(str(row.get("layer"))) if "edition_name" in row else None
    return words(layer.about.legal_basis) if layer else ""


def _titled(words_: Pair) -> str:
    return f'<div class="caption"><h2>{both(*words_)}</h2></div>'
