"""What changed on the air page: months and 1–N months compared, two editions side by side."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from gis.base.calendar import period_words
from gis.base.messages import joined, parts
from gis.base.text import both
from gis.maps.book import Book
from gis.maps.layers import Pair
from gis.maps.page import remark
from gis.maps.pages.air_words import ITEMS, item_number
from gis.maps.pages.cells import number, records
from gis.maps.pages.columns import Column, Row, drawn, shown

COMPARED: dict[str, tuple[bool, Pair]] = {
    "last_month": (True, ("较上月", "vs month before")),
    "same_month_last_year": (False, ("较上年同月", "vs same month last year")),
    "same_months_last_year": (True, ("较上年同期", "vs same months last year")),
}


def changes(book: Book) -> str:
    """Compare the latest month, and January to it, with the month and the year before; a row a measure."""
    found = book.tables.get("air_changes")
    if found is None or not len(found):
        return ""
    by_kind = {
        str(kind): rows[rows["period"] == rows["period"].max()]
        for kind, rows in found.groupby("compared_with")
    }
    rows: list[Row] = []
    for measure in (*ITEMS, "good_day_rate"):
        row: Row = {"measure": measure, "notes": []}
        for kind, chosen in by_kind.items():
            for one in records(chosen[chosen["measure"] == measure]):
                row[kind], row["notes"] = one, [*row["notes"], *parts(one["note"])]
        if len(row) > 2:  # noqa: PLR2004  nothing is compared
            rows.append(row)
    columns = [
        *shown(book, "air_changes", "measure", measure=_measure),
        *(
            column
            for kind, (name, against) in COMPARED.items()
            if kind in by_kind
            for column in _columns(
                kind, period_words(str(by_kind[kind]["period"].iloc[0])) if name else None, against
            )
        ),
        *shown(book, "air_changes", "note", note=lambda row: remark(joined(row["notes"]))),
    ]
    title = (
        "环比与同比（µg/m³，CO mg/m³；CO、O3 为百分位数；优良率为百分点）",
        "Against the month and the year before (µg/m³, CO mg/m³; CO and O3 by percentile; points for the rate)",
    )
    return drawn("air-changes", title, columns, rows)


def _columns(kind: str, period: Pair | None, against: Pair) -> list[Column]:
    def of(name: str, signed: bool) -> Callable[[Row], str]:
        def cell(row: Row) -> str:
            one = row.get(kind)
            return "–" if one is None else _number(one, name, signed=signed)

        return cell

    now = [] if period is None else [Column(period, of("now", False), right=True)]
    return [
        *now,
        Column(against, of("change", True), right=True),
        Column(("%", "%"), of("change_percent", True), right=True),
    ]


def _number(row: Row, name: str, *, signed: bool) -> str:
    told = number(row[name], 1) if name == "change_percent" else item_number(row, name, 1)
    if not signed or pd.isna(row[name]):
        return told
    return f"+{told}" if row[name] > 0 else told.replace("-", "−")


def _measure(row: Row) -> str:
    if row["measure"] == "good_day_rate":
        return both("优良率（%）", "Good days (%)")
    return ITEMS[str(row["measure"])]


def editions(book: Book) -> str:
    """Set the rates of both editions side by side where the series crosses a change, with a caution."""
    found = book.tables.get("air_period_editions")
    if found is None or not len(found) or found["edition"].nunique() < 2:  # noqa: PLR2004  one edition
        return ""
    crossing = found.groupby("period")["edition"].transform("nunique") > 1
    listed = found[(found["period_kind"] == "year") | (crossing & (found["period_kind"] == "cumulative"))]
    columns = shown(book, "air_periods", "period edition good_days valid_days good_day_rate")
    caution = both(
        "同样的空气按新版标准评价，优良率会更低：不同版本的比率不可比，降低不代表空气变差。"
        "用 gis run --edition hj633-2012（或 hj633-2026）可把全序列按同一版本评价。",
        "The same air has fewer good days under the stricter text: rates of two editions are not comparable, and a "
        "lower one is not worse air. gis run --edition hj633-2012 (or hj633-2026) judges the whole series under one.",
    )
    title = ("各版本的优良率", "Good days by edition")
    rows = records(listed.sort_values(["period", "edition"], ascending=[False, True]))
    return f'<p class="stamp internal-stamp">{caution}</p>' + drawn("air-editions", title, columns, rows)
