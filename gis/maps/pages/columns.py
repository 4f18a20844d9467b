"""Tables of pages by columns, each as `tables.toml` describes it: head, side and cell, on the frame it shows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import Any, NamedTuple

import pandas as pd

from gis.base.calendar import period_words
from gis.base.columns import Column as Described
from gis.base.columns import described
from gis.base.messages import MARK
from gis.base.stored_words import words_of
from gis.base.text import both, in_html
from gis.base.units import unit_words
from gis.maps.book import Book
from gis.maps.layers import Pair
from gis.maps.mapview import named
from gis.maps.page import remark
from gis.maps.pages.cards import edition_cell
from gis.maps.pages.cells import missing, number, place_words, shower, words
from gis.maps.wording import names_of, pollutants

Row = dict[str, Any]
LONG = 12
OPEN: Mapping[str, Pair] = MappingProxyType({})


class Column(NamedTuple):
    """Head, cell as HTML, whether it stands flush right, and the column of the frame whose value it shows."""

    head: Pair
    cell: Callable[[Row], str]
    right: bool = False
    name: str | None = None


def drawn(
    id_: str, title: Pair, columns: Sequence[Column], rows: Iterable[Row], held: Mapping[str, Pair] = OPEN
) -> str:
    """Draw a table, a row a record: the twin of a map or a chart; of `held` layers only how many rows there are."""
    listed = list(rows)
    body = "".join(
        f"<tr>{''.join(f'<td{_side(one)}>{one.cell(row)}</td>' for one in columns)}</tr>" for row in listed
    )
    empty = f'<tr><td colspan="{len(columns)}" class="nothing">{both("无数据", "no data")}</td></tr>'
    name = in_html(id_)
    if held and listed:
        kept = both(*next(iter(held.values())))
        count = f'<span class="n">{len(listed):,}</span>'
        return (
            f'<section class="twin" id="{name}"><div class="caption"><h2>{both(*title)}</h2>{count}</div>'
            + (f'<p class="note">{kept}</p></section>')
        )
    told = ("筛选本表", "filter this table")
    sieve = (
        f'<input type="search" class="sieve" data-filter="{name}" placeholder="{told[0]}" '
        f'{named(*told)} data-placeholder="1">'
        if len(listed) > LONG
        else ""
    )
    return (
        f'<section class="twin"><div class="caption"><h2>{both(*title)}</h2>'
        f'<span class="n">{len(listed):,}</span>{sieve}</div>'
        f'<div class="scroll" tabindex="0" role="region" {named(*title)}><table id="{name}">'
        f"<thead><tr>{heads(columns)}</tr></thead><tbody>{body or empty}</tbody></table></div></section>"
    )


def heads(columns: Sequence[Column]) -> str:
    """Write the head of a table."""
    return "".join(f'<th scope="col"{_side(one)}>{both(*one.head)}</th>' for one in columns)


def shown(book: Book | None, table: str, names: str, /, **cells: Callable[[Row], str]) -> list[Column]:
    """Describe columns of a table as `tables.toml` has them: head, side and cell.

    Parameters
    ----------
    book
        Names towns and editions; None where there is none.
    table
        Whose words are taken.
    names
        The columns in their order, between blanks.
    cells
        Cells that say more than the value of their column, as HTML.
    """
    return [_column(book, table, described(name, table), cells.get(name)) for name in names.split()]


def _column(book: Book | None, table: str, told: Described, own: Callable[[Row], str] | None) -> Column:
    write = cell_of(book, table, told)
    right = told.kind == "f" or (told.right and own is None and not words_of(told.name, table))
    return Column(told.head, own or (lambda row: write(row.get(told.name))), right, told.name)


def cell_of(book: Book | None, table: str, told: Described) -> Callable[[Any], str]:
    """Give what writes a value as HTML: as the house writes columns of its name, else by codes and dtype."""
    codes = words_of(told.name, table)
    known = FORMS | ({} if book is None else _of_book(book))
    if told.name in known:
        return known[told.name]
    if told.kind == "f" or (told.kind == "i" and not codes):
        return lambda value: number(value, told.digits, told.per)
    if told.kind in "dt":
        return moment
    if told.kind == "b":
        return lambda value: "" if missing(value) else both(*(YES if value else NO))
    return lambda value: "" if missing(value) else _said(str(value), codes)


def _of_book(book: Book) -> dict[str, Callable[[Any], str]]:
    towns = lambda value: both(*place_words(book, value))  # noqa: E731  for two columns
    return {"town": towns, "place": towns, "edition": lambda value: edition_cell(book, value)}


def _said(value: str, codes: Mapping[str, Pair]) -> str:
    zh, en = codes.get(value, (value, value))
    return remark(value) if value.startswith(MARK) else in_html(zh) if zh == en else both(zh, en)


def moment(value: Any) -> str:
    """Give a date as yyyy-mm-dd, with the time of day where it has one; missing is empty."""
    if missing(value):
        return ""
    stamp = pd.Timestamp(value)
    return f"{stamp:%Y-%m-%d}" if stamp == stamp.normalize() else f"{stamp:%Y-%m-%d %H:%M}"


def each(names: str, write: Callable[[Row, str], str]) -> dict[str, Callable[[Row], str]]:
    """Give columns of several names one way to write them, of their row and name."""
    return {name: partial(_named, write, name) for name in names.split()}


def _named(write: Callable[[Row, str], str], name: str, row: Row) -> str:
    return write(row, name)


def finder(name: str) -> Callable[[Row], str]:
    """Show a name as the button that shows its feature on the map."""
    return lambda row: shower(str(row[name]))


def origin(row: Row) -> str:
    """Show the file and the row that a record comes from."""
    return f"{words(row.get('source'))} · {words(row.get('source_row'))}"


def span_only(row: Row) -> str:
    """Write the period of a row on one line."""
    return f'<span class="cell">{FORMS["period"](row["period"])}</span>'


def span(row: Row) -> str:
    """Write the period of a row on one line, one that has not ended with its mark."""
    tag = (
        f' <span class="tag quiet">{both("未满期", "so far")}</span>'
        if row.get("provisional") is True
        else ""
    )
    return span_only(row) + tag


def _pollutants(value: Any) -> str:
    return "" if missing(value) else both(*pollutants(value))


def items(value: Any) -> str:
    """Show names of indicators of water, see `names_of`."""
    return "" if missing(value) else both(*names_of(value))


YES, NO = ("是", "yes"), ("否", "no")
FORMS: dict[str, Callable[[Any], str]] = {
    "period": lambda value: both(*period_words(str(value))),
    "source_row": words,
    "year": words,
    "note": remark,
    "unit": lambda value: "" if missing(value) else both(*unit_words(str(value))),
    "deciding_indicators": items,
    "main_pollutants": items,
    "primary_items": items,
    "primary_pollutants": _pollutants,
}


def _side(column: Column) -> str:
    return ' class="r"' if column.right else ""
