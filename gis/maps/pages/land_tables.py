"""The tables of the land page: towns, ledger, tax, and every record that was not counted."""

from __future__ import annotations

from typing import Any

import pandas as pd

from gis import look
from gis.base.text import both
from gis.maps.book import Book
from gis.maps.layers import Pair
from gis.maps.page import table
from gis.maps.pages.cells import (
    day,
    figure_of,
    flagged,
    number,
    place_words,
    records,
    shower,
    words,
    year_words,
)
from gis.maps.wording import stored_words

YUAN_PER_WAN = 10_000.0
LISTED = 300
UNKNOWN = "unknown"
COUNTY: Pair = ("全市合计", "County total")
NOT_COUNTED: Pair = ("未计入", "not counted")
NO_STATE: Pair = ("无状态", "no state")
EVENTS: dict[str, Pair] = {
    "identified": ("认定", "identified"), "approved": ("批准", "approved"), "cleared": ("清理", "cleared"),
    "supplied": ("供地", "supplied"), "disposed": ("处置", "disposed"), "accepted": ("验收", "accepted"),
    "recorded": ("入库", "recorded"), "reversed": ("核减", "reversed"),
}  # fmt: skip
OUTLOOKS: dict[str, Pair] = {
    "reached": ("已达到", "reached"), "in_time": ("按现速可按期达到", "in time at this pace"),
    "late": ("按现速将晚于期限", "late at this pace"), "never": ("按现速达不到", "never at this pace"),
    "missed": ("期满未达到", "missed"),
}  # fmt: skip
LEDGER = ["place", "category", "state", "year", "parcels", "area_legal_mu", "area_declared_mu", "counted_mu"]


def tables(book: Book, by_town: pd.DataFrame) -> str:
    """Draw every table of the land page.

    Parameters
    ----------
    by_town
        Counted 亩, a row a town (Chinese name), a column a year.
    """
    return (
        f"{_towns(book, by_town)}{_pace(book)}"
        f'<div class="pair">{_ledger(book)}{_tax(book)}</div>'
        f'<div class="pair">{_difference(book)}{_overlaps(book)}</div>'
        f"{_counted(book)}"
        f'<div class="pair">{_events(book)}{_tax_left_out(book)}</div>'
    )


def ledger_of(book: Book) -> pd.DataFrame:
    """Give the computed ledger; empty with its columns where nothing was computed."""
    found = book.tables.get("ledger")
    return pd.DataFrame(columns=LEDGER) if found is None or not len(found) else pd.DataFrame(found)


def _towns(book: Book, by_town: pd.DataFrame) -> str:
    years = by_town.columns.tolist()
    total = [figure_of(book, "land.renewed_area", str(int(year))) for year in years]
    heads = [("乡镇(街道)", "Town"), *(year_words(book, int(year)) for year in years), ("合计", "Sum")]
    known = [one for one in total if one is not None]
    rows = [
        [
            f"<b>{both(*COUNTY)}</b>",
            *(f"<b>{number(one)}</b>" for one in total),
            f"<b>{number(sum(known))}</b>",
        ]
    ]
    order = [town.name.zh for town in book.catalogue.county.towns]
    rows += [
        [shower(town, place_words(book, town)), *_cells(pd.Series(by_town.loc[town]))]
        for town in order
        if town in by_town.index
    ]
    rows += [[both("未知", "unknown"), *_cells(row)] for row in _unknown(book, years)]
    title = (
        f"各乡镇各年计入面积（亩，重叠只计一次，截至 {book.as_of}）",
        f"Counted area by town and year (mu, overlaps once, to {book.as_of})",
    )
    return table("by-town", title, heads, rows if years else [], numeric=range(1, len(heads)))


def _unknown(book: Book, years: list[Any]) -> list[pd.Series]:
    ledger = ledger_of(book)
    rows = ledger[ledger["place"].eq(UNKNOWN) & ledger["year"].notna() & ledger["counted_mu"].notna()]
    return [rows.groupby("year")["counted_mu"].sum().reindex(years, fill_value=0.0)] if len(rows) else []


def _cells(row: pd.Series) -> list[str]:
    return [*(number(value) for value in row), number(row.sum())]


def _ledger(book: Book) -> str:
    ledger = ledger_of(book)
    states = look.marks(look.colours(book.editions, book.as_of), "parcel_state")
    places = {one for town in book.catalogue.county.towns for one in (town.code, town.name.zh)} | {UNKNOWN}
    summed = (
        ledger[ledger["place"].isin(places)]
        .groupby(["year", "category", "state"], dropna=False, observed=True)[LEDGER[4:]]
        .sum(min_count=1)
        .reset_index()
        .sort_values(
            ["year", "category", "state"], ascending=[False, True, True], na_position="last", kind="stable"
        )
    )
    cells = [
        [
            both(*NOT_COUNTED) if pd.isna(row["year"]) else words(row["year"]), words(row["category"]),
            flagged(states[row["state"]]) if row["state"] in states else both(*NO_STATE),
            number(row["parcels"], 0), number(row["area_legal_mu"]), number(row["area_declared_mu"]),
            number(row["counted_mu"]),
        ]
        for row in records(summed)
    ]  # fmt: skip
    heads = [
        ("计入年度", "Counted in"), ("盘活类型", "Category"), ("状态", "State"), ("图斑", "Parcels"),
        ("椭球面积(亩)", "Legal (mu)"), ("申报(亩)", "Declared (mu)"), ("计入(亩)", "Counted (mu)"),
    ]  # fmt: skip
    title = (
        f"台账：按计入年度、类型、状态（截至 {book.as_of}，亩）",
        f"Ledger by year counted, category, state (to {book.as_of}, mu)",
    )
    return table("ledger", title, heads, cells, numeric=(3, 4, 5, 6))


def _tax(book: Book) -> str:
    found = book.tables.get("tax_by_place")
    if found is None and book.public:
        return ""
    frame = pd.DataFrame() if found is None else pd.DataFrame(found)
    if len(frame):
        rank = frame["level"].map({"county": 0, "town": 1, "zone": 2}).fillna(3)
        frame = frame.assign(_rank=rank).sort_values(
            ["year", "_rank", "tax_per_mu"], ascending=[False, True, False]
        )
    cells = [
        [
            both(*_tax_place(book, row)), words(row["year"]), number(row["tax_yuan"] / YUAN_PER_WAN, 0),
            number(row["land_mu"], 1), number(row["tax_per_mu"] / YUAN_PER_WAN), number(_growth(book, row), 1),
            _payers(row),
        ]
        for row in records(frame)
    ]  # fmt: skip
    heads = [
        ("地区", "Place"), ("年度", "Year"), ("税收(万元)", "Tax (10,000 yuan)"), ("占地(亩)", "Land (mu)"),
        ("亩均(万元/亩)", "Per mu (10,000 yuan)"), ("比上年(%)", "Growth (%)"), ("企业(计入/全部)", "Payers used/all"),
    ]  # fmt: skip
    title = ("工业亩均税收（万元/亩，按年度）", "Industrial tax per mu (10,000 yuan per mu, by year)")
    return table("tax", title, heads, cells, numeric=(2, 3, 4, 5, 6))


def _tax_place(book: Book, row: dict[str, Any]) -> Pair:
    if row["level"] == "county":
        county = book.catalogue.county.name
        return county.zh, county.en
    return place_words(book, row.get("place_code") or row["place"], row["place"])


def _growth(book: Book, row: dict[str, Any]) -> float | None:
    code = row.get("place_code")
    place = None if row["level"] == "county" else str(code)
    return figure_of(book, "land.tax_per_mu_growth", str(row["year"]), place)


def _payers(row: dict[str, Any]) -> str:
    return f"{number(row.get('payers_used'), 0)} / {number(row.get('payers'), 0)}"


def _overlaps(book: Book) -> str:
    found = book.tables.get("overlaps")
    rows = [
        [words(row["parcel_id"]), words(row["other_id"]), number(row["area_m2"]), words(row["counted_for"])]
        for row in ([] if found is None else records(found))
    ]  # fmt: skip
    heads = [("图斑", "Parcel"), ("另一图斑", "Other"), ("重叠(m²)", "Overlap (m²)"), ("计入", "Counted for")]
    title = (
        f"重叠图斑（只计一次，m²，截至 {book.as_of}）",
        f"Overlapping parcels, counted once (m², to {book.as_of})",
    )
    return table("overlaps", title, heads, rows, numeric=(2,))


def _difference(book: Book) -> str:
    found = book.tables.get("parcels")
    if found is None or "difference_mu" not in found:
        return ""
    known = found[found["difference_mu"].notna()]
    ordered = known.loc[known["difference_mu"].abs().sort_values(ascending=False, kind="stable").index]
    cells = [
        [
            words(row["parcel_id"]), both(*place_words(book, row["town"])), number(row["area_declared_mu"]),
            number(row["area_legal_mu"]), number(row["difference_mu"]), _within(row["within_tolerance"]),
        ]
        for row in records(ordered.head(LISTED))
    ]  # fmt: skip
    heads = [
        ("图斑", "Parcel"), ("乡镇", "Town"), ("申报(亩)", "Declared (mu)"), ("椭球(亩)", "Legal (mu)"),
        ("差(亩)", "Difference (mu)"), ("限差", "Tolerance"),
    ]  # fmt: skip
    title = (
        f"申报与实测面积（亩，截至 {book.as_of}，按差值大小，列 {len(cells):,} / {len(known):,}）",
        f"Declared beside legal area (mu, to {book.as_of}, largest difference first, {len(cells):,} of {len(known):,})",
    )
    return table("tolerance", title, heads, cells, numeric=(2, 3, 4))


def _within(value: Any) -> str:
    if pd.isna(value):
        return "–"
    return both("限差内", "within") if value else f'<span class="diff">{both("超限差", "beyond")}</span>'


def _counted(book: Book) -> str:
    found = book.tables.get("counted")
    if found is None or not len(found):
        return ""
    ordered = found.sort_values(["date", "parcel_id"], ascending=[False, True]).head(LISTED)
    cells = [
        [
            words(day(row["date"])), words(row["parcel_id"]), both(*place_words(book, row["place"])),
            both(*event_words(row["event"])), number(row["claimed_mu"]), number(row["overlap_m2"]),
            number(row["area_mu"]), number(row["declared_mu"]), words(row["document_no"]),
            f"{words(row['source'])} · {words(row['source_row'])}",
        ]
        for row in records(ordered)
    ]  # fmt: skip
    heads = [
        ("日期", "Date"), ("图斑", "Parcel"), ("乡镇", "Town"), ("事件", "Event"), ("台账(亩)", "Ledger (mu)"),
        ("重叠扣除(m²)", "Overlap off (m²)"), ("计入(亩)", "Counted (mu)"), ("申报(亩)", "Declared (mu)"),
        ("文号", "Document"), ("来源 · 行", "Source · row"),
    ]  # fmt: skip
    title = (
        f"逐项计入（亩，截至 {book.as_of}，最近 {len(cells):,} / {len(found):,} 项）",
        f"What was counted (mu, to {book.as_of}, latest {len(cells):,} of {len(found):,})",
    )
    return table("counted", title, heads, cells, numeric=(4, 5, 6, 7))


def _pace(book: Book) -> str:
    found = book.tables.get("renewal_pace")
    if found is None or not len(found):
        return ""
    titles = book.targets.drop_duplicates("target_id").set_index("target_id")
    cells = [
        [
            both(*(titles.loc[row["target_id"], ["title_zh", "title_en"]])), words(row["period"]),
            number(row["goal"]), number(row["counted"]), number(row["remaining"]), number(row["months_left"], 1),
            number(row["needed_per_month"]), number(row["pace_per_month"]), words(day(row["reached_on"])),
            both(*OUTLOOKS[str(row["outlook"])]),
        ]
        for row in records(found[found["target_id"].isin(titles.index)])
    ]  # fmt: skip
    heads = [
        ("目标", "Target"), ("时期", "Period"), ("目标值", "Goal"), ("已计入", "Counted"), ("尚缺", "Remaining"),
        ("剩余月数", "Months left"), ("每月需", "Needed a month"), ("近12月月均", "Pace of 12 months"),
        ("达到日期", "Reached on"), ("判断", "Outlook"),
    ]  # fmt: skip
    title = (f"目标进度与所需速度（亩，截至 {book.as_of}）", f"Pace against the target (mu, to {book.as_of})")
    return table("renewal-pace", title, heads, cells, numeric=(2, 3, 4, 5, 6, 7))


def _events(book: Book) -> str:
    reasons: dict[str, Pair] = {
        "unmatched_events": ("图斑未知", "unknown parcel"),
        "undated": ("无日期", "no date"),
    }
    cells = [
        [
            both(*reason), words(row["parcel_id"]), both(*event_words(row["event"])), words(day(row["date"])),
            number(row["area_mu"]), words(row["document_no"]), f"{words(row['source'])} · {words(row['source_row'])}",
        ]
        for name, reason in reasons.items()
        if (found := book.tables.get(name)) is not None
        for row in records(found)
    ]  # fmt: skip
    heads = [
        ("原因", "Reason"), ("图斑", "Parcel"), ("事件", "Event"), ("日期", "Date"), ("面积(亩)", "Area (mu)"),
        ("文号", "Document"), ("来源 · 行", "Source · row"),
    ]  # fmt: skip
    title = (
        f"未能计入的台账事件（亩，截至 {book.as_of}）",
        f"Ledger events that could not be counted (mu, to {book.as_of})",
    )
    return table("uncounted-events", title, heads, cells, numeric=(4,))


def _tax_left_out(book: Book) -> str:
    found = book.tables.get("tax_left_out")
    if found is None and book.public:
        return ""
    cells = [
        [
            words(row["year"]), words(row["payer"]), both(*place_words(book, row["town"])),
            number(row["tax_yuan"] / YUAN_PER_WAN, 2), number(row["land_mu"]), split_reason(row["reason"]),
            f"{words(row['source'])} · {words(row['source_row'])}",
        ]
        for row in ([] if found is None else records(found.head(LISTED)))
    ]  # fmt: skip
    heads = [
        ("年度", "Year"), ("企业", "Payer"), ("乡镇", "Town"), ("税收(万元)", "Tax (10,000 yuan)"),
        ("占地(亩)", "Land (mu)"), ("原因", "Reason"), ("来源 · 行", "Source · row"),
    ]  # fmt: skip
    title = (
        "未计入亩均税收的企业（税收万元、占地亩，按年度）",
        "Payers left out of tax per mu (10,000 yuan and mu, by year)",
    )
    return table("tax-left-out", title, heads, cells, numeric=(3, 4))


def split_reason(value: Any) -> str:
    """Write a bilingual reason "中文 · English" in the language of the page."""
    zh, dot, en = ("" if pd.isna(value) else str(value)).partition(" · ")
    return both(zh, en if dot else zh)


def event_words(event: Any) -> Pair:
    """Give the words of a ledger event in both languages."""
    word = str(event)
    return EVENTS.get(word, (stored_words("ledger_events", "event").get(word, word), word))
