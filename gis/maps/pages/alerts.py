"""The panel of alerts on the scorecard: what, who is in charge, which figure and rows."""

from __future__ import annotations

from gis.base.text import both, in_html
from gis.maps.book import Book
from gis.maps.page import split, table
from gis.maps.pages.cards import UNIT_WORDS
from gis.maps.pages.cells import number, records, words
from gis.scorecard.alerts import KINDS

DIGITS = 1


def panel(book: Book) -> str:
    """Draw the alerts of the edition, new ones first and open; a line where there are none.

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
    rows = book.tables["alerts"].sort_values("is_new", ascending=False, kind="stable")
    cells = [
        [
            f'<span class="tag">{both("新", "new")}</span>' if row["is_new"] else "",
            both(*KINDS[row["kind"]]), split(row["message"]), words(row["person"]) or both("未列明", "not listed"),
            f"{_number(row['value'])} {_unit(row['unit'])}", _number(row["limit"]),
            f"<code>{in_html(row['figure_id'])}</code>", words(row["rows"]),
        ]
        for row in records(rows)
    ]  # fmt: skip
    heads = [
        ("新增", "New"), ("类型", "Kind"), ("内容", "What"), ("责任人（河长、点位长）", "In charge"),
        ("数值", "Value"), ("限值", "Limit"), ("数值编号", "Figure"), ("依据行", "Rows behind it"),
    ]  # fmt: skip
    title = (f"预警（截至 {book.as_of}）", f"Alerts (as of {book.as_of})")
    return table("alerts", title, heads, cells, numeric=(4, 5))


def _number(value: float) -> str:
    return number(value, 0 if float(value).is_integer() else DIGITS)


def _unit(unit: str) -> str:
    return both(*UNIT_WORDS.get(unit, (unit, unit)))
