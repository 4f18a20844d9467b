"""Words and cells that the tables of the air page share."""

from __future__ import annotations

import pandas as pd

from gis.base.stored_words import words_of
from gis.maps.book import Book
from gis.maps.pages.cells import number
from gis.maps.pages.columns import Row

ITEMS = {item: words_of("item")[item][0] for item in ("pm25", "pm10", "so2", "no2", "co", "o3_8h")}
CO_DIGITS = 1


def item_number(row: Row, name: str, more: int = 0) -> str:
    """Show a concentration with the decimals of its item, and `more` of them."""
    return number(row[name], more + (CO_DIGITS if row.get("item", row.get("measure")) == "co" else 0))


def declared(rows: pd.DataFrame, book: Book) -> pd.DataFrame:
    """Keep the rows with sand-dust days as the county declares; a period without any has one row."""
    other = rows["dust"] != book.catalogue.county.dust.concentrations
    keys = [name for name in ("period", "item", "method", "edition", "place") if name in rows]
    return rows.assign(other=other).sort_values("other", kind="stable").drop_duplicates(keys)
