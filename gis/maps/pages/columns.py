"""Tables of pages by columns: the head, the cell of a row, its side and what it shows stand in one line."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from gis.base.text import both, in_html
from gis.maps.book import Book
from gis.maps.layers import Pair
from gis.maps.mapview import named
from gis.maps.page import remark
from gis.maps.pages.cards import edition_cell
from gis.maps.pages.cells import day, number, period_words, place_words, shower, words
from gis.maps.wording import said

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
    head = "".join(f'<th scope="col"{_side(one)}>{both(*one.head)}</th>' for one in columns)
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
        f"<thead><tr>{head}</tr></thead><tbody>{body or empty}</tbody></table></div></section>"
    )


def of(head: Pair, name: str, write: Callable[[Any], str], *, right: bool = False) -> Column:
    """Show the value of a column as `write` has it, which gives HTML."""
    return Column(head, lambda row: write(row.get(name)), right, name)


def amount(head: Pair, name: str, digits: int = 2, per: float = 1.0) -> Column:
    """Show a number, divided by `per`; missing is "–"."""
    return Column(head, lambda row: number(row.get(name), digits, per), True, name)


def text(head: Pair, name: str) -> Column:
    """Show a text of the data, escaped."""
    return Column(head, lambda row: words(row.get(name)), False, name)


def word(head: Pair, name: str) -> Column:
    """Show a word that offices write in both languages."""
    return Column(head, lambda row: both(*said(str(row[name]))) if words(row[name]) else "", False, name)


def date(head: Pair, name: str) -> Column:
    """Show a day."""
    return Column(head, lambda row: day(row.get(name)), False, name)


def place(book: Book, head: Pair, name: str) -> Column:
    """Name a town or zone in both languages."""
    return Column(head, lambda row: both(*place_words(book, row.get(name))), False, name)


def period(head: Pair = ("时期", "Period")) -> Column:
    """Write the period."""
    return Column(head, lambda row: both(*period_words(str(row["period"]))), False, "period")


def finder(head: Pair, name: str) -> Column:
    """Show a name as the button that shows its feature on the map."""
    return Column(head, lambda row: shower(str(row[name])), False, name)


def note(head: Pair = ("说明", "Note"), name: str = "note") -> Column:
    """Show a note in both languages; missing is empty."""
    return of(head, name, remark)


def edition(book: Book) -> Column:
    """Name the edition that judged, with its mark where it is unsure."""
    return Column(("依据", "Edition"), lambda row: edition_cell(book, row.get("edition")), False, "edition")


def origin(head: Pair = ("来源 · 行", "Source · row")) -> Column:
    """Show the file and the row that a record comes from."""
    return Column(head, lambda row: f"{words(row.get('source'))} · {words(row.get('source_row'))}")


def source(head: Pair = ("来源", "Source")) -> tuple[Column, Column]:
    """Show the file and the row that a record comes from, a column each."""
    return text(head, "source"), Column(
        ("行", "Row"), lambda row: words(row.get("source_row")), True, "source_row"
    )


def _side(column: Column) -> str:
    return ' class="r"' if column.right else ""
