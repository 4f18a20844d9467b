"""The planner's page: control lines, renewal parcels by state and year, and where they touch."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from gis import look
from gis.base.text import both
from gis.catalogue import secrecy
from gis.land.line_editions import NO_CONFLICT, NO_EDITION, in_headline
from gis.look import Mark
from gis.maps.book import Book, among
from gis.maps.ground import base_map, layers_of
from gis.maps.layers import Drawn, Pair, Popup, draw, placed
from gis.maps.mapview import map_view
from gis.maps.pages import conflict, conflict_tables
from gis.maps.pages.cells import flagged, map_page, number, records, strip, unsure_of, words
from gis.maps.pages.changes import changes
from gis.maps.pages.columns import Column, Row, amount, drawn, finder, text

NOT_JUDGED: Pair = ("未判定", "not judged")
PERCENT = 100
SEVERITIES = ("high", "medium", "low", "none")
DRAW_ORDER = ("control_area", "growth_boundary", "basic_farmland", "red_line")
GROUP: Pair = ("更新地块", "Renewal parcels")
PARCEL_FIELDS: dict[str, Pair] = {
    "name": ("地块名称", "Name"), "town": ("乡镇(街道)", "Town"), "zone": ("园区", "Zone"),
    "category": ("盘活类型", "Category"), "plan_year": ("计划年度", "Plan year"),
    "area_legal_mu": ("椭球面积(亩)", "Legal area (mu)"), "area_declared_mu": ("申报面积(亩)", "Declared area (mu)"),
    "counted_on": ("计入日期", "Counted on"), "counted_mu": ("计入面积(亩)", "Counted (mu)"),
    "owner_unit": ("责任单位", "Owner unit"), "approval_no": ("批准文号", "Approval no."),
    "contract_no": ("供地合同号", "Supply contract no."), "supervision_no": ("监管协议号", "Supervision agreement no."),
}  # fmt: skip


def render(book: Book) -> str:
    """Draw the planner's page."""
    pieces = _pieces(book)
    layers = [
        *base_map(book),
        *_lines(book),
        *parcels(book, pieces),
        *_conflicts(book, pieces),
        *layers_of(book, "base", ("features",)),
        *layers_of(book, "lines", ("features",)),
        *layers_of(book, "land", ("farmland_cases", "features", "actions"), show=False),
        *layers_of(book, "actions", ("actions",), show=False),
    ]
    view = map_view(
        layers, book.catalogue.county.extent, ("控制线与更新地块图", "Map of control lines and parcels")
    )
    real = pieces[~pieces["sliver"]] if len(pieces) else pieces
    touching = real[in_headline(real)] if "judged_by" in real else real
    body = (
        f'<p class="answer">{both(*_answer(touching, real))}</p>{_strip(book, touching)}{view.html}'
        f"{changes(book)}{_tables(book, pieces)}"
    )
    return map_page(book, "planner", body, view, _notes(book))


def _lines(book: Book) -> list[Drawn]:
    """Control lines, the wide areas first so that the narrow ones stay on top."""
    order = {
        layer.id: DRAW_ORDER.index(layer.line_type) for layer in book.catalogue.layers if layer.line_type
    }
    return sorted(layers_of(book, "lines", ("control_lines",)), key=lambda one: order[one.id])


def parcels(book: Book, pieces: pd.DataFrame) -> list[Drawn]:
    """Draw the renewal parcels: fill by state, a feature a parcel, verdicts in its popup."""
    frame = placed(book.tables.get("parcels"))
    if frame is None:
        return []
    edition = look.colours(book.editions, book.as_of)
    marks = look.marks(edition, "parcel_state")
    state = frame["state"] if "state" in frame else pd.Series(None, index=frame.index, dtype="str")
    key = state.where(state.isin(list(marks)), look.NO_DATA)
    area = frame["area_legal_mu"] if "area_legal_mu" in frame else frame["area_declared_mu"]
    verdicts = frame["parcel_id"].map(_verdicts(book, pieces)).where(frame["parcel_id"].notna(), None)
    shown = Popup(
        title=frame["parcel_id"],
        fields=[(words_, frame[name]) for name, words_ in PARCEL_FIELDS.items() if name in frame],
        verdict=verdicts.astype("object").where(verdicts.notna(), None),
        year=frame["plan_year"],
        area_mu=area.fillna(0),
        totals=frame.get("town"),
    )
    marked = secrecy(among(book, book.layers_of("parcels")))
    return [
        draw(
            frame, "parcels", ("更新地块（按状态）", "Renewal parcels by state"), GROUP,
            [*marks.values(), look.no_data(edition)], key, shown, pane="parcels", search=True,
            secrecy=(marked[0].word.zh, marked[0].word.en) if marked else None,
        )
    ]  # fmt: skip


def _pieces(book: Book) -> pd.DataFrame:
    found = book.tables.get("pieces")
    if found is None or not len(found):
        return pd.DataFrame(
            columns=["parcel_id", "line_type", "area_mu", "verdict", "severity", "sliver", "clause"]
        )
    whole = found.copy()
    whole["sliver"] = whole["sliver"].fillna(False).astype("bool")
    rank = whole["severity"].map({name: at for at, name in enumerate(SEVERITIES)}).fillna(len(SEVERITIES))
    return whole.assign(_rank=rank).sort_values(
        ["_rank", "area_mu"], ascending=[True, False], ignore_index=True
    )


def _verdicts(book: Book, pieces: pd.DataFrame) -> dict[str, list[list[str]]]:
    lines, verdict = _line_marks(book), look.verdict_words(look.colours(book.editions, book.as_of))
    found: dict[str, list[list[str]]] = {}
    touching, pages = pieces[~pieces["sliver"].astype("bool")], conflict.addresses(book)
    for row in records(touching):
        zh, en = _line_words(lines, str(row["line_type"]))
        told = _told(verdict, row["verdict"])
        area = number(row["area_mu"])
        clause = "" if pd.isna(row["clause"]) else str(row["clause"])
        page = pages.get((str(row["parcel_id"]), str(row["line_type"])), "")
        item = [f"{told[0]}：{zh} {area} 亩", f"{told[1]}: {en} {area} mu", clause, page]
        found.setdefault(row["parcel_id"], []).append(item)
    return found


def _conflicts(book: Book, pieces: pd.DataFrame) -> list[Drawn]:
    frame = placed(pieces)
    if frame is None:
        return []
    frame = frame[~frame["sliver"]].reset_index(drop=True)
    edition = look.colours(book.editions, book.as_of)
    marks = {
        name: mark for name, mark in look.marks(edition, "severity").items() if name in set(frame["severity"])
    }
    lines, verdict, pages = _line_marks(book), look.verdict_words(edition), conflict.addresses(book)
    key = frame["severity"].where(frame["severity"].isin(list(marks)), look.NO_DATA)
    if (key == look.NO_DATA).any():
        marks[look.NO_DATA] = replace(look.no_data(edition), zh=NOT_JUDGED[0], en=NOT_JUDGED[1])
    told = [
        [
            [
                *_told(verdict, row.verdict),
                "" if pd.isna(row.clause) else row.clause,
                pages.get((str(row.parcel_id), str(row.line_type)), ""),
            ]
        ]
        for row in frame.itertuples()
    ]
    name = frame["line_type"].map(lambda one: _line_words(lines, one)[0])
    shown = Popup(
        title=frame["parcel_id"].astype("str") + " × " + name,
        fields=[
            (("控制线", "Line"), frame["line_name"] if "line_name" in frame else frame["line_id"]),
            (("涉及面积(亩)", "Area touched (mu)"), frame["area_mu"]),
            (("占地块比例(%)", "Share of the parcel (%)"), frame["share"] * 100),
            (("平均宽度(m)", "Mean width (m)"), frame["width_m"]),
        ],
        verdict=pd.Series(told, index=frame.index, dtype="object"),
        area_mu=own_mu(frame),
    )
    return [
        draw(
            frame, "conflicts", ("涉及控制线的部分", "Parts that touch a line"), GROUP,
            list(marks.values()), key, shown, pane="conflicts",
        )
    ]  # fmt: skip


def _tables(book: Book, pieces: pd.DataFrame) -> str:
    columns = _columns(book)
    sliver = pieces["sliver"].astype("bool")
    title = (
        f"涉及（占用）控制线清单（亩，椭球面积，截至 {book.as_of}）",
        f"Parcels that touch a line (mu, legal area, to {book.as_of})",
    )
    out = drawn("conflicts-table", title, columns, records(pieces[~sliver])) + _without_page(book)
    if sliver.any():
        apart = (
            f"边界误差内的碎屑（亩，单列，不计入，截至 {book.as_of}）",
            f"Slivers, listed apart (mu, to {book.as_of})",
        )
        out += drawn("slivers", apart, columns, records(pieces[sliver]))
    return out + _proof(book)


def _without_page(book: Book) -> str:
    """Say how the page of a conflict comes about that is none of the gravest."""
    number_ = conflict.left_out(book)
    command = "gis land conflict 图斑编号 --layers layers -o 涉及.html"
    told = both(
        f"最严重的 {conflict.PAGES} 处各有一页；其余 {number_:,} 处需要时生成：{command}",
        f"The {conflict.PAGES} gravest have a page; that of the other {number_:,} is made when needed: {command}",
    )
    return f'<p class="note">{told}</p>' if number_ else ""


def _proof(book: Book) -> str:
    found = book.tables.get("area_proof")
    if found is None or not len(found):
        return ""
    lines = _line_marks(book)

    def line(row: Row) -> str:
        mark = lines.get(str(row["line_type"]))
        return both(mark.zh, mark.en) if mark else words(row["line_type"])

    ordered = found.sort_values("max_residual_m2", ascending=False)
    columns = [
        Column(("控制线", "Line"), line),
        amount(("核对图斑", "Parcels checked"), "parcels", 0),
        Column(("最大残差(m²)", "Largest residual (m²)"), lambda row: f"{row['max_residual_m2']:.1e}", True),
    ]  # fmt: skip
    title = (
        f"面积核对：各部分之和与地块面积之差（m²，截至 {book.as_of}）",
        f"Area proof: sum of the parts against the parcel (m², to {book.as_of})",
    )
    return drawn("area-proof", title, columns, records(ordered))


def _columns(book: Book) -> list[Column]:
    edition = look.colours(book.editions, book.as_of)
    severity, verdict = look.marks(edition, "severity"), look.verdict_words(edition)
    lines, unchecked = _line_marks(book), {rule.id for rule in book.catalogue.rules if not rule.verified}
    approvals, pages = _approvals(book), conflict.addresses(book)

    def judged(row: Row) -> str:
        told = flagged(severity.get(row["severity"], severity["none"]), _told(verdict, row["verdict"]))
        return _linked(pages.get((str(row["parcel_id"]), str(row["line_type"]))), told)

    def clause(row: Row) -> str:
        mark = '<span class="mark"> ※</span>' if row.get("rule_id") in unchecked else ""
        return words(row["clause"]) + mark

    return [
        finder(("图斑编号", "Parcel"), "parcel_id"),
        Column(("控制线", "Line"), lambda row: both(*_line_words(lines, str(row["line_type"])))),
        text(("名称", "Name"), "line_name"), amount(("面积(亩)", "Area (mu)"), "area_mu"),
        Column(("占比(%)", "Share (%)"),
               lambda row: number(row["share"] * PERCENT if not pd.isna(row["share"]) else None, 1), True, "share"),
        amount(("宽度(m)", "Width (m)"), "width_m", 1), Column(("判定", "Verdict"), judged),
        Column(("依据", "Clause"), clause),
        Column(("批准文号", "Approval no."), lambda row: words(approvals.get(row["parcel_id"]))),
    ]  # fmt: skip


def _told(verdicts: dict[str, Pair], verdict: str | None) -> Pair:
    """Give the words of a verdict; a piece without one touches only the newest edition of its line."""
    return (
        conflict_tables.UNTOUCHED
        if pd.isna(verdict)
        else verdicts.get(str(verdict), (str(verdict), str(verdict)))
    )


def _linked(page: str | None, cell: str) -> str:
    return f'<a href="{page}">{cell}</a>' if page else cell


def _approvals(book: Book) -> dict[str, str]:
    found = book.tables.get("parcels")
    if found is None or "approval_no" not in found:
        return {}
    known = found[found["approval_no"].notna() & found["parcel_id"].notna()]
    return {str(id_): str(no) for id_, no in zip(known["parcel_id"], known["approval_no"], strict=True)}


def _answer(touching: pd.DataFrame, real: pd.DataFrame) -> Pair:
    rest = _left_out(real)
    if not len(touching):
        return (
            f"没有更新地块涉及控制线（或尚无可比的图形）。{rest[0]}",
            f"No renewal parcel touches a control line (or nothing to compare).{rest[1]}",
        )
    n = touching["parcel_id"].nunique()
    high = touching[touching["severity"] == "high"]["parcel_id"].nunique()
    return (
        f"{n} 个更新地块涉及控制线（含位于城镇开发边界外），其中 {high} 个为“重”级。{rest[0]}",
        f"{n} renewal parcels touch a control line or lie outside the growth boundary; {high} at high severity."
        f"{rest[1]}",
    )


def _left_out(real: pd.DataFrame) -> Pair:
    """Say how many touches the headline leaves out: not judged for want of the edition, and no conflict."""
    if "judged_by" not in real:
        return "", ""
    lost = (real["judged_by"] == NO_EDITION).sum()
    fine = (real["judging"] & (real["severity"] == NO_CONFLICT)).sum()
    zh = f"{lost} 处批准时版本缺，未判定。" * bool(lost)
    zh += f"{fine} 处按规则不属冲突（复垦为农用地等），未计入。" * bool(fine)
    en = f" {lost} touches are not judged, the edition at approval is missing." * bool(lost)
    en += f" {fine} are no conflict by the rules (reclaimed to farmland …) and not counted." * bool(fine)
    return zh, en


def _strip(book: Book, touching: pd.DataFrame) -> str:
    lines = _line_marks(book)
    unit = f'<span class="unit">{both("亩", "mu")}</span>'
    parcels_ = f'<span class="unit">{both("个", "parcels")}</span>'
    return strip(
        [
            (
                _headed(_line_words(lines, str(kind))),
                f"{_parcels(book, str(kind), part):,.0f}{parcels_} · {number(_ground(book, str(kind), part))}{unit}",
            )
            for kind, part in touching.groupby("line_type", sort=False)
        ]
    )


def _parcels(book: Book, kind: str, part: pd.DataFrame) -> float:
    known = _figure(book, f"land.conflict_parcels.{kind}")
    return float(part["parcel_id"].nunique()) if known is None else known


def _ground(book: Book, kind: str, part: pd.DataFrame) -> float:
    """Give the 亩 touched in a type of line, each spot once, also where two parcels share it."""
    known = _figure(book, f"land.conflict_area.{kind}")
    return float(own_mu(part).sum()) if known is None else known


def _figure(book: Book, indicator: str) -> float | None:
    id_ = f"{indicator}.{book.as_of.year}.{book.catalogue.county.adcode}"
    figures = book.figures_of([indicator])
    known = figures.loc[figures["figure_id"] == id_, "value"].dropna()
    return float(known.iloc[0]) if len(known) else None


def own_mu(pieces: pd.DataFrame) -> pd.Series:
    """Give the 亩 that each piece adds to a sum: lines of different kinds may share ground."""
    return pieces["own_mu"] if "own_mu" in pieces else pieces["area_mu"]


def _headed(words_: Pair) -> Pair:
    return words_[0], words_[1][:1].upper() + words_[1][1:]


def _line_marks(book: Book) -> dict[str, Mark]:
    return look.marks(look.colours(book.editions, book.as_of), "line")


def _line_words(lines: dict[str, Mark], kind: str) -> Pair:
    mark = lines.get(kind)
    zh, en = (mark.zh, mark.en) if mark else (str(kind), str(kind))
    return (f"{zh}外", f"outside the {en[0].lower()}{en[1:]}") if kind == "growth_boundary" else (zh, en)


def _notes(book: Book) -> list[str]:
    hidden = {layer.line_type for layer in book.catalogue.layers if layer.id in book.withheld}
    rules = [
        both(f"{rule.clause}：{rule.note.zh}", f"{rule.clause}: {rule.note.en}")
        for rule in book.catalogue.rules
        if rule.note and not rule.verified and rule.subject == "renewal_parcels" and rule.line not in hidden
    ]
    word = both(
        "“涉及”只说明图形关系，不等于违法。", "To touch says how shapes lie, not that a law is broken."
    )
    return [word, *rules, *unsure_of(book, {look.FAMILY, "parcel_area"})]
