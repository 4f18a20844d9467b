"""The panel of alerts on the scorecard: what, who is in charge, which figure and rows."""

from __future__ import annotations

from collections.abc import Mapping

from gis.base.text import both, in_html
from gis.base.units import unit_words
from gis.maps.book import Book
from gis.maps.page import remark
from gis.maps.pages.cells import number, records, words
from gis.maps.pages.columns import drawn, shown
from gis.maps.pages.section_rows import addresses

DIGITS = 1


def panel(book: Book) -> str:
    """Draw the alerts of the edition, new ones first and open, those of a person together; a line where there are none.

    Empty where the county watches nothing.
    """
    found = book.tables.get("alerts")
    watched = any(value not in (None, False) for value in book.catalogue.alerts.model_dump().values())
    if found is None or not watched:
        return ""
    new = int(found["is_new"].sum())
    count = both(
        f"{len(found)} 项，其中新增 {new} 项" if len(found) else "没有预警",
        f"{len(found)}, {new} of them new" if len(found) else "none",
    )
    head = f'<summary><h2>{both("预警", "Alerts")} <span class="n">{count}</span></h2></summary>'
    body = _table(book) if len(found) else ""
    return f'<details class="subject rest alerts"{" open" if new else ""}>{head}{body}</details>'


def _table(book: Book) -> str:
    rows = book.tables["alerts"].sort_values(["is_new", "person"], ascending=[False, True], kind="stable")
    pages = addresses(book)
    columns = shown(
        book, "alerts", "is_new person kind message value limit figure_id rows",
        is_new=lambda row: f'<span class="tag">{both("新", "new")}</span>' if row["is_new"] else "",
        person=lambda row: words(row["person"]) or both("未列明", "not listed"),
        message=lambda row: remark(row["message"]),
        value=lambda row: f"{_number(row['value'])} {_unit(row['unit'])}",
        limit=lambda row: _number(row["limit"]),
        figure_id=lambda row: _figure(book, pages, str(row["figure_id"])),
    )  # fmt: skip
    title = (f"预警（截至 {book.as_of}）", f"Alerts (as of {book.as_of})")
    return drawn("alerts", title, columns, records(rows))


def _figure(book: Book, pages: Mapping[str, str], id_: str) -> str:
    """Name a figure, that of a section as the way to its records."""
    told, page = f"<code>{in_html(id_)}</code>", pages.get(id_.rpartition(".")[2])
    return f'<a href="{in_html(book.edition)}/{page}#charts">{told}</a>' if page else told


def _number(value: float) -> str:
    return number(value, 0 if float(value).is_integer() else DIGITS)


def _unit(unit: str) -> str:
    return both(*unit_words(unit))
