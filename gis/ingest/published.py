"""The JSON of the page that publishes surface water: heads and cells with markup and tooltips."""

from __future__ import annotations

import html
import json
import re
from typing import Any

import numpy as np

from gis.base.errors import FormatError
from gis.base.messages import Message
from gis.ingest.workbook import CELLS_FREELY, MOST_CELLS_A_VALUE, Page
from gis.ingest.xlsx import MOST_COLUMNS

_TAG = re.compile(r"<[^<>]+>")
_RAW = re.compile(r"title=['\"][^'\"]*原始值[：:]\s*([^'\"\s]+)")


def is_published(data: bytes) -> bool:
    """Say whether the bytes are the publisher's JSON (an object with `thead` and `tbody`)."""
    return data.lstrip().startswith(b"{") and b'"thead"' in data and b'"tbody"' in data


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
        heads, body = _table(text)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise FormatError(
            Message("不是由 thead 和 tbody 组成的表", "is not a table of thead and tbody"), file=file,
            fix=Message("给 GeoJSON，或把表另存为 .csv", "GeoJSON, or export the table as .csv"),
        ) from error  # fmt: skip
    rows = [heads, *(row if isinstance(row, list) else [] for row in body)]
    if len(rows) * len(heads) > CELLS_FREELY + MOST_CELLS_A_VALUE * sum(map(len, rows)):
        raise FormatError(
            Message("表头远多于各行", "has far more heads than its rows have cells"), file=file,
            fix=Message("重新下载该页", "fetch the page again"),
        )  # fmt: skip
    width = len(heads)
    grid = [[*map(cell_text, row[:width]), *[None] * (width - len(row))] for row in rows]
    return Page("", grid, widths=np.array([len(row) for row in rows]))


def _table(text: str) -> tuple[list[Any], list[Any]]:
    page = json.loads(text, parse_int=str, parse_float=str, parse_constant=str)
    heads, body = page["thead"], page["tbody"]
    if not isinstance(heads, list) or not isinstance(body, list) or len(heads) > MOST_COLUMNS:
        raise TypeError(type(heads).__name__)
    return heads, body


def cell_text(cell: Any) -> str | None:
    """Give the unrounded value in the tooltip of a cell, else the text of its tags."""
    if cell is None:
        return None
    text = html.unescape(str(cell))
    found = _RAW.search(text)
    return found[1] if found else _TAG.sub("", text).strip()
