"""Tables of pages by columns: the head, the cell of a row and its side stand in one line."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from gis.base.text import both
from gis.maps.book import Book
from gis.maps.layers import Pair
from gis.maps.page import table
from gis.maps.pages.cells import day, number, place_words, words

Row = dict[str, Any]


class Column(NamedTuple):
    """Head, cell as HTML, and whether it stands flush right."""

    head: Pair
    cell: Callable[[Row], str]
    right: bool = False


def drawn(id_: str, title: Pair, columns: Sequence[Column], rows: Iterable[Row]) -> str:
    """Draw a table, a row a record."""
    heads, cells, right = zip(*columns, strict=True)
    body = [[cell(row) for cell in cells] for row in rows]
    return table(id_, title, heads, body, numeric=[at for at, yes in enumerate(right) if yes])


def amount(head: Pair, name: str, digits: int = 2, per: float = 1.0) -> Column:
    """Show a number, divided by `per`; missing is "–"."""
    return Column(head, lambda row: number(row.get(name), digits, per), right=True)


def text(head: Pair, name: str) -> Column:
    """Show a text of the data, escaped."""
    return Column(head, lambda row: words(row.get(name)))


def date(head: Pair, name: str) -> Column:
    """Show a day."""
    return Column(head, lambda row: day(row.get(name)))


def place(book: Book, head: Pair, name: str) -> Column:
    """Name a town or zone in both languages."""
    return Column(head, lambda row: both(*place_words(book, row.get(name))))


def origin(head: Pair = ("来源 · 行", "Source · row")) -> Column:
    """Show the file and the row that a record comes from."""
    return Column(head, lambda row: f"{words(row.get('source'))} · {words(row.get('source_row'))}")
