"""The planner's page: control lines, renewal parcels by state and year, where they touch, what changed."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import pandas as pd

from gis import look
from gis.base.calendar import period_words
from gis.base.stored_words import word_of
from gis.base.text import both
from gis.base.units import to_m2
from gis.catalogue import secrecy
from gis.land.line_editions import NO_CONFLICT, NO_EDITION, in_headline
from gis.look import Mark
from gis.maps.book import Book, Pair, among, figure_of, files_with, held_lines, points_of, so_far, zone_note
from gis.maps.layers import GROUPS, Drawn, Popup, categories, fields, headed, laid, placed, whole
from gis.maps.mapview import OnMap, Workspace, base_map, charted, layers_of, workspace
from gis.maps.page import Row, edition_page, finder, number, proof, records, strip, table, unsure_of
from gis.maps.pages import conflict
from gis.maps.pages.conflict import UNTOUCHED
from gis.maps.pages.pictures import over_county

NOT_JUDGED: Pair = ("未判定", "not judged")
SEVERITIES = ("high", "medium", "low", "none")
DRAW_ORDER = ("control_area", "growth_boundary", "basic_farmland", "red_line")
PARCEL_FIELDS = (
    "name town zone category plan_year area_legal_mu area_declared_mu counted_on counted_mu owner_unit approval_no "
    "contract_no supervision_no"
)
STATUS = ("accepted", "disposed", "recorded", "reversed")
COLUMNS = ["event", "parcel_id", "place", "date", "area_mu"]


def render(book: Book) -> str:
    """Draw the planner's page."""
    pieces = _pieces(book)
    label = ("控制线与更新地块图", "Control lines and renewal parcels")
    view = charted(book, layers(book, pieces), label, work(book))
    real = pieces[~pieces["sliver"]] if len(pieces) else pieces
    touching = real[in_headline(real)] if "judged_by" in real else real
    checked = "area_proof" in book.tables and proof("area-proof", ("面积核对", "How the areas are checked"))
    body = (
        f'<p class="answer">{both(*_answer(touching, real))}</p>{_strip(book, touching)}{view.html}'
        f"{_without_page(book)}{checked or ''}{_changes(book)}"
    )
    return edition_page(book, "planner", body, _notes(book), view)


def layers(book: Book, pieces: pd.DataFrame | None = None) -> list[OnMap]:
    """Give the layers of the page."""
    pieces = _pieces(book) if pieces is None else pieces
    return [
        *base_map(book),
        *_lines(book),
        *parcels(book, pieces),
        *_conflicts(book, pieces),
        *layers_of(book, "base", ("features",)),
        *layers_of(book, "lines", ("features",)),
        *over_county(book, GROUPS["land"]),
        *layers_of(book, "land", ("farmland_cases", "features", "actions"), show=False),
        *layers_of(book, "actions", ("actions",), show=False),
    ]


def work(book: Book) -> Workspace:
    """Say what the page opens with."""
    return workspace(book, "planner", "conflicts")


def _lines(book: Book) -> list[Drawn]:
    """Control lines, the wide areas first so that the narrow ones stay on top."""
    order = {
        layer.id: DRAW_ORDER.index(layer.line_type) for layer in book.catalogue.layers if layer.line_type
    }
    return sorted(layers_of(book, None, ("control_lines",)), key=lambda one: order[one.id])


def parcels(book: Book, pieces: pd.DataFrame) -> list[Drawn]:
    """Draw the renewal parcels: fill by state, a feature a parcel, verdicts in its popup."""
    frame = whole(book.tables.get("parcels"))
    if frame is None:
        return []
    edition = look.colours(book.editions, book.as_of)
    marks = look.marks(edition, "parcel_state")
    state = frame["state"] if "state" in frame else pd.Series(None, index=frame.index, dtype="str")
    verdicts = frame["parcel_id"].map(_verdicts(book, pieces)).where(frame["parcel_id"].notna(), None)
    told = fields(frame, "parcels", PARCEL_FIELDS, {"category": categories(frame)})
    shown = Popup(
        title=frame["parcel_id"],
        fields=headed("parcels", told),
        verdict=verdicts.astype("object").where(verdicts.notna(), None),
        year=frame["plan_year"],
        added_m2=_own_m2(frame, book.tables.get("overlaps")),
        town=told.get("town"),
        category=told.get("category"),
    )
    marked = secrecy(among(book, book.layers_of("parcels")))
    return [
        laid(
            book, frame, "parcels", [*marks.values(), look.no_data(edition)],
            state.where(state.isin(list(marks)), look.NO_DATA), shown,
            files=(*files_with(book, "parcels"), *points_of(book, frame)),
            secrecy=(marked[0].word.zh, marked[0].word.en) if marked else None,
        )
    ]  # fmt: skip


def _own_m2(parcels: pd.DataFrame, overlaps: pd.DataFrame | None) -> pd.Series | None:
    """Give the ground that each parcel adds: what the ledger counts for another one is off."""
    if "area_legal_mu" not in parcels:
        return None
    known = parcels.get("area_legal_m2")
    area = pd.Series(to_m2(parcels["area_legal_mu"], "mu"), index=parcels.index) if known is None else known
    if overlaps is None or not len(overlaps):
        return area
    other = overlaps["parcel_id"].where(
        overlaps["counted_for"] != overlaps["parcel_id"], overlaps["other_id"]
    )
    off = overlaps["area_m2"].groupby(other).sum()
    once = other.value_counts().reindex(parcels["parcel_id"]).set_axis(parcels.index).fillna(0) <= 1
    return (area - parcels["parcel_id"].map(off).fillna(0.0)).where(once)


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
    """Draw what touches a line, and apart from it the slivers at its edge."""
    frame = placed(pieces)
    if frame is None:
        return []
    drawn = [_touching(book, frame[~frame["sliver"]], "conflicts")]
    if frame["sliver"].any():
        drawn.append(_touching(book, frame[frame["sliver"]], "slivers"))
    return drawn


def _touching(book: Book, frame: gpd.GeoDataFrame, id_: str) -> Drawn:
    frame = frame.reset_index(drop=True)
    edition = look.colours(book.editions, book.as_of)
    marks = {
        name: mark for name, mark in look.marks(edition, "severity").items() if name in set(frame["severity"])
    }
    key = frame["severity"].where(frame["severity"].isin(list(marks)), look.NO_DATA)
    if (key == look.NO_DATA).any():
        marks[look.NO_DATA] = replace(look.no_data(edition), zh=NOT_JUDGED[0], en=NOT_JUDGED[1])
    lines = _line_marks(book)
    name = frame["line_name" if "line_name" in frame else "line_id"]
    line = frame["line_type"].map(lambda one: list(_line_words(lines, str(one)))).astype("object")
    parcel = _parcels_by_id(book).reindex(frame["parcel_id"]).set_axis(frame.index)
    parcel["category"] = categories(parcel)
    shown = Popup(
        title=frame["parcel_id"],
        fields=headed(
            "pieces",
            fields(
                frame,
                "pieces",
                "line_type line_name area_mu share width_m town category approval_no",
                {
                    "line_type": line,
                    "line_name": name.mask(frame["line_type"].isin(held_lines(book))),
                    **{name: parcel.get(name) for name in ("town", "category", "approval_no")},
                },
            ),
        ),
        verdict=_judged(book, frame),
        year=parcel.get("plan_year"),
        added_m2=frame["own_m2"] if "own_m2" in frame else frame["area_m2"],
        town=parcel.get("town"),
        category=parcel.get("category"),
        line=line,
    )
    return laid(book, frame, id_, list(marks.values()), key, shown)


def _parcels_by_id(book: Book) -> pd.DataFrame:
    found = book.tables.get("parcels")
    if found is None:
        return pd.DataFrame(index=pd.Index([], dtype="str"))
    known = found[found["parcel_id"].notna()].drop_duplicates("parcel_id").set_index("parcel_id")
    wanted = ("town", "category", "approval_no", "plan_year")
    return pd.DataFrame(known[[name for name in wanted if name in known]])


def _judged(book: Book, frame: pd.DataFrame) -> pd.Series:
    """Give the verdict on each piece, its clause (※ where nobody checked it) and the page of the conflict."""
    words_, pages = look.verdict_words(look.colours(book.editions, book.as_of)), conflict.addresses(book)
    unchecked = {rule.id for rule in book.catalogue.rules if not rule.verified}
    return pd.Series(
        [
            [
                [
                    *_told(words_, row["verdict"]),
                    ("" if pd.isna(row["clause"]) else str(row["clause"]))
                    + (" ※" if row.get("rule_id") in unchecked else ""),
                    pages.get((str(row["parcel_id"]), str(row["line_type"])), ""),
                ]
            ]
            for row in records(frame)
        ],
        index=frame.index,
        dtype="object",
    )  # fmt: skip


def _without_page(book: Book) -> str:
    """Say how the page of a conflict comes about that is none of the gravest."""
    number_ = conflict.left_out(book)
    told = both(
        f"最严重的 {conflict.PAGES} 处各有一页；其余 {number_:,} 处需要时生成："
        "gis land conflict 图斑编号 --layers layers -o 涉及.html",
        f"The {conflict.PAGES} gravest have a page; that of the other {number_:,} is made when needed: "
        "gis land conflict ID --layers layers -o conflict.html",
    )
    return f'<p class="note">{told}</p>' if number_ else ""


def _told(verdicts: dict[str, Pair], verdict: str | None) -> Pair:
    """Give the words of a verdict; a piece without one touches only the newest edition of its line."""
    return UNTOUCHED if pd.isna(verdict) else verdicts.get(str(verdict), (str(verdict), str(verdict)))


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
    zoned = zone_note(book, book.tables.get("parcels"))
    return [word, *rules, *([both(*zoned)] if zoned else []), *unsure_of(book, {look.FAMILY, "parcel_area"})]


def _changes(book: Book) -> str:
    """Draw the sums by status of both spans, and the parcels of the as-of year with their 亩.

    An acceptance has the 亩 it counted; a record or a reversal the 亩 its line of the ledger says.
    """
    found = _events(book)
    if not len(found):
        return ""
    return f'<div class="pair">{_sums(book, found)}{_changed_parcels(book, found)}</div>'


def _events(book: Book) -> pd.DataFrame:
    counted, listed = (book.tables.get(name) for name in ("counted", "ledger_events"))
    parts = []
    if counted is not None and len(counted):
        told = counted["event"].isin(["accepted", "disposed"] if listed is not None else list(STATUS))
        parts.append(counted.loc[told, COLUMNS])
    if listed is not None and len(listed):
        rows = listed[listed["event"].isin(["recorded", "reversed"])].drop_duplicates(["parcel_id", "event"])
        parts.append(rows.assign(place=rows["parcel_id"].map(_towns(book)))[COLUMNS])
    kept = [part for part in parts if len(part)]
    return pd.concat(kept, ignore_index=True) if kept else pd.DataFrame(columns=COLUMNS)


def _towns(book: Book) -> dict[str, str]:
    found = book.tables.get("parcels")
    if found is None or "town" not in found:
        return {}
    known = found[found["parcel_id"].notna() & found["town"].notna()].drop_duplicates("parcel_id")
    return dict(zip(known["parcel_id"], known["town"], strict=True))


def _of_year(events: pd.DataFrame, until: pd.Timestamp) -> pd.DataFrame:
    return events[(events["date"] <= until) & (events["date"].dt.year == until.year)]


def _spans(book: Book) -> tuple[str, str]:
    if not so_far(book, book.as_of.year):
        return str(book.as_of.year), str(book.as_of.year - 1)
    return f"{book.as_of.year}C{book.as_of.month:02d}", f"{book.as_of.year - 1}C{book.as_of.month:02d}"


def _sums(book: Book, found: pd.DataFrame) -> str:
    until = pd.Timestamp(book.as_of)
    spans = [_of_year(found, until), _of_year(found, until - pd.DateOffset(years=1))]
    rows = []
    for status in STATUS:
        if status == "disposed" and status not in set(found["event"]):
            continue
        chosen = [span[span["event"] == status] for span in spans]
        counts: list[float | None] = [one["parcel_id"].nunique() for one in chosen]
        areas: list[float | None] = [float(one["area_mu"].sum()) for one in chosen]
        rows.append(_beside(word_of(status, "event"), counts, areas))
    periods = _spans(book)
    areas = [figure_of(book, "land.renewed_area", period) for period in periods]
    counts = [figure_of(book, "land.renewal_parcels", period) for period in periods]
    rows.append(_beside(("净计入", "counted, net"), counts, areas))
    (zh, en), (past_zh, past_en) = (period_words(period) for period in periods)
    return table(
        book, "changes", rows, {"zh": zh, "past_zh": past_zh, "en": en, "past_en": past_en},
        status=lambda row: both(*row["status"]),
    )  # fmt: skip


def _beside(status: Pair, counts: list[float | None], areas: list[float | None]) -> Row:
    """Put this span beside the same of last year."""
    now, then = areas
    change = None if now is None or then is None else now - then
    return {
        "status": status, "n": counts[0], "mu": now, "n_before": counts[1], "mu_before": then, "change_mu": change,
    }  # fmt: skip


def _changed_parcels(book: Book, found: pd.DataFrame) -> str:
    rows = _of_year(found, pd.Timestamp(book.as_of)).sort_values(["event", "date"], ascending=[True, False])
    zh, en = period_words(_spans(book)[0])
    return table(book, "changed-parcels", rows, {"zh": zh, "en": en}, parcel_id=finder("parcel_id"))
