"""The tables of the land page: towns, ledger, tax, and every record that was not counted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from gis import look
from gis.base.text import both
from gis.base.units import shown_sum
from gis.maps.book import Book, held
from gis.maps.layers import Pair
from gis.maps.page import remark
from gis.maps.pages.cells import figure_of, flagged, number, place_words, records, shower, words, year_words
from gis.maps.pages.columns import Column, Row, drawn, each, origin, shown
from gis.maps.pages.land_curve import curves
from gis.maps.pages.land_images import image_tables

TOWNS = "counted_by_town"
LISTED = 300
MU_DIGITS = 2
UNKNOWN = "unknown"
COUNTY: Pair = ("全市合计", "County total")
NOT_COUNTED: Pair = ("未计入", "not counted")
NO_STATE: Pair = ("无状态", "no state")
LEDGER = ["place", "category", "state", "year", "parcels", "area_legal_mu", "area_declared_mu", "counted_mu"]


def tables(book: Book, by_town: pd.DataFrame) -> str:
    """Draw every table of the land page.

    Parameters
    ----------
    by_town
        Counted 亩, a row a town (Chinese name), a column a year.
    """
    return (
        f"{_towns(book, by_town)}{_pace(book)}{curves(book)}"
        f'<div class="pair">{_ledger(book)}{_tax(book)}</div>'
        f'<div class="pair">{_explained(book)}{_overlaps(book)}</div>{image_tables(book)}'
        f'<div class="pair">{_events(book)}{_tax_left_out(book)}</div>'
    )


def ledger_of(book: Book) -> pd.DataFrame:
    """Give the computed ledger; empty with its columns where nothing was computed."""
    found = book.tables.get("ledger")
    return pd.DataFrame(columns=LEDGER) if found is None or not len(found) else pd.DataFrame(found)


def _towns(book: Book, by_town: pd.DataFrame) -> str:
    years = by_town.columns.tolist()
    total = [figure_of(book, "land.renewed_area", str(int(year))) for year in years]
    known = [one for one in total if one is not None]
    order = [town.name.zh for town in book.catalogue.county.towns if town.name.zh in by_town.index]
    lines = [(shower(town, place_words(book, town)), pd.Series(by_town.loc[town])) for town in order]
    lines += [(both("未知", "unknown"), row) for row in _unknown(book, years)]
    rows = [_line(f"<b>{both(*COUNTY)}</b>", years, total, sum(known), bold=True)]
    rows += [_line(name, years, row.tolist(), row.sum()) for name, row in lines]
    rows += _of_rounding([row for _, row in lines], years, total)
    strong = each(" ".join(map(str, years)), _strong)
    columns = [
        *shown(book, TOWNS, "name", name=lambda row: row["name"]),
        *(Column(year_words(book, int(year)), strong[str(year)], True, str(year)) for year in years),
        *shown(book, TOWNS, "sum", sum=lambda row: _strong(row, "sum")),
    ]
    title = (
        f"各乡镇各年计入面积（亩，重叠只计一次，截至 {book.as_of}）",
        f"Counted area by town and year (mu, overlaps once, to {book.as_of})",
    )
    return drawn("by-town", title, columns, rows if years else [])


def _line(name: str, years: list[Any], values: Sequence[Any], total: float, *, bold: bool = False) -> Row:
    return {"name": name, **dict(zip(map(str, years), values, strict=True)), "sum": total, "bold": bold}


def _strong(row: Row, name: str) -> str:
    """Show 亩, those of the county in bold."""
    return f"<b>{number(row[name])}</b>" if row["bold"] else number(row[name])


def _of_rounding(lines: list[pd.Series], years: list[Any], total: list[float | None]) -> list[Row]:
    """Give the line of what the shown lines add up to, where that is not the shown total of a year."""
    added = [shown_sum(of_year, MU_DIGITS) for of_year in zip(*lines, strict=True)]
    known = [0.0 if one is None else one for one in total]
    same = all(number(one) == number(two) for one, two in zip(added, known, strict=True))
    if same or not lines:
        return []
    told = both(
        "各行所示之和（合计按 m² 相加后一次换算）", "Sum of the lines as shown (the total is converted once)"
    )
    return [_line(told, years, added, sum(added))]


def _unknown(book: Book, years: list[Any]) -> list[pd.Series]:
    ledger = ledger_of(book)
    rows = ledger[ledger["place"].eq(UNKNOWN) & ledger["year"].notna() & ledger["counted_mu"].notna()]
    return [rows.groupby("year")["counted_mu"].sum().reindex(years, fill_value=0.0)] if len(rows) else []


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
    columns = shown(
        book, "ledger", "year category state parcels area_legal_mu area_declared_mu counted_mu",
        year=lambda row: both(*NOT_COUNTED) if pd.isna(row["year"]) else words(row["year"]),
        state=lambda row: flagged(states[row["state"]]) if row["state"] in states else both(*NO_STATE),
    )  # fmt: skip
    title = (
        f"台账：按计入年度、类型、状态（截至 {book.as_of}，亩）",
        f"Ledger by year counted, category, state (to {book.as_of}, mu)",
    )
    return drawn("ledger", title, columns, records(summed))


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
    rows = [{**row, "growth": _growth(book, row)} for row in records(frame)]
    columns = shown(
        book, "tax_by_place", "place year tax_yuan land_mu tax_per_mu growth payers_used",
        place=lambda row: both(*_tax_place(book, row)), payers_used=_payers,
    )  # fmt: skip
    title = ("工业亩均税收（万元/亩，按年度）", "Industrial tax per mu (10,000 yuan per mu, by year)")
    return drawn("tax", title, columns, rows)


def _tax_place(book: Book, row: dict[str, Any]) -> Pair:
    if row["level"] == "county":
        county = book.catalogue.county.name
        return county.zh, county.en
    return place_words(book, row.get("place_code") or row["place"], row["place"])


def _growth(book: Book, row: dict[str, Any]) -> float | None:
    code = row.get("place_code")
    place_ = None if row["level"] == "county" else str(code)
    return figure_of(book, "land.tax_per_mu_growth", str(row["year"]), place_)


def _payers(row: dict[str, Any]) -> str:
    return f"{number(row.get('payers_used'), 0)} / {number(row.get('payers'), 0)}"


def _overlaps(book: Book) -> str:
    columns = shown(book, "overlaps", "parcel_id other_id area_m2 counted_for")
    title = (
        f"重叠图斑（只计一次，m²，截至 {book.as_of}）",
        f"Overlapping parcels, counted once (m², to {book.as_of})",
    )
    return drawn("overlaps", title, columns, _rows(book, "overlaps"))


def _rows(book: Book, name: str) -> list[dict[str, Any]]:
    found = book.tables.get(name)
    return [] if found is None else records(found)


def _explained(book: Book) -> str:
    """Say why the areas beside each other differ, as the edition of the formula has it."""
    found = book.tables.get("parcels")
    if found is None or "difference_mu" not in found:
        return ""
    told = book.editions.in_force("parcel_area", book.as_of).data.get("explained", ())
    title = both("同一地块的面积（m²）为何不同", "Why the areas (m²) of one parcel differ")
    points = "".join(f"<li>{both(one['zh'], one['en'])}</li>" for one in told)
    return f'<section class="twin"><div class="caption"><h2>{title}</h2></div><ul>{points}</ul></section>'


def _pace(book: Book) -> str:
    found = book.tables.get("renewal_pace")
    if found is None or not len(found):
        return ""
    aims = book.targets_of("land")
    of_county = aims["place"] == book.catalogue.county.adcode
    titles = aims[of_county].drop_duplicates("target_id").set_index("target_id")
    columns = shown(
        book, "renewal_pace",
        "target_id period goal counted remaining months_left needed_per_month pace_per_month reached_on outlook",
        target_id=lambda row: both(*titles.loc[row["target_id"], ["title_zh", "title_en"]]),
    )  # fmt: skip
    title = (f"目标进度与所需速度（亩，截至 {book.as_of}）", f"Pace against the target (mu, to {book.as_of})")
    return drawn("renewal-pace", title, columns, records(found[found["target_id"].isin(titles.index)]))


def _events(book: Book) -> str:
    columns = shown(
        book, "uncounted_events", "reason parcel_id event date area_mu document_no source", source=origin
    )
    title = (
        f"未能计入的台账事件（亩，截至 {book.as_of}）",
        f"Ledger events that could not be counted (mu, to {book.as_of})",
    )
    rows = [{**row, "reason": name} for name in ("unmatched_events", "undated") for row in _rows(book, name)]
    return drawn("uncounted-events", title, columns, rows, held(book, "ledger_events"))


def _tax_left_out(book: Book) -> str:
    if "tax_left_out" not in book.tables and book.public:
        return ""
    columns = shown(
        book, "tax_left_out", "year payer town tax_yuan land_mu reason source", source=origin,
        reason=lambda row: remark(row["reason"]),
    )  # fmt: skip
    title = (
        "未计入亩均税收的企业（税收万元、占地亩，按年度）",
        "Payers left out of tax per mu (10,000 yuan and mu, by year)",
    )
    return drawn("tax-left-out", title, columns, _rows(book, "tax_left_out")[:LISTED], held(book, "tax"))
