"""One page a conflict, to read and to print: where a parcel touches a type of line, how much, by what rule."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from urllib.parse import quote

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from gis.base.errors import UsageError
from gis.base.messages import Message
from gis.base.pictures import COUNTY, Bounds
from gis.base.text import both, file_names, in_file_name
from gis.look import Mark
from gis.maps.book import Book, among, noted
from gis.maps.layers import Pair, placed
from gis.maps.offline import style, web
from gis.maps.page import further, sample_stamp, secrecy_stamp
from gis.maps.pages import conflict_images, conflict_tables
from gis.maps.pages.cells import number, records
from gis.maps.pages.conflict_ground import Ground, Row, Rows, ground_of, grouped, is_sliver
from gis.maps.pages.extract import Window
from gis.maps.shapes import patterns, swatch

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


def addresses(book: Book) -> dict[Key, str]:
    """Give the address of each conflict's page from a page of its edition: (parcel_id, line_type) → href.

    The PAGES gravest of the touches that a rule judges as conflicts have a page; slivers have none.
    """
    return {key: f"{FOLDER}/{quote(name)}" for key, name in _names(_gravest(_conflicts(book))).items()}


def windows(book: Book, parcel_ids: Collection[str] | None = None) -> dict[str, Bounds]:
    """Give the ground that the pages show, or those of some parcels: parcel_id, or the county → bounds in degrees."""
    parcels = placed(book.tables.get("parcels"))
    whole = {COUNTY: book.catalogue.county.extent} if parcel_ids is None else {}
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
            found="、".join(kinds) or Message("没有冲突", "no conflict"),
            fix=Message("用 --line 指明其中一类控制线", "name one type of line by --line"),
        )
    return next(iter(_drawn(noted(book), own[own["line_type"] == chosen[0]], []).values()))


def _drawn(book: Book, found: pd.DataFrame, links: Links) -> dict[Key, str]:
    parcels = placed(book.tables.get("parcels"))
    if parcels is None or not len(found):
        return {}
    ground = ground_of(book, parcels)
    of_found = parcels[parcels["parcel_id"].isin(found["parcel_id"])]
    known = {str(row["parcel_id"]): row for row in reversed(records(pd.DataFrame(of_found)))}
    pieces = grouped(pd.DataFrame(found), "parcel_id", "line_type")
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
    real = [row for row in pieces if not is_sliver(row)]
    rule = ground.rules.get(str(real[0]["rule_id"]))
    line, id_ = ground.line_words(kind), str(parcel["parcel_id"])
    zh, en = f"{id_} × {line[0]}", f"{id_} × {line[1]}"
    body = (
        f'{style(web("conflict.css"))}<p class="answer">{_answer(ground, id_, line, real)}</p>'
        f"{_extract(ground, parcel, kind, pieces)}{conflict_images.images(book, parcel, _shapes(pieces))}"
        f"{conflict_tables.parts(ground, pieces)}{conflict_tables.rule_of(ground, rule, real)}"
        f"{conflict_tables.record(book, parcel)}{conflict_tables.events(ground, id_)}"
        f"{conflict_tables.sources(ground, parcel, kind, pieces)}"
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
    told = (ground.verdict_words(rows[0]["verdict"]) if rows else None) or conflict_tables.UNTOUCHED
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
