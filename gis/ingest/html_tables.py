"""Tables of web pages (HTML named .xls, pages saved by Excel) → cells and the areas that they span."""

from __future__ import annotations

import email
import email.policy
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

from gis.base.errors import EncodingError
from gis.ingest.characters import beside
from gis.ingest.encoding import text_encoding

MOST_SPAN = 10_000
MOST_CELLS = 5_000_000
TITLES, LONGEST_TITLE = 4, 80
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([A-Za-z0-9_-]+)", re.IGNORECASE)
_BLANKS = re.compile(r"[ \t\r\n\f\xa0]+")
_HIDES = re.compile(r"display\s*:\s*none", re.IGNORECASE)
UNSHOWN = frozenset(("script", "style", "title", "xml"))
BLOCKS = frozenset(("p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "caption", "li", "table", "body"))


@dataclass
class Table:
    """A table.

    Attributes
    ----------
    titles
        The short lines before it.
    rows
        Its cells in their columns; a spanned cell stands at its left upper corner.
    areas
        Spans: left, top, right, bottom, from 1.
    heads
        How many of the first rows are heads.
    hidden
        Rows that are not shown, from 1.
    """

    titles: list[str] = field(default_factory=list)
    rows: list[list[str | None]] = field(default_factory=list)
    areas: list[tuple[int, int, int, int]] = field(default_factory=list)
    heads: int = 0
    hidden: list[int] = field(default_factory=list)
    _down: dict[int, int] = field(default_factory=dict)
    _open: bool = False
    _hides: bool = False

    def begin(self, *, hides: bool = False) -> None:
        """Begin a row; the one before it ends where nothing ended it."""
        self.end()
        self.rows.append([])
        self._open, self._hides = True, hides

    def add(self, text: str | None, across: int, down: int) -> None:
        """Put a cell behind those of the row and those that reach down into it."""
        if not self._open:
            self.begin()
        row = self.rows[-1]
        self._reach(row)
        left, top = len(row) + 1, len(self.rows)
        if down > 1:
            self._down |= dict.fromkeys(range(len(row), len(row) + across), down - 1)
        if down > 1 or across > 1:
            self.areas.append((left, top, left + across - 1, top + down - 1))
        row.extend([text, *[None] * (across - 1)])

    def end(self) -> None:
        """End a row: the cells that reach down from above fill its end; a row without cells goes."""
        if not self._open:
            return
        self._open = False
        row = self.rows[-1]
        while len(row) <= max(self._down, default=-1):
            if len(row) not in self._down:
                row.append(None)
            self._reach(row)
        if not row:
            self.rows.pop()
        elif self._hides:
            self.hidden.append(len(self.rows))

    def _reach(self, row: list[str | None]) -> None:
        while len(row) in self._down:
            at = len(row)
            left = self._down.pop(at)
            if left > 1:
                self._down[at] = left - 1
            row.append(None)


class _Reader(HTMLParser):
    """Collect tables; a table within a cell is a table of its own."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[Table] = []
        self.open: list[Table] = []
        self.cells: list[tuple[list[str], int, int, bool]] = []
        self.line: list[str] = []
        self.titles: list[str] = []
        self.unshown = 0
        self.raised = ""
        self.many = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        if tag in UNSHOWN:
            self.unshown += 1
        if tag in BLOCKS:
            self._title()
        if tag in ("sup", "sub"):
            self.raised = tag
        if tag == "br":
            self._write("\n")
        if tag == "table":
            self.open.append(Table(self.titles[-TITLES:]))
            self.titles = []
        elif tag == "tr" and self.open:
            self._close_cell()
            self.open[-1].begin(hides=_HIDES.search(said.get("style") or "") is not None)
        elif tag in ("td", "th") and self.open:
            self._close_cell()
            self.cells.append(([], _span(said.get("colspan")), _span(said.get("rowspan")), tag == "th"))

    def handle_endtag(self, tag: str) -> None:
        if tag in UNSHOWN:
            self.unshown = max(self.unshown - 1, 0)
        if tag == self.raised:
            self.raised = ""
        if tag in BLOCKS:
            self._title()
        if tag in ("td", "th", "tr") and self.open:
            self._close_cell()
            if tag == "tr":
                self.open[-1].end()
        elif tag == "table" and self.open:
            self._close_cell()
            table = self.open.pop()
            table.end()
            if any(any(row) for row in table.rows):
                self.tables.append(table)

    def handle_data(self, data: str) -> None:
        if not self.unshown:
            self._write(data)

    def _write(self, data: str) -> None:
        if self.cells and len(self.cells) >= len(self.open):
            written = self.cells[-1][0]
            raised = self.raised and beside("".join(written), data, lowered=self.raised == "sub")
            written.append(raised or data)
        elif not self.open or not self.cells:
            self.line.append(data)

    def _title(self) -> None:
        text = _BLANKS.sub(" ", "".join(self.line)).strip()
        self.line = []
        if text and len(text) <= LONGEST_TITLE:
            (self.open[-1].titles if self.open and not self.open[-1].rows else self.titles).append(text)

    def _close_cell(self) -> None:
        if not self.cells or len(self.cells) < len(self.open):
            return
        written, across, down, is_head = self.cells.pop()
        table = self.open[-1]
        self.many += across
        if self.many > MOST_CELLS:
            return
        lines = [_BLANKS.sub(" ", line).strip() for line in "".join(written).split("\n")]
        table.add("\n".join(line for line in lines if line) or None, across, down)
        if is_head:
            table.heads = len(table.rows)


def _span(text: str | None) -> int:
    digits = (text or "1").strip()
    return max(1, min(int(digits), MOST_SPAN)) if digits.isascii() and digits.isdigit() else 1


def tables_of(text: str) -> list[Table]:
    """Give the tables of a page that hold something, in their order; a head table and its body are one.

    Parameters
    ----------
    text
        HTML, well-formed or not; scripts are never run, nothing it names is fetched.
    """
    reader = _Reader()
    reader.feed(text)
    reader.close()
    for left in reader.open:
        left.end()
    found = [*reader.tables, *(one for one in reader.open if any(any(row) for row in one.rows))]
    joined: list[Table] = []
    for table in found:
        before = joined[-1] if joined else None
        is_head = before is not None and 0 < before.heads == len(before.rows) and not table.heads
        if before and is_head and _width(before) == _width(table):
            deep = len(before.rows)
            before.areas += [(left, top + deep, right, end + deep) for left, top, right, end in table.areas]
            before.hidden += [row + deep for row in table.hidden]
            before.rows += table.rows
        else:
            joined.append(table)
    return joined


def _width(table: Table) -> int:
    return max(len(row) for row in table.rows)


def page_text(data: bytes, file: str) -> tuple[str, str]:
    """Decode a page: what it declares where its bytes agree, else what they are.

    Returns
    -------
    text, codec
        Of a page saved as one file (MHTML) the parts that are HTML, one after the other.

    Raises
    ------
    EncodingError
        No encoding fits; it names the file.
    """
    if data[:200].lstrip().lower().startswith((b"mime-version:", b"from:", b"content-type: multipart")):
        message = email.message_from_bytes(data, policy=email.policy.default)
        pages = (part for part in message.walk() if part.get_content_type() == "text/html")
        bodies = [part.get_payload(decode=True) for part in pages]
        texts = [
            page_text(body, file) for body in bodies if isinstance(body, bytes) and b"<table" in body.lower()
        ]
        return "\n".join(text for text, _ in texts), texts[0][1] if texts else "utf-8"
    if found := _CHARSET.search(data[:4096]):
        name = found[1].decode().lower()
        codec = "gb18030" if name in ("gbk", "gb2312", "gb18030", "x-gbk") else name
        try:
            return data.decode(codec).removeprefix("\ufeff"), codec
        except (LookupError, UnicodeDecodeError, EncodingError):
            pass
    codec = text_encoding(data, file)[0]
    return data.decode(codec).removeprefix("\ufeff"), codec
