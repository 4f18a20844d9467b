"""Rows of an .xlsx that are written plainly, taken in bulk; whatever else stands in a sheet is left to the parser."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from xml.etree import ElementTree as ET

from gis.ingest.xlsx_parts import CHUNK

_ROW = re.compile(rb'<row r="(\d{1,7})"[^<>/]*>')
_CELL = re.compile(
    rb'<c r="([A-Z]{1,3})(\d{1,7})"([^<>/]*>(?:<v>[^<]*</v>|<is><t[^<>/]*>[^<]*</t></is>))</c>'
)
_HIDES = (b" hidden=", b' ht="0"')
_ROWS_START, _ROW_END, _CELL_END = b"<sheetData>", b"</row>", b"</c>"
_TAGS_ROW, _TAGS_CELL, _TAGS_INLINE, _TAGS_EMPTY = 2, 4, 2, 1
_GIVEN = re.compile(rb'\s+(\w+)="([^"<&]*)"')
_TEXT = re.compile(rb"<(?:v|t)[^>]*>([^<]*)<")
_ENCODING = re.compile(rb"""<\?xml[^>]*\sencoding\s*=\s*["']([^"']*)""")

Row = tuple[int, list[tuple[int, Any]]]


class Values(dict[bytes, Any]):
    """The values of cells by how they are written; None for one that holds nothing.

    Parameters
    ----------
    read
        Kind, text and style of a cell → its value.
    """

    def __init__(self, read: Callable[[str, str, str], Any]) -> None:
        super().__init__()
        self.read = read

    def __missing__(self, written: bytes) -> Any:
        if b"&" in written or b"\r" in written:
            try:
                cell = ET.fromstring(b"<c" + written + b"</c>")  # noqa: S314  # no room for a declaration
            except ET.ParseError as error:
                raise ValueError(str(error)) from error
            given, text = cell.attrib, "".join(cell.itertext())
        else:
            start = written[: written.index(b">")]
            given = {key.decode(): value.decode() for key, value in _GIVEN.findall(start)}
            text = _TEXT.search(written)[1].decode()  # type: ignore[index]  # both ends of a cell are in _CELL
        value = self.read(given.get("t", "n"), text, given.get("s", "0"))
        self[written] = value
        return value


class OddError(Exception):
    """A cell that only the parser can take: struck out, or not shown."""


def batches(chunks: Iterable[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Cut a sheet at the ends of rows.

    Yields
    ------
    batch, whole
        Whether it is whole rows and nothing else, as far as its ends tell.
    """
    rest, inside = b"", False
    for chunk in chunks:
        data = rest + chunk
        if not inside and (at := data.find(_ROWS_START)) >= 0:
            head, data = data[: at + len(_ROWS_START)], data[at + len(_ROWS_START) :]
            inside = is_utf8(head)
            yield head, False
        cut = data.rfind(_ROW_END) + len(_ROW_END)
        if inside and cut >= len(_ROW_END):
            yield data[:cut], True
            rest = data[cut:]
        elif inside and len(data) < 2 * CHUNK:
            rest = data
        else:
            yield data, False
            rest = b""
    yield rest, False


def is_utf8(head: bytes) -> bool:
    """Tell whether a part says that it is UTF-8, or says nothing."""
    found = _ENCODING.search(head)
    return found is None or found[1].upper() == b"UTF-8"


def plain_rows(batch: bytes, values: Values, columns: dict[bytes, int]) -> list[Row] | None:
    """Take rows whose cells are a number or a text with its place and no more.

    Parameters
    ----------
    columns
        Letters of a column → its number from 1.

    Returns
    -------
    rows
        None where anything else stands in the batch.
    """
    if any(sign in batch for sign in _HIDES):
        return None
    numbers, found = _ROW.findall(batch), _CELL.findall(batch)
    sizes = [row.count(_CELL_END) for row in batch.split(_ROW_END)]
    empty = batch.count(b"<c ") - len(found) + batch.count(b"<row ") - len(numbers)
    tags = _TAGS_ROW * len(numbers) + _TAGS_CELL * len(found) + _TAGS_INLINE * batch.count(b"<is>")
    if batch.count(b"<") != tags + _TAGS_EMPTY * empty or batch.count(b"/>") != empty:
        return None
    letters, places, written = zip(*found, strict=True) if found else ((), (), ())
    try:
        cells = list(zip(map(columns.__getitem__, letters), map(values.__getitem__, written), strict=True))
    except OddError:
        return None
    rows: list[Row] = []
    end = 0
    for number, size in zip(numbers, sizes, strict=False):
        start, end = end, end + size
        if places[start:end].count(number) != size:
            return None
        rows.append((int(number), [cell for cell in cells[start:end] if cell[1] is not None]))
    return rows if end == len(cells) and len(sizes) == len(numbers) + 1 else None
