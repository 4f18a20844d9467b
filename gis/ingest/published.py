"""The JSON of the page that publishes surface water: heads and cells with markup and tooltips."""

from __future__ import annotations

import html
import json
import re
from typing import Any

from gis.base.errors import FormatError

_TAG = re.compile(r"<[^>]+>")
_RAW = re.compile(r"title=['\"][^'\"]*原始值[：:]\s*([^'\"\s]+)")


def is_published(data: bytes) -> bool:
    """Say whether the bytes are the publisher's JSON (an object with `thead` and `tbody`)."""
    return data.lstrip().startswith(b"{") and b'"thead"' in data and b'"tbody"' in data


def grid_of(text: str, file: str) -> list[list[Any]]:
    """Give the table in the publisher's JSON as rows of text, heads first; 原始值 replaces the rounded value.

    Raises
    ------
    FormatError
        Not that JSON.
    """
    try:
        page = json.loads(text)
        heads, body = page["thead"], page["tbody"]
    except (ValueError, KeyError, TypeError) as error:
        raise FormatError(
            "is not a table of thead and tbody", file=file, fix="GeoJSON, or export the table as .csv"
        ) from error
    width = len(heads)
    rows = [[cell_text(cell) for cell in row][:width] for row in body]
    return [[cell_text(head) for head in heads], *([*row, *[None] * (width - len(row))] for row in rows)]


def cell_text(cell: Any) -> str | None:
    """Give the unrounded value in the tooltip of a cell, else the text of its tags."""
    if cell is None:
        return None
    text = html.unescape(str(cell))
    found = _RAW.search(text)
    return found[1] if found else _TAG.sub("", text).strip()
