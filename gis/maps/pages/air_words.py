"""Words and cells that the tables of the air page share."""

from __future__ import annotations

import re
from typing import Any

import pandas as pd

from gis.base.text import both, in_html
from gis.maps.book import Book
from gis.maps.pages.cards import edition_cell
from gis.maps.pages.cells import number
from gis.maps.pages.columns import Column, Row

ITEMS = {"pm25": "PM2.5", "pm10": "PM10", "so2": "SO2", "no2": "NO2", "co": "CO", "o3_8h": "O3-8h"}
CO_DIGITS = 1
FORMULA = re.compile(r"\(([^()]+)\)")


def item_cell(row: Row) -> str:
    """Name the item of a row."""
    return in_html(ITEMS.get(str(row["item"]), row["item"]))


def items_cell(cell: Any) -> str:
    """Name items joined by 、; missing is empty."""
    return "" if pd.isna(cell) else "、".join(in_html(ITEMS.get(one, one)) for one in str(cell).split("、"))


def pollutants(cell: Any) -> list[str]:
    """Name pollutants as they are published, 臭氧8小时(O3_8h), and in English by the formula in brackets."""
    names = str(cell).split(",")
    formulas = [found[1].replace("_", "-") if (found := FORMULA.search(one)) else one for one in names]
    return ["、".join(names), ", ".join(formulas)]


def pollutants_cell(cell: Any) -> str:
    """Name pollutants as HTML; missing is empty."""
    return "" if pd.isna(cell) else both(*pollutants(cell))


def item_number(row: Row, name: str, more: int = 0) -> str:
    """Show a concentration with the decimals of its item, and `more` of them."""
    return number(row[name], more + (CO_DIGITS if row.get("item", row.get("measure")) == "co" else 0))


def so_far_tag(row: Row) -> str:
    """Mark the row of a period that has not ended."""
    provisional = row.get("provisional")
    yes = provisional is not None and not pd.isna(provisional) and bool(provisional)
    return f' <span class="tag quiet">{both("未满期", "so far")}</span>' if yes else ""


def edition_of(book: Book) -> Column:
    """Show the standard that a row was judged by."""
    return Column(("依据", "Edition"), lambda row: edition_cell(book, row["edition"]))


def declared(rows: pd.DataFrame, book: Book) -> pd.DataFrame:
    """Keep the rows with sand-dust days as the county declares; a period without any has one row."""
    other = rows["dust"] != book.catalogue.county.dust.concentrations
    keys = [name for name in ("period", "item", "method", "edition", "place") if name in rows]
    return rows.assign(other=other).sort_values("other", kind="stable").drop_duplicates(keys)
