"""JSON that is a table: the page that publishes surface water (heads and cells), and records as services answer."""

from __future__ import annotations

import html
import json
import re
from typing import Any

import numpy as np

from gis.base.errors import FormatError
from gis.base.stored_words import toml_of
from gis.ingest.model import Findings, finding
from gis.ingest.refusals import refusal
from gis.ingest.workbook import CELLS_FREELY, MOST_CELLS_A_VALUE, Page
from gis.ingest.xlsx import MOST_COLUMNS

SHAPES = (b'"Feature', b'"coordinates"', b'"Topology"', b'"rings"', b'"GeometryCollection"')
DEEPEST = 4
_SAID = toml_of("catalogue/readings.toml")["answer"]
TOTALS: list[str] = _SAID["total"]
ENVELOPE = frozenset(_SAID["envelope"])
_TAG = re.compile(r"<[^<>]+>")
_RAW = re.compile(r"title=['\"][^'\"]*原始值[：:]\s*([^'\"\s]+)")


def is_published(data: bytes) -> bool:
    """Say whether the bytes are a table in JSON: `thead` and `tbody`, or a list of records, bare or in a wrapper."""
    start = data[:64].lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(b"{") and b'"thead"' in data and b'"tbody"' in data:
        return True
    return (
        start.startswith((b"{", b"["))
        and not any(word in data for word in SHAPES)
        and _read(data) is not None
    )


def _read(text: str | bytes) -> tuple[list[dict[str, Any]], dict[str, Any]] | None:
    try:
        return records_in(json.loads(text))
    except (ValueError, RecursionError):
        return None


def records_in(page: Any) -> tuple[list[dict[str, Any]], dict[str, Any]] | None:
    """Find the one list of records in an answer of a service, however it is wrapped.

    Returns
    -------
    records, beside
        `beside` holds the single values that stand beside the list or above it; None where there is no list
        of records or more than one.

    Examples
    --------
    >>> records_in({"code": 200, "data": {"rows": [{"断面": "虞河桥"}], "total": 1}})[0]
    [{'断面': '虞河桥'}]
    """
    found, beside = _records(page, DEEPEST)
    return (found[0], beside) if len(found) == 1 else None


def _records(page: Any, deepest: int) -> tuple[list[list[dict[str, Any]]], dict[str, Any]]:
    if isinstance(page, list):
        return ([page] if page and all(isinstance(record, dict) and record for record in page) else []), {}
    if not isinstance(page, dict) or not deepest:
        return [], {}
    found, beside = [], {str(key): cell for key, cell in page.items() if not isinstance(cell, (dict, list))}
    for part in page.values():
        lists, more = _records(part, deepest - 1)
        found += lists
        beside |= more if lists else {}
    return found, beside


def page_of(text: str, file: str) -> Page:
    """Give the table in the publisher's JSON, heads first; 原始值 replaces the rounded value.

    Returns
    -------
    page
        Text cells; `widths` counts those of each row, 0 where a row holds no list.

    Raises
    ------
    FormatError
        Not that JSON.
    """
    try:
        page = json.loads(text, parse_int=str, parse_float=str, parse_constant=str)
        if (found := records_in(page)) is not None:
            return _page_of_records(*found)
        heads, body = _table(page)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise refusal(FormatError, "published_form", file) from error
    rows = [heads, *(row if isinstance(row, list) else [] for row in body)]
    if len(rows) * len(heads) > CELLS_FREELY + MOST_CELLS_A_VALUE * sum(map(len, rows)):
        raise refusal(FormatError, "published_heads", file)
    width = len(heads)
    grid = [[*map(cell_text, row[:width]), *[None] * (width - len(row))] for row in rows]
    return Page("", grid, widths=np.array([len(row) for row in rows]))


def _table(page: Any) -> tuple[list[Any], list[Any]]:
    heads, body = page["thead"], page["tbody"]
    if not isinstance(heads, list) or not isinstance(body, list) or len(heads) > MOST_COLUMNS:
        raise TypeError(type(heads).__name__)
    return heads, body


def in_parts(text: str) -> Findings:
    """Tell of an answer that says itself that there are more records than it holds: it is one page of several."""
    if not any(f'"{name}"' in text for name in TOTALS) or (answer := _read(text)) is None:
        return []
    records, beside = answer
    said = max((size for name, size in beside.items() if name in TOTALS and isinstance(size, int)), default=0)
    if said <= len(records):
        return []
    return [finding("answer_in_parts", said=said, n=len(records))]


def _page_of_records(records: list[dict[str, Any]], beside: dict[str, Any]) -> Page:
    """Lay records out under their keys, below a title of what stands beside them (站点：…, 日期：…)."""
    heads = list(dict.fromkeys(key for record in records for key in record))
    most = CELLS_FREELY + MOST_CELLS_A_VALUE * sum(map(len, records))
    if len(heads) > MOST_COLUMNS or len(heads) * len(records) > most:
        raise TypeError(len(heads))
    title = "  ".join(
        f"{key}：{cell}" for key, cell in beside.items() if key.lower() not in ENVELOPE and cell
    )
    rows = [[_plain_cell(record.get(head)) for head in heads] for record in records]
    above = [[title, *[None] * (len(heads) - 1)]] if title else []
    return Page("", [*above, heads, *rows])


def _plain_cell(cell: Any) -> str | None:
    if isinstance(cell, (dict, list)):
        return json.dumps(cell, ensure_ascii=False) if cell else None
    return {True: "是", False: "否"}[cell] if isinstance(cell, bool) else cell_text(cell)


def cell_text(cell: Any) -> str | None:
    """Give the unrounded value in the tooltip of a cell, else the text of its tags."""
    if cell is None:
        return None
    text = html.unescape(str(cell))
    found = _RAW.search(text)
    return found[1] if found else _TAG.sub("", text).strip()
