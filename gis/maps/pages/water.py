"""The water page: sections by class and river reaches on the map, and the class of each month and year in its twin."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd

from gis import look
from gis.base.calendar import period_words
from gis.base.messages import Message, keys_of
from gis.base.stored_words import numeral
from gis.base.text import both
from gis.look import Mark
from gis.maps.book import Book, Pair, figure_of, so_far, yearly
from gis.maps.layers import Drawn, Popup, fields, headed, in_words, laid, month_words, paired, placed, whole
from gis.maps.mapview import Workspace, base_map, charted, layers_of, workspace
from gis.maps.page import (
    edition_page,
    editions_in_words,
    names_of,
    number,
    rate_strip,
    records,
    remark,
    table,
    unsure_of,
)
from gis.maps.pages.sections import WaterMarks, addresses, state_of
from gis.maps.pages.waters import OF_TABLES, summary, tables

PUBLISHED = {True: ["不一致", "differs"], False: ["一致", "same"]}
AUDIT = {True: "", False: ["未经审核", "not audited"]}
FAMILIES = {look.FAMILY, "surface_water_limits", "surface_water_evaluation", "national_water_plan"}
UNSAID = Message("?", "?")
NOBODY = Mark(
    key="unrepresented", zh="无断面代表", en="no section", line="#66707C", dash="2 6", weight=1.5, fill=None
)


def render(book: Book) -> str:
    """Draw the water page."""
    view = charted(book, layers(book), ("断面水质类别图", "Water class of sections"), work(book))
    lead, glance = summary(book)
    rates = rate_strip(book, "water.attainment_rate", ("达标率", "At target"))
    body = (
        f'<p class="answer">{both(*_answer(book))}</p>{lead}{rates}{view.html}{glance}'
        f"{_rates(book)}{tables(book)}"
    )
    notes = unsure_of(book, FAMILIES | OF_TABLES)
    return edition_page(book, "water", body, notes, view)


def layers(book: Book) -> list[Drawn]:
    """Give the layers of the page: months where there are some, else years."""
    periods, monthly = _periods(book), bool(_last_month(book))
    return [
        *base_map(book),
        *reaches(book, "year", show=not monthly),
        *reaches(book, "month", show=True),
        *_sections(book, periods, "year", show=not monthly),
        *_sections(book, periods, "month", show=True),
        *_records(book),
        *layers_of(book, "water", ("outfalls", "features", "actions"), show=False),
    ]


def work(book: Book) -> Workspace:
    """Say what the page opens with: the last month."""
    month = _last_month(book)
    if not month:
        return workspace(book, "water", "sections_year", year=max(book.years, default=None))
    return workspace(book, "water", "sections_month", part=month_words(month)[0], year=int(month[:4]))


def _last_month(book: Book) -> str:
    periods = _periods(book)
    return max(periods.loc[periods["period_kind"] == "month", "period"], default="")


def _periods(book: Book) -> pd.DataFrame:
    found = book.tables.get("section_periods")
    return (
        pd.DataFrame(columns=["section_id", "period", "period_kind"])
        if found is None
        else pd.DataFrame(found)
    )


def _sections(book: Book, periods: pd.DataFrame, kind: str, *, show: bool) -> list[Drawn]:
    """Draw sections, a row a section and period; of several periods the map shows the last."""
    sections = whole(book.tables.get("sections"))
    if sections is None or not periods["period_kind"].eq(kind).any():
        return []
    sections = sections.sort_values("valid_from").drop_duplicates("section_id", keep="last")
    rows = periods[periods["period_kind"] == kind].drop_duplicates(["section_id", "period"])
    spans = rows["period"].drop_duplicates().sort_values()
    sections = sections.merge(spans.to_frame(), how="cross").sort_values(
        "period", kind="stable", ignore_index=True
    )
    joined = rows.set_index(["section_id", "period"]).reindex(
        pd.MultiIndex.from_frame(sections[["section_id", "period"]])
    )
    joined = joined.set_axis(sections.index)
    marks = WaterMarks.of(book)
    classes, none = marks.classes, marks.none
    key = _classes(joined).map({number_: mark.key for number_, mark in classes.items()}).fillna(none.key)
    popup = Popup(
        sections["name"],
        _fields(book, sections, joined, classes),
        verdict=_verdict(joined, sections, addresses(book)),
        year=sections["period"].str[:4].astype("int64"),
        category=paired(sections["level"], "sections", "level"),
        part=sections["period"].map(lambda one: list(month_words(one))) if kind == "month" else None,
    )
    return [laid(book, sections, f"sections_{kind}", [*classes.values(), none], key, popup, show=show)]


def _fields(
    book: Book, sections: pd.DataFrame, joined: pd.DataFrame, classes: dict[int, Mark]
) -> list[tuple[Pair, pd.Series]]:
    target = sections["target_class"].map({number_: mark.sign for number_, mark in classes.items()})
    own = ("deciding_indicators", "main_pollutants", "months_used", "n_samples", "not_assessed", "edition")
    told: dict[str, pd.Series | None] = {
        "water_body": sections["water_body"],
        "section_id": sections["section_id"],
        "period": sections["period"].map(lambda one: list(period_words(one))),
        "level": paired(sections["level"], "sections", "level"),
        "target_class": target,
        "kinds": _both_classes(joined, classes),
        **{name: _said(book, joined, name) for name in own if name in joined},
        "river_chief": sections["river_chief"],
    }
    names = " ".join(["section_id water_body period level target_class kinds", *own, "river_chief"])
    return headed("section_periods", fields(joined, "section_periods", names, told))


def _said(book: Book, joined: pd.DataFrame, name: str) -> pd.Series:
    """Give a column of a period in both languages where it names indicators or holds a note."""
    if name in ("deciding_indicators", "main_pollutants"):
        return joined[name].map(lambda one: list(names_of(one)), na_action="ignore")
    if name == "edition":
        return editions_in_words(book, joined[name])
    return joined[name].map(in_words, na_action="ignore") if name == "not_assessed" else joined[name]


def _both_classes(joined: pd.DataFrame, classes: dict[int, Mark]) -> pd.Series:
    if "class_as_river" not in joined or "class_as_lake" not in joined:
        return pd.Series("", index=joined.index)
    signs = {number_: numeral(mark.sign) for number_, mark in classes.items()}
    river, lake = joined["class_as_river"], joined["class_as_lake"]
    known = [[UNSAID if pd.isna(one) else signs[int(one)] for one in side] for side in (river, lake)]
    pairs = [
        [f"河 {one.zh} / 湖 {other.zh}", f"river {one.en} / lake {other.en}"]
        for one, other in zip(*known, strict=True)
    ]
    told = pd.Series(pairs, index=joined.index, dtype="object")
    return told.where(_classes(joined).isna() & (river.notna() | lake.notna()), "")


def _verdict(joined: pd.DataFrame, sections: pd.DataFrame, pages: dict[str, str]) -> pd.Series:
    """Say how each section stands, with the way to its page; None where there is neither."""
    told: dict[str | None, Pair] = {
        "met": ("达到水质目标", "at its target class"),
        "missed": ("未达到水质目标", "not at its target class"),
        "on_track": ("达到序时进度（累计）", "on track (so far)"),
        "behind": ("未达序时进度（累计）", "behind (so far)"),
        None: ("不判定", "no verdict"),
    }
    verdicts = [
        [[*told[state], "", page]] if page or state else None
        for row, id_ in zip(records(joined), sections["section_id"], strict=True)
        for state, page in [(state_of(row), pages.get(str(id_), ""))]
    ]
    return pd.Series(verdicts, index=joined.index, dtype="object")


def _classes(frame: pd.DataFrame) -> pd.Series:
    return (
        frame["water_class"] if "water_class" in frame else pd.Series(pd.NA, index=frame.index, dtype="Int64")
    )


def _answer(book: Book) -> Pair:
    year = max(book.years, default=book.as_of.year)
    rate, good = (figure_of(book, f"water.{name}", str(year)) for name in ("attainment_rate", "good_share"))
    if rate is None:
        return f"{year} 年没有国省考断面的水质数据。", f"There is no data of assessed sections for {year}."
    running = so_far(book, year)
    head, tail = ("（累计·未满年）", " so far") if running else ("", "")
    zh = f"{year} 年{head}国省考断面达标率 {number(rate, 1)} %，优Ⅲ比例 {number(good, 1)} %。"
    en = f"In {year}{tail}, {number(rate, 1)} % of assessed sections are at target, {number(good, 1)} % III or better."
    return zh, en


def _rates(book: Book) -> str:
    found = book.tables.get("water_rates")
    chosen = records(yearly(book, found))
    return table(book, "rates", chosen, left_out=lambda row: remark(row["left_out"]))


def _records(book: Book) -> list[Drawn]:
    """Draw the records that stand beside a published class or are not audited, each at its section."""
    sections, found = whole(book.tables.get("sections")), book.tables.get("samples")
    if sections is None or found is None or "water_class" not in found:
        return []
    beside = found[found["published_class"].notna() | found["audited"].eq(False).fillna(False)]
    places = sections.drop_duplicates("section_id", keep="last")
    at = pd.Series(places.index, index=places["section_id"])
    at = pd.concat([at, pd.Series(places.index, index=places["name"])])
    at = at[at.index.notna() & ~at.index.duplicated()]
    where = beside["section_id"].map(at).fillna(beside["section"].map(at))
    order = beside["sampled_at"].sort_values(kind="stable").index
    if not len(order):
        return []
    shapes = sections.geometry.reindex(where[order].astype("float64")).to_numpy()
    frame = gpd.GeoDataFrame(beside.loc[order].reset_index(drop=True), geometry=shapes, crs=sections.crs)
    marks = WaterMarks.of(book)
    key = frame["water_class"].map({number_: mark.key for number_, mark in marks.classes.items()})
    sign = {number_: [mark.sign, mark.sign_en or mark.sign] for number_, mark in marks.classes.items()}
    differs = frame.get("published_differs", pd.Series(pd.NA, index=frame.index)).astype("boolean")
    popup = Popup(
        frame["section"],
        headed(
            "samples",
            {
                "sampled_at": frame["sampled_at"],
                "published_class": frame["published_class"].map(sign),
                "compared": differs.map(PUBLISHED, na_action="ignore"),
                "deciding_indicators": frame.get(
                    "deciding_indicators", pd.Series(None, index=frame.index, dtype="object")
                ).map(lambda one: list(names_of(one)), na_action="ignore"),
                "audit_status": frame["audited"].astype("boolean").map(AUDIT, na_action="ignore"),
            },
        ),
        year=frame["sampled_at"].dt.year,
        part=frame["sampled_at"].dt.strftime("%YM%m").map(lambda one: list(month_words(one))),
    )
    shown = [*marks.classes.values(), marks.none]
    return [laid(book, frame, "records", shown, key.fillna(marks.none.key), popup)]


def reaches(book: Book, kind: str, *, show: bool) -> list[Drawn]:
    """Draw the reaches, a row a reach and period; nothing where there are no rivers or no such period."""
    frame = placed(book.tables.get("reaches"))
    if frame is None:
        return []
    rows = pd.DataFrame(book.tables["section_periods"])
    rows = rows[rows["period_kind"] == kind]
    rows = rows.assign(id=rows["section_id"].fillna(rows["name"])).drop_duplicates(["id", "period"])
    if not len(rows):
        return []
    frame = frame.merge(rows["period"].drop_duplicates().sort_values().to_frame(), how="cross")
    frame = frame.sort_values("period", kind="stable", ignore_index=True)
    known = rows.set_index(["id", "period"])[["water_class", "deciding_indicators"]]
    known = known.reindex(pd.MultiIndex.from_frame(frame[["section_id", "period"]])).set_axis(frame.index)
    edition = look.colours(book.editions, book.as_of)
    classes, none = look.water_classes(edition), look.no_data(edition)
    found = known["water_class"]
    key = found.map({number: mark.key for number, mark in classes.items()}).fillna(none.key)
    key = key.where(frame["section_id"].notna(), NOBODY.key)
    told = fields(
        frame, "reaches",
        "section period deciding_indicators distance_m upstream downstream neighbours note length_m",
        {
            "period": frame["period"].map(lambda one: list(period_words(one))),
            "deciding_indicators": known["deciding_indicators"].map(
                lambda one: list(names_of(one)), na_action="ignore"
            ),
            **_neighbours(book, frame),
        },
    )  # fmt: skip
    shown = Popup(
        frame["water"],
        headed("reaches", told),
        year=frame["period"].str[:4].astype("int64"),
        part=frame["period"].map(lambda one: list(month_words(one))) if kind == "month" else None,
    )
    marks = [*classes.values(), none, NOBODY]
    return [laid(book, frame, f"reaches_{kind}", marks, key, shown, show=show)]


def _neighbours(book: Book, frame: pd.DataFrame) -> dict[str, pd.Series | None]:
    """Say of the section of each reach how far it is from the river and which sections are next to it."""
    sections = pd.DataFrame(book.tables["section_network"]).set_index("section_id")
    sections = sections.reindex(frame["section_id"]).set_axis(frame.index)
    names = dict(zip(frame["section_id"], frame["section"], strict=True))
    for one in ("upstream", "downstream", "neighbours"):
        sections[one] = sections[one].map(
            lambda ids: "、".join(names.get(id_, id_) for id_ in keys_of(ids) or [ids]), na_action="ignore"
        )
    sections["note"] = sections["note"].map(in_words, na_action="ignore")
    return {name: sections[name] for name in ("distance_m", "upstream", "downstream", "neighbours", "note")}
