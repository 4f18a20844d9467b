"""The tables of a conflict's page: parts that touch, the rule, the record, its events and the sources."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from gis.base.columns import TABLES, described
from gis.base.stored_words import words_of
from gis.base.text import both
from gis.base.units import to_mu
from gis.catalogue.model import Layer, Rule
from gis.land.line_editions import IN_FORCE
from gis.maps.book import Book, held, held_lines
from gis.maps.layers import Pair
from gis.maps.pages.cells import day, flagged, number, words
from gis.maps.pages.columns import cell_of, drawn, origin, shown
from gis.maps.pages.conflict_ground import Ground, Row, Rows, is_sliver

UNTOUCHED: Pair = ("当时未涉及", "did not touch then")
NOT_NOW: Pair = ("现未涉及", "does not touch now")
MEASURED = "area_legal_m2 area_legal_mu counted_mu"


def parts(ground: Ground, pieces: Rows) -> str:
    """Draw the table of the parts that touch, and under it the slivers, which do not count."""
    severity = ground.marks["severity"]
    named = "" if pieces[0]["line_type"] in held_lines(ground.book) else "line_id line_name "
    columns = shown(
        ground.book, "pieces",
        f"{named}edition area_m2 area_mu share width_m judged_on verdict verdict_now",
        edition=lambda row: words(row.get("edition")), judged_on=_judged,
        verdict=lambda row: flagged(severity.get(row["severity"], severity["none"]),
                                    ground.verdict_words(row["verdict"]) or UNTOUCHED),
        verdict_now=lambda row: _now(ground, row),
    )  # fmt: skip
    real, slivers = ([row for row in pieces if is_sliver(row) == small] for small in (False, True))
    out = drawn("pieces", ("涉及部分", "Parts that touch"), columns, real)
    if slivers:
        caption = ("边界误差内的碎屑（单列，不计入）", "Slivers within the error of the edge, listed apart")
        out += drawn("slivers", caption, columns, slivers)
    return out


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


def rule_of(ground: Ground, rule: Rule | None, real: Rows) -> str:
    """Say by which clause it is judged, with which exception."""
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
        "“涉及”只说明图形关系，不等于违法。", "To touch says how shapes lie, not that a law is broken."
    )
    title = _titled(("判定依据", "The rule"))
    return f'<section class="twin">{title}{_listed(rows)}<p class="note">{said}</p></section>'


def record(book: Book, parcel: Row) -> str:
    """List what the record of the parcel says, and its measured areas; of one that few may know the areas."""
    kept = held(book).get(str(parcel.get("layer")))
    rows = [
        (both(one.zh, one.en), cell_of(None, "parcels", one)(parcel[one.name]))
        for one in TABLES["parcels"].values()
        if not kept and one.kind != "g" and one.name in parcel and not pd.isna(parcel[one.name])
    ]
    rows += [
        (both(*described(name).head), number(parcel[name])) for name in MEASURED.split() if name in parcel
    ]
    note = f'<p class="note">{both(*kept)}</p>' if kept else ""
    return f'<section class="twin">{_titled(("地块记录", "The record"))}{_listed(rows)}{note}</section>'


def events(ground: Ground, id_: str) -> str:
    """Draw the ledger events of a parcel; nothing where there are none."""
    columns = shown(ground.book, "ledger_events", "event date document_no area_mu source", source=origin)
    rows = ground.events.get(id_, [])
    return (
        drawn("events", ("台账事件", "Ledger"), columns, rows, held(ground.book, "ledger_events"))
        if rows
        else ""
    )


def sources(ground: Ground, parcel: Row, kind: str, pieces: Rows) -> str:
    """List the file and the row that the parcel and each line come from."""
    layers = {layer.id: layer for layer in ground.book.catalogue.layers}
    columns = shown(
        ground.book, "features_met", "line_id source source_row edition_name basis",
        line_id=lambda row: both("地块", "Parcel") if row is parcel else words(row["line_id"]),
        basis=lambda row: _basis(layers, row),
    )  # fmt: skip
    touched, few = {row["line_id"] for row in pieces}, held(ground.book)
    lines = [row for row in ground.line_rows.get(kind, []) if row["line_id"] in touched]
    kept = {id_ for row in (parcel, *lines) if (id_ := str(row.get("layer"))) in few}
    note = "".join(f'<p class="note">{both(*few[id_])}</p>' for id_ in sorted(kept))
    listed = [row for row in (parcel, *lines) if str(row.get("layer")) not in few]
    return drawn("features", ("来源", "Sources"), columns, listed) + note


def _basis(layers: Mapping[str, Layer], row: Row) -> str:
    layer = layers.get(str(row.get("layer"))) if "edition_name" in row else None
    return words(layer.about.legal_basis) if layer else ""


def _titled(words_: Pair) -> str:
    return f'<div class="caption"><h2>{both(*words_)}</h2></div>'


def _listed(rows: list[tuple[str, str]]) -> str:
    return f'<dl class="record">{"".join(f"<div><dt>{key}</dt><dd>{value}</dd></div>" for key, value in rows)}</dl>'
